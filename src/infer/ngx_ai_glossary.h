
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A glossary's file, read again when it changes.
 */


#ifndef _NGX_AI_GLOSSARY_H_INCLUDED_
#define _NGX_AI_GLOSSARY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif_glossary.h"


/* Made at configuration time; each worker has what it read of it. */

typedef struct {
    ngx_str_t          file;         /* NUL-terminated */
    aif_arena_t       *arena;        /* of what is in use */
    aif_glossary_t    *glossary;
    time_t             checked;
    time_t             mtime;        /* of what was read last, good or bad */
    off_t              size;
    ngx_file_uniq_t    uniq;
} ngx_ai_glossary_t;


/*
 * ngx_ai_glossary_load() reads the file: NGX_OK; NGX_ERROR, what is wrong is in
 * the log, and what was in use stays so.
 *
 * ngx_ai_glossary_match() looks after the file, every two seconds at most, and
 * for a text's terms.  What it found is valid until it is called again.
 * ngx_ai_glossary_recipe() is the hash of it.
 *
 * ngx_ai_glossary_free() is a pool's cleanup handler.
 */

ngx_int_t ngx_ai_glossary_load(ngx_ai_glossary_t *g, ngx_uint_t level,
    ngx_log_t *log);
void ngx_ai_glossary_match(ngx_ai_glossary_t *g, const aif_str_t *text,
    const aif_str_t *locale, aif_glossary_match_t *match);
uint32_t ngx_ai_glossary_recipe(ngx_ai_glossary_t *g, const aif_str_t *text,
    const aif_str_t *locale);
void ngx_ai_glossary_free(void *data);


#endif /* _NGX_AI_GLOSSARY_H_INCLUDED_ */
