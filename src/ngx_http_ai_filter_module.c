
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Front door: the module's definition, its place among the filters and the
 * phases, and what a worker does when it starts and ends.
 */


#include "ngx_http_ai_filter_module.h"
#include "ngx_http_ai_conf.h"
#include "infer/ngx_ai_curl.h"
#include "infer/ngx_ai_read.h"


static ngx_int_t ngx_http_ai_init_process(ngx_cycle_t *cycle);
static void ngx_http_ai_exit_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_ai_preconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_ai_postconfiguration(ngx_conf_t *cf);
static ngx_int_t ngx_http_ai_phases(ngx_conf_t *cf);
static ngx_int_t ngx_http_ai_check_position(ngx_conf_t *cf);
static ngx_int_t ngx_http_ai_module_index(ngx_conf_t *cf, const char *name);


static ngx_http_module_t  ngx_http_ai_filter_module_ctx = {
    ngx_http_ai_preconfiguration,          /* preconfiguration */
    ngx_http_ai_postconfiguration,         /* postconfiguration */

    ngx_http_ai_create_main_conf,          /* create main configuration */
    ngx_http_ai_init_main_conf,            /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_ai_create_loc_conf,           /* create location configuration */
    ngx_http_ai_merge_loc_conf             /* merge location configuration */
};


ngx_module_t  ngx_http_ai_filter_module = {
    NGX_MODULE_V1,
    &ngx_http_ai_filter_module_ctx,        /* module context */
    ngx_http_ai_commands,                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_ai_init_process,              /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_ai_exit_process,              /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


ngx_http_output_header_filter_pt  ngx_http_ai_next_header_filter;
ngx_http_output_body_filter_pt    ngx_http_ai_next_body_filter;


static ngx_int_t
ngx_http_ai_init_process(ngx_cycle_t *cycle)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ai_filter_module);

    if (amcf == NULL || amcf->store == NULL) {
        return NGX_OK;
    }

    return ngx_ai_sched_init(cycle, amcf->store, &amcf->engines,
                             &amcf->accounts);
}


static void
ngx_http_ai_exit_process(ngx_cycle_t *cycle)
{
    ngx_ai_sched_exit();
    ngx_ai_self_exit();
    ngx_ai_curl_exit();
    ngx_ai_read_exit();
    ngx_http_ai_page_exit();
}


static ngx_int_t
ngx_http_ai_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_ai_add_variables(cf);
}


static ngx_int_t
ngx_http_ai_postconfiguration(ngx_conf_t *cf)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    if (amcf->store && ngx_http_ai_budget_slots(cf, amcf) != NGX_CONF_OK) {
        return NGX_ERROR;
    }

    if (amcf->asks_customers && amcf->customers == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_segment_from\" asks for customers' labels, but no "
                      "location has \"ai_segment\"");
        return NGX_ERROR;
    }

    if ((amcf->customers || amcf->copies) && amcf->store == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"%s\" is used, but no \"ai_zone\" is defined: "
                      "put \"ai_zone name:64m;\" into the http block",
                      amcf->customers ? "ai_segment" : "ai_copy");
        return NGX_ERROR;
    }

    if (!amcf->used) {

        if (amcf->asks) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"ai_assistant\" is used, but no location has "
                          "\"ai_filter\": there are no pages that it may read");
            return NGX_ERROR;
        }

        return NGX_OK;
    }

    if (amcf->store == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ai_filter\" is used, but no \"ai_zone\" is defined: "
                      "put \"ai_zone name:64m;\" into the http block");
        return NGX_ERROR;
    }

    if (ngx_http_ai_check_position(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_ai_phases(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_ai_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_ai_header_filter;

    ngx_http_ai_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_ai_body_filter;

    return NGX_OK;
}


/*
 * Handlers of a phase run in reverse order of registration.  Ours must be the
 * last of the server rewrite phase, so that the rewrite module's directives
 * still see the prefix: it goes to the front of the array, whatever is
 * registered after us.  In a location's rewrite phase it is the other way
 * round: the door is looked at before "return" answers.
 */

static ngx_int_t
ngx_http_ai_phases(ngx_conf_t *cf)
{
    ngx_array_t                *a;
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ai_self_handler;

    a = &cmcf->phases[NGX_HTTP_SERVER_REWRITE_PHASE].handlers;

    if (ngx_array_push(a) == NULL) {
        return NGX_ERROR;
    }

    h = a->elts;
    ngx_memmove(&h[1], &h[0], (a->nelts - 1) * sizeof(ngx_http_handler_pt));
    h[0] = ngx_http_ai_prefix_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_REWRITE_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ai_prefix_door_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ai_conditional_handler;

    /* words are paid for: not those of whom a rule sends away */

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_ai_query_handler;

    return NGX_OK;
}


/*
 * A module with a higher index runs earlier in the filter chain.  We must
 * stand directly under postpone, where the assembled page arrives, and no
 * compressing filter may stand between: we would be given its bytes.
 */

static ngx_int_t
ngx_http_ai_check_position(ngx_conf_t *cf)
{
    ngx_int_t     self, postpone, i;
    ngx_uint_t    k;
    const char   *name;

    static const char  *compressors[] = {
        "brotli", "zstd", "gzip_filter", "compress"
    };

    self = ngx_http_ai_module_index(cf, "ngx_http_ai_filter_module");
    postpone = ngx_http_ai_module_index(cf, "ngx_http_postpone_filter_module");

    if (postpone == NGX_ERROR) {
        postpone = ngx_http_ai_module_index(cf, "ngx_http_copy_filter_module");
    }

    if (self > postpone) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "ngx_http_ai_filter_module must stand before "
                      "ngx_http_postpone_filter_module in the list of modules: "
                      "build it with the \"config\" script it comes with");
        return NGX_ERROR;
    }

    for (i = self + 1; i < postpone; i++) {

        name = cf->cycle->modules[i]->name;

        for (k = 0; k < sizeof(compressors) / sizeof(compressors[0]); k++) {

            if (ngx_strstr(name, compressors[k]) == NULL) {
                continue;
            }

            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "module \"%s\" would compress pages before "
                          "ngx_http_ai_filter_module reads them: move the "
                          "\"load_module\" line of "
                          "ngx_http_ai_filter_module.so below the one that "
                          "loads \"%s\"", name, name);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_module_index(ngx_conf_t *cf, const char *name)
{
    ngx_int_t  i;

    for (i = 0; cf->cycle->modules[i]; i++) {
        if (ngx_strcmp(cf->cycle->modules[i]->name, name) == 0) {
            return i;
        }
    }

    return NGX_ERROR;
}
