
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
 * at its first byte; none needs more than 34, so the work stays linear even
 * if the page comes byte by byte.
 */


#include "core/aif_html.h"
#include "core/aif_html_foreign.h"
#include "core/aif_html_scan.h"
#include "core/aif_html_tag.h"


#define AIF_HTML_MAX_PAGE  0x7fffffffu


/* Where reading goes on; from AIF_HTML_S_TAG on inside a tag. */

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
__attribute__((noinline)) static int aif_html_slow(aif_html_t *t,
    const u_char *page, size_t len, int last, aif_html_token_t *token);
static int aif_html_text(aif_html_t *t, const u_char *page, size_t len,
    int last, aif_html_token_t *token);
static const u_char *aif_html_find_markup(const u_char *p, const u_char *end,
    const u_char **wait);
static const u_char *aif_html_find_end_tag(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);
static const u_char *aif_html_find_script_end(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);
static int aif_html_word(const u_char *p, const u_char *end,
    const u_char *word, size_t len);
static int aif_html_open(aif_html_t *t, const u_char *page, size_t len);
static int aif_html_declaration(aif_html_t *t, const u_char *page, size_t len);
static int aif_html_tag_read(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);
__attribute__((noinline)) static void aif_html_switches(aif_html_t *t,
    const u_char *page, aif_html_token_t *token);
static int aif_html_other(aif_html_t *t, const u_char *page, size_t len,
    int last, aif_html_token_t *token);
static int aif_html_comment_end(const u_char *data, const u_char *p);
static int aif_html_rest(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token);
static void aif_html_doctype(aif_html_t *t, const u_char *page);
static int aif_html_starts(const u_char *p, size_t len, const char *lower);


static inline void
aif_html_fill(aif_html_t *t, aif_html_token_t *token, aif_html_type_e type,
    uint32_t end)
{
    token->start = t->pos;
    token->end = end;
    token->name = t->name;
    token->name_end = t->name_end;
    token->type = type;
    token->text = t->text;
    token->tag = AIF_TAG_UNKNOWN;
    token->self_closing = 0;
    token->foreign = t->in_foreign;
    token->nattrs = 0;
    token->attrs = t->attrs;
}


static inline int
aif_html_emit(aif_html_t *t, aif_html_token_t *token, aif_html_type_e type,
    uint32_t end)
{
    aif_html_fill(t, token, type, end);

    t->pos = end;
    t->scan = end;

    return AIF_OK;
}


static inline u_char
aif_html_lower(u_char ch)
{
    return ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
}


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
    uint16_t          tag;
    uint32_t          at, safe, name, name_end, first, next;
    unsigned          end_tag;
    aif_html_attr_t  *attr;

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

    for (at = name_end, attr = t->attrs;
         aif_html_is(page[at], AIF_HTML_C_SPACE);
         at = next + 1)
    {
        first = at + 1;

        while (aif_html_is(page[first], AIF_HTML_C_SPACE) && first < safe) {
            first++;
        }

        next = aif_html_seek(t, page, first, safe, AIF_HTML_M_NAME);

        if (next == AIF_HTML_NOWHERE || next == first
            || page[next] != '=' || page[next + 1] != '"'
            || attr == &t->attrs[AIF_HTML_MAX_ATTRS])
        {
            break;
        }

        attr->name = first;
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

    next = page[at] == '/' && page[at + 1] == '>';
    at += next;

    if (page[at] != '>') {
        t->name = name;
        t->name_end = name_end;
        t->end_tag = end_tag;
        t->nattrs = attr - t->attrs;
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
    token->self_closing = next;
    token->foreign = t->in_foreign;
    token->nattrs = attr - t->attrs;
    token->attrs = t->attrs;

    t->pos = at + 1;
    t->scan = at + 1;
    t->state = AIF_HTML_S_TEXT;

    if (t->depth | aif_html_switch[tag]) {
        aif_html_switches(t, page, token);
    }

    return AIF_OK;
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
        rc = aif_html_other(t, page, len, last, token);
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


/*
 * The three finders return the "<" that begins markup, or NULL; *wait is then
 * where to look again once there are more bytes, the end if left alone.  If
 * there won't be more, all the rest is text.
 */

static const u_char *
aif_html_find_markup(const u_char *p, const u_char *end, const u_char **wait)
{
    for ( /* void */ ; /* void */ ; p++) {

        p = aif_html_scan_byte(p, end, '<');

        if (end - p < 3
            && (end - p < 2 || p[1] == '/'))
        {
            *wait = p;
            return NULL;
        }

        if (aif_html_is(p[1], AIF_HTML_C_MARKUP)) {
            return p;
        }
    }
}


static const u_char *
aif_html_find_end_tag(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    int  rc;

    for ( /* void */ ; /* void */ ; p++) {

        p = aif_html_scan_pair(p, end, '<', '/', '/');

        rc = end - p < 2 ? AIF_MORE
                         : aif_html_word(p + 2, end, t->last_name, t->last_len);

        switch (rc) {

        case AIF_OK:
            return p;

        case AIF_MORE:
            *wait = p;
            return NULL;
        }
    }
}


static const u_char *
aif_html_find_script_end(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    int            rc;
    const u_char  *script;

    script = (const u_char *) "script";

    for ( /* void */ ; /* void */ ; p++) {

        p = t->script == AIF_HTML_SCRIPT_PLAIN
            ? aif_html_scan_pair(p, end, '<', '/', '!')
            : aif_html_scan_either(p, end, '<', '>');

        if (p < end && *p == '>') {

            /* -->; the dashes may be those of the <!-- */

            if (t->script != AIF_HTML_SCRIPT_PLAIN
                && p[-1] == '-' && p[-2] == '-')
            {
                t->script = AIF_HTML_SCRIPT_PLAIN;
            }

            continue;
        }

        if (end - p < 2) {
            *wait = p;
            return NULL;
        }

        if (p[1] == '/' && t->script != AIF_HTML_SCRIPT_DOUBLE) {

            rc = aif_html_word(p + 2, end, t->last_name, t->last_len);

            if (rc == AIF_OK) {
                return p;
            }

        } else if (p[1] == '/') {

            rc = aif_html_word(p + 2, end, script, 6);

            if (rc == AIF_OK) {
                t->script = AIF_HTML_SCRIPT_ESCAPED;
            }

        } else if (t->script == AIF_HTML_SCRIPT_ESCAPED) {

            rc = aif_html_word(p + 1, end, script, 6);

            if (rc == AIF_OK) {
                t->script = AIF_HTML_SCRIPT_DOUBLE;
            }

        } else if (t->script == AIF_HTML_SCRIPT_PLAIN) {

            rc = end - p < 4 ? AIF_MORE : AIF_OK;

            if (rc == AIF_OK && p[2] == '-' && p[3] == '-') {
                t->script = AIF_HTML_SCRIPT_ESCAPED;
                p += 3;
            }

        } else {
            rc = AIF_BAD;
        }

        if (rc == AIF_MORE) {
            *wait = p;
            return NULL;
        }
    }
}


/*
 * AIF_OK: the lower-case word, in any case, and the end of a tag's name;
 * AIF_MORE: so far it is; AIF_BAD: it isn't.
 */

static int
aif_html_word(const u_char *p, const u_char *end, const u_char *word,
    size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++, p++) {

        if (p == end) {
            return AIF_MORE;
        }

        if (aif_html_lower(*p) != word[i]) {
            return AIF_BAD;
        }
    }

    if (len == 0) {
        return AIF_BAD;
    }

    if (p == end) {
        return AIF_MORE;
    }

    return aif_html_is(*p, AIF_HTML_C_TAG) ? AIF_OK : AIF_BAD;
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


static int
aif_html_declaration(aif_html_t *t, const u_char *page, size_t len)
{
    size_t         n;
    const u_char  *p;

    p = page + t->pos + 2;
    n = len - t->pos - 2;

    t->name = t->pos + 2;
    t->scan = t->name;

    if (n == 0 || (n == 1 && p[0] == '-')) {
        goto more;
    }

    if (p[0] == '-' && p[1] == '-') {
        t->name += 2;
        t->scan += 2;
        t->state = AIF_HTML_S_COMMENT;

        return AIF_OK;
    }

    n = n < 7 ? n : 7;

    if (aif_html_starts(p, n, "doctype")) {

        if (n < 7) {
            goto more;
        }

        t->scan += 7;
        t->state = AIF_HTML_S_DOCTYPE;

        return AIF_OK;
    }

    if (memcmp(p, "[CDATA[", n) == 0
        && (t->manual ? t->cdata : t->in_foreign))
    {
        if (n < 7) {
            goto more;
        }

        t->name += 7;
        t->scan += 7;
        t->state = AIF_HTML_S_CDATA;

        return AIF_OK;
    }

    t->state = AIF_HTML_S_BOGUS;

    return AIF_OK;

more:

    t->scan = t->pos;
    t->state = AIF_HTML_S_OPEN;

    return AIF_MORE;
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
    t->script = AIF_HTML_SCRIPT_PLAIN;
    t->last_len = token->name_end - token->name;

    for (i = 0; i < t->last_len; i++) {
        t->last_name[i] = aif_html_lower(page[token->name + i]);
    }
}


/* Comments, doctypes, CDATA: all end at some ">". */

static int
aif_html_other(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    int               cut;
    const u_char     *p, *end, *data;
    aif_html_type_e   type;

    end = page + len;
    data = page + t->name;
    type = AIF_HTML_COMMENT;

    for (p = page + t->scan; /* void */ ; p++) {

        p = aif_html_scan_byte(p, end, '>');
        if (p == end) {
            break;
        }

        cut = 0;

        switch (t->state) {

        case AIF_HTML_S_COMMENT:

            cut = aif_html_comment_end(data, p);
            if (cut == -1) {
                continue;
            }

            break;

        case AIF_HTML_S_CDATA:

            if (p - data < 2 || p[-1] != ']' || p[-2] != ']') {
                continue;
            }

            type = AIF_HTML_TEXT;
            cut = 2;
            break;

        case AIF_HTML_S_DOCTYPE:

            /* even inside of a quoted identifier */

            type = AIF_HTML_DOCTYPE;
            break;
        }

        t->name_end = p - cut - page;
        end = p + 1;

        goto done;
    }

    t->scan = len;

    if (!last || t->state != AIF_HTML_S_CDATA || t->pos == len) {
        return AIF_MORE;
    }

    type = AIF_HTML_TEXT;
    t->name_end = len;

done:

    if (type == AIF_HTML_DOCTYPE) {
        aif_html_doctype(t, page);
    }

    aif_html_emit(t, token, type, end - page);

    if (type == AIF_HTML_TEXT) {
        token->text = AIF_HTML_CDATA;
        t->text = AIF_HTML_DATA;
    }

    t->state = AIF_HTML_S_TEXT;

    return AIF_OK;
}


/*
 * How many bytes before the ">" at p end the comment with it, -1 if it goes
 * on: --> or --!>, and right at its beginning > or -> (13.2.5.43 to 51).
 */

static int
aif_html_comment_end(const u_char *data, const u_char *p)
{
    size_t  n;

    n = p - data;

    if (n == 0 || (n == 1 && p[-1] == '-')) {
        return (int) n;
    }

    if (n >= 2 && p[-1] == '-' && p[-2] == '-') {
        return 2;
    }

    if (n >= 3 && p[-1] == '!' && p[-2] == '-' && p[-3] == '-') {
        return 3;
    }

    return -1;
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
    const u_char  *p, *end;

    end = page + t->name_end;
    p = aif_html_scan_space(page + t->pos + sizeof("<!doctype") - 1, end);

    t->name = p - page;

    while (p < end && !aif_html_is(*p, AIF_HTML_C_SPACE)) {
        p++;
    }

    t->name_end = p - page;
}


/* "len" bytes at p, in any case, begin the lower-case word. */

static int
aif_html_starts(const u_char *p, size_t len, const char *lower)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (aif_html_lower(p[i]) != (u_char) lower[i]) {
            return 0;
        }
    }

    return 1;
}
