
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the files of the configuration.
 */


#ifndef _NGX_HTTP_AI_CONF_H_INCLUDED_
#define _NGX_HTTP_AI_CONF_H_INCLUDED_


#include "ngx_http_ai_filter_module.h"


/* Where an engine was named, for the message if no block defines it. */

typedef struct {
    ngx_ai_engine_t  *engine;
    u_char           *file;
    ngx_uint_t        line;
} ngx_http_ai_reference_t;


/*
 * ngx_http_ai_engine() is the setter of the block "ai_engine".
 * ngx_http_ai_engine_refer() gives the engine of that name, which a later
 * block may still define; NULL without memory.  ngx_http_ai_engine_check()
 * fails if an engine was named and never defined.
 */

char *ngx_http_ai_engine(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_ai_engine_t *ngx_http_ai_engine_refer(ngx_conf_t *cf, ngx_str_t *name);
char *ngx_http_ai_engine_check(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf);


/*
 * A prompt: one of ours, or of the block "ai_prompt" that defines it, maybe
 * later.
 */

typedef struct {
    aif_prompt_t      prompt;
    unsigned          defined:1;
    u_char           *file;          /* where it was named first */
    ngx_uint_t        line;
} ngx_http_ai_prompt_t;


/*
 * ngx_http_ai_prompt() is the setter of the block "ai_prompt".
 * ngx_http_ai_prompt_refer() gives the prompt of that name, which a later
 * block may still define or change; NULL without memory.
 * ngx_http_ai_prompt_own() gives it if there is a block for it, else NULL: for
 * use when all blocks are read.  ngx_http_ai_prompt_check() fails if a prompt
 * was named that nobody defines.
 */

char *ngx_http_ai_prompt(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
aif_prompt_t *ngx_http_ai_prompt_refer(ngx_conf_t *cf, ngx_str_t *name);
aif_prompt_t *ngx_http_ai_prompt_own(ngx_conf_t *cf, ngx_str_t *name);
char *ngx_http_ai_prompt_check(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf);


/*
 * Setters of ai_glossary and ai_translate; ngx_http_ai_merge_translate(), of
 * both, comes after the policy's.
 */

char *ngx_http_ai_glossary(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_translate(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_merge_translate(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);


/*
 * ngx_http_ai_conf_generate.c: setters of ai_generate, ai_segment_from and
 * ai_claims.  ngx_http_ai_merge_generate() comes after the prompts are named;
 * ngx_http_ai_generate_refer() is an engine that amcf->writers or readers then
 * has, NULL without memory; when all blocks are read,
 * ngx_http_ai_generate_engines() fails if one can't do what it is to, and
 * ngx_http_ai_claims_make() makes the lists if anybody needs them.
 */

typedef struct {
    ngx_str_t         file;
    ngx_str_t         language;
    ngx_str_t         text;
} ngx_http_ai_claims_t;

char *ngx_http_ai_generate(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_segment_from(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_ai_claims(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_merge_generate(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);
ngx_ai_engine_t *ngx_http_ai_generate_refer(ngx_conf_t *cf,
    ngx_array_t *references, ngx_str_t *name);
char *ngx_http_ai_generate_engines(ngx_conf_t *cf,
    ngx_http_ai_main_conf_t *amcf);
char *ngx_http_ai_claims_make(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf);


/*
 * ngx_http_ai_peer_trust() makes a full name of that of a file of authorities,
 * and proves that it holds some; its words go behind the directive's name.
 * ngx_http_ai_peer_certificate() reads our own certificate and its key, if the
 * engine names them.
 * ngx_http_ai_peer_resolver() lets nginx's resolver find the host, if the http
 * block has one; the block has been read.
 */

char *ngx_http_ai_peer_trust(ngx_conf_t *cf, ngx_str_t *file);
char *ngx_http_ai_peer_certificate(ngx_conf_t *cf,
    ngx_ai_engine_t *engine);
void ngx_http_ai_peer_resolver(ngx_conf_t *cf, ngx_ai_peer_t *peer);


/*
 * ngx_http_ai_secret() reads the key in a file, whose name it makes whole: one
 * line of at least "min" bytes.  "of" says whose it is, in messages.
 * ngx_http_ai_secret_read() reads any other file like it.  NGX_OK, or
 * NGX_ERROR, logged.  ngx_http_ai_secret_engine() is "of" for an engine; NULL
 * without memory.
 */

typedef struct {
    ngx_str_t        *file;         /* made a full name */
    const char       *what;         /* for messages: "key file" */
    const char       *of;           /* whose it is: "engine \"name\"" */
    size_t            max;          /* bytes */
    unsigned          open:1;       /* may be readable by everybody */
} ngx_http_ai_secret_t;

ngx_int_t ngx_http_ai_secret_read(ngx_conf_t *cf, ngx_http_ai_secret_t *secret,
    ngx_str_t *text);
const char *ngx_http_ai_secret_engine(ngx_conf_t *cf, ngx_str_t *name);

ngx_int_t ngx_http_ai_secret(ngx_conf_t *cf, ngx_str_t *file, const char *of,
    size_t min, ngx_str_t *secret);


/*
 * ngx_http_ai_conf_reviews.c: setter of ai_reviews; ngx_http_ai_reviews_merge()
 * also makes conf->generate.
 */

char *ngx_http_ai_reviews(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_reviews_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);


/*
 * Setters of ai_include and ai_exclude (at the command's offset), of
 * ai_attributes and of ai_json; ngx_http_ai_merge_segment() tells core/.
 * ngx_http_ai_selector() parses one of the directive at work, NULL if it can't;
 * ngx_http_ai_arena() lives as long as the cycle.
 */

char *ngx_http_ai_selectors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_json(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_attributes(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
void ngx_http_ai_merge_segment(ngx_http_ai_loc_conf_t *conf);
aif_selector_t *ngx_http_ai_selector(ngx_conf_t *cf, aif_arena_t *arena,
    ngx_str_t *value);
aif_arena_t *ngx_http_ai_arena(ngx_conf_t *cf, size_t limit);


/*
 * ngx_http_ai_conf_budget.c: setters of "price" and "budget" of an engine, and
 * of ai_scope.  ngx_http_ai_budget_done() checks an engine at the end of its
 * block: what is wrong, as setters say it.  ngx_http_ai_budget_merge() makes
 * the accounts of a location, ngx_http_ai_budget_slots() room for all.
 * ngx_http_ai_budget_account() gives that of one engine and scope, NULL
 * without memory.
 */

char *ngx_http_ai_budget_price(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field);
char *ngx_http_ai_budget_set(ngx_conf_t *cf, ngx_ai_engine_t *engine,
    ngx_str_t *value, void *field);
char *ngx_http_ai_budget_done(ngx_conf_t *cf, ngx_ai_engine_t *engine);
char *ngx_http_ai_budget_scope(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_ai_budget_merge(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);
ngx_ai_account_t *ngx_http_ai_budget_account(ngx_conf_t *cf,
    ngx_ai_engine_t *engine, ngx_str_t *scope);
char *ngx_http_ai_budget_slots(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf);


/*
 * Setters of ai_protect and ai_mask; ngx_http_ai_merge_policy() makes of both
 * what the scheduler is told.
 */

char *ngx_http_ai_protect(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_mask(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_ai_merge_policy(ngx_conf_t *cf, ngx_http_ai_loc_conf_t *prev,
    ngx_http_ai_loc_conf_t *conf);


#endif /* _NGX_HTTP_AI_CONF_H_INCLUDED_ */
