
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_apertium.c.  The first byte chooses what the rest is:
 * the body of an answer, the text inside a right one, or a source: that is
 * sent, comes back as it was sent, and must be what it was.
 */


#include "engine.h"


static int
fuzz_answer(fuzz_batch_t *b, const u_char *text, size_t len, aif_arena_t *a)
{
    aif_buf_t  body;

    aif_buf_init(&body, a, len + 128);
    aif_buf_literal(&body, "{\"responseData\": {\"translatedText\": ");
    aif_json_string(&body, text, len);
    aif_buf_literal(&body, "}, \"responseDetails\": null, "
                           "\"responseStatus\": 200}");

    return fuzz_read(&aif_engine_apertium, b, body.data, body.len, a);
}


static int
fuzz_digit(u_char ch)
{
    return ch <= '9' ? ch - '0' : ch - 'A' + 10;
}


static void
fuzz_source(fuzz_batch_t *b, const uint8_t *data, size_t size, aif_arena_t *a)
{
    int                    rc;
    u_char                *p, *last, *to, *q;
    aif_str_t             *target;
    aif_engine_request_t   r;

    static const char  before[] =
        "langpair=en%7Ces&markUnknown=no&format=html&q=";

    b->items[0].source.data = (u_char *) data;
    b->items[0].source.len = size;

    rc = aif_engine_apertium.build(&fuzz_conf, &b->batch, a, &r);

    if (rc != AIF_OK) {
        fuzz_check(rc == AIF_LIMIT);
        return;
    }

    fuzz_check(r.body.len >= sizeof(before) - 1
               && memcmp(r.body.data, before, sizeof(before) - 1) == 0);

    q = r.body.data + sizeof(before) - 1;
    last = r.body.data + r.body.len;

    for (p = q, to = q; p < last; p++) {
        if (*p == '%') {
            *to++ = fuzz_digit(p[1]) * 16 + fuzz_digit(p[2]);
            p += 2;

        } else {
            *to++ = *p == '+' ? ' ' : *p;
        }
    }

    rc = fuzz_answer(b, q, to - q, a);

    if (!aif_utf8_valid(data, size) || memchr(data, '\0', size)
        || canonical_fault(data, size) != NULL)
    {
        return;
    }

    target = &b->items[0].target;
    fuzz_check(rc == AIF_OK && target->len == size
               && memcmp(target->data, data, size) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            rc, way;
    aif_arena_t   *a;
    fuzz_batch_t   b;

    if (size == 0) {
        return 0;
    }

    a = aif_arena_create(4096, FUZZ_ARENA);

    way = data[0] % 3;

    fuzz_batch(&b, 2);
    b.items[0].source = b.items[data[0] / 3 % 2].source;
    b.batch.n = 1;

    data++;
    size--;

    switch (way) {

    case 0:
        (void) fuzz_read(&aif_engine_apertium, &b, data, size, a);
        break;

    case 1:
        rc = fuzz_answer(&b, data, size, a);

        /* a text in UTF-8 without NUL is an answer, whatever it says */

        fuzz_check(rc == AIF_OK || !aif_utf8_valid(data, size)
                   || memchr(data, '\0', size));
        break;

    default:
        fuzz_source(&b, data, size, a);
    }

    aif_arena_destroy(a);

    return 0;
}
