
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Where the strings of a JSON text are: a reader that copies nothing, so that
 * all other bytes can stay as they are.  (engine/aif_json.h reads values.)
 */


#ifndef _AIF_JSON_SPAN_H_INCLUDED_
#define _AIF_JSON_SPAN_H_INCLUDED_


#include "core/aif.h"


#define AIF_JSON_SPAN_MAX_DEPTH    512       /* open arrays and objects */
#define AIF_JSON_SPAN_MAX_STRINGS  262144    /* values of one text */


/* An open array or object; those outside of it are below it in "levels". */

typedef struct {
    aif_str_t      key;          /* the member at work, as it is written; an
                                    array has that of the object around it */
    aif_str_t      type;         /* an element's, of an array "$", type, ... */
    uint32_t       index;        /* of the element or member at work */
    uint32_t       serial;       /* of this array or object, from 1 */
    uint32_t       object;       /* 1 + level of the object that this is or is
                                    in; 0: there is none */
    uint8_t        array;
    uint8_t        element;      /* an array whose first string is "$" */
} aif_json_span_level_t;


typedef struct {
    const u_char           *data;
    size_t                  pos;
    size_t                  len;

    aif_json_span_level_t  *levels;
    uint32_t                depth;
    uint32_t                serial;
    uint32_t                strings;
    uint8_t                 state;

    size_t                  start;       /* the string that was found: its */
    size_t                  end;         /* content, without the quotes */
    uint8_t                 escaped;     /* has a "\" */
    uint8_t                 scalars;     /* set by the caller: numbers, too */
    uint8_t                 number;      /* what was found is one */
} aif_json_span_t;


/*
 * aif_json_span_init() makes a reader of "len" bytes at "data"; "levels" is
 * room for AIF_JSON_SPAN_MAX_DEPTH of them.
 *
 * aif_json_span_next() finds the next string that is a value: AIF_OK, with
 * start, end, escaped and the levels around it set until the next call.
 * AIF_DONE: the value is complete, pos is behind it; whatever follows is the
 * caller's to judge.  AIF_BAD: this is no JSON (RFC 8259), or it ended too
 * early; AIF_LIMIT: too deep, or too many strings.  With "scalars" set it stops
 * at numbers, too.
 *
 * aif_json_span_rest() is the first position from pos on that isn't white
 * space of JSON.
 *
 * aif_json_span_decode() writes the text of a string's content to dst, which
 * has room for end - start bytes, and returns its length, or SIZE_MAX for what
 * no text can have: a surrogate alone, U+0000, malformed UTF-8.
 */

void aif_json_span_init(aif_json_span_t *js, const u_char *data, size_t len,
    aif_json_span_level_t *levels);
int aif_json_span_next(aif_json_span_t *js);
size_t aif_json_span_rest(const aif_json_span_t *js);
size_t aif_json_span_decode(u_char *dst, const u_char *p, const u_char *end);
int aif_json_span_hex(const u_char *p, const u_char *end, uint32_t *code);


#endif /* _AIF_JSON_SPAN_H_INCLUDED_ */
