
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What the files of insights share: aif_insights.c (records, JSON, CSV),
 * aif_insights_group.c (over products), aif_insights_html.c (the page).  Nobody
 * else includes it.
 */


#ifndef _AIF_INSIGHTS_PRIVATE_H_INCLUDED_
#define _AIF_INSIGHTS_PRIVATE_H_INCLUDED_


#include "engine/aif_insights.h"


#define AIF_INSIGHTS_FIELDS  7       /* of a line, at most */
#define AIF_INSIGHTS_CLAIM   6       /* of a claim's */


typedef struct {
    aif_str_t              f[AIF_INSIGHTS_FIELDS];
    size_t                 n;
} aif_insights_line_t;


typedef struct {
    aif_buf_t              b;
    aif_arena_t           *arena;
    aif_insights_format_e  format;
    size_t                 records;
    size_t                 claims;       /* of the record */
} aif_insights_out_t;


/* Of products, or of claims that have an aspect in common. */

typedef struct {
    aif_str_t              name;         /* canonical text */
    aif_str_t              kind;         /* of aspects */
    aif_str_t              example;
    size_t                 products;
    size_t                 count;        /* reviews; of aspects: mentions */
    size_t                 counts[AIF_SENTIMENTS];
    unsigned               month;
    size_t                 last;         /* record + 1 */
} aif_insights_group_t;


/*
 * aif_insights_line() reads a line: where the next begins, or NULL.
 *
 * aif_insights_group() makes the groups of the records that the filter wants:
 * AIF_OK or AIF_NOMEM.  Of a product the latest month counts, but in those by
 * period.  Periods are in their order, others by count.
 *
 * The others append to the output.
 */

const u_char *aif_insights_line(const u_char *p, const u_char *end,
    aif_insights_line_t *line);
int aif_insights_in(const aif_str_t *text, const aif_str_t *part);
size_t aif_insights_number(const aif_str_t *text);
void aif_insights_month(aif_buf_t *b, unsigned month);
void aif_insights_member(aif_insights_out_t *out, const char *name,
    const aif_str_t *value);
void aif_insights_cell(aif_insights_out_t *out, const aif_str_t *value);

int aif_insights_group(aif_insights_by_e by,
    const aif_insights_record_t *records, size_t n,
    const aif_insights_filter_t *filter, aif_arena_t *a,
    aif_insights_group_t **groups, size_t *ngroups);
void aif_insights_group_write(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_group_t *groups, size_t n);

void aif_insights_html_head(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_filter_t *filter);
void aif_insights_html_groups(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_group_t *groups, size_t n);
void aif_insights_html_open(aif_insights_out_t *out, unsigned month,
    const aif_insights_line_t *product);
void aif_insights_html_claim(aif_insights_out_t *out,
    const aif_insights_line_t *product, const aif_insights_line_t *claim);


#endif /* _AIF_INSIGHTS_PRIVATE_H_INCLUDED_ */
