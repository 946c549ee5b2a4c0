
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The guard for invention: whether a text that was written from a page's facts
 * (aif_facts.h) says more than they do.
 *
 * Lists of words say what counts as a claim, one for each language and one
 * for all ("any").  A line of a list is
 *
 *     kind id: phrase, phrase, ...
 *
 * and "#" begins a comment.  The same id in several languages is one thing.
 *
 *     material, certificate, offer, origin, brand
 *                  may be said if the facts say it, in any language; an id
 *                  "cotton/organic" says "cotton", too
 *     forbidden    may never be said, but in the product's name and brand
 *     allow        (no id) names that need no fact: days, months
 *
 * Phrases are compared word by word, without regard to case, punctuation and
 * hyphens; "*" at an end stands for the rest of a word.  At one place the
 * longest phrase counts: "faux leather" is no "leather".
 */


#ifndef _AIF_CLAIM_H_INCLUDED_
#define _AIF_CLAIM_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_guard.h"


#define AIF_CLAIM_MAX_IDS     1024      /* of all lists */
#define AIF_CLAIM_MAX_PHRASE  80        /* bytes */
#define AIF_CLAIM_MAX_LIST    131072    /* bytes of one list */
#define AIF_CLAIM_MAX_LISTS   64        /* languages */


typedef struct aif_claim_s  aif_claim_t;


/*
 * aif_claim_create() makes an empty set of lists in the arena, which is then
 * read only; NULL: no memory.  aif_claim_add() adds the list of a language
 * ("es", or "any"): AIF_OK; AIF_NOMEM; AIF_LIMIT; or AIF_BAD, with *error a
 * static sentence, lower case, and *line where.
 *
 * aif_claim_hash() is of all lists that count, in whatever order they came:
 * part of the recipe of what was held against them.
 *
 * aif_claim_builtin() is the list that the module brings for a locale's
 * language, or for "any"; empty: none.
 *
 * aif_claim_check() returns AIF_OK; AIF_BAD with *fault set: a number, unit,
 * code or address (aif_guard_invent()), a thing of a list, or a name that is
 * not among the facts; AIF_NOMEM.  Names are words with a capital letter
 * where the language has none of its own there, words of capitals, and Latin
 * words in other scripts.  A text of several lines is one of lines.
 */

aif_claim_t *aif_claim_create(aif_arena_t *a);
int aif_claim_add(aif_claim_t *claims, const aif_str_t *language,
    const aif_str_t *text, const char **error, size_t *line);
uint32_t aif_claim_hash(const aif_claim_t *claims);
aif_str_t aif_claim_builtin(const aif_str_t *locale);
int aif_claim_check(const aif_claim_t *claims, const aif_str_t *facts,
    const aif_str_t *text, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_arena_t *a, aif_guard_fault_t *fault);


#endif /* _AIF_CLAIM_H_INCLUDED_ */
