
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The memory of the store.  Called by ngx_ai_store.c with the zone's mutex
 * held; knows no locks, no spaces, no clock, and never fails.
 *
 * Texts lie in a ring, one behind the other, each as long as it is: nothing is
 * lost to size classes, there are no free lists, and no text can be refused
 * for fragmentation.  New texts are written at the head; room for them is made
 * at the tail, where the oldest are.  A look-up only sets a byte in the text
 * that it reads anyway (a list in order of use would cost three more cache
 * misses).  At the tail a text that was used since it came to its place is
 * written once more at the head, another one is evicted: what a shop's pages
 * still show stays, in the order of about least recently used.
 *
 * The table's buckets name the first text of a chain, each text the next one;
 * a place is counted in units from the start of the arena, where place 0 is
 * not used and means "none".  A text that was replaced by a longer one is left
 * in the ring as dead until the tail passes it.
 *
 *      arena   |0|....|tail  oldest ... newest|head ......... |end
 *      or      |0|  ... newest|head ....|tail  oldest ... |pad|end
 */


#include "store/ngx_ai_store.h"
#include "store/ngx_ai_texts.h"
#include "store/ngx_ai_fault.h"


#define NGX_AI_TEXTS_FIRST      1          /* the ring's first place */
#define NGX_AI_TEXTS_PER_BUCKET 128        /* bytes of zone */
#define NGX_AI_TEXTS_STEPS      64         /* of one put, if that is enough */
#define NGX_AI_TEXTS_SLACK      64         /* that part of the arena */

#define ngx_ai_texts_units(source_len, value_len)                             \
    ((offsetof(ngx_ai_text_t, data) + (source_len) + (value_len)              \
      + NGX_AI_TEXTS_UNIT - 1) / NGX_AI_TEXTS_UNIT)

#define NGX_AI_TEXTS_LONGEST                                                  \
    ngx_ai_texts_units(NGX_AI_STORE_MAX_TEXT, NGX_AI_STORE_MAX_TEXT)

static ngx_uint_t ngx_ai_texts_overwrite(ngx_ai_text_t *x,
    const ngx_ai_text_t *like, const aif_str_t *value);
static void ngx_ai_texts_make_room(ngx_ai_texts_t *t, uint32_t units);
static void ngx_ai_texts_move(ngx_ai_texts_t *t, ngx_ai_text_t *x);
static void ngx_ai_texts_unlink(ngx_ai_texts_t *t, ngx_ai_text_t *x);
static uint32_t *ngx_ai_texts_link(ngx_ai_texts_t *t, ngx_ai_text_t *x);
static ngx_ai_text_t *ngx_ai_texts_append(ngx_ai_texts_t *t, uint32_t units);
static uint32_t ngx_ai_texts_room(ngx_ai_texts_t *t);


#define ngx_ai_texts_place(t, x)                                              \
    ((uint32_t) (((u_char *) (x) - (t)->arena) / NGX_AI_TEXTS_UNIT))


/* "like" has hash, k0, recipe and stored. */

void
ngx_ai_texts_put(ngx_ai_texts_t *t, const ngx_ai_text_t *like,
    const aif_str_t *source, const aif_str_t *value)
{
    uint32_t        units, *bucket;
    ngx_ai_text_t  *x;

    x = ngx_ai_texts_find(t, like->hash, like->k0, source);

    if (x && ngx_ai_texts_overwrite(x, like, value)) {
        return;
    }

    units = ngx_ai_texts_units(source->len, value->len);

    ngx_ai_texts_make_room(t, units);

    /* it may have been moved or evicted */

    x = ngx_ai_texts_find(t, like->hash, like->k0, source);

    if (x) {
        ngx_ai_texts_unlink(t, x);
        NGX_AI_FAULT(put_replace);
    }

    x = ngx_ai_texts_append(t, units);

    x->hash = like->hash;
    x->k0 = like->k0;
    x->recipe = like->recipe;
    x->stored = like->stored;
    x->units = units;
    x->source_len = source->len;
    x->value_len = value->len;
    x->used = 0;
    x->dead = 0;

    ngx_memcpy(x->data, source->data, source->len);
    NGX_AI_FAULT(put_half);

    if (value->len) {
        ngx_memcpy(ngx_ai_text_value(x), value->data, value->len);
    }

    bucket = &t->buckets[like->hash & t->mask];
    x->next = *bucket;
    *bucket = ngx_ai_texts_place(t, x);

    t->count++;
}


static ngx_uint_t
ngx_ai_texts_overwrite(ngx_ai_text_t *x, const ngx_ai_text_t *like,
    const aif_str_t *value)
{
    if (ngx_ai_texts_units(x->source_len, value->len) > x->units) {
        return 0;
    }

    if (value->len) {
        ngx_memcpy(ngx_ai_text_value(x), value->data, value->len);
    }

    NGX_AI_FAULT(put_overwrite);

    x->value_len = value->len;
    x->recipe = like->recipe;
    x->stored = like->stored;

    /* as young as one that was just written */

    x->used = 1;

    return 1;
}


/*
 * What is written at the head takes its length, and up to as much again if the
 * arena's end comes in between: twice its units must be free.
 *
 * A page's texts lie side by side and so are used side by side.  So that a put
 * which meets many of them need neither move them all nor evict one, some
 * slack is kept: it takes a bounded number of steps, and the next put goes on.
 * Only where the slack is spent, in a zone where nearly all is in use, texts go
 * although they were used.
 */

static void
ngx_ai_texts_make_room(ngx_ai_texts_t *t, uint32_t units)
{
    uint32_t        room;
    ngx_uint_t      steps;
    ngx_ai_text_t  *x;

    steps = NGX_AI_TEXTS_STEPS;

    for ( ;; ) {

        room = ngx_ai_texts_room(t);

        if (room >= 2 * units && (steps == 0 || room >= t->slack)) {
            break;
        }

        if (t->tail == t->end) {
            t->tail = NGX_AI_TEXTS_FIRST;
            continue;
        }

        x = ngx_ai_texts_at(t, t->tail);

        if (x->dead) {
            /* void */

        } else if (x->used && steps && room >= 2 * (uint32_t) x->units) {
            ngx_ai_texts_move(t, x);

        } else {
            ngx_ai_texts_unlink(t, x);
            NGX_AI_FAULT(put_evict);
            t->evicted++;
        }

        t->tail += x->units;

        if (steps) {
            steps--;
        }
    }

    if (t->head == t->tail) {
        t->head = NGX_AI_TEXTS_FIRST;
        t->tail = NGX_AI_TEXTS_FIRST;
    }
}


static void
ngx_ai_texts_move(ngx_ai_texts_t *t, ngx_ai_text_t *x)
{
    size_t          units;
    uint32_t       *link;
    ngx_ai_text_t  *y;

    link = ngx_ai_texts_link(t, x);

    /* a shorter value may have been written over a longer one */

    units = ngx_ai_texts_units(x->source_len, x->value_len);

    y = ngx_ai_texts_append(t, units);

    ngx_memcpy(y, x, units * NGX_AI_TEXTS_UNIT);
    NGX_AI_FAULT(put_move);

    y->units = units;
    y->used = 0;
    *link = ngx_ai_texts_place(t, y);
}


static void
ngx_ai_texts_unlink(ngx_ai_texts_t *t, ngx_ai_text_t *x)
{
    *ngx_ai_texts_link(t, x) = x->next;
    x->dead = 1;
    t->count--;
}


/* What names the text: its bucket or the one before it in the chain. */

static uint32_t *
ngx_ai_texts_link(ngx_ai_texts_t *t, ngx_ai_text_t *x)
{
    uint32_t  *link, place;

    place = ngx_ai_texts_place(t, x);
    link = &t->buckets[x->hash & t->mask];

    while (*link != place) {
        link = &ngx_ai_texts_at(t, *link)->next;
    }

    return link;
}


/* The caller has made room. */

static ngx_ai_text_t *
ngx_ai_texts_append(ngx_ai_texts_t *t, uint32_t units)
{
    ngx_ai_text_t  *x;

    if (t->head >= t->tail && t->end - t->head < units) {

        if (t->head < t->end) {
            x = ngx_ai_texts_at(t, t->head);
            x->units = t->end - t->head;
            x->dead = 1;
        }

        t->head = NGX_AI_TEXTS_FIRST;
    }

    x = ngx_ai_texts_at(t, t->head);
    t->head += units;

    return x;
}


static uint32_t
ngx_ai_texts_room(ngx_ai_texts_t *t)
{
    if (t->head < t->tail) {
        return t->tail - t->head;
    }

    return t->end - t->head + t->tail - NGX_AI_TEXTS_FIRST;
}


size_t
ngx_ai_texts_free(ngx_ai_texts_t *t)
{
    return (size_t) ngx_ai_texts_room(t) * NGX_AI_TEXTS_UNIT;
}


void
ngx_ai_texts_empty(ngx_ai_texts_t *t)
{
    size_t  size;

    size = ((size_t) t->mask + 1) * sizeof(uint32_t);

    ngx_memzero(t->buckets, size / 2);
    NGX_AI_FAULT(empty);
    ngx_memzero((u_char *) t->buckets + size / 2, size / 2);

    t->head = NGX_AI_TEXTS_FIRST;
    t->tail = NGX_AI_TEXTS_FIRST;
    t->count = 0;
}


void
ngx_ai_texts_init(ngx_ai_texts_t *t, u_char *p, size_t size)
{
    size_t  n;

    for (n = 2; n < size / NGX_AI_TEXTS_PER_BUCKET; n *= 2) { /* void */ }

    t->buckets = (uint32_t *) p;
    t->mask = n - 1;

    n *= sizeof(uint32_t);
    t->arena = p + n;

    /* padding at the end may be shorter than the header that is written */

    t->end = (size - n - sizeof(ngx_ai_text_t)) / NGX_AI_TEXTS_UNIT;
    t->slack = ngx_max(t->end / NGX_AI_TEXTS_SLACK, 2 * NGX_AI_TEXTS_LONGEST);
    t->evicted = 0;

    ngx_ai_texts_empty(t);
}
