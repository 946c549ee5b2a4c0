
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A list of words that crawlers, link previews and monitors write into their
 * User-Agent and people's browsers don't.  Anybody may write anything there:
 * it saves money, and is no protection.  Called for a page with something
 * missing, before that is asked for.
 */


#include "core/aif_crawler.h"


/*
 * Lower case.  What crawlers have in common comes first: a version behind
 * "bot", or the address of a page that says who they are.  "bot" alone would
 * be a maker of telephones, too.
 */

static const char  *aif_crawler_words[] = {
    "+http", "bot/", "bot;", "robot", "crawl", "spider",

    "googlebot", "google-inspectiontool", "googleother", "adsbot",
    "mediapartners-google", "feedfetcher", "apis-google", "chrome-lighthouse",
    "bingbot", "bingpreview", "msnbot", "yahoo! slurp", "duckduckbot",
    "yandexbot", "applebot", "amazonbot", "bytespider", "seznambot",
    "facebookexternalhit", "facebookcatalog", "meta-external", "twitterbot",
    "linkedinbot", "pinterestbot", "slackbot", "discordbot", "telegrambot",
    "skypeuripreview", "whatsapp/", "embedly",
    "gptbot", "chatgpt-user", "claudebot", "claude-web", "anthropic-ai",
    "perplexity", "ccbot", "cohere-ai", "diffbot", "mistralai-user",
    "semrush", "ahrefs", "screaming frog", "rogerbot", "ia_archiver",
    "archive.org_bot", "pingdom", "uptimerobot", "statuscake", "site24x7",
    "feedly", "w3c_validator"
};


unsigned
aif_crawler_known(const u_char *agent, size_t len)
{
    char    text[AIF_CRAWLER_MAX_AGENT + 1];
    u_char  c;
    size_t  i;

    if (len > AIF_CRAWLER_MAX_AGENT) {
        len = AIF_CRAWLER_MAX_AGENT;
    }

    for (i = 0; i < len; i++) {
        c = agent[i];

        /* a NUL would end the text */

        text[i] = (char) (c == '\0' ? ' '
                          : c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }

    text[len] = '\0';

    for (i = 0;
         i < sizeof(aif_crawler_words) / sizeof(aif_crawler_words[0]);
         i++)
    {
        if (strstr(text, aif_crawler_words[i])) {
            return 1;
        }
    }

    return 0;
}
