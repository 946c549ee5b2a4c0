
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the dialects share; messages and classes of whole answers are among the
 * golden ones (cases/engine).
 */


#include "engine_case.h"


static void
test_names(void)
{
    size_t  i;

    ok(aif_engine_find((u_char *) "openai", 6) == &aif_engine_openai,
       "openai");
    ok(aif_engine_find((u_char *) "libretranslate", 14)
       == &aif_engine_libretranslate, "libretranslate");
    ok(aif_engine_find((u_char *) "apertium", 8) == &aif_engine_apertium,
       "apertium");
    ok(aif_engine_find((u_char *) "openai2", 7) == NULL, "openai2 is none");
    ok(aif_engine_find((u_char *) "openai2", 5) == NULL, "opena is none");
    ok(aif_engine_find((u_char *) "", 0) == NULL, "nor is nothing");

    for (i = 0; aif_engine_names(i); i++) {
        ok(aif_engine_find((u_char *) aif_engine_names(i),
                           strlen(aif_engine_names(i))) != NULL,
           "%s is found", aif_engine_names(i));
    }

    ok(i == 5, "five names");
    ok(aif_engine_names(i + 1) == NULL && aif_engine_names(1000) == NULL,
       "and no more");
}


static void
test_statuses(aif_arena_t *a)
{
    size_t              i;
    aif_str_t           body = aif_string("{}");
    aif_engine_batch_t  batch;
    aif_engine_reply_t  reply;

    static const struct {
        unsigned             status;
        aif_engine_error_e   error;
    } tests[] = {
        { 200, AIF_ENGINE_ANSWER },
        { 0, AIF_ENGINE_GARBAGE },
        { 201, AIF_ENGINE_GARBAGE },
        { 301, AIF_ENGINE_REFUSED },
        { 400, AIF_ENGINE_REFUSED },
        { 401, AIF_ENGINE_REFUSED },
        { 402, AIF_ENGINE_REFUSED },
        { 403, AIF_ENGINE_REFUSED },
        { 404, AIF_ENGINE_REFUSED },
        { 408, AIF_ENGINE_RETRY },
        { 413, AIF_ENGINE_TOO_LONG },
        { 422, AIF_ENGINE_REFUSED },
        { 429, AIF_ENGINE_THROTTLED },
        { 499, AIF_ENGINE_REFUSED },
        { 500, AIF_ENGINE_RETRY },
        { 501, AIF_ENGINE_REFUSED },
        { 502, AIF_ENGINE_RETRY },
        { 503, AIF_ENGINE_RETRY },
        { 504, AIF_ENGINE_RETRY },
        { 505, AIF_ENGINE_REFUSED },
        { 529, AIF_ENGINE_RETRY },
        { 600, AIF_ENGINE_GARBAGE },
    };

    memset(&batch, 0, sizeof(batch));

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ok(aif_engine_classify(&engine_conf, &batch, tests[i].status, &body,
                               a, &reply) == tests[i].error
           && reply.message.len == 0, "status %u", tests[i].status);
    }
}


/* Messages that quote a key, whole or masked; none of it may be left. */

static void
test_key(aif_arena_t *a)
{
    char                text[256];
    size_t              i;
    aif_str_t           body;
    aif_engine_conf_t   conf;
    aif_engine_batch_t  batch;
    aif_engine_reply_t  reply;

    static const struct {
        const char  *key;
        const char  *said;
        const char  *message;
    } tests[] = {
        { "sk-proj-AbCd1234efgh", "wrong key sk-proj-AbCd1234efgh here",
          "wrong key *** here" },
        { "sk-proj-AbCd1234efgh", "wrong key 'sk-pr***********efgh'!",
          "wrong key '***'!" },
        { "sk-proj-AbCd1234efgh", "Bearersk-proj-AbCd1234efghijk",
          "Bearer***" },
        { "sk-proj-AbCd1234efgh", "desk-proj and desk-props",
          "desk-proj and desk-props" },
        { "abc", "the abc key is abcd, zabc", "the *** key is ***, z***" },
        { "abcd", "abc abcdabcd", "abc ***" },
        { "", "no key at all", "no key at all" },
    };

    memset(&batch, 0, sizeof(batch));
    conf = engine_conf;

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        conf.key.data = (u_char *) tests[i].key;
        conf.key.len = strlen(tests[i].key);

        body.len = snprintf(text, sizeof(text),
                            "{\"error\":{\"message\":\"%s\"}}", tests[i].said);
        body.data = (u_char *) text;

        (void) aif_engine_classify(&conf, &batch, 401, &body, a, &reply);
        is(reply.message, tests[i].message, tests[i].said);
    }
}


static void
test_url(aif_arena_t *a)
{
    aif_str_t          s;
    aif_engine_conf_t  conf;

    conf = engine_conf;

    ok(aif_engine_url(&conf, "/x", a, &s) == AIF_OK && s.data[s.len] == '\0',
       "a url");
    is(s, "http://127.0.0.1:1/v1/x", "the whole url");

    aif_str_set(&conf.url, "http://a b");
    ok(aif_engine_url(&conf, "/x", a, &s) == AIF_LIMIT, "a blank in a url");
    aif_str_set(&conf.url, "http://a\x7f");
    ok(aif_engine_url(&conf, "/x", a, &s) == AIF_LIMIT, "DEL in a url");

    aif_str_set(&conf.key, "a b");
    ok(aif_engine_authorization(&conf, "Bearer", a, &s) == AIF_LIMIT,
       "a blank in a key");
    aif_str_set(&conf.key, "a\xc3\xa9");
    ok(aif_engine_authorization(&conf, "Bearer", a, &s) == AIF_LIMIT,
       "other than ASCII in a key");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_names();
    test_statuses(a);
    test_key(a);
    test_url(a);

    aif_arena_destroy(a);
    done();
}
