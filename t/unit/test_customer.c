
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A customer's JSON: what is read, what is refused and in which words, and
 * which lines are kept where not all fit.
 */


#include "engine/aif_customer.h"

#include "tap.h"


static aif_arena_t     *test_arena;
static aif_customer_t   test_customer;
static const char      *test_fault;


static int
test_read(const char *json)
{
    aif_arena_reset(test_arena);
    test_fault = NULL;

    return aif_customer_read((const u_char *) json, strlen(json), test_arena,
                             &test_customer, &test_fault);
}


static void
test_good(void)
{
    ok(test_read("{\"id\":\"c-17\",\"x\":{\"orders\":[1]},\"orders\":["
                 "{\"sku\":\"AB-1\",\"title\":\"Trail \\n shoes\","
                 "\"category\":\"Shoes\",\"price\":79.90,\"at\":\"2026\"},"
                 "{\"title\":\"Socks\",\"price\":\"5 EUR\",\"more\":[{}]},"
                 "{\"sku\":\"AB-2\"},"
                 "{\"category\":\"Bags\",\"price\":null}],"
                 "\"reviews\":[\"  Good\\t<b>shoes. \",\"Fits.\"]}") == AIF_OK,
       "orders and reviews");

    is(test_customer.id, "c-17", "id");
    is(test_customer.text, "Bought: Trail shoes (Shoes), 79.90\n"
       "Bought: Socks, 5 EUR\nBought:  (Bags)\nWrote: Good b shoes. \n"
       "Wrote: Fits.\n", "the text has neither id nor number nor date");
    ok(test_customer.norders == 4 && test_customer.nreviews == 2, "counts");

    ok(test_read("{\"id\":17,\"reviews\":[\"a\"]}") == AIF_OK, "number as id");
    is(test_customer.id, "17", "its text");
}


static void
test_bad(void)
{
    size_t  i;

    static const struct {
        const char  *json;
        int          rc;
        const char  *fault;
    } tests[] = {
        { "", AIF_BAD, "is not JSON" },
        { "{\"id\":\"1\"", AIF_BAD, "is not JSON" },
        { "{\"id\":\"1\",}", AIF_BAD, "is not JSON" },
        { "[]", AIF_BAD, "must be an object" },
        { "\"x\"", AIF_BAD, "must be an object" },
        { "{}", AIF_BAD, "\"id\" is missing" },
        { "{\"reviews\":[\"a\"]}", AIF_BAD, "\"id\" is missing" },
        { "{\"id\":\"\",\"reviews\":[\"a\"]}", AIF_LIMIT, "1 to 256" },
        { "{\"id\":1.5,\"reviews\":[\"a\"]}", AIF_BAD, "whole number" },
        { "{\"id\":-1,\"reviews\":[\"a\"]}", AIF_BAD, "whole number" },
        { "{\"id\":null,\"reviews\":[\"a\"]}", AIF_BAD, "whole number" },
        { "{\"id\":[\"1\"],\"reviews\":[\"a\"]}", AIF_BAD, "whole number" },
        { "{\"id\":\"1\"}", AIF_BAD, "there must be an order" },
        { "{\"id\":\"1\",\"orders\":[],\"reviews\":[]}", AIF_BAD,
          "there must be an order" },
        { "{\"id\":\"1\",\"orders\":[{\"sku\":\"a\"}]}", AIF_BAD,
          "there must be an order" },
        { "{\"id\":\"1\",\"orders\":{}}", AIF_BAD, "\"orders\" must be" },
        { "{\"id\":\"1\",\"orders\":[1]}", AIF_BAD, "must be an object" },
        { "{\"id\":\"1\",\"orders\":[[]]}", AIF_BAD, "must be an object" },
        { "{\"id\":\"1\",\"orders\":[{\"title\":1}]}", AIF_BAD,
          "must be strings" },
        { "{\"id\":\"1\",\"orders\":[{\"title\":[]}]}", AIF_BAD,
          "must be strings" },
        { "{\"id\":\"1\",\"orders\":[{\"price\":{}}]}", AIF_BAD,
          "must be strings" },
        { "{\"id\":\"1\",\"reviews\":\"a\"}", AIF_BAD, "\"reviews\" must be" },
        { "{\"id\":\"1\",\"reviews\":[1]}", AIF_BAD, "a review must be" },
        { "{\"id\":\"1\",\"reviews\":[[\"a\"]]}", AIF_BAD,
          "a review must be" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ok(test_read(tests[i].json) == tests[i].rc && test_fault
           && strstr(test_fault, tests[i].fault), "refused: %s, %s",
           tests[i].json, test_fault ? test_fault : "in no words");
    }
}


static char *
test_many(const char *head, const char *item, size_t n, const char *tail)
{
    char    *json, *p;
    size_t   i, len;

    len = strlen(head) + n * (strlen(item) + 1) + strlen(tail) + 1;
    json = malloc(len);
    p = json + sprintf(json, "%s", head);

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s%s", i ? "," : "", item);
    }

    strcpy(p, tail);

    return json;
}


static void
test_limits(void)
{
    char    *json, *long_text;
    size_t   i;

    json = test_many("{\"id\":\"1\",\"orders\":[", "{\"title\":\"a\"}",
                     AIF_CUSTOMER_MAX_ITEMS, "]}");
    ok(test_read(json) == AIF_OK, "as many orders as there may be");
    free(json);

    json = test_many("{\"id\":\"1\",\"orders\":[", "{\"title\":\"a\"}",
                     AIF_CUSTOMER_MAX_ITEMS + 1, "]}");
    ok(test_read(json) == AIF_LIMIT, "one more");
    free(json);

    json = test_many("{\"id\":\"1\",\"reviews\":[", "\"a\"",
                     AIF_CUSTOMER_MAX_ITEMS + 1, "]}");
    ok(test_read(json) == AIF_LIMIT, "one review more");
    free(json);

    json = test_many("{\"id\":\"1\",\"x\":", "[", 1000000, "");
    for (i = 0; json[i]; i++) {
        if (json[i] == ',' && i > 10) {
            json[i] = '[';
        }
    }
    ok(test_read(json) == AIF_LIMIT && strstr(test_fault, "deep"),
       "two million brackets");
    free(json);

    /* more lines than fit: the last ones are kept, whole */

    json = test_many("{\"id\":\"1\",\"reviews\":[\"first\",",
                     "\"a review of forty bytes, or nearly as many\"", 200,
                     ",\"last\"]}");
    ok(test_read(json) == AIF_OK
       && test_customer.text.len <= AIF_CUSTOMER_MAX_TEXT
       && test_customer.text.len > AIF_CUSTOMER_MAX_TEXT - 100
       && memcmp(test_customer.text.data, "Wrote: a review", 15) == 0
       && memcmp(test_customer.text.data + test_customer.text.len - 12,
                 "Wrote: last\n", 12) == 0,
       "what does not fit is left out from the oldest");
    free(json);

    /* one that is too long alone is cut, between characters */

    long_text = malloc(9001);
    for (i = 0; i < 9000; i += 3) {
        memcpy(long_text + i, "\xe2\x82\xac", 3);
    }
    long_text[9000] = '\0';

    json = malloc(10000);
    sprintf(json, "{\"id\":\"1\",\"reviews\":[\"%s\"]}", long_text);
    ok(test_read(json) == AIF_OK
       && test_customer.text.len <= AIF_CUSTOMER_MAX_TEXT
       && (test_customer.text.len - 8) % 3 == 0
       && test_customer.text.data[test_customer.text.len - 1] == '\n',
       "a long one is cut between characters");
    free(json);
    free(long_text);
}


int
main(void)
{
    test_arena = aif_arena_create(0, 32 * 1024 * 1024);

    test_good();
    test_bad();
    test_limits();

    aif_arena_destroy(test_arena);

    done();
}
