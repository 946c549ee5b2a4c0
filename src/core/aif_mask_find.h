
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What e-mail addresses, telephone numbers, payment cards and bank accounts
 * look like.
 */


#ifndef _AIF_MASK_FIND_H_INCLUDED_
#define _AIF_MASK_FIND_H_INCLUDED_


#include "core/aif_plain.h"


/*
 * Each finds the first piece of its kind that begins at "from" or behind it:
 * 1, and its bounds; 0 if there is none.  The work is linear in the length of
 * the text but for a small factor.
 *
 * email: local part, "@", a domain with a dot (or an address in brackets);
 * letters of all scripts.
 *
 * card: 13 to 19 digits, alone or in groups parted by one blank or hyphen,
 * with a right check digit (Luhn).
 *
 * iban: a country of the registry, its length, the right remainder (mod 97);
 * groups parted by blanks or hyphens.
 *
 * phone: international numbers (+49 ..., 0049 ...), the common national ones
 * of several groups, and any number of 7 digits or more behind a word such as
 * "Tel.".  Digits in one run without such a word are no telephone number: they
 * are more often an article's.
 */

typedef int (*aif_mask_find_pt)(const aif_plain_t *t, size_t from,
    size_t *start, size_t *end);

int aif_mask_find_email(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end);
int aif_mask_find_card(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end);
int aif_mask_find_iban(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end);
int aif_mask_find_phone(const aif_plain_t *t, size_t from, size_t *start,
    size_t *end);

/* the length of a blank of any kind at i, 0 if there is none */

size_t aif_mask_find_blank(const aif_plain_t *t, size_t i);
size_t aif_mask_find_hyphen(const aif_plain_t *t, size_t i);

#define aif_mask_find_digit(ch)  ((ch) >= '0' && (ch) <= '9')
#define aif_mask_find_alpha(ch)                                               \
    (((ch) | 0x20) >= 'a' && ((ch) | 0x20) <= 'z')
#define aif_mask_find_alnum(ch)                                               \
    (aif_mask_find_digit(ch) || aif_mask_find_alpha(ch))


#endif /* _AIF_MASK_FIND_H_INCLUDED_ */
