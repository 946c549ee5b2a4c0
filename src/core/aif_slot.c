
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
} aif_slot_out_t;


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
static void aif_slot_points(aif_slot_out_t *out, const aif_str_t *text,
    const char *before, const char *after);
static void aif_slot_items(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_str_t *text, int label);
static void aif_slot_open(aif_slot_out_t *out, const char *element,
    const aif_slot_conf_t *conf, int label);
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
        aif_slot_points(&out, text, "", " \xc2\xb7 ");

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

    aif_buf_literal(&out.b, " data-ai=\"");
    aif_slot_text(&out, conf->name.data, conf->name.data + conf->name.len);
    aif_buf_byte(&out.b, '"');

    mark->start = slot->name_end;
    mark->end = slot->name_end;
    mark->text.data = out.b.data;
    mark->text.len = out.b.len;

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

    aif_slot_points(out, text, "", " \xc2\xb7 ");

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
    int  list, inside;

    list = memchr(text->data, '|', text->len) != NULL;
    inside = conf->place <= AIF_SLOT_PREPEND;

    if (inside && (slot->element == AIF_TAG_ul || slot->element == AIF_TAG_ol))
    {
        aif_slot_items(out, conf, text, label);
        return;
    }

    if (aif_slot_phrase(slot, conf->place)) {

        if (conf->place == AIF_SLOT_REPLACE) {
            aif_slot_points(out, text, "", " \xc2\xb7 ");
            return;
        }

        if (conf->place == AIF_SLOT_APPEND || conf->place == AIF_SLOT_AFTER) {
            aif_buf_byte(&out->b, ' ');
        }

        aif_slot_open(out, "span", conf, label);
        aif_slot_points(out, text, "", " \xc2\xb7 ");
        aif_buf_literal(&out->b, "</span>");

        if (conf->place == AIF_SLOT_PREPEND
            || conf->place == AIF_SLOT_BEFORE)
        {
            aif_buf_byte(&out->b, ' ');
        }

        return;
    }

    if (!list) {
        aif_slot_open(out, "p", conf, label);
        aif_slot_points(out, text, "", "");
        aif_buf_literal(&out->b, "</p>");
        return;
    }

    aif_slot_open(out, "ul", conf, label);
    aif_slot_points(out, text, "<li>", "</li><li>");
    aif_buf_literal(&out->b, "</li></ul>");
}


/* In a list that is there: each point is an element of ours. */

static void
aif_slot_items(aif_slot_out_t *out, const aif_slot_conf_t *conf,
    const aif_str_t *text, int label)
{
    aif_str_t      point;
    const u_char  *p, *q, *end;

    end = text->data + text->len;

    for (p = text->data; p < end; p = q + 1) {

        q = memchr(p, '|', end - p);
        q = q ? q : end;

        point.data = (u_char *) p;
        point.len = q - p;

        aif_slot_open(out, "li", conf, label);
        aif_slot_points(out, &point, "", "");
        aif_buf_literal(&out->b, "</li>");
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


/* The points of a list with "between" between them, without empty ones. */

static void
aif_slot_points(aif_slot_out_t *out, const aif_str_t *text,
    const char *before, const char *between)
{
    unsigned       n;
    const u_char  *p, *q, *end, *last;

    end = text->data + text->len;
    n = 0;

    for (p = text->data; p < end; p = q + 1) {

        q = memchr(p, '|', end - p);
        q = q ? q : end;

        for (last = q; p < last && *p == ' '; p++) { /* void */ }
        for ( /* void */ ; p < last && last[-1] == ' '; last--) { /* void */ }

        if (p == last) {
            continue;
        }

        if (n++ == 0) {
            aif_buf_append(&out->b, before, strlen(before));

        } else if (*between == ' ') {
            aif_slot_text(out, (u_char *) between,
                          (u_char *) between + strlen(between));

        } else {
            aif_buf_append(&out->b, between, strlen(between));
        }

        aif_slot_text(out, p, last);
    }
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
