
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_query.c: the first line is a query string, the second
 * what the shop was asked, the rest a page.  What must hold:
 *
 *   - words that are accepted come back from their encoding;
 *   - a replaced value is found again, and the length is what it must be;
 *   - what echoes is at least as long as the page's text without its words;
 *   - edits of fields are sorted, apart, inside the page, and no markup.
 */


#include "core/aif_query.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static aif_str_t
fuzz_line(const uint8_t **data, size_t *size)
{
    aif_str_t       s;
    const uint8_t  *end;

    end = *size ? memchr(*data, '\n', *size) : NULL;

    s.len = end ? (size_t) (end - *data) : *size;
    s.data = malloc(s.len ? s.len : 1);

    if (s.len) {
        memcpy(s.data, *data, s.len);
    }

    *data += s.len + (end != NULL);
    *size -= s.len + (end != NULL);

    return s;
}


static void
fuzz_words(const aif_str_t *args, const aif_str_t *name, aif_arena_t *a)
{
    int        plus;
    aif_str_t  value, words, again, back, out;

    if (aif_query_find(args, name, &value) != AIF_OK
        || aif_query_words(&value, 80, a, &words) != AIF_OK)
    {
        return;
    }

    fuzz_check(words.len != 0);

    for (plus = 0; plus < 2; plus++) {
        fuzz_check(aif_query_encode(&words, plus, a, &back) == AIF_OK);
        fuzz_check(aif_query_words(&back, 80, a, &again) == AIF_OK);
        fuzz_check(aif_str_eq(&again, &words));

        if (args->data[0] == '/') {
            continue;
        }

        fuzz_check(aif_query_replace(args, name, &value, &back, a, &out)
                   == AIF_OK);
        fuzz_check(out.len == args->len - value.len + back.len);
        fuzz_check(aif_query_find(&out, name, &again) == AIF_OK);
        fuzz_check(aif_str_eq(&again, &back));
    }
}


static void
fuzz_page(const aif_query_t *query, const uint8_t *page, size_t len,
    aif_arena_t *a)
{
    size_t       i, k, n;
    aif_edit_t  *edits;

    fuzz_check(aif_query_inputs(query, page, len, a, &edits, &n) == AIF_OK);
    fuzz_check(n <= AIF_QUERY_MAX_INPUTS);

    for (i = 0; i < n; i++) {
        fuzz_check(edits[i].start <= edits[i].end && edits[i].end <= len);
        fuzz_check(i == 0 || edits[i - 1].end < edits[i].start);

        for (k = 0; k < edits[i].text.len; k++) {
            fuzz_check(strchr("<>\"'", edits[i].text.data[k]) == NULL
                       || edits[i].text.data[k] == '\0');
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int           rc;
    aif_str_t     args, text, out;
    aif_arena_t  *a;
    aif_query_t   query;

    a = aif_arena_create(4096, 64 * 1024 * 1024);
    fuzz_check(a != NULL);

    args = fuzz_line(&data, &size);
    query.shop = fuzz_line(&data, &size);
    aif_str_set(&query.name, "q");
    aif_str_set(&query.words, "azul &lt;\"y'&gt;");

    fuzz_words(&args, &query.name, a);
    fuzz_page(&query, data, size, a);

    text.data = (u_char *) data;
    text.len = size;

    rc = aif_query_echo(&query, &text, a, &out);
    fuzz_check(rc == AIF_OK || rc == AIF_DONE);
    fuzz_check(rc == AIF_DONE || out.len + query.shop.len * size
                                 >= text.len + query.words.len);

    aif_arena_destroy(a);
    free(args.data);
    free(query.shop.data);

    return 0;
}
