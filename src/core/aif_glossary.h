
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A shop's glossary: words that are always to be translated so, or kept.
 */


#ifndef _AIF_GLOSSARY_H_INCLUDED_
#define _AIF_GLOSSARY_H_INCLUDED_


#include "core/aif.h"


#define AIF_GLOSSARY_MAX_FILE     (4 * 1024 * 1024)    /* bytes */
#define AIF_GLOSSARY_MAX_ENTRIES  20000
#define AIF_GLOSSARY_MAX_FIELD    512                  /* bytes of one */
#define AIF_GLOSSARY_MAX_MATCHES  16                   /* of one text */


/* Term and translation are canonical text (aif_segment.h) without tags. */

typedef struct {
    aif_str_t    term;
    aif_str_t    locale;         /* empty: all */
    aif_str_t    translation;    /* of a term that is kept, the term */
    aif_str_t    note;           /* for whoever translates; may be empty */
    uint32_t     hash;           /* of all of it */
    unsigned     exact:1;        /* it has capitals: they must be there */
} aif_glossary_entry_t;


/* What a text must be translated with. */

typedef struct {
    size_t                         n;
    const aif_glossary_entry_t    *entry[AIF_GLOSSARY_MAX_MATCHES];
} aif_glossary_match_t;


typedef struct aif_glossary_s  aif_glossary_t;


/*
 * aif_glossary_parse() reads CSV (RFC 4180; lines end with LF or CRLF) of up
 * to four fields: term, locale, translation, note.  An empty translation keeps
 * the term; a first line that begins with "term" or "source" and then has
 * "locale" is a heading; empty lines and those that begin with "#" are passed
 * over.  A term may come again for another locale; for the same one the first
 * counts.  The glossary and its entries are in the arena, the text may go.
 * AIF_OK; AIF_BAD or AIF_LIMIT with the line's number and what is wrong with
 * it; AIF_NOMEM.
 *
 * aif_glossary_match() finds the terms of a canonical text for a target
 * locale ("es" is also for es-MX, whose own entries go first): whole words,
 * the longest where several begin, each entry once, never across tags.  A term
 * in small letters is found in capitals too (ASCII ones).
 *
 * aif_glossary_hash() is of what was found, 0 if nothing was: texts made with
 * another translation of their terms are stale.
 *
 * aif_glossary_missed() is the first entry whose translation a target does not
 * have, or NULL; capitals don't matter.
 */

int aif_glossary_parse(const aif_str_t *csv, aif_arena_t *a,
    aif_glossary_t **glossary, size_t *line, const char **fault);
size_t aif_glossary_entries(const aif_glossary_t *glossary);
void aif_glossary_match(const aif_glossary_t *glossary, const aif_str_t *text,
    const aif_str_t *locale, aif_glossary_match_t *match);
uint32_t aif_glossary_hash(const aif_glossary_match_t *match);
const aif_glossary_entry_t *aif_glossary_missed(
    const aif_glossary_match_t *match, const aif_str_t *target);


#endif /* _AIF_GLOSSARY_H_INCLUDED_ */
