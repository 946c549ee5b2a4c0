
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The golden answers are in cases/engine/classifier-*.
 */


#define engine_plain  1        /* targets are JSON, no canonical text */

#include "engine_case.h"
#include "engine/aif_label.h"


static void
test_build(aif_arena_t *a)
{
    engine_case_t         c;
    aif_engine_request_t  r;

    static const char *const  texts[] = { "Good \"bag\"", "Bad", "So so" };

    engine_batch(&c, texts, 3);

    ok(aif_engine_classifier.build(&engine_conf, &c.batch, a, &r) == AIF_OK,
       "build");
    is(r.url, "http://127.0.0.1:1/v1/predict", "url");
    is(r.content_type, "application/json", "content type");
    is(r.authorization, "Authorization: Bearer sk-secret-0123456789",
       "authorization");
    is(r.body, "{\"inputs\":[[\"Good \\\"bag\\\"\"],[\"Bad\"],[\"So so\"]],"
       "\"truncate\":true}", "each text alone in its array");

    c.batch.n = 1;
    (void) aif_engine_classifier.build(&engine_conf, &c.batch, a, &r);
    is(r.body, "{\"inputs\":\"Good \\\"bag\\\"\",\"truncate\":true}",
       "one text");

    c.batch.n = 0;
    ok(aif_engine_classifier.build(&engine_conf, &c.batch, a, &r)
       == AIF_LIMIT, "nothing to ask");
    c.batch.n = 33;
    ok(aif_engine_classifier.build(&engine_conf, &c.batch, a, &r)
       == AIF_LIMIT, "too much to ask");
    ok(aif_engine_classifier.labels && !aif_engine_deepl.labels,
       "it says what it does");
}


/* What it makes is what labels are read from. */

static void
test_labels(aif_arena_t *a)
{
    size_t         best;
    uint16_t       scores[2];
    engine_case_t  c;
    aif_str_t      body = aif_string(
        "[[{\"label\":\"NEGATIVE\",\"score\":0.25},"
        "{\"label\":\"POSITIVE\",\"score\":7.5e-1}]]");

    static const char *const  texts[] = { "Good" };
    static const aif_str_t    labels[] = {
        aif_string("negative"), aif_string("positive")
    };

    engine_batch(&c, texts, 1);
    ok(aif_engine_classifier.parse(&engine_conf, &c.batch, &body, a) == AIF_OK
       && aif_label_read(&c.items[0].target, labels, 2, a, scores, &best)
          == AIF_OK, "labels are read");
    ok(best == 1 && scores[0] == 2500 && scores[1] == 7500, "with scores");
}


/* As many labels as may be, one more, and arrays without an end. */

static void
test_limits(aif_arena_t *a)
{
    int            i, n;
    aif_buf_t      b;
    aif_str_t      body;
    engine_case_t  c;

    static const char *const  texts[] = { "Good" };

    for (n = 64; n <= 65; n++) {
        aif_buf_init(&b, a, 4096);

        for (i = 0; i < n; i++) {
            aif_buf_byte(&b, i ? ',' : '[');
            aif_buf_literal(&b, "{\"label\":\"a\",\"score\":0}");
        }

        aif_buf_byte(&b, ']');
        body.data = b.data;
        body.len = b.len;

        engine_batch(&c, texts, 1);
        ok(aif_engine_classifier.parse(&engine_conf, &c.batch, &body, a)
           == (n == 64 ? AIF_OK : AIF_BAD), "%d labels", n);
    }

    body.len = 1000000;
    body.data = malloc(body.len);
    memset(body.data, '[', body.len);
    ok(aif_engine_classifier.parse(&engine_conf, &c.batch, &body, a) != AIF_OK,
       "a million brackets");
    free(body.data);
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_build(a);
    test_labels(a);
    test_limits(a);
    engine_cases(&aif_engine_classifier);

    aif_arena_destroy(a);
    done();
}
