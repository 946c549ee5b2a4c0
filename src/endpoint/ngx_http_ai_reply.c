
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Answers and bodies of the endpoints.  Nothing of a request's body is logged
 * or quoted.  Content handlers call it, and nobody else.
 */


#include "endpoint/ngx_http_ai_reply.h"

#include "ngx_http_ai_filter_module.h"


#define NGX_HTTP_AI_REPLY_MESSAGE  512      /* bytes of an error's message */


typedef struct {
    ngx_uint_t    status;
    const char   *code;
} ngx_http_ai_reply_code_t;


static ngx_int_t ngx_http_ai_reply_challenge(ngx_http_request_t *r);
static const char *ngx_http_ai_reply_code(ngx_uint_t status);
static ngx_int_t ngx_http_ai_reply_read(ngx_http_request_t *r, ngx_buf_t *b,
    u_char *p);


static ngx_http_ai_reply_code_t  ngx_http_ai_reply_codes[] = {
    { NGX_HTTP_BAD_REQUEST, "bad_request" },
    { NGX_HTTP_UNAUTHORIZED, "unauthorized" },
    { NGX_HTTP_FORBIDDEN, "forbidden" },
    { NGX_HTTP_NOT_FOUND, "not_found" },
    { NGX_HTTP_NOT_ALLOWED, "method_not_allowed" },
    { NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, "too_large" },
    { NGX_HTTP_UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type" },
    { NGX_HTTP_AI_REPLY_UNPROCESSABLE, "unprocessable" },
    { NGX_HTTP_TOO_MANY_REQUESTS, "too_many_requests" },
    { NGX_HTTP_BAD_GATEWAY, "engine_failed" },
    { NGX_HTTP_SERVICE_UNAVAILABLE, "unavailable" },
    { NGX_HTTP_GATEWAY_TIME_OUT, "engine_timeout" },
    { 0, NULL }
};


ngx_int_t
ngx_http_ai_reply(ngx_http_request_t *r, ngx_uint_t status, const char *type,
    ngx_str_t *body)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    if (ngx_http_ai_reply_header(r, "Cache-Control", "no-store") != NGX_OK
        || ngx_http_ai_reply_header(r, "X-Content-Type-Options", "nosniff")
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = body->len;
    r->headers_out.content_type.data = (u_char *) type;
    r->headers_out.content_type.len = ngx_strlen(type);
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK) {
        return rc;
    }

    if (r->header_only) {
        return NGX_OK;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->memory = (body->len != 0);
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    rc = ngx_http_output_filter(r, &out);

    /* what a slow client is still to get is sent after the end */

    return rc == NGX_AGAIN ? NGX_OK : rc;
}


ngx_int_t
ngx_http_ai_reply_error(ngx_http_request_t *r, ngx_uint_t status,
    const char *fmt, ...)
{
    u_char      *p, *last, message[NGX_HTTP_AI_REPLY_MESSAGE];
    size_t       size;
    va_list      args;
    ngx_str_t    body;
    uintptr_t    escape;
    const char  *code;

    va_start(args, fmt);
    last = ngx_vslprintf(message, message + sizeof(message), fmt, args);
    va_end(args);

    if (status == NGX_HTTP_UNAUTHORIZED
        && ngx_http_ai_reply_challenge(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    code = ngx_http_ai_reply_code(status);
    escape = ngx_escape_json(NULL, message, last - message);
    size = sizeof("{\"error\":{\"code\":\"\",\"message\":\"\"}}\n")
           + ngx_strlen(code) + (last - message) + escape;

    body.data = ngx_pnalloc(r->pool, size);
    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = ngx_sprintf(body.data, "{\"error\":{\"code\":\"%s\",\"message\":\"",
                    code);
    p = (u_char *) ngx_escape_json(p, message, last - message);
    p = ngx_cpymem(p, "\"}}\n", 4);
    body.len = p - body.data;

    return ngx_http_ai_reply(r, status, NGX_HTTP_AI_REPLY_JSON, &body);
}


ngx_int_t
ngx_http_ai_reply_allow(ngx_http_request_t *r, const char *methods)
{
    if (ngx_http_ai_reply_header(r, "Allow", methods) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_ai_reply_error(r, NGX_HTTP_NOT_ALLOWED,
                                   "the method must be one of %s", methods);
}


ngx_int_t
ngx_http_ai_reply_header(ngx_http_request_t *r, const char *name,
    const char *value)
{
    ngx_str_t  text;

    text.data = (u_char *) value;
    text.len = ngx_strlen(value);

    return ngx_http_ai_field_push(r, name, &text) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_ai_reply_challenge(ngx_http_request_t *r)
{
    if (ngx_http_ai_reply_header(r, "WWW-Authenticate",
                                 "Basic realm=\"ai\", charset=\"UTF-8\"")
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static const char *
ngx_http_ai_reply_code(ngx_uint_t status)
{
    ngx_uint_t  i;

    for (i = 0; ngx_http_ai_reply_codes[i].status; i++) {
        if (ngx_http_ai_reply_codes[i].status == status) {
            return ngx_http_ai_reply_codes[i].code;
        }
    }

    return "internal_error";
}


ngx_int_t
ngx_http_ai_reply_json(ngx_http_request_t *r, size_t limit,
    ngx_http_client_body_handler_pt next)
{
    size_t       len;
    ngx_int_t    rc;
    ngx_str_t   *type;

    if (ngx_http_ai_reply_foreign(r)) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_FORBIDDEN,
                                       "requests from pages of other sites "
                                       "are not accepted");
    }

    len = sizeof(NGX_HTTP_AI_REPLY_JSON) - 1;
    type = r->headers_in.content_type ? &r->headers_in.content_type->value
                                      : NULL;

    if (type == NULL || type->len < len
        || ngx_strncasecmp(type->data, (u_char *) NGX_HTTP_AI_REPLY_JSON, len)
           != 0
        || (type->len > len && type->data[len] != ';'
            && type->data[len] != ' '))
    {
        return ngx_http_ai_reply_error(r, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                                       "the Content-Type must be "
                                       NGX_HTTP_AI_REPLY_JSON);
    }

    if (r->headers_in.content_length_n > (off_t) limit) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                       "the body must have at most %uz bytes",
                                       limit);
    }

    rc = ngx_http_read_client_request_body(r, next);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


ngx_int_t
ngx_http_ai_reply_body(ngx_http_request_t *r, size_t limit, ngx_str_t *body)
{
    off_t         len;
    u_char       *p;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return NGX_OK;
    }

    len = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        len += ngx_buf_size(cl->buf);
    }

    if (len > (off_t) limit) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    p = ngx_pnalloc(r->pool, len + 1);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body->data = p;
    body->len = len;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {

        if (ngx_http_ai_reply_read(r, cl->buf, p) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        p += ngx_buf_size(cl->buf);
    }

    return NGX_OK;
}


/* what nginx put into a file was longer than client_body_buffer_size */

static ngx_int_t
ngx_http_ai_reply_read(ngx_http_request_t *r, ngx_buf_t *b, u_char *p)
{
    ssize_t  n;

    if (ngx_buf_size(b) == 0) {
        return NGX_OK;
    }

    if (!b->in_file) {
        ngx_memcpy(p, b->pos, b->last - b->pos);
        return NGX_OK;
    }

    n = ngx_read_file(b->file, p, b->file_last - b->file_pos, b->file_pos);

    return n == (ssize_t) (b->file_last - b->file_pos) ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
ngx_http_ai_reply_foreign(ngx_http_request_t *r)
{
    ngx_str_t  site, *host;

    if (ngx_http_ai_reply_find(r, "sec-fetch-site", &site)) {
        return ngx_strcmp(site.data, "cross-site") == 0
               || ngx_strcmp(site.data, "same-site") == 0;
    }

    /* older browsers say only where they are: scheme://host */

    if (!ngx_http_ai_reply_find(r, "origin", &site)
        || r->headers_in.host == NULL)
    {
        return 0;
    }

    host = &r->headers_in.host->value;

    return site.len < host->len + 3
           || ngx_strncasecmp(site.data + site.len - host->len, host->data,
                              host->len)
              != 0
           || ngx_strncmp(site.data + site.len - host->len - 3, "://", 3) != 0;
}


ngx_uint_t
ngx_http_ai_reply_find(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_http_ai_field_find(&r->headers_in.headers, name);

    if (h == NULL) {
        return 0;
    }

    *value = h->value;

    return 1;
}
