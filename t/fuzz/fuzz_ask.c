
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_ask.c: the first byte chooses JSON or a form.  What is
 * taken is canonical, within its limits, and makes JSON.
 */


#include "engine/aif_ask.h"
#include "engine/aif_json.h"
#include "../unit/canonical.h"

#include <stdlib.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int              rc;
    size_t           i;
    aif_ask_t        ask;
    aif_str_t        json;
    const char      *fault;
    aif_arena_t     *a;
    aif_passages_t   ps;

    if (size == 0) {
        return 0;
    }

    a = aif_arena_create(65536, 64 << 20);

    rc = (data[0] % 2 ? aif_ask_form : aif_ask_json)(data + 1, size - 1, a,
                                                     &ask, &fault);

    fuzz_check(rc == AIF_OK || rc == AIF_BAD || rc == AIF_LIMIT);
    fuzz_check((rc == AIF_OK) == (fault == NULL));

    if (rc == AIF_OK) {
        fuzz_check(canonical_fault(ask.question.data, ask.question.len)
                   == NULL);
        fuzz_check(ask.nturns <= AIF_ASK_MAX_TURNS);
        fuzz_check(ask.page.len <= AIF_ASK_MAX_PAGE);

        for (i = 0; i < ask.nturns; i++) {
            fuzz_check(canonical_fault(ask.turns[i].answer.data,
                                       ask.turns[i].answer.len) == NULL);
        }

        aif_passages_init(&ps, a);
        fuzz_check(aif_ask_source(&ask, &ps, a, &json) == AIF_OK);
        fuzz_check(aif_json_read(json.data, json.len, a, NULL, NULL)
                   == AIF_OK);
    }

    aif_arena_destroy(a);

    return 0;
}
