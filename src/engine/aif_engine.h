
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Engine dialects: a batch of canonical texts to the body of one HTTP request,
 * and the body of its answer back to texts.  No sockets, no clocks: infer/
 * carries the bytes.
 */


#ifndef _AIF_ENGINE_H_INCLUDED_
#define _AIF_ENGINE_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_prompt.h"


#define AIF_ENGINE_MAX_BATCH  128     /* texts in one call */


/* What the administrator configured; strings live as long as the cycle. */

typedef struct {
    aif_str_t    url;            /* base, without trailing slash */
    aif_str_t    model;
    aif_str_t    key;            /* secret; empty if none */
    unsigned     max_tokens;
    double       temperature;    /* < 0: not sent */
    aif_str_t    glossary;       /* id of a glossary that DeepL keeps */
    aif_str_t    formality;      /* DeepL's word for it */
} aif_engine_conf_t;


typedef struct {
    aif_str_t    source;         /* canonical text (aif_segment.h); for prompts
                                    that write, the facts */
    aif_str_t    target;         /* set by parse: canonical text as far as the
                                    engine allows it (JSON if the prompt wants
                                    an object), unchecked; data NULL if the
                                    answer has none for this one */
} aif_engine_item_t;


typedef struct {
    const aif_prompt_t *prompt;          /* NULL: "translate" */
    const aif_str_t    *source_locale;
    const aif_str_t    *target_locale;
    const aif_str_t    *segment;         /* NULL: none */
    const aif_glossary_entry_t
                      **terms;           /* that the sources have: for engines
                                            that follow prompts */
    size_t              nterms;
    aif_engine_item_t  *items;
    size_t              n;
    unsigned            without;         /* AIF_ENGINE_NO_...: what the service
                                            is known not to take */
    uint64_t            input_tokens;    /* from "usage"; 0 if not told */
    uint64_t            output_tokens;
    unsigned            usage:1;         /* both were told */
    unsigned            stream:1;        /* the answer may come in pieces
                                            (aif_stream.h), if the prompt wants
                                            a text and the dialect can */
    unsigned            unmarked:1;      /* set by parse: there are no targets,
                                            as the service took the marks off
                                            all of its texts */
} aif_engine_batch_t;


typedef struct {
    aif_str_t    url;            /* whole, NUL-terminated behind len */
    aif_str_t    content_type;
    aif_str_t    authorization;  /* a whole header line "Name: value", NUL-
                                    terminated behind len, or empty */
    aif_str_t    body;           /* always POST */
} aif_engine_request_t;


/* Parts of a request that services of one dialect take or refuse. */

#define AIF_ENGINE_NO_SCHEMA       0x01    /* an answer by JSON schema */
#define AIF_ENGINE_NO_FORMAT       0x02    /* an answer in any form */
#define AIF_ENGINE_NO_MAX_TOKENS   0x04    /* by that name: it has a newer */
#define AIF_ENGINE_NO_TEMPERATURE  0x08
#define AIF_ENGINE_NO_STREAM_USAGE 0x10    /* "stream_options" */
#define AIF_ENGINE_NO_MARKS        0x20    /* around texts (aif_mark.h) */


/* What an answer that is no translation means for the caller. */

typedef enum {
    AIF_ENGINE_ANSWER = 0,       /* 200 and readable */
    AIF_ENGINE_RETRY,            /* 5xx, 408: may be better later */
    AIF_ENGINE_THROTTLED,        /* 429, 503 with Retry-After */
    AIF_ENGINE_TOO_LONG,         /* context length: halve the batch */
    AIF_ENGINE_UNKNOWN,          /* it doesn't take a part of the request, and
                                    may take the rest */
    AIF_ENGINE_REFUSED,          /* 400, 401, 403, 404, 422 ...: it will not
                                    help to ask again */
    AIF_ENGINE_GARBAGE           /* 200, but not an answer of this dialect */
} aif_engine_error_e;


/* What else an answer that is no translation says. */

typedef struct {
    aif_str_t    message;        /* the engine's, for the log: in the arena,
                                    printable, on one line, at most
                                    AIF_ENGINE_MAX_MESSAGE bytes, may be empty;
                                    what looks like the key, whole or in part,
                                    is not in it */
    unsigned     without;        /* of AIF_ENGINE_UNKNOWN: AIF_ENGINE_NO_... to
                                    be added */
} aif_engine_reply_t;


/*
 * build() makes the request for a batch in the arena: AIF_OK, AIF_LIMIT (a
 * text can't be sent by this dialect, e.g. too long, or the prompt asks what it
 * can't do) or AIF_NOMEM.
 *
 * parse() reads the body of a 200 answer: AIF_OK (each item has its target or
 * data NULL), AIF_BAD (not an answer of this dialect), AIF_LIMIT (depth, size)
 * or AIF_NOMEM.  Targets are in the arena.  An answer with fewer or more items
 * than asked, or in another order, never gives one item another's text.
 *
 * parse() takes AIF_LIMIT also for an answer that the engine cut off before
 * its first text was complete, and for one that mixed all of them up: as for
 * AIF_ENGINE_TOO_LONG, a smaller batch may do.
 *
 * classify() says what a status and a body mean when the batch was sent so.
 * Of a 200 it tells an answer from an error in disguise; whether the answer is
 * one of this dialect is parse()'s to say.  Retry-After is a header, so 503 is
 * AIF_ENGINE_RETRY here.  AIF_ENGINE_UNKNOWN adds something to "without" that
 * the batch did not have.
 */

#define AIF_ENGINE_MAX_MESSAGE  200

typedef struct {
    const char   *name;
    size_t        max_batch;     /* texts per call */
    size_t        max_bytes;     /* of source text per call */
    unsigned      prompts;       /* it follows prompts; those that don't only
                                    translate */
    unsigned      labels;        /* it translates nothing: sources are plain
                                    text, targets what aif_label.h reads */
    unsigned      arrays;        /* answers are arrays: a text that is missed
                                    is to be asked for alone */
    int         (*build)(const aif_engine_conf_t *conf,
                         const aif_engine_batch_t *batch, aif_arena_t *a,
                         aif_engine_request_t *request);
    int         (*parse)(const aif_engine_conf_t *conf,
                         aif_engine_batch_t *batch, const aif_str_t *body,
                         aif_arena_t *a);
    aif_engine_error_e
                (*classify)(const aif_engine_conf_t *conf,
                            const aif_engine_batch_t *batch, unsigned status,
                            const aif_str_t *body, aif_arena_t *a,
                            aif_engine_reply_t *reply);
} aif_engine_t;


extern const aif_engine_t  aif_engine_openai;
extern const aif_engine_t  aif_engine_libretranslate;
extern const aif_engine_t  aif_engine_deepl;
extern const aif_engine_t  aif_engine_apertium;
extern const aif_engine_t  aif_engine_classifier;


/* The dialect called "name", or NULL; names for messages, NULL at the end. */

const aif_engine_t *aif_engine_find(const u_char *name, size_t len);
const char *aif_engine_names(size_t i);


/*
 * For the dialects.  aif_engine_url() appends a path to the base,
 * aif_engine_authorization() makes the header line of a key in that scheme
 * (empty without a key); both return AIF_OK, AIF_NOMEM, or AIF_LIMIT for what
 * can't be part of a URL or a header line.  aif_engine_encode() appends a text
 * as a value of a form.  aif_engine_subtag(): 1 if the locale has this (lower
 * case) part behind its language.
 *
 * aif_engine_clear() begins a parse(): no targets, no usage.
 *
 * aif_engine_classify() is a classify(), aif_engine_classify_chat() one that
 * also gives AIF_ENGINE_UNKNOWN.
 */

#define aif_engine_writes(batch)                                              \
    ((batch)->prompt != NULL && (batch)->prompt->task == AIF_PROMPT_WRITE)

int aif_engine_url(const aif_engine_conf_t *conf, const char *path,
    aif_arena_t *a, aif_str_t *url);
int aif_engine_authorization(const aif_engine_conf_t *conf, const char *scheme,
    aif_arena_t *a, aif_str_t *line);
void aif_engine_encode(aif_buf_t *b, const aif_str_t *text);
int aif_engine_subtag(const aif_str_t *locale, const char *part);
void aif_engine_clear(aif_engine_batch_t *batch);
aif_engine_error_e aif_engine_classify(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply);
aif_engine_error_e aif_engine_classify_chat(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, unsigned status, const aif_str_t *body,
    aif_arena_t *a, aif_engine_reply_t *reply);


#endif /* _AIF_ENGINE_H_INCLUDED_ */
