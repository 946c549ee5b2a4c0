
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


#endif /* _AIF_SELECTOR_H_INCLUDED_ */
