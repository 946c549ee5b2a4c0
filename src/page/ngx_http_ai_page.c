
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * One page from its bytes to its fragments, their translations and the new
 * bytes.  Knows the store and the scheduler, but no filter chain and no
 * header.
 *
 * The segmenter reads while the origin is still sending, unless the page may
 * be in another charset than UTF-8: then it is converted when it is whole, and
 * read from its beginning.  Repeated fragments of a page are one item; every
 * item is decided once for the whole page.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_digest.h"
#include "core/aif_key.h"
#include "core/aif_utf8.h"


#define NGX_HTTP_AI_ARENAS       4                      /* kept per worker */
#define NGX_HTTP_AI_ARENA_BLOCK  (256 * 1024)
#define NGX_HTTP_AI_ARENA_LIMIT  (64 * 1024 * 1024)     /* per page */
#define NGX_HTTP_AI_VALUES       (32 * 1024)


static aif_arena_t *ngx_http_ai_arena_get(void);
static void ngx_http_ai_arena_put(aif_arena_t *arena);
static ngx_int_t ngx_http_ai_page_read(ngx_http_ai_ctx_t *ctx,
    ngx_uint_t last);
static ngx_int_t ngx_http_ai_page_read_foreign(ngx_http_ai_ctx_t *ctx);
static const aif_charset_t *ngx_http_ai_page_declared(ngx_http_ai_ctx_t *ctx,
    ngx_uint_t *foreign);
static ngx_int_t ngx_http_ai_page_feed(ngx_http_ai_ctx_t *ctx,
    ngx_uint_t last);
static ngx_int_t ngx_http_ai_page_items(ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_page_item(ngx_http_ai_ctx_t *ctx,
    uint32_t *table, ngx_uint_t mask, const aif_str_t *text);
static void ngx_http_ai_page_space(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_page_ask(ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_page_sum(ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_page_wanted(ngx_http_ai_ctx_t *ctx,
    ngx_ai_item_t *item);
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
    ngx_int_t   rc;
    ngx_uint_t  foreign;

    if (ctx->form != NGX_HTTP_AI_HTML) {
        return last ? ngx_http_ai_page_items(ctx) : NGX_OK;
    }

    if (!ctx->foreign) {

        rc = ngx_http_ai_page_feed(ctx, last);

        if (rc == NGX_DECLINED) {
            return NGX_DECLINED;
        }

        (void) ngx_http_ai_page_declared(ctx, &foreign);

        ctx->foreign = foreign;
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

    return ctx->source ? NGX_OK : ngx_http_ai_page_items(ctx);
}


/* the page is whole: what was read of it so far was to find the charset */

static ngx_int_t
ngx_http_ai_page_read_foreign(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t            foreign;
    const aif_charset_t  *declared;

    declared = ngx_http_ai_page_declared(ctx, &foreign);

    if (declared == NULL) {

        /* a name that nobody knows */

        ctx->reason = NGX_AI_REASON_charset;
        return NGX_DECLINED;
    }

    if (ngx_http_ai_charset_read(ctx, declared) != NGX_OK) {
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

    return ctx->source ? NGX_OK : ngx_http_ai_page_items(ctx);
}


/*
 * What the header says counts more than what the page says.  "foreign": it may
 * be another charset than UTF-8.
 */

static const aif_charset_t *
ngx_http_ai_page_declared(ngx_http_ai_ctx_t *ctx, ngx_uint_t *foreign)
{
    aif_str_t             label;
    const aif_charset_t  *declared;

    declared = ctx->charset;
    *foreign = 0;

    if (declared == NULL) {

        label = aif_segment_charset(ctx->segment);

        if (label.len == 0) {
            return NULL;
        }

        declared = aif_charset_find(label.data, label.len);
    }

    *foreign = (declared == NULL || declared->kind != AIF_CHARSET_UTF8);

    return declared;
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


/* fragments to items: equal texts are one, by a table of open addressing */

static ngx_int_t
ngx_http_ai_page_items(ngx_http_ai_ctx_t *ctx)
{
    size_t       n;
    uint32_t    *table;
    ngx_uint_t   i, mask;

    if (ctx->form == NGX_HTTP_AI_HTML) {
        ctx->list = aif_segment_fragments(ctx->segment, &ctx->nlist);
    }

    ngx_http_ai_page_space(ctx);

    if (ngx_http_ai_state_read(ctx) != NGX_OK) {
        return NGX_DECLINED;
    }

    n = ctx->nlist + ctx->ntexts;
    ctx->fragments = n;

    for (mask = 16; mask < 2 * n; mask *= 2) { /* void */ }

    table = aif_arena_calloc(ctx->arena, mask * sizeof(uint32_t));
    ctx->items = aif_arena_calloc(ctx->arena, n * sizeof(ngx_ai_item_t));
    ctx->item_of = aif_arena_alloc(ctx->arena, n * sizeof(ngx_uint_t));
    ctx->replacements = aif_arena_alloc(ctx->arena, n * sizeof(aif_str_t));

    if (table == NULL || ctx->items == NULL || ctx->item_of == NULL
        || ctx->replacements == NULL)
    {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    ctx->item_of_text = ctx->item_of + ctx->nlist;
    ctx->values = ctx->replacements + ctx->nlist;

    mask--;

    for (i = 0; i < ctx->nlist; i++) {
        ctx->item_of[i] = aif_state_stays(ctx->state, i)
                          ? NGX_HTTP_AI_NO_ITEM
                          : ngx_http_ai_page_item(ctx, table, mask,
                                                  &ctx->list[i].text);
    }

    for (i = 0; i < ctx->ntexts; i++) {
        ctx->item_of_text[i] = ngx_http_ai_page_item(ctx, table, mask,
                                                     &ctx->texts[i]);
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_ai_page_item(ngx_http_ai_ctx_t *ctx, uint32_t *table,
    ngx_uint_t mask, const aif_str_t *text)
{
    uint64_t        hash;
    ngx_uint_t      slot;
    ngx_ai_item_t  *item;

    hash = aif_key_hash(&ctx->space.key, text->data, text->len);

    for (slot = hash & mask; table[slot] != 0; slot = (slot + 1) & mask) {

        item = &ctx->items[table[slot] - 1];

        if (item->hash == hash && aif_str_eq(&item->source, text)) {
            return table[slot] - 1;
        }
    }

    item = &ctx->items[ctx->nitems++];
    item->hash = hash;
    item->source = *text;
    table[slot] = ctx->nitems;

    return ctx->nitems - 1;
}


/* where this page's texts belong */

static void
ngx_http_ai_page_space(ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t                *locales;
    aif_str_t                 parts[3];
    ngx_ai_state_t           *state;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    locales = ctx->conf->locales->elts;

    aif_str_set(&parts[0], "translate");

    parts[1].len = locales[0].len;
    parts[1].data = locales[0].data;
    parts[2].len = locales[ctx->choice.index].len;
    parts[2].data = locales[ctx->choice.index].data;

    ctx->space.key = aif_key_prefix(&state->secret, parts, 3);
    ctx->space.recipe = ctx->conf->recipe;
    ctx->space.valid = ctx->conf->valid;
}


ngx_int_t
ngx_http_ai_page_lookup(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t      i;
    ngx_ai_item_t  *all;

    if (ctx->deferred) {
        return NGX_OK;
    }

    if (ctx->status == NGX_AI_STATUS_NONE) {

        if (ngx_http_ai_page_ask(ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_ai_page_sum(ctx);

        return NGX_OK;
    }

    /* after a wait: what was found before stays as it was found */

    all = aif_arena_alloc(ctx->arena, ctx->nitems * sizeof(ngx_ai_item_t));
    if (all == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(all, ctx->items, ctx->nitems * sizeof(ngx_ai_item_t));

    if (ngx_http_ai_page_ask(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < ctx->nitems; i++) {
        if (all[i].value.data) {
            ctx->items[i] = all[i];
        }
    }

    ngx_http_ai_page_sum(ctx);

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_page_ask(ngx_http_ai_ctx_t *ctx)
{
    u_char                   *pos, *end;
    ngx_uint_t                i;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    pos = NULL;
    end = NULL;

    ctx->generation = ngx_ai_store_generation(amcf->store);

    for (i = 0; i < ctx->nitems; /* void */) {

        pos = aif_arena_alloc(ctx->arena, NGX_HTTP_AI_VALUES);
        if (pos == NULL) {
            return NGX_ERROR;
        }

        end = pos + NGX_HTTP_AI_VALUES;

        i = ngx_ai_store_lookup(amcf->store, &ctx->space, ctx->items, i,
                                ctx->nitems, &pos, end);
    }

    return NGX_OK;
}


static void
ngx_http_ai_page_sum(ngx_http_ai_ctx_t *ctx)
{
    size_t          letters;
    ngx_uint_t      i;
    ngx_ai_item_t  *item;

    static ngx_ai_item_t  none;

    ctx->hits = 0;
    ctx->misses = 0;
    ctx->letters = 0;
    ctx->letters_hit = 0;
    ctx->left = 0;
    ctx->stale = 0;

    for (i = 0; i < ctx->fragments; i++) {
        item = ctx->item_of[i] == NGX_HTTP_AI_NO_ITEM
               ? &none : &ctx->items[ctx->item_of[i]];
        ctx->replacements[i] = item->value;
        ctx->stale |= (item->found == NGX_AI_STALE);
    }

    ngx_http_ai_state_decide(ctx);

    for (i = 0; i < ctx->fragments; i++) {

        if (i < ctx->nlist) {

            if (ctx->item_of[i] == NGX_HTTP_AI_NO_ITEM
                || (ctx->replacements[i].data == NULL
                    && ctx->items[ctx->item_of[i]].value.data))
            {
                ctx->left++;
                continue;
            }

            letters = ctx->list[i].letters;

        } else {
            letters = aif_utf8_letters(ctx->texts[i - ctx->nlist].data,
                                       ctx->texts[i - ctx->nlist].len);
        }

        ctx->letters += letters;

        if (ctx->replacements[i].data) {
            ctx->hits++;
            ctx->letters_hit += letters;

        } else {
            ctx->misses++;
        }
    }

    ctx->status = ctx->source ? NGX_AI_STATUS_BYPASS
                  : ctx->misses == 0 ? NGX_AI_STATUS_HIT
                  : ctx->hits == 0 ? NGX_AI_STATUS_MISS
                                   : NGX_AI_STATUS_PARTIAL;
}


/* what is to be asked for, and as far as it is known why it isn't there */

void
ngx_http_ai_page_want(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t           i, n, negative;
    ngx_ai_engine_t    **engine;
    ngx_http_ai_echo_t   echo;

    if (ctx->deferred) {
        return;
    }

    if (ctx->misses == 0 && !ctx->stale) {
        return;
    }

    if (ngx_http_ai_crawler(ctx->request, ctx->conf)
        && ngx_http_ai_self_record(ctx->request) == NULL)
    {
        if (ctx->misses) {
            ctx->reason = NGX_AI_REASON_crawler;
        }

        return;
    }

    if (!ctx->teaches) {
        if (ctx->misses) {
            ctx->reason = NGX_AI_REASON_personal;
        }

        ctx->repeat = (ctx->misses || ctx->conf->renew);
        return;
    }

    for (i = 0, n = 0, negative = 0; i < ctx->nitems; i++) {
        n += ngx_http_ai_page_wanted(ctx, &ctx->items[i]);
        negative += (ctx->items[i].found == NGX_AI_NEGATIVE);
    }

    if (negative) {
        ctx->reason = NGX_AI_REASON_engine;
    }

    if (n == 0) {
        return;
    }

    ctx->wanted = aif_arena_alloc(ctx->arena, n * sizeof(ngx_ai_item_t));

    if (ctx->wanted == NULL
        || ngx_http_ai_private_echo(ctx->request, ctx->conf, &echo) != NGX_OK)
    {
        ctx->reason = NGX_AI_REASON_memory;
        return;
    }

    for (i = 0; i < ctx->nitems; i++) {

        if (!ngx_http_ai_page_wanted(ctx, &ctx->items[i])) {
            continue;
        }

        if (ngx_http_ai_private_echoes(&echo, &ctx->items[i].source)) {
            ctx->reason = NGX_AI_REASON_personal;
            continue;
        }

        ctx->wanted[ctx->nwanted++] = ctx->items[i];
    }

    engine = ctx->conf->translate->elts;

    if (ctx->nwanted > engine[0]->queue) {
        ctx->reason = NGX_AI_REASON_queue;

    } else if (ctx->misses && ctx->reason == NGX_AI_REASON_none) {
        ctx->reason = NGX_AI_REASON_pending;
    }
}


ngx_int_t
ngx_http_ai_page_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait)
{
    ngx_int_t                 rc;
    ngx_str_t                *locales;
    ngx_ai_fetch_t            fetch;
    ngx_http_ai_main_conf_t  *amcf;

    if (ctx->repeat) {
        ngx_http_ai_self_fetch(ctx);
        return NGX_OK;
    }

    if (ctx->nwanted == 0) {
        return NGX_OK;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    locales = ctx->conf->locales->elts;

    ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

    fetch.store = amcf->store;
    fetch.space = ctx->space;
    fetch.engines = ctx->conf->translate->elts;
    fetch.nengines = ctx->conf->translate->nelts;
    fetch.policy = ctx->conf->policy;
    fetch.source_locale = locales[0];
    fetch.target_locale = locales[ctx->choice.index];
    fetch.items = ctx->wanted;
    fetch.nitems = ctx->nwanted;
    fetch.waiter = wait ? &ctx->waiter : NULL;
    fetch.pool = wait ? ctx->request->pool : NULL;

    rc = ngx_ai_sched_fetch(&fetch);

    if (fetch.reason != NGX_AI_REASON_none) {
        ctx->reason = fetch.reason;

    } else if (rc == NGX_ERROR) {
        ctx->reason = NGX_AI_REASON_memory;
    }

    return rc == NGX_AGAIN ? NGX_AGAIN : NGX_OK;
}


static ngx_uint_t
ngx_http_ai_page_wanted(ngx_http_ai_ctx_t *ctx, ngx_ai_item_t *item)
{
    switch (item->found) {

    case NGX_AI_MISS:
    case NGX_AI_PENDING:
        return 1;

    case NGX_AI_STALE:
        return ctx->conf->renew && !item->renewing;

    default:
        return 0;
    }
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

    } else {
        ctx->reason = ctx->source ? NGX_AI_REASON_locale
                      : ctx->left ? NGX_AI_REASON_hydration
                                  : NGX_AI_REASON_none;
    }

    if (ngx_http_ai_seo_edits(ctx) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    /* what is in no page's text may still be in its head */

    if (ctx->hits == 0 && ctx->nedits == 0) {
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

    } else {
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
