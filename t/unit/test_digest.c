
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Digest: every byte and every length counts, and the values stay the same
 * from release to release (a client's entity tag would be lost).
 */


#include "core/aif_digest.h"
#include "tap.h"


int
main(void)
{
    size_t    i, len, same;
    u_char    text[200];
    uint64_t  seen[200], d;

    memset(text, 'x', sizeof(text));

    for (len = 0; len < sizeof(text); len++) {
        seen[len] = aif_digest(text, len);
    }

    same = 0;

    for (len = 0; len < sizeof(text); len++) {
        for (i = 0; i < len; i++) {
            same += seen[i] == seen[len];
        }
    }

    ok(same == 0, "200 lengths of one letter have 200 digests");

    d = aif_digest(text, sizeof(text));
    same = 0;

    for (i = 0; i < sizeof(text) * 8; i++) {
        text[i / 8] ^= 1 << i % 8;
        same += aif_digest(text, sizeof(text)) == d;
        text[i / 8] ^= 1 << i % 8;
    }

    ok(same == 0, "each of 1600 changed bits changes the digest");
    ok(aif_digest(text, sizeof(text)) == d, "the same text, the same digest");

    text[0] = 'y';
    d = aif_digest(text, 64);
    text[0] = 'x';
    text[32] = 'y';
    ok(aif_digest(text, 64) != d, "the place of a byte counts");

    ok(aif_digest((u_char *) "", 0) != 0, "the empty text has a digest");

    done();
}
