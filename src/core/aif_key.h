
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Identity of a fragment in the store: a keyed 64-bit hash (SipHash-1-3,
 * Aumasson and Bernstein) over where it belongs and its canonical text.  The
 * store compares the text after the hash: a collision costs a miss, never a
 * wrong text.
 */


#ifndef _AIF_KEY_H_INCLUDED_
#define _AIF_KEY_H_INCLUDED_


#include "core/aif.h"


typedef struct {
    uint64_t   k0;
    uint64_t   k1;
} aif_key_secret_t;


/*
 * aif_key_prefix() derives from a secret the one for a (scope, kind, source
 * locale, target locale, segment): done once per page.  Parts are hashed with
 * their lengths.  aif_key_hash() hashes a text under it; never returns 0.
 */

aif_key_secret_t aif_key_prefix(const aif_key_secret_t *secret,
    const aif_str_t *parts, size_t n);
uint64_t aif_key_hash(const aif_key_secret_t *key, const u_char *text,
    size_t len);


#endif /* _AIF_KEY_H_INCLUDED_ */
