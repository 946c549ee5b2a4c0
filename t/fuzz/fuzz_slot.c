
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_slot.c.  The first byte says how, the first "|" divides
 * page and text.  What must hold: edits lie in the
 * page and don't overlap once sorted and sifted; the new page has the page's
 * own tags in their order, and beside them only those that are made here,
 * whatever the text says.
 */


#include "page.h"
#include "core/aif_escape.h"
#include "core/aif_slot.h"


#define FUZZ_PLACE      0x07
#define FUZZ_LABEL      0x08
#define FUZZ_ATTRIBUTE  0x10
#define FUZZ_ASCII      0x20


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static int
fuzz_compare(const void *a, const void *b)
{
    const aif_edit_t *one = a;
    const aif_edit_t *two = b;

    if (one->start != two->start) {
        return one->start < two->start ? -1 : 1;
    }

    return one->end < two->end ? -1 : one->end > two->end;
}


/* start tags that are none of ours, outside of what was replaced */

static size_t
fuzz_tags(const u_char *page, size_t len)
{
    size_t             n;
    aif_html_token_t   token;

    static aif_html_t  html;

    n = 0;
    aif_html_init(&html, 0);

    while (aif_html_next(&html, page, len, 1, &token) == AIF_OK) {

        if (token.type == AIF_HTML_START && token.tag != AIF_TAG_p
            && token.tag != AIF_TAG_ul && token.tag != AIF_TAG_li
            && token.tag != AIF_TAG_span && token.tag != AIF_TAG_br
            && token.tag != AIF_TAG_strong)
        {
            n++;
        }
    }

    return n;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  rc;
    u_char              *page, *out, *p;
    size_t               i, k, n, at, len, rejected, more;
    unsigned             how;
    aif_str_t            text, name, plain;
    const char          *error;
    aif_edit_t          *edits, mark;
    aif_arena_t         *a;
    aif_slots_t         *slots;
    const aif_slot_t    *list;
    const uint8_t       *bar;
    aif_selector_t      *selector;
    aif_slot_conf_t      conf;
    aif_rewrite_plan_t   plan;
    aif_selector_set_t  *set;
    aif_walk_handler_t   h;

    if (size < 3 || (bar = memchr(data, '|', size)) == NULL || bar == data) {
        return 0;
    }

    how = data[0];
    len = bar - data - 1;

    page = malloc(len ? len : 1);
    memcpy(page, data + 1, len);

    a = aif_arena_create(65536, (size_t) 1 << 28);

    /* canonical, as a store has it */

    text.data = aif_arena_alloc(a, 5 * size + 1);
    p = aif_escape(text.data, bar + 1, data + size - bar - 1);
    text.len = p - text.data;

    if (aif_slot_plain(&text, a, &plain) == AIF_OK) {
        fuzz_check(plain.len <= text.len
                   && memchr(plain.data, '\n', plain.len) == NULL);
    }

    memset(&conf, 0, sizeof(conf));
    conf.place = (how & FUZZ_PLACE) % 5;
    conf.place = conf.place > AIF_SLOT_AFTER ? AIF_SLOT_REPLACE : conf.place;
    conf.shorter = how >> 6;
    aif_str_set(&conf.name, "n");

    if (how & FUZZ_ATTRIBUTE) {
        aif_str_set(&conf.attribute, "alt");
        conf.place = AIF_SLOT_REPLACE;
    }

    aif_str_set(&name, "div, h1, img, ul, p, title, .x b");
    set = aif_selector_set_create(a, AIF_WALK_MAX_DEPTH);
    fuzz_check(aif_selector_parse(&name, a, &selector, &error, &at) == AIF_OK
               && aif_selector_set_add(set, &selector, 1, 0) == AIF_OK);

    slots = aif_slot_create(page, len, &conf, 1, a);
    h = aif_slot_handler(slots);
    fuzz_check(aif_walk(page, len, set, &h, 1, a) == AIF_OK);

    list = aif_slot_list(slots, &n);
    edits = aif_arena_alloc(a, (2 * n + 1) * sizeof(aif_edit_t));
    k = 0;

    for (i = 0; i < n; i++) {

        rc = aif_slot_edit(&conf, &list[i], &text, how & FUZZ_LABEL,
                           how & FUZZ_ASCII, a, &edits[k], &mark);
        fuzz_check(rc == AIF_OK || rc == AIF_BAD);

        if (rc == AIF_OK) {
            fuzz_check(edits[k].start <= edits[k].end && edits[k].end <= len);
            k++;

            if (mark.text.len) {
                edits[k++] = mark;
            }
        }
    }

    qsort(edits, k, sizeof(aif_edit_t), fuzz_compare);

    for (i = 0, n = 0; i < k; i++) {
        if (n == 0 || edits[i].start >= edits[n - 1].end) {
            edits[n++] = edits[i];
        }
    }

    memset(&plan, 0, sizeof(plan));
    plan.page = page;
    plan.len = len;
    plan.edits = edits;
    plan.nedits = n;

    out = malloc(aif_rewrite_size(&plan) + 1);
    more = aif_rewrite(out, &plan, &rejected);
    fuzz_check(more <= aif_rewrite_size(&plan));

    fuzz_check(fuzz_tags(out, more) <= fuzz_tags(page, len));

    free(out);
    free(page);
    aif_arena_destroy(a);

    return 0;
}
