
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Budgets under a clock of the test's own: no minute and no day is ever
 * exceeded, whoever takes and whenever they settle, and what was taken and not
 * spent can be spent by others.  Seen to fail with settle() giving back in the
 * wrong period, with take() not beginning a new one, and with a clock that was
 * set back opening the budget again.
 */


#include "tap.h"
#include "core/aif_budget.h"


#define LENGTH(a)  (sizeof(a) / sizeof(a[0]))

#define MIDNIGHT   (20000ULL * AIF_BUDGET_DAY)


static uint64_t
minute(uint64_t second)
{
    return aif_budget_period(second, AIF_BUDGET_MINUTE);
}


static uint64_t
day(uint64_t second)
{
    return aif_budget_period(second, AIF_BUDGET_DAY);
}


static void
periods(void)
{
    ok(minute(MIDNIGHT - 1) + 1 == minute(MIDNIGHT),
       "a minute begins at second 0");
    ok(minute(MIDNIGHT) == minute(MIDNIGHT + 59), "and has 60 seconds");
    ok(day(MIDNIGHT - 1) + 1 == day(MIDNIGHT), "a day begins at 0:00 UTC");
    ok(day(MIDNIGHT) == day(MIDNIGHT + 86399), "and has 24 hours");
}


static void
one(void)
{
    uint64_t  word, next, period, was;

    word = 0;

    ok(aif_budget_used(word, minute(MIDNIGHT)) == 0, "nothing is used yet");
    ok(aif_budget_take(word, minute(MIDNIGHT), 100, 101, &next, &period)
       == AIF_LIMIT, "more than the limit is refused");
    ok(aif_budget_take(word, minute(MIDNIGHT), 100, 100, &word, &period)
       == AIF_OK && period == minute(MIDNIGHT), "all of it is given");
    ok(aif_budget_used(word, minute(MIDNIGHT)) == 100, "and used");
    ok(aif_budget_take(word, minute(MIDNIGHT), 100, 1, &next, &was)
       == AIF_LIMIT, "then not one more");
    ok(aif_budget_take(word, minute(MIDNIGHT), 100, 0, &next, &was)
       == AIF_OK && next == word, "but nothing is always left");

    word = aif_budget_settle(word, minute(MIDNIGHT), period, 100, 30);
    ok(aif_budget_used(word, minute(MIDNIGHT)) == 30, "what is spared returns");
    ok(aif_budget_take(word, minute(MIDNIGHT), 100, 71, &next, &was)
       == AIF_LIMIT
       && aif_budget_take(word, minute(MIDNIGHT), 100, 70, &word, &was)
          == AIF_OK, "for others, to the last one");

    /* the next minute */

    ok(aif_budget_used(word, minute(MIDNIGHT + 60)) == 0,
       "a new minute has nothing used");
    ok(aif_budget_take(word, minute(MIDNIGHT + 60), 100, 40, &word, &was)
       == AIF_OK && was == minute(MIDNIGHT) + 1, "and gives anew");

    next = aif_budget_settle(word, minute(MIDNIGHT + 60), period, 70, 10);
    ok(next == word, "what the last one spared does not come into this one");
    next = aif_budget_settle(word, minute(MIDNIGHT + 60), period, 70, 75);
    ok(aif_budget_used(next, minute(MIDNIGHT + 60)) == 45,
       "what it spent over what it took does");

    /* the next minute, in which nobody took yet */

    next = aif_budget_settle(word, minute(MIDNIGHT + 120), was, 40, 40);
    ok(aif_budget_used(next, minute(MIDNIGHT + 120)) == 0,
       "settling begins no minute with what belongs to the last");

    next = aif_budget_settle(word, minute(MIDNIGHT + 60), was, 40,
                             (uint64_t) -1);
    ok(aif_budget_used(next, minute(MIDNIGHT + 60)) == AIF_BUDGET_AMOUNT,
       "no answer can tell any number");

    for (period = 0; period < 2000; period++) {
        next = aif_budget_settle(next, minute(MIDNIGHT + 60), was, 0,
                                 AIF_BUDGET_AMOUNT);
    }

    ok(aif_budget_used(next, minute(MIDNIGHT + 60)) >= AIF_BUDGET_LIMIT
       && aif_budget_take(next, minute(MIDNIGHT + 60), AIF_BUDGET_LIMIT, 1,
                          &next, &was) == AIF_LIMIT,
       "nor does the sum begin anew");
}


static void
backwards(void)
{
    uint64_t  word, period;

    (void) aif_budget_take(0, minute(MIDNIGHT), 100, 100, &word, &period);

    ok(aif_budget_take(word, minute(MIDNIGHT - 1), 100, 1, &word, &period)
       == AIF_LIMIT, "a clock set back over a minute opens nothing");
    ok(aif_budget_take(word, minute(MIDNIGHT - 300), 100, 1, &word, &period)
       == AIF_LIMIT, "nor one set back by five");
    ok(aif_budget_take(word, minute(MIDNIGHT - 360), 100, 1, &word, &period)
       == AIF_OK, "but one that was wrong by more shuts nothing for ever");

    (void) aif_budget_take(0, minute(MIDNIGHT), 100, 60, &word, &period);
    (void) aif_budget_take(word, minute(MIDNIGHT - 60), 100, 40, &word,
                           &period);
    ok(period == minute(MIDNIGHT), "what is taken then counts in that minute");
    word = aif_budget_settle(word, minute(MIDNIGHT - 60), period, 40, 0);
    ok(aif_budget_used(word, minute(MIDNIGHT)) == 60, "and returns to it");
}


/*
 * Two days and a bit, second by second: eight calls at a time that take what
 * they may cost, last up to 200 seconds, and cost anything up to that.
 */

static void
days(uint64_t per_minute, uint64_t per_day)
{
    int        over_minute, over_day, lost;
    uint64_t   now, end, amount, spent, next, refused, calls;
    uint64_t   minute_word, day_word, all;
    uint64_t  *in_minute, *in_day;
    unsigned   i, seed;

    struct {
        uint64_t  until;
        uint64_t  taken;
        uint64_t  minute;
        uint64_t  day;
        uint64_t  began;
    } call[8];

    memset(call, 0, sizeof(call));

    end = 3 * AIF_BUDGET_DAY;
    in_minute = calloc(end / 60 + 10, sizeof(uint64_t));
    in_day = calloc(10, sizeof(uint64_t));

    over_minute = over_day = lost = 0;
    minute_word = day_word = all = refused = calls = 0;
    seed = 7;

    for (now = MIDNIGHT + 3600; now < MIDNIGHT + end; now++) {

        for (i = 0; i < LENGTH(call); i++) {

            if (call[i].taken && now >= call[i].until) {

                /* cost what it took, nothing, or something between */

                seed = seed * 1103515245 + 12345;
                spent = seed >> 16 & 1 ? call[i].taken
                                       : (seed >> 17) % (call[i].taken + 1);

                minute_word = aif_budget_settle(minute_word, minute(now),
                                                call[i].minute, call[i].taken,
                                                spent);
                day_word = aif_budget_settle(day_word, day(now), call[i].day,
                                             call[i].taken, spent);

                in_minute[(call[i].began - MIDNIGHT) / 60] += spent;
                in_day[(call[i].began - MIDNIGHT) / AIF_BUDGET_DAY] += spent;
                all += spent;
                call[i].taken = 0;
            }

            if (call[i].taken || now >= MIDNIGHT + end - 400) {
                continue;
            }

            seed = seed * 1103515245 + 12345;
            amount = 1 + (seed >> 16) % 400;

            if (aif_budget_take(minute_word, minute(now), per_minute, amount,
                                &next, &call[i].minute) != AIF_OK)
            {
                refused++;
                continue;
            }

            minute_word = next;

            if (aif_budget_take(day_word, day(now), per_day, amount, &next,
                                &call[i].day) != AIF_OK)
            {
                refused++;
                minute_word = aif_budget_settle(minute_word, minute(now),
                                                call[i].minute, amount, 0);
                continue;
            }

            day_word = next;
            calls++;

            call[i].taken = amount;
            call[i].began = now;
            call[i].until = now + (seed >> 8) % 200;
        }

        /* nobody under way: what is used is what was spent, nothing is lost */

        for (i = 0, amount = 0; i < LENGTH(call); i++) {
            amount += call[i].taken;
        }

        if (amount == 0
            && aif_budget_used(day_word, day(now))
               != in_day[(now - MIDNIGHT) / AIF_BUDGET_DAY])
        {
            lost = 1;
        }
    }

    for (i = 0; i < end / 60; i++) {
        over_minute |= (in_minute[i] > per_minute);
    }

    for (i = 0; i < 3; i++) {
        over_day |= (in_day[i] > per_day);
    }

    ok(calls > 1000 && refused > 1000, "%llu calls, %llu refused",
       (unsigned long long) calls, (unsigned long long) refused);
    ok(!over_minute, "no minute exceeds %llu",
       (unsigned long long) per_minute);
    ok(!over_day, "no day exceeds %llu", (unsigned long long) per_day);
    ok(!lost, "nothing that was taken and not spent is lost");
    ok(in_day[0] > per_day - 400 && in_day[1] > per_day - 400,
       "and each day is used up, to less than a call: %llu, %llu",
       (unsigned long long) in_day[0], (unsigned long long) in_day[1]);
    ok(all == in_day[0] + in_day[1] + in_day[2], "all of it was counted");

    free(in_minute);
    free(in_day);
}


static void
prices(void)
{
    ok(aif_budget_cost(1000000, 150000) == 150000000,
       "a million at 0.15 is 0.15");
    ok(aif_budget_cost(1, 150000) == 150, "one of them 0.00000015");
    ok(aif_budget_cost(0, 150000) == 0, "none nothing");
    ok(aif_budget_cost(7, 1) == 0 && aif_budget_cost(7000, 1) == 7,
       "less than a billionth is nothing");
    ok(aif_budget_cost(AIF_BUDGET_AMOUNT, AIF_BUDGET_PRICE)
       == 10000000000000000000ULL, "the largest product fits");
}


static void
sizes(void)
{
    size_t     i;
    aif_str_t  text;

    static const struct {
        const char  *text;
        unsigned     characters;
        unsigned     tokens;
    } row[] = {
        { "", 0, 0 },
        { "a", 1, 1 },
        { "Blue shirt", 10, 3 },
        { "\xc3\xa9t\xc3\xa9", 3, 2 },
        { "\xd0\xa0\xd1\x83\xd0\xb1\xd0\xb0\xd1\x88\xd0\xba\xd0\xb0", 7, 4 },
        { "\xe8\x93\x9d\xe8\x89\xb2", 2, 2 },
        { "\xf0\x9f\x91\x95", 1, 1 },
    };

    for (i = 0; i < LENGTH(row); i++) {
        text.data = (u_char *) row[i].text;
        text.len = strlen(row[i].text);

        ok(aif_budget_characters(&text) == row[i].characters
           && aif_budget_tokens(&text) == row[i].tokens,
           "\"%s\": %u characters, about %u tokens", row[i].text,
           row[i].characters, row[i].tokens);
        ok(aif_budget_tokens(&text) <= text.len, "no more than bytes");
    }
}


int
main(void)
{
    periods();
    one();
    backwards();
    days(300, 100000);
    days(5000, 300000);
    prices();
    sizes();

    done();
}
