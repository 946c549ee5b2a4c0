
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Open elements: which of them a tag ends.  It follows the tree builder where
 * an element's extent depends on it: scopes, optional end tags, void elements,
 * a formatting element or form that ends inside another element.  It doesn't
 * build implied elements (tbody), doesn't move what stands wrongly in a table,
 * and doesn't reopen formatting elements.  Called by the segmenter.
 */


#include "core/aif_segment_stack.h"


#define AIF_SEGMENT_STACK_DEAD  AIF_TAG_COUNT    /* ended before its children */


#define IN     AIF_SEGMENT_INLINE
#define VO     AIF_SEGMENT_VOID
#define RAW    AIF_SEGMENT_RAW
#define HARD   AIF_SEGMENT_HARD
#define MUTE   AIF_SEGMENT_MUTE
#define SP     AIF_SEGMENT_SPECIAL
#define SCOPE  (AIF_SEGMENT_SPECIAL|AIF_SEGMENT_SCOPE)
#define TABLE  (AIF_SEGMENT_SPECIAL|AIF_SEGMENT_SCOPE|AIF_SEGMENT_TABLE)
#define LIST   (AIF_SEGMENT_SPECIAL|AIF_SEGMENT_LIST|AIF_SEGMENT_CLOSE_P)
#define FMT    (AIF_SEGMENT_INLINE|AIF_SEGMENT_FORMAT)
#define BLOCK  (AIF_SEGMENT_SPECIAL|AIF_SEGMENT_CLOSE_P)
#define IMP    AIF_SEGMENT_IMPLY
#define PART   (AIF_SEGMENT_SPECIAL|AIF_SEGMENT_IMPLY|AIF_SEGMENT_PART)
#define HEAD   AIF_SEGMENT_HEAD

#define T(name, bits)  [AIF_TAG_##name] = (bits)

const uint16_t  aif_segment_stack_class[AIF_TAG_COUNT] = {

    /* sentences */

    T(a, FMT), T(abbr, IN), T(acronym, IN), T(b, FMT), T(bdi, IN), T(bdo, IN),
    T(big, FMT), T(br, IN|VO|SP), T(cite, IN), T(data, IN), T(del, IN),
    T(dfn, IN), T(em, FMT), T(font, FMT), T(i, FMT), T(image, IN|VO),
    T(img, IN|VO|SP), T(ins, IN), T(mark, IN), T(nobr, FMT), T(q, IN),
    T(rb, IN|IMP), T(rp, IN|IMP), T(rt, IN|IMP), T(rtc, IN|IMP), T(ruby, IN),
    T(s, FMT), T(small, FMT), T(span, IN), T(strike, FMT), T(strong, FMT),
    T(sub, IN), T(sup, IN), T(time, IN), T(tt, FMT), T(u, FMT),
    T(wbr, IN|VO|SP),

    T(code, FMT|HARD), T(kbd, IN|HARD), T(samp, IN|HARD), T(var, IN|HARD),
    T(svg, IN|HARD), T(math, IN|HARD),

    /* blocks */

    T(address, BLOCK), T(article, BLOCK), T(aside, BLOCK),
    T(blockquote, BLOCK), T(center, BLOCK), T(details, BLOCK),
    T(dialog, BLOCK), T(dir, BLOCK), T(div, BLOCK), T(dl, BLOCK),
    T(fieldset, BLOCK), T(figcaption, BLOCK), T(figure, BLOCK),
    T(footer, BLOCK), T(header, BLOCK), T(hgroup, BLOCK), T(hr, BLOCK|VO),
    T(main, BLOCK), T(menu, BLOCK), T(nav, BLOCK), T(p, BLOCK),
    T(search, BLOCK), T(section, BLOCK), T(summary, BLOCK),
    T(h1, BLOCK|IMP), T(h2, BLOCK|IMP), T(h3, BLOCK|IMP), T(h4, BLOCK|IMP),
    T(h5, BLOCK|IMP), T(h6, BLOCK|IMP),
    T(pre, BLOCK|HARD), T(listing, BLOCK|HARD),
    T(ol, LIST), T(ul, LIST), T(li, BLOCK|IMP), T(dd, BLOCK|IMP),
    T(dt, BLOCK|IMP), T(form, BLOCK|IMP),

    T(html, TABLE|IMP), T(head, SP), T(body, SP|IMP), T(template, TABLE|HEAD),
    T(table, TABLE|AIF_SEGMENT_CLOSE_P), T(caption, PART|SCOPE),
    T(col, PART|VO), T(colgroup, PART), T(tbody, PART), T(thead, PART),
    T(tfoot, PART), T(tr, PART), T(td, PART|SCOPE), T(th, PART|SCOPE),

    T(applet, SCOPE), T(marquee, SCOPE), T(object, SCOPE), T(select, SP),
    T(button, SP|AIF_SEGMENT_BUTTON|IMP), T(option, IMP), T(optgroup, IMP),
    T(frameset, SP),

    T(area, VO|SP), T(embed, VO|SP), T(frame, VO|SP), T(input, VO|SP),
    T(keygen, VO|SP), T(param, VO|SP|MUTE), T(source, VO|SP|MUTE),
    T(track, VO|SP),

    T(base, VO|SP|MUTE|HEAD), T(basefont, VO|SP|MUTE|HEAD),
    T(bgsound, VO|SP|MUTE|HEAD), T(link, VO|SP|MUTE|HEAD),
    T(meta, VO|SP|MUTE|HEAD),

    /* one text each */

    T(title, RAW|SP|HEAD), T(textarea, RAW|SP), T(iframe, RAW|SP),
    T(script, RAW|SP|HARD|MUTE|HEAD), T(style, RAW|SP|HARD|MUTE|HEAD),
    T(noscript, RAW|SP|MUTE|HEAD), T(noframes, RAW|SP|MUTE|HEAD),
    T(noembed, RAW|SP|MUTE), T(xmp, RAW|BLOCK|MUTE),
    T(plaintext, RAW|BLOCK|MUTE)
};

#undef IN
#undef VO
#undef RAW
#undef HARD
#undef MUTE
#undef SP
#undef SCOPE
#undef TABLE
#undef LIST
#undef FMT
#undef BLOCK
#undef IMP
#undef PART
#undef HEAD
#undef T


static int aif_segment_stack_part(aif_segment_stack_t *st, unsigned tag);
static void aif_segment_stack_item(aif_segment_stack_t *st, unsigned tag,
    unsigned other);
static void aif_segment_stack_close(aif_segment_stack_t *st, unsigned tag,
    unsigned bounds);
static unsigned aif_segment_stack_bounds(unsigned tag);
static int aif_segment_stack_same(const aif_segment_element_t *e,
    const u_char *page, const aif_html_token_t *token);
static void aif_segment_stack_end_form(aif_segment_stack_t *st, uint32_t i);
static void aif_segment_stack_kill(aif_segment_stack_t *st, uint32_t i);


static inline int
aif_segment_stack_heading(unsigned tag)
{
    return tag >= AIF_TAG_h1 && tag <= AIF_TAG_h6;
}


void
aif_segment_stack_init(aif_segment_stack_t *st, unsigned state)
{
    aif_segment_element_t  *e;

    st->depth = 0;
    st->overflow = 0;
    st->form = 0;
    memset(st->open, 0, sizeof(st->open));

    e = &st->elements[0];
    memset(e, 0, sizeof(aif_segment_element_t));

    e->tag = AIF_SEGMENT_STACK_DEAD;
    e->class = AIF_SEGMENT_SPECIAL|AIF_SEGMENT_SCOPE|AIF_SEGMENT_TABLE;
    e->state = state;
}


int
aif_segment_stack_imply(aif_segment_stack_t *st, unsigned tag)
{
    unsigned                class, top;

    class = aif_segment_stack_class[tag];
    top = st->elements[st->depth].tag;

    if (top == AIF_TAG_head && !(class & AIF_SEGMENT_HEAD)) {
        aif_segment_stack_pop(st, st->depth - 1);
        top = st->elements[st->depth].tag;
    }

    if (!(class & (AIF_SEGMENT_CLOSE_P|AIF_SEGMENT_IMPLY))) {
        return 1;
    }

    if (class & AIF_SEGMENT_PART) {
        return aif_segment_stack_part(st, tag);
    }

    switch (tag) {

    case AIF_TAG_html:
    case AIF_TAG_body:
        return st->open[tag] == 0;

    case AIF_TAG_form:
        if (st->open[AIF_TAG_template] == 0) {

            if (st->form) {
                return 0;
            }

            st->form = 1;
        }

        break;

    case AIF_TAG_li:
        aif_segment_stack_item(st, AIF_TAG_li, AIF_TAG_li);
        break;

    case AIF_TAG_dd:
    case AIF_TAG_dt:
        aif_segment_stack_item(st, AIF_TAG_dd, AIF_TAG_dt);
        break;

    case AIF_TAG_button:
        aif_segment_stack_close(st, AIF_TAG_button, AIF_SEGMENT_SCOPE);
        break;

    case AIF_TAG_optgroup:
        if (top == AIF_TAG_option) {
            aif_segment_stack_pop(st, st->depth - 1);
            top = st->elements[st->depth].tag;
        }

        /* fall through */

    case AIF_TAG_option:
        if (top == tag && (tag == AIF_TAG_option
                           || st->open[AIF_TAG_select]))
        {
            aif_segment_stack_pop(st, st->depth - 1);
        }

        break;

    case AIF_TAG_rb:
    case AIF_TAG_rtc:
    case AIF_TAG_rp:
    case AIF_TAG_rt:
        if (top == AIF_TAG_rt || top == AIF_TAG_rp || top == AIF_TAG_rb
            || (top == AIF_TAG_rtc && tag != AIF_TAG_rt && tag != AIF_TAG_rp))
        {
            aif_segment_stack_pop(st, st->depth - 1);
        }

        break;
    }

    if (class & AIF_SEGMENT_CLOSE_P) {

        aif_segment_stack_close(st, AIF_TAG_p,
                                AIF_SEGMENT_SCOPE|AIF_SEGMENT_BUTTON);

        if (aif_segment_stack_heading(tag)
            && aif_segment_stack_heading(st->elements[st->depth].tag))
        {
            aif_segment_stack_pop(st, st->depth - 1);
        }
    }

    return 1;
}


/* A part of a table ends what is open in the table at its own level. */

static int
aif_segment_stack_part(aif_segment_stack_t *st, unsigned tag)
{
    uint32_t  i;
    unsigned  t;

    for (i = st->depth; i; i--) {
        if (st->elements[i].class & AIF_SEGMENT_TABLE) {
            break;
        }
    }

    t = st->elements[i].tag;

    /* a template that began with a part of a table goes on as a table */

    if (t != AIF_TAG_table
        && (t != AIF_TAG_template
            || (i < st->depth
                && !(st->elements[i + 1].class & AIF_SEGMENT_PART))))
    {
        return 0;
    }

    if (tag == AIF_TAG_tr || tag == AIF_TAG_td || tag == AIF_TAG_th) {

        t = i < st->depth ? st->elements[i + 1].tag : AIF_TAG_UNKNOWN;

        if (t == AIF_TAG_tbody || t == AIF_TAG_thead || t == AIF_TAG_tfoot) {
            i++;
        }

        if (tag != AIF_TAG_tr && i < st->depth
            && st->elements[i + 1].tag == AIF_TAG_tr)
        {
            i++;
        }

    } else if (tag == AIF_TAG_col && i < st->depth
               && st->elements[i + 1].tag == AIF_TAG_colgroup)
    {
        i++;
    }

    aif_segment_stack_pop(st, i);

    return 1;
}


/* A list's item ends the one before it. */

static void
aif_segment_stack_item(aif_segment_stack_t *st, unsigned tag, unsigned other)
{
    uint32_t                i;
    aif_segment_element_t  *e;

    if (st->open[tag] == 0 && st->open[other] == 0) {
        return;
    }

    for (i = st->depth; i; i--) {

        e = &st->elements[i];

        if (e->tag == tag || e->tag == other) {
            aif_segment_stack_pop(st, i - 1);
            return;
        }

        if ((e->class & AIF_SEGMENT_SPECIAL) && e->tag != AIF_TAG_address
            && e->tag != AIF_TAG_div && e->tag != AIF_TAG_p)
        {
            return;
        }
    }
}


static void
aif_segment_stack_close(aif_segment_stack_t *st, unsigned tag, unsigned bounds)
{
    uint32_t  i;

    if (st->open[tag] == 0) {
        return;
    }

    for (i = st->depth; i; i--) {

        if (st->elements[i].tag == tag) {
            aif_segment_stack_pop(st, i - 1);
            return;
        }

        if (st->elements[i].class & bounds) {
            return;
        }
    }
}


aif_segment_element_t *
aif_segment_stack_push(aif_segment_stack_t *st, const aif_html_token_t *token)
{
    aif_segment_element_t  *e;

    if (st->depth == AIF_SEGMENT_MAX_DEPTH) {
        st->overflow++;
        return NULL;
    }

    e = &st->elements[++st->depth];

    e->name = token->name;
    e->name_len = token->name_end - token->name <= UINT16_MAX
                  ? token->name_end - token->name : 0;
    e->tag = token->tag;
    e->class = aif_segment_stack_class[token->tag];
    e->run = 0;
    e->item = 0;

    st->open[token->tag]++;

    return e;
}


uint32_t
aif_segment_stack_find(aif_segment_stack_t *st, const u_char *page,
    const aif_html_token_t *token)
{
    uint32_t                      i;
    unsigned                      tag, bounds;
    const aif_segment_element_t  *e;

    tag = token->tag;

    if (tag == AIF_TAG_body || tag == AIF_TAG_html) {
        return 0;       /* what follows is still in them */
    }

    if (tag == AIF_TAG_form && st->open[AIF_TAG_template] == 0) {

        if (!st->form) {
            return 0;
        }

        st->form = 0;
    }

    if (tag != AIF_TAG_UNKNOWN && st->elements[st->depth].tag == tag) {
        return st->depth;
    }

    if (st->open[tag] == 0 && !aif_segment_stack_heading(tag)) {
        return 0;
    }

    bounds = aif_segment_stack_bounds(tag);

    for (i = st->depth; i; i--) {

        e = &st->elements[i];

        if (e->tag == tag
            ? tag != AIF_TAG_UNKNOWN || aif_segment_stack_same(e, page, token)
            : aif_segment_stack_heading(tag)
              && aif_segment_stack_heading(e->tag))
        {
            return i;
        }

        if (e->class & bounds) {
            return 0;
        }
    }

    return 0;
}


/* What an end tag can't reach beyond. */

static unsigned
aif_segment_stack_bounds(unsigned tag)
{
    unsigned  class;

    class = aif_segment_stack_class[tag];

    switch (tag) {

    case AIF_TAG_template:
        return 0;

    case AIF_TAG_table:
        return AIF_SEGMENT_TABLE;

    case AIF_TAG_p:
        return AIF_SEGMENT_SCOPE|AIF_SEGMENT_BUTTON;

    case AIF_TAG_li:
        return AIF_SEGMENT_SCOPE|AIF_SEGMENT_LIST;
    }

    if (class & AIF_SEGMENT_PART) {
        return AIF_SEGMENT_TABLE;
    }

    if (class & (AIF_SEGMENT_SPECIAL|AIF_SEGMENT_FORMAT)) {
        return AIF_SEGMENT_SCOPE;
    }

    return AIF_SEGMENT_SPECIAL;
}


/* Elements of no standard go by their names. */

static int
aif_segment_stack_same(const aif_segment_element_t *e, const u_char *page,
    const aif_html_token_t *token)
{
    uint32_t       i;
    const u_char  *a, *b;

    if (e->name_len != token->name_end - token->name) {
        return 0;
    }

    a = page + e->name;
    b = page + token->name;

    for (i = 0; i < e->name_len; i++) {
        if (a[i] != b[i]
            && ((a[i] ^ b[i]) != 0x20 || (u_char) ((a[i] | 0x20) - 'a') > 25))
        {
            return 0;
        }
    }

    return 1;
}


void
aif_segment_stack_end(aif_segment_stack_t *st, uint32_t i)
{
    uint32_t                k;
    aif_segment_element_t  *e;

    e = &st->elements[i];

    if (e->tag == AIF_TAG_form) {
        aif_segment_stack_end_form(st, i);
        return;
    }

    /*
     * A formatting element around a block ends without it: what is open in it
     * stays, and keeps what it inherited.
     */

    if (e->class & AIF_SEGMENT_FORMAT) {

        for (k = i + 1; k <= st->depth; k++) {
            if (st->elements[k].class & AIF_SEGMENT_SPECIAL) {
                aif_segment_stack_kill(st, i);
                return;
            }
        }
    }

    aif_segment_stack_pop(st, i - 1);
}


/* So does a form, but for elements whose end tags are optional. */

static void
aif_segment_stack_end_form(aif_segment_stack_t *st, uint32_t i)
{
    unsigned  tag;

    while (st->depth > i) {

        tag = st->elements[st->depth].tag;

        if (tag != AIF_TAG_p && tag != AIF_TAG_li && tag != AIF_TAG_dd
            && tag != AIF_TAG_dt && tag != AIF_TAG_option
            && tag != AIF_TAG_optgroup && tag != AIF_TAG_rb
            && tag != AIF_TAG_rp && tag != AIF_TAG_rt && tag != AIF_TAG_rtc)
        {
            aif_segment_stack_kill(st, i);
            return;
        }

        aif_segment_stack_pop(st, st->depth - 1);
    }

    aif_segment_stack_pop(st, i - 1);
}


static void
aif_segment_stack_kill(aif_segment_stack_t *st, uint32_t i)
{
    st->open[st->elements[i].tag]--;
    st->elements[i].tag = AIF_SEGMENT_STACK_DEAD;
    st->elements[i].class = 0;
}


void
aif_segment_stack_pop(aif_segment_stack_t *st, uint32_t depth)
{
    unsigned  tag;

    for ( /* void */ ; st->depth; st->depth--) {

        tag = st->elements[st->depth].tag;

        if (tag == AIF_SEGMENT_STACK_DEAD) {
            continue;
        }

        if (st->depth <= depth) {
            break;
        }

        st->open[tag]--;
    }
}
