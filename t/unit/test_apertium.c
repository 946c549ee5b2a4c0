
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The golden answers, all but a few those of APy 0.11.7 with eng-spa, are in
 * cases/engine/apertium-*.
 */


#include "engine_case.h"


static void
test_build(aif_arena_t *a)
{
    engine_case_t         c;
    aif_engine_conf_t     conf;
    aif_engine_request_t  r;

    static const char *const  texts[] = {
        "Our <g1>soft</g1> caf\xc3\xa9-bag &amp; 50% more, a+b=c_d.~", "b"
    };

    engine_batch(&c, texts, 1);
    conf = engine_conf;
    aif_str_set(&conf.key, "");

    ok(aif_engine_apertium.build(&conf, &c.batch, a, &r) == AIF_OK, "build");
    is(r.url, "http://127.0.0.1:1/v1/translate", "url");
    is(r.content_type, "application/x-www-form-urlencoded", "content type");
    is(r.authorization, "", "no key, no line");
    is(r.body, "langpair=en%7Ces&markUnknown=no&format=html&q="
       "Our+%3Cg1%3Esoft%3C%2Fg1%3E+caf%C3%A9-bag+%26amp%3B+50%25+more%2C+"
       "a%2Bb%3Dc_d.~", "body");

    (void) aif_engine_apertium.build(&engine_conf, &c.batch, a, &r);
    is(r.authorization, "Authorization: Bearer sk-secret-0123456789",
       "a key for what may stand in front");

    c.batch.n = 2;
    ok(aif_engine_apertium.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "one text at a time");
    c.batch.n = 0;
    ok(aif_engine_apertium.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "not none");
    ok(aif_engine_apertium.max_batch == 1, "and says so");
}


/* [ and ] stand for the element whose content is left alone. */

static void
test_protected(aif_arena_t *a)
{
    char                 *p;
    size_t                i;
    aif_buf_t             want;
    engine_case_t         c;
    aif_engine_request_t  r;
    const char           *texts[1], *w;

    static const char *const  tests[][2] = {
        { "Hello {name}, hi", "Hello+[%7Bname%7D]%2C+hi" },
        { "{{a b}}", "[%7B%7Ba+b%7D%7D]" },
        { "${a} %{b}.", "[%24%7Ba%7D]+[%25%7Bb%7D]." },
        { "{a <g1>b}</g1>", "%7Ba+%3Cg1%3Eb%7D%3C%2Fg1%3E" },
        { "{a", "%7Ba" },
        { "%s of %d :id", "[%25s]+of+[%25d]+[%3Aid]" },
        { "5 % off: 10:30", "5+%25+off%3A+10%3A30" },
        { "(www.a.example)", "([www.a.example])" },
        { "<g1>a@b.c</g1>, \"http://x/?y=1&amp;z\".",
          "%3Cg1%3E[a%40b.c]%3C%2Fg1%3E%2C+%22[http%3A%2F%2Fx%2F%3Fy%3D1%26"
          "amp%3Bz]%22." },
        { "a @ b www. :// @", "a+%40+b+www.+%3A%2F%2F+%40" },
        { "x{y} x%s", "x%7By%7D+x%25s" },
        { "http://", "[http%3A%2F%2F]" },
        { "$", "%24" },
        { "%", "%25" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        texts[0] = tests[i][0];
        engine_batch(&c, texts, 1);
        aif_buf_init(&want, a, 64);

        for (w = tests[i][1]; *w; w++) {
            switch (*w) {
            case '[':
                aif_buf_literal(&want, "%3Capertium-notrans%3E");
                break;
            case ']':
                aif_buf_literal(&want, "%3C%2Fapertium-notrans%3E");
                break;
            case '(':
                aif_buf_literal(&want, "%28");
                break;
            case ')':
                aif_buf_literal(&want, "%29");
                break;
            default:
                aif_buf_byte(&want, *w);
            }
        }

        aif_buf_byte(&want, '\0');

        (void) aif_engine_apertium.build(&engine_conf, &c.batch, a, &r);
        p = strstr((char *) r.body.data, "&q=") + 3;
        r.body.len -= p - (char *) r.body.data;
        r.body.data = (u_char *) p;
        is(r.body, (char *) want.data, tests[i][0]);
    }
}


static void
test_length(aif_arena_t *a)
{
    char                  *text;
    size_t                 i;
    engine_case_t          c;
    aif_engine_request_t   r;
    const char            *texts[1];

    text = malloc(16001);

    for (i = 0; i < 8000; i++) {
        memcpy(text + 2 * i, "\xc3\xa9", 2);
    }

    text[16000] = '\0';
    texts[0] = text;

    engine_batch(&c, texts, 1);
    ok(aif_engine_apertium.build(&engine_conf, &c.batch, a, &r) == AIF_LIMIT,
       "8000 characters are too many");

    c.items[0].source.len = 15998;
    ok(aif_engine_apertium.build(&engine_conf, &c.batch, a, &r) == AIF_OK,
       "one less is not");

    free(text);
}


static void
test_locales(aif_arena_t *a)
{
    char                  want[64];
    size_t                i, len;
    engine_case_t         c;
    aif_engine_request_t  r;

    static const char *const  texts[] = { "a" };

    static const struct {
        const char  *source;
        const char  *target;
        const char  *pair;
    } tests[] = {
        { "en", "es", "en%7Ces" },
        { "EN-us", "es-MX", "en%7Ces" },
        { "es", "pt-BR", "es%7Cpt_BR" },
        { "pt-BR", "es", "pt%7Ces" },
        { "pt-br-abc", "pt-PT", "pt%7Cpt" },
        { "en", "sr-Latn", "en%7Chbs_SR" },
        { "hr", "bs-BA", "hbs%7Chbs_BS" },
        { "es", "ca-valencia", "es%7Cca_valencia" },
        { "no", "nn", "nob%7Cnn" },
        { "en", "sro", "en%7Csro" },
        { "en", "e&q=s", "en%7Ce" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        engine_batch(&c, texts, 1);
        c.locales[0].data = (u_char *) tests[i].source;
        c.locales[0].len = strlen(tests[i].source);
        c.locales[1].data = (u_char *) tests[i].target;
        c.locales[1].len = strlen(tests[i].target);

        (void) aif_engine_apertium.build(&engine_conf, &c.batch, a, &r);

        len = snprintf(want, sizeof(want), "langpair=%s&", tests[i].pair);
        ok(r.body.len > len && memcmp(r.body.data, want, len) == 0,
           "%s to %s is %s", tests[i].source, tests[i].target, tests[i].pair);
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
    body.data = (u_char *) brackets;
    body.len = n;

    engine_batch(&c, texts, 1);
    ok(aif_engine_apertium.parse(&engine_conf, &c.batch, &body, a)
       == AIF_LIMIT, "a million brackets");
    free(brackets);
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_build(a);
    test_protected(a);
    test_length(a);
    test_locales(a);
    test_deep(a);
    engine_cases(&aif_engine_apertium);

    aif_arena_destroy(a);
    done();
}
