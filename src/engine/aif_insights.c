
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Makes, searches and writes records of insights.  Their words come from
 * customers and from a model: in HTML they are text and nothing else, in CSV no
 * program takes them for a formula.
 */


#include "engine/aif_insights.h"
#include "engine/aif_insights_private.h"
#include "core/aif_canonical.h"
#include "core/aif_escape.h"
#include "core/aif_plain.h"
#include "core/aif_utf8.h"
#include "engine/aif_json.h"


static aif_str_t aif_insights_address(const aif_str_t *address,
    aif_arena_t *a);
static void aif_insights_field(aif_buf_t *b, const aif_str_t *field);
static int aif_insights_groups(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_record_t *records, size_t n,
    const aif_insights_filter_t *filter);
static void aif_insights_end(aif_insights_out_t *out, unsigned more);
static void aif_insights_record(aif_insights_out_t *out,
    const aif_insights_record_t *record, const aif_insights_filter_t *filter);
static void aif_insights_open(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product);
static void aif_insights_claim(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product, const aif_insights_line_t *claim);
static void aif_insights_close(aif_insights_out_t *out);
static aif_str_t aif_insights_plain(aif_insights_out_t *out,
    const aif_str_t *text);


static const char  aif_insights_csv[] =
    "period,product,category,address,reviews,positive,neutral,negative,kind,"
    "aspect,sentiment,count,claim,example\r\n";

static const char  aif_insights_csv_groups[] =
    "name,kind,products,count,positive,neutral,negative,example\r\n";


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

        } else {
            aif_escape_append(&b, start, p - start);
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

const u_char *
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

        if (line.n == AIF_INSIGHTS_CLAIM
            && aif_insights_in(&line.f[1], &filter->aspect))
        {
            return 1;
        }
    }

    return 0;
}


int
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
aif_insights_write(aif_insights_format_e format, aif_insights_by_e by,
    const aif_insights_record_t *records, size_t n, unsigned more,
    const aif_insights_filter_t *filter, aif_arena_t *a, aif_str_t *str)
{
    int                 rc;
    size_t              i;
    aif_insights_out_t  out;

    aif_buf_init(&out.b, a, 4096);
    out.arena = a;
    out.format = format;
    out.records = 0;

    switch (format) {

    case AIF_INSIGHTS_JSON:
        if (by == AIF_INSIGHTS_BY_PRODUCT) {
            aif_buf_literal(&out.b, "{\"products\":[");
        } else {
            aif_buf_literal(&out.b, "{\"groups\":[");
        }

        break;

    case AIF_INSIGHTS_CSV:
        if (by == AIF_INSIGHTS_BY_PRODUCT) {
            aif_buf_literal(&out.b, aif_insights_csv);
        } else {
            aif_buf_literal(&out.b, aif_insights_csv_groups);
        }

        break;

    default:
        aif_insights_html_head(&out, by, filter);
    }

    rc = aif_insights_groups(&out, by, records, n, filter);

    for (i = 0; i < n && by == AIF_INSIGHTS_BY_PRODUCT; i++) {

        if (!aif_insights_match(&records[i].text, filter)) {
            continue;
        }

        if (out.records == AIF_INSIGHTS_MAX) {
            more = 1;
            break;
        }

        aif_insights_record(&out, &records[i], filter);
        out.records++;
    }

    aif_insights_end(&out, more);

    str->data = out.b.data;
    str->len = out.b.len;

    return out.b.failed ? AIF_NOMEM : rc;
}


/* Those that were asked for, or all of them at the head of a page. */

static int
aif_insights_groups(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_record_t *records, size_t n,
    const aif_insights_filter_t *filter)
{
    int                    rc;
    size_t                 ngroups;
    aif_insights_by_e      one;
    aif_insights_group_t  *groups;

    if (by == AIF_INSIGHTS_BY_PRODUCT && out->format != AIF_INSIGHTS_HTML) {
        return AIF_OK;
    }

    rc = AIF_OK;

    for (one = AIF_INSIGHTS_BY_PERIOD;
         one > AIF_INSIGHTS_BY_PRODUCT && rc == AIF_OK;
         one--)
    {
        if (by != AIF_INSIGHTS_BY_PRODUCT && by != one) {
            continue;
        }

        rc = aif_insights_group(one, records, n, filter, out->arena, &groups,
                                &ngroups);

        if (rc == AIF_OK && out->format == AIF_INSIGHTS_HTML) {
            aif_insights_html_groups(out, one, groups, ngroups);
            out->records += by == AIF_INSIGHTS_BY_PRODUCT ? 0 : ngroups;

        } else if (rc == AIF_OK) {
            aif_insights_group_write(out, one, groups, ngroups);
        }
    }

    return rc;
}


static void
aif_insights_end(aif_insights_out_t *out, unsigned more)
{
    if (out->format == AIF_INSIGHTS_JSON) {

        if (more) {
            aif_buf_literal(&out->b, "],\"more\":true}\n");
        } else {
            aif_buf_literal(&out->b, "]}\n");
        }

    } else if (out->format == AIF_INSIGHTS_HTML) {

        if (out->records == 0) {
            aif_buf_literal(&out->b, "<p>Nothing is known.</p>");

        } else if (more) {
            aif_buf_literal(&out->b, "<p>There are more: ask for some of "
                                     "them.</p>");
        }

        aif_buf_literal(&out->b, "</main></body></html>\n");
    }
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

        if (claim.n == AIF_INSIGHTS_CLAIM
            && aif_insights_in(&claim.f[1], &filter->aspect))
        {
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
    size_t      i;
    aif_buf_t  *b;

    static const char *const  names[] = {
        "reviews", "positive", "neutral", "negative"
    };

    b = &out->b;

    if (out->format == AIF_INSIGHTS_HTML) {
        aif_insights_html_open(out, month, product);
        return;
    }

    if (out->format != AIF_INSIGHTS_JSON) {
        return;
    }

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
}


static void
aif_insights_claim(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product, const aif_insights_line_t *claim)
{
    size_t      i;
    aif_buf_t  *b;

    static const char *const  names[] = {
        "kind", "aspect", "sentiment", "count", "text", "example"
    };
    static const aif_str_t    none = aif_null_string;

    b = &out->b;

    switch (out->format) {

    case AIF_INSIGHTS_JSON:

        if (out->claims) {
            aif_buf_byte(b, ',');
        }

        aif_buf_literal(b, "{\"kind\":");
        aif_json_string(b, claim->f[0].data, claim->f[0].len);

        for (i = 1; i < AIF_INSIGHTS_CLAIM; i++) {

            if (i == 3) {
                aif_buf_literal(b, ",\"count\":");
                aif_json_number(b, aif_insights_number(&claim->f[3]));

            } else {
                aif_insights_member(out, names[i], &claim->f[i]);
            }
        }

        aif_buf_byte(b, '}');
        return;

    case AIF_INSIGHTS_CSV:

        aif_insights_month(b, month);

        for (i = 0; i < AIF_INSIGHTS_FIELDS; i++) {
            aif_buf_byte(b, ',');
            aif_insights_cell(out, &product->f[i]);
        }

        for (i = 0; i < AIF_INSIGHTS_CLAIM; i++) {
            aif_buf_byte(b, ',');
            aif_insights_cell(out, claim->n ? &claim->f[i] : &none);
        }

        aif_buf_literal(b, "\r\n");
        return;

    default:
        aif_insights_html_claim(out, product, claim);
    }
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


void
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

void
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


size_t
aif_insights_number(const aif_str_t *text)
{
    uint64_t  n;

    return aif_json_uint(text, &n) && n <= AIF_SUMMARY_MAX ? n : 0;
}


void
aif_insights_month(aif_buf_t *b, unsigned month)
{
    aif_json_number(b, month / 100);
    aif_buf_byte(b, '-');
    aif_buf_byte(b, '0' + month % 100 / 10);
    aif_buf_byte(b, '0' + month % 10);
}
