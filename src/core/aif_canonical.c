
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a service wrote, to canonical text.  It repairs form, it judges no
 * content: lost placeholders and facts are aif_guard.c's.  The dialects of
 * engine/ call it for every text that they read.
 */


#include "core/aif_canonical.h"

#include "core/aif_escape.h"
#include "core/aif_html_entity.h"


#define AIF_CANONICAL_MAX_ID  9999


typedef struct {
    aif_buf_t     out;
    u_char        blank;         /* owed before the next byte; 0: none */
    u_char        line;          /* what a line's end is folded to */
} aif_canonical_t;


/* A placeholder as it was found. */

typedef struct {
    u_char        kind;          /* 'g' or 'x' */
    unsigned      id;
    unsigned      closing:1;
    unsigned      single:1;
} aif_canonical_tag_t;


static int aif_canonical_fold(const aif_str_t *text, const aif_str_t *source,
    u_char line, aif_arena_t *a, aif_str_t *clean);
static size_t aif_canonical_tag(const u_char *p, const u_char *last,
    aif_canonical_tag_t *tag);
static void aif_canonical_placeholder(aif_canonical_t *c,
    const aif_canonical_tag_t *tag);
static void aif_canonical_id(aif_canonical_t *c, const char *open, u_char kind,
    unsigned id, const char *close);
static void aif_canonical_text(aif_canonical_t *c, const u_char *p,
    size_t len);
static void aif_canonical_append(aif_canonical_t *c, const void *data,
    size_t len);
static int aif_canonical_markup(const u_char *p, const u_char *last);
static int aif_canonical_has_less(const aif_str_t *source);
static const u_char *aif_canonical_skip(const u_char *p, const u_char *last);
static int aif_canonical_blank(u_char ch);


int
aif_canonical_clean(const aif_str_t *text, const aif_str_t *source,
    aif_arena_t *a, aif_str_t *clean)
{
    return aif_canonical_fold(text, source, ' ', a, clean);
}


int
aif_canonical_lines(const aif_str_t *text, const aif_str_t *source,
    aif_arena_t *a, aif_str_t *clean)
{
    return aif_canonical_fold(text, source, '\n', a, clean);
}


static int
aif_canonical_fold(const aif_str_t *text, const aif_str_t *source,
    u_char line, aif_arena_t *a, aif_str_t *clean)
{
    int                  less;
    size_t               n, len;
    u_char               decoded[8];
    const u_char        *p, *last;
    aif_canonical_t      c;
    aif_canonical_tag_t  tag;

    aif_buf_init(&c.out, a, text->len + 16);
    c.blank = 0;
    c.line = line;

    less = aif_canonical_has_less(source);

    p = text->data;
    last = p + text->len;

    while (p < last) {

        if (*p == '<') {
            n = aif_canonical_tag(p, last, &tag);

            if (n != 0) {
                aif_canonical_placeholder(&c, &tag);
                p += n;
                continue;
            }

            if (!less && aif_canonical_markup(p, last)) {
                return AIF_BAD;
            }

        } else if (*p == '&') {
            n = aif_html_entity(p, last, 0, decoded, &len);

            /* without ";" it may as well be text: "AT&TRADE", "?a=1&copy=2" */

            if (n != 0 && p[n - 1] == ';') {
                aif_canonical_text(&c, decoded, len);
                p += n;
                continue;
            }
        }

        for (n = 1; p + n < last && p[n] != '<' && p[n] != '&'; n++) {
            /* void */
        }

        aif_canonical_text(&c, p, n);
        p += n;
    }

    if (c.out.failed) {
        return AIF_NOMEM;
    }

    clean->data = c.out.data;
    clean->len = c.out.len;

    return AIF_OK;
}


/* Reads <gN>, </gN>, <xN/>, loosely written; returns their length, or 0. */

static size_t
aif_canonical_tag(const u_char *p, const u_char *last,
    aif_canonical_tag_t *tag)
{
    const u_char  *start;

    start = p++;

    memset(tag, 0, sizeof(aif_canonical_tag_t));

    p = aif_canonical_skip(p, last);

    if (p < last && *p == '/') {
        tag->closing = 1;
        p++;
        p = aif_canonical_skip(p, last);
    }

    if (last - p < 3) {
        return 0;
    }

    tag->kind = *p++ | 0x20;

    if (tag->kind != 'g' && tag->kind != 'x') {
        return 0;
    }

    while (p < last && *p >= '0' && *p <= '9') {
        tag->id = tag->id * 10 + (*p++ - '0');

        if (tag->id > AIF_CANONICAL_MAX_ID) {
            return 0;
        }
    }

    if (tag->id == 0) {
        return 0;
    }

    p = aif_canonical_skip(p, last);

    if (p < last && *p == '/') {
        tag->single = 1;
        p++;
        p = aif_canonical_skip(p, last);
    }

    if (p == last || *p != '>') {
        return 0;
    }

    return p + 1 - start;
}


static void
aif_canonical_placeholder(aif_canonical_t *c, const aif_canonical_tag_t *tag)
{
    if (tag->kind == 'x') {

        /* serialisers of HTML write <x1/> as <x1></x1>: the end is nothing */

        if (!tag->closing) {
            aif_canonical_id(c, "<", 'x', tag->id, "/>");
        }

        return;
    }

    if (tag->closing) {
        aif_canonical_id(c, "</", 'g', tag->id, ">");
        return;
    }

    aif_canonical_id(c, "<", 'g', tag->id, ">");

    if (tag->single) {
        aif_canonical_id(c, "</", 'g', tag->id, ">");
    }
}


static void
aif_canonical_id(aif_canonical_t *c, const char *open, u_char kind,
    unsigned id, const char *close)
{
    u_char  digits[4], *p;

    p = digits + sizeof(digits);

    do {
        *--p = '0' + id % 10;
        id /= 10;
    } while (id != 0);

    aif_canonical_append(c, open, strlen(open));
    aif_canonical_append(c, &kind, 1);
    aif_canonical_append(c, p, digits + sizeof(digits) - p);
    aif_canonical_append(c, close, strlen(close));
}


/* Text, decoded: folded and escaped. */

static void
aif_canonical_text(aif_canonical_t *c, const u_char *p, size_t len)
{
    u_char         text[AIF_ESCAPE_MAX];
    const u_char  *last, *plain;

    last = p + len;
    plain = p;

    for ( ; p < last; p++) {

        if (*p > '>') {
            continue;
        }

        if (!aif_canonical_blank(*p) && *p != '&' && *p != '<' && *p != '>') {
            continue;
        }

        aif_canonical_append(c, plain, p - plain);
        plain = p + 1;

        switch (*p) {

        case '&':
        case '<':
        case '>':
            aif_canonical_append(c, text, aif_escape(text, p, 1) - text);
            break;

        case '\n':
        case '\r':
            c->blank = c->out.len ? c->line : 0;
            break;

        default:
            c->blank = c->blank ? c->blank : c->out.len ? ' ' : 0;
        }
    }

    aif_canonical_append(c, plain, last - plain);
}


static void
aif_canonical_append(aif_canonical_t *c, const void *data, size_t len)
{
    if (len == 0) {
        return;
    }

    if (c->blank) {
        aif_buf_byte(&c->out, c->blank);
        c->blank = 0;
    }

    aif_buf_append(&c->out, data, len);
}


/* Would a browser see a tag, a comment or a declaration here? */

static int
aif_canonical_markup(const u_char *p, const u_char *last)
{
    p++;

    if (p < last && *p == '/') {
        p++;

    } else if (p < last && (*p == '!' || *p == '?')) {
        return 1;
    }

    return p < last && (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z';
}


static int
aif_canonical_has_less(const aif_str_t *source)
{
    size_t  i;

    for (i = 0; i + 4 <= source->len; i++) {
        if (memcmp(source->data + i, "&lt;", 4) == 0) {
            return 1;
        }
    }

    return 0;
}


static const u_char *
aif_canonical_skip(const u_char *p, const u_char *last)
{
    while (p < last && aif_canonical_blank(*p)) {
        p++;
    }

    return p;
}


static int
aif_canonical_blank(u_char ch)
{
    return ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r' || ch == '\f';
}


/* Behind a word, or behind a character where there is none. */

void
aif_canonical_cut(aif_str_t *text, size_t max)
{
    size_t         i;
    const u_char  *p;

    if (text->len <= max) {
        return;
    }

    p = text->data;

    for (i = max; i > max / 2 && p[i] != ' '; i--) { /* void */ }

    if (p[i] != ' ') {

        for (i = max; (p[i] & 0xc0) == 0x80; i--) { /* void */ }

        /* not inside a reference: "&amp;" */

        for (max = i; max > i - 5; max--) {
            if (p[max] == '&') {
                i = max;
                break;
            }

            if (p[max] == ';') {
                break;
            }
        }
    }

    text->len = i;
}
