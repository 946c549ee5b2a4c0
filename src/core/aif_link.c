
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Addresses: is this one of a page of our host, and where does the prefix go?
 * The answer is a place, nothing is decoded and nothing written: an insertion
 * of "/es" changes no other byte of the address.  Whoever may be read in two
 * ways ("/\host", "/&#47;host", a tab in the scheme) is left alone.
 */


#include "core/aif_link.h"
#include "core/aif_locale.h"


#define AIF_LINK_EXTENSION  5          /* bytes of the longest, and of none */


static size_t aif_link_authority(const aif_link_site_t *site,
    const u_char *value, size_t from, size_t len, unsigned port);
static int aif_link_asset(const u_char *path, size_t len);
static int aif_link_same(const u_char *p, size_t len, const u_char *lower);
static u_char aif_link_lower(u_char ch);


/* What a shop sends as a file.  Pages are whatever is not listed. */

static const char  aif_link_assets[][AIF_LINK_EXTENSION + 1] = {
    "7z", "aac", "apk", "atom", "avi", "avif", "bin", "bmp", "br", "bz2",
    "cjs", "css", "csv", "dmg", "doc", "docx", "eot", "epub", "exe", "flac",
    "gif", "gz", "heic", "ico", "ics", "iso", "jpeg", "jpg", "js", "json",
    "jxl", "m4a", "m4v", "map", "mjs", "mov", "mp3", "mp4", "mpeg", "mpg",
    "msi", "odp", "ods", "odt", "ogg", "ogv", "otf", "pdf", "png", "ppt",
    "pptx", "ps", "rar", "rss", "rtf", "svg", "svgz", "swf", "tar", "tgz",
    "tif", "tiff", "ttf", "txt", "vcf", "wasm", "wav", "webm", "webp", "woff",
    "woff2", "xls", "xlsx", "xml", "xz", "zip", "zst"
};


aif_link_type_e
aif_link_parse(const aif_link_site_t *site, const u_char *value, size_t len,
    aif_link_t *link)
{
    int              index;
    size_t           i, n, path;
    unsigned         port;
    aif_link_type_e  type;

    /* white space at both ends is not part of an address */

    for (i = 0; i < len && (value[i] == ' ' || value[i] == '\n'
                            || value[i] == '\t' || value[i] == '\r'
                            || value[i] == '\f'); i++)
    {
        /* void */
    }

    port = 0;
    type = AIF_LINK_HOST;

    if (len - i >= 7 && aif_link_same(value + i, 7, (u_char *) "http://")) {
        port = 80;
        i += 7;

    } else if (len - i >= 8
               && aif_link_same(value + i, 8, (u_char *) "https://"))
    {
        port = 443;
        i += 8;

    } else if (len - i >= 2 && value[i] == '/' && value[i + 1] == '/') {
        i += 2;

    } else if (len - i >= 1 && value[i] == '/') {
        type = AIF_LINK_ROOT;

    } else {
        return AIF_LINK_NONE;
    }

    path = i;

    if (type == AIF_LINK_HOST) {

        path = aif_link_authority(site, value, i, len, port);
        if (path == 0) {
            return AIF_LINK_NONE;
        }
    }

    /* what a browser could take for the beginning of a host's name */

    if (len - path >= 2 && value[path] == '/'
        && (value[path + 1] == '/' || value[path + 1] == '\\'
            || value[path + 1] == '&' || value[path + 1] < ' '))
    {
        return AIF_LINK_NONE;
    }

    for (i = path; i < len && value[i] != '?' && value[i] != '#'
                   && value[i] > ' '; i++)
    {
        /* void */
    }

    index = aif_locale_prefix(site->locales, site->nlocales, value + path,
                              i - path, &n);

    link->path = path;
    link->path_end = i;
    link->prefixed = index > 0 || (index == 0 && site->strict);
    link->asset = aif_link_asset(value + path, i - path);

    return type;
}


aif_link_type_e
aif_link_prefix(const aif_link_site_t *site, const u_char *value, size_t len,
    aif_link_t *link)
{
    aif_link_type_e  type;

    type = aif_link_parse(site, value, len, link);

    if (type == AIF_LINK_NONE || link->prefixed || link->asset) {
        return AIF_LINK_NONE;
    }

    return type;
}


/* Where the path of an address of our host begins; 0: it isn't ours. */

static size_t
aif_link_authority(const aif_link_site_t *site, const u_char *value,
    size_t from, size_t len, unsigned scheme)
{
    size_t     i;
    unsigned   port;
    aif_str_t  host;

    for (i = from; i < len; i++) {

        if (value[i] == '/' || value[i] == '?' || value[i] == '#') {
            break;
        }

        if (value[i] == '@' || value[i] == '\\' || value[i] == '&'
            || value[i] == '%' || value[i] < ' ')
        {
            return 0;
        }

        if (value[i] == ' ') {
            break;
        }
    }

    if (aif_link_host(value + from, i - from, &host, &port) != AIF_OK
        || host.len == 0 || host.len != site->host.len
        || !aif_link_same(host.data, host.len, site->host.data))
    {
        return 0;
    }

    /*
     * A proxy in front of us may speak TLS: the scheme is not compared, and
     * the two default ports are one.
     */

    if (port == scheme || (scheme == 0 && (port == 80 || port == 443))) {
        port = 0;
    }

    return port == site->port ? i : 0;
}


static int
aif_link_asset(const u_char *path, size_t len)
{
    size_t  i, n, k;
    u_char  extension[AIF_LINK_EXTENSION + 1];

    for (i = len; i > 0 && path[i - 1] != '.' && path[i - 1] != '/'; i--) {
        /* void */
    }

    n = len - i;

    if (i == 0 || path[i - 1] != '.' || n == 0 || n > AIF_LINK_EXTENSION) {
        return 0;
    }

    for (k = 0; k < n; k++) {
        extension[k] = aif_link_lower(path[i + k]);
    }

    extension[n] = '\0';

    for (k = 0; k < sizeof(aif_link_assets) / sizeof(aif_link_assets[0]); k++)
    {
        if (memcmp(aif_link_assets[k], extension, n + 1) == 0) {
            return 1;
        }
    }

    return 0;
}


/* "5", "0; url=/x", "0;URL='/x'" (HTML standard, 4.2.5.3) */

int
aif_link_refresh(const u_char *value, size_t len, size_t *start, size_t *end)
{
    u_char  quote;
    size_t  i, k;

    for (i = 0; i < len && value[i] != ';' && value[i] != ','; i++) {

        if ((value[i] < '0' || value[i] > '9') && value[i] != '.'
            && value[i] != ' ')
        {
            return AIF_BAD;
        }
    }

    for (i++; i < len && (value[i] == ' ' || value[i] == '\t'); i++) {
        /* void */
    }

    if (i >= len || len - i < 4
        || !aif_link_same(value + i, 3, (u_char *) "url"))
    {
        return AIF_BAD;
    }

    for (i += 3; i < len && value[i] == ' '; i++) { /* void */ }

    if (i == len || value[i++] != '=') {
        return AIF_BAD;
    }

    for ( /* void */ ; i < len && value[i] == ' '; i++) { /* void */ }

    quote = 0;

    if (i < len && (value[i] == '"' || value[i] == '\'')) {
        quote = value[i++];
    }

    for (k = i; k < len && (quote == 0 || value[k] != quote); k++) {
        /* void */
    }

    *start = i;
    *end = k;

    return k > i ? AIF_OK : AIF_BAD;
}


int
aif_link_host(const u_char *value, size_t len, aif_str_t *host,
    unsigned *port)
{
    size_t    i, end;
    unsigned  n;

    end = len;
    n = 0;

    for (i = len; i > 0 && value[i - 1] >= '0' && value[i - 1] <= '9'; i--) {
        /* void */
    }

    if (i > 0 && value[i - 1] == ':') {

        end = i - 1;

        for ( /* void */ ; i < len; i++) {

            n = n * 10 + value[i] - '0';

            if (n > 65535) {
                return AIF_BAD;
            }
        }
    }

    host->data = (u_char *) value;
    host->len = end;
    *port = n;

    return AIF_OK;
}


static int
aif_link_same(const u_char *p, size_t len, const u_char *lower)
{
    while (len--) {
        if (aif_link_lower(*p++) != aif_link_lower(*lower++)) {
            return 0;
        }
    }

    return 1;
}


static u_char
aif_link_lower(u_char ch)
{
    return ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
}
