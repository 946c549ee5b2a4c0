
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_ground.c.  The first byte is the size of the steps, the
 * second chooses the locale; the rest is the sources, a newline, the answer.
 * Whole or in steps the verdict, the text and what is cited are the same; what
 * may be shown only grows, is UTF-8, and when the answer passed is all of it.
 */


#include "core/aif_ground.h"
#include "core/aif_utf8.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static int
fuzz_feed(aif_ground_t *g, const aif_ground_conf_t *conf, const uint8_t *data,
    size_t size, size_t step, aif_arena_t *a)
{
    int        rc;
    size_t     at, told;
    u_char    *copy;
    aif_str_t  delta;

    aif_ground_init(g, conf, a);
    told = 0;

    for (at = 0; ; at += step) {

        delta.len = size - at < step ? size - at : step;
        delta.data = copy = malloc(delta.len + 1);
        memcpy(copy, data + at, delta.len);

        rc = aif_ground_feed(g, &delta, at + delta.len == size);
        free(copy);

        fuzz_check(g->told <= g->text.len);
        fuzz_check(g->unknown || g->told >= told);
        fuzz_check(aif_utf8_valid(g->text.data, g->told));
        told = g->told;

        if (rc != AIF_MORE || at + delta.len == size) {
            return rc;
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                 rc;
    size_t              step;
    aif_str_t           locale;
    aif_arena_t        *a;
    aif_ground_t        whole, split;
    const uint8_t      *end;
    aif_ground_conf_t   conf;

    static const char *const  locales[] = { "en", "es", "de", "zh-CN", "ar",
                                           "fr", "it", "pt", "nl", "ru",
                                           "ko", "ja" };

    if (size < 3) {
        return 0;
    }

    step = 1 + data[0] % 32;
    locale.data = (u_char *) locales[data[1] % 12];
    locale.len = strlen((char *) locale.data);
    data += 2;
    size -= 2;

    end = memchr(data, '\n', size);
    if (end == NULL) {
        end = data;
    }

    memset(&conf, 0, sizeof(aif_ground_conf_t));
    conf.facts.data = (u_char *) data;
    conf.facts.len = end - data;
    conf.source_locale = &locale;
    conf.target_locale = &locale;
    aif_str_set(&conf.machine, "");
    conf.nsources = 3;
    aif_str_set(&conf.unknown, "NOT_FOUND");

    size -= end - data;
    data = end;

    a = aif_arena_create(4096, 64 << 20);

    rc = fuzz_feed(&whole, &conf, data, size, size + 1, a);
    fuzz_check(rc == AIF_DONE || rc == AIF_BAD || rc == AIF_LIMIT);

    fuzz_check(fuzz_feed(&split, &conf, data, size, step, a) == rc);

    if (rc == AIF_DONE) {
        fuzz_check(whole.unknown == split.unknown);
        fuzz_check(whole.unknown
                   || (whole.cited == split.cited
                       && whole.told == whole.text.len
                       && split.told == whole.told
                       && memcmp(whole.text.data, split.text.data, whole.told)
                          == 0));
    }

    aif_arena_destroy(a);

    return 0;
}
