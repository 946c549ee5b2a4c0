
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the rooms page/ and endpoint/ share: configurations, the record that a
 * request carries through internal redirects, and the context of a page.
 */


#ifndef _NGX_HTTP_AI_FILTER_MODULE_H_INCLUDED_
#define _NGX_HTTP_AI_FILTER_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <nginx.h>
#include "core/aif_charset.h"
#include "core/aif_claim.h"
#include "core/aif_rewrite.h"
#include "core/aif_slot.h"
#include "core/aif_seo.h"
#include "core/aif_state.h"
#include "store/ngx_ai_customers.h"
#include "store/ngx_ai_insights.h"
#include "store/ngx_ai_store.h"
#include "infer/ngx_ai_sched.h"
#include "infer/ngx_ai_self.h"


#define NGX_HTTP_AI_VERSION  "0.1.0"

/* values of the "filter" member and of ngx_http_ai_filter_state() */

#define NGX_HTTP_AI_OFF      0
#define NGX_HTTP_AI_ON       1
#define NGX_HTTP_AI_SHADOW   2

/* ai_private */

#define NGX_HTTP_AI_ANONYMOUS  0
#define NGX_HTTP_AI_LOOKUP     1
#define NGX_HTTP_AI_ALLOW      2

/* ai_incomplete origin */

#define NGX_HTTP_AI_INCOMPLETE_ORIGIN  101

/* of a fragment that must stay, whatever its translation */

#define NGX_HTTP_AI_NO_ITEM            ((ngx_uint_t) -1)

#define NGX_HTTP_AI_INFLATE_STEP       16384     /* bytes of room for inflate */

#define NGX_HTTP_AI_SELF_WAIT          3000      /* ms, instead of ai_wait where
                                                    we ask ourselves */


typedef struct {
    ngx_ai_store_t            *store;
    ngx_array_t                engines;      /* of ngx_ai_engine_t * */
    ngx_array_t                references;   /* where engines were named */
    ngx_array_t                prompts;      /* of ngx_http_ai_prompt_t * */
    ngx_array_t                accounts;     /* of ngx_ai_account_t * */
    ngx_array_t                writers;      /* where engines are to write */
    ngx_array_t                readers;      /* where they are to judge */
    ngx_array_t                own_claims;   /* of ngx_http_ai_claims_t */
    aif_claim_t               *claims;       /* NULL: nothing is generated */
    ngx_uint_t                 used;         /* some location filters */
    ngx_uint_t                 asks;         /* some have ai_assistant */
    ngx_ai_insights_t         *insights;     /* NULL: no ai_insights */
    size_t                     insights_size;
    ngx_ai_customers_t        *customers;    /* NULL: no ai_segment */
    ngx_str_t                  customers_key;     /* file */
    size_t                     customers_size;
    ngx_uint_t                 asks_customers;    /* some ai_segment_from */
    ngx_array_t               *copies;       /* prompts; NULL: no ai_copy */
} ngx_http_ai_main_conf_t;


/* How a locale is found: one word of ai_locale. */

typedef enum {
    NGX_HTTP_AI_RULE_URI = 0,
    NGX_HTTP_AI_RULE_COOKIE,
    NGX_HTTP_AI_RULE_ARG,
    NGX_HTTP_AI_RULE_REFERER,
    NGX_HTTP_AI_RULE_VARIABLE,
    NGX_HTTP_AI_RULE_ACCEPT
} ngx_http_ai_rule_e;

typedef struct {
    ngx_http_ai_rule_e         type;
    ngx_str_t                  name;         /* of the cookie or argument */
    ngx_int_t                  variable;     /* index; for a uri rule that of
                                                $request_uri */
    unsigned                   strict:1;     /* uri=strict */
} ngx_http_ai_rule_t;


/* Who is a crawler: ai_crawlers. */

typedef struct {
    ngx_array_t               *patterns;     /* aif_pattern_t *, or NULL */
    ngx_uint_t                 known;        /* those of aif_crawler.c, too */
} ngx_http_ai_crawlers_t;


/* ai_query */

typedef struct {
    ngx_str_t                  name;         /* of the argument */
    ngx_ai_engine_t           *engine;
    ngx_msec_t                 wait;
    ngx_uint_t                 max_length;   /* characters */
    ngx_uint_t                 request_uri;  /* index of that variable */
} ngx_http_ai_query_conf_t;


/* of the endpoints */

typedef struct ngx_http_ai_segment_s  ngx_http_ai_segment_t;
typedef struct ngx_http_ai_assistant_s  ngx_http_ai_assistant_t;
typedef struct ngx_http_ai_copy_s  ngx_http_ai_copy_t;


/* A directive that is on, off, or a variable that says it. */

typedef struct {
    ngx_http_complex_value_t  *value;        /* of the variable, or NULL */
    ngx_uint_t                 state;        /* else NGX_HTTP_AI_OFF, ... */
    ngx_str_t                  name;         /* of the directive */
    unsigned                   shadow:1;     /* may be "shadow" */
    unsigned                   personal:1;   /* its value is not logged */
    unsigned                   logged:1;     /* by this worker */
} ngx_http_ai_switch_t;


/* ai_segment_from: a label, or whose id the customer's is found by */

typedef struct {
    ngx_http_complex_value_t   value;
    ngx_http_ai_switch_t       consent;      /* of an id */
    ngx_uint_t                 asks;
} ngx_http_ai_segment_from_t;


/*
 * One ai_generate.  Selector groups of a page are 32: one for the slots and
 * one for the facts of each.
 */

#define NGX_HTTP_AI_MAX_GENERATORS  16

typedef struct {
    aif_selector_t            *selector;
    aif_selector_t            *facts;        /* or NULL */
    const aif_prompt_t        *prompt;
    ngx_ai_engine_t           *engine;
    aif_slot_conf_t            slot;
    uint32_t                   kinds;        /* of facts, bits */
    unsigned                   reviews:1;    /* that of ai_reviews */
} ngx_http_ai_generator_t;

typedef struct ngx_http_ai_reviews_conf_s  ngx_http_ai_reviews_conf_t;


typedef struct {
    ngx_http_ai_switch_t       filter;
    ngx_http_ai_switch_t       seo;
    ngx_http_ai_switch_t       label;
    ngx_uint_t                 encoding_logged;   /* by this worker */
    ngx_uint_t                 serves;       /* of a server: some location of
                                                it filters */

    ngx_str_t                  scope;
    ngx_array_t               *translate;    /* ngx_ai_engine_t *; empty: off */
    aif_prompt_t              *prompt;       /* they are given; NULL: ours */
    ngx_ai_glossary_t         *glossary;     /* NULL: none */
    ngx_ai_account_t         **accounts;     /* of each of them in the scope */
    ngx_ai_account_t          *query_account;
    uint32_t                   recipe;       /* of the first of them, and of
                                                what is protected */
    const ngx_ai_policy_t     *policy;       /* of the next two */
    ngx_array_t               *protect;      /* aif_pattern_t * */
    aif_mask_t                *mask;         /* never NULL once merged */
    uint32_t                   protect_hash;
    ngx_array_t               *generators;   /* ngx_http_ai_generator_t */
    ngx_http_ai_reviews_conf_t  *reviews;    /* NULL: off */
    ngx_ai_account_t          *reviews_account;
    ngx_array_t               *generate;     /* generators, and that of the
                                                reviews */
    ngx_ai_account_t         **generate_accounts;    /* of each */
    ngx_http_ai_segment_from_t  *segment_from;    /* or NULL */
    ngx_http_ai_query_conf_t  *query;        /* NULL: off */
    ngx_http_ai_segment_t     *segments;     /* NULL: none here */
    ngx_http_ai_assistant_t   *assistant;    /* NULL: none here */
    ngx_http_ai_copy_t        *copy;         /* NULL: none here */
    ngx_str_t                 *insights;     /* users file; NULL: not here */
    ngx_array_t               *locales;      /* ngx_str_t, source first */
    ngx_array_t               *rules;        /* ngx_http_ai_rule_t */

    ngx_hash_t                 types;
    ngx_array_t               *types_keys;

    aif_segment_conf_t         segment;
    ngx_array_t               *include;      /* aif_selector_t * */
    ngx_array_t               *exclude;
    ngx_array_t               *attributes;   /* aif_str_t */
    ngx_array_t               *json_keys;    /* aif_str_t; NULL: off */
    ngx_array_t               *json_variables;
    aif_state_conf_t           json;

    ngx_array_t               *bypass;       /* predicates */

    ngx_msec_t                 wait;
    ngx_msec_t                 hold;
    ngx_uint_t                 incomplete;   /* per cent of letters */
    ngx_flag_t                 renew;
    time_t                     valid;        /* 0: off */
    time_t                     valid_generated;
    size_t                     buffer_size;

    ngx_uint_t                 private_mode;
    ngx_array_t               *private_cookies;  /* ngx_str_t, harmless */
    ngx_array_t               *private_args;     /* ngx_str_t */
    ngx_http_ai_crawlers_t    *crawlers;     /* NULL: known ones */
    ngx_str_t                  self;         /* scheme and authority; len 0:
                                                the connection's own address;
                                                "off": no anonymous fetch */
    ngx_ai_peer_t             *self_peer;    /* or NULL */

    ngx_str_t                  header;       /* ai_header's name; len 0: off */
} ngx_http_ai_loc_conf_t;


/*
 * The record: made at the first need, kept in a cleanup of r->main's pool, so
 * that it outlives internal redirects, which wipe r->ctx.
 */

typedef struct ngx_http_ai_query_s  ngx_http_ai_query_t;

typedef struct {
    ngx_str_t                  locale;       /* tag chosen by the prefix, or
                                                empty */
    ngx_str_t                  prefix;       /* "/es" as it came, or empty if
                                                it was not the client's */
    ngx_array_t               *saved;        /* ngx_table_elt_t, taken off */
    ngx_http_ai_query_t       *query;        /* ai_query was here */
    ngx_str_t                  self;         /* locale of an anonymous fetch */
} ngx_http_ai_record_t;


/* What negotiation found, for one location. */

typedef struct {
    ngx_uint_t                 index;        /* in locales; 0 is the source */
    ngx_http_ai_rule_t        *rule;         /* that found it, or NULL */
    unsigned                   vary_cookie:1;
    unsigned                   vary_accept:1;
    unsigned                   vary_referer:1;
    unsigned                   private:1;    /* depends on a plain variable */
} ngx_http_ai_choice_t;


/*
 * A large buffer of the worker's, page/ngx_http_ai_buffer.c.  init: it is
 * given back with the request's pool at the latest.  reserve: room for "size"
 * bytes in all, what is in it stays (NGX_ERROR: no memory, it is unchanged).
 * free: given back at once.
 */

typedef struct {
    u_char                    *data;
    size_t                     len;
    size_t                     size;
} ngx_http_ai_buffer_t;

ngx_int_t ngx_http_ai_buffer_init(ngx_http_request_t *r,
    ngx_http_ai_buffer_t *b);
ngx_int_t ngx_http_ai_buffer_reserve(ngx_http_ai_buffer_t *b, size_t size);
void ngx_http_ai_buffer_free(ngx_http_ai_buffer_t *b);
void ngx_http_ai_buffer_exit(void);


typedef struct ngx_http_ai_seo_s  ngx_http_ai_seo_t;
typedef struct ngx_http_ai_generate_s  ngx_http_ai_generate_t;
typedef struct ngx_http_ai_reviews_s  ngx_http_ai_reviews_t;


/* What a body is read as. */

typedef enum {
    NGX_HTTP_AI_HTML = 0,
    NGX_HTTP_AI_JSON,
    NGX_HTTP_AI_FLIGHT,        /* text/x-component */
    NGX_HTTP_AI_ROBOTS,        /* robots.txt */
    NGX_HTTP_AI_SITEMAP
} ngx_http_ai_form_e;


typedef enum {
    NGX_HTTP_AI_PASS = 0,      /* not ours (any more): bytes go through */
    NGX_HTTP_AI_HOLD,          /* header held, page is being collected */
    NGX_HTTP_AI_WAIT,          /* page is whole, fragments are awaited */
    NGX_HTTP_AI_DROP           /* sent; whatever still comes is dropped */
} ngx_http_ai_phase_e;


typedef struct {
    ngx_http_request_t        *request;
    ngx_http_ai_choice_t       choice;
    ngx_http_ai_phase_e        phase;
    ngx_http_ai_form_e         form;
    ngx_uint_t                 status;       /* ngx_ai_status_e */
    ngx_uint_t                 reason;       /* ngx_ai_reason_e */

    ngx_uint_t                 fragments;
    ngx_uint_t                 hits;
    ngx_uint_t                 misses;
    ngx_msec_t                 wait_time;
    ngx_ai_amount_t            guess;        /* of what it asked for first */
    uint64_t                   cost;         /* billionths */
    ngx_uint_t                 letters;      /* of the page */
    ngx_uint_t                 letters_hit;

    unsigned                   candidate:1;  /* page in a foreign locale */
    unsigned                   source:1;     /* in the source locale or in all,
                                                and held for edits */
    unsigned                   announce:1;   /* when it is sent */
    unsigned                   label:1;      /* what a machine wrote is marked
                                                as such */
    unsigned                   shadow:1;
    unsigned                   teaches:1;    /* anonymous GET: may be sent */
    unsigned                   repeat:1;     /* a stranger is to teach it */
    unsigned                   deflated:1;   /* origin came compressed ... */
    unsigned                   zlib:1;       /* ... with deflate, not gzip */
    unsigned                   last:1;       /* the origin's last buffer came */
    unsigned                   inflated:1;   /* the compressed stream ended */
    unsigned                   counted:1;
    unsigned                   deferred:1;   /* a memo of this page is there:
                                                it is read only at the end */
    unsigned                   stale:1;      /* some text is to be renewed */
    unsigned                   kept:1;       /* page and arena are still needed
                                                when the page is sent */
    unsigned                   foreign:1;    /* not known to be UTF-8: read
                                                only when it is whole */
    unsigned                   labelled:1;   /* "declared" is known */
    unsigned                   references:1; /* what is beyond ASCII is written
                                                as character references */

    ngx_http_ai_loc_conf_t    *conf;         /* at the header */
    ngx_http_headers_out_t     headers_out;  /* as the origin sent them */

    const aif_charset_t       *charset;      /* the header's, or NULL */
    const aif_charset_t       *declared;     /* that, or else the page's own;
                                                NULL: none, or unknown */
    aif_charset_conv_t        *conv;         /* of the page's charset; NULL:
                                                it is UTF-8 */

    ngx_http_ai_buffer_t       page;         /* what is read: inflated, UTF-8 */
    ngx_http_ai_buffer_t       native;       /* with conv: as it was before */
    ngx_http_ai_buffer_t       raw;          /* compressed bytes as they came */
    ngx_http_ai_buffer_t       out;          /* the new page */
    ngx_http_ai_buffer_t       packed;       /* the new page, compressed */
    void                      *inflate;      /* ngx_http_ai_encoding.c */
    ngx_uint_t                 fault;        /* ngx_ai_reason_e: the page can't
                                                be read */

    aif_seo_conf_t            *address;      /* the page's, or NULL: ai_seo is
                                                off, or nobody asked yet */
    ngx_http_ai_seo_t         *seo;          /* NULL: ai_seo is off */
    ngx_http_ai_generate_t    *generate;     /* NULL: no slots here */
    ngx_http_ai_reviews_t     *reviews;      /* NULL: no reviews here */
    ngx_uint_t                 slots;        /* texts for slots: filled, or
                                                missing */
    ngx_uint_t                 unfilled;     /* ngx_ai_reason_e: why a slot
                                                gets nothing, or none */
    ngx_str_t                  identity;     /* what edits depend on besides
                                                page, locale and store */
    uint64_t                   memo_key;
    uint64_t                   digest;       /* of the new page */
    ngx_atomic_uint_t          generation;   /* of the store, at the look-up */

    aif_arena_t               *arena;
    aif_segment_t             *segment;
    aif_fragment_t            *list;         /* the page's fragments */
    aif_str_t                 *replacements; /* one for each */
    aif_edit_t                *edits;        /* of the page beside them, by
                                                start; in the arena */
    size_t                     nedits;
    ngx_uint_t                *item_of;      /* fragment to item, or
                                                NGX_HTTP_AI_NO_ITEM */
    size_t                     nlist;
    aif_state_t               *state;        /* texts of scripts and JSON */
    const aif_str_t           *texts;        /* those of their own, */
    size_t                     ntexts;
    ngx_uint_t                *item_of_text; /* their items */
    aif_str_t                 *values;       /* and translations */
    ngx_uint_t                 left;         /* fragments that must stay as the
                                                page's state has them */
    ngx_ai_item_t             *items;        /* without repetitions */
    ngx_uint_t                 nitems;
    ngx_ai_space_t             space;
    ngx_ai_item_t             *wanted;       /* to be asked for */
    ngx_uint_t                 nwanted;

    ngx_event_t                timer;        /* ai_hold, then ai_wait */
    ngx_event_t                wake;
    ngx_event_t                send_timer;   /* posted: no send_timeout while
                                                nothing can be sent */
    ngx_ai_waiter_t            waiter;
    ngx_msec_t                 wait_start;
} ngx_http_ai_ctx_t;


extern ngx_module_t  ngx_http_ai_filter_module;

extern ngx_http_output_header_filter_pt  ngx_http_ai_next_header_filter;
extern ngx_http_output_body_filter_pt    ngx_http_ai_next_body_filter;


/* ngx_http_ai_conf.c: the configurations and their directives */

extern ngx_command_t  ngx_http_ai_commands[];

void *ngx_http_ai_create_main_conf(ngx_conf_t *cf);
char *ngx_http_ai_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_ai_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_ai_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);


/*
 * page/ngx_http_ai_locale.c
 *
 * ngx_http_ai_locale() negotiates for the request's location; it always finds
 * a locale, the source if nothing else.  ngx_http_ai_locale_vary() adds the
 * Vary of the negotiation to the answer, NGX_ERROR without memory.
 * ngx_http_ai_set_locale() is the setter of ai_locale,
 * ngx_http_ai_locale_uri_rule() finds the rule "uri" in what it made, or NULL.
 */

void ngx_http_ai_locale(ngx_http_request_t *r, ngx_http_ai_loc_conf_t *alcf,
    ngx_http_ai_choice_t *choice);
ngx_int_t ngx_http_ai_locale_vary(ngx_http_request_t *r,
    ngx_http_ai_choice_t *choice);
ngx_http_ai_rule_t *ngx_http_ai_locale_uri_rule(ngx_array_t *rules);
char *ngx_http_ai_set_locale(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/*
 * page/ngx_http_ai_prefix.c
 *
 * ngx_http_ai_prefix_handler(), last in the server rewrite phase, takes a
 * listed locale's prefix off r->uri and r->unparsed_uri and keeps it in the
 * record.  A prefixed request whose location has no filter is redirected to
 * the bare path: by ngx_http_ai_prefix_door_handler(), first in the rewrite
 * phase, and where "ai_filter" is a variable by the conditional handler.
 * ngx_http_ai_prefix_door() is NGX_DECLINED or the status of the redirect.
 */

ngx_int_t ngx_http_ai_prefix_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_ai_prefix_door(ngx_http_request_t *r, ngx_uint_t state);
ngx_int_t ngx_http_ai_prefix_door_handler(ngx_http_request_t *r);


/*
 * page/ngx_http_ai_record.c: the record; NULL if there is none (get) or no
 * memory (make).
 */

ngx_http_ai_record_t *ngx_http_ai_record_get(ngx_http_request_t *r);
ngx_http_ai_record_t *ngx_http_ai_record_make(ngx_http_request_t *r);


/*
 * page/ngx_http_ai_conditional.c
 *
 * ngx_http_ai_conditional_handler(), in the preaccess phase, takes the
 * conditional and range headers of candidate requests off and keeps them in
 * the record; where an internal redirect then leads to a location that is not
 * a candidate, it puts them back.  ngx_http_ai_conditional_not_modified()
 * compares the saved If-None-Match with an entity tag (weakly): 1 if the
 * answer is to be 304.  ngx_http_ai_conditional_failed(): saved If-Match
 * forbids the answer. ngx_http_ai_conditional_asset(): the answer turned out
 * to be no page; puts the headers back, and is 1 if by them the answer is to
 * be 304.
 */

ngx_int_t ngx_http_ai_conditional_handler(ngx_http_request_t *r);
ngx_uint_t ngx_http_ai_conditional_not_modified(ngx_http_request_t *r,
    ngx_str_t *etag);
ngx_uint_t ngx_http_ai_conditional_asset(ngx_http_request_t *r);
ngx_uint_t ngx_http_ai_conditional_failed(ngx_http_request_t *r,
    ngx_str_t *etag);


/*
 * page/ngx_http_ai_header_filter.c
 *
 * ngx_http_ai_filter_candidate() is whether a page of this request will be
 * looked at as far as the request alone tells (locale not the source, engines,
 * method, no bypass), with the reason if not; it negotiates the locale.
 * ngx_http_ai_send_origin_header() sends the held header on as the origin's,
 * ngx_http_ai_send_page_header() as that of a page of our own; both NGX_DONE:
 * 304 or 412 was sent, no body is to follow.  The page is ctx->out, sent as
 * ctx->packed if there is one.
 */

ngx_int_t ngx_http_ai_header_filter(ngx_http_request_t *r);
ngx_uint_t ngx_http_ai_filter_candidate(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice,
    ngx_uint_t *reason);
ngx_int_t ngx_http_ai_send_origin_header(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_send_page_header(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);


/*
 * page/ngx_http_ai_body_filter.c
 *
 * ngx_http_ai_body_hold() arms the time limit of a held header.
 * ngx_http_ai_body_release() gives up: the origin's header, its bytes so far
 * and "rest" go out, and what follows passes; "flush": at once.
 */

ngx_int_t ngx_http_ai_body_filter(ngx_http_request_t *r, ngx_chain_t *in);
ngx_int_t ngx_http_ai_body_hold(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_body_release(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx, ngx_chain_t *rest, ngx_uint_t flush);


/*
 * page/ngx_http_ai_page.c: a whole page from its bytes to its fragments, and
 * from their translations to the new bytes.
 *
 * ngx_http_ai_page_start() makes the segmenter (NGX_ERROR: no memory);
 * ngx_http_ai_page_add() takes bytes of the origin and reads on, "last" says
 * that nothing follows; NGX_DECLINED: leave the page alone, reason set, the
 * bytes are kept in any case but for NGX_ERROR (no memory).
 * ngx_http_ai_page_origin() gives all bytes kept, as they came,
 * ngx_http_ai_page_native() the page in its own charset, inflated.
 * ngx_http_ai_page_rewrite() makes the new page in ctx->out; NGX_DECLINED: the
 * origin is to be sent, reason set.  ngx_http_ai_page_count() counts once.
 * ngx_http_ai_page_free() gives everything back but the bytes.
 */

ngx_int_t ngx_http_ai_page_start(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_page_add(ngx_http_ai_ctx_t *ctx, u_char *data,
    size_t len, ngx_uint_t last);
ngx_str_t ngx_http_ai_page_origin(ngx_http_ai_ctx_t *ctx);
ngx_http_ai_buffer_t *ngx_http_ai_page_native(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_page_rewrite(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_page_count(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_page_free(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_page_exit(void);


/*
 * page/ngx_http_ai_items.c: the page's texts, each once.
 *
 * ngx_http_ai_items_make() makes them once the page is whole; NGX_DECLINED:
 * leave it alone, reason set.  ngx_http_ai_items_lookup() asks the store once
 * for every one that has no answer yet and sets counts and status (NGX_ERROR:
 * no memory).  ngx_http_ai_items_want() makes the list of what is missing or
 * stale and may be asked for; ngx_http_ai_items_fetch() gives it to the
 * scheduler; NGX_AGAIN: ctx->wake will be posted.
 * ngx_http_ai_items_clear() takes replacements back that an edit goes into.
 */

ngx_int_t ngx_http_ai_items_make(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_items_lookup(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_items_want(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_items_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait);
ngx_uint_t ngx_http_ai_items_wanted(ngx_http_ai_ctx_t *ctx,
    ngx_ai_item_t *item);
void ngx_http_ai_items_clear(ngx_http_ai_ctx_t *ctx, aif_edit_t *edit);


/*
 * page/ngx_http_ai_charset.c
 *
 * ngx_http_ai_charset_read() makes ctx->page UTF-8, for a page of which
 * "declared" was declared; with ctx->conv set the page as it came is in
 * ctx->native.  NGX_DECLINED: leave it alone, reason set.
 * ngx_http_ai_charset_write() converts ctx->out, for a page with ctx->conv;
 * NGX_ERROR: no memory.
 */

ngx_int_t ngx_http_ai_charset_read(ngx_http_ai_ctx_t *ctx,
    const aif_charset_t *declared);
ngx_int_t ngx_http_ai_charset_write(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_charset_exit(void);


/*
 * page/ngx_http_ai_state.c: the page's texts in scripts and JSON.
 *
 * ngx_http_ai_state_form(): what an answer of this type is read as.
 * ngx_http_ai_state_read() finds the texts once the page is whole and its
 * fragments are listed; NGX_DECLINED: leave it alone, reason set.
 * ngx_http_ai_state_source() is that for a page in the source locale.
 * ngx_http_ai_state_linked() is how many links of it get the prefix.
 * ngx_http_ai_state_decide() takes translations back from fragments that the
 * state can't follow.  ngx_http_ai_state_edits() adds its edits to the page's;
 * NGX_DECLINED as above.
 */

ngx_http_ai_form_e ngx_http_ai_state_form(ngx_http_request_t *r);
ngx_int_t ngx_http_ai_state_read(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_state_source(ngx_http_ai_ctx_t *ctx);
size_t ngx_http_ai_state_linked(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_state_decide(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_state_edits(ngx_http_ai_ctx_t *ctx);


/*
 * page/ngx_http_ai_memo.c
 *
 * ngx_http_ai_memo_start(), after ctx->identity is known, sets ctx->deferred if
 * what was made of this address lately is kept (NGX_ERROR: no memory).
 * ngx_http_ai_memo_use() makes the new page of it if the origin sent the same
 * bytes; NGX_DECLINED: it didn't.  ngx_http_ai_memo_keep() keeps a new page
 * that is complete.
 */

ngx_int_t ngx_http_ai_memo_start(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_memo_use(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_memo_keep(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_memo_exit(void);


/*
 * page/ngx_http_ai_private.c
 *
 * ngx_http_ai_private_stranger(): the request does not tell who sent it, or
 * that does not matter here.
 * ngx_http_ai_private_teaches(): texts of an answer to this request may be
 * sent to an engine (ai_private).  ngx_http_ai_private_echo() collects the
 * values of the request's arguments in r->pool (NGX_ERROR: no memory);
 * ngx_http_ai_private_echoes(): a text repeats one of them.
 */

typedef struct {
    ngx_str_t                 *values;       /* lower case, canonical */
    ngx_uint_t                 n;
} ngx_http_ai_echo_t;

ngx_uint_t ngx_http_ai_private_stranger(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
ngx_uint_t ngx_http_ai_private_teaches(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
ngx_int_t ngx_http_ai_private_echo(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_echo_t *echo);
ngx_uint_t ngx_http_ai_private_echoes(ngx_http_ai_echo_t *echo,
    aif_str_t *text);


/*
 * page/ngx_http_ai_self.c
 *
 * ngx_http_ai_self_fetch() asks for the page of a request once more, as a
 * stranger, from this nginx.  ngx_http_ai_self_handler(), in the post read
 * phase, knows such a request when it comes in; ngx_http_ai_self_record() is
 * its record, and NULL for any other request's.  ngx_http_ai_self_mark() tells
 * it, in the answer's header, that the filter is on (NGX_ERROR: no memory).
 * ngx_http_ai_set_self() is the setter of ai_self.
 */

void ngx_http_ai_self_fetch(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_self_handler(ngx_http_request_t *r);
ngx_http_ai_record_t *ngx_http_ai_self_record(ngx_http_request_t *r);
ngx_int_t ngx_http_ai_self_mark(ngx_http_request_t *r);
char *ngx_http_ai_set_self(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/*
 * page/ngx_http_ai_seo.c
 *
 * ngx_http_ai_seo_source(): a page in the source locale is to be held for
 * edits; ngx_http_ai_seo_expected() is the same for a request that has no
 * context yet.  ngx_http_ai_seo_address() is ctx->address, made once (NULL: no
 * memory).  ngx_http_ai_seo_start(), after the
 * segmenter was made, sets ctx->seo if ai_seo is on; ngx_http_ai_seo_watch()
 * begins anew with another segmenter and an empty arena;
 * ngx_http_ai_seo_linked(), after the start: links get a prefix, and
 * ngx_http_ai_seo_links() says which (NGX_ERROR: no memory);
 * ngx_http_ai_seo_edits(), after the look-up, sets ctx->edits; NGX_ERROR: no
 * memory.  ngx_http_ai_seo_announce() is called for a page that is sent.
 * ngx_http_ai_seo_redirect() puts the prefix into Location and Refresh
 * (NGX_ERROR: no memory).
 */

ngx_uint_t ngx_http_ai_seo_source(ngx_http_ai_ctx_t *ctx);
ngx_uint_t ngx_http_ai_seo_expected(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf, ngx_http_ai_choice_t *choice);
aif_seo_conf_t *ngx_http_ai_seo_address(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_seo_start(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_seo_watch(ngx_http_ai_ctx_t *ctx);
ngx_uint_t ngx_http_ai_seo_linked(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_seo_links(ngx_http_ai_ctx_t *ctx,
    aif_state_links_t *links);
ngx_int_t ngx_http_ai_seo_edits(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_seo_announce(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_seo_redirect(ngx_http_request_t *r,
    ngx_http_ai_ctx_t *ctx);


/*
 * page/ngx_http_ai_site.c: robots.txt and sitemaps.
 *
 * ngx_http_ai_site_expected(): by its address the request is for one of them.
 * ngx_http_ai_site_answer(): the answer is one, ctx->form is set.
 * ngx_http_ai_site_read(), when it is whole, sets ctx->edits; NGX_DECLINED:
 * leave it alone, reason set.
 */

#define ngx_http_ai_is_site(ctx)  ((ctx)->form >= NGX_HTTP_AI_ROBOTS)

ngx_uint_t ngx_http_ai_site_expected(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
ngx_uint_t ngx_http_ai_site_answer(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_site_read(ngx_http_ai_ctx_t *ctx);


/*
 * page/ngx_http_ai_generate.c
 *
 * ngx_http_ai_generate_source(): a request's page may have slots, whatever its
 * locale.  ngx_http_ai_generate_start(), before the memo, sets ctx->generate
 * if it may (NGX_ERROR: no memory); ngx_http_ai_generate_read(), after the
 * items are made, finds slots and facts (NGX_DECLINED: leave the page alone,
 * reason set).  The others are steps of ngx_http_ai_items.c: look-up,
 * before and after the state decides, what is wanted (NGX_DECLINED: nothing),
 * fetching (NGX_AGAIN: ctx->wake will be posted).
 * ngx_http_ai_generate_pending(): some text is still awaited.
 * ngx_http_ai_generate_edits() adds to ctx->edits and takes replacements back
 * that are in the way (NGX_ERROR: no memory).  ngx_http_ai_generate_label() is
 * the request's segment, ngx_http_ai_generate_labelled() is whether a machine
 * wrote what is in some slot.
 */

ngx_uint_t ngx_http_ai_generate_source(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
ngx_int_t ngx_http_ai_generate_start(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_generate_read(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_generate_lookup(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_generate_override(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_generate_sum(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_generate_want(ngx_http_ai_ctx_t *ctx,
    ngx_http_ai_echo_t *echo);
ngx_int_t ngx_http_ai_generate_fetch(ngx_http_ai_ctx_t *ctx, ngx_uint_t wait);
ngx_uint_t ngx_http_ai_generate_pending(ngx_http_ai_ctx_t *ctx);
void ngx_http_ai_generate_forget(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_generate_edits(ngx_http_ai_ctx_t *ctx);
ngx_uint_t ngx_http_ai_generate_labelled(ngx_http_ai_ctx_t *ctx);
ngx_str_t ngx_http_ai_generate_label(ngx_http_request_t *r);


/*
 * page/ngx_http_ai_label.c: ngx_http_ai_label_start() sets ctx->label, before
 * the memo; ngx_http_ai_label_edits() adds to ctx->edits.  NGX_ERROR: no
 * memory.
 */

ngx_int_t ngx_http_ai_label_start(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_label_edits(ngx_http_ai_ctx_t *ctx);


/*
 * page/ngx_http_ai_crawler.c
 *
 * ngx_http_ai_crawler(): the request's User-Agent is a crawler's
 * (ai_crawlers).  ngx_http_ai_set_crawlers() is the directive's setter.
 */

ngx_uint_t ngx_http_ai_crawler(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
char *ngx_http_ai_set_crawlers(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/*
 * page/ngx_http_ai_visitor.c: a number for who asks, another one for each
 * "share"; the same for addresses of one owner.
 */

uint64_t ngx_http_ai_visitor(ngx_http_request_t *r, const char *share);


/*
 * page/ngx_http_ai_query.c
 *
 * ngx_http_ai_query_handler(), in the preaccess phase, translates the search
 * words of ai_query.  ngx_http_ai_query_words(): the visitor's, if the shop
 * was asked for others, else empty; ngx_http_ai_query_target(): the URI as it
 * was before.  ngx_http_ai_query_echo(), when it is known what is there, lets
 * the page show them: adds to ctx->replacements and ctx->edits (NGX_ERROR: no
 * memory).
 */

ngx_int_t ngx_http_ai_query_handler(ngx_http_request_t *r);
ngx_str_t ngx_http_ai_query_words(ngx_http_request_t *r);
ngx_str_t ngx_http_ai_query_target(ngx_http_request_t *r);
ngx_int_t ngx_http_ai_query_echo(ngx_http_ai_ctx_t *ctx);
char *ngx_http_ai_set_query(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


/*
 * page/ngx_http_ai_encoding.c
 *
 * ngx_http_ai_encoding_inflate() adds the inflated form of the bytes to
 * ctx->page: NGX_OK, NGX_DECLINED (broken, or larger than ai_buffer_size:
 * ctx->fault is set), NGX_ERROR (no memory).  ngx_http_ai_encoding_deflate()
 * makes a gzip member of ctx->out in ctx->packed.
 * ngx_http_ai_encoding_accepted(): by Accept-Encoding (RFC 9110 12.5.3).
 */

ngx_int_t ngx_http_ai_encoding_inflate(ngx_http_ai_ctx_t *ctx, u_char *data,
    size_t len, ngx_uint_t last);
void ngx_http_ai_encoding_end(ngx_http_ai_ctx_t *ctx);
ngx_int_t ngx_http_ai_encoding_deflate(ngx_http_ai_ctx_t *ctx);
ngx_uint_t ngx_http_ai_encoding_accepted(ngx_http_request_t *r);


/*
 * ngx_http_ai_field.c: header fields by name.  find: the first in a list,
 * NULL if there is none; drop: all of that name from the answer; push: adds one
 * to the answer ("name" and the value's bytes must live as long as it does),
 * NULL without memory.  is_type: the answer's type, without parameters.
 */

ngx_table_elt_t *ngx_http_ai_field_find(ngx_list_t *headers,
    const char *name);
void ngx_http_ai_field_drop(ngx_http_request_t *r, const char *name);
ngx_table_elt_t *ngx_http_ai_field_push(ngx_http_request_t *r,
    const char *name, ngx_str_t *value);
ngx_uint_t ngx_http_ai_field_is_type(ngx_http_request_t *r, const char *type);


/*
 * ngx_http_ai_switch.c
 *
 * ngx_http_ai_switch() is NGX_HTTP_AI_OFF, ON or SHADOW for a request.
 * ngx_http_ai_switch_set() is the work of a setter, "shadow": that is a value
 * too; ngx_http_ai_switch_merge() inherits, and is off without anything.  The
 * state of one that is not set is NGX_CONF_UNSET_UINT.
 */

ngx_uint_t ngx_http_ai_switch(ngx_http_request_t *r,
    ngx_http_ai_switch_t *sw);
char *ngx_http_ai_switch_set(ngx_conf_t *cf, ngx_command_t *cmd,
    ngx_http_ai_switch_t *sw, ngx_uint_t shadow);
void ngx_http_ai_switch_merge(ngx_http_ai_switch_t *conf,
    ngx_http_ai_switch_t *prev);


/* page/ngx_http_ai_variables.c */

ngx_int_t ngx_http_ai_add_variables(ngx_conf_t *cf);


/*
 * page/ngx_http_ai_audience.c: the label of who sees the page, or "".  NGX_OK
 * or NGX_ERROR (no memory).
 */

ngx_int_t ngx_http_ai_audience(ngx_http_ai_ctx_t *ctx, ngx_str_t *segment);


#endif /* _NGX_HTTP_AI_FILTER_MODULE_H_INCLUDED_ */
