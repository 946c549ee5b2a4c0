
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for the segmenter and the rewriter.  The input's first byte
 * chooses a configuration, the second how the page is cut; the rest is the
 * page, out of which the replacements are taken too.  What must hold:
 *
 *   - pieces give the fragments of the whole page, whose limits hold;
 *   - without replacements the page comes out;
 *   - with every text in capitals all tags, comments and raw texts come out in
 *     their order, and the output's fragments are those texts;
 *   - with anything for a replacement all tags come out, each once;
 *   - no output is longer than was said.
 */


#include "page.h"
#include "core/aif_html_entity.h"


typedef struct {
    uint64_t   ordered;     /* over the tags in their order */
    uint64_t   sum;         /* in any order */
    size_t     n;
} fuzz_tags_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static aif_selector_t      *fuzz_selectors[2];
static aif_str_t            fuzz_names[] = {
    aif_string("title"), aif_string("data-x"), aif_string("content")
};


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static uint64_t
fuzz_hash(uint64_t h, const u_char *p, size_t len)
{
    while (len--) {
        h = (h ^ *p++) * 0x100000001b3u;
    }

    return h ^ h >> 29;
}


static void
fuzz_conf(aif_segment_conf_t *conf, unsigned flags)
{
    size_t              at;
    const char         *error;
    static const char  *texts[2] = { "p, .in, #main > a b", ".out, i[x], x-y" };
    aif_str_t           text;
    unsigned            i;

    static aif_arena_t  *arena;

    if (arena == NULL) {
        arena = aif_arena_create(65536, 65536);

        for (i = 0; i < 2; i++) {
            text.data = (u_char *) texts[i];
            text.len = strlen(texts[i]);
            fuzz_check(aif_selector_parse(&text, arena, &fuzz_selectors[i],
                                          &error, &at) == AIF_OK);
        }
    }

    aif_segment_conf_default(conf);

    if (flags & 1) {
        conf->exclude = &fuzz_selectors[1];
        conf->nexclude = 1;
    }

    if (flags & 2) {
        conf->include = &fuzz_selectors[0];
        conf->ninclude = 1;
    }

    if (flags & 4) {
        conf->attributes = fuzz_names;
        conf->nattributes = sizeof(fuzz_names) / sizeof(fuzz_names[0]);
    }
}


/* Names and numbers of attributes; comments; texts that have no entities. */

static void
fuzz_tags(const u_char *page, size_t len, fuzz_tags_t *tags)
{
    unsigned           i;
    uint64_t           h;
    aif_html_token_t   token;

    static aif_html_t  html;

    memset(tags, 0, sizeof(fuzz_tags_t));

    aif_html_init(&html, 0);

    while (aif_html_next(&html, page, len, 1, &token) == AIF_OK) {

        if (token.type == AIF_HTML_TEXT && !token.foreign
            && (token.text == AIF_HTML_DATA || token.text == AIF_HTML_RCDATA))
        {
            continue;
        }

        h = fuzz_hash(token.type, page + token.name,
                      token.name_end - token.name);
        h += token.self_closing + 2 * token.foreign;

        if (token.type == AIF_HTML_START || token.type == AIF_HTML_END) {
            for (i = 0; i < token.nattrs; i++) {
                h = fuzz_hash(h + 1, page + token.attrs[i].name,
                              token.attrs[i].name_end - token.attrs[i].name);
            }
        }

        tags->n++;
        tags->sum += h;
        tags->ordered = (tags->ordered + h) * 0x9e3779b97f4a7c15u;
    }
}


static void
fuzz_same(const page_t *a, const page_t *b)
{
    size_t                 i, k;
    const aif_fragment_t  *x, *y;

    fuzz_check(a->rc == b->rc && a->n == b->n && a->letters == b->letters
               && aif_str_eq(&a->charset, &b->charset));

    for (i = 0; i < a->n; i++) {

        x = &a->fragments[i];
        y = &b->fragments[i];

        fuzz_check(x->start == y->start && x->end == y->end
                   && x->kind == y->kind && x->quote == y->quote
                   && x->letters == y->letters && x->ntags == y->ntags
                   && aif_str_eq(&x->text, &y->text));

        for (k = 0; k < x->ntags; k++) {
            fuzz_check(x->tags[k].start == y->tags[k].start
                       && x->tags[k].end == y->tags[k].end
                       && x->tags[k].id == y->tags[k].id);
        }
    }
}


static void
fuzz_limits(const page_t *pg)
{
    size_t                 i;
    uint32_t               start, end;
    const aif_fragment_t  *f;

    fuzz_check(pg->n <= AIF_SEGMENT_MAX_FRAGMENTS);

    start = 0;
    end = 0;

    for (i = 0; i < pg->n; i++) {

        f = &pg->fragments[i];

        fuzz_check(f->start < f->end && f->end <= pg->len
                   && f->start >= start && f->letters
                   && f->text.len <= AIF_SEGMENT_MAX_TEXT
                   && f->ntags <= 2 * AIF_SEGMENT_MAX_TAGS);

        fuzz_check(f->start >= end || (f->kind == AIF_FRAGMENT_ATTRIBUTE
                                       && f->end <= end));

        start = f->start;

        if (f->end > end) {
            end = f->end;
        }
    }
}


/*
 * Is there a blank written as a reference without its ";"?  It isn't trimmed
 * where it stands, but as the character that it became it is.
 */

static int
fuzz_open_blank(const u_char *p, size_t len)
{
    size_t         n, out_len;
    u_char         out[8];
    const u_char  *end;

    for (end = p + len; p < end; p += n ? n : 1) {

        n = aif_html_entity(p, end, 0, out, &out_len);

        if (n && p[n - 1] != ';' && strchr(" \t\n\r\f\xc2", out[0])) {
            return 1;
        }
    }

    return 0;
}


/* The fragments of the page in capitals are those capitals. */

static void
fuzz_again(const aif_segment_conf_t *conf, page_t *pg, const u_char *out,
    size_t len)
{
    size_t     i;
    page_t     again;
    aif_str_t  want;

    page_open(&again, conf, out, len, NULL, 0);

    fuzz_check(again.n == pg->n && again.letters == pg->letters);

    for (i = 0; i < pg->n; i++) {
        want = page_replacement(&pg->fragments[i], pg->arena);
        fuzz_check(aif_str_eq(&want, &again.fragments[i].text));
    }

    page_close(&again);
}


/* Something made of the page: a part of it, a fragment's text, both mixed. */

static aif_str_t
fuzz_replacement(page_t *pg, size_t i, uint64_t r)
{
    size_t                 at, n;
    aif_str_t              text;
    const aif_fragment_t  *f;

    f = &pg->fragments[r & 8 ? r / 64 % pg->n : i];
    text.data = NULL;
    text.len = 0;

    switch (r & 7) {

    case 0:
        return text;

    case 1:
        at = r / 64 % pg->len;
        n = r / 65536 % (pg->len - at);
        text.data = aif_arena_dup(pg->arena, pg->page + at, n);
        text.len = n;
        return text;

    case 2:
    case 3:
        /* two halves change places: tags move, or are cut */

        at = r / 64 % (f->text.len + 1);
        text.len = f->text.len;
        text.data = aif_arena_alloc(pg->arena, text.len);
        memcpy(text.data, f->text.data + at, text.len - at);
        memcpy(text.data + text.len - at, f->text.data, at);
        return text;

    case 4:
        text.data = aif_arena_dup(pg->arena, f->text.data, f->text.len);
        text.len = f->text.len;
        text.data[r / 64 % text.len] = r >> 56;
        return text;

    default:
        text.data = aif_arena_dup(pg->arena, f->text.data, f->text.len);
        text.len = f->text.len;
        return text;
    }
}


static void
fuzz_hostile(page_t *pg, const fuzz_tags_t *tags, uint64_t seed)
{
    u_char              *dst;
    size_t               i, size, len, rejected;
    fuzz_tags_t          after;
    aif_str_t           *replacements;
    aif_rewrite_plan_t   plan;

    replacements = aif_arena_alloc(pg->arena, (pg->n + 1) * sizeof(aif_str_t));

    for (i = 0; i < pg->n; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        replacements[i] = fuzz_replacement(pg, i, seed ^ seed >> 32);
    }

    plan = page_plan(pg, replacements);
    size = aif_rewrite_size(&plan);
    dst = malloc(size);

    len = aif_rewrite(dst, &plan, &rejected);

    fuzz_check(len <= size && rejected <= pg->n);

    fuzz_tags(dst, len, &after);
    fuzz_check(after.n == tags->n && after.sum == tags->sum);

    free(dst);
}


/*
 * Edits anywhere, of lengths that the input says: what they insert comes out at
 * most once each, and with none of the page's texts replaced all of it does.
 */

static void
fuzz_edits(page_t *pg, uint64_t seed)
{
    u_char              *dst;
    size_t               i, n, at, count, size, len, rejected;
    uint64_t             removed;
    aif_str_t           *replacements;
    aif_edit_t           edits[64];
    aif_rewrite_plan_t   plan;

    replacements = aif_arena_calloc(pg->arena, (pg->n + 1)
                                               * sizeof(aif_str_t));
    plan = page_plan(pg, replacements);
    plan.edits = edits;

    removed = 0;

    for (n = 0, at = 0; n < 64; n++) {

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        at += (seed >> 33) % (pg->len / 16 + 2);

        if (at > pg->len) {
            break;
        }

        edits[n].start = at;
        at += (seed >> 50) % 5;
        at = at < pg->len ? at : pg->len;
        edits[n].end = at;
        edits[n].text.data = (u_char *) "\x01";
        edits[n].text.len = 1;
        removed += edits[n].end - edits[n].start;
    }

    plan.nedits = n;
    size = aif_rewrite_size(&plan);
    dst = malloc(size);
    len = aif_rewrite(dst, &plan, &rejected);

    fuzz_check(len == pg->len - removed + n && len <= size);
    free(dst);

    for (i = 0; i < pg->n; i++) {
        replacements[i] = page_replacement(&pg->fragments[i], pg->arena);
    }

    size = aif_rewrite_size(&plan);
    dst = malloc(size);
    len = aif_rewrite(dst, &plan, &rejected);

    fuzz_check(len <= size);

    for (i = 0, count = 0; i < len; i++) {
        count += dst[i] == '\x01';
    }

    for (i = 0; i < pg->len; i++) {
        count -= pg->page[i] == '\x01';
    }

    fuzz_check((ssize_t) count <= (ssize_t) n);
    free(dst);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    page_t              whole, pieces;
    size_t              len, rejected;
    u_char             *out;
    uint64_t            seed;
    fuzz_tags_t         tags, after;
    aif_segment_conf_t  conf;

    if (size < 3) {
        return 0;
    }

    fuzz_conf(&conf, data[0]);
    seed = fuzz_hash(data[1] + 1, data, size);
    data += 2;
    size -= 2;

    page_open(&whole, &conf, data, size, NULL, 0);
    fuzz_check(whole.rc == AIF_DONE || whole.rc == AIF_LIMIT);
    fuzz_limits(&whole);

    if (seed % 4 == 0 && size < 2000) {
        page_open(&pieces, &conf, data, size, page_even, 1 + seed / 4 % 8);

    } else {
        page_open(&pieces, &conf, data, size, page_random, seed);
    }

    fuzz_same(&whole, &pieces);
    page_close(&pieces);

    fuzz_tags(data, size, &tags);

    out = page_rewrite(&whole, 0, &len, &rejected);
    fuzz_check(len == size && memcmp(out, data, size) == 0 && rejected == 0);
    free(out);

    out = page_rewrite(&whole, 1, &len, &rejected);
    fuzz_check(rejected == 0);
    fuzz_tags(out, len, &after);
    fuzz_check(after.n == tags.n && after.ordered == tags.ordered);

    if (!fuzz_open_blank(data, size)) {
        fuzz_again(&conf, &whole, out, len);
    }

    free(out);

    if (whole.n) {
        fuzz_hostile(&whole, &tags, seed);
    }

    fuzz_edits(&whole, seed);

    page_close(&whole);

    return 0;
}
