
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a person reads of a canonical text (aif_segment.h): without the inline
 * tags, references decoded, and where each byte of it stands in the text.
 */


#ifndef _AIF_PLAIN_H_INCLUDED_
#define _AIF_PLAIN_H_INCLUDED_


#include "core/aif.h"


typedef struct {
    u_char     *text;
    size_t      len;
    uint32_t   *from;     /* for each byte: where in the canonical text what */
    uint32_t   *to;       /* it stands for begins and ends */
} aif_plain_t;


/*
 * aif_plain_make() makes the plain form in the arena: AIF_OK, AIF_NOMEM, or
 * AIF_LIMIT for a text that is too long to be counted.  A single placeholder
 * <xN/> becomes a line feed, or, if "joined", nothing: whether it is a line
 * break or a comment in the middle of a word is not to be known.  What is not
 * canonical stays as it is.
 *
 * aif_plain_joint(): a tag stood before the byte i.
 */

int aif_plain_make(const aif_str_t *text, int joined, aif_arena_t *a,
    aif_plain_t *plain);

#define aif_plain_joint(plain, i)                                             \
    ((i) != 0 && (plain)->from[i] != (plain)->to[(i) - 1])


/*
 * aif_plain_tag(): the length of the placeholder at p, 0 if there is none;
 * *id is its number, *kind 'g', 'x' or '/'.
 */

size_t aif_plain_tag(const u_char *p, const u_char *last, unsigned *id,
    u_char *kind);


#endif /* _AIF_PLAIN_H_INCLUDED_ */
