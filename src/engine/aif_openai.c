
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Chat completions as OpenAI, llama.cpp, vLLM, Ollama and many gateways speak
 * them: a prompt and texts in, what the model wrote out; aif_answer.c reads
 * that.  infer/ calls it through the table in aif_engine.h.
 */


#include "engine/aif_engine.h"

#include "engine/aif_answer.h"
#include "engine/aif_json.h"
#include "engine/aif_stream.h"


#define AIF_OPENAI_MAX_BYTES  32768    /* of source text in a call */

/* are the texts of a batch asked for by ids? */

#define aif_openai_items(batch)                                               \
    ((batch)->prompt == NULL || (batch)->prompt->answer == AIF_PROMPT_ITEMS)

/* may the answer come in pieces? */

#define aif_openai_streams(batch)                                             \
    ((batch)->stream && (batch)->prompt != NULL                               \
     && (batch)->prompt->answer == AIF_PROMPT_TEXT)


/* The envelope of an answer. */

typedef struct {
    aif_arena_t          *arena;
    aif_engine_batch_t   *batch;
    aif_str_t             content;
    unsigned              usage:2;       /* bits: input, output */
    unsigned              cut:1;         /* finish_reason "length" */
} aif_openai_answer_t;


static int aif_openai_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static int aif_openai_facts(const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_str_t *facts);
static void aif_openai_source(aif_buf_t *b, const aif_engine_batch_t *batch,
    const aif_str_t *source, aif_arena_t *a);
static void aif_openai_sampling(aif_buf_t *b, const aif_engine_conf_t *conf,
    unsigned without);
static void aif_openai_format(aif_buf_t *b, const aif_prompt_t *prompt,
    unsigned without);

static int aif_openai_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_openai_whole(aif_openai_answer_t *answer,
    const aif_str_t *body);
static int aif_openai_envelope(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_openai_pieces(aif_openai_answer_t *answer,
    const aif_str_t *body);
static aif_engine_error_e aif_openai_classify(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply);


const aif_engine_t  aif_engine_openai = {
    "openai",
    AIF_ENGINE_MAX_BATCH,
    AIF_OPENAI_MAX_BYTES,
    1,
    0,
    0,
    aif_openai_build,
    aif_openai_parse,
    aif_openai_classify
};


static int
aif_openai_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int                   rc;
    aif_buf_t             b;
    aif_str_t             facts, system, user;
    aif_prompt_values_t   values;

    if (batch->n == 0 || batch->n > AIF_ENGINE_MAX_BATCH
        || (batch->n != 1 && !aif_openai_items(batch)))
    {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/chat/completions", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_engine_authorization(conf, "Bearer", a,
                                  &request->authorization);
    if (rc != AIF_OK) {
        return rc;
    }

    values.source_locale = batch->source_locale;
    values.target_locale = batch->target_locale;
    values.segment = batch->segment;
    values.terms = batch->terms;
    values.nterms = batch->nterms;

    rc = aif_prompt_system(batch->prompt, &values, a, &system);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_openai_facts(batch, a, &facts);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_prompt_user(batch->prompt, &values, &facts, a, &user);
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
    aif_openai_sampling(&b, conf, batch->without);
    aif_openai_format(&b, batch->prompt, batch->without);

    if (aif_openai_streams(batch)) {
        aif_buf_literal(&b, ",\"stream\":true");

        if (!(batch->without & AIF_ENGINE_NO_STREAM_USAGE)) {
            aif_buf_literal(&b, ",\"stream_options\":"
                                "{\"include_usage\":true}");
        }
    }

    aif_buf_byte(&b, '}');

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type, "application/json");

    return AIF_OK;
}


/* What the user's message is about: the texts of the batch, or its one. */

static int
aif_openai_facts(const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_str_t *facts)
{
    size_t     i, size;
    aif_buf_t  b;

    if (!aif_openai_items(batch)) {
        *facts = batch->items[0].source;
        return AIF_OK;
    }

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
        aif_json_number(&b, aif_answer_id(i));
        aif_openai_source(&b, batch, &batch->items[i].source, a);
        aif_buf_byte(&b, '}');
    }

    aif_buf_literal(&b, "]}");

    if (b.failed) {
        return AIF_NOMEM;
    }

    facts->data = b.data;
    facts->len = b.len;

    return AIF_OK;
}


/* What says that it is JSON is believed if it is. */

static void
aif_openai_source(aif_buf_t *b, const aif_engine_batch_t *batch,
    const aif_str_t *source, aif_arena_t *a)
{
    if (aif_engine_writes(batch)) {
        aif_buf_literal(b, ",\"facts\":");

    } else {
        aif_buf_literal(b, ",\"text\":");
    }

    if (batch->prompt != NULL && batch->prompt->json
        && aif_json_read(source->data, source->len, a, NULL, NULL) == AIF_OK)
    {
        aif_buf_append(b, source->data, source->len);
        return;
    }

    aif_json_string(b, source->data, source->len);
}


static void
aif_openai_sampling(aif_buf_t *b, const aif_engine_conf_t *conf,
    unsigned without)
{
    unsigned  hundredths;

    if (conf->temperature >= 0 && conf->temperature <= 100
        && !(without & AIF_ENGINE_NO_TEMPERATURE))
    {
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

        if (without & AIF_ENGINE_NO_MAX_TOKENS) {
            aif_buf_literal(b, ",\"max_completion_tokens\":");

        } else {
            aif_buf_literal(b, ",\"max_tokens\":");
        }

        aif_json_number(b, conf->max_tokens);
    }
}


/* The form of the answer, as far as the service takes it. */

static void
aif_openai_format(aif_buf_t *b, const aif_prompt_t *prompt, unsigned without)
{
    aif_str_t  schema;

    static const aif_str_t  items = aif_string(
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\","
        "\"items\":{\"type\":\"object\",\"properties\":{"
        "\"id\":{\"type\":\"integer\"},\"text\":{\"type\":\"string\"}},"
        "\"required\":[\"id\",\"text\"],\"additionalProperties\":false}}},"
        "\"required\":[\"items\"],\"additionalProperties\":false}");

    schema = items;

    if (prompt != NULL && prompt->answer != AIF_PROMPT_ITEMS) {

        if (prompt->answer == AIF_PROMPT_TEXT) {
            return;
        }

        schema = prompt->schema;
    }

    if (without & AIF_ENGINE_NO_FORMAT) {
        return;
    }

    if (schema.len == 0 || (without & AIF_ENGINE_NO_SCHEMA)) {
        aif_buf_literal(b, ",\"response_format\":{\"type\":\"json_object\"}");
        return;
    }

    aif_buf_literal(b,
        ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{"
        "\"name\":\"answer\",\"strict\":true,\"schema\":");
    aif_buf_append(b, schema.data, schema.len);
    aif_buf_literal(b, "}}");
}


static int
aif_openai_parse(const aif_engine_conf_t *conf, aif_engine_batch_t *batch,
    const aif_str_t *body, aif_arena_t *a)
{
    int                   rc;
    aif_openai_answer_t   answer;

    (void) conf;

    if (batch->n > AIF_ENGINE_MAX_BATCH) {
        return AIF_LIMIT;
    }

    aif_engine_clear(batch);

    memset(&answer, 0, sizeof(aif_openai_answer_t));
    answer.arena = a;
    answer.batch = batch;

    if (aif_openai_streams(batch) && !aif_stream_plain(body)) {
        rc = aif_openai_pieces(&answer, body);

    } else {
        rc = aif_openai_whole(&answer, body);
    }

    if (rc != AIF_OK) {
        return rc;
    }

    batch->usage = (answer.usage == 3);

    if (!batch->usage) {
        batch->input_tokens = 0;
        batch->output_tokens = 0;
    }

    if (answer.content.data == NULL) {
        return answer.cut ? AIF_LIMIT : AIF_BAD;
    }

    return aif_answer_read(batch, &answer.content, answer.cut, a);
}


static int
aif_openai_whole(aif_openai_answer_t *answer, const aif_str_t *body)
{
    int  rc;

    rc = aif_json_read(body->data, body->len, answer->arena,
                       aif_openai_envelope, answer);

    return rc == AIF_MORE ? AIF_BAD : rc;
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


static int
aif_openai_pieces(aif_openai_answer_t *answer, const aif_str_t *body)
{
    int           rc;
    aif_stream_t  stream;

    aif_stream_init(&stream, answer->arena);

    rc = aif_stream_read(&stream, body, 1);

    if (rc != AIF_DONE) {
        return rc;
    }

    answer->content.data = stream.text.len ? stream.text.data : NULL;
    answer->content.len = stream.text.len;
    answer->cut = stream.cut;
    answer->usage = stream.usage;
    answer->batch->input_tokens = stream.input_tokens;
    answer->batch->output_tokens = stream.output_tokens;

    return AIF_OK;
}


/* A stream that began with 200 may still end with an error. */

static aif_engine_error_e
aif_openai_classify(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply)
{
    int           rc;
    aif_stream_t  stream;

    if (status != 200 || !aif_openai_streams(batch) || aif_stream_plain(body)) {
        return aif_engine_classify_chat(conf, batch, status, body, a, reply);
    }

    aif_stream_init(&stream, a);

    rc = aif_stream_read(&stream, body, 1);

    if (stream.error.len != 0) {
        return aif_engine_classify_chat(conf, batch, status, &stream.error, a,
                                        reply);
    }

    aif_str_set(&reply->message, "");
    reply->without = 0;

    return rc == AIF_DONE ? AIF_ENGINE_ANSWER : AIF_ENGINE_GARBAGE;
}
