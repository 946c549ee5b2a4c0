
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_classifier.c.  The first byte is the number of texts that
 * were asked for, the rest the body of an answer.
 */


#include "engine.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aif_arena_t   *a;
    fuzz_batch_t   b;

    if (size == 0) {
        return 0;
    }

    fuzz_batch(&b, 1 + data[0] % 8);

    a = aif_arena_create(4096, FUZZ_ARENA);

    (void) fuzz_read(&aif_engine_classifier, &b, data + 1, size - 1, a);

    aif_arena_destroy(a);

    return 0;
}
