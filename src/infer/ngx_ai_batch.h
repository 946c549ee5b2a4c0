
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Batches: some texts of a lane to one call, and what becomes of each.
 */


#ifndef _NGX_AI_BATCH_H_INCLUDED_
#define _NGX_AI_BATCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_call.h"
#include "infer/ngx_ai_lane.h"


/* Each call earns one; a retry costs CREDIT of them. */

#define NGX_AI_BATCH_CREDIT        10
#define NGX_AI_BATCH_FIRST_CREDIT  (2 * NGX_AI_BATCH_CREDIT)
#define NGX_AI_BATCH_MAX_CREDIT    (10 * NGX_AI_BATCH_CREDIT)


/*
 * ngx_ai_batch_send() sends a queued text and what goes with it in the call,
 * which is its to free.  NGX_OK: the lane may go on; NGX_AGAIN: later, the
 * texts are in the queue again.
 */

ngx_int_t ngx_ai_batch_send(ngx_ai_lane_t *lane, ngx_ai_call_t *call,
    ngx_ai_job_t *first);


#endif /* _NGX_AI_BATCH_H_INCLUDED_ */
