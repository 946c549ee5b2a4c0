
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Where this nginx is to be asked for a page: what "ai_self" says, or the
 * address that the request itself came to.
 */


#include "ngx_http_ai_endpoint.h"


#if (NGX_HTTP_SSL || NGX_COMPAT)
#define ngx_http_ai_where_tls(c)  ((c)->ssl != NULL)
#else
#define ngx_http_ai_where_tls(c)  0
#endif


static ngx_int_t ngx_http_ai_where_local(ngx_http_request_t *r,
    ngx_str_t *address);
static ngx_int_t ngx_http_ai_where_secure(ngx_http_request_t *r,
    ngx_str_t *address, ngx_ai_self_fetch_t *fetch);


ngx_int_t
ngx_http_ai_where(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_ai_self_fetch_t *fetch)
{
    ngx_str_t    address, *self;
    ngx_uint_t   secure;

    self = &alcf->self;

    if (self->len) {

        fetch->peer = alcf->self_peer;
        secure = (self->data[4] == 's');

        address.data = self->data + (secure ? 8 : 7);
        address.len = self->data + self->len - address.data;

    } else {

        if (ngx_http_ai_where_local(r, &address) != NGX_OK) {
            return NGX_DECLINED;
        }

        secure = ngx_http_ai_where_tls(r->connection);
    }

    if (secure) {
        return ngx_http_ai_where_secure(r, &address, fetch);
    }

    fetch->url.len = 7 + address.len + 1;
    fetch->url.data = ngx_pnalloc(r->pool, fetch->url.len);
    if (fetch->url.data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(fetch->url.data, "http://%V/", &address);

    return NGX_OK;
}


/*
 * The address that the visitor's connection came to: "127.0.0.1:80".  Not if
 * it takes no plain HTTP/1.1: a socket of the file system, one behind the
 * PROXY protocol, or one of HTTP/2 without TLS.
 */

static ngx_int_t
ngx_http_ai_where_local(ngx_http_request_t *r, ngx_str_t *address)
{
    ngx_connection_t  *c;

    c = r->connection;

    if (c->proxy_protocol
        || (r->http_version == NGX_HTTP_VERSION_20 && !ngx_http_ai_where_tls(c))
        || ngx_connection_local_sockaddr(c, NULL, 0) != NGX_OK
        || (c->local_sockaddr->sa_family != AF_INET
#if (NGX_HAVE_INET6)
            && c->local_sockaddr->sa_family != AF_INET6
#endif
           ))
    {
        return NGX_DECLINED;
    }

    address->data = ngx_pnalloc(r->pool, NGX_SOCKADDR_STRLEN);
    if (address->data == NULL) {
        return NGX_ERROR;
    }

    address->len = ngx_sock_ntop(c->local_sockaddr, c->local_socklen,
                                 address->data, NGX_SOCKADDR_STRLEN, 1);

    return address->len ? NGX_OK : NGX_DECLINED;
}


/*
 * The certificate must be good for the host that the visitor asked: the URL
 * has that name, and libcurl is sent to the address.
 */

static ngx_int_t
ngx_http_ai_where_secure(ngx_http_request_t *r, ngx_str_t *address,
    ngx_ai_self_fetch_t *fetch)
{
    size_t      i;
    u_char      c, *p;
    ngx_str_t  *name, port, to;

    name = &r->headers_in.server;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.'
            && c != '-')
        {
            return NGX_DECLINED;
        }
    }

    if (name->len == 0) {
        return NGX_DECLINED;
    }

    /* a colon that no bracket follows is the port's */

    to = *address;
    ngx_str_set(&port, "443");

    for (p = to.data + to.len - 1; p > to.data; p--) {

        if (*p == ']') {
            break;
        }

        if (*p == ':') {
            port.data = p + 1;
            port.len = to.data + to.len - port.data;
            to.len = p - to.data;
            break;
        }
    }

    fetch->url.len = 8 + name->len + 1 + port.len + 1;
    fetch->connect_to.len = name->len + 1 + port.len + 1 + to.len + 1
                            + port.len;

    fetch->url.data = ngx_pnalloc(r->pool, fetch->url.len
                                           + fetch->connect_to.len);
    if (fetch->url.data == NULL) {
        return NGX_ERROR;
    }

    fetch->connect_to.data = ngx_sprintf(fetch->url.data, "https://%V:%V/",
                                         name, &port);
    ngx_sprintf(fetch->connect_to.data, "%V:%V:%V:%V", name, &port, &to,
                &port);

    return NGX_OK;
}
