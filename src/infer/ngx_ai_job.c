
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Jobs and their waiters.  Sends nothing and decides nothing; a job holds no
 * request, a request holds links to jobs.  ngx_ai_sched.c, ngx_ai_lane.c
 * and ngx_ai_batch.c may call it.
 */


#include "infer/ngx_ai_job.h"


#define NGX_AI_JOB_BUCKETS  512

#define ngx_ai_job_bucket(hash)                                               \
    &ngx_ai_job_buckets[(hash) % NGX_AI_JOB_BUCKETS]


/* in the waiter's pool */

typedef struct {
    ngx_queue_t         of_job;
    ngx_queue_t         of_waiter;
    ngx_ai_job_t       *job;
    ngx_ai_waiter_t    *waiter;
} ngx_ai_link_t;


static ngx_uint_t ngx_ai_job_same_route(ngx_ai_route_t *route,
    ngx_ai_fetch_t *f);


static ngx_queue_t  ngx_ai_job_routes;
static ngx_queue_t  ngx_ai_job_buckets[NGX_AI_JOB_BUCKETS];


void
ngx_ai_job_init(void)
{
    ngx_uint_t  i;

    ngx_queue_init(&ngx_ai_job_routes);

    for (i = 0; i < NGX_AI_JOB_BUCKETS; i++) {
        ngx_queue_init(&ngx_ai_job_buckets[i]);
    }
}


/* There are as many as locations and locales that miss texts right now. */

ngx_ai_route_t *
ngx_ai_job_route(ngx_ai_fetch_t *f, ngx_ai_lane_t **lanes)
{
    u_char           *p;
    ngx_uint_t        i;
    ngx_queue_t      *q;
    ngx_ai_route_t   *route;
    ngx_ai_engine_t  *engine;

    for (q = ngx_queue_head(&ngx_ai_job_routes);
         q != ngx_queue_sentinel(&ngx_ai_job_routes);
         q = ngx_queue_next(q))
    {
        route = ngx_queue_data(q, ngx_ai_route_t, queue);

        if (ngx_ai_job_same_route(route, f)) {
            route->refs++;
            return route;
        }
    }

    route = ngx_calloc(sizeof(ngx_ai_route_t) + f->source_locale.len
                       + f->target_locale.len + f->segment.len,
                       ngx_cycle->log);
    if (route == NULL) {
        return NULL;
    }

    route->refs = 1;
    route->store = f->store;
    route->space = f->space;
    route->policy = f->policy;
    route->prompt = f->prompt;
    route->prompt_hash = aif_prompt_hash(f->prompt);
    route->check = f->check;
    route->glossary = f->glossary;
    route->writes = (f->prompt && f->prompt->task == AIF_PROMPT_WRITE);
    route->nlanes = ngx_min(f->naccounts, NGX_AI_JOB_MAX_GROUP);

    for (i = 0; i < route->nlanes; i++) {
        engine = f->accounts[i]->engine;

        route->accounts[i] = f->accounts[i];
        route->lanes[i] = lanes[engine->index];
        route->timeout = ngx_max(route->timeout, engine->timeout);
    }

    p = (u_char *) route + sizeof(ngx_ai_route_t);

    route->source_locale.data = p;
    route->source_locale.len = f->source_locale.len;
    p = ngx_cpymem(p, f->source_locale.data, f->source_locale.len);

    route->target_locale.data = p;
    route->target_locale.len = f->target_locale.len;
    p = ngx_cpymem(p, f->target_locale.data, f->target_locale.len);

    route->segment.data = p;
    route->segment.len = f->segment.len;

    if (f->segment.len) {
        ngx_memcpy(p, f->segment.data, f->segment.len);
    }

    ngx_queue_insert_head(&ngx_ai_job_routes, &route->queue);

    return route;
}


/* the space's key stands for locales, scope, kind and segment */

static ngx_uint_t
ngx_ai_job_same_route(ngx_ai_route_t *route, ngx_ai_fetch_t *f)
{
    ngx_uint_t  i;

    if (route->store != f->store
        || route->space.key.k0 != f->space.key.k0
        || route->space.key.k1 != f->space.key.k1
        || route->space.valid != f->space.valid
        || route->policy != f->policy
        || route->prompt != f->prompt
        || route->check != f->check
        || route->glossary != f->glossary
        || route->nlanes != ngx_min(f->naccounts, NGX_AI_JOB_MAX_GROUP))
    {
        return 0;
    }

    for (i = 0; i < route->nlanes; i++) {
        if (route->accounts[i] != f->accounts[i]) {
            return 0;
        }
    }

    return 1;
}


ngx_ai_account_t *
ngx_ai_job_account(ngx_ai_route_t *route, ngx_ai_lane_t *lane)
{
    ngx_uint_t  i;

    for (i = 0; i < route->nlanes - 1; i++) {
        if (route->lanes[i] == lane) {
            break;
        }
    }

    return route->accounts[i];
}


void
ngx_ai_job_route_free(ngx_ai_route_t *route)
{
    if (--route->refs == 0) {
        ngx_queue_remove(&route->queue);
        ngx_free(route);
    }
}


ngx_uint_t
ngx_ai_job_batch(ngx_ai_route_t *route, ngx_ai_engine_t *engine,
    aif_engine_batch_t *batch)
{
    ngx_uint_t  n;

    batch->prompt = route->prompt;
    batch->source_locale = &route->source_locale;
    batch->target_locale = &route->target_locale;
    batch->segment = route->segment.len ? &route->segment : NULL;

    if (route->prompt && route->prompt->answer != AIF_PROMPT_ITEMS) {
        return 1;
    }

    n = ngx_min(engine->batch, engine->dialect->max_batch);

    return ngx_max(ngx_min(n, AIF_ENGINE_MAX_BATCH), 1);
}


void
ngx_ai_job_space(ngx_ai_route_t *route, ngx_ai_engine_t *engine,
    ngx_ai_space_t *space)
{
    *space = route->space;
    space->recipe = ngx_ai_policy_recipe(route->policy, engine->recipe,
                                         route->prompt_hash);
}


ngx_ai_job_t *
ngx_ai_job_create(ngx_ai_route_t *route, ngx_ai_item_t *item)
{
    u_char        *p;
    ngx_ai_job_t  *job;

    job = ngx_alloc(sizeof(ngx_ai_job_t) + item->source.len, ngx_cycle->log);
    if (job == NULL) {
        return NULL;
    }

    ngx_memzero(job, sizeof(ngx_ai_job_t));

    p = (u_char *) job + sizeof(ngx_ai_job_t);
    ngx_memcpy(p, item->source.data, item->source.len);

    job->item.hash = item->hash;
    job->item.recipe = item->recipe;
    job->item.source.data = p;
    job->item.source.len = item->source.len;
    job->limit = AIF_ENGINE_MAX_BATCH;
    job->after = ngx_current_msec;
    job->route = route;
    route->refs++;

    ngx_queue_init(&job->links);
    ngx_queue_insert_head(ngx_ai_job_bucket(item->hash), &job->bucket);

    return job;
}


ngx_ai_job_t *
ngx_ai_job_find(ngx_ai_route_t *route, ngx_ai_item_t *item)
{
    ngx_queue_t   *q, *bucket;
    ngx_ai_job_t  *job;

    bucket = ngx_ai_job_bucket(item->hash);

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = ngx_queue_next(q))
    {
        job = ngx_queue_data(q, ngx_ai_job_t, bucket);

        if (job->item.hash == item->hash
            && job->route->store == route->store
            && job->route->space.key.k0 == route->space.key.k0
            && aif_str_eq(&job->item.source, &item->source))
        {
            return job;
        }
    }

    return NULL;
}


ngx_int_t
ngx_ai_job_link(ngx_ai_job_t *job, ngx_ai_waiter_t *w, ngx_pool_t *pool)
{
    ngx_ai_link_t  *link;

    link = ngx_palloc(pool, sizeof(ngx_ai_link_t));
    if (link == NULL) {
        return NGX_ERROR;
    }

    link->job = job;
    link->waiter = w;

    ngx_queue_insert_tail(&job->links, &link->of_job);
    ngx_queue_insert_tail(&w->links, &link->of_waiter);

    w->pending++;

    return NGX_OK;
}


ngx_ai_job_t *
ngx_ai_job_unlink(ngx_ai_waiter_t *w)
{
    ngx_queue_t    *q;
    ngx_ai_link_t  *link;

    if (ngx_queue_empty(&w->links)) {
        return NULL;
    }

    q = ngx_queue_head(&w->links);
    ngx_queue_remove(q);

    link = ngx_queue_data(q, ngx_ai_link_t, of_waiter);
    ngx_queue_remove(&link->of_job);

    w->pending--;

    return link->job;
}


void
ngx_ai_job_fail(ngx_ai_job_t *job, ngx_msec_t hold, ngx_uint_t reason)
{
    ngx_ai_store_fail(job->route->store, &job->route->space, &job->item, hold);
    ngx_ai_job_finish(job, reason);
}


/* The wake is posted: a waiter may do anything, and this is no time for it. */

void
ngx_ai_job_finish(ngx_ai_job_t *job, ngx_uint_t reason)
{
    ngx_queue_t      *q;
    ngx_ai_link_t    *link;
    ngx_ai_waiter_t  *w;

    while (!ngx_queue_empty(&job->links)) {

        q = ngx_queue_head(&job->links);
        ngx_queue_remove(q);

        link = ngx_queue_data(q, ngx_ai_link_t, of_job);
        ngx_queue_remove(&link->of_waiter);

        w = link->waiter;

        if (reason != NGX_AI_REASON_none) {
            w->reason = reason;
        }

        if (--w->pending == 0) {
            ngx_post_event(w->wake, &ngx_posted_events);
        }
    }

    ngx_queue_remove(&job->bucket);
    ngx_ai_job_route_free(job->route);
    ngx_free(job);
}
