
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Ad and social texts for a product: which fields each platform has, how long
 * they may be and how it counts that, what an engine is asked for, and what of
 * its answer is kept.
 *
 *     google-ad  a responsive search ad: 3 to 15 headlines of 30 characters and
 *                2 to 4 descriptions of 90, double-width ones counted twice
 *                (Google Ads Help, "About responsive search ads" and "About
 *                text ads"); we ask for 3 to 5 and 2
 *     meta-ad    what Facebook and Instagram show without "See more": primary
 *                text 125, headline 40, description 30 (Meta Ads Guide)
 *     tiktok     the caption of an in-feed ad: 100, Asian characters counted
 *                twice (TikTok Business Help Center, "Auction In-Feed Ads")
 *     tweet      280 as X weighs them: config/v3.json of twitter-text, and
 *                "Counting characters" of X's documentation
 *     email      no platform's: what most programs show of a subject (60) and
 *                of a preheader (100), and a short body (1000)
 *     push       no platform's: what Android and iOS show (title 50, body 150)
 */


#ifndef _AIF_COPY_H_INCLUDED_
#define _AIF_COPY_H_INCLUDED_


#include "core/aif_guard.h"
#include "core/aif_prompt.h"


#define AIF_COPY_MAX_N       10     /* variants of one request */
#define AIF_COPY_MAX_FIELDS  3
#define AIF_COPY_MAX_SLOTS   8      /* texts of a variant */


typedef enum {
    AIF_COPY_PLAIN = 0,             /* each character is one */
    AIF_COPY_WIDE,                  /* East Asian wide ones and emoji are two */
    AIF_COPY_TWEET                  /* weights, addresses, emoji */
} aif_copy_count_e;


typedef struct {
    aif_str_t           name;       /* in JSON */
    const char         *what;       /* for the engine: what it is good for */
    unsigned            min;        /* texts in it; max 1: no array */
    unsigned            max;
    unsigned            longest;    /* as "count" counts */
    aif_copy_count_e    count;
    unsigned            lines:1;    /* may have several */
} aif_copy_field_t;


typedef struct {
    aif_str_t           name;
    const char         *what;
    unsigned            most;       /* variants at once: all have to fit into
                                       one stored text */
    unsigned            nfields;
    aif_copy_field_t    fields[AIF_COPY_MAX_FIELDS];
} aif_copy_kind_t;


/* A variant has one slot for each text that its fields may have, in order. */

typedef struct {
    const aif_copy_kind_t  *kind;
    unsigned                n;
    aif_str_t             (*texts)[AIF_COPY_MAX_SLOTS];    /* data NULL: none */
} aif_copy_t;


/*
 * aif_copy_kind(): the kind of that name, or NULL; aif_copy_kind_at(): the i-th
 * of them, NULL behind the last.
 *
 * aif_copy_length() is how long a well-formed text is for a platform.  Of a
 * tweet: an address with its scheme is 23, one without it at least that; an
 * emoji sequence is 2, whether the platform knows it or not; combining marks
 * are counted as they are, never less than the platform does.
 *
 * aif_copy_prompt() makes the prompt for n variants (1 to kind->most), named
 * "copy-KIND-n", in the arena: AIF_OK or AIF_NOMEM.
 *
 * aif_copy_read() reads {"variants":[...]}, an engine's or a stored one; what
 * else it has is passed over.  AIF_OK: exactly n whole variants, each text
 * within its limits, without white space around it, markup and controls;
 * AIF_BAD: not so, *fault set; AIF_NOMEM.  Texts are in the arena.
 *
 * aif_copy_write() appends the variants as a JSON array, in normal form.
 */

const aif_copy_kind_t *aif_copy_kind(const aif_str_t *name);
const aif_copy_kind_t *aif_copy_kind_at(size_t i);
size_t aif_copy_length(const aif_str_t *text, aif_copy_count_e count);
int aif_copy_prompt(const aif_copy_kind_t *kind, unsigned n, aif_arena_t *a,
    aif_prompt_t *prompt);
int aif_copy_read(const aif_copy_kind_t *kind, unsigned n,
    const aif_str_t *answer, aif_arena_t *a, aif_copy_t *copy,
    aif_guard_fault_t *fault);
void aif_copy_write(const aif_copy_t *copy, aif_buf_t *b);


#endif /* _AIF_COPY_H_INCLUDED_ */
