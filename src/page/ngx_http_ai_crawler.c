
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_crawlers": visitors who are machines read what exists, and never cause a
 * call.  Known by the User-Agent alone, which anybody may write: this saves
 * money and protects nothing.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_crawler.h"
#include "core/aif_pattern.h"


static ngx_uint_t ngx_http_ai_crawler_match(ngx_http_ai_crawlers_t *crawlers,
    ngx_str_t *agent);
static char *ngx_http_ai_crawler_pattern(ngx_conf_t *cf,
    ngx_http_ai_crawlers_t *crawlers, ngx_str_t *value);
static void ngx_http_ai_crawler_cleanup(void *data);


/* without the directive */

static ngx_http_ai_crawlers_t  ngx_http_ai_crawlers_known = { NULL, 1 };


ngx_uint_t
ngx_http_ai_crawler(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    ngx_str_t               *agent;
    ngx_http_ai_crawlers_t  *crawlers;

    crawlers = alcf->crawlers ? alcf->crawlers : &ngx_http_ai_crawlers_known;

    if (r->headers_in.user_agent == NULL) {
        return 0;
    }

    agent = &r->headers_in.user_agent->value;

    if (crawlers->known && aif_crawler_known(agent->data, agent->len)) {
        return 1;
    }

    return crawlers->patterns && ngx_http_ai_crawler_match(crawlers, agent);
}


/*
 * No person has a User-Agent that drives a pattern to its limits.  Patterns
 * read UTF-8 and no other bytes: what is not ASCII is a question mark for them.
 */

static ngx_uint_t
ngx_http_ai_crawler_match(ngx_http_ai_crawlers_t *crawlers, ngx_str_t *agent)
{
    int                   rc;
    size_t                i;
    u_char                text[AIF_CRAWLER_MAX_AGENT];
    aif_str_t             subject;
    ngx_uint_t            n;
    aif_pattern_t       **pattern;
    aif_pattern_scan_t    scan;

    subject.data = text;
    subject.len = ngx_min(agent->len, AIF_CRAWLER_MAX_AGENT);

    for (i = 0; i < subject.len; i++) {
        text[i] = agent->data[i] < 0x80 ? agent->data[i] : '?';
    }

    pattern = crawlers->patterns->elts;

    for (n = 0; n < crawlers->patterns->nelts; n++) {

        aif_pattern_scan(&scan, pattern[n], &subject);
        rc = aif_pattern_next(&scan);

        if (rc == AIF_OK || rc == AIF_LIMIT) {
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_ai_set_crawlers(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char                    *rv;
    ngx_str_t               *value;
    ngx_uint_t               i;
    ngx_http_ai_crawlers_t  *crawlers;

    if (alcf->crawlers != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    crawlers = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_crawlers_t));
    if (crawlers == NULL) {
        return NGX_CONF_ERROR;
    }

    alcf->crawlers = crawlers;
    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "known") == 0) {
            crawlers->known = 1;
            continue;
        }

        rv = ngx_http_ai_crawler_pattern(cf, crawlers, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_crawler_pattern(ngx_conf_t *cf, ngx_http_ai_crawlers_t *crawlers,
    ngx_str_t *value)
{
    char                  error[AIF_PATTERN_MAX_ERROR];
    size_t                at;
    aif_str_t             text;
    aif_pattern_t       **pattern;
    ngx_pool_cleanup_t   *cln;

    if (value->len == 0) {
        return "must not have an empty pattern, which every visitor matches";
    }

    if (crawlers->patterns == NULL) {
        crawlers->patterns = ngx_array_create(cf->pool, 1,
                                              sizeof(aif_pattern_t *));
        if (crawlers->patterns == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    text.len = value->len + sizeof("(?i)") - 1;
    text.data = ngx_pnalloc(cf->pool, text.len);
    if (text.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memcpy(ngx_cpymem(text.data, "(?i)", 4), value->data, value->len);

    pattern = ngx_array_push(crawlers->patterns);
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (pattern == NULL || cln == NULL) {
        return NGX_CONF_ERROR;
    }

    switch (aif_pattern_create(&text, pattern, error, &at)) {

    case AIF_OK:
        cln->handler = ngx_http_ai_crawler_cleanup;
        cln->data = *pattern;
        return NGX_CONF_OK;

    case AIF_BAD:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid pattern \"%V\" in \"ai_crawlers\" "
                           "directive: %s at %uz", value, error,
                           at > 4 ? at - 4 : 0);
        return NGX_CONF_ERROR;

    default:
        return NGX_CONF_ERROR;
    }
}


static void
ngx_http_ai_crawler_cleanup(void *data)
{
    aif_pattern_destroy(data);
}
