
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What endpoints have in common on the wire: whole answers, errors as JSON,
 * and JSON that comes with a request.
 */


#ifndef _NGX_HTTP_AI_REPLY_H_INCLUDED_
#define _NGX_HTTP_AI_REPLY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define NGX_HTTP_AI_REPLY_JSON           "application/json"

#define NGX_HTTP_AI_REPLY_UNPROCESSABLE  422     /* nginx has no name for it */


/*
 * ngx_http_ai_reply() sends an answer that no cache keeps; "type" is static
 * and the body lives as long as the request.  HEAD gets the header only.
 *
 * ngx_http_ai_reply_error() sends {"error":{"code":...,"message":...}}; the
 * code is the status's, in words; the message is printf's of nginx, and never
 * quotes what came with the request.  NGX_HTTP_UNAUTHORIZED asks for a
 * password, NGX_HTTP_NOT_ALLOWED tells the methods in "allow" if it isn't NULL.
 *
 * Both return what a content handler returns, or what is to be finalized with:
 * never NGX_AGAIN or NGX_DONE, also if the client takes its time.
 *
 * ngx_http_ai_reply_header() adds a header of static name and value.
 */

ngx_int_t ngx_http_ai_reply(ngx_http_request_t *r, ngx_uint_t status,
    const char *type, ngx_str_t *body);
ngx_int_t ngx_http_ai_reply_error(ngx_http_request_t *r, ngx_uint_t status,
    const char *fmt, ...);
ngx_int_t ngx_http_ai_reply_allow(ngx_http_request_t *r, const char *methods);
ngx_int_t ngx_http_ai_reply_header(ngx_http_request_t *r, const char *name,
    const char *value);


/*
 * ngx_http_ai_reply_json() begins to read a body that is to be JSON of at most
 * "limit" bytes, and returns what the content handler is to return; "next" is
 * called when it is there, and must end with ngx_http_finalize_request().  A
 * request from a page of another site, or with another Content-Type (which
 * a page of another site could send), is answered 403 or 415, a longer one 413.
 *
 * ngx_http_ai_reply_body() is for "next": the body, in the request's memory.
 * NGX_OK, or the status of an error that is to be answered.
 *
 * ngx_http_ai_reply_find(): not 0, and the value, if the request has a header
 * of that name (lower case).
 *
 * ngx_http_ai_reply_foreign(): not 0 if a browser says that a page of another
 * site sends this request.
 */

ngx_int_t ngx_http_ai_reply_json(ngx_http_request_t *r, size_t limit,
    ngx_http_client_body_handler_pt next);
ngx_int_t ngx_http_ai_reply_body(ngx_http_request_t *r, size_t limit,
    ngx_str_t *body);
ngx_uint_t ngx_http_ai_reply_find(ngx_http_request_t *r, const char *name,
    ngx_str_t *value);
ngx_uint_t ngx_http_ai_reply_foreign(ngx_http_request_t *r);


#endif /* _NGX_HTTP_AI_REPLY_H_INCLUDED_ */
