
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The anonymous fetch: a page that somebody saw is asked for once more, from
 * this nginx, as a stranger would.
 */


#ifndef _NGX_AI_SELF_H_INCLUDED_
#define _NGX_AI_SELF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "infer/ngx_ai_peer.h"
#include "store/ngx_ai_state.h"


/*
 * What makes a page: the request's Host and target, and its locale.  The key
 * is what the page is remembered by; the token shows that a request is one of
 * ours.  Neither can be made, or had from the other, without the zone's
 * secret.
 */

typedef struct {
    ngx_str_t    host;          /* as in the request's header */
    ngx_str_t    target;        /* path and arguments; printable ASCII */
    ngx_str_t    locale;
} ngx_ai_self_page_t;

typedef struct {
    uint64_t     key;
    uint64_t     token;
} ngx_ai_self_name_t;


/* Where and how to ask for it. */

typedef struct {
    ngx_ai_self_page_t   page;
    ngx_str_t            url;          /* scheme and authority, and "/" */
    ngx_str_t            connect_to;   /* "name:port:address:port", or "" */
    ngx_str_t            cookie;       /* "name=locale", or "" */
    ngx_ai_peer_t       *peer;         /* the configuration's, or NULL */
} ngx_ai_self_fetch_t;


/* the header that carries the locale and the token: "es 0123456789abcdef" */

#define NGX_AI_SELF_HEADER      "X-AI-Self"
#define NGX_AI_SELF_TOKEN_LEN   16

/* the same in the answer, as curl looks for it: the filter is on there */

#define NGX_AI_SELF_MARK        "x-ai-self"


/*
 * ngx_ai_self_fetch() copies what it keeps, and counts.  NGX_OK (it is under
 * way), NGX_DECLINED (it was made lately), NGX_BUSY (a limit; the page may be
 * asked for by the next visitor) or NGX_ERROR (no memory).
 *
 * ngx_ai_self_again(): the page came, but its texts could not be asked for: it
 * is to be fetched again before the day is over.
 *
 * ngx_ai_self_exit(): exit_process, before ngx_ai_curl_exit().
 */

void ngx_ai_self_name(ngx_ai_state_t *state, ngx_ai_self_page_t *page,
    ngx_ai_self_name_t *name);
ngx_int_t ngx_ai_self_fetch(ngx_ai_state_t *state, ngx_ai_self_fetch_t *fetch);
void ngx_ai_self_again(ngx_ai_state_t *state, uint64_t key);
void ngx_ai_self_exit(void);


#endif /* _NGX_AI_SELF_H_INCLUDED_ */
