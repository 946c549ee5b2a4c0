
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A content handler for t/curl-*.t: one request is one call, or "n" at a time,
 * and the answer has a line for each that says how it ended.  Never part of
 * the module.
 *
 *     ai_curl_test;      location
 *
 * Arguments: url (not escaped), size (bytes of the body), ms (the time-out),
 * connect (the one of connecting), ca (a file), n; get (the request's target,
 * not escaped: a GET without body), to (as CURLOPT_CONNECT_TO).
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "infer/ngx_ai_curl.h"


#define NGX_AI_CURL_TEST_LINE  1024


typedef struct {
    ngx_http_request_t    *request;
    ngx_buf_t             *out;
    ngx_uint_t             left;
} ngx_http_ai_curl_test_t;


/* of a file of authorities; as long as the worker, as configured ones are */

typedef struct ngx_http_ai_curl_test_peer_s  ngx_http_ai_curl_test_peer_t;

struct ngx_http_ai_curl_test_peer_s {
    ngx_ai_peer_t                  peer;
    ngx_http_ai_curl_test_peer_t  *next;
};


typedef struct {
    ngx_ai_curl_call_t         call;
    ngx_http_ai_curl_test_t   *test;
} ngx_http_ai_curl_test_call_t;


static ngx_int_t ngx_http_ai_curl_test_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_curl_test_start(ngx_http_ai_curl_test_t *t);
static ngx_ai_peer_t *ngx_http_ai_curl_test_peer(ngx_str_t *ca);
static void ngx_http_ai_curl_test_done(ngx_ai_curl_call_t *call);
static void ngx_http_ai_curl_test_send(ngx_http_ai_curl_test_t *t);
static ngx_str_t ngx_http_ai_curl_test_arg(ngx_http_request_t *r,
    const char *name);
static ngx_int_t ngx_http_ai_curl_test_number(ngx_http_request_t *r,
    const char *name, ngx_int_t otherwise);
static char *ngx_http_ai_curl_test(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static void ngx_http_ai_curl_test_exit(ngx_cycle_t *cycle);


static ngx_http_ai_curl_test_peer_t  *ngx_http_ai_curl_test_peers;


static const char  *ngx_http_ai_curl_test_results[] = {
    "OK", "CONNECT", "TIMEOUT", "TOO_LARGE", "BROKEN", "BUSY", "CLOSED"
};


static ngx_command_t  ngx_http_ai_curl_test_commands[] = {

    { ngx_string("ai_curl_test"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_ai_curl_test,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_ai_curl_test_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_ai_curl_test_module = {
    NGX_MODULE_V1,
    &ngx_http_ai_curl_test_module_ctx,     /* module context */
    ngx_http_ai_curl_test_commands,        /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_ai_curl_test_exit,            /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_ai_curl_test_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    ngx_uint_t                i, n;
    ngx_http_ai_curl_test_t  *t;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    n = ngx_http_ai_curl_test_number(r, "n", 1);

    t = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_curl_test_t));
    if (t == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    t->out = ngx_create_temp_buf(r->pool, n * NGX_AI_CURL_TEST_LINE);
    if (t->out == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    t->request = r;
    t->left = 1;

    r->main->count++;

    for (i = 0; i < n; i++) {
        rc = ngx_http_ai_curl_test_start(t);

        if (rc == NGX_OK) {
            t->left++;

        } else {
            t->out->last = ngx_slprintf(t->out->last, t->out->end,
                                        "not started: %i\n", rc);
        }
    }

    if (--t->left == 0) {
        ngx_http_ai_curl_test_send(t);
    }

    return NGX_DONE;
}


static ngx_int_t
ngx_http_ai_curl_test_start(ngx_http_ai_curl_test_t *t)
{
    size_t                         size;
    ngx_int_t                      rc;
    ngx_str_t                      url, ca, get, to;
    ngx_http_request_t            *r;
    ngx_http_ai_curl_test_call_t  *c;

    r = t->request;
    url = ngx_http_ai_curl_test_arg(r, "url");
    ca = ngx_http_ai_curl_test_arg(r, "ca");
    get = ngx_http_ai_curl_test_arg(r, "get");
    to = ngx_http_ai_curl_test_arg(r, "to");
    size = ngx_http_ai_curl_test_number(r, "size", 2);

    c = ngx_calloc(sizeof(ngx_http_ai_curl_test_call_t) + url.len + 1
                   + get.len + 1 + to.len + 1 + size, r->connection->log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->test = t;

    c->call.url.len = url.len;
    c->call.url.data = (u_char *) &c[1];
    ngx_memcpy(c->call.url.data, url.data, url.len);

    c->call.peer = ngx_http_ai_curl_test_peer(&ca);

    c->call.get = (get.len != 0);
    c->call.target.len = get.len;
    c->call.target.data = c->call.url.data + url.len + 1;
    ngx_memcpy(c->call.target.data, get.data, get.len);

    c->call.connect_to.len = to.len;
    c->call.connect_to.data = c->call.target.data + get.len + 1;
    ngx_memcpy(c->call.connect_to.data, to.data, to.len);

    c->call.body.len = size;
    c->call.body.data = c->call.connect_to.data + to.len + 1;
    ngx_memset(c->call.body.data, 'x', size);

    ngx_str_set(&c->call.content_type, "text/plain");

    if (!c->call.get) {
        ngx_str_set(&c->call.authorization, "Authorization: Bearer secret");
    }

    c->call.timeout = ngx_http_ai_curl_test_number(r, "ms", 5000);
    c->call.connect_timeout = ngx_http_ai_curl_test_number(r, "connect", 1000);
    c->call.handler = ngx_http_ai_curl_test_done;
    c->call.data = c;

    rc = ngx_ai_curl_start(&c->call);
    if (rc != NGX_OK) {
        ngx_free(c);
    }

    return rc;
}


static ngx_ai_peer_t *
ngx_http_ai_curl_test_peer(ngx_str_t *ca)
{
    ngx_http_ai_curl_test_peer_t  *p;

    if (ca->len == 0) {
        return NULL;
    }

    for (p = ngx_http_ai_curl_test_peers; p; p = p->next) {
        if (p->peer.ca.len == ca->len
            && ngx_strncmp(p->peer.ca.data, ca->data, ca->len) == 0)
        {
            return &p->peer;
        }
    }

    p = ngx_calloc(sizeof(ngx_http_ai_curl_test_peer_t) + ca->len + 1,
                   ngx_cycle->log);
    if (p == NULL) {
        return NULL;
    }

    p->peer.ca.len = ca->len;
    p->peer.ca.data = (u_char *) &p[1];
    ngx_memcpy(p->peer.ca.data, ca->data, ca->len);

    p->next = ngx_http_ai_curl_test_peers;
    ngx_http_ai_curl_test_peers = p;

    return &p->peer;
}


static void
ngx_http_ai_curl_test_done(ngx_ai_curl_call_t *call)
{
    size_t                         len;
    ngx_http_ai_curl_test_t       *t;
    ngx_http_ai_curl_test_call_t  *c;

    c = call->data;
    t = c->test;

    len = ngx_min(call->answer.len, 64);

    t->out->last = ngx_slprintf(t->out->last, t->out->end,
                          "%s status=%ui length=%uz retry=%M ms=%M "
                           "\"%*s\" %s\n",
                          ngx_http_ai_curl_test_results[call->result],
                          call->status, call->answer.len, call->retry_after,
                          call->elapsed, len, call->answer.data,
                          call->result == NGX_AI_CURL_OK ? "" : call->error);

    ngx_free(c);

    if (--t->left == 0 && !ngx_terminate) {
        ngx_http_ai_curl_test_send(t);
    }
}


static void
ngx_http_ai_curl_test_send(ngx_http_ai_curl_test_t *t)
{
    ngx_int_t            rc;
    ngx_chain_t          out;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = t->request;
    c = r->connection;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = t->out->last - t->out->pos;

    rc = ngx_http_send_header(r);

    if (rc != NGX_ERROR && rc <= NGX_OK && !r->header_only) {
        t->out->last_buf = 1;
        t->out->last_in_chain = 1;

        out.buf = t->out;
        out.next = NULL;

        rc = ngx_http_output_filter(r, &out);
    }

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static ngx_str_t
ngx_http_ai_curl_test_arg(ngx_http_request_t *r, const char *name)
{
    ngx_str_t  value;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        ngx_str_null(&value);
    }

    return value;
}


static ngx_int_t
ngx_http_ai_curl_test_number(ngx_http_request_t *r, const char *name,
    ngx_int_t otherwise)
{
    ngx_int_t  n;
    ngx_str_t  value;

    value = ngx_http_ai_curl_test_arg(r, name);
    n = ngx_atoi(value.data, value.len);

    return n == NGX_ERROR ? otherwise : n;
}


static char *
ngx_http_ai_curl_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_ai_curl_test_handler;

    return NGX_CONF_OK;
}


static void
ngx_http_ai_curl_test_exit(ngx_cycle_t *cycle)
{
    ngx_http_ai_curl_test_peer_t  *p;

    ngx_ai_curl_exit();

    while (ngx_http_ai_curl_test_peers) {
        p = ngx_http_ai_curl_test_peers;
        ngx_http_ai_curl_test_peers = p->next;
        ngx_free(p);
    }
}
