
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The texts of the edits that aif_seo.c has found places for: values of lang
 * and dir, alternates, the switcher.
 *
 * A text never repeats bytes of the page but for scheme and authority of its
 * own canonical link, which then were read as this host's.  Everything else in
 * one is configured, of a table, or escaped here.
 */


#include "core/aif_seo_text.h"
#include "core/aif_language.h"
#include "core/aif_locale.h"
#include "core/aif_segment_attr.h"


static aif_str_t aif_seo_dir(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, const aif_seo_mark_t *mark);
static int aif_seo_is_announced(const aif_seo_page_t *known, size_t i);
static size_t aif_seo_count(aif_seo_t *seo, const aif_seo_page_t *known);
static int aif_seo_has_alternates(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_str_t *base);
static void aif_seo_og_alternates(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_buf_t *b);
static void aif_seo_alternates(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_buf_t *b);
static void aif_seo_alternate(aif_seo_t *seo, const aif_str_t *base,
    aif_buf_t *b, size_t i, const char *name, size_t len);
static int aif_seo_base_of(aif_seo_t *seo, const u_char *page,
    aif_str_t *base);
static void aif_seo_switcher(aif_seo_t *seo, const aif_seo_page_t *known,
    aif_buf_t *b);
static void aif_seo_name(aif_seo_t *seo, const aif_seo_page_t *known,
    aif_buf_t *b, const aif_str_t *locale);
static void aif_seo_local(aif_seo_t *seo, aif_buf_t *b, size_t i);
static void aif_seo_escape(aif_buf_t *b, const aif_str_t *text);


aif_str_t
aif_seo_text(aif_seo_t *seo, const u_char *page, const aif_seo_page_t *known,
    const aif_seo_mark_t *mark)
{
    u_char            *og;
    aif_buf_t          b;
    aif_str_t          text;
    const aif_str_t   *locale;

    locale = &seo->conf->site.locales[seo->conf->index];
    text.data = NULL;
    text.len = 0;

    switch (mark->type) {

    case AIF_SEO_LINK_ROOT:
        return seo->foreign ? text : seo->prefix;

    case AIF_SEO_LINK:
        return seo->prefix;

    case AIF_SEO_LANG:
    case AIF_SEO_LANGUAGE:

        /* the source's own may say more ("en-GB") than is listed ("en") */

        return known->translated && seo->conf->index ? *locale : text;

    case AIF_SEO_DIR:
    case AIF_SEO_DIR_EMPTY:
    case AIF_SEO_DIR_NEW:
        return aif_seo_dir(seo, page, known, mark);

    case AIF_SEO_OG:

        if (!known->translated || seo->conf->index == 0) {
            return text;
        }

        og = aif_arena_alloc(seo->arena, AIF_LANGUAGE_MAX_OG);
        if (og == NULL) {
            seo->failed = 1;
            return text;
        }

        text.len = aif_language_og(og, locale);
        text.data = text.len ? og : NULL;

        return text;
    }

    aif_buf_init(&b, seo->arena, 64);

    switch (mark->type) {

    case AIF_SEO_LANG_NEW:
    case AIF_SEO_LANG_EMPTY:

        if (!known->translated) {
            break;
        }

        if (mark->type == AIF_SEO_LANG_NEW) {
            aif_buf_literal(&b, " lang");
        }

        aif_buf_literal(&b, "=\"");
        aif_buf_append(&b, locale->data, locale->len);
        aif_buf_byte(&b, '"');
        break;

    case AIF_SEO_OG_END:
        aif_seo_og_alternates(seo, page, known, &b);
        break;

    case AIF_SEO_HEAD:
        aif_seo_alternates(seo, page, known, &b);
        break;

    case AIF_SEO_NAV:
        aif_seo_switcher(seo, known, &b);
        break;
    }

    seo->failed |= b.failed;
    text.data = b.len ? b.data : NULL;
    text.len = b.len;

    return text;
}


static aif_str_t
aif_seo_dir(aif_seo_t *seo, const u_char *page, const aif_seo_page_t *known,
    const aif_seo_mark_t *mark)
{
    int                      rtl;
    static const aif_str_t   none = aif_null_string;
    static const aif_str_t   text[3][2] = {
        { aif_string("ltr"), aif_string("rtl") },
        { aif_null_string, aif_string("=\"rtl\"") },
        { aif_null_string, aif_string(" dir=\"rtl\"") }
    };
    const aif_str_t         *locale;

    locale = &seo->conf->site.locales[seo->conf->index];

    if (!known->translated || seo->conf->index == 0) {
        return none;
    }

    rtl = aif_locale_rtl(locale->data, locale->len);

    /* "auto" is the shop's will, as long as nothing speaks against it */

    if (mark->type == AIF_SEO_DIR && !rtl
        && (mark->end - mark->start != 3
            || !aif_segment_attr_same(page + mark->start, "rtl", 3)))
    {
        return none;
    }

    return text[mark->type - AIF_SEO_DIR][rtl];
}


static int
aif_seo_is_announced(const aif_seo_page_t *known, size_t i)
{
    return i == 0 || (known->announced && known->announced[i]);
}


/* How many locales the page is announced in; 0 if its own is none of them. */

static size_t
aif_seo_count(aif_seo_t *seo, const aif_seo_page_t *known)
{
    size_t  i, n;

    if (!seo->conf->alternates || !seo->local
        || !aif_seo_is_announced(known, seo->conf->index))
    {
        return 0;
    }

    for (i = 0, n = 0; i < seo->conf->site.nlocales; i++) {
        n += aif_seo_is_announced(known, i);
    }

    return n;
}


/* *base: scheme and authority of their addresses */

static int
aif_seo_has_alternates(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_str_t *base)
{
    return known->indexed && !seo->own && seo->conf->args.len == 0
           && aif_seo_count(seo, known) > 1
           && aif_seo_base_of(seo, page, base) == AIF_OK;
}


static void
aif_seo_og_alternates(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_buf_t *b)
{
    size_t     i, len;
    u_char     og[AIF_LANGUAGE_MAX_OG];
    aif_str_t  base;

    if (!aif_seo_has_alternates(seo, page, known, &base)) {
        return;
    }

    for (i = 0; i < seo->conf->site.nlocales; i++) {

        if (i == seo->conf->index || !aif_seo_is_announced(known, i)) {
            continue;
        }

        len = aif_language_og(og, &seo->conf->site.locales[i]);

        if (len) {
            aif_buf_literal(b, "<meta property=\"og:locale:alternate\" "
                               "content=\"");
            aif_buf_append(b, og, len);
            aif_buf_literal(b, "\">");
        }
    }
}


/*
 * The source's address is the bare one, unless it has a prefix too; the bare
 * one is for those whose language is not there.
 */

static void
aif_seo_alternates(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, aif_buf_t *b)
{
    size_t            i;
    aif_str_t         base;
    const aif_str_t  *locale;

    if (!aif_seo_has_alternates(seo, page, known, &base)) {
        return;
    }

    locale = seo->conf->site.locales;

    for (i = 0; i < seo->conf->site.nlocales; i++) {
        if (aif_seo_is_announced(known, i)) {
            aif_seo_alternate(seo, &base, b, i, (char *) locale[i].data,
                              locale[i].len);
        }
    }

    aif_seo_alternate(seo, &base, b, seo->conf->site.nlocales, "x-default",
                      sizeof("x-default") - 1);
}


static void
aif_seo_alternate(aif_seo_t *seo, const aif_str_t *base, aif_buf_t *b,
    size_t i, const char *name, size_t len)
{
    aif_buf_literal(b, "<link rel=\"alternate\" hreflang=\"");
    aif_buf_append(b, name, len);
    aif_buf_literal(b, "\" href=\"");
    aif_seo_escape(b, base);
    aif_seo_local(seo, b, i);
    aif_buf_literal(b, "\">\n");
}


/*
 * Scheme and authority: as the canonical link has them, which a shop behind
 * TLS knows better than we do.  AIF_BAD: the canonical page is another one.
 */

static int
aif_seo_base_of(aif_seo_t *seo, const u_char *page, aif_str_t *base)
{
    size_t            len, path_len;
    aif_link_t        link;
    aif_str_t         path;
    const u_char     *p;
    const aif_str_t  *own;
    aif_link_type_e   type;

    *base = seo->conf->base;

    if (seo->canonical == 0) {
        return AIF_OK;
    }

    p = page + seo->canonical;
    len = seo->canonical_end - seo->canonical;

    type = aif_link_parse(&seo->conf->site, p, len, &link);

    if (type == AIF_LINK_NONE || (type == AIF_LINK_ROOT && seo->foreign)
        || (link.path_end < len && p[link.path_end] == '?'))
    {
        return AIF_BAD;
    }

    own = &seo->conf->path;
    path_len = link.path_end - link.path;

    path.data = (u_char *) p + link.path;
    path.len = path_len;

    if (path_len == 0) {
        aif_str_set(&path, "/");
    }

    if (!aif_str_eq(&path, own)) {
        return AIF_BAD;
    }

    if (type == AIF_LINK_HOST && (*p | 0x20) == 'h') {
        base->data = (u_char *) p;
        base->len = link.path;
    }

    return AIF_OK;
}


static void
aif_seo_switcher(aif_seo_t *seo, const aif_seo_page_t *known, aif_buf_t *b)
{
    size_t            i;
    const aif_str_t  *locale;

    if (!seo->conf->alternates || !seo->local) {
        return;
    }

    aif_buf_literal(b, "<ul>");

    for (i = 0; i < seo->conf->site.nlocales; i++) {

        if (i != seo->conf->index && !aif_seo_is_announced(known, i)) {
            continue;
        }

        locale = &seo->conf->site.locales[i];

        aif_buf_literal(b, "<li><a href=\"");
        aif_seo_local(seo, b, i);

        if (seo->conf->args.len) {
            aif_buf_byte(b, '?');
            aif_seo_escape(b, &seo->conf->args);
        }

        aif_buf_literal(b, "\" hreflang=\"");
        aif_buf_append(b, locale->data, locale->len);
        aif_buf_literal(b, "\" lang=\"");
        aif_buf_append(b, locale->data, locale->len);
        aif_buf_byte(b, '"');

        if (aif_locale_rtl(locale->data, locale->len)) {
            aif_buf_literal(b, " dir=\"rtl\"");
        }

        if (i == seo->conf->index) {
            aif_buf_literal(b, " aria-current=\"true\"");
        }

        aif_buf_byte(b, '>');
        aif_seo_name(seo, known, b, locale);
        aif_buf_literal(b, "</a></li>");
    }

    aif_buf_literal(b, "</ul>");
}


/* A page that is declared to be in another charset has ASCII only. */

static void
aif_seo_name(aif_seo_t *seo, const aif_seo_page_t *known, aif_buf_t *b,
    const aif_str_t *locale)
{
    size_t     i;
    uint32_t   code, shift;
    aif_buf_t  name;

    if (!known->ascii) {
        aif_language_name(b, locale);
        return;
    }

    aif_buf_init(&name, seo->arena, 32);
    aif_language_name(&name, locale);
    b->failed |= name.failed;

    for (i = 0; i < name.len; i++) {

        code = name.data[i];

        if (code < 0x80) {
            aif_buf_byte(b, code);
            continue;
        }

        /* our own table: well-formed, at most three bytes */

        code &= code >= 0xe0 ? 0x0f : 0x1f;

        while (i + 1 < name.len && (name.data[i + 1] & 0xc0) == 0x80) {
            code = code << 6 | (name.data[++i] & 0x3f);
        }

        aif_buf_literal(b, "&#x");

        for (shift = 16; shift != 0; /* void */) {
            shift -= 4;
            aif_buf_byte(b, "0123456789ABCDEF"[code >> shift & 15]);
        }

        aif_buf_byte(b, ';');
    }
}


/* The page's path in a locale; beyond the last one: the bare path. */

static void
aif_seo_local(aif_seo_t *seo, aif_buf_t *b, size_t i)
{
    const aif_str_t  *locale;

    if (i < seo->conf->site.nlocales && (i != 0 || seo->conf->site.strict)) {
        locale = &seo->conf->site.locales[i];
        aif_buf_byte(b, '/');
        aif_buf_append(b, locale->data, locale->len);
    }

    aif_seo_escape(b, &seo->conf->path);
}


/*
 * For an address in double quotes: what has no place in one is percent
 * encoded, whoever sent it.
 */

static void
aif_seo_escape(aif_buf_t *b, const aif_str_t *text)
{
    size_t             i;
    u_char             ch;
    static const char  hex[] = "0123456789ABCDEF";

    for (i = 0; i < text->len; i++) {

        ch = text->data[i];

        if (ch == '&') {
            aif_buf_literal(b, "&amp;");

        } else if (ch <= ' ' || ch >= 0x7f
                   || strchr("\"'<>\\^`{|}", ch) != NULL)
        {
            aif_buf_byte(b, '%');
            aif_buf_byte(b, hex[ch >> 4]);
            aif_buf_byte(b, hex[ch & 15]);

        } else {
            aif_buf_byte(b, ch);
        }
    }
}
