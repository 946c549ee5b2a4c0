
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * ai_seo: what a page and its header say of its language, and in whose locale
 * its links lead.  Where things stand in a page is core/aif_seo.c's business;
 * this file knows the request's address, which is made once for a request's
 * location, and decides from when on a page is announced.
 */


#include "page/ngx_http_ai_announce.h"
#include "core/aif_seo.h"


#define NGX_HTTP_AI_SEO_LETTERS  95       /* per cent, to be announced */
#define NGX_HTTP_AI_SEO_LANG     50       /* per cent, for lang and dir */


struct ngx_http_ai_seo_s {
    aif_seo_t         *collector;
    u_char            *announced;         /* by locale */
};


static ngx_uint_t ngx_http_ai_seo_asked(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice);
static ngx_uint_t ngx_http_ai_seo_edited(ngx_http_request_t *r,
    aif_seo_conf_t *conf);
static aif_seo_conf_t *ngx_http_ai_seo_make(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice);
static ngx_int_t ngx_http_ai_seo_identity(ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_seo_indexed(ngx_http_ai_ctx_t *ctx);
static u_char *ngx_http_ai_seo_announced(ngx_http_request_t *r,
    aif_seo_conf_t *conf, ngx_uint_t *n);
static ngx_int_t ngx_http_ai_seo_value(ngx_http_request_t *r,
    aif_seo_conf_t *conf, ngx_table_elt_t *h, size_t start, size_t end);


/*
 * A page in the source locale is worth holding if it has a prefix to keep, or
 * is announced in another locale.
 */

ngx_uint_t
ngx_http_ai_seo_source(ngx_http_ai_ctx_t *ctx)
{
    if (!ngx_http_ai_seo_asked(ctx->request, ctx->conf, &ctx->choice)
        || ngx_http_ai_seo_address(ctx) == NULL)
    {
        return 0;
    }

    /* what isn't HTML has no head */

    return ctx->form == NGX_HTTP_AI_HTML
           ? ngx_http_ai_seo_edited(ctx->request, ctx->address)
           : ngx_http_ai_seo_linked(ctx);
}


/* the same while there is no context yet */

ngx_uint_t
ngx_http_ai_seo_expected(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice)
{
    aif_seo_conf_t  *conf;

    if (!ngx_http_ai_seo_asked(r, alcf, choice)) {
        return 0;
    }

    conf = ngx_http_ai_seo_make(r, alcf, choice);

    return conf && ngx_http_ai_seo_edited(r, conf);
}


static ngx_uint_t
ngx_http_ai_seo_asked(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice)
{
    return choice->index == 0
           && alcf->translate && alcf->translate->nelts
           && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))
           && ngx_http_ai_switch(r, &alcf->seo)
           && ngx_http_test_predicates(r, alcf->bypass) != NGX_DECLINED;
}


static ngx_uint_t
ngx_http_ai_seo_edited(ngx_http_request_t *r, aif_seo_conf_t *conf)
{
    ngx_uint_t  n;

    if (conf->prefixed) {
        return 1;
    }

    if (r->method == NGX_HTTP_POST || !conf->alternates) {
        return 0;
    }

    return ngx_http_ai_seo_announced(r, conf, &n) && n;
}


aif_seo_conf_t *
ngx_http_ai_seo_address(ngx_http_ai_ctx_t *ctx)
{
    if (ctx->address == NULL) {
        ctx->address = ngx_http_ai_seo_make(ctx->request, ctx->conf,
                                            &ctx->choice);
    }

    return ctx->address;
}


ngx_int_t
ngx_http_ai_seo_start(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_seo_t   *seo;
    ngx_http_request_t  *r;

    r = ctx->request;

    ngx_str_set(&ctx->identity, "");

    if (ctx->shadow || ctx->form == NGX_HTTP_AI_ROBOTS
        || !ngx_http_ai_switch(r, &ctx->conf->seo))
    {
        return NGX_OK;
    }

    if (ngx_http_ai_seo_address(ctx) == NULL
        || ngx_http_ai_seo_identity(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->form != NGX_HTTP_AI_HTML) {
        return NGX_OK;
    }

    seo = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_seo_t));
    if (seo == NULL) {
        return NGX_ERROR;
    }

    ctx->seo = seo;

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

    seo->collector = aif_seo_create(ctx->address, ctx->segment, ctx->arena);

    return seo->collector ? NGX_OK : NGX_ERROR;
}


/*
 * The address as the visitor sees it.  The path is what he sent: r->uri is
 * where an internal redirect has led to.  NULL: no memory.
 */

static aif_seo_conf_t *
ngx_http_ai_seo_make(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice)
{
    u_char                *p;
    ngx_str_t              host, scheme;
    aif_str_t              name;
    aif_seo_conf_t        *conf;
    ngx_http_ai_rule_t    *rule;
    ngx_http_ai_record_t  *record;

    r = r->main;

    conf = ngx_pcalloc(r->pool, sizeof(aif_seo_conf_t));
    if (conf == NULL) {
        return NULL;
    }

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
        return NULL;
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
                       && conf->path.len <= NGX_HTTP_AI_ANNOUNCE_PATH;

    return conf;
}


/* what a page depends on besides its bytes, its locale and the store */

static ngx_int_t
ngx_http_ai_seo_identity(ngx_http_ai_ctx_t *ctx)
{
    u_char          *p;
    aif_seo_conf_t  *conf;

    conf = ctx->address;

    ctx->identity.len = 2 + conf->base.len + conf->path.len + 1
                        + conf->args.len;

    p = ngx_pnalloc(ctx->request->pool, ctx->identity.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->identity.data = p;

    *p++ = ngx_http_ai_seo_linked(ctx) ? '1' : '0';
    *p++ = ngx_http_ai_seo_indexed(ctx) ? '1' : '0';
    p = ngx_cpymem(p, conf->base.data, conf->base.len);
    p = ngx_cpymem(p, conf->path.data, conf->path.len);
    *p++ = '?';

    if (conf->args.len) {
        ngx_memcpy(p, conf->args.data, conf->args.len);
    }

    return NGX_OK;
}


/*
 * What the script of a page with a prefix asked for (rule "referer") leads back
 * to pages with one; in a document links are as its own address is.
 */

ngx_uint_t
ngx_http_ai_seo_linked(ngx_http_ai_ctx_t *ctx)
{
    return ctx->address
           && (ctx->address->prefixed
               || (ctx->form != NGX_HTTP_AI_HTML && ctx->choice.rule
                   && ctx->choice.rule->type == NGX_HTTP_AI_RULE_REFERER));
}


ngx_int_t
ngx_http_ai_seo_links(ngx_http_ai_ctx_t *ctx, aif_state_links_t *links)
{
    u_char           *p;
    const aif_str_t  *locale;

    locale = &ctx->address->site.locales[ctx->choice.index];

    p = ngx_pnalloc(ctx->request->pool, locale->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    *p = '/';
    ngx_memcpy(p + 1, locale->data, locale->len);

    links->site = &ctx->address->site;
    links->prefix.data = p;
    links->prefix.len = locale->len + 1;
    links->spans = NULL;
    links->nspans = 0;

    if (ctx->seo) {
        links->spans = aif_seo_addresses(ctx->seo->collector, &links->nspans);
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

    if (ctx->address->alternates) {
        seo->announced = ngx_http_ai_seo_announced(ctx->request, ctx->address,
                                                   &n);
        if (seo->announced == NULL) {
            return NGX_ERROR;
        }
    }

    /* this very page is the day from which on it is */

    ctx->announce = 0;

    if (seo->announced && ctx->choice.index != 0
        && !seo->announced[ctx->choice.index]
        && ctx->address->args.len == 0
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
    ngx_http_ai_announce_t  announce;

    if (ctx->announce
        && ngx_http_ai_announce_init(ctx->request, ctx->address, &announce)
           == NGX_OK)
    {
        ngx_http_ai_announce_put(&announce, &ctx->address->path,
                                 ctx->choice.index);
    }
}


/*
 * One byte for each locale, the source's is 0; *n: how many are 1.  NULL: no
 * memory.
 */

static u_char *
ngx_http_ai_seo_announced(ngx_http_request_t *r, aif_seo_conf_t *conf,
    ngx_uint_t *n)
{
    u_char                  *announced;
    ngx_http_ai_announce_t   announce;

    announced = ngx_pnalloc(r->pool, conf->site.nlocales);

    if (announced == NULL
        || ngx_http_ai_announce_init(r, conf, &announce) != NGX_OK)
    {
        return NULL;
    }

    *n = ngx_http_ai_announce_lookup(&announce, &conf->path, announced);

    return announced;
}


ngx_int_t
ngx_http_ai_seo_redirect(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    size_t            start, end;
    aif_seo_conf_t   *conf;
    ngx_table_elt_t  *h;

    if (ctx->shadow || !ngx_http_ai_switch(r, &ctx->conf->seo)) {
        return NGX_OK;
    }

    conf = ngx_http_ai_seo_address(ctx);

    if (conf == NULL || !conf->prefixed) {
        return NGX_OK;
    }

    h = r->headers_out.location;

    if (h == NULL || h->hash == 0) {
        h = ngx_http_ai_field_find(&r->headers_out.headers, "Location");
    }

    if (h && (r->headers_out.status == NGX_HTTP_CREATED
              || r->headers_out.status / 100 == 3)
        && ngx_http_ai_seo_value(r, conf, h, 0, h->value.len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    h = ngx_http_ai_field_find(&r->headers_out.headers, "Refresh");

    if (h && aif_link_refresh(h->value.data, h->value.len, &start, &end)
             == AIF_OK
        && ngx_http_ai_seo_value(r, conf, h, start, end) != NGX_OK)
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
