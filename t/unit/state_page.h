
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * For tests of pages with state: every text is translated to its capitals but
 * for those that a list says otherwise of, the page decides, and what comes out
 * is the new page.
 */


#ifndef _STATE_PAGE_H_INCLUDED_
#define _STATE_PAGE_H_INCLUDED_


#include "core/aif_state.h"
#include "page.h"


static const aif_key_secret_t  state_key = { 0x0123456789abcdef, 0xfedcba98 };


typedef struct {
    aif_state_conf_t   conf;
    aif_segment_conf_t segment;
    const aif_state_links_t  *links; /* NULL: none */
    const char        *words;        /* "source=target|source=target"; "-":
                                        there is no translation */
    int                ascii;
    int                rc;           /* of aif_state_page() and its kin */
    unsigned           hydrates;
    size_t             linked;
    size_t             stays;
    size_t             dropped;
    size_t             texts;
    size_t             nedits;
    size_t             rejected;
    aif_str_t          out;          /* to be freed by free(out.data) */
} state_page_t;


__attribute__((unused)) static aif_str_t
state_word(const char *words, const aif_str_t *text, aif_arena_t *a)
{
    size_t          len;
    aif_str_t       value;
    const char     *p, *end, *equals;
    aif_fragment_t  f;

    if (words && *words == '-') {
        value.data = NULL;
        value.len = 0;
        return value;
    }

    for (p = words; p && *p; p = *end ? end + 1 : end) {

        equals = strchr(p, '=');
        end = strchr(p, '|');
        end = end ? end : p + strlen(p);
        len = equals - p;

        if (len == text->len && memcmp(p, text->data, len) == 0) {
            value.data = (u_char *) (equals + 1 == end ? NULL : equals + 1);
            value.len = end - equals - 1;
            return value;
        }
    }

    memset(&f, 0, sizeof(aif_fragment_t));
    f.text = *text;

    return page_replacement(&f, a);
}


/* "type": 'h' for a page, 'j' for JSON, 'x' for a Flight stream. */

__attribute__((unused)) static void
state_page(state_page_t *sp, int type, const u_char *data, size_t len)
{
    size_t               i, n;
    page_t               pg;
    aif_str_t           *replacements, *values;
    aif_edit_t          *edits;
    aif_state_t         *st;
    const aif_str_t     *texts;
    aif_rewrite_plan_t   plan;

    if (sp->segment.attributes == NULL) {
        aif_segment_conf_default(&sp->segment);
    }

    sp->stays = 0;
    sp->dropped = 0;
    sp->nedits = 0;
    sp->rejected = 0;
    sp->out.data = NULL;
    sp->out.len = 0;

    page_open(&pg, &sp->segment, data, type == 'h' ? len : 0, NULL, 0);

    if (type != 'h') {
        free(pg.page);
        pg.page = malloc(len ? len : 1);
        memcpy(pg.page, data, len);
        pg.len = len;
    }

    sp->conf.segment = &sp->segment;
    st = aif_state_create(&sp->conf, &state_key, pg.arena);
    aif_state_links(st, sp->links);

    sp->rc = type == 'j' ? aif_state_json(st, pg.page, pg.len)
             : type == 'x' ? aif_state_flight(st, pg.page, pg.len)
             : aif_state_page(st, pg.page, pg.len, pg.fragments, pg.n,
                              pg.scripts, pg.nscripts);

    sp->hydrates = aif_state_hydrates(st);
    sp->linked = aif_state_linked(st);

    if (sp->rc == AIF_OK) {

        texts = aif_state_texts(st, &sp->texts);

        replacements = aif_arena_calloc(pg.arena,
                                        (pg.n + 1) * sizeof(aif_str_t));
        values = aif_arena_calloc(pg.arena,
                                  (sp->texts + 1) * sizeof(aif_str_t));

        for (i = 0; i < pg.n; i++) {

            if (aif_state_stays(st, i)) {
                sp->stays++;
                continue;
            }

            replacements[i] = state_word(sp->words, &pg.fragments[i].text,
                                         pg.arena);
        }

        for (i = 0; i < sp->texts; i++) {
            values[i] = state_word(sp->words, &texts[i], pg.arena);
        }

        sp->dropped = aif_state_decide(st, replacements, values);
        sp->rc = aif_state_edits(st, sp->ascii, &edits, &n);

        if (sp->rc == AIF_OK) {

            sp->nedits = n;

            plan = page_plan(&pg, replacements);
            plan.edits = edits;
            plan.nedits = n;

            n = aif_rewrite_size(&plan);
            sp->out.data = malloc(n + 1);
            sp->out.len = aif_rewrite(sp->out.data, &plan, &sp->rejected);

            if (sp->out.len > n) {
                abort();
            }

            sp->out.data[sp->out.len] = '\0';
        }
    }

    page_close(&pg);
}


#endif /* _STATE_PAGE_H_INCLUDED_ */
