
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the tokenizer spends its time with: looking for the byte that ends
 * what it is in.  Included by aif_html.c only.
 *
 * Names, values and texts are short: half of them end within sixteen bytes,
 * so that a call of memchr() costs more than the find, and what follows waits
 * for its result.  So a block of 64 bytes is looked at once, for all that
 * matters in usual markup, and then each find is a shift and a count of zero
 * bits.  Raw texts are long: they are searched for a pair of bytes.  SSE2 is
 * always there on x86-64; elsewhere the same is done byte by byte.
 */


#ifndef _AIF_HTML_SCAN_H_INCLUDED_
#define _AIF_HTML_SCAN_H_INCLUDED_


#include "core/aif_html.h"

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


/* What is marked in a block; names end with a control, a blank, / > or =. */

enum {
    AIF_HTML_M_LESS = 0,
    AIF_HTML_M_QUOTE,
    AIF_HTML_M_NAME
};

#define AIF_HTML_BLOCK     64
#define AIF_HTML_NO_BLOCK  1           /* no multiple of 64 */
#define AIF_HTML_NOWHERE   0xffffffffu


#if defined(__SSE2__)

#define aif_html_eq(v, ch)  _mm_cmpeq_epi8(v, _mm_set1_epi8(ch))
#define aif_html_bits(v, i)                                                   \
    ((uint64_t) (unsigned) _mm_movemask_epi8(v) << (i))

static inline void
aif_html_mark_16(uint64_t *marks, const u_char *p, unsigned i)
{
    __m128i  v, name;

    v = _mm_loadu_si128((const __m128i *) (p + i));

    name = _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(' ')));
    name = _mm_or_si128(name, aif_html_eq(v, '/'));
    name = _mm_or_si128(name, aif_html_eq(v, '>'));
    name = _mm_or_si128(name, aif_html_eq(v, '='));

    marks[AIF_HTML_M_LESS] |= aif_html_bits(aif_html_eq(v, '<'), i);
    marks[AIF_HTML_M_QUOTE] |= aif_html_bits(aif_html_eq(v, '"'), i);
    marks[AIF_HTML_M_NAME] |= aif_html_bits(name, i);
}

#undef aif_html_bits
#undef aif_html_eq

#else

static inline void
aif_html_mark_16(uint64_t *marks, const u_char *p, unsigned i)
{
    unsigned  to;

    for (to = i + 16; i < to; i++) {
        marks[AIF_HTML_M_LESS] |= (uint64_t) (p[i] == '<') << i;
        marks[AIF_HTML_M_QUOTE] |= (uint64_t) (p[i] == '"') << i;
        marks[AIF_HTML_M_NAME] |= (uint64_t) (p[i] <= ' ' || p[i] == '/'
                                              || p[i] == '>' || p[i] == '=')
                                  << i;
    }
}

#endif


static inline void
aif_html_mark(aif_html_t *t, const u_char *page, uint32_t block)
{
    uint64_t       marks[3] = { 0, 0, 0 };
    const u_char  *p;

    p = page + block;

    aif_html_mark_16(marks, p, 0);
    aif_html_mark_16(marks, p, 16);
    aif_html_mark_16(marks, p, 32);
    aif_html_mark_16(marks, p, 48);

    t->block = block;
    t->marks[AIF_HTML_M_LESS] = marks[AIF_HTML_M_LESS];
    t->marks[AIF_HTML_M_QUOTE] = marks[AIF_HTML_M_QUOTE];
    t->marks[AIF_HTML_M_NAME] = marks[AIF_HTML_M_NAME];
}


/*
 * The next mark at or behind "at"; AIF_HTML_NOWHERE if there is none before
 * "safe", a multiple of 64: only blocks that end before it are read.  Inlined
 * by force: it gains a twelfth of the tokenizer's time.
 */

__attribute__((always_inline)) static inline uint32_t
aif_html_seek(aif_html_t *t, const u_char *page, uint32_t at, uint32_t safe,
    unsigned mark)
{
    uint32_t  block;
    uint64_t  bits;

    block = at & ~(AIF_HTML_BLOCK - 1);

    if (block != t->block) {

        if (block >= safe) {
            return AIF_HTML_NOWHERE;
        }

        aif_html_mark(t, page, block);
    }

    bits = t->marks[mark] >> (at - block);

    while (bits == 0) {

        at = t->block + AIF_HTML_BLOCK;

        if (at >= safe) {
            return AIF_HTML_NOWHERE;
        }

        aif_html_mark(t, page, at);
        bits = t->marks[mark];
    }

    return at + __builtin_ctzll(bits);
}


/* The following return "end" if there is none; they read nothing behind it. */

static inline const u_char *
aif_html_scan_byte(const u_char *p, const u_char *end, u_char ch)
{
    p = p < end ? memchr(p, ch, end - p) : NULL;

    return p ? p : end;
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


/* The end of a name or a bare value. */

static inline const u_char *
aif_html_scan_class(const u_char *p, const u_char *end, uint8_t class)
{
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
