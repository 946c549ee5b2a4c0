
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A walk over the elements of a whole page: where each begins, what selectors
 * match it, where its content ends.
 */


#ifndef _AIF_WALK_H_INCLUDED_
#define _AIF_WALK_H_INCLUDED_


#include "core/aif_html.h"
#include "core/aif_selector.h"


/*
 * Called in the order of the page.  "depth" names an element as long as it is
 * open: 1 and more.  start(): "groups" are those of the selector set, "alone"
 * says that there is no content and no end() will come.  end(): the element's
 * content ends at "at", and its end tag, if it has one, at "after"; where the
 * page ends in it, before a tag, comment or script that is not finished.
 * raw(): the content of a script.  NULL: not wanted, but for start().  Tokens
 * are valid during the call.
 */

typedef struct {
    void    (*start)(void *data, const aif_html_token_t *token, uint32_t depth,
                     uint32_t groups, unsigned alone);
    void    (*end)(void *data, uint32_t depth, uint32_t at, uint32_t after);
    void    (*raw)(void *data, uint32_t start, uint32_t end);
    void     *data;
} aif_walk_handler_t;


/*
 * aif_walk() reads "len" bytes of a page to their end, for "n" handlers: AIF_OK
 * or AIF_NOMEM.  "set", made for AIF_WALK_MAX_DEPTH, may be NULL.  What is
 * inside svg or math, or deeper than that, is not told of.
 *
 * aif_walk_text() appends the text of page[start, end), which begins outside
 * of tags, as canonical text (aif_segment.h) without placeholders: references
 * decoded, white space folded, controls left out.  A block's edge is a blank.
 * Not the content of scripts, styles, templates and form fields.
 */

#define AIF_WALK_MAX_DEPTH  512

int aif_walk(const u_char *page, size_t len, aif_selector_set_t *set,
    const aif_walk_handler_t *handlers, size_t n, aif_arena_t *a);
void aif_walk_text(aif_buf_t *b, const u_char *page, size_t start, size_t end,
    aif_html_t *html);


#endif /* _AIF_WALK_H_INCLUDED_ */
