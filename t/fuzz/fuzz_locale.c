
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_locale.c.  The input's first line is a list of locales,
 * separated by blanks; the rest is a tag, an Accept-Language value and a path.
 * What must hold: every answer is in the list or -1; a listed tag chooses
 * itself; one range without a weight chooses what the tag alone does; a
 * prefix is "/" and the listed tag.
 */


#include "core/aif_locale.h"

#include <stdlib.h>


#define FUZZ_MAX_LIST  16


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             i, m;
    size_t          n, k, len;
    aif_str_t       list[FUZZ_MAX_LIST];
    const uint8_t  *p, *end, *line;

    n = 0;
    end = data + size;

    line = size ? memchr(data, '\n', size) : NULL;
    if (line == NULL) {
        line = data;
    }

    for (p = data; p < line && n < FUZZ_MAX_LIST; p++) {
        list[n].data = (u_char *) p;

        while (p < line && *p != ' ') {
            p++;
        }

        list[n].len = p - list[n].data;
        n++;
    }

    p = line < end && *line == '\n' ? line + 1 : line;
    size = end - p;

    m = aif_locale_match(list, n, p, size);
    fuzz_check(m >= -1 && m < (int) n);

    i = aif_locale_accept(list, n, p, size);
    fuzz_check(i >= -1 && i < (int) n);

    if (aif_locale_valid(p, size)) {
        fuzz_check(size >= 2 && size <= AIF_LOCALE_MAX_LEN);
        fuzz_check(i == m);
    }

    len = 0;
    i = aif_locale_prefix(list, n, p, size, &len);
    fuzz_check(i >= -1 && i < (int) n);
    fuzz_check(i < 0 || (len == list[i].len + 1 && len <= size));

    i = aif_locale_rtl(p, size);
    fuzz_check(i == 0 || i == 1);

    for (k = 0; k < n; k++) {
        if (aif_locale_valid(list[k].data, list[k].len)) {
            i = aif_locale_match(list, n, list[k].data, list[k].len);
            fuzz_check(i >= 0 && i <= (int) k && list[i].len == list[k].len);
        }
    }

    return 0;
}
