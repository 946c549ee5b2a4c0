
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's easy handles: their options, what a call sets in one, and a few
 * that are kept with everything in them that stays from call to call, as
 * setting it takes longer than a short call.  Knows neither the multi nor
 * events.  ngx_ai_curl.c may call it.
 */


#include "infer/ngx_ai_easy.h"
#include "infer/ngx_ai_sock.h"


#define NGX_AI_EASY_FREE         32       /* kept with their options */
#define NGX_AI_EASY_KEEP_ANSWER  65536    /* bytes, kept with a handle */
#define NGX_AI_EASY_MAX_HEADER   65536    /* bytes, all header lines */
#define NGX_AI_EASY_MAX_TYPE     128      /* bytes, of a content type */

/*
 * Seconds.  Addresses of services change: a name is asked for again, and a
 * connection is not used for ever.  The tests have shorter ones.
 */

#ifndef NGX_AI_EASY_NAMES
#define NGX_AI_EASY_NAMES        10
#endif

#ifndef NGX_AI_EASY_LIFETIME
#define NGX_AI_EASY_LIFETIME     300
#endif


static ngx_ai_easy_t *ngx_ai_easy_find(ngx_ai_peer_t *peer);
static ngx_int_t ngx_ai_easy_options(ngx_ai_easy_t *h);
static ngx_int_t ngx_ai_easy_peer(CURL *e, ngx_ai_peer_t *peer);
static ngx_int_t ngx_ai_easy_request(ngx_ai_easy_t *h);
static ngx_int_t ngx_ai_easy_post(ngx_ai_easy_t *h);
static ngx_int_t ngx_ai_easy_get(ngx_ai_easy_t *h);
static ngx_int_t ngx_ai_easy_lines(ngx_ai_easy_t *h);
static ngx_int_t ngx_ai_easy_line(ngx_ai_easy_t *h, const char *line);
static void ngx_ai_easy_lists(ngx_ai_easy_t *h);
static void ngx_ai_easy_destroy(ngx_ai_easy_t *h);

static void ngx_ai_easy_tell(ngx_ai_easy_t *h);
static int ngx_ai_easy_once(void *data, char *there, char *here,
    int there_port, int here_port);
static size_t ngx_ai_easy_write(char *p, size_t size, size_t n, void *data);
static size_t ngx_ai_easy_header(char *p, size_t size, size_t n, void *data);


/* this worker's; given back */

static ngx_queue_t  ngx_ai_easy_free;
static ngx_uint_t   ngx_ai_easy_nfree;
static ngx_queue_t  ngx_ai_easy_told;


ngx_ai_easy_t *
ngx_ai_easy_take(ngx_ai_curl_call_t *call)
{
    ngx_ai_easy_t  *h;

    h = ngx_ai_easy_find(call->peer);
    if (h == NULL) {
        return NULL;
    }

    h->call = call;
    h->get = call->get;
    h->len = 0;
    h->header = 0;
    h->begun = 0;
    h->sent = 0;
    h->unsure = 0;
    h->too_large = 0;
    h->stopped = 0;
    h->refused = 0;
    h->error[0] = '\0';
    h->start = ngx_current_msec;

    if (ngx_ai_easy_request(h) != NGX_OK) {
        ngx_ai_easy_give(h, 1);
        return NULL;
    }

    return h;
}


/*
 * One of the free handles, or a new one.  The one given back last is the
 * first: its memory is still in the caches.
 */

static ngx_ai_easy_t *
ngx_ai_easy_find(ngx_ai_peer_t *peer)
{
    ngx_queue_t    *q;
    ngx_ai_easy_t  *h;

    if (ngx_ai_easy_free.next == NULL) {
        ngx_queue_init(&ngx_ai_easy_free);
    }

    for (q = ngx_queue_head(&ngx_ai_easy_free);
         q != ngx_queue_sentinel(&ngx_ai_easy_free);
         q = ngx_queue_next(q))
    {
        h = ngx_queue_data(q, ngx_ai_easy_t, queue);

        if (h->peer == peer) {
            ngx_queue_remove(q);
            ngx_ai_easy_nfree--;

            return h;
        }
    }

    h = ngx_calloc(sizeof(ngx_ai_easy_t), ngx_cycle->log);
    if (h == NULL) {
        return NULL;
    }

    h->peer = peer;
    h->easy = curl_easy_init();

    if (h->easy == NULL || ngx_ai_easy_options(h) != NGX_OK) {
        ngx_ai_easy_destroy(h);
        return NULL;
    }

    return h;
}


/* what stays from call to call */

static ngx_int_t
ngx_ai_easy_options(ngx_ai_easy_t *h)
{
    CURL  *e;

    e = h->easy;

    if (curl_easy_setopt(e, CURLOPT_PRIVATE, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_ERRORBUFFER, h->error) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https")
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT,
                            (long) NGX_AI_EASY_NAMES) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_MAXLIFETIME_CONN,
                            (long) NGX_AI_EASY_LIFETIME) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK
        || ngx_ai_sock_options(e, &h->refused) != NGX_OK
        || curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, ngx_ai_easy_once)
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_PREREQDATA, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, ngx_ai_easy_write)
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_WRITEDATA, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, ngx_ai_easy_header)
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HEADERDATA, h) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_USERAGENT, "ngx_http_ai_filter")
           != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_POST, 1L) != CURLE_OK
        || ngx_ai_easy_peer(e, h->peer) != NGX_OK)
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


/*
 * No proxy is "", else those of the environment are asked.  What is the
 * engine's, its key above all, is not for a proxy that is asked to connect.
 */

static ngx_int_t
ngx_ai_easy_peer(CURL *e, ngx_ai_peer_t *peer)
{
    ngx_uint_t        i;
    struct curl_blob  blob[2];

    if (curl_easy_setopt(e, CURLOPT_PROXY, peer && peer->proxy.len
                                           ? (char *) peer->proxy.data : "")
        != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_NOPROXY, "") != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_HEADEROPT, (long) CURLHEADER_SEPARATE)
           != CURLE_OK)
    {
        return NGX_ERROR;
    }

    if (peer && peer->ca.len
        && curl_easy_setopt(e, CURLOPT_CAINFO, (char *) peer->ca.data)
           != CURLE_OK)
    {
        return NGX_ERROR;
    }

    if (peer == NULL || peer->certificate.len == 0) {
        return NGX_OK;
    }

    blob[0].data = peer->certificate.data;
    blob[0].len = peer->certificate.len;
    blob[1].data = peer->key.data;
    blob[1].len = peer->key.len;

    for (i = 0; i < 2; i++) {
        blob[i].flags = CURL_BLOB_NOCOPY;
    }

    if (curl_easy_setopt(e, CURLOPT_SSLCERT_BLOB, &blob[0]) != CURLE_OK
        || curl_easy_setopt(e, CURLOPT_SSLKEY_BLOB, &blob[1]) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* what each call brings */

static ngx_int_t
ngx_ai_easy_request(ngx_ai_easy_t *h)
{
    CURL                *e;
    ngx_ai_curl_call_t  *call;

    e = h->easy;
    call = h->call;

    if (ngx_ai_easy_lines(h) != NGX_OK) {
        return NGX_ERROR;
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

    return call->get ? ngx_ai_easy_get(h) : ngx_ai_easy_post(h);
}


/* the body is not copied; NULL would mean a read function */

static ngx_int_t
ngx_ai_easy_post(ngx_ai_easy_t *h)
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
ngx_ai_easy_get(ngx_ai_easy_t *h)
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
ngx_ai_easy_lines(ngx_ai_easy_t *h)
{
    u_char              *p;
    ngx_str_t           *line;
    ngx_uint_t           i;
    ngx_ai_curl_call_t  *call;
    u_char               type[sizeof("Content-Type: ") + NGX_AI_EASY_MAX_TYPE];

    call = h->call;

    if (call->content_type.len > NGX_AI_EASY_MAX_TYPE) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(type, "Content-Type: %V", &call->content_type);
    *p = '\0';

    /* an empty "Expect:" keeps libcurl from waiting for a 100 */

    if (!call->get
        && (ngx_ai_easy_line(h, (char *) type) != NGX_OK
            || ngx_ai_easy_line(h, "Expect:") != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (call->authorization.len
        && ngx_ai_easy_line(h, (char *) call->authorization.data) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (call->headers) {
        line = call->headers->elts;

        for (i = 0; i < call->headers->nelts; i++) {
            if (ngx_ai_easy_line(h, (char *) line[i].data) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_ai_easy_line(ngx_ai_easy_t *h, const char *line)
{
    struct curl_slist  *list;

    list = curl_slist_append(h->lines, line);
    if (list == NULL) {
        return NGX_ERROR;
    }

    h->lines = list;

    return NGX_OK;
}


ngx_int_t
ngx_ai_easy_addresses(ngx_ai_easy_t *h, ngx_msec_int_t left)
{
    if (h->lookup.line[0]) {
        h->addresses = curl_slist_append(NULL, (char *) h->lookup.line);

        if (h->addresses == NULL) {
            return NGX_ERROR;
        }
    }

    if (curl_easy_setopt(h->easy, CURLOPT_RESOLVE, h->addresses) != CURLE_OK
        || curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS,
                            (long) ngx_max(left, 1)) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * A handle whose call failed is not trusted to be clean, and one of a GET has
 * options that no other has: both are reset.
 */

void
ngx_ai_easy_give(ngx_ai_easy_t *h, ngx_uint_t failed)
{
    ngx_queue_t  *q;

    if (h->told) {
        ngx_queue_remove(&h->news);
        h->told = 0;
    }

    h->call = NULL;
    ngx_ai_easy_lists(h);

    if (h->size > NGX_AI_EASY_KEEP_ANSWER) {
        ngx_free(h->answer);
        h->answer = NULL;
        h->size = 0;
    }

    if (failed || h->get) {
        curl_easy_reset(h->easy);

        if (ngx_ai_easy_options(h) != NGX_OK) {
            ngx_ai_easy_destroy(h);
            return;
        }
    }

    ngx_queue_insert_head(&ngx_ai_easy_free, &h->queue);

    if (++ngx_ai_easy_nfree > NGX_AI_EASY_FREE) {
        q = ngx_queue_last(&ngx_ai_easy_free);
        ngx_queue_remove(q);
        ngx_ai_easy_nfree--;

        ngx_ai_easy_destroy(ngx_queue_data(q, ngx_ai_easy_t, queue));
    }
}


/* the call's own; its next one sets them all */

static void
ngx_ai_easy_lists(ngx_ai_easy_t *h)
{
    curl_slist_free_all(h->lines);
    curl_slist_free_all(h->route);
    curl_slist_free_all(h->addresses);

    h->lines = NULL;
    h->route = NULL;
    h->addresses = NULL;
}


static void
ngx_ai_easy_destroy(ngx_ai_easy_t *h)
{
    if (h->easy) {
        curl_easy_cleanup(h->easy);
    }

    ngx_ai_easy_lists(h);

    if (h->answer) {
        ngx_free(h->answer);
    }

    ngx_free(h);
}


ngx_ai_easy_t *
ngx_ai_easy_news(void)
{
    ngx_queue_t    *q;
    ngx_ai_easy_t  *h;

    if (ngx_ai_easy_told.next == NULL || ngx_queue_empty(&ngx_ai_easy_told)) {
        return NULL;
    }

    q = ngx_queue_head(&ngx_ai_easy_told);
    h = ngx_queue_data(q, ngx_ai_easy_t, news);

    ngx_queue_remove(q);
    h->told = 0;

    return h;
}


/* libcurl's callbacks are no place to do anything: it is told afterwards */

static void
ngx_ai_easy_tell(ngx_ai_easy_t *h)
{
    if (ngx_ai_easy_told.next == NULL) {
        ngx_queue_init(&ngx_ai_easy_told);
    }

    if (h->call->received && !h->told) {
        ngx_queue_insert_tail(&ngx_ai_easy_told, &h->news);
        h->told = 1;
    }
}


/*
 * The bytes are inflated ones, so that this is the place for the limit.
 * Anything but "len" makes libcurl end the call.
 */

/*
 * When a connection that was kept is closed before an answer, libcurl sends the
 * request again, up to five times.  The service may have read it each time, so
 * that is for those to decide who count and pay.
 */

static int
ngx_ai_easy_once(void *data, char *there, char *here, int there_port,
    int here_port)
{
    ngx_ai_easy_t  *h;

    h = data;

    if (h->sent) {
        h->unsure = 1;
        return CURL_PREREQFUNC_ABORT;
    }

    h->sent = 1;

    return CURL_PREREQFUNC_OK;
}


static size_t
ngx_ai_easy_write(char *p, size_t size, size_t n, void *data)
{
    size_t                 len, room;
    u_char                *answer;
    ngx_ai_easy_t  *h;

    h = data;
    len = size * n;

    if (len > NGX_AI_CURL_MAX_ANSWER - h->len) {
        h->too_large = 1;
        return 0;
    }

    if (h->get && !h->call->keep) {
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

    ngx_ai_easy_tell(h);

    return len;
}


/* libcurl keeps header lines without end, of which none is asked for */

static size_t
ngx_ai_easy_header(char *p, size_t size, size_t n, void *data)
{
    ngx_str_t      *mark;
    ngx_ai_easy_t  *h;

    h = data;
    h->header += size * n;

    if (h->header > NGX_AI_EASY_MAX_HEADER) {
        h->too_large = 1;
        return 0;
    }

    mark = &h->call->mark;

    if (mark->len && size * n > mark->len && p[mark->len] == ':'
        && ngx_strncasecmp((u_char *) p, mark->data, mark->len) == 0)
    {
        h->call->marked = 1;
    }

    return size * n;
}


void
ngx_ai_easy_exit(void)
{
    ngx_queue_t  *q;

    while (ngx_ai_easy_nfree) {
        q = ngx_queue_head(&ngx_ai_easy_free);
        ngx_queue_remove(q);
        ngx_ai_easy_nfree--;

        ngx_ai_easy_destroy(ngx_queue_data(q, ngx_ai_easy_t, queue));
    }
}
