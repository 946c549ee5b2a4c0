
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The customers' table: sets of eight places, chosen by the digest.  All of it
 * is under the zone's mutex.  A place counts only while "expires" is set, which
 * is written last and taken away first: a worker may die between any two
 * writes.
 *
 * It logs nothing, keeps no id, and never writes to a disk.
 */


#include "store/ngx_ai_customers.h"


#define NGX_AI_CUSTOMERS_WAYS   8
#define NGX_AI_CUSTOMERS_SPAN   64       /* sets counted under one lock */


typedef struct {
    uint32_t             set;            /* 0: free */
    uint32_t             day;
    uint32_t             spent;
} ngx_ai_customers_spent_t;


typedef struct {
    uint32_t                   nsets;    /* of places */
    u_char                     key[AIF_SHA256_SIZE];   /* what it was filled
                                                          under, digested */
    ngx_atomic_t               forgotten;
    ngx_ai_customers_spent_t   spent[NGX_AI_CUSTOMERS_SETS];
    ngx_ai_customer_t          places[];
} ngx_ai_customers_sh_t;


struct ngx_ai_customers_s {
    ngx_ai_customers_sh_t     *sh;
    ngx_slab_pool_t           *shpool;
    ngx_str_t                  key;
};


static ngx_int_t ngx_ai_customers_init_zone(ngx_shm_zone_t *shm_zone,
    void *data);
static void ngx_ai_customers_key(ngx_ai_customers_t *cs, u_char *digest);
static ngx_ai_customer_t *ngx_ai_customers_places(ngx_ai_customers_t *cs,
    const u_char *id);
static ngx_ai_customer_t *ngx_ai_customers_search(ngx_ai_customers_t *cs,
    const u_char *id, time_t now);
static void ngx_ai_customers_wipe(ngx_ai_customer_t *c);


void
ngx_ai_customers_id(ngx_ai_customers_t *cs, ngx_str_t *scope, ngx_str_t *id,
    u_char digest[AIF_SHA256_SIZE])
{
    aif_str_t  key, parts[2];

    key.len = cs->key.len;
    key.data = cs->key.data;

    parts[0].len = scope->len;
    parts[0].data = scope->data;
    parts[1].len = id->len;
    parts[1].data = id->data;

    aif_sha256_hmac(&key, parts, 2, 0, digest);
}


ngx_atomic_uint_t
ngx_ai_customers_ticket(ngx_ai_customers_t *cs)
{
    return cs->sh->forgotten;
}


ngx_int_t
ngx_ai_customers_put(ngx_ai_customers_t *cs, const ngx_ai_customer_t *customer,
    ngx_atomic_uint_t ticket, time_t now)
{
    ngx_int_t           rc;
    ngx_uint_t          i;
    ngx_ai_customer_t  *c, *places;

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&cs->shpool->mutex);

    if (cs->sh->forgotten == ticket) {

        c = ngx_ai_customers_search(cs, customer->id, now);

        if (c == NULL) {

            places = ngx_ai_customers_places(cs, customer->id);
            c = &places[0];

            /* a free one has 0, the least of all */

            for (i = 1; i < NGX_AI_CUSTOMERS_WAYS; i++) {
                if (places[i].expires < c->expires) {
                    c = &places[i];
                }
            }
        }

        ngx_ai_customers_wipe(c);

        *c = *customer;
        c->expires = 0;
        ngx_memory_barrier();
        c->expires = customer->expires;

        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&cs->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_ai_customers_find(ngx_ai_customers_t *cs, const u_char *id, time_t now,
    ngx_ai_customer_t *customer)
{
    ngx_int_t           rc;
    ngx_ai_customer_t  *c;

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&cs->shpool->mutex);

    c = ngx_ai_customers_search(cs, id, now);

    if (c) {
        *customer = *c;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&cs->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_ai_customers_forget(ngx_ai_customers_t *cs, const u_char *id, time_t now)
{
    ngx_int_t           rc;
    ngx_ai_customer_t  *c;

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&cs->shpool->mutex);

    /* what is being classified must not come back */

    cs->sh->forgotten++;

    c = ngx_ai_customers_search(cs, id, now);

    if (c) {
        ngx_ai_customers_wipe(c);
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&cs->shpool->mutex);

    return rc;
}


void
ngx_ai_customers_count(ngx_ai_customers_t *cs, uint32_t set, ngx_str_t *labels,
    ngx_uint_t n, time_t now, ngx_uint_t *counts)
{
    ngx_uint_t          i, k, from, to, end;
    ngx_ai_customer_t  *c;

    ngx_memzero(counts, n * sizeof(ngx_uint_t));

    end = (ngx_uint_t) cs->sh->nsets * NGX_AI_CUSTOMERS_WAYS;

    for (from = 0; from < end; from = to) {

        to = ngx_min(end, from + NGX_AI_CUSTOMERS_SPAN
                                 * NGX_AI_CUSTOMERS_WAYS);

        ngx_shmtx_lock(&cs->shpool->mutex);

        for (i = from; i < to; i++) {

            c = &cs->sh->places[i];

            if (c->expires == 0 || c->set != set) {
                continue;
            }

            if (c->expires <= (uint64_t) now) {
                ngx_ai_customers_wipe(c);
                continue;
            }

            for (k = 0; k < n; k++) {
                if (labels[k].len == c->label_len
                    && ngx_memcmp(labels[k].data, c->label, c->label_len) == 0)
                {
                    counts[k]++;
                }
            }
        }

        ngx_shmtx_unlock(&cs->shpool->mutex);
    }
}


ngx_int_t
ngx_ai_customers_spend(ngx_ai_customers_t *cs, uint32_t set, ngx_uint_t day,
    ngx_uint_t cost, ngx_uint_t limit)
{
    ngx_int_t                  rc;
    ngx_uint_t                 i;
    ngx_ai_customers_spent_t  *s, *found;

    rc = NGX_DECLINED;
    found = NULL;

    ngx_shmtx_lock(&cs->shpool->mutex);

    for (i = 0; i < NGX_AI_CUSTOMERS_SETS; i++) {

        s = &cs->sh->spent[i];

        if (s->set == set) {
            found = s;
            break;
        }

        /* yesterday's is of no use: today it would begin afresh as well */

        if (found == NULL && (s->set == 0 || s->day < day)) {
            found = s;
        }
    }

    if (found && (found->set != set || found->day < day)) {
        found->set = set;
        found->day = (uint32_t) day;
        found->spent = 0;
    }

    if (found && found->spent + cost <= limit) {
        found->spent += (uint32_t) cost;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&cs->shpool->mutex);

    return rc;
}


static ngx_ai_customer_t *
ngx_ai_customers_search(ngx_ai_customers_t *cs, const u_char *id, time_t now)
{
    ngx_uint_t          i;
    ngx_ai_customer_t  *places;

    places = ngx_ai_customers_places(cs, id);

    for (i = 0; i < NGX_AI_CUSTOMERS_WAYS; i++) {

        if (places[i].expires == 0
            || ngx_memcmp(places[i].id, id, AIF_SHA256_SIZE) != 0)
        {
            continue;
        }

        if (places[i].expires > (uint64_t) now) {
            return &places[i];
        }

        ngx_ai_customers_wipe(&places[i]);
    }

    return NULL;
}


/* A digest is evenly spread: any of its bytes choose well. */

static ngx_ai_customer_t *
ngx_ai_customers_places(ngx_ai_customers_t *cs, const u_char *id)
{
    uint64_t  n;

    ngx_memcpy(&n, id, sizeof(n));

    return &cs->sh->places[n % cs->sh->nsets * NGX_AI_CUSTOMERS_WAYS];
}


static void
ngx_ai_customers_wipe(ngx_ai_customer_t *c)
{
    c->expires = 0;
    ngx_memory_barrier();
    ngx_explicit_memzero(c, sizeof(ngx_ai_customer_t));
}


ngx_ai_customers_t *
ngx_ai_customers_add(ngx_conf_t *cf, ngx_str_t *name, size_t size,
    ngx_str_t *key, void *tag)
{
    ngx_shm_zone_t      *shm_zone;
    ngx_ai_customers_t  *cs;

    cs = ngx_pcalloc(cf->pool, sizeof(ngx_ai_customers_t));
    if (cs == NULL) {
        return NULL;
    }

    shm_zone = ngx_shared_memory_add(cf, name, size, tag);
    if (shm_zone == NULL) {
        return NULL;
    }

    if (shm_zone->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is already declared", name);
        return NULL;
    }

    cs->key = *key;

    shm_zone->init = ngx_ai_customers_init_zone;
    shm_zone->data = cs;

    return cs;
}


static ngx_int_t
ngx_ai_customers_init_zone(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_ai_customers_t  *old = data;

    size_t                  size;
    ngx_ai_customers_t     *cs;
    ngx_ai_customers_sh_t  *sh;
    u_char                  key[AIF_SHA256_SIZE];

    cs = shm_zone->data;
    cs->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (old) {
        sh = old->sh;

    } else if (shm_zone->shm.exists) {
        sh = cs->shpool->data;

    } else {

        size = cs->shpool->pfree * ngx_pagesize;

        sh = ngx_slab_calloc(cs->shpool, size);
        if (sh == NULL) {
            return NGX_ERROR;
        }

        sh->nsets = (uint32_t) ((size - sizeof(ngx_ai_customers_sh_t))
                                / (NGX_AI_CUSTOMERS_WAYS
                                   * sizeof(ngx_ai_customer_t)));
        cs->shpool->data = sh;
    }

    cs->sh = sh;

    /* under another key nobody in it can be found: keep nobody */

    ngx_ai_customers_key(cs, key);

    ngx_shmtx_lock(&cs->shpool->mutex);

    if (ngx_memcmp(sh->key, key, AIF_SHA256_SIZE) != 0) {
        ngx_explicit_memzero(sh->places, (size_t) sh->nsets
                                         * NGX_AI_CUSTOMERS_WAYS
                                         * sizeof(ngx_ai_customer_t));
        ngx_memcpy(sh->key, key, AIF_SHA256_SIZE);
    }

    ngx_shmtx_unlock(&cs->shpool->mutex);

    return NGX_OK;
}


static void
ngx_ai_customers_key(ngx_ai_customers_t *cs, u_char *digest)
{
    ngx_str_t  scope, id;

    ngx_str_set(&scope, "the key itself");
    ngx_str_set(&id, "");

    ngx_ai_customers_id(cs, &scope, &id, digest);
}
