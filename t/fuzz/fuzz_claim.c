
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_claim*.c and aif_guard_invent.c.  The first byte is 0:
 * the rest is a list; else it says which locales, and the rest is facts, a NUL
 * and a text.  What must hold: a fault has a reason and points into the text;
 * a second look finds the same; a list that is read can be used.
 */


#include "core/aif_claim.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const aif_str_t  fuzz_locales[] = {
    aif_string("en"), aif_string("de"), aif_string("zh-CN"), aif_string("ar"),
    aif_string("ru"), aif_string("xx")
};

#define FUZZ_LOCALES  (sizeof(fuzz_locales) / sizeof(fuzz_locales[0]))


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static aif_claim_t *
fuzz_claims(aif_arena_t *a)
{
    size_t                  i, line;
    aif_str_t               text;
    const char             *error;
    aif_claim_t            *claims;

    static const aif_str_t  any = aif_string("any");

    claims = aif_claim_create(a);

    text = aif_claim_builtin(&any);
    fuzz_check(aif_claim_add(claims, &any, &text, &error, &line) == AIF_OK);

    for (i = 0; i < FUZZ_LOCALES; i++) {

        text = aif_claim_builtin(&fuzz_locales[i]);

        fuzz_check(aif_claim_add(claims, &fuzz_locales[i], &text, &error,
                                 &line)
                   == AIF_OK);
    }

    return claims;
}


static int
fuzz_text(const aif_claim_t *claims, const aif_str_t *facts,
    const aif_str_t *text, unsigned how, aif_guard_fault_t *fault,
    aif_arena_t *a)
{
    int            rc;
    const u_char  *p;

    rc = aif_claim_check(claims, facts, text,
                         &fuzz_locales[how % FUZZ_LOCALES],
                         &fuzz_locales[how / 16 % FUZZ_LOCALES], a, fault);

    fuzz_check(rc == AIF_OK || rc == AIF_BAD);

    if (rc == AIF_BAD) {
        fuzz_check(fault->kind > AIF_GUARD_NONE
                   && fault->kind < AIF_GUARD_COUNT);

        p = fault->fact.data;

        if (fault->kind >= AIF_GUARD_MATERIAL) {
            fuzz_check(p >= text->data && fault->fact.len
                       && p + fault->fact.len <= text->data + text->len);
        }
    }

    return rc;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                 rc;
    size_t              line;
    aif_str_t           facts, text;
    const char         *error;
    aif_arena_t        *a;
    aif_claim_t        *own;
    const u_char       *p;
    aif_guard_fault_t   fault, again;

    static aif_arena_t  *words;
    static aif_claim_t  *claims;

    if (size == 0) {
        return 0;
    }

    if (claims == NULL) {
        words = aif_arena_create(65536, (size_t) 1 << 26);
        claims = fuzz_claims(words);
    }

    a = aif_arena_create(65536, (size_t) 1 << 28);

    if (data[0] == 0) {
        own = aif_claim_create(a);
        text.data = (u_char *) data + 1;
        text.len = size - 1;

        rc = aif_claim_add(own, &fuzz_locales[0], &text, &error, &line);
        fuzz_check(rc == AIF_OK || (line > 0 && error != NULL));

        if (rc == AIF_OK) {
            (void) fuzz_text(own, &text, &text, 0, &fault, a);
        }

        aif_arena_destroy(a);
        return 0;
    }

    p = memchr(data + 1, '\0', size - 1);

    if (p) {
        facts.data = (u_char *) data + 1;
        facts.len = p - facts.data;
        text.len = data + size - p - 1;
        text.data = malloc(text.len ? text.len : 1);
        memcpy(text.data, p + 1, text.len);

        rc = fuzz_text(claims, &facts, &text, data[0], &fault, a);
        fuzz_check(rc == fuzz_text(claims, &facts, &text, data[0], &again, a));
        fuzz_check(rc == AIF_OK || fault.kind == again.kind);

        free(text.data);
    }

    aif_arena_destroy(a);

    return 0;
}
