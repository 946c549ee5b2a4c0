
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Patterns: what matches, what is refused with which words, and that none
 * costs more than it may.  Each subject sits in an allocation of its own size.
 * Patterns are run as they are and, by "(*NO_START_OPT)", tried at every place.
 * Seen to fail with the match limit left out, and with machine code, which
 * counts less.
 */


#include "core/aif_pattern.h"
#include "tap.h"

#include <time.h>


#define LENGTH(a)  (sizeof(a) / sizeof(a[0]))

#define MSEC_RUNAWAY  5          /* what a runaway match may cost, 20 times
                                    that under sanitizers */


static aif_pattern_t *
compile(const char *text)
{
    int             rc;
    char            error[AIF_PATTERN_MAX_ERROR];
    size_t          at;
    aif_str_t       s;
    aif_pattern_t  *p;

    s.data = (u_char *) text;
    s.len = strlen(text);

    rc = aif_pattern_create(&s, &p, error, &at);

    if (rc != AIF_OK) {
        printf("# %s: %s at %zu\n", text, error, at);
        return NULL;
    }

    return p;
}


/* The matches one after another, "|" between them, or the code at the end. */

static int
matches(const char *text, const char *subject, size_t len, char *out,
    size_t size)
{
    int                  rc;
    size_t               n;
    aif_str_t            s;
    aif_pattern_t       *p;
    aif_pattern_scan_t   scan;

    out[0] = '\0';

    p = compile(text);
    if (p == NULL) {
        return AIF_BAD;
    }

    s.data = malloc(len ? len : 1);
    s.len = len;
    memcpy(s.data, subject, len);

    aif_pattern_scan(&scan, p, &s);

    for (n = 0; (rc = aif_pattern_next(&scan)) == AIF_OK; ) {
        n += snprintf(out + n, size - n, "%s%.*s", n ? "|" : "",
                      (int) (scan.end - scan.start), s.data + scan.start);
    }

    free(s.data);
    aif_pattern_destroy(p);

    return rc;
}


static void
finds(void)
{
    char    out[256], text[128];
    size_t  i, k;

    static const struct {
        const char  *pattern;
        const char  *subject;
        const char  *matches;
    } row[] = {
        { "AB-\\d+", "AB-12 and AB-345, CD-6", "AB-12|AB-345" },
        { "AB-\\d+", "", "" },
        { "a|b*", "xabbx", "a|bb" },
        { "x*", "yyy", "" },
        { "(a)(b)(c)", "abcabc", "abc|abc" },
        { "\\bc\\w+", "caf\xc3\xa9 c\xc3\xb3mo", "caf\xc3\xa9|c\xc3\xb3mo" },
        { "\\d+", "\xd9\xa1\xd9\xa2 12", "\xd9\xa1\xd9\xa2|12" },
        { ".", "\xe4\xb8\x80\xf0\x9f\x98\x80",
          "\xe4\xb8\x80|\xf0\x9f\x98\x80" },
        { "(?<=-)\\w", "a-b-c", "b|c" },
        { "foo\\Kbar", "foobar bar foobar", "bar|bar" },
        { "^a", "aaa", "a" },
        { "(?i)abc", "ABCabc", "ABC|abc" },
    };

    for (i = 0; i < LENGTH(row); i++) {
        for (k = 0; k < 2; k++) {
            snprintf(text, sizeof(text), "%s%s", k ? "(*NO_START_OPT)" : "",
                     row[i].pattern);

            ok(matches(text, row[i].subject, strlen(row[i].subject), out,
                       sizeof(out))
               == AIF_DONE && strcmp(out, row[i].matches) == 0,
               "%s finds \"%s\"", text, out);
        }
    }

    ok(matches("a", "a\0a", 3, out, sizeof(out)) == AIF_DONE
       && strcmp(out, "a|a") == 0, "a NUL ends no text");
}


static void
refused(void)
{
    int             rc;
    char            error[AIF_PATTERN_MAX_ERROR];
    size_t          i, at;
    aif_str_t       s;
    aif_pattern_t  *p;

    static const struct {
        const char  *pattern;
        size_t       at;
        const char  *word;
    } row[] = {
        { "(abc", 4, "parenthesis" },
        { "a{2,1}b", 5, "quantifier" },
        { "[z-a]", 3, "range" },
        { "x\\C", 3, "\\C" },
        { "(?<n>a)(?<n>b)", 12, "name" },
        { "a\xff", 1, "UTF-8" },
        { "*", 0, "quantifier" },
    };

    for (i = 0; i < LENGTH(row); i++) {
        s.data = (u_char *) row[i].pattern;
        s.len = strlen(row[i].pattern);
        p = NULL;

        rc = aif_pattern_create(&s, &p, error, &at);

        /* versions of PCRE2 differ by a character */

        ok(rc == AIF_BAD && p == NULL && at + 1 >= row[i].at
           && at <= row[i].at + 1 && strstr(error, row[i].word),
           "%s: %s at %zu", i == 5 ? "a\\xff" : row[i].pattern, error, at);
    }

    s.len = AIF_PATTERN_MAX_LENGTH + 1;
    s.data = malloc(s.len);
    memset(s.data, 'a', s.len);
    rc = aif_pattern_create(&s, &p, error, &at);
    ok(rc == AIF_BAD && strlen(error) > 8, "too long: %s", error);

    s.len--;
    ok(aif_pattern_create(&s, &p, error, &at) == AIF_OK, "not too long");
    aif_pattern_destroy(p);
    free(s.data);

    aif_pattern_destroy(NULL);
}


static void
broken(void)
{
    char     out[16];
    size_t   i;

    static const char  *const  text[] = {
        "ab\xff", "\xc3", "\xed\xa0\x80", "abc \xf8\x88\x80\x80\x80", "\x80"
    };

    for (i = 0; i < LENGTH(text); i++) {
        ok(matches("a", text[i], strlen(text[i]), out, sizeof(out))
           == AIF_BAD && out[0] == '\0', "no UTF-8, no match: %zu", i);
    }
}


/* In a quiet process a hundredth of what is allowed is used. */

static double
msec(void)
{
    struct timespec  t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);

    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}


static void
runaway(void)
{
    int                  rc;
    char                 text[128];
    size_t               i, k, n;
    double               time, allowed;
    aif_str_t            s;
    aif_pattern_t       *p;
    aif_pattern_scan_t   scan;

    /* n: so many letters, and what spoils the match ("x") */

    static const struct {
        const char  *pattern;
        size_t       n;
        const char  *tail;
    } row[] = {
        { "(a+)+$", 30, "x" },
        { "(a+)+$", 8000, "x" },
        { "(a|aa)+$", 60, "x" },
        { "(a|a)*xx?y?$(?<!x)", 60, "x" },
        { "(?:a?){30}a{30}$", 30, "x" },
        { "(.*)*(?<!x)$", 4000, "x" },
        { "^(?:(?:a+)*)*$", 500, "x" },
        { "(?:(a)|b)+(?1)*(?R)?$", 300, "x" },
        { "(a*)*\\1\\1(?<!x)$", 200, "x" },
        { "(?<=a)\\w+@", 8000, "-@" },
    };

    allowed = MSEC_RUNAWAY;

#if defined __SANITIZE_ADDRESS__
    allowed *= 20;
#endif

    s.data = malloc(8003);

    for (i = 0; i < LENGTH(row); i++) {

        n = row[i].n;
        memset(s.data, 'a', n);
        memcpy(s.data + n, row[i].tail, strlen(row[i].tail) + 1);
        s.len = n + strlen(row[i].tail);

        for (k = 0; k < 2; k++) {
            snprintf(text, sizeof(text), "%s%s", k ? "(*NO_START_OPT)" : "",
                     row[i].pattern);

            p = compile(text);
            if (p == NULL) {
                ok(0, "%s", text);
                continue;
            }

            aif_pattern_scan(&scan, p, &s);
            time = msec();
            rc = aif_pattern_next(&scan);
            time = msec() - time;

            ok(rc == AIF_LIMIT && time < allowed,
               "%s over %zu letters: a limit, %.2f ms", text, n, time);

            /* and the pattern goes on working */

            s.len = 0;
            aif_pattern_scan(&scan, p, &s);
            rc = aif_pattern_next(&scan);
            ok(rc == AIF_DONE, "%s goes on", text);
            s.len = n + strlen(row[i].tail);

            aif_pattern_destroy(p);
        }
    }

    free(s.data);
}


/* A long text of words: what people write is far from the limits. */

static void
everyday(void)
{
    int                  rc;
    char                 with[128];
    size_t               i, k, n;
    double               time;
    aif_str_t            s;
    aif_pattern_t       *p;
    aif_pattern_scan_t   scan;

    static const char *const  text[] = {
        "\\b[A-Z]{2,}[- ]?\\d{2,}\\b",
        "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+",
        "(?:customer|order|client)\\s*(?:no|number|nr)?\\W*\\d+",
        "\\b(?:\\d[ -]?){13,19}\\b",
        "(?i)\\bvitamin\\s+[a-e]\\d*\\b",
        "\\b\\p{Lu}\\p{Ll}+ \\p{Lu}\\p{Ll}+\\b",
        "\".*?\"",
    };

    s.len = AIF_PATTERN_MAX_SUBJECT;
    s.data = malloc(s.len);

    for (i = 0; i < s.len; i++) {
        s.data[i] = i % 97 == 0 ? 'Q' : i % 7 == 0 ? ' '
                    : i % 41 == 3 ? '0' + i % 10 : 'a' + i % 26;
    }

    for (i = 0; i < LENGTH(text); i++) {
        for (k = 0; k < 2; k++) {
            snprintf(with, sizeof(with), "%s%s", k ? "(*NO_START_OPT)" : "",
                     text[i]);
            p = compile(with);
            aif_pattern_scan(&scan, p, &s);
            time = msec();

            for (n = 0; (rc = aif_pattern_next(&scan)) == AIF_OK; n++) {
                /* void */
            }

            time = msec() - time;
            ok(rc == AIF_DONE, "%s: %zu in %zu bytes, %.2f ms", with, n,
               s.len, time);
            aif_pattern_destroy(p);
        }
    }

    s.data = realloc(s.data, s.len + 1);
    s.data[s.len++] = 'a';
    p = compile("a");
    aif_pattern_scan(&scan, p, &s);
    ok(aif_pattern_next(&scan) == AIF_LIMIT, "a text too long is a limit");
    aif_pattern_destroy(p);

    free(s.data);
}


int
main(void)
{
    finds();
    refused();
    broken();
    runaway();
    everyday();

    done();
}
