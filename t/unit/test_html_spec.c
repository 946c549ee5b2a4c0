
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The tokenizer and the references against the conformance data of the HTML
 * standard (html5lib-tests, looked for in $AIF_DATA or ../shared/data): the
 * tokenizer's files in one piece, byte by byte, at every split and at random
 * ones, and followed by so much text that the tokenizer's quick way is open.
 * What it leaves to others (references, NUL, CR, case) is done here to its
 * spans.  The tree builder's data are test_html_tree.c's.
 */


#include "core/aif_html.h"
#include "core/aif_html_entity.h"
#include "core/aif_utf8.h"

#include "html_feed.h"
#include "tap.h"


#define SPEC_LONGER  256           /* bytes of text behind a test's page */


/* Tests that don't apply, each with its reason. */

static const struct {
    const char  *file;
    const char  *test;             /* NULL: all */
    const char  *reason;
} spec_exceptions[] = {
    { "xmlViolation.test", NULL,
      "how to make XML of HTML; nothing is made of anything here" },
};


/* JSON, no more of it than these files have. */

typedef struct json_s  json_t;

struct json_s {
    char        type;              /* '{' '[' '"' or 't' 'f' 'n' '0' */
    aif_str_t   key;
    aif_str_t   str;
    json_t     *child;
    json_t     *next;
};


typedef struct {
    aif_buf_t   out;               /* the tokens, normalised */
    aif_buf_t   chars;             /* characters not yet in out */
} spec_tokens_t;


typedef struct {
    aif_str_t   name;
    aif_str_t   value;
} spec_attr_t;


static const char  *spec_dir;
static aif_arena_t  *arena;

static aif_html_t  html;


static void *
need(void *p)
{
    if (p == NULL) {
        printf("Bail out! no memory\n");
        exit(EXIT_FAILURE);
    }

    return p;
}


static aif_str_t
read_file(const char *room, const char *name)
{
    FILE       *f;
    long        n;
    char        path[1024];
    aif_str_t   s = aif_null_string;

    snprintf(path, sizeof(path), "%s/html5lib-tests/%s/%s", spec_dir, room,
             name);

    f = fopen(path, "rb");
    if (f == NULL) {
        return s;
    }

    fseek(f, 0, SEEK_END);
    n = ftell(f);
    rewind(f);

    s.data = need(aif_arena_alloc(arena, n + 1));
    s.len = fread(s.data, 1, n, f);
    s.data[s.len] = '\0';

    fclose(f);

    return s;
}


static unsigned
json_hex(const u_char *p)
{
    unsigned  i, v;

    for (v = 0, i = 0; i < 4; i++, p++) {
        v = v * 16 + (*p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10);
    }

    return v;
}


/* What follows a backslash; a lone surrogate becomes three bytes, as it may. */

static const u_char *
json_escape(aif_buf_t *b, const u_char *p)
{
    unsigned  cp;
    u_char    utf8[4];

    switch (*p) {
    case 'n':
        aif_buf_byte(b, '\n');
        return p + 1;
    case 't':
        aif_buf_byte(b, '\t');
        return p + 1;
    case 'r':
        aif_buf_byte(b, '\r');
        return p + 1;
    case 'f':
        aif_buf_byte(b, '\f');
        return p + 1;
    case 'b':
        aif_buf_byte(b, '\b');
        return p + 1;
    case 'u':
        break;
    default:
        aif_buf_byte(b, *p);
        return p + 1;
    }

    cp = json_hex(p + 1);
    p += 5;

    if (cp >= 0xd800 && cp < 0xdc00 && p[0] == '\\' && p[1] == 'u'
        && json_hex(p + 2) >= 0xdc00 && json_hex(p + 2) < 0xe000)
    {
        cp = 0x10000 + ((cp - 0xd800) << 10) + (json_hex(p + 2) - 0xdc00);
        p += 6;
    }

    aif_buf_append(b, utf8, aif_utf8_encode(utf8, cp));

    return p;
}


static const u_char *
json_space(const u_char *p)
{
    return p + strspn((const char *) p, " \t\r\n,:");
}


static const u_char *
json_string(aif_str_t *s, const u_char *p)
{
    aif_buf_t  b;

    aif_buf_init(&b, arena, 32);

    for (p++; *p != '"'; /* void */) {
        if (*p == '\\') {
            p = json_escape(&b, p + 1);
        } else {
            aif_buf_byte(&b, *p++);
        }
    }

    s->data = b.data;
    s->len = b.len;

    return p + 1;
}


static const u_char *
json_value(json_t *v, const u_char *p)
{
    char      close;
    json_t  **last;

    p = json_space(p);
    v->type = *p;

    if (*p == '"') {
        return json_string(&v->str, p);
    }

    if (*p != '{' && *p != '[') {
        v->type = *p >= 'a' ? *p : '0';
        return p + strcspn((const char *) p, " \t\r\n,:]}");
    }

    close = *p == '{' ? '}' : ']';
    last = &v->child;

    for (p = json_space(p + 1); *p != close; p = json_space(p)) {

        *last = need(aif_arena_calloc(arena, sizeof(json_t)));

        if (close == '}') {
            p = json_string(&(*last)->key, p);
        }

        p = json_value(*last, p);
        last = &(*last)->next;
    }

    return p + 1;
}


static json_t *
json_get(json_t *v, const char *key)
{
    json_t  *child;

    for (child = v->child; child; child = child->next) {
        if (child->key.len == strlen(key)
            && memcmp(child->key.data, key, child->key.len) == 0)
        {
            return child;
        }
    }

    return NULL;
}


static aif_str_t
unescape(aif_str_t s)
{
    size_t     i;
    aif_buf_t  b;

    aif_buf_init(&b, arena, s.len + 1);

    for (i = 0; i < s.len; /* void */) {
        if (s.data[i] == '\\') {
            i = json_escape(&b, s.data + i + 1) - s.data;
        } else {
            aif_buf_byte(&b, s.data[i++]);
        }
    }

    s.data = b.data;
    s.len = b.len;

    return s;
}


/*
 * A span as the standard's tokenizer would have given it: CR LF and CR to LF
 * before anything else, references decoded, NUL to U+FFFD.
 */

#define SPEC_REFERENCES  1
#define SPEC_ATTRIBUTE   2
#define SPEC_NUL         4
#define SPEC_LOWER       8

static void
spec_normal(aif_buf_t *b, const u_char *p, size_t len, int how)
{
    size_t   i, n;
    u_char  *lines, *text;

    lines = need(malloc(len + 1));
    text = need(malloc(2 * len + 1));

    for (i = 0, n = 0; i < len; i++) {
        if (p[i] == '\r') {
            lines[n++] = '\n';
            i += i + 1 < len && p[i + 1] == '\n';
        } else {
            lines[n++] = p[i];
        }
    }

    if (how & SPEC_REFERENCES) {
        n = aif_html_decode(text, lines, n, (how & SPEC_ATTRIBUTE) != 0);
    } else {
        memcpy(text, lines, n);
    }

    for (i = 0; i < n; i++) {
        if (text[i] == '\0' && (how & SPEC_NUL)) {
            aif_buf_literal(b, "\xef\xbf\xbd");

        } else if ((how & SPEC_LOWER) && text[i] >= 'A' && text[i] <= 'Z') {
            aif_buf_byte(b, text[i] | 0x20);

        } else {
            aif_buf_byte(b, text[i]);
        }
    }

    free(lines);
    free(text);
}


static aif_str_t
spec_span(const u_char *page, uint32_t from, uint32_t to, int how)
{
    aif_buf_t  b;
    aif_str_t  s;

    aif_buf_init(&b, arena, to - from + 1);
    spec_normal(&b, page + from, to - from, how);

    s.data = b.data;
    s.len = b.len;

    return s;
}


static int
spec_attr_cmp(const void *one, const void *two)
{
    int                 rc;
    size_t              n;
    const spec_attr_t  *a = one, *b = two;

    n = a->name.len < b->name.len ? a->name.len : b->name.len;
    rc = memcmp(a->name.data, b->name.data, n);

    return rc ? rc : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}


static void
spec_put(spec_tokens_t *to, const char *kind, aif_str_t s)
{
    if (to->chars.len) {
        aif_buf_literal(&to->out, "characters ");
        aif_buf_append(&to->out, to->chars.data, to->chars.len);
        aif_buf_literal(&to->out, "\n");
        to->chars.len = 0;
    }

    if (kind != NULL) {
        aif_buf_append(&to->out, kind, strlen(kind));
        aif_buf_literal(&to->out, " ");
        aif_buf_append(&to->out, s.data, s.len);
        aif_buf_literal(&to->out, "\n");
    }
}


static void
spec_put_attrs(spec_tokens_t *to, spec_attr_t *a, size_t n, int self_closing)
{
    size_t  i;

    if (self_closing) {
        aif_buf_literal(&to->out, "/\n");
    }

    qsort(a, n, sizeof(spec_attr_t), spec_attr_cmp);

    for (i = 0; i < n; i++) {
        spec_put(to, " name", a[i].name);
        spec_put(to, " value", a[i].value);
    }
}


static void
spec_put_start(spec_tokens_t *to, const u_char *page,
    const aif_html_token_t *token)
{
    size_t       i, j, n;
    aif_str_t    name;
    spec_attr_t  attrs[AIF_HTML_MAX_ATTRS];

    for (i = 0, n = 0; i < token->nattrs; i++) {

        name = spec_span(page, token->attrs[i].name, token->attrs[i].name_end,
                         SPEC_NUL|SPEC_LOWER);

        for (j = 0; j < n && !aif_str_eq(&name, &attrs[j].name); j++) {
            /* void */
        }

        if (j == n) {
            attrs[n].name = name;
            attrs[n++].value = spec_span(page, token->attrs[i].value,
                                         token->attrs[i].value_end,
                                         SPEC_REFERENCES|SPEC_ATTRIBUTE
                                         |SPEC_NUL);
        }
    }

    spec_put(to, "start", spec_span(page, token->name, token->name_end,
                                    SPEC_NUL|SPEC_LOWER));
    spec_put_attrs(to, attrs, n, token->self_closing);
}


static int
spec_token(void *data, const u_char *page, const aif_html_token_t *token,
    int rest)
{
    int             how;
    spec_tokens_t  *to = data;

    switch (token->type) {

    case AIF_HTML_TEXT:
        how = SPEC_NUL;

        if (token->text == AIF_HTML_DATA || token->text == AIF_HTML_CDATA) {
            how = 0;
        }

        if (token->text == AIF_HTML_DATA || token->text == AIF_HTML_RCDATA) {
            how |= SPEC_REFERENCES;
        }

        spec_normal(&to->chars, page + token->name,
                    token->name_end - token->name, how);
        break;

    case AIF_HTML_START:
        spec_put_start(to, page, token);
        break;

    case AIF_HTML_END:
        spec_put(to, "end", spec_span(page, token->name, token->name_end,
                                      SPEC_NUL|SPEC_LOWER));
        break;

    case AIF_HTML_COMMENT:

        /* a span like any other for us, nothing for the standard */

        if (token->end - token->start == 3
            && memcmp(page + token->start, "</>", 3) == 0)
        {
            break;
        }

        spec_put(to, "comment", spec_span(page, token->name, token->name_end,
                                          SPEC_NUL));
        break;

    case AIF_HTML_DOCTYPE:
        spec_put(to, "doctype", spec_span(page, token->name, token->name_end,
                                          SPEC_NUL|SPEC_LOWER));
        break;

    default:
        break;
    }

    if (rest) {
        spec_put(to, NULL, (aif_str_t) aif_null_string);
    }

    return 1;
}


static void
spec_tokens_init(spec_tokens_t *to)
{
    aif_buf_init(&to->out, arena, 256);
    aif_buf_init(&to->chars, arena, 256);
}


/* The output that a test expects, with some more text behind it. */

static void
spec_expect(spec_tokens_t *to, json_t *output, int twice, aif_str_t more)
{
    size_t        n;
    json_t       *token, *v, *a;
    aif_str_t     s;
    spec_attr_t   attrs[AIF_HTML_MAX_ATTRS];

    for (token = output->child; token; token = token->next) {

        v = token->child;

        if (v == NULL) {
            continue;
        }

        s = v->next->str;

        if (twice) {
            s = unescape(s);
        }

        switch (v->str.data[0]) {

        case 'C':
            if (v->str.data[1] == 'h') {
                aif_buf_append(&to->chars, s.data, s.len);
            } else {
                spec_put(to, "comment", s);
            }

            break;

        case 'S':
            spec_put(to, "start", s);

            for (n = 0, a = v->next->next->child; a; a = a->next, n++) {
                attrs[n].name = twice ? unescape(a->key) : a->key;
                attrs[n].value = twice ? unescape(a->str) : a->str;
            }

            spec_put_attrs(to, attrs, n, v->next->next->next != NULL);
            break;

        case 'E':
            spec_put(to, "end", s);
            break;

        default: /* DOCTYPE */
            spec_put(to, "doctype", s);
            break;
        }
    }

    aif_buf_append(&to->chars, more.data, more.len);
    spec_put(to, NULL, more);
}


static const struct {
    const char       *name;
    aif_html_text_e   text;
} spec_states[] = {
    { "Data state", AIF_HTML_DATA },
    { "RCDATA state", AIF_HTML_RCDATA },
    { "RAWTEXT state", AIF_HTML_RAWTEXT },
    { "Script data state", AIF_HTML_SCRIPT },
    { "PLAINTEXT state", AIF_HTML_PLAINTEXT },
    { "CDATA section state", AIF_HTML_CDATA }
};


static void
spec_show(const char *what, const u_char *p, size_t len)
{
    size_t  i;

    printf("#   %s \"", what);

    for (i = 0; i < len; i++) {
        if (p[i] == '\n') {
            printf("\\n");
        } else {
            printf(p[i] < ' ' || p[i] > '~' ? "\\x%02x" : "%c", p[i]);
        }
    }

    printf("\"\n");
}


/* One test in one initial state, cut in one way; returns 1 if it holds. */

static int
spec_run(aif_str_t in, const aif_buf_t *want, aif_html_text_e text,
    aif_str_t last, html_cut_t cut)
{
    const char     *wrong;
    spec_tokens_t   got;

    spec_tokens_init(&got);

    aif_html_init(&html, 1);
    aif_html_state(&html, text, last.data, last.len, 0);

    wrong = html_feed(&html, in.data, in.len, cut, spec_token, &got);

    if (wrong == NULL && got.out.len == want->len
        && (want->len == 0
            || memcmp(got.out.data, want->data, want->len) == 0))
    {
        return 1;
    }

    printf("#   first %zu, step %zu, initial state %d: %s\n", cut.first,
           cut.step, text, wrong ? wrong : "other tokens");
    spec_show("input", in.data, in.len);
    spec_show("got  ", got.out.data, got.out.len);
    spec_show("want ", want->data, want->len);

    return 0;
}


static int
spec_every_cut(aif_str_t in, const aif_buf_t *want, aif_html_text_e text,
    aif_str_t last, unsigned *runs)
{
    size_t      i;
    html_cut_t  cut;

    memset(&cut, 0, sizeof(cut));

    cut.step = in.len + 1;

    for (i = 0; i <= in.len; i++) {
        cut.first = i;
        (*runs)++;

        if (!spec_run(in, want, text, last, cut)) {
            return 0;
        }
    }

    cut.first = 0;
    cut.step = 1;
    (*runs)++;

    if (!spec_run(in, want, text, last, cut)) {
        return 0;
    }

    cut.step = 0;
    cut.most = 7;

    for (i = 1; i <= 4; i++) {
        cut.seed = i * 0x9e3779b97f4a7c15u;
        (*runs)++;

        if (!spec_run(in, want, text, last, cut)) {
            return 0;
        }
    }

    return 1;
}


/*
 * The test's page and a long text behind it, if the page ends in a text that
 * goes on; "&" and "<" in front of a blank are what they are at the end.
 */

static int
spec_longer(aif_str_t in, json_t *output, int twice, unsigned *runs)
{
    aif_buf_t       b;
    aif_str_t       more, page;
    html_cut_t      cut;
    spec_tokens_t   want;

    if (aif_html_pos(&html) != in.len
        || (in.len >= 2 && memcmp(in.data + in.len - 2, "</", 2) == 0))
    {
        return 1;
    }

    memset(&cut, 0, sizeof(cut));
    cut.step = in.len + SPEC_LONGER;

    more.len = SPEC_LONGER;
    more.data = need(aif_arena_alloc(arena, more.len));
    memset(more.data, ' ', more.len);

    aif_buf_init(&b, arena, in.len + more.len);
    aif_buf_append(&b, in.data, in.len);
    aif_buf_append(&b, more.data, more.len);

    page.data = b.data;
    page.len = b.len;

    spec_tokens_init(&want);
    spec_expect(&want, output, twice, more);
    (*runs)++;

    return spec_run(page, &want.out, AIF_HTML_DATA,
                    (aif_str_t) aif_null_string, cut);
}


static const char *
spec_exception(const char *file, aif_str_t test)
{
    size_t  i;

    for (i = 0; i < sizeof(spec_exceptions) / sizeof(spec_exceptions[0]); i++)
    {
        if (strcmp(spec_exceptions[i].file, file) == 0
            && (spec_exceptions[i].test == NULL
                || (strlen(spec_exceptions[i].test) == test.len
                    && memcmp(spec_exceptions[i].test, test.data, test.len)
                       == 0)))
        {
            return spec_exceptions[i].reason;
        }
    }

    return NULL;
}


static void
spec_file(const char *name)
{
    int             twice, in_state;
    size_t          i;
    json_t         *root, *tests, *test, *states, *state, *v;
    unsigned        total, failed, runs;
    aif_str_t       text, in, last;
    const char     *reason;
    spec_tokens_t   want;

    text = read_file("tokenizer", name);

    if (text.data == NULL) {
        skip("tokenizer/%s isn't there", name);
        return;
    }

    reason = spec_exception(name, (aif_str_t) aif_null_string);

    if (reason) {
        skip("tokenizer/%s: %s", name, reason);
        return;
    }

    root = need(aif_arena_calloc(arena, sizeof(json_t)));
    json_value(root, text.data);

    tests = json_get(root, "tests");
    total = 0;
    failed = 0;
    runs = 0;

    for (test = tests ? tests->child : NULL; test; test = test->next) {

        v = json_get(test, "description");

        reason = spec_exception(name, v->str);
        if (reason) {
            printf("# %s: \"%.*s\" is left out: %s\n", name, (int) v->str.len,
                   v->str.data, reason);
            continue;
        }

        in = json_get(test, "input")->str;
        twice = json_get(test, "doubleEscaped") != NULL;

        if (twice) {
            in = unescape(in);
        }

        spec_tokens_init(&want);
        spec_expect(&want, json_get(test, "output"), twice,
                    (aif_str_t) aif_null_string);

        v = json_get(test, "lastStartTag");
        last = v ? v->str : (aif_str_t) aif_null_string;

        states = json_get(test, "initialStates");

        for (i = 0; i < sizeof(spec_states) / sizeof(spec_states[0]); i++) {

            in_state = states == NULL && i == 0;

            for (state = states ? states->child : NULL; state;
                 state = state->next)
            {
                in_state |= state->str.len == strlen(spec_states[i].name)
                            && memcmp(state->str.data, spec_states[i].name,
                                      state->str.len) == 0;
            }

            if (!in_state) {
                continue;
            }

            total++;
            failed += !spec_every_cut(in, &want.out, spec_states[i].text,
                                      last, &runs)
                      || (i == 0
                          && !spec_longer(in, json_get(test, "output"), twice,
                                          &runs));
        }
    }

    ok(total && failed == 0, "tokenizer/%s: %u of %u in %u runs", name,
       total - failed, total, runs);

    aif_arena_reset(arena);
}


int
main(void)
{
    size_t             i;
    const char        *dir;
    static const char *files[] = {
        "contentModelFlags.test", "domjs.test", "entities.test",
        "escapeFlag.test", "namedEntities.test", "numericEntities.test",
        "pendingSpecChanges.test", "test1.test", "test2.test", "test3.test",
        "test4.test", "unicodeChars.test", "unicodeCharsProblematic.test",
        "xmlViolation.test"
    };

    dir = getenv("AIF_DATA");
    spec_dir = dir ? dir : "../shared/data";
    arena = need(aif_arena_create(1 << 20, (size_t) 4 << 30));

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        spec_file(files[i]);
    }

    aif_arena_destroy(arena);

    done();
}
