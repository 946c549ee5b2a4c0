
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reads pages for endpoints.  A page that many ask about at a time is fetched
 * once, and kept for some seconds; at most NGX_AI_READ_PAGES are.  A fetch goes
 * on when nobody waits for it any more: the next one may.  Addresses are not
 * logged.  endpoint/ may call it.
 */


#include "infer/ngx_ai_read.h"
#include "infer/ngx_ai_stranger.h"


typedef struct {
    ngx_queue_t           queue;        /* of all, the oldest first */
    ngx_queue_t           readers;
    ngx_ai_self_name_t    name;
    ngx_msec_t            until;
    ngx_uint_t            refs;         /* who has its strings */
    ngx_uint_t            status;
    ngx_str_t             type;
    ngx_str_t             body;
    unsigned              filtered:1;
    unsigned              ready:1;
    unsigned              listed:1;
    ngx_ai_stranger_t     stranger;
} ngx_ai_read_page_t;


static ngx_ai_read_page_t *ngx_ai_read_find(ngx_ai_self_name_t *name);
static ngx_ai_read_page_t *ngx_ai_read_create(ngx_ai_self_fetch_t *fetch,
    ngx_ai_self_name_t *name);
static void ngx_ai_read_done(ngx_ai_curl_call_t *curl);
static void ngx_ai_read_copy(ngx_ai_read_page_t *page,
    ngx_ai_curl_call_t *curl);
static void ngx_ai_read_give(ngx_ai_read_t *read, ngx_ai_read_page_t *page);
static void ngx_ai_read_unlist(ngx_ai_read_page_t *page);
static void ngx_ai_read_free(ngx_ai_read_page_t *page);


/* this worker's */

static ngx_queue_t   ngx_ai_read_pages;
static ngx_uint_t    ngx_ai_read_npages;
static ngx_uint_t    ngx_ai_read_calls;


ngx_int_t
ngx_ai_read_start(ngx_ai_state_t *state, ngx_ai_self_fetch_t *fetch,
    ngx_ai_read_t *read)
{
    ngx_int_t            rc;
    ngx_ai_self_name_t   name;
    ngx_ai_read_page_t  *page;

    if (ngx_ai_read_pages.next == NULL) {
        ngx_queue_init(&ngx_ai_read_pages);
    }

    ngx_ai_self_name(state, &fetch->page, &name);

    page = ngx_ai_read_find(&name);

    if (page == NULL) {

        if (ngx_ai_read_calls == NGX_AI_READ_CALLS || ngx_exiting) {
            return NGX_BUSY;
        }

        page = ngx_ai_read_create(fetch, &name);
        if (page == NULL) {
            return NGX_ERROR;
        }

        rc = ngx_ai_curl_start(&page->stranger.curl);

        if (rc != NGX_OK) {
            ngx_ai_read_unlist(page);
            return rc == NGX_AGAIN ? NGX_BUSY : NGX_ERROR;
        }

        ngx_ai_read_calls++;
    }

    read->page = page;
    page->refs++;

    if (page->ready) {
        ngx_ai_read_give(read, page);
        return NGX_OK;
    }

    ngx_queue_insert_tail(&page->readers, &read->queue);

    return NGX_AGAIN;
}


void
ngx_ai_read_forget(ngx_ai_read_t *read)
{
    ngx_ai_read_page_t  *page;

    page = read->page;

    if (page == NULL) {
        return;
    }

    if (read->queue.next) {
        ngx_queue_remove(&read->queue);
        read->queue.next = NULL;
    }

    read->page = NULL;
    page->refs--;

    ngx_ai_read_free(page);
}


static ngx_ai_read_page_t *
ngx_ai_read_find(ngx_ai_self_name_t *name)
{
    ngx_queue_t         *q;
    ngx_ai_read_page_t  *page;

    for (q = ngx_queue_head(&ngx_ai_read_pages);
         q != ngx_queue_sentinel(&ngx_ai_read_pages);
         q = ngx_queue_next(q))
    {
        page = ngx_queue_data(q, ngx_ai_read_page_t, queue);

        if (page->name.key != name->key || page->name.token != name->token) {
            continue;
        }

        if (!page->ready
            || (ngx_msec_int_t) (page->until - ngx_current_msec) > 0)
        {
            return page;
        }

        ngx_ai_read_unlist(page);

        return NULL;
    }

    return NULL;
}


/* in the list, and in its call once that is started */

static ngx_ai_read_page_t *
ngx_ai_read_create(ngx_ai_self_fetch_t *fetch, ngx_ai_self_name_t *name)
{
    ngx_queue_t         *q;
    ngx_ai_read_page_t  *page;

    page = ngx_calloc(sizeof(ngx_ai_read_page_t)
                      + ngx_ai_stranger_size(fetch), ngx_cycle->log);
    if (page == NULL) {
        return NULL;
    }

    ngx_ai_stranger_make(&page->stranger, fetch, name, (u_char *) &page[1]);

    ngx_str_set(&page->stranger.curl.mark, NGX_AI_SELF_MARK);
    page->stranger.curl.keep = 1;
    page->stranger.curl.handler = ngx_ai_read_done;
    page->stranger.curl.data = page;

    page->name = *name;
    ngx_queue_init(&page->readers);

    if (ngx_ai_read_npages == NGX_AI_READ_PAGES) {
        q = ngx_queue_head(&ngx_ai_read_pages);
        ngx_ai_read_unlist(ngx_queue_data(q, ngx_ai_read_page_t, queue));
    }

    ngx_queue_insert_tail(&ngx_ai_read_pages, &page->queue);
    page->listed = 1;
    ngx_ai_read_npages++;

    return page;
}


static void
ngx_ai_read_done(ngx_ai_curl_call_t *curl)
{
    ngx_queue_t         *q;
    ngx_ai_read_t       *read;
    ngx_ai_read_page_t  *page;

    page = curl->data;

    ngx_ai_read_calls--;
    ngx_ai_read_copy(page, curl);

    page->ready = 1;
    page->until = ngx_current_msec + NGX_AI_READ_TIME;

    /* a handler may forget others, the last one, too */

    page->refs++;

    /* what failed is tried again by the next one */

    if (page->status == 0) {
        ngx_ai_read_unlist(page);
    }

    while (!ngx_queue_empty(&page->readers)) {

        q = ngx_queue_head(&page->readers);
        read = ngx_queue_data(q, ngx_ai_read_t, queue);

        ngx_queue_remove(q);
        read->queue.next = NULL;

        ngx_ai_read_give(read, page);

        read->handler(read);
    }

    page->refs--;

    ngx_ai_read_free(page);
}


static void
ngx_ai_read_copy(ngx_ai_read_page_t *page, ngx_ai_curl_call_t *curl)
{
    u_char  *p;

    if (curl->result != NGX_AI_CURL_OK || curl->answer.len > NGX_AI_READ_MAX) {
        return;
    }

    p = ngx_alloc(curl->type.len + curl->answer.len + 1, ngx_cycle->log);
    if (p == NULL) {
        return;
    }

    page->type.data = p;
    page->type.len = curl->type.len;
    p = ngx_cpymem(p, curl->type.data, curl->type.len);

    page->body.data = p;
    page->body.len = curl->answer.len;

    if (curl->answer.len) {
        ngx_memcpy(p, curl->answer.data, curl->answer.len);
    }

    page->status = curl->status;
    page->filtered = curl->marked;
}


static void
ngx_ai_read_give(ngx_ai_read_t *read, ngx_ai_read_page_t *page)
{
    read->status = page->status;
    read->type = page->type;
    read->body = page->body;
    read->filtered = page->filtered;
}


static void
ngx_ai_read_unlist(ngx_ai_read_page_t *page)
{
    if (page->listed) {
        ngx_queue_remove(&page->queue);
        page->listed = 0;
        ngx_ai_read_npages--;
    }

    ngx_ai_read_free(page);
}


/* when nobody has it any more: no list, no reader, no call */

static void
ngx_ai_read_free(ngx_ai_read_page_t *page)
{
    if (page->listed || page->refs || page->stranger.curl.priv) {
        return;
    }

    if (page->type.data) {
        ngx_free(page->type.data);
    }

    ngx_free(page);
}


void
ngx_ai_read_exit(void)
{
    ngx_queue_t  *q;

    while (ngx_ai_read_npages) {
        q = ngx_queue_head(&ngx_ai_read_pages);
        ngx_ai_read_unlist(ngx_queue_data(q, ngx_ai_read_page_t, queue));
    }
}
