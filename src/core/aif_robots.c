
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Rules of robots.txt, line by line.  Among the rules of a group the longest
 * path that matches decides, wherever it stands; so all of them are repeated,
 * "/" too, or a prefixed address would be decided by other rules than the bare
 * one.  Groups are not looked at: a rule's copy stands behind it, in its group.
 */


#include "core/aif_robots.h"
#include "core/aif_locale.h"


/* A line with a path: offsets in the file. */

typedef struct {
    size_t            start;
    size_t            path;
    size_t            path_end;
    size_t            end;           /* of its text */
    size_t            next;          /* behind its line break */
} aif_robots_rule_t;


static void aif_robots_line(const u_char *file, size_t len, size_t pos,
    aif_robots_rule_t *rule);
static int aif_robots_named(const u_char *p, size_t len);
static int aif_robots_has_prefix(const aif_link_site_t *site,
    const u_char *path, size_t len);
static int aif_robots_copies(const aif_link_site_t *site, const u_char *file,
    const aif_robots_rule_t *rule, aif_arena_t *a, aif_str_t *text);


#define aif_robots_is_space(ch)  ((ch) == ' ' || (ch) == '\t')


int
aif_robots_edits(const aif_link_site_t *site, const u_char *file, size_t len,
    aif_arena_t *a, aif_edit_t **edits, size_t *n)
{
    size_t              pos, size, max;
    aif_edit_t         *e, *more;
    aif_robots_rule_t   rule;

    *edits = NULL;
    *n = 0;

    size = len;
    max = 0;
    pos = len >= 3 && memcmp(file, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    for ( /* void */ ; pos < len; pos = rule.next) {

        aif_robots_line(file, len, pos, &rule);

        if (rule.path == rule.path_end
            || aif_robots_has_prefix(site, file + rule.path,
                                     rule.path_end - rule.path))
        {
            continue;
        }

        if (*n == max) {

            max = max ? 2 * max : 64;

            more = aif_arena_alloc(a, max * sizeof(aif_edit_t));
            if (more == NULL) {
                return AIF_NOMEM;
            }

            if (*n) {
                memcpy(more, *edits, *n * sizeof(aif_edit_t));
            }

            *edits = more;
        }

        e = &(*edits)[*n];

        if (aif_robots_copies(site, file, &rule, a, &e->text) != AIF_OK) {
            return AIF_NOMEM;
        }

        if (e->text.len == 0) {
            continue;
        }

        e->start = rule.next;
        e->end = rule.next;
        (*n)++;

        size += e->text.len;

        if (size > AIF_ROBOTS_MAX_SIZE) {
            return AIF_LIMIT;
        }
    }

    return AIF_OK;
}


/* "Disallow: /path # comment"; path == path_end: no rule, or none with one */

static void
aif_robots_line(const u_char *file, size_t len, size_t pos,
    aif_robots_rule_t *rule)
{
    size_t  end, p, name, name_end;

    rule->start = pos;
    rule->path = pos;
    rule->path_end = pos;

    for (end = pos; end < len && file[end] != '\n' && file[end] != '\r';
         end++) { /* void */ }

    rule->end = end;
    rule->next = end;

    if (rule->next < len) {
        rule->next += (file[end] == '\r' && end + 1 < len
                       && file[end + 1] == '\n') ? 2 : 1;
    }

    for (p = pos; p < end && aif_robots_is_space(file[p]); p++) { /* void */ }

    name = p;

    while (p < end && file[p] != ':' && file[p] != '#'
           && !aif_robots_is_space(file[p]))
    {
        p++;
    }

    name_end = p;

    while (p < end && aif_robots_is_space(file[p])) {
        p++;
    }

    if (p == end || file[p] != ':'
        || !aif_robots_named(file + name, name_end - name))
    {
        return;
    }

    for (p++; p < end && aif_robots_is_space(file[p]); p++) { /* void */ }

    if (p == end || (file[p] != '/' && file[p] != '*')) {
        return;
    }

    rule->path = p;

    while (p < end && file[p] != '#') {
        p++;
    }

    while (aif_robots_is_space(file[p - 1])) {
        p--;
    }

    rule->path_end = p;
}


static int
aif_robots_named(const u_char *p, size_t len)
{
    size_t       i;
    const char  *name;

    name = len == 5 ? "allow" : len == 8 ? "disallow" : NULL;

    if (name == NULL) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if ((p[i] | 0x20) != name[i]) {
            return 0;
        }
    }

    return 1;
}


static int
aif_robots_has_prefix(const aif_link_site_t *site, const u_char *path,
    size_t len)
{
    int     index;
    size_t  n;

    index = aif_locale_prefix(site->locales, site->nlocales, path, len, &n);

    return index > 0 || (index == 0 && site->strict);
}


/*
 * The rule's line for each prefix, without its comment, with its own line
 * break.  A path that begins with a wildcard gets a slash: what it matches
 * stands behind the prefix.
 */

static int
aif_robots_copies(const aif_link_site_t *site, const u_char *file,
    const aif_robots_rule_t *rule, aif_arena_t *a, aif_str_t *text)
{
    size_t            i, size;
    aif_buf_t         b;
    const aif_str_t  *locale;

    size = 0;

    for (i = !site->strict; i < site->nlocales; i++) {
        size += rule->next - rule->start + site->locales[i].len + 3;
    }

    aif_buf_init(&b, a, size + 1);

    for (i = !site->strict; i < site->nlocales; i++) {

        locale = &site->locales[i];

        if (rule->next == rule->end) {
            aif_buf_byte(&b, '\n');
        }

        aif_buf_append(&b, file + rule->start, rule->path - rule->start);
        aif_buf_byte(&b, '/');
        aif_buf_append(&b, locale->data, locale->len);

        if (file[rule->path] == '*') {
            aif_buf_byte(&b, '/');
        }

        aif_buf_append(&b, file + rule->path, rule->path_end - rule->path);
        aif_buf_append(&b, file + rule->end, rule->next - rule->end);
    }

    text->data = b.data;
    text->len = b.len;

    return b.failed ? AIF_NOMEM : AIF_OK;
}
