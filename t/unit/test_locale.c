
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Locales: tags that are well-formed and not, look-up with fallback,
 * Accept-Language as browsers and bad clients send it, path prefixes.  Every
 * input sits at the end of its own allocation, and is cut at every length.
 */


#include "core/aif_locale.h"
#include "tap.h"


#define LIST_MAX  16


typedef struct {
    const char  *list;       /* separated by blanks */
    const char  *value;
    const char  *want;       /* the listed locale; "-" for none */
} locale_case_t;


static const char *const  valid[] = {
    "en", "fil", "es-MX", "zh-Hant", "zh-Hant-TW", "zh-TW", "sr-Latn-RS",
    "es-419", "de-CH-1996", "sl-rozaj-biske", "de-1901-x-shop", "en-x-a",
    "zh-yue", "zh-cmn-Hans-CN", "ar-u-nu-latn", "en-a-bbb-x-a-ccc",
    "abcde", "abcdefgh", "EN-us", "ca-valencia", "ca-ES-valencia",
    "en-u-ca-gregory-t-de", "en-USA1X", "en-abcde-abcde-abcde-abcde-abcdefgh",
    NULL
};


static const char *const  invalid[] = {
    "", "e", "abcd", "abcdefghi", "*", "en-", "-en", "en--US", "en_US",
    "e1", "12", "en US", "en/US", "en-U", "en-US1", "es-41", "es-4191x9999",
    "en-Latn-USA",
    "en-abcdefghi", "x-shop", "i-klingon", "en-x", "en-a", "en-a-b", "en-a-x-b",
    "en-US-GB", "en-Latn-Cyrl", "zh-yue-cmn-wuu-nan", "abcde-yue",
    "en-1ab", "en-a-bb-US-c", "es-MX;q=1", "\xc3\xa9s", "en\x7f",
    "en-abcde-abcde-abcde-abcde-abcdefghi",
    "en-x-aaaaaaaa-bbbbbbbb-cccccccc-dddd",
    NULL
};


static const locale_case_t  match[] = {

    /* exact, any case, underscores */

    { "en es fr de zh-CN ar", "es", "es" },
    { "en es fr de zh-CN ar", "ES", "es" },
    { "en es fr de zh-CN ar", "zh-cn", "zh-CN" },
    { "en es fr de zh-CN ar", "zh_CN", "zh-CN" },
    { "en en-US", "en-US", "en-US" },
    { "en-US en", "en", "en" },
    { "de de-CH-1996", "de-CH-1996", "de-CH-1996" },

    /* truncation from the right */

    { "en es", "es-MX", "es" },
    { "en zh-Hant", "zh-Hant-TW", "zh-Hant" },
    { "de de-CH", "de-CH-1996", "de-CH" },
    { "de-CH de", "de-CH-x-a", "de-CH" },
    { "de-CH de-CH-1996", "de-CH-1996-x-a", "de-CH-1996" },
    { "de", "de-u-co-phonebk", "de" },
    { "de-DE de", "de-AT", "de" },
    { "en es-419", "es-419-x-a", "es-419" },

    /* Chinese by script */

    { "zh-Hans zh-Hant", "zh-TW", "zh-Hant" },
    { "zh-Hans zh-Hant", "zh-HK", "zh-Hant" },
    { "zh-Hans zh-Hant", "zh-MO", "zh-Hant" },
    { "zh-Hant zh-Hans", "zh", "zh-Hans" },
    { "zh-Hant zh-Hans", "zh-CN", "zh-Hans" },
    { "zh-Hant zh-Hans", "zh-SG", "zh-Hans" },
    { "zh-CN zh-TW", "zh-Hant", "zh-TW" },
    { "zh-CN zh-TW", "zh-HK", "zh-TW" },
    { "zh-TW zh-CN", "zh", "zh-CN" },
    { "zh-TW zh-CN", "zh-Hans-SG", "zh-CN" },
    { "zh-TW zh-CN", "zh-cmn-Hans-CN", "zh-CN" },
    { "zh-TW zh-CN", "cmn", "zh-CN" },
    { "zh-TW zh-HK", "zh-Hant-HK", "zh-HK" },
    { "zh-TW zh-Hant", "zh-MO", "zh-Hant" },
    { "zh zh-Hant", "zh-TW", "zh-Hant" },
    { "zh zh-Hant", "zh-CN", "zh" },
    { "en zh", "zh-TW", "zh" },
    { "en zh-CN", "zh-TW", "-" },
    { "en zh-CN", "zh-Hant", "-" },
    { "en zh-TW", "zh", "zh-TW" },

    /* old and new codes */

    { "en he", "iw", "he" },
    { "en iw", "he-IL", "iw" },
    { "en id", "in-ID", "id" },
    { "en yi", "ji", "yi" },
    { "en nb", "no", "nb" },
    { "en no", "nb-NO", "no" },
    { "nb no", "no", "no" },
    { "no nb", "nb", "nb" },
    { "nb no", "no-NO", "no" },
    { "en nb", "nn", "-" },

    /* siblings */

    { "en pt-BR", "pt", "pt-BR" },
    { "pt-PT pt-BR", "pt", "pt-PT" },
    { "en pt-BR", "pt-PT", "pt-BR" },
    { "en es-ES es-MX", "es-AR", "es-ES" },
    { "sr-Cyrl sr-Latn", "sr-Latn-RS", "sr-Latn" },
    { "sr sr-Latn-RS", "sr-Latn", "sr-Latn-RS" },
    { "sr-Cyrl", "sr-Latn", "-" },
    { "sr-Cyrl", "sr", "sr-Cyrl" },
    { "en-GB es-Latn-MX es-MX-x-a", "es-MX", "es-Latn-MX" },

    /* nothing, garbage */

    { "en es", "ca", "-" },
    { "en es", "e", "-" },
    { "en es", "ess", "-" },
    { "en est", "es", "-" },
    { "en es", "*", "-" },
    { "en es", "", "-" },
    { "en es", "es-", "-" },
    { "en es", "es--MX", "-" },
    { "en es", "es MX", "-" },
    { "en es", "es-MX;q=1", "-" },
    { "en es", "es.UTF-8", "-" },
    { "en es", "es-\xff", "-" },
    { "en es", "es-aaaaaaaaa", "-" },
    { "en es", "es-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaa", "-" },
    { "en es", "es-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaa", "es" },
    { "en es", "es-b-b-b-b-b-b-b-b-b-b-b-b-b-b-b-b", "es" },
    { "", "es", "-" },
    { "x ! es", "es", "es" },
    { NULL, NULL, NULL }
};


static const locale_case_t  accept[] = {

    /* as browsers send it */

    { "en es fr", "es-ES,es;q=0.9,en;q=0.8", "es" },
    { "en es fr", "de-CH,de;q=0.9,fr;q=0.8,en;q=0.7,*;q=0.5", "fr" },
    { "en zh-CN", "zh-CN,zh;q=0.9,en-US;q=0.8", "zh-CN" },
    { "en zh-CN", "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-CN" },
    { "en pt-BR", "pt-PT, pt;q=0.8, en;q=0.5", "pt-BR" },
    { "en es", "es-MX", "es" },
    { "en es", "ca", "-" },

    /* order and weights */

    { "en es fr", "fr, es", "fr" },
    { "en es fr", "fr;q=0.5, es;q=0.7", "es" },
    { "en es fr", "fr;q=0.5, es;q=0.50, en;q=0.500", "fr" },
    { "en es fr", "fr;q=0.001, es;q=0.002", "es" },
    { "en es fr", "fr;q=0.0019, es;q=0.0011", "fr" },
    { "en es fr", "ca, fr;q=0.1", "fr" },
    { "en es fr", "fr;Q=0.1, es;q=0.2", "es" },
    { "en es fr", "fr;level=1;q=0.1, es;q=0.2", "es" },
    { "en es fr", "fr;q=0.1;level=2, es;q=0.2;level=1", "es" },
    { "en es fr", " \t fr \t ; \t q=0.1 \t ,\tes ; q=0.2 ", "es" },
    { "en es fr", "fr;q=1, es;q=1.000", "fr" },
    { "en es fr", "fr;q=.3, es;q=.4", "es" },
    { "en es fr", "fr;q=0., es;q=1.", "es" },

    /* q=0 */

    { "en es fr", "fr;q=0, es;q=0.1", "es" },
    { "en es fr", "fr;q=0", "-" },
    { "en es fr", "fr-CA, fr;q=0, en;q=0.2", "en" },
    { "en fr fr-CA", "fr-CA, fr;q=0, en;q=0.2", "fr-CA" },
    { "en es-MX", "es, es-MX;q=0", "-" },
    { "es-MX es-AR", "es, es-MX;q=0", "es-AR" },
    { "es-MX en", "es;q=0.000, *", "en" },
    { "en es", "en;q=0, *", "es" },
    { "en es", "*;q=0", "-" },
    { "en es", "es-MX, *;q=0", "es" },
    { "en he", "iw;q=0, he", "-" },

    /* "*" */

    { "en es fr", "*", "en" },
    { "en es fr", "*;q=0.5, fr", "fr" },
    { "en es fr", "en;q=0.2, *;q=0.5", "es" },
    { "en es fr", "*;q=0.5, ca", "en" },
    { "en", "en;q=0.2, *", "en" },
    { "en es", "*-MX", "-" },

    /* garbage */

    { "en es", "", "-" },
    { "en es", ",", "-" },
    { "en es", ",,,;;;,q=1,;q=1, ,es", "es" },
    { "en es", ";q=0.5", "-" },
    { "en es", "en;q=2, es;q=0.1", "es" },
    { "en es", "en;q=1.5, es;q=0.1", "es" },
    { "en es", "en;q=-1, es;q=0.1", "es" },
    { "en es", "en;q=abc, es;q=0.1", "es" },
    { "en es", "en;q=, es;q=0.1", "es" },
    { "en es", "en;q=., es;q=0.1", "es" },
    { "en es", "en;q=0.5x, es;q=0.1", "es" },
    { "en es", "en;q=0.5.5, es;q=0.1", "es" },
    { "en es", "en;q = 0.5, es;q=0.1", "en" },
    { "en es", "en;q, es;q=0.1", "en" },
    { "en es", "en es", "en" },
    { "en es", "es/en, en;q=0.3", "en" },
    { "en es", "\xff\xfe\x01,es;q=0.1", "es" },
    { "en es", "es_MX;q=0.9", "es" },
    { NULL, NULL, NULL }
};


static const locale_case_t  prefix[] = {
    { "en es zh-CN", "/es", "es" },
    { "en es zh-CN", "/es/", "es" },
    { "en es zh-CN", "/es/product/1", "es" },
    { "en es zh-CN", "/ES/product", "es" },
    { "en es zh-CN", "/zh-cn/", "zh-CN" },
    { "en es zh-CN", "/zh-CN", "zh-CN" },
    { "en es zh-CN", "/zh_CN", "-" },
    { "en es zh-CN", "/zh\rCN", "-" },
    { "en es zh-CN", "/zh", "-" },
    { "en es zh-CN", "/es-MX/", "-" },
    { "en es zh-CN", "/esp", "-" },
    { "en es zh-CN", "/e", "-" },
    { "en es zh-CN", "/", "-" },
    { "en es zh-CN", "//es", "-" },
    { "en es zh-CN", "/x/es", "-" },
    { "en es zh-CN", "es", "-" },
    { "en es zh-CN", "", "-" },
    { "en es zh-CN", "/es?x", "-" },
    { "en es zh-CN", "/e\x13", "-" },
    { "e3 es", "/e\x13", "-" },
    { "en es zh-CN", "/en/es", "en" },
    { "", "/es", "-" },
    { NULL, NULL, NULL }
};


static const char *const  rtl[] = {
    "ar", "ar-EG", "AR", "he", "he-IL", "iw", "fa", "fa-IR", "ur", "ur-PK",
    "yi", "ji", "ps", "sd", "ug", "dv", "ckb", "az-Arab", "pa-PK", "pa-Arab",
    "ku-Arab-IQ", "uz-AF", "ku-IQ", "arz", "az-Arab-IR", NULL
};


static const char *const  ltr[] = {
    "en", "es", "zh-CN", "ja", "ar-Latn", "az", "az-Latn-IR", "pa", "pa-IN",
    "ku", "sd-Deva-IN", "ks-Deva", "uz", "arn", "hi", "", "a", "*", "ar-",
    "Arab", NULL
};


static size_t
locale_list(const char *text, aif_str_t *list)
{
    size_t       n;
    const char  *p;

    n = 0;

    while (*text) {
        p = strchr(text, ' ');
        if (p == NULL) {
            p = text + strlen(text);
        }

        list[n].data = malloc(p - text);
        list[n].len = p - text;
        memcpy(list[n].data, text, p - text);
        n++;

        text = *p ? p + 1 : p;
    }

    return n;
}


static void
locale_list_free(aif_str_t *list, size_t n)
{
    while (n > 0) {
        free(list[--n].data);
    }
}


/* At the end of its own memory, so that one byte too far is noticed. */

static u_char *
locale_copy(const char *text, size_t len)
{
    u_char  *p;

    p = malloc(len ? len : 1);
    memcpy(p, text, len);

    return len ? p : p + 1;
}


static void
locale_copy_free(u_char *p, size_t len)
{
    free(len ? p : p - 1);
}


typedef int (*locale_pt)(const aif_str_t *list, size_t n, const u_char *p,
    size_t len);


static int
locale_prefix(const aif_str_t *list, size_t n, const u_char *p, size_t len)
{
    int     i;
    size_t  size;

    size = 0;

    i = aif_locale_prefix(list, n, p, len, &size);

    /* the prefix is "/" and the listed tag, nothing else */

    if (i >= 0 && size != list[i].len + 1) {
        return -2;
    }

    return i;
}


static void
locale_run(const char *name, const locale_case_t *c, locale_pt func)
{
    int        i;
    size_t     n, len, cut, bad;
    u_char    *p;
    aif_str_t  list[LIST_MAX];

    for ( /* void */ ; c->list; c++) {

        n = locale_list(c->list, list);
        len = strlen(c->value);
        p = locale_copy(c->value, len);

        i = func(list, n, p, len);

        locale_copy_free(p, len);

        ok(i >= 0 ? (i < (int) n && strlen(c->want) == list[i].len
                     && memcmp(list[i].data, c->want, list[i].len) == 0)
                  : (i == -1 && c->want[0] == '-'),
           "%s of \"%s\" in (%s) is %s", name, c->value, c->list, c->want);

        bad = 0;

        for (cut = 0; cut < len; cut++) {
            p = locale_copy(c->value, cut);
            i = func(list, n, p, cut);
            bad += (i < -1 || i >= (int) n);
            locale_copy_free(p, cut);
        }

        if (bad) {
            ok(0, "%s of \"%s\" cut: %zu answers out of range", name,
               c->value, bad);
        }

        locale_list_free(list, n);
    }
}


static void
locale_flags(const char *const *text, int (*func)(const u_char *, size_t),
    int want, const char *name)
{
    size_t   len;
    u_char  *p;

    for ( /* void */ ; *text; text++) {
        len = strlen(*text);
        p = locale_copy(*text, len);
        ok(func(p, len) == want, "\"%s\" is %s%s", *text, want ? "" : "not ",
           name);
        locale_copy_free(p, len);
    }
}


static void
locale_limits(void)
{
    int        i;
    char      *p, *last;
    size_t     len;
    aif_str_t  list[LIST_MAX];

    (void) locale_list("en es", list);

    /* the 32nd range counts, the 33rd doesn't */

    p = malloc(1024 * 1024);
    last = p;

    for (i = 0; i < AIF_LOCALE_MAX_RANGES - 1; i++) {
        last += sprintf(last, "ca-x-%d,", i);
    }

    len = last - p;
    memcpy(last, "es", 2);
    ok(aif_locale_accept(list, 2, (u_char *) p, len + 2) == 1,
       "range %d counts", AIF_LOCALE_MAX_RANGES);

    memcpy(last, "ca,es", 5);
    ok(aif_locale_accept(list, 2, (u_char *) p, len + 5) == -1,
       "range %d does not", AIF_LOCALE_MAX_RANGES + 1);

    memset(p, ',', 1024 * 1024);
    memcpy(p + 1024 * 1024 - 2, "es", 2);
    ok(aif_locale_accept(list, 2, (u_char *) p, 1024 * 1024) == 1,
       "a megabyte of commas before \"es\"");

    memset(p, 'e', 1024 * 1024);
    ok(aif_locale_accept(list, 2, (u_char *) p, 1024 * 1024) == -1,
       "a megabyte of one letter");
    ok(aif_locale_match(list, 2, (u_char *) p, 1024 * 1024) == -1,
       "and as a tag");
    ok(!aif_locale_valid((u_char *) p, 1024 * 1024), "which is not one");

    memset(p, ';', 1024 * 1024);
    memcpy(p, "es", 2);
    ok(aif_locale_accept(list, 2, (u_char *) p, 1024 * 1024) == 1,
       "a megabyte of semicolons behind \"es\"");

    memcpy(p, "/es/", 4);
    ok(aif_locale_prefix(list, 2, (u_char *) p, 1024 * 1024, &len) == 1
       && len == 3, "a path of a megabyte");

    locale_list_free(list, 2);
    free(p);

    ok(aif_locale_match(NULL, 0, (u_char *) "es", 2) == -1, "no list");
    ok(aif_locale_accept(NULL, 0, (u_char *) "es,*", 4) == -1,
       "no list to accept from");
}


int
main(void)
{
    locale_flags(valid, aif_locale_valid, 1, "well-formed");
    locale_flags(invalid, aif_locale_valid, 0, "well-formed");
    locale_run("match", match, aif_locale_match);
    locale_run("accept", accept, aif_locale_accept);
    locale_run("prefix", prefix, locale_prefix);
    locale_flags(rtl, aif_locale_rtl, 1, "right to left");
    locale_flags(ltr, aif_locale_rtl, 0, "right to left");
    locale_limits();

    done();
}
