
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Header filter: may this answer be worked on?  If so its header is held until
 * the page is decided.  And what the header says when it leaves: language,
 * length, entity tag, and what keeps caches honest.
 */


#include "ngx_http_ai_filter_module.h"


static ngx_int_t ngx_http_ai_header_again(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_edited(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_pass(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_head(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_hold(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_answer_reason(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_body_reason(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_encoding_reason(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_uint_t ngx_http_ai_unbuffered(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_language(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_etag(ngx_http_request_t *r, uint64_t digest,
    ngx_str_t *etag);
static ngx_int_t ngx_http_ai_bodyless(ngx_http_request_t *r,
    ngx_uint_t status);
static ngx_int_t ngx_http_ai_honest(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx, ngx_uint_t complete);
static ngx_int_t ngx_http_ai_debug_header(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);


ngx_int_t
ngx_http_ai_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t               state;
    ngx_http_ai_ctx_t       *ctx;
    ngx_http_ai_loc_conf_t  *alcf;

    if (r != r->main) {
        return ngx_http_ai_next_header_filter(r);
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_ai_filter_module);

    if (ctx) {
        return ngx_http_ai_header_again(r, ctx);
    }

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    state = ngx_http_ai_switch(r, &alcf->filter);

    if (state == NGX_HTTP_AI_OFF) {
        return ngx_http_ai_next_header_filter(r);
    }

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_ctx_t));
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->request = r;
    ctx->conf = alcf;
    ctx->shadow = (state == NGX_HTTP_AI_SHADOW);

    ngx_http_set_ctx(r, ctx, ngx_http_ai_filter_module);

    if (ngx_http_ai_self_mark(r) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->candidate = ngx_http_ai_filter_candidate(r, alcf, &ctx->choice,
                                           &ctx->reason);

    if (ngx_http_ai_site_answer(ctx)) {
        ctx->candidate = 0;
        ctx->source = 1;
        ctx->reason = ngx_http_ai_body_reason(r, ctx);

    } else if (ctx->candidate) {
        ctx->reason = ngx_http_ai_answer_reason(r, ctx);

    } else if (ctx->reason == NGX_AI_REASON_locale
               && ngx_http_ai_edited(r, ctx))
    {
        ctx->source = 1;
        ctx->reason = NGX_AI_REASON_none;
    }

    if (ctx->reason != NGX_AI_REASON_off
        && ctx->reason != NGX_AI_REASON_bypass
        && ngx_http_ai_seo_redirect(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->reason != NGX_AI_REASON_none) {
        return ngx_http_ai_pass(r, ctx);
    }

    if (r->method == NGX_HTTP_HEAD) {
        return ngx_http_ai_head(r, ctx);
    }

    return ngx_http_ai_hold(r, ctx);
}


/* a page in the source locale has something to insert */

static ngx_uint_t
ngx_http_ai_edited(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_uint_t  seo, slots;

    slots = ngx_http_ai_generate_source(r, ctx->conf);
    seo = !ctx->shadow
          && ngx_http_ai_switch(r, &ctx->conf->seo) == NGX_HTTP_AI_ON;

    if ((!slots && !seo)
        || ngx_http_ai_answer_reason(r, ctx) != NGX_AI_REASON_none)
    {
        return 0;
    }

    return (slots && ctx->form == NGX_HTTP_AI_HTML)
           || (seo && ngx_http_ai_seo_source(ctx));
}


/* the answer is not looked at: counted, and only the caches are told */

static ngx_int_t
ngx_http_ai_pass(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_uint_t  complete;

    ctx->phase = NGX_HTTP_AI_PASS;
    ctx->status = NGX_AI_STATUS_BYPASS;

    ngx_http_ai_page_count(ctx);

    if (ctx->shadow) {
        return ngx_http_ai_next_header_filter(r);
    }

    /* a page in the source locale is what it should be, as is no page */

    complete = !ctx->candidate
               || ctx->reason == NGX_AI_REASON_type
               || ctx->reason == NGX_AI_REASON_status;

    if (!complete) {
        ngx_http_clear_accept_ranges(r);
        r->allow_ranges = 0;
    }

    if (ngx_http_ai_honest(r, ctx, complete) != NGX_OK
        || ngx_http_ai_debug_header(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->reason == NGX_AI_REASON_type
        && ngx_http_ai_conditional_asset(r))
    {
        ctx->phase = NGX_HTTP_AI_DROP;
        rc = ngx_http_ai_bodyless(r, NGX_HTTP_NOT_MODIFIED);

        return rc == NGX_DONE ? NGX_OK : rc;
    }

    return ngx_http_ai_next_header_filter(r);
}


/*
 * What GET would give is not known without the page: the language, no length,
 * and nothing that a cache could keep.  r->header_only is not set yet.
 */

static ngx_int_t
ngx_http_ai_head(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ctx->phase = NGX_HTTP_AI_PASS;
    ctx->status = NGX_AI_STATUS_BYPASS;
    ctx->reason = NGX_AI_REASON_method;

    ngx_http_ai_page_count(ctx);

    if (ctx->shadow) {
        return ngx_http_ai_next_header_filter(r);
    }

    ngx_http_clear_content_length(r);
    ngx_http_clear_accept_ranges(r);
    r->allow_ranges = 0;

    if (ngx_http_ai_language(r, ctx) != NGX_OK
        || ngx_http_ai_honest(r, ctx, 0) != NGX_OK
        || ngx_http_ai_debug_header(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_ai_next_header_filter(r);
}


static ngx_int_t
ngx_http_ai_hold(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    if (ctx->shadow && r->headers_in.range) {

        /* 206 in a moment, and the body is cut before we see it */

        ctx->reason = NGX_AI_REASON_status;
        return ngx_http_ai_pass(r, ctx);
    }

    ctx->headers_out = r->headers_out;
    ctx->teaches = r->method == NGX_HTTP_GET
                   && ngx_http_ai_private_teaches(r, ctx->conf);

    if (ngx_http_ai_page_start(ctx) != NGX_OK) {
        ctx->reason = NGX_AI_REASON_memory;
        return ngx_http_ai_pass(r, ctx);
    }

    ctx->phase = NGX_HTTP_AI_HOLD;

    if (ctx->shadow) {
        r->main_filter_need_in_memory = 1;
        return ngx_http_ai_next_header_filter(r);
    }

    if (ngx_http_ai_body_hold(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    r->main_filter_need_in_memory = 1;

    return NGX_OK;
}


/*
 * An error after the header was held: somebody sends an error page's header.
 * Without us the first header would be with the client, and the page would be
 * cut; so it is.
 */

static ngx_int_t
ngx_http_ai_header_again(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    if (ctx->shadow
        || (ctx->phase != NGX_HTTP_AI_HOLD && ctx->phase != NGX_HTTP_AI_WAIT))
    {
        return ngx_http_ai_next_header_filter(r);
    }

    r->headers_out = ctx->headers_out;
    r->keepalive = 0;

    /* the field is cleared by now, the number makes a new one */

    r->headers_out.content_length = NULL;

    ctx->reason = NGX_AI_REASON_cut;

    (void) ngx_http_ai_body_release(r, ctx, NULL, 1);

    ctx->phase = NGX_HTTP_AI_DROP;

    return NGX_ERROR;
}


ngx_uint_t
ngx_http_ai_filter_candidate(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice,
    ngx_uint_t *reason)
{
    ngx_http_ai_locale(r, alcf, choice);

    if (choice->index == 0) {
        *reason = NGX_AI_REASON_locale;
        return 0;
    }

    if (alcf->translate == NULL || alcf->translate->nelts == 0) {
        *reason = NGX_AI_REASON_off;
        return 0;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))) {
        *reason = NGX_AI_REASON_method;
        return 0;
    }

    if (ngx_http_test_predicates(r, alcf->bypass) == NGX_DECLINED) {
        *reason = NGX_AI_REASON_bypass;
        return 0;
    }

    *reason = NGX_AI_REASON_none;
    return 1;
}


/* what the answer's header says against working on its body */

static ngx_uint_t
ngx_http_ai_answer_reason(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    if (r->headers_out.status != NGX_HTTP_OK
        && (r->method == NGX_HTTP_POST
            || (r->headers_out.status != NGX_HTTP_NOT_FOUND
                && r->headers_out.status != 410)))
    {
        return NGX_AI_REASON_status;
    }

    ctx->form = ngx_http_ai_state_form(r);

    if (ctx->form == NGX_HTTP_AI_HTML
        ? ngx_http_test_content_type(r, &ctx->conf->types) == NULL
        : (ctx->form == NGX_HTTP_AI_JSON && ctx->conf->json.nkeys == 0))
    {
        return NGX_AI_REASON_type;
    }

    return ngx_http_ai_body_reason(r, ctx);
}


static ngx_uint_t
ngx_http_ai_body_reason(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    if (r->headers_out.content_length_n == 0) {
        return NGX_AI_REASON_status;
    }

    if (r->headers_out.content_length_n > (off_t) ctx->conf->buffer_size) {
        return NGX_AI_REASON_size;
    }

    if (r->headers_out.charset.len) {

        ctx->charset = aif_charset_find(r->headers_out.charset.data,
                                        r->headers_out.charset.len);

        if (ctx->charset == NULL
            || ctx->charset->kind == AIF_CHARSET_REFUSED
            || ctx->charset->kind == AIF_CHARSET_UTF16)
        {
            return NGX_AI_REASON_charset;
        }

        ctx->labelled = 1;
        ctx->declared = ctx->charset;
        ctx->foreign = (ctx->charset->kind != AIF_CHARSET_UTF8);
    }

    if (ngx_http_ai_unbuffered(r)) {
        return NGX_AI_REASON_slow;
    }

    return ngx_http_ai_encoding_reason(r, ctx);
}


static ngx_uint_t
ngx_http_ai_encoding_reason(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t  *value;

    if (r->headers_out.content_encoding == NULL
        || r->headers_out.content_encoding->hash == 0)
    {
        return NGX_AI_REASON_none;
    }

    value = &r->headers_out.content_encoding->value;

    if (value->len == 0
        || (value->len == 8
            && ngx_strncasecmp(value->data, (u_char *) "identity", 8) == 0))
    {
        return NGX_AI_REASON_none;
    }

    if ((value->len == 4
         && ngx_strncasecmp(value->data, (u_char *) "gzip", 4) == 0)
        || (value->len == 6
            && ngx_strncasecmp(value->data, (u_char *) "x-gzip", 6) == 0))
    {
        ctx->deflated = 1;
        return NGX_AI_REASON_none;
    }

    if (value->len == 7
        && ngx_strncasecmp(value->data, (u_char *) "deflate", 7) == 0)
    {
        ctx->deflated = 1;
        ctx->zlib = 1;
        return NGX_AI_REASON_none;
    }

    if (!ctx->conf->encoding_logged) {
        ctx->conf->encoding_logged = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "ai filter leaves pages in content coding \"%V\" alone, "
                      "ask the origin for another one with "
                      "\"proxy_set_header Accept-Encoding gzip;\"", value);
    }

    return NGX_AI_REASON_encoding;
}


/* the origin asked not to be buffered: it sends as it thinks */

static ngx_uint_t
ngx_http_ai_unbuffered(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    if (r->upstream == NULL) {
        return 0;
    }

    h = ngx_http_ai_field_find(&r->upstream->headers_in.headers,
                               "X-Accel-Buffering");

    return h && h->value.len == 2
           && ngx_strncasecmp(h->value.data, (u_char *) "no", 2) == 0;
}


ngx_int_t
ngx_http_ai_send_origin_header(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_http_clear_accept_ranges(r);
    r->allow_ranges = 0;

    /*
     * A page without a word is complete in every locale, one of the shop's in
     * its own.
     */

    if (ngx_http_ai_honest(r, ctx,
                           (ctx->source && ctx->misses == 0)
                           || ctx->status == NGX_AI_STATUS_HIT)
        != NGX_OK
        || ngx_http_ai_debug_header(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* a file that nothing was to be changed in keeps its own validators */

    if (ngx_http_ai_is_site(ctx) && ctx->last
        && ngx_http_ai_conditional_asset(r))
    {
        return ngx_http_ai_bodyless(r, NGX_HTTP_NOT_MODIFIED);
    }

    return ngx_http_ai_next_header_filter(r);
}


ngx_int_t
ngx_http_ai_send_page_header(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t   etag, gzip;
    ngx_uint_t  complete;

    complete = (ctx->misses == 0);

    ngx_http_clear_accept_ranges(r);
    r->allow_ranges = 0;

    ngx_http_clear_content_length(r);
    r->headers_out.content_length_n = ctx->packed.data ? ctx->packed.len
                                                       : ctx->out.len;

    ngx_http_ai_field_drop(r, "Content-MD5");
    ngx_http_ai_field_drop(r, "Digest");
    ngx_http_ai_field_drop(r, "Content-Digest");

    if (ctx->deflated) {
        ngx_http_ai_field_drop(r, "Content-Encoding");
        r->headers_out.content_encoding = NULL;
    }

    ngx_http_clear_etag(r);
    ngx_http_ai_field_drop(r, "ETag");
    ngx_http_clear_last_modified(r);
    ngx_http_ai_field_drop(r, "Last-Modified");

    if (ngx_http_ai_language(r, ctx) != NGX_OK
        || ngx_http_ai_honest(r, ctx, complete) != NGX_OK
        || ngx_http_ai_debug_header(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (complete && r->headers_out.status == NGX_HTTP_OK
        && r->method == NGX_HTTP_GET)
    {
        if (ngx_http_ai_etag(r, ctx->digest, &etag) != NGX_OK) {
            return NGX_ERROR;
        }

        if (ngx_http_ai_conditional_failed(r, &etag)) {
            return ngx_http_ai_bodyless(r, NGX_HTTP_PRECONDITION_FAILED);
        }

        if (ngx_http_ai_conditional_not_modified(r, &etag)) {
            return ngx_http_ai_bodyless(r, NGX_HTTP_NOT_MODIFIED);
        }
    }

    if (ctx->packed.data) {
        ngx_str_set(&gzip, "gzip");

        r->headers_out.content_encoding =
                       ngx_http_ai_field_push(r, "Content-Encoding", &gzip);

        if (r->headers_out.content_encoding == NULL) {
            return NGX_ERROR;
        }
    }

    return ngx_http_ai_next_header_filter(r);
}


/* what the shop says of a page in its own locale may be more than we know */

static ngx_int_t
ngx_http_ai_language(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    ngx_str_t  *locale;

    if (ngx_http_ai_is_site(ctx)
        || (ctx->source
            && ngx_http_ai_field_find(&r->headers_out.headers,
                                      "Content-Language")))
    {
        return NGX_OK;
    }

    locale = ctx->conf->locales->elts;
    locale += ctx->choice.index;

    ngx_http_ai_field_drop(r, "Content-Language");

    return ngx_http_ai_field_push(r, "Content-Language", locale)
           ? NGX_OK : NGX_ERROR;
}


/* weak: the same text may be sent in another coding */

static ngx_int_t
ngx_http_ai_etag(ngx_http_request_t *r, uint64_t digest, ngx_str_t *etag)
{
    etag->data = ngx_pnalloc(r->pool, sizeof("W/\"0123456789abcdef\"") - 1);
    if (etag->data == NULL) {
        return NGX_ERROR;
    }

    etag->len = ngx_sprintf(etag->data, "W/\"%016xL\"", digest) - etag->data;

    r->headers_out.etag = ngx_http_ai_field_push(r, "ETag", etag);

    return r->headers_out.etag ? NGX_OK : NGX_ERROR;
}


/* as ngx_http_not_modified_filter_module does, which ran before us */

static ngx_int_t
ngx_http_ai_bodyless(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_int_t  rc;

    r->headers_out.status = status;
    r->headers_out.status_line.len = 0;
    r->headers_out.content_type.len = 0;
    r->headers_out.charset.len = 0;
    ngx_http_clear_content_length(r);

    if (status == NGX_HTTP_NOT_MODIFIED) {
        r->headers_out.content_length_n = -1;

    } else {
        r->headers_out.content_length_n = 0;
        r->header_only = 1;
    }

    rc = ngx_http_ai_next_header_filter(r);

    return (rc == NGX_ERROR || rc > NGX_OK) ? rc : NGX_DONE;
}


/*
 * Vary of the negotiation on every answer; an answer that isn't complete in
 * its locale must not be kept by anybody, nor confirmed later.
 */

static ngx_int_t
ngx_http_ai_honest(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx,
    ngx_uint_t complete)
{
    ngx_str_t  value;

    if (ngx_http_ai_locale_vary(r, &ctx->choice) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!complete) {

        ngx_http_clear_etag(r);
        ngx_http_ai_field_drop(r, "ETag");
        ngx_http_clear_last_modified(r);
        ngx_http_ai_field_drop(r, "Last-Modified");
        ngx_str_set(&value, "private, no-cache");

    } else if (ctx->choice.private) {
        ngx_str_set(&value, "private");

    } else {
        return NGX_OK;
    }

    ngx_http_ai_field_drop(r, "Expires");
    ngx_http_ai_field_drop(r, "Cache-Control");

    return ngx_http_ai_field_push(r, "Cache-Control", &value)
           ? NGX_OK : NGX_ERROR;
}


/* "es; HIT; 200/200", for people who debug */

static ngx_int_t
ngx_http_ai_debug_header(ngx_http_request_t *r, ngx_http_ai_ctx_t *ctx)
{
    size_t            len;
    ngx_str_t         value, *locale, *status, *reason;
    ngx_table_elt_t  *h;

    if (ctx->conf->header.len == 0) {
        return NGX_OK;
    }

    locale = ctx->conf->locales->elts;
    locale += ctx->choice.index;

    status = ngx_ai_state_status_name(ctx->status);
    reason = ngx_ai_state_reason_name(ctx->reason);

    len = locale->len + status->len + reason->len + 2 * NGX_INT_T_LEN
          + sizeof("; ; /; ");

    value.data = ngx_pnalloc(r->pool, len);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%V; %V; %ui/%ui", locale, status,
                            ctx->hits, ctx->fragments)
                - value.data;

    if (ctx->reason != NGX_AI_REASON_none) {
        value.len = ngx_sprintf(value.data + value.len, "; %V", reason)
                    - value.data;
    }

    h = ngx_http_ai_field_push(r, "", &value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->key = ctx->conf->header;

    return NGX_OK;
}
