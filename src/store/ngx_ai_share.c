
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Shares and seats in the state zone.  A share is one word: the upper bits of
 * the key, and the interval at which all that it took will have come back.  A
 * seat is one word: its deadline, 0 if it is free.  A process may die between
 * any two steps.  Every nginx room may call it.
 */


#include "store/ngx_ai_share.h"


#define NGX_AI_SHARE_TIME    0xfffffu      /* 20 bits of intervals */
#define NGX_AI_SHARE_TRIES   8             /* of exchanges that are lost */


static ngx_atomic_t *ngx_ai_share_find(ngx_atomic_t *set,
    ngx_atomic_uint_t tag, ngx_uint_t now, ngx_uint_t burst,
    ngx_atomic_uint_t *old, ngx_uint_t *ahead);
static ngx_uint_t ngx_ai_share_ahead(ngx_atomic_uint_t word, ngx_uint_t now,
    ngx_uint_t burst);


#define ngx_ai_share_tag(word)                                                \
    ((ngx_atomic_uint_t) (word) & ~(ngx_atomic_uint_t) NGX_AI_SHARE_TIME)


ngx_uint_t
ngx_ai_share_take(ngx_atomic_t *words, ngx_uint_t sets, uint64_t key,
    ngx_uint_t now, ngx_uint_t burst)
{
    ngx_uint_t          i, ahead;
    ngx_atomic_t       *set, *place;
    ngx_atomic_uint_t   tag, old;

    set = &words[(key % sets) * NGX_AI_SHARE_WAYS];
    tag = ngx_ai_share_tag(key);

    /* a word is never 0, which is a free one */

    if (tag == 0) {
        tag = NGX_AI_SHARE_TIME + 1;
    }

    for (i = 0; i < NGX_AI_SHARE_TRIES; i++) {

        place = ngx_ai_share_find(set, tag, now, burst, &old, &ahead);

        if (ahead >= burst) {
            return 0;
        }

        if (ngx_atomic_cmp_set(place, old,
                               tag | ((now + ahead + 1) & NGX_AI_SHARE_TIME)))
        {
            return 1;
        }
    }

    return 0;
}


/* the key's word, or the one that is worth least; "ahead": what it took */

static ngx_atomic_t *
ngx_ai_share_find(ngx_atomic_t *set, ngx_atomic_uint_t tag, ngx_uint_t now,
    ngx_uint_t burst, ngx_atomic_uint_t *old, ngx_uint_t *ahead)
{
    ngx_uint_t          i, there, least;
    ngx_atomic_t       *place;
    ngx_atomic_uint_t   word;

    place = set;
    least = NGX_AI_SHARE_TIME;
    *ahead = 0;

    for (i = 0; i < NGX_AI_SHARE_WAYS; i++) {

        word = set[i];
        there = ngx_ai_share_ahead(word, now, burst);

        if (word != 0 && ngx_ai_share_tag(word) == tag) {
            *old = word;
            *ahead = there;
            return &set[i];
        }

        if (there < least) {
            least = there;
            place = &set[i];
            *old = word;
        }
    }

    return place;
}


/* more than a burst is the past */

static ngx_uint_t
ngx_ai_share_ahead(ngx_atomic_uint_t word, ngx_uint_t now, ngx_uint_t burst)
{
    ngx_uint_t  ahead;

    if (word == 0) {
        return 0;
    }

    ahead = (word - now) & NGX_AI_SHARE_TIME;

    return ahead <= burst ? ahead : 0;
}


ngx_atomic_t *
ngx_ai_share_seat(ngx_atomic_t *seats, ngx_uint_t n, ngx_msec_t deadline)
{
    ngx_uint_t         i;
    ngx_atomic_uint_t  old;

    for (i = 0; i < n; i++) {

        old = seats[i];

        if (old != 0
            && (ngx_msec_int_t) ((ngx_msec_t) old - ngx_current_msec) > 0)
        {
            continue;
        }

        if (ngx_atomic_cmp_set(&seats[i], old, deadline)) {
            return &seats[i];
        }
    }

    return NULL;
}


void
ngx_ai_share_leave(ngx_atomic_t *seat, ngx_msec_t deadline)
{
    (void) ngx_atomic_cmp_set(seat, deadline, 0);
}
