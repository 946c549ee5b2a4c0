
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * JavaScript strings to the text in them (ECMA-262, section 12.9.4), with the
 * way back.  A run is either bytes that stand for themselves or one escape; a
 * pair of surrogates is two runs of two bytes each, since the pair may be
 * split over two strings.  For aif_state.c and aif_flight.c.
 */


#include "core/aif_view.h"
#include "core/aif_json_span.h"
#include "core/aif_utf8.h"


static int aif_view_escape(aif_view_t *v, const u_char *page, size_t *pos,
    size_t end);
static int aif_view_code(aif_view_t *v, uint32_t code, size_t start,
    size_t end);
static int aif_view_braces(const u_char *page, size_t *pos, size_t end,
    uint32_t *code);
static void aif_view_append(aif_view_t *v, const u_char *p, size_t len,
    size_t start, size_t end);
static size_t aif_view_run(const aif_view_t *v, size_t at);


void
aif_view_plain(aif_view_t *v, const u_char *page, size_t start, size_t end)
{
    memset(v, 0, sizeof(aif_view_t));

    v->data = page + start;
    v->len = end - start;
    v->base = start;
}


void
aif_view_init(aif_view_t *v, aif_arena_t *a, size_t size)
{
    memset(v, 0, sizeof(aif_view_t));

    aif_buf_init(&v->buf, a, size);

    v->size = 64 + size / 16;
    v->runs = aif_arena_alloc(a, v->size * sizeof(aif_view_run_t));
    v->buf.failed |= (v->runs == NULL);
}


int
aif_view_finish(aif_view_t *v)
{
    v->data = v->buf.data;
    v->len = v->buf.len;

    if (v->buf.failed) {
        return AIF_NOMEM;
    }

    return v->surrogate ? AIF_BAD : AIF_OK;
}


int
aif_view_add(aif_view_t *v, const u_char *page, size_t *pos, size_t end)
{
    int     rc;
    u_char  ch, quote;
    size_t  p, start;

    p = *pos;

    if (p == end || (page[p] != '"' && page[p] != '\'')) {
        return AIF_BAD;
    }

    quote = page[p++];

    for ( ;; ) {

        start = p;

        while (p < end && page[p] != quote && page[p] != '\\'
               && page[p] != '\n' && page[p] != '\r')
        {
            p++;
        }

        if (p > start) {

            if (v->surrogate) {
                return AIF_BAD;
            }

            aif_view_append(v, page + start, p - start, start, p);
        }

        if (p == end) {
            return AIF_BAD;
        }

        ch = page[p];

        if (ch == quote) {
            *pos = p + 1;
            return v->buf.failed ? AIF_NOMEM : AIF_OK;
        }

        if (ch != '\\') {
            return AIF_BAD;
        }

        rc = aif_view_escape(v, page, &p, end);

        if (rc != AIF_OK) {
            return rc;
        }
    }
}


static int
aif_view_escape(aif_view_t *v, const u_char *page, size_t *pos, size_t end)
{
    size_t         start, p;
    uint32_t       code;
    const u_char  *q;

    static const u_char  letters[] = "bfnrtv";
    static const u_char  values[] = "\b\f\n\r\t\v";

    start = *pos;
    p = start + 1;

    if (p == end) {
        return AIF_BAD;
    }

    switch (page[p]) {

    case 'u':

        if (p + 1 < end && page[p + 1] == '{') {
            p += 2;

            if (aif_view_braces(page, &p, end, &code) != AIF_OK) {
                return AIF_BAD;
            }

        } else {

            if (!aif_json_span_hex(page + p + 1, page + end, &code)) {
                return AIF_BAD;
            }

            p += 5;
        }

        break;

    case 'x':

        /* two digits; read as four with zeros before them */

        {
            u_char  four[4] = { '0', '0', '0', '0' };

            if (end - p < 3) {
                return AIF_BAD;
            }

            four[2] = page[p + 1];
            four[3] = page[p + 2];

            if (!aif_json_span_hex(four, four + 4, &code)) {
                return AIF_BAD;
            }
        }

        p += 3;
        break;

    case '\n': case '\r': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':

        /* a line that goes on, octal numbers: nobody writes them */

        return AIF_BAD;

    default:

        q = page[p] ? (const u_char *) strchr((const char *) letters, page[p])
                    : NULL;

        if (q) {
            code = values[q - letters];
            p++;
            break;
        }

        q = page + p;
        code = aif_utf8_decode(&q, page + end);

        if (code == AIF_UTF8_BAD) {
            return AIF_BAD;
        }

        p = q - page;
    }

    *pos = p;

    return aif_view_code(v, code, start, p);
}


static int
aif_view_braces(const u_char *page, size_t *pos, size_t end, uint32_t *code)
{
    u_char  ch;
    size_t  p;

    *code = 0;

    for (p = *pos; p < end && page[p] != '}'; p++) {

        ch = page[p];

        if (ch >= '0' && ch <= '9') {
            ch -= '0';

        } else {
            ch |= 0x20;

            if (ch < 'a' || ch > 'f') {
                return AIF_BAD;
            }

            ch -= 'a' - 10;
        }

        *code = *code << 4 | ch;

        if (*code > 0x10ffff) {
            return AIF_BAD;
        }
    }

    if (p == end || p == *pos) {
        return AIF_BAD;
    }

    *pos = p + 1;

    return AIF_OK;
}


static int
aif_view_code(aif_view_t *v, uint32_t code, size_t start, size_t end)
{
    u_char  text[4];
    size_t  len;

    if (code >= 0xdc00 && code < 0xe000) {

        if (v->surrogate == 0) {
            return AIF_BAD;
        }

        code = 0x10000 + ((v->surrogate - 0xd800) << 10) + (code - 0xdc00);
        v->surrogate = 0;

        (void) aif_utf8_encode(text, code);

        /* the first half's run was made without its bytes */

        aif_buf_append(&v->buf, text, 2);
        aif_view_append(v, text + 2, 2, start, end);

        return AIF_OK;
    }

    if (v->surrogate) {
        return AIF_BAD;
    }

    if (code >= 0xd800 && code < 0xdc00) {
        v->surrogate = code;
        aif_view_append(v, NULL, 0, start, end);
        return AIF_OK;
    }

    len = aif_utf8_encode(text, code);
    aif_view_append(v, text, len, start, end);

    return AIF_OK;
}


static void
aif_view_append(aif_view_t *v, const u_char *p, size_t len, size_t start,
    size_t end)
{
    aif_view_run_t  *run, *runs;

    if (v->buf.failed) {
        return;
    }

    if (v->nruns == v->size) {

        runs = aif_arena_alloc(v->buf.arena,
                               2 * v->size * sizeof(aif_view_run_t));
        if (runs == NULL) {
            v->buf.failed = 1;
            return;
        }

        memcpy(runs, v->runs, v->nruns * sizeof(aif_view_run_t));
        v->runs = runs;
        v->size *= 2;
    }

    run = &v->runs[v->nruns++];
    run->at = v->buf.len;
    run->page = start;
    run->page_end = end;

    aif_buf_append(&v->buf, p, len);
}


/* The run that a byte is in. */

static size_t
aif_view_run(const aif_view_t *v, size_t at)
{
    size_t  lo, hi, mid;

    lo = 0;
    hi = v->nruns;

    while (hi - lo > 1) {

        mid = (lo + hi) / 2;

        if (v->runs[mid].at <= at) {
            lo = mid;

        } else {
            hi = mid;
        }
    }

    return lo;
}


#define aif_view_run_end(v, i)                                                \
    ((i) + 1 < (v)->nruns ? (v)->runs[(i) + 1].at : (v)->len)
#define aif_view_run_same(v, i)                                               \
    ((v)->runs[i].page_end - (v)->runs[i].page                                \
     == aif_view_run_end(v, i) - (v)->runs[i].at)


size_t
aif_view_page(const aif_view_t *v, size_t at)
{
    size_t  i;

    if (v->runs == NULL) {
        return v->base + at;
    }

    if (v->nruns == 0) {
        return 0;
    }

    i = aif_view_run(v, at);

    return v->runs[i].page + (aif_view_run_same(v, i) ? at - v->runs[i].at
                                                      : 0);
}


size_t
aif_view_edits(const aif_view_t *v, size_t start, size_t end,
    const aif_str_t *text, aif_edit_t *edits, size_t max)
{
    size_t                 i, n, last, page_end;
    const aif_view_run_t  *run;

    if (max == 0) {
        return 0;
    }

    edits[0].start = aif_view_page(v, start);
    edits[0].text = *text;
    n = 1;

    if (v->runs == NULL) {
        edits[0].end = v->base + end;
        return 1;
    }

    i = aif_view_run(v, start);
    last = aif_view_run(v, end - 1);

    for ( ;; ) {

        run = &v->runs[i];
        page_end = run->page_end;

        if (i == last && aif_view_run_same(v, i)) {
            page_end = run->page + (end - run->at);
        }

        edits[n - 1].end = page_end;

        if (i == last) {
            return n;
        }

        if (v->runs[++i].page == page_end) {
            continue;
        }

        if (n == max) {
            return 0;
        }

        edits[n].start = v->runs[i].page;
        edits[n].text.data = (u_char *) "";
        edits[n].text.len = 0;
        n++;
    }
}
