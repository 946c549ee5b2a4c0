
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the front door and the endpoints.
 */


#ifndef _NGX_HTTP_AI_ENDPOINT_H_INCLUDED_
#define _NGX_HTTP_AI_ENDPOINT_H_INCLUDED_


#include "ngx_http_ai_filter_module.h"


/*
 * ngx_http_ai_where.c: sets how this nginx is reached for the page in "fetch",
 * by ai_self or the request's connection.  NGX_OK, NGX_DECLINED (not at all) or
 * NGX_ERROR.
 */

ngx_int_t ngx_http_ai_where(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_ai_self_fetch_t *fetch);


/* endpoint/ngx_http_ai_assistant.c: ai_assistant engine=name ... */

char *ngx_http_ai_set_assistant(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_ai_assistant_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);


/* endpoint/ngx_http_ai_segment.c: ai_segment engine=name labels=a,b ... */

char *ngx_http_ai_set_segment(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_segment_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);


/* endpoint/ngx_http_ai_insights.c: ai_insights users=file [size=4m] */

char *ngx_http_ai_set_insights(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/* endpoint/ngx_http_ai_status.c: ai_status [json] */

char *ngx_http_ai_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/* endpoint/ngx_http_ai_copy_conf.c: ai_copy engine=name users=file ... */

char *ngx_http_ai_set_copy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_copy_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);


#endif /* _NGX_HTTP_AI_ENDPOINT_H_INCLUDED_ */
