
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Slots: the places in a page that receive a generated text, and the edits
 * that put it there.
 */


#ifndef _AIF_SLOT_H_INCLUDED_
#define _AIF_SLOT_H_INCLUDED_


#include "core/aif_rewrite.h"
#include "core/aif_walk.h"


#define AIF_SLOT_MAX  256        /* in a page; further ones get nothing */


typedef enum {
    AIF_SLOT_REPLACE = 0,        /* its content */
    AIF_SLOT_APPEND,             /* at the end of it */
    AIF_SLOT_PREPEND,
    AIF_SLOT_BEFORE,             /* before the element */
    AIF_SLOT_AFTER
} aif_slot_place_e;


/* One ai_generate.  "attribute" is lower case; empty: an element's content. */

typedef struct {
    aif_str_t          attribute;
    aif_str_t          name;     /* what data-ai says */
    uint32_t           shorter;  /* only what has fewer characters, 1: what is
                                    empty; 0: always */
    uint8_t            place;    /* aif_slot_place_e */
} aif_slot_conf_t;


typedef struct {
    uint32_t           conf;     /* index */
    uint32_t           tag;      /* the start tag's "<", */
    uint32_t           name_end; /* the end of its name, */
    uint32_t           tag_end;  /* and its end */
    uint32_t           start;    /* content, or the attribute's value, */
    uint32_t           end;      /* without quotes; start 0: it has none */
    uint32_t           after;    /* behind the end tag */
    uint16_t           element;  /* aif_html_tag_e */
    uint8_t            quote;    /* aif_html_quote_e of the attribute */
    uint8_t            void_;    /* the element can have no content */
} aif_slot_t;


typedef struct aif_slots_s  aif_slots_t;


/*
 * aif_slot_create() makes the collector of a page (NULL: no memory): selector
 * group i is that of conf[i].  aif_slot_handler() is for aif_walk();
 * aif_slot_list() gives what was found, in the order of the page, without
 * slots inside of others that are replaced.
 *
 * aif_slot_edit() makes the edit that puts a canonical text into a slot:
 * AIF_OK, AIF_NOMEM, or AIF_BAD: nothing can stand there.  The text has no
 * placeholders.  A line of it is a paragraph; one that begins with "- ", "* "
 * or a bullet is a point of a list, one with "|" several; what has "**" before
 * and behind it is strong.  What is written are text and the elements p, ul,
 * li, br, strong, span, made here: br between lines where no block may stand;
 * in attributes and titles there is none.  "label": they, or the slot's
 * element, get data-ai; *mark is then a second edit for that element's tag, or
 * has no text.  "ascii": other characters are references.
 *
 * aif_slot_plain() makes one line of such a text, for a place that can't have
 * elements: canonical, in the arena.  AIF_OK, AIF_NOMEM, or AIF_BAD: it is a
 * list.
 *
 * aif_slot_attribute(): whether an attribute may be generated.
 */

aif_slots_t *aif_slot_create(const u_char *page, size_t len,
    const aif_slot_conf_t *conf, size_t n, aif_arena_t *a);
aif_walk_handler_t aif_slot_handler(aif_slots_t *slots);
const aif_slot_t *aif_slot_list(aif_slots_t *slots, size_t *n);
int aif_slot_edit(const aif_slot_conf_t *conf, const aif_slot_t *slot,
    const aif_str_t *text, int label, int ascii, aif_arena_t *a,
    aif_edit_t *edit, aif_edit_t *mark);
int aif_slot_mark(const aif_slot_conf_t *conf, const aif_slot_t *slot,
    aif_arena_t *a, aif_edit_t *mark);
int aif_slot_plain(const aif_str_t *text, aif_arena_t *a, aif_str_t *plain);
int aif_slot_attribute(const aif_str_t *name);


#endif /* _AIF_SLOT_H_INCLUDED_ */
