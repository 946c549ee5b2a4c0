
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Rewriter: a page, its fragments and their replacements to the new page.
 * Every byte outside replaced fragments is the page's own.  A replacement is
 * text: it is escaped for its place, and its placeholders become the page's
 * own tags.
 */


#ifndef _AIF_REWRITE_H_INCLUDED_
#define _AIF_REWRITE_H_INCLUDED_


#include "core/aif_segment.h"


/*
 * aif_rewrite_size() gives an upper bound for the new page's length, in bytes;
 * aif_rewrite() writes the new page to dst, which has room for that many, and
 * returns its length.  replacements[i] is the canonical text (aif_segment.h)
 * for fragments[i], or data NULL: the page's own bytes stay.  They also stay
 * for a replacement whose placeholders are not exactly the fragment's, well
 * nested, or that is not well-formed canonical text; each such case is counted
 * in *rejected.  No allocation.
 */

size_t aif_rewrite_size(size_t page_len, const aif_fragment_t *fragments,
    const aif_str_t *replacements, size_t n);
size_t aif_rewrite(u_char *dst, const u_char *page, size_t len,
    const aif_fragment_t *fragments, const aif_str_t *replacements, size_t n,
    size_t *rejected);


#endif /* _AIF_REWRITE_H_INCLUDED_ */
