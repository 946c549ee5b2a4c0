
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Between the files of "ai_assistant": what it was told, and one question on
 * its way.
 */


#ifndef _NGX_HTTP_AI_ASSISTANT_H_INCLUDED_
#define _NGX_HTTP_AI_ASSISTANT_H_INCLUDED_


#include "ngx_http_ai_endpoint.h"
#include "core/aif_ground.h"
#include "engine/aif_ask.h"
#include "engine/aif_stream.h"
#include "infer/ngx_ai_call.h"
#include "infer/ngx_ai_read.h"


#define NGX_HTTP_AI_ASSISTANT_CONTEXTS  (AIF_PASSAGE_MAX_PAGES - 1)


struct ngx_http_ai_assistant_s {
    ngx_ai_engine_t          *engine;
    const aif_prompt_t       *prompt;
    ngx_ai_account_t         *account;      /* set when the scope is known */
    ngx_str_t                 contexts[NGX_HTTP_AI_ASSISTANT_CONTEXTS];
    ngx_uint_t                ncontexts;
    ngx_str_t                 contact;      /* URL; empty: none */
    size_t                    context_size;
    ngx_uint_t                max_question; /* characters */
    ngx_uint_t                finish;       /* when the visitor is gone */
};


typedef enum {
    NGX_HTTP_AI_ASK_JSON = 0,
    NGX_HTTP_AI_ASK_STREAM,
    NGX_HTTP_AI_ASK_PAGE                    /* to a form */
} ngx_http_ai_ask_form_e;


typedef struct ngx_http_ai_ask_s     ngx_http_ai_ask_t;
typedef struct ngx_http_ai_flight_s  ngx_http_ai_flight_t;


/* A page that may answer. */

typedef struct {
    ngx_http_ai_ask_t        *ask;
    ngx_str_t                 target;
    ngx_ai_read_t             read;
    unsigned                  own:1;        /* a context: administrator's */
    unsigned                  started:1;
} ngx_http_ai_ask_page_t;


/* Who asks: as long as its request, in an arena of its own. */

struct ngx_http_ai_ask_s {
    ngx_http_request_t       *request;
    ngx_http_ai_loc_conf_t   *conf;
    ngx_http_ai_assistant_t  *assistant;
    ngx_ai_store_t           *store;
    aif_arena_t              *arena;
    ngx_http_ai_ask_form_e    form;

    aif_ask_t                 said;
    ngx_str_t                 prefix;       /* of the page: "/es", or empty */
    ngx_str_t                 back;         /* the page, or empty: it is none
                                               of this site */
    aif_str_t                 source_locale;
    aif_str_t                 target_locale;

    ngx_http_ai_ask_page_t    pages[AIF_PASSAGE_MAX_PAGES];
    ngx_uint_t                npages;
    ngx_uint_t                next;         /* to be asked for */
    ngx_uint_t                waiting;      /* for so many */
    ngx_ai_self_fetch_t       fetch;
    ngx_uint_t                busy;         /* some could not be asked for */
    aif_passages_t            passages;
    ngx_uint_t                from[AIF_PASSAGE_MAX_PAGES];   /* their pages */

    ngx_http_ai_flight_t     *flight;       /* NULL: none, or it has landed */
    ngx_queue_t               queue;        /* of its asks */

    /* ngx_http_ai_assistant_ask_send.c */

    size_t                    sent;         /* bytes of the ground's text */
    ngx_chain_t              *free;
    ngx_chain_t              *busy_bufs;
    unsigned                  header:1;     /* of a stream, was sent */
    unsigned                  label:1;      /* ai_label: an answer says that a
                                               machine wrote it */
    unsigned                  failed:1;     /* an error takes the answer's
                                               place */
};


/* What is asked of the engine, for all who ask it: in an arena of its own. */

struct ngx_http_ai_flight_s {
    ngx_queue_t               queue;        /* of this worker's flights */
    ngx_queue_t               asks;
    ngx_http_ai_assistant_t  *assistant;
    ngx_ai_store_t           *store;
    aif_arena_t              *arena;

    aif_str_t                 source;       /* what the model is shown */
    aif_str_t                 source_locale;
    aif_str_t                 target_locale;
    ngx_ai_space_t            space;
    ngx_ai_item_t             item;
    u_char                    digest[64];   /* hex, of the source */

    ngx_ai_call_t            *call;         /* NULL: none */
    ngx_uint_t                tries;
    aif_stream_t              stream;
    size_t                    fed;          /* bytes of the answer */
    aif_ground_conf_t         limits;
    aif_ground_t              ground;
    int                       verdict;      /* of aif_ground_feed() */

    ngx_uint_t                status;       /* 0: there is no error */
    const char               *message;

    ngx_event_t               look;         /* at another worker's */
    ngx_connection_t          fake;         /* the event's data */
    ngx_msec_t                interval;
    ngx_msec_t                until;        /* 0: never looked */

    unsigned                  retry:1;      /* the error is over soon */
    unsigned                  shared:1;     /* it may be, and is kept */
    unsigned                  listed:1;     /* it can be joined */
    unsigned                  claimed:1;    /* the mark in the store is ours */
    unsigned                  broken:1;     /* the stream is no stream */
    unsigned                  busy:1;       /* its asks are being told */
};


#define ngx_http_ai_flight_refused(f)                                         \
    ((f)->verdict != AIF_MORE && (f)->verdict != AIF_DONE)

#define ngx_http_ai_ask_answered(ask)                                         \
    ((ask)->flight && !(ask)->failed && (ask)->flight->verdict == AIF_DONE    \
     && !(ask)->flight->ground.unknown)


/*
 * ngx_http_ai_assistant_flight.c: ngx_http_ai_flight_join() asks what the
 * pages were read for, or joins who asks it: NGX_AGAIN (the request will be
 * ended), NGX_OK (ngx_http_ai_flight_answer() has the answer) or NGX_ERROR.
 * ngx_http_ai_flight_answer() answers and unlinks; it returns what the request
 * is to be finalized with.  ngx_http_ai_flight_leave() unlinks who goes.
 * ngx_http_ai_flight_tell() and ngx_http_ai_flight_land() go to all who are
 * linked; the flight may be gone after it.  ngx_http_ai_flight_close() ends
 * what others may expect of it.
 *
 * ngx_http_ai_assistant_ask.c: ngx_http_ai_ask_call() asks the engine:
 * NGX_AGAIN, NGX_OK (status says why it can't be asked) or NGX_ERROR.
 * ngx_http_ai_ask_leave() is the request's farewell.
 *
 * ngx_http_ai_assistant_ask_send.c: ngx_http_ai_ask_tokens() sends what may be
 * shown by now; NGX_OK, NGX_AGAIN (the client is slow) or NGX_ERROR.
 * ngx_http_ai_ask_finish() sends the answer, or the hand-over;
 * ngx_http_ai_ask_error() says what went wrong, in "message" of nginx's printf;
 * both return what the request is to be finalized with.
 */

ngx_int_t ngx_http_ai_assistant_handler(ngx_http_request_t *r);

ngx_int_t ngx_http_ai_flight_join(ngx_http_ai_ask_t *ask);
ngx_int_t ngx_http_ai_flight_answer(ngx_http_ai_ask_t *ask);
void ngx_http_ai_flight_leave(ngx_http_ai_ask_t *ask);
void ngx_http_ai_flight_tell(ngx_http_ai_flight_t *f);
void ngx_http_ai_flight_land(ngx_http_ai_flight_t *f);
void ngx_http_ai_flight_close(ngx_http_ai_flight_t *f, ngx_msec_t hold);

ngx_int_t ngx_http_ai_ask_call(ngx_http_ai_flight_t *f);
void ngx_http_ai_ask_leave(void *data);

ngx_int_t ngx_http_ai_ask_tokens(ngx_http_ai_ask_t *ask);
ngx_int_t ngx_http_ai_ask_finish(ngx_http_ai_ask_t *ask);
ngx_int_t ngx_http_ai_ask_error(ngx_http_ai_ask_t *ask, ngx_uint_t status,
    const char *message);


#endif /* _NGX_HTTP_AI_ASSISTANT_H_INCLUDED_ */
