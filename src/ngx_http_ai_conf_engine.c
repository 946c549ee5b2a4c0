
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The block "ai_engine": one inference service.  Keys come from files only;
 * they are never logged.
 */


#include "ngx_http_ai_conf.h"


typedef struct {
    ngx_str_t       name;
    ngx_uint_t      min;               /* arguments */
    ngx_uint_t      max;
    char         *(*set)(ngx_conf_t *cf, ngx_ai_engine_t *engine,
                         ngx_str_t *value, void *field);
    size_t          offset;
} ngx_http_ai_engine_command_t;


static char *ngx_http_ai_engine_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf);
static char *ngx_http_ai_engine_done(ngx_conf_t *cf, ngx_ai_engine_t *engine);
static ngx_ai_engine_t *ngx_http_ai_engine_find(ngx_http_ai_main_conf_t *amcf,
    ngx_str_t *name);
static char *ngx_http_ai_engine_protocol(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_url(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_string(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_formality(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_key_file(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_ca(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_proxy(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_msec(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_count(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_tokens(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_temperature(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static char *ngx_http_ai_engine_header(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, void *field);
static ngx_uint_t ngx_http_ai_engine_printable(ngx_str_t *s);


static ngx_http_ai_engine_command_t  ngx_http_ai_engine_commands[] = {

    { ngx_string("protocol"), 1, 1, ngx_http_ai_engine_protocol, 0 },
    { ngx_string("url"), 1, 1, ngx_http_ai_engine_url, 0 },
    { ngx_string("model"), 1, 1, ngx_http_ai_engine_string,
      offsetof(ngx_ai_engine_t, conf.model) },
    { ngx_string("glossary_id"), 1, 1, ngx_http_ai_engine_string,
      offsetof(ngx_ai_engine_t, conf.glossary) },
    { ngx_string("formality"), 1, 1, ngx_http_ai_engine_formality, 0 },
    { ngx_string("key_file"), 1, 1, ngx_http_ai_engine_key_file, 0 },
    { ngx_string("connect_timeout"), 1, 1, ngx_http_ai_engine_msec,
      offsetof(ngx_ai_engine_t, connect_timeout) },
    { ngx_string("timeout"), 1, 1, ngx_http_ai_engine_msec,
      offsetof(ngx_ai_engine_t, timeout) },
    { ngx_string("concurrency"), 1, 1, ngx_http_ai_engine_count,
      offsetof(ngx_ai_engine_t, concurrency) },
    { ngx_string("queue"), 1, 1, ngx_http_ai_engine_count,
      offsetof(ngx_ai_engine_t, queue) },
    { ngx_string("batch"), 1, 1, ngx_http_ai_engine_count,
      offsetof(ngx_ai_engine_t, batch) },
    { ngx_string("max_tokens"), 1, 1, ngx_http_ai_engine_tokens, 0 },
    { ngx_string("temperature"), 1, 1, ngx_http_ai_engine_temperature, 0 },
    { ngx_string("price"), 1, 2, ngx_http_ai_budget_price, 0 },
    { ngx_string("budget"), 1, 3, ngx_http_ai_budget_set, 0 },
    { ngx_string("trusted_certificate"), 1, 1, ngx_http_ai_engine_ca, 0 },
    { ngx_string("certificate"), 1, 1, ngx_http_ai_engine_string,
      offsetof(ngx_ai_engine_t, certificate_file) },
    { ngx_string("certificate_key"), 1, 1, ngx_http_ai_engine_string,
      offsetof(ngx_ai_engine_t, certificate_key_file) },
    { ngx_string("proxy"), 1, 1, ngx_http_ai_engine_proxy, 0 },
    { ngx_string("header"), 2, 2, ngx_http_ai_engine_header, 0 },
    { ngx_null_string, 0, 0, NULL, 0 }
};


char *
ngx_http_ai_engine(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_main_conf_t *amcf = conf;

    char             *rv;
    ngx_str_t        *value;
    ngx_conf_t        save;
    ngx_ai_engine_t  *engine;

    value = cf->args->elts;

    engine = ngx_http_ai_engine_find(amcf, &value[1]);
    if (engine == NULL) {
        return NGX_CONF_ERROR;
    }

    /* a block sets the timeout in any case, a mere reference doesn't */

    if (engine->timeout != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate engine \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    engine->connect_timeout = NGX_CONF_UNSET_MSEC;
    engine->timeout = NGX_CONF_UNSET_MSEC;
    engine->concurrency = NGX_CONF_UNSET_UINT;
    engine->queue = NGX_CONF_UNSET_UINT;
    engine->batch = NGX_CONF_UNSET_UINT;
    engine->conf.temperature = 0;

    save = *cf;
    cf->handler = ngx_http_ai_engine_directive;
    cf->handler_conf = (void *) engine;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    return ngx_http_ai_engine_done(cf, engine);
}


static char *
ngx_http_ai_engine_directive(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_ai_engine_t *engine = conf;

    char                          *rv, *p;
    ngx_str_t                     *value;
    ngx_uint_t                     n;
    ngx_http_ai_engine_command_t  *cmd;

    value = cf->args->elts;
    n = cf->args->nelts - 1;
    p = (char *) engine;

    for (cmd = ngx_http_ai_engine_commands; cmd->name.len; cmd++) {

        if (cmd->name.len != value[0].len
            || ngx_strcmp(cmd->name.data, value[0].data) != 0)
        {
            continue;
        }

        if (n < cmd->min || n > cmd->max) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid number of arguments in \"%V\" of "
                               "engine \"%V\"", &value[0], &engine->name);
            return NGX_CONF_ERROR;
        }

        rv = cmd->set(cf, engine, &value[1], p + cmd->offset);

        if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" of engine \"%V\" %s", &value[0],
                               &engine->name, rv);
            return NGX_CONF_ERROR;
        }

        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown directive \"%V\" in engine \"%V\"", &value[0],
                       &engine->name);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_engine_done(ngx_conf_t *cf, ngx_ai_engine_t *engine)
{
    char      *rv;
    uint32_t   hash;

    if (engine->dialect == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "engine \"%V\" must have \"protocol\"",
                           &engine->name);
        return NGX_CONF_ERROR;
    }

    if (engine->conf.url.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "engine \"%V\" must have \"url\"", &engine->name);
        return NGX_CONF_ERROR;
    }

    if (engine->dialect == &aif_engine_openai && engine->conf.model.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "engine \"%V\" must have \"model\", as its "
                           "protocol is \"openai\"", &engine->name);
        return NGX_CONF_ERROR;
    }

    if (engine->dialect != &aif_engine_deepl
        && (engine->conf.glossary.len || engine->conf.formality.len))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"glossary_id\" and \"formality\" are for the "
                           "protocol \"deepl\", and that of engine \"%V\" is "
                           "\"%s\"", &engine->name, engine->dialect->name);
        return NGX_CONF_ERROR;
    }

    ngx_conf_init_msec_value(engine->connect_timeout, 1000);
    ngx_conf_init_msec_value(engine->timeout, 20000);
    ngx_conf_init_uint_value(engine->concurrency, 16);
    ngx_conf_init_uint_value(engine->queue, 256);
    ngx_conf_init_uint_value(engine->batch, 32);

    if (engine->concurrency > NGX_AI_MAX_LEASES) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"concurrency\" of engine \"%V\" must be at most "
                           "%d", &engine->name, NGX_AI_MAX_LEASES);
        return NGX_CONF_ERROR;
    }

    if (engine->batch > AIF_ENGINE_MAX_BATCH) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"batch\" of engine \"%V\" must be at most %d",
                           &engine->name, AIF_ENGINE_MAX_BATCH);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_ai_peer_certificate(cf, engine) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    engine->characters = !engine->dialect->prompts;

    rv = ngx_http_ai_budget_done(cf, engine);

    if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "engine \"%V\" %s",
                           &engine->name, rv);
        return NGX_CONF_ERROR;
    }

    if (rv != NGX_CONF_OK) {
        return rv;
    }


    /* another model makes texts stale; another address doesn't */

    ngx_crc32_init(hash);
    ngx_crc32_update(&hash, (u_char *) engine->dialect->name,
                     ngx_strlen(engine->dialect->name) + 1);
    ngx_crc32_update(&hash, engine->conf.model.data, engine->conf.model.len);
    ngx_crc32_update(&hash, engine->conf.glossary.data,
                     engine->conf.glossary.len);
    ngx_crc32_update(&hash, engine->conf.formality.data,
                     engine->conf.formality.len);
    ngx_crc32_final(hash);

    engine->recipe = hash ? hash : 1;      /* 0 is a person's text */

    ngx_crc32_init(hash);
    ngx_crc32_update(&hash, engine->conf.url.data, engine->conf.url.len);
    ngx_crc32_update(&hash, (u_char *) " ", 1);
    ngx_crc32_update(&hash, engine->conf.model.data, engine->conf.model.len);
    ngx_crc32_final(hash);

    engine->service = hash;

    return NGX_CONF_OK;
}


static ngx_ai_engine_t *
ngx_http_ai_engine_find(ngx_http_ai_main_conf_t *amcf, ngx_str_t *name)
{
    ngx_uint_t         i;
    ngx_ai_engine_t  **ep, *engine;

    ep = amcf->engines.elts;

    for (i = 0; i < amcf->engines.nelts; i++) {
        if (ep[i]->name.len == name->len
            && ngx_strncmp(ep[i]->name.data, name->data, name->len) == 0)
        {
            return ep[i];
        }
    }

    engine = ngx_pcalloc(amcf->engines.pool, sizeof(ngx_ai_engine_t));
    ep = ngx_array_push(&amcf->engines);

    if (engine == NULL || ep == NULL) {
        return NULL;
    }

    engine->name = *name;
    engine->index = amcf->engines.nelts - 1;
    *ep = engine;

    return engine;
}


ngx_ai_engine_t *
ngx_http_ai_engine_refer(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_ai_engine_t          *engine;
    ngx_http_ai_main_conf_t  *amcf;
    ngx_http_ai_reference_t  *reference;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    engine = ngx_http_ai_engine_find(amcf, name);
    reference = ngx_array_push(&amcf->references);

    if (engine == NULL || reference == NULL) {
        return NULL;
    }

    reference->engine = engine;
    reference->file = cf->conf_file->file.name.data;
    reference->line = cf->conf_file->line;

    return engine;
}


char *
ngx_http_ai_engine_check(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf)
{
    ngx_uint_t                i;
    ngx_http_ai_reference_t  *reference;

    reference = amcf->references.elts;

    for (i = 0; i < amcf->references.nelts; i++) {

        if (reference[i].engine->timeout == 0) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "unknown engine \"%V\" in %s:%ui: define it by "
                          "\"ai_engine %V { ... }\" in the http block",
                          &reference[i].engine->name, reference[i].file,
                          reference[i].line, &reference[i].engine->name);
            return NGX_CONF_ERROR;
        }

        ngx_http_ai_peer_resolver(cf, &reference[i].engine->peer);
    }

    if (amcf->engines.nelts > NGX_AI_MAX_ENGINES) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "too many engines, at most %d are possible",
                      NGX_AI_MAX_ENGINES);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_protocol(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    u_char       names[128], *p;
    ngx_uint_t   i;
    const char  *name;

    if (engine->dialect) {
        return "is duplicate";
    }

    engine->dialect = aif_engine_find(value->data, value->len);

    if (engine->dialect) {
        return NGX_CONF_OK;
    }

    p = names;

    for (i = 0; (name = aif_engine_names(i)) != NULL; i++) {
        p = ngx_slprintf(p, names + sizeof(names), "%s\"%s\"",
                         i ? ", " : "", name);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown protocol \"%V\" of engine \"%V\", it must be "
                       "one of %*s", value, &engine->name,
                       (size_t) (p - names), names);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_engine_url(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    u_char     *p, *last;
    ngx_str_t   url;
    ngx_url_t   u;

    if (engine->conf.url.len) {
        return "is duplicate";
    }

    url = *value;

    if (url.len > 7 && ngx_strncasecmp(url.data, (u_char *) "http://", 7) == 0)
    {
        p = url.data + 7;

    } else if (url.len > 8
               && ngx_strncasecmp(url.data, (u_char *) "https://", 8) == 0)
    {
        p = url.data + 8;

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid url \"%V\" of engine \"%V\", it must "
                           "begin with \"http://\" or \"https://\"", value,
                           &engine->name);
        return NGX_CONF_ERROR;
    }

    last = url.data + url.len;

    if (*p == '/' || ngx_strlchr(p, last, '@') || ngx_strlchr(p, last, '?')
        || ngx_strlchr(p, last, '#') || !ngx_http_ai_engine_printable(&url))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid url \"%V\" of engine \"%V\", it must have "
                           "a host, and no user, query or fragment: keys "
                           "belong into \"key_file\"", value, &engine->name);
        return NGX_CONF_ERROR;
    }

    while (url.data[url.len - 1] == '/') {
        url.len--;
    }

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url.data = p;
    u.url.len = url.data + url.len - p;
    u.default_port = (p - url.data == 8) ? 443 : 80;
    u.uri_part = 1;
    u.no_resolve = 1;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in url \"%V\" of engine \"%V\"",
                           u.err ? u.err : "no memory", value, &engine->name);
        return NGX_CONF_ERROR;
    }

    /* an address needs no resolver */

    if (u.naddrs == 0) {
        engine->peer.name.host = u.host;
        engine->peer.name.port = u.port;
    }

    engine->conf.url.len = url.len;
    engine->conf.url.data = url.data;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_string(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_str_t *s = field;

    if (s->len) {
        return "is duplicate";
    }

    *s = *value;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_formality(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_str_t  *word;

    static ngx_str_t  words[] = {
        ngx_string("default"), ngx_string("more"), ngx_string("less"),
        ngx_string("prefer_more"), ngx_string("prefer_less"), ngx_null_string
    };

    if (engine->conf.formality.len) {
        return "is duplicate";
    }

    for (word = words; word->len; word++) {
        if (aif_str_eq((aif_str_t *) word, (aif_str_t *) value)) {
            engine->conf.formality.len = word->len;
            engine->conf.formality.data = word->data;
            return NGX_CONF_OK;
        }
    }

    return "must be \"default\", \"more\", \"less\", \"prefer_more\" or "
           "\"prefer_less\"";
}


static char *
ngx_http_ai_engine_key_file(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_str_t    key;
    const char  *of;

    if (engine->key_file.len) {
        return "is duplicate";
    }

    engine->key_file = *value;
    of = ngx_http_ai_secret_engine(cf, &engine->name);

    if (of == NULL
        || ngx_http_ai_secret(cf, &engine->key_file, of, 1, &key) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    engine->conf.key.len = key.len;
    engine->conf.key.data = key.data;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_ca(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    if (engine->peer.ca.len) {
        return "is duplicate";
    }

    engine->peer.ca = *value;

    return ngx_http_ai_peer_trust(cf, &engine->peer.ca);
}


/* keys of a proxy would have to be here, and must not */

static char *
ngx_http_ai_engine_proxy(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_url_t  u;

    if (engine->peer.proxy.len) {
        return "is duplicate";
    }

    ngx_memzero(&u, sizeof(ngx_url_t));

    if (value->len > 7
        && ngx_strncasecmp(value->data, (u_char *) "http://", 7) == 0)
    {
        u.url.data = value->data + 7;
        u.url.len = value->len - 7;
    }

    u.no_resolve = 1;

    if (u.url.len == 0 || ngx_strchr(u.url.data, '@')
        || !ngx_http_ai_engine_printable(value)
        || ngx_parse_url(cf->pool, &u) != NGX_OK || u.no_port)
    {
        return "must be the address of an HTTP proxy with its port, such as "
               "\"http://127.0.0.1:3128\", without user and path";
    }

    engine->peer.proxy = *value;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_msec(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_msec_t *ms = field;

    ngx_int_t  n;

    if (*ms != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    n = ngx_parse_time(value, 0);

    if (n == NGX_ERROR || n == 0) {
        return "must be a time greater than 0, such as \"20s\"";
    }

    *ms = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_count(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_uint_t *count = field;

    ngx_int_t  n;

    if (*count != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    n = ngx_atoi(value->data, value->len);

    if (n == NGX_ERROR || n == 0) {
        return "must be a number greater than 0";
    }

    *count = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_tokens(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_int_t  n;

    if (engine->conf.max_tokens) {
        return "is duplicate";
    }

    n = ngx_atoi(value->data, value->len);

    if (n == NGX_ERROR || n == 0 || n > 1000000) {
        return "must be a number from 1 to 1000000";
    }

    engine->conf.max_tokens = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_temperature(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_int_t  n;

    if (value->len == 3 && ngx_strncmp(value->data, "off", 3) == 0) {
        engine->conf.temperature = -1;
        return NGX_CONF_OK;
    }

    n = ngx_atofp(value->data, value->len, 2);

    if (n == NGX_ERROR || n > 200) {
        return "must be a number from 0 to 2, or \"off\"";
    }

    engine->conf.temperature = (double) n / 100;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_engine_header(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_str_t  *line;

    if (!ngx_http_ai_engine_printable(&value[0])
        || !ngx_http_ai_engine_printable(&value[1])
        || ngx_strchr(value[0].data, ':') || ngx_strchr(value[0].data, ' '))
    {
        return "must be a name and a value without control characters";
    }

    if (ngx_strcasecmp(value[0].data, (u_char *) "Authorization") == 0
        || ngx_strcasecmp(value[0].data, (u_char *) "Proxy-Authorization")
           == 0)
    {
        return "must not be a key: keys belong into \"key_file\"";
    }

    if (engine->headers == NULL) {
        engine->headers = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
        if (engine->headers == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    line = ngx_array_push(engine->headers);
    if (line == NULL) {
        return NGX_CONF_ERROR;
    }

    line->len = value[0].len + 2 + value[1].len;
    line->data = ngx_pnalloc(cf->pool, line->len + 1);
    if (line->data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_sprintf(line->data, "%V: %V%Z", &value[0], &value[1]);

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_ai_engine_printable(ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] < 0x20 || s->data[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}
