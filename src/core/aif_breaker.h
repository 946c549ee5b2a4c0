
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Circuit breaker of one engine: whether it may be asked, from how its calls
 * ended.  A state machine without clock, lock or memory of its own.
 */


#ifndef _AIF_BREAKER_H_INCLUDED_
#define _AIF_BREAKER_H_INCLUDED_


#include "core/aif.h"


/* Times are milliseconds of a monotonic clock that may wrap around. */

#define AIF_BREAKER_FAILURES  5        /* in a row open it */
#define AIF_BREAKER_WINDOW    10000    /* ms; half of the calls in it ... */
#define AIF_BREAKER_CALLS     10       /* ... of at least so many open it */
#define AIF_BREAKER_OPEN      10000    /* ms, the first time */
#define AIF_BREAKER_MAX_OPEN  300000   /* ms, after doublings; then jitter */


typedef enum {
    AIF_BREAKER_CLOSED = 0,
    AIF_BREAKER_OPENED,
    AIF_BREAKER_PROBING      /* half open: one call is on its way */
} aif_breaker_state_e;


typedef enum {
    AIF_BREAKER_GO = 0,      /* ask */
    AIF_BREAKER_PROBE,       /* ask with one call, its end decides */
    AIF_BREAKER_WAIT,        /* another's probe is on its way */
    AIF_BREAKER_STOP         /* don't ask */
} aif_breaker_answer_e;


typedef enum {
    AIF_BREAKER_GOOD = 0,
    AIF_BREAKER_SLOW,        /* an answer, but late */
    AIF_BREAKER_FAILED,
    AIF_BREAKER_NEUTRAL      /* says nothing: throttled, or never sent */
} aif_breaker_end_e;


/* All zero is a closed breaker that has seen nothing. */

typedef struct {
    unsigned long   state;       /* aif_breaker_state_e */
    unsigned long   failures;    /* in a row */
    unsigned long   until;       /* opened: when a probe may go; probing: when
                                    it is given up */
    unsigned long   step;        /* doublings of the open time */
    unsigned long   window;      /* its start */
    unsigned long   calls;       /* in the window */
    unsigned long   bad;         /* of those failed or slow */
} aif_breaker_t;


/*
 * aif_breaker_look() says what aif_breaker_ask() would, and changes nothing.
 * aif_breaker_ask() comes before a call: after AIF_BREAKER_PROBE the caller
 * has "patience" milliseconds, then the probe is another's.
 *
 * aif_breaker_end() comes after each call, with "probe" 1 if it was one.
 * "random" is any number, the open time's jitter of a fifth either way comes
 * from it.  Returns the state that was entered: AIF_BREAKER_OPENED or
 * AIF_BREAKER_CLOSED; -1 if none was.
 */

aif_breaker_answer_e aif_breaker_look(const aif_breaker_t *b,
    unsigned long now);
aif_breaker_answer_e aif_breaker_ask(aif_breaker_t *b, unsigned long now,
    unsigned long patience);
int aif_breaker_end(aif_breaker_t *b, aif_breaker_end_e end, int probe,
    unsigned long now, unsigned long random);


#endif /* _AIF_BREAKER_H_INCLUDED_ */
