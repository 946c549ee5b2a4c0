
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Addresses in the state that are links: they get the prefix that the same
 * links have in the HTML, so that who follows one without a new document
 * stays in his locale.
 *
 * In a Flight row an element says what is a link.  Elsewhere an address may be
 * anything; there it is one if its key sounds like it and the page shows a
 * link to it.
 */


#include "core/aif_state_private.h"
#include "core/aif_html_entity.h"


#define AIF_STATE_LINK_RULE  1       /* by the address alone */
#define AIF_STATE_LINK_SEEN  2       /* if the page has it, with the prefix */


static aif_state_address_t *aif_state_link_slot(const aif_state_t *st,
    const aif_str_t *value, uint64_t hash);
static unsigned aif_state_link_kind(const aif_state_t *st,
    const aif_json_span_t *js, aif_state_kind_e kind, unsigned named);
static unsigned aif_state_link_element(const aif_str_t *type,
    const aif_str_t *key, unsigned named);
static unsigned aif_state_link_key(const aif_str_t *key);
static int aif_state_link_place(const aif_json_span_t *js, size_t path,
    aif_state_string_t *s);


int
aif_state_link_table(aif_state_t *st)
{
    size_t                    i;
    u_char                   *dst;
    uint32_t                  size;
    uint64_t                  hash;
    aif_str_t                 value;
    aif_state_address_t      *address;
    const aif_link_span_t    *span;
    const aif_state_links_t  *links;

    links = st->links;

    if (links->nspans == 0) {
        return AIF_OK;
    }

    for (size = 16; size < 2 * links->nspans; size *= 2) { /* void */ }

    st->addresses = aif_arena_calloc(st->arena,
                                     size * sizeof(aif_state_address_t));
    if (st->addresses == NULL) {
        return AIF_NOMEM;
    }

    st->addresses_mask = size - 1;

    for (i = 0; i < links->nspans; i++) {

        span = &links->spans[i];
        value.data = (u_char *) st->page + span->start;
        value.len = span->end - span->start;

        if (memchr(value.data, '&', value.len)) {

            dst = aif_arena_alloc(st->arena, 2 * value.len);
            if (dst == NULL) {
                return AIF_NOMEM;
            }

            value.len = aif_html_decode(dst, value.data, value.len, 1);
            value.data = dst;
        }

        hash = aif_key_hash(st->key, value.data, value.len);

        address = aif_state_link_slot(st, &value, hash);
        address->hash = hash;
        address->value = value;
        address->prefixed |= span->prefixed;
        address->kept |= !span->prefixed;
    }

    return AIF_OK;
}


/* The address's entry, or a free one. */

static aif_state_address_t *
aif_state_link_slot(const aif_state_t *st, const aif_str_t *value,
    uint64_t hash)
{
    uint32_t              slot;
    aif_state_address_t  *address;

    for (slot = hash & st->addresses_mask; /* void */;
         slot = (slot + 1) & st->addresses_mask)
    {
        address = &st->addresses[slot];

        if (address->value.data == NULL
            || (address->hash == hash && aif_str_eq(&address->value, value)))
        {
            return address;
        }
    }
}


int
aif_state_link(aif_state_t *st, const aif_json_span_t *js,
    const aif_state_named_t *named, aif_state_string_t *s)
{
    unsigned              how;
    aif_str_t             value;
    aif_link_t            link;
    aif_state_address_t  *address;

    how = aif_state_link_kind(st, js, s->kind,
                              js->levels[js->depth - 1].serial == named->link);

    if (how == 0 || (how == AIF_STATE_LINK_SEEN && st->addresses == NULL)) {
        return AIF_DONE;
    }

    value.data = (u_char *) js->data + js->start;
    value.len = js->end - js->start;

    if (js->escaped) {

        value.data = aif_arena_alloc(st->arena, value.len);
        if (value.data == NULL) {
            return AIF_NOMEM;
        }

        value.len = aif_json_span_decode(value.data, js->data + js->start,
                                         js->data + js->end);
        if (value.len == SIZE_MAX) {
            return AIF_DONE;
        }
    }

    if (aif_link_prefix(st->links->site, value.data, value.len, &link)
        == AIF_LINK_NONE)
    {
        return AIF_DONE;
    }

    if (st->addresses) {

        address = aif_state_link_slot(st, &value,
                                      aif_key_hash(st->key, value.data,
                                                   value.len));

        if (address->kept
            || (how == AIF_STATE_LINK_SEEN && !address->prefixed))
        {
            return AIF_DONE;
        }
    }

    return aif_state_link_place(js, link.path, s);
}


static unsigned
aif_state_link_kind(const aif_state_t *st, const aif_json_span_t *js,
    aif_state_kind_e kind, unsigned named)
{
    const aif_json_span_level_t  *level;

    level = &js->levels[js->depth - 1];

    switch (kind) {

    case AIF_STATE_FLIGHT:
    case AIF_STATE_COMPONENT:

        if (js->depth > 1 && level[-1].element && level[-1].type.len
            && level[-1].type.data[0] != '$')
        {
            return aif_state_link_element(&level[-1].type, &level->key, named);
        }

        if (aif_state_key_is(&level->key, "href")) {
            return AIF_STATE_LINK_RULE;
        }

        break;

    case AIF_STATE_NEXT:

        if (!aif_state_key_is(&js->levels[0].key, "props")) {
            return 0;
        }

        break;

    case AIF_STATE_LDJSON:
        return 0;

    default:
        break;
    }

    /* who names a key of addresses means them */

    if (aif_state_key_listed(st->conf, js)) {
        return AIF_STATE_LINK_RULE;
    }

    return kind == AIF_STATE_BODY ? 0 : aif_state_link_key(&level->key);
}


/* As aif_seo.c does it with tags. */

static unsigned
aif_state_link_element(const aif_str_t *type, const aif_str_t *key,
    unsigned named)
{
    size_t  i;

    static const struct {
        const char  *type;
        const char  *key;
        unsigned     how;
    } elements[] = {
        { "a", "href", AIF_STATE_LINK_RULE },
        { "area", "href", AIF_STATE_LINK_RULE },
        { "form", "action", AIF_STATE_LINK_RULE },
        { "button", "formAction", AIF_STATE_LINK_RULE },
        { "input", "formAction", AIF_STATE_LINK_RULE },
        { "link", "href", AIF_STATE_LINK_SEEN },
        { "meta", "content", AIF_STATE_LINK_SEEN }
    };

    for (i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        if (aif_state_key_is(type, elements[i].type)
            && aif_state_key_is(key, elements[i].key))
        {
            return named ? AIF_STATE_LINK_RULE : elements[i].how;
        }
    }

    return 0;
}


static unsigned
aif_state_link_key(const aif_str_t *key)
{
    size_t  i;

    static const char *const  keys[] = {
        "href", "url", "link", "to", "path", "permalink", "uri"
    };

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (aif_state_key_is(key, keys[i])) {
            return AIF_STATE_LINK_SEEN;
        }
    }

    return 0;
}


/*
 * From a position in the address to one in the string as it is written.  A
 * byte is replaced there, for an edit of a view must have one.
 */

static int
aif_state_link_place(const aif_json_span_t *js, size_t path,
    aif_state_string_t *s)
{
    size_t         base;
    const u_char  *p, *end;

    p = js->data + js->start;
    end = js->data + js->end;

    while (path && p < end) {

        if (*p == '\\') {

            if (p[1] != '/') {
                return AIF_DONE;
            }

            p++;
        }

        p++;
        path--;
    }

    base = s->start - js->start;

    if (p == end) {
        s->link = AIF_STATE_LINK_BEHIND;
        s->text = base + (p - js->data) - 1;
        s->text_end = s->text + 1;
        return AIF_OK;
    }

    if (*p == '\\' && p[1] != '/') {
        return AIF_DONE;
    }

    s->link = AIF_STATE_LINK_BEFORE;
    s->text = base + (p - js->data);
    s->text_end = s->text + (*p == '\\' ? 2 : 1);

    return AIF_OK;
}


aif_str_t
aif_state_link_text(aif_state_t *st, const aif_state_string_t *s)
{
    u_char            ch;
    aif_str_t         text;
    const aif_str_t  *prefix;

    prefix = &st->links->prefix;

    text.len = prefix->len + 1;
    text.data = aif_arena_alloc(st->arena, text.len);

    if (text.data == NULL) {
        return text;
    }

    /* the last one of what is replaced: "\\/" is "/" */

    ch = st->views[s->view].data[s->text_end - 1];

    if (s->link == AIF_STATE_LINK_BEFORE) {
        memcpy(text.data, prefix->data, prefix->len);
        text.data[prefix->len] = ch;

    } else {
        text.data[0] = ch;
        memcpy(text.data + 1, prefix->data, prefix->len);
    }

    return text;
}
