
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Who asks, as far as shares are concerned: an address, or of IPv6 the half
 * that an owner has.  It is a number under the zone's secret, which nobody
 * finds an address in, nor makes another's of; it is kept nowhere.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_key.h"


uint64_t
ngx_http_ai_visitor(ngx_http_request_t *r, const char *share)
{
    u_char                   *p;
    size_t                    len;
    aif_str_t                 part;
    aif_key_secret_t          key;
    struct sockaddr_in       *sin;
#if (NGX_HAVE_INET6)
    struct sockaddr_in6      *sin6;
#endif
    ngx_http_ai_main_conf_t  *amcf;

    switch (r->connection->sockaddr->sa_family) {

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (struct sockaddr_in6 *) r->connection->sockaddr;
        p = sin6->sin6_addr.s6_addr;
        len = IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr) ? 16 : 8;
        break;
#endif

    case AF_INET:
        sin = (struct sockaddr_in *) r->connection->sockaddr;
        p = (u_char *) &sin->sin_addr;
        len = sizeof(in_addr_t);
        break;

    default:
        p = (u_char *) "";
        len = 0;
    }

    part.data = (u_char *) share;
    part.len = ngx_strlen(share);

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);
    key = aif_key_prefix(&ngx_ai_store_state(amcf->store)->secret, &part, 1);

    return aif_key_hash(&key, p, len);
}
