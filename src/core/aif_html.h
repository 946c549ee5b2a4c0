
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * WHATWG HTML tokenizer (HTML standard, section 13.2.5) that never copies and
 * never re-serialises: a token is a span of the page.
 */


#ifndef _AIF_HTML_H_INCLUDED_
#define _AIF_HTML_H_INCLUDED_


#include "core/aif.h"


#define AIF_HTML_MAX_ATTRS  256    /* further attributes of a tag are skipped */


typedef enum {
    AIF_HTML_TEXT = 0,       /* characters; "text" says by which rules */
    AIF_HTML_START,
    AIF_HTML_END,
    AIF_HTML_COMMENT,        /* also bogus comments, <?...> and </ > */
    AIF_HTML_DOCTYPE,
    AIF_HTML_NONE            /* with AIF_DONE only */
} aif_html_type_e;


typedef enum {
    AIF_HTML_DATA = 0,       /* entities count */
    AIF_HTML_RCDATA,         /* title, textarea: entities count */
    AIF_HTML_RAWTEXT,        /* style xmp iframe noembed noframes noscript */
    AIF_HTML_SCRIPT,
    AIF_HTML_PLAINTEXT,
    AIF_HTML_CDATA           /* foreign content only */
} aif_html_text_e;


typedef enum {
    AIF_HTML_QUOTE_NONE = 0, /* attribute without a value */
    AIF_HTML_QUOTE_BARE,     /* name=value */
    AIF_HTML_QUOTE_SINGLE,
    AIF_HTML_QUOTE_DOUBLE
} aif_html_quote_e;


typedef struct {
    uint32_t   name;         /* offsets into the page */
    uint32_t   name_end;
    uint32_t   value;        /* without quotes; value == value_end if none */
    uint32_t   value_end;
    uint8_t    quote;        /* aif_html_quote_e */
} aif_html_attr_t;


typedef struct {
    uint32_t          start;       /* offsets into the page, end exclusive, */
    uint32_t          end;         /* with "<" and ">" */
    uint32_t          name;        /* tag's or doctype's name as written, */
    uint32_t          name_end;    /* comment's data, characters of a TEXT
                                      (CDATA: without its marks) */
    uint8_t           type;        /* aif_html_type_e */
    uint8_t           text;        /* aif_html_text_e of a TEXT token */
    uint16_t          tag;         /* AIF_TAG_... of a START or END token */
    uint8_t           self_closing;
    uint8_t           foreign;     /* inside svg or math (not at one of their
                                      HTML integration points); the outermost
                                      <svg>, </svg> themselves are not */
    uint16_t          nattrs;
    aif_html_attr_t  *attrs;       /* the tokenizer's, until the next call;
                                      duplicates are included, the first
                                      one counts */
} aif_html_token_t;


/*
 * aif_html_t is one page's tokenizer; the caller owns it and may put it
 * anywhere; it holds no memory of its own.  aif_html_init() makes it ready.
 *
 * aif_html_next(t, page, len, last, token) finds the next token in the first
 * "len" bytes of the page.  Between calls the page may grow and may move, the
 * bytes already seen must stay the same.  "last" says that nothing follows.
 *
 *   AIF_OK    *token is set; tokens follow one another without gap or overlap
 *   AIF_MORE  the bytes at hand end inside a token (never if "last")
 *   AIF_DONE  everything was given; an unfinished tag or comment at the end
 *             of the page is not a token: aif_html_pos() tells where the
 *             rest begins, and the rest leaves as it came.  (*token is then
 *             what the standard makes of the rest: a COMMENT, a DOCTYPE, or
 *             NONE.)
 *
 * Whatever the splits, the tokens are the same; a text is one token however
 * long it is, so no reference in it is ever cut.  A page of more than 2^31 - 1
 * bytes is refused (AIF_LIMIT).
 *
 * Element switches (section 13.2.6: title, textarea, style, xmp, iframe,
 * noembed, noframes, noscript, script, plaintext; none of them inside svg and
 * math, where CDATA is legal instead) are made by the tokenizer itself,
 * unless aif_html_init() was told otherwise ("manual", for conformance tests,
 * which then use aif_html_state()).
 */

typedef struct aif_html_s  aif_html_t;

#define AIF_HTML_FOREIGN_DEPTH  64

struct aif_html_s {
    uint32_t          pos;            /* end of the last token */
    uint32_t          scan;           /* how far the current one was read */
    uint32_t          name;           /* of the tag or comment being read */
    uint32_t          name_end;
    uint8_t           state;
    uint8_t           text;           /* aif_html_text_e now in force */
    uint8_t           script;         /* inside <!-- of a script */
    uint8_t           manual;
    uint8_t           cdata;          /* manual: <![CDATA[ is legal */
    uint8_t           end_tag;
    uint8_t           last_len;
    u_char            last_name[31];  /* lower case; for appropriate end tags */
    uint16_t          nattrs;
    uint8_t           in_foreign;     /* the innermost is no such point */
    uint32_t          block;          /* 64 bytes of the page, and one bit */
    uint64_t          marks[3];       /* for each "<", quote, end of a name */
    uint16_t          depth;          /* open foreign elements and points */
    uint16_t          foreign[AIF_HTML_FOREIGN_DEPTH];
    aif_html_attr_t   attrs[AIF_HTML_MAX_ATTRS + 1];
};

void aif_html_init(aif_html_t *t, int manual);
int aif_html_next(aif_html_t *t, const u_char *page, size_t len, int last,
    aif_html_token_t *token);
uint32_t aif_html_pos(const aif_html_t *t);
void aif_html_state(aif_html_t *t, aif_html_text_e text, const u_char *last_tag,
    size_t len, int cdata);

/*
 * The element's number for a name in any case, AIF_TAG_UNKNOWN if it is none
 * of the standard's, and the reverse (lower case, never NULL).
 */

uint16_t aif_html_tag(const u_char *name, size_t len);
const char *aif_html_tag_name(uint16_t tag);


/* Elements of the HTML standard, obsolete ones included, and svg, math. */

#define AIF_HTML_TAGS(X)                                                      \
    X(a) X(abbr) X(acronym) X(address) X(applet) X(area) X(article) X(aside)  \
    X(audio) X(b) X(base) X(basefont) X(bdi) X(bdo) X(bgsound) X(big)         \
    X(blink) X(blockquote) X(body) X(br) X(button) X(canvas) X(caption)       \
    X(center) X(cite) X(code) X(col) X(colgroup) X(data) X(datalist) X(dd)    \
    X(del) X(details) X(dfn) X(dialog) X(dir) X(div) X(dl) X(dt) X(em)        \
    X(embed) X(fieldset) X(figcaption) X(figure) X(font) X(footer) X(form)    \
    X(frame) X(frameset) X(h1) X(h2) X(h3) X(h4) X(h5) X(h6) X(head)          \
    X(header) X(hgroup) X(hr) X(html) X(i) X(iframe) X(image) X(img)          \
    X(input) X(ins) X(kbd) X(keygen) X(label) X(legend) X(li) X(link)         \
    X(listing) X(main) X(map) X(mark) X(marquee) X(math) X(menu)              \
    X(menuitem) X(meta) X(meter) X(nav) X(nobr) X(noembed) X(noframes)        \
    X(noscript) X(object) X(ol) X(optgroup) X(option) X(output) X(p)          \
    X(param) X(picture) X(plaintext) X(pre) X(progress) X(q) X(rb) X(rp)      \
    X(rt) X(rtc) X(ruby) X(s) X(samp) X(script) X(search) X(section)          \
    X(select) X(slot) X(small) X(source) X(span) X(strike) X(strong)          \
    X(style) X(sub) X(summary) X(sup) X(svg) X(table) X(tbody) X(td)          \
    X(template) X(textarea) X(tfoot) X(th) X(thead) X(time) X(title) X(tr)    \
    X(track) X(tt) X(u) X(ul) X(var) X(video) X(wbr) X(xmp)

#define AIF_HTML_TAG_ENUM(name)  AIF_TAG_##name,

typedef enum {
    AIF_TAG_UNKNOWN = 0,
    AIF_HTML_TAGS(AIF_HTML_TAG_ENUM)
    AIF_TAG_COUNT
} aif_html_tag_e;


#endif /* _AIF_HTML_H_INCLUDED_ */
