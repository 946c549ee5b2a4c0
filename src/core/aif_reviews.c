
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reviews: the words of elements that a selector named, in pieces, since names
 * and dates may stand among them; or what JSON-LD and microdata say, read by
 * the files of the facts.  Judges nothing and changes no order.
 */


#include "core/aif_reviews.h"
#include "core/aif_canonical.h"
#include "core/aif_facts_item.h"
#include "core/aif_segment_attr.h"
#include "core/aif_utf8.h"


#define AIF_REVIEWS_PIECES  1024     /* of all elements of a page */


/* What of the page is words of a review. */

typedef struct {
    uint32_t         review;
    uint32_t         start;
    uint32_t         end;
} aif_reviews_piece_t;


struct aif_reviews_s {
    aif_facts_t          *facts;         /* JSON-LD and microdata */
    aif_walk_handler_t    inner;         /* its */
    uint32_t              groups;
    uint32_t              open;          /* depth of the review; 0: none */
    uint32_t              hole;          /* depth of what isn't its words */
    uint32_t              template;      /* depth of what isn't the page's */
    uint32_t              start;         /* of the piece that is open */
    uint32_t              nelements;
    uint32_t              npieces;
    unsigned              more:1;        /* than can be listed */
    aif_reviews_piece_t   pieces[AIF_REVIEWS_PIECES];

    aif_review_t          list[AIF_REVIEWS_MAX];
    size_t                n;
};


static int aif_reviews_wanted(const aif_str_t *key);
static void aif_reviews_start(void *data, const aif_html_token_t *token,
    uint32_t depth, uint32_t groups, unsigned alone);
static int aif_reviews_other(aif_reviews_t *r, const aif_html_token_t *token);
static int aif_reviews_has(aif_reviews_t *r, const aif_html_token_t *token,
    const char *name, int whole);
static void aif_reviews_end(void *data, uint32_t depth, uint32_t at,
    uint32_t after);
static void aif_reviews_raw(void *data, uint32_t start, uint32_t end);
static void aif_reviews_piece(aif_reviews_t *r, uint32_t end);
static void aif_reviews_elements(aif_reviews_t *r);
static void aif_reviews_items(aif_reviews_t *r, aif_facts_items_t *items);
static int aif_reviews_of(const aif_facts_items_t *items, uint32_t i,
    uint32_t product);
static void aif_reviews_add(aif_reviews_t *r, aif_str_t *text,
    uint8_t rating);
static uint8_t aif_reviews_rating(aif_reviews_t *r, aif_facts_items_t *items,
    uint32_t review);
static unsigned aif_reviews_hundredths(const aif_str_t *text, unsigned other);


static const char *const  aif_reviews_keys[] = {
    "name", "reviewBody", "description", "ratingValue", "bestRating",
    "worstRating", NULL
};


aif_reviews_t *
aif_reviews_create(const u_char *page, size_t len, uint32_t groups,
    aif_arena_t *a)
{
    aif_reviews_t  *r;

    r = aif_arena_alloc(a, sizeof(aif_reviews_t));
    if (r == NULL) {
        return NULL;
    }

    memset(r, 0, offsetof(aif_reviews_t, pieces));
    r->n = 0;

    r->facts = aif_facts_create(page, len, 0, a);
    if (r->facts == NULL) {
        return NULL;
    }

    r->facts->max_text = AIF_REVIEWS_MAX_TEXT;
    r->facts->wanted = aif_reviews_wanted;

    r->inner = aif_facts_handler(r->facts);
    r->groups = groups;

    return r;
}


static int
aif_reviews_wanted(const aif_str_t *key)
{
    size_t  i;

    for (i = 0; aif_reviews_keys[i]; i++) {
        if (strlen(aif_reviews_keys[i]) == key->len
            && memcmp(aif_reviews_keys[i], key->data, key->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


aif_walk_handler_t
aif_reviews_handler(aif_reviews_t *reviews)
{
    aif_walk_handler_t  h;

    h.start = aif_reviews_start;
    h.end = aif_reviews_end;
    h.raw = aif_reviews_raw;
    h.data = reviews;

    return h;
}


static void
aif_reviews_start(void *data, const aif_html_token_t *token, uint32_t depth,
    uint32_t groups, unsigned alone)
{
    aif_reviews_t  *r = data;

    r->inner.start(r->facts, token, depth, groups, alone);

    if (alone || r->hole || r->template) {
        return;
    }

    if (token->tag == AIF_TAG_template) {
        r->template = depth;
        return;
    }

    if (r->open == 0) {

        if ((groups & r->groups) == 0) {
            return;
        }

        if (r->nelements == AIF_REVIEWS_MAX) {
            r->more = 1;
            return;
        }

        r->open = depth;
        r->start = token->end;

        return;
    }

    if (aif_reviews_other(r, token)) {
        aif_reviews_piece(r, token->start);
        r->hole = depth;
    }
}


/* Not the customer's words, but who he is, when it was, or a button. */

static int
aif_reviews_other(aif_reviews_t *r, const aif_html_token_t *token)
{
    switch (token->tag) {

    case AIF_TAG_time: case AIF_TAG_address: case AIF_TAG_button:
    case AIF_TAG_form:
        return 1;
    }

    return token->nattrs
           && (aif_reviews_has(r, token, "itemprop", 1)
               || aif_reviews_has(r, token, "rel", 1)
               || aif_reviews_has(r, token, "class", 0));
}


/* "author" among an attribute's words, or in one of them */

static int
aif_reviews_has(aif_reviews_t *r, const aif_html_token_t *token,
    const char *name, int whole)
{
    const u_char           *p, *end;
    const aif_html_attr_t  *attr;

    static const char  author[] = "author";

    attr = aif_segment_attr_find(r->facts->page, token, name, strlen(name));

    if (attr == NULL) {
        return 0;
    }

    p = r->facts->page + attr->value;
    end = r->facts->page + attr->value_end;

    for ( /* void */ ; (size_t) (end - p) >= sizeof(author) - 1; p++) {

        if (!aif_segment_attr_same(p, author, sizeof(author) - 1)) {
            continue;
        }

        if (!whole
            || ((p == r->facts->page + attr->value || p[-1] <= ' ')
                && (p + sizeof(author) - 1 == end
                    || p[sizeof(author) - 1] <= ' ')))
        {
            return 1;
        }
    }

    return 0;
}


static void
aif_reviews_end(void *data, uint32_t depth, uint32_t at, uint32_t after)
{
    aif_reviews_t  *r = data;

    r->inner.end(r->facts, depth, at, after);

    if (r->template && depth == r->template) {
        r->template = 0;
    }

    if (r->hole && depth == r->hole) {
        r->hole = 0;
        r->start = after;
    }

    if (r->open && depth == r->open) {
        aif_reviews_piece(r, at);
        r->open = 0;
        r->nelements++;
    }
}


static void
aif_reviews_raw(void *data, uint32_t start, uint32_t end)
{
    aif_reviews_t  *r = data;

    r->inner.raw(r->facts, start, end);
}


static void
aif_reviews_piece(aif_reviews_t *r, uint32_t end)
{
    aif_reviews_piece_t  *piece;

    if (end <= r->start || r->npieces == AIF_REVIEWS_PIECES) {
        return;
    }

    piece = &r->pieces[r->npieces++];
    piece->review = r->nelements;
    piece->start = r->start;
    piece->end = end;
}


int
aif_reviews_read(aif_reviews_t *r, const aif_review_t **list, size_t *n,
    unsigned *more)
{
    aif_reviews_elements(r);

    if (r->n == 0) {
        aif_reviews_items(r, &r->facts->ld);
    }

    if (r->n == 0) {
        aif_reviews_items(r, &r->facts->data);
    }

    *list = r->list;
    *n = r->n;
    *more = r->more;

    return r->facts->failed ? AIF_NOMEM : AIF_OK;
}


static void
aif_reviews_elements(aif_reviews_t *r)
{
    uint32_t              i;
    aif_buf_t             b;
    aif_str_t             text;
    aif_facts_t          *f;
    aif_reviews_piece_t  *piece;

    f = r->facts;

    for (i = 0; i < r->npieces; /* void */ ) {

        piece = &r->pieces[i];
        aif_buf_init(&b, f->arena, 512);

        for ( /* void */ ;
             i < r->npieces && r->pieces[i].review == piece->review;
             i++)
        {
            if (r->pieces[i].end - r->pieces[i].start
                > AIF_FACTS_MAX_READ - f->bytes)
            {
                continue;
            }

            f->bytes += r->pieces[i].end - r->pieces[i].start;

            if (b.len && b.data[b.len - 1] != ' ') {
                aif_buf_byte(&b, ' ');
            }

            aif_walk_text(&b, f->page, r->pieces[i].start, r->pieces[i].end,
                          &f->html);
        }

        if (b.failed) {
            f->failed = 1;
            return;
        }

        text.data = b.data;
        text.len = b.len;

        aif_reviews_add(r, &text, AIF_REVIEWS_NO_RATING);
    }
}


/* Of the page's product, or without one that they could be of. */

static void
aif_reviews_items(aif_reviews_t *r, aif_facts_items_t *items)
{
    uint32_t   i, product, first;
    aif_str_t  text;

    product = aif_facts_product_main(r->facts, items);
    first = AIF_FACTS_NONE;

    for (i = 0; i < items->nitems; i++) {

        if (!(items->items[i].types & AIF_FACTS_REVIEW)
            || !aif_reviews_of(items, i, product))
        {
            continue;
        }

        /* one product may be described twice, with the same reviews */

        if (first == AIF_FACTS_NONE) {
            first = items->items[i].parent;

        } else if (first != items->items[i].parent
                   && !aif_facts_product_top(items, i, 0))
        {
            continue;
        }

        text = aif_facts_product_get(r->facts, items, i, "reviewBody", NULL);

        if (text.len == 0) {
            text = aif_facts_product_get(r->facts, items, i, "description",
                                         NULL);
        }

        aif_reviews_add(r, &text, aif_reviews_rating(r, items, i));
    }
}


static int
aif_reviews_of(const aif_facts_items_t *items, uint32_t i, uint32_t product)
{
    uint32_t  k, parent;

    parent = items->items[i].parent;

    if (parent != AIF_FACTS_NONE
        && items->items[parent].types & AIF_FACTS_PRODUCT)
    {
        return product != AIF_FACTS_NONE
               && aif_facts_product_top(items, parent, 0);
    }

    if (!aif_facts_product_top(items, i, 0)) {
        return 0;
    }

    if (product != AIF_FACTS_NONE) {
        return 1;
    }

    /* of several products nobody knows which */

    for (k = 0; k < items->nitems; k++) {
        if (items->items[k].types & AIF_FACTS_PRODUCT
            && aif_facts_product_top(items, k, 0))
        {
            return 0;
        }
    }

    return 1;
}


static void
aif_reviews_add(aif_reviews_t *r, aif_str_t *text, uint8_t rating)
{
    aif_review_t  *review;

    while (text->len && text->data[text->len - 1] == ' ') {
        text->len--;
    }

    aif_canonical_cut(text, AIF_REVIEWS_MAX_TEXT);

    if (aif_utf8_letters(text->data, text->len) == 0) {
        return;
    }

    if (r->n == AIF_REVIEWS_MAX) {
        r->more = 1;
        return;
    }

    review = &r->list[r->n++];
    review->text = *text;
    review->rating = rating;
}


/* Of 1 to 5, unless it says something else. */

static uint8_t
aif_reviews_rating(aif_reviews_t *r, aif_facts_items_t *items,
    uint32_t review)
{
    uint32_t   i;
    unsigned   value, best, worst;
    aif_str_t  text;

    for (i = 0; i < items->nitems; i++) {

        if (items->items[i].parent == review
            && items->items[i].key.len == 12
            && memcmp(items->items[i].key.data, "reviewRating", 12) == 0)
        {
            break;
        }
    }

    if (i == items->nitems) {
        return AIF_REVIEWS_NO_RATING;
    }

    text = aif_facts_product_get(r->facts, items, i, "ratingValue", NULL);
    value = aif_reviews_hundredths(&text, 0);

    text = aif_facts_product_get(r->facts, items, i, "bestRating", NULL);
    best = aif_reviews_hundredths(&text, 500);

    text = aif_facts_product_get(r->facts, items, i, "worstRating", NULL);
    worst = aif_reviews_hundredths(&text, 100);

    if (value < worst || value > best || best <= worst) {
        return AIF_REVIEWS_NO_RATING;
    }

    return (value - worst) * 100 / (best - worst);
}


/* "4", "4.5", "4,5"; no number, or one over a million: "other" */

static unsigned
aif_reviews_hundredths(const aif_str_t *text, unsigned other)
{
    size_t    i;
    unsigned  n, digits;

    for (i = 0, n = 0; i < text->len && text->data[i] >= '0'
                       && text->data[i] <= '9'; i++)
    {
        if (n > 100000) {
            return other;
        }

        n = n * 10 + (text->data[i] - '0');
    }

    if (i == 0) {
        return other;
    }

    n *= 100;

    if (i < text->len && (text->data[i] == '.' || text->data[i] == ',')) {

        for (i++, digits = 10; i < text->len && digits
                               && text->data[i] >= '0' && text->data[i] <= '9';
             i++)
        {
            n += digits * (text->data[i] - '0');
            digits /= 10;
        }
    }

    return n;
}
