
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The texts of a page that stand in its scripts, and bodies that are JSON or a
 * Flight stream: what core/aif_state.c finds and decides, for
 * ngx_http_ai_page.c.  A state that can't be changed together with its page
 * leaves the page to the shop (hydration).
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_utf8.h"


static ngx_int_t ngx_http_ai_state_links(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_state_fault(ngx_http_ai_ctx_t *ctx, int rc);


ngx_http_ai_form_e
ngx_http_ai_state_form(ngx_http_request_t *r)
{
    if (ngx_http_ai_field_is_type(r, "application/json")) {
        return NGX_HTTP_AI_JSON;
    }

    if (ngx_http_ai_field_is_type(r, "text/x-component")) {
        return NGX_HTTP_AI_FLIGHT;
    }

    return NGX_HTTP_AI_HTML;
}


ngx_int_t
ngx_http_ai_state_read(ngx_http_ai_ctx_t *ctx)
{
    int                          rc;
    size_t                       n;
    const aif_segment_script_t  *scripts;

    /* JSON and Flight are UTF-8 */

    if (ctx->form != NGX_HTTP_AI_HTML
        && ((ctx->charset && ctx->charset->kind != AIF_CHARSET_UTF8)
            || !aif_utf8_valid(ctx->page.data, ctx->page.len)))
    {
        ctx->reason = NGX_AI_REASON_charset;
        return NGX_DECLINED;
    }

    ctx->state = aif_state_create(&ctx->conf->json, &ctx->space.key,
                                  ctx->arena);

    if (ctx->state == NULL || ngx_http_ai_state_links(ctx) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return NGX_DECLINED;
    }

    switch (ctx->form) {

    case NGX_HTTP_AI_JSON:
        rc = aif_state_json(ctx->state, ctx->page.data, ctx->page.len);
        break;

    case NGX_HTTP_AI_FLIGHT:
        rc = aif_state_flight(ctx->state, ctx->page.data, ctx->page.len);
        break;

    default:
        scripts = aif_segment_scripts(ctx->segment, &n);
        rc = aif_state_page(ctx->state, ctx->page.data, ctx->page.len,
                            ctx->list, ctx->nlist, scripts, n);
    }

    if (rc != AIF_OK) {
        return ngx_http_ai_state_fault(ctx, rc);
    }

    ctx->texts = aif_state_texts(ctx->state, &ctx->ntexts);

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_state_links(ngx_http_ai_ctx_t *ctx)
{
    aif_state_links_t  *links;

    if (!ngx_http_ai_seo_linked(ctx)) {
        return NGX_OK;
    }

    links = ngx_palloc(ctx->request->pool, sizeof(aif_state_links_t));

    if (links == NULL || ngx_http_ai_seo_links(ctx, links) != NGX_OK) {
        return NGX_ERROR;
    }

    aif_state_links(ctx->state, links);

    return NGX_OK;
}


/*
 * In the source locale only links change, and what can't be read is no reason
 * to leave the page alone.
 */

void
ngx_http_ai_state_source(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    ctx->space.key = ngx_ai_store_state(amcf->store)->secret;

    if (!ngx_http_ai_seo_linked(ctx)
        || ngx_http_ai_state_read(ctx) != NGX_OK)
    {
        ctx->state = NULL;
        return;
    }

    ctx->values = aif_arena_calloc(ctx->arena,
                                   (ctx->ntexts + 1) * sizeof(aif_str_t));
    if (ctx->values == NULL) {
        ctx->state = NULL;
    }

    ctx->ntexts = 0;
}


static ngx_int_t
ngx_http_ai_state_fault(ngx_http_ai_ctx_t *ctx, int rc)
{
    ctx->reason = rc == AIF_NOMEM ? NGX_AI_REASON_memory
                  : ctx->form == NGX_HTTP_AI_HTML ? NGX_AI_REASON_hydration
                                                  : NGX_AI_REASON_markup;
    return NGX_DECLINED;
}


size_t
ngx_http_ai_state_linked(ngx_http_ai_ctx_t *ctx)
{
    return ctx->state ? aif_state_linked(ctx->state) : 0;
}


void
ngx_http_ai_state_decide(ngx_http_ai_ctx_t *ctx)
{
    /* none was read where nothing is to be replaced */

    if (ctx->state) {
        (void) aif_state_decide(ctx->state, ctx->replacements, ctx->values);
    }
}


ngx_int_t
ngx_http_ai_state_edits(ngx_http_ai_ctx_t *ctx)
{
    int          rc;
    size_t       nedits;
    aif_edit_t  *edits;

    if (ctx->state == NULL) {
        return NGX_OK;
    }

    /*
     * what another charset lacks would become a reference, which means
     * nothing in a script
     */

    rc = aif_state_edits(ctx->state, ctx->conv != NULL || ctx->references,
                         &edits, &nedits);

    if (rc != AIF_OK) {
        return ngx_http_ai_state_fault(ctx, rc);
    }

    rc = aif_rewrite_merge(ctx->arena, &ctx->edits, &ctx->nedits, edits,
                           nedits);

    return rc == AIF_OK ? NGX_OK : ngx_http_ai_state_fault(ctx, rc);
}
