
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Sitemaps: entries that get alternates, and those that don't; what is read at
 * all.  Every file is also read cut off after each of its bytes: then nothing
 * is to be changed.
 */


#include "core/aif_sitemap.h"
#include "tap.h"


#define TEST_NS  " xmlns:xhtml=\"http://www.w3.org/1999/xhtml\""
#define TEST_SM  " xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""

#define TEST_LINK(lang, href)                                                 \
    "<xhtml:link rel=\"alternate\" hreflang=\"" lang "\" href=\"" href "\"/>\n"

#define TEST_LINKS(base, path)                                                \
    TEST_LINK("en", base path)                                                \
    TEST_LINK("es", base "/es" path)                                          \
    TEST_LINK("x-default", base path)

#define TEST_A  TEST_LINKS("http://shop.example", "/a")


static aif_str_t  test_locales[] = {
    aif_string("en"), aif_string("es"), aif_string("zh-CN")
};


typedef struct {
    const char  *name;
    int          rc;
    const char  *file;
    const char  *want;           /* NULL: as it is */
} test_case_t;


static const test_case_t  test_cases[] = {

    { "an entry", AIF_OK,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset" TEST_SM ">\n"
      "<url>\n <loc>http://shop.example/a</loc>\n <priority>1</priority>\n"
      "</url>\n</urlset>\n",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset" TEST_NS TEST_SM
      ">\n<url>\n <loc>http://shop.example/a</loc>\n <priority>1</priority>\n"
      TEST_A "</url>\n</urlset>\n" },

    { "a namespace by another name", AIF_OK,
      "<urlset\n xmlns:x = 'http://www.w3.org/1999/xhtml' a='>'><url><loc>"
      "http://shop.example/a</loc></url></urlset>",
      "<urlset\n xmlns:x = 'http://www.w3.org/1999/xhtml' a='>'><url><loc>"
      "http://shop.example/a</loc>"
      "<x:link rel=\"alternate\" hreflang=\"en\" "
      "href=\"http://shop.example/a\"/>\n"
      "<x:link rel=\"alternate\" hreflang=\"es\" "
      "href=\"http://shop.example/es/a\"/>\n"
      "<x:link rel=\"alternate\" hreflang=\"x-default\" "
      "href=\"http://shop.example/a\"/>\n</url></urlset>" },

    { "addresses as they are written", AIF_OK,
      "<urlset><url><loc> https://SHOP.example/a&amp;b&#x41;&apos; </loc></url>"
      "<url><loc><![CDATA[http://shop.example/\xc3\xa9&]]></loc></url>"
      "<url><loc>http://shop.<!-- x --><![CDATA[ex]]>ample</loc></url>"
      "</urlset>",
      "<urlset" TEST_NS "><url>"
      "<loc> https://SHOP.example/a&amp;b&#x41;&apos; </loc>"
      TEST_LINKS("https://SHOP.example", "/a&amp;bA'") "</url>"
      "<url><loc><![CDATA[http://shop.example/\xc3\xa9&]]></loc>"
      TEST_LINKS("http://shop.example", "/%C3%A9&amp;") "</url>"
      "<url><loc>http://shop.<!-- x --><![CDATA[ex]]>ample</loc>"
      TEST_LINKS("http://shop.example", "/") "</url></urlset>" },

    { "what gets none", AIF_OK,
      "<urlset><url><loc>http://other.example/a</loc></url>"
      "<url><loc>/a</loc></url><url><loc>//shop.example/a</loc></url>"
      "<url><loc>http://shop.example/es/a</loc></url>"
      "<url><loc>http://shop.example/a?b</loc></url>"
      "<url><loc>http://shop.example/a#b</loc></url>"
      "<url><loc>http://shop.example/a.pdf</loc></url>"
      "<url><loc>http://shop.example/a&b;</loc></url>"
      "<url><loc>http://shop.example/&#10;a</loc></url>"
      "<url><loc>http://shop.example/a b</loc></url>"
      "<url><loc></loc></url><url><loc/></url><url/><url></url>"
      "<url><loc>http://shop.example/a</loc><loc>http://shop.example/b</loc>"
      "</url><url><loc>http://shop.example/a<![CDATA[ b]]></loc></url>"
      "<url><x><loc>http://shop.example/a</loc></x></url>"
      "<urls><loc>http://shop.example/a</loc></urls>"
      "<loc>http://shop.example/a</loc>"
      "<!-- <url><loc>http://shop.example/a</loc></url> -->"
      "</urlset>", NULL },

    { "alternates of its own", AIF_OK,
      "<urlset" TEST_NS "><url><loc>http://shop.example/a</loc>"
      "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"/de\"/></url>"
      "<url><loc>http://shop.example/a</loc></url></urlset>",
      "<urlset" TEST_NS "><url><loc>http://shop.example/a</loc>"
      "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"/de\"/></url>"
      "<url><loc>http://shop.example/a</loc>" TEST_A "</url></urlset>" },

    { "pictures in an entry", AIF_OK,
      "<urlset><url><loc>http://shop.example/a</loc><image:image>"
      "<image:loc>http://shop.example/b</image:loc></image:image></url>"
      "</urlset>",
      "<urlset" TEST_NS "><url><loc>http://shop.example/a</loc><image:image>"
      "<image:loc>http://shop.example/b</image:loc></image:image>" TEST_A
      "</url></urlset>" },

    { "an index", AIF_DONE,
      "<sitemapindex><sitemap><loc>http://shop.example/a</loc></sitemap>"
      "</sitemapindex>", NULL },
    { "a feed", AIF_DONE, "<rss><url></url></rss>", NULL },
    { "no XML", AIF_DONE, "User-agent: *", NULL },
    { "nothing", AIF_DONE, "", NULL },
    { "somebody else's prefix", AIF_DONE,
      "<urlset xmlns:xhtml=\"http://other\"></urlset>", NULL },
    { "a name that is none", AIF_DONE,
      "<urlset xmlns:x&y=\"http://www.w3.org/1999/xhtml\"></urlset>", NULL },
    { "another encoding", AIF_DONE,
      "<?xml version='1.0' encoding='ISO-2022-JP'?><urlset></urlset>", NULL },
    { "a document type", AIF_BAD,
      "<!DOCTYPE urlset [<!ENTITY a 'b'>]><urlset></urlset>", NULL },
    { "tags that cross", AIF_BAD,
      "<urlset><url><loc>http://shop.example/a</url></loc></urlset>", NULL },
    { "another end", AIF_BAD,
      "<urlset><url></urls></urlset>", NULL },
    { "no end", AIF_BAD, "<urlset><url></url>", NULL },
    { "a tag in a tag", AIF_BAD, "<urlset><url <loc></loc></url></urlset>",
      NULL }
};


static const u_char  test_announced[] = { 0, 1, 0, 0, 1, 0, 0, 1, 0,
                                          0, 1, 0, 0, 1, 0, 0, 1, 0 };


/* "file" of a length, at the end of its own allocation; returns its new one */

static int
test_run(const aif_link_site_t *site, const char *file, size_t len,
    aif_arena_t *a, char *out, size_t *outlen)
{
    int                  rc;
    u_char              *p;
    size_t               n, rejected;
    aif_edit_t          *e;
    aif_sitemap_t        sm;
    aif_rewrite_plan_t   plan;

    p = malloc(len ? len : 1);
    memcpy(p, file, len);
    *outlen = 0;

    rc = aif_sitemap_read(&sm, site, p, len, a);

    memset(&plan, 0, sizeof(plan));
    plan.page = p;
    plan.len = len;

    if (rc == AIF_OK) {
        rc = sm.nurls > 6 ? AIF_LIMIT
             : aif_sitemap_edits(&sm, site, len, test_announced, a, &e, &n);
        plan.edits = e;
        plan.nedits = n;
    }

    *outlen = aif_rewrite((u_char *) out, &plan, &rejected);

    aif_arena_reset(a);
    free(p);

    return rc;
}


static void
test_files(aif_arena_t *a, const aif_link_site_t *site)
{
    int                 rc, early;
    char                out[8192];
    size_t              i, k, len, n;
    aif_str_t           got;
    const test_case_t  *t;

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        t = &test_cases[i];
        len = strlen(t->file);

        rc = test_run(site, t->file, len, a, out, &n);
        ok(rc == t->rc, "%s: read", t->name);

        got.data = (u_char *) out;
        got.len = n;
        is(got, t->want ? t->want : t->file, t->name);

        while (len && t->file[len - 1] == '\n') {
            len--;
        }

        for (k = 0, early = 0; k < len; k++) {
            early += test_run(site, t->file, k, a, out, &n) == AIF_OK;
        }

        ok(early == 0, "%s: not before its end", t->name);
    }
}


static void
test_limits(aif_arena_t *a, const aif_link_site_t *site)
{
    char           *file, *p;
    size_t          i;
    aif_arena_t    *small;
    aif_sitemap_t   sm;

    static const char  url[] = "<url><loc>http://shop.example/a</loc></url>";

    file = malloc(32 + (AIF_SITEMAP_MAX_URLS + 1) * sizeof(url));
    p = file + sprintf(file, "<urlset>");

    for (i = 0; i <= AIF_SITEMAP_MAX_URLS; i++) {
        p += sprintf(p, "%s", url);
    }

    p += sprintf(p, "</urlset>");

    ok(aif_sitemap_read(&sm, site, (u_char *) file, p - file, a) == AIF_LIMIT,
       "too many entries");
    aif_arena_reset(a);

    memcpy(file + 8, "<urx>", 5);
    memcpy(file + 8 + sizeof(url) - 7, "</urx>", 6);

    ok(aif_sitemap_read(&sm, site, (u_char *) file, p - file, a) == AIF_OK
       && sm.nurls == AIF_SITEMAP_MAX_URLS, "as many as there may be");
    aif_arena_reset(a);

    small = aif_arena_create(1024, 4096);
    ok(aif_sitemap_read(&sm, site, (u_char *) file, p - file, small)
       == AIF_NOMEM, "no memory");
    aif_arena_destroy(small);

    free(file);
}


int
main(void)
{
    char              out[1024];
    size_t            n;
    aif_str_t         got;
    aif_arena_t      *a;
    aif_link_site_t   site;

    static const char  file[] = "<urlset><url><loc>http://shop.example/a"
                                "</loc></url></urlset>";

    memset(&site, 0, sizeof(site));
    aif_str_set(&site.host, "shop.example");
    site.locales = test_locales;
    site.nlocales = 3;

    a = aif_arena_create(4096, 1 << 26);

    test_files(a, &site);
    test_limits(a, &site);

    site.strict = 1;
    (void) test_run(&site, file, sizeof(file) - 1, a, out, &n);
    got.data = (u_char *) out;
    got.len = n;
    is(got, "<urlset" TEST_NS "><url><loc>http://shop.example/a</loc>"
       TEST_LINK("en", "http://shop.example/en/a")
       TEST_LINK("es", "http://shop.example/es/a")
       TEST_LINK("x-default", "http://shop.example/a")
       "</url></urlset>", "strict: the source has a prefix too");

    aif_arena_destroy(a);

    done();
}
