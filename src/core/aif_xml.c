
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Tags, attributes and text of XML.  Nothing is expanded but references to
 * single characters, and nothing is made of a document type, which could mean
 * anything: it is refused.
 */


#include "core/aif_xml.h"
#include "core/aif_segment_attr.h"
#include "core/aif_utf8.h"


static int aif_xml_element(aif_xml_t *xml);
static int aif_xml_until(aif_xml_t *xml, size_t from, const char *end);
static int aif_xml_append(aif_buf_t *b, const u_char *p, const u_char *end);
static size_t aif_xml_reference(u_char *dst, const u_char *p,
    const u_char *end, size_t *len);


#define aif_xml_is_space(ch)                                                  \
    ((ch) == ' ' || (ch) == '\t' || (ch) == '\n' || (ch) == '\r')


void
aif_xml_init(aif_xml_t *xml, const u_char *data, size_t len)
{
    memset(xml, 0, sizeof(aif_xml_t));

    xml->data = data;
    xml->len = len;
}


int
aif_xml_next(aif_xml_t *xml)
{
    size_t          p;
    const u_char   *q;
    aif_xml_tag_t  *tag;

    tag = &xml->tag;

    q = memchr(xml->data + xml->pos, '<', xml->len - xml->pos);
    if (q == NULL) {
        return AIF_DONE;
    }

    tag->start = q - xml->data;
    p = tag->start + 1;

    if (p == xml->len) {
        return AIF_BAD;
    }

    if (xml->data[p] == '?') {
        tag->type = AIF_XML_OTHER;
        return aif_xml_until(xml, p + 1, "?>");
    }

    if (xml->data[p] == '!') {

        if (xml->len - p >= 3 && memcmp(xml->data + p, "!--", 3) == 0) {
            tag->type = AIF_XML_OTHER;
            return aif_xml_until(xml, p + 3, "-->");
        }

        if (xml->len - p >= 8 && memcmp(xml->data + p, "![CDATA[", 8) == 0) {
            tag->type = AIF_XML_CDATA;
            tag->name = p + 8;
            return aif_xml_until(xml, p + 8, "]]>");
        }

        return AIF_BAD;
    }

    return aif_xml_element(xml);
}


/* The tag of an element, from behind its "<" on. */

static int
aif_xml_element(aif_xml_t *xml)
{
    u_char          quote;
    size_t          p;
    aif_xml_tag_t  *tag;

    tag = &xml->tag;
    tag->type = AIF_XML_START;
    p = tag->start + 1;

    if (xml->data[p] == '/') {
        tag->type = AIF_XML_END;
        p++;
    }

    tag->name = p;

    while (p < xml->len && xml->data[p] != '>' && xml->data[p] != '/'
           && xml->data[p] != '<' && !aif_xml_is_space(xml->data[p]))
    {
        p++;
    }

    tag->name_end = p;

    for (quote = 0; p < xml->len; p++) {

        if (quote) {
            quote = xml->data[p] == quote ? 0 : quote;

        } else if (xml->data[p] == '"' || xml->data[p] == '\'') {
            quote = xml->data[p];

        } else if (xml->data[p] == '<') {
            return AIF_BAD;

        } else if (xml->data[p] == '>') {
            break;
        }
    }

    if (p == xml->len || tag->name == tag->name_end) {
        return AIF_BAD;
    }

    if (tag->type == AIF_XML_START && xml->data[p - 1] == '/') {
        tag->type = AIF_XML_EMPTY;
    }

    tag->end = p + 1;
    xml->pos = p + 1;

    return AIF_OK;
}


static int
aif_xml_until(aif_xml_t *xml, size_t from, const char *end)
{
    size_t         n;
    const u_char  *p, *last;

    n = strlen(end);
    p = xml->data + from;
    last = xml->data + xml->len;

    while ((p = memchr(p, end[0], last - p)) != NULL) {

        if ((size_t) (last - p) >= n && memcmp(p, end, n) == 0) {
            xml->tag.name_end = p - xml->data;
            xml->tag.end = xml->tag.name_end + n;
            xml->pos = xml->tag.end;
            return AIF_OK;
        }

        p++;
    }

    return AIF_BAD;
}


int
aif_xml_attr(const aif_xml_t *xml, size_t *pos, aif_str_t *name,
    aif_str_t *value)
{
    u_char         quote;
    const u_char  *p, *end;

    p = xml->data + *pos;
    end = xml->data + xml->tag.end - 1;

    while (p < end && (aif_xml_is_space(*p) || *p == '/')) {
        p++;
    }

    name->data = (u_char *) p;

    while (p < end && *p != '=' && !aif_xml_is_space(*p)) {
        p++;
    }

    name->len = p - name->data;

    while (p < end && (aif_xml_is_space(*p) || *p == '=')) {
        p++;
    }

    if (p == end || (*p != '"' && *p != '\'')) {
        return 0;
    }

    quote = *p++;
    value->data = (u_char *) p;

    while (p < end && *p != quote) {
        p++;
    }

    value->len = p - value->data;
    *pos = p - xml->data + (p < end);

    return 1;
}


int
aif_xml_utf8(const aif_xml_t *xml)
{
    size_t     pos;
    aif_str_t  name, value;

    pos = xml->tag.start + 2;

    if (xml->tag.end - pos < 5 || memcmp(xml->data + pos, "xml", 3) != 0
        || !aif_xml_is_space(xml->data[pos + 3]))
    {
        return 1;
    }

    pos += 3;

    while (aif_xml_attr(xml, &pos, &name, &value)) {

        if (name.len == 8 && memcmp(name.data, "encoding", 8) == 0) {
            return (value.len == 5
                    && aif_segment_attr_same(value.data, "utf-8", 5))
                   || (value.len == 8
                       && aif_segment_attr_same(value.data, "us-ascii", 8));
        }
    }

    return 1;
}


int
aif_xml_is(const aif_xml_t *xml, const char *name)
{
    return xml->tag.name_end - xml->tag.name == strlen(name)
           && memcmp(xml->data + xml->tag.name, name, strlen(name)) == 0;
}


int
aif_xml_content(aif_xml_t *xml, aif_arena_t *a, aif_str_t *text)
{
    int        rc, known;
    size_t     from;
    aif_buf_t  b;

    aif_buf_init(&b, a, 0);
    known = 1;

    for ( ;; ) {

        from = xml->pos;
        rc = aif_xml_next(xml);

        if (rc != AIF_OK || xml->tag.type == AIF_XML_START
            || xml->tag.type == AIF_XML_EMPTY)
        {
            return AIF_BAD;
        }

        text->data = (u_char *) xml->data + from;
        text->len = xml->tag.start - from;

        if (xml->tag.type == AIF_XML_END && b.len == 0
            && memchr(text->data, '&', text->len) == NULL)
        {
            /* the commonest: as it is */

            break;
        }

        known &= aif_xml_append(&b, text->data, text->data + text->len);

        if (xml->tag.type == AIF_XML_CDATA) {
            aif_buf_append(&b, xml->data + xml->tag.name,
                           xml->tag.name_end - xml->tag.name);

        } else if (xml->tag.type == AIF_XML_END) {
            text->data = b.data;
            text->len = b.len;
            break;
        }
    }

    while (text->len && aif_xml_is_space(*text->data)) {
        text->data++;
        text->len--;
    }

    while (text->len && aif_xml_is_space(text->data[text->len - 1])) {
        text->len--;
    }

    return b.failed ? AIF_NOMEM : known ? AIF_OK : AIF_DONE;
}


/* Text with references; 0: one of them is unknown. */

static int
aif_xml_append(aif_buf_t *b, const u_char *p, const u_char *end)
{
    size_t         n, len;
    u_char         dst[4];
    const u_char  *q;

    while ((q = memchr(p, '&', end - p)) != NULL) {

        aif_buf_append(b, p, q - p);
        n = aif_xml_reference(dst, q, end, &len);

        if (n == 0) {
            return 0;
        }

        aif_buf_append(b, dst, n);
        p = q + len;
    }

    aif_buf_append(b, p, end - p);

    return 1;
}


/* The character that a reference stands for; 0: of an unknown kind. */

static size_t
aif_xml_reference(u_char *dst, const u_char *p, const u_char *end,
    size_t *len)
{
    u_char         ch;
    unsigned       base;
    uint32_t       code;
    const u_char  *q;

    static const struct {
        const char  *name;
        u_char       ch;
    } *e, entities[] = {
        { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
        { "&quot;", '"' }, { "&apos;", '\'' }, { NULL, 0 }
    };

    for (e = entities; e->name; e++) {

        *len = strlen(e->name);

        if ((size_t) (end - p) >= *len && memcmp(p, e->name, *len) == 0) {
            *dst = e->ch;
            return 1;
        }
    }

    if (end - p < 4 || p[1] != '#') {
        return 0;
    }

    base = p[2] == 'x' ? 16 : 10;
    q = p + (base == 16 ? 3 : 2);
    code = 0;

    for ( /* void */ ; q < end && *q != ';'; q++) {

        ch = *q | 0x20;
        ch = *q >= '0' && *q <= '9' ? *q - '0'
             : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : 16;

        if (ch >= base) {
            return 0;
        }

        code = code * base + ch;

        if (code > 0x10ffff) {
            return 0;
        }
    }

    if (q == end || code <= ' ' || (code >= 0xd800 && code < 0xe000)) {
        return 0;
    }

    *len = q + 1 - p;

    return aif_utf8_encode(dst, code);
}
