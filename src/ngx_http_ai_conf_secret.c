
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Secrets, which come from files only: one line, read at configuration time by
 * the master.  They are never logged, and not what a wrong file holds either.
 */


#include "ngx_http_ai_conf.h"


#define NGX_HTTP_AI_SECRET_MAX  4096      /* bytes of a file */


static ngx_int_t ngx_http_ai_secret_read(ngx_conf_t *cf, ngx_str_t *file,
    const char *of, ngx_str_t *text);
static ngx_uint_t ngx_http_ai_secret_valid(ngx_str_t *secret, size_t min);


ngx_int_t
ngx_http_ai_secret(ngx_conf_t *cf, ngx_str_t *file, const char *of, size_t min,
    ngx_str_t *secret)
{
    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK
        || ngx_http_ai_secret_read(cf, file, of, secret) != NGX_OK)
    {
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
                           of, min, NGX_HTTP_AI_SECRET_MAX - 1);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_ai_secret_read(ngx_conf_t *cf, ngx_str_t *file, const char *of,
    ngx_str_t *text)
{
    ssize_t           n;
    ngx_fd_t          fd;
    ngx_file_info_t   fi;

    n = NGX_ERROR;

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "can't read the key file of %s: "
                           ngx_open_file_n " \"%V\" failed", of, file);
        return NGX_ERROR;
    }

    if (ngx_fd_info(fd, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", file);
        goto done;
    }

    if (ngx_file_access(&fi) & 04) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "key file \"%V\" of %s is readable by everybody: "
                           "\"chmod o-r\" it", file, of);
    }

    text->data = ngx_pnalloc(cf->pool, NGX_HTTP_AI_SECRET_MAX);
    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_fd(fd, text->data, NGX_HTTP_AI_SECRET_MAX);

    if (n < 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", file);
        goto done;
    }

    text->len = n;

done:

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", file);
    }

    return n < 0 ? NGX_ERROR : NGX_OK;
}


static ngx_uint_t
ngx_http_ai_secret_valid(ngx_str_t *secret, size_t min)
{
    size_t  i;

    if (secret->len < min || secret->len == NGX_HTTP_AI_SECRET_MAX) {
        return 0;
    }

    for (i = 0; i < secret->len; i++) {
        if (secret->data[i] < 0x20 || secret->data[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}
