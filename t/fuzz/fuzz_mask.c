
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_mask*.c and aif_plain.c.  The first byte chooses what is
 * masked, the rest is a canonical text, a newline and an engine's answer.
 * What must hold:
 *
 *   - an answer that repeats the masked text gives the source, byte by byte;
 *   - placeholders of the source stay where they were;
 *   - any other answer is refused or has every masked piece once.
 */


#include "core/aif_mask.h"
#include "core/aif_plain.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static size_t
fuzz_tags(const aif_str_t *s, unsigned below)
{
    u_char         kind;
    size_t         n, len;
    unsigned       id;
    const u_char  *p, *last;

    last = s->data + s->len;

    for (p = s->data, n = 0; p < last; p += len ? len : 1) {
        len = aif_plain_tag(p, last, &id, &kind);
        n += (len != 0 && id < below);
    }

    return n;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                    rc;
    size_t                 len;
    aif_str_t              source, answer, text;
    aif_mask_t             mask;
    aif_arena_t           *a;
    const uint8_t         *p;
    aif_mask_text_t        m;
    char                   error[AIF_PATTERN_MAX_ERROR];
    size_t                 at;

    static aif_str_t       words = aif_string("(?i)order\\W*\\d+|K&D");
    static aif_pattern_t  *pattern;

    if (size == 0) {
        return 0;
    }

    if (pattern == NULL) {
        fuzz_check(aif_pattern_create(&words, &pattern, error, &at) == AIF_OK);
    }

    memset(&mask, 0, sizeof(mask));
    mask.presets = data[0] & AIF_MASK_DEFAULT;
    mask.patterns = &pattern;
    mask.npatterns = data[0] >> 7;

    data++;
    size--;

    p = size ? memchr(data, '\n', size) : NULL;
    len = p ? (size_t) (p - data) : size;

    source.data = malloc(len ? len : 1);
    source.len = len;
    memcpy(source.data, data, len);

    answer.len = p ? size - len - 1 : 0;
    answer.data = malloc(answer.len ? answer.len : 1);

    if (answer.len) {
        memcpy(answer.data, p + 1, answer.len);
    }

    a = aif_arena_create(4096, 64 * 1024 * 1024);
    fuzz_check(a != NULL);

    rc = aif_mask_apply(&mask, &source, a, &m);
    fuzz_check(rc != AIF_NOMEM);

    if (rc == AIF_OK) {
        fuzz_check(aif_mask_restore(&m, &m.text, a, &text) == AIF_OK);
        fuzz_check(aif_str_eq(&text, &source));

        if (m.n) {
            fuzz_check(fuzz_tags(&source, m.first)
                       == fuzz_tags(&m.text, m.first));
        }

        rc = aif_mask_restore(&m, &answer, a, &text);
        fuzz_check(rc == AIF_OK || rc == AIF_BAD);
    }

    aif_arena_destroy(a);
    free(source.data);
    free(answer.data);

    return 0;
}
