
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reads a customer from JSON.  Nobody's words leave it but in the text that is
 * made; what an answer says of a wrong document never quotes it.
 */


#include "engine/aif_customer.h"
#include "engine/aif_json.h"


typedef struct {
    aif_str_t         title;
    aif_str_t         category;
    aif_str_t         price;
} aif_customer_order_t;


typedef struct {
    aif_arena_t           *arena;
    aif_customer_t        *customer;
    aif_customer_order_t   order;        /* the one that is being read */
    aif_str_t             *lines;        /* 2 * AIF_CUSTOMER_MAX_ITEMS */
    size_t                 nlines;
    const char            *fault;
} aif_customer_reader_t;


static int aif_customer_value(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_customer_member(aif_customer_reader_t *r,
    const aif_json_t *json, aif_json_type_e type, const aif_str_t *value);
static int aif_customer_id(aif_customer_reader_t *r, aif_json_type_e type,
    const aif_str_t *value);
static int aif_customer_order(aif_customer_reader_t *r,
    const aif_json_t *json, aif_json_type_e type, const aif_str_t *value);
static int aif_customer_field(aif_customer_reader_t *r, aif_str_t *field,
    unsigned number, aif_json_type_e type, const aif_str_t *value);
static int aif_customer_ordered(aif_customer_reader_t *r);
static int aif_customer_review(aif_customer_reader_t *r, aif_json_type_e type,
    const aif_str_t *value);
static int aif_customer_line(aif_customer_reader_t *r, const aif_buf_t *b);
static void aif_customer_folded(aif_buf_t *b, const aif_str_t *text);
static int aif_customer_text(aif_customer_reader_t *r);
static int aif_customer_fault(aif_customer_reader_t *r, int rc,
    const char *fault);


int
aif_customer_read(const u_char *data, size_t len, aif_arena_t *a,
    aif_customer_t *customer, const char **fault)
{
    int                    rc;
    aif_customer_reader_t  r;

    memset(customer, 0, sizeof(aif_customer_t));
    memset(&r, 0, sizeof(aif_customer_reader_t));

    r.arena = a;
    r.customer = customer;
    r.lines = aif_arena_alloc(a, 2 * AIF_CUSTOMER_MAX_ITEMS
                                 * sizeof(aif_str_t));
    if (r.lines == NULL) {
        return AIF_NOMEM;
    }

    rc = aif_json_read(data, len, a, aif_customer_value, &r);

    if (rc == AIF_MORE) {
        rc = AIF_BAD;
    }

    if (rc == AIF_BAD && r.fault == NULL) {
        r.fault = "the body is not JSON";
    }

    if (rc == AIF_LIMIT && r.fault == NULL) {
        r.fault = "the body is too deep";
    }

    if (rc == AIF_OK) {
        rc = aif_customer_text(&r);
    }

    *fault = r.fault;

    return rc;
}


static int
aif_customer_value(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_customer_reader_t *r = ctx;

    unsigned  depth;

    depth = aif_json_depth(json);

    if (depth == 0) {

        if (type != AIF_JSON_OBJECT && type != AIF_JSON_END) {
            return aif_customer_fault(r, AIF_BAD,
                                      "the body must be an object");
        }

        return AIF_OK;
    }

    if (depth == 1) {
        return aif_customer_member(r, json, type, value);
    }

    if (aif_json_at(json, "reviews.*")) {
        return aif_customer_review(r, type, value);
    }

    if (aif_json_at(json, "orders.*")) {

        if (type == AIF_JSON_OBJECT) {
            memset(&r->order, 0, sizeof(aif_customer_order_t));
            return AIF_OK;
        }

        if (type == AIF_JSON_END) {
            return aif_customer_ordered(r);
        }

        return aif_customer_fault(r, AIF_BAD, "an order must be an object");
    }

    if (depth == 3 && aif_json_at(json, "orders.*.*")) {
        return aif_customer_order(r, json, type, value);
    }

    return AIF_OK;
}


static int
aif_customer_member(aif_customer_reader_t *r, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    if (aif_json_at(json, "id")) {
        return aif_customer_id(r, type, value);
    }

    if (type == AIF_JSON_ARRAY || type == AIF_JSON_END) {
        return AIF_OK;
    }

    if (aif_json_at(json, "orders")) {
        return aif_customer_fault(r, AIF_BAD, "\"orders\" must be an array");
    }

    if (aif_json_at(json, "reviews")) {
        return aif_customer_fault(r, AIF_BAD, "\"reviews\" must be an array");
    }

    return AIF_OK;
}


static int
aif_customer_id(aif_customer_reader_t *r, aif_json_type_e type,
    const aif_str_t *value)
{
    uint64_t  n;

    if (type != AIF_JSON_STRING
        && (type != AIF_JSON_NUMBER || !aif_json_uint(value, &n)))
    {
        return aif_customer_fault(r, AIF_BAD,
                                  "\"id\" must be a string or a whole number");
    }

    if (value->len == 0 || value->len > AIF_CUSTOMER_MAX_ID) {
        return aif_customer_fault(r, AIF_LIMIT,
                                  "\"id\" must have 1 to 256 bytes");
    }

    r->customer->id.len = value->len;
    r->customer->id.data = aif_arena_dup(r->arena, value->data, value->len);

    return r->customer->id.data ? AIF_OK : AIF_NOMEM;
}


static int
aif_customer_order(aif_customer_reader_t *r, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value)
{
    if (aif_json_at(json, "orders.*.title")) {
        return aif_customer_field(r, &r->order.title, 0, type, value);
    }

    if (aif_json_at(json, "orders.*.category")) {
        return aif_customer_field(r, &r->order.category, 0, type, value);
    }

    if (aif_json_at(json, "orders.*.price")) {
        return aif_customer_field(r, &r->order.price, 1, type, value);
    }

    return AIF_OK;
}


static int
aif_customer_field(aif_customer_reader_t *r, aif_str_t *field, unsigned number,
    aif_json_type_e type, const aif_str_t *value)
{
    if (type == AIF_JSON_NULL) {
        return AIF_OK;
    }

    if (type != AIF_JSON_STRING && !(number && type == AIF_JSON_NUMBER)) {
        return aif_customer_fault(r, AIF_BAD, "of an order \"title\" and "
                                  "\"category\" must be strings, \"price\" a "
                                  "number or a string");
    }

    if (value->len > AIF_CUSTOMER_MAX_FIELD) {
        return aif_customer_fault(r, AIF_LIMIT, "of an order each member must "
                                  "have at most 1000 bytes");
    }

    field->len = value->len;
    field->data = aif_arena_dup(r->arena, value->data, value->len);

    return field->data || field->len == 0 ? AIF_OK : AIF_NOMEM;
}


static int
aif_customer_ordered(aif_customer_reader_t *r)
{
    aif_buf_t              b;
    aif_customer_order_t  *order;

    if (r->customer->norders == AIF_CUSTOMER_MAX_ITEMS) {
        return aif_customer_fault(r, AIF_LIMIT,
                                  "there must be at most 1000 orders");
    }

    r->customer->norders++;
    order = &r->order;

    if (order->title.len == 0 && order->category.len == 0) {
        return AIF_OK;
    }

    aif_buf_init(&b, r->arena, 64);
    aif_buf_literal(&b, "Bought: ");
    aif_customer_folded(&b, &order->title);

    if (order->category.len) {
        aif_buf_literal(&b, " (");
        aif_customer_folded(&b, &order->category);
        aif_buf_byte(&b, ')');
    }

    if (order->price.len) {
        aif_buf_literal(&b, ", ");
        aif_customer_folded(&b, &order->price);
    }

    return aif_customer_line(r, &b);
}


static int
aif_customer_review(aif_customer_reader_t *r, aif_json_type_e type,
    const aif_str_t *value)
{
    aif_buf_t  b;

    if (type != AIF_JSON_STRING) {
        return aif_customer_fault(r, AIF_BAD, "a review must be a string");
    }

    if (value->len > AIF_CUSTOMER_MAX_REVIEW) {
        return aif_customer_fault(r, AIF_LIMIT, "a review must have at most "
                                  "10000 bytes");
    }

    if (r->customer->nreviews == AIF_CUSTOMER_MAX_ITEMS) {
        return aif_customer_fault(r, AIF_LIMIT,
                                  "there must be at most 1000 reviews");
    }

    r->customer->nreviews++;

    aif_buf_init(&b, r->arena, 64);
    aif_buf_literal(&b, "Wrote: ");
    aif_customer_folded(&b, value);

    return aif_customer_line(r, &b);
}


static int
aif_customer_line(aif_customer_reader_t *r, const aif_buf_t *b)
{
    if (b->failed) {
        return AIF_NOMEM;
    }

    r->lines[r->nlines].data = b->data;
    r->lines[r->nlines].len = b->len;
    r->nlines++;

    return AIF_OK;
}


/* on one line: control characters, angle brackets and blanks are a blank */

static void
aif_customer_folded(aif_buf_t *b, const aif_str_t *text)
{
    size_t    i;
    unsigned  blank;

    blank = 1;

    for (i = 0; i < text->len; i++) {

        if (text->data[i] > 0x20 && text->data[i] != 0x7f
            && text->data[i] != '<' && text->data[i] != '>')
        {
            aif_buf_byte(b, text->data[i]);
            blank = 0;

        } else if (!blank) {
            aif_buf_byte(b, ' ');
            blank = 1;
        }
    }
}


/* The last lines that fit, in their order. */

static int
aif_customer_text(aif_customer_reader_t *r)
{
    size_t      i, len, first;
    aif_buf_t   b;
    aif_str_t  *line;

    if (r->customer->id.len == 0) {
        return aif_customer_fault(r, AIF_BAD, "\"id\" is missing");
    }

    len = 0;

    for (first = r->nlines; first > 0; first--) {

        line = &r->lines[first - 1];

        if (len + line->len + 1 > AIF_CUSTOMER_MAX_TEXT) {
            break;
        }

        len += line->len + 1;
    }

    if (r->nlines == 0) {
        return aif_customer_fault(r, AIF_BAD, "there must be an order with a "
                                  "title or a category, or a review");
    }

    if (len == 0) {

        /* one that is too long alone is the only one that is cut */

        first = r->nlines - 1;
        line = &r->lines[first];
        line->len = AIF_CUSTOMER_MAX_TEXT - 1;

        while (line->len && (line->data[line->len] & 0xc0) == 0x80) {
            line->len--;
        }
    }

    aif_buf_init(&b, r->arena, len + 1);

    for (i = first; i < r->nlines; i++) {
        aif_buf_append(&b, r->lines[i].data, r->lines[i].len);
        aif_buf_byte(&b, '\n');
    }

    r->customer->text.data = b.data;
    r->customer->text.len = b.len;

    return b.failed ? AIF_NOMEM : AIF_OK;
}


static int
aif_customer_fault(aif_customer_reader_t *r, int rc, const char *fault)
{
    r->fault = fault;

    return rc;
}
