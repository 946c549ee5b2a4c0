
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The table of insights: sets of places, chosen by the key, all under the
 * zone's mutex.  A place counts only while its key is set, which is written
 * last and taken away first: a worker may die between any two writes.
 */


#include "store/ngx_ai_insights.h"


#define NGX_AI_INSIGHTS_WAYS  8


typedef struct {
    ngx_uint_t                 nsets;
    ngx_ai_insight_t           places[];
} ngx_ai_insights_sh_t;


struct ngx_ai_insights_s {
    ngx_ai_insights_sh_t      *sh;
    ngx_slab_pool_t           *shpool;
};


static ngx_int_t ngx_ai_insights_init_zone(ngx_shm_zone_t *shm_zone,
    void *data);


void
ngx_ai_insights_put(ngx_ai_insights_t *is, const ngx_ai_insight_t *in)
{
    ngx_uint_t         i;
    ngx_ai_insight_t  *p, *places;

    places = &is->sh->places[in->key % is->sh->nsets * NGX_AI_INSIGHTS_WAYS];

    ngx_shmtx_lock(&is->shpool->mutex);

    p = &places[0];

    for (i = 0; i < NGX_AI_INSIGHTS_WAYS; i++) {

        if (places[i].key == in->key && places[i].month == in->month) {
            p = &places[i];
            break;
        }

        if (p->key && (places[i].key == 0 || places[i].changed < p->changed)) {
            p = &places[i];
        }
    }

    if (p->key != in->key || p->month != in->month
        || (in->claims >= p->claims
            && (p->len != in->len
                || ngx_memcmp(p->text, in->text, in->len) != 0)))
    {
        p->key = 0;
        ngx_memory_barrier();

        p->changed = in->changed;
        p->scope = in->scope;
        p->month = in->month;
        p->len = in->len;
        p->claims = in->claims;
        ngx_memcpy(p->text, in->text, in->len);

        ngx_memory_barrier();
        p->key = in->key;
    }

    ngx_shmtx_unlock(&is->shpool->mutex);
}


ngx_int_t
ngx_ai_insights_next(ngx_ai_insights_t *is, ngx_uint_t *i,
    ngx_ai_insight_t *in)
{
    ngx_int_t          rc;
    ngx_uint_t         n;
    ngx_ai_insight_t  *p;

    rc = NGX_DONE;
    n = is->sh->nsets * NGX_AI_INSIGHTS_WAYS;

    ngx_shmtx_lock(&is->shpool->mutex);

    while (*i < n) {

        p = &is->sh->places[(*i)++];

        if (p->key) {
            *in = *p;
            rc = NGX_OK;
            break;
        }
    }

    ngx_shmtx_unlock(&is->shpool->mutex);

    return rc;
}


ngx_ai_insights_t *
ngx_ai_insights_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag)
{
    ngx_shm_zone_t     *shm_zone;
    ngx_ai_insights_t  *is;

    is = ngx_pcalloc(cf->pool, sizeof(ngx_ai_insights_t));
    if (is == NULL) {
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

    shm_zone->init = ngx_ai_insights_init_zone;
    shm_zone->data = is;

    return is;
}


static ngx_int_t
ngx_ai_insights_init_zone(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_ai_insights_t  *old = data;

    size_t              size;
    ngx_ai_insights_t  *is;

    is = shm_zone->data;
    is->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (old) {
        is->sh = old->sh;
        return NGX_OK;
    }

    if (shm_zone->shm.exists) {
        is->sh = is->shpool->data;
        return NGX_OK;
    }

    size = is->shpool->pfree * ngx_pagesize;

    is->sh = ngx_slab_calloc(is->shpool, size);
    if (is->sh == NULL) {
        return NGX_ERROR;
    }

    is->sh->nsets = (size - sizeof(ngx_ai_insights_sh_t))
                    / (NGX_AI_INSIGHTS_WAYS * sizeof(ngx_ai_insight_t));
    is->shpool->data = is->sh;

    return NGX_OK;
}
