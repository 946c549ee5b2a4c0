
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Budgets.  What a call may cost at most is taken out of its account before
 * it is sent, and what it did cost is settled after it.  An account has a
 * word for the minute and one for the day in the state zone, each changed by
 * one exchange: all workers together never take more than there is, and none
 * of them waits for another.  What was taken is written into the call's
 * lease; if the worker dies, whoever finds the lease settles it by the guess.
 * (Between the exchange and the note there are some instructions: who dies
 * there leaves a hole until the period ends.)
 *
 * Counts units, and knows neither texts nor answers.  The files of infer/ may
 * call it, and the status.
 */


#include "infer/ngx_ai_budget.h"
#include "infer/ngx_ai_sched.h"


#define NGX_AI_BUDGET_WARN   80     /* per cent */

/* tokens of JSON around a text, on the way out and on the way back */

#define NGX_AI_BUDGET_WRAP   12

/* how far a period was warned of; the number of the period is above it */

#define NGX_AI_BUDGET_ALMOST 1
#define NGX_AI_BUDGET_ALL    2
#define NGX_AI_BUDGET_FAR    4      /* of these */


static uint64_t ngx_ai_budget_now(ngx_uint_t window);
static uint64_t ngx_ai_budget_limit(ngx_ai_account_t *account,
    ngx_uint_t window);
static ngx_int_t ngx_ai_budget_draw(ngx_ai_account_t *account,
    ngx_uint_t window, uint64_t amount, uint64_t *period, uint64_t *full);
static void ngx_ai_budget_give(ngx_ai_account_state_t *as, ngx_uint_t window,
    uint64_t period, uint64_t taken, uint64_t spent);
static ngx_int_t ngx_ai_budget_short(ngx_ai_account_t *account,
    ngx_ai_engine_state_t *es, ngx_uint_t window, uint64_t full,
    uint64_t amount, ngx_uint_t last);
static uint64_t ngx_ai_budget_open(ngx_ai_account_t *account,
    ngx_ai_engine_state_t *es, ngx_uint_t window);
static void ngx_ai_budget_bury_lease(ngx_ai_lease_t *lease);
static void ngx_ai_budget_warn(ngx_ai_account_t *account, ngx_uint_t window,
    ngx_uint_t far);
static ngx_uint_t ngx_ai_budget_warned(ngx_ai_window_t *w, uint64_t now,
    ngx_uint_t far);


static ngx_ai_state_t  *ngx_ai_budget_state;

static unsigned  ngx_ai_budget_lengths[NGX_AI_WINDOWS] = {
    AIF_BUDGET_MINUTE, AIF_BUDGET_DAY
};

static const char  *ngx_ai_budget_names[NGX_AI_WINDOWS] = { "minute", "day" };


ngx_int_t
ngx_ai_budget_init(ngx_ai_state_t *state, ngx_array_t *accounts,
    ngx_uint_t cycle, ngx_log_t *log)
{
    ngx_uint_t          i;
    ngx_ai_account_t  **account;

    ngx_ai_budget_state = state;
    account = accounts->elts;

    for (i = 0; i < accounts->nelts; i++) {

        account[i]->state = ngx_ai_state_account(state, &account[i]->name,
                                                 cycle);

        if (account[i]->state == NULL) {
            ngx_log_error(NGX_LOG_EMERG, log, 0,
                          "no room for ai engine \"%V\" in scope \"%V\"",
                          &account[i]->engine->name, &account[i]->scope);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static uint64_t
ngx_ai_budget_now(ngx_uint_t window)
{
    return aif_budget_period(ngx_time(), ngx_ai_budget_lengths[window]);
}


static uint64_t
ngx_ai_budget_limit(ngx_ai_account_t *account, ngx_uint_t window)
{
    return account->budget.limit[window] ? account->budget.limit[window]
                                         : AIF_BUDGET_LIMIT;
}


uint64_t
ngx_ai_budget_used(ngx_ai_account_state_t *as, ngx_uint_t window)
{
    return aif_budget_used(as->window[window].word, ngx_ai_budget_now(window));
}


/* What does not fit any more, as long as no call under way gives back. */

ngx_uint_t
ngx_ai_budget_look(ngx_ai_account_t *account)
{
    uint64_t          now, refused;
    ngx_uint_t        i;
    ngx_ai_window_t  *w;

    for (i = 0; i < NGX_AI_WINDOWS; i++) {

        w = &account->state->window[i];
        now = ngx_ai_budget_now(i);
        refused = aif_budget_used(w->refused, now);

        if (refused && aif_budget_used(w->word, now) + refused
                       > ngx_ai_budget_limit(account, i))
        {
            return 0;
        }
    }

    return 1;
}


ngx_int_t
ngx_ai_budget_take(ngx_ai_account_t *account, ngx_ai_engine_state_t *es,
    ngx_ai_lease_t *lease, ngx_ai_amount_t *bound, ngx_ai_amount_t *guess,
    ngx_uint_t last, ngx_atomic_uint_t *ticket)
{
    uint64_t           amount, full;
    ngx_uint_t         i;
    ngx_ai_reserve_t  *r;

    *ticket = 0;

    ngx_ai_budget_bury_lease(lease);

    r = &lease->reserve;
    amount = bound->input + bound->output;

    for (i = 0; i < NGX_AI_WINDOWS; i++) {
        if (amount > ngx_ai_budget_limit(account, i)) {
            return NGX_DECLINED;
        }
    }

    for (i = 0; i < NGX_AI_WINDOWS; i++) {

        if (ngx_ai_budget_draw(account, i, amount, &r->period[i], &full)
            == NGX_OK)
        {
            continue;
        }

        if (i == NGX_AI_WINDOW_DAY) {
            ngx_ai_budget_give(account->state, NGX_AI_WINDOW_MINUTE,
                               r->period[NGX_AI_WINDOW_MINUTE], amount, 0);
        }

        return ngx_ai_budget_short(account, es, i, full, amount, last);
    }

    r->account = account->state - ngx_ai_budget_state->account;
    r->taken = amount;
    r->guess = ngx_min(guess->input + guess->output, amount);

    *ticket = ngx_atomic_fetch_add(&ngx_ai_budget_state->tickets, 1) + 1;

    ngx_memory_barrier();
    r->ticket = *ticket;

    return NGX_OK;
}


/* "full": the word that had not enough */

static ngx_int_t
ngx_ai_budget_draw(ngx_ai_account_t *account, ngx_uint_t window,
    uint64_t amount, uint64_t *period, uint64_t *full)
{
    uint64_t          word, next;
    ngx_ai_window_t  *w;

    w = &account->state->window[window];

    do {
        word = w->word;

        if (aif_budget_take(word, ngx_ai_budget_now(window),
                            ngx_ai_budget_limit(account, window), amount,
                            &next, period)
            != AIF_OK)
        {
            *full = word;
            return NGX_DECLINED;
        }

    } while (!ngx_ai_cmp_set64(&w->word, word, next));

    return NGX_OK;
}


static void
ngx_ai_budget_give(ngx_ai_account_state_t *as, ngx_uint_t window,
    uint64_t period, uint64_t taken, uint64_t spent)
{
    uint64_t          word, next;
    ngx_ai_window_t  *w;

    w = &as->window[window];

    do {
        word = w->word;
        next = aif_budget_settle(word, ngx_ai_budget_now(window), period,
                                 taken, spent);

    } while (!ngx_ai_cmp_set64(&w->word, word, next));
}


/* Calls under way may give back enough; if not, it is over for this period. */

static ngx_int_t
ngx_ai_budget_short(ngx_ai_account_t *account, ngx_ai_engine_state_t *es,
    ngx_uint_t window, uint64_t full, uint64_t amount, ngx_uint_t last)
{
    uint64_t          now, used, open, refused;
    ngx_ai_window_t  *w;

    ngx_ai_budget_bury(es);

    now = ngx_ai_budget_now(window);
    used = aif_budget_used(full, now);
    open = ngx_ai_budget_open(account, es, window);

    if (used - ngx_min(open, used) + amount
        <= ngx_ai_budget_limit(account, window))
    {
        return NGX_BUSY;
    }

    if (last) {
        w = &account->state->window[window];
        refused = aif_budget_used(w->refused, now);

        if (refused == 0 || amount < refused) {
            w->refused = aif_budget_begin(now, amount);
        }

        ngx_ai_budget_warn(account, window, NGX_AI_BUDGET_ALL);
    }

    return NGX_ABORT;
}


/* what calls under way have taken in this period */

static uint64_t
ngx_ai_budget_open(ngx_ai_account_t *account, ngx_ai_engine_state_t *es,
    ngx_uint_t window)
{
    uint64_t           now, sum;
    ngx_uint_t         i, index;
    ngx_ai_reserve_t  *r;

    sum = 0;
    now = ngx_ai_budget_now(window);
    index = account->state - ngx_ai_budget_state->account;

    for (i = 0; i < NGX_AI_MAX_LEASES; i++) {

        r = &es->lease[i].reserve;

        if (r->ticket && r->account == index && r->period[window] == now) {
            sum += r->taken;
        }
    }

    return sum;
}


void
ngx_ai_budget_settle(ngx_ai_account_t *account, ngx_ai_engine_state_t *es,
    ngx_ai_lease_t *lease, ngx_atomic_uint_t ticket, ngx_ai_amount_t *spent)
{
    uint64_t           sum, used, limit;
    ngx_uint_t         i;
    ngx_ai_reserve_t   r;

    r = lease->reserve;

    if (ticket == 0
        || !ngx_atomic_cmp_set(&lease->reserve.ticket, ticket, 0))
    {
        /* it took longer than its lease, and was buried */

        return;
    }

    sum = ngx_min(spent->input, AIF_BUDGET_AMOUNT)
          + ngx_min(spent->output, AIF_BUDGET_AMOUNT);

    for (i = 0; i < NGX_AI_WINDOWS; i++) {

        ngx_ai_budget_give(account->state, i, r.period[i], r.taken, sum);

        limit = account->budget.limit[i];
        used = ngx_ai_budget_used(account->state, i);

        if (limit == 0 || used * 100 < limit * NGX_AI_BUDGET_WARN) {
            continue;
        }

        used -= ngx_min(ngx_ai_budget_open(account, es, i), used);

        if (used * 100 >= limit * NGX_AI_BUDGET_WARN) {
            ngx_ai_budget_warn(account, i, NGX_AI_BUDGET_ALMOST);
        }
    }
}


void
ngx_ai_budget_bury(ngx_ai_engine_state_t *es)
{
    ngx_uint_t       i;
    ngx_ai_lease_t  *lease;

    for (i = 0; i < NGX_AI_MAX_LEASES; i++) {

        lease = &es->lease[i];

        if (lease->reserve.ticket && ngx_ai_state_owner(lease) == 0) {
            ngx_ai_budget_bury_lease(lease);
        }
    }
}


/* nobody's any more, or just taken by us */

static void
ngx_ai_budget_bury_lease(ngx_ai_lease_t *lease)
{
    ngx_uint_t               i;
    ngx_ai_reserve_t         r;
    ngx_ai_account_state_t  *as;

    r = lease->reserve;

    if (r.ticket == 0
        || !ngx_atomic_cmp_set(&lease->reserve.ticket, r.ticket, 0))
    {
        return;
    }

    as = &ngx_ai_budget_state->account[r.account];

    for (i = 0; i < NGX_AI_WINDOWS; i++) {
        ngx_ai_budget_give(as, i, r.period[i], r.taken, r.guess);
    }
}


void
ngx_ai_budget_count(ngx_ai_account_t *account, ngx_ai_amount_t *spent)
{
    ngx_ai_account_state_t  *as;

    as = account->state;

    ngx_ai_count(as->calls);
    ngx_ai_add(as->input, ngx_min(spent->input, AIF_BUDGET_AMOUNT));
    ngx_ai_add(as->output, ngx_min(spent->output, AIF_BUDGET_AMOUNT));
    ngx_ai_add(as->cost, ngx_ai_budget_cost(account->engine, spent));
}


void
ngx_ai_budget_refuse(ngx_ai_account_t *account, ngx_uint_t texts)
{
    ngx_ai_add(account->state->refused, texts);
}


static void
ngx_ai_budget_warn(ngx_ai_account_t *account, ngx_uint_t window,
    ngx_uint_t far)
{
    u_char  scope[NGX_MAX_ERROR_STR / 4], *p;

    if (!ngx_ai_budget_warned(&account->state->window[window],
                              ngx_ai_budget_now(window), far))
    {
        return;
    }

    p = scope;

    if (account->scope.len) {
        p = ngx_slprintf(scope, scope + sizeof(scope), " in scope \"%V\"",
                         &account->scope);
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "ai engine \"%V\"%*s has used %s of its budget of %uL %s "
                  "a %s%s", &account->engine->name, (size_t) (p - scope), scope,
                  far == NGX_AI_BUDGET_ALL ? "all" : "80%",
                  account->budget.limit[window],
                  account->engine->characters ? "characters" : "tokens",
                  ngx_ai_budget_names[window],
                  far == NGX_AI_BUDGET_ALL
                  ? ", it is not asked until that is over" : "");
}


/* 1 for the first who says that the period is used so far */

static ngx_uint_t
ngx_ai_budget_warned(ngx_ai_window_t *w, uint64_t now, ngx_uint_t far)
{
    uint64_t  old, next;

    next = now * NGX_AI_BUDGET_FAR + far;

    do {
        old = w->warned;

        if (old >= next && old / NGX_AI_BUDGET_FAR == now) {
            return 0;
        }

    } while (!ngx_ai_cmp_set64(&w->warned, old, next));

    return 1;
}


void
ngx_ai_budget_text(ngx_ai_engine_t *engine, const aif_str_t *text,
    ngx_ai_amount_t *amount)
{
    uint64_t  tokens;

    if (engine->characters) {
        amount->input += aif_budget_characters(text);
        return;
    }

    /* a translation is about as long as its source */

    tokens = aif_budget_tokens(text) + NGX_AI_BUDGET_WRAP;

    amount->input += tokens;
    amount->output += tokens;
}


void
ngx_ai_budget_calls(ngx_ai_engine_t *engine, ngx_uint_t n,
    ngx_ai_amount_t *amount)
{
    amount->input += n * engine->overhead;
}


uint64_t
ngx_ai_budget_cost(ngx_ai_engine_t *engine, ngx_ai_amount_t *amount)
{
    return aif_budget_cost(amount->input, engine->price_input)
           + aif_budget_cost(amount->output, engine->price_output);
}
