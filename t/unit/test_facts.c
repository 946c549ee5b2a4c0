
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a page says of its product, from JSON-LD, microdata, Open Graph and
 * selectors, in one form; and what is never read.  Seen to fail with prices
 * taken from what a Product "isRelatedTo", with a price of two products of one
 * rank, and with lines in the order of the page.
 */


#include "page.h"
#include "tap.h"
#include "core/aif_facts.h"

#include <dirent.h>


#define LD(json)  "<script type=\"application/ld+json\">" json "</script>"

#define SHIRT                                                                 \
    "{\"@context\":\"https://schema.org\",\"@type\":\"Product\","             \
    "\"name\":\"Linen shirt\",\"brand\":{\"@type\":\"Brand\","                \
    "\"name\":\"Acme\"},\"offers\":{\"@type\":\"Offer\",\"price\":\"19.90\"," \
    "\"priceCurrency\":\"EUR\","                                              \
    "\"availability\":\"https://schema.org/InStock\"}}"

#define SHIRT_FACTS                                                           \
    "name: Linen shirt\nbrand: Acme\nprice: 19.9 EUR\nstock: in stock"


static const struct {
    const char  *page;
    const char  *facts;              /* NULL: too few */
    const char  *what;
} test_cases[] = {

    { LD(SHIRT), SHIRT_FACTS, "a product" },
    { LD("[" SHIRT "]"), SHIRT_FACTS, "in an array" },
    { LD("{\"@graph\":[{\"@type\":\"WebSite\",\"name\":\"Shop\"}," SHIRT "]}"),
      SHIRT_FACTS, "in a graph" },
    { LD("{\"@type\":[\"WebPage\",\"ItemPage\"],\"mainEntity\":" SHIRT "}"),
      SHIRT_FACTS, "the main entity of a page" },
    { LD(SHIRT) LD(SHIRT), SHIRT_FACTS, "said twice" },
    { LD("{\"@type\":\"BreadcrumbList\",\"name\":\"x\"}") LD(SHIRT),
      SHIRT_FACTS, "in the second script" },
    { LD("not json") LD(SHIRT), SHIRT_FACTS, "behind what is no JSON" },

    { LD("{\"@type\":\"Product\",\"offers\":[{\"price\":5,"
         "\"priceCurrency\":\"USD\"},{\"price\":7.50,\"priceCurrency\":"
         "\"USD\"},{\"price\":5}],\"name\":\"Cup\"}"),
      "name: Cup\nprice: 5\nprice: 5 USD\nprice: 7.5 USD",
      "offers in an array, numbers, a type that comes last or first" },
    { LD("{\"offers\":{\"@type\":\"AggregateOffer\",\"lowPrice\":\"1,299.00\","
         "\"highPrice\":\"1.499,50\",\"priceCurrency\":\"eur\",\"offers\":"
         "[{\"priceSpecification\":{\"price\":\"1350\"}}]},"
         "\"name\":\"Sofa\",\"@type\":\"http://schema.org/Product\"}"),
      "name: Sofa\nprice: 1299 EUR\nprice: 1350 EUR\nprice: 1499.5 EUR",
      "AggregateOffer, a currency that is inherited" },
    { LD("{\"@type\":\"Product\",\"name\":\"Cup\",\"aggregateRating\":{"
         "\"ratingValue\":\"4.50\",\"reviewCount\":12,\"bestRating\":10}}"),
      "name: Cup\nrating: 4.5 of 10\nreviews: 12", "a rating" },
    { LD("{\"@type\":\"Product\",\"name\":\"Cup\",\"aggregateRating\":{"
         "\"ratingValue\":4,\"ratingCount\":\"1,200\"}}"),
      "name: Cup\nrating: 4 of 5\nreviews: 1200", "... of five" },
    { LD("{\"@type\":\"Product\",\"name\":\"Jar\",\"additionalProperty\":["
         "{\"name\":\"Capacity\",\"value\":\"1,5\",\"unitText\":\"l\"},"
         "{\"name\":\"Lid\",\"value\":[\"steel\",\"glass\"]},"
         "{\"value\":\"no name\"}],\"weight\":{\"value\":0.5,"
         "\"unitCode\":\"KGM\"},\"material\":[\"Glass\",\"Steel\"],"
         "\"color\":\"clear\",\"size\":{\"name\":\"L\"},"
         "\"itemCondition\":\"https://schema.org/NewCondition\"}"),
      "name: Jar\nmaterial: Glass\nmaterial: Steel\nsize: L\n"
      "attribute: Capacity: 1,5 l\nattribute: Colour: clear\n"
      "attribute: Condition: new\nattribute: Lid: glass\n"
      "attribute: Lid: steel\nattribute: Weight: 0.5 kg",
      "properties, measures, materials, sizes" },
    { LD("{\"@type\":\"ProductGroup\",\"name\":\"Tee\",\"hasVariant\":["
         "{\"@type\":\"Product\",\"name\":\"Tee M\",\"size\":\"M\",\"color\":"
         "\"red\",\"offers\":{\"price\":9}},{\"@type\":\"Product\",\"size\":"
         "\"L\"}]}"),
      "name: Tee\nprice: 9\nsize: L\nsize: M\nattribute: Colour: red",
      "variants of a group" },

    { LD("{\"@type\":\"Product\",\"name\":\"A &amp; <b>B</b>\\u00a0 \\u202ex"
         "\\n\",\"category\":\"1 < 2\"}"),
      "name: A &amp; B x\ncategory: 1 &lt; 2",
      "references, tags, white space, overrides" },

    /* what is somebody's or something else's */

    { LD("{\"@type\":\"Product\",\"name\":\"Cup\",\"category\":\"Cups\","
         "\"isRelatedTo\":{\"@type\":\"Product\",\"name\":\"Pot\",\"offers\":{"
         "\"price\":99}},\"review\":[{\"@type\":\"Review\",\"author\":{"
         "\"@type\":\"Person\",\"name\":\"Ada Doe\"},\"reviewBody\":\"Mine\","
         "\"reviewRating\":{\"ratingValue\":5}}],\"seller\":{\"name\":\"S\"}}"),
      "name: Cup\ncategory: Cups", "other products, reviews, people, sellers" },
    { LD("[{\"@type\":\"Product\",\"name\":\"A\",\"category\":\"x\"},"
         "{\"@type\":\"Product\",\"name\":\"B\",\"category\":\"x\"}]"),
      NULL, "two products" },
    { LD("{\"@type\":\"ItemList\",\"itemListElement\":[" SHIRT "]}"), NULL,
      "a list" },
    { LD("{\"@type\":\"Product\",\"name\":\"A\"}"), NULL, "a name alone" },
    { LD("{\"@type\":\"Product\",\"name\":\"A\",\"offers\":{\"price\":\"0.00\""
         "}}"), NULL, "a price of nothing" },
    { LD("{\"@type\":\"Product\",\"offers\":{\"price\":\"7\",\"availability\":"
         "\"InStock\"}}"), NULL, "no name" },
    { "<script>" SHIRT "</script>", NULL, "another script" },
    { "", NULL, "an empty page" },

    /* microdata */

    { "<div itemscope itemtype=\"https://schema.org/Product\">"
      "<h1 itemprop=name>Linen <b>shirt</b></h1><p itemprop=brand itemscope "
      "itemtype=https://schema.org/Brand><span itemprop=name>Acme</span></p>"
      "<div itemprop=offers itemscope><meta itemprop=price content=19.90>"
      "<span itemprop=priceCurrency content=EUR>&euro;</span>"
      "<link itemprop=availability href=https://schema.org/InStock></div>"
      "<div itemprop=review itemscope><i itemprop=author>Ada</i></div></div>",
      SHIRT_FACTS, "microdata" },
    { "<body itemscope itemtype=http://schema.org/WebPage><div itemscope "
      "itemprop=mainEntity itemtype=http://schema.org/Product><b itemprop=name>"
      "Cup</b><data itemprop=color value=blue>x</data></div>",
      "name: Cup\nattribute: Colour: blue", "... as main entity, unclosed" },
    { "<ul><li itemscope itemtype=http://schema.org/Product><b itemprop=name>A"
      "</b><i itemprop=color>r</i><li itemscope itemtype="
      "http://schema.org/Product><b itemprop=name>B</b></ul>", NULL,
      "... of two" },
    { LD(SHIRT) "<div itemscope itemtype=http://schema.org/Product>"
      "<b itemprop=name>Other</b></div>", SHIRT_FACTS,
      "JSON-LD counts more" },

    /* Open Graph */

    { "<meta property=og:type content=product><meta property=og:title "
      "content='Linen shirt'><meta property=product:brand content=Acme>"
      "<meta property=product:price:amount content='19,90'>"
      "<meta property=product:price:currency content=EUR>"
      "<meta property=product:availability content='in stock'>",
      SHIRT_FACTS, "Open Graph" },
    { "<meta property=og:type content=article><meta property=og:title "
      "content=News><meta property=og:description content=Text>", NULL,
      "... of something else" },
    { LD("{\"@type\":\"Product\",\"name\":\"Cup\"}")
      "<meta property=og:title content='Cup | Shop'>"
      "<meta property=og:price:amount content=5>"
      "<meta property=og:price:currency content=USD>",
      "name: Cup\nprice: 5 USD", "... for what is missing" },
};


static aif_facts_t *
test_facts(const u_char *page, size_t len, const char *selector,
    aif_arena_t *a)
{
    int                  rc;
    size_t               at;
    aif_str_t            text;
    const char          *error;
    aif_facts_t         *f;
    aif_selector_t      *list;
    aif_selector_set_t  *set;
    aif_walk_handler_t   h;

    set = aif_selector_set_create(a, AIF_WALK_MAX_DEPTH);

    if (selector) {
        text.data = (u_char *) selector;
        text.len = strlen(selector);
        rc = aif_selector_parse(&text, a, &list, &error, &at);

        if (rc != AIF_OK || aif_selector_set_add(set, &list, 1, 3) != AIF_OK) {
            abort();
        }
    }

    f = aif_facts_create(page, len, 1 << 3, a);
    h = aif_facts_handler(f);

    if (aif_walk(page, len, set, &h, 1, a) != AIF_OK
        || aif_facts_read(f) != AIF_OK)
    {
        abort();
    }

    return f;
}


/* of a copy of exactly its size */

static aif_str_t
test_lines(const char *page, size_t len, const char *selector, uint32_t kinds,
    aif_arena_t *a)
{
    int           rc;
    u_char       *copy;
    aif_str_t     lines;
    aif_facts_t  *f;

    copy = malloc(len ? len : 1);
    memcpy(copy, page, len);

    f = test_facts(copy, len, selector, a);
    rc = aif_facts_write(f, kinds, selector ? 3 : AIF_FACTS_MAX_GROUPS,
                         &lines);

    if (rc != AIF_OK) {
        lines.data = NULL;
        lines.len = 0;

    } else {
        lines.data = aif_arena_dup(a, lines.data, lines.len);
    }

    free(copy);

    return lines;
}


static void
test_table(aif_arena_t *a)
{
    size_t     i;
    aif_str_t  lines;

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        aif_arena_reset(a);
        lines = test_lines(test_cases[i].page, strlen(test_cases[i].page),
                           NULL, AIF_FACTS_ALL, a);

        if (test_cases[i].facts == NULL) {
            ok(lines.data == NULL, "nothing: %s", test_cases[i].what);

        } else {
            is(lines, test_cases[i].facts, test_cases[i].what);
        }
    }
}


static void
test_selector(aif_arena_t *a)
{
    aif_str_t  lines;

    static const char  page[] =
        LD(SHIRT) "<table class=spec><tr><td>Weight<td>2&nbsp;kg</tr><tr>"
        "<td>Care<td>40 &deg;C</table><div class=spec>More<textarea>mine"
        "</textarea><select><option>mine</select><b class=spec>!</b></div>"
        "<p>else</p>";

    aif_arena_reset(a);

    lines = test_lines(page, sizeof(page) - 1, ".spec", AIF_FACTS_ALL, a);
    is(lines, SHIRT_FACTS "\ntext: More !\n"
       "text: Weight 2 kg Care 40 \xc2\xb0" "C", "texts of a selector");

    lines = test_lines(page, sizeof(page) - 1, ".spec",
                       1 << AIF_FACTS_NAME | 1 << AIF_FACTS_BRAND, a);
    is(lines, "name: Linen shirt\nbrand: Acme\ntext: More !\n"
       "text: Weight 2 kg Care 40 \xc2\xb0" "C", "a choice of kinds");

    lines = test_lines("<p class=spec>a<p class=spec>b", 30, ".spec",
                       AIF_FACTS_ALL, a);
    is(lines, "text: a\ntext: b", "a page without a product");
}


/* Only what a text was made of makes it anew. */

static void
test_change(aif_arena_t *a)
{
    aif_str_t  lines, other;

    static const char  one[] =
        "<p>1 visitor</p>" LD("{\"@type\":\"Product\",\"name\":\"Cup\","
        "\"color\":\"red\",\"offers\":{\"price\":\"5.00\"}}");
    static const char  same[] =
        "<p>2 visitors</p>" LD("{\"offers\":{\"price\":5.0},\"color\":\"red\","
        "\"dateModified\":\"2026\",\"name\":\" Cup \",\"@type\":\"Product\"}");
    static const char  price[] =
        LD("{\"@type\":\"Product\",\"name\":\"Cup\",\"color\":\"red\","
           "\"offers\":{\"price\":\"5.01\"}}");

    aif_arena_reset(a);

    lines = test_lines(one, sizeof(one) - 1, NULL, AIF_FACTS_ALL, a);
    other = test_lines(same, sizeof(same) - 1, NULL, AIF_FACTS_ALL, a);
    ok(aif_str_eq(&lines, &other), "the same facts in another order are equal");

    other = test_lines(price, sizeof(price) - 1, NULL, AIF_FACTS_ALL, a);
    ok(!aif_str_eq(&lines, &other), "another price is another text");

    lines = test_lines(one, sizeof(one) - 1, NULL,
                       AIF_FACTS_ALL & ~(1 << AIF_FACTS_PRICE), a);
    other = test_lines(price, sizeof(price) - 1, NULL,
                       AIF_FACTS_ALL & ~(1 << AIF_FACTS_PRICE), a);
    ok(aif_str_eq(&lines, &other), "... but not where no price is asked for");
}


static void
test_limits(aif_arena_t *a)
{
    size_t     i, n;
    aif_buf_t  b;
    aif_str_t  lines;

    aif_arena_reset(a);
    aif_buf_init(&b, a, 65536);
    aif_buf_literal(&b, "<script type=application/ld+json>{\"@type\":"
                        "\"Product\",\"name\":\"Cup\",\"description\":\"");

    for (i = 0; i < 4000; i++) {
        aif_buf_literal(&b, "&amp; ");
    }

    aif_buf_literal(&b, "\",\"additionalProperty\":[");

    for (i = 0; i < 3000; i++) {
        aif_buf_literal(&b, "{\"name\":\"n\",\"value\":");
        aif_buf_byte(&b, '1' + i % 9);
        aif_buf_byte(&b, '0' + i / 9 % 10);
        aif_buf_byte(&b, '0' + i / 90 % 10);
        aif_buf_literal(&b, "},");
    }

    aif_buf_literal(&b, "1],\"offers\":[");

    for (i = 0; i < 3000; i++) {
        aif_buf_literal(&b, "[[[{\"price\":77}]]],");
    }

    aif_buf_literal(&b, "1]}</script>");

    lines = test_lines((char *) b.data, b.len, NULL, AIF_FACTS_ALL, a);

    for (i = 0, n = 1; i < lines.len; i++) {
        n += lines.data[i] == '\n';
    }

    ok(lines.len > 1200 && lines.len <= AIF_FACTS_MAX_LINES
       && n <= AIF_FACTS_MAX, "there are limits (%u lines, %u bytes)",
       (unsigned) n, (unsigned) lines.len);
    ok(lines.data[lines.len - 1] == ';', "a text is cut behind a word");
}


/* A page that ends anywhere. */

static void
test_ends(aif_arena_t *a)
{
    size_t     n, some;
    aif_str_t  lines;

    static const char  page[] =
        "<meta property=og:type content=product>" LD(SHIRT)
        "<div itemscope itemtype=http://schema.org/Product><p itemprop=name>"
        "a<b itemprop=color>&amp;</p></b><p class=x>t";

    for (n = 0, some = 0; n <= sizeof(page) - 1; n++) {
        aif_arena_reset(a);
        lines = test_lines(page, n, ".x", AIF_FACTS_ALL, a);
        some += lines.data != NULL;
    }

    ok(some > 0 && some < n, "a page that ends anywhere");
}


static void
test_pages(aif_arena_t *a)
{
    DIR            *dir;
    char            name[512];
    size_t          len, pages, facts, i;
    u_char         *page;
    aif_str_t       lines;
    struct dirent  *d;
    const u_char   *p, *value;

    snprintf(name, sizeof(name), "%s/pages", page_data());
    dir = opendir(name);

    if (dir == NULL) {
        skip("no pages in %s", name);
        return;
    }

    pages = 0;
    facts = 0;
    i = 0;

    while ((d = readdir(dir)) != NULL) {

        if (strstr(d->d_name, ".html") == NULL) {
            continue;
        }

        snprintf(name, sizeof(name), "%s/pages/%s", page_data(), d->d_name);
        page = page_read(name, &len);

        aif_arena_reset(a);
        lines = test_lines((char *) page, len, NULL, AIF_FACTS_ALL, a);
        free(page);

        pages++;
        facts += lines.data != NULL;

        if (getenv("AIF_SHOW") && lines.data) {
            printf("# %s\n%.*s\n\n", d->d_name, (int) lines.len, lines.data);
        }

        for (p = lines.data; p && p < lines.data + lines.len; /* void */) {

            i += aif_facts_kind(p, lines.data + lines.len, &value)
                 == AIF_FACTS_KINDS;
            p = memchr(p, '\n', lines.data + lines.len - p);
            p = p ? p + 1 : p;
        }
    }

    closedir(dir);

    ok(facts >= 25, "%u of %u real pages say what they sell",
       (unsigned) facts, (unsigned) pages);
    ok(i == 0, "every line is of a kind");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(65536, (size_t) 1 << 28);

    test_table(a);
    test_selector(a);
    test_change(a);
    test_limits(a);
    test_ends(a);
    test_pages(a);

    aif_arena_destroy(a);

    done();
}
