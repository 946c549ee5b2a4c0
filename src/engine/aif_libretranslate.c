
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * LibreTranslate: an array of texts in, an array of as many out.  There are no
 * ids, so an answer with another number of texts is none, and aif_mark.c tells
 * them apart.  infer/ calls it through the table in aif_engine.h.
 *
 * Its "html" keeps the placeholders but decodes references in what it gives
 * back, so that a "<" of the text comes bare; aif_canonical_clean() knows by
 * the source whether that can be.
 */


#include "engine/aif_engine.h"

#include "engine/aif_json.h"
#include "engine/aif_mark.h"


#define AIF_LIBRETRANSLATE_MAX_BYTES  32768    /* of source text in a call */


typedef struct {
    aif_arena_t  *arena;
    size_t        n;             /* asked for */
    size_t        seen;
    aif_str_t     text[AIF_ENGINE_MAX_BATCH];
} aif_libretranslate_answer_t;


static int aif_libretranslate_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static void aif_libretranslate_locale(aif_buf_t *b, const aif_str_t *locale);

static int aif_libretranslate_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_libretranslate_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);


const aif_engine_t  aif_engine_libretranslate = {
    "libretranslate",
    AIF_ENGINE_MAX_BATCH,
    AIF_LIBRETRANSLATE_MAX_BYTES,
    0,
    0,
    1,
    aif_libretranslate_build,
    aif_libretranslate_parse,
    aif_engine_classify
};


static int
aif_libretranslate_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int        rc;
    size_t     i, size;
    aif_buf_t  b;
    aif_str_t  texts[AIF_ENGINE_MAX_BATCH];

    if (batch->n == 0 || batch->n > AIF_ENGINE_MAX_BATCH
        || aif_engine_writes(batch))
    {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/translate", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_mark_put(batch, a, texts);
    if (rc != AIF_OK) {
        return rc;
    }

    size = conf->key.len + 128;

    for (i = 0; i < batch->n; i++) {
        size += texts[i].len + 16;
    }

    aif_buf_init(&b, a, size);
    aif_buf_literal(&b, "{\"q\":[");

    for (i = 0; i < batch->n; i++) {

        if (i != 0) {
            aif_buf_byte(&b, ',');
        }

        aif_json_string(&b, texts[i].data, texts[i].len);
    }

    aif_buf_literal(&b, "],\"source\":");
    aif_libretranslate_locale(&b, batch->source_locale);
    aif_buf_literal(&b, ",\"target\":");
    aif_libretranslate_locale(&b, batch->target_locale);
    aif_buf_literal(&b, ",\"format\":\"html\"");

    if (conf->key.len != 0) {
        aif_buf_literal(&b, ",\"api_key\":");
        aif_json_string(&b, conf->key.data, conf->key.len);
    }

    aif_buf_byte(&b, '}');

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type, "application/json");
    aif_str_set(&request->authorization, "");

    return AIF_OK;
}


/*
 * Names of the models: the language, but for three.  Newer servers also take
 * zh-Hans, zh-Hant and pt-BR for these; older ones don't.
 */

static void
aif_libretranslate_locale(aif_buf_t *b, const aif_str_t *locale)
{
    size_t     i, len;
    u_char     language[8];
    aif_str_t  name;

    for (len = 0; len < locale->len && len < sizeof(language); len++) {
        language[len] = locale->data[len] | 0x20;

        if (language[len] < 'a' || language[len] > 'z') {
            break;
        }
    }

    name.data = language;
    name.len = len;

    i = 0;

    if (len == 2) {
        i = language[0] << 8 | language[1];
    }

    switch (i) {

    case 'z' << 8 | 'h':
        if (aif_engine_subtag(locale, "hant")
            || (!aif_engine_subtag(locale, "hans")
                && (aif_engine_subtag(locale, "tw")
                    || aif_engine_subtag(locale, "hk")
                    || aif_engine_subtag(locale, "mo"))))
        {
            aif_str_set(&name, "zt");
        }

        break;

    case 'p' << 8 | 't':
        if (aif_engine_subtag(locale, "br")) {
            aif_str_set(&name, "pb");
        }

        break;

    case 'n' << 8 | 'o':
        aif_str_set(&name, "nb");
        break;
    }

    aif_json_string(b, name.data, name.len);
}


static int
aif_libretranslate_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a)
{
    int                           rc;
    aif_libretranslate_answer_t  *answer;

    (void) conf;

    if (batch->n > AIF_ENGINE_MAX_BATCH) {
        return AIF_LIMIT;
    }

    aif_engine_clear(batch);

    answer = aif_arena_calloc(a, sizeof(aif_libretranslate_answer_t));
    if (answer == NULL) {
        return AIF_NOMEM;
    }

    answer->arena = a;
    answer->n = batch->n;

    rc = aif_json_read(body->data, body->len, a, aif_libretranslate_read,
                       answer);

    if (rc != AIF_OK) {
        return rc == AIF_MORE ? AIF_BAD : rc;
    }

    if (answer->seen != batch->n) {
        return AIF_BAD;
    }

    return aif_mark_take(batch, answer->text, a);
}


static int
aif_libretranslate_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    aif_str_t                    *text;
    aif_libretranslate_answer_t  *answer = ctx;

    if (type == AIF_JSON_END) {
        return AIF_OK;
    }

    /* a single text needs no array; in the array every element counts */

    if (!aif_json_at(json, "translatedText.*")
        && !(type == AIF_JSON_STRING && aif_json_at(json, "translatedText")))
    {
        return AIF_OK;
    }

    if (answer->seen < answer->n && type == AIF_JSON_STRING) {
        text = &answer->text[answer->seen];

        text->data = aif_arena_dup(answer->arena, value->data, value->len);
        if (text->data == NULL) {
            return AIF_NOMEM;
        }

        text->len = value->len;
    }

    answer->seen++;

    return AIF_OK;
}
