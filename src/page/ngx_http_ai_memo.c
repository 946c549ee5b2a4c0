
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Page memo: what a worker made of a page, for the next time it sees the very
 * same bytes.  Most pages of a shop are the same for everybody; to read, look
 * up and write them anew costs several times what it costs to compare them.
 *
 * The bytes are compared, not a hash of them: a memo can be missed, it can't
 * be wrong.  It is for complete pages only, of one location and locale, and
 * holds while no text of the store has changed, at most
 * NGX_HTTP_AI_MEMO_TIME: then the texts are looked up again, which also tells
 * the store that they are in use and finds those that grew stale.
 */


#include "ngx_http_ai_filter_module.h"
#include "core/aif_digest.h"


#define NGX_HTTP_AI_MEMO_SLOTS  256                   /* a power of two */
#define NGX_HTTP_AI_MEMO_BYTES  (32 * 1024 * 1024)    /* per worker */
#define NGX_HTTP_AI_MEMO_TIME   2000                  /* ms */

#define ngx_http_ai_memo_size(memo)                                           \
    ((memo)->page_len + (memo)->out_len + (memo)->identity_len)


typedef struct {
    uint64_t                 key;
    ngx_http_ai_loc_conf_t  *conf;
    ngx_uint_t               locale;
    ngx_http_ai_form_e       form;
    ngx_atomic_uint_t        generation;
    ngx_msec_t               until;
    const aif_charset_t     *charset;      /* the header's */
    ngx_uint_t               fragments;
    ngx_uint_t               hits;
    ngx_uint_t               reason;       /* why some texts stayed */
    ngx_uint_t               letters;
    uint64_t                 digest;       /* of the new page */
    size_t                   page_len;
    size_t                   out_len;
    size_t                   identity_len;
    u_char                  *data;         /* all three, one after another */
} ngx_http_ai_memo_t;


static uint64_t ngx_http_ai_memo_key(ngx_http_ai_ctx_t *ctx);
static ngx_int_t ngx_http_ai_memo_words(ngx_http_ai_ctx_t *ctx);
static ngx_http_ai_memo_t *ngx_http_ai_memo_find(ngx_http_ai_ctx_t *ctx);
static void ngx_http_ai_memo_drop(ngx_http_ai_memo_t *memo);


static ngx_http_ai_memo_t  ngx_http_ai_memos[NGX_HTTP_AI_MEMO_SLOTS];
static size_t              ngx_http_ai_memo_bytes;


/* where to look; what is found there is compared */

static uint64_t
ngx_http_ai_memo_key(ngx_http_ai_ctx_t *ctx)
{
    uint64_t             key;
    ngx_http_request_t  *r;

    r = ctx->request;

    key = aif_digest(r->uri.data, r->uri.len)
          + 3 * aif_digest(r->args.data, r->args.len)
          + 5 * aif_digest(r->headers_in.server.data, r->headers_in.server.len)
          + 11 * aif_digest(ctx->identity.data, ctx->identity.len)
          + ctx->choice.index * 0x9e3779b97f4a7c15ull;

    return key ^ key >> 32;
}


static ngx_http_ai_memo_t *
ngx_http_ai_memo_find(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_memo_t       *memo;
    ngx_http_ai_main_conf_t  *amcf;

    memo = &ngx_http_ai_memos[ctx->memo_key & (NGX_HTTP_AI_MEMO_SLOTS - 1)];

    if (memo->data == NULL || memo->key != ctx->memo_key
        || memo->conf != ctx->conf || memo->locale != ctx->choice.index
        || memo->form != ctx->form)
    {
        return NULL;
    }

    amcf = ngx_http_get_module_main_conf(ctx->request,
                                         ngx_http_ai_filter_module);

    if (memo->generation != ngx_ai_store_generation(amcf->store)
        || (ngx_msec_int_t) (memo->until - ngx_current_msec) <= 0)
    {
        return NULL;
    }

    return memo;
}


/* who typed other words sees another page, whatever the shop was asked */

static ngx_int_t
ngx_http_ai_memo_words(ngx_http_ai_ctx_t *ctx)
{
    u_char     *p;
    ngx_str_t   words, identity;

    words = ngx_http_ai_query_words(ctx->request);

    if (words.len == 0) {
        return NGX_OK;
    }

    identity.len = words.len + 1 + ctx->identity.len;
    identity.data = ngx_pnalloc(ctx->request->pool, identity.len);
    if (identity.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(identity.data, words.data, words.len);
    *p++ = '\0';
    ngx_memcpy(p, ctx->identity.data, ctx->identity.len);

    ctx->identity = identity;

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_memo_start(ngx_http_ai_ctx_t *ctx)
{
    if (ngx_http_ai_memo_words(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    /* a shadow's page has no edits: it is nobody's */

    if (ctx->shadow) {
        return NGX_OK;
    }

    ctx->memo_key = ngx_http_ai_memo_key(ctx);
    ctx->deferred = (ngx_http_ai_memo_find(ctx) != NULL);

    return NGX_OK;
}


ngx_int_t
ngx_http_ai_memo_use(ngx_http_ai_ctx_t *ctx)
{
    ngx_http_ai_memo_t  *memo;

    memo = ngx_http_ai_memo_find(ctx);

    if (memo == NULL || memo->page_len != ctx->page.len
        || memo->charset != ctx->charset
        || memo->identity_len != ctx->identity.len
        || ngx_memcmp(memo->data, ctx->page.data, memo->page_len) != 0
        || ngx_memcmp(memo->data + memo->page_len + memo->out_len,
                      ctx->identity.data, ctx->identity.len) != 0
        || ngx_http_ai_buffer_reserve(&ctx->out, memo->out_len) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(ctx->out.data, memo->data + memo->page_len, memo->out_len);

    ctx->out.len = memo->out_len;
    ctx->digest = memo->digest;
    ctx->fragments = memo->fragments;
    ctx->hits = memo->hits;
    ctx->letters = memo->letters;
    ctx->letters_hit = memo->letters;
    ctx->misses = 0;
    ctx->status = NGX_AI_STATUS_HIT;
    ctx->reason = memo->reason;

    if (ctx->source && ctx->hits == 0) {
        ctx->status = NGX_AI_STATUS_BYPASS;
    }

    return NGX_OK;
}


/*
 * The generation is that of before the look-up: what was stored since is in
 * the page or not, and the next request is to see.
 */

void
ngx_http_ai_memo_keep(ngx_http_ai_ctx_t *ctx)
{
    size_t                 size;
    ngx_uint_t             i;
    ngx_http_ai_memo_t    *memo;
    ngx_http_ai_buffer_t  *page;

    page = ngx_http_ai_page_native(ctx);
    size = page->len + ctx->out.len + ctx->identity.len;

    if (ctx->shadow || ctx->misses || ctx->stale
        || size > NGX_HTTP_AI_MEMO_BYTES / 4)
    {
        return;
    }

    memo = &ngx_http_ai_memos[ctx->memo_key & (NGX_HTTP_AI_MEMO_SLOTS - 1)];

    /* what is seen once need not be kept: the slot remembers the key first */

    if (memo->key != ctx->memo_key) {
        ngx_http_ai_memo_drop(memo);
        memo->key = ctx->memo_key;
        return;
    }

    if (memo->data == NULL
        || ngx_http_ai_memo_size(memo) != size)
    {
        ngx_http_ai_memo_drop(memo);

        if (ngx_http_ai_memo_bytes + size > NGX_HTTP_AI_MEMO_BYTES) {
            for (i = 0; i < NGX_HTTP_AI_MEMO_SLOTS; i++) {
                ngx_http_ai_memo_drop(&ngx_http_ai_memos[i]);
            }
        }

        memo->data = ngx_alloc(size, ngx_cycle->log);
        if (memo->data == NULL) {
            return;
        }

        ngx_http_ai_memo_bytes += size;
    }

    memo->key = ctx->memo_key;
    memo->conf = ctx->conf;
    memo->locale = ctx->choice.index;
    memo->form = ctx->form;
    memo->generation = ctx->generation;
    memo->until = ngx_current_msec + NGX_HTTP_AI_MEMO_TIME;
    memo->charset = ctx->charset;
    memo->fragments = ctx->fragments;
    memo->hits = ctx->hits;
    memo->reason = ctx->reason;
    memo->letters = ctx->letters;
    memo->digest = ctx->digest;
    memo->page_len = page->len;
    memo->out_len = ctx->out.len;
    memo->identity_len = ctx->identity.len;

    ngx_memcpy(memo->data, page->data, page->len);
    ngx_memcpy(memo->data + page->len, ctx->out.data, ctx->out.len);
    ngx_memcpy(memo->data + page->len + ctx->out.len, ctx->identity.data,
               ctx->identity.len);
}


static void
ngx_http_ai_memo_drop(ngx_http_ai_memo_t *memo)
{
    if (memo->data) {
        ngx_http_ai_memo_bytes -= ngx_http_ai_memo_size(memo);
        ngx_free(memo->data);
        memo->data = NULL;
    }
}


void
ngx_http_ai_memo_exit(void)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_AI_MEMO_SLOTS; i++) {
        ngx_http_ai_memo_drop(&ngx_http_ai_memos[i]);
    }
}
