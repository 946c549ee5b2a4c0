
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's multi interface in nginx's event loop.  One multi per worker,
 * made at the first call.
 */


#ifndef _NGX_AI_CURL_H_INCLUDED_
#define _NGX_AI_CURL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "infer/ngx_ai_peer.h"


#define NGX_AI_CURL_MAX_ANSWER  (8 * 1024 * 1024)   /* bytes, decompressed, or
                                                       discarded */


typedef struct ngx_ai_curl_call_s  ngx_ai_curl_call_t;

typedef enum {
    NGX_AI_CURL_OK = 0,      /* an answer came, with any status */
    NGX_AI_CURL_CONNECT,     /* name, connect or TLS */
    NGX_AI_CURL_TIMEOUT,
    NGX_AI_CURL_TOO_LARGE,
    NGX_AI_CURL_BROKEN,      /* cut off, or not HTTP */
    NGX_AI_CURL_BUSY,        /* the worker's connections are used up */
    NGX_AI_CURL_STOPPED,     /* by ngx_ai_curl_stop() */
    NGX_AI_CURL_CLOSED       /* the worker exits */
} ngx_ai_curl_result_e;

typedef void (*ngx_ai_curl_handler_pt)(ngx_ai_curl_call_t *call);


/*
 * The caller fills a call (zeroed before) that lives in its own memory until
 * the handler ran, as do the strings.  The handler runs once, from the event
 * loop, never inside ngx_ai_curl_start(); it may start new calls.  "answer" is
 * curl's until the handler returns.
 *
 * A call with "get" set has no body, and its answer is counted and thrown
 * away, unless "keep" is set: "answer" is empty.  It opens a connection of its
 * own and closes it, is not compressed, and has no headers but those that are
 * listed.  Its request line has "target" as it is, without a look at it.
 *
 * "received", if it is set, runs each time that bytes came, from the event
 * loop: "answer" is all of them so far.
 */

struct ngx_ai_curl_call_s {
    ngx_str_t                url;            /* NUL-terminated */
    ngx_str_t                content_type;   /* value */
    ngx_str_t                authorization;  /* whole line, NUL-terminated */
    ngx_array_t             *headers;        /* ngx_str_t, whole lines, NUL-
                                                terminated; or NULL */
    ngx_str_t                body;
    ngx_str_t                target;         /* get: NUL-terminated, or "" for
                                                that of the URL */
    ngx_str_t                connect_to;     /* get: "host:port:address:port",
                                                NUL-terminated, or "" */
    unsigned                 get:1;
    unsigned                 keep:1;         /* get: hand the answer over */
    ngx_str_t                mark;           /* get: name of a header, lower
                                                case, or "": is it there? */
    ngx_msec_t               connect_timeout;
    ngx_msec_t               timeout;
    ngx_ai_peer_t           *peer;           /* NULL: a zeroed one */
    ngx_ai_curl_handler_pt   received;       /* or NULL */
    ngx_ai_curl_handler_pt   handler;
    void                    *data;

    /* set before the handler is called */

    ngx_ai_curl_result_e     result;
    ngx_uint_t               status;
    ngx_msec_t               retry_after;    /* from the header, 0: none */
    ngx_msec_t               elapsed;
    ngx_str_t                answer;
    ngx_str_t                type;           /* Content-Type; curl's, too */
    unsigned                 marked:1;       /* it was there */
    const char              *error;          /* curl's words, never a secret */

    void                    *priv;           /* ngx_ai_curl.c's */
};


/*
 * ngx_ai_curl_start(): NGX_OK (the handler will be called), NGX_AGAIN (too few
 * free connections: a quarter of worker_connections is kept for visitors) or
 * NGX_ERROR (no memory, or the worker exits); logged by the caller.
 *
 * ngx_ai_curl_stop() ends a call that was started; its handler runs soon, with
 * NGX_AI_CURL_STOPPED, if it did not end meanwhile.  It may be called from
 * anywhere, also after the end.
 *
 * ngx_ai_curl_exit(): exit_process; ends what is in flight, with
 * NGX_AI_CURL_CLOSED.
 */

ngx_int_t ngx_ai_curl_start(ngx_ai_curl_call_t *call);
void ngx_ai_curl_stop(ngx_ai_curl_call_t *call);
void ngx_ai_curl_exit(void);


#endif /* _NGX_AI_CURL_H_INCLUDED_ */
