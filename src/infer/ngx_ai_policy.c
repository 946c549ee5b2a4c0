
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The way out and the way back of one text: the only place where texts are
 * masked and where they are restored, and where the fact lock is asked.  Lets
 * no text out of which it isn't known what it holds, and none in that is not
 * the source's in all that counts.  Masked text is never stored: the store has
 * the shop's own words on both sides.  ngx_ai_batch.c calls it.
 */


#include "infer/ngx_ai_policy.h"
#include "store/ngx_ai_store.h"


ngx_int_t
ngx_ai_policy_out(const ngx_ai_policy_t *policy, const aif_str_t *source,
    aif_arena_t *arena, aif_mask_text_t *m, aif_guard_fault_t *fault)
{
    int  rc;

    ngx_memzero(fault, sizeof(aif_guard_fault_t));

    if (policy && policy->nprotect) {

        rc = aif_guard_protect(source, NULL, policy->protect,
                               policy->nprotect, arena, fault);

        if (rc != AIF_OK) {
            fault->kind = AIF_GUARD_PROTECTED;
            return rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
        }
    }

    rc = aif_mask_apply(policy ? policy->mask : NULL, source, arena, m);

    if (rc != AIF_OK) {
        fault->kind = AIF_GUARD_MASK;
        return rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
    }

    return NGX_OK;
}


ngx_int_t
ngx_ai_policy_back(const ngx_ai_policy_t *policy, const aif_mask_text_t *m,
    ngx_ai_check_pt check, const ngx_ai_answer_t *answer, aif_str_t *target,
    aif_guard_fault_t *fault)
{
    int        rc;
    aif_str_t  masked;

    ngx_memzero(fault, sizeof(aif_guard_fault_t));

    if (target->len > NGX_AI_STORE_MAX_TEXT) {
        fault->kind = AIF_GUARD_LENGTH;
        return NGX_DECLINED;
    }

    masked = *target;

    rc = answer->prompt && answer->prompt->answer == AIF_PROMPT_OBJECT
         ? AIF_OK : aif_mask_restore(m, &masked, answer->arena, target);

    if (rc != AIF_OK) {
        fault->kind = AIF_GUARD_MASK;
        return rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
    }

    if (check) {
        rc = check(answer, fault);

        return rc == AIF_OK ? NGX_OK
                            : rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
    }

    if (aif_guard_check(answer->source, target, answer->source_locale,
                        answer->target_locale, fault)
        != AIF_OK)
    {
        return NGX_DECLINED;
    }

    if (policy && policy->nprotect) {

        rc = aif_guard_protect(answer->source, target, policy->protect,
                               policy->nprotect, answer->arena, fault);

        if (rc != AIF_OK) {
            return rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
        }
    }

    return NGX_OK;
}


uint32_t
ngx_ai_policy_recipe(const ngx_ai_policy_t *policy, uint32_t engine,
    uint32_t prompt)
{
    uint32_t  recipe;

    recipe = (engine << 7 | engine >> 25) ^ prompt;

    if (policy) {
        recipe = (recipe << 5 | recipe >> 27) ^ policy->recipe;
    }

    return recipe ? recipe : 1;      /* 0 is a person's text */
}
