
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the two files of summaries: the source, read again.
 */


#ifndef _AIF_SUMMARY_SOURCE_H_INCLUDED_
#define _AIF_SUMMARY_SOURCE_H_INCLUDED_


#include "engine/aif_summary.h"


typedef struct {
    aif_str_t          text;         /* without " ..." */
    aif_sentiment_e    sentiment;
    unsigned           cut:1;
} aif_summary_line_t;


typedef struct {
    size_t             n;
    size_t             counts[AIF_SENTIMENTS];
    aif_summary_line_t lines[AIF_SUMMARY_MAX];
} aif_summary_source_t;


/*
 * aif_summary_source_read(): AIF_OK, or AIF_BAD for what is no source.
 *
 * aif_summary_source_match() finds each line's review among the n (a review is
 * one line's), sets there[] by line, and returns how many lines have one.
 */

int aif_summary_source_read(const aif_str_t *source,
    aif_summary_source_t *read);
size_t aif_summary_source_match(const aif_summary_source_t *source,
    const aif_summary_review_t *reviews, size_t n, u_char *there);


#endif /* _AIF_SUMMARY_SOURCE_H_INCLUDED_ */
