
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Names of engines, found by nginx's own resolver where there is one.
 */


#ifndef _NGX_AI_NAME_H_INCLUDED_
#define _NGX_AI_NAME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>


#define NGX_AI_NAME_ADDRESSES  8       /* of a name, that are tried */
#define NGX_AI_NAME_HOST       255     /* bytes */

#define NGX_AI_NAME_LINE                                                      \
    (NGX_AI_NAME_HOST + sizeof("+:65535:")                                    \
     + NGX_AI_NAME_ADDRESSES * (NGX_SOCKADDR_STRLEN + sizeof("[],")))


/* The configuration's; without a resolver there is nothing to be found. */

typedef struct {
    ngx_resolver_t          *resolver;     /* or NULL */
    ngx_str_t                host;         /* at most NGX_AI_NAME_HOST */
    ngx_uint_t               port;
} ngx_ai_name_t;


typedef struct ngx_ai_name_lookup_s  ngx_ai_name_lookup_t;

struct ngx_ai_name_lookup_s {
    void                   (*handler)(ngx_ai_name_lookup_t *lookup);
    void                    *data;

    /* "+host:port:address,address" as CURLOPT_RESOLVE has it, or "" */

    u_char                   line[NGX_AI_NAME_LINE];

    ngx_ai_name_t           *name;
    ngx_resolver_ctx_t      *ctx;          /* NULL: nothing is asked */
    unsigned                 starting:1;
};


/*
 * ngx_ai_name_find() returns NGX_OK, and "line" is set; or NGX_AGAIN: the
 * handler will be called, once, from the event loop, unless
 * ngx_ai_name_forget() comes first, which may be called at any time.  What
 * the resolver doesn't know, or not in time (milliseconds), gives "".
 */

ngx_int_t ngx_ai_name_find(ngx_ai_name_lookup_t *lookup, ngx_ai_name_t *name,
    ngx_msec_t timeout);
void ngx_ai_name_forget(ngx_ai_name_lookup_t *lookup);


#endif /* _NGX_AI_NAME_H_INCLUDED_ */
