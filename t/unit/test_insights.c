
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Records of what reviews say, and how a merchant gets them: nothing in them
 * is ever markup or a formula.  Seen to fail with an address that is written as
 * it is, with quotes left alone in CSV, and with an aspect that is not asked
 * for.
 */


#define _GNU_SOURCE

#include "tap.h"
#include "engine/aif_insights.h"
#include "core/aif_utf8.h"


static aif_arena_t  *test_arena;


static aif_summary_review_t  test_reviews[] = {
    { aif_string("=1+1 is \"warm\" &amp; soft"), AIF_SENTIMENT_POSITIVE },
    { aif_string("The zip &lt;broke&gt;"), AIF_SENTIMENT_NEGATIVE },
    { aif_string("Very warm"), AIF_SENTIMENT_POSITIVE }
};

static const aif_str_t  test_answer = aif_string(
    "{\"summary\":\"Warm.\",\"counts\":{\"reviews\":3,\"positive\":2,"
    "\"neutral\":0,\"negative\":1},\"claims\":[{\"kind\":\"aspect\",\"about\":"
    "\"=warmth\",\"sentiment\":\"positive\",\"text\":\"It is warm & soft.\","
    "\"count\":2,\"reviews\":[1,3],\"words\":[\"warm\"]},{\"kind\":\"pain\","
    "\"about\":\"Zip\",\"sentiment\":\"negative\",\"text\":\"It breaks.\","
    "\"count\":1,\"reviews\":[2],\"words\":[\"zip\"]}]}");


static aif_str_t
test_record(size_t max, const char *name)
{
    aif_str_t               source, record;
    aif_insights_product_t  product;

    aif_str_set(&product.category, "Coats");
    aif_str_set(&product.address, "shop/<i>&\xff");
    product.product.data = (u_char *) name;
    product.product.len = strlen(name);

    aif_str_set(&record, "");

    if (aif_summary_source(test_reviews, 3, test_arena, &source) != AIF_OK
        || aif_insights_make(&product, &source, &test_answer, test_reviews, 3,
                             max, test_arena, &record)
           != AIF_OK)
    {
        ok(0, "a record is made");
    }

    return record;
}


static aif_str_t
test_write(aif_insights_format_e format, const aif_str_t *record,
    const char *product, const char *category, const char *aspect)
{
    aif_str_t              out;
    aif_insights_filter_t  filter;
    aif_insights_record_t  records[3];

    filter.product.data = (u_char *) product;
    filter.product.len = strlen(product);
    filter.category.data = (u_char *) category;
    filter.category.len = strlen(category);
    filter.aspect.data = (u_char *) aspect;
    filter.aspect.len = strlen(aspect);

    records[0].text = *record;
    records[0].month = 202611;
    aif_str_set(&records[1].text, "no record");
    records[1].month = 0;
    records[2].text = *record;
    records[2].month = 202501;

    aif_str_set(&out, "");

    if (aif_insights_write(format, records, 3, &filter, test_arena, &out)
        != AIF_OK)
    {
        ok(0, "records are written");
    }

    return out;
}


static size_t
test_count(const aif_str_t *text, const char *what)
{
    size_t         n;
    const u_char  *p, *end;

    end = text->data + text->len;

    for (p = text->data, n = 0;
         (p = memmem(p, end - p, what, strlen(what))) != NULL;
         p++, n++) { /* void */ }

    return n;
}


int
main(void)
{
    aif_str_t  record, out;

    test_arena = aif_arena_create(1 << 20, (size_t) 1 << 30);

    record = test_record(3968, "Coat \xc3\x89t\xc3\xa9");
    is(record, "Coat \xc3\x89t\xc3\xa9\tCoats\tshop/&lt;i&gt;&amp;?\t3\t2\t0\t1"
               "\naspect\t=warmth\tpositive\t2\tIt is warm &amp; soft.\t"
               "=1+1 is \"warm\" &amp; soft\npain\tZip\tnegative\t1\tIt breaks."
               "\tThe zip &lt;broke&gt;", "a record");

    out = test_record(130, "Coat");
    ok(out.len <= 130 && test_count(&out, "\n") == 1,
       "of a small place whole claims: %u", (unsigned) out.len);
    out = test_record(50, "Coat");
    ok(test_count(&out, "\n") == 0, "or none");
    out = test_record(3968, "");
    ok(memcmp(out.data, "shop/&lt;i&gt;", 13) == 0,
       "without a name it has its address");

    out = test_write(AIF_INSIGHTS_JSON, &record, "", "", "zip");
    is(out, "{\"products\":[{\"period\":\"2026-11\",\"product\":\"Coat "
            "\xc3\x89t\xc3\xa9\",\"category\":\"Coats\",\"address\":\"shop/<i>"
            "&?\",\"reviews\":3,\"positive\":2,\"neutral\":0,\"negative\":1,"
            "\"claims\":[{\"kind\":\"pain\",\"aspect\":\"Zip\",\"sentiment\":"
            "\"negative\",\"count\":1,\"text\":\"It breaks.\",\"example\":"
            "\"The zip <broke>\"}]},{\"period\":\"2025-01\",\"product\":\"Coat "
            "\xc3\x89t\xc3\xa9\",\"category\":\"Coats\",\"address\":\"shop/<i>"
            "&?\",\"reviews\":3,\"positive\":2,\"neutral\":0,\"negative\":1,"
            "\"claims\":[{\"kind\":\"pain\",\"aspect\":\"Zip\",\"sentiment\":"
            "\"negative\",\"count\":1,\"text\":\"It breaks.\",\"example\":"
            "\"The zip <broke>\"}]}]}\n", "JSON, by aspect");

    out = test_write(AIF_INSIGHTS_JSON, &record, "", "", "");
    ok(test_count(&out, "\"kind\"") == 4, "all claims");
    out = test_write(AIF_INSIGHTS_JSON, &record, "\xc3\xa9t", "", "");
    ok(test_count(&out, "\"period\"") == 2, "part of a name, in small letters");
    out = test_write(AIF_INSIGHTS_JSON, &record, "hat", "", "");
    is(out, "{\"products\":[]}\n", "another product");
    out = test_write(AIF_INSIGHTS_JSON, &record, "", "hat", "");
    is(out, "{\"products\":[]}\n", "another category");
    out = test_write(AIF_INSIGHTS_JSON, &record, "", "", "colour");
    is(out, "{\"products\":[]}\n", "an aspect that nobody named");

    out = test_write(AIF_INSIGHTS_CSV, &record, "", "", "");
    ok(test_count(&out, "\r\n") == 5, "CSV has a line for each claim");
    ok(test_count(&out, "\"'=1+1 is \"\"warm\"\" & soft\"") == 2
       && test_count(&out, "\"'=warmth\"") == 2, "and no formula");

    out = test_write(AIF_INSIGHTS_HTML, &record, "", "", "");
    ok(test_count(&out, "<rect") == 2 * 5 && test_count(&out, "<svg") == 6,
       "a page has charts");
    ok(test_count(&out, "<i>") == 0 && test_count(&out, "<broke>") == 0
       && test_count(&out, "&lt;broke&gt;") == 2
       && test_count(&out, "<script") == 0
       && test_count(&out, "style=") == 0, "and nobody's markup");
    ok(test_count(&out, "<tr>") == test_count(&out, "</tr>")
       && test_count(&out, "<td>") == test_count(&out, "</td>")
       && test_count(&out, "<td>") == 4 * 6, "its table is whole");

    record = test_record(3968, "");
    out = test_write(AIF_INSIGHTS_HTML, &record, "", "", "");
    ok(test_count(&out, "<h2>shop/&lt;i&gt;&amp;?</h2>") == 2,
       "an address is no markup");

    aif_arena_destroy(test_arena);

    done();
}
