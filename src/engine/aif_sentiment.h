
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a classifier or a chat model thinks of a review: good, bad or neither.
 */


#ifndef _AIF_SENTIMENT_H_INCLUDED_
#define _AIF_SENTIMENT_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_prompt.h"


typedef enum {
    AIF_SENTIMENT_POSITIVE = 0,
    AIF_SENTIMENT_NEUTRAL,
    AIF_SENTIMENT_NEGATIVE,
    AIF_SENTIMENTS
} aif_sentiment_e;


/* What a chat model is asked; its answers are as classifiers give them. */

extern const aif_prompt_t  aif_sentiment_prompt;


/*
 * aif_sentiment_read() reads an answer as aif_label.h does.  Classifiers have
 * names of their own for the three ("pos", "1 star" to "5 stars"): what
 * several of them say is added.  *score is that of the best, in
 * AIF_LABEL_UNIT.  AIF_OK, AIF_BAD (none of the names is in it), AIF_LIMIT or
 * AIF_NOMEM.
 *
 * aif_sentiment_name(): "positive", "neutral", "negative".
 */

int aif_sentiment_read(const aif_str_t *answer, aif_arena_t *a,
    aif_sentiment_e *sentiment, unsigned *score);
aif_str_t aif_sentiment_name(aif_sentiment_e sentiment);


#endif /* _AIF_SENTIMENT_H_INCLUDED_ */
