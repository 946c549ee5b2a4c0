
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The other end of calls: authorities, our own certificate, proxy, and what
 * nginx's resolver is to find.  What can't work is refused here, in nginx's
 * words where it has some, not found out by the first call.
 */


#include "ngx_http_ai_conf.h"


#define NGX_HTTP_AI_PEER_CHAIN  65536    /* bytes of a file of certificates */
#define NGX_HTTP_AI_PEER_KEY    16384    /* bytes of its key */


static char *ngx_http_ai_peer_load(ngx_conf_t *cf, ngx_str_t *ca,
    ngx_str_t *certificate, ngx_str_t *key);


char *
ngx_http_ai_peer_trust(ngx_conf_t *cf, ngx_str_t *file)
{
    if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_ai_peer_load(cf, file, NULL, NULL) != NGX_CONF_OK) {
        return "names no file with certificates";
    }

    return NGX_CONF_OK;
}


char *
ngx_http_ai_peer_certificate(ngx_conf_t *cf, ngx_ai_engine_t *engine)
{
    ngx_str_t             *chain, *key;
    ngx_ai_peer_t         *peer;
    ngx_http_ai_secret_t   secret;

    peer = &engine->peer;
    chain = &engine->certificate_file;
    key = &engine->certificate_key_file;

    if (chain->len == 0 && key->len == 0) {
        return NGX_CONF_OK;
    }

    if (chain->len == 0 || key->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "engine \"%V\" must have both \"certificate\" and "
                           "\"certificate_key\", or none", &engine->name);
        return NGX_CONF_ERROR;
    }

    secret.of = ngx_http_ai_secret_engine(cf, &engine->name);
    if (secret.of == NULL) {
        return NGX_CONF_ERROR;
    }

    secret.what = "certificate";
    secret.file = chain;
    secret.max = NGX_HTTP_AI_PEER_CHAIN;
    secret.open = 1;

    if (ngx_http_ai_secret_read(cf, &secret, &peer->certificate) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    secret.what = "certificate key";
    secret.file = key;
    secret.max = NGX_HTTP_AI_PEER_KEY;
    secret.open = 0;

    if (ngx_http_ai_secret_read(cf, &secret, &peer->key) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    /* a worker has nobody to ask for the words */

    if (ngx_strlcasestrn(peer->key.data, peer->key.data + peer->key.len,
                         (u_char *) "ENCRYPTED", 9 - 1)
        != NULL)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "certificate key \"%V\" of engine \"%V\" must not "
                           "be encrypted", key, &engine->name);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_ai_peer_load(cf, NULL, chain, key) != NGX_CONF_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"certificate\" and \"certificate_key\" of engine "
                           "\"%V\" are no certificate and its key",
                           &engine->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* Loads what is not NULL, as a proof that it can be, and says why not. */

static char *
ngx_http_ai_peer_load(ngx_conf_t *cf, ngx_str_t *ca, ngx_str_t *certificate,
    ngx_str_t *key)
{
#if (NGX_SSL)

    ngx_int_t  rc;
    ngx_ssl_t  ssl;

    ngx_memzero(&ssl, sizeof(ngx_ssl_t));
    ssl.log = cf->log;

    if (ngx_ssl_create(&ssl, NGX_SSL_TLSv1_2, NULL) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    rc = ca ? ngx_ssl_trusted_certificate(cf, &ssl, ca, 1)
            : ngx_ssl_certificate(cf, &ssl, certificate, key, NULL);

    ngx_ssl_cleanup_ctx(&ssl);

    return rc == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;

#else

    ngx_file_info_t  fi;

    if (ca && ngx_file_info(ca->data, &fi) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_file_info_n " \"%V\" failed", ca);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;

#endif
}


/*
 * An address needs no resolver; "localhost" is libcurl's own; and what a proxy
 * connects to, the proxy finds.
 */

void
ngx_http_ai_peer_resolver(ngx_conf_t *cf, ngx_ai_peer_t *peer)
{
    ngx_ai_name_t             *name;
    ngx_http_core_loc_conf_t  *clcf;

    name = &peer->name;
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->resolver == NULL || peer->proxy.len || name->host.len == 0
        || name->host.len > NGX_AI_NAME_HOST
        || (name->host.len == 9
            && ngx_strncasecmp(name->host.data, (u_char *) "localhost", 9)
               == 0))
    {
        return;
    }

    name->resolver = clcf->resolver;
}
