
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's multi interface in nginx's event loop: POSTs a body and hands back
 * the answer, or GETs a page and throws it away.  Knows no engine, no store
 * and no request; never follows a redirect, a proxy of the environment or
 * another scheme than http and https, and tells a proxy nothing that is the
 * engine's.  ngx_ai_call.c and ngx_ai_self.c may
 * call it.
 *
 * What holds:
 *
 * - libcurl's functions are called from nginx's handlers only, never from its
 *   own callbacks, which refuse it; and never from a request's cleanup, which
 *   may run inside one (ngx_get_connection() drains keepalive clients).
 * - No callback tells libcurl that it failed but the one that opens a socket:
 *   any other failure stops the whole multi for ever.
 * - libcurl's own limits on connections are not used: a call that it queues
 *   does not time out.
 */


#include "infer/ngx_ai_curl.h"
#include "infer/ngx_ai_easy.h"
#include "infer/ngx_ai_sock.h"


#define NGX_AI_CURL_MIN_POOL      4       /* idle connections */
#define NGX_AI_CURL_MAX_POOL      256

typedef struct {
    CURLM                *multi;
    ngx_event_t           timer;
    ngx_event_t           stop;        /* posted: some call is to end */
    ngx_connection_t      fake;        /* the timer's data, for its log */
    ngx_queue_t           busy;        /* of ngx_ai_easy_t */
    unsigned              closing:1;
} ngx_ai_curl_t;


static ngx_int_t ngx_ai_curl_init(void);
static void ngx_ai_curl_named(ngx_ai_name_lookup_t *lookup);
static ngx_int_t ngx_ai_curl_begin(ngx_ai_easy_t *h);

static void ngx_ai_curl_ready(curl_socket_t fd, int what);
static void ngx_ai_curl_clear_errors(void);
static void ngx_ai_curl_timeout(ngx_event_t *ev);
static void ngx_ai_curl_tell(void);
static void ngx_ai_curl_drain(void);
static void ngx_ai_curl_stopped(ngx_event_t *ev);
static void ngx_ai_curl_done(ngx_ai_easy_t *h, CURLcode code);
static ngx_ai_curl_result_e ngx_ai_curl_result(ngx_ai_easy_t *h,
    CURLcode code);
static void ngx_ai_curl_close(void);

static int ngx_ai_curl_timer(CURLM *multi, long ms, void *data);

static const ngx_ai_sock_handlers_t  ngx_ai_curl_handlers = {
    ngx_ai_curl_ready,
    ngx_ai_curl_close
};


/* this worker's; made by the first call, as init_process also runs in others */

static ngx_ai_curl_t  *ngx_ai_curl;


ngx_int_t
ngx_ai_curl_start(ngx_ai_curl_call_t *call)
{
    ngx_ai_easy_t  *h;

    if (ngx_ai_curl == NULL && ngx_ai_curl_init() != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_ai_curl->closing) {
        return NGX_ERROR;
    }

    if (!ngx_ai_sock_room()) {
        return NGX_AGAIN;
    }

    h = ngx_ai_easy_take(call);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->lookup.handler = ngx_ai_curl_named;
    h->lookup.data = h;

    if ((h->peer == NULL
         || ngx_ai_name_find(&h->lookup, &h->peer->name,
                             call->connect_timeout) == NGX_OK)
        && ngx_ai_curl_begin(h) != NGX_OK)
    {
        ngx_ai_easy_give(h, 1);
        return NGX_ERROR;
    }

    ngx_queue_insert_tail(&ngx_ai_curl->busy, &h->queue);

    /* a worker that is told to quit stays until its calls have ended */

    ngx_ai_curl->timer.cancelable = 0;

    call->priv = h;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "ai curl start: \"%V\" %uz", &call->url, call->body.len);

    return NGX_OK;
}


static ngx_int_t
ngx_ai_curl_init(void)
{
    long            pool;
    ngx_ai_curl_t  *w;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return NGX_ERROR;
    }

    w = ngx_calloc(sizeof(ngx_ai_curl_t), ngx_cycle->log);
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->multi = curl_multi_init();
    if (w->multi == NULL) {
        ngx_free(w);
        return NGX_ERROR;
    }

    ngx_queue_init(&w->busy);

    w->fake.fd = (ngx_socket_t) -1;

    w->timer.data = &w->fake;
    w->timer.handler = ngx_ai_curl_timeout;
    w->timer.log = ngx_cycle->log;

    w->stop.data = &w->fake;
    w->stop.handler = ngx_ai_curl_stopped;
    w->stop.log = ngx_cycle->log;

    pool = ngx_min(ngx_max(ngx_cycle->connection_n / 8, NGX_AI_CURL_MIN_POOL),
                   NGX_AI_CURL_MAX_POOL);

    if (ngx_ai_sock_init(w->multi, &ngx_ai_curl_handlers) != NGX_OK
        || curl_multi_setopt(w->multi, CURLMOPT_TIMERFUNCTION,
                             ngx_ai_curl_timer) != CURLM_OK
        || curl_multi_setopt(w->multi, CURLMOPT_MAXCONNECTS, pool)
           != CURLM_OK)
    {
        curl_multi_cleanup(w->multi);
        ngx_free(w);
        return NGX_ERROR;
    }

    ngx_ai_curl = w;

    return NGX_OK;
}


static void
ngx_ai_curl_named(ngx_ai_name_lookup_t *lookup)
{
    ngx_ai_easy_t  *h;

    h = lookup->data;

    if (ngx_ai_curl_begin(h) != NGX_OK) {
        ngx_ai_curl_done(h, CURLE_OUT_OF_MEMORY);
    }
}


/*
 * Now that the name is known, if nginx's resolver was to find it: what that
 * took is off the call's time.  libcurl arms a timer of 0 ms, the call begins
 * in the next turn.
 */

static ngx_int_t
ngx_ai_curl_begin(ngx_ai_easy_t *h)
{
    if (h->peer && h->peer->name.resolver
        && ngx_ai_easy_addresses(h, h->start + h->call->timeout
                                    - ngx_current_msec) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (curl_multi_add_handle(ngx_ai_curl->multi, h->easy) != CURLM_OK) {
        return NGX_ERROR;
    }

    h->begun = 1;

    return NGX_OK;
}


static void
ngx_ai_curl_ready(curl_socket_t fd, int what)
{
    int        running;
    CURLMcode  rc;

    rc = curl_multi_socket_action(ngx_ai_curl->multi, fd, what, &running);

    if (rc != CURLM_OK) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "curl_multi_socket_action() failed: %s",
                      curl_multi_strerror(rc));
    }

    ngx_ai_curl_tell();
    ngx_ai_curl_drain();
    ngx_ai_curl_clear_errors();
}


static void
ngx_ai_curl_tell(void)
{
    ngx_ai_easy_t  *h;

    for ( ;; ) {
        h = ngx_ai_easy_news();
        if (h == NULL) {
            return;
        }

        h->call->answer.data = h->answer;
        h->call->answer.len = h->len;

        h->call->received(h->call);
    }
}


void
ngx_ai_curl_stop(ngx_ai_curl_call_t *call)
{
    ngx_ai_easy_t  *h;

    h = call->priv;

    if (h == NULL) {
        return;
    }

    h->stopped = 1;

    ngx_post_event(&ngx_ai_curl->stop, &ngx_posted_events);
}


static void
ngx_ai_curl_stopped(ngx_event_t *ev)
{
    ngx_queue_t    *q;
    ngx_ai_easy_t  *h;

    /* a handler may end or begin other calls: the search begins anew */

    q = ngx_queue_head(&ngx_ai_curl->busy);

    while (q != ngx_queue_sentinel(&ngx_ai_curl->busy)) {

        h = ngx_queue_data(q, ngx_ai_easy_t, queue);
        q = ngx_queue_next(q);

        if (h->stopped) {
            ngx_ai_curl_done(h, CURLE_ABORTED_BY_CALLBACK);
            q = ngx_queue_head(&ngx_ai_curl->busy);
        }
    }

    ngx_ai_curl_clear_errors();
}


/*
 * OpenSSL's queue of errors is the thread's: what libcurl leaves there nginx
 * would find in a visitor's handshake, and log as an alert.
 */

static void
ngx_ai_curl_clear_errors(void)
{
#if (NGX_OPENSSL)

    if (ERR_peek_error()) {
        ERR_clear_error();
    }

#endif
}


static void
ngx_ai_curl_timeout(ngx_event_t *ev)
{
    ngx_ai_curl_ready(CURL_SOCKET_TIMEOUT, 0);
}


static void
ngx_ai_curl_drain(void)
{
    int             left;
    CURLMsg        *msg;
    CURLcode        code;
    ngx_ai_easy_t  *h;

    for ( ;; ) {
        msg = curl_multi_info_read(ngx_ai_curl->multi, &left);
        if (msg == NULL) {
            return;
        }

        if (msg->msg != CURLMSG_DONE) {
            continue;
        }

        /* the message is gone with remove_handle */

        code = msg->data.result;

        if (curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
                              (char **) &h) == CURLE_OK)
        {
            ngx_ai_curl_done(h, code);
        }
    }
}


static void
ngx_ai_curl_done(ngx_ai_easy_t *h, CURLcode code)
{
    char                *type;
    long                 status;
    curl_off_t           after;
    ngx_ai_curl_call_t  *call;

    call = h->call;

    status = 0;
    after = 0;
    type = NULL;

    /* else it would tell of the handle's last call */

    if (h->begun) {
        (void) curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
        (void) curl_easy_getinfo(h->easy, CURLINFO_RETRY_AFTER, &after);
        (void) curl_easy_getinfo(h->easy, CURLINFO_CONTENT_TYPE, &type);
        (void) curl_multi_remove_handle(ngx_ai_curl->multi, h->easy);
    }

    ngx_ai_name_forget(&h->lookup);
    ngx_queue_remove(&h->queue);

    /* an hour is as good as any longer time, and fits */

    call->retry_after = (ngx_msec_t) ngx_min(ngx_max(after, 0), 3600) * 1000;
    call->result = ngx_ai_curl_result(h, code);
    call->status = (ngx_uint_t) status;
    call->elapsed = ngx_current_msec - h->start;
    call->answer.data = h->answer;
    call->answer.len = h->get && !call->keep ? 0 : h->len;
    call->type.data = (u_char *) type;
    call->type.len = type ? ngx_strlen(type) : 0;
    call->error = h->unsure ? "a kept connection was closed before an answer"
                  : h->error[0] ? h->error : curl_easy_strerror(code);
    call->priv = NULL;

    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "ai curl done: %d, status %ui, %uz bytes, %M ms",
                   (int) code, call->status, h->len, call->elapsed);

    if (ngx_queue_empty(&ngx_ai_curl->busy)) {
        ngx_ai_curl->timer.cancelable = 1;
    }

    call->handler(call);

    /* call may be gone */

    ngx_ai_easy_give(h, code != CURLE_OK);
}


static ngx_ai_curl_result_e
ngx_ai_curl_result(ngx_ai_easy_t *h, CURLcode code)
{
    if (ngx_ai_curl->closing) {
        return NGX_AI_CURL_CLOSED;
    }

    if (code == CURLE_OK) {
        return NGX_AI_CURL_OK;
    }

    if (h->stopped) {
        return NGX_AI_CURL_STOPPED;
    }

    if (h->too_large) {
        return NGX_AI_CURL_TOO_LARGE;
    }

    if (h->refused) {
        return NGX_AI_CURL_BUSY;
    }

    switch (code) {

    case CURLE_OPERATION_TIMEDOUT:
        return NGX_AI_CURL_TIMEOUT;

    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return NGX_AI_CURL_CONNECT;

    default:
        return NGX_AI_CURL_BROKEN;
    }
}


/* ends what is in flight; no call starts any more */

static void
ngx_ai_curl_close(void)
{
    ngx_ai_easy_t  *h;

    ngx_ai_curl->closing = 1;

    while (!ngx_queue_empty(&ngx_ai_curl->busy)) {
        h = ngx_queue_data(ngx_queue_head(&ngx_ai_curl->busy),
                           ngx_ai_easy_t, queue);

        ngx_ai_curl_done(h, CURLE_ABORTED_BY_CALLBACK);
    }

    ngx_ai_curl_clear_errors();
}


/*
 * ngx_add_timer() leaves a timer alone that is off by less than 300 ms: it is
 * deleted first.
 */

static int
ngx_ai_curl_timer(CURLM *multi, long ms, void *data)
{
    if (ngx_ai_curl->timer.timer_set) {
        ngx_del_timer(&ngx_ai_curl->timer);
    }

    if (ms >= 0) {
        ngx_add_timer(&ngx_ai_curl->timer, (ngx_msec_t) ms);
    }

    return 0;
}


void
ngx_ai_curl_exit(void)
{
    if (ngx_ai_curl == NULL) {
        return;
    }

    ngx_ai_curl_close();

    ngx_ai_easy_exit();

    (void) curl_multi_cleanup(ngx_ai_curl->multi);
    ngx_ai_curl_clear_errors();

    ngx_ai_sock_exit();

    if (ngx_ai_curl->timer.timer_set) {
        ngx_del_timer(&ngx_ai_curl->timer);
    }

    ngx_free(ngx_ai_curl);
    ngx_ai_curl = NULL;
}
