
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Regular expressions, the only file that knows PCRE2.  It refuses patterns
 * that could cut a character in two (\C) and texts that are no UTF-8, and it
 * gives up on a text, it never hangs.  ai_protect, ai_mask and whoever else
 * has a pattern of the administrator's may call it.
 *
 * The interpreter counts its steps, the depth of its choices and its memory,
 * but not over the places at which an unanchored match is tried: see
 * aif_pattern.h.  Machine code is faster and counts only some of that: a text
 * of 8 kB took 70 ms and no limit was reached, so it isn't used.
 */


#include "core/aif_pattern.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH  8
#include <pcre2.h>


struct aif_pattern_s {
    pcre2_code           *code;
    pcre2_match_context  *context;
    pcre2_match_data     *data;
};


static int aif_pattern_compile(aif_pattern_t *p, const aif_str_t *text,
    char *error, size_t *at);
static int aif_pattern_prepare(aif_pattern_t *p);
static int aif_pattern_fault(int rc);


int
aif_pattern_create(const aif_str_t *text, aif_pattern_t **pattern,
    char *error, size_t *at)
{
    int             rc;
    aif_pattern_t  *p;

    *at = 0;
    error[0] = '\0';

    p = calloc(1, sizeof(aif_pattern_t));
    if (p == NULL) {
        return AIF_NOMEM;
    }

    rc = aif_pattern_compile(p, text, error, at);

    if (rc == AIF_OK) {
        rc = aif_pattern_prepare(p);
    }

    if (rc != AIF_OK) {
        aif_pattern_destroy(p);
        return rc;
    }

    *pattern = p;

    return AIF_OK;
}


static int
aif_pattern_compile(aif_pattern_t *p, const aif_str_t *text, char *error,
    size_t *at)
{
    int                     number;
    uint32_t                options;
    PCRE2_SIZE              offset;
    pcre2_compile_context  *context;

    context = pcre2_compile_context_create(NULL);
    if (context == NULL) {
        return AIF_NOMEM;
    }

    pcre2_set_max_pattern_length(context, AIF_PATTERN_MAX_LENGTH);

    /* a loop that was made possessive is a single step to the limits */

    options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C
              | PCRE2_NO_AUTO_POSSESS;

    p->code = pcre2_compile(text->data, text->len, options, &number, &offset,
                            context);

    pcre2_compile_context_free(context);

    if (p->code != NULL) {
        return AIF_OK;
    }

    if (number == PCRE2_ERROR_HEAP_FAILED || number == PCRE2_ERROR_NOMEMORY) {
        return AIF_NOMEM;
    }

    /* a message too long for the room is cut, and ends */

    (void) pcre2_get_error_message(number, (PCRE2_UCHAR *) error,
                                   AIF_PATTERN_MAX_ERROR);

    *at = offset < text->len ? offset : text->len;

    return AIF_BAD;
}


static int
aif_pattern_prepare(aif_pattern_t *p)
{
    p->context = pcre2_match_context_create(NULL);
    p->data = pcre2_match_data_create(1, NULL);

    if (p->context == NULL || p->data == NULL) {
        return AIF_NOMEM;
    }

    pcre2_set_depth_limit(p->context, AIF_PATTERN_DEPTH);
    pcre2_set_heap_limit(p->context, AIF_PATTERN_HEAP);

    return AIF_OK;
}


void
aif_pattern_destroy(aif_pattern_t *p)
{
    if (p == NULL) {
        return;
    }

    /* all of them take NULL */

    pcre2_match_data_free(p->data);
    pcre2_match_context_free(p->context);
    pcre2_code_free(p->code);

    free(p);
}


void
aif_pattern_scan(aif_pattern_scan_t *scan, aif_pattern_t *pattern,
    const aif_str_t *subject)
{
    scan->pattern = pattern;
    scan->subject = *subject;
    scan->start = 0;
    scan->end = 0;
    scan->checked = 0;

    /* PCRE2 takes no NULL for an empty text in all of its versions */

    if (subject->len == 0) {
        scan->subject.data = (u_char *) "";
    }
}


int
aif_pattern_next(aif_pattern_scan_t *scan)
{
    int             rc;
    size_t          left, limit;
    uint32_t        options;
    PCRE2_SIZE     *offset;
    aif_pattern_t  *p;

    if (scan->subject.len > AIF_PATTERN_MAX_SUBJECT) {
        return AIF_LIMIT;
    }

    p = scan->pattern;

    left = scan->subject.len - scan->end + 1;
    limit = AIF_PATTERN_WORK / left;

    if (limit > AIF_PATTERN_MATCH) {
        limit = AIF_PATTERN_MATCH;

    } else if (limit < AIF_PATTERN_LEAST) {
        limit = AIF_PATTERN_LEAST;
    }

    pcre2_set_match_limit(p->context, limit);

    options = PCRE2_NOTEMPTY;

    if (scan->checked) {
        options |= PCRE2_NO_UTF_CHECK;
    }

    rc = pcre2_match(p->code, scan->subject.data, scan->subject.len,
                     scan->end, options, p->data, p->context);

    if (rc < 0) {
        return aif_pattern_fault(rc);
    }

    scan->checked = 1;

    /* 0: there are groups, and only the whole match is asked for */

    offset = pcre2_get_ovector_pointer(p->data);

    /* \K in an assertion may put the start anywhere */

    if (offset[0] < scan->end || offset[1] <= offset[0]
        || offset[1] > scan->subject.len)
    {
        return AIF_LIMIT;
    }

    scan->start = offset[0];
    scan->end = offset[1];

    return AIF_OK;
}


static int
aif_pattern_fault(int rc)
{
    if (rc == PCRE2_ERROR_NOMATCH) {
        return AIF_DONE;
    }

    if (rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21) {
        return AIF_BAD;
    }

    switch (rc) {

    case PCRE2_ERROR_NOMEMORY:
        return AIF_NOMEM;

    case PCRE2_ERROR_BADUTFOFFSET:
        return AIF_BAD;

    default:

        /* MATCHLIMIT, DEPTHLIMIT, HEAPLIMIT, RECURSELOOP */

        return AIF_LIMIT;
    }
}
