
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What an answer is held against that is no translation: the guard for
 * invention (core/aif_claim.h), and how long a text may be.  The scheduler
 * calls it for every text that a prompt writes, before it is stored; pages
 * have those looked at that were stored under other lists.
 */


#include "page/ngx_http_ai_claim.h"
#include "core/aif_claim.h"


int
ngx_http_ai_claim_check(const ngx_ai_answer_t *answer,
    aif_guard_fault_t *fault)
{
    size_t                    i, n;
    ngx_http_ai_main_conf_t  *amcf;

    if (answer->prompt->max_length) {

        for (i = 0, n = 0; i < answer->target->len; i++) {
            n += (answer->target->data[i] & 0xc0) != 0x80;
        }

        if (n > answer->prompt->max_length) {
            fault->kind = AIF_GUARD_LENGTH;
            fault->added = 1;
            return AIF_BAD;
        }
    }

    amcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_ai_filter_module);

    return aif_claim_check(amcf->claims, answer->source, answer->target,
                           answer->source_locale, answer->target_locale,
                           answer->arena, fault);
}


void
ngx_http_ai_claim_stored(ngx_http_ai_ctx_t *ctx, const aif_prompt_t *prompt,
    ngx_ai_check_pt check, ngx_ai_item_t *item)
{
    ngx_str_t          *locales;
    ngx_ai_answer_t     answer;
    aif_guard_fault_t   fault;

    locales = ctx->conf->locales->elts;

    answer.prompt = prompt;
    answer.source = &item->source;
    answer.target = &item->value;
    answer.source_locale = (aif_str_t *) &locales[0];
    answer.target_locale = (aif_str_t *) &locales[ctx->choice.index];
    answer.arena = ctx->arena;

    if (check(&answer, &fault) != AIF_OK) {
        item->value.len = 0;
        item->value.data = NULL;
        item->found = item->renewing ? NGX_AI_PENDING : NGX_AI_MISS;
    }
}
