
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The request for a page of this nginx as a stranger would make it: nothing of
 * a visitor's is in it but the address, the host and the locale.
 */


#ifndef _NGX_AI_STRANGER_H_INCLUDED_
#define _NGX_AI_STRANGER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_curl.h"
#include "infer/ngx_ai_self.h"


#define NGX_AI_STRANGER_CONNECT  1000      /* ms */
#define NGX_AI_STRANGER_TIMEOUT  10000     /* ms */


typedef struct {
    ngx_ai_curl_call_t    curl;
    ngx_array_t           headers;
    ngx_str_t             line[5];
} ngx_ai_stranger_t;


/*
 * ngx_ai_stranger_make() fills a zeroed request, whose handler and data are the
 * caller's to set; "p" is zeroed memory of ngx_ai_stranger_size() bytes that
 * lives as long.
 */

size_t ngx_ai_stranger_size(ngx_ai_self_fetch_t *fetch);
void ngx_ai_stranger_make(ngx_ai_stranger_t *st, ngx_ai_self_fetch_t *fetch,
    ngx_ai_self_name_t *name, u_char *p);


#endif /* _NGX_AI_STRANGER_H_INCLUDED_ */
