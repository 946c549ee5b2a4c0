
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * JSON by yajl's callbacks, never by its tree (which recurses: 10^6 brackets
 * end the process).  Refuses what yajl lets pass: overlong UTF-8, surrogates
 * without a partner, NUL characters, depth.  Only the dialects call it.
 */


#include "engine/aif_json.h"

#include "core/aif_utf8.h"

#include <setjmp.h>
#include <yajl/yajl_parse.h>


/* 16 bytes before each piece of yajl's memory, for its length */

#define AIF_JSON_MEMORY_HEADER  16


typedef struct {
    size_t        index;         /* of the current value */
    unsigned      object:1;
    unsigned      key_long:1;
    uint8_t       key_len;
    u_char        key[AIF_JSON_MAX_KEY];
} aif_json_level_t;


struct aif_json_s {
    aif_json_pt        handler;
    void              *ctx;
    int                rc;
    unsigned           depth;
    aif_str_t          text;
    aif_arena_t       *arena;
    jmp_buf            nomem;
    aif_json_level_t   levels[AIF_JSON_MAX_DEPTH];
};


static int aif_json_parse(aif_json_t *json);
static int aif_json_escapes(const u_char *p, size_t len);
static int aif_json_unit(const u_char *p);
static void aif_json_next(aif_json_t *json);
static int aif_json_value(aif_json_t *json, aif_json_type_e type,
    const void *data, size_t len);
static int aif_json_begin(aif_json_t *json, aif_json_type_e type);
static int aif_json_end(void *ctx);
static int aif_json_level_is(const aif_json_level_t *level, const char *name,
    size_t len);

static int aif_json_on_null(void *ctx);
static int aif_json_on_boolean(void *ctx, int value);
static int aif_json_on_number(void *ctx, const char *data, size_t len);
static int aif_json_on_string(void *ctx, const unsigned char *data,
    size_t len);
static int aif_json_on_key(void *ctx, const unsigned char *data, size_t len);
static int aif_json_on_object(void *ctx);
static int aif_json_on_array(void *ctx);

static void *aif_json_malloc(void *ctx, size_t size);
static void *aif_json_realloc(void *ctx, void *old, size_t size);
static void aif_json_free(void *ctx, void *p);


static const yajl_callbacks  aif_json_callbacks = {
    .yajl_null = aif_json_on_null,
    .yajl_boolean = aif_json_on_boolean,
    .yajl_number = aif_json_on_number,
    .yajl_string = aif_json_on_string,
    .yajl_start_map = aif_json_on_object,
    .yajl_map_key = aif_json_on_key,
    .yajl_end_map = aif_json_end,
    .yajl_start_array = aif_json_on_array,
    .yajl_end_array = aif_json_end
};


int
aif_json_read(const u_char *data, size_t len, aif_arena_t *a,
    aif_json_pt handler, void *ctx)
{
    aif_json_t  *json;

    if (len > AIF_JSON_MAX_SIZE) {
        return AIF_LIMIT;
    }

    if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        data += 3;
        len -= 3;
    }

    /*
     * yajl looks at the number of continuation bytes only and writes "?" for
     * half a surrogate pair; so strings are judged before it sees them.
     */

    if (!aif_utf8_valid(data, len) || !aif_json_escapes(data, len)) {
        return AIF_BAD;
    }

    json = aif_arena_alloc(a, sizeof(aif_json_t));
    if (json == NULL) {
        return AIF_NOMEM;
    }

    json->handler = handler;
    json->ctx = ctx;
    json->rc = AIF_OK;
    json->depth = 0;
    json->arena = a;
    json->text.data = (u_char *) data;
    json->text.len = len;

    return aif_json_parse(json);
}


static int
aif_json_parse(aif_json_t *json)
{
    yajl_handle       yajl;
    yajl_status       status;
    yajl_alloc_funcs  memory;

    /* yajl doesn't test what its malloc() returns, so ours doesn't return
       without memory; all that yajl had is the arena's, nothing is lost */

    if (setjmp(json->nomem)) {
        return AIF_NOMEM;
    }

    memory.malloc = aif_json_malloc;
    memory.realloc = aif_json_realloc;
    memory.free = aif_json_free;
    memory.ctx = json;

    yajl = yajl_alloc(&aif_json_callbacks, &memory, json);
    yajl_config(yajl, yajl_dont_validate_strings, 1);

    status = yajl_parse(yajl, json->text.data, json->text.len);

    if (status == yajl_status_error) {
        return AIF_BAD;
    }

    if (status == yajl_status_ok) {
        status = yajl_complete_parse(yajl);
    }

    if (status == yajl_status_client_canceled) {
        return json->rc;
    }

    return status == yajl_status_ok ? AIF_OK : AIF_MORE;
}


/* Are all \u escapes characters?  A backslash occurs in strings only. */

static int
aif_json_escapes(const u_char *p, size_t len)
{
    int            unit;
    const u_char  *last;

    if (len == 0) {
        return 1;
    }

    last = p + len;

    while ((p = memchr(p, '\\', last - p)) != NULL) {

        if (last - p < 2) {
            break;
        }

        if (p[1] != 'u') {
            p += 2;
            continue;
        }

        /* a document that ends inside an escape is yajl's to refuse */

        if (last - p < 6) {
            break;
        }

        unit = aif_json_unit(p + 2);
        p += 6;

        if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
            return 0;
        }

        if (unit < 0xd800 || unit > 0xdbff) {
            continue;
        }

        if ((p < last && p[0] != '\\') || (p + 1 < last && p[1] != 'u')) {
            return 0;
        }

        if (last - p < 6) {
            break;
        }

        unit = aif_json_unit(p + 2);

        if (unit < 0xdc00 || unit > 0xdfff) {
            return 0;
        }

        p += 6;
    }

    return 1;
}


/* The number of four hexadecimal digits, or -1. */

static int
aif_json_unit(const u_char *p)
{
    int     i, unit;
    u_char  ch;

    unit = 0;

    for (i = 0; i < 4; i++) {
        ch = p[i];

        if (ch >= '0' && ch <= '9') {
            ch -= '0';

        } else if ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'f') {
            ch = (ch | 0x20) - 'a' + 10;

        } else {
            return -1;
        }

        unit = unit * 16 + ch;
    }

    return unit;
}


/* A value begins: in an array that is the next position. */

static void
aif_json_next(aif_json_t *json)
{
    if (json->depth != 0 && !json->levels[json->depth - 1].object) {
        json->levels[json->depth - 1].index++;
    }
}


static int
aif_json_value(aif_json_t *json, aif_json_type_e type, const void *data,
    size_t len)
{
    aif_str_t  value;

    aif_json_next(json);

    value.data = (u_char *) data;
    value.len = len;

    json->rc = json->handler ? json->handler(json->ctx, json, type, &value)
                             : AIF_OK;

    return json->rc == AIF_OK;
}


static int
aif_json_begin(aif_json_t *json, aif_json_type_e type)
{
    aif_json_level_t  *level;

    if (!aif_json_value(json, type, NULL, 0)) {
        return 0;
    }

    if (json->depth == AIF_JSON_MAX_DEPTH) {
        json->rc = AIF_LIMIT;
        return 0;
    }

    level = &json->levels[json->depth++];

    level->object = (type == AIF_JSON_OBJECT);
    level->index = (size_t) -1;
    level->key_len = 0;
    level->key_long = 0;

    return 1;
}


static int
aif_json_end(void *ctx)
{
    aif_str_t    none = aif_null_string;
    aif_json_t  *json = ctx;

    json->depth--;
    json->rc = json->handler
               ? json->handler(json->ctx, json, AIF_JSON_END, &none) : AIF_OK;

    return json->rc == AIF_OK;
}


static int
aif_json_on_null(void *ctx)
{
    return aif_json_value(ctx, AIF_JSON_NULL, NULL, 0);
}


static int
aif_json_on_boolean(void *ctx, int value)
{
    return value ? aif_json_value(ctx, AIF_JSON_BOOL, "true", 4)
                 : aif_json_value(ctx, AIF_JSON_BOOL, "false", 5);
}


static int
aif_json_on_number(void *ctx, const char *data, size_t len)
{
    return aif_json_value(ctx, AIF_JSON_NUMBER, data, len);
}


static int
aif_json_on_string(void *ctx, const unsigned char *data, size_t len)
{
    return aif_json_value(ctx, AIF_JSON_STRING, data, len);
}


static int
aif_json_on_key(void *ctx, const unsigned char *data, size_t len)
{
    aif_json_t        *json = ctx;
    aif_json_level_t  *level;

    level = &json->levels[json->depth - 1];

    level->key_long = (len > AIF_JSON_MAX_KEY);
    level->key_len = level->key_long ? 0 : len;

    if (level->key_len != 0) {
        memcpy(level->key, data, level->key_len);
    }

    return 1;
}


static int
aif_json_on_object(void *ctx)
{
    return aif_json_begin(ctx, AIF_JSON_OBJECT);
}


static int
aif_json_on_array(void *ctx)
{
    return aif_json_begin(ctx, AIF_JSON_ARRAY);
}


int
aif_json_at(const aif_json_t *json, const char *path)
{
    size_t    len;
    unsigned  i;

    for (i = 0; i < json->depth; i++) {

        if (*path == '\0') {
            return 0;
        }

        len = strcspn(path, ".");

        if (!aif_json_level_is(&json->levels[i], path, len)) {
            return 0;
        }

        path += len;

        if (*path == '.') {
            path++;
        }
    }

    return *path == '\0';
}


static int
aif_json_level_is(const aif_json_level_t *level, const char *name, size_t len)
{
    uint64_t   n;
    aif_str_t  text;

    if (len == 1 && *name == '*') {
        return 1;
    }

    if (level->object) {
        return !level->key_long && level->key_len == len
               && memcmp(level->key, name, len) == 0;
    }

    text.data = (u_char *) name;
    text.len = len;

    return aif_json_uint(&text, &n) && level->index == n;
}


unsigned
aif_json_depth(const aif_json_t *json)
{
    return json->depth;
}


size_t
aif_json_index(const aif_json_t *json)
{
    if (json->depth == 0 || json->levels[json->depth - 1].object) {
        return AIF_JSON_NO_INDEX;
    }

    return json->levels[json->depth - 1].index;
}


aif_str_t
aif_json_key(const aif_json_t *json)
{
    aif_str_t                key = aif_null_string;
    const aif_json_level_t  *level;

    if (json->depth != 0) {
        level = &json->levels[json->depth - 1];

        key.data = (u_char *) level->key;
        key.len = level->object ? level->key_len : 0;
    }

    return key;
}


size_t
aif_json_extent(const u_char *p, size_t len)
{
    int            quoted;
    size_t         depth;
    const u_char  *start, *last;

    start = p;
    last = p + len;
    depth = 0;
    quoted = 0;

    for ( ; p < last; p++) {

        if (quoted) {
            if (*p == '\\') {
                p++;

            } else if (*p == '"') {
                quoted = 0;
            }

            continue;
        }

        switch (*p) {

        case '"':
            quoted = 1;
            break;

        case '[':
        case '{':
            depth++;
            break;

        case ']':
        case '}':
            if (depth <= 1) {
                return p + 1 - start;
            }

            depth--;
            break;
        }
    }

    return len;
}


int
aif_json_uint(const aif_str_t *text, uint64_t *n)
{
    size_t    i;
    uint64_t  value;

    /* 19 digits always fit in 64 bits */

    if (text->len == 0 || text->len > 19) {
        return 0;
    }

    value = 0;

    for (i = 0; i < text->len; i++) {

        if (text->data[i] < '0' || text->data[i] > '9') {
            return 0;
        }

        value = value * 10 + (text->data[i] - '0');
    }

    *n = value;

    return 1;
}


void
aif_json_string(aif_buf_t *b, const u_char *text, size_t len)
{
    u_char         escape[6];
    const u_char  *p, *last, *plain;

    static const u_char  hex[] = "0123456789abcdef";

    aif_buf_byte(b, '"');

    last = text + len;
    plain = text;

    for (p = text; p < last; p++) {

        if (*p >= 0x20 && *p != '"' && *p != '\\') {
            continue;
        }

        aif_buf_append(b, plain, p - plain);
        plain = p + 1;

        if (*p == '"' || *p == '\\') {
            aif_buf_byte(b, '\\');
            aif_buf_byte(b, *p);
            continue;
        }

        /* facts are lines: models pay for each byte, and know this form */

        if (*p == '\n') {
            aif_buf_literal(b, "\\n");
            continue;
        }

        memcpy(escape, "\\u00", 4);
        escape[4] = hex[*p >> 4];
        escape[5] = hex[*p & 15];
        aif_buf_append(b, escape, 6);
    }

    aif_buf_append(b, plain, last - plain);
    aif_buf_byte(b, '"');
}


void
aif_json_number(aif_buf_t *b, uint64_t n)
{
    u_char  digits[20], *p;

    p = digits + sizeof(digits);

    do {
        *--p = '0' + n % 10;
        n /= 10;
    } while (n != 0);

    aif_buf_append(b, p, digits + sizeof(digits) - p);
}


/* yajl's memory: the arena, each piece behind its length */

static void *
aif_json_malloc(void *ctx, size_t size)
{
    u_char      *p;
    aif_json_t  *json = ctx;

    p = NULL;

    if (size <= SIZE_MAX - AIF_JSON_MEMORY_HEADER) {
        p = aif_arena_alloc(json->arena, AIF_JSON_MEMORY_HEADER + size);
    }

    if (p == NULL) {
        longjmp(json->nomem, 1);
    }

    memcpy(p, &size, sizeof(size));

    return p + AIF_JSON_MEMORY_HEADER;
}


static void *
aif_json_realloc(void *ctx, void *old, size_t size)
{
    void    *p;
    size_t   old_size;

    p = aif_json_malloc(ctx, size);

    if (old != NULL) {
        memcpy(&old_size, (u_char *) old - AIF_JSON_MEMORY_HEADER,
               sizeof(old_size));
        memcpy(p, old, old_size < size ? old_size : size);
    }

    return p;
}


static void
aif_json_free(void *ctx, void *p)
{
    (void) ctx;
    (void) p;
}
