
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Character references.  That the table is the standard's is shown by
 * test_html_spec.c; here: what is found in it, the rules around it, bounds.
 */


#include "core/aif_html_entity.h"
#include "core/aif_html_entity_table.h"

#include "tap.h"


static const struct {
    const char  *in;
    const char  *text;             /* in a text */
    const char  *value;            /* in an attribute's value, NULL: the same */
} entity_cases[] = {
    { "", "", NULL },
    { "abc", "abc", NULL },
    { "&", "&", NULL },
    { "&&", "&&", NULL },
    { "& ", "& ", NULL },
    { "&;", "&;", NULL },
    { "&a", "&a", NULL },
    { "&amp", "&", NULL },
    { "&amp;", "&", NULL },
    { "a&amp;b&lt;c&gt;", "a&b<c>", NULL },
    { "&amp;amp;", "&amp;", NULL },
    { "&&amp;", "&&", NULL },
    { "&AMP;&AMP", "&&", NULL },
    { "&Amp;", "&Amp;", NULL },
    { "&nbsp;", "\xc2\xa0", NULL },
    { "&eacute;t&eacute", "\xc3\xa9t\xc3\xa9", NULL },
    { "&euro;", "\xe2\x82\xac", NULL },
    { "&euro", "&euro", NULL },
    { "&euro;5", "\xe2\x82\xac""5", NULL },
    { "&nGt;", "\xe2\x89\xab\xe2\x83\x92", NULL },
    { "&bne;", "=\xe2\x83\xa5", NULL },
    { "&CounterClockwiseContourIntegral;", "\xe2\x88\xb3", NULL },
    { "&CounterClockwiseContourIntegrals;",
      "&CounterClockwiseContourIntegrals;", NULL },
    { "&CounterClockwiseContourIntegral",
      "&CounterClockwiseContourIntegral", NULL },
    { "&hearts;&spades;", "\xe2\x99\xa5\xe2\x99\xa0", NULL },
    { "&unknown;", "&unknown;", NULL },
    { "&frac14;&frac14", "\xc2\xbc\xc2\xbc", NULL },
    { "&there4;", "\xe2\x88\xb4", NULL },

    /* the longest old name that there is */

    { "&notit;", "\xc2\xacit;", "&notit;" },
    { "&notin;", "\xe2\x88\x89", NULL },
    { "&notinx", "\xc2\xacinx", "&notinx" },
    { "&not", "\xc2\xac", NULL },
    { "&ampx", "&x", "&ampx" },
    { "&lt=", "<=", "&lt=" },
    { "&lt;=", "<=", NULL },
    { "&lt-", "<-", NULL },
    { "?a=1&copy=2", "?a=1\xc2\xa9=2", "?a=1&copy=2" },
    { "?a=1&copy2", "?a=1\xc2\xa9""2", "?a=1&copy2" },
    { "?a=1&copy", "?a=1\xc2\xa9", NULL },
    { "&para;&para", "\xc2\xb6\xc2\xb6", NULL },
    { "&gtcc;&gtc", "\xe2\xaa\xa7>c", "\xe2\xaa\xa7&gtc" },

    /* numbers */

    { "&#65;&#x41;&#X41;", "AAA", NULL },
    { "&#65&#x41 &#65x", "AA Ax", NULL },
    { "&#", "&#", NULL },
    { "&#;", "&#;", NULL },
    { "&#x", "&#x", NULL },
    { "&#x;", "&#x;", NULL },
    { "&#xg;", "&#xg;", NULL },
    { "&#a;", "&#a;", NULL },
    { "&#0;", "\xef\xbf\xbd", NULL },
    { "&#x110000;", "\xef\xbf\xbd", NULL },
    { "&#x10FFFF;", "\xf4\x8f\xbf\xbf", NULL },
    { "&#xD800;&#xdfff;", "\xef\xbf\xbd\xef\xbf\xbd", NULL },
    { "&#xFFFE;", "\xef\xbf\xbe", NULL },
    { "&#99999999999999999999999999;", "\xef\xbf\xbd", NULL },
    { "&#x100000000000000041;", "\xef\xbf\xbd", NULL },
    { "&#00000000000000000000000000000065;", "A", NULL },
    { "&#128;&#x9f;&#x81;", "\xe2\x82\xac\xc5\xb8\xc2\x81", NULL },
    { "&#13;", "\r", NULL },
    { "&#x26;amp;", "&amp;", NULL }
};


/* From and to memory that ends where it may. */

static int
decodes(const char *in, const char *want, int attribute)
{
    int      pass;
    size_t   len, n;
    u_char  *src, *dst;

    len = strlen(in);
    src = malloc(len + !len);
    dst = malloc(2 * len + !len);

    if (src == NULL || dst == NULL) {
        return 0;
    }

    if (len) {
        memcpy(src, in, len);
    }

    n = aif_html_decode(dst, src, len, attribute);
    pass = n == strlen(want) && (n == 0 || memcmp(dst, want, n) == 0);

    if (!pass) {
        printf("#   got  \"%.*s\"\n#   want \"%s\"\n", (int) n, dst, want);
    }

    free(src);
    free(dst);

    return pass;
}


static void
test_names(void)
{
    char        name[AIF_HTML_ENTITY_MAX + 2];
    size_t      i, n, len, used, longest;
    u_char      out[8];
    unsigned    wrong, grown;
    const char *text;

    wrong = 0;
    grown = 0;
    longest = 0;

    for (i = 0; i < AIF_HTML_ENTITY_NAMES; i++) {

        n = aif_html_entity_names[i].name_len;
        text = aif_html_entity_text + aif_html_entity_names[i].text;

        name[0] = '&';
        memcpy(name + 1, text, n);
        name[n + 1] = '=';

        used = aif_html_entity((u_char *) name, (u_char *) name + n + 1, 0,
                               out, &len);

        wrong += used != n + 1 || len != aif_html_entity_names[i].len
                 || memcmp(out, text + n, len) != 0;

        grown += len > n + 1;
        longest = n + 1 > longest ? n + 1 : longest;

        /* in front of "=" a name without ";" is none in a value */

        used = aif_html_entity((u_char *) name, (u_char *) name + n + 2, 1,
                               out, &len);

        wrong += used != (name[n] == ';' ? n + 1 : 0);

        /* less than the name is another one or none */

        used = aif_html_entity((u_char *) name, (u_char *) name + n, 0, out,
                               &len);

        wrong += used > n;
    }

    ok(AIF_HTML_ENTITY_NAMES == 2231 && wrong == 0, "all names are found");
    ok(grown == 2, "two characters are longer than their names");
    ok(longest == AIF_HTML_ENTITY_MAX, "the longest name");
}


int
main(void)
{
    size_t       i, len;
    u_char       out[8];
    const char  *in, *value;

    for (i = 0; i < sizeof(entity_cases) / sizeof(entity_cases[0]); i++) {

        in = entity_cases[i].in;
        value = entity_cases[i].value ? entity_cases[i].value
                                      : entity_cases[i].text;

        ok(decodes(in, entity_cases[i].text, 0)
           && decodes(in, value, 1), "\"%s\"", in);
    }

    ok(aif_html_entity((u_char *) "x&lt;", (u_char *) "x&lt;" + 5, 0, out,
                       &len) == 0, "what begins without & is no reference");

    test_names();

    done();
}
