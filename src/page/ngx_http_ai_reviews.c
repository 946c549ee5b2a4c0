
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * ai_reviews.  Each review is judged once, whatever page, worker or locale it
 * is seen on, and kept under its text.  When all of a page are known, the
 * summary is a text of ngx_http_ai_generate.c like any other: its source is
 * the normal form of the reviews (engine/aif_summary.h).
 *
 * One review more must not make the summary anew.  So the store also has, for
 * each address, the source that its summary was last asked with: as long as
 * the page's reviews differ from those by no more than "renew", that source is
 * kept, and with it the summary; only its numbers are counted over the reviews
 * of today.  Where too little of it would be left, or more has changed, the
 * reviews of today are the new source.
 *
 * For the merchant (ai_insights) there is a summary in the shop's own locale,
 * whatever the visitor's is: where only foreigners come it is asked for beside
 * theirs, and nobody waits for it.
 *
 * Reviews themselves are never written, moved or hidden here.
 */


#include "page/ngx_http_ai_claim.h"
#include "page/ngx_http_ai_reviews.h"
#include "core/aif_key.h"
#include "core/aif_reviews.h"
#include "engine/aif_insights.h"


#define NGX_HTTP_AI_REVIEWS_VALUES  (16 * 1024)

/* Of so many per cent of a page's reviews it must be known what they say. */

#define NGX_HTTP_AI_REVIEWS_KNOWN   90


struct ngx_http_ai_reviews_s {
    ngx_http_ai_reviews_conf_t  *conf;
    aif_reviews_t               *reader;
    const aif_review_t          *list;
    size_t                       n;
    unsigned                     more;      /* than these */

    ngx_ai_space_t               space;      /* of the judgements */
    ngx_ai_item_t               *items;      /* without repetitions */
    ngx_uint_t                   nitems;
    ngx_uint_t                  *item_of;    /* review to item */
    ngx_ai_item_t               *wanted;
    ngx_uint_t                   nwanted;
    ngx_ai_waiter_t              waiter;
    ngx_uint_t                   place;      /* for a summary */

    ngx_ai_space_t               set_space;  /* of sources, by address */
    ngx_ai_item_t                set;
    aif_insights_product_t       product;
    aif_str_t                    source;     /* of the reviews of today, if it
                                                is to be kept */

    ngx_ai_space_t               own_space;  /* the shop's own locale */
    ngx_ai_item_t                own;        /* summary for the merchant, where
                                                the page is in another */
    unsigned                     own_wanted:1;
};


static ngx_int_t ngx_http_ai_reviews_items(ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_reviews_spaces(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_reviews_address(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_reviews_product(ngx_http_ai_ctx_t *ctx,
    aif_facts_t *facts);
static ngx_int_t ngx_http_ai_reviews_ask(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_reviews_known(ngx_http_ai_ctx_t *ctx,
    aif_summary_review_t *known, size_t *n);
static ngx_int_t ngx_http_ai_reviews_summary(ngx_http_ai_ctx_t *ctx,
    const ngx_ai_space_t *space, ngx_ai_item_t *item,
    const aif_summary_review_t *known, size_t n, const aif_str_t *source);
static ngx_int_t ngx_http_ai_reviews_merchant(ngx_http_ai_ctx_t *ctx,
    const ngx_ai_space_t *space, const ngx_ai_item_t *item,
    const aif_str_t *answer, const aif_summary_review_t *known, size_t n);
static ngx_uint_t ngx_http_ai_reviews_kept(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_reviews_keep(ngx_http_ai_ctx_t *ctx,
    const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *known, size_t n);
static ngx_uint_t ngx_http_ai_reviews_unjudged(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_reviews_send(ngx_http_ai_ctx_t *ctx,
    ngx_ai_fetch_t *fetch);


ngx_int_t
ngx_http_ai_reviews_start(ngx_http_ai_ctx_t *ctx, uint32_t groups,
    aif_walk_handler_t *handler)
{
    ngx_http_ai_reviews_t  *rv;

    if (ctx->conf->reviews == NULL) {
        return NGX_OK;
    }

    rv = ngx_pcalloc(ctx->request->pool, sizeof(ngx_http_ai_reviews_t));
    if (rv == NULL) {
        return NGX_ERROR;
    }

    rv->conf = ctx->conf->reviews;
    rv->waiter.wake = &ctx->wake;

    rv->reader = aif_reviews_create(ctx->page.data, ctx->page.len, groups,
                                    ctx->arena);
    if (rv->reader == NULL) {
        return NGX_ERROR;
    }

    *handler = aif_reviews_handler(rv->reader);
    ctx->reviews = rv;

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_reviews_read(ngx_http_ai_ctx_t *ctx, aif_facts_t *facts)
{
    ngx_http_ai_reviews_t  *rv;

    rv = ctx->reviews;

    if (rv == NULL) {
        return NGX_OK;
    }

    if (aif_reviews_read(rv->reader, &rv->list, &rv->n, &rv->more) != AIF_OK) {
        return NGX_ERROR;
    }

    if (rv->n == 0) {
        ctx->reviews = NULL;
        return NGX_OK;
    }

    ngx_http_ai_reviews_spaces(ctx);

    if (ngx_http_ai_reviews_items(ctx) != NGX_OK
        || ngx_http_ai_reviews_address(ctx) != NGX_OK
        || ngx_http_ai_reviews_product(ctx, facts) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


int
ngx_http_ai_reviews_enough(ngx_http_ai_ctx_t *ctx)
{
    return ctx->reviews && ctx->reviews->n >= AIF_SUMMARY_MIN ? AIF_OK
                                                              : AIF_BAD;
}


static ngx_int_t
ngx_http_ai_reviews_items(ngx_http_ai_ctx_t *ctx)
{
    uint64_t                hash;
    ngx_uint_t              i, k;
    ngx_http_ai_reviews_t  *rv;

    rv = ctx->reviews;

    rv->items = aif_arena_calloc(ctx->arena, rv->n * sizeof(ngx_ai_item_t));
    rv->item_of = aif_arena_alloc(ctx->arena, rv->n * sizeof(ngx_uint_t));

    if (rv->items == NULL || rv->item_of == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < rv->n; i++) {

        hash = aif_key_hash(&rv->space.key, rv->list[i].text.data,
                            rv->list[i].text.len);

        for (k = 0; k < rv->nitems; k++) {
            if (rv->items[k].hash == hash
                && aif_str_eq(&rv->items[k].source, &rv->list[i].text))
            {
                break;
            }
        }

        if (k == rv->nitems) {
            rv->items[k].hash = hash;
            rv->items[k].source = rv->list[i].text;
            rv->nitems++;
        }

        rv->item_of[i] = k;
    }

    return NGX_OK;
}


/* A judgement is of no locale, and a set of reviews is of all. */

static void
ngx_http_ai_reviews_spaces(ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t                *locales;
    aif_str_t                 parts[3];
    aif_key_secret_t         *secret;
    ngx_http_ai_reviews_t    *rv;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    rv = ctx->reviews;
    locales = ctx->conf->locales->elts;
    secret = &ngx_ai_store_state(amcf->store)->secret;

    parts[0] = aif_sentiment_prompt.name;
    parts[1].len = locales[0].len;
    parts[1].data = locales[0].data;
    parts[2].len = ctx->conf->scope.len;
    parts[2].data = ctx->conf->scope.data;

    rv->space.key = aif_key_prefix(secret, parts, 3);
    rv->space.recipe = ngx_ai_policy_recipe(ctx->conf->policy,
                                       rv->conf->engine->recipe,
                                       aif_prompt_hash(&aif_sentiment_prompt));

    aif_str_set(&parts[0], "review set");

    rv->set_space.key = aif_key_prefix(secret, parts, 3);
    rv->set_space.recipe = 1;
}


/* without arguments, which say who sent a visitor rather than what he sees */

static ngx_int_t
ngx_http_ai_reviews_address(ngx_http_ai_ctx_t *ctx)
{
    u_char                 *p;
    ngx_http_request_t     *r;
    ngx_http_ai_reviews_t  *rv;

    r = ctx->request;
    rv = ctx->reviews;

    rv->set.source.len = r->headers_in.server.len + r->uri.len;

    p = aif_arena_alloc(ctx->arena, rv->set.source.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    rv->set.source.data = p;

    p = ngx_cpymem(p, r->headers_in.server.data, r->headers_in.server.len);
    ngx_memcpy(p, r->uri.data, r->uri.len);

    rv->set.hash = aif_key_hash(&rv->set_space.key, rv->set.source.data,
                                rv->set.source.len);

    return NGX_OK;
}


/* what the merchant calls it */

static ngx_int_t
ngx_http_ai_reviews_product(ngx_http_ai_ctx_t *ctx, aif_facts_t *facts)
{
    aif_str_t               lines, *field;
    const u_char           *p, *q, *end, *value;
    aif_facts_kind_e        kind;
    ngx_http_ai_reviews_t  *rv;

    rv = ctx->reviews;

    if (aif_facts_write(facts, 1 << AIF_FACTS_NAME | 1 << AIF_FACTS_CATEGORY,
                        AIF_FACTS_MAX_GROUPS, &lines)
        == AIF_NOMEM)
    {
        return NGX_ERROR;
    }

    end = lines.data + lines.len;

    for (p = lines.data; p < end; p = q + 1) {

        q = memchr(p, '\n', end - p);
        q = q ? q : end;

        kind = aif_facts_kind(p, q, &value);
        field = kind == AIF_FACTS_NAME ? &rv->product.product
                                       : &rv->product.category;

        if (kind < AIF_FACTS_KINDS && field->len == 0) {
            field->data = (u_char *) value;
            field->len = q - value;
        }
    }

    rv->product.address = rv->set.source;

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_reviews_lookup(ngx_http_ai_ctx_t *ctx, const ngx_ai_space_t *space,
    ngx_ai_item_t *item)
{
    int                       rc;
    size_t                    n;
    u_char                   *pos;
    aif_str_t                 today;
    aif_summary_review_t     *known;
    ngx_http_ai_reviews_t    *rv;
    ngx_http_ai_main_conf_t  *amcf;

    rv = ctx->reviews;

    if (rv == NULL || ngx_http_ai_reviews_ask(ctx) != NGX_OK) {
        return rv ? NGX_ERROR : NGX_OK;
    }

    rv->place = (item != NULL);

    if (item && item->value.data) {
        return NGX_OK;
    }

    known = aif_arena_alloc(ctx->arena, rv->n * sizeof(aif_summary_review_t));
    pos = aif_arena_alloc(ctx->arena, NGX_AI_STORE_MAX_TEXT);

    if (known == NULL || pos == NULL
        || ngx_http_ai_reviews_known(ctx, known, &n) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (n * 100 < rv->n * NGX_HTTP_AI_REVIEWS_KNOWN) {
        return NGX_OK;
    }

    if (item == NULL) {
        return ngx_http_ai_reviews_keep(ctx, NULL, NULL, known, n);
    }

    rc = aif_summary_source(known, n, ctx->arena, &today);

    if (rc != AIF_OK) {
        return rc == AIF_NOMEM ? NGX_ERROR : NGX_OK;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    (void) ngx_ai_store_lookup(amcf->store, &rv->set_space, &rv->set, 0, 1,
                               &pos, pos + NGX_AI_STORE_MAX_TEXT);

    if (rv->set.value.data
        && aif_summary_changed(&rv->set.value, known, n) <= rv->conf->renew)
    {
        rc = ngx_http_ai_reviews_summary(ctx, space, item, known, n,
                                         &rv->set.value);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    if (rv->set.value.data == NULL || !aif_str_eq(&rv->set.value, &today)) {
        rv->source = today;
    }

    rc = ngx_http_ai_reviews_summary(ctx, space, item, known, n, &today);

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_ai_reviews_ask(ngx_http_ai_ctx_t *ctx)
{
    u_char                   *pos;
    ngx_uint_t                i;
    ngx_http_ai_reviews_t    *rv;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    rv = ctx->reviews;

    for (i = 0; i < rv->nitems; /* void */ ) {

        pos = aif_arena_alloc(ctx->arena, NGX_HTTP_AI_REVIEWS_VALUES);
        if (pos == NULL) {
            return NGX_ERROR;
        }

        i = ngx_ai_store_lookup(amcf->store, &rv->space, rv->items, i,
                                rv->nitems, &pos,
                                pos + NGX_HTTP_AI_REVIEWS_VALUES);
    }

    return NGX_OK;
}


/*
 * What was judged.  One that an engine can't judge is left out for a time, and
 * on a personal page those that no stranger has seen.
 */

static ngx_int_t
ngx_http_ai_reviews_known(ngx_http_ai_ctx_t *ctx, aif_summary_review_t *known,
    size_t *n)
{
    int                     rc;
    unsigned                score;
    ngx_uint_t              i;
    ngx_ai_item_t          *item;
    ngx_http_ai_reviews_t  *rv;

    rv = ctx->reviews;
    *n = 0;

    for (i = 0; i < rv->n; i++) {

        item = &rv->items[rv->item_of[i]];

        if (item->value.data == NULL) {

            if (item->found == NGX_AI_NEGATIVE || !ctx->teaches) {
                continue;
            }

            *n = 0;
            return NGX_OK;
        }

        rc = aif_sentiment_read(&item->value, ctx->arena,
                                &known[*n].sentiment, &score);

        if (rc == AIF_NOMEM) {
            return NGX_ERROR;
        }

        if (rc == AIF_OK) {
            known[(*n)++].text = rv->list[i].text;
        }
    }

    return NGX_OK;
}


/* NGX_DECLINED: there is an answer of which nothing may be shown any more. */

static ngx_int_t
ngx_http_ai_reviews_summary(ngx_http_ai_ctx_t *ctx,
    const ngx_ai_space_t *space, ngx_ai_item_t *item,
    const aif_summary_review_t *known, size_t n, const aif_str_t *source)
{
    int                       rc;
    u_char                   *pos;
    ngx_str_t                *locales;
    aif_str_t                 answer;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    locales = ctx->conf->locales->elts;

    pos = aif_arena_alloc(ctx->arena, NGX_AI_STORE_MAX_TEXT);
    if (pos == NULL) {
        return NGX_ERROR;
    }

    item->source = *source;
    item->hash = aif_key_hash(&space->key, source->data, source->len);

    (void) ngx_ai_store_lookup(amcf->store, space, item, 0, 1, &pos,
                               pos + NGX_AI_STORE_MAX_TEXT);

    if (item->found == NGX_AI_STALE) {
        ngx_http_ai_claim_stored(ctx, &aif_summary_prompt,
                                 ngx_http_ai_reviews_check, item);
    }

    if (item->value.data == NULL) {
        return ngx_http_ai_reviews_merchant(ctx, space, item, NULL, known, n);
    }

    answer = item->value;

    rc = aif_summary_text(source, &answer, known, n, ctx->reviews->more,
                          (aif_str_t *) &locales[ctx->choice.index],
                          ctx->arena, &item->value);

    if (rc != AIF_OK) {
        ngx_str_null(&item->value);
        item->found = NGX_AI_NEGATIVE;
    }

    if (rc != AIF_OK) {
        return rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
    }

    return ngx_http_ai_reviews_merchant(ctx, space, item, &answer, known, n);
}


/*
 * What the merchant reads, in his language: the page's summary, or another one
 * of the same source.
 */

static ngx_int_t
ngx_http_ai_reviews_merchant(ngx_http_ai_ctx_t *ctx,
    const ngx_ai_space_t *space, const ngx_ai_item_t *item,
    const aif_str_t *answer, const aif_summary_review_t *known, size_t n)
{
    u_char                   *pos;
    ngx_str_t                *locales;
    aif_str_t                 parts[5];
    ngx_http_ai_reviews_t    *rv;
    ngx_http_ai_main_conf_t  *amcf;

    if (!ngx_http_ai_reviews_kept(ctx) || ctx->choice.index == 0) {
        return ngx_http_ai_reviews_keep(ctx, &item->source, answer, known, n);
    }

    rv = ctx->reviews;
    locales = ctx->conf->locales->elts;
    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    pos = aif_arena_alloc(ctx->arena, NGX_AI_STORE_MAX_TEXT);
    if (pos == NULL) {
        return NGX_ERROR;
    }

    /* as a page in that locale finds it */

    parts[0] = aif_summary_prompt.name;
    parts[1].len = locales[0].len;
    parts[1].data = locales[0].data;
    parts[2] = parts[1];
    parts[3].len = ctx->conf->scope.len;
    parts[3].data = ctx->conf->scope.data;
    aif_str_set(&parts[4], "");

    rv->own_space = *space;
    rv->own_space.key = aif_key_prefix(&ngx_ai_store_state(amcf->store)->secret,
                                       parts, 5);

    ngx_memzero(&rv->own, sizeof(ngx_ai_item_t));

    rv->own.recipe = item->recipe;
    rv->own.source = item->source;
    rv->own.hash = aif_key_hash(&rv->own_space.key, item->source.data,
                                item->source.len);

    (void) ngx_ai_store_lookup(amcf->store, &rv->own_space, &rv->own, 0, 1,
                               &pos, pos + NGX_AI_STORE_MAX_TEXT);

    return ngx_http_ai_reviews_keep(ctx, &item->source,
                                    rv->own.value.data ? &rv->own.value : NULL,
                                    known, n);
}


/* As strangers see it. */

static ngx_uint_t
ngx_http_ai_reviews_kept(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    return amcf->insights && ctx->teaches && !ctx->shadow;
}


/* "answer" NULL: there is no summary, or not yet */

static ngx_int_t
ngx_http_ai_reviews_keep(ngx_http_ai_ctx_t *ctx, const aif_str_t *source,
    const aif_str_t *answer, const aif_summary_review_t *known, size_t n)
{
    int                       rc;
    ngx_tm_t                  tm;
    uint32_t                  claims;
    aif_str_t                 record;
    ngx_ai_insight_t         *in;
    ngx_http_ai_reviews_t    *rv;
    ngx_http_ai_main_conf_t  *amcf;

    static const aif_str_t  none = aif_null_string;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    rv = ctx->reviews;

    if (n == 0 || !ngx_http_ai_reviews_kept(ctx)) {
        return NGX_OK;
    }

    rc = answer ? aif_insights_make(&rv->product, source, answer, known, n,
                                    NGX_AI_INSIGHTS_TEXT, ctx->arena, &record)
                : AIF_BAD;

    claims = (rc == AIF_OK);

    if (rc == AIF_BAD) {
        rc = aif_insights_make(&rv->product, &none, &none, known, n,
                               NGX_AI_INSIGHTS_TEXT, ctx->arena, &record);
    }

    if (rc != AIF_OK) {
        return rc == AIF_NOMEM ? NGX_ERROR : NGX_OK;
    }

    in = aif_arena_alloc(ctx->arena, sizeof(ngx_ai_insight_t));
    if (in == NULL) {
        return NGX_ERROR;
    }

    ngx_gmtime(ngx_time(), &tm);

    in->key = rv->set.hash;
    in->changed = ngx_time();
    in->scope = ngx_crc32_long(ctx->conf->scope.data, ctx->conf->scope.len);
    in->month = tm.ngx_tm_year * 100 + tm.ngx_tm_mon;
    in->claims = claims;
    in->len = record.len;
    ngx_memcpy(in->text, record.data, record.len);

    ngx_ai_insights_put(amcf->insights, in);

    return NGX_OK;
}


ngx_uint_t
ngx_http_ai_reviews_open(ngx_http_ai_ctx_t *ctx)
{
    return ngx_http_ai_reviews_unjudged(ctx)
           || (ctx->reviews && ctx->reviews->own.source.len
               && ngx_http_ai_items_wanted(ctx, &ctx->reviews->own));
}


static ngx_uint_t
ngx_http_ai_reviews_unjudged(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t  i;

    for (i = 0; ctx->reviews && i < ctx->reviews->nitems; i++) {
        if (ngx_http_ai_items_wanted(ctx, &ctx->reviews->items[i])) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_ai_reviews_want(ngx_http_ai_ctx_t *ctx, ngx_http_ai_echo_t *echo)
{
    ngx_uint_t              i;
    ngx_ai_item_t          *item;
    ngx_http_ai_reviews_t  *rv;

    rv = ctx->reviews;

    if (rv == NULL) {
        return NGX_DECLINED;
    }

    rv->wanted = aif_arena_alloc(ctx->arena,
                                 rv->nitems * sizeof(ngx_ai_item_t));
    if (rv->wanted == NULL) {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    for (i = 0; i < rv->nitems; i++) {

        item = &rv->items[i];

        if (!ngx_http_ai_items_wanted(ctx, item)) {
            continue;
        }

        if (ngx_http_ai_private_echoes(echo, &item->source)) {
            ctx->reason = NGX_AI_REASON_personal;
            continue;
        }

        rv->wanted[rv->nwanted++] = *item;
    }

    rv->own_wanted = rv->own.source.len
                     && ngx_http_ai_items_wanted(ctx, &rv->own)
                     && !ngx_http_ai_private_echoes(echo, &rv->own.source);

    return rv->nwanted || rv->own_wanted ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_ai_reviews_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait)
{
    ngx_int_t                 rc;
    ngx_ai_fetch_t            fetch;
    ngx_http_ai_reviews_t    *rv;
    ngx_http_ai_main_conf_t  *amcf;

    rv = ctx->reviews;

    if (rv == NULL) {
        return NGX_OK;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    if (rv->source.len) {
        (void) ngx_ai_store_put(amcf->store, &rv->set_space, &rv->set,
                                &rv->source);
        rv->source.len = 0;
    }

    if (rv->own_wanted) {

        rv->own_wanted = 0;

        ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

        fetch.space = rv->own_space;
        fetch.prompt = &aif_summary_prompt;
        fetch.accounts = &ctx->conf->generate_accounts[
                                             ctx->conf->generate->nelts - 1];
        fetch.items = &rv->own;
        fetch.nitems = 1;

        (void) ngx_http_ai_reviews_send(ctx, &fetch);
    }

    if (rv->nwanted == 0) {
        return NGX_OK;
    }

    /* nobody waits for what he doesn't get to see */

    wait = wait && rv->place;

    ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

    fetch.space = rv->space;
    fetch.prompt = &aif_sentiment_prompt;
    fetch.accounts = &ctx->conf->reviews_account;
    fetch.items = rv->wanted;
    fetch.nitems = rv->nwanted;
    fetch.visitor = ngx_http_ai_visitor(ctx->request, "queue");
    fetch.waiter = wait ? &rv->waiter : NULL;
    fetch.pool = wait ? ctx->request->pool : NULL;

    rv->nwanted = 0;

    rc = ngx_http_ai_reviews_send(ctx, &fetch);

    if (fetch.reason != NGX_AI_REASON_none) {
        ctx->reason = fetch.reason;

    } else if (rc == NGX_ERROR) {
        ctx->reason = NGX_AI_REASON_memory;
    }

    return rc == NGX_AGAIN ? NGX_AGAIN : NGX_OK;
}


/* in the shop's own locale */

static ngx_int_t
ngx_http_ai_reviews_send(ngx_http_ai_ctx_t *ctx, ngx_ai_fetch_t *fetch)
{
    ngx_str_t                *locales;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);
    locales = ctx->conf->locales->elts;

    fetch->store = amcf->store;
    fetch->policy = ctx->conf->policy;
    fetch->check = ngx_http_ai_reviews_check;
    fetch->source_locale = locales[0];
    fetch->target_locale = locales[0];
    fetch->naccounts = 1;

    return ngx_ai_sched_fetch(fetch);
}


ngx_uint_t
ngx_http_ai_reviews_pending(ngx_http_ai_ctx_t *ctx)
{
    if (ctx->reviews == NULL) {
        return 0;
    }

    if (ctx->reviews->waiter.reason != NGX_AI_REASON_none) {
        ctx->reason = ctx->reviews->waiter.reason;
    }

    return ctx->reviews->waiter.pending != 0;
}


ngx_int_t
ngx_http_ai_reviews_more(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_echo_t  echo;

    if (ctx->reviews == NULL
        || ngx_http_ai_generate_lookup(ctx) != NGX_OK
        || ngx_http_ai_reviews_unjudged(ctx)
        || ngx_http_ai_private_echo(ctx->request, ctx->conf, &echo) != NGX_OK
        || ngx_http_ai_generate_want(ctx, &echo) != NGX_OK)
    {
        return NGX_OK;
    }

    return ngx_http_ai_generate_fetch(ctx, 1);
}


void
ngx_http_ai_reviews_forget(ngx_http_ai_ctx_t *ctx)
{
    if (ctx->reviews) {
        ngx_ai_sched_forget(&ctx->reviews->waiter);
    }
}


/* of a judgement, and of a summary */

int
ngx_http_ai_reviews_check(const ngx_ai_answer_t *answer,
    aif_guard_fault_t *fault)
{
    int                       rc;
    unsigned                  score;
    aif_sentiment_e           sentiment;
    ngx_http_ai_main_conf_t  *amcf;

    if (answer->prompt == &aif_sentiment_prompt) {

        rc = aif_sentiment_read(answer->target, answer->arena, &sentiment,
                                &score);

        if (rc != AIF_OK && rc != AIF_NOMEM) {
            fault->kind = AIF_GUARD_SUPPORT;
            rc = AIF_BAD;
        }

        return rc;
    }

    amcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_ai_filter_module);

    return aif_summary_check(answer->source, answer->target, amcf->claims,
                             answer->source_locale, answer->target_locale,
                             answer->arena, fault);
}
