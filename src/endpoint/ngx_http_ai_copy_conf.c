
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The directive "ai_copy", and the prompts that its locations share.
 */


#include "endpoint/ngx_http_ai_copy.h"
#include "endpoint/ngx_http_ai_users.h"
#include "ngx_http_ai_conf.h"


#define NGX_HTTP_AI_COPY_WAIT     20000            /* ms */
#define NGX_HTTP_AI_COPY_LONGEST  300000
#define NGX_HTTP_AI_COPY_ARENA    (1024 * 1024)    /* bytes, of all prompts */


static char *ngx_http_ai_copy_parameter(ngx_conf_t *cf,
    ngx_http_ai_copy_t *copy, ngx_str_t *value);
static ngx_int_t ngx_http_ai_copy_writer(ngx_conf_t *cf,
    ngx_http_ai_copy_t *copy);


/* ai_copy engine=name [users=file] [wait=20s] */

char *
ngx_http_ai_set_copy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_ai_copy_t        *copy;
    ngx_http_ai_main_conf_t   *amcf;
    ngx_http_core_loc_conf_t  *clcf;

    if (alcf->copy) {
        return "is duplicate";
    }

    copy = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_copy_t));
    if (copy == NULL) {
        return NGX_CONF_ERROR;
    }

    copy->wait = NGX_HTTP_AI_COPY_WAIT;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_ai_copy_parameter(cf, copy, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (copy->engine == NULL) {
        return "must have \"engine=name\"";
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    if (amcf->copies == NULL) {

        amcf->copies = ngx_http_ai_copy_prompts(cf);
        if (amcf->copies == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "conflicts with another content handler of this location";
    }

    clcf->handler = ngx_http_ai_copy_handler;
    alcf->copy = copy;

    return ngx_http_ai_copy_writer(cf, copy) == NGX_OK ? NGX_CONF_OK
                                                       : NGX_CONF_ERROR;
}


static char *
ngx_http_ai_copy_parameter(ngx_conf_t *cf, ngx_http_ai_copy_t *copy,
    ngx_str_t *value)
{
    ngx_int_t  wait;
    ngx_str_t  s;

    if (ngx_strncmp(value->data, "engine=", 7) == 0) {

        s.data = value->data + 7;
        s.len = value->len - 7;

        copy->engine = ngx_http_ai_engine_refer(cf, &s);

        return copy->engine ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "users=", 6) == 0) {

        copy->users.data = value->data + 6;
        copy->users.len = value->len - 6;

        return ngx_http_ai_users_conf(cf, &copy->users) == NGX_OK
               ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "wait=", 5) == 0) {

        s.data = value->data + 5;
        s.len = value->len - 5;

        wait = ngx_parse_time(&s, 0);

        if (wait != NGX_ERROR && wait > 0
            && wait <= NGX_HTTP_AI_COPY_LONGEST)
        {
            copy->wait = wait;
            return NGX_CONF_OK;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid value \"%V\" in "
                           "\"ai_copy\" directive, it must be a time from "
                           "1ms to 5m", value);

        return NGX_CONF_ERROR;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\" in "
                       "\"ai_copy\", it must be \"engine=\", \"users=\" or "
                       "\"wait=\"", value);

    return NGX_CONF_ERROR;
}


/* whose engine must follow prompts, and for whom lists of claims are made */

static ngx_int_t
ngx_http_ai_copy_writer(ngx_conf_t *cf, ngx_http_ai_copy_t *copy)
{
    ngx_http_ai_reference_t  *ref;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    ref = ngx_array_push(&amcf->writers);
    if (ref == NULL) {
        return NGX_ERROR;
    }

    ref->engine = copy->engine;
    ref->file = cf->conf_file->file.name.data;
    ref->line = cf->conf_file->line;

    return NGX_OK;
}


ngx_array_t *
ngx_http_ai_copy_prompts(ngx_conf_t *cf)
{
    ngx_uint_t                  i, n;
    ngx_array_t                *prompts;
    aif_arena_t                *arena;
    ngx_pool_cleanup_t         *cln;
    const aif_copy_kind_t      *kind;
    ngx_http_ai_copy_prompt_t  *cp;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    prompts = ngx_array_create(cf->pool, 64, sizeof(ngx_http_ai_copy_prompt_t));

    if (cln == NULL || prompts == NULL) {
        return NULL;
    }

    arena = aif_arena_create(0, NGX_HTTP_AI_COPY_ARENA);
    if (arena == NULL) {
        return NULL;
    }

    cln->handler = (ngx_pool_cleanup_pt) aif_arena_destroy;
    cln->data = arena;

    for (i = 0; (kind = aif_copy_kind_at(i)) != NULL; i++) {

        for (n = 1; n <= kind->most; n++) {

            cp = ngx_array_push(prompts);

            if (cp == NULL
                || aif_copy_prompt(kind, n, arena, &cp->prompt) != AIF_OK)
            {
                return NULL;
            }

            cp->kind = kind;
            cp->n = n;
        }
    }

    return prompts;
}


ngx_http_ai_copy_prompt_t *
ngx_http_ai_copy_prompt(ngx_array_t *prompts, const aif_copy_kind_t *kind,
    ngx_uint_t n)
{
    ngx_uint_t                  i;
    ngx_http_ai_copy_prompt_t  *cp;

    cp = prompts->elts;

    for (i = 0; i < prompts->nelts; i++) {
        if (cp[i].kind == kind && cp[i].n == n) {
            return &cp[i];
        }
    }

    return NULL;
}


/* An "if" in the location has its handler, too. */

char *
ngx_http_ai_copy_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    if (conf->copy == NULL) {
        conf->copy = prev->copy;
        return NGX_CONF_OK;
    }

    if (conf->locales == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_copy\" is used, but no \"ai_locales\" are defined "
                      "for it: list the shop's own locale first, as in "
                      "\"ai_locales en es fr;\"");
        return NGX_CONF_ERROR;
    }

    if (conf->self.len && conf->self.data[0] == 'o') {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_copy\" is used where \"ai_self\" is off: it could "
                      "not read pages");
        return NGX_CONF_ERROR;
    }

    conf->copy->account = ngx_http_ai_budget_account(cf, conf->copy->engine,
                                                     &conf->scope);

    return conf->copy->account ? NGX_CONF_OK : NGX_CONF_ERROR;
}
