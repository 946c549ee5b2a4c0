
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which texts of a page agree with its state.
 *
 * React compares text nodes: "Our <b>soft</b> shirt" is three of them, each a
 * string of the state.  All places of the page and of the state that have the
 * same text, white space around it aside, are one group, and a group has one
 * new text or stays.  So a fragment is replaced only if its translation has
 * the same tags in the same order, if each of its nodes that changes is found
 * in the state, and if no other fragment wants another text in the same place;
 * those that can't be replaced keep their groups from changing, which may keep
 * others: that is repeated until nothing changes any more.
 *
 * White space at the edges of a node is part of what is compared.  A group may
 * lose or get a blank there only if all its places have the same edge.
 *
 * Attributes are not compared: they go along, they keep nothing from changing.
 */


#include "core/aif_state_private.h"
#include "core/aif_segment_text.h"
#include "core/aif_utf8.h"


static uint32_t aif_state_group(aif_state_t *st, const aif_str_t *text);
static int aif_state_group_node(aif_state_t *st, aif_state_node_t *node,
    const aif_fragment_t *f, unsigned k, aif_str_t *piece);
static int aif_state_group_folded(const u_char *p, const u_char *end);
static void aif_state_group_edges(aif_state_node_t *node, const u_char *p,
    const u_char *end, const aif_str_t *piece);
static const u_char *aif_state_group_piece(const u_char *p, const u_char *end,
    aif_str_t *piece);
static void aif_state_group_core(aif_str_t *piece, uint8_t *lead,
    uint8_t *trail);
static int aif_state_group_agree(aif_state_t *st, size_t i,
    const aif_str_t *text);
static int aif_state_group_change(aif_state_t *st,
    const aif_state_node_t *node, aif_str_t *piece);
static int aif_state_group_edge(uint8_t old, uint8_t new, uint8_t nodes,
    uint8_t strings, uint8_t *edge);
static void aif_state_group_block(aif_state_t *st, size_t i);
static size_t aif_state_group_settle(aif_state_t *st,
    aif_str_t *replacements);


int
aif_state_groups(aif_state_t *st)
{
    size_t                 i, n;
    unsigned               k;
    const u_char          *p, *end;
    aif_str_t              piece;
    aif_state_node_t      *node;
    const aif_fragment_t  *f;

    for (i = 0, n = 0; i < st->nfragments; i++) {
        n += st->fragments[i].ntags + 1;
    }

    for (st->mask = 16; st->mask < 2 * n; st->mask *= 2) { /* void */ }

    st->table = aif_arena_calloc(st->arena, st->mask * sizeof(uint32_t));
    st->groups = aif_arena_calloc(st->arena,
                                  (n + 1) * sizeof(aif_state_group_t));
    st->nodes = aif_arena_calloc(st->arena,
                                 (n + 1) * sizeof(aif_state_node_t));
    st->first = aif_arena_alloc(st->arena,
                                (st->nfragments + 1) * sizeof(uint32_t));
    st->group_of = aif_arena_alloc(st->arena,
                                   (st->nfragments + 1) * sizeof(uint32_t));
    st->stays = aif_arena_calloc(st->arena, st->nfragments + 1);

    if (st->table == NULL || st->groups == NULL || st->nodes == NULL
        || st->first == NULL || st->group_of == NULL || st->stays == NULL)
    {
        return AIF_NOMEM;
    }

    st->mask--;
    node = st->nodes;

    for (i = 0; i < st->nfragments; i++) {

        f = &st->fragments[i];
        st->first[i] = node - st->nodes;
        st->group_of[i] = f->ntags ? AIF_STATE_NONE
                                   : aif_state_group(st, &f->text);

        if (f->kind != AIF_FRAGMENT_TEXT) {
            continue;
        }

        p = f->text.data;
        end = p + f->text.len;

        for (k = 0; k <= f->ntags; k++) {

            if (p == NULL) {
                st->stays[i] = 1;
                break;
            }

            p = aif_state_group_piece(p, end, &piece);

            if (!aif_state_group_node(st, node++, f, k, &piece)) {
                st->stays[i] = 1;
            }
        }
    }

    st->first[i] = node - st->nodes;

    return AIF_OK;
}


uint32_t
aif_state_group_find(const aif_state_t *st, const aif_str_t *text)
{
    uint32_t            slot;
    uint64_t            hash;
    aif_state_group_t  *g;

    if (st->table == NULL) {
        return AIF_STATE_NONE;
    }

    hash = aif_key_hash(st->key, text->data, text->len);

    for (slot = hash & st->mask; st->table[slot];
         slot = (slot + 1) & st->mask)
    {
        g = &st->groups[st->table[slot] - 1];

        if (g->hash == hash && aif_str_eq(&g->text, text)) {
            return st->table[slot] - 1;
        }
    }

    return AIF_STATE_NONE;
}


static uint32_t
aif_state_group(aif_state_t *st, const aif_str_t *text)
{
    uint32_t            slot, found;
    aif_state_group_t  *g;

    found = aif_state_group_find(st, text);

    if (found != AIF_STATE_NONE) {
        return found;
    }

    g = &st->groups[st->ngroups];
    g->hash = aif_key_hash(st->key, text->data, text->len);
    g->text = *text;

    slot = g->hash & st->mask;

    while (st->table[slot]) {
        slot = (slot + 1) & st->mask;
    }

    st->table[slot] = ++st->ngroups;

    return st->ngroups - 1;
}


/* Node k of a fragment, whose canonical text is "piece". */

static int
aif_state_group_node(aif_state_t *st, aif_state_node_t *node,
    const aif_fragment_t *f, unsigned k, aif_str_t *piece)
{
    uint8_t             lead, trail;
    const u_char       *p, *end;
    aif_state_group_t  *g;

    p = st->page + (k == 0 ? f->start : f->tags[k - 1].end);
    end = st->page + (k == f->ntags ? f->end : f->tags[k].start);

    if (p > end) {
        return 0;
    }

    node->empty = (p == end);

    aif_state_group_core(piece, &lead, &trail);

    node->lead = lead;
    node->trail = trail;

    aif_state_group_edges(node, p, end, piece);

    if (k == 0) {
        node->lead = AIF_STATE_EDGE_OUTER;
    }

    if (k == f->ntags) {
        node->trail = AIF_STATE_EDGE_OUTER;
    }

    node->group = AIF_STATE_NONE;

    if (piece->len == 0) {
        return 1;
    }

    node->folded = aif_state_group_folded(p, end);
    node->group = aif_state_group(st, piece);

    g = &st->groups[node->group];
    g->nodes = 1;
    g->node_lead |= node->lead;
    g->node_trail |= node->trail;

    return 1;
}


/* Inside of it white space stands that is one blank in canonical text. */

static int
aif_state_group_folded(const u_char *p, const u_char *end)
{
    while (p < end && aif_segment_text_is_space(*p)) {
        p++;
    }

    while (p < end && aif_segment_text_is_space(end[-1])) {
        end--;
    }

    for ( /* void */ ; p < end; p++) {
        if (aif_segment_text_is_space(*p) && (*p != ' ' || p[1] == ' ')) {
            return 1;
        }
    }

    return 0;
}


/* What canonical text calls a blank may be more, or be written otherwise. */

static void
aif_state_group_edges(aif_state_node_t *node, const u_char *p,
    const u_char *end, const aif_str_t *piece)
{
    int  lead, trail;

    for (lead = 0; p + lead < end && strchr(" \t\n\r\f", p[lead])
                   && p[lead]; lead++) { /* void */ }

    for (trail = 0; end - trail > p && strchr(" \t\n\r\f", end[-1 - trail])
                    && end[-1 - trail]; trail++) { /* void */ }

    if (piece->len == 0) {

        /* nothing but white space, if anything */

        node->lead = p == end ? AIF_STATE_EDGE_NONE
                     : end - p == 1 && *p == ' ' ? AIF_STATE_EDGE_BLANK
                                                 : AIF_STATE_EDGE_OTHER;
        node->trail = AIF_STATE_EDGE_NONE;
        return;
    }

    if (lead > 1 || (lead == 1 && *p != ' ')) {
        node->lead = AIF_STATE_EDGE_OTHER;

    } else if ((node->lead == AIF_STATE_EDGE_BLANK) != (lead == 1)) {
        node->lead = lead ? AIF_STATE_EDGE_BLANK : AIF_STATE_EDGE_OTHER;
    }

    if (trail > 1 || (trail == 1 && end[-1] != ' ')) {
        node->trail = AIF_STATE_EDGE_OTHER;

    } else if ((node->trail == AIF_STATE_EDGE_BLANK) != (trail == 1)) {
        node->trail = trail ? AIF_STATE_EDGE_BLANK : AIF_STATE_EDGE_OTHER;
    }
}


/* Up to the next placeholder; returns what follows it, NULL if none did. */

static const u_char *
aif_state_group_piece(const u_char *p, const u_char *end, aif_str_t *piece)
{
    const u_char  *q;

    q = memchr(p, '<', end - p);

    piece->data = (u_char *) p;
    piece->len = (q ? q : end) - p;

    if (q) {
        q = memchr(q, '>', end - q);
        q = q ? q + 1 : NULL;
    }

    return q;
}


static void
aif_state_group_core(aif_str_t *piece, uint8_t *lead, uint8_t *trail)
{
    *lead = AIF_STATE_EDGE_NONE;
    *trail = AIF_STATE_EDGE_NONE;

    if (piece->len && piece->data[0] == ' ') {
        piece->data++;
        piece->len--;
        *lead = AIF_STATE_EDGE_BLANK;
    }

    if (piece->len && piece->data[piece->len - 1] == ' ') {
        piece->len--;
        *trail = AIF_STATE_EDGE_BLANK;
    }
}


void
aif_state_group_stays(aif_state_t *st)
{
    size_t              i;
    uint32_t            k;
    aif_state_group_t  *g;

    for (i = 0; i < st->nfragments; i++) {

        if (!st->hydrates) {
            st->stays[i] = 0;
            continue;
        }

        for (k = st->first[i]; k < st->first[i + 1]; k++) {

            if (st->nodes[k].group == AIF_STATE_NONE) {
                continue;
            }

            g = &st->groups[st->nodes[k].group];

            if (!g->found && aif_utf8_letters(g->text.data, g->text.len)) {
                st->stays[i] = 1;
            }
        }
    }
}


size_t
aif_state_decide(aif_state_t *st, aif_str_t *replacements,
    const aif_str_t *values)
{
    size_t              i, dropped;
    uint32_t            k;
    aif_state_group_t  *g;

    st->values = values;
    dropped = 0;

    for (k = 0; k < st->ngroups; k++) {
        g = &st->groups[k];
        g->value.data = NULL;
        g->lead = AIF_STATE_EDGE_KEEP;
        g->trail = AIF_STATE_EDGE_KEEP;
        g->blocked = 0;
    }

    if (st->hydrates) {
        dropped = aif_state_group_settle(st, replacements);
    }

    /* what nothing is compared with goes along with its fragment */

    for (i = 0; i < st->nfragments; i++) {

        if (st->group_of == NULL || st->group_of[i] == AIF_STATE_NONE) {
            continue;
        }

        g = &st->groups[st->group_of[i]];

        if ((!st->hydrates || !g->nodes) && replacements[i].data
            && g->value.data == NULL)
        {
            g->value = replacements[i];
        }
    }

    return dropped;
}


static size_t
aif_state_group_settle(aif_state_t *st, aif_str_t *replacements)
{
    size_t    i, dropped;
    uint32_t  k;
    unsigned  round, changed;

    dropped = 0;

    for (i = 0; i < st->nfragments; i++) {

        if (st->stays[i]) {
            replacements[i].data = NULL;
        }

        if (replacements[i].data == NULL) {
            aif_state_group_block(st, i);
        }
    }

    for (round = 0, changed = 1; changed; round++) {

        changed = 0;

        for (k = 0; k < st->ngroups; k++) {
            st->groups[k].value.data = NULL;
            st->groups[k].lead = AIF_STATE_EDGE_KEEP;
            st->groups[k].trail = AIF_STATE_EDGE_KEEP;
        }

        for (i = 0; i < st->nfragments; i++) {

            if (replacements[i].data == NULL
                || st->fragments[i].kind != AIF_FRAGMENT_TEXT)
            {
                continue;
            }

            if (round < AIF_STATE_MAX_ROUNDS
                && aif_state_group_agree(st, i, &replacements[i]))
            {
                continue;
            }

            replacements[i].data = NULL;
            aif_state_group_block(st, i);

            dropped++;
            changed = 1;
        }
    }

    return dropped;
}


static void
aif_state_group_block(aif_state_t *st, size_t i)
{
    uint32_t  k;

    for (k = st->first[i]; k < st->first[i + 1]; k++) {
        if (st->nodes[k].group != AIF_STATE_NONE) {
            st->groups[st->nodes[k].group].blocked = 1;
        }
    }
}


/* Can this fragment become that text, as far as it is known now? */

static int
aif_state_group_agree(aif_state_t *st, size_t i, const aif_str_t *text)
{
    uint32_t               k;
    aif_str_t              piece, old;
    const u_char          *p, *q, *end, *old_end;
    const aif_fragment_t  *f;

    f = &st->fragments[i];

    p = text->data;
    end = p + text->len;
    q = f->text.data;
    old_end = q + f->text.len;

    for (k = st->first[i]; k < st->first[i + 1]; k++) {

        if (p == NULL || q == NULL) {
            return 0;
        }

        p = aif_state_group_piece(p, end, &piece);
        q = aif_state_group_piece(q, old_end, &old);

        /* the same placeholder behind it */

        if (p && q) {

            const u_char  *tag, *old_tag;

            tag = piece.data + piece.len;
            old_tag = old.data + old.len;

            if (p - tag != q - old_tag || memcmp(tag, old_tag, p - tag) != 0) {
                return 0;
            }
        }

        if (!aif_state_group_change(st, &st->nodes[k], &piece)) {
            return 0;
        }
    }

    return p == NULL && q == NULL;
}


static int
aif_state_group_change(aif_state_t *st, const aif_state_node_t *node,
    aif_str_t *piece)
{
    uint8_t             lead, trail;
    aif_state_group_t  *g;

    if (node->empty) {
        return piece->len == 0;
    }

    aif_state_group_core(piece, &lead, &trail);

    if (node->group == AIF_STATE_NONE) {
        return piece->len == 0 && node->lead == lead
               && trail == AIF_STATE_EDGE_NONE;
    }

    g = &st->groups[node->group];

    if (piece->len == 0 || aif_state_string_markup(piece)) {
        return 0;
    }

    if (!aif_state_group_edge(node->lead, lead, g->node_lead, g->state_lead,
                              &lead)
        || !aif_state_group_edge(node->trail, trail, g->node_trail,
                                 g->state_trail, &trail))
    {
        return 0;
    }

    if (lead == AIF_STATE_EDGE_KEEP && trail == AIF_STATE_EDGE_KEEP
        && aif_str_eq(piece, &g->text))
    {
        /* as it was: then it must be so everywhere, to the byte */

        if (node->folded) {
            return 0;
        }

        if (g->value.data && !aif_str_eq(&g->value, &g->text)) {
            g->blocked = 1;
            return 0;
        }

    } else if (g->blocked || !g->found) {
        return 0;
    }

    if (g->value.data && (!aif_str_eq(&g->value, piece) || g->lead != lead
                          || g->trail != trail))
    {
        g->blocked = 1;
        return 0;
    }

    g->value = *piece;
    g->lead = lead;
    g->trail = trail;

    return 1;
}


static int
aif_state_group_edge(uint8_t old, uint8_t new, uint8_t nodes, uint8_t strings,
    uint8_t *edge)
{
    *edge = AIF_STATE_EDGE_KEEP;

    if (old == AIF_STATE_EDGE_OUTER) {
        return new == AIF_STATE_EDGE_NONE;
    }

    if (old == new) {
        return 1;
    }

    *edge = new;

    return old != AIF_STATE_EDGE_OTHER && nodes == old
           && (strings & ~old) == 0;
}
