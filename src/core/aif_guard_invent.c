
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock of texts that are written, not translated: nothing that can be
 * counted may be in the text that is not in its facts.  What the text leaves
 * out is its own affair.  Words are aif_claim.c's business, which calls it.
 *
 * Facts come in two ways of writing numbers: as the shop's locale has them,
 * and as machines do ("19.9 EUR"); a number of the text is looked for in both.
 */


#define _GNU_SOURCE

#include "core/aif_guard.h"

#include "core/aif_guard_facts.h"


typedef struct {
    aif_guard_facts_t   s;           /* as machines write */
    aif_guard_facts_t   own;         /* as the locale does */
    aif_guard_facts_t   t;
    const aif_str_t    *facts;
} aif_guard_invent_t;


static int aif_guard_invent_fact(aif_guard_invent_t *v, aif_guard_fact_t *b,
    aif_guard_fault_e *kind);
static int aif_guard_invent_number(aif_guard_facts_t *s, aif_guard_facts_t *t,
    aif_guard_fact_t *b, aif_guard_fault_e *kind);
static int aif_guard_invent_money(const aif_guard_fact_t *a,
    const aif_guard_fact_t *b);
static int aif_guard_invent_value(const aif_guard_facts_t *s, uint64_t value);
static int aif_guard_invent_words(aif_guard_invent_t *v,
    aif_guard_fault_t *fault);
static int aif_guard_invent_count(const aif_guard_facts_t *f, unsigned value);
static const u_char *aif_guard_invent_next(const aif_guard_facts_t *f,
    const u_char *p, size_t len);
static int aif_guard_invent_fault(aif_guard_fault_t *fault,
    aif_guard_fault_e kind, const u_char *start, const u_char *end);


int
aif_guard_invent(const aif_str_t *facts, const aif_str_t *machine,
    const aif_str_t *text, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_guard_fault_t *fault)
{
    size_t               i;
    aif_guard_fact_t    *b;
    aif_guard_fault_e    kind;
    aif_guard_locale_t   en, sl, tl;
    aif_guard_invent_t   v;

    static const aif_str_t  us = aif_string("en-US");

    memset(fault, 0, sizeof(aif_guard_fault_t));

    if (text->len == 0) {
        return aif_guard_invent_fault(fault, AIF_GUARD_EMPTY, NULL, NULL);
    }

    if (facts->len > AIF_GUARD_MAX_TEXT || text->len > AIF_GUARD_MAX_TEXT
        || machine->len > AIF_GUARD_MAX_TEXT)
    {
        return aif_guard_invent_fault(fault, AIF_GUARD_LENGTH, NULL, NULL);
    }

    v.facts = facts;

    aif_guard_locale(&en, &us);
    aif_guard_locale(&sl, source_locale);
    aif_guard_locale(&tl, target_locale);

    if (aif_guard_scan(&v.t, text, &tl, 0) != AIF_OK) {
        return aif_guard_invent_fault(fault, v.t.fault, v.t.fault_start,
                                      v.t.fault_end);
    }

    if (v.t.ntags) {
        return aif_guard_invent_fault(fault, AIF_GUARD_TAGS, NULL, NULL);
    }

    if (v.t.replaced) {
        return aif_guard_invent_fault(fault, AIF_GUARD_UTF8, NULL, NULL);
    }

    /* of facts that can't be read nothing may be said */

    if (aif_guard_scan(&v.s, machine, &en, 1) != AIF_OK) {
        return aif_guard_invent_fault(fault, v.s.fault, v.s.fault_start,
                                      v.s.fault_end);
    }

    if (aif_guard_scan(&v.own, facts, &sl, 1) != AIF_OK) {
        return aif_guard_invent_fault(fault, v.own.fault, v.own.fault_start,
                                      v.own.fault_end);
    }

    for (i = 0; i < v.t.n; i++) {
        b = &v.t.facts[i];

        if (!aif_guard_invent_fact(&v, b, &kind)) {
            return aif_guard_invent_fault(fault, kind, text->data + b->start,
                                          text->data + b->end);
        }
    }

    return aif_guard_invent_words(&v, fault);
}


static int
aif_guard_invent_fact(aif_guard_invent_t *v, aif_guard_fact_t *b,
    aif_guard_fault_e *kind)
{
    static const uint8_t  kinds[AIF_FACT_COUNT] = {
        [AIF_FACT_CODE] = AIF_GUARD_CODE,
        [AIF_FACT_URL] = AIF_GUARD_URL,
        [AIF_FACT_EMAIL] = AIF_GUARD_EMAIL,
        [AIF_FACT_PLACEHOLDER] = AIF_GUARD_PLACEHOLDER,
        [AIF_FACT_MARKUP] = AIF_GUARD_MARKUP
    };

    if (b->kind >= AIF_FACT_CODE) {
        *kind = kinds[b->kind];

        return memmem(v->facts->data, v->facts->len, v->t.text + b->start,
                      b->end - b->start)
               != NULL;
    }

    if (b->flags & AIF_FACT_OPTIONAL) {
        return 1;
    }

    *kind = b->kind == AIF_FACT_MONEY ? AIF_GUARD_CURRENCY : AIF_GUARD_NUMBER;

    return aif_guard_invent_number(&v->s, &v->t, b, kind)
           || aif_guard_invent_number(&v->own, &v->t, b, kind);
}


/* *kind becomes the reason if a number is there, but not with its unit. */

static int
aif_guard_invent_number(aif_guard_facts_t *s, aif_guard_facts_t *t,
    aif_guard_fact_t *b, aif_guard_fault_e *kind)
{
    size_t             i;
    aif_guard_fact_t  *a, plain;
    aif_guard_pair_t   pair;

    pair.s = s;
    pair.t = t;
    memset(pair.none, 0, sizeof(pair.none));

    for (i = 0; i < s->n; i++) {

        a = &s->facts[i];

        if (a->kind >= AIF_FACT_CODE) {
            continue;
        }

        if (aif_guard_pair_same(&pair, a, b)
            || aif_guard_pair_like(&pair, a, b)
            || aif_guard_pair_other(&pair, a, b))
        {
            return 1;
        }

        if (b->kind == AIF_FACT_MONEY) {

            if (aif_guard_invent_money(a, b)) {
                return 1;
            }

            continue;
        }

        if (a->kind != b->kind || !aif_guard_pair_value(a, b)) {
            continue;
        }

        /* "30 x 40 cm" */

        if (b->unit == AIF_UNIT_NONE && b->money == AIF_MONEY_NONE) {
            return 1;
        }

        *kind = AIF_GUARD_UNIT;

        if (b->money != AIF_MONEY_NONE) {

            *kind = AIF_GUARD_CURRENCY;
            plain = *b;
            plain.money = a->money;

            if (aif_guard_invent_money(a, b)
                && aif_guard_pair_like(&pair, a, &plain))
            {
                return 1;
            }
        }
    }

    return b->kind == AIF_FACT_FRACTION
           && aif_guard_invent_value(s, b->value / 1000)
           && aif_guard_invent_value(s, b->value % 1000);
}


/*
 * What machines write as a code people write as a sign, of which there are
 * fewer.
 */

static int
aif_guard_invent_money(const aif_guard_fact_t *a, const aif_guard_fact_t *b)
{
    if (a->money == b->money) {
        return 1;
    }

    switch (b->money) {

    case AIF_MONEY_DOLLAR:
    case AIF_MONEY_DOLLARS:
        return a->money == AIF_MONEY_USD || a->money == AIF_MONEY_CAD
               || a->money == AIF_MONEY_AUD || a->money == AIF_MONEY_NZD
               || a->money == AIF_MONEY_HKD || a->money == AIF_MONEY_TWD
               || a->money == AIF_MONEY_SGD || a->money == AIF_MONEY_MXN
               || a->money == AIF_MONEY_DOLLAR || a->money == AIF_MONEY_DOLLARS;

    case AIF_MONEY_PESO:
        return a->money == AIF_MONEY_MXN || a->money == AIF_MONEY_ARS
               || a->money == AIF_MONEY_CLP || a->money == AIF_MONEY_COP;

    case AIF_MONEY_YEN:
        return a->money == AIF_MONEY_JPY || a->money == AIF_MONEY_CNY;

    case AIF_MONEY_CROWN:
        return a->money == AIF_MONEY_SEK || a->money == AIF_MONEY_NOK
               || a->money == AIF_MONEY_DKK;

    default:
        return 0;
    }
}


static int
aif_guard_invent_value(const aif_guard_facts_t *s, uint64_t value)
{
    size_t  i;

    for (i = 0; i < s->n; i++) {
        if (s->facts[i].kind == AIF_FACT_NUMBER && s->facts[i].scale == 0
            && s->facts[i].value == value)
        {
            return 1;
        }
    }

    return 0;
}


/* "two years": a number word counts if it counts something. */

static int
aif_guard_invent_words(aif_guard_invent_t *v, aif_guard_fault_t *fault)
{
    size_t                   len, n;
    const u_char            *p, *next, *end;
    const aif_guard_word_t  *w;

    end = v->t.end;

    for (p = v->t.text; p < end; p = next) {

        w = aif_guard_word(v->t.locale, p, end, AIF_GUARD_WORD_COUNT, &len);
        next = aif_guard_invent_next(&v->t, p, len);

        if (w == NULL || w->id < 2) {
            continue;
        }

        next = p + len;
        len = next < end ? aif_guard_affix_blank(next, end) : 0;

        if (next + len >= end
            || aif_guard_word(v->t.locale, next + len, end,
                              AIF_GUARD_WORD_UNIT, &n) == NULL)
        {
            continue;
        }

        if (!aif_guard_invent_value(&v->s, w->id)
            && !aif_guard_invent_value(&v->own, w->id)
            && !aif_guard_invent_count(&v->own, w->id)
            && !aif_guard_invent_count(&v->s, w->id))
        {
            return aif_guard_invent_fault(fault, AIF_GUARD_NUMBER, p, next);
        }
    }

    return AIF_OK;
}


/* The facts have this number as a word. */

static int
aif_guard_invent_count(const aif_guard_facts_t *f, unsigned value)
{
    size_t                   len;
    const u_char            *p;
    const aif_guard_word_t  *w;

    for (p = f->text; p < f->end; p = aif_guard_invent_next(f, p, len)) {

        w = aif_guard_word(f->locale, p, f->end, AIF_GUARD_WORD_COUNT, &len);

        if (w && w->id == value) {
            return 1;
        }
    }

    return 0;
}


/* Behind the word at p, or one character further where words have no ends. */

static const u_char *
aif_guard_invent_next(const aif_guard_facts_t *f, const u_char *p, size_t len)
{
    if (f->locale->clusters || len == 0) {

        do {
            p++;
        } while (p < f->end && (*p & 0xc0) == 0x80);

        return p;
    }

    return p + len;
}


static int
aif_guard_invent_fault(aif_guard_fault_t *fault, aif_guard_fault_e kind,
    const u_char *start, const u_char *end)
{
    fault->kind = kind;
    fault->fact.data = (u_char *) start;
    fault->fact.len = start ? end - start : 0;
    fault->added = 1;

    return AIF_BAD;
}
