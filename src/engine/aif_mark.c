
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Texts that come back in an array have nothing but their places, and a
 * service, or a gateway before it, that loses one and repeats another, or sorts
 * them, gives every text another's.  So each of several is sent inside a
 * placeholder of its own, <gN>, which services keep as they keep the others;
 * whatever comes back in another one is not taken.  N follows from the text: it
 * needs no memory, and the answer to another batch has other ones.
 *
 * It judges no text.  The dialects that answer with arrays call it.
 */


#include "engine/aif_mark.h"

#include "core/aif_canonical.h"
#include "core/aif_digest.h"
#include "engine/aif_json.h"


#define AIF_MARK_COUNT  (AIF_MARK_LAST - AIF_MARK_FIRST + 1)
#define AIF_MARK_SIZE   (sizeof("<g9999></g9999>") - 1)


typedef enum {
    AIF_MARK_OWN = 0,
    AIF_MARK_NONE,
    AIF_MARK_STRANGE
} aif_mark_e;


static void aif_mark_numbers(const aif_engine_batch_t *batch,
    unsigned *numbers);
static aif_mark_e aif_mark_off(aif_str_t *text, unsigned number);
static size_t aif_mark_at(const u_char *p, const u_char *last,
    unsigned *number, unsigned *closing);


int
aif_mark_put(const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_str_t *texts)
{
    size_t     i;
    unsigned   numbers[AIF_ENGINE_MAX_BATCH];
    aif_buf_t  b;

    if (batch->n == 1) {
        texts[0] = batch->items[0].source;
        return AIF_OK;
    }

    if (batch->without & AIF_ENGINE_NO_MARKS) {
        return AIF_LIMIT;
    }

    aif_mark_numbers(batch, numbers);

    for (i = 0; i < batch->n; i++) {

        aif_buf_init(&b, a, batch->items[i].source.len + AIF_MARK_SIZE);

        aif_buf_literal(&b, "<g");
        aif_json_number(&b, numbers[i]);
        aif_buf_byte(&b, '>');

        aif_buf_append(&b, batch->items[i].source.data,
                       batch->items[i].source.len);

        aif_buf_literal(&b, "</g");
        aif_json_number(&b, numbers[i]);
        aif_buf_byte(&b, '>');

        if (b.failed) {
            return AIF_NOMEM;
        }

        texts[i].data = b.data;
        texts[i].len = b.len;
    }

    return AIF_OK;
}


/* No two are the same. */

static void
aif_mark_numbers(const aif_engine_batch_t *batch, unsigned *numbers)
{
    size_t    i;
    uint64_t  digest;
    uint8_t   taken[AIF_MARK_COUNT];

    memset(taken, 0, sizeof(taken));

    for (i = 0; i < batch->n; i++) {
        digest = aif_digest(batch->items[i].source.data,
                            batch->items[i].source.len) % AIF_MARK_COUNT;

        while (taken[digest]) {
            digest = (digest + 1) % AIF_MARK_COUNT;
        }

        taken[digest] = 1;
        numbers[i] = AIF_MARK_FIRST + digest;
    }
}


int
aif_mark_take(aif_engine_batch_t *batch, const aif_str_t *texts,
    aif_arena_t *a)
{
    int                 rc;
    size_t              i, n[AIF_MARK_STRANGE + 1];
    unsigned            numbers[AIF_ENGINE_MAX_BATCH];
    aif_mark_e          mark;
    aif_engine_item_t  *item;

    memset(n, 0, sizeof(n));
    aif_mark_numbers(batch, numbers);

    for (i = 0; i < batch->n; i++) {
        item = &batch->items[i];

        if (texts[i].data == NULL) {
            continue;
        }

        rc = aif_canonical_clean(&texts[i], &item->source, a, &item->target);

        if (rc == AIF_NOMEM) {
            return rc;
        }

        if (rc == AIF_OK && batch->n == 1) {
            return AIF_OK;
        }

        if (rc == AIF_OK && item->target.len != 0) {
            mark = aif_mark_off(&item->target, numbers[i]);
            n[mark]++;

            if (mark == AIF_MARK_OWN) {
                continue;
            }
        }

        item->target.data = NULL;
        item->target.len = 0;
    }

    if (batch->n != 1 && n[AIF_MARK_NONE] == batch->n) {
        batch->unmarked = 1;
        return AIF_OK;
    }

    if (n[AIF_MARK_OWN] == 0
        && (n[AIF_MARK_STRANGE] != 0 || n[AIF_MARK_NONE] != 0))
    {
        return AIF_LIMIT;
    }

    return AIF_OK;
}


/*
 * Takes the mark off a canonical text.  Services put a full stop behind it, or
 * a blank inside: where its ends are is not looked at.
 */

static aif_mark_e
aif_mark_off(aif_str_t *text, unsigned number)
{
    u_char    *p, *out, *last;
    size_t     len;
    unsigned   n, closing, found, blank;

    found = 0;
    out = text->data;
    last = text->data + text->len;

    for (p = text->data; p < last; /* void */) {

        len = aif_mark_at(p, last, &n, &closing);

        if (len != 0) {
            if (n != number || found != closing) {
                return AIF_MARK_STRANGE;
            }

            found++;
            p += len;
            continue;
        }

        blank = (out == text->data || out[-1] == ' ');

        if (*p != ' ' || !blank) {
            *out++ = *p;
        }

        p++;
    }

    if (found == 0) {
        return AIF_MARK_NONE;
    }

    if (out > text->data && out[-1] == ' ') {
        out--;
    }

    text->len = out - text->data;

    return found == 2 ? AIF_MARK_OWN : AIF_MARK_STRANGE;
}


/* The length of the mark at p, an end of it rather, or 0. */

static size_t
aif_mark_at(const u_char *p, const u_char *last, unsigned *number,
    unsigned *closing)
{
    const u_char  *start;

    start = p;

    if (*p++ != '<') {
        return 0;
    }

    *closing = (p < last && *p == '/');
    p += *closing;

    if (p == last || *p++ != 'g') {
        return 0;
    }

    for (*number = 0; p < last && *p != '>'; p++) {
        *number = *number * 10 + (*p - '0');
    }

    return *number < AIF_MARK_FIRST ? 0 : p + 1 - start;
}
