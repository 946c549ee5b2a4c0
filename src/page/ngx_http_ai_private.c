
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Privacy: whose pages may teach, and which of their texts stay here.  Only an
 * answer that anybody gets without cookies and credentials may leave the shop,
 * and not the part of it that repeats what the visitor typed.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_capability.h"
#include "core/aif_escape.h"


#define NGX_HTTP_AI_ECHO_MIN   3        /* shorter values are not looked for */
#define NGX_HTTP_AI_ECHO_ARGS  32       /* arguments looked at; more: nothing
                                           of the page is sent */

/* of three query strings, each as it is and decoded */

#define NGX_HTTP_AI_ECHO_VALUES  (3 * 2 * NGX_HTTP_AI_ECHO_ARGS)


static ngx_uint_t ngx_http_ai_private_certified(ngx_http_request_t *r);
static ngx_uint_t ngx_http_ai_harmless(ngx_str_t *cookie,
    ngx_http_ai_loc_conf_t *alcf);
static ngx_uint_t ngx_http_ai_locale_cookie(ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *name, ngx_str_t *value);
static ngx_uint_t ngx_http_ai_named(u_char *name, size_t len,
    ngx_array_t *names);
static ngx_str_t ngx_http_ai_private_args(ngx_str_t uri);
static ngx_int_t ngx_http_ai_echo_args(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_str_t *args, ngx_http_ai_echo_t *echo);
static void ngx_http_ai_echo_add(ngx_http_ai_echo_t *echo, ngx_str_t *value);
static ngx_int_t ngx_http_ai_echo_value(ngx_http_request_t *r, u_char *p,
    size_t len, ngx_str_t *value);


ngx_uint_t
ngx_http_ai_private_teaches(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    return alcf->private_mode != NGX_HTTP_AI_LOOKUP
           && ngx_http_ai_private_stranger(r, alcf);
}


ngx_uint_t
ngx_http_ai_private_stranger(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    if (alcf->private_mode == NGX_HTTP_AI_ALLOW) {
        return 1;
    }

    /* whoever has the link of an order sees it without a cookie */

    if (aif_capability_named(r->unparsed_uri.data, r->unparsed_uri.len)) {
        return 0;
    }

    if (ngx_http_ai_private_certified(r)) {
        return 0;
    }

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].key.len == sizeof("Authorization") - 1
            && ngx_strncasecmp(h[i].key.data, (u_char *) "Authorization",
                               h[i].key.len) == 0)
        {
            return 0;
        }

        if (h[i].key.len == sizeof("Cookie") - 1
            && ngx_strncasecmp(h[i].key.data, (u_char *) "Cookie",
                               h[i].key.len) == 0
            && !ngx_http_ai_harmless(&h[i].value, alcf))
        {
            return 0;
        }
    }

    return 1;
}


/* the client showed a certificate, good or not */

static ngx_uint_t
ngx_http_ai_private_certified(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL || NGX_COMPAT)

    ngx_str_t                   name;
    ngx_http_variable_value_t  *v;

    if (r->connection->ssl == NULL) {
        return 0;
    }

    ngx_str_set(&name, "ssl_client_verify");

    v = ngx_http_get_variable(r, &name, ngx_hash_key(name.data, name.len));

    return v && !v->not_found && v->len != 0
           && !(v->len == 4 && ngx_strncmp(v->data, "NONE", 4) == 0);

#else
    return 0;
#endif
}


/* all cookies of the line are listed ones, or name a locale */

static ngx_uint_t
ngx_http_ai_harmless(ngx_str_t *cookie, ngx_http_ai_loc_conf_t *alcf)
{
    u_char     *p, *last;
    ngx_str_t   name, value;

    p = cookie->data;
    last = p + cookie->len;

    while (p < last) {

        while (p < last && (*p == ' ' || *p == ';')) {
            p++;
        }

        if (p == last) {
            break;
        }

        name.data = p;

        while (p < last && *p != '=' && *p != ';') {
            p++;
        }

        name.len = p - name.data;
        value.data = p;

        while (p < last && *p != ';') {
            p++;
        }

        value.len = p - value.data;

        if (!ngx_http_ai_named(name.data, name.len, alcf->private_cookies)
            && !ngx_http_ai_locale_cookie(alcf, &name, &value))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * "=es" of a cookie that ai_locale looks at: one of a few values that the
 * configuration lists tells nobody from others.
 */

static ngx_uint_t
ngx_http_ai_locale_cookie(ngx_http_ai_loc_conf_t *alcf, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_str_t           *locale;
    ngx_uint_t           i, k;
    ngx_http_ai_rule_t  *rule;

    if (alcf->rules == NULL || value->len == 0) {
        return 0;
    }

    rule = alcf->rules->elts;
    locale = alcf->locales->elts;

    for (i = 0; i < alcf->rules->nelts; i++) {

        if (rule[i].type != NGX_HTTP_AI_RULE_COOKIE
            || rule[i].name.len != name->len
            || ngx_strncmp(rule[i].name.data, name->data, name->len) != 0)
        {
            continue;
        }

        for (k = 0; k < alcf->locales->nelts; k++) {
            if (locale[k].len == value->len - 1
                && ngx_strncasecmp(locale[k].data, value->data + 1,
                                   locale[k].len) == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_ai_named(u_char *name, size_t len, ngx_array_t *names)
{
    ngx_str_t   *s;
    ngx_uint_t   i;

    if (names == NULL) {
        return 0;
    }

    s = names->elts;

    for (i = 0; i < names->nelts; i++) {
        if (s[i].len == len && ngx_strncmp(s[i].data, name, len) == 0) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ngx_http_ai_private_echo(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_echo_t *echo)
{
    ngx_uint_t  i, k;
    ngx_str_t   args[3];

    echo->values = NULL;
    echo->n = 0;

    if (alcf->private_mode == NGX_HTTP_AI_ALLOW) {
        return NGX_OK;
    }

    /*
     * What the shop can have read: an internal redirect empties r->args, and
     * "ai_query" changes both it and the URI, but the client's own is known.
     */

    args[0] = r->args;
    args[1] = ngx_http_ai_private_args(r->unparsed_uri);
    args[2] = ngx_http_ai_private_args(ngx_http_ai_query_target(r));

    for (i = 0; i < 3; i++) {

        if (args[i].len == 0) {
            continue;
        }

        for (k = 0; k < i; k++) {
            if (args[k].len == args[i].len
                && ngx_strncmp(args[k].data, args[i].data, args[i].len) == 0)
            {
                break;
            }
        }

        if (k == i
            && ngx_http_ai_echo_args(r, alcf, &args[i], echo) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_str_t
ngx_http_ai_private_args(ngx_str_t uri)
{
    u_char     *p, *last;
    ngx_str_t   args;

    last = uri.data + uri.len;
    p = ngx_strlchr(uri.data, last, '?');

    args.data = p ? p + 1 : last;
    args.len = last - args.data;

    return args;
}


/* Adds the values of a query string. */

static ngx_int_t
ngx_http_ai_echo_args(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *args, ngx_http_ai_echo_t *echo)
{
    u_char      *p, *last, *name, *end, *value;
    ngx_str_t    raw;
    ngx_uint_t   n;

    if (echo->values == NULL) {
        echo->values = ngx_palloc(r->pool,
                                  NGX_HTTP_AI_ECHO_VALUES * sizeof(ngx_str_t));
        if (echo->values == NULL) {
            return NGX_ERROR;
        }
    }

    p = args->data;
    last = p + args->len;

    for (n = 0; p < last; n++) {

        name = p;
        value = NULL;

        for ( /* void */ ; p < last && *p != '&'; p++) {
            if (*p == '=' && value == NULL) {
                value = p + 1;
            }
        }

        end = p++;

        if (n == NGX_HTTP_AI_ECHO_ARGS) {

            /* an empty value is in every text */

            ngx_str_set(&echo->values[0], "");
            echo->n = 1;

            return NGX_OK;
        }

        if (value == NULL) {

            /* "?words" is a value too */

            value = name;

        } else if (ngx_http_ai_named(name, value - 1 - name,
                                     alcf->private_args))
        {
            continue;
        }

        if (ngx_http_ai_echo_value(r, value, end - value, &raw) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_ai_echo_add(echo, &raw);

        /* a page may show it as it is in the address */

        if (ngx_strlchr(value, end, '%') || ngx_strlchr(value, end, '+')) {
            raw.data = value;
            raw.len = end - value;
            ngx_http_ai_echo_add(echo, &raw);
        }
    }

    return NGX_OK;
}


static void
ngx_http_ai_echo_add(ngx_http_ai_echo_t *echo, ngx_str_t *value)
{
    if (value->len >= NGX_HTTP_AI_ECHO_MIN) {
        echo->values[echo->n++] = *value;
    }
}


/* decoded, in the form of canonical text, lower case in ASCII */

static ngx_int_t
ngx_http_ai_echo_value(ngx_http_request_t *r, u_char *p, size_t len,
    ngx_str_t *value)
{
    u_char  c, *src, *dst, *raw, *last, *q;

    raw = ngx_pnalloc(r->pool, len * 6 + 1);
    if (raw == NULL) {
        return NGX_ERROR;
    }

    /* "&amp;" is the longest a byte can become */

    dst = raw + len * 5;
    last = dst;

    for (src = p; src < p + len; src++) {
        *last++ = *src == '+' ? ' ' : *src;
    }

    src = dst;
    last = dst;

    ngx_unescape_uri(&last, &src, len, 0);

    value->data = raw;
    q = raw;

    for ( /* void */ ; dst < last; dst++) {

        switch (*dst) {

        case ' ':
        case '\t':
        case '\n':
        case '\f':
        case '\r':
            if (q != raw && q[-1] != ' ') {
                *q++ = ' ';
            }
            break;

        default:
            c = ngx_tolower(*dst);
            q = aif_escape(q, &c, 1);
        }
    }

    if (q != raw && q[-1] == ' ') {
        q--;
    }

    value->len = q - raw;

    return NGX_OK;
}


ngx_uint_t
ngx_http_ai_private_echoes(ngx_http_ai_echo_t *echo, aif_str_t *text)
{
    size_t       i;
    ngx_str_t   *v;
    ngx_uint_t   n;

    for (n = 0; n < echo->n; n++) {

        v = &echo->values[n];

        for (i = 0; i + v->len <= text->len; i++) {
            if (ngx_strncasecmp(text->data + i, v->data, v->len) == 0) {
                return 1;
            }
        }
    }

    return 0;
}
