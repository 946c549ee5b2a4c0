
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Accounts: what an engine may cost a scope, and did.
 */


#ifndef _NGX_AI_BUDGET_H_INCLUDED_
#define _NGX_AI_BUDGET_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif_budget.h"
#include "store/ngx_ai_state.h"


typedef struct ngx_ai_engine_s  ngx_ai_engine_t;


/* One "budget" of an engine; made at configuration time, then read only. */

typedef struct {
    ngx_str_t                scope;      /* data NULL: of any other */
    uint64_t                 limit[NGX_AI_WINDOWS];   /* tokens or characters;
                                            0: none */
} ngx_ai_budget_t;


/*
 * The account of an engine and a scope.  Made at configuration time; "state"
 * is a worker's, set by ngx_ai_budget_init().
 */

typedef struct {
    ngx_str_t                name;       /* engine, NUL, scope */
    ngx_str_t                scope;
    ngx_ai_engine_t         *engine;
    ngx_ai_budget_t          budget;
    ngx_ai_account_state_t  *state;
} ngx_ai_account_t;


/* tokens, or characters; what counts is the sum */

typedef struct {
    uint64_t                 input;
    uint64_t                 output;
} ngx_ai_amount_t;


/*
 * ngx_ai_budget_init() is for workers.
 *
 * ngx_ai_budget_look() is 1 if the account is not known to be used up; it
 * changes nothing.
 *
 * ngx_ai_budget_take() comes before a call that costs at most "bound" and
 * presumably "guess", and has the lease: NGX_OK; NGX_BUSY: not before one of
 * the calls under way is settled; NGX_ABORT: not in this period; NGX_DECLINED:
 * in no period.  With "last" there is no smaller call: NGX_ABORT then shuts
 * the account until something changes, and warns.  The ticket is for
 * ngx_ai_budget_settle(), which comes after each call that take() let go,
 * before the lease is given back: with what counts for the budget.
 *
 * ngx_ai_budget_count() adds a call to the account's figures,
 * ngx_ai_budget_refuse() texts that were not asked.
 *
 * ngx_ai_budget_bury() settles, by their guess, what dead workers took for
 * calls of an engine.
 *
 * ngx_ai_budget_text() adds the guess of one text, ngx_ai_budget_calls() that
 * of what goes with each of n calls.  ngx_ai_budget_cost() is in billionths.
 * ngx_ai_budget_used() is what a window used in its present period.
 */

ngx_int_t ngx_ai_budget_init(ngx_ai_state_t *state, ngx_array_t *accounts,
    ngx_uint_t cycle, ngx_log_t *log);
ngx_uint_t ngx_ai_budget_look(ngx_ai_account_t *account);
ngx_int_t ngx_ai_budget_take(ngx_ai_account_t *account,
    ngx_ai_engine_state_t *es, ngx_ai_lease_t *lease, ngx_ai_amount_t *bound,
    ngx_ai_amount_t *guess, ngx_uint_t last, ngx_atomic_uint_t *ticket);
void ngx_ai_budget_settle(ngx_ai_account_t *account,
    ngx_ai_engine_state_t *es, ngx_ai_lease_t *lease,
    ngx_atomic_uint_t ticket, ngx_ai_amount_t *spent);
void ngx_ai_budget_count(ngx_ai_account_t *account, ngx_ai_amount_t *spent);
void ngx_ai_budget_refuse(ngx_ai_account_t *account, ngx_uint_t texts);
void ngx_ai_budget_bury(ngx_ai_engine_state_t *es);
void ngx_ai_budget_text(ngx_ai_engine_t *engine, const aif_str_t *text,
    ngx_ai_amount_t *amount);
void ngx_ai_budget_calls(ngx_ai_engine_t *engine, ngx_uint_t n,
    ngx_ai_amount_t *amount);
uint64_t ngx_ai_budget_cost(ngx_ai_engine_t *engine, ngx_ai_amount_t *amount);
uint64_t ngx_ai_budget_used(ngx_ai_account_state_t *as, ngx_uint_t window);


#endif /* _NGX_AI_BUDGET_H_INCLUDED_ */
