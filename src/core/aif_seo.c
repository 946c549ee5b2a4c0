
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The collector is told of the tags that matter while the page is read, and
 * keeps marks: offsets, since the page may still move.  What becomes of them
 * is known at the end only: a <base> of another host takes the links that
 * stand on it away, and alternates need the canonical link.
 */


#include "core/aif_seo.h"
#include "core/aif_seo_text.h"
#include "core/aif_html_scan.h"
#include "core/aif_segment_attr.h"
#include "core/aif_segment_stack.h"


static void aif_seo_watch(void *data, const u_char *page,
    const aif_html_token_t *token, unsigned state);
static void aif_seo_html(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token);
static void aif_seo_own(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token, const char *name, aif_seo_type_e type);
static void aif_seo_base(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token);
static void aif_seo_link(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token);
static void aif_seo_meta(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token);
static void aif_seo_address(aif_seo_t *seo, const u_char *page,
    uint32_t start, uint32_t end, unsigned kept);
static void aif_seo_attr(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token, const char *name, unsigned kept);
static void aif_seo_span(aif_seo_t *seo, aif_link_type_e type, uint32_t start,
    uint32_t end, unsigned kept);
static void aif_seo_mark(aif_seo_t *seo, aif_seo_type_e type, uint32_t start,
    uint32_t end);
static void aif_seo_sort(aif_seo_t *seo);
static int aif_seo_says(const u_char *page, const aif_html_attr_t *attr,
    const char *lower);
static int aif_seo_has(const u_char *page, const aif_html_attr_t *attr,
    const char *lower);


#define aif_seo_find(page, token, name)                                       \
    aif_segment_attr_find(page, token, name, sizeof(name) - 1)


static const uint16_t  aif_seo_tags[] = {
    AIF_TAG_html, AIF_TAG_head, AIF_TAG_body, AIF_TAG_title, AIF_TAG_base,
    AIF_TAG_link, AIF_TAG_meta, AIF_TAG_nav, AIF_TAG_a, AIF_TAG_area,
    AIF_TAG_form, AIF_TAG_button, AIF_TAG_input
};


aif_seo_t *
aif_seo_create(const aif_seo_conf_t *conf, aif_segment_t *segment,
    aif_arena_t *a)
{
    aif_seo_t        *seo;
    const aif_str_t  *locale;

    locale = &conf->site.locales[conf->index];

    seo = aif_arena_calloc(a, sizeof(aif_seo_t));
    if (seo == NULL) {
        return NULL;
    }

    seo->prefix.data = aif_arena_alloc(a, locale->len + 1);
    if (seo->prefix.data == NULL) {
        return NULL;
    }

    seo->prefix.len = locale->len + 1;
    seo->prefix.data[0] = '/';
    memcpy(seo->prefix.data + 1, locale->data, locale->len);

    seo->conf = conf;
    seo->arena = a;
    seo->local = conf->path.len && conf->path.data[0] == '/'
                 && (conf->path.len == 1 || (conf->path.data[1] != '/'
                                             && conf->path.data[1] != '\\'));

    aif_segment_watch(segment, aif_seo_tags,
                      sizeof(aif_seo_tags) / sizeof(aif_seo_tags[0]),
                      aif_seo_watch, seo);

    return seo;
}


static void
aif_seo_watch(void *data, const u_char *page, const aif_html_token_t *token,
    unsigned state)
{
    aif_seo_t  *seo = data;
    unsigned    kept;

    if (token->type == AIF_HTML_END) {

        if (token->tag == AIF_TAG_head && !seo->head) {
            seo->head = 1;
            aif_seo_mark(seo, AIF_SEO_HEAD, token->start, token->start);

        } else if (token->tag == AIF_TAG_title && !seo->title) {
            seo->title = token->end;
        }

        return;
    }

    switch (token->tag) {

    case AIF_TAG_html:
        aif_seo_html(seo, page, token);
        return;

    case AIF_TAG_body:

        if (!seo->head) {
            seo->head = 1;
            aif_seo_mark(seo, AIF_SEO_HEAD, token->start, token->start);
        }

        return;

    case AIF_TAG_base:
        aif_seo_base(seo, page, token);
        return;

    case AIF_TAG_link:
        aif_seo_link(seo, page, token);
        return;

    case AIF_TAG_meta:
        aif_seo_meta(seo, page, token);
        return;

    case AIF_TAG_nav:

        if (aif_seo_find(page, token, "data-ai-switcher")) {
            aif_seo_mark(seo, AIF_SEO_NAV, token->end, token->end);
        }

        return;
    }

    /*
     * What is excluded stays as it is; a name that is not to be translated
     * still is a link of the page.
     */

    if (!seo->conf->prefixed) {
        return;
    }

    kept = state & AIF_SEGMENT_E_HARD;

    switch (token->tag) {

    case AIF_TAG_a:
    case AIF_TAG_area:

        /* a file, or a page in a language that the shop names */

        kept = kept || aif_seo_find(page, token, "download")
               || aif_seo_find(page, token, "hreflang");

        aif_seo_attr(seo, page, token, "href", kept);
        return;

    case AIF_TAG_form:
        aif_seo_attr(seo, page, token, "action", kept);
        return;

    case AIF_TAG_button:
    case AIF_TAG_input:
        aif_seo_attr(seo, page, token, "formaction", kept);
        return;
    }
}


/* A second <html> has no place of its own. */

static void
aif_seo_html(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token)
{
    const aif_html_attr_t  *attr;

    if (seo->html) {
        return;
    }

    seo->html = 1;

    aif_seo_own(seo, page, token, "lang", AIF_SEO_LANG);

    attr = aif_seo_find(page, token, "xml:lang");

    if (attr && attr->quote != AIF_HTML_QUOTE_NONE) {
        aif_seo_mark(seo, AIF_SEO_LANG, attr->value, attr->value_end);
    }

    aif_seo_own(seo, page, token, "dir", AIF_SEO_DIR);
}


/* "type" is that of the value, ..._EMPTY and ..._NEW come after it */

static void
aif_seo_own(aif_seo_t *seo, const u_char *page, const aif_html_token_t *token,
    const char *name, aif_seo_type_e type)
{
    const u_char           *p;
    const aif_html_attr_t  *attr;

    attr = aif_segment_attr_find(page, token, name, strlen(name));

    if (attr == NULL) {
        aif_seo_mark(seo, type + 2, token->name_end, token->name_end);
        return;
    }

    if (attr->quote != AIF_HTML_QUOTE_NONE) {
        aif_seo_mark(seo, type, attr->value, attr->value_end);
        return;
    }

    p = aif_html_scan_space(page + attr->name_end, page + token->end);

    if (*p == '=') {

        /* "lang=>": the tag ends where its value belongs */

        aif_seo_mark(seo, type, token->end - 1, token->end - 1);
        return;
    }

    aif_seo_mark(seo, type + 1, attr->name_end, attr->name_end);
}


/*
 * Relative addresses stand on the base: with the prefix in it they are in the
 * visitor's locale, as they are without a base, by the page's own address.
 */

static void
aif_seo_base(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token)
{
    size_t                  len;
    aif_link_t              link;
    const u_char           *p;
    aif_link_type_e         type;
    const aif_html_attr_t  *attr;

    attr = aif_seo_find(page, token, "href");

    if (attr == NULL || seo->base) {
        return;
    }

    seo->base = 1;

    p = page + attr->value;
    len = attr->value_end - attr->value;

    type = aif_link_parse(&seo->conf->site, p, len, &link);

    if (type == AIF_LINK_NONE) {

        /* "", "shop/", "./" stay on our host; whatever else may lead away */

        seo->foreign = len != 0 && memchr(p, ':', len) != NULL;
        seo->foreign |= len != 0 && (*p == '/' || *p == '\\' || *p == '&'
                                     || *p <= ' ');
        return;
    }

    if (!link.prefixed && seo->conf->prefixed) {
        aif_seo_mark(seo, AIF_SEO_LINK, attr->value + link.path,
                     attr->value + link.path);
    }
}


static void
aif_seo_link(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token)
{
    const aif_html_attr_t  *rel, *href;

    rel = aif_seo_find(page, token, "rel");
    href = aif_seo_find(page, token, "href");

    if (rel == NULL || href == NULL) {
        return;
    }

    if (aif_seo_has(page, rel, "alternate")
        && aif_seo_find(page, token, "hreflang"))
    {
        seo->own = 1;
        return;
    }

    if (aif_seo_has(page, rel, "canonical")) {

        if (seo->canonical == 0) {
            seo->canonical = href->value;
            seo->canonical_end = href->value_end;
        }

    } else if (!aif_seo_has(page, rel, "next")
               && !aif_seo_has(page, rel, "prev"))
    {
        return;
    }

    aif_seo_address(seo, page, href->value, href->value_end, 0);
}


static void
aif_seo_meta(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token)
{
    size_t                  start, end;
    const aif_html_attr_t  *name, *content;

    content = aif_seo_find(page, token, "content");

    if (content == NULL || content->quote == AIF_HTML_QUOTE_NONE) {
        return;
    }

    name = aif_seo_find(page, token, "http-equiv");

    if (name && aif_seo_says(page, name, "content-language")) {
        aif_seo_mark(seo, AIF_SEO_LANGUAGE, content->value,
                     content->value_end);
        return;
    }

    if (name && aif_seo_says(page, name, "refresh")) {

        if (aif_link_refresh(page + content->value,
                             content->value_end - content->value,
                             &start, &end)
            == AIF_OK)
        {
            aif_seo_address(seo, page, content->value + start,
                            content->value + end, 0);
        }

        return;
    }

    name = aif_seo_find(page, token, "property");

    if (name && aif_seo_says(page, name, "og:url")) {
        aif_seo_address(seo, page, content->value, content->value_end, 0);

    } else if (name && aif_seo_says(page, name, "og:locale")) {
        aif_seo_mark(seo, AIF_SEO_OG, content->value, content->value_end);

        if (!seo->og) {
            seo->og = 1;
            aif_seo_mark(seo, AIF_SEO_OG_END, token->end, token->end);
        }
    }
}


static void
aif_seo_attr(aif_seo_t *seo, const u_char *page,
    const aif_html_token_t *token, const char *name, unsigned kept)
{
    const aif_html_attr_t  *attr;

    attr = aif_segment_attr_find(page, token, name, strlen(name));

    if (attr) {
        aif_seo_address(seo, page, attr->value, attr->value_end, kept);
    }
}


static void
aif_seo_address(aif_seo_t *seo, const u_char *page, uint32_t start,
    uint32_t end, unsigned kept)
{
    aif_link_t       link;
    aif_link_type_e  type;

    if (!seo->conf->prefixed) {
        return;
    }

    type = aif_link_prefix(&seo->conf->site, page + start, end - start, &link);

    if (type == AIF_LINK_NONE) {
        return;
    }

    aif_seo_span(seo, type, start, end, kept);

    if (!kept) {
        aif_seo_mark(seo, type == AIF_LINK_ROOT ? AIF_SEO_LINK_ROOT
                                                : AIF_SEO_LINK,
                     start + link.path, start + link.path);
    }
}


static void
aif_seo_span(aif_seo_t *seo, aif_link_type_e type, uint32_t start,
    uint32_t end, unsigned kept)
{
    size_t            max;
    aif_link_span_t  *span;

    /* beyond, nothing is prefixed either */

    if (seo->nmarks >= AIF_SEO_MAX_MARKS
        || seo->naddresses >= AIF_SEO_MAX_MARKS)
    {
        return;
    }

    if (seo->naddresses == seo->max_addresses) {

        max = seo->max_addresses ? seo->max_addresses * 2 : 64;

        span = aif_arena_alloc(seo->arena, max * sizeof(aif_link_span_t));
        if (span == NULL) {
            seo->failed = 1;
            return;
        }

        if (seo->naddresses) {
            memcpy(span, seo->addresses,
                   seo->naddresses * sizeof(aif_link_span_t));
        }

        seo->addresses = span;
        seo->max_addresses = max;
    }

    span = &seo->addresses[seo->naddresses++];
    span->start = start;
    span->end = end;
    span->prefixed = !kept;
    span->root = (type == AIF_LINK_ROOT);
}


/* What a foreign base leads elsewhere has no prefix. */

const aif_link_span_t *
aif_seo_addresses(aif_seo_t *seo, size_t *n)
{
    size_t  i;

    for (i = 0; seo->foreign && i < seo->naddresses; i++) {
        seo->addresses[i].prefixed &= !seo->addresses[i].root;
    }

    *n = seo->naddresses;

    return seo->addresses;
}


static void
aif_seo_mark(aif_seo_t *seo, aif_seo_type_e type, uint32_t start, uint32_t end)
{
    size_t           size;
    aif_seo_mark_t  *marks;

    /* there is one head, and it may be found last */

    if (seo->nmarks >= AIF_SEO_MAX_MARKS && type != AIF_SEO_HEAD) {
        return;
    }

    if (seo->nmarks == seo->size) {

        size = seo->size ? seo->size * 2 : 64;

        marks = aif_arena_alloc(seo->arena, size * sizeof(aif_seo_mark_t));
        if (marks == NULL) {
            seo->failed = 1;
            return;
        }

        if (seo->nmarks) {
            memcpy(marks, seo->marks, seo->nmarks * sizeof(aif_seo_mark_t));
        }

        seo->marks = marks;
        seo->size = size;
    }

    marks = &seo->marks[seo->nmarks++];
    marks->start = start;
    marks->end = end;
    marks->type = type;
}


/* They come nearly sorted: only those of one tag may have changed places. */

static void
aif_seo_sort(aif_seo_t *seo)
{
    size_t           i, k;
    aif_seo_mark_t   mark;

    for (i = 1; i < seo->nmarks; i++) {

        mark = seo->marks[i];

        for (k = i; k > 0 && seo->marks[k - 1].start > mark.start; k--) {
            seo->marks[k] = seo->marks[k - 1];
        }

        seo->marks[k] = mark;
    }
}


/* an attribute's value, in any case, without white space at its ends */

static int
aif_seo_says(const u_char *page, const aif_html_attr_t *attr,
    const char *lower)
{
    size_t         len;
    const u_char  *p;

    p = page + attr->value;
    len = attr->value_end - attr->value;

    while (len && *p <= ' ') {
        p++;
        len--;
    }

    while (len && p[len - 1] <= ' ') {
        len--;
    }

    return len == strlen(lower) && aif_segment_attr_same(p, lower, len);
}


/* one word of it */

static int
aif_seo_has(const u_char *page, const aif_html_attr_t *attr,
    const char *lower)
{
    size_t         len;
    const u_char  *p, *end, *word;

    p = page + attr->value;
    end = page + attr->value_end;
    len = strlen(lower);

    while (p < end) {

        for (word = p; p < end && *p > ' '; p++) { /* void */ }

        if ((size_t) (p - word) == len
            && aif_segment_attr_same(word, lower, len))
        {
            return 1;
        }

        p++;
    }

    return 0;
}


int
aif_seo_edits(aif_seo_t *seo, const u_char *page, const aif_seo_page_t *known,
    aif_edit_t **edits, size_t *n)
{
    size_t       i;
    aif_str_t    text;
    aif_edit_t  *e;

    *n = 0;

    if (!seo->head && seo->title) {
        seo->head = 1;
        aif_seo_mark(seo, AIF_SEO_HEAD, seo->title, seo->title);
    }

    e = aif_arena_alloc(seo->arena, (seo->nmarks + 1) * sizeof(aif_edit_t));

    if (e == NULL || seo->failed) {
        return AIF_NOMEM;
    }

    *edits = e;

    aif_seo_sort(seo);

    for (i = 0; i < seo->nmarks; i++) {

        text = aif_seo_text(seo, page, known, &seo->marks[i]);

        if (seo->failed) {
            *n = 0;
            return AIF_NOMEM;
        }

        if (text.data == NULL) {
            continue;
        }

        e->start = seo->marks[i].start;
        e->end = seo->marks[i].end;
        e->text = text;

        /* what is there already is no change */

        if (e->end - e->start == text.len
            && memcmp(page + e->start, text.data, text.len) == 0)
        {
            continue;
        }

        e++;
    }

    *n = e - *edits;

    return AIF_OK;
}
