
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The tree that gumbo makes of a page (standard input, UTF-8), for tests that
 * compare two.  A record for each node, ended by 0x1e, of fields that 0x1f
 * divides: "E", depth, name, and name and value of each attribute; "T" or "C",
 * depth, name of the parent, text.
 */


#include <gumbo.h>
#include <stdio.h>
#include <stdlib.h>


#define TREE_FIELD   "\x1f"
#define TREE_RECORD  "\x1e"


static void
tree_name(const GumboNode *node)
{
    GumboStringPiece  tag;

    if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE) {
        return;
    }

    if (node->v.element.tag != GUMBO_TAG_UNKNOWN) {
        printf("%s", gumbo_normalized_tagname(node->v.element.tag));
        return;
    }

    tag = node->v.element.original_tag;
    gumbo_tag_from_original_text(&tag);
    printf("%.*s", (int) tag.length, tag.data ? tag.data : "");
}


static void
tree_print(const GumboNode *node, const GumboNode *parent, unsigned depth)
{
    unsigned            i;
    const GumboVector  *children;

    if (node->type == GUMBO_NODE_DOCUMENT) {
        children = &node->v.document.children;

    } else if (node->type == GUMBO_NODE_ELEMENT
               || node->type == GUMBO_NODE_TEMPLATE)
    {
        printf("E" TREE_FIELD "%u" TREE_FIELD, depth);
        tree_name(node);

        for (i = 0; i < node->v.element.attributes.length; i++) {
            const GumboAttribute  *a = node->v.element.attributes.data[i];
            printf(TREE_FIELD "%s" TREE_FIELD "%s", a->name, a->value);
        }

        printf(TREE_RECORD);
        children = &node->v.element.children;

    } else {
        printf("%s" TREE_FIELD "%u" TREE_FIELD,
               node->type == GUMBO_NODE_COMMENT ? "C" : "T", depth);
        tree_name(parent);
        printf(TREE_FIELD "%s" TREE_RECORD, node->v.text.text);
        return;
    }

    for (i = 0; i < children->length; i++) {
        tree_print(children->data[i], node, depth + 1);
    }
}


int
main(void)
{
    char         *page;
    size_t        len, size;
    GumboOutput  *out;

    len = 0;
    size = 1 << 24;
    page = malloc(size);

    if (page == NULL) {
        return 2;
    }

    len = fread(page, 1, size, stdin);

    if (len == size) {
        fprintf(stderr, "tree: the page is over 16 MB\n");
        return 1;
    }

    out = gumbo_parse_with_options(&kGumboDefaultOptions, page, len);
    tree_print(out->document, NULL, 0);

    return 0;
}
