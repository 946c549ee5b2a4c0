
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * SHA-256 and HMAC, in the terms of FIPS 180-4 (section 6.2) and RFC 2104.
 * For names of people and for signatures, a few a second: it is not made to
 * be fast, and nothing on a page's way calls it.
 */


#include "core/aif_sha256.h"


#define aif_sha256_rotr(x, n)  ((x) >> (n) | (x) << (32 - (n)))


static void aif_sha256_block(aif_sha256_t *h, const u_char *p);
static void aif_sha256_be64(u_char *p, uint64_t n);


/* the first 32 bits of the fractions of the first 64 primes' cube roots */

static const uint32_t  aif_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};


void
aif_sha256_init(aif_sha256_t *h)
{
    /* the same of the first 8 primes' square roots */

    static const uint32_t  state[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    };

    h->len = 0;
    memcpy(h->state, state, sizeof(state));
}


void
aif_sha256_update(aif_sha256_t *h, const void *data, size_t len)
{
    size_t         n, used;
    const u_char  *p;

    p = data;

    while (len) {

        used = h->len % AIF_SHA256_BLOCK;
        n = AIF_SHA256_BLOCK - used;

        if (n > len) {
            n = len;
        }

        memcpy(h->block + used, p, n);

        h->len += n;
        p += n;
        len -= n;

        if (used + n == AIF_SHA256_BLOCK) {
            aif_sha256_block(h, h->block);
        }
    }
}


void
aif_sha256_final(aif_sha256_t *h, u_char digest[AIF_SHA256_SIZE])
{
    size_t  i, used;
    u_char  tail[AIF_SHA256_BLOCK + 8];

    /* one bit, zeros up to 8 bytes before a block's end, the bits' number */

    used = h->len % AIF_SHA256_BLOCK;
    used = (used < AIF_SHA256_BLOCK - 8 ? AIF_SHA256_BLOCK - 8
                                        : 2 * AIF_SHA256_BLOCK - 8) - used;

    memset(tail, 0, sizeof(tail));
    tail[0] = 0x80;
    aif_sha256_be64(tail + used, h->len * 8);

    aif_sha256_update(h, tail, used + 8);

    for (i = 0; i < AIF_SHA256_SIZE; i++) {
        digest[i] = (u_char) (h->state[i / 4] >> (24 - i % 4 * 8));
    }
}


void
aif_sha256_hmac(const aif_str_t *key, const aif_str_t *parts, size_t n,
    unsigned plain, u_char digest[AIF_SHA256_SIZE])
{
    size_t        i;
    u_char        pad[AIF_SHA256_BLOCK], number[8];
    aif_sha256_t  h;

    memset(pad, 0, sizeof(pad));

    if (key->len > AIF_SHA256_BLOCK) {
        aif_sha256_init(&h);
        aif_sha256_update(&h, key->data, key->len);
        aif_sha256_final(&h, pad);

    } else if (key->len) {
        memcpy(pad, key->data, key->len);
    }

    for (i = 0; i < AIF_SHA256_BLOCK; i++) {
        pad[i] ^= 0x36;
    }

    aif_sha256_init(&h);
    aif_sha256_update(&h, pad, AIF_SHA256_BLOCK);

    for (i = 0; i < n; i++) {

        if (!plain) {
            aif_sha256_be64(number, parts[i].len);
            aif_sha256_update(&h, number, sizeof(number));
        }

        aif_sha256_update(&h, parts[i].data, parts[i].len);
    }

    aif_sha256_final(&h, digest);

    for (i = 0; i < AIF_SHA256_BLOCK; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }

    aif_sha256_init(&h);
    aif_sha256_update(&h, pad, AIF_SHA256_BLOCK);
    aif_sha256_update(&h, digest, AIF_SHA256_SIZE);
    aif_sha256_final(&h, digest);
}


static void
aif_sha256_block(aif_sha256_t *h, const u_char *p)
{
    unsigned  t;
    uint32_t  a, b, c, d, e, f, g, k, t1, t2, w[64];

    for (t = 0; t < 16; t++) {
        w[t] = (uint32_t) p[t * 4] << 24 | (uint32_t) p[t * 4 + 1] << 16
               | (uint32_t) p[t * 4 + 2] << 8 | p[t * 4 + 3];
    }

    for ( /* void */ ; t < 64; t++) {
        t1 = w[t - 2];
        t2 = w[t - 15];
        t1 = aif_sha256_rotr(t1, 17) ^ aif_sha256_rotr(t1, 19) ^ t1 >> 10;
        t2 = aif_sha256_rotr(t2, 7) ^ aif_sha256_rotr(t2, 18) ^ t2 >> 3;
        w[t] = t1 + w[t - 7] + t2 + w[t - 16];
    }

    a = h->state[0];
    b = h->state[1];
    c = h->state[2];
    d = h->state[3];
    e = h->state[4];
    f = h->state[5];
    g = h->state[6];
    k = h->state[7];

    for (t = 0; t < 64; t++) {

        t1 = aif_sha256_rotr(e, 6) ^ aif_sha256_rotr(e, 11)
             ^ aif_sha256_rotr(e, 25);
        t1 += k + ((e & f) ^ (~e & g)) + aif_sha256_k[t] + w[t];

        t2 = aif_sha256_rotr(a, 2) ^ aif_sha256_rotr(a, 13)
             ^ aif_sha256_rotr(a, 22);
        t2 += (a & b) ^ (a & c) ^ (b & c);

        k = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }

    h->state[0] += a;
    h->state[1] += b;
    h->state[2] += c;
    h->state[3] += d;
    h->state[4] += e;
    h->state[5] += f;
    h->state[6] += g;
    h->state[7] += k;
}


static void
aif_sha256_be64(u_char *p, uint64_t n)
{
    unsigned  i;

    for (i = 0; i < 8; i++) {
        p[i] = (u_char) (n >> (56 - i * 8));
    }
}
