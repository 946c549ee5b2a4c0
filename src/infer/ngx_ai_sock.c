
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * libcurl's sockets as nginx connections.  libcurl says which sockets it opens
 * and what it waits for on each; an nginx connection is what carries events.
 * Moves no bytes and knows no calls.  ngx_ai_curl.c may call it.
 *
 * Events are level-triggered.  libcurl may leave a socket writable without
 * having seen EAGAIN, and waits for a further event: an edge would never come
 * again, and bodies of 200 kB and more would hang.  So ngx_add_event() is used
 * and not ngx_handle_read_event(), which takes edges.
 *
 * A quarter of worker_connections is kept for visitors.
 */


#include "infer/ngx_ai_sock.h"


#define ngx_ai_sock_reserve()  (ngx_cycle->connection_n / 4)


typedef struct {
    ngx_connection_t               *connection;
    int                             what;      /* CURL_POLL_* */
    unsigned                        owned:1;   /* opened by us, closed by us */
} ngx_ai_sock_t;


typedef struct {
    const ngx_ai_sock_handlers_t   *handlers;
    ngx_ai_sock_t                 **socks;     /* by descriptor */
    ngx_uint_t                      nsocks;
    ngx_uint_t                      idle;      /* of them in libcurl's pool */
} ngx_ai_socks_t;


static curl_socket_t ngx_ai_sock_open(void *data, curlsocktype purpose,
    struct curl_sockaddr *address);
static int ngx_ai_sock_close(void *data, curl_socket_t fd);
static int ngx_ai_sock_want(CURL *easy, curl_socket_t fd, int what,
    void *data, void *sock_data);
static void ngx_ai_sock_watch(ngx_event_t *ev, ngx_int_t event,
    ngx_uint_t wanted);
static void ngx_ai_sock_event(ngx_event_t *ev);
static void ngx_ai_sock_idle(ngx_connection_t *c, ngx_event_t *ev);
static ngx_ai_sock_t *ngx_ai_sock_new(curl_socket_t fd, ngx_uint_t owned);
static ngx_int_t ngx_ai_sock_grow(ngx_uint_t n);
static ngx_ai_sock_t *ngx_ai_sock_find(curl_socket_t fd);
static void ngx_ai_sock_free(ngx_ai_sock_t *sock);


static ngx_ai_socks_t  ngx_ai_socks;


ngx_int_t
ngx_ai_sock_init(CURLM *multi, const ngx_ai_sock_handlers_t *handlers)
{
    ngx_memzero(&ngx_ai_socks, sizeof(ngx_ai_socks_t));

    ngx_ai_socks.handlers = handlers;

    if (curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, ngx_ai_sock_want)
        != CURLM_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_ai_sock_options(CURL *easy, ngx_uint_t *refused)
{
    if (curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, ngx_ai_sock_open)
        != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, refused) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION,
                            ngx_ai_sock_close) != CURLE_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_uint_t
ngx_ai_sock_room(void)
{
    return ngx_cycle->free_connection_n + ngx_ai_socks.idle
           > ngx_ai_sock_reserve();
}


static curl_socket_t
ngx_ai_sock_open(void *data, curlsocktype purpose,
    struct curl_sockaddr *address)
{
    int          fd;
    ngx_uint_t  *refused;

    refused = data;

    if (ngx_cycle->free_connection_n <= ngx_ai_sock_reserve()) {
        *refused = 1;
        return CURL_SOCKET_BAD;
    }

    fd = socket(address->family,
                address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                address->protocol);

    if (fd == -1) {
        return CURL_SOCKET_BAD;
    }

    if (ngx_ai_sock_new(fd, 1) == NULL) {
        *refused = 1;
        (void) close(fd);
        return CURL_SOCKET_BAD;
    }

    return fd;
}


/* The handle that opened the socket may be long gone: "data" is not used. */

static int
ngx_ai_sock_close(void *data, curl_socket_t fd)
{
    ngx_ai_sock_t  *sock;

    sock = ngx_ai_sock_find(fd);

    if (sock && sock->owned) {
        ngx_ai_sock_free(sock);
        return 0;
    }

    return close(fd);
}


/*
 * libcurl says what it waits for.  CURL_POLL_REMOVE of a socket of ours means
 * that the connection is idle in the pool: its read event remains registered,
 * which saves two epoll_ctl() a call.  A socket that we did not open is one of
 * the resolver's pair, and is closed by libcurl after its removal.
 */

static int
ngx_ai_sock_want(CURL *easy, curl_socket_t fd, int what, void *data,
    void *sock_data)
{
    ngx_ai_sock_t  *sock;

    sock = ngx_ai_sock_find(fd);

    if (what == CURL_POLL_REMOVE) {

        if (sock == NULL) {
            return 0;
        }

        if (!sock->owned) {
            ngx_ai_sock_free(sock);
            return 0;
        }

        if (sock->what != CURL_POLL_REMOVE) {
            ngx_ai_socks.idle++;
            sock->what = CURL_POLL_REMOVE;
        }

        ngx_ai_sock_watch(sock->connection->write, NGX_WRITE_EVENT, 0);

        return 0;
    }

    if (sock == NULL) {
        sock = ngx_ai_sock_new(fd, 0);

        if (sock == NULL) {
            /* nobody watches it: the call times out */
            return 0;
        }
    }

    if (sock->what == CURL_POLL_REMOVE) {
        ngx_ai_socks.idle--;
    }

    sock->what = what;

    ngx_ai_sock_watch(sock->connection->read, NGX_READ_EVENT,
                      what == CURL_POLL_IN || what == CURL_POLL_INOUT);
    ngx_ai_sock_watch(sock->connection->write, NGX_WRITE_EVENT,
                      what == CURL_POLL_OUT || what == CURL_POLL_INOUT);

    return 0;
}


/* "flags" of 0 keeps the other direction level-triggered */

static void
ngx_ai_sock_watch(ngx_event_t *ev, ngx_int_t event, ngx_uint_t wanted)
{
    if (wanted && !ev->active) {
        (void) ngx_add_event(ev, event, NGX_LEVEL_EVENT);

    } else if (!wanted && ev->active) {
        (void) ngx_del_event(ev, event, 0);
    }
}


/* a socket is ready */

static void
ngx_ai_sock_event(ngx_event_t *ev)
{
    ngx_connection_t  *c;
    ngx_ai_sock_t     *sock;

    c = ev->data;
    sock = c->data;

    if (sock->what == CURL_POLL_REMOVE || sock->what == CURL_POLL_NONE) {

        ngx_ai_sock_idle(c, ev);
        return;
    }

    /* c and sock may be gone after these */

    if (c->close) {
        /* worker_shutdown_timeout */
        ngx_ai_socks.handlers->close();
        return;
    }

    ngx_ai_socks.handlers->ready(c->fd, ev->write ? CURL_CSELECT_OUT
                                                  : CURL_CSELECT_IN);
}


/*
 * Something came on a connection in the pool: HTTP/2 talks, or the peer closed
 * it.  libcurl has no function to be told, it finds out when it takes the
 * connection again; until then the peer is not left waiting for our end.
 */

static void
ngx_ai_sock_idle(ngx_connection_t *c, ngx_event_t *ev)
{
    u_char  ch;

    ngx_ai_sock_watch(ev, ev->write ? NGX_WRITE_EVENT : NGX_READ_EVENT, 0);

    if (ev->pending_eof || recv(c->fd, &ch, 1, MSG_PEEK) == 0) {
        (void) shutdown(c->fd, SHUT_RDWR);
    }
}


static ngx_ai_sock_t *
ngx_ai_sock_new(curl_socket_t fd, ngx_uint_t owned)
{
    ngx_connection_t  *c;
    ngx_ai_sock_t     *sock;

    /* a full table of connections would be logged as an alert */

    if (ngx_cycle->free_connection_n <= ngx_ai_sock_reserve() / 2) {
        return NULL;
    }

    if ((ngx_uint_t) fd >= ngx_ai_socks.nsocks
        && ngx_ai_sock_grow(fd + 64) != NGX_OK)
    {
        return NULL;
    }

    sock = ngx_calloc(sizeof(ngx_ai_sock_t), ngx_cycle->log);
    if (sock == NULL) {
        return NULL;
    }

    c = ngx_get_connection(fd, ngx_cycle->log);
    if (c == NULL) {
        ngx_free(sock);
        return NULL;
    }

    /* at shutdown nginx calls the read handler of every connection */

    c->data = sock;
    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->read->handler = ngx_ai_sock_event;
    c->read->log = ngx_cycle->log;
    c->write->handler = ngx_ai_sock_event;
    c->write->log = ngx_cycle->log;

    sock->connection = c;
    sock->what = CURL_POLL_NONE;
    sock->owned = owned;

    ngx_ai_socks.socks[fd] = sock;

    return sock;
}


static ngx_int_t
ngx_ai_sock_grow(ngx_uint_t n)
{
    ngx_ai_sock_t  **socks;

    socks = ngx_calloc(n * sizeof(ngx_ai_sock_t *), ngx_cycle->log);
    if (socks == NULL) {
        return NGX_ERROR;
    }

    if (ngx_ai_socks.socks) {
        ngx_memcpy(socks, ngx_ai_socks.socks,
                   ngx_ai_socks.nsocks * sizeof(ngx_ai_sock_t *));
        ngx_free(ngx_ai_socks.socks);
    }

    ngx_ai_socks.socks = socks;
    ngx_ai_socks.nsocks = n;

    return NGX_OK;
}


static ngx_ai_sock_t *
ngx_ai_sock_find(curl_socket_t fd)
{
    if (fd < 0 || (ngx_uint_t) fd >= ngx_ai_socks.nsocks) {
        return NULL;
    }

    return ngx_ai_socks.socks[fd];
}


static void
ngx_ai_sock_free(ngx_ai_sock_t *sock)
{
    ngx_connection_t  *c;

    c = sock->connection;

    ngx_ai_socks.socks[c->fd] = NULL;

    if (sock->what == CURL_POLL_REMOVE) {
        ngx_ai_socks.idle--;
    }

    if (!sock->owned) {
        ngx_ai_sock_watch(c->read, NGX_READ_EVENT, 0);
        ngx_ai_sock_watch(c->write, NGX_WRITE_EVENT, 0);

        /* the descriptor is not ours to close */

        c->shared = 1;
    }

    ngx_close_connection(c);
    ngx_free(sock);
}


/* what libcurl left open */

void
ngx_ai_sock_exit(void)
{
    ngx_uint_t  i;

    for (i = 0; i < ngx_ai_socks.nsocks; i++) {
        if (ngx_ai_socks.socks[i]) {
            ngx_ai_sock_free(ngx_ai_socks.socks[i]);
        }
    }

    if (ngx_ai_socks.socks) {
        ngx_free(ngx_ai_socks.socks);
    }

    ngx_memzero(&ngx_ai_socks, sizeof(ngx_ai_socks_t));
}
