
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The guard for invention: how many honest texts it rejects (less than one in
 * twenty), that every planted invention is rejected for its reason, and how
 * lists are read.  Seen to fail with numbers looked for without their units,
 * without the longest phrase, and with names looked for in one list only.
 */


#include "page.h"
#include "tap.h"
#include "core/aif_claim.h"

#include <ctype.h>


#define TEST_HONEST   300
#define TEST_PERCENT  5


static const char *const  test_languages[] = {
    "any", "ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "ru",
    "zh"
};

#define TEST_LANGUAGES  (sizeof(test_languages) / sizeof(test_languages[0]))


static aif_str_t
test_str(const char *text)
{
    aif_str_t  s;

    s.data = (u_char *) text;
    s.len = strlen(text);

    return s;
}


static aif_claim_t *
test_claims(aif_arena_t *a)
{
    size_t        i, line;
    aif_str_t     language, text;
    const char   *error;
    aif_claim_t  *claims;

    claims = aif_claim_create(a);

    for (i = 0; i < TEST_LANGUAGES; i++) {

        language = test_str(test_languages[i]);
        text = aif_claim_builtin(&language);

        if (text.len == 0
            || aif_claim_add(claims, &language, &text, &error, &line)
               != AIF_OK)
        {
            ok(0, "the list of %s is read: line %u: %s", test_languages[i],
               (unsigned) line, error);
        }
    }

    return claims;
}


/* What the module brings is what a merchant gets to edit. */

static void
test_files(void)
{
    char       name[128], *p, *line, *next, *out;
    size_t     i, len, k;
    u_char    *file;
    unsigned   same;
    aif_str_t  language, text;

    for (i = 0, same = 0; i < TEST_LANGUAGES; i++) {

        snprintf(name, sizeof(name), "conf.example/claims/%s.txt",
                 test_languages[i]);
        file = page_read(name, &len);
        out = malloc(len + 1);
        k = 0;

        for (line = (char *) file; line < (char *) file + len; line = next) {

            next = strchr(line, '\n') + 1;

            for (p = line; isblank(*p); p++) { /* void */ }

            if (*p == '\n' || (*p == '#' && (p[1] == ' ' || p[1] == '\n'))) {
                continue;
            }

            memcpy(out + k, line, next - line);
            k += next - line;
        }

        language = test_str(test_languages[i]);
        text = aif_claim_builtin(&language);
        same += text.len == k && memcmp(text.data, out, k) == 0;

        free(out);
        free(file);
    }

    ok(same == TEST_LANGUAGES, "conf.example/claims is what is built in "
       "(else run scripts/claims)");
}


/*
 * The cases of a file: "= locale", facts, texts.  "kinds": a text's first word
 * is the reason why it must be rejected, else it must not be.
 */

static unsigned
test_cases(const char *name, int kinds, const aif_claim_t *claims,
    unsigned *rejected)
{
    int                 rc;
    char               *line, *next, *p, facts[4096];
    size_t              len;
    u_char             *file;
    unsigned            n, reading;
    aif_str_t           source, target, known, text;
    const char         *kind, *why;
    aif_arena_t        *a;
    aif_guard_fault_t   fault;

    file = page_read(name, &len);
    a = aif_arena_create(65536, 1 << 26);

    n = 0;
    reading = 0;
    *rejected = 0;
    facts[0] = '\0';
    source = test_str("en");

    for (line = (char *) file; line < (char *) file + len; line = next) {

        next = strchr(line, '\n') + 1;
        next[-1] = '\0';

        if (*line == '#' || *line == '\0') {
            continue;
        }

        if (*line == '=') {
            source = test_str(line + 2);
            facts[0] = '\0';
            reading = 1;
            continue;
        }

        p = strchr(line, ' ');

        if (p[-1] == ':' && reading) {
            strcat(facts, *facts ? "\n" : "");
            strcat(facts, line);
            continue;
        }

        reading = 0;
        kind = NULL;

        if (kinds) {
            *p = '\0';
            kind = line;
            line = p + 1;
            p = strchr(line, ' ');
            p = p ? p : line + strlen(line);
        }

        target.data = (u_char *) line;
        target.len = p - line;
        text = test_str(*p ? p + 1 : p);
        known = test_str(facts);

        aif_arena_reset(a);
        rc = aif_claim_check(claims, &known, &text, &source, &target, a,
                             &fault);
        n++;
        why = rc == AIF_OK ? "none" : aif_guard_name(fault.kind);

        if (kinds) {
            ok(strcmp(why, kind) == 0, "%s (%s): %s", kind, why,
               (char *) text.data);

        } else if (rc != AIF_OK) {
            (*rejected)++;
            printf("# rejected for %s \"%.*s\": %s\n", why,
                   (int) fault.fact.len, (char *) fault.fact.data,
                   (char *) text.data);
        }
    }

    aif_arena_destroy(a);
    free(file);

    return n;
}


static void
test_one(const aif_claim_t *claims, const char *facts, const char *text,
    const char *locale, const char *want, const char *what)
{
    int                 rc;
    aif_str_t           f, t, l;
    aif_arena_t        *a;
    aif_guard_fault_t   fault;

    a = aif_arena_create(65536, 1 << 24);

    f = test_str(facts);
    t = test_str(text);
    l = test_str(locale);

    rc = aif_claim_check(claims, &f, &t, &l, &l, a, &fault);

    ok(strcmp(rc == AIF_OK ? "none" : aif_guard_name(fault.kind), want) == 0,
       "%s", what);

    aif_arena_destroy(a);
}


static void
test_lists(void)
{
    size_t        i, line;
    aif_str_t     language, text;
    const char   *error;
    aif_arena_t  *a;
    aif_claim_t  *claims;

    static const struct {
        const char  *text;
        size_t       line;               /* 0: it is right */
    } lists[] = {
        { "", 0 },
        { "# nothing\n\n  \t\r\n", 0 },
        { "material x: a, b c, d*  # why\n", 0 },
        { "brand y: #1", 0 },
        { "allow: Monday", 0 },
        { "material x a", 1 },
        { "\nmaterials x: a", 2 },
        { "material: a", 1 },
        { "allow x: a", 1 },
        { "material x: a,, b", 1 },
        { "material x:", 0 },
        { "material x: *", 1 },
        { "material x: \xff", 1 },
        { "forbidden x: a\nforbidden x: ---", 2 },
        { "material x: 01234567890123456789012345678901234567890123456789"
          "0123456789012345678901234567890123456789", 1 },
    };

    a = aif_arena_create(65536, 1 << 24);

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {

        aif_arena_reset(a);
        claims = aif_claim_create(a);
        language = test_str("en");
        text = test_str(lists[i].text);

        if (aif_claim_add(claims, &language, &text, &error, &line) == AIF_OK) {
            line = 0;
        }

        ok(line == lists[i].line, "list %u (line %u)", (unsigned) i,
           (unsigned) line);
    }

    aif_arena_reset(a);
    claims = aif_claim_create(a);
    language = test_str("en");
    text = test_str("material wood/oak: oak, *eiche*\nmaterial wood: wood\n"
                    "material leather: leather\nmaterial faux: faux leather\n"
                    "forbidden best: the best\nallow: Monday\n"
                    "certificate c: No. 7\nmaterial faux: leather look\n");

    if (aif_claim_add(claims, &language, &text, &error, &line) != AIF_OK) {
        abort();
    }

    test_one(claims, "name: Oak box", "A box of wood.", "en", "none",
             "an id is what it is a kind of");
    test_one(claims, "name: Wood box", "A box of oak.", "en", "material",
             "... but not the reverse");
    test_one(claims, "name: Faux leather bag", "A faux leather bag.", "en",
             "none", "the longest phrase counts in facts");
    test_one(claims, "name: Faux leather bag", "A leather bag.", "en",
             "material", "... and is no other");
    test_one(claims, "name: Leather look bag", "A leather bag.", "en",
             "material", "... the longest of those that begin there");
    test_one(claims, "name: Box", "Eine Weißeichenbox.", "en", "material",
             "a phrase inside a word");
    test_one(claims, "name: Box", "A soaked cloak.", "en", "none",
             "... only where it may be");
    test_one(claims, "name: The Best Box", "Take the best box.", "en", "none",
             "a name may be what it is");
    test_one(claims, "name: Box\ntext: the best", "Take the best box.", "en",
             "forbidden", "... but no description");
    test_one(claims, "name: Box", "Open it on Monday or on Friday.", "en",
             "name", "names that are free, and others");
    test_one(claims, "name: Box", "A box no. 7.", "en", "number",
             "numbers come first");
    test_one(claims, "name: Box 7", "A box No 7!", "en", "certificate",
             "punctuation does not count");
    test_one(claims, "name: Box", "A box.\nA lid.\nOne line more.", "en",
             "none", "lines begin with a capital");
    test_one(claims, "name: Box\nattribute: Sizes: 2", "In two sizes.", "en",
             "none", "a word for a number");

    aif_arena_destroy(a);
}


int
main(void)
{
    unsigned      n, rejected;
    aif_arena_t  *a;
    aif_claim_t  *claims;

    a = aif_arena_create(65536, 1 << 26);

    test_files();
    claims = test_claims(a);

    n = test_cases("t/unit/cases/claim/honest.txt", 0, claims, &rejected);

    printf("# %u of %u honest texts are rejected: %.1f%%\n", rejected, n,
           rejected * 100.0 / n);
    ok(n >= TEST_HONEST && rejected * 100 < n * TEST_PERCENT,
       "less than %u%% of %u honest texts are rejected", TEST_PERCENT,
       TEST_HONEST);

    (void) test_cases("t/unit/cases/claim/planted.txt", 1, claims, &rejected);

    test_lists();

    aif_arena_destroy(a);

    done();
}
