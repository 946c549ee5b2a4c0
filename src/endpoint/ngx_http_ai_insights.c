
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_insights": what the reviews of the shop's products say, for who sells
 * them: a page with charts, JSON or CSV.  It reads what ai_reviews has kept,
 * and asks nobody.
 *
 *     GET ?format=json|csv|html&product=&category=&aspect=&period=2026-11
 *         &by=product|aspect|category|period
 */


#include "ngx_http_ai_endpoint.h"
#include "ngx_http_ai_conf.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "endpoint/ngx_http_ai_users.h"
#include "engine/aif_insights.h"
#include "core/aif_utf8.h"


#define NGX_HTTP_AI_INSIGHTS_SIZE    (4 * 1024 * 1024)      /* bytes, zone */
#define NGX_HTTP_AI_INSIGHTS_MEMORY  (64 * 1024 * 1024)     /* of an answer */
#define NGX_HTTP_AI_INSIGHTS_READ    4096                   /* records */
#define NGX_HTTP_AI_INSIGHTS_ARG     200                    /* bytes */


typedef struct {
    ngx_uint_t                month;         /* 0: all */
    aif_insights_by_e         by;
    aif_insights_format_e     format;
    aif_insights_filter_t     filter;
} ngx_http_ai_insights_ask_t;


static ngx_int_t ngx_http_ai_insights_handler(ngx_http_request_t *r);
static const char *ngx_http_ai_insights_args(ngx_http_request_t *r,
    ngx_http_ai_insights_ask_t *ask);
static ngx_int_t ngx_http_ai_insights_arg(ngx_http_request_t *r,
    const char *name, aif_str_t *value);
static const char *ngx_http_ai_insights_format(ngx_http_request_t *r,
    ngx_http_ai_insights_ask_t *ask);
static ngx_int_t ngx_http_ai_insights_list(ngx_http_request_t *r,
    ngx_http_ai_insights_ask_t *ask, aif_arena_t *arena, ngx_str_t *body);
static int ngx_libc_cdecl ngx_http_ai_insights_compare(const void *one,
    const void *two);


static ngx_int_t
ngx_http_ai_insights_handler(ngx_http_request_t *r)
{
    ngx_int_t                    rc;
    ngx_str_t                    user, body;
    const char                  *type, *fault;
    aif_arena_t                 *arena;
    ngx_http_ai_loc_conf_t      *alcf;
    ngx_http_ai_insights_ask_t   ask;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (ngx_http_ai_users_check(r, alcf->insights, &user, &rc) != NGX_OK) {
        return rc;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_ai_reply_allow(r, "GET");
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    fault = ngx_http_ai_insights_args(r, &ask);
    if (fault) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST, "%s", fault);
    }

    arena = aif_arena_create(0, NGX_HTTP_AI_INSIGHTS_MEMORY);
    if (arena == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_ai_insights_list(r, &ask, arena, &body);

    aif_arena_destroy(arena);

    if (rc != NGX_OK
        || ngx_http_ai_reply_header(r, "Content-Security-Policy",
                                    "default-src 'none'; form-action 'self'; "
                                    "base-uri 'none'; frame-ancestors 'none'")
           != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    type = ask.format == AIF_INSIGHTS_HTML ? "text/html; charset=utf-8"
           : ask.format == AIF_INSIGHTS_CSV ? "text/csv; charset=utf-8"
                                            : NGX_HTTP_AI_REPLY_JSON;

    return ngx_http_ai_reply(r, NGX_HTTP_OK, type, &body);
}


/* NULL, or what is wrong with them */

static const char *
ngx_http_ai_insights_args(ngx_http_request_t *r,
    ngx_http_ai_insights_ask_t *ask)
{
    ngx_int_t   year, month;
    aif_str_t   period, by;
    ngx_uint_t  i;

    static const aif_str_t  names[] = {
        aif_string("product"), aif_string("aspect"), aif_string("category"),
        aif_string("period")
    };

    ngx_memzero(ask, sizeof(ngx_http_ai_insights_ask_t));

    if (ngx_http_ai_insights_arg(r, "product", &ask->filter.product) != NGX_OK
        || ngx_http_ai_insights_arg(r, "category", &ask->filter.category)
           != NGX_OK
        || ngx_http_ai_insights_arg(r, "aspect", &ask->filter.aspect) != NGX_OK
        || ngx_http_ai_insights_arg(r, "period", &period) != NGX_OK
        || ngx_http_ai_insights_arg(r, "by", &by) != NGX_OK)
    {
        return "an argument must be UTF-8 of at most 200 bytes";
    }

    if (period.len) {

        year = NGX_ERROR;
        month = NGX_ERROR;

        if (period.len == 7 && period.data[4] == '-') {
            year = ngx_atoi(period.data, 4);
            month = ngx_atoi(period.data + 5, 2);
        }

        if (year == NGX_ERROR || month == NGX_ERROR || month < 1 || month > 12)
        {
            return "\"period\" must be a month as in 2026-11";
        }

        ask->month = year * 100 + month;
        ask->filter.period = period;
    }

    for (i = 0; by.len && !aif_str_eq(&by, &names[i]); i++) {
        if (i == 3) {
            return "\"by\" must be product, aspect, category or period";
        }
    }

    ask->by = i;

    return ngx_http_ai_insights_format(r, ask);
}


static ngx_int_t
ngx_http_ai_insights_arg(ngx_http_request_t *r, const char *name,
    aif_str_t *value)
{
    u_char     *p, *src;
    ngx_str_t   s;

    aif_str_set(value, "");

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &s) != NGX_OK
        || s.len == 0)
    {
        return NGX_OK;
    }

    if (s.len > 3 * NGX_HTTP_AI_INSIGHTS_ARG) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, s.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;
    src = s.data;

    ngx_unescape_uri(&p, &src, s.len, 0);

    value->len = p - value->data;

    for (p = value->data; p < value->data + value->len; p++) {
        if (*p == '+') {
            *p = ' ';
        }
    }

    return value->len <= NGX_HTTP_AI_INSIGHTS_ARG
           && aif_utf8_valid(value->data, value->len) ? NGX_OK : NGX_DECLINED;
}


/* a browser gets the page, whoever says nothing JSON */

static const char *
ngx_http_ai_insights_format(ngx_http_request_t *r,
    ngx_http_ai_insights_ask_t *ask)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    static const ngx_str_t  formats[] = {
        ngx_string("json"), ngx_string("csv"), ngx_string("html")
    };

    if (ngx_http_arg(r, (u_char *) "format", 6, &value) != NGX_OK) {

        if (ngx_http_ai_reply_find(r, "accept", &value)
            && ngx_strlcasestrn(value.data, value.data + value.len,
                                (u_char *) "text/html", 9 - 1))
        {
            ask->format = AIF_INSIGHTS_HTML;
        }

        return NULL;
    }

    for (i = 0; i < 3; i++) {
        if (value.len == formats[i].len
            && ngx_memcmp(value.data, formats[i].data, value.len) == 0)
        {
            ask->format = i;
            return NULL;
        }
    }

    return "\"format\" must be json, csv or html";
}


static ngx_int_t
ngx_http_ai_insights_list(ngx_http_request_t *r,
    ngx_http_ai_insights_ask_t *ask, aif_arena_t *arena, ngx_str_t *body)
{
    uint32_t                  scope;
    unsigned                  more;
    aif_str_t                 out, text;
    ngx_uint_t                i, n;
    ngx_ai_insight_t         *in;
    aif_insights_filter_t     names;
    aif_insights_record_t    *records, *record;
    ngx_http_ai_loc_conf_t   *alcf;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    scope = ngx_crc32_long(alcf->scope.data, alcf->scope.len);

    in = aif_arena_alloc(arena, sizeof(ngx_ai_insight_t));
    records = aif_arena_alloc(arena, NGX_HTTP_AI_INSIGHTS_READ
                                     * sizeof(aif_insights_record_t));
    if (in == NULL || records == NULL) {
        return NGX_ERROR;
    }

    /* which is a product's latest month is known of all of its aspects */

    names = ask->filter;
    aif_str_set(&names.aspect, "");

    i = 0;
    n = 0;
    more = 0;

    while (ngx_ai_insights_next(amcf->insights, &i, in) == NGX_OK) {

        text.data = in->text;
        text.len = in->len;

        if (in->scope != scope || (ask->month && in->month != ask->month)
            || !aif_insights_match(&text, &names))
        {
            continue;
        }

        if (n == NGX_HTTP_AI_INSIGHTS_READ) {
            more = 1;
            break;
        }

        record = &records[n++];
        record->month = in->month;
        record->text.len = in->len;
        record->text.data = aif_arena_dup(arena, in->text, in->len);

        if (record->text.data == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_qsort(records, n, sizeof(aif_insights_record_t),
              ngx_http_ai_insights_compare);

    if (aif_insights_write(ask->format, ask->by, records, n, more,
                           &ask->filter, arena, &out)
        != AIF_OK)
    {
        return NGX_ERROR;
    }

    body->len = out.len;
    body->data = ngx_pnalloc(r->pool, out.len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(body->data, out.data, out.len);

    return NGX_OK;
}


/* by name of the product, the latest month first */

static int ngx_libc_cdecl
ngx_http_ai_insights_compare(const void *one, const void *two)
{
    ngx_int_t                     rc;
    const aif_insights_record_t  *a = one, *b = two;

    rc = ngx_memn2cmp(a->text.data, b->text.data,
                      (u_char *) ngx_strlchr(a->text.data, a->text.data
                                             + a->text.len, '\t')
                      - a->text.data,
                      (u_char *) ngx_strlchr(b->text.data, b->text.data
                                             + b->text.len, '\t')
                      - b->text.data);

    return rc ? (int) rc : (int) b->month - (int) a->month;
}


/* "ai_insights users=file [size=4m]" */

char *
ngx_http_ai_set_insights(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ssize_t                    size;
    ngx_str_t                 *value, name, s;
    ngx_uint_t                 i;
    ngx_http_ai_main_conf_t   *amcf;
    ngx_http_core_loc_conf_t  *clcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    if (alcf->insights) {
        return "is duplicate";
    }

    alcf->insights = ngx_pcalloc(cf->pool, sizeof(ngx_str_t));
    if (alcf->insights == NULL) {
        return NGX_CONF_ERROR;
    }

    size = NGX_HTTP_AI_INSIGHTS_SIZE;
    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "users=", 6) == 0) {

            alcf->insights->data = value[i].data + 6;
            alcf->insights->len = value[i].len - 6;

            if (ngx_http_ai_users_conf(cf, alcf->insights) != NGX_OK) {
                return NGX_CONF_ERROR;
            }

            continue;
        }

        size = NGX_ERROR;

        if (ngx_strncmp(value[i].data, "size=", 5) == 0) {
            s.data = value[i].data + 5;
            s.len = value[i].len - 5;
            size = ngx_parse_size(&s);
        }

        if (size == NGX_ERROR || size < NGX_AI_INSIGHTS_MIN_SIZE) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"ai_insights\", "
                               "it must be \"users=\" and a file, or \"size=\" "
                               "of 256k or more", &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    if (amcf->insights && amcf->insights_size != (size_t) size) {
        return "must have the same \"size\" in every location";
    }

    if (amcf->insights == NULL) {

        ngx_str_set(&name, "ai_insights");

        amcf->insights = ngx_ai_insights_add(cf, &name, size,
                                             &ngx_http_ai_filter_module);
        if (amcf->insights == NULL) {
            return NGX_CONF_ERROR;
        }

        amcf->insights_size = size;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "conflicts with another content handler of this location";
    }

    clcf->handler = ngx_http_ai_insights_handler;

    return NGX_CONF_OK;
}
