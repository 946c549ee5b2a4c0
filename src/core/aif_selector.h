
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A subset of CSS selectors (Selectors Level 4): type, universal, .class, #id,
 * [attr], [attr=v], [attr="v"], compounds of these, descendant and child
 * combinators, lists.  Anything else is refused with a reason.
 */


#ifndef _AIF_SELECTOR_H_INCLUDED_
#define _AIF_SELECTOR_H_INCLUDED_


#include "core/aif_html.h"


#define AIF_SELECTOR_MAX_STEPS  8     /* compounds in one complex selector */


typedef struct aif_selector_s      aif_selector_t;       /* one list */
typedef struct aif_selector_set_s  aif_selector_set_t;   /* several, merged */


/*
 * aif_selector_parse() compiles one selector list into the arena and returns
 * AIF_OK, AIF_BAD (then *error is a static sentence, lower case, no full stop,
 * that says what is wrong, and *at the offset of the fault), or AIF_NOMEM.
 * A type selector that is no element name is refused, with the hint that an
 * unquoted "#" begins a comment in nginx.conf; names with a hyphen (custom
 * elements) are accepted.
 */

int aif_selector_parse(const aif_str_t *text, aif_arena_t *a,
    aif_selector_t **selector, const char **error, size_t *at);


/*
 * A set matches one page's elements as their start tags come, against up to
 * 32 groups of selector lists at once.
 *
 * aif_selector_set_create() makes an empty set in the arena, for elements at
 * depths 1 to max_depth; aif_selector_set_add() adds lists to a group (0 to
 * 31), and must not be called after the first match.  NULL and AIF_NOMEM: no
 * memory.
 *
 * aif_selector_set_match() is called for every element, parents before their
 * children, with the element's depth (1 for a root; a sibling takes the place
 * of the former element of its depth) and its start tag, and returns the bits
 * of the groups of which a selector matches.
 */

aif_selector_set_t *aif_selector_set_create(aif_arena_t *a, size_t max_depth);
int aif_selector_set_add(aif_selector_set_t *set, aif_selector_t **lists,
    size_t n, unsigned group);
uint32_t aif_selector_set_match(aif_selector_set_t *set, size_t depth,
    const u_char *page, const aif_html_token_t *token);


#endif /* _AIF_SELECTOR_H_INCLUDED_ */
