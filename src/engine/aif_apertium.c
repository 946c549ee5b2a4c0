
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Apertium APy: one text per call, form-encoded, since it reads no JSON and
 * of several texts only the last.  infer/ calls it through the table in
 * aif_engine.h.
 *
 * Texts go as HTML in their canonical form: Apertium moves <g1> and <x1/>
 * with their words as it does <b> and <img>, and unlike <br> an unknown
 * element doesn't end a sentence.  Of 40 sentences with placeholders 39 came
 * back whole, whether as <g1>, <b id="g1"> or <span id="g1"> (Debian 12,
 * eng-spa).
 */


#include "engine/aif_engine.h"

#include "core/aif_canonical.h"
#include "core/aif_utf8.h"
#include "engine/aif_json.h"


/*
 * APy cuts a text into at most ten pieces, of 1000 characters when it is busy,
 * and drops the rest without a word.
 */

#define AIF_APERTIUM_MAX_CHARS  8000

#define AIF_APERTIUM_MAX_BYTES  32768


typedef struct {
    aif_arena_t  *arena;
    aif_str_t     text;
    unsigned      failed:1;      /* responseStatus is not 200 */
} aif_apertium_answer_t;


/* Locales that Apertium has under names of its own, most particular first. */

typedef struct {
    const char   *locale;
    const char   *source;
    const char   *target;
} aif_apertium_name_t;


static int aif_apertium_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static size_t aif_apertium_chars(const aif_str_t *text);
static void aif_apertium_locale(aif_buf_t *b, const aif_str_t *locale,
    int target);
static int aif_apertium_locale_is(const aif_str_t *locale, const char *name);
static void aif_apertium_encode(aif_buf_t *b, const aif_str_t *text);

static int aif_apertium_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_apertium_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);


static const aif_apertium_name_t  aif_apertium_names[] = {
    { "bs", "hbs", "hbs_BS" },
    { "ca-valencia", "ca", "ca_valencia" },
    { "hr", "hbs", "hbs_HR" },
    { "no", "nob", "nob" },
    { "oc-aranes", "oc", "oc_aran" },
    { "pt-br", "pt", "pt_BR" },
    { "sr", "hbs", "hbs_SR" },
    { NULL, NULL, NULL }
};


const aif_engine_t  aif_engine_apertium = {
    "apertium",
    1,
    AIF_APERTIUM_MAX_BYTES,
    aif_apertium_build,
    aif_apertium_parse,
    aif_engine_classify
};


static int
aif_apertium_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int               rc;
    aif_buf_t         b;
    const aif_str_t  *text;

    if (batch->n != 1) {
        return AIF_LIMIT;
    }

    text = &batch->items[0].source;

    if (aif_apertium_chars(text) >= AIF_APERTIUM_MAX_CHARS) {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/translate", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    /* APy knows no keys, but it may stand behind something that does */

    rc = aif_engine_authorization(conf, a, &request->authorization);
    if (rc != AIF_OK) {
        return rc;
    }

    aif_buf_init(&b, a, text->len * 3 + 128);

    aif_buf_literal(&b, "langpair=");
    aif_apertium_locale(&b, batch->source_locale, 0);
    aif_buf_literal(&b, "%7C");
    aif_apertium_locale(&b, batch->target_locale, 1);
    aif_buf_literal(&b, "&markUnknown=no&format=html&q=");
    aif_apertium_encode(&b, text);

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type, "application/x-www-form-urlencoded");

    return AIF_OK;
}


static size_t
aif_apertium_chars(const aif_str_t *text)
{
    size_t         n;
    const u_char  *p, *last;

    p = text->data;
    last = p + text->len;

    for (n = 0; p < last; n++) {
        (void) aif_utf8_decode(&p, last);
    }

    return n;
}


/* APy itself knows that "es" is "spa". */

static void
aif_apertium_locale(aif_buf_t *b, const aif_str_t *locale, int target)
{
    size_t                      i;
    u_char                      ch;
    const char                 *p;
    const aif_apertium_name_t  *name;

    for (name = aif_apertium_names; name->locale; name++) {
        if (aif_apertium_locale_is(locale, name->locale)) {
            p = target ? name->target : name->source;
            aif_buf_append(b, p, strlen(p));
            return;
        }
    }

    for (i = 0; i < locale->len; i++) {
        ch = locale->data[i] | 0x20;

        if (ch < 'a' || ch > 'z') {
            break;
        }

        aif_buf_byte(b, ch);
    }
}


/* Is it this locale, or one of its parts: sr-Latn is one of sr? */

static int
aif_apertium_locale_is(const aif_str_t *locale, const char *name)
{
    size_t  i;
    u_char  ch;

    for (i = 0; name[i] != '\0'; i++) {

        if (i == locale->len) {
            return 0;
        }

        ch = locale->data[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != (u_char) name[i]) {
            return 0;
        }
    }

    return i == locale->len || locale->data[i] == '-';
}


static void
aif_apertium_encode(aif_buf_t *b, const aif_str_t *text)
{
    size_t  i;
    u_char  ch, code[3];

    static const u_char  hex[] = "0123456789ABCDEF";

    for (i = 0; i < text->len; i++) {
        ch = text->data[i];

        if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z')
            || (ch >= 'A' && ch <= 'Z') || ch == '-' || ch == '.'
            || ch == '_' || ch == '~')
        {
            aif_buf_byte(b, ch);

        } else if (ch == ' ') {
            aif_buf_byte(b, '+');

        } else {
            code[0] = '%';
            code[1] = hex[ch >> 4];
            code[2] = hex[ch & 15];
            aif_buf_append(b, code, 3);
        }
    }
}


static int
aif_apertium_parse(const aif_engine_conf_t *conf, aif_engine_batch_t *batch,
    const aif_str_t *body, aif_arena_t *a)
{
    int                     rc;
    aif_engine_item_t      *item;
    aif_apertium_answer_t   answer;

    (void) conf;

    if (batch->n != 1) {
        return AIF_LIMIT;
    }

    item = &batch->items[0];

    item->target.data = NULL;
    item->target.len = 0;
    batch->input_tokens = 0;
    batch->output_tokens = 0;
    batch->usage = 0;

    memset(&answer, 0, sizeof(aif_apertium_answer_t));
    answer.arena = a;

    rc = aif_json_read(body->data, body->len, a, aif_apertium_read, &answer);

    if (rc != AIF_OK) {
        return rc == AIF_MORE ? AIF_BAD : rc;
    }

    if (answer.text.data == NULL || answer.failed) {
        return AIF_BAD;
    }

    rc = aif_canonical_clean(&answer.text, &item->source, a, &item->target);

    if (rc == AIF_BAD) {
        item->target.data = NULL;
        item->target.len = 0;
        return AIF_OK;
    }

    return rc;
}


static int
aif_apertium_read(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    uint64_t                status;
    aif_apertium_answer_t  *answer = ctx;

    if (type == AIF_JSON_STRING
        && aif_json_at(json, "responseData.translatedText"))
    {
        answer->text.data = aif_arena_dup(answer->arena, value->data,
                                          value->len);
        if (answer->text.data == NULL) {
            return AIF_NOMEM;
        }

        answer->text.len = value->len;

    } else if (type == AIF_JSON_NUMBER && aif_json_at(json, "responseStatus")
               && (!aif_json_uint(value, &status) || status != 200))
    {
        answer->failed = 1;
    }

    return AIF_OK;
}
