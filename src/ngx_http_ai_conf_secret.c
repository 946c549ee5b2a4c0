
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Secrets, which come from files only, read at configuration time by the
 * master, so that workers need not be able to.  They are never logged, and not
 * what a wrong file holds either.
 */


#include "ngx_http_ai_conf.h"


#define NGX_HTTP_AI_SECRET_MAX  4096      /* bytes of a file */


static ngx_int_t ngx_http_ai_secret_content(ngx_conf_t *cf, ngx_fd_t fd,
    ngx_http_ai_secret_t *secret, ngx_str_t *text);
static ngx_uint_t ngx_http_ai_secret_valid(ngx_str_t *secret, size_t min);


ngx_int_t
ngx_http_ai_secret(ngx_conf_t *cf, ngx_str_t *file, const char *of, size_t min,
    ngx_str_t *secret)
{
    ngx_http_ai_secret_t  key;

    key.file = file;
    key.what = "key file";
    key.of = of;
    key.max = NGX_HTTP_AI_SECRET_MAX;
    key.open = 0;

    if (ngx_http_ai_secret_read(cf, &key, secret) != NGX_OK) {
        return NGX_ERROR;
    }

    while (secret->len && (secret->data[secret->len - 1] == '\n'
                           || secret->data[secret->len - 1] == '\r'
                           || secret->data[secret->len - 1] == ' '))
    {
        secret->len--;
    }

    if (!ngx_http_ai_secret_valid(secret, min)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "key file \"%V\" of %s must hold one line with the "
                           "key, of %uz to %d bytes, and nothing else", file,
                           of, min, NGX_HTTP_AI_SECRET_MAX);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_secret_read(ngx_conf_t *cf, ngx_http_ai_secret_t *secret,
    ngx_str_t *text)
{
    ngx_fd_t   fd;
    ngx_int_t  rc;

    if (ngx_conf_full_name(cf->cycle, secret->file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    fd = ngx_open_file(secret->file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "can't read the %s of %s: "
                           ngx_open_file_n " \"%V\" failed", secret->what,
                           secret->of, secret->file);
        return NGX_ERROR;
    }

    rc = ngx_http_ai_secret_content(cf, fd, secret, text);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", secret->file);
    }

    return rc;
}


static ngx_int_t
ngx_http_ai_secret_content(ngx_conf_t *cf, ngx_fd_t fd,
    ngx_http_ai_secret_t *secret, ngx_str_t *text)
{
    ssize_t          n;
    ngx_file_info_t  fi;

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", secret->file);
        return NGX_ERROR;
    }

    if (!secret->open && (ngx_file_access(&fi) & 04)) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "%s \"%V\" of %s is readable by everybody: "
                           "\"chmod o-r\" it", secret->what, secret->file,
                           secret->of);
    }

    text->data = ngx_pnalloc(cf->pool, secret->max + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, text->data, secret->max + 1);

    if (n < 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", secret->file);
        return NGX_ERROR;
    }

    if ((size_t) n > secret->max) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s \"%V\" of %s is larger than %uz bytes",
                           secret->what, secret->file, secret->of,
                           secret->max);
        return NGX_ERROR;
    }

    text->len = n;

    return NGX_OK;
}


const char *
ngx_http_ai_secret_engine(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char  *of;

    of = ngx_pnalloc(cf->pool, sizeof("engine \"\"") + name->len);

    if (of) {
        ngx_sprintf(of, "engine \"%V\"%Z", name);
    }

    return (const char *) of;
}


static ngx_uint_t
ngx_http_ai_secret_valid(ngx_str_t *secret, size_t min)
{
    size_t  i;

    if (secret->len < min) {
        return 0;
    }

    for (i = 0; i < secret->len; i++) {
        if (secret->data[i] < 0x20 || secret->data[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}
