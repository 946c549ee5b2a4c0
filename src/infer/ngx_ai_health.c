
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Whether an engine may be asked.  Carries the breaker of core/ between the
 * state zone and its functions, under a lock that is held for some
 * instructions and taken over from a process that died.  Asks no engine; the
 * files of infer/ may call it.
 */


#include "infer/ngx_ai_health.h"


#define NGX_AI_HEALTH_SPIN  2048    /* looks at the lock, then without it */


static void ngx_ai_health_load(ngx_ai_engine_state_t *es, aif_breaker_t *b);
static void ngx_ai_health_save(ngx_ai_engine_state_t *es, aif_breaker_t *b);
static ngx_int_t ngx_ai_health_lock(ngx_ai_engine_state_t *es);
static void ngx_ai_health_unlock(ngx_ai_engine_state_t *es);


aif_breaker_answer_e
ngx_ai_health_look(ngx_ai_engine_state_t *es)
{
    aif_breaker_t  b;

    if (es->breaker_state == AIF_BREAKER_CLOSED) {
        return AIF_BREAKER_GO;
    }

    ngx_ai_health_load(es, &b);

    return aif_breaker_look(&b, ngx_current_msec);
}


aif_breaker_answer_e
ngx_ai_health_ask(ngx_ai_engine_state_t *es, ngx_msec_t patience)
{
    aif_breaker_t         b;
    aif_breaker_answer_e  answer;

    answer = ngx_ai_health_look(es);

    if (answer != AIF_BREAKER_PROBE) {
        return answer;
    }

    if (ngx_ai_health_lock(es) != NGX_OK) {
        return AIF_BREAKER_WAIT;
    }

    ngx_ai_health_load(es, &b);

    answer = aif_breaker_ask(&b, ngx_current_msec, patience);

    if (answer == AIF_BREAKER_PROBE) {
        ngx_ai_health_save(es, &b);
        es->breaker_probe = ngx_pid;
    }

    ngx_ai_health_unlock(es);

    return answer;
}


void
ngx_ai_health_end(ngx_ai_engine_state_t *es, ngx_str_t *name,
    aif_breaker_end_e end, ngx_uint_t probe)
{
    int            entered;
    ngx_msec_t     time;
    aif_breaker_t  b;

    /* one end more or less is not worth a wait */

    if (ngx_ai_health_lock(es) != NGX_OK) {
        return;
    }

    ngx_ai_health_load(es, &b);

    entered = aif_breaker_end(&b, end, probe, ngx_current_msec, ngx_random());
    time = b.until - ngx_current_msec;

    ngx_ai_health_save(es, &b);

    if (b.state != AIF_BREAKER_PROBING) {
        es->breaker_probe = 0;
    }

    ngx_ai_health_unlock(es);

    if (entered == AIF_BREAKER_OPENED) {
        ngx_ai_count(es->breaker_opened);

        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "ai engine \"%V\" fails, it is not asked for %M ms",
                      name, time);

    } else if (entered == AIF_BREAKER_CLOSED) {
        ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                      "ai engine \"%V\" answers again", name);
    }
}


void
ngx_ai_health_throttle(ngx_ai_engine_state_t *es, ngx_msec_t time)
{
    if (time == 0) {
        time = NGX_AI_HEALTH_THROTTLE;
    }

    es->retry_after = ngx_current_msec
                      + ngx_min(time, NGX_AI_HEALTH_MAX_THROTTLE);
}


/* A time further off than any throttle is an old one: the clock wrapped. */

ngx_msec_t
ngx_ai_health_throttled(ngx_ai_engine_state_t *es)
{
    ngx_msec_t      after;
    ngx_msec_int_t  left;

    after = es->retry_after;

    if (after == 0) {
        return 0;
    }

    left = (ngx_msec_int_t) (after - ngx_current_msec);

    return (left > 0 && left <= NGX_AI_HEALTH_MAX_THROTTLE) ? left : 0;
}


static void
ngx_ai_health_load(ngx_ai_engine_state_t *es, aif_breaker_t *b)
{
    b->state = es->breaker_state;
    b->failures = es->breaker_failures;
    b->until = es->breaker_until;
    b->step = es->breaker_step;
    b->window = es->breaker_window;
    b->calls = es->breaker_calls;
    b->bad = es->breaker_bad;
}


/* the state is written last: who sees it without the lock sees its time too */

static void
ngx_ai_health_save(ngx_ai_engine_state_t *es, aif_breaker_t *b)
{
    es->breaker_failures = b->failures;
    es->breaker_until = b->until;
    es->breaker_step = b->step;
    es->breaker_window = b->window;
    es->breaker_calls = b->calls;
    es->breaker_bad = b->bad;

    ngx_memory_barrier();

    es->breaker_state = b->state;
}


static ngx_int_t
ngx_ai_health_lock(ngx_ai_engine_state_t *es)
{
    ngx_uint_t         i;
    ngx_atomic_uint_t  owner;

    for (i = 0; i < NGX_AI_HEALTH_SPIN; i++) {

        if (es->breaker_lock == 0
            && ngx_atomic_cmp_set(&es->breaker_lock, 0, ngx_pid))
        {
            return NGX_OK;
        }

        ngx_cpu_pause();
    }

    owner = es->breaker_lock;

    if (owner != 0 && kill((ngx_pid_t) owner, 0) == -1
        && ngx_errno == NGX_ESRCH
        && ngx_atomic_cmp_set(&es->breaker_lock, owner, ngx_pid))
    {
        return NGX_OK;
    }

    return NGX_DECLINED;
}


static void
ngx_ai_health_unlock(ngx_ai_engine_state_t *es)
{
    (void) ngx_atomic_cmp_set(&es->breaker_lock, ngx_pid, 0);
}
