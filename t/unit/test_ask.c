
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Questions out of bodies, and what a model is shown.  Seen to fail with the
 * entries of a history not counted, and with a question's "<" left as it is.
 */


#define _GNU_SOURCE

#include "tap.h"
#include "engine/aif_ask.h"


static void
test_bodies(aif_arena_t *a)
{
    int          rc;
    size_t       i;
    aif_ask_t    ask;
    const char  *fault;

    static const struct {
        int          form;
        const char  *body;
        int          rc;
        const char  *question;       /* or the fault */
    } tests[] = {
        { 0, "{\"question\":\" How\\n long? \"}", AIF_OK, "How long?" },
        { 0, "{\"question\":\"a <b>&\\u202e c\",\"more\":[{}]}", AIF_OK,
          "a &lt;b&gt;&amp; c" },
        { 0, "{\"question\":\"a\",\"page\":null,\"locale\":null,\"history\":"
          "null}", AIF_OK, "a" },
        { 0, "{}", AIF_BAD, "\"question\" is missing" },
        { 0, "{\"question\":\"?\"}", AIF_BAD, "\"question\" is missing" },
        { 0, "{\"question\":1}", AIF_BAD, "\"question\" must be a string" },
        { 0, "{\"question\":[\"a\"]}", AIF_BAD,
          "\"question\" must be a string" },
        { 0, "{\"question\":\"a\",\"page\":1}", AIF_BAD,
          "\"page\" must be a string" },
        { 0, "{\"question\":\"a\",\"locale\":{}}", AIF_BAD,
          "\"locale\" must be a string" },
        { 0, "{\"question\":\"a\",\"history\":1}", AIF_BAD,
          "\"history\" must be an array" },
        { 0, "{\"question\":\"a\",\"history\":[1]}", AIF_BAD,
          "\"history\" must have objects" },
        { 0, "{\"question\":\"a\",\"history\":[{\"answer\":1}]}", AIF_BAD,
          "\"history\" must have strings for \"question\" and \"answer\"" },
        { 0, "{\"question\":\"a\",\"history\":[{},{},{},{},{},{},{},{},{},{},"
          "{}]}", AIF_LIMIT, "\"history\" must have at most 10 entries" },
        { 0, "[]", AIF_BAD, "the body must be an object" },
        { 0, "{\"question\":\"a\"", AIF_BAD, "the body is not JSON" },
        { 0, "", AIF_BAD, "the body is not JSON" },
        { 1, "question=How+long%3F&page=%2Fp&locale=es&x", AIF_OK,
          "How long?" },
        { 1, "question=%", AIF_BAD, "\"question\" is missing" },
        { 1, "question=a%ff", AIF_BAD, "the form must be in UTF-8" },
        { 1, "page=/x", AIF_BAD, "\"question\" is missing" },
        { 1, "", AIF_BAD, "\"question\" is missing" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        rc = (tests[i].form ? aif_ask_form : aif_ask_json)
             ((const u_char *) tests[i].body, strlen(tests[i].body), a, &ask,
              &fault);

        ok(rc == tests[i].rc, "body %zu", i);

        if (rc == AIF_OK) {
            is(ask.question, tests[i].question, "its question");

        } else {
            ok(strcmp(fault, tests[i].question) == 0, "its fault: %s", fault);
        }
    }
}


static void
test_limits(aif_arena_t *a)
{
    char        *body;
    size_t       n;
    aif_ask_t    ask;
    const char  *fault;

    n = 1000000;
    body = malloc(n);
    memset(body, '[', n);
    ok(aif_ask_json((u_char *) body, n, a, &ask, &fault) == AIF_BAD
       && strcmp(fault, "the body must be an object") == 0,
       "a million brackets");
    memcpy(body, "{\"x\":", 5);
    ok(aif_ask_json((u_char *) body, n, a, &ask, &fault) == AIF_LIMIT
       && strcmp(fault, "the body is too deep") == 0, "inside");

    memset(body, 'a', n);
    memcpy(body, "question=", 9);
    ok(aif_ask_form((u_char *) body, AIF_ASK_MAX_TEXT + 10, a, &ask, &fault)
       == AIF_LIMIT, "a long question");
    memcpy(body, "page=", 5);
    ok(aif_ask_form((u_char *) body, AIF_ASK_MAX_PAGE + 6, a, &ask, &fault)
       == AIF_LIMIT, "a long address");
    free(body);
}


static void
test_source(aif_arena_t *a)
{
    aif_ask_t        ask;
    aif_str_t        json, facts, machine, none;
    const char      *fault;
    aif_passages_t   ps;

    static const char  body[] = "{\"question\":\"How \\\"long\\\"?\","
        "\"history\":[{\"question\":\"a\",\"answer\":\"b\"},{}]}";
    static const char *const  pages[] = {
        "<title>Shirt</title><p>Soft</p><script type=application/ld+json>"
        "{\"@type\":\"Product\",\"name\":\"Shirt\",\"offers\":{\"price\":5}}"
        "</script>", "<title>T</title>", "<p>30 days</p><p>Free</p>" };

    size_t  i;

    aif_passages_init(&ps, a);

    for (i = 0; i < 3; i++) {
        (void) aif_passages_add(&ps, (u_char *) pages[i], strlen(pages[i]));
    }

    aif_str_set(&none, "");
    (void) aif_passages_pick(&ps, &none, 6000);

    (void) aif_ask_json((u_char *) body, sizeof(body) - 1, a, &ask, &fault);
    ok(ask.length == 11 && ask.nturns == 2, "it has 11 characters");

    (void) aif_ask_source(&ask, &ps, a, &json);
    is(json, "{\"question\":\"How \\\"long\\\"?\",\"history\":[{\"question\":"
       "\"a\",\"answer\":\"b\"},{\"question\":\"\",\"answer\":\"\"}],"
       "\"sources\":[{\"n\":1,\"title\":\"Shirt\",\"facts\":\"name: "
       "Shirt\\nprice: 5\",\"text\":\"Soft\"},{\"n\":2,\"title\":\"\","
       "\"text\":\"30 days\\nFree\"}]}", "what a model is shown");

    (void) aif_ask_facts(&ps, a, &facts, &machine);
    is(facts, "Shirt\nSoft\n30 days\nFree\n", "what is held against");
    is(machine, "name: Shirt\nprice: 5\n", "and this");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(65536, 256 << 20);

    test_bodies(a);
    test_limits(a);
    test_source(a);

    aif_arena_destroy(a);
    done();
}
