
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_query": the visitor's search words in the shop's language before the
 * request goes to the shop.  It changes one argument, or nothing: on any fault,
 * after the deadline, and where it could be read in two ways the shop gets what
 * the visitor typed.  Words are sent because the administrator switched
 * exactly this on; they are kept in the zone under a kind of their own and
 * nowhere else, and are not logged.
 *
 * The handler of the precontent phase waits as access-phase modules do: it
 * answers NGX_AGAIN, and runs the phases again when the words came or the time
 * is over.  What was changed is in the request's record, so that an internal
 * redirect asks nothing twice and the page can show the visitor's own words.
 */


#include "ngx_http_ai_filter_module.h"
#include "ngx_http_ai_conf.h"
#include "core/aif_key.h"
#include "core/aif_query.h"


#define NGX_HTTP_AI_QUERY_ARENA   (256 * 1024)    /* bytes, per request */
#define NGX_HTTP_AI_QUERY_WAIT    300             /* ms */
#define NGX_HTTP_AI_QUERY_LENGTH  80              /* characters */
#define NGX_HTTP_AI_QUERY_MOST    1000            /* characters */

/* new words of one visitor: so many at once, and one more every so many ms */

#define NGX_HTTP_AI_QUERY_SHARE   30
#define NGX_HTTP_AI_QUERY_PACE    2000


struct ngx_http_ai_query_s {
    ngx_http_request_t        *request;
    ngx_http_ai_loc_conf_t    *conf;
    aif_arena_t               *arena;
    aif_str_t                  value;       /* as it came in the URL */
    aif_query_t                query;       /* shop empty: nothing changed */
    ngx_str_t                  target;      /* URI before the change */
    ngx_str_t                  source_locale;     /* the visitor's */
    ngx_str_t                  target_locale;     /* the shop's */
    ngx_ai_item_t              item;
    ngx_ai_space_t             space;
    ngx_ai_waiter_t            waiter;
    ngx_event_t                wake;
    ngx_event_t                timer;
    unsigned                   waiting:1;
};


static ngx_int_t ngx_http_ai_query_start(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice,
    aif_str_t *value);
static ngx_http_ai_query_t *ngx_http_ai_query_create(ngx_http_request_t *r);
static void ngx_http_ai_query_space(ngx_http_ai_query_t *q);
static ngx_int_t ngx_http_ai_query_lookup(ngx_http_ai_query_t *q);
static ngx_int_t ngx_http_ai_query_fetch(ngx_http_ai_query_t *q);
static ngx_uint_t ngx_http_ai_query_share(ngx_http_request_t *r,
    ngx_ai_state_t *state);
static void ngx_http_ai_query_apply(ngx_http_ai_query_t *q);
static void ngx_http_ai_query_handler_wake(ngx_event_t *ev);
static void ngx_http_ai_query_stop(ngx_http_ai_query_t *q);
static void ngx_http_ai_query_cleanup(void *data);
static ngx_int_t ngx_http_ai_query_texts(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_query_t *q);
static char *ngx_http_ai_query_parameter(ngx_conf_t *cf,
    ngx_http_ai_query_conf_t *conf, ngx_str_t *value);


ngx_int_t
ngx_http_ai_query_handler(ngx_http_request_t *r)
{
    aif_str_t                value;
    ngx_http_ai_choice_t     choice;
    ngx_http_ai_record_t    *record;
    ngx_http_ai_loc_conf_t  *alcf;

    if (r != r->main) {
        return NGX_DECLINED;
    }

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (alcf->query == NULL || r->args.len == 0
        || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)))
    {
        return NGX_DECLINED;
    }

    record = ngx_http_ai_record_get(r);

    if (record && record->query) {
        return record->query->waiting ? NGX_AGAIN : NGX_DECLINED;
    }

    if (ngx_http_ai_switch(r, &alcf->filter) != NGX_HTTP_AI_ON
        || ngx_http_test_predicates(r, alcf->bypass) == NGX_DECLINED)
    {
        return NGX_DECLINED;
    }

    ngx_http_ai_locale(r, alcf, &choice);

    if (choice.index == 0
        || aif_query_find((aif_str_t *) &r->args,
                          (aif_str_t *) &alcf->query->name, &value)
           != AIF_OK)
    {
        return NGX_DECLINED;
    }

    return ngx_http_ai_query_start(r, alcf, &choice, &value);
}


static ngx_int_t
ngx_http_ai_query_start(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice, aif_str_t *value)
{
    ngx_str_t            *locales;
    ngx_http_ai_query_t  *q;

    q = ngx_http_ai_query_create(r);
    if (q == NULL) {
        return NGX_DECLINED;
    }

    locales = alcf->locales->elts;

    q->conf = alcf;
    q->value = *value;
    q->source_locale = locales[choice->index];
    q->target_locale = locales[0];
    q->query.name.data = alcf->query->name.data;
    q->query.name.len = alcf->query->name.len;

    if (aif_query_words(value, alcf->query->max_length, q->arena,
                        &q->query.words)
        != AIF_OK)
    {
        return NGX_DECLINED;
    }

    ngx_http_ai_query_space(q);

    if (ngx_http_ai_query_lookup(q) != NGX_OK) {
        return NGX_DECLINED;
    }

    ngx_http_ai_query_apply(q);

    if (q->item.found == NGX_AI_HIT || q->item.found == NGX_AI_NEGATIVE
        || (q->item.found == NGX_AI_STALE
            && (q->item.renewing || !alcf->renew)))
    {
        return NGX_DECLINED;
    }

    return ngx_http_ai_query_fetch(q);
}


static ngx_http_ai_query_t *
ngx_http_ai_query_create(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_ai_query_t   *q;
    ngx_http_ai_record_t  *record;

    record = ngx_http_ai_record_make(r);
    q = ngx_pcalloc(r->pool, sizeof(ngx_http_ai_query_t));

    if (record == NULL || q == NULL) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NULL;
    }

    q->arena = aif_arena_create(0, NGX_HTTP_AI_QUERY_ARENA);
    if (q->arena == NULL) {
        return NULL;
    }

    q->request = r;

    q->wake.data = q;
    q->wake.handler = ngx_http_ai_query_handler_wake;
    q->wake.log = r->connection->log;

    q->timer.data = q;
    q->timer.handler = ngx_http_ai_query_handler_wake;
    q->timer.log = r->connection->log;

    q->waiter.wake = &q->wake;

    cln->handler = ngx_http_ai_query_cleanup;
    cln->data = q;

    record->query = q;

    return q;
}


/* not the texts' of pages, where both locales stand the other way round */

static void
ngx_http_ai_query_space(ngx_http_ai_query_t *q)
{
    aif_str_t                 parts[4];
    ngx_ai_state_t           *state;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(q->request,
                                         ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    aif_str_set(&parts[0], "query");
    parts[1].data = q->source_locale.data;
    parts[1].len = q->source_locale.len;
    parts[2].data = q->target_locale.data;
    parts[2].len = q->target_locale.len;

    parts[3].data = q->conf->scope.data;
    parts[3].len = q->conf->scope.len;

    q->space.key = aif_key_prefix(&state->secret, parts, 4);
    q->space.recipe = ngx_ai_policy_recipe(q->conf->policy,
                                           q->conf->query->engine->recipe,
                                           aif_prompt_hash(NULL));
    q->space.valid = q->conf->valid;

    q->item.source = q->query.words;
    q->item.hash = aif_key_hash(&q->space.key, q->query.words.data,
                                q->query.words.len);
}


static ngx_int_t
ngx_http_ai_query_lookup(ngx_http_ai_query_t *q)
{
    u_char                   *pos;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(q->request,
                                         ngx_http_ai_filter_module);

    pos = aif_arena_alloc(q->arena, NGX_AI_STORE_MAX_TEXT);
    if (pos == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_ai_store_lookup(amcf->store, &q->space, &q->item, 0, 1, &pos,
                               pos + NGX_AI_STORE_MAX_TEXT);

    return NGX_OK;
}


/* A crawler, and our own request for the page as a stranger, ask nobody. */

static ngx_int_t
ngx_http_ai_query_fetch(ngx_http_ai_query_t *q)
{
    ngx_uint_t                wait;
    ngx_ai_state_t           *state;
    ngx_ai_fetch_t            fetch;
    ngx_http_request_t       *r;
    ngx_http_ai_main_conf_t  *amcf;

    r = q->request;

    if (ngx_http_ai_crawler(r, q->conf) || ngx_http_ai_self_record(r)) {
        return NGX_DECLINED;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    state = ngx_ai_store_state(amcf->store);

    /* who waits for what is asked already costs nothing */

    if (q->item.found != NGX_AI_PENDING) {

        if (!ngx_http_ai_query_share(r, state)) {
            ngx_ai_count(state->query_limited);
            return NGX_DECLINED;
        }

        ngx_ai_count(state->query_asked);
    }

    wait = (q->conf->query->wait && q->item.found != NGX_AI_STALE);

    ngx_memzero(&fetch, sizeof(ngx_ai_fetch_t));

    fetch.store = amcf->store;
    fetch.space = q->space;
    fetch.accounts = &q->conf->query_account;
    fetch.naccounts = 1;
    fetch.policy = q->conf->policy;
    fetch.source_locale = q->source_locale;
    fetch.target_locale = q->target_locale;
    fetch.items = &q->item;
    fetch.nitems = 1;
    fetch.visitor = ngx_http_ai_visitor(r, "queue");
    fetch.waiter = wait ? &q->waiter : NULL;
    fetch.pool = wait ? r->pool : NULL;

    if (ngx_ai_sched_fetch(&fetch) != NGX_AGAIN) {
        return NGX_DECLINED;
    }

    ngx_add_timer(&q->timer, q->conf->query->wait);

    q->waiting = 1;
    r->read_event_handler = ngx_http_test_reading;

    return NGX_AGAIN;
}


/* over all workers, so that more of them give nobody more */

static ngx_uint_t
ngx_http_ai_query_share(ngx_http_request_t *r, ngx_ai_state_t *state)
{
    return ngx_ai_share_take(state->query_share, NGX_AI_QUERY_SETS,
                             ngx_http_ai_visitor(r, "ai_query"),
                             ngx_current_msec / NGX_HTTP_AI_QUERY_PACE,
                             NGX_HTTP_AI_QUERY_SHARE);
}


/*
 * What the shop sees: the argument in r->args, and where the client's URI has
 * it too, in that: proxies and PHP look there.  $request_uri may have been
 * kept by a rewrite rule.
 */

static void
ngx_http_ai_query_apply(ngx_http_ai_query_t *q)
{
    int                         rc;
    aif_str_t                   value, args, uri;
    ngx_http_request_t         *r;
    ngx_http_ai_main_conf_t    *amcf;
    ngx_http_variable_value_t  *v;

    r = q->request;

    if (q->item.value.data == NULL
        || aif_str_eq(&q->item.value, &q->query.words)
        || aif_query_encode(&q->item.value,
                            memchr(q->value.data, '+', q->value.len) != NULL,
                            q->arena, &value)
           != AIF_OK
        || value.len == 0 || value.len > AIF_QUERY_MAX_BYTES)
    {
        return;
    }

    if (aif_query_replace((aif_str_t *) &r->args, &q->query.name, &q->value,
                          &value, q->arena, &args)
        != AIF_OK)
    {
        return;
    }

    rc = aif_query_replace((aif_str_t *) &r->unparsed_uri, &q->query.name,
                           &q->value, &value, q->arena, &uri);

    if (rc == AIF_NOMEM) {
        return;
    }

    q->target = r->unparsed_uri;

    if (rc == AIF_OK) {
        r->unparsed_uri.data = uri.data;
        r->unparsed_uri.len = uri.len;

        v = &r->variables[q->conf->query->request_uri];
        v->valid = 0;
        v->not_found = 0;
    }

    r->args.data = args.data;
    r->args.len = args.len;

    q->query.shop = q->item.value;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    ngx_ai_count(ngx_ai_store_state(amcf->store)->query_changed);
}


/* of both events: the words came, will not come, or are too late */

static void
ngx_http_ai_query_handler_wake(ngx_event_t *ev)
{
    ngx_connection_t         *c;
    ngx_http_request_t       *r;
    ngx_http_ai_query_t      *q;
    ngx_http_ai_main_conf_t  *amcf;

    q = ev->data;
    r = q->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (!q->waiting) {
        return;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, c->log, 0, "ai query: %s",
                   ev->timedout ? "too late" : "awake");

    q->waiting = 0;

    if (ev->timedout) {
        amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
        ngx_ai_count(ngx_ai_store_state(amcf->store)->query_late);
    }

    ngx_http_ai_query_stop(q);

    if (ngx_http_ai_query_lookup(q) == NGX_OK) {
        ngx_http_ai_query_apply(q);
    }

    r->read_event_handler = ngx_http_block_reading;

    ngx_http_core_run_phases(r);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_ai_query_stop(ngx_http_ai_query_t *q)
{
    ngx_ai_sched_forget(&q->waiter);

    if (q->timer.timer_set) {
        ngx_del_timer(&q->timer);
    }

    if (q->wake.posted) {
        ngx_delete_posted_event(&q->wake);
    }
}


static void
ngx_http_ai_query_cleanup(void *data)
{
    ngx_http_ai_query_t *q = data;

    ngx_http_ai_query_stop(q);

    aif_arena_destroy(q->arena);
}


/* the words of this request, empty if they are the shop's */

ngx_str_t
ngx_http_ai_query_words(ngx_http_request_t *r)
{
    ngx_str_t              words;
    ngx_http_ai_record_t  *record;

    ngx_str_null(&words);

    record = ngx_http_ai_record_get(r);

    if (record && record->query && record->query->query.shop.len) {
        words.data = record->query->query.words.data;
        words.len = record->query->query.words.len;
    }

    return words;
}


/* what the client asked for, without the prefix */

ngx_str_t
ngx_http_ai_query_target(ngx_http_request_t *r)
{
    ngx_http_ai_record_t  *record;

    record = ngx_http_ai_record_get(r);

    if (record == NULL || record->query == NULL
        || record->query->target.len == 0)
    {
        return r->unparsed_uri;
    }

    return record->query->target;
}


/*
 * The page repeats the words it was asked for.  Where that is plain to see the
 * visitor reads his own: in texts that have no translation, and in fields.
 */

ngx_int_t
ngx_http_ai_query_echo(ngx_http_ai_ctx_t *ctx)
{
    size_t                 n;
    aif_edit_t            *edits;
    ngx_http_ai_query_t   *q;
    ngx_http_ai_record_t  *record;

    record = ngx_http_ai_record_get(ctx->request);

    /* what a framework compares with the page has the shop's words */

    if (record == NULL || record->query == NULL
        || record->query->query.shop.len == 0
        || ctx->form != NGX_HTTP_AI_HTML
        || (ctx->state && aif_state_hydrates(ctx->state)))
    {
        return NGX_OK;
    }

    q = record->query;

    if (ngx_http_ai_query_texts(ctx, q) != NGX_OK
        || aif_query_inputs(&q->query, ctx->page.data, ctx->page.len,
                            ctx->arena, &edits, &n)
           != AIF_OK)
    {
        return NGX_ERROR;
    }

    /* an edit of somebody else's at the same place stays */

    return aif_rewrite_merge(ctx->arena, &ctx->edits, &ctx->nedits, edits, n)
           == AIF_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_ai_query_texts(ngx_http_ai_ctx_t *ctx, ngx_http_ai_query_t *q)
{
    int         rc;
    aif_str_t   text;
    ngx_uint_t  i;

    for (i = 0; i < ctx->nlist; i++) {

        if (ctx->replacements[i].data) {
            continue;
        }

        rc = aif_query_echo(&q->query, &ctx->list[i].text, ctx->arena, &text);

        if (rc == AIF_NOMEM) {
            return NGX_ERROR;
        }

        if (rc == AIF_OK) {
            ctx->replacements[i] = text;
        }
    }

    return NGX_OK;
}


/* ai_query arg=q engine=name [wait=300ms] [max_length=80] | off */

char *
ngx_http_ai_set_query(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char                      *rv;
    ngx_int_t                  index;
    ngx_str_t                 *value, name;
    ngx_uint_t                 i;
    ngx_http_ai_query_conf_t  *query;

    if (alcf->query != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        alcf->query = NULL;
        return NGX_CONF_OK;
    }

    query = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_query_conf_t));
    if (query == NULL) {
        return NGX_CONF_ERROR;
    }

    query->wait = NGX_HTTP_AI_QUERY_WAIT;
    query->max_length = NGX_HTTP_AI_QUERY_LENGTH;

    for (i = 1; i < cf->args->nelts; i++) {

        rv = ngx_http_ai_query_parameter(cf, query, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    if (query->name.len == 0 || query->engine == NULL) {
        return "must have \"arg=name\" and \"engine=name\"";
    }

    ngx_str_set(&name, "request_uri");

    index = ngx_http_get_variable_index(cf, &name);
    if (index == NGX_ERROR) {
        return NGX_CONF_ERROR;
    }

    query->request_uri = index;
    alcf->query = query;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_query_parameter(ngx_conf_t *cf, ngx_http_ai_query_conf_t *conf,
    ngx_str_t *value)
{
    ngx_int_t  n;
    ngx_str_t  s;

    if (ngx_strncmp(value->data, "arg=", 4) == 0 && value->len > 4) {
        conf->name.data = value->data + 4;
        conf->name.len = value->len - 4;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "engine=", 7) == 0 && value->len > 7) {
        s.data = value->data + 7;
        s.len = value->len - 7;

        conf->engine = ngx_http_ai_engine_refer(cf, &s);

        return conf->engine ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "wait=", 5) == 0) {
        s.data = value->data + 5;
        s.len = value->len - 5;

        n = ngx_parse_time(&s, 0);

        if (n != NGX_ERROR) {
            conf->wait = n;
            return NGX_CONF_OK;
        }
    }

    if (ngx_strncmp(value->data, "max_length=", 11) == 0) {
        n = ngx_atoi(value->data + 11, value->len - 11);

        if (n > 0 && n <= NGX_HTTP_AI_QUERY_MOST) {
            conf->max_length = n;
            return NGX_CONF_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" in \"ai_query\", it must be "
                       "\"arg=name\", \"engine=name\", \"wait=time\" or "
                       "\"max_length=number\" with 1 to %d characters", value,
                       NGX_HTTP_AI_QUERY_MOST);
    return NGX_CONF_ERROR;
}
