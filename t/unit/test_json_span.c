
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Strings of JSON: where they are and what is around them; what is no JSON;
 * limits.  Texts are cut at every byte: none of the pieces may be taken for
 * whole but those that are.
 */


#include "core/aif_json_span.h"
#include "tap.h"


static aif_json_span_level_t  test_levels[AIF_JSON_SPAN_MAX_DEPTH];


/*
 * All strings as "path=content|"; an array's elements have their index.
 * AIF_DONE if the text is one value and nothing more.
 */

static int
test_read(const char *text, size_t len, char *out)
{
    int               rc;
    u_char           *copy;
    uint32_t          i;
    aif_json_span_t   js;

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    aif_json_span_init(&js, copy, len, test_levels);

    *out = '\0';

    while ((rc = aif_json_span_next(&js)) == AIF_OK) {

        for (i = 0; i < js.depth; i++) {

            if (js.levels[i].array) {
                out += sprintf(out, "%u%s.", js.levels[i].index,
                               js.levels[i].element ? "$" : "");

            } else {
                out += sprintf(out, "%.*s.", (int) js.levels[i].key.len,
                               js.levels[i].key.data);
            }
        }

        out += sprintf(out, "=%.*s%s|", (int) (js.end - js.start),
                       js.data + js.start, js.escaped ? "!" : "");
    }

    if (rc == AIF_DONE && aif_json_span_rest(&js) != len) {
        rc = AIF_BAD;
    }

    free(copy);

    return rc;
}


static void
test_strings(void)
{
    char       out[512];
    size_t     i, len, n, whole;
    aif_str_t  got;

    static const char *const  cases[][2] = {
        { "\"a\"", "=a|" },
        { " [ \"a\" , 1 , [ ] , \"b\" ] ", "0.=a|3.=b|" },
        { "{\"a\":\"b\",\"c\":{\"d\":[\"e\",{\"f\":\"g\"}]},\"h\":\"\"}",
          "a.=b|c.d.0.=e|c.d.1.f.=g|h.=|" },
        { "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}",
          "a.=\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9!|" },
        { "[true,false,null,0,-0,1.5,-2e10,3E-2,4.0e+1,\"x\"]", "9.=x|" },
        { "[\"$\",\"p\",null,{\"k\":\"v\"}]", "0$.=$|1$.=p|3$.k.=v|" },
        { "{}", "" }, { "[]", "" }, { "0", "" }, { "[{},[[]]]", "" },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        len = strlen(cases[i][0]);

        ok(test_read(cases[i][0], len, out) == AIF_DONE, "%s is read",
           cases[i][0]);

        got.data = (u_char *) out;
        got.len = strlen(out);
        is(got, cases[i][1], "its strings");

        /* a piece is whole only where white space is all that is missing */

        for (n = 0, whole = 0; n < len; n++) {
            whole += (test_read(cases[i][0], n, out) == AIF_DONE);
        }

        ok(whole == (cases[i][0][len - 1] == ' '), "and no piece of it is");
    }
}


static void
test_bad(void)
{
    char    out[512];
    size_t  i;

    static const char *const  cases[] = {
        "", " ", "[", "{", "\"", "\"a", "\"\\\"", "\"\\x41\"", "\"\\u12g4\"",
        "\"\\u123\"", "\"a\nb\"", "'a'", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}",
        "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{1:2}", "[1 2]", "[1}", "{]",
        "01", "-", "+1", ".5", "1.", "1e", "1e+", "tru", "True", "nul", "NaN",
        "undefined", "[1]]", "1 2", "{} x", "/**/ 1", "[1];", "\xef\xbb\xbf[]",
        ")]}'\n[]",
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(test_read(cases[i], strlen(cases[i]), out) == AIF_BAD, "no JSON: %s",
           cases[i]);
    }

    ok(test_read("\"a\0b\"", 5, out) == AIF_BAD, "no JSON: a zero byte");
}


static void
test_limits(void)
{
    char    out[64];
    char   *text;
    size_t  i;

    text = malloc(2 * AIF_JSON_SPAN_MAX_DEPTH + 2);

    memset(text, '[', AIF_JSON_SPAN_MAX_DEPTH + 1);
    ok(test_read(text, AIF_JSON_SPAN_MAX_DEPTH + 1, out) == AIF_LIMIT,
       "too deep");

    memset(text + AIF_JSON_SPAN_MAX_DEPTH, ']', AIF_JSON_SPAN_MAX_DEPTH);
    ok(test_read(text, 2 * AIF_JSON_SPAN_MAX_DEPTH, out) == AIF_DONE,
       "as deep as may be");

    free(text);

    {
        int              rc;
        aif_json_span_t  js;

        text = malloc(3 * AIF_JSON_SPAN_MAX_STRINGS + 8);
        text[0] = '[';

        for (i = 0; i <= AIF_JSON_SPAN_MAX_STRINGS; i++) {
            memcpy(text + 1 + 3 * i, "\"\",", 3);
        }

        aif_json_span_init(&js, (u_char *) text, 1 + 3 * i, test_levels);

        do {
            rc = aif_json_span_next(&js);
        } while (rc == AIF_OK);

        ok(rc == AIF_LIMIT, "too many strings");
        free(text);
    }
}


static void
test_decode(void)
{
    size_t     i;
    u_char     room[64];
    aif_str_t  got;

    static const char *const  cases[][2] = {
        { "a\\u00e9\\n\\t\\\\\\/\\\"", "a\xc3\xa9\n\t\\/\"" },
        { "\\ud83d\\ude00", "\xf0\x9f\x98\x80" },
        { "\\uFFFF", "\xef\xbf\xbf" },
        { "\\b\\f\\r", "\b\f\r" },
    };
    static const char *const  bad[] = {
        "\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\u0041", "\\u0000", "\xc3",
        "\xff", "a\xed\xa0\x80"
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        got.data = room;
        got.len = aif_json_span_decode(room, (u_char *) cases[i][0],
                                       (u_char *) cases[i][0]
                                       + strlen(cases[i][0]));
        is(got, cases[i][1], cases[i][0]);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(aif_json_span_decode(room, (u_char *) bad[i],
                                (u_char *) bad[i] + strlen(bad[i]))
           == SIZE_MAX, "no text: case %zu", i);
    }
}


int
main(void)
{
    test_strings();
    test_bad();
    test_limits();
    test_decode();

    done();
}
