
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * One call of an engine: a batch of texts in its dialect, over the wire and
 * back, and what its end means.
 */


#ifndef _NGX_AI_CALL_H_INCLUDED_
#define _NGX_AI_CALL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "engine/aif_engine.h"
#include "infer/ngx_ai_sched.h"
#include "infer/ngx_ai_curl.h"


typedef enum {
    NGX_AI_CALL_ANSWER = 0,      /* at least one text has its target */
    NGX_AI_CALL_RETRY,           /* may be better soon */
    NGX_AI_CALL_THROTTLED,       /* the engine wants fewer calls */
    NGX_AI_CALL_TOO_LONG,        /* fewer texts may do */
    NGX_AI_CALL_AGAIN,           /* at once: the request will be another */
    NGX_AI_CALL_FAILED,          /* don't ask this engine again */
    NGX_AI_CALL_BUSY,            /* not sent: no connection */
    NGX_AI_CALL_CLOSED           /* the worker exits */
} ngx_ai_call_end_e;


typedef struct ngx_ai_call_s  ngx_ai_call_t;

typedef void (*ngx_ai_call_handler_pt)(ngx_ai_call_t *call);

struct ngx_ai_call_s {
    ngx_ai_engine_t         *engine;
    ngx_ai_engine_state_t   *state;
    aif_arena_t             *arena;
    aif_engine_batch_t       batch;    /* AIF_ENGINE_MAX_BATCH items, n 0 */
    ngx_ai_call_handler_pt   handler;
    void                    *data;
    ngx_ai_call_end_e        end;      /* set before the handler is called */

    ngx_ai_account_t        *account;  /* set before it is started */

    ngx_ai_lease_t          *lease;
    ngx_atomic_uint_t        ticket;   /* of what it took of the account */
    ngx_ai_amount_t          bound;
    ngx_ai_amount_t          guess;
    ngx_uint_t               probe;
    ngx_ai_curl_call_t       curl;
};


/*
 * ngx_ai_call_create() takes one of the engine's leases and makes a call in
 * memory of its own: NULL, with *rc NGX_AGAIN (none is free) or NGX_ERROR (no
 * memory).  The caller sets locales and items, which must stay until the
 * handler ran, n, account, handler and data; data may come from the arena.
 *
 * ngx_ai_call_start() returns NGX_OK (the handler will be called, once, from
 * the event loop), NGX_AGAIN (not now: breaker or connections), NGX_BUSY (not
 * before others' calls are settled), NGX_ABORT (the budget is used up for this
 * period), NGX_DECLINED (these texts can't be sent at once: by the dialect, or
 * within the budget) or NGX_ERROR.
 *
 * ngx_ai_call_free() gives everything back, the lease too; it is for calls
 * that did not start, and for handlers.
 */

ngx_ai_call_t *ngx_ai_call_create(ngx_ai_engine_t *engine,
    ngx_ai_engine_state_t *es, ngx_int_t *rc);
ngx_int_t ngx_ai_call_start(ngx_ai_call_t *call);
void ngx_ai_call_free(ngx_ai_call_t *call);


#endif /* _NGX_AI_CALL_H_INCLUDED_ */
