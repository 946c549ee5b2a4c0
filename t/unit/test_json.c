
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The JSON reader: values, refusals, limits, paths, and strings written.
 */


#include "engine/aif_json.h"
#include "tap.h"


/* What the reader said, as text: path-less, one mark per value. */

typedef struct {
    aif_buf_t    out;
    const char  *path;           /* values at this path only, if any */
    size_t       stop;           /* refuse the value of this number; 0: none */
    size_t       seen;
} trace_t;


static int
trace(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    trace_t  *t = ctx;

    static const char  marks[] = "nb#\"[{.";

    if (++t->seen == t->stop) {
        return 42;
    }

    if (t->path && !aif_json_at(json, t->path)) {
        return AIF_OK;
    }

    aif_buf_byte(&t->out, marks[type]);
    aif_buf_append(&t->out, value->data, value->len);
    aif_buf_byte(&t->out, ' ');

    return AIF_OK;
}


static int
read_json(aif_arena_t *a, const char *text, size_t len, trace_t *t)
{
    int      rc;
    u_char  *copy;

    /* exactly as long as it is, so that reading on is seen */

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    aif_buf_init(&t->out, a, 64);
    t->seen = 0;
    rc = aif_json_read(copy, len, a, trace, t);
    free(copy);

    return rc;
}


static void
test_values(aif_arena_t *a)
{
    size_t   i;
    trace_t  t = { .path = NULL };

    static const struct {
        const char  *text;
        const char  *want;
    } tests[] = {
        { "null", "n " },
        { " [true,false] ", "[ btrue bfalse . " },
        { "{\"a\":-1.5e3,\"b\":[{}]}", "{ #-1.5e3 [ { . . . " },
        { "12345678901234567890123", "#12345678901234567890123 " },
        { "\"\"", "\" " },
        { "\"a\\\"b\\\\c\\/\\n\\u00e9\"", "\"a\"b\\c/\n\xc3\xa9 " },
        { "\"\\ud83d\\ude00 \\u20ac\"", "\"\xf0\x9f\x98\x80 \xe2\x82\xac " },
        { "\"\\\\ud83d \\\\u0000\"", "\"\\ud83d \\u0000 " },
        { "\xef\xbb\xbf[1]", "[ #1 . " },
        { "\"<\\/b>\"", "\"</b> " },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ok(read_json(a, tests[i].text, strlen(tests[i].text), &t) == AIF_OK,
           "read: %s", tests[i].text);
        is(t.out, tests[i].want, "... its values");
    }
}


static void
test_refused(aif_arena_t *a)
{
    size_t   i;
    trace_t  t = { .path = NULL };

    static const struct {
        int          rc;
        size_t       len;
        const char  *text;
    } tests[] = {
#define T(rc, text)  { rc, sizeof(text) - 1, text }
        T(AIF_MORE, ""),
        T(AIF_MORE, "  "),
        T(AIF_MORE, "["),
        T(AIF_MORE, "{\"a\":\"b"),
        T(AIF_MORE, "{\"a\":\"b\\ud83d"),
        T(AIF_MORE, "tru"),
        T(AIF_BAD, "]"),
        T(AIF_BAD, "{\"a\" \"b\"}"),
        T(AIF_BAD, "{a:1}"),
        T(AIF_BAD, "{\"a\":1,}"),
        T(AIF_BAD, "[1] [2]"),
        T(AIF_BAD, "[1]x"),
        T(AIF_BAD, "'a'"),
        T(AIF_BAD, "[/* a */ 1]"),
        T(AIF_BAD, "\"\t\""),
        T(AIF_BAD, "\"\n\""),
        T(AIF_BAD, "[1]\0"),
        T(AIF_BAD, "\"a\0b\""),
        T(AIF_BAD, "\"\\u0000\""),
        T(AIF_BAD, "\"\\ud800\""),
        T(AIF_BAD, "\"\\ud800x\""),
        T(AIF_BAD, "\"\\ud800\\n12345\""),
        T(AIF_BAD, "\"\\ud800\\u0041\""),
        T(AIF_BAD, "\"\\ud800\\ud800\""),
        T(AIF_BAD, "\"\\udc00\""),
        T(AIF_BAD, "\"\\uDFFF\\ud800\""),
        T(AIF_BAD, "\"\\u12g4\""),
        T(AIF_BAD, "\"\\x41\""),
        T(AIF_BAD, "{\"\\ud800\":1}"),
        T(AIF_BAD, "\"\xc0\x80\""),             /* overlong NUL */
        T(AIF_BAD, "\"\xc1\xbf\""),
        T(AIF_BAD, "\"\xe0\x80\xaf\""),
        T(AIF_BAD, "\"\xed\xa0\x80\""),         /* a surrogate in UTF-8 */
        T(AIF_BAD, "\"\xf4\x90\x80\x80\""),     /* beyond U+10FFFF */
        T(AIF_BAD, "\"\xff\""),
        T(AIF_BAD, "\"\xc3\""),
        T(AIF_BAD, "<html>"),
#undef T
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ok(read_json(a, tests[i].text, tests[i].len, &t) == tests[i].rc,
           "refused: %s", tests[i].text);
    }
}


static void
test_limits(aif_arena_t *a)
{
    int      i, rc, wrong;
    char    *text;
    size_t   n, limit;
    trace_t  t = { .path = "nowhere" };

    static const char  small[] = "[\"a\\nb\",{\"k\":[[[[1]]]]},\"\\u00e9\"]";

    n = AIF_JSON_MAX_SIZE + 1;
    text = malloc(n);

    for (i = 0; i < AIF_JSON_MAX_DEPTH; i++) {
        text[i] = '[';
        text[2 * AIF_JSON_MAX_DEPTH - 1 - i] = ']';
    }

    ok(read_json(a, text, 2 * AIF_JSON_MAX_DEPTH, &t) == AIF_OK,
       "%d arrays are read", AIF_JSON_MAX_DEPTH);

    memset(text, '[', n);
    ok(read_json(a, text, AIF_JSON_MAX_DEPTH, &t) == AIF_MORE,
       "%d brackets", AIF_JSON_MAX_DEPTH);
    ok(read_json(a, text, AIF_JSON_MAX_DEPTH + 1, &t) == AIF_LIMIT,
       "one more is too deep");
    ok(read_json(a, text, 1000000, &t) == AIF_LIMIT, "a million");

    for (i = 0; i < 1000; i++) {
        memcpy(text + 5 * i, "{\"a\":", 5);
    }

    ok(read_json(a, text, 5000, &t) == AIF_LIMIT, "objects too deep");

    memset(text, ' ', n);
    memcpy(text, "[1]", 3);
    ok(read_json(a, text, n - 1, &t) == AIF_OK, "as large as may be");
    ok(read_json(a, text, n, &t) == AIF_LIMIT, "too large");
    free(text);

    /* without memory, wherever it ends */

    wrong = 0;

    for (limit = 0; limit < 40000; limit += 16) {
        a = aif_arena_create(1024, limit);
        memset(&t, 0, sizeof(t));
        t.path = "nowhere";
        rc = read_json(a, small, sizeof(small) - 1, &t);
        wrong += (rc != AIF_OK && rc != AIF_NOMEM);
        aif_arena_destroy(a);
    }

    ok(!wrong && rc == AIF_OK, "AIF_NOMEM until there is enough");
}


static void
test_paths(aif_arena_t *a)
{
    size_t   i;
    trace_t  t = { .path = NULL };

    static const char  text[] =
        "{\"a\":{\"b\":[10,{\"c\":11},[12,13]]},\"b\":[14],\"\":15,\"a.b\":16,"
        "\"0\":17,\"a23456789012345678901234567890123\":18}";

    static const struct {
        const char  *path;
        const char  *want;
    } tests[] = {
        { "", "{ . " },
        { "a", "{ . " },
        { "a.b", "[ . " },
        { "a.b.0", "#10 " },
        { "a.b.1.c", "#11 " },
        { "a.b.2.1", "#13 " },
        { "a.b.*.*", "#11 #12 #13 " },
        { "*.0", "#14 " },
        { "a.b.00", "#10 " },
        { "0", "#17 " },
        { "a.b.3", "" },
        { "a.c", "" },
        { "a.b.0.c", "" },
        { "b.*", "#14 " },
        { "a23456789012345678901234567890123", "" },
        { "c", "" },
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        t.path = tests[i].path;
        (void) read_json(a, text, sizeof(text) - 1, &t);
        is(t.out, tests[i].want, tests[i].path);
    }

    t.path = NULL;
    t.stop = 3;
    ok(read_json(a, text, sizeof(text) - 1, &t) == 42 && t.seen == 3,
       "the handler ends the reading");
}


static int
keys(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    char        line[64];
    size_t      index;
    aif_buf_t  *out = ctx;
    aif_str_t   key;

    (void) value;

    key = aif_json_key(json);
    index = aif_json_index(json);

    aif_buf_append(out, line,
                   snprintf(line, sizeof(line), "%u:%d:%.*s:%d ",
                            aif_json_depth(json), type, (int) key.len,
                            key.data, index == AIF_JSON_NO_INDEX ? -1
                                                            : (int) index));
    return AIF_OK;
}


static void
test_place(aif_arena_t *a)
{
    aif_buf_t  out;

    aif_buf_init(&out, a, 64);
    (void) aif_json_read((u_char *) "{\"k\":[1,[]],\"l\":2}", 18, a, keys,
                         &out);
    is(out, "0:5::-1 1:4:k:-1 2:2::0 2:4::1 2:6::1 1:6:k:-1 1:2:l:-1 0:6::-1 ",
       "depth, type, key and index of each value");
}


static void
test_helpers(aif_arena_t *a)
{
    size_t     i;
    uint64_t   n;
    aif_buf_t  b;
    aif_str_t  s;

    static const struct {
        const char  *text;
        size_t       extent;
    } extents[] = {
        { "[]x", 2 },
        { "[[1],{\"a\":2}] [", 13 },
        { "{\"]}\":\"\\\"}\"}", 12 },
        { "[1", 2 },
        { "[\"", 2 },
        { "[\"\\", 3 },
        { "[\"a\\\"]", 6 },
    };

    for (i = 0; i < sizeof(extents) / sizeof(extents[0]); i++) {
        ok(aif_json_extent((u_char *) extents[i].text,
                           strlen(extents[i].text)) == extents[i].extent,
           "extent of %s", extents[i].text);
    }

    static const struct {
        const char  *text;
        int          good;
        uint64_t     n;
    } numbers[] = {
        { "0", 1, 0 },
        { "42", 1, 42 },
        { "9999999999999999999", 1, 9999999999999999999u },
        { "", 0, 0 },
        { "-1", 0, 0 },
        { "1.0", 0, 0 },
        { "1e3", 0, 0 },
        { "10000000000000000000", 0, 0 },
    };

    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        s.data = (u_char *) numbers[i].text;
        s.len = strlen(numbers[i].text);
        n = 0;
        ok(aif_json_uint(&s, &n) == numbers[i].good && n == numbers[i].n,
           "number %s", numbers[i].text);
    }

    aif_buf_init(&b, a, 8);
    aif_json_string(&b, (u_char *) "a\"b\\c\n\x01\x7f<\xc3\xa9", 11);
    is(b, "\"a\\\"b\\\\c\\n\\u0001\x7f<\xc3\xa9\"", "a string is written");

    aif_buf_init(&b, a, 8);
    aif_json_string(&b, NULL, 0);
    is(b, "\"\"", "an empty one");

    aif_buf_init(&b, a, 8);
    aif_json_number(&b, 0);
    aif_buf_byte(&b, ' ');
    aif_json_number(&b, UINT64_MAX);
    is(b, "0 18446744073709551615", "numbers are written");
}


/* Every string that is written is read as the same string. */

static void
test_round_trip(aif_arena_t *a)
{
    int        wrong;
    char       text[3];
    unsigned   i, j;
    trace_t    t = { .path = NULL };
    aif_buf_t  b;

    wrong = 0;

    for (i = 1; i < 0x80; i++) {
        for (j = 1; j < 0x80; j++) {
            text[0] = i;
            text[1] = j;

            aif_buf_init(&b, a, 16);
            aif_json_string(&b, (u_char *) text, 2);

            if (read_json(a, (char *) b.data, b.len, &t) != AIF_OK
                || t.out.len != 4 || memcmp(t.out.data + 1, text, 2) != 0)
            {
                wrong++;
            }

            aif_arena_reset(a);
        }
    }

    ok(wrong == 0, "what is written is read again");
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(4096, 64 << 20);

    test_values(a);
    test_refused(a);
    test_limits(a);
    test_paths(a);
    test_place(a);
    test_helpers(a);
    test_round_trip(a);

    aif_arena_destroy(a);
    done();
}
