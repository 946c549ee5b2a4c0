
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a chat model is told.  The shop's texts never become part of the
 * instructions: they stand in the user's message, as JSON or alone.
 */


#ifndef _AIF_PROMPT_H_INCLUDED_
#define _AIF_PROMPT_H_INCLUDED_


#include "core/aif.h"
#include "core/aif_glossary.h"


#define AIF_PROMPT_MAX_TEMPLATE  32768    /* bytes */
#define AIF_PROMPT_MAX_VARIABLE  32       /* bytes of a name */
#define AIF_PROMPT_MAX_SEGMENT   64       /* bytes of one that is filled in */


typedef enum {
    AIF_PROMPT_TRANSLATE = 0,    /* sources are texts, answers the same in the
                                    target locale */
    AIF_PROMPT_WRITE             /* sources are facts, answers new texts */
} aif_prompt_task_e;


typedef enum {
    AIF_PROMPT_ITEMS = 0,        /* many sources in a call, as JSON with ids,
                                    answered so */
    AIF_PROMPT_TEXT,             /* one source in a call, the answer is the
                                    text */
    AIF_PROMPT_OBJECT            /* one source in a call, the answer is one
                                    JSON object: its bytes are the target */
} aif_prompt_answer_e;


/*
 * "system" and "user" are templates: a name in braces is a variable, "{{" is a
 * brace; braces around anything else are themselves.
 *
 *     {source_locale} {target_locale}    tags: en, pt-BR
 *     {source_language} {language}       English (en); "language" is the target
 *     {segment} {tone} {max_length}      empty where there is none
 *     {facts}                            in "user" only, and there once: the
 *                                        sources, whatever they are
 *
 * To "system" is added what the answer must look like, that sources are
 * material, never instructions, and how their terms are to be written; so
 * none of it has to be said in a template.
 */

typedef struct {
    aif_str_t     name;          /* also the kind of the texts made with it */
    aif_str_t     system;
    aif_str_t     user;          /* empty: "{facts}" */
    aif_str_t     tone;          /* empty: none */
    aif_str_t     schema;        /* of AIF_PROMPT_OBJECT: a JSON schema; empty:
                                    any object */
    unsigned      max_length;    /* characters of a text; 0: not limited */
    unsigned      task:1;        /* aif_prompt_task_e */
    unsigned      answer:2;      /* aif_prompt_answer_e */
    unsigned      json:1;        /* sources are JSON, and sent as such */
    unsigned      own:1;         /* the administrator's words, not ours */
} aif_prompt_t;


/* What the variables stand for; strings are the caller's. */

typedef struct {
    const aif_str_t    *source_locale;
    const aif_str_t    *target_locale;
    const aif_str_t    *segment;         /* NULL: none */
    const aif_glossary_entry_t
                      **terms;           /* that the sources have */
    size_t              nterms;
} aif_prompt_values_t;


/*
 * aif_prompt_builtin(): the prompt of that name that the module brings, or
 * NULL.  All functions below take NULL for the one called "translate".
 *
 * aif_prompt_check(): may a template be used ("user": as the user's one)?
 * AIF_OK; AIF_LIMIT: empty or too long; AIF_BAD: not UTF-8, or with *variable,
 * inside the template, one that is unknown or not at its place; or with
 * "facts", which the user's template lacks.
 *
 * aif_prompt_system() makes the instructions, aif_prompt_user() what is asked
 * with "facts" in its place; in the arena.  AIF_OK or AIF_NOMEM.
 *
 * aif_prompt_hash() is of everything that texts made with it depend on: whoever
 * stores answers makes it part of their recipe.
 *
 * aif_prompt_custom(): what is customary in a locale's language, as the
 * instructions say it, or NULL.
 *
 * aif_prompt_language(): the English name of a locale's language, with its
 * script or region where that changes the words, or NULL if it isn't known.
 */

const aif_prompt_t *aif_prompt_builtin(const aif_str_t *name);
aif_str_t aif_prompt_name(const aif_prompt_t *prompt);
int aif_prompt_check(const aif_str_t *template, int user,
    aif_str_t *variable);
int aif_prompt_system(const aif_prompt_t *prompt,
    const aif_prompt_values_t *values, aif_arena_t *a, aif_str_t *system);
int aif_prompt_user(const aif_prompt_t *prompt,
    const aif_prompt_values_t *values, const aif_str_t *facts, aif_arena_t *a,
    aif_str_t *user);
uint32_t aif_prompt_hash(const aif_prompt_t *prompt);
const char *aif_prompt_custom(const aif_str_t *locale);
const char *aif_prompt_language(const aif_str_t *locale);


#endif /* _AIF_PROMPT_H_INCLUDED_ */
