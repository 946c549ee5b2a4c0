
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Makes, searches and writes records of insights.  Their words come from
 * customers and from a model: in HTML they are text and nothing else, in CSV no
 * program takes them for a formula.
 */


#include "engine/aif_insights.h"
#include "core/aif_canonical.h"
#include "core/aif_plain.h"
#include "core/aif_utf8.h"
#include "engine/aif_json.h"


#define AIF_INSIGHTS_FIELDS  7       /* of a line, at most */
#define AIF_INSIGHTS_BAR     300     /* units of the longest bar */


typedef struct {
    aif_str_t              f[AIF_INSIGHTS_FIELDS];
    size_t                 n;
} aif_insights_line_t;


typedef struct {
    aif_buf_t              b;
    aif_arena_t           *arena;
    aif_insights_format_e  format;
    size_t                 records;
    size_t                 claims;       /* of the record */
} aif_insights_out_t;


static aif_str_t aif_insights_address(const aif_str_t *address,
    aif_arena_t *a);
static void aif_insights_field(aif_buf_t *b, const aif_str_t *field);
static const u_char *aif_insights_line(const u_char *p, const u_char *end,
    aif_insights_line_t *line);
static int aif_insights_in(const aif_str_t *text, const aif_str_t *part);
static void aif_insights_record(aif_insights_out_t *out,
    const aif_insights_record_t *record, const aif_insights_filter_t *filter);
static void aif_insights_open(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product);
static void aif_insights_claim(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product, const aif_insights_line_t *claim);
static void aif_insights_close(aif_insights_out_t *out);
static void aif_insights_member(aif_insights_out_t *out, const char *name,
    const aif_str_t *value);
static void aif_insights_cell(aif_insights_out_t *out,
    const aif_str_t *value);
static void aif_insights_bar(aif_insights_out_t *out, const char *colour,
    size_t x, size_t width);
static aif_str_t aif_insights_plain(aif_insights_out_t *out,
    const aif_str_t *text);
static size_t aif_insights_number(const aif_str_t *text);
static void aif_insights_month(aif_buf_t *b, unsigned month);


static const char  aif_insights_head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<title>Reviews</title></head><body><h1>What customers say</h1>\n";

static const char  aif_insights_csv[] =
    "period,product,category,address,reviews,positive,neutral,negative,kind,"
    "aspect,sentiment,count,claim,example\r\n";


int
aif_insights_make(const aif_insights_product_t *product,
    const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, size_t max, aif_arena_t *a,
    aif_str_t *record)
{
    int        rc;
    size_t     i, len, counts[AIF_SENTIMENTS];
    aif_buf_t  b;
    aif_str_t  address;

    memset(counts, 0, sizeof(counts));

    for (i = 0; i < n; i++) {
        counts[reviews[i].sentiment]++;
    }

    address = aif_insights_address(&product->address, a);
    aif_buf_init(&b, a, max);

    aif_insights_field(&b, product->product.len ? &product->product
                                                : &address);
    aif_buf_byte(&b, '\t');
    aif_insights_field(&b, &product->category);
    aif_buf_byte(&b, '\t');
    aif_insights_field(&b, &address);
    aif_buf_byte(&b, '\t');
    aif_json_number(&b, n);

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        aif_buf_byte(&b, '\t');
        aif_json_number(&b, counts[i]);
    }

    len = b.len;

    if (answer->data) {

        rc = aif_summary_lines(source, answer, reviews, n,
                               AIF_INSIGHTS_FIELD, a, &b);
        if (rc != AIF_OK) {
            return rc;
        }
    }

    if (b.failed || address.data == NULL) {
        return AIF_NOMEM;
    }

    /* whole lines only */

    for (i = b.len; b.len > max && i > len; i--) {
        if (b.data[i - 1] == '\n' && i - 1 <= max) {
            b.len = i - 1;
        }
    }

    record->data = b.data;
    record->len = b.len <= max ? b.len : len;

    return record->len <= max ? AIF_OK : AIF_BAD;
}


/* Canonical text of it; data NULL: no memory. */

static aif_str_t
aif_insights_address(const aif_str_t *address, aif_arena_t *a)
{
    uint32_t       cp;
    aif_buf_t      b;
    aif_str_t      text;
    const u_char  *p, *start, *end;

    aif_buf_init(&b, a, address->len + 16);

    p = address->data;
    end = p + address->len;

    while (p < end) {

        start = p;
        cp = aif_utf8_decode(&p, end);

        if (cp == AIF_UTF8_BAD || cp < ' ' || cp == 0x7f) {
            aif_buf_byte(&b, '?');

        } else if (cp == '&') {
            aif_buf_literal(&b, "&amp;");

        } else if (cp == '<') {
            aif_buf_literal(&b, "&lt;");

        } else if (cp == '>') {
            aif_buf_literal(&b, "&gt;");

        } else {
            aif_buf_append(&b, start, p - start);
        }
    }

    text.data = b.failed ? NULL : b.data;
    text.len = b.len;

    return text;
}


static void
aif_insights_field(aif_buf_t *b, const aif_str_t *field)
{
    size_t     i;
    aif_str_t  text;

    text = *field;
    aif_canonical_cut(&text, AIF_INSIGHTS_FIELD);

    for (i = 0; i < text.len; i++) {
        aif_buf_byte(b, text.data[i] < ' ' ? ' ' : text.data[i]);
    }
}


/* Where the next line begins, NULL: there is none. */

static const u_char *
aif_insights_line(const u_char *p, const u_char *end,
    aif_insights_line_t *line)
{
    const u_char  *start;

    line->n = 0;

    for (start = p; /* void */ ; p++) {

        if (p < end && *p != '\t' && *p != '\n') {
            continue;
        }

        if (line->n < AIF_INSIGHTS_FIELDS) {
            line->f[line->n].data = (u_char *) start;
            line->f[line->n].len = p - start;
            line->n++;
        }

        if (p == end) {
            return NULL;
        }

        start = p + 1;

        if (*p == '\n') {
            return start;
        }
    }
}


int
aif_insights_match(const aif_str_t *record, const aif_insights_filter_t *filter)
{
    const u_char         *p, *end;
    aif_insights_line_t   line;

    end = record->data + record->len;
    p = aif_insights_line(record->data, end, &line);

    if (line.n != AIF_INSIGHTS_FIELDS
        || !aif_insights_in(&line.f[0], &filter->product)
        || !aif_insights_in(&line.f[1], &filter->category))
    {
        return 0;
    }

    if (filter->aspect.len == 0) {
        return 1;
    }

    while (p) {
        p = aif_insights_line(p, end, &line);

        if (line.n == 6 && aif_insights_in(&line.f[1], &filter->aspect)) {
            return 1;
        }
    }

    return 0;
}


static int
aif_insights_in(const aif_str_t *text, const aif_str_t *part)
{
    uint32_t       cp;
    const u_char  *p, *q, *at, *end, *last;

    end = text->data + text->len;
    last = part->data + part->len;

    if (part->len == 0) {
        return 1;
    }

    for (at = text->data; at < end; at++) {

        for (p = at, q = part->data; p < end && q < last; /* void */ ) {

            cp = aif_utf8_lower(aif_utf8_decode(&p, end));

            if (cp != aif_utf8_lower(aif_utf8_decode(&q, last))) {
                q = part->data;
                break;
            }
        }

        if (q == last) {
            return 1;
        }
    }

    return 0;
}


int
aif_insights_write(aif_insights_format_e format,
    const aif_insights_record_t *records, size_t n,
    const aif_insights_filter_t *filter, aif_arena_t *a, aif_str_t *str)
{
    size_t              i;
    aif_insights_out_t  out;

    aif_buf_init(&out.b, a, 4096);
    out.arena = a;
    out.format = format;
    out.records = 0;

    switch (format) {

    case AIF_INSIGHTS_JSON:
        aif_buf_literal(&out.b, "{\"products\":[");
        break;

    case AIF_INSIGHTS_CSV:
        aif_buf_literal(&out.b, aif_insights_csv);
        break;

    default:
        aif_buf_literal(&out.b, aif_insights_head);
    }

    for (i = 0; i < n && out.records < AIF_INSIGHTS_MAX; i++) {
        if (aif_insights_match(&records[i].text, filter)) {
            aif_insights_record(&out, &records[i], filter);
            out.records++;
        }
    }

    if (format == AIF_INSIGHTS_JSON) {
        aif_buf_literal(&out.b, "]}\n");

    } else if (format == AIF_INSIGHTS_HTML) {

        if (out.records == 0) {
            aif_buf_literal(&out.b, "<p>Nothing is known.</p>");
        }

        aif_buf_literal(&out.b, "</body></html>\n");
    }

    str->data = out.b.data;
    str->len = out.b.len;

    return out.b.failed ? AIF_NOMEM : AIF_OK;
}


static void
aif_insights_record(aif_insights_out_t *out,
    const aif_insights_record_t *record, const aif_insights_filter_t *filter)
{
    const u_char         *p, *end;
    aif_insights_line_t   product, claim;

    end = record->text.data + record->text.len;
    p = aif_insights_line(record->text.data, end, &product);

    out->claims = 0;
    aif_insights_open(out, record->month, &product);

    while (p) {
        p = aif_insights_line(p, end, &claim);

        if (claim.n == 6 && aif_insights_in(&claim.f[1], &filter->aspect)) {
            aif_insights_claim(out, record->month, &product, &claim);
            out->claims++;
        }
    }

    if (out->claims == 0 && out->format == AIF_INSIGHTS_CSV) {
        claim.n = 0;
        aif_insights_claim(out, record->month, &product, &claim);
    }

    aif_insights_close(out);
}


static void
aif_insights_open(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product)
{
    size_t      i, x, width, reviews, count;
    aif_buf_t  *b;

    static const char *const  names[] = {
        "reviews", "positive", "neutral", "negative"
    };
    static const char *const  colours[] = { "#2a7d4f", "#9aa0a6", "#b3402e" };

    b = &out->b;

    if (out->format == AIF_INSIGHTS_JSON) {

        if (out->records) {
            aif_buf_byte(b, ',');
        }

        aif_buf_literal(b, "{\"period\":\"");
        aif_insights_month(b, month);
        aif_buf_byte(b, '"');

        aif_insights_member(out, "product", &product->f[0]);
        aif_insights_member(out, "category", &product->f[1]);
        aif_insights_member(out, "address", &product->f[2]);

        for (i = 0; i < 4; i++) {
            aif_buf_literal(b, ",\"");
            aif_buf_append(b, names[i], strlen(names[i]));
            aif_buf_literal(b, "\":");
            aif_json_number(b, aif_insights_number(&product->f[3 + i]));
        }

        aif_buf_literal(b, ",\"claims\":[");
        return;
    }

    if (out->format != AIF_INSIGHTS_HTML) {
        return;
    }

    aif_buf_literal(b, "<section><h2>");
    aif_buf_append(b, product->f[0].data, product->f[0].len);
    aif_buf_literal(b, "</h2><p>");
    aif_insights_month(b, month);

    for (i = 0; i < 4; i++) {
        aif_buf_literal(b, " \u00b7 ");
        aif_buf_append(b, names[i], strlen(names[i]));
        aif_buf_literal(b, ": ");
        aif_json_number(b, aif_insights_number(&product->f[3 + i]));
    }

    aif_buf_literal(b, "</p><svg role=\"img\" aria-label=\"positive, neutral, "
                       "negative\" width=\"300\" height=\"16\">");

    reviews = aif_insights_number(&product->f[3]);

    for (i = 0, x = 0; reviews && i < AIF_SENTIMENTS; i++) {
        count = aif_insights_number(&product->f[4 + i]);
        width = count * AIF_INSIGHTS_BAR / reviews;
        aif_insights_bar(out, colours[i], x, width);
        x += width;
    }

    aif_buf_literal(b, "</svg><table><thead><tr><th>Kind</th><th>Aspect</th>"
                       "<th>Claim</th><th>Reviews</th><th>Share</th>"
                       "<th>Example</th></tr></thead><tbody>");
}


static void
aif_insights_claim(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product, const aif_insights_line_t *claim)
{
    size_t      i, width, reviews, count;
    aif_buf_t  *b;

    static const char *const  names[] = {
        "kind", "aspect", "sentiment", "count", "text", "example"
    };
    static const aif_str_t    none = aif_null_string;

    b = &out->b;

    switch (out->format) {

    case AIF_INSIGHTS_JSON:

        for (i = 0; i < 6; i++) {

            if (i == 3) {
                aif_buf_literal(b, ",\"count\":");
                aif_json_number(b, aif_insights_number(&claim->f[3]));
                continue;
            }

            if (i == 0) {
                if (out->claims) {
                    aif_buf_byte(b, ',');
                }

                aif_buf_literal(b, "{\"kind\":");
                aif_json_string(b, claim->f[0].data, claim->f[0].len);
                continue;
            }

            aif_insights_member(out, names[i], &claim->f[i]);
        }

        aif_buf_byte(b, '}');
        return;

    case AIF_INSIGHTS_CSV:

        aif_insights_month(b, month);

        for (i = 0; i < AIF_INSIGHTS_FIELDS; i++) {
            aif_buf_byte(b, ',');
            aif_insights_cell(out, &product->f[i]);
        }

        for (i = 0; i < 6; i++) {
            aif_buf_byte(b, ',');
            aif_insights_cell(out, claim->n ? &claim->f[i] : &none);
        }

        aif_buf_literal(b, "\r\n");
        return;

    default:
        break;
    }

    reviews = aif_insights_number(&product->f[3]);
    count = aif_insights_number(&claim->f[3]);
    width = reviews ? count * AIF_INSIGHTS_BAR / reviews : 0;

    aif_buf_literal(b, "<tr>");

    for (i = 0; i < 6; i++) {

        if (i == 2) {
            continue;
        }

        aif_buf_literal(b, "<td>");

        if (i == 5) {
            aif_buf_literal(b, "<svg aria-hidden=\"true\" width=\"300\" "
                               "height=\"12\">");
            aif_insights_bar(out, claim->f[2].len == 7 ? "#9aa0a6"
                                  : claim->f[2].data[0] == 'p' ? "#2a7d4f"
                                                               : "#b3402e",
                             0, width < AIF_INSIGHTS_BAR ? width
                                                         : AIF_INSIGHTS_BAR);
            aif_buf_literal(b, "</svg></td><td>");
        }

        aif_buf_append(b, claim->f[i == 3 ? 4 : i == 4 ? 3 : i].data,
                       claim->f[i == 3 ? 4 : i == 4 ? 3 : i].len);
        aif_buf_literal(b, "</td>");
    }

    aif_buf_literal(b, "</tr>");
}


static void
aif_insights_close(aif_insights_out_t *out)
{
    if (out->format == AIF_INSIGHTS_JSON) {
        aif_buf_literal(&out->b, "]}");

    } else if (out->format == AIF_INSIGHTS_HTML) {
        aif_buf_literal(&out->b, "</tbody></table></section>\n");
    }
}


static void
aif_insights_member(aif_insights_out_t *out, const char *name,
    const aif_str_t *value)
{
    aif_str_t  text;

    text = aif_insights_plain(out, value);

    aif_buf_literal(&out->b, ",\"");
    aif_buf_append(&out->b, name, strlen(name));
    aif_buf_literal(&out->b, "\":");
    aif_json_string(&out->b, text.data, text.len);
}


/* What begins as a formula gets an apostrophe before it. */

static void
aif_insights_cell(aif_insights_out_t *out, const aif_str_t *value)
{
    size_t     i;
    aif_str_t  text;

    text = aif_insights_plain(out, value);

    aif_buf_byte(&out->b, '"');

    if (text.len && memchr("=+-@\t\r", text.data[0], 6)) {
        aif_buf_byte(&out->b, '\'');
    }

    for (i = 0; i < text.len; i++) {

        if (text.data[i] == '"') {
            aif_buf_byte(&out->b, '"');
        }

        aif_buf_byte(&out->b, text.data[i]);
    }

    aif_buf_byte(&out->b, '"');
}


static void
aif_insights_bar(aif_insights_out_t *out, const char *colour, size_t x,
    size_t width)
{
    aif_buf_literal(&out->b, "<rect height=\"16\" x=\"");
    aif_json_number(&out->b, x);
    aif_buf_literal(&out->b, "\" width=\"");
    aif_json_number(&out->b, width);
    aif_buf_literal(&out->b, "\" fill=\"");
    aif_buf_append(&out->b, colour, strlen(colour));
    aif_buf_literal(&out->b, "\"/>");
}


static aif_str_t
aif_insights_plain(aif_insights_out_t *out, const aif_str_t *text)
{
    aif_str_t    s;
    aif_plain_t  plain;

    s = *text;

    if (memchr(text->data ? text->data : (u_char *) "", '&', text->len)) {

        if (aif_plain_make(text, 0, out->arena, &plain) == AIF_OK) {
            s.data = plain.text;
            s.len = plain.len;

        } else {
            out->b.failed = 1;
        }
    }

    return s;
}


static size_t
aif_insights_number(const aif_str_t *text)
{
    uint64_t  n;

    return aif_json_uint(text, &n) && n <= AIF_SUMMARY_MAX ? n : 0;
}


static void
aif_insights_month(aif_buf_t *b, unsigned month)
{
    aif_json_number(b, month / 100);
    aif_buf_byte(b, '-');
    aif_buf_byte(b, '0' + month % 100 / 10);
    aif_buf_byte(b, '0' + month % 10);
}
