
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which parts of a page are touched: ai_include, ai_exclude, ai_attributes,
 * ai_json.  What they mean for a page is said in core/: aif_segment.c and
 * aif_state.c.
 */


#include "ngx_http_ai_conf.h"


#define NGX_HTTP_AI_SELECTOR_ARENA  (256 * 1024)


static ngx_uint_t ngx_http_ai_json_twice(ngx_array_t *variables,
    ngx_str_t *word);
static ngx_uint_t ngx_http_ai_json_word(ngx_str_t *word);
static void ngx_http_ai_arena_cleanup(void *data);


/* ai_include and ai_exclude; the selectors live as long as the cycle */

char *
ngx_http_ai_selectors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t        *value;
    ngx_uint_t        i;
    aif_arena_t      *arena;
    ngx_array_t     **a;
    aif_selector_t   *selector, **sp;

    a = (ngx_array_t **) (p + cmd->offset);

    if (*a != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    *a = ngx_array_create(cf->pool, cf->args->nelts - 1,
                          sizeof(aif_selector_t *));
    arena = ngx_http_ai_arena(cf, NGX_HTTP_AI_SELECTOR_ARENA);

    if (*a == NULL || arena == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        selector = ngx_http_ai_selector(cf, arena, &value[i]);
        sp = selector ? ngx_array_push(*a) : NULL;

        if (sp == NULL) {
            return NGX_CONF_ERROR;
        }

        *sp = selector;
    }

    return NGX_CONF_OK;
}


aif_selector_t *
ngx_http_ai_selector(ngx_conf_t *cf, aif_arena_t *arena, ngx_str_t *value)
{
    int              rc;
    size_t           at;
    ngx_str_t       *directive;
    const char      *error;
    aif_selector_t  *selector;

    directive = cf->args->elts;

    rc = aif_selector_parse((aif_str_t *) value, arena, &selector, &error,
                            &at);

    if (rc == AIF_OK) {
        return selector;
    }

    if (rc == AIF_BAD) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid selector \"%V\" in \"%V\": %s, at \"%s\"",
                           value, directive, error, value->data + at);
    }

    return NULL;
}


aif_arena_t *
ngx_http_ai_arena(ngx_conf_t *cf, size_t limit)
{
    aif_arena_t         *arena;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    arena = aif_arena_create(0, limit);

    if (arena) {
        cln->handler = ngx_http_ai_arena_cleanup;
        cln->data = arena;
    }

    return arena;
}


char *
ngx_http_ai_attributes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    size_t       k;
    u_char       ch;
    aif_str_t   *name;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (alcf->attributes != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    alcf->attributes = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                        sizeof(aif_str_t));
    if (alcf->attributes == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        ngx_strlow(value[i].data, value[i].data, value[i].len);

        for (k = 0; k < value[i].len; k++) {

            ch = value[i].data[k];

            if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9')
                && ch != '-' && ch != '_' && ch != ':')
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "invalid attribute name \"%V\" in "
                                   "\"ai_attributes\"", &value[i]);
                return NGX_CONF_ERROR;
            }
        }

        /* event handlers and addresses are never text */

        if (ngx_strncmp(value[i].data, "on", 2) == 0
            || ngx_strcmp(value[i].data, "href") == 0
            || ngx_strcmp(value[i].data, "src") == 0
            || ngx_strcmp(value[i].data, "srcset") == 0
            || ngx_strcmp(value[i].data, "srcdoc") == 0
            || ngx_strcmp(value[i].data, "action") == 0
            || ngx_strcmp(value[i].data, "formaction") == 0
            || ngx_strcmp(value[i].data, "style") == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "attribute \"%V\" in \"ai_attributes\" holds "
                               "no text for people and can't be translated",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        name = ngx_array_push(alcf->attributes);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        name->len = value[i].len;
        name->data = value[i].data;
    }

    return NGX_CONF_OK;
}


/* ai_json var:name key ...; the names are compared as they are written */

char *
ngx_http_ai_json(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    aif_str_t    *name;
    ngx_str_t    *value, word;
    ngx_uint_t    i, variable;

    if (alcf->json_keys != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    alcf->json_keys = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                       sizeof(aif_str_t));
    alcf->json_variables = ngx_array_create(cf->pool, 1, sizeof(aif_str_t));

    if (alcf->json_keys == NULL || alcf->json_variables == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        word = value[i];
        variable = word.len >= 4 && ngx_strncmp(word.data, "var:", 4) == 0;

        if (variable) {
            word.data += 4;
            word.len -= 4;
        }

        if (!ngx_http_ai_json_word(&word)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"ai_json\" "
                               "directive, it must be \"off\", a key such as "
                               "\"name\", \"product.title\" or "
                               "\"*.description\", or \"var:name\"",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        if (variable && ngx_http_ai_json_twice(alcf->json_variables, &word)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" in \"ai_json\" directive names a "
                               "variable that another one names as well: "
                               "\"var:state\" is also \"window.state\"",
                               &value[i]);
            return NGX_CONF_ERROR;
        }

        name = ngx_array_push(variable ? alcf->json_variables
                                       : alcf->json_keys);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        name->len = word.len;
        name->data = word.data;
    }

    return NGX_CONF_OK;
}


/* one name is the other's, or its end behind a dot */

static ngx_uint_t
ngx_http_ai_json_twice(ngx_array_t *variables, ngx_str_t *word)
{
    aif_str_t   *known, *a, *b;
    ngx_uint_t   i;

    known = variables->elts;

    for (i = 0; i < variables->nelts; i++) {

        a = (aif_str_t *) word;
        b = &known[i];

        if (a->len > b->len) {
            a = b;
            b = (aif_str_t *) word;
        }

        if (ngx_memcmp(b->data + b->len - a->len, a->data, a->len) == 0
            && (b->len == a->len || b->data[b->len - a->len - 1] == '.'))
        {
            return 1;
        }
    }

    return 0;
}


/* names with dots between them; "*" is a whole one, and not the last */

static ngx_uint_t
ngx_http_ai_json_word(ngx_str_t *word)
{
    size_t      i, len;
    ngx_uint_t  star, names;

    for (i = 0, len = 0, star = 0, names = 1; i < word->len; i++) {

        if (word->data[i] == '"' || word->data[i] == '\\') {
            return 0;
        }

        if (word->data[i] != '.') {
            star |= (word->data[i] == '*');
            len++;

        } else if (len == 0 || (star && len > 1)) {
            return 0;

        } else {
            len = 0;
            star = 0;
            names++;
        }
    }

    return len != 0 && !star && names <= AIF_STATE_MAX_PATTERN;
}


/* what the segmenter is told: the arrays' elements, in its own words */

void
ngx_http_ai_merge_segment(ngx_http_ai_loc_conf_t *conf)
{
    aif_segment_conf_default(&conf->segment);

    if (conf->include) {
        conf->segment.include = conf->include->elts;
        conf->segment.ninclude = conf->include->nelts;
    }

    if (conf->exclude) {
        conf->segment.exclude = conf->exclude->elts;
        conf->segment.nexclude = conf->exclude->nelts;
    }

    ngx_memzero(&conf->json, sizeof(aif_state_conf_t));
    conf->json.segment = &conf->segment;

    if (conf->json_keys) {
        conf->json.keys = conf->json_keys->elts;
        conf->json.nkeys = conf->json_keys->nelts;
        conf->json.variables = conf->json_variables->elts;
        conf->json.nvariables = conf->json_variables->nelts;
    }

    if (conf->attributes) {
        conf->segment.attributes = conf->attributes->elts;
        conf->segment.nattributes = conf->attributes->nelts;
    }
}


static void
ngx_http_ai_arena_cleanup(void *data)
{
    aif_arena_destroy(data);
}
