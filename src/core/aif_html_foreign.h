
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Foreign content (svg, math): where HTML's rules don't hold.  The tokenizer's
 * own; nobody else calls it.
 */


#ifndef _AIF_HTML_FOREIGN_H_INCLUDED_
#define _AIF_HTML_FOREIGN_H_INCLUDED_


#include "core/aif_html.h"


/* An open foreign element: its code and what it is. */

#define AIF_HTML_F_CODE    0x00ff
#define AIF_HTML_F_MATH    0x0100     /* MathML, else SVG */
#define AIF_HTML_F_POINT   0x0200     /* HTML's rules hold in it */


/*
 * aif_html_foreign_start() is told of a start tag if anything foreign is open
 * or the tag is svg or math.  Returns 1 if the element is a foreign one, 0 if
 * it is HTML's.  aif_html_foreign_end() is told of an end tag if anything
 * foreign is open.  Both set token->foreign.
 */

int aif_html_foreign_start(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);
void aif_html_foreign_end(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);


#endif /* _AIF_HTML_FOREIGN_H_INCLUDED_ */
