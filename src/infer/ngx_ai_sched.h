
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The scheduler: missing texts to calls, answers to the store.  A call belongs
 * to the worker, never to a request: waiters come and go, a paid call always
 * ends in the store.
 */


#ifndef _NGX_AI_SCHED_H_INCLUDED_
#define _NGX_AI_SCHED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "engine/aif_engine.h"
#include "infer/ngx_ai_budget.h"
#include "infer/ngx_ai_peer.h"
#include "infer/ngx_ai_glossary.h"
#include "infer/ngx_ai_policy.h"
#include "store/ngx_ai_store.h"


/* One ai_engine block; made at configuration time, then read only. */

struct ngx_ai_engine_s {
    ngx_str_t              name;
    const aif_engine_t    *dialect;
    aif_engine_conf_t      conf;
    ngx_msec_t             connect_timeout;
    ngx_msec_t             timeout;
    ngx_uint_t             concurrency;     /* calls in flight, all workers */
    ngx_uint_t             queue;           /* waiting texts, per worker */
    ngx_uint_t             batch;           /* texts per call */
    ngx_ai_peer_t          peer;
    ngx_array_t           *headers;         /* ngx_str_t, NUL-terminated */
    ngx_str_t              key_file;
    ngx_str_t              certificate_file;
    ngx_str_t              certificate_key_file;
    ngx_uint_t             index;           /* among the engines */
    uint32_t               recipe;          /* of dialect and model */
    uint32_t               service;         /* of address and model */
    uint64_t               price_input;     /* of a million, in millionths */
    uint64_t               price_output;
    ngx_uint_t             overhead;        /* tokens of a call's prompt */
    ngx_array_t           *budgets;         /* ngx_ai_budget_t, or NULL */
    unsigned               characters:1;    /* are counted; else tokens */
    unsigned               priced:1;
};


/*
 * A waiter is in its request's memory, zeroed before its first use.  "wake" is
 * posted to ngx_posted_events, once, when nothing that it waits for is in
 * flight any more.  ngx_ai_sched_forget() is to be called when the waiter goes
 * away (http cleanup): it unlinks and calls nothing; calling it twice is
 * harmless.  A posted "wake" remains the caller's to delete.
 */

typedef struct {
    ngx_event_t           *wake;
    ngx_uint_t             pending;     /* texts that are still awaited */
    ngx_uint_t             reason;      /* ngx_ai_reason_e of the last text
                                           that won't come, or none */
    ngx_queue_t            links;       /* to this worker's jobs */
} ngx_ai_waiter_t;


/* What a page asks for. */

typedef struct {
    ngx_ai_store_t        *store;
    ngx_ai_space_t         space;          /* recipe: ignored, the engine's
                                              own is stored */
    ngx_ai_account_t     **accounts;       /* of engines, in order of
                                              preference */
    ngx_uint_t             naccounts;
    const ngx_ai_policy_t *policy;         /* NULL: nothing is masked */
    const aif_prompt_t    *prompt;         /* NULL: "translate"; as long as
                                              the cycle.  The space's kind is
                                              its name */
    ngx_ai_check_pt        check;          /* NULL: the fact lock */
    ngx_ai_glossary_t     *glossary;       /* NULL: none.  The items' recipe is
                                              of their terms */
    ngx_str_t              segment;        /* as in the space; may be empty */
    ngx_str_t              source_locale;
    ngx_str_t              target_locale;
    ngx_ai_item_t         *items;          /* MISS, PENDING or STALE ones; the
                                              call changes "found" */
    ngx_uint_t             nitems;
    uint64_t               visitor;        /* who causes it: shares queues */
    ngx_pool_t            *pool;           /* of the waiter; NULL without one */
    ngx_ai_waiter_t       *waiter;         /* NULL: nobody waits */
    ngx_uint_t             reason;         /* out: ngx_ai_reason_e why texts
                                              were not asked (queue, breaker,
                                              budget, store, memory, engine),
                                              or none */
    ngx_uint_t             asked;          /* out: texts claimed and queued */
    ngx_ai_amount_t        guess;          /* out: what those may be counted
                                              as, and cost (billionths) */
    uint64_t               cost;
} ngx_ai_fetch_t;


/*
 * ngx_ai_sched_fetch() claims, queues and starts.  Copies what it keeps.
 * Returns NGX_AGAIN (the waiter is linked and will be woken), NGX_OK (nothing
 * in flight: nothing to wait for) or NGX_ERROR (no memory; nothing is linked).
 * Never calls the waiter back before it returns.  Nobody waits for a STALE
 * text: it has a value.  A waiter is in one fetch at a time.
 *
 * ngx_ai_sched_state() is an engine's state in this worker, for who calls it
 * without the scheduler; NULL if there is no worker here.
 *
 * ngx_ai_sched_init(): init_process; touches no socket.
 * ngx_ai_sched_exit(): exit_process, before ngx_ai_curl_exit(), which ends the
 * calls in flight.
 */

ngx_int_t ngx_ai_sched_fetch(ngx_ai_fetch_t *fetch);
void ngx_ai_sched_forget(ngx_ai_waiter_t *waiter);
ngx_ai_engine_state_t *ngx_ai_sched_state(ngx_ai_engine_t *engine);
ngx_int_t ngx_ai_sched_init(ngx_cycle_t *cycle, ngx_ai_store_t *store,
    ngx_array_t *engines /* of ngx_ai_engine_t * */,
    ngx_array_t *accounts /* of ngx_ai_account_t * */);
void ngx_ai_sched_exit(void);


#endif /* _NGX_AI_SCHED_H_INCLUDED_ */
