
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_summary*.c and aif_sentiment.c.  The input is a model's
 * answer to a source that is as it must be, and a source that a store may have
 * of somebody's else.  What must hold: an answer that passes can be shown, as
 * canonical text, with no claim of more reviews than there are; no source
 * makes more of it.
 */


#include "engine/aif_summary.h"
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
fuzz_text(const aif_str_t *text)
{
    const u_char  *p, *end;

    end = text->data + text->len;

    fuzz_check(aif_utf8_valid(text->data, text->len));

    for (p = text->data; p < end; p++) {
        fuzz_check(*p != '<' && *p != '>');
        fuzz_check(*p != '&' || (end - p >= 5 && memcmp(p, "&amp;", 5) == 0)
                   || (end - p >= 4 && (memcmp(p, "&lt;", 4) == 0
                                        || memcmp(p, "&gt;", 4) == 0)));
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                rc;
    unsigned           score;
    aif_str_t          input, source, text;
    aif_arena_t       *a;
    aif_claim_t       *claims;
    aif_sentiment_e    which;
    aif_guard_fault_t  fault;

    static const aif_str_t       en = aif_string("en");
    static aif_summary_review_t  reviews[] = {
        { aif_string("Runs small"), AIF_SENTIMENT_NEGATIVE },
        { aif_string("Very warm &amp; soft"), AIF_SENTIMENT_POSITIVE },
        { aif_string("Warm 100%"), AIF_SENTIMENT_POSITIVE }
    };

    a = aif_arena_create(65536, (size_t) 1 << 30);
    claims = aif_claim_create(a);

    input.data = (u_char *) data;
    input.len = size;

    rc = aif_sentiment_read(&input, a, &which, &score);
    fuzz_check(rc != AIF_OK || (which < AIF_SENTIMENTS && score <= 10000));

    fuzz_check(aif_summary_source(reviews, 3, a, &source) == AIF_OK);
    fuzz_check(aif_summary_changed(&source, reviews, 3) == 0);

    rc = aif_summary_check(&source, &input, claims, &en, &en, a, &fault);

    if (rc == AIF_OK) {
        fuzz_check(aif_summary_text(&source, &input, reviews, 3, 0, &en, a,
                                    &text)
                   == AIF_OK);
        fuzz_text(&text);

    } else {
        fuzz_check(rc == AIF_BAD && fault.kind != AIF_GUARD_NONE);
    }

    (void) aif_summary_changed(&input, reviews, 3);
    (void) aif_summary_check(&input, &source, claims, &en, &en, a, &fault);
    (void) aif_summary_text(&input, &source, reviews, 3, 0, &en, a, &text);

    aif_arena_destroy(a);

    return 0;
}
