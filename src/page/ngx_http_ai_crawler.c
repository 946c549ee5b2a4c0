
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_crawlers": visitors who are machines read what exists, and never cause a
 * call.  Known by the User-Agent alone, which anybody may write: this saves
 * money and protects nothing.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_crawler.h"


ngx_uint_t
ngx_http_ai_crawler(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    ngx_str_t  *agent;

    if (!alcf->crawlers || r->headers_in.user_agent == NULL) {
        return 0;
    }

    agent = &r->headers_in.user_agent->value;

    return aif_crawler_known(agent->data, agent->len);
}


char *
ngx_http_ai_set_crawlers(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t  *value;

    if (alcf->crawlers != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        alcf->crawlers = 0;

    } else if (ngx_strcmp(value[1].data, "known") == 0) {
        alcf->crawlers = 1;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"%V\" directive, it must "
                           "be \"known\" or \"off\"", &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
