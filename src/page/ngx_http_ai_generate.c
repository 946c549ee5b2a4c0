
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * ai_generate: texts that the shop never wrote, in slots of its pages.  A
 * slot's text is kept under the facts that it was made of (core/aif_facts.h),
 * so what is served always belongs to what the page says now.  It is looked
 * up, asked for and awaited like a translation, in a space of its own: kind is
 * the prompt, the locale is the visitor's, and there may be a segment.
 *
 * Where a framework compares the page with its state, a slot is filled only
 * as a translation would be: its old text, wherever the page has it, becomes
 * the new one, in page and state together, or the slot stays as it is.
 */


#include "page/ngx_http_ai_claim.h"
#include "page/ngx_http_ai_reviews.h"
#include "core/aif_claim.h"
#include "core/aif_facts.h"
#include "core/aif_key.h"
#include "core/aif_slot.h"



#define NGX_HTTP_AI_NONE     ((ngx_uint_t) -1)


/* What one ai_generate gives to this page. */

typedef struct {
    ngx_ai_space_t             space;
    ngx_ai_item_t              item;         /* source: the facts */
    aif_str_t                  plain;        /* for a page that is hydrated */
    ngx_ai_waiter_t            waiter;
    ngx_uint_t                 slots;        /* that it has in the page */
    unsigned                   facts:1;      /* there are enough */
    unsigned                   wanted:1;     /* to be asked for */
} ngx_http_ai_generated_t;


typedef struct {
    const aif_slot_t          *slot;
    ngx_uint_t                 fragment;     /* of a page that is hydrated:
                                                its old text, or NONE */
    unsigned                   filled:1;
} ngx_http_ai_place_t;


struct ngx_http_ai_generate_s {
    ngx_http_ai_generator_t   *generators;
    ngx_uint_t                 n;
    ngx_http_ai_generated_t   *texts;        /* one for each */
    ngx_http_ai_place_t       *places;
    ngx_uint_t                 nplaces;
    ngx_str_t                  segment;
};


static ngx_int_t ngx_http_ai_generate_walk(ngx_http_ai_ctx_t *ctx,
    aif_facts_t **facts);
static ngx_int_t ngx_http_ai_generate_texts(ngx_http_ai_ctx_t *ctx,
    aif_facts_t *facts);
static void ngx_http_ai_generate_space(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_generator_t *g, ngx_http_ai_generated_t *text);
static ngx_uint_t ngx_http_ai_generate_fragment(ngx_http_ai_ctx_t *ctx,
    const aif_slot_t *slot, const aif_slot_conf_t *conf);
static ngx_http_ai_generated_t *ngx_http_ai_generate_text(
    ngx_http_ai_generate_t *gen, ngx_http_ai_place_t *place);
static ngx_int_t ngx_http_ai_generate_place(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_place_t *place, aif_edit_t *edits, size_t *n);
static ngx_int_t ngx_http_ai_generate_compare(const void *a,
    const void *b);


ngx_uint_t
ngx_http_ai_generate_source(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf)
{
    return alcf->generate && alcf->generate->nelts
           && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
           && ngx_http_test_predicates(r, alcf->bypass) != NGX_DECLINED;
}


ngx_int_t
ngx_http_ai_generate_start(ngx_http_ai_ctx_t *ctx)
{
    u_char                  *p;
    ngx_str_t                identity;
    ngx_http_request_t      *r;
    ngx_http_ai_generate_t  *gen;

    r = ctx->request;

    if (ctx->form != NGX_HTTP_AI_HTML
        || !ngx_http_ai_generate_source(r, ctx->conf))
    {
        return NGX_OK;
    }

    gen = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_generate_t));
    if (gen == NULL) {
        return NGX_ERROR;
    }

    gen->generators = ctx->conf->generate->elts;
    gen->n = ctx->conf->generate->nelts;
    gen->texts = ngx_pcalloc(r->pool,
                             gen->n * sizeof(ngx_http_ai_generated_t));

    if (gen->texts == NULL
        || ngx_http_ai_audience(ctx, &gen->segment) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->generate = gen;

    if (gen->segment.len == 0) {
        return NGX_OK;
    }

    /* what is made of a page depends on it */

    identity.len = ctx->identity.len + 1 + gen->segment.len;
    identity.data = ngx_pnalloc(r->pool, identity.len);
    if (identity.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(identity.data, gen->segment.data, gen->segment.len);
    *p++ = '\n';
    ngx_memcpy(p, ctx->identity.data, ctx->identity.len);

    ctx->identity = identity;

    return NGX_OK;
}


ngx_str_t
ngx_http_ai_generate_label(ngx_http_request_t *r)
{
    ngx_str_t           none;
    ngx_http_ai_ctx_t  *ctx;

    ngx_str_null(&none);

    ctx = ngx_http_get_module_ctx(r, ngx_http_ai_filter_module);

    return ctx && ctx->generate ? ctx->generate->segment : none;
}


ngx_int_t
ngx_http_ai_generate_read(ngx_http_ai_ctx_t *ctx)
{
    aif_facts_t  *facts;

    if (ctx->generate == NULL) {
        return NGX_OK;
    }

    if (ngx_http_ai_generate_walk(ctx, &facts) != NGX_OK
        || ngx_http_ai_generate_texts(ctx, facts) != NGX_OK)
    {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* one way through the page for facts and slots */

static ngx_int_t
ngx_http_ai_generate_walk(ngx_http_ai_ctx_t *ctx, aif_facts_t **facts)
{
    size_t                    n;
    uint32_t                  texts, reviews;
    ngx_uint_t                i;
    aif_slots_t              *slots;
    const aif_slot_t         *list;
    aif_slot_conf_t          *confs;
    aif_selector_set_t       *set;
    aif_walk_handler_t        handlers[3];
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generator_t  *g;

    gen = ctx->generate;
    g = gen->generators;
    texts = 0;
    reviews = 0;

    set = aif_selector_set_create(ctx->arena, AIF_WALK_MAX_DEPTH);
    confs = aif_arena_alloc(ctx->arena, gen->n * sizeof(aif_slot_conf_t));

    if (set == NULL || confs == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < gen->n; i++) {

        confs[i] = g[i].slot;

        if (g[i].selector
            && aif_selector_set_add(set, &g[i].selector, 1, i) != AIF_OK)
        {
            return NGX_ERROR;
        }

        if (g[i].facts) {
            *(g[i].reviews ? &reviews : &texts) |=
                                    1u << (NGX_HTTP_AI_MAX_GENERATORS + i);

            if (aif_selector_set_add(set, &g[i].facts, 1,
                                     NGX_HTTP_AI_MAX_GENERATORS + i)
                != AIF_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    *facts = aif_facts_create(ctx->page.data, ctx->page.len, texts,
                              ctx->arena);
    slots = aif_slot_create(ctx->page.data, ctx->page.len, confs, gen->n,
                            ctx->arena);

    if (*facts == NULL || slots == NULL) {
        return NGX_ERROR;
    }

    handlers[0] = aif_slot_handler(slots);
    handlers[1] = aif_facts_handler(*facts);

    if (ngx_http_ai_reviews_start(ctx, reviews, &handlers[2]) != NGX_OK
        || aif_walk(ctx->page.data, ctx->page.len, set, handlers,
                    ctx->reviews ? 3 : 2, ctx->arena)
           != AIF_OK
        || aif_facts_read(*facts) != AIF_OK
        || ngx_http_ai_reviews_read(ctx, *facts) != NGX_OK)
    {
        return NGX_ERROR;
    }

    list = aif_slot_list(slots, &n);

    gen->places = aif_arena_calloc(ctx->arena,
                                   (n + 1) * sizeof(ngx_http_ai_place_t));
    if (gen->places == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        gen->places[i].slot = &list[i];
        gen->texts[list[i].conf].slots++;
    }

    gen->nplaces = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_generate_texts(ngx_http_ai_ctx_t *ctx, aif_facts_t *facts)
{
    int                       rc;
    ngx_uint_t                i;
    ngx_http_ai_place_t      *place;
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generator_t  *g;
    ngx_http_ai_generated_t  *text;

    gen = ctx->generate;

    for (i = 0; i < gen->n; i++) {

        g = &gen->generators[i];
        text = &gen->texts[i];

        if (text->slots == 0) {
            continue;
        }

        rc = g->reviews ? ngx_http_ai_reviews_enough(ctx)
             : aif_facts_write(facts, g->kinds,
                               g->facts ? NGX_HTTP_AI_MAX_GENERATORS + i
                                        : AIF_FACTS_MAX_GROUPS,
                               &text->item.source);

        if (rc == AIF_NOMEM) {
            return NGX_ERROR;
        }

        text->facts = (rc == AIF_OK);

        if (text->facts) {
            ngx_http_ai_generate_space(ctx, g, text);
        }
    }

    for (i = 0; i < gen->nplaces; i++) {

        place = &gen->places[i];
        place->fragment = NGX_HTTP_AI_NONE;

        if (aif_state_hydrates(ctx->state)) {
            place->fragment = ngx_http_ai_generate_fragment(ctx, place->slot,
                                    &gen->generators[place->slot->conf].slot);

            /* nobody needs a text that has no place */

            if (place->fragment == NGX_HTTP_AI_NONE) {
                gen->texts[place->slot->conf].slots--;
            }
        }
    }

    return NGX_OK;
}


static void
ngx_http_ai_generate_space(ngx_http_ai_ctx_t *ctx, ngx_http_ai_generator_t *g,
    ngx_http_ai_generated_t *text)
{
    ngx_str_t                *locales;
    aif_str_t                 parts[5];
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    locales = ctx->conf->locales->elts;

    parts[0] = g->prompt->name;
    parts[1].len = locales[0].len;
    parts[1].data = locales[0].data;
    parts[2].len = locales[ctx->choice.index].len;
    parts[2].data = locales[ctx->choice.index].data;
    parts[3].len = ctx->conf->scope.len;
    parts[3].data = ctx->conf->scope.data;
    parts[4].len = ctx->generate->segment.len;
    parts[4].data = ctx->generate->segment.data;

    if (g->reviews) {
        aif_str_set(&parts[4], "");
    }

    text->space.key = aif_key_prefix(&ngx_ai_store_state(amcf->store)->secret,
                                     parts, 5);
    text->space.recipe = ngx_ai_policy_recipe(ctx->conf->policy,
                                              g->engine->recipe,
                                              aif_prompt_hash(g->prompt));
    text->space.valid = ctx->conf->valid_generated;
    text->item.recipe = aif_claim_hash(amcf->claims);

    text->item.hash = aif_key_hash(&text->space.key, text->item.source.data,
                                   text->item.source.len);
}


/* The one text that is all of a slot's content, as the state may have it. */

static ngx_uint_t
ngx_http_ai_generate_fragment(ngx_http_ai_ctx_t *ctx, const aif_slot_t *slot,
    const aif_slot_conf_t *conf)
{
    ngx_uint_t       i, found;
    aif_fragment_t  *f;

    found = NGX_HTTP_AI_NONE;

    if (conf->place != AIF_SLOT_REPLACE) {
        return NGX_HTTP_AI_NONE;
    }

    for (i = 0; i < ctx->nlist; i++) {

        f = &ctx->list[i];

        if (f->end <= slot->start || f->start >= slot->end) {
            continue;
        }

        if (found != NGX_HTTP_AI_NONE || f->ntags || f->start < slot->start
            || f->end > slot->end)
        {
            return NGX_HTTP_AI_NONE;
        }

        found = i;
    }

    return found != NGX_HTTP_AI_NONE
           && ctx->item_of[found] != NGX_HTTP_AI_NO_ITEM
           ? found : NGX_HTTP_AI_NONE;
}


ngx_int_t
ngx_http_ai_generate_lookup(ngx_http_ai_ctx_t *ctx)
{
    u_char                   *pos;
    ngx_uint_t                i;
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generated_t  *text;
    ngx_http_ai_main_conf_t  *amcf;

    gen = ctx->generate;

    if (gen == NULL) {
        return NGX_OK;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    for (i = 0; i < gen->n; i++) {

        text = &gen->texts[i];

        if (gen->generators[i].reviews) {

            if (ngx_http_ai_reviews_lookup(ctx, &text->space,
                                           text->slots && text->facts
                                           ? &text->item : NULL)
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            continue;
        }

        if (text->slots == 0 || !text->facts || text->item.value.data) {
            continue;
        }

        pos = aif_arena_alloc(ctx->arena, NGX_AI_STORE_MAX_TEXT);
        if (pos == NULL) {
            return NGX_ERROR;
        }

        (void) ngx_ai_store_lookup(amcf->store, &text->space, &text->item, 0,
                                   1, &pos, pos + NGX_AI_STORE_MAX_TEXT);

        if (text->item.found == NGX_AI_STALE) {
            ngx_http_ai_claim_stored(ctx, gen->generators[i].prompt,
                                     ngx_http_ai_claim_check, &text->item);
        }
    }

    return NGX_OK;
}


/* before the state decides: the old text becomes the new one */

void
ngx_http_ai_generate_override(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t                i;
    ngx_ai_item_t            *item;
    ngx_http_ai_place_t      *place;
    ngx_http_ai_generated_t  *text;

    for (i = 0; ctx->generate && i < ctx->generate->nplaces; i++) {

        place = &ctx->generate->places[i];
        text = ngx_http_ai_generate_text(ctx->generate, place);

        if (place->fragment == NGX_HTTP_AI_NONE || text == NULL
            || (text->plain.data == NULL
                && aif_slot_plain(&text->item.value, ctx->arena, &text->plain)
                   != AIF_OK))
        {
            continue;
        }

        item = &ctx->items[ctx->item_of[place->fragment]];
        item->value = text->plain;
        item->found = NGX_AI_HIT;
        item->written = 1;
    }
}


/* the text of a place, if it is there */

static ngx_http_ai_generated_t *
ngx_http_ai_generate_text(ngx_http_ai_generate_t *gen,
    ngx_http_ai_place_t *place)
{
    ngx_http_ai_generated_t  *text;

    text = &gen->texts[place->slot->conf];

    return text->facts && text->item.value.data ? text : NULL;
}


/* after it has: which slots are filled, and how many texts are missing */

void
ngx_http_ai_generate_sum(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t                i;
    ngx_http_ai_place_t      *place;
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generated_t  *text;

    gen = ctx->generate;
    ctx->slots = 0;

    if (gen == NULL) {
        return;
    }

    ctx->unfilled = NGX_AI_REASON_none;
    ctx->stale |= ngx_http_ai_reviews_open(ctx);

    for (i = 0; i < gen->n; i++) {

        text = &gen->texts[i];

        if (text->slots && text->facts) {
            ctx->slots++;
            ctx->hits += (text->item.value.data != NULL);
            ctx->misses += (text->item.value.data == NULL);
            ctx->stale |= (text->item.found == NGX_AI_STALE);

        } else if (text->slots) {
            ctx->unfilled = NGX_AI_REASON_facts;
        }
    }

    for (i = 0; i < gen->nplaces; i++) {

        place = &gen->places[i];
        text = ngx_http_ai_generate_text(gen, place);

        place->filled = (text != NULL);

        if (aif_state_hydrates(ctx->state)) {
            place->filled = text && text->plain.data
                            && place->fragment != NGX_HTTP_AI_NONE
                            && ctx->replacements[place->fragment].data
                               == text->plain.data;

            if (!place->filled && (text || place->fragment == NGX_HTTP_AI_NONE))
            {
                ctx->unfilled = NGX_AI_REASON_hydration;
            }
        }
    }
}


/* NGX_DECLINED: there is nothing to ask for */

ngx_int_t
ngx_http_ai_generate_want(ngx_http_ai_ctx_t *ctx, ngx_http_ai_echo_t *echo)
{
    ngx_int_t                 rc;
    ngx_uint_t                i;
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generated_t  *text;

    gen = ctx->generate;
    rc = ngx_http_ai_reviews_want(ctx, echo);

    for (i = 0; gen && i < gen->n; i++) {

        text = &gen->texts[i];

        if (text->slots == 0 || !text->facts || text->item.source.len == 0) {
            continue;
        }

        if (text->item.found == NGX_AI_NEGATIVE) {
            ctx->reason = NGX_AI_REASON_engine;
        }

        if (!ngx_http_ai_items_wanted(ctx, &text->item)) {
            continue;
        }

        if (ngx_http_ai_private_echoes(echo, &text->item.source)) {
            ctx->reason = NGX_AI_REASON_personal;
            continue;
        }

        text->wanted = 1;
        rc = NGX_OK;
    }

    return rc;
}


ngx_int_t
ngx_http_ai_generate_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait)
{
    ngx_int_t                 rc, again;
    ngx_str_t                *locales;
    ngx_uint_t                i;
    ngx_ai_fetch_t            fetch;
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generated_t  *text;
    ngx_http_ai_main_conf_t  *amcf;

    gen = ctx->generate;
    again = ngx_http_ai_reviews_fetch(ctx, wait);

    for (i = 0; gen && i < gen->n; i++) {

        text = &gen->texts[i];

        if (!text->wanted) {
            continue;
        }

        text->wanted = 0;

        amcf = ngx_http_get_module_main_conf(ctx->request,
                                             ngx_http_ai_filter_module);
        locales = ctx->conf->locales->elts;

        ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

        text->waiter.wake = &ctx->wake;

        fetch.store = amcf->store;
        fetch.space = text->space;
        fetch.accounts = &ctx->conf->generate_accounts[i];
        fetch.naccounts = 1;
        fetch.policy = ctx->conf->policy;
        fetch.prompt = gen->generators[i].prompt;
        fetch.check = ngx_http_ai_claim_check;
        fetch.segment = gen->segment;

        if (gen->generators[i].reviews) {
            fetch.check = ngx_http_ai_reviews_check;
            ngx_str_null(&fetch.segment);
        }

        fetch.source_locale = locales[0];
        fetch.target_locale = locales[ctx->choice.index];
        fetch.items = &text->item;
        fetch.nitems = 1;
        fetch.waiter = wait ? &text->waiter : NULL;
        fetch.pool = wait ? ctx->request->pool : NULL;

        rc = ngx_ai_sched_fetch(&fetch);

        if (text->item.value.data == NULL) {

            if (fetch.reason != NGX_AI_REASON_none) {
                ctx->reason = fetch.reason;

            } else if (rc == NGX_ERROR) {
                ctx->reason = NGX_AI_REASON_memory;
            }
        }

        again = rc == NGX_AGAIN ? NGX_AGAIN : again;
    }

    return again;
}


ngx_uint_t
ngx_http_ai_generate_pending(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t  i;

    if (ngx_http_ai_reviews_pending(ctx)) {
        return 1;
    }

    for (i = 0; ctx->generate && i < ctx->generate->n; i++) {

        if (ctx->generate->texts[i].waiter.pending) {
            return 1;
        }

        if (ctx->generate->texts[i].waiter.reason != NGX_AI_REASON_none) {
            ctx->reason = ctx->generate->texts[i].waiter.reason;
        }
    }

    return 0;
}


void
ngx_http_ai_generate_forget(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t  i;

    ngx_http_ai_reviews_forget(ctx);

    for (i = 0; ctx->generate && i < ctx->generate->n; i++) {
        ngx_ai_sched_forget(&ctx->generate->texts[i].waiter);
    }
}


ngx_int_t
ngx_http_ai_generate_edits(ngx_http_ai_ctx_t *ctx)
{
    size_t                   i, k, n, nedits;
    aif_edit_t              *edits, *others;
    ngx_http_ai_generate_t  *gen;

    gen = ctx->generate;

    if (gen == NULL || gen->nplaces == 0) {
        return NGX_OK;
    }

    edits = aif_arena_alloc(ctx->arena,
                            2 * gen->nplaces * sizeof(aif_edit_t));
    if (edits == NULL) {
        return NGX_ERROR;
    }

    n = 0;

    for (i = 0; i < gen->nplaces; i++) {

        if (gen->places[i].filled
            && ngx_http_ai_generate_place(ctx, &gen->places[i], edits, &n)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_sort(edits, n, sizeof(aif_edit_t), ngx_http_ai_generate_compare);

    /* two slots may want one place, or one what another replaces */

    for (i = 0, k = 0; i < n; i++) {
        if (k == 0 || edits[i].start >= edits[k - 1].end) {
            edits[k++] = edits[i];
        }
    }

    for (i = 0; i < k; i++) {
        ngx_http_ai_items_clear(ctx, &edits[i]);
    }

    /* links of what is replaced are gone with it */

    others = ctx->edits;
    nedits = ctx->nedits;

    ctx->edits = edits;
    ctx->nedits = k;

    return aif_rewrite_merge(ctx->arena, &ctx->edits, &ctx->nedits, others,
                             nedits)
           == AIF_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_ai_generate_place(ngx_http_ai_ctx_t *ctx, ngx_http_ai_place_t *place,
    aif_edit_t *edits, size_t *n)
{
    int                       rc, label;
    aif_edit_t               *edit, mark;
    ngx_http_ai_generate_t   *gen;
    ngx_http_ai_generator_t  *g;
    ngx_http_ai_generated_t  *text;

    gen = ctx->generate;
    g = &gen->generators[place->slot->conf];
    text = ngx_http_ai_generate_text(gen, place);
    edit = &edits[*n];
    label = ctx->label && !text->item.person;

    aif_str_set(&mark.text, "");

    if (aif_state_hydrates(ctx->state)) {

        /* the text itself is a fragment's */

        rc = label ? aif_slot_mark(&g->slot, place->slot, ctx->arena, &mark)
                   : AIF_OK;

    } else {
        rc = aif_slot_edit(&g->slot, place->slot, &text->item.value,
                           label, ctx->references, ctx->arena, edit, &mark);

        if (rc == AIF_OK) {
            edit = &edits[++*n];
        }
    }

    if (rc == AIF_NOMEM) {
        return NGX_ERROR;
    }

    if (rc == AIF_OK && mark.text.len) {
        *edit = mark;
        (*n)++;
    }

    return NGX_OK;
}


/* some slot has a text that no person wrote or approved */

ngx_uint_t
ngx_http_ai_generate_labelled(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t                i;
    ngx_http_ai_generated_t  *text;

    for (i = 0; ctx->generate && i < ctx->generate->nplaces; i++) {

        text = ngx_http_ai_generate_text(ctx->generate,
                                         &ctx->generate->places[i]);

        if (ctx->generate->places[i].filled && text && !text->item.person) {
            return 1;
        }
    }

    return 0;
}


/* of two at one place that with a text of its own comes last */

static ngx_int_t
ngx_http_ai_generate_compare(const void *a, const void *b)
{
    const aif_edit_t *one = a;
    const aif_edit_t *two = b;

    if (one->start != two->start) {
        return one->start < two->start ? -1 : 1;
    }

    return one->end < two->end ? -1 : one->end > two->end;
}
