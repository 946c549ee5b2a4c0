
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What of an answer may be shown while it is written: the same verdict at
 * every split, and never a byte of a number that the sources don't have.  Seen
 * to fail without the check of sentences, without the word before a fact, with
 * number words taken for plain ones, with a citation that joins digits, and
 * with sources whose number words, days and months don't count; with long
 * words that are read again and again.
 */


#include "tap.h"
#include "core/aif_ground.h"
#include "core/aif_utf8.h"


static const aif_str_t  en = aif_string("en");
static const aif_str_t  es = aif_string("es");
static const aif_str_t  de = aif_string("de");
static const aif_str_t  zh = aif_string("zh-CN");

static const aif_ground_conf_t  shop = {
    aif_string("Returns are free within 30 days of delivery.\n"
               "Write to help@shop.example, or see https://shop.example/r.\n"
               "Shipping takes 2 to 4 days and costs 4.90 EUR.\n"
               "Model AB-1234/X, 1 299 EUR, 40% off. R &amp; D"),
    aif_string("price: 19.9 EUR"),
    &en, &en, aif_string("NOT_FOUND"), 3
};

static aif_ground_conf_t  german, chinese, spanish, words, plain, plain_german;


static const struct {
    const aif_ground_conf_t  *conf;
    const char               *answer;
    int                       rc;
    const char               *text;        /* NULL: unknown */
    uint32_t                  cited;
    const char               *never;       /* must not be shown at all */
} cases[] = {

    { &shop, "Yes, you can send it back.", AIF_DONE,
      "Yes, you can send it back.", 0, NULL },
    { &shop, "You have 30 days [1].", AIF_DONE, "You have 30 days.", 1,
      NULL },
    { &shop, " You  have\t30 days[1][3] to decide. It is free [2, 3]!\n",
      AIF_DONE, "You have 30 days to decide. It is free!", 7, NULL },
    { &shop, "You have 31 days [1].", AIF_BAD, NULL, 1, "31" },
    { &shop, "You have 3[1]0 days.", AIF_BAD, NULL, 0, "3" },
    { &shop, "You have 30 [1].5 days.", AIF_BAD, NULL, 0, "30.5" },
    { &shop, "You have 30 [1]5 days.", AIF_BAD, NULL, 0, "30 5" },
    { &shop, "It is 4.90 EUR. No: 5.90 EUR.", AIF_BAD, NULL, 0, "5.90" },
    { &shop, "It costs EUR 4.90 and comes in 2 to 4 days.", AIF_DONE,
      "It costs EUR 4.90 and comes in 2 to 4 days.", 0, NULL },
    { &shop, "It costs USD 4.90 and comes soon.", AIF_BAD, NULL, 0, "4.90" },
    { &shop, "It costs kr 4.90 and comes soon.", AIF_BAD, NULL, 0, "4.90" },
    { &shop, "It costs 1 299 EUR now.", AIF_DONE, "It costs 1 299 EUR now.",
      0, NULL },
    { &shop, "The price is 19.90 EUR [9].", AIF_DONE,
      "The price is 19.90 EUR.", 0, NULL },
    { &shop, "You have three weeks.", AIF_BAD, NULL, 0, "three" },
    { &shop, "You have three choices.", AIF_BAD, NULL, 0, "three" },
    { &shop, "You have thirty days.", AIF_DONE, "You have thirty days.", 0,
      NULL },
    { &shop, "You have thirty-one days, yes.", AIF_BAD, NULL, 0, "thirty-o" },
    { &shop, "It is two to four weeks.", AIF_BAD, NULL, 0, "four weeks" },
    { &plain, "You have one week now.", AIF_BAD, NULL, 0, "week" },
    { &plain, "You have a week now.", AIF_BAD, NULL, 0, "week" },
    { &plain, "You can ask once a week, or even once a year.", AIF_DONE,
      "You can ask once a week, or even once a year.", 0, NULL },
    { &shop, "One of us will help. It is a shirt, which no one has.", AIF_DONE,
      "One of us will help. It is a shirt, which no one has.", 0, NULL },
    { &shop, "It ends on Friday.", AIF_BAD, NULL, 0, "Frida" },
    { &shop, "It ends in March for all.", AIF_BAD, NULL, 0, "March" },
    { &shop, "May I help? You may march.", AIF_DONE,
      "May I help? You may march.", 0, NULL },
    { &shop, "It is half the price.", AIF_BAD, NULL, 0, "half" },
    { &spanish, "Tiene treinta y un d\xc3\xad" "as.", AIF_BAD, NULL, 0,
      "treinta" },
    { &plain, "Tiene treinta y un d\xc3\xad" "as.", AIF_BAD, NULL, 0,
      "treinta" },
    { &words, "You have 14 days, or two weeks, or 1 year.", AIF_DONE,
      "You have 14 days, or two weeks, or 1 year.", 0, NULL },
    { &words, "You have 2 days.", AIF_BAD, NULL, 0, "2 days" },
    { &words, "You have a year, until Wednesday, at half the price.", AIF_DONE,
      "You have a year, until Wednesday, at half the price.", 0, NULL },
    { &words, "It is open on Sunday, too.", AIF_BAD, NULL, 0, "Sunday" },
    { &words, "It ends in March, not in May.", AIF_BAD, NULL, 0, "May" },
    { &german, "Sie haben einunddrei\xc3\x9fig Tage.", AIF_BAD, NULL, 0,
      "einund" },
    { &german, "Sie haben drei\xc3\x9fig Tage und eine Jacke.", AIF_DONE,
      "Sie haben drei\xc3\x9fig Tage und eine Jacke.", 0, NULL },
    { &plain_german, "Sie haben ein Jahr Garantie.", AIF_BAD, NULL, 0,
      "Jahr" },
    { &shop, "It takes two days, up to four days.", AIF_DONE,
      "It takes two days, up to four days.", 0, NULL },
    { &shop, "Write to help@shop.example, please.", AIF_DONE,
      "Write to help@shop.example, please.", 0, NULL },
    { &shop, "Write to boss@shop.example, please.", AIF_BAD, NULL, 0,
      "boss@" },
    { &shop, "See https://shop.example/r for more.", AIF_DONE,
      "See https://shop.example/r for more.", 0, NULL },
    { &shop, "See https://evil.example/r for more.", AIF_BAD, NULL, 0,
      "https:" },
    { &shop, "See evil.example for more.", AIF_BAD, NULL, 0, "evil." },
    { &shop, "Ask help@shop.example and/or read shop.example, e.g. now.",
      AIF_DONE, "Ask help@shop.example and/or read shop.example, e.g. now.",
      0, NULL },
    { &shop, "It is AB-1234/X indeed.", AIF_DONE, "It is AB-1234/X indeed.",
      0, NULL },
    { &shop, "It is AB-1235/X indeed.", AIF_BAD, NULL, 0, "1235" },
    { &shop, "40% off, R & D, <b>bold</b>.", AIF_BAD, NULL, 0, "<b>" },
    { &shop, "40% off, R & D.", AIF_DONE, "40% off, R & D.", 0, NULL },
    { &shop, "See [this page].\n\nOr [7.", AIF_BAD, NULL, 0, "[7" },
    { &shop, "Free \xe2\x80\xae" "evil text.", AIF_BAD, NULL, 0,
      "\xe2\x80\xae" },
    { &shop, "Line one.\n- line two\n- line four", AIF_DONE,
      "Line one.\n- line two\n- line four", 0, NULL },
    { &shop, "NOT_FOUND", AIF_DONE, NULL, 0, "N" },
    { &shop, " NOT_FOUND.", AIF_DONE, NULL, 0, "N" },
    { &shop, "Sorry. NOT_FOUND", AIF_DONE, NULL, 0, "NOT" },
    { &shop, "Notable and free.", AIF_DONE, "Notable and free.", 0, NULL },
    { &shop, "", AIF_BAD, NULL, 0, NULL },
    { &shop, "[1]", AIF_BAD, NULL, 1, NULL },
    { &shop, "caf\xc3\xa9 \xc3", AIF_BAD, NULL, 0, "\xc3 " },
    { &german, "Das kostet 4,90 \xe2\x82\xac und dauert 2 bis 4 Tage.",
      AIF_DONE, "Das kostet 4,90 \xe2\x82\xac und dauert 2 bis 4 Tage.", 0,
      NULL },
    { &german, "Sie haben drei Wochen Zeit.", AIF_BAD, NULL, 0, "drei" },
    { &chinese, "\xe6\x82\xa8\xe6\x9c\x89" "30\xe5\xa4\xa9\xe3\x80\x82"
      "\xe5\x85\x8d\xe8\xb4\xb9\xe3\x80\x82", AIF_DONE,
      "\xe6\x82\xa8\xe6\x9c\x89" "30\xe5\xa4\xa9\xe3\x80\x82"
      "\xe5\x85\x8d\xe8\xb4\xb9\xe3\x80\x82", 0, NULL },
    { &chinese, "您有三十天，可以退货。", AIF_DONE, "您有三十天，可以退货。", 0,
      NULL },
    { &chinese, "您有十四天，可以退货。", AIF_BAD, NULL, 0, "十" },
    { &chinese, "十分柔软，一个很好的选择。", AIF_DONE,
      "十分柔软，一个很好的选择。", 0, NULL },
    { &chinese, "\xe6\x82\xa8\xe6\x9c\x89" "31\xe5\xa4\xa9\xe3\x80\x82",
      AIF_BAD, NULL, 0, "31" },
};


/* "shown" becomes 1 if what must not be shown was, at any time. */

static int
feed(aif_ground_t *g, size_t n, size_t step, int *shown, aif_arena_t *a)
{
    int          rc;
    size_t       len, at, told;
    u_char      *copy;
    aif_str_t    delta;
    const char  *answer, *never;

    answer = cases[n].answer;
    never = cases[n].never;
    len = strlen(answer);
    told = 0;

    aif_ground_init(g, cases[n].conf, a);

    for (at = 0; ; at += step) {

        delta.len = len - at < step ? len - at : step;
        delta.data = copy = malloc(delta.len + 1);
        memcpy(copy, answer + at, delta.len);

        rc = aif_ground_feed(g, &delta, at + delta.len == len);
        free(copy);

        if (!g->unknown && g->told < told) {
            return 100;
        }

        told = g->told;

        if (never && told) {
            aif_buf_byte(&g->text, '\0');
            g->text.len--;

            if (told >= strlen(never)) {
                char  *p = malloc(told + 1);

                memcpy(p, g->text.data, told);
                p[told] = '\0';
                *shown |= strstr(p, never) != NULL;
                free(p);
            }
        }

        if (rc != AIF_MORE || at + delta.len == len) {
            return rc;
        }
    }
}


static void
test_splits(aif_arena_t *a)
{
    int           rc, shown;
    size_t        i, step, wrong;
    const char   *text;
    aif_ground_t  g;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        wrong = 0;
        shown = 0;

        for (step = 1; step <= strlen(cases[i].answer) + 1; step++) {

            aif_arena_reset(a);
            rc = feed(&g, i, step, &shown, a);
            text = cases[i].text;

            wrong += rc != cases[i].rc;

            if (rc == AIF_DONE) {
                wrong += g.cited != cases[i].cited
                         || g.unknown != (text == NULL)
                         || (text && (g.told != strlen(text)
                                      || memcmp(g.text.data, text, g.told)
                                         != 0));
            }
        }

        ok(wrong == 0 && !shown, "%zu: %zu wrong%s: %.40s", i, wrong,
           shown ? ", shown" : "", cases[i].answer);
    }
}


/* What may be shown when so much of an answer is there. */

static void
test_early(aif_arena_t *a)
{
    size_t        i;
    aif_str_t     delta, told;
    aif_ground_t  g;

    static const struct {
        const char  *so_far;
        const char  *told;
    } tests[] = {
        { "You", "You" },
        { "You ca", "You ca" },
        { "You can,", "You can," },
        { "You can.", "You can" },
        { "You can. ", "You can" },
        { "You can. Y", "You can. Y" },
        { "T", "" },
        { "Th", "" },
        { "The", "The" },
        { "You have 30", "You have" },
        { "You have 30 days", "You have" },
        { "You have 30 days a", "You have 30 days a" },
        { "You have 30 days t", "You have 30 days" },
        { "N", "" },
        { "NOT", "" },
        { "No", "No" },
        { "In EUR", "In E" },
        { "See [", "See" },
        { "See [1] t", "See" },
        { "See [1] a", "See a" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        aif_ground_init(&g, &shop, a);
        delta.data = (u_char *) tests[i].so_far;
        delta.len = strlen(tests[i].so_far);

        ok(aif_ground_feed(&g, &delta, 0) == AIF_MORE, "so far: %s",
           tests[i].so_far);

        told.data = g.text.data;
        told.len = g.told;
        is(told, tests[i].told, "shown");
    }
}


/* A long word waits for its end, so that it is not read with each byte. */

static void
test_long_word(aif_arena_t *a)
{
    size_t        i;
    aif_str_t     delta;
    aif_ground_t  g;

    aif_ground_init(&g, &shop, a);
    delta.len = 1;

    for (i = 0; i < 1000; i++) {
        delta.data = (u_char *) (i % 2 ? "-" : "a");
        (void) aif_ground_feed(&g, &delta, 0);
    }

    ok(g.told >= 64 && g.told < 256, "of a long word only so much is shown");

    delta.data = (u_char *) " b";
    delta.len = 2;
    ok(aif_ground_feed(&g, &delta, 0) == AIF_MORE && g.told >= 1000,
       "all of it at its end");
}


static void
test_limits(aif_arena_t *a)
{
    char         *text;
    size_t        i, n;
    aif_str_t     delta;
    aif_ground_t  g;

    n = AIF_GROUND_MAX_ANSWER + 1;
    text = malloc(n);
    memset(text, 'a', n);

    delta.data = (u_char *) text;
    delta.len = AIF_GROUND_MAX_SENTENCE + 1;
    aif_ground_init(&g, &shop, a);
    ok(aif_ground_feed(&g, &delta, 0) == AIF_LIMIT, "a word without an end");

    for (i = 5; i < n; i += 6) {
        text[i] = ' ';
    }

    aif_ground_init(&g, &shop, a);
    ok(aif_ground_feed(&g, &delta, 1) == AIF_LIMIT, "a sentence");

    for (i = 4; i < n; i += 6) {
        text[i] = '.';
    }

    aif_ground_init(&g, &shop, a);
    ok(aif_ground_feed(&g, &delta, 0) == AIF_MORE, "short ones");
    delta.len = n;
    aif_ground_init(&g, &shop, a);
    ok(aif_ground_feed(&g, &delta, 0) == AIF_LIMIT, "an answer");

    free(text);
}


int
main(void)
{
    aif_arena_t  *a;

    german = shop;
    german.target_locale = &de;
    chinese = shop;
    chinese.target_locale = &zh;
    spanish = shop;
    spanish.target_locale = &es;
    plain = shop;
    aif_str_set(&plain.facts, "You have 14 days.");
    plain_german = plain;
    plain_german.target_locale = &de;
    words = shop;
    aif_str_set(&words.facts, "Fourteen days, that is two weeks, and a year.\n"
                "Open Monday to Friday, at half the price, until March.");

    a = aif_arena_create(4096, 64 << 20);

    test_splits(a);
    test_early(a);
    test_long_word(a);
    test_limits(a);

    aif_arena_destroy(a);
    done();
}
