
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Numbers, dates and currencies of two texts, paired.  Only aif_guard.c calls
 * it.
 *
 * First every number takes an equal one with the same unit and currency, then
 * one whose unit and currency may stand for its own.  Almost always nothing is
 * left.  What is left may still be the same in another form: a date in words,
 * digits in groups, thousands as a word, hours of the afternoon, a number
 * word.  These are tried one after the other, each only on what is left, so
 * that none of them can take away what a plain comparison finds.
 */


#include "core/aif_guard_facts.h"

#include "core/aif_utf8.h"


#define AIF_GUARD_MAX_COUNT  12          /* largest number word */


/* Number words and months of a text, counted once when first needed. */

typedef struct {
    uint16_t            count[AIF_GUARD_MAX_COUNT + 1];
    uint16_t            ordinal[AIF_GUARD_MAX_COUNT + 1];
    uint16_t            month[AIF_GUARD_MAX_COUNT + 1];
    uint16_t            one[AIF_UNIT_COUNT];     /* "a year" */
} aif_guard_words_t;


typedef struct {
    aif_guard_pair_t    pair;
    aif_guard_words_t   sw;
    aif_guard_words_t   tw;
    unsigned            words:1;         /* sw and tw are filled in */
} aif_guard_match_t;


typedef int (*aif_guard_match_pt)(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b);


static void aif_guard_match_all(aif_guard_match_t *m, aif_guard_match_pt same);
static void aif_guard_match_join(aif_guard_match_t *m, aif_guard_facts_t *f,
    aif_guard_facts_t *other);
static int aif_guard_match_has(aif_guard_match_t *m,
    const aif_guard_facts_t *f, const aif_guard_fact_t *value);
static int aif_guard_match_dates(aif_guard_match_t *m,
    aif_guard_fault_t *fault);
static int aif_guard_match_parts(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const aif_guard_facts_t *other);
static int aif_guard_match_months(aif_guard_match_t *m,
    aif_guard_fault_t *fault);
static int aif_guard_match_month(aif_guard_match_t *m, aif_guard_fact_t *fact,
    int added);
static int aif_guard_match_word(aif_guard_match_t *m,
    const aif_guard_fact_t *fact, int added);
static void aif_guard_match_words(aif_guard_match_t *m);
static void aif_guard_match_count(aif_guard_words_t *words,
    aif_guard_facts_t *f);
static int aif_guard_match_left(aif_guard_match_t *m,
    aif_guard_fault_t *fault);
static aif_guard_fact_t *aif_guard_match_free(aif_guard_facts_t *f,
    unsigned kind);
static int aif_guard_match_fault(const aif_guard_facts_t *f,
    const aif_guard_fact_t *fact, aif_guard_fault_e kind, int added,
    aif_guard_fault_t *fault);


int
aif_guard_match(aif_guard_facts_t *s, aif_guard_facts_t *t,
    aif_guard_fault_t *fault)
{
    aif_guard_match_t  m;

    m.pair.s = s;
    m.pair.t = t;
    m.words = 0;
    memset(m.pair.none, 0, sizeof(m.pair.none));

    aif_guard_match_all(&m, aif_guard_pair_same);
    aif_guard_match_all(&m, aif_guard_pair_like);

    if (aif_guard_match_free(s, AIF_FACT_COUNT) == NULL
        && aif_guard_match_free(t, AIF_FACT_COUNT) == NULL)
    {
        return AIF_OK;
    }

    if (aif_guard_match_dates(&m, fault) != AIF_OK
        || aif_guard_match_months(&m, fault) != AIF_OK)
    {
        return AIF_BAD;
    }

    aif_guard_match_join(&m, s, t);
    aif_guard_match_join(&m, t, s);
    aif_guard_match_all(&m, aif_guard_pair_like);
    aif_guard_match_all(&m, aif_guard_pair_other);

    return aif_guard_match_left(&m, fault);
}


/* Pairs what "same" says is the same; most often it is at the same place. */

static void
aif_guard_match_all(aif_guard_match_t *m, aif_guard_match_pt same)
{
    size_t             i, k, n;
    aif_guard_fact_t  *a, *b;

    for (i = 0; i < m->pair.s->n; i++) {
        a = &m->pair.s->facts[i];

        if (a->kind >= AIF_FACT_CODE || !aif_guard_free(a)) {
            continue;
        }

        for (n = 0; n < m->pair.t->n; n++) {
            k = i + n;
            k = k < m->pair.t->n ? k : k % m->pair.t->n;
            b = &m->pair.t->facts[k];

            m->pair.t->work++;

            if (aif_guard_free(b) && same(&m->pair, a, b)) {
                a->flags |= AIF_FACT_USED;
                b->flags |= AIF_FACT_USED;
                break;
            }
        }
    }
}


/*
 * "1 299" in one text, 1,299 in the other: if the other has such a number left,
 * the parts become one, whatever stands beside them.
 */

static void
aif_guard_match_join(aif_guard_match_t *m, aif_guard_facts_t *f,
    aif_guard_facts_t *other)
{
    size_t             i, k, n;
    uint64_t           power;
    aif_guard_fact_t  *last, joined;

    for (i = 0; i + 1 < f->n; i++) {

        joined = f->facts[i];

        for (n = i + 1; n < f->n; n++) {
            last = &f->facts[n];

            if (!(last->flags & AIF_FACT_JOIN) || !aif_guard_free(last)
                || !aif_guard_free(&f->facts[n - 1])
                || joined.value > UINT64_MAX / 1000 / 1000000
                || joined.scale != 0 || last->scale > 6)
            {
                break;
            }

            for (power = 1000, k = 0; k < last->scale; k++) {
                power *= 10;
            }

            joined.value = joined.value * power + last->value;
            joined.scale = last->scale;
            joined.end = last->end;
            joined.unit = last->unit;
            joined.times = last->times;
            joined.flags |= last->flags & ~AIF_FACT_JOIN;

            if (joined.money == AIF_MONEY_NONE) {
                joined.money = last->money;
            }

            if (!aif_guard_match_has(m, other, &joined)) {
                continue;
            }

            for (f->facts[i] = joined, k = n; k > i; k--) {
                f->facts[k].flags |= AIF_FACT_USED;
            }

            break;
        }
    }
}


static int
aif_guard_match_has(aif_guard_match_t *m, const aif_guard_facts_t *f,
    const aif_guard_fact_t *value)
{
    size_t                   i;
    const aif_guard_fact_t  *fact;

    for (i = 0; i < f->n; i++) {
        fact = &f->facts[i];
        m->pair.t->work++;

        if (fact->kind == AIF_FACT_NUMBER && aif_guard_free(fact)
            && aif_guard_pair_value(fact, value))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * A date against one in words: only if the other text has no date left, since
 * its day and month would then be compared one by one, and could be swapped.
 * The same for 24/7 and its like; a real fraction is never taken apart.
 */

static int
aif_guard_match_dates(aif_guard_match_t *m, aif_guard_fault_t *fault)
{
    unsigned           kind;
    aif_guard_fact_t  *s, *t;

    for (kind = AIF_FACT_FRACTION; kind <= AIF_FACT_DATE; kind++) {

        while ((s = aif_guard_match_free(m->pair.s, kind)) != NULL) {

            if (aif_guard_match_free(m->pair.t, kind) != NULL
                || aif_guard_match_parts(m->pair.s, s, m->pair.t) != AIF_OK)
            {
                return aif_guard_match_fault(m->pair.s, s, AIF_GUARD_NUMBER, 0,
                                             fault);
            }
        }

        while ((t = aif_guard_match_free(m->pair.t, kind)) != NULL) {

            if (aif_guard_match_parts(m->pair.t, t, m->pair.s) != AIF_OK) {
                return aif_guard_match_fault(m->pair.t, t, AIF_GUARD_NUMBER, 1,
                                             fault);
            }
        }
    }

    return AIF_OK;
}


static int
aif_guard_match_parts(aif_guard_facts_t *f, aif_guard_fact_t *fact,
    const aif_guard_facts_t *other)
{
    size_t             i;
    uint64_t           value, day, month;
    aif_guard_fact_t  *part;

    value = fact->value;

    if (f->n + 2 > AIF_GUARD_MAX_FACTS
        || (fact->kind == AIF_FACT_FRACTION
            && (value / 1000 <= value % 1000 || fact->unit || fact->money)))
    {
        return AIF_BAD;
    }

    part = &f->facts[f->n];
    part[0] = *fact;
    part[0].kind = AIF_FACT_NUMBER;
    part[0].flags = 0;
    part[1] = part[0];
    f->n += 2;

    if (fact->kind == AIF_FACT_FRACTION) {
        part[0].value = value / 1000;
        part[1].value = value % 1000;
        fact->flags |= AIF_FACT_USED;
        return AIF_OK;
    }

    day = value % 100;
    month = value / 100 % 100;

    for (i = 0; i < other->n && (fact->flags & AIF_FACT_EITHER); i++) {
        if (other->facts[i].kind == AIF_FACT_MONTH
            && other->facts[i].value == day)
        {
            day = month;
            month = value % 100;
            break;
        }
    }

    part[0].value = day;
    part[1].value = month;
    part[1].kind = AIF_FACT_MONTH;
    part[1].flags = AIF_FACT_DIGITS;

    fact->kind = AIF_FACT_NUMBER;
    fact->flags = 0;
    fact->value = value / 10000;

    return AIF_OK;
}


static int
aif_guard_match_months(aif_guard_match_t *m, aif_guard_fault_t *fault)
{
    size_t             i;
    aif_guard_fact_t  *fact;

    aif_guard_match_all(m, aif_guard_pair_like);

    for (i = 0; i < m->pair.s->n; i++) {
        fact = &m->pair.s->facts[i];

        if (fact->kind != AIF_FACT_MONTH || !aif_guard_free(fact)) {
            continue;
        }

        if (!aif_guard_match_month(m, fact, 0)) {
            return aif_guard_match_fault(m->pair.s, fact, AIF_GUARD_NUMBER, 0,
                                         fault);
        }

        fact->flags |= AIF_FACT_USED;
    }

    for (i = 0; i < m->pair.t->n; i++) {
        fact = &m->pair.t->facts[i];

        if (fact->kind != AIF_FACT_MONTH || !aif_guard_free(fact)) {
            continue;
        }

        if (!aif_guard_match_month(m, fact, 1)) {
            return aif_guard_match_fault(m->pair.t, fact, AIF_GUARD_NUMBER, 1,
                                         fault);
        }

        fact->flags |= AIF_FACT_USED;
    }

    return AIF_OK;
}


/*
 * A month that the other text doesn't have beside a number: it may have it
 * elsewhere, as a plain number ("5/12"), or in a language whose months are not
 * known here.
 */

static int
aif_guard_match_month(aif_guard_match_t *m, aif_guard_fact_t *fact, int added)
{
    size_t              i;
    aif_guard_fact_t   *other;
    aif_guard_words_t  *words;
    aif_guard_facts_t  *f;

    f = added ? m->pair.s : m->pair.t;

    aif_guard_match_words(m);
    words = added ? &m->sw : &m->tw;

    if (words->month[fact->value] != 0) {
        words->month[fact->value]--;
        return 1;
    }

    if (aif_guard_match_free(f, AIF_FACT_MONTH) != NULL) {
        return 0;
    }

    for (i = 0; i < f->n; i++) {
        other = &f->facts[i];

        if (other->kind == AIF_FACT_NUMBER && aif_guard_free(other)
            && other->value == fact->value && other->scale == 0
            && other->unit == AIF_UNIT_NONE && other->money == AIF_MONEY_NONE)
        {
            other->flags |= AIF_FACT_USED;
            return 1;
        }
    }

    return f->locale->words == NULL;
}


/*
 * A number that the other text has in words.  Words that both have are not
 * counted: "2 pockets, two zips" has one digit.
 */

static int
aif_guard_match_word(aif_guard_match_t *m, const aif_guard_fact_t *fact,
    int added)
{
    uint16_t           *have, *own;
    aif_guard_words_t  *a, *b;

    if (fact->kind != AIF_FACT_NUMBER || fact->scale != 0 || fact->zeros != 0
        || fact->value == 0 || fact->value > AIF_GUARD_MAX_COUNT
        || fact->money != AIF_MONEY_NONE || fact->times != 0
        || (fact->flags & AIF_FACT_NEGATIVE)
        || (fact->unit != AIF_UNIT_NONE
            && !(fact->flags & (AIF_FACT_SOFT | AIF_FACT_WEAK))))
    {
        return 0;
    }

    aif_guard_match_words(m);

    a = added ? &m->sw : &m->tw;
    b = added ? &m->tw : &m->sw;

    if (fact->flags & AIF_FACT_ORDINAL) {
        have = &a->ordinal[fact->value];
        own = &b->ordinal[fact->value];

    } else {
        have = &a->count[fact->value];
        own = &b->count[fact->value];
    }

    if (*have > *own) {
        (*have)--;
        return 1;
    }

    /* an article is a number only before a measure of time: "a year" */

    if (fact->value == 1 && fact->unit != AIF_UNIT_NONE
        && a->one[fact->unit] > b->one[fact->unit])
    {
        a->one[fact->unit]--;
        return 1;
    }

    return 0;
}


static void
aif_guard_match_words(aif_guard_match_t *m)
{
    if (!m->words) {
        m->words = 1;
        aif_guard_match_count(&m->sw, m->pair.s);
        aif_guard_match_count(&m->tw, m->pair.t);
    }
}


static void
aif_guard_match_count(aif_guard_words_t *words, aif_guard_facts_t *f)
{
    size_t                   len;
    const u_char            *p, *next;
    const aif_guard_word_t  *w;

    memset(words, 0, sizeof(aif_guard_words_t));

    for (p = f->text; p < f->end; p = next) {

        next = p + 1;

        if (*p == '<' || *p == '&') {
            while (next < f->end && *next != '>' && *next != ';') {
                next++;
            }

            continue;
        }

        if (*p < 'A') {
            continue;
        }

        w = aif_guard_word(f->locale, p, f->end,
                           AIF_GUARD_WORD_COUNT | AIF_GUARD_WORD_ORDINAL
                           | AIF_GUARD_WORD_MONTH, &len);
        f->work++;

        /* where words are not set apart, one may begin at any character */

        if (f->locale->clusters || len == 0) {
            (void) aif_utf8_decode(&p, f->end);
            next = p;

        } else {
            next = p + len;
        }

        if (w == NULL) {
            continue;
        }

        if (w->how == AIF_GUARD_WORD_MONTH) {
            words->month[w->id]++;

        } else if (w->how == AIF_GUARD_WORD_ORDINAL) {
            words->ordinal[w->id]++;

        } else if (w->id != 0) {
            words->count[w->id]++;

        } else if (next < f->end) {
            w = aif_guard_word(f->locale, next + 1, f->end,
                               AIF_GUARD_WORD_SOFT, &len);

            if (w) {
                words->one[w->id]++;
            }
        }
    }
}


/* What is left is wrong, unless it is in words; says in which way. */

static int
aif_guard_match_left(aif_guard_match_t *m, aif_guard_fault_t *fault)
{
    int                 added;
    size_t              i, k;
    aif_guard_fact_t   *a, *b;
    aif_guard_facts_t  *f;
    aif_guard_fault_e   kind;

    for (i = 0; i < m->pair.s->n; i++) {
        a = &m->pair.s->facts[i];

        if (!aif_guard_free(a) || (a->flags & AIF_FACT_OPTIONAL)
            || aif_guard_match_word(m, a, 0))
        {
            continue;
        }

        if (a->kind == AIF_FACT_MONEY) {
            return aif_guard_match_fault(m->pair.s, a, AIF_GUARD_CURRENCY, 0,
                                         fault);
        }

        for (k = 0; k < m->pair.t->n; k++) {
            b = &m->pair.t->facts[k];
            m->pair.t->work++;

            if (a->kind != b->kind || !aif_guard_free(b)
                || !aif_guard_pair_value(a, b))
            {
                continue;
            }

            f = m->pair.s;
            kind = AIF_GUARD_UNIT;
            added = (a->unit == AIF_UNIT_NONE);

            if (!aif_guard_pair_money(&m->pair, a, b)) {
                kind = AIF_GUARD_CURRENCY;
                added = (a->money == AIF_MONEY_NONE);
            }

            if (added) {
                f = m->pair.t;
                a = b;
            }

            return aif_guard_match_fault(f, a, kind, added, fault);
        }

        return aif_guard_match_fault(m->pair.s, a, AIF_GUARD_NUMBER, 0, fault);
    }

    for (i = 0; i < m->pair.t->n; i++) {
        b = &m->pair.t->facts[i];

        if (!aif_guard_free(b) || (b->flags & AIF_FACT_OPTIONAL)
            || aif_guard_match_word(m, b, 1))
        {
            continue;
        }

        return aif_guard_match_fault(m->pair.t, b, b->kind == AIF_FACT_MONEY
                                              ? AIF_GUARD_CURRENCY
                                              : AIF_GUARD_NUMBER, 1, fault);
    }

    return AIF_OK;
}


static aif_guard_fact_t *
aif_guard_match_free(aif_guard_facts_t *f, unsigned kind)
{
    size_t             i;
    aif_guard_fact_t  *fact;

    for (i = 0; i < f->n; i++) {
        fact = &f->facts[i];

        if (aif_guard_free(fact)
            && (kind == AIF_FACT_COUNT || fact->kind == kind))
        {
            return fact;
        }
    }

    return NULL;
}


static int
aif_guard_match_fault(const aif_guard_facts_t *f, const aif_guard_fact_t *fact,
    aif_guard_fault_e kind, int added, aif_guard_fault_t *fault)
{
    fault->kind = kind;
    fault->fact.data = (u_char *) f->text + fact->start;
    fault->fact.len = fact->end - fact->start;
    fault->added = added;

    return AIF_BAD;
}
