
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The store: the zone that holds texts (ngx_ai_texts.c) and marks
 * (ngx_ai_marks.c), its mutex, and what the questions mean.  For the rooms
 * above; worker processes only, but for ngx_ai_store_add().  It knows no
 * engines and no requests, and does no I/O.
 *
 * The slab pool that nginx makes in the zone gives us its mutex, the only one
 * that the master opens when a worker died holding it, and all its pages as
 * one piece, laid out once:
 *
 *     counters | marks | buckets | arena
 *
 * so that nothing of the slab pool changes afterwards and emptying the zone is
 * clearing the first three.
 *
 * A process that dies inside the lock leaves what it was changing half done.
 * Marks are written so that it does no harm.  Of texts nothing is trusted
 * then: the zone is "dirty" while they are changed, and who takes the mutex
 * and finds it dirty empties it.
 */


#include "store/ngx_ai_store.h"
#include "store/ngx_ai_texts.h"
#include "store/ngx_ai_marks.h"
#include "store/ngx_ai_fault.h"


#define NGX_AI_STORE_LINE        64              /* a line of the CPU's cache */
#define NGX_AI_STORE_LINES       6               /* fetched ahead of a text */
#define NGX_AI_STORE_SPAN_BYTES  (128 * 1024)    /* copied under one lock */
#define NGX_AI_STORE_STATE       ".state"

/* places in the ring are 32-bit numbers of 8 bytes each */

#if (NGX_PTR_SIZE == 8)
#define NGX_AI_STORE_MAX_SIZE    ((size_t) 32 * 1024 * 1024 * 1024)
#else
#define NGX_AI_STORE_MAX_SIZE    ((size_t) 2 * 1024 * 1024 * 1024)
#endif

/* page tables and headers of a slab pool come out of what we ask for */

#define NGX_AI_STORE_STATE_SIZE                                               \
    (ngx_align(sizeof(ngx_ai_state_t), ngx_pagesize) + 8 * ngx_pagesize)

#if (__GNUC__)
#define ngx_ai_prefetch(p)       __builtin_prefetch(p)
#else
#define ngx_ai_prefetch(p)
#endif


typedef struct {
    ngx_atomic_t      dirty;
    ngx_atomic_t      generation;
    ngx_atomic_t      emptied;
    ngx_atomic_t      full;
    ngx_ai_marks_t    marks;
    ngx_ai_texts_t    texts;
} ngx_ai_store_sh_t;


struct ngx_ai_store_s {
    ngx_ai_store_sh_t   *sh;
    ngx_slab_pool_t     *shpool;
    ngx_ai_state_t      *state;
    ngx_shm_zone_t      *shm_zone;
    ngx_str_t            name;
    size_t               size;
    ngx_uint_t           found_dirty;   /* to be told after unlocking */
    ngx_array_t         *engines;       /* ngx_str_t, or NULL */
    ngx_array_t         *accounts;
    ngx_uint_t           cycle;
};


static ngx_uint_t ngx_ai_store_lookup_locked(ngx_ai_store_t *st,
    const ngx_ai_space_t *space, ngx_ai_item_t *items, ngx_uint_t from,
    ngx_uint_t last, ngx_msec_t now, u_char **pos, u_char *end);
static void ngx_ai_store_prefetch(ngx_ai_store_t *st, ngx_ai_item_t *items,
    ngx_uint_t n);
static ngx_uint_t ngx_ai_store_stale(ngx_ai_text_t *x,
    const ngx_ai_space_t *space, const ngx_ai_item_t *item, ngx_msec_t now);
static uint32_t ngx_ai_store_recipe(const ngx_ai_space_t *space,
    const ngx_ai_item_t *item);
static ngx_ai_found_e ngx_ai_store_claim_locked(ngx_ai_store_t *st,
    const ngx_ai_space_t *space, const ngx_ai_item_t *item, ngx_msec_t now,
    ngx_msec_t deadline);
static void ngx_ai_store_put_locked(ngx_ai_store_t *st,
    const ngx_ai_space_t *space, const ngx_ai_item_t *item,
    const aif_str_t *value, ngx_msec_t now);
static void ngx_ai_store_empty_locked(ngx_ai_store_t *st);

static void ngx_ai_store_lock(ngx_ai_store_t *st);
static void ngx_ai_store_unlock(ngx_ai_store_t *st);
static void ngx_ai_store_begin_locked(ngx_ai_store_t *st);
static void ngx_ai_store_end_locked(ngx_ai_store_t *st);

static ngx_int_t ngx_ai_store_init_zone(ngx_shm_zone_t *shm_zone, void *data);
static ngx_int_t ngx_ai_store_init_state(ngx_shm_zone_t *shm_zone,
    void *data);
static ngx_int_t ngx_ai_store_init_slots(ngx_shm_zone_t *shm_zone,
    ngx_ai_store_t *st);


#if (NGX_AI_FAULTS)
ngx_uint_t  ngx_ai_fault;
#endif


ngx_uint_t
ngx_ai_store_lookup(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    ngx_ai_item_t *items, ngx_uint_t from, ngx_uint_t n, u_char **pos,
    u_char *end)
{
    u_char      *stop;
    ngx_msec_t   now;
    ngx_uint_t   last;

    now = ngx_current_msec;

    while (from < n) {

        last = ngx_min(n, from + NGX_AI_STORE_SPAN);
        stop = *pos + ngx_min(end - *pos, NGX_AI_STORE_SPAN_BYTES);

        ngx_ai_store_prefetch(st, &items[from], last - from);

        ngx_ai_store_lock(st);

        from = ngx_ai_store_lookup_locked(st, space, items, from, last, now,
                                          pos, stop);

        ngx_ai_store_unlock(st);

        if (from < last && end - *pos < NGX_AI_STORE_MAX_TEXT) {
            break;
        }
    }

    return from;
}


static ngx_uint_t
ngx_ai_store_lookup_locked(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    ngx_ai_item_t *items, ngx_uint_t from, ngx_uint_t last, ngx_msec_t now,
    u_char **pos, u_char *end)
{
    ngx_ai_text_t      *x;
    ngx_ai_mark_t      *mark;
    ngx_ai_item_t      *item;
    ngx_ai_store_sh_t  *sh;

    sh = st->sh;

    for ( /* void */ ; from < last; from++) {

        item = &items[from];

        x = ngx_ai_texts_find(&sh->texts, item->hash, space->key.k0,
                              &item->source);

        if (x && !ngx_ai_store_stale(x, space, item, now)) {
            item->found = NGX_AI_HIT;
            item->renewing = 0;

        } else {
            mark = ngx_ai_marks_find(&sh->marks, item->hash, space->key.k0,
                                     now);

            item->found = x ? NGX_AI_STALE
                            : mark == NULL ? NGX_AI_MISS
                            : mark->owner ? NGX_AI_PENDING : NGX_AI_NEGATIVE;

            item->renewing = (x && mark && mark->owner);
        }

        if (x == NULL) {
            item->value.len = 0;
            item->value.data = NULL;
            continue;
        }

        if (x->value_len > end - *pos) {
            break;
        }

        if (!x->used) {
            x->used = 1;
        }

        item->person = (x->recipe == 0);
        item->value.len = x->value_len;
        item->value.data = *pos;
        *pos = ngx_cpymem(*pos, ngx_ai_text_value(x), x->value_len);

        NGX_AI_FAULT(lookup);
    }

    return from;
}


/*
 * A look-up costs as many cache misses as it touches lines: the bucket and
 * about four of the text.  Here all those of a span are under way at once,
 * before the mutex is taken.  What is read without it may be wrong by then,
 * and is only guessed from.
 */

static void
ngx_ai_store_prefetch(ngx_ai_store_t *st, ngx_ai_item_t *items, ngx_uint_t n)
{
    u_char          *p, *last;
    size_t           size;
    uint32_t         place;
    ngx_uint_t       i;
    ngx_ai_texts_t  *t;

    t = &st->sh->texts;

    for (i = 0; i < n; i++) {
        ngx_ai_prefetch(&t->buckets[items[i].hash & t->mask]);
    }

    for (i = 0; i < n; i++) {

        place = *(volatile uint32_t *) &t->buckets[items[i].hash & t->mask];

        if (place == 0) {
            continue;
        }

        size = sizeof(ngx_ai_text_t) + 2 * items[i].source.len;
        size = ngx_min(size, NGX_AI_STORE_LINES * NGX_AI_STORE_LINE);

        p = (u_char *) ngx_ai_texts_at(t, place);
        last = p + size;

        for ( /* void */ ; p < last; p += NGX_AI_STORE_LINE) {
            ngx_ai_prefetch(p);
        }
    }
}


/*
 * A person's text is never stale: what an engine would make of it anew, and
 * for money, ngx_ai_store_put() would decline.
 */

static ngx_uint_t
ngx_ai_store_stale(ngx_ai_text_t *x, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, ngx_msec_t now)
{
    int32_t  age;

    if (x->recipe == 0) {
        return 0;
    }

    if (x->recipe != ngx_ai_store_recipe(space, item)) {
        return 1;
    }

    /* another worker's clock may be some milliseconds ahead of ours */

    age = (int32_t) ((uint32_t) (now / 1000) - x->stored);

    return space->valid && age > space->valid;
}


static uint32_t
ngx_ai_store_recipe(const ngx_ai_space_t *space, const ngx_ai_item_t *item)
{
    uint32_t  recipe;

    if (space->recipe == 0) {
        return 0;
    }

    recipe = space->recipe ^ item->recipe;

    return recipe ? recipe : 1;      /* 0 is a person's text */
}


ngx_uint_t
ngx_ai_store_claim(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    ngx_ai_item_t *items, ngx_uint_t n, ngx_msec_t deadline)
{
    ngx_uint_t  i, last, claimed;
    ngx_msec_t  now;

    claimed = 0;
    now = ngx_current_msec;

    for (i = 0; i < n; /* void */ ) {

        last = ngx_min(n, i + NGX_AI_STORE_SPAN);

        ngx_ai_store_lock(st);

        for ( /* void */ ; i < last; i++) {
            items[i].found = ngx_ai_store_claim_locked(st, space, &items[i],
                                                       now, deadline);

            if (items[i].found == NGX_AI_CLAIMED) {
                claimed++;
                NGX_AI_FAULT(claim);
            }
        }

        ngx_ai_store_unlock(st);
    }

    return claimed;
}


static ngx_ai_found_e
ngx_ai_store_claim_locked(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, ngx_msec_t now, ngx_msec_t deadline)
{
    ngx_ai_text_t      *x;
    ngx_ai_mark_t      *mark;
    ngx_ai_store_sh_t  *sh;

    sh = st->sh;

    x = ngx_ai_texts_find(&sh->texts, item->hash, space->key.k0,
                          &item->source);

    if (x && !ngx_ai_store_stale(x, space, item, now)) {
        return NGX_AI_HIT;
    }

    mark = ngx_ai_marks_find(&sh->marks, item->hash, space->key.k0, now);

    if (mark) {
        return mark->owner ? NGX_AI_PENDING : NGX_AI_NEGATIVE;
    }

    if (item->source.len > NGX_AI_STORE_MAX_TEXT
        || ngx_ai_marks_set(&sh->marks, item->hash, space->key.k0, now,
                            deadline, ngx_pid)
           == NULL)
    {
        sh->full++;
        return NGX_AI_MISS;
    }

    return NGX_AI_CLAIMED;
}


ngx_int_t
ngx_ai_store_put(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, const aif_str_t *value)
{
    ngx_int_t           rc;
    ngx_msec_t          now;
    ngx_ai_mark_t      *mark;
    ngx_ai_text_t      *x;
    ngx_ai_store_sh_t  *sh;

    rc = NGX_OK;
    sh = st->sh;
    now = ngx_current_msec;

    ngx_ai_store_lock(st);

    if (item->source.len > NGX_AI_STORE_MAX_TEXT
        || value->len > NGX_AI_STORE_MAX_TEXT)
    {
        rc = NGX_ERROR;
        sh->full++;
        goto done;
    }

    if (space->recipe != 0) {
        x = ngx_ai_texts_find(&sh->texts, item->hash, space->key.k0,
                              &item->source);

        if (x && x->recipe == 0) {
            rc = NGX_DECLINED;
            goto done;
        }
    }

    ngx_ai_store_put_locked(st, space, item, value, now);
    NGX_AI_FAULT(put_mark);

done:

    mark = ngx_ai_marks_find(&sh->marks, item->hash, space->key.k0, now);
    if (mark) {
        ngx_ai_marks_clear(mark);
    }

    ngx_ai_store_unlock(st);

    return rc;
}


static void
ngx_ai_store_put_locked(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, const aif_str_t *value, ngx_msec_t now)
{
    ngx_ai_text_t  like;

    like.hash = item->hash;
    like.k0 = space->key.k0;
    like.recipe = ngx_ai_store_recipe(space, item);
    like.stored = now / 1000;

    ngx_ai_store_begin_locked(st);
    NGX_AI_FAULT(put_begin);

    ngx_ai_texts_put(&st->sh->texts, &like, &item->source, value);

    NGX_AI_FAULT(put_end);
    ngx_ai_store_end_locked(st);
}


/*
 * Another process may have claimed the text since our mark expired: its mark
 * stays.  A text with an old value is not negative to look-ups, but it is not
 * claimed again before the hold is over.
 */

void
ngx_ai_store_fail(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, ngx_msec_t hold)
{
    ngx_msec_t          now;
    ngx_ai_mark_t      *mark;
    ngx_ai_store_sh_t  *sh;

    sh = st->sh;
    now = ngx_current_msec;

    ngx_ai_store_lock(st);

    mark = ngx_ai_marks_find(&sh->marks, item->hash, space->key.k0, now);

    if (mark && mark->owner && mark->owner != (ngx_atomic_uint_t) ngx_pid) {
        goto done;
    }

    NGX_AI_FAULT(fail);

    if (hold) {
        (void) ngx_ai_marks_set(&sh->marks, item->hash, space->key.k0, now,
                                now + hold, 0);

    } else if (mark) {
        ngx_ai_marks_clear(mark);
    }

done:

    ngx_ai_store_unlock(st);
}


void
ngx_ai_store_bury(ngx_ai_store_t *st, ngx_pid_t pid)
{
    ngx_ai_store_lock(st);
    ngx_ai_marks_bury(&st->sh->marks, pid);
    ngx_ai_store_unlock(st);
}


ngx_uint_t
ngx_ai_store_poll(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *items, ngx_uint_t n)
{
    ngx_uint_t      i, last, pending;
    ngx_msec_t      now;
    ngx_ai_mark_t  *mark;

    pending = 0;
    now = ngx_current_msec;

    for (i = 0; i < n; /* void */ ) {

        last = ngx_min(n, i + NGX_AI_STORE_SPAN);

        ngx_ai_store_lock(st);

        for ( /* void */ ; i < last; i++) {
            mark = ngx_ai_marks_find(&st->sh->marks, items[i].hash,
                                     space->key.k0, now);

            if (mark && mark->owner) {
                pending++;
            }
        }

        ngx_ai_store_unlock(st);
    }

    return pending;
}


ngx_atomic_uint_t
ngx_ai_store_generation(ngx_ai_store_t *st)
{
    return st->sh->generation;
}


/* Calls in flight stay marked: their answers are still to come. */

void
ngx_ai_store_purge(ngx_ai_store_t *st)
{
    ngx_ai_store_lock(st);

    ngx_ai_store_begin_locked(st);
    ngx_ai_texts_empty(&st->sh->texts);
    ngx_ai_marks_empty(&st->sh->marks, 1);
    ngx_ai_store_end_locked(st);

    ngx_ai_store_unlock(st);
}


void
ngx_ai_store_usage(ngx_ai_store_t *st, ngx_ai_store_usage_t *usage)
{
    ngx_ai_store_sh_t  *sh;

    sh = st->sh;

    usage->size = st->size;

    /* megabytes are read, and nobody is to wait for it */

    usage->marks = ngx_ai_marks_count(&sh->marks, ngx_current_msec);

    ngx_ai_store_lock(st);

    usage->free = ngx_ai_texts_free(&sh->texts);
    usage->texts = sh->texts.count;
    usage->evicted = sh->texts.evicted;
    usage->emptied = sh->emptied;
    usage->full = sh->full;

    ngx_ai_store_unlock(st);
}


static void
ngx_ai_store_lock(ngx_ai_store_t *st)
{
    ngx_shmtx_lock(&st->shpool->mutex);

    if (st->sh->dirty) {
        ngx_ai_store_empty_locked(st);
    }
}


static void
ngx_ai_store_unlock(ngx_ai_store_t *st)
{
    ngx_shmtx_unlock(&st->shpool->mutex);

    if (st->found_dirty) {
        st->found_dirty = 0;
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "ai zone \"%V\" was left half changed by a process "
                      "that died, emptied", &st->name);
    }
}


static void
ngx_ai_store_empty_locked(ngx_ai_store_t *st)
{
    ngx_ai_texts_empty(&st->sh->texts);
    ngx_ai_marks_empty(&st->sh->marks, 0);

    st->sh->emptied++;
    st->found_dirty = 1;

    ngx_ai_store_end_locked(st);
}


/*
 * What was written before a process died is seen by the next one: the master
 * opens the mutex when the process is gone.  The barriers keep the compiler
 * and the CPU from moving changes out from between.
 */

static void
ngx_ai_store_begin_locked(ngx_ai_store_t *st)
{
    st->sh->dirty = 1;
    ngx_memory_barrier();
}


/* Whoever read the generation before has read what was before. */

static void
ngx_ai_store_end_locked(ngx_ai_store_t *st)
{
    ngx_memory_barrier();
    st->sh->generation++;
    st->sh->dirty = 0;
}


ngx_ai_state_t *
ngx_ai_store_state(ngx_ai_store_t *st)
{
    return st->state;
}


ngx_str_t *
ngx_ai_store_name(ngx_ai_store_t *st)
{
    return &st->name;
}


void
ngx_ai_store_slots(ngx_ai_store_t *st, ngx_array_t *engines,
    ngx_array_t *accounts)
{
    st->engines = engines;
    st->accounts = accounts;
}


ngx_uint_t
ngx_ai_store_cycle(ngx_ai_store_t *st)
{
    return st->cycle;
}


ngx_ai_store_t *
ngx_ai_store_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag)
{
    ngx_str_t        state_name;
    ngx_shm_zone_t  *shm_zone, *state_zone;
    ngx_ai_store_t  *st;

    if (size < NGX_AI_STORE_MIN_SIZE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too small", name);
        return NULL;
    }

    if (size > NGX_AI_STORE_MAX_SIZE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too large", name);
        return NULL;
    }

    st = ngx_pcalloc(cf->pool, sizeof(ngx_ai_store_t));
    if (st == NULL) {
        return NULL;
    }

    state_name.len = name->len + sizeof(NGX_AI_STORE_STATE) - 1;
    state_name.data = ngx_pnalloc(cf->pool, state_name.len);
    if (state_name.data == NULL) {
        return NULL;
    }

    ngx_memcpy(ngx_cpymem(state_name.data, name->data, name->len),
               NGX_AI_STORE_STATE, sizeof(NGX_AI_STORE_STATE) - 1);

    shm_zone = ngx_shared_memory_add(cf, name, size, tag);
    if (shm_zone == NULL) {
        return NULL;
    }

    if (shm_zone->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is already declared", name);
        return NULL;
    }

    state_zone = ngx_shared_memory_add(cf, &state_name,
                                       NGX_AI_STORE_STATE_SIZE, tag);
    if (state_zone == NULL) {
        return NULL;
    }

    if (state_zone->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is already declared", &state_name);
        return NULL;
    }

    st->name = *name;
    st->size = size;
    st->shm_zone = shm_zone;

    shm_zone->init = ngx_ai_store_init_zone;
    shm_zone->data = st;

    state_zone->init = ngx_ai_store_init_state;
    state_zone->data = st;

    return st;
}


static ngx_int_t
ngx_ai_store_init_zone(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_ai_store_t  *ost = data;

    u_char             *p;
    size_t              size, used;
    ngx_ai_store_t     *st;
    ngx_ai_store_sh_t  *sh;

    st = shm_zone->data;
    st->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (ost) {
        st->sh = ost->sh;
        return NGX_OK;
    }

    if (shm_zone->shm.exists) {
        st->sh = st->shpool->data;
        return NGX_OK;
    }

    size = st->shpool->pfree * ngx_pagesize;

    p = ngx_slab_alloc(st->shpool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    sh = (ngx_ai_store_sh_t *) p;
    ngx_memzero(sh, sizeof(ngx_ai_store_sh_t));

    used = ngx_align(sizeof(ngx_ai_store_sh_t), NGX_AI_STORE_LINE);
    used += ngx_ai_marks_init(&sh->marks, p + used, size);

    ngx_ai_texts_init(&sh->texts, p + used, size - used);

    st->sh = sh;
    st->shpool->data = sh;

    return NGX_OK;
}


static ngx_int_t
ngx_ai_store_init_state(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_uint_t        inherited;
    ngx_ai_store_t   *st;
    ngx_slab_pool_t  *shpool;

    st = shm_zone->data;
    shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    inherited = (data != NULL || shm_zone->shm.exists);

    if (!inherited) {
        shpool->data = ngx_slab_alloc(shpool, sizeof(ngx_ai_state_t));
        if (shpool->data == NULL) {
            return NGX_ERROR;
        }
    }

    st->state = shpool->data;

    if (ngx_ai_state_init(st->state, inherited) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, ngx_errno,
                      "no random bytes for zone \"%V\"", &shm_zone->shm.name);
        return NGX_ERROR;
    }

    st->cycle = st->state->cycle;

    return ngx_ai_store_init_slots(shm_zone, st);
}


static ngx_int_t
ngx_ai_store_init_slots(ngx_shm_zone_t *shm_zone, ngx_ai_store_t *st)
{
    ngx_str_t   *name;
    ngx_uint_t   i, n;

    n = st->engines ? st->engines->nelts : 0;

    for (i = 0; i < n; i++) {
        name = (ngx_str_t *) st->engines->elts + i;

        if (ngx_ai_state_engine(st->state, name, st->cycle) == NULL) {
            goto full;
        }
    }

    n = st->accounts ? st->accounts->nelts : 0;

    for (i = 0; i < n; i++) {
        name = (ngx_str_t *) st->accounts->elts + i;

        if (ngx_ai_state_account(st->state, name, st->cycle) == NULL) {
            goto full;
        }
    }

    return NGX_OK;

full:

    ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                  "zone \"%V\" has no room for so many new engines and scopes "
                  "while workers of earlier configurations use others: try "
                  "again when they have ended", &shm_zone->shm.name);

    return NGX_ERROR;
}
