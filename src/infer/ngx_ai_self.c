
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The anonymous fetch.  GETs a page from this nginx with nothing of the
 * visitor who saw it: no cookie but that of the locale, no credentials, none
 * of his headers.  What comes is thrown away; the page teaches on its way out,
 * like a stranger's.  It is made once a day, by few at a time, and not too
 * often.  Writes no address to the log.  page/ may call it.
 */


#include "infer/ngx_ai_self.h"
#include "infer/ngx_ai_stranger.h"


#define NGX_AI_SELF_PACE       100       /* ms for one fetch more, after a */
#define NGX_AI_SELF_BURST      40        /* burst of so many */
#define NGX_AI_SELF_LOOK       100       /* ms between looks for a free place */

#define NGX_AI_SELF_DAY        1440      /* minutes until the next */
#define NGX_AI_SELF_RETRY      10        /* minutes, after a failure */
#define NGX_AI_SELF_CLAIM      15        /* minutes, over waiting and call */

#if (NGX_AI_SELF_CLAIM <= NGX_AI_SELF_RETRY)
#error "ngx_ai_self_again() comes during the claim, and shortens it"
#endif

/* places are held no longer than that, whoever dies */

#define NGX_AI_SELF_CALL_MAX   (NGX_AI_STRANGER_TIMEOUT + 2000)       /* ms */
#define NGX_AI_SELF_WAIT_MAX   (NGX_AI_SELF_CLAIM * 60 * 1000)

#define NGX_AI_SELF_LOG        60        /* seconds between two lines */


/* What lives as long as the fetch. */

typedef struct {
    ngx_queue_t           queue;         /* of the waiting */
    ngx_ai_state_t       *state;
    uint64_t              key;
    ngx_atomic_uint_t     claim;
    ngx_atomic_t         *seat;          /* to call, or to wait, */
    ngx_msec_t            deadline;      /* until then */
    ngx_ai_stranger_t     stranger;
} ngx_ai_self_call_t;


static ngx_ai_self_call_t *ngx_ai_self_create(ngx_ai_self_fetch_t *fetch,
    ngx_ai_self_name_t *name);
static ngx_int_t ngx_ai_self_admit(ngx_ai_self_call_t *call);
static ngx_uint_t ngx_ai_self_sit(ngx_ai_self_call_t *call);
static void ngx_ai_self_leave(ngx_ai_self_call_t *call);
static void ngx_ai_self_wait(ngx_ai_self_call_t *call);
static void ngx_ai_self_look(ngx_event_t *ev);
static ngx_int_t ngx_ai_self_start(ngx_ai_self_call_t *call);
static void ngx_ai_self_done(ngx_ai_curl_call_t *curl);
static ngx_uint_t ngx_ai_self_judge(ngx_ai_self_call_t *call);
static void ngx_ai_self_log(const char *words);
static void ngx_ai_self_end(ngx_ai_self_call_t *call, ngx_uint_t minutes);
static ngx_uint_t ngx_ai_self_minute(void);


#define ngx_ai_self_idle()                                                    \
    (ngx_ai_self_waiting.next == NULL                                         \
     || ngx_queue_empty(&ngx_ai_self_waiting))


/* this worker's */

static ngx_queue_t   ngx_ai_self_waiting;
static ngx_event_t   ngx_ai_self_timer;      /* set while somebody waits */
static time_t        ngx_ai_self_logged;


void
ngx_ai_self_name(ngx_ai_state_t *state, ngx_ai_self_page_t *page,
    ngx_ai_self_name_t *name)
{
    aif_str_t         part[4];
    aif_key_secret_t  secret;

    aif_str_set(&part[0], "anonymous fetch");
    part[1].len = page->host.len;
    part[1].data = page->host.data;
    part[2].len = page->target.len;
    part[2].data = page->target.data;
    part[3].len = page->locale.len;
    part[3].data = page->locale.data;

    secret = aif_key_prefix(&state->secret, part, 4);

    name->key = secret.k0;
    name->token = secret.k1;
}


ngx_int_t
ngx_ai_self_fetch(ngx_ai_state_t *state, ngx_ai_self_fetch_t *fetch)
{
    ngx_int_t            rc;
    ngx_atomic_uint_t    claim;
    ngx_ai_self_call_t  *call;
    ngx_ai_self_name_t   name;

    ngx_ai_self_name(state, &fetch->page, &name);

    claim = ngx_ai_once_claim(&state->once, name.key, ngx_ai_self_minute(),
                              NGX_AI_SELF_CLAIM);
    if (claim == 0) {
        return NGX_DECLINED;
    }

    call = ngx_ai_self_create(fetch, &name);
    if (call == NULL) {
        ngx_ai_once_settle(&state->once, name.key, claim,
                           ngx_ai_self_minute(), 0);
        return NGX_ERROR;
    }

    call->state = state;
    call->key = name.key;
    call->claim = claim;

    rc = ngx_ai_self_admit(call);

    if (rc == NGX_BUSY) {
        ngx_ai_count(state->self_limited);
        ngx_ai_self_end(call, 0);
        return NGX_BUSY;
    }

    if (rc == NGX_AGAIN) {
        return NGX_OK;
    }

    rc = ngx_ai_self_start(call);

    return rc == NGX_AGAIN ? NGX_BUSY : rc;
}


/*
 * NGX_OK (it may start), NGX_AGAIN (it waits) or NGX_BUSY: it comes again with
 * the page's next visitor.  All bounds are those of all workers together.
 */

static ngx_int_t
ngx_ai_self_admit(ngx_ai_self_call_t *call)
{
    ngx_int_t        rc;
    ngx_ai_state_t  *state;

    if (ngx_exiting) {
        return NGX_BUSY;
    }

    state = call->state;
    rc = NGX_OK;

    if (!ngx_ai_self_sit(call)) {

        rc = NGX_AGAIN;

        call->deadline = (ngx_current_msec + NGX_AI_SELF_WAIT_MAX) | 1;
        call->seat = ngx_ai_share_seat(state->self_wait, NGX_AI_SELF_WAITING,
                                       call->deadline);
        if (call->seat == NULL) {
            return NGX_BUSY;
        }
    }

    if (!ngx_ai_share_take(state->self_rate, 1, 0,
                           ngx_current_msec / NGX_AI_SELF_PACE,
                           NGX_AI_SELF_BURST))
    {
        return NGX_BUSY;
    }

    if (rc == NGX_AGAIN) {
        ngx_ai_self_wait(call);
    }

    return rc;
}


/* a place among those who call, for the one among those who wait */

static ngx_uint_t
ngx_ai_self_sit(ngx_ai_self_call_t *call)
{
    ngx_msec_t     deadline;
    ngx_atomic_t  *seat;

    deadline = (ngx_current_msec + NGX_AI_SELF_CALL_MAX) | 1;

    seat = ngx_ai_share_seat(call->state->self_call, NGX_AI_SELF_CALLS,
                             deadline);
    if (seat == NULL) {
        return 0;
    }

    ngx_ai_self_leave(call);

    call->seat = seat;
    call->deadline = deadline;

    return 1;
}


static void
ngx_ai_self_leave(ngx_ai_self_call_t *call)
{
    if (call->seat) {
        ngx_ai_share_leave(call->seat, call->deadline);
        call->seat = NULL;
    }
}


static void
ngx_ai_self_wait(ngx_ai_self_call_t *call)
{
    if (ngx_ai_self_waiting.next == NULL) {
        ngx_queue_init(&ngx_ai_self_waiting);

        ngx_ai_self_timer.handler = ngx_ai_self_look;
        ngx_ai_self_timer.data = &ngx_ai_self_timer;
        ngx_ai_self_timer.log = ngx_cycle->log;
        ngx_ai_self_timer.cancelable = 1;
    }

    ngx_queue_insert_tail(&ngx_ai_self_waiting, &call->queue);

    if (!ngx_ai_self_timer.timer_set) {
        ngx_add_timer(&ngx_ai_self_timer, NGX_AI_SELF_LOOK);
    }
}


/*
 * Who waits here may start: at the end of a call of this worker's, and by the
 * timer, for one of another's.
 */

static void
ngx_ai_self_look(ngx_event_t *ev)
{
    ngx_queue_t         *q;
    ngx_ai_self_call_t  *call;

    /* a worker that is to go does not stay for what has not begun */

    if (ngx_exiting) {
        ngx_ai_self_exit();
        return;
    }

    while (!ngx_ai_self_idle()) {

        q = ngx_queue_head(&ngx_ai_self_waiting);
        call = ngx_queue_data(q, ngx_ai_self_call_t, queue);

        if (!ngx_ai_self_sit(call)) {

            if (!ngx_ai_self_timer.timer_set) {
                ngx_add_timer(&ngx_ai_self_timer, NGX_AI_SELF_LOOK);
            }

            return;
        }

        ngx_queue_remove(q);

        (void) ngx_ai_self_start(call);
    }
}


static ngx_ai_self_call_t *
ngx_ai_self_create(ngx_ai_self_fetch_t *fetch, ngx_ai_self_name_t *name)
{
    ngx_ai_self_call_t  *call;

    call = ngx_calloc(sizeof(ngx_ai_self_call_t)
                      + ngx_ai_stranger_size(fetch), ngx_cycle->log);
    if (call == NULL) {
        return NULL;
    }

    ngx_ai_stranger_make(&call->stranger, fetch, name, (u_char *) &call[1]);

    call->stranger.curl.handler = ngx_ai_self_done;
    call->stranger.curl.data = call;

    return call;
}


/* NGX_OK, or the call is gone */

static ngx_int_t
ngx_ai_self_start(ngx_ai_self_call_t *call)
{
    ngx_int_t  rc;

    rc = ngx_ai_curl_start(&call->stranger.curl);

    if (rc != NGX_OK) {
        ngx_ai_count(call->state->self_limited);
        ngx_ai_self_end(call, 0);
        return rc;
    }

    ngx_ai_count(call->state->self_fetches);

    return NGX_OK;
}


static void
ngx_ai_self_done(ngx_ai_curl_call_t *curl)
{
    ngx_ai_self_call_t  *call;

    call = curl->data;

    ngx_ai_self_end(call, ngx_ai_self_judge(call));

    ngx_ai_self_look(NULL);
}


/* counts, and says for how many minutes that is enough */

static ngx_uint_t
ngx_ai_self_judge(ngx_ai_self_call_t *call)
{
    const char          *words;
    ngx_ai_state_t      *state;
    ngx_ai_curl_call_t  *curl;

    state = call->state;
    curl = &call->stranger.curl;

    switch (curl->result) {

    case NGX_AI_CURL_OK:

        switch (curl->status) {

        case 200:
        case 404:
        case 410:
            return NGX_AI_SELF_DAY;

        default:
            break;
        }

        /* a stranger is sent away: so he will be tomorrow */

        if (curl->status < 500 && curl->status != 429) {
            ngx_ai_count(state->self_refused);
            return NGX_AI_SELF_DAY;
        }

        words = "an error was answered";
        break;

    case NGX_AI_CURL_CONNECT:
        words = "no connection, see \"ai_self\"";
        break;

    case NGX_AI_CURL_TIMEOUT:
        words = "timed out";
        break;

    case NGX_AI_CURL_TOO_LARGE:
        ngx_ai_count(state->self_failed);
        ngx_ai_self_log("the page is too large");
        return NGX_AI_SELF_DAY;

    case NGX_AI_CURL_BUSY:
        ngx_ai_count(state->self_limited);
        return 0;

    case NGX_AI_CURL_CLOSED:
        return 0;

    default:
        words = "the answer was cut off";
    }

    ngx_ai_count(state->self_failed);
    ngx_ai_self_log(words);

    return NGX_AI_SELF_RETRY;
}


/* never with the address: it may be somebody's */

static void
ngx_ai_self_log(const char *words)
{
    time_t  now;

    now = ngx_time();

    if (ngx_ai_self_logged != 0 && now - ngx_ai_self_logged < NGX_AI_SELF_LOG) {
        return;
    }

    ngx_ai_self_logged = now;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "ai anonymous fetch of a page failed: %s", words);
}


static void
ngx_ai_self_end(ngx_ai_self_call_t *call, ngx_uint_t minutes)
{
    ngx_ai_once_settle(&call->state->once, call->key, call->claim,
                       ngx_ai_self_minute(), minutes);
    ngx_ai_self_leave(call);
    ngx_free(call);
}


void
ngx_ai_self_again(ngx_ai_state_t *state, uint64_t key)
{
    if (ngx_ai_once_shorten(&state->once, key, ngx_ai_self_minute(),
                            NGX_AI_SELF_RETRY))
    {
        ngx_ai_count(state->self_again);
    }
}


static ngx_uint_t
ngx_ai_self_minute(void)
{
    return (ngx_uint_t) (ngx_current_msec / 60000);
}


void
ngx_ai_self_exit(void)
{
    ngx_queue_t  *q;

    while (!ngx_ai_self_idle()) {
        q = ngx_queue_head(&ngx_ai_self_waiting);
        ngx_queue_remove(q);

        ngx_ai_self_end(ngx_queue_data(q, ngx_ai_self_call_t, queue), 0);
    }
}
