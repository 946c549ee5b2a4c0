
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Items of a page's structured data and their values, whatever they were
 * written in.  Only aif_facts*.c calls it.
 */


#include "core/aif_facts_item.h"
#include "core/aif_canonical.h"


typedef struct {
    const char  *name;
    unsigned     bits;
} aif_facts_type_t;


static unsigned aif_facts_item_type(const u_char *p, size_t len);


static const aif_facts_type_t  aif_facts_types[] = {
    { "Product", AIF_FACTS_PRODUCT },
    { "ProductGroup", AIF_FACTS_PRODUCT },
    { "ProductModel", AIF_FACTS_PRODUCT },
    { "IndividualProduct", AIF_FACTS_PRODUCT },
    { "SomeProducts", AIF_FACTS_PRODUCT },
    { "Vehicle", AIF_FACTS_PRODUCT },
    { "Car", AIF_FACTS_PRODUCT },
    { "Book", AIF_FACTS_PRODUCT },
    { "WebPage", AIF_FACTS_PAGE },
    { "ItemPage", AIF_FACTS_PAGE },
    { "ProductPage", AIF_FACTS_PAGE },
    { "Review", AIF_FACTS_REVIEW },
    { "UserReview", AIF_FACTS_REVIEW },
    { NULL, 0 }
};


/* NULL: no memory */

void *
aif_facts_item_grow(aif_facts_t *f, void *table, uint32_t n, uint32_t *max,
    size_t size)
{
    void      *new;
    uint32_t   want;

    if (n < *max) {
        return table;
    }

    want = n ? 2 * n : 32;

    new = aif_arena_alloc(f->arena, want * size);
    if (new == NULL) {
        f->failed = 1;
        return NULL;
    }

    if (n) {
        memcpy(new, table, n * size);
    }

    *max = want;

    return new;
}


uint32_t
aif_facts_item_add(aif_facts_t *f, aif_facts_items_t *items, uint32_t parent,
    const aif_str_t *key)
{
    aif_facts_item_t  *item;

    if (items->nitems == AIF_FACTS_MAX_ITEMS) {
        return AIF_FACTS_NONE;
    }

    item = aif_facts_item_grow(f, items->items, items->nitems,
                               &items->max_items, sizeof(aif_facts_item_t));
    if (item == NULL) {
        return AIF_FACTS_NONE;
    }

    items->items = item;

    item = &item[items->nitems];
    item->parent = parent;
    item->key = *key;
    item->types = 0;

    return items->nitems++;
}


uint32_t
aif_facts_item_value(aif_facts_t *f, aif_facts_items_t *items, uint32_t item,
    const aif_str_t *key, const aif_str_t *text)
{
    aif_facts_value_t  *value;

    if (items->nvalues == AIF_FACTS_MAX_VALUES) {
        return AIF_FACTS_NONE;
    }

    value = aif_facts_item_grow(f, items->values, items->nvalues,
                                &items->max_values,
                                sizeof(aif_facts_value_t));
    if (value == NULL) {
        return AIF_FACTS_NONE;
    }

    items->values = value;

    value = &value[items->nvalues];
    value->item = item;
    value->key = *key;
    value->text = *text;
    value->start = 0;
    value->end = 0;

    return items->nvalues++;
}


aif_str_t
aif_facts_item_text(aif_facts_t *f, const u_char *page, size_t start,
    size_t end, size_t max)
{
    aif_buf_t  b;
    aif_str_t  text;

    aif_str_set(&text, "");

    if (end - start > AIF_FACTS_MAX_READ - f->bytes) {
        return text;
    }

    f->bytes += end - start;

    aif_buf_init(&b, f->arena, end - start < 1024 ? end - start + 16 : 1024);
    aif_walk_text(&b, page, start, end, &f->html);

    if (b.failed) {
        f->failed = 1;
        return text;
    }

    text.data = b.data;
    text.len = b.len;

    aif_canonical_cut(&text, max);

    return text;
}


unsigned
aif_facts_item_types(const u_char *p, size_t len)
{
    unsigned       types;
    const u_char  *end, *word;

    types = 0;

    for (end = p + len; p < end; p++) {

        for (word = p; p < end && *p > ' '; p++) { /* void */ }

        types |= aif_facts_item_type(word, p - word);
    }

    return types;
}


/* "Product", "http://schema.org/Product" or "schema:Product" */

static unsigned
aif_facts_item_type(const u_char *p, size_t len)
{
    size_t                   i;
    const aif_facts_type_t  *type;

    for (i = len; i && p[i - 1] != '/' && p[i - 1] != ':' && p[i - 1] != '#';
         i--) { /* void */ }

    for (type = aif_facts_types; type->name; type++) {
        if (strlen(type->name) == len - i
            && memcmp(type->name, p + i, len - i) == 0)
        {
            return type->bits;
        }
    }

    return 0;
}
