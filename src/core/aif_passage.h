
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What pages say, in passages that a question can be answered from.
 */


#ifndef _AIF_PASSAGE_H_INCLUDED_
#define _AIF_PASSAGE_H_INCLUDED_


#include "core/aif.h"


#define AIF_PASSAGE_MAX_PAGES    16
#define AIF_PASSAGE_MAX          2048     /* passages of all pages */
#define AIF_PASSAGE_MAX_TEXT     1200     /* bytes of one; longer texts are
                                             several */
#define AIF_PASSAGE_MAX_TITLE    200      /* bytes */
#define AIF_PASSAGE_MAX_WORDS    64       /* of a question */


typedef struct {
    aif_str_t    text;            /* canonical (aif_segment.h), one line,
                                     without placeholders */
    uint64_t     digest;
    uint32_t     weight;          /* for the question */
    uint8_t      page;
    uint8_t      common;          /* on every page: menus, footers */
    uint8_t      chosen;
} aif_passage_t;


typedef struct {
    aif_str_t       title;        /* canonical; empty: none */
    aif_str_t       facts;        /* normal form (aif_facts.h), or empty */
    unsigned        chosen:1;     /* some of it is in what was picked */
} aif_passage_page_t;


typedef struct {
    aif_arena_t         *arena;
    aif_passage_t       *list;    /* in the order of the pages */
    size_t               n;
    aif_passage_page_t   pages[AIF_PASSAGE_MAX_PAGES];
    size_t               npages;
} aif_passages_t;


/*
 * aif_passages_init() begins.  aif_passages_add() reads a whole page of HTML,
 * UTF-8: AIF_OK; AIF_LIMIT: there are too many pages, or it can't be read: then
 * nothing of it is taken; AIF_NOMEM.  Passages keep what the page shows in a
 * text block, with the prices and numbers behind it; a page's facts are apart.
 * Nothing of the page is needed afterwards.
 *
 * aif_passages_pick() says which passages, and of which pages, may be sent for
 * a question: all if they have no more than "size" bytes together, with the
 * facts; else those that share words with the question first, rare words
 * counting more, then those at the beginnings of their pages; what is on every
 * page comes last.  AIF_OK or AIF_NOMEM.
 */

void aif_passages_init(aif_passages_t *ps, aif_arena_t *a);
int aif_passages_add(aif_passages_t *ps, const u_char *page, size_t len);
int aif_passages_pick(aif_passages_t *ps, const aif_str_t *question,
    size_t size);
void aif_passages_text(const aif_passages_t *ps, size_t page, aif_buf_t *b);


#endif /* _AIF_PASSAGE_H_INCLUDED_ */
