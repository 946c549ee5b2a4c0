
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Charsets: what labels mean, when a page is not what it is said to be, and
 * that a text comes back as the very bytes that it was, whatever room there is
 * for it.  Seen to fail with "NESCAFE(R)" taken for UTF-8, with the yen sign
 * written as a backslash (Shift_JIS), and with a full buffer taken for the end.
 */


#include "core/aif_charset.h"
#include "tap.h"


#define TEST_ROOM    4096
#define TEST_REPEAT  20             /* longer than the room */


static void test_labels(void);
static void test_decide(void);
static void test_texts(void);
static void test_written(void);
static void test_bytes(void);
static size_t test_repeat(u_char *out, const char *text);
static int test_convert(aif_charset_conv_t *conv, int write,
    const u_char *text, size_t len, size_t step, u_char *out, size_t *n);
static aif_charset_conv_t *test_open(const char *code);


static aif_charset_conv_t  test_conv;


int
main(void)
{
    test_labels();
    test_decide();
    test_texts();
    test_written();
    test_bytes();

    done();
}


static void
test_labels(void)
{
    size_t                i, bad;
    const aif_charset_t  *c;

    static const struct {
        const char  *label;
        const char  *name;
    } t[] = {
        { "utf-8", "utf-8" }, { "UTF8", "utf-8" }, { "\tUtf-8 \n", "utf-8" },
        { "iso-8859-1", "windows-1252" }, { "Latin1", "windows-1252" },
        { "us-ascii", "us-ascii" }, { "iso-8859-9", "windows-1254" },
        { "ISO-8859-2", "iso-8859-2" }, { "iso-8859-11", "windows-874" },
        { "iso-8859-16", "iso-8859-16" }, { "GB2312", "gbk" },
        { "x-gbk", "gbk" }, { "gb18030", "gb18030" },
        { "Big5-HKSCS", "big5" }, { "sjis", "shift_jis" },
        { "Shift_JIS", "shift_jis" }, { "euc-jp", "euc-jp" },
        { "ks_c_5601-1987", "euc-kr" }, { "koi8-u", "koi8-u" },
        { "x-cp1251", "windows-1251" }, { "tis-620", "windows-874" },
        { "iso-8859-8-i", "iso-8859-8-i" }, { "iso-8859-8", "refused" },
        { "iso-2022-jp", "refused" }, { "hz-gb-2312", "refused" },
        { "UTF-16", "utf-16" }, { "utf-32", NULL }, { "utf-7", NULL },
        { "", NULL }, { " ", NULL }, { "utf-8\n\x01", NULL },
        { "iso-8859-17", NULL },
        { "a-name-that-is-longer-than-any-that-there-is", NULL }
    };

    bad = 0;

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        c = aif_charset_find((u_char *) t[i].label, strlen(t[i].label));

        if (t[i].name ? c == NULL || strcmp(c->name, t[i].name) != 0
                      : c != NULL)
        {
            printf("# \"%s\" is %s\n", t[i].label, c ? c->name : "nothing");
            bad++;
        }
    }

    ok(bad == 0, "%zu labels mean what they should", i);
    ok(aif_charset_find((u_char *) "utf-8\0x", 7) == NULL
       && aif_charset_find((u_char *) "gbk\0", 4) == NULL,
       "a name with a NUL is none");
}


static void
test_decide(void)
{
    size_t                i, bad;
    aif_charset_way_e     way;
    const aif_charset_t  *c;

#define U  AIF_CHARSET_AS_UTF8
#define R  AIF_CHARSET_AS_REFERENCES
#define C  AIF_CHARSET_CONVERT
#define X  AIF_CHARSET_UNCLEAR

    static const struct {
        const char         *label;
        int                 header;
        const char         *page;
        aif_charset_way_e   way;
    } t[] = {
        { NULL, 0, "plain", U }, { NULL, 0, "caf\xc3\xa9", U },
        { NULL, 0, "caf\xe9", X }, { "utf-8", 1, "caf\xe9", X },
        { "iso-8859-1", 1, "caf\xe9", C }, { "iso-8859-1", 0, "plain", C },
        { "iso-8859-1", 0, "\xef\xbb\xbf" "caf\xc3\xa9", U },
        { "iso-8859-1", 1, "\xef\xbb\xbf" "caf\xe9", X },
        { "gbk", 0, "\xff\xfeg", X }, { "gbk", 0, "\xfe\xffg", X },

        /* contradicted by its bytes */

        { "iso-8859-1", 1, "\xc3\xa9t\xc3\xa9, na\xc3\xafve, \xc3\xbc", R },
        { "iso-8859-2", 0, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2", R },
        { "iso-8859-1", 1, "\xc2\xa9 2020 \xe2\x80\x93 5 \xe2\x82\xac", R },
        { "us-ascii", 0, "plain", R }, { "us-ascii", 0, "caf\xe9", C },

        /* by chance, perhaps */

        { "iso-8859-1", 1, "NESCAF\xc9\xae, NESCAF\xc9\xae", X },
        { "windows-1252", 1, "CAF\xc9\x94, \xc2\xa9, CAF\xc9\x92S", X },
        { "gbk", 1, "\xc1\xaa\xcd\xa8", C }, { "gbk", 1, "\xcd\xa8", X },
        { "gbk", 1, "\xc2\xa9", X },
        { "shift_jis", 1, "\xe3\x81\x82\xe3\x81\x84\xe3\x81\x86\xe3\x81\x88"
                          "\xe3\x81\x8a\xe3\x81\x8b\xe3\x81\x8d\xe3\x81\x8f",
          R },
        { "shift_jis", 1, "\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82"
                          "\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82\xe3\x81\x82",
          X },

        /* who can say so in ASCII isn't */

        { "utf-16", 0, "caf\xc3\xa9", U }, { "utf-16", 1, "plain", X },
        { "iso-2022-jp", 0, "plain", X }, { "iso-8859-8", 0, "plain", X }
    };

#undef U
#undef R
#undef C
#undef X

    bad = 0;

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        c = t[i].label == NULL ? NULL
            : aif_charset_find((u_char *) t[i].label, strlen(t[i].label));

        way = aif_charset_decide(c, t[i].header, (u_char *) t[i].page,
                                 strlen(t[i].page));

        if (way != t[i].way) {
            printf("# %s: \"%s\" is %d\n", t[i].label ? t[i].label : "none",
                   t[i].page, way);
            bad++;
        }
    }

    ok(bad == 0, "%zu pages are believed, doubted or left alone", i);
    ok(aif_charset_decide(NULL, 0, (u_char *) "", 0) == AIF_CHARSET_AS_UTF8,
       "an empty page is UTF-8");
}


/* texts in their charsets: to UTF-8, and back to the very bytes */

static void
test_texts(void)
{
    int     rc;
    u_char  utf8[TEST_ROOM], back[TEST_ROOM], native[TEST_ROOM],
            want[TEST_ROOM];
    size_t  i, step, n, m, len, want_len, bad;

    static const struct {
        const char  *code;
        const char  *native;
        const char  *utf8;
    } t[] = {
        { "CP1252", "caf\xe9 \x80 5", "caf\xc3\xa9 \xe2\x82\xac 5" },
        { "CP1251", "\xcf\xf0\xe8\xe2\xe5\xf2 \xb9 5",
          "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xe2\x84\x96 5" },
        { "KOI8-R", "\xf0\xd2\xc9", "\xd0\x9f\xd1\x80\xd0\xb8" },
        { "ISO-8859-2", "\xb1", "\xc4\x85" },
        { "GBK", "\xc4\xe3\xba\xc3,\xc9\xcc\xb3\xc7",
          "\xe4\xbd\xa0\xe5\xa5\xbd,\xe5\x95\x86\xe5\x9f\x8e" },
        { "GB18030", "\xc4\xe3 \x81\x30\x81\x30 \x95\x32\x82\x36",
          "\xe4\xbd\xa0 \xc2\x80 \xf0\xa0\x80\x80" },
        { "BIG5", "\xa7\x41\xa6\x6e", "\xe4\xbd\xa0\xe5\xa5\xbd" },

        /* the second byte of the first is a backslash, and a "|" */

        { "CP932", "\x95\x5c\x8e\xa6 \x83\x7c \xb1 \x87\x40",
          "\xe8\xa1\xa8\xe7\xa4\xba \xe3\x83\x9d \xef\xbd\xb1 \xe2\x91\xa0" },
        { "EUC-JP-MS", "\xc6\xfc\xcb\xdc", "\xe6\x97\xa5\xe6\x9c\xac" },
        { "UHC", "\xb0\xa1 \x81\x41", "\xea\xb0\x80 \xea\xb0\x82" },
        { "CP1255", "\xf9\xec\xe5\xed", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" },
        { "CP1258", "\xe2\xec n", "\xe1\xba\xa5 n" }
    };

    bad = 0;

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        if (test_open(t[i].code) == NULL) {
            bad++;
            continue;
        }

        len = test_repeat(native, t[i].native);
        want_len = test_repeat(want, t[i].utf8);

        for (step = AIF_CHARSET_ROOM; step < 2 * AIF_CHARSET_ROOM; step++) {

            rc = test_convert(&test_conv, 0, native, len, step, utf8, &n);

            if (rc != AIF_OK || n != want_len || memcmp(utf8, want, n) != 0) {
                printf("# %s to UTF-8: %.*s\n", t[i].code, (int) n, utf8);
                bad++;
                break;
            }

            rc = test_convert(&test_conv, 1, utf8, n, step, back, &m);

            if (rc != AIF_OK || m != len || memcmp(back, native, m) != 0) {
                printf("# %s and back: %.*s\n", t[i].code, (int) m, back);
                bad++;
                break;
            }
        }

        aif_charset_close(&test_conv);
    }

    ok(bad == 0, "%zu texts come back", i);

    test_open("CP932");
    rc = test_convert(&test_conv, 0, (u_char *) "\x95", 1, 64, utf8, &n);
    ok(rc == AIF_BAD, "half a character at the end is none");
    rc = test_convert(&test_conv, 0, (u_char *) "ab", 2, 64, utf8, &n);
    ok(rc == AIF_OK && n == 2, "... and forgotten by the next text");
    rc = test_convert(&test_conv, 0, (u_char *) "\x82\x20", 2, 64, utf8, &n);
    ok(rc == AIF_BAD, "nor is a wrong second byte");
    rc = test_convert(&test_conv, 1, (u_char *) "a\xe3\x81", 3, 64, utf8, &n);
    ok(rc == AIF_BAD, "what is no UTF-8 is not written");
    aif_charset_close(&test_conv);

    ok(test_open("no-such-charset") == NULL, "an unknown code is not opened");
    ok(test_open("UTF-16") == NULL && test_open("EBCDIC-US") == NULL,
       "nor one that has no ASCII");
}


/* what a charset has not */

static void
test_written(void)
{
    u_char  out[TEST_ROOM];
    size_t  i, n, bad;

    static const struct {
        const char  *code;
        const char  *utf8;
        const char  *native;
    } t[] = {
        { "CP1252", "\xe4\xbd\xa0 \xc3\xa9\xf0\x9f\x91\x95!",
          "&#x4f60; \xe9&#x1f455;!" },
        { "CP1251", "ni\xc3\xb1o", "ni&#xf1;o" },
        { "ISO-8859-2", "5 \xe2\x82\xac", "5 &#x20ac;" },
        { "ISO-8859-15", "5 \xe2\x82\xac", "5 \xa4" },
        { "GBK", "\xe4\xbd\xa0 \xf0\xa0\x80\x80 \xc3\xb1",
          "\xc4\xe3 &#x20000; &#xf1;" },

        /* iconv would make a backslash and a tilde of them */

        { "CP932", "\xc2\xa5 100 \xe2\x80\xbe", "&#xa5; 100 &#x203e;" },

        /* no approximations, nothing is dropped */

        { "CP1252", "\xef\xac\x81 \xf3\xa0\x81\x81", "&#xfb01; &#xe0041;" },
        { "CP1252", "", "" }
    };

    bad = 0;

    for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {

        if (test_open(t[i].code) == NULL) {
            bad++;
            continue;
        }

        if (test_convert(&test_conv, 1, (u_char *) t[i].utf8,
                         strlen(t[i].utf8), AIF_CHARSET_ROOM, out, &n)
            != AIF_OK
            || n != strlen(t[i].native) || memcmp(out, t[i].native, n) != 0)
        {
            printf("# %s: %.*s\n", t[i].code, (int) n, out);
            bad++;
        }

        aif_charset_close(&test_conv);
    }

    ok(bad == 0, "%zu texts have references for what is missing", i);
}


/* every byte, and every pair with a high one first, comes back or is refused */

static void
test_bytes(void)
{
    int                   rc;
    u_char                pair[2], utf8[64], back[64];
    size_t                k, n, m, good, other, least;
    unsigned              i, j;
    const char           *code;
    const aif_charset_t  *c;

    static const char *names[] = {
        "ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5",
        "iso-8859-6", "iso-8859-7", "iso-8859-8-i", "iso-8859-10",
        "iso-8859-11", "iso-8859-13", "iso-8859-14", "iso-8859-15",
        "iso-8859-16", "koi8-r", "koi8-u", "windows-1250", "windows-1251",
        "windows-1252", "windows-1253", "windows-1254", "windows-1255",
        "windows-1256", "windows-1257", "windows-1258", "gbk", "gb18030",
        "big5", "euc-jp", "shift_jis", "euc-kr"
    };

    for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {

        c = aif_charset_find((u_char *) names[k], strlen(names[k]));
        code = c ? c->codes[0] : "";

        if (test_open(code) == NULL) {
            ok(0, "%s: iconv knows \"%s\"", names[k], code);
            continue;
        }

        good = 0;
        other = 0;

        for (i = 0x80; i < 0x100; i++) {
            for (j = 0; j < (c->kind == AIF_CHARSET_MULTI ? 0x100 : 1); j++) {

                pair[0] = i;
                pair[1] = j ? j : ' ';

                rc = test_convert(&test_conv, 0, pair, 2, 64, utf8, &n);

                if (rc != AIF_OK) {
                    continue;
                }

                rc = test_convert(&test_conv, 1, utf8, n, 64, back, &m);

                if (rc == AIF_OK && m == 2 && memcmp(back, pair, 2) == 0) {
                    good++;

                } else {
                    other++;
                }
            }
        }

        least = c->kind == AIF_CHARSET_MULTI ? 8000 : 70;

        ok(good >= least && other <= good / 10,
           "%s: %zu come back, %zu don't", names[k], good, other);

        aif_charset_close(&test_conv);
    }
}


static size_t
test_repeat(u_char *out, const char *text)
{
    size_t  i, len;

    len = strlen(text);

    for (i = 0; i < TEST_REPEAT; i++) {
        memcpy(out + i * len, text, len);
    }

    return TEST_REPEAT * len;
}


/* in pieces of room, of exactly that size */

static int
test_convert(aif_charset_conv_t *conv, int write, const u_char *text,
    size_t len, size_t step, u_char *out, size_t *n)
{
    int            rc;
    u_char        *room, *dst, *src_copy;
    const u_char  *src;

    *n = 0;

    src_copy = malloc(len + 1);
    memcpy(src_copy, text, len);
    src = src_copy;

    aif_charset_start(conv);

    do {
        room = malloc(step);
        dst = room;

        rc = write ? aif_charset_write(conv, &src, src_copy + len, &dst,
                                       room + step)
                   : aif_charset_read(conv, &src, src_copy + len, &dst,
                                      room + step);

        memcpy(out + *n, room, dst - room);
        *n += dst - room;
        free(room);

    } while (rc == AIF_LIMIT);

    free(src_copy);

    return rc;
}


static aif_charset_conv_t *
test_open(const char *code)
{
    return aif_charset_open(&test_conv, code) == AIF_OK ? &test_conv : NULL;
}
