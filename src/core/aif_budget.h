
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What may be spent in a minute and in a day: a count that begins anew with
 * each period, in one word, so that whoever shares it among processes changes
 * it by one exchange.  No clock and no memory of its own.
 */


#ifndef _AIF_BUDGET_H_INCLUDED_
#define _AIF_BUDGET_H_INCLUDED_


#include "core/aif.h"


/* periods: seconds; they begin where the UTC minute and day begin */

#define AIF_BUDGET_MINUTE  60
#define AIF_BUDGET_DAY     86400

/* the largest limit, amount of one call, and price */

#define AIF_BUDGET_LIMIT   1000000000000ULL
#define AIF_BUDGET_AMOUNT  1000000000ULL
#define AIF_BUDGET_PRICE   10000000000000ULL   /* millionths */

/* periods that the clock may fall back by without a new count */

#define AIF_BUDGET_BACK    5


/*
 * A word is a period's number and what is used in it; 0 has nothing used.
 * "now" is aif_budget_period() of the UTC second and the period's length.
 *
 * aif_budget_used() is what a word says for now.  aif_budget_begin() is the
 * word of a period with "sum".
 *
 * aif_budget_take() makes in *next the word after "amount" was taken out of
 * "limit", and in *period the one it was taken from: AIF_OK, or AIF_LIMIT if
 * that much is not left.
 *
 * aif_budget_settle() is the word after "taken", of that period, turned out to
 * be "spent".  What was spent over what was taken counts now, if that period
 * is over; what was spared in a period that is over is lost.
 *
 * aif_budget_cost() is the price of an amount in billionths, "price" being
 * that of a million in millionths.
 */

uint64_t aif_budget_period(uint64_t second, unsigned length);
uint64_t aif_budget_used(uint64_t word, uint64_t now);
uint64_t aif_budget_begin(uint64_t period, uint64_t sum);
int aif_budget_take(uint64_t word, uint64_t now, uint64_t limit,
    uint64_t amount, uint64_t *next, uint64_t *period);
uint64_t aif_budget_settle(uint64_t word, uint64_t now, uint64_t period,
    uint64_t taken, uint64_t spent);
uint64_t aif_budget_cost(uint64_t amount, uint64_t price);


/*
 * Size of a text as services count it: aif_budget_characters() is exact (code
 * points), aif_budget_tokens() a guess of what a tokenizer makes of it, which
 * is no bound.  A text never has more tokens than bytes.
 */

uint64_t aif_budget_characters(const aif_str_t *text);
uint64_t aif_budget_tokens(const aif_str_t *text);


#endif /* _AIF_BUDGET_H_INCLUDED_ */
