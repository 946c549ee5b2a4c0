
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Keys of fragments: SipHash-1-3 with a 64-bit result.  It is a table's hash,
 * not a fingerprint for the outside: texts that leave the process are named by
 * SHA-256 elsewhere.  Called by the store's users for every fragment of every
 * page.
 */


#include "core/aif_key.h"


typedef struct {
    uint64_t   v0;
    uint64_t   v1;
    uint64_t   v2;
    uint64_t   v3;
} aif_key_state_t;


#define aif_key_rotl(x, n)  ((x) << (n) | (x) >> (64 - (n)))


static inline void
aif_key_round(aif_key_state_t *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = aif_key_rotl(s->v1, 13) ^ s->v0;
    s->v3 = aif_key_rotl(s->v3, 16) ^ s->v2;
    s->v0 = aif_key_rotl(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = aif_key_rotl(s->v1, 17) ^ s->v2;
    s->v3 = aif_key_rotl(s->v3, 21) ^ s->v0;
    s->v2 = aif_key_rotl(s->v2, 32);
}


static inline void
aif_key_start(aif_key_state_t *s, const aif_key_secret_t *key)
{
    s->v0 = key->k0 ^ 0x736f6d6570736575u;     /* the standard's constants */
    s->v1 = key->k1 ^ 0x646f72616e646f6du;
    s->v2 = key->k0 ^ 0x6c7967656e657261u;
    s->v3 = key->k1 ^ 0x7465646279746573u;
}


static inline void
aif_key_word(aif_key_state_t *s, uint64_t m, int rounds)
{
    s->v3 ^= m;

    while (rounds--) {
        aif_key_round(s);
    }

    s->v0 ^= m;
}


static inline uint64_t
aif_key_load(const u_char *p)
{
    uint64_t  m;

    memcpy(&m, p, sizeof(m));

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    m = __builtin_bswap64(m);
#endif

    return m;
}


/*
 * SipHash-c-d.  Always inlined with constant rounds; the unit test includes
 * this file and checks the published vectors of SipHash-2-4 with it.
 */

static inline __attribute__((always_inline)) uint64_t
aif_key_sip(const aif_key_secret_t *key, const u_char *p, size_t len,
    int crounds, int drounds)
{
    size_t           rest;
    uint64_t         m;
    const u_char    *end;
    aif_key_state_t  s;

    aif_key_start(&s, key);

    for (end = p + (len & ~(size_t) 7); p != end; p += 8) {
        aif_key_word(&s, aif_key_load(p), crounds);
    }

    m = (uint64_t) len << 56;

    /* the last 0 to 7 bytes; a load that ends with them where there is one */

    rest = len & 7;

    if (rest) {
        if (len >= 8) {
            m |= aif_key_load(p + rest - 8) >> (64 - 8 * rest);

        } else {
            while (rest--) {
                m |= (uint64_t) p[rest] << (8 * rest);
            }
        }
    }

    aif_key_word(&s, m, crounds);

    s.v2 ^= 0xff;

    while (drounds--) {
        aif_key_round(&s);
    }

    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}


/*
 * The derived secret is a hash over the hashes of the parts: a part's own hash
 * covers its length, so that ("ab", "c") and ("a", "bc") differ, and the chain
 * covers their order and number.
 */

aif_key_secret_t
aif_key_prefix(const aif_key_secret_t *secret, const aif_str_t *parts,
    size_t n)
{
    size_t            i, len;
    const u_char     *p;
    aif_key_state_t   a, b;
    aif_key_secret_t  key, other;

    other.k0 = secret->k1 ^ 0x5bd1e9955bd1e995u;     /* any other key */
    other.k1 = secret->k0;

    aif_key_start(&a, secret);
    aif_key_start(&b, &other);

    for (i = 0; i < n; i++) {
        len = parts[i].len;
        p = len ? parts[i].data : (const u_char *) "";

        aif_key_word(&a, len, 1);
        aif_key_word(&a, aif_key_sip(secret, p, len, 1, 3), 1);
        aif_key_word(&b, len, 1);
        aif_key_word(&b, aif_key_sip(&other, p, len, 1, 3), 1);
    }

    aif_key_word(&a, n, 3);
    aif_key_word(&b, n, 3);

    key.k0 = a.v0 ^ a.v1 ^ a.v2 ^ a.v3;
    key.k1 = b.v0 ^ b.v1 ^ b.v2 ^ b.v3;

    return key;
}


uint64_t
aif_key_hash(const aif_key_secret_t *key, const u_char *text, size_t len)
{
    uint64_t  hash;

    hash = aif_key_sip(key, text, len, 1, 3);

    return hash ? hash : 1;
}
