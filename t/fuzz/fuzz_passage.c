
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_passage.c: lines parted by a zero byte are the question
 * and up to four pages.  Passages are UTF-8 on one line that no tag can begin
 * in; what is picked fits; what fits as a whole is picked as a whole.
 */


#include "core/aif_passage.h"
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


static void
fuzz_pick(aif_passages_t *ps, const aif_str_t *question, size_t size)
{
    size_t  i, used, all, n;

    fuzz_check(aif_passages_pick(ps, question, size) == AIF_OK);

    used = 0;
    all = 0;
    n = 0;

    for (i = 0; i < ps->npages; i++) {
        used += ps->pages[i].facts.len;
        all += ps->pages[i].facts.len;
    }

    for (i = 0; i < ps->n; i++) {
        all += ps->list[i].text.len + 1;
        n += ps->list[i].chosen;
        used += ps->list[i].chosen ? ps->list[i].text.len + 1 : 0;
    }

    fuzz_check(used <= size);
    fuzz_check(n == ps->n || all > size);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    u_char          *copy;
    size_t           i, n, len;
    aif_str_t        question, *text;
    aif_arena_t     *a;
    aif_passages_t   ps;
    const uint8_t   *end;

    a = aif_arena_create(65536, 256 << 20);
    aif_passages_init(&ps, a);
    aif_str_set(&question, "");

    for (n = 0; n < 5 && size != 0; n++) {

        end = memchr(data, '\0', size);
        len = end ? (size_t) (end - data) : size;

        if (n == 0) {
            question.data = (u_char *) data;
            question.len = len;

        } else {
            copy = malloc(len + 1);
            memcpy(copy, data, len);
            rc = aif_passages_add(&ps, copy, len);
            free(copy);
            fuzz_check(rc == AIF_OK || rc == AIF_LIMIT);
        }

        len += end != NULL;
        data += len;
        size -= len;
    }

    for (i = 0; i < ps.n; i++) {
        text = &ps.list[i].text;

        fuzz_check(text->len != 0 && text->len <= AIF_PASSAGE_MAX_TEXT);
        fuzz_check(aif_utf8_valid(text->data, text->len));
        fuzz_check(memchr(text->data, '<', text->len) == NULL
                   && memchr(text->data, '\n', text->len) == NULL);
    }

    fuzz_pick(&ps, &question, 1 << 20);
    fuzz_pick(&ps, &question, 100);
    fuzz_pick(&ps, &question, 0);

    aif_arena_destroy(a);

    return 0;
}
