
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Texts with their values: a hash table over a ring.  A part of the store's
 * zone, for ngx_ai_store.c alone; ngx_ai_texts.c says how it works.
 */


#ifndef _NGX_AI_TEXTS_H_INCLUDED_
#define _NGX_AI_TEXTS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif.h"


#define NGX_AI_TEXTS_UNIT   8     /* bytes: texts are aligned to it, and places
                                     in the ring are counted in it */

typedef struct {
    uint64_t      hash;
    uint64_t      k0;             /* of the space */
    uint32_t      next;           /* place of the next in the chain, or 0 */
    uint32_t      recipe;         /* 0: a person's */
    uint32_t      stored;         /* seconds, ngx_current_msec's clock */
    uint16_t      units;          /* length in the ring */
    uint16_t      source_len;
    uint16_t      value_len;
    u_char        used;           /* looked up since it came to its place */
    u_char        dead;           /* in no chain; room to be passed over */
    u_char        data[];         /* source, value */
} ngx_ai_text_t;


typedef struct {
    uint32_t     *buckets;
    u_char       *arena;
    uint32_t      mask;           /* buckets - 1 */
    uint32_t      end;            /* units of the arena */
    uint32_t      slack;          /* units that are better left free */
    uint32_t      head;           /* the next text's place */
    uint32_t      tail;           /* the oldest text's; equal: none is there */
    ngx_uint_t    count;
    ngx_uint_t    evicted;
} ngx_ai_texts_t;


#define ngx_ai_texts_at(t, place)                                             \
    ((ngx_ai_text_t *) ((t)->arena + (size_t) (place) * NGX_AI_TEXTS_UNIT))

#define ngx_ai_text_value(x)  ((x)->data + (x)->source_len)


/*
 * The caller holds the zone's mutex, and for put() and empty() has said that
 * the zone is dirty.
 *
 * ngx_ai_texts_init() lays table and ring out in "size" bytes at "p" (aligned
 * to a cache line).  ngx_ai_texts_find() returns NULL or a text that stays
 * where it is until the mutex is given back or the next put().
 * ngx_ai_texts_put() stores, in place of what the text had; lengths are at
 * most NGX_AI_STORE_MAX_TEXT; it evicts what it must and never fails.
 * ngx_ai_texts_free() is in bytes.
 */

void ngx_ai_texts_init(ngx_ai_texts_t *t, u_char *p, size_t size);
void ngx_ai_texts_empty(ngx_ai_texts_t *t);
void ngx_ai_texts_put(ngx_ai_texts_t *t, const ngx_ai_text_t *like,
    const aif_str_t *source, const aif_str_t *value);
size_t ngx_ai_texts_free(ngx_ai_texts_t *t);


static ngx_inline ngx_ai_text_t *
ngx_ai_texts_find(ngx_ai_texts_t *t, uint64_t hash, uint64_t k0,
    const aif_str_t *source)
{
    uint32_t        place;
    ngx_ai_text_t  *x;

    for (place = t->buckets[hash & t->mask]; place; place = x->next) {
        x = ngx_ai_texts_at(t, place);

        if (x->hash == hash && x->k0 == k0 && x->source_len == source->len
            && ngx_memcmp(x->data, source->data, source->len) == 0)
        {
            return x;
        }
    }

    return NULL;
}


#endif /* _NGX_AI_TEXTS_H_INCLUDED_ */
