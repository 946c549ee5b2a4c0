
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The texts of a page that stand in JSON: in its scripts, or because the
 * whole body is JSON or a Flight stream (React's text/x-component).
 *
 * A framework that hydrates compares its own state with the page, text node by
 * text node, and makes the page anew if they differ.  So both change by one
 * decision, or neither does.
 */


#ifndef _AIF_STATE_H_INCLUDED_
#define _AIF_STATE_H_INCLUDED_


#include "core/aif_key.h"
#include "core/aif_link.h"
#include "core/aif_rewrite.h"


#define AIF_STATE_MAX_STRINGS   65536    /* that may change */
#define AIF_STATE_MAX_PATTERN   8        /* names of a dotted path */
#define AIF_STATE_MAX_PARTS     16       /* pushes that one string is in */
#define AIF_STATE_MAX_ROUNDS    64       /* until all texts agree */
#define AIF_STATE_MIN_REPEAT    8        /* bytes of a text that an unknown
                                            script must repeat to count */


/*
 * Which strings are texts of their own (ai_json).  A key is a dotted path, "*"
 * is any one name: it is compared with the last names on a string's way;
 * arrays are not counted.  A variable is named in a script that assigns JSON
 * to it.  "segment" names the attributes of elements that are texts; NULL:
 * none are.
 */

typedef struct {
    aif_str_t                 *keys;
    size_t                     nkeys;
    aif_str_t                 *variables;
    size_t                     nvariables;
    const aif_segment_conf_t  *segment;
} aif_state_conf_t;


/*
 * The prefix that links get, and what became of those in the page's HTML.
 * Links of a Flight stream are known by their names; in other JSON an address
 * is one if the page has a link to it, or if its key is configured.  One that
 * stays without a prefix somewhere in the page stays so in the state.
 */

typedef struct {
    const aif_link_site_t  *site;
    aif_str_t               prefix;      /* "/es" */
    const aif_link_span_t  *spans;
    size_t                  nspans;
} aif_state_links_t;


typedef struct aif_state_s  aif_state_t;


/*
 * aif_state_create() makes the state of one page or body; conf, the key of its
 * table, arena, and the page and fragments it is given later, must outlive it.
 * NULL: no memory.
 *
 * aif_state_links(), before anything is read, sets what links get; it must
 * outlive the state.  aif_state_linked(): how many in the state get it.
 *
 * aif_state_page() reads the scripts of a page whose fragments are given.
 * AIF_BAD: a framework's state that can't be read, or one of an unknown kind
 * that repeats the page's texts: the page is to be left alone.
 *
 * aif_state_json() reads a body of JSON, aif_state_flight() one of Flight rows.
 * AIF_BAD: it is none.
 *
 * All three return AIF_LIMIT and AIF_NOMEM, too.
 *
 * aif_state_hydrates(): the page has a state that a framework compares with it.
 * aif_state_stays(): fragment i must stay the page's, whatever its translation:
 * its text is not in the state (but in the shop's program).
 *
 * aif_state_texts() gives the texts that are to be looked up beside those of
 * the fragments (canonical, in order; the same text may come several times).
 *
 * aif_state_decide() is told the translations, canonical or data NULL: of the
 * fragments, and of the texts.  Those of fragments that can't be replaced
 * together with the state are set to NULL; returns how many.  It may be called
 * again with other translations.
 *
 * aif_state_edits() makes the edits of that decision, sorted, in the arena;
 * AIF_OK, AIF_NOMEM, AIF_LIMIT or AIF_BAD: it can't be done.  "ascii":
 * characters beyond ASCII are written as escapes.
 */

aif_state_t *aif_state_create(const aif_state_conf_t *conf,
    const aif_key_secret_t *key, aif_arena_t *a);
void aif_state_links(aif_state_t *st, const aif_state_links_t *links);
size_t aif_state_linked(const aif_state_t *st);
int aif_state_page(aif_state_t *st, const u_char *page, size_t len,
    const aif_fragment_t *fragments, size_t nfragments,
    const aif_segment_script_t *scripts, size_t nscripts);
int aif_state_json(aif_state_t *st, const u_char *body, size_t len);
int aif_state_flight(aif_state_t *st, const u_char *body, size_t len);

unsigned aif_state_hydrates(const aif_state_t *st);
unsigned aif_state_stays(const aif_state_t *st, size_t i);
const aif_str_t *aif_state_texts(const aif_state_t *st, size_t *n);
size_t aif_state_decide(aif_state_t *st, aif_str_t *replacements,
    const aif_str_t *values);
int aif_state_edits(aif_state_t *st, int ascii, aif_edit_t **edits,
    size_t *n);


#endif /* _AIF_STATE_H_INCLUDED_ */
