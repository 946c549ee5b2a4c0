
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Conditional and range headers of candidate requests.  They are about the
 * page that leaves, which the origin does not know, so they are taken off
 * before the origin sees them, and decided when the page is.  This file does
 * not make the answers 304 and 412: the header filter does.
 *
 * Taken off means really out of the list of headers: proxy_pass sends every
 * element, whatever its hash.  Elements can't be moved, since r->headers_in
 * and other modules point at them; the list is cut around them instead.
 */


#include "ngx_http_ai_filter_module.h"


typedef struct {
    ngx_str_t    name;
    size_t       offset;     /* of the pointer in r->headers_in */
} ngx_http_ai_conditional_t;


static ngx_uint_t ngx_http_ai_conditional_wanted(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf);
static ngx_uint_t ngx_http_ai_conditional_page(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_conditional_take(ngx_http_request_t *r);
static void ngx_http_ai_conditional_put_back(ngx_http_request_t *r,
    ngx_http_ai_record_t *record);
static ngx_http_ai_conditional_t *ngx_http_ai_conditional_find(
    ngx_table_elt_t *h);
static ngx_int_t ngx_http_ai_conditional_cut(ngx_list_t *l,
    ngx_list_part_t *prev, ngx_list_part_t *part, ngx_uint_t i);
static ngx_uint_t ngx_http_ai_conditional_match(ngx_http_request_t *r,
    ngx_http_ai_conditional_t *c, ngx_str_t *etag, ngx_uint_t weak,
    ngx_uint_t *found);
static ngx_uint_t ngx_http_ai_etag_listed(ngx_str_t *list, ngx_str_t *etag,
    ngx_uint_t weak);


#define ngx_http_ai_conditional_slot(r, c)                                    \
    ((ngx_table_elt_t **) ((char *) &(r)->headers_in + (c)->offset))


static ngx_http_ai_conditional_t  ngx_http_ai_if_match = {
    ngx_string("If-Match"),
    offsetof(ngx_http_headers_in_t, if_match)
};

static ngx_http_ai_conditional_t  ngx_http_ai_if_none_match = {
    ngx_string("If-None-Match"),
    offsetof(ngx_http_headers_in_t, if_none_match)
};

static ngx_http_ai_conditional_t  ngx_http_ai_if_modified_since = {
    ngx_string("If-Modified-Since"),
    offsetof(ngx_http_headers_in_t, if_modified_since)
};

static ngx_http_ai_conditional_t  ngx_http_ai_if_unmodified_since = {
    ngx_string("If-Unmodified-Since"),
    offsetof(ngx_http_headers_in_t, if_unmodified_since)
};

static ngx_http_ai_conditional_t  ngx_http_ai_range = {
    ngx_string("Range"),
    offsetof(ngx_http_headers_in_t, range)
};

static ngx_http_ai_conditional_t  ngx_http_ai_if_range = {
    ngx_string("If-Range"),
    offsetof(ngx_http_headers_in_t, if_range)
};

static ngx_http_ai_conditional_t  *ngx_http_ai_conditionals[] = {
    &ngx_http_ai_if_match,
    &ngx_http_ai_if_none_match,
    &ngx_http_ai_if_modified_since,
    &ngx_http_ai_if_unmodified_since,
    &ngx_http_ai_range,
    &ngx_http_ai_if_range,
    NULL
};


/*
 * Whatever goes wrong here, the request goes on: the worst that can come of
 * it is that the origin answers 304 or 206, which pass untouched.
 */

ngx_int_t
ngx_http_ai_conditional_handler(ngx_http_request_t *r)
{
    ngx_int_t                rc;
    ngx_http_ai_record_t    *record;
    ngx_http_ai_loc_conf_t  *alcf;

    /* subrequests have a copy of the list that is cut already */

    if (r != r->main) {
        return NGX_DECLINED;
    }

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ai_filter_module);

    rc = ngx_http_ai_prefix_door(r, ngx_http_ai_switch(r, &alcf->filter));
    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_DECLINED;
    }

    if (ngx_http_ai_conditional_wanted(r, alcf)) {

        if (ngx_http_ai_conditional_take(r) != NGX_OK) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "ai filter has no memory to take conditional "
                          "headers off");
        }

        return NGX_DECLINED;
    }

    record = ngx_http_ai_record_get(r);

    if (record && record->saved) {
        ngx_http_ai_conditional_put_back(r, record);
    }

    return NGX_DECLINED;
}


/* The cheap question first: most requests carry none of these headers. */

static ngx_uint_t
ngx_http_ai_conditional_wanted(ngx_http_request_t *r,
    ngx_http_ai_loc_conf_t *alcf)
{
    ngx_uint_t                   reason;
    ngx_http_ai_choice_t         choice;
    ngx_http_ai_record_t        *record;
    ngx_http_ai_conditional_t  **c;

    for (c = ngx_http_ai_conditionals; *c; c++) {
        if (*ngx_http_ai_conditional_slot(r, *c) != NULL) {
            goto ask;
        }
    }

    record = ngx_http_ai_record_get(r);

    if (record == NULL || record->saved == NULL) {
        return 0;
    }

ask:

    /* what is only watched (shadow) must reach the origin as it came */

    if (ngx_http_ai_switch(r, &alcf->filter) != NGX_HTTP_AI_ON) {
        return 0;
    }

    if (!ngx_http_ai_conditional_page(r)) {
        return 0;
    }

    return ngx_http_ai_site_expected(r, alcf)
           || ngx_http_ai_filter_candidate(r, alcf, &choice, &reason)
           || (reason == NGX_AI_REASON_locale
               && (ngx_http_ai_generate_source(r, alcf)
                   || ngx_http_ai_seo_expected(r, alcf, &choice)));
}


/*
 * Whether the client can mean a page.  Images, scripts and films of the same
 * location keep their conditions and ranges: a player without ranges stops.
 * Browsers say what they ask for in Sec-Fetch-Dest (Fetch Metadata), on plain
 * HTTP only in Accept.  A page taken for something else is no harm: it comes
 * whole from the origin, or as its 206, which passes.
 */

static ngx_uint_t
ngx_http_ai_conditional_page(ngx_http_request_t *r)
{
    ngx_uint_t        i;
    ngx_table_elt_t  *h;

    static ngx_str_t  assets[] = {
        ngx_string("image/"), ngx_string("video/"), ngx_string("audio/"),
        ngx_string("font/"), ngx_string("text/css"),
        ngx_string("application/font"), ngx_null_string
    };

    h = ngx_http_ai_field_find(&r->headers_in.headers, "Sec-Fetch-Dest");

    if (h) {
        return ngx_strcasecmp(h->value.data, (u_char *) "document") == 0
               || ngx_strcasecmp(h->value.data, (u_char *) "iframe") == 0
               || ngx_strcasecmp(h->value.data, (u_char *) "frame") == 0
               || ngx_strcasecmp(h->value.data, (u_char *) "empty") == 0;
    }

    h = ngx_http_ai_field_find(&r->headers_in.headers, "Accept");

    if (h == NULL) {
        return 1;
    }

    for (i = 0; assets[i].len; i++) {
        if (h->value.len >= assets[i].len
            && ngx_strncasecmp(h->value.data, assets[i].data, assets[i].len)
               == 0)
        {
            return 0;
        }
    }

    /* without better knowledge a range of "x.mp4" is no page's */

    return r->headers_in.range == NULL
           || r->exten.len == 0
           || ngx_strncasecmp(r->exten.data, (u_char *) "htm", 3) == 0
           || ngx_strncasecmp(r->exten.data, (u_char *) "php", 3) == 0
           || ngx_strcasestrn(h->value.data, "text/html", 9 - 1) != NULL;
}


/*
 * "prev" is the part before "part"; an element that is taken off may take its
 * part with it, or leave what follows it in the same place.
 */

static ngx_int_t
ngx_http_ai_conditional_take(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_list_t                 *l;
    ngx_list_part_t            *part, *prev;
    ngx_table_elt_t            *h, *saved;
    ngx_http_ai_record_t       *record;
    ngx_http_ai_conditional_t  *c;

    record = NULL;
    prev = NULL;
    i = 0;

    l = &r->headers_in.headers;
    part = &l->part;

    for ( ;; ) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            prev = part;
            part = part->next;
            i = 0;
            continue;
        }

        h = part->elts;
        h += i;

        c = ngx_http_ai_conditional_find(h);

        if (c == NULL) {
            i++;
            continue;
        }

        if (record == NULL) {
            record = ngx_http_ai_record_make(r);
            if (record == NULL) {
                return NGX_ERROR;
            }

            if (record->saved == NULL) {
                record->saved = ngx_array_create(r->pool, 2,
                                                 sizeof(ngx_table_elt_t));
                if (record->saved == NULL) {
                    return NGX_ERROR;
                }
            }
        }

        saved = ngx_array_push(record->saved);
        if (saved == NULL) {
            return NGX_ERROR;
        }

        *saved = *h;

        if (ngx_http_ai_conditional_cut(l, prev, part, i) != NGX_OK) {
            record->saved->nelts--;
            return NGX_ERROR;
        }

        *ngx_http_ai_conditional_slot(r, c) = NULL;

        /*
         * In the place of "part" there is now what is left of it, cut behind
         * i, or the part that followed it, or nothing if it was the last.
         */

        if (prev && prev->next != part) {

            part = prev->next;
            i = 0;

            if (part == NULL) {
                break;
            }
        }
    }

    return NGX_OK;
}


static ngx_http_ai_conditional_t *
ngx_http_ai_conditional_find(ngx_table_elt_t *h)
{
    ngx_http_ai_conditional_t  **c;

    /* each of the names begins with an "i" or an "r" */

    if (h->key.len < 5 || ((h->key.data[0] | 0x20) != 'i'
                           && (h->key.data[0] | 0x20) != 'r'))
    {
        return NULL;
    }

    for (c = ngx_http_ai_conditionals; *c; c++) {

        if ((*c)->name.len == h->key.len
            && ngx_strncasecmp((*c)->name.data, h->key.data, h->key.len) == 0)
        {
            return *c;
        }
    }

    return NULL;
}


/*
 * Takes element i out of the list without moving another one and without
 * leaving an empty part, which loops over lists don't expect anywhere but at
 * the start.  What is cut leaves less room in a part than list->nalloc says,
 * so the last part is declared full: the next ngx_list_push() allocates.
 */

static ngx_int_t
ngx_http_ai_conditional_cut(ngx_list_t *l, ngx_list_part_t *prev,
    ngx_list_part_t *part, ngx_uint_t i)
{
    ngx_list_part_t  *next, *tail;

    next = part->next;

    if (part->nelts == 1) {

        if (prev) {
            prev->next = next;

            if (l->last == part) {
                l->last = prev;
            }

        } else if (next) {
            l->part = *next;

            if (l->last == next) {
                l->last = &l->part;
            }

        } else {
            part->nelts = 0;
        }

    } else if (i == 0) {
        part->elts = (char *) part->elts + l->size;
        part->nelts--;

    } else if (i == part->nelts - 1) {
        part->nelts--;

    } else {
        tail = ngx_palloc(l->pool, sizeof(ngx_list_part_t));
        if (tail == NULL) {
            return NGX_ERROR;
        }

        tail->elts = (char *) part->elts + (i + 1) * l->size;
        tail->nelts = part->nelts - i - 1;
        tail->next = next;

        part->nelts = i;
        part->next = tail;

        if (l->last == part) {
            l->last = tail;
        }
    }

    /* of an empty list there is the place of the one element that went */

    l->nalloc = ngx_max(l->last->nelts, 1);

    return NGX_OK;
}


static void
ngx_http_ai_conditional_put_back(ngx_http_request_t *r,
    ngx_http_ai_record_t *record)
{
    ngx_uint_t                  i;
    ngx_table_elt_t            *h, *saved, **slot;
    ngx_http_ai_conditional_t  *c;

    saved = record->saved->elts;

    for (i = 0; i < record->saved->nelts; i++) {

        h = ngx_list_push(&r->headers_in.headers);
        if (h == NULL) {
            break;
        }

        *h = saved[i];
#if (nginx_version >= 1023000)
        h->next = NULL;
#endif

        c = ngx_http_ai_conditional_find(h);
        if (c == NULL) {
            continue;
        }

        slot = ngx_http_ai_conditional_slot(r, c);
#if (nginx_version >= 1023000)
        while (*slot) {
            slot = &(*slot)->next;
        }
#endif

        /* before 1.23 the first of several counts, as nginx has it */

        if (*slot == NULL) {
            *slot = h;
        }
    }

    record->saved = NULL;
}


/* what nginx's own filter would have done, had it seen the headers */

ngx_uint_t
ngx_http_ai_conditional_asset(ngx_http_request_t *r)
{
    time_t                     since;
    ngx_uint_t                 found, listed;
    ngx_str_t                  etag;
    ngx_table_elt_t           *h;
    ngx_http_ai_record_t      *record;
    ngx_http_core_loc_conf_t  *clcf;

    record = ngx_http_ai_record_get(r);

    if (record == NULL || record->saved == NULL) {
        return 0;
    }

    ngx_http_ai_conditional_put_back(r, record);

    if (r->headers_out.status != NGX_HTTP_OK) {
        return 0;
    }

    ngx_str_null(&etag);

    if (r->headers_out.etag) {
        etag = r->headers_out.etag->value;
    }

    listed = ngx_http_ai_conditional_match(r, &ngx_http_ai_if_none_match,
                                           &etag, 1, &found);
    if (found) {
        return listed && etag.len;
    }

    h = r->headers_in.if_modified_since;
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (h == NULL || r->headers_out.last_modified_time == (time_t) -1
        || clcf->if_modified_since == NGX_HTTP_IMS_OFF)
    {
        return 0;
    }

    since = ngx_parse_http_time(h->value.data, h->value.len);

    return since == r->headers_out.last_modified_time
           || (since != NGX_ERROR
               && clcf->if_modified_since == NGX_HTTP_IMS_BEFORE
               && since > r->headers_out.last_modified_time);
}


ngx_uint_t
ngx_http_ai_conditional_not_modified(ngx_http_request_t *r, ngx_str_t *etag)
{
    ngx_uint_t  found;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return 0;
    }

    return ngx_http_ai_conditional_match(r, &ngx_http_ai_if_none_match, etag,
                                         1, &found);
}


/* RFC 9110 13.1.1: If-Match wants the strong comparison. */

ngx_uint_t
ngx_http_ai_conditional_failed(ngx_http_request_t *r, ngx_str_t *etag)
{
    ngx_uint_t  found, listed;

    listed = ngx_http_ai_conditional_match(r, &ngx_http_ai_if_match, etag, 0,
                                           &found);

    return found && !listed;
}


/*
 * The saved headers, or those that the request still has: a page made in the
 * rewrite phase ("return 200") has not come through our handler.
 */

static ngx_uint_t
ngx_http_ai_conditional_match(ngx_http_request_t *r,
    ngx_http_ai_conditional_t *c, ngx_str_t *etag, ngx_uint_t weak,
    ngx_uint_t *found)
{
    ngx_uint_t             i;
    ngx_table_elt_t       *h;
    ngx_http_ai_record_t  *record;

    *found = 0;

    record = ngx_http_ai_record_get(r);

    if (record && record->saved) {

        h = record->saved->elts;

        for (i = 0; i < record->saved->nelts; i++) {

            if (ngx_http_ai_conditional_find(&h[i]) != c) {
                continue;
            }

            *found = 1;

            if (ngx_http_ai_etag_listed(&h[i].value, etag, weak)) {
                return 1;
            }
        }
    }

    h = *ngx_http_ai_conditional_slot(r, c);

    while (h) {
        *found = 1;

        if (ngx_http_ai_etag_listed(&h->value, etag, weak)) {
            return 1;
        }

#if (nginx_version >= 1023000)
        h = h->next;
#else
        break;
#endif
    }

    return 0;
}


/*
 * A list of entity tags, RFC 9110 8.8.3: [ "W/" ] DQUOTE *etagc DQUOTE.  A
 * comma may be inside the quotes.  What can't be read is skipped to the next
 * comma.
 */

static ngx_uint_t
ngx_http_ai_etag_listed(ngx_str_t *list, ngx_str_t *etag, ngx_uint_t weak)
{
    size_t       len;
    u_char      *p, *end, *tag, *own;
    ngx_uint_t   is_weak, own_weak;

    own = etag->data;
    len = etag->len;
    own_weak = 0;

    if (len >= 2 && own[0] == 'W' && own[1] == '/') {
        own += 2;
        len -= 2;
        own_weak = 1;
    }

    p = list->data;
    end = p + list->len;

    while (end > p && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    if (end - p == 1 && *p == '*') {
        return 1;
    }

    while (p < end) {

        if (*p == ' ' || *p == '\t' || *p == ',') {
            p++;
            continue;
        }

        is_weak = 0;

        if (end - p > 2 && p[0] == 'W' && p[1] == '/') {
            p += 2;
            is_weak = 1;
        }

        tag = p;

        if (*p == '"') {

            for (p++; p < end && *p != '"'; p++) { /* void */ }

            if (p == end) {
                return 0;
            }

            p++;

            if ((size_t) (p - tag) == len
                && ngx_memcmp(tag, own, len) == 0
                && (weak || (!is_weak && !own_weak)))
            {
                return 1;
            }

            continue;
        }

        while (p < end && *p != ',') {
            p++;
        }
    }

    return 0;
}
