
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Facts: collects what a page's elements say while aif_walk.c reads it, and
 * writes the normal form.  It judges nothing: what a product is, is
 * aif_facts_product.c's business.  Knows no selector but by its group, keeps
 * nothing of forms, and looks at the text of an element only when it is asked
 * for.
 */


#include "core/aif_facts.h"
#include "core/aif_facts_item.h"
#include "core/aif_html_entity.h"
#include "core/aif_segment_attr.h"


static void aif_facts_start(void *data, const aif_html_token_t *token,
    uint32_t depth, uint32_t groups, unsigned alone);
static void aif_facts_scope(aif_facts_t *f, const aif_html_token_t *token,
    const aif_html_attr_t *prop, uint32_t depth, unsigned alone);
static void aif_facts_prop(aif_facts_t *f, const aif_html_token_t *token,
    const aif_html_attr_t *prop, uint32_t depth, unsigned alone);
static const aif_html_attr_t *aif_facts_value(aif_facts_t *f,
    const aif_html_token_t *token);
static void aif_facts_meta(aif_facts_t *f, const aif_html_token_t *token);
static aif_facts_span_t *aif_facts_span(aif_facts_t *f, uint32_t depth,
    uint32_t start);
static void aif_facts_end(void *data, uint32_t depth, uint32_t at,
    uint32_t after);
static void aif_facts_raw(void *data, uint32_t start, uint32_t end);
static aif_str_t aif_facts_attr(aif_facts_t *f, const aif_html_attr_t *attr);
static aif_str_t aif_facts_word(aif_facts_t *f, const aif_html_attr_t *attr);
static int aif_facts_compare(const aif_facts_fact_t *a,
    const aif_facts_fact_t *b);


#define aif_facts_find(f, token, name)                                        \
    aif_segment_attr_find((f)->page, token, name, sizeof(name) - 1)


static const aif_str_t  aif_facts_kinds[AIF_FACTS_KINDS] = {
    aif_string("name"), aif_string("brand"), aif_string("category"),
    aif_string("price"), aif_string("stock"), aif_string("rating"),
    aif_string("reviews"), aif_string("material"), aif_string("size"),
    aif_string("attribute"), aif_string("text")
};


aif_facts_t *
aif_facts_create(const u_char *page, size_t len, uint32_t texts,
    aif_arena_t *a)
{
    aif_facts_t  *f;

    static const aif_str_t  none = aif_null_string;

    f = aif_arena_alloc(a, sizeof(aif_facts_t));
    if (f == NULL) {
        return NULL;
    }

    memset(f, 0, offsetof(aif_facts_t, facts));

    f->nfacts = 0;
    f->failed = 0;
    f->page = page;
    f->len = len;
    f->arena = a;
    f->texts = texts;
    f->max_text = AIF_FACTS_MAX_TEXT;
    f->wanted = aif_facts_product_key;

    (void) aif_facts_item_add(f, &f->meta, AIF_FACTS_NONE, &none);

    return f->failed ? NULL : f;
}


aif_walk_handler_t
aif_facts_handler(aif_facts_t *facts)
{
    aif_walk_handler_t  h;

    h.start = aif_facts_start;
    h.end = aif_facts_end;
    h.raw = aif_facts_raw;
    h.data = facts;

    return h;
}


static void
aif_facts_start(void *data, const aif_html_token_t *token, uint32_t depth,
    uint32_t groups, unsigned alone)
{
    size_t                  i;
    aif_facts_t            *f = data;
    aif_facts_span_t       *span;
    const aif_html_attr_t  *prop, *attr;

    groups &= f->texts;

    for (i = 0; groups && i < f->nopen; i++) {
        groups &= ~f->spans[f->open[i]].groups;
    }

    if (groups && !alone) {
        span = aif_facts_span(f, depth, token->end);

        if (span) {
            span->groups = groups;
        }
    }

    f->json = 0;

    if (token->tag == AIF_TAG_script) {
        attr = aif_facts_find(f, token, "type");

        f->json = attr && attr->value_end - attr->value == 19
                  && aif_segment_attr_same(f->page + attr->value,
                                           "application/ld+json", 19);
        return;
    }

    if (token->nattrs == 0) {
        return;
    }

    prop = aif_facts_find(f, token, "itemprop");

    if (aif_facts_find(f, token, "itemscope")) {
        aif_facts_scope(f, token, prop, depth, alone);

    } else if (prop && f->nscopes) {
        aif_facts_prop(f, token, prop, depth, alone);

    } else if (token->tag == AIF_TAG_meta) {
        aif_facts_meta(f, token);
    }
}


static void
aif_facts_scope(aif_facts_t *f, const aif_html_token_t *token,
    const aif_html_attr_t *prop, uint32_t depth, unsigned alone)
{
    uint32_t                item, parent;
    aif_str_t               key, type;
    aif_facts_scope_t      *scopes;
    const aif_html_attr_t  *attr;

    parent = AIF_FACTS_NONE;
    aif_str_set(&key, "");

    if (prop && f->nscopes) {
        parent = f->scopes[f->nscopes - 1].item;
        key = aif_facts_word(f, prop);
    }

    scopes = aif_facts_item_grow(f, f->scopes, f->nscopes, &f->max_scopes,
                                 sizeof(aif_facts_scope_t));
    if (scopes == NULL) {
        return;
    }

    f->scopes = scopes;

    item = aif_facts_item_add(f, &f->data, parent, &key);
    attr = aif_facts_find(f, token, "itemtype");

    if (item != AIF_FACTS_NONE && attr) {
        type = aif_facts_attr(f, attr);
        f->data.items[item].types = aif_facts_item_types(type.data, type.len);
    }

    if (!alone) {
        scopes[f->nscopes].depth = depth;
        scopes[f->nscopes].item = item;
        f->nscopes++;
    }
}


static void
aif_facts_prop(aif_facts_t *f, const aif_html_token_t *token,
    const aif_html_attr_t *prop, uint32_t depth, unsigned alone)
{
    uint32_t                item, value;
    aif_str_t               key, text;
    aif_facts_span_t       *span;
    const aif_html_attr_t  *attr;

    item = f->scopes[f->nscopes - 1].item;

    if (item == AIF_FACTS_NONE) {
        return;
    }

    key = aif_facts_word(f, prop);
    attr = aif_facts_value(f, token);

    if (attr) {
        text = aif_facts_attr(f, attr);
        text = aif_facts_item_text(f, text.data, 0, text.len, f->max_text);

        (void) aif_facts_item_value(f, &f->data, item, &key, &text);
        return;
    }

    if (alone) {
        return;
    }

    aif_str_set(&text, "");
    value = aif_facts_item_value(f, &f->data, item, &key, &text);

    if (value == AIF_FACTS_NONE) {
        return;
    }

    span = aif_facts_span(f, depth, token->end);

    if (span) {
        span->value = value;
    }
}


/* The attribute that has an item's value, NULL: it is the element's text. */

static const aif_html_attr_t *
aif_facts_value(aif_facts_t *f, const aif_html_token_t *token)
{
    const aif_html_attr_t  *attr;

    attr = aif_facts_find(f, token, "content");

    if (attr) {
        return attr;
    }

    switch (token->tag) {

    case AIF_TAG_link:
        return aif_facts_find(f, token, "href");

    case AIF_TAG_data:
    case AIF_TAG_meter:
        return aif_facts_find(f, token, "value");
    }

    return NULL;
}


static void
aif_facts_meta(aif_facts_t *f, const aif_html_token_t *token)
{
    aif_str_t               key, text;
    const aif_html_attr_t  *name, *content;

    name = aif_facts_find(f, token, "property");

    if (name == NULL) {
        name = aif_facts_find(f, token, "name");
    }

    content = aif_facts_find(f, token, "content");

    if (name == NULL || content == NULL) {
        return;
    }

    key = aif_facts_word(f, name);

    if (!((key.len > 3 && memcmp(key.data, "og:", 3) == 0)
          || (key.len > 8 && memcmp(key.data, "product:", 8) == 0)))
    {
        return;
    }

    text = aif_facts_attr(f, content);
    text = aif_facts_item_text(f, text.data, 0, text.len, AIF_FACTS_MAX_TEXT);

    (void) aif_facts_item_value(f, &f->meta, 0, &key, &text);
}


static aif_facts_span_t *
aif_facts_span(aif_facts_t *f, uint32_t depth, uint32_t start)
{
    aif_facts_span_t  *spans;

    if (f->nopen == AIF_FACTS_MAX_OPEN || f->nspans == AIF_FACTS_MAX_VALUES) {
        return NULL;
    }

    spans = aif_facts_item_grow(f, f->spans, f->nspans, &f->max_spans,
                                sizeof(aif_facts_span_t));
    if (spans == NULL) {
        return NULL;
    }

    f->spans = spans;
    f->open[f->nopen++] = f->nspans;

    spans = &spans[f->nspans++];
    spans->depth = depth;
    spans->start = start;
    spans->end = start;
    spans->groups = 0;
    spans->value = AIF_FACTS_NONE;

    return spans;
}


static void
aif_facts_end(void *data, uint32_t depth, uint32_t at, uint32_t after)
{
    size_t              i, k;
    aif_facts_t        *f = data;
    aif_facts_span_t   *span;
    aif_facts_value_t  *value;

    (void) after;

    for (i = 0, k = 0; i < f->nopen; i++) {

        span = &f->spans[f->open[i]];

        if (span->depth != depth) {
            f->open[k++] = f->open[i];
            continue;
        }

        span->end = at;

        if (span->value != AIF_FACTS_NONE) {
            value = &f->data.values[span->value];
            value->start = span->start;
            value->end = at;
        }
    }

    f->nopen = k;

    while (f->nscopes && f->scopes[f->nscopes - 1].depth >= depth) {
        f->nscopes--;
    }
}


static void
aif_facts_raw(void *data, uint32_t start, uint32_t end)
{
    aif_facts_t  *f = data;

    if (f->json) {
        aif_facts_ld(f, start, end);
    }
}


/* An attribute's value with its references decoded. */

static aif_str_t
aif_facts_attr(aif_facts_t *f, const aif_html_attr_t *attr)
{
    size_t     len;
    aif_str_t  text;

    text.data = (u_char *) f->page + attr->value;
    text.len = attr->value_end - attr->value;

    if (memchr(text.data, '&', text.len) == NULL) {
        return text;
    }

    len = text.len < 4 * AIF_FACTS_MAX_TEXT ? text.len
                                            : 4 * AIF_FACTS_MAX_TEXT;
    text.data = aif_arena_alloc(f->arena, 2 * len);

    if (text.data == NULL) {
        f->failed = 1;
        text.len = 0;
        return text;
    }

    text.len = aif_html_decode(text.data, f->page + attr->value, len, 1);

    return text;
}


/* The first word of an attribute's value. */

static aif_str_t
aif_facts_word(aif_facts_t *f, const aif_html_attr_t *attr)
{
    aif_str_t      word;
    const u_char  *p, *end;

    p = f->page + attr->value;
    end = f->page + attr->value_end;

    while (p < end && *p <= ' ') {
        p++;
    }

    word.data = (u_char *) p;

    while (p < end && *p > ' ') {
        p++;
    }

    word.len = p - word.data;

    return word;
}


int
aif_facts_read(aif_facts_t *f)
{
    aif_facts_product(f);

    return f->failed ? AIF_NOMEM : AIF_OK;
}


void
aif_facts_add(aif_facts_t *f, aif_facts_kind_e kind, const aif_str_t *value)
{
    size_t  i;

    if (value->len == 0 || f->nfacts == AIF_FACTS_MAX
        || (kind != AIF_FACTS_TEXT && value->len > AIF_FACTS_MAX_VALUE))
    {
        return;
    }

    for (i = 0; i < f->nfacts; i++) {
        if (f->facts[i].kind == kind && aif_str_eq(&f->facts[i].value, value))
        {
            return;
        }
    }

    f->facts[f->nfacts].kind = kind;
    f->facts[f->nfacts].value = *value;
    f->nfacts++;
}


int
aif_facts_write(aif_facts_t *f, uint32_t kinds, unsigned group,
    aif_str_t *lines)
{
    size_t             i, k, n, known;
    aif_buf_t          b;
    const aif_str_t   *name;
    aif_facts_fact_t   fact, facts[2 * AIF_FACTS_MAX];

    for (i = 0, n = 0; i < f->nfacts; i++) {
        if (kinds >> f->facts[i].kind & 1) {
            facts[n++] = f->facts[i];
        }
    }

    for (i = 0; i < f->nspans && n < 2 * AIF_FACTS_MAX
                && group < AIF_FACTS_MAX_GROUPS; i++)
    {
        if (f->spans[i].groups >> group & 1) {

            facts[n].kind = AIF_FACTS_TEXT;
            facts[n].value = aif_facts_item_text(f, f->page,
                                                 f->spans[i].start,
                                                 f->spans[i].end,
                                                 AIF_FACTS_MAX_TEXT);
            n += facts[n].value.len != 0;
        }
    }

    for (i = 1; i < n; i++) {

        fact = facts[i];

        for (k = i; k && aif_facts_compare(&facts[k - 1], &fact) > 0; k--) {
            facts[k] = facts[k - 1];
        }

        facts[k] = fact;
    }

    aif_buf_init(&b, f->arena, AIF_FACTS_MAX_LINES);
    known = 0;

    for (i = 0, k = 0; i < n; i++) {

        name = &aif_facts_kinds[facts[i].kind];

        if ((i && aif_facts_compare(&facts[i - 1], &facts[i]) == 0)
            || b.len + name->len + facts[i].value.len + 3
               > AIF_FACTS_MAX_LINES)
        {
            continue;
        }

        if (b.len) {
            aif_buf_byte(&b, '\n');
        }

        aif_buf_append(&b, name->data, name->len);
        aif_buf_literal(&b, ": ");
        aif_buf_append(&b, facts[i].value.data, facts[i].value.len);

        known |= facts[i].kind == AIF_FACTS_NAME
                 || facts[i].kind == AIF_FACTS_TEXT;
        k++;
    }

    if (b.failed || f->failed) {
        return AIF_NOMEM;
    }

    lines->data = b.data;
    lines->len = b.len;

    return known && k > 1 ? AIF_OK : AIF_BAD;
}


static int
aif_facts_compare(const aif_facts_fact_t *a, const aif_facts_fact_t *b)
{
    int     rc;
    size_t  len;

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }

    len = a->value.len < b->value.len ? a->value.len : b->value.len;
    rc = memcmp(a->value.data, b->value.data, len);

    if (rc == 0 && a->value.len != b->value.len) {
        rc = a->value.len < b->value.len ? -1 : 1;
    }

    return rc;
}


aif_facts_kind_e
aif_facts_kind(const u_char *p, const u_char *end, const u_char **value)
{
    unsigned          kind;
    const aif_str_t  *name;

    for (kind = 0; kind < AIF_FACTS_KINDS; kind++) {

        name = &aif_facts_kinds[kind];

        if ((size_t) (end - p) >= name->len + 2
            && memcmp(p, name->data, name->len) == 0
            && p[name->len] == ':' && p[name->len + 1] == ' ')
        {
            *value = p + name->len + 2;
            break;
        }
    }

    return kind;
}
