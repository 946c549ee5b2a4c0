
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A fast 64-bit digest of large texts for weak entity tags.  Not keyed, not
 * for anything that an attacker gains from.
 */


#ifndef _AIF_DIGEST_H_INCLUDED_
#define _AIF_DIGEST_H_INCLUDED_


#include "core/aif.h"


/* The same on every machine and in every release of one major version. */

uint64_t aif_digest(const u_char *data, size_t len);


#endif /* _AIF_DIGEST_H_INCLUDED_ */
