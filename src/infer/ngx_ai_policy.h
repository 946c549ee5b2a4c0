
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What holds for texts on their way out and back: ai_mask and ai_protect.
 */


#ifndef _NGX_AI_POLICY_H_INCLUDED_
#define _NGX_AI_POLICY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif_guard.h"
#include "core/aif_mask.h"
#include "core/aif_pattern.h"
#include "core/aif_prompt.h"


/*
 * Of a location: made at configuration time, then read only; as long as the
 * cycle.  What is protected is part of what a text was made with, so that
 * texts made without it become stale; what is masked is not.
 */

typedef struct {
    const aif_mask_t      *mask;
    aif_pattern_t        **protect;
    ngx_uint_t             nprotect;
    uint32_t               recipe;       /* of the protect patterns; 0: none */
} ngx_ai_policy_t;


/* An answer, and what it is held against. */

typedef struct {
    const aif_prompt_t    *prompt;        /* NULL: "translate" */
    const aif_str_t       *source;
    const aif_str_t       *target;        /* canonical text, or the JSON that
                                             the prompt wants */
    const aif_str_t       *source_locale;
    const aif_str_t       *target_locale;
    aif_arena_t           *arena;
} ngx_ai_answer_t;


/*
 * Whether an answer may be stored: AIF_OK; AIF_BAD with fault->kind set;
 * AIF_NOMEM.  Whatever it lets pass is shown to visitors.
 */

typedef int (*ngx_ai_check_pt)(const ngx_ai_answer_t *answer,
    aif_guard_fault_t *fault);


/*
 * policy may be NULL: nothing is masked and nothing else protected.
 *
 * ngx_ai_policy_out() makes of a source what may leave, in *m: NGX_OK;
 * NGX_DECLINED: it must not be sent, *fault says which of the two forbids it;
 * NGX_ERROR: no memory.
 *
 * ngx_ai_policy_back() makes of an engine's answer to m->text the text to be
 * stored, in *target, which answer->target is too, and holds it against the
 * source by "check" (NULL: the fact lock of translations): NGX_OK;
 * NGX_DECLINED: rejected, *fault says why; NGX_ERROR: no memory.  What
 * ai_protect says is asked of translations only: of facts a text need not
 * repeat all.  An answer that is JSON need not repeat what was masked, either,
 * and nothing is put back into it.
 *
 * ngx_ai_policy_recipe() is the recipe of texts made by an engine, given its
 * own, with a prompt, given its hash.
 */

ngx_int_t ngx_ai_policy_out(const ngx_ai_policy_t *policy,
    const aif_str_t *source, aif_arena_t *arena, aif_mask_text_t *m,
    aif_guard_fault_t *fault);
ngx_int_t ngx_ai_policy_back(const ngx_ai_policy_t *policy,
    const aif_mask_text_t *m, ngx_ai_check_pt check,
    const ngx_ai_answer_t *answer, aif_str_t *target,
    aif_guard_fault_t *fault);
uint32_t ngx_ai_policy_recipe(const ngx_ai_policy_t *policy, uint32_t engine,
    uint32_t prompt);


#endif /* _NGX_AI_POLICY_H_INCLUDED_ */
