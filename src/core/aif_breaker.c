
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Circuit breaker: closed until five calls in a row failed, or half of at
 * least ten in ten seconds failed or were slow; then open for ten seconds,
 * doubling up to five minutes; then one probe decides.  Knows no engine, no
 * process and no clock; whoever shares one among processes locks it.
 */


#include "core/aif_breaker.h"


/* 1 if "now" is at or after "when", over a wrap of the clock too */

#define aif_breaker_past(now, when)  ((long) ((now) - (when)) >= 0)


static int aif_breaker_count(aif_breaker_t *b, aif_breaker_end_e end,
    unsigned long now);
static int aif_breaker_open(aif_breaker_t *b, unsigned long now,
    unsigned long random);


aif_breaker_answer_e
aif_breaker_look(const aif_breaker_t *b, unsigned long now)
{
    switch (b->state) {

    case AIF_BREAKER_CLOSED:
        return AIF_BREAKER_GO;

    case AIF_BREAKER_PROBING:

        /* a probe whose owner never came back is given up */

        return aif_breaker_past(now, b->until) ? AIF_BREAKER_PROBE
                                               : AIF_BREAKER_WAIT;

    default: /* AIF_BREAKER_OPENED */
        return aif_breaker_past(now, b->until) ? AIF_BREAKER_PROBE
                                               : AIF_BREAKER_STOP;
    }
}


aif_breaker_answer_e
aif_breaker_ask(aif_breaker_t *b, unsigned long now, unsigned long patience)
{
    aif_breaker_answer_e  answer;

    answer = aif_breaker_look(b, now);

    if (answer == AIF_BREAKER_PROBE) {
        b->state = AIF_BREAKER_PROBING;
        b->until = now + patience;
    }

    return answer;
}


int
aif_breaker_end(aif_breaker_t *b, aif_breaker_end_e end, int probe,
    unsigned long now, unsigned long random)
{
    switch (b->state) {

    case AIF_BREAKER_CLOSED:

        if (end != AIF_BREAKER_NEUTRAL && aif_breaker_count(b, end, now)) {
            return aif_breaker_open(b, now, random);
        }

        return -1;

    case AIF_BREAKER_PROBING:

        /* calls that were sent before it opened have no say */

        if (!probe) {
            return -1;
        }

        if (end == AIF_BREAKER_FAILED) {
            b->step++;
            return aif_breaker_open(b, now, random);
        }

        if (end == AIF_BREAKER_NEUTRAL) {
            b->state = AIF_BREAKER_OPENED;
            b->until = now;
            return -1;
        }

        memset(b, 0, sizeof(aif_breaker_t));

        return AIF_BREAKER_CLOSED;

    default: /* AIF_BREAKER_OPENED */
        return -1;
    }
}


/* returns 1 if it is enough */

static int
aif_breaker_count(aif_breaker_t *b, aif_breaker_end_e end, unsigned long now)
{
    if (b->calls == 0 || aif_breaker_past(now, b->window + AIF_BREAKER_WINDOW))
    {
        b->window = now;
        b->calls = 0;
        b->bad = 0;
    }

    b->calls++;

    if (end == AIF_BREAKER_GOOD) {
        b->failures = 0;
        return 0;
    }

    b->bad++;

    if (end == AIF_BREAKER_SLOW) {
        b->failures = 0;

    } else {
        b->failures++;
    }

    return b->failures >= AIF_BREAKER_FAILURES
           || (b->calls >= AIF_BREAKER_CALLS && b->bad * 2 >= b->calls);
}


static int
aif_breaker_open(aif_breaker_t *b, unsigned long now, unsigned long random)
{
    unsigned long  i, time, fifth;

    time = AIF_BREAKER_OPEN;

    for (i = 0; i < b->step && time < AIF_BREAKER_MAX_OPEN; i++) {
        time *= 2;
    }

    if (time > AIF_BREAKER_MAX_OPEN) {
        time = AIF_BREAKER_MAX_OPEN;
    }

    fifth = time / 5;

    b->state = AIF_BREAKER_OPENED;
    b->until = now + time - fifth + random % (2 * fifth + 1);
    b->failures = 0;
    b->calls = 0;
    b->bad = 0;

    return AIF_BREAKER_OPENED;
}
