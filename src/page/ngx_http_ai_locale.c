
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which locale a request is for, by the rules of "ai_locale", and the Vary
 * that tells caches what the choice depended on.  How a tag is matched with
 * the listed ones is core/aif_locale.c's business; the prefix in the path is
 * found by ngx_http_ai_prefix.c.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_locale.h"


#define NGX_HTTP_AI_MAX_ARG  (3 * AIF_LOCALE_MAX_LEN)


typedef struct {
    ngx_str_t             word;
    ngx_http_ai_rule_e    type;
} ngx_http_ai_rule_word_t;


static ngx_uint_t ngx_http_ai_locale_asked(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice);
static ngx_int_t ngx_http_ai_rule_choice(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_rule_t *rule);
static ngx_int_t ngx_http_ai_choice_cookie(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_str_t *name);
static ngx_int_t ngx_http_ai_choice_arg(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_str_t *name);
static ngx_int_t ngx_http_ai_choice_referer(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
static ngx_int_t ngx_http_ai_choice_accept(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
static ngx_int_t ngx_http_ai_choice_tag(ngx_http_ai_loc_conf_t *alcf,
    u_char *tag, size_t len);
static ngx_uint_t ngx_http_ai_arg(ngx_str_t *args, ngx_str_t *name,
    ngx_str_t *value);
static ngx_uint_t ngx_http_ai_vary_has(ngx_http_request_t *r,
    ngx_str_t *name);
static ngx_uint_t ngx_http_ai_list_has(ngx_str_t *list, ngx_str_t *name);

static char *ngx_http_ai_rule_parse(ngx_conf_t *cf, ngx_str_t *word,
    ngx_http_ai_rule_t *rule);
static ngx_uint_t ngx_http_ai_rule_equal(ngx_http_ai_rule_t *a,
    ngx_http_ai_rule_t *b);


/* Those that end in a colon take a name. */

static ngx_http_ai_rule_word_t  ngx_http_ai_rule_words[] = {
    { ngx_string("uri"), NGX_HTTP_AI_RULE_URI },
    { ngx_string("uri=strict"), NGX_HTTP_AI_RULE_URI },
    { ngx_string("cookie:"), NGX_HTTP_AI_RULE_COOKIE },
    { ngx_string("arg:"), NGX_HTTP_AI_RULE_ARG },
    { ngx_string("referer"), NGX_HTTP_AI_RULE_REFERER },
    { ngx_string("accept-language"), NGX_HTTP_AI_RULE_ACCEPT },

    /* variables that are one of the above by another name */

    { ngx_string("$cookie_"), NGX_HTTP_AI_RULE_COOKIE },
    { ngx_string("$arg_"), NGX_HTTP_AI_RULE_ARG },
    { ngx_string("$http_accept_language"), NGX_HTTP_AI_RULE_ACCEPT },

    { ngx_null_string, 0 }
};


static ngx_str_t  ngx_http_ai_vary_accept = ngx_string("Accept-Language");
static ngx_str_t  ngx_http_ai_vary_cookie = ngx_string("Cookie");
static ngx_str_t  ngx_http_ai_vary_referer = ngx_string("Referer");
static ngx_str_t  ngx_http_ai_vary_any = ngx_string("*");
static ngx_str_t  ngx_http_ai_request_uri = ngx_string("request_uri");


ngx_http_ai_rule_t *
ngx_http_ai_locale_uri_rule(ngx_array_t *rules)
{
    ngx_uint_t           i;
    ngx_http_ai_rule_t  *rule;

    rule = rules->elts;

    for (i = 0; i < rules->nelts; i++) {
        if (rule[i].type == NGX_HTTP_AI_RULE_URI) {
            return &rule[i];
        }
    }

    return NULL;
}


/*
 * The URL is the same for all who ask for it, so a rule that finds a locale in
 * it ends what the answer depends on, also where a rule before it was first;
 * what the others look at, other clients may have otherwise.
 */

void
ngx_http_ai_locale(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice)
{
    ngx_int_t            index;
    ngx_uint_t           i, url, found;
    ngx_http_ai_rule_t  *rule;

    ngx_memzero(choice, sizeof(ngx_http_ai_choice_t));

    if (alcf->rules == NULL || alcf->locales == NULL) {
        return;
    }

    /* parts of a page are in the page's locale */

    r = r->main;

    if (ngx_http_ai_locale_asked(r, alcf, choice)) {
        return;
    }

    found = 0;
    rule = alcf->rules->elts;

    for (i = 0; i < alcf->rules->nelts; i++) {

        url = rule[i].type == NGX_HTTP_AI_RULE_URI
              || rule[i].type == NGX_HTTP_AI_RULE_ARG;

        if (url || !found) {

            index = ngx_http_ai_rule_choice(r, alcf, &rule[i]);

            if (index >= 0 && !found) {
                choice->index = index;
                choice->rule = &rule[i];
                found = 1;
            }

            if (index >= 0 && url) {
                return;
            }
        }

        switch (rule[i].type) {

        case NGX_HTTP_AI_RULE_URI:
        case NGX_HTTP_AI_RULE_ARG:
            break;

        case NGX_HTTP_AI_RULE_COOKIE:
            choice->vary_cookie = 1;
            break;

        case NGX_HTTP_AI_RULE_REFERER:
            choice->vary_referer = 1;
            break;

        case NGX_HTTP_AI_RULE_ACCEPT:
            choice->vary_accept = 1;
            break;

        case NGX_HTTP_AI_RULE_VARIABLE:
            choice->private = 1;
            break;
        }
    }
}


/* An anonymous fetch names its locale, whatever rule found it for a visitor. */

static ngx_uint_t
ngx_http_ai_locale_asked(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice)
{
    ngx_str_t             *locale;
    ngx_uint_t             i;
    ngx_http_ai_record_t  *record;

    record = ngx_http_ai_self_record(r);

    if (record == NULL) {
        return 0;
    }

    locale = alcf->locales->elts;

    for (i = 0; i < alcf->locales->nelts; i++) {
        if (locale[i].len == record->self.len
            && ngx_strncmp(locale[i].data, record->self.data, locale[i].len)
               == 0)
        {
            choice->index = i;
            return 1;
        }
    }

    return 0;
}


/* The index of the locale that a rule names, or -1. */

static ngx_int_t
ngx_http_ai_rule_choice(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_rule_t *rule)
{
    ngx_http_ai_record_t       *record;
    ngx_http_variable_value_t  *vv;

    switch (rule->type) {

    case NGX_HTTP_AI_RULE_URI:

        record = ngx_http_ai_record_get(r);

        if (record == NULL || record->locale.len == 0) {
            return -1;
        }

        return ngx_http_ai_choice_tag(alcf, record->locale.data,
                                      record->locale.len);

    case NGX_HTTP_AI_RULE_COOKIE:
        return ngx_http_ai_choice_cookie(r, alcf, &rule->name);

    case NGX_HTTP_AI_RULE_ARG:
        return ngx_http_ai_choice_arg(r, alcf, &rule->name);

    case NGX_HTTP_AI_RULE_REFERER:
        return ngx_http_ai_choice_referer(r, alcf);

    case NGX_HTTP_AI_RULE_VARIABLE:

        vv = ngx_http_get_flushed_variable(r, rule->variable);

        if (vv == NULL || vv->not_found) {
            return -1;
        }

        return ngx_http_ai_choice_tag(alcf, vv->data, vv->len);

    case NGX_HTTP_AI_RULE_ACCEPT:
        return ngx_http_ai_choice_accept(r, alcf);
    }

    return -1;
}


static ngx_int_t
ngx_http_ai_choice_cookie(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *name)
{
    ngx_str_t  value;

#if (nginx_version >= 1023000)

    if (ngx_http_parse_multi_header_lines(r, r->headers_in.cookie, name,
                                          &value)
        == NULL)
    {
        return -1;
    }

#else

    if (ngx_http_parse_multi_header_lines(&r->headers_in.cookies, name, &value)
        == NGX_DECLINED)
    {
        return -1;
    }

#endif

    if (value.len > 1 && value.data[0] == '"'
        && value.data[value.len - 1] == '"')
    {
        value.data++;
        value.len -= 2;
    }

    return ngx_http_ai_choice_tag(alcf, value.data, value.len);
}


/*
 * The arguments as they are now, then those of the client, which a redirect
 * to a front controller may have dropped.
 */

static ngx_int_t
ngx_http_ai_choice_arg(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *name)
{
    u_char     *p, *dst, *src, tag[NGX_HTTP_AI_MAX_ARG];
    ngx_str_t   value, args;

    if (!ngx_http_ai_arg(&r->args, name, &value)) {

        p = ngx_strlchr(r->unparsed_uri.data,
                        r->unparsed_uri.data + r->unparsed_uri.len, '?');

        if (p == NULL) {
            return -1;
        }

        args.data = p + 1;
        args.len = r->unparsed_uri.data + r->unparsed_uri.len - args.data;

        if (!ngx_http_ai_arg(&args, name, &value)) {
            return -1;
        }
    }

    if (value.len > NGX_HTTP_AI_MAX_ARG) {
        return -1;
    }

    dst = tag;
    src = value.data;

    ngx_unescape_uri(&dst, &src, value.len, 0);

    return ngx_http_ai_choice_tag(alcf, tag, dst - tag);
}


/*
 * The prefix of the page whose script made the request.  Ports are not
 * compared: what a proxy in front of us listens on is not ours to know.
 */

static ngx_int_t
ngx_http_ai_choice_referer(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    int                  index;
    u_char              *p, *end, *host;
    size_t               len;
    ngx_str_t           *server;
    ngx_table_elt_t     *h;
    ngx_http_ai_rule_t  *rule;

    h = r->headers_in.referer;

    if (h == NULL) {
        return -1;
    }

    p = h->value.data;
    end = p + h->value.len;

    if (h->value.len > 7 && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0) {
        p += 7;

    } else if (h->value.len > 8
               && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0)
    {
        p += 8;

    } else {
        return -1;
    }

    host = p;

    while (p < end && *p != '/' && *p != '?' && *p != '#') {
        p++;
    }

    server = &r->headers_in.server;
    len = p - host;

    if (server->len == 0 || len < server->len
        || ngx_strncasecmp(host, server->data, server->len) != 0
        || (len > server->len && host[server->len] != ':'))
    {
        return -1;
    }

    for (host = p; p < end && *p != '?' && *p != '#'; p++) { /* void */ }

    index = aif_locale_prefix((aif_str_t *) alcf->locales->elts,
                              alcf->locales->nelts, host, p - host, &len);

    if (index == 0) {
        rule = ngx_http_ai_locale_uri_rule(alcf->rules);

        if (rule == NULL || !rule->strict) {
            return -1;
        }
    }

    return index;
}


static ngx_int_t
ngx_http_ai_choice_accept(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf)
{
    ngx_table_elt_t  *h;

#if (NGX_HTTP_HEADERS)
    h = r->headers_in.accept_language;
#else
    h = ngx_http_ai_field_find(&r->headers_in.headers, "Accept-Language");
#endif

    if (h == NULL) {
        return -1;
    }

    return aif_locale_accept((aif_str_t *) alcf->locales->elts,
                             alcf->locales->nelts, h->value.data,
                             h->value.len);
}


static ngx_int_t
ngx_http_ai_choice_tag(ngx_http_ai_loc_conf_t *alcf, u_char *tag, size_t len)
{
    return aif_locale_match((aif_str_t *) alcf->locales->elts,
                            alcf->locales->nelts, tag, len);
}


/* As ngx_http_arg(), but of any arguments, and the last "=" is not needed. */

static ngx_uint_t
ngx_http_ai_arg(ngx_str_t *args, ngx_str_t *name, ngx_str_t *value)
{
    u_char  *p, *end, *next;

    p = args->data;
    end = p + args->len;

    while (p < end) {

        next = ngx_strlchr(p, end, '&');
        if (next == NULL) {
            next = end;
        }

        if ((size_t) (next - p) > name->len && p[name->len] == '='
            && ngx_strncasecmp(p, name->data, name->len) == 0)
        {
            value->data = p + name->len + 1;
            value->len = next - value->data;

            p = ngx_strlchr(value->data, next, '#');
            if (p != NULL) {
                value->len = p - value->data;
            }

            return 1;
        }

        p = next + 1;
    }

    return 0;
}


ngx_int_t
ngx_http_ai_locale_vary(ngx_http_request_t *r, ngx_http_ai_choice_t *choice)
{
    u_char      *p;
    size_t       len;
    ngx_str_t    value, *names[3];
    ngx_uint_t   i, n;

    n = 0;

    if (choice->vary_accept) {
        names[n++] = &ngx_http_ai_vary_accept;
    }

    if (choice->vary_cookie) {
        names[n++] = &ngx_http_ai_vary_cookie;
    }

    if (choice->vary_referer) {
        names[n++] = &ngx_http_ai_vary_referer;
    }

    if (n == 0 || ngx_http_ai_vary_has(r, &ngx_http_ai_vary_any)) {
        return NGX_OK;
    }

    len = 0;

    for (i = 0; i < n; /* void */ ) {

        if (ngx_http_ai_vary_has(r, names[i])) {
            n--;
            ngx_memmove(&names[i], &names[i + 1],
                        (n - i) * sizeof(ngx_str_t *));
            continue;
        }

        len += names[i]->len + sizeof(", ") - 1;
        i++;
    }

    if (n == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;

    for (i = 0; i < n; i++) {

        if (i != 0) {
            *p++ = ',';
            *p++ = ' ';
        }

        p = ngx_cpymem(p, names[i]->data, names[i]->len);
    }

    value.len = p - value.data;

    return ngx_http_ai_field_push(r, "Vary", &value) ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
ngx_http_ai_vary_has(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    part = &r->headers_out.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash == 0 || h[i].key.len != sizeof("Vary") - 1
            || ngx_strncasecmp(h[i].key.data, (u_char *) "Vary",
                               sizeof("Vary") - 1)
               != 0)
        {
            continue;
        }

        if (ngx_http_ai_list_has(&h[i].value, name)) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_ai_list_has(ngx_str_t *list, ngx_str_t *name)
{
    u_char  *p, *end, *token;

    p = list->data;
    end = p + list->len;

    while (p < end) {

        if (*p == ' ' || *p == '\t' || *p == ',') {
            p++;
            continue;
        }

        token = p;

        while (p < end && *p != ' ' && *p != '\t' && *p != ',') {
            p++;
        }

        if ((size_t) (p - token) == name->len
            && ngx_strncasecmp(token, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_ai_set_locale(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t  *alcf = conf;

    char                *rv;
    ngx_str_t           *value;
    ngx_uint_t           i, k;
    ngx_http_ai_rule_t  *rule, parsed;

    if (alcf->rules != NGX_CONF_UNSET_PTR && alcf->rules != NULL) {
        return "is duplicate";
    }

    alcf->rules = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                   sizeof(ngx_http_ai_rule_t));
    if (alcf->rules == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        ngx_memzero(&parsed, sizeof(ngx_http_ai_rule_t));

        rv = ngx_http_ai_rule_parse(cf, &value[i], &parsed);
        if (rv != NGX_CONF_OK) {
            return rv;
        }

        rule = alcf->rules->elts;

        for (k = 0; k < alcf->rules->nelts; k++) {
            if (ngx_http_ai_rule_equal(&rule[k], &parsed)) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate parameter \"%V\" in \"%V\"",
                                   &value[i], &cmd->name);
                return NGX_CONF_ERROR;
            }
        }

        rule = ngx_array_push(alcf->rules);
        if (rule == NULL) {
            return NGX_CONF_ERROR;
        }

        *rule = parsed;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_rule_parse(ngx_conf_t *cf, ngx_str_t *word,
    ngx_http_ai_rule_t *rule)
{
    u_char                    last;
    ngx_str_t                 name;
    ngx_uint_t                named;
    ngx_http_ai_rule_word_t  *w;

    for (w = ngx_http_ai_rule_words; w->word.len; w++) {

        last = w->word.data[w->word.len - 1];
        named = (last == ':' || last == '_');

        if (word->len < w->word.len
            || (word->len > w->word.len && !named)
            || ngx_strncmp(word->data, w->word.data, w->word.len) != 0)
        {
            continue;
        }

        if (named && word->len == w->word.len) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "parameter \"%V\" in \"ai_locale\" must have "
                               "a name", word);
            return NGX_CONF_ERROR;
        }

        rule->type = w->type;
        rule->name.data = word->data + w->word.len;
        rule->name.len = word->len - w->word.len;

        if (w->type == NGX_HTTP_AI_RULE_URI) {

            rule->strict = (last == 't');
            rule->variable = ngx_http_get_variable_index(cf,
                                                    &ngx_http_ai_request_uri);
            if (rule->variable == NGX_ERROR) {
                return NGX_CONF_ERROR;
            }
        }

        return NGX_CONF_OK;
    }

    if (word->len > 1 && word->data[0] == '$') {

        name.data = word->data + 1;
        name.len = word->len - 1;

        rule->type = NGX_HTTP_AI_RULE_VARIABLE;
        rule->name = name;
        rule->variable = ngx_http_get_variable_index(cf, &name);

        if (rule->variable == NGX_ERROR) {
            return NGX_CONF_ERROR;
        }

        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" in \"ai_locale\", it must be "
                       "\"uri\", \"uri=strict\", \"cookie:name\", "
                       "\"arg:name\", \"referer\", \"$variable\" or "
                       "\"accept-language\"", word);

    return NGX_CONF_ERROR;
}


static ngx_uint_t
ngx_http_ai_rule_equal(ngx_http_ai_rule_t *a, ngx_http_ai_rule_t *b)
{
    return a->type == b->type
           && a->name.len == b->name.len
           && ngx_strncmp(a->name.data, b->name.data, a->name.len) == 0;
}
