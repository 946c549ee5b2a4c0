
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The block "ai_prompt": the administrator's words for a task, from files.
 * What they may hold is core/aif_prompt.h's to say.
 */


#include "ngx_http_ai_conf.h"


#define NGX_HTTP_AI_PROMPT_MAX_NAME    32       /* bytes */
#define NGX_HTTP_AI_PROMPT_MAX_TONE    512      /* bytes */
#define NGX_HTTP_AI_PROMPT_MAX_LENGTH  8000     /* characters; of up to 4 bytes
                                                   each they could be more than
                                                   the store takes: rejected */


typedef struct {
    ngx_str_t       name;
    char         *(*set)(ngx_conf_t *cf, aif_prompt_t *prompt,
                         ngx_str_t *value);
} ngx_http_ai_prompt_command_t;


static char *ngx_http_ai_prompt_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf);
static ngx_uint_t ngx_http_ai_prompt_allowed(const aif_prompt_t *prompt,
    const ngx_http_ai_prompt_command_t *cmd);
static ngx_http_ai_prompt_t *ngx_http_ai_prompt_find(ngx_conf_t *cf,
    ngx_str_t *name);
static char *ngx_http_ai_prompt_system(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value);
static char *ngx_http_ai_prompt_user(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value);
static char *ngx_http_ai_prompt_file(ngx_conf_t *cf, ngx_str_t *name,
    aif_str_t *template, ngx_uint_t user);
static ngx_int_t ngx_http_ai_prompt_read(ngx_conf_t *cf, ngx_str_t *name,
    aif_str_t *template);
static char *ngx_http_ai_prompt_max_length(ngx_conf_t *cf,
    aif_prompt_t *prompt, ngx_str_t *value);
static char *ngx_http_ai_prompt_tone(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value);
static char *ngx_http_ai_prompt_task(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value);
static char *ngx_http_ai_prompt_answer(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value);


static const aif_str_t  ngx_http_ai_prompt_assistant = aif_string("assistant");


static ngx_http_ai_prompt_command_t  ngx_http_ai_prompt_commands[] = {

    { ngx_string("system"), ngx_http_ai_prompt_system },
    { ngx_string("user"), ngx_http_ai_prompt_user },
    { ngx_string("max_length"), ngx_http_ai_prompt_max_length },
    { ngx_string("tone"), ngx_http_ai_prompt_tone },
    { ngx_string("task"), ngx_http_ai_prompt_task },
    { ngx_string("answer"), ngx_http_ai_prompt_answer },
    { ngx_null_string, NULL }
};


char *
ngx_http_ai_prompt(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                  *rv;
    ngx_str_t             *value;
    ngx_conf_t             save;
    ngx_http_ai_prompt_t  *p;

    value = cf->args->elts;

    p = ngx_http_ai_prompt_find(cf, &value[1]);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    if (p->prompt.own) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate prompt \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    p->prompt.own = 1;

    save = *cf;
    cf->handler = ngx_http_ai_prompt_directive;
    cf->handler_conf = (void *) &p->prompt;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (p->prompt.system.len == 0 && p->prompt.user.len == 0
        && (p->prompt.tone.len == 0
            || !aif_str_eq(&p->prompt.name, &ngx_http_ai_prompt_assistant)))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "prompt \"%V\" must have \"system\" or \"user\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    p->defined = 1;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_prompt_directive(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    aif_prompt_t *prompt = conf;

    char                          *rv;
    ngx_str_t                     *value;
    ngx_http_ai_prompt_command_t  *cmd;

    value = cf->args->elts;

    for (cmd = ngx_http_ai_prompt_commands; cmd->name.len; cmd++) {

        if (cmd->name.len != value[0].len
            || ngx_strcmp(cmd->name.data, value[0].data) != 0)
        {
            continue;
        }

        if (cf->args->nelts != 2) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid number of arguments in \"%V\" of "
                               "prompt \"%V\"", &value[0],
                               (ngx_str_t *) &prompt->name);
            return NGX_CONF_ERROR;
        }

        rv = ngx_http_ai_prompt_allowed(prompt, cmd)
             ? cmd->set(cf, prompt, &value[1])
             : "is not allowed, \"ai_assistant\" knows what is asked and "
               "answered: only \"system\" and \"tone\" are";

        if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" of prompt \"%V\" %s", &value[0],
                               (ngx_str_t *) &prompt->name, rv);
            return NGX_CONF_ERROR;
        }

        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown directive \"%V\" in prompt \"%V\"", &value[0],
                       (ngx_str_t *) &prompt->name);

    return NGX_CONF_ERROR;
}


/* The assistant's rules are ours: words of its own are added to them. */

static ngx_uint_t
ngx_http_ai_prompt_allowed(const aif_prompt_t *prompt,
    const ngx_http_ai_prompt_command_t *cmd)
{
    return !aif_str_eq(&prompt->name, &ngx_http_ai_prompt_assistant)
           || cmd->set == ngx_http_ai_prompt_system
           || cmd->set == ngx_http_ai_prompt_tone;
}


/* One of ours is copied: a block says only what is to be different. */

static ngx_http_ai_prompt_t *
ngx_http_ai_prompt_find(ngx_conf_t *cf, ngx_str_t *name)
{
    size_t                     i;
    u_char                     ch;
    ngx_uint_t                 k;
    const aif_prompt_t        *builtin;
    ngx_http_ai_prompt_t     **pp, *p;
    ngx_http_ai_main_conf_t   *amcf;

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9') && ch != '-') {
            break;
        }
    }

    if (name->len == 0 || i != name->len
        || name->len > NGX_HTTP_AI_PROMPT_MAX_NAME)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" of a prompt, it must be of at "
                           "most %d lower-case letters, digits and hyphens",
                           name, NGX_HTTP_AI_PROMPT_MAX_NAME);
        return NULL;
    }

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);
    pp = amcf->prompts.elts;

    for (k = 0; k < amcf->prompts.nelts; k++) {
        if (aif_str_eq(&pp[k]->prompt.name, (aif_str_t *) name)) {
            return pp[k];
        }
    }

    p = ngx_pcalloc(cf->pool, sizeof(ngx_http_ai_prompt_t));
    pp = ngx_array_push(&amcf->prompts);

    if (p == NULL || pp == NULL) {
        return NULL;
    }

    builtin = aif_prompt_builtin((aif_str_t *) name);

    if (builtin) {
        p->prompt = *builtin;
        p->defined = 1;

    } else {
        p->prompt.name.len = name->len;
        p->prompt.name.data = name->data;
        p->prompt.task = AIF_PROMPT_WRITE;
    }

    p->file = cf->conf_file->file.name.data;
    p->line = cf->conf_file->line;

    *pp = p;

    return p;
}


aif_prompt_t *
ngx_http_ai_prompt_refer(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_http_ai_prompt_t  *p;

    p = ngx_http_ai_prompt_find(cf, name);

    return p ? &p->prompt : NULL;
}


aif_prompt_t *
ngx_http_ai_prompt_own(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                 i;
    ngx_http_ai_prompt_t     **p;
    ngx_http_ai_main_conf_t   *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ai_filter_module);
    p = amcf->prompts.elts;

    for (i = 0; i < amcf->prompts.nelts; i++) {
        if (p[i]->prompt.own
            && aif_str_eq(&p[i]->prompt.name, (aif_str_t *) name))
        {
            return &p[i]->prompt;
        }
    }

    return NULL;
}


char *
ngx_http_ai_prompt_check(ngx_conf_t *cf, ngx_http_ai_main_conf_t *amcf)
{
    ngx_str_t              *name;
    ngx_uint_t              i;
    ngx_http_ai_prompt_t  **p;

    p = amcf->prompts.elts;

    for (i = 0; i < amcf->prompts.nelts; i++) {

        if (p[i]->defined) {
            continue;
        }

        name = (ngx_str_t *) &p[i]->prompt.name;

        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "unknown prompt \"%V\" in %s:%ui: define it by "
                      "\"ai_prompt %V { ... }\" in the http block", name,
                      p[i]->file, p[i]->line, name);

        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_prompt_system(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value)
{
    return ngx_http_ai_prompt_file(cf, value, &prompt->system, 0);
}


static char *
ngx_http_ai_prompt_user(ngx_conf_t *cf, aif_prompt_t *prompt, ngx_str_t *value)
{
    return ngx_http_ai_prompt_file(cf, value, &prompt->user, 1);
}


static char *
ngx_http_ai_prompt_file(ngx_conf_t *cf, ngx_str_t *name, aif_str_t *template,
    ngx_uint_t user)
{
    int        rc;
    ngx_str_t  file;
    aif_str_t  variable;

    file = *name;

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK
        || ngx_http_ai_prompt_read(cf, &file, template) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    rc = aif_prompt_check(template, user, &variable);

    if (rc == AIF_OK) {
        return NGX_CONF_OK;
    }

    if (rc == AIF_LIMIT) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "prompt file \"%V\" must have at least one and at "
                           "most %d bytes", &file, AIF_PROMPT_MAX_TEMPLATE);

    } else if (variable.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "prompt file \"%V\" is not UTF-8 text", &file);

    } else if (ngx_strncmp(variable.data, "facts", variable.len) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "prompt file \"%V\" must have \"{facts}\" %s",
                           &file, user ? "once, where the shop's data go"
                                       : "in \"user\" only: data are no "
                                         "instructions");

    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "prompt file \"%V\" has an unknown variable "
                           "\"{%V}\"; a brace of the text is written \"{{\"",
                           &file, (ngx_str_t *) &variable);
    }

    return NGX_CONF_ERROR;
}


/* One byte more than may be shows that it is too long. */

static ngx_int_t
ngx_http_ai_prompt_read(ngx_conf_t *cf, ngx_str_t *name, aif_str_t *template)
{
    u_char    *data;
    ssize_t    n;
    ngx_fd_t   fd;

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    n = -1;

    data = ngx_pnalloc(cf->pool, AIF_PROMPT_MAX_TEMPLATE + 1);
    if (data == NULL) {
        goto done;
    }

    n = ngx_read_fd(fd, data, AIF_PROMPT_MAX_TEMPLATE + 1);

    if (n < 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", name);
        goto done;
    }

    template->data = data;
    template->len = n;

    /* the end of the last line is the file's, not the text's */

    while (template->len <= AIF_PROMPT_MAX_TEMPLATE && template->len
           && (data[template->len - 1] == '\n'
               || data[template->len - 1] == '\r'))
    {
        template->len--;
    }

done:

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", name);
    }

    return n < 0 ? NGX_ERROR : NGX_OK;
}


static char *
ngx_http_ai_prompt_max_length(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value)
{
    ngx_int_t  n;

    n = ngx_atoi(value->data, value->len);

    if (n == NGX_ERROR || n == 0 || n > NGX_HTTP_AI_PROMPT_MAX_LENGTH) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"max_length\" of prompt \"%V\" must be a number "
                           "from 1 to %d", (ngx_str_t *) &prompt->name,
                           NGX_HTTP_AI_PROMPT_MAX_LENGTH);
        return NGX_CONF_ERROR;
    }

    prompt->max_length = n;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_prompt_tone(ngx_conf_t *cf, aif_prompt_t *prompt, ngx_str_t *value)
{
    if (value->len > NGX_HTTP_AI_PROMPT_MAX_TONE) {
        return "is too long";
    }

    prompt->tone.len = value->len;
    prompt->tone.data = value->data;

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_prompt_task(ngx_conf_t *cf, aif_prompt_t *prompt, ngx_str_t *value)
{
    if (aif_prompt_builtin(&prompt->name)) {
        return "can't be changed, it is known for this name";
    }

    if (ngx_strcmp(value->data, "translate") == 0) {
        prompt->task = AIF_PROMPT_TRANSLATE;

    } else if (ngx_strcmp(value->data, "write") == 0) {
        prompt->task = AIF_PROMPT_WRITE;

    } else {
        return "must be \"translate\" or \"write\"";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_ai_prompt_answer(ngx_conf_t *cf, aif_prompt_t *prompt,
    ngx_str_t *value)
{
    if (prompt->answer == AIF_PROMPT_OBJECT) {
        return "can't be changed, its answers are objects";
    }

    if (ngx_strcmp(value->data, "items") == 0) {
        prompt->answer = AIF_PROMPT_ITEMS;

    } else if (ngx_strcmp(value->data, "text") == 0) {
        prompt->answer = AIF_PROMPT_TEXT;

    } else {
        return "must be \"items\" or \"text\"";
    }

    return NGX_CONF_OK;
}
