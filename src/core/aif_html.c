
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The tokenizer: bytes of a page to spans (HTML standard, section 13.2.5),
 * with the switches that the tree builder (13.2.6) makes in it.  It builds no
 * tree, decodes and copies nothing, reports no parse errors and has no opinion
 * on what a token means.  Called by the segmenter and by tests.
 *
 * Splits.  The page stays whole in its owner's memory and grows; a token that
 * isn't finished is not given.  What was learned of it so far is kept in
 * aif_html_t as offsets (the page may have moved), and "scan" says where
 * reading goes on.  A decision that needs bytes that aren't there yet waits
 * for them at its first byte; none needs more than 34, so the work stays
 * linear even if the page comes byte by byte.
 */


#include "core/aif_html_private.h"
#include "core/aif_html_scan.h"
#include "core/aif_html_tag.h"


#define AIF_HTML_MAX_PAGE  0x7fffffffu


/* What a start tag switches: to an aif_html_text_e, or to foreign content. */

#define AIF_HTML_FOREIGN  0xff

static const uint8_t  aif_html_switch[AIF_TAG_COUNT] = {
    [AIF_TAG_title] = AIF_HTML_RCDATA,
    [AIF_TAG_textarea] = AIF_HTML_RCDATA,
    [AIF_TAG_style] = AIF_HTML_RAWTEXT,
    [AIF_TAG_xmp] = AIF_HTML_RAWTEXT,
    [AIF_TAG_iframe] = AIF_HTML_RAWTEXT,
    [AIF_TAG_noembed] = AIF_HTML_RAWTEXT,
    [AIF_TAG_noframes] = AIF_HTML_RAWTEXT,
    [AIF_TAG_noscript] = AIF_HTML_RAWTEXT,
    [AIF_TAG_script] = AIF_HTML_SCRIPT,
    [AIF_TAG_plaintext] = AIF_HTML_PLAINTEXT,
    [AIF_TAG_svg] = AIF_HTML_FOREIGN,
    [AIF_TAG_math] = AIF_HTML_FOREIGN
};


static inline int aif_html_quick(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);
static inline int aif_html_quick_tag(aif_html_t *t, const u_char *page,
    uint32_t at, uint32_t safe, aif_html_token_t *token);
static inline uint32_t aif_html_quick_attrs(aif_html_t *t, const u_char *page,
    uint32_t at, uint32_t safe, uint16_t *nattrs);
__attribute__((noinline)) static int aif_html_slow(aif_html_t *t,
    const u_char *page, size_t len, int last, aif_html_token_t *token);
static int aif_html_text(aif_html_t *t, const u_char *page, size_t len,
    int last, aif_html_token_t *token);
static int aif_html_open(aif_html_t *t, const u_char *page, size_t len);
static int aif_html_tag_read(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);
__attribute__((noinline)) static void aif_html_switches(aif_html_t *t,
    const u_char *page, aif_html_token_t *token);


void
aif_html_init(aif_html_t *t, int manual)
{
    /* the two arrays at the end are written before they are read */

    memset(t, 0, offsetof(aif_html_t, foreign));
    t->block = AIF_HTML_NO_BLOCK;
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
        t->last_name[i] = aif_html_lower(last_tag[i]);
    }
}


uint32_t
aif_html_pos(const aif_html_t *t)
{
    return t->pos;
}


uint16_t
aif_html_tag(const u_char *name, size_t len)
{
    return len ? aif_html_tag_find(name, len, len) : AIF_TAG_UNKNOWN;
}


const char *
aif_html_tag_name(uint16_t tag)
{
    return tag < AIF_TAG_COUNT ? aif_html_tag_names[tag].name : "";
}


int
aif_html_next(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    if (t->state <= AIF_HTML_S_OPEN && t->text == AIF_HTML_DATA
        && len <= AIF_HTML_MAX_PAGE
        && aif_html_quick(t, page, len, token) == AIF_OK)
    {
        return AIF_OK;
    }

    return aif_html_slow(t, page, len, last, token);
}


/*
 * The usual text and the usual tag, <name a="b" c="d">, with all their bytes
 * at hand.  Anything else is AIF_MORE and goes the slow way, from where this
 * one has got to; a tag is begun here once only.
 */

static inline int
aif_html_quick(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token)
{
    uint32_t  at, safe;

    at = t->scan;

    if (len < 2 * AIF_HTML_BLOCK) {
        return AIF_MORE;
    }

    /* what is found before "safe" has a whole block behind it */

    safe = (len - AIF_HTML_BLOCK) & ~(AIF_HTML_BLOCK - 1);

    if (at >= safe) {
        return AIF_MORE;
    }

    if (t->state == AIF_HTML_S_TEXT) {

        at = aif_html_seek(t, page, at, safe, AIF_HTML_M_LESS);

        if (at == AIF_HTML_NOWHERE
            || !aif_html_is(page[at + 1], AIF_HTML_C_MARKUP))
        {
            return AIF_MORE;
        }

        t->state = AIF_HTML_S_OPEN;

        if (at != t->pos) {
            t->name = t->pos;
            t->name_end = at;

            return aif_html_emit(t, token, AIF_HTML_TEXT, at);
        }
    }

    return aif_html_quick_tag(t, page, at, safe, token);
}


static inline int
aif_html_quick_tag(aif_html_t *t, const u_char *page, uint32_t at,
    uint32_t safe, aif_html_token_t *token)
{
    uint16_t  tag, nattrs;
    uint32_t  name, name_end;
    unsigned  end_tag, slash;

    end_tag = page[at + 1] == '/';
    name = at + 1 + end_tag;

    if (!aif_html_is(page[name], AIF_HTML_C_LETTER)) {
        return AIF_MORE;
    }

    name_end = aif_html_seek(t, page, name, safe, AIF_HTML_M_NAME);

    if (name_end == AIF_HTML_NOWHERE) {
        return AIF_MORE;
    }

    tag = aif_html_tag_find(page + name, name_end - name, AIF_HTML_BLOCK);

    at = aif_html_quick_attrs(t, page, name_end, safe, &nattrs);

    slash = page[at] == '/' && page[at + 1] == '>';
    at += slash;

    if (page[at] != '>') {
        t->name = name;
        t->name_end = name_end;
        t->end_tag = end_tag;
        t->nattrs = nattrs;
        t->scan = at;
        t->state = AIF_HTML_S_BEFORE;

        if (!aif_html_is(page[name_end], AIF_HTML_C_TAG)) {

            /* a control or "=" in the tag's name */

            t->state = AIF_HTML_S_TAG;
        }

        return AIF_MORE;
    }

    token->start = t->pos;
    token->end = at + 1;
    token->name = name;
    token->name_end = name_end;
    token->type = AIF_HTML_START + end_tag;
    token->text = AIF_HTML_DATA;
    token->tag = tag;
    token->self_closing = slash;
    token->foreign = t->in_foreign;
    token->nattrs = nattrs;
    token->attrs = t->attrs;

    t->pos = at + 1;
    t->scan = at + 1;
    t->state = AIF_HTML_S_TEXT;

    if (t->depth | aif_html_switch[tag]) {
        aif_html_switches(t, page, token);
    }

    return AIF_OK;
}


/* Reads attributes as long as they are usual; returns where they aren't. */

static inline uint32_t
aif_html_quick_attrs(aif_html_t *t, const u_char *page, uint32_t at,
    uint32_t safe, uint16_t *nattrs)
{
    uint32_t          name, next;
    aif_html_attr_t  *attr;

    attr = t->attrs;

    for ( /* void */ ; aif_html_is(page[at], AIF_HTML_C_SPACE); at = next + 1) {

        name = at + 1;

        while (aif_html_is(page[name], AIF_HTML_C_SPACE) && name < safe) {
            name++;
        }

        next = aif_html_seek(t, page, name, safe, AIF_HTML_M_NAME);

        if (next == AIF_HTML_NOWHERE || next == name
            || page[next] != '=' || page[next + 1] != '"'
            || attr == &t->attrs[AIF_HTML_MAX_ATTRS])
        {
            break;
        }

        attr->name = name;
        attr->name_end = next;
        attr->value = next + 2;
        attr->quote = AIF_HTML_QUOTE_DOUBLE;

        next = aif_html_seek(t, page, next + 2, safe, AIF_HTML_M_QUOTE);

        if (next == AIF_HTML_NOWHERE) {
            break;
        }

        attr->value_end = next;
        attr++;
    }

    *nattrs = attr - t->attrs;

    return at;
}


static int
aif_html_slow(aif_html_t *t, const u_char *page, size_t len, int last,
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

    if (t->state == AIF_HTML_S_TEXT) {

        rc = aif_html_text(t, page, len, last, token);
        if (rc != AIF_MORE || t->state == AIF_HTML_S_TEXT) {
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
        rc = aif_html_markup(t, page, len, last, token);
    }

    if (rc == AIF_MORE && last) {
        return aif_html_rest(t, page, len, token);
    }

    return rc;
}


/*
 * Text up to markup.  AIF_MORE with the state OPEN says that there is none,
 * with the state TEXT it is the answer to the caller.
 */

static int
aif_html_text(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    const u_char  *p, *wait;

    p = aif_html_text_end(t, page + t->scan, page + len, &wait);

    if (p != NULL) {
        t->state = AIF_HTML_S_OPEN;
        t->scan = p - page;

        if (t->scan == t->pos) {
            return AIF_MORE;
        }

    } else if (last) {

        if (t->pos == len) {
            token->type = AIF_HTML_NONE;
            return AIF_DONE;
        }

        t->scan = len;

    } else {
        t->scan = wait - page;
        return AIF_MORE;
    }

    t->name = t->pos;
    t->name_end = t->scan;

    return aif_html_emit(t, token, AIF_HTML_TEXT, t->scan);
}


/* Decides what the markup at t->pos is. */

static int
aif_html_open(aif_html_t *t, const u_char *page, size_t len)
{
    const u_char  *p;

    p = page + t->pos;

    t->end_tag = 0;
    t->nattrs = 0;
    t->name = t->pos + 1;
    t->state = AIF_HTML_S_TAG;

    switch (p[1]) {

    case '!':
        return aif_html_declaration(t, page, len);

    case '?':
        t->state = AIF_HTML_S_BOGUS;
        break;

    case '/':
        t->name++;
        t->end_tag = 1;

        if (!aif_html_is(p[2], AIF_HTML_C_LETTER)) {
            t->state = AIF_HTML_S_BOGUS;
        }

        break;
    }

    t->scan = t->name;

    return AIF_OK;
}


/*
 * A tag from its name on (13.2.5.8, 13.2.5.32 to 13.2.5.40).  What only makes
 * a parse error is left out: "after attribute value" reads as "before
 * attribute name" does, a missing value as an empty one.  The cases stand in
 * the order in which bytes usually come and fall through; a tag whose bytes
 * are all there passes the switch about once per attribute.
 */

static int
aif_html_tag_read(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token)
{
    uint8_t           state, self_closing;
    uint16_t          tag;
    const u_char     *p, *end;
    aif_html_attr_t  *attr;

    p = page + t->scan;
    end = page + len;
    state = t->state;
    attr = &t->attrs[t->nattrs];
    self_closing = 0;

    for ( ;; ) {

        switch (state) {

        case AIF_HTML_S_TAG:

            p = aif_html_scan_class(p, end, AIF_HTML_C_TAG);
            if (p == end) {
                goto more;
            }

            t->name_end = p - page;
            state = AIF_HTML_S_BEFORE;

            /* fall through */

        case AIF_HTML_S_BEFORE:

            p = aif_html_scan_space(p, end);
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

            p = aif_html_scan_class(p, end, AIF_HTML_C_NAME);
            if (p == end) {
                goto more;
            }

            attr->name_end = p - page;
            attr->value = attr->name_end;
            attr->value_end = attr->name_end;
            state = AIF_HTML_S_AFTER;

            /* fall through */

        case AIF_HTML_S_AFTER:

            p = aif_html_scan_space(p, end);
            if (p == end) {
                goto more;
            }

            if (*p != '=') {
                break;
            }

            p++;
            state = AIF_HTML_S_VALUE;

            /* fall through */

        case AIF_HTML_S_VALUE:

            p = aif_html_scan_space(p, end);
            if (p == end) {
                goto more;
            }

            if (*p == '>') {
                break;
            }

            if (*p == '\'') {
                attr->quote = AIF_HTML_QUOTE_SINGLE;
                attr->value = ++p - page;
                state = AIF_HTML_S_SINGLE;
                continue;
            }

            if (*p != '"') {
                attr->quote = AIF_HTML_QUOTE_BARE;
                attr->value = p - page;
                state = AIF_HTML_S_BARE;
                continue;
            }

            attr->quote = AIF_HTML_QUOTE_DOUBLE;
            attr->value = ++p - page;
            state = AIF_HTML_S_DOUBLE;

            /* fall through */

        case AIF_HTML_S_DOUBLE:

            p = aif_html_scan_byte(p, end, '"');
            if (p == end) {
                goto more;
            }

            attr->value_end = p++ - page;
            break;

        case AIF_HTML_S_SINGLE:

            p = aif_html_scan_byte(p, end, '\'');
            if (p == end) {
                goto more;
            }

            attr->value_end = p++ - page;
            break;

        case AIF_HTML_S_BARE:

            p = aif_html_scan_class(p, end, AIF_HTML_C_BARE);
            if (p == end) {
                goto more;
            }

            attr->value_end = p - page;
            break;

        default: /* AIF_HTML_S_SLASH */

            if (p == end) {
                goto more;
            }

            if (*p == '>') {
                self_closing = 1;
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

        state = AIF_HTML_S_BEFORE;
    }

more:

    t->scan = p - page;
    t->state = state;

    return AIF_MORE;

done:

    tag = aif_html_tag_find(page + t->name, t->name_end - t->name,
                            len - t->name);

    aif_html_emit(t, token, t->end_tag ? AIF_HTML_END : AIF_HTML_START,
                  p + 1 - page);

    t->state = AIF_HTML_S_TEXT;

    token->tag = tag;
    token->nattrs = t->nattrs;
    token->self_closing = self_closing;

    if (t->depth | t->text | aif_html_switch[tag]) {
        aif_html_switches(t, page, token);
    }

    return AIF_OK;
}


/* A tag after which other rules may hold. */

static void
aif_html_switches(aif_html_t *t, const u_char *page, aif_html_token_t *token)
{
    uint8_t   text;
    uint32_t  i;

    if (token->type == AIF_HTML_END) {

        if (t->text != AIF_HTML_DATA) {

            /* of the element that had switched: no other gets here */

            t->text = AIF_HTML_DATA;

        } else if (t->depth) {
            aif_html_foreign_end(t, page, token);
        }

        return;
    }

    if (t->manual) {
        return;
    }

    text = aif_html_switch[token->tag];

    if ((t->depth || text == AIF_HTML_FOREIGN)
        && aif_html_foreign_start(t, page, token))
    {
        return;
    }

    if (text == 0) {
        return;
    }

    t->text = text;
    t->script = 0;
    t->last_len = token->name_end - token->name;

    for (i = 0; i < t->last_len; i++) {
        t->last_name[i] = aif_html_lower(page[token->name + i]);
    }
}
