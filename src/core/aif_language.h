
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What languages call themselves, and the territory that Open Graph wants.
 */


#ifndef _AIF_LANGUAGE_H_INCLUDED_
#define _AIF_LANGUAGE_H_INCLUDED_


#include "core/aif.h"


#define AIF_LANGUAGE_MAX_OG  12     /* bytes of "language_TERRITORY" */


/*
 * aif_language_name() appends the own name of a tag's language, UTF-8 without
 * markup: "Español", "Português (BR)"; the tag itself if it is not known.
 *
 * aif_language_og() writes "es_ES" to dst (AIF_LANGUAGE_MAX_OG bytes) and
 * returns its length: the tag's region or its language's usual one; 0 if
 * neither is known.
 */

void aif_language_name(aif_buf_t *b, const aif_str_t *tag);
size_t aif_language_og(u_char *dst, const aif_str_t *tag);


#endif /* _AIF_LANGUAGE_H_INCLUDED_ */
