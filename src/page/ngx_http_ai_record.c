
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The record of a client's request: what has to outlive internal redirects,
 * which wipe r->ctx.  It is kept in a cleanup of the request's pool and found
 * again by that cleanup's handler.  The rooms page/ and the front door call
 * this file; it knows nothing of what the record is for.
 */


#include "ngx_http_ai_filter_module.h"


static void ngx_http_ai_record_cleanup(void *data);


ngx_http_ai_record_t *
ngx_http_ai_record_get(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->main->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_ai_record_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


ngx_http_ai_record_t *
ngx_http_ai_record_make(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_ai_record_t  *record;

    record = ngx_http_ai_record_get(r);
    if (record != NULL) {
        return record;
    }

    cln = ngx_pool_cleanup_add(r->main->pool, sizeof(ngx_http_ai_record_t));
    if (cln == NULL) {
        return NULL;
    }

    record = cln->data;
    ngx_memzero(record, sizeof(ngx_http_ai_record_t));

    cln->handler = ngx_http_ai_record_cleanup;

    return record;
}


/* The memory is the pool's: the handler is there to be recognised. */

static void
ngx_http_ai_record_cleanup(void *data)
{
    (void) data;
}
