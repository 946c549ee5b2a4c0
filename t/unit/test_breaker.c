
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The breaker, call by call.  It must not stay open for ever, must not be
 * closed by calls of the time before it opened, and must let one probe
 * through, not a crowd.
 */


#include "tap.h"
#include "core/aif_breaker.h"


#define LENGTH(a)  (sizeof(a) / sizeof(a[0]))


static void
ends(aif_breaker_t *b, aif_breaker_end_e end, unsigned n, unsigned long now)
{
    while (n--) {
        (void) aif_breaker_end(b, end, 0, now, 0);
    }
}


/* What a row of ends (g good, s slow, f failed, n neutral) at one time does. */

static void
rows(void)
{
    size_t              i;
    const char         *p;
    aif_breaker_t       b;
    aif_breaker_end_e   end;

    static const struct {
        const char           *ends;
        aif_breaker_state_e   state;
    } row[] = {
        { "", AIF_BREAKER_CLOSED },
        { "ffff", AIF_BREAKER_CLOSED },
        { "fffff", AIF_BREAKER_OPENED },
        { "ffffgffff", AIF_BREAKER_CLOSED },
        { "ffffgfffff", AIF_BREAKER_OPENED },
        { "ffffnnnnnf", AIF_BREAKER_OPENED },
        { "ffffsffff", AIF_BREAKER_CLOSED },
        { "nnnnnnnnnnnnnnn", AIF_BREAKER_CLOSED },
        { "fgfgfgfgf", AIF_BREAKER_CLOSED },
        { "fgfgfgfgfg", AIF_BREAKER_CLOSED },
        { "gfgfgfgfgf", AIF_BREAKER_OPENED },
        { "gggggggfff", AIF_BREAKER_CLOSED },
        { "gsgsgsgsgs", AIF_BREAKER_OPENED },
        { "ggggggssss", AIF_BREAKER_CLOSED },
        { "sssssssss", AIF_BREAKER_CLOSED },
        { "ssssssssss", AIF_BREAKER_OPENED },
    };

    for (i = 0; i < LENGTH(row); i++) {
        memset(&b, 0, sizeof(b));

        for (p = row[i].ends; *p; p++) {
            end = *p == 'g' ? AIF_BREAKER_GOOD
                  : *p == 's' ? AIF_BREAKER_SLOW
                  : *p == 'f' ? AIF_BREAKER_FAILED : AIF_BREAKER_NEUTRAL;

            ends(&b, end, 1, 1000);
        }

        ok(b.state == row[i].state, "\"%s\" ends %s", row[i].ends,
           row[i].state == AIF_BREAKER_CLOSED ? "closed" : "open");
    }
}


static void
window(void)
{
    aif_breaker_t  b;

    memset(&b, 0, sizeof(b));

    ends(&b, AIF_BREAKER_GOOD, 5, 1000);
    ends(&b, AIF_BREAKER_FAILED, 4, 1000);
    ends(&b, AIF_BREAKER_GOOD, 1, 1000 + AIF_BREAKER_WINDOW - 1);
    ok(b.calls == 10, "calls inside the window are counted");

    ends(&b, AIF_BREAKER_FAILED, 1, 1000 + AIF_BREAKER_WINDOW);
    ok(b.calls == 1 && b.state == AIF_BREAKER_CLOSED,
       "after ten seconds a new window starts");
}


static void
life(void)
{
    int                    entered;
    unsigned long          now, time, want;
    aif_breaker_t          b;
    aif_breaker_answer_e   answer;

    memset(&b, 0, sizeof(b));

    ends(&b, AIF_BREAKER_FAILED, 4, 5000);
    entered = aif_breaker_end(&b, AIF_BREAKER_FAILED, 0, 5000, 2000);
    ok(entered == AIF_BREAKER_OPENED, "the fifth failure tells that it opens");
    ok(b.until == 5000 + 10000, "random in the middle is no jitter");

    ok(aif_breaker_ask(&b, 5000, 900) == AIF_BREAKER_STOP, "open: stop");
    ok(aif_breaker_ask(&b, 14999, 900) == AIF_BREAKER_STOP,
       "open to the last millisecond");
    ok(aif_breaker_end(&b, AIF_BREAKER_GOOD, 0, 6000, 0) == -1
       && b.state == AIF_BREAKER_OPENED,
       "an answer to a call from before does not close it");

    ok(aif_breaker_look(&b, 15000) == AIF_BREAKER_PROBE
       && b.state == AIF_BREAKER_OPENED, "a look takes no probe");
    ok(aif_breaker_ask(&b, 15000, 900) == AIF_BREAKER_PROBE, "one probe");
    ok(aif_breaker_ask(&b, 15000, 900) == AIF_BREAKER_WAIT, "and no second");

    ok(aif_breaker_end(&b, AIF_BREAKER_GOOD, 0, 15100, 0) == -1
       && b.state == AIF_BREAKER_PROBING,
       "a call from before does not close it while the probe is out");
    ok(aif_breaker_end(&b, AIF_BREAKER_FAILED, 0, 15100, 0) == -1
       && b.state == AIF_BREAKER_PROBING, "nor does it open it again");

    entered = aif_breaker_end(&b, AIF_BREAKER_GOOD, 1, 15200, 0);
    ok(entered == AIF_BREAKER_CLOSED && b.state == AIF_BREAKER_CLOSED,
       "a good probe closes it");

    /* the open time doubles with each failed probe */

    now = 20000;
    ends(&b, AIF_BREAKER_FAILED, 5, now);
    ok(b.until == now + 8000, "random 0 is a fifth less");

    for (want = 20000; ; want = want * 2 > 300000 ? 300000 : want * 2) {
        now = b.until;
        answer = aif_breaker_ask(&b, now, 900);
        entered = aif_breaker_end(&b, AIF_BREAKER_FAILED, 1, now, want / 5);
        time = b.until - now;

        ok(answer == AIF_BREAKER_PROBE && entered == AIF_BREAKER_OPENED
           && time == want, "then open for %lu ms", want);

        if (now > 3000000) {
            break;
        }
    }

    now = b.until;
    (void) aif_breaker_ask(&b, now, 900);
    entered = aif_breaker_end(&b, AIF_BREAKER_SLOW, 1, now, 0);
    ok(entered == AIF_BREAKER_CLOSED, "a slow probe closes it too");

    ends(&b, AIF_BREAKER_FAILED, 5, now);
    ok(b.until == now + 8000, "closed once, the doubling starts again");
}


static void
probes(void)
{
    aif_breaker_t  b;

    memset(&b, 0, sizeof(b));
    ends(&b, AIF_BREAKER_FAILED, 5, 0);

    ok(aif_breaker_ask(&b, 9000, 900) == AIF_BREAKER_PROBE, "a probe");
    ok(aif_breaker_end(&b, AIF_BREAKER_NEUTRAL, 1, 9100, 0) == -1
       && aif_breaker_ask(&b, 9100, 900) == AIF_BREAKER_PROBE,
       "that says nothing makes room for another at once");

    ok(aif_breaker_ask(&b, 9100 + 899, 900) == AIF_BREAKER_WAIT,
       "a probe that never ends is waited for");
    ok(aif_breaker_ask(&b, 9100 + 900, 900) == AIF_BREAKER_PROBE,
       "but not for ever");
    ok(aif_breaker_end(&b, AIF_BREAKER_GOOD, 1, 10100, 0)
       == AIF_BREAKER_CLOSED, "and closes it");
    ok(aif_breaker_end(&b, AIF_BREAKER_FAILED, 1, 10200, 0) == -1
       && b.state == AIF_BREAKER_CLOSED && b.failures == 1,
       "the lost probe then counts like any call");
}


static void
jitter(void)
{
    unsigned long  r, low, high;
    aif_breaker_t  b;

    low = 100000;
    high = 0;

    for (r = 0; r < 20000; r++) {
        memset(&b, 0, sizeof(b));
        b.failures = AIF_BREAKER_FAILURES - 1;
        (void) aif_breaker_end(&b, AIF_BREAKER_FAILED, 0, 0, r * 7919);
        low = b.until < low ? b.until : low;
        high = b.until > high ? b.until : high;
    }

    ok(low == 8000 && high == 12000, "jitter is a fifth either way: %lu, %lu",
       low, high);
}


static void
wrap(void)
{
    unsigned long  now;
    aif_breaker_t  b;

    now = (unsigned long) -3000;

    memset(&b, 0, sizeof(b));
    ends(&b, AIF_BREAKER_FAILED, 5, now);

    ok(b.until == 5000, "the clock wraps while it is open");
    ok(aif_breaker_look(&b, now + 1) == AIF_BREAKER_STOP, "before the wrap");
    ok(aif_breaker_look(&b, 4999) == AIF_BREAKER_STOP, "after it");
    ok(aif_breaker_look(&b, 5000) == AIF_BREAKER_PROBE, "and in time");
}


int
main(void)
{
    rows();
    window();
    life();
    probes();
    jitter();
    wrap();

    done();
}
