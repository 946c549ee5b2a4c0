
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * State of frameworks whose dialect is not read here: that of Nuxt, Remix,
 * Apollo and others is JavaScript, or JSON in a form of its own, or has a name
 * that ai_json would have to tell.  It is known by its first bytes or its id,
 * and all that is asked is whether it repeats a text of the page: such a page
 * is left alone.
 */


#include "core/aif_state_private.h"


#define AIF_STATE_FOREIGN_DEPTH  2       /* strings in strings */
#define AIF_STATE_FOREIGN_NAME   64      /* bytes in which the name begins */


static size_t aif_state_foreign_name(const aif_state_t *st, const u_char *p,
    size_t n);
static int aif_state_foreign_strings(aif_state_t *st, const u_char *p,
    const u_char *end, unsigned depth);
static int aif_state_foreign_string(aif_state_t *st, const u_char *p,
    const u_char *end, unsigned depth);


static const char *const  aif_state_foreign_names[] = {
    "__NUXT__", "__NUXT_DATA__", "__remixContext", "__reactRouterContext",
    "__staticRouterHydrationData", "__APOLLO_STATE__", "__INITIAL_STATE__",
    "__PRELOADED_STATE__", "__REDUX_STATE__", "__INITIAL_DATA__",
    "__INITIAL_PROPS__", "__REACT_QUERY_STATE__", "__sveltekit",
    "__SVELTEKIT_DATA__", "__FLIGHT_DATA", "__VIKE__", "__RELAY_STORE__",
    "__TSR__", "$_TSR", "__WAKU_PUSH__", "vike_pageContext",
    "eContext", NULL
};


/* "window.NAME", "(self.NAME", "var NAME", 'window["NAME"]': before all else */

int
aif_state_foreign(const aif_state_t *st, size_t start, size_t end,
    const aif_str_t *id)
{
    const u_char  *p, *last;

    if (id->len && aif_state_foreign_name(st, id->data, id->len) == id->len) {
        return 1;
    }

    p = st->page + start;
    last = st->page + end;

    while (p < last && strchr(" \t\r\n;!({", *p) && *p) {
        p++;
    }

    if (last - p > AIF_STATE_FOREIGN_NAME) {
        last = p + AIF_STATE_FOREIGN_NAME;
    }

    for (start = 1; p < last; p++) {

        if (*p == '=' || *p == '('
            || ((*p == '"' || *p == '\'') && p[-1] != '['))
        {
            return 0;
        }

        if (start && aif_state_foreign_name(st, p, st->page + end - p)) {
            return 1;
        }

        start = !aif_state_letter(*p);
    }

    return 0;
}


/*
 * The length of the name that p[0, n) begins with; 0 is also for one that
 * ai_json knows: its variable is read, or found to be none.
 */

static size_t
aif_state_foreign_name(const aif_state_t *st, const u_char *p, size_t n)
{
    size_t            i, k, len;
    const aif_str_t  *v;

    for (i = 0; aif_state_foreign_names[i]; i++) {

        len = strlen(aif_state_foreign_names[i]);

        if (n < len || memcmp(p, aif_state_foreign_names[i], len) != 0) {
            continue;
        }

        for (k = 0; k < st->conf->nvariables; k++) {

            v = &st->conf->variables[k];

            if (v->len == len && memcmp(v->data, p, len) == 0) {
                return 0;
            }
        }

        return len;
    }

    return 0;
}


int
aif_state_foreign_repeats(aif_state_t *st, size_t start, size_t end)
{
    return aif_state_foreign_strings(st, st->page + start, st->page + end, 0);
}


/*
 * Comments and regular expressions are not told apart: nothing is changed.  A
 * quote that nothing ends is an apostrophe in something else; how far its end
 * was looked for is kept, so that no byte is looked at for each of them.
 */

static int
aif_state_foreign_strings(aif_state_t *st, const u_char *p,
    const u_char *end, unsigned depth)
{
    int             rc;
    u_char          quote;
    unsigned        kind;
    const u_char   *q, *none[3];

    none[0] = none[1] = none[2] = p;

    while (p < end) {

        quote = *p++;

        if (quote == '\\') {
            p += (p < end);
            continue;
        }

        if (quote != '"' && quote != '\'' && quote != '`') {
            continue;
        }

        kind = quote == '"' ? 0 : quote == '\'' ? 1 : 2;

        if (p <= none[kind]) {
            continue;
        }

        for (q = p; q < end && *q != quote && (quote == '`' || *q != '\n');
             q++)
        {
            if (*q == '\\' && q + 1 < end) {
                q++;
            }
        }

        if (q >= end || *q != quote) {
            none[kind] = q;
            continue;
        }

        rc = aif_state_foreign_string(st, p, q, depth);

        if (rc != 0) {
            return rc;
        }

        p = q + 1;
    }

    return 0;
}


static int
aif_state_foreign_string(aif_state_t *st, const u_char *p, const u_char *end,
    unsigned depth)
{
    int                rc;
    size_t             pos;
    aif_view_t         v;
    aif_state_text_t   t;

    if (end - p < AIF_STATE_MIN_REPEAT) {
        return 0;
    }

    if (memchr(p, '\\', end - p) && p[-1] != '`') {

        aif_view_init(&v, st->arena, end - p);
        pos = 0;

        rc = aif_view_add(&v, p - 1, &pos, end - p + 2);

        if (rc == AIF_OK) {
            rc = aif_view_finish(&v);
        }

        if (rc != AIF_OK) {
            return rc == AIF_BAD ? 0 : rc;
        }

        p = v.data;
        end = p + v.len;
    }

    rc = aif_state_string_canonical(st, p, end, 0, &t);

    if (rc == AIF_NOMEM) {
        return rc;
    }

    if (rc == AIF_OK && t.text.len >= AIF_STATE_MIN_REPEAT
        && aif_state_group_find(st, &t.text) != AIF_STATE_NONE)
    {
        return 1;
    }

    return depth < AIF_STATE_FOREIGN_DEPTH
           ? aif_state_foreign_strings(st, p, end, depth + 1) : 0;
}
