
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Body filter: collects the page, decides when it is whole, and sends it.
 *
 * What is collected is copied once and its buffers are given back at once:
 * keeping other filters' buffers starves the origin.  While something is held,
 * 0x08 is set in r->buffered, which keeps the request alive after its content
 * handler has finished; the timer bounds every hold.  Waking is done from
 * events of our own: emit by the next body filter, then let the request's
 * writer see that nothing is buffered any more.
 */


#include "page/ngx_http_ai_reviews.h"


#define NGX_HTTP_AI_BUFFERED  0x08


static ngx_int_t ngx_http_ai_collect(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx, ngx_chain_t *in);
static ngx_int_t ngx_http_ai_watch(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx, ngx_chain_t *in);
static void ngx_http_ai_compare(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_is_cut(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_finish(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_emit(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_send_page(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_let_go(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_drop(ngx_chain_t *in);
static void ngx_http_ai_timer_handler(ngx_event_t *ev);
static void ngx_http_ai_wake_handler(ngx_event_t *ev);
static void ngx_http_ai_resume(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_send_timer_handler(ngx_event_t *ev);
static void ngx_http_ai_cleanup(void *data);


ngx_int_t
ngx_http_ai_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_ai_filter_module);

    if (ctx == NULL || r != r->main || ctx->phase == NGX_HTTP_AI_PASS) {
        return ngx_http_ai_next_body_filter(r, in);
    }

    if (ctx->shadow) {
        return ngx_http_ai_watch(r, ctx, in);
    }

    switch (ctx->phase) {

    case NGX_HTTP_AI_HOLD:
        return ngx_http_ai_collect(r, ctx, in);

    case NGX_HTTP_AI_WAIT:

        /* the writer has armed send_timeout, but there is nothing to send */

        ngx_http_ai_drop(in);
        ngx_post_event(&ctx->send_timer, &ngx_posted_events);
        return NGX_OK;

    default: /* NGX_HTTP_AI_DROP */
        ngx_http_ai_drop(in);

        if (in && !r->connection->buffered) {
            return NGX_OK;
        }

        return ngx_http_ai_next_body_filter(r, NULL);
    }
}


ngx_int_t
ngx_http_ai_body_hold(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_http_cleanup_t  *cln;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_ai_cleanup;
    cln->data = ctx;

    ctx->timer.handler = ngx_http_ai_timer_handler;
    ctx->timer.data = ctx;
    ctx->timer.log = r->connection->log;

    ctx->wake.handler = ngx_http_ai_wake_handler;
    ctx->wake.data = ctx;
    ctx->wake.log = r->connection->log;

    ctx->send_timer.handler = ngx_http_ai_send_timer_handler;
    ctx->send_timer.data = ctx;
    ctx->send_timer.log = r->connection->log;

    ctx->waiter.wake = &ctx->wake;

    ngx_add_timer(&ctx->timer, ctx->conf->hold);

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_collect(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx,
    ngx_chain_t *in)
{
    ngx_buf_t    *b;
    ngx_int_t     rc;
    ngx_uint_t    flush;
    ngx_chain_t  *cl;

    flush = 0;

    for (cl = in; cl; cl = cl->next) {

        b = cl->buf;

        if (b->in_file && !ngx_buf_in_memory(b) && ngx_buf_size(b) != 0) {

            /* we asked for memory; a module that ignores that wins */

            ctx->reason = NGX_AI_REASON_memory;
            return ngx_http_ai_body_release(r, ctx, cl, 0);
        }

        ctx->last |= b->last_buf;
        flush |= b->flush;

        rc = ngx_http_ai_page_add(ctx, b->pos,
                                  ngx_buf_in_memory(b) ? b->last - b->pos : 0,
                                  ctx->last);

        if (rc == NGX_ERROR) {
            ctx->last = 0;
            ctx->reason = NGX_AI_REASON_memory;
            return ngx_http_ai_body_release(r, ctx, cl, 0);
        }

        b->pos = b->last;
        b->file_pos = b->file_last;

        if (rc == NGX_DECLINED) {
            return ngx_http_ai_body_release(r, ctx,
                                            ctx->last ? NULL : cl->next, 0);
        }

        if (ctx->last) {
            return ngx_http_ai_finish(r, ctx);
        }
    }

    if (flush && ngx_http_ai_is_cut(r)) {
        ctx->reason = NGX_AI_REASON_cut;
        return ngx_http_ai_body_release(r, ctx, NULL, 1);
    }

    return NGX_OK;
}


/* shadow: everything is computed, nothing is changed and nothing held */

static ngx_int_t
ngx_http_ai_watch(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx,
    ngx_chain_t *in)
{
    ngx_buf_t    *b;
    ngx_int_t     rc;
    ngx_chain_t  *cl;

    for (cl = in; cl && ctx->phase == NGX_HTTP_AI_HOLD; cl = cl->next) {

        b = cl->buf;
        ctx->last |= b->last_buf;

        rc = ngx_http_ai_page_add(ctx, b->pos,
                                  ngx_buf_in_memory(b) ? b->last - b->pos : 0,
                                  ctx->last);

        if (rc != NGX_OK) {
            ctx->phase = NGX_HTTP_AI_PASS;
            ctx->status = NGX_AI_STATUS_ORIGIN;

        } else if (ctx->last) {
            ngx_http_ai_compare(r, ctx);

            ctx->phase = NGX_HTTP_AI_PASS;
            ctx->status = NGX_AI_STATUS_SHADOW;
        }
    }

    if (ctx->phase == NGX_HTTP_AI_PASS) {
        ngx_http_ai_page_count(ctx);
        ngx_http_ai_page_free(ctx);
    }

    return ngx_http_ai_next_body_filter(r, in);
}


/* What the page would have become: counted, and thrown away. */

static void
ngx_http_ai_compare(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_ai_state_t           *state;
    ngx_http_ai_buffer_t     *page;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    if (ngx_http_ai_items_lookup(ctx) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return;
    }

    ngx_http_ai_items_want(ctx);

    if (ngx_http_ai_page_rewrite(ctx) != NGX_OK) {
        ngx_ai_count(state->shadow_origin);

    } else {
        page = ngx_http_ai_page_native(ctx);

        if (page->len == ctx->out.len
            && ngx_memcmp(page->data, ctx->out.data, page->len) == 0)
        {
            ngx_ai_count(state->shadow_same);

        } else if (ctx->misses) {
            ngx_ai_count(state->shadow_mixed);

        } else {
            ngx_ai_count(state->shadow_whole);
        }
    }

    (void) ngx_http_ai_items_fetch(ctx, 0);
}


/*
 * An origin that dies in the middle is told to filters only so: the upstream
 * has let go of the request, and a flush comes instead of the last buffer.
 */

static ngx_uint_t
ngx_http_ai_is_cut(ngx_http_request_t *r)
{
    return r->upstream && r->upstream->cleanup == NULL;
}


/* the page is whole */

static ngx_int_t
ngx_http_ai_finish(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_msec_t  wait;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ngx_http_ai_items_lookup(ctx) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return ngx_http_ai_body_release(r, ctx, NULL, 0);
    }

    ngx_http_ai_items_want(ctx);

    /* an anonymous fetch wants to know what becomes of its texts */

    wait = ngx_http_ai_self_record(r) ? NGX_HTTP_AI_SELF_WAIT
                                      : ctx->conf->wait;

    if (wait == 0) {

        /* first the page: nobody waits for our bookkeeping */

        ctx->kept = 1;
        rc = ngx_http_ai_emit(r, ctx);

        (void) ngx_http_ai_items_fetch(ctx, 0);
        ngx_http_ai_page_count(ctx);
        ngx_http_ai_page_free(ctx);

        return rc;
    }

    if (ngx_http_ai_items_fetch(ctx, 1) != NGX_AGAIN) {
        return ngx_http_ai_emit(r, ctx);
    }

    ctx->phase = NGX_HTTP_AI_WAIT;
    ctx->wait_start = ngx_current_msec;
    r->buffered |= NGX_HTTP_AI_BUFFERED;

    ngx_add_timer(&ctx->timer, wait);
    ngx_post_event(&ctx->send_timer, &ngx_posted_events);

    return NGX_OK;
}


/* everything that can be known is known: send the page */

static ngx_int_t
ngx_http_ai_emit(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    if (ngx_http_ai_page_rewrite(ctx) == NGX_OK) {
        return ngx_http_ai_send_page(r, ctx);
    }

    return ngx_http_ai_body_release(r, ctx, NULL, 0);
}


static ngx_int_t
ngx_http_ai_send_page(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_buf_t             *b;
    ngx_int_t              rc;
    ngx_chain_t            out;
    ngx_http_ai_buffer_t  *body;

    /* one that is kept is counted when it is known why texts can't be had */

    if (!ctx->kept) {
        ngx_http_ai_page_count(ctx);
    }

    ngx_http_ai_let_go(r, ctx);

    ctx->phase = NGX_HTTP_AI_DROP;

    /* the origin's bytes are needed by what is still to be asked for */

    if (!ctx->kept || ctx->nwanted == 0) {
        ngx_http_ai_buffer_free(&ctx->page);
        ngx_http_ai_buffer_free(&ctx->native);
        ngx_http_ai_buffer_free(&ctx->raw);
    }

    body = &ctx->out;

    /* without memory to compress it the page leaves as it is */

    if (ctx->deflated && ngx_http_ai_encoding_accepted(r)
        && ngx_http_ai_encoding_deflate(ctx) == NGX_OK)
    {
        body = &ctx->packed;
    }

    rc = ngx_http_ai_send_page_header(r, ctx);

    if (rc == NGX_DONE) {
        return NGX_OK;
    }

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->start = b->pos;
    b->end = b->last;
    b->memory = (body->len != 0);
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_ai_next_body_filter(r, &out);
}


ngx_int_t
ngx_http_ai_body_release(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx,
    ngx_chain_t *rest, ngx_uint_t flush)
{
    ngx_buf_t    *b;
    ngx_int_t     rc;
    ngx_str_t     origin;
    ngx_chain_t   out;

    if (ctx->reason != NGX_AI_REASON_none
        && ctx->status != NGX_AI_STATUS_MISS
        && ctx->status != NGX_AI_STATUS_PARTIAL
        && ctx->reason != NGX_AI_REASON_locale)
    {
        ctx->status = NGX_AI_STATUS_ORIGIN;
    }

    if (!ctx->kept) {
        ngx_http_ai_page_count(ctx);
    }

    origin = ngx_http_ai_page_origin(ctx);

    ngx_http_ai_let_go(r, ctx);

    ctx->phase = ctx->last ? NGX_HTTP_AI_DROP : NGX_HTTP_AI_PASS;

    rc = ngx_http_ai_send_origin_header(r, ctx);

    if (rc == NGX_DONE) {
        return NGX_OK;
    }

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = origin.data;
    b->last = origin.data + origin.len;
    b->start = b->pos;
    b->end = b->last;
    b->memory = (origin.len != 0);
    b->flush = flush;
    b->last_buf = ctx->last;
    b->last_in_chain = ctx->last;

    out.buf = b;
    out.next = rest;

    if (origin.len == 0 && !flush && !ctx->last) {
        return ngx_http_ai_next_body_filter(r, rest);
    }

    return ngx_http_ai_next_body_filter(r, &out);
}


/* nothing of this request is to run any more, and nothing is held */

static void
ngx_http_ai_let_go(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    r->buffered &= ~NGX_HTTP_AI_BUFFERED;
    ngx_http_ai_cleanup(ctx);
}


static void
ngx_http_ai_drop(ngx_chain_t *in)
{
    ngx_chain_t  *cl;

    for (cl = in; cl; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
        cl->buf->file_pos = cl->buf->file_last;
    }
}


/* ai_hold or ai_wait is over */

static void
ngx_http_ai_timer_handler(ngx_event_t *ev)
{
    ngx_int_t            rc;
    ngx_connection_t    *c;
    ngx_http_ai_ctx_t   *ctx;
    ngx_http_request_t  *r;

    ctx = ev->data;
    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ctx->phase == NGX_HTTP_AI_HOLD) {
        ctx->reason = NGX_AI_REASON_slow;
        rc = ngx_http_ai_body_release(r, ctx, NULL, 1);

        if (rc == NGX_ERROR) {
            c->error = 1;
        }

        if (c->buffered && ngx_handle_write_event(c->write, 0) != NGX_OK) {
            c->error = 1;
        }

        ngx_http_run_posted_requests(c);
        return;
    }

    if (ctx->phase == NGX_HTTP_AI_WAIT) {
        ngx_http_ai_resume(r, ctx);
    }
}


/* nothing that the page waits for is in flight any more */

static void
ngx_http_ai_wake_handler(ngx_event_t *ev)
{
    ngx_http_ai_ctx_t   *ctx;
    ngx_http_request_t  *r;

    ctx = ev->data;
    r = ctx->request;

    ngx_http_set_log_request(r->connection->log, r);

    /* texts and translations have waiters of their own, the last one counts */

    if (ctx->phase == NGX_HTTP_AI_WAIT && ctx->waiter.pending == 0
        && !ngx_http_ai_generate_pending(ctx)
        && ngx_http_ai_reviews_more(ctx) != NGX_AGAIN)
    {
        ngx_http_ai_resume(r, ctx);
    }
}


/* after the writer ran, r and ctx may be gone */

static void
ngx_http_ai_resume(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = r->connection;

    ctx->wait_time = ngx_current_msec - ctx->wait_start;

    rc = ngx_http_ai_items_lookup(ctx);

    if (ctx->waiter.reason != NGX_AI_REASON_none) {
        ctx->reason = ctx->waiter.reason;
    }

    if (rc == NGX_OK) {
        rc = ngx_http_ai_emit(r, ctx);

    } else {
        ctx->reason = NGX_AI_REASON_memory;
        rc = ngx_http_ai_body_release(r, ctx, NULL, 0);
    }

    if (rc == NGX_ERROR) {
        c->error = 1;
    }

    r->write_event_handler(r);

    ngx_http_run_posted_requests(c);
}


/*
 * The writer arms send_timeout when it finds something buffered; while we wait
 * and the client has taken everything it must not fire.
 */

static void
ngx_http_ai_send_timer_handler(ngx_event_t *ev)
{
    ngx_connection_t   *c;
    ngx_http_ai_ctx_t  *ctx;

    ctx = ev->data;
    c = ctx->request->connection;

    if (ctx->phase == NGX_HTTP_AI_WAIT && !c->buffered && !c->write->delayed
        && c->write->timer_set)
    {
        ngx_del_timer(c->write);
    }
}


static void
ngx_http_ai_cleanup(void *data)
{
    ngx_http_ai_ctx_t *ctx = data;

    ngx_ai_sched_forget(&ctx->waiter);
    ngx_http_ai_generate_forget(ctx);

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->wake.posted) {
        ngx_delete_posted_event(&ctx->wake);
    }

    if (ctx->send_timer.posted) {
        ngx_delete_posted_event(&ctx->send_timer);
    }

    if (!ctx->kept) {
        ngx_http_ai_page_free(ctx);
    }
}
