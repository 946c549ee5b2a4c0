
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The scheduler: claims missing texts in the store, has them fetched, and
 * wakes the pages that wait.  Holds no request: pages wait through links that
 * they may take away at any time.  page/ and endpoint/ may call it.
 *
 * Single flight.  A text that is missing in a thousand requests is asked once.
 * Across workers the mark in the zone sees to it: who sets it fetches, all
 * others find the text in flight.  Within a worker each text that is awaited
 * is one job in a table, whoever fetches it:
 *
 *     claimed here                     in its engine's lane, then in a call
 *     claimed elsewhere ("foreign")    looked for in the zone by a short timer
 *
 * and waiters are linked to jobs.  The last waiter gone ends a foreign job,
 * but not one of our own: it was promised to the other workers, and may be
 * paid for.  A mark has a deadline; a job that can't keep it is given up.
 */


#include "infer/ngx_ai_sched.h"
#include "infer/ngx_ai_job.h"
#include "infer/ngx_ai_lane.h"


#define NGX_AI_SCHED_POLLS  1024    /* foreign texts in one look */


typedef struct {
    ngx_ai_lane_t     **lanes;      /* by the engines' index */
    ngx_uint_t          nlanes;
    ngx_queue_t         foreign;    /* jobs */
    ngx_msec_t          look;
    ngx_event_t         poll;
    ngx_connection_t    fake;       /* the event's data, for its log */
} ngx_ai_sched_t;


static void ngx_ai_sched_price(ngx_ai_fetch_t *f, ngx_ai_engine_t *engine);
static ngx_int_t ngx_ai_sched_span(ngx_ai_fetch_t *f, ngx_ai_route_t *route,
    ngx_ai_lane_t *lane, ngx_ai_item_t *items, ngx_uint_t n);
static void ngx_ai_sched_claim(ngx_ai_fetch_t *f, ngx_ai_route_t *route,
    ngx_ai_lane_t *lane, ngx_ai_item_t *items, ngx_uint_t n,
    ngx_msec_t deadline);
static ngx_ai_job_t *ngx_ai_sched_claimed(ngx_ai_fetch_t *f,
    ngx_ai_route_t *route, ngx_ai_lane_t *lane, ngx_ai_item_t *item,
    ngx_msec_t deadline);
static ngx_ai_job_t *ngx_ai_sched_pending(ngx_ai_route_t *route,
    ngx_ai_item_t *item);
static void ngx_ai_sched_poll_handler(ngx_event_t *ev);
static void ngx_ai_sched_poll(ngx_ai_job_t **jobs, ngx_ai_item_t *items,
    ngx_uint_t n);


static ngx_ai_sched_t  ngx_ai_sched;


ngx_int_t
ngx_ai_sched_fetch(ngx_ai_fetch_t *f)
{
    ngx_int_t         rc;
    ngx_uint_t        i, n, reason;
    ngx_ai_lane_t    *lane;
    ngx_ai_route_t   *route;
    ngx_ai_waiter_t  *w;

    f->reason = NGX_AI_REASON_none;
    f->asked = 0;
    f->cost = 0;
    ngx_memzero(&f->guess, sizeof(ngx_ai_amount_t));

    w = f->waiter;

    /* one more while we are here: no job that ends meanwhile wakes it */

    if (w) {
        w->pending = 1;
        w->reason = NGX_AI_REASON_none;
        ngx_queue_init(&w->links);
    }

    if (ngx_ai_sched.nlanes == 0 || f->naccounts == 0) {
        f->reason = NGX_AI_REASON_engine;
        ngx_ai_sched_forget(w);
        return NGX_OK;
    }

    route = ngx_ai_job_route(f, ngx_ai_sched.lanes);
    if (route == NULL) {
        f->reason = NGX_AI_REASON_memory;
        ngx_ai_sched_forget(w);
        return NGX_ERROR;
    }

    rc = NGX_OK;
    lane = ngx_ai_lane_choose(route, 0, &reason);

    if (ngx_exiting && w == NULL) {
        /* nobody waits: the next worker will see to it */
        reason = NGX_AI_REASON_queue;
        lane = NULL;
    }

    if (lane == NULL) {
        f->reason = reason;

        if (reason == NGX_AI_REASON_budget) {
            ngx_ai_budget_refuse(f->accounts[0], f->nitems);
        }
    }

    for (i = 0; i < f->nitems && rc == NGX_OK; i += n) {
        n = ngx_min(f->nitems - i, NGX_AI_STORE_SPAN);
        rc = ngx_ai_sched_span(f, route, lane, &f->items[i], n);
    }

    if (lane) {
        ngx_ai_lane_post(lane);
        ngx_ai_sched_price(f, lane->engine);
    }

    ngx_ai_job_route_free(route);

    if (rc != NGX_OK) {
        f->reason = NGX_AI_REASON_memory;
        ngx_ai_sched_forget(w);
        return NGX_ERROR;
    }

    if (w) {
        w->pending--;
    }

    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "ai sched fetch: %ui texts, %ui asked, %ui awaited",
                   f->nitems, f->asked, w ? w->pending : 0);

    return (w && w->pending) ? NGX_AGAIN : NGX_OK;
}


/* the texts themselves are in the guess already */

static void
ngx_ai_sched_price(ngx_ai_fetch_t *f, ngx_ai_engine_t *engine)
{
    ngx_ai_budget_calls(engine, (f->asked + engine->batch - 1) / engine->batch,
                        &f->guess);

    f->cost = ngx_ai_budget_cost(engine, &f->guess);
}


/* at most NGX_AI_STORE_SPAN items */

static ngx_int_t
ngx_ai_sched_span(ngx_ai_fetch_t *f, ngx_ai_route_t *route,
    ngx_ai_lane_t *lane, ngx_ai_item_t *items, ngx_uint_t n)
{
    ngx_int_t        rc;
    ngx_msec_t       deadline;
    ngx_uint_t       i;
    ngx_ai_job_t    *job;
    u_char           stale[NGX_AI_STORE_SPAN];

    for (i = 0; i < n; i++) {
        stale[i] = (items[i].found == NGX_AI_STALE);
    }

    rc = NGX_OK;
    deadline = ngx_current_msec + NGX_AI_LANE_QUEUE_TIME
               + NGX_AI_LANE_CALLS * route->timeout;

    if (lane) {
        ngx_ai_sched_claim(f, route, lane, items, n, deadline);
    }

    /* also without memory for links each mark of ours gets its job */

    for (i = 0; i < n; i++) {

        job = NULL;

        switch (items[i].found) {

        case NGX_AI_CLAIMED:
            job = ngx_ai_sched_claimed(f, route, lane, &items[i], deadline);
            break;

        case NGX_AI_PENDING:
            if (f->waiter == NULL || stale[i]) {
                continue;
            }

            job = ngx_ai_sched_pending(route, &items[i]);
            break;

        case NGX_AI_NEGATIVE:
            f->reason = f->reason ? f->reason : NGX_AI_REASON_engine;
            continue;

        case NGX_AI_MISS:
            f->reason = f->reason ? f->reason : NGX_AI_REASON_store;
            continue;

        default: /* NGX_AI_HIT, NGX_AI_STALE */
            continue;
        }

        if (job == NULL) {
            f->reason = NGX_AI_REASON_memory;
            continue;
        }

        if (f->waiter && !stale[i]
            && ngx_ai_job_link(job, f->waiter, f->pool) != NGX_OK)
        {
            rc = NGX_ERROR;
        }
    }

    return rc;
}


/* Only as many as the queue takes: the page would drop its own. */

static void
ngx_ai_sched_claim(ngx_ai_fetch_t *f, ngx_ai_route_t *route,
    ngx_ai_lane_t *lane, ngx_ai_item_t *items, ngx_uint_t n,
    ngx_msec_t deadline)
{
    ngx_uint_t      max;
    ngx_ai_space_t  space;

    max = lane->engine->queue - ngx_min(f->asked, lane->engine->queue);
    max = ngx_min(max, n);

    /* what this engine would make no better is not made anew */

    ngx_ai_job_space(route, lane->engine, &space);

    (void) ngx_ai_store_claim(route->store, &space, items, max, deadline);

    if (max < n) {
        f->reason = NGX_AI_REASON_queue;
        ngx_ai_add(lane->state->dropped, n - max);
    }
}


/* the mark is ours: it must lead to a job, or be cleared */

static ngx_ai_job_t *
ngx_ai_sched_claimed(ngx_ai_fetch_t *f, ngx_ai_route_t *route,
    ngx_ai_lane_t *lane, ngx_ai_item_t *item, ngx_msec_t deadline)
{
    ngx_ai_job_t  *job;

    job = ngx_ai_job_find(route, item);

    if (job == NULL) {
        job = ngx_ai_job_create(route, item);

        if (job == NULL) {
            ngx_ai_store_fail(route->store, &route->space, item, 0);
            return NULL;
        }

    } else if (job->foreign) {

        /* who had it gave it up */

        ngx_queue_remove(&job->queue);
        job->foreign = 0;

        route->refs++;
        ngx_ai_job_route_free(job->route);
        job->route = route;

    } else {

        /* ours, and the mark was lost: expired, or the zone was emptied */

        return job;
    }

    f->asked++;
    job->visitor = f->visitor % NGX_AI_LANE_VISITORS;
    ngx_ai_budget_text(lane->engine, &item->source, &f->guess);
    job->deadline = deadline;
    ngx_ai_lane_enqueue(lane, job);

    return job;
}


static ngx_ai_job_t *
ngx_ai_sched_pending(ngx_ai_route_t *route, ngx_ai_item_t *item)
{
    ngx_ai_job_t  *job;

    job = ngx_ai_job_find(route, item);
    if (job) {
        return job;
    }

    job = ngx_ai_job_create(route, item);
    if (job == NULL) {
        return NULL;
    }

    job->foreign = 1;
    ngx_queue_insert_tail(&ngx_ai_sched.foreign, &job->queue);

    ngx_ai_sched.look = NGX_AI_LANE_LOOK;

    if (!ngx_ai_sched.poll.timer_set) {
        ngx_add_timer(&ngx_ai_sched.poll, NGX_AI_LANE_LOOK);
    }

    return job;
}


void
ngx_ai_sched_forget(ngx_ai_waiter_t *w)
{
    ngx_ai_job_t  *job;

    if (w == NULL || w->links.next == NULL) {
        return;
    }

    for ( ;; ) {
        job = ngx_ai_job_unlink(w);
        if (job == NULL) {
            break;
        }

        if (job->foreign && ngx_queue_empty(&job->links)) {
            ngx_queue_remove(&job->queue);
            ngx_ai_job_finish(job, NGX_AI_REASON_none);
        }
    }

    w->pending = 0;
}


/*
 * Texts in flight in other workers.  Those that were looked at go to the end
 * of the queue, so that no number of them stops the worker for long.
 */

static void
ngx_ai_sched_poll_handler(ngx_event_t *ev)
{
    ngx_uint_t       n, seen;
    ngx_queue_t     *q, looked;
    ngx_ai_job_t    *job;
    ngx_ai_job_t    *jobs[NGX_AI_STORE_SPAN];
    ngx_ai_item_t    items[NGX_AI_STORE_SPAN];

    n = 0;
    seen = 0;
    ngx_queue_init(&looked);

    while (!ngx_queue_empty(&ngx_ai_sched.foreign)
           && seen < NGX_AI_SCHED_POLLS)
    {
        q = ngx_queue_head(&ngx_ai_sched.foreign);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (n == NGX_AI_STORE_SPAN || (n && job->route != jobs[0]->route)) {
            ngx_ai_sched_poll(jobs, items, n);
            n = 0;
        }

        ngx_queue_remove(q);
        ngx_queue_insert_tail(&looked, q);

        jobs[n] = job;
        items[n++] = job->item;
        seen++;
    }

    if (n) {
        ngx_ai_sched_poll(jobs, items, n);
    }

    if (!ngx_queue_empty(&looked)) {
        ngx_queue_add(&ngx_ai_sched.foreign, &looked);
    }

    if (!ngx_queue_empty(&ngx_ai_sched.foreign)) {
        ngx_add_timer(ev, ngx_ai_lane_longer(&ngx_ai_sched.look));
    }
}


/* The zone only tells how many of them are in flight: it is asked by halves. */

static void
ngx_ai_sched_poll(ngx_ai_job_t **jobs, ngx_ai_item_t *items, ngx_uint_t n)
{
    ngx_uint_t       i, pending;
    ngx_ai_route_t  *route;

    route = jobs[0]->route;

    pending = ngx_ai_store_poll(route->store, &route->space, items, n);

    if (pending == n) {
        return;
    }

    if (pending == 0) {
        for (i = 0; i < n; i++) {
            ngx_queue_remove(&jobs[i]->queue);
            ngx_ai_job_finish(jobs[i], NGX_AI_REASON_none);
        }

        return;
    }

    ngx_ai_sched_poll(jobs, items, n / 2);
    ngx_ai_sched_poll(&jobs[n / 2], &items[n / 2], n - n / 2);
}


ngx_ai_engine_state_t *
ngx_ai_sched_state(ngx_ai_engine_t *engine)
{
    return engine->index < ngx_ai_sched.nlanes
           ? ngx_ai_sched.lanes[engine->index]->state : NULL;
}


ngx_int_t
ngx_ai_sched_init(ngx_cycle_t *cycle, ngx_ai_store_t *store,
    ngx_array_t *engines, ngx_array_t *accounts)
{
    ngx_pid_t                dead;
    ngx_uint_t               i;
    ngx_ai_lane_t           *lane;
    ngx_ai_state_t          *state;
    ngx_ai_engine_t        **engine;
    ngx_ai_engine_state_t   *es;

    ngx_memzero(&ngx_ai_sched, sizeof(ngx_ai_sched_t));

    ngx_ai_job_init();

    ngx_queue_init(&ngx_ai_sched.foreign);
    ngx_ai_sched.look = NGX_AI_LANE_LOOK;

    ngx_ai_sched.fake.fd = (ngx_socket_t) -1;

    ngx_ai_sched.poll.data = &ngx_ai_sched.fake;
    ngx_ai_sched.poll.handler = ngx_ai_sched_poll_handler;
    ngx_ai_sched.poll.log = cycle->log;
    ngx_ai_sched.poll.cancelable = 1;

    state = ngx_ai_store_state(store);
    dead = ngx_ai_state_worker(state, ngx_ai_store_cycle(store));

    if (dead) {
        ngx_ai_store_bury(store, dead);
    }

    if (engines->nelts == 0) {
        return NGX_OK;
    }

    lane = ngx_pcalloc(cycle->pool, engines->nelts * sizeof(ngx_ai_lane_t));
    if (lane == NULL) {
        return NGX_ERROR;
    }

    ngx_ai_sched.lanes = ngx_palloc(cycle->pool,
                                    engines->nelts * sizeof(ngx_ai_lane_t *));
    if (ngx_ai_sched.lanes == NULL) {
        return NGX_ERROR;
    }

    engine = engines->elts;

    for (i = 0; i < engines->nelts; i++, lane++) {

        es = ngx_ai_state_engine(state, &engine[i]->name,
                                 ngx_ai_store_cycle(store));
        if (es == NULL) {
            ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                          "no room for ai engine \"%V\", %d are remembered",
                          &engine[i]->name, NGX_AI_MAX_ENGINES);
            return NGX_ERROR;
        }

        ngx_ai_lane_init(lane, engine[i], es, cycle->log);
        ngx_ai_sched.lanes[i] = lane;
    }

    if (ngx_ai_budget_init(state, accounts, ngx_ai_store_cycle(store),
                           cycle->log)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* only now: what was taken of the accounts is given back */

    for (i = 0; dead && i < engines->nelts; i++) {
        ngx_ai_budget_bury(ngx_ai_sched.lanes[i]->state);
    }

    ngx_ai_sched.nlanes = engines->nelts;

    return NGX_OK;
}


/* The calls in flight end with ngx_ai_curl_exit(). */

void
ngx_ai_sched_exit(void)
{
    ngx_uint_t     i;
    ngx_queue_t   *q;
    ngx_ai_job_t  *job;

    if (ngx_ai_sched.nlanes == 0) {
        return;
    }

    for (i = 0; i < ngx_ai_sched.nlanes; i++) {
        ngx_ai_lane_exit(ngx_ai_sched.lanes[i]);
    }

    while (!ngx_queue_empty(&ngx_ai_sched.foreign)) {
        q = ngx_queue_head(&ngx_ai_sched.foreign);
        ngx_queue_remove(q);

        job = ngx_queue_data(q, ngx_ai_job_t, queue);
        ngx_ai_job_finish(job, NGX_AI_REASON_none);
    }

    if (ngx_ai_sched.poll.timer_set) {
        ngx_del_timer(&ngx_ai_sched.poll);
    }
}
