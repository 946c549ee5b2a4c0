
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Sentiments of reviews; summaries of them: planted lies are rejected, numbers
 * are those of the reviews that the page has.  Seen to fail with counts that
 * are believed, with words that are not looked for, and with a minority that
 * is not asked for.
 */


#define _GNU_SOURCE

#include "tap.h"
#include "engine/aif_summary.h"
#include "core/aif_utf8.h"


static aif_arena_t  *test_arena;
static aif_claim_t  *test_claims;


/* "+text" is a satisfied customer's, "-" an angry one's, "=" neither */

static const char *const  test_reviews[] = {
    "+The fabric is warm and soft", "+Warm, as promised", "+So warm!",
    "+WARM in the wind", "+Fits well, warm", "+Good price",
    "+Nice colour and a good price", "+Lovely", "=It is a coat",
    "=Warm, but the zip is stiff", "-The zip broke after 2 weeks",
    "-Zip stuck, sent back", "-The zip is a joke", "-Zip broken",
    "+Warm enough for winter", "+Great", "+Soft lining", "+Love it",
    "+Good for walks", "+Super"
};

#define TEST_REVIEWS  (sizeof(test_reviews) / sizeof(test_reviews[0]))


static size_t
test_make(const char *const *from, size_t n, aif_summary_review_t *reviews)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        reviews[i].text.data = (u_char *) from[i] + 1;
        reviews[i].text.len = strlen(from[i]) - 1;
        reviews[i].sentiment = from[i][0] == '+' ? AIF_SENTIMENT_POSITIVE
                               : from[i][0] == '-' ? AIF_SENTIMENT_NEGATIVE
                                                   : AIF_SENTIMENT_NEUTRAL;
    }

    return n;
}


static void
test_sentiments(void)
{
    int              rc;
    size_t           i;
    unsigned         score;
    aif_str_t        text;
    aif_sentiment_e  which;

    static const struct {
        const char  *text;
        int          rc;
        unsigned     which;
        unsigned     score;
    } tests[] = {
        { "[{\"label\":\"positive\",\"score\":0.9},{\"label\":\"negative\","
          "\"score\":0.1}]", AIF_OK, AIF_SENTIMENT_POSITIVE, 9000 },
        { "{\"label\":\"NEGATIVE\",\"score\":1}", AIF_OK,
          AIF_SENTIMENT_NEGATIVE, 10000 },
        { "[{\"label\":\"NEU\",\"score\":0.5},{\"label\":\"POS\",\"score\":"
          "0.3}]", AIF_OK, AIF_SENTIMENT_NEUTRAL, 5000 },
        { "[{\"label\":\"5 stars\",\"score\":0.35},{\"label\":\"4 stars\","
          "\"score\":0.2},{\"label\":\"1 star\",\"score\":0.4}]", AIF_OK,
          AIF_SENTIMENT_POSITIVE, 5500 },
        { "[{\"label\":\"astronaut\",\"score\":0.9}]", AIF_BAD, 0, 0 },
        { "positive", AIF_BAD, 0, 0 },
        { "", AIF_BAD, 0, 0 },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        text.data = (u_char *) tests[i].text;
        text.len = strlen(tests[i].text);
        which = 0;
        score = 0;
        rc = aif_sentiment_read(&text, test_arena, &which, &score);
        ok(rc == tests[i].rc
           && (rc != AIF_OK
               || (which == tests[i].which && score == tests[i].score)),
           "%s is %u, %u", tests[i].text, which, score);
    }
}


static void
test_source(void)
{
    size_t                i, n;
    char                 *p;
    aif_buf_t             b;
    aif_str_t             source, again;
    aif_summary_review_t  reviews[TEST_REVIEWS], many[AIF_SUMMARY_MAX];

    static const char *const  three[] = { "+b b", "-a", "=c &amp;" };

    n = test_make(three, 3, reviews);
    ok(aif_summary_source(reviews, n, test_arena, &source) == AIF_OK,
       "three reviews are enough");
    is(source, "reviews: 3, positive: 1, neutral: 1, negative: 1\n"
               "1 negative: a\n2 positive: b b\n3 neutral: c &amp;",
       "in their order, whatever the page's is");
    ok(aif_summary_source(reviews, 2, test_arena, &again) == AIF_BAD,
       "two are not");

    aif_buf_init(&b, test_arena, 4096);

    for (i = 0; i < 400; i++) {
        aif_buf_literal(&b, "word ");
    }

    for (i = 0; i < AIF_SUMMARY_MAX; i++) {
        many[i].text.len = 1900 + i % 7;
        many[i].text.data = b.data;
        many[i].sentiment = AIF_SENTIMENT_POSITIVE;
    }

    (void) aif_summary_source(many, AIF_SUMMARY_MAX, test_arena, &source);
    ok(source.len <= AIF_SUMMARY_MAX_SOURCE && source.len > 10000,
       "many long ones fit, %u bytes", (unsigned) source.len);
    ok(aif_summary_changed(&source, many, AIF_SUMMARY_MAX) == 0,
       "and are known again");

    n = test_make(test_reviews, TEST_REVIEWS, reviews);
    (void) aif_summary_source(reviews, n, test_arena, &source);
    ok(aif_summary_changed(&source, reviews, n) == 0, "nothing changed");
    ok(aif_summary_changed(&source, reviews, n - 1) == 5, "one is gone");
    reviews[3].sentiment = AIF_SENTIMENT_NEUTRAL;
    ok(aif_summary_changed(&source, reviews, n) == 5, "one is seen otherwise");

    p = (char *) aif_arena_dup(test_arena, reviews[0].text.data,
                               reviews[0].text.len);
    p[0] = '!';
    reviews[0].text.data = (u_char *) p;
    ok(aif_summary_changed(&source, reviews, n) == 10, "two are others");

    aif_str_set(&again, "nothing");
    ok(aif_summary_changed(&again, reviews, n) > 100, "no source");
}


/* An answer as a model gives it, with one thing changed. */

static aif_str_t
test_answer(const char *from, const char *to)
{
    char       *p;
    aif_buf_t   b;
    aif_str_t   answer;

    /*
     * as they are sorted: 1 Fits warm, 2 Good for walks, 3 Good price, 4 Great,
     * 5 It is a coat, 6 Love it, 7 Lovely, 8 Nice colour, price, 9 So warm,
     * 10 Soft lining, 11 Super, 12 The fabric, 13 The zip broke, 14 The zip is,
     * 15 WARM, 16 Warm, as, 17 Warm enough, 18 Warm, but, 19 Zip broken,
     * 20 Zip stuck
     */

    static const char  whole[] =
        "{\"summary\":\"Customers like its warmth, but the zip breaks.\","
        "\"counts\":{\"reviews\":20,\"positive\":14,\"neutral\":2,"
        "\"negative\":4},\"claims\":[{\"kind\":\"aspect\",\"about\":\"warmth\","
        "\"sentiment\":\"positive\",\"text\":\"It is warm.\",\"count\":6,"
        "\"reviews\":[1,9,12,15,16,17],\"words\":[\"warm\"]},{\"kind\":"
        "\"pain\",\"about\":\"zip\",\"sentiment\":\"negative\",\"text\":"
        "\"The zip breaks.\",\"count\":4,\"reviews\":[13,14,19,20],"
        "\"words\":[\"zip\",\"stuck\"]},{\"kind\":\"need\",\"about\":\"price\","
        "\"sentiment\":\"positive\",\"text\":\"They want a fair price.\","
        "\"count\":2,\"reviews\":[3,8],\"words\":[\"price\"]}]}";

    aif_buf_init(&b, test_arena, sizeof(whole) + 256);
    p = strstr((char *) whole, from);

    if (p == NULL) {
        abort();
    }

    aif_buf_append(&b, whole, p - whole);
    aif_buf_append(&b, to, strlen(to));
    aif_buf_append(&b, p + strlen(from), strlen(p + strlen(from)));

    answer.data = b.data;
    answer.len = b.len;

    return answer;
}


static void
test_lies(void)
{
    int                    rc;
    size_t                 i, n;
    aif_str_t              source, answer;
    aif_guard_fault_t      fault;
    aif_summary_review_t   reviews[TEST_REVIEWS];

    static const aif_str_t  en = aif_string("en");

    static const struct {
        const char         *name;
        const char         *from;
        const char         *to;
        aif_guard_fault_e   kind;
    } tests[] = {
        { "the truth", "{", "{", AIF_GUARD_NONE },
        { "false total", "\"reviews\":20", "\"reviews\":21",
          AIF_GUARD_SUPPORT },
        { "false positives", "\"positive\":14", "\"positive\":15",
          AIF_GUARD_SUPPORT },
        { "false negatives", "\"negative\":4", "\"negative\":3",
          AIF_GUARD_SUPPORT },
        { "no counts", "\"negative\":4", "\"other\":4", AIF_GUARD_SUPPORT },
        { "a claim with a false count", "\"count\":6", "\"count\":7",
          AIF_GUARD_SUPPORT },
        { "of reviews that don't say it", "\"count\":4,\"reviews\":[13,14,19",
          "\"count\":4,\"reviews\":[13,14,7", AIF_GUARD_SUPPORT },
        { "of reviews that there are not", "[3,8]", "[3,21]",
          AIF_GUARD_SUPPORT },
        { "of one twice", "[3,8]", "[3,3]", AIF_GUARD_MARKUP },
        { "of none", "\"count\":2,\"reviews\":[3,8]",
          "\"count\":0,\"reviews\":[]", AIF_GUARD_SUPPORT },
        { "without words", "[\"price\"]", "[]", AIF_GUARD_SUPPORT },
        { "with words inside of words", "[\"price\"]", "[\"rice\"]",
          AIF_GUARD_SUPPORT },
        { "with words that prove nothing", "[\"price\"]", "[\"p\"]",
          AIF_GUARD_SUPPORT },
        { "a minority that is not heard", "\"sentiment\":\"negative\"",
          "\"sentiment\":\"neutral\"", AIF_GUARD_SUPPORT },
        { "praise by those who complain", "\"need\",\"about\":\"price\","
          "\"sentiment\":\"positive\",\"text\":\"They want a fair price.\","
          "\"count\":2,\"reviews\":[3,8],\"words\":[\"price\"]",
          "\"aspect\",\"about\":\"zip\",\"sentiment\":\"positive\","
          "\"text\":\"The zip is good.\",\"count\":3,\"reviews\":[13,18,"
          "19],\"words\":[\"zip\"]", AIF_GUARD_SUPPORT },
        { "a pain of those who are content", "\"need\",\"about\":\"price\","
          "\"sentiment\":\"positive\",\"text\":\"They want a fair price.\"",
          "\"pain\",\"about\":\"price\",\"sentiment\":\"negative\","
          "\"text\":\"They want a fair price.\"", AIF_GUARD_NONE },
        { "a number in the sentence", "but the zip", "but 4 say the zip",
          AIF_GUARD_NUMBER },
        { "one in digits of another script", "but the zip",
          "but \xd9\xa4 say the zip", AIF_GUARD_NUMBER },
        { "a number that no review of the claim has", "It is warm.",
          "Warm at 2 degrees.", AIF_GUARD_NUMBER },
        { "a number that they have", "The zip breaks.",
          "The zip breaks after 2 weeks.", AIF_GUARD_NONE },
        { "a material that nobody named", "It is warm.", "It is warm wool.",
          AIF_GUARD_MATERIAL },
        { "markup", "It is warm.", "It is <b>warm</b>.", AIF_GUARD_MARKUP },
        { "a separator", "It is warm.", "It is | warm.", AIF_GUARD_MARKUP },
        { "another kind", "\"need\"", "\"rumour\"", AIF_GUARD_MARKUP },
        { "another sentiment", "\"sentiment\":\"negative\"",
          "\"sentiment\":\"angry\"", AIF_GUARD_MARKUP },
        { "no sentence", "\"summary\":", "\"other\":", AIF_GUARD_MARKUP },
        { "a text twice", "\"text\":\"It is warm.\"",
          "\"text\":\"A\",\"text\":\"B\"", AIF_GUARD_MARKUP },
        { "another type", "\"count\":2", "\"count\":\"2\"",
          AIF_GUARD_MARKUP },
        { "no JSON", "{\"summary\"", "Here: {\"summary\"", AIF_GUARD_MARKUP },
    };

    n = test_make(test_reviews, TEST_REVIEWS, reviews);
    (void) aif_summary_source(reviews, n, test_arena, &source);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        answer = test_answer(tests[i].from, tests[i].to);
        rc = aif_summary_check(&source, &answer, test_claims, &en, &en,
                               test_arena, &fault);

        ok((rc == AIF_OK) == (tests[i].kind == AIF_GUARD_NONE)
           && fault.kind == tests[i].kind, "%s: %d, %s", tests[i].name, rc,
           aif_guard_name(fault.kind));
    }
}


static void
test_text(void)
{
    int                   rc;
    size_t                n;
    aif_str_t             source, answer, text;
    aif_summary_review_t  reviews[TEST_REVIEWS];

    static const aif_str_t  en = aif_string("en"), pt = aif_string("pt-BR"),
                            xx = aif_string("fil");

    n = test_make(test_reviews, TEST_REVIEWS, reviews);
    (void) aif_summary_source(reviews, n, test_arena, &source);
    answer = test_answer("{", "{");

    rc = aif_summary_text(&source, &answer, reviews, n, 0, &en, test_arena,
                          &text);
    ok(rc == AIF_OK, "what is read of it");
    is(text, "Reviews: 20 \xc2\xb7 positive: 14 \xc2\xb7 neutral: 2 \xc2\xb7 "
             "negative: 4 | Customers like its warmth, but the zip breaks. | "
             "It is warm. (6/20) | The zip breaks. (4/20) | They want a fair "
             "price. (2/20)", "has the counts");

    /* the last three are gone: warm (1 of 6) and zip (2 of 4) */

    rc = aif_summary_text(&source, &answer, reviews, n - 3, 0, &pt, test_arena,
                          &text);
    ok(rc == AIF_OK, "of fewer reviews");
    is(text, "Avalia\xc3\xa7\xc3\xb5" "es: 17 \xc2\xb7 positivas: 14 \xc2\xb7 "
             "neutras: 1 \xc2\xb7 negativas: 2 | Customers like its warmth, "
             "but the zip breaks. | It is warm. (6/17) | The zip breaks. "
             "(2/17) | They want a fair price. (2/17)",
       "it has theirs, in the visitor's language");

    rc = aif_summary_text(&source, &answer, reviews, 3, 0, &xx, test_arena,
                          &text);
    ok(rc == AIF_OK && memcmp(text.data, "\xce\xa3: 3", 5) == 0,
       "a language that we don't know gets signs");

    reviews[0].text.len--;
    reviews[2].text.len--;
    reviews[7].text.len--;
    rc = aif_summary_text(&source, &answer, reviews, n, 0, &en, test_arena,
                          &text);
    ok(rc == AIF_OK && memmem(text.data, text.len, "fair", 4) == NULL
       && memmem(text.data, text.len, "(5/20)", 6),
       "a claim that lost its reviews is left out");

    n = test_make(test_reviews, TEST_REVIEWS, reviews);
    reviews[10].text.len--;
    reviews[11].text.len--;
    reviews[12].text.len--;
    reviews[13].text.len--;
    ok(aif_summary_text(&source, &answer, reviews, n, 0, &en, test_arena, &text)
       == AIF_BAD, "where a minority would not be heard, nothing is shown");
}


int
main(void)
{
    size_t      i, line;
    aif_str_t   list;
    const char *error;

    static const aif_str_t  languages[] = {
        aif_string("any"), aif_string("en")
    };

    test_arena = aif_arena_create(1 << 20, (size_t) 1 << 30);
    test_claims = aif_claim_create(test_arena);

    for (i = 0; i < 2; i++) {
        list = aif_claim_builtin(&languages[i]);

        if (aif_claim_add(test_claims, &languages[i], &list, &error, &line)
            != AIF_OK)
        {
            abort();
        }
    }

    test_sentiments();
    test_source();
    test_lies();
    test_text();

    aif_arena_destroy(test_arena);

    done();
}
