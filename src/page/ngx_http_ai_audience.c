
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which kind of customer a page is written for: ai_segment_from.  An id is
 * looked up and forgotten, here and at once; what leaves is a label.
 */


#include "ngx_http_ai_filter_module.h"


#define NGX_HTTP_AI_AUDIENCE  32      /* bytes of a label */


static ngx_int_t ngx_http_ai_audience_customer(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_segment_from_t *from, ngx_str_t *segment);


/* A label that is none is as good as no label. */

ngx_int_t
ngx_http_ai_audience(ngx_http_ai_ctx_t *ctx, ngx_str_t *segment)
{
    u_char                       ch;
    ngx_uint_t                   i;
    ngx_http_ai_segment_from_t  *from;

    ngx_str_null(segment);

    if (ctx->conf->segment_from == NULL) {
        return NGX_OK;
    }

    /* no cache may give one visitor's page to another */

    ctx->choice.private = 1;

    from = ctx->conf->segment_from;

    if (ngx_http_complex_value(ctx->request, &from->value, segment)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (from->asks) {
        return ngx_http_ai_audience_customer(ctx, from, segment);
    }

    for (i = 0; i < segment->len; i++) {

        ch = segment->data[i];

        if (i == NGX_HTTP_AI_AUDIENCE
            || ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')
                && ch != '-' && ch != '_'))
        {
            ngx_str_null(segment);
            break;
        }
    }

    return NGX_OK;
}


/* "segment" is his id and becomes his label: with his consent, if he has one */

static ngx_int_t
ngx_http_ai_audience_customer(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_segment_from_t *from, ngx_str_t *segment)
{
    u_char                    digest[AIF_SHA256_SIZE];
    ngx_str_t                 id;
    ngx_ai_customer_t         customer;
    ngx_http_ai_main_conf_t  *amcf;

    id = *segment;
    ngx_str_null(segment);

    if (id.len == 0
        || ngx_http_ai_switch(ctx->request, &from->consent) != NGX_HTTP_AI_ON)
    {
        return NGX_OK;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    ngx_ai_customers_id(amcf->customers, &ctx->conf->scope, &id, digest);

    if (ngx_ai_customers_find(amcf->customers, digest, ngx_time(), &customer)
        != NGX_OK)
    {
        return NGX_OK;
    }

    segment->data = ngx_pnalloc(ctx->request->pool, customer.label_len);
    if (segment->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(segment->data, customer.label, customer.label_len);
    segment->len = customer.label_len;

    return NGX_OK;
}
