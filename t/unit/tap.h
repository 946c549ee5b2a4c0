
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * TAP for C tests: ok() and friends print one line each, done() the plan.
 * A test program is t/unit/test_<file>.c with a main() of its own.
 */


#ifndef _TAP_H_INCLUDED_
#define _TAP_H_INCLUDED_


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static unsigned  tap_run, tap_failed;


__attribute__((format(printf, 4, 5))) static int
tap_ok(int pass, const char *file, int line, const char *fmt, ...)
{
    va_list  args;

    tap_run++;
    printf("%s %u - ", pass ? "ok" : "not ok", tap_run);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    printf("\n");

    if (!pass) {
        tap_failed++;
        printf("#   at %s line %d\n", file, line);
    }

    return pass;
}


__attribute__((unused)) static int
tap_is(const char *got, size_t len, const char *want, const char *file,
    int line, const char *name)
{
    int  pass;

    pass = len == strlen(want) && memcmp(got, want, len) == 0;

    if (!tap_ok(pass, file, line, "%s", name)) {
        printf("#   got  \"%.*s\"\n#   want \"%s\"\n", (int) len, got, want);
    }

    return pass;
}


static int
tap_done(void)
{
    printf("1..%u\n", tap_run);
    return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}


#define ok(pass, ...)      tap_ok((pass) != 0, __FILE__, __LINE__, __VA_ARGS__)
#define is(got, want, name)                                                   \
    tap_is((const char *) (got).data, (got).len, want, __FILE__, __LINE__, name)
#define skip(...)                                                             \
    (printf("ok %u # SKIP ", ++tap_run), printf(__VA_ARGS__), printf("\n"))
#define done()             return tap_done()


#endif /* _TAP_H_INCLUDED_ */
