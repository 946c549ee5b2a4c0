
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The store: texts in a shared memory zone, a cache that may be emptied at any
 * time, and beside it the state zone (ngx_ai_state.h), which never is.
 */


#ifndef _NGX_AI_STORE_H_INCLUDED_
#define _NGX_AI_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include "core/aif.h"
#include "core/aif_key.h"
#include "store/ngx_ai_state.h"


#define NGX_AI_STORE_MIN_SIZE   (1024 * 1024)
#define NGX_AI_STORE_SPAN       256       /* look-ups under one lock */
#define NGX_AI_STORE_MAX_TEXT   16384     /* bytes of source or value */


typedef enum {
    NGX_AI_MISS = 0,      /* unknown */
    NGX_AI_HIT,           /* value set */
    NGX_AI_STALE,         /* value set; older than ai_valid or of another
                             recipe: to be renewed */
    NGX_AI_PENDING,       /* no value; somebody is fetching it */
    NGX_AI_NEGATIVE,      /* no value; it failed lately, don't ask now */
    NGX_AI_CLAIMED        /* claim(): the caller is to fetch it */
} ngx_ai_found_e;


typedef struct {
    uint64_t      hash;       /* aif_key_hash() of source under the space */
    aif_str_t     source;     /* canonical text */
    aif_str_t     value;      /* out: canonical text, or data NULL */
    uint32_t      recipe;     /* of what this text alone is made with, such as
                                 its terms in a glossary; 0: of nothing */
    unsigned      found:3;    /* out: ngx_ai_found_e */
    unsigned      renewing:1; /* out: STALE, and somebody is fetching it */
    unsigned      person:1;   /* out: the value is a person's */
    unsigned      written:1;  /* the caller's */
} ngx_ai_item_t;


/*
 * A space is where texts belong: (scope, kind, source locale, target locale,
 * segment), see aif_key.h.  Its secret's k0 is stored and compared with each
 * text, so that equal texts of two spaces never meet.
 *
 * "recipe" is the hash of what texts are made with; 0 is a person's text,
 * which no other recipe makes stale.  The item's is added to it.
 */

typedef struct {
    aif_key_secret_t   key;
    uint32_t           recipe;
    time_t             valid;     /* seconds until stale; 0: for ever */
} ngx_ai_space_t;


typedef struct ngx_ai_store_s  ngx_ai_store_t;


/*
 * ngx_ai_store_add() declares both zones at configuration time: "name" of
 * "size" bytes and "name.state"; "tag" is the module's address.  Logs with
 * ngx_conf_log_error() and returns NULL if it can't.  The store lives as long
 * as the cycle.  Zone initialisation knows three cases: fresh, reload (the
 * zone is inherited, or recreated where its size changed; the state zone
 * stays), and exists (attached by another process).
 *
 * ngx_ai_store_slots() names what has slots in the state zone (arrays of
 * ngx_str_t, as long as the cycle); they are taken when the zone is made, so
 * that a configuration that finds no room is refused.  ngx_ai_store_cycle() is
 * the number of this configuration, known from then on.
 *
 * All functions below are for worker processes, hold the zone's mutex for a
 * bounded time, never log, allocate from pools or do I/O while holding it, and
 * find a zone left dirty by a dead worker empty and working again.  Times are
 * ngx_current_msec; it is monotonic over all processes.
 *
 * ngx_ai_store_lookup() sets found and value of the items from "from" on;
 * values are copied to *pos, which moves, below "end".  Returns the index of
 * the first item not looked up: n, or less if the room was too small: then
 * call again with a new room of at least NGX_AI_STORE_MAX_TEXT bytes.  A
 * look-up is a use: it keeps the text in memory.  items are not sorted by it.
 *
 * ngx_ai_store_claim() is done before fetching: found becomes CLAIMED (an
 * in-flight mark of the calling process is set until "deadline"), HIT (there
 * is a value now; value is not set), PENDING or NEGATIVE.  A STALE text may be
 * claimed; its value stays until put.  MISS: there was no room for the mark, or
 * the text is too long to be stored (fetch it not).  Returns the number of
 * claimed items.
 *
 * ngx_ai_store_put() stores a value and clears the mark: NGX_OK, NGX_DECLINED
 * (a person's text is there and stays; it is never stale), NGX_ERROR (longer
 * than NGX_AI_STORE_MAX_TEXT; the mark is cleared).
 *
 * ngx_ai_store_fail() clears the mark, if it is ours or expired; with "hold" >
 * 0 (milliseconds) the text is NEGATIVE for so long.  If it has an old value it
 * stays STALE, and only claim() says NEGATIVE.
 *
 * ngx_ai_store_bury() clears the marks of a process that is dead.
 *
 * ngx_ai_store_poll() is the cheap question of waiters: the number of items
 * among the n that are still in flight; it changes no item and no order.
 *
 * ngx_ai_store_generation() changes with every value that is stored, changed
 * or removed (one atomic read).  ngx_ai_store_purge() empties the zone; what is
 * in flight stays so.  ngx_ai_store_usage() is for the status.
 */

typedef struct {
    size_t        size;           /* of the zone, bytes */
    size_t        free;
    ngx_uint_t    texts;          /* with a value */
    ngx_uint_t    marks;          /* without: in flight or negative */
    ngx_uint_t    evicted;        /* since the zone is there */
    ngx_uint_t    emptied;        /* found dirty */
    ngx_uint_t    full;           /* puts and claims refused */
} ngx_ai_store_usage_t;

ngx_ai_store_t *ngx_ai_store_add(ngx_conf_t *cf, ngx_str_t *name, size_t size,
    void *tag);
ngx_ai_state_t *ngx_ai_store_state(ngx_ai_store_t *st);
ngx_str_t *ngx_ai_store_name(ngx_ai_store_t *st);
void ngx_ai_store_slots(ngx_ai_store_t *st, ngx_array_t *engines,
    ngx_array_t *accounts);
ngx_uint_t ngx_ai_store_cycle(ngx_ai_store_t *st);

ngx_uint_t ngx_ai_store_lookup(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    ngx_ai_item_t *items, ngx_uint_t from, ngx_uint_t n, u_char **pos,
    u_char *end);
ngx_uint_t ngx_ai_store_claim(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    ngx_ai_item_t *items, ngx_uint_t n, ngx_msec_t deadline);
ngx_int_t ngx_ai_store_put(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, const aif_str_t *value);
void ngx_ai_store_fail(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *item, ngx_msec_t hold);
void ngx_ai_store_bury(ngx_ai_store_t *st, ngx_pid_t pid);
ngx_uint_t ngx_ai_store_poll(ngx_ai_store_t *st, const ngx_ai_space_t *space,
    const ngx_ai_item_t *items, ngx_uint_t n);
ngx_atomic_uint_t ngx_ai_store_generation(ngx_ai_store_t *st);
void ngx_ai_store_purge(ngx_ai_store_t *st);
void ngx_ai_store_usage(ngx_ai_store_t *st, ngx_ai_store_usage_t *usage);


#endif /* _NGX_AI_STORE_H_INCLUDED_ */
