
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The items of a page: its texts, each once however often the page has it.
 * They are looked up in the store, together and as one decision for the whole
 * page, and what is missing is given to the scheduler if it may be.  Reads no
 * byte of the page and writes none.  For ngx_http_ai_page.c and
 * ngx_http_ai_body_filter.c.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_key.h"
#include "core/aif_utf8.h"


#define NGX_HTTP_AI_VALUES       (32 * 1024)


static ngx_uint_t ngx_http_ai_items_add(ngx_http_ai_ctx_t *ctx,
    uint32_t *table, ngx_uint_t mask, const aif_str_t *text);
static void ngx_http_ai_items_space(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_items_ask(ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_items_sum(ngx_http_ai_ctx_t *ctx);


/* fragments to items: equal texts are one, by a table of open addressing */

ngx_int_t
ngx_http_ai_items_make(ngx_http_ai_ctx_t *ctx)
{
    size_t       n;
    uint32_t    *table;
    ngx_uint_t   i, mask;

    if (ctx->form == NGX_HTTP_AI_HTML) {
        ctx->list = aif_segment_fragments(ctx->segment, &ctx->nlist);
    }

    ngx_http_ai_items_space(ctx);

    if (ngx_http_ai_state_read(ctx) != NGX_OK) {
        return NGX_DECLINED;
    }

    n = ctx->nlist + ctx->ntexts;

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
                          : ngx_http_ai_items_add(ctx, table, mask,
                                                  &ctx->list[i].text);
    }

    for (i = 0; i < ctx->ntexts; i++) {
        ctx->item_of_text[i] = ngx_http_ai_items_add(ctx, table, mask,
                                                     &ctx->texts[i]);
    }

    return ngx_http_ai_generate_read(ctx);
}


static ngx_uint_t
ngx_http_ai_items_add(ngx_http_ai_ctx_t *ctx, uint32_t *table,
    ngx_uint_t mask, const aif_str_t *text)
{
    uint64_t        hash;
    ngx_str_t      *locale;
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

    if (ctx->conf->glossary) {
        locale = ctx->conf->locales->elts;
        item->recipe = ngx_ai_glossary_recipe(ctx->conf->glossary, text,
                           (aif_str_t *) &locale[ctx->choice.index]);
    }

    table[slot] = ctx->nitems;

    return ctx->nitems - 1;
}


/* where this page's texts belong */

static void
ngx_http_ai_items_space(ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t                *locales;
    aif_str_t                 parts[4];
    ngx_ai_state_t           *state;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    locales = ctx->conf->locales->elts;

    parts[0] = aif_prompt_name(ctx->conf->prompt);

    parts[1].len = locales[0].len;
    parts[1].data = locales[0].data;
    parts[2].len = locales[ctx->choice.index].len;
    parts[2].data = locales[ctx->choice.index].data;

    parts[3].len = ctx->conf->scope.len;
    parts[3].data = ctx->conf->scope.data;

    ctx->space.key = aif_key_prefix(&state->secret, parts, 4);
    ctx->space.recipe = ctx->conf->recipe;
    ctx->space.valid = ctx->conf->valid;
}


ngx_int_t
ngx_http_ai_items_lookup(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t      i;
    ngx_ai_item_t  *all;

    if (ctx->deferred) {
        return NGX_OK;
    }

    if (ctx->status == NGX_AI_STATUS_NONE) {

        if (ngx_http_ai_items_ask(ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_ai_items_sum(ctx);

        return NGX_OK;
    }

    /* after a wait: what was found before stays as it was found */

    all = aif_arena_alloc(ctx->arena, ctx->nitems * sizeof(ngx_ai_item_t));
    if (all == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(all, ctx->items, ctx->nitems * sizeof(ngx_ai_item_t));

    if (ngx_http_ai_items_ask(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < ctx->nitems; i++) {
        if (all[i].value.data) {
            ctx->items[i] = all[i];
        }
    }

    ngx_http_ai_items_sum(ctx);

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_items_ask(ngx_http_ai_ctx_t *ctx)
{
    u_char                   *pos, *end;
    ngx_uint_t                i;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    pos = NULL;
    end = NULL;

    ctx->generation = ngx_ai_store_generation(amcf->store);

    /* a page in its own locale is not translated */

    for (i = ctx->source ? ctx->nitems : 0; i < ctx->nitems; /* void */) {

        pos = aif_arena_alloc(ctx->arena, NGX_HTTP_AI_VALUES);
        if (pos == NULL) {
            return NGX_ERROR;
        }

        end = pos + NGX_HTTP_AI_VALUES;

        i = ngx_ai_store_lookup(amcf->store, &ctx->space, ctx->items, i,
                                ctx->nitems, &pos, end);
    }

    return ngx_http_ai_generate_lookup(ctx);
}


static void
ngx_http_ai_items_sum(ngx_http_ai_ctx_t *ctx)
{
    size_t          letters;
    ngx_uint_t      i, n;
    ngx_ai_item_t  *item;

    static ngx_ai_item_t  none;

    n = ctx->nlist + ctx->ntexts;

    ctx->hits = 0;
    ctx->misses = 0;
    ctx->letters = 0;
    ctx->letters_hit = 0;
    ctx->left = 0;
    ctx->stale = 0;

    ngx_http_ai_generate_override(ctx);

    for (i = 0; i < n; i++) {
        item = ctx->item_of[i] == NGX_HTTP_AI_NO_ITEM
               ? &none : &ctx->items[ctx->item_of[i]];
        ctx->replacements[i] = item->value;
        ctx->stale |= (item->found == NGX_AI_STALE);
    }

    ngx_http_ai_state_decide(ctx);

    for (i = ctx->source ? n : 0; i < n; i++) {

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

    ngx_http_ai_generate_sum(ctx);

    ctx->fragments = (ctx->source ? 0 : n) + ctx->slots;

    ctx->status = ctx->source && ctx->slots == 0 ? NGX_AI_STATUS_BYPASS
                  : ctx->misses == 0 ? NGX_AI_STATUS_HIT
                  : ctx->hits == 0 ? NGX_AI_STATUS_MISS
                                   : NGX_AI_STATUS_PARTIAL;
}


/* what is to be asked for, and as far as it is known why it isn't there */

void
ngx_http_ai_items_want(ngx_http_ai_ctx_t *ctx)
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

    for (i = ctx->source ? ctx->nitems : 0, n = 0, negative = 0;
         i < ctx->nitems; i++)
    {
        n += ngx_http_ai_items_wanted(ctx, &ctx->items[i]);
        negative += (ctx->items[i].found == NGX_AI_NEGATIVE);
    }

    if (negative) {
        ctx->reason = NGX_AI_REASON_engine;
    }

    if (n == 0 && ctx->slots == 0 && ctx->reviews == NULL) {
        return;
    }

    ctx->wanted = aif_arena_alloc(ctx->arena, n * sizeof(ngx_ai_item_t));

    if (ctx->wanted == NULL
        || ngx_http_ai_private_echo(ctx->request, ctx->conf, &echo) != NGX_OK)
    {
        ctx->reason = NGX_AI_REASON_memory;
        return;
    }

    if (ngx_http_ai_generate_want(ctx, &echo) != NGX_OK && n == 0) {
        return;
    }

    for (i = n ? 0 : ctx->nitems; i < ctx->nitems; i++) {

        if (!ngx_http_ai_items_wanted(ctx, &ctx->items[i])) {
            continue;
        }

        if (ngx_http_ai_private_echoes(&echo, &ctx->items[i].source)) {
            ctx->reason = NGX_AI_REASON_personal;
            continue;
        }

        ctx->wanted[ctx->nwanted++] = ctx->items[i];
    }

    engine = ctx->nwanted ? ctx->conf->translate->elts : NULL;

    if (engine && ctx->nwanted > engine[0]->queue) {
        ctx->reason = NGX_AI_REASON_queue;

    } else if (ctx->misses && ctx->reason == NGX_AI_REASON_none) {
        ctx->reason = NGX_AI_REASON_pending;
    }
}


ngx_int_t
ngx_http_ai_items_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait)
{
    ngx_int_t                 rc, generated;
    ngx_str_t                *locales;
    ngx_ai_fetch_t            fetch;
    ngx_http_ai_main_conf_t  *amcf;

    if (ctx->repeat) {
        ngx_http_ai_self_fetch(ctx);
        return NGX_OK;
    }

    generated = ngx_http_ai_generate_fetch(ctx, wait);

    if (ctx->nwanted == 0) {
        return generated;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    locales = ctx->conf->locales->elts;

    ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

    fetch.store = amcf->store;
    fetch.space = ctx->space;
    fetch.accounts = ctx->conf->accounts;
    fetch.naccounts = ctx->conf->translate->nelts;
    fetch.policy = ctx->conf->policy;
    fetch.prompt = ctx->conf->prompt;
    fetch.glossary = ctx->conf->glossary;
    fetch.source_locale = locales[0];
    fetch.target_locale = locales[ctx->choice.index];
    fetch.items = ctx->wanted;
    fetch.nitems = ctx->nwanted;
    fetch.visitor = ngx_http_ai_visitor(ctx->request, "queue");
    fetch.waiter = wait ? &ctx->waiter : NULL;
    fetch.pool = wait ? ctx->request->pool : NULL;

    rc = ngx_ai_sched_fetch(&fetch);

    ctx->guess = fetch.guess;
    ctx->cost = fetch.cost;

    if (ctx->misses == 0) {
        /* only to be renewed: nothing of the page is the shop's */

    } else if (fetch.reason != NGX_AI_REASON_none) {
        ctx->reason = fetch.reason;

    } else if (rc == NGX_ERROR) {
        ctx->reason = NGX_AI_REASON_memory;
    }

    return rc == NGX_AGAIN ? NGX_AGAIN : generated;
}


ngx_uint_t
ngx_http_ai_items_wanted(ngx_http_ai_ctx_t *ctx, ngx_ai_item_t *item)
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


/* The page's own words stay where an edit goes into them, or replaces them. */

void
ngx_http_ai_items_clear(ngx_http_ai_ctx_t *ctx, aif_edit_t *edit)
{
    ngx_uint_t       i, k;
    aif_fragment_t  *f;

    for (i = 0; i < ctx->nlist; i++) {

        f = &ctx->list[i];

        if (f->start > edit->end) {
            break;
        }

        if (f->end < edit->start
            || (edit->start == edit->end
                && (f->start >= edit->start || f->end <= edit->start))
            || (edit->start != edit->end
                && (f->start >= edit->end || f->end <= edit->start)))
        {
            continue;
        }

        /* inside of one of its tags is outside of its text */

        for (k = 0; k < f->ntags; k++) {
            if (f->tags[k].start < edit->start && edit->end < f->tags[k].end) {
                break;
            }
        }

        if (f->ntags == 0 || k == f->ntags) {
            ctx->replacements[i].data = NULL;
        }
    }
}
