
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Arithmetic of budgets.  A word has the period in its upper 24 bits and the
 * sum in the lower 40, so that a count of the last period is never taken for
 * one of this: the first who takes in a new period begins it, and of all who
 * come at the same time one succeeds with its exchange and the others look
 * again.  Whoever calls it holds the word, the clock and the limit.
 */


#include "core/aif_budget.h"


#define AIF_BUDGET_BITS    40
#define AIF_BUDGET_SUM     (((uint64_t) 1 << AIF_BUDGET_BITS) - 1)
#define AIF_BUDGET_NUMBER  0xffffffu           /* of a period */

/* bytes of UTF-8 text that are about a token, by the length of a character */

#define AIF_BUDGET_ASCII   4
#define AIF_BUDGET_SHORT   4                   /* two characters */


#define aif_budget_sum(word)     ((word) & AIF_BUDGET_SUM)
#define aif_budget_number(word)  ((word) >> AIF_BUDGET_BITS)

#define aif_budget_least(a, b)   ((a) < (b) ? (a) : (b))


static uint64_t aif_budget_current(uint64_t word, uint64_t now);


uint64_t
aif_budget_period(uint64_t second, unsigned length)
{
    return second / length & AIF_BUDGET_NUMBER;
}


/*
 * The period that counts: now, but for a clock that was set back a little.
 * That must not open the budget a second time.
 */

static uint64_t
aif_budget_current(uint64_t word, uint64_t now)
{
    uint64_t  ahead;

    ahead = (aif_budget_number(word) - now) & AIF_BUDGET_NUMBER;

    return ahead <= AIF_BUDGET_BACK ? aif_budget_number(word) : now;
}


uint64_t
aif_budget_begin(uint64_t period, uint64_t sum)
{
    return period << AIF_BUDGET_BITS | aif_budget_least(sum, AIF_BUDGET_SUM);
}


uint64_t
aif_budget_used(uint64_t word, uint64_t now)
{
    return aif_budget_current(word, now) == aif_budget_number(word)
           ? aif_budget_sum(word) : 0;
}


int
aif_budget_take(uint64_t word, uint64_t now, uint64_t limit, uint64_t amount,
    uint64_t *next, uint64_t *period)
{
    uint64_t  used;

    used = aif_budget_used(word, now);

    if (amount > limit || used > limit - amount) {
        return AIF_LIMIT;
    }

    *period = aif_budget_current(word, now);
    *next = aif_budget_begin(*period, used + amount);

    return AIF_OK;
}


uint64_t
aif_budget_settle(uint64_t word, uint64_t now, uint64_t period, uint64_t taken,
    uint64_t spent)
{
    uint64_t  used, current;

    spent = aif_budget_least(spent, AIF_BUDGET_AMOUNT);

    used = aif_budget_used(word, now);
    current = aif_budget_current(word, now);

    if (current == period) {
        used -= aif_budget_least(used, taken);
        return aif_budget_begin(current, used + spent);
    }

    if (spent > taken) {
        return aif_budget_begin(current, used + spent - taken);
    }

    return word;
}


/* in two parts, as the whole product may be too large */

uint64_t
aif_budget_cost(uint64_t amount, uint64_t price)
{
    amount = aif_budget_least(amount, AIF_BUDGET_AMOUNT);

    return amount * (price / 1000) + amount * (price % 1000) / 1000;
}


uint64_t
aif_budget_characters(const aif_str_t *text)
{
    size_t    i;
    uint64_t  n;

    n = 0;

    for (i = 0; i < text->len; i++) {
        n += (text->data[i] & 0xc0) != 0x80;
    }

    return n;
}


/*
 * Vocabularies know English best: four letters a token there, two of the other
 * alphabets, and about one ideograph or syllable.
 */

uint64_t
aif_budget_tokens(const aif_str_t *text)
{
    size_t    i;
    uint64_t  ascii, two, more;

    ascii = two = more = 0;

    for (i = 0; i < text->len; i++) {

        if (text->data[i] < 0x80) {
            ascii++;

        } else if (text->data[i] >= 0xe0) {
            more++;

        } else if (text->data[i] >= 0xc0) {
            two += 2;
        }
    }

    return (ascii + AIF_BUDGET_ASCII - 1) / AIF_BUDGET_ASCII
           + (two + AIF_BUDGET_SHORT - 1) / AIF_BUDGET_SHORT + more;
}
