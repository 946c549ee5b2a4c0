
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_charset.c.  The first line is a label and, behind a
 * blank, the room per step; the rest is a page in that charset, and a text in
 * UTF-8.  What must hold: a decision that fits the charset; what is read is
 * UTF-8, whatever the room; what is written of it can be read again and, with
 * its references decoded, is the same text.
 */


#include "core/aif_charset.h"
#include "core/aif_utf8.h"

#include <stdlib.h>


#define FUZZ_MAX_TEXT  4096
#define FUZZ_MAX_ROOM  (FUZZ_MAX_TEXT * 12)


static void fuzz_check(int pass);
static int fuzz_convert(int write, const u_char *text, size_t len,
    size_t step, u_char *out, size_t *n);
static size_t fuzz_decode(u_char *text, size_t len);


static aif_charset_conv_t  fuzz_conv;
static const char         *fuzz_code;


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                   rc;
    u_char                there[FUZZ_MAX_ROOM], back[FUZZ_MAX_ROOM];
    size_t                n, m, k, step;
    const uint8_t        *line, *blank;
    aif_charset_way_e     way;
    const aif_charset_t  *c;

    line = size ? memchr(data, '\n', size) : NULL;

    if (line == NULL || data + size - line > FUZZ_MAX_TEXT) {
        return 0;
    }

    blank = memchr(data, ' ', line - data);
    step = AIF_CHARSET_ROOM + (blank && blank + 1 < line ? blank[1] : 0);

    c = aif_charset_find(data, (blank ? blank : line) - data);

    line++;
    size = data + size - line;

    way = aif_charset_decide(c, step & 1, line, size);
    fuzz_check(way == AIF_CHARSET_UNCLEAR || way == AIF_CHARSET_CONVERT
               || aif_utf8_valid(line, size));
    fuzz_check(way != AIF_CHARSET_CONVERT || (c && c->codes[0]));

    if (c == NULL || c->codes[0] == NULL) {
        return 0;
    }

    if (fuzz_code != c->codes[0]) {

        if (fuzz_code) {
            aif_charset_close(&fuzz_conv);
        }

        fuzz_code = c->codes[0];
        fuzz_check(aif_charset_open(&fuzz_conv, fuzz_code) == AIF_OK);
    }

    rc = fuzz_convert(0, line, size, step, there, &n);

    if (rc == AIF_OK) {
        fuzz_check(aif_utf8_valid(there, n));
        fuzz_check(fuzz_convert(0, line, size, FUZZ_MAX_ROOM, back, &m)
                   == AIF_OK
                   && n == m && memcmp(there, back, n) == 0);
    }

    rc = fuzz_convert(1, line, size, step, there, &n);
    fuzz_check((rc == AIF_OK) == aif_utf8_valid(line, size));

    /* 1258 and 1255 put a letter and its mark together, "&" may be a text's */

    if (rc != AIF_OK || strcmp(fuzz_code, "CP1258") == 0
        || strcmp(fuzz_code, "CP1255") == 0
        || strcmp(fuzz_code, "BIG5") == 0 || memchr(line, '&', size))
    {
        return 0;
    }

    fuzz_check(fuzz_convert(0, there, n, step, back, &m) == AIF_OK);

    k = fuzz_decode(back, m);
    fuzz_check(k == size && memcmp(back, line, k) == 0);

    return 0;
}


static void
fuzz_check(int pass)
{
    if (!pass) {
        abort();
    }
}


static int
fuzz_convert(int write, const u_char *text, size_t len, size_t step,
    u_char *out, size_t *n)
{
    int            rc;
    u_char        *dst, *room;
    const u_char  *src, *end;

    *n = 0;
    src = text;
    end = text + len;

    aif_charset_start(&fuzz_conv);

    do {
        room = malloc(step);
        dst = room;

        rc = write ? aif_charset_write(&fuzz_conv, &src, end, &dst,
                                       room + step)
                   : aif_charset_read(&fuzz_conv, &src, end, &dst,
                                      room + step);

        fuzz_check(*n + (dst - room) <= FUZZ_MAX_ROOM);
        fuzz_check(rc != AIF_LIMIT || dst > room);

        memcpy(out + *n, room, dst - room);
        *n += dst - room;
        free(room);

    } while (rc == AIF_LIMIT);

    return rc;
}


/* every "&" begins one of our references */

static size_t
fuzz_decode(u_char *text, size_t len)
{
    char    *end;
    u_char  *p, *q, *last;

    q = text;
    last = text + len;
    *last = '\0';

    for (p = text; p < last; /* void */) {

        if (*p != '&') {
            *q++ = *p++;
            continue;
        }

        fuzz_check(last - p >= 5 && memcmp(p, "&#x", 3) == 0);
        q += aif_utf8_encode(q, strtoul((char *) p + 3, &end, 16));
        fuzz_check(*end == ';');
        p = (u_char *) end + 1;
    }

    return q - text;
}
