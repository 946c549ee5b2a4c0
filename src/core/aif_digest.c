
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Digest: four lanes of 64-bit multiply and rotate, 32 bytes a step, so that
 * the lanes' latencies overlap; then a finaliser that lets every bit change
 * every other.  Any room may call it.
 */


#include "core/aif_digest.h"


#define AIF_DIGEST_M1  0x9e3779b97f4a7c15ull     /* 2^64 / golden ratio, odd */
#define AIF_DIGEST_M2  0xd6e8feb86659fd93ull     /* odd, high entropy */


static inline uint64_t
aif_digest_load(const u_char *p)
{
    uint64_t  v;

    memcpy(&v, p, sizeof(uint64_t));

#if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
    v = __builtin_bswap64(v);
#endif

    return v;
}


static inline uint64_t
aif_digest_step(uint64_t lane, uint64_t v)
{
    lane = (lane ^ v) * AIF_DIGEST_M1;

    return lane << 29 | lane >> 35;
}


uint64_t
aif_digest(const u_char *data, size_t len)
{
    size_t         n, k;
    u_char         tail[32];
    uint64_t       h, lane[4];
    const u_char  *p;

    for (k = 0; k < 4; k++) {
        lane[k] = AIF_DIGEST_M2 * (k + 1);
    }

    p = data;

    for (n = len; n >= 32; n -= 32) {
        lane[0] = aif_digest_step(lane[0], aif_digest_load(p));
        lane[1] = aif_digest_step(lane[1], aif_digest_load(p + 8));
        lane[2] = aif_digest_step(lane[2], aif_digest_load(p + 16));
        lane[3] = aif_digest_step(lane[3], aif_digest_load(p + 24));
        p += 32;
    }

    if (n != 0) {
        memset(tail, 0, sizeof(tail));
        memcpy(tail, p, n);

        for (k = 0; k < 4; k++) {
            lane[k] = aif_digest_step(lane[k], aif_digest_load(tail + 8 * k));
        }
    }

    h = len;

    for (k = 0; k < 4; k++) {
        h = (h ^ lane[k]) * AIF_DIGEST_M2;
        h ^= h >> 32;
    }

    h *= AIF_DIGEST_M1;

    return h ^ h >> 29;
}
