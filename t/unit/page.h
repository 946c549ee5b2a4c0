
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * For tests of the segmenter and the rewriter: reads files, gives a page to
 * the segmenter in pieces (each time in other memory of exactly its size, so
 * that the sanitizer sees a byte too far and a pointer kept), and makes a
 * replacement for any fragment.
 */


#ifndef _PAGE_H_INCLUDED_
#define _PAGE_H_INCLUDED_


#include "core/aif_rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


typedef struct {
    aif_arena_t     *arena;
    u_char          *page;           /* the copy that the fragments are of */
    size_t           len;
    aif_fragment_t  *fragments;
    size_t           n;
    const aif_segment_script_t  *scripts;
    size_t           nscripts;
    size_t           letters;
    aif_str_t        charset;
    int              rc;
} page_t;


/* How long the next piece is; "state" is the caller's. */

typedef size_t (*page_piece_pt)(size_t *state);


__attribute__((unused)) static const char *
page_data(void)
{
    const char  *dir;

    dir = getenv("AIF_DATA");

    return dir && *dir ? dir : "../shared/data";
}


__attribute__((unused)) static u_char *
page_read(const char *name, size_t *len)
{
    FILE    *f;
    long     size;
    u_char  *data;

    f = fopen(name, "rb");
    if (f == NULL) {
        return NULL;
    }

    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);

    data = malloc(size + 1);

    if (data == NULL || fread(data, 1, size, f) != (size_t) size) {
        abort();
    }

    data[size] = '\0';
    *len = size;

    fclose(f);

    return data;
}


/* always "state" bytes */

__attribute__((unused)) static size_t
page_even(size_t *state)
{
    return *state;
}


/* "state" bytes, then all the rest */

__attribute__((unused)) static size_t
page_split(size_t *state)
{
    size_t  n;

    n = *state;
    *state = SIZE_MAX;

    return n;
}


/* pieces of all sizes, the short ones more often */

__attribute__((unused)) static size_t
page_random(size_t *state)
{
    size_t  r;

    *state = *state * 6364136223846793005u + 1442695040888963407u;
    r = *state >> 33;

    return 1 + r % ((size_t) 1 << (3 + (r >> 20) % 12));
}


__attribute__((unused)) static void
page_open(page_t *pg, const aif_segment_conf_t *conf, const u_char *data,
    size_t len, page_piece_pt piece, size_t state)
{
    u_char         *copy;
    size_t          n, at;
    aif_segment_t  *s;

    pg->page = NULL;
    pg->len = len;
    pg->n = 0;
    pg->nscripts = 0;
    pg->fragments = NULL;

    pg->arena = aif_arena_create(65536, (size_t) 1 << 30);
    s = aif_segment_create(conf, pg->arena);
    at = 0;

    do {
        n = piece ? piece(&state) : len;
        at = n < len - at ? at + n : len;

        copy = malloc(at ? at : 1);
        memcpy(copy, data, at);
        free(pg->page);
        pg->page = copy;

        pg->rc = aif_segment_feed(s, copy, at, at == len);

    } while (pg->rc == AIF_MORE && at < len);

    if (pg->rc == AIF_DONE) {
        pg->scripts = aif_segment_scripts(s, &pg->nscripts);
        pg->fragments = aif_segment_fragments(s, &pg->n);
    }

    pg->letters = aif_segment_letters(s);
    pg->charset = aif_segment_charset(s);
}


__attribute__((unused)) static void
page_close(page_t *pg)
{
    aif_arena_destroy(pg->arena);
    free(pg->page);
}


/*
 * A replacement: the letters a to z are changed (so that every fragment is
 * another text), placeholders and references stay.
 */

__attribute__((unused)) static aif_str_t
page_replacement(const aif_fragment_t *f, aif_arena_t *a)
{
    size_t     i;
    u_char    *p;
    aif_str_t  text;

    text.len = f->text.len;
    text.data = aif_arena_dup(a, f->text.data, f->text.len);

    p = text.data;

    for (i = 0; i < text.len; i++) {

        if (p[i] == '<') {
            while (p[i] != '>') {
                i++;
            }

        } else if (p[i] == '&') {
            while (p[i] != ';') {
                i++;
            }

        } else if (p[i] >= 'a' && p[i] <= 'z') {
            p[i] -= 'a' - 'A';
        }
    }

    return text;
}


__attribute__((unused)) static aif_rewrite_plan_t
page_plan(const page_t *pg, const aif_str_t *replacements)
{
    aif_rewrite_plan_t  plan;

    memset(&plan, 0, sizeof(aif_rewrite_plan_t));

    plan.page = pg->page;
    plan.len = pg->len;
    plan.fragments = pg->fragments;
    plan.replacements = replacements;
    plan.nfragments = pg->n;

    return plan;
}


/* The page with all fragments replaced, or with none. */

__attribute__((unused)) static u_char *
page_rewrite(page_t *pg, int replace, size_t *len, size_t *rejected)
{
    u_char              *dst, *out;
    size_t               i, size;
    aif_str_t           *replacements;
    aif_rewrite_plan_t   plan;

    replacements = aif_arena_calloc(pg->arena, (pg->n + 1)
                                               * sizeof(aif_str_t));

    for (i = 0; replace && i < pg->n; i++) {
        replacements[i] = page_replacement(&pg->fragments[i], pg->arena);
    }

    plan = page_plan(pg, replacements);
    size = aif_rewrite_size(&plan);

    dst = malloc(size ? size : 1);

    *len = aif_rewrite(dst, &plan, rejected);

    /* to be a string as well */

    out = malloc(*len + 1);
    memcpy(out, dst, *len);
    out[*len] = '\0';
    free(dst);

    return out;
}


#endif /* _PAGE_H_INCLUDED_ */
