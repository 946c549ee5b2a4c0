
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a product page says of its product, in one normal form.
 *
 * The normal form is canonical text (aif_segment.h, without placeholders) of
 * one line for each fact, "kind: value" with a line feed behind each but the
 * last; the kinds in the order of aif_facts_kind_e, within one kind sorted by
 * bytes, no line twice:
 *
 *     name: Linen shirt
 *     brand: Acme
 *     price: 19.99 EUR
 *     attribute: Colour: blue
 *
 * Prices and ratings are decimal numbers with "." and without needless zeros;
 * stock is one of a few English words; everything else is the page's own.  So
 * pages that say the same have the same form, and it is what a generated text
 * is stored under: only what the text was made of makes it anew.
 */


#ifndef _AIF_FACTS_H_INCLUDED_
#define _AIF_FACTS_H_INCLUDED_


#include "core/aif_walk.h"


/* Beyond these a fact is left out, a text cut behind a word. */

#define AIF_FACTS_MAX         96       /* of a page */
#define AIF_FACTS_MAX_VALUE   300      /* bytes of one */
#define AIF_FACTS_MAX_TEXT    1200     /* bytes of a text */
#define AIF_FACTS_MAX_LINES   6144     /* bytes of the normal form */
#define AIF_FACTS_MAX_ITEMS   1024     /* objects of JSON-LD, itemscopes */
#define AIF_FACTS_MAX_VALUES  4096     /* of their values */
#define AIF_FACTS_MAX_GROUPS  32       /* facts= selectors */


typedef enum {
    AIF_FACTS_NAME = 0,
    AIF_FACTS_BRAND,
    AIF_FACTS_CATEGORY,
    AIF_FACTS_PRICE,
    AIF_FACTS_STOCK,
    AIF_FACTS_RATING,
    AIF_FACTS_REVIEWS,
    AIF_FACTS_MATERIAL,
    AIF_FACTS_SIZE,
    AIF_FACTS_ATTRIBUTE,
    AIF_FACTS_TEXT,
    AIF_FACTS_KINDS
} aif_facts_kind_e;

#define AIF_FACTS_ALL  ((1u << AIF_FACTS_KINDS) - 1)


typedef struct aif_facts_s  aif_facts_t;


/*
 * aif_facts_create() makes the collector of one page in the arena (NULL: no
 * memory); page and arena must outlive it.  "texts" are the selector groups of
 * facts= selectors.  aif_facts_handler() is to be given to aif_walk(); after
 * it aif_facts_read() finds out what the facts are: AIF_OK or AIF_NOMEM.
 *
 * They come from the one product that the page is about: JSON-LD, else
 * microdata, and Open Graph for what these leave out.  A page with several
 * products of equal rank is about none of them.  Reviews, people, sellers and
 * what is in forms are never read.
 *
 * aif_facts_write() makes the normal form of the facts whose kinds are in
 * "kinds" (bits), with the texts of the selector group, or of none (group
 * AIF_FACTS_MAX_GROUPS): AIF_OK; AIF_NOMEM; or AIF_BAD: there is too little to
 * write of, less than two facts, or neither a name nor a text.
 *
 * aif_facts_kind(): whose line it is that begins at p, and where its value
 * begins in *value; AIF_FACTS_KINDS if it is none's.
 */

aif_facts_t *aif_facts_create(const u_char *page, size_t len, uint32_t texts,
    aif_arena_t *a);
aif_walk_handler_t aif_facts_handler(aif_facts_t *facts);
int aif_facts_read(aif_facts_t *facts);
int aif_facts_write(aif_facts_t *facts, uint32_t kinds, unsigned group,
    aif_str_t *lines);
aif_facts_kind_e aif_facts_kind(const u_char *p, const u_char *end,
    const u_char **value);


#endif /* _AIF_FACTS_H_INCLUDED_ */
