
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the attributes of a start tag say to the segmenter: may the element be
 * touched, and which of them are texts.
 */


#ifndef _AIF_SEGMENT_ATTR_H_INCLUDED_
#define _AIF_SEGMENT_ATTR_H_INCLUDED_


#include "core/aif_segment_run.h"
#include "core/aif_segment_stack.h"


#define AIF_SEGMENT_ATTR_NAMES    64     /* configured ones, arbitrary */
#define AIF_SEGMENT_ATTR_LENGTHS  32     /* names are shorter than this */
#define AIF_SEGMENT_ATTR_CHARSET  40     /* longest name of a charset */


typedef struct {
    const aif_segment_conf_t  *conf;
    aif_selector_set_t        *selectors;    /* NULL: none configured */
    aif_segment_run_t         *run;

    unsigned                   value:1;      /* attributes that are governed */
    unsigned                   content:1;    /* by more than their names */

    uint8_t                    charset_len;
    u_char                     charset[AIF_SEGMENT_ATTR_CHARSET];

    /* of the tag at hand: the attributes that are texts, ascending */

    uint8_t                    nvalues;
    uint8_t                    values[AIF_SEGMENT_ATTR_NAMES + 1];

    /*
     * For each length the letters that names of interest begin with, one bit
     * each.
     */
    uint32_t                   names[AIF_SEGMENT_ATTR_LENGTHS];
} aif_segment_attr_t;


/*
 * aif_segment_attr_init() returns AIF_OK or AIF_NOMEM.
 *
 * aif_segment_attr_state() is the state (AIF_SEGMENT_E_...) of an element at
 * "depth" from that of its parent; aif_segment_attr_values(), called after it
 * for an element that may be touched, makes fragments of the attributes.
 * aif_segment_attr_meta() is both for a <meta>.
 *
 * aif_segment_attr_find() is the first attribute of a (lower-case) name, or
 * NULL.  aif_segment_attr_same() compares "len" bytes with lower-case text.
 * aif_segment_attr_meta_text(): the content of a <meta> of this name or
 * property is a text; aif_segment_attr_button(): an <input> of this type shows
 * its value.
 */

int aif_segment_attr_init(aif_segment_attr_t *at,
    const aif_segment_conf_t *conf, aif_segment_run_t *run, aif_arena_t *a);
unsigned aif_segment_attr_state(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token, uint32_t depth, unsigned state);
void aif_segment_attr_values(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token);
void aif_segment_attr_meta(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token, int hidden);
const aif_html_attr_t *aif_segment_attr_find(const u_char *page,
    const aif_html_token_t *token, const char *name, size_t len);
int aif_segment_attr_same(const u_char *p, const char *lower, size_t len);
int aif_segment_attr_meta_text(const u_char *name, size_t len);
int aif_segment_attr_button(const u_char *type, size_t len);


#endif /* _AIF_SEGMENT_ATTR_H_INCLUDED_ */
