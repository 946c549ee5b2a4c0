
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the tokenizer's own files share: aif_html.c (tags, and the way through
 * it all), aif_html_text.c (where a text ends), aif_html_markup.c (comments
 * and the like), aif_html_foreign.c (svg, math).  Nobody else includes it.
 */


#ifndef _AIF_HTML_PRIVATE_H_INCLUDED_
#define _AIF_HTML_PRIVATE_H_INCLUDED_


#include "core/aif_html.h"


/* Where reading goes on; from AIF_HTML_S_TAG on inside a tag. */

enum {
    AIF_HTML_S_TEXT = 0,
    AIF_HTML_S_OPEN,           /* at a "<" that begins markup */
    AIF_HTML_S_COMMENT,
    AIF_HTML_S_BOGUS,
    AIF_HTML_S_DOCTYPE,
    AIF_HTML_S_CDATA,
    AIF_HTML_S_TAG,            /* in the tag's name */
    AIF_HTML_S_BEFORE,         /* before an attribute's name */
    AIF_HTML_S_NAME,
    AIF_HTML_S_AFTER,          /* after it */
    AIF_HTML_S_VALUE,          /* after "=" */
    AIF_HTML_S_DOUBLE,
    AIF_HTML_S_SINGLE,
    AIF_HTML_S_BARE,
    AIF_HTML_S_SLASH
};



/*
 * All of these take the page so far, and AIF_MORE means that it ends too early
 * for an answer; what was learned is kept in *t.
 *
 * aif_html_text_end() returns where the text that is being read at "p" ends by
 * the rules in force, the "<" of its markup; or NULL, and then *wait is where
 * to look again once there are more bytes.  If there won't be more, all the
 * rest is text.
 *
 * aif_html_declaration() decides what the "<!" at t->pos begins.
 *
 * aif_html_markup() reads on in a comment, doctype or CDATA section.
 *
 * aif_html_rest() is for a page that ends inside of markup: AIF_DONE, and
 * what the standard makes of it.
 *
 * aif_html_foreign_start() is told of a start tag if anything foreign is open
 * or the tag is svg or math.  Returns 1 if the element is a foreign one, 0 if
 * it is HTML's.  aif_html_foreign_end() is told of an end tag if anything
 * foreign is open.  Both set token->foreign.
 */

const u_char *aif_html_text_end(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);

int aif_html_declaration(aif_html_t *t, const u_char *page, size_t len);
int aif_html_markup(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token);
int aif_html_rest(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);

int aif_html_foreign_start(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);
void aif_html_foreign_end(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);


static inline void
aif_html_fill(aif_html_t *t, aif_html_token_t *token, aif_html_type_e type,
    uint32_t end)
{
    token->start = t->pos;
    token->end = end;
    token->name = t->name;
    token->name_end = t->name_end;
    token->type = type;
    token->text = t->text;
    token->tag = AIF_TAG_UNKNOWN;
    token->self_closing = 0;
    token->foreign = t->in_foreign;
    token->nattrs = 0;
    token->attrs = t->attrs;
}


static inline int
aif_html_emit(aif_html_t *t, aif_html_token_t *token, aif_html_type_e type,
    uint32_t end)
{
    aif_html_fill(t, token, type, end);

    t->pos = end;
    t->scan = end;

    return AIF_OK;
}


static inline u_char
aif_html_lower(u_char ch)
{
    return ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
}


#endif /* _AIF_HTML_PRIVATE_H_INCLUDED_ */
