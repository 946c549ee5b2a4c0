
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reads labels.  An answer comes from a service that is not trusted: a score
 * outside 0 to 1 is taken for its nearest end, and what is no number is none.
 */


#include "engine/aif_label.h"
#include "engine/aif_json.h"


typedef struct {
    const aif_str_t   *labels;
    size_t             n;
    uint16_t          *scores;
    size_t             seen;           /* objects */
    size_t             known;          /* of the labels wanted */
    size_t             which;          /* of the object being read; n: none */
    unsigned           scored:1;
    unsigned           array:1;        /* of objects */
    uint16_t           score;
} aif_label_reader_t;


static int aif_label_value(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_label_member(aif_label_reader_t *r, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static size_t aif_label_find(const aif_label_reader_t *r,
    const aif_str_t *name);
static uint16_t aif_label_score(const aif_str_t *text);


int
aif_label_read(const aif_str_t *answer, const aif_str_t *labels, size_t n,
    aif_arena_t *a, uint16_t *scores, size_t *best)
{
    int                 rc;
    size_t              i;
    aif_label_reader_t  r;

    memset(&r, 0, sizeof(aif_label_reader_t));
    memset(scores, 0, n * sizeof(uint16_t));

    r.labels = labels;
    r.n = n;
    r.scores = scores;

    rc = aif_json_read(answer->data, answer->len, a, aif_label_value, &r);

    if (rc != AIF_OK) {
        return rc == AIF_MORE ? AIF_BAD : rc;
    }

    if (r.known == 0) {
        return AIF_BAD;
    }

    *best = 0;

    for (i = 1; i < n; i++) {
        if (scores[i] > scores[*best]) {
            *best = i;
        }
    }

    return scores[*best] ? AIF_OK : AIF_BAD;
}


static int
aif_label_value(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_label_reader_t *r = ctx;

    unsigned  object;

    if (type == AIF_JSON_ARRAY && aif_json_depth(json) == 0) {
        r->array = 1;
        return AIF_OK;
    }

    object = aif_json_at(json, r->array ? "*" : "");

    if (type == AIF_JSON_OBJECT && object) {

        if (r->seen++ == AIF_LABEL_MAX) {
            return AIF_LIMIT;
        }

        r->which = r->n;
        r->scored = 0;

        return AIF_OK;
    }

    if (type == AIF_JSON_END && object) {

        if (r->seen && r->which < r->n) {
            r->scores[r->which] = r->scored ? r->score : AIF_LABEL_UNIT;
            r->which = r->n;
            r->known++;
        }

        return AIF_OK;
    }

    if (type == AIF_JSON_END || aif_json_depth(json)) {
        return aif_label_member(r, json, type, value);
    }

    return AIF_BAD;
}


static int
aif_label_member(aif_label_reader_t *r, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    if (aif_json_at(json, r->array ? "*.label" : "label")) {

        if (type != AIF_JSON_STRING) {
            return AIF_BAD;
        }

        r->which = aif_label_find(r, value);
    }

    if (aif_json_at(json, r->array ? "*.score" : "score")) {

        if (type != AIF_JSON_NUMBER) {
            return AIF_BAD;
        }

        r->score = aif_label_score(value);
        r->scored = 1;
    }

    return AIF_OK;
}


static size_t
aif_label_find(const aif_label_reader_t *r, const aif_str_t *name)
{
    size_t  i, k;
    u_char  c, d;

    for (i = 0; i < r->n; i++) {

        if (r->labels[i].len != name->len) {
            continue;
        }

        for (k = 0; k < name->len; k++) {

            c = r->labels[i].data[k];
            d = name->data[k];

            if (d >= 'A' && d <= 'Z') {
                d |= 0x20;
            }

            if (c != d) {
                break;
            }
        }

        if (k == name->len) {
            return i;
        }
    }

    return r->n;
}


/*
 * A JSON number to ten-thousandths, without strtod(), which asks the locale
 * what a decimal point is.  Only the first digits count, and an exponent.
 */

static uint16_t
aif_label_score(const aif_str_t *text)
{
    int            exponent, negative;
    long           power;
    double         value;
    const u_char  *p, *end;

    p = text->data;
    end = p + text->len;

    if (p < end && *p == '-') {
        return 0;
    }

    value = 0;
    exponent = 0;

    for ( /* void */ ; p < end && *p >= '0' && *p <= '9'; p++) {
        value = value * 10 + (*p - '0');
    }

    if (p < end && *p == '.') {
        for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
            if (exponent > -18) {
                value = value * 10 + (*p - '0');
                exponent--;
            }
        }
    }

    if (p < end && (*p | 0x20) == 'e') {

        p++;
        negative = (p < end && *p == '-');

        if (p < end && (*p == '-' || *p == '+')) {
            p++;
        }

        for (power = 0; p < end && power < 1000; p++) {
            power = power * 10 + (*p - '0');
        }

        exponent += (int) (negative ? -power : power);
    }

    for ( /* void */ ; exponent > 0 && value != 0 && value < 1; exponent--) {
        value *= 10;
    }

    for ( /* void */ ; exponent < 0 && value > 1e-9; exponent++) {
        value /= 10;
    }

    if (exponent > 0 && value > 0) {
        return AIF_LABEL_UNIT;
    }

    if (exponent < 0) {
        return 0;
    }

    return value >= 1 ? AIF_LABEL_UNIT
                      : (uint16_t) (value * AIF_LABEL_UNIT + 0.5);
}


int
aif_label_valid(const aif_str_t *name, size_t max)
{
    size_t  i;
    u_char  c;

    if (name->len == 0 || name->len > max) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {

        c = name->data[i];

        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
            && c != '-')
        {
            return 0;
        }
    }

    return 1;
}
