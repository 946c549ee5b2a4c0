
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The tokenizer: what it makes of markup, whatever the splits, and that real
 * pages come back whole.  The standard's own conformance data are run by
 * test_html_spec.c.
 */


#include "core/aif_html.h"

#include "html_feed.h"
#include "tap.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>


/*
 * How tokens are written here, one after another:
 *
 *     d"x"  text; d data, r RCDATA, w raw text, s script, p plaintext, c CDATA
 *     <a b c=1 d='2' e="3">  </a>   tags, "/>" if self-closing
 *     !"x"  comment     D"x"  doctype     |x  what is left at the end
 *     ~     after a token inside of svg or math
 */

static const struct {
    const char  *name;
    const char  *page;
    const char  *tokens;
} html_cases[] = {

    /* text */

    { "nothing", "", "" },
    { "text", "a b\nc", "d\"a b\nc\"" },
    { "references are not touched", "&amp;&lt", "d\"&amp;&lt\"" },
    { "< before a blank is text", "a < b<1<", "d\"a < b<1<\"" },
    { "</ at the end is text", "a</", "d\"a</\"" },
    { "text between tags", "<b>x</b> y<i>", "<b>d\"x\"</b>d\" y\"<i>" },

    /* tags */

    { "case of names is kept", "<DiV></dIv>", "<DiV></dIv>" },
    { "self-closing", "<br/><br /><p/ >", "<br/><br/><p>" },
    { "odd names", "<a<b><a\"b><a=b>", "<a<b><a\"b><a=b>" },
    { "quotes", "<a b='\"' c=\"'\">", "<a b='\"' c=\"'\">" },
    { "> in a value", "<a b=\"x>y\" c='>'>z",
      "<a b=\"x>y\" c='>'>d\"z\"" },
    { "bare values", "<a b=c d=/e/ f=\"g\"h=i'j>",
      "<a b=c d=/e/ f=\"g\" h=i'j>" },
    { "no values", "<a b c  d= e f=>", "<a b c d=e f>" },
    { "space", "<a\n\tb\f=\r'c'\n>", "<a b='c'>" },
    { "= begins a name", "<a =b ==c>", "<a =b==c>" },
    { "/ between", "<a/b/c=d//e>", "<a b c=d//e>" },
    { "/ in front of the end", "<a b=c/>", "<a b=c/>" },
    { "/ after a quoted value", "<a b=\"c\"/>", "<a b=\"c\"/>" },
    { "duplicates", "<a b=\"1\" B=\"2\">", "<a b=\"1\" B=\"2\">" },
    { "attributes of an end tag", "</a b=\"c\" />", "</a b=\"c\"/>" },
    { "empty values", "<a b=\"\" c=''>", "<a b=\"\" c=''>" },
    { "a name right behind a quote", "<a b=\"1\"c=\"2\">",
      "<a b=\"1\" c=\"2\">" },

    /* comments and other markup */

    { "comment", "<!-- a -->b", "!\" a \"d\"b\"" },
    { "short comments", "<!----><!--><!--->", "!\"\"!\"\"!\"\"" },
    { "dashes in comments", "<!-- a--b --- --!> --> c",
      "!\" a--b --- \"d\" --> c\"" },
    { "comment with !", "<!--!>--><!--a!>-->", "!\"!>\"!\"a!>\"" },
    { "comment in a comment", "<!-- <!-- a -->b", "!\" <!-- a \"d\"b\"" },
    { "conditional comments",
      "<!--[if IE]><p><![endif]--><![if !IE]>x<![endif]>",
      "!\"[if IE]><p><![endif]\"!\"[if !IE]\"d\"x\"!\"[endif]\"" },
    { "bogus comments", "<?xml a?><!a></ b></1><!>",
      "!\"?xml a?\"!\"a\"!\" b\"!\"1\"!\"\"" },
    { "no name", "a</>b", "d\"a\"!\"\"d\"b\"" },
    { "doctype", "<!DOCTYPE html><!doctype\n  X y>", "D\"html\"D\"X\"" },
    { "doctype ends in a quote", "<!DOCTYPE a \"b>c\">",
      "D\"a\"d\"c\">\"" },
    { "doctype without a name", "<!DOCTYPE>", "D\"\"" },
    { "CDATA is for foreign content", "<![CDATA[a>b]]>",
      "!\"[CDATA[a\"d\"b]]>\"" },

    /* the end of the page */

    { "unfinished start tag", "a<b", "d\"a\"|<b" },
    { "unfinished attribute", "a<b c=\"d>", "d\"a\"|<b c=\"d>" },
    { "unfinished end tag", "a</b ", "d\"a\"|</b " },
    { "unfinished comment", "a<!-- b", "d\"a\"|<!-- b" },
    { "unfinished doctype", "<!DOCTYPE h", "|<!DOCTYPE h" },
    { "unfinished declaration", "a<!", "d\"a\"|<!" },
    { "unfinished title", "<title>a</titl", "<title>r\"a</titl\"" },
    { "unfinished end of a title", "<title>a</title",
      "<title>r\"a</title\"" },
    { "title that ends in its end tag", "<title>a</title b",
      "<title>r\"a\"|</title b" },
    { "title without a text", "<title>", "<title>" },

    /* element switches */

    { "title", "<title>a<b>&amp;</a></title ><b>",
      "<title>r\"a<b>&amp;</a>\"</title><b>" },
    { "TEXTAREA", "<TEXTAREA><p></textareaa></tExtArea/>",
      "<TEXTAREA>r\"<p></textareaa>\"</tExtArea/>" },
    { "style", "<style>a<b></i></style>c",
      "<style>w\"a<b></i>\"</style>d\"c\"" },
    { "xmp", "<xmp><b></xmp>", "<xmp>w\"<b>\"</xmp>" },
    { "iframe", "<iframe><b></iframe>", "<iframe>w\"<b>\"</iframe>" },
    { "noembed", "<noembed><b></noembed>", "<noembed>w\"<b>\"</noembed>" },
    { "noframes", "<noframes><b></noframes>",
      "<noframes>w\"<b>\"</noframes>" },
    { "noscript, with scripting", "<noscript><img></noscript>",
      "<noscript>w\"<img>\"</noscript>" },
    { "a comment is none in raw text", "<style><!--</style>-->",
      "<style>w\"<!--\"</style>d\"-->\"" },
    { "self-closing means nothing", "<script/>a</script>",
      "<script/>s\"a\"</script>" },
    { "an end tag switches nothing", "</title><b>", "</title><b>" },
    { "plaintext", "<plaintext></plaintext><b>",
      "<plaintext>p\"</plaintext><b>\"" },
    { "empty script", "<script></script>x", "<script></script>d\"x\"" },
    { "script", "<script>if (a</b/) \"</scr\" + \"ipt>\"</script>",
      "<script>s\"if (a</b/) \"</scr\" + \"ipt>\"\"</script>" },
    { "script, escaped", "<script><!--a</script>b",
      "<script>s\"<!--a\"</script>d\"b\"" },
    { "script, double escaped",
      "<script><!--<script >a</script>b</script>c",
      "<script>s\"<!--<script >a</script>b\"</script>d\"c\"" },
    { "script, escape that ended",
      "<script><!-- x --><script></script>c",
      "<script>s\"<!-- x --><script>\"</script>d\"c\"" },
    { "script, double escape that ended",
      "<script><!--<script>--></script>c",
      "<script>s\"<!--<script>-->\"</script>d\"c\"" },
    { "script, <!--> ends at once", "<script><!--><script></script>c",
      "<script>s\"<!--><script>\"</script>d\"c\"" },
    { "script, other elements don't escape",
      "<script><!--<scripty></script>c",
      "<script>s\"<!--<scripty>\"</script>d\"c\"" },
    { "script, the next one begins anew",
      "<script><!--</script><script><script></script>c",
      "<script>s\"<!--\"</script><script>s\"<script>\"</script>d\"c\"" },
    { "script, never ended", "<script>a<!--<script></script>",
      "<script>s\"a<!--<script></script>\"" },

    /* foreign content */

    { "svg", "<svg><path d=\"M0\"/><title>a</title></svg><title><b></title>",
      "<svg><path d=\"M0\"/>~<title>~d\"a\"</title>~</svg>"
      "<title>r\"<b>\"</title>" },
    { "no switch in svg", "<svg><style><a></style><script><g></script></svg>",
      "<svg><style>~<a>~</style>~<script>~<g>~</script>~</svg>" },
    { "svg that is closed at once", "<svg/><style><a></style>",
      "<svg/><style>w\"<a>\"</style>" },
    { "CDATA", "<svg><![CDATA[<a>]]]></svg>",
      "<svg>c\"<a>]\"~</svg>" },
    { "empty CDATA", "<svg><![CDATA[]]>x</svg>",
      "<svg>c\"\"~d\"x\"~</svg>" },
    { "unfinished CDATA", "<math><![CDATA[a]]", "<math>c\"a]]\"~" },
    { "foreignObject", "<svg><foreignObject><style><b></style>"
      "</foreignObject><style><b></svg>",
      "<svg><foreignObject>~<style>w\"<b>\"</style></foreignObject>~<style>~"
      "<b></svg>" },
    { "desc and title of svg", "<svg><desc><xmp><b></xmp></desc>"
      "<title><xmp><b></xmp></title><xmp></svg>",
      "<svg><desc>~<xmp>w\"<b>\"</xmp></desc>~<title>~<xmp>w\"<b>\"</xmp>"
      "</title>~<xmp>~</svg>" },
    { "text integration points of math",
      "<math><mi><style><b></style></mi><mtext><![CDATA[x]]></mtext>"
      "<mrow><style><a></style>",
      "<math><mi>~<style>w\"<b>\"</style></mi>~<mtext>~!\"[CDATA[x]]\""
      "</mtext>~<mrow>~<style>~<a>~</style>~" },
    { "desc is no point in math", "<math><desc><style><a></style></desc>",
      "<math><desc>~<style>~<a>~</style>~</desc>~" },
    { "annotation-xml of HTML", "<math><annotation-xml ENCODING=Text/HTML>"
      "<style><a></style></annotation-xml><style>",
      "<math><annotation-xml ENCODING=Text/HTML>~<style>w\"<a>\"</style>"
      "</annotation-xml>~<style>~" },
    { "annotation-xml of something",
      "<math><annotation-xml encoding=\"a\"><style><a>"
      "</annotation-xml></math>",
      "<math><annotation-xml encoding=\"a\">~<style>~<a>~"
      "</annotation-xml>~</math>" },
    { "svg in annotation-xml", "<math><annotation-xml><svg><desc><xmp></xmp>",
      "<math><annotation-xml>~<svg>~<desc>~<xmp></xmp>" },
    { "svg in math is math", "<math><svg><desc><xmp><a></xmp>",
      "<math><svg>~<desc>~<xmp>~<a>~</xmp>~" },
    { "breakout", "<svg><g><p><style><a></style>",
      "<svg><g>~<p><style>w\"<a>\"</style>" },
    { "breakout by end tags", "<svg></p><xmp></xmp><svg></br><xmp></xmp>",
      "<svg></p><xmp></xmp><svg></br><xmp></xmp>" },
    { "breakout to an integration point",
      "<svg><desc><svg><div></div><xmp></xmp></desc><xmp></xmp>",
      "<svg><desc>~<svg><div></div><xmp></xmp></desc>~<xmp>~</xmp>~" },
    { "font breaks out with some attributes",
      "<svg><font x=1><style></style></font><font COLOR><style></style>",
      "<svg><font x=1>~<style>~</style>~</font>~<font COLOR>"
      "<style></style>" },
    { "the end of an element around", "<a><svg><a></a></a><xmp></xmp>",
      "<a><svg><a>~</a>~</a><xmp></xmp>" },
    { "stray ends don't matter", "<svg></path></title></style></input><xmp>",
      "<svg></path>~</title>~</style>~</input>~<xmp>~" },
    { "HTML's ends don't close what is around a point",
      "<svg><a><desc><a></a></desc></a><xmp></xmp>",
      "<svg><a>~<desc>~<a></a></desc>~</a>~<xmp>~</xmp>~" },
    { "svg in a point", "<svg><desc><svg></svg><xmp></xmp></desc></svg>",
      "<svg><desc>~<svg></svg><xmp></xmp></desc>~</svg>" },
    { "the end of svg at a point", "<svg><desc></svg><xmp><a></xmp>",
      "<svg><desc>~</svg><xmp>w\"<a>\"</xmp>" },
    { "svg is raw text in a noscript", "<noscript><svg></noscript><xmp></xmp>",
      "<noscript>w\"<svg>\"</noscript><xmp></xmp>" },

    /* long enough for the quick way, all of it */

    { "usual markup",
      "<!DOCTYPE html>\n<html lang=\"en\">\n<body class=\"a  b\" id=\"c\">\n"
      "<div class=\"product-list\" data-price=\"19.99\">"
      "<a href=\"/p/1?a=1&b=2\">Shirt</a><br/>"
      "<img src=\"/i.png\" alt=\"\"\n  title=\"A > B\"/></div>\n"
      "<ul><li>one<li>two</ul>\n                                            \n"
      "                                                                     ",
      "D\"html\"d\"\n\"<html lang=\"en\">d\"\n\"<body class=\"a  b\" id=\"c\">"
      "d\"\n\"<div class=\"product-list\" data-price=\"19.99\">"
      "<a href=\"/p/1?a=1&b=2\">d\"Shirt\"</a><br/><img src=\"/i.png\" "
      "alt=\"\" title=\"A > B\"/></div>d\"\n\"<ul><li>d\"one\"<li>d\"two\"</ul>"
      "d\"\n                                            \n"
      "                                                                     \""
    },
    { "unusual markup",
      "<p =\"x\" y=\"z\"><p\001q=\"1\"><p q=1\001=\"2\"><p q\002=\"1\">"
      "<p a='b' c=\"d\">"
      "<p / a=\"b\"><p a=\"b\" / ><p a = \"b\"><p a b=\"c\">"
      "<p a=\"b\"\"c\"=\"d\"><p a=\"b\"c>< p></ p></p a=\"b\"><p\fx=\"y\">"
      " 1 < 2 <3 <? a=\"b\"><p \"=\"\"><p a=\"b\" a<=\"c\"><p  \n >"
      "<p                                                                  \n"
      "                                                                    >",
      "<p =\"x\" y=\"z\"><p\001q=\"1\"><p q=1\001=\"2\"><p q\002=\"1\">"
      "<p a='b' c=\"d\">"
      "<p a=\"b\"><p a=\"b\"><p a=\"b\"><p a b=\"c\"><p a=\"b\" \"c\"=\"d\">"
      "<p a=\"b\" c>d\"< p>\"!\" p\"</p a=\"b\"><p x=\"y\">d\" 1 < 2 <3 \""
      "!\"? a=\"b\"\"<p \"=\"\"><p a=\"b\" a<=\"c\"><p><p>" }
};


typedef struct {
    aif_buf_t   out;
    uint64_t    hash;
    size_t      tokens;
} html_seen_t;


static const char    html_letters[] = "drwspc";
static const char   *html_quotes[] = { "", "", "'", "\"" };
static aif_arena_t  *arena;
static aif_html_t    html;


static void
put(aif_buf_t *b, const u_char *page, uint32_t from, uint32_t to)
{
    aif_buf_append(b, page + from, to - from);
}


static void
put_tag(aif_buf_t *b, const u_char *page, const aif_html_token_t *token)
{
    uint32_t          i;
    aif_html_attr_t  *a;

    aif_buf_append(b, "</", token->type == AIF_HTML_END ? 2 : 1);
    put(b, page, token->name, token->name_end);

    for (i = 0; i < token->nattrs; i++) {
        a = &token->attrs[i];

        aif_buf_byte(b, ' ');
        put(b, page, a->name, a->name_end);

        if (a->name == a->name_end) {
            aif_buf_literal(b, "(no name)");
        }

        if (a->quote == AIF_HTML_QUOTE_NONE) {
            continue;
        }

        aif_buf_byte(b, '=');
        aif_buf_append(b, html_quotes[a->quote], a->quote > 1);
        put(b, page, a->value, a->value_end);
        aif_buf_append(b, html_quotes[a->quote], a->quote > 1);
    }

    aif_buf_append(b, token->self_closing ? "/>" : ">",
                   1 + token->self_closing);
}


static int
see_text(void *data, const u_char *page, const aif_html_token_t *token,
    int rest)
{
    html_seen_t  *seen = data;

    if (rest) {
        return 1;
    }

    switch (token->type) {

    case AIF_HTML_START:
    case AIF_HTML_END:
        put_tag(&seen->out, page, token);
        break;

    default:
        aif_buf_append(&seen->out, token->type == AIF_HTML_TEXT
                                   ? &html_letters[token->text]
                                   : token->type == AIF_HTML_COMMENT
                                     ? "!" : "D", 1);
        aif_buf_byte(&seen->out, '"');
        put(&seen->out, page, token->name, token->name_end);
        aif_buf_byte(&seen->out, '"');
        break;
    }

    if (token->foreign) {
        aif_buf_byte(&seen->out, '~');
    }

    return 1;
}


/* Everything there is in a token, to one number. */

static int
see_hash(void *data, const u_char *page, const aif_html_token_t *token,
    int rest)
{
    uint32_t          i, j, all[10];
    html_seen_t      *seen = data;
    aif_html_attr_t  *a;

    (void) page;

    if (rest) {
        return 1;
    }

    seen->tokens++;

    all[0] = token->start;
    all[1] = token->end;
    all[2] = token->name;
    all[3] = token->name_end;
    all[4] = token->type;
    all[5] = token->text;
    all[6] = token->tag;
    all[7] = token->self_closing;
    all[8] = token->foreign;
    all[9] = token->nattrs;

    for (i = 0; i < 10; i++) {
        seen->hash = (seen->hash ^ all[i]) * 0x100000001b3u;
    }

    for (i = 0; i < token->nattrs; i++) {
        a = &token->attrs[i];

        all[0] = a->name;
        all[1] = a->name_end;
        all[2] = a->value;
        all[3] = a->value_end;
        all[4] = a->quote;

        for (j = 0; j < 5; j++) {
            seen->hash = (seen->hash ^ all[j]) * 0x100000001b3u;
        }
    }

    return 1;
}


static int
case_run(size_t n, html_cut_t cut)
{
    size_t        len, want;
    uint32_t      pos;
    const char   *wrong, *page, *tokens;
    html_seen_t   seen;

    page = html_cases[n].page;
    tokens = html_cases[n].tokens;
    len = strlen(page);
    want = strlen(tokens);

    aif_buf_init(&seen.out, arena, 1024);
    aif_html_init(&html, 0);

    wrong = html_feed(&html, (const u_char *) page, len, cut, see_text, &seen);

    pos = aif_html_pos(&html);

    if (pos < len) {
        aif_buf_byte(&seen.out, '|');
        put(&seen.out, (const u_char *) page, pos, len);
    }

    if (wrong == NULL && seen.out.len == want
        && (want == 0 || memcmp(seen.out.data, tokens, want) == 0))
    {
        return 1;
    }

    printf("# first %zu, step %zu: %s\n#   got  %.*s\n#   want %s\n", cut.first,
           cut.step, wrong ? wrong : "other tokens", (int) seen.out.len,
           seen.out.data ? (char *) seen.out.data : "", tokens);

    return 0;
}


static void
test_cases(void)
{
    int         pass;
    size_t      n, i, len;
    html_cut_t  cut;

    for (n = 0; n < sizeof(html_cases) / sizeof(html_cases[0]); n++) {

        len = strlen(html_cases[n].page);
        memset(&cut, 0, sizeof(cut));
        cut.step = len + 1;

        pass = case_run(n, cut);

        for (i = 1; pass && i < len; i++) {
            cut.first = i;
            pass = case_run(n, cut);
        }

        cut.first = 0;

        for (i = 1; pass && i <= 31; i++) {
            cut.step = i;
            pass = case_run(n, cut);
        }

        ok(pass, "%s", html_cases[n].name);

        aif_arena_reset(arena);
    }
}


static void
test_tags(void)
{
    size_t       i, n, len;
    char         name[32];
    unsigned     tag, wrong;
    const char  *p;

    static const char *none[] = {
        "", "x", "ab", "aa", "divx", "di", "blockquot", "blockquotee",
        "blockquote2", "figcaptios", "h0", "h7", "h\021", "H\026", "hr2",
        "foreignobject", "optgrou", "optgroups", "plaintexx", "\xe4", "d\xc9v",
        "d v", "@", "[", "`"
    };

    wrong = 0;

    for (tag = 1; tag < AIF_TAG_COUNT; tag++) {

        p = aif_html_tag_name(tag);
        len = strlen(p);
        wrong += len == 0 || aif_html_tag((const u_char *) p, len) != tag;

        for (i = 0; i < len; i++) {
            name[i] = p[i] >= 'a' && (i + tag) % 3 ? p[i] & 0x5f : p[i];
        }

        wrong += aif_html_tag((u_char *) name, len) != tag;

        /* a NUL is part of a name */

        name[len] = '\0';
        wrong += aif_html_tag((u_char *) name, len + 1) != AIF_TAG_UNKNOWN;
    }

    ok(AIF_TAG_COUNT == 141 && wrong == 0, "all names of elements are found");

    for (wrong = 0, n = 0; n < sizeof(none) / sizeof(none[0]); n++) {
        tag = aif_html_tag((const u_char *) none[n], strlen(none[n]));

        if (tag != AIF_TAG_UNKNOWN) {
            printf("# \"%s\" is taken for \"%s\"\n", none[n],
                   aif_html_tag_name(tag));
            wrong++;
        }
    }

    ok(wrong == 0, "other names are not");
    ok(*aif_html_tag_name(0) == '\0' && *aif_html_tag_name(999) == '\0',
       "numbers without a name");
}


static void
test_limits(void)
{
    char               page[8192];
    size_t             n;
    unsigned           i;
    aif_html_token_t   token;

    for (n = sprintf(page, "<p"), i = 0; i < 300; i++) {
        n += sprintf(page + n, " a%u=\"%u\"", i, i);
    }

    n += sprintf(page + n, ">x");

    aif_html_init(&html, 0);

    ok(aif_html_next(&html, (u_char *) page, n, 1, &token) == AIF_OK
       && token.type == AIF_HTML_START && token.end == n - 1
       && token.nattrs == AIF_HTML_MAX_ATTRS
       && memcmp(page + token.attrs[255].name, "a255=\"255\"", 10) == 0,
       "attributes beyond the limit are passed over");

    ok(aif_html_next(&html, (u_char *) page, n, 1, &token) == AIF_OK
       && token.type == AIF_HTML_TEXT, "and reading goes on behind them");

    aif_html_init(&html, 0);

    ok(aif_html_next(&html, (u_char *) page, (size_t) 0x80000000u, 1, &token)
       == AIF_LIMIT, "a page of 2 GB is refused");

    for (n = 0, i = 0; i < 100; i++) {
        n += sprintf(page + n, "<svg>");
    }

    for (i = 0; i < 100; i++) {
        n += sprintf(page + n, "</svg>");
    }

    n += sprintf(page + n, "<xmp><b></xmp>");

    aif_html_init(&html, 0);

    do {
        (void) aif_html_next(&html, (u_char *) page, n, 1, &token);
    } while (token.type != AIF_HTML_TEXT && token.type != AIF_HTML_NONE);

    ok(token.type == AIF_HTML_TEXT && token.text == AIF_HTML_RAWTEXT
       && html.depth == 0, "foreign elements deeper than the limit");
}


static void
too_slow(int sig)
{
    static const char  text[] = "Bail out! quadratic time\n";

    (void) sig;
    (void) !write(STDOUT_FILENO, text, sizeof(text) - 1);
    _exit(EXIT_FAILURE);
}


/* Byte by byte through one token of 4 MB: a second, or an hour. */

static void
test_linear(void)
{
    size_t             i, n, len, head;
    u_char            *page;
    unsigned           tokens;
    aif_html_token_t   token;

    static const struct {
        const char  *head;
        const char  *fill;
    } long_ones[] = {
        { "", "x" },
        { "", "<" },
        { "<p a=\"", "x" },
        { "<p a='", "x" },
        { "<p a=", "x" },
        { "<p ", "x" },
        { "<p ", " " },
        { "<p", "x" },
        { "<!--", "->" },
        { "<!doctype ", "x" },
        { "<?", "x" },
        { "<svg><![CDATA[", "]" },
        { "<title>", "</titl" },
        { "<style>", "</" },
        { "<script>", "</script" },
        { "<script><!--", "<script --><!--" },
        { "<plaintext>", "x" }
    };

    len = 4 << 20;
    page = malloc(len);

    if (page == NULL) {
        ok(0, "memory for the test of time");
        return;
    }

    signal(SIGALRM, too_slow);

    for (n = 0; n < sizeof(long_ones) / sizeof(long_ones[0]); n++) {

        head = strlen(long_ones[n].head);
        memcpy(page, long_ones[n].head, head);

        for (i = head; i < len; i++) {
            page[i] = long_ones[n].fill[(i - head)
                                        % strlen(long_ones[n].fill)];
        }

        alarm(60);
        aif_html_init(&html, 0);

        for (tokens = 0, i = 1; i <= len; i++) {
            while (aif_html_next(&html, page, i, i == len, &token) == AIF_OK) {
                tokens++;
            }
        }

        alarm(0);

        ok(tokens < 4, "byte by byte: %s%s...", long_ones[n].head,
           long_ones[n].fill);
    }

    free(page);
}


static int
page_run(const u_char *text, size_t len, html_cut_t cut, html_seen_t *seen)
{
    const char  *wrong;

    memset(seen, 0, sizeof(*seen));
    aif_html_init(&html, 0);

    wrong = html_feed(&html, text, len, cut, see_hash, seen);

    if (wrong) {
        printf("#   %s\n", wrong);
    }

    return wrong == NULL;
}


/* Without a move, so that it doesn't take for ever. */

static void
page_bytes(const u_char *text, size_t len, html_seen_t *seen)
{
    size_t             have;
    aif_html_token_t   token;

    memset(seen, 0, sizeof(*seen));
    aif_html_init(&html, 0);

    for (have = 1; have <= len; have++) {
        while (aif_html_next(&html, text, have, have == len, &token)
               == AIF_OK)
        {
            (void) see_hash(seen, text, &token, 0);
        }
    }
}


static void
test_page(const char *dir, const char *name)
{
    int           pass;
    FILE         *f;
    char          path[1024];
    size_t        len, tokens;
    u_char       *text;
    unsigned      i;
    uint64_t      hash;
    html_cut_t    cut;
    html_seen_t   seen;

    snprintf(path, sizeof(path), "%s/%s", dir, name);

    f = fopen(path, "rb");
    text = malloc(8 << 20);

    if (f == NULL || text == NULL) {
        ok(0, "%s can be read", path);
        return;
    }

    len = fread(text, 1, 8 << 20, f);
    fclose(f);

    memset(&cut, 0, sizeof(cut));
    cut.step = len;

    pass = page_run(text, len, cut, &seen);
    hash = seen.hash;
    tokens = seen.tokens;

    for (i = 1; i <= 3; i++) {
        cut.step = 0;
        cut.most = len / 8 + 7;
        cut.seed = i * 0x9e3779b97f4a7c15u + len;

        pass = page_run(text, len, cut, &seen) && seen.hash == hash
               && seen.tokens == tokens && pass;
    }

    page_bytes(text, len, &seen);
    pass = pass && seen.hash == hash && seen.tokens == tokens;

    ok(pass && tokens, "%s: %zu tokens", name, tokens);

    free(text);
}


static void
test_pages(void)
{
    DIR            *d;
    char            dir[512];
    const char     *data;
    struct dirent  *e;

    data = getenv("AIF_DATA");
    snprintf(dir, sizeof(dir), "%s/pages", data ? data : "../shared/data");

    d = opendir(dir);
    if (d == NULL) {
        skip("no pages in %s", dir);
        return;
    }

    while ((e = readdir(d)) != NULL) {
        if (strstr(e->d_name, ".html")) {
            test_page(dir, e->d_name);
        }
    }

    closedir(d);
}


int
main(void)
{
    arena = aif_arena_create(1 << 16, (size_t) 1 << 30);
    if (arena == NULL) {
        return EXIT_FAILURE;
    }

    test_cases();
    test_tags();
    test_limits();
    test_linear();
    test_pages();

    aif_arena_destroy(arena);

    done();
}
