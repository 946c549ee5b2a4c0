
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Canonical text to plain text and the way back for each byte.  It changes
 * nothing and judges nothing.  aif_mask.c and aif_guard_protect.c match in
 * what it makes, so that an administrator's pattern sees "R&D", not "R&amp;D",
 * and an address that is partly bold is one address.
 */


#include "core/aif_plain.h"


#define AIF_PLAIN_MAX_ID  9999


static size_t aif_plain_reference(const u_char *p, const u_char *last,
    u_char *ch);


int
aif_plain_make(const aif_str_t *text, int joined, aif_arena_t *a,
    aif_plain_t *plain)
{
    size_t         n, i;
    u_char         ch, kind;
    unsigned       id;
    const u_char  *p, *last;

    if (text->len > UINT32_MAX) {
        return AIF_LIMIT;
    }

    plain->len = 0;
    plain->text = aif_arena_alloc(a, text->len + 1);
    plain->from = aif_arena_alloc(a, (text->len + 1) * sizeof(uint32_t));
    plain->to = aif_arena_alloc(a, (text->len + 1) * sizeof(uint32_t));

    if (plain->text == NULL || plain->from == NULL || plain->to == NULL) {
        return AIF_NOMEM;
    }

    p = text->data;
    last = p + text->len;
    i = 0;

    while (p < last) {
        ch = *p;
        n = 1;

        if (ch == '<') {
            n = aif_plain_tag(p, last, &id, &kind);

            if (n != 0 && (kind != 'x' || joined)) {
                p += n;
                continue;
            }

            if (n != 0) {
                ch = '\n';

            } else {
                n = 1;
            }

        } else if (ch == '&') {
            n = aif_plain_reference(p, last, &ch);
        }

        plain->text[i] = ch;
        plain->from[i] = p - text->data;
        plain->to[i] = p - text->data + n;

        i++;
        p += n;
    }

    plain->len = i;

    return AIF_OK;
}


size_t
aif_plain_tag(const u_char *p, const u_char *last, unsigned *id,
    u_char *kind)
{
    const u_char  *start;

    start = p;

    if (last - p < 4 || *p++ != '<') {
        return 0;
    }

    *id = 0;
    *kind = *p++;

    if (*kind == '/' && *p++ != 'g') {
        return 0;
    }

    if (*kind != '/' && *kind != 'g' && *kind != 'x') {
        return 0;
    }

    while (p < last && *p >= '0' && *p <= '9') {
        *id = *id * 10 + (*p++ - '0');

        if (*id > AIF_PLAIN_MAX_ID) {
            return 0;
        }
    }

    if (*id == 0) {
        return 0;
    }

    if (*kind == 'x' && (p == last || *p++ != '/')) {
        return 0;
    }

    if (p == last || *p != '>') {
        return 0;
    }

    return p + 1 - start;
}


static size_t
aif_plain_reference(const u_char *p, const u_char *last, u_char *ch)
{
    if (last - p >= 5 && memcmp(p, "&amp;", 5) == 0) {
        *ch = '&';
        return 5;
    }

    if (last - p >= 4 && memcmp(p, "&lt;", 4) == 0) {
        *ch = '<';
        return 4;
    }

    if (last - p >= 4 && memcmp(p, "&gt;", 4) == 0) {
        *ch = '>';
        return 4;
    }

    *ch = *p;

    return 1;
}
