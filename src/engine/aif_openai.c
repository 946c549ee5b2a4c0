
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Chat completions as OpenAI, llama.cpp, vLLM, Ollama and many gateways speak
 * them: texts with ids in, texts with ids out.  It never guesses whose a text
 * is.  infer/ calls it through the table in aif_engine.h.
 *
 * Models count.  Asked for ids 1, 2, 3 one that joined two texts gives 1, 2
 * with the third text under 2.  So ids begin far from 1 and lie apart: one
 * that counts on its own soon gives an id that nobody asked for, and then
 * nothing of the answer is taken.
 */


#include "engine/aif_engine.h"

#include "core/aif_canonical.h"
#include "core/aif_prompt.h"
#include "engine/aif_json.h"


#define AIF_OPENAI_FIRST_ID   203
#define AIF_OPENAI_ID_STEP    7

#define AIF_OPENAI_MAX_BYTES  32768    /* of source text in a call */
#define AIF_OPENAI_MAX_TRIES  16       /* places where JSON may begin */

#define aif_openai_id(i)  (AIF_OPENAI_FIRST_ID + AIF_OPENAI_ID_STEP * (i))


/* The envelope of an answer. */

typedef struct {
    aif_arena_t          *arena;
    aif_engine_batch_t   *batch;
    aif_str_t             content;
    unsigned              usage:2;       /* bits: input, output */
    unsigned              cut:1;         /* finish_reason "length" */
} aif_openai_answer_t;


/* The texts inside its content. */

typedef struct {
    aif_arena_t          *arena;
    size_t                n;                       /* asked for */
    aif_str_t             text[AIF_ENGINE_MAX_BATCH];
    uint8_t               seen[AIF_ENGINE_MAX_BATCH];
    aif_str_t             order[AIF_ENGINE_MAX_BATCH];
    size_t                unnamed;                 /* without an id */
    size_t                named;
    size_t                strange;                 /* with an id not ours */

    /* the object being read */

    unsigned              depth;                   /* of its values; 0: none */
    unsigned              has_id:1;
    unsigned              gap:1;                   /* an element without text */
    uint64_t              id;                      /* 0: not ours */
    aif_str_t             value;
} aif_openai_texts_t;


static int aif_openai_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static int aif_openai_user(const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_str_t *user);
static void aif_openai_sampling(aif_buf_t *b, const aif_engine_conf_t *conf);
static void aif_openai_format(aif_buf_t *b);

static int aif_openai_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_openai_envelope(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static void aif_openai_think(aif_str_t *content);
static int aif_openai_content(aif_openai_texts_t *texts,
    const aif_str_t *content);
static int aif_openai_item(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_openai_member(aif_openai_texts_t *texts, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_openai_keep(aif_openai_texts_t *texts, aif_str_t *to,
    const aif_str_t *value);
static void aif_openai_end(aif_openai_texts_t *texts, int element);
static void aif_openai_named(aif_openai_texts_t *texts, uint64_t id,
    const aif_str_t *value);
static int aif_openai_take(aif_openai_texts_t *texts,
    aif_engine_batch_t *batch, int by_order, aif_arena_t *a);
static const u_char *aif_openai_find(const u_char *p, const u_char *last,
    const char *what);


const aif_engine_t  aif_engine_openai = {
    "openai",
    AIF_ENGINE_MAX_BATCH,
    AIF_OPENAI_MAX_BYTES,
    aif_openai_build,
    aif_openai_parse,
    aif_engine_classify
};


static int
aif_openai_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int        rc;
    aif_buf_t  b;
    aif_str_t  system, user;

    if (batch->n == 0 || batch->n > AIF_ENGINE_MAX_BATCH) {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/chat/completions", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_engine_authorization(conf, a, &request->authorization);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_prompt_translate(batch->source_locale, batch->target_locale, a,
                              &system);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_openai_user(batch, a, &user);
    if (rc != AIF_OK) {
        return rc;
    }

    aif_buf_init(&b, a, system.len + user.len + user.len / 4 + 1024);

    aif_buf_literal(&b, "{\"model\":");
    aif_json_string(&b, conf->model.data, conf->model.len);
    aif_buf_literal(&b, ",\"messages\":[{\"role\":\"system\",\"content\":");
    aif_json_string(&b, system.data, system.len);
    aif_buf_literal(&b, "},{\"role\":\"user\",\"content\":");
    aif_json_string(&b, user.data, user.len);
    aif_buf_literal(&b, "}]");
    aif_openai_sampling(&b, conf);
    aif_openai_format(&b);
    aif_buf_byte(&b, '}');

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type, "application/json");

    return AIF_OK;
}


static int
aif_openai_user(const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_str_t *user)
{
    size_t     i, size;
    aif_buf_t  b;

    size = 0;

    for (i = 0; i < batch->n; i++) {
        size += batch->items[i].source.len + 32;
    }

    aif_buf_init(&b, a, size + 16);
    aif_buf_literal(&b, "{\"items\":[");

    for (i = 0; i < batch->n; i++) {

        if (i != 0) {
            aif_buf_byte(&b, ',');
        }

        aif_buf_literal(&b, "{\"id\":");
        aif_json_number(&b, aif_openai_id(i));
        aif_buf_literal(&b, ",\"text\":");
        aif_json_string(&b, batch->items[i].source.data,
                        batch->items[i].source.len);
        aif_buf_byte(&b, '}');
    }

    aif_buf_literal(&b, "]}");

    if (b.failed) {
        return AIF_NOMEM;
    }

    user->data = b.data;
    user->len = b.len;

    return AIF_OK;
}


static void
aif_openai_sampling(aif_buf_t *b, const aif_engine_conf_t *conf)
{
    unsigned  hundredths;

    if (conf->temperature >= 0 && conf->temperature <= 100) {
        hundredths = (unsigned) (conf->temperature * 100 + 0.5);

        aif_buf_literal(b, ",\"temperature\":");
        aif_json_number(b, hundredths / 100);

        /* not printf: its decimal point is the locale's */

        if (hundredths % 100 != 0) {
            aif_buf_byte(b, '.');
            aif_buf_byte(b, '0' + hundredths % 100 / 10);
            aif_buf_byte(b, '0' + hundredths % 10);
        }
    }

    if (conf->max_tokens != 0) {
        aif_buf_literal(b, ",\"max_tokens\":");
        aif_json_number(b, conf->max_tokens);
    }
}


/* The form of the answer; a service that refuses it is to be asked without. */

static void
aif_openai_format(aif_buf_t *b)
{
    aif_buf_literal(b,
        ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{"
        "\"name\":\"translations\",\"strict\":true,\"schema\":{"
        "\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\",\"properties\":{"
        "\"id\":{\"type\":\"integer\"},\"text\":{\"type\":\"string\"}},"
        "\"required\":[\"id\",\"text\"],\"additionalProperties\":false}}},"
        "\"required\":[\"items\"],\"additionalProperties\":false}}}");
}


static int
aif_openai_parse(const aif_engine_conf_t *conf, aif_engine_batch_t *batch,
    const aif_str_t *body, aif_arena_t *a)
{
    int                   rc;
    size_t                i;
    aif_openai_texts_t   *texts;
    aif_openai_answer_t   answer;

    (void) conf;

    if (batch->n > AIF_ENGINE_MAX_BATCH) {
        return AIF_LIMIT;
    }

    for (i = 0; i < batch->n; i++) {
        batch->items[i].target.data = NULL;
        batch->items[i].target.len = 0;
    }

    batch->input_tokens = 0;
    batch->output_tokens = 0;
    batch->usage = 0;

    memset(&answer, 0, sizeof(aif_openai_answer_t));
    answer.arena = a;
    answer.batch = batch;

    rc = aif_json_read(body->data, body->len, a, aif_openai_envelope, &answer);

    if (rc != AIF_OK) {
        return rc == AIF_MORE ? AIF_BAD : rc;
    }

    batch->usage = (answer.usage == 3);

    if (!batch->usage) {
        batch->input_tokens = 0;
        batch->output_tokens = 0;
    }

    if (answer.content.data == NULL) {
        return answer.cut ? AIF_LIMIT : AIF_BAD;
    }

    texts = aif_arena_calloc(a, sizeof(aif_openai_texts_t));
    if (texts == NULL) {
        return AIF_NOMEM;
    }

    texts->arena = a;
    texts->n = batch->n;

    aif_openai_think(&answer.content);

    rc = aif_openai_content(texts, &answer.content);

    if (rc == AIF_NOMEM || rc == AIF_LIMIT) {
        return rc;
    }

    if (texts->strange != 0) {
        return AIF_BAD;
    }

    if (texts->named != 0) {
        return aif_openai_take(texts, batch, 0, a);
    }

    if (rc == AIF_OK && !answer.cut && !texts->gap
        && texts->unnamed == texts->n)
    {
        return aif_openai_take(texts, batch, 1, a);
    }

    return answer.cut ? AIF_LIMIT : AIF_BAD;
}


static int
aif_openai_envelope(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_openai_answer_t  *answer = ctx;

    if (type == AIF_JSON_STRING) {

        if (aif_json_at(json, "choices.0.message.content")) {
            answer->content.data = aif_arena_dup(answer->arena, value->data,
                                                 value->len);
            if (answer->content.data == NULL) {
                return AIF_NOMEM;
            }

            answer->content.len = value->len;

        } else if (aif_json_at(json, "choices.0.finish_reason")) {
            answer->cut = (value->len == 6
                           && memcmp(value->data, "length", 6) == 0);
        }

        return AIF_OK;
    }

    if (type == AIF_JSON_NUMBER) {

        if (aif_json_at(json, "usage.prompt_tokens")
            && aif_json_uint(value, &answer->batch->input_tokens))
        {
            answer->usage |= 1;

        } else if (aif_json_at(json, "usage.completion_tokens")
                   && aif_json_uint(value, &answer->batch->output_tokens))
        {
            answer->usage |= 2;
        }
    }

    return AIF_OK;
}


/* What a reasoning model thought aloud is not its answer. */

static void
aif_openai_think(aif_str_t *content)
{
    const u_char  *p, *last;

    last = content->data + content->len;

    /* the opening one may have been part of the prompt */

    while ((p = aif_openai_find(content->data, last, "</think>")) != NULL) {
        content->data = (u_char *) p + sizeof("</think>") - 1;
    }

    if ((p = aif_openai_find(content->data, last, "<think>")) != NULL) {
        last = p;
    }

    content->len = last - content->data;
}


/*
 * The JSON in the content, wherever it begins: behind a code fence or a
 * sentence.  Brackets of a sentence are no JSON, or JSON without texts.
 */

static int
aif_openai_content(aif_openai_texts_t *texts, const aif_str_t *content)
{
    int            rc, tries;
    size_t         len;
    const u_char  *p, *last;

    p = content->data;
    last = p + content->len;
    rc = AIF_BAD;

    for (tries = 0; tries < AIF_OPENAI_MAX_TRIES; tries++) {

        while (p < last && *p != '[' && *p != '{') {
            p++;
        }

        if (p == last) {
            break;
        }

        texts->depth = 0;
        len = aif_json_extent(p, last - p);

        rc = aif_json_read(p, len, texts->arena, aif_openai_item, texts);

        if (rc == AIF_NOMEM || rc == AIF_LIMIT
            || texts->named + texts->unnamed + texts->strange != 0)
        {
            return rc;
        }

        /* JSON without texts is passed as a whole, a bracket alone */

        p += rc == AIF_OK ? len : 1;
    }

    return rc == AIF_OK ? AIF_BAD : rc;
}


/*
 * Items are the elements of the array that is the document or its "items", or,
 * if one text was asked for, the object that is the document; or the members
 * of an object with ids for keys.  What is deeper inside is none; an array or
 * object in an item ends it.
 */

static int
aif_openai_item(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    unsigned             depth, element;
    aif_openai_texts_t  *texts = ctx;

    depth = aif_json_depth(json);

    if (type == AIF_JSON_END) {
        if (texts->depth == depth + 1) {
            aif_openai_end(texts, depth != 0);
        }

        texts->depth = 0;
        return AIF_OK;
    }

    element = aif_json_index(json) != AIF_JSON_NO_INDEX
              && (depth == 1 || aif_json_at(json, "items.*"));

    if (type == AIF_JSON_OBJECT || type == AIF_JSON_ARRAY) {

        if (texts->depth > 1) {
            texts->gap = 1;
        }

        texts->depth = 0;

        if (type == AIF_JSON_OBJECT
            && (element || depth == 0 || aif_json_at(json, "items")))
        {
            texts->depth = depth + 1;
            texts->has_id = 0;
            texts->id = 0;
            texts->value.data = NULL;

        } else if (element) {
            texts->gap = 1;
        }

        return AIF_OK;
    }

    if (texts->depth != 0 && texts->depth == depth) {
        return aif_openai_member(texts, json, type, value);
    }

    if (!element) {
        return AIF_OK;
    }

    /* an array of plain strings */

    if (type != AIF_JSON_STRING) {
        texts->gap = 1;
        return AIF_OK;
    }

    if (texts->unnamed < texts->n
        && aif_openai_keep(texts, &texts->order[texts->unnamed], value)
           != AIF_OK)
    {
        return AIF_NOMEM;
    }

    texts->unnamed++;

    return AIF_OK;
}


static int
aif_openai_member(aif_openai_texts_t *texts, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    uint64_t   id;
    aif_str_t  key, text;

    static aif_str_t  id_key = aif_string("id");
    static aif_str_t  text_key = aif_string("text");

    key = aif_json_key(json);

    if (aif_str_eq(&key, &id_key)) {
        texts->has_id = 1;

        if ((type != AIF_JSON_NUMBER && type != AIF_JSON_STRING)
            || !aif_json_uint(value, &texts->id))
        {
            texts->id = 0;
        }

        return AIF_OK;
    }

    if (type != AIF_JSON_STRING) {
        return AIF_OK;
    }

    if (aif_str_eq(&key, &text_key)) {
        return aif_openai_keep(texts, &texts->value, value);
    }

    /* {"203":"...", "210":"..."} */

    if (aif_json_uint(&key, &id)) {
        if (aif_openai_keep(texts, &text, value) != AIF_OK) {
            return AIF_NOMEM;
        }

        aif_openai_named(texts, id, &text);
    }

    return AIF_OK;
}


static int
aif_openai_keep(aif_openai_texts_t *texts, aif_str_t *to,
    const aif_str_t *value)
{
    to->len = value->len;
    to->data = aif_arena_dup(texts->arena, value->data, value->len);

    return to->data ? AIF_OK : AIF_NOMEM;
}


/* An object is complete: if it is one of ours, what it says counts. */

static void
aif_openai_end(aif_openai_texts_t *texts, int element)
{
    /* the remains of an array that was broken before are no answer */

    if (!element && texts->n != 1) {
        return;
    }

    if (texts->has_id) {
        aif_openai_named(texts, texts->id, &texts->value);
        return;
    }

    if (texts->value.data == NULL) {
        texts->gap |= element;
        return;
    }

    if (texts->unnamed < texts->n) {
        texts->order[texts->unnamed] = texts->value;
    }

    texts->unnamed++;
}


static void
aif_openai_named(aif_openai_texts_t *texts, uint64_t id,
    const aif_str_t *value)
{
    uint64_t  i;

    if (id < AIF_OPENAI_FIRST_ID
        || (id - AIF_OPENAI_FIRST_ID) % AIF_OPENAI_ID_STEP != 0
        || (id - AIF_OPENAI_FIRST_ID) / AIF_OPENAI_ID_STEP >= texts->n)
    {
        texts->strange++;
        return;
    }

    i = (id - AIF_OPENAI_FIRST_ID) / AIF_OPENAI_ID_STEP;

    texts->named++;
    texts->text[i] = *value;

    if (texts->seen[i] < 2) {
        texts->seen[i]++;
    }
}


static int
aif_openai_take(aif_openai_texts_t *texts, aif_engine_batch_t *batch,
    int by_order, aif_arena_t *a)
{
    int                 rc;
    size_t              i;
    aif_str_t          *text;
    aif_engine_item_t  *item;

    for (i = 0; i < batch->n; i++) {
        item = &batch->items[i];

        text = by_order ? &texts->order[i] : &texts->text[i];

        /* given twice is as good as not at all: which one is right? */

        if (text->data == NULL || (!by_order && texts->seen[i] != 1)) {
            continue;
        }

        rc = aif_canonical_clean(text, &item->source, a, &item->target);

        if (rc == AIF_NOMEM) {
            return rc;
        }

        if (rc != AIF_OK) {
            item->target.data = NULL;
            item->target.len = 0;
        }
    }

    return AIF_OK;
}


static const u_char *
aif_openai_find(const u_char *p, const u_char *last, const char *what)
{
    size_t  len;

    len = strlen(what);

    for ( ; (size_t) (last - p) >= len; p++) {
        p = memchr(p, *what, last - p - len + 1);

        if (p == NULL) {
            return NULL;
        }

        if (memcmp(p, what, len) == 0) {
            return p;
        }
    }

    return NULL;
}
