
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the dialects have in common: their names, the parts of a request, and
 * what an answer that is no translation means.  Never writes the key anywhere
 * but in the Authorization line.
 */


#include "engine/aif_engine.h"

#include "core/aif_utf8.h"
#include "engine/aif_json.h"


/* a shorter beginning of a key would also mask ordinary words */

#define AIF_ENGINE_KEY_PREFIX  4

#define AIF_ENGINE_MAX_FAULT   4096    /* bytes of a message that are read */


/* What services say of an error, in one of the forms they have for it. */

typedef struct {
    aif_arena_t  *arena;
    aif_str_t     message;
    aif_str_t     code;
    aif_str_t     type;
    aif_str_t     param;         /* what of the request is meant */
    size_t        path;          /* the message's */
    unsigned      error:1;       /* there was an "error" */
    unsigned      nomem:1;
} aif_engine_fault_t;


static aif_engine_error_e aif_engine_judge(const aif_engine_conf_t *conf,
    aif_engine_fault_t *fault, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply);
static int aif_engine_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static void aif_engine_keep(aif_engine_fault_t *fault, aif_str_t *to,
    const aif_str_t *value);
static aif_engine_error_e aif_engine_status(unsigned status);
static int aif_engine_too_long(const aif_engine_fault_t *fault);
static unsigned aif_engine_unknown(const aif_engine_fault_t *fault,
    unsigned without);
static int aif_engine_says(const aif_str_t *text, const char *words);
static void aif_engine_message(const aif_engine_conf_t *conf,
    const aif_str_t *text, aif_arena_t *a, aif_str_t *message);
static size_t aif_engine_secret(const aif_engine_conf_t *conf,
    const u_char *start, const u_char *p, const u_char *last);
static int aif_engine_word(u_char ch);


static const aif_engine_t *const  aif_engine_list[] = {
    &aif_engine_openai,
    &aif_engine_libretranslate,
    &aif_engine_deepl,
    &aif_engine_apertium,
    &aif_engine_classifier,
    NULL
};


/* Where the message is, best first: OpenAI and llama.cpp; Ollama,
   LibreTranslate; Apertium; FastAPI in two forms; vLLM, DeepL and others */

static const char *const  aif_engine_message_paths[] = {
    "error.message",
    "error",
    "explanation",
    "detail",
    "detail.0.msg",
    "message"
};

#define AIF_ENGINE_MESSAGE_PATHS                                              \
    (sizeof(aif_engine_message_paths) / sizeof(aif_engine_message_paths[0]))


static const char *const  aif_engine_too_long_words[] = {
    "context length",
    "context_length",
    "context size",
    "context_size",
    "context window",
    "maximum context",
    "too many tokens",
    "reduce the length",
    "too long",
    "exceeds text limit",
    NULL
};


/*
 * What OpenAI, DeepSeek, Groq, llama.cpp, vLLM and Mistral (FastAPI: the place
 * is in "loc") say of what they don't take.
 */

static const struct {
    const char   *words;
    unsigned      without;
} aif_engine_unknown_words[] = {
    { "max_completion_tokens", AIF_ENGINE_NO_MAX_TOKENS },
    { "temperature", AIF_ENGINE_NO_TEMPERATURE },
    { "stream_options", AIF_ENGINE_NO_STREAM_USAGE },
    { "response_format", AIF_ENGINE_NO_SCHEMA },
    { "response format", AIF_ENGINE_NO_SCHEMA },
    { "json_schema", AIF_ENGINE_NO_SCHEMA },
    { "json schema", AIF_ENGINE_NO_SCHEMA },
    { "json_object", AIF_ENGINE_NO_SCHEMA },
    { "json mode", AIF_ENGINE_NO_SCHEMA },
    { "structured output", AIF_ENGINE_NO_SCHEMA },
    { "grammar", AIF_ENGINE_NO_SCHEMA },
    { NULL, 0 }
};


const aif_engine_t *
aif_engine_find(const u_char *name, size_t len)
{
    size_t  i;

    for (i = 0; aif_engine_list[i]; i++) {
        if (strlen(aif_engine_list[i]->name) == len
            && memcmp(aif_engine_list[i]->name, name, len) == 0)
        {
            return aif_engine_list[i];
        }
    }

    return NULL;
}


const char *
aif_engine_names(size_t i)
{
    if (i >= sizeof(aif_engine_list) / sizeof(aif_engine_list[0])
        || aif_engine_list[i] == NULL)
    {
        return NULL;
    }

    return aif_engine_list[i]->name;
}


int
aif_engine_url(const aif_engine_conf_t *conf, const char *path,
    aif_arena_t *a, aif_str_t *url)
{
    size_t     i;
    aif_buf_t  b;

    for (i = 0; i < conf->url.len; i++) {
        if (conf->url.data[i] <= ' ' || conf->url.data[i] == 0x7f) {
            return AIF_LIMIT;
        }
    }

    aif_buf_init(&b, a, conf->url.len + strlen(path) + 1);
    aif_buf_append(&b, conf->url.data, conf->url.len);
    aif_buf_append(&b, path, strlen(path) + 1);

    if (b.failed) {
        return AIF_NOMEM;
    }

    url->data = b.data;
    url->len = b.len - 1;

    return AIF_OK;
}


int
aif_engine_authorization(const aif_engine_conf_t *conf, const char *scheme,
    aif_arena_t *a, aif_str_t *line)
{
    size_t     i;
    aif_buf_t  b;

    if (conf->key.len == 0) {
        aif_str_set(line, "");
        return AIF_OK;
    }

    /* a line break in a key would begin a header line of its own */

    for (i = 0; i < conf->key.len; i++) {
        if (conf->key.data[i] <= ' ' || conf->key.data[i] >= 0x7f) {
            return AIF_LIMIT;
        }
    }

    aif_buf_init(&b, a, sizeof("Authorization:  ") + strlen(scheme)
                        + conf->key.len);
    aif_buf_literal(&b, "Authorization: ");
    aif_buf_append(&b, scheme, strlen(scheme));
    aif_buf_byte(&b, ' ');
    aif_buf_append(&b, conf->key.data, conf->key.len);
    aif_buf_byte(&b, '\0');

    if (b.failed) {
        return AIF_NOMEM;
    }

    line->data = b.data;
    line->len = b.len - 1;

    return AIF_OK;
}


void
aif_engine_encode(aif_buf_t *b, const aif_str_t *text)
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


/* Is this (lower-case) subtag one of the locale's? */

int
aif_engine_subtag(const aif_str_t *locale, const char *part)
{
    size_t  i, n, len;

    len = strlen(part);

    for (i = 0; i + len < locale->len; i++) {

        if (locale->data[i] != '-') {
            continue;
        }

        for (n = 0; n < len; n++) {
            if ((locale->data[i + 1 + n] | 0x20) != (u_char) part[n]) {
                break;
            }
        }

        if (n == len && (i + 1 + len == locale->len
                         || locale->data[i + 1 + len] == '-'))
        {
            return 1;
        }
    }

    return 0;
}


void
aif_engine_clear(aif_engine_batch_t *batch)
{
    size_t  i;

    for (i = 0; i < batch->n; i++) {
        batch->items[i].target.data = NULL;
        batch->items[i].target.len = 0;
    }

    batch->input_tokens = 0;
    batch->output_tokens = 0;
    batch->usage = 0;
    batch->unmarked = 0;
}


aif_engine_error_e
aif_engine_classify(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply)
{
    aif_engine_fault_t  fault;

    (void) batch;

    return aif_engine_judge(conf, &fault, status, body, a, reply);
}


aif_engine_error_e
aif_engine_classify_chat(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply)
{
    aif_engine_error_e  error;
    aif_engine_fault_t  fault;

    error = aif_engine_judge(conf, &fault, status, body, a, reply);

    /* whatever the status was: 400, 422, and 500 of old llama.cpp */

    if (error == AIF_ENGINE_REFUSED || error == AIF_ENGINE_RETRY) {

        reply->without = aif_engine_unknown(&fault, batch->without);

        if (reply->without != 0) {
            return AIF_ENGINE_UNKNOWN;
        }
    }

    return error;
}


static aif_engine_error_e
aif_engine_judge(const aif_engine_conf_t *conf, aif_engine_fault_t *fault,
    unsigned status, const aif_str_t *body, aif_arena_t *a,
    aif_engine_reply_t *reply)
{
    int                  rc;
    uint64_t             code;
    aif_engine_error_e   error;

    aif_str_set(&reply->message, "");
    reply->without = 0;

    memset(fault, 0, sizeof(aif_engine_fault_t));
    fault->arena = a;
    fault->path = AIF_ENGINE_MESSAGE_PATHS;

    rc = aif_json_read(body->data, body->len, a, aif_engine_read, fault);

    if (fault->message.len != 0) {
        aif_engine_message(conf, &fault->message, a, &reply->message);
    }

    /* some gateways send 200 and put the status they got in the error */

    if (status == 200 && fault->error) {
        if (!aif_json_uint(&fault->code, &code) || code < 400 || code > 599) {
            return aif_engine_too_long(fault) ? AIF_ENGINE_TOO_LONG
                                              : AIF_ENGINE_GARBAGE;
        }

        status = code;
    }

    error = aif_engine_status(status);

    if (error == AIF_ENGINE_ANSWER && rc != AIF_OK) {
        return AIF_ENGINE_GARBAGE;
    }

    if ((status == 400 || status == 422 || status == 500)
        && aif_engine_too_long(fault))
    {
        return AIF_ENGINE_TOO_LONG;
    }

    return error;
}


static int
aif_engine_read(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    size_t               i;
    aif_engine_fault_t  *fault = ctx;

    if (aif_json_depth(json) == 1 && aif_json_at(json, "error")
        && type != AIF_JSON_NULL && type != AIF_JSON_END)
    {
        fault->error = 1;
    }

    if (type != AIF_JSON_STRING && type != AIF_JSON_NUMBER) {
        return AIF_OK;
    }

    if (aif_json_at(json, "error.code")) {
        aif_engine_keep(fault, &fault->code, value);

    } else if (aif_json_at(json, "error.type")) {
        aif_engine_keep(fault, &fault->type, value);

    } else if (aif_json_at(json, "error.param")
               || aif_json_at(json, "detail.0.loc.1"))
    {
        aif_engine_keep(fault, &fault->param, value);

    } else if (type == AIF_JSON_STRING) {

        for (i = 0; i < fault->path; i++) {
            if (aif_json_at(json, aif_engine_message_paths[i])) {
                aif_engine_keep(fault, &fault->message, value);
                fault->path = i;
                break;
            }
        }
    }

    return fault->nomem ? AIF_NOMEM : AIF_OK;
}


static void
aif_engine_keep(aif_engine_fault_t *fault, aif_str_t *to,
    const aif_str_t *value)
{
    size_t  len;

    len = value->len;

    if (len > AIF_ENGINE_MAX_FAULT) {
        len = AIF_ENGINE_MAX_FAULT;
    }

    to->data = aif_arena_dup(fault->arena, value->data, len);

    if (to->data == NULL) {
        fault->nomem = 1;
        len = 0;
    }

    to->len = len;
}


static aif_engine_error_e
aif_engine_status(unsigned status)
{
    switch (status) {

    case 200:
        return AIF_ENGINE_ANSWER;

    case 408:
    case 424:                        /* text-embeddings-inference's 500 */
        return AIF_ENGINE_RETRY;

    case 413:
        return AIF_ENGINE_TOO_LONG;

    case 429:
        return AIF_ENGINE_THROTTLED;

    case 501:
    case 505:
        return AIF_ENGINE_REFUSED;
    }

    if (status >= 500 && status <= 599) {
        return AIF_ENGINE_RETRY;
    }

    if (status >= 300 && status <= 499) {
        return AIF_ENGINE_REFUSED;
    }

    return AIF_ENGINE_GARBAGE;
}


static int
aif_engine_too_long(const aif_engine_fault_t *fault)
{
    size_t  i;

    for (i = 0; aif_engine_too_long_words[i]; i++) {
        if (aif_engine_says(&fault->message, aif_engine_too_long_words[i])
            || aif_engine_says(&fault->code, aif_engine_too_long_words[i])
            || aif_engine_says(&fault->type, aif_engine_too_long_words[i]))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * What of the request is refused, and was in it.  First the schema goes, then
 * any form of the answer.
 */

static unsigned
aif_engine_unknown(const aif_engine_fault_t *fault, unsigned without)
{
    size_t    i;
    unsigned  part;

    for (i = 0; aif_engine_unknown_words[i].words; i++) {

        part = aif_engine_unknown_words[i].without;

        if (!aif_engine_says(&fault->message, aif_engine_unknown_words[i].words)
            && !aif_engine_says(&fault->param,
                                aif_engine_unknown_words[i].words))
        {
            continue;
        }

        if (part == AIF_ENGINE_NO_SCHEMA && (without & part)) {
            part = AIF_ENGINE_NO_FORMAT;
        }

        if (!(without & part)) {
            return part;
        }
    }

    return 0;
}


/* Does the text contain these (lower-case) words? */

static int
aif_engine_says(const aif_str_t *text, const char *words)
{
    u_char  ch;
    size_t  i, n, len;

    len = strlen(words);

    for (i = 0; i + len <= text->len; i++) {

        for (n = 0; n < len; n++) {
            ch = text->data[i + n];

            if (ch >= 'A' && ch <= 'Z') {
                ch |= 0x20;
            }

            if (ch != (u_char) words[n]) {
                break;
            }
        }

        if (n == len) {
            return 1;
        }
    }

    return 0;
}


/* One printable line; services like to quote a wrong key, that stays out. */

static void
aif_engine_message(const aif_engine_conf_t *conf, const aif_str_t *text,
    aif_arena_t *a, aif_str_t *message)
{
    size_t         n;
    u_char         out[4];
    uint32_t       cp;
    aif_buf_t      b;
    const u_char  *p, *last;

    aif_buf_init(&b, a, AIF_ENGINE_MAX_MESSAGE);

    p = text->data;
    last = p + text->len;

    while (p < last && !b.failed) {

        n = aif_engine_secret(conf, text->data, p, last);

        if (n != 0) {
            if (b.len + 3 > AIF_ENGINE_MAX_MESSAGE) {
                break;
            }

            aif_buf_literal(&b, "***");
            p += n;
            continue;
        }

        cp = aif_utf8_decode(&p, last);

        /* controls of both kinds, marks of direction, separators of lines */

        if (cp <= ' ') {
            cp = ' ';

        } else if ((cp >= 0x7f && cp < 0xa0)
                   || (cp >= 0x200b && cp <= 0x200f)
                   || (cp >= 0x2028 && cp <= 0x202e)
                   || (cp >= 0x2060 && cp <= 0x206f)
                   || cp == 0x61c || cp == 0xfeff || cp == AIF_UTF8_BAD)
        {
            cp = '?';
        }

        if (cp == ' ' && (b.len == 0 || b.data[b.len - 1] == ' ')) {
            continue;
        }

        n = aif_utf8_encode(out, cp);

        if (b.len + n > AIF_ENGINE_MAX_MESSAGE) {
            break;
        }

        aif_buf_append(&b, out, n);
    }

    if (b.failed) {
        return;
    }

    message->data = b.data;
    message->len = b.len;
}


/*
 * How many bytes at p are the key, or a word that begins like it: a service
 * that masks a key ("sk-12***ab") shows its ends.
 */

static size_t
aif_engine_secret(const aif_engine_conf_t *conf, const u_char *start,
    const u_char *p, const u_char *last)
{
    size_t            n;
    const aif_str_t  *key;

    key = &conf->key;

    if (key->len == 0) {
        return 0;
    }

    n = key->len < AIF_ENGINE_KEY_PREFIX ? key->len : AIF_ENGINE_KEY_PREFIX;

    if ((size_t) (last - p) < n || memcmp(p, key->data, n) != 0) {
        return 0;
    }

    n = 0;

    if ((size_t) (last - p) >= key->len
        && memcmp(p, key->data, key->len) == 0)
    {
        n = key->len;

    } else if (p > start && aif_engine_word(p[-1])) {
        return 0;
    }

    while (p + n < last && aif_engine_word(p[n])) {
        n++;
    }

    return n ? n : 1;
}


static int
aif_engine_word(u_char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z')
           || (ch >= 'A' && ch <= 'Z') || ch == '-' || ch == '_' || ch == '*'
           || ch == '.' || ch >= 0x80;
}
