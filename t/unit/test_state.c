
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * State: what changes in a page's scripts, in JSON and in Flight streams when
 * its texts do, and which texts must stay because the state doesn't have them.
 * Every text becomes its capitals unless a case says otherwise.
 */


#include "state_page.h"
#include "tap.h"

#include "core/aif_json_span.h"

#include <time.h>


#define FLIGHT(text)  "<script>self.__next_f.push([1,\"" text "\"])</script>"
#define NEXT(json)                                                            \
    "<script id=\"__NEXT_DATA__\" type=\"application/json\">" json "</script>"
#define LD(json)  "<script type=\"application/ld+json\">" json "</script>"
#define DATA(json)  "<script type=application/json>" json "</script>"


typedef struct {
    int          type;               /* of state_page(); 'u': no variables */
    const char  *name;
    const char  *words;
    const char  *page;
    const char  *output;             /* NULL: the page is left alone */
} test_case_t;


static const test_case_t  test_cases[] = {

    /* JSON as a body: keys "name", "description", "*.title", "a.b.c" */

    { 'j', "listed keys", "",
      "{\"name\":\"Blue hat\",\"sku\":\"Blue hat\",\"x\":[ 1.50 , true]}",
      "{\"name\":\"BLUE HAT\",\"sku\":\"Blue hat\",\"x\":[ 1.50 , true]}" },
    { 'j', "paths", "",
      "{\"title\":\"top\",\"p\":{\"title\":\"in\"},\"b\":{\"c\":\"no\"},"
      "\"a\":{\"b\":[{\"c\":\"yes\"},{\"d\":\"no\"}]}}",
      "{\"title\":\"top\",\"p\":{\"title\":\"IN\"},\"b\":{\"c\":\"no\"},"
      "\"a\":{\"b\":[{\"c\":\"YES\"},{\"d\":\"no\"}]}}" },
    { 'j', "arrays under a key", "", "{\"name\":[\"a b\",[\"c\"],2]}",
      "{\"name\":[\"A B\",[\"C\"],2]}" },
    { 'j', "escapes", "caf\xc3\xa9 \"x\" / y=a \"q\" \\ b",
      "{\"name\":\" caf\\u00e9 \\\"x\\\" \\/ y\\n\",\"o\":\"\\u00e9\\/\"}",
      "{\"name\":\" a \\\"q\\\" \\\\ b\\n\",\"o\":\"\\u00e9\\/\"}" },
    { 'j', "no markup comes out of a text", "a=&lt;script&gt;|b=x &lt; y",
      "{\"name\":\"a\",\"description\":\"b\"}",
      "{\"name\":\"a\",\"description\":\"x \\u003c y\"}" },
    { 'j', "markup is left alone", "", "{\"name\":\"<b>a</b>\"}",
      "{\"name\":\"<b>a</b>\"}" },
    { 'j', "addresses are left alone", "",
      "{\"name\":\"https://a.test/b\",\"description\":\"/b\"}",
      "{\"name\":\"https://a.test/b\",\"description\":\"/b\"}" },
    { 'j', "pairs of surrogates, and half of one", "",
      "{\"name\":\"a\\ud83d\\ude00\",\"description\":\"a\\ud83d\"}",
      "{\"name\":\"A\xf0\x9f\x98\x80\",\"description\":\"a\\ud83d\"}" },
    { 'j', "wrong JSON", "", "{\"name\":\"a\",}", NULL },
    { 'j', "cut JSON", "", "{\"name\":\"a\"", NULL },
    { 'j', "more than JSON", "", "{\"name\":\"a\"} x", NULL },
    { 'j', "nothing", "", "", NULL },
    { 'j', "a text alone", "", " \"name\" ", " \"name\" " },

    /* JSON-LD: texts of products and offers; never what others wrote */

    { 'h', "a product", "",
      LD("{\"name\":\"hat\",\"@type\":\"Product\",\"sku\":\"hat\","
         "\"brand\":{\"@type\":\"Brand\",\"name\":\"acme\"},\"color\":\"red\","
         "\"url\":\"http://a.test/hat\",\"description\":\"a hat & more\","
         "\"offers\":{\"@type\":\"http://schema.org/Offer\",\"price\":\"9\","
         "\"name\":\"today\",\"seller\":{\"@type\":\"Organization\","
         "\"name\":\"shop\"}},\"review\":[{\"@type\":\"Review\","
         "\"name\":\"good\",\"reviewBody\":\"fine\",\"description\":\"d\"}]}"),
      LD("{\"name\":\"HAT\",\"@type\":\"Product\",\"sku\":\"hat\","
         "\"brand\":{\"@type\":\"Brand\",\"name\":\"acme\"},\"color\":\"red\","
         "\"url\":\"http://a.test/hat\",\"description\":\"A HAT & MORE\","
         "\"offers\":{\"@type\":\"http://schema.org/Offer\",\"price\":\"9\","
         "\"name\":\"TODAY\",\"seller\":{\"@type\":\"Organization\","
         "\"name\":\"shop\"}},\"review\":[{\"@type\":\"Review\","
         "\"name\":\"good\",\"reviewBody\":\"fine\",\"description\":\"d\"}]}")
    },
    { 'h', "what the page shows, but not a brand", "",
      "<p>home</p><p>acme</p>"
      LD("{\"@graph\":[{\"@type\":[\"Thing\",\"ListItem\"],\"x\":\"home\"},"
         "{\"@type\":\"Product\",\"brand\":\"acme\"}]}"),
      "<p>HOME</p><p>ACME</p>"
      LD("{\"@graph\":[{\"@type\":[\"Thing\",\"ListItem\"],\"x\":\"HOME\"},"
         "{\"@type\":\"Product\",\"brand\":\"acme\"}]}") },
    { 'h', "broken", "", "<p>hat</p>"
      LD("/*<![CDATA[*/ {\"@type\":\"Product\",\"name\":\"hat\"}"),
      "<p>HAT</p>"
      LD("/*<![CDATA[*/ {\"@type\":\"Product\",\"name\":\"hat\"}") },
    { 'h', "no end of a script", "hat=&lt;/script&gt;",
      LD("{\"@type\":\"Product\",\"name\":\"hat\"}"),
      LD("{\"@type\":\"Product\",\"name\":\"hat\"}") },

    /* application/json: equal strings; nothing has to be there */

    { 'h', "equal strings", "", "<p>a hat</p><p>other</p><b title=tip></b>"
      DATA("{\"q\":\" a  hat \",\"r\":\"a hat.\",\"id\":\"a hat\","
           "\"t\":\"tip\"}"),
      "<p>A HAT</p><p>OTHER</p><b title=\"TIP\"></b>"
      DATA("{\"q\":\" A HAT \",\"r\":\"a hat.\",\"id\":\"a hat\","
           "\"t\":\"TIP\"}")
    },
    { 'h', "no translation", "a hat=",
      "<p>a hat</p>" DATA("{\"q\":\"a hat\"}"),
      "<p>a hat</p>" DATA("{\"q\":\"a hat\"}") },
    { 'h', "programs are not read", "",
      "<p>hat</p><script>var x = {\"q\":\"hat\"}</script>",
      "<p>HAT</p><script>var x = {\"q\":\"hat\"}</script>" },

    /* __NEXT_DATA__ */

    { 'h', "texts of the state, and one of the program", "",
      "<h1>hat</h1><button>buy</button><a title=buy></a>"
      NEXT("{\"props\":{\"n\":\"hat\"},\"query\":{\"n\":\"hat\"}}"),
      "<h1>HAT</h1><button>buy</button><a title=\"BUY\"></a>"
      NEXT("{\"props\":{\"n\":\"HAT\"},\"query\":{\"n\":\"hat\"}}") },
    { 'h', "a name that stays in a sentence", "",
      "<p>our <b>NIKE AIR</b> hat</p>"
      NEXT("{\"props\":{\"a\":\"our \",\"b\":\"NIKE AIR\",\"c\":\" hat\"}}"),
      "<p>OUR <b>NIKE AIR</b> HAT</p>"
      NEXT("{\"props\":{\"a\":\"OUR \",\"b\":\"NIKE AIR\",\"c\":\" HAT\"}}") },
    { 'h', "one with blanks that the page would lose, and the state not", "",
      "<p>our <b>NIKE  AIR</b> hat</p><h1>cap</h1>"
      NEXT("{\"props\":{\"a\":\"our \",\"b\":\"NIKE  AIR\",\"c\":\" hat\","
           "\"n\":\"cap\"}}"),
      "<p>our <b>NIKE  AIR</b> hat</p><h1>CAP</h1>"
      NEXT("{\"props\":{\"a\":\"our \",\"b\":\"NIKE  AIR\",\"c\":\" hat\","
           "\"n\":\"CAP\"}}")
    },
    { 'h', "such a name alone", "", "<p>NIKE\tAIR</p><h1>cap</h1>"
      NEXT("{\"props\":{\"b\":\"NIKE\\tAIR\",\"n\":\"cap\"}}"),
      "<p>NIKE\tAIR</p><h1>CAP</h1>"
      NEXT("{\"props\":{\"b\":\"NIKE\\tAIR\",\"n\":\"CAP\"}}") },
    { 'h', "only a key that isn't replaced", "", "<h1>hat</h1>"
      NEXT("{\"props\":{\"slug\":\"hat\"}}"),
      "<h1>hat</h1>" NEXT("{\"props\":{\"slug\":\"hat\"}}") },
    { 'h', "broken state", "", "<h1>hat</h1>"
      NEXT("{\"props\":{\"n\":\"hat\"}"), NULL },
    { 'h', "a listed text that the page doesn't show", "", "<h1>hat</h1>"
      NEXT("{\"props\":{\"n\":\"hat\",\"name\":\"cap\"}}"),
      "<h1>HAT</h1>" NEXT("{\"props\":{\"n\":\"HAT\",\"name\":\"CAP\"}}") },
    { 'h', "a listed text in a place that must stay", "",
      "<p>hat <b>of silk</b></p>"
      NEXT("{\"props\":{\"name\":\"hat\",\"n\":\"x\"}}"),
      "<p>hat <b>of silk</b></p>"
      NEXT("{\"props\":{\"name\":\"hat\",\"n\":\"x\"}}") },

    /* several text nodes */

    { 'h', "nodes", "", "<p>our <b>soft</b> hat</p>"
      NEXT("{\"props\":[\"our \",\"soft\",\" hat\"]}"),
      "<p>OUR <b>SOFT</b> HAT</p>"
      NEXT("{\"props\":[\"OUR \",\"SOFT\",\" HAT\"]}") },
    { 'h', "separators", "", "<p>our<!-- --> <!-- -->hat<!-- -->: 5</p>"
      NEXT("{\"props\":[\"our\",\"hat\"]}"),
      "<p>OUR<!-- --> <!-- -->HAT<!-- -->: 5</p>"
      NEXT("{\"props\":[\"OUR\",\"HAT\"]}") },
    { 'h', "tags that changed places", "a <g1>b</g1> <g2>c</g2>="
      "A <g2>C</g2> <g1>B</g1>", "<p>a <b>b</b> <i>c</i></p>"
      NEXT("{\"props\":[\"a \",\"b\",\"c\"]}"),
      "<p>a <b>b</b> <i>c</i></p>" NEXT("{\"props\":[\"a \",\"b\",\"c\"]}") },
    { 'h', "a node that would vanish", "a <g1>b</g1> c=A <g1>B</g1>",
      "<p>a <b>b</b> c</p>" NEXT("{\"props\":[\"a \",\"b\",\" c\"]}"),
      "<p>a <b>b</b> c</p>" NEXT("{\"props\":[\"a \",\"b\",\" c\"]}") },
    { 'h', "blanks that go, where all are alike", "our <g1>soft</g1> hat="
      "x<g1>y</g1>z", "<p>our <b>soft</b> hat</p>"
      NEXT("{\"props\":[\"our \",\"soft\",\" hat\"]}"),
      "<p>x<b>y</b>z</p>" NEXT("{\"props\":[\"x\",\"y\",\"z\"]}") },
    { 'h', "blanks that go, where one isn't", "our <g1>soft</g1> hat="
      "x<g1>y</g1>z", "<p>our <b>soft</b> hat</p>"
      NEXT("{\"props\":[\"our \",\"soft\",\" hat\",\"hat\"]}"),
      "<p>our <b>soft</b> hat</p>"
      NEXT("{\"props\":[\"our \",\"soft\",\" hat\",\"hat\"]}") },
    { 'h', "one text, two translations",
      "a <g1>hat</g1>=X <g1>one</g1>|the <g1>hat</g1>=Y <g1>two</g1>",
      "<p>a <b>hat</b></p><p>the <b>hat</b></p><p>else</p><p>the <i>end</i></p>"
      NEXT("{\"props\":[\"a \",\"hat\",\"the \",\"else\",\"end\"]}"),
      "<p>a <b>hat</b></p><p>the <b>hat</b></p><p>ELSE</p><p>the <i>end</i></p>"
      NEXT("{\"props\":[\"a \",\"hat\",\"the \",\"ELSE\",\"end\"]}") },
    { 'h', "one text, twice the same",
      "a <g1>hat</g1>=X <g1>one</g1>|the <g1>hat</g1>=Y <g1>one</g1>",
      "<p>a <b>hat</b></p><p>the <b>hat</b></p>"
      NEXT("{\"props\":[\"a \",\"hat\",\"the \"]}"),
      "<p>X <b>one</b></p><p>Y <b>one</b></p>"
      NEXT("{\"props\":[\"X \",\"one\",\"Y \"]}") },
    { 'h', "a fragment without translation holds its nodes",
      "a <g1>hat</g1>=", "<p>a <b>hat</b></p><p>hat</p><p>cap</p>"
      NEXT("{\"props\":[\"a \",\"hat\",\"cap\"]}"),
      "<p>a <b>hat</b></p><p>hat</p><p>CAP</p>"
      NEXT("{\"props\":[\"a \",\"hat\",\"CAP\"]}") },
    { 'h', "a number that stays", "only <g1>5</g1> left=X <g1>5</g1> Y",
      "<p>only <b>5</b> left</p>" NEXT("{\"props\":[\"only \",\" left\"]}"),
      "<p>X <b>5</b> Y</p>" NEXT("{\"props\":[\"X \",\" Y\"]}") },

    /* Flight */

    { 'h', "rows", "",
      "<h1>hat</h1><p title=tip>cap</p><i>in the program</i>"
      "<script>(self.__next_f=self.__next_f||[]).push([0]);"
      "self.__next_f.push([2,null])</script>"
      FLIGHT("1:I[12,[\\\"a\\\"],\\\"hat\\\"]\\n:HL[\\\"hat\\\"]\\n")
      FLIGHT("0:[\\\"$\\\",\\\"h1\\\",\\\"hat\\\",{\\\"children\\\":"
             "\\\"hat\\\",\\\"className\\\":\\\"hat\\\"}]\\n2:\\\"cap\\\"\\n")
      FLIGHT("3:[\\\"hat\\\",{\\\"title\\\":\\\"tip\\\"}]\\n"),
      "<h1>HAT</h1><p title=\"TIP\">CAP</p><i>in the program</i>"
      "<script>(self.__next_f=self.__next_f||[]).push([0]);"
      "self.__next_f.push([2,null])</script>"
      FLIGHT("1:I[12,[\\\"a\\\"],\\\"hat\\\"]\\n:HL[\\\"hat\\\"]\\n")
      FLIGHT("0:[\\\"$\\\",\\\"h1\\\",\\\"hat\\\",{\\\"children\\\":"
             "\\\"HAT\\\",\\\"className\\\":\\\"hat\\\"}]\\n2:\\\"CAP\\\"\\n")
      FLIGHT("3:[\\\"hat\\\",{\\\"title\\\":\\\"TIP\\\"}]\\n") },
    { 'h', "a text row shorter than it says", "hat\xc3\xa9=a longer "
      "\"text\" \\ \xe2\x80\xa8|cap=x", "<p>hat\xc3\xa9</p><p>cap</p>"
      FLIGHT("6:T4,hat\xc3\xa9") FLIGHT("7:T13,             cap   8:T3,abc"),
      NULL },
    { 'h', "text rows", "hat\xc3\xa9=a longer \"text\" \\ \xe2\x80\xa8|cap=x",
      "<p>hat\xc3\xa9</p><p>cap</p>"
      FLIGHT("6:T5,hat\xc3\xa9") FLIGHT("7:T13,\\n            cap   8:T3,abc"),
      "<p>a longer \"text\" \\ \xe2\x80\xa8</p><p>x</p>"
      FLIGHT("6:T15,a longer \\\"text\\\" \\\\ \\u2028")
      FLIGHT("7:T11,\\n            x   8:T3,abc") },
    { 'h', "dollars", "\x24 off=off|cap=$5 cap",
      "<p>$ off</p><p>cap</p>" FLIGHT("0:[\\\"$$ off\\\",\\\"cap\\\","
      "\\\"$cap\\\",\\\"$L5\\\"]\\n"),
      "<p>off</p><p>$5 cap</p>" FLIGHT("0:[\\\"off\\\",\\\"$$5 cap\\\","
      "\\\"$cap\\\",\\\"$L5\\\"]\\n") },
    { 'h', "escapes of both layers", "hat=a \"b\" \\ 'c' &lt; d",
      "<p>hat</p>" FLIGHT("0:[\\\"hat\\\"]\\n"), "<p>a \"b\" \\ 'c' &lt; d</p>"
      FLIGHT("0:[\\\"a \\\\\\\"b\\\\\\\" \\\\\\\\ \\'c\\' \\u003c d\\\"]\\n") },
    { 'h', "a push of bytes", "", "<p>hat</p>" FLIGHT("0:[\\\"hat\\\"]\\n")
      "<script>self.__next_f.push([3,\"aGF0\"])</script>", NULL },
    { 'h', "broken rows", "", "<p>hat</p>" FLIGHT("0:[\\\"hat\\\"\\n"), NULL },
    { 'h', "a broken push", "", "<p>hat</p>" FLIGHT("0:[\\\"hat\\\"]\\n")
      "<script>self.__next_f.push([1,\"0:1\\n\"</script>", NULL },
    { 'x', "a navigation", "",
      "0:[[\"product\",{\"children\":[\"hat\",{}]}],[\"$\",\"h1\",\"hat\",{"
      "\"children\":\"hat\",\"name\":\"cap\",\"id\":\"x\"}],"
      "[\"$\",\"$L5\",null,{\"name\":\"cap\",\"id\":\"x\"}]]\n"
      "1:[\"$\",\"p\",null,{\"children\":[\"our \",[\"$\",\"b\",null,{"
      "\"children\":\"$$ off\"}],\"$L2\"]}]\n2:T4,caps3:null\n4:true\n",
      "0:[[\"product\",{\"children\":[\"hat\",{}]}],[\"$\",\"h1\",\"hat\",{"
      "\"children\":\"HAT\",\"name\":\"cap\",\"id\":\"x\"}],"
      "[\"$\",\"$L5\",null,{\"name\":\"CAP\",\"id\":\"x\"}]]\n"
      "1:[\"$\",\"p\",null,{\"children\":[\"OUR \",[\"$\",\"b\",null,{"
      "\"children\":\"$$ OFF\"}],\"$L2\"]}]\n2:T4,caps3:null\n4:true\n" },
    { 'x', "attributes of a navigation", "",
      "0:[[\"$\",\"img\",null,{\"alt\":\"hat\",\"title\":\"cap\","
      "\"data-name\":\"hat\",\"description\":\"hat\"}],"
      "[\"$\",\"meta\",null,{\"name\":\"description\","
      "\"content\":\"hat\"}],"
      "[\"$\",\"meta\",null,{\"name\":\"viewport\",\"content\":\"hat\"}],"
      "[\"$\",\"meta\",null,{\"property\":\"og:title\",\"content\":\"hat\"}],"
      "[\"$\",\"input\",null,{\"type\":\"submit\",\"value\":\"hat\"}],"
      "[\"$\",\"input\",null,{\"type\":\"text\",\"value\":\"hat\"}],"
      "[\"$\",\"$L5\",null,{\"alt\":\"hat\",\"description\":\"cap\"}]]\n",
      "0:[[\"$\",\"img\",null,{\"alt\":\"HAT\",\"title\":\"CAP\","
      "\"data-name\":\"hat\",\"description\":\"hat\"}],"
      "[\"$\",\"meta\",null,{\"name\":\"description\","
      "\"content\":\"HAT\"}],"
      "[\"$\",\"meta\",null,{\"name\":\"viewport\",\"content\":\"hat\"}],"
      "[\"$\",\"meta\",null,{\"property\":\"og:title\",\"content\":\"HAT\"}],"
      "[\"$\",\"input\",null,{\"type\":\"submit\",\"value\":\"HAT\"}],"
      "[\"$\",\"input\",null,{\"type\":\"text\",\"value\":\"hat\"}],"
      "[\"$\",\"$L5\",null,{\"alt\":\"hat\",\"description\":\"CAP\"}]]\n" },
    { 'h', "attributes in a page's rows", "",
      "<p title=hat id=hat>hat</p>" FLIGHT("0:[\\\"$\\\",\\\"p\\\",null,{"
      "\\\"title\\\":\\\"hat\\\",\\\"data-x\\\":\\\"hat\\\","
      "\\\"name\\\":\\\"cap\\\",\\\"children\\\":\\\"hat\\\"}]\\n"),
      "<p title=\"HAT\" id=hat>HAT</p>" FLIGHT("0:[\\\"$\\\",\\\"p\\\",null,{"
      "\\\"title\\\":\\\"HAT\\\",\\\"data-x\\\":\\\"hat\\\","
      "\\\"name\\\":\\\"cap\\\",\\\"children\\\":\\\"HAT\\\"}]\\n") },
    { 'x', "rows of text in a navigation", "hat=\xc3\xa9t\xc3\xa9 hat",
      "a:T3,hat1:[\"$\",\"p\",null,{\"children\":\"$a\"}]\n"
      "2:[\"$\",\"p\",null,{\"children\":[\"$1f\",\" \"]}]\n1f:T5, cap "
      "3:[\"$\",\"$L5\",null,{\"name\":\"$4\",\"x\":\"$5\"}]\n4:T3,cap"
      "5:T3,cap",
      "a:T9,\xc3\xa9t\xc3\xa9 hat1:[\"$\",\"p\",null,{\"children\":\"$a\"}]"
      "\n2:[\"$\",\"p\",null,{\"children\":[\"$1f\",\" \"]}]\n1f:T5, CAP "
      "3:[\"$\",\"$L5\",null,{\"name\":\"$4\",\"x\":\"$5\"}]\n4:T3,CAP"
      "5:T3,cap" },
    { 'x', "rows that are no texts, or not only", "",
      "1:T3,hat2:T3,cap3:T3,hat4:[{\"__html\":\"$1\"},\"$9\",\"$\",\"$1g\",["
      "\"$\",\"p\",null,{\"children\":\"$2\",\"id\":\"$2\"}]]\n",
      "1:T3,hat2:T3,cap3:T3,hat4:[{\"__html\":\"$1\"},\"$9\",\"$\",\"$1g\",["
      "\"$\",\"p\",null,{\"children\":\"$2\",\"id\":\"$2\"}]]\n" },

    /* variables */

    { 'h', "a variable", "", "<p>hat</p><p>cap</p>"
      "<script>var a = 1; window.eContext = {\"t\":\"hat\"}; b('cap')</script>",
      "<p>HAT</p><p>cap</p>"
      "<script>var a = 1; window.eContext = {\"t\":\"HAT\"}; b('cap')</script>"
    },
    { 'h', "a variable as a string", "hat=it's", "<p>hat</p>"
      "<script>eContext=JSON.parse('{\"t\":\"hat\"}')</script>",
      "<p>it's</p>"
      "<script>eContext=JSON.parse('{\"t\":\"it\\'s\"}')</script>" },
    { 'h', "no JSON in a variable", "", "<p>hat</p>"
      "<script>eContext = {t:\"hat\"}</script>", NULL },
    { 'h', "another variable", "", "<p>hat</p>"
      "<script>xeContext = {t:\"hat\"}; eContext == {};</script>",
      "<p>HAT</p>"
      "<script>xeContext = {t:\"hat\"}; eContext == {};</script>" },

    /* unknown ones */

    { 'h', "an unknown state that repeats", "", "<p>a blue hat</p>"
      "<script>window.__NUXT__=(function(a){return {t:\"a blue hat\"}})()"
      "</script>", NULL },
    { 'h', "an unknown state that doesn't", "", "<p>a blue hat</p>"
      "<script>window.__NUXT__={t:\"a red hat\"}</script>",
      "<p>A BLUE HAT</p>"
      "<script>window.__NUXT__={t:\"a red hat\"}</script>" },
    { 'h', "strings in strings", "", "<p>a blue hat</p>"
      "<script>window.__reactRouterContext.streamController.enqueue("
      "\"[{\\\"_1\\\":2},\\\"a blue hat\\\"]\")</script>", NULL },
    { 'h', "by its id", "", "<p>a blue hat</p>"
      "<script id=__NUXT_DATA__ type=application/json>[\"a blue hat\"]"
      "</script>", NULL },
    { 'h', "one that was named is read", "", "<p>a blue hat</p>"
      "<script>window.__INITIAL_STATE__={\"t\":\"a blue hat\"}</script>",
      "<p>A BLUE HAT</p>"
      "<script>window.__INITIAL_STATE__={\"t\":\"A BLUE HAT\"}</script>" },
    { 'u', "one that was not named", "", "<p>a blue hat</p>"
      "<script>var eContext = {\"t\":\"a blue hat\"}</script>", NULL },
    { 'u', "a name with that end", "", "<p>a blue hat</p>"
      "<script>var pageContext = {\"t\":\"a blue hat\"}</script>",
      "<p>A BLUE HAT</p>"
      "<script>var pageContext = {\"t\":\"a blue hat\"}</script>" },
};


static aif_str_t  test_keys[] = {
    aif_string("name"), aif_string("description"), aif_string("*.title"),
    aif_string("a.b.c")
};

static aif_str_t  test_variables[] = {
    aif_string("eContext"), aif_string("__INITIAL_STATE__")
};


static void
test_init(state_page_t *sp)
{
    memset(sp, 0, sizeof(state_page_t));

    sp->conf.keys = test_keys;
    sp->conf.nkeys = 4;
    sp->conf.variables = test_variables;
    sp->conf.nvariables = 2;
}


static void
test_table(void)
{
    size_t              i;
    state_page_t        sp;
    const test_case_t  *c;

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        c = &test_cases[i];

        test_init(&sp);
        sp.words = c->words;

        if (c->type == 'u') {
            sp.conf.nvariables = 0;
        }

        state_page(&sp, c->type == 'u' ? 'h' : c->type,
                   (const u_char *) c->page, strlen(c->page));

        if (c->output == NULL) {
            ok(sp.rc == AIF_BAD, "%s: left alone", c->name);

        } else if (sp.rc != AIF_OK) {
            ok(0, "%s: %d", c->name, sp.rc);

        } else {
            is(sp.out, c->output, c->name);
        }

        free(sp.out.data);
    }
}


/*
 * Links: "k" before href marks one that stays in the HTML.  The page is not
 * translated, only the state's links change.
 */

#define TEST_NO_LINKS                                                         \
    "[\"$\",\"use\",null,{\"href\":\"/x\"}],[\"$\",\"a\",null,{"              \
    "\"href\":\"#x\",\"title\":\"/x\"}],[\"$\",\"a\",null,{"                  \
    "\"href\":\"/es/x\"}],[\"$\",\"a\",null,{"                                \
    "\"href\":\"mailto:a@b\"}],[\"$\",\"a\",null,{"                           \
    "\"href\":\"/x.pdf\"}]]\n"


static const test_case_t  test_link_cases[] = {

    { 'h', "a row's elements", NULL,
      "<a href=\"/x\">1</a>" FLIGHT("0:[[\\\"$\\\",\\\"a\\\",null,{"
      "\\\"href\\\":\\\"/x\\\"}],[\\\"$\\\",\\\"$L5\\\",null,{"
      "\\\"href\\\":\\\"/y?a#b\\\"}],{\\\"href\\\":\\\"/\\\"}]\\n"),
      "<a href=\"/x\">1</a>" FLIGHT("0:[[\\\"$\\\",\\\"a\\\",null,{"
      "\\\"href\\\":\\\"/es/x\\\"}],[\\\"$\\\",\\\"$L5\\\",null,{"
      "\\\"href\\\":\\\"/es/y?a#b\\\"}],{\\\"href\\\":\\\"/es/\\\"}]\\n") },
    { 'h', "what stays in the HTML", NULL,
      "<a k href=\"/x\">1</a><a href=\"/z\">1</a><a k href=\"/z\">1</a>"
      FLIGHT("0:[{\\\"href\\\":\\\"/x\\\"},{\\\"href\\\":\\\"/z\\\"}]\\n"),
      "<a k href=\"/x\">1</a><a href=\"/z\">1</a><a k href=\"/z\">1</a>"
      FLIGHT("0:[{\\\"href\\\":\\\"/x\\\"},{\\\"href\\\":\\\"/z\\\"}]\\n") },
    { 'h', "the head", NULL,
      "<link href=\"http://shop.example/x\">" FLIGHT("0:[[\\\"$\\\","
      "\\\"link\\\",null,{\\\"href\\\":\\\"http://shop.example/x\\\"}],"
      "[\\\"$\\\",\\\"link\\\",null,{\\\"href\\\":\\\"/style\\\"}],"
      "[\\\"$\\\",\\\"meta\\\",null,{\\\"content\\\":"
      "\\\"http://shop.example/x\\\"}]]\\n"),
      "<link href=\"http://shop.example/x\">" FLIGHT("0:[[\\\"$\\\","
      "\\\"link\\\",null,{"
      "\\\"href\\\":\\\"http://shop.example/es/x\\\"}],"
      "[\\\"$\\\",\\\"link\\\",null,{\\\"href\\\":\\\"/style\\\"}],"
      "[\\\"$\\\",\\\"meta\\\",null,{\\\"content\\\":"
      "\\\"http://shop.example/es/x\\\"}]]\\n") },
    { 'h', "data of a page", NULL,
      "<a href=\"/x?a&amp;b\">1</a><a href=\"http://shop.example\">1</a>"
      NEXT("{\"props\":{\"url\":\"/x?a\\u0026b\",\"slug\":\"/x?a\\u0026b\","
           "\"to\":\"\\/x?a&b\","
           "\"link\":\"/y\",\"href\":\"http:\\/\\/shop.example\"},"
           "\"url\":\"/x?a&b\"}"),
      "<a href=\"/x?a&amp;b\">1</a><a href=\"http://shop.example\">1</a>"
      NEXT("{\"props\":{\"url\":\"/es/x?a\\u0026b\",\"slug\":\"/x?a\\u0026b\","
           "\"to\":\"/es/x?a&b\",\"link\":\"/y\",\"href\":"
           "\"http:\\/\\/shop.example/es\"},\"url\":\"/x?a&b\"}") },
    { 'h', "JSON-LD keeps its addresses", NULL,
      "<a href=\"/x\">1</a>" LD("{\"@type\":\"Product\",\"url\":\"/x\"}"),
      "<a href=\"/x\">1</a>" LD("{\"@type\":\"Product\",\"url\":\"/x\"}") },
    { 'j', "listed keys", NULL,
      "{\"name\":\"/x\",\"url\":\"/x\",\"title\":\"http://other/x\","
      "\"description\":\"https:\\/\\/shop.example\\/x\"}",
      "{\"name\":\"/es/x\",\"url\":\"/x\",\"title\":\"http://other/x\","
      "\"description\":\"https:\\/\\/shop.example/es/x\"}" },
    { 'x', "a navigation's elements", NULL,
      "0:[[\"$\",\"a\",null,{\"href\":\"/x\"}],[\"$\",\"a\",null,{"
      "\"href\":\"/x\",\"hrefLang\":\"de\"}],[\"$\",\"$L5\",null,{"
      "\"download\":\"x\",\"href\":\"/x\"}],[\"$\",\"form\",null,{"
      "\"action\":\"/x\"}],[\"$\",\"input\",null,{\"formAction\":\"/x\"}],"
      "[\"$\",\"link\",null,{\"href\":\"/x\"}],[\"$\",\"link\",null,{"
      "\"rel\":\"canonical\",\"href\":\"/x\"}],[\"$\",\"meta\",null,{"
      "\"property\":\"og:url\",\"content\":\"http://shop.example/x\"}],"
      TEST_NO_LINKS,
      "0:[[\"$\",\"a\",null,{\"href\":\"/es/x\"}],[\"$\",\"a\",null,{"
      "\"href\":\"/x\",\"hrefLang\":\"de\"}],[\"$\",\"$L5\",null,{"
      "\"download\":\"x\",\"href\":\"/x\"}],[\"$\",\"form\",null,{"
      "\"action\":\"/es/x\"}],[\"$\",\"input\",null,{"
      "\"formAction\":\"/es/x\"}],"
      "[\"$\",\"link\",null,{\"href\":\"/x\"}],[\"$\",\"link\",null,{"
      "\"rel\":\"canonical\",\"href\":\"/es/x\"}],[\"$\",\"meta\",null,{"
      "\"property\":\"og:url\",\"content\":\"http://shop.example/es/x\"}],"
      TEST_NO_LINKS },
};


static aif_str_t  test_locales[] = { aif_string("en"), aif_string("es") };


static void
test_links(void)
{
    size_t              i;
    const char         *p;
    state_page_t        sp;
    aif_link_site_t     site;
    aif_link_span_t     spans[8];
    aif_state_links_t   links;
    const test_case_t  *c;

    memset(&site, 0, sizeof(site));
    aif_str_set(&site.host, "shop.example");
    site.locales = test_locales;
    site.nlocales = 2;

    links.site = &site;
    links.spans = spans;
    aif_str_set(&links.prefix, "/es");

    for (i = 0; i < sizeof(test_link_cases) / sizeof(test_case_t); i++) {

        c = &test_link_cases[i];
        links.nspans = 0;

        for (p = c->page; (p = strstr(p, " href=\"")) != NULL; p += 7) {
            spans[links.nspans].start = p + 7 - c->page;
            spans[links.nspans].end = strchr(p + 7, '"') - c->page;
            spans[links.nspans++].prefixed =
                memcmp(p - 2, " k", 2) != 0;
        }

        test_init(&sp);
        sp.links = &links;
        sp.words = "-";

        state_page(&sp, c->type, (const u_char *) c->page, strlen(c->page));
        is(sp.out, c->output, c->name);
        ok(sp.linked == sp.nedits, "%s: counted", c->name);
        free(sp.out.data);
    }
}


static void
test_ascii(void)
{
    state_page_t  sp;

    static const char  page[] = "<p>hat</p>" DATA("{\"a\":\"hat\"}")
                                FLIGHT("0:[\\\"hat\\\"]\\n1:T3,hat");

    test_init(&sp);
    sp.words = "hat=\xc3\xa9 \xf0\x9f\x98\x80";
    sp.ascii = 1;

    state_page(&sp, 'h', (const u_char *) page, sizeof(page) - 1);

    is(sp.out, "<p>\xc3\xa9 \xf0\x9f\x98\x80</p>"
       DATA("{\"a\":\"\\u00e9 \\ud83d\\ude00\"}")
       FLIGHT("0:[\\\"\\u00e9 \\ud83d\\ude00\\\"]\\n"
              "1:T7,\\u00e9 \\ud83d\\ude00"), "in ASCII");

    free(sp.out.data);
}


/* A stream in one push, and the same cut in two at every byte. */

static void
test_splits(void)
{
    char          page[1024], *p, *q;
    size_t        i, len, bad;
    state_page_t  sp, whole;

    static const char  head[] = "<h1>caf\xc3\xa9 \xf0\x9f\x98\x80</h1>"
                                "<p>our <b>soft</b> hat</p>"
                                "<script>self.__next_f.push([1,\"";
    static const char  rows[] = "0:[\\\"caf\xc3\xa9 \\ud83d\\ude00\\\"]\\n"
                                "1:T4,soft2:[\\\"our \\\",\\\"soft\\\","
                                "\\\" hat\\\"]\\n";
    static const char  cut[] = "\"])</script><script>self.__next_f.push([1,\"";
    static const char  tail[] = "\"])</script>";

    bad = 0;
    whole.out.data = NULL;

    for (i = 0; i <= sizeof(rows) - 1; i++) {

        /* not inside of an escape or a character */

        if (i && (rows[i - 1] == '\\' || (rows[i] & 0xc0) == 0x80
                  || (i > 1 && rows[i - 1] == 'u' && rows[i - 2] == '\\')))
        {
            continue;
        }

        if (i > 2 && memchr(rows + i - 4 + (i < 4), 'u', 4)
            && rows[i] != '\\' && strchr("0123456789abcdef", rows[i]))
        {
            continue;
        }

        len = sprintf(page, "%s%.*s%s%s%s", head, (int) i, rows,
                      i ? cut : "", rows + i, tail);

        test_init(&sp);
        sp.words = "caf\xc3\xa9 \xf0\x9f\x98\x80=ein \"langer\" Text"
                   "|our <g1>soft</g1> hat=unser <g1>weicher</g1> Hut";

        state_page(&sp, 'h', (u_char *) page, len);

        if (i == 0) {
            whole = sp;
            ok(sp.rc == AIF_OK && strstr((char *) sp.out.data, "1:T7,weicher"),
               "a stream in one push");
            continue;
        }

        /* without the cut it is what it was in one */

        p = sp.rc == AIF_OK ? strstr((char *) sp.out.data, cut) : NULL;

        if (p) {
            q = p + sizeof(cut) - 1;
            memmove(p, q, strlen(q) + 1);
        }

        if (p == NULL
            || strcmp((char *) sp.out.data, (char *) whole.out.data) != 0)
        {
            printf("# cut at %zu: %d\n", i, sp.rc);
            bad++;
        }

        free(sp.out.data);
    }

    ok(bad == 0, "and cut in two anywhere");
    free(whole.out.data);
}


/* Real pages: as they were without translations, as many strings with them. */

static void
test_files(void)
{
    char           name[512];
    u_char        *data;
    size_t         i, len, nedits;
    state_page_t   sp, again;

    static const char *const  files[] = {
        "peb-zara-com-7c78", "peb-ikea-com-0666", "peb-johnlewis-com-1bb3",
        "peb-getit-co-il-4698", "peb-emag-ro-2fa1", "rs-hellofresh",
        "rs-sizzlefish", "peb-ar-sa-namshi-com-2c08", "rs-pastificio",
        "peb-pokupki-market-yandex-ru-08b5", "ms-amazon-es-product-url"
    };

    nedits = 0;

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {

        snprintf(name, sizeof(name), "%s/pages/%s.html", page_data(),
                 files[i]);
        data = page_read(name, &len);

        if (data == NULL) {
            skip("no %s", files[i]);
            continue;
        }

        test_init(&sp);
        sp.words = "-";
        state_page(&sp, 'h', data, len);

        if (sp.rc == AIF_BAD) {
            ok(1, "%s: left alone", files[i]);
            free(data);
            continue;
        }

        ok(sp.rc == AIF_OK && sp.out.len == len
           && memcmp(sp.out.data, data, len) == 0, "%s: as it was", files[i]);
        free(sp.out.data);

        test_init(&sp);
        state_page(&sp, 'h', data, len);
        nedits += sp.nedits;

        again = sp;
        again.out.data = NULL;
        state_page(&again, 'h', sp.out.data, sp.out.len);

        ok(again.rc == AIF_OK && again.texts == sp.texts
           && again.nedits <= sp.nedits, "%s: %zu edits, and is read again",
           files[i], sp.nedits);

        free(sp.out.data);
        free(again.out.data);
        free(data);
    }

    printf("# %zu edits\n", nedits);
}


/*
 * A megabyte of quotes that nothing ends: each byte is looked at a few times.
 * Once for each quote it would be hours.
 */

static void
test_quotes(void)
{
    char          *page;
    size_t         i, k, n;
    clock_t        begin;
    state_page_t   sp;

    static const char *const  text[] = { "\\\"", "' ", "`\"'", "\"\n'" };

    for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {

        page = malloc(1200000);
        n = sprintf(page, "<p>a blue hat</p><script>window.__NUXT__=\"");

        for (k = 0; k < 1000000 / strlen(text[i]); k++) {
            n += sprintf(page + n, "%s", text[i]);
        }

        n += sprintf(page + n, "</script>");

        test_init(&sp);
        begin = clock();
        state_page(&sp, 'h', (u_char *) page, n);
        begin = clock() - begin;

        ok(sp.rc == AIF_OK && begin < 60 * CLOCKS_PER_SEC,
           "a megabyte of quotes (%zu): %.1f s", i,
           (double) begin / CLOCKS_PER_SEC);

        free(sp.out.data);
        free(page);
    }
}


int
main(void)
{
    test_table();
    test_quotes();
    test_links();
    test_ascii();
    test_splits();
    test_files();

    done();
}
