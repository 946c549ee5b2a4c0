
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_copy.c.  The first byte is the kind, the second how many
 * variants were asked for, the rest the answer.  What is taken is within its
 * limits, and its normal form is read as the same.
 */


#include "engine/aif_copy.h"

#include <stdlib.h>


static void fuzz_copy_limits(const aif_copy_t *copy);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned                n;
    aif_buf_t               b, again;
    aif_str_t               answer;
    aif_copy_t              copy;
    aif_arena_t            *a;
    aif_guard_fault_t       fault;
    const aif_copy_kind_t  *kind;

    if (size < 2) {
        return 0;
    }

    kind = aif_copy_kind_at(data[0] % 6);
    n = 1 + data[1] % kind->most;

    a = aif_arena_create(4096, 16 * 1024 * 1024);

    answer.data = (u_char *) data + 2;
    answer.len = size - 2;

    if (aif_copy_read(kind, n, &answer, a, &copy, &fault) == AIF_OK) {

        fuzz_copy_limits(&copy);

        aif_buf_init(&b, a, 64);
        aif_buf_init(&again, a, 64);

        aif_buf_literal(&b, "{\"variants\":");
        aif_copy_write(&copy, &b);
        aif_buf_literal(&b, "}");

        answer.data = b.data;
        answer.len = b.len;

        if (aif_copy_read(kind, n, &answer, a, &copy, &fault) != AIF_OK) {
            abort();
        }

        aif_copy_write(&copy, &again);

        if (again.len + 13 != b.len
            || memcmp(again.data, b.data + 12, again.len) != 0)
        {
            abort();
        }

    } else if (fault.kind == AIF_GUARD_NONE) {
        abort();
    }

    aif_arena_destroy(a);

    return 0;
}


static void
fuzz_copy_limits(const aif_copy_t *copy)
{
    unsigned                 i, k, n, slot;
    const aif_str_t         *text;
    const aif_copy_field_t  *field;

    for (n = 0; n < copy->n; n++) {

        for (i = 0, slot = 0; i < copy->kind->nfields; i++) {

            field = &copy->kind->fields[i];

            for (k = 0; k < field->max; k++, slot++) {

                text = &copy->texts[n][slot];

                if (text->data == NULL) {
                    continue;
                }

                if (text->len == 0
                    || aif_copy_length(text, field->count) > field->longest
                    || (!field->lines && memchr(text->data, '\n', text->len)))
                {
                    abort();
                }
            }
        }
    }
}
