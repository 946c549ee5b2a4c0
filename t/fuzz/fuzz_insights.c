
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_insights*.c and aif_aspect.c.  The input is three names
 * and an address of a product, a summary of its reviews and what is asked for,
 * one a line; and then all of it again a record that is none of ours.  What
 * must hold: a record is whole lines of valid text within its place; JSON that
 * is made of it is JSON, CSV has no formula, a page no element but its own.
 */


#include "engine/aif_insights.h"
#include "core/aif_canonical.h"
#include "core/aif_utf8.h"
#include "engine/aif_aspect.h"
#include "engine/aif_json.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static int
fuzz_value(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    (void) ctx;
    (void) json;
    (void) type;
    (void) value;

    return AIF_OK;
}


static aif_str_t
fuzz_line(const uint8_t **p, const uint8_t *end)
{
    aif_str_t       line;
    const uint8_t  *q;

    q = *p < end ? memchr(*p, '\n', end - *p) : NULL;
    q = q ? q : end;

    line.data = (u_char *) *p;
    line.len = q - *p;
    *p = q < end ? q + 1 : end;

    return line;
}


/* A name as facts have it: canonical text. */

static int
fuzz_name(aif_str_t *name, aif_arena_t *a)
{
    aif_str_t  raw;

    static const aif_str_t  none = aif_null_string;

    raw = *name;

    return aif_utf8_valid(raw.data, raw.len)
           && aif_canonical_clean(&raw, &none, a, name) == AIF_OK
           && memchr(name->data, '<', name->len) == NULL;
}


/* The elements of the page, in quotes or out of them. */

static void
fuzz_page(const aif_str_t *page)
{
    size_t         i;
    const u_char  *p, *end;

    static const char *const  names[] = {
        "!doctype html>", "html ", "head>", "meta ", "title>", "body>",
        "main>", "h1>", "h2>", "h2 dir", "form ", "form>", "input ", "label>",
        "select ", "option>", "option s", "button>", "section>", "table>",
        "thead>", "tbody>", "tr>", "th ", "th>", "td>", "td dir", "p>",
        "svg ", "svg>", "rect ", "select>"
    };

    end = page->data + page->len;

    for (p = page->data; p < end; p++) {

        if (*p != '<') {
            continue;
        }

        p += p[1] == '/';

        for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (strncmp((char *) p + 1, names[i], strlen(names[i])) == 0) {
                break;
            }
        }

        fuzz_check(i < sizeof(names) / sizeof(names[0]));
    }
}


static void
fuzz_csv(const aif_str_t *csv)
{
    int            quoted;
    const u_char  *p, *end;

    end = csv->data + csv->len;
    quoted = 0;

    for (p = csv->data; p < end; p++) {
        if (*p == '"') {
            quoted = !quoted;

            if (quoted && p[-1] != '"' && p + 1 < end) {
                fuzz_check(memchr("=+-@", p[1], 4) == NULL);
            }
        }
    }

    fuzz_check(!quoted);
}


static void
fuzz_write(const aif_insights_record_t *records, size_t n,
    const aif_insights_filter_t *filter, int ours, aif_arena_t *a)
{
    int        format, by;
    aif_str_t  out;

    for (by = AIF_INSIGHTS_BY_PRODUCT; by <= AIF_INSIGHTS_BY_PERIOD; by++) {
        for (format = AIF_INSIGHTS_JSON; format <= AIF_INSIGHTS_HTML; format++)
        {
            fuzz_check(aif_insights_write(format, by, records, n, by & 1,
                                          filter, a, &out)
                       == AIF_OK);

            if (!ours) {
                continue;
            }

            fuzz_check(aif_utf8_valid(out.data, out.len));

            if (format == AIF_INSIGHTS_JSON) {
                fuzz_check(aif_json_read(out.data, out.len, a, fuzz_value,
                                         NULL)
                           == AIF_OK);

            } else if (format == AIF_INSIGHTS_CSV) {
                fuzz_csv(&out);

            } else {
                fuzz_page(&out);
            }
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                     rc;
    aif_str_t               source, answer, key, again;
    aif_arena_t            *a;
    const uint8_t          *p, *end;
    aif_insights_filter_t   filter;
    aif_insights_record_t   records[3];
    aif_insights_product_t  product;

    static aif_summary_review_t  reviews[] = {
        { aif_string("Runs small"), AIF_SENTIMENT_NEGATIVE },
        { aif_string("=Very warm &amp; soft"), AIF_SENTIMENT_POSITIVE },
        { aif_string("Warm 100%"), AIF_SENTIMENT_POSITIVE }
    };

    a = aif_arena_create(65536, (size_t) 1 << 30);

    p = data;
    end = data + size;

    product.product = fuzz_line(&p, end);
    product.category = fuzz_line(&p, end);
    product.address = fuzz_line(&p, end);
    filter.product = fuzz_line(&p, end);
    filter.aspect = fuzz_line(&p, end);

    /* what is asked for is read as UTF-8 before */

    if (!aif_utf8_valid(filter.product.data, filter.product.len)) {
        aif_str_set(&filter.product, "");
    }

    if (!aif_utf8_valid(filter.aspect.data, filter.aspect.len)) {
        aif_str_set(&filter.aspect, "");
    }

    filter.category = filter.product;
    filter.period = filter.aspect;

    answer.data = (u_char *) p;
    answer.len = end - p;

    fuzz_check(aif_aspect_key(&product.address, a, &key) == AIF_OK);
    fuzz_check(aif_aspect_key(&key, a, &again) == AIF_OK);
    fuzz_check(aif_utf8_valid(key.data, key.len));
    fuzz_check(again.len <= key.len);

    fuzz_check(aif_summary_source(reviews, 3, a, &source) == AIF_OK);

    records[0].text.data = (u_char *) data;
    records[0].text.len = size;
    records[0].month = 202611;

    fuzz_write(records, 1, &filter, 0, a);

    if (fuzz_name(&product.product, a) && fuzz_name(&product.category, a)) {

        rc = aif_insights_make(&product, &source, &answer, reviews, 3, 900, a,
                               &records[0].text);
        fuzz_check(rc == AIF_OK || rc == AIF_BAD);

        if (rc == AIF_OK) {
            fuzz_check(records[0].text.len <= 900);
            records[1] = records[0];
            records[1].month = 202610;
            records[2] = records[0];
            records[2].text.len /= 2;
            fuzz_write(records, 2, &filter, 1, a);
            fuzz_write(records, 3, &filter, 0, a);
        }
    }

    aif_arena_destroy(a);

    return 0;
}
