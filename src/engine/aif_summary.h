
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The summary of a product's reviews: what a chat model is given, what it must
 * answer, and what of its answer a visitor may read.
 *
 * The source is canonical text: the counts, then the reviews sorted by bytes
 * and numbered from 1, each with what the classifier said:
 *
 *     reviews: 3, positive: 2, neutral: 0, negative: 1
 *     1 negative: Runs small.
 *     2 positive: Nice and warm, ...
 *     3 positive: Very warm
 *
 * Long ones are cut behind a word (" ..." says so), all to the same length, so
 * that all of them fit.  The answer is JSON: a sentence, the counts, and
 * claims, each with the reviews that make it and words that stand in them:
 *
 *     {"summary":"...","counts":{"reviews":3,"positive":2,...},
 *      "claims":[{"kind":"aspect","about":"warmth","sentiment":"positive",
 *                 "text":"...","count":2,"reviews":[2,3],"words":["warm"]}]}
 *
 * Numbers that visitors read are never the model's: they are counted anew over
 * the reviews that the page has.
 */


#ifndef _AIF_SUMMARY_H_INCLUDED_
#define _AIF_SUMMARY_H_INCLUDED_


#include "core/aif_claim.h"
#include "engine/aif_sentiment.h"


#define AIF_SUMMARY_MIN          3       /* reviews: of fewer there is none */
#define AIF_SUMMARY_MAX          128
#define AIF_SUMMARY_MAX_SOURCE   15000   /* bytes */
#define AIF_SUMMARY_MAX_CLAIMS   12
#define AIF_SUMMARY_MAX_WORDS    8       /* of a claim */
#define AIF_SUMMARY_MAX_CLAIM    300     /* bytes of a claim's text */
#define AIF_SUMMARY_MAX_TEXT     800     /* of the sentence */

/* A claim is made by so many reviews, or by so many per cent of them. */

#define AIF_SUMMARY_SUPPORT      3
#define AIF_SUMMARY_SHARE        5

/* A voice of more than so many per cent must be heard. */

#define AIF_SUMMARY_MINORITY     10


extern const aif_prompt_t  aif_summary_prompt;


typedef struct {
    aif_str_t          text;         /* canonical text */
    aif_sentiment_e    sentiment;
} aif_summary_review_t;


/*
 * aif_summary_source() makes the source of n reviews (at most AIF_SUMMARY_MAX
 * are read), which it sorts: AIF_OK, AIF_BAD (there are less than
 * AIF_SUMMARY_MIN) or AIF_NOMEM.
 *
 * aif_summary_changed(): how many per cent of the reviews of an older source
 * are not among the n (as they were, with the same sentiment), or of the n not
 * in it, whichever are more; over 100 for what is no source.
 *
 * aif_summary_check() says whether an answer may be stored: AIF_OK, AIF_NOMEM,
 * or AIF_BAD with *fault set: AIF_GUARD_SUPPORT (false counts, a claim that too
 * few reviews make, words that don't stand in them, praise most of whose
 * reviews are negative, a sentiment of over AIF_SUMMARY_MINORITY per cent of
 * the reviews that no claim has),
 * AIF_GUARD_NUMBER for a number in the sentence, or what aif_claim_check()
 * says of a text beside the reviews that it is of.
 *
 * aif_summary_text() makes what visitors read of a stored answer: canonical
 * text of points with "|" between them, the counts first.  Claims are counted
 * over the n reviews of the page; those that lost their support are left out.
 * "more": the page has others, too, which "128+" says.
 * AIF_OK; AIF_NOMEM; or AIF_BAD: nothing may be shown.
 *
 * aif_summary_lines() appends the same claims, those of one aspect
 * (aif_aspect.h), kind and sentiment as one, as lines, a line feed before each:
 * kind, aspect, sentiment, count, text, and what one of the reviews says (at
 * most "max" bytes), with tabs between them.
 */

int aif_summary_source(aif_summary_review_t *reviews, size_t n,
    aif_arena_t *a, aif_str_t *source);
unsigned aif_summary_changed(const aif_str_t *source,
    const aif_summary_review_t *reviews, size_t n);
int aif_summary_check(const aif_str_t *source, const aif_str_t *answer,
    const aif_claim_t *claims, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_arena_t *a, aif_guard_fault_t *fault);
int aif_summary_lines(const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, size_t max, aif_arena_t *a,
    aif_buf_t *b);
int aif_summary_text(const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, unsigned more,
    const aif_str_t *locale, aif_arena_t *a, aif_str_t *text);


#endif /* _AIF_SUMMARY_H_INCLUDED_ */
