
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), for names that must not
 * be turned back into what they stand for.  Our own, because a library's would
 * have to be the very one that nginx was linked with.
 */


#ifndef _AIF_SHA256_H_INCLUDED_
#define _AIF_SHA256_H_INCLUDED_


#include "core/aif.h"


#define AIF_SHA256_SIZE   32     /* bytes of a digest */
#define AIF_SHA256_BLOCK  64


typedef struct {
    uint64_t   len;              /* bytes so far */
    uint32_t   state[8];
    u_char     block[AIF_SHA256_BLOCK];
} aif_sha256_t;


/*
 * init, update as often as there is something, final: it cannot fail.
 *
 * aif_sha256_hmac() authenticates the parts one behind the other, each with
 * its length before it (8 bytes, big endian), so that "ab", "c" and "a", "bc"
 * differ.  With "plain" there are no lengths: the HMAC of RFC 2104 over what
 * the parts are together.
 */

void aif_sha256_init(aif_sha256_t *h);
void aif_sha256_update(aif_sha256_t *h, const void *data, size_t len);
void aif_sha256_final(aif_sha256_t *h, u_char digest[AIF_SHA256_SIZE]);
void aif_sha256_hmac(const aif_str_t *key, const aif_str_t *parts, size_t n,
    unsigned plain, u_char digest[AIF_SHA256_SIZE]);


#endif /* _AIF_SHA256_H_INCLUDED_ */
