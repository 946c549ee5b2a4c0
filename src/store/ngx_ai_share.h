
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What all workers share: how often something may be done, by each of many or
 * by all, and how many may do it at a time.  Words in the state zone, changed
 * by one exchange each, without a lock.
 */


#ifndef _NGX_AI_SHARE_H_INCLUDED_
#define _NGX_AI_SHARE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_AI_SHARE_WAYS     4


/*
 * ngx_ai_share_take(): 1 if "key" may do it once more, of "sets" times
 * NGX_AI_SHARE_WAYS words, all 0 at first.  Each key has "burst", and gets one
 * back whenever "now" went on by one; "now" is a count of intervals of a clock
 * that only goes on.  When a set is full, the key that took least is
 * forgotten.  A key not seen for 2^20 intervals may wait for "burst" of them.
 *
 * ngx_ai_share_seat() takes one of n seats until "deadline" (of
 * ngx_current_msec; not 0) and returns it, or NULL.  ngx_ai_share_leave() gives
 * it back, with the same deadline; past that it is free for all, so that a
 * dead worker's seats are.
 */

ngx_uint_t ngx_ai_share_take(ngx_atomic_t *words, ngx_uint_t sets,
    uint64_t key, ngx_uint_t now, ngx_uint_t burst);
ngx_atomic_t *ngx_ai_share_seat(ngx_atomic_t *seats, ngx_uint_t n,
    ngx_msec_t deadline);
void ngx_ai_share_leave(ngx_atomic_t *seat, ngx_msec_t deadline);


#endif /* _NGX_AI_SHARE_H_INCLUDED_ */
