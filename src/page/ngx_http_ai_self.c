
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The anonymous fetch, as far as it knows requests.  A page that was made for
 * somebody teaches nothing; what of it everybody may see is found out by
 * asking for it once more, from this nginx, as nobody.  Never by a subrequest:
 * that would pass by the rules of access.
 *
 * When such a request comes in, a token in it shows that it is ours.  So that
 * the rules hold for it as for a stranger, its address is not this machine's,
 * which many a rule lets in ("allow 127.0.0.1"), but one that belongs to
 * nobody.  A request with that header, good or bad, is never repeated, and one
 * without cookies has no reason to be: there are no loops.
 */


#include "ngx_http_ai_conf.h"
#include "ngx_http_ai_endpoint.h"
#include "core/aif_capability.h"


#define NGX_HTTP_AI_SELF_MAX_TARGET  2048    /* bytes */
#define NGX_HTTP_AI_SELF_MAX_HOST    255

/* TEST-NET-1 of RFC 5737, which nobody has */

#define NGX_HTTP_AI_SELF_ADDRESS     "192.0.2.1"
#define NGX_HTTP_AI_SELF_INADDR      0xc0000201


/* of a request that is ours: what is put back, and where */

typedef struct {
    ngx_http_request_t    *request;
    ngx_connection_t      *connection;
    struct sockaddr       *sockaddr;
    socklen_t              socklen;
    ngx_str_t              addr_text;
    ngx_ai_state_t        *state;
    uint64_t               key;
} ngx_http_ai_self_t;


static ngx_int_t ngx_http_ai_self_page(ngx_http_ai_ctx_t *ctx,
    ngx_ai_self_page_t *page);
static ngx_int_t ngx_http_ai_self_where(ngx_http_ai_ctx_t *ctx,
    ngx_ai_self_fetch_t *fetch);
static ngx_uint_t ngx_http_ai_self_printable(ngx_str_t *s, size_t max);
static ngx_uint_t ngx_http_ai_self_blank(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_self_known(ngx_http_request_t *r,
    ngx_str_t *value, ngx_ai_self_page_t *page, ngx_ai_self_name_t *name);
static ngx_int_t ngx_http_ai_self_stranger(ngx_http_request_t *r,
    uint64_t key);
static void ngx_http_ai_self_cleanup(void *data);
static u_char *ngx_http_ai_self_log_error(ngx_http_request_t *r,
    ngx_http_request_t *sr, u_char *buf, size_t len);
static char *ngx_http_ai_self_ca(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *value);


static struct sockaddr_in  ngx_http_ai_self_sockaddr;


void
ngx_http_ai_self_fetch(ngx_http_ai_ctx_t *ctx)
{
    ngx_ai_state_t           *state;
    ngx_http_request_t       *r;
    ngx_ai_self_fetch_t       fetch;
    ngx_http_ai_main_conf_t  *amcf;

    r = ctx->request;

    if (r->method != NGX_HTTP_GET
        || ctx->headers_out.status != NGX_HTTP_OK
        || ctx->conf->private_mode != NGX_HTTP_AI_ANONYMOUS
        || ctx->conf->self.data[0] == 'o'
        || ngx_http_ai_field_find(&r->headers_in.headers, NGX_AI_SELF_HEADER))
    {
        return;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    ngx_memzero(&fetch, sizeof(ngx_ai_self_fetch_t));

    if (ngx_http_ai_self_page(ctx, &fetch.page) != NGX_OK
        || ngx_http_ai_self_where(ctx, &fetch) != NGX_OK)
    {
        ngx_ai_count(state->self_withheld);
        return;
    }

    (void) ngx_ai_self_fetch(state, &fetch);
}


/* NGX_DECLINED: what the visitor asked for is not to be repeated */

static ngx_int_t
ngx_http_ai_self_page(ngx_http_ai_ctx_t *ctx, ngx_ai_self_page_t *page)
{
    u_char                *p;
    ngx_str_t             *locale, bare;
    ngx_http_request_t    *r;
    ngx_http_ai_record_t  *record;

    r = ctx->request;

    if (r->headers_in.host == NULL) {
        return NGX_DECLINED;
    }

    page->host = r->headers_in.host->value;
    page->target = ngx_http_ai_query_target(r);

    record = ngx_http_ai_record_get(r);

    if (record && record->prefix.len) {

        bare = page->target;

        page->target.len += record->prefix.len;
        page->target.data = ngx_pnalloc(r->pool, page->target.len);
        if (page->target.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(page->target.data, record->prefix.data,
                       record->prefix.len);
        ngx_memcpy(p, bare.data, bare.len);
    }

    if (!ngx_http_ai_self_printable(&page->host, NGX_HTTP_AI_SELF_MAX_HOST)
        || !ngx_http_ai_self_printable(&page->target,
                                       NGX_HTTP_AI_SELF_MAX_TARGET)
        || page->target.data[0] != '/'
        || aif_capability_found(page->target.data, page->target.len))
    {
        return NGX_DECLINED;
    }

    locale = ctx->conf->locales->elts;
    page->locale = locale[ctx->choice.index];

    return NGX_OK;
}


/* printable ASCII without blanks; a fragment is not sent by anybody */

static ngx_uint_t
ngx_http_ai_self_printable(ngx_str_t *s, size_t max)
{
    size_t  i;

    if (s->len == 0 || s->len > max) {
        return 0;
    }

    for (i = 0; i < s->len; i++) {
        if (s->data[i] <= ' ' || s->data[i] >= 0x7f || s->data[i] == '#') {
            return 0;
        }
    }

    return 1;
}


/* NGX_DECLINED: there is no address to ask at */

static ngx_int_t
ngx_http_ai_self_where(ngx_http_ai_ctx_t *ctx, ngx_ai_self_fetch_t *fetch)
{
    u_char              *p;
    ngx_str_t           *locale;
    ngx_http_request_t  *r;
    ngx_http_ai_rule_t  *rule;

    r = ctx->request;
    rule = ctx->choice.rule;

    if (rule && rule->type == NGX_HTTP_AI_RULE_COOKIE) {

        locale = &fetch->page.locale;

        fetch->cookie.len = rule->name.len + 1 + locale->len;
        fetch->cookie.data = ngx_pnalloc(r->pool, fetch->cookie.len);
        if (fetch->cookie.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(fetch->cookie.data, rule->name.data, rule->name.len);
        *p++ = '=';
        ngx_memcpy(p, locale->data, locale->len);
    }

    return ngx_http_ai_where(r, ctx->conf, fetch);
}


/*
 * The shop sees the header empty, or "1" where it is ours, so that it may
 * leave such requests out of its statistics; it never sees the token.
 */

ngx_int_t
ngx_http_ai_self_handler(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_str_t              value;
    ngx_table_elt_t       *h;
    ngx_ai_self_page_t     page;
    ngx_ai_self_name_t     name;
    ngx_http_ai_record_t  *record;

    h = ngx_http_ai_field_find(&r->headers_in.headers, NGX_AI_SELF_HEADER);

    if (h == NULL) {
        return NGX_DECLINED;
    }

    value = h->value;

    if (ngx_http_ai_self_blank(r) != 1) {
        return NGX_DECLINED;
    }

    rc = ngx_http_ai_self_known(r, &value, &page, &name);

    if (rc != NGX_OK) {
        return NGX_DECLINED;
    }

    record = ngx_http_ai_record_make(r);

    if (record == NULL || ngx_http_ai_self_stranger(r, name.key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    record->self = page.locale;

    ngx_str_set(&h->value, "1");

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "ai anonymous fetch, locale \"%V\"", &page.locale);

    return NGX_DECLINED;
}


/* Empties all of them, and returns how many there are: ours has one. */

static ngx_uint_t
ngx_http_ai_self_blank(ngx_http_request_t *r)
{
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    n = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {

            if (h[i].key.len == sizeof(NGX_AI_SELF_HEADER) - 1
                && ngx_strncasecmp(h[i].key.data,
                                   (u_char *) NGX_AI_SELF_HEADER,
                                   h[i].key.len)
                   == 0)
            {
                ngx_str_set(&h[i].value, "");
                n++;
            }
        }
    }

    return n;
}


/* "es 0123456789abcdef": the token of this host, target and locale */

static ngx_int_t
ngx_http_ai_self_known(ngx_http_request_t *r, ngx_str_t *value,
    ngx_ai_self_page_t *page, ngx_ai_self_name_t *name)
{
    u_char                    text[NGX_AI_SELF_TOKEN_LEN];
    u_char                   *token;
    ngx_uint_t                i, differ;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    if (value->len < NGX_AI_SELF_TOKEN_LEN + 2
        || r->headers_in.host == NULL)
    {
        return NGX_DECLINED;
    }

    token = value->data + value->len - NGX_AI_SELF_TOKEN_LEN;

    page->host = r->headers_in.host->value;
    page->target = r->unparsed_uri;
    page->locale.data = value->data;
    page->locale.len = value->len - NGX_AI_SELF_TOKEN_LEN - 1;

    ngx_ai_self_name(ngx_ai_store_state(amcf->store), page, name);
    ngx_sprintf(text, "%016xL", name->token);

    /* the time that this takes tells nothing */

    for (i = 0, differ = 0; i < NGX_AI_SELF_TOKEN_LEN; i++) {
        differ |= text[i] ^ token[i];
    }

    return differ ? NGX_DECLINED : NGX_OK;
}


/* as ngx_http_realip_module does, but for everybody the same address */

static ngx_int_t
ngx_http_ai_self_stranger(ngx_http_request_t *r, uint64_t key)
{
    ngx_connection_t         *c;
    ngx_pool_cleanup_t       *cln;
    ngx_http_ai_self_t       *self;
    ngx_http_ai_main_conf_t  *amcf;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_ai_self_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    c = r->connection;
    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    self = cln->data;
    self->state = ngx_ai_store_state(amcf->store);
    self->key = key;
    self->request = r;
    self->connection = c;
    self->sockaddr = c->sockaddr;
    self->socklen = c->socklen;
    self->addr_text = c->addr_text;

    cln->handler = ngx_http_ai_self_cleanup;

    ngx_http_ai_self_sockaddr.sin_family = AF_INET;
    ngx_http_ai_self_sockaddr.sin_addr.s_addr =
                                             htonl(NGX_HTTP_AI_SELF_INADDR);

    c->sockaddr = (struct sockaddr *) &ngx_http_ai_self_sockaddr;
    c->socklen = sizeof(struct sockaddr_in);
    ngx_str_set(&c->addr_text, NGX_HTTP_AI_SELF_ADDRESS);

    r->log_handler = ngx_http_ai_self_log_error;

    return NGX_OK;
}


/* r->pool is NULL by now.  Were the texts of the page asked for? */

static void
ngx_http_ai_self_cleanup(void *data)
{
    ngx_http_ai_self_t *self = data;

    ngx_connection_t   *c;
    ngx_http_ai_ctx_t  *ctx;

    c = self->connection;
    c->sockaddr = self->sockaddr;
    c->socklen = self->socklen;
    c->addr_text = self->addr_text;

    ctx = ngx_http_get_module_ctx(self->request, ngx_http_ai_filter_module);

    if (ctx == NULL) {
        return;
    }

    switch (ctx->reason) {

    case NGX_AI_REASON_slow:
    case NGX_AI_REASON_cut:
    case NGX_AI_REASON_memory:
    case NGX_AI_REASON_store:
    case NGX_AI_REASON_queue:
    case NGX_AI_REASON_breaker:
    case NGX_AI_REASON_budget:
    case NGX_AI_REASON_engine:
        ngx_ai_self_again(self->state, self->key);
        break;

    default:
        break;
    }
}


/*
 * What nginx adds to its own messages is the request line: somebody's search,
 * maybe.  That somebody's own request may be logged so is his server's way,
 * but ours is none that anybody asked for.
 */

static u_char *
ngx_http_ai_self_log_error(ngx_http_request_t *r, ngx_http_request_t *sr,
    u_char *buf, size_t len)
{
    return ngx_snprintf(buf, len, ", request: an anonymous fetch of a page");
}


/* the handler of the log is there from the moment that the request is known */

ngx_http_ai_record_t *
ngx_http_ai_self_record(ngx_http_request_t *r)
{
    if (r->main->log_handler != ngx_http_ai_self_log_error) {
        return NULL;
    }

    return ngx_http_ai_record_get(r);
}


/* Tells who asked, one of us, that the filter is on here. */

ngx_int_t
ngx_http_ai_self_mark(ngx_http_request_t *r)
{
    ngx_str_t  value;

    if (ngx_http_ai_self_record(r) == NULL) {
        return NGX_OK;
    }

    ngx_str_set(&value, "1");

    return ngx_http_ai_field_push(r, NGX_AI_SELF_HEADER, &value) ? NGX_OK
                                                                 : NGX_ERROR;
}


char *
ngx_http_ai_set_self(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    size_t      i, skip;
    u_char      c;
    ngx_str_t  *value, self;

    if (alcf->self.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    self = value[1];

    if (ngx_strcmp(self.data, "off") == 0 && cf->args->nelts == 2) {
        alcf->self = self;
        return NGX_CONF_OK;
    }

    skip = ngx_strncmp(self.data, "http://", 7) == 0 ? 7
           : ngx_strncmp(self.data, "https://", 8) == 0 ? 8 : 0;

    if (skip && self.data[self.len - 1] == '/') {
        self.len--;
    }

    if (skip == 0 || self.len <= skip) {
        goto invalid;
    }

    for (i = skip; i < self.len; i++) {
        c = self.data[i];

        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
            && (c < '0' || c > '9') && c != '.' && c != '-' && c != ':'
            && c != '[' && c != ']')
        {
            goto invalid;
        }
    }

    alcf->self = self;

    return cf->args->nelts == 3 ? ngx_http_ai_self_ca(cf, alcf, &value[2])
                                : NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"%V\" directive, it must be "
                       "a scheme and an address, such as "
                       "\"http://127.0.0.1:8080\", or \"off\"", &value[1],
                       &cmd->name);
    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_self_ca(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *alcf,
    ngx_str_t *value)
{
    ngx_ai_peer_t  *peer;

    if (ngx_strncmp(value->data, "trusted_certificate=", 20) != 0
        || alcf->self.data[4] != 's')
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"ai_self\", it must "
                           "be \"trusted_certificate=file\", after an address "
                           "with https", value);
        return NGX_CONF_ERROR;
    }

    peer = ngx_pcalloc(cf->pool, sizeof(ngx_ai_peer_t));
    if (peer == NULL) {
        return NGX_CONF_ERROR;
    }

    peer->ca.data = value->data + 20;
    peer->ca.len = value->len - 20;

    alcf->self_peer = peer;

    return ngx_http_ai_peer_trust(cf, &peer->ca);
}
