
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Names of elements are compared as they are written ("url", "loc"), without
 * namespaces: what has others is somebody else's.  An address is decoded once,
 * and escaped for the place where it is repeated.
 */


#include "core/aif_sitemap.h"
#include "core/aif_escape.h"
#include "core/aif_xml.h"


#define AIF_SITEMAP_XHTML      "http://www.w3.org/1999/xhtml"
#define AIF_SITEMAP_ALTERNATE  64    /* bytes of one but for its address, more
                                        or less */


typedef struct {
    aif_sitemap_t          *sm;
    const aif_link_site_t  *site;
    aif_arena_t            *arena;
    size_t                  max;     /* room for entries */
    aif_xml_t               xml;
    unsigned                depth;

    /* of the entry at hand */

    unsigned                entry:1;
    unsigned                own:1;   /* has alternates */
    unsigned                known:1; /* its address can be read */
    unsigned                locs;    /* how many there are */
    aif_str_t               loc;     /* the last one */
} aif_sitemap_reader_t;


static int aif_sitemap_root(aif_sitemap_reader_t *rd);
static int aif_sitemap_is_name(const aif_str_t *name);
static int aif_sitemap_body(aif_sitemap_reader_t *rd);
static void aif_sitemap_child(aif_sitemap_reader_t *rd);
static int aif_sitemap_loc(aif_sitemap_reader_t *rd);
static int aif_sitemap_entry(aif_sitemap_reader_t *rd);
static void aif_sitemap_path(aif_str_t *path, u_char *dst);
static void aif_sitemap_alternates(const aif_sitemap_t *sm,
    const aif_link_site_t *site, const aif_sitemap_url_t *url,
    const u_char *announced, aif_buf_t *b);
static void aif_sitemap_alternate(const aif_sitemap_t *sm,
    const aif_sitemap_url_t *url, const char *name, size_t len,
    const aif_str_t *locale, aif_buf_t *b);


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
    rd.arena = a;
    aif_xml_init(&rd.xml, file, len);

    rc = aif_sitemap_root(&rd);

    return rc == AIF_OK ? aif_sitemap_body(&rd) : rc;
}


/* The root's tag, and whether it declares the namespace of alternates. */

static int
aif_sitemap_root(aif_sitemap_reader_t *rd)
{
    int        rc;
    size_t     pos;
    aif_str_t  name, value;

    do {
        rc = aif_xml_next(&rd->xml);

        if (rc != AIF_OK) {
            return rc;
        }

        if (rd->xml.tag.type == AIF_XML_OTHER && !aif_xml_utf8(&rd->xml)) {
            return AIF_DONE;
        }

    } while (rd->xml.tag.type == AIF_XML_OTHER);

    if (rd->xml.tag.type != AIF_XML_START || !aif_xml_is(&rd->xml, "urlset")) {
        return AIF_DONE;
    }

    aif_str_set(&rd->sm->prefix, "xhtml");

    pos = rd->xml.tag.name_end;
    rd->sm->space = pos;

    while (aif_xml_attr(&rd->xml, &pos, &name, &value)) {

        if (name.len <= 6 || memcmp(name.data, "xmlns:", 6) != 0) {
            continue;
        }

        name.data += 6;
        name.len -= 6;

        if (value.len == sizeof(AIF_SITEMAP_XHTML) - 1
            && memcmp(value.data, AIF_SITEMAP_XHTML, value.len) == 0)
        {
            if (!aif_sitemap_is_name(&name)) {
                return AIF_DONE;
            }

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


/* letters, digits, "-", "_" and "." of ASCII: what is repeated in tags */

static int
aif_sitemap_is_name(const aif_str_t *name)
{
    size_t  i;
    u_char  ch;

    for (i = 0; i < name->len; i++) {

        ch = name->data[i] | 0x20;

        if ((ch < 'a' || ch > 'z') && name->data[i] != '_'
            && (i == 0 || ((ch < '0' || ch > '9') && ch != '-' && ch != '.')))
        {
            return 0;
        }
    }

    return name->len != 0;
}


static int
aif_sitemap_body(aif_sitemap_reader_t *rd)
{
    int  rc;

    for ( ;; ) {

        rc = aif_xml_next(&rd->xml);

        if (rc != AIF_OK) {
            return AIF_BAD;
        }

        switch (rd->xml.tag.type) {

        case AIF_XML_START:
            aif_sitemap_child(rd);
            rd->depth++;

            if (rd->depth == 3 && aif_xml_is(&rd->xml, "loc")) {

                rc = aif_sitemap_loc(rd);

                if (rc != AIF_OK) {
                    return rc;
                }
            }

            break;

        case AIF_XML_EMPTY:
            aif_sitemap_child(rd);
            break;

        case AIF_XML_END:
            rd->depth--;

            if (rd->depth == 0) {
                return aif_xml_is(&rd->xml, "urlset") ? AIF_OK : AIF_BAD;
            }

            if (rd->depth == 1 && rd->entry) {

                rc = aif_xml_is(&rd->xml, "url") ? aif_sitemap_entry(rd)
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
        rd->entry = rd->xml.tag.type == AIF_XML_START
                    && aif_xml_is(&rd->xml, "url");
        rd->own = 0;
        rd->locs = 0;
        return;
    }

    if (rd->own || rd->xml.tag.name_end + 1 == rd->xml.tag.end) {
        return;
    }

    pos = rd->xml.tag.name_end;

    while (aif_xml_attr(&rd->xml, &pos, &name, &value)) {
        if (name.len == 8 && memcmp(name.data, "hreflang", 8) == 0) {
            rd->own = 1;
        }
    }
}


static int
aif_sitemap_loc(aif_sitemap_reader_t *rd)
{
    int  rc;

    rc = aif_xml_content(&rd->xml, rd->arena, &rd->loc);

    if (rc == AIF_BAD || rc == AIF_NOMEM || !aif_xml_is(&rd->xml, "loc")) {
        return rc == AIF_NOMEM ? rc : AIF_BAD;
    }

    rd->known = (rc == AIF_OK);
    rd->locs++;
    rd->depth--;

    return AIF_OK;
}


/* An entry is complete. */

static int
aif_sitemap_entry(aif_sitemap_reader_t *rd)
{
    u_char             *dst;
    aif_link_t          link;
    aif_sitemap_url_t  *url, *urls;

    if (rd->own || rd->locs != 1 || !rd->known
        || aif_link_prefix(rd->site, rd->loc.data, rd->loc.len, &link)
           != AIF_LINK_HOST
        || (rd->loc.data[0] | 0x20) != 'h' || link.path_end != rd->loc.len)
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

    url->end = rd->xml.tag.start;
    url->base.data = rd->loc.data;
    url->base.len = link.path;
    url->path.data = rd->loc.data + link.path;
    url->path.len = rd->loc.len - link.path;

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


/* An address has no quotes: those of a path are encoded. */

static void
aif_sitemap_alternate(const aif_sitemap_t *sm, const aif_sitemap_url_t *url,
    const char *name, size_t len, const aif_str_t *locale, aif_buf_t *b)
{
    aif_buf_byte(b, '<');
    aif_buf_append(b, sm->prefix.data, sm->prefix.len);
    aif_buf_literal(b, ":link rel=\"alternate\" hreflang=\"");
    aif_buf_append(b, name, len);
    aif_buf_literal(b, "\" href=\"");
    aif_escape_append(b, url->base.data, url->base.len);

    if (locale) {
        aif_buf_byte(b, '/');
        aif_buf_append(b, locale->data, locale->len);
    }

    aif_escape_append(b, url->path.data, url->path.len);
    aif_buf_literal(b, "\"/>\n");
}
