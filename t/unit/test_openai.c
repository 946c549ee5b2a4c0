
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The golden answers are in cases/engine/openai-*.
 */


#define _GNU_SOURCE

#include "engine_case.h"
#include "engine/aif_json.h"


static int find_in(const aif_str_t *s, const char *what);
static int ignore(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value);


static void
test_build(aif_arena_t *a)
{
    size_t                i;
    engine_case_t         c;
    aif_engine_conf_t     conf;
    aif_engine_request_t  r;

    static const char *const  texts[] = {
        "Blue \"shirt\" \\", "Our <g1>soft</g1> bag &amp; more"
    };

    static const char *const  parts[] = {
        "{\"model\":\"model \\\"m\\\"\",\"messages\":["
            "{\"role\":\"system\",\"content\":\"",
        " from English (en) to Spanish (es).",
        "{\"role\":\"user\",\"content\":\"{\\\"items\\\":["
            "{\\\"id\\\":203,\\\"text\\\":\\\"Blue \\\\\\\"shirt\\\\\\\" "
            "\\\\\\\\\\\"},{\\\"id\\\":210,\\\"text\\\":\\\"Our <g1>soft</g1> "
            "bag &amp; more\\\"}]}\"}]",
        "],\"temperature\":0,\"max_tokens\":1024,\"response_format\":{",
        "\"strict\":true"
    };

    engine_batch(&c, texts, 2);

    ok(aif_engine_openai.build(&engine_conf, &c.batch, a, &r) == AIF_OK,
       "build");
    is(r.url, "http://127.0.0.1:1/v1/chat/completions", "url");
    ok(r.url.data[r.url.len] == '\0', "url ends with NUL");
    is(r.authorization, "Authorization: Bearer sk-secret-0123456789",
       "authorization");
    ok(r.authorization.data[r.authorization.len] == '\0',
       "authorization ends with NUL");
    is(r.content_type, "application/json", "content type");
    ok(aif_json_read(r.body.data, r.body.len, a, ignore, NULL) == AIF_OK,
       "the body is JSON");

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        ok(find_in(&r.body, parts[i]), "the body has %.40s", parts[i]);
    }

    ok(!find_in(&r.body, "sk-secret") && !find_in(&r.url, "sk-secret"),
       "the key is in the header line only");

    conf = engine_conf;
    aif_str_set(&conf.key, "");
    conf.temperature = -1;
    conf.max_tokens = 0;
    ok(aif_engine_openai.build(&conf, &c.batch, a, &r) == AIF_OK
       && r.authorization.len == 0, "no key, no line");
    ok(!find_in(&r.body, "temperature") && !find_in(&r.body, "max_tokens"),
       "what isn't configured isn't sent");

    conf.temperature = 0.7;
    (void) aif_engine_openai.build(&conf, &c.batch, a, &r);
    ok(find_in(&r.body, "\"temperature\":0.70,"), "temperature 0.7");
    conf.temperature = 1.05;
    (void) aif_engine_openai.build(&conf, &c.batch, a, &r);
    ok(find_in(&r.body, "\"temperature\":1.05,"), "temperature 1.05");

    aif_str_set(&conf.key, "a\r\nX-Evil: b");
    ok(aif_engine_openai.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "a key with a line break is refused");
    aif_str_set(&conf.key, "");
    aif_str_set(&conf.url, "http://a/\r\n");
    ok(aif_engine_openai.build(&conf, &c.batch, a, &r) == AIF_LIMIT,
       "a url with a line break is refused");

    c.batch.n = 0;
    ok(aif_engine_openai.build(&engine_conf, &c.batch, a, &r) == AIF_LIMIT,
       "nothing to ask");
    c.batch.n = AIF_ENGINE_MAX_BATCH + 1;
    ok(aif_engine_openai.build(&engine_conf, &c.batch, a, &r) == AIF_LIMIT,
       "too much to ask");
}


/* What a prompt changes: who asks so, and with what. */

static void
test_prompts(aif_arena_t *a)
{
    aif_prompt_t          p;
    engine_case_t         c;
    aif_engine_request_t  r;
    aif_str_t             segment = aif_string("gift");

    static const char *const  facts[] = {
        "{\"name\":\"Bag\"}", "[\"half\""
    };

    memset(&p, 0, sizeof(p));
    p.task = AIF_PROMPT_WRITE;
    aif_str_set(&p.system, "Write for {segment}.");
    aif_str_set(&p.user, "Now: {facts}!");

    engine_batch(&c, facts, 2);
    c.batch.prompt = &p;
    c.batch.segment = &segment;

    ok(aif_engine_openai.build(&engine_conf, &c.batch, a, &r) == AIF_OK,
       "items of facts");
    ok(find_in(&r.body, "\"content\":\"Write for gift.\\n"), "own words");
    ok(find_in(&r.body, "\"Now: {\\\"items\\\":[{\\\"id\\\":203,\\\"facts\\\":"
               "\\\"{\\\\\\\"name\\\\\\\":\\\\\\\"Bag\\\\\\\"}\\\"},"),
       "facts as text");

    p.json = 1;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(find_in(&r.body, "\\\"facts\\\":{\\\"name\\\":\\\"Bag\\\"}},{"),
       "facts as JSON");
    ok(find_in(&r.body, "\\\"facts\\\":\\\"[\\\\\\\"half\\\\\\\"\\\"}]}!"),
       "what is no JSON remains text");

    p.answer = AIF_PROMPT_TEXT;
    ok(aif_engine_openai.build(&engine_conf, &c.batch, a, &r) == AIF_LIMIT,
       "two texts where one is asked for");
    c.batch.n = 1;
    ok(aif_engine_openai.build(&engine_conf, &c.batch, a, &r) == AIF_OK
       && find_in(&r.body, "\"Now: {\\\"name\\\":\\\"Bag\\\"}!\"}]"),
       "one text alone");
    ok(!find_in(&r.body, "response_format"), "is answered in words");

    p.answer = AIF_PROMPT_OBJECT;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(find_in(&r.body, "\"response_format\":{\"type\":\"json_object\"}"),
       "any object");
    aif_str_set(&p.schema, "{\"type\":\"object\"}");
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(find_in(&r.body, "\"schema\":{\"type\":\"object\"}}}}"),
       "an object of that schema");

    ok(aif_engine_libretranslate.build(&engine_conf, &c.batch, a, &r)
       == AIF_LIMIT
       && aif_engine_apertium.build(&engine_conf, &c.batch, a, &r)
          == AIF_LIMIT, "who only translates doesn't write");
    ok(aif_engine_openai.prompts && !aif_engine_apertium.prompts
       && !aif_engine_libretranslate.prompts, "and says so");
}


/* What is read of a content, for each form of answer. */

static void
test_answers(aif_arena_t *a)
{
    int            rc;
    size_t         i;
    aif_buf_t      b;
    aif_str_t      body;
    aif_prompt_t   p;
    engine_case_t  c;

    static const char *const  facts[] = { "{\"name\":\"Bag\"}" };

    static const struct {
        unsigned     answer;
        const char  *content;
        const char  *finish;
        int          rc;
        const char  *target;         /* NULL: none */
    } tests[] = {
        { AIF_PROMPT_TEXT, " A bag\n for AT&T. ", "stop", AIF_OK,
          "A bag\nfor AT&amp;T." },
        { AIF_PROMPT_TEXT, "<think>{\"a\":1} hm</think>\nA bag", "stop",
          AIF_OK, "A bag" },
        { AIF_PROMPT_TEXT, "A bag for", "length", AIF_LIMIT, NULL },
        { AIF_PROMPT_TEXT, "A <b>bag</b>", "stop", AIF_OK, NULL },
        { AIF_PROMPT_TEXT, " \n", "stop", AIF_OK, NULL },
        { AIF_PROMPT_OBJECT, "Here: ```json\n{\"a\":[1,{\"b\":2}]}\n```",
          "stop", AIF_OK, "{\"a\":[1,{\"b\":2}]}" },
        { AIF_PROMPT_OBJECT, "Set {x} of {\"a\":\"}\"} and {\"b\":1}", "stop",
          AIF_OK, "{\"a\":\"}\"}" },
        { AIF_PROMPT_OBJECT, "<think>{\"a\":1}</think>{\"b\":1}", "stop",
          AIF_OK, "{\"b\":1}" },
        { AIF_PROMPT_OBJECT, "{\"a\":[1,", "length", AIF_LIMIT, NULL },
        { AIF_PROMPT_OBJECT, "{\"a\":[1,", "stop", AIF_BAD, NULL },
        { AIF_PROMPT_OBJECT, "[1]", "stop", AIF_BAD, NULL },
        { AIF_PROMPT_OBJECT, "", "stop", AIF_BAD, NULL },
    };

    memset(&p, 0, sizeof(p));
    p.task = AIF_PROMPT_WRITE;

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        p.answer = tests[i].answer;
        engine_batch(&c, facts, 1);
        c.batch.prompt = &p;

        aif_buf_init(&b, a, 64);
        aif_buf_literal(&b, "{\"choices\":[{\"message\":{\"content\":");
        aif_json_string(&b, (u_char *) tests[i].content,
                        strlen(tests[i].content));
        aif_buf_literal(&b, "},\"finish_reason\":");
        aif_json_string(&b, (u_char *) tests[i].finish,
                        strlen(tests[i].finish));
        aif_buf_literal(&b, "}]}");

        body.data = b.data;
        body.len = b.len;
        rc = aif_engine_openai.parse(&engine_conf, &c.batch, &body, a);
        ok(rc == tests[i].rc, "answer %zu: %s", i, engine_rc(rc));

        if (tests[i].target) {
            is(c.items[0].target, tests[i].target, "its target");

        } else {
            ok(c.items[0].target.data == NULL, "no target");
        }
    }
}


static int
find_in(const aif_str_t *s, const char *what)
{
    return memmem(s->data, s->len, what, strlen(what)) != NULL;
}


static int
ignore(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    (void) ctx;
    (void) json;
    (void) type;
    (void) value;

    return AIF_OK;
}


/* A batch as large as may be, each text under its id, in reverse order. */

static void
test_largest(aif_arena_t *a)
{
    int            wrong;
    char           names[AIF_ENGINE_MAX_BATCH][32], item[96];
    size_t         i;
    aif_buf_t      inner, body;
    aif_str_t      answer, *t;
    const char    *texts[AIF_ENGINE_MAX_BATCH];
    engine_case_t  c;

    aif_buf_init(&inner, a, 64);
    aif_buf_literal(&inner, "[");

    for (i = 0; i < AIF_ENGINE_MAX_BATCH; i++) {
        snprintf(names[i], sizeof(names[i]), "text %zu", i);
        texts[i] = names[i];
    }

    for (i = AIF_ENGINE_MAX_BATCH; i-- > 0; /* void */) {
        aif_buf_append(&inner, item,
                       snprintf(item, sizeof(item),
                                "%s{\"id\":%zu,\"text\":\"text %zu\"}",
                                inner.len > 1 ? "," : "", 203 + 7 * i, i));
    }

    aif_buf_literal(&inner, "]");

    aif_buf_init(&body, a, 64);
    aif_buf_literal(&body, "{\"choices\":[{\"message\":{\"content\":");
    aif_json_string(&body, inner.data, inner.len);
    aif_buf_literal(&body, "}}]}");

    answer.data = body.data;
    answer.len = body.len;

    engine_batch(&c, texts, AIF_ENGINE_MAX_BATCH);
    ok(aif_engine_openai.parse(&engine_conf, &c.batch, &answer, a) == AIF_OK,
       "a batch of %d", AIF_ENGINE_MAX_BATCH);

    wrong = 0;

    for (i = 0; i < AIF_ENGINE_MAX_BATCH; i++) {
        t = &c.items[i].target;
        wrong += (t->data == NULL || t->len != strlen(texts[i])
                  || memcmp(t->data, texts[i], t->len) != 0);
    }

    ok(wrong == 0, "each under its own id");

    /* an id of the place behind the last one */

    engine_batch(&c, texts, AIF_ENGINE_MAX_BATCH - 1);
    ok(aif_engine_openai.parse(&engine_conf, &c.batch, &answer, a) == AIF_BAD,
       "one of them was not asked for");
}


static void
test_deep(aif_arena_t *a)
{
    size_t                n;
    char                 *brackets;
    aif_str_t             body;
    engine_case_t         c;
    aif_engine_reply_t    reply;
    aif_engine_error_e    error;

    static const char *const  texts[] = { "Blue shirt" };

    n = 1000000;
    brackets = malloc(n);
    memset(brackets, '[', n);
    body.data = (u_char *) brackets;
    body.len = n;

    engine_batch(&c, texts, 1);
    ok(aif_engine_openai.parse(&engine_conf, &c.batch, &body, a) == AIF_LIMIT,
       "a million brackets");
    error = aif_engine_openai.classify(&engine_conf, &c.batch, 200, &body, a,
                                       &reply);
    ok(error == AIF_ENGINE_GARBAGE, "are garbage");

    /* many places where JSON could begin: not each of them is tried */

    memset(brackets, '{', n);
    memcpy(brackets, "{\"choices\":[{\"message\":{\"content\":\"", 34);
    memcpy(brackets + n - 5, "\"}}]}", 5);
    ok(aif_engine_openai.parse(&engine_conf, &c.batch, &body, a) == AIF_BAD,
       "a million braces inside");

    free(brackets);
}


/* What is refused goes, one part after the other, and then the engine. */

static void
test_without(aif_arena_t *a)
{
    size_t                i;
    aif_str_t             body;
    engine_case_t         c;
    aif_engine_reply_t    reply;
    aif_engine_request_t  r;

    static const char *const  texts[] = { "Blue shirt" };

    static const struct {
        unsigned             without;
        const char          *said;
        aif_engine_error_e   error;
        unsigned             more;
    } tests[] = {
        { 0, "bad response_format", AIF_ENGINE_UNKNOWN, 1 },
        { 1, "bad response_format", AIF_ENGINE_UNKNOWN, 2 },
        { 3, "bad response_format", AIF_ENGINE_REFUSED, 0 },
        { 2, "use max_completion_tokens", AIF_ENGINE_UNKNOWN, 4 },
        { 6, "use max_completion_tokens", AIF_ENGINE_REFUSED, 0 },
        { 4, "Temperature is deprecated", AIF_ENGINE_UNKNOWN, 8 },
        { 15, "temperature, response_format", AIF_ENGINE_REFUSED, 0 },
        { 0, "bad request", AIF_ENGINE_REFUSED, 0 },
    };

    engine_batch(&c, texts, 1);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        char  text[128];

        body.data = (u_char *) text;
        body.len = snprintf(text, sizeof(text),
                            "{\"error\":{\"message\":\"%s\"}}",
                            tests[i].said);
        c.batch.without = tests[i].without;

        ok(aif_engine_openai.classify(&engine_conf, &c.batch, 400, &body, a,
                                      &reply) == tests[i].error
           && reply.without == tests[i].more, "%s, asked without %x",
           tests[i].said, tests[i].without);
    }

    c.batch.without = 0;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(find_in(&r.body, "\"json_schema\"")
       && find_in(&r.body, "\"max_tokens\":1024")
       && find_in(&r.body, "\"temperature\":0"), "with everything");

    c.batch.without = AIF_ENGINE_NO_SCHEMA;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(!find_in(&r.body, "json_schema")
       && find_in(&r.body, "{\"type\":\"json_object\"}"),
       "without a schema");

    c.batch.without = 15;
    (void) aif_engine_openai.build(&engine_conf, &c.batch, a, &r);
    ok(!find_in(&r.body, "response_format")
       && find_in(&r.body, "\"max_completion_tokens\":1024")
       && !find_in(&r.body, "max_tokens") && !find_in(&r.body, "temperature"),
       "with nothing special");
}


/* Every answer of a real server: nothing is taken from it, nothing breaks. */

static void
test_llama_server(aif_arena_t *a)
{
    char                *data, *line, *end, *next, path[512];
    const char          *dir;
    size_t               len;
    unsigned             status, seen;
    aif_str_t            body;
    engine_case_t        c;
    aif_engine_reply_t   reply;
    aif_engine_error_e   error, want;

    static const char *const  texts[] = { "a", "b" };

    dir = getenv("AIF_DATA");
    snprintf(path, sizeof(path), "%s/engines/llama-server-0.7.0.txt",
             dir ? dir : "../shared/data");

    data = engine_slurp(path, &len);

    if (data == NULL) {
        skip("no %s", path);
        return;
    }

    engine_batch(&c, texts, 2);
    seen = 0;

    for (line = data; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        next = end + 1;
        *end = '\0';

        if (*line != '{' || *next != '[') {
            continue;
        }

        body.data = (u_char *) line;
        body.len = end - line;
        status = atoi(next + 1);

        error = aif_engine_openai.classify(&engine_conf, &c.batch, status,
                                           &body, a, &reply);

        /* the file shortens some answers: these are no JSON any more */

        want = status == 501 || status < 500 ? AIF_ENGINE_REFUSED
                                             : AIF_ENGINE_RETRY;
        if (find_in(&body, "exceed_context_size")) {
            want = AIF_ENGINE_TOO_LONG;

        } else if (find_in(&body, "JSON schema error")) {
            want = AIF_ENGINE_UNKNOWN;
        }

        if (status == 200) {
            want = body.data[body.len - 1] == '}' ? AIF_ENGINE_ANSWER
                                                  : AIF_ENGINE_GARBAGE;
            ok(aif_engine_openai.parse(&engine_conf, &c.batch, &body, a)
               != AIF_OK, "parse: %.50s", line);

        } else {
            ok(reply.message.len != 0, "message: %.*s", (int) reply.message.len,
               reply.message.data);
        }

        ok(error == want, "class of: %u %.40s", status,
           line);
        seen++;
    }

    ok(seen >= 15, "%u answers were read", seen);
    free(data);
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 256 << 20);

    test_build(a);
    test_prompts(a);
    test_answers(a);
    test_without(a);
    test_largest(a);
    test_deep(a);
    test_llama_server(a);
    engine_cases(&aif_engine_openai);

    aif_arena_destroy(a);
    done();
}
