
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a chat model wrote: the texts under their ids, the one text, or the one
 * object that its prompt wants.  It never guesses whose a text is.  Dialects
 * that speak to chat models call it.
 *
 * Models count.  Asked for ids 1, 2, 3 one that joined two texts gives 1, 2
 * with the third text under 2.  So ids begin far from 1 and lie apart: one
 * that counts on its own soon gives an id that nobody asked for, and then
 * nothing of the answer is taken.
 */


#include "engine/aif_answer.h"

#include "core/aif_canonical.h"
#include "engine/aif_json.h"


#define AIF_ANSWER_MAX_TRIES  16       /* places where JSON may begin */


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
} aif_answer_texts_t;


static void aif_answer_think(aif_str_t *content);
static int aif_answer_items(aif_engine_batch_t *batch,
    const aif_str_t *content, int cut, aif_arena_t *a);
static int aif_answer_text(aif_engine_batch_t *batch,
    const aif_str_t *content, int cut, aif_arena_t *a);
static int aif_answer_object(aif_engine_batch_t *batch,
    const aif_str_t *content, int cut, aif_arena_t *a);
static int aif_answer_content(aif_answer_texts_t *texts,
    const aif_str_t *content);
static int aif_answer_item(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_answer_member(aif_answer_texts_t *texts, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_answer_keep(aif_answer_texts_t *texts, aif_str_t *to,
    const aif_str_t *value);
static void aif_answer_end(aif_answer_texts_t *texts, int element);
static void aif_answer_named(aif_answer_texts_t *texts, uint64_t id,
    const aif_str_t *value);
static int aif_answer_take(aif_answer_texts_t *texts,
    aif_engine_batch_t *batch, int by_order, aif_arena_t *a);
static int aif_answer_clean(const aif_engine_batch_t *batch,
    aif_engine_item_t *item, const aif_str_t *text, aif_arena_t *a);
static const u_char *aif_answer_find(const u_char *p, const u_char *last,
    const char *what);


int
aif_answer_read(aif_engine_batch_t *batch, aif_str_t *content, int cut,
    aif_arena_t *a)
{
    aif_answer_think(content);

    switch (batch->prompt ? batch->prompt->answer : AIF_PROMPT_ITEMS) {

    case AIF_PROMPT_TEXT:
        return aif_answer_text(batch, content, cut, a);

    case AIF_PROMPT_OBJECT:
        return aif_answer_object(batch, content, cut, a);

    default:
        return aif_answer_items(batch, content, cut, a);
    }
}


/* What a reasoning model thought aloud is not its answer. */

static void
aif_answer_think(aif_str_t *content)
{
    const u_char  *p, *last;

    last = content->data + content->len;

    /* the opening one may have been part of the prompt */

    while ((p = aif_answer_find(content->data, last, "</think>")) != NULL) {
        content->data = (u_char *) p + sizeof("</think>") - 1;
    }

    if ((p = aif_answer_find(content->data, last, "<think>")) != NULL) {
        last = p;
    }

    content->len = last - content->data;
}


/* A text that was cut off is none. */

static int
aif_answer_text(aif_engine_batch_t *batch, const aif_str_t *content, int cut,
    aif_arena_t *a)
{
    int                 rc;
    aif_engine_item_t  *item;

    if (cut) {
        return AIF_LIMIT;
    }

    item = &batch->items[0];

    rc = aif_answer_clean(batch, item, content, a);

    if (rc != AIF_OK || item->target.len == 0) {
        item->target.data = NULL;
        item->target.len = 0;
    }

    return rc == AIF_NOMEM ? rc : AIF_OK;
}


/* The first object that is whole: behind a code fence or a sentence. */

static int
aif_answer_object(aif_engine_batch_t *batch, const aif_str_t *content, int cut,
    aif_arena_t *a)
{
    int                 rc, tries;
    size_t              len;
    const u_char       *p, *last;
    aif_engine_item_t  *item;

    p = content->data;
    last = p + content->len;
    item = &batch->items[0];

    for (tries = 0; tries < AIF_ANSWER_MAX_TRIES; tries++) {

        p = p < last ? memchr(p, '{', last - p) : NULL;

        if (p == NULL) {
            break;
        }

        len = aif_json_extent(p, last - p);
        rc = aif_json_read(p, len, a, NULL, NULL);

        if (rc == AIF_OK) {
            item->target.data = (u_char *) p;
            item->target.len = len;
            return AIF_OK;
        }

        if (rc != AIF_BAD) {
            return rc == AIF_MORE ? (cut ? AIF_LIMIT : AIF_BAD) : rc;
        }

        p++;
    }

    return cut ? AIF_LIMIT : AIF_BAD;
}


static int
aif_answer_items(aif_engine_batch_t *batch, const aif_str_t *content, int cut,
    aif_arena_t *a)
{
    int                  rc;
    aif_answer_texts_t  *texts;

    texts = aif_arena_calloc(a, sizeof(aif_answer_texts_t));
    if (texts == NULL) {
        return AIF_NOMEM;
    }

    texts->arena = a;
    texts->n = batch->n;

    rc = aif_answer_content(texts, content);

    if (rc == AIF_NOMEM || rc == AIF_LIMIT) {
        return rc;
    }

    if (texts->strange != 0) {
        return AIF_BAD;
    }

    if (texts->named != 0) {
        return aif_answer_take(texts, batch, 0, a);
    }

    if (rc == AIF_OK && !cut && !texts->gap && texts->unnamed == texts->n) {
        return aif_answer_take(texts, batch, 1, a);
    }

    return cut ? AIF_LIMIT : AIF_BAD;
}


/*
 * The JSON in the content, wherever it begins: behind a code fence or a
 * sentence.  Brackets of a sentence are no JSON, or JSON without texts.
 */

static int
aif_answer_content(aif_answer_texts_t *texts, const aif_str_t *content)
{
    int            rc, tries;
    size_t         len;
    const u_char  *p, *last;

    p = content->data;
    last = p + content->len;
    rc = AIF_BAD;

    for (tries = 0; tries < AIF_ANSWER_MAX_TRIES; tries++) {

        while (p < last && *p != '[' && *p != '{') {
            p++;
        }

        if (p == last) {
            break;
        }

        texts->depth = 0;
        len = aif_json_extent(p, last - p);

        rc = aif_json_read(p, len, texts->arena, aif_answer_item, texts);

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
aif_answer_item(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    unsigned             depth, element;
    aif_answer_texts_t  *texts = ctx;

    depth = aif_json_depth(json);

    if (type == AIF_JSON_END) {
        if (texts->depth == depth + 1) {
            aif_answer_end(texts, depth != 0);
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
        return aif_answer_member(texts, json, type, value);
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
        && aif_answer_keep(texts, &texts->order[texts->unnamed], value)
           != AIF_OK)
    {
        return AIF_NOMEM;
    }

    texts->unnamed++;

    return AIF_OK;
}


static int
aif_answer_member(aif_answer_texts_t *texts, const aif_json_t *json,
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
        return aif_answer_keep(texts, &texts->value, value);
    }

    /* {"203":"...", "210":"..."} */

    if (aif_json_uint(&key, &id)) {
        if (aif_answer_keep(texts, &text, value) != AIF_OK) {
            return AIF_NOMEM;
        }

        aif_answer_named(texts, id, &text);
    }

    return AIF_OK;
}


static int
aif_answer_keep(aif_answer_texts_t *texts, aif_str_t *to,
    const aif_str_t *value)
{
    to->len = value->len;
    to->data = aif_arena_dup(texts->arena, value->data, value->len);

    return to->data ? AIF_OK : AIF_NOMEM;
}


/* An object is complete: if it is one of ours, what it says counts. */

static void
aif_answer_end(aif_answer_texts_t *texts, int element)
{
    /* the remains of an array that was broken before are no answer */

    if (!element && texts->n != 1) {
        return;
    }

    if (texts->has_id) {
        aif_answer_named(texts, texts->id, &texts->value);
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
aif_answer_named(aif_answer_texts_t *texts, uint64_t id,
    const aif_str_t *value)
{
    uint64_t  i;

    if (id < AIF_ANSWER_FIRST_ID
        || (id - AIF_ANSWER_FIRST_ID) % AIF_ANSWER_ID_STEP != 0
        || (id - AIF_ANSWER_FIRST_ID) / AIF_ANSWER_ID_STEP >= texts->n)
    {
        texts->strange++;
        return;
    }

    i = (id - AIF_ANSWER_FIRST_ID) / AIF_ANSWER_ID_STEP;

    texts->named++;
    texts->text[i] = *value;

    if (texts->seen[i] < 2) {
        texts->seen[i]++;
    }
}


static int
aif_answer_take(aif_answer_texts_t *texts, aif_engine_batch_t *batch,
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

        rc = aif_answer_clean(batch, item, text, a);

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


/* What is written anew has lines of its own; a translation has none. */

static int
aif_answer_clean(const aif_engine_batch_t *batch, aif_engine_item_t *item,
    const aif_str_t *text, aif_arena_t *a)
{
    if (aif_engine_writes(batch)) {
        return aif_canonical_lines(text, &item->source, a, &item->target);
    }

    return aif_canonical_clean(text, &item->source, a, &item->target);
}


static const u_char *
aif_answer_find(const u_char *p, const u_char *last, const char *what)
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
