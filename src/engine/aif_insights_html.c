
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The merchant's page of insights.  It needs nothing but itself: charts are
 * inline SVG, there is no style and no script.  What customers and models wrote
 * is canonical text already, and has the direction of its own letters.  Each
 * chart stands beside its numbers, so that nobody has to see it.
 */


#include "engine/aif_insights_private.h"
#include "engine/aif_json.h"


#define AIF_INSIGHTS_BAR     300     /* units of the longest bar */
#define AIF_INSIGHTS_ROWS    100     /* of a table of groups */


static void aif_insights_html_input(aif_insights_out_t *out, const char *name,
    const char *label, const aif_str_t *value);
static void aif_insights_html_attribute(aif_insights_out_t *out,
    const aif_str_t *value);
static void aif_insights_html_text(aif_insights_out_t *out, const char *before,
    const aif_str_t *text, const char *after);
static void aif_insights_html_number(aif_insights_out_t *out, size_t n);
static void aif_insights_html_bar(aif_insights_out_t *out,
    const size_t *counts, size_t whole);


static const char  aif_insights_head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<title>What customers say</title></head><body><main>"
    "<h1>What customers say</h1>\n<form method=\"get\">"
    "<input type=\"hidden\" name=\"format\" value=\"html\">";


void
aif_insights_html_head(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_filter_t *filter)
{
    size_t  i;

    static const char *const  names[] = {
        "product", "aspect", "category", "period"
    };

    aif_buf_literal(&out->b, aif_insights_head);

    aif_insights_html_input(out, "product", "Product", &filter->product);
    aif_insights_html_input(out, "category", "Category", &filter->category);
    aif_insights_html_input(out, "aspect", "Aspect", &filter->aspect);
    aif_insights_html_input(out, "period", "Month", &filter->period);

    aif_buf_literal(&out->b, "<label>By <select name=\"by\">");

    for (i = 0; i < 4; i++) {
        aif_buf_literal(&out->b, "<option");

        if (i == by) {
            aif_buf_literal(&out->b, " selected");
        }

        aif_buf_byte(&out->b, '>');
        aif_buf_append(&out->b, names[i], strlen(names[i]));
        aif_buf_literal(&out->b, "</option>");
    }

    aif_buf_literal(&out->b, "</select></label> <button>Show</button>"
                             "</form>\n");
}


static void
aif_insights_html_input(aif_insights_out_t *out, const char *name,
    const char *label, const aif_str_t *value)
{
    aif_buf_literal(&out->b, "<label>");
    aif_buf_append(&out->b, label, strlen(label));
    aif_buf_literal(&out->b, " <input dir=\"auto\" name=\"");
    aif_buf_append(&out->b, name, strlen(name));
    aif_buf_literal(&out->b, "\" value=\"");
    aif_insights_html_attribute(out, value);
    aif_buf_literal(&out->b, "\"></label> ");
}


/* bytes of a visitor's */

static void
aif_insights_html_attribute(aif_insights_out_t *out, const aif_str_t *value)
{
    size_t  i;

    for (i = 0; i < value->len; i++) {

        switch (value->data[i]) {

        case '&':
            aif_buf_literal(&out->b, "&amp;");
            break;

        case '<':
            aif_buf_literal(&out->b, "&lt;");
            break;

        case '>':
            aif_buf_literal(&out->b, "&gt;");
            break;

        case '"':
            aif_buf_literal(&out->b, "&quot;");
            break;

        default:
            aif_buf_byte(&out->b, value->data[i] < ' ' ? ' ' : value->data[i]);
        }
    }
}


void
aif_insights_html_groups(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_group_t *groups, size_t n)
{
    size_t       i, k, whole;
    aif_buf_t   *b;

    static const char *const  titles[] = {
        "", "Aspects, needs and pains", "Categories", "Months"
    };
    static const char *const  names[] = { "", "Aspect", "Category", "Month" };

    static const aif_str_t  none = aif_string("-");

    if (n == 0) {
        return;
    }

    b = &out->b;

    aif_buf_literal(b, "<section><h2>");
    aif_buf_append(b, titles[by], strlen(titles[by]));
    aif_buf_literal(b, "</h2><table><thead><tr><th scope=\"col\">");
    aif_buf_append(b, names[by], strlen(names[by]));

    if (by == AIF_INSIGHTS_BY_ASPECT) {
        aif_buf_literal(b, "</th><th scope=\"col\">Kind");
    }

    aif_buf_literal(b, "</th><th scope=\"col\">Products</th>"
                       "<th scope=\"col\">Reviews</th>"
                       "<th scope=\"col\">Positive</th>"
                       "<th scope=\"col\">Neutral</th>"
                       "<th scope=\"col\">Negative</th>"
                       "<th scope=\"col\">Share</th>");

    if (by == AIF_INSIGHTS_BY_ASPECT) {
        aif_buf_literal(b, "<th scope=\"col\">Example</th>");
    }

    aif_buf_literal(b, "</tr></thead><tbody>");

    for (i = 0, whole = 1; i < n; i++) {
        whole = groups[i].count > whole ? groups[i].count : whole;
    }

    for (i = n > AIF_INSIGHTS_ROWS && by == AIF_INSIGHTS_BY_PERIOD
             ? n - AIF_INSIGHTS_ROWS : 0, k = 0;
         i < n && k < AIF_INSIGHTS_ROWS;
         i++, k++)
    {
        aif_insights_html_text(out, "<tr><th scope=\"row\" dir=\"auto\">",
                               groups[i].name.len ? &groups[i].name : &none,
                               "</th>");

        if (by == AIF_INSIGHTS_BY_ASPECT) {
            aif_insights_html_text(out, "<td>", &groups[i].kind, "</td>");
        }

        aif_insights_html_number(out, groups[i].products);
        aif_insights_html_number(out, groups[i].count);
        aif_insights_html_number(out, groups[i].counts[0]);
        aif_insights_html_number(out, groups[i].counts[1]);
        aif_insights_html_number(out, groups[i].counts[2]);

        aif_buf_literal(b, "<td>");
        aif_insights_html_bar(out, groups[i].counts, whole);
        aif_buf_literal(b, "</td>");

        if (by == AIF_INSIGHTS_BY_ASPECT) {
            aif_insights_html_text(out, "<td dir=\"auto\">",
                                   &groups[i].example, "</td>");
        }

        aif_buf_literal(b, "</tr>\n");
    }

    aif_buf_literal(b, "</tbody></table></section>\n");
}


void
aif_insights_html_open(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product)
{
    size_t      i, reviews, counts[AIF_SENTIMENTS];
    aif_buf_t  *b;

    static const char *const  names[] = {
        "reviews", "positive", "neutral", "negative"
    };

    b = &out->b;

    aif_insights_html_text(out, "<section><h2 dir=\"auto\">", &product->f[0],
                           "</h2><p>");
    aif_insights_month(b, month);

    for (i = 0; i < 4; i++) {
        aif_buf_literal(b, " \u00b7 ");
        aif_buf_append(b, names[i], strlen(names[i]));
        aif_buf_literal(b, ": ");
        aif_json_number(b, aif_insights_number(&product->f[3 + i]));
    }

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        counts[i] = aif_insights_number(&product->f[4 + i]);
    }

    aif_buf_literal(b, "</p>");
    reviews = aif_insights_number(&product->f[3]);
    aif_insights_html_bar(out, counts, reviews);

    aif_buf_literal(b, "<table><thead><tr><th scope=\"col\">Kind</th>"
                       "<th scope=\"col\">Aspect</th>"
                       "<th scope=\"col\">Claim</th>"
                       "<th scope=\"col\">Reviews</th>"
                       "<th scope=\"col\">Share</th>"
                       "<th scope=\"col\">Example</th></tr></thead><tbody>");
}


void
aif_insights_html_claim(aif_insights_out_t *out,
    const aif_insights_line_t *product, const aif_insights_line_t *claim)
{
    size_t      i, counts[AIF_SENTIMENTS];
    aif_str_t   name;

    aif_insights_html_text(out, "<tr><td>", &claim->f[0], "</td>");
    aif_insights_html_text(out, "<td dir=\"auto\">", &claim->f[1], "</td>");
    aif_insights_html_text(out, "<td dir=\"auto\">", &claim->f[4], "</td>");
    aif_insights_html_number(out, aif_insights_number(&claim->f[3]));

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        name = aif_sentiment_name(i);
        counts[i] = aif_str_eq(&name, &claim->f[2])
                    ? aif_insights_number(&claim->f[3]) : 0;
    }

    aif_buf_literal(&out->b, "<td>");
    aif_insights_html_bar(out, counts, aif_insights_number(&product->f[3]));
    aif_insights_html_text(out, "</td><td dir=\"auto\">", &claim->f[5],
                           "</td></tr>");
}


static void
aif_insights_html_text(aif_insights_out_t *out, const char *before,
    const aif_str_t *text, const char *after)
{
    aif_buf_append(&out->b, before, strlen(before));
    aif_buf_append(&out->b, text->data, text->len);
    aif_buf_append(&out->b, after, strlen(after));
}


static void
aif_insights_html_number(aif_insights_out_t *out, size_t n)
{
    aif_buf_literal(&out->b, "<td>");
    aif_json_number(&out->b, n);
    aif_buf_literal(&out->b, "</td>");
}


static void
aif_insights_html_bar(aif_insights_out_t *out, const size_t *counts,
    size_t whole)
{
    size_t      i, x, width;
    aif_buf_t  *b;

    static const char *const  colours[] = { "#2a7d4f", "#9aa0a6", "#b3402e" };

    b = &out->b;

    aif_buf_literal(b, "<svg aria-hidden=\"true\" width=\"300\" "
                       "height=\"16\">");

    for (i = 0, x = 0; whole && i < AIF_SENTIMENTS; i++) {

        width = counts[i] * AIF_INSIGHTS_BAR / whole;

        if (width > AIF_INSIGHTS_BAR - x) {
            width = AIF_INSIGHTS_BAR - x;
        }

        if (width == 0) {
            continue;
        }

        aif_buf_literal(b, "<rect height=\"16\" x=\"");
        aif_json_number(b, x);
        aif_buf_literal(b, "\" width=\"");
        aif_json_number(b, width);
        aif_buf_literal(b, "\" fill=\"");
        aif_buf_append(b, colours[i], strlen(colours[i]));
        aif_buf_literal(b, "\"/>");

        x += width;
    }

    aif_buf_literal(b, "</svg>");
}
