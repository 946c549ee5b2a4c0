
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Feeds a page to the tokenizer in pieces, as an origin would: at each piece
 * the page moves to memory of its own that ends with the last byte at hand,
 * so that a byte read too far is seen by the sanitizer.  Used by the tests of
 * the tokenizer only.
 */


#ifndef _HTML_FEED_H_INCLUDED_
#define _HTML_FEED_H_INCLUDED_


#include "core/aif_html.h"

#include <stdlib.h>


/* How the page is cut: the position after "have", at most "len". */

typedef struct {
    size_t    first;         /* first piece, if not 0 */
    size_t    step;          /* then pieces of this size, if not 0 */
    uint64_t  seed;          /* else of random size */
    size_t    most;          /* up to this */
} html_cut_t;

/*
 * Called for each token, and once more with AIF_HTML_NONE or what is left
 * at the end; returns 0 to stop.
 */

typedef int (*html_token_pt)(void *data, const u_char *page,
    const aif_html_token_t *token, int rest);


static size_t
html_cut(html_cut_t *cut, size_t have, size_t len)
{
    size_t  n;

    if (have == 0 && cut->first) {
        n = cut->first;

    } else if (cut->step) {
        n = cut->step;

    } else {
        cut->seed ^= cut->seed << 13;
        cut->seed ^= cut->seed >> 7;
        cut->seed ^= cut->seed << 17;
        n = cut->seed % cut->most + 1;
    }

    return n < len - have ? have + n : len;
}


/*
 * Returns NULL, or what the tokenizer did wrong: spans that don't tile, AIF_OK
 * without progress, AIF_MORE at the end.
 */

static const char *
html_feed(aif_html_t *t, const u_char *text, size_t len, html_cut_t cut,
    html_token_pt handler, void *data)
{
    int                rc;
    size_t             have;
    u_char            *page, *next;
    uint32_t           end;
    const char        *wrong;
    aif_html_token_t   token;

    end = 0;
    page = NULL;
    wrong = NULL;

    for (have = len ? 0 : len; /* void */ ; have = html_cut(&cut, have, len)) {

        next = malloc(have ? have : 1);
        if (next == NULL) {
            return "no memory";
        }

        if (have) {
            memcpy(next, text, have);
        }

        free(page);
        page = next;

        for ( ;; ) {
            memset(&token, 0xa5, sizeof(token));

            rc = aif_html_next(t, page, have, have == len, &token);
            if (rc != AIF_OK) {
                break;
            }

            if (token.start != end || token.end <= end || token.end > have
                || token.name > token.name_end || token.name_end > token.end
                || token.name < token.start)
            {
                wrong = "spans don't follow one another";
                goto done;
            }

            end = token.end;

            if (!handler(data, page, &token, 0)) {
                goto done;
            }
        }

        if (rc == AIF_MORE && have == len) {
            wrong = "more is wanted at the end";
            break;
        }

        if (rc == AIF_MORE) {
            continue;
        }

        if (rc != AIF_DONE || have != len) {
            wrong = "unexpected return code";

        } else if (aif_html_pos(t) != end) {
            wrong = "the rest doesn't follow the last token";

        } else {
            (void) handler(data, page, &token, 1);
        }

        break;
    }

done:

    free(page);

    return wrong;
}


#endif /* _HTML_FEED_H_INCLUDED_ */
