
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * DeepL, version 2 of its API, as its own libraries ask it: a form with many
 * texts in, an array of as many out.  There are no ids, so an answer with
 * another number of texts is none, and aif_mark.c tells them apart; DeepL does
 * not count tags as characters.  infer/ calls it through the table in
 * aif_engine.h.
 *
 * A canonical text is well-formed XML but for its root, and so is sent as
 * that.  Its tags are inline: none of them may split a sentence.
 */


#include "engine/aif_engine.h"

#include "engine/aif_json.h"
#include "engine/aif_mark.h"


#define AIF_DEEPL_MAX_BATCH  50       /* texts in a call, DeepL's limit */
#define AIF_DEEPL_MAX_BYTES  32768    /* of source text: three times that, as
                                         a form, is below its 128 kB */
#define AIF_DEEPL_MAX_CODE   16


typedef struct {
    aif_arena_t  *arena;
    size_t        n;             /* asked for */
    size_t        seen;
    aif_str_t     text[AIF_DEEPL_MAX_BATCH];
} aif_deepl_answer_t;


/* What a target is called where that isn't its language in capitals. */

typedef struct {
    const char   *language;
    const char   *part;          /* of the locale; NULL: any */
    const char   *code;
} aif_deepl_code_t;


static int aif_deepl_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static void aif_deepl_option(aif_buf_t *b, const char *name,
    const aif_str_t *value);
static void aif_deepl_locale(aif_buf_t *b, const char *name,
    const aif_str_t *locale, int target);

static int aif_deepl_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_deepl_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);


const aif_engine_t  aif_engine_deepl = {
    "deepl",
    AIF_DEEPL_MAX_BATCH,
    AIF_DEEPL_MAX_BYTES,
    0,
    0,
    1,
    aif_deepl_build,
    aif_deepl_parse,
    aif_engine_classify
};


/* The first that fits.  "no" is the one source that has another name. */

static const aif_deepl_code_t  aif_deepl_codes[] = {
    { "en", "us", "EN-US" },
    { "en", "gb", "EN-GB" },
    { "en", "ie", "EN-GB" },
    { "en", "au", "EN-GB" },
    { "en", "nz", "EN-GB" },
    { "en", "in", "EN-GB" },
    { "en", "za", "EN-GB" },
    { "en", NULL, "EN-US" },
    { "es", "419", "ES-419" },
    { "pt", "br", "PT-BR" },
    { "pt", NULL, "PT-PT" },
    { "zh", "hans", "ZH-HANS" },
    { "zh", "hant", "ZH-HANT" },
    { "zh", "tw", "ZH-HANT" },
    { "zh", "hk", "ZH-HANT" },
    { "zh", "mo", "ZH-HANT" },
    { "zh", NULL, "ZH-HANS" },
    { NULL, NULL, NULL }
};


static int
aif_deepl_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int        rc;
    size_t     i, size;
    aif_buf_t  b;
    aif_str_t  texts[AIF_DEEPL_MAX_BATCH];

    if (batch->n == 0 || batch->n > AIF_DEEPL_MAX_BATCH
        || aif_engine_writes(batch))
    {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/v2/translate", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_engine_authorization(conf, "DeepL-Auth-Key", a,
                                  &request->authorization);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_mark_put(batch, a, texts);
    if (rc != AIF_OK) {
        return rc;
    }

    size = 256;

    for (i = 0; i < batch->n; i++) {
        size += texts[i].len * 2 + 16;
    }

    aif_buf_init(&b, a, size);

    aif_deepl_locale(&b, "target_lang=", batch->target_locale, 1);
    aif_deepl_locale(&b, "&source_lang=", batch->source_locale, 0);
    aif_deepl_option(&b, "&formality=", &conf->formality);
    aif_deepl_option(&b, "&glossary_id=", &conf->glossary);
    aif_buf_literal(&b, "&split_sentences=nonewlines&preserve_formatting=1"
                        "&tag_handling=xml&outline_detection=0");

    for (i = 0; i < batch->n; i++) {
        aif_deepl_option(&b, "&text=", &texts[i]);
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type,
                "application/x-www-form-urlencoded;charset=utf-8");

    return AIF_OK;
}


static void
aif_deepl_option(aif_buf_t *b, const char *name, const aif_str_t *value)
{
    if (value->len != 0) {
        aif_buf_append(b, name, strlen(name));
        aif_engine_encode(b, value);
    }
}


static void
aif_deepl_locale(aif_buf_t *b, const char *name, const aif_str_t *locale,
    int target)
{
    char                     language[AIF_DEEPL_MAX_CODE];
    size_t                   i, len;
    const aif_deepl_code_t  *code;

    for (len = 0; len < locale->len && len < sizeof(language) - 1; len++) {
        language[len] = locale->data[len] | 0x20;

        if (language[len] < 'a' || language[len] > 'z') {
            break;
        }
    }

    language[len] = '\0';

    aif_buf_append(b, name, strlen(name));

    for (code = aif_deepl_codes; target && code->language; code++) {

        if (strcmp(code->language, language) == 0
            && (code->part == NULL || aif_engine_subtag(locale, code->part)))
        {
            aif_buf_append(b, code->code, strlen(code->code));
            return;
        }
    }

    if (strcmp(language, "no") == 0) {
        aif_buf_literal(b, "NB");
        return;
    }

    for (i = 0; i < len; i++) {
        aif_buf_byte(b, language[i] & ~0x20);
    }
}


static int
aif_deepl_parse(const aif_engine_conf_t *conf, aif_engine_batch_t *batch,
    const aif_str_t *body, aif_arena_t *a)
{
    int                  rc;
    aif_deepl_answer_t  *answer;

    (void) conf;

    if (batch->n > AIF_DEEPL_MAX_BATCH) {
        return AIF_LIMIT;
    }

    aif_engine_clear(batch);

    answer = aif_arena_calloc(a, sizeof(aif_deepl_answer_t));
    if (answer == NULL) {
        return AIF_NOMEM;
    }

    answer->arena = a;
    answer->n = batch->n;

    rc = aif_json_read(body->data, body->len, a, aif_deepl_read, answer);

    if (rc != AIF_OK) {
        return rc == AIF_MORE ? AIF_BAD : rc;
    }

    if (answer->seen != batch->n) {
        return AIF_BAD;
    }

    return aif_mark_take(batch, answer->text, a);
}


/* Each element of the array counts, with its text or without. */

static int
aif_deepl_read(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_str_t           *text;
    aif_deepl_answer_t  *answer = ctx;

    if (type == AIF_JSON_END) {
        return AIF_OK;
    }

    if (aif_json_at(json, "translations.*")) {
        answer->seen++;
        return AIF_OK;
    }

    if (type != AIF_JSON_STRING || answer->seen == 0
        || answer->seen > answer->n
        || !aif_json_at(json, "translations.*.text"))
    {
        return AIF_OK;
    }

    text = &answer->text[answer->seen - 1];

    text->data = aif_arena_dup(answer->arena, value->data, value->len);
    if (text->data == NULL) {
        return AIF_NOMEM;
    }

    text->len = value->len;

    return AIF_OK;
}
