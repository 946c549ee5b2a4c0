
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_guard*.c.  The first byte chooses the locales, the rest
 * is the source, a newline, the target.  What must hold:
 *
 *   - a fault names a fact inside the text that it says;
 *   - a text that the scanner finds fit passes against itself;
 *   - a target that passes is UTF-8 without control characters and has exactly
 *     the source's inline tags and as many braces (counted by other means);
 *   - the work is linear in the length.
 */


#include "core/aif_guard.h"
#include "core/aif_guard_facts.h"
#include "core/aif_utf8.h"

#include <stdlib.h>


#define FUZZ_TAGS      128
#define FUZZ_NLOCALES  12


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const char *const  locales[FUZZ_NLOCALES] = {
    "en", "es", "de-CH", "fr", "zh-CN", "ar-EG", "ja", "en-US", "pt-BR", "ru",
    "ko", "x!"
};


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_fault(const aif_guard_fault_t *fault, const aif_str_t *s,
    const aif_str_t *t)
{
    const aif_str_t  *in;

    fuzz_check(fault->kind > AIF_GUARD_NONE && fault->kind < AIF_GUARD_COUNT);

    if (fault->fact.len != 0) {
        in = fault->added ? t : s;
        fuzz_check(fault->fact.data >= in->data
                   && fault->fact.data + fault->fact.len
                      <= in->data + in->len);
    }
}


/* Tags by kind and number, and braces in the last two places. */

static void
fuzz_tags(const aif_str_t *text, unsigned *count)
{
    char           kind;
    size_t         id;
    const u_char  *p, *end;

    memset(count, 0, (3 * FUZZ_TAGS + 2) * sizeof(unsigned));

    end = text->data + text->len;

    for (p = text->data; p < end; p++) {

        count[3 * FUZZ_TAGS] += (*p == '{');
        count[3 * FUZZ_TAGS + 1] += (*p == '}');

        if (*p != '<') {
            continue;
        }

        kind = p[1] == '/' ? 0 : p[1] == 'g' ? 1 : 2;

        for (p += 1 + (kind == 0) + 1, id = 0; *p >= '0' && *p <= '9'; p++) {
            id = id * 10 + (*p - '0');
        }

        fuzz_check(id > 0 && id < FUZZ_TAGS);
        count[kind * FUZZ_TAGS + id]++;
    }
}


static void
fuzz_scan(const aif_str_t *text, const aif_str_t *locale)
{
    aif_guard_facts_t   f;
    aif_guard_fault_t   fault;
    aif_guard_locale_t  l;

    if (text->len > AIF_GUARD_MAX_TEXT) {
        return;
    }

    aif_guard_locale(&l, locale);

    if (aif_guard_scan(&f, text, &l, 0) == AIF_OK) {
        fuzz_check(aif_guard_check(text, text, locale, locale, &fault)
                   == AIF_OK);
    }

    fuzz_check(f.work <= 64 * text->len + 1024);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned           a[3 * FUZZ_TAGS + 2], b[3 * FUZZ_TAGS + 2];
    aif_str_t          s, t, sl, tl;
    const uint8_t     *p, *end;
    aif_guard_fault_t  fault;

    if (size < 2) {
        return 0;
    }

    sl.data = (u_char *) locales[data[0] % FUZZ_NLOCALES];
    sl.len = strlen((char *) sl.data);
    tl.data = (u_char *) locales[data[0] / FUZZ_NLOCALES % FUZZ_NLOCALES];
    tl.len = strlen((char *) tl.data);

    end = data + size;
    data++;

    p = memchr(data, '\n', end - data);

    s.data = (u_char *) data;
    s.len = p ? p - data : end - data;
    t.data = p ? (u_char *) p + 1 : s.data;
    t.len = end - t.data;

    if (aif_guard_check(&s, &t, &sl, &tl, &fault) == AIF_OK) {
        fuzz_check(fault.kind == AIF_GUARD_NONE);
        fuzz_check(aif_utf8_valid(t.data, t.len));

        for (p = t.data; p < end; p++) {
            fuzz_check(*p >= 0x20 && *p != 0x7f);
        }

        fuzz_tags(&s, a);
        fuzz_tags(&t, b);
        fuzz_check(memcmp(a, b, sizeof(a)) == 0);

    } else {
        fuzz_fault(&fault, &s, &t);
    }

    fuzz_scan(&s, &sl);
    fuzz_scan(&t, &tl);

    return 0;
}
