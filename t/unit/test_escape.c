
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Escape: each byte as it is, but for & < and >, at any place and length, and
 * the same in a buffer as in memory.
 */


#include "core/aif_escape.h"
#include "tap.h"


static int
same(const char *plain, size_t len, const char *expect)
{
    int           equal;
    u_char        text[64];
    size_t        n;
    aif_buf_t     b;
    aif_arena_t  *a;

    a = aif_arena_create(0, 4096);
    aif_buf_init(&b, a, 0);

    n = aif_escape(text, (u_char *) plain, len) - text;
    aif_escape_append(&b, (u_char *) plain, len);

    equal = n == strlen(expect) && memcmp(text, expect, n) == 0
            && !b.failed && b.len == n
            && (n == 0 || memcmp(b.data, expect, n) == 0);

    aif_arena_destroy(a);

    return equal;
}


int
main(void)
{
    int           i, stays;
    char          ch;
    u_char        text[AIF_ESCAPE_MAX];
    aif_buf_t     b;
    aif_arena_t  *a;

    ok(same("", 0, ""), "nothing stays nothing");
    ok(same("<b>R&D</b>", 10, "&lt;b&gt;R&amp;D&lt;/b&gt;"),
       "references for & < and >");
    ok(same("&amp;", 5, "&amp;amp;"), "what looks like one is escaped again");
    ok(same("\"it's\"\n", 7, "\"it's\"\n"), "quotes and lines stay");
    ok(same("a<b", 2, "a&lt;"), "no byte behind the length is read");

    stays = 0;

    for (i = 0; i < 256; i++) {
        ch = (char) i;
        stays += aif_escape(text, (u_char *) &ch, 1) - text == 1
                 && text[0] == (u_char) i;
    }

    ok(stays == 253, "of all bytes three are escaped");

    a = aif_arena_create(16, 16);
    aif_buf_init(&b, a, 8);
    aif_escape_append(&b, (u_char *) "<<<<<<<<<<<<<<<<", 16);
    ok(b.failed, "without memory the buffer says so");
    aif_arena_destroy(a);

    done();
}
