
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Links: where in an address of this host the prefix of a locale goes.
 */


#ifndef _AIF_LINK_H_INCLUDED_
#define _AIF_LINK_H_INCLUDED_


#include "core/aif.h"


/* The host that is spoken of; all as the visitor sees it. */

typedef struct {
    aif_str_t         host;         /* without port; empty: unknown */
    unsigned          port;         /* 0: the scheme's own */
    const aif_str_t  *locales;      /* listed, source first */
    size_t            nlocales;
    unsigned          strict;       /* the source has a prefix too */
} aif_link_site_t;


typedef enum {
    AIF_LINK_NONE = 0,              /* not ours, or no page */
    AIF_LINK_ROOT,                  /* "/x": the host is the base's */
    AIF_LINK_HOST                   /* "//host/x", "https://host/x" */
} aif_link_type_e;


typedef struct {
    size_t            path;         /* where its path begins, or would */
    size_t            path_end;     /* "?", "#" or the end */
    unsigned          prefixed;     /* by a listed locale already */
    unsigned          asset;        /* by its extension, no page */
} aif_link_t;


/* An address as it stands in a page: an attribute's value. */

typedef struct {
    uint32_t          start;
    uint32_t          end;
    uint8_t           prefixed;     /* gets the locale's prefix */
    uint8_t           root;         /* AIF_LINK_ROOT */
} aif_link_span_t;


/*
 * aif_link_parse() reads an address, as it stands in an attribute or a header:
 * NONE for what is relative, of another host or port, of another scheme, or
 * whose beginning is written in a way that a browser may read otherwise
 * (references, backslashes, controls).  What follows the beginning of the path
 * is not looked at, but for the extension.
 *
 * aif_link_prefix() is the type if the locale's prefix belongs at link->path,
 * else AIF_LINK_NONE: "prefixed" and "asset" stay as they are.
 *
 * aif_link_refresh() finds the address in the value of a Refresh header:
 * AIF_OK, or AIF_BAD if there is none.
 *
 * aif_link_host() splits "host:port" (a Host header): AIF_OK or AIF_BAD.
 */

aif_link_type_e aif_link_parse(const aif_link_site_t *site,
    const u_char *value, size_t len, aif_link_t *link);
aif_link_type_e aif_link_prefix(const aif_link_site_t *site,
    const u_char *value, size_t len, aif_link_t *link);
int aif_link_refresh(const u_char *value, size_t len, size_t *start,
    size_t *end);
int aif_link_host(const u_char *value, size_t len, aif_str_t *host,
    unsigned *port);


#endif /* _AIF_LINK_H_INCLUDED_ */
