
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Server-sent events (HTML Living Standard, 9.2.6) that hold the chunks of
 * OpenAI's chat completions, up to "data: [DONE]".  The body that it is shown
 * begins with what it has read, so it remembers places, not bytes.  It knows
 * no batch: aif_openai.c makes texts of what came.
 */


#define _GNU_SOURCE

#include "engine/aif_stream.h"

#include "engine/aif_json.h"


#define AIF_STREAM_BLOCK    8192                /* bytes, of the memory that */
#define AIF_STREAM_MEMORY   (8 * 1024 * 1024)   /* one chunk is read with */


static int aif_stream_line(aif_stream_t *s, const aif_str_t *body, int last,
    aif_str_t *line);
static void aif_stream_field(aif_stream_t *s, const aif_str_t *line);
static int aif_stream_event(aif_stream_t *s, aif_arena_t *scratch);
static int aif_stream_chunk(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_stream_blank(u_char ch);


static const aif_str_t  aif_stream_open = aif_string("<think>");
static const aif_str_t  aif_stream_close = aif_string("</think>");


void
aif_stream_init(aif_stream_t *s, aif_arena_t *a)
{
    memset(s, 0, sizeof(aif_stream_t));

    s->arena = a;
    aif_buf_init(&s->text, a, 1024);
    aif_buf_init(&s->event, a, 512);
}


int
aif_stream_read(aif_stream_t *s, const aif_str_t *body, int last)
{
    int           rc;
    aif_str_t     line;
    aif_arena_t  *scratch;

    scratch = aif_arena_create(AIF_STREAM_BLOCK, AIF_STREAM_MEMORY);
    if (scratch == NULL) {
        return AIF_NOMEM;
    }

    rc = AIF_OK;

    while (rc == AIF_OK && !s->done
           && (rc = aif_stream_line(s, body, last, &line)) == AIF_OK)
    {
        if (line.len == 0) {
            rc = aif_stream_event(s, scratch);
            continue;
        }

        aif_stream_field(s, &line);

        if (s->event.failed) {
            rc = AIF_NOMEM;

        } else if (s->event.len > AIF_STREAM_MAX_EVENT) {
            rc = AIF_LIMIT;
        }
    }

    /* the standard drops an event without its empty line; services do not */

    if (rc == AIF_MORE && last) {

        rc = aif_stream_event(s, scratch);

        if (rc == AIF_OK && !s->done && !s->finished) {
            rc = AIF_BAD;
        }
    }

    aif_arena_destroy(scratch);

    if (rc == AIF_OK) {
        return AIF_DONE;
    }

    return rc;
}


/*
 * The next line, without its end: LF, CR or CR LF.  AIF_MORE: it isn't there
 * yet, or, with "last", there is none.
 */

static int
aif_stream_line(aif_stream_t *s, const aif_str_t *body, int last,
    aif_str_t *line)
{
    size_t  i;

    if (s->read == 0 && body->len >= 3
        && memcmp(body->data, "\xef\xbb\xbf", 3) == 0)
    {
        s->read = 3;
    }

    i = s->read > s->seen ? s->read : s->seen;

    while (i < body->len && body->data[i] != '\n' && body->data[i] != '\r') {
        i++;
    }

    s->seen = i;

    if (i - s->read > AIF_STREAM_MAX_EVENT) {
        return AIF_LIMIT;
    }

    /* a CR at the end may be half of an end */

    if (!last && (i == body->len
                  || (body->data[i] == '\r' && i + 1 == body->len)))
    {
        return AIF_MORE;
    }

    if (i == body->len && i == s->read) {
        return AIF_MORE;
    }

    line->data = body->data + s->read;
    line->len = i - s->read;

    if (i < body->len) {
        i += (body->data[i] == '\r' && i + 1 < body->len
              && body->data[i + 1] == '\n') ? 2 : 1;
    }

    s->read = i;

    return AIF_OK;
}


/* Only "data" is wanted; comments have no name before their colon. */

static void
aif_stream_field(aif_stream_t *s, const aif_str_t *line)
{
    size_t  n;

    if (line->len < 5 || memcmp(line->data, "data:", 5) != 0) {
        return;
    }

    n = line->len > 5 && line->data[5] == ' ' ? 6 : 5;

    if (s->event.len != 0) {
        aif_buf_byte(&s->event, '\n');
    }

    aif_buf_append(&s->event, line->data + n, line->len - n);
}


static int
aif_stream_event(aif_stream_t *s, aif_arena_t *scratch)
{
    int        rc;
    aif_str_t  event;

    event.data = s->event.data;
    event.len = s->event.len;
    s->event.len = 0;

    while (event.len != 0 && aif_stream_blank(event.data[event.len - 1])) {
        event.len--;
    }

    if (event.len == 0) {
        return AIF_OK;
    }

    if (event.len == 6 && memcmp(event.data, "[DONE]", 6) == 0) {
        s->done = 1;
        return AIF_OK;
    }

    aif_arena_reset(scratch);

    rc = aif_json_read(event.data, event.len, scratch, aif_stream_chunk, s);

    if (rc == AIF_OK && s->failed) {
        s->error = event;
        return AIF_BAD;
    }

    return rc == AIF_MORE ? AIF_BAD : rc;
}


static int
aif_stream_chunk(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_stream_t  *s = ctx;

    if (aif_json_depth(json) == 1 && type != AIF_JSON_NULL
        && type != AIF_JSON_END && aif_json_at(json, "error"))
    {
        s->failed = 1;
        return AIF_OK;
    }

    if (type == AIF_JSON_STRING) {

        if (aif_json_at(json, "choices.0.delta.content")) {

            if (value->len > AIF_STREAM_MAX_TEXT - s->text.len) {
                return AIF_LIMIT;
            }

            aif_buf_append(&s->text, value->data, value->len);
            return s->text.failed ? AIF_NOMEM : AIF_OK;
        }

        if (aif_json_at(json, "choices.0.finish_reason")) {
            s->finished = 1;
            s->cut = (value->len == 6
                      && memcmp(value->data, "length", 6) == 0);
        }

        return AIF_OK;
    }

    if (type == AIF_JSON_NUMBER) {

        if (aif_json_at(json, "usage.prompt_tokens")
            && aif_json_uint(value, &s->input_tokens))
        {
            s->usage |= 1;

        } else if (aif_json_at(json, "usage.completion_tokens")
                   && aif_json_uint(value, &s->output_tokens))
        {
            s->usage |= 2;
        }
    }

    return AIF_OK;
}


int
aif_stream_answer(const aif_stream_t *s, aif_str_t *answer)
{
    size_t         n;
    const u_char  *p, *last, *end;

    p = s->text.data;
    last = p + s->text.len;

    answer->data = (u_char *) last;
    answer->len = 0;

    while (p < last && aif_stream_blank(*p)) {
        p++;
    }

    n = (size_t) (last - p) < aif_stream_open.len ? (size_t) (last - p)
                                                  : aif_stream_open.len;

    end = p < last ? memmem(p, last - p, aif_stream_close.data,
                            aif_stream_close.len)
                   : NULL;

    if (n != 0 && memcmp(p, aif_stream_open.data, n) == 0) {

        if (end == NULL) {
            return AIF_OK;
        }

        p = end + aif_stream_close.len;

    } else if (end != NULL) {
        return AIF_BAD;
    }

    answer->data = (u_char *) p;
    answer->len = last - p;

    return AIF_OK;
}


int
aif_stream_plain(const aif_str_t *body)
{
    size_t  i;

    for (i = 0; i < body->len && aif_stream_blank(body->data[i]); i++) {
        /* void */
    }

    return i < body->len && (body->data[i] == '{' || body->data[i] == '[');
}


static int
aif_stream_blank(u_char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}
