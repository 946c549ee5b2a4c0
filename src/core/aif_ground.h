
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * An answer that is written while it is read: how much of it may be shown,
 * because its sources say so.
 */


#ifndef _AIF_GROUND_H_INCLUDED_
#define _AIF_GROUND_H_INCLUDED_


#include "core/aif_guard.h"


#define AIF_GROUND_MAX_ANSWER    16000    /* bytes */
#define AIF_GROUND_MAX_SENTENCE  4096     /* bytes */
#define AIF_GROUND_MAX_SOURCES   32       /* that can be cited */
#define AIF_GROUND_MAX_CITATION  24       /* bytes, with its brackets */


/* The strings must stay as long as the answer is read. */

typedef struct {
    aif_str_t            facts;          /* the sources' texts, lines, as for */
    aif_str_t            machine;        /* aif_guard_invent(), and this */
    const aif_str_t     *source_locale;
    const aif_str_t     *target_locale;
    aif_str_t            unknown;        /* the word for "they don't say" */
    unsigned             nsources;
} aif_ground_conf_t;


typedef struct {
    const aif_ground_conf_t  *conf;
    aif_buf_t            text;           /* without citations, white space
                                            folded; lines are kept */
    size_t               told;           /* bytes of it that may be shown */
    uint32_t             cited;          /* bits: source i + 1 */
    unsigned             unknown:1;      /* the sources don't say */
    aif_guard_fault_t    fault;          /* of AIF_BAD; its fact is not set */

    aif_buf_t            raw;            /* as it came */
    aif_buf_t            check;
    aif_buf_t            digits;         /* the same, without number words */
    aif_buf_t            sources;
    aif_str_t            facts_all;      /* conf's, and those in words */
    aif_guard_named_t    named;          /* in them */
    size_t               read;           /* of raw */
    size_t               sentence;       /* where it begins in the text */
    size_t               word;           /* the one that has no end yet */
    size_t               before;         /* the one before it */
    size_t               piece;          /* from here on it is held */
    u_char               blank;          /* came, and is not in the text yet */
    unsigned             citation:1;     /* the same */
    unsigned             holds:1;        /* there is a piece */
    unsigned             stuck:1;        /* it failed; the sentence may not */
    unsigned             facts:1;        /* the sentence has some */
} aif_ground_t;


/*
 * aif_ground_init() begins; conf and arena must stay.
 *
 * aif_ground_feed() reads more of the answer, "last": there is no more.
 * AIF_MORE: text up to "told" may be shown; AIF_DONE: all of it, or with
 * "unknown" set, nothing.  AIF_BAD: it says what the sources don't ("fault"
 * says what kind of thing), or isn't UTF-8: what was shown of it is to be taken
 * back; AIF_LIMIT, the same: it is too long; AIF_NOMEM.  After all but AIF_MORE
 * it is not to be called again.
 * Where the answer was split decides when a byte may be shown, and nothing
 * else.
 */

void aif_ground_init(aif_ground_t *g, const aif_ground_conf_t *conf,
    aif_arena_t *a);
int aif_ground_feed(aif_ground_t *g, const aif_str_t *delta, int last);


#endif /* _AIF_GROUND_H_INCLUDED_ */
