
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The golden answers are in cases/engine/deepl-*.
 */


#include "engine_case.h"


static void
test_build(aif_arena_t *a)
{
    engine_case_t         c;
    aif_engine_conf_t     conf;
    aif_engine_request_t  r;

    static const char *const  texts[] = {
        "Our <g1>soft</g1> bag &amp; more", "Blau \xc3\xbc"
    };

    engine_batch(&c, texts, 2);
    conf = engine_conf;
    aif_str_set(&conf.url, "http://127.0.0.1:1");
    aif_str_set(&conf.formality, "prefer_less");
    aif_str_set(&conf.glossary, "def3a26b-3e84");

    ok(aif_engine_deepl.build(&conf, &c.batch, a, &r) == AIF_OK, "build");
    is(r.url, "http://127.0.0.1:1/v2/translate", "url");
    ok(r.url.data[r.url.len] == '\0', "url ends with NUL");
    is(r.content_type, "application/x-www-form-urlencoded;charset=utf-8",
       "content type");
    is(r.authorization, "Authorization: DeepL-Auth-Key sk-secret-0123456789",
       "authorization");
    is(r.body, "target_lang=ES&source_lang=EN&formality=prefer_less"
       "&glossary_id=def3a26b-3e84&split_sentences=nonewlines"
       "&preserve_formatting=1&tag_handling=xml&outline_detection=0"
       "&text=%3Cg4492%3EOur+%3Cg1%3Esoft%3C%2Fg1%3E+bag+%26amp%3B+more"
       "%3C%2Fg4492%3E&text=%3Cg9078%3EBlau+%C3%BC%3C%2Fg9078%3E", "body");

    aif_str_set(&conf.formality, "");
    aif_str_set(&conf.glossary, "");
    c.batch.n = 1;
    (void) aif_engine_deepl.build(&conf, &c.batch, a, &r);
    is(r.body, "target_lang=ES&source_lang=EN&split_sentences=nonewlines"
       "&preserve_formatting=1&tag_handling=xml&outline_detection=0"
       "&text=Our+%3Cg1%3Esoft%3C%2Fg1%3E+bag+%26amp%3B+more",
       "one text, no options");

    c.batch.n = 0;
    ok(aif_engine_deepl.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "nothing to ask");
    c.batch.n = 51;
    ok(aif_engine_deepl.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
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
        const char  *source;
        const char  *target;
        const char  *codes;
    } tests[] = {
        { "en", "es", "target_lang=ES&source_lang=EN&" },
        { "en-GB", "ES-mx", "target_lang=ES&source_lang=EN&" },
        { "de-CH", "en", "target_lang=EN-US&source_lang=DE&" },
        { "de", "en-IE", "target_lang=EN-GB&source_lang=DE&" },
        { "de", "en-US", "target_lang=EN-US&source_lang=DE&" },
        { "pt-BR", "pt", "target_lang=PT-PT&source_lang=PT&" },
        { "pt", "pt-BR", "target_lang=PT-BR&source_lang=PT&" },
        { "zh-Hant", "zh", "target_lang=ZH-HANS&source_lang=ZH&" },
        { "en", "zh-TW", "target_lang=ZH-HANT&source_lang=EN&" },
        { "en", "zh-Hans-HK", "target_lang=ZH-HANS&source_lang=EN&" },
        { "no", "no", "target_lang=NB&source_lang=NB&" },
        { "en", "es-419", "target_lang=ES-419&source_lang=EN&" },
        { "en", "nb-NO", "target_lang=NB&source_lang=EN&" },
        { "en", "e&x=y", "target_lang=E&source_lang=EN&" },
        { "en", "abcdefghijklmnopqrstuvwxyz",
          "target_lang=ABCDEFGHIJKLMNO&source_lang=EN&" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        engine_batch(&c, texts, 1);
        c.locales[0].data = (u_char *) tests[i].source;
        c.locales[0].len = strlen(tests[i].source);
        c.locales[1].data = (u_char *) tests[i].target;
        c.locales[1].len = strlen(tests[i].target);

        (void) aif_engine_deepl.build(&engine_conf, &c.batch, a, &r);

        snprintf(want, sizeof(want), "%s", tests[i].codes);
        ok(r.body.len > strlen(want)
           && memcmp(r.body.data, want, strlen(want)) == 0, "%s to %s: %s",
           tests[i].source, tests[i].target, want);
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
    memcpy(brackets, "{\"translations\":", 16);
    body.data = (u_char *) brackets;
    body.len = n;

    engine_batch(&c, texts, 1);
    ok(aif_engine_deepl.parse(&engine_conf, &c.batch, &body, a) == AIF_LIMIT,
       "a million brackets");
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
    engine_cases(&aif_engine_deepl);

    aif_arena_destroy(a);
    done();
}
