
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Locales: BCP 47 tags, look-up by RFC 4647 section 3.4 with fallback, and
 * Accept-Language (RFC 9110 section 12.5.4).
 */


#ifndef _AIF_LOCALE_H_INCLUDED_
#define _AIF_LOCALE_H_INCLUDED_


#include "core/aif.h"


#define AIF_LOCALE_MAX_LEN     35     /* RFC 5646 4.4.1 */
#define AIF_LOCALE_MAX_RANGES  32     /* of an Accept-Language, rest ignored */


/*
 * aif_locale_valid(): 1 if the tag is well-formed (RFC 5646 2.1; language of
 * 2, 3 or 5 to 8 letters, script, region, variants, extensions, private use).
 *
 * aif_locale_match(): index of the listed locale that a tag chooses, or -1.
 * Exact match first (case-insensitive; "_" counts as "-"), then the longest
 * listed parent ("es-MX" to "es"; RFC 4647 3.4), but before the bare language
 * the same script: zh-TW, zh-HK, zh-MO to zh-Hant or zh-TW; zh, zh-CN, zh-SG
 * to zh-Hans or zh-CN, whichever is listed.  Old tags (iw, in, ji, no) count
 * as today's.  Last the first listed sibling, the same region preferred ("pt"
 * and "pt-PT" to "pt-BR"), unless it is in another script.  "*" and garbage:
 * -1.
 *
 * aif_locale_accept(): the listed locale that an Accept-Language value
 * chooses: highest q, then first named; q=0 excludes; "*" is the first listed
 * that no other range names; -1 if none.  Any garbage is tolerated: a range
 * that can't be read doesn't count.
 *
 * aif_locale_prefix(): if the path is "/tag" or "/tag/..." with a listed tag
 * (case-insensitive, whole segment), its index, and the number of bytes of the
 * prefix ("/es" is 3) in *len; else -1.
 *
 * aif_locale_rtl(): 1 for scripts written from right to left.
 */

int aif_locale_valid(const u_char *tag, size_t len);
int aif_locale_match(const aif_str_t *list, size_t n, const u_char *tag,
    size_t len);
int aif_locale_accept(const aif_str_t *list, size_t n, const u_char *value,
    size_t len);
int aif_locale_prefix(const aif_str_t *list, size_t n, const u_char *path,
    size_t path_len, size_t *len);
int aif_locale_rtl(const u_char *tag, size_t len);


#endif /* _AIF_LOCALE_H_INCLUDED_ */
