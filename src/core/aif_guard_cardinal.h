
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Words that say a number, and how a language puts them together.  Only
 * aif_guard_count.c, aif_guard_cardinal.c and aif_guard_numeral.c include it.
 */


#ifndef _AIF_GUARD_CARDINAL_H_INCLUDED_
#define _AIF_GUARD_CARDINAL_H_INCLUDED_


#include "core/aif_guard_facts.h"


#define AIF_COUNT_MAX_WORD  80       /* bytes; longer words are no numbers */

#define AIF_COUNT_COMPOUND  1        /* one word may be many numbers */
#define AIF_COUNT_REVERSE   2        /* five and twenty */
#define AIF_COUNT_TEENS     4        /* three ten */
#define AIF_COUNT_SCORE     8        /* sixty-twelve, four-twenty */
#define AIF_COUNT_CAPITAL   16       /* days and months have one */
#define AIF_COUNT_ARTICLES  32       /* thirty and a */
#define AIF_COUNT_PREFIX    64       /* anything may follow in the word */


typedef enum {
    AIF_COUNT_NUMBER = 0,
    AIF_COUNT_TIMES,                 /* a hundred, a thousand, a dozen */
    AIF_COUNT_JOIN,                  /* and */
    AIF_COUNT_ARTICLE,
    AIF_COUNT_EACH,                  /* behind it an article is no number */
    AIF_COUNT_TAIL,                  /* goes on in the same word */
    AIF_COUNT_HALF,
    AIF_COUNT_DAY,
    AIF_COUNT_MONTH
} aif_guard_count_e;


#define AIF_COUNT_HOME     1         /* of no meaning in other languages */
#define AIF_COUNT_MEASURE  2         /* a number only before a measure */
#define AIF_COUNT_PART     4         /* only with more behind it */


#define aif_cardinal_kind(kind)  (1u << (kind))

#define AIF_COUNT_CARDINAL                                                    \
    (aif_cardinal_kind(AIF_COUNT_NUMBER) | aif_cardinal_kind(AIF_COUNT_TIMES))


typedef struct {
    const char  *text;               /* in lower case */
    uint8_t      len;
    uint8_t      kind;               /* aif_guard_count_e */
    uint8_t      flags;
    uint32_t     value;
} aif_guard_count_t;


typedef struct {
    const char               *name;         /* NULL: the last one */
    unsigned                  flags;
    const aif_guard_count_t  *words;
    size_t                    nwords;
} aif_cardinal_language_t;


/* A word in lower case; its bytes are as many as those of the text. */

typedef struct {
    const u_char  *start;
    const u_char  *end;
    size_t         len;          /* 0: none, or too long */
    u_char         text[AIF_COUNT_MAX_WORD];
} aif_cardinal_word_t;


/* A number that is being put together: total + group. */

typedef struct {
    uint64_t  total;
    uint64_t  group;
    uint64_t  times;        /* the last of total's, or 0 */
    unsigned  parts;
    unsigned                   measure:1;    /* the last one needs one */
    unsigned                   tail:2;       /* 1: of time, 2: another */
} aif_cardinal_sum_t;


extern const aif_cardinal_language_t  aif_cardinal_languages[];


/*
 * aif_cardinal_word() reads the word at p; aif_cardinal_next() is where the one
 * behind it begins, if only a blank or hyphen parts them, or NULL.
 * aif_cardinal_find() looks up a word of these kinds.
 *
 * aif_cardinal_part() adds a word to the sum, whose part in the text ends at
 * *last: 1; or 0: it is no number, or doesn't go on with the one there is.
 *
 * aif_cardinal_measure() is the unit or currency behind p, or NULL;
 * aif_cardinal_time(): is it one of time, of an hour or longer?
 *
 * aif_guard_numeral...(): the same for numerals of Chinese, Japanese and
 * Korean: is there one (1: a digit, 2: a power of ten); the end of the number
 * that begins at p, in a text, or NULL; may one begin there?
 */

const aif_cardinal_language_t *aif_cardinal_language(const aif_str_t *tag);
int aif_cardinal_is_letter(const u_char *p, const u_char *end);
int aif_cardinal_is_cluster(const u_char *p);
void aif_cardinal_word(aif_cardinal_word_t *w, const u_char *p,
    const u_char *end);
const u_char *aif_cardinal_next(const aif_cardinal_word_t *w,
    const u_char *end);
const aif_guard_count_t *aif_cardinal_find(const aif_cardinal_language_t *l,
    const u_char *p, size_t len, unsigned kinds);
int aif_cardinal_is(const aif_guard_count_t *c, const u_char *p, size_t len);
int aif_cardinal_part(const aif_cardinal_language_t *l, aif_cardinal_sum_t *sum,
    const aif_cardinal_word_t *w, unsigned joined, const u_char **last);
const aif_guard_word_t *aif_cardinal_measure(const aif_guard_locale_t *l,
    const u_char *p, const u_char *end);
int aif_cardinal_time(const aif_guard_word_t *w);

int aif_guard_numeral_at(const u_char *p, const u_char *end,
    uint64_t *value);
const u_char *aif_guard_numeral(const aif_guard_locale_t *l,
    const u_char *text, const u_char *p, const u_char *end, uint64_t *value);
int aif_guard_numeral_opens(const u_char *p, const u_char *end, int whole);


#endif /* _AIF_GUARD_CARDINAL_H_INCLUDED_ */
