
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A visitor is to see the first word when the engine has written it, and never
 * a number that the shop did not say.  Words of letters go out as they come,
 * in pieces even.  A word that has, or may become, a fact (a number, code,
 * address, number word, currency) is held until one plain word follows, which
 * may be its unit; then the piece, from the word before, which may be its
 * currency, is held against the sources.  What fails so may be right as a
 * whole: it waits for the end of its sentence.  There the whole sentence is
 * checked whatever its pieces were; that alone decides.
 *
 * Citations like [2] are taken out: they are told apart from the text.
 */


#define _GNU_SOURCE

#include "core/aif_ground.h"

#include "core/aif_escape.h"
#include "core/aif_utf8.h"


#define AIF_GROUND_PARTIAL  128     /* bytes of a word that is read again with
                                       each that comes */

#define aif_ground_letter(ch)                                                 \
    (((ch) | 0x20) >= 'a' && ((ch) | 0x20) <= 'z')


static int aif_ground_clean(aif_ground_t *g, int last);
static int aif_ground_citation(aif_ground_t *g, int last, size_t *len);
static void aif_ground_cite(aif_ground_t *g, size_t len);
static void aif_ground_character(aif_ground_t *g, const u_char *p,
    size_t len);
static int aif_ground_words(aif_ground_t *g, int last);
static size_t aif_ground_end(const aif_ground_t *g);
static int aif_ground_word(aif_ground_t *g, size_t end, int last);
static int aif_ground_site(const aif_ground_t *g, const u_char *p,
    const u_char *end);
static int aif_ground_sentence(aif_ground_t *g, size_t end);
static void aif_ground_partial(aif_ground_t *g);
static const u_char *aif_ground_plain(const aif_ground_t *g, const u_char *p,
    const u_char *end, int whole);
static int aif_ground_check(aif_ground_t *g, size_t start, size_t end);
static int aif_ground_facts(aif_ground_t *g);
static int aif_ground_stops(const u_char *p, const u_char *end);
static int aif_ground_closes(uint32_t cp);
static int aif_ground_ends(uint32_t cp);
static int aif_ground_harmless(uint32_t cp);


void
aif_ground_init(aif_ground_t *g, const aif_ground_conf_t *conf,
    aif_arena_t *a)
{
    memset(g, 0, sizeof(aif_ground_t));

    g->conf = conf;
    aif_buf_init(&g->text, a, 1024);
    aif_buf_init(&g->raw, a, 1024);
    aif_buf_init(&g->check, a, 512);
    aif_buf_init(&g->digits, a, 512);
    aif_buf_init(&g->sources, a, conf->facts.len + 512);
}


int
aif_ground_feed(aif_ground_t *g, const aif_str_t *delta, int last)
{
    int     rc, fault;
    size_t  room;

    fault = AIF_OK;
    room = AIF_GROUND_MAX_ANSWER - g->raw.len;

    if (delta->len > room) {
        fault = AIF_LIMIT;
        aif_buf_append(&g->raw, delta->data, room);

    } else {
        aif_buf_append(&g->raw, delta->data, delta->len);
    }

    rc = aif_ground_clean(g, last && fault == AIF_OK);

    if (g->raw.failed || g->text.failed) {
        return AIF_NOMEM;
    }

    if (rc != AIF_OK) {
        fault = rc;
    }

    /* what comes first counts, in one piece as in many */

    rc = aif_ground_words(g, last && fault == AIF_OK);

    return rc == AIF_MORE && fault != AIF_OK ? fault : rc;
}


/* What came, to text: as far as it is known what it is. */

static int
aif_ground_clean(aif_ground_t *g, int last)
{
    int            rc;
    size_t         len;
    uint32_t       cp;
    const u_char  *p, *next, *end;

    end = g->raw.data + g->raw.len;

    while (g->read < g->raw.len) {

        p = g->raw.data + g->read;

        if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {

            if (g->blank != '\n') {
                g->blank = (*p == '\n') ? '\n' : ' ';
            }

            g->read++;
            continue;
        }

        if (*p == '[') {
            rc = aif_ground_citation(g, last, &len);

            if (rc == AIF_MORE) {
                return AIF_OK;
            }

            if (rc == AIF_OK) {
                aif_ground_cite(g, len);
                g->citation = 1;
                g->read += len;
                continue;
            }
        }

        next = p;
        cp = aif_utf8_decode(&next, end);

        if (cp == AIF_UTF8_BAD) {

            if (!last && end - p < 4 && *p >= 0xc2) {
                return AIF_OK;
            }

            return AIF_BAD;
        }

        aif_ground_character(g, p, next - p);
        g->read += next - p;
    }

    return AIF_OK;
}


/* AIF_OK: a citation of that length; AIF_MORE: maybe; AIF_BAD: none. */

static int
aif_ground_citation(aif_ground_t *g, int last, size_t *len)
{
    size_t         i, n, digits;
    const u_char  *p;

    p = g->raw.data + g->read;
    n = g->raw.len - g->read;
    digits = 0;

    for (i = 1; i < n && i < AIF_GROUND_MAX_CITATION; i++) {

        if (p[i] == ']') {
            *len = i + 1;
            return digits ? AIF_OK : AIF_BAD;
        }

        if (p[i] >= '0' && p[i] <= '9') {
            digits++;

        } else if (p[i] != ',' && p[i] != ' ' && p[i] != ';') {
            return AIF_BAD;
        }
    }

    return i == n && i < AIF_GROUND_MAX_CITATION && !last ? AIF_MORE
                                                          : AIF_BAD;
}


static void
aif_ground_cite(aif_ground_t *g, size_t len)
{
    size_t         i;
    unsigned       n;
    const u_char  *p;

    p = g->raw.data + g->read;

    for (i = 1, n = 0; i < len; i++) {

        if (p[i] >= '0' && p[i] <= '9') {
            n = n > 1000 ? n : n * 10 + p[i] - '0';
            continue;
        }

        if (n != 0 && n <= g->conf->nsources && n <= AIF_GROUND_MAX_SOURCES) {
            g->cited |= 1u << (n - 1);
        }

        n = 0;
    }
}


/*
 * A citation that was taken out joins nothing: what it parted is parted by a
 * blank, unless punctuation follows.
 */

static void
aif_ground_character(aif_ground_t *g, const u_char *p, size_t len)
{
    if (g->text.len != 0 && (g->blank || g->citation)
        && (g->blank == '\n' || !g->citation
            || memchr(".,;:!?)", *p, 7) == NULL))
    {
        aif_buf_byte(&g->text, g->blank ? g->blank : ' ');
    }

    g->blank = 0;
    g->citation = 0;

    aif_buf_append(&g->text, p, len);
}


static int
aif_ground_words(aif_ground_t *g, int last)
{
    int     rc;
    size_t  end;

    for ( ;; ) {

        end = aif_ground_end(g);

        if (end == g->text.len && !last) {

            if (end - g->sentence > AIF_GROUND_MAX_SENTENCE) {
                return AIF_LIMIT;
            }

            aif_ground_partial(g);
            return AIF_MORE;
        }

        if (end == g->word) {
            break;
        }

        rc = aif_ground_word(g, end, last);

        if (rc != AIF_OK) {
            return rc;
        }

        if (g->unknown) {
            return AIF_DONE;
        }
    }

    if (g->text.len == 0) {
        g->fault.kind = AIF_GUARD_EMPTY;
        return AIF_BAD;
    }

    return AIF_DONE;
}


/*
 * Where the word ends: at a blank, or behind the punctuation of a script that
 * has no blanks; the text's length if neither is there yet.
 */

static size_t
aif_ground_end(const aif_ground_t *g)
{
    size_t         i;
    const u_char  *p;

    p = g->text.data;

    for (i = g->word; i < g->text.len; i++) {

        if (p[i] == ' ' || p[i] == '\n') {
            return i;
        }

        /* U+3001, U+3002; U+FF01, U+FF0C, U+FF1B, U+FF1F */

        if (i + 3 < g->text.len
            && ((p[i] == 0xe3 && p[i + 1] == 0x80
                 && (p[i + 2] == 0x81 || p[i + 2] == 0x82))
                || (p[i] == 0xef && p[i + 1] == 0xbc
                    && (p[i + 2] == 0x81 || p[i + 2] == 0x8c
                        || p[i + 2] == 0x9b || p[i + 2] == 0x9f))))
        {
            return i + 3;
        }
    }

    return g->text.len;
}


static int
aif_ground_word(aif_ground_t *g, size_t end, int last)
{
    size_t           i;
    const u_char    *p, *e;
    const aif_str_t *unknown;

    p = g->text.data + g->word;
    e = g->text.data + end;
    unknown = &g->conf->unknown;

    if (end - g->sentence > AIF_GROUND_MAX_SENTENCE) {
        return AIF_LIMIT;
    }

    if (unknown->len && memmem(p, e - p, unknown->data, unknown->len)) {
        g->unknown = 1;
        g->told = 0;
        return AIF_OK;
    }

    if (aif_ground_plain(g, p, e, 1) != e) {

        if (!aif_ground_site(g, p, e)) {
            g->fault.kind = AIF_GUARD_URL;
            return AIF_BAD;
        }

        if (!g->holds) {
            g->piece = g->before > g->sentence ? g->before : g->sentence;
        }

        g->facts = 1;
        g->holds = 1;

    } else if (!g->holds) {
        g->told = end;

    } else if (!g->stuck) {

        if (aif_ground_check(g, g->piece, end) == AIF_OK) {
            g->holds = 0;
            g->told = end;

        } else {
            g->stuck = 1;
        }
    }

    for (i = end; i < g->text.len && g->text.data[i] == ' '; i++) {
        /* void */
    }

    if (i < g->text.len && g->text.data[i] == '\n') {
        i++;

    } else if (!aif_ground_stops(p, e) && !(last && i == g->text.len)) {

        g->before = g->word;
        g->word = i;

        return AIF_OK;
    }

    g->word = i;

    return aif_ground_sentence(g, end);
}


/*
 * Names of sites are addresses, whatever they end with: a word with a point
 * that has letters before and behind it must be among the facts.
 */

static int
aif_ground_site(const aif_ground_t *g, const u_char *p, const u_char *end)
{
    const u_char  *q, *from, *to;

    for (q = p; q < end; q++) {

        if (*q != '.') {
            continue;
        }

        for (from = q; from > p && aif_ground_letter(from[-1]); from--) {
            /* void */
        }

        for (to = q + 1; to < end && aif_ground_letter(*to); to++) {
            /* void */
        }

        if (q - from > 1 && to - q > 2
            && memmem(g->conf->facts.data, g->conf->facts.len, from, to - from)
               == NULL)
        {
            return 0;
        }
    }

    return 1;
}


/* All of it, whatever its pieces were. */

static int
aif_ground_sentence(aif_ground_t *g, size_t end)
{
    if (g->facts && aif_ground_check(g, g->sentence, end) != AIF_OK) {
        return AIF_BAD;
    }

    g->told = end;
    g->sentence = g->word;
    g->before = g->word;
    g->facts = 0;
    g->holds = 0;
    g->stuck = 0;

    return AIF_OK;
}


/* The word that goes on: as far as it is plain whatever follows. */

static void
aif_ground_partial(aif_ground_t *g)
{
    size_t            len, told;
    const u_char     *p, *end;
    const aif_str_t  *unknown;

    if (g->holds || g->word == g->text.len) {
        return;
    }

    p = g->text.data + g->word;
    end = g->text.data + g->text.len;
    len = end - p;
    unknown = &g->conf->unknown;

    if (len > AIF_GROUND_PARTIAL
        || (len <= unknown->len && memcmp(p, unknown->data, len) == 0))
    {
        return;
    }

    told = aif_ground_plain(g, p, end, 0) - g->text.data;

    if (told > g->word && told > g->told) {
        g->told = told;
    }
}


/*
 * How far a word has nothing that could be a fact.  A point or colon may be
 * the end of a sentence, or inside of an address.
 */

static const u_char *
aif_ground_plain(const aif_ground_t *g, const u_char *p, const u_char *end,
    int whole)
{
    uint32_t       cp;
    unsigned       capitals;
    aif_str_t      word, before;
    const u_char  *q, *next, *tail;

    word.data = (u_char *) p;
    before.data = g->text.data + g->before;
    before.len = g->word - g->before;
    capitals = 0;

    for (q = p; q < end; q = next) {

        next = q;
        cp = aif_utf8_decode(&next, end);

        if (cp == '.' || cp == ':') {

            for (tail = next; tail < end; tail++) {
                if (memchr(".:,;!?)\"'", *tail, 9) == NULL) {
                    break;
                }
            }

            if (tail < end || !whole) {
                break;
            }

            continue;
        }

        if (aif_utf8_letter(cp)) {

            capitals += aif_utf8_lower(cp) != cp;

            if (capitals == 2) {
                break;
            }

            continue;
        }

        if (!aif_ground_harmless(cp)) {
            break;
        }
    }

    word.len = q - p;

    while (before.len && before.data[before.len - 1] == ' ') {
        before.len--;
    }

    tail = aif_guard_count_begins(&word, &before, g->conf->target_locale,
                                  whole || q != end);

    return tail < q ? tail : q;
}


static int
aif_ground_check(aif_ground_t *g, size_t start, size_t end)
{
    aif_str_t          text;
    aif_guard_named_t  named;

    g->check.len = 0;
    aif_escape_append(&g->check, g->text.data + start, end - start);

    if (g->check.failed) {
        return AIF_NOMEM;
    }

    text.data = g->check.data;
    text.len = g->check.len;
    g->digits.len = 0;

    if (aif_ground_facts(g) != AIF_OK
        || aif_guard_count_write(&text, g->conf->target_locale, 0, &g->digits,
                                 &named)
           != AIF_OK)
    {
        return AIF_NOMEM;
    }

    if ((named.days & ~g->named.days) || (named.months & ~g->named.months)
        || (named.half && !g->named.half))
    {
        g->fault.kind = AIF_GUARD_NUMBER;
        return AIF_BAD;
    }

    text.data = g->digits.data;
    text.len = g->digits.len;

    if (aif_guard_invent(&g->facts_all, &g->conf->machine, &text,
                         g->conf->source_locale, g->conf->target_locale,
                         &g->fault)
        != AIF_OK)
    {
        g->fault.fact.data = NULL;
        g->fault.fact.len = 0;
        return AIF_BAD;
    }

    return AIF_OK;
}


/* The sources' facts, once: lines with number words have digits, too. */

static int
aif_ground_facts(aif_ground_t *g)
{
    size_t             len;
    aif_buf_t         *b;
    aif_str_t          line;
    const u_char      *p, *end, *half;
    aif_guard_named_t  named;

    if (g->facts_all.data) {
        return AIF_OK;
    }

    b = &g->sources;
    p = g->conf->facts.data;
    end = p + g->conf->facts.len;

    aif_buf_append(b, p, end - p);

    for ( /* void */ ; p < end; p = line.data + line.len + 1) {

        line.data = (u_char *) p;
        half = memchr(p, '\n', end - p);
        line.len = (half ? half : end) - p;

        len = b->len;
        aif_buf_byte(b, '\n');

        if (aif_guard_count_write(&line, g->conf->source_locale, 1, b, &named)
            != AIF_OK)
        {
            return AIF_NOMEM;
        }

        g->named.days |= named.days;
        g->named.months |= named.months;
        g->named.half |= named.half;

        if (!named.words || b->len > AIF_GUARD_MAX_TEXT) {
            b->len = len;
        }
    }

    /* "half" is said in digits, too */

    for (half = g->conf->facts.data; half + 2 <= end; half++) {
        if (memcmp(half, "50", 2) == 0 || memcmp(half, "\xc2\xbd", 2) == 0
            || (half + 3 <= end && (memcmp(half, "1/2", 3) == 0
                                    || memcmp(half, "0.5", 3) == 0
                                    || memcmp(half, "0,5", 3) == 0)))
        {
            g->named.half = 1;
        }
    }

    g->facts_all.data = b->data;
    g->facts_all.len = b->len;

    return b->failed ? AIF_NOMEM : AIF_OK;
}


/* Does the word end a sentence? */

static int
aif_ground_stops(const u_char *p, const u_char *end)
{
    int       stops;
    uint32_t  cp;

    for (stops = 0; p < end; /* void */ ) {

        cp = aif_utf8_decode(&p, end);

        if (aif_ground_ends(cp)) {
            stops = 1;

        } else if (!aif_ground_closes(cp)) {
            stops = 0;
        }
    }

    return stops;
}


static int
aif_ground_ends(uint32_t cp)
{
    return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026 || cp == 0x3002
           || cp == 0xff01 || cp == 0xff1f || cp == 0x061f || cp == 0x0964;
}


static int
aif_ground_closes(uint32_t cp)
{
    return cp == '"' || cp == '\'' || cp == ')' || cp == 0xbb || cp == 0x2019
           || cp == 0x201d;
}


/* punctuation that no fact has: not the point, slash, colon, or signs */

static int
aif_ground_harmless(uint32_t cp)
{
    switch (cp) {

    case '\'':
    case '"':
    case '-':
    case ',':
    case ';':
    case '!':
    case '?':
    case '(':
    case ')':
    case 0xa1:
    case 0xab:
    case 0xbb:
    case 0xbf:
    case 0x060c:
    case 0x061b:
    case 0x061f:
    case 0x0964:
    case 0x2013:
    case 0x2014:
    case 0x2018:
    case 0x2019:
    case 0x201c:
    case 0x201d:
    case 0x201e:
    case 0x2026:
    case 0x3001:
    case 0x3002:
    case 0xff01:
    case 0xff0c:
    case 0xff1b:
    case 0xff1f:
        return 1;

    default:
        return 0;
    }
}
