
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Whether an engine may be asked: its breaker and its throttle, which all
 * workers share in the state zone.
 */


#ifndef _NGX_AI_HEALTH_H_INCLUDED_
#define _NGX_AI_HEALTH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif_breaker.h"
#include "store/ngx_ai_state.h"


#define NGX_AI_HEALTH_THROTTLE      1000     /* ms, if the engine says none */
#define NGX_AI_HEALTH_MAX_THROTTLE  300000   /* ms */


/*
 * ngx_ai_health_look() changes nothing; ngx_ai_health_ask() may give out the
 * one probe, to be ended within "patience" milliseconds.  Answers and ends are
 * those of aif_breaker.h.
 *
 * ngx_ai_health_end() says how a call ended, and logs when the breaker opens
 * (warn) or closes (info).
 *
 * ngx_ai_health_throttle() keeps calls off for so long (0: the engine did not
 * say); ngx_ai_health_throttled() is the time left.
 */

aif_breaker_answer_e ngx_ai_health_look(ngx_ai_engine_state_t *es);
aif_breaker_answer_e ngx_ai_health_ask(ngx_ai_engine_state_t *es,
    ngx_msec_t patience);
void ngx_ai_health_end(ngx_ai_engine_state_t *es, ngx_str_t *name,
    aif_breaker_end_e end, ngx_uint_t probe);
void ngx_ai_health_throttle(ngx_ai_engine_state_t *es, ngx_msec_t time);
ngx_msec_t ngx_ai_health_throttled(ngx_ai_engine_state_t *es);


#endif /* _NGX_AI_HEALTH_H_INCLUDED_ */
