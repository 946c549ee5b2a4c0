
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Records of what reviews say, and how a merchant gets them: nothing in them
 * is ever markup or a formula.  Seen to fail with an address that is written as
 * it is, with quotes left alone in CSV, with an aspect that is not asked for,
 * with months that are added up, and with aspects compared by their bytes.
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

    aif_str_set(&filter.period, "\"><b>");
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

    if (aif_insights_write(format, AIF_INSIGHTS_BY_PRODUCT, records, 3, 0,
                           &filter, test_arena, &out)
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


/* Three products, two of a category, one of them in two months. */

static aif_str_t
test_groups(aif_insights_format_e format, aif_insights_by_e by,
    const char *aspect)
{
    size_t                 i;
    aif_str_t              out;
    aif_insights_filter_t  filter;
    aif_insights_record_t  records[4];

    static const char *const  texts[] = {
        "Coat A\tCoats\tshop/a\t10\t6\t2\t2\n"
        "aspect\tBattery\tpositive\t5\tGood.\t=one\n"
        "pain\tzip\tnegative\t2\tBad.\ttwo",
        "Coat A\tCoats\tshop/a\t8\t8\t0\t0\n"
        "aspect\tbattery\tpositive\t8\tGood.\tthree",
        "Coat B\tCoats\tshop/b\t4\t1\t1\t2\n"
        "aspect\tbatteries\tnegative\t3\tBad.\tfour\n"
        "aspect\tbattery\tpositive\t1\tGood.\tfive",
        "Hat\t\tshop/c\t3\t3\t0\t0\n"
        "need\tbattery\tneutral\t3\tOne.\tsix"
    };
    static const unsigned  months[] = { 202611, 202610, 202611, 202610 };

    memset(&filter, 0, sizeof(filter));
    filter.aspect.data = (u_char *) aspect;
    filter.aspect.len = strlen(aspect);

    for (i = 0; i < 4; i++) {
        records[i].text.data = (u_char *) texts[i];
        records[i].text.len = strlen(texts[i]);
        records[i].month = months[i];
    }

    aif_str_set(&out, "");

    if (aif_insights_write(format, by, records, 4, 1, &filter, test_arena,
                           &out)
        != AIF_OK)
    {
        ok(0, "groups are written");
    }

    return out;
}


static void
test_by_what(void)
{
    aif_str_t  out;

    out = test_groups(AIF_INSIGHTS_JSON, AIF_INSIGHTS_BY_ASPECT, "");
    is(out, "{\"groups\":[{\"products\":2,\"name\":\"Battery\",\"kind\":"
            "\"aspect\",\"count\":9,\"positive\":6,\"neutral\":0,"
            "\"negative\":3,\"example\":\"=one\"},{\"products\":1,\"name\":"
            "\"battery\",\"kind\":\"need\",\"count\":3,\"positive\":0,"
            "\"neutral\":3,\"negative\":0,\"example\":\"six\"},{\"products\":"
            "1,\"name\":\"zip\",\"kind\":\"pain\",\"count\":2,\"positive\":0,"
            "\"neutral\":0,\"negative\":2,\"example\":\"two\"}],\"more\":true}"
            "\n", "aspects over products, of the latest month");

    out = test_groups(AIF_INSIGHTS_JSON, AIF_INSIGHTS_BY_CATEGORY, "");
    is(out, "{\"groups\":[{\"products\":2,\"name\":\"Coats\",\"count\":14,"
            "\"positive\":7,\"neutral\":3,\"negative\":4},{\"products\":1,"
            "\"name\":\"\",\"count\":3,\"positive\":3,\"neutral\":0,"
            "\"negative\":0}],\"more\":true}\n", "categories");

    out = test_groups(AIF_INSIGHTS_CSV, AIF_INSIGHTS_BY_PERIOD, "");
    is(out, "name,kind,products,count,positive,neutral,negative,example\r\n"
            "\"2026-10\",\"\",2,11,11,0,0,\"\"\r\n"
            "\"2026-11\",\"\",2,14,7,3,4,\"\"\r\n", "months, the first first");

    out = test_groups(AIF_INSIGHTS_CSV, AIF_INSIGHTS_BY_ASPECT, "bat");
    ok(test_count(&out, "\r\n") == 3 && test_count(&out, "\"'=one\"") == 1,
       "CSV of an aspect, without a formula");

    out = test_groups(AIF_INSIGHTS_HTML, AIF_INSIGHTS_BY_PRODUCT, "");
    ok(test_count(&out, "<h2>Months</h2>") == 1
       && test_count(&out, "<h2>Categories</h2>") == 1
       && test_count(&out, "<h2>Aspects, needs and pains</h2>") == 1
       && test_count(&out, "<th scope=\"row\"") == 2 + 2 + 3
       && test_count(&out, "<h2 dir=\"auto\">") == 4
       && test_count(&out, "There are more") == 1,
       "a page begins with what is said of all");

    out = test_groups(AIF_INSIGHTS_HTML, AIF_INSIGHTS_BY_PERIOD, "");
    ok(test_count(&out, "<h2") == 1 && test_count(&out, "<rect") == 4
       && test_count(&out, "width=\"300\" fill") == 0
       && test_count(&out, "width=\"235\" fill") == 1, "or has it alone");
}


/* What a model says twice of a product in other words. */

static void
test_merge(void)
{
    aif_str_t               source, record;
    aif_insights_product_t  product;

    static const aif_str_t  answer = aif_string(
        "{\"summary\":\"Warm.\",\"counts\":{\"reviews\":3,\"positive\":2,"
        "\"neutral\":0,\"negative\":1},\"claims\":[{\"kind\":\"aspect\","
        "\"about\":\"Lining\",\"sentiment\":\"positive\",\"text\":\"Warm.\","
        "\"count\":2,\"reviews\":[1,3],\"words\":[\"warm\"]},{\"kind\":"
        "\"aspect\",\"about\":\"linings\",\"sentiment\":\"positive\",\"text\":"
        "\"Soft.\",\"count\":1,\"reviews\":[1],\"words\":[\"soft\"]},{"
        "\"kind\":\"pain\",\"about\":\"lining\",\"sentiment\":\"negative\","
        "\"text\":\"It breaks.\",\"count\":1,\"reviews\":[2],\"words\":"
        "[\"zip\"]}]}");

    aif_str_set(&product.product, "Coat");
    aif_str_set(&product.category, "");
    aif_str_set(&product.address, "shop/");
    aif_str_set(&record, "");

    (void) aif_summary_source(test_reviews, 3, test_arena, &source);
    (void) aif_insights_make(&product, &source, &answer, test_reviews, 3, 3968,
                             test_arena, &record);

    ok(test_count(&record, "\n") == 2
       && test_count(&record, "\naspect\tLining\tpositive\t2\tWarm.") == 1
       && test_count(&record, "\npain\tlining\tnegative\t1\t") == 1,
       "two claims of an aspect are one, of the reviews of both");
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
    ok(test_count(&out, "<rect") == 2 * 4 + 2 * 2 + 2 + 2
       && test_count(&out, "<svg") == 2 * 3 + 2 + 1 + 2,
       "a page has charts");
    ok(test_count(&out, "<i>") == 0 && test_count(&out, "<broke>") == 0
       && test_count(&out, "&lt;broke&gt;") == 3
       && test_count(&out, "<b>") == 0
       && test_count(&out, "value=\"&quot;&gt;&lt;b&gt;\"") == 1
       && test_count(&out, "<script") == 0
       && test_count(&out, "style=") == 0, "and nobody's markup");
    ok(test_count(&out, "<tr>") == test_count(&out, "</tr>")
       && test_count(&out, "<td") == test_count(&out, "</td>")
       && test_count(&out, "<section") == test_count(&out, "</section>"),
       "its tables are whole");

    record = test_record(3968, "");
    out = test_write(AIF_INSIGHTS_HTML, &record, "", "", "");
    ok(test_count(&out, "<h2 dir=\"auto\">shop/&lt;i&gt;&amp;?</h2>")
       == 2,
       "an address is no markup");

    test_by_what();
    test_merge();

    aif_arena_destroy(test_arena);

    done();
}
