
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * React's Flight: rows "id:value" of JSON, and "id:Thex,text" whose length in
 * bytes is told.  Next pushes the stream in pieces, as JavaScript strings, from
 * many small scripts; where it is cut means nothing.  What can't be read to
 * its end is AIF_BAD: then nothing of it is changed.
 */


#include "core/aif_state_private.h"


static int aif_flight_call(aif_view_t *v, const u_char *page, size_t *pos,
    size_t end, aif_json_span_level_t *levels);
static size_t aif_flight_prefix(const u_char *page, size_t pos, size_t end);
static size_t aif_flight_space(const u_char *page, size_t pos, size_t end);
static int aif_flight_pass(aif_state_t *st, uint32_t view,
    aif_state_kind_e kind, unsigned what);
static int aif_flight_row(aif_state_t *st, uint32_t view, size_t *pos,
    aif_state_kind_e kind, unsigned what);
static int aif_flight_id(const aif_view_t *v, size_t *pos, uint32_t *id);
static int aif_flight_length(const aif_view_t *v, size_t *pos, size_t *len);
static int aif_flight_hex(u_char ch);


#define AIF_FLIGHT_TEXT  0x01            /* rows that are read in a pass */
#define AIF_FLIGHT_JSON  0x02


int
aif_flight_begins(const u_char *page, size_t start, size_t end)
{
    return aif_flight_prefix(page, aif_flight_space(page, start, end), end)
           != 0;
}


int
aif_flight_push(aif_view_t *v, const u_char *page, size_t start, size_t end,
    aif_json_span_level_t *levels)
{
    int     rc;
    size_t  pos, prefix;

    pos = aif_flight_space(page, start, end);

    while (pos < end) {

        prefix = aif_flight_prefix(page, pos, end);

        if (prefix == 0) {
            return AIF_BAD;
        }

        pos += prefix;

        rc = aif_flight_call(v, page, &pos, end, levels);

        if (rc != AIF_OK) {
            return rc;
        }

        do {
            pos = aif_flight_space(page, pos, end);
        } while (pos < end && page[pos] == ';' && ++pos);
    }

    return AIF_OK;
}


/* [0]), [1,"..."]) or [2,null]); [3,"..."] is base64, which is not read */

static int
aif_flight_call(aif_view_t *v, const u_char *page, size_t *pos, size_t end,
    aif_json_span_level_t *levels)
{
    int              rc;
    u_char           type;
    size_t           p;
    aif_json_span_t  js;

    p = aif_flight_space(page, *pos, end);

    if (end - p < 3 || page[p] != '[') {
        return AIF_BAD;
    }

    p = aif_flight_space(page, p + 1, end);

    if (p == end || page[p] < '0' || page[p] > '2') {
        return AIF_BAD;
    }

    type = page[p];
    p = aif_flight_space(page, p + 1, end);

    if (p < end && page[p] == ',') {

        p = aif_flight_space(page, p + 1, end);

        if (type == '1') {

            rc = aif_view_add(v, page, &p, end);

            if (rc != AIF_OK) {
                return rc;
            }

        } else {

            aif_json_span_init(&js, page + p, end - p, levels);

            do {
                rc = aif_json_span_next(&js);
            } while (rc == AIF_OK);

            if (rc != AIF_DONE) {
                return AIF_BAD;
            }

            p += js.pos;
        }

        p = aif_flight_space(page, p, end);

    } else if (type == '1') {
        return AIF_BAD;
    }

    if (p == end || page[p] != ']') {
        return AIF_BAD;
    }

    p = aif_flight_space(page, p + 1, end);

    if (p == end || page[p] != ')') {
        return AIF_BAD;
    }

    *pos = p + 1;

    return AIF_OK;
}


static size_t
aif_flight_prefix(const u_char *page, size_t pos, size_t end)
{
    size_t    len;
    unsigned  i;

    static const char *const  prefixes[] = {
        "self.__next_f.push(",
        "(self.__next_f=self.__next_f||[]).push(",
        "(self.__next_f = self.__next_f || []).push(",
        "window.__next_f.push(",
        NULL
    };

    for (i = 0; prefixes[i]; i++) {

        len = strlen(prefixes[i]);

        if (end - pos > len && memcmp(page + pos, prefixes[i], len) == 0) {
            return len;
        }
    }

    return 0;
}


static size_t
aif_flight_space(const u_char *page, size_t pos, size_t end)
{
    while (pos < end && (page[pos] == ' ' || page[pos] == '\n'
                         || page[pos] == '\t' || page[pos] == '\r'))
    {
        pos++;
    }

    return pos;
}


/*
 * In a stream of its own there is no HTML that tells what a row of text is
 * for: who refers to it does, and may stand before it or behind it.
 */

int
aif_flight_rows(aif_state_t *st, uint32_t view, aif_state_kind_e kind)
{
    int  rc;

    if (kind != AIF_STATE_COMPONENT) {
        return aif_flight_pass(st, view, kind,
                               AIF_FLIGHT_TEXT|AIF_FLIGHT_JSON);
    }

    rc = aif_flight_pass(st, view, kind, AIF_FLIGHT_TEXT);

    if (rc == AIF_OK) {
        aif_state_row_sort(st);
        rc = aif_flight_pass(st, view, kind, AIF_FLIGHT_JSON);
    }

    return rc == AIF_OK ? aif_state_row_texts(st) : rc;
}


static int
aif_flight_pass(aif_state_t *st, uint32_t view, aif_state_kind_e kind,
    unsigned what)
{
    int     rc;
    size_t  pos;

    pos = 0;

    while (pos < st->views[view].len) {

        rc = aif_flight_row(st, view, &pos, kind, what);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    return AIF_OK;
}


static int
aif_flight_row(aif_state_t *st, uint32_t view, size_t *pos,
    aif_state_kind_e kind, unsigned what)
{
    int            rc;
    u_char         tag;
    size_t         p, start, len;
    uint32_t       id;
    const u_char  *q;
    aif_view_t    *v;

    v = &st->views[view];
    p = *pos;

    if (aif_flight_id(v, &p, &id) != AIF_OK) {
        return AIF_BAD;
    }

    tag = v->data[p];

    if ((tag >= 'A' && tag <= 'Z') || (tag >= 'a' && tag <= 'z')) {

        /* T and the kinds of binary rows; "true" has no digits and comma */

        start = ++p;
        rc = aif_flight_length(v, &p, &len);

        if (rc == AIF_OK) {

            if (len > v->len - p) {
                return AIF_BAD;
            }

            *pos = p + len;

            return tag != 'T' || !(what & AIF_FLIGHT_TEXT) ? AIF_OK
                   : aif_state_row(st, view, id, p, p + len, start, p - 1,
                                   kind);
        }

        if (tag == 'T') {
            return AIF_BAD;
        }
    }

    start = p;
    q = memchr(v->data + p, '\n', v->len - p);
    p = q ? (size_t) (q - v->data) : v->len;

    *pos = q ? p + 1 : p;

    if ((tag >= 'A' && tag <= 'Z') || tag == '#' || tag == 'r' || tag == 'x'
        || !(what & AIF_FLIGHT_JSON))
    {

        /* modules, hints, errors, debugging: no texts */

        return AIF_OK;
    }

    if (tag >= 'a' && tag <= 'z') {
        start--;
    }

    return aif_state_strings(st, view, start, p, kind, NULL);
}


/* "1f:"; ids are small numbers, one that isn't is nobody's */

static int
aif_flight_id(const aif_view_t *v, size_t *pos, uint32_t *id)
{
    int     digit;
    size_t  p;

    *id = 0;

    for (p = *pos; p < v->len; p++) {

        digit = aif_flight_hex(v->data[p]);

        if (digit < 0) {
            break;
        }

        *id = *id << 4 | digit;
    }

    if (p == v->len || v->data[p] != ':' || p + 1 == v->len) {
        return AIF_BAD;
    }

    if (p - *pos > 7) {
        *id = AIF_STATE_NONE;
    }

    *pos = p + 1;

    return AIF_OK;
}


/* hexadecimal digits and a comma */

static int
aif_flight_length(const aif_view_t *v, size_t *pos, size_t *len)
{
    int     digit;
    size_t  p;

    *len = 0;

    for (p = *pos; p < v->len; p++) {

        digit = aif_flight_hex(v->data[p]);

        if (digit < 0) {
            break;
        }

        *len = *len << 4 | digit;

        if (*len > 0x7fffffff) {
            return AIF_BAD;
        }
    }

    if (p == *pos || p == v->len || v->data[p] != ',') {
        return AIF_BAD;
    }

    *pos = p + 1;

    return AIF_OK;
}


static int
aif_flight_hex(u_char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }

    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}
