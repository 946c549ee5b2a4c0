
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What written texts are held against, for ngx_http_ai_generate.c and
 * ngx_http_ai_reviews.c.
 */


#ifndef _NGX_HTTP_AI_CLAIM_H_INCLUDED_
#define _NGX_HTTP_AI_CLAIM_H_INCLUDED_


#include "ngx_http_ai_filter_module.h"


/*
 * ngx_http_ai_claim_check() is for the scheduler.  ngx_http_ai_claim_stored()
 * takes the value of a stale item away that "check", with the lists of now,
 * doesn't let pass: it is asked for as if it were not there.
 */

int ngx_http_ai_claim_check(const ngx_ai_answer_t *answer,
    aif_guard_fault_t *fault);
void ngx_http_ai_claim_stored(ngx_http_ai_ctx_t *ctx,
    const aif_prompt_t *prompt, ngx_ai_check_pt check, ngx_ai_item_t *item);


#endif /* _NGX_HTTP_AI_CLAIM_H_INCLUDED_ */
