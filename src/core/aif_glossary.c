
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Glossaries.  Entries are in a table by their first word; of those that begin
 * alike the longest comes first, so that a text is read once, word by word,
 * and most words cost one look.  It judges no translation but by whether the
 * words are there.  infer/ calls it.
 *
 * A word is a run of letters and digits; in scripts without blanks (from Thai
 * on) each character is one, since nobody can say where a word ends.
 */


#include "core/aif_glossary.h"

#include "core/aif_escape.h"
#include "core/aif_utf8.h"


#define AIF_GLOSSARY_FIELDS    4
#define AIF_GLOSSARY_UNSPACED  0x0e00    /* Thai, and all CJK behind it ... */
#define AIF_GLOSSARY_SPACED    0x0f00    /* ... but for what is between */
#define AIF_GLOSSARY_CJK       0x2e80


typedef struct aif_glossary_slot_s  aif_glossary_slot_t;

struct aif_glossary_slot_s {
    aif_glossary_entry_t    entry;
    aif_glossary_slot_t    *next;        /* of the same bucket, longest first */
    uint32_t                word;        /* hash of the first one */
};


struct aif_glossary_s {
    aif_glossary_slot_t   **bucket;
    size_t                  mask;
    size_t                  n;
};


typedef struct {
    const u_char   *p;
    const u_char   *last;
    size_t          line;        /* from 1 */
    const char     *fault;
    aif_arena_t    *arena;
} aif_glossary_reader_t;


static int aif_glossary_record(aif_glossary_reader_t *r, aif_str_t *field);
static int aif_glossary_field(aif_glossary_reader_t *r, aif_str_t *field);
static int aif_glossary_quoted(aif_glossary_reader_t *r, aif_buf_t *b);
static void aif_glossary_trim(aif_str_t *field);
static int aif_glossary_heading(const aif_str_t *field);
static int aif_glossary_add(aif_glossary_t *g, aif_glossary_reader_t *r,
    const aif_str_t *field);
static int aif_glossary_canonical(const aif_str_t *text, aif_arena_t *a,
    aif_str_t *out);
static int aif_glossary_insert(aif_glossary_t *g, aif_glossary_slot_t *slot);
static uint32_t aif_glossary_mix(uint32_t hash, const aif_str_t *s);
static const u_char *aif_glossary_word(const u_char *p, const u_char *last,
    uint32_t *hash);
static const aif_glossary_entry_t *aif_glossary_longest(
    const aif_glossary_t *g, const u_char *p, const u_char *last,
    uint32_t word, const aif_str_t *locale);
static int aif_glossary_locale(const aif_str_t *entry,
    const aif_str_t *locale);
static int aif_glossary_same(const u_char *a, const u_char *b, size_t len,
    int exact);
static int aif_glossary_ends(const aif_str_t *term, const u_char *p,
    const u_char *last);
static int aif_glossary_letter(uint32_t cp);
static u_char aif_glossary_small(u_char ch);


int
aif_glossary_parse(const aif_str_t *csv, aif_arena_t *a,
    aif_glossary_t **glossary, size_t *line, const char **fault)
{
    int                     rc;
    size_t                  lines;
    aif_str_t               field[AIF_GLOSSARY_FIELDS];
    const u_char           *p;
    aif_glossary_t         *g;
    aif_glossary_reader_t   r;

    r.p = csv->data;
    r.last = csv->data + csv->len;
    r.line = 1;
    r.fault = "is more than a glossary may have";
    r.arena = a;

    *line = 0;
    *fault = r.fault;

    if (csv->len > AIF_GLOSSARY_MAX_FILE) {
        return AIF_LIMIT;
    }

    /* tables of a size that fits all that may come: no growing */

    lines = 1;

    for (p = r.p; p < r.last && lines <= AIF_GLOSSARY_MAX_ENTRIES; p++) {
        lines += (*p == '\n');
    }

    g = aif_arena_calloc(a, sizeof(aif_glossary_t));
    if (g == NULL) {
        return AIF_NOMEM;
    }

    for (g->mask = 16; g->mask < 2 * lines; g->mask *= 2) { /* void */ }

    g->bucket = aif_arena_calloc(a, g->mask * sizeof(aif_glossary_slot_t *));
    if (g->bucket == NULL) {
        return AIF_NOMEM;
    }

    g->mask--;

    /* a mark of UTF-8 before the first field is no part of it */

    if (r.last - r.p >= 3 && memcmp(r.p, "\xef\xbb\xbf", 3) == 0) {
        r.p += 3;
    }

    while (r.p < r.last) {

        *line = r.line;
        rc = aif_glossary_record(&r, field);

        if (rc == AIF_OK && (*line != 1 || !aif_glossary_heading(field))) {
            rc = aif_glossary_add(g, &r, field);
        }

        if (rc != AIF_OK && rc != AIF_DONE) {
            *fault = r.fault;
            return rc;
        }
    }

    *glossary = g;

    return AIF_OK;
}


/* One line and what its quotes go on to.  AIF_DONE: nothing is on it. */

static int
aif_glossary_record(aif_glossary_reader_t *r, aif_str_t *field)
{
    int        rc;
    size_t     n;
    aif_str_t  extra;

    memset(field, 0, AIF_GLOSSARY_FIELDS * sizeof(aif_str_t));

    if (*r->p == '#') {
        while (r->p < r->last && *r->p != '\n') {
            r->p++;
        }

        r->p += (r->p < r->last);
        r->line++;

        return AIF_DONE;
    }

    for (n = 0; /* void */ ; n++) {

        rc = aif_glossary_field(r, n < AIF_GLOSSARY_FIELDS ? &field[n]
                                                           : &extra);
        if (rc != AIF_OK) {
            return rc;
        }

        if (n >= AIF_GLOSSARY_FIELDS && extra.len != 0) {
            r->fault = "has more than four fields";
            return AIF_BAD;
        }

        if (r->p < r->last && *r->p == ',') {
            r->p++;
            continue;
        }

        break;
    }

    if (r->p < r->last && *r->p == '\r') {
        r->p++;
    }

    if (r->p < r->last && *r->p != '\n') {
        r->fault = "has text behind a quoted field";
        return AIF_BAD;
    }

    r->p += (r->p < r->last);
    r->line++;

    if (n == 0 && field[0].len == 0) {
        return AIF_DONE;
    }

    return AIF_OK;
}


static int
aif_glossary_field(aif_glossary_reader_t *r, aif_str_t *field)
{
    int            rc;
    aif_buf_t      b;
    const u_char  *start;

    if (r->p < r->last && *r->p == '"') {
        aif_buf_init(&b, r->arena, 64);

        rc = aif_glossary_quoted(r, &b);
        if (rc != AIF_OK) {
            return rc;
        }

        field->data = b.data;
        field->len = b.len;

    } else {
        start = r->p;

        while (r->p < r->last && *r->p != ',' && *r->p != '\n'
               && !(*r->p == '\r' && r->last - r->p > 1 && r->p[1] == '\n'))
        {
            r->p++;
        }

        field->data = (u_char *) start;
        field->len = r->p - start;
    }

    aif_glossary_trim(field);

    if (field->len > AIF_GLOSSARY_MAX_FIELD) {
        r->fault = "has a field of more than 512 bytes";
        return AIF_LIMIT;
    }

    if (!aif_utf8_valid(field->data, field->len)
        || memchr(field->data, '\0', field->len) != NULL)
    {
        r->fault = "is not UTF-8 text";
        return AIF_BAD;
    }

    return AIF_OK;
}


static int
aif_glossary_quoted(aif_glossary_reader_t *r, aif_buf_t *b)
{
    for (r->p++; r->p < r->last; r->p++) {

        if (*r->p == '"') {

            if (r->last - r->p == 1 || r->p[1] != '"') {
                r->p++;
                return b->failed ? AIF_NOMEM : AIF_OK;
            }

            r->p++;
        }

        if (b->len > AIF_GLOSSARY_MAX_FIELD) {
            r->fault = "has a field of more than 512 bytes";
            return AIF_LIMIT;
        }

        r->line += (*r->p == '\n');
        aif_buf_byte(b, *r->p);
    }

    r->fault = "has a quote without an end";

    return AIF_BAD;
}


static void
aif_glossary_trim(aif_str_t *field)
{
    while (field->len != 0 && field->data[0] <= ' ') {
        field->data++;
        field->len--;
    }

    while (field->len != 0 && field->data[field->len - 1] <= ' ') {
        field->len--;
    }
}


static int
aif_glossary_heading(const aif_str_t *field)
{
    static const char *const  names[] = { "term", "source", "source term" };
    size_t                    i;

    if (field[1].len != 6
        || !aif_glossary_same(field[1].data, (u_char *) "locale", 6, 0))
    {
        return 0;
    }

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (field[0].len == strlen(names[i])
            && aif_glossary_same(field[0].data, (u_char *) names[i],
                                 field[0].len, 0))
        {
            return 1;
        }
    }

    return 0;
}


static int
aif_glossary_add(aif_glossary_t *g, aif_glossary_reader_t *r,
    const aif_str_t *field)
{
    size_t                 i;
    aif_glossary_slot_t   *slot;
    aif_glossary_entry_t  *entry;

    if (g->n == AIF_GLOSSARY_MAX_ENTRIES) {
        r->fault = "is one more than the 20000 that a glossary may have";
        return AIF_LIMIT;
    }

    slot = aif_arena_calloc(r->arena, sizeof(aif_glossary_slot_t));
    if (slot == NULL) {
        return AIF_NOMEM;
    }

    entry = &slot->entry;

    if (aif_glossary_canonical(&field[0], r->arena, &entry->term) != AIF_OK
        || aif_glossary_canonical(&field[2], r->arena, &entry->translation)
           != AIF_OK
        || aif_glossary_canonical(&field[1], r->arena, &entry->locale)
           != AIF_OK
        || aif_glossary_canonical(&field[3], r->arena, &entry->note)
           != AIF_OK)
    {
        return AIF_NOMEM;
    }

    if (entry->term.len == 0
        || aif_glossary_word(entry->term.data,
                             entry->term.data + entry->term.len, &slot->word)
           == entry->term.data)
    {
        r->fault = "has no term, or one that begins with no letter or digit";
        return AIF_BAD;
    }

    if (entry->translation.len == 0) {
        entry->translation = entry->term;
    }

    for (i = 0; i < entry->term.len; i++) {
        entry->exact |= (entry->term.data[i] >= 'A'
                         && entry->term.data[i] <= 'Z');
    }

    entry->hash = aif_glossary_mix(2166136261u, &entry->term);
    entry->hash = aif_glossary_mix(entry->hash, &entry->translation);
    entry->hash = aif_glossary_mix(entry->hash, &entry->note);

    g->n += aif_glossary_insert(g, slot);

    return AIF_OK;
}


/* With a copy: what it is read from goes. */

static int
aif_glossary_canonical(const aif_str_t *text, aif_arena_t *a, aif_str_t *out)
{
    size_t     i;
    aif_buf_t  b;

    aif_buf_init(&b, a, text->len + 8);

    for (i = 0; i < text->len; i++) {

        switch (text->data[i]) {

        case '\n':
        case '\r':
        case '\t':
            aif_buf_byte(&b, ' ');
            break;

        default:
            aif_escape_append(&b, &text->data[i], 1);
        }
    }

    out->data = b.data;
    out->len = b.len;

    return b.failed ? AIF_NOMEM : AIF_OK;
}


/*
 * Behind all that are as long: so the first of equals counts.  An entry for a
 * region goes before one for its language, and that before one for all.
 */

static int
aif_glossary_insert(aif_glossary_t *g, aif_glossary_slot_t *slot)
{
    const aif_str_t       *term, *locale;
    aif_glossary_slot_t  **p;

    term = &slot->entry.term;
    locale = &slot->entry.locale;

    for (p = &g->bucket[slot->word & g->mask]; *p; p = &(*p)->next) {

        if ((*p)->entry.term.len < term->len
            || ((*p)->entry.term.len == term->len
                && (*p)->entry.locale.len < locale->len))
        {
            break;
        }

        if (aif_str_eq(&(*p)->entry.term, term)
            && aif_str_eq(&(*p)->entry.locale, locale))
        {
            return 0;
        }
    }

    slot->next = *p;
    *p = slot;

    return 1;
}


/* FNV-1a, with the length */

static uint32_t
aif_glossary_mix(uint32_t hash, const aif_str_t *s)
{
    size_t  i;

    hash = (hash ^ s->len) * 16777619u;

    for (i = 0; i < s->len; i++) {
        hash = (hash ^ s->data[i]) * 16777619u;
    }

    return hash;
}


size_t
aif_glossary_entries(const aif_glossary_t *glossary)
{
    return glossary->n;
}


void
aif_glossary_match(const aif_glossary_t *glossary, const aif_str_t *text,
    const aif_str_t *locale, aif_glossary_match_t *match)
{
    size_t                       i;
    uint32_t                     word;
    const u_char                *p, *last, *end;
    const aif_glossary_entry_t  *entry;

    match->n = 0;

    p = text->data;
    last = p + text->len;

    while (p < last && match->n < AIF_GLOSSARY_MAX_MATCHES) {

        /* tags have no words */

        if (*p == '<') {
            end = memchr(p, '>', last - p);
            p = end ? end + 1 : last;
            continue;
        }

        end = aif_glossary_word(p, last, &word);

        if (end == p) {
            (void) aif_utf8_decode(&p, last);
            continue;
        }

        entry = aif_glossary_longest(glossary, p, last, word, locale);

        if (entry == NULL) {
            p = end;
            continue;
        }

        p += entry->term.len;

        for (i = 0; i < match->n && match->entry[i] != entry; i++) {
            /* void */
        }

        if (i == match->n) {
            match->entry[match->n++] = entry;
        }
    }
}


/* The end of the word at p, or p if none begins there; hashed in small. */

static const u_char *
aif_glossary_word(const u_char *p, const u_char *last, uint32_t *hash)
{
    uint32_t       cp;
    const u_char  *next, *start;

    start = p;
    *hash = 2166136261u;

    while (p < last) {

        next = p;
        cp = aif_utf8_decode(&next, last);

        if (!aif_glossary_letter(cp)) {
            break;
        }

        if (aif_glossary_letter(cp) == 2 && p != start) {
            break;
        }

        while (p < next) {
            *hash = (*hash ^ aif_glossary_small(*p++)) * 16777619u;
        }

        if (aif_glossary_letter(cp) == 2) {
            break;
        }
    }

    return p;
}


/* 1: a letter or digit; 2: one that is a word of its own; 0: neither */

static int
aif_glossary_letter(uint32_t cp)
{
    if (cp == AIF_UTF8_BAD
        || (!aif_utf8_letter(cp) && aif_utf8_digit(cp) < 0))
    {
        return 0;
    }

    return cp >= AIF_GLOSSARY_CJK
           || (cp >= AIF_GLOSSARY_UNSPACED && cp < AIF_GLOSSARY_SPACED)
           ? 2 : 1;
}


static const aif_glossary_entry_t *
aif_glossary_longest(const aif_glossary_t *g, const u_char *p,
    const u_char *last, uint32_t word, const aif_str_t *locale)
{
    const aif_str_t            *term;
    const aif_glossary_slot_t  *slot;

    for (slot = g->bucket[word & g->mask]; slot; slot = slot->next) {

        term = &slot->entry.term;

        if (slot->word == word && term->len <= (size_t) (last - p)
            && aif_glossary_same(p, term->data, term->len, slot->entry.exact)
            && aif_glossary_ends(term, p + term->len, last)
            && aif_glossary_locale(&slot->entry.locale, locale))
        {
            return &slot->entry;
        }
    }

    return NULL;
}


static int
aif_glossary_locale(const aif_str_t *entry, const aif_str_t *locale)
{
    return entry->len == 0
           || (entry->len <= locale->len
               && aif_glossary_same(entry->data, locale->data, entry->len, 0)
               && (entry->len == locale->len
                   || locale->data[entry->len] == '-'));
}


/* Does a term that was found up to p end with a word? */

static int
aif_glossary_ends(const aif_str_t *term, const u_char *p, const u_char *last)
{
    const u_char  *start;

    start = term->data + term->len;

    do {
        start--;
    } while (start > term->data && (*start & 0xc0) == 0x80);

    if (p == last
        || aif_glossary_letter(aif_utf8_decode(&start, term->data + term->len))
           != 1)
    {
        return 1;
    }

    return aif_glossary_letter(aif_utf8_decode(&p, last)) != 1;
}


static int
aif_glossary_same(const u_char *a, const u_char *b, size_t len, int exact)
{
    size_t  i;

    if (exact) {
        return memcmp(a, b, len) == 0;
    }

    for (i = 0; i < len; i++) {
        if (aif_glossary_small(a[i]) != aif_glossary_small(b[i])) {
            return 0;
        }
    }

    return 1;
}


static u_char
aif_glossary_small(u_char ch)
{
    return ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
}


/* In whatever order they were found, which is that of the text. */

uint32_t
aif_glossary_hash(const aif_glossary_match_t *match)
{
    size_t    i;
    uint32_t  hash;

    if (match->n == 0) {
        return 0;
    }

    hash = 0;

    for (i = 0; i < match->n; i++) {
        hash = (hash ^ match->entry[i]->hash) * 16777619u;
    }

    return hash ? hash : 1;
}


const aif_glossary_entry_t *
aif_glossary_missed(const aif_glossary_match_t *match, const aif_str_t *target)
{
    size_t            i, at;
    const aif_str_t  *want;

    for (i = 0; i < match->n; i++) {
        want = &match->entry[i]->translation;

        for (at = 0; at + want->len <= target->len; at++) {
            if (aif_glossary_same(target->data + at, want->data, want->len, 0))
            {
                break;
            }
        }

        if (at + want->len > target->len) {
            return match->entry[i];
        }
    }

    return NULL;
}
