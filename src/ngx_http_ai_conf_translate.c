
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The directives ai_translate and ai_glossary: which engines are asked, and in
 * which words.
 */


#include "ngx_http_ai_conf.h"


static ngx_int_t ngx_http_ai_translate_check(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, const char *directive);
static char *ngx_http_ai_translate_prompt(ngx_conf_t *cf,
    ngx_http_ai_loc_conf_t *alcf, ngx_str_t *value);


char *
ngx_http_ai_translate(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t         *value;
    ngx_uint_t         i, k;
    ngx_ai_engine_t  **ep, *engine;

    if (alcf->translate != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    alcf->translate = ngx_array_create(cf->pool, cf->args->nelts,
                                       sizeof(ngx_ai_engine_t *));
    if (alcf->translate == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "prompt=", 7) == 0) {

            if (ngx_http_ai_translate_prompt(cf, alcf, &value[i])
                != NGX_CONF_OK)
            {
                return NGX_CONF_ERROR;
            }

            continue;
        }

        engine = ngx_http_ai_engine_refer(cf, &value[i]);
        if (engine == NULL) {
            return NGX_CONF_ERROR;
        }

        ep = alcf->translate->elts;

        for (k = 0; k < alcf->translate->nelts; k++) {
            if (ep[k] == engine) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate engine \"%V\" in "
                                   "\"ai_translate\"", &value[i]);
                return NGX_CONF_ERROR;
            }
        }

        ep = ngx_array_push(alcf->translate);
        if (ep == NULL) {
            return NGX_CONF_ERROR;
        }

        *ep = engine;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_translate_prompt(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *value)
{
    ngx_str_t  name;

    name.len = value->len - (sizeof("prompt=") - 1);
    name.data = value->data + (sizeof("prompt=") - 1);

    if (alcf->prompt) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate \"prompt\" in \"ai_translate\"");
        return NGX_CONF_ERROR;
    }

    alcf->prompt = ngx_http_ai_prompt_refer(cf, &name);

    return alcf->prompt ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/*
 * Texts of another engine or prompt are stale: the preferred ones make them
 * anew.  The prompt's name is part of where texts belong, so that locations
 * with different ones don't renew each other's for ever.
 */

char *
ngx_http_ai_merge_translate(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    ngx_uint_t         i;
    ngx_ai_engine_t  **engine;

    static ngx_str_t  translate = ngx_string("translate");

    if (conf->translate == NGX_CONF_UNSET_PTR) {
        conf->prompt = prev->prompt;
    }

    ngx_conf_merge_ptr_value(conf->translate, prev->translate, NULL);
    ngx_conf_merge_ptr_value(conf->glossary, prev->glossary, NULL);

    if (conf->query
        && ngx_http_ai_translate_check(cf, conf->query->engine, "ai_query")
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (conf->translate == NULL || conf->translate->nelts == 0) {
        return NGX_CONF_OK;
    }

    if (conf->prompt == NULL) {
        conf->prompt = ngx_http_ai_prompt_own(cf, &translate);
    }

    if (conf->prompt && conf->prompt->task != AIF_PROMPT_TRANSLATE) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_translate\" has \"prompt=%V\", which doesn't "
                      "translate: its block must have \"task translate;\"",
                      (ngx_str_t *) &conf->prompt->name);
        return NGX_CONF_ERROR;
    }

    engine = conf->translate->elts;

    for (i = 0; i < conf->translate->nelts; i++) {
        if (ngx_http_ai_translate_check(cf, engine[i], "ai_translate")
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->glossary && !engine[0]->dialect->prompts) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ai_glossary\" \"%V\" is of no use to engine \"%V\", "
                      "whose protocol is \"%s\"", &conf->glossary->file,
                      &engine[0]->name, engine[0]->dialect->name);
        conf->glossary = NULL;
    }

    conf->recipe = ngx_ai_policy_recipe(conf->policy, engine[0]->recipe,
                                        aif_prompt_hash(conf->prompt));

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_ai_translate_check(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    const char *directive)
{
    if (!engine->dialect->labels) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"%s\" has engine \"%V\", whose protocol \"%s\" doesn't "
                  "translate", directive, &engine->name,
                  engine->dialect->name);

    return NGX_ERROR;
}


/* Locations that inherit it share what a worker read. */

char *
ngx_http_ai_glossary(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t           *value;
    ngx_ai_glossary_t   *g;
    ngx_pool_cleanup_t  *cln;

    if (alcf->glossary != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        alcf->glossary = NULL;
        return NGX_CONF_OK;
    }

    g = ngx_pcalloc(cf->pool, sizeof(ngx_ai_glossary_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (g == NULL || cln == NULL) {
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_ai_glossary_free;
    cln->data = g;

    g->file = value[1];

    if (ngx_conf_full_name(cf->cycle, &g->file, 1) != NGX_OK
        || ngx_ai_glossary_load(g, NGX_LOG_EMERG, cf->log) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    alcf->glossary = g;

    return NGX_CONF_OK;
}
