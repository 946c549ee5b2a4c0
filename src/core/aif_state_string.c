
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Strings of JSON and of Flight rows: their canonical texts (aif_segment.h),
 * and which of them are kept because they may change: those that a fragment of
 * the page has too, and those that are texts of their own.  Text with markup
 * in it is nobody's: whoever reads it would make elements of it.
 */


#include "core/aif_state_private.h"
#include "core/aif_escape.h"
#include "core/aif_segment_text.h"
#include "core/aif_utf8.h"


typedef struct {
    aif_state_t      *state;
    aif_json_span_t   js;
    uint32_t          view;
    aif_state_kind_e  kind;
    u_char           *types;         /* JSON-LD: by an object's serial */
    aif_state_named_t named;         /* Flight */
    uint32_t          linked;        /* serial of the last link's object, and */
    uint32_t          link;          /* its string */
    uint32_t          unlinked;      /* an object whose link must stay */
} aif_state_reader_t;


static int aif_state_string_read(aif_state_reader_t *rd);
static int aif_state_string_types(aif_state_reader_t *rd, const u_char *data,
    size_t len);
static int aif_state_string_found(aif_state_reader_t *rd);
static int aif_state_string_own(aif_state_reader_t *rd);
static int aif_state_string_link(aif_state_reader_t *rd);
static int aif_state_string_add(aif_state_t *st, const aif_state_string_t *s);
static unsigned aif_state_string_ld(const aif_state_reader_t *rd);
static int aif_state_string_child(const aif_json_span_t *js);
static void aif_state_string_trim(aif_state_text_t *t, int escaped);
static size_t aif_state_string_space(const u_char *p, const u_char *end,
    int escaped, size_t *len);
static int aif_state_string_write(aif_state_t *st, aif_str_t *text);
static uint8_t aif_state_string_edge(const u_char *p, const u_char *end);
static int aif_state_string_address(const aif_str_t *text);


int
aif_state_strings(aif_state_t *st, uint32_t view, size_t start, size_t end,
    aif_state_kind_e kind, size_t *pos)
{
    int                  rc;
    uint32_t             nstrings, ntexts, nlinks;
    const u_char        *data;
    aif_state_reader_t   rd;

    data = st->views[view].data + start;

    memset(&rd, 0, sizeof(aif_state_reader_t));

    rd.state = st;
    rd.view = view;
    rd.kind = kind;

    nstrings = st->nstrings;
    ntexts = st->ntexts;
    nlinks = st->nlinks;

    if (kind == AIF_STATE_LDJSON) {

        rc = aif_state_string_types(&rd, data, end - start);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    aif_json_span_init(&rd.js, data, end - start, st->levels);

    rc = aif_state_string_read(&rd);

    if (rc == AIF_OK) {

        if (pos) {
            *pos = start + rd.js.pos;

        } else if (aif_json_span_rest(&rd.js) != rd.js.len) {
            rc = AIF_BAD;
        }
    }

    if (rc != AIF_OK) {
        st->nstrings = nstrings;
        st->ntexts = ntexts;
        st->nlinks = nlinks;
    }

    return rc;
}


static int
aif_state_string_read(aif_state_reader_t *rd)
{
    int  rc;

    for ( ;; ) {

        rc = aif_json_span_next(&rd->js);

        if (rc == AIF_DONE) {
            return AIF_OK;
        }

        if (rc == AIF_OK) {
            rc = aif_state_string_found(rd);
        }

        if (rc != AIF_OK) {
            return rc;
        }
    }
}


/* An object's type may come after what it is the type of. */

static int
aif_state_string_types(aif_state_reader_t *rd, const u_char *data, size_t len)
{
    int                     rc;
    size_t                  i;
    uint32_t                n;
    aif_json_span_level_t  *level;

    for (i = 0, n = 1; i < len; i++) {
        n += (data[i] == '{' || data[i] == '[');
    }

    rd->types = aif_arena_calloc(rd->state->arena, n + 1);

    if (rd->types == NULL) {
        return AIF_NOMEM;
    }

    aif_json_span_init(&rd->js, data, len, rd->state->levels);

    while ((rc = aif_json_span_next(&rd->js)) == AIF_OK) {

        if (rd->js.depth == 0) {
            continue;
        }

        level = &rd->js.levels[rd->js.depth - 1];

        if (level->key.len != 5 || memcmp(level->key.data, "@type", 5) != 0) {
            continue;
        }

        if (level->array) {

            if (rd->js.depth == 1) {
                continue;
            }

            level--;
        }

        rd->types[level->serial] |= AIF_STATE_LD_KNOWN
                 | aif_state_key_ld_type(data + rd->js.start,
                                         rd->js.end - rd->js.start);
    }

    return rc == AIF_DONE ? AIF_OK : rc;
}


static int
aif_state_string_found(aif_state_reader_t *rd)
{
    int                  rc, own;
    size_t               dollar;
    const u_char        *p, *end;
    aif_state_t         *st;
    aif_state_text_t     t;
    aif_state_string_t   s;

    st = rd->state;
    p = rd->js.data + rd->js.start;
    end = rd->js.data + rd->js.end;

    if (p == end) {
        return AIF_OK;
    }

    if (rd->kind >= AIF_STATE_FLIGHT) {
        aif_state_key_governs(&rd->js, &rd->named);
    }

    if (st->links) {

        rc = aif_state_string_link(rd);

        if (rc != AIF_DONE) {
            return rc;
        }
    }

    own = aif_state_string_own(rd);

    if (rd->kind == AIF_STATE_COMPONENT && *p == '$') {
        aif_state_row_refer(st, p, end,
                            own == 2
                            || (own == 1
                                && !aif_state_key_fixed(&rd->js, rd->kind)));
    }

    if (own < 0
        || (own == 0 && (st->ngroups == 0 || rd->kind == AIF_STATE_BODY)))
    {
        return AIF_OK;
    }

    dollar = 0;

    if (rd->kind >= AIF_STATE_FLIGHT && *p == '$') {

        /* a reference to something else, unless it is "$$" */

        if (end - p < 2 || p[1] != '$') {
            return AIF_OK;
        }

        dollar = 1;
    }

    rc = aif_state_string_canonical(st, p + dollar, end, rd->js.escaped, &t);

    if (rc != AIF_OK) {
        return rc == AIF_DONE ? AIF_OK : rc;
    }

    if (own == 0 && aif_state_group_find(st, &t.text) == AIF_STATE_NONE) {
        return AIF_OK;
    }

    /* what others wrote stays even where its key is configured */

    if ((own < 2 && aif_state_key_fixed(&rd->js, rd->kind))
        || (aif_state_string_ld(rd) & AIF_STATE_LD_NEVER))
    {
        return AIF_OK;
    }

    memset(&s, 0, sizeof(aif_state_string_t));

    s.view = rd->view;
    s.kind = rd->kind;
    s.start = p - st->views[rd->view].data;
    s.end = end - st->views[rd->view].data;

    /* what stands before the text, the dollar aside, is white space */

    if (dollar && t.start != p + dollar) {
        return AIF_OK;
    }

    return aif_state_string_keep(st, &s, &t, own);
}


/*
 * 2: by its configured key; 1: by what it is; 0: it is no text of its own; -1:
 * it is no text, whatever it says.
 */

static int
aif_state_string_own(aif_state_reader_t *rd)
{
    int                           attribute;
    const aif_json_span_level_t  *level;

    if (rd->kind >= AIF_STATE_FLIGHT) {

        attribute = aif_state_key_attribute(rd->state->conf, &rd->js,
                                            &rd->named);

        if (attribute >= 0) {
            return attribute == 0 ? -1 : rd->kind == AIF_STATE_COMPONENT;
        }
    }

    if (aif_state_key_listed(rd->state->conf, &rd->js)) {
        return 2;
    }

    if (rd->js.depth == 0) {
        return 0;
    }

    level = &rd->js.levels[rd->js.depth - 1];

    switch (rd->kind) {

    case AIF_STATE_LDJSON:
        return aif_state_key_ld_text(&level->key)
               && (aif_state_string_ld(rd) & AIF_STATE_LD_OFFER);

    case AIF_STATE_COMPONENT:
        return aif_state_string_child(&rd->js);

    default:
        return 0;
    }
}


/*
 * A link that gets the prefix: kept, AIF_OK.  One beside "hrefLang" or
 * "download" stays, wherever that stands.
 */

static int
aif_state_string_link(aif_state_reader_t *rd)
{
    int                           rc;
    aif_state_t                  *st;
    aif_state_string_t            s;
    const aif_json_span_level_t  *level;

    if (rd->js.depth == 0 || rd->js.levels[rd->js.depth - 1].array) {
        return AIF_DONE;
    }

    st = rd->state;
    level = &rd->js.levels[rd->js.depth - 1];

    if (aif_state_key_is(&level->key, "hrefLang")
        || aif_state_key_is(&level->key, "download"))
    {
        if (level->serial == rd->linked && st->strings[rd->link].link) {
            st->strings[rd->link].link = AIF_STATE_LINK_NONE;
            st->nlinks--;
        }

        rd->unlinked = level->serial;
        return AIF_DONE;
    }

    if (level->serial == rd->unlinked) {
        return AIF_DONE;
    }

    memset(&s, 0, sizeof(aif_state_string_t));

    s.view = rd->view;
    s.kind = rd->kind;
    s.start = rd->js.data + rd->js.start - st->views[rd->view].data;
    s.end = rd->js.data + rd->js.end - st->views[rd->view].data;
    s.group = AIF_STATE_NONE;
    s.value = AIF_STATE_NONE;

    rc = aif_state_link(st, &rd->js, &rd->named, &s);

    if (rc != AIF_OK) {
        return rc;
    }

    rd->linked = level->serial;
    rd->link = st->nstrings;
    st->nlinks++;

    return aif_state_string_add(st, &s);
}


static unsigned
aif_state_string_ld(const aif_state_reader_t *rd)
{
    return rd->types ? aif_state_key_ld_around(&rd->js, rd->types) : 0;
}


/* The children of an element: a string, or one of several in an array. */

static int
aif_state_string_child(const aif_json_span_t *js)
{
    uint32_t                      depth;
    const aif_json_span_level_t  *level;

    depth = js->depth;
    level = &js->levels[depth - 1];

    if (level->key.len != 8 || memcmp(level->key.data, "children", 8) != 0) {
        return 0;
    }

    if (level->array) {

        if (level->element || --depth == 0) {
            return 0;
        }

        level--;
    }

    return depth > 1 && !level->array && level[-1].element;
}


int
aif_state_string_keep(aif_state_t *st, aif_state_string_t *s,
    const aif_state_text_t *t, int own)
{
    uint8_t             lead, trail;
    aif_str_t          *text;
    const u_char       *data;
    aif_state_group_t  *g;

    if (own && (aif_state_string_markup(&t->text)
                || aif_state_string_address(&t->text)))
    {
        own = 0;
    }

    data = st->views[s->view].data;

    s->text = t->start - data;
    s->text_end = t->end - data;
    s->group = aif_state_group_find(st, &t->text);
    s->value = AIF_STATE_NONE;

    if (s->group == AIF_STATE_NONE && !own) {
        return AIF_OK;
    }

    if (own) {

        text = aif_state_string_grow(st, st->texts, st->ntexts, &st->max_texts,
                                     sizeof(aif_str_t));
        if (text == NULL) {
            return AIF_NOMEM;
        }

        st->texts = text;
        s->value = st->ntexts;
        st->texts[st->ntexts++] = t->text;
    }

    if (s->group != AIF_STATE_NONE) {

        g = &st->groups[s->group];

        lead = t->text.len && data[s->start] == '$' && s->text == s->start + 1
               ? AIF_STATE_EDGE_NONE
               : aif_state_string_edge(data + s->start, t->start);
        trail = aif_state_string_edge(t->end, data + s->end);

        g->state_lead |= lead;
        g->state_trail |= trail;

        if (s->kind == AIF_STATE_NEXT || s->kind == AIF_STATE_FLIGHT
            || s->kind == AIF_STATE_VARIABLE)
        {
            g->found = 1;
        }
    }

    return aif_state_string_add(st, s);
}


static int
aif_state_string_add(aif_state_t *st, const aif_state_string_t *s)
{
    aif_state_string_t  *string;

    if (st->nstrings == AIF_STATE_MAX_STRINGS) {
        return AIF_LIMIT;
    }

    string = aif_state_string_grow(st, st->strings, st->nstrings,
                                   &st->max_strings,
                                   sizeof(aif_state_string_t));
    if (string == NULL) {
        return AIF_NOMEM;
    }

    st->strings = string;
    st->strings[st->nstrings++] = *s;

    return AIF_OK;
}


void *
aif_state_string_grow(aif_state_t *st, void *table, uint32_t n, uint32_t *max,
    size_t size)
{
    void      *room;
    uint32_t   more;

    if (n < *max) {
        return table;
    }

    more = *max ? 2 * *max : 64;

    room = aif_arena_alloc(st->arena, more * size);
    if (room == NULL) {
        return NULL;
    }

    if (n) {
        memcpy(room, table, n * size);
    }

    *max = more;

    return room;
}


int
aif_state_string_canonical(aif_state_t *st, const u_char *p,
    const u_char *end, int escaped, aif_state_text_t *t)
{
    size_t   len;
    u_char  *text;

    t->start = p;
    t->end = end;

    aif_state_string_trim(t, escaped);

    t->text.data = (u_char *) t->start;
    t->text.len = t->end - t->start;

    if (t->text.len == 0 || t->text.len > AIF_SEGMENT_MAX_TEXT * 4) {
        return AIF_DONE;
    }

    if (escaped) {

        text = aif_arena_alloc(st->arena, t->text.len);
        if (text == NULL) {
            return AIF_NOMEM;
        }

        len = aif_json_span_decode(text, t->start, t->end);

        if (len == SIZE_MAX) {
            return AIF_DONE;
        }

        t->text.data = text;
        t->text.len = len;
    }

    return aif_state_string_write(st, &t->text);
}


/* White space and no-break spaces stay outside, as they do in HTML. */

static void
aif_state_string_trim(aif_state_text_t *t, int escaped)
{
    size_t         len;
    const u_char  *p, *end, *last;

    p = t->start;
    end = t->end;

    if (!escaped) {

        for ( ;; ) {

            if (p < end && strchr(" \t\n\r\f", *p) && *p) {
                p++;

            } else if (end - p >= 2 && p[0] == 0xc2 && p[1] == 0xa0) {
                p += 2;

            } else {
                break;
            }
        }

        for ( ;; ) {

            if (end > p && strchr(" \t\n\r\f", end[-1]) && end[-1]) {
                end--;

            } else if (end - p >= 2 && end[-2] == 0xc2 && end[-1] == 0xa0) {
                end -= 2;

            } else {
                break;
            }
        }

        t->start = p;
        t->end = end;

        return;
    }

    while (p < end && aif_state_string_space(p, end, 1, &len)) {
        p += len;
    }

    t->start = p;
    last = p;

    while (p < end) {

        if (!aif_state_string_space(p, end, 1, &len)) {
            last = p + len;
        }

        p += len;
    }

    t->end = last;
}


/* Is the character at p white space?  "len": bytes of it, as it is written. */

static size_t
aif_state_string_space(const u_char *p, const u_char *end, int escaped,
    size_t *len)
{
    uint32_t  code;

    *len = 1;

    if (*p != '\\' || !escaped) {

        if (end - p >= 2 && p[0] == 0xc2 && p[1] == 0xa0) {
            *len = 2;
            return 1;
        }

        return *p == ' ' || (*p >= '\t' && *p <= '\r' && *p != '\v');
    }

    if (end - p < 2) {
        return 0;
    }

    *len = 2;

    if (p[1] != 'u') {
        return p[1] == 'n' || p[1] == 't' || p[1] == 'r' || p[1] == 'f';
    }

    if (!aif_json_span_hex(p + 2, end, &code)) {
        return 0;
    }

    *len = 6;

    return code == ' ' || code == 0xa0
           || (code >= '\t' && code <= '\r' && code != '\v');
}


/* Folds and escapes, if there is anything to. */

static int
aif_state_string_write(aif_state_t *st, aif_str_t *text)
{
    u_char         ch, *dst;
    size_t         extra;
    const u_char  *p, *end;

    p = text->data;
    end = p + text->len;
    extra = 0;

    if (aif_utf8_letters(p, text->len) == 0) {
        return AIF_DONE;
    }

    for ( /* void */ ; p < end; p++) {

        ch = *p;

        if (ch > '>' && ch != 0x7f) {
            continue;
        }

        if (ch == '&' || ch == '<' || ch == '>') {
            extra += 4;

        } else if (ch == ' ') {
            extra += (p[1] == ' ');

        } else if (ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f') {
            extra++;

        } else if (ch < ' ' || ch == 0x7f) {
            return AIF_DONE;
        }
    }

    if (extra == 0) {
        return text->len > AIF_SEGMENT_MAX_TEXT ? AIF_DONE : AIF_OK;
    }

    p = text->data;

    dst = aif_arena_alloc(st->arena, text->len + extra);
    if (dst == NULL) {
        return AIF_NOMEM;
    }

    text->data = dst;

    for ( /* void */ ; p < end; p++) {

        if (!aif_segment_text_is_space(*p)) {
            dst = aif_escape(dst, p, 1);

        } else if (dst[-1] != ' ') {
            *dst++ = ' ';
        }
    }

    text->len = dst - text->data;

    return text->len > AIF_SEGMENT_MAX_TEXT ? AIF_DONE : AIF_OK;
}


static uint8_t
aif_state_string_edge(const u_char *p, const u_char *end)
{
    return p == end ? AIF_STATE_EDGE_NONE
           : end - p == 1 && *p == ' ' ? AIF_STATE_EDGE_BLANK
                                       : AIF_STATE_EDGE_OTHER;
}


int
aif_state_string_markup(const aif_str_t *text)
{
    u_char         ch;
    const u_char  *p, *end;

    end = text->data + text->len;

    for (p = text->data; (p = memchr(p, '&', end - p)) != NULL; p++) {

        if (end - p < 5 || memcmp(p, "&lt;", 4) != 0) {
            continue;
        }

        ch = p[4] | 0x20;

        if ((ch >= 'a' && ch <= 'z') || p[4] == '/' || p[4] == '!'
            || p[4] == '?')
        {
            return 1;
        }
    }

    return 0;
}


/* It may be a text's key, and yet hold an address. */

static int
aif_state_string_address(const aif_str_t *text)
{
    if (memchr(text->data, ' ', text->len)) {
        return 0;
    }

    return text->data[0] == '/' || text->data[0] == '#'
           || (text->len > 7 && memcmp(text->data, "http://", 7) == 0)
           || (text->len > 8 && memcmp(text->data, "https://", 8) == 0);
}
