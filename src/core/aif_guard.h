
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock: what a translation must not lose or add.  Both texts are
 * canonical (aif_segment.h).  A text that passes is safe to store: well-formed
 * UTF-8, no control characters, placeholders exactly the source's.
 */


#ifndef _AIF_GUARD_H_INCLUDED_
#define _AIF_GUARD_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_pattern.h"


typedef enum {
    AIF_GUARD_NONE = 0,
    AIF_GUARD_EMPTY,         /* nothing came back */
    AIF_GUARD_UTF8,          /* malformed UTF-8 */
    AIF_GUARD_CONTROL,       /* control, bidi override or NUL characters */
    AIF_GUARD_MARKUP,        /* not canonical: a tag or entity of its own */
    AIF_GUARD_TAGS,          /* placeholder lost, added or wrongly nested */
    AIF_GUARD_NUMBER,        /* number lost, added or changed (by value) */
    AIF_GUARD_CURRENCY,      /* currency lost, added or changed */
    AIF_GUARD_UNIT,          /* unit or per cent lost, added or changed */
    AIF_GUARD_CODE,          /* AB-1234/X */
    AIF_GUARD_URL,
    AIF_GUARD_EMAIL,
    AIF_GUARD_PLACEHOLDER,   /* {x} {{x}} %s %1$s ${x} :x %{x} */
    AIF_GUARD_LENGTH,        /* far too long or too short */
    AIF_GUARD_PROTECTED,     /* what a pattern of ai_protect found */
    AIF_GUARD_MASK,          /* what was masked could not be put back */
    AIF_GUARD_MATERIAL,      /* of texts written from facts: a material, */
    AIF_GUARD_CERTIFICATE,   /* a certificate or test, */
    AIF_GUARD_OFFER,         /* a discount, gift or term, */
    AIF_GUARD_ORIGIN,        /* a country, */
    AIF_GUARD_NAME,          /* or a name that the facts don't have, */
    AIF_GUARD_FORBIDDEN,     /* or what law forbids to say */
    AIF_GUARD_SUPPORT,       /* of a summary: counts, or claims that what it
                                is of doesn't support */
    AIF_GUARD_COUNT
} aif_guard_fault_e;


typedef struct {
    aif_guard_fault_e   kind;
    aif_str_t           fact;     /* which: inside source or target, or in
                                     the arena; may be empty */
    unsigned            added:1;  /* the target has it, the source has not */
} aif_guard_fault_t;


/* What a text names besides numbers. */

typedef struct {
    unsigned            days;       /* bits: 1 << 1 is Monday */
    unsigned            months;     /* bits: 1 << 1 is January */
    unsigned            half:1;     /* "half" */
    unsigned            words:1;    /* numbers in words, now in digits */
} aif_guard_named_t;


/*
 * aif_guard_check() returns AIF_OK, or AIF_BAD with *fault set.  source and
 * target locale (BCP 47) decide how numbers may be written (1,234.5 and
 * 1.234,5 are one value) and how long a text may become.  No allocation;
 * bounded work: texts over AIF_GUARD_MAX_TEXT bytes or with more than
 * AIF_GUARD_MAX_FACTS facts are rejected with AIF_GUARD_LENGTH.
 *
 * aif_guard_protect() looks for the administrator's further facts: AIF_OK;
 * AIF_BAD, with *fault set; AIF_LIMIT or AIF_NOMEM: of the source it could not
 * be known what must survive, so it is not to be sent.  With "target" NULL it
 * tells only that.  The same limits; matches are found in the plain form of
 * the texts (aif_plain.h).
 *
 * aif_guard_invent() is for a text that was written from facts (one line or
 * several each): every number, date, code and address in it must be among
 * them, or in "machine", which has numbers as in "en-US"; with its unit and
 * currency, however often; there are no placeholders.  AIF_OK, or AIF_BAD with
 * *fault set.  The same limits, no allocation.  The text is on one line.
 *
 * aif_guard_count_write() appends a text to b with digits in place of number
 * words, and says what it names; "source": "one" is a number there whatever
 * follows, and "Monday to Friday" is five days.  AIF_OK or AIF_NOMEM.
 *
 * aif_guard_count_begins(): where in a word (no blank), with the one before it,
 * something begins that aif_guard_count_write() writes or names; or, if the
 * word is not whole, may begin; else its end.
 *
 * aif_guard_name(): short stable name of a kind for counters ("number").
 */

#define AIF_GUARD_MAX_TEXT   32768
#define AIF_GUARD_MAX_FACTS  256

int aif_guard_check(const aif_str_t *source, const aif_str_t *target,
    const aif_str_t *source_locale, const aif_str_t *target_locale,
    aif_guard_fault_t *fault);
int aif_guard_protect(const aif_str_t *source, const aif_str_t *target,
    aif_pattern_t **patterns, size_t n, aif_arena_t *a,
    aif_guard_fault_t *fault);
int aif_guard_invent(const aif_str_t *facts, const aif_str_t *machine,
    const aif_str_t *text, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_guard_fault_t *fault);
int aif_guard_count_write(const aif_str_t *text, const aif_str_t *locale,
    int source, aif_buf_t *b, aif_guard_named_t *named);
const u_char *aif_guard_count_begins(const aif_str_t *text,
    const aif_str_t *before, const aif_str_t *locale, int whole);
const char *aif_guard_name(aif_guard_fault_e kind);


#endif /* _AIF_GUARD_H_INCLUDED_ */
