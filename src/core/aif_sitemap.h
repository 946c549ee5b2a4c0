
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Sitemaps (sitemaps.org): the pages that a urlset lists, and the alternates
 * that their entries get.
 */


#ifndef _AIF_SITEMAP_H_INCLUDED_
#define _AIF_SITEMAP_H_INCLUDED_


#include "core/aif_link.h"
#include "core/aif_rewrite.h"


/* The protocol's own limits. */

#define AIF_SITEMAP_MAX_URLS  50000
#define AIF_SITEMAP_MAX_SIZE  52428800   /* bytes of the new file */


/* An entry that may get alternates: a page of the site, without arguments. */

typedef struct {
    aif_str_t         base;        /* scheme and authority, as it names them */
    aif_str_t         path;        /* as a client asks for it */
    uint32_t          end;         /* the "<" of its end tag */
} aif_sitemap_url_t;


typedef struct {
    aif_sitemap_url_t  *urls;
    size_t              nurls;
    aif_str_t           prefix;    /* of the namespace of XHTML */
    uint32_t            space;     /* where it is to be declared; 0: it is */
} aif_sitemap_t;


/*
 * aif_sitemap_read() lists the entries of a whole file; what it finds lies in
 * the file or in the arena.  Entries of other hosts, with a prefix, arguments
 * or a fragment, of files, and those with alternates of their own are left
 * out.  AIF_DONE: not a urlset, or one in an encoding that isn't UTF-8;
 * AIF_BAD: cut off, or XML of a kind that nobody should guess at (a document
 * type); AIF_LIMIT or AIF_NOMEM.
 *
 * aif_sitemap_edits() makes the edits: announced[i * nlocales + k] is whether
 * entry i is there in locale k, the source's byte is not looked at.  An entry
 * gets the source, the announced locales, and x-default, if there is one of
 * them.  AIF_OK, AIF_LIMIT or AIF_NOMEM.
 */

int aif_sitemap_read(aif_sitemap_t *sm, const aif_link_site_t *site,
    const u_char *file, size_t len, aif_arena_t *a);
int aif_sitemap_edits(const aif_sitemap_t *sm, const aif_link_site_t *site,
    size_t len, const u_char *announced, aif_arena_t *a, aif_edit_t **edits,
    size_t *n);


#endif /* _AIF_SITEMAP_H_INCLUDED_ */
