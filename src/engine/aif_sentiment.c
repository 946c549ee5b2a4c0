
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Labels to one of three sentiments.  An answer comes from a service that is
 * not trusted; aif_label.c has judged its form.
 */


#include "engine/aif_sentiment.h"
#include "engine/aif_label.h"


static const aif_str_t  aif_sentiment_names[AIF_SENTIMENTS] = {
    aif_string("positive"), aif_string("neutral"), aif_string("negative")
};


static const aif_str_t  aif_sentiment_labels[] = {
    aif_string("positive"), aif_string("neutral"), aif_string("negative"),
    aif_string("pos"), aif_string("neu"), aif_string("neg"),
    aif_string("very positive"), aif_string("mixed"),
    aif_string("very negative"),
    aif_string("5 stars"), aif_string("3 stars"), aif_string("1 star"),
    aif_string("4 stars"), aif_string("3 star"), aif_string("2 stars")
};

#define AIF_SENTIMENT_LABELS                                                  \
    (sizeof(aif_sentiment_labels) / sizeof(aif_sentiment_labels[0]))


const aif_prompt_t  aif_sentiment_prompt = {
    aif_string("review"),
    aif_string("You read a review that a customer wrote in an online shop, and "
               "say whether the customer is satisfied: \"positive\", "
               "\"negative\", or \"neutral\" if neither is the case or both "
               "are. \"score\" is how sure you are, from 0 to 1."),
    aif_null_string, aif_null_string,
    aif_string("{\"type\":\"object\",\"properties\":{\"label\":{\"type\":"
               "\"string\",\"enum\":[\"positive\",\"neutral\",\"negative\"]},"
               "\"score\":{\"type\":\"number\"}},\"required\":[\"label\","
               "\"score\"],\"additionalProperties\":false}"),
    0, AIF_PROMPT_WRITE, AIF_PROMPT_OBJECT, 0, 0
};


int
aif_sentiment_read(const aif_str_t *answer, aif_arena_t *a,
    aif_sentiment_e *sentiment, unsigned *score)
{
    int       rc;
    size_t    i, best;
    unsigned  sums[AIF_SENTIMENTS];
    uint16_t  scores[AIF_SENTIMENT_LABELS];

    rc = aif_label_read(answer, aif_sentiment_labels, AIF_SENTIMENT_LABELS, a,
                        scores, &best);

    if (rc != AIF_OK) {
        return rc;
    }

    memset(sums, 0, sizeof(sums));

    for (i = 0; i < AIF_SENTIMENT_LABELS; i++) {
        sums[i % AIF_SENTIMENTS] += scores[i];
    }

    *sentiment = AIF_SENTIMENT_POSITIVE;

    if (sums[AIF_SENTIMENT_NEUTRAL] > sums[*sentiment]) {
        *sentiment = AIF_SENTIMENT_NEUTRAL;
    }

    if (sums[AIF_SENTIMENT_NEGATIVE] > sums[*sentiment]) {
        *sentiment = AIF_SENTIMENT_NEGATIVE;
    }

    *score = sums[*sentiment] < AIF_LABEL_UNIT ? sums[*sentiment]
                                               : AIF_LABEL_UNIT;

    return AIF_OK;
}


aif_str_t
aif_sentiment_name(aif_sentiment_e sentiment)
{
    return aif_sentiment_names[sentiment];
}
