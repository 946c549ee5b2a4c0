
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * In which form an engine is asked: what of a request it was found not to
 * take.
 */


#ifndef _NGX_AI_FORM_H_INCLUDED_
#define _NGX_AI_FORM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_sched.h"


#define NGX_AI_FORM_VALID  86400000     /* ms, then it is tried again */


/*
 * ngx_ai_form_get() is AIF_ENGINE_NO_... of what to leave out.
 * ngx_ai_form_add() remembers one more, for all workers and over reloads, and
 * says so in the log if nobody did; another address or model begins anew.
 * ngx_ai_form_name() is how it answers, for the status.
 */

ngx_uint_t ngx_ai_form_get(ngx_ai_engine_state_t *es,
    const ngx_ai_engine_t *engine);
void ngx_ai_form_add(ngx_ai_engine_state_t *es, const ngx_ai_engine_t *engine,
    ngx_uint_t without);
const char *ngx_ai_form_name(ngx_ai_engine_state_t *es);


#endif /* _NGX_AI_FORM_H_INCLUDED_ */
