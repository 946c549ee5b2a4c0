
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the files of the state: aif_state*.c and aif_flight.c.
 */


#ifndef _AIF_STATE_PRIVATE_H_INCLUDED_
#define _AIF_STATE_PRIVATE_H_INCLUDED_


#include "core/aif_state.h"
#include "core/aif_json_span.h"
#include "core/aif_view.h"


#define AIF_STATE_NONE  0xffffffffu


/* What JSON is found in: which rules apply to its strings. */

typedef enum {
    AIF_STATE_BODY = 0,              /* only listed keys */
    AIF_STATE_SCRIPT,                /* application/json */
    AIF_STATE_VARIABLE,
    AIF_STATE_LDJSON,
    AIF_STATE_NEXT,                  /* __NEXT_DATA__ */
    AIF_STATE_FLIGHT,                /* rows inside of a page */
    AIF_STATE_COMPONENT              /* rows as a body */
} aif_state_kind_e;


/* Edges of a text: white space before and behind it. */

#define AIF_STATE_EDGE_NONE   0x01
#define AIF_STATE_EDGE_BLANK  0x02   /* exactly one " " */
#define AIF_STATE_EDGE_OTHER  0x04
#define AIF_STATE_EDGE_OUTER  0x08   /* outside of the fragment: it stays */
#define AIF_STATE_EDGE_KEEP   0      /* of a new text: as it was */


/*
 * All places that have the same text.  "value" is what it becomes, data NULL:
 * it stays, or nobody knows.
 */

typedef struct {
    uint64_t          hash;
    aif_str_t         text;          /* canonical */
    aif_str_t         value;
    uint8_t           nodes;         /* some text node has it */
    uint8_t           found;         /* in what a framework compares */
    uint8_t           blocked;       /* some place must stay */
    uint8_t           node_lead;     /* AIF_STATE_EDGE_... of all nodes */
    uint8_t           node_trail;
    uint8_t           state_lead;    /* and of all strings */
    uint8_t           state_trail;
    uint8_t           lead;          /* new ones */
    uint8_t           trail;
} aif_state_group_t;


/* A text node of a fragment. */

typedef struct {
    uint32_t          group;         /* NONE: there is no text in it */
    uint8_t           lead;
    uint8_t           trail;
    uint8_t           empty;         /* not a byte */
    uint8_t           folded;        /* has white space that is one blank in
                                        its canonical text */
} aif_state_node_t;


typedef struct {
    uint32_t          view;
    uint32_t          start;         /* in the view: all of it, */
    uint32_t          end;
    uint32_t          text;          /* and without the white space around */
    uint32_t          text_end;
    uint32_t          group;         /* NONE: no fragment has it */
    uint32_t          value;         /* index of its text, or NONE */
    uint32_t          row;           /* 1 + index of a T row, 0: in JSON */
    uint8_t           kind;          /* aif_state_kind_e */
    uint8_t           link;          /* aif_state_link_e: then [text, text_end)
                                        is where the prefix goes */
} aif_state_string_t;


/* A Flight row that tells its length. */

typedef struct {
    uint32_t          view;
    uint32_t          id;            /* by which others refer to it */
    uint32_t          digits;        /* in the view */
    uint32_t          digits_end;
    uint32_t          start;         /* its text */
    uint32_t          end;
    uint8_t           text;          /* somebody refers to it as a text, */
    uint8_t           other;         /* or as something else */
} aif_state_row_t;


/* Serials of the objects whose "content" or "value" is a text, a link ... */

typedef struct {
    uint32_t          text;
    uint32_t          link;          /* or whose "href" is one that counts */
} aif_state_named_t;


/* An address of an attribute in the page, decoded. */

typedef struct {
    uint64_t          hash;
    aif_str_t         value;
    uint8_t           prefixed;      /* some element's gets the prefix, */
    uint8_t           kept;          /* and some doesn't */
} aif_state_address_t;


struct aif_state_s {
    const aif_state_conf_t      *conf;
    const aif_key_secret_t      *key;        /* of the table */
    aif_arena_t                 *arena;
    const u_char                *page;
    size_t                       len;
    const aif_fragment_t        *fragments;
    size_t                       nfragments;

    uint32_t                    *table;      /* of groups, open addressing */
    uint32_t                     mask;
    aif_state_group_t           *groups;
    uint32_t                     ngroups;
    uint32_t                     max_groups;
    uint32_t                    *first;      /* node of a fragment */
    uint32_t                    *group_of;   /* of a whole fragment, or NONE */
    aif_state_node_t            *nodes;
    u_char                      *stays;      /* per fragment */

    aif_view_t                  *views;
    uint32_t                     nviews;
    uint32_t                     max_views;
    aif_state_string_t          *strings;
    uint32_t                     nstrings;
    uint32_t                     max_strings;
    aif_state_row_t             *rows;
    uint32_t                     nrows;
    uint32_t                     max_rows;
    aif_str_t                   *texts;
    uint32_t                     ntexts;
    uint32_t                     max_texts;

    const aif_state_links_t     *links;      /* NULL: they stay */
    aif_state_address_t         *addresses;  /* open addressing; NULL: none */
    uint32_t                     addresses_mask;
    uint32_t                     nlinks;

    aif_json_span_level_t       *levels;
    const aif_str_t             *values;     /* of the last decision */
    unsigned                     hydrates:1;
};


/*
 * aif_state_group.c.  groups(): of the fragments (AIF_OK, AIF_NOMEM);
 * group_find(): the group of a text, or NONE; group_stays(): which fragments
 * must, once all scripts are read.
 */

int aif_state_groups(aif_state_t *st);
uint32_t aif_state_group_find(const aif_state_t *st, const aif_str_t *text);
void aif_state_group_stays(aif_state_t *st);

/*
 * aif_state_string.c.  strings() reads JSON in bytes [start, end) of a view
 * and keeps what may change; *pos, if not NULL, is where it ended (else
 * nothing but white space may follow).  string_keep() keeps one: "own" is
 * whether it is a text of its own.  string_grow() gives a table of "n" things
 * of that size room for one more, NULL without memory.  string_markup():
 * written to a page as HTML, this text would be more than text.
 * string_canonical(): the canonical text of a string's content, "t" without
 * what is around it (AIF_DONE: it is none for people).
 */

typedef struct {
    const u_char     *start;         /* without white space around it */
    const u_char     *end;
    aif_str_t         text;
} aif_state_text_t;

int aif_state_strings(aif_state_t *st, uint32_t view, size_t start, size_t end,
    aif_state_kind_e kind, size_t *pos);
int aif_state_string_keep(aif_state_t *st, aif_state_string_t *s,
    const aif_state_text_t *t, int own);
void *aif_state_string_grow(aif_state_t *st, void *table, uint32_t n,
    uint32_t *max, size_t size);
int aif_state_string_markup(const aif_str_t *text);
int aif_state_string_canonical(aif_state_t *st, const u_char *p,
    const u_char *end, int escaped, aif_state_text_t *t);

/*
 * aif_state_row.c.  row() adds a T row of that id: text [start, end), length
 * [digits, digits_end).  In a page's stream its text is kept at once.  In a
 * stream of its own row_sort() is called when all are added, row_refer() for
 * each "$id" among the strings ("own": where a text is expected), and
 * row_texts() at the end keeps those that are texts and nothing else.
 */

int aif_state_row(aif_state_t *st, uint32_t view, uint32_t id, size_t start,
    size_t end, size_t digits, size_t digits_end, aif_state_kind_e kind);
void aif_state_row_sort(aif_state_t *st);
void aif_state_row_refer(aif_state_t *st, const u_char *p, const u_char *end,
    int own);
int aif_state_row_texts(aif_state_t *st);

/*
 * aif_state_link.c.  link_table() decodes the addresses of the page (AIF_OK,
 * AIF_NOMEM); link() finds where the prefix goes in the string that was found,
 * of which s has view, kind, start and end: AIF_OK with link, text and text_end
 * set, or AIF_DONE; AIF_NOMEM.  link_text() is what stands there then, in the
 * arena (data NULL: no memory).
 */

typedef enum {
    AIF_STATE_LINK_NONE = 0,
    AIF_STATE_LINK_BEFORE,           /* before the path */
    AIF_STATE_LINK_BEHIND            /* behind the host: there is no path */
} aif_state_link_e;

int aif_state_link_table(aif_state_t *st);
int aif_state_link(aif_state_t *st, const aif_json_span_t *js,
    const aif_state_named_t *named, aif_state_string_t *s);
aif_str_t aif_state_link_text(aif_state_t *st, const aif_state_string_t *s);

/*
 * aif_state_key.c.  key_listed(): the configured keys name the string that was
 * found; key_attribute(): it is an attribute of an element in a Flight row, and
 * a text (1) or none (0), or it is no such thing (-1); key_governs() is told
 * all strings of a row before, for some attributes say what another one of
 * their element is; key_is() compares a key;
 * key_fixed(): it is none that people read.  key_ld_type() gives bits
 * for a type of schema.org, key_ld_text() what a key means there,
 * key_ld_around() the bits of the nearest object around that has a type
 * ("types" by serial, 0: not known; it is filled in on the way).
 */

#define AIF_STATE_LD_OFFER   0x01    /* product, offer: texts of their own */
#define AIF_STATE_LD_NEVER   0x02    /* review, rating, brand, person ... */
#define AIF_STATE_LD_KNOWN   0x80    /* it is known, whatever it is */

int aif_state_key_listed(const aif_state_conf_t *conf,
    const aif_json_span_t *js);
int aif_state_key_attribute(const aif_state_conf_t *conf,
    const aif_json_span_t *js, const aif_state_named_t *named);
void aif_state_key_governs(const aif_json_span_t *js,
    aif_state_named_t *named);
int aif_state_key_is(const aif_str_t *key, const char *name);
int aif_state_key_fixed(const aif_json_span_t *js, aif_state_kind_e kind);
unsigned aif_state_key_ld_type(const u_char *name, size_t len);
int aif_state_key_ld_text(const aif_str_t *key);
unsigned aif_state_key_ld_around(const aif_json_span_t *js, u_char *types);

/*
 * aif_flight.c.  flight_begins(): page[start, end) is a script that pushes;
 * flight_push() adds what it pushes to the view.  flight_rows() reads a stream.
 */

int aif_flight_begins(const u_char *page, size_t start, size_t end);
int aif_flight_push(aif_view_t *v, const u_char *page, size_t start,
    size_t end, aif_json_span_level_t *levels);
int aif_flight_rows(aif_state_t *st, uint32_t view, aif_state_kind_e kind);

/*
 * aif_state_foreign.c.  foreign(): this script is an unknown framework's state;
 * foreign_repeats(): some string in page[start, end) is a text of the page
 * (1 or 0, or AIF_NOMEM).
 */

int aif_state_foreign(const aif_state_t *st, size_t start, size_t end,
    const aif_str_t *id);
int aif_state_foreign_repeats(aif_state_t *st, size_t start, size_t end);

/*
 * aif_state.c.  view(): makes a view of part of the page, *view its index;
 * letter(): ch may be part of a name in JavaScript.
 */

int aif_state_view(aif_state_t *st, size_t start, size_t end, uint32_t *view);
int aif_state_letter(u_char ch);


#endif /* _AIF_STATE_PRIVATE_H_INCLUDED_ */
