
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Large buffers of a worker, kept from page to page.
 *
 * A page is copied once and written once: two buffers of its size a request.
 * Taken from the heap and given back each time they make libc return the
 * memory to the kernel and the kernel clear it anew: measured, that was nine
 * tenths of what a warm page cost.  So freed ones are kept here, in classes of
 * powers of two, up to a ceiling.  What is kept beyond a smaller one, and was
 * not needed for some time, goes back.
 */


#include "ngx_http_ai_filter_module.h"


#define NGX_HTTP_AI_BUFFER_SHIFT    14                 /* the smallest, 16k */
#define NGX_HTTP_AI_BUFFER_CLASSES  10                 /* the largest, 8m */
#define NGX_HTTP_AI_BUFFER_KEEP     (64 * 1024 * 1024) /* bytes per worker */
#define NGX_HTTP_AI_BUFFER_IDLE     (8 * 1024 * 1024)  /* of them for good */
#define NGX_HTTP_AI_BUFFER_TIME     5000              /* ms, for the rest */


typedef struct ngx_http_ai_spare_s  ngx_http_ai_spare_t;

struct ngx_http_ai_spare_s {
    ngx_http_ai_spare_t  *next;
};


static void ngx_http_ai_buffer_watch(void);
static void ngx_http_ai_buffer_trim(ngx_event_t *ev);
static void ngx_http_ai_buffer_drop(ngx_uint_t n);
static ngx_uint_t ngx_http_ai_buffer_class(size_t size);
static void ngx_http_ai_buffer_cleanup(void *data);


/* "unused": the fewest that were spare since the timer was set */

typedef struct {
    ngx_http_ai_spare_t  *spares;
    ngx_uint_t            n;
    ngx_uint_t            unused;
} ngx_http_ai_buffer_class_t;


static ngx_http_ai_buffer_class_t
                         ngx_http_ai_buffers[NGX_HTTP_AI_BUFFER_CLASSES];
static size_t            ngx_http_ai_spare_bytes;
static ngx_event_t       ngx_http_ai_buffer_timer;
static ngx_connection_t  ngx_http_ai_buffer_dumb;


ngx_int_t
ngx_http_ai_buffer_init(ngx_http_request_t *r, ngx_http_ai_buffer_t *b)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_ai_buffer_cleanup;
    cln->data = b;

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_buffer_reserve(ngx_http_ai_buffer_t *b, size_t size)
{
    size_t                       room;
    u_char                      *p;
    ngx_uint_t                   n;
    ngx_http_ai_buffer_t         old;
    ngx_http_ai_buffer_class_t  *class;

    if (b->data != NULL && size <= b->size) {
        return NGX_OK;
    }

    n = ngx_http_ai_buffer_class(size);

    if (n < NGX_HTTP_AI_BUFFER_CLASSES) {
        room = (size_t) 1 << (n + NGX_HTTP_AI_BUFFER_SHIFT);
        class = &ngx_http_ai_buffers[n];

    } else {
        room = size;
        class = NULL;
    }

    if (class && class->n) {
        p = (u_char *) class->spares;

        class->spares = class->spares->next;
        class->n--;
        class->unused = ngx_min(class->unused, class->n);

        ngx_http_ai_spare_bytes -= room;

    } else {
        p = ngx_alloc(room, ngx_cycle->log);
        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    old = *b;

    b->data = p;
    b->size = room;

    if (old.data != NULL) {
        ngx_memcpy(p, old.data, old.len);
        ngx_http_ai_buffer_free(&old);
    }

    return NGX_OK;
}


void
ngx_http_ai_buffer_free(ngx_http_ai_buffer_t *b)
{
    ngx_uint_t                   n;
    ngx_http_ai_spare_t         *spare;
    ngx_http_ai_buffer_class_t  *class;

    if (b->data == NULL) {
        return;
    }

    n = ngx_http_ai_buffer_class(b->size);

    if (n < NGX_HTTP_AI_BUFFER_CLASSES
        && ngx_http_ai_spare_bytes + b->size <= NGX_HTTP_AI_BUFFER_KEEP)
    {
        class = &ngx_http_ai_buffers[n];

        spare = (ngx_http_ai_spare_t *) b->data;
        spare->next = class->spares;
        class->spares = spare;
        class->n++;

        ngx_http_ai_spare_bytes += b->size;

        if (ngx_http_ai_spare_bytes > NGX_HTTP_AI_BUFFER_IDLE
            && !ngx_http_ai_buffer_timer.timer_set)
        {
            ngx_http_ai_buffer_watch();
        }

    } else {
        ngx_free(b->data);
    }

    b->data = NULL;
    b->len = 0;
    b->size = 0;
}


/* from now on what is never needed is counted */

static void
ngx_http_ai_buffer_watch(void)
{
    ngx_uint_t    n;
    ngx_event_t  *ev;

    for (n = 0; n < NGX_HTTP_AI_BUFFER_CLASSES; n++) {
        ngx_http_ai_buffers[n].unused = ngx_http_ai_buffers[n].n;
    }

    ngx_http_ai_buffer_dumb.fd = (ngx_socket_t) -1;

    ev = &ngx_http_ai_buffer_timer;
    ev->handler = ngx_http_ai_buffer_trim;
    ev->data = &ngx_http_ai_buffer_dumb;
    ev->log = ngx_cycle->log;
    ev->cancelable = 1;

    ngx_add_timer(ev, NGX_HTTP_AI_BUFFER_TIME);
}


static void
ngx_http_ai_buffer_trim(ngx_event_t *ev)
{
    ngx_uint_t  n;

    for (n = NGX_HTTP_AI_BUFFER_CLASSES; n-- > 0; /* void */) {

        while (ngx_http_ai_buffers[n].unused
               && ngx_http_ai_spare_bytes > NGX_HTTP_AI_BUFFER_IDLE)
        {
            ngx_http_ai_buffers[n].unused--;
            ngx_http_ai_buffer_drop(n);
        }
    }

    if (ngx_http_ai_spare_bytes > NGX_HTTP_AI_BUFFER_IDLE) {
        ngx_http_ai_buffer_watch();
    }
}


static void
ngx_http_ai_buffer_drop(ngx_uint_t n)
{
    ngx_http_ai_spare_t  *spare;

    spare = ngx_http_ai_buffers[n].spares;

    ngx_http_ai_buffers[n].spares = spare->next;
    ngx_http_ai_buffers[n].n--;
    ngx_http_ai_spare_bytes -= (size_t) 1 << (n + NGX_HTTP_AI_BUFFER_SHIFT);

    ngx_free(spare);
}


void
ngx_http_ai_buffer_exit(void)
{
    ngx_uint_t  n;

    for (n = 0; n < NGX_HTTP_AI_BUFFER_CLASSES; n++) {
        while (ngx_http_ai_buffers[n].n) {
            ngx_http_ai_buffer_drop(n);
        }
    }

    if (ngx_http_ai_buffer_timer.timer_set) {
        ngx_del_timer(&ngx_http_ai_buffer_timer);
    }
}


static ngx_uint_t
ngx_http_ai_buffer_class(size_t size)
{
    ngx_uint_t  n;

    for (n = 0; n < NGX_HTTP_AI_BUFFER_CLASSES; n++) {
        if (size <= (size_t) 1 << (n + NGX_HTTP_AI_BUFFER_SHIFT)) {
            break;
        }
    }

    return n;
}


static void
ngx_http_ai_buffer_cleanup(void *data)
{
    ngx_http_ai_buffer_free(data);
}
