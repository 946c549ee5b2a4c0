
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Classifiers as text-embeddings-inference serves them (/predict): texts in,
 * labels with scores for each out, in the order of the texts.  Sources are
 * plain text; targets are JSON, [{"label":"gift","score":0.93},...], as
 * aif_label.h reads it.  infer/ calls it through the table in aif_engine.h.
 *
 * A text longer than the model takes is cut off by the service.
 */


#include "engine/aif_engine.h"

#include "engine/aif_json.h"


#define AIF_CLASSIFIER_MAX_BATCH   32       /* the service's default */
#define AIF_CLASSIFIER_MAX_BYTES   65536    /* of source text in a call */
#define AIF_CLASSIFIER_MAX_LABELS  64       /* of one text */


typedef struct {
    aif_arena_t          *arena;
    aif_engine_batch_t   *batch;
    aif_buf_t             out;           /* of the text being read */
    size_t                seen;          /* texts */
    size_t                labels;        /* of this one */
    aif_str_t             label;         /* of the object being read */
    aif_str_t             score;
    unsigned              flat:1;        /* labels of one text, without the
                                            array of texts */
    unsigned              bad:1;
} aif_classifier_answer_t;


static int aif_classifier_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static int aif_classifier_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_classifier_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_classifier_begin(aif_classifier_answer_t *answer,
    unsigned depth, aif_json_type_e type);
static int aif_classifier_member(aif_classifier_answer_t *answer,
    const aif_json_t *json, aif_json_type_e type, const aif_str_t *value);
static int aif_classifier_end(aif_classifier_answer_t *answer, unsigned depth);
static int aif_classifier_label(aif_classifier_answer_t *answer);
static int aif_classifier_text(aif_classifier_answer_t *answer);


const aif_engine_t  aif_engine_classifier = {
    "classifier",
    AIF_CLASSIFIER_MAX_BATCH,
    AIF_CLASSIFIER_MAX_BYTES,
    0,
    1,
    0,
    aif_classifier_build,
    aif_classifier_parse,
    aif_engine_classify
};


static int
aif_classifier_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int        rc;
    size_t     i, size;
    aif_buf_t  b;

    if (batch->n == 0 || batch->n > AIF_CLASSIFIER_MAX_BATCH) {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/predict", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    rc = aif_engine_authorization(conf, "Bearer", a, &request->authorization);
    if (rc != AIF_OK) {
        return rc;
    }

    size = 64;

    for (i = 0; i < batch->n; i++) {
        size += batch->items[i].source.len + 16;
    }

    aif_buf_init(&b, a, size);
    aif_buf_literal(&b, "{\"inputs\":");

    /* two strings in one array would be one text and its pair */

    if (batch->n == 1) {
        aif_json_string(&b, batch->items[0].source.data,
                        batch->items[0].source.len);

    } else {

        for (i = 0; i < batch->n; i++) {
            aif_buf_byte(&b, i == 0 ? '[' : ',');
            aif_buf_byte(&b, '[');
            aif_json_string(&b, batch->items[i].source.data,
                            batch->items[i].source.len);
            aif_buf_byte(&b, ']');
        }

        aif_buf_byte(&b, ']');
    }

    aif_buf_literal(&b, ",\"truncate\":true}");

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type, "application/json");

    return AIF_OK;
}


static int
aif_classifier_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a)
{
    int                       rc;
    size_t                    i;
    aif_classifier_answer_t   answer;

    (void) conf;

    if (batch->n > AIF_CLASSIFIER_MAX_BATCH) {
        return AIF_LIMIT;
    }

    aif_engine_clear(batch);

    memset(&answer, 0, sizeof(aif_classifier_answer_t));
    answer.arena = a;
    answer.batch = batch;

    rc = aif_json_read(body->data, body->len, a, aif_classifier_read, &answer);

    if (rc == AIF_OK && !answer.bad && answer.seen == batch->n) {
        return AIF_OK;
    }

    /* of an answer to other texts nothing is anybody's */

    for (i = 0; i < batch->n; i++) {
        batch->items[i].target.data = NULL;
        batch->items[i].target.len = 0;
    }

    return rc == AIF_LIMIT || rc == AIF_NOMEM ? rc : AIF_BAD;
}


/* An array of texts' arrays of labels, or the array of the one text. */

static int
aif_classifier_read(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    unsigned                  depth;
    aif_classifier_answer_t  *answer = ctx;

    depth = aif_json_depth(json);

    if (answer->bad) {
        return AIF_OK;
    }

    if (type == AIF_JSON_END) {
        return aif_classifier_end(answer, depth);
    }

    if (type == AIF_JSON_ARRAY || type == AIF_JSON_OBJECT) {
        return aif_classifier_begin(answer, depth, type);
    }

    if (depth == 3u - answer->flat) {
        return aif_classifier_member(answer, json, type, value);
    }

    answer->bad = (depth < 3u - answer->flat);

    return AIF_OK;
}


static int
aif_classifier_begin(aif_classifier_answer_t *answer, unsigned depth,
    aif_json_type_e type)
{
    if (depth == 1 && type == AIF_JSON_OBJECT
        && (answer->seen == 0 || answer->flat))
    {
        if (!answer->flat) {
            answer->flat = 1;
            answer->labels = 0;
            aif_buf_init(&answer->out, answer->arena, 256);
        }

    } else if (depth == 1 && type == AIF_JSON_ARRAY && !answer->flat) {
        answer->labels = 0;
        aif_buf_init(&answer->out, answer->arena, 256);

    } else if (depth == 2 && type == AIF_JSON_OBJECT && !answer->flat) {
        /* void */

    } else if (depth == 0 && type == AIF_JSON_ARRAY) {
        return AIF_OK;

    } else {

        /* what else there is in a label's object doesn't matter */

        answer->bad = (depth < 3u - answer->flat);
        return AIF_OK;
    }

    answer->label.data = NULL;
    answer->score.data = NULL;

    return AIF_OK;
}


static int
aif_classifier_member(aif_classifier_answer_t *answer, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    aif_str_t  key, *to;

    static const aif_str_t  label = aif_string("label");
    static const aif_str_t  score = aif_string("score");

    key = aif_json_key(json);

    if (type == AIF_JSON_STRING && aif_str_eq(&key, &label)) {
        to = &answer->label;

    } else if (type == AIF_JSON_NUMBER && aif_str_eq(&key, &score)) {
        to = &answer->score;

    } else {
        return AIF_OK;
    }

    to->len = value->len;
    to->data = aif_arena_dup(answer->arena, value->data, value->len);

    return to->data ? AIF_OK : AIF_NOMEM;
}


static int
aif_classifier_end(aif_classifier_answer_t *answer, unsigned depth)
{
    if (depth == 2u - answer->flat) {
        return aif_classifier_label(answer);
    }

    if (depth == 1u - answer->flat) {
        return aif_classifier_text(answer);
    }

    return AIF_OK;
}


static int
aif_classifier_label(aif_classifier_answer_t *answer)
{
    aif_buf_t  *b;

    if (answer->label.data == NULL || answer->score.data == NULL
        || answer->labels == AIF_CLASSIFIER_MAX_LABELS)
    {
        answer->bad = 1;
        return AIF_OK;
    }

    b = &answer->out;

    aif_buf_byte(b, answer->labels++ == 0 ? '[' : ',');
    aif_buf_literal(b, "{\"label\":");
    aif_json_string(b, answer->label.data, answer->label.len);
    aif_buf_literal(b, ",\"score\":");
    aif_buf_append(b, answer->score.data, answer->score.len);
    aif_buf_byte(b, '}');

    return b->failed ? AIF_NOMEM : AIF_OK;
}


static int
aif_classifier_text(aif_classifier_answer_t *answer)
{
    aif_engine_item_t  *item;

    if (answer->labels == 0 || answer->seen == answer->batch->n) {
        answer->bad = 1;
        return AIF_OK;
    }

    aif_buf_byte(&answer->out, ']');

    if (answer->out.failed) {
        return AIF_NOMEM;
    }

    item = &answer->batch->items[answer->seen++];
    item->target.data = answer->out.data;
    item->target.len = answer->out.len;

    return AIF_OK;
}
