
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Labels and scores in the forms that services give them, and in those that
 * they must not.
 */


#include "../../src/engine/aif_label.c"

#include "tap.h"


static const aif_str_t  test_labels[] = {
    aif_string("bargain"), aif_string("gift"), aif_string("sport")
};


static void
test_scores(void)
{
    size_t     i;
    aif_str_t  text;

    static const struct {
        const char  *text;
        unsigned     score;
    } tests[] = {
        { "0", 0 }, { "1", 10000 }, { "0.5", 5000 }, { "0.12345", 1235 },
        { "9.87e-1", 9870 }, { "98.7E-2", 9870 }, { "1e-9", 0 },
        { "5e-05", 1 }, { "4e-5", 0 }, { "-0.5", 0 }, { "17", 10000 },
        { "0.99999999999999999999999999", 10000 }, { "1e999999999", 10000 },
        { "1e-999999999", 0 }, { "0e5", 0 }, { "0.000001e5", 1000 },
        { "123456789012345678901234567890e-30", 1235 }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        text.data = (u_char *) tests[i].text;
        text.len = strlen(tests[i].text);
        ok(aif_label_score(&text) == tests[i].score, "%s is %u",
           tests[i].text, aif_label_score(&text));
    }
}


static void
test_answers(void)
{
    int           rc;
    size_t        i, best;
    uint16_t      scores[3];
    aif_str_t     text;
    aif_arena_t  *a;

    static const struct {
        const char  *text;
        int          rc;
        size_t       best;
        unsigned     scores[3];
    } tests[] = {
        { "[{\"label\":\"gift\",\"score\":0.7},{\"score\":0.2,"
          "\"label\":\"bargain\"},{\"label\":\"other\",\"score\":0.9}]",
          AIF_OK, 1, { 2000, 7000, 0 } },
        { "{\"label\":\"SPORT\"}", AIF_OK, 2, { 0, 0, 10000 } },
        { "{\"label\":\"sport\",\"score\":0.25,\"why\":[{\"label\":1}]}",
          AIF_OK, 2, { 0, 0, 2500 } },
        { "{\"label\":\"sport\",\"why\":{\"label\":\"gift\"},\"score\":0.5}",
          AIF_OK, 2, { 0, 0, 5000 } },
        { "[{\"label\":\"sport\",\"x\":[{\"label\":\"gift\",\"score\":1}]}]",
          AIF_OK, 2, { 0, 0, 10000 } },
        { "[]", AIF_BAD, 0, { 0, 0, 0 } },
        { "{}", AIF_BAD, 0, { 0, 0, 0 } },
        { "[{\"label\":\"LABEL_0\",\"score\":1}]", AIF_BAD, 0, { 0, 0, 0 } },
        { "[{\"label\":\"gift\",\"score\":0}]", AIF_BAD, 0, { 0, 0, 0 } },
        { "[{\"label\":\"gift\",\"score\":\"1\"}]", AIF_BAD, 0, { 0, 0, 0 } },
        { "[{\"label\":7,\"score\":1}]", AIF_BAD, 0, { 0, 0, 0 } },
        { "[[{\"label\":\"gift\",\"score\":1}]]", AIF_BAD, 0, { 0, 0, 0 } },
        { "[\"gift\"]", AIF_BAD, 0, { 0, 0, 0 } },
        { "\"gift\"", AIF_BAD, 0, { 0, 0, 0 } },
        { "gift", AIF_BAD, 0, { 0, 0, 0 } },
        { "[{\"label\":\"gift\",\"score\":1}", AIF_BAD, 0, { 0, 0, 0 } },
        { "", AIF_BAD, 0, { 0, 0, 0 } }
    };

    a = aif_arena_create(0, 1024 * 1024);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        text.data = (u_char *) tests[i].text;
        text.len = strlen(tests[i].text);
        best = 0;

        rc = aif_label_read(&text, test_labels, 3, a, scores, &best);

        ok(rc == tests[i].rc && best == tests[i].best
           && (rc != AIF_OK || (scores[0] == tests[i].scores[0]
                                && scores[1] == tests[i].scores[1]
                                && scores[2] == tests[i].scores[2])),
           "%s", tests[i].text);
    }

    aif_arena_destroy(a);
}


static void
test_names(void)
{
    aif_str_t  name;

    aif_str_set(&name, "gift-2_x");
    ok(aif_label_valid(&name, 8), "a label");
    ok(!aif_label_valid(&name, 7), "too long");
    aif_str_set(&name, "");
    ok(!aif_label_valid(&name, 8), "empty");
    aif_str_set(&name, "Gift");
    ok(!aif_label_valid(&name, 8), "upper case");
    aif_str_set(&name, "a b");
    ok(!aif_label_valid(&name, 8), "a blank");
}


int
main(void)
{
    test_scores();
    test_answers();
    test_names();

    done();
}
