
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Rewriter: a page, its fragments with their replacements, and edits to the new
 * page.  Every byte outside replaced fragments and edits is the page's own.  A
 * replacement is text: it is escaped for its place, and its placeholders
 * become the page's own tags.
 */


#ifndef _AIF_REWRITE_H_INCLUDED_
#define _AIF_REWRITE_H_INCLUDED_


#include "core/aif_segment.h"


/*
 * An edit: bytes that take the place of page[start, end), written as they are:
 * whoever makes one escapes it for its place.  start == end inserts.
 */

typedef struct {
    uint32_t               start;
    uint32_t               end;
    aif_str_t              text;
} aif_edit_t;


/*
 * replacements[i] is the canonical text (aif_segment.h) for fragments[i], or
 * data NULL: the page's own bytes stay.  Edits are sorted by start and do not
 * overlap; they stand outside fragments, inside a tag of one, or in a fragment
 * that stays.  One that reaches over such an edge is not made.  "ascii": what
 * is beyond ASCII in replacements becomes character references, for a page
 * whose charset nobody can be sure of.
 */

typedef struct {
    const u_char          *page;
    size_t                 len;
    const aif_fragment_t  *fragments;
    const aif_str_t       *replacements;
    size_t                 nfragments;
    const aif_edit_t      *edits;
    size_t                 nedits;
    int                    ascii;
} aif_rewrite_plan_t;


/*
 * aif_rewrite_size() gives an upper bound for the new page's length, in bytes;
 * aif_rewrite() writes the new page to dst, which has room for that many, and
 * returns its length.  The page's own bytes also stay for a replacement whose
 * placeholders are not exactly the fragment's, well nested, or that is not
 * well-formed canonical text; each such case is counted in *rejected.  No
 * allocation.
 *
 * aif_rewrite_merge() puts a second sorted list of edits into *edits, in the
 * arena: AIF_OK or AIF_NOMEM.  One that overlaps an edit of the first list is
 * left out; of two insertions at one place the first list's comes first.
 */

size_t aif_rewrite_size(const aif_rewrite_plan_t *plan);
size_t aif_rewrite(u_char *dst, const aif_rewrite_plan_t *plan,
    size_t *rejected);
int aif_rewrite_merge(aif_arena_t *a, aif_edit_t **edits, size_t *nedits,
    aif_edit_t *more, size_t n);


#endif /* _AIF_REWRITE_H_INCLUDED_ */
