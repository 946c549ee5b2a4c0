
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Texts for platforms: what is asked for, what is taken, what is refused.
 */


#include "../../src/engine/aif_copy.c"

#include "tap.h"


static aif_arena_t  *arena;


static int
read_text(const char *kind, unsigned n, const char *answer, aif_copy_t *copy,
    aif_guard_fault_t *fault)
{
    aif_str_t  name, text;

    name.data = (u_char *) kind;
    name.len = strlen(kind);
    text.data = (u_char *) answer;
    text.len = strlen(answer);

    return aif_copy_read(aif_copy_kind(&name), n, &text, arena, copy, fault);
}


/* one text of so many letters, in its place among others */

static int
read_long(const aif_copy_kind_t *kind, const aif_copy_field_t *which,
    unsigned fill, unsigned texts, const char *letter,
    aif_guard_fault_t *fault)
{
    unsigned    i, k, n, len;
    aif_buf_t   b;
    aif_str_t   text;
    aif_copy_t  copy;

    aif_buf_init(&b, arena, 1024);
    aif_copy_word(&b, "{\"variants\":[{");

    for (i = 0; i < kind->nfields; i++) {

        n = &kind->fields[i] == which ? texts : kind->fields[i].min;
        len = &kind->fields[i] == which ? fill : 5;

        aif_copy_word(&b, i ? ",\"" : "\"");
        aif_copy_word(&b, (char *) kind->fields[i].name.data);
        aif_copy_word(&b, kind->fields[i].max > 1 ? "\":[" : "\":");

        for (k = 0; k < n; k++) {
            aif_copy_word(&b, k ? ",\"" : "\"");
            for (unsigned c = 0; c < len; c++) {
                aif_copy_word(&b, letter);
            }
            aif_buf_byte(&b, '"');
        }

        aif_copy_word(&b, kind->fields[i].max > 1 ? "]" : "");
    }

    aif_copy_word(&b, "}]}");

    text.data = b.data;
    text.len = b.len;

    return aif_copy_read(kind, 1, &text, arena, &copy, fault);
}


static void
test_limits(void)
{
    size_t                   k;
    unsigned                 i, most;
    const char              *wide;
    aif_guard_fault_t        fault;
    const aif_copy_kind_t   *kind;
    const aif_copy_field_t  *f;

    wide = "\xe5\xb8\x83";

    for (k = 0; (kind = aif_copy_kind_at(k)) != NULL; k++) {

        for (i = 0; i < kind->nfields; i++) {

            f = &kind->fields[i];

            ok(read_long(kind, f, f->longest, f->max, "a", &fault) == AIF_OK,
               "%s: %u letters of %s", kind->name.data, f->longest,
               f->name.data);
            ok(read_long(kind, f, f->longest + 1, f->min, "a", &fault)
               == AIF_BAD && fault.kind == AIF_GUARD_LENGTH, "one more");

            most = f->count == AIF_COPY_PLAIN ? f->longest : f->longest / 2;

            ok(read_long(kind, f, most, f->min, wide, &fault) == AIF_OK,
               "%u Chinese ones", most);
            ok(read_long(kind, f, most + 1, f->min, wide, &fault) == AIF_BAD
               && fault.kind == AIF_GUARD_LENGTH, "one more");

            ok(read_long(kind, f, 5, f->max + 1, "a", &fault) == AIF_BAD,
               "one text more than %u", f->max);
            ok(read_long(kind, f, 5, f->min - 1, "a", &fault) == AIF_BAD,
               "one less than %u", f->min);
            ok(read_long(kind, f, 0, f->min, "a", &fault) == AIF_BAD
               && fault.kind == AIF_GUARD_EMPTY, "empty ones");
        }
    }

    ok(k == 6, "all kinds");
}


static void
test_lengths(void)
{
    size_t     i, n;
    aif_str_t  text;

    static const struct {
        const char        *text;
        aif_copy_count_e   count;
        size_t             length;
    } tests[] = {
        { "", AIF_COPY_TWEET, 0 },
        { "abc", AIF_COPY_TWEET, 3 },
        { "\xc3\xa9", AIF_COPY_TWEET, 1 },                    /* e acute */
        { "\xe1\x83\xbf", AIF_COPY_TWEET, 1 },                /* U+10FF */
        { "\xe1\x84\x80", AIF_COPY_TWEET, 2 },                /* U+1100 */
        { "\xe2\x80\x8d", AIF_COPY_TWEET, 1 },                /* U+200D */
        { "\xe2\x80\x8e", AIF_COPY_TWEET, 2 },                /* U+200E */
        { "\xe2\x80\x90\xe2\x80\x9f", AIF_COPY_TWEET, 2 },    /* 2010 201F */
        { "\xe2\x80\xa6", AIF_COPY_TWEET, 2 },                /* ellipsis */
        { "\xe2\x80\xb2\xe2\x80\xb7", AIF_COPY_TWEET, 2 },    /* 2032 2037 */
        { "\xe2\x82\xac", AIF_COPY_TWEET, 2 },                /* euro */
        { "\xe5\xb8\x83\xe6\x9d\x90", AIF_COPY_TWEET, 4 },
        { "\xf0\x9f\x98\x80", AIF_COPY_TWEET, 2 },
        { "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", AIF_COPY_TWEET, 4 },
        /* thumb and skin; heart and U+FE0F; a flag; two flags; a keycap */
        { "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", AIF_COPY_TWEET, 2 },
        { "\xe2\x9d\xa4\xef\xb8\x8f", AIF_COPY_TWEET, 2 },
        { "\xf0\x9f\x87\xaa\xf0\x9f\x87\xb8", AIF_COPY_TWEET, 2 },
        { "\xf0\x9f\x87\xaa\xf0\x9f\x87\xb8\xf0\x9f\x87\xab\xf0\x9f\x87\xb7",
          AIF_COPY_TWEET, 4 },
        { "1\xef\xb8\x8f\xe2\x83\xa3", AIF_COPY_TWEET, 2 },
        { "12", AIF_COPY_TWEET, 2 },
        /* a family of four; copyright as text and as emoji */
        { "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"
          "\xf0\x9f\x91\xa7\xe2\x80\x8d\xf0\x9f\x91\xa6", AIF_COPY_TWEET, 2 },
        { "\xc2\xa9", AIF_COPY_TWEET, 1 },
        { "\xc2\xa9\xef\xb8\x8f", AIF_COPY_TWEET, 2 },
        /* a joiner that joins nothing */
        { "\xf0\x9f\x91\xa8\xe2\x80\x8dx", AIF_COPY_TWEET, 4 },
        /* addresses */
        { "https://shop.example", AIF_COPY_TWEET, 23 },
        { "https://shop.example/a/very/long/path?with=arguments&more=1",
          AIF_COPY_TWEET, 23 },
        { "See HTTP://shop.example/x.", AIF_COPY_TWEET, 4 + 23 + 1 },
        { "shop.example", AIF_COPY_TWEET, 23 },
        { "shop.example/a/very/long/path/indeed", AIF_COPY_TWEET, 36 },
        { "https://shop.example/\xe5\xb8\x83", AIF_COPY_TWEET, 23 + 2 },
        { "https://", AIF_COPY_TWEET, 8 },
        { "https://localhost/x", AIF_COPY_TWEET, 19 },
        { "19.99 EUR", AIF_COPY_TWEET, 9 },
        { "Now. Soft", AIF_COPY_TWEET, 9 },
        { "x@shop.example", AIF_COPY_TWEET, 14 },
        /* wide */
        { "abc", AIF_COPY_WIDE, 3 },
        { "\xc3\xa9\xd0\x96", AIF_COPY_WIDE, 2 },
        { "\xe5\xb8\x83\xe3\x81\x82\xed\x95\x9c", AIF_COPY_WIDE, 6 },
        { "\xef\xbd\xb1\xef\xbc\xa1", AIF_COPY_WIDE, 3 },     /* half, full */
        { "\xf0\x9f\x98\x80", AIF_COPY_WIDE, 2 },
        /* each one */
        { "\xe5\xb8\x83\xf0\x9f\x98\x80x", AIF_COPY_PLAIN, 3 }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        text.data = (u_char *) tests[i].text;
        text.len = strlen(tests[i].text);
        n = aif_copy_length(&text, tests[i].count);

        ok(n == tests[i].length, "\"%s\" is %zu", tests[i].text, n);
    }
}


static void
test_answers(void)
{
    int                rc;
    size_t             i;
    aif_copy_t         copy;
    aif_guard_fault_t  fault;

    static const struct {
        const char         *kind;
        unsigned            n;
        const char         *text;
        aif_guard_fault_e   fault;      /* NONE: accepted */
    } tests[] = {
        { "tweet", 1, "{\"variants\":[{\"text\":\"Soft linen\"}]}", 0 },
        { "tweet", 2, "{\"variants\":[{\"text\":\"a\"},{\"text\":\"b\"}],"
          "\"text\":1}", 0 },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\",\"why\":{\"text\":7}}]}",
          0 },
        { "tweet", 1, "{\"variants\":[{\"text\":\"Fish & chips; 3 < 4\"}]}",
          0 },
        { "email", 1, "{\"variants\":[{\"subject\":\"a\",\"preheader\":\"b\","
          "\"body\":\"c\\n\\nd\"}]}", 0 },
        { "tweet", 2, "{\"variants\":[{\"text\":\"a\"}]}", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\"},{\"text\":\"b\"}]}",
          AIF_GUARD_LENGTH },
        { "tweet", 1, "{\"variants\":[]}", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":{\"text\":\"a\"}}", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[\"a\"]}", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[[{\"text\":\"a\"}]]}", AIF_GUARD_EMPTY },
        { "tweet", 1, "[{\"text\":\"a\"}]", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\"}]", AIF_GUARD_EMPTY },
        { "tweet", 1, "", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":7}]}", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":[\"a\"]}]}", AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":\" \\n \"}]}",
          AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\",\"text\":\"b\"}]}",
          AIF_GUARD_EMPTY },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\"}],\"variants\":"
          "[{\"text\":\"b\"}]}", AIF_GUARD_LENGTH },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\\nb\"}]}",
          AIF_GUARD_CONTROL },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\\tb\"}]}",
          AIF_GUARD_CONTROL },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\\u202eb\"}]}",
          AIF_GUARD_CONTROL },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a\\u0085b\"}]}",
          AIF_GUARD_CONTROL },
        { "email", 1, "{\"variants\":[{\"subject\":\"a\\nb\",\"preheader\":"
          "\"b\",\"body\":\"c\"}]}", AIF_GUARD_CONTROL },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a <b>c</b>\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a <g1>c</g1>\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a <x1/> c\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a <!-- c -->\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a &amp; c\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a &#x26; c\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"a **c**\"}]}",
          AIF_GUARD_MARKUP },
        { "tweet", 1, "{\"variants\":[{\"text\":\"[a](b)\"}]}",
          AIF_GUARD_MARKUP },
        { "google-ad", 1, "{\"variants\":[{\"headlines\":\"a\","
          "\"descriptions\":[\"a\",\"b\"]}]}", AIF_GUARD_EMPTY },
        { "google-ad", 1, "{\"variants\":[{\"headlines\":[\"a\",[\"b\"],\"c\"],"
          "\"descriptions\":[\"a\",\"b\"]}]}", AIF_GUARD_EMPTY },
        { "google-ad", 1, "{\"variants\":[{\"headlines\":[\"a\",\"b\",\"c\"],"
          "\"headlines\":[\"d\"],\"descriptions\":[\"a\",\"b\"]}]}",
          AIF_GUARD_EMPTY }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        rc = read_text(tests[i].kind, tests[i].n, tests[i].text, &copy, &fault);

        ok(rc == (tests[i].fault ? AIF_BAD : AIF_OK)
           && fault.kind == tests[i].fault, "%s: %s", tests[i].text,
           aif_guard_name(fault.kind));
    }
}


static void
test_write(void)
{
    aif_buf_t          b, again;
    aif_str_t          text;
    aif_copy_t         copy;
    aif_guard_fault_t  fault;

    (void) read_text("google-ad", 2, "{\"variants\":[{\"x\":1,\"descriptions\":"
                     "[\"A \\\"B\\\"\",\" \\u00e9 \"],\"headlines\":"
                     "[\"1\",\"2\",\"3\"]},{\"headlines\":[\"1\",\"2\",\"3\","
                     "\"4\",\"5\"],\"descriptions\":[\"\\\\\",\"/\"]}]}",
                     &copy, &fault);

    aif_buf_init(&b, arena, 16);
    aif_copy_word(&b, "{\"variants\":");
    aif_copy_write(&copy, &b);
    aif_buf_byte(&b, '}');

    is(b, "{\"variants\":[{\"headlines\":[\"1\",\"2\",\"3\"],\"descriptions\":"
          "[\"A \\\"B\\\"\",\"\xc3\xa9\"]},{\"headlines\":[\"1\",\"2\",\"3\","
          "\"4\",\"5\"],\"descriptions\":[\"\\\\\",\"/\"]}]}",
       "the normal form");

    text.data = b.data;
    text.len = b.len;

    ok(aif_copy_read(copy.kind, 2, &text, arena, &copy, &fault) == AIF_OK,
       "can be read again");

    aif_buf_init(&again, arena, 16);
    aif_copy_write(&copy, &again);

    ok(again.len + 13 == b.len && memcmp(again.data, b.data + 12, again.len)
                                  == 0, "and stays the same");
}


/* All prompts are JSON inside, are named apart, and fit into templates. */

static void
test_prompts(void)
{
    size_t                  i, n, bytes;
    unsigned                whole, field;
    aif_str_t               variable, system, en;
    aif_prompt_t            prompt, last;
    aif_prompt_values_t     values;
    const aif_copy_kind_t  *kind;

    aif_str_set(&en, "en");
    values.source_locale = &en;
    values.target_locale = &en;
    values.segment = NULL;
    memset(&last, 0, sizeof(aif_prompt_t));

    for (i = 0; (kind = aif_copy_kind_at(i)) != NULL; i++) {

        whole = 0;
        bytes = 32;

        for (field = 0; field < kind->nfields; field++) {
            bytes += kind->fields[field].name.len + 8
                     + kind->fields[field].max
                       * (3 + 3 * (size_t) kind->fields[field].longest);
        }

        for (n = 1; n <= kind->most; n++) {

            if (aif_copy_prompt(kind, n, arena, &prompt) == AIF_OK
                && aif_json_read(prompt.schema.data, prompt.schema.len, arena,
                                 NULL, NULL) == AIF_OK
                && aif_prompt_check(&prompt.system, 0, &variable) == AIF_OK
                && aif_prompt_system(&prompt, &values, arena, &system)
                   == AIF_OK
                && memmem(system.data, system.len, "{language}", 10) == NULL
                && !aif_str_eq(&prompt.name, &last.name)
                && aif_prompt_hash(&prompt) != aif_prompt_hash(&last))
            {
                whole++;
            }

            last = prompt;
        }

        ok(whole == kind->most, "%s: prompts for 1 to %u", kind->name.data,
           kind->most);

        /* NGX_AI_STORE_MAX_TEXT, with three bytes for each character */

        ok(bytes * kind->most <= 16384, "they fit into the store: %zu bytes",
           bytes * kind->most);
    }
}


int
main(void)
{
    aif_str_t  name;

    arena = aif_arena_create(0, 64 * 1024 * 1024);

    test_lengths();
    test_limits();
    test_answers();
    test_write();
    test_prompts();

    aif_str_set(&name, "fax");
    ok(aif_copy_kind(&name) == NULL, "an unknown kind");

    aif_arena_destroy(arena);

    done();
}
