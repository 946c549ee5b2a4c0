
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the fuzz targets of the dialects have in common.
 */


#ifndef _FUZZ_ENGINE_H_INCLUDED_
#define _FUZZ_ENGINE_H_INCLUDED_


#include "core/aif_utf8.h"
#include "engine/aif_engine.h"
#include "engine/aif_json.h"
#include "../unit/canonical.h"

#include <stdlib.h>


#define FUZZ_ARENA  (64 << 20)

#define FUZZ_KEY    "sk-0123456789abcdef"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static const aif_engine_conf_t  fuzz_conf = {
    aif_string("http://127.0.0.1:1"), aif_string("m"), aif_string(FUZZ_KEY),
    1024, 0.0, aif_null_string, aif_null_string
};


typedef struct {
    aif_str_t            en;
    aif_str_t            es;
    aif_engine_item_t    items[8];
    aif_engine_batch_t   batch;
} fuzz_batch_t;


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_batch(fuzz_batch_t *b, size_t n)
{
    size_t  i;

    static aif_str_t  sources[] = {
        aif_string("Our <g1>soft</g1> bag<x2/>"),
        aif_string("a &lt; b &amp; c"),
        aif_string("Blue shirt")
    };

    memset(b, 0, sizeof(fuzz_batch_t));

    aif_str_set(&b->en, "en");
    aif_str_set(&b->es, "es");
    b->batch.source_locale = &b->en;
    b->batch.target_locale = &b->es;
    b->batch.items = b->items;
    b->batch.n = n;

    for (i = 0; i < n; i++) {
        b->items[i].source = sources[i % 3];
    }
}


/*
 * Lines of the input are the elements of an array, each with something around
 * it; "-" is null.  Returns how many there are.
 */

__attribute__((unused)) static size_t
fuzz_elements(aif_buf_t *body, const uint8_t *data, size_t size,
    const char *before, const char *behind)
{
    size_t          n, len;
    const uint8_t  *end;

    for (n = 0; size != 0; n++) {
        end = memchr(data, '\n', size);
        len = end ? (size_t) (end - data) : size;

        if (n != 0) {
            aif_buf_byte(body, ',');
        }

        aif_buf_append(body, before, strlen(before));

        if (len == 1 && *data == '-') {
            aif_buf_literal(body, "null");

        } else {
            aif_json_string(body, data, len);
        }

        aif_buf_append(body, behind, strlen(behind));

        len += end != NULL;
        data += len;
        size -= len;
    }

    return n;
}


/* Targets of a classifier: all of them or none, and each an array of labels. */

static int
fuzz_labels(const aif_engine_t *engine, fuzz_batch_t *b, const aif_str_t *body,
    aif_arena_t *a)
{
    int         rc;
    size_t      i;
    aif_str_t  *target;

    rc = engine->parse(&fuzz_conf, &b->batch, body, a);

    fuzz_check(rc == AIF_OK || rc == AIF_BAD || rc == AIF_LIMIT
               || rc == AIF_NOMEM);

    for (i = 0; i < b->batch.n; i++) {
        target = &b->items[i].target;

        fuzz_check((target->data != NULL) == (rc == AIF_OK));
        fuzz_check(target->data == NULL
                   || (target->data[0] == '['
                       && aif_json_read(target->data, target->len, a, NULL,
                                        NULL) == AIF_OK));
    }

    return rc;
}


/*
 * Reads a body by both functions of a dialect and checks what must hold
 * whatever it is.  Returns parse()'s code.
 */

static int
fuzz_read(const aif_engine_t *engine, fuzz_batch_t *b, const uint8_t *data,
    size_t size, aif_arena_t *a)
{
    int                  rc;
    size_t               i;
    aif_str_t            body, message, *target;
    aif_engine_reply_t   reply;
    aif_engine_error_e   error;

    body.data = (u_char *) data;
    body.len = size;

    error = engine->classify(&fuzz_conf, &b->batch,
                             size % 2 ? 200 : 400 + size % 200, &body, a,
                             &reply);
    message = reply.message;

    fuzz_check(error <= AIF_ENGINE_GARBAGE);
    fuzz_check((error == AIF_ENGINE_UNKNOWN)
               == ((reply.without & ~b->batch.without) != 0));
    fuzz_check(message.len <= AIF_ENGINE_MAX_MESSAGE);
    fuzz_check(aif_utf8_valid(message.data, message.len));

    for (i = 0; i < message.len; i++) {
        fuzz_check(message.data[i] >= ' ' && message.data[i] != 0x7f);
        fuzz_check(message.len - i < sizeof(FUZZ_KEY) - 1
                   || memcmp(message.data + i, FUZZ_KEY,
                             sizeof(FUZZ_KEY) - 1) != 0);
    }

    if (engine->labels) {
        return fuzz_labels(engine, b, &body, a);
    }

    rc = engine->parse(&fuzz_conf, &b->batch, &body, a);

    fuzz_check(rc == AIF_OK || rc == AIF_BAD || rc == AIF_LIMIT
               || rc == AIF_NOMEM);

    for (i = 0; i < b->batch.n; i++) {
        target = &b->items[i].target;

        if (target->data == NULL) {
            fuzz_check(target->len == 0);
            continue;
        }

        fuzz_check(rc == AIF_OK || rc == AIF_NOMEM);
        fuzz_check(aif_utf8_valid(target->data, target->len));
        fuzz_check(canonical_fault(target->data, target->len) == NULL);
    }

    return rc;
}


/*
 * A dialect whose answer is one array, in the order of the texts: the first
 * byte is the number of texts that were asked for, the rest the body of an
 * answer, or, if it is odd, the elements of the array of a right one, which
 * begins with "open" and ends with "]}": then their number decides, and the
 * texts keep their places.
 */

__attribute__((unused)) static int
fuzz_array(const aif_engine_t *engine, const uint8_t *data, size_t size,
    const char *open, const char *before, const char *behind)
{
    int             rc;
    size_t          n, elements;
    aif_buf_t       body;
    aif_arena_t    *a;
    fuzz_batch_t    b;

    if (size == 0) {
        return 0;
    }

    n = 1 + data[0] / 2 % 8;
    fuzz_batch(&b, n);

    a = aif_arena_create(4096, FUZZ_ARENA);

    if (data[0] % 2 == 0) {
        (void) fuzz_read(engine, &b, data + 1, size - 1, a);
        aif_arena_destroy(a);
        return 0;
    }

    aif_buf_init(&body, a, 64);
    aif_buf_append(&body, open, strlen(open));
    elements = fuzz_elements(&body, data + 1, size - 1, before, behind);
    aif_buf_literal(&body, "]}");

    rc = fuzz_read(engine, &b, body.data, body.len, a);

    fuzz_check(rc != AIF_OK || elements == n);
    fuzz_check(rc == AIF_OK || elements != n || (n > 1 && rc == AIF_LIMIT)
               || !aif_utf8_valid(data + 1, size - 1)
               || memchr(data + 1, '\0', size - 1));

    aif_arena_destroy(a);

    return 0;
}


#endif /* _FUZZ_ENGINE_H_INCLUDED_ */
