
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


static unsigned aif_segment_text_bytes(const u_char *p, const u_char *end,
    uint32_t *letters);
static unsigned aif_segment_text_refs(const u_char *p, const u_char *end,
    int attribute, uint32_t *letters);
static int aif_segment_text_is_space(const u_char *p, size_t len);


static inline int
aif_segment_text_space(u_char ch)
{
    return aif_segment_text_class[ch] & AIF_SEGMENT_TEXT_SPACE;
}


const u_char *
aif_segment_text_skip(const u_char *p, const u_char *end)
{
    while (p < end && aif_segment_text_space(*p)) {
        p++;
    }

    return p;
}


void
aif_segment_text_trim(const u_char **start, const u_char **end, int attribute)
{
    size_t         n, len;
    u_char         out[8];
    const u_char  *p, *q, *last;

    p = *start;
    last = *end;

    while (p < last) {

        if (aif_segment_text_space(*p)) {
            p++;
            continue;
        }

        if (*p == 0xc2 && last - p > 1 && p[1] == 0xa0) {
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

        n = aif_html_entity(p, last, attribute, out, &len);

        if (n == 0 || p[n - 1] != ';' || !aif_segment_text_is_space(out, len)) {
            break;
        }

        p += n;
    }

    while (p < last) {

        if (aif_segment_text_space(last[-1])) {
            last--;
            continue;
        }

        if (last[-1] == 0xa0 && last - p > 1 && last[-2] == 0xc2) {
            last -= 2;
            continue;
        }

        if (last[-1] != ';') {
            break;
        }

        for (q = last - 1; q > p && *q != '&'; q--) {
            if (last - q > AIF_HTML_ENTITY_MAX) {
                break;
            }
        }

        n = aif_html_entity(q, last, attribute, out, &len);

        if (n != (size_t) (last - q) || !aif_segment_text_is_space(out, len)) {
            break;
        }

        last = q;
    }

    *start = p;
    *end = last;
}


static int
aif_segment_text_is_space(const u_char *p, size_t len)
{
    return (len == 1 && aif_segment_text_space(p[0]))
           || (len == 2 && p[0] == 0xc2 && p[1] == 0xa0);
}


unsigned
aif_segment_text_scan(const u_char *p, const u_char *end, int attribute,
    uint32_t *letters)
{
    unsigned  flags;

    flags = aif_segment_text_bytes(p, end, letters);

    if (!(flags & (AIF_SEGMENT_TEXT_HIGH|AIF_SEGMENT_TEXT_REFS))) {
        return flags;
    }

    if ((flags & AIF_SEGMENT_TEXT_HIGH) && !aif_utf8_valid(p, end - p)) {
        return flags | AIF_SEGMENT_TEXT_BAD;
    }

    if (flags & AIF_SEGMENT_TEXT_REFS) {
        return flags | aif_segment_text_refs(p, end, attribute, letters);
    }

    *letters = aif_utf8_letters(p, end - p);

    return flags;
}


static unsigned
aif_segment_text_bytes(const u_char *p, const u_char *end, uint32_t *letters)
{
    unsigned  flags, class, last, n;

    n = 0;
    flags = 0;
    last = 0;

#if defined(__SSE2__)

    unsigned  spaces, blanks, breaks;
    __m128i   v, t;

    for ( /* void */ ; end - p >= 16; p += 16) {

        v = _mm_loadu_si128((const __m128i *) p);

        /* signed compare: the range to find is moved to the lowest values */

        t = _mm_or_si128(v, _mm_set1_epi8(0x20));
        t = _mm_add_epi8(t, _mm_set1_epi8(128 - 'a'));
        t = _mm_cmplt_epi8(t, _mm_set1_epi8(-128 + 26));
        n += __builtin_popcount(_mm_movemask_epi8(t));

        /* white space but the blank: 9 to 13 without 11 */

        t = _mm_add_epi8(v, _mm_set1_epi8(128 - '\t'));
        t = _mm_cmplt_epi8(t, _mm_set1_epi8(-128 + 5));
        t = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x0b)), t);
        breaks = _mm_movemask_epi8(t);

        blanks = _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
        spaces = blanks | breaks;

        if (breaks || (blanks & (blanks << 1 | last))) {
            flags |= AIF_SEGMENT_TEXT_FOLD;
        }

        last = spaces >> 15;

        if (_mm_movemask_epi8(v)) {
            flags |= AIF_SEGMENT_TEXT_HIGH;
        }

        /* what is rare is found together, and then looked at one by one */

        t = _mm_add_epi8(v, _mm_set1_epi8((char) 0x80));
        t = _mm_cmplt_epi8(t, _mm_set1_epi8(-128 + 0x20));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
        t = _mm_or_si128(t, _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));

        class = _mm_movemask_epi8(t) & ~breaks;

        for ( /* void */ ; class; class &= class - 1) {
            flags |= aif_segment_text_class[p[__builtin_ctz(class)]];
        }
    }

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


/* Letters of a text with references, and what only these bring in. */

static unsigned
aif_segment_text_refs(const u_char *p, const u_char *end, int attribute,
    uint32_t *letters)
{
    size_t         n, len;
    u_char         out[8];
    unsigned       flags;
    const u_char  *amp;

    flags = 0;
    *letters = 0;

    while (p < end) {

        amp = memchr(p, '&', end - p);
        if (amp == NULL) {
            amp = end;
        }

        *letters += aif_utf8_letters(p, amp - p);

        if (amp == end) {
            break;
        }

        n = aif_html_entity(amp, end, attribute, out, &len);
        p = amp + (n ? n : 1);

        if (n == 0) {
            continue;
        }

        *letters += aif_utf8_letters(out, len);
        flags |= aif_segment_text_class[out[0]] & AIF_SEGMENT_TEXT_BAD;
    }

    return flags;
}


u_char *
aif_segment_text_write(u_char *dst, const u_char *dst_end, const u_char *p,
    const u_char *end, unsigned flags, int attribute)
{
    int            space;
    size_t         n, len, i;
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

        for (i = 0; i < len; i++) {

            switch (out[i]) {

            case '&':
                memcpy(dst, "&amp;", 5);
                dst += 5;
                break;

            case '<':
                memcpy(dst, "&lt;", 4);
                dst += 4;
                break;

            case '>':
                memcpy(dst, "&gt;", 4);
                dst += 4;
                break;

            default:
                *dst++ = out[i];
                break;
            }
        }
    }

    return dst;
}
