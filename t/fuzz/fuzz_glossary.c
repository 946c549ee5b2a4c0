
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_glossary.c: a glossary, and behind the first NUL a text
 * that it is held against.  What is found is in the text, each entry once, and
 * a text that repeats all translations follows them.
 */


#include "core/aif_glossary.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_match(const aif_glossary_t *g, const aif_str_t *text, aif_arena_t *a)
{
    size_t                i, k;
    aif_buf_t             b;
    aif_str_t             target, locale = aif_string("es-MX");
    aif_glossary_match_t  match;

    aif_glossary_match(g, text, &locale, &match);

    fuzz_check(match.n <= AIF_GLOSSARY_MAX_MATCHES);
    fuzz_check((aif_glossary_hash(&match) == 0) == (match.n == 0));

    aif_buf_init(&b, a, 64);

    for (i = 0; i < match.n; i++) {
        fuzz_check(match.entry[i]->term.len != 0
                   && match.entry[i]->term.len <= text->len);

        for (k = 0; k < i; k++) {
            fuzz_check(match.entry[k] != match.entry[i]);
        }

        aif_buf_append(&b, match.entry[i]->translation.data,
                       match.entry[i]->translation.len);
    }

    target.data = b.data;
    target.len = b.len;
    fuzz_check(b.failed || aif_glossary_missed(&match, &target) == NULL);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    size_t           line;
    aif_str_t        csv, text;
    const char      *fault;
    aif_arena_t     *a;
    const uint8_t   *end;
    aif_glossary_t  *g;

    end = size ? memchr(data, '\0', size) : NULL;

    csv.data = (u_char *) data;
    csv.len = end ? (size_t) (end - data) : size;
    text.data = (u_char *) data + csv.len + (end != NULL);
    text.len = size - csv.len - (end != NULL);

    a = aif_arena_create(4096, 16 << 20);

    rc = aif_glossary_parse(&csv, a, &g, &line, &fault);

    fuzz_check(rc == AIF_OK || rc == AIF_BAD || rc == AIF_LIMIT
               || rc == AIF_NOMEM);
    fuzz_check(rc == AIF_OK || (fault != NULL && line <= csv.len + 1));

    if (rc == AIF_OK) {
        fuzz_match(g, &text, a);
        fuzz_match(g, &csv, a);
    }

    aif_arena_destroy(a);

    return 0;
}
