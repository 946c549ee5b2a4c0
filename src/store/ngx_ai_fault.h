
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Places where a test kills the process that holds the zone's mutex.  Compiled
 * in only with -DNGX_AI_FAULTS; a module that is built without has none.
 */


#ifndef _NGX_AI_FAULT_H_INCLUDED_
#define _NGX_AI_FAULT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_AI_FAULTS_LIST(X)                                                 \
    X(none)                                                                   \
    X(lookup)            /* in the middle of a span */                        \
    X(claim)             /* some marks set, others not */                     \
    X(mark_half)         /* a mark half written */                            \
    X(put_begin)         /* dirty, nothing changed */                         \
    X(put_evict)         /* out of its chain, still in the ring */            \
    X(put_move)          /* copied, the chain names the old place */          \
    X(put_replace)       /* the old value gone, the new one not there */      \
    X(put_overwrite)     /* half of a value written over another */           \
    X(put_half)          /* in the ring, not in its chain */                  \
    X(put_end)           /* all done, still dirty */                          \
    X(put_mark)          /* stored, the mark not cleared */                   \
    X(fail)              /* the mark not cleared */                           \
    X(empty)             /* half emptied, by purge or after another death */

#define NGX_AI_FAULT_ENUM(name)  NGX_AI_FAULT_##name,

typedef enum {
    NGX_AI_FAULTS_LIST(NGX_AI_FAULT_ENUM)
    NGX_AI_FAULT_COUNT
} ngx_ai_fault_e;


#if (NGX_AI_FAULTS)

/* where to die next, ngx_ai_fault_e; a process sets it for itself */

extern ngx_uint_t  ngx_ai_fault;

#define NGX_AI_FAULT(name)                                                    \
    if (ngx_ai_fault == NGX_AI_FAULT_##name) { (void) raise(SIGKILL); }

#else

#define NGX_AI_FAULT(name)

#endif


#endif /* _NGX_AI_FAULT_H_INCLUDED_ */
