
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Numbers in words: "twenty-five days", "vierzehntägig", "treinta y un días",
 * and names of days and months.  It writes a text again with digits in place
 * of the words, so that whoever compares numbers by value need not know them;
 * it judges nothing.  aif_ground.c may call it.
 *
 * What is no number for sure stays a word: "one" and articles that no measure
 * follows, "neuf" (new), "einfach".  Words of other languages count, too, if
 * they are long enough not to be something else: a model may forget in which
 * language it was to answer.
 */


#include "core/aif_guard.h"

#include "core/aif_guard_cardinal.h"
#include "core/aif_utf8.h"


#define AIF_COUNT_FOREIGN   5        /* bytes; of shorter words nothing is said
                                        in another language */
#define AIF_COUNT_RANGE     16       /* bytes between the ends of a range */


typedef struct {
    const u_char              *floor;
    const u_char              *p;
    const u_char              *end;
    const aif_guard_locale_t  *locale;
    const aif_cardinal_language_t
                              *own;          /* NULL: none */
    aif_buf_t                 *b;
    aif_guard_named_t         *named;
    const u_char              *day_end;      /* of the last one, and which */
    uint32_t                   day;
    int                        source;
    unsigned                   each;         /* an article means "each" */
    unsigned                   first;        /* word of a sentence */
    unsigned                   per;          /* the last word was "per" */
} aif_count_t;


static void aif_count_words(aif_count_t *c);
static const u_char *aif_count_number(aif_count_t *c,
    const aif_cardinal_language_t *l, const aif_cardinal_word_t *first,
    uint64_t *value);
static void aif_count_name(aif_count_t *c, const aif_cardinal_word_t *w);
static void aif_count_day(aif_count_t *c, uint32_t day, const u_char *start,
    const u_char *end);
static void aif_count_write(aif_count_t *c, uint64_t value, const u_char *to);
static void aif_count_cluster(aif_count_t *c);
static int aif_count_ones(const aif_cardinal_language_t *l,
    const aif_cardinal_word_t *w);
static int aif_count_joins(const aif_cardinal_language_t *l,
    const aif_cardinal_word_t *w, unsigned kinds);
static int aif_count_opens(const aif_cardinal_language_t *l,
    const aif_cardinal_word_t *w, int own, int partial);
static int aif_count_goes_on(const aif_cardinal_language_t *l, const u_char *p,
    size_t len);
static int aif_count_unit_opens(const aif_guard_locale_t *l,
    const aif_cardinal_word_t *w);


static const aif_str_t  aif_count_ranges[] = {
    aif_string("-"), aif_string("\xe2\x80\x93"), aif_string("\xe2\x80\x94"),
    aif_string("to"), aif_string("through"), aif_string("until"),
    aif_string("till"), aif_string("bis"), aif_string("a"), aif_string("al"),
    aif_string("\xc3\xa0"), aif_string("au"), aif_string("tot"),
    aif_string("tot en met"), aif_string("t/m"), aif_string("по"),
    aif_string("до"), aif_string("至"), aif_string("到"), aif_string("~"),
    aif_string("から"), aif_string("부터"), aif_string("إلى"),
    aif_null_string
};


int
aif_guard_count_write(const aif_str_t *text, const aif_str_t *locale,
    int source, aif_buf_t *b, aif_guard_named_t *named)
{
    aif_count_t         c;
    aif_guard_locale_t  l;

    memset(named, 0, sizeof(aif_guard_named_t));
    memset(&c, 0, sizeof(aif_count_t));

    aif_guard_locale(&l, locale);

    c.floor = text->data;
    c.p = text->data;
    c.end = text->data + text->len;
    c.locale = &l;
    c.own = aif_cardinal_language(locale);
    c.b = b;
    c.named = named;
    c.source = source;
    c.first = 1;

    while (c.p < c.end) {

        if (aif_cardinal_is_letter(c.p, c.end)) {
            aif_count_words(&c);
            continue;
        }

        if (*c.p >= 0x80 && aif_cardinal_is_cluster(c.p)) {
            aif_count_cluster(&c);
            continue;
        }

        if (*c.p >= '0' && *c.p <= '9') {
            c.each = 1;
            c.first = 0;

        } else if (*c.p == '.' || *c.p == '!' || *c.p == '?' || *c.p == '\n') {
            c.each = 0;
            c.first = 1;

        } else if (*c.p == ',' || *c.p == ';' || *c.p == ':') {
            c.each = 0;
        }

        aif_buf_byte(b, *c.p++);
    }

    return b->failed ? AIF_NOMEM : AIF_OK;
}


/* At a word: it is copied, or what it says in digits is written. */

static void
aif_count_words(aif_count_t *c)
{
    uint64_t                        value;
    const u_char                   *last;
    aif_cardinal_word_t             w;
    const aif_guard_word_t         *unit;
    const aif_cardinal_language_t  *l;

    aif_cardinal_word(&w, c->p, c->end);

    last = NULL;
    value = 0;

    if (w.len && c->own) {
        last = aif_count_number(c, c->own, &w, &value);
    }

    if (last == NULL && *c->p >= 0xea) {
        last = aif_guard_numeral(c->locale, c->floor, c->p, c->end, &value);
    }

    for (l = aif_cardinal_languages; l->name && last == NULL && w.len; l++) {
        if (l != c->own && w.len >= AIF_COUNT_FOREIGN) {
            last = aif_count_number(c, l, &w, &value);
        }
    }

    if (last) {
        aif_count_write(c, value, last);
        c->each = 1;
        c->first = 0;
        c->per = 0;
        return;
    }

    if (w.len && c->own) {
        aif_count_name(c, &w);

        if (aif_cardinal_find(c->own, w.text, w.len,
                           aif_cardinal_kind(AIF_COUNT_EACH)))
        {
            c->each = 1;

        } else if (c->each) {
            unit = aif_cardinal_measure(c->locale, c->p, c->end);
            c->each = (unit && unit->how != AIF_GUARD_WORD_HARD);
        }

        c->per = (w.len == 3 && (memcmp(w.text, "por", 3) == 0
                                 || memcmp(w.text, "per", 3) == 0))
                 || (w.len == 4 && memcmp(w.text, "pour", 4) == 0);
    }

    c->first = 0;
    aif_buf_append(c->b, w.start, w.end - w.start);
    c->p = w.end;
}


/* The end of the number that begins with a word, or NULL. */

static const u_char *
aif_count_number(aif_count_t *c, const aif_cardinal_language_t *l,
    const aif_cardinal_word_t *first, uint64_t *value)
{
    unsigned                  joined;
    const u_char             *last, *end, *p;
    aif_cardinal_sum_t        sum;
    aif_cardinal_word_t       w;
    const aif_guard_word_t   *unit;
    const aif_guard_count_t  *e;

    memset(&sum, 0, sizeof(aif_cardinal_sum_t));

    e = aif_cardinal_find(l, first->text, first->len,
                       aif_cardinal_kind(AIF_COUNT_ARTICLE));

    if (e && l == c->own) {

        unit = aif_cardinal_measure(c->locale, first->end, c->end);

        if (aif_cardinal_time(unit) && (c->source || !c->each)) {
            *value = 1;
            return first->end;
        }
    }

    e = aif_cardinal_find(l, first->text, first->len, AIF_COUNT_CARDINAL);

    if (e && l != c->own && (e->flags & AIF_COUNT_HOME)) {
        return NULL;
    }

    /* "2 million", "por ciento" */

    if (e && e->kind == AIF_COUNT_TIMES && (c->each || c->per)) {
        return NULL;
    }

    if (!aif_cardinal_part(l, &sum, first, 0, &last)) {
        return NULL;
    }

    w = *first;

    while (last == w.end) {

        p = aif_cardinal_next(&w, c->end);
        if (p == NULL) {
            break;
        }

        aif_cardinal_word(&w, p, c->end);
        joined = 0;

        if (w.len && aif_cardinal_find(l, w.text, w.len,
                                    aif_cardinal_kind(AIF_COUNT_JOIN)))
        {
            p = aif_cardinal_next(&w, c->end);
            if (p == NULL) {
                break;
            }

            aif_cardinal_word(&w, p, c->end);
            joined = 1;
        }

        if (w.len == 0 || !aif_cardinal_part(l, &sum, &w, joined, &end)) {
            break;
        }

        last = end;
    }

    *value = sum.total + sum.group;

    if (sum.tail) {
        return *value != 1 || sum.tail == 1 ? last : NULL;
    }

    if ((*value == 1 || (sum.measure && sum.parts == 1))
        && (!c->source || sum.measure))
    {
        unit = aif_cardinal_measure(c->locale, last, c->end);

        if (unit == NULL || unit->how == AIF_GUARD_WORD_HARD) {
            return NULL;
        }
    }

    return last;
}


static void
aif_count_name(aif_count_t *c, const aif_cardinal_word_t *w)
{
    const aif_guard_count_t  *e;

    e = aif_cardinal_find(c->own, w->text, w->len,
                       aif_cardinal_kind(AIF_COUNT_HALF)
                       | aif_cardinal_kind(AIF_COUNT_DAY)
                       | aif_cardinal_kind(AIF_COUNT_MONTH));
    if (e == NULL) {
        return;
    }

    if (e->kind == AIF_COUNT_HALF) {
        c->named->half = 1;
        return;
    }

    /* "may", "sun", "sat"; "May I ..." */

    if ((c->own->flags & AIF_COUNT_CAPITAL)
        && (*w->start == w->text[0] || (c->first && w->len < 4 && !c->source)))
    {
        return;
    }

    if (e->kind == AIF_COUNT_MONTH) {
        c->named->months |= 1u << e->value;
        return;
    }

    aif_count_day(c, e->value, w->start, w->end);
}


/* Monday to Friday has the days between them, for who looks for them. */

static void
aif_count_day(aif_count_t *c, uint32_t day, const u_char *start,
    const u_char *end)
{
    size_t            len;
    uint32_t          d;
    const u_char     *p;
    const aif_str_t  *range;

    if (c->source && c->day && start - c->day_end <= AIF_COUNT_RANGE) {

        p = c->day_end;

        while (p < start && (*p == ' ' || *p == '.')) {
            p++;
        }

        len = start - p;

        while (len && p[len - 1] == ' ') {
            len--;
        }

        for (range = aif_count_ranges; range->len; range++) {

            if (len == range->len && memcmp(p, range->data, len) == 0) {

                for (d = c->day; d != day; d = d % 7 + 1) {
                    c->named->days |= 1u << d;
                }

                break;
            }
        }
    }

    c->named->days |= 1u << day;
    c->day = day;
    c->day_end = end;
}


static void
aif_count_write(aif_count_t *c, uint64_t value, const u_char *to)
{
    size_t  n;
    u_char  digits[20];

    n = sizeof(digits);

    do {
        digits[--n] = '0' + value % 10;
        value /= 10;
    } while (value);

    aif_buf_append(c->b, &digits[n], sizeof(digits) - n);

    /* "thirty-day" is to be read as "30 day" */

    if (to < c->end && *to == '-' && to + 1 < c->end
        && aif_cardinal_is_letter(to + 1, c->end))
    {
        aif_buf_byte(c->b, ' ');
        to++;

    } else if (to < c->end && aif_cardinal_is_letter(to, c->end)) {
        aif_buf_byte(c->b, ' ');
    }

    c->named->words = 1;
    c->p = to;
}


/* Chinese and Japanese: numerals, and words at any place */

static void
aif_count_cluster(aif_count_t *c)
{
    size_t                          i;
    uint64_t                        value;
    const u_char                   *last;
    aif_str_t                       zh;
    const aif_guard_count_t        *e;
    const aif_cardinal_language_t  *l;

    aif_str_set(&zh, "zh");
    l = aif_cardinal_language(&zh);

    for (i = 0; i < l->nwords; i++) {
        e = &l->words[i];

        if (c->end - c->p < e->len || memcmp(c->p, e->text, e->len) != 0) {
            continue;
        }

        if (e->kind == AIF_COUNT_HALF) {
            c->named->half = 1;

        } else {
            aif_count_day(c, e->value, c->p, c->p + e->len);
        }

        aif_buf_append(c->b, c->p, e->len);
        c->p += e->len;

        return;
    }

    last = aif_guard_numeral(c->locale, c->floor, c->p, c->end, &value);

    if (last) {
        aif_count_write(c, value, last);

        /* "two, three days" has two of them in a row */

        if (c->p < c->end
            && aif_guard_numeral(c->locale, c->floor, c->p, c->end, &value))
        {
            aif_buf_byte(c->b, ' ');
        }

        return;
    }

    /* what is no number is none in its middle either */

    do {
        last = c->p;
        (void) aif_utf8_decode(&last, c->end);
        aif_buf_append(c->b, c->p, last - c->p);

        i = aif_guard_numeral_at(c->p, c->end, &value);
        c->p = last;

    } while (i && c->p < c->end
             && aif_guard_numeral_at(c->p, c->end, &value));
}


const u_char *
aif_guard_count_begins(const aif_str_t *text, const aif_str_t *before,
    const aif_str_t *locale, int whole)
{
    int                             one, number, partial;
    uint64_t                        value;
    const u_char                   *p, *end;
    aif_cardinal_word_t             w;
    aif_guard_locale_t              l;
    const aif_guard_word_t         *unit;
    const aif_cardinal_language_t  *own, *other;

    aif_guard_locale(&l, locale);
    own = aif_cardinal_language(locale);
    end = text->data + text->len;

    aif_cardinal_word(&w, before->data, before->data + before->len);
    one = aif_count_ones(own, &w);
    number = aif_count_joins(own, &w, AIF_COUNT_CARDINAL);

    for (p = text->data; p < end; p = w.end) {

        if (*p >= 0x80 && aif_cardinal_is_cluster(p)) {

            if (aif_guard_numeral_opens(p, end, whole)) {
                return p;
            }

            w.end = p;
            (void) aif_utf8_decode(&w.end, end);
            one = 0;
            continue;
        }

        if (!aif_cardinal_is_letter(p, end)) {
            w.end = p;
            (void) aif_utf8_decode(&w.end, end);
            one &= (*p == '-' || *p == '\'');
            continue;
        }

        aif_cardinal_word(&w, p, end);

        if (w.len == 0) {
            one = 0;
            continue;
        }

        partial = (w.end == end && !whole);

        if (own && aif_count_opens(own, &w, 1, partial)) {
            return p;
        }

        for (other = aif_cardinal_languages; other->name; other++) {
            if (other != own && aif_count_opens(other, &w, 0, partial)) {
                return p;
            }
        }

        if (*p >= 0xea && aif_guard_numeral_at(p, end, &value)) {
            return p;
        }

        if (one) {
            unit = aif_cardinal_measure(&l, p, end);

            if (unit || (partial && aif_count_unit_opens(&l, &w))) {
                return p;
            }
        }

        /* "thirty and one" */

        if (number
            && aif_count_joins(own, &w, aif_cardinal_kind(AIF_COUNT_JOIN)))
        {
            return p;
        }

        one = aif_count_ones(own, &w);
        number = aif_count_joins(own, &w, AIF_COUNT_CARDINAL);
    }

    return end;
}


/* Does a measure behind the word make it a number? */

static int
aif_count_ones(const aif_cardinal_language_t *l, const aif_cardinal_word_t *w)
{
    const aif_guard_count_t  *e;

    if (l == NULL || w->len == 0) {
        return 0;
    }

    e = aif_cardinal_find(l, w->text, w->len, AIF_COUNT_CARDINAL
                       | aif_cardinal_kind(AIF_COUNT_ARTICLE));

    return e && (e->value == 1 || (e->flags & AIF_COUNT_MEASURE));
}


static int
aif_count_joins(const aif_cardinal_language_t *l, const aif_cardinal_word_t *w,
    unsigned kinds)
{
    return l && w->len && aif_cardinal_find(l, w->text, w->len, kinds) != NULL;
}


/* Is it, or may it become, a word that says a number, day or month? */

static int
aif_count_opens(const aif_cardinal_language_t *l, const aif_cardinal_word_t *w,
    int own, int partial)
{
    size_t                    i, len, least;
    const u_char             *last;
    aif_cardinal_sum_t        sum;
    const aif_guard_count_t  *e;

    memset(&sum, 0, sizeof(aif_cardinal_sum_t));

    if ((own || w->len >= AIF_COUNT_FOREIGN)
        && aif_cardinal_part(l, &sum, w, 0, &last))
    {
        e = aif_cardinal_find(l, w->text, w->len, AIF_COUNT_CARDINAL);

        return e == NULL
               || (own ? e->value != 1 && !(e->flags & AIF_COUNT_MEASURE)
                       : !(e->flags & AIF_COUNT_HOME));
    }

    for (i = 0; i < l->nwords; i++) {

        e = &l->words[i];
        len = e->len - (e->text[e->len - 1] == '*');

        if (e->kind == AIF_COUNT_JOIN || e->kind == AIF_COUNT_ARTICLE
            || e->kind == AIF_COUNT_EACH || e->kind == AIF_COUNT_TAIL
            || (e->kind <= AIF_COUNT_TIMES
                && (e->value == 1 || (e->flags & AIF_COUNT_MEASURE)))
            || (!own && ((e->flags & AIF_COUNT_HOME)
                         || len < AIF_COUNT_FOREIGN)))
        {
            continue;
        }

        if (e->kind >= AIF_COUNT_HALF && aif_cardinal_is(e, w->text, w->len)) {
            return 1;
        }

        /* of a day's or month's name some letters do no harm */

        least = own && e->kind <= AIF_COUNT_TIMES ? 1 : 3;

        if (partial && w->len >= least && w->len <= len
            && memcmp(e->text, w->text, w->len) == 0)
        {
            return 1;
        }
    }

    return partial && own && (l->flags & AIF_COUNT_COMPOUND)
           && aif_count_goes_on(l, w->text, w->len);
}


/* A compound of which something more may come. */

static int
aif_count_goes_on(const aif_cardinal_language_t *l, const u_char *p, size_t len)
{
    size_t                    i, k;
    const aif_guard_count_t  *a, *b;

    for (i = 0; i < l->nwords; i++) {

        a = &l->words[i];

        if (a->kind > AIF_COUNT_TIMES || a->len >= len
            || memcmp(a->text, p, a->len) != 0)
        {
            continue;
        }

        for (k = 0; k < l->nwords; k++) {

            b = &l->words[k];

            if (b->kind <= AIF_COUNT_JOIN || b->kind == AIF_COUNT_TAIL) {

                if (memcmp(b->text, p + a->len, b->len < len - a->len
                                                ? b->len : len - a->len)
                    == 0)
                {
                    return 1;
                }
            }
        }
    }

    return 0;
}


static int
aif_count_unit_opens(const aif_guard_locale_t *l, const aif_cardinal_word_t *w)
{
    size_t  i;

    for (i = 0; i < l->nwords; i++) {
        if ((l->words[i].how & (AIF_GUARD_WORD_UNIT | AIF_GUARD_WORD_MONEY))
            && l->words[i].len >= w->len
            && memcmp(l->words[i].text, w->text, w->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
