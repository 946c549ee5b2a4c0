
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The reviews that customers wrote on a product page.
 */


#ifndef _AIF_REVIEWS_H_INCLUDED_
#define _AIF_REVIEWS_H_INCLUDED_


#include "core/aif_walk.h"


#define AIF_REVIEWS_MAX        128      /* of a page, the first ones */
#define AIF_REVIEWS_MAX_TEXT   2000     /* bytes of one; cut behind a word */
#define AIF_REVIEWS_NO_RATING  255


typedef struct {
    aif_str_t     text;          /* canonical text, without placeholders */
    uint8_t       rating;        /* 0 (worst) to 100, or NO_RATING */
} aif_review_t;


typedef struct aif_reviews_s  aif_reviews_t;


/*
 * aif_reviews_create() makes the collector of one page in the arena (NULL: no
 * memory); page and arena must outlive it.  "groups" are the selector groups
 * whose elements each hold the words of one review; 0: there is no selector.
 * aif_reviews_handler() is to be given to aif_walk(); after it
 * aif_reviews_read() makes the list, in the order of the page, and says
 * whether there were more: AIF_OK or AIF_NOMEM.
 *
 * Elements come first; where a page has none, the reviews of the one product
 * that its JSON-LD is about; else those of its microdata.  Who wrote one and
 * when is never read: of elements, what is in <time>, <address>, a link or
 * property "author", or a class that has "author" in its name, is left out.
 * What has no letter is no review, nor what is in a <template>.
 */

aif_reviews_t *aif_reviews_create(const u_char *page, size_t len,
    uint32_t groups, aif_arena_t *a);
aif_walk_handler_t aif_reviews_handler(aif_reviews_t *reviews);
int aif_reviews_read(aif_reviews_t *reviews, const aif_review_t **list,
    size_t *n, unsigned *more);


#endif /* _AIF_REVIEWS_H_INCLUDED_ */
