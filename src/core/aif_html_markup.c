
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Markup that is no tag: comments, bogus ones too, doctypes, CDATA sections
 * (HTML standard, 13.2.5.41 to 13.2.5.71), and what is left of any markup at
 * the end of a page.  Of a doctype only the name is read.  Called by
 * aif_html.c.
 */


#include "core/aif_html_private.h"
#include "core/aif_html_scan.h"


static int aif_html_comment_end(const u_char *data, const u_char *p);
static void aif_html_doctype(aif_html_t *t, const u_char *page);
static int aif_html_starts(const u_char *p, size_t len, const char *lower);


int
aif_html_declaration(aif_html_t *t, const u_char *page, size_t len)
{
    size_t         n;
    const u_char  *p;

    p = page + t->pos + 2;
    n = len - t->pos - 2;

    t->name = t->pos + 2;
    t->scan = t->name;

    if (n == 0 || (n == 1 && p[0] == '-')) {
        goto more;
    }

    if (p[0] == '-' && p[1] == '-') {
        t->name += 2;
        t->scan += 2;
        t->state = AIF_HTML_S_COMMENT;

        return AIF_OK;
    }

    n = n < 7 ? n : 7;

    if (aif_html_starts(p, n, "doctype")) {

        if (n < 7) {
            goto more;
        }

        t->scan += 7;
        t->state = AIF_HTML_S_DOCTYPE;

        return AIF_OK;
    }

    if (memcmp(p, "[CDATA[", n) == 0
        && (t->manual ? t->cdata : t->in_foreign))
    {
        if (n < 7) {
            goto more;
        }

        t->name += 7;
        t->scan += 7;
        t->state = AIF_HTML_S_CDATA;

        return AIF_OK;
    }

    t->state = AIF_HTML_S_BOGUS;

    return AIF_OK;

more:

    t->scan = t->pos;
    t->state = AIF_HTML_S_OPEN;

    return AIF_MORE;
}


/* Comments, doctypes, CDATA: all end at some ">". */

int
aif_html_markup(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token)
{
    int               cut;
    const u_char     *p, *end, *data;
    aif_html_type_e   type;

    end = page + len;
    data = page + t->name;
    type = AIF_HTML_COMMENT;

    for (p = page + t->scan; /* void */ ; p++) {

        p = aif_html_scan_byte(p, end, '>');
        if (p == end) {
            break;
        }

        cut = 0;

        switch (t->state) {

        case AIF_HTML_S_COMMENT:

            cut = aif_html_comment_end(data, p);
            if (cut == -1) {
                continue;
            }

            break;

        case AIF_HTML_S_CDATA:

            if (p - data < 2 || p[-1] != ']' || p[-2] != ']') {
                continue;
            }

            type = AIF_HTML_TEXT;
            cut = 2;
            break;

        case AIF_HTML_S_DOCTYPE:

            /* even inside of a quoted identifier */

            type = AIF_HTML_DOCTYPE;
            break;
        }

        t->name_end = p - cut - page;
        end = p + 1;

        goto done;
    }

    t->scan = len;

    if (!last || t->state != AIF_HTML_S_CDATA || t->pos == len) {
        return AIF_MORE;
    }

    type = AIF_HTML_TEXT;
    t->name_end = len;

done:

    if (type == AIF_HTML_DOCTYPE) {
        aif_html_doctype(t, page);
    }

    aif_html_emit(t, token, type, end - page);

    if (type == AIF_HTML_TEXT) {
        token->text = AIF_HTML_CDATA;
        t->text = AIF_HTML_DATA;
    }

    t->state = AIF_HTML_S_TEXT;

    return AIF_OK;
}


/*
 * How many bytes before the ">" at p end the comment with it, -1 if it goes
 * on: --> or --!>, and right at its beginning > or -> (13.2.5.43 to 51).
 */

static int
aif_html_comment_end(const u_char *data, const u_char *p)
{
    size_t  n;

    n = p - data;

    if (n == 0 || (n == 1 && p[-1] == '-')) {
        return (int) n;
    }

    if (n >= 2 && p[-1] == '-' && p[-2] == '-') {
        return 2;
    }

    if (n >= 3 && p[-1] == '!' && p[-2] == '-' && p[-3] == '-') {
        return 3;
    }

    return -1;
}


/* The page ends inside of markup. */

int
aif_html_rest(aif_html_t *t, const u_char *page, size_t len,
    aif_html_token_t *token)
{
    size_t         n;
    const u_char  *end;

    n = len - t->name;
    end = page + len;

    switch (t->state) {

    case AIF_HTML_S_COMMENT:

        if (n >= 3 && memcmp(end - 3, "--!", 3) == 0) {
            n -= 3;

        } else if (n >= 2 && memcmp(end - 2, "--", 2) == 0) {
            n -= 2;

        } else if (n >= 1 && end[-1] == '-') {
            n -= 1;
        }

        /* fall through */

    case AIF_HTML_S_OPEN:
    case AIF_HTML_S_BOGUS:
        t->name_end = t->name + n;
        aif_html_fill(t, token, AIF_HTML_COMMENT, len);
        break;

    case AIF_HTML_S_DOCTYPE:
        t->name_end = len;
        aif_html_doctype(t, page);
        aif_html_fill(t, token, AIF_HTML_DOCTYPE, len);
        break;

    default:
        token->type = AIF_HTML_NONE;
        break;
    }

    return AIF_DONE;
}


/* From all that stands in the doctype to its name. */

static void
aif_html_doctype(aif_html_t *t, const u_char *page)
{
    const u_char  *p, *end;

    end = page + t->name_end;
    p = aif_html_scan_space(page + t->pos + sizeof("<!doctype") - 1, end);

    t->name = p - page;

    while (p < end && !aif_html_is(*p, AIF_HTML_C_SPACE)) {
        p++;
    }

    t->name_end = p - page;
}


/* "len" bytes at p, in any case, begin the lower-case word. */

static int
aif_html_starts(const u_char *p, size_t len, const char *lower)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (aif_html_lower(p[i]) != (u_char) lower[i]) {
            return 0;
        }
    }

    return 1;
}
