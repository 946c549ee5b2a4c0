
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Foreign content: as much of the tree builder (HTML standard, 13.2.6.5) as
 * decides whether HTML's rules hold where the tokenizer reads.  It builds no
 * tree and knows no element outside of svg and math.  Called by aif_html.c.
 *
 * Only open elements inside of an svg or math matter, so only these are kept,
 * and of them only those whose end could be mistaken: elements with a name
 * that HTML has too, and the integration points.  At an integration point
 * HTML's rules hold again.  Elements of HTML are not tracked: where a page
 * closes them wrongly around an svg, the nearest foreign element wins.
 */


#include "core/aif_html_private.h"


/* An open foreign element: its code and what it is. */

#define AIF_HTML_F_CODE    0x00ff
#define AIF_HTML_F_MATH    0x0100     /* MathML, else SVG */
#define AIF_HTML_F_POINT   0x0200     /* HTML's rules hold in it */
#define AIF_HTML_F_TEXT    0x0400     /* but for mglyph and malignmark */

/* Codes beyond the AIF_TAG_... of elements whose names HTML doesn't have. */

enum {
    AIF_HTML_F_FOREIGN_OBJECT = AIF_TAG_COUNT,
    AIF_HTML_F_DESC,
    AIF_HTML_F_ANNOTATION_XML,
    AIF_HTML_F_MI,
    AIF_HTML_F_MO,
    AIF_HTML_F_MN,
    AIF_HTML_F_MS,
    AIF_HTML_F_MTEXT,
    AIF_HTML_F_MGLYPH,
    AIF_HTML_F_MALIGNMARK,
    AIF_HTML_F_END
};

_Static_assert(AIF_HTML_F_END <= AIF_HTML_F_CODE, "codes fit in a byte");


#define AIF_HTML_E_BREAKOUT  0x01     /* its start tag leaves svg and math */
#define AIF_HTML_E_NEVER     0x02     /* never open in HTML around an svg */

#define B(name)     [AIF_TAG_##name] = AIF_HTML_E_BREAKOUT
#define V(name)     [AIF_TAG_##name] = AIF_HTML_E_NEVER
#define BV(name)    [AIF_TAG_##name] = AIF_HTML_E_BREAKOUT|AIF_HTML_E_NEVER

static const uint8_t  aif_html_element[AIF_TAG_COUNT] = {
    B(b), B(big), B(blockquote), B(body), BV(br), B(center), B(code), B(dd),
    B(div), B(dl), B(dt), B(em), BV(embed), B(h1), B(h2), B(h3), B(h4), B(h5),
    B(h6), B(head), BV(hr), B(i), BV(img), B(li), B(listing), B(menu),
    BV(meta), B(nobr), B(ol), B(p), B(pre), B(ruby), B(s), B(small), B(span),
    B(strong), B(strike), B(sub), B(sup), B(table), B(tt), B(u), B(ul), B(var),

    V(area), V(base), V(basefont), V(bgsound), V(col), V(frame), V(iframe),
    V(image), V(input), V(keygen), V(link), V(math), V(noembed), V(noframes),
    V(noscript), V(param), V(plaintext), V(script), V(source), V(style),
    V(svg), V(textarea), V(title), V(track), V(wbr), V(xmp)
};

#undef B
#undef V
#undef BV


static int aif_html_breakout(const u_char *page,
    const aif_html_token_t *token);
static void aif_html_push_foreign(aif_html_t *t, const u_char *page,
    const aif_html_token_t *token);
static int aif_html_is_html(const u_char *page, const aif_html_token_t *token);
static void aif_html_push(aif_html_t *t, unsigned entry);
static void aif_html_pop(aif_html_t *t, unsigned depth);
static void aif_html_pop_point(aif_html_t *t);
static unsigned aif_html_code(const u_char *page,
    const aif_html_token_t *token);
static int aif_html_same(const u_char *p, size_t len, const char *lower);


int
aif_html_foreign_start(aif_html_t *t, const u_char *page,
    aif_html_token_t *token)
{
    unsigned  code;

    if (t->in_foreign) {

        if (!aif_html_breakout(page, token)) {

            if (!token->self_closing) {
                aif_html_push_foreign(t, page, token);
            }

            return 1;
        }

        aif_html_pop_point(t);
        token->foreign = 0;
    }

    if (t->depth && t->foreign[t->depth - 1] & AIF_HTML_F_TEXT) {

        code = aif_html_code(page, token);

        if (code == AIF_HTML_F_MGLYPH || code == AIF_HTML_F_MALIGNMARK) {
            token->foreign = 1;

            if (!token->self_closing) {
                aif_html_push(t, code | AIF_HTML_F_MATH);
            }

            return 1;
        }
    }

    if (token->tag != AIF_TAG_svg && token->tag != AIF_TAG_math) {
        return 0;
    }

    if (!token->self_closing) {
        aif_html_push(t, token->tag == AIF_TAG_math
                         ? AIF_TAG_math | AIF_HTML_F_MATH : AIF_TAG_svg);
    }

    return 1;
}


/* A start tag that leaves svg and math. */

static int
aif_html_breakout(const u_char *page, const aif_html_token_t *token)
{
    size_t         len;
    uint32_t       i;
    const u_char  *name;

    if (token->tag != AIF_TAG_font) {
        return aif_html_element[token->tag] & AIF_HTML_E_BREAKOUT;
    }

    for (i = 0; i < token->nattrs; i++) {
        name = page + token->attrs[i].name;
        len = token->attrs[i].name_end - token->attrs[i].name;

        if (aif_html_same(name, len, "color")
            || aif_html_same(name, len, "face")
            || aif_html_same(name, len, "size"))
        {
            return 1;
        }
    }

    return 0;
}


static void
aif_html_push_foreign(aif_html_t *t, const u_char *page,
    const aif_html_token_t *token)
{
    unsigned  code, parent, what;

    code = aif_html_code(page, token);

    if (code == AIF_TAG_UNKNOWN) {
        return;
    }

    parent = t->foreign[t->depth - 1];
    what = parent & AIF_HTML_F_MATH;

    if (what) {
        switch (code) {

        case AIF_TAG_svg:
            if ((parent & AIF_HTML_F_CODE) == AIF_HTML_F_ANNOTATION_XML) {
                what = 0;
            }

            break;

        case AIF_HTML_F_ANNOTATION_XML:
            if (aif_html_is_html(page, token)) {
                what |= AIF_HTML_F_POINT;
            }

            break;

        case AIF_HTML_F_MI:
        case AIF_HTML_F_MO:
        case AIF_HTML_F_MN:
        case AIF_HTML_F_MS:
        case AIF_HTML_F_MTEXT:
            what |= AIF_HTML_F_POINT|AIF_HTML_F_TEXT;
            break;
        }

    } else if (code == AIF_HTML_F_FOREIGN_OBJECT || code == AIF_HTML_F_DESC
               || code == AIF_TAG_title)
    {
        what |= AIF_HTML_F_POINT;
    }

    aif_html_push(t, code | what);
}


/* <annotation-xml encoding="text/html"> or application/xhtml+xml */

static int
aif_html_is_html(const u_char *page, const aif_html_token_t *token)
{
    uint32_t          i;
    aif_html_attr_t  *a;

    for (i = 0; i < token->nattrs; i++) {
        a = &token->attrs[i];

        if (aif_html_same(page + a->name, a->name_end - a->name, "encoding")) {
            return aif_html_same(page + a->value, a->value_end - a->value,
                                 "text/html")
                   || aif_html_same(page + a->value, a->value_end - a->value,
                                    "application/xhtml+xml");
        }
    }

    return 0;
}


void
aif_html_foreign_end(aif_html_t *t, const u_char *page, aif_html_token_t *token)
{
    unsigned  code, entry, i;

    code = aif_html_code(page, token);

    if (!t->in_foreign) {

        /*
         * HTML inside of an integration point: what is not the end of the
         * point, of one around it, or of an svg or math is HTML's affair
         */

        for (i = t->depth; code && i-- != 0; /* void */) {
            entry = t->foreign[i];

            if ((entry & AIF_HTML_F_CODE) == code
                && (entry & AIF_HTML_F_POINT
                    || code == AIF_TAG_svg || code == AIF_TAG_math))
            {
                aif_html_pop(t, i);
                break;
            }
        }

    } else if (code == AIF_TAG_p || code == AIF_TAG_br) {
        aif_html_pop_point(t);

    } else if (code) {

        for (i = t->depth; i-- != 0; /* void */) {

            if ((t->foreign[i] & AIF_HTML_F_CODE) == code) {
                aif_html_pop(t, i);
                goto done;
            }
        }

        /* none of ours: it ends an element of HTML around us, if there can
           be one */

        if (code < AIF_TAG_COUNT
            && !(aif_html_element[code] & AIF_HTML_E_NEVER))
        {
            aif_html_pop_point(t);
        }
    }

done:

    token->foreign = t->in_foreign;
}


/* Deeper elements than the limit (arbitrary) are not tracked. */

static void
aif_html_push(aif_html_t *t, unsigned entry)
{
    if (t->depth < AIF_HTML_FOREIGN_DEPTH) {
        t->foreign[t->depth] = entry;
        aif_html_pop(t, t->depth + 1);
    }
}


/* The innermost element decides; at an integration point HTML's rules hold. */

static void
aif_html_pop(aif_html_t *t, unsigned depth)
{
    t->depth = depth;
    t->in_foreign = depth && !(t->foreign[depth - 1] & AIF_HTML_F_POINT);
}


/* Leaves foreign content, up to HTML or an integration point. */

static void
aif_html_pop_point(aif_html_t *t)
{
    while (t->in_foreign) {
        aif_html_pop(t, t->depth - 1);
    }
}


/* What the element of a tag is on the stack, 0 if it isn't kept there. */

static unsigned
aif_html_code(const u_char *page, const aif_html_token_t *token)
{
    size_t         len;
    const u_char  *name;

    if (token->tag != AIF_TAG_UNKNOWN) {
        return token->tag;
    }

    name = page + token->name;
    len = token->name_end - token->name;

    switch (len) {

    case 2:
        if ((name[0] | 0x20) != 'm') {
            break;
        }

        switch (name[1] | 0x20) {
        case 'i':
            return AIF_HTML_F_MI;
        case 'o':
            return AIF_HTML_F_MO;
        case 'n':
            return AIF_HTML_F_MN;
        case 's':
            return AIF_HTML_F_MS;
        }

        break;

    case 4:
        return aif_html_same(name, len, "desc") ? AIF_HTML_F_DESC : 0;

    case 5:
        return aif_html_same(name, len, "mtext") ? AIF_HTML_F_MTEXT : 0;

    case 6:
        return aif_html_same(name, len, "mglyph") ? AIF_HTML_F_MGLYPH : 0;

    case 10:
        return aif_html_same(name, len, "malignmark")
               ? AIF_HTML_F_MALIGNMARK : 0;

    case 13:
        return aif_html_same(name, len, "foreignobject")
               ? AIF_HTML_F_FOREIGN_OBJECT : 0;

    case 14:
        return aif_html_same(name, len, "annotation-xml")
               ? AIF_HTML_F_ANNOTATION_XML : 0;
    }

    return 0;
}


/* In any case. */

static int
aif_html_same(const u_char *p, size_t len, const char *lower)
{
    size_t  i;
    u_char  ch;

    for (i = 0; i < len; i++) {
        ch = p[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != (u_char) lower[i] || ch == '\0') {
            return 0;
        }
    }

    return lower[len] == '\0';
}
