
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock.  It compares two texts and repairs neither.  engine/ and
 * infer/ call it for every text that a service wrote, before it is stored.
 *
 * What is locked, and what is not:
 *
 *   - digits: every one of the source must be in the target and the reverse,
 *     by value, in whatever script and with the separators of its locale.  A
 *     small number may become a word or come from one (2 years, dos años), if
 *     it has no unit or currency and the word is there;
 *   - signs and symbols beside a number: currency, per cent, units.  A unit or
 *     currency that is written as a word is locked if both languages have a
 *     table of such words; ordinary words (days, hours, pieces) only must not
 *     contradict each other;
 *   - codes, URLs, e-mail addresses and placeholders: byte by byte;
 *   - inline tags: each once, inside the same one as before;
 *   - number words, names and all other words are free: who checks words needs
 *     a translator, and would reject good ones.
 */


#include "core/aif_guard.h"

#include "core/aif_guard_facts.h"
#include "core/aif_utf8.h"


/*
 * How long a text may become, in tenths of a letter: a language that is more
 * verbose takes up to twice the room, a word alone a good deal more.
 */

#define AIF_GUARD_LONGER    5 / 2
#define AIF_GUARD_SHORTER   4
#define AIF_GUARD_FREE      300


static int aif_guard_scanned(const aif_guard_facts_t *f, int added,
    aif_guard_fault_t *fault);
static int aif_guard_tags(const aif_guard_facts_t *s,
    const aif_guard_facts_t *t, aif_guard_fault_t *fault);
static int aif_guard_bytes(aif_guard_facts_t *s, aif_guard_facts_t *t,
    aif_guard_fault_t *fault);
static int aif_guard_find(aif_guard_facts_t *s, const aif_guard_fact_t *fact,
    aif_guard_facts_t *t, size_t first);
static int aif_guard_has_letter(const u_char *p, const u_char *end);
static int aif_guard_is_blank(const aif_str_t *text);
static int aif_guard_fault(aif_guard_fault_t *fault, aif_guard_fault_e kind,
    const u_char *start, const u_char *end, int added);


static const char *const  aif_guard_names[AIF_GUARD_COUNT] = {
    "none", "empty", "utf8", "control", "markup", "tags", "number",
    "currency", "unit", "code", "url", "email", "placeholder", "length",
    "protected", "mask", "material", "certificate", "offer", "origin", "name",
    "forbidden", "support"
};


/* The fault for a fact that is compared by bytes. */

static const uint8_t  aif_guard_kinds[] = {
    [AIF_FACT_CODE] = AIF_GUARD_CODE,
    [AIF_FACT_URL] = AIF_GUARD_URL,
    [AIF_FACT_EMAIL] = AIF_GUARD_EMAIL,
    [AIF_FACT_PLACEHOLDER] = AIF_GUARD_PLACEHOLDER,
    [AIF_FACT_MARKUP] = AIF_GUARD_MARKUP
};


int
aif_guard_check(const aif_str_t *source, const aif_str_t *target,
    const aif_str_t *source_locale, const aif_str_t *target_locale,
    aif_guard_fault_t *fault)
{
    aif_guard_facts_t   s, t;
    aif_guard_locale_t  sl, tl;

    fault->kind = AIF_GUARD_NONE;
    fault->fact.data = NULL;
    fault->fact.len = 0;
    fault->added = 0;

    if (aif_guard_is_blank(target) && !aif_guard_is_blank(source)) {
        return aif_guard_fault(fault, AIF_GUARD_EMPTY, NULL, NULL, 0);
    }

    if (source->len > AIF_GUARD_MAX_TEXT || target->len > AIF_GUARD_MAX_TEXT) {
        return aif_guard_fault(fault, AIF_GUARD_LENGTH, NULL, NULL,
                               target->len > AIF_GUARD_MAX_TEXT);
    }

    aif_guard_locale(&sl, source_locale);
    aif_guard_locale(&tl, target_locale);

    if (aif_guard_scan(&s, source, &sl, 1) != AIF_OK) {
        return aif_guard_scanned(&s, 0, fault);
    }

    if (aif_guard_scan(&t, target, &tl, 0) != AIF_OK) {
        return aif_guard_scanned(&t, 1, fault);
    }

    if (t.replaced > s.replaced) {
        return aif_guard_fault(fault, AIF_GUARD_UTF8, NULL, NULL, 1);
    }

    if (aif_guard_has_letter(s.text, s.end)
        && !aif_guard_has_letter(t.text, t.end))
    {
        return aif_guard_fault(fault, AIF_GUARD_EMPTY, NULL, NULL, 0);
    }

    if (aif_guard_tags(&s, &t, fault) != AIF_OK
        || aif_guard_bytes(&s, &t, fault) != AIF_OK
        || aif_guard_match(&s, &t, fault) != AIF_OK)
    {
        return AIF_BAD;
    }

    if (t.width > s.width * AIF_GUARD_LONGER + AIF_GUARD_FREE) {
        return aif_guard_fault(fault, AIF_GUARD_LENGTH, NULL, NULL, 1);
    }

    if (t.width * AIF_GUARD_SHORTER + AIF_GUARD_FREE < s.width) {
        return aif_guard_fault(fault, AIF_GUARD_LENGTH, NULL, NULL, 0);
    }

    return AIF_OK;
}


const char *
aif_guard_name(aif_guard_fault_e kind)
{
    return (unsigned) kind < AIF_GUARD_COUNT ? aif_guard_names[kind] : "none";
}


static int
aif_guard_scanned(const aif_guard_facts_t *f, int added,
    aif_guard_fault_t *fault)
{
    return aif_guard_fault(fault, f->fault, f->fault_start, f->fault_end,
                           added);
}


/*
 * The scanner made sure that the tags of each text are well nested.  They are
 * the same if every one has the same parent, and nothing that had a text has
 * become empty: an <a> without one is no link.
 */

static int
aif_guard_tags(const aif_guard_facts_t *s, const aif_guard_facts_t *t,
    aif_guard_fault_t *fault)
{
    size_t                  i;
    const aif_guard_tag_t  *a, *b;

    if (s->ntags == 0 && t->ntags == 0) {
        return AIF_OK;
    }

    for (i = 1; i <= AIF_GUARD_MAX_TAGS; i++) {

        a = s->ntags ? &s->tags[i] : NULL;
        b = t->ntags ? &t->tags[i] : NULL;

        if (a == NULL || a->kind == 0) {

            if (b == NULL || b->kind == 0) {
                continue;
            }

            return aif_guard_fault(fault, AIF_GUARD_TAGS, t->text + b->start,
                                   t->text + b->end, 1);
        }

        if (b == NULL || b->kind != a->kind || b->parent != a->parent
            || b->filled < a->filled)
        {
            return aif_guard_fault(fault, AIF_GUARD_TAGS, s->text + a->start,
                                   s->text + a->end, 0);
        }
    }

    return AIF_OK;
}


static int
aif_guard_bytes(aif_guard_facts_t *s, aif_guard_facts_t *t,
    aif_guard_fault_t *fault)
{
    size_t             i;
    aif_guard_fact_t  *fact;

    for (i = 0; i < s->n; i++) {
        fact = &s->facts[i];

        if (fact->kind < AIF_FACT_CODE) {
            continue;
        }

        if (!aif_guard_find(s, fact, t, i)) {
            return aif_guard_fault(fault, aif_guard_kinds[fact->kind],
                                   s->text + fact->start,
                                   s->text + fact->end, 0);
        }

        fact->flags |= AIF_FACT_USED;
    }

    for (i = 0; i < t->n; i++) {
        fact = &t->facts[i];

        if (fact->kind >= AIF_FACT_CODE && !(fact->flags & AIF_FACT_USED)) {
            return aif_guard_fault(fault, aif_guard_kinds[fact->kind],
                                   t->text + fact->start,
                                   t->text + fact->end, 1);
        }
    }

    return AIF_OK;
}


/* Takes the fact's counterpart; most often it is at the same place. */

static int
aif_guard_find(aif_guard_facts_t *s, const aif_guard_fact_t *fact,
    aif_guard_facts_t *t, size_t first)
{
    size_t             i, k, len;
    aif_guard_fact_t  *other;

    len = fact->end - fact->start;

    for (i = 0; i < t->n; i++) {
        k = first + i;
        k = k < t->n ? k : k % t->n;
        other = &t->facts[k];

        t->work++;

        if (other->kind == fact->kind && !(other->flags & AIF_FACT_USED)
            && other->end - other->start == len
            && memcmp(t->text + other->start, s->text + fact->start, len) == 0)
        {
            other->flags |= AIF_FACT_USED;
            return 1;
        }
    }

    return 0;
}


/* Whether a well-formed text has letters outside tags and references. */

static int
aif_guard_has_letter(const u_char *p, const u_char *end)
{
    while (p < end) {

        if (*p == '<' || *p == '&') {
            while (p < end && *p != '>' && *p != ';') {
                p++;
            }

            continue;
        }

        if (*p < 0x80) {
            if ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') {
                return 1;
            }

            p++;
            continue;
        }

        if (aif_utf8_letter(aif_utf8_decode(&p, end))) {
            return 1;
        }
    }

    return 0;
}


static int
aif_guard_is_blank(const aif_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {
        if (text->data[i] != ' ') {
            return 0;
        }
    }

    return 1;
}


static int
aif_guard_fault(aif_guard_fault_t *fault, aif_guard_fault_e kind,
    const u_char *start, const u_char *end, int added)
{
    fault->kind = kind;
    fault->fact.data = (u_char *) start;
    fault->fact.len = start ? end - start : 0;
    fault->added = added;

    return AIF_BAD;
}
