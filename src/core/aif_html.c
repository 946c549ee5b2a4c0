
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The tokenizer: bytes of a page to spans (HTML standard, section 13.2.5),
 * and as much of the tree builder (13.2.6) as decides by which rules the
 * bytes are read.  It builds no tree, decodes and copies nothing, reports no
 * parse errors and has no opinion on what a token means.  Called by the
 * segmenter and by tests.
 *
 * Splits.  The page stays whole in its owner's memory and grows; a token that
 * isn't finished is not given.  What was learned of it so far is kept in
 * aif_html_t as offsets (the page may have moved), and "scan" says where
 * reading goes on.  A decision that needs bytes that aren't there yet waits
 * at its first byte; none needs more than 34, so the work stays linear even
 * if the page comes byte by byte.
 *
 * Foreign content.  Which rules hold depends on the open elements of svg and
 * math only, so only these are kept, from the outermost svg or math inward,
 * and of them only those whose end could be mistaken: elements with a name
 * that HTML has too, and the integration points.  At an integration point
 * HTML's rules hold again.  Elements of HTML are not tracked: where a page
 * closes them wrongly around an svg, the nearest foreign element wins.
 */


#include "core/aif_html.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif


#define AIF_HTML_MAX_PAGE  0x7fffffffu


/* What was just seen; from AIF_HTML_S_TAG on inside a tag. */

enum {
    AIF_HTML_S_TEXT = 0,
    AIF_HTML_S_OPEN,           /* at a "<" that begins markup */
    AIF_HTML_S_COMMENT,
    AIF_HTML_S_BOGUS,
    AIF_HTML_S_DOCTYPE,
    AIF_HTML_S_CDATA,
    AIF_HTML_S_TAG,            /* in the tag's name */
    AIF_HTML_S_BEFORE,         /* before an attribute's name */
    AIF_HTML_S_NAME,
    AIF_HTML_S_AFTER,          /* after it */
    AIF_HTML_S_VALUE,          /* after "=" */
    AIF_HTML_S_DOUBLE,
    AIF_HTML_S_SINGLE,
    AIF_HTML_S_BARE,
    AIF_HTML_S_SLASH
};


/* The script's escapes, section 13.2.5.20 and following. */

enum {
    AIF_HTML_SCRIPT_PLAIN = 0,
    AIF_HTML_SCRIPT_ESCAPED,   /* after <!-- */
    AIF_HTML_SCRIPT_DOUBLE     /* after <script in it */
};


/* An open foreign element: its code and what it is. */

#define AIF_HTML_F_CODE    0x00ff
#define AIF_HTML_F_MATH    0x0100     /* MathML, else SVG */
#define AIF_HTML_F_POINT   0x0200     /* HTML's rules hold in it */

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
    AIF_HTML_F_END
};

_Static_assert(AIF_HTML_F_END <= AIF_HTML_F_CODE, "codes fit in a byte");


/* Classes of bytes. */

#define AIF_HTML_C_SPACE   0x01
#define AIF_HTML_C_TAG     0x02       /* ends a tag's name: space / > */
#define AIF_HTML_C_NAME    0x04       /* ends an attribute's: space / > = */
#define AIF_HTML_C_BARE    0x08       /* ends a bare value: space > */
#define AIF_HTML_C_LETTER  0x10
#define AIF_HTML_C_MARKUP  0x20       /* after "<": a letter / ! ? */

#define S  (AIF_HTML_C_SPACE|AIF_HTML_C_TAG|AIF_HTML_C_NAME|AIF_HTML_C_BARE)
#define A  (AIF_HTML_C_LETTER|AIF_HTML_C_MARKUP)

static const uint8_t  aif_html_class[256] = {
    ['\t'] = S, ['\n'] = S, ['\f'] = S, ['\r'] = S, [' '] = S,
    ['/'] = AIF_HTML_C_TAG|AIF_HTML_C_NAME|AIF_HTML_C_MARKUP,
    ['>'] = AIF_HTML_C_TAG|AIF_HTML_C_NAME|AIF_HTML_C_BARE,
    ['='] = AIF_HTML_C_NAME,
    ['!'] = AIF_HTML_C_MARKUP, ['?'] = AIF_HTML_C_MARKUP,
    ['A' ... 'Z'] = A, ['a' ... 'z'] = A
};

#undef S
#undef A

#define aif_html_is(ch, class)  (aif_html_class[ch] & (class))


/*
 * What an element means here.  A low value is the aif_html_text_e its content
 * is read by.
 */

#define AIF_HTML_E_TEXT      0x07
#define AIF_HTML_E_BREAKOUT  0x08     /* its start tag leaves svg and math */
#define AIF_HTML_E_NEVER     0x10     /* never open in HTML around an svg */

#define B(name)     [AIF_TAG_##name] = AIF_HTML_E_BREAKOUT
#define V(name)     [AIF_TAG_##name] = AIF_HTML_E_NEVER
#define BV(name)    [AIF_TAG_##name] = AIF_HTML_E_BREAKOUT|AIF_HTML_E_NEVER
#define T(name, k)  [AIF_TAG_##name] = AIF_HTML_##k|AIF_HTML_E_NEVER

static const uint8_t  aif_html_element[AIF_TAG_COUNT] = {
    B(b), B(big), B(blockquote), B(body), BV(br), B(center), B(code), B(dd),
    B(div), B(dl), B(dt), B(em), BV(embed), B(h1), B(h2), B(h3), B(h4), B(h5),
    B(h6), B(head), BV(hr), B(i), BV(img), B(li), B(listing), B(menu),
    BV(meta), B(nobr), B(ol), B(p), B(pre), B(ruby), B(s), B(small), B(span),
    B(strong), B(strike), B(sub), B(sup), B(table), B(tt), B(u), B(ul), B(var),

    V(area), V(base), V(basefont), V(bgsound), V(col), V(frame), V(image),
    V(input), V(keygen), V(link), V(math), V(param), V(source), V(svg),
    V(track), V(wbr),

    T(title, RCDATA), T(textarea, RCDATA), T(style, RAWTEXT), T(xmp, RAWTEXT),
    T(iframe, RAWTEXT), T(noembed, RAWTEXT), T(noframes, RAWTEXT),
    T(noscript, RAWTEXT), T(script, SCRIPT), T(plaintext, PLAINTEXT)
};

#undef B
#undef V
#undef BV
#undef T


static int aif_html_text(aif_html_t *t, const u_char *page, size_t len,
    int last, aif_html_token_t *token);
static const u_char *aif_html_find_markup(const u_char *p, const u_char *end,
    const u_char **wait);
static const u_char *aif_html_find_end_tag(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);
static const u_char *aif_html_find_script_end(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);
static int aif_html_is_end_tag(aif_html_t *t, const u_char *p);
static int aif_html_open(aif_html_t *t, const u_char *page, size_t len);
static int aif_html_declaration(aif_html_t *t, const u_char *page, size_t len);
static int aif_html_tag_read(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);
static int aif_html_other(aif_html_t *t, const u_char *page, size_t len,
    int last, aif_html_token_t *token);
static int aif_html_rest(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);
static void aif_html_doctype(aif_html_t *t, const u_char *page);
static void aif_html_emit(aif_html_t *t, aif_html_token_t *token,
    aif_html_type_e type, uint32_t end);
static void aif_html_fill(aif_html_t *t, aif_html_token_t *token,
    aif_html_type_e type, uint32_t end);
static void aif_html_start(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);
static int aif_html_breakout(const u_char *page,
    const aif_html_token_t *token);
static void aif_html_start_foreign(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);
static int aif_html_is_html(const u_char *page, const aif_html_token_t *token);
static void aif_html_end(aif_html_t *t, const u_char *page,
    aif_html_token_t *token);
static void aif_html_push(aif_html_t *t, unsigned entry);
static void aif_html_pop_point(aif_html_t *t);
static unsigned aif_html_code(const u_char *page,
    const aif_html_token_t *token);
static int aif_html_starts(const u_char *p, size_t len, const char *lower);
static int aif_html_same(const u_char *p, size_t len, const char *lower);


/* The innermost open element is foreign and no integration point. */

static inline int
aif_html_foreign(const aif_html_t *t)
{
    return t->depth && !(t->foreign[t->depth - 1] & AIF_HTML_F_POINT);
}


void
aif_html_init(aif_html_t *t, int manual)
{
    memset(t, 0, offsetof(aif_html_t, foreign));
    t->manual = manual != 0;
}


void
aif_html_state(aif_html_t *t, aif_html_text_e text, const u_char *last_tag,
    size_t len, int cdata)
{
    size_t  i;

    t->text = text;
    t->state = text == AIF_HTML_CDATA ? AIF_HTML_S_CDATA : AIF_HTML_S_TEXT;
    t->name = t->pos;
    t->cdata = cdata != 0;
    t->last_len = len <= sizeof(t->last_name) ? len : 0;

    for (i = 0; i < t->last_len; i++) {
        t->last_name[i] = last_tag[i];

        if (last_tag[i] >= 'A' && last_tag[i] <= 'Z') {
            t->last_name[i] |= 0x20;
        }
    }
}


uint32_t
aif_html_pos(const aif_html_t *t)
{
    return t->pos;
}


int
aif_html_next(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    int  rc;

    if (len > AIF_HTML_MAX_PAGE) {
        return AIF_LIMIT;
    }

    if (len == 0) {
        token->type = AIF_HTML_NONE;
        return last ? AIF_DONE : AIF_MORE;
    }

    rc = AIF_MORE;

    if (t->state == AIF_HTML_S_TEXT) {

        rc = aif_html_text(t, page, len, last, token);
        if (rc == AIF_OK || t->state == AIF_HTML_S_TEXT) {
            return rc;
        }
    }

    if (t->state == AIF_HTML_S_OPEN) {

        rc = aif_html_open(t, page, len);
        if (rc != AIF_OK) {
            return last ? aif_html_rest(t, page, len, token) : rc;
        }
    }

    if (t->state >= AIF_HTML_S_TAG) {
        rc = aif_html_tag_read(t, page, len, token);

    } else {
        rc = aif_html_other(t, page, len, last, token);
    }

    if (rc == AIF_MORE && last) {
        return aif_html_rest(t, page, len, token);
    }

    return rc;
}


/*
 * Text up to markup.  Without text returns AIF_MORE with the state OPEN; with
 * the state TEXT, AIF_MORE is the answer to the caller.
 */

static int
aif_html_text(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    const u_char  *p, *end, *wait;

    p = page + t->scan;
    end = page + len;
    wait = end;

    switch (t->text) {

    case AIF_HTML_DATA:
        p = aif_html_find_markup(p, end, &wait);
        break;

    case AIF_HTML_SCRIPT:
        p = aif_html_find_script_end(t, p, end, &wait);
        break;

    case AIF_HTML_PLAINTEXT:
        p = NULL;
        break;

    default:
        p = aif_html_find_end_tag(t, p, end, &wait);
        break;
    }

    if (p != NULL) {
        t->state = AIF_HTML_S_OPEN;
        t->scan = p - page;

        if (t->scan == t->pos) {
            return AIF_MORE;
        }

    } else if (last) {
        t->scan = len;

        if (t->scan == t->pos) {
            token->type = AIF_HTML_NONE;
            return AIF_DONE;
        }

    } else {
        t->scan = wait - page;
        return AIF_MORE;
    }

    t->name = t->pos;
    t->name_end = t->scan;
    aif_html_emit(t, token, AIF_HTML_TEXT, t->scan);

    return AIF_OK;
}


/*
 * The three finders return the "<" that begins markup, or NULL; *wait is then
 * where to look again once there are more bytes, the end if left alone.
 */

static const u_char *
aif_html_find_markup(const u_char *p, const u_char *end, const u_char **wait)
{
    for ( ;; ) {

        p = memchr(p, '<', end - p);
        if (p == NULL) {
            return NULL;
        }

        if (end - p < 2 || (p[1] == '/' && end - p < 3)) {
            *wait = p;
            return NULL;
        }

        if (aif_html_is(p[1], AIF_HTML_C_MARKUP)) {
            return p;
        }

        p++;
    }
}


static const u_char *
aif_html_find_end_tag(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    for ( ;; ) {

        p = memchr(p, '<', end - p);
        if (p == NULL) {
            return NULL;
        }

        if (end - p < t->last_len + 3) {
            *wait = p;
            return NULL;
        }

        if (p[1] == '/' && aif_html_is_end_tag(t, p)) {
            return p;
        }

        p++;
    }
}


static const u_char *
aif_html_find_script_end(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    size_t  need;

    need = t->last_len + 3;

    if (need < sizeof("</script>") - 1) {
        need = sizeof("</script>") - 1;
    }

    for ( /* void */ ; p < end; p++) {

        if (t->script == AIF_HTML_SCRIPT_PLAIN) {
            p = memchr(p, '<', end - p);
            if (p == NULL) {
                return NULL;
            }

        } else if (*p == '>' && p[-1] == '-' && p[-2] == '-') {
            /* the dashes may be those of the <!-- */
            t->script = AIF_HTML_SCRIPT_PLAIN;
            continue;

        } else if (*p != '<') {
            continue;
        }

        if ((size_t) (end - p) < need) {
            *wait = p;
            return NULL;
        }

        switch (t->script) {

        case AIF_HTML_SCRIPT_PLAIN:
            if (p[1] == '/') {
                if (aif_html_is_end_tag(t, p)) {
                    return p;
                }

            } else if (p[1] == '!' && p[2] == '-' && p[3] == '-') {
                t->script = AIF_HTML_SCRIPT_ESCAPED;
                p += 3;
            }

            break;

        case AIF_HTML_SCRIPT_ESCAPED:
            if (p[1] == '/') {
                if (aif_html_is_end_tag(t, p)) {
                    return p;
                }

            } else if (aif_html_same(p + 1, 6, "script")
                       && aif_html_is(p[7], AIF_HTML_C_TAG))
            {
                t->script = AIF_HTML_SCRIPT_DOUBLE;
            }

            break;

        default: /* AIF_HTML_SCRIPT_DOUBLE */
            if (p[1] == '/' && aif_html_same(p + 2, 6, "script")
                && aif_html_is(p[8], AIF_HTML_C_TAG))
            {
                t->script = AIF_HTML_SCRIPT_ESCAPED;
            }

            break;
        }
    }

    return NULL;
}


/* An appropriate end tag (13.2.5.2) at "</"; all its bytes are there. */

static int
aif_html_is_end_tag(aif_html_t *t, const u_char *p)
{
    size_t  i;
    u_char  ch;

    p += 2;

    for (i = 0; i < t->last_len; i++) {
        ch = p[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != t->last_name[i]) {
            return 0;
        }
    }

    return i && aif_html_is(p[i], AIF_HTML_C_TAG);
}


/* Decides what the markup at t->pos is. */

static int
aif_html_open(aif_html_t *t, const u_char *page, size_t len)
{
    const u_char  *p;

    p = page + t->pos;

    t->end_tag = 0;
    t->nattrs = 0;

    switch (p[1]) {

    case '!':
        return aif_html_declaration(t, page, len);

    case '?':
        t->name = t->pos + 1;
        t->state = AIF_HTML_S_BOGUS;
        break;

    case '/':
        t->name = t->pos + 2;

        if (aif_html_is(p[2], AIF_HTML_C_LETTER)) {
            t->end_tag = 1;
            t->state = AIF_HTML_S_TAG;

        } else {
            t->state = AIF_HTML_S_BOGUS;
        }

        break;

    default:
        t->name = t->pos + 1;
        t->state = AIF_HTML_S_TAG;
        break;
    }

    t->scan = t->name;

    return AIF_OK;
}


static int
aif_html_declaration(aif_html_t *t, const u_char *page, size_t len)
{
    size_t         n;
    const u_char  *p;

    p = page + t->pos + 2;
    n = len - t->pos - 2;

    t->name = t->pos + 2;
    t->scan = t->name;
    t->state = AIF_HTML_S_BOGUS;

    if (n == 0) {
        goto more;
    }

    if (p[0] == '-') {

        if (n < 2) {
            goto more;
        }

        if (p[1] == '-') {
            t->name += 2;
            t->scan += 2;
            t->state = AIF_HTML_S_COMMENT;
        }

        return AIF_OK;
    }

    if (n > 7) {
        n = 7;
    }

    if (aif_html_starts(p, n, "doctype")) {

        if (n < 7) {
            goto more;
        }

        t->scan += 7;
        t->state = AIF_HTML_S_DOCTYPE;

        return AIF_OK;
    }

    if ((t->manual ? t->cdata : aif_html_foreign(t))
        && memcmp(p, "[CDATA[", n) == 0)
    {
        if (n < 7) {
            goto more;
        }

        t->name += 7;
        t->scan += 7;
        t->state = AIF_HTML_S_CDATA;
    }

    return AIF_OK;

more:

    t->state = AIF_HTML_S_OPEN;

    return AIF_MORE;
}


/*
 * A tag from its name on (13.2.5.8, 13.2.5.32 to 13.2.5.40).  What only makes
 * a parse error is left out: "after attribute value" reads as "before
 * attribute name" does, a missing value as an empty one.
 */

static int
aif_html_tag_read(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token)
{
    uint8_t           state;
    const u_char     *p, *end;
    aif_html_attr_t  *attr;

    p = page + t->scan;
    end = page + len;
    state = t->state;
    attr = &t->attrs[t->nattrs];

    token->self_closing = 0;

    for ( ;; ) {

        switch (state) {

        case AIF_HTML_S_TAG:

            while (p < end && !aif_html_is(*p, AIF_HTML_C_TAG)) {
                p++;
            }

            if (p == end) {
                goto more;
            }

            t->name_end = p - page;
            state = AIF_HTML_S_BEFORE;

            /* fall through */

        case AIF_HTML_S_BEFORE:

            while (p < end && aif_html_is(*p, AIF_HTML_C_SPACE)) {
                p++;
            }

            if (p == end) {
                goto more;
            }

            if (*p == '>') {
                goto done;
            }

            if (*p == '/') {
                p++;
                state = AIF_HTML_S_SLASH;
                continue;
            }

            attr->name = p++ - page;    /* even if it is a "=" */
            attr->quote = AIF_HTML_QUOTE_NONE;
            state = AIF_HTML_S_NAME;

            /* fall through */

        case AIF_HTML_S_NAME:

            while (p < end && !aif_html_is(*p, AIF_HTML_C_NAME)) {
                p++;
            }

            if (p == end) {
                goto more;
            }

            attr->name_end = p - page;
            attr->value = attr->name_end;
            attr->value_end = attr->name_end;
            state = AIF_HTML_S_AFTER;

            /* fall through */

        case AIF_HTML_S_AFTER:

            while (p < end && aif_html_is(*p, AIF_HTML_C_SPACE)) {
                p++;
            }

            if (p == end) {
                goto more;
            }

            if (*p != '=') {
                state = AIF_HTML_S_BEFORE;
                break;
            }

            p++;
            state = AIF_HTML_S_VALUE;

            /* fall through */

        case AIF_HTML_S_VALUE:

            while (p < end && aif_html_is(*p, AIF_HTML_C_SPACE)) {
                p++;
            }

            if (p == end) {
                goto more;
            }

            if (*p == '>') {
                state = AIF_HTML_S_BEFORE;
                break;
            }

            if (*p == '"') {
                attr->quote = AIF_HTML_QUOTE_DOUBLE;
                state = AIF_HTML_S_DOUBLE;
                attr->value = ++p - page;
                continue;
            }

            if (*p == '\'') {
                attr->quote = AIF_HTML_QUOTE_SINGLE;
                state = AIF_HTML_S_SINGLE;
                attr->value = ++p - page;
                continue;
            }

            attr->quote = AIF_HTML_QUOTE_BARE;
            state = AIF_HTML_S_BARE;
            attr->value = p - page;
            continue;

        case AIF_HTML_S_DOUBLE:
        case AIF_HTML_S_SINGLE:

            p = memchr(p, state == AIF_HTML_S_DOUBLE ? '"' : '\'', end - p);
            if (p == NULL) {
                p = end;
                goto more;
            }

            attr->value_end = p++ - page;
            state = AIF_HTML_S_BEFORE;
            break;

        case AIF_HTML_S_BARE:

            while (p < end && !aif_html_is(*p, AIF_HTML_C_BARE)) {
                p++;
            }

            if (p == end) {
                goto more;
            }

            attr->value_end = p - page;
            state = AIF_HTML_S_BEFORE;
            break;

        default: /* AIF_HTML_S_SLASH */

            if (p == end) {
                goto more;
            }

            if (*p == '>') {
                token->self_closing = 1;
                goto done;
            }

            state = AIF_HTML_S_BEFORE;
            continue;
        }

        /* an attribute is complete; those beyond the limit share one place */

        if (t->nattrs < AIF_HTML_MAX_ATTRS) {
            t->nattrs++;
            attr++;
        }
    }

more:

    t->scan = p - page;
    t->state = state;

    return AIF_MORE;

done:

    token->tag = aif_html_tag(page + t->name, t->name_end - t->name);

    if (t->end_tag) {
        aif_html_emit(t, token, AIF_HTML_END, p + 1 - page);
        aif_html_end(t, page, token);

    } else {
        aif_html_emit(t, token, AIF_HTML_START, p + 1 - page);
        aif_html_start(t, page, token);
    }

    t->state = AIF_HTML_S_TEXT;

    return AIF_OK;
}


/* Comments, doctypes, CDATA: all end at some ">". */

static int
aif_html_other(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    uint32_t       cut;
    const u_char  *p, *end, *data;

    end = page + len;
    data = page + t->name;

    for (p = page + t->scan; p < end; p++) {

        p = memchr(p, '>', end - p);
        if (p == NULL) {
            break;
        }

        switch (t->state) {

        case AIF_HTML_S_COMMENT:

            /* <!--> and <!---> are whole; else --> or --!> */

            if (p == data) {
                cut = 0;

            } else if (p[-1] == '-' && (p == data + 1 || p[-2] == '-')) {
                cut = p == data + 1 ? 1 : 2;

            } else if (p - data >= 3 && p[-1] == '!' && p[-2] == '-'
                       && p[-3] == '-')
            {
                cut = 3;

            } else {
                continue;
            }

            break;

        case AIF_HTML_S_CDATA:

            if (p - data < 2 || p[-1] != ']' || p[-2] != ']') {
                continue;
            }

            cut = 2;
            t->name_end = p - cut - page;
            aif_html_emit(t, token, AIF_HTML_TEXT, p + 1 - page);
            token->text = AIF_HTML_CDATA;
            t->state = AIF_HTML_S_TEXT;
            t->text = AIF_HTML_DATA;

            return AIF_OK;

        default:
            cut = 0;
            break;
        }

        t->name_end = p - cut - page;

        if (t->state == AIF_HTML_S_DOCTYPE) {
            aif_html_doctype(t, page);
            aif_html_emit(t, token, AIF_HTML_DOCTYPE, p + 1 - page);

        } else {
            aif_html_emit(t, token, AIF_HTML_COMMENT, p + 1 - page);
        }

        t->state = AIF_HTML_S_TEXT;

        return AIF_OK;
    }

    t->scan = len;

    if (last && t->state == AIF_HTML_S_CDATA && t->pos < len) {
        t->name_end = len;
        aif_html_emit(t, token, AIF_HTML_TEXT, len);
        token->text = AIF_HTML_CDATA;
        t->state = AIF_HTML_S_TEXT;

        return AIF_OK;
    }

    return AIF_MORE;
}


/* The page ends inside of markup. */

static int
aif_html_rest(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token)
{
    size_t         n;
    const u_char  *end;

    n = len - t->name;
    end = page + len;

    switch (t->state) {

    case AIF_HTML_S_COMMENT:

        if (n >= 3 && memcmp(end - 3, "--!", 3) == 0) {
            n -= 3;

        } else if (n >= 2 && memcmp(end - 2, "--", 2) == 0) {
            n -= 2;

        } else if (n >= 1 && end[-1] == '-') {
            n -= 1;
        }

        /* fall through */

    case AIF_HTML_S_OPEN:
    case AIF_HTML_S_BOGUS:
        t->name_end = t->name + n;
        aif_html_fill(t, token, AIF_HTML_COMMENT, len);
        break;

    case AIF_HTML_S_DOCTYPE:
        t->name_end = len;
        aif_html_doctype(t, page);
        aif_html_fill(t, token, AIF_HTML_DOCTYPE, len);
        break;

    default:
        token->type = AIF_HTML_NONE;
        break;
    }

    return AIF_DONE;
}


/* From all that stands in the doctype to its name. */

static void
aif_html_doctype(aif_html_t *t, const u_char *page)
{
    uint32_t  p;

    p = t->pos + sizeof("<!doctype") - 1;

    while (p < t->name_end && aif_html_is(page[p], AIF_HTML_C_SPACE)) {
        p++;
    }

    t->name = p;

    while (p < t->name_end && !aif_html_is(page[p], AIF_HTML_C_SPACE)) {
        p++;
    }

    t->name_end = p;
}


static void
aif_html_emit(aif_html_t *t, aif_html_token_t *token, aif_html_type_e type,
    uint32_t end)
{
    aif_html_fill(t, token, type, end);

    t->pos = end;
    t->scan = end;
}


static void
aif_html_fill(aif_html_t *t, aif_html_token_t *token, aif_html_type_e type,
    uint32_t end)
{
    token->start = t->pos;
    token->end = end;
    token->name = t->name;
    token->name_end = t->name_end;
    token->type = type;
    token->text = t->text;
    token->foreign = aif_html_foreign(t);
    token->attrs = t->attrs;
    token->nattrs = 0;

    if (type == AIF_HTML_START || type == AIF_HTML_END) {
        token->nattrs = t->nattrs;

    } else {
        token->tag = AIF_TAG_UNKNOWN;
        token->self_closing = 0;
    }
}


/* What a start tag changes (13.2.6.4 and 13.2.6.5). */

static void
aif_html_start(aif_html_t *t, const u_char *page, aif_html_token_t *token)
{
    uint8_t   element;
    uint32_t  i, n;

    if (t->manual) {
        return;
    }

    if (aif_html_foreign(t)) {

        if (!aif_html_breakout(page, token)) {
            aif_html_start_foreign(t, page, token);
            return;
        }

        aif_html_pop_point(t);
        token->foreign = 0;
    }

    if (token->tag == AIF_TAG_svg || token->tag == AIF_TAG_math) {

        if (!token->self_closing) {
            aif_html_push(t, token->tag == AIF_TAG_math
                             ? AIF_TAG_math | AIF_HTML_F_MATH : AIF_TAG_svg);
        }

        return;
    }

    element = aif_html_element[token->tag] & AIF_HTML_E_TEXT;

    if (element == AIF_HTML_DATA) {
        return;
    }

    t->text = element;
    t->script = AIF_HTML_SCRIPT_PLAIN;

    n = token->name_end - token->name;

    for (i = 0; i < n; i++) {
        t->last_name[i] = page[token->name + i] | 0x20;
    }

    t->last_len = n;
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
aif_html_start_foreign(aif_html_t *t, const u_char *page,
    aif_html_token_t *token)
{
    unsigned  code, parent, what;

    code = aif_html_code(page, token);

    if (code == AIF_TAG_UNKNOWN || token->self_closing) {
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
            what |= AIF_HTML_F_POINT;
            break;
        }

    } else if (code == AIF_HTML_F_FOREIGN_OBJECT || code == AIF_HTML_F_DESC
               || code == AIF_TAG_title)
    {
        what |= AIF_HTML_F_POINT;
    }

    aif_html_push(t, code | what);
}


static void
aif_html_end(aif_html_t *t, const u_char *page, aif_html_token_t *token)
{
    unsigned  code, entry, i;

    if (t->text != AIF_HTML_DATA) {

        /* of the element that had switched the rules */

        t->text = AIF_HTML_DATA;
        return;
    }

    if (t->depth == 0) {
        return;
    }

    code = aif_html_code(page, token);

    if (!aif_html_foreign(t)) {

        /* HTML inside of an integration point: what is not the point's own
         * or an ancestor's end is HTML's affair */

        for (i = t->depth; code && i-- != 0; /* void */) {
            entry = t->foreign[i];

            if ((entry & AIF_HTML_F_CODE) == code
                && (entry & AIF_HTML_F_POINT
                    || code == AIF_TAG_svg || code == AIF_TAG_math))
            {
                t->depth = i;
                break;
            }
        }

    } else if (code == AIF_TAG_p || code == AIF_TAG_br) {
        aif_html_pop_point(t);

    } else if (code) {

        for (i = t->depth; i-- != 0; /* void */) {

            if ((t->foreign[i] & AIF_HTML_F_CODE) == code) {
                t->depth = i;
                goto done;
            }
        }

        /* none of ours: it closes an element of HTML around us, if there
         * can be one */

        if (code < AIF_TAG_COUNT
            && !(aif_html_element[code] & AIF_HTML_E_NEVER))
        {
            aif_html_pop_point(t);
        }
    }

done:

    token->foreign = aif_html_foreign(t);
}


/* Deeper elements than the limit (arbitrary) are not tracked. */

static void
aif_html_push(aif_html_t *t, unsigned entry)
{
    if (t->depth < AIF_HTML_FOREIGN_DEPTH) {
        t->foreign[t->depth++] = entry;
    }
}


/* Leaves foreign content, up to HTML or an integration point. */

static void
aif_html_pop_point(aif_html_t *t)
{
    while (aif_html_foreign(t)) {
        t->depth--;
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

    case 13:
        return aif_html_same(name, len, "foreignobject")
               ? AIF_HTML_F_FOREIGN_OBJECT : 0;

    case 14:
        return aif_html_same(name, len, "annotation-xml")
               ? AIF_HTML_F_ANNOTATION_XML : 0;
    }

    return 0;
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


/* "len" bytes at p, in any case, are "lower" or, if it is longer, begin it. */

static int
aif_html_starts(const u_char *p, size_t len, const char *lower)
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

    return 1;
}


static int
aif_html_same(const u_char *p, size_t len, const char *lower)
{
    return aif_html_starts(p, len, lower) && lower[len] == '\0';
}
