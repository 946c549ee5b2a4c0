
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The guard for invention.  A text passes if everything in it that can be
 * looked up is among the facts: numbers (aif_guard_invent.c), what the lists
 * name, and names.  It can't know whether a sentence is true; it knows what a
 * shop is sued for.  Called for every text that was written from facts, before
 * it is stored.
 *
 * Where words begin with a capital for other reasons (German nouns, titles in
 * title case) a name is known by the lists or by its form only.
 */


#define _GNU_SOURCE

#include "core/aif_claim.h"
#include "core/aif_claim_list.h"

#include "core/aif_facts.h"
#include "core/aif_utf8.h"


typedef struct {
    const aif_claim_t  *claims;
    const aif_str_t    *text;
    aif_arena_t        *arena;
    aif_guard_fault_t  *fault;
    aif_claim_text_t    facts;       /* folded */
    aif_claim_text_t    titles;      /* name and brand, too */
    u_char             *covered;     /* by a phrase of a list: the text's */
    u_char              said[AIF_CLAIM_MAX_IDS];      /* by the facts */
} aif_claim_check_t;


/* A word of the text. */

typedef struct {
    const u_char       *start;
    const u_char       *end;
    unsigned            letters;
    unsigned            capitals;
    unsigned            first;       /* it begins with one */
    unsigned            digits;
    unsigned            latin;       /* letters */
} aif_claim_word_t;


static int aif_claim_facts(aif_claim_check_t *c, const aif_str_t *facts,
    const aif_str_t *source_locale, const aif_str_t *target_locale);
static int aif_claim_lines(aif_claim_check_t *c, const aif_str_t *facts,
    aif_str_t *machine);
static void aif_claim_say(const aif_claim_t *claims,
    const aif_claim_list_t *list, const aif_claim_text_t *t, u_char *said);
static int aif_claim_lists(aif_claim_check_t *c,
    const aif_str_t *target_locale);
static int aif_claim_judge(aif_claim_check_t *c,
    const aif_claim_entry_t *entry, const aif_claim_text_t *t, size_t at,
    size_t to);
static int aif_claim_names(aif_claim_check_t *c,
    const aif_str_t *target_locale);
static int aif_claim_name(aif_claim_check_t *c, const aif_claim_word_t *w,
    int capitals, int foreign);
static int aif_claim_known(aif_claim_check_t *c, const aif_claim_word_t *w);
static const u_char *aif_claim_word(const u_char *p, const u_char *end,
    aif_claim_word_t *w);
static int aif_claim_title(const u_char *p, const u_char *end);
static int aif_claim_latin(uint32_t cp);
static int aif_claim_foreign(const aif_str_t *text);
static int aif_claim_nouns(const aif_str_t *locale);
static int aif_claim_opens(uint32_t cp);
static int aif_claim_fault(aif_claim_check_t *c, aif_guard_fault_e kind,
    const u_char *start, const u_char *end);


static const aif_str_t  aif_claim_any = aif_string("any");
static const aif_str_t  aif_claim_en = aif_string("en");


int
aif_claim_check(const aif_claim_t *claims, const aif_str_t *facts,
    const aif_str_t *text, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_arena_t *a, aif_guard_fault_t *fault)
{
    int                 rc;
    size_t              i;
    aif_str_t           line, machine;
    aif_claim_check_t  *c;

    line.len = text->len;
    line.data = aif_arena_alloc(a, text->len + 1);
    c = aif_arena_calloc(a, sizeof(aif_claim_check_t));

    if (c == NULL || line.data == NULL) {
        return AIF_NOMEM;
    }

    for (i = 0; i < text->len; i++) {
        line.data[i] = text->data[i] == '\n' ? ' ' : text->data[i];
    }

    c->claims = claims;
    c->text = text;
    c->arena = a;
    c->fault = fault;
    c->covered = aif_arena_calloc(a, text->len + 1);

    if (c->covered == NULL) {
        return AIF_NOMEM;
    }

    rc = aif_claim_lines(c, facts, &machine);

    if (rc == AIF_OK) {
        rc = aif_guard_invent(facts, &machine, &line, source_locale,
                              target_locale, fault);
    }

    if (rc == AIF_OK) {
        rc = aif_claim_facts(c, facts, source_locale, target_locale);
    }

    if (rc == AIF_OK) {
        rc = aif_claim_lists(c, target_locale);
    }

    if (rc == AIF_OK) {
        rc = aif_claim_names(c, target_locale);
    }

    return rc;
}


/* What the facts say, in whichever language. */

static int
aif_claim_facts(aif_claim_check_t *c, const aif_str_t *facts,
    const aif_str_t *source_locale, const aif_str_t *target_locale)
{
    size_t                   i;
    const aif_claim_list_t  *lists[4];

    if (aif_claim_list_fold(facts, c->arena, &c->facts) != AIF_OK) {
        return AIF_NOMEM;
    }

    lists[0] = aif_claim_list_language(c->claims, &aif_claim_any);
    lists[1] = aif_claim_list_language(c->claims, &aif_claim_en);
    lists[2] = aif_claim_list_language(c->claims, source_locale);
    lists[3] = aif_claim_list_language(c->claims, target_locale);

    for (i = 0; i < 4; i++) {
        if (lists[i]) {
            aif_claim_say(c->claims, lists[i], &c->facts, c->said);
        }
    }

    return AIF_OK;
}


/*
 * Name and brand are what they are, whatever they sound like; prices and
 * ratings are written as machines do (aif_facts.h).
 */

static int
aif_claim_lines(aif_claim_check_t *c, const aif_str_t *facts,
    aif_str_t *machine)
{
    aif_buf_t          titles, numbers;
    aif_str_t          text;
    const u_char      *p, *q, *end, *value;
    aif_facts_kind_e   kind;

    aif_buf_init(&titles, c->arena, 256);
    aif_buf_init(&numbers, c->arena, 256);

    end = facts->data + facts->len;

    for (p = facts->data; p < end; p = q + 1) {

        q = memchr(p, '\n', end - p);
        q = q ? q : end;

        kind = aif_facts_kind(p, q, &value);

        if (kind == AIF_FACTS_NAME || kind == AIF_FACTS_BRAND) {
            aif_buf_append(&titles, value, q - value);
            aif_buf_byte(&titles, '\n');

        } else if (kind == AIF_FACTS_PRICE || kind == AIF_FACTS_RATING
                   || kind == AIF_FACTS_REVIEWS)
        {
            aif_buf_append(&numbers, value, q - value);
            aif_buf_byte(&numbers, '\n');
        }
    }

    if (titles.failed || numbers.failed) {
        return AIF_NOMEM;
    }

    machine->data = numbers.data;
    machine->len = numbers.len;

    text.data = titles.data;
    text.len = titles.len;

    return aif_claim_list_fold(&text, c->arena, &c->titles);
}


static void
aif_claim_say(const aif_claim_t *claims, const aif_claim_list_t *list,
    const aif_claim_text_t *t, u_char *said)
{
    size_t                    i, end;
    uint16_t                  id;
    const aif_claim_entry_t  *entry;

    for (i = 0, end = 0; i < t->len; /* void */) {

        entry = (t->text[i] & 0xc0) == 0x80 ? NULL
                : aif_claim_list_find(list, t, i, &end);

        if (entry == NULL) {
            i++;
            continue;
        }

        for (id = entry->id; id != AIF_CLAIM_NONE; id = claims->parents[id]) {
            said[id] = 1;
        }

        i = end;
    }
}


static int
aif_claim_lists(aif_claim_check_t *c, const aif_str_t *target_locale)
{
    int                       rc;
    size_t                    i, k, end, longest;
    aif_claim_text_t          t;
    const aif_claim_list_t   *lists[2];
    const aif_claim_entry_t  *entry, *found;

    if (aif_claim_list_fold(c->text, c->arena, &t) != AIF_OK) {
        return AIF_NOMEM;
    }

    lists[0] = aif_claim_list_language(c->claims, target_locale);
    lists[1] = aif_claim_list_language(c->claims, &aif_claim_any);

    for (i = 0, end = 0; i < t.len; /* void */) {

        found = NULL;
        longest = i + 1;

        for (k = 0; k < 2 && (t.text[i] & 0xc0) != 0x80; k++) {

            entry = lists[k] ? aif_claim_list_find(lists[k], &t, i, &end)
                             : NULL;

            if (entry && (found == NULL || end > longest)) {
                found = entry;
                longest = end;
            }
        }

        if (found) {
            rc = aif_claim_judge(c, found, &t, i, longest);

            if (rc != AIF_OK) {
                return rc;
            }
        }

        i = longest;
    }

    return AIF_OK;
}


static int
aif_claim_judge(aif_claim_check_t *c, const aif_claim_entry_t *entry,
    const aif_claim_text_t *t, size_t at, size_t to)
{
    int     may;
    size_t  start, end;

    static const uint8_t  kinds[AIF_CLAIM_KINDS] = {
        [AIF_CLAIM_MATERIAL] = AIF_GUARD_MATERIAL,
        [AIF_CLAIM_CERTIFICATE] = AIF_GUARD_CERTIFICATE,
        [AIF_CLAIM_OFFER] = AIF_GUARD_OFFER,
        [AIF_CLAIM_ORIGIN] = AIF_GUARD_ORIGIN,
        [AIF_CLAIM_BRAND] = AIF_GUARD_NAME,
        [AIF_CLAIM_FORBIDDEN] = AIF_GUARD_FORBIDDEN
    };

    start = t->from[at];
    end = t->from[to];

    switch (entry->kind) {

    case AIF_CLAIM_ALLOW:
        may = 1;
        break;

    case AIF_CLAIM_FORBIDDEN:
        may = memmem(c->titles.text, c->titles.len, t->text + at, to - at)
              != NULL;
        break;

    default:
        may = c->said[entry->id];
    }

    if (may) {
        memset(c->covered + start, 1, end - start);
        return AIF_OK;
    }

    return aif_claim_fault(c, kinds[entry->kind], c->text->data + start,
                           c->text->data + end);
}


static int
aif_claim_names(aif_claim_check_t *c, const aif_str_t *target_locale)
{
    int                rc, opens, capitals, foreign, nouns;
    uint32_t           cp;
    const u_char      *p, *end, *line;
    aif_claim_word_t   w;

    p = c->text->data;
    end = p + c->text->len;

    foreign = aif_claim_foreign(c->text);
    nouns = aif_claim_nouns(target_locale);
    capitals = 0;
    opens = 1;
    line = p;

    while (p < end) {

        if (p == line) {
            line = memchr(p, '\n', end - p);
            line = line ? line + 1 : end;
            capitals = !nouns && !aif_claim_title(p, line);
            opens = 1;
        }

        if (*p == '&') {
            while (p < end && *p++ != ';') { /* void */ }
            continue;
        }

        if (aif_claim_word(p, end, &w) == p) {
            cp = aif_utf8_decode(&p, end);
            opens |= aif_claim_opens(cp);
            continue;
        }

        rc = aif_claim_name(c, &w, capitals && !opens, foreign);

        if (rc != AIF_OK) {
            return rc;
        }

        opens = 0;
        p = w.end;
    }

    return AIF_OK;
}


/*
 * "capitals": one at the beginning tells a name; "foreign": so does the Latin
 * script.  What has digits was looked at as a code.
 */

static int
aif_claim_name(aif_claim_check_t *c, const aif_claim_word_t *w, int capitals,
    int foreign)
{
    const u_char  *before;

    if (w->letters < 2 || w->digits || c->covered[w->start - c->text->data]) {
        return AIF_OK;
    }

    if (!(capitals && w->first) && w->capitals <= w->first
        && !(foreign && w->latin == w->letters))
    {
        return AIF_OK;
    }

    /* a unit */

    for (before = w->start; before > c->text->data && before[-1] == ' ';
         before--) { /* void */ }

    if (before > c->text->data && before[-1] >= '0' && before[-1] <= '9'
        && w->letters < 4)
    {
        return AIF_OK;
    }

    if (aif_claim_known(c, w)) {
        return AIF_OK;
    }

    return aif_claim_fault(c, AIF_GUARD_NAME, w->start, w->end);
}


/* The facts have this word, or one with up to three letters more or less. */

static int
aif_claim_known(aif_claim_check_t *c, const aif_claim_word_t *w)
{
    size_t             i, k, len, shorter;
    aif_str_t          word;
    aif_claim_text_t   t;

    word.data = (u_char *) w->start;
    word.len = w->end - w->start;

    /* without memory it is unknown */

    if (aif_claim_list_fold(&word, c->arena, &t) != AIF_OK) {
        return 0;
    }

    for (i = 0; i < c->facts.len; i += len + 1) {

        for (len = 0; i + len < c->facts.len && c->facts.text[i + len] != ' ';
             len++) { /* void */ }

        for (k = 0; k < len && k < t.len && c->facts.text[i + k] == t.text[k];
             k++) { /* void */ }

        shorter = len < t.len ? len : t.len;

        if (k == shorter && (len == t.len
                             || (k > 2 && len + t.len - 2 * k <= 3)))
        {
            return 1;
        }
    }

    return 0;
}


/* The word at p: letters, digits, apostrophes inside; returns its end, or p. */

static const u_char *
aif_claim_word(const u_char *p, const u_char *end, aif_claim_word_t *w)
{
    int            latin;
    uint32_t       cp;
    const u_char  *next;

    memset(w, 0, sizeof(aif_claim_word_t));

    w->start = p;
    w->end = p;

    for (next = p; next < end; w->end = next) {

        cp = aif_utf8_decode(&next, end);

        if (aif_utf8_digit(cp) >= 0) {
            w->digits++;
            continue;
        }

        if (cp == AIF_UTF8_BAD || !aif_utf8_letter(cp)
            || aif_claim_list_cluster(cp))
        {
            break;
        }

        latin = aif_claim_latin(cp);

        if (w->letters && latin != (w->latin != 0)) {
            break;                   /* a preposition of Arabic's */
        }

        if (aif_utf8_lower(cp) != cp) {
            w->first |= (w->letters == 0);
            w->capitals++;
        }

        w->latin += latin;
        w->letters++;
    }

    return w->end;
}


/* Most of a line's longer words behind the first begin with a capital. */

static int
aif_claim_title(const u_char *p, const u_char *end)
{
    unsigned           n, capital, first;
    aif_claim_word_t   w;

    n = 0;
    capital = 0;
    first = 1;

    while (p < end) {

        if (aif_claim_word(p, end, &w) == p) {
            (void) aif_utf8_decode(&p, end);
            continue;
        }

        if (w.letters >= 4 && !first) {
            n++;
            capital += w.first;
        }

        first = 0;
        p = w.end;
    }

    return n >= 3 && capital * 10 >= n * 7;
}


static int
aif_claim_latin(uint32_t cp)
{
    return cp < 0x250 || (cp >= 0x1e00 && cp < 0x1f00);
}


/* A text of another script. */

static int
aif_claim_foreign(const aif_str_t *text)
{
    size_t         latin, other;
    uint32_t       cp;
    const u_char  *p, *end;

    p = text->data;
    end = p + text->len;
    latin = 0;
    other = 0;

    while (p < end) {

        cp = aif_utf8_decode(&p, end);

        if (cp != AIF_UTF8_BAD && aif_utf8_letter(cp)) {
            latin += aif_claim_latin(cp);
            other += cp >= 0x370 && (cp < 0x1e00 || cp >= 0x1f00);
        }
    }

    return other > latin;
}


/* Languages whose nouns have a capital. */

static int
aif_claim_nouns(const aif_str_t *locale)
{
    u_char  a, b;

    if (locale->len < 2 || (locale->len > 2 && locale->data[2] != '-')) {
        return 0;
    }

    a = locale->data[0] | 0x20;
    b = locale->data[1] | 0x20;

    return (a == 'd' && b == 'e') || (a == 'l' && b == 'b');
}


/* Behind it a capital says nothing. */

static int
aif_claim_opens(uint32_t cp)
{
    switch (cp) {

    case '.': case '!': case '?': case ':': case ';': case '"': case '(':
    case '|': case '/': case '*': case '\n':
    case 0xa1: case 0xab: case 0xb7: case 0xbf: case 0x2013: case 0x2014:
    case 0x2018: case 0x201a: case 0x201c: case 0x201e: case 0x2022:
    case 0x2026: case 0x2039: case 0x3002: case 0x300c:
        return 1;
    }

    return 0;
}


static int
aif_claim_fault(aif_claim_check_t *c, aif_guard_fault_e kind,
    const u_char *start, const u_char *end)
{
    c->fault->kind = kind;
    c->fault->fact.data = (u_char *) start;
    c->fault->fact.len = end - start;
    c->fault->added = 1;

    return AIF_BAD;
}
