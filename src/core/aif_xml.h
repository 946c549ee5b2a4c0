
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * As much of XML as it takes to find places in a file that is whole: a reader
 * that copies nothing but what it decodes.
 */


#ifndef _AIF_XML_H_INCLUDED_
#define _AIF_XML_H_INCLUDED_


#include "core/aif.h"


typedef enum {
    AIF_XML_START = 0,
    AIF_XML_EMPTY,               /* <name/> */
    AIF_XML_END,
    AIF_XML_CDATA,
    AIF_XML_OTHER                /* a comment or an instruction */
} aif_xml_type_e;


typedef struct {
    size_t           start;
    size_t           end;
    size_t           name;       /* of CDATA: its text */
    size_t           name_end;
    aif_xml_type_e   type;
} aif_xml_tag_t;


typedef struct {
    const u_char    *data;
    size_t           len;
    size_t           pos;        /* behind the tag */
    aif_xml_tag_t    tag;        /* that was found last */
} aif_xml_t;


/*
 * aif_xml_next() finds the next tag, or what else begins with "<": AIF_OK,
 * AIF_DONE (there is none), AIF_BAD (cut off, no XML, or a document type).
 * Whether tags match is the caller's to judge.
 *
 * aif_xml_is(): the tag has this name, as it is written.  aif_xml_attr() gives
 * the tag's attributes, one each call (0: no more), *pos is name_end at first;
 * values are as they are written.  aif_xml_utf8(): 0 for an instruction <?xml
 * with another encoding than UTF-8 or ASCII, 1 for anything else.
 *
 * aif_xml_content(), behind a start tag, reads on to the next end tag; "text"
 * is what stands between, decoded, without white space around it, in the file
 * or in the arena.  AIF_DONE: some reference is unknown; AIF_BAD: there are
 * elements in it, or as above; AIF_NOMEM.
 */

void aif_xml_init(aif_xml_t *xml, const u_char *data, size_t len);
int aif_xml_next(aif_xml_t *xml);
int aif_xml_is(const aif_xml_t *xml, const char *name);
int aif_xml_attr(const aif_xml_t *xml, size_t *pos, aif_str_t *name,
    aif_str_t *value);
int aif_xml_utf8(const aif_xml_t *xml);
int aif_xml_content(aif_xml_t *xml, aif_arena_t *a, aif_str_t *text);


#endif /* _AIF_XML_H_INCLUDED_ */
