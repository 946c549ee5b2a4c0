
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The golden answers are in cases/engine/libretranslate-*.
 */


#include "engine_case.h"


static void
test_build(aif_arena_t *a)
{
    engine_case_t         c;
    aif_engine_conf_t     conf;
    aif_engine_request_t  r;

    static const char *const  texts[] = {
        "Blue \"shirt\"", "Our <g1>soft</g1> bag"
    };

    engine_batch(&c, texts, 2);

    ok(aif_engine_libretranslate.build(&engine_conf, &c.batch, a, &r)
       == AIF_OK, "build");
    is(r.url, "http://127.0.0.1:1/v1/translate", "url");
    ok(r.url.data[r.url.len] == '\0', "url ends with NUL");
    is(r.content_type, "application/json", "content type");
    is(r.authorization, "", "no header line");
    is(r.body, "{\"q\":[\"<g3082>Blue \\\"shirt\\\"</g3082>\","
       "\"<g1346>Our <g1>soft</g1> bag</g1346>\"],"
       "\"source\":\"en\",\"target\":\"es\",\"format\":\"html\","
       "\"api_key\":\"sk-secret-0123456789\"}", "body");

    conf = engine_conf;
    aif_str_set(&conf.key, "");
    c.batch.n = 1;
    (void) aif_engine_libretranslate.build(&conf, &c.batch, a, &r);
    is(r.body, "{\"q\":[\"Blue \\\"shirt\\\"\"],"
       "\"source\":\"en\",\"target\":\"es\",\"format\":\"html\"}",
       "one text without a key");

    c.batch.n = 0;
    ok(aif_engine_libretranslate.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "nothing to ask");
    c.batch.n = AIF_ENGINE_MAX_BATCH + 1;
    ok(aif_engine_libretranslate.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "too much to ask");
}


static void
test_locales(aif_arena_t *a)
{
    char                  want[64];
    size_t                i;
    engine_case_t         c;
    aif_engine_request_t  r;

    static const char *const  texts[] = { "a" };

    static const struct {
        const char  *locale;
        const char  *code;
    } tests[] = {
        { "es", "es" },
        { "ES-mx", "es" },
        { "pt", "pt" },
        { "pt-BR", "pb" },
        { "pt-PT", "pt" },
        { "zh", "zh" },
        { "zh-CN", "zh" },
        { "zh-Hans", "zh" },
        { "zh-Hans-HK", "zh" },
        { "zh-TW", "zt" },
        { "zh-hant", "zt" },
        { "zh-Hant-CN", "zt" },
        { "zh-HK", "zt" },
        { "no", "nb" },
        { "nb-NO", "nb" },
        { "fil", "fil" },
        { "", "" },
        { "e\"s", "e" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        engine_batch(&c, texts, 1);
        c.locales[1].data = (u_char *) tests[i].locale;
        c.locales[1].len = strlen(tests[i].locale);

        (void) aif_engine_libretranslate.build(&engine_conf, &c.batch, a, &r);

        snprintf(want, sizeof(want), "\"target\":\"%s\",", tests[i].code);
        r.body.data[r.body.len - 1] = '\0';
        ok(strstr((char *) r.body.data, want) != NULL, "%s is %s",
           tests[i].locale, tests[i].code);
    }
}


static void
test_deep(aif_arena_t *a)
{
    size_t         n;
    char          *brackets;
    aif_str_t      body;
    engine_case_t  c;

    static const char *const  texts[] = { "Blue shirt" };

    n = 1000000;
    brackets = malloc(n);
    memset(brackets, '[', n);
    memcpy(brackets, "{\"translatedText\":", 18);
    body.data = (u_char *) brackets;
    body.len = n;

    engine_batch(&c, texts, 1);
    ok(aif_engine_libretranslate.parse(&engine_conf, &c.batch, &body, a)
       == AIF_LIMIT, "a million brackets");
    free(brackets);
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_build(a);
    test_locales(a);
    test_deep(a);
    engine_cases(&aif_engine_libretranslate);

    aif_arena_destroy(a);
    done();
}
