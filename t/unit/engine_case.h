
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Golden answers of services: t/unit/cases/engine/<dialect>-<name>.json is a
 * body as it came, .expect says what was asked and what is to be read from it:
 *
 *     status 200              what the answer came with
 *     < source text           one line for each text of the batch
 *     class ANSWER
 *     message the engine's
 *     without 1               of class UNKNOWN
 *     parse OK                of a 200 only, as all below
 *     unmarked                if the marks were taken off
 *     usage 31 38
 *     > target text           one line for each, "-" for none
 *
 * From "class" on the file is compared as it stands.
 */


#ifndef _TEST_ENGINE_CASE_H_INCLUDED_
#define _TEST_ENGINE_CASE_H_INCLUDED_


#include "engine/aif_engine.h"
#include "canonical.h"
#include "tap.h"

#include <glob.h>


#define ENGINE_CASES  "t/unit/cases/engine/"

/* Defined before by dialects whose targets are no canonical text. */

#ifndef engine_plain
#define engine_plain  0
#endif


typedef struct {
    unsigned             status;
    aif_str_t            locales[2];
    aif_engine_item_t    items[AIF_ENGINE_MAX_BATCH];
    aif_engine_batch_t   batch;
    const char          *rest;           /* from "class" on */
} engine_case_t;


static const char *const  engine_classes[] = {
    "ANSWER", "RETRY", "THROTTLED", "TOO_LONG", "UNKNOWN",
    "REFUSED", "GARBAGE"
};


static const aif_engine_conf_t  engine_conf = {
    aif_string("http://127.0.0.1:1/v1"),
    aif_string("model \"m\""),
    aif_string("sk-secret-0123456789"),
    1024, 0.0, aif_null_string, aif_null_string
};


__attribute__((unused)) static const char *
engine_rc(int rc)
{
    switch (rc) {
    case AIF_OK:
        return "OK";
    case AIF_BAD:
        return "BAD";
    case AIF_LIMIT:
        return "LIMIT";
    case AIF_NOMEM:
        return "NOMEM";
    default:
        return "?";
    }
}


/* A batch from en to es over texts; the texts are not copied. */

__attribute__((unused)) static void
engine_batch(engine_case_t *c, const char *const *texts, size_t n)
{
    size_t  i;

    memset(c, 0, sizeof(engine_case_t));

    aif_str_set(&c->locales[0], "en");
    aif_str_set(&c->locales[1], "es");
    c->batch.source_locale = &c->locales[0];
    c->batch.target_locale = &c->locales[1];
    c->batch.items = c->items;
    c->batch.n = n;

    for (i = 0; i < n; i++) {
        c->items[i].source.data = (u_char *) texts[i];
        c->items[i].source.len = strlen(texts[i]);
    }
}


__attribute__((unused)) static char *
engine_slurp(const char *path, size_t *len)
{
    FILE   *f;
    char   *data;
    size_t  size;

    f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }

    size = 1 << 20;
    data = malloc(size + 1);
    *len = fread(data, 1, size, f);
    data[*len] = '\0';
    fclose(f);

    return data;
}


/* Reads an .expect in place. */

static void
engine_expect(engine_case_t *c, char *text)
{
    char        *line, *end;
    size_t       n;
    const char  *texts[AIF_ENGINE_MAX_BATCH];
    unsigned     status;

    n = 0;
    status = 200;

    for (line = text; *line; line = end + 1) {

        if (strncmp(line, "class ", 6) == 0) {
            break;
        }

        end = strchr(line, '\n');
        *end = '\0';

        if (strncmp(line, "status ", 7) == 0) {
            status = atoi(line + 7);

        } else if (line[0] == '<') {
            texts[n++] = line + 2;
        }
    }

    engine_batch(c, texts, n);
    c->status = status;
    c->rest = line;
}


/* What is read from a body, in the form of an .expect. */

static void
engine_read(const aif_engine_t *engine, engine_case_t *c,
    const aif_str_t *body, aif_arena_t *a, aif_buf_t *out)
{
    int                  rc;
    char                 line[64];
    size_t               i;
    aif_str_t           *target;
    aif_engine_reply_t   reply;
    aif_engine_error_e   error;

#define engine_line(...)                                                      \
    aif_buf_append(out, line, snprintf(line, sizeof(line), __VA_ARGS__))

    error = engine->classify(&engine_conf, &c->batch, c->status, body, a,
                             &reply);

    engine_line("class %s\nmessage ", engine_classes[error]);
    aif_buf_append(out, reply.message.data, reply.message.len);
    aif_buf_byte(out, '\n');

    if (reply.without != 0) {
        engine_line("without %x\n", reply.without);
    }

    if (c->status != 200) {
        return;
    }

    rc = engine->parse(&engine_conf, &c->batch, body, a);

    engine_line("parse %s\n", engine_rc(rc));

    if (c->batch.unmarked) {
        engine_line("unmarked\n");
    }

    if (c->batch.usage) {
        engine_line("usage %llu %llu\n",
                    (unsigned long long) c->batch.input_tokens,
                    (unsigned long long) c->batch.output_tokens);
    }

    for (i = 0; rc == AIF_OK && i < c->batch.n; i++) {
        target = &c->batch.items[i].target;

        if (target->data == NULL) {
            aif_buf_literal(out, "> -\n");
            continue;
        }

        aif_buf_literal(out, "> ");
        aif_buf_append(out, target->data, target->len);
        aif_buf_byte(out, '\n');
    }

#undef engine_line
}


/*
 * Whatever memory there is: without enough AIF_NOMEM (or a classification
 * without a message), with enough the right thing.
 */

static int
engine_memory(const aif_engine_t *engine, engine_case_t *c,
    const aif_str_t *body)
{
    int           rc, want;
    size_t        i, limit;
    aif_arena_t  *a;

    aif_engine_reply_t  reply;

    a = aif_arena_create(1024, 1 << 24);
    want = engine->parse(&engine_conf, &c->batch, body, a);
    aif_arena_destroy(a);

    for (limit = 64; limit < (1 << 20); limit += limit / 16 + 8) {
        a = aif_arena_create(1024, limit);
        (void) engine->classify(&engine_conf, &c->batch, c->status, body, a,
                                &reply);
        aif_arena_destroy(a);

        a = aif_arena_create(1024, limit);
        rc = engine->parse(&engine_conf, &c->batch, body, a);

        for (i = 0; rc == AIF_OK && i < c->batch.n; i++) {
            if (c->batch.items[i].target.data == NULL) {
                continue;
            }

            if (!engine_plain
                && canonical_fault(c->batch.items[i].target.data,
                                   c->batch.items[i].target.len))
            {
                rc = 99;
            }
        }

        aif_arena_destroy(a);

        if (rc == want) {
            return 1;
        }

        if (rc != AIF_NOMEM) {
            return 0;
        }
    }

    return 0;
}


/* A body cut off anywhere is no answer. */

static int
engine_halves(const aif_engine_t *engine, engine_case_t *c,
    const aif_str_t *body)
{
    u_char       *piece;
    size_t        len, whole;
    aif_str_t     part;
    aif_arena_t  *a;

    a = aif_arena_create(4096, 1 << 24);

    for (whole = body->len; whole > 0 && body->data[whole - 1] <= ' ';
         whole--)
    {
        /* void */
    }

    for (len = 0; len < whole; len++) {

        /* a piece of its own, so that reading on is seen */
        piece = malloc(len ? len : 1);
        memcpy(piece, body->data, len);
        part.data = piece;
        part.len = len;

        if (engine->parse(&engine_conf, &c->batch, &part, a) == AIF_OK) {
            free(piece);
            break;
        }

        free(piece);
        aif_arena_reset(a);
    }

    aif_arena_destroy(a);

    return len == whole;
}


/* All golden files of a dialect. */

__attribute__((unused)) static void
engine_cases(const aif_engine_t *engine)
{
    char           pattern[128], *json, *expect, *dot;
    char           path[256];
    size_t         i, len, expect_len;
    glob_t         found;
    aif_buf_t      out;
    aif_str_t      body, got;
    const char    *name;
    aif_arena_t   *a;
    engine_case_t  c;

    snprintf(pattern, sizeof(pattern), ENGINE_CASES "%s-*.json", engine->name);

    if (glob(pattern, 0, NULL, &found) != 0) {
        ok(0, "there are cases %s", pattern);
        return;
    }

    for (i = 0; i < found.gl_pathc; i++) {
        name = found.gl_pathv[i] + sizeof(ENGINE_CASES) - 1;
        json = engine_slurp(found.gl_pathv[i], &len);

        snprintf(path, sizeof(path), "%s", found.gl_pathv[i]);
        dot = strrchr(path, '.');
        strcpy(dot, ".expect");
        expect = engine_slurp(path, &expect_len);

        if (expect == NULL) {
            ok(0, "%s has an .expect", name);
            free(json);
            continue;
        }

        engine_expect(&c, expect);

        body.data = (u_char *) json;
        body.len = len;

        a = aif_arena_create(4096, 1 << 24);
        aif_buf_init(&out, a, 1024);
        engine_read(engine, &c, &body, a, &out);

        got.data = out.data;
        got.len = out.len;
        is(got, c.rest, name);

        if (c.status == 200) {
            ok(engine_memory(engine, &c, &body), "%s: any memory", name);
            ok(engine_halves(engine, &c, &body), "%s: cut anywhere", name);
        }

        aif_arena_destroy(a);
        free(json);
        free(expect);
    }

    globfree(&found);
}


#endif /* _TEST_ENGINE_CASE_H_INCLUDED_ */
