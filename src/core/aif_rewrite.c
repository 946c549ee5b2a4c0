
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The rewriter: memory to memory, from the page, its fragments and their
 * replacements.  It trusts the fragments (they are the segmenter's) and
 * nothing of a replacement: whatever stands in one, the output has the page's
 * own tags, each exactly once, and text.  Called by the body filter, once per
 * page that is sent translated.
 *
 * A replacement is written while it is read; if it turns out not to be
 * canonical, what was written is taken back and the page's bytes are copied
 * instead.  Beyond what the header says, a replacement is refused if it is
 * empty or has control characters, or if a placeholder changed its parent.
 */


#include "core/aif_rewrite.h"
#include "core/aif_utf8.h"


#define AIF_REWRITE_IDS  (AIF_SEGMENT_MAX_TAGS + 1)


typedef struct {
    const aif_fragment_tag_t  *open;         /* or the single one */
    const aif_fragment_tag_t  *close;
    uint8_t                    parent;       /* 0: none */
} aif_rewrite_slot_t;


typedef struct {
    const u_char              *page;
    const aif_edit_t          *edits;
    size_t                     nedits;
    const aif_fragment_t      *fragment;     /* the one at work */
    const aif_fragment_t      *nested;       /* attributes inside its tags */
    const aif_str_t           *values;       /* their replacements */
    size_t                     nnested;
    size_t                     rejected;
    unsigned                   ascii;        /* AIF_REWRITE_ASCII or 0 */
    unsigned                   last;         /* highest placeholder */
    aif_rewrite_slot_t         slots[AIF_REWRITE_IDS];
} aif_rewrite_t;


static u_char *aif_rewrite_to(aif_rewrite_t *rw, u_char *dst, size_t *pos,
    size_t to, size_t *edit);
static u_char *aif_rewrite_span(aif_rewrite_t *rw, u_char *dst, size_t from,
    size_t to);
static u_char *aif_rewrite_edit(aif_rewrite_t *rw, u_char *dst, size_t *pos,
    const aif_edit_t *e);
static u_char *aif_rewrite_copy(u_char *dst, const u_char *src, size_t len);
static u_char *aif_rewrite_fragment(aif_rewrite_t *rw, u_char *dst,
    const aif_str_t *text);
static u_char *aif_rewrite_value(u_char *dst, const aif_fragment_t *f,
    const aif_str_t *text, unsigned ascii);
static u_char *aif_rewrite_text(u_char *dst, const u_char **pos,
    const u_char *end, unsigned stop);
static void aif_rewrite_slots(aif_rewrite_t *rw);
static const u_char *aif_rewrite_placeholder(const u_char *p,
    const u_char *end, unsigned *id, int *closing, int *single);
static u_char *aif_rewrite_tag(aif_rewrite_t *rw, u_char *dst,
    const aif_fragment_tag_t *tag);


#define AIF_REWRITE_MARKUP  0x01     /* < > and controls */
#define AIF_REWRITE_REF     0x02     /* & */
#define AIF_REWRITE_DOUBLE  0x04
#define AIF_REWRITE_SINGLE  0x08
#define AIF_REWRITE_HIGH    0x10     /* beyond ASCII */
#define AIF_REWRITE_ASCII   0x20     /* ... which is to be a reference */

#define M  AIF_REWRITE_MARKUP

static const uint8_t  aif_rewrite_class[256] = {
    [0x00 ... 0x08] = M, [0x0b] = M, [0x0e ... 0x1f] = M, [0x7f] = M,
    ['<'] = M, ['>'] = M, ['&'] = AIF_REWRITE_REF,
    ['"'] = AIF_REWRITE_DOUBLE, ['\''] = AIF_REWRITE_SINGLE,
    [0x80 ... 0xff] = AIF_REWRITE_HIGH
};

#undef M


size_t
aif_rewrite_size(const aif_rewrite_plan_t *plan)
{
    size_t                 i, k, size, old, new;
    const aif_str_t       *text;
    const aif_fragment_t  *f;

    size = plan->len;

    for (i = 0; i < plan->nedits; i++) {
        size += plan->edits[i].text.len;
    }

    for (i = 0; i < plan->nfragments; i++) {

        text = &plan->replacements[i];

        if (text->data == NULL) {
            continue;
        }

        f = &plan->fragments[i];

        old = f->end - f->start;
        new = text->len;

        for (k = 0; k < f->ntags; k++) {
            new += f->tags[k].end - f->tags[k].start;
        }

        if (f->kind == AIF_FRAGMENT_ATTRIBUTE) {

            new += 2;

            for (k = 0; k < text->len; k++) {
                if (text->data[k] == '"' || text->data[k] == '\'') {
                    new += sizeof("&quot;") - 2;
                }
            }
        }

        /* a character of n bytes becomes at most 4n: U+0080 is "&#x80;" */

        for (k = 0; plan->ascii && k < text->len; k++) {
            new += text->data[k] >= 0x80 ? 3 : 0;
        }

        size += new > old ? new - old : 0;
    }

    return size;
}


size_t
aif_rewrite(u_char *dst, const aif_rewrite_plan_t *plan, size_t *rejected)
{
    u_char                *p, *q;
    size_t                 i, k, n, pos, edit, refused;
    aif_rewrite_t          rw;
    const aif_fragment_t  *f, *fragments;

    p = dst;
    n = plan->nfragments;
    fragments = plan->fragments;
    pos = 0;
    edit = 0;

    rw.page = plan->page;
    rw.edits = plan->edits;
    rw.nedits = plan->nedits;
    rw.rejected = 0;
    rw.ascii = plan->ascii ? AIF_REWRITE_ASCII : 0;

    for (i = 0; i < n; i = k) {

        f = &fragments[i];
        k = i + 1;

        if (plan->replacements[i].data == NULL) {
            continue;
        }

        p = aif_rewrite_to(&rw, p, &pos, f->start, &edit);

        rw.fragment = f;
        rw.nested = f + 1;
        rw.values = &plan->replacements[i + 1];

        if (f->ntags) {
            while (k < n && fragments[k].start < f->end) {
                k++;
            }
        }

        rw.nnested = k - i - 1;
        refused = rw.rejected;

        q = aif_rewrite_fragment(&rw, p, &plan->replacements[i]);

        if (q == NULL) {

            /* the fragments in it are seen to one by one */

            rw.rejected = refused + 1;
            k = i + 1;
            continue;
        }

        p = q;
        pos = f->end;
    }

    p = aif_rewrite_to(&rw, p, &pos, plan->len, &edit);

    *rejected = rw.rejected;

    return p - dst;
}


/*
 * The page from *pos to "to", with the edits from *edit on that lie in it, up
 * to those that insert at "to"; those before *pos were in a fragment that was
 * replaced.
 */

static u_char *
aif_rewrite_to(aif_rewrite_t *rw, u_char *dst, size_t *pos, size_t to,
    size_t *edit)
{
    const aif_edit_t  *e;

    for ( /* void */ ; *edit < rw->nedits; (*edit)++) {

        e = &rw->edits[*edit];

        if (e->start > to || (e->start == to && e->end != to)) {
            break;
        }

        if (e->start >= *pos && e->end <= to) {
            dst = aif_rewrite_edit(rw, dst, pos, e);
        }
    }

    dst = aif_rewrite_copy(dst, rw->page + *pos, to - *pos);
    *pos = to;

    return dst;
}


/* A part of a tag, with the edits in it. */

static u_char *
aif_rewrite_span(aif_rewrite_t *rw, u_char *dst, size_t from, size_t to)
{
    size_t             i, lo, hi, mid;
    const aif_edit_t  *e;

    /* the first one that begins in it or later */

    lo = 0;
    hi = rw->nedits;

    while (lo < hi) {

        mid = (lo + hi) / 2;

        if (rw->edits[mid].start < from) {
            lo = mid + 1;

        } else {
            hi = mid;
        }
    }

    for (i = lo; i < rw->nedits && rw->edits[i].start < to; i++) {

        e = &rw->edits[i];

        if (e->start >= from && e->end <= to) {
            dst = aif_rewrite_edit(rw, dst, &from, e);
        }
    }

    return aif_rewrite_copy(dst, rw->page + from, to - from);
}


/* What is left before an edit, and the edit. */

static u_char *
aif_rewrite_edit(aif_rewrite_t *rw, u_char *dst, size_t *pos,
    const aif_edit_t *e)
{
    dst = aif_rewrite_copy(dst, rw->page + *pos, e->start - *pos);
    *pos = e->end;

    return aif_rewrite_copy(dst, e->text.data, e->text.len);
}


static u_char *
aif_rewrite_copy(u_char *dst, const u_char *src, size_t len)
{
    if (len) {
        memcpy(dst, src, len);
    }

    return dst + len;
}


/* Returns the new end, or NULL for a replacement that is none. */

static u_char *
aif_rewrite_fragment(aif_rewrite_t *rw, u_char *dst, const aif_str_t *text)
{
    int                    closing, single;
    u_char                 opened[AIF_SEGMENT_MAX_TAGS];
    unsigned               id, top, seen, parent;
    const u_char          *p, *end;
    aif_rewrite_slot_t    *slot;
    const aif_fragment_t  *f;

    f = rw->fragment;
    p = text->data;
    end = p + text->len;

    if (f->kind == AIF_FRAGMENT_ATTRIBUTE) {
        return aif_rewrite_value(dst, f, text, rw->ascii);
    }

    if (text->len == 0) {
        return NULL;
    }

    if (f->ntags == 0) {
        dst = aif_rewrite_text(dst, &p, end, rw->ascii);

        return p == end ? dst : NULL;
    }

    aif_rewrite_slots(rw);

    top = 0;
    seen = 0;

    for ( ;; ) {

        dst = aif_rewrite_text(dst, &p, end, rw->ascii);

        if (p == end) {
            break;
        }

        p = aif_rewrite_placeholder(p, end, &id, &closing, &single);

        if (p == NULL || id > rw->last) {
            return NULL;
        }

        slot = &rw->slots[id];

        if (closing) {

            if (top == 0 || opened[top - 1] != id) {
                return NULL;
            }

            top--;
            dst = aif_rewrite_tag(rw, dst, slot->close);
            continue;
        }

        parent = top ? opened[top - 1] : 0;

        if (slot->open == NULL || slot->open->single != single
            || slot->parent != parent)
        {
            return NULL;
        }

        dst = aif_rewrite_tag(rw, dst, slot->open);
        slot->open = NULL;
        seen++;

        if (!single) {
            opened[top++] = id;
        }
    }

    return top == 0 && seen == rw->last ? dst : NULL;
}


static u_char *
aif_rewrite_value(u_char *dst, const aif_fragment_t *f, const aif_str_t *text,
    unsigned ascii)
{
    unsigned       stop;
    const u_char  *p, *end;

    p = text->data;
    end = p + text->len;

    if (text->len == 0) {
        return NULL;
    }

    stop = f->quote == AIF_HTML_QUOTE_SINGLE ? AIF_REWRITE_SINGLE
                                             : AIF_REWRITE_DOUBLE;

    if (f->quote == AIF_HTML_QUOTE_BARE) {
        *dst++ = '"';
    }

    for ( ;; ) {

        dst = aif_rewrite_text(dst, &p, end, stop|ascii);

        if (p == end) {
            break;
        }

        if (*p == '"' && stop == AIF_REWRITE_DOUBLE) {
            memcpy(dst, "&quot;", 6);
            dst += 6;

        } else if (*p == '\'' && stop == AIF_REWRITE_SINGLE) {
            memcpy(dst, "&#39;", 5);
            dst += 5;

        } else {
            return NULL;
        }

        p++;
    }

    if (f->quote == AIF_HTML_QUOTE_BARE) {
        *dst++ = '"';
    }

    return dst;
}


/*
 * Copies canonical text up to its end or the first byte that isn't text: "<",
 * ">", a control character, an "&" that begins none of the three references,
 * malformed UTF-8, or a byte of the class "stop".  AIF_REWRITE_ASCII in it:
 * what is beyond ASCII is written as references.
 */

static u_char *
aif_rewrite_text(u_char *dst, const u_char **pos, const u_char *end,
    unsigned stop)
{
    size_t         n;
    uint32_t       cp;
    const u_char  *p, *q, *from;

    p = *pos;
    from = p;
    stop |= AIF_REWRITE_MARKUP|AIF_REWRITE_REF|AIF_REWRITE_HIGH;

    for ( ;; ) {

        while (p < end && !(aif_rewrite_class[*p] & stop)) {
            p++;
        }

        if (p == end) {
            break;
        }

        n = end - p;

        if (*p >= 0x80) {

            if (stop & AIF_REWRITE_ASCII) {

                q = p;
                cp = aif_utf8_decode(&q, end);

                if (cp == AIF_UTF8_BAD) {
                    break;
                }

                memcpy(dst, from, p - from);
                dst += p - from;
                dst += aif_utf8_reference(dst, cp);

                p = q;
                from = q;
                continue;
            }

            /* the commonest are seen to here */

            if (n >= 2 && *p >= 0xc2 && *p < 0xe0 && (p[1] & 0xc0) == 0x80) {
                p += 2;
                continue;
            }

            if (n >= 3 && *p > 0xe0 && *p < 0xed && (p[1] & 0xc0) == 0x80
                && (p[2] & 0xc0) == 0x80)
            {
                p += 3;
                continue;
            }

            q = p;

            if (aif_utf8_decode(&q, end) == AIF_UTF8_BAD) {
                break;
            }

            p = q;
            continue;
        }

        if (*p != '&') {
            break;
        }

        if (n >= 5 && memcmp(p, "&amp;", 5) == 0) {
            p += 5;

        } else if (n >= 4 && (memcmp(p, "&lt;", 4) == 0
                              || memcmp(p, "&gt;", 4) == 0))
        {
            p += 4;

        } else {
            break;
        }
    }

    memcpy(dst, from, p - from);
    *pos = p;

    return dst + (p - from);
}


/* The fragment's placeholders: their tags and parents. */

static void
aif_rewrite_slots(aif_rewrite_t *rw)
{
    size_t                     i;
    uint8_t                    opened[AIF_SEGMENT_MAX_TAGS + 1];
    unsigned                   top;
    aif_rewrite_slot_t        *slot;
    const aif_fragment_tag_t  *tag;

    top = 0;
    opened[0] = 0;
    rw->last = 0;

    for (i = 0; i < rw->fragment->ntags; i++) {

        tag = &rw->fragment->tags[i];
        slot = &rw->slots[tag->id];

        if (tag->closing) {
            slot->close = tag;
            top--;
            continue;
        }

        slot->open = tag;
        slot->parent = opened[top];
        rw->last++;

        if (!tag->single) {
            opened[++top] = tag->id;
        }
    }
}


/* <gN> </gN> <xN/> exactly; NULL for anything else. */

static const u_char *
aif_rewrite_placeholder(const u_char *p, const u_char *end, unsigned *id,
    int *closing, int *single)
{
    unsigned  n;

    if (end - p < 4 || *p++ != '<') {
        return NULL;
    }

    *closing = *p == '/';
    p += *closing;

    *single = *p == 'x';

    if ((*p != 'g' && *p != 'x') || (*closing && *single)) {
        return NULL;
    }

    p++;

    if (p == end || *p < '1' || *p > '9') {
        return NULL;
    }

    n = *p++ - '0';

    if (p < end && *p >= '0' && *p <= '9') {
        n = n * 10 + (*p++ - '0');
    }

    if (*single) {
        if (p == end || *p++ != '/') {
            return NULL;
        }
    }

    if (p == end || *p++ != '>') {
        return NULL;
    }

    *id = n;

    return p;
}


/* A tag of the page, with the replacements of its attributes. */

static u_char *
aif_rewrite_tag(aif_rewrite_t *rw, u_char *dst, const aif_fragment_tag_t *tag)
{
    u_char                *q;
    size_t                 lo, hi, mid;
    uint32_t               pos;
    const aif_fragment_t  *f;

    /* what is inserted before a tag is not in it */

    *dst++ = '<';
    pos = tag->start + 1;

    /* the first one that begins in this tag or later */

    lo = 0;
    hi = rw->nnested;

    while (lo < hi) {

        mid = (lo + hi) / 2;

        if (rw->nested[mid].start < tag->start) {
            lo = mid + 1;

        } else {
            hi = mid;
        }
    }

    for ( /* void */ ; lo < rw->nnested; lo++) {

        f = &rw->nested[lo];

        if (f->start >= tag->end) {
            break;
        }

        if (rw->values[lo].data == NULL) {
            continue;
        }

        dst = aif_rewrite_span(rw, dst, pos, f->start);
        pos = f->start;

        q = aif_rewrite_value(dst, f, &rw->values[lo], rw->ascii);

        if (q == NULL) {
            rw->rejected++;
            continue;
        }

        dst = q;
        pos = f->end;
    }

    return aif_rewrite_span(rw, dst, pos, tag->end);
}


int
aif_rewrite_merge(aif_arena_t *a, aif_edit_t **edits, size_t *nedits,
    aif_edit_t *more, size_t n)
{
    size_t       i, k, m;
    aif_edit_t  *all, *own;

    if (n == 0) {
        return AIF_OK;
    }

    if (*nedits == 0) {
        *edits = more;
        *nedits = n;
        return AIF_OK;
    }

    all = aif_arena_alloc(a, (*nedits + n) * sizeof(aif_edit_t));
    if (all == NULL) {
        return AIF_NOMEM;
    }

    own = *edits;

    for (i = 0, k = 0, m = 0; i < *nedits || k < n; /* void */) {

        if (k == n || (i < *nedits && own[i].start <= more[k].start)) {
            all[m++] = own[i++];
            continue;
        }

        if ((m == 0 || all[m - 1].end <= more[k].start)
            && (i == *nedits || more[k].end <= own[i].start))
        {
            all[m++] = more[k];
        }

        k++;
    }

    *edits = all;
    *nedits = m;

    return AIF_OK;
}
