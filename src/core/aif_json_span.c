
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A reader of JSON that says where strings are.  It takes the grammar of RFC
 * 8259 by its word: what a browser's JSON.parse() refuses is refused here, so
 * that nothing is changed in what may not be JSON at all.  It keeps the open
 * arrays and objects with the key at work, no more.  For aif_state.c and
 * aif_flight.c.
 */


#include "core/aif_json_span.h"
#include "core/aif_utf8.h"


typedef enum {
    AIF_JSON_SPAN_VALUE = 0,     /* a value must come */
    AIF_JSON_SPAN_FIRST,         /* in an array: a value or its end */
    AIF_JSON_SPAN_KEY,           /* in an object: a key */
    AIF_JSON_SPAN_KEY_FIRST,     /* a key or its end */
    AIF_JSON_SPAN_AFTER,         /* a value has ended */
    AIF_JSON_SPAN_END
} aif_json_span_state_e;


static int aif_json_span_value(aif_json_span_t *js);
static int aif_json_span_member(aif_json_span_t *js);
static int aif_json_span_after(aif_json_span_t *js);
static int aif_json_span_open(aif_json_span_t *js, int array);
static int aif_json_span_string(aif_json_span_t *js);
static int aif_json_span_literal(aif_json_span_t *js, const char *word,
    size_t len);
static int aif_json_span_number(aif_json_span_t *js);
static size_t aif_json_span_digits(aif_json_span_t *js);
static void aif_json_span_mark(aif_json_span_t *js);


void
aif_json_span_init(aif_json_span_t *js, const u_char *data, size_t len,
    aif_json_span_level_t *levels)
{
    memset(js, 0, sizeof(aif_json_span_t));

    js->data = data;
    js->len = len;
    js->levels = levels;
}


size_t
aif_json_span_rest(const aif_json_span_t *js)
{
    u_char  ch;
    size_t  pos;

    for (pos = js->pos; pos < js->len; pos++) {

        ch = js->data[pos];

        if (ch != ' ' && ch != '\n' && ch != '\r' && ch != '\t') {
            break;
        }
    }

    return pos;
}


int
aif_json_span_next(aif_json_span_t *js)
{
    int  rc;

    for ( ;; ) {

        if (js->state == AIF_JSON_SPAN_END) {
            return AIF_DONE;
        }

        js->pos = aif_json_span_rest(js);

        if (js->pos == js->len) {
            return AIF_BAD;
        }

        switch (js->state) {

        case AIF_JSON_SPAN_FIRST:

            if (js->data[js->pos] == ']') {
                js->state = AIF_JSON_SPAN_AFTER;
                continue;
            }

            /* fall through */

        case AIF_JSON_SPAN_VALUE:
            rc = aif_json_span_value(js);
            break;

        case AIF_JSON_SPAN_KEY_FIRST:

            if (js->data[js->pos] == '}') {
                js->state = AIF_JSON_SPAN_AFTER;
                continue;
            }

            /* fall through */

        case AIF_JSON_SPAN_KEY:
            rc = aif_json_span_member(js);
            break;

        default: /* AIF_JSON_SPAN_AFTER */
            rc = aif_json_span_after(js);
        }

        if (rc == AIF_OK) {
            return AIF_OK;
        }

        if (rc != AIF_MORE) {
            return rc;
        }
    }
}


/* AIF_OK: a string; AIF_MORE: go on */

static int
aif_json_span_value(aif_json_span_t *js)
{
    int  rc;

    js->number = 0;

    switch (js->data[js->pos]) {

    case '{':
        return aif_json_span_open(js, 0);

    case '[':
        return aif_json_span_open(js, 1);

    case '"':

        if (js->strings++ == AIF_JSON_SPAN_MAX_STRINGS) {
            return AIF_LIMIT;
        }

        rc = aif_json_span_string(js);

        if (rc == AIF_OK) {
            aif_json_span_mark(js);
        }

        break;

    case 't':
        rc = aif_json_span_literal(js, "true", 4);
        break;

    case 'f':
        rc = aif_json_span_literal(js, "false", 5);
        break;

    case 'n':
        rc = aif_json_span_literal(js, "null", 4);
        break;

    default:

        js->start = js->pos;
        rc = aif_json_span_number(js);

        if (rc == AIF_MORE && js->scalars
            && js->strings++ != AIF_JSON_SPAN_MAX_STRINGS)
        {
            js->end = js->pos;
            js->escaped = 0;
            js->number = 1;
            rc = AIF_OK;
        }
    }

    js->state = js->depth ? AIF_JSON_SPAN_AFTER : AIF_JSON_SPAN_END;

    return rc;
}


static int
aif_json_span_member(aif_json_span_t *js)
{
    aif_json_span_level_t  *level;

    if (js->data[js->pos] != '"' || aif_json_span_string(js) != AIF_OK) {
        return AIF_BAD;
    }

    level = &js->levels[js->depth - 1];
    level->key.data = (u_char *) js->data + js->start;
    level->key.len = js->end - js->start;

    js->pos = aif_json_span_rest(js);

    if (js->pos == js->len || js->data[js->pos++] != ':') {
        return AIF_BAD;
    }

    js->state = AIF_JSON_SPAN_VALUE;

    return AIF_MORE;
}


/* A comma, or the end of what is open. */

static int
aif_json_span_after(aif_json_span_t *js)
{
    u_char                  ch;
    aif_json_span_level_t  *level;

    ch = js->data[js->pos++];
    level = &js->levels[js->depth - 1];

    if (ch == ',') {
        level->index++;
        js->state = level->array ? AIF_JSON_SPAN_VALUE : AIF_JSON_SPAN_KEY;

        return AIF_MORE;
    }

    if (ch != (level->array ? ']' : '}')) {
        return AIF_BAD;
    }

    js->depth--;
    js->state = js->depth ? AIF_JSON_SPAN_AFTER : AIF_JSON_SPAN_END;

    return AIF_MORE;
}


static int
aif_json_span_open(aif_json_span_t *js, int array)
{
    aif_json_span_level_t  *level;

    if (js->depth == AIF_JSON_SPAN_MAX_DEPTH) {
        return AIF_LIMIT;
    }

    level = &js->levels[js->depth];
    memset(level, 0, sizeof(aif_json_span_level_t));

    level->array = array;
    level->serial = ++js->serial;

    js->depth++;

    if (!array) {
        level->object = js->depth;

    } else if (js->depth > 1) {
        level->key = level[-1].key;
        level->object = level[-1].object;
    }

    js->pos++;
    js->state = array ? AIF_JSON_SPAN_FIRST : AIF_JSON_SPAN_KEY_FIRST;

    return AIF_MORE;
}


static int
aif_json_span_string(aif_json_span_t *js)
{
    size_t    pos;
    uint32_t  code;

    js->start = js->pos + 1;
    js->escaped = 0;

    for (pos = js->start; pos < js->len; pos++) {

        if (js->data[pos] == '"') {
            js->end = pos;
            js->pos = pos + 1;
            return AIF_OK;
        }

        if (js->data[pos] < 0x20) {
            return AIF_BAD;
        }

        if (js->data[pos] != '\\') {
            continue;
        }

        js->escaped = 1;

        if (++pos == js->len) {
            return AIF_BAD;
        }

        switch (js->data[pos]) {

        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r':
        case 't':
            break;

        case 'u':

            if (!aif_json_span_hex(js->data + pos + 1, js->data + js->len,
                                   &code))
            {
                return AIF_BAD;
            }

            pos += 4;
            break;

        default:
            return AIF_BAD;
        }
    }

    return AIF_BAD;
}


static int
aif_json_span_literal(aif_json_span_t *js, const char *word, size_t len)
{
    if (js->len - js->pos < len
        || memcmp(js->data + js->pos, word, len) != 0)
    {
        return AIF_BAD;
    }

    js->pos += len;

    return AIF_MORE;
}


static int
aif_json_span_number(aif_json_span_t *js)
{
    size_t  first;

    js->pos += (js->data[js->pos] == '-');

    first = js->pos;

    if (aif_json_span_digits(js) == 0
        || (js->data[first] == '0' && js->pos - first > 1))
    {
        return AIF_BAD;
    }

    if (js->pos < js->len && js->data[js->pos] == '.') {
        js->pos++;

        if (aif_json_span_digits(js) == 0) {
            return AIF_BAD;
        }
    }

    if (js->pos < js->len && (js->data[js->pos] | 0x20) == 'e') {
        js->pos++;

        if (js->pos < js->len
            && (js->data[js->pos] == '+' || js->data[js->pos] == '-'))
        {
            js->pos++;
        }

        if (aif_json_span_digits(js) == 0) {
            return AIF_BAD;
        }
    }

    return AIF_MORE;
}


static size_t
aif_json_span_digits(aif_json_span_t *js)
{
    size_t  first;

    first = js->pos;

    while (js->pos < js->len && js->data[js->pos] >= '0'
           && js->data[js->pos] <= '9')
    {
        js->pos++;
    }

    return js->pos - first;
}


/* "$" and then a type: an element of React's */

static void
aif_json_span_mark(aif_json_span_t *js)
{
    aif_json_span_level_t  *level;

    if (js->depth == 0) {
        return;
    }

    level = &js->levels[js->depth - 1];

    if (!level->array) {
        return;
    }

    if (level->index == 0) {
        level->element = (js->end - js->start == 1
                          && js->data[js->start] == '$');

    } else if (level->index == 1 && level->element) {
        level->type.data = (u_char *) js->data + js->start;
        level->type.len = js->end - js->start;
    }
}


int
aif_json_span_hex(const u_char *p, const u_char *end, uint32_t *code)
{
    u_char    ch;
    unsigned  i;

    if (end - p < 4) {
        return 0;
    }

    *code = 0;

    for (i = 0; i < 4; i++) {

        ch = p[i];

        if (ch >= '0' && ch <= '9') {
            ch -= '0';

        } else {
            ch |= 0x20;

            if (ch < 'a' || ch > 'f') {
                return 0;
            }

            ch -= 'a' - 10;
        }

        *code = *code << 4 | ch;
    }

    return 1;
}


size_t
aif_json_span_decode(u_char *dst, const u_char *p, const u_char *end)
{
    u_char        *start;
    uint32_t       code, low;
    const u_char  *q;

    static const char  letters[] = "bfnrt";
    static const char  values[] = "\b\f\n\r\t";

    start = dst;

    while (p < end) {

        if (*p != '\\') {

            if (*p < 0x80) {
                *dst++ = *p++;
                continue;
            }

            q = p;

            if (aif_utf8_decode(&q, end) == AIF_UTF8_BAD) {
                return SIZE_MAX;
            }

            while (p < q) {
                *dst++ = *p++;
            }

            continue;
        }

        if (++p == end) {
            return SIZE_MAX;
        }

        if (*p != 'u') {
            q = (const u_char *) strchr(letters, *p);
            *dst++ = q && *p ? values[q - (const u_char *) letters] : *p;
            p++;
            continue;
        }

        if (!aif_json_span_hex(p + 1, end, &code)) {
            return SIZE_MAX;
        }

        p += 5;

        if (code >= 0xd800 && code < 0xdc00 && end - p >= 6 && p[0] == '\\'
            && p[1] == 'u' && aif_json_span_hex(p + 2, end, &low)
            && low >= 0xdc00 && low < 0xe000)
        {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
        }

        if (code == 0 || (code >= 0xd800 && code < 0xe000)) {
            return SIZE_MAX;
        }

        dst += aif_utf8_encode(dst, code);
    }

    return dst - start;
}
