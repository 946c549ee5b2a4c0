
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the files of the facts, and for those of the reviews, which are read
 * of the same: JSON-LD's objects and microdata's items are one thing here, an
 * item with values under keys.
 */


#ifndef _AIF_FACTS_ITEM_H_INCLUDED_
#define _AIF_FACTS_ITEM_H_INCLUDED_


#include "core/aif_facts.h"


#define AIF_FACTS_NONE      0xffffffffu
#define AIF_FACTS_MAX_OPEN  128          /* texts inside one another */
#define AIF_FACTS_MAX_READ  1048576      /* bytes of the page that texts are
                                            made of, in all */


/* What schema.org calls an item, as far as it matters here. */

#define AIF_FACTS_PRODUCT  0x01
#define AIF_FACTS_PAGE     0x02      /* what may have a main entity */
#define AIF_FACTS_REVIEW   0x04


typedef struct {
    uint32_t           parent;       /* item, or NONE */
    aif_str_t          key;          /* of the parent's that it is under */
    unsigned           types;        /* AIF_FACTS_PRODUCT, ... */
} aif_facts_item_t;


typedef struct {
    uint32_t           item;
    aif_str_t          key;
    aif_str_t          text;         /* canonical text; empty: not read yet */
    uint32_t           start;        /* what it is to be read of; */
    uint32_t           end;          /* start: nothing */
} aif_facts_value_t;


typedef struct {
    aif_facts_item_t  *items;
    uint32_t           nitems;
    uint32_t           max_items;
    aif_facts_value_t *values;
    uint32_t           nvalues;
    uint32_t           max_values;
} aif_facts_items_t;


typedef struct {
    uint8_t            kind;         /* aif_facts_kind_e */
    aif_str_t          value;
} aif_facts_fact_t;


/* A text of a facts= selector, or a microdata value that is still open. */

typedef struct {
    uint32_t           depth;        /* of the element */
    uint32_t           start;
    uint32_t           end;
    uint32_t           groups;
    uint32_t           value;        /* of microdata, or NONE */
} aif_facts_span_t;


typedef struct {
    uint32_t           depth;
    uint32_t           item;
} aif_facts_scope_t;


struct aif_facts_s {
    const u_char       *page;
    size_t              len;
    aif_arena_t        *arena;
    uint32_t            texts;       /* groups of facts= selectors */
    size_t              max_text;    /* bytes of a value */
    int               (*wanted)(const aif_str_t *key);   /* of JSON-LD */

    aif_facts_items_t   ld;          /* JSON-LD */
    uint32_t            ld_products; /* of the first rank in it */
    uint32_t            noffers;     /* that were read */
    aif_facts_items_t   data;        /* microdata */
    aif_facts_items_t   meta;        /* Open Graph: one item, its values */

    aif_facts_span_t   *spans;
    uint32_t            nspans;
    uint32_t            max_spans;
    uint32_t            open[AIF_FACTS_MAX_OPEN];
    uint32_t            nopen;
    size_t              bytes;       /* that texts were made of */
    aif_facts_scope_t  *scopes;      /* itemscopes that are open */
    uint32_t            nscopes;
    uint32_t            max_scopes;
    unsigned            json;        /* in a script of JSON-LD */
    struct aif_facts_ld_s  *reader;  /* of JSON-LD */

    aif_facts_fact_t    facts[AIF_FACTS_MAX];
    size_t              nfacts;

    aif_html_t          html;        /* for texts */
    unsigned            failed;      /* no memory */
};


/*
 * aif_facts_item.c: items and values, and what schema.org's names mean.
 * item_add() and item_value() return their index, or NONE (a limit, or
 * facts->failed).  item_text(): canonical text of bytes with markup.
 * item_types(): of one or several names between white space.
 *
 * aif_facts_ld.c: ld() reads one script.
 *
 * aif_facts_product.c: product() makes facts of the page's product;
 * product_key(): a value under this key may be one.  product_main() is the
 * one product of the page, or NONE; product_top(): an item stands in no other
 * but a page or a graph (depth 0).  product_get() is the text under a key, from
 * the value *from on, which then is the one behind it.
 */

uint32_t aif_facts_item_add(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t parent, const aif_str_t *key);
uint32_t aif_facts_item_value(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t item, const aif_str_t *key, const aif_str_t *text);
aif_str_t aif_facts_item_text(aif_facts_t *f, const u_char *page,
    size_t start, size_t end, size_t max);
unsigned aif_facts_item_types(const u_char *p, size_t len);
void *aif_facts_item_grow(aif_facts_t *f, void *table, uint32_t n,
    uint32_t *max, size_t size);

void aif_facts_ld(aif_facts_t *f, size_t start, size_t end);
void aif_facts_product(aif_facts_t *f);
int aif_facts_product_key(const aif_str_t *key);
uint32_t aif_facts_product_main(aif_facts_t *f, aif_facts_items_t *items);
int aif_facts_product_top(const aif_facts_items_t *items, uint32_t i,
    unsigned depth);
aif_str_t aif_facts_product_get(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t item, const char *key, uint32_t *from);
void aif_facts_add(aif_facts_t *f, aif_facts_kind_e kind,
    const aif_str_t *value);


#endif /* _AIF_FACTS_ITEM_H_INCLUDED_ */
