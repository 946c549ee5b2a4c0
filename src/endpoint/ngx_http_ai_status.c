
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_status": the counters of the zones as JSON.  It reads and never changes
 * anything, and shows no text, key or URL.  Who may see it is the location's
 * business (allow, deny, auth_basic).
 *
 * The schema has a version: members may be added under the same one, but none
 * may be renamed, removed or change its meaning.
 */


#include "ngx_http_ai_endpoint.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "core/aif_utf8.h"
#include "infer/ngx_ai_form.h"


#define NGX_HTTP_AI_STATUS_SCHEMA  1

/*
 * Bytes for everything but names from the configuration: a number has at most
 * 20 digits, and a member's name, quotes and all, at most 30 more.
 */

#define NGX_HTTP_AI_STATUS_NUMBER  (NGX_ATOMIC_T_LEN + 30)
#define NGX_HTTP_AI_STATUS_SIZE                                               \
    (NGX_HTTP_AI_STATUS_NUMBER                                                \
     * (40 + NGX_AI_REASON_COUNT + NGX_AI_STATUS_COUNT))
#define NGX_HTTP_AI_STATUS_ENGINE_SIZE                                        \
    (NGX_HTTP_AI_STATUS_NUMBER * (40 + AIF_GUARD_COUNT))
#define NGX_HTTP_AI_STATUS_SCOPE_SIZE  (NGX_HTTP_AI_STATUS_NUMBER * 16)


typedef struct {
    u_char       *pos;
    u_char       *end;
    ngx_uint_t    comma;     /* the next member needs one before it */
} ngx_http_ai_json_t;


static ngx_int_t ngx_http_ai_status_handler(ngx_http_request_t *r);
static ngx_buf_t *ngx_http_ai_status_body(ngx_http_request_t *r,
    ngx_http_ai_main_conf_t *amcf);
static void ngx_http_ai_status_zone(ngx_http_ai_json_t *j, ngx_ai_store_t *st);
static void ngx_http_ai_status_pages(ngx_http_ai_json_t *j,
    ngx_ai_state_t *state);
static void ngx_http_ai_status_engine(ngx_http_ai_json_t *j,
    ngx_http_ai_main_conf_t *amcf, ngx_ai_engine_t *engine,
    ngx_ai_engine_state_t *es);
static void ngx_http_ai_status_scopes(ngx_http_ai_json_t *j,
    ngx_http_ai_main_conf_t *amcf, ngx_ai_engine_t *engine);
static void ngx_http_ai_status_window(ngx_http_ai_json_t *j,
    ngx_ai_account_t *account, ngx_uint_t window, const char *name);
static ngx_uint_t ngx_http_ai_status_in_flight(ngx_ai_engine_state_t *es);
static ngx_uint_t ngx_http_ai_status_until(ngx_msec_t until);

static void ngx_http_ai_json_object(ngx_http_ai_json_t *j, const char *name);
static void ngx_http_ai_json_open(ngx_http_ai_json_t *j, ngx_str_t *name);
static void ngx_http_ai_json_close(ngx_http_ai_json_t *j);
static void ngx_http_ai_json_name(ngx_http_ai_json_t *j, ngx_str_t *name);
static void ngx_http_ai_json_number(ngx_http_ai_json_t *j, const char *name,
    uint64_t value);
static void ngx_http_ai_json_billionths(ngx_http_ai_json_t *j,
    const char *name, uint64_t value);
static void ngx_http_ai_json_text(ngx_http_ai_json_t *j, const char *name,
    ngx_str_t *value);
static void ngx_http_ai_json_quote(ngx_http_ai_json_t *j, ngx_str_t *value);


static ngx_str_t  ngx_http_ai_breaker_states[] = {
    ngx_string("closed"),
    ngx_string("open"),
    ngx_string("half-open")
};


static ngx_int_t
ngx_http_ai_status_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    ngx_buf_t                *b;
    ngx_str_t                 body;
    ngx_http_ai_main_conf_t  *amcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    b = ngx_http_ai_status_body(r, amcf);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body.data = b->pos;
    body.len = b->last - b->pos;

    return ngx_http_ai_reply(r, NGX_HTTP_OK, NGX_HTTP_AI_REPLY_JSON, &body);
}


static ngx_buf_t *
ngx_http_ai_status_body(ngx_http_request_t *r, ngx_http_ai_main_conf_t *amcf)
{
    size_t                   size;
    ngx_buf_t               *b;
    ngx_str_t                version, nginx;
    ngx_uint_t               i;
    ngx_ai_state_t          *state;
    ngx_ai_engine_t        **engine;
    ngx_ai_account_t       **account;
    ngx_http_ai_json_t       j;
    ngx_ai_engine_state_t   *es;

    engine = amcf->engines.elts;
    account = amcf->accounts.elts;
    size = NGX_HTTP_AI_STATUS_SIZE;

    /* an escaped byte takes six */

    if (amcf->store) {
        size += 6 * ngx_ai_store_name(amcf->store)->len;

        for (i = 0; i < amcf->engines.nelts; i++) {
            size += NGX_HTTP_AI_STATUS_ENGINE_SIZE + 6 * engine[i]->name.len;
        }

        for (i = 0; i < amcf->accounts.nelts; i++) {
            size += NGX_HTTP_AI_STATUS_SCOPE_SIZE + 6 * account[i]->scope.len;
        }
    }

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return NULL;
    }

    ngx_str_set(&version, NGX_HTTP_AI_VERSION);
    ngx_str_set(&nginx, NGINX_VERSION);

    j.pos = b->pos;
    j.end = b->end;
    j.comma = 0;

    ngx_http_ai_json_open(&j, NULL);
    ngx_http_ai_json_number(&j, "version", NGX_HTTP_AI_STATUS_SCHEMA);
    ngx_http_ai_json_text(&j, "module", &version);
    ngx_http_ai_json_text(&j, "nginx", &nginx);
    ngx_http_ai_json_number(&j, "pid", ngx_pid);

    if (amcf->store) {

        state = ngx_ai_store_state(amcf->store);

        ngx_http_ai_json_number(&j, "generation",
                                ngx_ai_store_generation(amcf->store));
        ngx_http_ai_status_zone(&j, amcf->store);
        ngx_http_ai_status_pages(&j, state);

        ngx_http_ai_json_object(&j, "engines");

        for (i = 0; i < amcf->engines.nelts; i++) {

            es = ngx_ai_state_engine(state, &engine[i]->name,
                                     ngx_ai_store_cycle(amcf->store));

            if (es) {
                ngx_http_ai_status_engine(&j, amcf, engine[i], es);
            }
        }

        ngx_http_ai_json_close(&j);
    }

    ngx_http_ai_json_close(&j);
    j.pos = ngx_slprintf(j.pos, j.end, "\n");

    if (j.pos == j.end) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "ai status does not fit %uz bytes", size);
        return NULL;
    }

    b->last = j.pos;

    return b;
}


static void
ngx_http_ai_status_zone(ngx_http_ai_json_t *j, ngx_ai_store_t *st)
{
    ngx_ai_store_usage_t  usage;

    ngx_ai_store_usage(st, &usage);

    ngx_http_ai_json_object(j, "zone");
    ngx_http_ai_json_text(j, "name", ngx_ai_store_name(st));
    ngx_http_ai_json_number(j, "size", usage.size);
    ngx_http_ai_json_number(j, "free", usage.free);
    ngx_http_ai_json_number(j, "texts", usage.texts);
    ngx_http_ai_json_number(j, "marks", usage.marks);
    ngx_http_ai_json_number(j, "evicted", usage.evicted);
    ngx_http_ai_json_number(j, "emptied", usage.emptied);
    ngx_http_ai_json_number(j, "full", usage.full);
    ngx_http_ai_json_close(j);
}


static void
ngx_http_ai_status_pages(ngx_http_ai_json_t *j, ngx_ai_state_t *state)
{
    ngx_uint_t  i;

    ngx_http_ai_json_number(j, "pages", state->pages);
    ngx_http_ai_json_number(j, "fragments", state->fragments);
    ngx_http_ai_json_number(j, "hits", state->hits);
    ngx_http_ai_json_number(j, "misses", state->misses);
    ngx_http_ai_json_number(j, "waited", state->waited);
    ngx_http_ai_json_number(j, "wait_ms", state->wait_msec);

    ngx_http_ai_json_object(j, "anonymous");
    ngx_http_ai_json_number(j, "fetches", state->self_fetches);
    ngx_http_ai_json_number(j, "refused", state->self_refused);
    ngx_http_ai_json_number(j, "failed", state->self_failed);
    ngx_http_ai_json_number(j, "again", state->self_again);
    ngx_http_ai_json_number(j, "limited", state->self_limited);
    ngx_http_ai_json_number(j, "withheld", state->self_withheld);
    ngx_http_ai_json_close(j);

    ngx_http_ai_json_object(j, "shadow");
    ngx_http_ai_json_number(j, "whole", state->shadow_whole);
    ngx_http_ai_json_number(j, "mixed", state->shadow_mixed);
    ngx_http_ai_json_number(j, "same", state->shadow_same);
    ngx_http_ai_json_number(j, "origin", state->shadow_origin);
    ngx_http_ai_json_close(j);

    ngx_http_ai_json_object(j, "query");
    ngx_http_ai_json_number(j, "changed", state->query_changed);
    ngx_http_ai_json_number(j, "asked", state->query_asked);
    ngx_http_ai_json_number(j, "late", state->query_late);
    ngx_http_ai_json_number(j, "limited", state->query_limited);
    ngx_http_ai_json_close(j);

    /* the first of each is "none" */

    ngx_http_ai_json_object(j, "status");

    for (i = NGX_AI_STATUS_NONE + 1; i < NGX_AI_STATUS_COUNT; i++) {
        ngx_http_ai_json_number(j, (char *) ngx_ai_state_status_name(i)->data,
                                state->status[i]);
    }

    ngx_http_ai_json_close(j);

    ngx_http_ai_json_object(j, "reasons");

    for (i = NGX_AI_REASON_none + 1; i < NGX_AI_REASON_COUNT; i++) {
        ngx_http_ai_json_number(j, (char *) ngx_ai_state_reason_name(i)->data,
                                state->reason[i]);
    }

    ngx_http_ai_json_close(j);
}


static void
ngx_http_ai_status_engine(ngx_http_ai_json_t *j,
    ngx_http_ai_main_conf_t *amcf, ngx_ai_engine_t *engine,
    ngx_ai_engine_state_t *es)
{
    ngx_str_t   protocol, form;
    ngx_uint_t  i, state;

    protocol.data = (u_char *) engine->dialect->name;
    protocol.len = ngx_strlen(engine->dialect->name);

    ngx_http_ai_json_open(j, &engine->name);
    ngx_http_ai_json_text(j, "protocol", &protocol);
    ngx_http_ai_json_number(j, "calls", es->calls);
    ngx_http_ai_json_number(j, "answers", es->answers);
    ngx_http_ai_json_number(j, "errors", es->errors);
    ngx_http_ai_json_number(j, "throttled", es->throttled);
    ngx_http_ai_json_number(j, "retries", es->retries);
    ngx_http_ai_json_number(j, "dropped", es->dropped);
    ngx_http_ai_json_number(j, "texts_sent", es->texts_sent);
    ngx_http_ai_json_number(j, "texts_stored", es->texts_stored);
    ngx_http_ai_json_number(j, "terms_missed", es->terms_missed);
    ngx_http_ai_json_number(j, "bytes_sent", es->bytes_sent);
    ngx_http_ai_json_number(j, "bytes_received", es->bytes_received);
    ngx_http_ai_json_number(j, "input_tokens", es->input_tokens);
    ngx_http_ai_json_number(j, "output_tokens", es->output_tokens);
    ngx_http_ai_json_number(j, "time_ms", es->msec);
    ngx_http_ai_json_number(j, "concurrency", engine->concurrency);
    ngx_http_ai_json_number(j, "in_flight", ngx_http_ai_status_in_flight(es));
    ngx_http_ai_json_number(j, "retry_after_ms",
                            ngx_http_ai_status_until(es->retry_after));

    ngx_http_ai_json_object(j, "guard");

    for (i = AIF_GUARD_NONE + 1; i < AIF_GUARD_COUNT; i++) {
        ngx_http_ai_json_number(j, aif_guard_name(i), es->guard[i]);
    }

    ngx_http_ai_json_close(j);

    if (engine->dialect->prompts) {
        form.data = (u_char *) ngx_ai_form_name(es);
        form.len = ngx_strlen(form.data);
        ngx_http_ai_json_text(j, "form", &form);
    }

    state = ngx_min(es->breaker_state, 2);

    ngx_http_ai_json_object(j, "breaker");
    ngx_http_ai_json_text(j, "state", &ngx_http_ai_breaker_states[state]);
    ngx_http_ai_json_number(j, "failures", es->breaker_failures);
    ngx_http_ai_json_number(j, "until_ms",
                            state == 1
                            ? ngx_http_ai_status_until(es->breaker_until) : 0);
    ngx_http_ai_json_number(j, "opened", es->breaker_opened);
    ngx_http_ai_json_close(j);

    ngx_http_ai_status_scopes(j, amcf, engine);

    ngx_http_ai_json_close(j);
}


/* what an engine costs: settled figures, in the configuration's currency */

static void
ngx_http_ai_status_scopes(ngx_http_ai_json_t *j, ngx_http_ai_main_conf_t *amcf,
    ngx_ai_engine_t *engine)
{
    ngx_str_t                 unit;
    ngx_uint_t                i;
    ngx_ai_account_t        **account;
    ngx_ai_account_state_t   *as;

    ngx_str_set(&unit, "tokens");

    if (engine->characters) {
        ngx_str_set(&unit, "characters");
    }

    ngx_http_ai_json_text(j, "unit", &unit);
    ngx_http_ai_json_object(j, "scopes");

    account = amcf->accounts.elts;

    for (i = 0; i < amcf->accounts.nelts; i++) {

        if (account[i]->engine != engine) {
            continue;
        }

        as = account[i]->state;

        ngx_http_ai_json_open(j, &account[i]->scope);
        ngx_http_ai_json_number(j, "calls", as->calls);
        ngx_http_ai_json_number(j, "input", as->input);
        ngx_http_ai_json_number(j, "output", as->output);
        ngx_http_ai_json_billionths(j, "cost", as->cost);
        ngx_http_ai_json_number(j, "refused", as->refused);
        ngx_http_ai_status_window(j, account[i], NGX_AI_WINDOW_MINUTE,
                                  "minute");
        ngx_http_ai_status_window(j, account[i], NGX_AI_WINDOW_DAY, "day");
        ngx_http_ai_json_close(j);
    }

    ngx_http_ai_json_close(j);
}


/* "used" has what calls under way may cost */

static void
ngx_http_ai_status_window(ngx_http_ai_json_t *j, ngx_ai_account_t *account,
    ngx_uint_t window, const char *name)
{
    ngx_http_ai_json_object(j, name);
    ngx_http_ai_json_number(j, "used",
                            ngx_ai_budget_used(account->state, window));
    ngx_http_ai_json_number(j, "budget", account->budget.limit[window]);
    ngx_http_ai_json_close(j);
}


static ngx_uint_t
ngx_http_ai_status_in_flight(ngx_ai_engine_state_t *es)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < NGX_AI_MAX_LEASES; i++) {
        n += (ngx_ai_state_owner(&es->lease[i]) != 0);
    }

    return n;
}


/* Milliseconds from now, 0 if that is over. */

static ngx_uint_t
ngx_http_ai_status_until(ngx_msec_t until)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (until - ngx_current_msec);

    return (until != 0 && left > 0) ? (ngx_uint_t) left : 0;
}


static void
ngx_http_ai_json_object(ngx_http_ai_json_t *j, const char *name)
{
    ngx_str_t  s;

    s.data = (u_char *) name;
    s.len = ngx_strlen(name);

    ngx_http_ai_json_open(j, &s);
}


static void
ngx_http_ai_json_open(ngx_http_ai_json_t *j, ngx_str_t *name)
{
    if (name) {
        ngx_http_ai_json_name(j, name);
    }

    j->pos = ngx_slprintf(j->pos, j->end, "{");
    j->comma = 0;
}


static void
ngx_http_ai_json_close(ngx_http_ai_json_t *j)
{
    j->pos = ngx_slprintf(j->pos, j->end, "}");
    j->comma = 1;
}


static void
ngx_http_ai_json_name(ngx_http_ai_json_t *j, ngx_str_t *name)
{
    if (j->comma) {
        j->pos = ngx_slprintf(j->pos, j->end, ",");
    }

    ngx_http_ai_json_quote(j, name);

    j->pos = ngx_slprintf(j->pos, j->end, ":");
    j->comma = 1;
}


static void
ngx_http_ai_json_number(ngx_http_ai_json_t *j, const char *name,
    uint64_t value)
{
    ngx_str_t  s;

    s.data = (u_char *) name;
    s.len = ngx_strlen(name);

    ngx_http_ai_json_name(j, &s);

    j->pos = ngx_slprintf(j->pos, j->end, "%uL", value);
}


static void
ngx_http_ai_json_billionths(ngx_http_ai_json_t *j, const char *name,
    uint64_t value)
{
    ngx_str_t  s;

    s.data = (u_char *) name;
    s.len = ngx_strlen(name);

    ngx_http_ai_json_name(j, &s);

    j->pos = ngx_slprintf(j->pos, j->end, "%uL.%09uL", value / 1000000000,
                          value % 1000000000);
}


static void
ngx_http_ai_json_text(ngx_http_ai_json_t *j, const char *name,
    ngx_str_t *value)
{
    ngx_str_t  s;

    s.data = (u_char *) name;
    s.len = ngx_strlen(name);

    ngx_http_ai_json_name(j, &s);
    ngx_http_ai_json_quote(j, value);
}


/* What isn't UTF-8 in the configuration becomes U+FFFD byte by byte. */

static void
ngx_http_ai_json_quote(ngx_http_ai_json_t *j, ngx_str_t *value)
{
    uint32_t       cp;
    const u_char  *p, *start, *end;

    p = value->data;
    end = p + value->len;

    j->pos = ngx_slprintf(j->pos, j->end, "\"");

    while (p < end) {

        start = p;
        cp = aif_utf8_decode(&p, end);

        if (cp == AIF_UTF8_BAD) {
            j->pos = ngx_slprintf(j->pos, j->end, "\\ufffd");

        } else if (cp == '"' || cp == '\\') {
            j->pos = ngx_slprintf(j->pos, j->end, "\\%c", (int) cp);

        } else if (cp < 0x20) {
            j->pos = ngx_slprintf(j->pos, j->end, "\\u%04xD", cp);

        } else {
            j->pos = ngx_slprintf(j->pos, j->end, "%*s", (size_t) (p - start),
                                  start);
        }
    }

    j->pos = ngx_slprintf(j->pos, j->end, "\"");
}


char *
ngx_http_ai_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t                 *value;
    ngx_http_core_loc_conf_t  *clcf;

    value = cf->args->elts;

    if (cf->args->nelts == 2) {

        if (ngx_strcmp(value[1].data, "prometheus") == 0
            || ngx_strcmp(value[1].data, "html") == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" in \"%V\" is not supported yet, it "
                               "must be \"json\"", &value[1], &cmd->name);
            return NGX_CONF_ERROR;
        }

        if (ngx_strcmp(value[1].data, "json") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"%V\" directive, it "
                               "must be \"json\"", &value[1], &cmd->name);
            return NGX_CONF_ERROR;
        }
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "conflicts with another content handler of this location";
    }

    clcf->handler = ngx_http_ai_status_handler;

    return NGX_CONF_OK;
}
