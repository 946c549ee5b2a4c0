
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * ai_label: a page says what of it a machine wrote.  For translations that is
 * one meta element in the head; for generated texts data-ai on each element
 * (core/aif_slot.c), and JSON-LD that points there.  What a person wrote or
 * approved is not marked.  Knows the items and the edits, and no byte of the
 * page.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_segment.h"


static ngx_uint_t ngx_http_ai_label_translated(ngx_http_ai_ctx_t *ctx);


/* in the words of schema.org and IPTC */

static const char  ngx_http_ai_label_json[] =
    "<script type=\"application/ld+json\">"
    "{\"@context\":\"https://schema.org\",\"@type\":\"WebPage\",\"hasPart\":"
    "{\"@type\":\"WebPageElement\",\"cssSelector\":\"[data-ai]\","
    "\"digitalSourceType\":"
    "\"https://schema.org/TrainedAlgorithmicMediaDigitalSource\"}}</script>\n";

static const char  ngx_http_ai_label_meta[] =
    "<meta name=\"ai-translated-from\" content=\"";


ngx_int_t
ngx_http_ai_label_start(ngx_http_ai_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   identity;

    ctx->label = ngx_http_ai_switch(ctx->request, &ctx->conf->label);

    if (ctx->conf->label.value == NULL || ctx->label) {
        return NGX_OK;
    }

    /* off by a variable: another page than that of the others */

    identity.len = ctx->identity.len + 1;
    identity.data = ngx_pnalloc(ctx->request->pool, identity.len);
    if (identity.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(identity.data, ctx->identity.data, ctx->identity.len);
    *p = '\t';

    ctx->identity = identity;

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_label_edits(ngx_http_ai_ctx_t *ctx)
{
    uint32_t     at;
    aif_buf_t    b;
    ngx_str_t   *locale;
    aif_edit_t  *edit;

    if (!ctx->label || ctx->form != NGX_HTTP_AI_HTML) {
        return NGX_OK;
    }

    at = aif_segment_head(ctx->segment);

    if (at == UINT32_MAX) {
        return NGX_OK;
    }

    aif_buf_init(&b, ctx->arena, 512);

    if (ngx_http_ai_label_translated(ctx)) {
        locale = ctx->conf->locales->elts;

        aif_buf_literal(&b, ngx_http_ai_label_meta);
        aif_buf_append(&b, locale->data, locale->len);
        aif_buf_literal(&b, "\">\n");
    }

    /* a script more is nothing that a framework expects */

    if (ngx_http_ai_generate_labelled(ctx)
        && !aif_state_hydrates(ctx->state))
    {
        aif_buf_literal(&b, ngx_http_ai_label_json);
    }

    if (b.len == 0) {
        return b.failed ? NGX_ERROR : NGX_OK;
    }

    edit = aif_arena_alloc(ctx->arena, sizeof(aif_edit_t));

    if (edit == NULL || b.failed) {
        return NGX_ERROR;
    }

    edit->start = at;
    edit->end = at;
    edit->text.data = b.data;
    edit->text.len = b.len;

    return aif_rewrite_merge(ctx->arena, &ctx->edits, &ctx->nedits, edit, 1)
           == AIF_OK ? NGX_OK : NGX_ERROR;
}


/* some text of the page is a machine's translation */

static ngx_uint_t
ngx_http_ai_label_translated(ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t      i;
    ngx_ai_item_t  *item;

    if (ctx->source) {
        return 0;
    }

    for (i = 0; i < ctx->nlist; i++) {

        if (ctx->item_of[i] == NGX_HTTP_AI_NO_ITEM
            || ctx->replacements[i].data == NULL)
        {
            continue;
        }

        item = &ctx->items[ctx->item_of[i]];

        if (!item->person && !item->written) {
            return 1;
        }
    }

    return 0;
}
