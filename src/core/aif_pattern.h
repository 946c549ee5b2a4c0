
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Patterns of the administrator's (PCRE2) over texts that are anybody's: what
 * a match may cost is bounded.
 */


#ifndef _AIF_PATTERN_H_INCLUDED_
#define _AIF_PATTERN_H_INCLUDED_


#include "core/aif.h"


#define AIF_PATTERN_MAX_LENGTH   4096     /* bytes of a pattern */
#define AIF_PATTERN_MAX_SUBJECT  32768    /* bytes of a text */
#define AIF_PATTERN_MAX_ERROR    128      /* bytes, with its end */


/*
 * PCRE2 counts a match's steps anew at each place where it may begin, so that
 * what one call may cost grows with the text.  WORK is what all places of a
 * text share, MATCH what one has at most and LEAST what it has in any case.
 */

#define AIF_PATTERN_WORK         2000000  /* steps */
#define AIF_PATTERN_MATCH        20000
#define AIF_PATTERN_LEAST        500
#define AIF_PATTERN_DEPTH        20000    /* nested choices */
#define AIF_PATTERN_HEAP         4096     /* KiB */


typedef struct aif_pattern_s  aif_pattern_t;


typedef struct {
    aif_pattern_t  *pattern;
    aif_str_t       subject;
    size_t          start;       /* of the match: offsets in the subject */
    size_t          end;
    unsigned        checked:1;   /* the subject is UTF-8 */
} aif_pattern_scan_t;


/*
 * aif_pattern_create() compiles a pattern in UTF mode, with \w, \d and \b by
 * Unicode's properties.  AIF_OK; AIF_BAD:
 * "error" (AIF_PATTERN_MAX_ERROR bytes, one NUL-terminated line) says what is
 * wrong and *at where; AIF_NOMEM.  What it needs is PCRE2's, from malloc(),
 * and given back by aif_pattern_destroy(), which takes NULL.  A process that
 * forks may use it on both sides; a pattern is not thread safe.
 *
 * aif_pattern_scan() begins at the head of a text, aif_pattern_next() finds
 * the matches from left to right; none overlaps another or is empty.
 *
 *     AIF_OK      start and end are set
 *     AIF_DONE    there is no other match
 *     AIF_LIMIT   a limit was reached: nothing is known of the rest
 *     AIF_BAD     the text is no UTF-8
 *     AIF_NOMEM
 *
 * After anything but AIF_OK the scan is over.  A text costs less than a
 * thousandth of a second as a rule, and never more than all its places at the
 * least limit.
 */

int aif_pattern_create(const aif_str_t *text, aif_pattern_t **pattern,
    char *error, size_t *at);
void aif_pattern_destroy(aif_pattern_t *pattern);
void aif_pattern_scan(aif_pattern_scan_t *scan, aif_pattern_t *pattern,
    const aif_str_t *subject);
int aif_pattern_next(aif_pattern_scan_t *scan);


#endif /* _AIF_PATTERN_H_INCLUDED_ */
