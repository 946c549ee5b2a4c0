
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The rewriter: replacements of a page's fragments, good, odd and hostile.
 * Whatever stands in a replacement, the page's tags stay as they are; the
 * output has exactly the size that was promised at most.
 */


#include "page.h"
#include "tap.h"


/*
 * A page, replacements for its fragments in order ("|" between them, "-" for
 * none), the new page, and how many were refused.
 */

static const struct {
    const char  *page;
    const char  *replacements;
    const char  *output;
    size_t       rejected;
} test_cases[] = {

    /* places */

    { "<p> one </p>", "uno", "<p> uno </p>", 0 },
    { "<p>one</p><p>two</p>", "-|dos", "<p>one</p><p>dos</p>", 0 },
    { "<p>a &lt; b</p>", "x &lt; y &amp; z &gt;",
      "<p>x &lt; y &amp; z &gt;</p>", 0 },
    { "<title>one</title>", "uno &lt;/title&gt;",
      "<title>uno &lt;/title&gt;</title>", 0 },
    { "<p title=\"one\">", "say \"it's\" &amp; go",
      "<p title=\"say &quot;it's&quot; &amp; go\">", 0 },
    { "<p title='one'>", "say \"it's\"", "<p title='say \"it&#39;s\"'>", 0 },
    { "<p title=one>", "say \"it's\" >", "<p title=one>", 1 },
    { "<p title=one>", "say \"it's\" &gt;",
      "<p title=\"say &quot;it's&quot; &gt;\">", 0 },
    { "<p title=one/>", "uno", "<p title=\"uno\">", 0 },
    { "<p title=&nbsp;\"one&nbsp;>", "\"uno",
      "<p title=\"&quot;uno\">", 0 },
    { "<p title='&nbsp;one&nbsp; '>", "uno", "<p title='&nbsp;uno&nbsp; '>",
      0 },
    { "<p title=' one '>", "\"\"\"\"", "<p title=' \"\"\"\" '>", 0 },
    { "<p>\xd0\xb4\xd0\xb0</p>", "\xe6\x97\xa5 \xf0\x9f\x98\x80 \xe0\xb8\x81",
      "<p>\xe6\x97\xa5 \xf0\x9f\x98\x80 \xe0\xb8\x81</p>", 0 },
    { "no end <b", "sin fin", "sin fin <b", 0 },

    /* placeholders */

    { "<p>Our <b id=x>soft</b> shirt</p>", "Camisa <g1>suave</g1> nuestra",
      "<p>Camisa <b id=x>suave</b> nuestra</p>", 0 },
    { "<p>a<br>b<img>c</p>", "<x2/>C<x1/>", "<p><img>C<br></p>", 0 },
    { "<p>a <b>b <i>c</i></b> d</p>", "D <g1><g2>C</g2> B</g1> A",
      "<p>D <b><i>C</i> B</b> A</p>", 0 },
    { "<p>a <b>b</b> <i>c</i></p>", "<g2>C</g2> <g1>B</g1> A",
      "<p><i>C</i> <b>B</b> A</p>", 0 },
    { "<p>a <code>b</code> c</p>", "C <x1/> A", "<p>C <code>b</code> A</p>",
      0 },
    { "<p>a <b>b</b></p>", "A <g1></g1>", "<p>A <b></b></p>", 0 },

    /* attributes inside of the tags of a text */

    { "<p>a <img alt=b> c</p>", "C <x1/> A|B",
      "<p>C <img alt=\"B\"> A</p>", 0 },
    { "<p>a <img alt='b' title='c'> d <a title=\"e\">f</a></p>",
      "D <x1/> <g2>F</g2> A|B|C|E",
      "<p>D <img alt='B' title='C'> <a title=\"E\">F</a> A</p>", 0 },
    { "<p>a <img alt='b' title='c'> d</p>", "D <x1/>|-|C'",
      "<p>D <img alt='b' title='C&#39;'></p>", 0 },
    { "<p>a <img alt='b' title='c'> d</p>", "D <x1/>|B|C>",
      "<p>D <img alt='B' title='c'></p>", 1 },
    { "<p>a <img alt='b'> d</p><p>e</p>", "-|B|E",
      "<p>a <img alt='B'> d</p><p>E</p>", 0 },
    { "<p>a <img alt='b'> <img alt='c'></p><p>e</p>", "x <x1/><x1/>|B|C|E",
      "<p>a <img alt='B'> <img alt='C'></p><p>E</p>", 1 },
    { "<p>a <img alt='b'> <img alt='c'> d</p>", "x <x1/>|B<|C",
      "<p>a <img alt='b'> <img alt='C'> d</p>", 2 },

    /* what is no canonical text */

    { "<p>one</p>", "uno <script>", "<p>one</p>", 1 },
    { "<p>one</p>", "uno > dos", "<p>one</p>", 1 },
    { "<p>one</p>", "uno & dos", "<p>one</p>", 1 },
    { "<p>one</p>", "uno &#60;", "<p>one</p>", 1 },
    { "<p>one</p>", "uno &quot;", "<p>one</p>", 1 },
    { "<p>one</p>", "uno &lt", "<p>one</p>", 1 },
    { "<p>one</p>", "uno &amp", "<p>one</p>", 1 },
    { "<p>one</p>", "uno &", "<p>one</p>", 1 },
    { "<p>one</p>", "uno <", "<p>one</p>", 1 },
    { "<p>one</p>", "uno <x1/>", "<p>one</p>", 1 },
    { "<p>one</p>", "uno <g1>dos</g1>", "<p>one</p>", 1 },
    { "<p>one</p>", "", "<p>one</p>", 1 },
    { "<p title=one>", "", "<p title=one>", 1 },
    { "<p>one</p>", "uno\x01", "<p>one</p>", 1 },
    { "<p>one</p>", "uno\x7f", "<p>one</p>", 1 },
    { "<p>one</p>", "uno \xff", "<p>one</p>", 1 },
    { "<p>one</p>", "uno \xe6\x97", "<p>one</p>", 1 },
    { "<p>one</p>", "uno \xc3", "<p>one</p>", 1 },
    { "<p>one</p>", "uno \xed\xa0\x80", "<p>one</p>", 1 },
    { "<p>one</p>", "uno \xe0\x80\x80", "<p>one</p>", 1 },
    { "<p title='one'>", "<x1/>", "<p title='one'>", 1 },
    { "<p title='one'>", "\xc3", "<p title='one'>", 1 },
    { "<title>one</title>", "uno </title>", "<title>one</title>", 1 },

    /* placeholders that aren't the fragment's */

    { "<p>a <b>b</b></p>", "A B", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1>B", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A </g1>B<g1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1>B</g1></g1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "<g1>A</g1> <g1>B</g1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b> <i>c</i></p>", "<g1>A</g1> <g1>C</g1>",
      "<p>a <b>b</b> <i>c</i></p>", 1 },
    { "<p>a <img src='a rather long address'> b</p>", "<x1/><x1/><x1/>",
      "<p>a <img src='a rather long address'> b</p>", 1 },
    { "<p>a <b>b</b></p>", "A <g2>B</g2>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g0>B</g0>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g01>B</g01>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1 >B</g1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <G1>B</G1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1/>B", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <x1/>B", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1>B</x1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1>B</b>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g99999999999>B</g1>", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g1>B</g", "<p>a <b>b</b></p>", 1 },
    { "<p>a <b>b</b></p>", "A <g", "<p>a <b>b</b></p>", 1 },
    { "<p>a <br> b</p>", "A <x1> B", "<p>a <br> b</p>", 1 },
    { "<p>a <br> b</p>", "A <g1></g1> B", "<p>a <br> b</p>", 1 },
    { "<p>a <br> b</p>", "A </x1/> B", "<p>a <br> b</p>", 1 },
    { "<p>a <b>b <i>c</i></b></p>", "<g1>A</g1> <g2>C</g2>",
      "<p>a <b>b <i>c</i></b></p>", 1 },
    { "<p>a <b>b</b> <i>c</i></p>", "<g1>A <g2>C</g2></g1>",
      "<p>a <b>b</b> <i>c</i></p>", 1 },
    { "<p>a <b>b</b> <i>c</i></p>", "<g1>A <g2>C</g1></g2>",
      "<p>a <b>b</b> <i>c</i></p>", 1 },
    { "<p>a <b>b<br>c</b></p>", "<g1>A</g1><x2/>", "<p>a <b>b<br>c</b></p>",
      1 }
};


static void
test_case(size_t k)
{
    char        *copy, *text, *next;
    u_char      *out, *data;
    page_t       pg;
    size_t       i, n, size, rejected, plain, len;
    aif_str_t   *rep, got;

    aif_rewrite_plan_t  plan;

    static aif_segment_conf_t  conf;

    aif_segment_conf_default(&conf);

    page_open(&pg, &conf, (u_char *) test_cases[k].page,
              strlen(test_cases[k].page), NULL, 0);

    rep = calloc(pg.n + 1, sizeof(aif_str_t));
    copy = strdup(test_cases[k].replacements);
    text = copy;

    /* each in memory of exactly its size */

    for (i = 0; i < pg.n; i++) {

        /* the last one takes what is left, "|" and all */

        next = i + 1 < pg.n ? strchr(text, '|') : NULL;

        if (next) {
            *next++ = '\0';
        }

        if (strcmp(text, "-") != 0) {
            rep[i].len = strlen(text);
            rep[i].data = malloc(rep[i].len ? rep[i].len : 1);
            memcpy(rep[i].data, text, rep[i].len);
        }

        text = next;

        if (next == NULL && i + 1 < pg.n) {
            ok(0, "%s: a replacement for each fragment", test_cases[k].page);
            exit(1);
        }
    }

    plan = page_plan(&pg, rep);
    size = aif_rewrite_size(&plan);
    out = malloc(size);

    got.data = out;
    got.len = aif_rewrite(out, &plan, &rejected);

    if (!ok(got.len <= size && rejected == test_cases[k].rejected
            && got.len == strlen(test_cases[k].output)
            && memcmp(got.data, test_cases[k].output, got.len) == 0,
            "%s with %s", test_cases[k].page, test_cases[k].replacements))
    {
        printf("#   rejected %zu, got %.*s\n", rejected, (int) got.len,
               got.data);
    }

    /* without any, and with all that are its own */

    plain = 0;

    for (i = 0; i < pg.n; i++) {
        free(rep[i].data);
        rep[i].data = NULL;
    }

    free(out);
    out = malloc(pg.len);
    size = aif_rewrite_size(&plan);
    n = aif_rewrite(out, &plan, &rejected);
    plain += size == pg.len && n == pg.len && rejected == 0
             && memcmp(out, pg.page, n) == 0;
    free(out);

    data = page_rewrite(&pg, 1, &len, &rejected);
    plain += rejected == 0;
    free(data);

    if (plain != 2) {
        ok(0, "%s: itself", test_cases[k].page);
    }

    free(copy);
    free(rep);
    page_close(&pg);
}


/*
 * Edits: in the page "[" and "]" enclose what one takes away, and its text is
 * its number; "UPPER" puts every fragment in capitals.
 */

static const struct {
    const char  *page;
    int          replace;
    const char  *output;
} test_edits[] = {

    /* outside fragments */

    { "[]<p>one</p>[]", 0, "1<p>one</p>2" },
    { "[]<p>one</p>[]", 1, "1<p>ONE</p>2" },
    { "<p>[]one[]</p>", 1, "<p>1ONE2</p>" },
    { "<p>[]one[]</p>", 0, "<p>1one2</p>" },
    { "<[a] href='[/x]'>one</[a]>", 1, "<1 href='2'>ONE</3>" },
    { "[]", 0, "1" },
    { "[a long page]", 0, "1" },
    { "<script>[one][][two]</script>", 1, "<script>123</script>" },

    /* in tags of a fragment, which may move */

    { "<p>a <a href='[/x]'>b</a> c</p>", 1, "<p>A <a href='1'>B</a> C</p>" },
    { "<p>a <a href='[/x]'>b</a> c</p>", 0, "<p>a <a href='1'>b</a> c</p>" },
    { "<p>a <a href='[/x]' title='b[]'>c</a></p>", 1,
      "<p>A <a href='1' title='B2'>C</a></p>" },
    { "<p>a <a title='b' href='[/x]'>c</a> <img [src]=y alt=d> e</p>", 1,
      "<p>A <a title='B' href='1'>C</a> <img 2=y alt=\"D\"> E</p>" },
    { "<p>a <a title='b'[ x][ y]>c</a></p>", 1,
      "<p>A <a title='B'12>C</a></p>" },

    /* in a text that is replaced, or over its edge */

    { "<p>a [b] c</p>[]", 1, "<p>A B C</p>2" },
    { "<p>a [b] c</p>[]", 0, "<p>a 1 c</p>2" },
    { "<p[>a] b</p>[]", 1, "<p>A B</p>2" },
    { "<p>a [b</p]>[]", 1, "<p>A B</p>2" },
    { "[<p>one</p>]<p>two</p>", 1, "<p>ONE</p><p>TWO</p>" },
    { "[<p>one</p>]<p>two</p>", 0, "1<p>two</p>" },
    { "<p>a [<a href='/x'>]b</a> c</p>", 1,
      "<p>A <a href='/x'>B</a> C</p>" },
    { "<p>[]<a href='/x'>a</a> c []<b>b</b>[]</p>", 1,
      "<p>1<a href='/x'>A</a> C <b>B</b>3</p>" },
    { "<p>a [<a href='/x'>b]</a> c</p>", 1,
      "<p>A <a href='/x'>B</a> C</p>" },
    { "<p>a <a title='[b]'>c</a></p>", 1, "<p>A <a title='B'>C</a></p>" },
};


static void
test_edit(size_t k)
{
    u_char              *page, *out;
    size_t               i, n, len, size, rejected;
    page_t               pg;
    aif_str_t           *rep;
    const char          *p;
    aif_edit_t           edits[8];
    aif_rewrite_plan_t   plan;

    static aif_segment_conf_t  conf;
    static u_char              digits[] = "12345678";

    aif_segment_conf_default(&conf);

    page = malloc(strlen(test_edits[k].page));
    len = 0;
    n = 0;

    for (p = test_edits[k].page; *p; p++) {

        if (*p == '[') {
            edits[n].start = len;

        } else if (*p == ']') {
            edits[n].end = len;
            edits[n].text.data = &digits[n];
            edits[n++].text.len = 1;

        } else {
            page[len++] = *p;
        }
    }

    page_open(&pg, &conf, page, len, NULL, 0);

    rep = calloc(pg.n + 1, sizeof(aif_str_t));

    for (i = 0; test_edits[k].replace && i < pg.n; i++) {
        rep[i] = page_replacement(&pg.fragments[i], pg.arena);
    }

    plan = page_plan(&pg, rep);
    plan.edits = edits;
    plan.nedits = n;

    size = aif_rewrite_size(&plan);
    out = malloc(size);
    len = aif_rewrite(out, &plan, &rejected);

    if (!ok(len <= size && rejected == 0 && len == strlen(test_edits[k].output)
            && memcmp(out, test_edits[k].output, len) == 0,
            "edits %s, texts %s", test_edits[k].page,
            test_edits[k].replace ? "replaced" : "kept"))
    {
        printf("#   rejected %zu, got %.*s\n", rejected, (int) len, out);
    }

    free(out);
    free(rep);
    free(page);
    page_close(&pg);
}


/* for a page whose charset is not sure: the page's bytes, and ASCII */

static void
test_ascii(void)
{
    page_t      pg;
    u_char     *out;
    size_t      size, len, rejected;
    aif_str_t   rep[3];

    aif_rewrite_plan_t  plan;

    static aif_segment_conf_t  conf;

    static const char  page[] = "<p title=One>Caf\xc3\xa9 <b id=\xc3\xa9>one"
                                "</b></p><p>Na\xc3\xafve</p>";
    static const char  want[] = "<p title=\"&#xe9;&quot;\">&#x4f60; "
                                "<b id=\xc3\xa9>&#x1f455; &amp; &#x80;</b></p>"
                                "<p>Na\xc3\xafve</p>";

    aif_segment_conf_default(&conf);
    page_open(&pg, &conf, (u_char *) page, strlen(page), NULL, 0);

    aif_str_set(&rep[0], "\xc3\xa9\"");
    aif_str_set(&rep[1],
                "\xe4\xbd\xa0 <g1>\xf0\x9f\x91\x95 &amp; \xc2\x80</g1>");
    aif_str_set(&rep[2], "\xc3\xa9 \xc3");

    if (!ok(pg.n == 3, "three fragments")) {
        exit(1);
    }

    plan = page_plan(&pg, rep);
    plan.ascii = 1;

    size = aif_rewrite_size(&plan);
    out = malloc(size);
    len = aif_rewrite(out, &plan, &rejected);

    if (!ok(len <= size && rejected == 1 && len == strlen(want)
            && memcmp(out, want, len) == 0,
            "in ASCII: references, and the page's own bytes"))
    {
        printf("#   rejected %zu, got %.*s\n", rejected, (int) len, out);
    }

    free(out);
    page_close(&pg);
}


/*
 * Two lists of edits, "0-3 5-5", and what they make: each edit's text is its
 * list's letter.
 */

static const struct {
    const char  *own;
    const char  *more;
    const char  *all;
} test_lists[] = {
    { "", "", "" },
    { "", "1-2 3-3", "b1-2 b3-3" },
    { "1-2 3-3", "", "a1-2 a3-3" },
    { "1-2 8-9", "0-1 2-3 9-9", "b0-1 a1-2 b2-3 a8-9 b9-9" },
    { "3-3", "3-3", "a3-3 b3-3" },
    { "3-5", "3-3", "a3-5" },
    { "3-5", "4-4 4-9 5-6", "a3-5 b5-6" },
    { "3-5 7-7", "0-4 2-3 6-8", "b2-3 a3-5 a7-7" },
    { "5-5", "2-8", "a5-5" },
};


static size_t
test_list(const char *text, const char *letter, aif_edit_t *edits)
{
    int       len;
    size_t    n;
    unsigned  start, end;

    for (n = 0; sscanf(text, " %u-%u%n", &start, &end, &len) == 2; n++) {
        edits[n].start = start;
        edits[n].end = end;
        edits[n].text.data = (u_char *) letter;
        edits[n].text.len = 1;
        text += len;
    }

    return n;
}


static void
test_merge(size_t k)
{
    char         got[256];
    size_t       i, n, nedits, len;
    aif_edit_t   own[8], more[8], *edits;
    aif_arena_t  *a;

    a = aif_arena_create(1024, SIZE_MAX);

    nedits = test_list(test_lists[k].own, "a", own);
    n = test_list(test_lists[k].more, "b", more);
    edits = own;

    ok(aif_rewrite_merge(a, &edits, &nedits, more, n) == AIF_OK, "merged");

    for (i = 0, len = 0, got[0] = '\0'; i < nedits; i++) {
        len += snprintf(got + len, sizeof(got) - len, "%s%c%u-%u",
                        i ? " " : "", edits[i].text.data[0],
                        edits[i].start, edits[i].end);
    }

    if (!ok(strcmp(got, test_lists[k].all) == 0, "\"%s\" and \"%s\"",
            test_lists[k].own, test_lists[k].more))
    {
        printf("#   got %s\n", got);
    }

    aif_arena_destroy(a);
}


int
main(void)
{
    size_t  k;

    for (k = 0; k < sizeof(test_cases) / sizeof(test_cases[0]); k++) {
        test_case(k);
    }

    for (k = 0; k < sizeof(test_edits) / sizeof(test_edits[0]); k++) {
        test_edit(k);
    }

    for (k = 0; k < sizeof(test_lists) / sizeof(test_lists[0]); k++) {
        test_merge(k);
    }

    test_ascii();

    done();
}
