
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Where a text ends: at any markup, at the end tag of its element, or never
 * (HTML standard, 13.2.5.1 to 13.2.5.31).  It looks for "<" and decides, and
 * knows nothing of what comes behind.  Called by aif_html.c.
 *
 * A decision waits at its "<" for the bytes it needs; none needs more than 34.
 */


#include "core/aif_html_private.h"
#include "core/aif_html_scan.h"


/* The script's escapes, section 13.2.5.20 and following. */

enum {
    AIF_HTML_SCRIPT_PLAIN = 0,
    AIF_HTML_SCRIPT_ESCAPED,   /* after <!-- */
    AIF_HTML_SCRIPT_DOUBLE     /* after <script in it */
};


static const u_char *aif_html_data_end(const u_char *p, const u_char *end,
    const u_char **wait);
static const u_char *aif_html_raw_end(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);
static const u_char *aif_html_script_end(aif_html_t *t, const u_char *p,
    const u_char *end, const u_char **wait);
static int aif_html_word(const u_char *p, const u_char *end,
    const u_char *word, size_t len);


const u_char *
aif_html_text_end(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    *wait = end;

    switch (t->text) {

    case AIF_HTML_DATA:
        return aif_html_data_end(p, end, wait);

    case AIF_HTML_SCRIPT:
        return aif_html_script_end(t, p, end, wait);

    case AIF_HTML_PLAINTEXT:
        return NULL;

    default:
        return aif_html_raw_end(t, p, end, wait);
    }
}


static const u_char *
aif_html_data_end(const u_char *p, const u_char *end, const u_char **wait)
{
    for ( /* void */ ; /* void */ ; p++) {

        p = aif_html_scan_byte(p, end, '<');

        if (end - p < 3
            && (end - p < 2 || p[1] == '/'))
        {
            *wait = p;
            return NULL;
        }

        if (aif_html_is(p[1], AIF_HTML_C_MARKUP)) {
            return p;
        }
    }
}


static const u_char *
aif_html_raw_end(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    int  rc;

    for ( /* void */ ; /* void */ ; p++) {

        p = aif_html_scan_pair(p, end, '<', '/', '/');

        rc = end - p < 2 ? AIF_MORE
                         : aif_html_word(p + 2, end, t->last_name, t->last_len);

        switch (rc) {

        case AIF_OK:
            return p;

        case AIF_MORE:
            *wait = p;
            return NULL;
        }
    }
}


static const u_char *
aif_html_script_end(aif_html_t *t, const u_char *p, const u_char *end,
    const u_char **wait)
{
    int            rc;
    const u_char  *script;

    script = (const u_char *) "script";

    for ( /* void */ ; /* void */ ; p++) {

        p = t->script == AIF_HTML_SCRIPT_PLAIN
            ? aif_html_scan_pair(p, end, '<', '/', '!')
            : aif_html_scan_either(p, end, '<', '>');

        if (p < end && *p == '>') {

            /* -->; the dashes may be those of the <!-- */

            if (t->script != AIF_HTML_SCRIPT_PLAIN
                && p[-1] == '-' && p[-2] == '-')
            {
                t->script = AIF_HTML_SCRIPT_PLAIN;
            }

            continue;
        }

        if (end - p < 2) {
            *wait = p;
            return NULL;
        }

        if (p[1] == '/' && t->script != AIF_HTML_SCRIPT_DOUBLE) {

            rc = aif_html_word(p + 2, end, t->last_name, t->last_len);

            if (rc == AIF_OK) {
                return p;
            }

        } else if (p[1] == '/') {

            rc = aif_html_word(p + 2, end, script, 6);

            if (rc == AIF_OK) {
                t->script = AIF_HTML_SCRIPT_ESCAPED;
            }

        } else if (t->script == AIF_HTML_SCRIPT_ESCAPED) {

            rc = aif_html_word(p + 1, end, script, 6);

            if (rc == AIF_OK) {
                t->script = AIF_HTML_SCRIPT_DOUBLE;
            }

        } else if (t->script == AIF_HTML_SCRIPT_PLAIN) {

            rc = end - p < 4 ? AIF_MORE : AIF_OK;

            if (rc == AIF_OK && p[2] == '-' && p[3] == '-') {
                t->script = AIF_HTML_SCRIPT_ESCAPED;
                p += 3;
            }

        } else {
            rc = AIF_BAD;
        }

        if (rc == AIF_MORE) {
            *wait = p;
            return NULL;
        }
    }
}


/*
 * AIF_OK: the lower-case word, in any case, and the end of a tag's name;
 * AIF_MORE: so far it is; AIF_BAD: it isn't.
 */

static int
aif_html_word(const u_char *p, const u_char *end, const u_char *word,
    size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++, p++) {

        if (p == end) {
            return AIF_MORE;
        }

        if (aif_html_lower(*p) != word[i]) {
            return AIF_BAD;
        }
    }

    if (len == 0) {
        return AIF_BAD;
    }

    if (p == end) {
        return AIF_MORE;
    }

    return aif_html_is(*p, AIF_HTML_C_TAG) ? AIF_OK : AIF_BAD;
}
