
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


typedef struct {
    char                     name[4];
    const aif_guard_word_t  *words;
    uint16_t                 nwords;
    uint8_t                  capital;
    uint8_t                  clusters;
    uint8_t                  months;
} aif_guard_language_t;


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
static int aif_guard_word_in(const char *list, const u_char *p, size_t len);


#define aif_guard_words(name)                                                 \
    name, sizeof(name) / sizeof(aif_guard_word_t)


static const aif_guard_language_t  aif_guard_languages[] = {
    { "en", aif_guard_words(aif_guard_words_en), 1, 0, 1 },
    { "es", aif_guard_words(aif_guard_words_es), 0, 0, 1 },
    { "de", aif_guard_words(aif_guard_words_de), 1, 0, 1 },
    { "fr", aif_guard_words(aif_guard_words_fr), 0, 0, 1 },
    { "zh", aif_guard_words(aif_guard_words_zh), 0, 1, 1 },
    { "ja", aif_guard_words(aif_guard_words_ja), 0, 1, 1 },
    { "ar", aif_guard_words(aif_guard_words_ar), 0, 0, 1 },
    { "pt", aif_guard_words(aif_guard_words_pt), 0, 0, 1 },
    { "it", aif_guard_words(aif_guard_words_it), 0, 0, 1 },
    { "nl", aif_guard_words(aif_guard_words_nl), 0, 0, 1 },
    { "ko", aif_guard_words(aif_guard_words_ko), 0, 1, 1 },
    { "ru", aif_guard_words(aif_guard_words_ru), 0, 0, 1 },
    { "yue", aif_guard_words(aif_guard_words_zh), 0, 1, 1 }
};


#define AIF_GUARD_NLANGUAGES                                                  \
    (sizeof(aif_guard_languages) / sizeof(aif_guard_language_t))


/* As in the Common Locale Data Repository; all others have the comma. */

static const char  aif_guard_points[] =
    " en zh ja ko yue th he iw hi ar bn ta te mr gu kn ml pa ur ms fil tl sw"
    " am my si ne cy ga mt ";
static const char  aif_guard_point_regions[] =
    " es-mx es-us es-419 es-pr es-gt es-hn es-ni es-pa es-pe es-sv es-do"
    " de-ch de-li it-ch ";
static const char  aif_guard_comma_regions[] =
    " ar-ma ar-dz ar-tn ar-ly ar-mr ar-eh ms-bn ms-id ";

/* Where "$" is a currency of their own. */

static const char  aif_guard_dollars[] =
    " au ca nz hk tw sg mx ar cl co uy do jm tt bb bs bz fj na 419 ";


void
aif_guard_locale(aif_guard_locale_t *l, const aif_str_t *tag)
{
    size_t                       i, n, len, size;
    u_char                       name[8], place[8];
    const u_char                *p;
    const aif_guard_language_t  *lang;

    /* "xx-yy" in lower case; len is the language's, n the whole */

    len = 0;

    while (len < 3 && len < tag->len && (tag->data[len] | 0x20) >= 'a'
           && (tag->data[len] | 0x20) <= 'z')
    {
        name[len] = tag->data[len] | 0x20;
        len++;
    }

    n = 0;

    for (p = tag->data + len; p < tag->data + tag->len; p += size) {

        p++;

        for (size = 0; p + size < tag->data + tag->len && p[size] != '-'
                       && p[size] != '_'; size++)
        {
            /* void */
        }

        if (size == 2 || (size == 3 && p[0] >= '0' && p[0] <= '9')) {
            for (n = 0; n < size; n++) {
                place[n] = p[n] | 0x20;
            }

            break;
        }
    }

    memset(l, 0, sizeof(aif_guard_locale_t));

    for (i = 0; i < AIF_GUARD_NLANGUAGES; i++) {
        lang = &aif_guard_languages[i];

        if (len != 0 && memcmp(lang->name, name, len) == 0
            && lang->name[len] == '\0')
        {
            l->words = lang->words;
            l->nwords = lang->nwords;
            l->capital = lang->capital;
            l->clusters = lang->clusters;
            l->months = lang->months;
            break;
        }
    }

    l->decimal = aif_guard_word_in(aif_guard_points, name, len) ? '.' : ',';
    l->dollar = 1;
    l->yen = AIF_MONEY_YEN;

    if (len == 2 && memcmp(name, "ja", 2) == 0) {
        l->yen = AIF_MONEY_JPY;

    } else if (len == 2 && memcmp(name, "zh", 2) == 0) {
        l->yen = AIF_MONEY_CNY;

    } else if (n == 0 && len == 2 && memcmp(name, "en", 2) == 0) {
        l->order = AIF_GUARD_DMY_OR_MDY;
    }

    if (n == 0 || len != 2) {
        return;
    }

    l->dollar = !aif_guard_word_in(aif_guard_dollars, place, n);

    if (n == 2 && (memcmp(place, "us", 2) == 0
                   || memcmp(place, "ph", 2) == 0))
    {
        l->order = AIF_GUARD_MDY;
    }

    memmove(name + 3, place, n);
    name[2] = '-';

    if (aif_guard_word_in(aif_guard_point_regions, name, n + 3)) {
        l->decimal = '.';

    } else if (aif_guard_word_in(aif_guard_comma_regions, name, n + 3)) {
        l->decimal = ',';
    }
}


static int
aif_guard_word_in(const char *list, const u_char *p, size_t len)
{
    const char  *s;

    if (len == 0) {
        return 0;
    }

    for (s = strchr(list, ' '); s[1]; s = strchr(s + 1, ' ')) {
        if (strncmp(s + 1, (const char *) p, len) == 0 && s[len + 1] == ' ') {
            return 1;
        }
    }

    return 0;
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
        return aif_guard_word_cluster(l, p, last, how, len);
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
 * "US$", "a.m", "per cent".
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
    int                      rc;
    size_t                   low, mid;
    const aif_guard_word_t  *w, *last;

    last = words + n;

    for (low = 0; n != 0; /* void */ ) {

        mid = n / 2;
        w = &words[low + mid];

        rc = memcmp(w->text, p, w->len < len ? w->len : len);

        if (rc < 0 || (rc == 0 && w->len < len)) {
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


static const u_char *
aif_guard_word_end(const u_char *p, const u_char *end)
{
    uint32_t       cp;
    const u_char  *next;

    while (p < end) {

        if (*p < 0x80) {
            if ((*p | 0x20) < 'a' || (*p | 0x20) > 'z') {
                break;
            }

            p++;
            continue;
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
