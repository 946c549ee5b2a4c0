
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The walk: the tokenizer and the stack of open elements, as the segmenter has
 * them, but of a page that is whole, and without a look at sentences.  It
 * changes nothing and keeps nothing.  aif_facts.c and aif_slot.c are told of
 * elements by it.
 */


#include "core/aif_walk.h"
#include "core/aif_escape.h"
#include "core/aif_html_entity.h"
#include "core/aif_segment_stack.h"
#include "core/aif_utf8.h"


typedef struct {
    const u_char              *page;
    size_t                     len;
    aif_selector_set_t        *set;
    const aif_walk_handler_t  *handlers;
    size_t                     n;
    uint32_t                   depth;        /* told to be open */
    uint32_t                   raw;          /* where its content begins, */
    uint32_t                   raw_start;    /* and its tag */
    uint16_t                   raw_tag;      /* open, or 0 */
    u_char                     ended[AIF_SEGMENT_MAX_DEPTH + 1];
    aif_segment_stack_t        stack;
    aif_html_t                 html;
} aif_walk_t;


/* ASCII that is written as it is */

#define aif_walk_plain(ch)                                                    \
    ((u_char) ((ch) - 0x21) < 0x7f - 0x21                                     \
     && (ch) != '&' && (ch) != '<' && (ch) != '>')


typedef struct {
    aif_buf_t                 *b;
    size_t                     first;        /* where this text begins */
    unsigned                   blank;        /* owed before the next byte */
} aif_walk_text_t;


static void aif_walk_start(aif_walk_t *w, const aif_html_token_t *token);
static void aif_walk_end(aif_walk_t *w, const aif_html_token_t *token);
static void aif_walk_raw(aif_walk_t *w, const aif_html_token_t *token);
static void aif_walk_close(aif_walk_t *w, uint32_t at);
static void aif_walk_told(aif_walk_t *w, uint32_t depth, uint32_t at,
    uint32_t after);
static void aif_walk_tell(aif_walk_t *w, const aif_html_token_t *token,
    uint32_t depth, unsigned alone);
static void aif_walk_append(aif_walk_text_t *t, const u_char *p,
    const u_char *end);
static void aif_walk_char(aif_walk_text_t *t, const u_char *p, size_t len);
static int aif_walk_control(uint32_t cp);


int
aif_walk(const u_char *page, size_t len, aif_selector_set_t *set,
    const aif_walk_handler_t *handlers, size_t n, aif_arena_t *a)
{
    aif_walk_t        *w;
    aif_html_token_t   token;

    w = aif_arena_alloc(a, sizeof(aif_walk_t));
    if (w == NULL) {
        return AIF_NOMEM;
    }

    w->page = page;
    w->len = len;
    w->set = set;
    w->handlers = handlers;
    w->n = n;
    w->depth = 0;
    w->raw = 0;
    w->raw_start = 0;
    w->raw_tag = 0;

    aif_segment_stack_init(&w->stack, 0);
    aif_html_init(&w->html, 0);

    while (aif_html_next(&w->html, page, len, 1, &token) == AIF_OK) {

        if (token.foreign) {
            continue;
        }

        if (token.type == AIF_HTML_START) {
            aif_walk_start(w, &token);

        } else if (token.type == AIF_HTML_END) {
            aif_walk_end(w, &token);
        }
    }

    /* behind a tag, comment or script that has no end nothing can be put */

    aif_segment_stack_pop(&w->stack, 0);
    aif_walk_close(w, w->raw_tag ? w->raw_start : aif_html_pos(&w->html));

    return AIF_OK;
}


static void
aif_walk_start(aif_walk_t *w, const aif_html_token_t *token)
{
    int       opens;
    unsigned  class;

    class = aif_segment_stack_class[token->tag];

    /* what is in them is not told of, and where they end is hard to say */

    if (token->tag == AIF_TAG_svg || token->tag == AIF_TAG_math) {
        return;
    }

    if (w->stack.overflow) {
        w->stack.overflow += !(class & (AIF_SEGMENT_VOID|AIF_SEGMENT_RAW));
        return;
    }

    opens = aif_segment_stack_start(&w->stack, token->tag);
    aif_walk_close(w, token->start);

    if (class & AIF_SEGMENT_RAW) {
        w->raw = token->end;
        w->raw_start = token->start;
        w->raw_tag = token->tag;
        aif_walk_tell(w, token, w->stack.depth + 1, 0);
        return;
    }

    if ((class & AIF_SEGMENT_VOID) || !opens) {
        aif_walk_tell(w, token, w->stack.depth + 1, 1);
        return;
    }

    if (aif_segment_stack_push(&w->stack, token) == NULL) {
        return;
    }

    w->depth = w->stack.depth;
    w->ended[w->depth] = 0;

    aif_walk_tell(w, token, w->depth, 0);
}


static void
aif_walk_end(aif_walk_t *w, const aif_html_token_t *token)
{
    uint32_t  i;

    if (aif_segment_stack_class[token->tag] & AIF_SEGMENT_RAW) {
        aif_walk_raw(w, token);
        return;
    }

    if (token->tag == AIF_TAG_svg || token->tag == AIF_TAG_math) {
        return;
    }

    if (w->stack.overflow) {
        w->stack.overflow--;
        return;
    }

    i = aif_segment_stack_find(&w->stack, w->page, token);

    if (i == 0) {
        return;
    }

    aif_segment_stack_end(&w->stack, i);

    /* those in it end first, but for those that it ends around */

    while (w->depth > i && w->depth > w->stack.depth) {
        aif_walk_told(w, w->depth--, token->start, token->start);
    }

    aif_walk_told(w, i, token->start, token->end);
    aif_walk_close(w, token->start);
}


static void
aif_walk_raw(aif_walk_t *w, const aif_html_token_t *token)
{
    size_t  i;

    if (w->raw_tag != token->tag) {
        return;
    }

    for (i = 0; i < w->n; i++) {

        if (w->handlers[i].end) {
            w->handlers[i].end(w->handlers[i].data, w->stack.depth + 1,
                               token->start, token->end);
        }

        if (w->handlers[i].raw && token->tag == AIF_TAG_script) {
            w->handlers[i].raw(w->handlers[i].data, w->raw, token->start);
        }
    }

    w->raw_tag = 0;
}


/* What the stack has no more ends here, from the inside out. */

static void
aif_walk_close(aif_walk_t *w, uint32_t at)
{
    for ( /* void */ ; w->depth > w->stack.depth; w->depth--) {
        aif_walk_told(w, w->depth, at, at);
    }
}


static void
aif_walk_told(aif_walk_t *w, uint32_t depth, uint32_t at, uint32_t after)
{
    size_t  i;

    if (w->ended[depth]) {
        return;
    }

    w->ended[depth] = 1;

    for (i = 0; i < w->n; i++) {
        if (w->handlers[i].end) {
            w->handlers[i].end(w->handlers[i].data, depth, at, after);
        }
    }
}


static void
aif_walk_tell(aif_walk_t *w, const aif_html_token_t *token, uint32_t depth,
    unsigned alone)
{
    size_t    i;
    uint32_t  groups;

    if (depth > AIF_WALK_MAX_DEPTH) {
        return;
    }

    groups = w->set ? aif_selector_set_match(w->set, depth, w->page, token)
                    : 0;

    for (i = 0; i < w->n; i++) {
        w->handlers[i].start(w->handlers[i].data, token, depth, groups, alone);
    }
}


void
aif_walk_text(aif_buf_t *b, const u_char *page, size_t start, size_t end,
    aif_html_t *html)
{
    uint16_t          tag;
    unsigned          skip;
    aif_walk_text_t   t;
    aif_html_token_t  token;

    t.b = b;
    t.first = b->len;
    t.blank = 0;
    skip = 0;

    page += start;

    aif_html_init(html, 0);

    while (aif_html_next(html, page, end - start, 1, &token) == AIF_OK) {

        tag = token.tag;

        if (token.foreign) {
            continue;
        }

        if (token.type == AIF_HTML_TEXT) {

            if (token.text == AIF_HTML_DATA && !skip) {
                aif_walk_append(&t, page + token.name, page + token.name_end);
            }

            continue;
        }

        if (token.type != AIF_HTML_START && token.type != AIF_HTML_END) {
            continue;
        }

        if (!(aif_segment_stack_class[tag] & AIF_SEGMENT_INLINE)
            || tag == AIF_TAG_br)
        {
            t.blank = 1;
        }

        if (tag == AIF_TAG_template || tag == AIF_TAG_select) {
            skip = token.type == AIF_HTML_START ? skip + 1
                                                : skip - (skip != 0);
        }
    }
}


static void
aif_walk_append(aif_walk_text_t *t, const u_char *p, const u_char *end)
{
    size_t         n, len;
    u_char         out[8];
    const u_char  *q;

    while (p < end) {

        /* the commonest: words with one blank between them */

        for (q = p;
             q < end && (aif_walk_plain(*q)
                         || (*q == ' ' && q > p && q + 1 < end
                             && aif_walk_plain(q[1])));
             q++) { /* void */ }

        if (q > p) {
            aif_walk_char(t, p, q - p);
            p = q;
            continue;
        }

        if (*p == '&' && (n = aif_html_entity(p, end, 0, out, &len)) != 0) {

            q = out;

            if (!aif_walk_control(aif_utf8_decode(&q, out + len))) {
                aif_walk_char(t, out, len);
            }

            p += n;
            continue;
        }

        q = p;

        if (!aif_walk_control(aif_utf8_decode(&q, end))) {
            aif_walk_char(t, p, q - p);
        }

        p = q;
    }
}


/* One character, the two of a reference, or plain ones with blanks inside. */

static void
aif_walk_char(aif_walk_text_t *t, const u_char *p, size_t len)
{
    /* a no-break space is one of layout here */

    if ((len == 1 && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        || (len == 2 && p[0] == 0xc2 && p[1] == 0xa0))
    {
        t->blank = 1;
        return;
    }

    if (t->blank && t->b->len > t->first) {
        aif_buf_byte(t->b, ' ');
    }

    t->blank = 0;

    aif_escape_append(t->b, p, len);
}


/* Controls but white space, bidi marks and overrides, malformed bytes. */

static int
aif_walk_control(uint32_t cp)
{
    return cp == AIF_UTF8_BAD
           || (cp < 0x20 && !(cp >= '\t' && cp <= '\r'))
           || (cp >= 0x7f && cp < 0xa0)
           || cp == 0x200b || cp == 0x200e || cp == 0x200f
           || (cp >= 0x2028 && cp <= 0x202e)
           || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xad || cp == 0xfeff
           || (cp >= 0xfff9 && cp <= 0xfffd);
}
