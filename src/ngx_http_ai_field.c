
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Header fields by name: found in the request, added to and dropped from the
 * answer, the same way in every version of nginx.
 */


#include "ngx_http_ai_filter_module.h"


static ngx_table_elt_t *ngx_http_ai_field_next(ngx_list_part_t **part,
    ngx_uint_t *i, const char *name);


ngx_table_elt_t *
ngx_http_ai_field_find(ngx_list_t *headers, const char *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;

    i = 0;
    part = &headers->part;

    return ngx_http_ai_field_next(&part, &i, name);
}


void
ngx_http_ai_field_drop(ngx_http_request_t *r, const char *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    i = 0;
    part = &r->headers_out.headers.part;

    for ( ;; ) {
        h = ngx_http_ai_field_next(&part, &i, name);

        if (h == NULL) {
            return;
        }

        h->hash = 0;
    }
}


ngx_table_elt_t *
ngx_http_ai_field_push(ngx_http_request_t *r, const char *name,
    ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = *value;
    h->lowcase_key = NULL;

    return h;
}


/* the next field of that name from *part and *i on, which then follow it */

static ngx_table_elt_t *
ngx_http_ai_field_next(ngx_list_part_t **part, ngx_uint_t *i, const char *name)
{
    size_t            len;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for ( ;; ) {

        if (*i >= (*part)->nelts) {

            if ((*part)->next == NULL) {
                return NULL;
            }

            *part = (*part)->next;
            *i = 0;
            continue;
        }

        h = (ngx_table_elt_t *) (*part)->elts + (*i)++;

        if (h->hash != 0 && h->key.len == len
            && ngx_strncasecmp(h->key.data, (u_char *) name, len) == 0)
        {
            return h;
        }
    }
}


ngx_uint_t
ngx_http_ai_field_is_type(ngx_http_request_t *r, const char *type)
{
    size_t  len;

    len = ngx_strlen(type);

    return r->headers_out.content_type_len == len
           && r->headers_out.content_type.len >= len
           && ngx_strncasecmp(r->headers_out.content_type.data,
                              (u_char *) type, len)
              == 0;
}
