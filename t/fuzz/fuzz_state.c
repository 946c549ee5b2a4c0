
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for the state: JSON, Flight, variables, unknown scripts.  The
 * input's first byte chooses what it is, the second where a Flight stream is
 * cut; then comes HTML up to a zero byte, and what the script has.  What must
 * hold:
 *
 *   - without translations the page comes out;
 *   - with all texts in capitals, or with the input for a translation, what
 *     could be read can be read again, and has as many strings as before;
 *   - a link gets a prefix once;
 *   - edits lie in the page, in order (the rewriter and this check it).
 */


#include "state_page.h"
#include "core/aif_json_span.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static aif_str_t  fuzz_keys[] = {
    aif_string("name"), aif_string("*.title"), aif_string("children")
};

static aif_str_t  fuzz_locales[] = { aif_string("en"), aif_string("es") };

static aif_str_t  fuzz_variables[] = { aif_string("v") };


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static size_t
fuzz_put(u_char *dst, const char *text)
{
    memcpy(dst, text, strlen(text));

    return strlen(text);
}


/* A stream as Next pushes it, in two pieces. */

static size_t
fuzz_pushes(u_char *dst, const uint8_t *p, size_t len, size_t cut)
{
    size_t  i, n;

    n = fuzz_put(dst, "<script>self.__next_f.push([1,\"");

    for (i = 0; i < len; i++) {

        if (i == cut && (p[i] & 0xc0) != 0x80) {
            n += fuzz_put(dst + n, "\"])</script><script>"
                                   "self.__next_f.push([1,\"");
        }

        if (p[i] == '"' || p[i] == '\\') {
            dst[n++] = '\\';
            dst[n++] = p[i];

        } else if (p[i] < 0x20 || p[i] == '<') {
            n += sprintf((char *) dst + n, "\\u%04x", p[i]);

        } else {
            dst[n++] = p[i];
        }
    }

    return n + fuzz_put(dst + n, "\"])</script>");
}


static size_t
fuzz_page(u_char *dst, unsigned kind, const uint8_t *p, size_t len, size_t cut)
{
    size_t      n;
    static const char *const  heads[] = {
        "<script id=__NEXT_DATA__ type=application/json>",
        "<script type=application/ld+json>", "<script type=application/json>",
        "<script>var v=", "<script>v=JSON.parse('", "<script>window.__NUXT__="
    };

    if (kind == 0) {
        return fuzz_pushes(dst, p, len, cut);
    }

    n = fuzz_put(dst, heads[kind - 1]);

    if (len) {
        memcpy(dst + n, p, len);
        n += len;
    }

    return n + fuzz_put(dst + n, kind == 5 ? "')</script>" : "</script>");
}


/* Number of strings of JSON, -1 if it is none. */

static long
fuzz_strings(const u_char *p, size_t len)
{
    int              rc;
    long             n;
    aif_json_span_t  js;

    static aif_json_span_level_t  levels[AIF_JSON_SPAN_MAX_DEPTH];

    aif_json_span_init(&js, p, len, levels);

    for (n = 0; (rc = aif_json_span_next(&js)) == AIF_OK; n++) { /* void */ }

    return rc == AIF_DONE && aif_json_span_rest(&js) == len ? n : -1;
}


/* Scripts in the HTML itself may be anything. */

static int
fuzz_script(const u_char *p, size_t len)
{
    for ( /* void */ ; len > 1; p++, len--) {
        if (*p == '<' && (p[1] | 0x20) == 's') {
            return 1;
        }
    }

    return 0;
}


static void
fuzz_run(int type, const u_char *page, size_t len, const char *words,
    int again)
{
    state_page_t       sp, second;
    aif_link_site_t    site;
    aif_link_span_t    span;
    aif_state_links_t  links;

    memset(&sp, 0, sizeof(state_page_t));
    memset(&site, 0, sizeof(aif_link_site_t));
    memset(&span, 0, sizeof(aif_link_span_t));

    aif_str_set(&site.host, "a.b");
    site.locales = fuzz_locales;
    site.nlocales = 2;

    /* the page's first bytes are a link of it */

    span.end = len < 6 ? len : 6;
    span.prefixed = !(len & 1);

    links.site = &site;
    links.spans = &span;
    links.nspans = type == 'h' && len;
    aif_str_set(&links.prefix, "/es");

    sp.links = words ? NULL : &links;

    sp.conf.keys = fuzz_keys;
    sp.conf.nkeys = 3;
    sp.conf.variables = fuzz_variables;
    sp.conf.nvariables = 1;
    sp.words = words;

    second = sp;

    state_page(&sp, type, page, len);

    if (sp.rc != AIF_OK) {
        free(sp.out.data);
        return;
    }

    if (words && *words == '-') {
        fuzz_check(sp.out.len == len && memcmp(sp.out.data, page, len) == 0);
    }

    if (type == 'j') {
        fuzz_check(fuzz_strings(page, len)
                   == fuzz_strings(sp.out.data, sp.out.len));
    }

    if (again && sp.rejected == 0) {
        state_page(&second, type, sp.out.data, sp.out.len);
        fuzz_check(second.rc != AIF_BAD);
        fuzz_check(second.hydrates == sp.hydrates);
        fuzz_check(second.linked == 0);
        free(second.out.data);
    }

    free(sp.out.data);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int             type;
    size_t          head, len;
    u_char         *page;
    unsigned        kind;
    const uint8_t  *zero;

    if (size < 2 || size > 65536) {
        return 0;
    }

    kind = data[0] % 9;

    if (kind > 6) {

        type = kind == 7 ? 'j' : 'x';

        fuzz_run(type, data + 2, size - 2, "-", 0);
        fuzz_run(type, data + 2, size - 2, NULL, 1);

        return 0;
    }

    zero = memchr(data + 2, '\0', size - 2);
    head = zero ? (size_t) (zero - data - 2) : 0;

    page = malloc(size * 6 + 256);
    memcpy(page, data + 2, head);

    zero = zero ? zero + 1 : data + 2;
    len = head + fuzz_page(page + head, kind, zero, data + size - zero,
                           data[1]);

    fuzz_run('h', page, len, "-", 0);
    fuzz_run('h', page, len, NULL, kind < 6 && !fuzz_script(page, head));

    free(page);

    return 0;
}
