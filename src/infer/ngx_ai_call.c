
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * One call of an engine.  Builds the request in the engine's dialect, has
 * ngx_ai_curl.c carry it, reads the answer, and tells breaker, counters and
 * log how it went.  Knows no store and no waiter, trusts no answer (whether a
 * text may be used is its caller's question), and writes neither the key nor
 * a text to the log.  ngx_ai_sched.c may call it.
 */


#include "infer/ngx_ai_call.h"
#include "infer/ngx_ai_form.h"
#include "infer/ngx_ai_health.h"


#define NGX_AI_CALL_BLOCK   16384                /* bytes, of the arena */
#define NGX_AI_CALL_MEMORY  (32 * 1024 * 1024)   /* bytes, of one call */
#define NGX_AI_CALL_GRACE   2000                 /* ms, over the time-out */
#define NGX_AI_CALL_SUCCESS      200             /* HTTP status */
#define NGX_AI_CALL_UNAVAILABLE  503             /* HTTP status */
#define NGX_AI_CALL_ECHO    16                   /* bytes of a text that an
                                                    engine's message may not
                                                    contain */

/* an answer that took more of the time-out than this is a slow one */

#define ngx_ai_call_slow(elapsed, timeout)  ((elapsed) / 4 > (timeout) / 5)


#define ngx_ai_call_str(to, from)                                             \
    (to).len = (from).len; (to).data = (from).data


typedef struct {
    ngx_ai_call_end_e    end;
    aif_breaker_end_e    health;
    const char          *words;      /* for the log */
    aif_str_t            answer;
    aif_engine_reply_t   reply;
} ngx_ai_call_verdict_t;


static void ngx_ai_call_measure(ngx_ai_call_t *call,
    aif_engine_request_t *request);
static void ngx_ai_call_done(ngx_ai_curl_call_t *curl);
static void ngx_ai_call_judge(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v);
static void ngx_ai_call_read(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v);
static void ngx_ai_call_parse(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v);
static void ngx_ai_call_settle(ngx_ai_call_t *call);
static ngx_ai_amount_t ngx_ai_call_spent(ngx_ai_call_t *call);
static void ngx_ai_call_count(ngx_ai_call_t *call);
static void ngx_ai_call_log(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v);
static ngx_uint_t ngx_ai_call_echoes(ngx_ai_call_t *call, aif_str_t *message);


/* second of the last line about an engine's failed call */

static time_t  ngx_ai_call_logged[NGX_AI_MAX_ENGINES];


ngx_ai_call_t *
ngx_ai_call_create(ngx_ai_engine_t *engine, ngx_ai_engine_state_t *es,
    ngx_int_t *rc)
{
    aif_arena_t     *arena;
    ngx_ai_call_t   *call;
    ngx_ai_lease_t  *lease;

    lease = ngx_ai_state_lease(es, engine->concurrency,
                               ngx_current_msec + engine->timeout
                               + NGX_AI_CALL_GRACE);
    if (lease == NULL) {
        *rc = NGX_AGAIN;
        return NULL;
    }

    *rc = NGX_ERROR;

    arena = aif_arena_create(NGX_AI_CALL_BLOCK, NGX_AI_CALL_MEMORY);
    if (arena == NULL) {
        goto failed;
    }

    call = aif_arena_calloc(arena, sizeof(ngx_ai_call_t));
    if (call == NULL) {
        goto failed;
    }

    call->batch.items = aif_arena_calloc(arena, AIF_ENGINE_MAX_BATCH
                                                * sizeof(aif_engine_item_t));
    if (call->batch.items == NULL) {
        goto failed;
    }

    call->engine = engine;
    call->state = es;
    call->arena = arena;
    call->lease = lease;

    *rc = NGX_OK;

    return call;

failed:

    if (arena) {
        aif_arena_destroy(arena);
    }

    ngx_ai_state_release(lease);

    return NULL;
}


ngx_int_t
ngx_ai_call_start(ngx_ai_call_t *call)
{
    int                    rc;
    ngx_int_t              started;
    ngx_ai_amount_t        nothing;
    ngx_ai_engine_t       *engine;
    ngx_ai_curl_call_t    *curl;
    aif_engine_request_t   request;
    aif_breaker_answer_e   answer;

    engine = call->engine;
    curl = &call->curl;

    ngx_memzero(&request, sizeof(aif_engine_request_t));

    call->batch.without = ngx_ai_form_get(call->state, engine);

    rc = engine->dialect->build(&engine->conf, &call->batch, call->arena,
                                &request);
    if (rc != AIF_OK) {
        return rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
    }

    ngx_ai_call_str(curl->url, request.url);
    ngx_ai_call_str(curl->content_type, request.content_type);
    ngx_ai_call_str(curl->authorization, request.authorization);
    ngx_ai_call_str(curl->body, request.body);
    curl->headers = engine->headers;
    curl->connect_timeout = engine->connect_timeout;
    curl->timeout = engine->timeout;
    curl->peer = &engine->peer;
    curl->handler = ngx_ai_call_done;
    curl->data = call;

    ngx_ai_call_measure(call, &request);

    started = ngx_ai_budget_take(call->account, call->state, call->lease,
                                 &call->bound, &call->guess,
                                 call->batch.n == 1, &call->ticket);
    if (started != NGX_OK) {
        return started;
    }

    started = NGX_AGAIN;
    answer = ngx_ai_health_ask(call->state,
                               engine->timeout + NGX_AI_CALL_GRACE);

    if (answer == AIF_BREAKER_GO || answer == AIF_BREAKER_PROBE) {
        call->probe = (answer == AIF_BREAKER_PROBE);
        started = ngx_ai_curl_start(curl);
    }

    if (started == NGX_OK) {
        return NGX_OK;
    }

    if (call->probe) {
        ngx_ai_health_end(call->state, &engine->name, AIF_BREAKER_NEUTRAL, 1);
    }

    ngx_memzero(&nothing, sizeof(ngx_ai_amount_t));
    ngx_ai_budget_settle(call->account, call->state, call->lease,
                         call->ticket, &nothing);

    return started;
}


/* No text has more tokens than bytes, and no answer more than max_tokens. */

static void
ngx_ai_call_measure(ngx_ai_call_t *call, aif_engine_request_t *request)
{
    size_t            i;
    ngx_ai_engine_t  *engine;

    engine = call->engine;

    for (i = 0; i < call->batch.n; i++) {
        ngx_ai_budget_text(engine, &call->batch.items[i].source, &call->guess);
    }

    if (engine->characters) {
        call->bound = call->guess;
        return;
    }

    ngx_ai_budget_calls(engine, 1, &call->guess);

    call->bound.input = request->body.len;
    call->bound.output = engine->conf.max_tokens;
}


void
ngx_ai_call_free(ngx_ai_call_t *call)
{
    if (call->lease) {
        ngx_ai_state_release(call->lease);
    }

    /* the call is in its arena */

    aif_arena_destroy(call->arena);
}


static void
ngx_ai_call_done(ngx_ai_curl_call_t *curl)
{
    ngx_ai_call_t          *call;
    ngx_ai_call_verdict_t   v;

    call = curl->data;

    ngx_memzero(&v, sizeof(ngx_ai_call_verdict_t));

    ngx_ai_call_judge(call, &v);
    call->end = v.end;

    ngx_ai_call_settle(call);

    ngx_ai_state_release(call->lease);
    call->lease = NULL;

    ngx_ai_call_count(call);

    if (v.words) {
        ngx_ai_call_log(call, &v);
    }

    ngx_ai_health_end(call->state, &call->engine->name, v.health, call->probe);

    if (v.end == NGX_AI_CALL_THROTTLED) {
        ngx_ai_health_throttle(call->state, curl->retry_after);
    }

    call->handler(call);
}


/*
 * What was cut off or never began may be asked again.  What timed out may not:
 * it took its time, and may have been paid for.
 */

static void
ngx_ai_call_judge(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v)
{
    v->health = AIF_BREAKER_FAILED;
    v->words = call->curl.error;

    switch (call->curl.result) {

    case NGX_AI_CURL_OK:
        ngx_ai_call_read(call, v);
        break;

    case NGX_AI_CURL_CONNECT:
    case NGX_AI_CURL_BROKEN:
        v->end = NGX_AI_CALL_RETRY;
        break;

    case NGX_AI_CURL_TIMEOUT:
        v->end = NGX_AI_CALL_FAILED;
        break;

    case NGX_AI_CURL_TOO_LARGE:
        v->end = NGX_AI_CALL_FAILED;
        v->words = "answer is too large";
        break;

    case NGX_AI_CURL_BUSY:
        v->end = NGX_AI_CALL_BUSY;
        v->health = AIF_BREAKER_NEUTRAL;
        v->words = "worker_connections are used up";
        break;

    case NGX_AI_CURL_STOPPED:
    case NGX_AI_CURL_CLOSED:
        v->end = NGX_AI_CALL_CLOSED;
        v->health = AIF_BREAKER_NEUTRAL;
        v->words = NULL;
        break;
    }
}


static void
ngx_ai_call_read(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v)
{
    ngx_ai_engine_t     *engine;
    aif_engine_error_e   error;

    engine = call->engine;
    ngx_ai_call_str(v->answer, call->curl.answer);

    error = engine->dialect->classify(&engine->conf, &call->batch,
                                      call->curl.status, &v->answer,
                                      call->arena, &v->reply);

    if (call->curl.status == NGX_AI_CALL_UNAVAILABLE
        && call->curl.retry_after && error == AIF_ENGINE_RETRY)
    {
        error = AIF_ENGINE_THROTTLED;
    }

    switch (error) {

    case AIF_ENGINE_ANSWER:
        ngx_ai_call_parse(call, v);
        break;

    case AIF_ENGINE_RETRY:
        v->end = NGX_AI_CALL_RETRY;
        v->words = "the engine failed";
        break;

    case AIF_ENGINE_THROTTLED:
        v->end = NGX_AI_CALL_THROTTLED;
        v->health = AIF_BREAKER_NEUTRAL;
        v->words = "the engine wants fewer calls";
        break;

    case AIF_ENGINE_TOO_LONG:
        v->end = NGX_AI_CALL_TOO_LONG;
        v->health = AIF_BREAKER_GOOD;
        v->words = (call->batch.n == 1) ? "the text is too long" : NULL;
        break;

    case AIF_ENGINE_UNKNOWN:
        v->end = NGX_AI_CALL_AGAIN;
        v->health = AIF_BREAKER_GOOD;
        v->words = NULL;
        ngx_ai_form_add(call->state, engine, v->reply.without);
        break;

    case AIF_ENGINE_REFUSED:
        v->end = NGX_AI_CALL_FAILED;
        v->words = "the engine refused";
        break;

    case AIF_ENGINE_GARBAGE:
        v->end = NGX_AI_CALL_FAILED;
        v->words = "answer is not understood";
        break;
    }
}


static void
ngx_ai_call_parse(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v)
{
    int               rc;
    size_t            i;
    ngx_ai_engine_t  *engine;

    engine = call->engine;

    rc = engine->dialect->parse(&engine->conf, &call->batch, &v->answer,
                                call->arena);

    if (rc == AIF_LIMIT) {

        /* if the engine never answers but so, halving must have an end */

        v->end = NGX_AI_CALL_TOO_LONG;
        v->words = "answer is cut off, too deep, or mixed up";
        return;
    }

    if (rc != AIF_OK) {
        v->end = NGX_AI_CALL_FAILED;
        v->words = (rc == AIF_NOMEM) ? "no memory for the answer"
                                     : "answer is not understood";
        return;
    }

    if (call->batch.unmarked) {
        v->end = NGX_AI_CALL_AGAIN;
        v->health = AIF_BREAKER_GOOD;
        v->words = NULL;
        ngx_ai_form_add(call->state, engine, AIF_ENGINE_NO_MARKS);
        return;
    }

    for (i = 0; i < call->batch.n; i++) {
        if (call->batch.items[i].target.data) {
            break;
        }
    }

    if (i == call->batch.n) {
        v->end = NGX_AI_CALL_FAILED;
        v->words = "answer has none of the texts";
        return;
    }

    v->end = NGX_AI_CALL_ANSWER;
    v->health = ngx_ai_call_slow(call->curl.elapsed, engine->timeout)
                ? AIF_BREAKER_SLOW : AIF_BREAKER_GOOD;
    v->words = NULL;
}


/*
 * What the service answered with an error is not paid for, nor what never
 * reached it.  What was cut off may have been: for the budget it was, and as
 * dear as it could be; for the figures it is guessed.
 */

static void
ngx_ai_call_settle(ngx_ai_call_t *call)
{
    ngx_ai_amount_t   spent, *counts;

    spent = ngx_ai_call_spent(call);
    counts = &spent;

    switch (call->curl.result) {

    case NGX_AI_CURL_OK:
    case NGX_AI_CURL_CONNECT:
    case NGX_AI_CURL_BUSY:
        break;

    default:
        counts = &call->bound;
        break;
    }

    ngx_ai_budget_settle(call->account, call->state, call->lease,
                         call->ticket, counts);

    if (call->end != NGX_AI_CALL_BUSY) {
        ngx_ai_budget_count(call->account, &spent);
    }
}


static ngx_ai_amount_t
ngx_ai_call_spent(ngx_ai_call_t *call)
{
    aif_str_t        answer;
    ngx_ai_amount_t  spent;

    spent = call->guess;

    if (call->curl.result == NGX_AI_CURL_CONNECT
        || call->curl.result == NGX_AI_CURL_BUSY
        || (call->curl.result == NGX_AI_CURL_OK
            && call->curl.status != NGX_AI_CALL_SUCCESS))
    {
        ngx_memzero(&spent, sizeof(ngx_ai_amount_t));
        return spent;
    }

    if (call->engine->characters || call->curl.result != NGX_AI_CURL_OK) {
        return spent;
    }

    if (call->batch.usage) {
        spent.input = call->batch.input_tokens;
        spent.output = call->batch.output_tokens;

    } else {
        ngx_ai_call_str(answer, call->curl.answer);
        spent.output = aif_budget_tokens(&answer);
    }

    return spent;
}


static void
ngx_ai_call_count(ngx_ai_call_t *call)
{
    ngx_ai_engine_state_t  *es;

    es = call->state;

    if (call->end == NGX_AI_CALL_BUSY) {
        return;
    }

    ngx_ai_count(es->calls);
    ngx_ai_add(es->texts_sent, call->batch.n);
    ngx_ai_add(es->bytes_sent, call->curl.body.len);
    ngx_ai_add(es->bytes_received, call->curl.answer.len);
    ngx_ai_add(es->input_tokens, call->batch.input_tokens);
    ngx_ai_add(es->output_tokens, call->batch.output_tokens);
    ngx_ai_add(es->msec, call->curl.elapsed);

    switch (call->end) {

    case NGX_AI_CALL_ANSWER:
        ngx_ai_count(es->answers);
        break;

    case NGX_AI_CALL_THROTTLED:
        ngx_ai_count(es->throttled);
        break;

    case NGX_AI_CALL_CLOSED:
        break;

    default:
        ngx_ai_count(es->errors);
        break;
    }
}


/* one line a second and engine: an engine that is down fails many calls */

static void
ngx_ai_call_log(ngx_ai_call_t *call, ngx_ai_call_verdict_t *v)
{
    ngx_str_t            message;
    ngx_uint_t           level;
    ngx_ai_curl_call_t  *curl;

    if (ngx_ai_call_logged[call->engine->index] == ngx_time()) {
        return;
    }

    ngx_ai_call_logged[call->engine->index] = ngx_time();

    curl = &call->curl;
    level = (v->health == AIF_BREAKER_FAILED) ? NGX_LOG_ERR : NGX_LOG_WARN;

    if (curl->status == 0) {
        ngx_log_error(level, ngx_cycle->log, 0,
                      "ai engine \"%V\" call failed: %s",
                      &call->engine->name, v->words);
        return;
    }

    ngx_str_set(&message, "");

    if (v->reply.message.len
        && !ngx_ai_call_echoes(call, &v->reply.message))
    {
        ngx_ai_call_str(message, v->reply.message);
    }

    ngx_log_error(level, ngx_cycle->log, 0,
                  "ai engine \"%V\" call failed: %s, status %ui%s%V",
                  &call->engine->name, v->words, curl->status,
                  message.len ? ": " : "", &message);
}


/* Engines quote what they don't like; texts may be people's. */

static ngx_uint_t
ngx_ai_call_echoes(ngx_ai_call_t *call, aif_str_t *message)
{
    u_char     *p, *last;
    size_t      i, len;
    aif_str_t  *text;

    for (i = 0; i < call->batch.n; i++) {

        text = &call->batch.items[i].source;
        len = ngx_min(text->len, NGX_AI_CALL_ECHO);

        if (len == 0 || len > message->len) {
            continue;
        }

        last = message->data + message->len - len;

        for (p = message->data; p <= last; p++) {
            if (ngx_memcmp(p, text->data, len) == 0) {
                return 1;
            }
        }
    }

    return 0;
}
