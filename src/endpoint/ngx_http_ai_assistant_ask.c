
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The engine's answer to a question, read while it is written.  When nobody
 * waits any more the call is stopped, or, as configured, goes on to the store:
 * it may have been paid for.  What the pages don't say is stopped at once.
 */


#include "endpoint/ngx_http_ai_assistant.h"
#include "core/aif_plain.h"


#define NGX_HTTP_AI_ASK_TRIES  3      /* requests of other forms */


static ngx_int_t ngx_http_ai_ask_start(ngx_http_ai_flight_t *f,
    ngx_ai_call_t *call);
static void ngx_http_ai_ask_received(ngx_ai_curl_call_t *curl);
static void ngx_http_ai_ask_feed(ngx_http_ai_flight_t *f, ngx_str_t *body,
    ngx_uint_t last);
static void ngx_http_ai_ask_ended(ngx_ai_call_t *call);
static void ngx_http_ai_ask_judge(ngx_http_ai_flight_t *f,
    ngx_ai_call_t *call);
static void ngx_http_ai_ask_keep(ngx_http_ai_flight_t *f);
static ngx_int_t ngx_http_ai_ask_failed(ngx_http_ai_flight_t *f,
    ngx_ai_call_t *call);


ngx_int_t
ngx_http_ai_ask_call(ngx_http_ai_flight_t *f)
{
    ngx_int_t               rc;
    ngx_ai_call_t          *call;
    ngx_ai_engine_state_t  *es;

    es = ngx_ai_sched_state(f->assistant->engine);
    if (es == NULL) {
        return NGX_ERROR;
    }

    call = ngx_ai_call_create(f->assistant->engine, es, &rc);

    if (call) {
        rc = ngx_http_ai_ask_start(f, call);
    }

    switch (rc) {

    case NGX_OK:
        return NGX_AGAIN;

    case NGX_ERROR:
        return NGX_ERROR;

    case NGX_ABORT:
    case NGX_DECLINED:
        f->message = "the engine's budget is used up";
        break;

    default:
        f->message = "the engine can't be asked now";
        f->retry = 1;
    }

    f->status = NGX_HTTP_SERVICE_UNAVAILABLE;

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_ask_start(ngx_http_ai_flight_t *f, ngx_ai_call_t *call)
{
    ngx_int_t  rc;

    call->batch.prompt = f->assistant->prompt;
    call->batch.source_locale = &f->source_locale;
    call->batch.target_locale = &f->target_locale;
    call->batch.items[0].source = f->source;
    call->batch.n = 1;
    call->batch.stream = 1;

    call->account = f->assistant->account;
    call->handler = ngx_http_ai_ask_ended;
    call->data = f;
    call->curl.received = ngx_http_ai_ask_received;

    rc = ngx_ai_call_start(call);

    if (rc != NGX_OK) {
        ngx_ai_call_free(call);
        return rc;
    }

    f->call = call;
    f->tries++;

    return NGX_OK;
}


static void
ngx_http_ai_ask_received(ngx_ai_curl_call_t *curl)
{
    ngx_ai_call_t         *call;
    ngx_http_ai_flight_t  *f;

    call = curl->data;
    f = call->data;

    if (f->verdict != AIF_MORE) {
        return;
    }

    ngx_http_ai_ask_feed(f, &curl->answer, 0);

    if (ngx_http_ai_flight_refused(f)) {

        /* nothing more can make it right */

        ngx_ai_curl_stop(curl);
        ngx_http_ai_flight_land(f);

        return;
    }

    if (!ngx_queue_empty(&f->asks)) {
        ngx_http_ai_flight_tell(f);
    }
}


/* What came of the answer: as far as it is a stream. */

static void
ngx_http_ai_ask_feed(ngx_http_ai_flight_t *f, ngx_str_t *body, ngx_uint_t last)
{
    int        rc;
    aif_str_t  answer, delta;

    answer.data = body->data;
    answer.len = body->len;

    if (f->broken || aif_stream_plain(&answer)) {
        return;
    }

    rc = aif_stream_read(&f->stream, &answer, last);

    /* the end of the call says what that means; nothing behind it counts */

    if (rc != AIF_MORE && rc != AIF_DONE) {
        f->verdict = last ? rc : AIF_MORE;
        f->broken = 1;
        return;
    }

    if (aif_stream_answer(&f->stream, &answer) != AIF_OK
        || (rc == AIF_DONE && f->stream.cut))
    {
        f->verdict = AIF_LIMIT;
        return;
    }

    delta.data = answer.data + f->fed;
    delta.len = answer.len - f->fed;
    f->fed = answer.len;

    if (delta.len || rc == AIF_DONE) {
        f->verdict = aif_ground_feed(&f->ground, &delta, rc == AIF_DONE);
    }
}


static void
ngx_http_ai_ask_ended(ngx_ai_call_t *call)
{
    ngx_int_t              rc;
    ngx_http_ai_flight_t  *f;

    f = call->data;

    if (call->end == NGX_AI_CALL_ANSWER && f->verdict == AIF_MORE) {
        ngx_http_ai_ask_judge(f, call);
    }

    if (call->end == NGX_AI_CALL_ANSWER) {
        ngx_http_ai_ask_keep(f);
    }

    f->call = NULL;

    rc = ngx_http_ai_ask_failed(f, call);

    ngx_ai_call_free(call);

    if (rc != NGX_AGAIN) {
        ngx_http_ai_flight_land(f);
    }
}


/* What the visitor was not shown while it came. */

static void
ngx_http_ai_ask_judge(ngx_http_ai_flight_t *f, ngx_ai_call_t *call)
{
    aif_str_t    body, text;
    aif_plain_t  plain;

    body.data = call->curl.answer.data;
    body.len = call->curl.answer.len;

    if (!aif_stream_plain(&body)) {
        ngx_http_ai_ask_feed(f, &call->curl.answer, 1);
        return;
    }

    if (aif_plain_make(&call->batch.items[0].target, 1, f->arena, &plain)
        != AIF_OK)
    {
        return;
    }

    text.data = plain.text;
    text.len = plain.len;

    f->verdict = aif_ground_feed(&f->ground, &text, 1);
}


/* As it came, citations and all: it is read again when it is asked for. */

static void
ngx_http_ai_ask_keep(ngx_http_ai_flight_t *f)
{
    aif_str_t  answer;

    if (f->verdict != AIF_DONE || !f->shared) {
        return;
    }

    answer.data = f->ground.raw.data;
    answer.len = f->ground.raw.len;

    (void) ngx_ai_store_put(f->store, &f->space, &f->item, &answer);

    f->claimed = 0;
}


/* NGX_AGAIN: it is asked once more. */

static ngx_int_t
ngx_http_ai_ask_failed(ngx_http_ai_flight_t *f, ngx_ai_call_t *call)
{
    ngx_int_t  rc;

    if (f->verdict != AIF_MORE || call->end == NGX_AI_CALL_TOO_LONG
        || call->end == NGX_AI_CALL_ANSWER)
    {
        return NGX_OK;
    }

    if (call->end == NGX_AI_CALL_AGAIN && f->fed == 0
        && f->tries < NGX_HTTP_AI_ASK_TRIES)
    {
        aif_stream_init(&f->stream, f->arena);
        f->broken = 0;

        rc = ngx_http_ai_ask_call(f);

        if (rc == NGX_ERROR) {
            f->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
            f->message = "no memory";
        }

        return rc;
    }

    if (call->curl.result == NGX_AI_CURL_TIMEOUT) {
        f->status = NGX_HTTP_GATEWAY_TIME_OUT;
        f->message = "the engine did not answer in time";
        return NGX_OK;
    }

    f->status = NGX_HTTP_BAD_GATEWAY;
    f->message = "the engine failed";

    return NGX_OK;
}


void
ngx_http_ai_ask_leave(void *data)
{
    ngx_http_ai_ask_t *ask = data;

    ngx_uint_t  i;

    for (i = 0; i < ask->npages; i++) {
        if (ask->pages[i].started) {
            ngx_ai_read_forget(&ask->pages[i].read);
        }
    }

    ngx_http_ai_flight_leave(ask);

    aif_arena_destroy(ask->arena);
}
