
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Marks of texts that have no value yet.  Called by ngx_ai_store.c with the
 * zone's mutex held; knows no texts, no clock, allocates nothing.
 *
 * A table of fixed size, sets of sixteen places.  A text has its place in one
 * set, so that every question reads 512 bytes and no chain can be broken by a
 * process that dies.  Marks keep the 64-bit hash and the space's k0, not the
 * text: should two texts ever share both, one waits until the other's mark is
 * gone, and no page gets a wrong text by it.
 */


#include "store/ngx_ai_marks.h"
#include "store/ngx_ai_fault.h"


#define NGX_AI_MARKS_SET     16
#define NGX_AI_MARKS_SHARE   32                  /* of the zone's size */
#define NGX_AI_MARKS_MAX     (4 * 1024 * 1024)   /* bytes; 131,072 marks */


#define ngx_ai_marks_live(mark, now)                                          \
    ((ngx_msec_int_t) ((mark)->until - (now)) > 0)


static ngx_ai_mark_t *ngx_ai_marks_set_of(ngx_ai_marks_t *m, uint64_t hash);
static ngx_ai_mark_t *ngx_ai_marks_place(ngx_ai_marks_t *m, uint64_t hash,
    uint64_t k0, ngx_msec_t now);


ngx_ai_mark_t *
ngx_ai_marks_find(ngx_ai_marks_t *m, uint64_t hash, uint64_t k0,
    ngx_msec_t now)
{
    ngx_uint_t      i;
    ngx_ai_mark_t  *mark;

    mark = ngx_ai_marks_set_of(m, hash);

    for (i = 0; i < NGX_AI_MARKS_SET; i++) {
        if (mark[i].hash == hash && mark[i].k0 == k0) {
            return ngx_ai_marks_live(&mark[i], now) ? &mark[i] : NULL;
        }
    }

    return NULL;
}


ngx_ai_mark_t *
ngx_ai_marks_set(ngx_ai_marks_t *m, uint64_t hash, uint64_t k0, ngx_msec_t now,
    ngx_msec_t until, ngx_pid_t owner)
{
    ngx_ai_mark_t  *mark;

    mark = ngx_ai_marks_place(m, hash, k0, now);
    if (mark == NULL) {
        return NULL;
    }

    mark->hash = 0;
    ngx_memory_barrier();

    mark->k0 = k0;
    mark->until = until;
    NGX_AI_FAULT(mark_half);
    mark->owner = owner;

    ngx_memory_barrier();
    mark->hash = hash;

    return mark;
}


void
ngx_ai_marks_clear(ngx_ai_mark_t *mark)
{
    mark->hash = 0;
}


static ngx_ai_mark_t *
ngx_ai_marks_set_of(ngx_ai_marks_t *m, uint64_t hash)
{
    /* the upper half as a fraction; the table of texts takes the lower bits */

    return &m->marks[((hash >> 32) * m->sets >> 32) * NGX_AI_MARKS_SET];
}


/* The text's own place, else a free one, else the soonest negative one. */

static ngx_ai_mark_t *
ngx_ai_marks_place(ngx_ai_marks_t *m, uint64_t hash, uint64_t k0,
    ngx_msec_t now)
{
    ngx_uint_t      i;
    ngx_ai_mark_t  *mark, *unused, *negative;

    unused = NULL;
    negative = NULL;
    mark = ngx_ai_marks_set_of(m, hash);

    for (i = 0; i < NGX_AI_MARKS_SET; i++, mark++) {

        if (mark->hash == hash && mark->k0 == k0) {
            return mark;
        }

        if (mark->hash == 0 || !ngx_ai_marks_live(mark, now)) {
            unused = mark;
            continue;
        }

        if (mark->owner == 0
            && (negative == NULL
                || (ngx_msec_int_t) (mark->until - negative->until) < 0))
        {
            negative = mark;
        }
    }

    return unused ? unused : negative;
}


ngx_uint_t
ngx_ai_marks_count(ngx_ai_marks_t *m, ngx_msec_t now)
{
    ngx_uint_t      n, count;
    ngx_ai_mark_t  *mark;

    count = 0;
    mark = m->marks;

    for (n = (ngx_uint_t) m->sets * NGX_AI_MARKS_SET; n; n--, mark++) {
        if (mark->hash != 0 && ngx_ai_marks_live(mark, now)) {
            count++;
        }
    }

    return count;
}


void
ngx_ai_marks_empty(ngx_ai_marks_t *m, ngx_uint_t negative)
{
    ngx_uint_t      n;
    ngx_ai_mark_t  *mark;

    mark = m->marks;

    for (n = (ngx_uint_t) m->sets * NGX_AI_MARKS_SET; n; n--, mark++) {
        if (!negative || mark->owner == 0) {
            mark->hash = 0;
        }
    }
}


void
ngx_ai_marks_bury(ngx_ai_marks_t *m, ngx_pid_t owner)
{
    ngx_uint_t      n;
    ngx_ai_mark_t  *mark;

    mark = m->marks;

    for (n = (ngx_uint_t) m->sets * NGX_AI_MARKS_SET; n; n--, mark++) {
        if (mark->hash != 0 && mark->owner == (ngx_atomic_uint_t) owner) {
            mark->hash = 0;
        }
    }
}


size_t
ngx_ai_marks_init(ngx_ai_marks_t *m, u_char *p, size_t size)
{
    size_t  set;

    size = ngx_min(size / NGX_AI_MARKS_SHARE, NGX_AI_MARKS_MAX);
    set = NGX_AI_MARKS_SET * sizeof(ngx_ai_mark_t);

    m->marks = (ngx_ai_mark_t *) p;
    m->sets = size / set;

    ngx_ai_marks_empty(m, 0);

    return m->sets * set;
}
