
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Jobs: the texts that this worker awaits, whoever fetches them, and who waits
 * for each.
 */


#ifndef _NGX_AI_JOB_H_INCLUDED_
#define _NGX_AI_JOB_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_sched.h"


#define NGX_AI_JOB_MAX_GROUP  32       /* engines of a route; bits of "tried" */


typedef struct ngx_ai_lane_s  ngx_ai_lane_t;


/* what the jobs of many pages have in common; counted */

typedef struct {
    ngx_queue_t        queue;
    ngx_uint_t         refs;
    ngx_ai_store_t    *store;
    ngx_ai_space_t     space;
    const ngx_ai_policy_t *policy;
    const aif_prompt_t *prompt;
    uint32_t           prompt_hash;
    ngx_ai_check_pt    check;
    ngx_ai_glossary_t *glossary;
    aif_str_t          segment;
    unsigned           writes:1;       /* texts from facts, no translations */
    aif_str_t          source_locale;
    aif_str_t          target_locale;
    ngx_uint_t         nlanes;
    ngx_ai_lane_t     *lanes[NGX_AI_JOB_MAX_GROUP];
    ngx_ai_account_t  *accounts[NGX_AI_JOB_MAX_GROUP];   /* of the same */
    ngx_msec_t         timeout;        /* the engines' longest */
} ngx_ai_route_t;


typedef struct {
    ngx_queue_t        bucket;
    ngx_queue_t        queue;          /* of a lane, a batch, or foreign ones */
    ngx_queue_t        links;
    ngx_ai_route_t    *route;
    ngx_ai_item_t      item;           /* its source is behind the job */
    ngx_msec_t         deadline;       /* of the mark */
    ngx_msec_t         after;          /* not to be sent before */
    ngx_uint_t         limit;          /* texts in its call */
    uint32_t           tried;          /* engines of the route, bits */
    ngx_uint_t         visitor;        /* who caused it; of a lane's */
    uint64_t           turn;           /* in its lane */
    unsigned           retries:4;
    unsigned           foreign:1;      /* another worker fetches it */
    unsigned           reminded:1;     /* asked again, for its terms */
} ngx_ai_job_t;


/*
 * ngx_ai_job_route() finds or makes the route of a fetch and counts one use,
 * which ngx_ai_job_route_free() gives back; "lanes" are all of the worker, by
 * the engines' index.  NULL: no memory.
 *
 * ngx_ai_job_batch() tells a batch that is to be filled what its texts have in
 * common, and returns how many the engine may be asked for in one call.
 * ngx_ai_job_space() is where an engine's answers are stored.
 *
 * ngx_ai_job_account() is the account that a lane's calls of a route go on.
 *
 * ngx_ai_job_create() makes the job of a text and puts it into the table, in
 * no queue yet; it uses the route.  NULL: no memory.  ngx_ai_job_find()
 * returns the job of a text or NULL.
 *
 * ngx_ai_job_link() links a waiter, from the pool (NGX_ERROR: no memory).
 * ngx_ai_job_unlink() takes one of a waiter's links away and returns its job,
 * NULL if there is none.
 *
 * ngx_ai_job_finish() ends a job that is in no queue: wakes who waits for
 * nothing else, with "reason" if it is not none, and frees it.
 * ngx_ai_job_fail() before that clears the mark in the store; see
 * ngx_ai_store_fail() for "hold".
 */

void ngx_ai_job_init(void);
ngx_ai_route_t *ngx_ai_job_route(ngx_ai_fetch_t *f, ngx_ai_lane_t **lanes);
void ngx_ai_job_route_free(ngx_ai_route_t *route);
ngx_uint_t ngx_ai_job_batch(ngx_ai_route_t *route, ngx_ai_engine_t *engine,
    aif_engine_batch_t *batch);
void ngx_ai_job_space(ngx_ai_route_t *route, ngx_ai_engine_t *engine,
    ngx_ai_space_t *space);
ngx_ai_account_t *ngx_ai_job_account(ngx_ai_route_t *route,
    ngx_ai_lane_t *lane);
ngx_ai_job_t *ngx_ai_job_create(ngx_ai_route_t *route, ngx_ai_item_t *item);
ngx_ai_job_t *ngx_ai_job_find(ngx_ai_route_t *route, ngx_ai_item_t *item);
ngx_int_t ngx_ai_job_link(ngx_ai_job_t *job, ngx_ai_waiter_t *w,
    ngx_pool_t *pool);
ngx_ai_job_t *ngx_ai_job_unlink(ngx_ai_waiter_t *w);
void ngx_ai_job_fail(ngx_ai_job_t *job, ngx_msec_t hold, ngx_uint_t reason);
void ngx_ai_job_finish(ngx_ai_job_t *job, ngx_uint_t reason);


#endif /* _NGX_AI_JOB_H_INCLUDED_ */
