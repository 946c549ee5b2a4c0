
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * XML: what is found in a file, told as a line of words, and the content of
 * the first element.  Files sit at the end of their own allocation, and are
 * cut off everywhere.
 */


#include "core/aif_xml.h"
#include "tap.h"


typedef struct {
    const char  *file;
    const char  *want;           /* "+name attr=value", "-name", "!", "." */
} test_case_t;


static const test_case_t  test_cases[] = {
    { "<a b='1' c = \"2>\"  d>x</a >", "+a b=1 c=2> -a ." },
    { "<?xml a='>'?><!-- <b> - -- --><a/><b x='/'/>", "? ? /a /b x=/ ." },
    { "<a><![CDATA[<b>]]]]></a>", "+a [<b>]] -a ." },
    { "<a:b-c.d\n\t/>", "/a:b-c.d ." },
    { "\xef\xbb\xbftext", "." },
    { "<a b='", "!" }, { "<", "!" }, { "<>", "!" }, { "</>", "!" },
    { "<!DOCTYPE a>", "!" }, { "<!-- -", "!" }, { "<? x >", "!" },
    { "<a <b>", "!" }, { "<![CDATA[ ]] >", "!" }
};


static const test_case_t  test_contents[] = {
    { "<a> x </a>", "x" }, { "<a></a>", "" }, { "<a> \t\r\n </a>", "" },
    { "<a>&#x20;x&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#xe9;</a>", NULL },
    { "<a>x&amp;&lt;&gt;&quot;&apos;&#65;&#x4a;&#xe9;</a>",
      "x&<>\"'AJ\xc3\xa9" },
    { "<a>x <!-- y --><![CDATA[ &amp;<b> ]]>z</a>", "x  &amp;<b> z" },
    { "<a>&nbsp;</a>", NULL }, { "<a>&#55296;</a>", NULL },
    { "<a>&#x110000;</a>", NULL }, { "<a>&#x`;</a>", NULL },
    { "<a>&#;&amp</a>", NULL }, { "<a>x<b/></a>", "BAD" },
    { "<a>x<b></a>", "BAD" }, { "<a>x", "BAD" }
};


static char *
test_dup(const char *file, size_t len)
{
    char  *p;

    p = malloc(len ? len : 1);
    memcpy(p, file, len);

    return p;
}


static size_t
test_told(const char *file, size_t len, char *out)
{
    int         rc;
    size_t      n, pos;
    aif_str_t   name, value;
    aif_xml_t   xml;

    static const char  signs[] = "+/-[?";

    aif_xml_init(&xml, (u_char *) file, len);

    for (n = 0; (rc = aif_xml_next(&xml)) == AIF_OK; /* void */) {

        out[n++] = signs[xml.tag.type];

        if (xml.tag.type != AIF_XML_OTHER) {
            n += sprintf(out + n, "%.*s",
                         (int) (xml.tag.name_end - xml.tag.name),
                         file + xml.tag.name);
        }

        pos = xml.tag.name_end;

        while (xml.tag.type <= AIF_XML_EMPTY
               && aif_xml_attr(&xml, &pos, &name, &value))
        {
            n += sprintf(out + n, " %.*s=%.*s", (int) name.len, name.data,
                         (int) value.len, value.data);
        }

        out[n++] = ' ';
    }

    out[n++] = rc == AIF_DONE ? '.' : '!';

    return n;
}


static void
test_tags(void)
{
    char               out[256], *p;
    size_t             i, k, len;
    aif_str_t          got;
    const test_case_t  *t;

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        t = &test_cases[i];
        len = strlen(t->file);

        for (k = 0; k <= len; k++) {
            p = test_dup(t->file, k);
            got.data = (u_char *) out;
            got.len = test_told(p, k, out);
            free(p);
        }

        is(got, t->want, t->file);
    }
}


static void
test_content(aif_arena_t *a)
{
    int                 rc;
    char               *p;
    size_t              i, k, len;
    aif_str_t           got;
    aif_xml_t           xml;
    const test_case_t  *t;

    for (i = 0; i < sizeof(test_contents) / sizeof(test_contents[0]); i++) {

        t = &test_contents[i];
        len = strlen(t->file);

        for (k = 3, p = NULL, rc = AIF_OK; k <= len; k++) {

            free(p);
            p = test_dup(t->file, k);

            aif_xml_init(&xml, (u_char *) p, k);
            (void) aif_xml_next(&xml);
            rc = aif_xml_content(&xml, a, &got);
        }

        if (rc == AIF_BAD) {
            aif_str_set(&got, "BAD");
        }

        if (t->want) {
            is(got, t->want, t->file);

        } else {
            ok(rc == AIF_DONE, "%s", t->file);
        }

        free(p);
        aif_arena_reset(a);
    }
}


static void
test_encoding(void)
{
    size_t      i;
    aif_xml_t   xml;

    static const struct {
        const char  *file;
        int          want;
    } cases[] = {
        { "<?xml version='1.0'?>", 1 },
        { "<?xml version='1.0' encoding='Utf-8'?>", 1 },
        { "<?xml version='1.0' encoding=\"US-ASCII\" ?>", 1 },
        { "<?xml version='1.0' encoding='latin1'?>", 0 },
        { "<?xml encoding='utf-7'?>", 0 },
        { "<?xml-stylesheet encoding='latin1'?>", 1 }, { "<?\?>", 1 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        aif_xml_init(&xml, (u_char *) cases[i].file, strlen(cases[i].file));
        ok(aif_xml_next(&xml) == AIF_OK && aif_xml_utf8(&xml) == cases[i].want,
           "%s", cases[i].file);
    }
}


int
main(void)
{
    aif_arena_t  *a;

    a = aif_arena_create(1024, 65536);

    test_tags();
    test_content(a);
    test_encoding();

    aif_arena_destroy(a);

    done();
}
