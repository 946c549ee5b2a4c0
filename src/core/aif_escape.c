
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Plain text to canonical text, into a buffer.
 */


#include "core/aif_escape.h"


void
aif_escape_append(aif_buf_t *b, const u_char *p, size_t len)
{
    u_char         text[AIF_ESCAPE_MAX];
    const u_char  *plain;

    for (plain = p; len; p++, len--) {

        if (*p != '&' && *p != '<' && *p != '>') {
            continue;
        }

        aif_buf_append(b, plain, p - plain);
        aif_buf_append(b, text, aif_escape(text, p, 1) - text);
        plain = p + 1;
    }

    aif_buf_append(b, plain, p - plain);
}
