
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What follows a number: unit, currency, thousands as a word, month, hours of
 * the day.  It reads tables and texts, it adds no facts.  Only
 * aif_guard_amount.c calls it.
 */


#include "core/aif_guard_facts.h"

#include "core/aif_utf8.h"


static const u_char *aif_guard_affix_start(const u_char *q,
    const u_char *end);
static const u_char *aif_guard_affix_ordinal(aif_guard_facts_t *f,
    aif_guard_fact_t *fact, const u_char *last);
static const u_char *aif_guard_affix_inches(aif_guard_facts_t *f,
    aif_guard_fact_t *fact, const u_char *last);
static int aif_guard_affix_unit(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const aif_guard_word_t *w, const u_char *p, const u_char *next);
static int aif_guard_affix_currency(aif_guard_facts_t *f,
    aif_guard_fact_t *fact, const aif_guard_word_t *w, const u_char *q,
    const u_char *p, const u_char *next);
static const aif_guard_word_t *aif_guard_affix_month(aif_guard_facts_t *f,
    const u_char *p, const u_char **at);


/*
 * What follows the digits.  Returns where it ends: what is not part of the
 * number is read again.
 */

const u_char *
aif_guard_affix_after(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const u_char *last, const aif_guard_word_t **month, const u_char **at)
{
    size_t                   len;
    unsigned                 how;
    const u_char            *q, *p;
    const aif_guard_word_t  *w;

    if (fact->kind == AIF_FACT_DATE) {
        return last;
    }

    q = aif_guard_affix_ordinal(f, fact, last);

    if (q == last) {
        q = aif_guard_affix_inches(f, fact, last);
    }

    if (q != last) {
        return q;
    }

    for (how = AIF_GUARD_WORD_AFTER; how; /* void */ ) {

        p = aif_guard_affix_start(q, f->end);

        w = aif_guard_word(f->locale, p, f->end, how, &len);
        f->work += len;

        if (w == NULL) {
            if (how == AIF_GUARD_WORD_AFTER && fact->unit == AIF_UNIT_NONE
                && len != 0)
            {
                fact->flags |= AIF_FACT_WORD;
            }

            break;
        }

        if (w->how & AIF_GUARD_WORD_UNIT) {
            return aif_guard_affix_unit(f, fact, w, p, p + len) ? p + len : q;
        }

        if (w->how & AIF_GUARD_WORD_MONEY) {
            if (!aif_guard_affix_currency(f, fact, w, q, p, p + len)) {
                return q;
            }

            how = AIF_GUARD_WORD_CODE;

        } else if (w->how == AIF_GUARD_WORD_TIMES) {
            fact->times = w->id;
            how &= AIF_GUARD_WORD_UNIT | AIF_GUARD_WORD_MONEY;

        } else if (w->how == AIF_GUARD_WORD_CLOCK) {
            fact->flags |= w->id ? AIF_FACT_PM : AIF_FACT_AM;
            return p + len;

        } else {
            break;
        }

        q = p + len;
    }

    if (how == AIF_GUARD_WORD_AFTER && fact->kind == AIF_FACT_NUMBER) {
        w = aif_guard_affix_month(f, last, at);

        if (w != NULL && w->id != 0) {
            *month = w;

        } else if (w != NULL && fact->scale == 0 && fact->value >= 1
                   && fact->value <= 12)
        {
            fact->kind = AIF_FACT_MONTH;
            fact->flags = AIF_FACT_DIGITS;
            return *at + w->len;
        }
    }

    return q;
}


/* Where a word behind a number at q could begin: "5 kg", "15-inch". */

static const u_char *
aif_guard_affix_start(const u_char *q, const u_char *end)
{
    const u_char  *p;

    /* no cents: "5,- EUR" */

    if (end - q >= 2 && (*q == ',' || *q == '.')) {

        if (q[1] == '-') {
            q += 2;

        } else if (end - q >= 4 && memcmp(q + 1, "\xe2\x80\x93", 3) == 0) {
            q += 4;
        }
    }

    p = aif_guard_affix_gap(q, end);

    if (p != q) {
        return p;
    }

    if (end - p >= 2 && *p == '-') {
        return p + 1;
    }

    /* the hyphen that doesn't break */

    return end - p >= 4 && memcmp(p, "\xe2\x80\x91", 3) == 0 ? p + 3 : p;
}


/* 1st, 2e, 3º: may become a word. */

static const u_char *
aif_guard_affix_ordinal(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const u_char *last)
{
    size_t                   len;
    const aif_guard_word_t  *w;

    w = aif_guard_word(f->locale, last, f->end, AIF_GUARD_WORD_ENDING, &len);

    if (w == NULL) {
        return last;
    }

    fact->flags |= AIF_FACT_ORDINAL | AIF_FACT_WORD;

    return last + len;
}


/* 15" and 5'11": unless the quotation mark closes a quotation. */

static const u_char *
aif_guard_affix_inches(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const u_char *last)
{
    if (last == f->end) {
        return last;
    }

    if (*last == '"' && !f->quote) {
        fact->unit = AIF_UNIT_IN;
        return last + 1;
    }

    if (*last == '\'' && (last + 1 == f->end
                          || !(aif_guard_token_class(last[1])
                               & AIF_GUARD_ALPHA)))
    {
        fact->unit = AIF_UNIT_FT;
        fact->flags |= AIF_FACT_WEAK;
        return last + 1;
    }

    return last;
}


/* Whether w, from p to next, is this number's unit. */

static int
aif_guard_affix_unit(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const aif_guard_word_t *w, const u_char *p, const u_char *next)
{
    int            inches;
    const u_char  *end;

    end = f->end;

    if (fact->unit != AIF_UNIT_NONE) {
        return 0;
    }

    /* "50 %d" has a placeholder */

    if (*p == '%' && p > f->text && p[-1] == ' ' && next < end
        && aif_guard_token_class(*next) == AIF_GUARD_LOWER
        && (next + 1 == end || aif_guard_token_class(next[1]) == 0))
    {
        return 0;
    }

    /* an article: "5 l'eau" */

    if (end - next >= 2 && *next == '\'' && aif_guard_token_class(next[1])) {
        return 0;
    }

    if (*p == 0xe2 && w->id == AIF_UNIT_IN && p[1] == 0x80 && f->curly) {
        return 0;
    }

    inches = (next - p == 2 && w->id == AIF_UNIT_IN && (p[0] | 0x20) == 'i'
              && (p[1] | 0x20) == 'n');

    /* "2-in-1", "5 in stock" */

    if (inches && next < end && *next == '-') {
        return 0;
    }

    if (inches && end - next >= 2 && *next == ' '
        && (aif_guard_token_class(next[1]) || next[1] >= 0x80
            || next[1] == '<'))
    {
        fact->flags |= AIF_FACT_WEAK;
    }

    /* "90s" */

    if (next - p == 1 && *p == 's' && p > f->text
        && aif_guard_token_class(p[-1]) == AIF_GUARD_NUMERAL)
    {
        fact->flags |= AIF_FACT_WEAK;
    }

    fact->unit = w->id;

    if (w->how == AIF_GUARD_WORD_FIRM) {
        fact->flags |= AIF_FACT_FIRM;

    } else if (w->how == AIF_GUARD_WORD_SOFT) {
        fact->flags |= AIF_FACT_SOFT;
    }

    return 1;
}


/*
 * Whether w, from p to next, is the currency of the number that ends at q: in
 * "50 $30" it is the next one's.  "$50 USD" has one currency, not two.
 */

static int
aif_guard_affix_currency(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const aif_guard_word_t *w, const u_char *q, const u_char *p,
    const u_char *next)
{
    const u_char  *number;

    number = aif_guard_affix_gap(next, f->end);

    if (q != p && number == next && w->how == AIF_GUARD_WORD_CODE
        && aif_guard_affix_at_digit(number, f->end))
    {
        return 0;
    }

    if (fact->money == AIF_MONEY_NONE) {
        fact->money = w->id;

        if (w->how == AIF_GUARD_WORD_NAME) {
            fact->flags |= AIF_FACT_NAME;
        }

        return 1;
    }

    if (aif_guard_affix_at_digit(number, f->end)) {
        return 0;
    }

    if (fact->money == AIF_MONEY_DOLLAR || fact->money == AIF_MONEY_YEN
        || fact->money == AIF_MONEY_CROWN)
    {
        fact->money = w->id;
        return 1;
    }

    return fact->money == w->id;
}


/* A month behind a number that ends at p: "12 May", "12. Mai", "12 de mayo". */

static const aif_guard_word_t *
aif_guard_affix_month(aif_guard_facts_t *f, const u_char *p,
    const u_char **at)
{
    size_t                   len;
    const u_char            *end;
    const aif_guard_word_t  *w;

    end = f->end;

    if (end - p >= 2 && *p == '.' && p[1] == ' ') {
        p++;
    }

    p = aif_guard_affix_gap(p, end);
    *at = p;

    w = aif_guard_word(f->locale, p, end, AIF_GUARD_WORD_MONTH, &len);
    f->work += len;

    if (w != NULL || len == 0 || len > 3 || (size_t) (end - p) <= len + 1
        || p[len] != ' ')
    {
        return w;
    }

    p += len + 1;
    *at = p;

    w = aif_guard_word(f->locale, p, end, AIF_GUARD_WORD_MONTH, &len);
    f->work += len;

    return w;
}


/* Skips inline tags, and one blank among them. */

const u_char *
aif_guard_affix_gap(const u_char *p, const u_char *end)
{
    size_t         n, blank;
    const u_char  *last;

    blank = 0;

    for (n = 0; n < 8 && p < end; n++) {

        if (*p == '<') {
            last = memchr(p, '>', end - p < 7 ? end - p : 7);

            if (last == NULL) {
                break;
            }

            p = last + 1;
            continue;
        }

        if (blank != 0) {
            break;
        }

        blank = aif_guard_affix_blank(p, end);

        if (blank == 0) {
            break;
        }

        p += blank;
    }

    return p;
}


/*
 * The length of a blank of any kind at p: some don't break, some are thin.  The
 * marks of direction that Arabic puts around signs count too.
 */

size_t
aif_guard_affix_blank(const u_char *p, const u_char *end)
{
    if (p == end) {
        return 0;
    }

    if (*p == ' ') {
        return 1;
    }

    if (end - p >= 2 && p[0] == 0xc2 && p[1] == 0xa0) {
        return 2;
    }

    if (end - p >= 3 && p[0] == 0xe2 && p[1] == 0x80
        && ((p[2] >= 0x80 && p[2] <= 0x8a) || p[2] == 0x8e || p[2] == 0x8f
            || p[2] == 0xaf))
    {
        return 3;
    }

    return 0;
}


size_t
aif_guard_affix_blank_before(const u_char *start, const u_char *p)
{
    if (p - start >= 1 && p[-1] == ' ') {
        return 1;
    }

    if (p - start >= 2 && aif_guard_affix_blank(p - 2, p) == 2) {
        return 2;
    }

    if (p - start >= 3 && aif_guard_affix_blank(p - 3, p) == 3) {
        return 3;
    }

    return 0;
}


/* At a digit, a sign or a point before one. */

int
aif_guard_affix_at_digit(const u_char *p, const u_char *end)
{
    size_t  len;

    if (p < end && (*p == '-' || *p == '.')) {
        p++;

    } else if (end - p > 3 && memcmp(p, "\xe2\x88\x92", 3) == 0) {
        p += 3;
    }

    return p < end && aif_guard_digit(p, end, &len) >= 0;
}
