
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * ai_seo: what a page and its header say of its language, and in whose locale
 * its links lead.  Where things stand in a page is core/aif_seo.c's business;
 * this file knows the request's address, and in which locales a page is
 * announced.
 *
 * Announcing: a locale is announced at an address from the day that most of
 * the page was there in it, and then stays announced, whatever a new
 * paragraph does to it: search engines don't like what comes and goes.  It is
 * one record in the store for each (host, path, locale), of a kind of its
 * own, which no recipe makes stale; those that nobody asks for go like texts.
 * Addresses with arguments have none: they are without number, and the client
 * makes them up.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_key.h"
#include "core/aif_seo.h"


#define NGX_HTTP_AI_SEO_LETTERS  95       /* per cent, to be announced */
#define NGX_HTTP_AI_SEO_LANG     50       /* per cent, for lang and dir */
#define NGX_HTTP_AI_SEO_PATH     2048     /* bytes: longer ones have none */


struct ngx_http_ai_seo_s {
    aif_seo_conf_t     conf;
    aif_seo_t         *collector;
    u_char            *announced;         /* by locale */
};


static ngx_int_t ngx_http_ai_seo_address(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice,
    aif_seo_conf_t *conf);
static ngx_int_t ngx_http_ai_seo_identity(ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_seo_indexed(ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_seo_space(ngx_http_request_t *r, aif_seo_conf_t *conf,
    ngx_ai_space_t *space);
static ngx_int_t ngx_http_ai_seo_item(ngx_http_request_t *r,
    aif_seo_conf_t *conf, ngx_ai_space_t *space, ngx_uint_t i,
    ngx_ai_item_t *item);
static u_char *ngx_http_ai_seo_announced(ngx_http_request_t *r,
    aif_seo_conf_t *conf, ngx_uint_t *n);
static ngx_int_t ngx_http_ai_seo_value(ngx_http_request_t *r,
    aif_seo_conf_t *conf, ngx_table_elt_t *h, size_t start, size_t end);


/*
 * A page in the source locale is worth holding if it has a prefix to keep, or
 * is announced in another locale.
 */

ngx_uint_t
ngx_http_ai_seo_source(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice)
{
    ngx_uint_t      n;
    aif_seo_conf_t  conf;

    if (choice->index != 0
        || alcf->translate == NULL || alcf->translate->nelts == 0
        || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))
        || !ngx_http_ai_switch(r, &alcf->seo)
        || ngx_http_test_predicates(r, alcf->bypass) == NGX_DECLINED
        || ngx_http_ai_seo_address(r, alcf, choice, &conf) != NGX_OK)
    {
        return 0;
    }

    if (conf.prefixed) {
        return 1;
    }

    if (r->method == NGX_HTTP_POST || !conf.alternates) {
        return 0;
    }

    n = 0;
    (void) ngx_http_ai_seo_announced(r, &conf, &n);

    return n != 0;
}


ngx_int_t
ngx_http_ai_seo_start(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_seo_t   *seo;
    ngx_http_request_t  *r;

    r = ctx->request;

    ngx_str_set(&ctx->identity, "");

    if (ctx->shadow || ctx->form != NGX_HTTP_AI_HTML
        || !ngx_http_ai_switch(r, &ctx->conf->seo))
    {
        return NGX_OK;
    }

    seo = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_seo_t));
    if (seo == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_ai_seo_address(r, ctx->conf, &ctx->choice, &seo->conf)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->seo = seo;

    if (ngx_http_ai_seo_identity(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_ai_seo_watch(ctx);
}


ngx_int_t
ngx_http_ai_seo_watch(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_seo_t  *seo;

    seo = ctx->seo;

    if (seo == NULL) {
        return NGX_OK;
    }

    seo->collector = aif_seo_create(&seo->conf, ctx->segment, ctx->arena);

    return seo->collector ? NGX_OK : NGX_ERROR;
}


/*
 * The address as the visitor sees it.  The path is what he sent: r->uri is
 * where an internal redirect has led to.
 */

static ngx_int_t
ngx_http_ai_seo_address(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice, aif_seo_conf_t *conf)
{
    u_char                *p;
    ngx_str_t              host, scheme;
    aif_str_t              name;
    ngx_http_ai_rule_t    *rule;
    ngx_http_ai_record_t  *record;

    r = r->main;

    ngx_memzero(conf, sizeof(aif_seo_conf_t));

    rule = alcf->rules ? ngx_http_ai_locale_uri_rule(alcf->rules) : NULL;
    record = ngx_http_ai_record_get(r);

    conf->site.locales = alcf->locales->elts;
    conf->site.nlocales = alcf->locales->nelts;
    conf->site.strict = rule && rule->strict;
    conf->index = choice->index;
    conf->prefixed = record && record->prefix.len && choice->rule
                     && choice->rule->type == NGX_HTTP_AI_RULE_URI;

    host = r->headers_in.host ? r->headers_in.host->value
                              : r->headers_in.server;

    if (aif_link_host(host.data, host.len, &name, &conf->site.port)
        == AIF_OK)
    {
        conf->site.host = name;
    }

    if (conf->site.port == 80 || conf->site.port == 443) {
        conf->site.port = 0;
    }

    ngx_str_set(&scheme, "http://");

#if (NGX_HTTP_SSL)
    if (r->connection->ssl) {
        ngx_str_set(&scheme, "https://");
    }
#endif

    conf->base.data = ngx_pnalloc(r->pool, scheme.len + host.len);
    if (conf->base.data == NULL) {
        return NGX_ERROR;
    }

    conf->base.len = scheme.len + host.len;

    p = ngx_cpymem(conf->base.data, scheme.data, scheme.len);
    ngx_strlow(p, host.data, host.len);

    conf->path.data = r->unparsed_uri.data;
    conf->path.len = r->unparsed_uri.len;

    p = ngx_strlchr(conf->path.data, conf->path.data + conf->path.len, '?');

    if (p) {
        conf->args.data = p + 1;
        conf->args.len = conf->path.data + conf->path.len - p - 1;
        conf->path.len = p - conf->path.data;
    }

    conf->alternates = rule != NULL && conf->site.host.len != 0
                       && conf->path.len <= NGX_HTTP_AI_SEO_PATH;

    return NGX_OK;
}


/* what a page depends on besides its bytes, its locale and the store */

static ngx_int_t
ngx_http_ai_seo_identity(ngx_http_ai_ctx_t *ctx)
{
    u_char          *p;
    aif_seo_conf_t  *conf;

    conf = &ctx->seo->conf;

    ctx->identity.len = 2 + conf->base.len + conf->path.len + 1
                        + conf->args.len;

    p = ngx_pnalloc(ctx->request->pool, ctx->identity.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->identity.data = p;

    *p++ = conf->prefixed ? '1' : '0';
    *p++ = ngx_http_ai_seo_indexed(ctx) ? '1' : '0';
    p = ngx_cpymem(p, conf->base.data, conf->base.len);
    p = ngx_cpymem(p, conf->path.data, conf->path.len);
    *p++ = '?';

    if (conf->args.len) {
        ngx_memcpy(p, conf->args.data, conf->args.len);
    }

    return NGX_OK;
}


/* an error page has no alternates, nor has an answer to a form */

static ngx_uint_t
ngx_http_ai_seo_indexed(ngx_http_ai_ctx_t *ctx)
{
    return ctx->request->method == NGX_HTTP_GET
           && ctx->request->headers_out.status == NGX_HTTP_OK;
}


ngx_int_t
ngx_http_ai_seo_edits(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t          n;
    aif_seo_page_t      known;
    ngx_http_ai_seo_t  *seo;

    seo = ctx->seo;

    if (seo == NULL) {
        return NGX_OK;
    }

    if (seo->conf.alternates) {
        seo->announced = ngx_http_ai_seo_announced(ctx->request, &seo->conf,
                                                   &n);
        if (seo->announced == NULL) {
            return NGX_ERROR;
        }
    }

    /* this very page is the day from which on it is */

    ctx->announce = 0;

    if (seo->announced && ctx->choice.index != 0
        && !seo->announced[ctx->choice.index]
        && seo->conf.args.len == 0
        && ngx_http_ai_seo_indexed(ctx)
        && ctx->letters
        && ctx->letters_hit * 100 >= ctx->letters * NGX_HTTP_AI_SEO_LETTERS
        && ngx_http_ai_private_stranger(ctx->request, ctx->conf))
    {
        ctx->announce = 1;
        seo->announced[ctx->choice.index] = 1;
    }

    known.announced = seo->announced;
    known.ascii = ctx->references;
    known.indexed = ngx_http_ai_seo_indexed(ctx);
    known.translated = ctx->choice.index == 0
                       || ctx->letters_hit * 100
                          >= ctx->letters * NGX_HTTP_AI_SEO_LANG;

    return aif_seo_edits(seo->collector, ctx->page.data, &known, &ctx->edits,
                         &ctx->nedits)
           == AIF_OK ? NGX_OK : NGX_ERROR;
}


void
ngx_http_ai_seo_announce(ngx_http_ai_ctx_t *ctx)
{
    ngx_ai_item_t             item;
    ngx_ai_space_t            space;
    ngx_http_ai_main_conf_t  *amcf;

    static aif_str_t          yes = aif_string("1");

    if (!ctx->announce) {
        return;
    }

    ngx_http_ai_seo_space(ctx->request, &ctx->seo->conf, &space);

    if (ngx_http_ai_seo_item(ctx->request, &ctx->seo->conf, &space,
                             ctx->choice.index, &item)
        != NGX_OK)
    {
        return;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    (void) ngx_ai_store_put(amcf->store, &space, &item, &yes);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, ctx->request->connection->log, 0,
                   "ai announced \"%*s\"", item.source.len, item.source.data);
}


static void
ngx_http_ai_seo_space(ngx_http_request_t *r, aif_seo_conf_t *conf,
    ngx_ai_space_t *space)
{
    aif_str_t                 parts[3];
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    aif_str_set(&parts[0], "announce");
    parts[1] = conf->site.locales[0];
    parts[2] = conf->base;

    /* of a person's kind: never stale */

    space->key = aif_key_prefix(&ngx_ai_store_state(amcf->store)->secret,
                                parts, 3);
    space->recipe = 0;
    space->valid = 0;
}


static ngx_int_t
ngx_http_ai_seo_item(ngx_http_request_t *r, aif_seo_conf_t *conf,
    ngx_ai_space_t *space, ngx_uint_t i, ngx_ai_item_t *item)
{
    u_char           *p;
    const aif_str_t  *locale;

    locale = &conf->site.locales[i];

    ngx_memzero(item, sizeof(ngx_ai_item_t));

    p = ngx_pnalloc(r->pool, locale->len + conf->path.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    item->source.data = p;
    item->source.len = locale->len + conf->path.len;

    p = ngx_cpymem(p, locale->data, locale->len);
    ngx_memcpy(p, conf->path.data, conf->path.len);

    item->hash = aif_key_hash(&space->key, item->source.data,
                              item->source.len);

    return NGX_OK;
}


/*
 * One byte for each locale, the source's is 0; *n: how many are 1.  NULL: no
 * memory.
 */

static u_char *
ngx_http_ai_seo_announced(ngx_http_request_t *r, aif_seo_conf_t *conf,
    ngx_uint_t *n)
{
    u_char                   *announced, *pos;
    ngx_uint_t                i, count;
    ngx_ai_item_t            *items;
    ngx_ai_space_t            space;
    ngx_http_ai_main_conf_t  *amcf;

    *n = 0;
    count = conf->site.nlocales - 1;

    /* their values are of one byte */

    announced = ngx_pcalloc(r->pool, 2 * count + 1);
    items = ngx_palloc(r->pool, (count + 1) * sizeof(ngx_ai_item_t));

    if (announced == NULL || items == NULL) {
        return NULL;
    }

    ngx_http_ai_seo_space(r, conf, &space);

    for (i = 0; i < count; i++) {
        if (ngx_http_ai_seo_item(r, conf, &space, i + 1, &items[i])
            != NGX_OK)
        {
            return NULL;
        }
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    pos = announced + count + 1;

    (void) ngx_ai_store_lookup(amcf->store, &space, items, 0, count, &pos,
                               pos + count);

    for (i = 0; i < count; i++) {
        if (items[i].value.data) {
            announced[i + 1] = 1;
            (*n)++;
        }
    }

    return announced;
}


ngx_int_t
ngx_http_ai_seo_redirect(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    size_t            start, end;
    aif_seo_conf_t    conf;
    ngx_table_elt_t  *h;

    if (ctx->shadow || !ngx_http_ai_switch(r, &ctx->conf->seo)
        || ngx_http_ai_seo_address(r, ctx->conf, &ctx->choice, &conf)
           != NGX_OK
        || !conf.prefixed)
    {
        return NGX_OK;
    }

    h = r->headers_out.location;

    if (h == NULL || h->hash == 0) {
        h = ngx_http_ai_field_find(&r->headers_out.headers, "Location");
    }

    if (h && (r->headers_out.status == NGX_HTTP_CREATED
              || r->headers_out.status / 100 == 3)
        && ngx_http_ai_seo_value(r, &conf, h, 0, h->value.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    h = ngx_http_ai_field_find(&r->headers_out.headers, "Refresh");

    if (h && aif_link_refresh(h->value.data, h->value.len, &start, &end)
             == AIF_OK
        && ngx_http_ai_seo_value(r, &conf, h, start, end) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* The prefix goes into the address that is value[start, end). */

static ngx_int_t
ngx_http_ai_seo_value(ngx_http_request_t *r, aif_seo_conf_t *conf,
    ngx_table_elt_t *h, size_t start, size_t end)
{
    u_char           *p, *value;
    size_t            len;
    aif_link_t        link;
    const aif_str_t  *locale;

    if (aif_link_prefix(&conf->site, h->value.data + start, end - start,
                        &link)
        == AIF_LINK_NONE)
    {
        return NGX_OK;
    }

    locale = &conf->site.locales[conf->index];
    len = h->value.len + 1 + locale->len;

    value = ngx_pnalloc(r->pool, len);
    if (value == NULL) {
        return NGX_ERROR;
    }

    start += link.path;

    p = ngx_cpymem(value, h->value.data, start);
    *p++ = '/';
    p = ngx_cpymem(p, locale->data, locale->len);
    ngx_memcpy(p, h->value.data + start, h->value.len - start);

    h->value.data = value;
    h->value.len = len;

    return NGX_OK;
}
