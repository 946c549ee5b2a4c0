
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Who may use a merchant's endpoint: the "users=" file, in htpasswd's form.
 */


#ifndef _NGX_HTTP_AI_USERS_H_INCLUDED_
#define _NGX_HTTP_AI_USERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define NGX_HTTP_AI_USERS_MAX  65536     /* bytes of the file */


/*
 * ngx_http_ai_users_conf() is for the setter of a directive: the file of a
 * parameter, by its whole name; it must be there, and is read again with each
 * request.  NGX_OK or NGX_ERROR, logged.
 *
 * ngx_http_ai_users_check(): NGX_OK, and the user's name in the request's
 * memory; NGX_DECLINED: the request was answered (401, 403, 500), and *rc is
 * for the content handler to return.  Without a file nobody may.
 */

ngx_int_t ngx_http_ai_users_conf(ngx_conf_t *cf, ngx_str_t *file);
ngx_int_t ngx_http_ai_users_check(ngx_http_request_t *r, ngx_str_t *file,
    ngx_str_t *user, ngx_int_t *rc);


#endif /* _NGX_HTTP_AI_USERS_H_INCLUDED_ */
