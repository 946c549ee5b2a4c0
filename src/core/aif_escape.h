
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Plain text to canonical text, and to the text of an element: & < and > as
 * references.  All other bytes stay as they are, quotes and controls too: who
 * writes an attribute or one line sees to those himself.
 */


#ifndef _AIF_ESCAPE_H_INCLUDED_
#define _AIF_ESCAPE_H_INCLUDED_


#include "core/aif.h"


/*
 * aif_escape() writes at most AIF_ESCAPE_MAX bytes for each at dst and returns
 * the new end.  aif_escape_append() does it into a buffer.
 */

#define AIF_ESCAPE_MAX  (sizeof("&amp;") - 1)

void aif_escape_append(aif_buf_t *b, const u_char *p, size_t len);


/* Inline, as the segmenter calls it for each character that it decodes. */

static inline u_char *
aif_escape(u_char *dst, const u_char *p, size_t len)
{
    for ( /* void */ ; len; p++, len--) {

        switch (*p) {

        case '&':
            memcpy(dst, "&amp;", 5);
            dst += 5;
            break;

        case '<':
            memcpy(dst, "&lt;", 4);
            dst += 4;
            break;

        case '>':
            memcpy(dst, "&gt;", 4);
            dst += 4;
            break;

        default:
            *dst++ = *p;
            break;
        }
    }

    return dst;
}


#endif /* _AIF_ESCAPE_H_INCLUDED_ */
