
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Pages in other charsets than UTF-8: the whole page to UTF-8, and the new
 * page back to the page's own charset.  Called by ngx_http_ai_page.c.
 *
 * A page is worked on only if its UTF-8 form, converted back, is the very
 * page: then whatever is not replaced leaves as it came, and what is damaged,
 * cut in the middle of a character or of another charset is left alone.
 *
 * iconv's descriptors are opened when a worker sees the first page of a
 * charset, and stay open.
 */


#include "ngx_http_ai_filter_module.h"


#define NGX_HTTP_AI_CHARSETS       64       /* codes; there are fewer */
#define NGX_HTTP_AI_CHARSET_STEP   16384    /* bytes compared at a time */


typedef struct {
    const char                *code;
    aif_charset_conv_t        *conv;        /* NULL: iconv doesn't know it */
} ngx_http_ai_charset_code_t;


static ngx_int_t ngx_http_ai_charset_conv(const char *code,
    aif_charset_conv_t **conv);
static ngx_int_t ngx_http_ai_charset_decode(aif_charset_conv_t *conv,
    ngx_http_ai_buffer_t *native, ngx_http_ai_buffer_t *page);
static ngx_uint_t ngx_http_ai_charset_same(aif_charset_conv_t *conv,
    ngx_http_ai_buffer_t *native, ngx_http_ai_buffer_t *page);


static ngx_http_ai_charset_code_t  ngx_http_ai_charset_codes[
                                                        NGX_HTTP_AI_CHARSETS];
static ngx_uint_t                  ngx_http_ai_ncharset_codes;


ngx_int_t
ngx_http_ai_charset_read(ngx_http_ai_ctx_t *ctx,
    const aif_charset_t *declared)
{
    ngx_int_t              rc;
    ngx_uint_t             i;
    aif_charset_conv_t    *conv;
    ngx_http_ai_buffer_t   page;

    switch (aif_charset_decide(declared, ctx->charset != NULL, ctx->page.data,
                               ctx->page.len))
    {

    case AIF_CHARSET_AS_UTF8:
        return NGX_OK;

    case AIF_CHARSET_AS_REFERENCES:
        ctx->references = 1;
        return NGX_OK;

    case AIF_CHARSET_CONVERT:
        break;

    default: /* AIF_CHARSET_UNCLEAR */
        ctx->reason = NGX_AI_REASON_charset;
        return NGX_DECLINED;
    }

    for (i = 0; i < 2 && declared->codes[i]; i++) {

        ngx_memzero(&page, sizeof(ngx_http_ai_buffer_t));

        rc = ngx_http_ai_charset_conv(declared->codes[i], &conv);

        if (rc == NGX_OK) {
            rc = ngx_http_ai_charset_decode(conv, &ctx->page, &page);
        }

        if (rc == NGX_OK && ngx_http_ai_charset_same(conv, &ctx->page, &page))
        {
            ctx->native = ctx->page;
            ctx->page = page;
            ctx->conv = conv;

            return NGX_OK;
        }

        ngx_http_ai_buffer_free(&page);

        if (rc == NGX_ERROR) {
            ctx->reason = NGX_AI_REASON_memory;
            return NGX_DECLINED;
        }
    }

    ctx->reason = NGX_AI_REASON_charset;

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_ai_charset_write(ngx_http_ai_ctx_t *ctx)
{
    int                    rc;
    u_char                *dst;
    const u_char          *src, *end;
    ngx_http_ai_buffer_t   out;

    ngx_memzero(&out, sizeof(ngx_http_ai_buffer_t));

    src = ctx->out.data;
    end = src + ctx->out.len;

    aif_charset_start(ctx->conv);

    do {
        if (ngx_http_ai_buffer_reserve(&out, out.size + (end - src)
                                             + AIF_CHARSET_ROOM)
            != NGX_OK)
        {
            ngx_http_ai_buffer_free(&out);
            return NGX_ERROR;
        }

        dst = out.data + out.len;
        rc = aif_charset_write(ctx->conv, &src, end, &dst,
                               out.data + out.size);
        out.len = dst - out.data;

    } while (rc == AIF_LIMIT);

    if (rc != AIF_OK) {
        ngx_http_ai_buffer_free(&out);
        return NGX_ERROR;
    }

    ngx_http_ai_buffer_free(&ctx->out);
    ctx->out = out;

    return NGX_OK;
}


void
ngx_http_ai_charset_exit(void)
{
    ngx_http_ai_charset_code_t  *c;

    while (ngx_http_ai_ncharset_codes) {

        c = &ngx_http_ai_charset_codes[--ngx_http_ai_ncharset_codes];

        if (c->conv) {
            aif_charset_close(c->conv);
            ngx_free(c->conv);
        }
    }
}


/* NGX_DECLINED: iconv does not know it, NGX_ERROR: no memory */

static ngx_int_t
ngx_http_ai_charset_conv(const char *code, aif_charset_conv_t **conv)
{
    int                          rc;
    ngx_uint_t                   i;
    ngx_http_ai_charset_code_t  *c;

    for (i = 0; i < ngx_http_ai_ncharset_codes; i++) {

        c = &ngx_http_ai_charset_codes[i];

        if (ngx_strcmp(c->code, code) == 0) {
            *conv = c->conv;
            return c->conv ? NGX_OK : NGX_DECLINED;
        }
    }

    if (i == NGX_HTTP_AI_CHARSETS) {
        return NGX_ERROR;
    }

    *conv = ngx_alloc(sizeof(aif_charset_conv_t), ngx_cycle->log);
    if (*conv == NULL) {
        return NGX_ERROR;
    }

    rc = aif_charset_open(*conv, code);

    if (rc != AIF_OK) {
        ngx_free(*conv);
        *conv = NULL;
    }

    /* may be well the next time */

    if (rc == AIF_NOMEM) {
        return NGX_ERROR;
    }

    c = &ngx_http_ai_charset_codes[ngx_http_ai_ncharset_codes++];
    c->code = code;
    c->conv = *conv;

    if (rc == AIF_OK) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "iconv does not know charset \"%s\", ai filter leaves "
                  "pages in it alone", code);

    return NGX_DECLINED;
}


/* NGX_DECLINED: some byte is not of the charset */

static ngx_int_t
ngx_http_ai_charset_decode(aif_charset_conv_t *conv,
    ngx_http_ai_buffer_t *native, ngx_http_ai_buffer_t *page)
{
    int            rc;
    u_char        *dst;
    const u_char  *src, *end;

    src = native->data;
    end = src + native->len;

    aif_charset_start(conv);

    /* most bytes of a page are ASCII */

    do {
        if (ngx_http_ai_buffer_reserve(page, page->size + (end - src)
                                             + AIF_CHARSET_ROOM)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        dst = page->data + page->len;
        rc = aif_charset_read(conv, &src, end, &dst, page->data + page->size);
        page->len = dst - page->data;

    } while (rc == AIF_LIMIT);

    return rc == AIF_OK ? NGX_OK : NGX_DECLINED;
}


static ngx_uint_t
ngx_http_ai_charset_same(aif_charset_conv_t *conv,
    ngx_http_ai_buffer_t *native, ngx_http_ai_buffer_t *page)
{
    int            rc;
    size_t         done, len;
    u_char         back[NGX_HTTP_AI_CHARSET_STEP], *dst;
    const u_char  *src, *end;

    done = 0;
    src = page->data;
    end = src + page->len;

    aif_charset_start(conv);

    do {
        dst = back;
        rc = aif_charset_write(conv, &src, end, &dst, back + sizeof(back));
        len = dst - back;

        if (rc == AIF_BAD || len > native->len - done
            || ngx_memcmp(native->data + done, back, len) != 0)
        {
            return 0;
        }

        done += len;

    } while (rc == AIF_LIMIT);

    return done == native->len;
}
