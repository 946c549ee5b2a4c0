
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What must survive and what must not leave: ai_protect and ai_mask.  How a
 * text is held against them is infer/ngx_ai_policy.c's.
 */


#include "ngx_http_ai_conf.h"


static ngx_array_t *ngx_http_ai_patterns(ngx_conf_t *cf, ngx_uint_t n);
static char *ngx_http_ai_pattern(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_str_t *value, ngx_array_t *patterns);
static void ngx_http_ai_pattern_cleanup(void *data);


/* where nothing is said of either, all locations have this one */

static aif_mask_t       ngx_http_ai_default_mask = { AIF_MASK_DEFAULT, NULL,
                                                     0 };
static ngx_ai_policy_t  ngx_http_ai_default_policy = {
    &ngx_http_ai_default_mask, NULL, 0, 0
};


char *
ngx_http_ai_protect(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char        *rv;
    uint32_t     hash;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (alcf->protect != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    alcf->protect = ngx_http_ai_patterns(cf, cf->args->nelts - 1);
    if (alcf->protect == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    ngx_crc32_init(hash);

    for (i = 1; i < cf->args->nelts; i++) {

        rv = ngx_http_ai_pattern(cf, cmd, &value[i], alcf->protect);
        if (rv != NGX_CONF_OK) {
            return rv;
        }

        /* with the NUL behind it: "a" "b" is not "ab" */

        ngx_crc32_update(&hash, value[i].data, value[i].len + 1);
    }

    ngx_crc32_final(hash);

    alcf->protect_hash = hash ? hash : 1;

    return NGX_CONF_OK;
}


char *
ngx_http_ai_mask(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char         *rv;
    unsigned      preset;
    ngx_str_t    *value;
    ngx_uint_t    i;
    aif_mask_t   *mask;
    ngx_array_t  *patterns;

    if (alcf->mask != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    mask = ngx_pcalloc(cf->pool, sizeof(aif_mask_t));
    patterns = ngx_http_ai_patterns(cf, cf->args->nelts - 1);

    if (mask == NULL || patterns == NULL) {
        return NGX_CONF_ERROR;
    }

    alcf->mask = mask;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "off") == 0) {

            if (cf->args->nelts == 2) {
                return NGX_CONF_OK;
            }

            return "has \"off\" beside other parameters";
        }

        preset = aif_mask_preset(value[i].data, value[i].len);

        if (preset) {
            mask->presets |= preset;
            continue;
        }

        rv = ngx_http_ai_pattern(cf, cmd, &value[i], patterns);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    mask->patterns = patterns->elts;
    mask->npatterns = patterns->nelts;

    return NGX_CONF_OK;
}


static ngx_array_t *
ngx_http_ai_patterns(ngx_conf_t *cf, ngx_uint_t n)
{
    return ngx_array_create(cf->pool, n, sizeof(aif_pattern_t *));
}


static char *
ngx_http_ai_pattern(ngx_conf_t *cf, ngx_command_t *cmd, ngx_str_t *value,
    ngx_array_t *patterns)
{
    int                  rc;
    char                 error[AIF_PATTERN_MAX_ERROR];
    size_t               at;
    aif_pattern_t       *pattern, **p;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    p = ngx_array_push(patterns);

    if (cln == NULL || p == NULL) {
        return NGX_CONF_ERROR;
    }

    rc = aif_pattern_create((aif_str_t *) value, &pattern, error, &at);

    if (rc == AIF_BAD) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid pattern \"%V\" in \"%V\": %s, at \"%s\"",
                           value, &cmd->name, error, value->data + at);
        return NGX_CONF_ERROR;
    }

    if (rc != AIF_OK) {
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_http_ai_pattern_cleanup;
    cln->data = pattern;

    *p = pattern;

    return NGX_CONF_OK;
}


static void
ngx_http_ai_pattern_cleanup(void *data)
{
    aif_pattern_destroy(data);
}


/*
 * Locations that inherit both share a policy, and so the calls of an engine.
 */

char *
ngx_http_ai_merge_policy(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    ngx_ai_policy_t  *policy;

    if (conf->protect == NGX_CONF_UNSET_PTR) {
        conf->protect_hash = prev->protect_hash;
    }

    ngx_conf_merge_ptr_value(conf->protect, prev->protect, NULL);
    ngx_conf_merge_ptr_value(conf->mask, prev->mask,
                             &ngx_http_ai_default_mask);

    if (conf->protect == NULL && conf->mask == &ngx_http_ai_default_mask) {
        conf->policy = &ngx_http_ai_default_policy;
        return NGX_CONF_OK;
    }

    if (prev->policy && conf->protect == prev->protect
        && conf->mask == prev->mask)
    {
        conf->policy = prev->policy;
        return NGX_CONF_OK;
    }

    policy = ngx_pcalloc(cf->pool, sizeof(ngx_ai_policy_t));
    if (policy == NULL) {
        return NGX_CONF_ERROR;
    }

    policy->mask = conf->mask;
    policy->recipe = conf->protect_hash;

    if (conf->protect) {
        policy->protect = conf->protect->elts;
        policy->nprotect = conf->protect->nelts;
    }

    conf->policy = policy;

    return NGX_CONF_OK;
}
