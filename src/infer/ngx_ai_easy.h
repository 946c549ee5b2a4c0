
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's easy handles: one is a call on its way.
 */


#ifndef _NGX_AI_EASY_H_INCLUDED_
#define _NGX_AI_EASY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_curl.h"

#include <curl/curl.h>


/* an easy handle, with everything that must live as long as its call */

typedef struct {
    ngx_queue_t           queue;       /* of the free, or the caller's */
    ngx_queue_t           news;        /* of those with new bytes */
    CURL                 *easy;        /* its CURLOPT_PRIVATE is this */
    ngx_ai_curl_call_t   *call;
    ngx_ai_peer_t        *peer;        /* set in the handle */
    struct curl_slist    *lines;
    struct curl_slist    *route;       /* of a GET */
    struct curl_slist    *addresses;   /* of the name */
    ngx_ai_name_lookup_t  lookup;      /* the caller's */
    u_char               *answer;
    size_t                len;
    size_t                size;
    size_t                header;      /* bytes seen */
    ngx_msec_t            start;
    ngx_uint_t            refused;     /* no connection for it */
    unsigned              begun:1;     /* the caller's: it is in the multi */
    unsigned              sent:1;      /* the request, or about to be */
    unsigned              unsure:1;    /* if it was read: no answer came */
    unsigned              too_large:1;
    unsigned              get:1;
    unsigned              told:1;      /* is in that queue */
    unsigned              stopped:1;   /* the caller's: it is to end */
    char                  error[CURL_ERROR_SIZE];
} ngx_ai_easy_t;


/*
 * ngx_ai_easy_take() gives a handle with everything set that the call says, in
 * no queue; NULL without memory.
 *
 * ngx_ai_easy_addresses() sets what lookup.line says, and how long the call
 * may take from now on, at least a millisecond.
 *
 * ngx_ai_easy_news() gives, once, a handle whose call wants to be told of
 * bytes, and has new ones; NULL: none.
 *
 * ngx_ai_easy_give() takes it back; it must have left the multi.  "failed": it
 * is not trusted to be clean.
 *
 * ngx_ai_easy_exit() frees those that were given back.
 */

ngx_ai_easy_t *ngx_ai_easy_take(ngx_ai_curl_call_t *call);
ngx_int_t ngx_ai_easy_addresses(ngx_ai_easy_t *h, ngx_msec_int_t left);
ngx_ai_easy_t *ngx_ai_easy_news(void);
void ngx_ai_easy_give(ngx_ai_easy_t *h, ngx_uint_t failed);
void ngx_ai_easy_exit(void);


#endif /* _NGX_AI_EASY_H_INCLUDED_ */
