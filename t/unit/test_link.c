
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Links: which addresses are pages of our host, and where the prefix goes.
 * "^" is its place in the case, which is taken out before.  Each address sits
 * at the end of its own allocation.
 */


#include "core/aif_link.h"
#include "core/aif_language.h"
#include "tap.h"


static aif_str_t  test_locales[] = {
    aif_string("en"), aif_string("es"), aif_string("zh-CN")
};


static const char *const  test_cases[] = {

    /* of this host */

    "^/", "^/x", "^/x?y=/z", "^/x#y", "  ^/x ", "^/en/x", "^/esx", "^/x.html",
    "^/x.php?a=b.png", "^/a.b/c", "^/x.jpgg", "//shop.example^/x",
    "http://shop.example^/x", "https://SHOP.example:443^/x",
    "HTTP://shop.example:80^", "https://shop.example^?a", "//shop.example^#a",
    "//shop.example:443^/", "^/?x=http://y", "^/x&amp;y",

    /* of another, or no page, or in a locale already */

    "", "x", "x/y", "./x", "../x", "?x", "#x", "mailto:a@shop.example",
    "tel:1", "javascript:x('/y')", "data:text/html,/x", "ftp://shop.example/x",
    "//shop.example.org/x", "//xshop.example/x", "http://shop.example@evil/x",
    "http://evil\\@shop.example/x", "http://shop.example:8080/x", "http:/x",
    "http:x", "///x", "//", "/\\evil/x", "/\t/evil", "/&#47;evil", "/&sol;e",
    "&#47;x", "http&colon;//shop.example/x", "//shop%2eexample/x",
    "//shop.example:99999999999/x", "//:80/x", "http://", "https:///x",
    "/es", "/es/x", "/ZH-cn/x", "http://shop.example/es?x", "/x.png",
    "/x.JPG?y", "/x/y.css#z", "/robots.txt", "/feed.xml", "\x01/x"
};


static void
test_links(void)
{
    char             *text, *mark;
    u_char           *p;
    size_t            i, k, len;
    aif_link_t        link;
    aif_link_site_t   site;
    aif_link_type_e   type;

    memset(&site, 0, sizeof(site));
    aif_str_set(&site.host, "shop.example");
    site.locales = test_locales;
    site.nlocales = 3;

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        text = strdup(test_cases[i]);
        mark = strchr(text, '^');

        if (mark) {
            memmove(mark, mark + 1, strlen(mark));
        }

        len = strlen(text);
        p = malloc(len ? len : 1);
        memcpy(p, text, len);

        type = aif_link_prefix(&site, p, len, &link);

        ok(mark ? type != AIF_LINK_NONE
                  && link.path == (size_t) (mark - text)
                : type == AIF_LINK_NONE,
           "%s", test_cases[i]);

        free(p);

        /* cut anywhere it is read to its end and no further */

        for (k = 0; k < len; k++) {
            p = malloc(k ? k : 1);
            memcpy(p, text, k);
            type = aif_link_prefix(&site, p, k, &link);

            if (type != AIF_LINK_NONE && link.path > k) {
                ok(0, "%s cut at %zu", test_cases[i], k);
            }

            free(p);
        }

        free(text);
    }

    site.strict = 1;
    ok(aif_link_prefix(&site, (u_char *) "/en/x", 5, &link) == AIF_LINK_NONE,
       "a prefix of the source, where it has one");

    site.port = 8080;
    ok(aif_link_prefix(&site, (u_char *) "//shop.example:8080/", 20, &link)
       == AIF_LINK_HOST, "a port");
    ok(aif_link_prefix(&site, (u_char *) "//shop.example/", 15, &link)
       == AIF_LINK_NONE, "... and another one");
}


static const struct {
    const char  *value;
    const char  *address;        /* "-": none */
} test_refresh[] = {
    { "5", "-" },
    { "5;url=/x", "/x" },
    { "0; URL=/x y", "/x y" },
    { "0;url='/x'y", "/x" },
    { "0, url = \"/x\"", "/x" },
    { "0;url=", "-" },
    { "0;url='", "-" },
    { "0;u", "-" },
    { ";", "-" },
    { "", "-" },
    { "/x", "-" },
    { "0; /x", "-" }
};


static void
test_refreshes(void)
{
    u_char  *p;
    size_t   i, len, start, end;

    for (i = 0; i < sizeof(test_refresh) / sizeof(test_refresh[0]); i++) {

        len = strlen(test_refresh[i].value);
        p = malloc(len ? len : 1);
        memcpy(p, test_refresh[i].value, len);

        if (aif_link_refresh(p, len, &start, &end) == AIF_OK) {
            ok(end - start == strlen(test_refresh[i].address)
               && memcmp(p + start, test_refresh[i].address, end - start) == 0,
               "Refresh: %s", test_refresh[i].value);

        } else {
            ok(test_refresh[i].address[0] == '-', "Refresh: %s",
               test_refresh[i].value);
        }

        free(p);
    }
}


static const struct {
    const char  *tag;
    const char  *name;
    const char  *og;
} test_languages[] = {
    { "es", "Español", "es_ES" },
    { "es-MX", "Español (MX)", "es_MX" },
    { "ES-419", "Español (419)", "es_419" },
    { "en", "English", "en_US" },
    { "zh-CN", "简体中文", "zh_CN" },
    { "zh-tw", "繁體中文", "zh_TW" },
    { "zh-Hant", "繁體中文", "zh_TW" },
    { "zh-Hans-SG", "简体中文", "zh_SG" },
    { "zh", "中文", "zh_CN" },
    { "sr-Latn", "Srpski", "sr_RS" },
    { "sr-Latn-BA", "Srpski (BA)", "sr_BA" },
    { "uz-Cyrl", "Oʻzbekcha", "uz_UZ" },
    { "de-1996", "Deutsch", "de_DE" },
    { "de-x-ab", "Deutsch", "de_DE" },
    { "fil", "Filipino", "fil_PH" },
    { "tlh", "tlh", "" },
    { "tlh-US", "tlh-US", "tlh_US" },
    { "abcdefgh-US", "abcdefgh-US", "abcdefgh_US" },
    { "abcdefgh-419", "abcdefgh-419", "abcdefgh_419" }
};


static void
test_names(void)
{
    u_char        og[AIF_LANGUAGE_MAX_OG];
    size_t        i;
    aif_buf_t     b;
    aif_str_t     tag, got;
    aif_arena_t  *a;

    a = aif_arena_create(1024, 1024 * 1024);

    for (i = 0; i < sizeof(test_languages) / sizeof(test_languages[0]); i++) {

        tag.len = strlen(test_languages[i].tag);
        tag.data = malloc(tag.len);
        memcpy(tag.data, test_languages[i].tag, tag.len);

        aif_buf_init(&b, a, 16);
        aif_language_name(&b, &tag);
        is(b, test_languages[i].name, test_languages[i].tag);

        got.data = og;
        got.len = aif_language_og(og, &tag);
        is(got, test_languages[i].og, "... in og:locale");

        free(tag.data);
    }

    aif_arena_destroy(a);
}


int
main(void)
{
    test_links();
    test_refreshes();
    test_names();

    done();
}
