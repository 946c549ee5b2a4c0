
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * In which locales the pages of a host are announced.
 */


#ifndef _NGX_HTTP_AI_ANNOUNCE_H_INCLUDED_
#define _NGX_HTTP_AI_ANNOUNCE_H_INCLUDED_


#include "ngx_http_ai_filter_module.h"


/*
 * ngx_http_ai_announce_init() is for the host of an address (NGX_ERROR: no
 * memory); it serves any number of paths.  ngx_http_ai_announce_lookup() sets
 * one byte for each locale, the source's to 0, and returns how many are 1;
 * ngx_http_ai_announce_put() announces the i-th locale.
 */

#define NGX_HTTP_AI_ANNOUNCE_PATH   2048     /* bytes: longer ones have none */
#define NGX_HTTP_AI_ANNOUNCE_ROOM   64       /* locales looked up at once */

typedef struct {
    ngx_ai_store_t            *store;
    ngx_ai_space_t             space;
    const aif_str_t           *locales;
    ngx_uint_t                 nlocales;
    ngx_ai_item_t             *items;        /* by locale */
    ngx_log_t                 *log;
} ngx_http_ai_announce_t;

ngx_int_t ngx_http_ai_announce_init(ngx_http_request_t *r,
    const aif_seo_conf_t *conf, ngx_http_ai_announce_t *an);
ngx_uint_t ngx_http_ai_announce_lookup(ngx_http_ai_announce_t *an,
    const aif_str_t *path, u_char *announced);
void ngx_http_ai_announce_put(ngx_http_ai_announce_t *an,
    const aif_str_t *path, ngx_uint_t i);


#endif /* _NGX_HTTP_AI_ANNOUNCE_H_INCLUDED_ */
