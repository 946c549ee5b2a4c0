
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Search words in a URL: out of an argument, translated back into it, and the
 * visitor's own words into the page that answers.
 */


#ifndef _AIF_QUERY_H_INCLUDED_
#define _AIF_QUERY_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_rewrite.h"


#define AIF_QUERY_MAX_BYTES   4096     /* of an argument's raw value */
#define AIF_QUERY_MAX_INPUTS  16       /* search fields changed in a page */


/* "words" is what the visitor typed, "shop" what the shop was asked for. */

typedef struct {
    aif_str_t    name;           /* of the argument */
    aif_str_t    words;          /* canonical (aif_segment.h) */
    aif_str_t    shop;           /* canonical */
} aif_query_t;


/*
 * aif_query_find() looks for the argument "name" (byte by byte) in a query
 * string: AIF_OK, *value is its raw value inside args; AIF_DONE: it is not
 * there, or has no value; AIF_LIMIT: it is there several times, and which one
 * the shop takes is not to be known.
 *
 * aif_query_words() decodes a raw value (%XX, "+") to canonical text in the
 * arena: AIF_OK; AIF_DONE: there is no letter in it; AIF_LIMIT: it has more
 * than max_chars characters; AIF_BAD: no UTF-8, or control characters other
 * than white space; AIF_NOMEM.
 *
 * aif_query_encode() is the reverse; all but unreserved characters become %XX,
 * a blank "+" if "plus".  AIF_BAD: the text has placeholders.
 *
 * aif_query_replace() makes of a query string, or a URI with one, that where
 * the argument "name" has the raw value "from" it has "to": AIF_OK; AIF_DONE:
 * it is not there; AIF_NOMEM.
 *
 * aif_query_echo() makes of a page's canonical text one where "shop", if it
 * stands alone or between quotes or tags, is "words": AIF_OK; AIF_DONE: there
 * is nothing to change; AIF_NOMEM.  Case of ASCII letters doesn't count.
 *
 * aif_query_inputs() finds the search fields of a page, <input> elements of
 * that name whose value is "shop", and elements with translate="no" whose text
 * it is, and gives the edits that make it "words", sorted: AIF_OK (*n may be
 * 0) or AIF_NOMEM.
 */

int aif_query_find(const aif_str_t *args, const aif_str_t *name,
    aif_str_t *value);
int aif_query_words(const aif_str_t *value, size_t max_chars, aif_arena_t *a,
    aif_str_t *words);
int aif_query_encode(const aif_str_t *text, int plus, aif_arena_t *a,
    aif_str_t *value);
int aif_query_replace(const aif_str_t *args, const aif_str_t *name,
    const aif_str_t *from, const aif_str_t *to, aif_arena_t *a,
    aif_str_t *out);
int aif_query_echo(const aif_query_t *query, const aif_str_t *text,
    aif_arena_t *a, aif_str_t *out);
int aif_query_inputs(const aif_query_t *query, const u_char *page, size_t len,
    aif_arena_t *a, aif_edit_t **edits, size_t *n);


#endif /* _AIF_QUERY_H_INCLUDED_ */
