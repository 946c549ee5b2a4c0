
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Glossaries: CSV as people save it, and which terms a text has.
 */


#include "core/aif_glossary.h"
#include "tap.h"


static int
parse(const char *csv, aif_arena_t *a, aif_glossary_t **g, size_t *line,
    const char **fault)
{
    int         rc;
    u_char     *piece;
    aif_str_t   text;

    /* a piece of its own, which goes: nothing may point into it */
    text.len = strlen(csv);
    piece = malloc(text.len ? text.len : 1);
    memcpy(piece, csv, text.len);
    text.data = piece;

    rc = aif_glossary_parse(&text, a, g, line, fault);

    free(piece);

    return rc;
}


static void
test_csv(aif_arena_t *a)
{
    int              rc;
    size_t           i, line;
    const char      *fault;
    aif_glossary_t  *g;

    static const struct {
        const char  *csv;
        int          rc;
        size_t       n;          /* entries, or the line of the fault */
        const char  *fault;
    } tests[] = {
        { "", AIF_OK, 0, NULL },
        { "\n\r\n\n", AIF_OK, 0, NULL },
        { "# a comment, with \" quotes\nbag,es,bolso", AIF_OK, 1, NULL },
        { "bag,es,bolso,a note\n", AIF_OK, 1, NULL },
        { "bag,es,bolso\r\nshirt,es,camisa\r\n", AIF_OK, 2, NULL },
        { "\xef\xbb\xbfterm,locale,translation\nbag,es,bolso", AIF_OK, 1,
          NULL },
        { "Source,Locale\nbag", AIF_OK, 1, NULL },
        { "term,es,t\xc3\xa9rmino", AIF_OK, 1, NULL },
        { "bag,es,bolso\nterm,locale\n", AIF_OK, 2, NULL },
        { "\"bag, big\",es,\"bolso \"\"grande\"\"\"\n", AIF_OK, 1, NULL },
        { "\"bag\nbig\",es,x\nshirt\n", AIF_OK, 2, NULL },
        { "bag,es,a\nbag,es,b\nbag,fr,c\n", AIF_OK, 2, NULL },
        { "bag,es,a,note,,,\n", AIF_OK, 1, NULL },
        { "bag,es,a,note,more\n", AIF_BAD, 1, "has more than four fields" },
        { "a\n,es,x\n", AIF_BAD, 2, "has no term, or one that begins with no "
                                    "letter or digit" },
        { "!a\n", AIF_BAD, 1, "has no term, or one that begins with no letter "
                              "or digit" },
        { "a\n\"b\nc\n", AIF_BAD, 2, "has a quote without an end" },
        { "\"b\nc\"\n\xff\n", AIF_BAD, 3, "is not UTF-8 text" },
        { "\"b\" c\n", AIF_BAD, 1, "has text behind a quoted field" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        fault = "";
        rc = parse(tests[i].csv, a, &g, &line, &fault);

        if (tests[i].rc == AIF_OK) {
            ok(rc == AIF_OK && aif_glossary_entries(g) == tests[i].n,
               "csv %zu: %zu entries", i, tests[i].n);

        } else {
            ok(rc == tests[i].rc && line == tests[i].n
               && strcmp(fault, tests[i].fault) == 0, "csv %zu, line %zu: %s",
               i, line, fault);
        }
    }
}


static void
test_limits(aif_arena_t *a)
{
    int              i, n;
    char            *csv, *p;
    size_t           line, limit;
    const char      *fault;
    aif_str_t        text;
    aif_arena_t     *small;
    aif_glossary_t  *g;

    csv = malloc(AIF_GLOSSARY_MAX_FILE + 2);

    for (n = AIF_GLOSSARY_MAX_ENTRIES; n <= AIF_GLOSSARY_MAX_ENTRIES + 1; n++)
    {
        for (i = 0, p = csv; i < n; i++) {
            p += sprintf(p, "t%d\n", i);
        }

        ok(parse(csv, a, &g, &line, &fault)
           == (n == AIF_GLOSSARY_MAX_ENTRIES ? AIF_OK : AIF_LIMIT),
           "%d entries", n);
    }

    memset(csv, 'a', 600);
    csv[512] = '\0';
    ok(parse(csv, a, &g, &line, &fault) == AIF_OK, "a field of 512 bytes");
    csv[512] = 'a';
    csv[513] = '\0';
    ok(parse(csv, a, &g, &line, &fault) == AIF_LIMIT, "of 513");
    csv[0] = '"';
    csv[599] = '"';
    csv[513] = 'a';
    csv[600] = '\0';
    ok(parse(csv, a, &g, &line, &fault) == AIF_LIMIT, "in quotes");

    text.data = (u_char *) csv;
    text.len = AIF_GLOSSARY_MAX_FILE + 1;
    memset(csv, '\n', text.len);
    ok(aif_glossary_parse(&text, a, &g, &line, &fault) == AIF_LIMIT,
       "a file that is too large");
    free(csv);

    for (limit = 0, i = AIF_NOMEM; i == AIF_NOMEM && limit < 65536;
         limit += 64)
    {
        small = aif_arena_create(64, limit);
        i = parse("\"bag\",es,bolso\nshirt,es,camisa", small, &g, &line,
                  &fault);
        aif_arena_destroy(small);
    }

    ok(i == AIF_OK && limit > 500, "memory that lacks is told");
}


static const char  glossary[] =
    "bag,es,bolso\n"
    "shoulder bag,es,bandolera\n"
    "shoulder bag strap,es,correa\n"
    "bag,es-MX,bolsa\n"
    "Trailrunner,,\n"
    "AT&T,,\n"
    "summer sale,,\n"
    "add to cart,es,\"A\xc3\xb1" "adir al carrito\"\n"
    "\xe9\x9e\x84,en,bag\n"
    "\xc3\xa9t\xc3\xa9,es,verano\n"
    "X1,es,X1\n"
    "50% off,es,al 50%\n";


/* The terms of a text as "a|b". */

static char *
found(const aif_glossary_t *g, const char *text, const char *locale)
{
    size_t                i;
    u_char               *piece;
    aif_str_t             t, l;
    static char           out[1024];
    aif_glossary_match_t  match;

    t.len = strlen(text);
    piece = malloc(t.len ? t.len : 1);
    memcpy(piece, text, t.len);
    t.data = piece;
    l.data = (u_char *) locale;
    l.len = strlen(locale);

    aif_glossary_match(g, &t, &l, &match);
    free(piece);

    out[0] = '\0';

    for (i = 0; i < match.n; i++) {
        snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%.*s",
                 i ? "|" : "", (int) match.entry[i]->translation.len,
                 match.entry[i]->translation.data);
    }

    return out;
}


static void
test_match(aif_arena_t *a)
{
    char            *got;
    size_t           i, line;
    const char      *fault;
    aif_glossary_t  *g;

    static const struct {
        const char  *text;
        const char  *locale;
        const char  *found;
    } tests[] = {
        { "A blue bag", "es", "bolso" },
        { "BAG", "es", "bolso" },
        { "Bags and baggage, sandbag", "es", "" },
        { "bag, bag (bag)", "es", "bolso" },
        { "A bag", "fr", "" },
        { "A bag", "es-MX", "bolsa" },
        { "A bag", "es-CO", "bolso" },
        { "A bag", "est", "" },
        { "A shoulder bag", "es-MX", "bandolera" },
        { "A shoulder bag strap", "es", "correa" },
        { "A shoulder bag straps", "es", "bandolera" },
        { "A shoulder <g1>bag</g1>", "es", "bolso" },
        { "A <g1>shoulder bag</g1>", "es", "bandolera" },
        { "<x1/>bag<x2/>", "es", "bolso" },
        { "Trailrunner trailrunner", "de", "Trailrunner" },
        { "trailrunner", "de", "" },
        { "From AT&amp;T", "de", "AT&amp;T" },
        { "Summer Sale: add to cart a shoulder bag", "es",
          "summer sale|A\xc3\xb1" "adir al carrito|bandolera" },
        { "\xe6\x96\xb0\xe9\x9e\x84\xe5\x9e\x8b", "en", "bag" },
        { "L'\xc3\xa9t\xc3\xa9.", "es", "verano" },
        { "\xc3\xa9t\xc3\xa9s", "es", "" },
        { "X1 X12 AX1", "es", "X1" },
        { "50% off!", "es", "al 50%" },
        { "150% off!", "es", "" },
        { "\xff" "bag\xff", "es", "bolso" },
        { "<g1", "es", "" },
        { "", "es", "" },
    };

    (void) parse(glossary, a, &g, &line, &fault);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        got = found(g, tests[i].text, tests[i].locale);
        ok(strcmp(got, tests[i].found) == 0, "%s, %s: %s", tests[i].text,
           tests[i].locale, got);
    }
}


static void
test_follow(aif_arena_t *a)
{
    size_t                        line;
    uint32_t                      hash;
    aif_str_t                     text = aif_string("Bag, summer sale");
    aif_str_t                     es = aif_string("es"), mx, none, wrong;
    const char                   *fault;
    aif_glossary_t               *g;
    aif_glossary_match_t          match, other;
    const aif_glossary_entry_t   *missed;

    (void) parse(glossary, a, &g, &line, &fault);
    aif_glossary_match(g, &text, &es, &match);
    ok(match.n == 2, "two terms");

    aif_str_set(&text, "Bolso, Summer Sale");
    ok(aif_glossary_missed(&match, &text) == NULL, "both are there");
    aif_str_set(&text, "Bolso, rebajas");
    missed = aif_glossary_missed(&match, &text);
    ok(missed == match.entry[1], "what is to be kept is not");
    aif_str_set(&wrong, "");
    ok(aif_glossary_missed(&match, &wrong) == match.entry[0], "nothing is");

    aif_str_set(&text, "Bag, summer sale");
    aif_str_set(&mx, "es-MX");
    hash = aif_glossary_hash(&match);
    aif_glossary_match(g, &text, &mx, &other);
    ok(hash != 0 && hash != aif_glossary_hash(&other),
       "another translation, another hash");
    aif_glossary_match(g, &text, &es, &other);
    ok(hash == aif_glossary_hash(&other), "the same, the same");

    aif_str_set(&none, "nothing");
    aif_glossary_match(g, &none, &es, &other);
    ok(aif_glossary_hash(&other) == 0
       && aif_glossary_missed(&other, &none) == NULL, "nothing to follow");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_csv(a);
    test_limits(a);
    test_match(a);
    test_follow(a);

    aif_arena_destroy(a);
    done();
}
