
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The directives, and the configurations they fill.  The block "ai_engine" has
 * a file of its own, ngx_http_ai_conf_engine.c, and so have the directives that
 * say which parts of a page are touched, ngx_http_ai_conf_select.c.
 */


#include "ngx_http_ai_filter_module.h"
#include "ngx_http_ai_conf.h"
#include "ngx_http_ai_endpoint.h"
#include "core/aif_locale.h"


static char *ngx_http_ai_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_ai_filter(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_ai_seo(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_ai_label(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_ai_locales(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_ai_incomplete(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_ai_valid(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_ai_private(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_ai_header(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#define NGX_HTTP_AI_MSL                                                       \
    (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)
#define NGX_HTTP_AI_SL   (NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)


ngx_command_t  ngx_http_ai_commands[] = {

    { ngx_string("ai_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_ai_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_engine"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_ai_engine,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_prompt"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_ai_prompt,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_claims"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_ai_claims,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_generate"),
      NGX_HTTP_AI_SL|NGX_CONF_1MORE,
      ngx_http_ai_generate,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_reviews"),
      NGX_HTTP_AI_SL|NGX_CONF_1MORE,
      ngx_http_ai_reviews,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_segment_from"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE12,
      ngx_http_ai_segment_from,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_glossary"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_glossary,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_scope"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_budget_scope,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_filter"),
      NGX_HTTP_AI_SL|NGX_CONF_TAKE1,
      ngx_http_ai_filter,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_translate"),
      NGX_HTTP_AI_SL|NGX_CONF_1MORE,
      ngx_http_ai_translate,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_locales"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_locales,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_locale"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_set_locale,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_types"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_types_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, types_keys),
      &ngx_http_html_default_types[0] },

    { ngx_string("ai_include"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_selectors,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, include),
      NULL },

    { ngx_string("ai_exclude"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_selectors,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, exclude),
      NULL },

    { ngx_string("ai_attributes"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_attributes,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_json"),
      NGX_HTTP_AI_SL|NGX_CONF_1MORE,
      ngx_http_ai_json,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_wait"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, wait),
      NULL },

    { ngx_string("ai_hold"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, hold),
      NULL },

    { ngx_string("ai_incomplete"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_incomplete,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_renew"),
      NGX_HTTP_AI_MSL|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, renew),
      NULL },

    { ngx_string("ai_valid"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_valid,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_private"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_private,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_self"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE12,
      ngx_http_ai_set_self,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_seo"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_seo,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_label"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_label,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_crawlers"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_set_crawlers,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_protect"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_protect,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_mask"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_ai_mask,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_query"),
      NGX_HTTP_AI_SL|NGX_CONF_1MORE,
      ngx_http_ai_set_query,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_bypass"),
      NGX_HTTP_AI_MSL|NGX_CONF_1MORE,
      ngx_http_set_predicate_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, bypass),
      NULL },

    { ngx_string("ai_buffer_size"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_conf_set_size_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_ai_loc_conf_t, buffer_size),
      NULL },

    { ngx_string("ai_header"),
      NGX_HTTP_AI_MSL|NGX_CONF_TAKE1,
      ngx_http_ai_header,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_assistant"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_ai_set_assistant,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_segment"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_ai_set_segment,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_insights"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_ai_set_insights,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_copy"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_ai_set_copy,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_ai_set_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static char *
ngx_http_ai_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_main_conf_t  *amcf = conf;

    u_char     *colon;
    ssize_t     size;
    ngx_str_t  *value, name, text;

    if (amcf->store) {
        return "is duplicate";
    }

    value = cf->args->elts;

    colon = (u_char *) ngx_strchr(value[1].data, ':');

    if (colon == NULL || colon == value[1].data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"ai_zone\" directive, "
                           "it must be \"name:size\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data;
    name.len = colon - value[1].data;

    text.data = colon + 1;
    text.len = value[1].data + value[1].len - text.data;

    size = ngx_parse_size(&text);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" of \"ai_zone\" \"%V\"",
                           &text, &name);
        return NGX_CONF_ERROR;
    }

    amcf->store = ngx_ai_store_add(cf, &name, size,
                                   &ngx_http_ai_filter_module);

    return amcf->store ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_ai_filter(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char                     *rv;
    ngx_http_ai_main_conf_t  *amcf;

    rv = ngx_http_ai_switch_set(cf, cmd, &alcf->filter, 1);

    if (rv == NGX_CONF_OK && alcf->filter.state != NGX_HTTP_AI_OFF) {
        amcf = ngx_http_conf_get_module_main_conf(cf,
                                                  ngx_http_ai_filter_module);
        amcf->used = 1;
    }

    return rv;
}


static char *
ngx_http_ai_seo(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    return ngx_http_ai_switch_set(cf, cmd, &alcf->seo, 0);
}


static char *
ngx_http_ai_label(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    return ngx_http_ai_switch_set(cf, cmd, &alcf->label, 0);
}


static char *
ngx_http_ai_locales(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t   *value, *locale;
    ngx_uint_t   i, k;

    if (alcf->locales != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    alcf->locales = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                     sizeof(ngx_str_t));
    if (alcf->locales == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (!aif_locale_valid(value[i].data, value[i].len)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid locale \"%V\" in \"ai_locales\", it "
                               "must be a BCP 47 tag such as \"es\", "
                               "\"pt-BR\" or \"zh-Hans\"", &value[i]);
            return NGX_CONF_ERROR;
        }

        locale = alcf->locales->elts;

        for (k = 0; k < alcf->locales->nelts; k++) {
            if (locale[k].len == value[i].len
                && ngx_strncasecmp(locale[k].data, value[i].data,
                                   value[i].len) == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate locale \"%V\" in "
                                   "\"ai_locales\"", &value[i]);
                return NGX_CONF_ERROR;
            }
        }

        locale = ngx_array_push(alcf->locales);
        if (locale == NULL) {
            return NGX_CONF_ERROR;
        }

        *locale = value[i];
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_incomplete(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_int_t   n;
    ngx_str_t  *value;

    if (alcf->incomplete != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "origin") == 0) {
        alcf->incomplete = NGX_HTTP_AI_INCOMPLETE_ORIGIN;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "mixed") == 0) {
        alcf->incomplete = 60;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value[1].data, "mixed=", 6) == 0) {

        n = ngx_atoi(value[1].data + 6, value[1].len - 6);

        if (n != NGX_ERROR && n <= 100) {
            alcf->incomplete = n;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"ai_incomplete\" directive, "
                       "it must be \"origin\", \"mixed\" or \"mixed=percent\" "
                       "with 0 to 100 per cent", &value[1]);
    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_valid(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t  *value;

    if (alcf->valid != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        alcf->valid = 0;
        alcf->valid_generated = 0;
        return NGX_CONF_OK;
    }

    alcf->valid = ngx_parse_time(&value[1], 1);

    if (alcf->valid == (time_t) NGX_ERROR || alcf->valid == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"ai_valid\" directive, "
                           "it must be a time of at least 1s, or \"off\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    alcf->valid_generated = alcf->valid;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_private(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    size_t        skip;
    ngx_str_t    *value, *name;
    ngx_uint_t    i;
    ngx_array_t  *a;

    if (alcf->private_mode != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "anonymous") == 0) {
        alcf->private_mode = NGX_HTTP_AI_ANONYMOUS;

    } else if (ngx_strcmp(value[1].data, "lookup") == 0) {
        alcf->private_mode = NGX_HTTP_AI_LOOKUP;

    } else if (ngx_strcmp(value[1].data, "allow") == 0) {
        alcf->private_mode = NGX_HTTP_AI_ALLOW;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"ai_private\" directive, "
                           "it must be \"anonymous\", \"lookup\" or \"allow\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    alcf->private_cookies = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    alcf->private_args = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));

    if (alcf->private_cookies == NULL || alcf->private_args == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "cookie=", 7) == 0
            && value[i].len > 7)
        {
            a = alcf->private_cookies;
            skip = 7;

        } else if (ngx_strncmp(value[i].data, "arg=", 4) == 0
                   && value[i].len > 4)
        {
            a = alcf->private_args;
            skip = 4;

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"ai_private\", "
                               "it must be \"cookie=name\" or \"arg=name\"",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        name = ngx_array_push(a);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        name->len = value[i].len - skip;
        name->data = value[i].data + skip;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_header(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    size_t      i;
    u_char      ch;
    ngx_str_t  *value;

    if (alcf->header.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        ngx_str_set(&alcf->header, "");
        return NGX_CONF_OK;
    }

    for (i = 0; i < value[1].len; i++) {

        ch = value[1].data[i];

        if ((ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z')
            && (ch < '0' || ch > '9') && ch != '-')
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid header name \"%V\" in \"ai_header\"",
                               &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    alcf->header = value[1];

    return NGX_CONF_OK;
}


void *
ngx_http_ai_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_main_conf_t));
    if (amcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&amcf->engines, cf->pool, 4, sizeof(ngx_ai_engine_t *))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&amcf->references, cf->pool, 4,
                       sizeof(ngx_http_ai_reference_t))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&amcf->prompts, cf->pool, 4,
                       sizeof(ngx_http_ai_prompt_t *))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&amcf->accounts, cf->pool, 4,
                       sizeof(ngx_ai_account_t *))
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_array_init(&amcf->writers, cf->pool, 4,
                       sizeof(ngx_http_ai_reference_t))
        != NGX_OK
        || ngx_array_init(&amcf->readers, cf->pool, 4,
                          sizeof(ngx_http_ai_reference_t))
           != NGX_OK
        || ngx_array_init(&amcf->own_claims, cf->pool, 4,
                          sizeof(ngx_http_ai_claims_t))
           != NGX_OK)
    {
        return NULL;
    }

    return amcf;
}


char *
ngx_http_ai_init_main_conf(ngx_conf_t *cf, void *conf)
{
    if (ngx_http_ai_engine_check(cf, conf) != NGX_CONF_OK
        || ngx_http_ai_generate_engines(cf, conf) != NGX_CONF_OK
        || ngx_http_ai_claims_make(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_ai_prompt_check(cf, conf);
}


void *
ngx_http_ai_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_ai_loc_conf_t  *alcf;

    alcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_loc_conf_t));
    if (alcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     alcf->filter.value = NULL;
     *     alcf->seo.value = NULL;
     *     alcf->label.value = NULL;
     *     alcf->types = { NULL };
     *     alcf->types_keys = NULL;
     *     alcf->segment = { 0 };
     *     alcf->prompt = NULL;
     *     alcf->scope = { 0, NULL };
     *     alcf->accounts = NULL;
     *     alcf->query_account = NULL;
     *     alcf->generate = NULL;
     *     alcf->generate_accounts = NULL;
     *     alcf->copy = NULL;
     *     alcf->reviews_account = NULL;
     *     alcf->insights = NULL;
     *     alcf->policy = NULL;
     *     alcf->protect_hash = 0;
     *     alcf->private_cookies = NULL;
     *     alcf->private_args = NULL;
     *     alcf->self = { 0, NULL };
     *     alcf->self_peer = NULL;
     *     alcf->header = { 0, NULL };
     */

    alcf->filter.state = NGX_CONF_UNSET_UINT;
    alcf->seo.state = NGX_CONF_UNSET_UINT;
    alcf->label.state = NGX_CONF_UNSET_UINT;
    alcf->translate = NGX_CONF_UNSET_PTR;
    alcf->glossary = NGX_CONF_UNSET_PTR;
    alcf->locales = NGX_CONF_UNSET_PTR;
    alcf->rules = NGX_CONF_UNSET_PTR;
    alcf->include = NGX_CONF_UNSET_PTR;
    alcf->exclude = NGX_CONF_UNSET_PTR;
    alcf->attributes = NGX_CONF_UNSET_PTR;
    alcf->json_keys = NGX_CONF_UNSET_PTR;
    alcf->json_variables = NGX_CONF_UNSET_PTR;
    alcf->bypass = NGX_CONF_UNSET_PTR;
    alcf->protect = NGX_CONF_UNSET_PTR;
    alcf->mask = NGX_CONF_UNSET_PTR;
    alcf->query = NGX_CONF_UNSET_PTR;
    alcf->wait = NGX_CONF_UNSET_MSEC;
    alcf->hold = NGX_CONF_UNSET_MSEC;
    alcf->incomplete = NGX_CONF_UNSET_UINT;
    alcf->renew = NGX_CONF_UNSET;
    alcf->valid = NGX_CONF_UNSET;
    alcf->valid_generated = NGX_CONF_UNSET;
    alcf->generators = NGX_CONF_UNSET_PTR;
    alcf->reviews = NGX_CONF_UNSET_PTR;
    alcf->segment_from = NGX_CONF_UNSET_PTR;
    alcf->buffer_size = NGX_CONF_UNSET_SIZE;
    alcf->private_mode = NGX_CONF_UNSET_UINT;
    alcf->crawlers = NGX_CONF_UNSET_PTR;

    return alcf;
}


char *
ngx_http_ai_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_ai_loc_conf_t *prev = parent;
    ngx_http_ai_loc_conf_t *conf = child;

    ngx_http_ai_loc_conf_t    *server;
    ngx_http_core_srv_conf_t  *cscf;

    ngx_http_ai_switch_merge(&conf->filter, &prev->filter);
    ngx_http_ai_switch_merge(&conf->seo, &prev->seo);

    if (conf->label.state == NGX_CONF_UNSET_UINT
        && prev->label.state == NGX_CONF_UNSET_UINT)
    {
        conf->label.state = NGX_HTTP_AI_ON;
    }

    ngx_http_ai_switch_merge(&conf->label, &prev->label);

    ngx_conf_merge_ptr_value(conf->locales, prev->locales, NULL);
    ngx_conf_merge_ptr_value(conf->rules, prev->rules, NULL);
    ngx_conf_merge_ptr_value(conf->include, prev->include, NULL);
    ngx_conf_merge_ptr_value(conf->exclude, prev->exclude, NULL);
    ngx_conf_merge_ptr_value(conf->attributes, prev->attributes, NULL);
    ngx_conf_merge_ptr_value(conf->json_keys, prev->json_keys, NULL);
    ngx_conf_merge_ptr_value(conf->json_variables, prev->json_variables, NULL);
    ngx_conf_merge_ptr_value(conf->query, prev->query, NULL);
    ngx_conf_merge_ptr_value(conf->bypass, prev->bypass, NULL);
    ngx_conf_merge_msec_value(conf->wait, prev->wait, 0);
    ngx_conf_merge_msec_value(conf->hold, prev->hold, 2000);
    ngx_conf_merge_uint_value(conf->incomplete, prev->incomplete, 60);
    ngx_conf_merge_value(conf->renew, prev->renew, 1);
    ngx_conf_merge_sec_value(conf->valid, prev->valid, 0);
    ngx_conf_merge_size_value(conf->buffer_size, prev->buffer_size,
                              2 * 1024 * 1024);
    ngx_conf_merge_ptr_value(conf->crawlers, prev->crawlers, NULL);

    if (conf->private_mode == NGX_CONF_UNSET_UINT) {
        conf->private_cookies = prev->private_cookies;
        conf->private_args = prev->private_args;
    }

    ngx_conf_merge_uint_value(conf->private_mode, prev->private_mode,
                              NGX_HTTP_AI_ANONYMOUS);
    if (conf->self.data == NULL) {
        conf->self_peer = prev->self_peer;
    }

    ngx_conf_merge_str_value(conf->self, prev->self, "");
    ngx_conf_merge_str_value(conf->header, prev->header, "");

    if (ngx_http_merge_types(cf, &conf->types_keys, &conf->types,
                             &prev->types_keys, &prev->types,
                             ngx_http_html_default_types)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (conf->hold == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_hold\" must be greater than 0: to leave pages "
                      "alone use \"ai_filter off\"");
        return NGX_CONF_ERROR;
    }

    if (conf->filter.state != NGX_HTTP_AI_OFF && conf->locales == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_filter\" is used, but no \"ai_locales\" are "
                      "defined for it: list the shop's own locale first, "
                      "as in \"ai_locales en es fr;\"");
        return NGX_CONF_ERROR;
    }

    /* prefixes are taken off in servers that filter somewhere, in no others */

    if (conf->filter.state != NGX_HTTP_AI_OFF) {
        cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
        server = cscf->ctx->loc_conf[ngx_http_ai_filter_module.ctx_index];
        server->serves = 1;
    }

    ngx_http_ai_merge_segment(conf);

    if (ngx_http_ai_merge_policy(cf, prev, conf) != NGX_CONF_OK
        || ngx_http_ai_merge_translate(cf, prev, conf) != NGX_CONF_OK
        || ngx_http_ai_merge_generate(cf, prev, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_ai_budget_merge(cf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_ai_segment_merge(cf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_ai_assistant_merge(cf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_ai_copy_merge(cf, prev, conf);
}
