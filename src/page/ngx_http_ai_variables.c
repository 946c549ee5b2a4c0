
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The variables: what became of a page, for log_format and map, and the
 * locale, which is known before the page is and may be told to the shop
 * ("proxy_set_header X-Locale $ai_locale").  Nothing is decided here.
 */


#include "ngx_http_ai_filter_module.h"


static ngx_int_t ngx_http_ai_variable_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_reason(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_locale(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_segment(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_count(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_guess(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_cost(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_ai_variable_wait_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_http_ai_ctx_t *ngx_http_ai_decided(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_variable_number(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uint64_t n);
static ngx_int_t ngx_http_ai_variable_text(ngx_http_variable_value_t *v,
    ngx_str_t *text);


static ngx_http_variable_t  ngx_http_ai_variables[] = {

    { ngx_string("ai_status"), NULL, ngx_http_ai_variable_status, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_reason"), NULL, ngx_http_ai_variable_reason, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_locale"), NULL, ngx_http_ai_variable_locale, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_segment"), NULL, ngx_http_ai_variable_segment, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_fragments"), NULL, ngx_http_ai_variable_count,
      offsetof(ngx_http_ai_ctx_t, fragments), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_hits"), NULL, ngx_http_ai_variable_count,
      offsetof(ngx_http_ai_ctx_t, hits), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_misses"), NULL, ngx_http_ai_variable_count,
      offsetof(ngx_http_ai_ctx_t, misses), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_input_tokens"), NULL, ngx_http_ai_variable_guess,
      offsetof(ngx_http_ai_ctx_t, guess.input), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_output_tokens"), NULL, ngx_http_ai_variable_guess,
      offsetof(ngx_http_ai_ctx_t, guess.output), NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_cost"), NULL, ngx_http_ai_variable_cost, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ai_wait_time"), NULL, ngx_http_ai_variable_wait_time, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static ngx_int_t
ngx_http_ai_variable_status(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_ai_decided(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_ai_variable_text(v, ngx_ai_state_status_name(ctx->status));
}


static ngx_int_t
ngx_http_ai_variable_reason(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_ai_decided(r);

    if (ctx == NULL || ctx->reason == NGX_AI_REASON_none) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_ai_variable_text(v, ngx_ai_state_reason_name(ctx->reason));
}


static ngx_int_t
ngx_http_ai_variable_locale(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t               *locale;
    ngx_http_ai_ctx_t       *ctx;
    ngx_http_ai_choice_t     choice;
    ngx_http_ai_loc_conf_t  *alcf;

    ctx = ngx_http_ai_decided(r);

    if (ctx && ctx->conf) {
        alcf = ctx->conf;
        choice = ctx->choice;

    } else {
        alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);
        ngx_http_ai_locale(r, alcf, &choice);
    }

    if (alcf->locales == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    locale = alcf->locales->elts;

    return ngx_http_ai_variable_text(v, &locale[choice.index]);
}


static ngx_int_t
ngx_http_ai_variable_segment(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t  segment;

    segment = ngx_http_ai_generate_label(r);

    if (segment.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_ai_variable_text(v, &segment);
}


static ngx_int_t
ngx_http_ai_variable_count(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_ai_decided(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_ai_variable_number(r, v,
                                       *(ngx_uint_t *) ((char *) ctx + data));
}


static ngx_int_t
ngx_http_ai_variable_guess(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_ai_decided(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_ai_variable_number(r, v,
                                       *(uint64_t *) ((char *) ctx + data));
}


/* in the currency of "price" */

static ngx_int_t
ngx_http_ai_variable_cost(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char             *p;
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_ai_decided(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN + 10);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(p, "%uL.%09uL", ctx->cost / 1000000000,
                         ctx->cost % 1000000000)
             - p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = p;

    return NGX_OK;
}


/* Seconds with milliseconds, as $upstream_response_time has them. */

static ngx_int_t
ngx_http_ai_variable_wait_time(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char             *p;
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_ai_decided(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->len = ngx_sprintf(p, "%T.%03M", (time_t) ctx->wait_time / 1000,
                         ctx->wait_time % 1000)
             - p;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = p;

    return NGX_OK;
}


/* A page's parts, which are subrequests, have no fate of their own. */

static ngx_http_ai_ctx_t *
ngx_http_ai_decided(ngx_http_request_t *r)
{
    ngx_http_ai_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r->main, ngx_http_ai_filter_module);

    if (ctx == NULL || ctx->status == NGX_AI_STATUS_NONE) {
        return NULL;
    }

    return ctx;
}


static ngx_int_t
ngx_http_ai_variable_number(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uint64_t n)
{
    ngx_str_t  text;

    text.data = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    text.len = ngx_sprintf(text.data, "%uL", n) - text.data;

    return ngx_http_ai_variable_text(v, &text);
}


static ngx_int_t
ngx_http_ai_variable_text(ngx_http_variable_value_t *v, ngx_str_t *text)
{
    v->len = text->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = text->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_ai_variables; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}
