
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's sockets as nginx connections: events, and the number of them.
 */


#ifndef _NGX_AI_SOCK_H_INCLUDED_
#define _NGX_AI_SOCK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include <curl/curl.h>


/*
 * ngx_ai_sock_init() makes a multi's sockets ours, ngx_ai_sock_options() those
 * that an easy handle opens: *refused is set when one is not opened because
 * worker_connections are used up.
 *
 * ngx_ai_sock_room(): 1 if a call may get a connection, a new or an idle one.
 *
 * ngx_ai_sock_exit() comes after curl_multi_cleanup().
 *
 * Called from the events: ready() with CURL_CSELECT_IN or CURL_CSELECT_OUT,
 * close() when nginx wants the worker's connections closed; both may close
 * sockets.
 */

typedef struct {
    void  (*ready)(curl_socket_t fd, int what);
    void  (*close)(void);
} ngx_ai_sock_handlers_t;


ngx_int_t ngx_ai_sock_init(CURLM *multi,
    const ngx_ai_sock_handlers_t *handlers);
ngx_int_t ngx_ai_sock_options(CURL *easy, ngx_uint_t *refused);
ngx_uint_t ngx_ai_sock_room(void);
void ngx_ai_sock_exit(void);


#endif /* _NGX_AI_SOCK_H_INCLUDED_ */
