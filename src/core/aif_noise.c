
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The discrete Laplace distribution with the scale t / s, t = 1000 and s =
 * epsilon_milli, from fair bits by whole numbers.  It keeps no state, and has
 * no source of randomness of its own.
 */


#include "core/aif_noise.h"


#define AIF_NOISE_UNIT  1000     /* of epsilon */

/* of a geometric number; more would need e^-1 to be drawn so often in a row */

#define AIF_NOISE_LONG  1000000


static int aif_noise_below(const aif_noise_source_t *source, uint64_t n,
    uint64_t *value);
static int aif_noise_exp(const aif_noise_source_t *source, uint64_t num,
    uint64_t den);


int
aif_noise_laplace(const aif_noise_source_t *source, uint32_t epsilon_milli,
    int64_t *noise)
{
    int       rc;
    int64_t   y;
    uint64_t  u, v, sign;

    if (epsilon_milli < AIF_NOISE_MIN_EPSILON
        || epsilon_milli > AIF_NOISE_MAX_EPSILON)
    {
        return AIF_BAD;
    }

    for ( ;; ) {

        /* u + t * v is geometric with e^(-1/t): u is kept with e^(-u/t) */

        if (aif_noise_below(source, AIF_NOISE_UNIT, &u) != AIF_OK) {
            return AIF_BAD;
        }

        rc = aif_noise_exp(source, u, AIF_NOISE_UNIT);

        if (rc < 0) {
            return AIF_BAD;
        }

        if (rc == 0) {
            continue;
        }

        for (v = 0; v < AIF_NOISE_LONG; v++) {

            rc = aif_noise_exp(source, 1, 1);

            if (rc < 0) {
                return AIF_BAD;
            }

            if (rc == 0) {
                break;
            }
        }

        y = (int64_t) ((u + AIF_NOISE_UNIT * v) / epsilon_milli);

        if (aif_noise_below(source, 2, &sign) != AIF_OK) {
            return AIF_BAD;
        }

        /* 0 would come twice */

        if (sign && y == 0) {
            continue;
        }

        *noise = sign ? -y : y;

        return AIF_OK;
    }
}


/* A number from 0 to n - 1, each as likely. */

static int
aif_noise_below(const aif_noise_source_t *source, uint64_t n, uint64_t *value)
{
    u_char    bytes[8];
    uint64_t  x, rest;

    /* how many of 2^64 would come once more than others */

    rest = (UINT64_MAX % n + 1) % n;

    do {
        if (!source->fill(source->ctx, bytes, sizeof(bytes))) {
            return AIF_BAD;
        }

        memcpy(&x, bytes, sizeof(x));

    } while (x > UINT64_MAX - rest);

    *value = x % n;

    return AIF_OK;
}


/*
 * 1 with the probability e^(-num / den), num <= den, else 0; negative: the
 * source failed.  Of the series that k, k - 1, ... are drawn as 1 / k, an odd
 * one ends it as often as e^-x says (algorithm 1 of the paper).
 */

static int
aif_noise_exp(const aif_noise_source_t *source, uint64_t num, uint64_t den)
{
    uint64_t  k, x;

    for (k = 1; /* void */ ; k++) {

        if (aif_noise_below(source, den * k, &x) != AIF_OK) {
            return AIF_BAD;
        }

        if (x >= num) {
            return (int) (k & 1);
        }
    }
}
