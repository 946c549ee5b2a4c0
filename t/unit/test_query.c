
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Search words: out of a URL and back, and the visitor's own in the page.
 * Nothing but the one value may change, and what could be read in two ways is
 * refused.
 */


#include "core/aif_query.h"
#include "tap.h"


#define LENGTH(a)  (sizeof(a) / sizeof(a[0]))
#define HUNDRED    "abcdefghij" "abcdefghij" "abcdefghij" "abcdefghij"        \
                   "abcdefghij" "abcdefghij" "abcdefghij" "abcdefghij"


static aif_arena_t  *arena;


static aif_str_t
string(const char *text)
{
    aif_str_t  s;

    s.data = (u_char *) text;
    s.len = strlen(text);

    return s;
}


static void
words(void)
{
    int        rc;
    size_t     i;
    aif_str_t  args, name, value, text, back;

    /* NULL: refused, with that code */

    static const struct {
        const char  *args;
        const char  *words;
        int          rc;
        const char  *back;
    } row[] = {
        { "q=camisa+azul", "camisa azul", AIF_OK, "camisa+azul" },
        { "q=camisa%20azul&x=1", "camisa azul", AIF_OK, "camisa%20azul" },
        { "x=1&q=%C3%B1and%C3%BA", "\xc3\xb1""and\xc3\xba", AIF_OK,
          "%C3%B1and%C3%BA" },
        { "q=%3Cb%3Ex+%26+y", "&lt;b&gt;x &amp; y", AIF_OK,
          "%3Cb%3Ex+%26+y" },
        { "q=++a%0A%09b+", "a b", AIF_OK, "a+b" },
        { "q=100%+cotton%2", "100% cotton%2", AIF_OK, "100%25+cotton%252" },
        { "q=a=b", "a=b", AIF_OK, "a%3Db" },
        { "q=\xc3\xb1", "\xc3\xb1", AIF_OK, "%C3%B1" },
        { "q=%C3", NULL, AIF_BAD, NULL },
        { "q=%FFabc", NULL, AIF_BAD, NULL },
        { "q=a%00b", NULL, AIF_BAD, NULL },
        { "q=a%1Bb", NULL, AIF_BAD, NULL },
        { "q=12345", NULL, AIF_DONE, NULL },
        { "q=+%20", NULL, AIF_DONE, NULL },
        { "q=" HUNDRED, HUNDRED, AIF_OK, HUNDRED },
        { "q=x" HUNDRED, NULL, AIF_LIMIT, NULL },
        { "q=", NULL, AIF_DONE, NULL },
        { "q", NULL, AIF_DONE, NULL },
        { "qq=a&xq=b&Q=c", NULL, AIF_DONE, NULL },
        { "q=a&q=b", NULL, AIF_LIMIT, NULL },
        { "q=&q=b", NULL, AIF_LIMIT, NULL },
        { "", NULL, AIF_DONE, NULL },
        { "&&q=a&&", "a", AIF_OK, "a" },
    };

    name = string("q");

    for (i = 0; i < LENGTH(row); i++) {

        args = string(row[i].args);
        rc = aif_query_find(&args, &name, &value);

        if (rc == AIF_OK) {
            rc = aif_query_words(&value, 80, arena, &text);
        }

        if (row[i].words == NULL) {
            ok(rc == row[i].rc, "%.20s is refused", row[i].args);
            continue;
        }

        ok(rc == AIF_OK && text.len == strlen(row[i].words)
           && memcmp(text.data, row[i].words, text.len) == 0,
           "%.20s is \"%.20s\"", row[i].args, row[i].words);

        rc = aif_query_encode(&text, strchr(row[i].args, '+') != NULL, arena,
                              &back);
        ok(rc == AIF_OK && back.len == strlen(row[i].back)
           && memcmp(back.data, row[i].back, back.len) == 0,
           "and back: %.*s", (int) back.len, back.data);
    }

    text = string("a <x1/>");
    ok(aif_query_encode(&text, 0, arena, &back) == AIF_BAD, "no placeholders");
}


static void
replaces(void)
{
    int        rc;
    size_t     i;
    aif_str_t  args, name, from, to, out;

    static const struct {
        const char  *args;
        const char  *out;
    } row[] = {
        { "q=a+b", "q=X" },
        { "x=a+b&q=a+b&y=a+b", "x=a+b&q=X&y=a+b" },
        { "/s?q=a+b", "/s?q=X" },
        { "/q=a+b/?y&q=a+b#q=a+b", "/q=a+b/?y&q=X#q=a+b" },
        { "/s?q=a%20b", NULL },
        { "/s", NULL },
        { "/s#?q=a+b", NULL },
        { "qq=a+b", NULL },
        { "", NULL },
    };

    name = string("q");
    from = string("a+b");
    to = string("X");

    for (i = 0; i < LENGTH(row); i++) {
        args = string(row[i].args);
        rc = aif_query_replace(&args, &name, &from, &to, arena, &out);

        ok(row[i].out ? rc == AIF_OK && out.len == strlen(row[i].out)
                        && memcmp(out.data, row[i].out, out.len) == 0
                      : rc == AIF_DONE,
           "\"%s\" -> %s", row[i].args, row[i].out ? row[i].out : "as it is");
    }
}


static void
echoes(void)
{
    int          rc;
    size_t       i;
    aif_str_t    text, out;
    aif_query_t  query;

    static const struct {
        const char  *text;
        const char  *out;
    } row[] = {
        { "blue shirt", "camisa &lt;azul" },
        { "Results for 'Blue Shirt'", "Results for 'camisa &lt;azul'" },
        { "3 hits: \"blue shirt\", \"blue shirt\"",
          "3 hits: \"camisa &lt;azul\", \"camisa &lt;azul\"" },
        { "For <g1>blue shirt</g1>:", "For <g1>camisa &lt;azul</g1>:" },
        { "\xe2\x80\x9c""blue shirt\xe2\x80\x9d",
          "\xe2\x80\x9c""camisa &lt;azul\xe2\x80\x9d" },
        { "\xc2\xab""blue shirt\xc2\xbb", "\xc2\xab""camisa &lt;azul\xc2\xbb" },
        { "Our blue shirt is nice", NULL },
        { "blue shirt, slim", NULL },
        { "blue shirts", NULL },
        { "'blue shirts'", NULL },
        { "shirt", NULL },
    };

    query.name = string("q");
    query.shop = string("blue shirt");
    query.words = string("camisa &lt;azul");

    for (i = 0; i < LENGTH(row); i++) {
        text = string(row[i].text);
        rc = aif_query_echo(&query, &text, arena, &out);

        ok(row[i].out ? rc == AIF_OK && out.len == strlen(row[i].out)
                        && memcmp(out.data, row[i].out, out.len) == 0
                      : rc == AIF_DONE,
           "%s -> %s", row[i].text, row[i].out ? row[i].out : "as it is");
    }
}


static void
inputs(void)
{
    size_t       n, i;
    aif_edit_t  *edits;
    aif_query_t  query;

    static const char  page[] =
        "<input name=q value=\"blue &amp; &#119;hite\">"
        "<INPUT VALUE='Blue & White' type=search NAME='q'>"
        "<q translate=no>Blue &#38; white</q>"
        "<input name=q value=\"blue\">"
        "<q>blue &amp; white</q><q translate=no>blue &amp; white shirt</q>"
        "<script translate=no>blue & white</script>"
        "<input name=r value=\"blue &amp; white\">"
        "<input name=q value=blue&amp;white>"
        "<script><input name=q value=\"blue & white\"></script>"
        "<!-- <input name=q value=\"blue & white\"> -->"
        "<svg><input name=q value=\"blue & white\"></svg>"
        "<textarea><input name=q value=\"blue & white\"></textarea>";

    query.name = string("q");
    query.shop = string("blue &amp; white");
    query.words = string("azul &lt;\"y'&gt; blanco");

    ok(aif_query_inputs(&query, (const u_char *) page, sizeof(page) - 1, arena,
                        &edits, &n)
       == AIF_OK && n == 3, "three places: %zu", n);

    for (i = 0; i < n && i < 3; i++) {
        ok(edits[i].start < edits[i].end && edits[i].end < sizeof(page)
           && (page[edits[i].start] | 0x20) == 'b',
           "where its value is: %.*s", (int) (edits[i].end - edits[i].start),
           page + edits[i].start);
        is(edits[i].text, "azul &lt;&quot;y&#39;&gt; blanco",
           "escaped for its place");
    }
}


int
main(void)
{
    arena = aif_arena_create(65536, 16 * 1024 * 1024);

    words();
    replaces();
    echoes();
    inputs();

    aif_arena_destroy(arena);

    done();
}
