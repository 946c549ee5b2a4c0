
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Lists of claims: their text to tries, and tries against a text.  Reads what
 * a merchant has edited, so every fault has a line and a reason.  Called at
 * configuration time and by aif_claim.c.
 */


#include "core/aif_claim_list.h"

#include "core/aif_utf8.h"


typedef struct {
    aif_claim_t        *claims;
    aif_claim_list_t   *list;
    const char         *error;
} aif_claim_parser_t;


static uint32_t aif_claim_list_hash(const aif_str_t *language,
    const aif_str_t *text);
static int aif_claim_list_line(aif_claim_parser_t *ps, const u_char *p,
    const u_char *end);
static int aif_claim_list_phrase(aif_claim_parser_t *ps, const u_char *p,
    const u_char *end, unsigned kind, unsigned id);
static int aif_claim_list_insert(aif_claim_parser_t *ps,
    const aif_claim_text_t *t, const aif_claim_entry_t *entry);
static int aif_claim_list_kind(const u_char *p, size_t len);
static int aif_claim_list_id(aif_claim_t *claims, const u_char *p, size_t len,
    uint16_t *id);
static int aif_claim_list_fail(aif_claim_parser_t *ps, int rc,
    const char *error);
static void *aif_claim_list_grow(aif_arena_t *a, void *table, uint32_t n,
    uint32_t *max, size_t size);
static void aif_claim_list_trim(const u_char **p, const u_char **end);
static int aif_claim_list_starts(const aif_claim_text_t *t, size_t at);
static int aif_claim_list_ends(const aif_claim_text_t *t, size_t at);
static size_t aif_claim_list_primary(const aif_str_t *locale);


static const aif_str_t  aif_claim_list_kinds[AIF_CLAIM_KINDS] = {
    aif_string("material"), aif_string("certificate"), aif_string("offer"),
    aif_string("origin"), aif_string("brand"), aif_string("forbidden"),
    aif_string("allow")
};


aif_claim_t *
aif_claim_create(aif_arena_t *a)
{
    aif_claim_t  *claims;

    claims = aif_arena_calloc(a, sizeof(aif_claim_t));

    if (claims) {
        claims->arena = a;
    }

    return claims;
}


int
aif_claim_add(aif_claim_t *claims, const aif_str_t *language,
    const aif_str_t *text, const char **error, size_t *line)
{
    int                  rc;
    const u_char        *p, *q, *end;
    aif_claim_list_t    *list;
    aif_claim_parser_t   ps;

    *line = 0;
    *error = "there are too many lists, or it is too long";

    if (claims->nlists == AIF_CLAIM_MAX_LISTS
        || text->len > AIF_CLAIM_MAX_LIST)
    {
        return AIF_LIMIT;
    }

    list = &claims->lists[claims->nlists];
    memset(list, 0, sizeof(aif_claim_list_t));

    list->language = *language;
    list->nodes = aif_claim_list_grow(claims->arena, NULL, 0,
                                      &list->max_nodes,
                                      sizeof(aif_claim_node_t));
    if (list->nodes == NULL) {
        return AIF_NOMEM;
    }

    memset(list->nodes, 0, sizeof(aif_claim_node_t));
    list->nnodes = 1;

    ps.claims = claims;
    ps.list = list;
    ps.error = NULL;

    end = text->data + text->len;

    for (p = text->data; p < end; p = q + 1) {

        q = memchr(p, '\n', end - p);
        q = q ? q : end;

        (*line)++;

        rc = aif_claim_list_line(&ps, p, q);

        if (rc != AIF_OK) {
            *error = ps.error;
            return rc;
        }
    }

    if (aif_claim_list_language(claims, language) == NULL) {
        claims->hash += aif_claim_list_hash(language, text);
    }

    claims->nlists++;

    return AIF_OK;
}


uint32_t
aif_claim_hash(const aif_claim_t *claims)
{
    return claims->hash;
}


/* FNV-1a; a NUL parts the two */

static uint32_t
aif_claim_list_hash(const aif_str_t *language, const aif_str_t *text)
{
    size_t    i;
    uint32_t  hash;

    hash = 2166136261u;

    for (i = 0; i < language->len; i++) {
        hash = (hash ^ language->data[i]) * 16777619u;
    }

    hash *= 16777619u;

    for (i = 0; i < text->len; i++) {
        hash = (hash ^ text->data[i]) * 16777619u;
    }

    return hash;
}


static int
aif_claim_list_line(aif_claim_parser_t *ps, const u_char *p,
    const u_char *end)
{
    int            kind, rc;
    uint16_t       id;
    const u_char  *q, *colon;

    q = memchr(p, '#', end - p);

    /* "#1" is a phrase */

    if (q && (q == p || q[-1] == ' ' || q[-1] == '\t')
        && (q + 1 == end || q[1] == ' ' || q[1] == '\t' || q[1] == '#'))
    {
        end = q;
    }

    aif_claim_list_trim(&p, &end);

    if (p == end) {
        return AIF_OK;
    }

    if (!aif_utf8_valid(p, end - p)) {
        return aif_claim_list_fail(ps, AIF_BAD, "it is not UTF-8");
    }

    colon = memchr(p, ':', end - p);

    if (colon == NULL) {
        return aif_claim_list_fail(ps, AIF_BAD, "there is no \":\"");
    }

    for (q = p; q < colon && *q != ' '; q++) { /* void */ }

    kind = aif_claim_list_kind(p, q - p);

    if (kind == AIF_CLAIM_KINDS) {
        return aif_claim_list_fail(ps, AIF_BAD, "the kind must be material, "
                                   "certificate, offer, origin, brand, "
                                   "forbidden or allow");
    }

    p = q;
    q = colon;
    aif_claim_list_trim(&p, &q);

    id = AIF_CLAIM_NONE;

    if (kind == AIF_CLAIM_ALLOW ? p != q : p == q) {
        return aif_claim_list_fail(ps, AIF_BAD, p == q ? "there is no id"
                                                 : "\"allow\" has no id");
    }

    if (p != q) {
        rc = aif_claim_list_id(ps->claims, p, q - p, &id);

        if (rc != AIF_OK) {
            return aif_claim_list_fail(ps, rc, "there are too many ids");
        }
    }

    for (p = colon + 1; p < end; p = q + 1) {

        q = memchr(p, ',', end - p);
        q = q ? q : end;

        rc = aif_claim_list_phrase(ps, p, q, kind, id);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    return AIF_OK;
}


static int
aif_claim_list_phrase(aif_claim_parser_t *ps, const u_char *p,
    const u_char *end, unsigned kind, unsigned id)
{
    aif_str_t          text;
    aif_claim_text_t   t;
    aif_claim_entry_t  entry;

    aif_claim_list_trim(&p, &end);

    entry.kind = kind;
    entry.id = id;
    entry.head = p < end && *p == '*';
    p += entry.head;
    entry.tail = p < end && end[-1] == '*';
    end -= entry.tail;

    text.data = (u_char *) p;
    text.len = end - p;

    if (text.len > AIF_CLAIM_MAX_PHRASE) {
        return aif_claim_list_fail(ps, AIF_LIMIT, "a phrase is too long");
    }

    if (aif_claim_list_fold(&text, ps->claims->arena, &t) != AIF_OK) {
        return aif_claim_list_fail(ps, AIF_NOMEM, "no memory");
    }

    if (t.len == 0) {
        return aif_claim_list_fail(ps, AIF_BAD, "a phrase is empty");
    }

    return aif_claim_list_insert(ps, &t, &entry);
}


static int
aif_claim_list_insert(aif_claim_parser_t *ps, const aif_claim_text_t *t,
    const aif_claim_entry_t *entry)
{
    size_t              i;
    uint32_t            at, next;
    aif_arena_t        *a;
    aif_claim_list_t   *list;
    aif_claim_node_t   *nodes;
    aif_claim_entry_t  *entries;

    list = ps->list;
    a = ps->claims->arena;
    at = 0;

    for (i = 0; i < t->len; i++, at = next) {

        nodes = list->nodes;

        for (next = nodes[at].child; next && nodes[next].ch != t->text[i];
             next = nodes[next].next) { /* void */ }

        if (next) {
            continue;
        }

        nodes = aif_claim_list_grow(a, nodes, list->nnodes, &list->max_nodes,
                                    sizeof(aif_claim_node_t));
        if (nodes == NULL) {
            return aif_claim_list_fail(ps, AIF_NOMEM, "no memory");
        }

        list->nodes = nodes;

        next = list->nnodes++;
        nodes[next].child = 0;
        nodes[next].next = nodes[at].child;
        nodes[next].entry = 0;
        nodes[next].ch = t->text[i];
        nodes[at].child = next;
    }

    if (list->nentries == UINT16_MAX - 1) {
        return aif_claim_list_fail(ps, AIF_LIMIT, "there are too many phrases");
    }

    entries = aif_claim_list_grow(a, list->entries, list->nentries,
                                  &list->max_entries,
                                  sizeof(aif_claim_entry_t));
    if (entries == NULL) {
        return aif_claim_list_fail(ps, AIF_NOMEM, "no memory");
    }

    list->entries = entries;
    entries[list->nentries++] = *entry;
    list->nodes[at].entry = list->nentries;

    return AIF_OK;
}


static int
aif_claim_list_kind(const u_char *p, size_t len)
{
    int  kind;

    for (kind = 0; kind < AIF_CLAIM_KINDS; kind++) {
        if (aif_claim_list_kinds[kind].len == len
            && memcmp(aif_claim_list_kinds[kind].data, p, len) == 0)
        {
            break;
        }
    }

    return kind;
}


/* Makes its parents, too: "cotton/organic" is "cotton". */

static int
aif_claim_list_id(aif_claim_t *claims, const u_char *p, size_t len,
    uint16_t *id)
{
    int       rc;
    size_t    i;
    uint16_t  parent;

    for (i = 0; i < claims->nids; i++) {
        if (claims->ids[i].len == len
            && memcmp(claims->ids[i].data, p, len) == 0)
        {
            *id = i;
            return AIF_OK;
        }
    }

    parent = AIF_CLAIM_NONE;

    for (i = len; i && p[i - 1] != '/'; i--) { /* void */ }

    if (i > 1) {
        rc = aif_claim_list_id(claims, p, i - 1, &parent);

        if (rc != AIF_OK) {
            return rc;
        }
    }

    if (claims->nids == AIF_CLAIM_MAX_IDS) {
        return AIF_LIMIT;
    }

    *id = claims->nids++;

    claims->parents[*id] = parent;
    claims->ids[*id].len = len;
    claims->ids[*id].data = aif_arena_dup(claims->arena, p, len);

    return claims->ids[*id].data ? AIF_OK : AIF_NOMEM;
}


static int
aif_claim_list_fail(aif_claim_parser_t *ps, int rc, const char *error)
{
    ps->error = rc == AIF_NOMEM ? "no memory" : error;

    return rc;
}


static void *
aif_claim_list_grow(aif_arena_t *a, void *table, uint32_t n, uint32_t *max,
    size_t size)
{
    void      *new;
    uint32_t   want;

    if (n < *max) {
        return table;
    }

    want = n ? 2 * n : 256;
    new = aif_arena_alloc(a, want * size);

    if (new == NULL) {
        return NULL;
    }

    if (n) {
        memcpy(new, table, n * size);
    }

    *max = want;

    return new;
}


static void
aif_claim_list_trim(const u_char **p, const u_char **end)
{
    while (*p < *end && (**p == ' ' || **p == '\t' || **p == '\r')) {
        (*p)++;
    }

    while (*p < *end && ((*end)[-1] == ' ' || (*end)[-1] == '\t'
                         || (*end)[-1] == '\r'))
    {
        (*end)--;
    }
}


int
aif_claim_list_fold(const aif_str_t *text, aif_arena_t *a,
    aif_claim_text_t *t)
{
    size_t         n, start;
    uint32_t       cp;
    unsigned       blank;
    const u_char  *p, *end;

    /* a capital may take more bytes when it is small, but never twice */

    t->len = 0;
    t->text = aif_arena_alloc(a, 2 * text->len + 8);
    t->from = aif_arena_alloc(a, (2 * text->len + 8) * sizeof(uint32_t));

    if (t->text == NULL || t->from == NULL) {
        return AIF_NOMEM;
    }

    p = text->data;
    end = p + text->len;
    blank = 0;

    while (p < end) {

        start = p - text->data;

        if (*p == '&') {
            while (p < end && *p != ';') {
                p++;
            }

            p += p < end;
            blank = 1;
            continue;
        }

        cp = aif_utf8_decode(&p, end);

        if (cp == AIF_UTF8_BAD
            || (!aif_utf8_letter(cp) && aif_utf8_digit(cp) < 0 && cp != '#'
                && cp != '%'))
        {
            blank = 1;
            continue;
        }

        if (blank && t->len) {
            t->from[t->len] = start;
            t->text[t->len++] = ' ';
        }

        blank = 0;

        for (n = aif_utf8_encode(t->text + t->len, aif_utf8_lower(cp)); n;
             n--)
        {
            t->from[t->len++] = start;
        }
    }

    t->from[t->len] = text->len;

    return AIF_OK;
}


const aif_claim_entry_t *
aif_claim_list_find(const aif_claim_list_t *list, const aif_claim_text_t *t,
    size_t at, size_t *end)
{
    int                       start;
    size_t                    i;
    uint32_t                  node;
    const aif_claim_node_t   *nodes;
    const aif_claim_entry_t  *entry, *found;

    nodes = list->nodes;
    found = NULL;
    start = aif_claim_list_starts(t, at);
    node = 0;

    for (i = at; i < t->len; /* void */) {

        for (node = nodes[node].child; node && nodes[node].ch != t->text[i];
             node = nodes[node].next) { /* void */ }

        if (node == 0) {
            break;
        }

        i++;

        if (nodes[node].entry == 0) {
            continue;
        }

        entry = &list->entries[nodes[node].entry - 1];

        if ((start || entry->head) && (entry->tail
                                       || aif_claim_list_ends(t, i)))
        {
            found = entry;
            *end = i;
        }
    }

    if (found && found->tail) {

        /* the rest of the word, too */

        while (*end < t->len && !aif_claim_list_ends(t, *end)) {
            (*end)++;
        }
    }

    return found;
}


static int
aif_claim_list_starts(const aif_claim_text_t *t, size_t at)
{
    const u_char  *p;

    if (at == 0 || t->text[at - 1] == ' ') {
        return 1;
    }

    p = t->text + at;

    return aif_claim_list_cluster(aif_utf8_decode(&p, t->text + t->len));
}


static int
aif_claim_list_ends(const aif_claim_text_t *t, size_t at)
{
    const u_char  *p;

    if (at == t->len || t->text[at] == ' ') {
        return 1;
    }

    for (p = t->text + at - 1; p > t->text && (*p & 0xc0) == 0x80; p--) {
        /* void */
    }

    return aif_claim_list_cluster(aif_utf8_decode(&p, t->text + at));
}


/* Han, kana, hangul (whose endings are many), Thai, Lao, Khmer, Burmese. */

int
aif_claim_list_cluster(uint32_t cp)
{
    return cp != AIF_UTF8_BAD
           && ((cp >= 0x2e80 && cp < 0xa000) || (cp >= 0xac00 && cp < 0xd7b0)
               || (cp >= 0xf900 && cp < 0xfb00) || (cp >= 0x20000)
               || (cp >= 0x0e00 && cp < 0x0f00)
               || (cp >= 0x1000 && cp < 0x10a0)
               || (cp >= 0x1780 && cp < 0x1800));
}


const aif_claim_list_t *
aif_claim_list_language(const aif_claim_t *claims, const aif_str_t *locale)
{
    size_t            i, len;
    const aif_str_t  *language;

    len = aif_claim_list_primary(locale);

    for (i = 0; i < claims->nlists; i++) {

        language = &claims->lists[i].language;

        if (aif_claim_list_primary(language) == len
            && strncasecmp((char *) language->data, (char *) locale->data, len)
               == 0)
        {
            return &claims->lists[i];
        }
    }

    return NULL;
}


static size_t
aif_claim_list_primary(const aif_str_t *locale)
{
    size_t  len;

    for (len = 0; len < locale->len && locale->data[len] != '-'
                  && locale->data[len] != '_'; len++) { /* void */ }

    return len;
}
