
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's multi interface in nginx's event loop: POSTs a body and hands back
 * the answer, or GETs a page and throws it away.  Knows no engine, no store
 * and no request; never follows a redirect, a proxy of the environment or
 * another scheme than http and https.  ngx_ai_call.c and ngx_ai_self.c may
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
#include "infer/ngx_ai_sock.h"

#include <curl/curl.h>


#define NGX_AI_CURL_FREE_HANDLES  32      /* kept with their options */
#define NGX_AI_CURL_KEEP_ANSWER   65536   /* bytes, kept with a handle */
#define NGX_AI_CURL_MAX_HEADER    65536   /* bytes, all header lines */
#define NGX_AI_CURL_MAX_TYPE      128     /* bytes, of a content type */
#define NGX_AI_CURL_MIN_POOL      4       /* idle connections */
#define NGX_AI_CURL_MAX_POOL      256


/* an easy handle, with everything that must live as long as its call */

typedef struct {
    ngx_queue_t           queue;       /* of the free, or of the busy */
    CURL                 *easy;
    ngx_ai_curl_call_t   *call;
    struct curl_slist    *lines;
    struct curl_slist    *route;       /* of a GET */
    u_char               *ca;          /* set in the handle */
    u_char               *answer;
    size_t                len;
    size_t                size;
    size_t                header;      /* bytes seen */
    ngx_msec_t            start;
    ngx_uint_t            refused;     /* no connection for it */
    unsigned              too_large:1;
    unsigned              get:1;
    char                  error[CURL_ERROR_SIZE];
} ngx_ai_curl_handle_t;


typedef struct {
    CURLM                *multi;
    ngx_event_t           timer;
    ngx_connection_t      fake;        /* the timer's data, for its log */
    ngx_queue_t           free;
    ngx_uint_t            nfree;
    ngx_queue_t           busy;
    unsigned              closing:1;
} ngx_ai_curl_t;


static ngx_int_t ngx_ai_curl_init(void);
static ngx_ai_curl_handle_t *ngx_ai_curl_handle(ngx_ai_curl_call_t *call);
static ngx_int_t ngx_ai_curl_options(ngx_ai_curl_handle_t *h);
static ngx_int_t ngx_ai_curl_lines(ngx_ai_curl_handle_t *h);
static ngx_int_t ngx_ai_curl_line(ngx_ai_curl_handle_t *h, const char *line);
static ngx_int_t ngx_ai_curl_request(ngx_ai_curl_handle_t *h);
static ngx_int_t ngx_ai_curl_post(ngx_ai_curl_handle_t *h);
static ngx_int_t ngx_ai_curl_get(ngx_ai_curl_handle_t *h);
static void ngx_ai_curl_recycle(ngx_ai_curl_handle_t *h, ngx_uint_t failed);
static void ngx_ai_curl_free(ngx_ai_curl_handle_t *h);

static void ngx_ai_curl_ready(curl_socket_t fd, int what);
static void ngx_ai_curl_clear_errors(void);
static void ngx_ai_curl_timeout(ngx_event_t *ev);
static void ngx_ai_curl_drain(void);
static void ngx_ai_curl_done(ngx_ai_curl_handle_t *h, CURLcode code);
static ngx_ai_curl_result_e ngx_ai_curl_result(ngx_ai_curl_handle_t *h,
    CURLcode code);
static void ngx_ai_curl_close(void);

static int ngx_ai_curl_timer(CURLM *multi, long ms, void *data);
static size_t ngx_ai_curl_write(char *p, size_t size, size_t n, void *data);
static size_t ngx_ai_curl_header(char *p, size_t size, size_t n, void *data);

static const ngx_ai_sock_handlers_t  ngx_ai_curl_handlers = {
    ngx_ai_curl_ready,
    ngx_ai_curl_close
};


/* this worker's; made by the first call, as init_process also runs in others */

static ngx_ai_curl_t  *ngx_ai_curl;


ngx_int_t
ngx_ai_curl_start(ngx_ai_curl_call_t *call)
{
    ngx_ai_curl_handle_t  *h;

    if (ngx_ai_curl == NULL && ngx_ai_curl_init() != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_ai_curl->closing) {
        return NGX_ERROR;
    }

    if (!ngx_ai_sock_room()) {
        return NGX_AGAIN;
    }

    h = ngx_ai_curl_handle(call);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->call = call;
    h->get = call->get;
    h->len = 0;
    h->header = 0;
    h->too_large = 0;
    h->refused = 0;
    h->error[0] = '\0';
    h->start = ngx_current_msec;

    /* libcurl arms a timer of 0 ms, the call begins in the next turn */

    if (ngx_ai_curl_request(h) != NGX_OK
        || curl_multi_add_handle(ngx_ai_curl->multi, h->easy) != CURLM_OK)
    {
        ngx_ai_curl_recycle(h, 1);
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

    ngx_queue_init(&w->free);
    ngx_queue_init(&w->busy);

    w->fake.fd = (ngx_socket_t) -1;

    w->timer.data = &w->fake;
    w->timer.handler = ngx_ai_curl_timeout;
    w->timer.log = ngx_cycle->log;

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


/* one of the free handles, or a new one; in no queue */

static ngx_ai_curl_handle_t *
ngx_ai_curl_handle(ngx_ai_curl_call_t *call)
{
    ngx_queue_t           *q;
    ngx_ai_curl_handle_t  *h;

    if (!ngx_queue_empty(&ngx_ai_curl->free)) {

        /* the one given back last: its memory is still in the caches */

        q = ngx_queue_head(&ngx_ai_curl->free);
        ngx_queue_remove(q);
        ngx_ai_curl->nfree--;

        h = ngx_queue_data(q, ngx_ai_curl_handle_t, queue);

        if (h->ca == NULL || call->ca.len) {
            return h;
        }

        /* only a reset brings the default bundle back */

        curl_easy_reset(h->easy);

    } else {
        h = ngx_calloc(sizeof(ngx_ai_curl_handle_t), ngx_cycle->log);
        if (h == NULL) {
            return NULL;
        }

        h->easy = curl_easy_init();
    }

    if (h->easy == NULL || ngx_ai_curl_options(h) != NGX_OK) {
        ngx_ai_curl_free(h);
        return NULL;
    }

    return h;
}


/* what stays from call to call */

static ngx_int_t
ngx_ai_curl_options(ngx_ai_curl_handle_t *h)
{
    CURL  *e;

    e = h->easy;
    h->ca = NULL;

    if (curl_easy_setopt(e, CURLOPT_PRIVATE, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_ERRORBUFFER, h->error) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https")
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_PROXY, "") != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK
        || ngx_ai_sock_options(e, &h->refused) != NGX_OK
        || curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, ngx_ai_curl_write)
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_WRITEDATA, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, ngx_ai_curl_header)
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HEADERDATA, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_USERAGENT, "ngx_http_ai_filter")
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_POST, 1L) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    /*
     * What libcurl may have been built without.  Without QUICK_EXIT a call
     * that gave up on a slow name server makes the whole worker wait for it.
     * HTTP/2 goes by ALPN only: with prior knowledge each reuse of a
     * connection fails (7.88.1).
     */

    (void) curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
    (void) curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                            (long) CURL_HTTP_VERSION_2TLS);
    (void) curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");

    return NGX_OK;
}


/* what each call brings */

static ngx_int_t
ngx_ai_curl_request(ngx_ai_curl_handle_t *h)
{
    CURL                *e;
    ngx_ai_curl_call_t  *call;

    e = h->easy;
    call = h->call;

    if (ngx_ai_curl_lines(h) != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->ca.len && h->ca != call->ca.data) {
        if (curl_easy_setopt(e, CURLOPT_CAINFO, (char *) call->ca.data)
            != CURLE_OK)
        {
            return NGX_ERROR;
        }

        h->ca = call->ca.data;
    }

    if (curl_easy_setopt(e, CURLOPT_URL, (char *) call->url.data) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HTTPHEADER, h->lines) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                            (long) call->connect_timeout) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long) call->timeout)
           != CURLE_OK)
    {
        return NGX_ERROR;
    }

    return call->get ? ngx_ai_curl_get(h) : ngx_ai_curl_post(h);
}


/* the body is not copied; NULL would mean a read function */

static ngx_int_t
ngx_ai_curl_post(ngx_ai_curl_handle_t *h)
{
    const char  *body;
    ngx_str_t   *text;

    text = &h->call->body;
    body = text->len ? (const char *) text->data : "";

    if (curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, body) != CURLE_OK
        || curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                            (curl_off_t) text->len) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* such a handle is reset afterwards */

static ngx_int_t
ngx_ai_curl_get(ngx_ai_curl_handle_t *h)
{
    CURL                *e;
    ngx_ai_curl_call_t  *call;

    e = h->easy;
    call = h->call;

    if (curl_easy_setopt(e, CURLOPT_HTTPGET, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, NULL) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                            (long) CURL_HTTP_VERSION_1_1) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    if (call->target.len
        && curl_easy_setopt(e, CURLOPT_REQUEST_TARGET,
                            (char *) call->target.data) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    if (call->connect_to.len == 0) {
        return NGX_OK;
    }

    h->route = curl_slist_append(NULL, (char *) call->connect_to.data);

    if (h->route == NULL
        || curl_easy_setopt(e, CURLOPT_CONNECT_TO, h->route) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ai_curl_lines(ngx_ai_curl_handle_t *h)
{
    u_char              *p;
    ngx_str_t           *line;
    ngx_uint_t           i;
    ngx_ai_curl_call_t  *call;
    u_char               type[sizeof("Content-Type: ") + NGX_AI_CURL_MAX_TYPE];

    call = h->call;

    if (call->content_type.len > NGX_AI_CURL_MAX_TYPE) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(type, "Content-Type: %V", &call->content_type);
    *p = '\0';

    /* an empty "Expect:" keeps libcurl from waiting for a 100 */

    if (!call->get
        && (ngx_ai_curl_line(h, (char *) type) != NGX_OK
            || ngx_ai_curl_line(h, "Expect:") != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (call->authorization.len
        && ngx_ai_curl_line(h, (char *) call->authorization.data) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (call->headers) {
        line = call->headers->elts;

        for (i = 0; i < call->headers->nelts; i++) {
            if (ngx_ai_curl_line(h, (char *) line[i].data) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ai_curl_line(ngx_ai_curl_handle_t *h, const char *line)
{
    struct curl_slist  *list;

    list = curl_slist_append(h->lines, line);
    if (list == NULL) {
        return NGX_ERROR;
    }

    h->lines = list;

    return NGX_OK;
}


/*
 * A handle whose call failed is not trusted to be clean, and one of a GET has
 * options that no other has: both are reset.
 */

static void
ngx_ai_curl_recycle(ngx_ai_curl_handle_t *h, ngx_uint_t failed)
{
    curl_slist_free_all(h->lines);
    h->lines = NULL;
    h->call = NULL;

    if (h->size > NGX_AI_CURL_KEEP_ANSWER) {
        ngx_free(h->answer);
        h->answer = NULL;
        h->size = 0;
    }

    if (ngx_ai_curl->nfree >= NGX_AI_CURL_FREE_HANDLES) {
        ngx_ai_curl_free(h);
        return;
    }

    if (failed || h->get) {
        curl_easy_reset(h->easy);

        if (ngx_ai_curl_options(h) != NGX_OK) {
            ngx_ai_curl_free(h);
            return;
        }
    }

    curl_slist_free_all(h->route);
    h->route = NULL;

    ngx_queue_insert_head(&ngx_ai_curl->free, &h->queue);
    ngx_ai_curl->nfree++;
}


static void
ngx_ai_curl_free(ngx_ai_curl_handle_t *h)
{
    if (h->easy) {
        curl_easy_cleanup(h->easy);
    }

    curl_slist_free_all(h->route);

    if (h->answer) {
        ngx_free(h->answer);
    }

    ngx_free(h);
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

    ngx_ai_curl_drain();
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
    int                    left;
    CURLMsg               *msg;
    CURLcode               code;
    ngx_ai_curl_handle_t  *h;

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
ngx_ai_curl_done(ngx_ai_curl_handle_t *h, CURLcode code)
{
    long                 status;
    curl_off_t           after;
    ngx_ai_curl_call_t  *call;

    call = h->call;

    status = 0;
    (void) curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);

    after = 0;
    (void) curl_easy_getinfo(h->easy, CURLINFO_RETRY_AFTER, &after);

    /* an hour is as good as any longer time, and fits */

    call->retry_after = (ngx_msec_t) ngx_min(ngx_max(after, 0), 3600) * 1000;
    call->result = ngx_ai_curl_result(h, code);
    call->status = (ngx_uint_t) status;
    call->elapsed = ngx_current_msec - h->start;
    call->answer.data = h->answer;
    call->answer.len = h->get ? 0 : h->len;
    call->error = h->error[0] ? h->error : curl_easy_strerror(code);
    call->priv = NULL;

    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "ai curl done: %d, status %ui, %uz bytes, %M ms",
                   (int) code, call->status, h->len, call->elapsed);

    (void) curl_multi_remove_handle(ngx_ai_curl->multi, h->easy);
    ngx_queue_remove(&h->queue);

    if (ngx_queue_empty(&ngx_ai_curl->busy)) {
        ngx_ai_curl->timer.cancelable = 1;
    }

    call->handler(call);

    /* call may be gone */

    ngx_ai_curl_recycle(h, code != CURLE_OK);
}


static ngx_ai_curl_result_e
ngx_ai_curl_result(ngx_ai_curl_handle_t *h, CURLcode code)
{
    if (ngx_ai_curl->closing) {
        return NGX_AI_CURL_CLOSED;
    }

    if (code == CURLE_OK) {
        return NGX_AI_CURL_OK;
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
    ngx_ai_curl_handle_t  *h;

    ngx_ai_curl->closing = 1;

    while (!ngx_queue_empty(&ngx_ai_curl->busy)) {
        h = ngx_queue_data(ngx_queue_head(&ngx_ai_curl->busy),
                           ngx_ai_curl_handle_t, queue);

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


/*
 * The bytes are inflated ones, so that this is the place for the limit.
 * Anything but "len" makes libcurl end the call.
 */

static size_t
ngx_ai_curl_write(char *p, size_t size, size_t n, void *data)
{
    size_t                 len, room;
    u_char                *answer;
    ngx_ai_curl_handle_t  *h;

    h = data;
    len = size * n;

    if (len > NGX_AI_CURL_MAX_ANSWER - h->len) {
        h->too_large = 1;
        return 0;
    }

    if (h->get) {
        h->len += len;
        return len;
    }

    if (len > h->size - h->len) {
        room = ngx_max(2 * h->size, h->len + len);
        room = ngx_max(room, 4096);

        answer = ngx_alloc(room, ngx_cycle->log);
        if (answer == NULL) {
            return 0;
        }

        if (h->answer) {
            ngx_memcpy(answer, h->answer, h->len);
            ngx_free(h->answer);
        }

        h->answer = answer;
        h->size = room;
    }

    ngx_memcpy(h->answer + h->len, p, len);
    h->len += len;

    return len;
}


/* libcurl keeps header lines without end, of which none is asked for */

static size_t
ngx_ai_curl_header(char *p, size_t size, size_t n, void *data)
{
    ngx_ai_curl_handle_t  *h;

    h = data;
    h->header += size * n;

    if (h->header > NGX_AI_CURL_MAX_HEADER) {
        h->too_large = 1;
        return 0;
    }

    return size * n;
}


void
ngx_ai_curl_exit(void)
{
    ngx_queue_t           *q;
    ngx_ai_curl_handle_t  *h;

    if (ngx_ai_curl == NULL) {
        return;
    }

    ngx_ai_curl_close();

    while (!ngx_queue_empty(&ngx_ai_curl->free)) {
        q = ngx_queue_head(&ngx_ai_curl->free);
        ngx_queue_remove(q);

        h = ngx_queue_data(q, ngx_ai_curl_handle_t, queue);
        ngx_ai_curl_free(h);
    }

    (void) curl_multi_cleanup(ngx_ai_curl->multi);
    ngx_ai_curl_clear_errors();

    ngx_ai_sock_exit();

    if (ngx_ai_curl->timer.timer_set) {
        ngx_del_timer(&ngx_ai_curl->timer);
    }

    ngx_free(ngx_ai_curl);
    ngx_ai_curl = NULL;
}
