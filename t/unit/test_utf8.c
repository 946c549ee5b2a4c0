
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * UTF-8: every code point, every kind of malformed sequence, and the classes
 * against sums over the Unicode 14 database.
 */


#include "core/aif_utf8.h"

#include "tap.h"


static const struct {
    const char  *bytes;
    uint32_t     cp;               /* of the first character */
    size_t       used;
} utf8_cases[] = {
    { "\x7f", 0x7f, 1 },
    { "\xc2\x80", 0x80, 2 },
    { "\xdf\xbf", 0x7ff, 2 },
    { "\xe0\xa0\x80", 0x800, 3 },
    { "\xed\x9f\xbf", 0xd7ff, 3 },
    { "\xee\x80\x80", 0xe000, 3 },
    { "\xef\xbf\xbf", 0xffff, 3 },
    { "\xf0\x90\x80\x80", 0x10000, 4 },
    { "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },

    { "\x80", AIF_UTF8_BAD, 1 },
    { "\xbf", AIF_UTF8_BAD, 1 },
    { "\xc0\x80", AIF_UTF8_BAD, 1 },
    { "\xc1\xbf", AIF_UTF8_BAD, 1 },
    { "\xc2", AIF_UTF8_BAD, 1 },
    { "\xc2\x41", AIF_UTF8_BAD, 1 },
    { "\xc2\xc2\x80", AIF_UTF8_BAD, 1 },
    { "\xe0\x9f\xbf", AIF_UTF8_BAD, 1 },
    { "\xe2\x82", AIF_UTF8_BAD, 1 },
    { "\xe2\x82\x41", AIF_UTF8_BAD, 1 },
    { "\xed\xa0\x80", AIF_UTF8_BAD, 1 },
    { "\xed\xbf\xbf", AIF_UTF8_BAD, 1 },
    { "\xf0\x8f\xbf\xbf", AIF_UTF8_BAD, 1 },
    { "\xf0\x90\x80", AIF_UTF8_BAD, 1 },
    { "\xf4\x90\x80\x80", AIF_UTF8_BAD, 1 },
    { "\xf5\x80\x80\x80", AIF_UTF8_BAD, 1 },
    { "\xff", AIF_UTF8_BAD, 1 }
};


static const struct {
    uint32_t  cp;
    int       letter;
    int       digit;
} utf8_classes[] = {
    { ' ', 0, -1 }, { '0', 0, 0 }, { '9', 0, 9 }, { '/', 0, -1 },
    { ':', 0, -1 }, { '@', 0, -1 }, { 'A', 1, -1 }, { 'Z', 1, -1 },
    { '[', 0, -1 }, { '`', 0, -1 }, { 'a', 1, -1 }, { 'z', 1, -1 },
    { '{', 0, -1 }, { 0xa0, 0, -1 }, { 0xaa, 1, -1 }, { 0xb2, 0, -1 },
    { 0xd7, 0, -1 }, { 0xe9, 1, -1 }, { 0x301, 1, -1 }, { 0x416, 1, -1 },
    { 0x5d0, 1, -1 }, { 0x661, 0, 1 }, { 0x7ff, 0, -1 }, { 0x905, 1, -1 },
    { 0x96f, 0, 9 }, { 0xe01, 1, -1 }, { 0x2014, 0, -1 }, { 0x20ac, 0, -1 },
    { 0x2160, 0, -1 }, { 0x3000, 0, -1 }, { 0x3042, 1, -1 },
    { 0x4dff, 0, -1 }, { 0x4e00, 1, -1 }, { 0x9fff, 1, -1 },
    { 0xac00, 1, -1 }, { 0xd7a3, 1, -1 }, { 0xd800, 0, -1 },
    { 0xe000, 0, -1 }, { 0xff11, 0, 1 }, { 0xff21, 1, -1 },
    { 0xffff, 0, -1 }, { 0x1d7ff, 0, 9 }, { 0x1f600, 0, -1 },
    { 0x20000, 1, -1 }, { 0x10ffff, 0, -1 }, { 0x110000, 0, -1 },
    { AIF_UTF8_BAD, 0, -1 }
};


/* Every code point there and back, from memory that ends with it. */

static void
test_round(void)
{
    size_t         n, want;
    uint32_t       cp;
    unsigned       wrong;
    u_char         buf[8];
    const u_char  *p;

    for (wrong = 0, cp = 0; cp <= 0x10ffff; cp++) {

        if (cp >= 0xd800 && cp <= 0xdfff) {
            continue;
        }

        want = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
        n = aif_utf8_encode(buf, cp);
        p = buf;

        wrong += n != want || aif_utf8_decode(&p, buf + n) != cp
                 || p != buf + n || !aif_utf8_valid(buf, n);
    }

    ok(wrong == 0, "every code point there and back");
}


static void
test_sums(void)
{
    int        digit;
    size_t     letters, digits;
    uint32_t   cp, letter_sum, digit_sum;

    letters = 0;
    digits = 0;
    letter_sum = 0;
    digit_sum = 0;

    for (cp = 0; cp <= 0x10ffff; cp++) {

        if (aif_utf8_letter(cp)) {
            letters++;
            letter_sum = letter_sum * 31 + cp;
        }

        digit = aif_utf8_digit(cp);

        if (digit >= 0) {
            digits++;
            digit_sum = digit_sum * 31 + cp + digit;
        }
    }

    ok(letters == 134164 && letter_sum == 0xe33f9b7f,
       "%zu letters and marks are Unicode's", letters);
    ok(digits == 660 && digit_sum == 0x25f68714, "%zu digits are Unicode's",
       digits);
}


/* A malformed byte and letters at every place of runs of every length. */

static void
test_runs(void)
{
    size_t     len, i, n, letters;
    u_char    *p;
    unsigned   wrong;

    wrong = 0;

    for (len = 1; len < 70; len++) {

        p = malloc(len);
        if (p == NULL) {
            wrong++;
            break;
        }

        memset(p, ' ', len);
        wrong += !aif_utf8_valid(p, len) || aif_utf8_letters(p, len) != 0;

        for (i = 0; i < len; i++) {
            p[i] = 0xff;
            wrong += aif_utf8_valid(p, len) || aif_utf8_letters(p, len) != 0;

            p[i] = i & 1 ? 'Z' : 'a';
            wrong += !aif_utf8_valid(p, len) || aif_utf8_letters(p, len) != 1;

            p[i] = ' ';
        }

        for (n = 0; n < 256; n++) {

            for (letters = 0, i = 0; i < len; i++) {
                p[i] = (u_char) (n + i * 7) & 0x7f;
                letters += (p[i] >= 'A' && p[i] <= 'Z')
                           || (p[i] >= 'a' && p[i] <= 'z');
            }

            wrong += aif_utf8_letters(p, len) != letters;
        }

        free(p);
    }

    ok(wrong == 0, "runs of ASCII of every length");
    ok(aif_utf8_valid(NULL, 0) && aif_utf8_letters(NULL, 0) == 0, "nothing");
}


static size_t
letters(const char *text)
{
    return aif_utf8_letters((const u_char *) text, strlen(text));
}


int
main(void)
{
    size_t         i, len;
    uint32_t       cp;
    u_char        *start;
    unsigned       wrong;
    const u_char  *p;

    for (i = 0; i < sizeof(utf8_cases) / sizeof(utf8_cases[0]); i++) {

        len = strlen(utf8_cases[i].bytes);

        /* memory that ends with the sequence */

        start = malloc(len);
        if (start == NULL) {
            return EXIT_FAILURE;
        }

        memcpy(start, utf8_cases[i].bytes, len);
        p = start;

        cp = aif_utf8_decode(&p, start + len);

        ok(cp == utf8_cases[i].cp && p == start + utf8_cases[i].used
           && aif_utf8_valid(start, len) == (cp != AIF_UTF8_BAD),
           "sequence %02x..., %zu bytes", start[0], len);

        free(start);
    }

    for (wrong = 0, i = 0; i < sizeof(utf8_classes) / sizeof(utf8_classes[0]);
         i++)
    {
        cp = utf8_classes[i].cp;

        if (aif_utf8_letter(cp) != utf8_classes[i].letter
            || aif_utf8_digit(cp) != utf8_classes[i].digit)
        {
            printf("# U+%04X: letter %d, digit %d\n", cp, aif_utf8_letter(cp),
                   aif_utf8_digit(cp));
            wrong++;
        }
    }

    ok(wrong == 0, "letters and digits");

    ok(letters("Gr\xc3\xb6\xc3\x9f""e 42, 19,99 \xe2\x82\xac") == 5,
       "letters of a German text");
    ok(letters("\xd0\xa0\xd1\x83\xd0\xb1\xd0\xb0\xd1\x88\xd0\xba\xd0\xb0 5")
       == 7, "letters of a Russian text");
    ok(letters("\xe8\xa1\xac\xe8\xa1\xab\xef\xbc\x8c" "3\xe4\xbb\xb6") == 3,
       "letters of a Chinese text");
    ok(letters("\xf0\x9f\x91\x95 \xe2\x98\x85\xe2\x98\x85 1.234,56 -20%") == 0,
       "prices, stars and emoji have none");
    ok(letters("a\xff""b\xe2\x82") == 2, "malformed bytes have none");

    test_round();
    test_sums();
    test_runs();

    done();
}
