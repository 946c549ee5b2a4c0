
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_robots.c, aif_sitemap.c and aif_xml.c.  The first byte
 * says which, and in which locales entries are announced; the rest is the
 * file.  What must hold:
 *
 *   - edits are insertions, sorted, within the file, of no control but line
 *     breaks;
 *   - a rule's copy is none that is repeated once more;
 *   - an entry with alternates gets none a second time, and the new sitemap
 *     is one that can be read, with the same entries but for those.
 */


#include "core/aif_robots.h"
#include "core/aif_sitemap.h"

#include <stdlib.h>


#define FUZZ_ROBOTS  0x01
#define FUZZ_STRICT  0x02


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const aif_str_t  fuzz_locales[] = {
    aif_string("en"), aif_string("es"), aif_string("zh-TW")
};


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static size_t
fuzz_apply(const u_char *file, size_t len, const aif_edit_t *e, size_t n,
    u_char **out)
{
    size_t              i, k, pos, rejected;
    aif_rewrite_plan_t  plan;

    for (i = 0, pos = 0; i < n; i++) {

        fuzz_check(e[i].start == e[i].end && e[i].start >= pos
                   && e[i].end <= len && e[i].text.len);
        pos = e[i].end;

        for (k = 0; k < e[i].text.len; k++) {
            fuzz_check(e[i].text.data[k] != '\0'
                       || memchr(file, '\0', len) != NULL);
        }
    }

    memset(&plan, 0, sizeof(plan));
    plan.page = file;
    plan.len = len;
    plan.edits = e;
    plan.nedits = n;

    *out = malloc(aif_rewrite_size(&plan) + 1);

    return aif_rewrite(*out, &plan, &rejected);
}


static void
fuzz_robots(const aif_link_site_t *site, const u_char *data, size_t size,
    aif_arena_t *a)
{
    u_char      *out;
    size_t       n, again, len;
    aif_edit_t  *e;

    if (aif_robots_edits(site, data, size, a, &e, &n) != AIF_OK) {
        return;
    }

    len = fuzz_apply(data, size, e, n, &out);

    if (aif_robots_edits(site, out, len, a, &e, &again) == AIF_OK) {
        fuzz_check(again == n);
    }

    free(out);
}


static void
fuzz_sitemap(const aif_link_site_t *site, const u_char *data, size_t size,
    unsigned how, aif_arena_t *a)
{
    u_char         *out, *announced;
    size_t          i, n, len, none;
    aif_edit_t     *e;
    aif_sitemap_t   sm, again;

    if (aif_sitemap_read(&sm, site, data, size, a) != AIF_OK) {
        return;
    }

    announced = aif_arena_alloc(a, 3 * sm.nurls + 1);

    for (i = 0, none = 0; i < sm.nurls; i++) {
        announced[3 * i] = 0;
        announced[3 * i + 1] = (how + i) >> 2 & 1;
        announced[3 * i + 2] = (how + i) >> 3 & 1;
        none += !announced[3 * i + 1] && !announced[3 * i + 2];
    }

    fuzz_check(aif_sitemap_edits(&sm, site, size, announced, a, &e, &n)
               == AIF_OK);
    fuzz_check(n == (none == sm.nurls ? 0 : sm.nurls - none + !!sm.space));

    len = fuzz_apply(data, size, e, n, &out);

    fuzz_check(aif_sitemap_read(&again, site, out, len, a) == AIF_OK
               && again.nurls == none && (n == 0 || again.space == 0));
    free(out);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char           *file;
    unsigned          how;
    aif_arena_t      *a;
    aif_link_site_t   site;

    if (size == 0) {
        return 0;
    }

    how = *data++;
    size--;

    memset(&site, 0, sizeof(site));
    aif_str_set(&site.host, "shop.example");
    site.locales = fuzz_locales;
    site.nlocales = 3;
    site.strict = !!(how & FUZZ_STRICT);

    file = malloc(size ? size : 1);
    memcpy(file, data, size);
    a = aif_arena_create(65536, (size_t) 1 << 28);

    if (how & FUZZ_ROBOTS) {
        fuzz_robots(&site, file, size, a);

    } else {
        fuzz_sitemap(&site, file, size, how, a);
    }

    aif_arena_destroy(a);
    free(file);

    return 0;
}
