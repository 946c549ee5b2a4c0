
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reads as much of XML as a sitemap is made of: tags and their depth,
 * attributes of the root, text, CDATA, comments.  Names are compared as they
 * are written ("url", "loc"), without namespaces: what has others is somebody
 * else's.  An address is decoded once, and escaped for the place where it is
 * repeated.
 */


#include "core/aif_sitemap.h"
#include "core/aif_segment_attr.h"
#include "core/aif_utf8.h"


#define AIF_SITEMAP_XHTML      "http://www.w3.org/1999/xhtml"
#define AIF_SITEMAP_ALTERNATE  64    /* bytes of one but for its address, more
                                        or less */


typedef enum {
    AIF_SITEMAP_START = 0,
    AIF_SITEMAP_EMPTY,               /* <name/> */
    AIF_SITEMAP_END,
    AIF_SITEMAP_CDATA,
    AIF_SITEMAP_OTHER                /* a comment or an instruction */
} aif_sitemap_type_e;


typedef struct {
    size_t               start;
    size_t               end;
    size_t               name;       /* of CDATA: its text */
    size_t               name_end;
    aif_sitemap_type_e   type;
} aif_sitemap_tag_t;


typedef struct {
    aif_sitemap_t          *sm;
    const aif_link_site_t  *site;
    const u_char           *file;
    size_t                  len;
    aif_arena_t            *arena;
    size_t                  max;     /* room for entries */

    size_t                  pos;
    aif_sitemap_tag_t       tag;
    unsigned                depth;

    /* of the entry at hand */

    unsigned                entry:1;
    unsigned                own:1;   /* has alternates */
    unsigned                locs;    /* addresses, and what stands beside the
                                        text of one */
    size_t                  loc;     /* text of the last one */
    size_t                  loc_end;
    unsigned                cdata:1;
} aif_sitemap_reader_t;


static int aif_sitemap_tag(aif_sitemap_reader_t *rd);
static int aif_sitemap_until(aif_sitemap_reader_t *rd, size_t from,
    const char *end);
static int aif_sitemap_root(aif_sitemap_reader_t *rd);
static int aif_sitemap_attr(const aif_sitemap_reader_t *rd, size_t *pos,
    aif_str_t *name, aif_str_t *value);
static int aif_sitemap_encoding(const aif_sitemap_reader_t *rd);
static int aif_sitemap_body(aif_sitemap_reader_t *rd);
static void aif_sitemap_child(aif_sitemap_reader_t *rd);
static int aif_sitemap_loc(aif_sitemap_reader_t *rd);
static int aif_sitemap_entry(aif_sitemap_reader_t *rd);
static int aif_sitemap_is(const aif_sitemap_reader_t *rd, const char *name);
static int aif_sitemap_text(aif_sitemap_reader_t *rd, aif_str_t *text);
static size_t aif_sitemap_reference(u_char *dst, const u_char *p,
    const u_char *end, size_t *len);
static void aif_sitemap_path(aif_str_t *path, u_char *dst);
static void aif_sitemap_alternates(const aif_sitemap_t *sm,
    const aif_link_site_t *site, const aif_sitemap_url_t *url,
    const u_char *announced, aif_buf_t *b);
static void aif_sitemap_alternate(const aif_sitemap_t *sm,
    const aif_sitemap_url_t *url, const char *name, size_t len,
    const aif_str_t *locale, aif_buf_t *b);
static void aif_sitemap_escape(aif_buf_t *b, const aif_str_t *text);


#define aif_sitemap_is_space(ch)                                              \
    ((ch) == ' ' || (ch) == '\t' || (ch) == '\n' || (ch) == '\r')


int
aif_sitemap_read(aif_sitemap_t *sm, const aif_link_site_t *site,
    const u_char *file, size_t len, aif_arena_t *a)
{
    int                   rc;
    aif_sitemap_reader_t  rd;

    memset(sm, 0, sizeof(aif_sitemap_t));
    memset(&rd, 0, sizeof(aif_sitemap_reader_t));

    rd.sm = sm;
    rd.site = site;
    rd.file = file;
    rd.len = len;
    rd.arena = a;

    rc = aif_sitemap_root(&rd);

    return rc == AIF_OK ? aif_sitemap_body(&rd) : rc;
}


/* The next tag, or what else begins with "<".  AIF_DONE: there is none. */

static int
aif_sitemap_tag(aif_sitemap_reader_t *rd)
{
    u_char              quote;
    size_t              p;
    const u_char       *q;
    aif_sitemap_tag_t  *tag;

    tag = &rd->tag;

    q = memchr(rd->file + rd->pos, '<', rd->len - rd->pos);
    if (q == NULL) {
        return AIF_DONE;
    }

    tag->start = q - rd->file;
    p = tag->start + 1;

    if (p == rd->len) {
        return AIF_BAD;
    }

    if (rd->file[p] == '?') {
        tag->type = AIF_SITEMAP_OTHER;
        return aif_sitemap_until(rd, p + 1, "?>");
    }

    if (rd->file[p] == '!') {

        if (rd->len - p >= 3 && memcmp(rd->file + p, "!--", 3) == 0) {
            tag->type = AIF_SITEMAP_OTHER;
            return aif_sitemap_until(rd, p + 3, "-->");
        }

        if (rd->len - p >= 8 && memcmp(rd->file + p, "![CDATA[", 8) == 0) {
            tag->type = AIF_SITEMAP_CDATA;
            tag->name = p + 8;
            return aif_sitemap_until(rd, p + 8, "]]>");
        }

        return AIF_BAD;
    }

    tag->type = AIF_SITEMAP_START;

    if (rd->file[p] == '/') {
        tag->type = AIF_SITEMAP_END;
        p++;
    }

    tag->name = p;

    while (p < rd->len && rd->file[p] != '>' && rd->file[p] != '/'
           && rd->file[p] != '<' && !aif_sitemap_is_space(rd->file[p]))
    {
        p++;
    }

    tag->name_end = p;

    for (quote = 0; p < rd->len; p++) {

        if (quote) {
            quote = rd->file[p] == quote ? 0 : quote;

        } else if (rd->file[p] == '"' || rd->file[p] == '\'') {
            quote = rd->file[p];

        } else if (rd->file[p] == '<') {
            return AIF_BAD;

        } else if (rd->file[p] == '>') {
            break;
        }
    }

    if (p == rd->len || tag->name == tag->name_end) {
        return AIF_BAD;
    }

    if (tag->type == AIF_SITEMAP_START && rd->file[p - 1] == '/') {
        tag->type = AIF_SITEMAP_EMPTY;
    }

    tag->end = p + 1;
    rd->pos = p + 1;

    return AIF_OK;
}


static int
aif_sitemap_until(aif_sitemap_reader_t *rd, size_t from, const char *end)
{
    size_t         n;
    const u_char  *p, *last;

    n = strlen(end);
    p = rd->file + from;
    last = rd->file + rd->len;

    while ((p = memchr(p, end[0], last - p)) != NULL) {

        if ((size_t) (last - p) >= n && memcmp(p, end, n) == 0) {
            rd->tag.name_end = p - rd->file;
            rd->tag.end = rd->tag.name_end + n;
            rd->pos = rd->tag.end;
            return AIF_OK;
        }

        p++;
    }

    return AIF_BAD;
}


/* The root's tag, and whether it declares the namespace of alternates. */

static int
aif_sitemap_root(aif_sitemap_reader_t *rd)
{
    int        rc;
    size_t     pos;
    aif_str_t  name, value;

    do {
        rc = aif_sitemap_tag(rd);

        if (rc != AIF_OK || rd->tag.type == AIF_SITEMAP_CDATA) {
            return rc == AIF_OK ? AIF_BAD : rc;
        }

        if (rd->tag.type == AIF_SITEMAP_OTHER && !aif_sitemap_encoding(rd)) {
            return AIF_DONE;
        }

    } while (rd->tag.type == AIF_SITEMAP_OTHER);

    if (rd->tag.type != AIF_SITEMAP_START || !aif_sitemap_is(rd, "urlset")) {
        return AIF_DONE;
    }

    aif_str_set(&rd->sm->prefix, "xhtml");
    rd->sm->space = rd->tag.name_end;

    pos = rd->tag.name_end;

    while (aif_sitemap_attr(rd, &pos, &name, &value)) {

        if (name.len <= 6 || memcmp(name.data, "xmlns:", 6) != 0) {
            continue;
        }

        name.data += 6;
        name.len -= 6;

        if (value.len == sizeof(AIF_SITEMAP_XHTML) - 1
            && memcmp(value.data, AIF_SITEMAP_XHTML, value.len) == 0)
        {
            rd->sm->prefix = name;
            rd->sm->space = 0;

        } else if (rd->sm->space && aif_str_eq(&name, &rd->sm->prefix)) {

            /* somebody else's "xhtml:" */

            return AIF_DONE;
        }
    }

    rd->depth = 1;

    return AIF_OK;
}


/* The next attribute of the tag at hand. */

static int
aif_sitemap_attr(const aif_sitemap_reader_t *rd, size_t *pos, aif_str_t *name,
    aif_str_t *value)
{
    u_char         quote;
    const u_char  *p, *end;

    p = rd->file + *pos;
    end = rd->file + rd->tag.end - 1;

    while (p < end && (aif_sitemap_is_space(*p) || *p == '/')) {
        p++;
    }

    name->data = (u_char *) p;

    while (p < end && *p != '=' && !aif_sitemap_is_space(*p)) {
        p++;
    }

    name->len = p - name->data;

    while (p < end && (aif_sitemap_is_space(*p) || *p == '=')) {
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
    *pos = p - rd->file + (p < end);

    return 1;
}


/* <?xml encoding="..."?>: 0 if that isn't UTF-8 */

static int
aif_sitemap_encoding(const aif_sitemap_reader_t *rd)
{
    size_t     pos;
    aif_str_t  name, value;

    pos = rd->tag.start + 2;

    if (rd->tag.end - pos < 5 || memcmp(rd->file + pos, "xml", 3) != 0
        || !aif_sitemap_is_space(rd->file[pos + 3]))
    {
        return 1;
    }

    pos += 3;

    while (aif_sitemap_attr(rd, &pos, &name, &value)) {

        if (name.len == 8 && memcmp(name.data, "encoding", 8) == 0) {
            return (value.len == 5
                    && aif_segment_attr_same(value.data, "utf-8", 5))
                   || (value.len == 8
                       && aif_segment_attr_same(value.data, "us-ascii", 8));
        }
    }

    return 1;
}


static int
aif_sitemap_body(aif_sitemap_reader_t *rd)
{
    int  rc;

    for ( ;; ) {

        rc = aif_sitemap_tag(rd);

        if (rc != AIF_OK) {
            return AIF_BAD;
        }

        switch (rd->tag.type) {

        case AIF_SITEMAP_START:
            aif_sitemap_child(rd);
            rd->depth++;

            if (rd->depth == 3 && aif_sitemap_is(rd, "loc")) {

                rc = aif_sitemap_loc(rd);

                if (rc != AIF_OK) {
                    return rc;
                }
            }

            break;

        case AIF_SITEMAP_EMPTY:
            aif_sitemap_child(rd);
            break;

        case AIF_SITEMAP_END:
            rd->depth--;

            if (rd->depth == 0) {
                return aif_sitemap_is(rd, "urlset") ? AIF_OK : AIF_BAD;
            }

            if (rd->depth == 1 && rd->entry) {

                rc = aif_sitemap_is(rd, "url") ? aif_sitemap_entry(rd)
                                               : AIF_BAD;

                if (rc != AIF_OK) {
                    return rc;
                }

                rd->entry = 0;
            }

            break;

        default:
            break;
        }
    }
}


/* An entry begins, or something in it. */

static void
aif_sitemap_child(aif_sitemap_reader_t *rd)
{
    size_t     pos;
    aif_str_t  name, value;

    if (rd->depth == 1) {
        rd->entry = rd->tag.type == AIF_SITEMAP_START
                    && aif_sitemap_is(rd, "url");
        rd->own = 0;
        rd->locs = 0;
        return;
    }

    if (rd->own || rd->tag.name_end + 1 == rd->tag.end) {
        return;
    }

    pos = rd->tag.name_end;

    while (aif_sitemap_attr(rd, &pos, &name, &value)) {
        if (name.len == 8 && memcmp(name.data, "hreflang", 8) == 0) {
            rd->own = 1;
        }
    }
}


/* <loc>text</loc> or <loc><![CDATA[text]]></loc>, nothing else in it */

static int
aif_sitemap_loc(aif_sitemap_reader_t *rd)
{
    int     rc;
    size_t  start, p;

    start = rd->tag.end;
    rd->locs++;
    rd->cdata = 0;

    rc = aif_sitemap_tag(rd);

    if (rc == AIF_OK && rd->tag.type == AIF_SITEMAP_CDATA) {

        rd->loc = rd->tag.name;
        rd->loc_end = rd->tag.name_end;
        rd->cdata = 1;

        for (p = start; p < rd->tag.start; p++) {
            rd->locs += !aif_sitemap_is_space(rd->file[p]);
        }

        start = rd->tag.end;
        rc = aif_sitemap_tag(rd);
    }

    if (rc != AIF_OK || rd->tag.type != AIF_SITEMAP_END
        || !aif_sitemap_is(rd, "loc"))
    {
        return AIF_BAD;
    }

    rd->depth--;

    if (!rd->cdata) {
        rd->loc = start;
        rd->loc_end = rd->tag.start;
        return AIF_OK;
    }

    for (p = start; p < rd->tag.start; p++) {
        rd->locs += !aif_sitemap_is_space(rd->file[p]);
    }

    return AIF_OK;
}


/* An entry is complete. */

static int
aif_sitemap_entry(aif_sitemap_reader_t *rd)
{
    int                 rc;
    u_char             *dst;
    aif_str_t           text;
    aif_link_t          link;
    aif_sitemap_url_t  *url, *urls;

    if (rd->own || rd->locs != 1) {
        return AIF_OK;
    }

    rc = aif_sitemap_text(rd, &text);

    if (rc != AIF_OK) {
        return rc == AIF_DONE ? AIF_OK : rc;
    }

    if (aif_link_prefix(rd->site, text.data, text.len, &link)
            != AIF_LINK_HOST
        || (text.data[0] | 0x20) != 'h' || link.path_end != text.len)
    {
        return AIF_OK;
    }

    if (rd->sm->nurls == rd->max) {

        if (rd->max == AIF_SITEMAP_MAX_URLS) {
            return AIF_LIMIT;
        }

        rd->max = rd->max ? 2 * rd->max : 128;

        if (rd->max > AIF_SITEMAP_MAX_URLS) {
            rd->max = AIF_SITEMAP_MAX_URLS;
        }

        urls = aif_arena_alloc(rd->arena,
                               rd->max * sizeof(aif_sitemap_url_t));
        if (urls == NULL) {
            return AIF_NOMEM;
        }

        if (rd->sm->nurls) {
            memcpy(urls, rd->sm->urls,
                   rd->sm->nurls * sizeof(aif_sitemap_url_t));
        }

        rd->sm->urls = urls;
    }

    url = &rd->sm->urls[rd->sm->nurls++];

    url->end = rd->tag.start;
    url->base.data = text.data;
    url->base.len = link.path;
    url->path.data = text.data + link.path;
    url->path.len = text.len - link.path;

    if (url->path.len == 0) {
        aif_str_set(&url->path, "/");
        return AIF_OK;
    }

    dst = aif_arena_alloc(rd->arena, 3 * url->path.len);
    if (dst == NULL) {
        return AIF_NOMEM;
    }

    aif_sitemap_path(&url->path, dst);

    return AIF_OK;
}


static int
aif_sitemap_is(const aif_sitemap_reader_t *rd, const char *name)
{
    return rd->tag.name_end - rd->tag.name == strlen(name)
           && memcmp(rd->file + rd->tag.name, name, strlen(name)) == 0;
}


/* What an address says, without white space around; AIF_DONE: nothing. */

static int
aif_sitemap_text(aif_sitemap_reader_t *rd, aif_str_t *text)
{
    size_t         n, len;
    u_char        *dst;
    const u_char  *p, *end;

    p = rd->file + rd->loc;
    end = rd->file + rd->loc_end;

    while (p < end && aif_sitemap_is_space(*p)) {
        p++;
    }

    while (end > p && aif_sitemap_is_space(end[-1])) {
        end--;
    }

    text->data = (u_char *) p;
    text->len = end - p;

    if (p == end) {
        return AIF_DONE;
    }

    if (rd->cdata || memchr(p, '&', end - p) == NULL) {
        return AIF_OK;
    }

    /* a reference is not shorter than what it says */

    dst = aif_arena_alloc(rd->arena, end - p);
    if (dst == NULL) {
        return AIF_NOMEM;
    }

    text->data = dst;

    while (p < end) {

        if (*p != '&') {
            *dst++ = *p++;
            continue;
        }

        n = aif_sitemap_reference(dst, p, end, &len);

        if (n == 0) {
            return AIF_DONE;
        }

        dst += n;
        p += len;
    }

    text->len = dst - text->data;

    return AIF_OK;
}


/* The character that a reference stands for; 0: of an unknown kind. */

static size_t
aif_sitemap_reference(u_char *dst, const u_char *p, const u_char *end,
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

        ch = *q >= '0' && *q <= '9' ? *q - '0' : (*q | 0x20) - 'a' + 10;

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


/* Bytes that no client sends as they are. */

static void
aif_sitemap_path(aif_str_t *path, u_char *dst)
{
    size_t  i;
    u_char  ch, *start;

    static const char  hex[] = "0123456789ABCDEF";

    start = dst;

    for (i = 0; i < path->len; i++) {

        ch = path->data[i];

        if (ch > ' ' && ch < 0x7f && strchr("\"<>\\^`{|}", ch) == NULL) {
            *dst++ = ch;
            continue;
        }

        *dst++ = '%';
        *dst++ = hex[ch >> 4];
        *dst++ = hex[ch & 15];
    }

    path->data = start;
    path->len = dst - start;
}


int
aif_sitemap_edits(const aif_sitemap_t *sm, const aif_link_site_t *site,
    size_t len, const u_char *announced, aif_arena_t *a, aif_edit_t **edits,
    size_t *n)
{
    size_t                    i, size;
    aif_buf_t                 b;
    aif_edit_t               *e;
    const aif_sitemap_url_t  *url;

    *n = 0;
    size = len;

    e = aif_arena_alloc(a, (sm->nurls + 1) * sizeof(aif_edit_t));
    if (e == NULL) {
        return AIF_NOMEM;
    }

    *edits = e;

    if (sm->space) {
        e->start = sm->space;
        e->end = sm->space;
        aif_str_set(&e->text, " xmlns:xhtml=\"" AIF_SITEMAP_XHTML "\"");
        e++;
    }

    for (i = 0; i < sm->nurls; i++) {

        url = &sm->urls[i];

        aif_buf_init(&b, a, 0);
        aif_sitemap_alternates(sm, site, url, announced + i * site->nlocales,
                               &b);

        if (b.failed) {
            return AIF_NOMEM;
        }

        size += b.len;

        if (size > AIF_SITEMAP_MAX_SIZE) {
            return AIF_LIMIT;
        }

        if (b.len) {
            e->start = url->end;
            e->end = url->end;
            e->text.data = b.data;
            e->text.len = b.len;
            e++;
        }
    }

    *n = e - *edits;

    if (sm->space && *n == 1) {
        *n = 0;
    }

    return AIF_OK;
}


static void
aif_sitemap_alternates(const aif_sitemap_t *sm, const aif_link_site_t *site,
    const aif_sitemap_url_t *url, const u_char *announced, aif_buf_t *b)
{
    size_t            i, n;
    const aif_str_t  *locale;

    for (i = 1, n = 0; i < site->nlocales; i++) {
        n += announced[i];
    }

    if (n == 0) {
        return;
    }

    aif_buf_init(b, b->arena, (n + 2) * (url->base.len + url->path.len
                                         + AIF_SITEMAP_ALTERNATE));

    for (i = 0; i < site->nlocales; i++) {

        locale = &site->locales[i];

        if (i == 0 || announced[i]) {
            aif_sitemap_alternate(sm, url, (char *) locale->data, locale->len,
                                  i || site->strict ? locale : NULL, b);
        }
    }

    aif_sitemap_alternate(sm, url, "x-default", sizeof("x-default") - 1, NULL,
                          b);
}


static void
aif_sitemap_alternate(const aif_sitemap_t *sm, const aif_sitemap_url_t *url,
    const char *name, size_t len, const aif_str_t *locale, aif_buf_t *b)
{
    aif_buf_byte(b, '<');
    aif_buf_append(b, sm->prefix.data, sm->prefix.len);
    aif_buf_literal(b, ":link rel=\"alternate\" hreflang=\"");
    aif_buf_append(b, name, len);
    aif_buf_literal(b, "\" href=\"");
    aif_sitemap_escape(b, &url->base);

    if (locale) {
        aif_buf_byte(b, '/');
        aif_buf_append(b, locale->data, locale->len);
    }

    aif_sitemap_escape(b, &url->path);
    aif_buf_literal(b, "\"/>\n");
}


/* Neither has quotes or "<": those of a path are encoded. */

static void
aif_sitemap_escape(aif_buf_t *b, const aif_str_t *text)
{
    const u_char  *p, *q, *end;

    p = text->data;
    end = p + text->len;

    while ((q = memchr(p, '&', end - p)) != NULL) {
        aif_buf_append(b, p, q - p);
        aif_buf_literal(b, "&amp;");
        p = q + 1;
    }

    aif_buf_append(b, p, end - p);
}
