
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A customer as the shop's back end describes him: what he bought and what he
 * wrote, to the text that a classifier reads.
 */


#ifndef _AIF_CUSTOMER_H_INCLUDED_
#define _AIF_CUSTOMER_H_INCLUDED_


#include "core/aif.h"


#define AIF_CUSTOMER_MAX_ID      256       /* bytes */
#define AIF_CUSTOMER_MAX_ITEMS   1000      /* orders, and reviews */
#define AIF_CUSTOMER_MAX_FIELD   1000      /* bytes of a title, category ... */
#define AIF_CUSTOMER_MAX_REVIEW  10000
#define AIF_CUSTOMER_MAX_TEXT    6000      /* of the text that is made */


typedef struct {
    aif_str_t    id;
    aif_str_t    text;           /* canonical text, one line for each order and
                                    review; the last ones, if not all fit */
    unsigned     norders;
    unsigned     nreviews;
} aif_customer_t;


/*
 * aif_customer_read() reads {"id": "...", "orders": [{"sku", "title",
 * "category", "price", "at"}], "reviews": ["..."]}.  An id is a string or a
 * whole number; prices are numbers or strings; all members of an order are
 * optional, but there must be an order or a review.  Members that it does not
 * know are passed over.
 *
 * The text has titles, categories and prices, and the reviews: no id, no
 * article number and no date.
 *
 * AIF_OK; AIF_BAD or AIF_LIMIT: *fault says in words what is wrong, without a
 * word of what was in the document; AIF_NOMEM.
 */

int aif_customer_read(const u_char *data, size_t len, aif_arena_t *a,
    aif_customer_t *customer, const char **fault);


#endif /* _AIF_CUSTOMER_H_INCLUDED_ */
