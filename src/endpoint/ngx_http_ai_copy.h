
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the files of "ai_copy": what it was told, and what it reads.
 */


#ifndef _NGX_HTTP_AI_COPY_H_INCLUDED_
#define _NGX_HTTP_AI_COPY_H_INCLUDED_


#include "ngx_http_ai_endpoint.h"
#include "engine/aif_copy.h"
#include "infer/ngx_ai_read.h"


struct ngx_http_ai_copy_s {
    ngx_ai_engine_t       *engine;
    ngx_ai_account_t      *account;      /* set when the scope is known */
    ngx_str_t              users;        /* file; empty: nobody may */
    ngx_msec_t             wait;
};


/* Of each kind and number of variants; as long as the cycle. */

typedef struct {
    aif_prompt_t           prompt;       /* the first: check() gets this one */
    const aif_copy_kind_t *kind;
    ngx_uint_t             n;
} ngx_http_ai_copy_prompt_t;


/*
 * ngx_http_ai_copy_prompts() makes all of them once, and
 * ngx_http_ai_copy_prompt() finds one; NULL: no memory, none.  Setter and
 * merge are in ngx_http_ai_copy_conf.c, too.
 *
 * ngx_http_ai_copy_facts() makes the normal form of the facts of a page that
 * was read: NGX_OK; NGX_ERROR: no memory; or NGX_DECLINED, with the status and
 * the message that tell why there are none.
 */

ngx_int_t ngx_http_ai_copy_handler(ngx_http_request_t *r);
ngx_array_t *ngx_http_ai_copy_prompts(ngx_conf_t *cf);
ngx_http_ai_copy_prompt_t *ngx_http_ai_copy_prompt(ngx_array_t *prompts,
    const aif_copy_kind_t *kind, ngx_uint_t n);
ngx_int_t ngx_http_ai_copy_facts(ngx_ai_read_t *page, aif_arena_t *arena,
    aif_str_t *facts, ngx_uint_t *status, const char **message);


#endif /* _NGX_HTTP_AI_COPY_H_INCLUDED_ */
