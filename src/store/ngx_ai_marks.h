
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Marks: texts without a value of which something is known, in flight (until
 * a deadline) or negative (until an expiry).  A part of the store's zone, for
 * ngx_ai_store.c alone.
 */


#ifndef _NGX_AI_MARKS_H_INCLUDED_
#define _NGX_AI_MARKS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    uint64_t         hash;       /* 0: free */
    uint64_t         k0;         /* of the space */
    ngx_msec_t       until;      /* ngx_current_msec; past: as good as free */
    ngx_atomic_t     owner;      /* pid, in flight; 0: negative */
} ngx_ai_mark_t;


typedef struct {
    ngx_ai_mark_t   *marks;
    uint32_t         sets;
} ngx_ai_marks_t;


/*
 * The caller holds the zone's mutex, but for ngx_ai_marks_count(), which reads
 * as it goes and may be off by what changes meanwhile.
 *
 * ngx_ai_marks_init() takes its share of "size" bytes of the zone from "p",
 * aligned to a cache line, and returns how many bytes it took.
 * ngx_ai_marks_find() returns the live mark of a text or NULL.
 * ngx_ai_marks_set() makes one, in place of the one that is there, whatever it
 * is: NULL if all places are taken by live marks in flight.  With owner 0 it
 * is a negative one, which gives way to others before it expires.
 * ngx_ai_marks_empty() clears all, or with "negative" only those;
 * ngx_ai_marks_bury() those of an owner, who is dead.
 *
 * Each change is one that may stop anywhere: hash is written last and cleared
 * first.
 */

size_t ngx_ai_marks_init(ngx_ai_marks_t *m, u_char *p, size_t size);
void ngx_ai_marks_empty(ngx_ai_marks_t *m, ngx_uint_t negative);
void ngx_ai_marks_bury(ngx_ai_marks_t *m, ngx_pid_t owner);
ngx_ai_mark_t *ngx_ai_marks_find(ngx_ai_marks_t *m, uint64_t hash, uint64_t k0,
    ngx_msec_t now);
ngx_ai_mark_t *ngx_ai_marks_set(ngx_ai_marks_t *m, uint64_t hash, uint64_t k0,
    ngx_msec_t now, ngx_msec_t until, ngx_pid_t owner);
void ngx_ai_marks_clear(ngx_ai_mark_t *mark);
ngx_uint_t ngx_ai_marks_count(ngx_ai_marks_t *m, ngx_msec_t now);


#endif /* _NGX_AI_MARKS_H_INCLUDED_ */
