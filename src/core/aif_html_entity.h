
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Character references (HTML standard, sections 13.2.5.72 to 13.2.5.80 and
 * 13.5), from the full table of 2,231 names.
 */


#ifndef _AIF_HTML_ENTITY_H_INCLUDED_
#define _AIF_HTML_ENTITY_H_INCLUDED_


#include "core/aif.h"


#define AIF_HTML_ENTITY_MAX  33     /* longest name with "&" and ";" */


/*
 * aif_html_entity(p, end, attribute, out, len) reads the reference that
 * begins at *p (an "&").  Returns how many bytes of the page it takes and
 * writes 1 to 8 bytes of UTF-8 to out, their number to *len; returns 0 if it
 * is not a reference (the "&" stands for itself).  "attribute" applies the
 * rule for attribute values.  "end" is taken for the end of the text.
 *
 * aif_html_decode() writes the text with its references decoded to dst, which
 * has room for "len" bytes (a decoded text is never longer, but for &nGt; and
 * &nLt; and a few like them: dst has room for 2 * len).  Returns the length.
 */

size_t aif_html_entity(const u_char *p, const u_char *end, int attribute,
    u_char out[8], size_t *len);
size_t aif_html_decode(u_char *dst, const u_char *src, size_t len,
    int attribute);


#endif /* _AIF_HTML_ENTITY_H_INCLUDED_ */
