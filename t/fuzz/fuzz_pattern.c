
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_pattern.c: patterns are the administrator's and fixed
 * here, the first byte chooses one, the rest is the text.  What must hold:
 * matches lie in the text, one behind another, none is empty; a text that is
 * no UTF-8 has none; where matches may begin is no shortcut to others, unless a
 * limit was reached.
 */


#include "core/aif_pattern.h"
#include "core/aif_utf8.h"

#include <stdlib.h>


#define FUZZ_MATCHES  64


typedef struct {
    size_t  n;
    size_t  start[FUZZ_MATCHES];
    size_t  end[FUZZ_MATCHES];
} fuzz_matches_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  fuzz_text[] = {
    "(a+)+$", "\\b[A-Z]{2,}-?\\d+\\b", "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+",
    "(?i)order\\s*(?:no\\.?)?\\s*\\d+", "\\p{Lu}\\p{Ll}+", "x*", "(?<=a)b?\\Kc",
    "(a*)*\\1b", ".", "\\X", "(?:(a)|b)*(?1)", "[^\\x{80}-\\x{10ffff}]+$"
};

#define FUZZ_PATTERNS  (sizeof(fuzz_text) / sizeof(fuzz_text[0]))


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static aif_pattern_t *
fuzz_compile(const char *text, const char *with)
{
    char            error[AIF_PATTERN_MAX_ERROR], whole[128];
    size_t          at;
    aif_str_t       s;
    aif_pattern_t  *p;

    strcpy(whole, with);
    strcat(whole, text);

    s.data = (u_char *) whole;
    s.len = strlen(whole);

    fuzz_check(aif_pattern_create(&s, &p, error, &at) == AIF_OK);

    return p;
}


static int
fuzz_scan(aif_pattern_t *p, const aif_str_t *s, fuzz_matches_t *m)
{
    int                 rc;
    size_t              last;
    aif_pattern_scan_t  scan;

    m->n = 0;
    last = 0;

    aif_pattern_scan(&scan, p, s);

    while ((rc = aif_pattern_next(&scan)) == AIF_OK) {
        fuzz_check(scan.start >= last && scan.end > scan.start
                   && scan.end <= s->len);
        last = scan.end;

        if (m->n < FUZZ_MATCHES) {
            m->start[m->n] = scan.start;
            m->end[m->n++] = scan.end;
        }
    }

    return rc;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                    rc, plain;
    size_t                 i;
    aif_str_t              s;
    fuzz_matches_t         a, b;

    static aif_pattern_t  *pattern[2][FUZZ_PATTERNS];

    if (size == 0) {
        return 0;
    }

    i = *data++ % FUZZ_PATTERNS;
    s.data = (u_char *) data;
    s.len = size - 1;

    if (pattern[0][i] == NULL) {
        pattern[0][i] = fuzz_compile(fuzz_text[i], "");
        pattern[1][i] = fuzz_compile(fuzz_text[i], "(*NO_START_OPT)");
    }

    rc = fuzz_scan(pattern[0][i], &s, &a);
    plain = fuzz_scan(pattern[1][i], &s, &b);

    fuzz_check(rc == AIF_DONE || rc == AIF_LIMIT || rc == AIF_BAD);
    fuzz_check((rc == AIF_BAD) == !aif_utf8_valid(s.data, s.len));
    fuzz_check((plain == AIF_BAD) == (rc == AIF_BAD));
    fuzz_check(rc != AIF_BAD || a.n == 0);

    if (rc == AIF_DONE && plain == AIF_DONE) {
        fuzz_check(a.n == b.n
                   && memcmp(a.start, b.start, a.n * sizeof(size_t)) == 0
                   && memcmp(a.end, b.end, a.n * sizeof(size_t)) == 0);
    }

    return 0;
}
