
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Masks: what must not leave the shop is taken out of a text before an engine
 * sees it, and put back into the engine's answer.
 */


#ifndef _AIF_MASK_H_INCLUDED_
#define _AIF_MASK_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_pattern.h"


#define AIF_MASK_MAX  64             /* masks and own tags of a text together */


typedef enum {
    AIF_MASK_EMAIL = 0x01,
    AIF_MASK_PHONE = 0x02,
    AIF_MASK_CARD  = 0x04,
    AIF_MASK_IBAN  = 0x08
} aif_mask_preset_e;

#define AIF_MASK_DEFAULT                                                      \
    (AIF_MASK_EMAIL | AIF_MASK_PHONE | AIF_MASK_CARD | AIF_MASK_IBAN)


/* What is masked; made once per location. */

typedef struct {
    unsigned          presets;       /* aif_mask_preset_e, ored */
    aif_pattern_t   **patterns;
    size_t            npatterns;
} aif_mask_t;


typedef struct {
    aif_str_t         text;          /* what may leave; the source itself if
                                        nothing is masked */
    size_t            n;             /* masks */
    aif_str_t        *masked;        /* their bytes, in the source */
    unsigned          first;         /* number of the first one */
    unsigned          idle:1;        /* no letter is left to translate */
} aif_mask_text_t;


/*
 * aif_mask_apply() takes a canonical text (aif_segment.h) and makes one where
 * each masked piece is one more placeholder <xN/>, numbered after the text's
 * own: engines and dialects know how to carry those.  "source" must live as
 * long as *m.  AIF_OK; AIF_LIMIT: a pattern reached a limit, or there are too
 * many masks; AIF_BAD: a pattern found no UTF-8; AIF_NOMEM.  But for AIF_OK
 * the text must not leave.
 *
 * aif_mask_restore() makes of an engine's answer, in which placeholders have
 * their canonical form, the text with the pieces put back: AIF_OK; AIF_BAD: a
 * mask was lost or doubled; AIF_NOMEM.  All but the masks is left to the fact
 * lock, which compares the result with the source.
 *
 * aif_mask_preset() is the preset of that name, 0 if there is none.
 */

int aif_mask_apply(const aif_mask_t *mask, const aif_str_t *source,
    aif_arena_t *a, aif_mask_text_t *m);
int aif_mask_restore(const aif_mask_text_t *m, const aif_str_t *answer,
    aif_arena_t *a, aif_str_t *text);
unsigned aif_mask_preset(const u_char *name, size_t len);


#endif /* _AIF_MASK_H_INCLUDED_ */
