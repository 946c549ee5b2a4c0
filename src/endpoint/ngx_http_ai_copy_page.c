
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * From a page as a stranger got it to the facts that texts are made of.  Only
 * a whole page of a location that filters counts, in a charset that is known.
 */


#include "endpoint/ngx_http_ai_copy.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "core/aif_facts.h"


#define NGX_HTTP_AI_COPY_GONE  410


typedef struct {
    ngx_uint_t    status;            /* the page's; 0: any other */
    ngx_uint_t    answer;
    const char   *message;
} ngx_http_ai_copy_status_t;


static ngx_int_t ngx_http_ai_copy_decode(ngx_ai_read_t *page,
    aif_arena_t *arena, ngx_str_t *text);
static const aif_charset_t *ngx_http_ai_copy_charset(ngx_str_t *type);
static ngx_int_t ngx_http_ai_copy_convert(const aif_charset_t *charset,
    ngx_str_t *body, aif_arena_t *arena, ngx_str_t *text);


static ngx_http_ai_copy_status_t  ngx_http_ai_copy_statuses[] = {
    { NGX_HTTP_UNAUTHORIZED, NGX_HTTP_FORBIDDEN,
      "the page is not public: a stranger is not let in" },
    { NGX_HTTP_FORBIDDEN, NGX_HTTP_FORBIDDEN,
      "the page is not public: a stranger is not let in" },
    { NGX_HTTP_NOT_FOUND, NGX_HTTP_NOT_FOUND, "there is no such page" },
    { NGX_HTTP_AI_COPY_GONE, NGX_HTTP_NOT_FOUND, "there is no such page" },
    { NGX_HTTP_MOVED_PERMANENTLY, NGX_HTTP_AI_REPLY_UNPROCESSABLE,
      "the page is a redirect, \"url\" must be where it leads to" },
    { NGX_HTTP_MOVED_TEMPORARILY, NGX_HTTP_AI_REPLY_UNPROCESSABLE,
      "the page is a redirect, \"url\" must be where it leads to" },
    { NGX_HTTP_PERMANENT_REDIRECT, NGX_HTTP_AI_REPLY_UNPROCESSABLE,
      "the page is a redirect, \"url\" must be where it leads to" },
    { NGX_HTTP_TEMPORARY_REDIRECT, NGX_HTTP_AI_REPLY_UNPROCESSABLE,
      "the page is a redirect, \"url\" must be where it leads to" },
    { 0, NGX_HTTP_SERVICE_UNAVAILABLE, "the page could not be read" }
};


ngx_int_t
ngx_http_ai_copy_facts(ngx_ai_read_t *page, aif_arena_t *arena,
    aif_str_t *lines, ngx_uint_t *status, const char **message)
{
    int                         rc;
    ngx_int_t                   read;
    ngx_str_t                   text;
    aif_facts_t                *facts;
    aif_walk_handler_t          handler;
    ngx_http_ai_copy_status_t  *s;

    if (page->status != NGX_HTTP_OK) {

        for (s = ngx_http_ai_copy_statuses; s->status; s++) {
            if (s->status == page->status) {
                break;
            }
        }

        *status = s->answer;
        *message = s->message;

        return NGX_DECLINED;
    }

    if (!page->filtered) {
        *status = NGX_HTTP_FORBIDDEN;
        *message = "\"ai_filter\" is off where the page is";
        return NGX_DECLINED;
    }

    *status = NGX_HTTP_AI_REPLY_UNPROCESSABLE;

    read = ngx_http_ai_copy_decode(page, arena, &text);

    if (read != NGX_OK) {
        *message = "the page is no HTML in a charset that is known";
        return read;
    }

    facts = aif_facts_create(text.data, text.len, 0, arena);
    if (facts == NULL) {
        return NGX_ERROR;
    }

    handler = aif_facts_handler(facts);

    if (aif_walk(text.data, text.len, NULL, &handler, 1, arena) != AIF_OK
        || aif_facts_read(facts) != AIF_OK)
    {
        return NGX_ERROR;
    }

    rc = aif_facts_write(facts, AIF_FACTS_ALL, AIF_FACTS_MAX_GROUPS, lines);

    *message = "the page has too few facts: a name and something more in "
               "JSON-LD, microdata or Open Graph, of one product";

    return rc == AIF_OK ? NGX_OK : rc == AIF_NOMEM ? NGX_ERROR : NGX_DECLINED;
}


static ngx_int_t
ngx_http_ai_copy_decode(ngx_ai_read_t *page, aif_arena_t *arena,
    ngx_str_t *text)
{
    const aif_charset_t  *charset;

    if (page->type.len < 9
        || ngx_strncasecmp(page->type.data, (u_char *) "text/html", 9) != 0)
    {
        return NGX_DECLINED;
    }

    charset = ngx_http_ai_copy_charset(&page->type);

    switch (aif_charset_decide(charset, charset != NULL, page->body.data,
                               page->body.len))
    {

    case AIF_CHARSET_AS_UTF8:
    case AIF_CHARSET_AS_REFERENCES:
        text->len = page->body.len;
        text->data = aif_arena_dup(arena, page->body.data, page->body.len);
        return text->data ? NGX_OK : NGX_ERROR;

    case AIF_CHARSET_CONVERT:
        return ngx_http_ai_copy_convert(charset, &page->body, arena, text);

    default: /* AIF_CHARSET_UNCLEAR */
        return NGX_DECLINED;
    }
}


static const aif_charset_t *
ngx_http_ai_copy_charset(ngx_str_t *type)
{
    size_t   len;
    u_char  *p, *last;

    last = type->data + type->len;
    p = ngx_strlcasestrn(type->data, last, (u_char *) "charset=", 8 - 1);

    if (p == NULL) {
        return NULL;
    }

    p += 8;

    if (p < last && *p == '"') {
        p++;
    }

    for (len = 0; p + len < last; len++) {
        if (p[len] == ';' || p[len] == '"') {
            break;
        }
    }

    return aif_charset_find(p, len);
}


/* The converter has a table that is too large for the stack. */

static ngx_int_t
ngx_http_ai_copy_convert(const aif_charset_t *charset, ngx_str_t *body,
    aif_arena_t *arena, ngx_str_t *text)
{
    int                  rc;
    size_t               size;
    u_char              *dst;
    ngx_uint_t           i;
    const u_char        *src;
    aif_charset_conv_t  *conv;

    size = 3 * body->len + AIF_CHARSET_ROOM;

    conv = aif_arena_alloc(arena, sizeof(aif_charset_conv_t));
    text->data = aif_arena_alloc(arena, size);

    if (conv == NULL || text->data == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < 2 && charset->codes[i]; i++) {

        rc = aif_charset_open(conv, charset->codes[i]);

        if (rc == AIF_NOMEM) {
            return NGX_ERROR;
        }

        if (rc != AIF_OK) {
            continue;
        }

        aif_charset_start(conv);

        src = body->data;
        dst = text->data;

        rc = aif_charset_read(conv, &src, body->data + body->len, &dst,
                              text->data + size);

        aif_charset_close(conv);

        if (rc == AIF_OK) {
            text->len = dst - text->data;
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}
