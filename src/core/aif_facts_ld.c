
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * JSON-LD to items and values.  A script that is no JSON to its end gives what
 * was read until then: nobody asks for more of it.  Keys that nobody wants are
 * passed over, so that reviews and people are not even copied.  Only
 * aif_facts.c calls it.
 */


#include "core/aif_facts_item.h"
#include "core/aif_json_span.h"


typedef struct {
    uint32_t                serial;
    uint32_t                item;
} aif_facts_ld_open_t;


struct aif_facts_ld_s {
    aif_json_span_t         json;
    aif_json_span_level_t   levels[AIF_JSON_SPAN_MAX_DEPTH];
    aif_facts_ld_open_t     open[AIF_JSON_SPAN_MAX_DEPTH];
};


static uint32_t aif_facts_ld_item(aif_facts_t *f, struct aif_facts_ld_s *r,
    aif_str_t *key);
static aif_str_t aif_facts_ld_text(aif_facts_t *f, const aif_json_span_t *js);


void
aif_facts_ld(aif_facts_t *f, size_t start, size_t end)
{
    uint32_t                item;
    aif_str_t               key, text;
    aif_json_span_t        *js;
    struct aif_facts_ld_s  *r;

    if (f->reader == NULL) {
        f->reader = aif_arena_alloc(f->arena, sizeof(struct aif_facts_ld_s));

        if (f->reader == NULL) {
            f->failed = 1;
            return;
        }
    }

    r = f->reader;
    js = &r->json;

    memset(r->open, 0, sizeof(r->open));

    aif_json_span_init(js, f->page + start, end - start, r->levels);
    js->scalars = 1;

    while (aif_json_span_next(js) == AIF_OK && !f->failed) {

        item = aif_facts_ld_item(f, r, &key);

        if (item == AIF_FACTS_NONE) {
            continue;
        }

        if (key.len == 5 && memcmp(key.data, "@type", 5) == 0) {
            f->ld.items[item].types |=
                                 aif_facts_item_types(js->data + js->start,
                                                      js->end - js->start);
            continue;
        }

        if (!f->wanted(&key)) {
            continue;
        }

        text = aif_facts_ld_text(f, js);

        if (text.len) {
            (void) aif_facts_item_value(f, &f->ld, item, &key, &text);
        }
    }
}


/* The object that the value stands in; those around it are known, too. */

static uint32_t
aif_facts_ld_item(aif_facts_t *f, struct aif_facts_ld_s *r, aif_str_t *key)
{
    uint32_t                i, item;
    aif_json_span_level_t  *level;

    item = AIF_FACTS_NONE;
    aif_str_set(key, "");

    for (i = 0; i < r->json.depth; i++) {

        level = &r->levels[i];

        if (level->array) {
            continue;
        }

        if (r->open[i].serial != level->serial) {
            r->open[i].serial = level->serial;
            r->open[i].item = aif_facts_item_add(f, &f->ld, item, key);
        }

        item = r->open[i].item;
        *key = level->key;

        if (item == AIF_FACTS_NONE) {
            break;
        }
    }

    return item;
}


/* Shops also write references and tags into their strings. */

static aif_str_t
aif_facts_ld_text(aif_facts_t *f, const aif_json_span_t *js)
{
    size_t     len;
    aif_str_t  text;

    aif_str_set(&text, "");

    len = js->end - js->start;

    if (len > AIF_FACTS_MAX_READ - f->bytes) {
        return text;
    }

    text.data = aif_arena_alloc(f->arena, len + 1);

    if (text.data == NULL) {
        f->failed = 1;
        return text;
    }

    len = aif_json_span_decode(text.data, js->data + js->start,
                               js->data + js->end);

    if (len == SIZE_MAX) {
        return text;
    }

    /* where "." sets thousands apart, 1.250 is another number than 1.2500 */

    if (js->number && len > 4 && text.data[len - 4] == '.') {
        text.data[len++] = '0';
    }

    return aif_facts_item_text(f, text.data, 0, len, f->max_text);
}
