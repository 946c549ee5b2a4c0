
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Crawlers: what the large ones write is known, in any case of letters, and
 * nobody's browser is taken for one.  Seen to fail with "bot" alone in the
 * list (the telephone).
 */


#include "core/aif_crawler.h"
#include "tap.h"


static const char  *crawlers[] = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/"
    "537.36 (KHTML, like Gecko) Chrome/99.0 Mobile Safari/537.36 (compatible; "
    "Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
    "GPTBot/1.2; +https://openai.com/gptbot)",
    "facebookexternalhit/1.1",
    "Twitterbot/1.0",
    "WhatsApp/2.23.20.0",
    "GOOGLEBOT",
    "Screaming Frog SEO Spider/19.0",
    "Mozilla/5.0 (compatible; SomebodysNewBot/0.1)",
    "somecrawler (+https://example.com/about)"
};

static const char  *people[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1"
    ".15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML,"
    " like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Chrome/124.0.0.0 YaBrowser/24.6.0.0 Safari/537.36",
    "curl/7.88.1",
    "Lynx/2.9.0dev.12 libwww-FM/2.14",
    ""
};


static unsigned
known(const char *agent)
{
    return aif_crawler_known((const u_char *) agent, strlen(agent));
}


int
main(void)
{
    size_t  i;
    u_char  agent[AIF_CRAWLER_MAX_AGENT + 20];

    for (i = 0; i < sizeof(crawlers) / sizeof(crawlers[0]); i++) {
        ok(known(crawlers[i]), "a crawler: %.40s", crawlers[i]);
    }

    for (i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
        ok(!known(people[i]), "a person: %.70s", people[i]);
    }

    ok(aif_crawler_known((const u_char *) "a\0googlebot", 11),
       "a NUL hides nothing");

    memset(agent, 'x', sizeof(agent));
    memcpy(agent + AIF_CRAWLER_MAX_AGENT - 9, "googlebot", 9);
    ok(aif_crawler_known(agent, sizeof(agent)), "the last place looked at");

    memset(agent, 'x', sizeof(agent));
    memcpy(agent + AIF_CRAWLER_MAX_AGENT - 8, "googlebot", 9);
    ok(!aif_crawler_known(agent, sizeof(agent)), "one behind it");

    return tap_done();
}
