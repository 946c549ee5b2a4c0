
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * One page from its bytes to its fragments, and from their translations to the
 * new bytes.  Knows no store but for its counters, no filter chain and no
 * header.
 *
 * The segmenter reads while the origin is still sending, unless the page may
 * be in another charset than UTF-8: then it is converted when it is whole, and
 * read from its beginning.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_digest.h"
#include "core/aif_utf8.h"


#define NGX_HTTP_AI_ARENAS       4                      /* kept per worker */
#define NGX_HTTP_AI_ARENA_BLOCK  (256 * 1024)
#define NGX_HTTP_AI_ARENA_LIMIT  (64 * 1024 * 1024)     /* per page */


static aif_arena_t *ngx_http_ai_arena_get(void);
static void ngx_http_ai_arena_put(aif_arena_t *arena);
static ngx_int_t ngx_http_ai_page_read(ngx_http_ai_ctx_t *ctx,
    ngx_uint_t last);
static ngx_int_t ngx_http_ai_page_texts(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_page_read_foreign(ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_page_declared(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_page_feed(ngx_http_ai_ctx_t *ctx,
    ngx_uint_t last);
static ngx_int_t ngx_http_ai_page_write(ngx_http_ai_ctx_t *ctx,
    size_t *rejected);


/* arenas are large and every page needs one: some are kept warm */

static aif_arena_t  *ngx_http_ai_arenas[NGX_HTTP_AI_ARENAS];
static ngx_uint_t    ngx_http_ai_narenas;


static aif_arena_t *
ngx_http_ai_arena_get(void)
{
    if (ngx_http_ai_narenas) {
        return ngx_http_ai_arenas[--ngx_http_ai_narenas];
    }

    return aif_arena_create(NGX_HTTP_AI_ARENA_BLOCK, NGX_HTTP_AI_ARENA_LIMIT);
}


static void
ngx_http_ai_arena_put(aif_arena_t *arena)
{
    if (ngx_http_ai_narenas == NGX_HTTP_AI_ARENAS) {
        aif_arena_destroy(arena);
        return;
    }

    aif_arena_reset(arena);
    ngx_http_ai_arenas[ngx_http_ai_narenas++] = arena;
}


void
ngx_http_ai_page_exit(void)
{
    while (ngx_http_ai_narenas) {
        aif_arena_destroy(ngx_http_ai_arenas[--ngx_http_ai_narenas]);
    }

    ngx_http_ai_charset_exit();
    ngx_http_ai_memo_exit();
    ngx_http_ai_buffer_exit();
}


ngx_int_t
ngx_http_ai_page_start(ngx_http_ai_ctx_t *ctx)
{
    if (ngx_http_ai_buffer_init(ctx->request, &ctx->page) != NGX_OK
        || ngx_http_ai_buffer_init(ctx->request, &ctx->native) != NGX_OK
        || ngx_http_ai_buffer_init(ctx->request, &ctx->raw) != NGX_OK
        || ngx_http_ai_buffer_init(ctx->request, &ctx->out) != NGX_OK
        || ngx_http_ai_buffer_init(ctx->request, &ctx->packed) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->arena = ngx_http_ai_arena_get();
    if (ctx->arena == NULL) {
        return NGX_ERROR;
    }

    ctx->segment = aif_segment_create(&ctx->conf->segment, ctx->arena);

    if (ctx->segment == NULL || ngx_http_ai_seo_start(ctx) != NGX_OK
        || ngx_http_ai_generate_start(ctx) != NGX_OK
        || ngx_http_ai_label_start(ctx) != NGX_OK
        || ngx_http_ai_memo_start(ctx) != NGX_OK)
    {
        ngx_http_ai_page_free(ctx);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_page_add(ngx_http_ai_ctx_t *ctx, u_char *data, size_t len,
    ngx_uint_t last)
{
    off_t                  length;
    size_t                 wanted;
    ngx_int_t              rc;
    ngx_http_ai_buffer_t  *b;

    b = ctx->deflated ? &ctx->raw : &ctx->page;

    if (len != 0) {

        /* these bytes are kept in any case: they may have to leave again */

        wanted = b->len + len;

        if (wanted > b->size) {
            length = ctx->request->headers_out.content_length_n;
            wanted = ngx_max(wanted, b->size * 2);
            wanted = ngx_max((off_t) wanted, length);
        }

        if (ngx_http_ai_buffer_reserve(b, wanted) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_memcpy(b->data + b->len, data, len);
        b->len += len;
    }

    if (b->len > ctx->conf->buffer_size) {
        ctx->reason = NGX_AI_REASON_size;
        return NGX_DECLINED;
    }

    if (ctx->deflated) {

        rc = ngx_http_ai_encoding_inflate(ctx, b->data + b->len - len, len,
                                          last);

        if (rc != NGX_OK) {
            ctx->reason = rc == NGX_ERROR ? NGX_AI_REASON_memory : ctx->fault;
            return NGX_DECLINED;
        }
    }

    if (ctx->deferred) {

        if (!last || ngx_http_ai_memo_use(ctx) == NGX_OK) {
            return NGX_OK;
        }

        ctx->deferred = 0;
    }

    return ngx_http_ai_page_read(ctx, last);
}


static ngx_int_t
ngx_http_ai_page_read(ngx_http_ai_ctx_t *ctx, ngx_uint_t last)
{
    if (ctx->form != NGX_HTTP_AI_HTML) {
        return !last ? NGX_OK
               : ngx_http_ai_is_site(ctx) ? ngx_http_ai_site_read(ctx)
                                          : ngx_http_ai_page_texts(ctx);
    }

    if (!ctx->foreign) {

        if (ngx_http_ai_page_feed(ctx, last) != NGX_OK) {
            return NGX_DECLINED;
        }

        ngx_http_ai_page_declared(ctx);
    }

    if (!last) {
        return NGX_OK;
    }

    if (ctx->foreign) {
        return ngx_http_ai_page_read_foreign(ctx);
    }

    if (!aif_utf8_valid(ctx->page.data, ctx->page.len)) {
        ctx->reason = NGX_AI_REASON_charset;
        return NGX_DECLINED;
    }

    return ngx_http_ai_page_texts(ctx);
}


static ngx_int_t
ngx_http_ai_page_texts(ngx_http_ai_ctx_t *ctx)
{
    if (!ctx->source) {
        return ngx_http_ai_items_make(ctx);
    }

    if (ctx->generate) {

        if (ngx_http_ai_items_make(ctx) == NGX_OK) {
            return NGX_OK;
        }

        /* of a state that nobody can read only slots are a matter */

        ctx->unfilled = ctx->reason;
        ctx->reason = NGX_AI_REASON_none;
        ctx->generate = NULL;
        ctx->nlist = 0;
        ctx->ntexts = 0;
        ctx->nitems = 0;
    }

    ngx_http_ai_state_source(ctx);

    return NGX_OK;
}


/* the page is whole: what was read of it so far was to find the charset */

static ngx_int_t
ngx_http_ai_page_read_foreign(ngx_http_ai_ctx_t *ctx)
{
    if (ctx->declared == NULL) {

        /* a name that nobody knows */

        ctx->reason = NGX_AI_REASON_charset;
        return NGX_DECLINED;
    }

    if (ngx_http_ai_charset_read(ctx, ctx->declared) != NGX_OK) {
        return NGX_DECLINED;
    }

    aif_arena_reset(ctx->arena);

    ctx->segment = aif_segment_create(&ctx->conf->segment, ctx->arena);

    if (ctx->segment == NULL || ngx_http_ai_seo_watch(ctx) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    if (ngx_http_ai_page_feed(ctx, 1) != NGX_OK) {
        return NGX_DECLINED;
    }

    return ngx_http_ai_page_texts(ctx);
}


/* What the header says counts more; a page's <meta> is looked up once. */

static void
ngx_http_ai_page_declared(ngx_http_ai_ctx_t *ctx)
{
    aif_str_t  label;

    if (ctx->labelled) {
        return;
    }

    label = aif_segment_charset(ctx->segment);

    if (label.len == 0) {
        return;
    }

    ctx->labelled = 1;
    ctx->declared = aif_charset_find(label.data, label.len);
    ctx->foreign = (ctx->declared == NULL
                    || ctx->declared->kind != AIF_CHARSET_UTF8);
}


/* NGX_DECLINED: reason set */

static ngx_int_t
ngx_http_ai_page_feed(ngx_http_ai_ctx_t *ctx, ngx_uint_t last)
{
    int  rc;

    rc = aif_segment_feed(ctx->segment, ctx->page.data, ctx->page.len, last);

    if (rc == AIF_MORE || rc == AIF_DONE) {
        return NGX_OK;
    }

    ctx->reason = rc == AIF_NOMEM ? NGX_AI_REASON_memory
                                  : NGX_AI_REASON_markup;

    return NGX_DECLINED;
}


ngx_str_t
ngx_http_ai_page_origin(ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t              origin;
    ngx_http_ai_buffer_t  *page;

    if (ctx->deflated) {
        origin.len = ctx->raw.len;
        origin.data = ctx->raw.data;

    } else {
        page = ngx_http_ai_page_native(ctx);
        origin.len = page->len;
        origin.data = page->data;
    }

    return origin;
}


ngx_http_ai_buffer_t *
ngx_http_ai_page_native(ngx_http_ai_ctx_t *ctx)
{
    return ctx->conv ? &ctx->native : &ctx->page;
}


ngx_int_t
ngx_http_ai_page_rewrite(ngx_http_ai_ctx_t *ctx)
{
    size_t  rejected;

    if (ctx->deferred) {
        return NGX_OK;
    }

    if (ctx->misses) {

        if (ctx->reason == NGX_AI_REASON_none) {
            ctx->reason = NGX_AI_REASON_pending;
        }

        if (ctx->hits == 0
            || ctx->letters_hit * 100 < ctx->conf->incomplete * ctx->letters)
        {
            return NGX_DECLINED;
        }

    } else if (ctx->unfilled != NGX_AI_REASON_none) {
        ctx->reason = ctx->unfilled;

    } else {
        ctx->reason = ctx->source && ctx->slots == 0 ? NGX_AI_REASON_locale
                      : ctx->left ? NGX_AI_REASON_hydration
                                  : NGX_AI_REASON_none;
    }

    if (ngx_http_ai_seo_edits(ctx) != NGX_OK
        || ngx_http_ai_generate_edits(ctx) != NGX_OK
        || ngx_http_ai_label_edits(ctx) != NGX_OK)
    {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    /* what is in no page's text may still be in its head */

    if (ctx->hits == 0 && ctx->nedits == 0
        && ngx_http_ai_state_linked(ctx) == 0)
    {
        return NGX_DECLINED;
    }

    if (ngx_http_ai_state_edits(ctx) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (ngx_http_ai_page_write(ctx, &rejected) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    if (rejected && aif_state_hydrates(ctx->state)) {

        /* the state has what the page then hasn't */

        ctx->status = NGX_AI_STATUS_ORIGIN;
        ctx->reason = NGX_AI_REASON_guard;
        return NGX_DECLINED;
    }

    if (rejected) {

        /* the fact lock is stricter, so this is a text of somebody's else */

        ctx->hits -= rejected;
        ctx->misses += rejected;
        ctx->status = NGX_AI_STATUS_PARTIAL;
        ctx->reason = NGX_AI_REASON_guard;

    } else if (!ctx->shadow) {
        ngx_http_ai_seo_announce(ctx);
    }

    ctx->digest = aif_digest(ctx->out.data, ctx->out.len);

    ngx_http_ai_memo_keep(ctx);

    return NGX_OK;
}


/* the new page in the page's own charset */

static ngx_int_t
ngx_http_ai_page_write(ngx_http_ai_ctx_t *ctx, size_t *rejected)
{
    size_t              size;
    aif_rewrite_plan_t  plan;

    if (ngx_http_ai_query_echo(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    plan.page = ctx->page.data;
    plan.len = ctx->page.len;
    plan.fragments = ctx->list;
    plan.replacements = ctx->replacements;
    plan.nfragments = ctx->nlist;
    plan.edits = ctx->edits;
    plan.nedits = ctx->nedits;
    plan.ascii = ctx->references;

    size = aif_rewrite_size(&plan);

    if (ngx_http_ai_buffer_reserve(&ctx->out, size) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->out.len = aif_rewrite(ctx->out.data, &plan, rejected);

    return ctx->conv ? ngx_http_ai_charset_write(ctx) : NGX_OK;
}


void
ngx_http_ai_page_count(ngx_http_ai_ctx_t *ctx)
{
    ngx_ai_state_t           *state;
    ngx_http_ai_main_conf_t  *amcf;

    if (ctx->counted) {
        return;
    }

    ctx->counted = 1;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    ngx_ai_count(state->status[ctx->status]);
    ngx_ai_count(state->reason[ctx->reason]);

    if (ctx->candidate) {
        ngx_ai_count(state->pages);
        ngx_ai_add(state->fragments, ctx->fragments);
        ngx_ai_add(state->hits, ctx->hits);
        ngx_ai_add(state->misses, ctx->misses);
    }

    if (ctx->phase == NGX_HTTP_AI_WAIT) {
        ngx_ai_count(state->waited);
        ngx_ai_add(state->wait_msec, ctx->wait_time);
    }
}


void
ngx_http_ai_page_free(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_encoding_end(ctx);

    if (ctx->arena) {
        ngx_http_ai_arena_put(ctx->arena);

        ctx->arena = NULL;
        ctx->segment = NULL;
        ctx->list = NULL;
        ctx->items = NULL;
    }
}
