
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_html*.c, aif_html_entity.c and aif_utf8.c.  The input's
 * first byte chooses the rules that hold at the beginning, the second how the
 * page is cut; the rest is the page.
 *
 * What must hold: spans tile the page up to where the rest begins; the same
 * tokens whatever the cuts, and whether the page moves or not; what is inside
 * of a token lies in its span, in order; the tokens' bytes say what they are;
 * decoding stays in bounds and keeps valid UTF-8 valid.
 */


#include "core/aif_html.h"
#include "core/aif_html_entity.h"
#include "core/aif_utf8.h"

#include "html_feed.h"


#define FUZZ_PIECES  64


typedef struct {
    uint64_t   hash;
    size_t     tokens;
    int        checks;            /* look into the tokens, too */
} fuzz_seen_t;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static aif_html_t  fuzz_html;


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static void
fuzz_decode(const u_char *p, size_t len, int attribute)
{
    size_t         n, i, letters;
    u_char        *in, *out;
    uint32_t       cp;
    const u_char  *q, *end;

    in = malloc(len + !len);
    out = malloc(2 * len + !len);

    if (in == NULL || out == NULL) {
        abort();
    }

    memcpy(in, p, len);

    n = aif_html_decode(out, in, len, attribute);

    fuzz_check(n <= 2 * len);
    fuzz_check(memchr(in, '&', len) != NULL
               || (n == len && memcmp(in, out, len) == 0));

    if (aif_utf8_valid(in, len)) {
        fuzz_check(aif_utf8_valid(out, n));
    }

    /* what is valid is valid character by character, and letters add up */

    letters = 0;
    i = 0;

    for (q = in, end = in + len; q < end; /* void */) {
        cp = aif_utf8_decode(&q, end);

        if (cp == AIF_UTF8_BAD) {
            i++;
        } else {
            letters += aif_utf8_letter(cp);
        }
    }

    fuzz_check(aif_utf8_valid(in, len) == (i == 0));
    fuzz_check(aif_utf8_letters(in, len) == letters);

    free(in);
    free(out);
}


static void
fuzz_tag(const u_char *page, const aif_html_token_t *token)
{
    uint32_t          i, at;
    aif_html_attr_t  *a;

    at = token->start + 1 + (token->type == AIF_HTML_END);

    fuzz_check(token->name == at && token->name_end > at
               && page[token->start] == '<' && page[token->end - 1] == '>'
               && token->nattrs <= AIF_HTML_MAX_ATTRS);

    fuzz_check(token->tag == aif_html_tag(page + at, token->name_end - at));
    fuzz_check(!token->self_closing || page[token->end - 2] == '/');

    at = token->name_end;

    for (i = 0; i < token->nattrs; i++) {
        a = &token->attrs[i];

        fuzz_check(a->name >= at && a->name_end > a->name
                   && a->value >= a->name_end && a->value_end >= a->value
                   && a->value_end < token->end
                   && a->quote <= AIF_HTML_QUOTE_DOUBLE);

        if (a->quote > AIF_HTML_QUOTE_BARE) {
            fuzz_check(page[a->value - 1] == page[a->value_end]
                       && page[a->value_end]
                          == (a->quote == AIF_HTML_QUOTE_DOUBLE ? '"' : '\'')
                       && memchr(page + a->value, page[a->value_end],
                                 a->value_end - a->value) == NULL);
        }

        fuzz_decode(page + a->value, a->value_end - a->value, 1);
        at = a->value_end;
    }
}


static int
fuzz_token(void *data, const u_char *page, const aif_html_token_t *token,
    int rest)
{
    uint32_t          i, j, all[10];
    fuzz_seen_t      *seen = data;
    aif_html_attr_t  *a;

    if (rest && token->type == AIF_HTML_NONE) {
        return 1;
    }

    seen->tokens++;

    if (token->type == AIF_HTML_START || token->type == AIF_HTML_END) {

        if (seen->checks) {
            fuzz_tag(page, token);
        }

    } else if (seen->checks) {
        fuzz_check(token->nattrs == 0 && token->tag == AIF_TAG_UNKNOWN);
        fuzz_check(token->type == AIF_HTML_TEXT || page[token->start] == '<');
        fuzz_decode(page + token->name, token->name_end - token->name, 0);
    }

    all[0] = token->start;
    all[1] = token->end;
    all[2] = token->name;
    all[3] = token->name_end;
    all[4] = token->type;
    all[5] = token->text;
    all[6] = token->tag;
    all[7] = token->self_closing;
    all[8] = token->foreign;
    all[9] = token->nattrs;

    for (i = 0; i < 10; i++) {
        seen->hash = (seen->hash ^ all[i]) * 0x100000001b3u;
    }

    for (i = 0; i < token->nattrs; i++) {
        a = &token->attrs[i];

        all[0] = a->name;
        all[1] = a->name_end;
        all[2] = a->value;
        all[3] = a->value_end;
        all[4] = a->quote;

        for (j = 0; j < 5; j++) {
            seen->hash = (seen->hash ^ all[j]) * 0x100000001b3u;
        }
    }

    return 1;
}


static void
fuzz_init(unsigned rules)
{
    aif_html_text_e  text;

    text = rules % 6;
    aif_html_init(&fuzz_html, rules & 0x40);

    if (rules & 0x40) {
        aif_html_state(&fuzz_html, text,
                       (const u_char *) (rules & 0x20 ? "script" : "a"),
                       rules & 0x20 ? 6 : 1, rules & 0x10);
    }
}


static void
fuzz_run(unsigned rules, const u_char *page, size_t len, html_cut_t cut,
    fuzz_seen_t *seen)
{
    seen->hash = 0;
    seen->tokens = 0;

    fuzz_init(rules);
    fuzz_check(html_feed(&fuzz_html, page, len, cut, fuzz_token, seen)
               == NULL);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                rc;
    size_t             len, have;
    unsigned           rules;
    html_cut_t         cut;
    fuzz_seen_t        whole, parts;
    const u_char      *page;
    aif_html_token_t   token;

    if (size < 2) {
        return 0;
    }

    rules = data[0];
    page = data + 2;
    len = size - 2;

    memset(&cut, 0, sizeof(cut));
    cut.step = len + 1;
    whole.checks = 1;

    fuzz_run(rules, page, len, cut, &whole);

    /* few pieces, since the page moves at each */

    parts.checks = 0;
    cut.step = 0;
    cut.seed = data[1] * 0x9e3779b97f4a7c15u + 1;
    cut.most = len / FUZZ_PIECES * (1 + data[1] % 8) + 1 + data[1] % 32;

    fuzz_run(rules, page, len, cut, &parts);
    fuzz_check(parts.hash == whole.hash && parts.tokens == whole.tokens);

    /* byte by byte where it stands */

    parts.hash = 0;
    parts.tokens = 0;
    fuzz_init(rules);

    for (have = 0; have <= len; have++) {

        while ((rc = aif_html_next(&fuzz_html, page, have, have == len,
                                   &token))
               == AIF_OK)
        {
            (void) fuzz_token(&parts, page, &token, 0);
        }

        fuzz_check(rc == (have == len ? AIF_DONE : AIF_MORE));
    }

    (void) fuzz_token(&parts, page, &token, 1);
    fuzz_check(parts.hash == whole.hash && parts.tokens == whole.tokens);

    return 0;
}
