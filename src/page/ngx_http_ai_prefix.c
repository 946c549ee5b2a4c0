
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The prefix of a locale in the path ("/es/product/1"): taken off before the
 * shop sees it, and sent away where no filter stands behind it.
 *
 * A prefix is something that the client wrote.  It is looked for once, in the
 * client's own URI: what error_page, X-Accel-Redirect and the like name is
 * the administrator's or the shop's, in the space of bare paths.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_locale.h"


static ngx_int_t ngx_http_ai_strip_unparsed(ngx_http_request_t *r, size_t len,
    ngx_str_t *unparsed);
static ngx_uint_t ngx_http_ai_literal(ngx_http_request_t *r, size_t len);
static ngx_int_t ngx_http_ai_redirect_bare(ngx_http_request_t *r,
    ngx_http_ai_record_t *record);


/*
 * The first pass through the server rewrite phase is known by uri_changes:
 * r->internal is set there too, where "rewrite" of the server came before us.
 */

ngx_int_t
ngx_http_ai_prefix_handler(ngx_http_request_t *r)
{
    int                      index;
    size_t                   len;
    ngx_str_t                unparsed, *locale;
    ngx_http_ai_rule_t      *rule;
    ngx_http_ai_record_t    *record;
    ngx_http_ai_loc_conf_t  *alcf;

    if (r != r->main || r->uri_changes != NGX_HTTP_MAX_URI_CHANGES + 1) {
        return NGX_DECLINED;
    }

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (!alcf->serves || alcf->rules == NULL || alcf->locales == NULL) {
        return NGX_DECLINED;
    }

    rule = ngx_http_ai_locale_uri_rule(alcf->rules);

    if (rule == NULL) {
        return NGX_DECLINED;
    }

    index = aif_locale_prefix((aif_str_t *) alcf->locales->elts,
                              alcf->locales->nelts, r->uri.data, r->uri.len,
                              &len);

    if (index < 0 || (index == 0 && !rule->strict)) {
        return NGX_DECLINED;
    }

    record = ngx_http_ai_record_make(r);
    if (record == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    switch (ngx_http_ai_strip_unparsed(r, len, &unparsed)) {

    case NGX_OK:
        record->prefix.data = r->uri.data;
        record->prefix.len = len;
        r->unparsed_uri = unparsed;

        /* the server's own rewrite rules may have asked for it already */

        r->variables[rule->variable].valid = 0;
        r->variables[rule->variable].not_found = 0;
        break;

    case NGX_DECLINED:
        break;

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    locale = alcf->locales->elts;
    record->locale = locale[index];

    if (r->uri.len == len) {
        ngx_str_set(&r->uri, "/");

    } else {
        r->uri.data += len;
        r->uri.len -= len;
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "ai locale \"%V\", uri \"%V\"", &record->locale, &r->uri);

    return NGX_DECLINED;
}


/*
 * What a shop sees as REQUEST_URI: the client's bytes without the prefix where
 * that is plainly the same path, else the path that nginx made of them,
 * escaped again ("/%65s/x", "//es/x", "/es/../es/x").  NGX_DECLINED: it was
 * not the client who wrote the prefix, but a rewrite rule of the server; then
 * REQUEST_URI stays what it is after any rewrite.
 */

static ngx_int_t
ngx_http_ai_strip_unparsed(ngx_http_request_t *r, size_t len,
    ngx_str_t *unparsed)
{
    u_char     *p;
    size_t      escape;
    ngx_str_t   uri;

    if (ngx_http_ai_literal(r, len)) {

        unparsed->data = r->unparsed_uri.data + len;
        unparsed->len = r->unparsed_uri.len - len;

        if (unparsed->len != 0 && unparsed->data[0] == '/') {

            /* "/es//x" was merged: "//x" could be read as a host's name */

            if (r->uri.len > len + 1 && r->uri.data[len + 1] == '/') {
                return NGX_OK;
            }

            while (unparsed->len > 1 && unparsed->data[1] == '/') {
                unparsed->data++;
                unparsed->len--;
            }

            return NGX_OK;
        }

        p = ngx_pnalloc(r->pool, unparsed->len + 1);
        if (p == NULL) {
            return NGX_ERROR;
        }

        *p = '/';
        ngx_memcpy(p + 1, unparsed->data, unparsed->len);

        unparsed->data = p;
        unparsed->len++;

        return NGX_OK;
    }

    if (!r->valid_unparsed_uri) {
        return NGX_DECLINED;
    }

    uri.data = r->uri.data + len;
    uri.len = r->uri.len - len;

    if (uri.len == 0) {
        ngx_str_set(&uri, "/");
    }

    escape = 2 * ngx_escape_uri(NULL, uri.data, uri.len, NGX_ESCAPE_URI);

    unparsed->data = ngx_pnalloc(r->pool,
                                 uri.len + escape + 1 + r->args.len);
    if (unparsed->data == NULL) {
        return NGX_ERROR;
    }

    if (escape) {
        p = (u_char *) ngx_escape_uri(unparsed->data, uri.data, uri.len,
                                      NGX_ESCAPE_URI);
    } else {
        p = ngx_cpymem(unparsed->data, uri.data, uri.len);
    }

    if (r->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    unparsed->len = p - unparsed->data;

    return NGX_OK;
}


/*
 * Whether the client's URI begins with the prefix byte by byte, and what
 * follows can't climb out of it by dots, plain or encoded.
 */

static ngx_uint_t
ngx_http_ai_literal(ngx_http_request_t *r, size_t len)
{
    u_char  *p, *end;

    p = r->unparsed_uri.data;
    end = p + r->unparsed_uri.len;

    if (r->unparsed_uri.len < len
        || ngx_strncasecmp(p, r->uri.data, len) != 0)
    {
        return 0;
    }

    p += len;

    if (p < end && *p != '/' && *p != '?' && *p != '#') {
        return 0;
    }

    for ( /* void */ ; p < end && *p != '?' && *p != '#'; p++) {

        if (*p == '/' && end - p > 1 && p[1] == '.') {
            return 0;
        }

        if (*p == '%' && end - p > 2 && p[1] == '2'
            && ((p[2] | 0x20) == 'e' || (p[2] | 0x20) == 'f'))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * A prefixed request whose location has no filter goes to the bare path, so
 * that a prefix opens no door which a rule of the server on the bare path
 * closed.  Error pages are let through: the door was looked at before the
 * error.
 */

ngx_int_t
ngx_http_ai_prefix_door(ngx_http_request_t *r, ngx_uint_t state)
{
    ngx_http_ai_record_t  *record;

    if (state != NGX_HTTP_AI_OFF || r != r->main || r->err_status != 0) {
        return NGX_DECLINED;
    }

    record = ngx_http_ai_record_get(r);

    if (record == NULL || record->prefix.len == 0) {
        return NGX_DECLINED;
    }

    return ngx_http_ai_redirect_bare(r, record);
}


/*
 * In the rewrite phase, before the location's own rules, so that "return" does
 * not answer first.  A variable can't be asked yet: the rules may set it; it
 * is asked in the preaccess phase.
 */

ngx_int_t
ngx_http_ai_prefix_door_handler(ngx_http_request_t *r)
{
    ngx_http_ai_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (alcf->filter.value != NULL) {
        return NGX_DECLINED;
    }

    return ngx_http_ai_prefix_door(r, alcf->filter.state);
}


static ngx_int_t
ngx_http_ai_redirect_bare(ngx_http_request_t *r, ngx_http_ai_record_t *record)
{
    ngx_str_t  location;

    location = r->unparsed_uri;

    /* never "//host": that would lead away */

    while (location.len > 1 && location.data[0] == '/'
           && (location.data[1] == '/' || location.data[1] == '\\'))
    {
        location.data++;
        location.len--;
        location.data[0] = '/';
    }

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "ai prefix \"%V\" has no filter behind it, to \"%V\"",
                   &record->prefix, &location);

    ngx_http_clear_location(r);

    r->headers_out.location = ngx_http_ai_field_push(r, "Location", &location);

    if (r->headers_out.location == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* temporary: the filter may be switched on; 307 keeps method and body */

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return NGX_HTTP_MOVED_TEMPORARILY;
    }

    return NGX_HTTP_TEMPORARY_REDIRECT;
}
