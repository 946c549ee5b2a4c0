
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Names of aspects that are one, and names that are not.  Seen to fail with
 * capital letters that are kept and with every "s" taken off.
 */


#include "tap.h"
#include "engine/aif_aspect.h"

#include <stdlib.h>


int
main(void)
{
    size_t        i;
    aif_str_t     names[2], keys[2];
    aif_arena_t  *a;

    static const struct {
        const char  *one;
        const char  *other;
        int          same;
    } tests[] = {
        { "battery", "Battery", 1 },
        { "Batteries", "battery", 1 },
        { "battery life", "Battery-Life", 1 },
        { " battery  life. ", "battery life", 1 },
        { "Schriftgr\xc3\x96\xc3\x9f" "e", "schriftgr\xc3\xb6\xc3\x9f" "e", 1 },
        { "boxes", "Box", 1 },
        { "watches", "watch", 1 },
        { "sizes", "Size", 1 },
        { "mangas", "manga", 1 },
        { "\xe7\x94\xb5\xe6\xb1\xa0", "\xe7\x94\xb5\xe6\xb1\xa0", 1 },
        { "USB 3", "usb 3", 1 },
        { "battery", "battery life", 0 },
        { "car", "care", 0 },
        { "glass", "glas", 0 },
        { "bus", "bu", 0 },
        { "gas", "ga", 0 },
        { "USB 2", "USB 3", 0 },
        { "", "a", 0 },
        { "", " - ", 1 },
    };

    a = aif_arena_create(65536, (size_t) 1 << 20);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        names[0].data = (u_char *) tests[i].one;
        names[0].len = strlen(tests[i].one);
        names[1].data = (u_char *) tests[i].other;
        names[1].len = strlen(tests[i].other);

        if (aif_aspect_key(&names[0], a, &keys[0]) != AIF_OK
            || aif_aspect_key(&names[1], a, &keys[1]) != AIF_OK)
        {
            abort();
        }

        ok(aif_str_eq(&keys[0], &keys[1]) == tests[i].same,
           "\"%s\" and \"%s\": %d, \"%.*s\"", tests[i].one, tests[i].other,
           tests[i].same, (int) keys[0].len, (char *) keys[0].data);
    }

    aif_arena_destroy(a);

    done();
}
