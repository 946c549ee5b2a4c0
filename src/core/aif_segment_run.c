
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Runs to fragments.  It sees items (text, inline tags, single ones), not the
 * page's structure.  Called by the segmenter.
 *
 * A run is made smaller until what is left is a sentence:
 *
 *   - a tag without its partner in the run is a boundary, and so are all tags
 *     around it; the pieces between them are balanced;
 *   - white space and groups without letters (icons) at both ends stay out;
 *   - a piece that is one element is that element's content;
 *   - a piece that has no letters of its own, between its elements, is cut
 *     into these elements (the links of a menu).
 *
 * What is over a limit is cut at its <br>, or else is no fragment.
 */


#include "core/aif_segment_run.h"
#include "core/aif_segment_text.h"


#define AIF_SEGMENT_RUN_LIST   128       /* fragments in the first array */
#define AIF_SEGMENT_RUN_CHUNK  16384     /* bytes of texts at a time */
#define AIF_SEGMENT_RUN_SLACK  32        /* aif_segment_text_write()'s */
#define AIF_SEGMENT_RUN_TAG    6         /* </g64>, <x64/> */
#define AIF_SEGMENT_RUN_TAGS   (2 * AIF_SEGMENT_MAX_TAGS * AIF_SEGMENT_RUN_TAG)

/* In a fragment's kind until the end: the text is an offset into the page. */

#define AIF_SEGMENT_RUN_OFFSET  0x80

#define AIF_SEGMENT_RUN_TEXTS   0        /* list[] */
#define AIF_SEGMENT_RUN_VALUES  1


static void aif_segment_run_grow(aif_segment_run_t *run);
static inline void aif_segment_run_next(aif_segment_run_t *run);
static void aif_segment_run_measure(aif_segment_run_t *run, uint32_t n);
static void aif_segment_run_pieces(aif_segment_run_t *run, uint32_t n);
static void aif_segment_run_range(aif_segment_run_t *run, uint32_t lo,
    uint32_t hi);
static int aif_segment_run_shrink(aif_segment_run_t *run, uint32_t *lo,
    uint32_t *hi);
static void aif_segment_run_trim(aif_segment_run_t *run,
    aif_segment_item_t *item, uint32_t *start, uint32_t *end);
static int aif_segment_run_own(aif_segment_run_t *run, uint32_t lo,
    uint32_t hi);
static int aif_segment_run_emit(aif_segment_run_t *run, uint32_t lo,
    uint32_t hi);
static u_char *aif_segment_run_write(aif_segment_run_t *run, uint32_t lo,
    uint32_t hi, aif_fragment_t *f, const u_char *limit);
static int aif_segment_run_count(aif_segment_run_t *run, uint32_t lo,
    uint32_t hi, uint32_t *ntags, size_t *bound);
static u_char *aif_segment_run_tag(u_char *p, const aif_segment_item_t *item);
static void aif_segment_run_take(aif_segment_run_t *run, u_char *end,
    aif_str_t *text);
static int aif_segment_run_room(aif_segment_run_t *run, size_t size);
static aif_fragment_t *aif_segment_run_fragment(aif_segment_run_t *run,
    unsigned which);


void
aif_segment_run_init(aif_segment_run_t *run, aif_arena_t *a)
{
    memset(run, 0, offsetof(aif_segment_run_t, first));

    run->items = run->first;
    run->size = AIF_SEGMENT_RUN_FIRST;
    run->number = 1;
    run->arena = a;
}


uint32_t
aif_segment_run_add(aif_segment_run_t *run, aif_segment_item_e type,
    uint32_t start, uint32_t end)
{
    aif_segment_item_t  *item;

    if (run->nitems == run->size) {
        aif_segment_run_grow(run);
    }

    item = &run->items[run->nitems];

    item->start = start;
    item->end = end;
    item->pair = 0;
    item->letters = 0;
    item->type = type;

    run->unmatched += type == AIF_SEGMENT_ITEM_OPEN;

    return run->nitems++;
}


static void
aif_segment_run_grow(aif_segment_run_t *run)
{
    aif_segment_item_t  *items;

    items = aif_arena_alloc(run->arena,
                            2 * run->size * sizeof(aif_segment_item_t));
    if (items == NULL) {
        run->rc = AIF_NOMEM;
        aif_segment_run_next(run);
        return;
    }

    memcpy(items, run->items, run->size * sizeof(aif_segment_item_t));

    run->items = items;
    run->size *= 2;
}


static inline void
aif_segment_run_next(aif_segment_run_t *run)
{
    run->nitems = 0;
    run->unmatched = 0;
    run->texts = 0;
    run->words = 0;
    run->number++;
}


void
aif_segment_run_text(aif_segment_run_t *run, uint32_t start, uint32_t end)
{
    uint32_t  from;

    from = aif_segment_text_skip(run->page + start, run->page + end,
                                 run->limit)
           - run->page;

    if (from == end) {

        /* nothing begins with white space */

        if (run->nitems) {
            (void) aif_segment_run_add(run, AIF_SEGMENT_ITEM_TEXT, start, end);
        }

        return;
    }

    if (run->nitems == 0) {
        start = from;
    }

    run->texts++;
    run->text = aif_segment_run_add(run, AIF_SEGMENT_ITEM_TEXT, start, end);
}


void
aif_segment_run_close(aif_segment_run_t *run, uint32_t open, uint32_t start,
    uint32_t end)
{
    uint32_t  i;

    i = aif_segment_run_add(run, AIF_SEGMENT_ITEM_CLOSE, start, end);

    if (i == 0) {
        return;     /* no memory for items */
    }

    run->items[i].pair = open;
    run->items[open].pair = i;
    run->unmatched--;
}


/* Only for the last item, a SINGLE. */

void
aif_segment_run_cut(aif_segment_run_t *run, uint32_t nitems)
{
    run->words -= run->items[nitems].letters;
    run->nitems = nitems;
}


void
aif_segment_run_flush(aif_segment_run_t *run)
{
    uint32_t             n, unmatched, texts, words;
    aif_segment_item_t  *item;

    n = run->nitems;
    unmatched = run->unmatched;
    texts = run->texts;
    words = run->words;

    aif_segment_run_next(run);

    if (texts == 0) {
        return;
    }

    if (texts == 1 && words == 0) {

        /* whatever stands around it, this text is all there is */

        item = &run->items[run->text];
        aif_segment_run_value(run, item->start, item->end, AIF_FRAGMENT_TEXT,
                              AIF_HTML_QUOTE_NONE);
        return;
    }

    aif_segment_run_measure(run, n);

    if (unmatched) {
        aif_segment_run_pieces(run, n);

    } else {
        aif_segment_run_range(run, 0, n);
    }
}


static void
aif_segment_run_measure(aif_segment_run_t *run, uint32_t n)
{
    uint32_t             i, letters;
    aif_segment_item_t  *item;

    letters = 0;

    for (i = 0; i < n; i++) {

        item = &run->items[i];
        item->before = letters;

        if (item->type == AIF_SEGMENT_ITEM_TEXT) {
            item->flags = aif_segment_text_scan(run->page + item->start,
                                                run->page + item->end,
                                                run->limit, 0,
                                                &item->letters);
        }

        letters += item->letters;
    }
}


/* The pieces between unmatched tags, and tags that have one inside. */

static void
aif_segment_run_pieces(aif_segment_run_t *run, uint32_t n)
{
    uint32_t             i, lo, cuts;
    aif_segment_item_t  *item;

    /* for now "id" is the number of unmatched tags before the item */

    cuts = 0;

    for (i = 0; i < n; i++) {
        item = &run->items[i];
        item->id = cuts;
        cuts += item->type == AIF_SEGMENT_ITEM_OPEN && item->pair == 0;
    }

    lo = 0;

    for (i = 0; i < n; i++) {
        item = &run->items[i];

        if ((item->type == AIF_SEGMENT_ITEM_OPEN
             || item->type == AIF_SEGMENT_ITEM_CLOSE)
            && ((item->type == AIF_SEGMENT_ITEM_OPEN && item->pair == 0)
                || item->id != run->items[item->pair].id))
        {
            aif_segment_run_range(run, lo, i);
            lo = i + 1;
        }
    }

    aif_segment_run_range(run, lo, n);
}


/* A balanced piece.  The recursion is as deep as the elements, bounded. */

static void
aif_segment_run_range(aif_segment_run_t *run, uint32_t lo, uint32_t hi)
{
    uint32_t             i, from;
    aif_segment_item_t  *items;

    items = run->items;

    if (!aif_segment_run_shrink(run, &lo, &hi)) {
        return;
    }

    if (!aif_segment_run_own(run, lo, hi)) {

        for (i = lo; i < hi; i++) {
            if (items[i].type == AIF_SEGMENT_ITEM_OPEN) {
                aif_segment_run_range(run, i + 1, items[i].pair);
                i = items[i].pair;
            }
        }

        return;
    }

    if (aif_segment_run_emit(run, lo, hi) != AIF_LIMIT) {
        return;
    }

    from = lo;

    for (i = lo; i < hi; i++) {

        if (items[i].type == AIF_SEGMENT_ITEM_BREAK) {
            aif_segment_run_range(run, from, i);
            from = i + 1;

        } else if (items[i].type == AIF_SEGMENT_ITEM_OPEN) {
            i = items[i].pair;
        }
    }

    if (from != lo) {
        aif_segment_run_range(run, from, hi);
    }
}


/* Takes off what stays outside; 0 if nothing is left. */

static int
aif_segment_run_shrink(aif_segment_run_t *run, uint32_t *lo, uint32_t *hi)
{
    uint32_t             l, h, start, end;
    aif_segment_item_t  *item, *items;

    l = *lo;
    h = *hi;
    items = run->items;

    for ( ;; ) {

        while (l < h) {

            item = &items[l];

            if (item->type == AIF_SEGMENT_ITEM_OPEN) {
                if (items[item->pair].before != item->before) {
                    break;
                }

                l = item->pair;

            } else if (item->letters) {
                break;

            } else if (item->type == AIF_SEGMENT_ITEM_TEXT) {
                aif_segment_run_trim(run, item, &start, &end);

                if (start != end) {
                    break;
                }
            }

            l++;
        }

        while (l < h) {

            item = &items[h - 1];

            if (item->type == AIF_SEGMENT_ITEM_CLOSE) {
                if (items[item->pair].before != item->before) {
                    break;
                }

                h = item->pair + 1;

            } else if (item->letters) {
                break;

            } else if (item->type == AIF_SEGMENT_ITEM_TEXT) {
                aif_segment_run_trim(run, item, &start, &end);

                if (start != end) {
                    break;
                }
            }

            h--;
        }

        if (l == h) {
            return 0;
        }

        if (items[l].type != AIF_SEGMENT_ITEM_OPEN || items[l].pair != h - 1) {
            break;
        }

        l++;
        h--;
    }

    *lo = l;
    *hi = h;

    return 1;
}


static void
aif_segment_run_trim(aif_segment_run_t *run, aif_segment_item_t *item,
    uint32_t *start, uint32_t *end)
{
    const u_char  *p, *last;

    p = run->page + item->start;
    last = run->page + item->end;

    aif_segment_text_trim(&p, &last, 0);

    *start = p - run->page;
    *end = last - run->page;
}


static int
aif_segment_run_own(aif_segment_run_t *run, uint32_t lo, uint32_t hi)
{
    uint32_t  i;

    for (i = lo; i < hi; i++) {

        if (run->items[i].type == AIF_SEGMENT_ITEM_OPEN) {
            i = run->items[i].pair;

        } else if (run->items[i].type == AIF_SEGMENT_ITEM_TEXT
                   && run->items[i].letters)
        {
            return 1;
        }
    }

    return 0;
}


static int
aif_segment_run_emit(aif_segment_run_t *run, uint32_t lo, uint32_t hi)
{
    int                  rc;
    u_char              *p;
    size_t               bound;
    uint32_t             ntags;
    aif_fragment_t      *f;
    aif_fragment_tag_t  *tags;

    if (hi - lo == 1) {
        aif_segment_run_value(run, run->items[lo].start, run->items[lo].end,
                              AIF_FRAGMENT_TEXT, AIF_HTML_QUOTE_NONE);
        return AIF_OK;
    }

    rc = aif_segment_run_count(run, lo, hi, &ntags, &bound);
    if (rc != AIF_OK) {
        return rc;
    }

    tags = aif_arena_alloc(run->arena, ntags * sizeof(aif_fragment_tag_t));

    if (tags == NULL || !aif_segment_run_room(run, bound)) {
        run->rc = AIF_NOMEM;
        return AIF_NOMEM;
    }

    f = aif_segment_run_fragment(run, AIF_SEGMENT_RUN_TEXTS);
    if (f == NULL) {
        return run->rc;
    }

    f->kind = AIF_FRAGMENT_TEXT;
    f->quote = AIF_HTML_QUOTE_NONE;
    f->ntags = ntags;
    f->tags = tags;

    p = aif_segment_run_write(run, lo, hi, f,
                              run->pos + bound - AIF_SEGMENT_RUN_TAGS);

    if (p == NULL || p - run->pos > AIF_SEGMENT_MAX_TEXT) {
        return AIF_LIMIT;
    }

    aif_segment_run_take(run, p, &f->text);

    run->letters += f->letters;
    run->list[AIF_SEGMENT_RUN_TEXTS].n++;

    return AIF_OK;
}


/*
 * The canonical text and the tags of a fragment.  "limit" is for text; behind
 * it there is room for all tags.
 */

static u_char *
aif_segment_run_write(aif_segment_run_t *run, uint32_t lo, uint32_t hi,
    aif_fragment_t *f, const u_char *limit)
{
    u_char              *p;
    uint32_t             i, start, end;
    aif_segment_item_t  *item;
    aif_fragment_tag_t  *tag;

    f->start = run->items[lo].start;
    f->end = run->items[hi - 1].end;
    f->letters = 0;

    p = run->pos;
    tag = f->tags;

    for (i = lo; i < hi; i++) {

        item = &run->items[i];

        if (item->type != AIF_SEGMENT_ITEM_TEXT) {
            tag->start = item->start;
            tag->end = item->end;
            tag->id = item->id;
            tag->closing = item->type == AIF_SEGMENT_ITEM_CLOSE;
            tag->single = item->type >= AIF_SEGMENT_ITEM_SINGLE;
            tag++;

            p = aif_segment_run_tag(p, item);
            continue;
        }

        start = item->start;
        end = item->end;

        if (i == lo) {
            aif_segment_run_trim(run, item, &f->start, &end);
            start = f->start;
            end = item->end;

        } else if (i == hi - 1) {
            aif_segment_run_trim(run, item, &start, &f->end);
            start = item->start;
            end = f->end;
        }

        p = aif_segment_text_write(p, limit, run->page + start,
                                   run->page + end, item->flags, 0);
        if (p == NULL) {
            return NULL;
        }

        f->letters += item->letters;
    }

    return p;
}


/* Numbers the placeholders and says how much room the text may need. */

static int
aif_segment_run_count(aif_segment_run_t *run, uint32_t lo, uint32_t hi,
    uint32_t *ntags, size_t *bound)
{
    size_t               size;
    uint32_t             i, id, n;
    aif_segment_item_t  *item;

    n = 0;
    id = 0;
    size = 0;

    for (i = lo; i < hi; i++) {

        item = &run->items[i];

        if (item->type == AIF_SEGMENT_ITEM_TEXT) {

            if (item->flags & AIF_SEGMENT_TEXT_BAD) {
                return AIF_BAD;
            }

            size += item->end - item->start;

            if (item->flags & (AIF_SEGMENT_TEXT_REFS|AIF_SEGMENT_TEXT_ANGLE)) {
                size += 4 * (item->end - item->start);
            }

            continue;
        }

        n++;
        size += AIF_SEGMENT_RUN_TAG;

        if (item->type == AIF_SEGMENT_ITEM_CLOSE) {
            item->id = run->items[item->pair].id;
            continue;
        }

        if (++id > AIF_SEGMENT_MAX_TAGS) {
            return AIF_LIMIT;
        }

        item->id = id;
    }

    if (size > AIF_SEGMENT_MAX_TEXT) {
        size = AIF_SEGMENT_MAX_TEXT;
    }

    *bound = size + AIF_SEGMENT_RUN_SLACK + AIF_SEGMENT_RUN_TAGS;
    *ntags = n;

    return AIF_OK;
}


static u_char *
aif_segment_run_tag(u_char *p, const aif_segment_item_t *item)
{
    *p++ = '<';

    if (item->type == AIF_SEGMENT_ITEM_CLOSE) {
        *p++ = '/';
    }

    *p++ = item->type >= AIF_SEGMENT_ITEM_SINGLE ? 'x' : 'g';

    if (item->id > 9) {
        *p++ = '0' + item->id / 10;
    }

    *p++ = '0' + item->id % 10;

    if (item->type >= AIF_SEGMENT_ITEM_SINGLE) {
        *p++ = '/';
    }

    *p++ = '>';

    return p;
}


void
aif_segment_run_value(aif_segment_run_t *run, uint32_t start, uint32_t end,
    aif_fragment_kind_e kind, unsigned quote)
{
    int              attribute;
    u_char          *p;
    size_t           size;
    unsigned         flags;
    uint32_t         letters;
    const u_char    *from, *to;
    aif_fragment_t  *f;

    attribute = kind == AIF_FRAGMENT_ATTRIBUTE;

    from = run->page + start;
    to = run->page + end;

    aif_segment_text_trim(&from, &to, attribute);

    flags = aif_segment_text_scan(from, to, run->limit, attribute, &letters);

    if (letters == 0 || (flags & AIF_SEGMENT_TEXT_BAD)) {
        return;
    }

    size = to - from;
    p = NULL;

    if (flags & AIF_SEGMENT_TEXT_COPY) {

        size = (flags & (AIF_SEGMENT_TEXT_REFS|AIF_SEGMENT_TEXT_ANGLE))
               ? 5 * size : size;

        if (size > AIF_SEGMENT_MAX_TEXT) {
            size = AIF_SEGMENT_MAX_TEXT;
        }

        size += AIF_SEGMENT_RUN_SLACK;

        if (!aif_segment_run_room(run, size)) {
            run->rc = AIF_NOMEM;
            return;
        }

        p = aif_segment_text_write(run->pos, run->pos + size, from, to, flags,
                                   attribute);
        if (p == NULL) {
            return;
        }

        size = p - run->pos;
    }

    if (size > AIF_SEGMENT_MAX_TEXT) {
        return;
    }

    f = aif_segment_run_fragment(run, attribute);
    if (f == NULL) {
        return;
    }

    f->start = from - run->page;
    f->end = to - run->page;

    if (quote == AIF_HTML_QUOTE_BARE) {

        /* replaced as a whole: it will get quotes */

        f->start = start;
        f->end = end;
    }

    f->kind = kind;
    f->quote = quote;
    f->ntags = 0;
    f->letters = letters;
    f->text.len = size;
    f->tags = NULL;

    if (p) {
        aif_segment_run_take(run, p, &f->text);

    } else {
        f->kind |= AIF_SEGMENT_RUN_OFFSET;
        f->text.data = (u_char *) (from - run->page);
    }

    run->letters += letters;
    run->list[attribute].n++;
}


/*
 * The text that was written from "pos" to "end".  A blank at its ends is a
 * reference without ";", which could not be left outside.
 */

static void
aif_segment_run_take(aif_segment_run_t *run, u_char *end, aif_str_t *text)
{
    text->data = run->pos;
    text->len = end - run->pos;

    run->pos = end;

    if (text->data[0] == ' ') {
        text->data++;
        text->len--;
    }

    if (text->data[text->len - 1] == ' ') {
        text->len--;
    }
}


static int
aif_segment_run_room(aif_segment_run_t *run, size_t size)
{
    size_t  chunk;

    if (size <= (size_t) (run->end - run->pos)) {
        return 1;
    }

    chunk = size > AIF_SEGMENT_RUN_CHUNK ? size : AIF_SEGMENT_RUN_CHUNK;

    run->pos = aif_arena_alloc(run->arena, chunk);

    if (run->pos == NULL) {
        run->end = NULL;
        return 0;
    }

    run->end = run->pos + chunk;

    return 1;
}


/* The next free place of a list; the caller counts it once it is filled. */

static aif_fragment_t *
aif_segment_run_fragment(aif_segment_run_t *run, unsigned which)
{
    size_t               size;
    aif_fragment_t      *elts;
    aif_segment_list_t  *list;

    list = &run->list[which];

    if (run->list[0].n + run->list[1].n == AIF_SEGMENT_MAX_FRAGMENTS) {
        run->rc = AIF_LIMIT;
        return NULL;
    }

    if (list->n == list->size) {

        size = list->size ? 2 * list->size : AIF_SEGMENT_RUN_LIST;

        elts = aif_arena_alloc(run->arena, size * sizeof(aif_fragment_t));
        if (elts == NULL) {
            run->rc = AIF_NOMEM;
            return NULL;
        }

        if (list->n) {
            memcpy(elts, list->elts, list->n * sizeof(aif_fragment_t));
        }

        list->elts = elts;
        list->size = size;
    }

    return &list->elts[list->n];
}


aif_fragment_t *
aif_segment_run_finish(aif_segment_run_t *run, size_t *n)
{
    size_t               i, t, v;
    aif_fragment_t      *all, *f;
    aif_segment_list_t  *texts, *values;

    texts = &run->list[AIF_SEGMENT_RUN_TEXTS];
    values = &run->list[AIF_SEGMENT_RUN_VALUES];

    *n = texts->n + values->n;

    all = aif_arena_alloc(run->arena, (*n + 1) * sizeof(aif_fragment_t));
    if (all == NULL) {
        run->rc = AIF_NOMEM;
        return NULL;
    }

    t = 0;
    v = 0;

    for (i = 0; i < *n; i++) {

        f = &all[i];

        if (v == values->n
            || (t < texts->n && texts->elts[t].start < values->elts[v].start))
        {
            *f = texts->elts[t++];

        } else {
            *f = values->elts[v++];
        }

        if (f->kind & AIF_SEGMENT_RUN_OFFSET) {
            f->kind &= ~AIF_SEGMENT_RUN_OFFSET;
            f->text.data = (u_char *) run->page + (uintptr_t) f->text.data;
        }
    }

    return all;
}
