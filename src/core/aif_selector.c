
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Selectors: text to steps, and steps against a stream of start tags.  It
 * refuses every selector that can't be decided at the start tag (siblings to
 * come, contents, pseudo-classes).  Called by the segmenter for each element,
 * and by the front door when it reads the configuration.
 *
 * Matching goes from left to right.  Every compound of every selector is one
 * bit.  An element inherits the bits that its ancestors made possible: "desc"
 * for all that is below, "child" for its children only.  A matching compound
 * sets the bit of the next one, or, if it was the last, the group's result.
 */


#include "core/aif_selector.h"
#include "core/aif_html_entity.h"


#define AIF_SELECTOR_DECODE  256     /* longest attribute value with "&" */


typedef enum {
    AIF_SELECTOR_CLASS = 0,
    AIF_SELECTOR_HAS,                /* [attr] */
    AIF_SELECTOR_EQUAL               /* [attr=v], #id */
} aif_selector_test_e;


typedef struct aif_selector_test_s  aif_selector_test_t;
typedef struct aif_selector_step_s  aif_selector_step_t;

struct aif_selector_test_s {
    aif_selector_test_t  *next;
    aif_str_t             name;      /* lower case */
    aif_str_t             value;
    aif_selector_test_e   kind;
};


struct aif_selector_step_s {
    aif_selector_step_t  *next;
    aif_selector_test_t  *tests;
    aif_str_t             custom;    /* custom element's name, lower case */
    uint16_t              tag;
    unsigned              child:1;   /* the next one is behind ">" */
    unsigned              last:1;    /* of its selector */
};


struct aif_selector_s {
    aif_selector_step_t  *steps;     /* all selectors' one after another */
};


typedef struct {
    aif_selector_step_t  *step;
    uint32_t              group;     /* one bit */
} aif_selector_entry_t;


struct aif_selector_set_s {
    aif_arena_t           *arena;
    aif_selector_entry_t  *entries;
    size_t                 nentries;
    size_t                 size;
    size_t                 max_depth;
    size_t                 words;    /* of 64 bits; 0: not yet ready */
    uint64_t              *first;    /* bits that every element may begin */
    uint64_t              *class;    /* bits that need a class attribute */
    uint64_t              *state;    /* desc and child words by depth */
};


typedef struct {
    const u_char  *start;
    const u_char  *p;
    const u_char  *end;
    aif_arena_t   *arena;
    const char    *error;
    int            rc;
} aif_selector_parser_t;


static int aif_selector_complex(aif_selector_parser_t *ps,
    aif_selector_step_t ***next);
static int aif_selector_compound(aif_selector_parser_t *ps,
    aif_selector_step_t *step);
static int aif_selector_type(aif_selector_parser_t *ps,
    aif_selector_step_t *step);
static int aif_selector_attribute(aif_selector_parser_t *ps,
    aif_selector_test_t *test);
static int aif_selector_string(aif_selector_parser_t *ps, aif_str_t *value);
static int aif_selector_name(aif_selector_parser_t *ps, aif_str_t *name,
    int lower);
static int aif_selector_blank(aif_selector_parser_t *ps);
static int aif_selector_fail(aif_selector_parser_t *ps, int rc,
    const char *error);
static int aif_selector_set_ready(aif_selector_set_t *set);
static int aif_selector_step_match(const aif_selector_step_t *step,
    const u_char *page, const aif_html_token_t *token);
static int aif_selector_test_match(const aif_selector_test_t *test,
    const u_char *page, const aif_html_token_t *token);
static int aif_selector_word(const aif_str_t *word, const u_char *p,
    const u_char *end);
static const aif_html_attr_t *aif_selector_find(const aif_str_t *name,
    const u_char *page, const aif_html_token_t *token);
static int aif_selector_same(const aif_str_t *lower, const u_char *p,
    size_t len);


int
aif_selector_parse(const aif_str_t *text, aif_arena_t *a,
    aif_selector_t **selector, const char **error, size_t *at)
{
    aif_selector_t         *s;
    aif_selector_step_t   **next;
    aif_selector_parser_t   ps;

    *error = NULL;
    *at = 0;

    s = aif_arena_calloc(a, sizeof(aif_selector_t));
    if (s == NULL) {
        return AIF_NOMEM;
    }

    ps.start = text->data;
    ps.p = text->data;
    ps.end = text->data + text->len;
    ps.arena = a;
    ps.error = NULL;
    ps.rc = AIF_OK;

    next = &s->steps;

    for ( ;; ) {
        if (aif_selector_complex(&ps, &next) != AIF_OK) {
            *error = ps.error;
            *at = ps.p - ps.start;
            return ps.rc;
        }

        if (ps.p == ps.end) {
            break;
        }

        ps.p++;     /* the comma */
    }

    *selector = s;

    return AIF_OK;
}


/* Compounds and combinators up to a comma or the end. */

static int
aif_selector_complex(aif_selector_parser_t *ps, aif_selector_step_t ***next)
{
    int                   blank;
    size_t                n;
    aif_selector_step_t  *step;

    (void) aif_selector_blank(ps);

    for (n = 0; n < AIF_SELECTOR_MAX_STEPS; n++) {

        step = aif_arena_calloc(ps->arena, sizeof(aif_selector_step_t));
        if (step == NULL) {
            return aif_selector_fail(ps, AIF_NOMEM, NULL);
        }

        if (aif_selector_compound(ps, step) != AIF_OK) {
            return ps->rc;
        }

        **next = step;
        *next = &step->next;

        blank = aif_selector_blank(ps);

        if (ps->p == ps->end || *ps->p == ',') {
            step->last = 1;
            return AIF_OK;
        }

        if (*ps->p == '>') {
            step->child = 1;
            ps->p++;
            (void) aif_selector_blank(ps);

        } else if (*ps->p == '+' || *ps->p == '~') {
            return aif_selector_fail(ps, AIF_BAD,
                         "combinators \"+\" and \"~\" are not supported");

        } else if (!blank) {
            return aif_selector_fail(ps, AIF_BAD, "unexpected character");
        }
    }

    return aif_selector_fail(ps, AIF_BAD,
                             "selector has more than 8 compounds");
}


static int
aif_selector_compound(aif_selector_parser_t *ps, aif_selector_step_t *step)
{
    int                    rc;
    u_char                 ch;
    const u_char          *begin;
    aif_selector_test_t   *test, **next;

    begin = ps->p;
    next = &step->tests;

    if (aif_selector_type(ps, step) != AIF_OK) {
        return ps->rc;
    }

    while (ps->p < ps->end) {

        ch = *ps->p;

        if (ch == ':') {
            return aif_selector_fail(ps, AIF_BAD,
                  "pseudo-classes and pseudo-elements are not supported");
        }

        if (ch == '|') {
            return aif_selector_fail(ps, AIF_BAD,
                                     "namespaces are not supported");
        }

        if (ch != '.' && ch != '#' && ch != '[') {
            break;
        }

        test = aif_arena_calloc(ps->arena, sizeof(aif_selector_test_t));
        if (test == NULL) {
            return aif_selector_fail(ps, AIF_NOMEM, NULL);
        }

        ps->p++;

        if (ch == '.') {
            test->kind = AIF_SELECTOR_CLASS;
            aif_str_set(&test->name, "class");
            rc = aif_selector_name(ps, &test->value, 0);

        } else if (ch == '#') {
            test->kind = AIF_SELECTOR_EQUAL;
            aif_str_set(&test->name, "id");
            rc = aif_selector_name(ps, &test->value, 0);

        } else {
            rc = aif_selector_attribute(ps, test);
        }

        if (rc != AIF_OK) {
            return rc;
        }

        *next = test;
        next = &test->next;
    }

    if (ps->p == begin) {

        if (ps->p == ps->end || *ps->p == ',') {
            return aif_selector_fail(ps, AIF_BAD, "selector is empty or "
                                     "ends too early");
        }

        return aif_selector_fail(ps, AIF_BAD, "unexpected character");
    }

    return AIF_OK;
}


static int
aif_selector_type(aif_selector_parser_t *ps, aif_selector_step_t *step)
{
    u_char         ch;
    aif_str_t      name;
    const u_char  *begin;

    if (ps->p == ps->end) {
        return AIF_OK;
    }

    begin = ps->p;
    ch = *ps->p;

    if (ch == '*') {
        ps->p++;
        return AIF_OK;
    }

    if (!((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z')) {
        return AIF_OK;
    }

    if (aif_selector_name(ps, &name, 1) != AIF_OK) {
        return ps->rc;
    }

    step->tag = aif_html_tag(name.data, name.len);

    if (step->tag != AIF_TAG_UNKNOWN) {
        return AIF_OK;
    }

    if (memchr(name.data, '-', name.len) == NULL) {
        ps->p = begin;
        return aif_selector_fail(ps, AIF_BAD,
                  "there is no such element (an unquoted \"#\" begins a "
                  "comment in nginx.conf, selectors with it must be quoted)");
    }

    step->custom = name;

    return AIF_OK;
}


/* Behind "[". */

static int
aif_selector_attribute(aif_selector_parser_t *ps, aif_selector_test_t *test)
{
    u_char  ch;

    (void) aif_selector_blank(ps);

    test->kind = AIF_SELECTOR_HAS;

    if (aif_selector_name(ps, &test->name, 1) != AIF_OK) {
        return ps->rc;
    }

    (void) aif_selector_blank(ps);

    if (ps->p < ps->end && *ps->p == '=') {

        test->kind = AIF_SELECTOR_EQUAL;

        ps->p++;
        (void) aif_selector_blank(ps);

        ch = ps->p < ps->end ? *ps->p : '\0';

        if (ch == '"' || ch == '\'') {
            if (aif_selector_string(ps, &test->value) != AIF_OK) {
                return ps->rc;
            }

        } else if (aif_selector_name(ps, &test->value, 0) != AIF_OK) {
            return ps->rc;
        }

        (void) aif_selector_blank(ps);
    }

    if (ps->p == ps->end) {
        return aif_selector_fail(ps, AIF_BAD, "\"]\" is missing");
    }

    if (*ps->p != ']') {
        return aif_selector_fail(ps, AIF_BAD,
             "only [attribute], [attribute=name] and [attribute=\"value\"] "
             "are supported");
    }

    ps->p++;

    return AIF_OK;
}


static int
aif_selector_string(aif_selector_parser_t *ps, aif_str_t *value)
{
    u_char         quote, *dst;
    const u_char  *p;

    quote = *ps->p;

    dst = aif_arena_alloc(ps->arena, ps->end - ps->p);
    if (dst == NULL) {
        return aif_selector_fail(ps, AIF_NOMEM, NULL);
    }

    value->data = dst;

    for (p = ps->p + 1; p < ps->end && *p != quote; p++) {

        if (*p == '\\') {
            p++;

            if (p == ps->end) {
                break;
            }

            if (*p != '"' && *p != '\'' && *p != '\\') {
                ps->p = p;
                return aif_selector_fail(ps, AIF_BAD,
                         "in a string only quotes and \"\\\" can be escaped");
            }
        }

        *dst++ = *p;
    }

    if (p == ps->end) {
        return aif_selector_fail(ps, AIF_BAD, "string has no end");
    }

    value->len = dst - value->data;
    ps->p = p + 1;

    return AIF_OK;
}


/* An identifier; "\" takes a character that is no hexadecimal digit as is. */

static int
aif_selector_name(aif_selector_parser_t *ps, aif_str_t *name, int lower)
{
    u_char         ch, c, *dst;
    const u_char  *p;

    dst = aif_arena_alloc(ps->arena, ps->end - ps->p);
    if (dst == NULL) {
        return aif_selector_fail(ps, AIF_NOMEM, NULL);
    }

    name->data = dst;

    for (p = ps->p; p < ps->end; p++) {

        ch = *p;
        c = ch | 0x20;

        if ((c >= 'a' && c <= 'z') || ch == '_' || ch >= 0x80) {
            *dst++ = lower && ch < 0x80 ? (ch == '_' ? ch : c) : ch;
            continue;
        }

        if (ch == '-') {
            *dst++ = ch;
            continue;
        }

        if (ch >= '0' && ch <= '9') {

            if (p == ps->p || (p == ps->p + 1 && *ps->p == '-')) {
                return aif_selector_fail(ps, AIF_BAD,
                                   "a name must not begin with a digit");
            }

            *dst++ = ch;
            continue;
        }

        if (ch != '\\') {
            break;
        }

        p++;
        ch = p < ps->end ? *p : '\n';
        c = ch | 0x20;

        if (ch < 0x20 || (ch >= '0' && ch <= '9') || (c >= 'a' && c <= 'f')) {
            ps->p = p;
            return aif_selector_fail(ps, AIF_BAD,
                                 "hexadecimal escapes are not supported");
        }

        *dst++ = ch;
    }

    name->len = dst - name->data;

    if (name->len == 0 || (name->len == 1 && p == ps->p + 1 && *ps->p == '-')) {
        return aif_selector_fail(ps, AIF_BAD, "a name is missing");
    }

    ps->p = p;

    return AIF_OK;
}


static int
aif_selector_blank(aif_selector_parser_t *ps)
{
    const u_char  *p;

    for (p = ps->p; p < ps->end; p++) {
        if (*p != ' ' && *p != '\t' && *p != '\n' && *p != '\r' && *p != '\f') {
            break;
        }
    }

    if (p == ps->p) {
        return 0;
    }

    ps->p = p;

    return 1;
}


static int
aif_selector_fail(aif_selector_parser_t *ps, int rc, const char *error)
{
    ps->rc = rc;
    ps->error = error;

    return rc;
}


aif_selector_set_t *
aif_selector_set_create(aif_arena_t *a, size_t max_depth)
{
    aif_selector_set_t  *set;

    set = aif_arena_calloc(a, sizeof(aif_selector_set_t));
    if (set == NULL) {
        return NULL;
    }

    set->arena = a;
    set->max_depth = max_depth;

    return set;
}


int
aif_selector_set_add(aif_selector_set_t *set, aif_selector_t **lists, size_t n,
    unsigned group)
{
    size_t                 i, more;
    aif_selector_step_t   *step;
    aif_selector_entry_t  *e;

    more = 0;

    for (i = 0; i < n; i++) {
        for (step = lists[i]->steps; step; step = step->next) {
            more++;
        }
    }

    if (more == 0) {
        return AIF_OK;
    }

    if (set->nentries + more > set->size) {

        e = aif_arena_alloc(set->arena,
                  (set->nentries + more) * sizeof(aif_selector_entry_t));
        if (e == NULL) {
            return AIF_NOMEM;
        }

        if (set->nentries) {
            memcpy(e, set->entries,
                   set->nentries * sizeof(aif_selector_entry_t));
        }

        set->entries = e;
        set->size = set->nentries + more;
    }

    for (i = 0; i < n; i++) {
        for (step = lists[i]->steps; step; step = step->next) {
            e = &set->entries[set->nentries++];
            e->step = step;
            e->group = (uint32_t) 1 << group;
        }
    }

    return aif_selector_set_ready(set);
}


static int
aif_selector_set_ready(aif_selector_set_t *set)
{
    int                         first;
    size_t                      i, words;
    uint64_t                    bit;
    const aif_selector_test_t  *test;

    words = (set->nentries + 63) / 64;

    if (words != set->words) {
        set->first = aif_arena_alloc(set->arena,
                                     2 * words * sizeof(uint64_t));
        set->state = aif_arena_alloc(set->arena,
                      (set->max_depth + 1) * 2 * words * sizeof(uint64_t));

        if (set->first == NULL || set->state == NULL) {
            return AIF_NOMEM;
        }

        set->class = set->first + words;
        set->words = words;
    }

    memset(set->first, 0, 2 * words * sizeof(uint64_t));
    memset(set->state, 0, 2 * words * sizeof(uint64_t));

    first = 1;

    for (i = 0; i < set->nentries; i++) {

        bit = (uint64_t) 1 << (i & 63);

        if (first) {
            set->first[i / 64] |= bit;
        }

        first = set->entries[i].step->last;

        for (test = set->entries[i].step->tests; test; test = test->next) {
            if (test->kind == AIF_SELECTOR_CLASS) {
                set->class[i / 64] |= bit;
            }
        }
    }

    return AIF_OK;
}


uint32_t
aif_selector_set_match(aif_selector_set_t *set, size_t depth,
    const u_char *page, const aif_html_token_t *token)
{
    size_t                      w, i, words;
    uint32_t                    groups;
    uint64_t                    bits, *self, *parent;
    const aif_html_attr_t      *class;
    const aif_selector_step_t  *step;

    static const aif_str_t      name = aif_string("class");

    groups = 0;
    words = set->words;

    if (words == 0 || depth == 0 || depth > set->max_depth) {
        return 0;
    }

    self = set->state + depth * 2 * words;
    parent = self - 2 * words;

    memcpy(self, parent, words * sizeof(uint64_t));
    memset(self + words, 0, words * sizeof(uint64_t));

    class = aif_selector_find(&name, page, token);

    for (w = 0; w < words; w++) {

        bits = set->first[w] | parent[w] | parent[words + w];

        if (class == NULL) {
            bits &= ~set->class[w];
        }

        for ( /* void */ ; bits; bits &= bits - 1) {

            i = w * 64 + __builtin_ctzll(bits);
            step = set->entries[i].step;

            if (!aif_selector_step_match(step, page, token)) {
                continue;
            }

            if (step->last) {
                groups |= set->entries[i].group;
                continue;
            }

            i++;
            self[(step->child ? words : 0) + i / 64] |=
                                                  (uint64_t) 1 << (i & 63);
        }
    }

    return groups;
}


static int
aif_selector_step_match(const aif_selector_step_t *step, const u_char *page,
    const aif_html_token_t *token)
{
    const aif_selector_test_t  *test;

    if (step->tag != AIF_TAG_UNKNOWN && step->tag != token->tag) {
        return 0;
    }

    if (step->custom.len
        && (token->tag != AIF_TAG_UNKNOWN
            || !aif_selector_same(&step->custom, page + token->name,
                                  token->name_end - token->name)))
    {
        return 0;
    }

    for (test = step->tests; test; test = test->next) {
        if (!aif_selector_test_match(test, page, token)) {
            return 0;
        }
    }

    return 1;
}


static int
aif_selector_test_match(const aif_selector_test_t *test, const u_char *page,
    const aif_html_token_t *token)
{
    size_t                  len;
    u_char                  buf[2 * AIF_SELECTOR_DECODE];
    const u_char           *value;
    const aif_html_attr_t  *attr;

    attr = aif_selector_find(&test->name, page, token);

    if (attr == NULL) {
        return 0;
    }

    if (test->kind == AIF_SELECTOR_HAS) {
        return 1;
    }

    value = page + attr->value;
    len = attr->value_end - attr->value;

    if (len <= AIF_SELECTOR_DECODE && memchr(value, '&', len)) {
        len = aif_html_decode(buf, value, len, 1);
        value = buf;
    }

    if (test->kind == AIF_SELECTOR_CLASS) {
        return aif_selector_word(&test->value, value, value + len);
    }

    return len == test->value.len
           && (len == 0 || memcmp(value, test->value.data, len) == 0);
}


/* Is the word in a list that is separated by white space? */

static int
aif_selector_word(const aif_str_t *word, const u_char *p, const u_char *end)
{
    const u_char  *w;

    while (p < end) {

        while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r'
                                         && *p != '\v')))
        {
            p++;
        }

        for (w = p; p < end; p++) {
            if (*p == ' ' || (*p >= '\t' && *p <= '\r' && *p != '\v')) {
                break;
            }
        }

        if ((size_t) (p - w) == word->len
            && memcmp(w, word->data, word->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static const aif_html_attr_t *
aif_selector_find(const aif_str_t *name, const u_char *page,
    const aif_html_token_t *token)
{
    size_t                  i;
    const aif_html_attr_t  *attr;

    for (i = 0; i < token->nattrs; i++) {

        attr = &token->attrs[i];

        if (attr->name_end - attr->name == name->len
            && aif_selector_same(name, page + attr->name, name->len))
        {
            return attr;
        }
    }

    return NULL;
}


static int
aif_selector_same(const aif_str_t *lower, const u_char *p, size_t len)
{
    size_t  i;
    u_char  ch;

    if (lower->len != len) {
        return 0;
    }

    for (i = 0; i < len; i++) {

        ch = p[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != lower->data[i]) {
            return 0;
        }
    }

    return 1;
}
