
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Names of aspects, compared.  Knows no dictionary: two words of one meaning
 * stay two.
 */


#include "engine/aif_aspect.h"
#include "core/aif_utf8.h"


#define AIF_ASPECT_WORD  4       /* bytes of the shortest plural */


static void aif_aspect_singular(aif_buf_t *b, size_t start);


int
aif_aspect_key(const aif_str_t *name, aif_arena_t *a, aif_str_t *key)
{
    size_t         start;
    u_char         buf[4];
    uint32_t       cp;
    aif_buf_t      b;
    const u_char  *p, *end;

    aif_buf_init(&b, a, name->len + 8);

    p = name->data;
    end = p + name->len;
    start = 0;

    while (p < end) {

        cp = aif_utf8_decode(&p, end);

        if (cp != AIF_UTF8_BAD
            && (aif_utf8_letter(cp) || aif_utf8_digit(cp) != -1))
        {
            aif_buf_append(&b, buf,
                           aif_utf8_encode(buf, aif_utf8_lower(cp)));

        } else if (b.len > start) {
            aif_aspect_singular(&b, start);
            aif_buf_byte(&b, ' ');
            start = b.len;
        }
    }

    if (b.len > start) {
        aif_aspect_singular(&b, start);

    } else if (b.len) {
        b.len--;
    }

    key->data = b.data;
    key->len = b.len;

    return b.failed ? AIF_NOMEM : AIF_OK;
}


/* of the last word, which begins at "start" */

static void
aif_aspect_singular(aif_buf_t *b, size_t start)
{
    size_t   len;
    u_char  *w;

    w = b->data + start;
    len = b->len - start;

    if (b->failed || len < AIF_ASPECT_WORD || w[len - 1] != 's'
        || w[len - 2] == 's' || w[len - 2] == 'u' || w[len - 2] == 'i')
    {
        return;
    }

    if (len > AIF_ASPECT_WORD && memcmp(w + len - 3, "ies", 3) == 0) {
        w[len - 3] = 'y';
        b->len -= 2;
        return;
    }

    if (len > AIF_ASPECT_WORD
        && (memcmp(w + len - 3, "xes", 3) == 0
            || memcmp(w + len - 4, "sses", 4) == 0
            || memcmp(w + len - 4, "ches", 4) == 0
            || memcmp(w + len - 4, "shes", 4) == 0))
    {
        b->len -= 2;
        return;
    }

    b->len--;
}
