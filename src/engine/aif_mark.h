
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Marks: what tells the texts of a batch apart where a dialect answers with a
 * bare array.
 */


#ifndef _AIF_MARK_H_INCLUDED_
#define _AIF_MARK_H_INCLUDED_


#include "engine/aif_engine.h"


/* Far above a source's own placeholders, and still placeholders. */

#define AIF_MARK_FIRST  1000
#define AIF_MARK_LAST   9999


/*
 * aif_mark_put() gives the texts of a batch as they are to be sent, in the
 * arena: each of several inside <gN>, a single one as it is.  AIF_OK,
 * AIF_NOMEM, or AIF_LIMIT if the service is known not to keep marks and these
 * are several.
 *
 * aif_mark_take() makes targets of as many texts as there are items, in their
 * order (data NULL: none): data NULL for one that doesn't come inside the mark
 * it was sent in.  AIF_OK, AIF_NOMEM, or AIF_LIMIT if there are texts and none
 * is where it belongs.  If all are there and none has any mark, that is AIF_OK
 * without targets, and "unmarked" is set.
 */

int aif_mark_put(const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_str_t *texts);
int aif_mark_take(aif_engine_batch_t *batch, const aif_str_t *texts,
    aif_arena_t *a);


#endif /* _AIF_MARK_H_INCLUDED_ */
