
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The segmenter: tokens to runs and attribute values.  It decides what may be
 * touched (exclusions, inclusions, translate), where a sentence ends, and
 * which attributes are texts; it never changes the page.  Called by the body
 * filter with every piece of the page that arrives, and by tests.
 *
 * Elements are kept on a stack (aif_segment_stack.c).  Text and inline tags
 * are collected in a run; a boundary (a block's tag, or text that must not be
 * touched) makes fragments of it (aif_segment_run.c).
 *
 * An element that must not be touched, but may stand in a sentence, is one
 * opaque item of the run.  Whether it really is one is known at its end: a
 * block in it, a part that is to be translated again, or no end tag make it a
 * boundary after all.
 */


#include "core/aif_segment.h"
#include "core/aif_segment_attr.h"
#include "core/aif_segment_run.h"
#include "core/aif_segment_stack.h"
#include "core/aif_segment_text.h"


struct aif_segment_s {
    const u_char         *page;
    aif_fragment_t       *fragments;
    size_t                nfragments;

    uint32_t              opaque;        /* element's depth; 0: none */
    uint32_t              opaque_item;
    uint32_t              title;         /* where the text of <title> begins */
    uint32_t              title_end;     /* and ends; 0: not in one */
    uint32_t              head;          /* 1 + where it ends */

    aif_segment_script_t *scripts;
    size_t                nscripts;
    size_t                scripts_size;
    unsigned              script;        /* the last of them is open */

    aif_arena_t          *arena;
    aif_segment_watch_pt  watch;
    void                 *watch_data;
    uint64_t              watched[AIF_TAG_COUNT / 64 + 1];

    aif_segment_attr_t    attr;
    aif_segment_stack_t   stack;
    aif_segment_run_t     run;
    aif_html_t            html;
};


static void aif_segment_text(aif_segment_t *s, const aif_html_token_t *token);
static void aif_segment_script(aif_segment_t *s,
    const aif_html_token_t *token, unsigned state);
static void aif_segment_tell(aif_segment_t *s,
    const aif_html_token_t *token);
static void aif_segment_comment(aif_segment_t *s,
    const aif_html_token_t *token);
static void aif_segment_start(aif_segment_t *s,
    const aif_html_token_t *token);
static void aif_segment_start_inline(aif_segment_t *s,
    const aif_html_token_t *token, unsigned state, int alone, int fixed);
static void aif_segment_start_foreign(aif_segment_t *s,
    const aif_html_token_t *token);
static void aif_segment_end(aif_segment_t *s, const aif_html_token_t *token);
static uint32_t aif_segment_end_foreign(aif_segment_t *s,
    const aif_html_token_t *token);
static int aif_segment_is_foreign(aif_segment_t *s,
    const aif_html_token_t *token);
static void aif_segment_foreign(aif_segment_t *s);
static int aif_segment_leave_foreign(aif_segment_t *s);
static void aif_segment_settle(aif_segment_t *s);
static void aif_segment_demote(aif_segment_t *s);
static void aif_segment_boundary(aif_segment_t *s);


aif_segment_t *
aif_segment_create(const aif_segment_conf_t *conf, aif_arena_t *a)
{
    aif_segment_t  *s;

    s = aif_arena_alloc(a, sizeof(aif_segment_t));
    if (s == NULL) {
        return NULL;
    }

    memset(s, 0, offsetof(aif_segment_t, attr));
    s->arena = a;

    aif_segment_stack_init(&s->stack,
                           conf->ninclude ? AIF_SEGMENT_E_OUT : 0);
    aif_segment_run_init(&s->run, a);
    aif_html_init(&s->html, 0);

    if (aif_segment_attr_init(&s->attr, conf, &s->run, a) != AIF_OK) {
        return NULL;
    }

    return s;
}


int
aif_segment_feed(aif_segment_t *s, const u_char *page, size_t len, int last)
{
    int               rc;
    aif_html_token_t  token;

    s->page = page;
    s->run.page = page;
    s->run.limit = page + len;

    for ( ;; ) {

        if (s->run.rc != AIF_OK) {
            return s->run.rc;
        }

        rc = aif_html_next(&s->html, page, len, last, &token);

        if (rc != AIF_OK) {
            break;
        }

        switch (token.type) {

        case AIF_HTML_TEXT:
            aif_segment_text(s, &token);
            break;

        case AIF_HTML_START:

            if (token.tag == AIF_TAG_body && s->head == 0) {
                s->head = token.start + 1;
            }

            aif_segment_start(s, &token);

            if (s->watch) {
                aif_segment_tell(s, &token);
            }

            break;

        case AIF_HTML_END:

            if (token.tag == AIF_TAG_head && s->head == 0) {
                s->head = token.start + 1;
            }

            if (s->watch) {
                aif_segment_tell(s, &token);
            }

            aif_segment_end(s, &token);
            break;

        case AIF_HTML_COMMENT:
            aif_segment_comment(s, &token);
            break;

        default:
            aif_segment_boundary(s);
            break;
        }

        if (s->run.nitems >= AIF_SEGMENT_RUN_ITEMS) {
            aif_segment_boundary(s);
        }
    }

    if (rc != AIF_DONE || s->fragments) {
        return rc;
    }

    if (s->opaque) {
        aif_segment_demote(s);
    }

    aif_segment_boundary(s);

    if (s->run.rc == AIF_OK) {
        s->fragments = aif_segment_run_finish(&s->run, &s->nfragments);
    }

    return s->run.rc == AIF_OK ? AIF_DONE : s->run.rc;
}


aif_fragment_t *
aif_segment_fragments(aif_segment_t *s, size_t *n)
{
    *n = s->nfragments;

    return s->fragments;
}


size_t
aif_segment_letters(const aif_segment_t *s)
{
    return s->run.letters;
}


aif_str_t
aif_segment_charset(const aif_segment_t *s)
{
    aif_str_t  charset;

    charset.data = (u_char *) s->attr.charset;
    charset.len = s->attr.charset_len;

    return charset;
}


uint32_t
aif_segment_head(const aif_segment_t *s)
{
    return s->head - 1;
}


const aif_segment_script_t *
aif_segment_scripts(const aif_segment_t *s, size_t *n)
{
    /* one without an end tag was never a script */

    *n = s->nscripts - s->script;

    return s->scripts;
}


void
aif_segment_watch(aif_segment_t *s, const uint16_t *tags, size_t n,
    aif_segment_watch_pt handler, void *data)
{
    s->watch = handler;
    s->watch_data = data;

    while (n--) {
        s->watched[tags[n] / 64] |= (uint64_t) 1 << tags[n] % 64;
    }
}


static void
aif_segment_tell(aif_segment_t *s, const aif_html_token_t *token)
{
    if (!token->foreign
        && s->watched[token->tag / 64] >> token->tag % 64 & 1)
    {
        s->watch(s->watch_data, s->page, token,
                 s->stack.elements[s->stack.depth].state
                 & AIF_SEGMENT_E_HIDDEN);
    }
}


static void
aif_segment_text(aif_segment_t *s, const aif_html_token_t *token)
{
    unsigned  state;
    uint32_t  letters;

    if (token->text == AIF_HTML_RCDATA) {
        s->title_end = token->end;
        return;
    }

    if (token->text != AIF_HTML_DATA || token->foreign) {
        aif_segment_foreign(s);
        return;
    }

    if (s->stack.elements[s->stack.depth].state & AIF_SEGMENT_E_FOREIGN) {
        (void) aif_segment_leave_foreign(s);
    }

    state = s->stack.elements[s->stack.depth].state;

    if (s->opaque) {

        /* what has letters is a word of the sentence, else it is an icon */

        if (!(state & AIF_SEGMENT_E_FOREIGN)
            && !s->run.items[s->opaque_item].letters)
        {
            (void) aif_segment_text_scan(s->page + token->start,
                                         s->page + token->end, s->run.limit,
                                         0, &letters);

            s->run.items[s->opaque_item].letters = letters != 0;
            s->run.words += letters != 0;
        }

        return;
    }

    if ((state & AIF_SEGMENT_E_HIDDEN) || s->stack.overflow) {
        aif_segment_boundary(s);
        return;
    }

    aif_segment_run_text(&s->run, token->start, token->end);
}


static void
aif_segment_comment(aif_segment_t *s, const aif_html_token_t *token)
{
    /* a run never begins with an icon, so it need not be kept */

    if (s->run.nitems == 0 || s->opaque) {
        return;
    }

    (void) aif_segment_run_add(&s->run, AIF_SEGMENT_ITEM_SINGLE, token->start,
                               token->end);
}


static void
aif_segment_start(aif_segment_t *s, const aif_html_token_t *token)
{
    int                     opens, alone, fixed;
    unsigned                class, state;
    aif_segment_stack_t    *stack;
    aif_segment_element_t  *e;

    stack = &s->stack;
    class = aif_segment_stack_class[token->tag];

    if (token->foreign) {
        aif_segment_start_foreign(s, token);
        return;
    }

    alone = (class & (AIF_SEGMENT_VOID|AIF_SEGMENT_RAW))
            || (token->self_closing && (token->tag == AIF_TAG_svg
                                        || token->tag == AIF_TAG_math));

    if (stack->overflow) {
        stack->overflow += !alone;
        return;
    }

    fixed = stack->elements[stack->depth].state & AIF_SEGMENT_E_FOREIGN
            && aif_segment_leave_foreign(s);

    opens = aif_segment_stack_start(stack, token->tag);
    aif_segment_settle(s);

    state = stack->elements[stack->depth].state;

    /* nothing changes in what is not touched for good */

    if (!(state & AIF_SEGMENT_E_HARD)) {
        state = aif_segment_attr_state(&s->attr, s->page, token,
                                       stack->depth + 1, state);

        if (class & AIF_SEGMENT_HARD) {
            state |= AIF_SEGMENT_E_HARD;
        }
    }

    if (!(state & AIF_SEGMENT_E_HIDDEN) && !(class & AIF_SEGMENT_MUTE)) {
        aif_segment_attr_values(&s->attr, s->page, token);
    }

    if (class & AIF_SEGMENT_INLINE) {
        aif_segment_start_inline(s, token, state, alone, fixed);
        return;
    }

    if (s->opaque && !(state & AIF_SEGMENT_E_FOREIGN)) {
        aif_segment_demote(s);
    }

    aif_segment_boundary(s);

    if (token->tag == AIF_TAG_script) {
        aif_segment_script(s, token, stack->elements[stack->depth].state);
        return;
    }

    if (token->tag == AIF_TAG_meta) {
        aif_segment_attr_meta(&s->attr, s->page, token,
                              state & AIF_SEGMENT_E_HIDDEN);
        return;
    }

    if (token->tag == AIF_TAG_title && !(state & AIF_SEGMENT_E_HIDDEN)) {
        s->title = token->end;
        s->title_end = token->end;
        return;
    }

    if (alone || !opens) {
        return;
    }

    e = aif_segment_stack_push(stack, token);
    if (e == NULL) {
        return;
    }

    e->state = state;

    /* the text of an <option> without a value is what the form sends */

    if (token->tag == AIF_TAG_option
        && aif_segment_attr_find(s->page, token, "value", 5) == NULL)
    {
        e->state |= AIF_SEGMENT_E_HARD;
    }
}


static void
aif_segment_script(aif_segment_t *s, const aif_html_token_t *token,
    unsigned state)
{
    size_t                 size;
    aif_segment_script_t  *scripts;

    if (s->nscripts == AIF_SEGMENT_MAX_SCRIPTS) {
        return;
    }

    if (s->nscripts == s->scripts_size) {

        size = s->scripts_size ? s->scripts_size * 2 : 64;

        scripts = aif_arena_alloc(s->arena, size * sizeof(*scripts));
        if (scripts == NULL) {
            s->run.rc = AIF_NOMEM;
            return;
        }

        if (s->nscripts) {
            memcpy(scripts, s->scripts, s->nscripts * sizeof(*scripts));
        }

        s->scripts = scripts;
        s->scripts_size = size;
    }

    scripts = &s->scripts[s->nscripts++];
    scripts->tag = token->start;
    scripts->start = token->end;
    scripts->end = token->end;
    scripts->hidden = state & AIF_SEGMENT_E_HIDDEN;

    s->script = 1;
}


/*
 * "alone": there is no end tag to come; "fixed": the tag itself ended an svg
 * or math, so nothing may ever be put before it.
 */

static void
aif_segment_start_inline(aif_segment_t *s, const aif_html_token_t *token,
    unsigned state, int alone, int fixed)
{
    unsigned                parent;
    aif_segment_item_e      type;
    aif_segment_element_t  *e;

    parent = s->stack.elements[s->stack.depth].state;

    if (s->opaque && !(state & AIF_SEGMENT_E_HIDDEN)) {
        aif_segment_demote(s);
    }

    if (alone) {

        if (s->opaque) {
            return;
        }

        if ((parent & AIF_SEGMENT_E_HIDDEN) || fixed) {
            aif_segment_boundary(s);
            return;
        }

        if (s->run.nitems) {
            type = token->tag == AIF_TAG_br ? AIF_SEGMENT_ITEM_BREAK
                                            : AIF_SEGMENT_ITEM_SINGLE;

            (void) aif_segment_run_add(&s->run, type, token->start,
                                       token->end);
        }

        return;
    }

    e = aif_segment_stack_push(&s->stack, token);

    if (e == NULL) {

        if (s->opaque) {
            aif_segment_demote(s);
        }

        aif_segment_boundary(s);
        return;
    }

    if (token->tag == AIF_TAG_svg || token->tag == AIF_TAG_math) {
        state |= AIF_SEGMENT_E_FOREIGN;
    }

    e->state = state;

    if (s->opaque) {
        return;
    }

    if (fixed
        || ((state & AIF_SEGMENT_E_HIDDEN) && (parent & AIF_SEGMENT_E_HIDDEN)))
    {
        aif_segment_boundary(s);
        return;
    }

    if (!(state & AIF_SEGMENT_E_HIDDEN)) {
        e->run = s->run.number;
        e->item = aif_segment_run_add(&s->run, AIF_SEGMENT_ITEM_OPEN,
                                      token->start, token->end);
        return;
    }

    s->opaque = s->stack.depth;
    s->opaque_item = aif_segment_run_add(&s->run, AIF_SEGMENT_ITEM_SINGLE,
                                         token->start, token->end);
}


/* Of what is inside svg or math only what HTML can stand in is tracked. */

static void
aif_segment_start_foreign(aif_segment_t *s, const aif_html_token_t *token)
{
    unsigned                state;
    aif_segment_element_t  *e;

    aif_segment_foreign(s);

    if (token->self_closing || s->stack.overflow
        || s->stack.depth == AIF_SEGMENT_MAX_DEPTH
        || !aif_segment_is_foreign(s, token))
    {
        return;
    }

    state = s->stack.elements[s->stack.depth].state;
    e = aif_segment_stack_push(&s->stack, token);

    e->state = state | AIF_SEGMENT_E_HARD | AIF_SEGMENT_E_FOREIGN;

    if (token->tag != AIF_TAG_svg && token->tag != AIF_TAG_math) {
        e->class = AIF_SEGMENT_SPECIAL | AIF_SEGMENT_SCOPE;
    }
}


static void
aif_segment_end(aif_segment_t *s, const aif_html_token_t *token)
{
    uint32_t                i;
    unsigned                class;
    aif_segment_stack_t    *stack;
    aif_segment_element_t  *e;

    stack = &s->stack;
    class = aif_segment_stack_class[token->tag];

    if (class & (AIF_SEGMENT_VOID|AIF_SEGMENT_RAW)) {

        if (s->title && token->tag == AIF_TAG_title) {
            aif_segment_run_value(&s->run, s->title, s->title_end,
                                  AIF_FRAGMENT_RCDATA, AIF_HTML_QUOTE_NONE);
            s->title = 0;
            return;
        }

        if (!token->foreign) {

            if (s->script && token->tag == AIF_TAG_script) {
                s->scripts[s->nscripts - 1].end = token->start;
                s->script = 0;
            }

            aif_segment_boundary(s);
            return;
        }
    }

    if (stack->overflow) {
        stack->overflow -= !token->foreign;
        return;
    }

    i = 0;

    if (token->foreign) {
        aif_segment_foreign(s);
    }

    if (stack->elements[stack->depth].state & AIF_SEGMENT_E_FOREIGN) {

        i = aif_segment_end_foreign(s, token);

        if (i == 0 && token->foreign) {
            return;
        }
    }

    if (i == 0) {
        i = aif_segment_stack_find(stack, s->page, token);
    }

    if (i == 0) {
        aif_segment_boundary(s);
        return;
    }

    if (s->opaque) {

        if (i == s->opaque) {
            s->run.items[s->opaque_item].end = token->end;
            s->opaque = 0;
            aif_segment_stack_pop(stack, i - 1);
            return;
        }

        if (i > s->opaque) {
            aif_segment_stack_end(stack, i);
            return;
        }

        aif_segment_demote(s);
    }

    e = &stack->elements[i];

    if (e->run == s->run.number) {
        aif_segment_run_close(&s->run, e->item, token->start, token->end);

    } else {
        aif_segment_boundary(s);
    }

    aif_segment_stack_end(stack, i);
}


/* The element inside svg or math that an end tag ends, 0 if it isn't one. */

static uint32_t
aif_segment_end_foreign(aif_segment_t *s, const aif_html_token_t *token)
{
    uint32_t                      i;
    const aif_segment_element_t  *e;

    if (!aif_segment_is_foreign(s, token)) {

        if (!token->foreign) {
            (void) aif_segment_leave_foreign(s);
        }

        return 0;
    }

    for (i = s->stack.depth; i; i--) {

        e = &s->stack.elements[i];

        if (!(e->state & AIF_SEGMENT_E_FOREIGN)) {
            break;
        }

        if (e->tag == token->tag
            && e->name_len == token->name_end - token->name
            && (e->tag != AIF_TAG_UNKNOWN
                || ((s->page[e->name] ^ s->page[token->name]) & 0x1f) == 0))
        {
            return i;
        }
    }

    return 0;
}


/* svg, math, or an element that HTML can stand in. */

static int
aif_segment_is_foreign(aif_segment_t *s, const aif_html_token_t *token)
{
    size_t         len;
    const u_char  *name;

    if (token->tag == AIF_TAG_svg || token->tag == AIF_TAG_math
        || token->tag == AIF_TAG_title)
    {
        return 1;
    }

    if (token->tag != AIF_TAG_UNKNOWN) {
        return 0;
    }

    name = s->page + token->name;
    len = token->name_end - token->name;

    switch (len) {

    case 2:
        return (name[0] | 0x20) == 'm'
               && memchr("iIoOnNsS", name[1], 8) != NULL;

    case 4:
        return aif_segment_attr_same(name, "desc", len);

    case 5:
        return aif_segment_attr_same(name, "mtext", len);

    case 13:
        return aif_segment_attr_same(name, "foreignobject", len);

    case 14:
        return aif_segment_attr_same(name, "annotation-xml", len);
    }

    return 0;
}


/*
 * What isn't looked at lies in an opaque element; if the stack, which has an
 * end, doesn't know of that, it is a boundary: a fragment covers its items and
 * nothing else.
 */

static void
aif_segment_foreign(aif_segment_t *s)
{
    if (!(s->stack.elements[s->stack.depth].state & AIF_SEGMENT_E_FOREIGN)) {
        aif_segment_boundary(s);
    }
}


/* HTML where svg or math was open: a tag has closed them, if any were. */

static int
aif_segment_leave_foreign(aif_segment_t *s)
{
    int       left;
    unsigned  tag;

    for (left = 0; /* void */ ; left = 1) {

        tag = s->stack.elements[s->stack.depth].tag;

        if (tag != AIF_TAG_svg && tag != AIF_TAG_math) {
            break;
        }

        aif_segment_stack_pop(&s->stack, s->stack.depth - 1);
    }

    aif_segment_settle(s);

    return left;
}


/* An opaque element that ended without its end tag is none. */

static void
aif_segment_settle(aif_segment_t *s)
{
    if (s->stack.depth < s->opaque) {
        aif_segment_demote(s);
    }
}


static void
aif_segment_demote(aif_segment_t *s)
{
    s->opaque = 0;
    aif_segment_run_cut(&s->run, s->opaque_item);

    aif_segment_boundary(s);
}


static void
aif_segment_boundary(aif_segment_t *s)
{
    if (s->run.nitems && s->opaque == 0) {
        aif_segment_run_flush(&s->run);
    }
}
