
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A run: what stands between two block boundaries, text and inline tags; and
 * the fragments that are made of runs, attribute values and titles.
 */


#ifndef _AIF_SEGMENT_RUN_H_INCLUDED_
#define _AIF_SEGMENT_RUN_H_INCLUDED_


#include "core/aif_segment.h"


#define AIF_SEGMENT_RUN_FIRST   64       /* items without an allocation */
#define AIF_SEGMENT_RUN_ITEMS   16384    /* a longer run is cut, arbitrary */


typedef enum {
    AIF_SEGMENT_ITEM_TEXT = 0,
    AIF_SEGMENT_ITEM_OPEN,
    AIF_SEGMENT_ITEM_CLOSE,
    AIF_SEGMENT_ITEM_SINGLE,
    AIF_SEGMENT_ITEM_BREAK           /* <br>, else like SINGLE */
} aif_segment_item_e;


typedef struct {
    uint32_t   start;                /* in the page */
    uint32_t   end;
    uint32_t   pair;                 /* OPEN: its CLOSE, 0 if none; CLOSE: its
                                        OPEN */
    uint32_t   letters;              /* of a TEXT; 1 for a SINGLE that has
                                        any */
    uint32_t   before;               /* letters of the items before it */
    uint32_t   id;                   /* placeholder */
    uint8_t    type;                 /* aif_segment_item_e */
    uint8_t    flags;                /* AIF_SEGMENT_TEXT_... */
} aif_segment_item_t;


typedef struct {
    aif_fragment_t  *elts;
    size_t           n;
    size_t           size;
} aif_segment_list_t;


typedef struct {
    aif_segment_item_t  *items;
    uint32_t             nitems;
    uint32_t             size;
    uint32_t             unmatched;  /* OPEN items without a CLOSE */
    uint32_t             texts;      /* TEXT items but for white space, */
    uint32_t             text;       /* and the last of them */
    uint32_t             words;      /* SINGLE items with letters */
    uint32_t             number;     /* of this run, from 1 */

    aif_segment_list_t   list[2];    /* texts and values, each in the order
                                        of the page */
    size_t               letters;
    u_char              *pos;        /* free room for canonical texts */
    u_char              *end;
    const u_char        *page;       /* the caller's, as it now is, */
    const u_char        *limit;      /* and its end */
    aif_arena_t         *arena;
    int                  rc;         /* AIF_OK, AIF_NOMEM or AIF_LIMIT */

    aif_segment_item_t   first[AIF_SEGMENT_RUN_FIRST];
} aif_segment_run_t;


/*
 * "page" and "limit" are set by the caller whenever the page has moved.
 *
 * aif_segment_run_add() appends an item and returns its index;
 * aif_segment_run_text() does for a TEXT, aif_segment_run_close() for the
 * CLOSE of an OPEN; aif_segment_run_cut() takes items off the end.
 *
 * aif_segment_run_flush() makes fragments of the run, and begins another one.
 *
 * aif_segment_run_value() makes a fragment of a single stretch of text.
 *
 * aif_segment_run_finish() returns all fragments, sorted, with their texts
 * pointing into the page as it then is, or NULL without memory.
 *
 * Faults are kept in "rc"; all of them may go on being called after one.
 */

void aif_segment_run_init(aif_segment_run_t *run, aif_arena_t *a);
uint32_t aif_segment_run_add(aif_segment_run_t *run, aif_segment_item_e type,
    uint32_t start, uint32_t end);
void aif_segment_run_close(aif_segment_run_t *run, uint32_t open,
    uint32_t start, uint32_t end);
void aif_segment_run_text(aif_segment_run_t *run, uint32_t start,
    uint32_t end);
void aif_segment_run_cut(aif_segment_run_t *run, uint32_t nitems);
void aif_segment_run_flush(aif_segment_run_t *run);
void aif_segment_run_value(aif_segment_run_t *run, uint32_t start,
    uint32_t end, aif_fragment_kind_e kind, unsigned quote);
aif_fragment_t *aif_segment_run_finish(aif_segment_run_t *run, size_t *n);


#endif /* _AIF_SEGMENT_RUN_H_INCLUDED_ */
