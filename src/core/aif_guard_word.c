
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock's words: what a locale writes beside a number, and how it
 * writes the number itself.  It finds words in tables, it judges nothing.
 * Only aif_guard*.c call it.
 */


#include "core/aif_guard_facts.h"

#include "core/aif_guard_words.h"
#include "core/aif_utf8.h"


#define AIF_GUARD_MAX_WORD     48        /* bytes; no table has a longer one */
#define AIF_GUARD_MAX_CLUSTER  7         /* characters, for the same reason */


/* Three letters of a language or region, packed. */

#define aif_guard_tag(a, b, c)  ((a) | (b) << 8 | (uint32_t) (c) << 16)


#define AIF_GUARD_POINT     0x01         /* decimal point */
#define AIF_GUARD_CAPITAL   0x02         /* months begin with a capital */
#define AIF_GUARD_CLUSTERS  0x04         /* no blanks between words */
#define AIF_GUARD_OWN       0x08         /* "$" is a currency of its own */
#define AIF_GUARD_COMMA     0x10         /* unlike the language elsewhere */


typedef struct {
    uint32_t                 name;
    uint32_t                 flags;
    const aif_guard_word_t  *words;
    size_t                   nwords;
} aif_guard_language_t;


typedef struct {
    uint32_t                 language;   /* 0: any */
    uint32_t                 name;
    uint32_t                 flags;
} aif_guard_region_t;


static void aif_guard_word_locale(const aif_str_t *tag, uint32_t *lang,
    uint32_t *place);
static const aif_guard_word_t *aif_guard_word_find(const aif_guard_locale_t *l,
    const u_char *p, size_t len, unsigned how);
static const aif_guard_word_t *aif_guard_word_case(const aif_guard_locale_t *l,
    const u_char *p, size_t len, unsigned how);
static const aif_guard_word_t *aif_guard_word_stem(const aif_guard_locale_t *l,
    const u_char *p, size_t len, unsigned how);
static const aif_guard_word_t *aif_guard_word_search(
    const aif_guard_word_t *words, size_t n, const u_char *p, size_t len,
    unsigned how);
static const aif_guard_word_t *aif_guard_word_cluster(
    const aif_guard_locale_t *l, const u_char *p, const u_char *end,
    unsigned how, size_t *len);
static const aif_guard_word_t *aif_guard_word_cluster_before(
    const aif_guard_locale_t *l, const u_char *start, const u_char *p,
    unsigned how, size_t *len);
static const u_char *aif_guard_word_end(const u_char *p, const u_char *end);
static const u_char *aif_guard_word_longer(const u_char *p,
    const u_char *end);
static int aif_guard_word_is_cluster(const u_char *p);


#define aif_guard_words(name)                                                 \
    name, sizeof(name) / sizeof(aif_guard_word_t)


static const aif_guard_language_t  aif_guard_languages[] = {
    { aif_guard_tag('e', 'n', 0), AIF_GUARD_POINT | AIF_GUARD_CAPITAL,
      aif_guard_words(aif_guard_words_en) },
    { aif_guard_tag('e', 's', 0), 0,
      aif_guard_words(aif_guard_words_es) },
    { aif_guard_tag('d', 'e', 0), AIF_GUARD_CAPITAL,
      aif_guard_words(aif_guard_words_de) },
    { aif_guard_tag('f', 'r', 0), 0,
      aif_guard_words(aif_guard_words_fr) },
    { aif_guard_tag('z', 'h', 0), AIF_GUARD_POINT | AIF_GUARD_CLUSTERS,
      aif_guard_words(aif_guard_words_zh) },
    { aif_guard_tag('j', 'a', 0), AIF_GUARD_POINT | AIF_GUARD_CLUSTERS,
      aif_guard_words(aif_guard_words_ja) },
    { aif_guard_tag('a', 'r', 0), AIF_GUARD_POINT,
      aif_guard_words(aif_guard_words_ar) },
    { aif_guard_tag('p', 't', 0), 0,
      aif_guard_words(aif_guard_words_pt) },
    { aif_guard_tag('i', 't', 0), 0,
      aif_guard_words(aif_guard_words_it) },
    { aif_guard_tag('n', 'l', 0), 0,
      aif_guard_words(aif_guard_words_nl) },
    { aif_guard_tag('k', 'o', 0), AIF_GUARD_POINT | AIF_GUARD_CLUSTERS,
      aif_guard_words(aif_guard_words_ko) },
    { aif_guard_tag('r', 'u', 0), 0,
      aif_guard_words(aif_guard_words_ru) },
    { aif_guard_tag('y', 'u', 'e'), AIF_GUARD_POINT | AIF_GUARD_CLUSTERS,
      aif_guard_words(aif_guard_words_zh) },
    { 0, 0, NULL, 0 }
};


/*
 * Further languages with a decimal point, and regions that differ from their
 * language, as in the Common Locale Data Repository.
 */

static const uint32_t  aif_guard_points[] = {
    aif_guard_tag('t', 'h', 0), aif_guard_tag('h', 'e', 0),
    aif_guard_tag('i', 'w', 0), aif_guard_tag('h', 'i', 0),
    aif_guard_tag('b', 'n', 0), aif_guard_tag('t', 'a', 0),
    aif_guard_tag('t', 'e', 0), aif_guard_tag('m', 'r', 0),
    aif_guard_tag('g', 'u', 0), aif_guard_tag('k', 'n', 0),
    aif_guard_tag('m', 'l', 0), aif_guard_tag('p', 'a', 0),
    aif_guard_tag('u', 'r', 0), aif_guard_tag('m', 's', 0),
    aif_guard_tag('f', 'i', 'l'), aif_guard_tag('t', 'l', 0),
    aif_guard_tag('s', 'w', 0), aif_guard_tag('a', 'm', 0),
    aif_guard_tag('m', 'y', 0), aif_guard_tag('s', 'i', 0),
    aif_guard_tag('n', 'e', 0), aif_guard_tag('c', 'y', 0),
    aif_guard_tag('g', 'a', 0), aif_guard_tag('m', 't', 0),
    0
};


static const aif_guard_region_t  aif_guard_regions[] = {
    { aif_guard_tag('e', 's', 0), aif_guard_tag('m', 'x', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('u', 's', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('4', '1', '9'),
      AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('p', 'r', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('g', 't', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('h', 'n', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('n', 'i', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('p', 'a', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('p', 'e', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('s', 'v', 0), AIF_GUARD_POINT },
    { aif_guard_tag('e', 's', 0), aif_guard_tag('d', 'o', 0), AIF_GUARD_POINT },
    { aif_guard_tag('d', 'e', 0), aif_guard_tag('c', 'h', 0), AIF_GUARD_POINT },
    { aif_guard_tag('d', 'e', 0), aif_guard_tag('l', 'i', 0), AIF_GUARD_POINT },
    { aif_guard_tag('i', 't', 0), aif_guard_tag('c', 'h', 0), AIF_GUARD_POINT },
    { aif_guard_tag('a', 'r', 0), aif_guard_tag('m', 'a', 0), AIF_GUARD_COMMA },
    { aif_guard_tag('a', 'r', 0), aif_guard_tag('d', 'z', 0), AIF_GUARD_COMMA },
    { aif_guard_tag('a', 'r', 0), aif_guard_tag('t', 'n', 0), AIF_GUARD_COMMA },
    { aif_guard_tag('a', 'r', 0), aif_guard_tag('l', 'y', 0), AIF_GUARD_COMMA },
    { aif_guard_tag('a', 'r', 0), aif_guard_tag('m', 'r', 0), AIF_GUARD_COMMA },
    { aif_guard_tag('a', 'r', 0), aif_guard_tag('e', 'h', 0), AIF_GUARD_COMMA },
    { aif_guard_tag('m', 's', 0), aif_guard_tag('b', 'n', 0), AIF_GUARD_COMMA },
    { 0, aif_guard_tag('a', 'u', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('c', 'a', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('n', 'z', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('h', 'k', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('t', 'w', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('s', 'g', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('m', 'x', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('a', 'r', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('c', 'l', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('c', 'o', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('u', 'y', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('d', 'o', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('j', 'm', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('t', 't', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('b', 'b', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('b', 's', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('b', 'z', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('f', 'j', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('n', 'a', 0), AIF_GUARD_OWN },
    { 0, aif_guard_tag('4', '1', '9'), AIF_GUARD_OWN },
    { 0, 0, 0 }
};


void
aif_guard_locale(aif_guard_locale_t *l, const aif_str_t *tag)
{
    size_t                       i;
    uint32_t                     lang, place, flags;
    const aif_guard_language_t  *language;
    const aif_guard_region_t    *region;

    aif_guard_word_locale(tag, &lang, &place);

    memset(l, 0, sizeof(aif_guard_locale_t));

    flags = 0;

    for (language = aif_guard_languages; language->name; language++) {
        if (language->name == lang) {
            l->words = language->words;
            l->nwords = language->nwords;
            flags = language->flags;
            break;
        }
    }

    for (i = 0; flags == 0 && aif_guard_points[i]; i++) {
        if (aif_guard_points[i] == lang) {
            flags = AIF_GUARD_POINT;
        }
    }

    for (region = aif_guard_regions; place && region->name; region++) {
        if (region->name == place
            && (region->language == 0 || region->language == lang))
        {
            flags |= region->flags;
        }
    }

    l->decimal = ',';

    if ((flags & AIF_GUARD_POINT) && !(flags & AIF_GUARD_COMMA)) {
        l->decimal = '.';
    }

    l->dollar = !(flags & AIF_GUARD_OWN);
    l->capital = (flags & AIF_GUARD_CAPITAL) != 0;
    l->clusters = (flags & AIF_GUARD_CLUSTERS) != 0;
    l->yen = AIF_MONEY_YEN;

    if (lang == aif_guard_tag('j', 'a', 0)) {
        l->yen = AIF_MONEY_JPY;

    } else if (lang == aif_guard_tag('z', 'h', 0)) {
        l->yen = AIF_MONEY_CNY;
    }

    if (place == aif_guard_tag('u', 's', 0)
        || place == aif_guard_tag('p', 'h', 0))
    {
        l->order = AIF_GUARD_MDY;

    } else if (place == 0 && lang == aif_guard_tag('e', 'n', 0)) {
        l->order = AIF_GUARD_DMY_OR_MDY;
    }
}


/* Language and region of a tag in lower case, 0 for what isn't there. */

static void
aif_guard_word_locale(const aif_str_t *tag, uint32_t *lang, uint32_t *place)
{
    size_t         len;
    uint32_t       sub;
    const u_char  *p, *end;

    *lang = 0;
    *place = 0;

    end = tag->data + tag->len;

    for (p = tag->data; p < end; p++) {

        for (sub = 0, len = 0; p < end && *p != '-' && *p != '_'; p++, len++) {
            if (len < 3) {
                sub |= (uint32_t) (*p >= 'A' ? *p | 0x20 : *p) << (8 * len);
            }
        }

        if (*lang == 0) {
            *lang = len == 2 || len == 3 ? sub : 1;

        } else if (len == 2 || (len == 3 && (sub & 0xff) <= '9')) {
            *place = sub;
            return;
        }
    }
}


const aif_guard_word_t *
aif_guard_word(const aif_guard_locale_t *l, const u_char *p,
    const u_char *end, unsigned how, size_t *len)
{
    const u_char            *last, *longer;
    const aif_guard_word_t  *w;

    last = aif_guard_word_end(p, end);

    if (last == p) {

        /* a sign, or a degree sign with its letter */

        *len = 0;

        if (p == end || *p == ' ') {
            return NULL;
        }

        last = p;
        (void) aif_utf8_decode(&last, end);

        if (p[0] == 0xc2 && last < end && (*last == 'C' || *last == 'F')
            && aif_guard_word_end(last, end) == last + 1)
        {
            w = aif_guard_word_find(l, p, last + 1 - p, how);
            if (w) {
                *len = last + 1 - p;
                return w;
            }
        }

        w = aif_guard_word_find(l, p, last - p, how);
        if (w) {
            *len = last - p;
        }

        return w;
    }

    if (aif_guard_word_is_cluster(p)) {
        *len = last - p;
        return aif_guard_word_cluster(l, p, last < end && *last == '/'
                                      ? aif_guard_word_longer(last, end) : last,
                                      how, len);
    }

    longer = aif_guard_word_longer(last, end);

    if (longer != last) {
        w = aif_guard_word_case(l, p, longer - p, how);
        if (w) {
            *len = longer - p;
            return w;
        }
    }

    *len = last - p;

    return aif_guard_word_case(l, p, last - p, how);
}


/*
 * What may belong to a word although it isn't made of letters: "km/h", "m2",
 * "US$", "US-Dollar", "a.m", "per cent".
 */

static const u_char *
aif_guard_word_longer(const u_char *p, const u_char *end)
{
    const u_char  *last, *next;

    if (p == end) {
        return p;
    }

    switch (*p) {

    case '$':
        return p + 1;

    case '2':
    case '3':
        last = p + 1;

        if (last < end && ((*last >= '0' && *last <= '9')
                           || aif_guard_word_end(last, end) != last))
        {
            return p;
        }

        return last;

    case '/':
    case '.':
    case '-':
    case ' ':
        next = p + 1;

        if (*p == ' ' && end - p >= 2 && p[1] == '/') {
            next++;
        }

        last = aif_guard_word_end(next, end);
        return last == next ? p : last;

    default:
        return p;
    }
}


const aif_guard_word_t *
aif_guard_word_before(const aif_guard_locale_t *l, const u_char *start,
    const u_char *p, unsigned how, size_t *len)
{
    const u_char            *q, *prev, *pos, *end;
    const aif_guard_word_t  *w;

    end = p;
    *len = 0;

    if (p > start && p[-1] == '.') {
        p--;
    }

    if (p - start >= 3 && p[-1] >= 0x80) {

        for (q = p - 1; q > start && (*q & 0xc0) == 0x80; q--) {
            /* void */
        }

        if (aif_guard_word_is_cluster(q)) {
            return aif_guard_word_cluster_before(l, start, p, how, len);
        }
    }

    for (q = p; q > start && p - q < AIF_GUARD_MAX_WORD; q = prev) {

        for (prev = q - 1; prev > start && (*prev & 0xc0) == 0x80; prev--) {
            /* void */
        }

        pos = prev;

        if (!aif_utf8_letter(aif_utf8_decode(&pos, q))
            || aif_guard_word_is_cluster(prev))
        {
            break;
        }
    }

    if (q == p) {
        return NULL;
    }

    *len = end - q;

    w = aif_guard_word_case(l, q, p - q, how);

    return w;
}


static const aif_guard_word_t *
aif_guard_word_case(const aif_guard_locale_t *l, const u_char *p, size_t len,
    unsigned how)
{
    u_char                   lower[AIF_GUARD_MAX_WORD];
    size_t                   i;
    unsigned                 capital;
    const aif_guard_word_t  *w;

    if (len > AIF_GUARD_MAX_WORD) {
        return NULL;
    }

    if (l->capital && *p >= 'a' && *p <= 'z') {
        how &= ~AIF_GUARD_WORD_MONTH;
    }

    w = aif_guard_word_find(l, p, len, how);
    if (w) {
        return w;
    }

    capital = 0;

    for (i = 0; i < len; i++) {
        lower[i] = p[i];

        if (p[i] >= 'A' && p[i] <= 'Z') {
            lower[i] |= 0x20;
            capital = 1;
        }
    }

    /* a single capital is no unit: "size M", "5 G" */

    if (!capital || len == 1) {
        return NULL;
    }

    return aif_guard_word_find(l, lower, len, how);
}


static const aif_guard_word_t *
aif_guard_word_find(const aif_guard_locale_t *l, const u_char *p, size_t len,
    unsigned how)
{
    const aif_guard_word_t  *w;

    if (l->words) {
        w = aif_guard_word_search(l->words, l->nwords, p, len, how);

        if (w == NULL && len >= 6 && (*p == 0xd0 || *p == 0xd1)) {
            w = aif_guard_word_stem(l, p, len, how);
        }

        if (w) {
            return w;
        }
    }

    return aif_guard_word_search(aif_guard_words(aif_guard_words_all), p, len,
                                 how);
}


/* Cyrillic words that change their endings: "дюйм*" stands for "дюймов". */

static const aif_guard_word_t *
aif_guard_word_stem(const aif_guard_locale_t *l, const u_char *p, size_t len,
    unsigned how)
{
    u_char                   stem[AIF_GUARD_MAX_WORD + 1];
    const aif_guard_word_t  *w;

    if (len > AIF_GUARD_MAX_WORD) {
        return NULL;
    }

    memcpy(stem, p, len);

    for (w = NULL; w == NULL && len >= 6; len--) {
        if ((stem[len - 1] & 0xc0) == 0x80) {
            stem[len] = '*';
            w = aif_guard_word_search(l->words, l->nwords, stem, len + 1, how);
        }
    }

    return w;
}


static const aif_guard_word_t *
aif_guard_word_search(const aif_guard_word_t *words, size_t n,
    const u_char *p, size_t len, unsigned how)
{
    size_t                   low, mid, i;
    const aif_guard_word_t  *w, *last;

    last = words + n;

    for (low = 0; n != 0; /* void */ ) {

        mid = n / 2;
        w = &words[low + mid];

        /* the zero behind a text ends the loop: p has none */

        for (i = 0; i < len && (u_char) w->text[i] == p[i]; i++) {
            /* void */
        }

        if (i < len && (u_char) w->text[i] < p[i]) {
            low += mid + 1;
            n -= mid + 1;

        } else {
            n = mid;
        }
    }

    /* one spelling may mean several things: "once" is eleven or an ounce */

    for (w = words + low; w < last && w->len == len
                          && memcmp(w->text, p, len) == 0; w++)
    {
        if (w->how & how) {
            return w;
        }
    }

    return NULL;
}


/* Scripts without blanks: the longest word that the text begins with. */

static const aif_guard_word_t *
aif_guard_word_cluster(const aif_guard_locale_t *l, const u_char *p,
    const u_char *end, unsigned how, size_t *len)
{
    size_t                   n;
    const u_char            *last[AIF_GUARD_MAX_CLUSTER + 1];
    const aif_guard_word_t  *w;

    last[0] = p;

    for (n = 0; n < AIF_GUARD_MAX_CLUSTER && last[n] < end; n++) {
        last[n + 1] = last[n];
        (void) aif_utf8_decode(&last[n + 1], end);
    }

    for ( /* void */ ; n != 0; n--) {
        w = aif_guard_word_find(l, p, last[n] - p, how);

        if (w) {
            *len = last[n] - p;
            return w;
        }
    }

    return NULL;
}


static const aif_guard_word_t *
aif_guard_word_cluster_before(const aif_guard_locale_t *l,
    const u_char *start, const u_char *p, unsigned how, size_t *len)
{
    size_t                   n;
    const u_char            *q, *best;
    const aif_guard_word_t  *w, *found;

    found = NULL;
    best = p;

    for (q = p, n = 0; q > start && n < AIF_GUARD_MAX_CLUSTER; n++) {

        do {
            q--;
        } while (q > start && (*q & 0xc0) == 0x80);

        if (!aif_guard_word_is_cluster(q)) {
            break;
        }

        w = aif_guard_word_find(l, q, p - q, how);
        if (w) {
            found = w;
            best = q;
        }
    }

    *len = p - best;

    return found;
}


/* Kana, ideographs, hangul. */

static int
aif_guard_word_is_cluster(const u_char *p)
{
    if (p[0] < 0xe3 || p[0] > 0xed) {
        return 0;
    }

    return p[0] == 0xe3 ? p[1] >= 0x81 : p[0] != 0xea || p[1] >= 0xb0;
}


/* A word ends where the script begins that has no blanks: "5kgで". */

static const u_char *
aif_guard_word_end(const u_char *p, const u_char *end)
{
    int            cluster;
    uint32_t       cp;
    const u_char  *next;

    cluster = p < end && aif_guard_word_is_cluster(p);

    while (p < end) {

        if (*p < 0x80) {
            if (cluster || (*p | 0x20) < 'a' || (*p | 0x20) > 'z') {
                break;
            }

            p++;
            continue;
        }

        if (aif_guard_word_is_cluster(p) != cluster) {
            break;
        }

        next = p;
        cp = aif_utf8_decode(&next, end);

        /* square and cubic belong to the unit */

        if (cp != 0xb2 && cp != 0xb3 && !aif_utf8_letter(cp)) {
            break;
        }

        p = next;
    }

    return p;
}
