
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What was done lately and is not to be done again: keys with a time, in the
 * state zone.  A bounded table of atomics, without a lock; when a set of it is
 * full, what is soonest to be forgotten goes.
 */


#ifndef _NGX_AI_ONCE_H_INCLUDED_
#define _NGX_AI_ONCE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_AI_ONCE_SETS      16384
#define NGX_AI_ONCE_WAYS      4
#define NGX_AI_ONCE_MAX       (60 * 24 * 30)     /* minutes */


typedef struct {
    ngx_atomic_t   word[NGX_AI_ONCE_SETS * NGX_AI_ONCE_WAYS];
} ngx_ai_once_t;


/*
 * Times are minutes of a clock that only goes on; "minutes" is how long from
 * now, at most NGX_AI_ONCE_MAX.  A key is a keyed hash: two that the table
 * takes for one (about one in 10^13) cost one of them its turn.
 *
 * ngx_ai_once_claim(): not 0 if the key is not there, or its time is over; now
 * it is the caller's.  Of two who come at the same time one gets it, but where
 * a third one's key is put into the same set in the same moment.
 * ngx_ai_once_settle() changes the time of a claim, to be forgotten at once
 * with 0 minutes, unless somebody changed it meanwhile.
 * ngx_ai_once_shorten(): the key is there for at most so long; 0: it was not
 * there for longer.
 */

ngx_atomic_uint_t ngx_ai_once_claim(ngx_ai_once_t *once, uint64_t key,
    ngx_uint_t now, ngx_uint_t minutes);
void ngx_ai_once_settle(ngx_ai_once_t *once, uint64_t key,
    ngx_atomic_uint_t claim, ngx_uint_t now, ngx_uint_t minutes);
ngx_uint_t ngx_ai_once_shorten(ngx_ai_once_t *once, uint64_t key,
    ngx_uint_t now, ngx_uint_t minutes);


#endif /* _NGX_AI_ONCE_H_INCLUDED_ */
