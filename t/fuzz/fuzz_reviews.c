
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_reviews.c.  The input is a page, read with a selector
 * and without.  What must hold: reviews are well-formed canonical text with a
 * letter, on one line, within the limits.
 */


#include "page.h"
#include "core/aif_reviews.h"
#include "core/aif_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_review(const aif_review_t *review)
{
    const u_char  *p, *end;

    fuzz_check(review->text.len > 0
               && review->text.len <= AIF_REVIEWS_MAX_TEXT
               && (review->rating <= 100
                   || review->rating == AIF_REVIEWS_NO_RATING));

    p = review->text.data;
    end = p + review->text.len;

    fuzz_check(*p != ' ' && end[-1] != ' ');
    fuzz_check(aif_utf8_letters(p, end - p) > 0);

    for ( /* void */ ; p < end; p++) {
        fuzz_check(*p >= ' ' && *p != 0x7f && *p != '<' && *p != '>');
        fuzz_check(*p != '&' || (end - p >= 5 && memcmp(p, "&amp;", 5) == 0)
                   || (end - p >= 4 && (memcmp(p, "&lt;", 4) == 0
                                        || memcmp(p, "&gt;", 4) == 0)));
    }
}


static void
fuzz_reviews(const uint8_t *data, size_t size, uint32_t groups,
    aif_arena_t *a)
{
    size_t               i, n, at;
    unsigned             more;
    const char          *error;
    aif_reviews_t       *r;
    aif_selector_t      *list;
    aif_selector_set_t  *set;
    aif_walk_handler_t   h;
    const aif_review_t  *review;

    static const aif_str_t  selector = aif_string("p, .x > b");

    set = aif_selector_set_create(a, AIF_WALK_MAX_DEPTH);
    fuzz_check(aif_selector_parse(&selector, a, &list, &error, &at) == AIF_OK);
    fuzz_check(aif_selector_set_add(set, &list, 1, 0) == AIF_OK);

    r = aif_reviews_create(data, size, groups, a);
    h = aif_reviews_handler(r);

    fuzz_check(aif_walk(data, size, set, &h, 1, a) == AIF_OK);
    fuzz_check(aif_reviews_read(r, &review, &n, &more) == AIF_OK);
    fuzz_check(n <= AIF_REVIEWS_MAX);

    for (i = 0; i < n; i++) {
        fuzz_review(&review[i]);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    aif_arena_t  *a;

    a = aif_arena_create(65536, (size_t) 1 << 30);

    if (aif_utf8_valid(data, size)) {
        fuzz_reviews(data, size, 1, a);
        fuzz_reviews(data, size, 0, a);
    }

    aif_arena_destroy(a);

    return 0;
}
