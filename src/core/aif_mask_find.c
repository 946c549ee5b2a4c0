
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * E-mail addresses, payment cards and bank accounts in a plain text;
 * telephone numbers are in aif_mask_find_phone.c.  Cards and accounts have
 * check digits, and nothing without the right ones is taken for one.  Called
 * by aif_mask.c.
 */


#include "core/aif_mask_find.h"

#include "core/aif_utf8.h"


#define AIF_MASK_LATIN       0x250   /* letters below it are Latin */

#define AIF_MASK_MAX_LOCAL   128     /* bytes of a local part */
#define AIF_MASK_MAX_DOMAIN  253

#define AIF_MASK_CARD_LEAST  13      /* digits */
#define AIF_MASK_CARD_MOST   19
#define AIF_MASK_IBAN_MOST   34


typedef struct {
    char     country[3];
    uint8_t  len;
} aif_mask_iban_t;


static size_t aif_mask_find_local(const aif_plain_t *t, size_t from,
    size_t at);
static size_t aif_mask_find_domain(const aif_plain_t *t, size_t i);
static size_t aif_mask_find_label(const aif_plain_t *t, size_t i, int *top);
static size_t aif_mask_find_letter(const aif_plain_t *t, size_t i,
    uint32_t *cp);
static size_t aif_mask_find_gap(const aif_plain_t *t, size_t i);
static int aif_mask_find_luhn(const u_char *digits, size_t n);
static size_t aif_mask_find_iban_at(const aif_plain_t *t, size_t i);


/* Length by country: SWIFT's registry of ISO 13616, release 99. */

static const aif_mask_iban_t  aif_mask_ibans[] = {
    { "AD", 24 }, { "AE", 23 }, { "AL", 28 }, { "AT", 20 }, { "AZ", 28 },
    { "BA", 20 }, { "BE", 16 }, { "BG", 22 }, { "BH", 22 }, { "BI", 27 },
    { "BR", 29 }, { "BY", 28 }, { "CH", 21 }, { "CR", 22 }, { "CY", 28 },
    { "CZ", 24 }, { "DE", 22 }, { "DJ", 27 }, { "DK", 18 }, { "DO", 28 },
    { "EE", 20 }, { "EG", 29 }, { "ES", 24 }, { "FI", 18 }, { "FK", 18 },
    { "FO", 18 }, { "FR", 27 }, { "GB", 22 }, { "GE", 22 }, { "GI", 23 },
    { "GL", 18 }, { "GR", 27 }, { "GT", 28 }, { "HN", 28 }, { "HR", 21 },
    { "HU", 28 }, { "IE", 22 }, { "IL", 23 }, { "IQ", 23 }, { "IS", 26 },
    { "IT", 27 }, { "JO", 30 }, { "KW", 30 }, { "KZ", 20 }, { "LB", 28 },
    { "LC", 32 }, { "LI", 21 }, { "LT", 20 }, { "LU", 20 }, { "LV", 21 },
    { "LY", 25 }, { "MC", 27 }, { "MD", 24 }, { "ME", 22 }, { "MK", 19 },
    { "MN", 20 }, { "MR", 27 }, { "MT", 31 }, { "MU", 30 }, { "NI", 28 },
    { "NL", 18 }, { "NO", 15 }, { "OM", 23 }, { "PK", 24 }, { "PL", 28 },
    { "PS", 29 }, { "PT", 25 }, { "QA", 29 }, { "RO", 24 }, { "RS", 22 },
    { "RU", 33 }, { "SA", 24 }, { "SC", 31 }, { "SD", 18 }, { "SE", 24 },
    { "SI", 19 }, { "SK", 24 }, { "SM", 27 }, { "SO", 23 }, { "ST", 25 },
    { "SV", 28 }, { "TL", 23 }, { "TN", 24 }, { "TR", 26 }, { "UA", 29 },
    { "VA", 22 }, { "VG", 24 }, { "XK", 20 }, { "YE", 30 }, { "", 0 }
};


int
aif_mask_find_email(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end)
{
    size_t         i;
    const u_char  *p;

    for (i = from; i < t->len; i++) {

        p = memchr(t->text + i, '@', t->len - i);
        if (p == NULL) {
            return 0;
        }

        i = p - t->text;

        *start = aif_mask_find_local(t, from, i);
        *end = aif_mask_find_domain(t, i + 1);

        if (*start < i && *end != 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * Where the local part before "at" begins.  Latin letters, digits and what RFC
 * 5322 allows in an atom; or, if the last character is of another script,
 * letters only: that script may write without blanks.
 */

static size_t
aif_mask_find_local(const aif_plain_t *t, size_t from, size_t at)
{
    int            other;
    size_t         i, k, least;
    u_char         ch;
    uint32_t       cp;
    const u_char  *p;

    least = at > AIF_MASK_MAX_LOCAL ? at - AIF_MASK_MAX_LOCAL : 0;
    least = least < from ? from : least;
    other = -1;

    for (i = at; i > least; i = k) {

        ch = t->text[i - 1];
        k = i - 1;

        if (ch < 0x80) {
            if (!aif_mask_find_alnum(ch)
                && (ch < ' ' || strchr("!#$%&'*+-/=?^_`{|}~.", ch) == NULL))
            {
                break;
            }

            continue;
        }

        while (k > least && (t->text[k] & 0xc0) == 0x80) {
            k--;
        }

        p = t->text + k;
        cp = aif_utf8_decode(&p, t->text + i);

        if (cp == AIF_UTF8_BAD || !aif_utf8_letter(cp)) {
            break;
        }

        if (other == -1) {
            other = (i == at && cp >= AIF_MASK_LATIN);
        }

        if (cp >= AIF_MASK_LATIN && !other) {
            break;
        }
    }

    /* quotes, brackets of a sentence and full stops are not its beginning */

    while (i < at && t->text[i] < 0x80 && !aif_mask_find_alnum(t->text[i])
           && t->text[i] != '_' && t->text[i] != '+')
    {
        i++;
    }

    return i;
}


/* Where the domain at i ends; 0 if there is none. */

static size_t
aif_mask_find_domain(const aif_plain_t *t, size_t i)
{
    int     top;
    size_t  k, n, last, first;

    first = i;

    if (i < t->len && t->text[i] == '[') {

        for (k = i + 1; k < t->len && k - i < 48; k++) {

            if (t->text[k] == ']') {
                return k - i > 2 ? k + 1 : 0;
            }

            if (!aif_mask_find_alnum(t->text[k]) && t->text[k] != ':'
                && t->text[k] != '.')
            {
                break;
            }
        }

        return 0;
    }

    last = 0;

    for (n = 0; i < t->len && i - first < AIF_MASK_MAX_DOMAIN; n++) {

        /* what follows a tag is another word, if the address is complete */

        if (last != 0 && aif_plain_joint(t, i)) {
            break;
        }

        k = aif_mask_find_label(t, i, &top);

        if (k == i) {
            break;
        }

        if (n != 0 && top) {
            last = k;
        }

        if (k == t->len || t->text[k] != '.') {
            break;
        }

        i = k + 1;
    }

    return last;
}


/* Where the label at i ends; *top: it may be a top-level domain. */

static size_t
aif_mask_find_label(const aif_plain_t *t, size_t i, int *top)
{
    int       other;
    size_t    n, letters, first;
    uint32_t  cp;

    first = i;
    letters = 0;
    other = 0;
    *top = 0;

    while (i < t->len) {

        n = aif_mask_find_letter(t, i, &cp);

        if (n == 0) {
            break;
        }

        if (i == first) {
            other = (cp >= AIF_MASK_LATIN);

        } else if (cp >= AIF_MASK_LATIN && !other) {
            break;

        } else if (letters >= 2 && cp != '-' && aif_plain_joint(t, i)
                   && first != 0 && t->text[first - 1] == '.')
        {
            break;
        }

        letters += (cp != '-' && !aif_mask_find_digit(cp));
        i += n;
    }

    while (i > first && t->text[i - 1] == '-') {
        i--;
    }

    *top = (letters >= 2);

    return i;
}


/* A letter, digit or hyphen and its length, or 0. */

static size_t
aif_mask_find_letter(const aif_plain_t *t, size_t i, uint32_t *cp)
{
    const u_char  *p;

    *cp = t->text[i];

    if (*cp < 0x80) {
        return aif_mask_find_alnum(*cp) || *cp == '-';
    }

    p = t->text + i;
    *cp = aif_utf8_decode(&p, t->text + t->len);

    if (*cp == AIF_UTF8_BAD || !aif_utf8_letter(*cp)) {
        return 0;
    }

    return p - t->text - i;
}


size_t
aif_mask_find_blank(const aif_plain_t *t, size_t i)
{
    const u_char  *p;

    p = t->text + i;

    if (i >= t->len) {
        return 0;
    }

    if (*p == ' ') {
        return 1;
    }

    if (t->len - i >= 2 && memcmp(p, "\xc2\xa0", 2) == 0) {
        return 2;
    }

    if (t->len - i >= 3
        && (memcmp(p, "\xe2\x80\xaf", 3) == 0
            || memcmp(p, "\xe2\x80\x89", 3) == 0))
    {
        return 3;
    }

    return 0;
}


size_t
aif_mask_find_hyphen(const aif_plain_t *t, size_t i)
{
    const u_char  *p;

    p = t->text + i;

    if (i >= t->len) {
        return 0;
    }

    if (*p == '-') {
        return 1;
    }

    /* U+2010 to U+2013 */

    if (t->len - i >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x90
        && p[2] <= 0x93)
    {
        return 3;
    }

    return 0;
}


static size_t
aif_mask_find_gap(const aif_plain_t *t, size_t i)
{
    size_t  n;

    n = aif_mask_find_blank(t, i);

    return n ? n : aif_mask_find_hyphen(t, i);
}


int
aif_mask_find_card(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end)
{
    size_t   i, k, n, best;
    u_char   digits[AIF_MASK_CARD_MOST];

    for (i = from; i < t->len; i++) {

        if (!aif_mask_find_digit(t->text[i])
            || (i != 0 && aif_mask_find_alnum(t->text[i - 1])))
        {
            continue;
        }

        best = 0;
        n = 0;

        for (k = i; k < t->len; k++) {

            if (!aif_mask_find_digit(t->text[k])) {

                k += aif_mask_find_gap(t, k);

                if (k == t->len || !aif_mask_find_digit(t->text[k])) {
                    break;
                }
            }

            if (n == AIF_MASK_CARD_MOST) {
                break;
            }

            digits[n++] = t->text[k];

            if (n >= AIF_MASK_CARD_LEAST
                && (k + 1 == t->len || !aif_mask_find_alnum(t->text[k + 1]))
                && aif_mask_find_luhn(digits, n))
            {
                best = k + 1;
            }
        }

        if (best) {
            *start = i;
            *end = best;
            return 1;
        }
    }

    return 0;
}


static int
aif_mask_find_luhn(const u_char *digits, size_t n)
{
    size_t    i;
    unsigned  sum, d;

    sum = 0;

    for (i = 0; i < n; i++) {
        d = digits[n - 1 - i] - '0';

        if (i % 2) {
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        }

        sum += d;
    }

    return sum % 10 == 0;
}


int
aif_mask_find_iban(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end)
{
    size_t  i, last;

    for (i = from; i + 4 < t->len; i++) {

        if (!aif_mask_find_alpha(t->text[i])
            || !aif_mask_find_digit(t->text[i + 2])
            || (i != 0 && aif_mask_find_alnum(t->text[i - 1])))
        {
            continue;
        }

        last = aif_mask_find_iban_at(t, i);

        if (last != 0) {
            *start = i;
            *end = last;
            return 1;
        }
    }

    return 0;
}


/* The remainder is taken with the first four characters moved to the end. */

static size_t
aif_mask_find_iban_at(const aif_plain_t *t, size_t i)
{
    u_char                  iban[AIF_MASK_IBAN_MOST], ch;
    size_t                  n, k;
    unsigned                sum;
    const aif_mask_iban_t  *c;

    for (c = aif_mask_ibans; c->len; c++) {
        if ((t->text[i] & 0xdf) == (u_char) c->country[0]
            && (t->text[i + 1] & 0xdf) == (u_char) c->country[1])
        {
            break;
        }
    }

    for (n = 0; n < c->len && i < t->len; i++) {

        if (n != 0 && !aif_mask_find_alnum(t->text[i])) {
            i += aif_mask_find_gap(t, i);
        }

        if (i == t->len || !aif_mask_find_alnum(t->text[i])) {
            return 0;
        }

        iban[n++] = t->text[i];
    }

    if (c->len == 0 || n != c->len || !aif_mask_find_digit(iban[2])
        || !aif_mask_find_digit(iban[3])
        || (i < t->len && aif_mask_find_alnum(t->text[i])))
    {
        return 0;
    }

    sum = 0;

    for (k = 0; k < n; k++) {
        ch = iban[(k + 4) % n];

        if (aif_mask_find_digit(ch)) {
            sum = (sum * 10 + (ch - '0')) % 97;

        } else {
            sum = (sum * 100 + ((ch & 0xdf) - 'A' + 10)) % 97;
        }
    }

    return sum == 1 ? i : 0;
}
