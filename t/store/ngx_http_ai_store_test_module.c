
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A content handler for t/store-*.t: one request is one call of the store, or
 * many of the same, and the answer says what it returned, its Worker header by
 * whom.  Built with -DNGX_AI_FAULTS; never part of the module.
 *
 *     ai_store_test_zone name size;      http; without a size that of another
 *                                        module, built of the same source
 *     ai_store_test;                     location
 *
 * Arguments: op, and for the operation
 *     t text, v value, hash, k0, recipe, valid   an item and its space
 *     prompt, from, to                           of an ai_generate's text that
 *                                                "person" writes: t and v are
 *                                                escaped
 *     ms, hold                                   of claim and fail
 *     from, n, size                              texts made by number
 *     room                                       bytes for values
 *     now, min, settle, shorten, between         minutes of "once", for n
 *                                                keys from hash on
 *     now, burst, keys                           intervals of "share", for n
 *                                                calls by so many keys
 *     fault                                      where to die
 *     later                                      milliseconds that the clock
 *                                                is ahead, for this call
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "store/ngx_ai_store.h"
#include "store/ngx_ai_fault.h"


#define NGX_AI_STORE_TEST_PAGE   200
#define NGX_AI_STORE_TEST_ROUNDS 501


typedef struct {
    ngx_ai_store_t         *store;
    ngx_str_t               name;         /* of another module's */
} ngx_http_ai_store_test_conf_t;


typedef struct {
    ngx_http_request_t     *request;
    ngx_ai_store_t         *store;
    ngx_ai_space_t          space;
    ngx_ai_item_t           item;
    aif_str_t               value;
    ngx_str_t               out;
} ngx_http_ai_store_test_t;


typedef ngx_int_t (*ngx_http_ai_store_test_pt)(ngx_http_ai_store_test_t *t);

typedef struct {
    ngx_str_t                   name;
    ngx_http_ai_store_test_pt   handler;
} ngx_http_ai_store_test_op_t;


static ngx_int_t ngx_http_ai_store_test_handler(ngx_http_request_t *r);
static ngx_ai_store_t *ngx_http_ai_store_test_find(ngx_str_t *name);
static ngx_int_t ngx_http_ai_store_test_run(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_put(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_person(ngx_http_ai_store_test_t *t);
static void ngx_http_ai_store_test_unescape(ngx_http_ai_store_test_t *t,
    aif_str_t *s);
static ngx_int_t ngx_http_ai_store_test_get(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_claim(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_fail(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_poll(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_purge(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_usage(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_state(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_figures(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_lease(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_once(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_share(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_seat(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_fill(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_check(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_grab(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_drop(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_bench(ngx_http_ai_store_test_t *t);
static ngx_int_t ngx_http_ai_store_test_say(ngx_http_ai_store_test_t *t,
    const char *fmt, ...);
static uint64_t ngx_http_ai_store_test_arg(ngx_http_ai_store_test_t *t,
    const char *name, uint64_t otherwise);
static ngx_uint_t ngx_http_ai_store_test_fault(ngx_http_request_t *r);
static uint64_t ngx_http_ai_store_test_hash(const u_char *p, size_t len);
static size_t ngx_http_ai_store_test_text(u_char *p, char kind, ngx_uint_t n,
    size_t size);
static ngx_ai_item_t *ngx_http_ai_store_test_items(
    ngx_http_ai_store_test_t *t, ngx_uint_t from, ngx_uint_t n, size_t size);
static void *ngx_http_ai_store_test_create_conf(ngx_conf_t *cf);
static char *ngx_http_ai_store_test_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_ai_store_test(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static const char  *ngx_http_ai_store_test_found[] = {
    "MISS", "HIT", "STALE", "PENDING", "NEGATIVE", "CLAIMED"
};


#define NGX_AI_STORE_TEST_FAULT(name)  ngx_string(#name),

static ngx_str_t  ngx_http_ai_store_test_faults[] = {
    NGX_AI_FAULTS_LIST(NGX_AI_STORE_TEST_FAULT)
};


static ngx_http_ai_store_test_op_t  ngx_http_ai_store_test_ops[] = {
    { ngx_string("put"), ngx_http_ai_store_test_put },
    { ngx_string("person"), ngx_http_ai_store_test_person },
    { ngx_string("get"), ngx_http_ai_store_test_get },
    { ngx_string("claim"), ngx_http_ai_store_test_claim },
    { ngx_string("fail"), ngx_http_ai_store_test_fail },
    { ngx_string("poll"), ngx_http_ai_store_test_poll },
    { ngx_string("purge"), ngx_http_ai_store_test_purge },
    { ngx_string("usage"), ngx_http_ai_store_test_usage },
    { ngx_string("state"), ngx_http_ai_store_test_state },
    { ngx_string("figures"), ngx_http_ai_store_test_figures },
    { ngx_string("lease"), ngx_http_ai_store_test_lease },
    { ngx_string("once"), ngx_http_ai_store_test_once },
    { ngx_string("share"), ngx_http_ai_store_test_share },
    { ngx_string("seat"), ngx_http_ai_store_test_seat },
    { ngx_string("fill"), ngx_http_ai_store_test_fill },
    { ngx_string("check"), ngx_http_ai_store_test_check },
    { ngx_string("grab"), ngx_http_ai_store_test_grab },
    { ngx_string("drop"), ngx_http_ai_store_test_drop },
    { ngx_string("bench"), ngx_http_ai_store_test_bench },
    { ngx_null_string, NULL }
};


static ngx_command_t  ngx_http_ai_store_test_commands[] = {

    { ngx_string("ai_store_test_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_ai_store_test_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ai_store_test"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_ai_store_test,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_ai_store_test_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_http_ai_store_test_create_conf,    /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_ai_store_test_module = {
    NGX_MODULE_V1,
    &ngx_http_ai_store_test_module_ctx,    /* module context */
    ngx_http_ai_store_test_commands,       /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_ai_store_test_handler(ngx_http_request_t *r)
{
    ngx_int_t                       rc;
    ngx_str_t                       type;
    ngx_msec_t                      now;
    ngx_table_elt_t                *h;
    ngx_http_complex_value_t        cv;
    ngx_http_ai_store_test_t        t;
    ngx_http_ai_store_test_conf_t  *conf;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    conf = ngx_http_get_module_main_conf(r, ngx_http_ai_store_test_module);

    ngx_memzero(&t, sizeof(ngx_http_ai_store_test_t));

    t.request = r;
    t.store = conf->store ? conf->store
                          : ngx_http_ai_store_test_find(&conf->name);

    if (t.store == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    now = ngx_current_msec;
    ngx_current_msec += ngx_http_ai_store_test_arg(&t, "later", 0);
    ngx_ai_fault = ngx_http_ai_store_test_fault(r);

    rc = ngx_http_ai_store_test_run(&t);

    ngx_ai_fault = NGX_AI_FAULT_none;
    ngx_current_msec = now;

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = 1;
    ngx_str_set(&h->key, "Worker");

    h->value.data = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (h->value.data == NULL) {
        h->hash = 0;
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->value.len = ngx_sprintf(h->value.data, "%P", ngx_pid) - h->value.data;

    ngx_memzero(&cv, sizeof(ngx_http_complex_value_t));
    cv.value = t.out;
    ngx_str_set(&type, "text/plain");

    return ngx_http_send_response(r, NGX_HTTP_OK, &type, &cv);
}


static ngx_ai_store_t *
ngx_http_ai_store_test_find(ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_shm_zone_t   *zone;
    ngx_list_part_t  *part;

    for (part = (ngx_list_part_t *) &ngx_cycle->shared_memory.part; part;
         part = part->next)
    {
        zone = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (zone[i].shm.name.len == name->len
                && ngx_memcmp(zone[i].shm.name.data, name->data, name->len)
                   == 0)
            {
                return zone[i].data;
            }
        }
    }

    return NULL;
}


static ngx_int_t
ngx_http_ai_store_test_run(ngx_http_ai_store_test_t *t)
{
    ngx_str_t                     op;
    ngx_http_ai_store_test_op_t  *o;

    t->space.key.k0 = ngx_http_ai_store_test_arg(t, "k0", 1);
    t->space.recipe = ngx_http_ai_store_test_arg(t, "recipe", 1);
    t->space.valid = ngx_http_ai_store_test_arg(t, "valid", 0);

    (void) ngx_http_arg(t->request, (u_char *) "t", 1,
                        (ngx_str_t *) &t->item.source);
    (void) ngx_http_arg(t->request, (u_char *) "v", 1,
                        (ngx_str_t *) &t->value);

    t->item.hash = ngx_http_ai_store_test_hash(t->item.source.data,
                                               t->item.source.len);
    t->item.hash = ngx_http_ai_store_test_arg(t, "hash", t->item.hash);

    if (ngx_http_arg(t->request, (u_char *) "op", 2, &op) != NGX_OK) {
        return NGX_ERROR;
    }

    for (o = ngx_http_ai_store_test_ops; o->handler; o++) {
        if (o->name.len == op.len
            && ngx_memcmp(o->name.data, op.data, op.len) == 0)
        {
            return o->handler(t);
        }
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_ai_store_test_put(ngx_http_ai_store_test_t *t)
{
    ngx_int_t  rc;

    rc = ngx_ai_store_put(t->store, &t->space, &t->item, &t->value);

    return ngx_http_ai_store_test_say(t, "%s", rc == NGX_OK ? "OK"
                                      : rc == NGX_DECLINED ? "DECLINED"
                                      : "ERROR");
}


/* What a person says of facts, at the place of what a machine would. */

static ngx_int_t
ngx_http_ai_store_test_person(ngx_http_ai_store_test_t *t)
{
    aif_str_t  parts[5];

    ngx_memzero(parts, sizeof(parts));

    (void) ngx_http_arg(t->request, (u_char *) "prompt", 6,
                        (ngx_str_t *) &parts[0]);
    (void) ngx_http_arg(t->request, (u_char *) "from", 4,
                        (ngx_str_t *) &parts[1]);
    (void) ngx_http_arg(t->request, (u_char *) "to", 2,
                        (ngx_str_t *) &parts[2]);

    ngx_http_ai_store_test_unescape(t, &t->item.source);
    ngx_http_ai_store_test_unescape(t, &t->value);

    t->space.recipe = 0;
    t->space.key = aif_key_prefix(&ngx_ai_store_state(t->store)->secret, parts,
                                  5);
    t->item.hash = aif_key_hash(&t->space.key, t->item.source.data,
                                t->item.source.len);

    return ngx_http_ai_store_test_put(t);
}


static void
ngx_http_ai_store_test_unescape(ngx_http_ai_store_test_t *t, aif_str_t *s)
{
    u_char  *src, *dst;

    src = s->data;
    dst = ngx_pnalloc(t->request->pool, s->len + 1);

    if (dst == NULL) {
        s->len = 0;
        return;
    }

    s->data = dst;
    ngx_unescape_uri(&dst, &src, s->len, 0);
    s->len = dst - s->data;
}


static ngx_int_t
ngx_http_ai_store_test_get(ngx_http_ai_store_test_t *t)
{
    u_char     *pos, *end;
    size_t      room;
    ngx_uint_t  n;

    room = ngx_http_ai_store_test_arg(t, "room", NGX_AI_STORE_MAX_TEXT);

    pos = ngx_pnalloc(t->request->pool, room + 1);
    if (pos == NULL) {
        return NGX_ERROR;
    }

    end = pos + room;

    n = ngx_ai_store_lookup(t->store, &t->space, &t->item, 0, 1, &pos, end);

    if (n == 0) {
        return ngx_http_ai_store_test_say(t, "ROOM");
    }

    return ngx_http_ai_store_test_say(t, "%s%s%s%*s",
                    ngx_http_ai_store_test_found[t->item.found],
                    t->item.renewing ? " renewing" : "",
                    t->item.value.data ? " " : "",
                    t->item.value.len, t->item.value.data);
}


static ngx_int_t
ngx_http_ai_store_test_claim(ngx_http_ai_store_test_t *t)
{
    (void) ngx_ai_store_claim(t->store, &t->space, &t->item, 1,
                   ngx_current_msec
                   + ngx_http_ai_store_test_arg(t, "ms", 60000));

    return ngx_http_ai_store_test_say(t, "%s",
                    ngx_http_ai_store_test_found[t->item.found]);
}


static ngx_int_t
ngx_http_ai_store_test_fail(ngx_http_ai_store_test_t *t)
{
    ngx_ai_store_fail(t->store, &t->space, &t->item,
                      ngx_http_ai_store_test_arg(t, "hold", 0));

    return ngx_http_ai_store_test_say(t, "OK");
}


static ngx_int_t
ngx_http_ai_store_test_poll(ngx_http_ai_store_test_t *t)
{
    return ngx_http_ai_store_test_say(t, "%ui",
                    ngx_ai_store_poll(t->store, &t->space, &t->item, 1));
}


static ngx_int_t
ngx_http_ai_store_test_purge(ngx_http_ai_store_test_t *t)
{
    ngx_ai_store_purge(t->store);

    return ngx_http_ai_store_test_say(t, "OK");
}


static ngx_int_t
ngx_http_ai_store_test_usage(ngx_http_ai_store_test_t *t)
{
    ngx_ai_store_usage_t  u;

    ngx_ai_store_usage(t->store, &u);

    return ngx_http_ai_store_test_say(t, "name=%V size=%uz free=%uz texts=%ui "
                    "marks=%ui evicted=%ui emptied=%ui full=%ui "
                    "generation=%uA",
                    ngx_ai_store_name(t->store), u.size, u.free, u.texts,
                    u.marks, u.evicted, u.emptied, u.full,
                    ngx_ai_store_generation(t->store));
}


/* counts one page, and says what there is */

static ngx_int_t
ngx_http_ai_store_test_state(ngx_http_ai_store_test_t *t)
{
    ngx_str_t              name;
    ngx_ai_state_t        *state;
    ngx_ai_engine_state_t *es;

    state = ngx_ai_store_state(t->store);
    ngx_ai_count(state->pages);

    name.len = t->item.source.len;
    name.data = t->item.source.data;

    es = ngx_ai_state_engine(state, &name, ngx_ai_store_cycle(t->store));
    if (es) {
        ngx_ai_add(es->calls, 2);
    }

    return ngx_http_ai_store_test_say(t, "secret=%016xL%016xL pages=%uA "
                    "slot=%d name=%s calls=%uA %V %V %V %V",
                    state->secret.k0, state->secret.k1, state->pages,
                    es ? (int) (es - state->engine) : -1,
                    es ? es->name : (u_char *) "",
                    es ? es->calls : 0,
                    ngx_ai_state_reason_name(NGX_AI_REASON_queue),
                    ngx_ai_state_reason_name(1000),
                    ngx_ai_state_status_name(NGX_AI_STATUS_PARTIAL),
                    ngx_ai_state_status_name(1000));
}


/* with "n" all figures of engines and accounts are set; says what they are */

static ngx_int_t
ngx_http_ai_store_test_figures(ngx_http_ai_store_test_t *t)
{
    ngx_uint_t               i, n;
    ngx_ai_state_t          *state;
    ngx_ai_engine_state_t   *es;
    ngx_ai_account_state_t  *as;

    state = ngx_ai_store_state(t->store);
    n = ngx_http_ai_store_test_arg(t, "n", 0);

    for (i = 0; n && i < NGX_AI_MAX_ENGINES; i++) {
        es = &state->engine[i];
        ngx_memset((u_char *) &es->calls, (int) (n + i),
                   (u_char *) (es + 1) - (u_char *) &es->calls);
    }

    for (i = 0; n && i < NGX_AI_MAX_ACCOUNTS; i++) {
        as = &state->account[i];
        ngx_memset((u_char *) as->window, (int) (n + i),
                   (u_char *) (as + 1) - (u_char *) as->window);
    }

    return ngx_http_ai_store_test_say(t, "%08xD %08xD",
               ngx_crc32_long((u_char *) state->engine, sizeof(state->engine)),
               ngx_crc32_long((u_char *) state->account,
                              sizeof(state->account)));
}


/* how many of n keys are claimed; what is claimed may be settled at once */

static ngx_int_t
ngx_http_ai_store_test_once(ngx_http_ai_store_test_t *t)
{
    uint64_t            key, none;
    ngx_uint_t          i, n, got, now, settle, shorten, between;
    ngx_ai_once_t      *once;
    ngx_atomic_uint_t   claim;

    none = (uint64_t) -1;
    once = &ngx_ai_store_state(t->store)->once;

    n = ngx_http_ai_store_test_arg(t, "n", 1);
    now = ngx_http_ai_store_test_arg(t, "now", 0);
    settle = ngx_http_ai_store_test_arg(t, "settle", none);
    shorten = ngx_http_ai_store_test_arg(t, "shorten", none);
    between = ngx_http_ai_store_test_arg(t, "between", none);
    key = ngx_http_ai_store_test_arg(t, "hash", 1);

    for (i = 0, got = 0; i < n; i++, key += 0x9e3779b97f4a7c15ULL) {

        if (shorten != none) {
            got += ngx_ai_once_shorten(once, key, now, shorten);
            continue;
        }

        claim = ngx_ai_once_claim(once, key, now,
                                  ngx_http_ai_store_test_arg(t, "min", 10));
        got += (claim != 0);

        if (claim && between != none) {
            (void) ngx_ai_once_shorten(once, key, now, between);
        }

        if (claim && settle != none) {
            ngx_ai_once_settle(once, key, claim, now, settle);
        }
    }

    return ngx_http_ai_store_test_say(t, "%ui", got);
}


/* how often it may be done of n times, by each of "keys" in turn */

static ngx_int_t
ngx_http_ai_store_test_share(ngx_http_ai_store_test_t *t)
{
    uint64_t         key;
    ngx_uint_t       i, n, got, now, keys, burst;
    ngx_ai_state_t  *state;

    state = ngx_ai_store_state(t->store);

    n = ngx_http_ai_store_test_arg(t, "n", 1);
    now = ngx_http_ai_store_test_arg(t, "now", 0);
    keys = ngx_http_ai_store_test_arg(t, "keys", 1);
    burst = ngx_http_ai_store_test_arg(t, "burst", 10);
    key = ngx_http_ai_store_test_arg(t, "hash", 1);

    for (i = 0, got = 0; i < n; i++) {
        got += ngx_ai_share_take(state->query_share, NGX_AI_QUERY_SETS,
                                 key + (i % keys) * 0x9e3779b97f4a7c15ULL,
                                 now, burst);
    }

    return ngx_http_ai_store_test_say(t, "%ui", got);
}


/* how many of n get one of "size" seats for "ms"; all leave, but for "hold" */

static ngx_int_t
ngx_http_ai_store_test_seat(ngx_http_ai_store_test_t *t)
{
    ngx_uint_t      i, n, got, size;
    ngx_msec_t      deadline;
    ngx_atomic_t   *seat[NGX_AI_SELF_WAITING];

    n = ngx_http_ai_store_test_arg(t, "n", 1);
    size = ngx_http_ai_store_test_arg(t, "size", 1);
    deadline = ngx_current_msec + ngx_http_ai_store_test_arg(t, "ms", 5000);

    for (i = 0, got = 0; i < n && got < NGX_AI_SELF_WAITING; i++) {

        seat[got] = ngx_ai_share_seat(ngx_ai_store_state(t->store)->self_wait,
                                      ngx_min(size, NGX_AI_SELF_WAITING),
                                      deadline);
        got += (seat[got] != NULL);
    }

    for (i = 0; i < got && !ngx_http_ai_store_test_arg(t, "hold", 0); i++) {
        ngx_ai_share_leave(seat[i], deadline);
    }

    return ngx_http_ai_store_test_say(t, "%ui", got);
}


/* n leases are wanted at once of "size" that there are; all are released */

static ngx_int_t
ngx_http_ai_store_test_lease(ngx_http_ai_store_test_t *t)
{
    ngx_str_t               name;
    ngx_uint_t              i, n, max, got, keep;
    ngx_ai_lease_t         *lease[NGX_AI_MAX_LEASES + 1];
    ngx_ai_engine_state_t  *es;

    ngx_str_set(&name, "lessor");
    es = ngx_ai_state_engine(ngx_ai_store_state(t->store), &name,
                             ngx_ai_store_cycle(t->store));

    n = ngx_http_ai_store_test_arg(t, "n", 1);
    max = ngx_http_ai_store_test_arg(t, "size", 1);
    keep = ngx_http_ai_store_test_arg(t, "hold", 0);

    for (i = 0, got = 0; i < n && got <= NGX_AI_MAX_LEASES; i++) {
        lease[got] = ngx_ai_state_lease(es, max, ngx_current_msec + 5000);
        if (lease[got]) {
            got++;
        }
    }

    for (i = 0; i < got && !keep; i++) {
        ngx_ai_state_release(lease[i]);
    }

    return ngx_http_ai_store_test_say(t, "%ui", got);
}


static ngx_int_t
ngx_http_ai_store_test_fill(ngx_http_ai_store_test_t *t)
{
    u_char         *value;
    size_t          size;
    ngx_uint_t      i, n, from, stored;
    ngx_ai_item_t  *items;

    from = ngx_http_ai_store_test_arg(t, "from", 0);
    n = ngx_http_ai_store_test_arg(t, "n", 1);
    size = ngx_http_ai_store_test_arg(t, "size", 100);

    items = ngx_http_ai_store_test_items(t, from, n, size);
    value = ngx_pnalloc(t->request->pool, size + 32);

    if (items == NULL || value == NULL) {
        return NGX_ERROR;
    }

    stored = 0;
    t->value.data = value;

    for (i = 0; i < n; i++) {
        t->value.len = ngx_http_ai_store_test_text(value, 'v', from + i, size);

        if (ngx_ai_store_put(t->store, &t->space, &items[i], &t->value)
            == NGX_OK)
        {
            stored++;
        }
    }

    return ngx_http_ai_store_test_say(t, "stored=%ui", stored);
}


static ngx_int_t
ngx_http_ai_store_test_check(ngx_http_ai_store_test_t *t)
{
    u_char         *value, *room, *pos;
    size_t          size, len;
    ngx_uint_t      i, j, n, from, to, hit, miss, wrong;
    ngx_ai_item_t  *items;

    from = ngx_http_ai_store_test_arg(t, "from", 0);
    n = ngx_http_ai_store_test_arg(t, "n", 1);
    size = ngx_http_ai_store_test_arg(t, "size", 100);

    len = ngx_max(100 * (size + 32), NGX_AI_STORE_MAX_TEXT);

    items = ngx_http_ai_store_test_items(t, from, n, size);
    value = ngx_pnalloc(t->request->pool, size + 32);
    room = ngx_pnalloc(t->request->pool, len);

    if (items == NULL || value == NULL || room == NULL) {
        return NGX_ERROR;
    }

    hit = 0;
    miss = 0;
    wrong = 0;

    /* the room is too small on purpose */

    for (i = 0; i < n; i = to) {

        pos = room;
        to = ngx_ai_store_lookup(t->store, &t->space, items, i, n, &pos,
                                 room + len);

        if (to == i) {
            return NGX_ERROR;
        }

        for (j = i; j < to; j++) {

            if (items[j].found == NGX_AI_MISS) {
                miss++;
                continue;
            }

            len = ngx_http_ai_store_test_text(value, 'v', from + j, size);

            if (items[j].found != NGX_AI_HIT || items[j].value.len != len
                || ngx_memcmp(items[j].value.data, value, len) != 0)
            {
                wrong++;
            }

            hit++;
        }

        len = ngx_max(100 * (size + 32), NGX_AI_STORE_MAX_TEXT);
    }

    return ngx_http_ai_store_test_say(t, "hit=%ui miss=%ui wrong=%ui", hit,
                                      miss, wrong);
}


/* claims many */

static ngx_int_t
ngx_http_ai_store_test_grab(ngx_http_ai_store_test_t *t)
{
    size_t          size;
    ngx_uint_t      i, n, from, claimed, count[NGX_AI_CLAIMED + 1];
    ngx_ai_item_t  *items;

    from = ngx_http_ai_store_test_arg(t, "from", 0);
    n = ngx_http_ai_store_test_arg(t, "n", 1);
    size = ngx_http_ai_store_test_arg(t, "size", 100);

    items = ngx_http_ai_store_test_items(t, from, n, size);
    if (items == NULL) {
        return NGX_ERROR;
    }

    claimed = ngx_ai_store_claim(t->store, &t->space, items, n,
                     ngx_current_msec
                     + ngx_http_ai_store_test_arg(t, "ms", 60000));

    ngx_memzero(count, sizeof(count));

    for (i = 0; i < n; i++) {
        count[items[i].found]++;
    }

    if (claimed != count[NGX_AI_CLAIMED]) {
        return NGX_ERROR;
    }

    return ngx_http_ai_store_test_say(t, "claimed=%ui pending=%ui miss=%ui "
                    "hit=%ui negative=%ui inflight=%ui", claimed,
                    count[NGX_AI_PENDING], count[NGX_AI_MISS],
                    count[NGX_AI_HIT], count[NGX_AI_NEGATIVE],
                    ngx_ai_store_poll(t->store, &t->space, items, n));
}


/* fails many */

static ngx_int_t
ngx_http_ai_store_test_drop(ngx_http_ai_store_test_t *t)
{
    ngx_uint_t      i, n;
    ngx_msec_t      hold;
    ngx_ai_item_t  *items;

    n = ngx_http_ai_store_test_arg(t, "n", 1);
    hold = ngx_http_ai_store_test_arg(t, "hold", 0);

    items = ngx_http_ai_store_test_items(t,
                     ngx_http_ai_store_test_arg(t, "from", 0), n,
                     ngx_http_ai_store_test_arg(t, "size", 100));
    if (items == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        ngx_ai_store_fail(t->store, &t->space, &items[i], hold);
    }

    return ngx_http_ai_store_test_say(t, "OK");
}


static int ngx_libc_cdecl
ngx_http_ai_store_test_cmp(const void *one, const void *two)
{
    uint64_t  a, b;

    a = *(const uint64_t *) one;
    b = *(const uint64_t *) two;

    return a < b ? -1 : a > b;
}


/*
 * Look-ups of a page of 200 texts among n that are stored: nanoseconds of a
 * page, median, of the same page again and again, and of another one each
 * time, whose texts lie anywhere in the zone.
 */

static ngx_int_t
ngx_http_ai_store_test_bench(ngx_http_ai_store_test_t *t)
{
    u_char           *room, *pos;
    size_t            size, len;
    uint64_t          seed, ns[NGX_AI_STORE_TEST_ROUNDS], median[2];
    ngx_uint_t        i, k, n, round, hits;
    ngx_ai_item_t    *items, *page;
    struct timespec   before, after;

    n = ngx_http_ai_store_test_arg(t, "n", 100000);
    size = ngx_http_ai_store_test_arg(t, "size", 100);
    len = NGX_AI_STORE_TEST_PAGE * (size + 32) + NGX_AI_STORE_MAX_TEXT;

    items = ngx_http_ai_store_test_items(t, 0, n, size);
    room = ngx_pnalloc(t->request->pool, len);
    page = ngx_palloc(t->request->pool,
                      NGX_AI_STORE_TEST_PAGE * sizeof(ngx_ai_item_t));

    if (items == NULL || room == NULL || page == NULL) {
        return NGX_ERROR;
    }

    hits = 0;
    seed = 88172645463325252ULL;

    for (k = 0; k < 2; k++) {
        for (round = 0; round < NGX_AI_STORE_TEST_ROUNDS; round++) {

            for (i = 0; (k || !round) && i < NGX_AI_STORE_TEST_PAGE; i++) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                page[i] = items[seed % n];

                /* the page's own bytes were just read */
                hits += page[i].source.data[0] == 0;
            }

            pos = room;

            clock_gettime(CLOCK_MONOTONIC, &before);

            (void) ngx_ai_store_lookup(t->store, &t->space, page, 0,
                                       NGX_AI_STORE_TEST_PAGE, &pos,
                                       room + len);

            clock_gettime(CLOCK_MONOTONIC, &after);

            ns[round] = (after.tv_sec - before.tv_sec) * 1000000000
                        + after.tv_nsec - before.tv_nsec;

            for (i = 0; i < NGX_AI_STORE_TEST_PAGE; i++) {
                hits += page[i].found == NGX_AI_HIT;
            }
        }

        ngx_qsort(ns, NGX_AI_STORE_TEST_ROUNDS, sizeof(uint64_t),
                  ngx_http_ai_store_test_cmp);
        median[k] = ns[NGX_AI_STORE_TEST_ROUNDS / 2];
    }

    return ngx_http_ai_store_test_say(t, "same=%uL other=%uL hits=%ui of %ui",
                    median[0], median[1], hits,
                    (ngx_uint_t) 2 * NGX_AI_STORE_TEST_ROUNDS
                    * NGX_AI_STORE_TEST_PAGE);
}


static ngx_int_t
ngx_http_ai_store_test_say(ngx_http_ai_store_test_t *t, const char *fmt, ...)
{
    u_char   *last;
    size_t    size;
    va_list   args;

    size = 512 + t->item.value.len;

    t->out.data = ngx_pnalloc(t->request->pool, size);
    if (t->out.data == NULL) {
        return NGX_ERROR;
    }

    va_start(args, fmt);
    last = ngx_vslprintf(t->out.data, t->out.data + size - 1, fmt, args);
    va_end(args);

    *last++ = LF;
    t->out.len = last - t->out.data;

    return NGX_OK;
}


static uint64_t
ngx_http_ai_store_test_arg(ngx_http_ai_store_test_t *t, const char *name,
    uint64_t otherwise)
{
    ngx_str_t  value;

    if (ngx_http_arg(t->request, (u_char *) name, ngx_strlen(name), &value)
        != NGX_OK)
    {
        return otherwise;
    }

    return ngx_atoi(value.data, value.len);
}


static ngx_uint_t
ngx_http_ai_store_test_fault(ngx_http_request_t *r)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    if (ngx_http_arg(r, (u_char *) "fault", 5, &value) != NGX_OK) {
        return NGX_AI_FAULT_none;
    }

    for (i = 0; i < NGX_AI_FAULT_COUNT; i++) {
        if (ngx_http_ai_store_test_faults[i].len == value.len
            && ngx_memcmp(ngx_http_ai_store_test_faults[i].data, value.data,
                          value.len)
               == 0)
        {
            return i;
        }
    }

    return NGX_AI_FAULT_none;
}


/* FNV-1a with a last mix, so that all bits are good for something */

static uint64_t
ngx_http_ai_store_test_hash(const u_char *p, size_t len)
{
    uint64_t  h;

    for (h = 0xcbf29ce484222325ULL; len; len--) {
        h = (h ^ *p++) * 0x100000001b3ULL;
    }

    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    h ^= h >> 33;

    return h ? h : 1;
}


/* "size" bytes at least */

static size_t
ngx_http_ai_store_test_text(u_char *p, char kind, ngx_uint_t n, size_t size)
{
    u_char  *last;

    last = ngx_sprintf(p, "%c%ui ", kind, n);

    while ((size_t) (last - p) < size) {
        *last = (u_char) ('a' + (n + (last - p)) % 26);
        last++;
    }

    return last - p;
}


static ngx_ai_item_t *
ngx_http_ai_store_test_items(ngx_http_ai_store_test_t *t, ngx_uint_t from,
    ngx_uint_t n, size_t size)
{
    u_char         *p;
    ngx_uint_t      i;
    ngx_ai_item_t  *items;

    items = ngx_pcalloc(t->request->pool, n * sizeof(ngx_ai_item_t));
    p = ngx_pnalloc(t->request->pool, n * (size + 32));

    if (items == NULL || p == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        items[i].source.data = p;
        items[i].source.len = ngx_http_ai_store_test_text(p, 't', from + i,
                                                          size);
        items[i].hash = ngx_http_ai_store_test_hash(p, items[i].source.len);
        p += items[i].source.len;
    }

    return items;
}


static char *
ngx_http_ai_store_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_ai_store_test_handler;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_store_test_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_store_test_conf_t  *tmcf = conf;

    ssize_t     size;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (cf->args->nelts == 2) {
        tmcf->name = value[1];
        return NGX_CONF_OK;
    }

    size = ngx_parse_size(&value[2]);
    if (size == NGX_ERROR) {
        return "has an invalid size";
    }

    tmcf->store = ngx_ai_store_add(cf, &value[1], size,
                                   &ngx_http_ai_store_test_module);

    return tmcf->store ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static void *
ngx_http_ai_store_test_create_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_store_test_conf_t));
}
