
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A view: text that lies in a page as it is, or as the contents of one or
 * several JavaScript strings, and the way back from its bytes to the page's.
 */


#ifndef _AIF_VIEW_H_INCLUDED_
#define _AIF_VIEW_H_INCLUDED_


#include "core/aif_rewrite.h"


/*
 * Bytes of the view from "at" to the next run's "at" are the page's from
 * "page" to "page_end": the same ones if there are equally many, else an
 * escape.
 */

typedef struct {
    uint32_t          at;
    uint32_t          page;
    uint32_t          page_end;
} aif_view_run_t;


typedef struct {
    const u_char     *data;
    size_t            len;
    uint32_t          base;          /* plain: where in the page data[0] is */

    aif_view_run_t   *runs;          /* NULL: plain */
    size_t            nruns;
    size_t            size;
    aif_buf_t         buf;           /* what data is, while it is made */
    uint32_t          surrogate;     /* the first of a pair, or 0 */
} aif_view_t;


/*
 * aif_view_plain() makes a view of page[start, end).
 *
 * aif_view_init() makes an empty one; aif_view_add() appends the contents of
 * the JavaScript string whose opening quote is page[*pos], and moves *pos
 * behind its closing quote; aif_view_finish() ends the text.  AIF_BAD: no
 * string, or a surrogate alone (a pair may be split over two strings).
 *
 * aif_view_page() is the page's position of a byte of the view.
 *
 * aif_view_edits() writes the edits that put "text" in the place of the view's
 * bytes [start, end), start < end: one for each string that they are in; the
 * first takes the text, the rest become empty.  "edits" has room for "max";
 * returns how many they are, 0 if there are more.  "text" is escaped already.
 */

void aif_view_plain(aif_view_t *v, const u_char *page, size_t start,
    size_t end);
void aif_view_init(aif_view_t *v, aif_arena_t *a, size_t size);
int aif_view_add(aif_view_t *v, const u_char *page, size_t *pos, size_t end);
int aif_view_finish(aif_view_t *v);
size_t aif_view_page(const aif_view_t *v, size_t at);
size_t aif_view_edits(const aif_view_t *v, size_t start, size_t end,
    const aif_str_t *text, aif_edit_t *edits, size_t max);


#endif /* _AIF_VIEW_H_INCLUDED_ */
