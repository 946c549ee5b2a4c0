
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Character references to UTF-8 (HTML standard, 13.2.5.72 to 13.2.5.80).  It
 * decodes only; whoever writes text into a page escapes it himself.  Called
 * by the segmenter and by everything that compares texts of a page.
 *
 * A name is looked up by an open hash over the whole table, with its ";".
 * The 106 old names that may lack the ";" have at most six characters: they
 * are tried from the longest, so "&notit;" is "not" and "it;".
 */


#include "core/aif_html_entity.h"
#include "core/aif_html_entity_table.h"
#include "core/aif_utf8.h"


#define AIF_HTML_ENTITY_OLD_MIN  2
#define AIF_HTML_ENTITY_OLD_MAX  6


static size_t aif_html_entity_numeric(const u_char *p, const u_char *end,
    u_char out[8], size_t *len);
static size_t aif_html_entity_named(const u_char *p, const u_char *end,
    int attribute, u_char out[8], size_t *len);
static int aif_html_entity_find(const u_char *name, size_t len, u_char out[8],
    size_t *out_len);


/* What windows-1252 has where the C1 controls are; 0 stays as it is. */

static const uint16_t  aif_html_entity_c1[32] = {
    0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x0000, 0x017d, 0x0000,
    0x0000, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x0000, 0x017e, 0x0178
};


static inline int
aif_html_entity_alnum(u_char ch)
{
    return (u_char) (ch - '0') < 10 || (u_char) ((ch | 0x20) - 'a') < 26;
}


size_t
aif_html_entity(const u_char *p, const u_char *end, int attribute,
    u_char out[8], size_t *len)
{
    if (end - p < 3 || p[0] != '&') {
        return 0;
    }

    if (p[1] == '#') {
        return aif_html_entity_numeric(p, end, out, len);
    }

    return aif_html_entity_named(p, end, attribute, out, len);
}


size_t
aif_html_decode(u_char *dst, const u_char *src, size_t len, int attribute)
{
    size_t         n, out_len;
    u_char        *d, out[8];
    const u_char  *p, *end, *amp;

    d = dst;
    p = src;
    end = len ? src + len : src;

    while (p < end) {

        amp = memchr(p, '&', end - p);

        n = (amp ? amp : end) - p;
        memcpy(d, p, n);
        d += n;
        p += n;

        if (amp == NULL) {
            break;
        }

        n = aif_html_entity(p, end, attribute, out, &out_len);

        if (n == 0) {
            *d++ = *p++;
            continue;
        }

        memcpy(d, out, out_len);
        d += out_len;
        p += n;
    }

    return d - dst;
}


static size_t
aif_html_entity_numeric(const u_char *p, const u_char *end, u_char out[8],
    size_t *len)
{
    uint32_t       cp, digit;
    const u_char  *q, *digits;

    q = p + 2;
    cp = 0;

    if (*q == 'x' || *q == 'X') {

        digits = ++q;

        for ( /* void */ ; q < end; q++) {

            if ((u_char) (*q - '0') < 10) {
                digit = *q - '0';

            } else if ((u_char) ((*q | 0x20) - 'a') < 6) {
                digit = (*q | 0x20) - 'a' + 10;

            } else {
                break;
            }

            if (cp <= 0x10ffff) {
                cp = cp * 16 + digit;
            }
        }

    } else {

        digits = q;

        for ( /* void */ ; q < end && (u_char) (*q - '0') < 10; q++) {
            if (cp <= 0x10ffff) {
                cp = cp * 10 + (*q - '0');
            }
        }
    }

    if (q == digits) {
        return 0;
    }

    if (q < end && *q == ';') {
        q++;
    }

    if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
        cp = 0xfffd;

    } else if (cp >= 0x80 && cp <= 0x9f && aif_html_entity_c1[cp - 0x80]) {
        cp = aif_html_entity_c1[cp - 0x80];
    }

    *len = aif_utf8_encode(out, cp);

    return q - p;
}


static size_t
aif_html_entity_named(const u_char *p, const u_char *end, int attribute,
    u_char out[8], size_t *len)
{
    size_t         n, max;
    const u_char  *name, *q;

    name = p + 1;

    if (end - name > AIF_HTML_ENTITY_MAX) {
        end = name + AIF_HTML_ENTITY_MAX;
    }

    for (q = name; q < end && aif_html_entity_alnum(*q); q++) { /* void */ }

    n = q - name;

    if (q < end && *q == ';' && n
        && aif_html_entity_find(name, n + 1, out, len))
    {
        return n + 2;
    }

    max = n < AIF_HTML_ENTITY_OLD_MAX ? n : AIF_HTML_ENTITY_OLD_MAX;

    for (n = max; n >= AIF_HTML_ENTITY_OLD_MIN; n--) {

        if (!aif_html_entity_find(name, n, out, len)) {
            continue;
        }

        /* "?a=1&copy=2" is a URL */

        q = name + n;

        if (attribute && q < end && (*q == '=' || aif_html_entity_alnum(*q))) {
            return 0;
        }

        return n + 1;
    }

    return 0;
}


static int
aif_html_entity_find(const u_char *name, size_t len, u_char out[8],
    size_t *out_len)
{
    size_t         i;
    uint32_t       hash, slot, n;
    const u_char  *text;

    hash = 0;

    for (i = 0; i < len; i++) {
        hash = (hash * 33) ^ name[i];
    }

    hash = (hash ^ (hash >> 15)) * 0x9e3779b1u;

    slot = hash >> 20;

    for ( ;; ) {

        n = aif_html_entity_slots[slot];
        if (n == 0) {
            return 0;
        }

        n--;

        if (aif_html_entity_names[n].name_len == len) {
            text = (const u_char *) aif_html_entity_text
                   + aif_html_entity_names[n].text;

            if (memcmp(text, name, len) == 0) {
                *out_len = aif_html_entity_names[n].len;
                memcpy(out, text + len, *out_len);
                return 1;
            }
        }

        slot = (slot + 1) % AIF_HTML_ENTITY_SLOTS;
    }
}
