
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What engines don't take, in the state zone.  One word has it all, the form
 * and whose it is, so that no step can be seen half done.  It asks no engine;
 * ngx_ai_call.c may call it.
 */


#include "infer/ngx_ai_form.h"


#define NGX_AI_FORM_BITS  8       /* AIF_ENGINE_NO_... */
#define NGX_AI_FORM_MASK  ((1 << NGX_AI_FORM_BITS) - 1)

/* the low bits are the form, the others the address's and model's */

#define ngx_ai_form_whose(engine)                                             \
    ((ngx_atomic_uint_t) (engine)->service << NGX_AI_FORM_BITS)


static const struct {
    ngx_uint_t   bit;
    const char  *name;
} ngx_ai_form_names[] = {
    { AIF_ENGINE_NO_SCHEMA, "\"response_format\" json_schema" },
    { AIF_ENGINE_NO_FORMAT, "any \"response_format\"" },
    { AIF_ENGINE_NO_MAX_TOKENS, "\"max_tokens\" under its old name" },
    { AIF_ENGINE_NO_TEMPERATURE, "\"temperature\"" },
    { AIF_ENGINE_NO_STREAM_USAGE, "\"stream_options\"" },
    { AIF_ENGINE_NO_MARKS,
      "several texts in a call (it takes off their marks)" },
    { 0, NULL }
};


ngx_uint_t
ngx_ai_form_get(ngx_ai_engine_state_t *es, const ngx_ai_engine_t *engine)
{
    ngx_atomic_uint_t  form;

    form = es->form;

    if ((form & ~(ngx_atomic_uint_t) NGX_AI_FORM_MASK)
        != ngx_ai_form_whose(engine)
        || (ngx_msec_int_t) (es->form_until - ngx_current_msec) <= 0)
    {
        return 0;
    }

    return form & NGX_AI_FORM_MASK;
}


const char *
ngx_ai_form_name(ngx_ai_engine_state_t *es)
{
    if ((ngx_msec_int_t) (es->form_until - ngx_current_msec) > 0) {

        if (es->form & AIF_ENGINE_NO_FORMAT) {
            return "plain";
        }

        if (es->form & AIF_ENGINE_NO_SCHEMA) {
            return "json_object";
        }
    }

    return "json_schema";
}


void
ngx_ai_form_add(ngx_ai_engine_state_t *es, const ngx_ai_engine_t *engine,
    ngx_uint_t without)
{
    ngx_uint_t         i, have;
    ngx_atomic_uint_t  old, new;

    do {
        old = es->form;
        have = ngx_ai_form_get(es, engine);

        if ((have & without) == without) {
            return;
        }

        new = ngx_ai_form_whose(engine) | have | without;

        /* before the form: it must not be seen without its time */

        if (have == 0) {
            es->form_until = ngx_current_msec + NGX_AI_FORM_VALID;
        }

    } while (!ngx_atomic_cmp_set(&es->form, old, new));

    for (i = 0; ngx_ai_form_names[i].name; i++) {

        if (without & ngx_ai_form_names[i].bit) {
            ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                          "ai engine \"%V\" does not take %s, it is asked "
                          "without for a day", &engine->name,
                          ngx_ai_form_names[i].name);
        }
    }
}
