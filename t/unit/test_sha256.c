
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * SHA-256: examples of FIPS 180-4 and a million of "a", at every split; HMAC:
 * the cases of RFC 4231.
 */


#include "core/aif_sha256.h"

#include <stdlib.h>

#include "tap.h"


static int
test_is(const u_char *digest, const char *hex)
{
    char    text[AIF_SHA256_SIZE * 2 + 1];
    size_t  i;

    for (i = 0; i < AIF_SHA256_SIZE; i++) {
        sprintf(text + i * 2, "%02x", digest[i]);
    }

    return strcmp(text, hex) == 0;
}


static void
test_digest(void)
{
    u_char        digest[AIF_SHA256_SIZE], a[1000];
    size_t        i, j, bad;
    aif_sha256_t  h;

    static const char  text[] =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

    aif_sha256_init(&h);
    aif_sha256_final(&h, digest);

    ok(test_is(digest, "e3b0c44298fc1c149afbf4c8996fb924"
                       "27ae41e4649b934ca495991b7852b855"),
       "of nothing");

    aif_sha256_init(&h);
    aif_sha256_update(&h, "abc", 3);
    aif_sha256_final(&h, digest);

    ok(test_is(digest, "ba7816bf8f01cfea414140de5dae2223"
                       "b00361a396177a9cb410ff61f20015ad"),
       "of one block");

    bad = 0;

    for (i = 0; i < sizeof(text); i++) {
        for (j = i; j < sizeof(text); j++) {
            aif_sha256_init(&h);
            aif_sha256_update(&h, text, i);
            aif_sha256_update(&h, text + i, j - i);
            aif_sha256_update(&h, text + j, sizeof(text) - 1 - j);
            aif_sha256_final(&h, digest);

            bad += !test_is(digest, "cf5b16a778af8380036ce59e7b049237"
                                    "0b249b11e8f07a51afac45037afee9d1");
        }
    }

    ok(bad == 0, "of two blocks, at every two splits");

    memset(a, 'a', sizeof(a));
    aif_sha256_init(&h);

    for (i = 0; i < 1000; i++) {
        aif_sha256_update(&h, a, sizeof(a));
    }

    aif_sha256_final(&h, digest);

    ok(test_is(digest, "cdc76e5c9914fb9281a1c7e284d73e67"
                       "f1809a48a497200e046d39ccc7112cd0"),
       "of a million bytes");
}


static void
test_hmac(void)
{
    u_char     digest[AIF_SHA256_SIZE], other[AIF_SHA256_SIZE], aa[131];
    aif_str_t  key, parts[3];

    memset(aa, 0x0b, 20);
    key.data = aa;
    key.len = 20;
    aif_str_set(&parts[0], "Hi There");
    aif_sha256_hmac(&key, parts, 1, 1, digest);

    ok(test_is(digest, "b0344c61d8db38535ca8afceaf0bf12b"
                       "881dc200c9833da726e9376c2e32cff7"),
       "HMAC, case 1");

    aif_str_set(&key, "Jefe");
    aif_str_set(&parts[0], "what do ya ");
    aif_str_set(&parts[1], "");
    aif_str_set(&parts[2], "want for nothing?");
    aif_sha256_hmac(&key, parts, 3, 1, digest);

    ok(test_is(digest, "5bdcc146bf60754e6a042426089575c7"
                       "5a003f089d2739839dec58b964ec3843"),
       "case 2, in parts");

    memset(aa, 0xaa, sizeof(aa));
    key.data = aa;
    key.len = sizeof(aa);
    aif_str_set(&parts[0],
                "Test Using Larger Than Block-Size Key - Hash Key First");
    aif_sha256_hmac(&key, parts, 1, 1, digest);

    ok(test_is(digest, "60e431591ee0b67f0d8a26aacbf5b77f"
                       "8e0bc6213728c5140546040f0ee37f54"),
       "case 6, a long key");

    aif_str_set(&parts[0], "ab");
    aif_str_set(&parts[1], "c");
    aif_sha256_hmac(&key, parts, 2, 0, digest);

    aif_str_set(&parts[0], "a");
    aif_str_set(&parts[1], "bc");
    aif_sha256_hmac(&key, parts, 2, 0, other);

    ok(memcmp(digest, other, sizeof(digest)) != 0,
       "where a part ends makes a difference");
}


int
main(void)
{
    test_digest();
    test_hmac();

    done();
}
