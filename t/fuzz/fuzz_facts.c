
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_walk.c and aif_facts*.c.  The input is a page.  What
 * must hold: the normal form is well-formed canonical text of known kinds in
 * their order, without a line twice, within its limits; a page that says the
 * same once more gives the same; elements end inside of those that they are
 * in, and behind their beginning.
 */


#define _GNU_SOURCE

#include "page.h"
#include "core/aif_facts.h"
#include "core/aif_utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


typedef struct {
    uint32_t   open[AIF_WALK_MAX_DEPTH + 2];
    uint32_t   pos;
    size_t     len;
} fuzz_walk_t;


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_start(void *data, const aif_html_token_t *token, uint32_t depth,
    uint32_t groups, unsigned alone)
{
    fuzz_walk_t  *w = data;

    (void) groups;

    fuzz_check(depth > 0 && depth <= AIF_WALK_MAX_DEPTH + 1
               && token->start >= w->pos && token->end <= w->len);

    w->pos = token->start;
    w->open[depth] = alone ? UINT32_MAX : token->end;
}


static void
fuzz_end(void *data, uint32_t depth, uint32_t at, uint32_t after)
{
    fuzz_walk_t  *w = data;

    fuzz_check(w->open[depth] != UINT32_MAX && at >= w->open[depth]
               && at <= after && after <= w->len);
    w->open[depth] = UINT32_MAX;
}


static void
fuzz_lines(const aif_str_t *lines)
{
    aif_str_t          last, line;
    const u_char      *p, *q, *end, *value;
    aif_facts_kind_e   kind, before;

    fuzz_check(lines->len <= AIF_FACTS_MAX_LINES);
    fuzz_check(aif_utf8_valid(lines->data, lines->len));

    end = lines->data + lines->len;
    before = AIF_FACTS_NAME;
    aif_str_set(&last, "");

    for (p = lines->data; p < end; p = q + 1) {

        q = memchr(p, '\n', end - p);
        q = q ? q : end;

        kind = aif_facts_kind(p, q, &value);
        fuzz_check(kind < AIF_FACTS_KINDS && kind >= before && value < q);
        fuzz_check(*value != ' ' && q[-1] != ' ');

        line.data = (u_char *) p;
        line.len = q - p;
        fuzz_check(!aif_str_eq(&line, &last));

        before = kind;
        last = line;
    }

    for (p = lines->data; p < end; p++) {

        fuzz_check((*p >= ' ' || *p == '\n') && *p != 0x7f && *p != '<'
                   && *p != '>');
        fuzz_check(*p != '&' || (end - p >= 5 && memcmp(p, "&amp;", 5) == 0)
                   || (end - p >= 4 && (memcmp(p, "&lt;", 4) == 0
                                        || memcmp(p, "&gt;", 4) == 0)));
    }
}


static int
fuzz_facts(const uint8_t *data, size_t size, unsigned group,
    aif_str_t *lines, aif_arena_t *a)
{
    size_t               at;
    const char          *error;
    aif_facts_t         *f;
    aif_selector_t      *list;
    aif_selector_set_t  *set;
    aif_walk_handler_t   h[2];

    static fuzz_walk_t      walk;
    static const aif_str_t  selector = aif_string("p, .x > b");

    set = aif_selector_set_create(a, AIF_WALK_MAX_DEPTH);
    fuzz_check(aif_selector_parse(&selector, a, &list, &error, &at) == AIF_OK);
    fuzz_check(aif_selector_set_add(set, &list, 1, 0) == AIF_OK);

    f = aif_facts_create(data, size, 1, a);
    h[0] = aif_facts_handler(f);

    memset(&h[1], 0, sizeof(h[1]));
    memset(walk.open, 0xff, sizeof(walk.open));
    walk.pos = 0;
    walk.len = size;
    h[1].start = fuzz_start;
    h[1].end = fuzz_end;
    h[1].data = &walk;

    fuzz_check(aif_walk(data, size, set, h, 2, a) == AIF_OK);
    fuzz_check(aif_facts_read(f) == AIF_OK);

    return aif_facts_write(f, AIF_FACTS_ALL, group, lines);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int           rc;
    u_char       *twice;
    aif_str_t     lines, again;
    aif_arena_t  *a;

    static const char  rest[] = "<p class=y>more</p>";

    a = aif_arena_create(65536, (size_t) 1 << 30);

    rc = fuzz_facts(data, size, 0, &lines, a);
    fuzz_lines(&lines);

    rc = fuzz_facts(data, size, AIF_FACTS_MAX_GROUPS, &lines, a);
    fuzz_lines(&lines);

    /* what is no fact changes none, if the page did not end inside a tag */

    if (size && data[size - 1] == '>' && memchr(data, '!', size) == NULL) {

        twice = malloc(size + sizeof(rest));
        memcpy(twice, data, size);
        memcpy(twice + size, rest, sizeof(rest));

        if (memmem(data, size, "item", 4) == NULL) {
            fuzz_check(fuzz_facts(twice, size + sizeof(rest),
                                  AIF_FACTS_MAX_GROUPS, &again, a) == rc);
            fuzz_check(aif_str_eq(&lines, &again));
        }

        free(twice);
    }

    aif_arena_destroy(a);

    return 0;
}
