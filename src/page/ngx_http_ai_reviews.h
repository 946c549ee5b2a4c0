
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * ai_reviews: what customers say on a page, judged once for each text, and the
 * summary of it in a slot of ngx_http_ai_generate.c, which calls this.
 */


#ifndef _NGX_HTTP_AI_REVIEWS_H_INCLUDED_
#define _NGX_HTTP_AI_REVIEWS_H_INCLUDED_


#include "ngx_http_ai_filter_module.h"
#include "core/aif_facts.h"


/* One ai_reviews; as long as the cycle. */

struct ngx_http_ai_reviews_conf_s {
    ngx_ai_engine_t           *engine;       /* judges each review */
    ngx_uint_t                 renew;        /* per cent of the reviews that
                                                may change under a summary */
    ngx_http_ai_generator_t    writer;       /* of the summary; its selector
                                                is NULL without one, "facts"
                                                are the reviews', or NULL */
};


/*
 * ngx_http_ai_reviews_start() sets ctx->reviews and its handler, for elements
 * of the selector groups, if reviews are looked for; ngx_http_ai_reviews_read()
 * comes after the walk and clears it where there are none.  NGX_ERROR: no
 * memory.  ngx_http_ai_reviews_enough(): AIF_OK if they are for a summary.
 *
 * ngx_http_ai_reviews_lookup() asks the store for what is said of each review
 * and, once that is known, sets the summary's source and asks for it, too;
 * "item" NULL: there is no place for one.  NGX_ERROR: no memory.
 *
 * The others are steps of ngx_http_ai_items.c, as those of
 * ngx_http_ai_generate.c are; what was found is kept for ai_insights, in the
 * shop's own locale.  ngx_http_ai_reviews_open(): something of a review, or for
 * ai_insights, is to be asked for; ngx_http_ai_reviews_more(), when nothing is
 * awaited any more: asks for a summary that now can be (NGX_AGAIN: ctx->wake
 * will be posted).  ngx_http_ai_reviews_check() is for the scheduler.
 */

ngx_int_t ngx_http_ai_reviews_start(ngx_http_ai_ctx_t *ctx, uint32_t groups,
    aif_walk_handler_t *handler);
ngx_int_t ngx_http_ai_reviews_read(ngx_http_ai_ctx_t *ctx,
    aif_facts_t *facts);
int ngx_http_ai_reviews_enough(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_reviews_lookup(ngx_http_ai_ctx_t *ctx,
    const ngx_ai_space_t *space, ngx_ai_item_t *item);
ngx_uint_t ngx_http_ai_reviews_open(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_reviews_want(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_echo_t *echo);
ngx_int_t ngx_http_ai_reviews_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait);
ngx_uint_t ngx_http_ai_reviews_pending(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_reviews_more(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_reviews_forget(ngx_http_ai_ctx_t *ctx);
int ngx_http_ai_reviews_check(const ngx_ai_answer_t *answer,
    aif_guard_fault_t *fault);


#endif /* _NGX_HTTP_AI_REVIEWS_H_INCLUDED_ */
