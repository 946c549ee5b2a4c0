
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The directive "ai_segment": its parameters, the zone that all its locations
 * share, and what a chat model is told where one sorts the customers.
 */


#include "endpoint/ngx_http_ai_segment.h"

#include "ngx_http_ai_conf.h"
#include "core/aif_noise.h"
#include "endpoint/ngx_http_ai_users.h"
#include "engine/aif_label.h"


#define NGX_HTTP_AI_SEGMENT_TTL     (30 * 24 * 60 * 60)    /* seconds */
#define NGX_HTTP_AI_SEGMENT_SIZE    (4 * 1024 * 1024)      /* bytes, zone */
#define NGX_HTTP_AI_SEGMENT_KEY     16                     /* bytes, least */


static char *ngx_http_ai_segment_parameter(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg, ngx_str_t *value);
static char *ngx_http_ai_segment_labels(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg, ngx_str_t *value);
static char *ngx_http_ai_segment_epsilon(ngx_uint_t *epsilon,
    ngx_str_t *value);
static char *ngx_http_ai_segment_check(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg);
static char *ngx_http_ai_segment_zone(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg);
static ngx_int_t ngx_http_ai_segment_prompt(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg);


/*
 * ai_segment engine=name labels=a,b key=file [users=file] [ttl=30d] [size=4m]
 *            [epsilon=1] [epsilon_day=1]
 */

char *
ngx_http_ai_set_segment(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char                      *rv;
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_ai_segment_t     *sg;
    ngx_http_core_loc_conf_t  *clcf;

    if (alcf->segments) {
        return "is duplicate";
    }

    sg = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_segment_t));
    if (sg == NULL) {
        return NGX_CONF_ERROR;
    }

    sg->ttl = NGX_HTTP_AI_SEGMENT_TTL;
    sg->size = NGX_HTTP_AI_SEGMENT_SIZE;
    sg->epsilon = 1000;
    sg->epsilon_day = 1000;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        rv = ngx_http_ai_segment_parameter(cf, sg, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    rv = ngx_http_ai_segment_check(cf, sg);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    rv = ngx_http_ai_segment_zone(cf, sg);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "conflicts with another content handler of this location";
    }

    clcf->handler = ngx_http_ai_segment_handler;
    alcf->segments = sg;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_segment_parameter(ngx_conf_t *cf, ngx_http_ai_segment_t *sg,
    ngx_str_t *value)
{
    u_char      *p;
    ssize_t      size;
    ngx_int_t    ttl;
    ngx_str_t    s;

    p = ngx_strlchr(value->data, value->data + value->len, '=');

    if (p == NULL) {
        goto invalid;
    }

    s.data = p + 1;
    s.len = value->data + value->len - s.data;

    if (ngx_strncmp(value->data, "engine=", 7) == 0) {
        sg->engine = ngx_http_ai_engine_refer(cf, &s);
        return sg->engine ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "labels=", 7) == 0) {
        return ngx_http_ai_segment_labels(cf, sg, &s);
    }

    if (ngx_strncmp(value->data, "users=", 6) == 0) {
        sg->users = s;
        return ngx_http_ai_users_conf(cf, &sg->users) == NGX_OK
               ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "key=", 4) == 0) {
        sg->key_file = s;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "ttl=", 4) == 0) {

        ttl = ngx_parse_time(&s, 1);

        if (ttl == NGX_ERROR || ttl == 0) {
            return "must have a \"ttl\" that is a time greater than 0, such "
                   "as \"30d\"";
        }

        sg->ttl = ttl;

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "size=", 5) == 0) {

        size = ngx_parse_size(&s);

        if (size < (ssize_t) NGX_AI_CUSTOMERS_MIN_SIZE) {
            return "must have a \"size\" of 64k or more, such as \"4m\"";
        }

        sg->size = size;

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "epsilon=", 8) == 0) {
        return ngx_http_ai_segment_epsilon(&sg->epsilon, &s);
    }

    if (ngx_strncmp(value->data, "epsilon_day=", 12) == 0) {
        return ngx_http_ai_segment_epsilon(&sg->epsilon_day, &s);
    }

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\", it "
                       "must be one of engine=, labels=, key=, users=, ttl=, "
                       "size=, epsilon=, epsilon_day=", value);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_segment_labels(ngx_conf_t *cf, ngx_http_ai_segment_t *sg,
    ngx_str_t *value)
{
    u_char      *p, *end, *last;
    ngx_str_t    label;
    ngx_uint_t   i;

    sg->nlabels = 0;
    last = value->data + value->len;

    for (p = value->data; p <= last; p = end + 1) {

        end = ngx_strlchr(p, last, ',');

        if (end == NULL) {
            end = last;
        }

        label.data = p;
        label.len = end - p;

        if (!aif_label_valid((aif_str_t *) &label, NGX_AI_CUSTOMERS_NAME)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid label \"%V\", it must have 1 to %d of "
                               "a-z, 0-9, \"_\" and \"-\"", &label,
                               NGX_AI_CUSTOMERS_NAME);
            return NGX_CONF_ERROR;
        }

        for (i = 0; i < sg->nlabels; i++) {
            if (sg->labels[i].len == label.len
                && ngx_memcmp(sg->labels[i].data, label.data, label.len) == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate label \"%V\"", &label);
                return NGX_CONF_ERROR;
            }
        }

        if (sg->nlabels == NGX_AI_CUSTOMERS_LABELS) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "there must be at most %d labels",
                               NGX_AI_CUSTOMERS_LABELS);
            return NGX_CONF_ERROR;
        }

        sg->labels[sg->nlabels++] = label;
    }

    sg->set = ngx_crc32_long(value->data, value->len);

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_segment_epsilon(ngx_uint_t *epsilon, ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_atofp(value->data, value->len, 3);

    if (n < AIF_NOISE_MIN_EPSILON || n > AIF_NOISE_MAX_EPSILON) {
        return "must have an epsilon from 0.001 to 100";
    }

    *epsilon = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_segment_check(ngx_conf_t *cf, ngx_http_ai_segment_t *sg)
{
    if (sg->engine == NULL || sg->nlabels == 0 || sg->key_file.len == 0) {
        return "must have \"engine=name\", \"labels=a,b\" and \"key=file\"";
    }

    if (sg->nlabels < 2) {
        return "must have two labels or more";
    }

    if (sg->epsilon_day < sg->epsilon) {
        return "must have an \"epsilon_day\" that is not less than "
               "\"epsilon\": else there is no report at all";
    }

    return ngx_http_ai_segment_prompt(cf, sg) == NGX_OK ? NGX_CONF_OK
                                                        : NGX_CONF_ERROR;
}


/* All locations share one zone and one key: a customer is the same in each. */

static char *
ngx_http_ai_segment_zone(ngx_conf_t *cf, ngx_http_ai_segment_t *sg)
{
    ngx_str_t                 key, name;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    if (ngx_conf_full_name(cf->cycle, &sg->key_file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (amcf->customers) {

        if (amcf->customers_size != sg->size
            || amcf->customers_key.len != sg->key_file.len
            || ngx_strcmp(amcf->customers_key.data, sg->key_file.data) != 0)
        {
            return "must have the same \"key\" and \"size\" in every location";
        }

        return NGX_CONF_OK;
    }

    if (ngx_http_ai_secret(cf, &sg->key_file, "\"ai_segment\"",
                           NGX_HTTP_AI_SEGMENT_KEY, &key)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_str_set(&name, "ai_segment");

    amcf->customers = ngx_ai_customers_add(cf, &name, sg->size, &key,
                                           &ngx_http_ai_filter_module);
    if (amcf->customers == NULL) {
        return NGX_CONF_ERROR;
    }

    amcf->customers_key = sg->key_file;
    amcf->customers_size = sg->size;

    return NGX_CONF_OK;
}


/* For engines that follow prompts; a classifier has its labels by training. */

static ngx_int_t
ngx_http_ai_segment_prompt(ngx_conf_t *cf, ngx_http_ai_segment_t *sg)
{
    u_char      *p;
    size_t       size;
    ngx_uint_t   i;

    static const char  head[] = "{\"type\":\"object\",\"properties\":{"
        "\"label\":{\"type\":\"string\",\"enum\":[";
    static const char  tail[] = "]},\"score\":{\"type\":\"number\","
        "\"minimum\":0,\"maximum\":1}},\"required\":[\"label\",\"score\"],"
        "\"additionalProperties\":false}";
    static const char  system[] = "You sort a shop's customers by what they "
        "bought and wrote. Answer with the one label that fits best, and with "
        "how sure you are, from 0 to 1.";

    size = sizeof(head) + sizeof(tail);

    for (i = 0; i < sg->nlabels; i++) {
        size += sg->labels[i].len + sizeof("\"\",") - 1;
    }

    p = ngx_pnalloc(cf->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    sg->prompt.schema.data = p;
    p = ngx_cpymem(p, head, sizeof(head) - 1);

    for (i = 0; i < sg->nlabels; i++) {
        p = ngx_sprintf(p, "%s\"%V\"", i ? "," : "", &sg->labels[i]);
    }

    p = ngx_cpymem(p, tail, sizeof(tail) - 1);
    sg->prompt.schema.len = p - sg->prompt.schema.data;

    aif_str_set(&sg->prompt.name, "segment");
    aif_str_set(&sg->prompt.system, system);
    sg->prompt.task = AIF_PROMPT_WRITE;
    sg->prompt.answer = AIF_PROMPT_OBJECT;

    return NGX_OK;
}


/* An "if" in the location has its handler, too. */

char *
ngx_http_ai_segment_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    ngx_http_ai_segment_t  *sg;

    if (conf->segments == NULL) {
        conf->segments = prev->segments;
        return NGX_CONF_OK;
    }

    sg = conf->segments;
    sg->account = ngx_http_ai_budget_account(cf, sg->engine, &conf->scope);

    return sg->account ? NGX_CONF_OK : NGX_CONF_ERROR;
}
