
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Content codings: gzip and deflate are read, gzip is written (RFC 1950 to
 * 1952).  Whoever has a page in another coding doesn't come here.
 */


#include "ngx_http_ai_filter_module.h"

#include <zlib.h>


#define NGX_HTTP_AI_GZIP_LEVEL    1      /* as gzip_comp_level's default */


static int ngx_http_ai_window(ngx_http_ai_ctx_t *ctx, u_char *data,
    size_t len);
static ngx_uint_t ngx_http_ai_qvalue_is_zero(u_char *p, u_char *last);


ngx_int_t
ngx_http_ai_encoding_inflate(ngx_http_ai_ctx_t *ctx, u_char *data, size_t len,
    ngx_uint_t last)
{
    int                    rc;
    z_stream              *z;
    ngx_http_ai_buffer_t  *page;

    z = ctx->inflate;

    if (z == NULL && len != 0) {

        z = ngx_pcalloc(ctx->request->pool, sizeof(z_stream));
        if (z == NULL
            || inflateInit2(z, ngx_http_ai_window(ctx, data, len)) != Z_OK)
        {
            return NGX_ERROR;
        }

        ctx->inflate = z;
    }

    if (z == NULL) {
        ctx->fault = NGX_AI_REASON_encoding;
        return last ? NGX_DECLINED : NGX_OK;
    }

    z->next_in = data;
    z->avail_in = len;

    while (z->avail_in != 0 && !ctx->inflated) {

        page = &ctx->page;

        if (page->size - page->len < NGX_HTTP_AI_INFLATE_STEP
            && ngx_http_ai_buffer_reserve(page, page->size * 2
                                                + NGX_HTTP_AI_INFLATE_STEP)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        z->next_out = page->data + page->len;
        z->avail_out = ngx_min(page->size - page->len,
                               ctx->conf->buffer_size - page->len + 1);

        rc = inflate(z, Z_NO_FLUSH);

        page->len = z->next_out - page->data;

        if (page->len > ctx->conf->buffer_size) {
            ctx->fault = NGX_AI_REASON_size;
            return NGX_DECLINED;
        }

        if (rc == Z_STREAM_END) {
            ctx->inflated = 1;

        } else if (rc == Z_MEM_ERROR) {
            return NGX_ERROR;

        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            ctx->fault = NGX_AI_REASON_encoding;
            return NGX_DECLINED;
        }
    }

    /* bytes behind the end, or an end that never came: not ours to judge */

    if (z->avail_in != 0 || (last && !ctx->inflated)) {
        ctx->fault = NGX_AI_REASON_encoding;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* "deflate" is zlib's format by the standard, but some send the bare one */

static int
ngx_http_ai_window(ngx_http_ai_ctx_t *ctx, u_char *data, size_t len)
{
    if (!ctx->zlib) {
        return MAX_WBITS + 16;
    }

    if ((data[0] & 0x0f) == Z_DEFLATED
        && (len < 2 || (data[0] * 256 + data[1]) % 31 == 0))
    {
        return MAX_WBITS;
    }

    return -MAX_WBITS;
}


void
ngx_http_ai_encoding_end(ngx_http_ai_ctx_t *ctx)
{
    if (ctx->inflate) {
        (void) inflateEnd(ctx->inflate);
        ctx->inflate = NULL;
    }
}


ngx_int_t
ngx_http_ai_encoding_deflate(ngx_http_ai_ctx_t *ctx)
{
    int        rc;
    uLong      bound;
    z_stream   z;
    ngx_int_t  reserved;

    ngx_memzero(&z, sizeof(z_stream));

    if (deflateInit2(&z, NGX_HTTP_AI_GZIP_LEVEL, Z_DEFLATED, MAX_WBITS + 16,
                     MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        return NGX_ERROR;
    }

    bound = deflateBound(&z, ctx->out.len);
    reserved = ngx_http_ai_buffer_reserve(&ctx->packed, bound);
    rc = Z_MEM_ERROR;

    if (reserved == NGX_OK) {
        z.next_in = ctx->out.data;
        z.avail_in = ctx->out.len;
        z.next_out = ctx->packed.data;
        z.avail_out = bound;

        rc = deflate(&z, Z_FINISH);

        ctx->packed.len = z.total_out;
    }

    (void) deflateEnd(&z);

    if (rc != Z_STREAM_END) {
        ngx_http_ai_buffer_free(&ctx->packed);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* RFC 9110, section 12.5.3: named gzip or x-gzip, or "*", not with q=0 */

ngx_uint_t
ngx_http_ai_encoding_accepted(ngx_http_request_t *r)
{
    u_char           *p, *last, *name, *end;
    ngx_uint_t        star;
    ngx_table_elt_t  *h;

    h = ngx_http_ai_field_find(&r->headers_in.headers, "Accept-Encoding");
    if (h == NULL) {
        return 0;
    }

    star = 0;
    p = h->value.data;
    last = p + h->value.len;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == '\t' || *p == ',')) {
            p++;
        }

        name = p;

        while (p < last && *p != ',' && *p != ';' && *p != ' ' && *p != '\t')
        {
            p++;
        }

        end = p;

        while (p < last && *p != ',') {
            p++;
        }

        if ((end - name == 4
             && ngx_strncasecmp(name, (u_char *) "gzip", 4) == 0)
            || (end - name == 6
                && ngx_strncasecmp(name, (u_char *) "x-gzip", 6) == 0))
        {
            return !ngx_http_ai_qvalue_is_zero(end, p);
        }

        if (end - name == 1 && *name == '*') {
            star = !ngx_http_ai_qvalue_is_zero(end, p);
        }
    }

    return star;
}


static ngx_uint_t
ngx_http_ai_qvalue_is_zero(u_char *p, u_char *last)
{
    while (p < last && *p != 'q' && *p != 'Q') {
        p++;
    }

    if (last - p < 3 || p[1] != '=' || p[2] != '0') {
        return 0;
    }

    for (p += 3; p < last; p++) {
        if (*p >= '1' && *p <= '9') {
            return 0;
        }
    }

    return 1;
}
