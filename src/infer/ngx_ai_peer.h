
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The other end of calls: whom they trust, who they say that they are, and how
 * they get there.
 */


#ifndef _NGX_AI_PEER_H_INCLUDED_
#define _NGX_AI_PEER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_name.h"


/*
 * The configuration's: longer-lived than any call, never changed, and told
 * from others by its address.  A zeroed one trusts the system's authorities,
 * says nothing of itself, and goes straight to where the name leads.
 */

typedef struct {
    ngx_str_t        ca;             /* file, NUL-terminated, or "" */
    ngx_str_t        certificate;    /* PEM, or "" */
    ngx_str_t        key;            /* PEM, of the certificate; secret */
    ngx_str_t        proxy;          /* URL, NUL-terminated, or "" */
    ngx_ai_name_t    name;
} ngx_ai_peer_t;


#endif /* _NGX_AI_PEER_H_INCLUDED_ */
