
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which reviews a page has: from elements, JSON-LD or microdata, without the
 * people who wrote them.  Seen to fail with names left in elements, with the
 * reviews of another product, and with JSON-LD read beside elements.
 */


#include "page.h"
#include "tap.h"
#include "core/aif_reviews.h"
#include "core/aif_utf8.h"

#include <dirent.h>


static aif_arena_t  *test_arena;


static unsigned  test_more;


/* "text [rating]" of each, one behind the other with "|" */

static aif_str_t
test_read(const char *selector, const u_char *page, size_t len, size_t *count)
{
    int                   rc;
    char                  rating[8];
    size_t                i, n, at;
    aif_buf_t             b;
    aif_str_t             text;
    const char           *error;
    aif_reviews_t        *r;
    aif_selector_t       *list;
    aif_walk_handler_t    h;
    aif_selector_set_t   *set;
    const aif_review_t   *review;

    set = aif_selector_set_create(test_arena, AIF_WALK_MAX_DEPTH);

    if (selector) {
        text.data = (u_char *) selector;
        text.len = strlen(selector);
        rc = aif_selector_parse(&text, test_arena, &list, &error, &at);

        if (rc != AIF_OK || aif_selector_set_add(set, &list, 1, 7) != AIF_OK) {
            abort();
        }
    }

    r = aif_reviews_create(page, len, selector ? 1 << 7 : 0, test_arena);
    h = aif_reviews_handler(r);
    rc = aif_walk(page, len, set, &h, 1, test_arena);

    if (rc != AIF_OK || aif_reviews_read(r, &review, &n, &test_more)
                        != AIF_OK) {
        abort();
    }

    aif_buf_init(&b, test_arena, 1024);

    for (i = 0; i < n; i++) {
        if (i) {
            aif_buf_byte(&b, '|');
        }

        aif_buf_append(&b, review[i].text.data, review[i].text.len);

        if (review[i].rating != AIF_REVIEWS_NO_RATING) {
            snprintf(rating, sizeof(rating), " [%u]", review[i].rating);
            aif_buf_append(&b, rating, strlen(rating));
        }
    }

    text.data = b.data;
    text.len = b.len;
    *count = n;

    return text;
}


static void
test_pages(void)
{
    size_t     i, n;
    aif_str_t  text;

    static const struct {
        const char  *name;
        const char  *selector;
        const char  *page;
        const char  *reviews;
    } tests[] = {
        { "elements", ".r",
          "<p class=r>Good &amp; <b>cheap</b>.<p>no<p class=r> Bad </p>",
          "Good &amp; cheap.|Bad" },
        { "an element without an end, one without letters", ".r",
          "<div class=r>5/5</div><div class=r>So so", "So so" },
        { "one inside another is the same", ".r",
          "<div class=r>A <p class=r>b</p> c</div>", "A b c" },
        { "no names, dates, buttons", ".r",
          "<div class=r><span class=review-Author>Jane Roe</span>, <time>May"
          "</time> <a rel='nofollow author' href=x>Jane</a><p>Nice</p>"
          "<b itemprop=author>Jane</b> shirt <address>Rome</address>"
          "<button>Yes (3)</button></div>", ", Nice shirt" },
        { "a name ends with its element", ".r",
          "<div class=r><i class=author><b>Jane</b></i>Nice</div>", "Nice" },
        { "JSON-LD", NULL,
          "<script type=application/ld+json>{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"review\":[{\"@type\":\"Review\",\"author\":{\"@type\":"
          "\"Person\",\"name\":\"Jane Roe\"},\"reviewBody\":\"Nice &amp; "
          "warm\",\"reviewRating\":{\"ratingValue\":4.5}},{\"@type\":"
          "\"Review\",\"author\":\"John\",\"description\":\"Too small\","
          "\"reviewRating\":{\"ratingValue\":\"2\",\"bestRating\":\"10\"}}]}"
          "</script>", "Nice &amp; warm [87]|Too small [11]" },
        { "elements come before it", "p",
          "<script type=application/ld+json>{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"review\":{\"@type\":\"Review\",\"reviewBody\":\"A\"}}"
          "</script><p>B</p>", "B" },
        { "it comes where there are none", "i",
          "<script type=application/ld+json>{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"review\":{\"@type\":\"Review\",\"reviewBody\":\"A\"}}"
          "</script><p>B</p>", "A" },
        { "not those of the shop", NULL,
          "<script type=application/ld+json>[{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"review\":{\"@type\":\"Review\",\"reviewBody\":\"A\"}},"
          "{\"@type\":\"Store\",\"name\":\"Us\",\"review\":{\"@type\":"
          "\"Review\",\"reviewBody\":\"Fast\"}}]</script>", "A" },
        { "not those of another product", NULL,
          "<script type=application/ld+json>{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"isRelatedTo\":{\"@type\":\"Product\",\"name\":\"Hat\","
          "\"review\":{\"@type\":\"Review\",\"reviewBody\":\"Fast\"}}}"
          "</script>", "" },
        { "of two products nobody's", NULL,
          "<script type=application/ld+json>[{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"review\":{\"@type\":\"Review\",\"reviewBody\":\"A\"}},"
          "{\"@type\":\"Product\",\"name\":\"Hat\"}]</script>", "" },
        { "a product that is there twice has each once", NULL,
          "<script type=application/ld+json>[{\"@type\":\"Product\",\"name\":"
          "\"Shirt\",\"review\":{\"@type\":\"Review\",\"reviewBody\":\"A\"}},"
          "{\"@type\":\"Product\",\"name\":\"Shirt\",\"review\":{\"@type\":"
          "\"Review\",\"reviewBody\":\"A\"}}]</script>", "A" },
        { "microdata", NULL,
          "<div itemscope itemtype=https://schema.org/Product><h1 itemprop="
          "name>Shirt</h1><div itemprop=review itemscope itemtype="
          "https://schema.org/Review><span itemprop=author>Jane</span><p "
          "itemprop=reviewBody>Nice <b>fit</b></p><div itemprop=reviewRating "
          "itemscope><meta itemprop=ratingValue content='3'></div></div>"
          "</div>", "Nice fit [50]" },
        { "a review beside its product", NULL,
          "<div itemscope itemtype=https://schema.org/Product><h1 itemprop="
          "name>Shirt</h1></div><div itemscope itemtype="
          "https://schema.org/Review><p itemprop=reviewBody>Nice</p></div>",
          "Nice" },
        { "a template for reviews is none", "p", "<template><p>A</p></template>"
          "<p>B <template>C</template>D</p>", "B D" },
        { "none", NULL, "<p>Nothing</p>", "" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        text = test_read(tests[i].selector, (u_char *) tests[i].page,
                         strlen(tests[i].page), &n);
        is(text, tests[i].reviews, tests[i].name);
    }
}


static void
test_limits(void)
{
    size_t     i, n;
    aif_buf_t  b;
    aif_str_t  text;

    aif_buf_init(&b, test_arena, 65536);

    for (i = 0; i < AIF_REVIEWS_MAX + 5; i++) {
        aif_buf_literal(&b, "<p>word</p>");
    }

    (void) test_read("p", b.data, b.len, &n);
    ok(n == AIF_REVIEWS_MAX && test_more, "of many the first %u",
       (unsigned) n);

    (void) test_read("p", b.data, 11 * AIF_REVIEWS_MAX, &n);
    ok(n == AIF_REVIEWS_MAX && !test_more, "of so many all");

    aif_buf_init(&b, test_arena, 65536);
    aif_buf_literal(&b, "<p>");

    for (i = 0; i < AIF_REVIEWS_MAX_TEXT; i++) {
        aif_buf_literal(&b, "\xc3\xa9t\xc3\xa9 ");
    }

    text = test_read("p", b.data, b.len, &n);
    ok(text.len <= AIF_REVIEWS_MAX_TEXT && text.data[text.len - 1] != ' '
       && aif_utf8_valid(text.data, text.len),
       "a long one ends behind a word, %u bytes", (unsigned) text.len);
}


/* Pages of real shops, by the selectors that their markup suggests. */

static void
test_real(void)
{
    char        name[512];
    DIR        *dir;
    size_t      len, n, found, reviews;
    u_char     *page;
    struct dirent  *entry;

    snprintf(name, sizeof(name), "%s/pages", page_data());
    dir = opendir(name);

    if (dir == NULL) {
        skip("no pages of real shops in %s", name);
        return;
    }

    found = 0;
    reviews = 0;

    while ((entry = readdir(dir)) != NULL) {

        snprintf(name, sizeof(name), "%s/pages/%s", page_data(),
                 entry->d_name);
        page = entry->d_name[0] == '.' ? NULL : page_read(name, &len);

        if (page == NULL) {
            continue;
        }

        (void) test_read(NULL, page, len, &n);

        if (n) {
            printf("# %s: %u\n", entry->d_name, (unsigned) n);
            found++;
            reviews += n;
        }

        free(page);
        aif_arena_reset(test_arena);
    }

    closedir(dir);

    ok(found >= 3, "%u pages of real shops have reviews in their data, %u",
       (unsigned) found, (unsigned) reviews);
}


int
main(void)
{
    test_arena = aif_arena_create(1 << 20, (size_t) 1 << 30);

    test_pages();
    test_limits();
    test_real();

    aif_arena_destroy(test_arena);

    done();
}
