
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Attributes of start tags: class, translate and selectors decide whether an
 * element may be touched, some names hold texts, <meta> tells the charset.  It
 * makes fragments of values and changes nothing else.  Called by the segmenter
 * for every start tag outside of what is never touched.
 */


#include "core/aif_segment_attr.h"
#include "core/aif_segment_text.h"


#define AIF_SEGMENT_ATTR_INCLUDE  0      /* groups of selectors */
#define AIF_SEGMENT_ATTR_EXCLUDE  1

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define AIF_SEGMENT_ATTR_CLAS  0x636c6173
#else
#define AIF_SEGMENT_ATTR_CLAS  0x73616c63
#endif

#define AIF_SEGMENT_ATTR_CLASS      1    /* seen in a tag */
#define AIF_SEGMENT_ATTR_TRANSLATE  2


static inline int aif_segment_attr_is_class(const u_char *p);
static unsigned aif_segment_attr_translate(const u_char *p, size_t len,
    unsigned state);
static int aif_segment_attr_notranslate(const u_char *p, size_t len);
static void aif_segment_attr_candidate(aif_segment_attr_t *at,
    const u_char *page, const aif_html_token_t *token, unsigned i,
    uint64_t *seen);
static void aif_segment_attr_input(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token);
static void aif_segment_attr_type(aif_segment_attr_t *at, const u_char *p,
    const u_char *end);
static void aif_segment_attr_charset(aif_segment_attr_t *at, const u_char *p,
    const u_char *end);
static int aif_segment_attr_listed(const u_char *p, size_t len,
    const aif_str_t *list, size_t n);


static aif_str_t  aif_segment_attr_default[] = {
    aif_string("alt"),
    aif_string("title"),
    aif_string("placeholder"),
    aif_string("aria-label"),
    aif_string("aria-description"),
    aif_string("label"),
    aif_string("value"),
    aif_string("content")
};


/* <meta> whose content is a text, by name or property. */

static const aif_str_t  aif_segment_attr_metas[] = {
    aif_string("description"),
    aif_string("og:title"),
    aif_string("og:description"),
    aif_string("og:image:alt"),
    aif_string("twitter:title"),
    aif_string("twitter:description"),
    aif_string("twitter:image:alt")
};


/* <input> that shows its value. */

static const aif_str_t  aif_segment_attr_buttons[] = {
    aif_string("submit"),
    aif_string("button"),
    aif_string("reset")
};


#define aif_segment_attr_n(list)  (sizeof(list) / sizeof(list[0]))


void
aif_segment_conf_default(aif_segment_conf_t *conf)
{
    memset(conf, 0, sizeof(aif_segment_conf_t));

    conf->attributes = aif_segment_attr_default;
    conf->nattributes = aif_segment_attr_n(aif_segment_attr_default);
}


int
aif_segment_attr_init(aif_segment_attr_t *at, const aif_segment_conf_t *conf,
    aif_segment_run_t *run, aif_arena_t *a)
{
    int               rc;
    size_t            i;
    const aif_str_t  *name;

    memset(at, 0, sizeof(aif_segment_attr_t));

    at->conf = conf;
    at->run = run;

    for (i = 0; i < conf->nattributes && i < AIF_SEGMENT_ATTR_NAMES; i++) {

        name = &conf->attributes[i];

        if (name->len == 5 && memcmp(name->data, "value", 5) == 0) {
            at->value = 1;

        } else if (name->len == 7 && memcmp(name->data, "content", 7) == 0) {
            at->content = 1;

        } else if (name->len && name->len < AIF_SEGMENT_ATTR_LENGTHS) {
            at->names[name->len] |= (uint32_t) 1 << (name->data[0] & 31);
        }
    }

    at->names[sizeof("class") - 1] |= (uint32_t) 1 << ('c' & 31);
    at->names[sizeof("translate") - 1] |= (uint32_t) 1 << ('t' & 31);

    if (conf->ninclude == 0 && conf->nexclude == 0) {
        return AIF_OK;
    }

    at->selectors = aif_selector_set_create(a, AIF_SEGMENT_MAX_DEPTH + 1);
    if (at->selectors == NULL) {
        return AIF_NOMEM;
    }

    rc = aif_selector_set_add(at->selectors, conf->include, conf->ninclude,
                              AIF_SEGMENT_ATTR_INCLUDE);
    if (rc != AIF_OK) {
        return rc;
    }

    return aif_selector_set_add(at->selectors, conf->exclude, conf->nexclude,
                                AIF_SEGMENT_ATTR_EXCLUDE);
}


unsigned
aif_segment_attr_state(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token, uint32_t depth, unsigned state)
{
    size_t                  len;
    uint32_t                groups;
    uint64_t                seen;
    unsigned                i, first;
    const u_char           *name, *value;
    const aif_html_attr_t  *attr;

    at->nvalues = 0;
    first = 0;
    seen = 0;

    for (i = 0; i < token->nattrs; i++) {

        attr = &token->attrs[i];
        name = page + attr->name;
        len = attr->name_end - attr->name;

        if (len >= AIF_SEGMENT_ATTR_LENGTHS
            || !(at->names[len] >> (*name & 31) & 1))
        {
            continue;
        }

        value = page + attr->value;

        if (len == 5 && aif_segment_attr_is_class(name)) {

            if (!(first & AIF_SEGMENT_ATTR_CLASS)
                && aif_segment_attr_notranslate(value,
                                            attr->value_end - attr->value))
            {
                state |= AIF_SEGMENT_E_HARD;
            }

            first |= AIF_SEGMENT_ATTR_CLASS;

        } else if (len == 9 && aif_segment_attr_same(name, "translate", 9)) {

            if (!(first & AIF_SEGMENT_ATTR_TRANSLATE)) {
                state = aif_segment_attr_translate(value,
                                     attr->value_end - attr->value, state);
            }

            first |= AIF_SEGMENT_ATTR_TRANSLATE;

        } else {
            aif_segment_attr_candidate(at, page, token, i, &seen);
        }
    }

    if (at->selectors == NULL) {
        return state;
    }

    groups = aif_selector_set_match(at->selectors, depth, page, token);

    if (groups & (1 << AIF_SEGMENT_ATTR_INCLUDE)) {
        state &= ~AIF_SEGMENT_E_OUT;
    }

    if (groups & (1 << AIF_SEGMENT_ATTR_EXCLUDE)) {
        state |= AIF_SEGMENT_E_HARD;
    }

    return state;
}


/* The most frequent of all names; setting the bit makes letters small. */

static inline int
aif_segment_attr_is_class(const u_char *p)
{
    uint32_t  four;

    memcpy(&four, p, 4);

    return (four | 0x20202020) == (uint32_t) AIF_SEGMENT_ATTR_CLAS
           && (p[4] | 0x20) == 's';
}


static unsigned
aif_segment_attr_translate(const u_char *p, size_t len, unsigned state)
{
    if (len == 2 && aif_segment_attr_same(p, "no", 2)) {
        return state | AIF_SEGMENT_E_NO;
    }

    if (len == 0 || (len == 3 && aif_segment_attr_same(p, "yes", 3))) {
        return state & ~AIF_SEGMENT_E_NO;
    }

    return state;
}


/*
 * The class "notranslate" in a list of classes; with the shifts of Horspool's
 * search, that looks at about every eleventh byte.
 */

static int
aif_segment_attr_notranslate(const u_char *p, size_t len)
{
    size_t  i;

    static const char     word[] = "notranslate";
    static const uint8_t  less[256] = {
        ['n'] = 6, ['o'] = 2, ['t'] = 10, ['r'] = 4, ['a'] = 9, ['s'] = 7,
        ['l'] = 8
    };

    if (len < 11) {
        return 0;
    }

    for (i = 10; i < len; i += 11 - less[p[i]]) {

        if (p[i] == 'e' && memcmp(p + i - 10, word, 11) == 0
            && (i == 10 || aif_segment_text_is_space(p[i - 11]))
            && (i == len - 1 || aif_segment_text_is_space(p[i + 1])))
        {
            return 1;
        }
    }

    return 0;
}


/* An attribute whose length and first letter are those of a configured one. */

static void
aif_segment_attr_candidate(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token, unsigned i, uint64_t *seen)
{
    size_t            k, n, len;
    const u_char     *p;
    const aif_str_t  *name;

    p = page + token->attrs[i].name;
    len = token->attrs[i].name_end - token->attrs[i].name;

    n = at->conf->nattributes;

    if (n > AIF_SEGMENT_ATTR_NAMES) {
        n = AIF_SEGMENT_ATTR_NAMES;
    }

    for (k = 0; k < n; k++) {

        name = &at->conf->attributes[k];

        if (name->len == len
            && aif_segment_attr_same(p, (const char *) name->data, len))
        {
            break;
        }
    }

    if (k == n || (*seen >> k & 1)) {
        return;
    }

    if ((len == 5 && aif_segment_attr_same(p, "value", 5))
        || (len == 7 && aif_segment_attr_same(p, "content", 7)))
    {
        return;
    }

    *seen |= (uint64_t) 1 << k;
    at->values[at->nvalues++] = i;
}


void
aif_segment_attr_values(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token)
{
    unsigned                i;
    const aif_html_attr_t  *attr;

    if (token->tag == AIF_TAG_input && at->value) {
        aif_segment_attr_input(at, page, token);
    }

    for (i = 0; i < at->nvalues; i++) {

        attr = &token->attrs[at->values[i]];

        if (attr->value != attr->value_end) {
            aif_segment_run_value(at->run, attr->value, attr->value_end,
                                  AIF_FRAGMENT_ATTRIBUTE, attr->quote);
        }
    }
}


/* The value of a button is what it shows; put among the others in order. */

static void
aif_segment_attr_input(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token)
{
    unsigned                i, k;
    const aif_html_attr_t  *type, *value;

    type = aif_segment_attr_find(page, token, "type", 4);
    value = aif_segment_attr_find(page, token, "value", 5);

    if (type == NULL || value == NULL
        || !aif_segment_attr_button(page + type->value,
                                    type->value_end - type->value))
    {
        return;
    }

    k = value - token->attrs;

    for (i = at->nvalues++; i && at->values[i - 1] > k; i--) {
        at->values[i] = at->values[i - 1];
    }

    at->values[i] = k;
}


void
aif_segment_attr_meta(aif_segment_attr_t *at, const u_char *page,
    const aif_html_token_t *token, int hidden)
{
    const aif_html_attr_t  *attr, *name, *content;

    content = aif_segment_attr_find(page, token, "content", 7);

    if (at->charset_len == 0) {

        attr = aif_segment_attr_find(page, token, "charset", 7);

        if (attr) {
            aif_segment_attr_charset(at, page + attr->value,
                                     page + attr->value_end);

        } else if (content) {
            attr = aif_segment_attr_find(page, token, "http-equiv", 10);

            if (attr && attr->value_end - attr->value == 12
                && aif_segment_attr_same(page + attr->value, "content-type",
                                         12))
            {
                aif_segment_attr_type(at, page + content->value,
                                      page + content->value_end);
            }
        }
    }

    if (hidden || content == NULL || !at->content) {
        return;
    }

    name = aif_segment_attr_find(page, token, "name", 4);
    attr = aif_segment_attr_find(page, token, "property", 8);

    if ((name && aif_segment_attr_meta_text(page + name->value,
                                            name->value_end - name->value))
        || (attr && aif_segment_attr_meta_text(page + attr->value,
                                            attr->value_end - attr->value)))
    {
        aif_segment_run_value(at->run, content->value, content->value_end,
                              AIF_FRAGMENT_ATTRIBUTE, content->quote);
    }
}


/* text/html; charset=name ("extracting a character encoding from a meta") */

static void
aif_segment_attr_type(aif_segment_attr_t *at, const u_char *p,
    const u_char *end)
{
    const u_char  *q;

    for ( /* void */ ; end - p > 7; p++) {

        if (!aif_segment_attr_same(p, "charset", 7)) {
            continue;
        }

        q = aif_segment_text_skip(p + 7, end, end);

        if (q == end || *q != '=') {
            continue;
        }

        p = aif_segment_text_skip(q + 1, end, end);

        if (p < end && (*p == '"' || *p == '\'')) {
            q = memchr(p + 1, *p, end - p - 1);
            p++;

            if (q == NULL) {
                return;
            }

        } else {
            for (q = p; q < end && *q != ';'; q++) {
                if (aif_segment_text_is_space(*q)) {
                    break;
                }
            }
        }

        aif_segment_attr_charset(at, p, q);

        return;
    }
}


static void
aif_segment_attr_charset(aif_segment_attr_t *at, const u_char *p,
    const u_char *end)
{
    size_t  i;

    aif_segment_text_trim(&p, &end, 1);

    if (end - p > AIF_SEGMENT_ATTR_CHARSET) {
        return;
    }

    at->charset_len = end - p;

    for (i = 0; i < at->charset_len; i++) {
        at->charset[i] = p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i];
    }
}


const aif_html_attr_t *
aif_segment_attr_find(const u_char *page, const aif_html_token_t *token,
    const char *name, size_t len)
{
    unsigned                i;
    const aif_html_attr_t  *attr;

    for (i = 0; i < token->nattrs; i++) {

        attr = &token->attrs[i];

        if (attr->name_end - attr->name == len
            && aif_segment_attr_same(page + attr->name, name, len))
        {
            return attr;
        }
    }

    return NULL;
}


int
aif_segment_attr_meta_text(const u_char *name, size_t len)
{
    return aif_segment_attr_listed(name, len, aif_segment_attr_metas,
                                aif_segment_attr_n(aif_segment_attr_metas));
}


int
aif_segment_attr_button(const u_char *type, size_t len)
{
    return aif_segment_attr_listed(type, len, aif_segment_attr_buttons,
                                aif_segment_attr_n(aif_segment_attr_buttons));
}


static int
aif_segment_attr_listed(const u_char *p, size_t len, const aif_str_t *list,
    size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (len == list[i].len
            && aif_segment_attr_same(p, (const char *) list[i].data, len))
        {
            return 1;
        }
    }

    return 0;
}


int
aif_segment_attr_same(const u_char *p, const char *lower, size_t len)
{
    size_t  i;
    u_char  ch;

    for (i = 0; i < len; i++) {

        ch = p[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != (u_char) lower[i]) {
            return 0;
        }
    }

    return 1;
}
