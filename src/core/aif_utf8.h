
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * UTF-8 (RFC 3629): decoding, validity, and the two character classes that
 * the rest needs.
 */


#ifndef _AIF_UTF8_H_INCLUDED_
#define _AIF_UTF8_H_INCLUDED_


#include "core/aif.h"


#define AIF_UTF8_BAD        0xffffffffu
#define AIF_UTF8_REFERENCE  10


/*
 * aif_utf8_decode() reads one character at *p, moves *p behind it and returns
 * its code point; on a malformed sequence moves *p by one byte and returns
 * AIF_UTF8_BAD.  p < end.
 *
 * aif_utf8_valid() says (1 or 0) whether all bytes are well-formed UTF-8.
 * aif_utf8_encode() writes 1 to 4 bytes and returns their number.
 * aif_utf8_reference() writes "&#x...;", at most AIF_UTF8_REFERENCE bytes.
 *
 * aif_utf8_letter() is 1 for what a reader would call a letter or an
 * ideograph (Unicode L*, and marks M* so that words stay whole), 0 for digits,
 * punctuation, symbols, emoji, private use and white space.
 * aif_utf8_letters() counts them in a text; malformed bytes don't count.
 *
 * aif_utf8_lower() is the small letter of a capital one, else the character
 * itself: for what has case in the scripts of today, one by one.
 *
 * aif_utf8_digit() is the decimal value of a digit of any script (Unicode Nd),
 * or -1.
 */

uint32_t aif_utf8_decode(const u_char **p, const u_char *end);
int aif_utf8_valid(const u_char *p, size_t len);
size_t aif_utf8_encode(u_char *dst, uint32_t cp);
size_t aif_utf8_reference(u_char *dst, uint32_t cp);
int aif_utf8_letter(uint32_t cp);
size_t aif_utf8_letters(const u_char *p, size_t len);
uint32_t aif_utf8_lower(uint32_t cp);
int aif_utf8_digit(uint32_t cp);


#endif /* _AIF_UTF8_H_INCLUDED_ */
