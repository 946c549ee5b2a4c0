
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Insights over products: what is said of an aspect, of the goods of a
 * category, in a month.  A product has a record for each month, with all the
 * reviews that it then had: they are not added up, but for a look at how months
 * differ.
 */


#include "engine/aif_insights_private.h"
#include "core/aif_digest.h"
#include "engine/aif_aspect.h"
#include "engine/aif_json.h"

#include <stdlib.h>


#define AIF_INSIGHTS_GROUPS  4096       /* more are left out; a power of two */


typedef struct {
    aif_arena_t            *arena;
    aif_insights_group_t   *groups;
    aif_str_t              *keys;
    size_t                  n;
    uint32_t                table[2 * AIF_INSIGHTS_GROUPS];
} aif_insights_table_t;


static aif_insights_table_t *aif_insights_group_table(size_t n,
    aif_arena_t *a);
static aif_insights_group_t *aif_insights_group_get(aif_insights_table_t *t,
    const aif_str_t *key);
static int aif_insights_group_aspects(aif_insights_table_t *t,
    const aif_str_t *record, size_t number,
    const aif_insights_filter_t *filter);
static int aif_insights_group_product(aif_insights_table_t *t,
    aif_insights_by_e by, const aif_insights_record_t *record,
    const aif_insights_line_t *product);
static int aif_insights_group_compare(const void *one, const void *two);


int
aif_insights_group(aif_insights_by_e by, const aif_insights_record_t *records,
    size_t n, const aif_insights_filter_t *filter, aif_arena_t *a,
    aif_insights_group_t **groups, size_t *ngroups)
{
    int                     rc;
    size_t                  i;
    aif_insights_line_t     line;
    aif_insights_group_t   *g;
    aif_insights_table_t   *latest, *t;
    aif_insights_filter_t   products;

    t = aif_insights_group_table(AIF_INSIGHTS_GROUPS, a);
    latest = aif_insights_group_table(AIF_INSIGHTS_GROUPS, a);

    if (t == NULL || latest == NULL) {
        return AIF_NOMEM;
    }

    products = *filter;
    aif_str_set(&products.aspect, "");

    for (i = 0; i < n; i++) {

        if (!aif_insights_match(&records[i].text, &products)) {
            continue;
        }

        (void) aif_insights_line(records[i].text.data,
                                 records[i].text.data + records[i].text.len,
                                 &line);

        g = aif_insights_group_get(latest, &line.f[2]);

        if (g && records[i].month > g->month) {
            g->month = records[i].month;
        }
    }

    rc = AIF_OK;

    for (i = 0; i < n && rc == AIF_OK; i++) {

        if (!aif_insights_match(&records[i].text, filter)) {
            continue;
        }

        (void) aif_insights_line(records[i].text.data,
                                 records[i].text.data + records[i].text.len,
                                 &line);

        g = aif_insights_group_get(latest, &line.f[2]);

        if (by != AIF_INSIGHTS_BY_PERIOD
            && (g == NULL || g->month != records[i].month))
        {
            continue;
        }

        rc = by == AIF_INSIGHTS_BY_ASPECT
             ? aif_insights_group_aspects(t, &records[i].text, i + 1, filter)
             : aif_insights_group_product(t, by, &records[i], &line);
    }

    if (t->n) {
        qsort(t->groups, t->n, sizeof(aif_insights_group_t),
              aif_insights_group_compare);
    }

    *groups = t->groups;
    *ngroups = t->n;

    return rc;
}


static aif_insights_table_t *
aif_insights_group_table(size_t n, aif_arena_t *a)
{
    aif_insights_table_t  *t;

    t = aif_arena_calloc(a, sizeof(aif_insights_table_t));
    if (t == NULL) {
        return NULL;
    }

    t->arena = a;
    t->groups = aif_arena_calloc(a, n * sizeof(aif_insights_group_t));
    t->keys = aif_arena_calloc(a, n * sizeof(aif_str_t));

    return t->groups && t->keys ? t : NULL;
}


/* NULL: there are too many.  The key must stay where it is. */

static aif_insights_group_t *
aif_insights_group_get(aif_insights_table_t *t, const aif_str_t *key)
{
    size_t  i, mask;

    mask = 2 * AIF_INSIGHTS_GROUPS - 1;

    for (i = aif_digest(key->data, key->len) & mask;
         t->table[i];
         i = (i + 1) & mask)
    {
        if (aif_str_eq(&t->keys[t->table[i] - 1], key)) {
            return &t->groups[t->table[i] - 1];
        }
    }

    if (t->n == AIF_INSIGHTS_GROUPS) {
        return NULL;
    }

    t->keys[t->n] = *key;
    t->table[i] = ++t->n;

    return &t->groups[t->n - 1];
}


static int
aif_insights_group_aspects(aif_insights_table_t *t, const aif_str_t *record,
    size_t number, const aif_insights_filter_t *filter)
{
    size_t                  i, n;
    aif_buf_t               b;
    aif_str_t               key, name;
    const u_char           *p, *end;
    aif_insights_line_t     line;
    aif_insights_group_t   *g;

    end = record->data + record->len;
    p = aif_insights_line(record->data, end, &line);

    while (p) {
        p = aif_insights_line(p, end, &line);

        if (line.n != AIF_INSIGHTS_CLAIM
            || !aif_insights_in(&line.f[1], &filter->aspect))
        {
            continue;
        }

        if (aif_aspect_key(&line.f[1], t->arena, &key) != AIF_OK) {
            return AIF_NOMEM;
        }

        aif_buf_init(&b, t->arena, line.f[0].len + key.len + 1);
        aif_buf_append(&b, line.f[0].data, line.f[0].len);
        aif_buf_byte(&b, '\t');
        aif_buf_append(&b, key.data, key.len);

        if (b.failed) {
            return AIF_NOMEM;
        }

        key.data = b.data;
        key.len = b.len;

        g = aif_insights_group_get(t, &key);
        if (g == NULL) {
            continue;
        }

        if (g->last == 0) {
            g->name = line.f[1];
            g->kind = line.f[0];
            g->example = line.f[5];
        }

        g->products += (g->last != number);
        g->last = number;

        n = aif_insights_number(&line.f[3]);
        g->count += n;

        for (i = 0; i < AIF_SENTIMENTS; i++) {
            name = aif_sentiment_name(i);
            g->counts[i] += aif_str_eq(&name, &line.f[2]) ? n : 0;
        }
    }

    return AIF_OK;
}


static int
aif_insights_group_product(aif_insights_table_t *t, aif_insights_by_e by,
    const aif_insights_record_t *record, const aif_insights_line_t *product)
{
    size_t                 i;
    aif_buf_t              b;
    aif_str_t              key;
    aif_insights_group_t  *g;

    key = product->f[1];

    if (by == AIF_INSIGHTS_BY_PERIOD) {

        aif_buf_init(&b, t->arena, 16);
        aif_insights_month(&b, record->month);

        if (b.failed) {
            return AIF_NOMEM;
        }

        key.data = b.data;
        key.len = b.len;
    }

    g = aif_insights_group_get(t, &key);
    if (g == NULL) {
        return AIF_OK;
    }

    g->name = key;
    g->month = by == AIF_INSIGHTS_BY_PERIOD ? record->month : 0;
    g->products++;
    g->count += aif_insights_number(&product->f[3]);

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        g->counts[i] += aif_insights_number(&product->f[4 + i]);
    }

    return AIF_OK;
}


static int
aif_insights_group_compare(const void *one, const void *two)
{
    int                          rc;
    size_t                       len;
    const aif_insights_group_t  *a = one, *b = two;

    if (a->month != b->month) {
        return a->month < b->month ? -1 : 1;
    }

    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }

    len = a->name.len < b->name.len ? a->name.len : b->name.len;
    rc = len ? memcmp(a->name.data, b->name.data, len) : 0;

    return rc ? rc : (int) a->name.len - (int) b->name.len;
}


/* JSON objects or lines of CSV */

void
aif_insights_group_write(aif_insights_out_t *out, aif_insights_by_e by,
    const aif_insights_group_t *groups, size_t n)
{
    size_t                       i, k;
    aif_buf_t                   *b;
    const aif_insights_group_t  *g;

    static const char *const  names[] = { "positive", "neutral", "negative" };

    b = &out->b;

    for (i = 0; i < n; i++) {

        g = &groups[i];

        if (out->format == AIF_INSIGHTS_CSV) {

            aif_insights_cell(out, &g->name);
            aif_buf_byte(b, ',');
            aif_insights_cell(out, &g->kind);
            aif_buf_byte(b, ',');
            aif_json_number(b, g->products);
            aif_buf_byte(b, ',');
            aif_json_number(b, g->count);

            for (k = 0; k < AIF_SENTIMENTS; k++) {
                aif_buf_byte(b, ',');
                aif_json_number(b, g->counts[k]);
            }

            aif_buf_byte(b, ',');
            aif_insights_cell(out, &g->example);
            aif_buf_literal(b, "\r\n");

            continue;
        }

        if (i) {
            aif_buf_byte(b, ',');
        }

        aif_buf_literal(b, "{\"products\":");
        aif_json_number(b, g->products);
        aif_insights_member(out, "name", &g->name);

        if (by == AIF_INSIGHTS_BY_ASPECT) {
            aif_insights_member(out, "kind", &g->kind);
        }

        aif_buf_literal(b, ",\"count\":");
        aif_json_number(b, g->count);

        for (k = 0; k < AIF_SENTIMENTS; k++) {
            aif_buf_literal(b, ",\"");
            aif_buf_append(b, names[k], strlen(names[k]));
            aif_buf_literal(b, "\":");
            aif_json_number(b, g->counts[k]);
        }

        if (by == AIF_INSIGHTS_BY_ASPECT) {
            aif_insights_member(out, "example", &g->example);
        }

        aif_buf_byte(b, '}');
    }
}
