
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Masks over canonical text.  What they look like is known by
 * aif_mask_find.c and by the administrator's patterns; this file takes pieces
 * out and puts them back, and gives up rather than let one through.  infer/
 * calls it for every text that is sent.
 *
 * Pieces are found in the plain form of a text, and marked byte by byte in the
 * canonical one: so an address that is partly bold becomes several masks, with
 * the tags between them where they were.  Single placeholders may be line
 * breaks or comments inside a word.  A text that has some is looked at in both
 * ways, and what either finds is masked.
 */


#include "core/aif_mask.h"

#include "core/aif_mask_find.h"
#include "core/aif_plain.h"
#include "core/aif_utf8.h"


typedef struct {
    const char         *name;
    aif_mask_preset_e   preset;
    aif_mask_find_pt    find;
} aif_mask_name_t;


static int aif_mask_look(const aif_mask_t *mask, const aif_str_t *source,
    int joined, aif_arena_t *a, u_char *mark);
static int aif_mask_pattern(aif_pattern_t *pattern, const aif_plain_t *plain,
    u_char *mark);
static void aif_mask_mark(const aif_plain_t *plain, size_t start, size_t end,
    u_char *mark);
static int aif_mask_worth(const aif_mask_t *mask, const aif_str_t *source);
static unsigned aif_mask_tags(const aif_str_t *source, unsigned *single);
static int aif_mask_write(const aif_str_t *source, const u_char *mark,
    aif_arena_t *a, aif_mask_text_t *m);
static void aif_mask_placeholder(aif_buf_t *b, unsigned id);
static int aif_mask_idle(const aif_str_t *text);


static const aif_mask_name_t  aif_mask_names[] = {
    { "email", AIF_MASK_EMAIL, aif_mask_find_email },
    { "phone", AIF_MASK_PHONE, aif_mask_find_phone },
    { "card", AIF_MASK_CARD, aif_mask_find_card },
    { "iban", AIF_MASK_IBAN, aif_mask_find_iban }
};

#define AIF_MASK_NAMES  (sizeof(aif_mask_names) / sizeof(aif_mask_names[0]))


unsigned
aif_mask_preset(const u_char *name, size_t len)
{
    size_t  i;

    for (i = 0; i < AIF_MASK_NAMES; i++) {
        if (strlen(aif_mask_names[i].name) == len
            && memcmp(aif_mask_names[i].name, name, len) == 0)
        {
            return aif_mask_names[i].preset;
        }
    }

    return 0;
}


int
aif_mask_apply(const aif_mask_t *mask, const aif_str_t *source,
    aif_arena_t *a, aif_mask_text_t *m)
{
    int        rc;
    u_char    *mark;
    unsigned   single;

    memset(m, 0, sizeof(aif_mask_text_t));
    m->text = *source;

    if (mask == NULL || !aif_mask_worth(mask, source)) {
        return AIF_OK;
    }

    mark = aif_arena_calloc(a, source->len + 1);
    if (mark == NULL) {
        return AIF_NOMEM;
    }

    m->first = aif_mask_tags(source, &single) + 1;

    rc = aif_mask_look(mask, source, 0, a, mark);

    if (rc == AIF_OK && single) {
        rc = aif_mask_look(mask, source, 1, a, mark);
    }

    if (rc == AIF_OK) {
        rc = aif_mask_write(source, mark, a, m);
    }

    if (rc == AIF_OK && m->n != 0 && m->first - 1 + m->n > AIF_MASK_MAX) {
        rc = AIF_LIMIT;
    }

    return rc;
}


/* Every preset needs a digit or "@". */

static int
aif_mask_worth(const aif_mask_t *mask, const aif_str_t *source)
{
    size_t  i;

    if (mask->npatterns != 0) {
        return 1;
    }

    for (i = 0; i < source->len && mask->presets; i++) {
        if ((source->data[i] >= '0' && source->data[i] <= '9')
            || source->data[i] == '@')
        {
            return 1;
        }
    }

    return 0;
}


/* The highest number of a placeholder; whether there are single ones. */

static unsigned
aif_mask_tags(const aif_str_t *source, unsigned *single)
{
    u_char         kind;
    size_t         len;
    unsigned       id, highest;
    const u_char  *p, *last;

    *single = 0;
    highest = 0;

    p = source->data;
    last = p + source->len;

    while (p < last && (p = memchr(p, '<', last - p)) != NULL) {

        len = aif_plain_tag(p, last, &id, &kind);

        if (len == 0) {
            p++;
            continue;
        }

        highest = id > highest ? id : highest;
        *single |= (kind == 'x');
        p += len;
    }

    return highest;
}


static int
aif_mask_look(const aif_mask_t *mask, const aif_str_t *source, int joined,
    aif_arena_t *a, u_char *mark)
{
    int          rc;
    size_t       i, from, start, end;
    aif_plain_t  plain;

    rc = aif_plain_make(source, joined, a, &plain);

    for (i = 0; i < AIF_MASK_NAMES && rc == AIF_OK; i++) {

        if (!(mask->presets & aif_mask_names[i].preset)) {
            continue;
        }

        for (from = 0;
             aif_mask_names[i].find(&plain, from, &start, &end);
             from = end)
        {
            aif_mask_mark(&plain, start, end, mark);
        }
    }

    for (i = 0; i < mask->npatterns && rc == AIF_OK; i++) {
        rc = aif_mask_pattern(mask->patterns[i], &plain, mark);
    }

    return rc;
}


static int
aif_mask_pattern(aif_pattern_t *pattern, const aif_plain_t *plain,
    u_char *mark)
{
    int                  rc;
    aif_str_t            text;
    aif_pattern_scan_t   scan;

    text.data = plain->text;
    text.len = plain->len;

    aif_pattern_scan(&scan, pattern, &text);

    while ((rc = aif_pattern_next(&scan)) == AIF_OK) {
        aif_mask_mark(plain, scan.start, scan.end, mark);
    }

    return rc == AIF_DONE ? AIF_OK : rc;
}


static void
aif_mask_mark(const aif_plain_t *plain, size_t start, size_t end, u_char *mark)
{
    size_t  i;

    for (i = start; i < end; i++) {

        /* a line feed of ours is a placeholder, which stays */

        if (plain->text[i] != '\n' || plain->to[i] - plain->from[i] == 1) {
            memset(mark + plain->from[i], 1, plain->to[i] - plain->from[i]);
        }
    }
}


static int
aif_mask_write(const aif_str_t *source, const u_char *mark, aif_arena_t *a,
    aif_mask_text_t *m)
{
    size_t     i, n, start;
    aif_buf_t  b;

    for (i = 0, n = 0; i < source->len; i++) {
        n += (mark[i] && (i == 0 || !mark[i - 1]));
    }

    if (n == 0) {
        return AIF_OK;
    }

    m->masked = aif_arena_alloc(a, n * sizeof(aif_str_t));
    if (m->masked == NULL) {
        return AIF_NOMEM;
    }

    aif_buf_init(&b, a, source->len + n * sizeof("<x9999/>"));

    for (i = 0; i < source->len; /* void */) {

        start = i;

        while (i < source->len && mark[i] == mark[start]) {
            i++;
        }

        if (!mark[start]) {
            aif_buf_append(&b, source->data + start, i - start);
            continue;
        }

        m->masked[m->n].data = source->data + start;
        m->masked[m->n].len = i - start;

        aif_mask_placeholder(&b, m->first + m->n);
        m->n++;
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    m->text.data = b.data;
    m->text.len = b.len;
    m->idle = aif_mask_idle(&m->text);

    return AIF_OK;
}


static void
aif_mask_placeholder(aif_buf_t *b, unsigned id)
{
    u_char  digits[10], *p;

    p = digits + sizeof(digits);

    do {
        *--p = '0' + id % 10;
        id /= 10;
    } while (id != 0);

    aif_buf_literal(b, "<x");
    aif_buf_append(b, p, digits + sizeof(digits) - p);
    aif_buf_literal(b, "/>");
}


static int
aif_mask_idle(const aif_str_t *text)
{
    u_char         kind;
    size_t         n;
    unsigned       id;
    const u_char  *p, *last, *end;

    p = text->data;
    last = p + text->len;

    while (p < last) {
        n = *p == '<' ? aif_plain_tag(p, last, &id, &kind) : 0;

        if (n != 0) {
            p += n;
            continue;
        }

        /* the names of references are letters, but no text */

        if (*p == '&') {
            end = memchr(p, ';', last - p < 5 ? last - p : 5);
            p = end ? end + 1 : p + 1;
            continue;
        }

        if (aif_utf8_letter(aif_utf8_decode(&p, last))) {
            return 0;
        }
    }

    return 1;
}


int
aif_mask_restore(const aif_mask_text_t *m, const aif_str_t *answer,
    aif_arena_t *a, aif_str_t *text)
{
    u_char         kind;
    u_char         seen[AIF_MASK_MAX];
    size_t         n, i, found;
    unsigned       id;
    aif_buf_t      b;
    const u_char  *p, *last, *plain;

    if (m->n == 0) {
        *text = *answer;
        return AIF_OK;
    }

    memset(seen, 0, sizeof(seen));
    aif_buf_init(&b, a, answer->len + 256);

    p = answer->data;
    last = p + answer->len;
    plain = p;
    found = 0;

    while (p < last && (p = memchr(p, '<', last - p)) != NULL) {

        n = aif_plain_tag(p, last, &id, &kind);
        i = id - m->first;

        if (n == 0 || kind != 'x' || i >= m->n) {
            p += n ? n : 1;
            continue;
        }

        if (seen[i]) {
            return AIF_BAD;
        }

        seen[i] = 1;
        found++;

        aif_buf_append(&b, plain, p - plain);
        aif_buf_append(&b, m->masked[i].data, m->masked[i].len);

        p += n;
        plain = p;
    }

    aif_buf_append(&b, plain, last - plain);

    if (b.failed) {
        return AIF_NOMEM;
    }

    if (found != m->n) {
        return AIF_BAD;
    }

    text->data = b.data;
    text->len = b.len;

    return AIF_OK;
}
