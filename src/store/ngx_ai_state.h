
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The state zone: counters, engines' leases and breakers, what is done only
 * once, and the secret of the keys.  Fixed layout, atomics only, no lock; it
 * survives reloads, a dirty text zone and a changed "ai_zone" size.
 */


#ifndef _NGX_AI_STATE_H_INCLUDED_
#define _NGX_AI_STATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif_key.h"
#include "core/aif_guard.h"
#include "store/ngx_ai_once.h"
#include "store/ngx_ai_share.h"


#define NGX_AI_STATE_VERSION  4      /* another one starts afresh */
#define NGX_AI_MAX_ENGINES    32
#define NGX_AI_MAX_LEASES     256    /* calls in flight of one engine */
#define NGX_AI_SELF_CALLS     4      /* anonymous fetches at a time */
#define NGX_AI_SELF_WAITING   32     /* behind those */
#define NGX_AI_QUERY_SETS     1024   /* of visitors with ai_query */


/* Why a page was left to the origin, or a part of it; $ai_reason. */

#define NGX_AI_REASONS(X)                                                     \
    X(none) X(off) X(bypass) X(locale) X(type) X(size) X(slow) X(encoding)    \
    X(charset) X(method) X(status) X(personal) X(crawler) X(budget)           \
    X(breaker) X(queue) X(engine) X(guard) X(hydration) X(markup) X(memory)   \
    X(store) X(cut) X(pending)

#define NGX_AI_REASON_ENUM(name)  NGX_AI_REASON_##name,

typedef enum {
    NGX_AI_REASONS(NGX_AI_REASON_ENUM)
    NGX_AI_REASON_COUNT
} ngx_ai_reason_e;


typedef enum {
    NGX_AI_STATUS_NONE = 0,
    NGX_AI_STATUS_HIT,          /* everything was there */
    NGX_AI_STATUS_PARTIAL,
    NGX_AI_STATUS_MISS,         /* nothing was there */
    NGX_AI_STATUS_BYPASS,       /* not looked at */
    NGX_AI_STATUS_SHADOW,
    NGX_AI_STATUS_ORIGIN,       /* left to the origin by a fault or limit */
    NGX_AI_STATUS_COUNT
} ngx_ai_status_e;


typedef struct {
    ngx_atomic_t   owner;       /* pid, 0: free */
    ngx_atomic_t   deadline;    /* ngx_current_msec; past: free for all */
} ngx_ai_lease_t;


typedef struct {
    ngx_atomic_t   name_hash;       /* 0: slot is free */
    u_char         name[64];
    ngx_atomic_t   calls;
    ngx_atomic_t   answers;         /* calls that gave an answer */
    ngx_atomic_t   errors;          /* connect, time-out, 5xx, garbage */
    ngx_atomic_t   throttled;
    ngx_atomic_t   texts_sent;
    ngx_atomic_t   texts_stored;
    ngx_atomic_t   bytes_sent;
    ngx_atomic_t   bytes_received;
    ngx_atomic_t   input_tokens;
    ngx_atomic_t   output_tokens;
    ngx_atomic_t   msec;            /* sum of the calls' times */
    ngx_atomic_t   guard[AIF_GUARD_COUNT];
    ngx_atomic_t   dropped;         /* texts not asked: queue full */
    ngx_atomic_t   breaker_lock;    /* ngx_spinlock-free try lock, owner pid */
    ngx_atomic_t   breaker_state;   /* 0 closed, 1 open, 2 half open */
    ngx_atomic_t   breaker_failures;/* in a row */
    ngx_atomic_t   breaker_until;   /* ngx_current_msec */
    ngx_atomic_t   breaker_step;    /* doublings of the open time */
    ngx_atomic_t   breaker_probe;   /* owner of the probe, pid */
    ngx_atomic_t   breaker_opened;  /* how often */
    ngx_atomic_t   breaker_window;  /* start of the window, ngx_current_msec */
    ngx_atomic_t   breaker_calls;   /* in the window */
    ngx_atomic_t   breaker_bad;     /* of those failed or slow */
    ngx_atomic_t   retry_after;     /* ngx_current_msec; 429 */
    ngx_ai_lease_t lease[NGX_AI_MAX_LEASES];
} ngx_ai_engine_state_t;


typedef struct {
    ngx_atomic_t           version;
    aif_key_secret_t       secret;
    ngx_atomic_t           pages;          /* candidates seen */
    ngx_atomic_t           fragments;
    ngx_atomic_t           hits;
    ngx_atomic_t           misses;
    ngx_atomic_t           reason[NGX_AI_REASON_COUNT];
    ngx_atomic_t           status[NGX_AI_STATUS_COUNT];
    ngx_atomic_t           waited;         /* pages held by ai_wait */
    ngx_atomic_t           wait_msec;
    ngx_atomic_t           self_fetches;   /* anonymous ones, from ourselves */
    ngx_atomic_t           self_refused;   /* a redirect, 401, 403 ... came */
    ngx_atomic_t           self_failed;
    ngx_atomic_t           self_again;     /* texts not asked: to come again */
    ngx_atomic_t           self_limited;   /* not made, by a limit */
    ngx_atomic_t           self_withheld;  /* not made: address of one person,
                                              or none to ask at */
    ngx_ai_once_t          once;           /* pages fetched so */
    ngx_atomic_t           self_call[NGX_AI_SELF_CALLS];
    ngx_atomic_t           self_wait[NGX_AI_SELF_WAITING];
    ngx_atomic_t           self_rate[NGX_AI_SHARE_WAYS];
    ngx_atomic_t           query_changed;  /* the shop got its own words */
    ngx_atomic_t           query_asked;    /* new words */
    ngx_atomic_t           query_late;     /* not there in time */
    ngx_atomic_t           query_limited;  /* over the visitor's share */
    ngx_atomic_t           query_share[NGX_AI_QUERY_SETS * NGX_AI_SHARE_WAYS];
    ngx_ai_engine_state_t  engine[NGX_AI_MAX_ENGINES];
} ngx_ai_state_t;


#define ngx_ai_count(counter)     (void) ngx_atomic_fetch_add(&(counter), 1)
#define ngx_ai_add(counter, n)    (void) ngx_atomic_fetch_add(&(counter), n)


/*
 * ngx_ai_state_init() is the zone's init handler's work on a fresh or
 * inherited zone.  ngx_ai_state_engine() finds the slot of an engine by name
 * or takes a free one (NULL: NGX_AI_MAX_ENGINES are taken).
 * ngx_ai_state_lease() takes one of "max" leases until deadline and returns
 * it, or NULL; ngx_ai_state_release() gives it back.
 * Names of the enums for variables and status: static, never NULL.
 */

ngx_int_t ngx_ai_state_init(ngx_ai_state_t *state, ngx_uint_t inherited);
ngx_ai_engine_state_t *ngx_ai_state_engine(ngx_ai_state_t *state,
    ngx_str_t *name);
ngx_ai_lease_t *ngx_ai_state_lease(ngx_ai_engine_state_t *es, ngx_uint_t max,
    ngx_msec_t deadline);
void ngx_ai_state_release(ngx_ai_lease_t *lease);
ngx_str_t *ngx_ai_state_reason_name(ngx_uint_t reason);
ngx_str_t *ngx_ai_state_status_name(ngx_uint_t status);


#endif /* _NGX_AI_STATE_H_INCLUDED_ */
