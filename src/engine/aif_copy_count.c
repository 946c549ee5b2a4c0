
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * How platforms count characters.  Where a platform's own way needs tables
 * that change with the years (top-level domains, emoji sequences, Unicode's
 * normal forms), this never counts less than it does for texts as shops write
 * them: a text that is refused here is shortened, one that is refused there is
 * an ad that does not run.
 */


#include "engine/aif_copy.h"
#include "core/aif_utf8.h"


#define AIF_COPY_URL        23
#define AIF_COPY_ZWJ        0x200d
#define AIF_COPY_EMOJI      0xfe0f      /* shown as an emoji */
#define AIF_COPY_KEYCAP     0x20e3


typedef struct {
    uint32_t    first;
    uint32_t    last;
} aif_copy_range_t;


static size_t aif_copy_tweet(const u_char *p, const u_char *end);
static size_t aif_copy_weight(uint32_t cp);
static const u_char *aif_copy_emoji(const u_char *p, const u_char *end);
static const u_char *aif_copy_emoji_one(const u_char *p, const u_char *end);
static const u_char *aif_copy_address(const u_char *p, const u_char *end,
    int *scheme);
static const u_char *aif_copy_host(const u_char *p, const u_char *end);
static uint32_t aif_copy_peek(const u_char *p, const u_char *end);
static int aif_copy_in(const aif_copy_range_t *ranges, size_t n, uint32_t cp);


/* weigh one each (config/v3.json), all others two */

static const aif_copy_range_t  aif_copy_light[] = {
    { 0x0000, 0x10ff }, { 0x2000, 0x200d }, { 0x2010, 0x201f },
    { 0x2032, 0x2037 }
};

/* East_Asian_Width W and F (UAX 11), blocks as a whole */

static const aif_copy_range_t  aif_copy_wide[] = {
    { 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0x4dbf },
    { 0x4e00, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },
    { 0xf900, 0xfaff }, { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f },
    { 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f000, 0x1faff },
    { 0x20000, 0x3fffd }
};

/* what emoji sequences begin with, flags and keycaps aside */

static const aif_copy_range_t  aif_copy_emojis[] = {
    { 0x2194, 0x21aa }, { 0x2300, 0x23ff }, { 0x25aa, 0x27bf },
    { 0x2934, 0x2935 }, { 0x2b05, 0x2b55 }, { 0x1f004, 0x1f1e5 },
    { 0x1f200, 0x1faff }
};

/* ... and only if they are shown as emoji */

static const aif_copy_range_t  aif_copy_emoji_signs[] = {
    { 0x00a9, 0x00a9 }, { 0x00ae, 0x00ae }, { 0x203c, 0x203c },
    { 0x2049, 0x2049 }, { 0x2122, 0x2122 }, { 0x2139, 0x2139 },
    { 0x3030, 0x3030 }, { 0x303d, 0x303d }, { 0x3297, 0x3297 },
    { 0x3299, 0x3299 }
};

static const aif_copy_range_t  aif_copy_skins[] = { { 0x1f3fb, 0x1f3ff } };
static const aif_copy_range_t  aif_copy_tags[] = { { 0xe0020, 0xe007f } };
static const aif_copy_range_t  aif_copy_flags[] = { { 0x1f1e6, 0x1f1ff } };

#define aif_copy_is(ranges, cp)                                               \
    aif_copy_in(ranges, sizeof(ranges) / sizeof(ranges[0]), cp)


size_t
aif_copy_length(const aif_str_t *text, aif_copy_count_e count)
{
    size_t         n;
    uint32_t       cp;
    const u_char  *p, *end;

    p = text->data;
    end = p + text->len;

    if (count == AIF_COPY_TWEET) {
        return aif_copy_tweet(p, end);
    }

    n = 0;

    while (p < end) {
        cp = aif_utf8_decode(&p, end);
        n += (count == AIF_COPY_WIDE && aif_copy_is(aif_copy_wide, cp)) ? 2 : 1;
    }

    return n;
}


static size_t
aif_copy_tweet(const u_char *p, const u_char *end)
{
    int            scheme, word;
    size_t         n, weight;
    uint32_t       cp;
    const u_char  *next;

    n = 0;
    word = 0;
    scheme = 0;

    while (p < end) {

        next = word ? NULL : aif_copy_address(p, end, &scheme);

        if (next) {
            weight = next - p;
            n += (scheme || weight < AIF_COPY_URL) ? AIF_COPY_URL : weight;
            p = next;
            word = 1;
            continue;
        }

        next = aif_copy_emoji(p, end);

        if (next) {
            n += 2;
            p = next;
            word = 0;
            continue;
        }

        cp = aif_utf8_decode(&p, end);
        n += aif_copy_weight(cp);

        /* an address does not begin inside a word */

        word = (cp >= '0' && cp <= '9') || aif_utf8_letter(cp) || cp == '@'
               || cp == '#' || cp == '$';
    }

    return n;
}


static size_t
aif_copy_weight(uint32_t cp)
{
    return aif_copy_is(aif_copy_light, cp) ? 1 : 2;
}


/* Behind the emoji sequence at p, or NULL (UTS 51, ED-17). */

static const u_char *
aif_copy_emoji(const u_char *p, const u_char *end)
{
    uint32_t       cp;
    const u_char  *next, *q;

    next = p;
    cp = aif_utf8_decode(&next, end);

    if (aif_copy_is(aif_copy_flags, cp)) {

        cp = aif_copy_peek(next, end);

        if (aif_copy_is(aif_copy_flags, cp)) {
            (void) aif_utf8_decode(&next, end);
        }

        return next;
    }

    if ((cp >= '0' && cp <= '9') || cp == '#' || cp == '*') {

        if (aif_copy_peek(next, end) == AIF_COPY_EMOJI) {
            (void) aif_utf8_decode(&next, end);
        }

        if (aif_copy_peek(next, end) != AIF_COPY_KEYCAP) {
            return NULL;
        }

        (void) aif_utf8_decode(&next, end);

        return next;
    }

    next = aif_copy_emoji_one(p, end);

    while (next && aif_copy_peek(next, end) == AIF_COPY_ZWJ) {

        q = next;
        (void) aif_utf8_decode(&q, end);

        q = q < end ? aif_copy_emoji_one(q, end) : NULL;

        if (q == NULL) {
            break;
        }

        next = q;
    }

    return next;
}


static const u_char *
aif_copy_emoji_one(const u_char *p, const u_char *end)
{
    uint32_t       cp;
    const u_char  *next;

    cp = aif_utf8_decode(&p, end);
    next = p;

    if (!aif_copy_is(aif_copy_emojis, cp)
        && !(aif_copy_is(aif_copy_emoji_signs, cp)
             && aif_copy_peek(p, end) == AIF_COPY_EMOJI))
    {
        return NULL;
    }

    while (p < end) {

        cp = aif_utf8_decode(&p, end);

        if (cp != AIF_COPY_EMOJI && !aif_copy_is(aif_copy_skins, cp)
            && !aif_copy_is(aif_copy_tags, cp))
        {
            break;
        }

        next = p;
    }

    return next;
}


/*
 * Behind the address that begins at p, or NULL.  Only what every reader of
 * addresses takes for a part of one; what follows is counted for itself.
 */

static const u_char *
aif_copy_address(const u_char *p, const u_char *end, int *scheme)
{
    const u_char  *host, *next;

    host = p;

    if (end - p > 8 && strncasecmp((const char *) p, "https://", 8) == 0) {
        host = p + 8;

    } else if (end - p > 7 && strncasecmp((const char *) p, "http://", 7) == 0)
    {
        host = p + 7;
    }

    *scheme = (host != p);
    next = aif_copy_host(host, end);

    if (next == NULL || next == end || *next != '/') {
        return next;
    }

    for (p = next; p < end; p++) {

        if ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z')
            || (*p >= 'A' && *p <= 'Z') || (*p && strchr("/-_~=&%+", *p)))
        {
            next = p + 1;

        } else if (*p == 0 || strchr(".?:#", *p) == NULL) {
            break;
        }
    }

    return next;
}


/* behind "name.name.letters" */

static const u_char *
aif_copy_host(const u_char *p, const u_char *end)
{
    int            digits;
    size_t         len, labels;
    const u_char  *start, *next;

    next = NULL;

    for (labels = 0; p < end; labels++) {

        digits = 0;

        for (start = p; p < end; p++) {

            if ((*p >= '0' && *p <= '9') || *p == '-') {
                digits = 1;

            } else if ((*p | 0x20) < 'a' || (*p | 0x20) > 'z') {
                break;
            }
        }

        len = p - start;

        if (len == 0) {
            break;
        }

        next = (labels && len >= 2 && !digits) ? p : NULL;

        if (p == end || *p != '.' || p + 1 == end
            || !((p[1] >= '0' && p[1] <= '9')
                 || ((p[1] | 0x20) >= 'a' && (p[1] | 0x20) <= 'z')))
        {
            break;
        }

        p++;
    }

    return next;
}


static uint32_t
aif_copy_peek(const u_char *p, const u_char *end)
{
    return p < end ? aif_utf8_decode(&p, end) : AIF_UTF8_BAD;
}


static int
aif_copy_in(const aif_copy_range_t *ranges, size_t n, uint32_t cp)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (cp >= ranges[i].first && cp <= ranges[i].last) {
            return 1;
        }
    }

    return 0;
}
