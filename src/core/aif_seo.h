
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What search engines and browsers are told of a page's language, and the
 * addresses in it: lang and dir, canonical, alternates, og:locale, links and
 * forms, the language switcher.  Reads along with the segmenter, then makes
 * edits for aif_rewrite.c.
 */


#ifndef _AIF_SEO_H_INCLUDED_
#define _AIF_SEO_H_INCLUDED_


#include "core/aif_link.h"
#include "core/aif_rewrite.h"


#define AIF_SEO_MAX_MARKS  32768     /* in a page: what is beyond stays, but
                                        for the head's */


/*
 * The page's address.  "base" is scheme and authority as the visitor sees
 * them, "path" what he asked for without a locale's prefix, "args" what
 * followed "?": bytes of the client, escaped here.
 */

typedef struct {
    aif_link_site_t   site;
    size_t            index;         /* of the page's locale */
    aif_str_t         base;          /* "https://shop.example:8443" */
    aif_str_t         path;          /* "/product/1" */
    aif_str_t         args;
    unsigned          prefixed;      /* the prefix is part of the address:
                                        links get it */
    unsigned          alternates;    /* there are addresses with prefixes */
} aif_seo_conf_t;


/* What is known when the page is decided. */

typedef struct {
    const u_char     *announced;     /* one byte for each locale, or NULL */
    unsigned          translated;    /* most of the text is in the locale */
    unsigned          ascii;         /* write nothing else */
    unsigned          indexed;       /* a page that may have alternates */
} aif_seo_page_t;


typedef struct aif_seo_s  aif_seo_t;


/*
 * aif_seo_create() makes a page's collector in the arena and sets it to watch
 * the segmenter (NULL: no memory); conf must outlive it.
 *
 * aif_seo_edits() makes the edits when the page was read to its end: AIF_OK,
 * or AIF_NOMEM.  They are sorted, do not overlap, and their text is ASCII or
 * UTF-8 that is escaped for its place.
 *
 * aif_seo_addresses() lists the addresses in the page that get the prefix, and
 * those of our host that would but for their element (in the order of the
 * page, "n" of them; after the end).
 *
 * Alternates are made if the page is "indexed", its address has no arguments,
 * its canonical link, if it has one, is its own address, and the shop has made
 * none itself; for the source and the announced locales, if more than one, on
 * a page that is in one of them.
 */

aif_seo_t *aif_seo_create(const aif_seo_conf_t *conf, aif_segment_t *segment,
    aif_arena_t *a);
int aif_seo_edits(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_edit_t **edits, size_t *n);
const aif_link_span_t *aif_seo_addresses(aif_seo_t *seo, size_t *n);


#endif /* _AIF_SEO_H_INCLUDED_ */
