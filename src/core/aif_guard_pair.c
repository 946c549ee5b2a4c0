
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Whether a number, date or currency of the source and one of the target are
 * the same fact.  It compares two, and searches nothing but a currency that
 * stands apart.  Only aif_guard_match.c calls it.
 */


#include "core/aif_guard_facts.h"


static int aif_guard_pair_affixes(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b);
static int aif_guard_pair_unit(const aif_guard_pair_t *pair,
    const aif_guard_fact_t *a, const aif_guard_fact_t *b);
static int aif_guard_pair_currency(const aif_guard_pair_t *pair, unsigned a,
    unsigned b);
static int aif_guard_pair_pool(aif_guard_pair_t *pair, aif_guard_facts_t *f,
    unsigned a, unsigned b);
static int aif_guard_pair_times(const aif_guard_fact_t *a,
    const aif_guard_fact_t *b);
static int aif_guard_pair_hour(const aif_guard_fact_t *a,
    const aif_guard_fact_t *b);


int
aif_guard_pair_same(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b)
{
    (void) pair;

    return a->value == b->value && a->kind == b->kind && a->scale == b->scale
           && a->zeros == b->zeros && a->unit == b->unit
           && a->money == b->money && a->times == b->times
           && ((a->flags ^ b->flags) & AIF_FACT_NEGATIVE) == 0;
}


int
aif_guard_pair_like(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b)
{
    if (a->kind != b->kind) {
        return 0;
    }

    switch (a->kind) {

    case AIF_FACT_MONEY:
        return aif_guard_pair_currency(pair, a->money, b->money);

    case AIF_FACT_MONTH:
        return a->value == b->value;

    default:
        return aif_guard_pair_value(a, b) && aif_guard_pair_affixes(pair, a, b);
    }
}


int
aif_guard_pair_other(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b)
{
    return a->kind == AIF_FACT_NUMBER && b->kind == AIF_FACT_NUMBER
           && ((a->flags ^ b->flags) & AIF_FACT_NEGATIVE) == 0
           && (aif_guard_pair_times(a, b) || aif_guard_pair_hour(a, b))
           && aif_guard_pair_affixes(pair, a, b);
}


int
aif_guard_pair_value(const aif_guard_fact_t *a, const aif_guard_fact_t *b)
{
    uint64_t  value;

    if ((a->flags ^ b->flags) & AIF_FACT_NEGATIVE) {
        return 0;
    }

    if (a->value == b->value) {
        return a->scale == b->scale && a->zeros == b->zeros;
    }

    /* 05/12/2024 in plain "en" may be the fifth or the twelfth */

    if (a->kind == AIF_FACT_DATE
        && ((a->flags | b->flags) & AIF_FACT_EITHER) != 0)
    {
        value = a->value % 10000;
        value = a->value - value + value % 100 * 100 + value / 100;

        return value == b->value;
    }

    return 0;
}


static int
aif_guard_pair_affixes(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b)
{
    return aif_guard_pair_unit(pair, a, b) && aif_guard_pair_money(pair, a, b);
}


static int
aif_guard_pair_unit(const aif_guard_pair_t *pair, const aif_guard_fact_t *a,
    const aif_guard_fact_t *b)
{
    unsigned  s, t;

    s = a->unit;
    t = b->unit;

    if (s == t) {
        return 1;
    }

    /* a unit that is only likely may as well be none */

    if (a->flags & AIF_FACT_WEAK) {
        s = AIF_UNIT_NONE;
    }

    if (b->flags & AIF_FACT_WEAK) {
        t = AIF_UNIT_NONE;
    }

    if (s != AIF_UNIT_NONE && t != AIF_UNIT_NONE) {
        return 0;
    }

    if (s != AIF_UNIT_NONE && !(a->flags & AIF_FACT_SOFT)) {
        return s != AIF_UNIT_PERCENT && pair->t->locale->words == NULL
               && (b->flags & AIF_FACT_WORD);
    }

    if (t != AIF_UNIT_NONE && !(b->flags & AIF_FACT_SOFT)) {
        return t != AIF_UNIT_PERCENT && pair->s->locale->words == NULL
               && (a->flags & AIF_FACT_WORD);
    }

    return 1;
}


int
aif_guard_pair_money(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b)
{
    unsigned  s, t;

    s = a->money;
    t = b->money;

    if (s == t || aif_guard_pair_currency(pair, s, t)) {
        return 1;
    }

    if (a->flags & AIF_FACT_WEAK_MONEY) {
        s = AIF_MONEY_NONE;
    }

    if (b->flags & AIF_FACT_WEAK_MONEY) {
        t = AIF_MONEY_NONE;
    }

    if (s != AIF_MONEY_NONE && t != AIF_MONEY_NONE) {
        return 0;
    }

    if (s != AIF_MONEY_NONE) {
        return ((a->flags & AIF_FACT_NAME) && pair->t->locale->words == NULL
                && (b->flags & AIF_FACT_WORD))
               || aif_guard_pair_pool(pair, pair->t, s, 0);
    }

    if (t != AIF_MONEY_NONE) {
        return ((b->flags & AIF_FACT_NAME) && pair->s->locale->words == NULL
                && (a->flags & AIF_FACT_WORD))
               || aif_guard_pair_pool(pair, pair->s, 0, t);
    }

    return 1;
}


/*
 * Whether the target's currency may stand for the source's.  What a sign or
 * word leaves open may be said, if the source's locale says it; what is said
 * may not be left open: "US$" is not "$".
 */

static int
aif_guard_pair_currency(const aif_guard_pair_t *pair, unsigned s, unsigned t)
{
    unsigned  yen;

    if (s == t) {
        return 1;
    }

    yen = pair->s->locale->yen;

    switch (s) {

    case AIF_MONEY_DOLLAR:
        return (t == AIF_MONEY_USD || t == AIF_MONEY_DOLLARS)
               && pair->s->locale->dollar;

    case AIF_MONEY_DOLLARS:
        return t == AIF_MONEY_DOLLAR
               || (t == AIF_MONEY_USD && pair->s->locale->dollar);

    case AIF_MONEY_USD:
        return t == AIF_MONEY_DOLLARS;

    case AIF_MONEY_YEN:
        return (t == AIF_MONEY_JPY && yen != AIF_MONEY_CNY)
               || (t == AIF_MONEY_CNY && yen != AIF_MONEY_JPY);

    case AIF_MONEY_JPY:
    case AIF_MONEY_CNY:
        return t == AIF_MONEY_YEN;

    case AIF_MONEY_CROWN:
        return t == AIF_MONEY_SEK || t == AIF_MONEY_NOK || t == AIF_MONEY_DKK;

    case AIF_MONEY_SEK:
    case AIF_MONEY_NOK:
    case AIF_MONEY_DKK:
        return t == AIF_MONEY_CROWN;

    default:
        return 0;
    }
}


/*
 * Takes a currency that stands apart: "$5 million", "5 millones de $".  They
 * only get fewer, so that each is looked for in vain no more than once.
 */

static int
aif_guard_pair_pool(aif_guard_pair_t *pair, aif_guard_facts_t *f, unsigned s,
    unsigned t)
{
    size_t             i;
    uint8_t           *none;
    aif_guard_fact_t  *fact;

    none = s ? &pair->none[0][s] : &pair->none[1][t];

    if (*none) {
        return 0;
    }

    for (i = 0; i < f->n; i++) {
        fact = &f->facts[i];
        pair->t->work++;

        if (fact->kind == AIF_FACT_MONEY && aif_guard_free(fact)
            && aif_guard_pair_currency(pair, s ? s : fact->money,
                                        t ? t : fact->money))
        {
            fact->flags |= AIF_FACT_USED;
            return 1;
        }
    }

    *none = 1;

    return 0;
}


/* 10,000 and 1万, 1.5 million and 150万. */

static int
aif_guard_pair_times(const aif_guard_fact_t *a, const aif_guard_fact_t *b)
{
    int       power;
    uint64_t  value;

    if (a->times == b->times || a->zeros != b->zeros) {
        return 0;
    }

    /* bring both to the smaller power of ten */

    power = (a->times - a->scale) - (b->times - b->scale);
    value = power > 0 ? a->value : b->value;

    if (power < 0) {
        power = -power;

    } else {
        a = b;
    }

    for ( /* void */ ; power != 0; power--) {

        if (value > UINT64_MAX / 10) {
            return 0;
        }

        value *= 10;
    }

    return value == a->value;
}


/* 5 pm and 17. */

static int
aif_guard_pair_hour(const aif_guard_fact_t *a, const aif_guard_fact_t *b)
{
    uint64_t                 hour;
    const aif_guard_fact_t  *swap;

    if (!(a->flags & (AIF_FACT_AM | AIF_FACT_PM))) {
        swap = a;
        a = b;
        b = swap;
    }

    if (a->scale != 0 || b->scale != 0 || a->value > 12
        || (b->flags & (AIF_FACT_AM | AIF_FACT_PM)))
    {
        return 0;
    }

    hour = a->value % 12;

    if (a->flags & AIF_FACT_PM) {
        hour += 12;

    } else if (!(a->flags & AIF_FACT_AM)) {
        return 0;
    }

    return hour == b->value;
}
