
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Single flight.  A question that is asked many times at once costs one call.
 * Within a worker all who ask are linked to one flight, see what it has shown
 * so far, and then what comes.  Across workers a mark in the store sees to it:
 * who sets it asks the engine, others look at it by a short timer, and find
 * the answer in the store, or that it was refused; if it was given up, the
 * first of them to see it asks.
 *
 * A flight holds no request: who asks is linked to it and may go at any time.
 * It ends when its call has ended and nobody is linked.  What was said before
 * makes a question somebody's own: it is neither shared nor kept.
 */


#include "endpoint/ngx_http_ai_assistant.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "core/aif_sha256.h"


#define NGX_HTTP_AI_FLIGHT_MEMORY   (16 * 1024 * 1024)    /* bytes */
#define NGX_HTTP_AI_FLIGHT_LOOK     10       /* ms, and up to */
#define NGX_HTTP_AI_FLIGHT_SLOW     100
#define NGX_HTTP_AI_FLIGHT_GRACE    3000     /* ms, over the time-out */
#define NGX_HTTP_AI_FLIGHT_HOLD     3000     /* ms that a question is not asked
                                                after its answer was refused */
#define NGX_HTTP_AI_FLIGHT_UNKNOWN  "NOT_FOUND"


static ngx_http_ai_flight_t *ngx_http_ai_flight_create(ngx_http_ai_ask_t *ask,
    aif_str_t *source);
static ngx_int_t ngx_http_ai_flight_ground(ngx_http_ai_flight_t *f,
    ngx_http_ai_ask_t *ask, aif_str_t *source);
static void ngx_http_ai_flight_name(ngx_http_ai_flight_t *f,
    ngx_http_ai_ask_t *ask);
static ngx_http_ai_flight_t *ngx_http_ai_flight_find(ngx_http_ai_flight_t *f);
static void ngx_http_ai_flight_link(ngx_http_ai_flight_t *f,
    ngx_http_ai_ask_t *ask);
static ngx_int_t ngx_http_ai_flight_known(ngx_http_ai_flight_t *f);
static ngx_int_t ngx_http_ai_flight_go(ngx_http_ai_flight_t *f);
static void ngx_http_ai_flight_wait(ngx_http_ai_flight_t *f);
static void ngx_http_ai_flight_poll(ngx_event_t *ev);
static void ngx_http_ai_flight_left(ngx_http_ai_flight_t *f);
static void ngx_http_ai_flight_free(ngx_http_ai_flight_t *f);


/* this worker's, that others may join */

static ngx_queue_t  ngx_http_ai_flights;


ngx_int_t
ngx_http_ai_flight_join(ngx_http_ai_ask_t *ask)
{
    ngx_int_t              rc;
    aif_str_t              source;
    ngx_http_ai_flight_t  *f, *other;

    if (ngx_http_ai_flights.next == NULL) {
        ngx_queue_init(&ngx_http_ai_flights);
    }

    if (aif_passages_pick(&ask->passages, &ask->said.question,
                          ask->assistant->context_size)
        != AIF_OK
        || aif_ask_source(&ask->said, &ask->passages, ask->arena, &source)
           != AIF_OK)
    {
        return NGX_ERROR;
    }

    f = ngx_http_ai_flight_create(ask, &source);
    if (f == NULL) {
        return NGX_ERROR;
    }

    f->shared = (ask->said.nturns == 0);

    if (f->shared) {

        ngx_http_ai_flight_name(f, ask);

        other = ngx_http_ai_flight_find(f);

        if (other) {
            ngx_http_ai_flight_free(f);
            ngx_http_ai_flight_link(other, ask);

            if (ask->form == NGX_HTTP_AI_ASK_STREAM
                && ngx_http_ai_ask_tokens(ask) == NGX_ERROR)
            {
                return NGX_ERROR;
            }

            return NGX_AGAIN;
        }
    }

    ngx_http_ai_flight_link(f, ask);

    if (f->shared) {

        rc = ngx_http_ai_flight_known(f);

        if (rc != NGX_DECLINED) {
            return rc;
        }

        ngx_queue_insert_tail(&ngx_http_ai_flights, &f->queue);
        f->listed = 1;
    }

    rc = ngx_http_ai_flight_go(f);

    if (rc != NGX_AGAIN) {
        ngx_http_ai_flight_close(f, 0);
    }

    return rc;
}


static ngx_http_ai_flight_t *
ngx_http_ai_flight_create(ngx_http_ai_ask_t *ask, aif_str_t *source)
{
    aif_arena_t           *arena;
    ngx_http_ai_flight_t  *f;

    arena = aif_arena_create(0, NGX_HTTP_AI_FLIGHT_MEMORY);
    if (arena == NULL) {
        return NULL;
    }

    f = aif_arena_calloc(arena, sizeof(ngx_http_ai_flight_t));
    if (f == NULL) {
        aif_arena_destroy(arena);
        return NULL;
    }

    f->arena = arena;
    f->assistant = ask->assistant;
    f->store = ask->store;
    f->source_locale = ask->source_locale;
    f->target_locale = ask->target_locale;
    f->verdict = AIF_MORE;

    ngx_queue_init(&f->asks);

    f->fake.fd = (ngx_socket_t) -1;
    f->look.data = &f->fake;
    f->look.handler = ngx_http_ai_flight_poll;
    f->look.log = ngx_cycle->log;

    if (ngx_http_ai_flight_ground(f, ask, source) != NGX_OK) {
        ngx_http_ai_flight_free(f);
        return NULL;
    }

    return f;
}


static ngx_int_t
ngx_http_ai_flight_ground(ngx_http_ai_flight_t *f, ngx_http_ai_ask_t *ask,
    aif_str_t *source)
{
    ngx_uint_t          i;
    aif_ground_conf_t  *limits;

    limits = &f->limits;

    f->source.len = source->len;
    f->source.data = aif_arena_dup(f->arena, source->data, source->len);

    if (f->source.data == NULL
        || aif_ask_facts(&ask->passages, f->arena, &limits->facts,
                         &limits->machine)
           != AIF_OK)
    {
        return NGX_ERROR;
    }

    aif_str_set(&limits->unknown, NGX_HTTP_AI_FLIGHT_UNKNOWN);
    limits->source_locale = &f->source_locale;
    limits->target_locale = &f->target_locale;

    for (i = 0; i < ask->passages.npages; i++) {
        limits->nsources += ask->passages.pages[i].chosen;
    }

    aif_ground_init(&f->ground, limits, f->arena);
    aif_stream_init(&f->stream, f->arena);

    return NGX_OK;
}


/* What the engine is shown, in a digest, is the question's key. */

static void
ngx_http_ai_flight_name(ngx_http_ai_flight_t *f, ngx_http_ai_ask_t *ask)
{
    u_char               digest[AIF_SHA256_SIZE];
    aif_str_t            parts[4];
    aif_sha256_t         sha;
    ngx_ai_state_t      *state;
    const aif_prompt_t  *prompt;

    aif_sha256_init(&sha);
    aif_sha256_update(&sha, f->source.data, f->source.len);
    aif_sha256_final(&sha, digest);
    ngx_hex_dump(f->digest, digest, AIF_SHA256_SIZE);

    prompt = f->assistant->prompt;
    parts[0] = prompt->name;
    parts[1] = f->source_locale;
    parts[2] = f->target_locale;
    parts[3].data = ask->conf->scope.data;
    parts[3].len = ask->conf->scope.len;

    state = ngx_ai_store_state(f->store);

    f->space.key = aif_key_prefix(&state->secret, parts, 4);
    f->space.recipe = ngx_ai_policy_recipe(ask->conf->policy,
                                           f->assistant->engine->recipe,
                                           aif_prompt_hash(prompt));
    f->space.valid = ask->conf->valid_generated;

    f->item.source.data = f->digest;
    f->item.source.len = sizeof(f->digest);
    f->item.hash = aif_key_hash(&f->space.key, f->digest, sizeof(f->digest));
}


static ngx_http_ai_flight_t *
ngx_http_ai_flight_find(ngx_http_ai_flight_t *f)
{
    ngx_queue_t           *q;
    ngx_http_ai_flight_t  *other;

    for (q = ngx_queue_head(&ngx_http_ai_flights);
         q != ngx_queue_sentinel(&ngx_http_ai_flights);
         q = ngx_queue_next(q))
    {
        other = ngx_queue_data(q, ngx_http_ai_flight_t, queue);

        if (other->item.hash == f->item.hash
            && other->space.key.k0 == f->space.key.k0
            && other->space.recipe == f->space.recipe
            && other->assistant == f->assistant
            && ngx_memcmp(other->digest, f->digest, sizeof(f->digest)) == 0)
        {
            return other;
        }
    }

    return NULL;
}


static void
ngx_http_ai_flight_link(ngx_http_ai_flight_t *f, ngx_http_ai_ask_t *ask)
{
    ask->flight = f;
    ngx_queue_insert_tail(&f->asks, &ask->queue);
}


/*
 * NGX_OK: the store has an answer, and it is still right, or the last one was
 * refused just now; NGX_DECLINED; or NGX_ERROR.
 */

static ngx_int_t
ngx_http_ai_flight_known(ngx_http_ai_flight_t *f)
{
    u_char  *pos, *text;

    text = aif_arena_alloc(f->arena, NGX_AI_STORE_MAX_TEXT);
    if (text == NULL) {
        return NGX_ERROR;
    }

    pos = text;

    (void) ngx_ai_store_lookup(f->store, &f->space, &f->item, 0, 1, &pos,
                               text + NGX_AI_STORE_MAX_TEXT);

    if (f->item.found == NGX_AI_NEGATIVE) {
        f->verdict = AIF_BAD;
        return NGX_OK;
    }

    if (f->item.found != NGX_AI_HIT) {
        return NGX_DECLINED;
    }

    f->verdict = aif_ground_feed(&f->ground, &f->item.value, 1);

    if (f->verdict == AIF_DONE) {
        return NGX_OK;
    }

    f->verdict = AIF_MORE;
    aif_ground_init(&f->ground, &f->limits, f->arena);

    return NGX_DECLINED;
}


/*
 * NGX_AGAIN: the engine, or who asks it, is waited for; NGX_OK: it is decided;
 * or NGX_ERROR.
 */

static ngx_int_t
ngx_http_ai_flight_go(ngx_http_ai_flight_t *f)
{
    ngx_int_t  rc;

    if (f->shared) {

        (void) ngx_ai_store_claim(f->store, &f->space, &f->item, 1,
                                  ngx_current_msec
                                  + f->assistant->engine->timeout
                                  + NGX_HTTP_AI_FLIGHT_GRACE);

        switch (f->item.found) {

        case NGX_AI_CLAIMED:
            f->claimed = 1;
            break;

        case NGX_AI_PENDING:
            ngx_http_ai_flight_wait(f);
            return NGX_AGAIN;

        case NGX_AI_NEGATIVE:
            f->verdict = AIF_BAD;
            return NGX_OK;

        case NGX_AI_HIT:
            rc = ngx_http_ai_flight_known(f);

            if (rc != NGX_DECLINED) {
                return rc;
            }

            break;

        default:        /* no room for a mark */
            break;
        }
    }

    return ngx_http_ai_ask_call(f);
}


static void
ngx_http_ai_flight_wait(ngx_http_ai_flight_t *f)
{
    if (f->until == 0) {
        f->until = ngx_current_msec + f->assistant->engine->timeout
                   + NGX_HTTP_AI_FLIGHT_GRACE;
        f->interval = NGX_HTTP_AI_FLIGHT_LOOK;
    }

    ngx_add_timer(&f->look, f->interval);

    f->interval = ngx_min(f->interval * 2, NGX_HTTP_AI_FLIGHT_SLOW);
}


static void
ngx_http_ai_flight_poll(ngx_event_t *ev)
{
    ngx_int_t              rc;
    ngx_http_ai_flight_t  *f;

    f = (ngx_http_ai_flight_t *) ((u_char *) ev
                                  - offsetof(ngx_http_ai_flight_t, look));

    if ((ngx_msec_int_t) (f->until - ngx_current_msec) <= 0) {
        f->status = NGX_HTTP_GATEWAY_TIME_OUT;
        f->message = "the engine did not answer in time";
        ngx_http_ai_flight_land(f);
        return;
    }

    if (ngx_ai_store_poll(f->store, &f->space, &f->item, 1)) {
        ngx_http_ai_flight_wait(f);
        return;
    }

    rc = ngx_http_ai_flight_known(f);

    if (rc == NGX_DECLINED) {
        rc = ngx_http_ai_flight_go(f);
    }

    if (rc == NGX_AGAIN) {
        return;
    }

    if (rc == NGX_ERROR) {
        f->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        f->message = "no memory";
    }

    ngx_http_ai_flight_land(f);
}


/* Nobody joins it any more, and others may ask, or not before "hold" ms. */

void
ngx_http_ai_flight_close(ngx_http_ai_flight_t *f, ngx_msec_t hold)
{
    if (f->listed) {
        ngx_queue_remove(&f->queue);
        f->listed = 0;
    }

    if (f->claimed) {
        ngx_ai_store_fail(f->store, &f->space, &f->item, hold);
        f->claimed = 0;
    }
}


/* All who ask get what may be shown by now. */

void
ngx_http_ai_flight_tell(ngx_http_ai_flight_t *f)
{
    ngx_queue_t         *q, told;
    ngx_connection_t    *c;
    ngx_http_ai_ask_t   *ask;
    ngx_http_request_t  *r;

    ngx_queue_init(&told);

    f->busy = 1;

    while (!ngx_queue_empty(&f->asks)) {

        q = ngx_queue_head(&f->asks);
        ngx_queue_remove(q);
        ngx_queue_insert_tail(&told, q);

        ask = ngx_queue_data(q, ngx_http_ai_ask_t, queue);

        if (ask->form != NGX_HTTP_AI_ASK_STREAM) {
            continue;
        }

        r = ask->request;
        c = r->connection;

        ngx_http_set_log_request(c->log, r);

        /* with the last of its requests a connection goes, and its asks */

        if (ngx_http_ai_ask_tokens(ask) == NGX_ERROR) {
            ngx_http_finalize_request(r, NGX_ERROR);
        }

        ngx_http_run_posted_requests(c);
    }

    if (!ngx_queue_empty(&told)) {
        ngx_queue_add(&f->asks, &told);
    }

    f->busy = 0;

    if (ngx_queue_empty(&f->asks)) {
        ngx_http_ai_flight_left(f);
    }
}


/* It is decided: all who ask get their answer. */

void
ngx_http_ai_flight_land(ngx_http_ai_flight_t *f)
{
    ngx_int_t            rc;
    ngx_queue_t         *q;
    ngx_connection_t    *c;
    ngx_http_ai_ask_t   *ask;
    ngx_http_request_t  *r;

    ngx_http_ai_flight_close(f, ngx_http_ai_flight_refused(f)
                                ? NGX_HTTP_AI_FLIGHT_HOLD : 0);

    f->busy = 1;

    while (!ngx_queue_empty(&f->asks)) {

        q = ngx_queue_head(&f->asks);
        ask = ngx_queue_data(q, ngx_http_ai_ask_t, queue);

        r = ask->request;
        c = r->connection;

        ngx_http_set_log_request(c->log, r);

        rc = ngx_http_ai_flight_answer(ask);

        ngx_http_finalize_request(r, rc);
        ngx_http_run_posted_requests(c);
    }

    f->busy = 0;

    ngx_http_ai_flight_free(f);
}


ngx_int_t
ngx_http_ai_flight_answer(ngx_http_ai_ask_t *ask)
{
    ngx_int_t              rc;
    ngx_http_ai_flight_t  *f;

    f = ask->flight;

    if (f->status == 0) {
        rc = ngx_http_ai_ask_finish(ask);

    } else if (f->retry && !ask->header
               && ngx_http_ai_reply_header(ask->request, "Retry-After", "1")
                  != NGX_OK)
    {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    } else {
        rc = ngx_http_ai_ask_error(ask, f->status, f->message);
    }

    ngx_http_ai_flight_leave(ask);

    return rc;
}


void
ngx_http_ai_flight_leave(ngx_http_ai_ask_t *ask)
{
    ngx_http_ai_flight_t  *f;

    f = ask->flight;

    if (f == NULL) {
        return;
    }

    ngx_queue_remove(&ask->queue);
    ask->flight = NULL;

    if (!f->busy && ngx_queue_empty(&f->asks)) {
        ngx_http_ai_flight_left(f);
    }
}


/* Nobody waits: the call is stopped, or, as configured, goes to the store. */

static void
ngx_http_ai_flight_left(ngx_http_ai_flight_t *f)
{
    if (f->call == NULL) {
        ngx_http_ai_flight_free(f);
        return;
    }

    if (!f->assistant->finish) {
        ngx_http_ai_flight_close(f, 0);
        ngx_ai_curl_stop(&f->call->curl);
    }
}


static void
ngx_http_ai_flight_free(ngx_http_ai_flight_t *f)
{
    if (f->busy || f->call || !ngx_queue_empty(&f->asks)) {
        return;
    }

    ngx_http_ai_flight_close(f, 0);

    if (f->look.timer_set) {
        ngx_del_timer(&f->look);
    }

    aif_arena_destroy(f->arena);
}
