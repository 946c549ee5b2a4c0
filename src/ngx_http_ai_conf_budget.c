
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What texts may cost: "price" and "budget" of the block "ai_engine", ai_scope,
 * and the accounts, one for each engine that a scope uses.
 */


#include "ngx_http_ai_conf.h"
#include "page/ngx_http_ai_reviews.h"


#define NGX_HTTP_AI_MAX_SCOPE  64      /* bytes of a scope's name */

/* bytes, of a call that is made to be measured */

#define NGX_HTTP_AI_CALL_BLOCK   16384
#define NGX_HTTP_AI_CALL_MEMORY  (1024 * 1024)


static char *ngx_http_ai_budget_number(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *value, size_t skip, uint64_t *number);
static ngx_ai_budget_t *ngx_http_ai_budget_find(ngx_ai_engine_t *engine,
    ngx_str_t *scope);
static char *ngx_http_ai_budget_enough(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    const aif_prompt_t *prompt);
static ngx_int_t ngx_http_ai_budget_least(ngx_ai_engine_t *engine,
    const aif_prompt_t *prompt, uint64_t *least);
static char *ngx_http_ai_budget_writers(ngx_conf_t *cf,
    ngx_http_ai_loc_conf_t *conf);


char *
ngx_http_ai_budget_price(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    ngx_int_t    n;
    ngx_str_t    price;
    uint64_t    *set;
    ngx_uint_t   i;

    if (engine->priced) {
        return "is duplicate";
    }

    engine->priced = 1;

    for (i = 0; i < cf->args->nelts - 1; i++) {

        price = value[i];

        if (ngx_strncmp(price.data, "input=", 6) == 0) {
            set = &engine->price_input;
            price.data += 6;
            price.len -= 6;

        } else if (ngx_strncmp(price.data, "output=", 7) == 0) {
            set = &engine->price_output;
            price.data += 7;
            price.len -= 7;

        } else {
            return "must have \"input=\" and \"output=\", of a million tokens";
        }

        n = ngx_atofp(price.data, price.len, 6);

        if (n == NGX_ERROR || (uint64_t) n > AIF_BUDGET_PRICE) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid price \"%V\" of engine \"%V\", it "
                               "must be a number such as \"0.15\", with at "
                               "most 6 decimals", &value[i], &engine->name);
            return NGX_CONF_ERROR;
        }

        *set = n;
    }

    return NGX_CONF_OK;
}


char *
ngx_http_ai_budget_set(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field)
{
    char             *rv;
    ngx_uint_t        i;
    ngx_ai_budget_t   budget, *b;

    ngx_memzero(&budget, sizeof(ngx_ai_budget_t));

    for (i = 0; i < cf->args->nelts - 1; i++) {

        rv = NGX_CONF_OK;

        if (ngx_strncmp(value[i].data, "day=", 4) == 0) {
            rv = ngx_http_ai_budget_number(cf, engine, &value[i], 4,
                                           &budget.limit[NGX_AI_WINDOW_DAY]);

        } else if (ngx_strncmp(value[i].data, "minute=", 7) == 0) {
            rv = ngx_http_ai_budget_number(cf, engine, &value[i], 7,
                                         &budget.limit[NGX_AI_WINDOW_MINUTE]);

        } else if (ngx_strncmp(value[i].data, "scope=", 6) == 0) {
            budget.scope.data = value[i].data + 6;
            budget.scope.len = value[i].len - 6;

        } else {
            return "must have \"day=\", \"minute=\" or both";
        }

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    if (budget.limit[NGX_AI_WINDOW_DAY] == 0
        && budget.limit[NGX_AI_WINDOW_MINUTE] == 0)
    {
        return "must have \"day=\", \"minute=\" or both";
    }

    if (engine->budgets == NULL) {
        engine->budgets = ngx_array_create(cf->pool, 2,
                                           sizeof(ngx_ai_budget_t));
        if (engine->budgets == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    b = ngx_http_ai_budget_find(engine, &budget.scope);

    if (b && (b->scope.data == NULL) == (budget.scope.data == NULL)) {
        return "is duplicate";
    }

    b = ngx_array_push(engine->budgets);
    if (b == NULL) {
        return NGX_CONF_ERROR;
    }

    *b = budget;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_budget_number(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, size_t skip, uint64_t *number)
{
    off_t  n;

    n = ngx_atoof(value->data + skip, value->len - skip);

    if (n == NGX_ERROR || n == 0 || (uint64_t) n > AIF_BUDGET_LIMIT) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid budget \"%V\" of engine \"%V\", it must "
                           "be a number from 1 to %uL", value, &engine->name,
                           AIF_BUDGET_LIMIT);
        return NGX_CONF_ERROR;
    }

    *number = n;

    return NGX_CONF_OK;
}


/* the scope's own, else that of all others, else NULL */

static ngx_ai_budget_t *
ngx_http_ai_budget_find(ngx_ai_engine_t *engine, ngx_str_t *scope)
{
    ngx_uint_t        i;
    ngx_ai_budget_t  *b, *other;

    if (engine->budgets == NULL) {
        return NULL;
    }

    b = engine->budgets->elts;
    other = NULL;

    for (i = 0; i < engine->budgets->nelts; i++) {

        if (b[i].scope.data == NULL) {
            other = &b[i];

        } else if (scope->data && b[i].scope.len == scope->len
                   && ngx_strncmp(b[i].scope.data, scope->data, scope->len)
                      == 0)
        {
            return &b[i];
        }
    }

    return other;
}


/*
 * What may be spent must be known before a call is sent: for chat services by
 * max_tokens.
 */

char *
ngx_http_ai_budget_done(ngx_conf_t *cf, ngx_ai_engine_t *engine)
{
    uint64_t  least;

    if (engine->characters) {
        return engine->price_output == 0 ? NGX_CONF_OK
               : "has an \"output\" price, but characters are paid by what is "
                 "sent";
    }

    if (ngx_http_ai_budget_least(engine, NULL, &least) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (engine->budgets && engine->conf.max_tokens == 0) {
        return "has a budget and must have \"max_tokens\", which bounds what "
               "an answer may cost";
    }

    return ngx_http_ai_budget_enough(cf, engine, NULL);
}


/* A budget that pays for no call would stop them all, silently. */

static char *
ngx_http_ai_budget_enough(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    const aif_prompt_t *prompt)
{
    uint64_t          least, limit;
    ngx_str_t        *name;
    ngx_uint_t        i, k;
    ngx_ai_budget_t  *b;

    static ngx_str_t  translate = ngx_string("translate");

    if (engine->budgets == NULL || engine->characters) {
        return NGX_CONF_OK;
    }

    if (ngx_http_ai_budget_least(engine, prompt, &least) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    name = prompt ? (ngx_str_t *) &prompt->name : &translate;
    b = engine->budgets->elts;

    for (i = 0; i < engine->budgets->nelts; i++) {
        for (k = 0; k < NGX_AI_WINDOWS; k++) {

            limit = b[i].limit[k];

            if (limit && limit < least) {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "budget of %uL tokens of engine \"%V\" is "
                                   "less than one call may cost, with this "
                                   "\"max_tokens\" and prompt \"%V\" at "
                                   "least %uL", limit, &engine->name, name,
                                   least);
                return NGX_CONF_ERROR;
            }
        }
    }

    return NGX_CONF_OK;
}


/* what a call with next to nothing in it is, and may cost */

static ngx_int_t
ngx_http_ai_budget_least(ngx_ai_engine_t *engine, const aif_prompt_t *prompt,
    uint64_t *least)
{
    ngx_int_t              rc;
    aif_str_t              locale;
    aif_arena_t           *arena;
    aif_engine_item_t      item;
    aif_engine_batch_t     batch;
    aif_engine_request_t   request;

    arena = aif_arena_create(NGX_HTTP_AI_CALL_BLOCK, NGX_HTTP_AI_CALL_MEMORY);
    if (arena == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&item, sizeof(aif_engine_item_t));
    ngx_memzero(&batch, sizeof(aif_engine_batch_t));
    ngx_memzero(&request, sizeof(aif_engine_request_t));

    aif_str_set(&locale, "en");
    aif_str_set(&item.source, "a");

    batch.prompt = prompt;
    batch.source_locale = &locale;
    batch.target_locale = &locale;
    batch.items = &item;
    batch.n = 1;

    rc = NGX_ERROR;

    if (engine->dialect->build(&engine->conf, &batch, arena, &request)
        == AIF_OK)
    {
        *least = request.body.len + engine->conf.max_tokens;

        if (prompt == NULL) {
            engine->overhead = aif_budget_tokens(&request.body);
        }

        rc = NGX_OK;
    }

    aif_arena_destroy(arena);

    return rc;
}


char *
ngx_http_ai_budget_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    size_t      i;
    ngx_str_t  *value;

    if (alcf->scope.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 0; i < value[1].len; i++) {
        if (value[1].data[i] < 0x20 || value[1].data[i] == 0x7f) {
            return "must have no control characters";
        }
    }

    if (value[1].len > NGX_HTTP_AI_MAX_SCOPE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"ai_scope\" is too long, a name has at "
                           "most %d bytes", &value[1], NGX_HTTP_AI_MAX_SCOPE);
        return NGX_CONF_ERROR;
    }

    alcf->scope = value[1];

    return NGX_CONF_OK;
}


/* after all engines are known */

char *
ngx_http_ai_budget_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    ngx_uint_t          i;
    ngx_ai_engine_t   **engine;
    ngx_ai_account_t  **account;

    ngx_conf_merge_str_value(conf->scope, prev->scope, "");

    if (conf->filter.state == NGX_HTTP_AI_OFF) {
        return NGX_CONF_OK;
    }

    if (conf->query) {
        conf->query_account = ngx_http_ai_budget_account(cf,
                                                         conf->query->engine,
                                                         &conf->scope);
        if (conf->query_account == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_ai_budget_writers(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->translate == NULL) {
        return NGX_CONF_OK;
    }

    engine = conf->translate->elts;
    account = ngx_palloc(cf->pool, conf->translate->nelts
                                   * sizeof(ngx_ai_account_t *));
    if (account == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->accounts = account;

    for (i = 0; i < conf->translate->nelts; i++) {

        if (conf->prompt
            && ngx_http_ai_budget_enough(cf, engine[i], conf->prompt)
               != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }

        account[i] = ngx_http_ai_budget_account(cf, engine[i], &conf->scope);

        if (account[i] == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* of the engines that write, and of the one that judges reviews */

static char *
ngx_http_ai_budget_writers(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *conf)
{
    ngx_uint_t                 i;
    ngx_ai_account_t         **account;
    ngx_http_ai_generator_t   *g;

    if (conf->generate == NULL) {
        return NGX_CONF_OK;
    }

    g = conf->generate->elts;
    account = ngx_palloc(cf->pool, conf->generate->nelts
                                   * sizeof(ngx_ai_account_t *));
    if (account == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->generate_accounts = account;

    for (i = 0; i < conf->generate->nelts; i++) {

        account[i] = NULL;

        if (g[i].engine == NULL) {
            continue;
        }

        if (ngx_http_ai_budget_enough(cf, g[i].engine, g[i].prompt)
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }

        account[i] = ngx_http_ai_budget_account(cf, g[i].engine,
                                                &conf->scope);
        if (account[i] == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->reviews) {
        conf->reviews_account = ngx_http_ai_budget_account(cf,
                                                       conf->reviews->engine,
                                                       &conf->scope);
        if (conf->reviews_account == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_ai_account_t *
ngx_http_ai_budget_account(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *scope)
{
    u_char                   *p;
    ngx_uint_t                i;
    ngx_ai_budget_t          *budget;
    ngx_ai_account_t        **all, *account;
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);
    all = amcf->accounts.elts;

    for (i = 0; i < amcf->accounts.nelts; i++) {

        if (all[i]->engine == engine && all[i]->scope.len == scope->len
            && ngx_strncmp(all[i]->scope.data, scope->data, scope->len) == 0)
        {
            return all[i];
        }
    }

    if (amcf->accounts.nelts == NGX_AI_MAX_ACCOUNTS) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "too many engines in too many scopes (\"ai_scope\"): at "
                      "most %d pairs are possible", NGX_AI_MAX_ACCOUNTS);
        return NULL;
    }

    account = ngx_pcalloc(cf->pool, sizeof(ngx_ai_account_t));
    all = ngx_array_push(&amcf->accounts);

    if (account == NULL || all == NULL) {
        return NULL;
    }

    account->name.len = engine->name.len + 1 + scope->len;
    account->name.data = ngx_pnalloc(cf->pool, account->name.len);
    if (account->name.data == NULL) {
        return NULL;
    }

    p = ngx_cpymem(account->name.data, engine->name.data, engine->name.len);
    *p++ = '\0';
    ngx_memcpy(p, scope->data, scope->len);

    account->engine = engine;
    account->scope = *scope;

    budget = ngx_http_ai_budget_find(engine, scope);
    if (budget) {
        account->budget = *budget;
    }

    *all = account;

    return account;
}


/* arrays of names for the state zone, which knows neither of both */

char *
ngx_http_ai_budget_slots(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf)
{
    ngx_str_t          *name;
    ngx_uint_t          i;
    ngx_array_t        *engines, *accounts;
    ngx_ai_engine_t   **engine;
    ngx_ai_account_t  **account;

    engines = ngx_array_create(cf->pool, amcf->engines.nelts + 1,
                               sizeof(ngx_str_t));
    accounts = ngx_array_create(cf->pool, amcf->accounts.nelts + 1,
                                sizeof(ngx_str_t));

    if (engines == NULL || accounts == NULL) {
        return NGX_CONF_ERROR;
    }

    engine = amcf->engines.elts;

    for (i = 0; i < amcf->engines.nelts; i++) {
        name = ngx_array_push(engines);
        *name = engine[i]->name;
    }

    account = amcf->accounts.elts;

    for (i = 0; i < amcf->accounts.nelts; i++) {
        name = ngx_array_push(accounts);
        *name = account[i]->name;
    }

    ngx_ai_store_slots(amcf->store, engines, accounts);

    return NGX_CONF_OK;
}
