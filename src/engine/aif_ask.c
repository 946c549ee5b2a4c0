
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reads a question.  What a visitor typed, and what his browser says was said
 * before, is data: it is written as JSON strings and never becomes part of the
 * instructions.  What is wrong with a body is said without a word of it.
 */


#include "engine/aif_ask.h"

#include "core/aif_escape.h"
#include "core/aif_utf8.h"
#include "engine/aif_json.h"


typedef struct {
    aif_arena_t      *arena;
    aif_ask_t        *ask;
    const char       *fault;
} aif_ask_reader_t;


static int aif_ask_value(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_ask_turn(aif_ask_reader_t *r, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_ask_field(aif_ask_reader_t *r, const aif_str_t *key,
    aif_json_type_e type, const aif_str_t *value);
static int aif_ask_text(aif_ask_reader_t *r, aif_str_t *to,
    const aif_str_t *value);
static int aif_ask_keep(aif_ask_reader_t *r, aif_str_t *to,
    const aif_str_t *value, size_t max, const char *fault);
static int aif_ask_decode(aif_ask_reader_t *r, const u_char *p,
    const u_char *end, aif_str_t *value);
static int aif_ask_hex(u_char ch);
static int aif_ask_done(aif_ask_reader_t *r);
static int aif_ask_fault(aif_ask_reader_t *r, int rc, const char *fault);
static void aif_ask_member(aif_buf_t *b, const char *name,
    const aif_str_t *text);


int
aif_ask_json(const u_char *data, size_t len, aif_arena_t *a, aif_ask_t *ask,
    const char **fault)
{
    int               rc;
    aif_ask_reader_t  r;

    memset(ask, 0, sizeof(aif_ask_t));

    r.arena = a;
    r.ask = ask;
    r.fault = NULL;

    rc = aif_json_read(data, len, a, aif_ask_value, &r);

    if ((rc == AIF_BAD || rc == AIF_MORE) && r.fault == NULL) {
        rc = aif_ask_fault(&r, AIF_BAD, "the body is not JSON");
    }

    if (rc == AIF_LIMIT && r.fault == NULL) {
        r.fault = "the body is too deep";
    }

    if (rc == AIF_OK) {
        rc = aif_ask_done(&r);
    }

    *fault = r.fault;

    return rc;
}


static int
aif_ask_value(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_ask_reader_t *r = ctx;

    unsigned   depth;
    aif_str_t  key;

    static const aif_str_t  history = aif_string("history");

    depth = aif_json_depth(json);

    if (depth == 0) {

        if (type != AIF_JSON_OBJECT && type != AIF_JSON_END) {
            return aif_ask_fault(r, AIF_BAD, "the body must be an object");
        }

        return AIF_OK;
    }

    key = aif_json_key(json);

    if (depth == 1 && aif_str_eq(&key, &history)) {

        if (type != AIF_JSON_ARRAY && type != AIF_JSON_END
            && type != AIF_JSON_NULL)
        {
            return aif_ask_fault(r, AIF_BAD, "\"history\" must be an array");
        }

        return AIF_OK;
    }

    if (depth == 1) {
        return type == AIF_JSON_END ? AIF_OK
                                    : aif_ask_field(r, &key, type, value);
    }

    return aif_ask_turn(r, json, type, value);
}


static int
aif_ask_turn(aif_ask_reader_t *r, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    aif_str_t       *to;
    aif_ask_turn_t  *turn;

    if (aif_json_at(json, "history.*")) {

        if (type == AIF_JSON_END) {
            return AIF_OK;
        }

        if (type != AIF_JSON_OBJECT) {
            return aif_ask_fault(r, AIF_BAD, "\"history\" must have objects");
        }

        if (r->ask->nturns == AIF_ASK_MAX_TURNS) {
            return aif_ask_fault(r, AIF_LIMIT,
                                 "\"history\" must have at most 10 entries");
        }

        r->ask->nturns++;

        return AIF_OK;
    }

    if (r->ask->nturns == 0) {
        return AIF_OK;
    }

    turn = &r->ask->turns[r->ask->nturns - 1];

    if (aif_json_at(json, "history.*.question")) {
        to = &turn->question;

    } else if (aif_json_at(json, "history.*.answer")) {
        to = &turn->answer;

    } else {
        return AIF_OK;
    }

    if (type != AIF_JSON_STRING) {
        return aif_ask_fault(r, AIF_BAD, "\"history\" must have strings for "
                                         "\"question\" and \"answer\"");
    }

    return aif_ask_text(r, to, value);
}


static int
aif_ask_field(aif_ask_reader_t *r, const aif_str_t *key, aif_json_type_e type,
    const aif_str_t *value)
{
    static const aif_str_t  question = aif_string("question");
    static const aif_str_t  page = aif_string("page");
    static const aif_str_t  locale = aif_string("locale");

    if (aif_str_eq(key, &question)) {

        if (type != AIF_JSON_STRING) {
            return aif_ask_fault(r, AIF_BAD, "\"question\" must be a string");
        }

        return aif_ask_text(r, &r->ask->question, value);
    }

    if (aif_str_eq(key, &page)) {

        if (type == AIF_JSON_NULL) {
            return AIF_OK;
        }

        if (type != AIF_JSON_STRING) {
            return aif_ask_fault(r, AIF_BAD, "\"page\" must be a string");
        }

        return aif_ask_keep(r, &r->ask->page, value, AIF_ASK_MAX_PAGE,
                            "\"page\" is too long");
    }

    if (aif_str_eq(key, &locale)) {

        if (type == AIF_JSON_NULL) {
            return AIF_OK;
        }

        if (type != AIF_JSON_STRING) {
            return aif_ask_fault(r, AIF_BAD, "\"locale\" must be a string");
        }

        return aif_ask_keep(r, &r->ask->locale, value, 64,
                            "\"locale\" is too long");
    }

    return AIF_OK;
}


/* To canonical text: one line, no controls, nothing that begins a tag. */

static int
aif_ask_text(aif_ask_reader_t *r, aif_str_t *to, const aif_str_t *value)
{
    uint32_t       cp;
    unsigned       blank;
    aif_buf_t      b;
    const u_char  *p, *next, *end;

    if (value->len > AIF_ASK_MAX_TEXT) {
        return aif_ask_fault(r, AIF_LIMIT, "a text is too long");
    }

    aif_buf_init(&b, r->arena, value->len + 32);
    blank = 0;
    end = value->data + value->len;

    for (p = value->data; p < end; p = next) {

        next = p;
        cp = aif_utf8_decode(&next, end);

        /* controls of both kinds, and marks of direction */

        if (cp <= ' ' || (cp >= 0x7f && cp <= 0xa0)
            || (cp >= 0x200e && cp <= 0x200f)
            || (cp >= 0x2028 && cp <= 0x202e)
            || (cp >= 0x2066 && cp <= 0x2069))
        {
            blank = (b.len != 0);
            continue;
        }

        if (blank) {
            aif_buf_byte(&b, ' ');
            blank = 0;
        }

        aif_escape_append(&b, p, next - p);
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    to->data = b.data;
    to->len = b.len;

    return AIF_OK;
}


static int
aif_ask_keep(aif_ask_reader_t *r, aif_str_t *to, const aif_str_t *value,
    size_t max, const char *fault)
{
    if (value->len > max) {
        return aif_ask_fault(r, AIF_LIMIT, fault);
    }

    to->len = value->len;
    to->data = aif_arena_dup(r->arena, value->data, value->len);

    return to->data ? AIF_OK : AIF_NOMEM;
}


int
aif_ask_form(const u_char *data, size_t len, aif_arena_t *a, aif_ask_t *ask,
    const char **fault)
{
    int                rc;
    aif_str_t          key, value;
    const u_char      *p, *end, *next, *equal;
    aif_ask_reader_t   r;

    memset(ask, 0, sizeof(aif_ask_t));

    r.arena = a;
    r.ask = ask;
    r.fault = NULL;

    rc = AIF_OK;
    end = data + len;

    for (p = data; p < end && rc == AIF_OK; p = next + 1) {

        next = memchr(p, '&', end - p);

        if (next == NULL) {
            next = end;
        }

        equal = memchr(p, '=', next - p);

        if (equal == NULL) {
            continue;
        }

        key.data = (u_char *) p;
        key.len = equal - p;

        rc = aif_ask_decode(&r, equal + 1, next, &value);

        if (rc == AIF_OK) {
            rc = aif_ask_field(&r, &key, AIF_JSON_STRING, &value);
        }
    }

    if (rc == AIF_OK) {
        rc = aif_ask_done(&r);
    }

    *fault = r.fault;

    return rc;
}


static int
aif_ask_decode(aif_ask_reader_t *r, const u_char *p, const u_char *end,
    aif_str_t *value)
{
    u_char  *out;

    value->data = aif_arena_alloc(r->arena, end - p + 1);
    if (value->data == NULL) {
        return AIF_NOMEM;
    }

    for (out = value->data; p < end; p++) {

        if (*p == '+') {
            *out++ = ' ';

        } else if (*p == '%' && end - p > 2 && aif_ask_hex(p[1]) >= 0
                   && aif_ask_hex(p[2]) >= 0)
        {
            *out++ = aif_ask_hex(p[1]) << 4 | aif_ask_hex(p[2]);
            p += 2;

        } else {
            *out++ = *p;
        }
    }

    value->len = out - value->data;

    if (!aif_utf8_valid(value->data, value->len)) {
        return aif_ask_fault(r, AIF_BAD, "the form must be in UTF-8");
    }

    return AIF_OK;
}


static int
aif_ask_hex(u_char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }

    ch |= 0x20;

    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}


static int
aif_ask_done(aif_ask_reader_t *r)
{
    size_t      i;
    aif_ask_t  *ask;

    ask = r->ask;

    if (aif_utf8_letters(ask->question.data, ask->question.len) == 0) {
        return aif_ask_fault(r, AIF_BAD, "\"question\" is missing");
    }

    for (i = 0; i < ask->question.len; i++) {
        ask->length += (ask->question.data[i] & 0xc0) != 0x80;
    }

    return AIF_OK;
}


static int
aif_ask_fault(aif_ask_reader_t *r, int rc, const char *fault)
{
    r->fault = fault;

    return rc;
}


int
aif_ask_source(const aif_ask_t *ask, const aif_passages_t *ps, aif_arena_t *a,
    aif_str_t *json)
{
    size_t     i, n;
    aif_buf_t  b, text;
    aif_str_t  s;

    aif_buf_init(&b, a, 8192);
    aif_buf_init(&text, a, 4096);

    aif_buf_byte(&b, '{');
    aif_ask_member(&b, "question", &ask->question);

    if (ask->nturns) {
        aif_buf_literal(&b, ",\"history\":[");

        for (i = 0; i < ask->nturns; i++) {

            if (i != 0) {
                aif_buf_byte(&b, ',');
            }

            aif_buf_byte(&b, '{');
            aif_ask_member(&b, "question", &ask->turns[i].question);
            aif_buf_byte(&b, ',');
            aif_ask_member(&b, "answer", &ask->turns[i].answer);
            aif_buf_byte(&b, '}');
        }

        aif_buf_byte(&b, ']');
    }

    aif_buf_literal(&b, ",\"sources\":[");

    for (i = 0, n = 0; i < ps->npages; i++) {

        if (!ps->pages[i].chosen) {
            continue;
        }

        if (n++ != 0) {
            aif_buf_byte(&b, ',');
        }

        aif_buf_literal(&b, "{\"n\":");
        aif_json_number(&b, n);
        aif_buf_byte(&b, ',');
        aif_ask_member(&b, "title", &ps->pages[i].title);

        if (ps->pages[i].facts.len) {
            aif_buf_byte(&b, ',');
            aif_ask_member(&b, "facts", &ps->pages[i].facts);
        }

        text.len = 0;
        aif_passages_text(ps, i, &text);
        s.data = text.data;
        s.len = text.len ? text.len - 1 : 0;

        aif_buf_byte(&b, ',');
        aif_ask_member(&b, "text", &s);
        aif_buf_byte(&b, '}');
    }

    aif_buf_literal(&b, "]}");

    json->data = b.data;
    json->len = b.len;

    return b.failed || text.failed ? AIF_NOMEM : AIF_OK;
}


static void
aif_ask_member(aif_buf_t *b, const char *name, const aif_str_t *text)
{
    aif_buf_byte(b, '"');
    aif_buf_append(b, name, strlen(name));
    aif_buf_literal(b, "\":");
    aif_json_string(b, text->data, text->len);
}


int
aif_ask_facts(const aif_passages_t *ps, aif_arena_t *a, aif_str_t *facts,
    aif_str_t *machine)
{
    size_t     i;
    aif_buf_t  b, m;

    aif_buf_init(&b, a, 8192);
    aif_buf_init(&m, a, 1024);

    for (i = 0; i < ps->npages; i++) {

        if (!ps->pages[i].chosen) {
            continue;
        }

        if (ps->pages[i].title.len) {
            aif_buf_append(&b, ps->pages[i].title.data,
                           ps->pages[i].title.len);
            aif_buf_byte(&b, '\n');
        }

        aif_passages_text(ps, i, &b);

        if (ps->pages[i].facts.len) {
            aif_buf_append(&m, ps->pages[i].facts.data,
                           ps->pages[i].facts.len);
            aif_buf_byte(&m, '\n');
        }
    }

    facts->data = b.data;
    facts->len = b.len;
    machine->data = m.data;
    machine->len = m.len;

    return b.failed || m.failed ? AIF_NOMEM : AIF_OK;
}
