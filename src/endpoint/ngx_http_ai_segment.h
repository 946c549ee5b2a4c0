
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What "ai_segment" was told, between its handler and its setter.
 */


#ifndef _NGX_HTTP_AI_SEGMENT_H_INCLUDED_
#define _NGX_HTTP_AI_SEGMENT_H_INCLUDED_


#include "ngx_http_ai_endpoint.h"


struct ngx_http_ai_segment_s {
    ngx_ai_engine_t       *engine;
    ngx_ai_account_t      *account;      /* set when the scope is known */
    ngx_str_t              users;        /* file; empty: nobody may */
    ngx_str_t              key_file;
    size_t                 size;
    time_t                 ttl;
    ngx_uint_t             epsilon;      /* of a report, thousandths */
    ngx_uint_t             epsilon_day;
    ngx_uint_t             nlabels;
    ngx_str_t              labels[NGX_AI_CUSTOMERS_LABELS];
    uint32_t               set;
    aif_prompt_t           prompt;       /* for engines that follow prompts */
};


/* Setter and merge are in ngx_http_ai_segment_conf.c. */

ngx_int_t ngx_http_ai_segment_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_AI_SEGMENT_H_INCLUDED_ */
