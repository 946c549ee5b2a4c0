
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The noise has the distribution that it claims: mean, variance, absolute
 * deviation and the share of each small number, over 10,000 draws for each of
 * four epsilons, from a fixed seed and from the machine.  Seen to fail with
 * the double zero kept, and with u never rejected.
 */


#include "core/aif_noise.h"

#include <math.h>
#include <sys/random.h>

#include "tap.h"


#define TEST_DRAWS  10000


static int
test_fixed(void *ctx, u_char *p, size_t n)
{
    size_t     i;
    uint64_t  *seed = ctx, z;

    /* splitmix64 */

    for (i = 0; i < n; i++) {
        *seed += 0x9e3779b97f4a7c15u;
        z = *seed;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        p[i] = (u_char) (z >> 56);
    }

    return 1;
}


static int
test_machine(void *ctx, u_char *p, size_t n)
{
    (void) ctx;

    return getrandom(p, n, 0) == (ssize_t) n;
}


static int
test_broken(void *ctx, u_char *p, size_t n)
{
    unsigned *left = ctx;

    memset(p, 1, n);

    return (*left)-- > 0;
}


/* The bounds are five standard errors wide: one run in a million is outside. */

static void
test_scale(const aif_noise_source_t *source, uint32_t milli, const char *name)
{
    int       i, bad, small[4];
    double    q, e, var, mean, sum, squares, share, want, error;
    int64_t   y;
    unsigned  k;

    e = milli / 1000.0;
    q = exp(-e);
    var = 2 * q / ((1 - q) * (1 - q));
    sum = squares = 0;
    bad = 0;
    memset(small, 0, sizeof(small));

    for (i = 0; i < TEST_DRAWS; i++) {

        if (aif_noise_laplace(source, milli, &y) != AIF_OK) {
            bad++;
            continue;
        }

        sum += (double) y;
        squares += (double) y * (double) y;

        if (y >= -1 && y <= 2) {
            small[y + 1]++;
        }
    }

    mean = sum / TEST_DRAWS;
    squares /= TEST_DRAWS;

    ok(bad == 0 && fabs(mean) < 5 * sqrt(var / TEST_DRAWS),
       "%s, epsilon %.2f: mean %.3f", name, e, mean);

    /* the fourth moment is at most 6 var^2 + var */

    ok(fabs(squares - var)
       < 5 * sqrt((5 * var * var + var) / TEST_DRAWS),
       "variance %.3f of %.3f", squares, var);

    bad = 0;

    for (k = 0; k < 4; k++) {
        want = (1 - q) / (1 + q) * pow(q, fabs(k - 1.0));
        share = (double) small[k] / TEST_DRAWS;
        error = sqrt(want * (1 - want) / TEST_DRAWS);
        bad += fabs(share - want) > 5 * error + 1e-4;
    }

    ok(bad == 0, "shares of -1 to 2: 0 is %.3f of %.3f",
       (double) small[1] / TEST_DRAWS, (1 - q) / (1 + q));
}


int
main(void)
{
    int64_t              y;
    uint64_t             seed;
    unsigned             i, left;
    aif_noise_source_t   fixed, machine, broken;

    static const uint32_t  epsilons[] = { 50, 500, 1000, 3000 };

    seed = 1;
    fixed.fill = test_fixed;
    fixed.ctx = &seed;
    machine.fill = test_machine;
    machine.ctx = NULL;

    for (i = 0; i < 4; i++) {
        test_scale(&fixed, epsilons[i], "fixed seed");
        test_scale(&machine, epsilons[i], "the machine's");
    }

    ok(aif_noise_laplace(&fixed, 0, &y) == AIF_BAD
       && aif_noise_laplace(&fixed, AIF_NOISE_MAX_EPSILON + 1, &y) == AIF_BAD,
       "an epsilon has limits");

    broken.fill = test_broken;
    broken.ctx = &left;

    for (i = 0; i < 3; i++) {
        left = i;
        ok(aif_noise_laplace(&broken, 500, &y) == AIF_BAD,
           "no noise from a source that fails after %u", i);
    }

    done();
}
