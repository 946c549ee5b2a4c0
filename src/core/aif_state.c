
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which scripts of a page hold its texts: known by the type, the id and the
 * first bytes alone, for most of a page's scripts are programs of megabytes
 * that nobody should search.  Only where variables are configured is their
 * name looked for in scripts that are programs.
 */


#define _GNU_SOURCE

#include "core/aif_state_private.h"


typedef struct {
    aif_str_t         type;
    aif_str_t         id;
} aif_state_tag_t;


static int aif_state_script(aif_state_t *st,
    const aif_segment_script_t *script, aif_view_t *pushes);
static int aif_state_typed(aif_state_t *st,
    const aif_segment_script_t *script, aif_state_kind_e kind);
static int aif_state_variables(aif_state_t *st,
    const aif_segment_script_t *script);
static int aif_state_variable(aif_state_t *st, size_t start, size_t end);
static size_t aif_state_assigned(const aif_state_t *st, const aif_str_t *name,
    const u_char *p, size_t start, size_t end);
static size_t aif_state_skip(const aif_state_t *st, size_t pos, size_t end);
static void aif_state_tag(const aif_state_t *st,
    const aif_segment_script_t *script, aif_state_tag_t *tag);
static int aif_state_json_type(const aif_str_t *type);
static int aif_state_names(const aif_str_t *text, const char *name);


aif_state_t *
aif_state_create(const aif_state_conf_t *conf, const aif_key_secret_t *key,
    aif_arena_t *a)
{
    aif_state_t  *st;

    st = aif_arena_calloc(a, sizeof(aif_state_t));
    if (st == NULL) {
        return NULL;
    }

    st->conf = conf;
    st->key = key;
    st->arena = a;

    return st;
}


int
aif_state_page(aif_state_t *st, const u_char *page, size_t len,
    const aif_fragment_t *fragments, size_t nfragments,
    const aif_segment_script_t *scripts, size_t nscripts)
{
    int         rc;
    size_t      i;
    uint32_t    view;
    aif_view_t  pushes;

    st->page = page;
    st->len = len;
    st->fragments = fragments;
    st->nfragments = nfragments;

    memset(&pushes, 0, sizeof(aif_view_t));

    for (i = 0; i < nscripts; i++) {

        rc = aif_state_script(st, &scripts[i], &pushes);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    if (pushes.runs) {

        rc = aif_view_finish(&pushes);

        if (rc != AIF_OK) {
            return rc;
        }

        rc = aif_state_view(st, 0, 0, &view);

        if (rc != AIF_OK) {
            return rc;
        }

        st->views[view] = pushes;

        rc = aif_flight_rows(st, view, AIF_STATE_FLIGHT);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    if (st->table) {
        aif_state_group_stays(st);
    }

    return AIF_OK;
}


int
aif_state_json(aif_state_t *st, const u_char *body, size_t len)
{
    int       rc;
    uint32_t  view;

    st->page = body;
    st->len = len;

    rc = aif_state_view(st, 0, len, &view);

    return rc == AIF_OK ? aif_state_strings(st, view, 0, len, AIF_STATE_BODY,
                                            NULL)
                        : rc;
}


int
aif_state_flight(aif_state_t *st, const u_char *body, size_t len)
{
    int       rc;
    uint32_t  view;

    st->page = body;
    st->len = len;

    rc = aif_state_view(st, 0, len, &view);

    return rc == AIF_OK ? aif_flight_rows(st, view, AIF_STATE_COMPONENT) : rc;
}


void
aif_state_links(aif_state_t *st, const aif_state_links_t *links)
{
    st->links = links;
}


size_t
aif_state_linked(const aif_state_t *st)
{
    return st->nlinks;
}


unsigned
aif_state_hydrates(const aif_state_t *st)
{
    return st->hydrates;
}


unsigned
aif_state_stays(const aif_state_t *st, size_t i)
{
    return st->stays && st->stays[i];
}


const aif_str_t *
aif_state_texts(const aif_state_t *st, size_t *n)
{
    *n = st->ntexts;

    return st->texts;
}


/* The first view makes what all need: groups of the page's texts. */

int
aif_state_view(aif_state_t *st, size_t start, size_t end, uint32_t *view)
{
    int          rc;
    aif_view_t  *views;

    if (st->levels == NULL) {

        st->levels = aif_arena_alloc(st->arena, AIF_JSON_SPAN_MAX_DEPTH
                                            * sizeof(aif_json_span_level_t));
        if (st->levels == NULL) {
            return AIF_NOMEM;
        }

        rc = aif_state_groups(st);

        if (rc == AIF_OK && st->links) {
            rc = aif_state_link_table(st);
        }

        if (rc != AIF_OK) {
            return rc;
        }
    }

    views = aif_state_string_grow(st, st->views, st->nviews, &st->max_views,
                                  sizeof(aif_view_t));
    if (views == NULL) {
        return AIF_NOMEM;
    }

    st->views = views;
    *view = st->nviews++;

    aif_view_plain(&st->views[*view], st->page, start, end);

    return AIF_OK;
}


static int
aif_state_script(aif_state_t *st, const aif_segment_script_t *script,
    aif_view_t *pushes)
{
    int              rc;
    size_t           start;
    uint32_t         view;
    aif_state_tag_t  tag;

    start = aif_state_skip(st, script->start, script->end);

    if (start == script->end) {
        return AIF_OK;
    }

    aif_state_tag(st, script, &tag);

    if (aif_state_names(&tag.id, "__NEXT_DATA__")) {
        st->hydrates = 1;
        return aif_state_typed(st, script, AIF_STATE_NEXT);
    }

    if (aif_state_foreign(st, start, script->end, &tag.id)) {

        rc = aif_state_view(st, start, start, &view);

        if (rc != AIF_OK) {
            return rc;
        }

        rc = aif_state_foreign_repeats(st, start, script->end);

        return rc == 1 ? AIF_BAD : rc;
    }

    if (tag.type.len && aif_state_json_type(&tag.type)) {

        rc = script->hidden ? AIF_OK
             : aif_state_typed(st, script,
                               aif_state_names(&tag.type,
                                               "application/ld+json")
                               ? AIF_STATE_LDJSON : AIF_STATE_SCRIPT);

        /* what its own reader can't read either is nobody's state */

        return rc == AIF_BAD || rc == AIF_LIMIT ? AIF_OK : rc;
    }

    if (aif_flight_begins(st->page, start, script->end)) {

        if (pushes->runs == NULL) {

            rc = aif_state_view(st, start, start, &view);

            if (rc != AIF_OK) {
                return rc;
            }

            aif_view_init(pushes, st->arena, 4 * (script->end - start));
            st->hydrates = 1;
        }

        return aif_flight_push(pushes, st->page, start, script->end,
                               st->levels);
    }

    return st->conf->nvariables ? aif_state_variables(st, script) : AIF_OK;
}


static int
aif_state_typed(aif_state_t *st, const aif_segment_script_t *script,
    aif_state_kind_e kind)
{
    int       rc;
    uint32_t  view;

    rc = aif_state_view(st, script->start, script->end, &view);

    return rc == AIF_OK ? aif_state_strings(st, view, 0,
                                            script->end - script->start, kind,
                                            NULL)
                        : rc;
}


static int
aif_state_variables(aif_state_t *st, const aif_segment_script_t *script)
{
    int               rc;
    size_t            i, pos;
    const u_char     *p, *end;
    const aif_str_t  *name;

    end = st->page + script->end;

    for (i = 0; i < st->conf->nvariables; i++) {

        name = &st->conf->variables[i];
        p = st->page + script->start;

        while ((p = memmem(p, end - p, name->data, name->len)) != NULL) {

            pos = aif_state_assigned(st, name, p, script->start, script->end);

            if (pos) {

                rc = aif_state_variable(st, pos, script->end);

                if (rc != AIF_OK) {
                    return rc;
                }
            }

            p += name->len;
        }
    }

    return AIF_OK;
}


/* name = {...}, name = [...] or name = JSON.parse("...") */

static int
aif_state_variable(aif_state_t *st, size_t start, size_t end)
{
    int         rc;
    size_t      pos;
    uint32_t    view;
    aif_view_t  v;

    static const char  parse[] = "JSON.parse(";

    rc = aif_state_view(st, start, end, &view);

    if (rc != AIF_OK) {
        return rc;
    }

    if (st->page[start] == '{' || st->page[start] == '[') {
        st->hydrates = 1;
        return aif_state_strings(st, view, 0, end - start, AIF_STATE_VARIABLE,
                                 &pos);
    }

    if (end - start < sizeof(parse)
        || memcmp(st->page + start, parse, sizeof(parse) - 1) != 0)
    {
        return AIF_OK;
    }

    st->hydrates = 1;
    pos = aif_state_skip(st, start + sizeof(parse) - 1, end);

    /* what follows may be the whole program */

    aif_view_init(&v, st->arena, end - pos < 4096 ? end - pos : 4096);

    rc = aif_view_add(&v, st->page, &pos, end);

    if (rc == AIF_OK) {
        rc = aif_view_finish(&v);
    }

    if (rc != AIF_OK) {
        return rc;
    }

    st->views[view] = v;

    return aif_state_strings(st, view, 0, v.len, AIF_STATE_VARIABLE, NULL);
}


/* What a name in JavaScript is made of */

int
aif_state_letter(u_char ch)
{
    return ch == '_' || ch == '$' || (ch >= '0' && ch <= '9') || ch >= 0x80
           || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z');
}


/* Where the value begins that is assigned to the name at p; 0: none is. */

static size_t
aif_state_assigned(const aif_state_t *st, const aif_str_t *name,
    const u_char *p, size_t start, size_t end)
{
    size_t  pos;

    pos = p - st->page;

    if (pos > start && aif_state_letter(p[-1])) {
        return 0;
    }

    pos = aif_state_skip(st, pos + name->len, end);

    if (pos == end || st->page[pos] != '=') {
        return 0;
    }

    pos = aif_state_skip(st, pos + 1, end);

    return pos == end || st->page[pos] == '=' ? 0 : pos;
}


static size_t
aif_state_skip(const aif_state_t *st, size_t pos, size_t end)
{
    while (pos < end && strchr(" \t\n\r\f", st->page[pos]) && st->page[pos]) {
        pos++;
    }

    return pos;
}


static void
aif_state_tag(const aif_state_t *st, const aif_segment_script_t *script,
    aif_state_tag_t *tag)
{
    unsigned           i;
    aif_str_t          name, value;
    aif_html_t         html;
    aif_html_token_t   token;
    const u_char      *p;

    memset(tag, 0, sizeof(aif_state_tag_t));

    p = st->page + script->tag;
    aif_html_init(&html, 0);

    if (aif_html_next(&html, p, script->start - script->tag, 1, &token)
        != AIF_OK || token.type != AIF_HTML_START)
    {
        return;
    }

    /* the first one counts */

    for (i = token.nattrs; i--; /* void */) {

        name.data = (u_char *) p + token.attrs[i].name;
        name.len = token.attrs[i].name_end - token.attrs[i].name;
        value.data = (u_char *) p + token.attrs[i].value;
        value.len = token.attrs[i].value_end - token.attrs[i].value;

        if (aif_state_names(&name, "type")) {
            tag->type = value;

        } else if (aif_state_names(&name, "id")) {
            tag->id = value;
        }
    }
}


/* application/json, application/ld+json, text/json, with or without more */

static int
aif_state_json_type(const aif_str_t *type)
{
    return aif_state_names(type, "application/json")
           || aif_state_names(type, "application/ld+json")
           || aif_state_names(type, "text/json");
}


/* Whatever the case, and up to a ";" or white space. */

static int
aif_state_names(const aif_str_t *text, const char *name)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < text->len && name[i]; i++) {

        ch = text->data[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != (name[i] | (name[i] >= 'A' && name[i] <= 'Z' ? 0x20 : 0))) {
            return 0;
        }
    }

    return name[i] == '\0'
           && (i == text->len || text->data[i] == ';' || text->data[i] == ' ');
}
