
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The source of a summary: reviews to the one text that a model is given, that
 * its answer is stored under, and that later tells how far the reviews of the
 * page have changed.
 */


#include "engine/aif_summary_source.h"
#include "core/aif_canonical.h"
#include "engine/aif_json.h"

#include <stdlib.h>


#define AIF_SUMMARY_OVERHEAD   24     /* bytes of a line besides the review */
#define AIF_SUMMARY_MIN_LINE   64     /* bytes of a review that are left */


static int aif_summary_source_compare(const void *one, const void *two);
static size_t aif_summary_source_length(const aif_summary_review_t *reviews,
    size_t n);
static int aif_summary_source_line(const u_char *p, const u_char *end,
    size_t number, aif_summary_line_t *line);


static const char  aif_summary_more[] = " ...";

#define AIF_SUMMARY_MORE  (sizeof(aif_summary_more) - 1)


int
aif_summary_source(aif_summary_review_t *reviews, size_t n, aif_arena_t *a,
    aif_str_t *source)
{
    size_t     i, max, counts[AIF_SENTIMENTS];
    aif_buf_t  b;
    aif_str_t  name, text;

    n = n < AIF_SUMMARY_MAX ? n : AIF_SUMMARY_MAX;

    if (n < AIF_SUMMARY_MIN) {
        return AIF_BAD;
    }

    qsort(reviews, n, sizeof(aif_summary_review_t),
          aif_summary_source_compare);

    memset(counts, 0, sizeof(counts));

    for (i = 0; i < n; i++) {
        counts[reviews[i].sentiment]++;
    }

    aif_buf_init(&b, a, AIF_SUMMARY_MAX_SOURCE);

    aif_buf_literal(&b, "reviews: ");
    aif_json_number(&b, n);

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        name = aif_sentiment_name(i);

        aif_buf_literal(&b, ", ");
        aif_buf_append(&b, name.data, name.len);
        aif_buf_literal(&b, ": ");
        aif_json_number(&b, counts[i]);
    }

    max = aif_summary_source_length(reviews, n);

    for (i = 0; i < n; i++) {

        name = aif_sentiment_name(reviews[i].sentiment);
        text = reviews[i].text;
        aif_canonical_cut(&text, max);

        aif_buf_byte(&b, '\n');
        aif_json_number(&b, i + 1);
        aif_buf_byte(&b, ' ');
        aif_buf_append(&b, name.data, name.len);
        aif_buf_literal(&b, ": ");
        aif_buf_append(&b, text.data, text.len);

        if (text.len < reviews[i].text.len) {
            aif_buf_append(&b, aif_summary_more, AIF_SUMMARY_MORE);
        }
    }

    source->data = b.data;
    source->len = b.len;

    return b.failed ? AIF_NOMEM : AIF_OK;
}


static int
aif_summary_source_compare(const void *one, const void *two)
{
    int                          rc;
    size_t                       len;
    const aif_summary_review_t  *a = one, *b = two;

    len = a->text.len < b->text.len ? a->text.len : b->text.len;
    rc = memcmp(a->text.data, b->text.data, len);

    if (rc == 0 && a->text.len != b->text.len) {
        rc = a->text.len < b->text.len ? -1 : 1;
    }

    return rc ? rc : (int) a->sentiment - (int) b->sentiment;
}


/* The length to which long ones are cut so that all fit. */

static size_t
aif_summary_source_length(const aif_summary_review_t *reviews, size_t n)
{
    size_t  i, low, high, max, sum;

    low = AIF_SUMMARY_MIN_LINE;
    high = AIF_SUMMARY_MAX_SOURCE;

    while (low < high) {

        max = (low + high + 1) / 2;
        sum = (n + 4) * AIF_SUMMARY_OVERHEAD;

        for (i = 0; i < n; i++) {
            sum += reviews[i].text.len < max ? reviews[i].text.len : max;
        }

        if (sum <= AIF_SUMMARY_MAX_SOURCE) {
            low = max;

        } else {
            high = max - 1;
        }
    }

    return low;
}


int
aif_summary_source_read(const aif_str_t *source, aif_summary_source_t *read)
{
    const u_char  *p, *q, *end;

    memset(read, 0, offsetof(aif_summary_source_t, lines));

    end = source->data + source->len;
    p = source->len ? memchr(source->data, '\n', source->len) : NULL;

    for ( /* void */ ; p; p = q) {

        p++;
        q = memchr(p, '\n', end - p);

        if (read->n == AIF_SUMMARY_MAX
            || aif_summary_source_line(p, q ? q : end, read->n + 1,
                                       &read->lines[read->n])
               != AIF_OK)
        {
            return AIF_BAD;
        }

        read->counts[read->lines[read->n++].sentiment]++;
    }

    return read->n >= AIF_SUMMARY_MIN ? AIF_OK : AIF_BAD;
}


static int
aif_summary_source_line(const u_char *p, const u_char *end, size_t number,
    aif_summary_line_t *line)
{
    size_t     i, n;
    aif_str_t  name;

    for (n = 0; p < end && *p >= '0' && *p <= '9' && n <= number; p++) {
        n = n * 10 + (*p - '0');
    }

    if (n != number || p == end || *p++ != ' ') {
        return AIF_BAD;
    }

    for (i = 0; i < AIF_SENTIMENTS; i++) {

        name = aif_sentiment_name(i);

        if ((size_t) (end - p) > name.len + 2
            && memcmp(p, name.data, name.len) == 0
            && p[name.len] == ':' && p[name.len + 1] == ' ')
        {
            break;
        }
    }

    if (i == AIF_SENTIMENTS) {
        return AIF_BAD;
    }

    line->sentiment = i;
    line->text.data = (u_char *) p + name.len + 2;
    line->text.len = end - line->text.data;
    line->cut = line->text.len > AIF_SUMMARY_MORE
                && memcmp(end - AIF_SUMMARY_MORE, aif_summary_more,
                          AIF_SUMMARY_MORE) == 0;

    if (line->cut) {
        line->text.len -= AIF_SUMMARY_MORE;
    }

    return AIF_OK;
}


size_t
aif_summary_source_match(const aif_summary_source_t *source,
    const aif_summary_review_t *reviews, size_t n, u_char *there)
{
    size_t                     i, j, k, found, next;
    u_char                     taken[AIF_SUMMARY_MAX];
    const aif_summary_line_t  *line;

    n = n < AIF_SUMMARY_MAX ? n : AIF_SUMMARY_MAX;

    memset(taken, 0, sizeof(taken));
    memset(there, 0, AIF_SUMMARY_MAX);
    found = 0;
    next = 0;

    /* both are mostly in one order: it begins where the last was found */

    for (i = 0; i < source->n; i++) {

        line = &source->lines[i];

        for (j = 0; j < n; j++) {

            k = next + j < n ? next + j : next + j - n;

            if (!taken[k] && reviews[k].sentiment == line->sentiment
                && (line->cut ? reviews[k].text.len >= line->text.len
                              : reviews[k].text.len == line->text.len)
                && memcmp(reviews[k].text.data, line->text.data,
                          line->text.len) == 0)
            {
                taken[k] = 1;
                there[i] = 1;
                found++;
                next = k + 1 < n ? k + 1 : 0;
                break;
            }
        }
    }

    return found;
}


unsigned
aif_summary_changed(const aif_str_t *source,
    const aif_summary_review_t *reviews, size_t n)
{
    size_t                found, more;
    u_char                there[AIF_SUMMARY_MAX];
    aif_summary_source_t  src;

    n = n < AIF_SUMMARY_MAX ? n : AIF_SUMMARY_MAX;

    if (aif_summary_source_read(source, &src) != AIF_OK) {
        return 1000;
    }

    found = aif_summary_source_match(&src, reviews, n, there);
    more = n > src.n ? n : src.n;

    return (more - found) * 100 / src.n;
}
