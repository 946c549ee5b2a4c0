
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Keys of strings deep in arrays: what is around a string is not walked over
 * for each string and each key.  The levels between are in pages that can't be
 * read, so that a step too many ends the program.  Seen to fail with each open
 * array looked at, and with the types around not noted.
 */


#include <sys/mman.h>
#include "core/aif_state_private.h"
#include "tap.h"


#define TEST_PAGE   4096
#define TEST_DEPTH  AIF_JSON_SPAN_MAX_DEPTH
#define TEST_SIZE   (TEST_DEPTH * sizeof(aif_json_span_level_t))


static aif_json_span_level_t  *test_levels;
static size_t                  test_room;


/* {"a":{"b":[[[ ... "text", "text" */

static void
test_json(char *json, unsigned arrays)
{
    unsigned  i;

    json += sprintf(json, "{\"a\":{\"b\":");

    for (i = 0; i < arrays; i++) {
        *json++ = '[';
    }

    json += sprintf(json, "\"text\",\"text\"");

    for (i = 0; i < arrays; i++) {
        *json++ = ']';
    }

    strcpy(json, "}}");
}


/* all pages of the levels but the first and the last */

static void
test_forbid(int forbidden)
{
    mprotect((u_char *) test_levels + TEST_PAGE, test_room - 2 * TEST_PAGE,
             forbidden ? PROT_NONE : PROT_READ|PROT_WRITE);
}


static int
test_listed(const aif_json_span_t *js, const char *pattern)
{
    aif_str_t         key;
    aif_state_conf_t  conf;

    key.data = (u_char *) pattern;
    key.len = strlen(pattern);
    memset(&conf, 0, sizeof(aif_state_conf_t));

    conf.keys = &key;
    conf.nkeys = 1;

    return aif_state_key_listed(&conf, js);
}


static void
test_path(void)
{
    char             json[2048];
    size_t           i;
    aif_json_span_t  js;

    static const struct {
        const char  *pattern;
        int          listed;
    } table[] = {
        { "b", 1 }, { "a.b", 1 }, { "*.b", 1 }, { "a.*", 1 }, { "*.*", 1 },
        { "*", 1 }, { "a", 0 }, { "b.b", 0 }, { "c.a.b", 0 }, { "*.a.b", 0 },
        { "*.*.*", 0 }
    };

    test_json(json, TEST_DEPTH - 2);

    aif_json_span_init(&js, (u_char *) json, strlen(json), test_levels);

    ok(aif_json_span_next(&js) == AIF_OK && js.depth == TEST_DEPTH,
       "a string in %u arrays", TEST_DEPTH - 2);

    test_forbid(1);

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        ok(test_listed(&js, table[i].pattern) == table[i].listed,
           "\"%s\" is %sits key, and no array between is looked at",
           table[i].pattern, table[i].listed ? "" : "not ");
    }

    test_forbid(0);
}


static void
test_root(void)
{
    aif_json_span_t  js;

    static const char  json[] = "[[\"a\",{\"b\":\"c\"}],\"d\"]";

    aif_json_span_init(&js, (const u_char *) json, sizeof(json) - 1,
                       test_levels);

    ok(aif_json_span_next(&js) == AIF_OK && !test_listed(&js, "*"),
       "a string in arrays only has no key");
    ok(aif_json_span_next(&js) == AIF_OK && test_listed(&js, "*")
       && test_listed(&js, "b") && !test_listed(&js, "*.b"),
       "one in an object in arrays has one");
    ok(aif_json_span_next(&js) == AIF_OK && !test_listed(&js, "*"),
       "one behind that object has none");
}


static void
test_around(void)
{
    char             json[2048];
    u_char           types[TEST_DEPTH + 1];
    aif_json_span_t  js;

    test_json(json, TEST_DEPTH - 2);

    aif_json_span_init(&js, (u_char *) json, strlen(json), test_levels);

    memset(types, 0, sizeof(types));
    types[1] = AIF_STATE_LD_KNOWN | AIF_STATE_LD_OFFER;

    ok(aif_json_span_next(&js) == AIF_OK
       && aif_state_key_ld_around(&js, types) == AIF_STATE_LD_OFFER,
       "the type is that of the nearest object that has one");

    test_forbid(1);

    ok(aif_json_span_next(&js) == AIF_OK
       && aif_state_key_ld_around(&js, types) == AIF_STATE_LD_OFFER,
       "for the next string nothing between is looked at");

    test_forbid(0);

    aif_json_span_init(&js, (u_char *) json, strlen(json), test_levels);
    memset(types, 0, sizeof(types));
    (void) aif_json_span_next(&js);

    ok(aif_state_key_ld_around(&js, types) == 0, "no type at all");

    test_forbid(1);

    ok(aif_json_span_next(&js) == AIF_OK
       && aif_state_key_ld_around(&js, types) == 0,
       "and that is noted, too");

    test_forbid(0);
}


int
main(void)
{
    /* the last level ends with the last page */

    test_room = (TEST_SIZE + TEST_PAGE - 1) / TEST_PAGE * TEST_PAGE;

    test_levels = mmap(NULL, test_room, PROT_READ|PROT_WRITE,
                       MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
    if (test_levels == MAP_FAILED) {
        return 1;
    }

    test_path();
    test_root();
    test_around();

    munmap(test_levels, test_room);

    done();
}
