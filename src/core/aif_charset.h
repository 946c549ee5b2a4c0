
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Charsets other than UTF-8: which one a label means (the WHATWG Encoding
 * Standard's labels), whether a page's bytes contradict what was declared, and
 * the conversion to UTF-8 and back by the C library's iconv.
 */


#ifndef _AIF_CHARSET_H_INCLUDED_
#define _AIF_CHARSET_H_INCLUDED_


#include "core/aif.h"

#include <iconv.h>


#define AIF_CHARSET_MAX_LABEL  40     /* longer ones are unknown */


typedef enum {
    AIF_CHARSET_UTF8 = 0,
    AIF_CHARSET_UTF16,          /* a page that can say so in ASCII isn't */
    AIF_CHARSET_ASCII,          /* to browsers it is windows-1252 */
    AIF_CHARSET_SINGLE,         /* one byte a character */
    AIF_CHARSET_MULTI,          /* one to four */
    AIF_CHARSET_REFUSED         /* known, and not worked on */
} aif_charset_kind_e;


typedef struct {
    const char          *name;       /* the standard's, lower case */
    aif_charset_kind_e   kind;
    const char          *codes[2];   /* names for iconv, the first that gives
                                        the page's bytes back counts */
} aif_charset_t;


/* How a page is to be read and its new texts to be written. */

typedef enum {
    AIF_CHARSET_AS_UTF8 = 0,         /* read and written as UTF-8 */
    AIF_CHARSET_AS_REFERENCES,       /* read as UTF-8, written in ASCII and
                                        character references: right whatever
                                        the browser takes the page for */
    AIF_CHARSET_CONVERT,             /* is what it says */
    AIF_CHARSET_UNCLEAR              /* to be left alone */
} aif_charset_way_e;


/*
 * aif_charset_find() gives the charset that a label means, NULL for none; white
 * space around it and letter case don't count.  What it gives is static.
 *
 * aif_charset_decide() says how to read a page for which "declared" was
 * declared (NULL: nothing was; "header": in the header).
 */

const aif_charset_t *aif_charset_find(const u_char *label, size_t len);
aif_charset_way_e aif_charset_decide(const aif_charset_t *declared,
    int header, const u_char *page, size_t len);


/*
 * A converter between one of a charset's codes and UTF-8; the memory is the
 * caller's, it may be used for page after page, by one thread.
 *
 * aif_charset_open() makes it ready: AIF_OK; AIF_BAD if iconv doesn't know
 * that code or it isn't a superset of ASCII; AIF_NOMEM if memory or files have
 * run out.  Then nothing is open.
 * aif_charset_close() closes it.
 *
 * aif_charset_start() begins a text.  aif_charset_read() converts *src to
 * UTF-8, aif_charset_write() UTF-8 to the charset; both move *src and *dst
 * on.  AIF_OK: all of it is converted; AIF_LIMIT: no room up to dst_end, go
 * on with the same *src and more of it, at least AIF_CHARSET_ROOM bytes;
 * AIF_BAD: read found what is not of the charset, write what is no UTF-8.
 * write puts a character that the charset lacks, or that wouldn't come back
 * as itself, as "&#x...;".
 */

#define AIF_CHARSET_ROOM  64

typedef struct {
    iconv_t     reader;
    iconv_t     writer;
    iconv_t     probe;               /* another writer */
    uint8_t     known[0x10000 / 4];  /* two bits each: comes back, doesn't */
} aif_charset_conv_t;

int aif_charset_open(aif_charset_conv_t *conv, const char *code);
void aif_charset_close(aif_charset_conv_t *conv);
void aif_charset_start(aif_charset_conv_t *conv);
int aif_charset_read(aif_charset_conv_t *conv, const u_char **src,
    const u_char *end, u_char **dst, u_char *dst_end);
int aif_charset_write(aif_charset_conv_t *conv, const u_char **src,
    const u_char *end, u_char **dst, u_char *dst_end);


#endif /* _AIF_CHARSET_H_INCLUDED_ */
