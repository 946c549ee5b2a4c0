
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A visitor's question: out of a body, and with its sources into what a chat
 * model is shown.
 */


#ifndef _AIF_ASK_H_INCLUDED_
#define _AIF_ASK_H_INCLUDED_


#include "core/aif_passage.h"


#define AIF_ASK_MAX_TURNS  10       /* of what was said before */
#define AIF_ASK_MAX_TEXT   8000     /* bytes of a question or answer */
#define AIF_ASK_MAX_PAGE   2048     /* bytes */


typedef struct {
    aif_str_t         question;
    aif_str_t         answer;
} aif_ask_turn_t;


typedef struct {
    aif_str_t         question;    /* canonical (aif_segment.h), without */
    aif_str_t         page;        /* placeholders; as it came, or empty */
    aif_str_t         locale;      /* as it came, or empty */
    aif_ask_turn_t    turns[AIF_ASK_MAX_TURNS];
    size_t            nturns;
    size_t            length;      /* of the question, characters */
} aif_ask_t;


/*
 * aif_ask_json() reads {"question": "...", "page": "...", "locale": "...",
 * "history": [{"question": "...", "answer": "..."}]}, all but the question
 * optional; members that it doesn't know are passed over.  aif_ask_form()
 * reads the same without a history as HTML forms send it.  AIF_OK; AIF_BAD or
 * AIF_LIMIT: *fault says in words what is wrong, without a word of what was in
 * the body; AIF_NOMEM.
 *
 * aif_ask_source() makes the JSON that a model is shown: the question, what
 * was said before, and what was picked of the pages, numbered from 1 in their
 * order.  aif_ask_facts()
 * makes what the answer is held against (aif_ground.h).  AIF_OK or AIF_NOMEM.
 */

int aif_ask_json(const u_char *data, size_t len, aif_arena_t *a,
    aif_ask_t *ask, const char **fault);
int aif_ask_form(const u_char *data, size_t len, aif_arena_t *a,
    aif_ask_t *ask, const char **fault);
int aif_ask_source(const aif_ask_t *ask, const aif_passages_t *ps,
    aif_arena_t *a, aif_str_t *json);
int aif_ask_facts(const aif_passages_t *ps, aif_arena_t *a, aif_str_t *facts,
    aif_str_t *machine);


#endif /* _AIF_ASK_H_INCLUDED_ */
