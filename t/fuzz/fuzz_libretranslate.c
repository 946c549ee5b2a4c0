
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_libretranslate.c.  The first byte is the number of texts
 * that were asked for, the rest the body of an answer, or, if it is odd, the
 * elements of the array of a right one: then their number decides, and the
 * texts keep their places.
 */


#include "engine.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             rc;
    size_t          n, elements;
    aif_buf_t       body;
    aif_arena_t    *a;
    fuzz_batch_t    b;

    if (size == 0) {
        return 0;
    }

    n = 1 + data[0] / 2 % 8;
    fuzz_batch(&b, n);

    a = aif_arena_create(4096, FUZZ_ARENA);

    if (data[0] % 2 == 0) {
        (void) fuzz_read(&aif_engine_libretranslate, &b, data + 1, size - 1,
                         a);
        aif_arena_destroy(a);
        return 0;
    }

    aif_buf_init(&body, a, 64);
    aif_buf_literal(&body, "{\"translatedText\":[");
    elements = fuzz_elements(&body, data + 1, size - 1, "", "");
    aif_buf_literal(&body, "]}");

    rc = fuzz_read(&aif_engine_libretranslate, &b, body.data, body.len, a);

    fuzz_check(rc != AIF_OK || elements == n);
    fuzz_check(rc == AIF_OK || elements != n || (n > 1 && rc == AIF_LIMIT)
               || !aif_utf8_valid(data + 1, size - 1)
               || memchr(data + 1, '\0', size - 1));

    aif_arena_destroy(a);

    return 0;
}
