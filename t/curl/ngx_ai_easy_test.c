
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Handles whose names and connections age in seconds, for t/curl-names.t.
 */


#define NGX_AI_EASY_NAMES     1
#define NGX_AI_EASY_LIFETIME  3

#include "infer/ngx_ai_easy.c"
