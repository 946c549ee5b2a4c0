
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Large buffers of a worker, kept from page to page.
 *
 * A page is copied once and written once: two buffers of its size a request.
 * Taken from the heap and given back each time they make libc return the
 * memory to the kernel and the kernel clear it anew: measured, that was nine
 * tenths of what a warm page cost.  So freed ones are kept here, in classes of
 * powers of two, up to a ceiling.
 */


#include "ngx_http_ai_filter_module.h"


#define NGX_HTTP_AI_BUFFER_SHIFT    14                 /* the smallest, 16k */
#define NGX_HTTP_AI_BUFFER_CLASSES  10                 /* the largest, 8m */
#define NGX_HTTP_AI_BUFFER_KEEP     (16 * 1024 * 1024) /* bytes per worker */


typedef struct ngx_http_ai_spare_s  ngx_http_ai_spare_t;

struct ngx_http_ai_spare_s {
    ngx_http_ai_spare_t  *next;
};


static ngx_uint_t ngx_http_ai_buffer_class(size_t size);
static void ngx_http_ai_buffer_cleanup(void *data);


static ngx_http_ai_spare_t  *ngx_http_ai_spares[NGX_HTTP_AI_BUFFER_CLASSES];
static size_t                ngx_http_ai_spare_bytes;


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
    size_t                room;
    u_char               *p;
    ngx_uint_t            n;
    ngx_http_ai_spare_t  *spare;
    ngx_http_ai_buffer_t  old;

    if (b->data != NULL && size <= b->size) {
        return NGX_OK;
    }

    n = ngx_http_ai_buffer_class(size);

    if (n < NGX_HTTP_AI_BUFFER_CLASSES) {
        room = (size_t) 1 << (n + NGX_HTTP_AI_BUFFER_SHIFT);
        spare = ngx_http_ai_spares[n];

    } else {
        room = size;
        spare = NULL;
    }

    if (spare) {
        ngx_http_ai_spares[n] = spare->next;
        ngx_http_ai_spare_bytes -= room;
        p = (u_char *) spare;

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
    ngx_uint_t            n;
    ngx_http_ai_spare_t  *spare;

    if (b->data == NULL) {
        return;
    }

    n = ngx_http_ai_buffer_class(b->size);

    if (n < NGX_HTTP_AI_BUFFER_CLASSES
        && ngx_http_ai_spare_bytes + b->size <= NGX_HTTP_AI_BUFFER_KEEP)
    {
        spare = (ngx_http_ai_spare_t *) b->data;
        spare->next = ngx_http_ai_spares[n];
        ngx_http_ai_spares[n] = spare;
        ngx_http_ai_spare_bytes += b->size;

    } else {
        ngx_free(b->data);
    }

    b->data = NULL;
    b->len = 0;
    b->size = 0;
}


void
ngx_http_ai_buffer_exit(void)
{
    ngx_uint_t            n;
    ngx_http_ai_spare_t  *spare;

    for (n = 0; n < NGX_HTTP_AI_BUFFER_CLASSES; n++) {

        while (ngx_http_ai_spares[n]) {
            spare = ngx_http_ai_spares[n];
            ngx_http_ai_spares[n] = spare->next;
            ngx_free(spare);
        }
    }

    ngx_http_ai_spare_bytes = 0;
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
