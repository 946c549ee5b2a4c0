
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_stream.c.  The first byte is the size of the steps in
 * which the rest comes: the result is that of the whole in one; the answer
 * only grows.  The dialect says of it what the reader says.
 */


#include "engine.h"
#include "engine/aif_stream.h"


static int
fuzz_feed(aif_stream_t *s, const uint8_t *data, size_t size, size_t step,
    aif_arena_t *a)
{
    int        rc;
    u_char    *copy;
    size_t     n, len;
    aif_str_t  body, answer;

    aif_stream_init(s, a);
    len = 0;

    for (n = 0; n < size; n += step) {

        copy = malloc(n + 1);
        memcpy(copy, data, n);
        body.data = copy;
        body.len = n;

        rc = aif_stream_read(s, &body, 0);
        free(copy);

        if (aif_stream_answer(s, &answer) == AIF_OK) {
            fuzz_check(answer.len >= len);
            len = answer.len;
        }

        if (rc != AIF_MORE) {
            return rc;
        }
    }

    body.data = (u_char *) data;
    body.len = size;

    return aif_stream_read(s, &body, 1);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                  rc;
    size_t               step;
    aif_str_t            body;
    aif_arena_t         *a;
    aif_prompt_t         prompt;
    fuzz_batch_t         b;
    aif_stream_t         whole, split;
    aif_engine_reply_t   reply;
    aif_engine_error_e   error;

    if (size == 0) {
        return 0;
    }

    step = 1 + data[0] % 64;
    data++;
    size--;

    a = aif_arena_create(4096, FUZZ_ARENA);

    rc = fuzz_feed(&whole, data, size, size + 1, a);

    fuzz_check(rc == fuzz_feed(&split, data, size, step, a));
    fuzz_check(whole.text.len == split.text.len
               && memcmp(whole.text.data, split.text.data, whole.text.len)
                  == 0);
    fuzz_check(whole.usage == split.usage && whole.cut == split.cut);
    fuzz_check(aif_utf8_valid(whole.text.data, whole.text.len));

    memset(&prompt, 0, sizeof(aif_prompt_t));
    prompt.task = AIF_PROMPT_WRITE;
    prompt.answer = AIF_PROMPT_TEXT;

    fuzz_batch(&b, 1);
    b.batch.prompt = &prompt;
    b.batch.stream = 1;

    body.data = (u_char *) data;
    body.len = size;

    error = aif_engine_openai.classify(&fuzz_conf, &b.batch, 200, &body, a,
                                       &reply);

    if (!aif_stream_plain(&body) && whole.error.len == 0) {
        fuzz_check((error == AIF_ENGINE_ANSWER) == (rc == AIF_DONE));
    }

    (void) fuzz_read(&aif_engine_openai, &b, data, size, a);

    aif_arena_destroy(a);

    return 0;
}
