
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


#define NGX_AI_STATE_VERSION  9      /* another one starts afresh */
#define NGX_AI_MAX_ENGINES    32
#define NGX_AI_MAX_LEASES     256    /* calls in flight of one engine */
#define NGX_AI_SELF_CALLS     4      /* anonymous fetches at a time */
#define NGX_AI_SELF_WAITING   32     /* behind those */
#define NGX_AI_QUERY_SETS     1024   /* of visitors with ai_query */
#define NGX_AI_STATE_TURN     50     /* ms */
#define NGX_AI_MAX_ACCOUNTS   512    /* pairs of an engine and a scope */
#define NGX_AI_CYCLES         2      /* configurations with so many, while the
                                        workers of one end */


/* an exchange of what is wider than an atomic may be */

#define ngx_ai_cmp_set64(word, old, set)                                      \
    __sync_bool_compare_and_swap(word, old, set)


/* Why a page was left to the origin, or a part of it; $ai_reason. */

#define NGX_AI_REASONS(X)                                                     \
    X(none) X(off) X(bypass) X(locale) X(type) X(size) X(slow) X(encoding)    \
    X(charset) X(method) X(status) X(personal) X(crawler) X(budget)           \
    X(breaker) X(queue) X(engine) X(guard) X(hydration) X(markup) X(memory)   \
    X(store) X(cut) X(pending) X(facts)

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


/*
 * Slots are found by the hash of a name; "cycle" is the last configuration
 * that knew it.
 */

typedef struct {
    ngx_atomic_t   hash;        /* 0: free */
    ngx_atomic_t   cycle;
} ngx_ai_slot_t;


/* A minute's or a day's budget; words are those of aif_budget.h. */

typedef enum {
    NGX_AI_WINDOW_MINUTE = 0,
    NGX_AI_WINDOW_DAY,
    NGX_AI_WINDOWS
} ngx_ai_window_e;

typedef struct {
    volatile uint64_t  word;
    volatile uint64_t  refused;     /* a word too: the smallest call that it
                                       was too full for */
    volatile uint64_t  warned;      /* period, and how far it was used */
} ngx_ai_window_t;


/*
 * What was taken out of an account for a call.  Whoever changes the ticket to
 * 0 settles it; the rest is written before the ticket, by the lease's owner.
 */

typedef struct {
    ngx_atomic_t   ticket;      /* 0: nothing */
    ngx_atomic_t   account;     /* index */
    uint64_t       taken;
    uint64_t       guess;       /* settled as this if its owner died */
    uint64_t       period[NGX_AI_WINDOWS];   /* that it was taken from */
} ngx_ai_reserve_t;


typedef struct {
    volatile uint64_t  held;     /* the owner's pid, and in the lower half the
                                    deadline: ngx_current_msec; past, or the
                                    owner dead: free for all.  0: free */
    ngx_ai_reserve_t   reserve;
} ngx_ai_lease_t;


/* What an engine cost a scope. */

typedef struct {
    ngx_ai_slot_t      slot;
    ngx_ai_window_t    window[NGX_AI_WINDOWS];
    ngx_atomic_t       calls;
    ngx_atomic_t       input;           /* tokens or characters */
    ngx_atomic_t       output;
    ngx_atomic_t       cost;            /* billionths */
    ngx_atomic_t       refused;         /* texts */
} ngx_ai_account_state_t;


typedef struct {
    ngx_ai_slot_t  slot;
    u_char         name[64];
    ngx_atomic_t   calls;
    ngx_atomic_t   answers;         /* calls that gave an answer */
    ngx_atomic_t   errors;          /* connect, time-out, 5xx, garbage */
    ngx_atomic_t   throttled;
    ngx_atomic_t   retries;         /* calls made again */
    ngx_atomic_t   texts_sent;
    ngx_atomic_t   texts_stored;
    ngx_atomic_t   terms_missed;    /* answers that a glossary isn't in */
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
    ngx_atomic_t   form;            /* what it doesn't take; ngx_ai_form.c */
    ngx_atomic_t   form_until;      /* ngx_current_msec */
    volatile uint64_t  turn;        /* who gets the next lease, as "held" */
    ngx_ai_lease_t lease[NGX_AI_MAX_LEASES];
} ngx_ai_engine_state_t;


typedef struct {
    ngx_atomic_t           pid;
    ngx_atomic_t           cycle;          /* that it was started for */
} ngx_ai_worker_state_t;


typedef struct {
    ngx_atomic_t           version;
    ngx_atomic_t           cycle;          /* configurations so far */
    ngx_atomic_t           tickets;        /* given out */
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
    ngx_atomic_t           shadow_whole;   /* pages in shadow that would have
                                              been whole in their locale, */
    ngx_atomic_t           shadow_mixed;   /* mixed, */
    ngx_atomic_t           shadow_same;    /* the same, to the byte, */
    ngx_atomic_t           shadow_origin;  /* or left to the origin */
    ngx_atomic_t           query_changed;  /* the shop got its own words */
    ngx_atomic_t           query_asked;    /* new words */
    ngx_atomic_t           query_late;     /* not there in time */
    ngx_atomic_t           query_limited;  /* over the visitor's share */
    ngx_atomic_t           query_share[NGX_AI_QUERY_SETS * NGX_AI_SHARE_WAYS];
    ngx_ai_worker_state_t  worker[NGX_MAX_PROCESSES];
    ngx_ai_account_state_t account[NGX_AI_MAX_ACCOUNTS
                                   * NGX_AI_CYCLES];
    ngx_ai_engine_state_t  engine[NGX_AI_MAX_ENGINES * NGX_AI_CYCLES];
} ngx_ai_state_t;


#define ngx_ai_count(counter)     (void) ngx_atomic_fetch_add(&(counter), 1)
#define ngx_ai_add(counter, n)    (void) ngx_atomic_fetch_add(&(counter), n)


/*
 * ngx_ai_state_init() is the zone's init handler's work on a fresh or
 * inherited zone; each call begins another cycle.
 *
 * ngx_ai_state_engine() and ngx_ai_state_account() find a slot by name or take
 * one, for the cycle: a free one, or one that neither this cycle nor that of
 * any living worker knows; NULL: all are taken.  To take is for the process
 * that makes the cycle; a worker only finds.
 *
 * ngx_ai_state_worker() says that this process works for the cycle, and
 * returns the pid of the one that was in its place and is dead, or 0.
 *
 * ngx_ai_state_lease() takes one of "max" leases until deadline and returns
 * it, or NULL if there is none, or the next one is another's: of those who got
 * none and come again within NGX_AI_STATE_TURN milliseconds, one who has
 * fewest is next.  ngx_ai_state_release() gives it back.  A lease may come with
 * the reserve of a call that its last owner did not live to settle.
 * ngx_ai_state_owner() is who has it, 0 if nobody, or nobody alive any more.
 * ngx_ai_state_dead(): there is no such process.
 *
 * Names of the enums for variables and status: static, never NULL.
 */

ngx_int_t ngx_ai_state_init(ngx_ai_state_t *state, ngx_uint_t inherited);
ngx_ai_engine_state_t *ngx_ai_state_engine(ngx_ai_state_t *state,
    ngx_str_t *name, ngx_uint_t cycle);
ngx_ai_account_state_t *ngx_ai_state_account(ngx_ai_state_t *state,
    ngx_str_t *name, ngx_uint_t cycle);
ngx_pid_t ngx_ai_state_worker(ngx_ai_state_t *state, ngx_uint_t cycle);
ngx_uint_t ngx_ai_state_dead(ngx_pid_t pid);
ngx_ai_lease_t *ngx_ai_state_lease(ngx_ai_engine_state_t *es, ngx_uint_t max,
    ngx_msec_t deadline);
void ngx_ai_state_release(ngx_ai_lease_t *lease);
ngx_pid_t ngx_ai_state_owner(ngx_ai_lease_t *lease);
ngx_str_t *ngx_ai_state_reason_name(ngx_uint_t reason);
ngx_str_t *ngx_ai_state_status_name(ngx_uint_t status);


#endif /* _NGX_AI_STATE_H_INCLUDED_ */
