
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The lists of claims that the module brings, by language.  A merchant's own
 * take their place; this file knows nothing of them.
 */


#include "core/aif_claim.h"
#include "core/aif_claim_table.h"


#define AIF_CLAIM_TABLE(name)                                                 \
    { aif_string(#name), { sizeof(aif_claim_table_##name) - 1,                \
                           (u_char *) aif_claim_table_##name } },


static const struct {
    aif_str_t  language;
    aif_str_t  text;
} aif_claim_tables[] = {
    AIF_CLAIM_TABLES(AIF_CLAIM_TABLE)
};


aif_str_t
aif_claim_builtin(const aif_str_t *locale)
{
    size_t     i, len;
    u_char     ch;
    aif_str_t  none;

    for (len = 0; len < locale->len; len++) {

        ch = locale->data[len] | 0x20;

        if (ch < 'a' || ch > 'z') {
            break;
        }
    }

    for (i = 0; i < sizeof(aif_claim_tables) / sizeof(aif_claim_tables[0]);
         i++)
    {
        if (aif_claim_tables[i].language.len == len
            && strncasecmp((char *) aif_claim_tables[i].language.data,
                           (char *) locale->data, len) == 0)
        {
            return aif_claim_tables[i].text;
        }
    }

    aif_str_set(&none, "");

    return none;
}
