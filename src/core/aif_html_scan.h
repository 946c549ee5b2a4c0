
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the tokenizer spends its time with: looking for the byte that ends
 * what it is in, sixteen bytes at a time where SSE2 is there (always on
 * x86-64), else one by one or by memchr().  No byte at or behind "end" is
 * read.  Included by aif_html.c only.
 *
 * A call of memchr() costs more than most finds here: half of all texts and
 * values end within the first sixteen bytes.
 */


#ifndef _AIF_HTML_SCAN_H_INCLUDED_
#define _AIF_HTML_SCAN_H_INCLUDED_


#include "core/aif.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif


/* Classes of bytes. */

#define AIF_HTML_C_SPACE   0x01
#define AIF_HTML_C_TAG     0x02       /* ends a tag's name: space / > */
#define AIF_HTML_C_NAME    0x04       /* ends an attribute's: space / > = */
#define AIF_HTML_C_BARE    0x08       /* ends a bare value: space > */
#define AIF_HTML_C_LETTER  0x10
#define AIF_HTML_C_MARKUP  0x20       /* after "<": a letter / ! ? */

#define S  (AIF_HTML_C_SPACE|AIF_HTML_C_TAG|AIF_HTML_C_NAME|AIF_HTML_C_BARE)
#define A  (AIF_HTML_C_LETTER|AIF_HTML_C_MARKUP)

static const uint8_t  aif_html_class[256] = {
    ['\t'] = S, ['\n'] = S, ['\f'] = S, ['\r'] = S, [' '] = S,
    ['/'] = AIF_HTML_C_TAG|AIF_HTML_C_NAME|AIF_HTML_C_MARKUP,
    ['>'] = AIF_HTML_C_TAG|AIF_HTML_C_NAME|AIF_HTML_C_BARE,
    ['='] = AIF_HTML_C_NAME,
    ['!'] = AIF_HTML_C_MARKUP, ['?'] = AIF_HTML_C_MARKUP,
    ['A' ... 'Z'] = A, ['a' ... 'z'] = A
};

#undef S
#undef A

#define aif_html_is(ch, class)  (aif_html_class[ch] & (class))


/* All of these return "end" if there is none. */

static inline const u_char *
aif_html_scan_byte(const u_char *p, const u_char *end, u_char ch)
{
#if defined(__SSE2__)

    unsigned       mask;
    const __m128i  want = _mm_set1_epi8((char) ch);

    for ( /* void */ ; end - p >= 16; p += 16) {

        mask = _mm_movemask_epi8(_mm_cmpeq_epi8(
                             _mm_loadu_si128((const __m128i *) p), want));
        if (mask) {
            return p + __builtin_ctz(mask);
        }
    }

    while (p < end && *p != ch) {
        p++;
    }

    return p;

#else

    p = p < end ? memchr(p, ch, end - p) : NULL;

    return p ? p : end;

#endif
}


/* A byte that is followed by one of two; or it is the last. */

static inline const u_char *
aif_html_scan_pair(const u_char *p, const u_char *end, u_char first,
    u_char second, u_char other)
{
#if defined(__SSE2__)

    unsigned       mask;
    __m128i        v, next;
    const __m128i  v1 = _mm_set1_epi8((char) first);
    const __m128i  v2 = _mm_set1_epi8((char) second);
    const __m128i  v3 = _mm_set1_epi8((char) other);

    for ( /* void */ ; end - p >= 17; p += 16) {

        v = _mm_loadu_si128((const __m128i *) p);
        next = _mm_loadu_si128((const __m128i *) (p + 1));

        v = _mm_and_si128(_mm_cmpeq_epi8(v, v1),
                          _mm_or_si128(_mm_cmpeq_epi8(next, v2),
                                       _mm_cmpeq_epi8(next, v3)));

        mask = _mm_movemask_epi8(v);
        if (mask) {
            return p + __builtin_ctz(mask);
        }
    }

#endif

    for ( /* void */ ; p < end; p++) {
        if (*p == first
            && (p + 1 == end || p[1] == second || p[1] == other))
        {
            break;
        }
    }

    return p;
}


static inline const u_char *
aif_html_scan_either(const u_char *p, const u_char *end, u_char one,
    u_char other)
{
#if defined(__SSE2__)

    unsigned       mask;
    __m128i        v;
    const __m128i  v1 = _mm_set1_epi8((char) one);
    const __m128i  v2 = _mm_set1_epi8((char) other);

    for ( /* void */ ; end - p >= 16; p += 16) {

        v = _mm_loadu_si128((const __m128i *) p);
        mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, v1),
                                              _mm_cmpeq_epi8(v, v2)));
        if (mask) {
            return p + __builtin_ctz(mask);
        }
    }

#endif

    while (p < end && *p != one && *p != other) {
        p++;
    }

    return p;
}


/*
 * The end of a name.  All control characters stop the wide search, "=" stops
 * it too; those that don't belong to the class are passed one by one.
 */

static inline const u_char *
aif_html_scan_name(const u_char *p, const u_char *end, uint8_t class)
{
#if defined(__SSE2__)

    unsigned  mask;
    __m128i   v, stop;

    while (end - p >= 16) {

        v = _mm_loadu_si128((const __m128i *) p);

        stop = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ')), v);
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('/')));
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('=')));

        mask = _mm_movemask_epi8(stop);

        if (mask == 0) {
            p += 16;
            continue;
        }

        p += __builtin_ctz(mask);

        if (aif_html_is(*p, class)) {
            return p;
        }

        p++;
    }

#endif

    while (p < end && !aif_html_is(*p, class)) {
        p++;
    }

    return p;
}


static inline const u_char *
aif_html_scan_space(const u_char *p, const u_char *end)
{
    while (p < end && aif_html_is(*p, AIF_HTML_C_SPACE)) {
        p++;
    }

    return p;
}


#endif /* _AIF_HTML_SCAN_H_INCLUDED_ */
