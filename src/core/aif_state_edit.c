
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A decision about texts to edits of the page.  A new text is escaped for
 * every layer that it lies in: JSON's string, React's "$", the JavaScript
 * string around, and the script element, which nothing in it may end.  Rows of
 * Flight get their new lengths.
 */


#include "core/aif_state_private.h"
#include "core/aif_utf8.h"

#include <stdlib.h>


typedef struct {
    aif_state_t     *state;
    aif_edit_t      *edits;
    uint32_t         n;
    uint32_t         max;
    int64_t         *delta;          /* of rows */
    int              ascii;
} aif_state_edit_t;


static int aif_state_edit_string(aif_state_edit_t *e,
    const aif_state_string_t *s);
static const aif_str_t *aif_state_edit_value(const aif_state_t *st,
    const aif_state_string_t *s, uint8_t *lead, uint8_t *trail);
static int aif_state_edit_rows(aif_state_edit_t *e);
static int aif_state_edit_add(aif_state_edit_t *e, uint32_t view, size_t start,
    size_t end, const aif_str_t *text);
static size_t aif_state_edit_plain(u_char *dst, const aif_str_t *text);
static void aif_state_edit_escape(const aif_view_t *v, int json,
    int ascii, const u_char *p, size_t len, aif_buf_t *buf);
static const u_char *aif_state_edit_high(const u_char *p, const u_char *end,
    aif_buf_t *buf);
static int aif_state_edit_compare(const void *one, const void *two);


int
aif_state_edits(aif_state_t *st, int ascii, aif_edit_t **edits,
    size_t *n)
{
    int               rc;
    uint32_t          i;
    aif_state_edit_t  e;

    memset(&e, 0, sizeof(aif_state_edit_t));

    e.state = st;
    e.ascii = ascii;
    e.delta = aif_arena_calloc(st->arena, (st->nrows + 1) * sizeof(int64_t));

    if (e.delta == NULL) {
        return AIF_NOMEM;
    }

    for (i = 0; i < st->nstrings; i++) {

        rc = aif_state_edit_string(&e, &st->strings[i]);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    rc = aif_state_edit_rows(&e);

    if (rc != AIF_OK) {
        return rc;
    }

    if (e.n > 1) {
        qsort(e.edits, e.n, sizeof(aif_edit_t), aif_state_edit_compare);
    }

    for (i = 1; i < e.n; i++) {
        if (e.edits[i].start < e.edits[i - 1].end) {
            return AIF_BAD;
        }
    }

    *edits = e.edits;
    *n = e.n;

    return AIF_OK;
}


static int
aif_state_edit_string(aif_state_edit_t *e, const aif_state_string_t *s)
{
    size_t            len, start, end;
    u_char           *text;
    uint8_t           lead, trail;
    aif_buf_t         buf;
    aif_str_t         out;
    const u_char     *data;
    aif_state_t      *st;
    const aif_str_t  *value;

    st = e->state;

    if (s->link) {
        out = aif_state_link_text(st, s);
        return out.data ? aif_state_edit_add(e, s->view, s->text, s->text_end,
                                             &out)
                        : AIF_NOMEM;
    }

    value = aif_state_edit_value(st, s, &lead, &trail);

    if (value == NULL) {
        return AIF_OK;
    }

    data = st->views[s->view].data;
    start = lead == AIF_STATE_EDGE_KEEP ? s->text : s->start;
    end = trail == AIF_STATE_EDGE_KEEP ? s->text_end : s->end;

    text = aif_arena_alloc(st->arena, value->len + 3);
    if (text == NULL) {
        return AIF_NOMEM;
    }

    len = 0;

    if (lead == AIF_STATE_EDGE_BLANK) {
        text[len++] = ' ';

    } else if (s->row == 0 && s->kind >= AIF_STATE_FLIGHT
               && (lead == AIF_STATE_EDGE_NONE || s->text == s->start
                   || data[s->start] == '$'))
    {
        /* the text's first byte is the string's */

        start = s->start;

        if (value->len && value->data[0] == '$') {
            text[len++] = '$';
        }
    }

    len += aif_state_edit_plain(text + len, value);

    if (trail == AIF_STATE_EDGE_BLANK) {
        text[len++] = ' ';
    }

    aif_buf_init(&buf, st->arena, len + len / 8 + 16);

    aif_state_edit_escape(&st->views[s->view], s->row == 0, e->ascii, text,
                          len, &buf);

    if (buf.failed) {
        return AIF_NOMEM;
    }

    if (s->row) {
        e->delta[s->row - 1] = (int64_t) len - (int64_t) (end - start);
    }

    out.data = buf.data;
    out.len = buf.len;

    return aif_state_edit_add(e, s->view, start, end, &out);
}


/* What the string becomes, NULL if it stays. */

static const aif_str_t *
aif_state_edit_value(const aif_state_t *st, const aif_state_string_t *s,
    uint8_t *lead, uint8_t *trail)
{
    const aif_str_t          *value;
    const aif_state_group_t  *g;

    *lead = AIF_STATE_EDGE_KEEP;
    *trail = AIF_STATE_EDGE_KEEP;

    g = s->group == AIF_STATE_NONE ? NULL : &st->groups[s->group];

    if (g && (g->value.data || (st->hydrates && g->nodes))) {

        value = &g->value;
        *lead = g->lead;
        *trail = g->trail;

        if (value->data && *lead == AIF_STATE_EDGE_KEEP
            && *trail == AIF_STATE_EDGE_KEEP && aif_str_eq(value, &g->text))
        {
            return NULL;
        }

    } else if (s->value != AIF_STATE_NONE) {
        value = &st->values[s->value];

    } else {
        return NULL;
    }

    return value->data && value->len && !aif_state_string_markup(value)
           ? value : NULL;
}


/* New lengths, in hexadecimal digits as React writes them. */

static int
aif_state_edit_rows(aif_state_edit_t *e)
{
    int               rc;
    u_char           *p;
    uint64_t          len;
    uint32_t          i;
    aif_str_t         text;
    aif_state_row_t  *row;

    for (i = 0; i < e->state->nrows; i++) {

        row = &e->state->rows[i];

        if (e->delta[i] == 0) {
            continue;
        }

        len = (int64_t) row->end - row->start + e->delta[i];

        p = aif_arena_alloc(e->state->arena, 16);
        if (p == NULL) {
            return AIF_NOMEM;
        }

        text.data = p + 16;

        do {
            *--text.data = "0123456789abcdef"[len & 0xf];
            len >>= 4;
        } while (len);

        text.len = p + 16 - text.data;

        rc = aif_state_edit_add(e, row->view, row->digits, row->digits_end,
                                &text);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    return AIF_OK;
}


static int
aif_state_edit_add(aif_state_edit_t *e, uint32_t view, size_t start,
    size_t end, const aif_str_t *text)
{
    size_t       i, n;
    aif_edit_t   parts[AIF_STATE_MAX_PARTS], *edits;

    n = aif_view_edits(&e->state->views[view], start, end, text, parts,
                       AIF_STATE_MAX_PARTS);

    if (n == 0) {
        return AIF_LIMIT;
    }

    for (i = 0; i < n; i++) {

        edits = aif_state_string_grow(e->state, e->edits, e->n, &e->max,
                                      sizeof(aif_edit_t));
        if (edits == NULL) {
            return AIF_NOMEM;
        }

        e->edits = edits;
        e->edits[e->n++] = parts[i];
    }

    return AIF_OK;
}


/* Canonical text to what it says. */

static size_t
aif_state_edit_plain(u_char *dst, const aif_str_t *text)
{
    u_char        *start;
    const u_char  *p, *end;

    start = dst;
    p = text->data;
    end = p + text->len;

    while (p < end) {

        if (*p == '&') {

            if (end - p >= 5 && memcmp(p, "&amp;", 5) == 0) {
                *dst++ = '&';
                p += 5;
                continue;
            }

            if (end - p >= 4
                && (memcmp(p, "&lt;", 4) == 0 || memcmp(p, "&gt;", 4) == 0))
            {
                *dst++ = p[1] == 'l' ? '<' : '>';
                p += 4;
                continue;
            }
        }

        *dst++ = *p++;
    }

    return dst - start;
}


static void
aif_state_edit_escape(const aif_view_t *v, int json, int ascii,
    const u_char *p, size_t len, aif_buf_t *buf)
{
    int            script, wrapped;
    u_char         ch, code[6];
    const u_char  *end;

    static const u_char  hex[] = "0123456789abcdef";

    end = p + len;
    script = (v->runs != NULL || json);
    wrapped = (v->runs != NULL);

    for ( /* void */ ; p < end; p++) {

        ch = *p;

        if (ch == '"' || ch == '\\' || (ch == '\'' && wrapped)) {

            /* \" in JSON, \\\" if that is in a string again */

            if (json && ch != '\'') {
                aif_buf_byte(buf, '\\');

                if (wrapped) {
                    aif_buf_byte(buf, '\\');
                }
            }

            if (wrapped) {
                aif_buf_byte(buf, '\\');
            }

            aif_buf_byte(buf, ch);
            continue;
        }

        if (script && (ch < 0x20 || ch == '<' || ch == '>')) {

            /* in both layers it is JavaScript's escape that does it */

            memcpy(code, "\\u00", 4);
            code[4] = hex[ch >> 4];
            code[5] = hex[ch & 0xf];

            if (json && wrapped && ch < 0x20) {
                aif_buf_byte(buf, '\\');
            }

            aif_buf_append(buf, code, 6);
            continue;
        }

        if (script && ch == 0xe2 && end - p >= 3 && p[1] == 0x80
            && (p[2] == 0xa8 || p[2] == 0xa9))
        {
            aif_buf_append(buf, p[2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
            p += 2;
            continue;
        }

        if (script && ascii && ch >= 0x80) {
            p = aif_state_edit_high(p, end, buf) - 1;
            continue;
        }

        aif_buf_byte(buf, ch);
    }

}


/* A character beyond ASCII as one or two escapes; returns what follows it. */

static const u_char *
aif_state_edit_high(const u_char *p, const u_char *end, aif_buf_t *buf)
{
    unsigned       i, n, shift;
    uint32_t       code, units[2];

    static const u_char  hex[] = "0123456789abcdef";

    code = aif_utf8_decode(&p, end);

    if (code == AIF_UTF8_BAD) {
        return p;
    }

    n = 1;
    units[0] = code;

    if (code > 0xffff) {
        n = 2;
        units[0] = 0xd800 + ((code - 0x10000) >> 10);
        units[1] = 0xdc00 + ((code - 0x10000) & 0x3ff);
    }

    for (i = 0; i < n; i++) {

        aif_buf_literal(buf, "\\u");

        for (shift = 16; shift; /* void */) {
            shift -= 4;
            aif_buf_byte(buf, hex[units[i] >> shift & 0xf]);
        }
    }

    return p;
}


static int
aif_state_edit_compare(const void *one, const void *two)
{
    const aif_edit_t  *a, *b;

    a = one;
    b = two;

    return a->start < b->start ? -1 : a->start > b->start;
}
