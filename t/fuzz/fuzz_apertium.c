
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_apertium.c: the input is the body of an answer, or, if
 * its first byte is odd, the text inside a right one.
 */


#include "engine.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            rc;
    aif_buf_t      body;
    aif_arena_t   *a;
    fuzz_batch_t   b;

    if (size == 0) {
        return 0;
    }

    a = aif_arena_create(4096, FUZZ_ARENA);

    fuzz_batch(&b, 2);
    b.items[0].source = b.items[data[0] / 2 % 2].source;
    b.batch.n = 1;

    if (data[0] % 2 == 0) {
        (void) fuzz_read(&aif_engine_apertium, &b, data + 1, size - 1, a);
        aif_arena_destroy(a);
        return 0;
    }

    aif_buf_init(&body, a, size + 128);
    aif_buf_literal(&body, "{\"responseData\": {\"translatedText\": ");
    aif_json_string(&body, data + 1, size - 1);
    aif_buf_literal(&body, "}, \"responseDetails\": null, "
                           "\"responseStatus\": 200}");

    rc = fuzz_read(&aif_engine_apertium, &b, body.data, body.len, a);

    /* a text in UTF-8 without NUL is an answer, whatever it says */

    fuzz_check(rc == AIF_OK || !aif_utf8_valid(data + 1, size - 1)
               || memchr(data + 1, '\0', size - 1));

    aif_arena_destroy(a);

    return 0;
}
