
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Names by nginx's resolver ("resolver" in the http block): it keeps them for
 * as long as the name servers say, and blocks nobody.  It knows name servers
 * only, so that a name of /etc/hosts is not found: libcurl then asks the
 * system, in a thread.  ngx_ai_curl.c may call it.
 */


#include "infer/ngx_ai_name.h"


static void ngx_ai_name_done(ngx_resolver_ctx_t *ctx);
static void ngx_ai_name_write(ngx_ai_name_lookup_t *lookup,
    ngx_resolver_ctx_t *ctx);


ngx_int_t
ngx_ai_name_find(ngx_ai_name_lookup_t *lookup, ngx_ai_name_t *name,
    ngx_msec_t timeout)
{
    ngx_resolver_ctx_t  *ctx;

    lookup->line[0] = '\0';
    lookup->name = name;
    lookup->ctx = NULL;

    if (name->resolver == NULL) {
        return NGX_OK;
    }

    ctx = ngx_resolve_start(name->resolver, NULL);

    if (ctx == NULL || ctx == NGX_NO_RESOLVER) {
        return NGX_OK;
    }

    ctx->name = name->host;
    ctx->handler = ngx_ai_name_done;
    ctx->data = lookup;
    ctx->timeout = timeout;

    lookup->ctx = ctx;
    lookup->starting = 1;

    /* of a name that it knows it tells at once */

    if (ngx_resolve_name(ctx) != NGX_OK) {
        lookup->ctx = NULL;
    }

    lookup->starting = 0;

    return lookup->ctx ? NGX_AGAIN : NGX_OK;
}


static void
ngx_ai_name_done(ngx_resolver_ctx_t *ctx)
{
    ngx_ai_name_lookup_t  *lookup;

    lookup = ctx->data;

    if (ctx->state == NGX_OK) {
        ngx_ai_name_write(lookup, ctx);

    } else {
        ngx_log_debug2(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                       "ai name \"%V\": %s", &ctx->name,
                       ngx_resolver_strerror(ctx->state));
    }

    ngx_resolve_name_done(ctx);
    lookup->ctx = NULL;

    if (!lookup->starting) {
        lookup->handler(lookup);
    }
}


/* "+" makes it a name that is looked up again, as others are */

static void
ngx_ai_name_write(ngx_ai_name_lookup_t *lookup, ngx_resolver_ctx_t *ctx)
{
    size_t            len;
    u_char           *p;
    u_char            text[NGX_SOCKADDR_STRLEN];
    ngx_uint_t        i;
    struct sockaddr  *sa;

    p = ngx_sprintf(lookup->line, "+%V:%ui", &lookup->name->host,
                    lookup->name->port);

    for (i = 0; i < ctx->naddrs && i < NGX_AI_NAME_ADDRESSES; i++) {

        sa = ctx->addrs[i].sockaddr;
        len = ngx_sock_ntop(sa, ctx->addrs[i].socklen, text,
                            NGX_SOCKADDR_STRLEN, 0);

        *p++ = (i == 0) ? ':' : ',';

        p = ngx_sprintf(p, sa->sa_family == AF_INET ? "%*s" : "[%*s]", len,
                        text);
    }

    *p = '\0';
}


void
ngx_ai_name_forget(ngx_ai_name_lookup_t *lookup)
{
    if (lookup->ctx) {
        ngx_resolve_name_done(lookup->ctx);
        lookup->ctx = NULL;
    }
}
