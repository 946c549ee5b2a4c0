
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Slots: found while aif_walk.c reads a page, filled by edits.  A text gets in
 * as text: every tag that is written here is this file's own, attributes are
 * those of a short list, and where an element can't hold a block, none is
 * made.  It asks nobody and knows no store.
 */


#include "core/aif_slot.h"
#include "core/aif_html_entity.h"
#include "core/aif_html_scan.h"
#include "core/aif_segment_attr.h"
#include "core/aif_segment_stack.h"
#include "core/aif_utf8.h"


#define AIF_SLOT_DEPTH  64       /* open slots */


typedef struct {
    uint32_t                depth;
    uint32_t                slot;
} aif_slot_open_t;


struct aif_slots_s {
    const u_char           *page;
    size_t                  len;
    const aif_slot_conf_t  *conf;
    size_t                  nconf;
    aif_arena_t            *arena;
    aif_slot_t              slots[AIF_SLOT_MAX];
    size_t                  n;
    aif_slot_open_t         open[AIF_SLOT_DEPTH];
    size_t                  nopen;
    aif_html_t              html;
};


typedef struct {
    aif_buf_t               b;
    unsigned                ascii:1;
    unsigned                quotes:1;        /* in an attribute */
    unsigned                markup:1;        /* elements may stand there */
} aif_slot_out_t;


/* A part of a text, without what makes it one. */

typedef struct {
    const u_char           *p;
    const u_char           *end;
    int                     point;           /* of a list; 0: a paragraph */
} aif_slot_piece_t;


static void aif_slot_start(void *data, const aif_html_token_t *token,
    uint32_t depth, uint32_t groups, unsigned alone);
static void aif_slot_end(void *data, uint32_t depth, uint32_t at,
    uint32_t after);
static void aif_slot_add(aif_slots_t *s, const aif_html_token_t *token,
    uint32_t conf, uint32_t depth, unsigned alone);
static int aif_slot_value(aif_slots_t *s, const aif_html_token_t *token,
    aif_slot_t *slot, const aif_slot_conf_t *conf);
static int aif_slot_wanted(aif_slots_t *s, const aif_slot_t *slot);
static int aif_slot_phrase(const aif_slot_t *slot, unsigned place);
static int aif_slot_put(const aif_slot_conf_t *conf, const aif_slot_t *slot,
    const aif_str_t *text, aif_slot_out_t *out, aif_edit_t *edit);
static void aif_slot_blocks(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_slot_t *slot, const aif_str_t *text, int label);
static void aif_slot_line(aif_slot_out_t *out, const aif_str_t *text);
static void aif_slot_items(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_str_t *text, int label);
static void aif_slot_span(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_str_t *text, int label);
static void aif_slot_open(aif_slot_out_t *out, const char *element,
    const aif_slot_conf_t *conf, int label);
static int aif_slot_piece(const u_char **pos, const aif_str_t *text,
    aif_slot_piece_t *piece);
static int aif_slot_bullet(aif_slot_piece_t *piece);
static void aif_slot_words(aif_slot_out_t *out, const u_char *p,
    const u_char *end);
static const u_char *aif_slot_stars(const u_char *p, const u_char *end);
static void aif_slot_text(aif_slot_out_t *out, const u_char *p,
    const u_char *end);


static const char *const  aif_slot_attributes[] = {
    "alt", "title", "content", "placeholder", "aria-label",
    "aria-description", "label", "summary", NULL
};


int
aif_slot_attribute(const aif_str_t *name)
{
    size_t  i;

    for (i = 0; aif_slot_attributes[i]; i++) {
        if (strlen(aif_slot_attributes[i]) == name->len
            && memcmp(aif_slot_attributes[i], name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


aif_slots_t *
aif_slot_create(const u_char *page, size_t len, const aif_slot_conf_t *conf,
    size_t n, aif_arena_t *a)
{
    aif_slots_t  *s;

    s = aif_arena_alloc(a, sizeof(aif_slots_t));
    if (s == NULL) {
        return NULL;
    }

    s->page = page;
    s->len = len;
    s->conf = conf;
    s->nconf = n;
    s->arena = a;
    s->n = 0;
    s->nopen = 0;

    return s;
}


aif_walk_handler_t
aif_slot_handler(aif_slots_t *slots)
{
    aif_walk_handler_t  h;

    h.start = aif_slot_start;
    h.end = aif_slot_end;
    h.raw = NULL;
    h.data = slots;

    return h;
}


static void
aif_slot_start(void *data, const aif_html_token_t *token, uint32_t depth,
    uint32_t groups, unsigned alone)
{
    uint32_t      i;
    aif_slots_t  *s = data;

    for (i = 0; groups && i < s->nconf; i++, groups >>= 1) {
        if (groups & 1) {
            aif_slot_add(s, token, i, depth, alone);
        }
    }
}


static void
aif_slot_add(aif_slots_t *s, const aif_html_token_t *token, uint32_t conf,
    uint32_t depth, unsigned alone)
{
    aif_slot_t             *slot;
    const aif_slot_conf_t  *c;

    if (s->n == AIF_SLOT_MAX) {
        return;
    }

    c = &s->conf[conf];

    slot = &s->slots[s->n];
    memset(slot, 0, sizeof(aif_slot_t));

    slot->conf = conf;
    slot->tag = token->start;
    slot->name_end = token->name_end;
    slot->tag_end = token->end;
    slot->after = token->end;
    slot->element = token->tag;
    slot->void_ = alone;

    if (c->attribute.len) {
        s->n += aif_slot_value(s, token, slot, c);
        return;
    }

    if (alone) {

        /* beside it there may be a text, in it there can't */

        s->n += (c->place == AIF_SLOT_BEFORE || c->place == AIF_SLOT_AFTER);
        return;
    }

    if ((aif_segment_stack_class[token->tag] & AIF_SEGMENT_RAW)
        && token->tag != AIF_TAG_title)
    {
        return;
    }

    if (s->nopen == AIF_SLOT_DEPTH) {
        return;
    }

    slot->start = token->end;
    slot->end = 0;

    s->open[s->nopen].depth = depth;
    s->open[s->nopen].slot = s->n;
    s->nopen++;
    s->n++;
}


/* 0: it is not to be changed */

static int
aif_slot_value(aif_slots_t *s, const aif_html_token_t *token,
    aif_slot_t *slot, const aif_slot_conf_t *conf)
{
    const u_char           *p;
    const aif_html_attr_t  *attr;

    if (aif_segment_attr_find(s->page, token, "http-equiv", 10)) {
        return 0;
    }

    attr = aif_segment_attr_find(s->page, token,
                                 (char *) conf->attribute.data,
                                 conf->attribute.len);

    if (attr == NULL) {
        return aif_slot_wanted(s, slot);
    }

    slot->start = attr->value;
    slot->end = attr->value_end;
    slot->quote = attr->quote;

    if (attr->quote == AIF_HTML_QUOTE_NONE) {

        p = aif_html_scan_space(s->page + attr->name_end,
                                s->page + token->end);

        if (*p == '=') {
            return 0;
        }

        slot->start = attr->name_end;
        slot->end = attr->name_end;
    }

    return aif_slot_wanted(s, slot);
}


static void
aif_slot_end(void *data, uint32_t depth, uint32_t at, uint32_t after)
{
    size_t        i, k;
    aif_slot_t   *slot;
    aif_slots_t  *s = data;

    for (i = 0, k = 0; i < s->nopen; i++) {

        if (s->open[i].depth != depth) {
            s->open[k++] = s->open[i];
            continue;
        }

        slot = &s->slots[s->open[i].slot];
        slot->end = at;
        slot->after = after;
    }

    s->nopen = k;
}


const aif_slot_t *
aif_slot_list(aif_slots_t *s, size_t *n)
{
    size_t                  i, k;
    uint32_t                until;
    const aif_slot_t       *slot;
    const aif_slot_conf_t  *conf;

    until = 0;

    for (i = 0, k = 0; i < s->n; i++) {

        slot = &s->slots[i];
        conf = &s->conf[slot->conf];

        if (slot->tag < until) {
            continue;
        }

        if (conf->attribute.len == 0 && !slot->void_) {

            /* one without an end, or that has enough */

            if (slot->end < slot->start || !aif_slot_wanted(s, slot)) {
                continue;
            }

            if (conf->place == AIF_SLOT_REPLACE) {
                until = slot->end;
            }
        }

        s->slots[k++] = *slot;
    }

    *n = k;
    s->n = k;

    return s->slots;
}


/* Whether what is there is short enough. */

static int
aif_slot_wanted(aif_slots_t *s, const aif_slot_t *slot)
{
    size_t                  i, chars;
    aif_buf_t               b;
    const aif_slot_conf_t  *conf;

    conf = &s->conf[slot->conf];

    if (conf->shorter == 0 || slot->end == slot->start) {
        return 1;
    }

    /* of so many bytes it has enough, unless most are markup */

    if (conf->attribute.len
        && slot->end - slot->start >= 16 * (size_t) conf->shorter)
    {
        return 0;
    }

    aif_buf_init(&b, s->arena, 256);
    aif_walk_text(&b, s->page, slot->start, slot->end, &s->html);

    if (b.failed) {
        return 0;
    }

    if (conf->shorter == 1) {
        return aif_utf8_letters(b.data, b.len) == 0;
    }

    for (i = 0, chars = 0; i < b.len; i++) {
        chars += (b.data[i] & 0xc0) != 0x80;
    }

    return chars < conf->shorter;
}


int
aif_slot_edit(const aif_slot_conf_t *conf, const aif_slot_t *slot,
    const aif_str_t *text, int label, int ascii, aif_arena_t *a,
    aif_edit_t *edit, aif_edit_t *mark)
{
    int             rc;
    aif_slot_out_t  out;

    aif_buf_init(&out.b, a, text->len + 64);

    out.ascii = ascii;
    out.quotes = conf->attribute.len != 0;
    out.markup = conf->attribute.len == 0;

    aif_str_set(&mark->text, "");

    if (conf->attribute.len) {
        rc = aif_slot_put(conf, slot, text, &out, edit);

        return rc == AIF_OK && label ? aif_slot_mark(conf, slot, a, mark)
                                     : rc;
    }

    switch (conf->place) {

    case AIF_SLOT_REPLACE:
        edit->start = slot->start;
        edit->end = slot->end;
        break;

    case AIF_SLOT_APPEND:
        edit->start = slot->end;
        edit->end = slot->end;
        break;

    case AIF_SLOT_PREPEND:
        edit->start = slot->start;
        edit->end = slot->start;
        break;

    case AIF_SLOT_BEFORE:
        edit->start = slot->tag;
        edit->end = slot->tag;
        break;

    default:
        edit->start = slot->after;
        edit->end = slot->after;
    }

    if (slot->element == AIF_TAG_title && conf->place != AIF_SLOT_BEFORE
        && conf->place != AIF_SLOT_AFTER)
    {
        out.markup = 0;
        aif_slot_line(&out, text);

    } else {
        aif_slot_blocks(&out, conf, slot, text, label);
    }

    if (out.b.failed) {
        return AIF_NOMEM;
    }

    edit->text.data = out.b.data;
    edit->text.len = out.b.len;

    /* its tag has the label where there is no element of ours */

    if (label && conf->place == AIF_SLOT_REPLACE
        && slot->element != AIF_TAG_ul && slot->element != AIF_TAG_ol
        && (slot->element == AIF_TAG_title || aif_slot_phrase(slot, 0)))
    {
        return aif_slot_mark(conf, slot, a, mark);
    }

    return AIF_OK;
}


int
aif_slot_mark(const aif_slot_conf_t *conf, const aif_slot_t *slot,
    aif_arena_t *a, aif_edit_t *mark)
{
    aif_slot_out_t  out;

    aif_buf_init(&out.b, a, 64);
    out.ascii = 1;
    out.quotes = 1;
    out.markup = 0;

    aif_buf_literal(&out.b, " data-ai=\"");
    aif_slot_text(&out, conf->name.data, conf->name.data + conf->name.len);
    aif_buf_byte(&out.b, '"');

    mark->start = slot->name_end;
    mark->end = slot->name_end;
    mark->text.data = out.b.data;
    mark->text.len = out.b.len;

    return out.b.failed ? AIF_NOMEM : AIF_OK;
}


int
aif_slot_plain(const aif_str_t *text, aif_arena_t *a, aif_str_t *plain)
{
    const u_char      *pos;
    aif_slot_out_t     out;
    aif_slot_piece_t   piece;

    for (pos = text->data; aif_slot_piece(&pos, text, &piece); /* void */) {
        if (piece.point) {
            return AIF_BAD;
        }
    }

    aif_buf_init(&out.b, a, text->len + 16);
    out.ascii = 0;
    out.quotes = 0;
    out.markup = 0;

    aif_slot_line(&out, text);

    plain->data = out.b.data;
    plain->len = out.b.len;

    return out.b.failed ? AIF_NOMEM : AIF_OK;
}


static int
aif_slot_put(const aif_slot_conf_t *conf, const aif_slot_t *slot,
    const aif_str_t *text, aif_slot_out_t *out, aif_edit_t *edit)
{
    edit->start = slot->start;
    edit->end = slot->end;

    if (slot->start == 0) {
        edit->start = slot->name_end;
        edit->end = slot->name_end;

        aif_buf_byte(&out->b, ' ');
        aif_buf_append(&out->b, conf->attribute.data, conf->attribute.len);
        aif_buf_literal(&out->b, "=\"");

    } else if (slot->quote == AIF_HTML_QUOTE_NONE) {
        aif_buf_literal(&out->b, "=\"");

    } else if (slot->quote == AIF_HTML_QUOTE_BARE) {
        aif_buf_byte(&out->b, '"');
    }

    aif_slot_line(out, text);

    if (slot->start == 0 || slot->quote == AIF_HTML_QUOTE_NONE
        || slot->quote == AIF_HTML_QUOTE_BARE)
    {
        aif_buf_byte(&out->b, '"');
    }

    edit->text.data = out->b.data;
    edit->text.len = out->b.len;

    return out->b.failed ? AIF_NOMEM : AIF_OK;
}


/* Only text may stand there: in a heading, a sentence, a list of terms. */

static int
aif_slot_phrase(const aif_slot_t *slot, unsigned place)
{
    switch (slot->element) {

    case AIF_TAG_article: case AIF_TAG_aside: case AIF_TAG_blockquote:
    case AIF_TAG_body: case AIF_TAG_dd: case AIF_TAG_details:
    case AIF_TAG_div: case AIF_TAG_figcaption: case AIF_TAG_figure:
    case AIF_TAG_footer: case AIF_TAG_header: case AIF_TAG_li:
    case AIF_TAG_main: case AIF_TAG_section: case AIF_TAG_td:
    case AIF_TAG_th: case AIF_TAG_fieldset: case AIF_TAG_form:
    case AIF_TAG_nav: case AIF_TAG_search:
        return 0;

    case AIF_TAG_p: case AIF_TAG_h1: case AIF_TAG_h2: case AIF_TAG_h3:
    case AIF_TAG_h4: case AIF_TAG_h5: case AIF_TAG_h6: case AIF_TAG_ul:
    case AIF_TAG_ol: case AIF_TAG_table: case AIF_TAG_hr: case AIF_TAG_dl:
        return place != AIF_SLOT_BEFORE && place != AIF_SLOT_AFTER;
    }

    return 1;
}


static void
aif_slot_blocks(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_slot_t *slot, const aif_str_t *text, int label)
{
    int                list;
    const u_char      *pos;
    aif_slot_piece_t   piece;

    if (conf->place <= AIF_SLOT_PREPEND
        && (slot->element == AIF_TAG_ul || slot->element == AIF_TAG_ol))
    {
        aif_slot_items(out, conf, text, label);
        return;
    }

    if (aif_slot_phrase(slot, conf->place)) {
        aif_slot_span(out, conf, text, label);
        return;
    }

    list = 0;

    for (pos = text->data; aif_slot_piece(&pos, text, &piece); /* void */) {

        if (list && !piece.point) {
            aif_buf_literal(&out->b, "</ul>");

        } else if (!list && piece.point) {
            aif_slot_open(out, "ul", conf, label);
        }

        list = piece.point;

        if (list) {
            aif_buf_literal(&out->b, "<li>");
            aif_slot_words(out, piece.p, piece.end);
            aif_buf_literal(&out->b, "</li>");

        } else {
            aif_slot_open(out, "p", conf, label);
            aif_slot_words(out, piece.p, piece.end);
            aif_buf_literal(&out->b, "</p>");
        }
    }

    if (list) {
        aif_buf_literal(&out->b, "</ul>");
    }
}


/* In a list that is there: each piece is an element of ours. */

static void
aif_slot_items(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_str_t *text, int label)
{
    const u_char      *pos;
    aif_slot_piece_t   piece;

    for (pos = text->data; aif_slot_piece(&pos, text, &piece); /* void */) {
        aif_slot_open(out, "li", conf, label);
        aif_slot_words(out, piece.p, piece.end);
        aif_buf_literal(&out->b, "</li>");
    }
}


/* Where no block may stand. */

static void
aif_slot_span(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_str_t *text, int label)
{
    if (conf->place == AIF_SLOT_REPLACE) {
        aif_slot_line(out, text);
        return;
    }

    if (conf->place == AIF_SLOT_APPEND || conf->place == AIF_SLOT_AFTER) {
        aif_buf_byte(&out->b, ' ');
    }

    aif_slot_open(out, "span", conf, label);
    aif_slot_line(out, text);
    aif_buf_literal(&out->b, "</span>");

    if (conf->place == AIF_SLOT_PREPEND || conf->place == AIF_SLOT_BEFORE) {
        aif_buf_byte(&out->b, ' ');
    }
}


static void
aif_slot_open(aif_slot_out_t *out, const char *element,
    const aif_slot_conf_t *conf, int label)
{
    aif_buf_byte(&out->b, '<');
    aif_buf_append(&out->b, element, strlen(element));

    if (label) {
        aif_buf_literal(&out->b, " data-ai=\"");
        aif_buf_append(&out->b, conf->name.data, conf->name.len);
        aif_buf_byte(&out->b, '"');
    }

    aif_buf_byte(&out->b, '>');
}


/* All pieces in one flow: dots between points, a break between others. */

static void
aif_slot_line(aif_slot_out_t *out, const aif_str_t *text)
{
    int                before;
    const u_char      *pos;
    aif_slot_piece_t   piece;

    static const u_char  dot[] = " \xc2\xb7 ";

    before = -1;

    for (pos = text->data; aif_slot_piece(&pos, text, &piece); /* void */) {

        if (before == 1 && piece.point) {
            aif_slot_text(out, dot, dot + sizeof(dot) - 1);

        } else if (before != -1 && out->markup) {
            aif_buf_literal(&out->b, "<br>");

        } else if (before != -1) {
            aif_buf_byte(&out->b, ' ');
        }

        before = piece.point;

        aif_slot_words(out, piece.p, piece.end);
    }
}


/* The next piece that isn't empty: a line is one, or has several with "|". */

static int
aif_slot_piece(const u_char **pos, const aif_str_t *text,
    aif_slot_piece_t *piece)
{
    const u_char  *p, *q, *end;

    end = text->data + text->len;

    for (p = *pos; p < end; p = *pos) {

        for (q = p; q < end && *q != '|' && *q != '\n'; q++) { /* void */ }

        *pos = q < end ? q + 1 : end;

        piece->point = (p > text->data && p[-1] == '|')
                       || (q < end && *q == '|');

        for ( /* void */ ; p < q && *p == ' '; p++) { /* void */ }
        for ( /* void */ ; p < q && q[-1] == ' '; q--) { /* void */ }

        piece->p = p;
        piece->end = q;
        piece->point |= aif_slot_bullet(piece);

        if (piece->p < piece->end) {
            return 1;
        }
    }

    return 0;
}


/* Takes off what a point begins with where texts are plain. */

static int
aif_slot_bullet(aif_slot_piece_t *piece)
{
    size_t  i, len;

    static const char  *bullets[] = {
        "- ", "* ", "\xe2\x80\xa2 ", "\xe2\x80\x93 "
    };

    for (i = 0; i < sizeof(bullets) / sizeof(bullets[0]); i++) {

        len = strlen(bullets[i]);

        if ((size_t) (piece->end - piece->p) > len
            && memcmp(piece->p, bullets[i], len) == 0)
        {
            piece->p += len;
            return 1;
        }
    }

    return 0;
}


/* What stands between two stars each is strong, where it may be. */

static void
aif_slot_words(aif_slot_out_t *out, const u_char *p, const u_char *end)
{
    const u_char  *open, *close;

    while ((open = aif_slot_stars(p, end)) != NULL
           && (close = aif_slot_stars(open + 2, end)) != NULL)
    {
        aif_slot_text(out, p, open);

        if (out->markup && open + 2 < close) {
            aif_buf_literal(&out->b, "<strong>");
            aif_slot_text(out, open + 2, close);
            aif_buf_literal(&out->b, "</strong>");

        } else {
            aif_slot_text(out, open + 2, close);
        }

        p = close + 2;
    }

    aif_slot_text(out, p, end);
}


static const u_char *
aif_slot_stars(const u_char *p, const u_char *end)
{
    for ( /* void */ ; end - p >= 2; p++) {
        if (p[0] == '*' && p[1] == '*') {
            return p;
        }
    }

    return NULL;
}


static void
aif_slot_text(aif_slot_out_t *out, const u_char *p, const u_char *end)
{
    u_char         reference[AIF_UTF8_REFERENCE];
    uint32_t       cp;
    const u_char  *start;

    while (p < end) {

        start = p;
        cp = aif_utf8_decode(&p, end);

        if (cp == AIF_UTF8_BAD || (cp < 0x20 && cp != '\t')) {
            continue;
        }

        if (cp == '<') {
            aif_buf_literal(&out->b, "&lt;");

        } else if (cp == '>') {
            aif_buf_literal(&out->b, "&gt;");

        } else if (cp == '"' && out->quotes) {
            aif_buf_literal(&out->b, "&quot;");

        } else if (cp == '\'' && out->quotes) {
            aif_buf_literal(&out->b, "&#39;");

        } else if (cp >= 0x80 && out->ascii) {
            aif_buf_append(&out->b, reference,
                           aif_utf8_reference(reference, cp));

        } else {
            aif_buf_append(&out->b, start, p - start);
        }
    }
}
