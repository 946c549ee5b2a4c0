
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Batches.  Some texts of a lane to one call of its engine, and what becomes
 * of each: stored, rejected, asked again, asked of another engine, or given up
 * for a time.  Nothing that an engine said gets into the store but through the
 * fact lock.  Knows no request.  ngx_ai_lane.c may call it.
 */


#include "infer/ngx_ai_batch.h"
#include "infer/ngx_ai_form.h"
#include "infer/ngx_ai_health.h"
#include "infer/ngx_ai_policy.h"
#include "core/aif_plain.h"


/* milliseconds */

#define NGX_AI_BATCH_HOLD_GUARD   3600000   /* rejected, or too long */
#define NGX_AI_BATCH_HOLD_TEXT    600000    /* answers lack it */
#define NGX_AI_BATCH_HOLD_ENGINE  10000     /* the engines failed */
#define NGX_AI_BATCH_RETRY        200       /* doubles, half of it is jitter */

#define NGX_AI_BATCH_RETRIES      2         /* of one text */
#define NGX_AI_BATCH_TERMS        64        /* of a glossary, in one call */


/* a call's jobs; in the call's arena */

typedef struct {
    ngx_ai_lane_t     *lane;
    ngx_queue_t        jobs;     /* in the order of the call's items */
    aif_mask_text_t    sent[AIF_ENGINE_MAX_BATCH];   /* of each of them */
    const aif_glossary_entry_t
                      *terms[NGX_AI_BATCH_TERMS];    /* until it is sent */
} ngx_ai_batch_t;


static ngx_int_t ngx_ai_batch_unsent(ngx_ai_batch_t *batch,
    ngx_ai_call_t *call, ngx_int_t rc);
static ngx_int_t ngx_ai_batch_fill(ngx_ai_batch_t *batch,
    ngx_ai_call_t *call, ngx_ai_job_t *first);
static void ngx_ai_batch_terms(ngx_ai_batch_t *batch, ngx_ai_job_t *job,
    aif_engine_batch_t *texts);
static ngx_int_t ngx_ai_batch_out(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    aif_arena_t *arena, aif_mask_text_t *m);
static ngx_int_t ngx_ai_batch_plain(ngx_ai_lane_t *lane, aif_arena_t *arena,
    const aif_mask_text_t *m, aif_str_t *source);
static void ngx_ai_batch_reject(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    aif_guard_fault_t *fault, const char *what);

static void ngx_ai_batch_done(ngx_ai_call_t *call);
static void ngx_ai_batch_answer(ngx_ai_batch_t *batch, ngx_ai_call_t *call);
static ngx_uint_t ngx_ai_batch_remind(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    aif_str_t *target);
static void ngx_ai_batch_text(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    aif_mask_text_t *m, aif_str_t *target, aif_arena_t *arena);
static void ngx_ai_batch_store(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    aif_str_t *target);
static void ngx_ai_batch_retry(ngx_ai_batch_t *batch);
static void ngx_ai_batch_halve(ngx_ai_batch_t *batch, ngx_uint_t n);
static void ngx_ai_batch_next(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    ngx_msec_t hold);


/*
 * Sends "first" and what goes with it.  NGX_OK if the lane may go on;
 * NGX_AGAIN: later, the texts are in the queue again.
 */

ngx_int_t
ngx_ai_batch_send(ngx_ai_lane_t *lane, ngx_ai_call_t *call, ngx_ai_job_t *first)
{
    ngx_int_t          rc;
    ngx_ai_batch_t    *batch;
    ngx_ai_account_t  *account;

    /* "first" may be gone after its text is looked at */

    account = ngx_ai_job_account(first->route, lane);

    batch = aif_arena_alloc(call->arena, sizeof(ngx_ai_batch_t));
    if (batch == NULL) {
        ngx_ai_call_free(call);
        return NGX_AGAIN;
    }

    batch->lane = lane;
    ngx_queue_init(&batch->jobs);

    rc = ngx_ai_batch_fill(batch, call, first);

    if (call->batch.n == 0) {
        ngx_ai_call_free(call);
        return rc;
    }

    call->account = account;
    call->handler = ngx_ai_batch_done;
    call->data = batch;

    rc = ngx_ai_call_start(call);

    if (rc == NGX_OK) {
        lane->credit = ngx_min(lane->credit + 1, NGX_AI_BATCH_MAX_CREDIT);
        return NGX_OK;
    }

    rc = ngx_ai_batch_unsent(batch, call, rc);

    ngx_ai_call_free(call);

    return rc;
}


/* A smaller call may still fit the budget. */

static ngx_int_t
ngx_ai_batch_unsent(ngx_ai_batch_t *batch, ngx_ai_call_t *call, ngx_int_t rc)
{
    ngx_ai_lane_t  *lane;

    lane = batch->lane;

    if (rc == NGX_DECLINED || (rc == NGX_ABORT && call->batch.n > 1)) {
        ngx_ai_batch_halve(batch, call->batch.n);
        return NGX_OK;
    }

    ngx_ai_lane_back(lane, &batch->jobs);

    switch (rc) {

    case NGX_BUSY:
        ngx_ai_lane_delay(lane, call->account);
        return NGX_OK;

    case NGX_ABORT:
        ngx_ai_lane_leave(lane, call->account, 1);
        return NGX_OK;

    default: /* NGX_AGAIN, NGX_ERROR */
        return NGX_AGAIN;
    }
}


/*
 * "first" and what follows it on the same route, up to the limits.  Texts that
 * are not to be sent end here; NGX_AGAIN: no memory, they are in the queue.
 */

static ngx_int_t
ngx_ai_batch_fill(ngx_ai_batch_t *batch, ngx_ai_call_t *call,
    ngx_ai_job_t *first)
{
    size_t               bytes, limit;
    ngx_int_t            rc;
    ngx_queue_t         *q, *next;
    ngx_ai_job_t        *job;
    ngx_ai_lane_t       *lane;
    ngx_ai_route_t      *route;
    aif_mask_text_t     *m;
    aif_engine_batch_t  *texts;

    lane = batch->lane;
    texts = &call->batch;

    /* "first" may be gone below, its route is that of all the others */

    route = first->route;

    limit = ngx_ai_job_batch(route, lane->engine, texts);
    bytes = 0;

    if (ngx_ai_form_get(lane->state, lane->engine) & AIF_ENGINE_NO_MARKS) {
        limit = 1;
    }

    for (q = &first->queue;
         q != ngx_queue_sentinel(&lane->jobs) && texts->n < limit;
         q = next)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (job->route != route
            || (ngx_msec_int_t) (job->after - ngx_current_msec) > 0)
        {
            continue;
        }

        bytes += job->item.source.len;

        if (texts->n
            && (texts->n >= job->limit
                || bytes > lane->engine->dialect->max_bytes))
        {
            break;
        }

        m = &batch->sent[texts->n];

        rc = ngx_ai_batch_out(lane, job, call->arena, m);

        if (rc == NGX_ERROR) {
            return NGX_AGAIN;
        }

        if (rc == NGX_DONE) {
            continue;
        }

        limit = ngx_min(limit, job->limit);
        ngx_ai_batch_terms(batch, job, texts);

        if (ngx_ai_batch_plain(lane, call->arena, m,
                               &texts->items[texts->n].source)
            != NGX_OK)
        {
            return NGX_AGAIN;
        }

        texts->n++;

        ngx_ai_lane_dequeue(lane, job);
        ngx_queue_insert_tail(&batch->jobs, q);
    }

    return NGX_OK;
}


/* The terms of one more text; without room for them it is reminded of them. */

static void
ngx_ai_batch_terms(ngx_ai_batch_t *batch, ngx_ai_job_t *job,
    aif_engine_batch_t *texts)
{
    size_t                i, k;
    aif_glossary_match_t  match;

    if (job->route->glossary == NULL) {
        return;
    }

    ngx_ai_glossary_match(job->route->glossary, &job->item.source,
                          &job->route->target_locale, &match);

    texts->terms = batch->terms;

    for (i = 0; i < match.n && texts->nterms < NGX_AI_BATCH_TERMS; i++) {

        for (k = 0; k < texts->nterms; k++) {
            if (batch->terms[k] == match.entry[i]) {
                break;
            }
        }

        if (k == texts->nterms) {
            batch->terms[texts->nterms++] = match.entry[i];
        }
    }
}


/*
 * What of a text may leave.  NGX_DONE: nothing; it is not to be sent, or has
 * no letter left that an engine could translate.
 */

static ngx_int_t
ngx_ai_batch_out(ngx_ai_lane_t *lane, ngx_ai_job_t *job, aif_arena_t *arena,
    aif_mask_text_t *m)
{
    ngx_int_t          rc;
    aif_guard_fault_t  fault;

    rc = ngx_ai_policy_out(job->route->policy, &job->item.source, arena, m,
                           &fault);

    if (rc == NGX_ERROR || (rc == NGX_OK && (!m->idle || job->route->writes)))
    {
        return rc;
    }

    ngx_ai_lane_dequeue(lane, job);

    if (rc == NGX_OK) {
        ngx_ai_batch_store(lane, job, &job->item.source);

    } else {
        ngx_ai_batch_reject(lane, job, &fault, "text is not sent");
    }

    return NGX_DONE;
}


/* who gives labels is given what a person reads */

static ngx_int_t
ngx_ai_batch_plain(ngx_ai_lane_t *lane, aif_arena_t *arena,
    const aif_mask_text_t *m, aif_str_t *source)
{
    int          rc;
    aif_plain_t  plain;

    *source = m->text;

    if (!lane->engine->dialect->labels) {
        return NGX_OK;
    }

    rc = aif_plain_make(&m->text, 0, arena, &plain);

    if (rc == AIF_OK) {
        source->data = plain.text;
        source->len = plain.len;
    }

    return rc == AIF_NOMEM ? NGX_ERROR : NGX_OK;
}


static void
ngx_ai_batch_done(ngx_ai_call_t *call)
{
    ngx_queue_t     *q;
    ngx_ai_job_t    *job;
    ngx_ai_lane_t   *lane;
    ngx_ai_batch_t  *batch;

    batch = call->data;
    lane = batch->lane;

    switch (call->end) {

    case NGX_AI_CALL_ANSWER:
        ngx_ai_batch_answer(batch, call);
        break;

    case NGX_AI_CALL_RETRY:
        ngx_ai_batch_retry(batch);
        break;

    case NGX_AI_CALL_TOO_LONG:
        ngx_ai_batch_halve(batch, call->batch.n);
        break;

    case NGX_AI_CALL_AGAIN:
    case NGX_AI_CALL_THROTTLED:
    case NGX_AI_CALL_BUSY:
        ngx_ai_lane_back(batch->lane, &batch->jobs);
        break;

    case NGX_AI_CALL_FAILED:
    case NGX_AI_CALL_CLOSED:
        break;
    }

    /* whoever is left in the batch */

    while (!ngx_queue_empty(&batch->jobs)) {

        q = ngx_queue_head(&batch->jobs);
        ngx_queue_remove(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (call->end == NGX_AI_CALL_CLOSED) {
            ngx_ai_job_fail(job, 0, NGX_AI_REASON_engine);

        } else {
            ngx_ai_batch_next(lane, job, call->end == NGX_AI_CALL_ANSWER
                                        ? NGX_AI_BATCH_HOLD_TEXT
                                        : NGX_AI_BATCH_HOLD_ENGINE);
        }
    }

    if (call->end == NGX_AI_CALL_BUSY) {
        ngx_ai_lane_wait(lane, NGX_AI_LANE_PAUSE);

    } else {
        ngx_ai_lane_post(lane);
    }

    ngx_ai_call_free(call);
}


/*
 * An answer may lack texts, of a batch that was too much for the engine: they
 * are asked again, in calls of as many as there were in this one.  What came at
 * another's place is asked for alone, where there is no order.
 */

static void
ngx_ai_batch_answer(ngx_ai_batch_t *batch, ngx_ai_call_t *call)
{
    size_t           i, got;
    ngx_queue_t     *q, *next;
    ngx_ai_job_t    *job;
    ngx_queue_t      missing;

    got = 0;
    ngx_queue_init(&missing);

    for (q = ngx_queue_head(&batch->jobs), i = 0;
         q != ngx_queue_sentinel(&batch->jobs);
         q = next, i++)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (call->batch.items[i].target.data
            && ngx_ai_batch_remind(batch->lane, job,
                                   &call->batch.items[i].target))
        {
            got++;
            ngx_queue_remove(q);
            ngx_queue_insert_tail(&missing, q);

        } else if (call->batch.items[i].target.data) {
            got++;
            ngx_queue_remove(q);
            ngx_ai_batch_text(batch->lane, job, &batch->sent[i],
                             &call->batch.items[i].target, call->arena);

        } else if (job->retries < NGX_AI_BATCH_RETRIES) {
            job->retries++;
            ngx_queue_remove(q);
            ngx_queue_insert_tail(&missing, q);
        }
    }

    for (q = ngx_queue_head(&missing);
         q != ngx_queue_sentinel(&missing);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_ai_job_t, queue);
        job->limit = batch->lane->engine->dialect->arrays ? 1 : got;
    }

    ngx_ai_lane_back(batch->lane, &missing);
}


/* An answer without the glossary's words is asked for once more, then taken. */

static ngx_uint_t
ngx_ai_batch_remind(ngx_ai_lane_t *lane, ngx_ai_job_t *job, aif_str_t *target)
{
    aif_glossary_match_t  match;

    if (job->route->glossary == NULL || !lane->engine->dialect->prompts) {
        return 0;
    }

    ngx_ai_glossary_match(job->route->glossary, &job->item.source,
                          &job->route->target_locale, &match);

    if (aif_glossary_missed(&match, target) == NULL) {
        return 0;
    }

    ngx_ai_count(lane->state->terms_missed);

    if (job->reminded) {
        return 0;
    }

    job->reminded = 1;

    return 1;
}


static void
ngx_ai_batch_text(ngx_ai_lane_t *lane, ngx_ai_job_t *job, aif_mask_text_t *m,
    aif_str_t *target, aif_arena_t *arena)
{
    ngx_int_t           rc;
    ngx_ai_route_t     *route;
    ngx_ai_answer_t     answer;
    aif_guard_fault_t   fault;

    route = job->route;

    answer.prompt = route->prompt;
    answer.source = &job->item.source;
    answer.target = target;
    answer.source_locale = &route->source_locale;
    answer.target_locale = &route->target_locale;
    answer.arena = arena;

    rc = ngx_ai_policy_back(route->policy, m, route->check, &answer, target,
                            &fault);

    if (rc == NGX_OK) {
        ngx_ai_batch_store(lane, job, target);

    } else if (rc == NGX_ERROR) {
        ngx_ai_job_fail(job, 0, NGX_AI_REASON_memory);

    } else {
        ngx_ai_batch_reject(lane, job, &fault, "answer rejected");
    }
}


static void
ngx_ai_batch_store(ngx_ai_lane_t *lane, ngx_ai_job_t *job, aif_str_t *target)
{
    ngx_ai_space_t  space;

    ngx_ai_job_space(job->route, lane->engine, &space);

    if (ngx_ai_store_put(job->route->store, &space, &job->item, target)
        == NGX_OK)
    {
        ngx_ai_count(lane->state->texts_stored);
    }

    ngx_ai_job_finish(job, NGX_AI_REASON_none);
}


static void
ngx_ai_batch_reject(ngx_ai_lane_t *lane, ngx_ai_job_t *job,
    aif_guard_fault_t *fault, const char *what)
{
    if ((ngx_uint_t) fault->kind < AIF_GUARD_COUNT) {
        ngx_ai_count(lane->state->guard[fault->kind]);
    }

    ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0, "ai engine \"%V\" %s: %s",
                  &lane->engine->name, what, aif_guard_name(fault->kind));

    ngx_ai_job_fail(job, NGX_AI_BATCH_HOLD_GUARD, NGX_AI_REASON_guard);
}


/*
 * Each call earns a tenth of a retry: an engine in trouble gets at most a
 * tenth more calls.  What can't be retried stays in the batch.
 */

static void
ngx_ai_batch_retry(ngx_ai_batch_t *batch)
{
    ngx_msec_t       delay;
    ngx_queue_t     *q, *next;
    ngx_ai_job_t    *job;
    ngx_ai_lane_t   *lane;
    ngx_queue_t      again;

    lane = batch->lane;

    if (lane->credit < NGX_AI_BATCH_CREDIT
        || ngx_ai_health_look(lane->state) == AIF_BREAKER_STOP)
    {
        return;
    }

    delay = 0;
    ngx_queue_init(&again);

    for (q = ngx_queue_head(&batch->jobs);
         q != ngx_queue_sentinel(&batch->jobs);
         q = next)
    {
        next = ngx_queue_next(q);
        job = ngx_queue_data(q, ngx_ai_job_t, queue);

        if (job->retries == NGX_AI_BATCH_RETRIES) {
            continue;
        }

        /* one time for all: they are to go in one call again */

        if (ngx_queue_empty(&again)) {
            delay = NGX_AI_BATCH_RETRY << job->retries;
            delay = delay / 2 + ngx_random() % delay;
        }

        job->retries++;
        job->after = ngx_current_msec + delay;

        ngx_queue_remove(q);
        ngx_queue_insert_tail(&again, q);
    }

    if (!ngx_queue_empty(&again)) {
        lane->credit -= NGX_AI_BATCH_CREDIT;
        ngx_ai_count(lane->state->retries);
        ngx_ai_lane_back(lane, &again);
    }
}


/* A text that is too long alone is so for an hour. */

static void
ngx_ai_batch_halve(ngx_ai_batch_t *batch, ngx_uint_t n)
{
    ngx_queue_t   *q;
    ngx_ai_job_t  *job;

    if (n == 1) {
        q = ngx_queue_head(&batch->jobs);
        ngx_queue_remove(q);

        job = ngx_queue_data(q, ngx_ai_job_t, queue);
        ngx_ai_batch_next(batch->lane, job, NGX_AI_BATCH_HOLD_GUARD);
        return;
    }

    for (q = ngx_queue_head(&batch->jobs);
         q != ngx_queue_sentinel(&batch->jobs);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_ai_job_t, queue);
        job->limit = n / 2;
    }

    ngx_ai_lane_back(batch->lane, &batch->jobs);
}


/* this engine will not do it: another one of the group, or nobody */

static void
ngx_ai_batch_next(ngx_ai_lane_t *lane, ngx_ai_job_t *job, ngx_msec_t hold)
{
    ngx_uint_t       i, reason;
    ngx_ai_lane_t   *other;
    ngx_ai_route_t  *route;

    route = job->route;

    for (i = 0; i < route->nlanes; i++) {
        if (route->lanes[i] == lane) {
            job->tried |= (uint32_t) 1 << i;
        }
    }

    other = ngx_ai_lane_choose(route, job->tried, &reason);

    if (other == NULL) {
        ngx_ai_job_fail(job, hold, NGX_AI_REASON_engine);
        return;
    }

    job->retries = 0;
    job->after = ngx_current_msec;
    job->limit = AIF_ENGINE_MAX_BATCH;

    ngx_ai_lane_enqueue(other, job);
    ngx_ai_lane_post(other);
}
