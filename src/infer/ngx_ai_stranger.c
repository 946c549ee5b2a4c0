
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Makes the requests of a stranger: no cookie but that of the locale, no
 * credentials, none of anybody's headers, and the token that tells this nginx
 * whose it is.
 */


#include "infer/ngx_ai_stranger.h"


static void ngx_ai_stranger_copy(ngx_str_t *dst, u_char **pos,
    ngx_str_t *src);
static void ngx_ai_stranger_line(ngx_ai_stranger_t *st, u_char **pos,
    const char *name, ngx_str_t *value);


size_t
ngx_ai_stranger_size(ngx_ai_self_fetch_t *fetch)
{
    return fetch->url.len + fetch->connect_to.len + fetch->page.target.len
           + fetch->page.host.len + 2 * fetch->page.locale.len
           + fetch->cookie.len + NGX_AI_SELF_TOKEN_LEN
           + sizeof("Host: Accept-Language: Cookie: Connection: close"
                    NGX_AI_SELF_HEADER ":  ") + 16;
}


/* all strings end with a NUL: the memory is zeroed */

void
ngx_ai_stranger_make(ngx_ai_stranger_t *st, ngx_ai_self_fetch_t *fetch,
    ngx_ai_self_name_t *name, u_char *p)
{
    ngx_str_t            value;
    ngx_ai_self_page_t  *page;

    page = &fetch->page;

    ngx_ai_stranger_copy(&st->curl.url, &p, &fetch->url);
    ngx_ai_stranger_copy(&st->curl.target, &p, &page->target);
    ngx_ai_stranger_copy(&st->curl.connect_to, &p, &fetch->connect_to);

    st->headers.elts = st->line;

    ngx_ai_stranger_line(st, &p, "Host", &page->host);
    ngx_ai_stranger_line(st, &p, "Accept-Language", &page->locale);

    ngx_str_set(&value, "close");
    ngx_ai_stranger_line(st, &p, "Connection", &value);

    if (fetch->cookie.len) {
        ngx_ai_stranger_line(st, &p, "Cookie", &fetch->cookie);
    }

    ngx_ai_stranger_line(st, &p, NGX_AI_SELF_HEADER, &page->locale);

    /* over the NUL of that line, whose place is behind the token */

    (void) ngx_sprintf(p - 1, " %016xL", name->token);

    st->line[st->headers.nelts - 1].len += 1 + NGX_AI_SELF_TOKEN_LEN;

    st->curl.peer = fetch->peer;
    st->curl.get = 1;
    st->curl.headers = &st->headers;
    st->curl.connect_timeout = NGX_AI_STRANGER_CONNECT;
    st->curl.timeout = NGX_AI_STRANGER_TIMEOUT;
}


static void
ngx_ai_stranger_copy(ngx_str_t *dst, u_char **pos, ngx_str_t *src)
{
    dst->len = src->len;
    dst->data = *pos;

    if (src->len) {
        *pos = ngx_cpymem(*pos, src->data, src->len);
    }

    (*pos)++;
}


static void
ngx_ai_stranger_line(ngx_ai_stranger_t *st, u_char **pos, const char *name,
    ngx_str_t *value)
{
    ngx_str_t  *line;

    line = &st->line[st->headers.nelts++];

    line->data = *pos;
    *pos = ngx_sprintf(*pos, "%s: %V", name, value);
    line->len = *pos - line->data;

    (*pos)++;
}
