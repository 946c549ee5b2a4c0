
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Text of a page to canonical text: where it begins and ends, how many letters
 * it has, what must be folded, decoded and escaped.  It knows no tags.  Called
 * by the segmenter for every text and every translatable attribute.
 *
 * Most texts of a page are canonical as they stand, so the scan, which sees
 * every byte of text, reads 16 at a time and only collects what there is.
 */


#include "core/aif_segment_text.h"
#include "core/aif_escape.h"
#include "core/aif_html_entity.h"
#include "core/aif_utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif


#define AIF_SEGMENT_TEXT_SPACE  0x20     /* HTML's white space */
#define AIF_SEGMENT_TEXT_BLANK  0x40     /* " " */

#define S  AIF_SEGMENT_TEXT_SPACE
#define B  AIF_SEGMENT_TEXT_BAD
#define H  AIF_SEGMENT_TEXT_HIGH

static const uint8_t  aif_segment_text_class[256] = {
    [0x00 ... 0x08] = B, ['\t'] = S, ['\n'] = S, [0x0b] = B, ['\f'] = S,
    ['\r'] = S, [0x0e ... 0x1f] = B, [' '] = S|AIF_SEGMENT_TEXT_BLANK,
    ['&'] = AIF_SEGMENT_TEXT_REFS, ['<'] = AIF_SEGMENT_TEXT_ANGLE,
    ['>'] = AIF_SEGMENT_TEXT_ANGLE, [0x7f] = B, [0x80 ... 0xff] = H
};

#undef S
#undef B
#undef H


static void aif_segment_text_trim_start(const u_char **start,
    const u_char *end, int attribute);
static void aif_segment_text_trim_end(const u_char *start, const u_char **end,
    int attribute);
static int aif_segment_text_blank(const u_char *p, size_t len);
static unsigned aif_segment_text_bytes(const u_char *p, const u_char *end,
    const u_char *limit, uint32_t *letters);
static unsigned aif_segment_text_high(const u_char *p, const u_char *end,
    uint32_t *letters);
static unsigned aif_segment_text_refs(const u_char *p, const u_char *end,
    int attribute, uint32_t *letters);


static inline int
aif_segment_text_space(u_char ch)
{
    return aif_segment_text_class[ch] & AIF_SEGMENT_TEXT_SPACE;
}


#if defined(__SSE2__)

/* White space but the blank, 9 to 13 without 11; its values are moved to the
 * lowest ones for a signed compare. */

static inline __m128i
aif_segment_text_breaks(__m128i v)
{
    __m128i  t;

    t = _mm_cmplt_epi8(_mm_add_epi8(v, _mm_set1_epi8(128 - '\t')),
                       _mm_set1_epi8(-128 + 5));

    return _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x0b)), t);
}

#endif


const u_char *
aif_segment_text_skip(const u_char *p, const u_char *end, const u_char *limit)
{
#if defined(__SSE2__)

    __m128i   v;
    unsigned  other;

    for ( /* void */ ; p < end && limit - p >= 16; p += 16) {

        v = _mm_loadu_si128((const __m128i *) p);
        v = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
                         aif_segment_text_breaks(v));

        other = ~_mm_movemask_epi8(v) & 0xffff;

        if (other) {
            p += __builtin_ctz(other);
            return p < end ? p : end;
        }
    }

    if (p >= end) {
        return end;
    }

#else

    (void) limit;

#endif

    while (p < end && aif_segment_text_space(*p)) {
        p++;
    }

    return p;
}


void
aif_segment_text_trim(const u_char **start, const u_char **end, int attribute)
{
    u_char  first, last;

    if (*start == *end) {
        return;
    }

    /* most texts have nothing to trim, and these four bytes tell */

    first = **start;

    if (first <= ' ' || first == '&' || first == 0xc2) {
        aif_segment_text_trim_start(start, *end, attribute);

        if (*start == *end) {
            return;
        }
    }

    last = (*end)[-1];

    if (last <= ' ' || last == ';' || last == 0xa0) {
        aif_segment_text_trim_end(*start, end, attribute);
    }
}


static void
aif_segment_text_trim_start(const u_char **start, const u_char *end,
    int attribute)
{
    size_t         n, len;
    u_char         out[8];
    const u_char  *p;

    p = *start;

    while (p < end) {

        if (aif_segment_text_space(*p)) {
            p++;
            continue;
        }

        if (*p == 0xc2 && end - p > 1 && p[1] == 0xa0) {
            p += 2;
            continue;
        }

        if (*p != '&') {
            break;
        }

        /*
         * A reference without its ";" could become another one together with
         * the text that will stand behind it.
         */

        n = aif_html_entity(p, end, attribute, out, &len);

        if (n == 0 || p[n - 1] != ';' || !aif_segment_text_blank(out, len)) {
            break;
        }

        p += n;
    }

    *start = p;
}


static void
aif_segment_text_trim_end(const u_char *start, const u_char **end,
    int attribute)
{
    size_t         n, len;
    u_char         out[8];
    const u_char  *p, *last;

    last = *end;

#if defined(__SSE2__)

    /* the indentation of the tag that follows */

    for ( /* void */ ; last - start >= 16; last -= 16) {

        __m128i   v;
        unsigned  other;

        v = _mm_loadu_si128((const __m128i *) (last - 16));
        v = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
                         aif_segment_text_breaks(v));

        other = ~_mm_movemask_epi8(v) & 0xffff;

        if (other) {
            last -= __builtin_clz(other) - 16;
            break;
        }
    }

#endif

    while (start < last) {

        if (aif_segment_text_space(last[-1])) {
            last--;
            continue;
        }

        if (last[-1] == 0xa0 && last - start > 1 && last[-2] == 0xc2) {
            last -= 2;
            continue;
        }

        if (last[-1] != ';') {
            break;
        }

        for (p = last - 1; p > start && *p != '&'; p--) {
            if (last - p > AIF_HTML_ENTITY_MAX) {
                break;
            }
        }

        n = aif_html_entity(p, last, attribute, out, &len);

        if (n != (size_t) (last - p) || !aif_segment_text_blank(out, len)) {
            break;
        }

        last = p;
    }

    *end = last;
}


static int
aif_segment_text_blank(const u_char *p, size_t len)
{
    return (len == 1 && aif_segment_text_space(p[0]))
           || (len == 2 && p[0] == 0xc2 && p[1] == 0xa0);
}


unsigned
aif_segment_text_scan(const u_char *p, const u_char *end, const u_char *limit,
    int attribute, uint32_t *letters)
{
    unsigned  flags;

    flags = aif_segment_text_bytes(p, end, limit, letters);

    if (flags & AIF_SEGMENT_TEXT_HIGH) {
        flags |= aif_segment_text_high(p, end, letters);
    }

    if (flags & AIF_SEGMENT_TEXT_REFS) {
        flags |= aif_segment_text_refs(p, end, attribute, letters);
    }

    return flags;
}


/* The flags, and the number of ASCII letters. */

static unsigned
aif_segment_text_bytes(const u_char *p, const u_char *end, const u_char *limit,
    uint32_t *letters)
{
    unsigned  flags, class, last, n;

    n = 0;
    flags = 0;
    last = 0;

#if defined(__SSE2__)

    unsigned  mask, breaks, blanks;
    __m128i   v, t, b;

    for ( /* void */ ; p < end && limit - p >= 16; p += 16) {

        mask = end - p < 16 ? (1u << (end - p)) - 1 : 0xffff;

        v = _mm_loadu_si128((const __m128i *) p);

        /* letters, moved to the lowest values for a signed compare */

        t = _mm_or_si128(v, _mm_set1_epi8(0x20));
        t = _mm_add_epi8(t, _mm_set1_epi8(128 - 'a'));
        t = _mm_cmplt_epi8(t, _mm_set1_epi8(-128 + 26));

        class = _mm_movemask_epi8(t) & mask;
        class -= class >> 1 & 0x5555;
        class = (class & 0x3333) + (class >> 2 & 0x3333);
        class = (class + (class >> 4)) & 0x0f0f;
        n += (class + (class >> 8)) & 0x1f;

        /* white space to fold */

        b = aif_segment_text_breaks(v);
        breaks = _mm_movemask_epi8(b) & mask;
        blanks = _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')))
                 & mask;

        if (breaks || (blanks & (blanks << 1 | last))) {
            flags |= AIF_SEGMENT_TEXT_FOLD;
        }

        last = (breaks | blanks) >> 15;

        if (_mm_movemask_epi8(v) & mask) {
            flags |= AIF_SEGMENT_TEXT_HIGH;
        }

        /* what is rare is found together, and then looked at one by one */

        t = _mm_add_epi8(v, _mm_set1_epi8((char) 0x80));
        t = _mm_cmplt_epi8(t, _mm_set1_epi8(-128 + 0x20));
        t = _mm_andnot_si128(b, t);
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));

        class = _mm_movemask_epi8(t) & mask;

        for ( /* void */ ; class; class &= class - 1) {
            flags |= aif_segment_text_class[p[__builtin_ctz(class)]];
        }
    }

#else

    (void) limit;

#endif

    for ( /* void */ ; p < end; p++) {

        class = aif_segment_text_class[*p];
        n += (u_char) ((*p | 0x20) - 'a') < 26;

        if (class & AIF_SEGMENT_TEXT_SPACE) {
            if (last || !(class & AIF_SEGMENT_TEXT_BLANK)) {
                flags |= AIF_SEGMENT_TEXT_FOLD;
            }

            last = 1;
            continue;
        }

        last = 0;
        flags |= class;
    }

    *letters = n;

    return flags;
}


/* Adds the letters beyond ASCII; BAD if the text is malformed. */

static unsigned
aif_segment_text_high(const u_char *p, const u_char *end, uint32_t *letters)
{
    uint32_t  cp;

    while (p < end) {

        cp = *p;

        if (cp < 0x80) {
            p++;
            continue;
        }

        if (end - p >= 2 && cp >= 0xc2 && cp < 0xe0
            && (p[1] & 0xc0) == 0x80)
        {
            cp = (cp & 0x1f) << 6 | (p[1] & 0x3f);
            p += 2;

        } else if (end - p >= 3 && cp > 0xe0 && cp < 0xed
                   && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80)
        {
            cp = (cp & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
            p += 3;

        } else {
            cp = aif_utf8_decode(&p, end);

            if (cp == AIF_UTF8_BAD) {
                return AIF_SEGMENT_TEXT_BAD;
            }
        }

        /* whole blocks of letters that need no table */

        if ((cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0x400 && cp <= 0x481)
            || (cp >= 0xf8 && cp <= 0x2c1) || (cp >= 0xac00 && cp <= 0xd7a3))
        {
            ++*letters;

        } else {
            *letters += aif_utf8_letter(cp);
        }
    }

    return 0;
}


/*
 * The letters of a text with references, and what only these bring in.  Names
 * of references have no letters of the text.
 */

static unsigned
aif_segment_text_refs(const u_char *p, const u_char *end, int attribute,
    uint32_t *letters)
{
    size_t         n, len;
    u_char         out[8];
    unsigned       flags;

    flags = 0;

    for ( ;; ) {

        p = memchr(p, '&', end - p);
        if (p == NULL) {
            return flags;
        }

        n = aif_html_entity(p, end, attribute, out, &len);

        if (n == 0) {
            p++;
            continue;
        }

        *letters += aif_utf8_letters(out, len);
        *letters -= aif_utf8_letters(p, n);
        flags |= aif_segment_text_class[out[0]] & AIF_SEGMENT_TEXT_BAD;

        p += n;
    }
}


u_char *
aif_segment_text_write(u_char *dst, const u_char *dst_end, const u_char *p,
    const u_char *end, unsigned flags, int attribute)
{
    int            space;
    size_t         n, len;
    u_char         out[8];
    const u_char  *q;

    if (!(flags & AIF_SEGMENT_TEXT_COPY)) {

        if (end - p > dst_end - dst) {
            return NULL;
        }

        memcpy(dst, p, end - p);

        return dst + (end - p);
    }

    space = 0;

    while (p < end) {

        for (q = p; q < end; q++) {
            if (aif_segment_text_class[*q] & (AIF_SEGMENT_TEXT_SPACE
                                              |AIF_SEGMENT_TEXT_REFS
                                              |AIF_SEGMENT_TEXT_ANGLE))
            {
                break;
            }
        }

        /* a reference is 8 bytes at most, or one of them escaped to 5 */

        if (q - p + 16 > dst_end - dst) {
            return NULL;
        }

        if (q > p) {
            memcpy(dst, p, q - p);
            dst += q - p;
            p = q;
            space = 0;

            if (p == end) {
                break;
            }
        }

        out[0] = *p;
        len = 1;
        n = 1;

        if (*p == '&') {
            n = aif_html_entity(p, end, attribute, out, &len);

            if (n == 0) {
                out[0] = '&';
                len = 1;
                n = 1;
            }
        }

        p += n;

        if (len == 1 && aif_segment_text_space(out[0])) {

            if (!space) {
                *dst++ = ' ';
                space = 1;
            }

            continue;
        }

        space = 0;
        dst = aif_escape(dst, out, len);
    }

    return dst;
}
