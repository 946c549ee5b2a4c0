
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Texts for platforms.  An answer comes from a service that is not trusted: a
 * variant with a text too many, too few or too long is not repaired, and one
 * that is not whole makes the whole answer none.  Whether texts say what the
 * facts say is the caller's question (core/aif_claim.h).
 */


#define _GNU_SOURCE            /* memmem */

#include "engine/aif_copy.h"
#include "core/aif_canonical.h"
#include "core/aif_utf8.h"
#include "engine/aif_json.h"

#include <stdio.h>


#define AIF_COPY_MAX_PATH  64          /* bytes */


typedef struct {
    aif_copy_t         *copy;
    aif_arena_t        *arena;
    aif_guard_fault_t  *fault;
    unsigned            found;         /* variants that have begun */
} aif_copy_reader_t;


static int aif_copy_value(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_copy_text(aif_copy_reader_t *r, const aif_copy_field_t *field,
    unsigned slot, aif_json_type_e type, const aif_str_t *value);
static int aif_copy_clean(aif_copy_reader_t *r, const aif_copy_field_t *field,
    const aif_str_t *value, aif_str_t *text);
static int aif_copy_markup(const aif_str_t *text, aif_arena_t *a);
static int aif_copy_control(uint32_t cp);
static int aif_copy_whole(aif_copy_reader_t *r);
static int aif_copy_fault(aif_copy_reader_t *r, aif_guard_fault_e kind);
static void aif_copy_schema(const aif_copy_kind_t *kind, unsigned n,
    aif_buf_t *b);
static void aif_copy_system(const aif_copy_kind_t *kind, unsigned n,
    aif_buf_t *b);
static void aif_copy_bounds(aif_buf_t *b, unsigned min, unsigned max);
static void aif_copy_word(aif_buf_t *b, const char *text);


static const aif_copy_kind_t  aif_copy_kinds[] = {

    { aif_string("google-ad"), "responsive search ads for Google",
      AIF_COPY_MAX_N, 2,
      { { aif_string("headlines"), "each makes sense alone and says something "
          "else", 3, 5, 30, AIF_COPY_WIDE, 0 },
        { aif_string("descriptions"), "each makes sense alone", 2, 2, 90,
          AIF_COPY_WIDE, 0 } } },

    { aif_string("meta-ad"), "ads for Facebook and Instagram",
      AIF_COPY_MAX_N, 3,
      { { aif_string("primary_text"), "above the picture, the most important "
          "first", 1, 1, 125, AIF_COPY_PLAIN, 0 },
        { aif_string("headline"), "under the picture", 1, 1, 40,
          AIF_COPY_PLAIN, 0 },
        { aif_string("description"), "beside the button", 1, 1, 30,
          AIF_COPY_PLAIN, 0 } } },

    { aif_string("tiktok"), "captions of video ads for TikTok",
      AIF_COPY_MAX_N, 1,
      { { aif_string("text"), "a caption, no emoji", 1, 1, 100, AIF_COPY_WIDE,
          0 } } },

    { aif_string("tweet"), "posts for X (Twitter)", AIF_COPY_MAX_N, 1,
      { { aif_string("text"), "a post without hashtags and without an address",
          1, 1, 280, AIF_COPY_TWEET, 0 } } },

    { aif_string("email"), "promotional e-mails", 4, 3,
      { { aif_string("subject"), "of the message", 1, 1, 60, AIF_COPY_PLAIN,
          0 },
        { aif_string("preheader"), "goes on where the subject ends", 1, 1, 100,
          AIF_COPY_PLAIN, 0 },
        { aif_string("body"), "one to three short paragraphs, without greeting "
          "and signature", 1, 1, 1000, AIF_COPY_PLAIN, 1 } } },

    { aif_string("push"), "push notifications", AIF_COPY_MAX_N, 2,
      { { aif_string("title"), "what it is about", 1, 1, 50, AIF_COPY_PLAIN,
          0 },
        { aif_string("body"), "one sentence", 1, 1, 150, AIF_COPY_PLAIN,
          0 } } }
};

#define AIF_COPY_KINDS  (sizeof(aif_copy_kinds) / sizeof(aif_copy_kinds[0]))


const aif_copy_kind_t *
aif_copy_kind_at(size_t i)
{
    return i < AIF_COPY_KINDS ? &aif_copy_kinds[i] : NULL;
}


const aif_copy_kind_t *
aif_copy_kind(const aif_str_t *name)
{
    size_t  i;

    for (i = 0; i < AIF_COPY_KINDS; i++) {
        if (aif_str_eq(&aif_copy_kinds[i].name, name)) {
            return &aif_copy_kinds[i];
        }
    }

    return NULL;
}


int
aif_copy_read(const aif_copy_kind_t *kind, unsigned n, const aif_str_t *answer,
    aif_arena_t *a, aif_copy_t *copy, aif_guard_fault_t *fault)
{
    int                rc;
    aif_copy_reader_t  r;

    memset(fault, 0, sizeof(aif_guard_fault_t));

    copy->kind = kind;
    copy->n = n;
    copy->texts = aif_arena_calloc(a, n * sizeof(copy->texts[0]));

    if (copy->texts == NULL) {
        return AIF_NOMEM;
    }

    r.copy = copy;
    r.arena = a;
    r.fault = fault;
    r.found = 0;

    rc = aif_json_read(answer->data, answer->len, a, aif_copy_value, &r);

    if (rc == AIF_OK) {
        return aif_copy_whole(&r);
    }

    if (rc == AIF_NOMEM) {
        return AIF_NOMEM;
    }

    return fault->kind != AIF_GUARD_NONE ? AIF_BAD
                                         : aif_copy_fault(&r, AIF_GUARD_EMPTY);
}


static int
aif_copy_value(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_copy_reader_t *r = ctx;

    char                     path[AIF_COPY_MAX_PATH];
    size_t                   i, at;
    unsigned                 slot;
    const aif_copy_field_t  *field;

    if (type == AIF_JSON_END) {
        return AIF_OK;
    }

    if (aif_json_at(json, "variants.*")) {

        if (type != AIF_JSON_OBJECT) {
            return aif_copy_fault(r, AIF_GUARD_EMPTY);
        }

        return r->found++ == r->copy->n ? aif_copy_fault(r, AIF_GUARD_LENGTH)
                                        : AIF_OK;
    }

    if (r->found == 0) {
        return AIF_OK;
    }

    for (i = 0, slot = 0; i < r->copy->kind->nfields; i++) {

        field = &r->copy->kind->fields[i];

        snprintf(path, sizeof(path), "variants.*.%s%s", field->name.data,
                 field->max > 1 ? ".*" : "");

        if (aif_json_at(json, path)) {
            at = field->max > 1 ? aif_json_index(json) : 0;

            return at < field->max
                   ? aif_copy_text(r, field, slot + at, type, value)
                   : aif_copy_fault(r, AIF_GUARD_LENGTH);
        }

        slot += field->max;
    }

    return AIF_OK;
}


static int
aif_copy_text(aif_copy_reader_t *r, const aif_copy_field_t *field,
    unsigned slot, aif_json_type_e type, const aif_str_t *value)
{
    int         rc;
    aif_str_t  *text;

    text = &r->copy->texts[r->found - 1][slot];

    /* a key that is there twice can be read in two ways */

    if (type != AIF_JSON_STRING || text->data) {
        return aif_copy_fault(r, AIF_GUARD_EMPTY);
    }

    rc = aif_copy_clean(r, field, value, text);

    if (rc != AIF_OK) {
        return rc;
    }

    if (text->len == 0) {
        return aif_copy_fault(r, AIF_GUARD_EMPTY);
    }

    if (aif_copy_length(text, field->count) > field->longest) {
        r->fault->fact = *text;
        return aif_copy_fault(r, AIF_GUARD_LENGTH);
    }

    return AIF_OK;
}


/* White space at both ends goes; lines are parted by a line feed. */

static int
aif_copy_clean(aif_copy_reader_t *r, const aif_copy_field_t *field,
    const aif_str_t *value, aif_str_t *text)
{
    int            rc;
    uint32_t       cp;
    const u_char  *p, *end;

    p = value->data;
    end = p + value->len;

    while (p < end && (*p == ' ' || *p == '\n')) {
        p++;
    }

    while (end > p && (end[-1] == ' ' || end[-1] == '\n')) {
        end--;
    }

    text->len = end - p;
    text->data = aif_arena_dup(r->arena, p, text->len);

    if (text->data == NULL) {
        return AIF_NOMEM;
    }

    for (p = text->data, end = p + text->len; p < end; /* void */ ) {

        cp = aif_utf8_decode(&p, end);

        if (cp == '\n' ? !field->lines : aif_copy_control(cp)) {
            return aif_copy_fault(r, AIF_GUARD_CONTROL);
        }
    }

    rc = aif_copy_markup(text, r->arena);

    return rc == AIF_BAD ? aif_copy_fault(r, AIF_GUARD_MARKUP) : rc;
}


/* HTML in any form, and the commonest of Markdown: they would be seen */

static int
aif_copy_markup(const aif_str_t *text, aif_arena_t *a)
{
    int            rc;
    size_t         i;
    aif_str_t      clean;
    const u_char  *p, *end;

    static const char *const  marks[] = { "**", "__", "](", "```" };
    static const aif_str_t    none = aif_null_string;

    for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (memmem(text->data, text->len, marks[i], strlen(marks[i]))) {
            return AIF_BAD;
        }
    }

    rc = aif_canonical_clean(text, &none, a, &clean);

    if (rc != AIF_OK) {
        return rc;
    }

    /* a placeholder, or a reference, which was decoded */

    if (memchr(clean.data, '<', clean.len)) {
        return AIF_BAD;
    }

    for (p = text->data, end = p + text->len;
         (p = memchr(p, '&', end - p)) != NULL;
         /* void */ )
    {
        p++;

        while (p < end && (*p == '#' || (*p >= '0' && *p <= '9')
                           || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')))
        {
            p++;
        }

        if (p < end && *p == ';' && p[-1] != '&') {
            return AIF_BAD;
        }
    }

    return AIF_OK;
}


/* C0, C1, what separates lines, and what turns the direction around */

static int
aif_copy_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x2028
           || cp == 0x2029 || (cp >= 0x202a && cp <= 0x202e)
           || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff
           || cp == 0xfffd || cp == AIF_UTF8_BAD;
}


static int
aif_copy_whole(aif_copy_reader_t *r)
{
    unsigned                 i, k, n, slot, count;
    const aif_copy_kind_t   *kind;
    const aif_copy_field_t  *field;

    kind = r->copy->kind;

    if (r->found != r->copy->n) {
        return aif_copy_fault(r, AIF_GUARD_EMPTY);
    }

    for (n = 0; n < r->copy->n; n++) {

        for (i = 0, slot = 0; i < kind->nfields; i++) {

            field = &kind->fields[i];

            for (k = 0, count = 0; k < field->max; k++, slot++) {
                count += (r->copy->texts[n][slot].data != NULL);
            }

            if (count < field->min) {
                return aif_copy_fault(r, AIF_GUARD_EMPTY);
            }
        }
    }

    return AIF_OK;
}


static int
aif_copy_fault(aif_copy_reader_t *r, aif_guard_fault_e kind)
{
    r->fault->kind = kind;
    r->fault->added = (kind != AIF_GUARD_EMPTY);

    return AIF_BAD;
}


void
aif_copy_write(const aif_copy_t *copy, aif_buf_t *b)
{
    unsigned                 i, k, n, slot;
    const aif_str_t         *text;
    const aif_copy_field_t  *field;

    aif_buf_byte(b, '[');

    for (n = 0; n < copy->n; n++) {

        aif_copy_word(b, n ? ",{" : "{");

        for (i = 0, slot = 0; i < copy->kind->nfields; i++) {

            field = &copy->kind->fields[i];

            aif_copy_word(b, i ? ",\"" : "\"");
            aif_buf_append(b, field->name.data, field->name.len);
            aif_copy_word(b, field->max > 1 ? "\":[" : "\":");

            for (k = 0; k < field->max; k++, slot++) {

                text = &copy->texts[n][slot];

                if (text->data) {
                    aif_copy_word(b, k ? "," : "");
                    aif_json_string(b, text->data, text->len);
                }
            }

            aif_copy_word(b, field->max > 1 ? "]" : "");
        }

        aif_buf_byte(b, '}');
    }

    aif_buf_byte(b, ']');
}


int
aif_copy_prompt(const aif_copy_kind_t *kind, unsigned n, aif_arena_t *a,
    aif_prompt_t *prompt)
{
    aif_buf_t  name, schema, system;

    aif_buf_init(&name, a, 32);
    aif_buf_init(&schema, a, 1024);
    aif_buf_init(&system, a, 1024);

    aif_copy_word(&name, "copy-");
    aif_buf_append(&name, kind->name.data, kind->name.len);
    aif_buf_byte(&name, '-');
    aif_json_number(&name, n);

    aif_copy_schema(kind, n, &schema);
    aif_copy_system(kind, n, &system);

    if (name.failed || schema.failed || system.failed) {
        return AIF_NOMEM;
    }

    memset(prompt, 0, sizeof(aif_prompt_t));

    prompt->name.data = name.data;
    prompt->name.len = name.len;
    prompt->schema.data = schema.data;
    prompt->schema.len = schema.len;
    prompt->system.data = system.data;
    prompt->system.len = system.len;
    prompt->task = AIF_PROMPT_WRITE;
    prompt->answer = AIF_PROMPT_OBJECT;

    return AIF_OK;
}


/*
 * Without the lengths: constrained decoding would cut texts off in the middle
 * of a word.
 */

static void
aif_copy_schema(const aif_copy_kind_t *kind, unsigned n, aif_buf_t *b)
{
    unsigned                 i;
    const aif_copy_field_t  *field;

    aif_copy_word(b, "{\"type\":\"object\",\"properties\":{\"variants\":"
                     "{\"type\":\"array\",");
    aif_copy_bounds(b, n, n);
    aif_copy_word(b, "\"items\":{\"type\":\"object\",\"properties\":{");

    for (i = 0; i < kind->nfields; i++) {

        field = &kind->fields[i];

        aif_copy_word(b, i ? ",\"" : "\"");
        aif_buf_append(b, field->name.data, field->name.len);
        aif_copy_word(b, "\":{\"type\":");

        if (field->max > 1) {
            aif_copy_word(b, "\"array\",");
            aif_copy_bounds(b, field->min, field->max);
            aif_copy_word(b, "\"items\":{\"type\":");
        }

        aif_copy_word(b, field->max > 1 ? "\"string\"}}" : "\"string\"}");
    }

    aif_copy_word(b, "},\"required\":[");

    for (i = 0; i < kind->nfields; i++) {
        aif_copy_word(b, i ? ",\"" : "\"");
        aif_buf_append(b, kind->fields[i].name.data, kind->fields[i].name.len);
        aif_buf_byte(b, '"');
    }

    aif_copy_word(b, "],\"additionalProperties\":false}}},\"required\":"
                     "[\"variants\"],\"additionalProperties\":false}");
}


static void
aif_copy_system(const aif_copy_kind_t *kind, unsigned n, aif_buf_t *b)
{
    unsigned                 i;
    const aif_copy_field_t  *field;

    aif_copy_word(b, "You write ");
    aif_copy_word(b, kind->what);
    aif_copy_word(b, " in {language} about the product of an online shop, from "
                     "its facts only. The answer has \"variants\", an array "
                     "of exactly ");
    aif_json_number(b, n);
    aif_copy_word(b, n > 1 ? ", each in other words. Each has:\n"
                           : ". It has:\n");

    for (i = 0; i < kind->nfields; i++) {

        field = &kind->fields[i];

        aif_copy_word(b, "- \"");
        aif_buf_append(b, field->name.data, field->name.len);
        aif_copy_word(b, "\": ");

        if (field->max > 1) {
            aif_copy_word(b, "an array of ");
            aif_json_number(b, field->min);

            if (field->max > field->min) {
                aif_copy_word(b, " to ");
                aif_json_number(b, field->max);
            }

            aif_copy_word(b, " texts, ");
        }

        aif_copy_word(b, field->what);
        aif_copy_word(b, field->max > 1 ? "; each of at most "
                                        : "; at most ");
        aif_json_number(b, field->longest);
        aif_copy_word(b, field->count == AIF_COPY_PLAIN
                         ? " characters\n"
                         : " characters, Chinese, Japanese and Korean ones "
                           "count as two\n");
    }

    aif_copy_word(b, "A longer text is of no use. No superlatives, no "
                     "promises, no discounts that the facts don't have.");
}


static void
aif_copy_bounds(aif_buf_t *b, unsigned min, unsigned max)
{
    aif_copy_word(b, "\"minItems\":");
    aif_json_number(b, min);
    aif_copy_word(b, ",\"maxItems\":");
    aif_json_number(b, max);
    aif_buf_byte(b, ',');
}


static void
aif_copy_word(aif_buf_t *b, const char *text)
{
    aif_buf_append(b, text, strlen(text));
}
