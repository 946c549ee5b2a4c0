
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a chat model is told.  The shop's texts never become part of the
 * instructions: they stand alone in the user's message, as JSON.
 */


#ifndef _AIF_PROMPT_H_INCLUDED_
#define _AIF_PROMPT_H_INCLUDED_


#include "core/aif.h"


/*
 * aif_prompt_translate() makes in *system, in the arena, the instructions to
 * translate from one locale to another: the answer is to be an object with
 * "items", an array of objects with "id" and "text".  AIF_OK or AIF_NOMEM.
 *
 * aif_prompt_template() is the text that it fills in: whoever stores answers
 * hashes it, so that another prompt makes another recipe.
 *
 * aif_prompt_language(): the English name of a locale's language, with its
 * script or region where that changes the words, or NULL if it isn't known.
 */

int aif_prompt_translate(const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_arena_t *a, aif_str_t *system);
aif_str_t aif_prompt_template(void);
const char *aif_prompt_language(const aif_str_t *locale);


#endif /* _AIF_PROMPT_H_INCLUDED_ */
