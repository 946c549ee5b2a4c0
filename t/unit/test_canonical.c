
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What services write, to canonical text, and what is refused.
 */


#include "core/aif_canonical.h"
#include "canonical.h"
#include "tap.h"


typedef struct {
    const char  *text;
    const char  *want;           /* NULL: refused */
} clean_test_t;


static int
clean(aif_arena_t *a, const char *text, size_t len, const char *source,
    aif_str_t *out)
{
    int        rc;
    u_char    *copy;
    aif_str_t  t, s;

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    t.data = copy;
    t.len = len;
    s.data = (u_char *) source;
    s.len = strlen(source);

    rc = aif_canonical_clean(&t, &s, a, out);
    free(copy);

    return rc;
}


static void
test_clean(aif_arena_t *a)
{
    int          rc;
    size_t       i;
    aif_str_t    out;
    const char  *fault;

    static const clean_test_t  tests[] = {
        /* nothing to do */
        { "", "" },
        { "Blue shirt", "Blue shirt" },
        { "a <g1>b</g1> <x2/> c &amp; &lt; &gt;",
          "a <g1>b</g1> <x2/> c &amp; &lt; &gt;" },
        { "<g9999>a</g9999>", "<g9999>a</g9999>" },
        { "\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80",
          "\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80" },

        /* white space */
        { " a ", "a" },
        { "\r\n\ta \n b\f\fc\t", "a b c" },
        { "  ", "" },
        { " <g1> a  b </g1> ", "<g1> a b </g1>" },
        { "a  <x1/>  b", "a <x1/> b" },
        { "a\xc2\xa0 b", "a\xc2\xa0 b" },
        { "a &#32;&#10; b", "a b" },
        { "&#32;a&Tab;", "a" },

        /* references */
        { "caf&eacute; &#233;&#xE9;", "caf\xc3\xa9 \xc3\xa9\xc3\xa9" },
        { "&quot;a&#39;s&quot;", "\"a's\"" },
        { "a&nbsp;b", "a\xc2\xa0" "b" },
        { "&AMP; &LT;b&GT; &#38; &#60; &#62;",
          "&amp; &lt;b&gt; &amp; &lt; &gt;" },
        { "&amp;amp; &amp;lt;", "&amp;amp; &amp;lt;" },
        { "&lt;g1&gt;", "&lt;g1&gt;" },
        { "&bne;", "=\xe2\x83\xa5" },
        { "AT&T, R&D; ?a=1&copy=2 &eacute", "AT&amp;T, R&amp;D; "
          "?a=1&amp;copy=2 &amp;eacute" },
        { "&", "&amp;" },
        { "&;&#;&#x;&#xg;", "&amp;;&amp;#;&amp;#x;&amp;#xg;" },
        { "&nosuchname;", "&amp;nosuchname;" },

        /* placeholders, loosely */
        { "<G1>a</G1>", "<g1>a</g1>" },
        { "< g1 >a< / g1 >", "<g1>a</g1>" },
        { "<g1>a</ g1>", "<g1>a</g1>" },
        { "<g01>a</g001>", "<g1>a</g1>" },
        { "<x1>", "<x1/>" },
        { "<x1 />", "<x1/>" },
        { "<X1></X1>b", "<x1/>b" },
        { "<g1/>", "<g1></g1>" },
        { "a <g1 /> b", "a <g1></g1> b" },
        { "<g1\n>a</g1\t>", "<g1>a</g1>" },
        { "</x1>", "" },

        /* what is no placeholder */
        { "<g0>", NULL },
        { "<g10000>", NULL },
        { "<g>", NULL },
        { "<x/>", NULL },
        { "<g1", NULL },
        { "<g1 a>", NULL },
        { "<g1 <b>", NULL },
        { "<b>a", NULL },
        { "a</b>", NULL },
        { "a<!-- b", NULL },
        { "a<!", NULL },
        { "<?php", NULL },
        { "a<Z", NULL },

        /* nor markup */
        { "a < b > c", "a &lt; b &gt; c" },
        { "<3 </3 <= <", "&lt;3 &lt;/3 &lt;= &lt;" },
        { "<", "&lt;" },
        { "</", "&lt;/" },
        { "<<g1>a</g1>", "&lt;<g1>a</g1>" },
        { "<\xc3\xa9>", "&lt;\xc3\xa9&gt;" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        rc = clean(a, tests[i].text, strlen(tests[i].text), "source &amp; x",
                   &out);

        if (tests[i].want == NULL) {
            ok(rc == AIF_BAD, "refused: \"%s\"", tests[i].text);
            continue;
        }

        if (rc != AIF_OK) {
            ok(0, "accepted: \"%s\"", tests[i].text);
            continue;
        }

        ok(out.len == strlen(tests[i].want)
           && memcmp(out.data, tests[i].want, out.len) == 0,
           "\"%.*s\"", (int) out.len, out.data);

        fault = canonical_fault(out.data, out.len);
        ok(fault == NULL && out.data != NULL, "... is canonical%s%s",
           fault ? ", but " : "", fault ? fault : "");
    }
}


/* The same, with the lines that the service made. */

static void
test_lines(aif_arena_t *a)
{
    size_t     i;
    aif_str_t  text, source, out;

    static const char  *const  tests[][2] = {
        { "a\nb", "a\nb" },
        { " \n a \r\n \t \n b  c \r d \n ", "a\nb c\nd" },
        { "a &#10; &amp;\n<x1/>\n", "a\n&amp;\n<x1/>" },
        { "\n \n", "" },
    };

    aif_str_set(&source, "");

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        text.data = (u_char *) tests[i][0];
        text.len = strlen(tests[i][0]);

        if (aif_canonical_lines(&text, &source, a, &out) != AIF_OK) {
            aif_str_set(&out, "refused");
        }

        is(out, tests[i][1], "lines are kept");
    }

    aif_str_set(&text, "a\n<br>b");
    ok(aif_canonical_lines(&text, &source, a, &out) == AIF_BAD,
       "markup isn't");
}


/* Markup is text if the source has such text. */

static void
test_expected(aif_arena_t *a)
{
    aif_str_t  out;

    (void) clean(a, "Usa <b> y <!-- <g1>", 19, "Use &lt;b&gt;", &out);
    is(out, "Usa &lt;b&gt; y &lt;!-- <g1>", "a < that the source has");

    ok(clean(a, "Usa <b>", 7, "Use &gt; &lt", &out) == AIF_BAD,
       "a > is not enough");
}


/* Cleaning a second time changes nothing, whatever the bytes. */

static void
test_stable(aif_arena_t *a)
{
    int        wrong, unclean, i, n, rc;
    char       text[12];
    unsigned   seed;
    aif_str_t  once, twice;

    static const char  alphabet[] = "<>/&;gx1# \nampltb!?";

    wrong = 0;
    unclean = 0;
    seed = 1;

    for (i = 0; i < 200000; i++) {

        for (n = 0; n < 12; n++) {
            seed = seed * 1103515245 + 12345;
            text[n] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
        }

        rc = clean(a, text, 12, i & 1 ? "a" : "&lt;", &once);

        if (rc == AIF_OK) {
            unclean += canonical_fault(once.data, once.len) != NULL;

            rc = clean(a, (char *) once.data, once.len, "a", &twice);
            wrong += rc != AIF_OK || !aif_str_eq(&once, &twice);

        } else {
            unclean += !(i & 1);
        }

        aif_arena_reset(a);
    }

    ok(unclean == 0, "random texts become canonical or are refused");
    ok(wrong == 0, "and stay as they are the second time");
}


/* Not quadratic: a million of each, in a moment. */

static void
test_large(aif_arena_t *a)
{
    char       *text;
    size_t      i, n;
    aif_str_t   out;

    static const char *const  pieces[] = { "<", "&", "<a", "<g", "&#", " " };

    n = 1000000;
    text = malloc(n * 2);

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        size_t  k, len = strlen(pieces[i]);

        for (k = 0; k < n; k++) {
            memcpy(text + k * len, pieces[i], len);
        }

        ok(clean(a, text, n * len, "&lt;", &out) == AIF_OK,
           "a million times \"%s\"", pieces[i]);
        aif_arena_reset(a);
    }

    free(text);
}


static void
test_memory(void)
{
    int           rc;
    size_t        limit;
    aif_str_t     out;
    aif_arena_t  *a;

    for (limit = 0, rc = AIF_NOMEM; limit < 4096 && rc == AIF_NOMEM;
         limit += 16)
    {
        a = aif_arena_create(1024, limit);
        rc = clean(a, "&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&", 32, "a", &out);
        aif_arena_destroy(a);
    }

    ok(limit > 100 && rc == AIF_OK, "AIF_NOMEM until there is enough");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 256 << 20);

    test_clean(a);
    test_lines(a);
    test_expected(a);
    test_stable(a);
    test_large(a);
    test_memory();

    aif_arena_destroy(a);
    done();
}
