
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Labels with scores, as classifiers and chat models give them.
 */


#ifndef _AIF_LABEL_H_INCLUDED_
#define _AIF_LABEL_H_INCLUDED_


#include "core/aif.h"


#define AIF_LABEL_MAX       64         /* labels of one answer */
#define AIF_LABEL_UNIT      10000      /* a score of 1 */


/*
 * aif_label_read() reads an answer, [{"label": "gift", "score": 0.93}, ...] or
 * one such object, and sets scores[i] for each of the n names in "labels" (a
 * label of another name is passed over, one without a score has 1, one that is
 * not named 0; upper and lower case are one, in ASCII).  *best is the position
 * of the highest score.
 *
 * AIF_OK; AIF_BAD: no such answer, or it has none of the labels; AIF_LIMIT;
 * AIF_NOMEM.
 *
 * aif_label_valid(): may a label be called so?  1 to "max" bytes of a-z, 0-9,
 * "_" and "-".
 */

int aif_label_read(const aif_str_t *answer, const aif_str_t *labels, size_t n,
    aif_arena_t *a, uint16_t *scores, size_t *best);
int aif_label_valid(const aif_str_t *name, size_t max);


#endif /* _AIF_LABEL_H_INCLUDED_ */
