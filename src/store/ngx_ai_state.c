
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The state zone's making, engines' slots, leases and names.  Any nginx room
 * may call it.  No locks: each step is one atomic operation, so a process may
 * die between any two.
 */


#include "store/ngx_ai_state.h"

#if (NGX_LINUX)
#include <sys/random.h>
#endif


static ngx_int_t ngx_ai_state_random(void *buf, size_t size);
static ngx_atomic_uint_t ngx_ai_state_hash(ngx_str_t *name);


#define NGX_AI_REASON_NAME(name)  ngx_string(#name),

static ngx_str_t  ngx_ai_reason_names[] = {
    NGX_AI_REASONS(NGX_AI_REASON_NAME)
    ngx_string("unknown")
};

static ngx_str_t  ngx_ai_status_names[] = {
    ngx_string("NONE"),
    ngx_string("HIT"),
    ngx_string("PARTIAL"),
    ngx_string("MISS"),
    ngx_string("BYPASS"),
    ngx_string("SHADOW"),
    ngx_string("ORIGIN"),
    ngx_string("UNKNOWN")
};


/*
 * The hash of the name is what takes the slot and what finds it (64 bits: two
 * engines of one configuration do not share it); the name is for people.
 */

ngx_ai_engine_state_t *
ngx_ai_state_engine(ngx_ai_state_t *state, ngx_str_t *name)
{
    ngx_uint_t              i;
    ngx_atomic_uint_t       hash;
    ngx_ai_engine_state_t  *es;

    hash = ngx_ai_state_hash(name);

    for (i = 0; i < NGX_AI_MAX_ENGINES; i++) {

        es = &state->engine[i];

        if (es->name_hash == 0
            && ngx_atomic_cmp_set(&es->name_hash, 0, hash))
        {
            ngx_cpystrn(es->name, name->data,
                        ngx_min(sizeof(es->name), name->len + 1));
            return es;
        }

        /* another process may have been faster, for the same name */

        if (es->name_hash == hash) {
            return es;
        }
    }

    return NULL;
}


/*
 * The deadline takes the lease, by one exchange, and frees it by passing; the
 * owner is written after it and says who may give it back.
 */

ngx_ai_lease_t *
ngx_ai_state_lease(ngx_ai_engine_state_t *es, ngx_uint_t max,
    ngx_msec_t deadline)
{
    ngx_uint_t         i;
    ngx_ai_lease_t    *lease;
    ngx_atomic_uint_t  old;

    max = ngx_min(max, NGX_AI_MAX_LEASES);

    if (deadline == 0) {
        deadline = 1;
    }

    for (i = 0; i < max; i++) {

        lease = &es->lease[i];
        old = lease->deadline;

        if (old != 0
            && (ngx_msec_int_t) ((ngx_msec_t) old - ngx_current_msec) > 0)
        {
            continue;
        }

        if (ngx_atomic_cmp_set(&lease->deadline, old, deadline)) {
            lease->owner = ngx_pid;
            return lease;
        }
    }

    return NULL;
}


void
ngx_ai_state_release(ngx_ai_lease_t *lease)
{
    ngx_atomic_uint_t  deadline;

    deadline = lease->deadline;

    /* it may have expired and be another's by now */

    if (ngx_atomic_cmp_set(&lease->owner, (ngx_atomic_uint_t) ngx_pid, 0)) {
        (void) ngx_atomic_cmp_set(&lease->deadline, deadline, 0);
    }
}


ngx_str_t *
ngx_ai_state_reason_name(ngx_uint_t reason)
{
    return &ngx_ai_reason_names[ngx_min(reason, NGX_AI_REASON_COUNT)];
}


ngx_str_t *
ngx_ai_state_status_name(ngx_uint_t status)
{
    return &ngx_ai_status_names[ngx_min(status, NGX_AI_STATUS_COUNT)];
}


/* FNV-1a, as wide as an atomic is */

static ngx_atomic_uint_t
ngx_ai_state_hash(ngx_str_t *name)
{
    size_t    i;
    uint64_t  hash;

    hash = 0xcbf29ce484222325ULL;

    for (i = 0; i < name->len; i++) {
        hash = (hash ^ name->data[i]) * 0x100000001b3ULL;
    }

    if (sizeof(ngx_atomic_uint_t) < sizeof(uint64_t)) {
        hash ^= hash >> 32;
    }

    return (ngx_atomic_uint_t) hash ? (ngx_atomic_uint_t) hash : 1;
}


ngx_int_t
ngx_ai_state_init(ngx_ai_state_t *state, ngx_uint_t inherited)
{
    if (inherited && state->version == NGX_AI_STATE_VERSION) {
        return NGX_OK;
    }

    ngx_memzero(state, sizeof(ngx_ai_state_t));

    if (ngx_ai_state_random(&state->secret, sizeof(aif_key_secret_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_memory_barrier();
    state->version = NGX_AI_STATE_VERSION;

    return NGX_OK;
}


static ngx_int_t
ngx_ai_state_random(void *buf, size_t size)
{
    ssize_t   n;
    ngx_fd_t  fd;

#if (NGX_LINUX)

    /* up to 256 bytes come whole, and without a file to be opened */

    if (getrandom(buf, size, 0) == (ssize_t) size) {
        return NGX_OK;
    }

#endif

    fd = ngx_open_file("/dev/urandom", NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (fd == NGX_INVALID_FILE) {
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, buf, size);

    (void) ngx_close_file(fd);

    return n == (ssize_t) size ? NGX_OK : NGX_ERROR;
}
