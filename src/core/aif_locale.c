
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Locales: which of the listed ones a tag, an Accept-Language value or a path
 * names.  It knows no registry of languages beyond the few tables below, and
 * never repairs a tag.  Any room may call it; it calls libc only.
 *
 * A tag is compared by its subtags, each packed in lower case into 64 bits
 * (a subtag has at most 8 letters), so that a listed locale is parsed once
 * for all ranges of a request and a comparison is one of integers.
 */


#include "core/aif_locale.h"


#define AIF_LOCALE_MAX_SUBTAGS  ((AIF_LOCALE_MAX_LEN + 1) / 2)
#define AIF_LOCALE_MAX_Q        1000


/* How good a listed locale is for a range; the first of the best wins. */

#define AIF_LOCALE_EXACT        4000
#define AIF_LOCALE_PARENT       3000     /* plus the number of its subtags */
#define AIF_LOCALE_SCRIPT       2000     /* the same script */
#define AIF_LOCALE_LANGUAGE     1000     /* the bare language */
#define AIF_LOCALE_SIBLING      100      /* another region: pt-PT for pt-BR */

#define AIF_LOCALE_SAME_REGION  8
#define AIF_LOCALE_OWN_SCRIPT   4
#define AIF_LOCALE_NOT_ALIASED  1


#define aif_locale_2(a, b)                                                    \
    ((uint64_t) (a) | (uint64_t) (b) << 8)
#define aif_locale_3(a, b, c)                                                 \
    (aif_locale_2(a, b) | (uint64_t) (c) << 16)
#define aif_locale_4(a, b, c, d)                                              \
    (aif_locale_3(a, b, c) | (uint64_t) (d) << 24)

#define AIF_LOCALE_ZH    aif_locale_2('z', 'h')
#define AIF_LOCALE_HANS  aif_locale_4('h', 'a', 'n', 's')
#define AIF_LOCALE_HANT  aif_locale_4('h', 'a', 'n', 't')


typedef struct {
    uint64_t    sub[AIF_LOCALE_MAX_SUBTAGS];
    uint64_t    script;         /* as written, for Chinese also derived */
    uint64_t    region;
    uint16_t    n;
    uint8_t     aliased;        /* sub[0] is not what was written */
    uint8_t     own_script;     /* the script was written */
} aif_locale_tag_t;


typedef struct {
    aif_locale_tag_t    tag;    /* tag.n == 0: "*" */
    uint16_t            q;      /* thousandths */
    uint32_t            score;
    ssize_t             best;
} aif_locale_range_t;


typedef struct {
    uint64_t    from;
    uint64_t    to;
} aif_locale_alias_t;


typedef struct {
    uint64_t    language;
    uint64_t    region;
} aif_locale_place_t;


static int aif_locale_parse(aif_locale_tag_t *t, const u_char *p, size_t len);
static void aif_locale_subtags(aif_locale_tag_t *t);
static uint32_t aif_locale_rank(const aif_locale_tag_t *range,
    const aif_locale_tag_t *listed);
static size_t aif_locale_common(const aif_locale_tag_t *a,
    const aif_locale_tag_t *b);
static size_t aif_locale_ranges(aif_locale_range_t *ranges,
    const u_char *p, size_t len);
static int aif_locale_range(aif_locale_range_t *r, const u_char *p,
    const u_char *end);
static int aif_locale_weight(const u_char *p, const u_char *end);
static int aif_locale_excluded(const aif_locale_range_t *ranges, size_t n,
    const aif_locale_tag_t *listed, int *named);
static int aif_locale_same(const u_char *a, const u_char *b, size_t len);
static int aif_locale_is_alpha(uint64_t sub);
static int aif_locale_is_digit(uint64_t sub);
static size_t aif_locale_len(uint64_t sub);


/* Codes that are gone but still sent, to those that replaced them. */

static const aif_locale_alias_t  aif_locale_aliases[] = {
    { aif_locale_2('i', 'w'), aif_locale_2('h', 'e') },
    { aif_locale_2('i', 'n'), aif_locale_2('i', 'd') },
    { aif_locale_2('j', 'i'), aif_locale_2('y', 'i') },
    { aif_locale_2('j', 'w'), aif_locale_2('j', 'v') },
    { aif_locale_2('m', 'o'), aif_locale_2('r', 'o') },
    { aif_locale_2('n', 'o'), aif_locale_2('n', 'b') },
    { aif_locale_2('t', 'l'), aif_locale_3('f', 'i', 'l') },
    { aif_locale_3('c', 'm', 'n'), AIF_LOCALE_ZH },
    { 0, 0 }
};


static const uint64_t  aif_locale_rtl_languages[] = {
    aif_locale_2('a', 'r'), aif_locale_2('d', 'v'), aif_locale_2('f', 'a'),
    aif_locale_2('h', 'e'), aif_locale_2('k', 's'), aif_locale_2('p', 's'),
    aif_locale_2('s', 'd'), aif_locale_2('u', 'g'), aif_locale_2('u', 'r'),
    aif_locale_2('y', 'i'),
    aif_locale_3('a', 'c', 'm'), aif_locale_3('a', 'e', 'b'),
    aif_locale_3('a', 'j', 'p'), aif_locale_3('a', 'p', 'c'),
    aif_locale_3('a', 'r', 'c'), aif_locale_3('a', 'r', 'q'),
    aif_locale_3('a', 'r', 's'), aif_locale_3('a', 'r', 'y'),
    aif_locale_3('a', 'r', 'z'), aif_locale_3('a', 'z', 'b'),
    aif_locale_3('b', 'a', 'l'), aif_locale_3('b', 'q', 'i'),
    aif_locale_3('c', 'k', 'b'), aif_locale_3('g', 'l', 'k'),
    aif_locale_3('l', 'r', 'c'), aif_locale_3('m', 'z', 'n'),
    aif_locale_3('n', 'q', 'o'), aif_locale_3('p', 'n', 'b'),
    aif_locale_3('p', 'r', 's'), aif_locale_3('s', 'd', 'h'),
    aif_locale_3('s', 'k', 'r'), aif_locale_3('s', 'y', 'r'),
    0
};


static const uint64_t  aif_locale_rtl_scripts[] = {
    aif_locale_4('a', 'r', 'a', 'b'), aif_locale_4('a', 'r', 'a', 'n'),
    aif_locale_4('h', 'e', 'b', 'r'), aif_locale_4('t', 'h', 'a', 'a'),
    aif_locale_4('s', 'y', 'r', 'c'), aif_locale_4('n', 'k', 'o', 'o'),
    aif_locale_4('a', 'd', 'l', 'm'), aif_locale_4('r', 'o', 'h', 'g'),
    aif_locale_4('m', 'a', 'n', 'd'), aif_locale_4('s', 'a', 'm', 'r'),
    0
};


/* Languages of two scripts, where the Arabic one goes with the place. */

static const aif_locale_place_t  aif_locale_rtl_places[] = {
    { aif_locale_2('a', 'z'), aif_locale_2('i', 'r') },
    { aif_locale_2('k', 'u'), aif_locale_2('i', 'q') },
    { aif_locale_2('k', 'u'), aif_locale_2('i', 'r') },
    { aif_locale_2('p', 'a'), aif_locale_2('p', 'k') },
    { aif_locale_2('u', 'z'), aif_locale_2('a', 'f') },
    { 0, 0 }
};


int
aif_locale_valid(const u_char *tag, size_t len)
{
    size_t            i, n, size, first;
    aif_locale_tag_t  t;

    if (aif_locale_parse(&t, tag, len) != AIF_OK
        || memchr(tag, '_', len) != NULL)
    {
        return 0;
    }

    size = aif_locale_len(t.sub[0]);
    if (size == 4) {
        return 0;
    }

    i = 1;

    /* extlang: up to three subtags of three letters after a short language */

    if (size <= 3) {
        for (n = 0; n < 3 && i < t.n; n++, i++) {
            if (aif_locale_len(t.sub[i]) != 3
                || !aif_locale_is_alpha(t.sub[i]))
            {
                break;
            }
        }
    }

    if (i < t.n && aif_locale_len(t.sub[i]) == 4
        && aif_locale_is_alpha(t.sub[i]))
    {
        i++;
    }

    if (i < t.n && t.region != 0 && t.sub[i] == t.region) {
        i++;
    }

    for ( /* void */ ; i < t.n; i++) {
        size = aif_locale_len(t.sub[i]);
        first = t.sub[i] & 0xff;

        if (size < 4 || (size == 4 && !(first >= '0' && first <= '9'))) {
            break;
        }
    }

    /* a singleton and what it introduces; "x" takes the rest */

    while (i < t.n) {
        if (aif_locale_len(t.sub[i]) != 1) {
            return 0;
        }

        if (t.sub[i++] == 'x') {
            return i < t.n;
        }

        for (n = 0; i < t.n && aif_locale_len(t.sub[i]) > 1; n++, i++) {
            /* void */
        }

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}


int
aif_locale_match(const aif_str_t *list, size_t n, const u_char *tag,
    size_t len)
{
    int               best;
    size_t            i;
    uint32_t          rank, score;
    aif_locale_tag_t  range, listed;

    if (aif_locale_parse(&range, tag, len) != AIF_OK) {
        return -1;
    }

    best = -1;
    score = 0;

    for (i = 0; i < n; i++) {

        if (aif_locale_parse(&listed, list[i].data, list[i].len) != AIF_OK) {
            continue;
        }

        rank = aif_locale_rank(&range, &listed);

        if (rank > score) {
            score = rank;
            best = (int) i;
        }
    }

    return best;
}


int
aif_locale_accept(const aif_str_t *list, size_t n, const u_char *value,
    size_t len)
{
    int                  named;
    size_t               i, k, nranges;
    uint32_t             rank;
    aif_locale_tag_t     listed;
    aif_locale_range_t  *r, *best;
    aif_locale_range_t   ranges[AIF_LOCALE_MAX_RANGES];

    nranges = aif_locale_ranges(ranges, value, len);

    for (i = 0; i < n; i++) {

        if (aif_locale_parse(&listed, list[i].data, list[i].len) != AIF_OK
            || aif_locale_excluded(ranges, nranges, &listed, &named))
        {
            continue;
        }

        for (k = 0; k < nranges; k++) {
            r = &ranges[k];

            if (r->tag.n != 0) {
                rank = aif_locale_rank(&r->tag, &listed);

            } else {
                /* "*" stands for whatever no other range names */
                rank = !named;
            }

            if (rank > r->score) {
                r->score = rank;
                r->best = (ssize_t) i;
            }
        }
    }

    best = NULL;

    for (k = 0; k < nranges; k++) {
        r = &ranges[k];

        if (r->best >= 0 && r->q > (best ? best->q : 0)) {
            best = r;
        }
    }

    return best ? (int) best->best : -1;
}


int
aif_locale_prefix(const aif_str_t *list, size_t n, const u_char *path,
    size_t path_len, size_t *len)
{
    size_t         i, size;
    const u_char  *p;

    if (path_len < 2 || path[0] != '/') {
        return -1;
    }

    path++;
    path_len--;

    p = memchr(path, '/', path_len);
    size = p ? (size_t) (p - path) : path_len;

    for (i = 0; i < n; i++) {

        if (size != 0 && list[i].len == size
            && aif_locale_same(path, list[i].data, size))
        {
            *len = size + 1;
            return (int) i;
        }
    }

    return -1;
}


int
aif_locale_rtl(const u_char *tag, size_t len)
{
    size_t            i;
    aif_locale_tag_t  t;

    if (aif_locale_parse(&t, tag, len) != AIF_OK) {
        return 0;
    }

    if (t.own_script) {
        for (i = 0; aif_locale_rtl_scripts[i]; i++) {
            if (t.script == aif_locale_rtl_scripts[i]) {
                return 1;
            }
        }

        return 0;
    }

    for (i = 0; aif_locale_rtl_languages[i]; i++) {
        if (t.sub[0] == aif_locale_rtl_languages[i]) {
            return 1;
        }
    }

    for (i = 0; aif_locale_rtl_places[i].language; i++) {
        if (t.sub[0] == aif_locale_rtl_places[i].language
            && t.region == aif_locale_rtl_places[i].region)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * RFC 4647's language-range: 1 to 8 letters or digits between hyphens, the
 * first part 2 to 8 letters.  Underscores are taken for hyphens, since that
 * is how shops write locales into cookies.
 */

static int
aif_locale_parse(aif_locale_tag_t *t, const u_char *p, size_t len)
{
    u_char    ch;
    size_t    i, size;
    uint64_t  sub;

    if (len < 2 || len > AIF_LOCALE_MAX_LEN) {
        return AIF_BAD;
    }

    t->n = 0;
    sub = 0;
    size = 0;

    for (i = 0; /* void */ ; i++) {

        ch = i < len ? p[i] : '-';

        if (ch == '-' || ch == '_') {
            if (size == 0 || (t->n == 0 && size == 1)) {
                return AIF_BAD;
            }

            t->sub[t->n++] = sub;

            if (i == len) {
                break;
            }

            sub = 0;
            size = 0;
            continue;
        }

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (size == 8
            || !((ch >= 'a' && ch <= 'z')
                 || (ch >= '0' && ch <= '9' && t->n != 0)))
        {
            return AIF_BAD;
        }

        sub |= (uint64_t) ch << (8 * size++);
    }

    aif_locale_subtags(t);

    return AIF_OK;
}


/* Finds script and region, and puts today's code for the language. */

static void
aif_locale_subtags(aif_locale_tag_t *t)
{
    size_t    i, size;
    uint64_t  sub;

    t->script = 0;
    t->region = 0;
    t->aliased = 0;
    t->own_script = 0;

    for (i = 0; aif_locale_aliases[i].from; i++) {
        if (t->sub[0] == aif_locale_aliases[i].from) {
            t->sub[0] = aif_locale_aliases[i].to;
            t->aliased = 1;
            break;
        }
    }

    for (i = 1; i < t->n; i++) {

        sub = t->sub[i];
        size = aif_locale_len(sub);

        if (size == 3 && aif_locale_is_alpha(sub)) {
            continue;
        }

        if (size == 4 && aif_locale_is_alpha(sub) && t->script == 0) {
            t->script = sub;
            t->own_script = 1;
            continue;
        }

        if ((size == 2 && aif_locale_is_alpha(sub))
            || (size == 3 && aif_locale_is_digit(sub)))
        {
            t->region = sub;
        }

        break;
    }

    if (t->sub[0] == AIF_LOCALE_ZH && t->script == 0) {

        t->script = (t->region == aif_locale_2('t', 'w')
                     || t->region == aif_locale_2('h', 'k')
                     || t->region == aif_locale_2('m', 'o'))
                    ? AIF_LOCALE_HANT : AIF_LOCALE_HANS;
    }
}


/*
 * RFC 4647 3.4 takes subtags off the range's end until a listed tag is equal:
 * the listed tag with the most subtags that is a prefix of the range.  What
 * comes after that is our own fallback, in the order of the scores.
 */

static uint32_t
aif_locale_rank(const aif_locale_tag_t *range, const aif_locale_tag_t *listed)
{
    size_t    n;
    uint32_t  extra;

    if (range->sub[0] != listed->sub[0]) {
        return 0;
    }

    extra = (range->aliased == listed->aliased) ? AIF_LOCALE_NOT_ALIASED : 0;

    n = aif_locale_common(range, listed);

    if (n == range->n && n == listed->n) {
        return AIF_LOCALE_EXACT + extra;
    }

    if (n == listed->n && n > 1) {
        return AIF_LOCALE_PARENT + 2 * (uint32_t) n + extra;
    }

    if (range->region != 0 && range->region == listed->region) {
        extra += AIF_LOCALE_SAME_REGION;
    }

    if (listed->own_script) {
        extra += AIF_LOCALE_OWN_SCRIPT;
    }

    if (range->script != 0 && range->script == listed->script) {
        return AIF_LOCALE_SCRIPT + extra;
    }

    if (n == listed->n) {
        return AIF_LOCALE_LANGUAGE + extra;
    }

    /* who named a script can't be given the other one */

    if (range->n != 1 && range->script != 0 && listed->script != 0) {
        return 0;
    }

    /* of siblings the first listed is taken, unless the region is the same */

    return AIF_LOCALE_SIBLING + (extra & AIF_LOCALE_SAME_REGION);
}


static size_t
aif_locale_common(const aif_locale_tag_t *a, const aif_locale_tag_t *b)
{
    size_t  n;

    for (n = 0; n < a->n && n < b->n && a->sub[n] == b->sub[n]; n++) {
        /* void */
    }

    return n;
}


static size_t
aif_locale_ranges(aif_locale_range_t *ranges, const u_char *p, size_t len)
{
    size_t         n;
    const u_char  *end, *comma;

    n = 0;
    end = p + len;

    while (p < end && n < AIF_LOCALE_MAX_RANGES) {

        comma = memchr(p, ',', end - p);
        if (comma == NULL) {
            comma = end;
        }

        if (aif_locale_range(&ranges[n], p, comma) == AIF_OK) {
            n++;
        }

        p = comma + 1;
    }

    return n;
}


static int
aif_locale_range(aif_locale_range_t *r, const u_char *p, const u_char *end)
{
    int            q;
    const u_char  *last;

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    for (last = p; last < end && *last != ' ' && *last != '\t' && *last != ';';
         last++)
    {
        /* void */
    }

    if (last - p == 1 && *p == '*') {
        r->tag.n = 0;

    } else if (aif_locale_parse(&r->tag, p, last - p) != AIF_OK) {
        return AIF_BAD;
    }

    q = aif_locale_weight(last, end);
    if (q < 0) {
        return AIF_BAD;
    }

    r->q = (uint16_t) q;
    r->score = 0;
    r->best = -1;

    return AIF_OK;
}


/*
 * The weight in thousandths; -1 for a weight that isn't one, which makes the
 * range not count.  Other parameters are skipped.  ".5" and a fourth digit
 * are seen in the wild and do no harm.
 */

static int
aif_locale_weight(const u_char *p, const u_char *end)
{
    int  q, scale;

    for ( ;; ) {

        while (p < end && (*p == ' ' || *p == '\t' || *p == ';')) {
            p++;
        }

        if (p == end) {
            return AIF_LOCALE_MAX_Q;
        }

        if ((*p | 0x20) == 'q' && end - p >= 2 && p[1] == '=') {
            p += 2;
            break;
        }

        while (p < end && *p != ';') {
            p++;
        }
    }

    if (p == end) {
        return -1;
    }

    q = 0;
    scale = AIF_LOCALE_MAX_Q;

    if (*p == '0' || *p == '1') {
        q = (*p++ - '0') * scale;

    } else if (*p != '.' || end - p < 2 || p[1] < '0' || p[1] > '9') {
        return -1;
    }

    if (p < end && *p == '.') {
        for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
            scale /= 10;
            q += (*p - '0') * scale;
        }
    }

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    if (q > AIF_LOCALE_MAX_Q || (p < end && *p != ';')) {
        return -1;
    }

    return q;
}


/*
 * A listed locale's own weight is that of the longest range which it equals
 * or begins with: "es;q=0" excludes es-MX too, but not if es-MX was named.
 * *named says that there was such a range.
 */

static int
aif_locale_excluded(const aif_locale_range_t *ranges, size_t n,
    const aif_locale_tag_t *listed, int *named)
{
    size_t  k, longest;
    int     excluded;

    longest = 0;
    excluded = 0;

    for (k = 0; k < n; k++) {

        if (ranges[k].tag.n > longest
            && aif_locale_common(&ranges[k].tag, listed) == ranges[k].tag.n)
        {
            longest = ranges[k].tag.n;
            excluded = (ranges[k].q == 0);
        }
    }

    *named = (longest != 0);

    return excluded;
}


/* Equal but for the case of ASCII letters. */

static int
aif_locale_same(const u_char *a, const u_char *b, size_t len)
{
    size_t  i;
    u_char  ch;

    for (i = 0; i < len; i++) {

        if (a[i] == b[i]) {
            continue;
        }

        ch = a[i] | 0x20;

        if (ch != (b[i] | 0x20) || ch < 'a' || ch > 'z') {
            return 0;
        }
    }

    return 1;
}


static int
aif_locale_is_alpha(uint64_t sub)
{
    for ( /* void */ ; sub; sub >>= 8) {
        if ((sub & 0xff) <= '9') {
            return 0;
        }
    }

    return 1;
}


static int
aif_locale_is_digit(uint64_t sub)
{
    for ( /* void */ ; sub; sub >>= 8) {
        if ((sub & 0xff) > '9') {
            return 0;
        }
    }

    return 1;
}


static size_t
aif_locale_len(uint64_t sub)
{
    size_t  n;

    for (n = 0; sub; sub >>= 8) {
        n++;
    }

    return n;
}
