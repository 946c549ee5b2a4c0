
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Lanes: an engine's queue in this worker.
 */


#ifndef _NGX_AI_LANE_H_INCLUDED_
#define _NGX_AI_LANE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "infer/ngx_ai_job.h"


/* milliseconds */

#define NGX_AI_LANE_QUEUE_TIME  30000   /* in the queue at most */
#define NGX_AI_LANE_LOOK        5       /* between looks for what is free or
                                           done elsewhere; doubles ... */
#define NGX_AI_LANE_MAX_LOOK    50      /* ... up to this */
#define NGX_AI_LANE_PAUSE       50      /* connections or memory lack */

#define NGX_AI_LANE_CALLS       2       /* that fit a mark's deadline */


#define NGX_AI_LANE_VISITORS    1024    /* told apart; those who meet in one
                                           place share a share */


struct ngx_ai_lane_s {
    ngx_ai_engine_t         *engine;
    ngx_ai_engine_state_t   *state;
    ngx_queue_t              jobs;      /* by turns */
    uint64_t                 turn;      /* of what was sent last */
    uint64_t                 turns[NGX_AI_LANE_VISITORS];   /* of the last
                                           text of each */
    ngx_uint_t               queued;
    ngx_uint_t               credit;    /* for retries */
    ngx_event_t              start;     /* posted */
    ngx_event_t              timer;
    ngx_connection_t         fake;      /* the events' data, for their log */
};


/*
 * ngx_ai_lane_choose() returns the engine of a route that is to be asked now,
 * without the "tried" ones, or NULL and the reason (breaker, engine).
 *
 * ngx_ai_lane_enqueue() takes a job that is in no queue; over the engine's cap
 * the oldest one of who has most there fails.  The lane runs from a posted
 * event, after ngx_ai_lane_post().
 *
 * For whoever sends: ngx_ai_lane_dequeue() takes a job out,
 * ngx_ai_lane_back() puts several back to the head, in their order and without
 * a cap, as they are no new texts; ngx_ai_lane_wait() has the lane look again
 * after some milliseconds.  ngx_ai_lane_leave() gives the queued texts of an
 * account (NULL: of all) to other engines; those that none can take fail with
 * "all" set, and stay without.  ngx_ai_lane_delay() keeps those of an account
 * from being sent for a while.
 *
 * ngx_ai_lane_longer() returns a time to wait and doubles the next one.
 *
 * ngx_ai_lane_exit() fails what is queued; calls in flight go on.
 */

void ngx_ai_lane_init(ngx_ai_lane_t *lane, ngx_ai_engine_t *engine,
    ngx_ai_engine_state_t *es, ngx_log_t *log);
void ngx_ai_lane_exit(ngx_ai_lane_t *lane);
ngx_ai_lane_t *ngx_ai_lane_choose(ngx_ai_route_t *route, uint32_t tried,
    ngx_uint_t *reason);
void ngx_ai_lane_enqueue(ngx_ai_lane_t *lane, ngx_ai_job_t *job);
void ngx_ai_lane_post(ngx_ai_lane_t *lane);
void ngx_ai_lane_dequeue(ngx_ai_lane_t *lane, ngx_ai_job_t *job);
void ngx_ai_lane_back(ngx_ai_lane_t *lane, ngx_queue_t *jobs);
void ngx_ai_lane_wait(ngx_ai_lane_t *lane, ngx_msec_t delay);
void ngx_ai_lane_leave(ngx_ai_lane_t *lane, ngx_ai_account_t *account,
    ngx_uint_t all);
void ngx_ai_lane_delay(ngx_ai_lane_t *lane, ngx_ai_account_t *account);
ngx_msec_t ngx_ai_lane_longer(ngx_msec_t *look);


#endif /* _NGX_AI_LANE_H_INCLUDED_ */
