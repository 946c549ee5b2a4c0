
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Pages to passages, and which of them a question gets.  Seen to fail with
 * prices of a table left out, with menus that come first, and with words
 * compared whole.
 */


#include "canonical.h"
#include "tap.h"
#include "core/aif_passage.h"


#define PAGE(title, body)                                                     \
    "<html><head><title>" title "</title></head><body><nav><a href=/>"        \
    "Home page</a></nav>" body "<footer><p>Call us any time, we return calls" \
    "</p></footer></body></html>"


static void
add(aif_passages_t *ps, const char *page, int rc)
{
    u_char  *copy;
    size_t   len;

    len = strlen(page);
    copy = malloc(len);
    memcpy(copy, page, len);

    ok(aif_passages_add(ps, copy, len) == rc, "page: %.30s", page);
    free(copy);
}


/* The texts that were picked, with " | " between them. */

static void
picked(aif_passages_t *ps, const char *question, size_t size,
    const char *want, const char *name, aif_arena_t *a)
{
    size_t      i, used;
    aif_buf_t   b;
    aif_str_t   q, got;

    q.data = (u_char *) question;
    q.len = strlen(question);

    ok(aif_passages_pick(ps, &q, size) == AIF_OK, "pick");

    aif_buf_init(&b, a, 256);
    used = 0;

    for (i = 0; i < ps->n; i++) {

        if (ps->list[i].chosen) {

            if (b.len) {
                aif_buf_literal(&b, " | ");
            }

            used += ps->list[i].text.len + 1;
            aif_buf_append(&b, ps->list[i].text.data, ps->list[i].text.len);
        }
    }

    got.data = b.data;
    got.len = b.len;
    is(got, want, name);
    ok(used <= size, "not more than %zu", size);
}


static void
test_pages(aif_arena_t *a)
{
    aif_passages_t  ps;

    aif_passages_init(&ps, a);

    add(&ps, PAGE("Linen &amp; shirt", "<script type=\"application/ld+json\">"
        "{\"@type\":\"Product\",\"name\":\"Linen shirt\",\"offers\":{\"price\":"
        "\"19.90\",\"priceCurrency\":\"EUR\"}}</script><h1>Linen <b>shirt</b>"
        "</h1><p>Soft &lt;linen&gt; from Italy.<br>Wash cold</p><img alt="
        "\"A shirt\" src=x>"), AIF_OK);
    add(&ps, PAGE("Shipping", "<table><tr><td>To Spain</td><td>4.90 \xe2\x82"
        "\xac</td></tr><tr><td>To Italy</td><td>5.90 \xe2\x82\xac</td></tr>"
        "</table><script>var x = 'no'</script>"), AIF_OK);
    add(&ps, PAGE("Returns", "<p>You may return it within 30 days.</p>"
        "<p>You may return it within 30 days.</p>"), AIF_OK);

    is(ps.pages[0].title, "Linen &amp; shirt", "title");
    is(ps.pages[0].facts, "name: Linen shirt\nprice: 19.9 EUR", "facts");
    is(ps.pages[1].facts, "", "no facts");

    picked(&ps, "", 6000,
           "Home page | Linen shirt | Soft &lt;linen&gt; from Italy. Wash cold"
           " | Call us any time, we return calls"
           " | Home page | To Spain 4.90 \xe2\x82\xac"
           " | To Italy 5.90 \xe2\x82\xac | Call us any time, we return calls"
           " | Home page | You may return it within 30 days."
           " | Call us any time, we return calls", "everything", a);
    ok(ps.pages[0].chosen && ps.pages[1].chosen && ps.pages[2].chosen,
       "all pages");

    picked(&ps, "What does shipping to Spain cost?", 54, "To Spain 4.90 "
           "\xe2\x82\xac", "by a rare word", a);
    ok(ps.pages[1].chosen && !ps.pages[2].chosen, "of its page");
    picked(&ps, "Can I have it RETURNED?", 68,
           "You may return it within 30 days.", "by another ending", a);
    picked(&ps, "?", 46, "Linen shirt", "the beginning else", a);
    picked(&ps, "calls", 90, "Linen shirt | Soft &lt;linen&gt; from Italy. "
           "Wash cold", "menus last", a);
    picked(&ps, "shirt", 0, "", "nothing", a);
}


static void
test_scripts(aif_arena_t *a)
{
    aif_passages_t  ps;

    aif_passages_init(&ps, a);
    add(&ps, "<p>\xe5\x85\x8d\xe8\xb4\xb9\xe9\x80\x81\xe8\xb4\xa7</p>"
        "<p>\xe4\xb8\x89\xe5\x8d\x81\xe5\xa4\xa9\xe9\x80\x80\xe8\xb4\xa7</p>",
        AIF_OK);
    picked(&ps, "\xe5\x8f\xaf\xe4\xbb\xa5\xe9\x80\x80\xe8\xb4\xa7\xe5\x90\x97",
           16, "\xe4\xb8\x89\xe5\x8d\x81\xe5\xa4\xa9\xe9\x80\x80\xe8\xb4\xa7",
           "without blanks", a);
}


static void
test_limits(aif_arena_t *a)
{
    char            *page, *p;
    size_t           i, wrong;
    aif_passages_t   ps;

    aif_passages_init(&ps, a);
    add(&ps, "<p>\xff</p>", AIF_LIMIT);
    ok(ps.npages == 0 && ps.n == 0, "nothing is taken");
    add(&ps, "", AIF_OK);

    /* one long text of words, references and sentences */

    page = malloc(400000);
    p = page + sprintf(page, "<p>");

    for (i = 0; i < 8000; i++) {
        p += sprintf(p, "%s%s", i % 7 ? "R&amp;D" : "word. ",
                     i % 3 ? " " : "");
    }

    aif_passages_init(&ps, a);
    add(&ps, page, AIF_OK);
    wrong = 0;

    for (i = 0; i < ps.n; i++) {
        wrong += ps.list[i].text.len > AIF_PASSAGE_MAX_TEXT
                 || canonical_fault(ps.list[i].text.data, ps.list[i].text.len)
                    != NULL;
    }

    ok(wrong == 0, "long texts are cut in %zu, %zu wrong", ps.n, wrong);

    for (p = page, i = 0; i < 3000; i++) {
        p += sprintf(p, "<p>text %zu", i);
    }

    aif_passages_init(&ps, a);
    add(&ps, page, AIF_OK);
    ok(ps.n == AIF_PASSAGE_MAX, "so many at most");

    aif_passages_init(&ps, a);

    for (i = 0; i < AIF_PASSAGE_MAX_PAGES; i++) {
        (void) aif_passages_add(&ps, (u_char *) "<p>a", 4);
    }

    add(&ps, "<p>b", AIF_LIMIT);

    free(page);
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(65536, 256 << 20);

    test_pages(a);
    test_scripts(a);
    test_limits(a);

    aif_arena_destroy(a);
    done();
}
