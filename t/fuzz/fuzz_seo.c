
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_seo.c and aif_link.c.  The first byte says in which
 * locale the page is and what is known of it; the rest is the page.  What must
 * hold:
 *
 *   - edits are sorted, within the page, and do not overlap; pieces give the
 *     edits of the whole page;
 *   - the new page has the page's tags in their order, each with the
 *     attributes that it had, but for lang and dir of <html>;
 *   - what is a link with a prefix then is one no second time.
 */


#include "page.h"
#include "core/aif_seo.h"


#define FUZZ_LINKS      0x04
#define FUZZ_ANNOUNCED  0x08
#define FUZZ_ASCII      0x10
#define FUZZ_MIXED      0x20
#define FUZZ_HEAD       0x40     /* alternates and switchers are made */


typedef struct {
    aif_arena_t     *arena;
    aif_segment_t   *segment;
    u_char          *page;
    size_t           len;
    aif_edit_t      *edits;
    size_t           n;
} fuzz_page_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const aif_str_t  fuzz_locales[] = {
    aif_string("en"), aif_string("es"), aif_string("ar"), aif_string("zh-TW")
};


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_conf(aif_seo_conf_t *conf, unsigned how)
{
    memset(conf, 0, sizeof(aif_seo_conf_t));

    aif_str_set(&conf->site.host, "shop.example");
    aif_str_set(&conf->base, "http://shop.example");
    aif_str_set(&conf->path, "/p\"<a&b>");

    conf->site.locales = fuzz_locales;
    conf->site.nlocales = 4;
    conf->index = how & 3;
    conf->site.strict = (how & FUZZ_LINKS) && conf->index == 0;
    conf->prefixed = !!(how & FUZZ_LINKS);
    conf->alternates = !!(how & FUZZ_HEAD);
}


/* 0: the page is over a limit of the segmenter's */

static int
fuzz_open(fuzz_page_t *pg, const u_char *data, size_t size, unsigned how,
    uint64_t pieces)
{
    int                        rc;
    size_t                     at, n;
    u_char                     announced[4], *copy;
    aif_seo_t                 *seo;
    aif_seo_page_t             known;

    static aif_seo_conf_t      conf;
    static aif_segment_conf_t  segment;

    aif_segment_conf_default(&segment);
    fuzz_conf(&conf, how);

    pg->arena = aif_arena_create(65536, (size_t) 1 << 30);
    pg->segment = aif_segment_create(&segment, pg->arena);
    pg->page = NULL;
    pg->len = size;

    seo = aif_seo_create(&conf, pg->segment, pg->arena);
    at = 0;

    do {
        n = pieces ? page_random(&pieces) : size;
        at = n < size - at ? at + n : size;

        copy = malloc(at ? at : 1);
        memcpy(copy, data, at);
        free(pg->page);
        pg->page = copy;

        rc = aif_segment_feed(pg->segment, copy, at, at == size);

    } while (rc == AIF_MORE && at < size);

    if (rc != AIF_DONE) {
        return 0;
    }

    memset(announced, !!(how & FUZZ_ANNOUNCED), sizeof(announced));
    known.announced = announced;
    known.translated = !(how & FUZZ_MIXED);
    known.ascii = !!(how & FUZZ_ASCII);
    known.indexed = 1;

    fuzz_check(aif_seo_edits(seo, pg->page, &known, &pg->edits, &pg->n)
               == AIF_OK);

    return 1;
}


static void
fuzz_close(fuzz_page_t *pg)
{
    free(pg->page);
    aif_arena_destroy(pg->arena);
}


static void
fuzz_edits(const fuzz_page_t *pg)
{
    size_t             i, k, pos;
    const aif_edit_t  *e;

    for (i = 0, pos = 0; i < pg->n; i++) {

        e = &pg->edits[i];

        fuzz_check(e->start >= pos && e->start <= e->end
                   && e->end <= pg->len && e->text.len != 0);
        pos = e->end;

        for (k = 0; k < e->text.len; k++) {
            fuzz_check(e->text.data[k] >= ' ' || e->text.data[k] == '\n');
        }
    }
}


static void
fuzz_same(const fuzz_page_t *a, const fuzz_page_t *b)
{
    size_t  i;

    fuzz_check(a->n == b->n);

    for (i = 0; i < a->n; i++) {
        fuzz_check(a->edits[i].start == b->edits[i].start
                   && a->edits[i].end == b->edits[i].end
                   && aif_str_eq(&a->edits[i].text, &b->edits[i].text));
    }
}


static int
fuzz_own(const u_char *page, const aif_html_token_t *token, unsigned i)
{
    size_t         len;
    const u_char  *name;

    name = page + token->attrs[i].name;
    len = token->attrs[i].name_end - token->attrs[i].name;

    return token->tag == AIF_TAG_html
           && ((len == 4 && strncasecmp((char *) name, "lang", 4) == 0)
               || (len == 3 && strncasecmp((char *) name, "dir", 3) == 0));
}


/* tags and the names of their attributes, without those that are ours */

static uint64_t
fuzz_tags(const u_char *page, size_t len)
{
    size_t             k;
    unsigned           i;
    uint64_t           h;
    aif_html_token_t   token;
    const u_char      *p;

    static aif_html_t  html;

    h = 0;
    aif_html_init(&html, 0);

    while (aif_html_next(&html, page, len, 1, &token) == AIF_OK) {

        if (token.type != AIF_HTML_START && token.type != AIF_HTML_END) {
            continue;
        }

        h = (h ^ token.type) * 0x100000001b3u;

        for (k = token.name; k < token.name_end; k++) {
            h = (h ^ page[k]) * 0x100000001b3u;
        }

        for (i = 0; i < token.nattrs; i++) {

            if (fuzz_own(page, &token, i)) {
                continue;
            }

            p = page + token.attrs[i].name;
            h = (h ^ 0x100) * 0x100000001b3u;

            for ( /* void */ ; p < page + token.attrs[i].name_end; p++) {
                h = (h ^ *p) * 0x100000001b3u;
            }
        }
    }

    return h;
}


/* no link gets a second prefix */

static void
fuzz_again(const u_char *page, size_t len, unsigned how)
{
    size_t       i;
    fuzz_page_t  pg;

    if (!(how & FUZZ_LINKS) || !fuzz_open(&pg, page, len, how, 0)) {
        return;
    }

    for (i = 0; i < pg.n; i++) {
        fuzz_check(pg.edits[i].text.data[0] != '/');
    }

    fuzz_close(&pg);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char              *out;
    size_t               len, rejected;
    unsigned             how;
    fuzz_page_t          whole, pieces;
    aif_rewrite_plan_t   plan;

    if (size < 2) {
        return 0;
    }

    how = *data++;
    size--;

    if (!fuzz_open(&whole, data, size, how, 0)) {
        fuzz_close(&whole);
        return 0;
    }

    fuzz_edits(&whole);

    (void) fuzz_open(&pieces, data, size, how, size * 2 + 1);
    fuzz_same(&whole, &pieces);
    fuzz_close(&pieces);

    memset(&plan, 0, sizeof(aif_rewrite_plan_t));
    plan.page = whole.page;
    plan.len = whole.len;
    plan.edits = whole.edits;
    plan.nedits = whole.n;

    out = malloc(aif_rewrite_size(&plan) + 1);
    len = aif_rewrite(out, &plan, &rejected);
    fuzz_check(len <= aif_rewrite_size(&plan));

    if (!(how & FUZZ_HEAD)) {
        fuzz_check(fuzz_tags(out, len) == fuzz_tags(data, size));

        if (size < 4096) {
            fuzz_again(out, len, how);
        }
    }

    free(out);
    fuzz_close(&whole);

    return 0;
}
