
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Selectors: what is refused and where, and which elements of a page match.
 */


#include "core/aif_selector.h"
#include "tap.h"


#define TEST_DEPTH  16

#define TEST_HINT                                                             \
    "there is no such element (an unquoted \"#\" begins a comment in "        \
    "nginx.conf, selectors with it must be quoted)"

#define TEST_ATTRIBUTE                                                        \
    "only [attribute], [attribute=name] and [attribute=\"value\"] are "       \
    "supported"


static const struct {
    const char  *text;
    const char  *error;          /* NULL: accepted */
    size_t       at;
} test_parse[] = {
    { "div", NULL, 0 },
    { " DIV , #a\t>\f.b ", NULL, 0 },
    { "*", NULL, 0 },
    { "my-card", NULL, 0 },
    { "a.b.c#d[e][f=g]", NULL, 0 },
    { "[ a = 'x y' ]", NULL, 0 },
    { ".md\\:flex", NULL, 0 },
    { "#\xc3\xa9t\xc3\xa9", NULL, 0 },
    { "._a-1", NULL, 0 },
    { "a b c d e f g h", TEST_HINT, 4 },
    { "a b p q s u i em", NULL, 0 },
    { "a b p q s u i em, div", NULL, 0 },
    { "a b p q s u i em div", "selector has more than 8 compounds", 17 },

    { "", "selector is empty or ends too early", 0 },
    { "  ", "selector is empty or ends too early", 2 },
    { "a,", "selector is empty or ends too early", 2 },
    { ",a", "selector is empty or ends too early", 0 },
    { "a >", "selector is empty or ends too early", 3 },
    { "> a", "unexpected character", 0 },
    { "a > > b", "unexpected character", 4 },
    { "ai_translate", TEST_HINT, 0 },
    { "p price", TEST_HINT, 2 },
    { "a:hover", "pseudo-classes and pseudo-elements are not supported", 1 },
    { "::before", "pseudo-classes and pseudo-elements are not supported", 0 },
    { "a + b", "combinators \"+\" and \"~\" are not supported", 2 },
    { "a~b", "combinators \"+\" and \"~\" are not supported", 1 },
    { "svg|a", "namespaces are not supported", 3 },
    { "a{}", "unexpected character", 1 },
    { "*a", "unexpected character", 1 },
    { ".", "a name is missing", 1 },
    { "#", "a name is missing", 1 },
    { "#.a", "a name is missing", 1 },
    { ".-", "a name is missing", 1 },
    { ".1a", "a name must not begin with a digit", 1 },
    { ".-1", "a name must not begin with a digit", 1 },
    { "#\\31 x", "hexadecimal escapes are not supported", 2 },
    { "#a\\", "hexadecimal escapes are not supported", 3 },
    { "[a", "\"]\" is missing", 2 },
    { "[a=b", "\"]\" is missing", 4 },
    { "[]", "a name is missing", 1 },
    { "[a=]", "a name is missing", 3 },
    { "[a^=b]", TEST_ATTRIBUTE, 2 },
    { "[a=b i]", TEST_ATTRIBUTE, 5 },
    { "[a=\"b]", "string has no end", 3 },
    { "[a=\"b\\c\"]", "in a string only quotes and \"\\\" can be escaped",
      6 }
};


/* Elements that matter have an attribute n, by which they are named. */

static const char  test_page[] =
    "<div n=1 id=main class='a  b\tc'>"
      "<p n=2 class=b><span n=3 class='price x'>"
        "<b n=4 CLASS=b>1</b></span></p>"
      "<my-card n=5 Data-Kind=Sale><i n=6></i></my-card>"
      "<P n=7 id=main class=B data-kind='A&amp;B'>"
        "<em n=8 class=b class=z></em></P>"
    "</div>"
    "<section n=9 data-kind=\"a b\"><div n=10 class=md:flex>"
      "<div n=11><p n=12 lang></p></div></div></section>"
    "<br n=13 class=b>";


static const struct {
    const char  *selector;
    const char  *matches;
} test_match[] = {
    { "*", "1 2 3 4 5 6 7 8 9 10 11 12 13 " },
    { "p", "2 7 12 " },
    { "P.b", "2 " },
    { ".b", "1 2 4 8 13 " },
    { ".a.c", "1 " },
    { ".z", "" },
    { "#main", "1 7 " },
    { "p#main", "7 " },
    { "div p", "2 7 12 " },
    { "div > p", "2 7 12 " },
    { "#main > p", "2 7 " },
    { "section > p", "" },
    { "section p", "12 " },
    { "section > div > div > p", "12 " },
    { "section > div p", "12 " },
    { "section > div > p", "" },
    { "div div p", "12 " },
    { ".b .b", "2 4 8 " },
    { ".b .b .b", "4 " },
    { ".b > .b", "2 " },
    { "div b, section > div", "4 10 " },
    { "my-card", "5 " },
    { "my-card > *", "6 " },
    { "other-card", "" },
    { "[data-kind]", "5 7 9 " },
    { "[data-kind=Sale]", "5 " },
    { "[data-kind=sale]", "" },
    { "[DATA-KIND='A&B']", "7 " },
    { "[data-kind=\"a b\"]", "9 " },
    { "[lang]", "12 " },
    { "[lang='']", "12 " },
    { ".md\\:flex", "10 " },
    { "br", "13 " },
    { "div br", "" },
    { "span.price.x > b", "4 " }
};


static aif_arena_t  *test_arena;


static aif_selector_t *
test_compile(const char *text)
{
    size_t           at;
    aif_str_t        str;
    const char      *error;
    aif_selector_t  *selector;

    str.data = (u_char *) text;
    str.len = strlen(text);

    if (aif_selector_parse(&str, test_arena, &selector, &error, &at)
        != AIF_OK)
    {
        printf("Bail out! %s: %s\n", text, error);
        exit(1);
    }

    return selector;
}


/* The names of the elements that each group matches. */

static void
test_walk(aif_selector_set_t *set, unsigned group, char *names)
{
    size_t                   depth, i;
    uint32_t                 groups;
    const u_char            *page;
    aif_html_token_t         token;

    static aif_html_t        html;

    *names = '\0';
    depth = 0;
    page = (const u_char *) test_page;

    aif_html_init(&html, 0);

    while (aif_html_next(&html, page, strlen(test_page), 1, &token)
           == AIF_OK)
    {
        if (token.type == AIF_HTML_END) {
            depth--;
        }

        if (token.type != AIF_HTML_START) {
            continue;
        }

        groups = aif_selector_set_match(set, depth + 1, page, &token);

        for (i = 0; i < token.nattrs; i++) {
            if (page[token.attrs[i].name] == 'n' && (groups >> group & 1)) {
                sprintf(names + strlen(names), "%.*s ",
                        (int) (token.attrs[i].value_end
                               - token.attrs[i].value),
                        page + token.attrs[i].value);
            }
        }

        depth += token.tag != AIF_TAG_br;
    }
}


int
main(void)
{
    int                  rc;
    char                 names[256], *text;
    size_t               i, at;
    aif_str_t            str;
    const char          *error;
    aif_selector_t      *selector, *many[20];
    aif_selector_set_t  *set;

    test_arena = aif_arena_create(4096, 1 << 20);

    for (i = 0; i < sizeof(test_parse) / sizeof(test_parse[0]); i++) {

        /* in memory of its own, without a zero behind it */

        str.len = strlen(test_parse[i].text);
        str.data = malloc(str.len ? str.len : 1);
        memcpy(str.data, test_parse[i].text, str.len);

        rc = aif_selector_parse(&str, test_arena, &selector, &error, &at);

        if (test_parse[i].error == NULL) {
            ok(rc == AIF_OK && error == NULL, "\"%s\" is accepted",
               test_parse[i].text);

        } else if (!ok(rc == AIF_BAD && error
                       && strcmp(error, test_parse[i].error) == 0
                       && at == test_parse[i].at,
                       "\"%s\" is refused", test_parse[i].text))
        {
            printf("#   rc %d, at %zu: %s\n", rc, at, error);
        }

        free(str.data);
    }

    for (i = 0; i < sizeof(test_match) / sizeof(test_match[0]); i++) {

        selector = test_compile(test_match[i].selector);

        set = aif_selector_set_create(test_arena, TEST_DEPTH);
        rc = aif_selector_set_add(set, &selector, 1, 3);
        test_walk(set, 3, names);

        if (!ok(rc == AIF_OK && strcmp(names, test_match[i].matches) == 0,
                "\"%s\" matches", test_match[i].selector))
        {
            printf("#   got %s\n#  want %s\n", names, test_match[i].matches);
        }
    }

    /* more than 64 steps, so that bits lie in several words */

    set = aif_selector_set_create(test_arena, TEST_DEPTH);

    for (i = 0; i < 20; i++) {
        many[i] = test_compile(i % 2 ? "section > div > div > p"
                                     : "div > .x, #no > my-card");
    }

    rc = aif_selector_set_add(set, many, 10, 0);
    rc |= aif_selector_set_add(set, many + 10, 10, 31);
    selector = test_compile("my-card > i");
    rc |= aif_selector_set_add(set, &selector, 1, 1);

    test_walk(set, 0, names);
    ok(rc == AIF_OK && strcmp(names, "12 ") == 0, "many, first group");
    test_walk(set, 31, names);
    ok(strcmp(names, "12 ") == 0, "many, last group");
    test_walk(set, 1, names);
    ok(strcmp(names, "6 ") == 0, "one across words");

    set = aif_selector_set_create(test_arena, 3);
    selector = test_compile("p");
    (void) aif_selector_set_add(set, &selector, 1, 0);
    test_walk(set, 0, names);
    ok(strcmp(names, "2 7 ") == 0, "what is too deep does not match");

    aif_arena_destroy(test_arena);

    /* no memory */

    test_arena = aif_arena_create(1024, 700);
    text = "a b p q s u i em, a b p q s u i em";
    str.data = (u_char *) text;
    str.len = strlen(text);
    ok(aif_selector_parse(&str, test_arena, &selector, &error, &at)
       == AIF_NOMEM, "selector without memory");
    aif_arena_destroy(test_arena);

    done();
}
