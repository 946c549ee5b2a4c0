
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Keys: the published vectors of SipHash-2-4 through the same code with other
 * rounds, vectors of SipHash-1-3 made by an independent implementation (which
 * agreed with CPython's hash() of bytes), and what a key must tell apart.
 */


#include "../../src/core/aif_key.c"
#include "tap.h"


/* key 00..0f, input 00..(n - 1), n from 0 */

static const uint64_t  test_24[] = {
    0x726fdb47dd0e0e31u, 0x74f839c593dc67fdu,
    0x0d6c8009d9a94f5au, 0x85676696d7fb7e2du,
    0xcf2794e0277187b7u, 0x18765564cd99a68du,
    0xcbc9466e58fee3ceu, 0xab0200f58b01d137u,
    0x93f5f5799a932462u, 0x9e0082df0ba9e4b0u,
    0x7a5dbbc594ddb9f3u, 0xf4b32f46226bada7u,
    0x751e8fbc860ee5fbu, 0x14ea5627c0843d90u,
    0xf723ca908e7af2eeu, 0xa129ca6149be45e5u
};

static const uint64_t  test_13[] = {
    0xabac0158050fc4dcu, 0xc9f49bf37d57ca93u,
    0x82cb9b024dc7d44du, 0x8bf80ab8e7ddf7fbu,
    0xcf75576088d38328u, 0xdef9d52f49533b67u,
    0xc50d2b50c59f22a7u, 0xd3927d989bb11140u,
    0x369095118d299a8eu, 0x25a48eb36c063de4u,
    0x79de85ee92ff097fu, 0x70c118c1f94dc352u,
    0x78a384b157b4d9a2u, 0x306f760c1229ffa7u,
    0x605aa111c0f95d34u, 0xd320d86d2a519956u,
    0xcc4fdd1a7d908b66u, 0x9cf2689063dbd80cu,
    0x8ffc389cb473e63eu, 0xf21f9de58d297d1cu,
    0xc0dc2f46a6cce040u, 0xb992abfe2b45f844u,
    0x7ffe7b9ba320872eu, 0x525a0e7fdae6c123u,
    0xf464aeb267349c8cu, 0x45cd5928705b0979u,
    0x3a3e35e3ca9913a5u, 0xa91dc74e4ade3b35u,
    0xfb0bed02ef6cd00du, 0x88d93cb44ab1e1f4u,
    0x540f11d643c5e663u, 0x2370dd1f8c21d1bcu,
    0x81157b6c16a7b60du, 0x4d54b9e57a8ff9bfu,
    0x759f12781f2a753eu, 0xcea1a3bebf186b91u,
    0x2cf508d3ada26206u, 0xb6101c2da3c33057u,
    0xb3f47496ae3a36a1u, 0x626b57547b108392u
};


static void
test_vectors(void)
{
    u_char           *in;
    size_t            n, i, bad24, bad13, badkey;
    aif_key_secret_t  key;

    key.k0 = 0x0706050403020100u;
    key.k1 = 0x0f0e0d0c0b0a0908u;

    bad24 = 0;
    bad13 = 0;
    badkey = 0;

    for (n = 0; n < sizeof(test_13) / sizeof(test_13[0]); n++) {

        /* of exactly this size, at the end of a block: no byte too far */

        in = malloc(n + 1);

        for (i = 0; i < n; i++) {
            in[i + 1] = i;
        }

        if (n < sizeof(test_24) / sizeof(test_24[0])) {
            bad24 += aif_key_sip(&key, in + 1, n, 2, 4) != test_24[n];
        }

        bad13 += aif_key_sip(&key, in + 1, n, 1, 3) != test_13[n];
        badkey += aif_key_hash(&key, in + 1, n) != test_13[n];

        free(in);
    }

    ok(bad24 == 0, "published vectors of SipHash-2-4");
    ok(bad13 == 0, "vectors of SipHash-1-3");
    ok(badkey == 0, "aif_key_hash() is SipHash-1-3");
}


static aif_key_secret_t
test_prefix(const char *a, const char *b, const char *c)
{
    aif_str_t         parts[3];
    aif_key_secret_t  secret;

    secret.k0 = 1;
    secret.k1 = 2;

    parts[0].data = (u_char *) a;
    parts[0].len = a ? strlen(a) : 0;
    parts[1].data = (u_char *) b;
    parts[1].len = b ? strlen(b) : 0;
    parts[2].data = (u_char *) c;
    parts[2].len = c ? strlen(c) : 0;

    return aif_key_prefix(&secret, parts, 3);
}


static int
test_same(aif_key_secret_t a, aif_key_secret_t b)
{
    return a.k0 == b.k0 || a.k1 == b.k1;
}


int
main(void)
{
    aif_str_t         part = aif_string("shop");
    aif_key_secret_t  a, b, secret;

    static const u_char  text[] = "Our <g1>soft</g1> cotton shirt";

    test_vectors();

    a = test_prefix("shop", "en", "es");

    ok(test_same(a, test_prefix("shop", "en", "es")), "prefix is stable");
    ok(!test_same(a, test_prefix("shop", "es", "en")), "order of parts counts");
    ok(!test_same(a, test_prefix("shope", "n", "es")), "lengths are hashed");
    ok(!test_same(test_prefix(NULL, "en", "es"), test_prefix("en", "es", NULL)),
       "empty parts count");

    secret.k0 = 1;
    secret.k1 = 2;

    ok(!test_same(aif_key_prefix(&secret, &part, 1),
                  aif_key_prefix(&secret, &part, 0)), "their number counts");

    secret.k1 = 3;
    b = aif_key_prefix(&secret, &part, 1);
    secret.k1 = 2;
    ok(!test_same(b, aif_key_prefix(&secret, &part, 1)), "secret counts");
    ok(b.k0 != b.k1, "the two halves differ");

    ok(aif_key_hash(&a, text, 30) != aif_key_hash(&b, text, 30),
       "hash depends on the prefix");
    ok(aif_key_hash(&a, text, 30) != aif_key_hash(&a, text, 29),
       "hash depends on the length");

    done();
}
