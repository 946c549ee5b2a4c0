
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A stretch of the page's text and its canonical form (aif_segment.h).
 */


#ifndef _AIF_SEGMENT_TEXT_H_INCLUDED_
#define _AIF_SEGMENT_TEXT_H_INCLUDED_


#include "core/aif.h"


#define AIF_SEGMENT_TEXT_REFS   0x01     /* has an "&" */
#define AIF_SEGMENT_TEXT_ANGLE  0x02     /* has a "<" or ">" */
#define AIF_SEGMENT_TEXT_FOLD   0x04     /* has white space to fold */
#define AIF_SEGMENT_TEXT_HIGH   0x08     /* has characters beyond ASCII */
#define AIF_SEGMENT_TEXT_BAD    0x10     /* malformed UTF-8, or characters that
                                            a text must not have */

/* A stretch with none of these is canonical as it stands. */

#define AIF_SEGMENT_TEXT_COPY                                                 \
    (AIF_SEGMENT_TEXT_REFS|AIF_SEGMENT_TEXT_ANGLE|AIF_SEGMENT_TEXT_FOLD)


/*
 * "attribute" applies the rule for references in attribute values.  "limit" is
 * the end of the memory that "p" lies in: up to there bytes may be read, which
 * makes short texts faster.
 *
 * aif_segment_text_skip() is the first byte that isn't white space (HTML's
 * five), or end.
 *
 * aif_segment_text_trim() moves both ends inward over white space and no-break
 * spaces, also written as references that end with ";".
 *
 * aif_segment_text_scan() returns AIF_SEGMENT_TEXT_... bits and the number of
 * letters.
 *
 * aif_segment_text_write() appends the canonical form of a stretch that was
 * scanned to flags; returns the new end, or NULL if dst_end is reached.
 */

const u_char *aif_segment_text_skip(const u_char *p, const u_char *end,
    const u_char *limit);
void aif_segment_text_trim(const u_char **start, const u_char **end,
    int attribute);
unsigned aif_segment_text_scan(const u_char *p, const u_char *end,
    const u_char *limit, int attribute, uint32_t *letters);
u_char *aif_segment_text_write(u_char *dst, const u_char *dst_end,
    const u_char *p, const u_char *end, unsigned flags, int attribute);


#define aif_segment_text_is_space(ch)                                         \
    ((ch) == ' ' || (ch) == '\n' || (ch) == '\t' || (ch) == '\r'              \
     || (ch) == '\f')


#endif /* _AIF_SEGMENT_TEXT_H_INCLUDED_ */
