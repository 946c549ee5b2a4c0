
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The vocabulary of the pure rooms (core/ and engine/): result codes, strings
 * and the arena.  Nothing here knows nginx, sockets or clocks.
 */


#ifndef _AIF_H_INCLUDED_
#define _AIF_H_INCLUDED_


#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>


/*
 * Result codes of every function in core/ and engine/ that returns "int".
 * Functions that return something else say so.
 */

#define AIF_OK         0    /* done */
#define AIF_MORE       1    /* needs more input, call again */
#define AIF_DONE       2    /* the input is finished, nothing left */
#define AIF_BAD       -1    /* the input is malformed or not acceptable */
#define AIF_LIMIT     -2    /* a named limit was reached */
#define AIF_NOMEM     -3    /* no memory, or the arena's ceiling is reached */


/* The same layout as ngx_str_t, so that the nginx rooms may cast. */

typedef struct {
    size_t    len;
    u_char   *data;
} aif_str_t;


#define aif_string(str)     { sizeof(str) - 1, (u_char *) str }
#define aif_null_string     { 0, NULL }

#define aif_str_set(s, text)                                                  \
    (s)->len = sizeof(text) - 1; (s)->data = (u_char *) text


static inline int
aif_str_eq(const aif_str_t *a, const aif_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}


/*
 * Arena: memory that is given back as a whole.  Every function of core/ and
 * engine/ that needs memory for its result takes the caller's arena.
 *
 * aif_arena_create() returns NULL without memory.  "limit" is a ceiling in
 * bytes over everything allocated since the last reset; an allocation beyond
 * it returns NULL, as one without memory does.  Memory is aligned to 16 bytes
 * and not zeroed (aif_arena_calloc() zeroes).  aif_arena_reset() gives all of
 * it back but keeps one block, of the size that was needed if that is not over
 * 4m, so that a worker may reuse one arena page after page.  Not thread safe.
 */

typedef struct aif_arena_s  aif_arena_t;

aif_arena_t *aif_arena_create(size_t block, size_t limit);
void *aif_arena_alloc(aif_arena_t *a, size_t size);
void *aif_arena_calloc(aif_arena_t *a, size_t size);
u_char *aif_arena_dup(aif_arena_t *a, const u_char *data, size_t len);
size_t aif_arena_used(const aif_arena_t *a);
void aif_arena_reset(aif_arena_t *a);
void aif_arena_destroy(aif_arena_t *a);


/*
 * Growing byte buffer in an arena.  An append that fails sets "failed" and
 * keeps what was there; the caller tests "failed" once, at the end.
 */

typedef struct {
    u_char       *data;
    size_t        len;
    size_t        size;
    aif_arena_t  *arena;
    unsigned      failed:1;
} aif_buf_t;

void aif_buf_init(aif_buf_t *b, aif_arena_t *a, size_t size);
void aif_buf_append(aif_buf_t *b, const void *data, size_t len);
void aif_buf_byte(aif_buf_t *b, u_char ch);

#define aif_buf_literal(b, text)  aif_buf_append(b, text, sizeof(text) - 1)


#endif /* _AIF_H_INCLUDED_ */
