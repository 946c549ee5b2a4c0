
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A glossary's file.  People edit it while nginx runs: a worker that needs the
 * glossary looks after the file now and then, and takes a changed one if it is
 * good.  A bad one is told once, and what was good stays in use.  It knows no
 * request; whoever asks engines, or looks for texts, may call it.
 */


#include "infer/ngx_ai_glossary.h"


#define NGX_AI_GLOSSARY_CHECK   2                     /* seconds */
#define NGX_AI_GLOSSARY_BLOCK   65536                 /* bytes, of the arena */
#define NGX_AI_GLOSSARY_MEMORY  (64 * 1024 * 1024)


static void ngx_ai_glossary_look(ngx_ai_glossary_t *g);
static ngx_int_t ngx_ai_glossary_read(ngx_ai_glossary_t *g, aif_str_t *text,
    ngx_uint_t level, ngx_log_t *log);
static ngx_int_t ngx_ai_glossary_parse(ngx_ai_glossary_t *g, aif_str_t *text,
    ngx_uint_t level, ngx_log_t *log);


void
ngx_ai_glossary_match(ngx_ai_glossary_t *g, const aif_str_t *text,
    const aif_str_t *locale, aif_glossary_match_t *match)
{
    ngx_ai_glossary_look(g);

    aif_glossary_match(g->glossary, text, locale, match);
}


uint32_t
ngx_ai_glossary_recipe(ngx_ai_glossary_t *g, const aif_str_t *text,
    const aif_str_t *locale)
{
    aif_glossary_match_t  match;

    ngx_ai_glossary_match(g, text, locale, &match);

    return aif_glossary_hash(&match);
}


static void
ngx_ai_glossary_look(ngx_ai_glossary_t *g)
{
    ngx_file_info_t  fi;

    if (ngx_time() - g->checked < NGX_AI_GLOSSARY_CHECK) {
        return;
    }

    g->checked = ngx_time();

    if (ngx_file_info(g->file.data, &fi) == NGX_FILE_ERROR) {

        if (g->size != -1) {
            g->size = -1;
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, ngx_errno,
                          ngx_file_info_n " \"%V\" failed, the ai glossary "
                          "stays as it was", &g->file);
        }

        return;
    }

    if (ngx_file_mtime(&fi) == g->mtime && ngx_file_size(&fi) == g->size
        && ngx_file_uniq(&fi) == g->uniq)
    {
        return;
    }

    if (ngx_ai_glossary_load(g, NGX_LOG_ERR, ngx_cycle->log) == NGX_OK) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "ai glossary \"%V\" was changed, and has %uz entries "
                      "now", &g->file, aif_glossary_entries(g->glossary));
    }
}


ngx_int_t
ngx_ai_glossary_load(ngx_ai_glossary_t *g, ngx_uint_t level, ngx_log_t *log)
{
    ngx_int_t  rc;
    aif_str_t  text;

    g->checked = ngx_time();

    if (ngx_ai_glossary_read(g, &text, level, log) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_ai_glossary_parse(g, &text, level, log);

    ngx_free(text.data);

    return rc;
}


/* It may be written to just now: what it was when it was opened counts. */

static ngx_int_t
ngx_ai_glossary_read(ngx_ai_glossary_t *g, aif_str_t *text, ngx_uint_t level,
    ngx_log_t *log)
{
    size_t            size;
    ssize_t           n;
    ngx_fd_t          fd;
    ngx_file_info_t   fi;

    text->data = NULL;

    fd = ngx_open_file(g->file.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(level, log, ngx_errno,
                      ngx_open_file_n " \"%V\" failed", &g->file);
        return NGX_ERROR;
    }

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(level, log, ngx_errno, ngx_fd_info_n " \"%V\" failed",
                      &g->file);
        goto failed;
    }

    g->mtime = ngx_file_mtime(&fi);
    g->size = ngx_file_size(&fi);
    g->uniq = ngx_file_uniq(&fi);

    /* one byte more than may be shows that it is too long */

    size = ngx_min((size_t) g->size, AIF_GLOSSARY_MAX_FILE) + 1;

    text->data = ngx_alloc(size, log);
    if (text->data == NULL) {
        goto failed;
    }

    n = ngx_read_fd(fd, text->data, size);

    if (n < 0) {
        ngx_log_error(level, log, ngx_errno, ngx_read_fd_n " \"%V\" failed",
                      &g->file);
        goto failed;
    }

    text->len = n;
    (void) ngx_close_file(fd);

    return NGX_OK;

failed:

    if (text->data) {
        ngx_free(text->data);
    }

    (void) ngx_close_file(fd);

    return NGX_ERROR;
}


static ngx_int_t
ngx_ai_glossary_parse(ngx_ai_glossary_t *g, aif_str_t *text, ngx_uint_t level,
    ngx_log_t *log)
{
    int              rc;
    size_t           line;
    const char      *fault;
    aif_arena_t     *arena;
    aif_glossary_t  *glossary;

    arena = aif_arena_create(NGX_AI_GLOSSARY_BLOCK, NGX_AI_GLOSSARY_MEMORY);
    if (arena == NULL) {
        return NGX_ERROR;
    }

    rc = aif_glossary_parse(text, arena, &glossary, &line, &fault);

    if (rc != AIF_OK) {
        ngx_log_error(level, log, 0,
                      "ai glossary \"%V\" is not taken: line %uz %s", &g->file,
                      line, rc == AIF_NOMEM ? "is one too many for the memory"
                                            : fault);
        aif_arena_destroy(arena);
        return NGX_ERROR;
    }

    ngx_ai_glossary_free(g);

    g->arena = arena;
    g->glossary = glossary;

    return NGX_OK;
}


void
ngx_ai_glossary_free(void *data)
{
    ngx_ai_glossary_t *g = data;

    if (g->arena) {
        aif_arena_destroy(g->arena);
        g->arena = NULL;
    }
}
