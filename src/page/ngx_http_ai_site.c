
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The two files by which a site speaks to crawlers: robots.txt, whose rules
 * are repeated for each prefix, and sitemaps, whose entries get alternates
 * (core/aif_robots.c, core/aif_sitemap.c).  They are the same in every locale.
 * Known by their address before they are held: nothing else of their types is.
 */


#include "page/ngx_http_ai_announce.h"
#include "core/aif_robots.h"
#include "core/aif_sitemap.h"
#include "core/aif_utf8.h"


static ngx_http_ai_form_e ngx_http_ai_site_form(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
static int ngx_http_ai_site_robots(ngx_http_ai_ctx_t *ctx);
static int ngx_http_ai_site_sitemap(ngx_http_ai_ctx_t *ctx);


ngx_uint_t
ngx_http_ai_site_expected(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    return ngx_http_ai_site_form(r, alcf) != NGX_HTTP_AI_HTML;
}


ngx_uint_t
ngx_http_ai_site_answer(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_request_t  *r;
    ngx_http_ai_form_e   form;

    r = ctx->request;

    if (ctx->shadow || r->headers_out.status != NGX_HTTP_OK) {
        return 0;
    }

    form = ngx_http_ai_site_form(r, ctx->conf);

    switch (form) {

    case NGX_HTTP_AI_ROBOTS:

        if (!ngx_http_ai_field_is_type(r, "text/plain")) {
            return 0;
        }

        break;

    case NGX_HTTP_AI_SITEMAP:

        if (!ngx_http_ai_field_is_type(r, "application/xml")
            && !ngx_http_ai_field_is_type(r, "text/xml"))
        {
            return 0;
        }

        break;

    default:
        return 0;
    }

    /* who has these types read as pages has his reasons */

    if (ngx_http_test_content_type(r, &ctx->conf->types)) {
        return 0;
    }

    ctx->form = form;

    return 1;
}


/* The address is the client's: r->uri may be a front controller's by now. */

static ngx_http_ai_form_e
ngx_http_ai_site_form(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    u_char     *p;
    ngx_str_t   uri;

    static ngx_str_t  robots = ngx_string("/robots.txt");

    if (alcf->rules == NULL || ngx_http_ai_locale_uri_rule(alcf->rules) == NULL
        || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)))
    {
        return NGX_HTTP_AI_HTML;
    }

    uri = r->main->unparsed_uri;

    if (uri.len >= robots.len
        && ngx_strncmp(uri.data, robots.data, robots.len) == 0
        && (uri.len == robots.len || uri.data[robots.len] == '?'))
    {
        return ngx_http_test_predicates(r, alcf->bypass) == NGX_DECLINED
               ? NGX_HTTP_AI_HTML : NGX_HTTP_AI_ROBOTS;
    }

    p = uri.len >= 7 ? ngx_strlcasestrn(uri.data, uri.data + uri.len,
                                        (u_char *) "sitemap", 7 - 1)
                     : NULL;

    if (p == NULL || !ngx_http_ai_switch(r, &alcf->seo)
        || ngx_http_test_predicates(r, alcf->bypass) == NGX_DECLINED)
    {
        return NGX_HTTP_AI_HTML;
    }

    return NGX_HTTP_AI_SITEMAP;
}


ngx_int_t
ngx_http_ai_site_read(ngx_http_ai_ctx_t *ctx)
{
    int  rc;

    rc = ctx->form == NGX_HTTP_AI_ROBOTS ? ngx_http_ai_site_robots(ctx)
                                         : ngx_http_ai_site_sitemap(ctx);

    switch (rc) {

    case AIF_OK:
    case AIF_DONE:
        return NGX_OK;

    case AIF_BAD:
        ctx->reason = NGX_AI_REASON_markup;
        break;

    case AIF_LIMIT:
        ctx->reason = NGX_AI_REASON_size;
        break;

    default: /* AIF_NOMEM */
        ctx->reason = NGX_AI_REASON_memory;
    }

    ctx->nedits = 0;

    return NGX_DECLINED;
}


static int
ngx_http_ai_site_robots(ngx_http_ai_ctx_t *ctx)
{
    aif_link_site_t      site;
    ngx_http_ai_rule_t  *rule;

    rule = ngx_http_ai_locale_uri_rule(ctx->conf->rules);

    ngx_memzero(&site, sizeof(aif_link_site_t));

    site.locales = ctx->conf->locales->elts;
    site.nlocales = ctx->conf->locales->nelts;
    site.strict = rule->strict;

    return aif_robots_edits(&site, ctx->page.data, ctx->page.len, ctx->arena,
                            &ctx->edits, &ctx->nedits);
}


/* As pages say it of themselves: only what is announced has an address. */

static int
ngx_http_ai_site_sitemap(ngx_http_ai_ctx_t *ctx)
{
    int                      rc;
    size_t                   i, n;
    u_char                  *announced;
    aif_sitemap_t            sm;
    ngx_http_ai_announce_t   announce;
    const aif_link_site_t   *site;

    if ((ctx->charset && ctx->charset->kind != AIF_CHARSET_UTF8)
        || !aif_utf8_valid(ctx->page.data, ctx->page.len))
    {
        return AIF_DONE;
    }

    site = &ctx->address->site;

    rc = aif_sitemap_read(&sm, site, ctx->page.data, ctx->page.len,
                          ctx->arena);
    if (rc != AIF_OK) {
        return rc;
    }

    n = site->nlocales;
    announced = aif_arena_alloc(ctx->arena, sm.nurls * n + 1);

    if (announced == NULL
        || ngx_http_ai_announce_init(ctx->request, ctx->address, &announce)
           != NGX_OK)
    {
        return AIF_NOMEM;
    }

    for (i = 0; i < sm.nurls; i++) {
        (void) ngx_http_ai_announce_lookup(&announce, &sm.urls[i].path,
                                           announced + i * n);
    }

    return aif_sitemap_edits(&sm, site, ctx->page.len, announced, ctx->arena,
                             &ctx->edits, &ctx->nedits);
}
