
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Numbers with what belongs to them: sign, currency on either side, unit, per
 * cent, month, hours.  It finds them; aif_guard.c compares.  Only
 * aif_guard_scan.c and aif_guard_token.c call it.
 *
 * Inline tags may stand between a number and its sign, as in
 * "$<g1>50</g1> / kg", since shops set the two in different sizes.
 */


#include "core/aif_guard_facts.h"

#include "core/aif_utf8.h"


#define AIF_GUARD_WORD_AHEAD                                                   \
    (AIF_GUARD_WORD_MONEY | AIF_GUARD_WORD_BEFORE | AIF_GUARD_WORD_MONTH      \
     | AIF_GUARD_WORD_MINUS)

#define AIF_GUARD_ODD_NUMBER  1000000     /* not a fraction */


static const u_char *aif_guard_amount_add(aif_guard_facts_t *f,
    aif_guard_fact_t *fact, const u_char *p, const u_char *last);
static const u_char *aif_guard_amount_before(aif_guard_facts_t *f,
    aif_guard_fact_t *fact, const u_char *p, const aif_guard_word_t **month,
    const u_char **at);
static const u_char *aif_guard_amount_minus(aif_guard_facts_t *f,
    const u_char *p);
static void aif_guard_amount_named(aif_guard_facts_t *f,
    const aif_guard_word_t *month, const u_char *at);
static void aif_guard_amount_clock(aif_guard_facts_t *f);
static void aif_guard_amount_chain(aif_guard_facts_t *f);
static int aif_guard_amount_linked(aif_guard_facts_t *f,
    const aif_guard_fact_t *a, const aif_guard_fact_t *b);
static int aif_guard_amount_code(aif_guard_facts_t *f, const u_char *start,
    const u_char *p);
static int aif_guard_amount_single(aif_guard_facts_t *f, const u_char *p);


/* Vulgar fractions as 1000 * first + second, from U+2150 on. */

static const uint16_t  aif_guard_fractions[] = {
    1007, 1009, 1010, 1003, 2003, 1005, 2005, 3005, 4005, 1006, 5006, 1008,
    3008, 5008, 7008
};


/* What stands between the ends of a range, or between measures. */

static const char *const  aif_guard_links[] = {
    "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x91", "\xef\xbd\x9e",
    "\xe3\x80\x9c", NULL
};


const u_char *
aif_guard_amount_digit(aif_guard_facts_t *f, const u_char *p)
{
    size_t                   len;
    const u_char            *start, *last;
    aif_guard_fact_t         fact;
    const aif_guard_word_t  *w;

    memset(&fact, 0, sizeof(aif_guard_fact_t));

    if (*p == '.') {
        last = aif_guard_number(&fact, p + 1, f->end, f->locale, 1);

        if (fact.kind == AIF_FACT_NUMBER) {
            fact.zeros = 0;
            fact.scale = fact.digits;

            while (fact.scale != 0 && fact.value % 10 == 0) {
                fact.value /= 10;
                fact.scale--;
            }
        }

        return aif_guard_amount_add(f, &fact, p, last);
    }

    start = *p < 0x80 ? aif_guard_token_code_before(f, p) : p;

    if (start != p) {
        w = aif_guard_word_before(f->locale, f->floor, p, AIF_GUARD_WORD_CODE,
                                  &len);

        if (w == NULL && (p - start != 1 || *start != 'X')) {
            return aif_guard_token_code(f, start, p);
        }
    }

    last = aif_guard_number(&fact, p, f->end, f->locale,
                            aif_guard_amount_single(f, p));

    if (fact.kind == AIF_FACT_NUMBER && fact.digits <= 2
        && last - p == fact.digits + 3 && p[fact.digits] == '.'
        && aif_guard_word(f->locale, aif_guard_affix_gap(last, f->end), f->end,
                          AIF_GUARD_WORD_HOUR, &len) != NULL)
    {
        /* "18.30 Uhr" */

        last = aif_guard_number(&fact, p, f->end, f->locale, 1);
    }

    if (fact.kind == AIF_FACT_CODE
        || (fact.kind != AIF_FACT_DATE && aif_guard_amount_code(f, p, last)))
    {
        return aif_guard_token_code(f, p - aif_guard_token_lower(f, p), last);
    }

    return aif_guard_amount_add(f, &fact, p, last);
}


/* Digits that aren't decimal digits: fractions, raised, lowered, circled. */

uint64_t
aif_guard_amount_odd_value(uint32_t cp)
{
    switch (cp) {

    case 0xb2:
    case 0xb3:
        return AIF_GUARD_ODD_NUMBER + cp - 0xb0;

    case 0xb9:
        return AIF_GUARD_ODD_NUMBER + 1;

    case 0xbc:
        return 1004;

    case 0xbd:
        return 1002;

    case 0xbe:
        return 3004;
    }

    if (cp >= 0x2150 && cp <= 0x215e) {
        return aif_guard_fractions[cp - 0x2150];
    }

    if ((cp >= 0x2074 && cp <= 0x2079) || cp == 0x2070) {
        return AIF_GUARD_ODD_NUMBER + cp - 0x2070;
    }

    if (cp >= 0x2080 && cp <= 0x2089) {
        return AIF_GUARD_ODD_NUMBER + cp - 0x2080;
    }

    if (cp >= 0x2460 && cp <= 0x2473) {
        return AIF_GUARD_ODD_NUMBER + cp - 0x245f;
    }

    return 0;
}


const u_char *
aif_guard_amount_odd(aif_guard_facts_t *f, const u_char *p,
    const u_char *last, uint32_t cp)
{
    uint64_t           value;
    const u_char      *q;
    aif_guard_fact_t   fact, *added;

    value = aif_guard_amount_odd_value(cp);

    if (value < AIF_GUARD_ODD_NUMBER) {
        memset(&fact, 0, sizeof(aif_guard_fact_t));
        fact.kind = AIF_FACT_FRACTION;
        fact.value = value;

        return aif_guard_amount_add(f, &fact, p, last);
    }

    /* behind a letter it is part of a word: "m²", "CO₂" */

    for (q = p; q > f->text && (q[-1] & 0xc0) == 0x80; q--) {
        f->work++;
    }

    if (q > f->text && (aif_guard_token_class(q[-1]) & AIF_GUARD_ALPHA)) {
        return last;
    }

    added = aif_guard_token_add(f, AIF_FACT_NUMBER, p, last);
    if (added) {
        added->value = value - AIF_GUARD_ODD_NUMBER;
    }

    return last;
}


/* A currency sign: before a number, or alone (behind one it is taken). */

const u_char *
aif_guard_amount_money(aif_guard_facts_t *f, const u_char *p)
{
    size_t                   len;
    const u_char            *start, *last, *q;
    aif_guard_fact_t        *fact;
    const aif_guard_word_t  *w;

    if (*p == '$' && f->end - p >= 2 && p[1] == '{') {
        return aif_guard_token_brace(f, p + 1);
    }

    last = p;
    (void) aif_utf8_decode(&last, f->end);

    /* "US$" */

    for (start = p; start > f->floor && p - start < 3
                    && (aif_guard_token_class(start[-1]) & AIF_GUARD_ALPHA);
         start--)
    {
        /* void */
    }

    if (start != p && start > f->text && aif_guard_token_class(start[-1])) {
        start = p;
    }

    w = aif_guard_word(f->locale, start, f->end, AIF_GUARD_WORD_CODE, &len);

    if (start != p && (w == NULL || start + len != last)) {
        start = p;
        w = aif_guard_word(f->locale, p, f->end, AIF_GUARD_WORD_CODE, &len);
    }

    q = aif_guard_affix_gap(last, f->end);

    if (aif_guard_affix_at_digit(q, f->end)) {
        f->before = q;
        f->before_start = start;
        f->before_money = w ? w->id : AIF_MONEY_OTHER;
        f->before_unit = AIF_UNIT_NONE;
        return last;
    }

    fact = aif_guard_token_add(f, AIF_FACT_MONEY, start, last);
    if (fact) {
        fact->money = w ? w->id : AIF_MONEY_OTHER;
    }

    return last;
}


/* "%": a placeholder, or before a number, as in Turkish. */

const u_char *
aif_guard_amount_per(aif_guard_facts_t *f, const u_char *p)
{
    const u_char  *last;

    if (*p == '%') {
        last = aif_guard_token_printf(f, p);

        if (last != p) {
            return last;
        }
    }

    last = p;
    (void) aif_utf8_decode(&last, f->end);

    if (aif_guard_affix_at_digit(last, f->end)) {
        f->before = last;
        f->before_start = p;
        f->before_money = AIF_MONEY_NONE;
        f->before_unit = AIF_UNIT_PERCENT;
    }

    return last;
}


/* Adds the number whose digits are from p to last, with all around it. */

static const u_char *
aif_guard_amount_add(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const u_char *p, const u_char *last)
{
    const u_char            *start, *end, *at[2];
    aif_guard_fact_t        *added;
    const aif_guard_word_t  *month[2];

    month[0] = NULL;
    month[1] = NULL;

    start = aif_guard_amount_before(f, fact, p, &month[0], &at[0]);
    end = aif_guard_affix_after(f, fact, last, &month[1], &at[1]);

    f->before = NULL;

    if (month[0]) {
        aif_guard_amount_named(f, month[0], at[0]);
    }

    added = aif_guard_token_add(f, AIF_FACT_NUMBER, start, end);
    if (added == NULL) {
        return last;
    }

    fact->start = added->start;
    fact->end = added->end;
    fact->first = p - f->text;
    fact->last = last - f->text;

    *added = *fact;

    if (fact->kind == AIF_FACT_NUMBER) {
        aif_guard_amount_clock(f);
    }

    aif_guard_amount_chain(f);

    if (month[1]) {
        aif_guard_amount_named(f, month[1], at[1]);
        f->floor = end;
    }

    return last;
}


static const u_char *
aif_guard_amount_before(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const u_char *p, const aif_guard_word_t **month, const u_char **at)
{
    size_t                   len;
    const u_char            *start, *q;
    const aif_guard_word_t  *w;

    start = aif_guard_amount_minus(f, p);

    if (f->before != NULL && (f->before == start || f->before == p)) {
        fact->money = f->before_money;
        fact->unit = f->before_unit;
        q = start;
        start = aif_guard_amount_minus(f, f->before_start);

        if (q != p || start != f->before_start) {
            fact->flags |= AIF_FACT_NEGATIVE;
        }

        return start;
    }

    if (start != p) {
        fact->flags |= AIF_FACT_NEGATIVE;
    }

    q = start - aif_guard_affix_blank_before(f->floor, start);

    w = aif_guard_word_before(f->locale, f->floor, q, AIF_GUARD_WORD_AHEAD,
                              &len);
    f->work += len;

    if (w == NULL) {

        /* "mayo de 2024" */

        if (len == 0 || len > 3 || q - len == f->floor
            || *(q - len - 1) != ' ')
        {
            return start;
        }

        q -= len + 1;

        w = aif_guard_word_before(f->locale, f->floor, q, AIF_GUARD_WORD_MONTH,
                                  &len);
        f->work += len;

        if (w == NULL) {
            return start;
        }
    }

    switch (w->how) {

    case AIF_GUARD_WORD_MONTH:
        if (w->id != 0) {
            *month = w;
            *at = q - len;
        }

        return start;

    case AIF_GUARD_WORD_MINUS:
        fact->flags |= AIF_FACT_NEGATIVE;
        break;

    case AIF_GUARD_WORD_BEFORE:
        fact->unit = w->id;
        break;

    case AIF_GUARD_WORD_NAME:
        fact->flags |= AIF_FACT_NAME;

        /* fall through */

    default:
        fact->money = w->id;
    }

    return q - len;
}


/*
 * A minus sign right before p: the hyphen is one only where a word could begin
 * and no range is meant.  Returns where it begins, or p.
 */

static const u_char *
aif_guard_amount_minus(aif_guard_facts_t *f, const u_char *p)
{
    const u_char  *q;

    if (p - f->text >= 3 && p[-3] == 0xe2
        && ((p[-2] == 0x88 && p[-1] == 0x92)
            || (p[-2] == 0x80 && p[-1] == 0x93)))
    {
        q = p - 3;

    } else if (p - f->text >= 1 && p[-1] == '-') {
        q = p - 1;

    } else {
        return p;
    }

    if (q < f->floor) {
        return p;
    }

    if (q == f->text) {
        return q;
    }

    /* "10 -15", "<g1>10</g1>-15" */

    if (f->floor != f->text && aif_guard_affix_gap(f->floor, f->end) == q) {
        return p;
    }

    if (aif_guard_affix_blank_before(f->floor, q) != 0
        || q[-1] == '(' || q[-1] == '[' || q[-1] == '>' || q[-1] == '/'
        || q[-1] == ':' || (q - f->text >= 3 && q[-3] >= 0xe3))
    {
        return q;
    }

    return p;
}


/* Adds a month, once for both numbers in "12 May 2024". */

static void
aif_guard_amount_named(aif_guard_facts_t *f, const aif_guard_word_t *month,
    const u_char *at)
{
    size_t             i;
    const u_char      *floor;
    aif_guard_fact_t  *fact;

    for (i = f->n; i > 0 && f->n - i < 2; i--) {
        fact = &f->facts[i - 1];

        if (fact->kind == AIF_FACT_MONTH && fact->start == at - f->text) {
            return;
        }
    }

    floor = f->floor;

    fact = aif_guard_token_add(f, AIF_FACT_MONTH, at, at + month->len);
    if (fact) {
        fact->value = month->id;
    }

    f->floor = floor;
}


/*
 * 5:30 pm, 17:00, 17h00: the minutes of a full hour may be left out, the hour
 * may be called one, and it is "pm" although the minutes stand between.
 */

static void
aif_guard_amount_clock(aif_guard_facts_t *f)
{
    unsigned           half;
    const u_char      *p;
    aif_guard_fact_t  *fact, *hour;

    fact = &f->facts[f->n - 1];
    half = fact->flags & (AIF_FACT_AM | AIF_FACT_PM);
    p = f->text + fact->first;

    if (f->n > 1 && fact->digits == 2 && p > f->text
        && (p[-1] == ':' || p[-1] == '.' || p[-1] == 'h'))
    {
        hour = fact - 1;

        if (hour->kind == AIF_FACT_NUMBER && hour->last + 1 == fact->first
            && hour->scale == 0 && hour->value <= 24)
        {
            hour->flags |= half;

            if (hour->unit == AIF_UNIT_NONE || p[-1] == 'h') {
                hour->unit = AIF_UNIT_H;
                hour->flags |= AIF_FACT_WEAK;
            }

            if (fact->value == 0) {
                fact->flags |= AIF_FACT_OPTIONAL;
            }

            return;
        }
    }

    if (half && fact->unit == AIF_UNIT_NONE) {
        fact->unit = AIF_UNIT_H;
        fact->flags |= AIF_FACT_WEAK;
    }
}


/*
 * "30 x 40 cm", "$10-20": what one number has, its neighbour may have too.
 * "1 299" may be one number.
 */

static void
aif_guard_amount_chain(aif_guard_facts_t *f)
{
    size_t             i;
    aif_guard_fact_t  *fact, *prev;

    if (f->n < 2) {
        return;
    }

    fact = &f->facts[f->n - 1];
    prev = fact - 1;

    if (prev->kind > AIF_FACT_FRACTION || fact->kind > AIF_FACT_FRACTION) {
        return;
    }

    if (prev->end == prev->last && fact->start == fact->first
        && prev->scale == 0 && prev->zeros == 0 && prev->digits <= 3
        && fact->digits == 3 && prev->kind == fact->kind
        && fact->first > prev->last
        && aif_guard_affix_blank(f->text + prev->last, f->end)
           == fact->first - prev->last)
    {
        fact->flags |= AIF_FACT_JOIN;
        return;
    }

    if (!aif_guard_amount_linked(f, prev, fact)) {
        return;
    }

    if (prev->money != AIF_MONEY_NONE && fact->money == AIF_MONEY_NONE) {
        fact->money = prev->money;
        fact->flags |= AIF_FACT_WEAK_MONEY;
    }

    for (i = f->n - 1; i > 0; i--) {
        fact = &f->facts[i];
        prev = fact - 1;

        if (prev->kind > AIF_FACT_FRACTION
            || !((fact->unit && !prev->unit) || (fact->money && !prev->money))
            || !aif_guard_amount_linked(f, prev, fact))
        {
            break;
        }

        if (prev->unit == AIF_UNIT_NONE && fact->unit != AIF_UNIT_NONE) {
            prev->unit = fact->unit;
            prev->flags |= AIF_FACT_WEAK;
        }

        if (prev->money == AIF_MONEY_NONE && fact->money != AIF_MONEY_NONE) {
            prev->money = fact->money;
            prev->flags |= AIF_FACT_WEAK_MONEY;
        }
    }
}


static int
aif_guard_amount_linked(aif_guard_facts_t *f, const aif_guard_fact_t *a,
    const aif_guard_fact_t *b)
{
    size_t         i, n;
    const u_char  *p, *last;

    if (b->start <= a->end || b->start - a->end > 16) {
        return 0;
    }

    p = f->text + a->end;
    last = f->text + b->start;

    p += aif_guard_affix_blank(p, last);
    last -= aif_guard_affix_blank_before(p, last);
    f->work += 8;

    switch (last - p) {

    case 0:
        return 0;

    case 1:
        if (*p == '-' || *p == 'x' || *p == 'X' || *p == '*' || *p == '~') {
            return 1;
        }

        break;

    case 2:
        if (p[0] == 0xc3 && p[1] == 0x97) {
            return 1;
        }

        break;

    case 3:
        for (i = 0; aif_guard_links[i]; i++) {
            if (memcmp(p, aif_guard_links[i], 3) == 0) {
                return 1;
            }
        }
    }

    return aif_guard_word(f->locale, p, last, AIF_GUARD_WORD_LINK, &n) != NULL
           && n == (size_t) (last - p);
}


/*
 * Whether what follows a number, from start to p, makes it a code: "4K",
 * "12AB-3", "1234-X".  Units, ordinals, "30x40" and words ("2pcs", "30-day",
 * "30-DAY") don't.
 */

static int
aif_guard_amount_code(aif_guard_facts_t *f, const u_char *start,
    const u_char *p)
{
    size_t                   len, letters;
    unsigned                 seen;
    const u_char            *q, *end;
    const aif_guard_word_t  *w;

    end = f->end;
    q = p;

    if (end - p >= 2 && (*p == '-' || *p == '/')) {
        q = ++p;
    }

    for (seen = 0; q < end && (aif_guard_token_class(*q) & AIF_GUARD_ALPHA);
         q++)
    {
        seen |= aif_guard_token_class(*q);
    }

    letters = q - p;
    f->work += letters;

    if (letters == 0 || (q < end && aif_guard_token_latin(*q))) {
        return 0;
    }

    w = aif_guard_word(f->locale, p, end,
                       (AIF_GUARD_WORD_AFTER & ~AIF_GUARD_WORD_MONTH)
                       | AIF_GUARD_WORD_ENDING, &len);

    if (w != NULL && len >= letters) {
        return q < end && p + len == q
               && aif_guard_token_class(*q) == AIF_GUARD_NUMERAL
               && !(letters == 1 && (*p == 'h' || *p == 'm'));
    }

    if (letters == 1 && (*p | 0x20) == 'x') {
        return 0;
    }

    if (q < end && aif_guard_token_class(*q) == AIF_GUARD_NUMERAL) {
        return (seen & AIF_GUARD_UPPER) != 0 || p[-1] >= '0';
    }

    if (seen & AIF_GUARD_LOWER) {

        /* "ab12cd", but not "de30minutos" */

        return letters <= 3 && aif_guard_token_lower(f, start) != 0;
    }

    return p[-1] != '-' && p[-1] != '/' ? 1 : letters <= 2;
}


/* Whether the number before ended at a separator that leads here. */

static int
aif_guard_amount_single(aif_guard_facts_t *f, const u_char *p)
{
    size_t                   gap;
    const aif_guard_fact_t  *prev;

    if (f->n == 0) {
        return 0;
    }

    prev = &f->facts[f->n - 1];

    if (prev->kind > AIF_FACT_DATE) {
        return 0;
    }

    gap = p - f->text - prev->last;

    if (gap == 1) {
        return p[-1] == '.' || p[-1] == ',' || p[-1] == '/' || p[-1] == '\'';
    }

    return gap == 2 ? p[-2] == 0xd9
                    : gap == 3 && p[-3] == 0xe2
                      && (p[-2] == 0x81 || p[-1] == 0x99);
}
