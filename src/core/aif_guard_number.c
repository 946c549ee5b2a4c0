
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Numbers by value: 1,234.50 and 1.234,5 and the same in the digits of other
 * scripts are one number, each in its locale.  It reads what is there and
 * compares nothing.  Only aif_guard_scan.c calls it.
 *
 * A point or comma that can be read in one way only is read so, whatever the
 * locale says: two different ones (1,299.00), several of one kind (1,299,000),
 * or one that isn't followed by three digits (3.5, 0,75).  Only for 1,299 the
 * locale decides.  Blanks never join digits here: "1 299" and "2 500 ml" can't
 * be told apart in one text, only by what the other text says (see
 * aif_guard.c).
 */


#include "core/aif_guard_facts.h"

#include "core/aif_utf8.h"


#define AIF_GUARD_MAX_PARTS   8          /* of a number: 1,234,567.89 has 4 */
#define AIF_GUARD_MAX_DIGITS  18         /* in 64 bits, and times a power */


typedef struct {
    uint64_t       value;
    const u_char  *start;
    const u_char  *last;
    uint8_t        len;          /* digits; no more than MAX_DIGITS + 1 */
    uint8_t        zeros;        /* leading */
    u_char         next;         /* separator behind it, if a digit follows */
} aif_guard_part_t;


static size_t aif_guard_number_parts(aif_guard_part_t *parts, size_t max,
    const u_char *p, const u_char *end);
static size_t aif_guard_number_joined(const aif_guard_part_t *parts, size_t n);
static size_t aif_guard_number_whole(const aif_guard_part_t *parts, size_t n,
    const aif_guard_locale_t *l);
static u_char aif_guard_number_separator(const u_char **p,
    const u_char *end);
static int aif_guard_number_date(aif_guard_fact_t *fact,
    const aif_guard_part_t *parts, size_t n, const aif_guard_locale_t *l);
static size_t aif_guard_number_groups(const aif_guard_part_t *parts, size_t n);
static int aif_guard_number_build(aif_guard_fact_t *fact,
    const aif_guard_part_t *parts, size_t whole, size_t n);


const u_char *
aif_guard_number(aif_guard_fact_t *fact, const u_char *p, const u_char *end,
    const aif_guard_locale_t *l, int single)
{
    size_t            n, whole;
    aif_guard_part_t  part[AIF_GUARD_MAX_PARTS];

    n = aif_guard_number_parts(part, single ? 1 : AIF_GUARD_MAX_PARTS, p, end);
    whole = 1;

    fact->digits = part[0].len;

    if (n > 1) {

        if (aif_guard_number_date(fact, part, n, l)) {
            return part[2].last;
        }

        if (part[0].next == '/' && part[0].len <= 3 && part[1].len <= 3
            && (part[1].next == 0 || part[1].next == '-'))
        {
            fact->kind = AIF_FACT_FRACTION;
            fact->value = part[0].value * 1000 + part[1].value;
            return part[1].last;
        }

        n = aif_guard_number_joined(part, n);
        whole = aif_guard_number_whole(part, n, l);

        if (whole == 0) {
            whole = 1;
            n = 1;
        }
    }

    if (!aif_guard_number_build(fact, part, whole, n)) {
        n = 1;
        (void) aif_guard_number_build(fact, part, 1, 1);
    }

    return part[n - 1].last;
}


/* The parts that points, commas and the like put together. */

static size_t
aif_guard_number_joined(const aif_guard_part_t *part, size_t n)
{
    size_t  i;

    for (i = 0; i < n - 1; i++) {
        if (part[i].next == '/' || part[i].next == '-') {
            break;
        }
    }

    return i + 1;
}


/*
 * How many of n parts stand before the decimal point, 0 if the parts aren't
 * one number: 1.2.3 is a version or an address.
 */

static size_t
aif_guard_number_whole(const aif_guard_part_t *part, size_t n,
    const aif_guard_locale_t *l)
{
    u_char  sep;
    size_t  groups;

    if (n == 1) {
        return 1;
    }

    groups = aif_guard_number_groups(part, n);
    sep = part[n - 2].next;

    if (groups == n) {

        if (sep == 'd') {
            return n == 2 ? 1 : 0;
        }

        /* the one case where the locale is asked: 1,299 */

        return n == 2 && sep == l->decimal ? 1 : n;
    }

    if (groups == n - 1 && sep != '\'' && sep != 't'
        && (n == 2 || sep != part[0].next))
    {
        return n - 1;
    }

    return 0;
}


/* How many parts from the first on can be one number's groups of digits. */

static size_t
aif_guard_number_groups(const aif_guard_part_t *part, size_t n)
{
    size_t  i;

    if (part[0].len > 3 || part[0].zeros != 0) {
        return 1;
    }

    for (i = 1; i < n; i++) {

        if (part[i - 1].next != part[0].next) {
            break;
        }

        if (part[i].len == 3) {
            continue;
        }

        /* India: 1,00,000 */

        if (part[i].len == 2 && i + 1 < n && part[0].next == ','
            && part[i].next == ',' && part[0].len <= 2)
        {
            continue;
        }

        break;
    }

    return i;
}


/*
 * Builds the value of n parts, the first "whole" of them before the point.
 * Zeros at the end of the fraction don't count, nor does the one of "05"; those
 * of "0800" do.  Returns 0 if there are too many digits, and then makes a code
 * of what is a single part.
 */

static int
aif_guard_number_build(aif_guard_fact_t *fact, const aif_guard_part_t *part,
    size_t whole, size_t n)
{
    size_t    i, k, digits;
    uint64_t  value;

    value = 0;
    digits = 0;
    fact->scale = 0;
    fact->zeros = 0;

    for (i = 0; i < n; i++) {
        digits += part[i].len;

        if (digits > AIF_GUARD_MAX_DIGITS) {
            fact->kind = AIF_FACT_CODE;
            return 0;
        }

        for (k = 0; k < part[i].len; k++) {
            value *= 10;
        }

        value += part[i].value;

        if (i >= whole) {
            fact->scale += part[i].len;
        }
    }

    while (fact->scale != 0 && value % 10 == 0) {
        value /= 10;
        fact->scale--;
    }

    if (part[0].len > 2 && part[0].zeros < part[0].len) {
        fact->zeros = part[0].zeros;
    }

    fact->value = value;
    fact->kind = AIF_FACT_NUMBER;

    return 1;
}


/*
 * 31/12/2024, 31.12.2024, 2024-12-31: three parts with one separator, one of
 * them a year of four digits, or all of two between slashes.
 */

static int
aif_guard_number_date(aif_guard_fact_t *fact, const aif_guard_part_t *part,
    size_t n, const aif_guard_locale_t *l)
{
    u_char    sep;
    uint64_t  y, m, d, swap;

    sep = part[0].next;

    if (n < 3 || part[1].next != sep || part[2].next == sep
        || (sep != '/' && sep != '-' && sep != '.') || part[1].len > 2)
    {
        return 0;
    }

    if (part[0].len == 4 && part[2].len <= 2) {
        y = part[0].value;
        m = part[1].value;
        d = part[2].value;

    } else if (part[0].len <= 2
               && (part[2].len == 4 || (part[2].len == 2 && sep == '/')))
    {
        d = part[0].value;
        m = part[1].value;
        y = part[2].value;

        if (part[2].len == 2) {
            y += 2000;
        }

        if ((l->order == AIF_GUARD_MDY && sep != '.') || m > 12) {
            swap = d;
            d = m;
            m = swap;
        }

        if (l->order == AIF_GUARD_DMY_OR_MDY && sep != '.' && d <= 12) {
            fact->flags |= AIF_FACT_EITHER;
        }

    } else {
        return 0;
    }

    if (m == 0 || m > 12 || d == 0 || d > 31 || y < 1000) {
        fact->flags &= ~AIF_FACT_EITHER;
        return 0;
    }

    fact->kind = AIF_FACT_DATE;
    fact->value = y * 10000 + m * 100 + d;

    return 1;
}


/* Digits, and one separator between any two runs of them. */

static size_t
aif_guard_number_parts(aif_guard_part_t *part, size_t max, const u_char *p,
    const u_char *end)
{
    int                digit;
    size_t             n, len;
    aif_guard_part_t  *a;

    for (n = 0; n < max; /* void */ ) {

        a = &part[n];
        a->value = 0;
        a->start = p;
        a->len = 0;
        a->zeros = 0;
        a->next = 0;

        while (p < end && (digit = aif_guard_digit(p, end, &len)) >= 0) {

            if (digit == 0 && a->zeros == a->len) {
                a->zeros++;
            }

            if (a->len <= AIF_GUARD_MAX_DIGITS) {
                a->value = a->value * 10 + digit;
                a->len++;
            }

            p += len;
        }

        a->last = p;
        a->next = aif_guard_number_separator(&p, end);
        n++;

        if (a->next == 0) {
            break;
        }
    }

    return n;
}


/*
 * A separator that stands between two digits; p is moved behind it.  't' and
 * 'd' are the Arabic thousands and decimal signs.
 */

static u_char
aif_guard_number_separator(const u_char **pos, const u_char *end)
{
    size_t         len;
    u_char         sep;
    const u_char  *p;

    p = *pos;

    if (end - p < 2) {
        return 0;
    }

    switch (*p) {

    case '.':
    case ',':
    case '/':
    case '-':
    case '\'':
        sep = *p++;
        break;

    case 0xd9:
        if (p[1] != 0xab && p[1] != 0xac) {
            return 0;
        }

        sep = p[1] == 0xab ? 'd' : 't';
        p += 2;
        break;

    case 0xe2:

        /* the typographic apostrophe and the fraction slash */

        if (end - p < 4) {
            return 0;
        }

        if (p[1] == 0x80 && p[2] == 0x99) {
            sep = '\'';

        } else if (p[1] == 0x81 && p[2] == 0x84) {
            sep = '/';

        } else {
            return 0;
        }

        p += 3;
        break;

    default:
        return 0;
    }

    if (p == end || aif_guard_digit(p, end, &len) < 0) {
        return 0;
    }

    *pos = p;

    return sep;
}


int
aif_guard_digit(const u_char *p, const u_char *end, size_t *len)
{
    uint32_t       cp;
    const u_char  *q;

    if (*p < 0x80) {
        *len = 1;
        return *p >= '0' && *p <= '9' ? *p - '0' : -1;
    }

    if (*p < 0xd9) {
        return -1;
    }

    q = p;

    cp = aif_utf8_decode(&q, end);
    *len = q - p;

    return aif_utf8_digit(cp);
}
