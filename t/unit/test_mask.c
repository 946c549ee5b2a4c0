
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Masks: what is found and what is not, that nothing found is in what leaves,
 * that an engine's answer gets it back, and that a lost or doubled mask is
 * seen.  Texts of shops in ../shared/data (AIF_DATA) are looked at for false
 * telephone numbers and cards; they are printed.  Every text sits in an
 * allocation of its own size.
 */


#include "core/aif_mask.h"
#include "core/aif_guard.h"
#include "tap.h"


#define LENGTH(a)  (sizeof(a) / sizeof(a[0]))

#define MASK_MAX_LINE   16384
#define MASK_STRINGS    256
#define MASK_FALSE      3        /* of a thousand lines, at most */


static size_t        nstrings;
static u_char       *strings[MASK_STRINGS];
static aif_arena_t  *arena;


static aif_str_t
string(const char *text)
{
    aif_str_t  s;

    if (nstrings == MASK_STRINGS) {
        exit(EXIT_FAILURE);
    }

    s.len = strlen(text);
    s.data = malloc(s.len ? s.len : 1);
    memcpy(s.data, text, s.len);

    strings[nstrings++] = s.data;

    return s;
}


/* The masked text, or NULL with *rc. */

static char *
masked(const aif_mask_t *mask, const char *text, aif_mask_text_t *m, int *rc)
{
    aif_str_t     s;
    static char   out[MASK_MAX_LINE * 2];

    s = string(text);
    *rc = aif_mask_apply(mask, &s, arena, m);

    if (*rc != AIF_OK) {
        return NULL;
    }

    snprintf(out, sizeof(out), "%.*s", (int) m->text.len, m->text.data);

    return out;
}


static void
finds(void)
{
    int              rc;
    char            *out;
    size_t           i;
    aif_mask_t       mask;
    aif_mask_text_t  m;

    static const struct {
        unsigned     presets;
        const char  *text;
        const char  *masked;
    } row[] = {
        { AIF_MASK_EMAIL, "Write to jane.doe+shop@mail.example.com.",
          "Write to <x1/>." },
        { AIF_MASK_EMAIL, "(info@shop.de), 'a_b@x.co'", "(<x1/>), '<x2/>'" },
        { AIF_MASK_EMAIL, "mailto:info@shop.de?subject", "mailto:<x1/>"
          "?subject" },
        { AIF_MASK_EMAIL, "m\xc3\xbcller@m\xc3\xbcller.de hier",
          "<x1/> hier" },
        { AIF_MASK_EMAIL, "\xe8\xaf\xb7\xe8\x81\x94\xe7\xb3\xbb"
          "jane@x.com\xe8\xaf\xb7", "\xe8\xaf\xb7\xe8\x81\x94\xe7\xb3\xbb<x1/>"
          "\xe8\xaf\xb7" },
        { AIF_MASK_EMAIL, "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd0\xbe"
          "\xd1\x87\xd1\x82\xd0\xb0.\xd1\x80\xd1\x84!", "<x1/>!" },
        { AIF_MASK_EMAIL, "root@[192.0.2.1] ok", "<x1/> ok" },
        { AIF_MASK_EMAIL, "Tom&amp;Co@x.org", "<x1/>" },
        { AIF_MASK_EMAIL, "jane@<g1>shop</g1>.com now",
          "<x2/><g1><x3/></g1><x4/> now" },
        { AIF_MASK_EMAIL, "jane<x1/>.doe@exam<x2/>ple.com<x3/>Back",
          "<x4/><x1/><x5/><x2/><x6/><x3/>Back" },
        { AIF_MASK_EMAIL, "<g1>a@b.org</g1>Home", "<g1><x2/></g1>Home" },
        { AIF_MASK_EMAIL, "tod@s y amig@s, 5@3.50, @home, a@ b, x@y", NULL },
        { AIF_MASK_EMAIL, "a@b.c", NULL },

        { AIF_MASK_CARD, "Card 4111 1111 1111 1111!", "Card <x1/>!" },
        { AIF_MASK_CARD, "4111-1111-1111-1111, 378282246310005",
          "<x1/>, <x2/>" },
        { AIF_MASK_CARD, "4222222222222 and 6011000990139424",
          "<x1/> and <x2/>" },
        { AIF_MASK_CARD, "4111\xc2\xa0""1111\xc2\xa0""1111\xc2\xa0""1111",
          "<x1/>" },
        { AIF_MASK_CARD, "4111 <g1>1111</g1> 1111 1111",
          "<x2/><g1><x3/></g1><x4/>" },
        { AIF_MASK_CARD, "4111111111111111 5555555555554444",
          "<x1/> <x2/>" },
        { AIF_MASK_CARD, "2 4111 1111 1111 1111", "2 <x1/>" },
        { AIF_MASK_CARD, "4111 1111 1111 1112", NULL },
        { AIF_MASK_CARD, "A4111111111111111B", NULL },
        { AIF_MASK_CARD, "41111111111111110000000", NULL },

        { AIF_MASK_IBAN, "IBAN: DE89 3704 0044 0532 0130 00.",
          "IBAN: <x1/>." },
        { AIF_MASK_IBAN, "gb82west12345698765432 ok", "<x1/> ok" },
        { AIF_MASK_IBAN, "NO93-8601-1117-947, FR1420041010050500013M02606",
          "<x1/>, <x2/>" },
        { AIF_MASK_IBAN, "DE89 3704 0044 0532 0130 01", NULL },
        { AIF_MASK_IBAN, "DE89370400440532013000X", NULL },
        { AIF_MASK_IBAN, "ZZ89 3704 0044 0532 0130 00", NULL },

        { AIF_MASK_PHONE, "Call +49 30 1234567 now", "Call <x1/> now" },
        { AIF_MASK_PHONE, "+4915112345678, 0049 (30) 1234-567",
          "<x1/>, <x2/>" },
        { AIF_MASK_PHONE, "+1 (212) 555-2368", "<x1/>" },
        { AIF_MASK_PHONE, "(212) 555-2368 or 212-555-2368 or 1-800-555-2368",
          "<x1/> or <x2/> or <x3/>" },
        { AIF_MASK_PHONE, "01 42 68 53 00 / 01.42.68.53.00",
          "<x1/> / <x2/>" },
        { AIF_MASK_PHONE, "020 7946 0958, 030/1234567, 0171-1234567",
          "<x1/>, <x2/>, <x3/>" },
        { AIF_MASK_PHONE, "612 345 678 y 91 234 56 78", "<x1/> y <x2/>" },
        { AIF_MASK_PHONE, "138 1234 5678; 400-123-4567; 98765 43210",
          "<x1/>; <x2/>; <x3/>" },
        { AIF_MASK_PHONE, "(11) 91234-5678", "<x1/>" },
        { AIF_MASK_PHONE, "Tel.: 1234567, Fax 123 456 78",
          "Tel.: <x1/>, Fax <x2/>" },
        { AIF_MASK_PHONE, "\xe7\x94\xb5\xe8\xaf\x9d\xef\xbc\x9a"
          "13812345678", "\xe7\x94\xb5\xe8\xaf\x9d\xef\xbc\x9a<x1/>" },
        { AIF_MASK_PHONE, "t\xc3\xa9l: 12345678", "t\xc3\xa9l: <x1/>" },
        { AIF_MASK_PHONE, "+49<g1> 30 </g1>1234567",
          "<x2/><g1><x3/></g1><x4/>" },
        { AIF_MASK_PHONE, "Tel 030 1234567<x1/>Fax 030 7654321",
          "Tel <x2/><x1/>Fax <x3/>" },

        /* and what shops have more often */

        { AIF_MASK_PHONE, "$1,299.00 or 1.299,00 \xe2\x82\xac or 12 999 kr",
          NULL },
        { AIF_MASK_PHONE, "2024-01-15, 01.02.2024 10:30, 15/01/2024", NULL },
        { AIF_MASK_PHONE, "Size 36 38 40 42 44, 120 x 080 x 075 cm", NULL },
        { AIF_MASK_PHONE, "SKU 4006381333931, 0123456789, AB-123-456", NULL },
        { AIF_MASK_PHONE, "ISBN 978-3-16-148410-0", NULL },
        { AIF_MASK_PHONE, "1920 1080, 50-60 Hz, 24/7, 1-2-3", NULL },
        { AIF_MASK_PHONE, "0.75 - 0.80 l, 0800, 00, +20%, +1 year", NULL },
        { AIF_MASK_PHONE, "912.345.678 users, 600 000 000 users", NULL },
        { AIF_MASK_PHONE, "Mobile 2024, phone 128/256 GB, cell 3000 mAh",
          NULL },
        { AIF_MASK_PHONE, "\xe2\x82\xac 612 345 678", NULL },
        { AIF_MASK_PHONE, "612 345 678 \xe2\x82\xac", NULL },
        { AIF_MASK_PHONE, "v1.23.456.7890", NULL },
    };

    memset(&mask, 0, sizeof(mask));

    for (i = 0; i < LENGTH(row); i++) {

        mask.presets = row[i].presets;
        out = masked(&mask, row[i].text, &m, &rc);

        ok(out && strcmp(out, row[i].masked ? row[i].masked : row[i].text)
           == 0, "%s -> %s", row[i].text, out ? out : "(refused)");
    }

    mask.presets = AIF_MASK_DEFAULT;
    out = masked(&mask, "a@b.org, 4111 1111 1111 1111, +49 30 1234567, "
                 "DE89370400440532013000", &m, &rc);
    ok(out && strcmp(out, "<x1/>, <x2/>, <x3/>, <x4/>") == 0 && m.idle,
       "all of them, and nothing is left to translate");

    out = masked(&mask, "No secrets here 12", &m, &rc);
    ok(out && m.n == 0 && !m.idle, "none");

    out = masked(NULL, "a@b.org", &m, &rc);
    ok(out && strcmp(out, "a@b.org") == 0, "no mask, no change");

    mask.presets = 0;
    out = masked(&mask, "a@b.org", &m, &rc);
    ok(out && strcmp(out, "a@b.org") == 0, "off, no change");
}


static aif_pattern_t *
pattern(const char *text)
{
    char            error[AIF_PATTERN_MAX_ERROR];
    size_t          at;
    aif_str_t       s;
    aif_pattern_t  *p;

    s.data = (u_char *) text;
    s.len = strlen(text);

    if (aif_pattern_create(&s, &p, error, &at) != AIF_OK) {
        printf("# %s: %s\n", text, error);
        exit(EXIT_FAILURE);
    }

    return p;
}


static void
patterns(void)
{
    int              rc;
    char             text[256], *out;
    aif_mask_t       mask;
    aif_pattern_t   *list[2];
    aif_mask_text_t  m;

    memset(&mask, 0, sizeof(mask));

    list[0] = pattern("K&D-\\d+");
    list[1] = pattern("(?i)customer\\s+\\d+");
    mask.patterns = list;
    mask.npatterns = 2;

    out = masked(&mask, "K&amp;D-12 for <g1>Customer</g1><x2/>99", &m, &rc);
    ok(out && strcmp(out, "<x3/> for <g1><x4/></g1><x2/><x5/>") == 0,
       "patterns see plain text: %s", out);

    aif_pattern_destroy(list[0]);
    aif_pattern_destroy(list[1]);

    list[0] = pattern("(?:a+)+$");
    mask.npatterns = 1;

    memset(text, 'a', 60);
    strcpy(text + 60, "b");
    out = masked(&mask, text, &m, &rc);
    ok(out == NULL && rc == AIF_LIMIT, "a limit: it does not leave");

    out = masked(&mask, "ab\xff", &m, &rc);
    ok(out == NULL && rc == AIF_BAD, "no UTF-8: it does not leave");

    aif_pattern_destroy(list[0]);
    list[0] = pattern("\\d");

    text[0] = '\0';

    for (rc = 0; rc < AIF_MASK_MAX; rc++) {
        strcat(text, "1 ");
    }

    out = masked(&mask, text, &m, &rc);
    ok(out && m.n == AIF_MASK_MAX, "so many masks");
    strcat(text, "1");
    out = masked(&mask, text, &m, &rc);
    ok(out == NULL && rc == AIF_LIMIT, "and no more");

    aif_pattern_destroy(list[0]);
}


static void
restores(void)
{
    int              rc;
    size_t           i;
    aif_str_t        source, answer, text;
    aif_mask_t       mask;
    aif_mask_text_t  m;

    /* of "Write <g1>to</g1> a@b.org or c@d.org": masks 2 and 3 */

    static const struct {
        const char  *answer;
        const char  *text;
    } row[] = {
        { "Schreib <g1>an</g1> <x2/> oder <x3/>",
          "Schreib <g1>an</g1> a@b.org oder c@d.org" },
        { "<x3/><x2/> <g1>an</g1>", "c@d.orga@b.org <g1>an</g1>" },
        { "Schreib <g1>an</g1> <x2/>", NULL },
        { "Schreib <g1>an</g1> <x2/> <x3/> <x2/>", NULL },
        { "Schreib <g1>an</g1> <x2/> <x3", NULL },
        { "", NULL },
        { "<x2/> <x3/> <x4/> <x1/> <g2>", "a@b.org c@d.org <x4/> <x1/> <g2>" },
    };

    memset(&mask, 0, sizeof(mask));
    mask.presets = AIF_MASK_DEFAULT;
    source = string("Write <g1>to</g1> a@b.org or c@d.org");

    rc = aif_mask_apply(&mask, &source, arena, &m);
    ok(rc == AIF_OK && m.n == 2, "two masks");

    for (i = 0; i < LENGTH(row); i++) {
        answer = string(row[i].answer);
        rc = aif_mask_restore(&m, &answer, arena, &text);

        ok(row[i].text ? rc == AIF_OK && text.len == strlen(row[i].text)
                         && memcmp(text.data, row[i].text, text.len) == 0
                       : rc == AIF_BAD,
           "\"%s\" %s", row[i].answer, row[i].text ? row[i].text : "is bad");
    }
}


static void
protects(void)
{
    int                 rc;
    char                text[256];
    size_t              i;
    aif_str_t           s, t;
    aif_pattern_t      *list[2];
    aif_guard_fault_t   fault;

    static const struct {
        const char  *source;
        const char  *target;
        const char  *fact;           /* NULL: it passes */
        unsigned     added;
    } row[] = {
        { "Model ABX in S&amp;M", "Modelo ABX en S&amp;M", NULL, 0 },
        { "Model ABX", "Modelo", "ABX", 0 },
        { "Model ABX", "Modelo ABY", "ABX", 0 },
        { "Model ABX", "Modelo ABX y ABX", "ABX", 0 },
        { "Model ABX and ABX", "Modelo ABX", "ABX", 0 },
        { "Model", "Modelo ABX", "ABX", 1 },
        { "The R&amp;D line", "La l\xc3\xadnea R&amp;D", NULL, 0 },
        { "The R&amp;D line", "La l\xc3\xadnea I+D", "R&D", 0 },
        { "A<g1>BX</g1> it", "ABX <g1>ello</g1>", NULL, 0 },
        { "Model ABX is", "\xe5\x9e\x8b\xe5\x8f\xb7""ABX\xe6\x98\xaf", NULL,
          0 },
        { "Model ABX is", "\xe5\x9e\x8b\xe5\x8f\xb7""AB\xe6\x98\xaf", "ABX",
          0 },
        { "no facts", "sin hechos", NULL, 0 },
    };

    list[0] = pattern("\\b[A-Z]{3,}\\b");
    list[1] = pattern("R&D");

    for (i = 0; i < LENGTH(row); i++) {
        s = string(row[i].source);
        t = string(row[i].target);

        rc = aif_guard_protect(&s, &t, list, 2, arena, &fault);

        if (row[i].fact == NULL) {
            ok(rc == AIF_OK && fault.kind == AIF_GUARD_NONE, "%s -> %s",
               row[i].source, row[i].target);
            continue;
        }

        ok(rc == AIF_BAD && fault.kind == AIF_GUARD_PROTECTED
           && fault.added == row[i].added
           && fault.fact.len == strlen(row[i].fact)
           && memcmp(fault.fact.data, row[i].fact, fault.fact.len) == 0,
           "%s -> %s: %.*s", row[i].source, row[i].target,
           (int) fault.fact.len, fault.fact.data);
    }

    aif_pattern_destroy(list[0]);
    list[0] = pattern("(?:a+)+$");

    memset(text, 'a', 60);
    strcpy(text + 60, "b");
    s = string(text);
    t = string("x");

    ok(aif_guard_protect(&s, NULL, list, 2, arena, &fault) == AIF_LIMIT,
       "a limit in the source is told before it is sent");
    ok(aif_guard_protect(&s, &t, list, 2, arena, &fault) == AIF_LIMIT,
       "and behind it");
    ok(aif_guard_protect(&t, &s, list, 2, arena, &fault) == AIF_BAD
       && fault.kind == AIF_GUARD_PROTECTED, "a limit in the target rejects");
    ok(aif_guard_protect(&t, NULL, list, 2, arena, &fault) == AIF_OK,
       "nothing to be afraid of");

    ok(strcmp(aif_guard_name(AIF_GUARD_PROTECTED), "protected") == 0
       && strcmp(aif_guard_name(AIF_GUARD_MASK), "mask") == 0, "names");

    aif_pattern_destroy(list[0]);
    aif_pattern_destroy(list[1]);
}


/* What presets find in texts of shops: all of it is printed. */

static void
measure(const char *file)
{
    int              rc;
    FILE            *f;
    char             path[512], line[MASK_MAX_LINE];
    size_t           i, lines, hit;
    aif_str_t        s;
    aif_mask_t       mask;
    const char      *data;
    aif_mask_text_t  m;

    data = getenv("AIF_DATA");
    snprintf(path, sizeof(path), "%s/text/%s", data ? data : ".", file);

    f = fopen(path, "r");
    if (f == NULL) {
        skip("no %s", path);
        return;
    }

    memset(&mask, 0, sizeof(mask));
    mask.presets = AIF_MASK_DEFAULT;
    lines = hit = 0;

    while (fgets(line, sizeof(line), f)) {
        s.data = (u_char *) line;
        s.len = strcspn(line, "\n");
        lines++;

        rc = aif_mask_apply(&mask, &s, arena, &m);

        if (rc == AIF_OK && m.n != 0) {
            hit++;

            for (i = 0; i < m.n; i++) {
                printf("# %s:%zu: %.*s\n", file, lines,
                       (int) m.masked[i].len, m.masked[i].data);
            }
        }

        aif_arena_reset(arena);
    }

    fclose(f);

    ok(hit * 1000 <= lines * MASK_FALSE, "%s: masks in %zu of %zu lines",
       file, hit, lines);
}


int
main(void)
{
    arena = aif_arena_create(65536, 16 * 1024 * 1024);

    finds();
    patterns();
    restores();
    protects();

    measure("uci-amazon-cells-labelled.txt");
    measure("multisent-chinese-test.csv");
    measure("parallel-bagisto-open.tsv");

    ok(aif_mask_preset((u_char *) "iban", 4) == AIF_MASK_IBAN
       && aif_mask_preset((u_char *) "ibans", 5) == 0, "presets by name");

    while (nstrings) {
        free(strings[--nstrings]);
    }

    aif_arena_destroy(arena);

    done();
}
