
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * State of frameworks whose dialect is not read here: that of Nuxt, Remix,
 * Apollo and others is JavaScript, or JSON in a form of its own.  It is known
 * by its first bytes or its id, and all that is asked is whether it repeats a
 * text of the page: such a page is left alone.
 */


#include "core/aif_state_private.h"


#define AIF_STATE_FOREIGN_DEPTH  2       /* strings in strings */
#define AIF_STATE_FOREIGN_NAME   64      /* bytes in which the name begins */


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
    "__TSR__", "$_TSR", "__WAKU_PUSH__", "vike_pageContext", NULL
};


/* "window.NAME", "(self.NAME", "var NAME", 'window["NAME"]': before all else */

int
aif_state_foreign(const u_char *page, size_t start, size_t end,
    const aif_str_t *id)
{
    size_t         len, i;
    const u_char  *p, *last;

    for (i = 0; aif_state_foreign_names[i]; i++) {

        len = strlen(aif_state_foreign_names[i]);

        if (id->len == len
            && memcmp(id->data, aif_state_foreign_names[i], len) == 0)
        {
            return 1;
        }
    }

    p = page + start;
    last = page + end;

    while (p < last && strchr(" \t\r\n;!({", *p) && *p) {
        p++;
    }

    if (last - p > AIF_STATE_FOREIGN_NAME) {
        last = p + AIF_STATE_FOREIGN_NAME;
    }

    for ( /* void */ ; p < last; p++) {

        if (*p == '=' || *p == '('
            || ((*p == '"' || *p == '\'') && p[-1] != '['))
        {
            return 0;
        }

        if (*p != '_' && *p != '$' && *p != 'v') {
            continue;
        }

        for (i = 0; aif_state_foreign_names[i]; i++) {

            len = strlen(aif_state_foreign_names[i]);

            if ((size_t) (page + end - p) > len
                && memcmp(p, aif_state_foreign_names[i], len) == 0)
            {
                return 1;
            }
        }
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
