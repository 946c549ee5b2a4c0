
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Cardinal numbers in words, put together as each language does: "twenty-five",
 * "fünfundzwanzig", "treinta y un", "quatre-vingt-dix", "ventuno".  It finds
 * them, it judges nothing.  Only aif_guard_count.c calls it.
 */


#include "core/aif_guard_cardinal.h"

#include "core/aif_guard_counts.h"
#include "core/aif_utf8.h"


static int aif_cardinal_compound(const aif_cardinal_language_t *l,
    aif_cardinal_sum_t *sum, const aif_cardinal_word_t *w, const u_char **last);
static int aif_cardinal_add(const aif_cardinal_language_t *l,
    aif_cardinal_sum_t *sum, const aif_guard_count_t *e, unsigned joined);


#define aif_cardinal_words_of(name)                                           \
    name, sizeof(name) / sizeof(aif_guard_count_t)


const aif_cardinal_language_t  aif_cardinal_languages[] = {
    { "en", AIF_COUNT_CAPITAL, aif_cardinal_words_of(aif_guard_counts_en) },
    { "es", AIF_COUNT_ARTICLES, aif_cardinal_words_of(aif_guard_counts_es) },
    { "fr", AIF_COUNT_SCORE | AIF_COUNT_ARTICLES,
      aif_cardinal_words_of(aif_guard_counts_fr) },
    { "de", AIF_COUNT_COMPOUND | AIF_COUNT_REVERSE | AIF_COUNT_CAPITAL,
      aif_cardinal_words_of(aif_guard_counts_de) },
    { "it", AIF_COUNT_COMPOUND, aif_cardinal_words_of(aif_guard_counts_it) },
    { "pt", AIF_COUNT_ARTICLES, aif_cardinal_words_of(aif_guard_counts_pt) },
    { "nl", AIF_COUNT_COMPOUND | AIF_COUNT_REVERSE,
      aif_cardinal_words_of(aif_guard_counts_nl) },
    { "ru", AIF_COUNT_COMPOUND, aif_cardinal_words_of(aif_guard_counts_ru) },
    { "ar", AIF_COUNT_REVERSE | AIF_COUNT_TEENS,
      aif_cardinal_words_of(aif_guard_counts_ar) },
    { "zh", 0, aif_cardinal_words_of(aif_guard_counts_zh) },
    { "ja", 0, aif_cardinal_words_of(aif_guard_counts_zh) },
    { "ko", AIF_COUNT_COMPOUND | AIF_COUNT_PREFIX,
      aif_cardinal_words_of(aif_guard_counts_ko) },
    { NULL, 0, NULL, 0 }
};




const aif_cardinal_language_t *
aif_cardinal_language(const aif_str_t *tag)
{
    const aif_cardinal_language_t  *l;

    for (l = aif_cardinal_languages; l->name; l++) {
        if (tag->len >= 2 && (tag->data[0] | 0x20) == (u_char) l->name[0]
            && (tag->data[1] | 0x20) == (u_char) l->name[1]
            && (tag->len == 2 || tag->data[2] == '-' || tag->data[2] == '_'))
        {
            return l;
        }
    }

    return NULL;
}


/* of a script that has blanks between words; hangul, too */

int
aif_cardinal_is_letter(const u_char *p, const u_char *end)
{
    if (*p < 0x80) {
        return (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z';
    }

    return !aif_cardinal_is_cluster(p)
           && aif_utf8_letter(aif_utf8_decode(&p, end));
}


/* kana and ideographs */

int
aif_cardinal_is_cluster(const u_char *p)
{
    return *p >= 0xe3 && *p <= 0xe9;
}


void
aif_cardinal_word(aif_cardinal_word_t *w, const u_char *p, const u_char *end)
{
    size_t         len;
    uint32_t       cp;
    const u_char  *next;

    w->start = p;
    len = 0;

    for (next = p; p < end && aif_cardinal_is_letter(p, end); p = next) {

        cp = aif_utf8_lower(aif_utf8_decode(&next, end));

        if (len + 4 > AIF_COUNT_MAX_WORD) {
            len = AIF_COUNT_MAX_WORD;
            continue;
        }

        len += aif_utf8_encode(&w->text[len], cp);
    }

    /* the week in Portuguese */

    if (len < AIF_COUNT_MAX_WORD - 8 && end - p >= 6
        && memcmp(p, "-feira", 6) == 0)
    {
        memcpy(&w->text[len], p, 6);
        len += 6;
        p += 6;
    }

    w->end = p;
    w->len = len == (size_t) (p - w->start) && len < AIF_COUNT_MAX_WORD ? len
                                                                        : 0;
}


/* The word behind w, if only a blank or hyphen is between, or NULL. */

const u_char *
aif_cardinal_next(const aif_cardinal_word_t *w, const u_char *end)
{
    size_t         n;
    const u_char  *p;

    p = w->end;

    if (p < end && *p == '-') {
        p++;

    } else if (end - p >= 3 && p[0] == 0xe2 && p[1] == 0x80
               && (p[2] == 0x90 || p[2] == 0x91))
    {
        p += 3;

    } else {
        n = p < end ? aif_guard_affix_blank(p, end) : 0;

        if (n == 0) {
            return NULL;
        }

        p += n;
    }

    return p < end && aif_cardinal_is_letter(p, end) ? p : NULL;
}


const aif_guard_count_t *
aif_cardinal_find(const aif_cardinal_language_t *l, const u_char *p, size_t len,
    unsigned kinds)
{
    size_t  i;

    for (i = 0; i < l->nwords; i++) {
        if ((kinds & aif_cardinal_kind(l->words[i].kind))
            && aif_cardinal_is(&l->words[i], p, len))
        {
            return &l->words[i];
        }
    }

    return NULL;
}


int
aif_cardinal_is(const aif_guard_count_t *c, const u_char *p, size_t len)
{
    if (c->text[c->len - 1] == '*') {
        return len >= (size_t) c->len - 1
               && memcmp(c->text, p, c->len - 1) == 0;
    }

    return len == c->len && memcmp(c->text, p, len) == 0;
}


/* Adds a word; 0: it is no number, or doesn't go on. */

int
aif_cardinal_part(const aif_cardinal_language_t *l, aif_cardinal_sum_t *sum,
    const aif_cardinal_word_t *w, unsigned joined, const u_char **last)
{
    size_t                    skip;
    aif_cardinal_sum_t        next;
    const aif_guard_count_t  *e;

    *last = w->end;
    next = *sum;

    e = aif_cardinal_find(l, w->text, w->len, AIF_COUNT_CARDINAL
                       | (joined && (l->flags & AIF_COUNT_ARTICLES)
                          ? aif_cardinal_kind(AIF_COUNT_ARTICLE) : 0));

    /* Arabic writes "and", "with", "for" and "the" together with the word */

    if (e == NULL && (l->flags & AIF_COUNT_TEENS)) {

        skip = 0;

        if (w->len > 6 && w->text[0] == 0xd9
            && (w->text[1] == 0x88 || w->text[1] == 0x84
                || w->text[1] == 0x81))
        {
            joined = (w->text[1] == 0x88);
            skip = 2;

        } else if (w->len > 6 && w->text[0] == 0xd8 && w->text[1] == 0xa8) {
            skip = 2;
        }

        if (w->len > skip + 4
            && memcmp(&w->text[skip], "\xd8\xa7\xd9\x84", 4) == 0)
        {
            skip += 4;
        }

        e = aif_cardinal_find(l, &w->text[skip], w->len - skip,
                           AIF_COUNT_CARDINAL);
    }

    if (e == NULL || (e->flags & AIF_COUNT_PART)) {

        if (!(l->flags & AIF_COUNT_COMPOUND)
            || !aif_cardinal_compound(l, &next, w, last))
        {
            return 0;
        }

    } else if (!aif_cardinal_add(l, &next, e, joined)) {
        return 0;
    }

    *sum = next;

    return 1;
}


/* "fünfundzwanzig", "ventuno", "dreißigtägige" */

static int
aif_cardinal_compound(const aif_cardinal_language_t *l, aif_cardinal_sum_t *sum,
    const aif_cardinal_word_t *w, const u_char **last)
{
    size_t                    i, at, left;
    unsigned                  joined;
    const aif_guard_count_t  *c, *e;

    joined = 0;

    for (at = 0; at < w->len; at += e->len) {

        left = w->len - at;
        e = NULL;

        for (i = 0; i < l->nwords; i++) {

            c = &l->words[i];

            if (c->len > left || memcmp(c->text, &w->text[at], c->len) != 0
                || (e && c->len <= e->len))
            {
                continue;
            }

            if (c->kind == AIF_COUNT_NUMBER || c->kind == AIF_COUNT_TIMES
                || ((c->kind == AIF_COUNT_JOIN || c->kind == AIF_COUNT_TAIL)
                    && at != 0 && !joined))
            {
                e = c;
            }
        }

        if (e == NULL) {
            *last = w->start + at;
            return at != 0 && !joined && (l->flags & AIF_COUNT_PREFIX);
        }

        if (e->kind == AIF_COUNT_TAIL) {
            sum->tail = e->value ? 1 : 2;
            *last = w->start + at;
            return 1;
        }

        if (e->kind == AIF_COUNT_JOIN) {
            joined = 1;
            continue;
        }

        if (((e->flags & AIF_COUNT_PART) && e->len == left)
            || !aif_cardinal_add(l, sum, e, joined))
        {
            return 0;
        }

        joined = 0;
    }

    return !joined;
}


static int
aif_cardinal_add(const aif_cardinal_language_t *l, aif_cardinal_sum_t *sum,
    const aif_guard_count_t *e, unsigned joined)
{
    uint64_t  v, low;

    v = e->value;
    low = sum->group % 100;

    if (e->kind == AIF_COUNT_TIMES) {

        if (v < 1000) {

            if (sum->group > 99 || (sum->group == 0 && sum->parts
                                    && sum->total == 0))
            {
                return 0;
            }

            sum->group = sum->group ? sum->group * v : v;

        } else {

            if ((sum->times && v >= sum->times)
                || (sum->parts && sum->group == 0))
            {
                return 0;
            }

            sum->total += sum->group ? sum->group * v : v;
            sum->group = 0;
            sum->times = v;
        }

        sum->parts++;

        return 1;
    }

    if (sum->parts == 0) {
        sum->group = v;

    } else if (v == 0 || (sum->group == 0 && sum->total == 0)) {
        return 0;

    } else if (v >= 100) {

        if (sum->group) {
            return 0;
        }

        sum->group = v;

    } else if (low == 0) {
        sum->group += v;

    } else if (v < 10) {

        if (low < 20 || low % 10) {
            return 0;
        }

        sum->group += v;

    } else if (v >= 20 && joined && low < 10
               && (l->flags & AIF_COUNT_REVERSE))
    {
        sum->group += v;

    } else if (v == 10 && low < 10 && (l->flags & AIF_COUNT_TEENS)) {
        sum->group += v;

    } else if ((l->flags & AIF_COUNT_SCORE) && v < 20
               && (low == 60 || low == 80))
    {
        sum->group += v;

    } else if ((l->flags & AIF_COUNT_SCORE) && v < 10 && low % 20 == 10
               && low > 60)
    {
        sum->group += v;

    } else if ((l->flags & AIF_COUNT_SCORE) && v == 20 && low == 4) {
        sum->group += 76;

    } else {
        return 0;
    }

    sum->measure = (e->flags & AIF_COUNT_MEASURE) != 0;
    sum->parts++;

    return 1;
}


/* The unit or currency behind p, over a blank or hyphen; or NULL. */

const aif_guard_word_t *
aif_cardinal_measure(const aif_guard_locale_t *l, const u_char *p,
    const u_char *end)
{
    size_t  n;

    if (p < end) {
        n = *p == '-' ? 1 : aif_guard_affix_blank(p, end);
        p += n;
    }

    return p < end ? aif_guard_word(l, p, end, AIF_GUARD_WORD_UNIT
                                    | AIF_GUARD_WORD_MONEY, &n)
                   : NULL;
}


/* minutes and seconds are idioms too often */

int
aif_cardinal_time(const aif_guard_word_t *w)
{
    return w != NULL && (w->how & AIF_GUARD_WORD_UNIT)
           && (w->id == AIF_UNIT_H || w->id == AIF_UNIT_DAY
               || w->id == AIF_UNIT_WEEK || w->id == AIF_UNIT_MONTH
               || w->id == AIF_UNIT_YEAR);
}
