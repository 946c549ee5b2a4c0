
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_openai.c.  The first byte chooses how the rest is used:
 * as the body of an answer, as the content inside a right one, or as orders to
 * a model that makes mistakes.  The made-up model writes into every text whose
 * it is, so that in the third way the main promise is checked: whatever is
 * left out, given twice, reordered, counted on, cut off or wrapped up, no item
 * gets another's text.
 */


#include "engine.h"


/* One item as the model writes it: an id, or none, and the text of "owner". */

static void
fuzz_item(aif_buf_t *b, size_t id, size_t owner, unsigned form)
{
    if (b->len != 0 && b->data[b->len - 1] == '}') {
        aif_buf_byte(b, ',');
    }

    aif_buf_byte(b, '{');

    if (form & 1) {
        aif_buf_literal(b, " \"note\":null, ");
    }

    if (id != 0) {
        aif_buf_literal(b, "\"id\":");

        if (form & 2) {
            aif_buf_byte(b, '"');
            aif_json_number(b, id);
            aif_buf_byte(b, '"');

        } else {
            aif_json_number(b, id);
        }

        aif_buf_byte(b, ',');
    }

    aif_buf_literal(b, "\"text\":\"owner ");
    aif_json_number(b, owner);
    aif_buf_literal(b, "\"}");
}


/*
 * A byte an item: left out, twice, with or without its id, or under the number
 * that follows the last one, as a model does that counts.  The last byte wraps
 * up or cuts off.
 */

static void
fuzz_model(aif_buf_t *b, const uint8_t *data, size_t size, size_t n)
{
    size_t    i, last, own;
    unsigned  order, form, named;

    last = 0;
    order = size ? data[0] : 0;
    named = order & 1;

    if (order & 2) {
        aif_buf_literal(b, "{\"items\":");
    }

    aif_buf_byte(b, '[');

    for (i = 0; i < n; i++) {
        form = i + 1 < size ? data[i + 1] : 0;
        own = 203 + 7 * i;

        switch (form & 7) {

        case 0:                          /* left out */
            /* without ids, a text that is left out and one given twice make
               the right number: nobody can tell */
            break;

        case 1:
            if (named) {
                fuzz_item(b, own, i, form >> 3);
                fuzz_item(b, own, i, form >> 4);
                last = own;
                break;
            }

            /* fall through */

        default:
            if (!named) {
                own = 0;

            } else if (form & 0x80) {
                own = ++last;            /* it counts */
            }

            fuzz_item(b, own, i, form >> 3);
            last = own ? own : last;
        }
    }

    aif_buf_byte(b, ']');

    if (order & 2) {
        aif_buf_byte(b, '}');
    }

    if ((order & 4) && b->len > order / 8u) {
        b->len -= order / 8u;            /* cut off */
    }
}


static void
fuzz_owners(fuzz_batch_t *b)
{
    size_t      i, n;
    char        want[32];
    aif_str_t  *target;

    for (i = 0; i < b->batch.n; i++) {
        target = &b->items[i].target;

        if (target->data == NULL) {
            continue;
        }

        n = snprintf(want, sizeof(want), "owner %zu", i);
        fuzz_check(target->len == n && memcmp(target->data, want, n) == 0);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int            way;
    size_t         n;
    aif_buf_t      content, body;
    aif_arena_t   *a;
    fuzz_batch_t   b;

    if (size == 0) {
        return 0;
    }

    way = data[0] % 3;
    n = 1 + data[0] / 3 % 8;
    data++;
    size--;

    fuzz_batch(&b, n);

    a = aif_arena_create(4096, FUZZ_ARENA);

    if (way == 0) {
        (void) fuzz_read(&aif_engine_openai, &b, data, size, a);
        aif_arena_destroy(a);
        return 0;
    }

    aif_buf_init(&content, a, 64);

    if (way == 1) {
        aif_buf_append(&content, data, size);

    } else {
        fuzz_model(&content, data, size, n);
    }

    aif_buf_init(&body, a, 64);
    aif_buf_literal(&body, "{\"choices\":[{\"message\":{\"content\":");
    aif_json_string(&body, content.data, content.len);
    aif_buf_literal(&body, "},\"finish_reason\":");
    aif_buf_append(&body, size % 2 ? "\"stop\"" : "\"length\"",
                   size % 2 ? 6 : 8);
    aif_buf_literal(&body, "}]}");

    (void) fuzz_read(&aif_engine_openai, &b, body.data, body.len, a);

    if (way == 2) {
        fuzz_owners(&b);
    }

    aif_arena_destroy(a);

    return 0;
}
