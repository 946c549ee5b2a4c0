
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Real pages ($AIF_DATA/pages):
 *
 *   1. Without replacements the output is the page, byte for byte, however it
 *      came: whole, in random pieces, byte by byte if it is small.
 *   2. With every fragment in capitals, an independent parser (gumbo) finds
 *      the same tree: elements and attributes the same but for letter case in
 *      texts and in attributes that hold texts, scripts and styles byte for
 *      byte the same.
 *   3. The letters of all fragments, against the letters that gumbo finds
 *      outside of what is excluded.
 */


#include "page.h"
#include "tap.h"
#include "core/aif_utf8.h"

#include <dirent.h>
#include <gumbo.h>


#define TEST_SMALL   40000          /* bytes; these go byte by byte */
#define TEST_MEDIAN  97.0           /* per cent */
#define TEST_LOWEST  85.0
#define TEST_EXCESS  101.0          /* more means that we touch too much */


/* Pages whose coverage is less, and why that is right. */

static const struct {
    const char  *name;
    const char  *reason;
} test_explained[] = {
    { "js-fuzz2353.html", "made by a fuzzer: no tag is left in its 141 kB, "
                          "all of it is one text over the limit" },
    { NULL, NULL }
};


typedef struct {
    const char  *what;              /* the first difference, NULL: none */
    char         where[128];
} test_diff_t;


static aif_segment_conf_t  test_conf;


/* The parser's memory, given back as a whole: it makes millions of pieces. */

static void *
test_alloc(void *arena, size_t size)
{
    void  *p;

    p = aif_arena_alloc(arena, size);

    if (p == NULL) {
        printf("Bail out! no memory\n");
        exit(1);
    }

    return p;
}


static void
test_free(void *arena, void *p)
{
    (void) arena;
    (void) p;
}


static size_t
test_large_pieces(size_t *state)
{
    return page_random(state) * 64;
}


/* White space folded and a to z in capitals: equal for equal texts. */

static int
test_same_text(const char *a, const char *b)
{
    int  ca, cb;

    for ( ;; ) {

        ca = (u_char) *a;
        cb = (u_char) *b;

        if (strchr(" \t\n\f\r", ca) && ca) {
            ca = ' ';
            a += strspn(a, " \t\n\f\r");

        } else if (ca) {
            a++;
        }

        if (strchr(" \t\n\f\r", cb) && cb) {
            cb = ' ';
            b += strspn(b, " \t\n\f\r");

        } else if (cb) {
            b++;
        }

        if (ca >= 'a' && ca <= 'z') {
            ca -= 32;
        }

        if (cb >= 'a' && cb <= 'z') {
            cb -= 32;
        }

        if (ca != cb) {
            return 0;
        }

        if (ca == 0) {
            return 1;
        }
    }
}


static int
test_may_change(GumboElement *e, const char *name)
{
    size_t  i;

    static const char  *names[] = {
        "alt", "title", "placeholder", "aria-label", "aria-description",
        "label"
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0) {
            return 1;
        }
    }

    return (e->tag == GUMBO_TAG_INPUT && strcmp(name, "value") == 0)
           || (e->tag == GUMBO_TAG_META && strcmp(name, "content") == 0);
}


static int
test_is_raw(GumboNode *node)
{
    GumboTag  tag;

    if (node == NULL || node->type != GUMBO_NODE_ELEMENT) {
        return 0;
    }

    tag = node->v.element.tag;

    return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE
           || tag == GUMBO_TAG_TEXTAREA || tag == GUMBO_TAG_PRE
           || tag == GUMBO_TAG_SVG || tag == GUMBO_TAG_CODE;
}


static void
test_differs(test_diff_t *d, const char *what, GumboNode *node,
    const char *name)
{
    d->what = what;

    snprintf(d->where, sizeof(d->where), "line %u, %s",
             node->type == GUMBO_NODE_ELEMENT
             ? node->v.element.start_pos.line : node->v.text.start_pos.line,
             name);
}


static void
test_attributes(GumboNode *a, GumboNode *b, test_diff_t *d)
{
    unsigned         i;
    GumboVector     *va, *vb;
    GumboAttribute  *x, *y;

    va = &a->v.element.attributes;
    vb = &b->v.element.attributes;

    if (va->length != vb->length) {
        test_differs(d, "number of attributes", a, "");
        return;
    }

    for (i = 0; i < va->length; i++) {

        x = va->data[i];
        y = vb->data[i];

        if (strcmp(x->name, y->name) != 0) {
            test_differs(d, "name of attribute", a, x->name);
            return;
        }

        if (strcmp(x->value, y->value) != 0
            && !(test_may_change(&a->v.element, x->name)
                 && test_same_text(x->value, y->value)))
        {
            test_differs(d, "value of attribute", a, x->name);
            return;
        }
    }
}


static void
test_tree(GumboNode *a, GumboNode *b, int raw, test_diff_t *d)
{
    unsigned      i;
    GumboVector  *va, *vb;

    if (a->type != b->type) {
        test_differs(d, "type of node", a, "");
        return;
    }

    switch (a->type) {

    case GUMBO_NODE_DOCUMENT:
        va = &a->v.document.children;
        vb = &b->v.document.children;
        break;

    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:

        if (a->v.element.tag != b->v.element.tag
            || a->v.element.tag_namespace != b->v.element.tag_namespace)
        {
            test_differs(d, "element", a,
                         gumbo_normalized_tagname(a->v.element.tag));
            return;
        }

        test_attributes(a, b, d);

        va = &a->v.element.children;
        vb = &b->v.element.children;
        raw |= test_is_raw(a);
        break;

    case GUMBO_NODE_COMMENT:

        if (strcmp(a->v.text.text, b->v.text.text) != 0) {
            test_differs(d, "comment", a, "");
        }

        return;

    default:

        if (raw ? strcmp(a->v.text.text, b->v.text.text) != 0
                : !test_same_text(a->v.text.text, b->v.text.text))
        {
            test_differs(d, raw ? "script or style" : "text", a, "");
        }

        return;
    }

    for (i = 0; d->what == NULL && i < va->length && i < vb->length; i++) {
        test_tree(va->data[i], vb->data[i], raw, d);
    }

    if (d->what == NULL && va->length != vb->length) {
        test_differs(d, "number of children", a, "");
    }
}


/* Letters in text nodes outside of what the product excludes. */

static size_t
test_letters(GumboNode *node, int excluded)
{
    size_t           n;
    unsigned         i;
    GumboVector     *v;
    GumboAttribute  *attr;

    switch (node->type) {

    case GUMBO_NODE_DOCUMENT:
        v = &node->v.document.children;
        break;

    case GUMBO_NODE_ELEMENT:
    case GUMBO_NODE_TEMPLATE:
        v = &node->v.element.children;

        switch (node->v.element.tag) {
        case GUMBO_TAG_SCRIPT:
        case GUMBO_TAG_STYLE:
        case GUMBO_TAG_CODE:
        case GUMBO_TAG_PRE:
        case GUMBO_TAG_LISTING:
        case GUMBO_TAG_KBD:
        case GUMBO_TAG_SAMP:
        case GUMBO_TAG_VAR:
        case GUMBO_TAG_SVG:
        case GUMBO_TAG_MATH:
        case GUMBO_TAG_TEXTAREA:
        case GUMBO_TAG_NOSCRIPT:
        case GUMBO_TAG_IFRAME:
        case GUMBO_TAG_NOEMBED:
        case GUMBO_TAG_NOFRAMES:
        case GUMBO_TAG_XMP:
        case GUMBO_TAG_PLAINTEXT:
            return 0;

        default:
            break;
        }

        attr = gumbo_get_attribute(&node->v.element.attributes, "class");

        if (attr && strstr(attr->value, "notranslate")) {
            return 0;
        }

        attr = gumbo_get_attribute(&node->v.element.attributes, "translate");

        if (attr) {
            excluded = strcasecmp(attr->value, "no") == 0;
        }

        break;

    case GUMBO_NODE_COMMENT:
        return 0;

    default:
        return excluded ? 0 : aif_utf8_letters((u_char *) node->v.text.text,
                                               strlen(node->v.text.text));
    }

    n = 0;

    for (i = 0; i < v->length; i++) {
        n += test_letters(v->data[i], excluded);
    }

    return n;
}


/* Without replacements the page comes out. */

static int
test_identical(page_t *pg, const u_char *data)
{
    int      same;
    size_t   n, rejected;
    u_char  *out;

    out = page_rewrite(pg, 0, &n, &rejected);

    same = pg->rc == AIF_DONE && n == pg->len && memcmp(out, data, n) == 0;

    free(out);

    return same;
}


/* So it does in pieces, which give the whole page's fragments. */

static int
test_pieces(const page_t *whole, const u_char *data, page_piece_pt piece,
    size_t state)
{
    int              good;
    size_t           i;
    page_t           pg;
    aif_fragment_t  *a, *b;

    page_open(&pg, &test_conf, data, whole->len, piece, state);

    good = test_identical(&pg, data) && pg.n == whole->n;

    for (i = 0; good && i < pg.n; i++) {

        a = &whole->fragments[i];
        b = &pg.fragments[i];

        good = a->start == b->start && a->end == b->end && a->kind == b->kind
               && a->quote == b->quote && a->ntags == b->ntags
               && a->letters == b->letters && aif_str_eq(&a->text, &b->text)
               && (a->ntags == 0
                   || memcmp(a->tags, b->tags,
                             a->ntags * sizeof(aif_fragment_tag_t)) == 0);
    }

    page_close(&pg);

    return good;
}


/* Per cent, or -1 where it has no meaning. */

static double
test_page(const char *name, const u_char *data, size_t len)
{
    double         coverage;
    page_t         pg;
    size_t         i, n, rejected, found, letters;
    u_char        *out;
    const char    *reason;
    test_diff_t    diff;
    GumboOutput   *a, *b;
    GumboOptions   options;

    page_open(&pg, &test_conf, data, len, NULL, 0);

    ok(test_identical(&pg, data), "%s: identical, whole", name);

    ok(test_pieces(&pg, data, test_large_pieces, len),
       "%s: identical and the same fragments, random pieces", name);

    if (len <= TEST_SMALL) {
        ok(test_pieces(&pg, data, page_even, 1),
           "%s: identical and the same fragments, byte by byte", name);
    }

    out = page_rewrite(&pg, 1, &n, &rejected);

    options = kGumboDefaultOptions;
    options.allocator = test_alloc;
    options.deallocator = test_free;
    options.userdata = aif_arena_create(1 << 20, (size_t) 1 << 32);

    a = gumbo_parse_with_options(&options, (char *) data, len);
    b = gumbo_parse_with_options(&options, (char *) out, n);

    memset(&diff, 0, sizeof(diff));
    test_tree(a->document, b->document, 0, &diff);

    if (!ok(rejected == 0 && diff.what == NULL, "%s: the same tree", name)) {
        printf("#   rejected %zu; %s differs, %s\n", rejected,
               diff.what ? diff.what : "nothing", diff.where);
    }

    coverage = -1;

    if (!aif_utf8_valid(data, len)) {
        skip("%s: coverage (charset: it is not UTF-8)", name);

    } else {

        found = 0;

        for (i = 0; i < pg.n; i++) {
            if (pg.fragments[i].kind != AIF_FRAGMENT_ATTRIBUTE) {
                found += pg.fragments[i].letters;
            }
        }

        letters = test_letters(a->document, 0);
        coverage = letters ? 100.0 * found / letters : 100.0;

        reason = NULL;

        for (i = 0; test_explained[i].name; i++) {
            if (strcmp(test_explained[i].name, name) == 0) {
                reason = test_explained[i].reason;
            }
        }

        ok((coverage >= TEST_LOWEST || reason) && coverage <= TEST_EXCESS,
           "%s: coverage of letters", name);

        printf("# %s: %zu of %zu letters, %.2f%%, %zu fragments%s%s\n", name,
               found, letters, coverage, pg.n, reason ? ": " : "",
               reason ? reason : "");
    }

    aif_arena_destroy(options.userdata);
    free(out);
    page_close(&pg);

    return coverage;
}


static int
test_filter(const struct dirent *d)
{
    size_t  n;

    n = strlen(d->d_name);

    return n > 5 && strcmp(d->d_name + n - 5, ".html") == 0;
}


static int
test_compare(const void *a, const void *b)
{
    double  x, y;

    x = *(const double *) a;
    y = *(const double *) b;

    return (x > y) - (x < y);
}


int
main(int argc, char **argv)
{
    int              i, n;
    char             path[1024];
    u_char          *data;
    size_t           len, k;
    double          *coverage;
    struct dirent  **list;

    snprintf(path, sizeof(path), "%s/pages", page_data());

    n = scandir(path, &list, test_filter, alphasort);

    if (n <= 0) {
        skip("no pages in %s", path);
        done();
    }

    aif_segment_conf_default(&test_conf);

    coverage = calloc(n, sizeof(double));
    k = 0;

    for (i = 0; i < n; i++) {

        if (argc < 2 || strstr(list[i]->d_name, argv[1])) {

            snprintf(path, sizeof(path), "%s/pages/%s", page_data(),
                     list[i]->d_name);

            data = page_read(path, &len);
            coverage[k] = test_page(list[i]->d_name, data, len);
            k += coverage[k] >= 0;
            free(data);
        }

        free(list[i]);
    }

    if (k) {
        qsort(coverage, k, sizeof(double), test_compare);

        ok(coverage[k / 2] >= TEST_MEDIAN, "median of the coverage");
        printf("# coverage of %zu pages: lowest %.2f%%, median %.2f%%\n", k,
               coverage[0], coverage[k / 2]);
    }

    free(coverage);
    free(list);

    done();
}
