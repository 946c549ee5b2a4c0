
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Rows of text in a Flight stream: React takes strings of more than a thousand
 * bytes out of the JSON and refers to them ("$1f").
 */


#include "core/aif_state_private.h"

#include <stdlib.h>


static int aif_state_row_keep(aif_state_t *st, uint32_t i,
    aif_state_kind_e kind);
static int aif_state_row_compare(const void *one, const void *two);


int
aif_state_row(aif_state_t *st, uint32_t view, uint32_t id, size_t start,
    size_t end, size_t digits, size_t digits_end, aif_state_kind_e kind)
{
    aif_state_row_t  *row;

    row = aif_state_string_grow(st, st->rows, st->nrows, &st->max_rows,
                                sizeof(aif_state_row_t));
    if (row == NULL) {
        return AIF_NOMEM;
    }

    st->rows = row;
    row += st->nrows++;

    row->view = view;
    row->id = id;
    row->digits = digits;
    row->digits_end = digits_end;
    row->start = start;
    row->end = end;
    row->text = 0;
    row->other = 0;

    return kind == AIF_STATE_COMPONENT
           ? AIF_OK : aif_state_row_keep(st, st->nrows - 1, kind);
}


static int
aif_state_row_keep(aif_state_t *st, uint32_t i, aif_state_kind_e kind)
{
    int                  rc;
    const u_char        *data;
    aif_state_row_t     *row;
    aif_state_text_t     t;
    aif_state_string_t   s;

    row = &st->rows[i];
    data = st->views[row->view].data;

    rc = aif_state_string_canonical(st, data + row->start, data + row->end, 0,
                                    &t);
    if (rc != AIF_OK) {
        return rc == AIF_DONE ? AIF_OK : rc;
    }

    memset(&s, 0, sizeof(aif_state_string_t));

    s.view = row->view;
    s.kind = kind;
    s.row = i + 1;
    s.start = row->start;
    s.end = row->end;

    return aif_state_string_keep(st, &s, &t, row->text);
}


void
aif_state_row_sort(aif_state_t *st)
{
    if (st->nrows > 1) {
        qsort(st->rows, st->nrows, sizeof(aif_state_row_t),
              aif_state_row_compare);
    }
}


static int
aif_state_row_compare(const void *one, const void *two)
{
    const aif_state_row_t  *a, *b;

    a = one;
    b = two;

    return a->id != b->id ? (a->id < b->id ? -1 : 1)
           : a->start < b->start ? -1 : a->start > b->start;
}


void
aif_state_row_refer(aif_state_t *st, const u_char *p, const u_char *end,
    int own)
{
    u_char    ch;
    uint32_t  id, lo, hi, mid;

    /* "$1f"; older ones wrote "$T1f" */

    p++;

    if (p < end && *p == 'T') {
        p++;
    }

    if (p == end || end - p > 7) {
        return;
    }

    for (id = 0; p < end; p++) {

        ch = *p >= '0' && *p <= '9' ? *p - '0'
             : *p >= 'a' && *p <= 'f' ? *p - 'a' + 10 : 16;

        if (ch == 16) {
            return;
        }

        id = id << 4 | ch;
    }

    lo = 0;
    hi = st->nrows;

    while (lo < hi) {

        mid = (lo + hi) / 2;

        if (st->rows[mid].id < id) {
            lo = mid + 1;

        } else {
            hi = mid;
        }
    }

    if (lo < st->nrows && st->rows[lo].id == id) {
        st->rows[lo].text |= (own != 0);
        st->rows[lo].other |= (own == 0);
    }
}


int
aif_state_row_texts(aif_state_t *st)
{
    int       rc;
    uint32_t  i;

    for (i = 0; i < st->nrows; i++) {

        if (!st->rows[i].text || st->rows[i].other) {
            continue;
        }

        rc = aif_state_row_keep(st, i, AIF_STATE_COMPONENT);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    return AIF_OK;
}
