
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Pages of this nginx for endpoints to read, asked for as a stranger: what a
 * stranger doesn't get, nobody reads here.
 */


#ifndef _NGX_AI_READ_H_INCLUDED_
#define _NGX_AI_READ_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_self.h"


#define NGX_AI_READ_TIME      10000               /* ms that a page is shared */
#define NGX_AI_READ_MAX       (2 * 1024 * 1024)   /* bytes of a page */
#define NGX_AI_READ_PAGES     32                  /* of a worker */
#define NGX_AI_READ_CALLS     8                   /* at a time, of a worker */


typedef struct ngx_ai_read_s  ngx_ai_read_t;

typedef void (*ngx_ai_read_handler_pt)(ngx_ai_read_t *read);

/* Zeroed before; in the caller's memory. */

struct ngx_ai_read_s {
    ngx_ai_read_handler_pt   handler;
    void                    *data;

    /* what came; strings are there until ngx_ai_read_forget() */

    ngx_uint_t               status;      /* 0: no answer, or too large */
    ngx_str_t                type;        /* Content-Type */
    ngx_str_t                body;
    unsigned                 filtered:1;  /* its location has the filter on */

    ngx_queue_t              queue;       /* ngx_ai_read.c's */
    void                    *page;
};


/*
 * ngx_ai_read_start(): NGX_OK (it is there), NGX_AGAIN (the handler will be
 * called, once, from the event loop), NGX_BUSY (too many at a time) or
 * NGX_ERROR (no memory).  Who asks for a page within NGX_AI_READ_TIME of
 * another, for the same host, target and locale, gets the same.
 *
 * ngx_ai_read_forget() gives the page back, and calls no handler any more; it
 * must be called after NGX_OK and NGX_AGAIN, in a cleanup at the latest;
 * calling it twice is harmless.
 *
 * ngx_ai_read_exit(): exit_process, after ngx_ai_curl_exit(), which ends what
 * is under way.
 */

ngx_int_t ngx_ai_read_start(ngx_ai_state_t *state, ngx_ai_self_fetch_t *fetch,
    ngx_ai_read_t *read);
void ngx_ai_read_forget(ngx_ai_read_t *read);
void ngx_ai_read_exit(void);


#endif /* _NGX_AI_READ_H_INCLUDED_ */
