
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_assistant": a visitor's question, answered from the page that he sees and
 * from the pages that the administrator names.
 *
 *     POST {"question", "page", "locale", "history"}
 *
 * Pages are read as a stranger, in the shop's own locale, so that no answer
 * says what a rule of access keeps from the visitor.  The engine is shown the
 * question and what was picked of the pages as data.  Of its answer only what
 * the pages say is shown (core/aif_ground.h); else a person's address is.
 *
 * Nothing of a question or an answer is logged.  An answer is kept under a
 * digest of what the engine was shown, so that the same question about
 * unchanged pages is answered from the store.
 */


#include "endpoint/ngx_http_ai_assistant.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "core/aif_capability.h"
#include "core/aif_charset.h"
#include "core/aif_locale.h"
#include "core/aif_utf8.h"


#define NGX_HTTP_AI_ASSISTANT_BODY    (64 * 1024)           /* bytes */
#define NGX_HTTP_AI_ASSISTANT_MEMORY  (64 * 1024 * 1024)    /* bytes */
#define NGX_HTTP_AI_ASSISTANT_HOST    255                   /* bytes */
#define NGX_HTTP_AI_ASSISTANT_FORM    "application/x-www-form-urlencoded"


static void ngx_http_ai_assistant_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_assistant_post(ngx_http_request_t *r);
static ngx_http_ai_ask_t *ngx_http_ai_ask_create(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_ask_say(ngx_http_ai_ask_t *ask,
    const char **fault);
static ngx_int_t ngx_http_ai_ask_mask(ngx_http_ai_ask_t *ask, aif_str_t *text);
static void ngx_http_ai_ask_locale(ngx_http_ai_ask_t *ask, aif_str_t *list,
    ngx_uint_t n, ngx_int_t prefix);
static ngx_int_t ngx_http_ai_ask_page(ngx_http_ai_ask_t *ask);
static void ngx_http_ai_ask_add(ngx_http_ai_ask_t *ask, ngx_str_t *target,
    ngx_uint_t own);
static ngx_int_t ngx_http_ai_ask_pages(ngx_http_ai_ask_t *ask);
static ngx_int_t ngx_http_ai_ask_more(ngx_http_ai_ask_t *ask);
static ngx_int_t ngx_http_ai_ask_fetch(ngx_http_ai_ask_t *ask,
    ngx_ai_self_fetch_t *fetch);
static void ngx_http_ai_ask_came(ngx_ai_read_t *read);
static ngx_int_t ngx_http_ai_ask_sources(ngx_http_ai_ask_t *ask);
static ngx_int_t ngx_http_ai_ask_read(ngx_http_ai_ask_t *ask,
    ngx_http_ai_ask_page_t *page);
static ngx_int_t ngx_http_ai_ask_convert(ngx_http_ai_ask_t *ask,
    ngx_str_t *type, ngx_str_t *body);


ngx_int_t
ngx_http_ai_assistant_handler(ngx_http_request_t *r)
{
    size_t      len;
    ngx_int_t   rc;
    ngx_str_t  *type;

    if (r->method != NGX_HTTP_POST) {
        return ngx_http_ai_reply_allow(r, "POST");
    }

    len = sizeof(NGX_HTTP_AI_ASSISTANT_FORM) - 1;
    type = r->headers_in.content_type ? &r->headers_in.content_type->value
                                      : NULL;

    if (type == NULL || type->len < len
        || ngx_strncasecmp(type->data, (u_char *) NGX_HTTP_AI_ASSISTANT_FORM,
                           len)
           != 0)
    {
        return ngx_http_ai_reply_json(r, NGX_HTTP_AI_ASSISTANT_BODY,
                                      ngx_http_ai_assistant_body);
    }

    if (ngx_http_ai_reply_foreign(r)) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_FORBIDDEN,
                                       "requests from pages of other sites "
                                       "are not accepted");
    }

    rc = ngx_http_read_client_request_body(r, ngx_http_ai_assistant_body);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void
ngx_http_ai_assistant_body(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_ai_assistant_post(r);

    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, rc);
    }
}


/* NGX_AGAIN: pages or the engine are asked, and their answer goes on. */

static ngx_int_t
ngx_http_ai_assistant_post(ngx_http_request_t *r)
{
    int                 rc;
    ngx_int_t           status;
    ngx_str_t           body;
    const char         *fault;
    ngx_http_ai_ask_t  *ask;

    status = ngx_http_ai_reply_body(r, NGX_HTTP_AI_ASSISTANT_BODY, &body);

    if (status != NGX_OK) {
        return ngx_http_ai_reply_error(r, status, "the body must have at most "
                                       "%d bytes", NGX_HTTP_AI_ASSISTANT_BODY);
    }

    ask = ngx_http_ai_ask_create(r);
    if (ask == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ask->form == NGX_HTTP_AI_ASK_PAGE) {
        rc = aif_ask_form(body.data, body.len, ask->arena, &ask->said, &fault);

    } else {
        rc = aif_ask_json(body.data, body.len, ask->arena, &ask->said, &fault);
    }

    if (rc == AIF_NOMEM) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == AIF_OK) {
        status = ngx_http_ai_ask_say(ask, &fault);

        if (status == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (rc != AIF_OK || status != NGX_OK) {
        return ngx_http_ai_ask_error(ask, NGX_HTTP_BAD_REQUEST, fault);
    }

    return ngx_http_ai_ask_pages(ask);
}


static ngx_http_ai_ask_t *
ngx_http_ai_ask_create(ngx_http_request_t *r)
{
    ngx_str_t                 accept;
    aif_arena_t              *arena;
    ngx_http_ai_ask_t        *ask;
    ngx_pool_cleanup_t       *cln;
    ngx_http_ai_main_conf_t  *amcf;

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    arena = aif_arena_create(0, NGX_HTTP_AI_ASSISTANT_MEMORY);
    if (arena == NULL) {
        return NULL;
    }

    ask = aif_arena_calloc(arena, sizeof(ngx_http_ai_ask_t));
    if (ask == NULL) {
        aif_arena_destroy(arena);
        return NULL;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    ask->request = r;
    ask->conf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);
    ask->assistant = ask->conf->assistant;
    ask->store = amcf->store;
    ask->arena = arena;
    ask->label = (ngx_http_ai_switch(r, &ask->conf->label) == NGX_HTTP_AI_ON);

    if (r->headers_in.content_type->value.data[12] == 'x') {
        ask->form = NGX_HTTP_AI_ASK_PAGE;

    } else if (ngx_http_ai_reply_find(r, "accept", &accept)
               && ngx_strlcasestrn(accept.data, accept.data + accept.len,
                                   (u_char *) "text/event-stream", 17 - 1))
    {
        ask->form = NGX_HTTP_AI_ASK_STREAM;
    }

    cln->handler = ngx_http_ai_ask_leave;
    cln->data = ask;

    return ask;
}


/* NGX_OK; NGX_DECLINED: *fault says what is wrong; NGX_ERROR: no memory. */

static ngx_int_t
ngx_http_ai_ask_say(ngx_http_ai_ask_t *ask, const char **fault)
{
    ngx_int_t    rc;
    ngx_uint_t   i;
    aif_ask_t   *said;

    said = &ask->said;

    if (said->length > ask->assistant->max_question) {
        *fault = "\"question\" is too long";
        return NGX_DECLINED;
    }

    if (ngx_http_ai_ask_page(ask) != NGX_OK) {
        *fault = "\"page\" must be a path of this site, as in a URL";
        return NGX_DECLINED;
    }

    *fault = "the text has too much of what is to be masked";

    rc = ngx_http_ai_ask_mask(ask, &said->question);

    for (i = 0; i < said->nturns && rc == NGX_OK; i++) {
        rc = ngx_http_ai_ask_mask(ask, &said->turns[i].question);

        if (rc == NGX_OK) {
            rc = ngx_http_ai_ask_mask(ask, &said->turns[i].answer);
        }
    }

    return rc;
}


static ngx_int_t
ngx_http_ai_ask_mask(ngx_http_ai_ask_t *ask, aif_str_t *text)
{
    ngx_int_t           rc;
    aif_mask_text_t     m;
    aif_guard_fault_t   fault;

    if (text->len == 0) {
        return NGX_OK;
    }

    rc = ngx_ai_policy_out(ask->conf->policy, text, ask->arena, &m, &fault);

    if (rc == NGX_OK) {
        *text = m.text;
    }

    return rc;
}


/*
 * Pages to read: that of the visitor, without its locale's prefix, unless its
 * address may open something to whoever knows it, and the administrator's.
 * NGX_DECLINED: it is no path of this site.
 */

static ngx_int_t
ngx_http_ai_ask_page(ngx_http_ai_ask_t *ask)
{
    size_t       len;
    ngx_int_t    prefix;
    ngx_str_t    page;
    aif_str_t   *list;
    ngx_uint_t   i, n;

    static aif_str_t  english = aif_string("en");

    list = &english;
    n = 1;

    if (ask->conf->locales) {
        list = ask->conf->locales->elts;
        n = ask->conf->locales->nelts;
    }

    page.data = ask->said.page.data;
    page.len = 0;

    while (page.len < ask->said.page.len && page.data[page.len] != '#') {

        /* browsers take a backslash for a slash */

        if (page.data[page.len] <= ' ' || page.data[page.len] >= 0x7f
            || page.data[page.len] == '\\')
        {
            return NGX_DECLINED;
        }

        page.len++;
    }

    if (page.len && (page.data[0] != '/'
                     || (page.len > 1 && page.data[1] == '/')))
    {
        return NGX_DECLINED;
    }

    ask->back = page;

    len = 0;
    prefix = page.len ? aif_locale_prefix(list, n, page.data, page.len, &len)
                      : -1;

    ngx_http_ai_ask_locale(ask, list, n, prefix);

    if (prefix >= 0) {
        ask->prefix.data = page.data;
        ask->prefix.len = len;
        page.data += len;
        page.len -= len;

        if (page.len == 0) {
            ngx_str_set(&page, "/");
        }
    }

    if (page.len && !aif_capability_found(page.data, page.len)) {
        ngx_http_ai_ask_add(ask, &page, 0);
    }

    for (i = 0; i < ask->assistant->ncontexts; i++) {
        ngx_http_ai_ask_add(ask, &ask->assistant->contexts[i], 1);
    }

    return NGX_OK;
}


/* The locale that is asked for, or the page's, or the request's. */

static void
ngx_http_ai_ask_locale(ngx_http_ai_ask_t *ask, aif_str_t *list, ngx_uint_t n,
    ngx_int_t prefix)
{
    ngx_int_t                   found;
    ngx_uint_t                  key;
    ngx_http_variable_value_t  *v;

    static ngx_str_t  name = ngx_string("ai_locale");

    ask->source_locale = list[0];
    ask->target_locale = list[0];

    found = ask->said.locale.len ? aif_locale_match(list, n,
                                                    ask->said.locale.data,
                                                    ask->said.locale.len)
                                 : -1;
    if (found < 0) {
        found = prefix;
    }

    if (found >= 0) {
        ask->target_locale = list[found];
        return;
    }

    key = ngx_hash_key(name.data, name.len);
    v = ngx_http_get_variable(ask->request, &name, key);

    if (v && v->valid && !v->not_found) {

        found = aif_locale_match(list, n, v->data, v->len);

        if (found >= 0) {
            ask->target_locale = list[found];
        }
    }
}


static void
ngx_http_ai_ask_add(ngx_http_ai_ask_t *ask, ngx_str_t *target, ngx_uint_t own)
{
    ngx_uint_t               i;
    ngx_http_ai_ask_page_t  *page;

    for (i = 0; i < ask->npages; i++) {

        page = &ask->pages[i];

        if (page->target.len == target->len
            && ngx_memcmp(page->target.data, target->data, target->len) == 0)
        {
            page->own |= own;
            return;
        }
    }

    page = &ask->pages[ask->npages++];
    page->ask = ask;
    page->target = *target;
    page->own = own;
    page->read.handler = ngx_http_ai_ask_came;
    page->read.data = page;
}


static ngx_int_t
ngx_http_ai_ask_pages(ngx_http_ai_ask_t *ask)
{
    ngx_int_t  rc;

    rc = ngx_http_ai_ask_fetch(ask, &ask->fetch);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc != NGX_OK) {
        ask->next = ask->npages;
    }

    rc = ngx_http_ai_ask_more(ask);

    if (rc == NGX_AGAIN) {
        ask->request->read_event_handler = ngx_http_test_reading;
        return NGX_AGAIN;
    }

    return rc == NGX_OK ? ngx_http_ai_ask_sources(ask)
                        : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/*
 * Asks for pages, as many as may be asked for at a time: the others when some
 * have come.  NGX_AGAIN: some are waited for; NGX_OK; or NGX_ERROR.
 */

static ngx_int_t
ngx_http_ai_ask_more(ngx_http_ai_ask_t *ask)
{
    ngx_ai_state_t          *state;
    ngx_http_ai_ask_page_t  *page;

    state = ngx_ai_store_state(ask->store);

    for ( /* void */ ; ask->next < ask->npages; ask->next++) {

        page = &ask->pages[ask->next];
        ask->fetch.page.target = page->target;

        switch (ngx_ai_read_start(state, &ask->fetch, &page->read)) {

        case NGX_OK:
            page->started = 1;
            break;

        case NGX_AGAIN:
            page->started = 1;
            ask->waiting++;
            break;

        case NGX_BUSY:

            if (ask->waiting) {
                return NGX_AGAIN;
            }

            ask->busy = 1;
            return NGX_OK;

        default:
            return NGX_ERROR;
        }
    }

    return ask->waiting ? NGX_AGAIN : NGX_OK;
}


/* NGX_DECLINED: this nginx can't be asked. */

static ngx_int_t
ngx_http_ai_ask_fetch(ngx_http_ai_ask_t *ask, ngx_ai_self_fetch_t *fetch)
{
    u_char              *p;
    size_t               i;
    ngx_str_t           *host, *locale;
    ngx_uint_t           k;
    ngx_http_ai_rule_t  *rule;

    if (ask->request->headers_in.host == NULL
        || (ask->conf->self.len && ask->conf->self.data[0] == 'o'))
    {
        return NGX_DECLINED;
    }

    host = &ask->request->headers_in.host->value;

    for (i = 0; i < host->len; i++) {
        if (host->data[i] <= ' ' || host->data[i] >= 0x7f) {
            return NGX_DECLINED;
        }
    }

    if (host->len == 0 || host->len > NGX_HTTP_AI_ASSISTANT_HOST) {
        return NGX_DECLINED;
    }

    locale = &fetch->page.locale;
    locale->data = ask->source_locale.data;
    locale->len = ask->source_locale.len;
    fetch->page.host = *host;

    rule = ask->conf->rules ? ask->conf->rules->elts : NULL;

    for (k = 0; rule && k < ask->conf->rules->nelts; k++) {

        if (rule[k].type != NGX_HTTP_AI_RULE_COOKIE) {
            continue;
        }

        fetch->cookie.len = rule[k].name.len + 1 + locale->len;
        fetch->cookie.data = ngx_pnalloc(ask->request->pool,
                                         fetch->cookie.len);
        if (fetch->cookie.data == NULL) {
            return NGX_ERROR;
        }

        p = ngx_cpymem(fetch->cookie.data, rule[k].name.data,
                       rule[k].name.len);
        *p++ = '=';
        ngx_memcpy(p, locale->data, locale->len);
        break;
    }

    return ngx_http_ai_where(ask->request, ask->conf, fetch);
}


static void
ngx_http_ai_ask_came(ngx_ai_read_t *read)
{
    ngx_int_t                rc;
    ngx_connection_t        *c;
    ngx_http_ai_ask_t       *ask;
    ngx_http_request_t      *r;
    ngx_http_ai_ask_page_t  *page;

    page = read->data;
    ask = page->ask;

    r = ask->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ask->waiting--;
    rc = ngx_http_ai_ask_more(ask);

    if (rc == NGX_AGAIN) {
        return;
    }

    rc = rc == NGX_OK ? ngx_http_ai_ask_sources(ask)
                      : NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, rc);
    }

    ngx_http_run_posted_requests(c);
}


/* Everything is read: to the answer, from the store or the engine. */

static ngx_int_t
ngx_http_ai_ask_sources(ngx_http_ai_ask_t *ask)
{
    ngx_int_t    rc;
    ngx_uint_t   i;

    aif_passages_init(&ask->passages, ask->arena);

    for (i = 0, rc = NGX_OK; i < ask->npages; i++) {

        if (!ask->pages[i].started) {
            continue;
        }

        if (rc == NGX_OK) {
            rc = ngx_http_ai_ask_read(ask, &ask->pages[i]);
        }

        ngx_ai_read_forget(&ask->pages[i].read);
        ask->pages[i].started = 0;
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ask->busy) {
        return ngx_http_ai_ask_error(ask, NGX_HTTP_SERVICE_UNAVAILABLE,
                                     "the pages can't be read now");
    }

    if (ask->passages.npages == 0) {
        return ngx_http_ai_ask_finish(ask);
    }

    rc = ngx_http_ai_flight_join(ask);

    if (rc == NGX_AGAIN) {
        ask->request->read_event_handler = ngx_http_test_reading;
        return NGX_AGAIN;
    }

    return rc == NGX_OK ? ngx_http_ai_flight_answer(ask)
                        : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* A page of the visitor's is read only where the filter is on. */

static ngx_int_t
ngx_http_ai_ask_read(ngx_http_ai_ask_t *ask, ngx_http_ai_ask_page_t *page)
{
    int         rc;
    ngx_str_t   body;
    ngx_uint_t  n;

    n = ask->passages.npages;

    if (page->read.status != NGX_HTTP_OK
        || (!page->own && !page->read.filtered)
        || page->read.type.len < 9
        || ngx_strncasecmp(page->read.type.data, (u_char *) "text/html", 9)
           != 0)
    {
        return NGX_OK;
    }

    body = page->read.body;

    if (ngx_http_ai_ask_convert(ask, &page->read.type, &body) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = aif_passages_add(&ask->passages, body.data, body.len);

    if (rc == AIF_OK) {
        ask->from[n] = page - ask->pages;
    }

    return rc == AIF_NOMEM ? NGX_ERROR : NGX_OK;
}


/* To UTF-8, if the header names another charset; what fails is not read. */

static ngx_int_t
ngx_http_ai_ask_convert(ngx_http_ai_ask_t *ask, ngx_str_t *type,
    ngx_str_t *body)
{
    int                   rc;
    u_char               *p, *last, *out;
    ngx_str_t             text;
    const u_char         *src;
    aif_charset_conv_t   *conv;
    const aif_charset_t  *charset;

    last = type->data + type->len;
    p = ngx_strlcasestrn(type->data, last, (u_char *) "charset=", 8 - 1);

    if (p == NULL || body->len == 0) {
        return NGX_OK;
    }

    p += 8;
    charset = aif_charset_find(p, last - p);

    if (charset == NULL
        || aif_charset_decide(charset, 1, body->data, body->len)
           != AIF_CHARSET_CONVERT)
    {
        return NGX_OK;
    }

    conv = aif_arena_alloc(ask->arena, sizeof(aif_charset_conv_t));
    text.data = aif_arena_alloc(ask->arena, body->len * 3 + AIF_CHARSET_ROOM);

    if (conv == NULL || text.data == NULL) {
        return NGX_ERROR;
    }

    if (aif_charset_open(conv, charset->codes[0]) != AIF_OK) {
        return NGX_OK;
    }

    src = body->data;
    out = text.data;

    aif_charset_start(conv);
    rc = aif_charset_read(conv, &src, body->data + body->len, &out,
                          text.data + body->len * 3 + AIF_CHARSET_ROOM);
    aif_charset_close(conv);

    if (rc == AIF_OK) {
        text.len = out - text.data;
        *body = text;
    }

    return NGX_OK;
}
