
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock's scanner: a canonical text to the list of its facts.  It
 * judges the form of one text, and compares none.  Only aif_guard.c calls it.
 *
 * Two passes.  The first makes sure that the text is UTF-8 without control
 * characters, and how long it looks; from then on every character is known to
 * be whole.  The second jumps over letters and stops only at what can be part
 * of a fact.  Every byte is looked at a bounded number of times: "floor" is
 * the end of the last fact, nothing is searched backwards behind it but for
 * one word, and what is read forwards is taken, or is a single word.
 */


#include "core/aif_guard_facts.h"

#include "core/aif_utf8.h"


enum {
    AIF_GUARD_SKIP = 0,
    AIF_GUARD_SKIP2,
    AIF_GUARD_SKIP3,
    AIF_GUARD_WIDE,            /* to be decoded */
    AIF_GUARD_DIGIT,
    AIF_GUARD_LESS,
    AIF_GUARD_MORE,
    AIF_GUARD_AMP,
    AIF_GUARD_DOLLAR,
    AIF_GUARD_PER,
    AIF_GUARD_BRACE,
    AIF_GUARD_COLON,
    AIF_GUARD_AT,
    AIF_GUARD_UNDERSCORE,
    AIF_GUARD_DOT,
    AIF_GUARD_QUOTE
};


static int aif_guard_scan_text(aif_guard_facts_t *f, int source);
static int aif_guard_scan_bad(aif_guard_facts_t *f, uint32_t cp, int source);
static const u_char *aif_guard_scan_next(aif_guard_facts_t *f,
    const u_char *p);
static const u_char *aif_guard_scan_wide(aif_guard_facts_t *f,
    const u_char *p);
static const u_char *aif_guard_scan_tag(aif_guard_facts_t *f,
    const u_char *p);
static const u_char *aif_guard_scan_placeholder(const u_char *p,
    const u_char *end, u_char *kind, size_t *id, size_t *closing);
static int aif_guard_scan_filled(aif_guard_facts_t *f, size_t id,
    const u_char *p);
static const u_char *aif_guard_scan_entity(aif_guard_facts_t *f,
    const u_char *p);


/*
 * Two-byte letters are skipped, but for Latin-1's signs, the Arabic digits
 * and signs (d9), the eastern Arabic (db) and N'Ko digits (df); so are
 * ideographs and hangul (e4 to e9, eb to ed), and kana (e3).
 */

static const uint8_t  aif_guard_class[256] = {
    ['"'] = AIF_GUARD_QUOTE,
    ['$'] = AIF_GUARD_DOLLAR,
    ['%'] = AIF_GUARD_PER,
    ['&'] = AIF_GUARD_AMP,
    ['.'] = AIF_GUARD_DOT,
    ['0' ... '9'] = AIF_GUARD_DIGIT,
    [':'] = AIF_GUARD_COLON,
    ['<'] = AIF_GUARD_LESS,
    ['>'] = AIF_GUARD_MORE,
    ['@'] = AIF_GUARD_AT,
    ['_'] = AIF_GUARD_UNDERSCORE,
    ['{'] = AIF_GUARD_BRACE,
    ['}'] = AIF_GUARD_BRACE,
    [0xc2] = AIF_GUARD_WIDE,
    [0xc3 ... 0xd8] = AIF_GUARD_SKIP2,
    [0xd9] = AIF_GUARD_WIDE,
    [0xda] = AIF_GUARD_SKIP2,
    [0xdb] = AIF_GUARD_WIDE,
    [0xdc ... 0xde] = AIF_GUARD_SKIP2,
    [0xdf ... 0xe2] = AIF_GUARD_WIDE,
    [0xe3 ... 0xe9] = AIF_GUARD_SKIP3,
    [0xea] = AIF_GUARD_WIDE,
    [0xeb ... 0xed] = AIF_GUARD_SKIP3,
    [0xee ... 0xf4] = AIF_GUARD_WIDE
};


int
aif_guard_scan(aif_guard_facts_t *f, const aif_str_t *text,
    const aif_guard_locale_t *l, int source)
{
    const u_char  *p;

    f->text = text->data;
    f->end = text->data + text->len;
    f->floor = text->data;
    f->locale = l;
    f->before = NULL;
    f->before_money = AIF_MONEY_NONE;
    f->before_unit = AIF_UNIT_NONE;
    f->fault = AIF_GUARD_NONE;
    f->fault_start = f->end;
    f->fault_end = f->end;
    f->tag = 0;
    f->quote = 0;
    f->curly = 0;
    f->n = 0;
    f->ntags = 0;
    f->width = 0;
    f->replaced = 0;
    f->work = 0;

    if (aif_guard_scan_text(f, source) != AIF_OK) {
        return AIF_BAD;
    }

    for (p = f->text; p < f->end; /* void */ ) {
        p = aif_guard_scan_next(f, p);

        if (f->fault != AIF_GUARD_NONE) {
            return AIF_BAD;
        }
    }

    if (f->tag != 0) {
        f->fault = AIF_GUARD_TAGS;
        f->fault_start = f->text + f->tags[f->tag].start;
        f->fault_end = f->text + f->tags[f->tag].end;
        return AIF_BAD;
    }

    return AIF_OK;
}


static int
aif_guard_scan_text(aif_guard_facts_t *f, int source)
{
    uint64_t       word;
    uint32_t       cp;
    const u_char  *p, *last;

    for (p = f->text; p < f->end; /* void */ ) {

        /* eight bytes of printable ASCII at once; a wrong alarm is no harm */

        while (f->end - p >= 8) {
            memcpy(&word, p, 8);

            if ((word | (word - 0x2020202020202020ull)
                 | (word + 0x0101010101010101ull)) & 0x8080808080808080ull)
            {
                break;
            }

            p += 8;
            f->width += 80;
        }

        if (p == f->end) {
            break;
        }

        if (*p >= 0x20 && *p < 0x7f) {
            p++;
            f->width += 10;
            continue;
        }

        last = p;
        cp = aif_utf8_decode(&last, f->end);

        if (cp == AIF_UTF8_BAD) {
            f->fault = AIF_GUARD_UTF8;

        } else if (aif_guard_scan_bad(f, cp, source)) {
            f->fault = AIF_GUARD_CONTROL;
        }

        if (f->fault != AIF_GUARD_NONE) {
            f->fault_start = p;
            f->fault_end = last;
            return AIF_BAD;
        }

        p = last;
    }

    return AIF_OK;
}


/*
 * Whether a character must not be.  Widths are rough: how many letters of a
 * Latin script the same text would take, in tenths.
 */

static int
aif_guard_scan_bad(aif_guard_facts_t *f, uint32_t cp, int source)
{
    if (cp < 0x590) {
        f->width += 10;
        return (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) && !source;
    }

    if (cp < 0x900) {
        f->width += 13;                                    /* no vowels */
        return 0;
    }

    if (cp < 0x1000) {
        f->width += 8;                                     /* India, Thai */
        return 0;
    }

    if (cp >= 0x3000 && cp < 0xd7b0) {
        f->width += cp < 0x3040 ? 12 : cp < 0x3100 ? 18
                    : cp < 0xac00 ? 27 : 22;
        return 0;
    }

    f->width += 10;

    if (cp >= 0x2028 && cp <= 0x206f) {

        /* separators, embeddings and overrides, isolates, deprecated ones */

        return (cp <= 0x202e || cp >= 0x2066) && !source;
    }

    if (cp == 0xfffd || cp == 0xfeff || (cp >= 0xe0000 && cp < 0xe0080)) {
        f->replaced++;
        return 0;
    }

    if ((cp >= 0xfff9 && cp <= 0xfffb) || (cp & 0xfffe) == 0xfffe
        || (cp >= 0xfdd0 && cp <= 0xfdef))
    {
        return !source;
    }

    return 0;
}


static const u_char *
aif_guard_scan_next(aif_guard_facts_t *f, const u_char *p)
{
    const u_char  *end;

    end = f->end;

    while (aif_guard_class[*p] == AIF_GUARD_SKIP) {
        if (++p == end) {
            return p;
        }
    }

    switch (aif_guard_class[*p]) {

    case AIF_GUARD_SKIP2:
        return p + 2;

    case AIF_GUARD_SKIP3:
        return p + 3;

    case AIF_GUARD_LESS:
        return aif_guard_scan_tag(f, p);

    case AIF_GUARD_MORE:
        f->fault = AIF_GUARD_MARKUP;
        f->fault_start = p;
        f->fault_end = p + 1;
        return p + 1;

    case AIF_GUARD_AMP:
        return aif_guard_scan_entity(f, p);
    }

    /* the rest of the last fact: its unit or currency */

    if (p < f->floor) {
        return p + 1;
    }

    switch (aif_guard_class[*p]) {

    case AIF_GUARD_DIGIT:
        return aif_guard_amount_digit(f, p);

    case AIF_GUARD_DOLLAR:
        return aif_guard_amount_money(f, p);

    case AIF_GUARD_PER:
        return aif_guard_amount_per(f, p);

    case AIF_GUARD_BRACE:
        return aif_guard_token_brace(f, p);

    case AIF_GUARD_COLON:
        return aif_guard_token_colon(f, p);

    case AIF_GUARD_AT:
        return aif_guard_token_at(f, p);

    case AIF_GUARD_UNDERSCORE:
        return aif_guard_token_name(f, p);

    case AIF_GUARD_DOT:
        return aif_guard_token_dot(f, p);

    case AIF_GUARD_QUOTE:
        f->quote ^= 1;
        return p + 1;

    default:
        return aif_guard_scan_wide(f, p);
    }
}


static const u_char *
aif_guard_scan_wide(aif_guard_facts_t *f, const u_char *p)
{
    uint32_t       cp;
    const u_char  *last;

    last = p;
    cp = aif_utf8_decode(&last, f->end);

    if (cp >= 0x2018 && cp <= 0x201d) {

        if (cp == 0x201c) {
            f->curly = 1;

        } else if (cp == 0x201d) {
            f->curly = 0;
        }

        return last;
    }

    if ((cp >= 0xa2 && cp <= 0xa5) || (cp >= 0x20a0 && cp < 0x20d0)
        || cp == 0xe3f || cp == 0xff04 || cp == 0xffe1 || cp == 0xffe5)
    {
        return cp == 0xa4 ? last : aif_guard_amount_money(f, p);
    }

    if (cp == 0x66a || cp == 0xff05) {
        return aif_guard_amount_per(f, p);
    }

    if (aif_utf8_digit(cp) >= 0) {
        return aif_guard_amount_digit(f, p);
    }

    if (aif_guard_amount_odd_value(cp) != 0) {
        return aif_guard_amount_odd(f, p, last, cp);
    }

    return last;
}


/*
 * <gN>, </gN>, <xN/>: nothing else may begin with "<".  An element's parent is
 * the one that was open, so that no stack is needed but the links.
 */

static const u_char *
aif_guard_scan_tag(aif_guard_facts_t *f, const u_char *p)
{
    u_char            kind;
    size_t            id, closing;
    const u_char     *last;
    aif_guard_tag_t  *tag;

    last = aif_guard_scan_placeholder(p, f->end, &kind, &id, &closing);

    f->fault_start = p;
    f->fault_end = last;

    if (id == 0) {
        f->fault = AIF_GUARD_MARKUP;
        f->fault_end = p + 1;
        return last;
    }

    f->width -= (size_t) (last - p) * 10;

    if (f->ntags == 0) {
        memset(f->tags, 0, sizeof(f->tags));
    }

    tag = &f->tags[id <= AIF_GUARD_MAX_TAGS ? id : 0];

    if (id > AIF_GUARD_MAX_TAGS || (closing ? f->tag != id : tag->kind != 0)) {
        f->fault = AIF_GUARD_TAGS;
        return last;
    }

    if (closing) {
        f->tag = tag->parent;
        tag->filled = aif_guard_scan_filled(f, id, p);
        return last;
    }

    f->ntags++;
    tag->kind = kind;
    tag->start = p - f->text;
    tag->end = last - f->text;
    tag->parent = f->tag;

    if (kind == 'g') {
        f->tag = id;
    }

    return last;
}


/* Reads a placeholder's tag; *id is 0 if it is none. */

static const u_char *
aif_guard_scan_placeholder(const u_char *p, const u_char *end, u_char *kind,
    size_t *id, size_t *closing)
{
    *id = 0;

    p++;
    *closing = (p < end && *p == '/');
    p += *closing;

    if (p == end) {
        return p;
    }

    *kind = *p++;

    while (p < end && *p >= '0' && *p <= '9' && *id <= AIF_GUARD_MAX_TAGS) {

        if (*id == 0 && *p == '0') {
            break;
        }

        *id = *id * 10 + (*p++ - '0');
    }

    if (*kind == 'x' && !*closing && p < end && *p == '/') {
        p++;

    } else if (*kind != 'g') {
        *id = 0;
    }

    if (p == end || *p != '>') {
        *id = 0;
    }

    return p < end ? p + 1 : p;
}


/* Whether there is anything but blanks between an element's tags. */

static int
aif_guard_scan_filled(aif_guard_facts_t *f, size_t id, const u_char *p)
{
    const u_char  *first;

    first = f->text + f->tags[id].end;

    while (p > first && p[-1] == ' ') {
        p--;
        f->work++;
    }

    return p > first;
}


/*
 * &amp; stands for a word in many languages, and may go or come.  &lt; and
 * &gt; are facts, and so is &amp; before what would be an entity if the text
 * were decoded once more: "Caf&amp;eacute;".
 */

static const u_char *
aif_guard_scan_entity(aif_guard_facts_t *f, const u_char *p)
{
    size_t         left;
    const u_char  *q;

    left = f->end - p;

    if (left >= 4 && (p[1] == 'l' || p[1] == 'g') && p[2] == 't'
        && p[3] == ';')
    {
        if (p >= f->floor) {
            (void) aif_guard_token_add(f, AIF_FACT_MARKUP, p, p + 4);
        }

        return p + 4;
    }

    if (left < 5 || memcmp(p, "&amp;", 5) != 0) {
        f->fault = AIF_GUARD_MARKUP;
        f->fault_start = p;
        f->fault_end = p + 1;
        return f->fault_end;
    }

    if (p < f->floor) {
        return p + 5;
    }

    q = p + 5;

    if (q < f->end && *q == '#') {
        q++;
    }

    while (q < f->end && q - p < 40 && aif_guard_token_class(*q) != 0) {
        q++;
    }

    f->work += q - p;

    if (q < f->end && *q == ';' && q - p > 6) {
        (void) aif_guard_token_add(f, AIF_FACT_MARKUP, p, q + 1);
        return q + 1;
    }

    return p + 5;
}
