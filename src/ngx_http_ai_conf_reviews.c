
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The directive ai_reviews: where reviews are, who judges them, who sums them
 * up and where that goes.
 */


#include "ngx_http_ai_conf.h"
#include "engine/aif_summary.h"
#include "page/ngx_http_ai_reviews.h"


#define NGX_HTTP_AI_REVIEWS_ARENA   (64 * 1024)
#define NGX_HTTP_AI_REVIEWS_RENEW   20          /* per cent */


static char *ngx_http_ai_reviews_param(ngx_conf_t *cf,
    ngx_http_ai_reviews_conf_t *rc, aif_arena_t *arena, ngx_str_t *value);
static char *ngx_http_ai_reviews_into(ngx_conf_t *cf,
    ngx_http_ai_reviews_conf_t *rc, ngx_str_t *engine);


/* "ai_reviews selector|auto engine= [summary=] [into=] [renew=]", or "off" */

char *
ngx_http_ai_reviews(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t                   *value, summary, engine;
    ngx_uint_t                   i;
    aif_arena_t                 *arena;
    ngx_http_ai_main_conf_t     *amcf;
    ngx_http_ai_reviews_conf_t  *rc;

    if (alcf->reviews != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        alcf->reviews = NULL;
        return NGX_CONF_OK;
    }

    rc = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_reviews_conf_t));
    arena = ngx_http_ai_arena(cf, NGX_HTTP_AI_REVIEWS_ARENA);

    if (rc == NULL || arena == NULL) {
        return NGX_CONF_ERROR;
    }

    alcf->reviews = rc;
    rc->renew = NGX_HTTP_AI_REVIEWS_RENEW;
    rc->writer.reviews = 1;

    if (ngx_strcmp(value[1].data, "auto") != 0) {

        rc->writer.facts = ngx_http_ai_selector(cf, arena, &value[1]);

        if (rc->writer.facts == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    ngx_str_null(&engine);
    ngx_str_null(&summary);

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "engine=", 7) == 0) {
            engine.data = value[i].data + 7;
            engine.len = value[i].len - 7;

        } else if (ngx_strncmp(value[i].data, "summary=", 8) == 0) {
            summary.data = value[i].data + 8;
            summary.len = value[i].len - 8;

        } else if (ngx_http_ai_reviews_param(cf, rc, arena, &value[i])
                   != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (engine.len == 0) {
        return "must have \"engine=\"";
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    rc->engine = ngx_http_ai_generate_refer(cf, &amcf->readers, &engine);
    if (rc->engine == NULL) {
        return NGX_CONF_ERROR;
    }

    if (summary.len && rc->writer.selector == NULL) {
        return "has \"summary=\", but no place for it: \"into=\"";
    }

    return rc->writer.selector
           ? ngx_http_ai_reviews_into(cf, rc, summary.len ? &summary : &engine)
           : NGX_CONF_OK;
}


static char *
ngx_http_ai_reviews_param(ngx_conf_t *cf, ngx_http_ai_reviews_conf_t *rc,
    aif_arena_t *arena, ngx_str_t *value)
{
    ngx_int_t  n;
    ngx_str_t  rest;

    if (ngx_strncmp(value->data, "into=", 5) == 0) {

        rest.data = value->data + 5;
        rest.len = value->len - 5;

        rc->writer.selector = ngx_http_ai_selector(cf, arena, &rest);

        return rc->writer.selector ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "renew=", 6) == 0
        && value->data[value->len - 1] == '%')
    {
        n = ngx_atoi(value->data + 6, value->len - 7);

        if (n != NGX_ERROR && n <= 100) {
            rc->renew = n;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" in \"ai_reviews\", it must "
                       "be \"engine=\", \"summary=\", \"into=\", or "
                       "\"renew=\" and 0% to 100%%", value);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_reviews_into(ngx_conf_t *cf, ngx_http_ai_reviews_conf_t *rc,
    ngx_str_t *engine)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    rc->writer.prompt = &aif_summary_prompt;
    rc->writer.slot.name = aif_summary_prompt.name;
    rc->writer.engine = ngx_http_ai_generate_refer(cf, &amcf->writers, engine);

    return rc->writer.engine ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_ai_reviews_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    ngx_uint_t                n;
    ngx_http_ai_generator_t  *g;

    ngx_conf_merge_ptr_value(conf->reviews, prev->reviews, NULL);

    conf->generate = conf->generators;

    if (conf->reviews == NULL) {
        return NGX_CONF_OK;
    }

    n = conf->generators ? conf->generators->nelts : 0;

    if (n == NGX_HTTP_AI_MAX_GENERATORS) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "with \"ai_reviews\" a location has at most 15 times "
                      "\"ai_generate\"");
        return NGX_CONF_ERROR;
    }

    conf->generate = ngx_array_create(cf->pool, n + 1,
                                      sizeof(ngx_http_ai_generator_t));
    if (conf->generate == NULL) {
        return NGX_CONF_ERROR;
    }

    g = ngx_array_push_n(conf->generate, n + 1);

    if (n) {
        ngx_memcpy(g, conf->generators->elts,
                   n * sizeof(ngx_http_ai_generator_t));
    }

    g[n] = conf->reviews->writer;

    return NGX_CONF_OK;
}
