
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What is customary in a language, in the words that a chat model is told:
 * quotation marks, the look of numbers, how a customer is addressed.  Only what
 * models get wrong without being told; aif_prompt.c calls it.
 */


#include "core/aif_prompt.h"


typedef struct {
    const char   *tag;           /* lower case; a longer one goes first */
    const char   *text;
} aif_prompt_custom_t;


static const aif_prompt_custom_t  aif_prompt_customs[] = {
    { "ar", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, the Arabic comma "
            "\xd8\x8c and question mark \xd8\x9f, digits as they are" },
    { "cs", "quotation marks \xe2\x80\x9e\xe2\x80\xa6\xe2\x80\x9c, decimal "
            "comma, formal address (vy), sentence case in headings" },
    { "da", "quotation marks \xc2\xbb\xe2\x80\xa6\xc2\xab, decimal comma, "
            "informal address (du), sentence case in headings" },
    { "de-ch", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, ss instead of "
               "sharp s, formal address (Sie)" },
    { "de", "quotation marks \xe2\x80\x9e\xe2\x80\xa6\xe2\x80\x9c, decimal "
            "comma, a blank before units, formal address (Sie), compounds "
            "in one word" },
    { "el", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, decimal comma, "
            "formal address, the Greek question mark ;" },
    { "es-mx", "\xc2\xbf and \xc2\xa1 at the beginning of questions and "
               "exclamations, decimal point, informal address (t\xc3\xba), "
               "sentence case in headings" },
    { "es", "\xc2\xbf and \xc2\xa1 at the beginning of questions and "
            "exclamations, decimal comma, informal address (t\xc3\xba), "
            "sentence case in headings" },
    { "fi", "quotation marks \xe2\x80\x9d\xe2\x80\xa6\xe2\x80\x9d, decimal "
            "comma, informal address (sin\xc3\xa4), sentence case in "
            "headings" },
    { "fr-ca", "quotation marks \xc2\xab \xe2\x80\xa6 \xc2\xbb with no-break "
               "spaces, decimal comma, formal address (vous), sentence case "
               "in headings" },
    { "fr", "quotation marks \xc2\xab \xe2\x80\xa6 \xc2\xbb, a no-break space "
            "before : ; ! ?, decimal comma, formal address (vous), sentence "
            "case in headings" },
    { "he", "quotation marks \"\xe2\x80\xa6\", plural or neutral address, "
            "digits as they are" },
    { "it", "decimal comma, informal address (tu), sentence case in "
            "headings" },
    { "ja", "quotation marks \xe3\x80\x8c\xe2\x80\xa6\xe3\x80\x8d, full-width "
            "punctuation, polite forms (desu, masu), no blanks between "
            "words" },
    { "ko", "polite forms (-mnida, -yo), half-width digits, Korean spacing" },
    { "nb", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, decimal comma, "
            "informal address (du), sentence case in headings" },
    { "nl", "decimal comma, informal address (je), sentence case in "
            "headings" },
    { "pl", "quotation marks \xe2\x80\x9e\xe2\x80\xa6\xe2\x80\x9d, decimal "
            "comma, no direct address where it can be avoided, sentence case "
            "in headings" },
    { "pt-br", "decimal comma, address with voc\xc3\xaa, sentence case in "
               "headings" },
    { "pt", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, decimal comma, no "
            "direct address where it can be avoided" },
    { "ru", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, decimal comma, "
            "formal address, sentence case in headings" },
    { "sv", "quotation marks \xe2\x80\x9d\xe2\x80\xa6\xe2\x80\x9d, decimal "
            "comma, informal address (du), sentence case in headings" },
    { "tr", "decimal comma, formal address (siz)" },
    { "uk", "quotation marks \xc2\xab\xe2\x80\xa6\xc2\xbb, decimal comma, "
            "formal address, sentence case in headings" },
    { "zh-tw", "quotation marks \xe3\x80\x8c\xe2\x80\xa6\xe3\x80\x8d, "
               "full-width punctuation, words that are used in Taiwan" },
    { "zh-hant", "quotation marks \xe3\x80\x8c\xe2\x80\xa6\xe3\x80\x8d, "
                 "full-width punctuation" },
    { "zh", "quotation marks \xe2\x80\x9c\xe2\x80\xa6\xe2\x80\x9d, full-width "
            "punctuation, no blanks between words" },
    { NULL, NULL }
};


/* a tag stands for all that begin with it, up to a "-" */

const char *
aif_prompt_custom(const aif_str_t *locale)
{
    size_t                      i, len;
    u_char                      ch;
    const aif_prompt_custom_t  *c;

    for (c = aif_prompt_customs; c->tag; c++) {

        len = strlen(c->tag);

        if (locale->len < len
            || (locale->len > len && locale->data[len] != '-'))
        {
            continue;
        }

        for (i = 0; i < len; i++) {

            ch = locale->data[i];

            if (ch >= 'A' && ch <= 'Z') {
                ch |= 0x20;
            }

            if (ch != (u_char) c->tag[i]) {
                break;
            }
        }

        if (i == len) {
            return c->text;
        }
    }

    return NULL;
}
