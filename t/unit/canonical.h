
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Is a text canonical (core/aif_segment.h)?  Written for tests and fuzz
 * targets apart from the code under test, which must not judge itself.
 */


#ifndef _TEST_CANONICAL_H_INCLUDED_
#define _TEST_CANONICAL_H_INCLUDED_


#include "core/aif.h"

#include <stdio.h>


/* Length of a placeholder at p, 0 if there is none. */

static size_t
canonical_placeholder(const u_char *p, size_t len)
{
    int     n, closing, single;
    size_t  i;

    i = 1;
    closing = (i < len && p[i] == '/');
    i += closing;

    if (i == len || (p[i] != 'g' && p[i] != 'x')) {
        return 0;
    }

    single = (p[i++] == 'x');

    if (single && closing) {
        return 0;
    }

    for (n = 0; i < len && p[i] >= '0' && p[i] <= '9'; n++, i++) {
        if (n == 0 && p[i] == '0') {
            return 0;
        }
    }

    if (n == 0 || n > 4) {
        return 0;
    }

    if (single) {
        if (i == len || p[i++] != '/') {
            return 0;
        }
    }

    return i < len && p[i] == '>' ? i + 1 : 0;
}


/* NULL if the text is canonical, else what is wrong with it. */

static const char *
canonical_fault(const u_char *p, size_t len)
{
    size_t  i, n;

    if (len != 0 && (p[0] == ' ' || p[len - 1] == ' ')) {
        return "a blank at an end";
    }

    for (i = 0; i < len; i += n) {
        n = 1;

        switch (p[i]) {

        case '\t':
        case '\n':
        case '\f':
        case '\r':
            return "white space that is no blank";

        case ' ':
            if (p[i + 1] == ' ') {
                return "two blanks";
            }

            break;

        case '>':
            return "a bare >";

        case '&':
            if (len - i >= 5 && memcmp(p + i, "&amp;", 5) == 0) {
                n = 5;

            } else if (len - i >= 4 && (memcmp(p + i, "&lt;", 4) == 0
                                        || memcmp(p + i, "&gt;", 4) == 0))
            {
                n = 4;

            } else {
                return "a bare &";
            }

            break;

        case '<':
            n = canonical_placeholder(p + i, len - i);

            if (n == 0) {
                return "a < that begins no placeholder";
            }

            break;
        }
    }

    return NULL;
}


#endif /* _TEST_CANONICAL_H_INCLUDED_ */
