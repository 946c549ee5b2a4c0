
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Labels of charsets, the decision whether a page is what it is said to be,
 * and the way to UTF-8 and back.  Called by page/ngx_http_ai_charset.c.
 *
 * Nearly every text that has bytes beyond ASCII and is well-formed UTF-8 is
 * UTF-8, whatever is declared: in other charsets a letter would have to stand
 * before a sign, and never before a letter.  Nearly: "NESCAFE(R)" with its
 * accent in ISO-8859-1 is well-formed, and a page may have no other word
 * beyond ASCII.  So a single such character proves nothing, unless it is one
 * of the signs that pages in all languages have.
 *
 * What stays alone: charsets in which ASCII's bytes mean something else
 * (UTF-16, ISO-2022-*, HZ), visual Hebrew, whose letters stand in the order of
 * the screen, and those of the old Macintosh, whose euro the C library reads
 * as something else.
 */


#include "core/aif_charset.h"
#include "core/aif_utf8.h"

#include <errno.h>


#define AIF_CHARSET_SINGLE_PROOF  3      /* different characters that prove */
#define AIF_CHARSET_MULTI_PROOF   8      /* UTF-8; what is declared otherwise */
#define AIF_CHARSET_SEEN          8

#define AIF_CHARSET_EXACT         1      /* in "known" */
#define AIF_CHARSET_INEXACT       2


typedef struct {
    const char  *label;
    uint8_t      charset;
} aif_charset_label_t;


static int aif_charset_proves(const u_char *page, size_t len, size_t need,
    int signs);
static int aif_charset_sign(uint32_t cp);
static int aif_charset_ascii(aif_charset_conv_t *conv);
static int aif_charset_exact(aif_charset_conv_t *conv, uint32_t cp);
static int aif_charset_back(aif_charset_conv_t *conv, const u_char *text,
    size_t len);
static int aif_charset_step(iconv_t cd, const u_char **src,
    const u_char *end, u_char **dst, u_char *dst_end);


enum {
    C_UTF8 = 0, C_UTF16, C_ASCII, C_IBM866,
    C_8859_2, C_8859_3, C_8859_4, C_8859_5, C_8859_6, C_8859_7, C_8859_8I,
    C_8859_10, C_8859_13, C_8859_14, C_8859_15, C_8859_16,
    C_KOI8_R, C_KOI8_U, C_874, C_1250, C_1251, C_1252, C_1253, C_1254, C_1255,
    C_1256, C_1257, C_1258, C_GBK, C_GB18030, C_BIG5, C_EUC_JP, C_SHIFT_JIS,
    C_EUC_KR, C_REFUSED
};


#define S  AIF_CHARSET_SINGLE
#define M  AIF_CHARSET_MULTI

static const aif_charset_t  aif_charsets[] = {
    [C_UTF8] = { "utf-8", AIF_CHARSET_UTF8, { NULL, NULL } },
    [C_UTF16] = { "utf-16", AIF_CHARSET_UTF16, { NULL, NULL } },
    [C_ASCII] = { "us-ascii", AIF_CHARSET_ASCII, { "CP1252", NULL } },
    [C_IBM866] = { "ibm866", S, { "IBM866", NULL } },
    [C_8859_2] = { "iso-8859-2", S, { "ISO-8859-2", NULL } },
    [C_8859_3] = { "iso-8859-3", S, { "ISO-8859-3", NULL } },
    [C_8859_4] = { "iso-8859-4", S, { "ISO-8859-4", NULL } },
    [C_8859_5] = { "iso-8859-5", S, { "ISO-8859-5", NULL } },
    [C_8859_6] = { "iso-8859-6", S, { "ISO-8859-6", NULL } },
    [C_8859_7] = { "iso-8859-7", S, { "ISO-8859-7", NULL } },
    [C_8859_8I] = { "iso-8859-8-i", S, { "ISO-8859-8", NULL } },
    [C_8859_10] = { "iso-8859-10", S, { "ISO-8859-10", NULL } },
    [C_8859_13] = { "iso-8859-13", S, { "ISO-8859-13", NULL } },
    [C_8859_14] = { "iso-8859-14", S, { "ISO-8859-14", NULL } },
    [C_8859_15] = { "iso-8859-15", S, { "ISO-8859-15", NULL } },
    [C_8859_16] = { "iso-8859-16", S, { "ISO-8859-16", NULL } },
    [C_KOI8_R] = { "koi8-r", S, { "KOI8-R", NULL } },
    [C_KOI8_U] = { "koi8-u", S, { "KOI8-U", NULL } },
    [C_874] = { "windows-874", S, { "CP874", NULL } },
    [C_1250] = { "windows-1250", S, { "CP1250", NULL } },
    [C_1251] = { "windows-1251", S, { "CP1251", NULL } },
    [C_1252] = { "windows-1252", S, { "CP1252", NULL } },
    [C_1253] = { "windows-1253", S, { "CP1253", NULL } },
    [C_1254] = { "windows-1254", S, { "CP1254", NULL } },
    [C_1255] = { "windows-1255", S, { "CP1255", NULL } },
    [C_1256] = { "windows-1256", S, { "CP1256", NULL } },
    [C_1257] = { "windows-1257", S, { "CP1257", NULL } },
    [C_1258] = { "windows-1258", S, { "CP1258", NULL } },
    [C_GBK] = { "gbk", M, { "GBK", "GB18030" } },
    [C_GB18030] = { "gb18030", M, { "GB18030", NULL } },
    [C_BIG5] = { "big5", M, { "BIG5", "BIG5-HKSCS" } },
    [C_EUC_JP] = { "euc-jp", M, { "EUC-JP-MS", "EUC-JP" } },
    [C_SHIFT_JIS] = { "shift_jis", M, { "CP932", NULL } },
    [C_EUC_KR] = { "euc-kr", M, { "UHC", NULL } },
    [C_REFUSED] = { "refused", AIF_CHARSET_REFUSED, { NULL, NULL } }
};

#undef S
#undef M


/* https://encoding.spec.whatwg.org/#names-and-labels */

static const aif_charset_label_t  aif_charset_labels[] = {
    { "unicode-1-1-utf-8", C_UTF8 }, { "unicode11utf8", C_UTF8 },
    { "unicode20utf8", C_UTF8 }, { "utf-8", C_UTF8 }, { "utf8", C_UTF8 },
    { "x-unicode20utf8", C_UTF8 },

    { "866", C_IBM866 }, { "cp866", C_IBM866 }, { "csibm866", C_IBM866 },
    { "ibm866", C_IBM866 },

    { "csisolatin2", C_8859_2 }, { "iso-8859-2", C_8859_2 },
    { "iso-ir-101", C_8859_2 }, { "iso8859-2", C_8859_2 },
    { "iso88592", C_8859_2 }, { "iso_8859-2", C_8859_2 },
    { "iso_8859-2:1987", C_8859_2 }, { "l2", C_8859_2 },
    { "latin2", C_8859_2 },

    { "csisolatin3", C_8859_3 }, { "iso-8859-3", C_8859_3 },
    { "iso-ir-109", C_8859_3 }, { "iso8859-3", C_8859_3 },
    { "iso88593", C_8859_3 }, { "iso_8859-3", C_8859_3 },
    { "iso_8859-3:1988", C_8859_3 }, { "l3", C_8859_3 },
    { "latin3", C_8859_3 },

    { "csisolatin4", C_8859_4 }, { "iso-8859-4", C_8859_4 },
    { "iso-ir-110", C_8859_4 }, { "iso8859-4", C_8859_4 },
    { "iso88594", C_8859_4 }, { "iso_8859-4", C_8859_4 },
    { "iso_8859-4:1988", C_8859_4 }, { "l4", C_8859_4 },
    { "latin4", C_8859_4 },

    { "csisolatincyrillic", C_8859_5 }, { "cyrillic", C_8859_5 },
    { "iso-8859-5", C_8859_5 }, { "iso-ir-144", C_8859_5 },
    { "iso8859-5", C_8859_5 }, { "iso88595", C_8859_5 },
    { "iso_8859-5", C_8859_5 }, { "iso_8859-5:1988", C_8859_5 },

    { "arabic", C_8859_6 }, { "asmo-708", C_8859_6 },
    { "csiso88596e", C_8859_6 }, { "csiso88596i", C_8859_6 },
    { "csisolatinarabic", C_8859_6 }, { "ecma-114", C_8859_6 },
    { "iso-8859-6", C_8859_6 }, { "iso-8859-6-e", C_8859_6 },
    { "iso-8859-6-i", C_8859_6 }, { "iso-ir-127", C_8859_6 },
    { "iso8859-6", C_8859_6 }, { "iso88596", C_8859_6 },
    { "iso_8859-6", C_8859_6 }, { "iso_8859-6:1987", C_8859_6 },

    { "csisolatingreek", C_8859_7 }, { "ecma-118", C_8859_7 },
    { "elot_928", C_8859_7 }, { "greek", C_8859_7 }, { "greek8", C_8859_7 },
    { "iso-8859-7", C_8859_7 }, { "iso-ir-126", C_8859_7 },
    { "iso8859-7", C_8859_7 }, { "iso88597", C_8859_7 },
    { "iso_8859-7", C_8859_7 }, { "iso_8859-7:1987", C_8859_7 },
    { "sun_eu_greek", C_8859_7 },

    /* visual order */

    { "csiso88598e", C_REFUSED }, { "csisolatinhebrew", C_REFUSED },
    { "hebrew", C_REFUSED }, { "iso-8859-8", C_REFUSED },
    { "iso-8859-8-e", C_REFUSED }, { "iso-ir-138", C_REFUSED },
    { "iso8859-8", C_REFUSED }, { "iso88598", C_REFUSED },
    { "iso_8859-8", C_REFUSED }, { "iso_8859-8:1988", C_REFUSED },
    { "visual", C_REFUSED },

    { "csiso88598i", C_8859_8I }, { "iso-8859-8-i", C_8859_8I },
    { "logical", C_8859_8I },

    { "csisolatin6", C_8859_10 }, { "iso-8859-10", C_8859_10 },
    { "iso-ir-157", C_8859_10 }, { "iso8859-10", C_8859_10 },
    { "iso885910", C_8859_10 }, { "l6", C_8859_10 },
    { "latin6", C_8859_10 },

    { "iso-8859-13", C_8859_13 }, { "iso8859-13", C_8859_13 },
    { "iso885913", C_8859_13 },

    { "iso-8859-14", C_8859_14 }, { "iso8859-14", C_8859_14 },
    { "iso885914", C_8859_14 },

    { "csisolatin9", C_8859_15 }, { "iso-8859-15", C_8859_15 },
    { "iso8859-15", C_8859_15 }, { "iso885915", C_8859_15 },
    { "iso_8859-15", C_8859_15 }, { "l9", C_8859_15 },

    { "iso-8859-16", C_8859_16 },

    { "cskoi8r", C_KOI8_R }, { "koi", C_KOI8_R }, { "koi8", C_KOI8_R },
    { "koi8-r", C_KOI8_R }, { "koi8_r", C_KOI8_R },

    { "koi8-ru", C_KOI8_U }, { "koi8-u", C_KOI8_U },

    { "csmacintosh", C_REFUSED }, { "mac", C_REFUSED },
    { "macintosh", C_REFUSED }, { "x-mac-roman", C_REFUSED },
    { "x-mac-cyrillic", C_REFUSED }, { "x-mac-ukrainian", C_REFUSED },

    { "dos-874", C_874 }, { "iso-8859-11", C_874 }, { "iso8859-11", C_874 },
    { "iso885911", C_874 }, { "tis-620", C_874 }, { "windows-874", C_874 },

    { "cp1250", C_1250 }, { "windows-1250", C_1250 },
    { "x-cp1250", C_1250 },

    { "cp1251", C_1251 }, { "windows-1251", C_1251 },
    { "x-cp1251", C_1251 },

    { "ansi_x3.4-1968", C_ASCII }, { "ascii", C_ASCII },
    { "us-ascii", C_ASCII },

    { "cp1252", C_1252 }, { "cp819", C_1252 }, { "csisolatin1", C_1252 },
    { "ibm819", C_1252 }, { "iso-8859-1", C_1252 },
    { "iso-ir-100", C_1252 }, { "iso8859-1", C_1252 },
    { "iso88591", C_1252 }, { "iso_8859-1", C_1252 },
    { "iso_8859-1:1987", C_1252 }, { "l1", C_1252 }, { "latin1", C_1252 },
    { "windows-1252", C_1252 }, { "x-cp1252", C_1252 },

    { "cp1253", C_1253 }, { "windows-1253", C_1253 },
    { "x-cp1253", C_1253 },

    { "cp1254", C_1254 }, { "csisolatin5", C_1254 },
    { "iso-8859-9", C_1254 }, { "iso-ir-148", C_1254 },
    { "iso8859-9", C_1254 }, { "iso88599", C_1254 },
    { "iso_8859-9", C_1254 }, { "iso_8859-9:1989", C_1254 },
    { "l5", C_1254 }, { "latin5", C_1254 }, { "windows-1254", C_1254 },
    { "x-cp1254", C_1254 },

    { "cp1255", C_1255 }, { "windows-1255", C_1255 },
    { "x-cp1255", C_1255 },

    { "cp1256", C_1256 }, { "windows-1256", C_1256 },
    { "x-cp1256", C_1256 },

    { "cp1257", C_1257 }, { "windows-1257", C_1257 },
    { "x-cp1257", C_1257 },

    { "cp1258", C_1258 }, { "windows-1258", C_1258 },
    { "x-cp1258", C_1258 },

    { "chinese", C_GBK }, { "csgb2312", C_GBK },
    { "csiso58gb231280", C_GBK }, { "gb2312", C_GBK }, { "gb_2312", C_GBK },
    { "gb_2312-80", C_GBK }, { "gbk", C_GBK }, { "iso-ir-58", C_GBK },
    { "x-gbk", C_GBK },

    { "gb18030", C_GB18030 },

    { "big5", C_BIG5 }, { "big5-hkscs", C_BIG5 }, { "cn-big5", C_BIG5 },
    { "csbig5", C_BIG5 }, { "x-x-big5", C_BIG5 },

    { "cseucpkdfmtjapanese", C_EUC_JP }, { "euc-jp", C_EUC_JP },
    { "x-euc-jp", C_EUC_JP },

    { "csshiftjis", C_SHIFT_JIS }, { "ms932", C_SHIFT_JIS },
    { "ms_kanji", C_SHIFT_JIS }, { "shift-jis", C_SHIFT_JIS },
    { "shift_jis", C_SHIFT_JIS }, { "sjis", C_SHIFT_JIS },
    { "windows-31j", C_SHIFT_JIS }, { "x-sjis", C_SHIFT_JIS },

    { "cseuckr", C_EUC_KR }, { "csksc56011987", C_EUC_KR },
    { "euc-kr", C_EUC_KR }, { "iso-ir-149", C_EUC_KR },
    { "korean", C_EUC_KR }, { "ks_c_5601-1987", C_EUC_KR },
    { "ks_c_5601-1989", C_EUC_KR }, { "ksc5601", C_EUC_KR },
    { "ksc_5601", C_EUC_KR }, { "windows-949", C_EUC_KR },

    { "csiso2022jp", C_REFUSED }, { "iso-2022-jp", C_REFUSED },
    { "csiso2022kr", C_REFUSED }, { "hz-gb-2312", C_REFUSED },
    { "iso-2022-cn", C_REFUSED }, { "iso-2022-cn-ext", C_REFUSED },
    { "iso-2022-kr", C_REFUSED }, { "replacement", C_REFUSED },
    { "x-user-defined", C_REFUSED },

    { "unicodefffe", C_UTF16 }, { "utf-16be", C_UTF16 },
    { "csunicode", C_UTF16 }, { "iso-10646-ucs-2", C_UTF16 },
    { "ucs-2", C_UTF16 }, { "unicode", C_UTF16 },
    { "unicodefeff", C_UTF16 }, { "utf-16", C_UTF16 },
    { "utf-16le", C_UTF16 },

    { NULL, 0 }
};


const aif_charset_t *
aif_charset_find(const u_char *label, size_t len)
{
    char                        name[AIF_CHARSET_MAX_LABEL + 1];
    size_t                      i;
    const aif_charset_label_t  *l;

    while (len && (*label == ' ' || (*label >= '\t' && *label <= '\r'))) {
        label++;
        len--;
    }

    while (len && (label[len - 1] == ' '
                   || (label[len - 1] >= '\t' && label[len - 1] <= '\r')))
    {
        len--;
    }

    if (len == 0 || len > AIF_CHARSET_MAX_LABEL) {
        return NULL;
    }

    for (i = 0; i < len; i++) {

        if (label[i] == '\0') {
            return NULL;
        }

        name[i] = label[i] >= 'A' && label[i] <= 'Z' ? label[i] | 0x20
                                                     : label[i];
    }

    name[len] = '\0';

    for (l = aif_charset_labels; l->label; l++) {
        if (strcmp(l->label, name) == 0) {
            return &aif_charsets[l->charset];
        }
    }

    return NULL;
}


aif_charset_way_e
aif_charset_decide(const aif_charset_t *declared, int header,
    const u_char *page, size_t len)
{
    size_t              i;
    aif_charset_kind_e  kind;

    kind = declared ? declared->kind : AIF_CHARSET_UTF8;

    /* a byte order mark outranks the header */

    if (len >= 3 && memcmp(page, "\xef\xbb\xbf", 3) == 0) {
        kind = AIF_CHARSET_UTF8;
    }

    if (kind == AIF_CHARSET_UTF16 && !header) {
        kind = AIF_CHARSET_UTF8;
    }

    if (kind == AIF_CHARSET_UTF8) {
        return aif_utf8_valid(page, len) ? AIF_CHARSET_AS_UTF8
                                         : AIF_CHARSET_UNCLEAR;
    }

    if (kind == AIF_CHARSET_UTF16 || kind == AIF_CHARSET_REFUSED
        || (len >= 2 && (memcmp(page, "\xff\xfe", 2) == 0
                         || memcmp(page, "\xfe\xff", 2) == 0)))
    {
        return AIF_CHARSET_UNCLEAR;
    }

    for (i = 0; i < len && page[i] < 0x80; i++) { /* void */ }

    if (i == len) {
        return kind == AIF_CHARSET_ASCII ? AIF_CHARSET_AS_REFERENCES
                                         : AIF_CHARSET_CONVERT;
    }

    if (!aif_utf8_valid(page, len)) {
        return AIF_CHARSET_CONVERT;
    }

    if (kind == AIF_CHARSET_MULTI) {
        return aif_charset_proves(page, len, AIF_CHARSET_MULTI_PROOF, 0)
               ? AIF_CHARSET_AS_REFERENCES : AIF_CHARSET_UNCLEAR;
    }

    return aif_charset_proves(page, len, AIF_CHARSET_SINGLE_PROOF, 1)
           ? AIF_CHARSET_AS_REFERENCES : AIF_CHARSET_UNCLEAR;
}


/*
 * Valid UTF-8 with characters beyond ASCII: has it so many different ones that
 * it can't be by chance?  "signs": or only such as pages in all languages have.
 */

static int
aif_charset_proves(const u_char *page, size_t len, size_t need, int signs)
{
    size_t         i, n;
    uint32_t       cp, seen[AIF_CHARSET_SEEN];
    const u_char  *p, *end;

    n = 0;
    p = page;
    end = page + len;

    while (p < end) {

        if (*p < 0x80) {
            p++;
            continue;
        }

        cp = aif_utf8_decode(&p, end);

        if (signs && aif_charset_sign(cp)) {
            continue;
        }

        for (i = 0; i < n && seen[i] != cp; i++) { /* void */ }

        if (i < n) {
            continue;
        }

        seen[n++] = cp;

        if (n == need) {
            return 1;
        }
    }

    return signs && n == 0;
}


/* no-break space, quotes, dashes, (c), (R), TM, degree, middle dot, euro ... */

static int
aif_charset_sign(uint32_t cp)
{
    switch (cp) {

    case 0xa0: case 0xa3: case 0xa9: case 0xab: case 0xae: case 0xb0:
    case 0xb7: case 0xbb:
    case 0x2013: case 0x2014: case 0x2018: case 0x2019: case 0x201c:
    case 0x201d: case 0x2022: case 0x2026: case 0x20ac: case 0x2122:
        return 1;

    default:
        return 0;
    }
}


int
aif_charset_open(aif_charset_conv_t *conv, const char *code)
{
    int  rc;

    memset(conv, 0, sizeof(aif_charset_conv_t));

    errno = 0;

    conv->reader = iconv_open("UTF-8", code);
    conv->writer = iconv_open(code, "UTF-8");
    conv->probe = iconv_open(code, "UTF-8");

    rc = AIF_OK;

    if (conv->reader == (iconv_t) -1 || conv->writer == (iconv_t) -1
        || conv->probe == (iconv_t) -1)
    {
        rc = errno == EINVAL ? AIF_BAD : AIF_NOMEM;

    } else if (!aif_charset_ascii(conv)) {
        rc = AIF_BAD;
    }

    if (rc != AIF_OK) {
        aif_charset_close(conv);
    }

    return rc;
}


void
aif_charset_close(aif_charset_conv_t *conv)
{
    if (conv->reader != (iconv_t) -1) {
        (void) iconv_close(conv->reader);
    }

    if (conv->writer != (iconv_t) -1) {
        (void) iconv_close(conv->writer);
    }

    if (conv->probe != (iconv_t) -1) {
        (void) iconv_close(conv->probe);
    }
}


static int
aif_charset_ascii(aif_charset_conv_t *conv)
{
    u_char         text[128], out[128 + AIF_CHARSET_ROOM], *dst;
    unsigned       i;
    const u_char  *src;

    for (i = 0; i < 128; i++) {
        text[i] = i;
    }

    src = text;
    dst = out;

    if (aif_charset_step(conv->reader, &src, text + 128, &dst,
                         out + sizeof(out))
        != AIF_OK
        || dst - out != 128 || memcmp(out, text, 128) != 0)
    {
        return 0;
    }

    src = text;
    dst = out;

    return aif_charset_step(conv->writer, &src, text + 128, &dst,
                            out + sizeof(out))
           == AIF_OK
           && dst - out == 128 && memcmp(out, text, 128) == 0;
}


void
aif_charset_start(aif_charset_conv_t *conv)
{
    (void) iconv(conv->reader, NULL, NULL, NULL, NULL);
    (void) iconv(conv->writer, NULL, NULL, NULL, NULL);
}


int
aif_charset_read(aif_charset_conv_t *conv, const u_char **src,
    const u_char *end, u_char **dst, u_char *dst_end)
{
    return aif_charset_step(conv->reader, src, end, dst, dst_end);
}


/* runs of characters that come back are iconv's, the others our own */

int
aif_charset_write(aif_charset_conv_t *conv, const u_char **src,
    const u_char *end, u_char **dst, u_char *dst_end)
{
    int            rc;
    size_t         room;
    uint32_t       cp;
    unsigned       exact;
    const u_char  *p, *q;

    for ( ;; ) {

        /* no further than there may be room for */

        room = dst_end - *dst;
        exact = 1;
        cp = 0;
        q = *src;

        for (p = q; p < end && (size_t) (p - *src) < room; p = q) {

            q = p + 1;

            if (*p < 0x80) {
                continue;
            }

            q = p;
            cp = aif_utf8_decode(&q, end);

            if (cp == AIF_UTF8_BAD) {
                return AIF_BAD;
            }

            exact = aif_charset_exact(conv, cp);

            if (!exact) {
                break;
            }
        }

        rc = aif_charset_step(conv->writer, src, p, dst, dst_end);

        if (rc != AIF_OK || p == end) {
            return rc;
        }

        if (exact) {

            if (room == 0) {
                return AIF_LIMIT;
            }

            continue;
        }

        if (dst_end - *dst < AIF_UTF8_REFERENCE) {
            return AIF_LIMIT;
        }

        *dst += aif_utf8_reference(*dst, cp);
        *src = q;
    }
}


/* is it in the charset, and the same when it is read again? */

static int
aif_charset_exact(aif_charset_conv_t *conv, uint32_t cp)
{
    int       exact;
    u_char    text[4];
    size_t    len;
    unsigned  shift, known;

    known = 0;
    shift = (cp & 3) * 2;

    if (cp < 0x10000) {

        known = conv->known[cp >> 2] >> shift & 3;

        if (known) {
            return known == AIF_CHARSET_EXACT;
        }
    }

    len = aif_utf8_encode(text, cp);
    exact = aif_charset_back(conv, text, len);

    if (cp < 0x10000) {
        conv->known[cp >> 2] |= (exact ? AIF_CHARSET_EXACT
                                       : AIF_CHARSET_INEXACT) << shift;
    }

    return exact;
}


static int
aif_charset_back(aif_charset_conv_t *conv, const u_char *text, size_t len)
{
    u_char         there[AIF_CHARSET_ROOM], back[AIF_CHARSET_ROOM], *dst,
                  *dst_end;
    const u_char  *src;

    (void) iconv(conv->probe, NULL, NULL, NULL, NULL);
    (void) iconv(conv->reader, NULL, NULL, NULL, NULL);

    src = text;
    dst = there;

    if (aif_charset_step(conv->probe, &src, text + len, &dst,
                         there + sizeof(there))
        != AIF_OK)
    {
        return 0;
    }

    src = there;
    dst_end = dst;
    dst = back;

    return aif_charset_step(conv->reader, &src, dst_end, &dst,
                            back + sizeof(back))
           == AIF_OK
           && (size_t) (dst - back) == len && memcmp(back, text, len) == 0;
}


/* iconv and its state's rest; what was approximated is not taken */

static int
aif_charset_step(iconv_t cd, const u_char **src, const u_char *end,
    u_char **dst, u_char *dst_end)
{
    char    *in, *out;
    size_t   rc, left, room;

    in = (char *) *src;
    left = end - *src;
    out = (char *) *dst;
    room = dst_end - *dst;

    rc = 0;

    if (left) {
        rc = iconv(cd, &in, &left, &out, &room);
    }

    if (rc == 0) {
        rc = iconv(cd, NULL, NULL, &out, &room);
    }

    *src = (u_char *) in;
    *dst = (u_char *) out;

    if (rc == 0) {
        return AIF_OK;
    }

    return rc == (size_t) -1 && errno == E2BIG ? AIF_LIMIT : AIF_BAD;
}
