
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Directives that are on, off, or a variable that says so for each request:
 * ai_filter, which may be "shadow" too, ai_seo, ai_label; and a customer's
 * consent.
 */


#include "ngx_http_ai_filter_module.h"


#define NGX_HTTP_AI_SWITCH_NONE  NGX_CONF_UNSET_UINT


static ngx_uint_t ngx_http_ai_switch_word(ngx_str_t *value,
    ngx_uint_t shadow);


ngx_uint_t
ngx_http_ai_switch(ngx_http_request_t *r, ngx_http_ai_switch_t *sw)
{
    ngx_str_t   value;
    ngx_uint_t  state;

    if (sw->value == NULL) {
        return sw->state;
    }

    if (ngx_http_complex_value(r, sw->value, &value) != NGX_OK
        || value.len == 0)
    {
        return NGX_HTTP_AI_OFF;
    }

    if (value.len == 1 && (value.data[0] == '0' || value.data[0] == '1')) {
        return value.data[0] == '1' ? NGX_HTTP_AI_ON : NGX_HTTP_AI_OFF;
    }

    state = ngx_http_ai_switch_word(&value, sw->shadow);

    if (state != NGX_HTTP_AI_SWITCH_NONE) {
        return state;
    }

    if (!sw->logged) {
        sw->logged = 1;

        if (sw->personal) {
            ngx_str_set(&value, "...");
        }

        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "\"%V\" is off: its value \"%V\" is none of \"on\", "
                      "\"off\"%s", &sw->name, &value,
                      sw->shadow ? ", \"shadow\"" : "");
    }

    return NGX_HTTP_AI_OFF;
}


static ngx_uint_t
ngx_http_ai_switch_word(ngx_str_t *value, ngx_uint_t shadow)
{
    if (value->len == 3 && ngx_strncmp(value->data, "off", 3) == 0) {
        return NGX_HTTP_AI_OFF;
    }

    if (value->len == 2 && ngx_strncmp(value->data, "on", 2) == 0) {
        return NGX_HTTP_AI_ON;
    }

    if (shadow && value->len == 6
        && ngx_strncmp(value->data, "shadow", 6) == 0)
    {
        return NGX_HTTP_AI_SHADOW;
    }

    return NGX_HTTP_AI_SWITCH_NONE;
}


char *
ngx_http_ai_switch_set(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_ai_switch_t *sw, ngx_uint_t shadow)
{
    ngx_str_t                         *value;
    ngx_http_compile_complex_value_t   ccv;

    if (sw->state != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    sw->name = cmd->name;
    sw->shadow = shadow;
    sw->state = ngx_http_ai_switch_word(&value[1], shadow);

    if (sw->state != NGX_HTTP_AI_SWITCH_NONE) {
        return NGX_CONF_OK;
    }

    if (ngx_http_script_variables_count(&value[1]) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"%V\" directive, it must "
                           "be \"on\", \"off\"%s or have a variable",
                           &value[1], &cmd->name,
                           shadow ? ", \"shadow\"" : "");
        return NGX_CONF_ERROR;
    }

    sw->state = NGX_HTTP_AI_ON;
    sw->value = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));

    if (sw->value == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = sw->value;

    return ngx_http_compile_complex_value(&ccv) == NGX_OK ? NGX_CONF_OK
                                                          : NGX_CONF_ERROR;
}


void
ngx_http_ai_switch_merge(ngx_http_ai_switch_t *conf,
    ngx_http_ai_switch_t *prev)
{
    if (conf->state != NGX_CONF_UNSET_UINT) {
        return;
    }

    *conf = *prev;

    if (conf->state == NGX_CONF_UNSET_UINT) {
        conf->state = NGX_HTTP_AI_OFF;
    }
}
