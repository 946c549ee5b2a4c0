
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Which label a customer has: a table in a shared memory zone of its own.  It
 * knows nobody by name: what it is asked for is a keyed digest.
 */


#ifndef _NGX_AI_CUSTOMERS_H_INCLUDED_
#define _NGX_AI_CUSTOMERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif_sha256.h"


#define NGX_AI_CUSTOMERS_LABELS    16      /* of one set of labels */
#define NGX_AI_CUSTOMERS_NAME      32      /* bytes of a label's name */
#define NGX_AI_CUSTOMERS_MIN_SIZE  (64 * 1024)
#define NGX_AI_CUSTOMERS_UNIT      10000   /* a score of 1 */


typedef struct {
    u_char        id[AIF_SHA256_SIZE];
    uint64_t      expires;       /* seconds since 1970; 0: nobody */
    uint32_t      set;           /* hash of scope and labels; never 0 */
    uint16_t      score[NGX_AI_CUSTOMERS_LABELS];
    uint8_t       nscores;
    uint8_t       label_len;
    u_char        label[NGX_AI_CUSTOMERS_NAME];
} ngx_ai_customer_t;


typedef struct ngx_ai_customers_s  ngx_ai_customers_t;


/*
 * ngx_ai_customers_add() declares the zone at configuration time; "key" makes
 * digests of ids, and a zone that was filled under another key is emptied.
 * NULL: logged, or no memory.  A size that changed empties it, too.
 *
 * ngx_ai_customers_id() makes the digest of an id.
 *
 * The others are for workers; each holds the zone's mutex for a bounded time.
 *
 * ngx_ai_customers_put() keeps a customer until it expires; in a full set the
 * one that expires first is forgotten.  "ticket" is what
 * ngx_ai_customers_ticket() gave when the customer's data came: NGX_DECLINED
 * and nothing is kept if somebody was forgotten meanwhile, who may be this one.
 * ngx_ai_customers_find() and _forget(): NGX_OK or NGX_DECLINED (unknown, or
 * expired).  What is forgotten is overwritten.
 *
 * ngx_ai_customers_count() counts those of a set by the label's position,
 * where names are given in "labels".
 *
 * ngx_ai_customers_spend() takes "cost" of what the set may tell in a day
 * ("limit"; both in thousandths of epsilon): NGX_OK, or NGX_DECLINED if less is
 * left.  Days are whole numbers, and never go back.  So many sets are known
 * (NGX_AI_CUSTOMERS_SETS); one more has nothing to spend.
 */

#define NGX_AI_CUSTOMERS_SETS  64

ngx_ai_customers_t *ngx_ai_customers_add(ngx_conf_t *cf, ngx_str_t *name,
    size_t size, ngx_str_t *key, void *tag);
void ngx_ai_customers_id(ngx_ai_customers_t *cs, ngx_str_t *scope,
    ngx_str_t *id, u_char digest[AIF_SHA256_SIZE]);

ngx_atomic_uint_t ngx_ai_customers_ticket(ngx_ai_customers_t *cs);
ngx_int_t ngx_ai_customers_put(ngx_ai_customers_t *cs,
    const ngx_ai_customer_t *customer, ngx_atomic_uint_t ticket, time_t now);
ngx_int_t ngx_ai_customers_find(ngx_ai_customers_t *cs, const u_char *id,
    time_t now, ngx_ai_customer_t *customer);
ngx_int_t ngx_ai_customers_forget(ngx_ai_customers_t *cs, const u_char *id,
    time_t now);
void ngx_ai_customers_count(ngx_ai_customers_t *cs, uint32_t set,
    ngx_str_t *labels, ngx_uint_t n, time_t now, ngx_uint_t *counts);
ngx_int_t ngx_ai_customers_spend(ngx_ai_customers_t *cs, uint32_t set,
    ngx_uint_t day, ngx_uint_t cost, ngx_uint_t limit);


#endif /* _NGX_AI_CUSTOMERS_H_INCLUDED_ */
