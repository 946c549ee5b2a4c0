
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The directives ai_generate, ai_segment_from and ai_claims: which slots get
 * which texts, for whom, and what no text may claim.
 */


#include "ngx_http_ai_conf.h"
#include "core/aif_claim.h"
#include "core/aif_facts.h"


#define NGX_HTTP_AI_GENERATE_ARENA   (64 * 1024)
#define NGX_HTTP_AI_GENERATE_LENGTH  100000     /* characters, of shorter: */
#define NGX_HTTP_AI_CLAIM_ARENA      (16 * 1024 * 1024)


typedef struct {
    ngx_conf_t               *cf;
    aif_arena_t              *arena;
    ngx_http_ai_generator_t  *generator;
} ngx_http_ai_generate_conf_t;


typedef struct {
    ngx_str_t                 name;          /* with "=" */
    char                   *(*set)(ngx_http_ai_generate_conf_t *gc,
                                   ngx_str_t *value);
} ngx_http_ai_generate_param_t;


static char *ngx_http_ai_generate_param(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_generate_prompt(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_generate_engine(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_generate_facts(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_generate_when(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_generate_place(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_generate_attribute(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value);
static char *ngx_http_ai_segment_variable(ngx_conf_t *cf, ngx_str_t *name,
    ngx_http_complex_value_t *value);
static char *ngx_http_ai_claims_file(ngx_conf_t *cf, ngx_http_ai_claims_t *own,
    ngx_str_t *name);
static char *ngx_http_ai_claims_add(ngx_conf_t *cf, aif_claim_t *claims,
    ngx_str_t *file, aif_str_t *language, aif_str_t *text);


static ngx_http_ai_generate_param_t  ngx_http_ai_generate_params[] = {
    { ngx_string("prompt="), ngx_http_ai_generate_prompt },
    { ngx_string("engine="), ngx_http_ai_generate_engine },
    { ngx_string("facts="), ngx_http_ai_generate_facts },
    { ngx_string("when="), ngx_http_ai_generate_when },
    { ngx_string("place="), ngx_http_ai_generate_place },
    { ngx_string("attribute="), ngx_http_ai_generate_attribute },
    { ngx_null_string, NULL }
};


char *
ngx_http_ai_generate(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t                    *value;
    ngx_uint_t                    i;
    ngx_http_ai_generator_t      *g;
    ngx_http_ai_generate_conf_t   gc;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {

        if (alcf->generators != NGX_CONF_UNSET_PTR) {
            return "is duplicate";
        }

        alcf->generators = NULL;
        return NGX_CONF_OK;
    }

    if (alcf->generators == NULL) {
        return "is off already";
    }

    if (alcf->generators == NGX_CONF_UNSET_PTR) {

        alcf->generators = ngx_array_create(cf->pool, 4,
                                          sizeof(ngx_http_ai_generator_t));
        if (alcf->generators == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (alcf->generators->nelts == NGX_HTTP_AI_MAX_GENERATORS) {
        return "is there too often, a location has at most 16";
    }

    g = ngx_array_push(alcf->generators);

    gc.cf = cf;
    gc.generator = g;
    gc.arena = ngx_http_ai_arena(cf, NGX_HTTP_AI_GENERATE_ARENA);

    if (g == NULL || gc.arena == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(g, sizeof(ngx_http_ai_generator_t));

    g->kinds = AIF_FACTS_ALL;
    g->selector = ngx_http_ai_selector(cf, gc.arena, &value[1]);

    if (g->selector == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (ngx_http_ai_generate_param(&gc, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (g->prompt == NULL || g->engine == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ai_generate\" must have \"prompt=\" and "
                           "\"engine=\"");
        return NGX_CONF_ERROR;
    }

    if (g->slot.attribute.len && g->slot.place != AIF_SLOT_REPLACE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ai_generate\" has \"place=\" beside "
                           "\"attribute=\", whose value can only be replaced");
        return NGX_CONF_ERROR;
    }

    g->slot.name = g->prompt->name;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_generate_param(ngx_http_ai_generate_conf_t *gc, ngx_str_t *value)
{
    char                          *rv;
    ngx_str_t                      rest;
    ngx_http_ai_generate_param_t  *p;

    for (p = ngx_http_ai_generate_params; p->name.len; p++) {

        if (value->len < p->name.len
            || ngx_strncmp(value->data, p->name.data, p->name.len) != 0)
        {
            continue;
        }

        rest.data = value->data + p->name.len;
        rest.len = value->len - p->name.len;

        rv = p->set(gc, &rest);

        if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, gc->cf, 0,
                               "invalid parameter \"%V\" in \"ai_generate\", "
                               "%s", value, rv);
            return NGX_CONF_ERROR;
        }

        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, gc->cf, 0,
                       "invalid parameter \"%V\" in \"ai_generate\", it must "
                       "be \"prompt=\", \"engine=\", \"facts=\", \"when=\", "
                       "\"place=\" or \"attribute=\"", value);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_ai_generate_prompt(ngx_http_ai_generate_conf_t *gc, ngx_str_t *value)
{
    static ngx_str_t  title = ngx_string("title");
    static ngx_str_t  alt = ngx_string("alt");

    gc->generator->prompt = ngx_http_ai_prompt_refer(gc->cf, value);

    /* what changes from day to day is not part of what a thing is called */

    if (aif_str_eq((aif_str_t *) value, (aif_str_t *) &title)
        || aif_str_eq((aif_str_t *) value, (aif_str_t *) &alt))
    {
        gc->generator->kinds &= ~(1 << AIF_FACTS_PRICE | 1 << AIF_FACTS_STOCK
                                  | 1 << AIF_FACTS_RATING
                                  | 1 << AIF_FACTS_REVIEWS);
    }

    return gc->generator->prompt ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_ai_generate_engine(ngx_http_ai_generate_conf_t *gc, ngx_str_t *value)
{
    ngx_http_ai_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(gc->cf,
                                              ngx_http_ai_filter_module);

    gc->generator->engine = ngx_http_ai_generate_refer(gc->cf, &amcf->writers,
                                                       value);

    return gc->generator->engine ? NGX_CONF_OK : NGX_CONF_ERROR;
}


ngx_ai_engine_t *
ngx_http_ai_generate_refer(ngx_conf_t *cf, ngx_array_t *references,
    ngx_str_t *name)
{
    ngx_http_ai_reference_t  *ref;

    ref = ngx_array_push(references);
    if (ref == NULL) {
        return NULL;
    }

    ref->engine = ngx_http_ai_engine_refer(cf, name);
    ref->file = cf->conf_file->file.name.data;
    ref->line = cf->conf_file->line;

    return ref->engine;
}


static char *
ngx_http_ai_generate_facts(ngx_http_ai_generate_conf_t *gc, ngx_str_t *value)
{
    gc->generator->facts = ngx_http_ai_selector(gc->cf, gc->arena, value);

    return gc->generator->facts ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ngx_http_ai_generate_when(ngx_http_ai_generate_conf_t *gc, ngx_str_t *value)
{
    ngx_int_t  n;

    if (ngx_strcmp(value->data, "always") == 0) {
        gc->generator->slot.shorter = 0;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value->data, "empty") == 0) {
        gc->generator->slot.shorter = 1;
        return NGX_CONF_OK;
    }

    n = NGX_ERROR;

    if (ngx_strncmp(value->data, "shorter:", 8) == 0) {
        n = ngx_atoi(value->data + 8, value->len - 8);
    }

    if (n == NGX_ERROR || n < 2 || n > NGX_HTTP_AI_GENERATE_LENGTH) {
        return "it must be \"always\", \"empty\", or \"shorter:\" and a number "
               "of characters from 2 to 100000";
    }

    gc->generator->slot.shorter = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_generate_place(ngx_http_ai_generate_conf_t *gc, ngx_str_t *value)
{
    ngx_uint_t  i;

    static const char *const  places[] = {
        "replace", "append", "prepend", "before", "after"
    };

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (ngx_strcmp(value->data, places[i]) == 0) {
            gc->generator->slot.place = i;
            return NGX_CONF_OK;
        }
    }

    return "it must be \"replace\", \"append\", \"prepend\", \"before\" or "
           "\"after\"";
}


static char *
ngx_http_ai_generate_attribute(ngx_http_ai_generate_conf_t *gc,
    ngx_str_t *value)
{
    ngx_strlow(value->data, value->data, value->len);

    if (!aif_slot_attribute((aif_str_t *) value)) {
        return "it must be \"alt\", \"title\", \"content\", \"placeholder\", "
               "\"aria-label\", \"aria-description\", \"label\" or "
               "\"summary\"";
    }

    gc->generator->slot.attribute.data = value->data;
    gc->generator->slot.attribute.len = value->len;

    return NGX_CONF_OK;
}


char *
ngx_http_ai_merge_generate(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf)
{
    ngx_uint_t                i;
    ngx_http_ai_generator_t  *g;

    ngx_conf_merge_ptr_value(conf->generators, prev->generators, NULL);
    ngx_conf_merge_ptr_value(conf->segment_from, prev->segment_from, NULL);
    ngx_conf_merge_sec_value(conf->valid_generated, prev->valid_generated,
                             30 * 24 * 60 * 60);

    g = conf->generators ? conf->generators->elts : NULL;

    for (i = 0; g && i < conf->generators->nelts; i++) {

        if (g[i].prompt->task != AIF_PROMPT_WRITE
            || g[i].prompt->answer == AIF_PROMPT_OBJECT)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"ai_generate\" has \"prompt=%V\", which doesn't "
                          "write a text: its block must have \"task write;\"",
                          (ngx_str_t *) &g[i].prompt->name);
            return NGX_CONF_ERROR;
        }
    }

    return ngx_http_ai_reviews_merge(cf, prev, conf);
}


char *
ngx_http_ai_generate_engines(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf)
{
    ngx_uint_t                i;
    ngx_http_ai_reference_t  *ref;

    ref = amcf->writers.elts;

    for (i = 0; i < amcf->writers.nelts; i++) {

        if (ref[i].engine->dialect && !ref[i].engine->dialect->prompts) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "engine \"%V\" in %s:%ui can't write: "
                          "for that its protocol must be openai",
                          &ref[i].engine->name, ref[i].file, ref[i].line);
            return NGX_CONF_ERROR;
        }
    }

    ref = amcf->readers.elts;

    for (i = 0; i < amcf->readers.nelts; i++) {

        if (ref[i].engine->dialect && !ref[i].engine->dialect->prompts
            && !ref[i].engine->dialect->labels)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "engine \"%V\" in %s:%ui can't judge: "
                          "\"ai_reviews\" needs one of protocol classifier or "
                          "openai", &ref[i].engine->name, ref[i].file,
                          ref[i].line);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* "ai_segment_from $id consent=$v", "ai_segment_from label=$v", or "off" */

char *
ngx_http_ai_segment_from(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_loc_conf_t *alcf = conf;

    ngx_str_t                   *value, name;
    ngx_uint_t                   n;
    ngx_http_ai_main_conf_t     *amcf;
    ngx_http_ai_segment_from_t  *from;

    if (alcf->segment_from != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    n = cf->args->nelts - 1;

    if (n == 1 && ngx_strcmp(value[1].data, "off") == 0) {
        alcf->segment_from = NULL;
        return NGX_CONF_OK;
    }

    from = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_segment_from_t));
    if (from == NULL) {
        return NGX_CONF_ERROR;
    }

    alcf->segment_from = from;
    name = value[1];

    if (n == 1 && ngx_strncmp(name.data, "label=$", 7) == 0) {
        name.data += 6;
        name.len -= 6;

        return ngx_http_ai_segment_variable(cf, &name, &from->value);
    }

    if (n != 2 || name.data[0] != '$'
        || ngx_strncmp(value[2].data, "consent=$", 9) != 0)
    {
        return "must be \"$id consent=$variable\", with a variable that is "
               "1 or \"on\" with the customer's consent, or "
               "\"label=$variable\", or \"off\"";
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);
    amcf->asks_customers = 1;
    from->asks = 1;

    if (ngx_http_ai_segment_variable(cf, &name, &from->value) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    name.data = value[2].data + 8;
    name.len = value[2].len - 8;

    ngx_str_set(&from->consent.name, "consent of ai_segment_from");
    from->consent.personal = 1;
    from->consent.value = ngx_palloc(cf->pool,
                                     sizeof(ngx_http_complex_value_t));

    if (from->consent.value == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_ai_segment_variable(cf, &name, from->consent.value);
}


static char *
ngx_http_ai_segment_variable(ngx_conf_t *cf, ngx_str_t *name,
    ngx_http_complex_value_t *value)
{
    ngx_http_compile_complex_value_t  ccv;

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = name;
    ccv.complex_value = value;

    return ngx_http_compile_complex_value(&ccv) == NGX_OK ? NGX_CONF_OK
                                                          : NGX_CONF_ERROR;
}


/* "ai_claims directory": a file en.txt takes the place of our English list */

char *
ngx_http_ai_claims(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_ai_main_conf_t *amcf = conf;

    char       *rv;
    ngx_int_t   rc;
    ngx_str_t  *value, pattern, name;
    ngx_glob_t  gl;

    if (amcf->own_claims.nelts) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    pattern.len = value[1].len + sizeof("/*.txt") - 1;
    pattern.data = ngx_pnalloc(cf->pool, pattern.len + 1);
    if (pattern.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_sprintf(pattern.data, "%V/*.txt%Z", &value[1]);

    ngx_memzero(&gl, sizeof(ngx_glob_t));

    gl.pattern = pattern.data;
    gl.log = cf->log;

    if (ngx_open_glob(&gl) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_glob_n " \"%s\" failed", gl.pattern);
        return NGX_CONF_ERROR;
    }

    rv = NGX_CONF_OK;

    for ( ;; ) {
        rc = ngx_read_glob(&gl, &name);

        if (rc != NGX_OK) {
            break;
        }

        rv = ngx_http_ai_claims_file(cf, ngx_array_push(&amcf->own_claims),
                                     &name);
        if (rv != NGX_CONF_OK) {
            break;
        }
    }

    ngx_close_glob(&gl);

    if (rv == NGX_CONF_OK && amcf->own_claims.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "there are no lists \"%V/LANGUAGE.txt\" for "
                           "\"ai_claims\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return rv;
}


static char *
ngx_http_ai_claims_file(ngx_conf_t *cf, ngx_http_ai_claims_t *own,
    ngx_str_t *name)
{
    u_char                *p;
    ngx_http_ai_secret_t   file;

    if (own == NULL) {
        return NGX_CONF_ERROR;
    }

    own->file.len = name->len;
    own->file.data = ngx_pnalloc(cf->pool, name->len + 1);
    if (own->file.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_cpystrn(own->file.data, name->data, name->len + 1);

    for (p = own->file.data + name->len; p[-1] != '/'; p--) { /* void */ }

    own->language.data = p;
    own->language.len = own->file.data + name->len - p - (sizeof(".txt") - 1);

    ngx_memzero(&file, sizeof(ngx_http_ai_secret_t));

    file.file = &own->file;
    file.what = "list";
    file.of = "\"ai_claims\"";
    file.max = AIF_CLAIM_MAX_LIST;
    file.open = 1;

    return ngx_http_ai_secret_read(cf, &file, &own->text) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* all lists, the merchant's first: of two for a language the first counts */

char *
ngx_http_ai_claims_make(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf)
{
    aif_str_t              text;
    ngx_str_t              builtin;
    ngx_uint_t             i;
    aif_arena_t           *arena;
    ngx_http_ai_claims_t  *own;

    static const aif_str_t  languages[] = {
        aif_string("any"), aif_string("ar"), aif_string("de"),
        aif_string("en"), aif_string("es"), aif_string("fr"),
        aif_string("it"), aif_string("ja"), aif_string("nl"),
        aif_string("pl"), aif_string("pt"), aif_string("ru"),
        aif_string("zh")
    };

    if (amcf->writers.nelts == 0) {
        return NGX_CONF_OK;
    }

    arena = ngx_http_ai_arena(cf, NGX_HTTP_AI_CLAIM_ARENA);
    if (arena == NULL) {
        return NGX_CONF_ERROR;
    }

    amcf->claims = aif_claim_create(arena);
    if (amcf->claims == NULL) {
        return NGX_CONF_ERROR;
    }

    own = amcf->own_claims.elts;

    for (i = 0; i < amcf->own_claims.nelts; i++) {
        if (ngx_http_ai_claims_add(cf, amcf->claims, &own[i].file,
                                   (aif_str_t *) &own[i].language,
                                   (aif_str_t *) &own[i].text)
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    ngx_str_set(&builtin, "built in");

    for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {

        text = aif_claim_builtin(&languages[i]);

        if (ngx_http_ai_claims_add(cf, amcf->claims, &builtin,
                                   (aif_str_t *) &languages[i], &text)
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_claims_add(ngx_conf_t *cf, aif_claim_t *claims, ngx_str_t *file,
    aif_str_t *language, aif_str_t *text)
{
    int          rc;
    size_t       line;
    const char  *error;

    rc = aif_claim_add(claims, language, text, &error, &line);

    if (rc == AIF_OK) {
        return NGX_CONF_OK;
    }

    if (rc != AIF_NOMEM) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "invalid list of claims in %V:%uz: %s", file, line,
                      error);
    }

    return NGX_CONF_ERROR;
}
