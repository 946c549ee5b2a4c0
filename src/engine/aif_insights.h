
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Insights: what the reviews of a product say, for the merchant.
 *
 * A record is lines of fields with tabs between them, canonical text: the
 * product, then its claims, as many as fit.
 *
 *     product  category  address  reviews  positive  neutral  negative
 *     aspect  battery  negative  7  The battery is weak.  Dead in a day
 *
 * A claim's last field is what one of its reviews says, cut behind a word.
 */


#ifndef _AIF_INSIGHTS_H_INCLUDED_
#define _AIF_INSIGHTS_H_INCLUDED_


#include "engine/aif_summary.h"


#define AIF_INSIGHTS_MAX        500      /* products of an answer */
#define AIF_INSIGHTS_FIELD      200      /* bytes of a name or an example */


/* Canonical text, but for the address, which may have any bytes. */

typedef struct {
    aif_str_t     product;       /* empty: the address is its name */
    aif_str_t     category;
    aif_str_t     address;
} aif_insights_product_t;


typedef struct {
    aif_str_t     text;
    unsigned      month;         /* 202611 */
} aif_insights_record_t;


typedef enum {
    AIF_INSIGHTS_JSON = 0,
    AIF_INSIGHTS_CSV,            /* RFC 4180, a line for each claim */
    AIF_INSIGHTS_HTML
} aif_insights_format_e;


typedef enum {
    AIF_INSIGHTS_BY_PRODUCT = 0, /* and month */
    AIF_INSIGHTS_BY_ASPECT,
    AIF_INSIGHTS_BY_CATEGORY,
    AIF_INSIGHTS_BY_PERIOD
} aif_insights_by_e;


/*
 * Parts of names, without regard to case; empty: any.  The period is as it was
 * asked for: it is the caller who chooses by it.
 */

typedef struct {
    aif_str_t     product;
    aif_str_t     category;
    aif_str_t     aspect;
    aif_str_t     period;
} aif_insights_filter_t;


/*
 * aif_insights_make() makes the record of a page of at most "max" bytes;
 * "answer" is the summary of "source", or data NULL: none.  AIF_OK, AIF_BAD
 * (no summary) or AIF_NOMEM.
 *
 * aif_insights_match() is whether a record is wanted.  aif_insights_write()
 * writes those that are, at most AIF_INSIGHTS_MAX of them, or what they have in
 * common (and a page has both): AIF_OK or AIF_NOMEM.  "more": there are others
 * besides the n.  What is no record is passed over.
 */

int aif_insights_make(const aif_insights_product_t *product,
    const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, size_t max, aif_arena_t *a,
    aif_str_t *record);
int aif_insights_match(const aif_str_t *record,
    const aif_insights_filter_t *filter);
int aif_insights_write(aif_insights_format_e format, aif_insights_by_e by,
    const aif_insights_record_t *records, size_t n, unsigned more,
    const aif_insights_filter_t *filter, aif_arena_t *a, aif_str_t *out);


#endif /* _AIF_INSIGHTS_H_INCLUDED_ */
