
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Passages are what the segmenter calls fragments, in plain text, each with
 * what stands between it and the next one and has no letters of its own: the
 * prices of a table.  They are picked by words: no model is asked which part of
 * a page may answer, a question has few words and a page few passages.  Words
 * are compared by their first letters, so that endings don't count ("returns",
 * "returned"), and where a script has no blanks by pairs of characters.
 */


#include "core/aif_passage.h"

#include "core/aif_digest.h"
#include "core/aif_escape.h"
#include "core/aif_facts.h"
#include "core/aif_plain.h"
#include "core/aif_segment.h"
#include "core/aif_utf8.h"


#define AIF_PASSAGE_STEM   5        /* letters of a word that are compared */
#define AIF_PASSAGE_LEAST  3        /* letters of a word that counts */
#define AIF_PASSAGE_RARE   64       /* weight of a word that no other has */


typedef struct {
    aif_passages_t   *ps;
    const u_char     *page;
    size_t            len;
    size_t            first;        /* passage of the page */
    aif_html_t        html;
} aif_passage_read_t;


/* A word of the question, and how many passages have it. */

typedef struct {
    uint64_t          stem;
    uint32_t          found;
} aif_passage_word_t;


typedef struct {
    const u_char     *p;
    const u_char     *end;
    uint32_t          cluster;      /* the character before, of a script
                                       without blanks */
} aif_passage_words_t;


static int aif_passage_facts(aif_passage_read_t *r, aif_str_t *facts);
static int aif_passage_texts(aif_passage_read_t *r);
static int aif_passage_fragment(aif_passage_read_t *r,
    const aif_fragment_t *f, size_t next, aif_passage_page_t *page);
static int aif_passage_escape(aif_buf_t *b, const u_char *p, size_t len);
static int aif_passage_split(aif_passage_read_t *r, aif_str_t *text);
static size_t aif_passage_cut(const u_char *p, size_t len, size_t max);
static void aif_passage_common(aif_passages_t *ps);
static size_t aif_passage_question(const aif_str_t *question,
    aif_passage_word_t *words);
static void aif_passage_weigh(aif_passages_t *ps, aif_passage_word_t *words,
    size_t n);
static int aif_passage_next(aif_passage_words_t *w, uint64_t *stem);
static int aif_passage_cluster(uint32_t cp);
static int aif_passage_better(const aif_passage_t *a, const aif_passage_t *b);


void
aif_passages_init(aif_passages_t *ps, aif_arena_t *a)
{
    memset(ps, 0, sizeof(aif_passages_t));

    ps->arena = a;
}


int
aif_passages_add(aif_passages_t *ps, const u_char *page, size_t len)
{
    int                  rc;
    aif_passage_read_t  *r;

    if (ps->npages == AIF_PASSAGE_MAX_PAGES
        || !aif_utf8_valid(page, len))
    {
        return AIF_LIMIT;
    }

    if (ps->list == NULL) {
        ps->list = aif_arena_alloc(ps->arena, AIF_PASSAGE_MAX
                                              * sizeof(aif_passage_t));
        if (ps->list == NULL) {
            return AIF_NOMEM;
        }
    }

    r = aif_arena_calloc(ps->arena, sizeof(aif_passage_read_t));
    if (r == NULL) {
        return AIF_NOMEM;
    }

    r->ps = ps;
    r->page = page;
    r->len = len;
    r->first = ps->n;

    memset(&ps->pages[ps->npages], 0, sizeof(aif_passage_page_t));

    rc = aif_passage_facts(r, &ps->pages[ps->npages].facts);

    if (rc == AIF_OK) {
        rc = aif_passage_texts(r);
    }

    if (rc != AIF_OK) {
        ps->n = r->first;
        return rc;
    }

    ps->npages++;

    return AIF_OK;
}


static int
aif_passage_facts(aif_passage_read_t *r, aif_str_t *facts)
{
    int                  rc;
    aif_facts_t         *collector;
    aif_walk_handler_t   handler;

    collector = aif_facts_create(r->page, r->len, 0, r->ps->arena);
    if (collector == NULL) {
        return AIF_NOMEM;
    }

    handler = aif_facts_handler(collector);

    if (aif_walk(r->page, r->len, NULL, &handler, 1, r->ps->arena) != AIF_OK
        || aif_facts_read(collector) != AIF_OK)
    {
        return AIF_NOMEM;
    }

    rc = aif_facts_write(collector, AIF_FACTS_ALL, AIF_FACTS_MAX_GROUPS,
                         facts);

    if (rc == AIF_BAD) {
        aif_str_set(facts, "");
        return AIF_OK;
    }

    return rc;
}


static int
aif_passage_texts(aif_passage_read_t *r)
{
    int                   rc;
    size_t                i, k, n;
    aif_segment_t        *s;
    aif_fragment_t       *f;
    aif_segment_conf_t   *conf;
    aif_passage_page_t   *page;

    page = &r->ps->pages[r->ps->npages];

    conf = aif_arena_calloc(r->ps->arena, sizeof(aif_segment_conf_t));
    if (conf == NULL) {
        return AIF_NOMEM;
    }

    aif_segment_conf_default(conf);

    s = aif_segment_create(conf, r->ps->arena);
    if (s == NULL) {
        return AIF_NOMEM;
    }

    rc = aif_segment_feed(s, r->page, r->len, 1);

    if (rc != AIF_DONE) {
        return rc == AIF_NOMEM ? rc : AIF_LIMIT;
    }

    f = aif_segment_fragments(s, &n);

    for (i = 0; i < n; i++) {

        if (f[i].kind == AIF_FRAGMENT_ATTRIBUTE) {
            continue;
        }

        for (k = i + 1; k < n && f[k].kind != AIF_FRAGMENT_TEXT; k++) {
            /* void */
        }

        rc = aif_passage_fragment(r, &f[i], k < n ? f[k].start : r->len, page);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    return AIF_OK;
}


/* "next": where the next text begins. */

static int
aif_passage_fragment(aif_passage_read_t *r, const aif_fragment_t *f,
    size_t next, aif_passage_page_t *page)
{
    size_t        len;
    aif_buf_t     b;
    aif_str_t     text;
    aif_plain_t   plain;

    if (aif_plain_make(&f->text, 0, r->ps->arena, &plain) != AIF_OK) {
        return AIF_NOMEM;
    }

    aif_buf_init(&b, r->ps->arena, plain.len + 64);

    if (aif_passage_escape(&b, plain.text, plain.len) != AIF_OK) {
        return AIF_NOMEM;
    }

    if (f->kind == AIF_FRAGMENT_RCDATA) {

        if (page->title.len == 0) {
            page->title.data = b.data;
            page->title.len = aif_passage_cut(b.data, b.len,
                                              AIF_PASSAGE_MAX_TITLE);
        }

        return AIF_OK;
    }

    len = b.len;
    aif_buf_byte(&b, ' ');
    aif_walk_text(&b, r->page, f->end, next, &r->html);

    if (b.failed) {
        return AIF_NOMEM;
    }

    if (b.len == len + 1) {
        b.len = len;
    }

    text.data = b.data;
    text.len = b.len;

    return aif_passage_split(r, &text);
}


/* One line, canonical, and no controls. */

static int
aif_passage_escape(aif_buf_t *b, const u_char *p, size_t len)
{
    u_char  ch;

    for ( /* void */ ; len; p++, len--) {
        ch = *p < ' ' || *p == 0x7f ? ' ' : *p;
        aif_escape_append(b, &ch, 1);
    }

    return b->failed ? AIF_NOMEM : AIF_OK;
}


/* A text to passages; what the page has said before is not said again. */

static int
aif_passage_split(aif_passage_read_t *r, aif_str_t *text)
{
    size_t          i, len;
    uint64_t        digest;
    aif_passage_t  *p;

    while (text->len != 0 && r->ps->n < AIF_PASSAGE_MAX) {

        len = aif_passage_cut(text->data, text->len, AIF_PASSAGE_MAX_TEXT);
        digest = aif_digest(text->data, len);

        for (i = r->first; i < r->ps->n; i++) {
            if (r->ps->list[i].digest == digest) {
                break;
            }
        }

        if (i == r->ps->n) {
            p = &r->ps->list[r->ps->n++];
            memset(p, 0, sizeof(aif_passage_t));
            p->text.data = text->data;
            p->text.len = len;
            p->digest = digest;
            p->page = r->ps->npages;
        }

        text->data += len;
        text->len -= len;

        while (text->len != 0 && *text->data == ' ') {
            text->data++;
            text->len--;
        }
    }

    return AIF_OK;
}


/* Where to cut: behind a sentence, else behind a word, never in a reference. */

static size_t
aif_passage_cut(const u_char *p, size_t len, size_t max)
{
    size_t  i, word;

    if (len <= max) {
        return len;
    }

    word = 0;

    for (i = max; i > max / 2; i--) {

        if (p[i] != ' ') {
            continue;
        }

        if (p[i - 1] == '.' || p[i - 1] == '!' || p[i - 1] == '?') {
            return i;
        }

        if (word == 0) {
            word = i;
        }
    }

    if (word != 0) {
        return word;
    }

    for (i = max; i > 1 && (p[i] & 0xc0) == 0x80; i--) {
        /* void */
    }

    for (word = i; word > 1 && i - word < sizeof("&amp;") && p[word] != '&';
         word--)
    {
        /* void */
    }

    return p[word] == '&' && word > 1 ? word : i;
}


int
aif_passages_pick(aif_passages_t *ps, const aif_str_t *question, size_t size)
{
    size_t               i, n, used;
    aif_passage_t       *p, *best;
    aif_passage_word_t   words[AIF_PASSAGE_MAX_WORDS];

    aif_passage_common(ps);

    n = aif_passage_question(question, words);
    aif_passage_weigh(ps, words, n);

    used = 0;

    for (i = 0; i < ps->npages; i++) {
        ps->pages[i].chosen = 0;

        if (ps->pages[i].facts.len != 0
            && used + ps->pages[i].facts.len <= size)
        {
            used += ps->pages[i].facts.len;
            ps->pages[i].chosen = 1;

        } else {
            ps->pages[i].facts.len = 0;
        }
    }

    for (i = 0; i < ps->n; i++) {
        ps->list[i].chosen = 0;
    }

    /* bounded: what doesn't fit is left out, and the best is tried first */

    for ( ;; ) {

        best = NULL;

        for (i = 0; i < ps->n; i++) {
            p = &ps->list[i];

            if (!p->chosen && used + p->text.len + 1 <= size
                && (best == NULL || aif_passage_better(p, best)))
            {
                best = p;
            }
        }

        if (best == NULL) {
            return AIF_OK;
        }

        best->chosen = 1;
        ps->pages[best->page].chosen = 1;
        used += best->text.len + 1;
    }
}


/* What is on every page, and there are several, is the shop's frame. */

static void
aif_passage_common(aif_passages_t *ps)
{
    size_t    i, k;
    uint32_t  pages, all;

    all = (1u << ps->npages) - 1;

    for (i = 0; i < ps->n; i++) {

        ps->list[i].common = 0;

        if (ps->npages < 2) {
            continue;
        }

        for (k = 0, pages = 0; k < ps->n; k++) {
            if (ps->list[k].digest == ps->list[i].digest) {
                pages |= 1u << ps->list[k].page;
            }
        }

        ps->list[i].common = (pages == all);
    }
}


static size_t
aif_passage_question(const aif_str_t *question, aif_passage_word_t *words)
{
    size_t               i, n;
    uint64_t             stem;
    aif_passage_words_t  w;

    w.p = question->data;
    w.end = question->data + question->len;
    w.cluster = 0;
    n = 0;

    while (n < AIF_PASSAGE_MAX_WORDS && aif_passage_next(&w, &stem)) {

        for (i = 0; i < n && words[i].stem != stem; i++) {
            /* void */
        }

        if (i == n) {
            words[n].stem = stem;
            words[n].found = 0;
            n++;
        }
    }

    return n;
}


/* Twice: how many passages have a word, then which have the rare ones. */

static void
aif_passage_weigh(aif_passages_t *ps, aif_passage_word_t *words, size_t n)
{
    int                  count;
    size_t               i, k;
    uint64_t             stem, seen;
    aif_passage_words_t  w;

    for (count = 1; count >= 0; count--) {

        for (i = 0; i < ps->n; i++) {

            w.p = ps->list[i].text.data;
            w.end = w.p + ps->list[i].text.len;
            w.cluster = 0;
            seen = 0;
            ps->list[i].weight = 0;

            while (n != 0 && aif_passage_next(&w, &stem)) {

                for (k = 0; k < n && words[k].stem != stem; k++) {
                    /* void */
                }

                if (k == n || (seen & ((uint64_t) 1 << k))) {
                    continue;
                }

                seen |= (uint64_t) 1 << k;

                if (count) {
                    words[k].found++;

                } else {
                    ps->list[i].weight += 1 + AIF_PASSAGE_RARE
                                              / words[k].found;
                }
            }
        }
    }
}


/* The next word's stem, or the next pair of characters. */

static int
aif_passage_next(aif_passage_words_t *w, uint64_t *stem)
{
    unsigned   letters;
    uint32_t   cp;
    uint64_t   hash;

    letters = 0;
    hash = 0;

    while (w->p < w->end) {

        cp = aif_utf8_decode(&w->p, w->end);

        if (aif_passage_cluster(cp)) {

            hash = (uint64_t) w->cluster << 32 | cp;
            letters = w->cluster;
            w->cluster = cp;

            if (letters != 0) {
                *stem = hash;
                return 1;
            }

            hash = 0;
            continue;
        }

        w->cluster = 0;

        if (aif_utf8_letter(cp) || aif_utf8_digit(cp) >= 0) {

            if (letters++ < AIF_PASSAGE_STEM) {
                hash = (hash ^ aif_utf8_lower(cp)) * 0x100000001b3u + 1;
            }

            continue;
        }

        if (letters >= AIF_PASSAGE_LEAST) {
            break;
        }

        letters = 0;
        hash = 0;
    }

    *stem = hash;

    return letters >= AIF_PASSAGE_LEAST;
}


/* kana, ideographs, hangul; Thai */

static int
aif_passage_cluster(uint32_t cp)
{
    return (cp >= 0x3041 && cp < 0xa000) || (cp >= 0xac00 && cp < 0xd7b0)
           || (cp >= 0xe01 && cp < 0xe5c);
}


static int
aif_passage_better(const aif_passage_t *a, const aif_passage_t *b)
{
    if (a->common != b->common) {
        return a->common < b->common;
    }

    return a->weight > b->weight;
}


void
aif_passages_text(const aif_passages_t *ps, size_t page, aif_buf_t *b)
{
    size_t  i;

    for (i = 0; i < ps->n; i++) {
        if (ps->list[i].page == page && ps->list[i].chosen) {
            aif_buf_append(b, ps->list[i].text.data, ps->list[i].text.len);
            aif_buf_byte(b, '\n');
        }
    }
}
