
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * JSON (RFC 8259) from services that are not trusted, and JSON strings to
 * them.  The only user of yajl.
 */


#ifndef _AIF_JSON_H_INCLUDED_
#define _AIF_JSON_H_INCLUDED_


#include "core/aif.h"


#define AIF_JSON_MAX_DEPTH  64                   /* arrays and objects */
#define AIF_JSON_MAX_SIZE   (8 * 1024 * 1024)    /* bytes of a document */
#define AIF_JSON_MAX_KEY    31                   /* longer keys match none */

#define AIF_JSON_NO_INDEX   ((size_t) -1)


typedef enum {
    AIF_JSON_NULL = 0,
    AIF_JSON_BOOL,           /* value is "true" or "false" */
    AIF_JSON_NUMBER,         /* value is its text */
    AIF_JSON_STRING,         /* value is its text, decoded */
    AIF_JSON_ARRAY,          /* begins; no value */
    AIF_JSON_OBJECT,         /* begins; no value */
    AIF_JSON_END             /* of an array or object; no value */
} aif_json_type_e;


/* Where in the document the reader is; for the handler's questions only. */

typedef struct aif_json_s  aif_json_t;


/*
 * Called for each value in the order of the document.  "value" is valid during
 * the call.  Returns AIF_OK to go on; anything else ends the reading with it.
 */

typedef int (*aif_json_pt)(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);


/*
 * aif_json_read() reads one document.  AIF_OK: it was whole; AIF_MORE: it ends
 * too early, what the handler got until there was right; AIF_BAD: malformed,
 * trailing bytes, not UTF-8, a lone surrogate or \u0000 anywhere in it;
 * AIF_LIMIT: too deep or too large; AIF_NOMEM; or what the handler returned.
 * Without a handler (NULL) it tells just that.
 * The arena holds yajl's memory too.
 *
 * aif_json_at(json, path): 1 if the value just given is the one at "path":
 * keys and array positions (from 0) parted by dots, "*" for any of them; "" is
 * the document itself.  aif_json_depth(): how many arrays and objects are
 * around it.  aif_json_index(): its position if its parent is an array, else
 * AIF_JSON_NO_INDEX; aif_json_key(): its key if it is an object (empty if not,
 * or too long).
 *
 * aif_json_extent(): how many of the bytes belong to the array or object that
 * begins at p, counted by its brackets; len if it doesn't end.
 *
 * aif_json_uint(): 1 and *n if the text is a decimal number without sign,
 * fraction and exponent that fits, else 0.
 *
 * aif_json_string() appends a text as a JSON string, with its quotes;
 * aif_json_number() a number.
 */

int aif_json_read(const u_char *data, size_t len, aif_arena_t *a,
    aif_json_pt handler, void *ctx);
int aif_json_at(const aif_json_t *json, const char *path);
unsigned aif_json_depth(const aif_json_t *json);
size_t aif_json_index(const aif_json_t *json);
aif_str_t aif_json_key(const aif_json_t *json);
size_t aif_json_extent(const u_char *p, size_t len);
int aif_json_uint(const aif_str_t *text, uint64_t *n);
void aif_json_string(aif_buf_t *b, const u_char *text, size_t len);
void aif_json_number(aif_buf_t *b, uint64_t n);


#endif /* _AIF_JSON_H_INCLUDED_ */
