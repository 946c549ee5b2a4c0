
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Noise for counts of people, so that nobody can tell from a report whether
 * one of them is in it (differential privacy).
 */


#ifndef _AIF_NOISE_H_INCLUDED_
#define _AIF_NOISE_H_INCLUDED_


#include "core/aif.h"


/* epsilon is epsilon_milli / 1000, within these limits */

#define AIF_NOISE_MIN_EPSILON  1         /* 0.001 */
#define AIF_NOISE_MAX_EPSILON  100000    /* 100 */


/*
 * Where bits come from: fills "p" with n bytes that nobody can foresee, and
 * returns 0 if it can't.
 */

typedef struct {
    int     (*fill)(void *ctx, u_char *p, size_t n);
    void     *ctx;
} aif_noise_source_t;


/*
 * aif_noise_laplace() draws from the discrete Laplace distribution, in which k
 * has a probability in proportion to exp(-|k| * epsilon): added to each count
 * of a histogram in which a person counts once, it makes the histogram
 * epsilon-differentially private.  The drawing is exact, with whole numbers
 * only (Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential
 * Privacy", 2020, algorithm 2): noise from floating point numbers betrays what
 * it was added to (Mironov, 2012).
 *
 * AIF_OK; AIF_BAD: the source failed, or epsilon is out of its limits.
 */

int aif_noise_laplace(const aif_noise_source_t *source,
    uint32_t epsilon_milli, int64_t *noise);


#endif /* _AIF_NOISE_H_INCLUDED_ */
