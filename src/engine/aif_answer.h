
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a chat model wrote, to the targets of a batch.
 */


#ifndef _AIF_ANSWER_H_INCLUDED_
#define _AIF_ANSWER_H_INCLUDED_


#include "engine/aif_engine.h"


#define AIF_ANSWER_FIRST_ID   203
#define AIF_ANSWER_ID_STEP    7

/* under which the i-th text of a batch is asked for */

#define aif_answer_id(i)  (AIF_ANSWER_FIRST_ID + AIF_ANSWER_ID_STEP * (i))


/*
 * aif_answer_read() sets the targets, which were empty, from the content that
 * answers the batch's prompt; "cut": the engine stopped at its limit.  Returns
 * as parse() does (aif_engine.h).  The content may be changed, and must stay
 * as long as the targets.
 */

int aif_answer_read(aif_engine_batch_t *batch, aif_str_t *content, int cut,
    aif_arena_t *a);


#endif /* _AIF_ANSWER_H_INCLUDED_ */
