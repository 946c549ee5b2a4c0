
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Segmenter: tokens of a page to fragments, the units that are looked up and
 * translated.  It reads, it never writes; aif_rewrite.c writes.
 *
 * Canonical text, the form in which a fragment is hashed, stored and shown to
 * engines: UTF-8, character references decoded, white space (HTML's five) at
 * both ends outside and inside folded to one blank, "&", "<" and ">" written
 * as &amp; &lt; &gt;, and inline tags as placeholders numbered from 1 in the
 * order in which they begin:
 *
 *     <g1>text</g1>    an inline element with its end tag
 *     <x2/>            a single one: img, br, wbr, a comment, or an element
 *                      that must not be touched (code, svg, .notranslate)
 *
 * Names and attributes of the tags are not part of it: they stay the page's.
 */


#ifndef _AIF_SEGMENT_H_INCLUDED_
#define _AIF_SEGMENT_H_INCLUDED_


#include "core/aif_html.h"
#include "core/aif_selector.h"


#define AIF_SEGMENT_MAX_TAGS       64       /* placeholders in a fragment */
#define AIF_SEGMENT_MAX_TEXT       8192     /* bytes of canonical text */
#define AIF_SEGMENT_MAX_DEPTH      512      /* open elements */
#define AIF_SEGMENT_MAX_FRAGMENTS  65536    /* in a page */
#define AIF_SEGMENT_MAX_SCRIPTS    4096     /* in a page; the rest is not told
                                               of */


typedef enum {
    AIF_FRAGMENT_TEXT = 0,          /* element content */
    AIF_FRAGMENT_RCDATA,            /* <title> */
    AIF_FRAGMENT_ATTRIBUTE
} aif_fragment_kind_e;


typedef struct {
    uint32_t     start;             /* the tag in the page, "<" to ">", or */
    uint32_t     end;               /* the whole untouched element */
    uint16_t     id;                /* placeholder's number */
    uint8_t      closing;           /* </gN> */
    uint8_t      single;            /* <xN/> */
} aif_fragment_tag_t;


typedef struct {
    uint32_t             start;     /* the bytes of the page that a */
    uint32_t             end;       /* replacement takes the place of */
    uint8_t              kind;      /* aif_fragment_kind_e */
    uint8_t              quote;     /* aif_html_quote_e of an attribute */
    uint16_t             ntags;
    uint32_t             letters;   /* of the text; never 0 */
    aif_str_t            text;      /* canonical; valid after the end, in the
                                       page itself or in the arena */
    aif_fragment_tag_t  *tags;      /* in the order of the page */
} aif_fragment_t;


/*
 * What to touch: compiled once per location.  "attributes" are lower-case
 * names (see product's ai_attributes default: alt title placeholder aria-label
 * aria-description label; button and input values and meta texts are governed
 * by the names "value" and "content").  NULL selectors: no restriction.
 */

typedef struct {
    aif_selector_t     **include;   /* an element is in if any of them */
    size_t               ninclude;  /* matches it or an ancestor; none: all */
    aif_selector_t     **exclude;
    size_t               nexclude;
    aif_str_t           *attributes;
    size_t               nattributes;
} aif_segment_conf_t;


/* A script element: its start tag, and what is between that and its end. */

typedef struct {
    uint32_t             tag;       /* the "<" of <script> */
    uint32_t             start;     /* content, empty ones included */
    uint32_t             end;
    uint16_t             hidden;    /* inside of what must not be touched */
} aif_segment_script_t;


/*
 * Who else wants to see tags: called for every start and end tag outside svg
 * and math whose aif_html_tag_e is among "tags", in the order of the page,
 * while it is read.  The token, its attributes and the page are valid during
 * the call; "state" is not 0 if the element must not be touched.
 */

typedef void (*aif_segment_watch_pt)(void *data, const u_char *page,
    const aif_html_token_t *token, unsigned state);


typedef struct aif_segment_s  aif_segment_t;


/*
 * aif_segment_conf_default() fills attributes with the default list (static).
 *
 * aif_segment_create() makes a page's segmenter in the arena (NULL: no
 * memory); conf and arena must outlive it.
 *
 * aif_segment_feed(s, page, len, last) goes on reading: "page" and "len" are
 * the whole page so far, which may have moved and grown since the last call
 * (as for aif_html_next()).  Returns AIF_MORE (fine, more is awaited),
 * AIF_DONE (after "last"), AIF_LIMIT or AIF_NOMEM: then the page is to be left
 * alone.  Depth and tag limits never fail: elements deeper than the limit are
 * not tracked, and a fragment over a limit is not made.
 *
 * After AIF_DONE aif_segment_fragments() gives the fragments sorted by start.
 * An attribute's fragment may lie inside a tag of a text fragment (alt of an
 * <img> in a sentence); otherwise they don't overlap.
 *
 * aif_segment_charset() gives what <meta charset> or its http-equiv form
 * declared (lower case, empty if none), aif_segment_letters() the number of
 * letters in all fragments, aif_segment_scripts() the page's script elements
 * outside svg and math, in order, those without an end tag excluded.
 *
 * aif_segment_head() is where the head ends: before </head>, or before <body>;
 * UINT32_MAX: there is neither so far.
 *
 * aif_segment_watch() is called before the first feed, with "n" of "tags".
 */

void aif_segment_conf_default(aif_segment_conf_t *conf);
aif_segment_t *aif_segment_create(const aif_segment_conf_t *conf,
    aif_arena_t *a);
int aif_segment_feed(aif_segment_t *s, const u_char *page, size_t len,
    int last);
aif_fragment_t *aif_segment_fragments(aif_segment_t *s, size_t *n);
size_t aif_segment_letters(const aif_segment_t *s);
aif_str_t aif_segment_charset(const aif_segment_t *s);
const aif_segment_script_t *aif_segment_scripts(const aif_segment_t *s,
    size_t *n);
uint32_t aif_segment_head(const aif_segment_t *s);
void aif_segment_watch(aif_segment_t *s, const uint16_t *tags, size_t n,
    aif_segment_watch_pt handler, void *data);


#endif /* _AIF_SEGMENT_H_INCLUDED_ */
