
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which elements switch the tokenizer, and what is foreign, against the tree
 * builder's conformance data of the HTML standard (html5lib-tests, looked for
 * in $AIF_DATA or ../shared/data).  There is no tree here; but a tree says
 * what the contents of title, textarea, style, script and so on are, which
 * elements are svg's or math's, what the comments are, and how much text there
 * is, and all of this comes out wrong after a wrong switch.  Compared without
 * regard to the order: the tree builder moves things.
 */


#include "core/aif_html.h"
#include "core/aif_html_entity.h"

#include "html_feed.h"
#include "tap.h"


#define TREE_MAX_FACTS  512
#define TREE_MAX_DEPTH  1024


/*
 * Where the tree says something else, each with its reason.  What is listed
 * here and passes is a failure, too.
 */

#define TREE_FRAMESET  "the tree builder drops what stands around a frameset"
#define TREE_DROPPED   "the tree builder drops text there"
#define TREE_COPIED    "the tree builder copies a text"
#define TREE_CONTEXT   "a fragment's context is not the page's element here"
#define TREE_CELL      "a cell's end by the next one's start isn't known here"

static const struct {
    const char  *file;
    const char  *reason;
    const char  *page;
    size_t       len;
} tree_exceptions[] = {
#define E(file, reason, page)  { file, reason, page, sizeof(page) - 1 }
    E("plain-text-unsafe.dat", TREE_FRAMESET,
      "<svg>\000</svg><frameset>"),
    E("plain-text-unsafe.dat", TREE_FRAMESET,
      "<svg>\000 </svg><frameset>"),
    E("plain-text-unsafe.dat", TREE_FRAMESET,
      "<svg><path></path></svg><frameset>"),
    E("plain-text-unsafe.dat", TREE_FRAMESET,
      "<svg><p><frameset>"),
    E("template.dat", TREE_DROPPED,
      "<body><template><col>Hello"),
    E("foreign-fragment.dat", TREE_CONTEXT,
      "</p><foo>"),
    E("foreign-fragment.dat", TREE_CONTEXT,
      "</br><foo>"),
    E("foreign-fragment.dat", TREE_CONTEXT,
      "<body><foo>"),
    E("foreign-fragment.dat", TREE_CONTEXT,
      "<p></p><foo>"),
    E("pending-spec-changes.dat", TREE_CELL,
      "<table><tr><td><svg><desc><td></desc><circle>"),
    E("tests10.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset><svg><g></g><g></g><p><span>"),
    E("tests10.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset></frameset><svg><g></g><g></g><p><span>"),
    E("tests18.dat", TREE_FRAMESET,
      "<!doctype html><frameset><plaintext></plaintext>"),
    E("tests18.dat", TREE_FRAMESET,
      "<!doctype html><frameset></frameset><plaintext></plaintext>"),
    E("tests18.dat", TREE_FRAMESET,
      "<!doctype html><frameset></frameset></html><plaintext></plaintext>"),
    E("tests19.dat", TREE_FRAMESET,
      "<!doctype html><html><frameset></frameset></html>abc"),
    E("tests19.dat", TREE_FRAMESET,
      "<!doctype html><svg></svg><frameset><frame>"),
    E("tests19.dat", TREE_FRAMESET,
      "<!doctype html><math></math><frameset><frame>"),
    E("tests19.dat", TREE_FRAMESET,
      "<!doctype html><svg><foreignObject><div> <frameset><frame>"),
    E("tests19.dat", TREE_FRAMESET,
      "<!doctype html><svg> </svg><frameset><frame>"),
    E("tests2.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset>test"),
    E("tests2.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset> te st"),
    E("tests2.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset></frameset> te st"),
    E("tests4.dat", TREE_CONTEXT,
      "<!-- inside </script> -->"),
    E("tests6.dat", TREE_FRAMESET,
      "<frameset></frameset>\nfoo"),
    E("tests6.dat", TREE_DROPPED,
      "foo<col>"),
    E("tests9.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset><math><mi></mi><mi></mi><p><span>"),
    E("tests9.dat", TREE_FRAMESET,
      "<!DOCTYPE html><frameset></frameset><math><mi></mi><mi></mi><p><span>"),
    E("webkit01.dat", TREE_CELL,
      "<table><tr><td><svg><desc><td></desc><circle>"),
    E("webkit02.dat", TREE_COPIED,
      "<select><button><selectedcontent></button><option>X"),
    E("webkit02.dat", TREE_COPIED,
      "<select><button><selectedcontent></button><option>x<i>i<b>ib</i>b"),
    E("webkit02.dat", TREE_COPIED,
      "<select><button><selectedcontent></button><option>X<option>Y"),
    E("webkit02.dat", TREE_COPIED,
      "<select><button><selectedcontent></button><option>X<option selected>Y")
#undef E
};


typedef struct {
    aif_str_t   facts[TREE_MAX_FACTS];
    size_t      n;
    size_t      letters;          /* bytes of text but space and NUL */
    aif_buf_t  *raw;              /* the raw text that is being read */
    aif_buf_t   buf;
    size_t      skip;             /* bytes in front that are not the test's */
} tree_t;


static const char   *tree_dir;
static aif_arena_t  *arena;
static aif_html_t    html;

static const char *tree_raw[] = {
    "title", "textarea", "style", "xmp", "iframe", "noembed", "noframes",
    "noscript", "script", "plaintext", NULL
};


static void
tree_fact(tree_t *tree, const char *kind, const u_char *p, size_t len,
    int lower)
{
    size_t     i;
    aif_buf_t  b;

    if (tree->n == TREE_MAX_FACTS) {
        return;
    }

    aif_buf_init(&b, arena, len + 32);
    aif_buf_append(&b, kind, strlen(kind));
    aif_buf_byte(&b, ' ');

    for (i = 0; i < len; i++) {
        if (p[i] == '\0') {
            aif_buf_literal(&b, "\xef\xbf\xbd");
        } else {
            aif_buf_byte(&b, lower && p[i] >= 'A' && p[i] <= 'Z'
                             ? p[i] | 0x20 : p[i]);
        }
    }

    tree->facts[tree->n].data = b.data;
    tree->facts[tree->n++].len = b.len;
}


static void
tree_letters(tree_t *tree, const u_char *p, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {

        if (len - i >= 3 && memcmp(p + i, "\xef\xbf\xbd", 3) == 0) {
            i += 2;
            continue;
        }

        tree->letters += p[i] > ' ';
    }
}


static int
tree_is_raw(const u_char *name, size_t len)
{
    size_t  i;

    for (i = 0; tree_raw[i]; i++) {
        if (strlen(tree_raw[i]) == len && memcmp(tree_raw[i], name, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* A raw text is a fact once it is known to be whole. */

static void
tree_raw_end(tree_t *tree)
{
    if (tree->raw) {
        tree_fact(tree, "raw", tree->buf.data, tree->buf.len, 0);
        tree->raw = NULL;
    }
}


static void
tree_raw_start(tree_t *tree, const u_char *name, size_t len)
{
    size_t  i;

    tree_raw_end(tree);

    aif_buf_init(&tree->buf, arena, 64);
    tree->raw = &tree->buf;

    for (i = 0; i < len; i++) {
        aif_buf_byte(&tree->buf, name[i] | 0x20);
    }

    aif_buf_byte(&tree->buf, ':');
}


static void
tree_text(tree_t *tree, const u_char *p, size_t len)
{
    tree_letters(tree, p, len);

    if (tree->raw) {
        aif_buf_append(tree->raw, p, len);
    }
}


static int
tree_token(void *data, const u_char *page, const aif_html_token_t *token,
    int rest)
{
    size_t   len, n;
    u_char  *text;
    tree_t  *tree = data;

    if (token->type == AIF_HTML_NONE || token->end <= tree->skip) {
        return 1;
    }

    len = token->name_end - token->name;

    switch (token->type) {

    case AIF_HTML_TEXT:

        text = aif_arena_alloc(arena, 2 * len + 1);

        if (token->text <= AIF_HTML_RCDATA) {
            len = aif_html_decode(text, page + token->name, len, 0);
        } else {
            memcpy(text, page + token->name, len);
        }

        /* the first line feed of a textarea is no part of it */

        n = tree->raw && len && *text == '\n'
            && tree->raw->len == sizeof("textarea:") - 1
            && memcmp(tree->raw->data, "textarea:", tree->raw->len) == 0;

        tree_text(tree, text + n, len - n);
        break;

    case AIF_HTML_START:

        if (html.text != AIF_HTML_DATA) {
            tree_raw_start(tree, page + token->name, len);

        } else if (token->foreign || token->tag == AIF_TAG_svg
                   || token->tag == AIF_TAG_math)
        {
            tree_fact(tree, "foreign", page + token->name, len, 1);
        }

        break;

    case AIF_HTML_COMMENT:

        if (len || page[token->start + 1] != '/') {
            tree_fact(tree, "comment", page + token->name, len, 0);
        }

        break;

    case AIF_HTML_END:
        tree_raw_end(tree);
        break;
    }

    if (rest) {
        tree_raw_end(tree);
    }

    return 1;
}


/* One node of the expected tree: "<p>", "<svg g>", "<!-- x -->", ""text"". */

static void
tree_node(tree_t *tree, const u_char *p, size_t len, size_t depth,
    size_t *raw_depth)
{
    const u_char  *name;

    if (depth <= *raw_depth) {
        tree_raw_end(tree);
    }

    if (*p == '"') {
        tree_text(tree, p + 1, len - 2);

    } else if (len >= 9 && memcmp(p, "<!-- ", 5) == 0) {
        tree_fact(tree, "comment", p + 5, len - 9, 0);

    } else if (len > 5 && memcmp(p, "<svg ", 5) == 0) {
        tree_fact(tree, "foreign", p + 5, len - 6, 1);

    } else if (len > 6 && memcmp(p, "<math ", 6) == 0) {
        tree_fact(tree, "foreign", p + 6, len - 7, 1);

    } else if (*p == '<' && p[1] != '!') {

        name = p + 1;

        if (tree_is_raw(name, len - 2)) {
            tree_raw_start(tree, name, len - 2);
            *raw_depth = depth;
        }
    }
}


static void
tree_expect(tree_t *tree, const u_char *p, const u_char *end)
{
    size_t         depth, raw_depth;
    const u_char  *node, *next;

    raw_depth = 0;

    while (p < end) {

        /* a node's text may go on in lines of its own */

        for (next = p; next < end; next++) {
            if (*next == '\n'
                && (next + 1 >= end || (next[1] == '|' && next[2] == ' ')))
            {
                break;
            }
        }

        for (depth = 0, node = p + 2; *node == ' '; node++, depth++) {
            /* void */
        }

        if (p[0] == '|' && next > node) {
            tree_node(tree, node, next - node, depth, &raw_depth);
        }

        p = next + 1;
    }

    tree_raw_end(tree);
}


static int
tree_cmp(const void *one, const void *two)
{
    int               rc;
    size_t            n;
    const aif_str_t  *a = one, *b = two;

    n = a->len < b->len ? a->len : b->len;
    rc = memcmp(a->data, b->data, n);

    return rc ? rc : (a->len > b->len) - (a->len < b->len);
}


static void
tree_show(const char *what, tree_t *tree)
{
    size_t  i;

    printf("#   %s %zu letters", what, tree->letters);

    for (i = 0; i < tree->n; i++) {
        printf(" [%.*s]", (int) tree->facts[i].len, tree->facts[i].data);
    }

    printf("\n");
}


static const char *
tree_exception(const char *file, const u_char *page, size_t len)
{
    size_t  i;

    for (i = 0; i < sizeof(tree_exceptions) / sizeof(tree_exceptions[0]); i++)
    {
        if (strcmp(tree_exceptions[i].file, file) == 0
            && tree_exceptions[i].len == len
            && memcmp(tree_exceptions[i].page, page, len) == 0)
        {
            return tree_exceptions[i].reason;
        }
    }

    return NULL;
}


/* The page of a fragment: its context element, then the fragment. */

static size_t
tree_context(u_char *page, const u_char *context, size_t len)
{
    if (len > 4 && memcmp(context, "svg ", 4) == 0) {
        return sprintf((char *) page, "<svg><%.*s>", (int) len - 4,
                       context + 4);
    }

    if (len > 5 && memcmp(context, "math ", 5) == 0) {
        return sprintf((char *) page, "<math><%.*s>", (int) len - 5,
                       context + 5);
    }

    if (tree_is_raw(context, len)) {
        return sprintf((char *) page, "<%.*s>", (int) len, context);
    }

    return 0;
}


static int
tree_run(const u_char *data, size_t len, const u_char *context,
    size_t context_len, const u_char *doc, const u_char *end, int quiet)
{
    size_t        i, n;
    u_char       *page;
    tree_t       *got, *want;
    html_cut_t    cut;
    const char   *wrong;

    got = aif_arena_calloc(arena, sizeof(tree_t));
    want = aif_arena_calloc(arena, sizeof(tree_t));
    page = aif_arena_alloc(arena, len + context_len + 64);

    n = context ? tree_context(page, context, context_len) : 0;
    got->skip = n;
    memcpy(page + n, data, len);

    memset(&cut, 0, sizeof(cut));
    cut.step = 5;

    aif_html_init(&html, 0);
    wrong = html_feed(&html, page, n + len, cut, tree_token, got);
    tree_raw_end(got);

    tree_expect(want, doc, end);

    qsort(got->facts, got->n, sizeof(aif_str_t), tree_cmp);
    qsort(want->facts, want->n, sizeof(aif_str_t), tree_cmp);

    if (wrong == NULL && got->n == want->n && got->letters == want->letters) {

        for (i = 0; i < got->n; i++) {
            if (!aif_str_eq(&got->facts[i], &want->facts[i])) {
                break;
            }
        }

        if (i == got->n) {
            return 1;
        }
    }

    if (quiet) {
        return 0;
    }

    printf("# \"");
    fwrite(data, 1, len, stdout);
    printf("\"%s%.*s %s\n", context ? " in " : "", (int) context_len, context,
           wrong ? wrong : "");
    tree_show("got ", got);
    tree_show("want", want);

    return 0;
}


static const char *
tree_find(const char *p, const char *end, const char *line)
{
    size_t  n;

    n = strlen(line);

    for ( /* void */ ; p && p + n <= end; p = memchr(p, '\n', end - p)) {

        p += *p == '\n';

        if (p + n <= end && memcmp(p, line, n) == 0
            && (p + n == end || p[n] == '\n'))
        {
            return p;
        }
    }

    return NULL;
}


static void
tree_file(const char *name)
{
    int          pass;
    long         n;
    FILE        *f;
    char         path[1024], *text;
    size_t       len, context_len;
    unsigned     total, passed, left;
    const char  *p, *next, *errors, *doc, *context, *off, *reason;

    snprintf(path, sizeof(path), "%s/html5lib-tests/tree-construction/%s",
             tree_dir, name);

    f = fopen(path, "rb");
    if (f == NULL) {
        skip("tree-construction/%s isn't there", name);
        return;
    }

    fseek(f, 0, SEEK_END);
    n = ftell(f);
    rewind(f);

    text = aif_arena_alloc(arena, n + 1);
    n = fread(text, 1, n, f);
    fclose(f);

    total = 0;
    passed = 0;
    left = 0;

    for (p = tree_find(text, text + n, "#data"); p; p = next) {

        p += sizeof("#data\n") - 1;
        next = tree_find(p, text + n, "#data");

        errors = tree_find(p, text + n, "#errors");
        doc = tree_find(errors, text + n, "#document");
        off = tree_find(errors, doc, "#script-off");
        context = tree_find(errors, doc, "#document-fragment");
        context_len = 0;

        if (off) {
            left++;
            continue;
        }

        if (context) {
            context += sizeof("#document-fragment\n") - 1;
            context_len = strcspn(context, "\n");
        }

        len = errors > p ? errors - 1 - p : 0;
        reason = tree_exception(name, (const u_char *) p, len);

        pass = tree_run((const u_char *) p, len, (const u_char *) context,
                        context_len,
                        (const u_char *) doc + sizeof("#document\n") - 1,
                        (const u_char *) (next ? next - 1 : text + n),
                        reason != NULL);

        if (reason && !pass) {
            left++;
            continue;
        }

        if (reason) {
            printf("# \"%.*s\" passes, and is listed as one that can't: %s\n",
                   (int) len, p, reason);
        }

        total++;
        passed += pass && reason == NULL;
    }

    if (total == 0) {
        skip("tree-construction/%s: all without scripting", name);

    } else {
        ok(passed == total, "tree-construction/%s: %u of %u, %u left out",
           name, passed, total, left);
    }

    aif_arena_reset(arena);
}


int
main(void)
{
    size_t             i;
    const char        *dir;
    static const char *files[] = {
        "tests16.dat", "scriptdata01.dat", "plain-text-unsafe.dat",
        "noscript01.dat", "template.dat", "foreign-fragment.dat", "svg.dat",
        "math.dat", "adoption01.dat", "adoption02.dat", "blocks.dat",
        "comments01.dat", "doctype01.dat", "domjs-unsafe.dat",
        "entities01.dat", "entities02.dat", "html5test-com.dat",
        "inbody01.dat", "isindex.dat", "main-element.dat",
        "menuitem-element.dat", "namespace-sensitivity.dat",
        "pending-spec-changes-plain-text-unsafe.dat",
        "pending-spec-changes.dat", "quirks01.dat", "ruby.dat",
        "search-element.dat", "tables01.dat", "tests1.dat", "tests10.dat",
        "tests11.dat", "tests12.dat", "tests14.dat", "tests15.dat",
        "tests17.dat", "tests18.dat", "tests19.dat", "tests2.dat",
        "tests20.dat", "tests21.dat", "tests22.dat", "tests23.dat",
        "tests24.dat", "tests25.dat", "tests26.dat", "tests3.dat",
        "tests4.dat", "tests5.dat", "tests6.dat", "tests7.dat", "tests8.dat",
        "tests9.dat", "tests_innerHTML_1.dat", "tricky01.dat",
        "void-in-phrasing.dat", "webkit01.dat", "webkit02.dat"
    };

    dir = getenv("AIF_DATA");
    tree_dir = dir ? dir : "../shared/data";

    arena = aif_arena_create(1 << 20, (size_t) 4 << 30);
    if (arena == NULL) {
        return EXIT_FAILURE;
    }

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        tree_file(files[i]);
    }

    aif_arena_destroy(arena);

    done();
}
