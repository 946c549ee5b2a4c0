
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * robots.txt: the new file, and that it decides of "/es/x" what the shop's
 * decides of "/x", by a small crawler's eyes (RFC 9309 section 2.2.2).
 */


#include "core/aif_robots.h"
#include "tap.h"


static aif_str_t  test_locales[] = {
    aif_string("en"), aif_string("es"), aif_string("zh-CN")
};


typedef struct {
    const char  *name;
    const char  *file;
    const char  *want;           /* NULL: as it is */
} test_case_t;


static const test_case_t  test_cases[] = {

    { "a rule",
      "User-agent: *\nDisallow: /admin\nAllow: /a\n",
      "User-agent: *\nDisallow: /admin\nDisallow: /es/admin\n"
      "Disallow: /zh-CN/admin\nAllow: /a\nAllow: /es/a\nAllow: /zh-CN/a\n" },

    { "line breaks of all kinds, and none",
      "Disallow: /a\r\nDisallow: /b\rDisallow: /c",
      "Disallow: /a\r\nDisallow: /es/a\r\nDisallow: /zh-CN/a\r\n"
      "Disallow: /b\rDisallow: /es/b\rDisallow: /zh-CN/b\r"
      "Disallow: /c\nDisallow: /es/c\nDisallow: /zh-CN/c" },

    { "white space, comments and letters of any case",
      "\xef\xbb\xbf \tDISALLOW\t : /x y \t# why\n",
      "\xef\xbb\xbf \tDISALLOW\t : /x y \t# why\n \tDISALLOW\t : /es/x y\n"
      " \tDISALLOW\t : /zh-CN/x y\n" },

    { "the root, the end, wildcards",
      "Disallow: /\nAllow: /$\nDisallow: /*.pdf$\nDisallow: *?s=\n",
      "Disallow: /\nDisallow: /es/\nDisallow: /zh-CN/\n"
      "Allow: /$\nAllow: /es/$\nAllow: /zh-CN/$\n"
      "Disallow: /*.pdf$\nDisallow: /es/*.pdf$\nDisallow: /zh-CN/*.pdf$\n"
      "Disallow: *?s=\nDisallow: /es/*?s=\nDisallow: /zh-CN/*?s=\n" },

    { "what has a prefix", "Disallow: /es/x\nAllow: /ZH-cn\n", NULL },

    { "what only looks like one", "Disallow: /esx\n",
      "Disallow: /esx\nDisallow: /es/esx\nDisallow: /zh-CN/esx\n" },

    { "the source's", "Disallow: /en/x\n",
      "Disallow: /en/x\nDisallow: /es/en/x\nDisallow: /zh-CN/en/x\n" },

    { "everything else",
      "# Disallow: /x\nDisallow:\nDisallow: # /x\nAllow\nDisallow /x\n"
      "Disallow: x\nDisallow: http://shop.example/x\nDisallows: /x\n"
      "Sitemap: /sitemap.xml\nCrawl-delay: 10\nNoindex: /x\n: /x\n\n\r\r\n"
      "Host: x\n<p>Disallow: /x</p>\nUser-agent: /x", NULL },

    { "nothing", "", NULL }
};


static size_t
test_apply(const u_char *file, size_t len, const aif_edit_t *e, size_t n,
    char *out)
{
    size_t              rejected;
    aif_rewrite_plan_t  plan;

    memset(&plan, 0, sizeof(plan));
    plan.page = file;
    plan.len = len;
    plan.edits = e;
    plan.nedits = n;

    return aif_rewrite((u_char *) out, &plan, &rejected);
}


static void
test_edits(aif_arena_t *a, const aif_link_site_t *site)
{
    char                out[4096];
    u_char             *p;
    size_t              i, n, len;
    aif_str_t           got;
    aif_edit_t         *e;
    const test_case_t  *t;

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        t = &test_cases[i];
        len = strlen(t->file);

        /* at the end of its own allocation */

        p = malloc(len ? len : 1);
        memcpy(p, t->file, len);

        ok(aif_robots_edits(site, p, len, a, &e, &n) == AIF_OK, "%s: read",
           t->name);

        got.data = (u_char *) out;
        got.len = test_apply(p, len, e, n, out);
        is(got, t->want ? t->want : t->file, t->name);

        free(p);
        aif_arena_reset(a);
    }
}


static int
test_match(const char *path, const char *pattern, size_t len)
{
    for ( ;; ) {

        if (len == 0) {
            return 1;
        }

        if (*pattern == '$' && len == 1) {
            return *path == '\0';
        }

        if (*pattern == '*') {

            do {
                if (test_match(path, pattern + 1, len - 1)) {
                    return 1;
                }
            } while (*path++);

            return 0;
        }

        if (*path++ != *pattern++) {
            return 0;
        }

        len--;
    }
}


/* 1: allowed.  The longest pattern, of equals the one that allows. */

static int
test_allowed(const char *file, size_t len, const char *path)
{
    int          allow, best_allows;
    size_t       n, best;
    const char  *p, *end, *value;

    best = 0;
    best_allows = 1;

    for (p = file; p < file + len; p = end + 1) {

        end = memchr(p, '\n', file + len - p);
        value = strchr(p, ' ') + 1;
        n = end - value;
        allow = (*p == 'A');

        if ((*p == 'A' || *p == 'D') && n && test_match(path, value, n)
            && (n > best || (n == best && allow)))
        {
            best = n;
            best_allows = allow;
        }
    }

    return best_allows;
}


/* for all paths: "/es/x" is decided as "/x" was, and "/x" as before */

static void
test_decisions(aif_arena_t *a, const aif_link_site_t *site)
{
    int          bare, wrong;
    char         out[8192], path[256];
    size_t       i, k, n, len;
    aif_edit_t  *e;

    static const char *const  files[] = {
        "User-agent: *\nDisallow: /admin\nAllow: /admin/open\n",
        "User-agent: *\nDisallow: /\nAllow: /shop\nAllow: /$\nAllow: /e\n",
        "User-agent: *\nAllow: /\nDisallow: /*.pdf$\nDisallow: *sid=\n"
        "Allow: /shop/*.pdf\nDisallow: /esp\n"
    };
    static const char *const  paths[] = {
        "/", "/admin", "/admin/x", "/admin/open/x", "/shop", "/shop/a.pdf",
        "/e", "/esp", "/esp/x", "/x.pdf", "/x.pdf?sid=1", "/shop?sid=1",
        "/other", "/e/admin", "/es-x", "/zh/shop"
    };

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {

        wrong = 0;
        len = strlen(files[i]);

        (void) aif_robots_edits(site, (u_char *) files[i], len, a, &e, &n);
        n = test_apply((u_char *) files[i], len, e, n, out);

        for (k = 0; k < sizeof(paths) / sizeof(paths[0]); k++) {

            bare = test_allowed(files[i], len, paths[k]);
            wrong += test_allowed(out, n, paths[k]) != bare;

            snprintf(path, sizeof(path), "/es%s", paths[k]);
            wrong += test_allowed(out, n, path) != bare;

            snprintf(path, sizeof(path), "/zh-CN%s", paths[k]);
            wrong += test_allowed(out, n, path) != bare;
        }

        ok(wrong == 0, "file %u decides alike with and without prefixes",
           (unsigned) i);
        aif_arena_reset(a);
    }
}


static void
test_limits(aif_arena_t *a, const aif_link_site_t *site)
{
    char        *file;
    size_t       n, len;
    aif_edit_t  *e;
    aif_arena_t *small;

    static const char  rule[] = "Disallow: /x\n";       /* 13, 16, 19 bytes */

    len = AIF_ROBOTS_MAX_SIZE / 48 * 13;
    file = malloc(len + 13);

    for (n = 0; n < len + 13; n += 13) {
        memcpy(file + n, rule, 13);
    }

    ok(aif_robots_edits(site, (u_char *) file, len, a, &e, &n) == AIF_OK
       && n == len / 13, "as many rules as there is room for");
    aif_arena_reset(a);

    ok(aif_robots_edits(site, (u_char *) file, len + 13, a, &e, &n)
       == AIF_LIMIT, "one more is one too many");
    aif_arena_reset(a);

    small = aif_arena_create(1024, 2048);
    ok(aif_robots_edits(site, (u_char *) file, len, small, &e, &n)
       == AIF_NOMEM, "no memory");
    aif_arena_destroy(small);

    free(file);
}


int
main(void)
{
    char              out[256];
    size_t            n;
    aif_str_t         got;
    aif_edit_t       *e;
    aif_arena_t      *a;
    aif_link_site_t   site;

    memset(&site, 0, sizeof(site));
    site.locales = test_locales;
    site.nlocales = 3;

    a = aif_arena_create(4096, 1 << 24);

    test_edits(a, &site);
    test_decisions(a, &site);
    test_limits(a, &site);

    site.strict = 1;
    site.nlocales = 2;

    (void) aif_robots_edits(&site, (u_char *) "Allow: /x\nAllow: /en/x\n", 23,
                            a, &e, &n);
    got.data = (u_char *) out;
    got.len = test_apply((u_char *) "Allow: /x\nAllow: /en/x\n", 23, e, n, out);
    is(got, "Allow: /x\nAllow: /en/x\nAllow: /es/x\nAllow: /en/x\n",
       "strict: the source has a prefix too");

    aif_arena_destroy(a);

    done();
}
