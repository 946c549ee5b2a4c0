
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Texts that change places, and marks as services give them back.
 */


#include "../../src/engine/aif_mark.c"

#include "engine_case.h"


static const char *const  test_texts[] = {
    "Blue shirt", "Our <g1>soft</g1> bag<x2/>", "Order today"
};


/* A batch, and its texts as they are sent. */

static void
test_sent(engine_case_t *c, aif_arena_t *a, aif_str_t *sent, size_t n)
{
    engine_batch(c, test_texts, n);
    ok(aif_mark_put(&c->batch, a, sent) == AIF_OK, "%u texts", (unsigned) n);
}


static aif_str_t
test_str(aif_arena_t *a, const aif_str_t *text, const char *behind)
{
    aif_buf_t  b;
    aif_str_t  s;

    aif_buf_init(&b, a, text->len + 64);
    aif_buf_append(&b, text->data, text->len);
    aif_buf_append(&b, behind, strlen(behind));

    s.data = b.data;
    s.len = b.len;

    return s;
}


static void
test_order(aif_arena_t *a)
{
    size_t         i;
    aif_str_t      sent[3], back[3];
    engine_case_t  c;

    test_sent(&c, a, sent, 3);

    ok(aif_mark_take(&c.batch, sent, a) == AIF_OK, "kept");

    for (i = 0; i < 3; i++) {
        is(c.items[i].target, test_texts[i], "each has its own");
    }

    /* two change places */

    back[0] = sent[1];
    back[1] = sent[0];
    back[2] = sent[2];

    engine_batch(&c, test_texts, 3);
    ok(aif_mark_take(&c.batch, back, a) == AIF_OK, "swapped");
    ok(c.items[0].target.data == NULL && c.items[1].target.data == NULL,
       "neither is taken");
    is(c.items[2].target, "Order today", "the third is");

    /* all of them move */

    back[0] = sent[1];
    back[1] = sent[2];
    back[2] = sent[0];

    engine_batch(&c, test_texts, 3);
    ok(aif_mark_take(&c.batch, back, a) == AIF_LIMIT, "none at its place");

    for (i = 0; i < 3; i++) {
        ok(c.items[i].target.data == NULL, "none is taken");
    }

    ok(!c.batch.unmarked, "which is not to have lost their marks");

    /* of two texts one is the other's, one is missing */

    aif_str_set(&back[0], "");
    back[0].data = NULL;
    back[1] = sent[0];

    engine_batch(&c, test_texts, 2);
    ok(aif_mark_take(&c.batch, back, a) == AIF_LIMIT, "one at a wrong place");
}


static void
test_unmarked(aif_arena_t *a)
{
    aif_str_t      sent[3], back[3];
    engine_case_t  c;

    test_sent(&c, a, sent, 3);

    aif_str_set(&back[0], "Camisa");
    aif_str_set(&back[1], "Bolso <g1>suave</g1><x2/>");
    aif_str_set(&back[2], "Pide");
    ok(aif_mark_take(&c.batch, back, a) == AIF_OK && c.batch.unmarked,
       "marks taken off");
    ok(c.items[0].target.data == NULL && c.items[1].target.data == NULL
       && c.items[2].target.data == NULL, "nothing is taken");

    back[1] = sent[1];
    engine_batch(&c, test_texts, 3);
    ok(aif_mark_take(&c.batch, back, a) == AIF_OK && !c.batch.unmarked,
       "not all taken off");
    is(c.items[1].target, test_texts[1], "that one is taken");
    ok(c.items[0].target.data == NULL, "the others are not");

    engine_batch(&c, test_texts, 3);
    aif_str_set(&back[1], "");
    ok(aif_mark_take(&c.batch, back, a) == AIF_LIMIT && !c.batch.unmarked,
       "an empty text says nothing of marks");

    /* one text has no order */

    engine_batch(&c, test_texts, 1);
    ok(aif_mark_put(&c.batch, a, sent) == AIF_OK, "one text");
    is(sent[0], "Blue shirt", "has no mark");
    ok(aif_mark_take(&c.batch, back, a) == AIF_OK && !c.batch.unmarked,
       "and needs none");
    is(c.items[0].target, "Camisa", "it is taken");

    engine_batch(&c, test_texts, 2);
    c.batch.without = AIF_ENGINE_NO_MARKS;
    ok(aif_mark_put(&c.batch, a, sent) == AIF_LIMIT,
       "several where no marks are kept");
}


static void
test_loose(aif_arena_t *a)
{
    char           open[16], close[16];
    size_t         i;
    unsigned       numbers[AIF_ENGINE_MAX_BATCH];
    aif_buf_t      b;
    aif_str_t      sent[2], back[2];
    const char    *p;
    engine_case_t  c;

    static const struct {
        const char  *name;
        const char  *text;       /* [ and ]: the mark */
        const char  *target;     /* NULL: not taken */
    } tests[] = {
        { "as it should be", "[Camisa]", "Camisa" },
        { "blanks inside", "[ Camisa ]", "Camisa" },
        { "blanks outside", " [Camisa]\n", "Camisa" },
        { "a full stop behind", "[Camisa].", "Camisa." },
        { "words before", "Una [ camisa ] azul", "Una camisa azul" },
        { "in the middle", "Una [ camisa ].", "Una camisa ." },
        { "inside another", "<g1>[Camisa</g1>]", "<g1>Camisa</g1>" },
        { "nothing inside", "[]", "" },
        { "no end", "[Camisa", NULL },
        { "no beginning", "Camisa]", NULL },
        { "the wrong way", "]Camisa[", NULL },
        { "twice", "[Camisa][Camisa]", NULL },
        { "two beginnings", "[[Camisa]", NULL },
        { "no mark", "Camisa", NULL },
    };

    test_sent(&c, a, sent, 2);
    aif_mark_numbers(&c.batch, numbers);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        snprintf(open, sizeof(open), i % 2 ? "<g%u>" : "< G%u >", numbers[0]);
        snprintf(close, sizeof(close), i % 2 ? "</g%u>" : "</ g%u>",
                 numbers[0]);

        aif_buf_init(&b, a, 64);

        for (p = tests[i].text; *p; p++) {
            if (*p == '[') {
                aif_buf_append(&b, open, strlen(open));

            } else if (*p == ']') {
                aif_buf_append(&b, close, strlen(close));

            } else {
                aif_buf_byte(&b, *p);
            }
        }

        back[0].data = b.data;
        back[0].len = b.len;
        back[1] = sent[1];

        engine_batch(&c, test_texts, 2);
        ok(aif_mark_take(&c.batch, back, a) == AIF_OK, "%s", tests[i].name);

        if (tests[i].target == NULL) {
            ok(c.items[0].target.data == NULL, "%s is not taken",
               tests[i].name);

        } else {
            is(c.items[0].target, tests[i].target, tests[i].name);
        }
    }

    /* a mark of nobody's beside its own */

    back[0] = test_str(a, &sent[0], "<g9999></g9999>");
    engine_batch(&c, test_texts, 2);
    (void) aif_mark_take(&c.batch, back, a);
    ok(c.items[0].target.data == NULL, "a second mark");
}


/* Whatever the texts are, their numbers differ. */

static void
test_numbers(aif_arena_t *a)
{
    char          *text;
    size_t         i, k, same;
    unsigned       numbers[AIF_ENGINE_MAX_BATCH], round;
    const char    *texts[AIF_ENGINE_MAX_BATCH];
    engine_case_t  c;

    same = 0;

    for (round = 0; round < 100; round++) {

        for (i = 0; i < AIF_ENGINE_MAX_BATCH; i++) {
            text = aif_arena_alloc(a, 32);
            snprintf(text, 32, "text %u of %u", (unsigned) i / 2, round);
            texts[i] = text;
        }

        engine_batch(&c, texts, AIF_ENGINE_MAX_BATCH);
        aif_mark_numbers(&c.batch, numbers);

        for (i = 0; i < AIF_ENGINE_MAX_BATCH; i++) {

            same += numbers[i] < AIF_MARK_FIRST || numbers[i] > AIF_MARK_LAST;

            for (k = 0; k < i; k++) {
                same += numbers[i] == numbers[k];
            }
        }
    }

    ok(same == 0, "no two numbers are the same, of equal texts either");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_order(a);
    test_unmarked(a);
    test_loose(a);
    test_numbers(a);

    aif_arena_destroy(a);
    done();
}
