
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Names and passwords of the merchant's people, as auth_basic knows them.  The
 * log says that somebody was refused, not who it claimed to be.
 *
 * A good hash of a password is slow to make (tens of milliseconds for bcrypt),
 * and a shop's back end comes often with the same one: what was right is
 * right for a minute, as long as the file has the same hash.  Kept is a keyed
 * digest of name, password and hash, in this worker.
 */


#include "endpoint/ngx_http_ai_users.h"
#include "endpoint/ngx_http_ai_reply.h"

#include "core/aif_sha256.h"

#include <ngx_crypt.h>
#include <sys/random.h>


#define NGX_HTTP_AI_USERS_KNOWN  64        /* passwords that were right */
#define NGX_HTTP_AI_USERS_TIME   60000     /* ms */
#define NGX_HTTP_AI_USERS_KEY    32        /* bytes */


typedef struct {
    ngx_msec_t    until;
    u_char        digest[AIF_SHA256_SIZE];
} ngx_http_ai_users_known_t;


static ngx_int_t ngx_http_ai_users_read(ngx_http_request_t *r,
    ngx_str_t *file, ngx_str_t *text);
static ngx_int_t ngx_http_ai_users_find(ngx_str_t *text, ngx_str_t *user,
    ngx_str_t *hash);
static ngx_int_t ngx_http_ai_users_right(ngx_http_request_t *r,
    ngx_str_t *hash);
static ngx_int_t ngx_http_ai_users_digest(ngx_http_request_t *r,
    ngx_str_t *hash, u_char *digest);
static ngx_http_ai_users_known_t *ngx_http_ai_users_known(u_char *digest);
static ngx_uint_t ngx_http_ai_users_equal(u_char *a, u_char *b, size_t len);


static ngx_http_ai_users_known_t
    ngx_http_ai_users_table[NGX_HTTP_AI_USERS_KNOWN];

static u_char      ngx_http_ai_users_key[NGX_HTTP_AI_USERS_KEY];
static ngx_pid_t   ngx_http_ai_users_pid;


ngx_int_t
ngx_http_ai_users_check(ngx_http_request_t *r, ngx_str_t *file,
    ngx_str_t *user, ngx_int_t *rc)
{
    ngx_int_t                   found;
    ngx_str_t                   text, hash;
    ngx_http_ai_users_known_t  *known;
    u_char                      digest[AIF_SHA256_SIZE];

    if (file->len == 0) {
        *rc = ngx_http_ai_reply_error(r, NGX_HTTP_FORBIDDEN,
                                      "nobody may: the directive of this "
                                      "location has no \"users\" parameter");
        return NGX_DECLINED;
    }

    found = ngx_http_auth_basic_user(r);

    if (found == NGX_ERROR) {
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    if (found == NGX_DECLINED) {
        goto refused;
    }

    if (ngx_http_ai_users_read(r, file, &text) != NGX_OK) {
        *rc = ngx_http_ai_reply_error(r, NGX_HTTP_FORBIDDEN,
                                      "the file of users can't be read");
        return NGX_DECLINED;
    }

    *user = r->headers_in.user;

    found = ngx_http_ai_users_find(&text, user, &hash);

    if (found != NGX_OK) {

        /* as long as for a known name: a hash is made all the same */

        ngx_str_set(&hash, "$apr1$........$");
        (void) ngx_http_ai_users_right(r, &hash);
        goto refused;
    }

    if (ngx_http_ai_users_digest(r, &hash, digest) != NGX_OK) {
        *rc = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return NGX_DECLINED;
    }

    known = ngx_http_ai_users_known(digest);

    if (ngx_memcmp(known->digest, digest, AIF_SHA256_SIZE) == 0
        && (ngx_msec_int_t) (known->until - ngx_current_msec) > 0)
    {
        return NGX_OK;
    }

    if (ngx_http_ai_users_right(r, &hash) != NGX_OK) {
        goto refused;
    }

    ngx_memcpy(known->digest, digest, AIF_SHA256_SIZE);
    known->until = ngx_current_msec + NGX_HTTP_AI_USERS_TIME;

    return NGX_OK;

refused:

    if (found != NGX_DECLINED || r->headers_in.authorization) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "ai endpoint refused a user: unknown, or another "
                      "password");
    }

    *rc = ngx_http_ai_reply_error(r, NGX_HTTP_UNAUTHORIZED,
                                  "a user of this endpoint must log in");

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_ai_users_read(ngx_http_request_t *r, ngx_str_t *file, ngx_str_t *text)
{
    ssize_t          n;
    ngx_fd_t         fd;
    ngx_file_info_t  fi;

    fd = ngx_open_file(file->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, ngx_errno,
                      ngx_open_file_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    n = NGX_ERROR;
    text->data = NULL;

    if (ngx_fd_info(fd, &fi) != NGX_FILE_ERROR
        && ngx_file_size(&fi) <= NGX_HTTP_AI_USERS_MAX)
    {
        text->data = ngx_pnalloc(r->pool, NGX_HTTP_AI_USERS_MAX);
    }

    if (text->data) {
        n = ngx_read_fd(fd, text->data, NGX_HTTP_AI_USERS_MAX);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", file);
    }

    if (n < 0) {
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                      "\"%V\" can't be read, or has more than %d bytes", file,
                      NGX_HTTP_AI_USERS_MAX);
        return NGX_ERROR;
    }

    text->len = n;

    return NGX_OK;
}


/* lines of "name:hash[:anything]"; a line with # is a comment */

static ngx_int_t
ngx_http_ai_users_find(ngx_str_t *text, ngx_str_t *user, ngx_str_t *hash)
{
    u_char  *p, *end, *last, *colon;

    last = text->data + text->len;

    for (p = text->data; p < last; p = end + 1) {

        end = ngx_strlchr(p, last, '\n');

        if (end == NULL) {
            end = last;
        }

        colon = ngx_strlchr(p, end, ':');

        if (*p == '#' || colon == NULL || (size_t) (colon - p) != user->len
            || ngx_memcmp(p, user->data, user->len) != 0)
        {
            continue;
        }

        hash->data = colon + 1;

        for (p = hash->data; p < end; p++) {
            if (*p == ':' || *p == '\r') {
                break;
            }
        }

        hash->len = p - hash->data;

        return hash->len ? NGX_OK : NGX_DECLINED;
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_ai_users_right(ngx_http_request_t *r, ngx_str_t *hash)
{
    size_t   len;
    u_char  *salt, *made;

    salt = ngx_pnalloc(r->pool, hash->len + 1);
    if (salt == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_cpystrn(salt, hash->data, hash->len + 1);

    if (ngx_crypt(r->pool, r->headers_in.passwd.data, salt, &made) != NGX_OK) {
        return NGX_DECLINED;
    }

    len = ngx_strlen(made);

    return len == hash->len && ngx_http_ai_users_equal(made, salt, len)
           ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_http_ai_users_digest(ngx_http_request_t *r, ngx_str_t *hash,
    u_char *digest)
{
    aif_str_t  key, parts[3];

    /* each worker has a key of its own */

    if (ngx_http_ai_users_pid != ngx_pid) {

        if (getrandom(ngx_http_ai_users_key, NGX_HTTP_AI_USERS_KEY, 0)
            != NGX_HTTP_AI_USERS_KEY)
        {
            ngx_log_error(NGX_LOG_CRIT, r->connection->log, ngx_errno,
                          "getrandom() failed");
            return NGX_ERROR;
        }

        ngx_memzero(ngx_http_ai_users_table, sizeof(ngx_http_ai_users_table));
        ngx_http_ai_users_pid = ngx_pid;
    }

    key.data = ngx_http_ai_users_key;
    key.len = NGX_HTTP_AI_USERS_KEY;

    parts[0].data = r->headers_in.user.data;
    parts[0].len = r->headers_in.user.len;
    parts[1].data = r->headers_in.passwd.data;
    parts[1].len = r->headers_in.passwd.len;
    parts[2].data = hash->data;
    parts[2].len = hash->len;

    aif_sha256_hmac(&key, parts, 3, 0, digest);

    return NGX_OK;
}


static ngx_http_ai_users_known_t *
ngx_http_ai_users_known(u_char *digest)
{
    return &ngx_http_ai_users_table[digest[0] % NGX_HTTP_AI_USERS_KNOWN];
}


/* in the same time, however much of it is right */

static ngx_uint_t
ngx_http_ai_users_equal(u_char *a, u_char *b, size_t len)
{
    size_t           i;
    volatile u_char  differ;

    differ = 0;

    for (i = 0; i < len; i++) {
        differ |= a[i] ^ b[i];
    }

    return differ == 0;
}


ngx_int_t
ngx_http_ai_users_conf(ngx_conf_t *cf, ngx_str_t *file)
{
    ngx_file_info_t  fi;

    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_file_info(file->data, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "can't find the file of users: "
                           ngx_file_info_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    return NGX_OK;
}
