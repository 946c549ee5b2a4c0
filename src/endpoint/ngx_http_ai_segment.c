
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


#include "ngx_http_ai_filter_module.h"
#include "ngx_http_ai_conf.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "endpoint/ngx_http_ai_users.h"
#include "core/aif_noise.h"
#include "engine/aif_customer.h"
#include "engine/aif_label.h"
#include "infer/ngx_ai_call.h"
#include "store/ngx_ai_customers.h"

#include <sys/random.h>


#define NGX_HTTP_AI_SEGMENT_BODY    (256 * 1024)           /* bytes */
#define NGX_HTTP_AI_SEGMENT_MEMORY  (8 * 1024 * 1024)      /* bytes */
#define NGX_HTTP_AI_SEGMENT_TTL     (30 * 24 * 60 * 60)    /* seconds */
#define NGX_HTTP_AI_SEGMENT_SIZE    (4 * 1024 * 1024)      /* bytes, zone */
#define NGX_HTTP_AI_SEGMENT_KEY     16                     /* bytes, least */
#define NGX_HTTP_AI_SEGMENT_DAY     86400

/* one score or count with its label */

#define NGX_HTTP_AI_SEGMENT_MEMBER  (NGX_AI_CUSTOMERS_NAME + NGX_INT64_LEN + 8)


struct ngx_http_ai_segment_s {
    ngx_ai_engine_t       *engine;
    ngx_str_t              users;        /* file; empty: nobody may */
    ngx_str_t              key_file;
    size_t                 size;
    time_t                 ttl;
    ngx_uint_t             epsilon;      /* of a report, thousandths */
    ngx_uint_t             epsilon_day;
    ngx_uint_t             nlabels;
    ngx_str_t              labels[NGX_AI_CUSTOMERS_LABELS];
    uint32_t               set;
    aif_prompt_t           prompt;       /* for engines that follow prompts */
};


/* What is being classified; in the memory of the call. */

typedef struct {
    ngx_http_request_t           *request;     /* NULL: it is gone */
    ngx_http_ai_loc_conf_t       *conf;
    ngx_ai_customers_t           *customers;
    ngx_atomic_uint_t             ticket;
    u_char                        id[AIF_SHA256_SIZE];
} ngx_http_ai_segment_ask_t;


static ngx_int_t ngx_http_ai_segment_handler(ngx_http_request_t *r);
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

static char *ngx_http_ai_segment_parameter(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg, ngx_str_t *value);
static char *ngx_http_ai_segment_labels(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg, ngx_str_t *value);
static char *ngx_http_ai_segment_epsilon(ngx_uint_t *epsilon,
    ngx_str_t *value);
static char *ngx_http_ai_segment_check(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg);
static char *ngx_http_ai_segment_zone(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg);
static ngx_int_t ngx_http_ai_segment_prompt(ngx_conf_t *cf,
    ngx_http_ai_segment_t *sg);


static ngx_int_t
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

    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, rc);
    }
}


/* NGX_AGAIN: the engine is asked, and its answer ends the request. */

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

    es = ngx_ai_state_engine(ngx_ai_store_state(amcf->store),
                             &alcf->segments->engine->name);
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

    call->handler = ngx_http_ai_segment_answered;
    call->data = ask;

    rc = ngx_ai_call_start(call);

    if (rc == NGX_OK) {
        cln->handler = ngx_http_ai_segment_gone;
        cln->data = ask;
        r->read_event_handler = ngx_http_test_reading;
        return NGX_AGAIN;
    }

    ngx_ai_call_free(call);

    if (rc == NGX_ERROR) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
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

    if (ask->request) {
        ask->request = NULL;
    }
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

        /* before the request's memory goes: nobody is told of the call */

        ask->request = NULL;

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


/*
 * ai_segment engine=name labels=a,b key=file [users=file] [ttl=30d] [size=4m]
 *            [epsilon=1] [epsilon_day=1]
 */

char *
ngx_http_ai_set_segment(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    char                      *rv;
    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_ai_segment_t     *sg;
    ngx_http_core_loc_conf_t  *clcf;

    if (alcf->segments) {
        return "is duplicate";
    }

    sg = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_segment_t));
    if (sg == NULL) {
        return NGX_CONF_ERROR;
    }

    sg->ttl = NGX_HTTP_AI_SEGMENT_TTL;
    sg->size = NGX_HTTP_AI_SEGMENT_SIZE;
    sg->epsilon = 1000;
    sg->epsilon_day = 1000;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        rv = ngx_http_ai_segment_parameter(cf, sg, &value[i]);
        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    rv = ngx_http_ai_segment_check(cf, sg);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    rv = ngx_http_ai_segment_zone(cf, sg);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "conflicts with another content handler of this location";
    }

    clcf->handler = ngx_http_ai_segment_handler;
    alcf->segments = sg;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_segment_parameter(ngx_conf_t *cf, ngx_http_ai_segment_t *sg,
    ngx_str_t *value)
{
    u_char      *p;
    ssize_t      size;
    ngx_int_t    ttl;
    ngx_str_t    s;

    p = ngx_strlchr(value->data, value->data + value->len, '=');

    if (p == NULL) {
        goto invalid;
    }

    s.data = p + 1;
    s.len = value->data + value->len - s.data;

    if (ngx_strncmp(value->data, "engine=", 7) == 0) {
        sg->engine = ngx_http_ai_engine_refer(cf, &s);
        return sg->engine ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "labels=", 7) == 0) {
        return ngx_http_ai_segment_labels(cf, sg, &s);
    }

    if (ngx_strncmp(value->data, "users=", 6) == 0) {
        sg->users = s;
        return ngx_http_ai_users_conf(cf, &sg->users) == NGX_OK
               ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    if (ngx_strncmp(value->data, "key=", 4) == 0) {
        sg->key_file = s;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "ttl=", 4) == 0) {

        ttl = ngx_parse_time(&s, 1);

        if (ttl == NGX_ERROR || ttl == 0) {
            return "must have a \"ttl\" that is a time greater than 0, such "
                   "as \"30d\"";
        }

        sg->ttl = ttl;

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "size=", 5) == 0) {

        size = ngx_parse_size(&s);

        if (size < (ssize_t) NGX_AI_CUSTOMERS_MIN_SIZE) {
            return "must have a \"size\" of 64k or more, such as \"4m\"";
        }

        sg->size = size;

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "epsilon=", 8) == 0) {
        return ngx_http_ai_segment_epsilon(&sg->epsilon, &s);
    }

    if (ngx_strncmp(value->data, "epsilon_day=", 12) == 0) {
        return ngx_http_ai_segment_epsilon(&sg->epsilon_day, &s);
    }

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\", it "
                       "must be one of engine=, labels=, key=, users=, ttl=, "
                       "size=, epsilon=, epsilon_day=", value);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_segment_labels(ngx_conf_t *cf, ngx_http_ai_segment_t *sg,
    ngx_str_t *value)
{
    u_char      *p, *end, *last;
    ngx_str_t    label;
    ngx_uint_t   i;

    sg->nlabels = 0;
    last = value->data + value->len;

    for (p = value->data; p <= last; p = end + 1) {

        end = ngx_strlchr(p, last, ',');

        if (end == NULL) {
            end = last;
        }

        label.data = p;
        label.len = end - p;

        if (!aif_label_valid((aif_str_t *) &label, NGX_AI_CUSTOMERS_NAME)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid label \"%V\", it must have 1 to %d of "
                               "a-z, 0-9, \"_\" and \"-\"", &label,
                               NGX_AI_CUSTOMERS_NAME);
            return NGX_CONF_ERROR;
        }

        for (i = 0; i < sg->nlabels; i++) {
            if (sg->labels[i].len == label.len
                && ngx_memcmp(sg->labels[i].data, label.data, label.len) == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate label \"%V\"", &label);
                return NGX_CONF_ERROR;
            }
        }

        if (sg->nlabels == NGX_AI_CUSTOMERS_LABELS) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "there must be at most %d labels",
                               NGX_AI_CUSTOMERS_LABELS);
            return NGX_CONF_ERROR;
        }

        sg->labels[sg->nlabels++] = label;
    }

    sg->set = ngx_crc32_long(value->data, value->len);

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_segment_epsilon(ngx_uint_t *epsilon, ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_atofp(value->data, value->len, 3);

    if (n < AIF_NOISE_MIN_EPSILON || n > AIF_NOISE_MAX_EPSILON) {
        return "must have an epsilon from 0.001 to 100";
    }

    *epsilon = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_segment_check(ngx_conf_t *cf, ngx_http_ai_segment_t *sg)
{
    if (sg->engine == NULL || sg->nlabels == 0 || sg->key_file.len == 0) {
        return "must have \"engine=name\", \"labels=a,b\" and \"key=file\"";
    }

    if (sg->nlabels < 2) {
        return "must have two labels or more";
    }

    if (sg->epsilon_day < sg->epsilon) {
        return "must have an \"epsilon_day\" that is not less than "
               "\"epsilon\": else there is no report at all";
    }

    return ngx_http_ai_segment_prompt(cf, sg) == NGX_OK ? NGX_CONF_OK
                                                        : NGX_CONF_ERROR;
}


/* All locations share one zone and one key: a customer is the same in each. */

static char *
ngx_http_ai_segment_zone(ngx_conf_t *cf, ngx_http_ai_segment_t *sg)
{
    ngx_str_t                 key, name;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);

    if (ngx_conf_full_name(cf->cycle, &sg->key_file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (amcf->customers) {

        if (amcf->customers_size != sg->size
            || amcf->customers_key.len != sg->key_file.len
            || ngx_strcmp(amcf->customers_key.data, sg->key_file.data) != 0)
        {
            return "must have the same \"key\" and \"size\" in every location";
        }

        return NGX_CONF_OK;
    }

    if (ngx_http_ai_secret(cf, &sg->key_file, "\"ai_segment\"",
                           NGX_HTTP_AI_SEGMENT_KEY, &key)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_str_set(&name, "ai_segment");

    amcf->customers = ngx_ai_customers_add(cf, &name, sg->size, &key,
                                           &ngx_http_ai_filter_module);
    if (amcf->customers == NULL) {
        return NGX_CONF_ERROR;
    }

    amcf->customers_key = sg->key_file;
    amcf->customers_size = sg->size;

    return NGX_CONF_OK;
}


/* For engines that follow prompts; a classifier has its labels by training. */

static ngx_int_t
ngx_http_ai_segment_prompt(ngx_conf_t *cf, ngx_http_ai_segment_t *sg)
{
    u_char      *p;
    size_t       size;
    ngx_uint_t   i;

    static const char  head[] = "{\"type\":\"object\",\"properties\":{"
        "\"label\":{\"type\":\"string\",\"enum\":[";
    static const char  tail[] = "]},\"score\":{\"type\":\"number\","
        "\"minimum\":0,\"maximum\":1}},\"required\":[\"label\",\"score\"],"
        "\"additionalProperties\":false}";
    static const char  system[] = "You sort a shop's customers by what they "
        "bought and wrote. Answer with the one label that fits best, and with "
        "how sure you are, from 0 to 1.";

    size = sizeof(head) + sizeof(tail);

    for (i = 0; i < sg->nlabels; i++) {
        size += sg->labels[i].len + sizeof("\"\",") - 1;
    }

    p = ngx_pnalloc(cf->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    sg->prompt.schema.data = p;
    p = ngx_cpymem(p, head, sizeof(head) - 1);

    for (i = 0; i < sg->nlabels; i++) {
        p = ngx_sprintf(p, "%s\"%V\"", i ? "," : "", &sg->labels[i]);
    }

    p = ngx_cpymem(p, tail, sizeof(tail) - 1);
    sg->prompt.schema.len = p - sg->prompt.schema.data;

    aif_str_set(&sg->prompt.name, "segment");
    aif_str_set(&sg->prompt.system, system);
    sg->prompt.task = AIF_PROMPT_WRITE;
    sg->prompt.answer = AIF_PROMPT_OBJECT;

    return NGX_OK;
}
