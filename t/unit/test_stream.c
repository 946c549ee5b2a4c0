
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Chat completions that come in pieces, at every split.  Seen to fail with a
 * line's end taken at a CR that was half of one.
 */


#define _GNU_SOURCE

#include "engine_case.h"
#include "engine/aif_stream.h"


#define CHUNK(delta)                                                          \
    "data: {\"choices\":[{\"index\":0,\"finish_reason\":null,\"delta\":"      \
    "{" delta "}}],\"id\":\"c\"}"
#define STOP(why)                                                             \
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" why  \
    "\"}]}"
#define USAGE                                                                 \
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":25,"                  \
    "\"completion_tokens\":4,\"total_tokens\":29}}"


static const struct {
    const char  *body;
    int          rc;
    const char  *text;
    unsigned     usage;
    const char  *what;
} cases[] = {

    { CHUNK("\"role\":\"assistant\",\"content\":null") "\n\n"
      CHUNK("\"content\":\" The\"") "\n\n" CHUNK("\"content\":\" \\u00e9\"")
      "\n\n" STOP("stop") "\n\n" USAGE "\n\ndata: [DONE]\n\n",
      AIF_DONE, " The \xc3\xa9", 3, "as llama.cpp and OpenAI write" },
    { CHUNK("\"content\":\"a\"") "\r\n\r\n: ping\r\n\r\n"
      CHUNK("\"content\":\"b\"") "\r\n\r\n" STOP("stop")
      "\r\n\r\ndata: [DONE]\r\n\r\n",
      AIF_DONE, "ab", 0, "CR LF and comments" },
    { "data: {\"choices\":[{\"delta\":\r\ndata: {\"content\":\"a\"}}]}"
      "\r\n\r\n" STOP("stop") "\r\n\r\n",
      AIF_DONE, "a", 0, "CR LF between two lines of data" },
    { CHUNK("\"content\":\"a\"") "\r\r" STOP("stop") "\r\rdata: [DONE]\r\r",
      AIF_DONE, "a", 0, "CR alone" },
    { "\xef\xbb\xbf" "event: x\nid: 1\nretry: 5\ndata:{\"choices\":[{\"delta\":"
      "\ndata: {\"content\":\"a\"}}]}\n\n" STOP("length") "\n\n",
      AIF_DONE, "a", 0, "a BOM, other fields, two lines of data, no [DONE]" },
    { CHUNK("\"content\":\"a\"") "\n\n" STOP("stop"),
      AIF_DONE, "a", 0, "an event without its end" },
    { CHUNK("\"content\":\"a\"") "\n\ndata: [DONE]\n\ndata: {garbage\n\n",
      AIF_DONE, "a", 0, "what follows the end" },
    { CHUNK("\"content\":\"a\"") "\n\n", AIF_BAD, "a", 0, "cut off" },
    { CHUNK("\"content\":\"a\"") "\n\ndata: {\"choices\":[{\"del",
      AIF_BAD, "a", 0, "cut off inside" },
    { CHUNK("\"content\":\"a\"") "\n\ndata: {garbage\n\ndata: [DONE]\n\n",
      AIF_BAD, "a", 0, "no JSON" },
    { CHUNK("\"content\":\"\\ud800\"") "\n\ndata: [DONE]\n\n",
      AIF_BAD, "", 0, "half a character" },
    { CHUNK("\"content\":\"a\"") "\n\ndata: {\"error\":{\"message\":\"no "
      "room\",\"code\":503}}\n\n",
      AIF_BAD, "a", 0, "an error in the middle" },
    { CHUNK("\"content\":[1]") "\n\n" STOP("stop") "\n\n",
      AIF_DONE, "", 0, "no text" },
    { "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}},{\"delta\":"
      "{\"content\":\"b\"}}]}\n\ndata: [DONE]\n\n",
      AIF_DONE, "a", 0, "only the first of several answers" },
    { "", AIF_BAD, "", 0, "nothing" },
    { "<html>\n\n", AIF_BAD, "", 0, "a page" },
};


/* One more byte each time, or "step" of them, in memory that moves. */

static int
feed(aif_stream_t *s, const char *text, size_t len, size_t step,
    aif_arena_t *a)
{
    int        rc;
    size_t     n;
    aif_str_t  body;

    aif_stream_init(s, a);

    for (n = 0; n < len; n += step) {
        body.len = n;
        body.data = malloc(n ? n : 1);
        memcpy(body.data, text, n);

        rc = aif_stream_read(s, &body, 0);
        free(body.data);

        if (rc != AIF_MORE) {
            return rc;
        }
    }

    body.data = (u_char *) text;
    body.len = len;

    return aif_stream_read(s, &body, 1);
}


static void
test_splits(aif_arena_t *a)
{
    int           rc;
    size_t        i, step, len, wrong;
    aif_stream_t  s;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        len = strlen(cases[i].body);
        wrong = 0;

        for (step = 1; step <= len + 1; step++) {

            aif_arena_reset(a);
            rc = feed(&s, cases[i].body, len, step, a);

            wrong += rc != cases[i].rc || s.usage != cases[i].usage
                     || s.text.len != strlen(cases[i].text)
                     || memcmp(s.text.data, cases[i].text, s.text.len) != 0;
        }

        ok(wrong == 0, "%s: %zu wrong", cases[i].what, wrong);
    }
}


static int
has(const aif_str_t *body, const char *what)
{
    return memmem(body->data, body->len, what, strlen(what)) != NULL;
}


/* The dialect makes the same of a stream as of an answer in one. */

static void
test_dialect(aif_arena_t *a)
{
    size_t                i;
    aif_str_t             body;
    aif_prompt_t          prompt;
    engine_case_t         c;
    aif_engine_reply_t    reply;
    aif_engine_error_e    error;
    aif_engine_request_t  r;

    static const char *const  texts[] = { "{\"question\":\"x\"}" };

    static const char *const  bodies[] = {
        CHUNK("\"content\":\" Write 30 \"") "\n\n"
        CHUNK("\"content\":\"days.\"") "\n\n" STOP("stop") "\n\n" USAGE
        "\n\ndata: [DONE]\n\n",
        "{\"choices\":[{\"message\":{\"content\":\" Write 30 days.\"},"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":25,"
        "\"completion_tokens\":4}}"
    };

    memset(&prompt, 0, sizeof(aif_prompt_t));
    aif_str_set(&prompt.name, "assistant");
    aif_str_set(&prompt.system, "Answer.");
    prompt.task = AIF_PROMPT_WRITE;
    prompt.answer = AIF_PROMPT_TEXT;

    engine_batch(&c, texts, 1);
    c.batch.prompt = &prompt;
    c.batch.stream = 1;

    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(has(&r.body, ",\"stream\":true,\"stream_options\":"
                    "{\"include_usage\":true}}"), "a stream is wanted");

    c.batch.without = AIF_ENGINE_NO_STREAM_USAGE;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(has(&r.body, ",\"stream\":true}"), "without options");
    c.batch.without = 0;

    for (i = 0; i < 2; i++) {
        body.data = (u_char *) bodies[i];
        body.len = strlen(bodies[i]);

        error = aif_engine_openai.classify(&engine_conf, &c.batch, 200, &body,
                                           a, &reply);
        ok(error == AIF_ENGINE_ANSWER
           && aif_engine_openai.parse(&engine_conf, &c.batch, &body, a)
              == AIF_OK
           && c.batch.usage && c.batch.input_tokens == 25
           && c.batch.output_tokens == 4, "answer %zu", i);
        is(c.items[0].target, "Write 30 days.", "its text");
    }

    aif_str_set(&body, CHUNK("\"content\":\"a\"") "\n\n" STOP("length"));
    ok(aif_engine_openai.parse(&engine_conf, &c.batch, &body, a) == AIF_LIMIT,
       "cut at its limit");

    aif_str_set(&body, CHUNK("\"content\":\"a\"") "\n\ndata: {\"error\":"
                "{\"message\":\"busy\",\"code\":503}}\n\n");
    ok(aif_engine_openai.classify(&engine_conf, &c.batch, 200, &body, a,
                                  &reply) == AIF_ENGINE_RETRY,
       "an error that came late");
    is(reply.message, "busy", "its message");

    aif_str_set(&body, "{\"error\":{\"message\":\"unknown field "
                "stream_options\"}}");
    ok(aif_engine_openai.classify(&engine_conf, &c.batch, 400, &body, a,
                                  &reply) == AIF_ENGINE_UNKNOWN
       && reply.without == AIF_ENGINE_NO_STREAM_USAGE, "options are refused");

    c.batch.stream = 0;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(!has(&r.body, "stream"), "none is wanted");
}


static void
test_answer(aif_arena_t *a)
{
    size_t        i;
    aif_str_t     answer;
    aif_stream_t  s;

    static const struct {
        const char  *text;
        int          rc;
        const char  *answer;
    } tests[] = {
        { "", AIF_OK, "" },
        { " Yes", AIF_OK, "Yes" },
        { "\n <thi", AIF_OK, "" },
        { "<think>about 5 days", AIF_OK, "" },
        { "<think>5</think> Yes", AIF_OK, " Yes" },
        { "<this", AIF_OK, "<this" },
        { "a</think>b", AIF_BAD, "" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        aif_stream_init(&s, a);
        aif_buf_append(&s.text, tests[i].text, strlen(tests[i].text));

        ok(aif_stream_answer(&s, &answer) == tests[i].rc, "answer %zu", i);
        is(answer, tests[i].answer, "is that");
    }
}


static void
test_limits(aif_arena_t *a)
{
    size_t        i, n;
    char         *text;
    aif_buf_t     b;
    aif_str_t     body;
    aif_stream_t  s;

    n = AIF_STREAM_MAX_EVENT + 10;
    text = malloc(n);
    memset(text, 'x', n);

    body.data = (u_char *) text;
    body.len = n;
    aif_stream_init(&s, a);
    ok(aif_stream_read(&s, &body, 0) == AIF_LIMIT, "a line without an end");

    memset(text, '[', n);
    memcpy(text, "data: ", 6);
    memcpy(text + n - 20, "\n\n", 2);
    aif_stream_init(&s, a);
    ok(aif_stream_read(&s, &body, 0) == AIF_LIMIT, "a million brackets");

    aif_buf_init(&b, a, 4 << 20);
    text[1000] = '\0';
    memset(text, 'x', 1000);

    for (i = 0; i <= AIF_STREAM_MAX_TEXT / 1000; i++) {
        aif_buf_literal(&b, "data: {\"choices\":[{\"delta\":{\"content\":\"");
        aif_buf_append(&b, text, 1000);
        aif_buf_literal(&b, "\"}}]}\n\n");
    }

    body.data = b.data;
    body.len = b.len;
    aif_stream_init(&s, a);
    ok(aif_stream_read(&s, &body, 0) == AIF_LIMIT
       && s.text.len <= AIF_STREAM_MAX_TEXT, "too much text");

    free(text);
}


static void
test_llama_server(aif_arena_t *a)
{
    char          *data, *from, *to, path[512];
    size_t         len, step, wrong;
    const char    *dir;
    aif_stream_t   s;

    dir = getenv("AIF_DATA");
    snprintf(path, sizeof(path), "%s/engines/llama-server-0.7.0.txt",
             dir ? dir : "../shared/data");

    data = engine_slurp(path, &len);

    if (data == NULL) {
        skip("no %s", path);
        return;
    }

    from = strstr(data, "\n## stream\n");
    from = from ? strstr(from, "\ndata: ") : NULL;
    to = from ? strstr(from, "data: [DONE]") : NULL;

    if (!ok(to != NULL, "a stream of a real server")) {
        free(data);
        return;
    }

    from++;
    len = to + strlen("data: [DONE]\n\n") - from;
    wrong = 0;

    for (step = 1; step <= len; step += step < 64 ? 1 : 97) {
        aif_arena_reset(a);
        wrong += feed(&s, from, len, step, a) != AIF_DONE || !s.cut
                 || s.usage != 3 || s.input_tokens != 25
                 || s.output_tokens != 4 || s.text.len != 22
                 || memcmp(s.text.data, " The Nordvik jacket is", 22) != 0;
    }

    ok(wrong == 0, "is read at every split");
    free(data);
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_splits(a);
    test_dialect(a);
    test_answer(a);
    test_limits(a);
    test_llama_server(a);

    aif_arena_destroy(a);
    done();
}
