
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A table of keys with a time, each one word: the upper bits of the key and
 * the minute in which it is forgotten.  So every change is one exchange, and a
 * process may die between any two.  It is part of the state zone; every nginx
 * room may call it.
 */


#include "store/ngx_ai_once.h"


#define NGX_AI_ONCE_TIME   0xfffffu      /* 20 bits of minutes: 728 days */


static ngx_atomic_t *ngx_ai_once_set(ngx_ai_once_t *once, uint64_t key);
static ngx_atomic_uint_t ngx_ai_once_word(uint64_t key, ngx_uint_t now,
    ngx_uint_t minutes);
static ngx_uint_t ngx_ai_once_left(ngx_atomic_uint_t word, ngx_uint_t now);


#define ngx_ai_once_tag(word)                                                 \
    ((ngx_atomic_uint_t) (word) & ~(ngx_atomic_uint_t) NGX_AI_ONCE_TIME)


ngx_atomic_uint_t
ngx_ai_once_claim(ngx_ai_once_t *once, uint64_t key, ngx_uint_t now,
    ngx_uint_t minutes)
{
    ngx_uint_t          i, k, left, least;
    ngx_atomic_t       *set, *place;
    ngx_atomic_uint_t   old, word, there;

    set = ngx_ai_once_set(once, key);
    word = ngx_ai_once_word(key, now, minutes);

    /* who loses a place to another looks again */

    for (k = 0; k < NGX_AI_ONCE_WAYS; k++) {

        place = NULL;
        old = 0;
        least = NGX_AI_ONCE_TIME;

        for (i = 0; i < NGX_AI_ONCE_WAYS; i++) {

            there = set[i];
            left = ngx_ai_once_left(there, now);

            if (there != 0 && ngx_ai_once_tag(there) == ngx_ai_once_tag(word)) {

                if (left != 0) {
                    return 0;
                }

                return ngx_atomic_cmp_set(&set[i], there, word) ? word : 0;
            }

            if (left < least) {
                least = left;
                place = &set[i];
                old = there;
            }
        }

        if (place && ngx_atomic_cmp_set(place, old, word)) {
            return word;
        }
    }

    return 0;
}


void
ngx_ai_once_settle(ngx_ai_once_t *once, uint64_t key, ngx_atomic_uint_t claim,
    ngx_uint_t now, ngx_uint_t minutes)
{
    ngx_uint_t          i;
    ngx_atomic_t       *set;
    ngx_atomic_uint_t   word;

    set = ngx_ai_once_set(once, key);
    word = minutes ? ngx_ai_once_word(key, now, minutes) : 0;

    for (i = 0; i < NGX_AI_ONCE_WAYS; i++) {
        if (ngx_atomic_cmp_set(&set[i], claim, word)) {
            return;
        }
    }
}


ngx_uint_t
ngx_ai_once_shorten(ngx_ai_once_t *once, uint64_t key, ngx_uint_t now,
    ngx_uint_t minutes)
{
    ngx_uint_t          i;
    ngx_atomic_t       *set;
    ngx_atomic_uint_t   word, there;

    set = ngx_ai_once_set(once, key);
    word = ngx_ai_once_word(key, now, minutes);

    for (i = 0; i < NGX_AI_ONCE_WAYS; i++) {

        there = set[i];

        if (there != 0
            && ngx_ai_once_tag(there) == ngx_ai_once_tag(word)
            && ngx_ai_once_left(there, now) > minutes
            && ngx_atomic_cmp_set(&set[i], there, word))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_atomic_t *
ngx_ai_once_set(ngx_ai_once_t *once, uint64_t key)
{
    return &once->word[(key % NGX_AI_ONCE_SETS) * NGX_AI_ONCE_WAYS];
}


/* never 0, which is a free place */

static ngx_atomic_uint_t
ngx_ai_once_word(uint64_t key, ngx_uint_t now, ngx_uint_t minutes)
{
    ngx_atomic_uint_t  word;

    word = ngx_ai_once_tag(key)
           | ((now + ngx_min(minutes, NGX_AI_ONCE_MAX)) & NGX_AI_ONCE_TIME);

    return word ? word : 1;
}


/* minutes, 0 if its time is over */

static ngx_uint_t
ngx_ai_once_left(ngx_atomic_uint_t word, ngx_uint_t now)
{
    ngx_uint_t  left;

    if (word == 0) {
        return 0;
    }

    left = (word - now) & NGX_AI_ONCE_TIME;

    return left <= NGX_AI_ONCE_MAX ? left : 0;
}
