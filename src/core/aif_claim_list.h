
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the files of the guard for invention: the lists, as they are
 * compared, and texts in the form in which they are.
 */


#ifndef _AIF_CLAIM_LIST_H_INCLUDED_
#define _AIF_CLAIM_LIST_H_INCLUDED_


#include "core/aif_claim.h"


typedef enum {
    AIF_CLAIM_MATERIAL = 0,
    AIF_CLAIM_CERTIFICATE,
    AIF_CLAIM_OFFER,
    AIF_CLAIM_ORIGIN,
    AIF_CLAIM_BRAND,
    AIF_CLAIM_FORBIDDEN,
    AIF_CLAIM_ALLOW,
    AIF_CLAIM_KINDS
} aif_claim_kind_e;


#define AIF_CLAIM_NONE  0xffffu


typedef struct {
    uint16_t             id;
    uint8_t              kind;
    uint8_t              head;       /* may begin inside a word */
    uint8_t              tail;       /* may end inside one */
} aif_claim_entry_t;


/* A trie over folded bytes. */

typedef struct {
    uint32_t             child;
    uint32_t             next;
    uint16_t             entry;      /* 1 + index; 0: none ends here */
    u_char               ch;
} aif_claim_node_t;


typedef struct {
    aif_str_t            language;
    aif_claim_node_t    *nodes;      /* [0] is the root */
    uint32_t             nnodes;
    uint32_t             max_nodes;
    aif_claim_entry_t   *entries;
    uint32_t             nentries;
    uint32_t             max_entries;
} aif_claim_list_t;


struct aif_claim_s {
    aif_arena_t         *arena;
    aif_claim_list_t     lists[AIF_CLAIM_MAX_LISTS];
    size_t               nlists;
    aif_str_t            ids[AIF_CLAIM_MAX_IDS];
    uint16_t             parents[AIF_CLAIM_MAX_IDS];
    size_t               nids;
    uint32_t             hash;
};


/*
 * A text for comparison: letters in lower case, digits and a few signs; one
 * blank for everything else.
 */

typedef struct {
    u_char              *text;
    size_t               len;
    uint32_t            *from;       /* for each byte: where in the original;
                                        one more for the end */
} aif_claim_text_t;


/*
 * aif_claim_list_fold() makes it: AIF_OK or AIF_NOMEM.  References of canonical
 * text count as blanks.
 *
 * aif_claim_list_find() is the entry of the longest phrase at text[at], whose
 * end is then in *end, or NULL.
 *
 * aif_claim_list_language(): the list of a locale's language, or NULL.
 * aif_claim_list_cluster(): words of this script aren't set apart by blanks.
 */

int aif_claim_list_fold(const aif_str_t *text, aif_arena_t *a,
    aif_claim_text_t *folded);
const aif_claim_entry_t *aif_claim_list_find(const aif_claim_list_t *list,
    const aif_claim_text_t *t, size_t at, size_t *end);
const aif_claim_list_t *aif_claim_list_language(const aif_claim_t *claims,
    const aif_str_t *locale);
int aif_claim_list_cluster(uint32_t cp);


#endif /* _AIF_CLAIM_LIST_H_INCLUDED_ */
