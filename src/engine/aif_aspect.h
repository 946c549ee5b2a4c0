
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * When two names of a product's aspect are one: "battery", "Batteries".
 */


#ifndef _AIF_ASPECT_H_INCLUDED_
#define _AIF_ASPECT_H_INCLUDED_


#include "core/aif.h"


/*
 * aif_aspect_key() makes what such names have in common: small letters, one
 * blank for all that is no letter or digit between words, no plural in "s" as
 * English, French and Spanish have it.  Other languages' plurals stay.  AIF_OK
 * or AIF_NOMEM.
 */

int aif_aspect_key(const aif_str_t *name, aif_arena_t *a, aif_str_t *key);


#endif /* _AIF_ASPECT_H_INCLUDED_ */
