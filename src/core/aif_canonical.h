
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a service wrote, to canonical text (aif_segment.h) as far as it can be
 * known what was meant.  aif_guard.h then judges it.
 */


#ifndef _AIF_CANONICAL_H_INCLUDED_
#define _AIF_CANONICAL_H_INCLUDED_


#include "core/aif.h"


/*
 * aif_canonical_clean() writes "text" (well-formed UTF-8) to *clean, in the
 * arena, never NULL on success:
 *
 *   - HTML's white space is folded to single blanks and taken off both ends;
 *   - placeholders in the loose forms that services give them back in get
 *     their one form: <G1>, < g1 >, <x2>, <x2></x2>, <g3/>;
 *   - character references with their ";" are decoded, and "&", "<", ">" of
 *     the text written as &amp; &lt; &gt;, so that text can never be markup.
 *
 * aif_canonical_lines() does the same and keeps lines: white space that has a
 * line feed (or a carriage return) is folded to one line feed.  So no line is
 * empty.
 *
 * Both return AIF_OK, AIF_NOMEM, or AIF_BAD for what would be a tag, comment or
 * declaration that is no placeholder, unless the canonical "source" has a "<"
 * in its own text: then it is taken for that, unescaped by the service.
 */

int aif_canonical_clean(const aif_str_t *text, const aif_str_t *source,
    aif_arena_t *a, aif_str_t *clean);
int aif_canonical_lines(const aif_str_t *text, const aif_str_t *source,
    aif_arena_t *a, aif_str_t *clean);


/*
 * aif_canonical_cut(): a text without placeholders that has more than "max"
 * (at least 16) bytes ends behind a word.
 */

void aif_canonical_cut(aif_str_t *text, size_t max);


#endif /* _AIF_CANONICAL_H_INCLUDED_ */
