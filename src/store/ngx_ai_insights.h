
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the reviews of a shop's products say, a record for each product and
 * month, in a zone of its own: bounded, and gone with a restart.
 */


#ifndef _NGX_AI_INSIGHTS_H_INCLUDED_
#define _NGX_AI_INSIGHTS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_AI_INSIGHTS_TEXT      3968     /* bytes of a record */
#define NGX_AI_INSIGHTS_MIN_SIZE  (256 * 1024)


typedef struct {
    uint64_t      key;           /* of product and shop; 0: nothing is here */
    uint64_t      changed;       /* seconds since 1970 */
    uint32_t      scope;         /* hash of the shop's */
    uint32_t      month;         /* 202611 */
    uint32_t      len;
    uint32_t      claims;        /* 0: has only counts */
    u_char        text[NGX_AI_INSIGHTS_TEXT];
} ngx_ai_insight_t;


typedef struct ngx_ai_insights_s  ngx_ai_insights_t;


/*
 * ngx_ai_insights_add() declares the zone at configuration time; NULL: logged,
 * or no memory.  A size that changed empties it.
 *
 * The others are for workers; each holds the zone's mutex for the copy of one
 * record.  ngx_ai_insights_put() keeps a record in the place of that of the
 * same product and month, or of the oldest; one that is there already is not
 * written, nor one without claims in the place of one that has some.
 * ngx_ai_insights_next() copies the record at place *i or the next one behind
 * it, and moves *i on: NGX_OK, or NGX_DONE behind the last.
 */

ngx_ai_insights_t *ngx_ai_insights_add(ngx_conf_t *cf, ngx_str_t *name,
    size_t size, void *tag);
void ngx_ai_insights_put(ngx_ai_insights_t *is, const ngx_ai_insight_t *in);
ngx_int_t ngx_ai_insights_next(ngx_ai_insights_t *is, ngx_uint_t *i,
    ngx_ai_insight_t *in);


#endif /* _NGX_AI_INSIGHTS_H_INCLUDED_ */
