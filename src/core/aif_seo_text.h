
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What aif_seo.c found in a page, and the text that goes there.
 */


#ifndef _AIF_SEO_TEXT_H_INCLUDED_
#define _AIF_SEO_TEXT_H_INCLUDED_


#include "core/aif_seo.h"


typedef enum {
    AIF_SEO_LANG = 0,            /* the value of <html lang> */
    AIF_SEO_LANG_EMPTY,          /* lang without a value: behind its name */
    AIF_SEO_LANG_NEW,            /* no lang: behind "<html" */
    AIF_SEO_DIR,
    AIF_SEO_DIR_EMPTY,
    AIF_SEO_DIR_NEW,
    AIF_SEO_LANGUAGE,            /* content of http-equiv=content-language */
    AIF_SEO_OG,                  /* content of og:locale */
    AIF_SEO_OG_END,              /* behind that tag */
    AIF_SEO_LINK,
    AIF_SEO_LINK_ROOT,           /* one that the base may lead elsewhere */
    AIF_SEO_HEAD,                /* where alternates go */
    AIF_SEO_NAV                  /* in <nav data-ai-switcher> */
} aif_seo_type_e;


typedef struct {
    uint32_t               start;
    uint32_t               end;
    uint8_t                type;             /* aif_seo_type_e */
} aif_seo_mark_t;


struct aif_seo_s {
    const aif_seo_conf_t  *conf;
    aif_arena_t           *arena;
    aif_seo_mark_t        *marks;
    size_t                 nmarks;
    size_t                 size;
    aif_link_span_t       *addresses;
    size_t                 naddresses;
    size_t                 max_addresses;
    aif_str_t              prefix;           /* "/es" */

    uint32_t               canonical;        /* its value; 0: none */
    uint32_t               canonical_end;
    uint32_t               title;            /* behind </title> */

    unsigned               html:1;           /* seen */
    unsigned               head:1;           /* has its mark */
    unsigned               og:1;             /* has one */
    unsigned               base:1;
    unsigned               foreign:1;        /* base of another host */
    unsigned               own:1;            /* alternates of the shop */
    unsigned               local:1;          /* the path can't be read as a
                                                host's name */
    unsigned               failed:1;
};


/*
 * The text of a mark's edit; data NULL: nothing is to be changed there.
 * Without memory seo->failed is set.
 */

aif_str_t aif_seo_text(aif_seo_t *seo, const u_char *page,
    const aif_seo_page_t *known, const aif_seo_mark_t *mark);


#endif /* _AIF_SEO_TEXT_H_INCLUDED_ */
