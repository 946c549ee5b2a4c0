
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the files of the fact lock share: a text's facts and how they are
 * found.  Nobody but aif_guard*.c and its tests may include it.
 */


#ifndef _AIF_GUARD_FACTS_H_INCLUDED_
#define _AIF_GUARD_FACTS_H_INCLUDED_


#include "core/aif_guard.h"


#define AIF_GUARD_MAX_TAGS  64       /* AIF_SEGMENT_MAX_TAGS */


typedef enum {
    AIF_UNIT_NONE = 0,
    AIF_UNIT_MM, AIF_UNIT_CM, AIF_UNIT_DM, AIF_UNIT_M, AIF_UNIT_KM,
    AIF_UNIT_UM, AIF_UNIT_NM, AIF_UNIT_IN, AIF_UNIT_FT, AIF_UNIT_YD,
    AIF_UNIT_M2, AIF_UNIT_CM2, AIF_UNIT_MM2, AIF_UNIT_KM2, AIF_UNIT_M3,
    AIF_UNIT_CM3, AIF_UNIT_FT2, AIF_UNIT_MG, AIF_UNIT_UG, AIF_UNIT_G,
    AIF_UNIT_KG, AIF_UNIT_T, AIF_UNIT_LB, AIF_UNIT_OZ, AIF_UNIT_FLOZ,
    AIF_UNIT_ML, AIF_UNIT_CL, AIF_UNIT_DL, AIF_UNIT_L, AIF_UNIT_GAL,
    AIF_UNIT_W, AIF_UNIT_KW, AIF_UNIT_KWH, AIF_UNIT_WH, AIF_UNIT_MW,
    AIF_UNIT_MILLIW, AIF_UNIT_V, AIF_UNIT_KV, AIF_UNIT_MV, AIF_UNIT_A,
    AIF_UNIT_MA, AIF_UNIT_AH, AIF_UNIT_MAH, AIF_UNIT_VA, AIF_UNIT_OHM,
    AIF_UNIT_HZ, AIF_UNIT_KHZ, AIF_UNIT_MHZ, AIF_UNIT_GHZ, AIF_UNIT_KB,
    AIF_UNIT_MB, AIF_UNIT_GB, AIF_UNIT_TB, AIF_UNIT_MBPS, AIF_UNIT_GBPS,
    AIF_UNIT_MBS, AIF_UNIT_GBS, AIF_UNIT_KBPS, AIF_UNIT_MP, AIF_UNIT_PX,
    AIF_UNIT_DPI, AIF_UNIT_PPI, AIF_UNIT_LM, AIF_UNIT_LX, AIF_UNIT_NIT,
    AIF_UNIT_DB, AIF_UNIT_RPM, AIF_UNIT_PSI, AIF_UNIT_PA, AIF_UNIT_HPA,
    AIF_UNIT_NEWTONM, AIF_UNIT_KJ, AIF_UNIT_KCAL, AIF_UNIT_PERCENT,
    AIF_UNIT_PERMILLE, AIF_UNIT_DEG, AIF_UNIT_C, AIF_UNIT_FAHRENHEIT,
    AIF_UNIT_MPH, AIF_UNIT_KMH, AIF_UNIT_MPS, AIF_UNIT_H, AIF_UNIT_MIN,
    AIF_UNIT_SEC, AIF_UNIT_MSEC, AIF_UNIT_GSM, AIF_UNIT_BAR, AIF_UNIT_MI,
    AIF_UNIT_DAY, AIF_UNIT_WEEK, AIF_UNIT_MONTH, AIF_UNIT_YEAR,
    AIF_UNIT_CARAT,
    AIF_UNIT_COUNT
} aif_guard_unit_e;


/*
 * DOLLAR is the bare sign, DOLLARS the word, USD what says that it is the
 * United States'.  YEN is the sign that Japan and China share, CROWN "kr".
 */

typedef enum {
    AIF_MONEY_NONE = 0,
    AIF_MONEY_DOLLAR, AIF_MONEY_CENT, AIF_MONEY_EURO, AIF_MONEY_STERLING,
    AIF_MONEY_YEN, AIF_MONEY_RUPEE, AIF_MONEY_ROUBLE, AIF_MONEY_WON,
    AIF_MONEY_LIRA, AIF_MONEY_SHEKEL, AIF_MONEY_DONG, AIF_MONEY_BAHT,
    AIF_MONEY_PESO, AIF_MONEY_HRYVNIA, AIF_MONEY_NAIRA, AIF_MONEY_TENGE,
    AIF_MONEY_ZLOTY, AIF_MONEY_CROWN, AIF_MONEY_KORUNA, AIF_MONEY_LEV,
    AIF_MONEY_USD, AIF_MONEY_CAD, AIF_MONEY_AUD, AIF_MONEY_NZD, AIF_MONEY_HKD,
    AIF_MONEY_TWD, AIF_MONEY_SGD, AIF_MONEY_MXN, AIF_MONEY_BRL, AIF_MONEY_JPY,
    AIF_MONEY_CNY, AIF_MONEY_SEK, AIF_MONEY_NOK, AIF_MONEY_DKK,
    AIF_MONEY_FORINT, AIF_MONEY_CHF, AIF_MONEY_RON, AIF_MONEY_AED,
    AIF_MONEY_SAR, AIF_MONEY_EGP, AIF_MONEY_MAD, AIF_MONEY_QAR, AIF_MONEY_KWD,
    AIF_MONEY_ZAR, AIF_MONEY_MYR, AIF_MONEY_IDR, AIF_MONEY_ARS, AIF_MONEY_CLP,
    AIF_MONEY_COP, AIF_MONEY_DOLLARS,
    AIF_MONEY_OTHER            /* a currency sign of no name here */
} aif_guard_money_e;


/* How a word stands to a number: see aif_guard_words.h. */

typedef enum {
    AIF_GUARD_WORD_HARD  = 0x001,
    AIF_GUARD_WORD_FIRM  = 0x002,
    AIF_GUARD_WORD_SOFT  = 0x004,
    AIF_GUARD_WORD_BEFORE = 0x008,
    AIF_GUARD_WORD_CODE  = 0x010,
    AIF_GUARD_WORD_NAME  = 0x020,
    AIF_GUARD_WORD_MONTH = 0x040,
    AIF_GUARD_WORD_COUNT = 0x080,
    AIF_GUARD_WORD_TIMES = 0x100,
    AIF_GUARD_WORD_CLOCK = 0x200,
    AIF_GUARD_WORD_MINUS = 0x400,
    AIF_GUARD_WORD_ENDING = 0x800,
    AIF_GUARD_WORD_ORDINAL = 0x1000,
    AIF_GUARD_WORD_HOUR = 0x2000,
    AIF_GUARD_WORD_LINK = 0x4000
} aif_guard_word_e;

#define AIF_GUARD_WORD_UNIT                                                   \
    (AIF_GUARD_WORD_HARD | AIF_GUARD_WORD_FIRM | AIF_GUARD_WORD_SOFT)
#define AIF_GUARD_WORD_MONEY                                                  \
    (AIF_GUARD_WORD_CODE | AIF_GUARD_WORD_NAME)
#define AIF_GUARD_WORD_AFTER                                                  \
    (AIF_GUARD_WORD_UNIT | AIF_GUARD_WORD_MONEY | AIF_GUARD_WORD_TIMES        \
     | AIF_GUARD_WORD_CLOCK | AIF_GUARD_WORD_MONTH)


typedef struct {
    const char  *text;
    uint8_t      len;
    uint16_t     how;          /* aif_guard_word_e */
    uint8_t      id;           /* unit, money or number */
} aif_guard_word_t;


typedef enum {
    AIF_GUARD_DMY = 0,
    AIF_GUARD_MDY,
    AIF_GUARD_DMY_OR_MDY       /* "en" alone */
} aif_guard_order_e;


/* What a locale says about the way in which facts are written. */

typedef struct {
    const aif_guard_word_t  *words;      /* NULL: no table for the language */
    uint16_t                 nwords;
    u_char                   decimal;    /* "," or "." */
    uint8_t                  order;      /* aif_guard_order_e */
    uint8_t                  yen;        /* aif_guard_money_e for its sign */
    unsigned                 dollar:1;   /* "$" may be the United States' */
    unsigned                 capital:1;  /* months begin with a capital */
    unsigned                 clusters:1; /* no blanks between words */
} aif_guard_locale_t;


typedef enum {
    AIF_FACT_NUMBER = 0,
    AIF_FACT_FRACTION,         /* 1/2, 24/7: value = 1000 * first + second */
    AIF_FACT_DATE,             /* value = 10000 * year + 100 * month + day */
    AIF_FACT_MONTH,            /* a month's name or number, beside a number */
    AIF_FACT_MONEY,            /* a currency sign without a number */
    AIF_FACT_CODE,             /* from here on compared by bytes */
    AIF_FACT_URL,
    AIF_FACT_EMAIL,
    AIF_FACT_PLACEHOLDER,
    AIF_FACT_MARKUP,           /* &lt; &gt; and what looks like an entity */
    AIF_FACT_COUNT
} aif_guard_fact_e;


#define AIF_GUARD_UPPER   0x01       /* aif_guard_token_class() */
#define AIF_GUARD_LOWER   0x02
#define AIF_GUARD_NUMERAL 0x04

#define AIF_GUARD_ALPHA   (AIF_GUARD_UPPER | AIF_GUARD_LOWER)
#define AIF_GUARD_ALNUM   (AIF_GUARD_ALPHA | AIF_GUARD_NUMERAL)


#define AIF_FACT_NEGATIVE    0x0001
#define AIF_FACT_FIRM        0x0002      /* the unit is a name, */
#define AIF_FACT_SOFT        0x0004      /* or an ordinary word, */
#define AIF_FACT_WEAK        0x0008      /* or only likely */
#define AIF_FACT_NAME        0x0010      /* the currency is a word, */
#define AIF_FACT_WEAK_MONEY  0x0020      /* or only likely */
#define AIF_FACT_WORD        0x0040      /* a word of no table follows */
#define AIF_FACT_OPTIONAL    0x0080      /* minutes of a full hour */
#define AIF_FACT_JOIN        0x0100      /* may continue the number before */
#define AIF_FACT_PM          0x0200
#define AIF_FACT_AM          0x0400
#define AIF_FACT_DIGITS      0x0800      /* a month written as a number */
#define AIF_FACT_EITHER      0x1000      /* a date: day and month may change */
#define AIF_FACT_ORDINAL     0x2000      /* 1st */
#define AIF_FACT_USED        0x8000


typedef struct {
    uint64_t    value;         /* a hash for what is compared by bytes */
    uint32_t    start;         /* offsets, with sign, currency and unit */
    uint32_t    end;
    uint32_t    first;         /* where the digits are */
    uint32_t    last;
    uint16_t    flags;
    uint8_t     kind;          /* aif_guard_fact_e */
    uint8_t     scale;         /* digits of the value behind the point */
    uint8_t     digits;        /* before the first separator */
    uint8_t     zeros;         /* leading ones, where they count */
    uint8_t     times;         /* power of ten from a word */
    uint8_t     unit;
    uint8_t     money;
} aif_guard_fact_t;


typedef struct {
    uint32_t    start;         /* of the (opening) tag; end of it */
    uint32_t    end;
    u_char      kind;          /* 'g', 'x' or 0 */
    uint8_t     parent;        /* 0: none */
    uint8_t     closed;
    uint8_t     filled;        /* there is something in it */
} aif_guard_tag_t;


typedef struct {
    const u_char              *text;
    const u_char              *end;
    const u_char              *floor;       /* facts before it are complete */
    const aif_guard_locale_t  *locale;
    const u_char              *before;      /* where the number is that a */
    const u_char              *before_start;     /* sign announced, and */
    uint8_t                    before_money;     /* which sign */
    uint8_t                    before_unit;
    uint8_t                    fault;       /* aif_guard_fault_e */
    uint8_t                    tag;         /* the one that is open, or 0 */
    uint8_t                    quote;       /* '"' is open */
    uint8_t                    curly;       /* U+201C is open */
    const u_char              *fault_start;
    const u_char              *fault_end;
    size_t                     n;
    size_t                     ntags;
    size_t                     width;       /* tenths of a Latin letter */
    size_t                     replaced;    /* U+FFFD and the like */
    size_t                     work;        /* steps taken, for the tests */
    aif_guard_tag_t            tags[AIF_GUARD_MAX_TAGS + 1];
    aif_guard_fact_t           facts[AIF_GUARD_MAX_FACTS];
} aif_guard_facts_t;


#define aif_guard_free(fact)  (((fact)->flags & AIF_FACT_USED) == 0)


typedef struct {
    aif_guard_facts_t  *s;
    aif_guard_facts_t  *t;
    uint8_t             none[2][AIF_MONEY_OTHER + 1];  /* none stands apart */
} aif_guard_pair_t;


/*
 * aif_guard_match() pairs the numbers, dates and currencies of source and
 * target; AIF_BAD: *fault is set.
 *
 * aif_guard_pair_...(pair, a, b) is 1 if the source's fact a and the target's
 * b are the same: exactly, as another locale writes it, in another form (5 pm
 * and 17), by value alone, by currency alone.
 *
 * aif_guard_locale() reads a tag; it never fails: what is not known is
 * treated like a language with a decimal comma and no words.
 *
 * aif_guard_scan() finds a text's facts.  AIF_BAD: fault, fault_start and
 * fault_end say why the text is not fit.  "source" tolerates control
 * characters, which are the page's.
 *
 * aif_guard_token_...() and aif_guard_amount_...() take the token at p, where
 * the scanner stopped, and return where to go on, always behind p; they set
 * f->fault to AIF_GUARD_LENGTH if there is no room for a fact.
 * aif_guard_token_add() adds a fact whose bytes are from start to last,
 * aif_guard_token_drop() takes back what was found behind start, since it
 * turned out to be part of something else.
 *
 * aif_guard_affix_after() finds what belongs to the number that ends at last,
 * a month's name in *month and *at, and returns where it ends.
 * aif_guard_affix_gap() skips inline tags and one blank among them,
 * aif_guard_affix_blank() is the length of a blank at p (before p), 0 if none;
 * aif_guard_affix_at_digit() says whether a number begins at p.
 *
 * aif_guard_number() reads the number, date or fraction at p, which is at a
 * digit, sets value, scale, zeros, kind, may set EITHER in flags, and returns
 * where it ends; "single" keeps it from looking behind the first run of digits.
 * A number of more than 18 digits becomes a code.  aif_guard_digit() is the
 * value of the digit at p and its length, or -1.
 *
 * aif_guard_word() finds the longest word or phrase of the locale's tables at
 * p that is one of "how" (aif_guard_word_e), and how many bytes it takes; NULL
 * if there is none.  aif_guard_word_before() finds the one that ends at p.
 * *len is then also what was read if nothing was found (0: no letter there).
 */

int aif_guard_match(aif_guard_facts_t *s, aif_guard_facts_t *t,
    aif_guard_fault_t *fault);
int aif_guard_pair_same(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b);
int aif_guard_pair_like(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b);
int aif_guard_pair_other(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b);
int aif_guard_pair_value(const aif_guard_fact_t *a,
    const aif_guard_fact_t *b);
int aif_guard_pair_money(aif_guard_pair_t *pair, aif_guard_fact_t *a,
    aif_guard_fact_t *b);

void aif_guard_locale(aif_guard_locale_t *l, const aif_str_t *tag);
int aif_guard_scan(aif_guard_facts_t *f, const aif_str_t *text,
    const aif_guard_locale_t *l, int source);
const u_char *aif_guard_token_brace(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_token_printf(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_token_colon(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_token_at(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_token_name(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_token_dot(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_token_code(aif_guard_facts_t *f, const u_char *start,
    const u_char *p);
const u_char *aif_guard_token_code_before(aif_guard_facts_t *f,
    const u_char *p);
aif_guard_fact_t *aif_guard_token_add(aif_guard_facts_t *f,
    aif_guard_fact_e kind, const u_char *start, const u_char *last);
void aif_guard_token_drop(aif_guard_facts_t *f, const u_char *start);
int aif_guard_token_class(u_char ch);
int aif_guard_token_latin(u_char ch);
size_t aif_guard_token_lower(aif_guard_facts_t *f, const u_char *p);

const u_char *aif_guard_amount_digit(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_amount_odd(aif_guard_facts_t *f, const u_char *p,
    const u_char *last, uint32_t cp);
uint64_t aif_guard_amount_odd_value(uint32_t cp);
const u_char *aif_guard_amount_money(aif_guard_facts_t *f, const u_char *p);
const u_char *aif_guard_amount_per(aif_guard_facts_t *f, const u_char *p);

const u_char *aif_guard_affix_after(aif_guard_facts_t *f,
    aif_guard_fact_t *fact, const u_char *last,
    const aif_guard_word_t **month, const u_char **at);
const u_char *aif_guard_affix_gap(const u_char *p,
    const u_char *end);
size_t aif_guard_affix_blank(const u_char *p, const u_char *end);
size_t aif_guard_affix_blank_before(const u_char *start,
    const u_char *p);
int aif_guard_affix_at_digit(const u_char *p, const u_char *end);

const u_char *aif_guard_number(aif_guard_fact_t *fact, const u_char *p,
    const u_char *end, const aif_guard_locale_t *l, int single);
int aif_guard_digit(const u_char *p, const u_char *end, size_t *len);
const aif_guard_word_t *aif_guard_word(const aif_guard_locale_t *l,
    const u_char *p, const u_char *end, unsigned how, size_t *len);
const aif_guard_word_t *aif_guard_word_before(const aif_guard_locale_t *l,
    const u_char *start, const u_char *p, unsigned how, size_t *len);


#endif /* _AIF_GUARD_FACTS_H_INCLUDED_ */
