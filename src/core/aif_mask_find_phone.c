
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Telephone numbers in a plain text.  There is no check digit, so the form
 * decides, and it is strict: prices, sizes, years, dates and article numbers
 * are in the same texts.  A run of groups of digits is read once; the longest
 * beginning of it that has one of the forms is taken.  Called by aif_mask.c.
 */


#include "core/aif_mask_find.h"


#define AIF_MASK_PHONE_GROUPS  10
#define AIF_MASK_PHONE_DIGITS  17


/* The groups of digits of what may be a number. */

typedef struct {
    u_char    digits[AIF_MASK_PHONE_DIGITS];
    size_t    n;                              /* digits */
    size_t    groups;
    size_t    len[AIF_MASK_PHONE_GROUPS];     /* digits in each */
    size_t    sum[AIF_MASK_PHONE_GROUPS];     /* digits up to its end */
    size_t    end[AIF_MASK_PHONE_GROUPS];     /* offset behind each */
    u_char    gap[AIF_MASK_PHONE_GROUPS];     /* before each: ' ', '-', '.',
                                                 '/', ')'; of the first 0 */
    unsigned  plus:1;
    unsigned  paren:1;                        /* it begins with "(" */
} aif_mask_phone_t;


static void aif_mask_find_phone_read(const aif_plain_t *t, size_t i,
    aif_mask_phone_t *p);
static size_t aif_mask_find_phone_gap(const aif_plain_t *t, size_t i,
    unsigned open, u_char *gap);
static int aif_mask_find_phone_begins(const aif_plain_t *t, size_t i);
static int aif_mask_find_phone_ends(const aif_plain_t *t, size_t i);
static int aif_mask_find_phone_form(const aif_mask_phone_t *p, size_t groups,
    int word);
static int aif_mask_find_phone_national(const aif_mask_phone_t *p,
    size_t groups);
static int aif_mask_find_phone_is(const aif_mask_phone_t *p, size_t groups,
    const char *form);
static int aif_mask_find_phone_gaps(const aif_mask_phone_t *p, size_t groups,
    const char *set);
static int aif_mask_find_phone_date(const aif_mask_phone_t *p);
static int aif_mask_find_phone_word(const aif_plain_t *t, size_t i);


/* Lower case; what is not ASCII is compared as it is. */

static const char *const  aif_mask_phone_words[] = {
    "tel", "phone", "telephone", "fax", "telefax", "mobile", "mob", "cell",
    "call", "whatsapp", "sms", "hotline", "helpline", "toll-free", "phone no",
    "phone number", "telefon", "telefonnummer", "handy", "rufnummer", "tlf",
    "telf", "telefono", "tel\xc3\xa9""fono", "m\xc3\xb3vil", "movil",
    "celular", "telefone", "t\xc3\xa9l", "t\xc3\xa9l\xc3\xa9phone",
    "cellulare", "telefoon", "telefonu", "puhelin",
    "\xd1\x82\xd0\xb5\xd0\xbb",
    "\xd1\x82\xd0\xb5\xd0\xbb\xd0\xb5\xd1\x84\xd0\xbe\xd0\xbd",
    "\xe7\x94\xb5\xe8\xaf\x9d", "\xe9\x9b\xbb\xe8\xa9\xb1",
    "\xe6\x89\x8b\xe6\x9c\xba", "\xe7\x83\xad\xe7\xba\xbf",
    "\xec\xa0\x84\xed\x99\x94", "\xd9\x87\xd8\xa7\xd8\xaa\xd9\x81",
    NULL
};


int
aif_mask_find_phone(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end)
{
    int               word;
    size_t            i, k;
    aif_mask_phone_t  p;

    for (i = from; i < t->len; i++) {

        if (t->text[i] != '+' && t->text[i] != '('
            && !aif_mask_find_digit(t->text[i]))
        {
            continue;
        }

        if (!aif_mask_find_phone_begins(t, i)) {

            /* nor does it begin in the middle of these digits */

            while (i + 1 < t->len && aif_mask_find_digit(t->text[i + 1])) {
                i++;
            }

            continue;
        }

        aif_mask_find_phone_read(t, i, &p);
        word = (p.n >= 7) ? aif_mask_find_phone_word(t, i) : 0;

        for (k = p.groups; k > 0; k--) {

            if (aif_mask_find_phone_form(&p, k, word)
                && aif_mask_find_phone_ends(t, p.end[k - 1]))
            {
                *start = i;
                *end = p.end[k - 1];
                return 1;
            }
        }

        if (p.groups) {
            i = p.end[0] - 1;
        }
    }

    return 0;
}


static void
aif_mask_find_phone_read(const aif_plain_t *t, size_t i, aif_mask_phone_t *p)
{
    size_t    n, len;
    u_char    gap;
    unsigned  open;

    memset(p, 0, sizeof(aif_mask_phone_t));

    open = 0;
    gap = 0;

    if (t->text[i] == '(') {
        p->paren = 1;
        open = 1;
        i++;
    }

    if (i < t->len && t->text[i] == '+') {
        p->plus = 1;
        i++;

        i += aif_mask_find_blank(t, i);
    }

    while (p->groups < AIF_MASK_PHONE_GROUPS) {

        for (len = 0; i < t->len && aif_mask_find_digit(t->text[i]); i++) {

            if (p->n == AIF_MASK_PHONE_DIGITS) {
                return;
            }

            p->digits[p->n++] = t->text[i];
            len++;
        }

        if (len == 0) {
            return;
        }

        p->len[p->groups] = len;
        p->sum[p->groups] = p->n;
        p->end[p->groups] = i;
        p->gap[p->groups] = gap;
        p->groups++;

        n = aif_mask_find_phone_gap(t, i, open, &gap);

        if (n == 0) {
            return;
        }

        open = (t->text[i + n - 1] == '(');
        i += n;
    }
}


/* Between two groups: how many bytes, 0 if it is none. */

static size_t
aif_mask_find_phone_gap(const aif_plain_t *t, size_t i, unsigned open,
    u_char *gap)
{
    size_t  start, n;

    start = i;
    *gap = 0;

    if (open) {
        if (i == t->len || t->text[i] != ')') {
            return 0;
        }

        *gap = ')';
        i++;
    }

    n = aif_mask_find_blank(t, i);
    i += n;

    if (*gap == 0 && n) {
        *gap = ' ';
    }

    n = aif_mask_find_hyphen(t, i);

    if (n) {
        *gap = *gap == ')' ? ')' : '-';

    } else if (i < t->len && (t->text[i] == '/' || t->text[i] == '.')
               && *gap != ')')
    {
        *gap = t->text[i];
        n = 1;
    }

    if (n) {
        i += n;
        i += aif_mask_find_blank(t, i);
    }

    if (!open && i + 1 < t->len && t->text[i] == '(') {
        *gap = *gap ? *gap : ' ';
        i++;
    }

    if (i >= t->len || !aif_mask_find_digit(t->text[i])) {
        return 0;
    }

    return *gap ? i - start : 0;
}


static int
aif_mask_find_phone_begins(const aif_plain_t *t, size_t i)
{
    size_t  k;
    u_char  ch;

    if (i == 0) {
        return 1;
    }

    ch = t->text[i - 1];

    if (aif_mask_find_alnum(ch) || strchr("#$.,/-_+=%&@*^\\", ch) != NULL) {
        return ch == '\0';
    }

    if (t->text[i] == '+') {
        return 1;
    }

    /* a currency sign, also with a blank: $, pound, yen, euro */

    for (k = i; k > 0 && (t->text[k - 1] == ' ' || t->text[k - 1] == 0xa0
                          || t->text[k - 1] == 0xc2); k--)
    {
        /* void */
    }

    if (k != 0 && t->text[k - 1] == '$') {
        return 0;
    }

    if (k >= 2 && t->text[k - 2] == 0xc2
        && (t->text[k - 1] == 0xa3 || t->text[k - 1] == 0xa5))
    {
        return 0;
    }

    return !(k >= 3 && memcmp(t->text + k - 3, "\xe2\x82\xac", 3) == 0);
}


static int
aif_mask_find_phone_ends(const aif_plain_t *t, size_t i)
{
    size_t  n;

    if (i == t->len) {
        return 1;
    }

    if (aif_mask_find_alnum(t->text[i])) {

        /* behind a tag another word may begin */

        return aif_plain_joint(t, i) && !aif_mask_find_digit(t->text[i]);
    }

    n = aif_mask_find_blank(t, i);

    if (i + n < t->len && strchr("%$", t->text[i + n]) != NULL
        && t->text[i + n] != '\0')
    {
        return 0;
    }

    if (t->len - i - n >= 3
        && memcmp(t->text + i + n, "\xe2\x82\xac", 3) == 0)
    {
        return 0;
    }

    /* a decimal, or a code that goes on */

    return !((t->text[i] == '.' || t->text[i] == ',' || t->text[i] == '_')
             && i + 1 < t->len && aif_mask_find_digit(t->text[i + 1]));
}


static int
aif_mask_find_phone_form(const aif_mask_phone_t *p, size_t groups, int word)
{
    size_t  n;

    n = p->sum[groups - 1];

    if (p->plus) {
        return p->digits[0] != '0' && n >= 8 && n <= 15;
    }

    if (word && n >= 7 && n <= 15) {
        return 1;
    }

    if (groups < 2 || aif_mask_find_phone_date(p)) {
        return 0;
    }

    if (p->digits[0] == '0' && p->digits[1] == '0' && p->len[0] >= 3
        && p->digits[2] != '0')
    {
        return n >= 10 && n <= 17;
    }

    if (p->paren && p->len[0] >= 2 && p->len[0] <= 5) {
        return n >= 9 && n <= 12;
    }

    return aif_mask_find_phone_national(p, groups);
}


static int
aif_mask_find_phone_national(const aif_mask_phone_t *p, size_t groups)
{
    size_t        n;
    const u_char  *d;

    d = p->digits;
    n = p->sum[groups - 1];

    /* a trunk 0: most of the world; one kind of gap but for the first */

    if (d[0] == '0' && d[1] != '0' && p->len[0] >= 2 && p->len[0] <= 5) {
        return n >= 9 && n <= 12
               && (groups == 2
                   || aif_mask_find_phone_gaps(p, groups, " ")
                   || aif_mask_find_phone_gaps(p, groups, "-")
                   || (aif_mask_find_phone_gaps(p, groups, ".")
                       && p->gap[1] == '.' && p->len[0] == 2 && n == 10));
    }

    /* North America, with or without its 1 */

    if (aif_mask_find_phone_is(p, groups, "1334")) {
        return d[0] == '1' && d[1] >= '2' && d[4] >= '2';
    }

    if (aif_mask_find_phone_is(p, groups, "334")) {
        return (d[0] >= '2' && d[3] >= '2')
               || ((d[0] == '4' || d[0] == '8') && d[1] == '0' && d[2] == '0'
                   && p->gap[1] == '-');
    }

    if (!aif_mask_find_phone_gaps(p, groups, " ")
        && !aif_mask_find_phone_gaps(p, groups, "-"))
    {
        return 0;
    }

    /* Spain, Portugal, Poland; China's mobiles; India's */

    if (aif_mask_find_phone_is(p, groups, "333")
        || aif_mask_find_phone_is(p, groups, "3222")
        || aif_mask_find_phone_is(p, groups, "2322"))
    {
        return d[0] >= '6' && d[n - 1] + d[n - 2] + d[n - 3] != 3 * '0';
    }

    if (aif_mask_find_phone_is(p, groups, "344")) {
        return d[0] == '1' && d[1] >= '3';
    }

    return aif_mask_find_phone_is(p, groups, "55") && d[0] >= '6';
}


static int
aif_mask_find_phone_is(const aif_mask_phone_t *p, size_t groups,
    const char *form)
{
    size_t  i;

    for (i = 0; i < groups; i++) {
        if (form[i] == '\0' || p->len[i] != (size_t) (form[i] - '0')) {
            return 0;
        }
    }

    return form[i] == '\0';
}


/* The gaps behind the second group are all of this set. */

static int
aif_mask_find_phone_gaps(const aif_mask_phone_t *p, size_t groups,
    const char *set)
{
    size_t  i;

    for (i = 2; i < groups; i++) {
        if (strchr(set, p->gap[i]) == NULL) {
            return 0;
        }
    }

    return 1;
}


static int
aif_mask_find_phone_date(const aif_mask_phone_t *p)
{
    const size_t  *len;

    len = p->len;

    if (p->groups < 3 || p->gap[1] != p->gap[2] || p->gap[1] == ' ') {
        return 0;
    }

    return (len[0] <= 2 && len[1] <= 2 && len[2] == 4)
           || (len[0] == 4 && len[1] <= 2 && len[2] <= 2);
}


/* Stands a word before the number that tells what it is? */

static int
aif_mask_find_phone_word(const aif_plain_t *t, size_t i)
{
    size_t  k, n, w;
    u_char  ch;

    /* "Tel.: ", "Phone - " */

    for (n = 0; i > 0 && n < 4; i--, n++) {
        ch = t->text[i - 1];

        if (ch == 0xa0 && i > 1 && t->text[i - 2] == 0xc2) {
            i--;

        } else if (ch == 0x9a && i > 2 && t->text[i - 2] == 0xbc
                   && t->text[i - 3] == 0xef)
        {
            i -= 2;                          /* a wide colon */

        } else if (ch == '\0' || strchr(" :.(-/", ch) == NULL) {
            break;
        }
    }

    for (w = 0; aif_mask_phone_words[w]; w++) {

        n = strlen(aif_mask_phone_words[w]);

        if (n > i) {
            continue;
        }

        for (k = 0; k < n; k++) {
            ch = t->text[i - n + k];

            if (ch >= 'A' && ch <= 'Z') {
                ch |= 0x20;
            }

            if (ch != (u_char) aif_mask_phone_words[w][k]) {
                break;
            }
        }

        /* another letter of its script before it: another word */

        if (k == n && (i == n || !aif_mask_find_alpha(t->text[i - n - 1])
                       || aif_mask_phone_words[w][0] & 0x80))
        {
            return 1;
        }
    }

    return 0;
}
