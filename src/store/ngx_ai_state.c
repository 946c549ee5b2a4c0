
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


/* a process and until when, in one word */

#define ngx_ai_state_held(until)                                              \
    ((uint64_t) ngx_pid << 32 | (uint32_t) (until))

#define ngx_ai_state_pid(held)  ((ngx_pid_t) ((held) >> 32))

/* a deadline is less than 24 days off: half of what 32 bits can tell */

#define ngx_ai_state_expired(held)                                            \
    ((int32_t) ((uint32_t) (held) - (uint32_t) ngx_current_msec) <= 0)


static void *ngx_ai_state_slot(ngx_ai_state_t *state, void *table, size_t size,
    ngx_uint_t n, ngx_str_t *name, ngx_uint_t cycle);
static ngx_uint_t ngx_ai_state_oldest(ngx_ai_state_t *state, ngx_uint_t cycle);
static ngx_uint_t ngx_ai_state_leases(ngx_ai_engine_state_t *es,
    ngx_uint_t max, ngx_pid_t pid);
static ngx_ai_lease_t *ngx_ai_state_take(ngx_ai_engine_state_t *es,
    ngx_uint_t max, uint64_t mine);
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


/* The name is for people; the hash finds it. */

ngx_ai_engine_state_t *
ngx_ai_state_engine(ngx_ai_state_t *state, ngx_str_t *name, ngx_uint_t cycle)
{
    ngx_ai_engine_state_t  *es;

    es = ngx_ai_state_slot(state, state->engine, sizeof(ngx_ai_engine_state_t),
                           NGX_AI_MAX_ENGINES * NGX_AI_CYCLES, name, cycle);

    if (es && es->name[0] == '\0') {
        ngx_cpystrn(es->name, name->data,
                    ngx_min(sizeof(es->name), name->len + 1));
    }

    return es;
}


ngx_ai_account_state_t *
ngx_ai_state_account(ngx_ai_state_t *state, ngx_str_t *name, ngx_uint_t cycle)
{
    return ngx_ai_state_slot(state, state->account,
                             sizeof(ngx_ai_account_state_t),
                             NGX_AI_MAX_ACCOUNTS * NGX_AI_CYCLES, name, cycle);
}


/*
 * A slot is an element of the table, and begins it.  64 bits of hash: two
 * names of one configuration do not share one.
 */

static void *
ngx_ai_state_slot(ngx_ai_state_t *state, void *table, size_t size,
    ngx_uint_t n, ngx_str_t *name, ngx_uint_t cycle)
{
    ngx_uint_t          i, oldest;
    ngx_ai_slot_t      *slot, *unused;
    ngx_atomic_uint_t   hash;

    hash = ngx_ai_state_hash(name);
    unused = NULL;

    for (i = 0; i < n; i++) {

        slot = (ngx_ai_slot_t *) ((u_char *) table + i * size);

        if (slot->hash == hash) {
            slot->cycle = ngx_max(slot->cycle, cycle);
            return slot;
        }

        if (slot->hash == 0 && unused == NULL) {
            unused = slot;
        }
    }

    if (unused == NULL) {
        oldest = ngx_ai_state_oldest(state, cycle);

        for (i = 0; i < n && unused == NULL; i++) {

            slot = (ngx_ai_slot_t *) ((u_char *) table + i * size);

            if (slot->cycle < oldest) {
                unused = slot;
            }
        }
    }

    if (unused) {
        ngx_memzero(unused, size);
        unused->cycle = cycle;
        ngx_memory_barrier();
        unused->hash = hash;
    }

    return unused;
}


/* the first cycle that some worker still works for */

static ngx_uint_t
ngx_ai_state_oldest(ngx_ai_state_t *state, ngx_uint_t cycle)
{
    ngx_uint_t              i;
    ngx_ai_worker_state_t  *worker;

    worker = state->worker;

    for (i = 0; i < NGX_MAX_PROCESSES; i++) {

        if (worker[i].pid && worker[i].cycle < cycle
            && !ngx_ai_state_dead((ngx_pid_t) worker[i].pid))
        {
            cycle = worker[i].cycle;
        }
    }

    return cycle;
}


ngx_pid_t
ngx_ai_state_worker(ngx_ai_state_t *state, ngx_uint_t cycle)
{
    ngx_pid_t               before;
    ngx_ai_worker_state_t  *worker;

    /* a process that was respawned is in the place of the one that died */

    worker = &state->worker[ngx_process_slot];
    before = (ngx_pid_t) worker->pid;

    worker->cycle = cycle;
    worker->pid = ngx_pid;

    return (before && before != ngx_pid && ngx_ai_state_dead(before)) ? before
                                                                      : 0;
}


/* one that may not be signalled is there */

ngx_uint_t
ngx_ai_state_dead(ngx_pid_t pid)
{
    return kill(pid, 0) == -1 && ngx_errno == NGX_ESRCH;
}


/*
 * Who has just given a lease back comes before everybody else, again and
 * again: therefore the turn, which is the first one's of those who wait and
 * have fewest.
 */

ngx_ai_lease_t *
ngx_ai_state_lease(ngx_ai_engine_state_t *es, ngx_uint_t max,
    ngx_msec_t deadline)
{
    uint64_t         next;
    ngx_ai_lease_t  *lease;

    max = ngx_min(max, NGX_AI_MAX_LEASES);
    next = es->turn;

    if (next && ngx_ai_state_pid(next) != ngx_pid
        && !ngx_ai_state_expired(next)
        && ngx_ai_state_leases(es, max, ngx_ai_state_pid(next))
           <= ngx_ai_state_leases(es, max, ngx_pid))
    {
        return NULL;
    }

    lease = ngx_ai_state_take(es, max, ngx_ai_state_held(deadline));

    if (lease == NULL) {
        (void) ngx_ai_cmp_set64(&es->turn, next,
                                ngx_ai_state_held(ngx_current_msec
                                                  + NGX_AI_STATE_TURN));

    } else if (ngx_ai_state_pid(next) == ngx_pid) {
        (void) ngx_ai_cmp_set64(&es->turn, next, 0);
    }

    return lease;
}


static ngx_uint_t
ngx_ai_state_leases(ngx_ai_engine_state_t *es, ngx_uint_t max, ngx_pid_t pid)
{
    uint64_t    held;
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < max; i++) {
        held = es->lease[i].held;
        n += (ngx_ai_state_pid(held) == pid && !ngx_ai_state_expired(held));
    }

    return n;
}


/*
 * One exchange takes it.  Those of the dead are looked for only if there is no
 * other: that is a system call for each.
 */

static ngx_ai_lease_t *
ngx_ai_state_take(ngx_ai_engine_state_t *es, ngx_uint_t max, uint64_t mine)
{
    uint64_t         held;
    ngx_uint_t       i, dead;
    ngx_ai_lease_t  *lease;

    for (dead = 0; dead < 2; dead++) {

        for (i = 0; i < max; i++) {

            lease = &es->lease[i];
            held = lease->held;

            if ((held == 0 || ngx_ai_state_expired(held)
                 || (dead && ngx_ai_state_dead(ngx_ai_state_pid(held))))
                && ngx_ai_cmp_set64(&lease->held, held, mine))
            {
                return lease;
            }
        }
    }

    return NULL;
}


/* it may have expired and be another's by now */

void
ngx_ai_state_release(ngx_ai_lease_t *lease)
{
    uint64_t  held;

    held = lease->held;

    if (ngx_ai_state_pid(held) == ngx_pid) {
        (void) ngx_ai_cmp_set64(&lease->held, held, 0);
    }
}


ngx_pid_t
ngx_ai_state_owner(ngx_ai_lease_t *lease)
{
    uint64_t   held;
    ngx_pid_t  owner;

    held = lease->held;

    if (held == 0 || ngx_ai_state_expired(held)) {
        return 0;
    }

    owner = ngx_ai_state_pid(held);

    return ngx_ai_state_dead(owner) ? 0 : owner;
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
        state->cycle++;
        return NGX_OK;
    }

    ngx_memzero(state, sizeof(ngx_ai_state_t));

    if (ngx_ai_state_random(&state->secret, sizeof(aif_key_secret_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    state->cycle = 1;

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
