
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The argument of a search.  It changes one argument's value and nothing else
 * of a URL, and refuses what could be read in two ways: repeated arguments,
 * broken UTF-8, control characters.  page/ngx_http_ai_query.c calls it.
 *
 * A page that answers a search repeats the words.  What of it is surely that
 * repetition is a search field of the argument's name, and a text where the
 * words stand alone or between quotes or tags; the same words in the middle of
 * a sentence are the shop's.
 */


#include "core/aif_query.h"

#include "core/aif_escape.h"
#include "core/aif_html.h"
#include "core/aif_html_entity.h"
#include "core/aif_plain.h"
#include "core/aif_utf8.h"


static const u_char *aif_query_argument(const u_char *p, const u_char *last,
    const aif_str_t *name, aif_str_t *value);
static int aif_query_hex(u_char ch);
static int aif_query_decode(const aif_str_t *value, aif_buf_t *b);
static int aif_query_canonical(const aif_buf_t *raw, size_t max_chars,
    aif_buf_t *b);
static int aif_query_same(const u_char *p, const aif_str_t *text);
static int aif_query_opens(const u_char *start, const u_char *p);
static int aif_query_closes(const u_char *p, const u_char *last);
static int aif_query_quote(const u_char *p, size_t len);
static const aif_html_attr_t *aif_query_attr(const u_char *page,
    const aif_html_token_t *token, const char *name);
static int aif_query_input(const aif_query_t *query, const aif_str_t *shop,
    const u_char *page, const aif_html_token_t *token, u_char *room,
    aif_edit_t *edit);
static int aif_query_untouched(const aif_str_t *shop, const u_char *page,
    const aif_html_token_t *token, u_char *room, aif_edit_t *edit);
static int aif_query_kept(const u_char *page, const aif_html_token_t *token);
static int aif_query_escape(const aif_str_t *plain, aif_arena_t *a,
    aif_str_t *text);


int
aif_query_find(const aif_str_t *args, const aif_str_t *name, aif_str_t *value)
{
    aif_str_t      found;
    const u_char  *p, *last;

    value->data = NULL;
    value->len = 0;

    last = args->data + args->len;

    for (p = args->data; p < last; /* void */) {

        p = aif_query_argument(p, last, name, &found);

        if (found.data == NULL) {
            continue;
        }

        if (value->data != NULL) {
            return AIF_LIMIT;
        }

        *value = found;
    }

    return value->len ? AIF_OK : AIF_DONE;
}


/*
 * Reads the argument at p and returns where the next one begins; the value's
 * data is NULL if the argument has another name.
 */

static const u_char *
aif_query_argument(const u_char *p, const u_char *last, const aif_str_t *name,
    aif_str_t *value)
{
    const u_char  *end, *equal;

    value->data = NULL;

    end = memchr(p, '&', last - p);
    end = end ? end : last;

    equal = memchr(p, '=', end - p);

    if ((size_t) ((equal ? equal : end) - p) == name->len
        && memcmp(p, name->data, name->len) == 0)
    {
        value->data = (u_char *) (equal ? equal + 1 : end);
        value->len = end - value->data;
    }

    return end < last ? end + 1 : last;
}


int
aif_query_words(const aif_str_t *value, size_t max_chars, aif_arena_t *a,
    aif_str_t *words)
{
    int        rc;
    aif_buf_t  raw, b;

    if (value->len > AIF_QUERY_MAX_BYTES) {
        return AIF_LIMIT;
    }

    aif_buf_init(&raw, a, value->len + 1);
    aif_buf_init(&b, a, value->len + 16);

    rc = aif_query_decode(value, &raw);

    if (rc == AIF_OK) {
        rc = aif_query_canonical(&raw, max_chars, &b);
    }

    if (raw.failed || b.failed) {
        return AIF_NOMEM;
    }

    if (rc != AIF_OK) {
        return rc;
    }

    if (aif_utf8_letters(raw.data, raw.len) == 0) {
        return AIF_DONE;
    }

    words->data = b.data;
    words->len = b.len;

    return AIF_OK;
}


static int
aif_query_decode(const aif_str_t *value, aif_buf_t *b)
{
    int     high, low;
    u_char  ch;
    size_t  i;

    for (i = 0; i < value->len; i++) {

        ch = value->data[i];

        if (ch == '+') {
            ch = ' ';

        } else if (ch == '%' && value->len - i > 2) {

            high = aif_query_hex(value->data[i + 1]);
            low = aif_query_hex(value->data[i + 2]);

            if (high >= 0 && low >= 0) {
                ch = high << 4 | low;
                i += 2;
            }
        }

        if ((ch < ' ' && ch != '\t' && ch != '\n' && ch != '\r')
            || ch == 0x7f)
        {
            return AIF_BAD;
        }

        aif_buf_byte(b, ch);
    }

    return aif_utf8_valid(b->data, b->len) ? AIF_OK : AIF_BAD;
}


static int
aif_query_hex(u_char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }

    ch |= 0x20;

    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}


static int
aif_query_canonical(const aif_buf_t *raw, size_t max_chars, aif_buf_t *b)
{
    int     blank;
    u_char  ch;
    size_t  i, chars;

    blank = 0;
    chars = 0;

    for (i = 0; i < raw->len; i++) {

        ch = raw->data[i];

        if (ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r') {
            blank = (b->len != 0);
            continue;
        }

        if (blank) {
            aif_buf_byte(b, ' ');
            chars++;
            blank = 0;
        }

        chars += ((ch & 0xc0) != 0x80);

        if (chars > max_chars) {
            return AIF_LIMIT;
        }

        aif_escape_append(b, &ch, 1);
    }

    return AIF_OK;
}


int
aif_query_encode(const aif_str_t *text, int plus, aif_arena_t *a,
    aif_str_t *value)
{
    int          rc;
    u_char       ch;
    size_t       i;
    aif_buf_t    b;
    aif_plain_t  plain;

    static const char  hex[] = "0123456789ABCDEF";

    if (text->len != 0 && memchr(text->data, '<', text->len) != NULL) {
        return AIF_BAD;
    }

    rc = aif_plain_make(text, 0, a, &plain);
    if (rc != AIF_OK) {
        return rc;
    }

    aif_buf_init(&b, a, plain.len * 3 + 1);

    for (i = 0; i < plain.len; i++) {
        ch = plain.text[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9') || ch == '-' || ch == '.' || ch == '_'
            || ch == '~')
        {
            aif_buf_byte(&b, ch);

        } else if (ch == ' ' && plus) {
            aif_buf_byte(&b, '+');

        } else {
            aif_buf_byte(&b, '%');
            aif_buf_byte(&b, hex[ch >> 4]);
            aif_buf_byte(&b, hex[ch & 15]);
        }
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    value->data = b.data;
    value->len = b.len;

    return AIF_OK;
}


int
aif_query_replace(const aif_str_t *args, const aif_str_t *name,
    const aif_str_t *from, const aif_str_t *to, aif_arena_t *a,
    aif_str_t *out)
{
    aif_buf_t      b;
    aif_str_t      value;
    const u_char  *p, *last, *query, *end;

    /* of a URI only the part between "?" and "#" */

    last = args->data + args->len;
    query = args->data;
    end = last;

    if (args->len != 0 && *query == '/') {
        p = memchr(query, '#', args->len);
        end = p ? p : last;
        p = memchr(query, '?', end - query);

        if (p == NULL) {
            return AIF_DONE;
        }

        query = p + 1;
    }

    for (p = query; p < end; /* void */) {

        p = aif_query_argument(p, end, name, &value);

        if (value.data == NULL || !aif_str_eq(&value, from)) {
            continue;
        }

        aif_buf_init(&b, a, args->len + to->len + 1);
        aif_buf_append(&b, args->data, value.data - args->data);
        aif_buf_append(&b, to->data, to->len);
        aif_buf_append(&b, value.data + value.len,
                       last - value.data - value.len);

        if (b.failed) {
            return AIF_NOMEM;
        }

        out->data = b.data;
        out->len = b.len;

        return AIF_OK;
    }

    return AIF_DONE;
}


int
aif_query_echo(const aif_query_t *query, const aif_str_t *text,
    aif_arena_t *a, aif_str_t *out)
{
    size_t         len;
    aif_buf_t      b;
    const u_char  *p, *last, *plain;

    len = query->shop.len;

    if (len == 0 || text->len < len) {
        return AIF_DONE;
    }

    aif_buf_init(&b, a, 0);

    p = text->data;
    last = p + text->len;
    plain = p;

    while ((size_t) (last - p) >= len) {

        if (!aif_query_same(p, &query->shop)
            || !aif_query_opens(text->data, p)
            || !aif_query_closes(p + len, last))
        {
            p++;
            continue;
        }

        aif_buf_append(&b, plain, p - plain);
        aif_buf_append(&b, query->words.data, query->words.len);

        p += len;
        plain = p;
    }

    if (plain == text->data) {
        return AIF_DONE;
    }

    aif_buf_append(&b, plain, last - plain);

    if (b.failed) {
        return AIF_NOMEM;
    }

    out->data = b.data;
    out->len = b.len;

    return AIF_OK;
}


static int
aif_query_same(const u_char *p, const aif_str_t *text)
{
    u_char  a, b;
    size_t  i;

    for (i = 0; i < text->len; i++) {
        a = p[i];
        b = text->data[i];

        a = a >= 'A' && a <= 'Z' ? a | 0x20 : a;
        b = b >= 'A' && b <= 'Z' ? b | 0x20 : b;

        if (a != b) {
            return 0;
        }
    }

    return 1;
}


/* Does what stands before p let the words begin there? */

static int
aif_query_opens(const u_char *start, const u_char *p)
{
    size_t  len;

    if (p == start || p[-1] == '>') {
        return 1;
    }

    for (len = 1; len <= 3 && len <= (size_t) (p - start); len++) {
        if (aif_query_quote(p - len, len)) {
            return 1;
        }
    }

    return 0;
}


static int
aif_query_closes(const u_char *p, const u_char *last)
{
    size_t  len;

    if (p == last || *p == '<') {
        return 1;
    }

    for (len = 1; len <= 3 && len <= (size_t) (last - p); len++) {
        if (aif_query_quote(p, len)) {
            return 1;
        }
    }

    return 0;
}


/* ASCII's two, guillemets, U+2018 to U+201F, U+2039, U+203A, corner brackets */

static int
aif_query_quote(const u_char *p, size_t len)
{
    if (len == 1) {
        return *p == '"' || *p == '\'';
    }

    if (len == 2) {
        return p[0] == 0xc2 && (p[1] == 0xab || p[1] == 0xbb);
    }

    if (p[0] == 0xe2 && p[1] == 0x80) {
        return (p[2] >= 0x98 && p[2] <= 0x9f) || p[2] == 0xb9 || p[2] == 0xba;
    }

    return p[0] == 0xe3 && p[1] == 0x80 && p[2] >= 0x8c && p[2] <= 0x8f;
}


int
aif_query_inputs(const aif_query_t *query, const u_char *page, size_t len,
    aif_arena_t *a, aif_edit_t **edits, size_t *n)
{
    int                kept;
    u_char            *room;
    aif_html_t        *html;
    aif_str_t          shop, words;
    aif_edit_t        *edit;
    aif_plain_t        plain;
    aif_html_token_t   token;

    *edits = NULL;
    *n = 0;

    html = aif_arena_alloc(a, sizeof(aif_html_t));
    edit = aif_arena_alloc(a, AIF_QUERY_MAX_INPUTS * sizeof(aif_edit_t));
    room = aif_arena_alloc(a, 2 * AIF_QUERY_MAX_BYTES);

    if (html == NULL || edit == NULL || room == NULL
        || aif_plain_make(&query->words, 0, a, &plain) != AIF_OK)
    {
        return AIF_NOMEM;
    }

    words.data = plain.text;
    words.len = plain.len;

    if (aif_query_escape(&words, a, &words) != AIF_OK
        || aif_plain_make(&query->shop, 0, a, &plain) != AIF_OK)
    {
        return AIF_NOMEM;
    }

    shop.data = plain.text;
    shop.len = plain.len;

    *edits = edit;

    aif_html_init(html, 0);
    kept = 0;

    while (*n < AIF_QUERY_MAX_INPUTS
           && aif_html_next(html, page, len, 1, &token) == AIF_OK)
    {
        if (token.type == AIF_HTML_START && token.tag == AIF_TAG_input
            && !token.foreign
            && aif_query_input(query, &shop, page, &token, room, &edit[*n]))
        {
            edit[*n].text = words;
            *n += 1;

        } else if (kept && aif_query_untouched(&shop, page, &token, room,
                                               &edit[*n]))
        {
            edit[*n].text = words;
            *n += 1;
        }

        kept = aif_query_kept(page, &token);
    }

    return AIF_OK;
}


static int
aif_query_kept(const u_char *page, const aif_html_token_t *token)
{
    const aif_html_attr_t  *attr;
    static const aif_str_t  no = aif_string("no");

    if (token->type != AIF_HTML_START || token->foreign) {
        return 0;
    }

    attr = aif_query_attr(page, token, "translate");

    return attr && attr->value_end - attr->value == no.len
           && aif_query_same(page + attr->value, &no);
}


/* Is what follows the start tag a text that has the words and nothing else? */

static int
aif_query_untouched(const aif_str_t *shop, const u_char *page,
    const aif_html_token_t *token, u_char *room, aif_edit_t *edit)
{
    size_t  len;

    if (token->type != AIF_HTML_TEXT || token->text != AIF_HTML_DATA
        || token->end - token->start > AIF_QUERY_MAX_BYTES)
    {
        return 0;
    }

    len = aif_html_decode(room, page + token->start,
                          token->end - token->start, 0);

    if (len != shop->len || !aif_query_same(room, shop)) {
        return 0;
    }

    edit->start = token->start;
    edit->end = token->end;

    return 1;
}


/* Is it a search field with the words; then where its value is. */

static int
aif_query_input(const aif_query_t *query, const aif_str_t *shop,
    const u_char *page, const aif_html_token_t *token, u_char *room,
    aif_edit_t *edit)
{
    size_t                  len;
    const aif_html_attr_t  *name, *value;

    name = aif_query_attr(page, token, "name");
    value = aif_query_attr(page, token, "value");

    if (name == NULL || value == NULL
        || name->value_end - name->value != query->name.len
        || memcmp(page + name->value, query->name.data, query->name.len) != 0
        || value->value_end - value->value > AIF_QUERY_MAX_BYTES
        || (value->quote != AIF_HTML_QUOTE_DOUBLE
            && value->quote != AIF_HTML_QUOTE_SINGLE))
    {
        return 0;
    }

    len = aif_html_decode(room, page + value->value,
                          value->value_end - value->value, 1);

    if (len != shop->len || !aif_query_same(room, shop)) {
        return 0;
    }

    edit->start = value->value;
    edit->end = value->value_end;

    return 1;
}


static const aif_html_attr_t *
aif_query_attr(const u_char *page, const aif_html_token_t *token,
    const char *name)
{
    size_t                  i;
    aif_str_t               text;
    const aif_html_attr_t  *attr;

    text.data = (u_char *) name;
    text.len = strlen(name);

    for (i = 0; i < token->nattrs; i++) {
        attr = &token->attrs[i];

        if (attr->name_end - attr->name == text.len
            && aif_query_same(page + attr->name, &text))
        {
            return attr;
        }
    }

    return NULL;
}


/* for a value between quotes of either kind */

static int
aif_query_escape(const aif_str_t *plain, aif_arena_t *a, aif_str_t *text)
{
    size_t     i;
    aif_buf_t  b;

    aif_buf_init(&b, a, plain->len * 2 + 16);

    for (i = 0; i < plain->len; i++) {

        switch (plain->data[i]) {

        case '"':
            aif_buf_literal(&b, "&quot;");
            break;

        case '\'':
            aif_buf_literal(&b, "&#39;");
            break;

        default:
            aif_escape_append(&b, &plain->data[i], 1);
        }
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    text->data = b.data;
    text->len = b.len;

    return AIF_OK;
}
