
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What ai_seo makes of a page: lang and dir, canonical and alternates, links,
 * the switcher; whole and in pieces.  Seen to fail with the value of "lang="
 * put behind the name, with alternates of another page's canonical link, with
 * the prefix put before assets, and with no mark kept for the head.
 */


#include "page.h"
#include "tap.h"
#include "core/aif_seo.h"


#define ALT                                                                   \
    "<link rel=\"alternate\" hreflang=\"en\" href=\"http://shop.example/p\">\n"\
    "<link rel=\"alternate\" hreflang=\"es\" "                                \
        "href=\"http://shop.example/es/p\">\n"                                \
    "<link rel=\"alternate\" hreflang=\"x-default\" "                         \
        "href=\"http://shop.example/p\">\n"


/* How the page is: in Spanish or Arabic, announced in Spanish, with links. */

enum {
    ES = 1, AR = 2, LINKS = 4, ANNOUNCED = 8, MIXED = 16, ASCII = 32
};


static const struct {
    unsigned     how;
    const char  *page;
    const char  *output;
} test_cases[] = {

    /* lang and dir */

    { ES, "<html>", "<html lang=\"es\">" },
    { ES, "<html class=a>", "<html lang=\"es\" class=a>" },
    { ES, "<html lang=\"en-GB\" class=a>", "<html lang=\"es\" class=a>" },
    { ES, "<HTML LANG='en'>", "<HTML LANG='es'>" },
    { ES, "<html lang=en>", "<html lang=es>" },
    { ES, "<html lang>", "<html lang=\"es\">" },
    { ES, "<html lang class=a>", "<html lang=\"es\" class=a>" },
    { ES, "<html lang=>", "<html lang=es>" },
    { ES, "<html lang = >", "<html lang = es>" },
    { ES, "<html lang \x01=>", "<html lang=\"es\" \x01=>" },
    { ES, "<html lang=\"\">", "<html lang=\"es\">" },
    { ES, "<html xml:lang=\"en\">", "<html lang=\"es\" xml:lang=\"es\">" },
    { ES, "<html lang=en><html lang=fr>", "<html lang=es><html lang=fr>" },
    { ES|MIXED, "<html lang=en>", "<html lang=en>" },
    { 0, "<html lang=\"en-GB\">", "<html lang=\"en-GB\">" },
    { AR, "<html lang=en>", "<html dir=\"rtl\" lang=ar>" },
    { AR, "<html lang=en dir>", "<html lang=ar dir=\"rtl\">" },
    { AR, "<html lang=en dir=>", "<html lang=ar dir=rtl>" },
    { AR, "<html lang=en dir='ltr'>", "<html lang=ar dir='rtl'>" },
    { ES, "<html lang=en dir=auto>", "<html lang=es dir=auto>" },
    { ES, "<html lang=en dir=rtl>", "<html lang=es dir=ltr>" },

    /* links */

    { LINKS|ES, "<a href=/x>", "<a href=/es/x>" },
    { LINKS|ES, "<a href='/x?a=1#b'>", "<a href='/es/x?a=1#b'>" },
    { LINKS|ES, "<a href=\"http://shop.example/x\">",
      "<a href=\"http://shop.example/es/x\">" },
    { LINKS|ES, "<a href=\"//shop.example\">",
      "<a href=\"//shop.example/es\">" },
    { LINKS|ES, "<a href=\"//other.example/x\">",
      "<a href=\"//other.example/x\">" },
    { LINKS|ES, "<a href=x><a href=../x><a href=#a><a href=?a>",
      "<a href=x><a href=../x><a href=#a><a href=?a>" },
    { LINKS|ES, "<a href=/ar/x><a href=/es>", "<a href=/ar/x><a href=/es>" },
    { LINKS|ES, "<a href=/a.pdf><a href='/b.jpg?c'>",
      "<a href=/a.pdf><a href='/b.jpg?c'>" },
    { LINKS|ES, "<a href=\"mailto:a@shop.example\"><a href=\"tel:1\">",
      "<a href=\"mailto:a@shop.example\"><a href=\"tel:1\">" },
    { LINKS|ES, "<a href='/x' download><a class=notranslate href=/x>",
      "<a href='/x' download><a class=notranslate href=/x>" },
    { LINKS|ES, "<form action=/s><button formaction=/t>",
      "<form action=/es/s><button formaction=/es/t>" },
    { LINKS|ES, "<base href=/shop/><a href=/x>",
      "<base href=/es/shop/><a href=/es/x>" },
    { LINKS|ES, "<base href=//other.example/><a href=/x>",
      "<base href=//other.example/><a href=/x>" },
    { LINKS, "<a href=/x>", "<a href=/en/x>" },
    { ES, "<a href=/x>", "<a href=/x>" },

    /* canonical, alternates, og */

    { LINKS|ES, "<link rel=canonical href=/p>",
      "<link rel=canonical href=/es/p>" },
    { ES|ANNOUNCED, "<head></head>", "<head>" ALT "</head>" },
    { ANNOUNCED, "<head></head>", "<head>" ALT "</head>" },
    { ANNOUNCED, "<title>a</title><p>b", "<title>a</title>" ALT "<p>b" },
    { ANNOUNCED, "<p>a</p><body>b", "<p>a</p>" ALT "<body>b" },
    { ES, "<head></head>", "<head></head>" },
    { ANNOUNCED, "<head><link rel=canonical href=/q></head>",
      "<head><link rel=canonical href=/q></head>" },
    { ANNOUNCED, "<head><link rel=alternate hreflang=fr href=/fr></head>",
      "<head><link rel=alternate hreflang=fr href=/fr></head>" },
    { ES, "<meta property=og:locale content=en_US>",
      "<meta property=og:locale content=es_ES>" },
    { ES|ANNOUNCED, "<meta property=og:locale content=en_US>",
      "<meta property=og:locale content=es_ES>"
      "<meta property=\"og:locale:alternate\" content=\"en_US\">" },
    { ES|ANNOUNCED, "<link rel=canonical href=/q>"
      "<meta property=og:locale content=en_US>",
      "<link rel=canonical href=/q>"
      "<meta property=og:locale content=es_ES>" },
    { ES|ANNOUNCED, "<meta property=og:locale content=en_US>"
      "<meta property=og:locale content=en_US>",
      "<meta property=og:locale content=es_ES>"
      "<meta property=\"og:locale:alternate\" content=\"en_US\">"
      "<meta property=og:locale content=es_ES>" },

    /* the switcher */

    { ES, "<nav data-ai-switcher></nav>",
      "<nav data-ai-switcher><ul><li><a href=\"/p\" hreflang=\"en\" "
      "lang=\"en\">English</a></li><li><a href=\"/es/p\" hreflang=\"es\" "
      "lang=\"es\" aria-current=\"true\">Espa\xc3\xb1ol</a></li></ul></nav>" },
    { ES|ASCII, "<nav data-ai-switcher></nav>",
      "<nav data-ai-switcher><ul><li><a href=\"/p\" hreflang=\"en\" "
      "lang=\"en\">English</a></li><li><a href=\"/es/p\" hreflang=\"es\" "
      "lang=\"es\" aria-current=\"true\">Espa&#x00F1;ol</a></li></ul></nav>" },
};


static const aif_str_t  test_locales[] = {
    aif_string("en"), aif_string("es"), aif_string("ar")
};


static void
test_conf(aif_seo_conf_t *conf, unsigned how)
{
    memset(conf, 0, sizeof(aif_seo_conf_t));

    aif_str_set(&conf->site.host, "shop.example");
    aif_str_set(&conf->base, "http://shop.example");
    aif_str_set(&conf->path, "/p");

    conf->site.locales = test_locales;
    conf->site.nlocales = 3;
    conf->index = how & ES ? 1 : how & AR ? 2 : 0;
    conf->site.strict = (how & LINKS) && conf->index == 0;
    conf->prefixed = !!(how & LINKS);
    conf->alternates = 1;
}


/* The page with its edits, read in pieces of so many bytes. */

static u_char *
test_page(const char *text, unsigned how, size_t piece, size_t *len)
{
    int                  rc;
    u_char              *page, *out;
    size_t               n, at, rejected;
    u_char               announced[3] = { 0, 0, 0 };
    aif_seo_t           *seo;
    aif_arena_t         *a;
    aif_segment_t       *s;
    aif_seo_page_t       known;
    aif_seo_conf_t       conf;
    aif_rewrite_plan_t   plan;

    static aif_segment_conf_t  segment;

    aif_segment_conf_default(&segment);
    test_conf(&conf, how);

    rc = AIF_MORE;
    n = strlen(text);
    a = aif_arena_create(65536, SIZE_MAX);
    s = aif_segment_create(&segment, a);
    seo = aif_seo_create(&conf, s, a);
    page = NULL;

    for (at = 0; at < n; /* void */) {

        at = at + piece < n ? at + piece : n;

        free(page);
        page = malloc(at);
        memcpy(page, text, at);

        rc = aif_segment_feed(s, page, at, at == n);
    }

    announced[1] = !!(how & ANNOUNCED);
    known.announced = announced;
    known.translated = !(how & MIXED);
    known.ascii = !!(how & ASCII);
    known.indexed = 1;

    memset(&plan, 0, sizeof(aif_rewrite_plan_t));
    plan.page = page;
    plan.len = n;

    if (rc != AIF_DONE
        || aif_seo_edits(seo, page, &known, (aif_edit_t **) &plan.edits,
                         &plan.nedits) != AIF_OK)
    {
        abort();
    }

    out = malloc(aif_rewrite_size(&plan) + 1);
    *len = aif_rewrite(out, &plan, &rejected);
    out[*len] = '\0';

    free(page);
    aif_arena_destroy(a);

    return out;
}


static void
test_case(size_t k)
{
    u_char  *out;
    size_t   piece, len, bad;

    bad = 0;

    for (piece = 1; piece < 40; piece++) {

        out = test_page(test_cases[k].page, test_cases[k].how, piece, &len);

        if (strcmp((char *) out, test_cases[k].output) != 0) {
            if (bad++ == 0) {
                printf("#   pieces of %zu: %s\n", piece, out);
            }
        }

        free(out);
    }

    ok(bad == 0, "%.70s, %u", test_cases[k].page, test_cases[k].how);
}


/* More links than are kept: the rest stays, and the head is still found. */

static void
test_limit(void)
{
    char    *page;
    u_char  *out;
    size_t   i, n, len;

    page = malloc(16 * (AIF_SEO_MAX_MARKS + 16));
    n = sprintf(page, "<title>a</title>");

    for (i = 0; i < AIF_SEO_MAX_MARKS + 8; i++) {
        n += sprintf(page + n, "<a href=/x>");
    }

    out = test_page(page, ES|LINKS|ANNOUNCED, n, &len);

    ok(strncmp((char *) out, "<title>a</title>" ALT,
               strlen("<title>a</title>" ALT)) == 0,
       "the head of a page of links");
    ok(strcmp((char *) out + len - 11, "<a href=/x>") == 0,
       "whose last ones stay");

    free(page);
    free(out);
}


int
main(void)
{
    size_t  k;

    for (k = 0; k < sizeof(test_cases) / sizeof(test_cases[0]); k++) {
        test_case(k);
    }

    test_limit();

    done();
}
