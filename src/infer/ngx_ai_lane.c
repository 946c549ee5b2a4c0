
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Lanes.  An engine's queue in this worker.  A lane runs from a posted event,
 * after all texts of a page (and of the other pages of this turn of the event
 * loop) are queued: so they go in few calls, which are ngx_ai_batch.c's.  How
 * many calls are in flight over all workers is bounded by leases in the state
 * zone; without a free one the lane looks again after some milliseconds.
 *
 * Knows no request.  ngx_ai_sched.c and ngx_ai_batch.c may call it.
 */


#include "infer/ngx_ai_lane.h"
#include "infer/ngx_ai_batch.h"
#include "infer/ngx_ai_health.h"


#define NGX_AI_LANE_MAX_WAIT     1000    /* ms, for a throttled engine */


static void ngx_ai_lane_drop(ngx_ai_lane_t *lane);
static void ngx_ai_lane_handler(ngx_event_t *ev);
static void ngx_ai_lane_run(ngx_ai_lane_t *lane);
static ngx_msec_t ngx_ai_lane_hindrance(ngx_ai_lane_t *lane);
static void ngx_ai_lane_sweep(ngx_ai_lane_t *lane);
static ngx_ai_job_t *ngx_ai_lane_ready(ngx_ai_lane_t *lane,
    ngx_msec_t *delay);


/*
 * The first engine that may be asked now; else one that is throttled for no
 * longer than a text may be queued; else NULL, and why.
 */

ngx_ai_lane_t *
ngx_ai_lane_choose(ngx_ai_route_t *route, uint32_t tried, ngx_uint_t *reason)
{
    ngx_msec_t             left;
    ngx_uint_t             i;
    ngx_ai_lane_t         *lane, *throttled;
    aif_breaker_answer_e   answer;

    throttled = NULL;
    *reason = NGX_AI_REASON_engine;

    for (i = 0; i < route->nlanes; i++) {

        if (tried & ((uint32_t) 1 << i)) {
            continue;
        }

        lane = route->lanes[i];
        answer = ngx_ai_health_look(lane->state);

        if (answer == AIF_BREAKER_STOP || answer == AIF_BREAKER_WAIT) {
            *reason = NGX_AI_REASON_breaker;
            continue;
        }

        if (!ngx_ai_budget_look(route->accounts[i])) {
            *reason = NGX_AI_REASON_budget;
            continue;
        }

        left = ngx_ai_health_throttled(lane->state);

        if (left == 0) {
            return lane;
        }

        if (throttled == NULL && left < NGX_AI_LANE_QUEUE_TIME) {
            throttled = lane;
        }
    }

    return throttled;
}


/*
 * Visitors take turns: a text's turn is the one after that of its visitor's
 * last one, or after what was sent last.  So the second text of somebody new
 * comes before the hundredth of somebody else, and whose is at the end has
 * most in the queue.
 */

void
ngx_ai_lane_enqueue(ngx_ai_lane_t *lane, ngx_ai_job_t *job)
{
    uint64_t      *last;
    ngx_queue_t   *q;
    ngx_ai_job_t  *before;

    last = &lane->turns[job->visitor];
    *last = ngx_max(*last, lane->turn) + 1;

    job->turn = *last;

    for (q = ngx_queue_last(&lane->jobs);
         q != ngx_queue_sentinel(&lane->jobs);
         q = ngx_queue_prev(q))
    {
        before = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (before->turn <= job->turn) {
            break;
        }
    }

    ngx_queue_insert_after(q, &job->queue);
    lane->queued++;

    while (lane->queued > lane->engine->queue && lane->queued > 1) {
        ngx_ai_lane_drop(lane);
    }
}


/*
 * Over the cap the oldest of who has most goes: its page has waited longest in
 * vain.
 */

static void
ngx_ai_lane_drop(ngx_ai_lane_t *lane)
{
    ngx_uint_t     visitor;
    ngx_queue_t   *q;
    ngx_ai_job_t  *job;

    q = ngx_queue_last(&lane->jobs);
    job = ngx_queue_data(q, ngx_ai_job_t, queue);
    visitor = job->visitor;

    q = ngx_queue_head(&lane->jobs);
    job = ngx_queue_data(q, ngx_ai_job_t, queue);

    while (job->visitor != visitor) {
        q = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);
    }

    ngx_ai_count(lane->state->dropped);
    ngx_ai_lane_dequeue(lane, job);
    ngx_ai_job_fail(job, 0, NGX_AI_REASON_queue);
}


void
ngx_ai_lane_dequeue(ngx_ai_lane_t *lane, ngx_ai_job_t *job)
{
    ngx_queue_remove(&job->queue);

    lane->queued--;
    lane->turn = ngx_max(lane->turn, job->turn);
}


void
ngx_ai_lane_post(ngx_ai_lane_t *lane)
{
    if (lane->queued) {
        ngx_post_event(&lane->start, &ngx_posted_events);
    }
}


/* of both events of a lane */

static void
ngx_ai_lane_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    ngx_ai_lane_run(c->data);
}


static void
ngx_ai_lane_run(ngx_ai_lane_t *lane)
{
    ngx_int_t       rc;
    ngx_msec_t      delay;
    ngx_ai_job_t   *job;
    ngx_ai_call_t  *call;

    ngx_ai_lane_sweep(lane);

    for ( ;; ) {
        delay = ngx_ai_lane_hindrance(lane);

        if (lane->queued == 0) {
            return;
        }

        if (delay) {
            ngx_ai_lane_wait(lane, delay);
            return;
        }

        job = ngx_ai_lane_ready(lane, &delay);

        if (job == NULL) {
            ngx_ai_lane_wait(lane, delay);
            return;
        }

        call = ngx_ai_call_create(lane->engine, lane->state, &rc);

        if (call == NULL) {
            ngx_ai_lane_wait(lane, rc == NGX_AGAIN ? NGX_AI_LANE_LOOK
                                                   : NGX_AI_LANE_PAUSE);
            return;
        }

        if (ngx_ai_batch_send(lane, call, job) != NGX_OK) {
            ngx_ai_lane_wait(lane, NGX_AI_LANE_PAUSE);
            return;
        }
    }
}


/*
 * What keeps the engine from being asked: the time after which to look again,
 * or 0.  Texts that another engine can take, or none, are gone then.
 */

static ngx_msec_t
ngx_ai_lane_hindrance(ngx_ai_lane_t *lane)
{
    ngx_msec_t  left;

    switch (ngx_ai_health_look(lane->state)) {

    case AIF_BREAKER_STOP:
        ngx_ai_lane_leave(lane, NULL, 1);
        return 0;

    case AIF_BREAKER_WAIT:
        ngx_ai_lane_leave(lane, NULL, 0);
        return NGX_AI_LANE_PAUSE;

    default:
        break;
    }

    left = ngx_ai_health_throttled(lane->state);

    if (left) {
        ngx_ai_lane_leave(lane, NULL, left >= NGX_AI_LANE_QUEUE_TIME);
    }

    return ngx_min(left, NGX_AI_LANE_MAX_WAIT);
}


/*
 * Texts whose mark would expire before an answer could come are dropped; so
 * are those that nobody waits for once the worker is told to quit.
 */

static void
ngx_ai_lane_sweep(ngx_ai_lane_t *lane)
{
    ngx_msec_t      end;
    ngx_queue_t    *q, *next;
    ngx_ai_job_t   *job;

    end = ngx_current_msec + lane->engine->timeout;

    for (q = ngx_queue_head(&lane->jobs);
         q != ngx_queue_sentinel(&lane->jobs);
         q = next)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if ((ngx_msec_int_t) (end - job->deadline) > 0) {
            ngx_ai_count(lane->state->dropped);

        } else if (!ngx_exiting || !ngx_queue_empty(&job->links)) {
            continue;
        }

        ngx_ai_lane_dequeue(lane, job);
        ngx_ai_job_fail(job, 0, NGX_AI_REASON_queue);
    }
}


void
ngx_ai_lane_leave(ngx_ai_lane_t *lane, ngx_ai_account_t *account,
    ngx_uint_t all)
{
    ngx_uint_t      reason;
    ngx_queue_t    *q, *next;
    ngx_ai_job_t   *job;
    ngx_ai_lane_t  *other;

    for (q = ngx_queue_head(&lane->jobs);
         q != ngx_queue_sentinel(&lane->jobs);
         q = next)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (account && ngx_ai_job_account(job->route, lane) != account) {
            continue;
        }

        other = ngx_ai_lane_choose(job->route, job->tried, &reason);

        if (other && other != lane) {
            ngx_ai_lane_dequeue(lane, job);
            ngx_ai_lane_enqueue(other, job);
            ngx_ai_lane_post(other);

        } else if (other == NULL && all) {
            ngx_ai_lane_dequeue(lane, job);

            if (reason == NGX_AI_REASON_budget) {
                ngx_ai_budget_refuse(ngx_ai_job_account(job->route, lane), 1);
            }

            ngx_ai_job_fail(job, 0, reason);
        }
    }
}


void
ngx_ai_lane_delay(ngx_ai_lane_t *lane, ngx_ai_account_t *account)
{
    ngx_queue_t   *q;
    ngx_ai_job_t  *job;

    for (q = ngx_queue_head(&lane->jobs);
         q != ngx_queue_sentinel(&lane->jobs);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (ngx_ai_job_account(job->route, lane) == account) {
            job->after = ngx_current_msec + NGX_AI_LANE_PAUSE;
        }
    }
}


/* the oldest text that may be sent, or NULL and when one may be */

static ngx_ai_job_t *
ngx_ai_lane_ready(ngx_ai_lane_t *lane, ngx_msec_t *delay)
{
    ngx_queue_t     *q;
    ngx_ai_job_t    *job;
    ngx_msec_int_t   left;

    *delay = NGX_AI_LANE_QUEUE_TIME;

    for (q = ngx_queue_head(&lane->jobs);
         q != ngx_queue_sentinel(&lane->jobs);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_ai_job_t, queue);
        left = (ngx_msec_int_t) (job->after - ngx_current_msec);

        if (left <= 0) {
            return job;
        }

        *delay = ngx_min(*delay, (ngx_msec_t) left);
    }

    return NULL;
}


/* ngx_add_timer() would keep a time that is off by less than 300 ms */

void
ngx_ai_lane_wait(ngx_ai_lane_t *lane, ngx_msec_t delay)
{
    if (lane->timer.timer_set) {
        ngx_del_timer(&lane->timer);
    }

    ngx_add_timer(&lane->timer, delay);
}


ngx_msec_t
ngx_ai_lane_longer(ngx_msec_t *look)
{
    ngx_msec_t  now;

    now = *look;
    *look = ngx_min(now * 2, NGX_AI_LANE_MAX_LOOK);

    return now;
}


void
ngx_ai_lane_back(ngx_ai_lane_t *lane, ngx_queue_t *jobs)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(jobs)) {

        q = ngx_queue_last(jobs);
        ngx_queue_remove(q);

        ngx_queue_insert_head(&lane->jobs, q);
        lane->queued++;
    }
}


void
ngx_ai_lane_init(ngx_ai_lane_t *lane, ngx_ai_engine_t *engine,
    ngx_ai_engine_state_t *es, ngx_log_t *log)
{
    lane->engine = engine;
    lane->state = es;
    lane->credit = NGX_AI_BATCH_FIRST_CREDIT;

    ngx_queue_init(&lane->jobs);

    lane->fake.fd = (ngx_socket_t) -1;
    lane->fake.data = lane;

    lane->start.data = &lane->fake;
    lane->start.handler = ngx_ai_lane_handler;
    lane->start.log = log;

    /* a worker that quits does not wait for what is only queued */

    lane->timer.data = &lane->fake;
    lane->timer.handler = ngx_ai_lane_handler;
    lane->timer.log = log;
    lane->timer.cancelable = 1;
}


void
ngx_ai_lane_exit(ngx_ai_lane_t *lane)
{
    ngx_queue_t   *q;
    ngx_ai_job_t  *job;

    while (!ngx_queue_empty(&lane->jobs)) {
        q = ngx_queue_head(&lane->jobs);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        ngx_ai_lane_dequeue(lane, job);
        ngx_ai_job_fail(job, 0, NGX_AI_REASON_queue);
    }

    if (lane->timer.timer_set) {
        ngx_del_timer(&lane->timer);
    }

    if (lane->start.posted) {
        ngx_delete_posted_event(&lane->start);
    }
}
