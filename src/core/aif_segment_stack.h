
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The open elements of a page, as far as they decide where an element ends
 * (HTML standard, section 13.2.6), and what the segmenter needs to know of
 * each.
 */


#ifndef _AIF_SEGMENT_STACK_H_INCLUDED_
#define _AIF_SEGMENT_STACK_H_INCLUDED_


#include "core/aif_segment.h"


/* What an element means to the segmenter ... */

#define AIF_SEGMENT_INLINE    0x0001     /* may stand in a sentence */
#define AIF_SEGMENT_VOID      0x0002     /* has no content */
#define AIF_SEGMENT_RAW       0x0004     /* its content is one text */
#define AIF_SEGMENT_HARD      0x0008     /* is never touched */
#define AIF_SEGMENT_MUTE      0x0010     /* its attributes are no texts */

/* ... and to the rules for end tags */

#define AIF_SEGMENT_SPECIAL   0x0020     /* the standard's category */
#define AIF_SEGMENT_SCOPE     0x0040     /* bounds the default scope, */
#define AIF_SEGMENT_BUTTON    0x0080     /* button scope, */
#define AIF_SEGMENT_LIST      0x0100     /* list item scope, */
#define AIF_SEGMENT_TABLE     0x0200     /* table scope */
#define AIF_SEGMENT_FORMAT    0x0400     /* formatting element */
#define AIF_SEGMENT_CLOSE_P   0x0800     /* its start tag ends an open p */
#define AIF_SEGMENT_IMPLY     0x1000     /* its start tag ends others */
#define AIF_SEGMENT_PART      0x2000     /* of a table */
#define AIF_SEGMENT_HEAD      0x4000     /* may stand in head */

extern const uint16_t  aif_segment_stack_class[AIF_TAG_COUNT];


/* State of an element that its children inherit. */

#define AIF_SEGMENT_E_HARD      0x01     /* not touched, for good */
#define AIF_SEGMENT_E_NO        0x02     /* translate="no" */
#define AIF_SEGMENT_E_OUT       0x04     /* not in what is included */
#define AIF_SEGMENT_E_HIDDEN    0x07     /* any of these */
#define AIF_SEGMENT_E_FOREIGN   0x08     /* svg, math or in them: HARD too */

/* State of its own. */

#define AIF_SEGMENT_E_POINT     0x10     /* HTML's rules hold in it */


typedef struct {
    uint32_t   name;             /* in the page */
    uint16_t   name_len;
    uint16_t   tag;
    uint16_t   class;            /* AIF_SEGMENT_... */
    uint16_t   state;            /* AIF_SEGMENT_E_... */
    uint32_t   run;              /* the run and its item of the start tag */
    uint32_t   item;
} aif_segment_element_t;


typedef struct {
    uint32_t               depth;
    uint32_t               overflow;             /* open, but not tracked */
    uint32_t               form;                 /* a <form> without </form> */
    uint16_t               open[AIF_TAG_COUNT];  /* by tag */
    aif_segment_element_t  elements[AIF_SEGMENT_MAX_DEPTH + 1];
} aif_segment_stack_t;


/*
 * elements[depth] is the innermost open element; elements[0] stands for the
 * document.
 *
 * aif_segment_stack_start() ends what a start tag ends, and returns 0 if the
 * tag itself opens nothing (<tr> outside a table, a second <body>).
 *
 * aif_segment_stack_push() opens an element; NULL if there are too many.
 *
 * aif_segment_stack_find() is the index of the element that an end tag ends,
 * or 0.  aif_segment_stack_end() ends that element, and those in it that
 * end with it.
 */

void aif_segment_stack_init(aif_segment_stack_t *st, unsigned state);
int aif_segment_stack_imply(aif_segment_stack_t *st, unsigned tag);
aif_segment_element_t *aif_segment_stack_push(aif_segment_stack_t *st,
    const aif_html_token_t *token);
uint32_t aif_segment_stack_find(aif_segment_stack_t *st, const u_char *page,
    const aif_html_token_t *token);
void aif_segment_stack_end(aif_segment_stack_t *st, uint32_t i);
void aif_segment_stack_pop(aif_segment_stack_t *st, uint32_t depth);


/* Most start tags end nothing. */

static inline int
aif_segment_stack_start(aif_segment_stack_t *st, unsigned tag)
{
    unsigned  class;

    class = aif_segment_stack_class[tag];

    if ((class & AIF_SEGMENT_IMPLY)
        || ((class & AIF_SEGMENT_CLOSE_P) && st->open[AIF_TAG_p])
        || st->elements[st->depth].tag == AIF_TAG_head)
    {
        return aif_segment_stack_imply(st, tag);
    }

    return 1;
}


#endif /* _AIF_SEGMENT_STACK_H_INCLUDED_ */
