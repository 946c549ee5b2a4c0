
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Own names of languages (as CLDR and the languages' own sites write them) and
 * the territory that is meant if a tag names none (og:locale can't do without).
 * A table; a tag that is not in it keeps its letters as a name.
 */


#include "core/aif_language.h"


typedef struct {
    const char  *tag;             /* language, or language-Script */
    const char  *territory;
    const char  *name;
} aif_language_t;


static const aif_language_t *aif_language_find(const aif_str_t *tag,
    const u_char **region, size_t *region_len);
static int aif_language_is(const u_char *p, size_t len, const char *name);


/* Scripts before the bare language. */

static const aif_language_t  aif_languages[] = {
    { "zh-hant", "TW", "繁體中文" },
    { "zh-hans", "CN", "简体中文" },
    { "zh", "CN", "中文" },
    { "sr-latn", "RS", "Srpski" },
    { "sr", "RS", "Српски" },
    { "af", "ZA", "Afrikaans" },
    { "am", "ET", "አማርኛ" },
    { "ar", "AR", "العربية" },
    { "az", "AZ", "Azərbaycanca" },
    { "be", "BY", "Беларуская" },
    { "bg", "BG", "Български" },
    { "bn", "IN", "বাংলা" },
    { "bs", "BA", "Bosanski" },
    { "ca", "ES", "Català" },
    { "cs", "CZ", "Čeština" },
    { "cy", "GB", "Cymraeg" },
    { "da", "DK", "Dansk" },
    { "de", "DE", "Deutsch" },
    { "el", "GR", "Ελληνικά" },
    { "en", "US", "English" },
    { "es", "ES", "Español" },
    { "et", "EE", "Eesti" },
    { "eu", "ES", "Euskara" },
    { "fa", "IR", "فارسی" },
    { "fi", "FI", "Suomi" },
    { "fil", "PH", "Filipino" },
    { "fr", "FR", "Français" },
    { "ga", "IE", "Gaeilge" },
    { "gl", "ES", "Galego" },
    { "gu", "IN", "ગુજરાતી" },
    { "he", "IL", "עברית" },
    { "hi", "IN", "हिन्दी" },
    { "hr", "HR", "Hrvatski" },
    { "hu", "HU", "Magyar" },
    { "hy", "AM", "Հայերեն" },
    { "id", "ID", "Bahasa Indonesia" },
    { "is", "IS", "Íslenska" },
    { "it", "IT", "Italiano" },
    { "ja", "JP", "日本語" },
    { "ka", "GE", "ქართული" },
    { "kk", "KZ", "Қазақ тілі" },
    { "km", "KH", "ខ្មែរ" },
    { "ko", "KR", "한국어" },
    { "lt", "LT", "Lietuvių" },
    { "lv", "LV", "Latviešu" },
    { "mk", "MK", "Македонски" },
    { "mn", "MN", "Монгол" },
    { "mr", "IN", "मराठी" },
    { "ms", "MY", "Bahasa Melayu" },
    { "mt", "MT", "Malti" },
    { "nb", "NO", "Norsk bokmål" },
    { "nl", "NL", "Nederlands" },
    { "nn", "NO", "Norsk nynorsk" },
    { "no", "NO", "Norsk" },
    { "pa", "IN", "ਪੰਜਾਬੀ" },
    { "pl", "PL", "Polski" },
    { "pt", "PT", "Português" },
    { "ro", "RO", "Română" },
    { "ru", "RU", "Русский" },
    { "sk", "SK", "Slovenčina" },
    { "sl", "SI", "Slovenščina" },
    { "sq", "AL", "Shqip" },
    { "sv", "SE", "Svenska" },
    { "sw", "KE", "Kiswahili" },
    { "ta", "IN", "தமிழ்" },
    { "te", "IN", "తెలుగు" },
    { "th", "TH", "ไทย" },
    { "tr", "TR", "Türkçe" },
    { "uk", "UA", "Українська" },
    { "ur", "PK", "اردو" },
    { "uz", "UZ", "Oʻzbekcha" },
    { "vi", "VN", "Tiếng Việt" }
};


void
aif_language_name(aif_buf_t *b, const aif_str_t *tag)
{
    size_t                 len;
    const u_char          *region;
    const aif_language_t  *l;

    l = aif_language_find(tag, &region, &len);

    if (l == NULL) {
        aif_buf_append(b, tag->data, tag->len);
        return;
    }

    aif_buf_append(b, l->name, strlen(l->name));

    /* zh-TW is found as zh-Hant, whose name says it all */

    if (region && !aif_language_is((const u_char *) l->tag, 2, "zh")) {
        aif_buf_literal(b, " (");
        aif_buf_append(b, region, len);
        aif_buf_byte(b, ')');
    }
}


size_t
aif_language_og(u_char *dst, const aif_str_t *tag)
{
    u_char                *p;
    size_t                 i, len;
    const u_char          *region;
    const aif_language_t  *l;

    l = aif_language_find(tag, &region, &len);

    if (region == NULL) {

        if (l == NULL) {
            return 0;
        }

        region = (const u_char *) l->territory;
        len = strlen(l->territory);
    }

    p = dst;

    for (i = 0; i < tag->len && tag->data[i] != '-'; i++) {

        if (i == AIF_LANGUAGE_MAX_OG - 4) {
            return 0;
        }

        *p++ = tag->data[i] | 0x20;
    }

    *p++ = '_';

    for (i = 0; i < len; i++) {
        *p++ = region[i] >= 'a' ? region[i] & ~0x20 : region[i];
    }

    return p - dst;
}


/* NULL if the language is not known; *region: of the tag, or NULL. */

static const aif_language_t *
aif_language_find(const aif_str_t *tag, const u_char **region, size_t *len)
{
    size_t         i, n, k, language, script;
    const u_char  *p;

    p = tag->data;
    *region = NULL;
    language = 0;
    script = 0;

    for (i = 0, n = 0; i < tag->len; i += k + 1, n++) {

        for (k = 0; i + k < tag->len && p[i + k] != '-'; k++) { /* void */ }

        if (n == 0) {
            language = k;

        } else if (k == 1) {
            break;

        } else if (k == 4 && n == 1 && p[i] > '9') {
            script = i + k;

        } else if (k == 2 || (k == 3 && p[i] <= '9')) {
            *region = p + i;
            *len = k;
            break;
        }
    }

    for (i = 0; i < sizeof(aif_languages) / sizeof(aif_languages[0]); i++) {

        n = strlen(aif_languages[i].tag);

        if ((n == language || n == script)
            && aif_language_is(p, n, aif_languages[i].tag))
        {
            return &aif_languages[i];
        }

        /* Taiwan, Hong Kong and Macau write the long signs */

        if (i < 2 && script == 0 && *region && language == 2
            && aif_language_is(p, 2, "zh")
            && (aif_language_is(*region, 2, "tw")
                || aif_language_is(*region, 2, "hk")
                || aif_language_is(*region, 2, "mo")) == (i == 0))
        {
            return &aif_languages[i];
        }
    }

    return NULL;
}


static int
aif_language_is(const u_char *p, size_t len, const char *lower)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if ((p[i] == '-' ? '-' : p[i] | 0x20) != (u_char) lower[i]) {
            return 0;
        }
    }

    return 1;
}
