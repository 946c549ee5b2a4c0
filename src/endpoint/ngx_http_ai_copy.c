
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_copy": ad and social texts for a product.
 *
 *     GET ?url=/product/1&kind=google-ad&locale=es&n=3
 *
 * The page is read as a stranger would, so that what nobody may see is in no
 * ad; a text that says what the page does not say, or that does not fit, is
 * never given.  Texts are kept under the page's facts, and are asked for, paid
 * for and awaited as all others are.  The request waits, the call does not
 * depend on it.
 */


#include "endpoint/ngx_http_ai_copy.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "endpoint/ngx_http_ai_users.h"
#include "core/aif_capability.h"
#include "core/aif_locale.h"
#include "engine/aif_json.h"


#define NGX_HTTP_AI_COPY_MAX_URL  2048                  /* bytes */
#define NGX_HTTP_AI_COPY_MEMORY   (32 * 1024 * 1024)    /* bytes, a request */


typedef struct {
    ngx_http_request_t         *request;
    ngx_http_ai_loc_conf_t     *conf;
    ngx_http_ai_main_conf_t    *main;
    aif_arena_t                *arena;
    ngx_str_t                   url;
    ngx_str_t                   locale;
    ngx_http_ai_copy_prompt_t  *prompt;
    ngx_ai_read_t               read;
    ngx_ai_space_t              space;
    ngx_ai_item_t               item;          /* source: the facts */
    ngx_ai_waiter_t             waiter;
    ngx_event_t                 wake;
    ngx_event_t                 timer;
} ngx_http_ai_copy_ask_t;


static ngx_http_ai_copy_ask_t *ngx_http_ai_copy_create(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_copy_arguments(ngx_http_ai_copy_ask_t *ask);
static const char *ngx_http_ai_copy_url(ngx_http_ai_copy_ask_t *ask);
static ngx_int_t ngx_http_ai_copy_kinds(ngx_http_ai_copy_ask_t *ask);
static ngx_uint_t ngx_http_ai_copy_locale(ngx_http_ai_copy_ask_t *ask);
static ngx_int_t ngx_http_ai_copy_read(ngx_http_ai_copy_ask_t *ask);
static void ngx_http_ai_copy_came(ngx_ai_read_t *read);
static ngx_int_t ngx_http_ai_copy_page(ngx_http_ai_copy_ask_t *ask);
static void ngx_http_ai_copy_space(ngx_http_ai_copy_ask_t *ask);
static ngx_int_t ngx_http_ai_copy_lookup(ngx_http_ai_copy_ask_t *ask);
static ngx_int_t ngx_http_ai_copy_fetch(ngx_http_ai_copy_ask_t *ask);
static int ngx_http_ai_copy_check(const ngx_ai_answer_t *answer,
    aif_guard_fault_t *fault);
static void ngx_http_ai_copy_wake(ngx_event_t *ev);
static void ngx_http_ai_copy_late(ngx_event_t *ev);
static ngx_int_t ngx_http_ai_copy_failed(ngx_http_ai_copy_ask_t *ask,
    ngx_uint_t reason);
static ngx_int_t ngx_http_ai_copy_show(ngx_http_ai_copy_ask_t *ask);
static void ngx_http_ai_copy_limits(const aif_copy_kind_t *kind,
    aif_buf_t *b);
static void ngx_http_ai_copy_end(ngx_http_ai_copy_ask_t *ask, ngx_int_t rc);
static void ngx_http_ai_copy_stop(ngx_http_ai_copy_ask_t *ask);
static void ngx_http_ai_copy_cleanup(void *data);


ngx_int_t
ngx_http_ai_copy_handler(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_str_t                user;
    ngx_http_ai_copy_ask_t  *ask;
    ngx_http_ai_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (ngx_http_ai_users_check(r, &alcf->copy->users, &user, &rc) != NGX_OK) {
        return rc;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_ai_reply_allow(r, "GET");
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_ai_reply_foreign(r)) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_FORBIDDEN,
                                       "requests from pages of other sites "
                                       "are not accepted");
    }

    ask = ngx_http_ai_copy_create(r);
    if (ask == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_ai_copy_arguments(ask);

    if (rc != NGX_DONE) {
        return rc;
    }

    rc = ngx_http_ai_copy_read(ask);

    if (rc == NGX_DONE) {
        r->main->count++;
        r->read_event_handler = ngx_http_test_reading;
        ngx_add_timer(&ask->timer, alcf->copy->wait);
    }

    return rc;
}


static ngx_http_ai_copy_ask_t *
ngx_http_ai_copy_create(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t      *cln;
    ngx_http_ai_copy_ask_t  *ask;

    cln = ngx_pool_cleanup_add(r->pool, 0);
    ask = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_copy_ask_t));

    if (cln == NULL || ask == NULL) {
        return NULL;
    }

    ask->arena = aif_arena_create(0, NGX_HTTP_AI_COPY_MEMORY);
    if (ask->arena == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_ai_copy_cleanup;
    cln->data = ask;

    ask->request = r;
    ask->conf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);
    ask->main = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    ask->read.handler = ngx_http_ai_copy_came;
    ask->read.data = ask;

    ask->wake.handler = ngx_http_ai_copy_wake;
    ask->wake.data = ask;
    ask->wake.log = r->connection->log;

    ask->timer.handler = ngx_http_ai_copy_late;
    ask->timer.data = ask;
    ask->timer.log = r->connection->log;

    ask->waiter.wake = &ask->wake;

    return ask;
}


/* NGX_DONE: they are all right; else what the content handler returns. */

static ngx_int_t
ngx_http_ai_copy_arguments(ngx_http_ai_copy_ask_t *ask)
{
    const char          *fault;
    ngx_http_request_t  *r;

    r = ask->request;
    fault = ngx_http_ai_copy_url(ask);

    if (fault) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST, "%s", fault);
    }

    if (!ngx_http_ai_copy_locale(ask)) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST,
                                       "\"locale\" must be one of "
                                       "\"ai_locales\"");
    }

    return ngx_http_ai_copy_kinds(ask);
}


static const char *
ngx_http_ai_copy_url(ngx_http_ai_copy_ask_t *ask)
{
    size_t                len, i;
    u_char               *src, *dst;
    ngx_str_t             value;
    ngx_array_t          *locales;
    ngx_http_request_t   *r;

    r = ask->request;

    if (ngx_http_arg(r, (u_char *) "url", 3, &value) != NGX_OK) {
        return "\"url\" must be there: the path of a page of this site";
    }

    dst = ngx_pnalloc(r->pool, value.len + 1);
    if (dst == NULL) {
        return "no memory";
    }

    src = value.data;
    ask->url.data = dst;
    ngx_unescape_uri(&dst, &src, value.len, 0);
    ask->url.len = dst - ask->url.data;

    if (ask->url.len == 0 || ask->url.len > NGX_HTTP_AI_COPY_MAX_URL
        || ask->url.data[0] != '/'
        || (ask->url.len > 1 && ask->url.data[1] == '/'))
    {
        return "\"url\" must be a path of this site: it begins with one \"/\" "
               "and has at most 2048 bytes";
    }

    for (i = 0; i < ask->url.len; i++) {
        if (ask->url.data[i] <= ' ' || ask->url.data[i] >= 0x7f
            || ask->url.data[i] == '#' || ask->url.data[i] == '\\')
        {
            return "\"url\" must have printable ASCII only, without blanks, "
                   "\"#\" and \"\\\": other characters are written as %XX in "
                   "the path itself";
        }
    }

    if (aif_capability_named(ask->url.data, ask->url.len)) {
        return "\"url\" has what looks like a key or an e-mail address: such "
               "pages are nobody else's";
    }

    if (r->headers_in.host == NULL) {
        return "the request must have a Host";
    }

    locales = ask->conf->locales;

    if (ask->conf->rules && ngx_http_ai_locale_uri_rule(ask->conf->rules)
        && aif_locale_prefix(locales->elts, locales->nelts, ask->url.data,
                             ask->url.len, &len)
           > 0)
    {
        return "\"url\" must be the page's in the shop's own locale, without "
               "the prefix of another one";
    }

    return NULL;
}


/* Any case, as listed; none: the shop's own. */

static ngx_uint_t
ngx_http_ai_copy_locale(ngx_http_ai_copy_ask_t *ask)
{
    ngx_str_t   *locales, value;
    ngx_uint_t   i;

    locales = ask->conf->locales->elts;

    if (ngx_http_arg(ask->request, (u_char *) "locale", 6, &value) != NGX_OK) {
        ask->locale = locales[0];
        return 1;
    }

    for (i = 0; i < ask->conf->locales->nelts; i++) {

        if (locales[i].len == value.len
            && ngx_strncasecmp(locales[i].data, value.data, value.len) == 0)
        {
            ask->locale = locales[i];
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_ai_copy_kinds(ngx_http_ai_copy_ask_t *ask)
{
    u_char                 *p, names[256];
    ngx_int_t               n;
    ngx_str_t               value;
    ngx_uint_t              i;
    const aif_copy_kind_t  *kind;

    kind = NULL;

    if (ngx_http_arg(ask->request, (u_char *) "kind", 4, &value) == NGX_OK) {
        kind = aif_copy_kind((aif_str_t *) &value);
    }

    if (kind == NULL) {

        p = names;

        for (i = 0; (kind = aif_copy_kind_at(i)) != NULL; i++) {
            p = ngx_slprintf(p, names + sizeof(names), "%s%V", i ? ", " : "",
                             (ngx_str_t *) &kind->name);
        }

        return ngx_http_ai_reply_error(ask->request, NGX_HTTP_BAD_REQUEST,
                                       "\"kind\" must be one of %*s",
                                       (size_t) (p - names), names);
    }

    n = 1;

    if (ngx_http_arg(ask->request, (u_char *) "n", 1, &value) == NGX_OK) {
        n = ngx_atoi(value.data, value.len);
    }

    if (n < 1 || n > (ngx_int_t) kind->most) {
        return ngx_http_ai_reply_error(ask->request, NGX_HTTP_BAD_REQUEST,
                                       "\"n\" must be a number from 1 to %ud "
                                       "for this kind", kind->most);
    }

    ask->prompt = ngx_http_ai_copy_prompt(ask->main->copies, kind, n);

    return ask->prompt ? NGX_DONE : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* From here on NGX_DONE says that something is awaited. */

static ngx_int_t
ngx_http_ai_copy_read(ngx_http_ai_copy_ask_t *ask)
{
    ngx_int_t             rc;
    ngx_str_t            *locales;
    ngx_http_request_t   *r;
    ngx_ai_self_fetch_t   fetch;

    r = ask->request;
    locales = ask->conf->locales->elts;

    ngx_memzero(&fetch, sizeof(ngx_ai_self_fetch_t));

    fetch.page.host = r->headers_in.host->value;
    fetch.page.target = ask->url;
    fetch.page.locale = locales[0];

    rc = ngx_http_ai_where(r, ask->conf, &fetch);

    if (rc == NGX_DECLINED) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                       "pages can't be read here: \"ai_self\" "
                                       "must say where");
    }

    if (rc == NGX_OK) {
        rc = ngx_ai_read_start(ngx_ai_store_state(ask->main->store), &fetch,
                               &ask->read);
    }

    switch (rc) {

    case NGX_OK:
        return ngx_http_ai_copy_page(ask);

    case NGX_AGAIN:
        return NGX_DONE;

    case NGX_BUSY:
        return ngx_http_ai_copy_failed(ask, NGX_AI_REASON_queue);

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


static void
ngx_http_ai_copy_came(ngx_ai_read_t *read)
{
    ngx_http_ai_copy_ask_t *ask = read->data;

    ngx_http_ai_copy_end(ask, ngx_http_ai_copy_page(ask));
}


static ngx_int_t
ngx_http_ai_copy_page(ngx_http_ai_copy_ask_t *ask)
{
    ngx_int_t    rc;
    ngx_uint_t   status;
    const char  *message;

    rc = ngx_http_ai_copy_facts(&ask->read, ask->arena, &ask->item.source,
                                &status, &message);

    ngx_ai_read_forget(&ask->read);

    if (rc == NGX_DECLINED) {
        return ngx_http_ai_reply_error(ask->request, status, "%s", message);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_ai_copy_space(ask);

    if (ngx_http_ai_copy_lookup(ask) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_ai_copy_fetch(ask);
}


static void
ngx_http_ai_copy_space(ngx_http_ai_copy_ask_t *ask)
{
    ngx_str_t       *locales;
    aif_str_t        parts[5];
    ngx_ai_space_t  *space;

    space = &ask->space;
    locales = ask->conf->locales->elts;

    parts[0] = ask->prompt->prompt.name;
    parts[1].len = locales[0].len;
    parts[1].data = locales[0].data;
    parts[2].len = ask->locale.len;
    parts[2].data = ask->locale.data;
    parts[3].len = ask->conf->scope.len;
    parts[3].data = ask->conf->scope.data;
    aif_str_set(&parts[4], "");

    space->key = aif_key_prefix(&ngx_ai_store_state(ask->main->store)->secret,
                                parts, 5);
    space->recipe = ngx_ai_policy_recipe(ask->conf->policy,
                                         ask->conf->copy->engine->recipe,
                                         aif_prompt_hash(&ask->prompt->prompt));
    space->valid = ask->conf->valid_generated;

    ask->item.hash = aif_key_hash(&space->key, ask->item.source.data,
                                  ask->item.source.len);
}


static ngx_int_t
ngx_http_ai_copy_lookup(ngx_http_ai_copy_ask_t *ask)
{
    u_char  *pos;

    pos = aif_arena_alloc(ask->arena, NGX_AI_STORE_MAX_TEXT);
    if (pos == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_ai_store_lookup(ask->main->store, &ask->space, &ask->item, 0, 1,
                               &pos, pos + NGX_AI_STORE_MAX_TEXT);

    return NGX_OK;
}


/* Nobody waits for what is there and only stale. */

static ngx_int_t
ngx_http_ai_copy_fetch(ngx_http_ai_copy_ask_t *ask)
{
    ngx_int_t        rc;
    ngx_str_t       *locales;
    ngx_uint_t       stale;
    ngx_ai_fetch_t   fetch;

    stale = (ask->item.found == NGX_AI_STALE);

    if (ask->item.found == NGX_AI_HIT || (stale && !ask->conf->renew)) {
        return ngx_http_ai_copy_show(ask);
    }

    if (ask->item.found == NGX_AI_NEGATIVE) {
        return ngx_http_ai_copy_failed(ask, NGX_AI_REASON_none);
    }

    locales = ask->conf->locales->elts;

    ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

    fetch.store = ask->main->store;
    fetch.space = ask->space;
    fetch.accounts = &ask->conf->copy->account;
    fetch.naccounts = 1;
    fetch.policy = ask->conf->policy;
    fetch.prompt = &ask->prompt->prompt;
    fetch.check = ngx_http_ai_copy_check;
    fetch.source_locale = locales[0];
    fetch.target_locale = ask->locale;
    fetch.items = &ask->item;
    fetch.nitems = 1;
    fetch.waiter = stale ? NULL : &ask->waiter;
    fetch.pool = stale ? NULL : ask->request->pool;

    rc = ngx_ai_sched_fetch(&fetch);

    if (stale) {
        return ngx_http_ai_copy_show(ask);
    }

    if (rc == NGX_AGAIN) {
        return NGX_DONE;
    }

    if (rc == NGX_ERROR || ngx_http_ai_copy_lookup(ask) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ask->item.value.data ? ngx_http_ai_copy_show(ask)
                                : ngx_http_ai_copy_failed(ask, fetch.reason);
}


/* Each text for itself: what one says is no fact for another. */

static int
ngx_http_ai_copy_check(const ngx_ai_answer_t *answer, aif_guard_fault_t *fault)
{
    int                               rc;
    aif_str_t                        *text;
    aif_copy_t                        copy;
    ngx_uint_t                        n, slot;
    ngx_http_ai_main_conf_t          *amcf;
    const ngx_http_ai_copy_prompt_t  *cp;

    cp = (const ngx_http_ai_copy_prompt_t *) answer->prompt;

    if (answer->target->len > NGX_AI_STORE_MAX_TEXT) {
        fault->kind = AIF_GUARD_LENGTH;
        fault->added = 1;
        return AIF_BAD;
    }

    rc = aif_copy_read(cp->kind, cp->n, answer->target, answer->arena, &copy,
                       fault);
    if (rc != AIF_OK) {
        return rc;
    }

    amcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_ai_filter_module);

    for (n = 0; n < copy.n; n++) {

        for (slot = 0; slot < AIF_COPY_MAX_SLOTS; slot++) {

            text = &copy.texts[n][slot];

            if (text->data == NULL) {
                continue;
            }

            rc = aif_claim_check(amcf->claims, answer->source, text,
                                 answer->source_locale, answer->target_locale,
                                 answer->arena, fault);
            if (rc != AIF_OK) {
                return rc;
            }
        }
    }

    return AIF_OK;
}


static void
ngx_http_ai_copy_wake(ngx_event_t *ev)
{
    ngx_int_t                rc;
    ngx_http_ai_copy_ask_t  *ask;

    ask = ev->data;

    if (ngx_http_ai_copy_lookup(ask) != NGX_OK) {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    } else if (ask->item.value.data) {
        rc = ngx_http_ai_copy_show(ask);

    } else {
        rc = ngx_http_ai_copy_failed(ask, ask->waiter.reason);
    }

    ngx_http_ai_copy_end(ask, rc);
}


static void
ngx_http_ai_copy_late(ngx_event_t *ev)
{
    ngx_http_ai_copy_ask_t  *ask;

    ask = ev->data;

    ngx_http_ai_copy_end(ask, ngx_http_ai_copy_failed(ask,
                                                      NGX_AI_REASON_pending));
}


static ngx_int_t
ngx_http_ai_copy_failed(ngx_http_ai_copy_ask_t *ask, ngx_uint_t reason)
{
    ngx_http_request_t  *r;

    r = ask->request;

    switch (reason) {

    case NGX_AI_REASON_guard:
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_GATEWAY,
                                       "the engine's texts are not used: they "
                                       "don't fit, or say what the page does "
                                       "not say");

    case NGX_AI_REASON_none:
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_GATEWAY,
                                       "the engine failed lately, or its texts "
                                       "were not used: it is asked again "
                                       "later, or when the page's facts "
                                       "change");

    case NGX_AI_REASON_engine:
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_GATEWAY,
                                       "the engine failed");

    case NGX_AI_REASON_budget:
        return ngx_http_ai_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                       "the engine's budget is used up");

    case NGX_AI_REASON_pending:
        return ngx_http_ai_reply_error(r, NGX_HTTP_GATEWAY_TIME_OUT,
                                       "the texts are not there yet: ask "
                                       "again, what is under way goes on");

    case NGX_AI_REASON_memory:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default: /* queue, breaker, store */

        if (ngx_http_ai_reply_header(r, "Retry-After", "1") != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return ngx_http_ai_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                       "it can't be asked for now");
    }
}


static ngx_int_t
ngx_http_ai_copy_show(ngx_http_ai_copy_ask_t *ask)
{
    aif_buf_t                   b;
    ngx_str_t                   body;
    aif_copy_t                  copy;
    aif_guard_fault_t           fault;
    ngx_http_ai_copy_prompt_t  *cp;

    cp = ask->prompt;

    if (aif_copy_read(cp->kind, cp->n, &ask->item.value, ask->arena, &copy,
                      &fault)
        != AIF_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    aif_buf_init(&b, ask->arena, 1024);

    aif_buf_literal(&b, "{\"url\":");
    aif_json_string(&b, ask->url.data, ask->url.len);
    aif_buf_literal(&b, ",\"kind\":");
    aif_json_string(&b, cp->kind->name.data, cp->kind->name.len);
    aif_buf_literal(&b, ",\"locale\":");
    aif_json_string(&b, ask->locale.data, ask->locale.len);
    aif_buf_literal(&b, ",\"variants\":");
    aif_copy_write(&copy, &b);
    aif_buf_literal(&b, ",\"limits\":{");
    ngx_http_ai_copy_limits(cp->kind, &b);
    aif_buf_literal(&b, "}}\n");

    if (b.failed) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body.len = b.len;
    body.data = b.data;

    return ngx_http_ai_reply(ask->request, NGX_HTTP_OK, NGX_HTTP_AI_REPLY_JSON,
                             &body);
}


static void
ngx_http_ai_copy_limits(const aif_copy_kind_t *kind, aif_buf_t *b)
{
    ngx_uint_t               i;
    const char              *unit;
    const aif_copy_field_t  *field;

    static const char *const  units[] = {
        "characters", "characters, wide ones as two", "twitter-text"
    };

    for (i = 0; i < kind->nfields; i++) {

        field = &kind->fields[i];
        unit = units[field->count];

        if (i) {
            aif_buf_byte(b, ',');
        }

        aif_json_string(b, field->name.data, field->name.len);
        aif_buf_literal(b, ":{\"min\":");
        aif_json_number(b, field->min);
        aif_buf_literal(b, ",\"max\":");
        aif_json_number(b, field->max);
        aif_buf_literal(b, ",\"length\":");
        aif_json_number(b, field->longest);
        aif_buf_literal(b, ",\"unit\":");
        aif_json_string(b, (u_char *) unit, ngx_strlen(unit));
        aif_buf_byte(b, '}');
    }
}


/* of whatever came while the request waited; it may be gone after that */

static void
ngx_http_ai_copy_end(ngx_http_ai_copy_ask_t *ask, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    if (rc == NGX_DONE) {
        return;
    }

    r = ask->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    /* the answer may take its time */

    ngx_http_ai_copy_stop(ask);

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_ai_copy_stop(ngx_http_ai_copy_ask_t *ask)
{
    ngx_ai_read_forget(&ask->read);
    ngx_ai_sched_forget(&ask->waiter);

    if (ask->timer.timer_set) {
        ngx_del_timer(&ask->timer);
    }

    if (ask->wake.posted) {
        ngx_delete_posted_event(&ask->wake);
    }
}


static void
ngx_http_ai_copy_cleanup(void *data)
{
    ngx_http_ai_copy_ask_t *ask = data;

    ngx_http_ai_copy_stop(ask);

    aif_arena_destroy(ask->arena);
}
