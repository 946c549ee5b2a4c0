
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Arena and growing buffer.  Any room may call this file; it calls libc only.
 */


#include "core/aif.h"

#include <stdlib.h>


#define AIF_ARENA_ALIGN      16
#define AIF_ARENA_MIN_BLOCK  1024
#define AIF_ARENA_KEEP       (4 * 1024 * 1024)   /* bytes, over a reset */


typedef struct aif_arena_block_s  aif_arena_block_t;

struct aif_arena_block_s {
    aif_arena_block_t  *next;
    size_t              size;      /* bytes behind this header */
};


struct aif_arena_s {
    aif_arena_block_t  *first;     /* kept by reset */
    aif_arena_block_t  *rest;      /* newest first, freed by reset */
    u_char             *pos;
    u_char             *end;
    size_t              block;
    size_t              used;
    size_t              limit;
};


#define AIF_ARENA_HEADER                                                      \
    ((sizeof(aif_arena_block_t) + AIF_ARENA_ALIGN - 1)                        \
     & ~(size_t) (AIF_ARENA_ALIGN - 1))


static aif_arena_block_t *aif_arena_block(size_t size);


aif_arena_t *
aif_arena_create(size_t block, size_t limit)
{
    aif_arena_t  *a;

    a = malloc(sizeof(aif_arena_t));
    if (a == NULL) {
        return NULL;
    }

    if (block < AIF_ARENA_MIN_BLOCK) {
        block = AIF_ARENA_MIN_BLOCK;
    }

    a->first = aif_arena_block(block);
    if (a->first == NULL) {
        free(a);
        return NULL;
    }

    a->rest = NULL;
    a->block = block;
    a->limit = limit;
    a->used = 0;
    a->pos = (u_char *) a->first + AIF_ARENA_HEADER;
    a->end = a->pos + block;

    return a;
}


void *
aif_arena_alloc(aif_arena_t *a, size_t size)
{
    size_t              room;
    u_char             *p;
    aif_arena_block_t  *block;

    if (size > a->limit - a->used) {
        return NULL;
    }

    size = (size + AIF_ARENA_ALIGN - 1) & ~(size_t) (AIF_ARENA_ALIGN - 1);

    if (size > a->limit - a->used) {
        return NULL;
    }

    if (size > (size_t) (a->end - a->pos)) {

        room = size > a->block ? size : a->block;

        block = aif_arena_block(room);
        if (block == NULL) {
            return NULL;
        }

        block->next = a->rest;
        a->rest = block;

        p = (u_char *) block + AIF_ARENA_HEADER;

        /* a large piece has a block of its own, the current one goes on */

        if (size > a->block / 2
            && room - size < (size_t) (a->end - a->pos))
        {
            a->used += size;
            return p;
        }

        a->pos = p;
        a->end = p + room;
    }

    p = a->pos;
    a->pos += size;
    a->used += size;

    return p;
}


void *
aif_arena_calloc(aif_arena_t *a, size_t size)
{
    void  *p;

    p = aif_arena_alloc(a, size);
    if (p != NULL) {
        memset(p, 0, size);
    }

    return p;
}


u_char *
aif_arena_dup(aif_arena_t *a, const u_char *data, size_t len)
{
    u_char  *p;

    p = aif_arena_alloc(a, len);
    if (p != NULL && len != 0) {
        memcpy(p, data, len);
    }

    return p;
}


size_t
aif_arena_used(const aif_arena_t *a)
{
    return a->used;
}


void
aif_arena_reset(aif_arena_t *a)
{
    size_t              size;
    aif_arena_block_t  *block, *next;

    size = a->first->size;

    for (block = a->rest; block; block = next) {
        next = block->next;
        size += block->size;
        free(block);
    }

    /* what needed several blocks finds one of their size the next time */

    if (a->rest && size <= AIF_ARENA_KEEP) {

        block = aif_arena_block(size);

        if (block) {
            free(a->first);
            a->first = block;
        }
    }

    a->rest = NULL;
    a->used = 0;
    a->pos = (u_char *) a->first + AIF_ARENA_HEADER;
    a->end = a->pos + a->first->size;
}


void
aif_arena_destroy(aif_arena_t *a)
{
    aif_arena_reset(a);
    free(a->first);
    free(a);
}


static aif_arena_block_t *
aif_arena_block(size_t size)
{
    aif_arena_block_t  *block;

    if (size > SIZE_MAX - AIF_ARENA_HEADER) {
        return NULL;
    }

    block = malloc(AIF_ARENA_HEADER + size);
    if (block == NULL) {
        return NULL;
    }

    block->next = NULL;
    block->size = size;

    return block;
}


void
aif_buf_init(aif_buf_t *b, aif_arena_t *a, size_t size)
{
    b->arena = a;
    b->len = 0;
    b->failed = 0;
    b->size = size;
    b->data = size ? aif_arena_alloc(a, size) : NULL;

    if (size != 0 && b->data == NULL) {
        b->size = 0;
        b->failed = 1;
    }
}


void
aif_buf_append(aif_buf_t *b, const void *data, size_t len)
{
    size_t   size;
    u_char  *p;

    if (b->failed || len == 0) {
        return;
    }

    if (len > b->size - b->len) {

        if (len > SIZE_MAX / 4 || b->size > SIZE_MAX / 4) {
            b->failed = 1;
            return;
        }

        size = (b->size + len) * 2;

        p = aif_arena_alloc(b->arena, size);
        if (p == NULL) {
            b->failed = 1;
            return;
        }

        if (b->len != 0) {
            memcpy(p, b->data, b->len);
        }

        b->data = p;
        b->size = size;
    }

    memcpy(b->data + b->len, data, len);
    b->len += len;
}


void
aif_buf_byte(aif_buf_t *b, u_char ch)
{
    aif_buf_append(b, &ch, 1);
}
