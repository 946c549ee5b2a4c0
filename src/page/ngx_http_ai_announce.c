
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * In which locales the pages of a host are announced to search engines.
 *
 * A locale is announced at an address from the day that most of the page was
 * there in it, and then stays announced, whatever a new paragraph does to it:
 * search engines don't like what comes and goes.  It is one record in the
 * store for each (host, path, locale), of a kind of its own, which no recipe
 * makes stale; those that nobody asks for go like texts.  Addresses with
 * arguments have none: they are without number, and the client makes them up.
 */


#include "page/ngx_http_ai_announce.h"
#include "core/aif_key.h"


static ngx_ai_item_t *ngx_http_ai_announce_item(ngx_http_ai_announce_t *an,
    const aif_str_t *path, ngx_uint_t i);


ngx_int_t
ngx_http_ai_announce_init(ngx_http_request_t *r, const aif_seo_conf_t *conf,
    ngx_http_ai_announce_t *an)
{
    u_char                   *p;
    aif_str_t                 parts[3];
    ngx_uint_t                i;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ai_filter_module);

    an->store = amcf->store;
    an->locales = conf->site.locales;
    an->nlocales = conf->site.nlocales;
    an->log = r->connection->log;

    aif_str_set(&parts[0], "announce");
    parts[1] = an->locales[0];
    parts[2] = conf->base;

    /* of a person's kind: never stale */

    an->space.key = aif_key_prefix(&ngx_ai_store_state(an->store)->secret,
                                   parts, 3);
    an->space.recipe = 0;
    an->space.valid = 0;

    an->items = ngx_pcalloc(r->pool, an->nlocales * sizeof(ngx_ai_item_t));
    if (an->items == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < an->nlocales; i++) {

        p = ngx_pnalloc(r->pool, an->locales[i].len
                                 + NGX_HTTP_AI_ANNOUNCE_PATH);
        if (p == NULL) {
            return NGX_ERROR;
        }

        an->items[i].source.data = p;
        ngx_memcpy(p, an->locales[i].data, an->locales[i].len);
    }

    return NGX_OK;
}


ngx_uint_t
ngx_http_ai_announce_lookup(ngx_http_ai_announce_t *an, const aif_str_t *path,
    u_char *announced)
{
    u_char      *pos, room[NGX_HTTP_AI_ANNOUNCE_ROOM];
    ngx_uint_t   i, n;

    ngx_memzero(announced, an->nlocales);

    if (path->len > NGX_HTTP_AI_ANNOUNCE_PATH) {
        return 0;
    }

    for (i = 1; i < an->nlocales; i++) {
        (void) ngx_http_ai_announce_item(an, path, i);
    }

    /* their values are of one byte, and there may be many locales */

    for (i = 1; i < an->nlocales; i = n) {

        pos = room;
        n = ngx_min(i + NGX_HTTP_AI_ANNOUNCE_ROOM, an->nlocales);

        (void) ngx_ai_store_lookup(an->store, &an->space, an->items, i, n,
                                   &pos, room + sizeof(room));
    }

    for (i = 1, n = 0; i < an->nlocales; i++) {
        announced[i] = (an->items[i].value.data != NULL);
        n += announced[i];
    }

    return n;
}


void
ngx_http_ai_announce_put(ngx_http_ai_announce_t *an, const aif_str_t *path,
    ngx_uint_t i)
{
    ngx_ai_item_t     *item;

    static aif_str_t   yes = aif_string("1");

    if (path->len > NGX_HTTP_AI_ANNOUNCE_PATH) {
        return;
    }

    item = ngx_http_ai_announce_item(an, path, i);

    (void) ngx_ai_store_put(an->store, &an->space, item, &yes);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, an->log, 0, "ai announced \"%*s\"",
                   item->source.len, item->source.data);
}


static ngx_ai_item_t *
ngx_http_ai_announce_item(ngx_http_ai_announce_t *an, const aif_str_t *path,
    ngx_uint_t i)
{
    size_t          len;
    ngx_ai_item_t  *item;

    item = &an->items[i];
    len = an->locales[i].len;

    ngx_memcpy(item->source.data + len, path->data, path->len);
    item->source.len = len + path->len;

    item->hash = aif_key_hash(&an->space.key, item->source.data,
                              item->source.len);

    ngx_str_null(&item->value);

    return item;
}
