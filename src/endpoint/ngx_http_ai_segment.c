
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * "ai_segment": the shop's back end says what a customer bought and wrote, an
 * engine gives a label of the configured ones, and the label is kept under a
 * keyed digest of the customer's id until it expires.
 *
 *     POST {"id", "orders", "reviews"}     classifies and keeps
 *     GET    with X-AI-Customer: id        what is known of one
 *     DELETE with X-AI-Customer: id        forgets him
 *     GET                                  how many have which label, with
 *                                          noise
 *
 * The id is never in a URL, which would be logged; neither it nor anything else
 * of the body is logged or kept, and the engine gets no id.  Texts and answers
 * don't go through the store: there they could not be forgotten.
 */


#include "endpoint/ngx_http_ai_segment.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "endpoint/ngx_http_ai_users.h"
#include "core/aif_noise.h"
#include "engine/aif_customer.h"
#include "engine/aif_label.h"
#include "infer/ngx_ai_call.h"

#include <sys/random.h>


#define NGX_HTTP_AI_SEGMENT_BODY    (256 * 1024)           /* bytes */
#define NGX_HTTP_AI_SEGMENT_MEMORY  (8 * 1024 * 1024)      /* bytes */
#define NGX_HTTP_AI_SEGMENT_DAY     86400

/* one score or count with its label */

#define NGX_HTTP_AI_SEGMENT_MEMBER  (NGX_AI_CUSTOMERS_NAME + NGX_INT64_LEN + 8)


/* What is being classified; in the memory of the call. */

typedef struct {
    ngx_http_request_t           *request;     /* NULL: it is gone */
    ngx_pool_cleanup_t           *cleanup;     /* in the request's memory */
    ngx_http_ai_loc_conf_t       *conf;
    ngx_ai_customers_t           *customers;
    ngx_atomic_uint_t             ticket;
    u_char                        id[AIF_SHA256_SIZE];
} ngx_http_ai_segment_ask_t;


static uint32_t ngx_http_ai_segment_set(ngx_http_ai_loc_conf_t *alcf);
static ngx_int_t ngx_http_ai_segment_customer(ngx_http_request_t *r,
    ngx_str_t *id);
static void ngx_http_ai_segment_body(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_segment_post(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_segment_ask(ngx_http_request_t *r,
    aif_customer_t *customer);
static ngx_int_t ngx_http_ai_segment_text(ngx_http_request_t *r,
    ngx_ai_call_t *call, aif_customer_t *customer);
static void ngx_http_ai_segment_gone(void *data);
static void ngx_http_ai_segment_answered(ngx_ai_call_t *call);
static ngx_int_t ngx_http_ai_segment_keep(ngx_ai_call_t *call,
    ngx_http_ai_segment_ask_t *ask, ngx_ai_customer_t *customer);
static ngx_int_t ngx_http_ai_segment_failed(ngx_http_request_t *r,
    ngx_ai_call_t *call);
static ngx_int_t ngx_http_ai_segment_show(ngx_http_request_t *r,
    ngx_http_ai_segment_t *conf, ngx_ai_customer_t *customer);
static ngx_int_t ngx_http_ai_segment_report(ngx_http_request_t *r);
static int ngx_http_ai_segment_random(void *ctx, u_char *p, size_t n);


ngx_int_t
ngx_http_ai_segment_handler(ngx_http_request_t *r)
{
    ngx_int_t                 rc;
    ngx_str_t                 user;
    ngx_http_ai_loc_conf_t   *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (ngx_http_ai_users_check(r, &alcf->segments->users, &user, &rc)
        != NGX_OK)
    {
        return rc;
    }

    if (r->method == NGX_HTTP_POST) {
        return ngx_http_ai_reply_json(r, NGX_HTTP_AI_SEGMENT_BODY,
                                      ngx_http_ai_segment_body);
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_DELETE))) {
        return ngx_http_ai_reply_allow(r, "GET, POST, DELETE");
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

    if (r->args.len) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST,
                                       "there must be no arguments: a URL is "
                                       "logged, the id belongs into the "
                                       "header X-AI-Customer");
    }

    if (ngx_http_ai_reply_find(r, "x-ai-customer", &user)) {
        return ngx_http_ai_segment_customer(r, &user);
    }

    if (r->method == NGX_HTTP_DELETE) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST,
                                       "the header X-AI-Customer must hold "
                                       "the id of who is to be forgotten");
    }

    return ngx_http_ai_segment_report(r);
}


/* Who has labels of other names, or of another scope, is somebody else. */

static uint32_t
ngx_http_ai_segment_set(ngx_http_ai_loc_conf_t *alcf)
{
    uint32_t  set;

    set = alcf->segments->set ^ ngx_crc32_long(alcf->scope.data,
                                               alcf->scope.len);

    return set ? set : 1;
}


static ngx_int_t
ngx_http_ai_segment_customer(ngx_http_request_t *r, ngx_str_t *id)
{
    u_char                    digest[AIF_SHA256_SIZE];
    ngx_int_t                 rc;
    ngx_str_t                 none;
    ngx_ai_customer_t         customer;
    ngx_http_ai_loc_conf_t   *alcf;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    if (id->len == 0 || id->len > AIF_CUSTOMER_MAX_ID) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST,
                                       "the id must have 1 to %d bytes",
                                       AIF_CUSTOMER_MAX_ID);
    }

    ngx_ai_customers_id(amcf->customers, &alcf->scope, id, digest);

    if (r->method == NGX_HTTP_DELETE) {

        (void) ngx_ai_customers_forget(amcf->customers, digest, ngx_time());

        ngx_str_null(&none);

        return ngx_http_ai_reply(r, NGX_HTTP_NO_CONTENT,
                                 NGX_HTTP_AI_REPLY_JSON, &none);
    }

    rc = ngx_ai_customers_find(amcf->customers, digest, ngx_time(), &customer);

    if (rc != NGX_OK || customer.set != ngx_http_ai_segment_set(alcf)) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_NOT_FOUND,
                                       "nothing is known of this customer");
    }

    return ngx_http_ai_segment_show(r, alcf->segments, &customer);
}


static void
ngx_http_ai_segment_body(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    rc = ngx_http_ai_segment_post(r);

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(r, rc);
    }
}


/* NGX_DONE: the engine is asked, and its answer ends the request. */

static ngx_int_t
ngx_http_ai_segment_post(ngx_http_request_t *r)
{
    int              rc;
    ngx_int_t        status;
    ngx_str_t        body;
    const char      *fault;
    aif_arena_t     *arena;
    aif_customer_t   customer;

    status = ngx_http_ai_reply_body(r, NGX_HTTP_AI_SEGMENT_BODY, &body);

    if (status != NGX_OK) {
        return ngx_http_ai_reply_error(r, status, "the body must have at most "
                                       "%d bytes", NGX_HTTP_AI_SEGMENT_BODY);
    }

    arena = aif_arena_create(0, NGX_HTTP_AI_SEGMENT_MEMORY);
    if (arena == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = aif_customer_read(body.data, body.len, arena, &customer, &fault);

    if (rc == AIF_OK) {
        status = ngx_http_ai_segment_ask(r, &customer);

    } else if (rc == AIF_NOMEM) {
        status = NGX_HTTP_INTERNAL_SERVER_ERROR;

    } else {
        status = ngx_http_ai_reply_error(r, NGX_HTTP_BAD_REQUEST, "%s", fault);
    }

    aif_arena_destroy(arena);

    return status;
}


static ngx_int_t
ngx_http_ai_segment_ask(ngx_http_request_t *r, aif_customer_t *customer)
{
    ngx_int_t                   rc;
    ngx_str_t                   id;
    ngx_ai_call_t              *call;
    ngx_pool_cleanup_t         *cln;
    ngx_ai_engine_state_t      *es;
    ngx_http_ai_loc_conf_t     *alcf;
    ngx_http_ai_main_conf_t    *amcf;
    ngx_http_ai_segment_ask_t  *ask;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    es = ngx_ai_sched_state(alcf->segments->engine);
    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (es == NULL || cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    call = ngx_ai_call_create(alcf->segments->engine, es, &rc);

    if (call == NULL) {

        if (rc == NGX_AGAIN) {
            goto busy;
        }

        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ask = aif_arena_calloc(call->arena, sizeof(ngx_http_ai_segment_ask_t));

    if (ask == NULL || ngx_http_ai_segment_text(r, call, customer) != NGX_OK) {
        ngx_ai_call_free(call);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    id.len = customer->id.len;
    id.data = customer->id.data;

    ask->request = r;
    ask->conf = alcf;
    ask->customers = amcf->customers;
    ask->ticket = ngx_ai_customers_ticket(amcf->customers);
    ngx_ai_customers_id(amcf->customers, &alcf->scope, &id, ask->id);

    call->account = alcf->segments->account;
    call->handler = ngx_http_ai_segment_answered;
    call->data = ask;

    rc = ngx_ai_call_start(call);

    if (rc == NGX_OK) {
        cln->handler = ngx_http_ai_segment_gone;
        cln->data = ask;
        ask->cleanup = cln;
        r->read_event_handler = ngx_http_test_reading;
        return NGX_DONE;
    }

    ngx_ai_call_free(call);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (rc == NGX_ABORT || rc == NGX_DECLINED) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                       "the engine's budget is used up");
    }

busy:

    if (ngx_http_ai_reply_header(r, "Retry-After", "1") != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_ai_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                   "the engine can't be asked now");
}


/* Copied into the call, and masked on the way. */

static ngx_int_t
ngx_http_ai_segment_text(ngx_http_request_t *r, ngx_ai_call_t *call,
    aif_customer_t *customer)
{
    ngx_str_t               *locales;
    aif_str_t                text, *locale;
    aif_mask_text_t          m;
    aif_guard_fault_t        fault;
    ngx_http_ai_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    locale = aif_arena_calloc(call->arena, sizeof(aif_str_t));
    text.len = customer->text.len;
    text.data = aif_arena_dup(call->arena, customer->text.data, text.len);

    if (locale == NULL || text.data == NULL
        || ngx_ai_policy_out(alcf->policy, &text, call->arena, &m, &fault)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (alcf->locales) {
        locales = alcf->locales->elts;
        locale->len = locales[0].len;
        locale->data = locales[0].data;

    } else {
        aif_str_set(locale, "en");
    }

    call->batch.source_locale = locale;
    call->batch.target_locale = locale;
    call->batch.items[0].source = m.text;
    call->batch.n = 1;

    call->batch.prompt = &alcf->segments->prompt;

    return NGX_OK;
}


static void
ngx_http_ai_segment_gone(void *data)
{
    ngx_http_ai_segment_ask_t *ask = data;

    ask->request = NULL;
}


static void
ngx_http_ai_segment_answered(ngx_ai_call_t *call)
{
    ngx_int_t                   rc;
    ngx_connection_t           *c;
    ngx_ai_customer_t           customer;
    ngx_http_request_t         *r;
    ngx_http_ai_segment_ask_t  *ask;

    ask = call->data;
    r = ask->request;

    rc = ngx_http_ai_segment_keep(call, ask, &customer);

    if (r) {
        c = r->connection;
        ngx_http_set_log_request(c->log, r);

        if (rc == NGX_OK) {
            rc = ngx_http_ai_segment_show(r, ask->conf->segments, &customer);

        } else if (rc == NGX_DECLINED) {
            rc = ngx_http_ai_reply_error(r, NGX_HTTP_SERVICE_UNAVAILABLE,
                                         "somebody was forgotten meanwhile: "
                                         "post it again");

        } else {
            rc = ngx_http_ai_segment_failed(r, call);
        }

        /* a request may stay, lingering, when the call is gone */

        ask->cleanup->handler = NULL;

        ngx_http_finalize_request(r, rc);
        ngx_http_run_posted_requests(c);
    }

    ngx_ai_call_free(call);
}


/* NGX_OK; NGX_DECLINED: somebody was forgotten; NGX_ERROR: no label. */

static ngx_int_t
ngx_http_ai_segment_keep(ngx_ai_call_t *call, ngx_http_ai_segment_ask_t *ask,
    ngx_ai_customer_t *customer)
{
    size_t                  best;
    ngx_str_t              *label;
    ngx_http_ai_segment_t  *sg;

    sg = ask->conf->segments;

    if (call->end != NGX_AI_CALL_ANSWER) {
        return NGX_ERROR;
    }

    ngx_memzero(customer, sizeof(ngx_ai_customer_t));

    if (aif_label_read(&call->batch.items[0].target,
                       (aif_str_t *) sg->labels, sg->nlabels, call->arena,
                       customer->score, &best)
        != AIF_OK)
    {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "ai engine \"%V\" gave none of the labels of "
                      "\"ai_segment\"", &sg->engine->name);
        return NGX_ERROR;
    }

    label = &sg->labels[best];

    ngx_memcpy(customer->id, ask->id, AIF_SHA256_SIZE);
    ngx_memcpy(customer->label, label->data, label->len);
    customer->label_len = label->len;
    customer->nscores = sg->nlabels;
    customer->set = ngx_http_ai_segment_set(ask->conf);
    customer->expires = ngx_time() + sg->ttl;

    return ngx_ai_customers_put(ask->customers, customer, ask->ticket,
                                ngx_time());
}


static ngx_int_t
ngx_http_ai_segment_failed(ngx_http_request_t *r, ngx_ai_call_t *call)
{
    if (call->end == NGX_AI_CALL_ANSWER) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_GATEWAY,
                                       "the engine gave none of the labels");
    }

    if (call->curl.result == NGX_AI_CURL_TIMEOUT) {
        return ngx_http_ai_reply_error(r, NGX_HTTP_GATEWAY_TIME_OUT,
                                       "the engine did not answer in time");
    }

    return ngx_http_ai_reply_error(r, NGX_HTTP_BAD_GATEWAY,
                                   "the engine failed");
}


static ngx_int_t
ngx_http_ai_segment_show(ngx_http_request_t *r, ngx_http_ai_segment_t *sg,
    ngx_ai_customer_t *customer)
{
    u_char      *p;
    ngx_str_t    body;
    ngx_uint_t   i;

    body.data = ngx_pnalloc(r->pool, 128 + NGX_HTTP_AI_SEGMENT_MEMBER
                                           * (sg->nlabels + 1));
    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p = ngx_sprintf(body.data, "{\"segment\":\"%*s\",\"scores\":{",
                    (size_t) customer->label_len, customer->label);

    for (i = 0; i < sg->nlabels; i++) {
        p = ngx_sprintf(p, "%s\"%V\":%ui.%04ui", i ? "," : "", &sg->labels[i],
                        (ngx_uint_t) customer->score[i]
                        / NGX_AI_CUSTOMERS_UNIT,
                        (ngx_uint_t) customer->score[i]
                        % NGX_AI_CUSTOMERS_UNIT);
    }

    p = ngx_sprintf(p, "},\"expires\":%T}\n", (time_t) customer->expires);
    body.len = p - body.data;

    return ngx_http_ai_reply(r, NGX_HTTP_OK, NGX_HTTP_AI_REPLY_JSON, &body);
}


static ngx_int_t
ngx_http_ai_segment_report(ngx_http_request_t *r)
{
    u_char                    *p;
    int64_t                    noise;
    uint32_t                   set;
    ngx_str_t                  body;
    ngx_int_t                  count;
    ngx_uint_t                 i, counts[NGX_AI_CUSTOMERS_LABELS];
    aif_noise_source_t         source;
    ngx_http_ai_segment_t     *sg;
    ngx_http_ai_loc_conf_t    *alcf;
    ngx_http_ai_main_conf_t   *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);
    sg = alcf->segments;
    set = ngx_http_ai_segment_set(alcf);

    body.data = ngx_pnalloc(r->pool, 128 + NGX_HTTP_AI_SEGMENT_MEMBER
                                           * sg->nlabels);
    if (body.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_ai_customers_spend(amcf->customers, set,
                               ngx_time() / NGX_HTTP_AI_SEGMENT_DAY,
                               sg->epsilon, sg->epsilon_day)
        != NGX_OK)
    {
        return ngx_http_ai_reply_error(r, NGX_HTTP_TOO_MANY_REQUESTS,
                                       "today's reports were given: one more "
                                       "would tell too much of single "
                                       "customers, ask again tomorrow (UTC)");
    }

    ngx_ai_customers_count(amcf->customers, set, sg->labels, sg->nlabels,
                           ngx_time(), counts);

    source.fill = ngx_http_ai_segment_random;
    source.ctx = NULL;

    p = ngx_sprintf(body.data, "{\"epsilon\":%ui.%03ui,\"labels\":{",
                    sg->epsilon / 1000, sg->epsilon % 1000);

    for (i = 0; i < sg->nlabels; i++) {

        if (aif_noise_laplace(&source, sg->epsilon, &noise) != AIF_OK) {
            ngx_log_error(NGX_LOG_CRIT, r->connection->log, ngx_errno,
                          "getrandom() failed");
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        /* that there can't be fewer than none betrays nobody */

        count = (ngx_int_t) counts[i] + (ngx_int_t) noise;

        p = ngx_sprintf(p, "%s\"%V\":%i", i ? "," : "", &sg->labels[i],
                        ngx_max(count, 0));
    }

    p = ngx_cpymem(p, "}}\n", 3);
    body.len = p - body.data;

    return ngx_http_ai_reply(r, NGX_HTTP_OK, NGX_HTTP_AI_REPLY_JSON, &body);
}


static int
ngx_http_ai_segment_random(void *ctx, u_char *p, size_t n)
{
    return getrandom(p, n, 0) == (ssize_t) n;
}
