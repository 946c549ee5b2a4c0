
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A chat completion that comes in pieces, as server-sent events, while the
 * model still writes.
 */


#ifndef _AIF_STREAM_H_INCLUDED_
#define _AIF_STREAM_H_INCLUDED_


#include "core/aif.h"


#define AIF_STREAM_MAX_EVENT  (1024 * 1024)    /* bytes of one */
#define AIF_STREAM_MAX_TEXT   (1024 * 1024)    /* bytes, all pieces together */


typedef struct {
    aif_arena_t   *arena;
    aif_buf_t      text;             /* what the model wrote so far */
    aif_buf_t      event;            /* the data of the event being read */
    size_t         read;             /* bytes of the body that are done with */
    size_t         seen;             /* of a line that has no end yet */
    aif_str_t      error;            /* JSON of an error that came instead */
    uint64_t       input_tokens;
    uint64_t       output_tokens;
    unsigned       usage:2;          /* bits: input, output were told */
    unsigned       finished:1;       /* the model said that it was its end */
    unsigned       cut:1;            /* at its limit */
    unsigned       done:1;           /* "[DONE]" */
    unsigned       failed:1;         /* there is an error */
} aif_stream_t;


/*
 * aif_stream_init() begins; the arena keeps what was read.
 *
 * aif_stream_read() goes on reading: "body" is the whole body so far, which
 * may have moved and grown since; "last": it is all there is.  AIF_MORE;
 * AIF_DONE; AIF_BAD: malformed, ended too early, or with "error" set, the
 * service's own; AIF_LIMIT; AIF_NOMEM.  After AIF_BAD and the like it is not to
 * be called again.
 *
 * aif_stream_answer() is what of the text is the answer: what a reasoning model
 * thinks aloud before it is not.  It only grows.  AIF_OK, or AIF_BAD: what was
 * taken for the answer was thinking.
 *
 * aif_stream_plain(): 1 if a body, which has begun, is JSON and no stream: from
 * a service that does not know how.
 */

void aif_stream_init(aif_stream_t *s, aif_arena_t *a);
int aif_stream_read(aif_stream_t *s, const aif_str_t *body, int last);
int aif_stream_answer(const aif_stream_t *s, aif_str_t *answer);
int aif_stream_plain(const aif_str_t *body);


#endif /* _AIF_STREAM_H_INCLUDED_ */
