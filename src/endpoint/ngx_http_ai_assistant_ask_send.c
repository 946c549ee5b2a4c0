
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a visitor gets to his question: events while the engine still writes, a
 * JSON object, or for a form a small page.  Texts are data in each of them:
 * escaped for their place.
 */


#include "endpoint/ngx_http_ai_assistant.h"
#include "endpoint/ngx_http_ai_reply.h"
#include "core/aif_escape.h"
#include "core/aif_locale.h"
#include "core/aif_plain.h"
#include "core/aif_utf8.h"


#define NGX_HTTP_AI_ASK_PIECE  160      /* bytes of text in an event */
#define NGX_HTTP_AI_ASK_EVENT  1024     /* bytes of an event with them: each
                                           may become six */


/* Words that no engine writes, in the visitor's language. */

typedef struct {
    const char  *language;
    ngx_str_t    unknown;
    ngx_str_t    person;
    ngx_str_t    sources;
    ngx_str_t    back;
} ngx_http_ai_ask_words_t;


static ngx_int_t ngx_http_ai_ask_header(ngx_http_ai_ask_t *ask);
static ngx_int_t ngx_http_ai_ask_token(ngx_http_ai_ask_t *ask, u_char *p,
    size_t len, ngx_chain_t ***last);
static ngx_int_t ngx_http_ai_ask_output(ngx_http_ai_ask_t *ask,
    ngx_chain_t *out);
static void ngx_http_ai_ask_writer(ngx_http_request_t *r);
static ngx_int_t ngx_http_ai_ask_events(ngx_http_ai_ask_t *ask,
    aif_buf_t *b);
static ngx_int_t ngx_http_ai_ask_json(ngx_http_ai_ask_t *ask, aif_buf_t *b);
static void ngx_http_ai_ask_mark(ngx_http_ai_ask_t *ask, aif_buf_t *b);
static ngx_int_t ngx_http_ai_ask_html(ngx_http_ai_ask_t *ask, aif_buf_t *b);
static void ngx_http_ai_ask_member(aif_buf_t *b, const char *name,
    const aif_str_t *text);
static ngx_uint_t ngx_http_ai_ask_cited(ngx_http_ai_ask_t *ask,
    ngx_uint_t *at, aif_str_t *url, aif_str_t *title);
static void ngx_http_ai_ask_source(aif_buf_t *b, aif_str_t *url,
    aif_str_t *title);
static aif_str_t ngx_http_ai_ask_text(ngx_http_ai_ask_t *ask);
static const ngx_http_ai_ask_words_t *ngx_http_ai_ask_words(
    ngx_http_ai_ask_t *ask);
static void ngx_http_ai_ask_escape(aif_buf_t *b, const aif_str_t *text);
static ngx_int_t ngx_http_ai_ask_reply(ngx_http_ai_ask_t *ask,
    ngx_uint_t status, aif_buf_t *b);


/* in the words of schema.org, as on pages */

static const char  ngx_http_ai_ask_label[] =
    "<script type=\"application/ld+json\">"
    "{\"@context\":\"https://schema.org\",\"@type\":\"WebPage\",\"hasPart\":"
    "{\"@type\":\"WebPageElement\",\"cssSelector\":\"[data-ai]\","
    "\"digitalSourceType\":"
    "\"https://schema.org/TrainedAlgorithmicMediaDigitalSource\"}}</script>\n";


static const ngx_http_ai_ask_words_t  ngx_http_ai_ask_languages[] = {
    { "en",
      ngx_string("I could not find that on our pages. Please ask one of us."),
      ngx_string("Contact"), ngx_string("Sources"), ngx_string("Back") },
    { "es",
      ngx_string("No lo he encontrado en nuestras páginas. Pregunte a una "
                 "persona de nuestro equipo."),
      ngx_string("Contacto"), ngx_string("Fuentes"), ngx_string("Volver") },
    { "fr",
      ngx_string("Je ne l'ai pas trouvé sur nos pages. Adressez-vous à une "
                 "personne de notre équipe."),
      ngx_string("Contact"), ngx_string("Sources"), ngx_string("Retour") },
    { "de",
      ngx_string("Das habe ich auf unseren Seiten nicht gefunden. Bitte "
                 "fragen Sie jemanden von uns."),
      ngx_string("Kontakt"), ngx_string("Quellen"), ngx_string("Zurück") },
    { "it",
      ngx_string("Non l'ho trovato nelle nostre pagine. Chieda a una persona "
                 "del nostro team."),
      ngx_string("Contatti"), ngx_string("Fonti"), ngx_string("Indietro") },
    { "pt",
      ngx_string("Não encontrei isso nas nossas páginas. Pergunte a alguém "
                 "da nossa equipa."),
      ngx_string("Contacto"), ngx_string("Fontes"), ngx_string("Voltar") },
    { "nl",
      ngx_string("Dat heb ik niet op onze pagina's gevonden. Vraag het aan "
                 "een van ons."),
      ngx_string("Contact"), ngx_string("Bronnen"), ngx_string("Terug") },
    { "zh",
      ngx_string("我在我们的页面上没有找到答案，请联系我们的工作人员。"),
      ngx_string("联系我们"), ngx_string("来源"), ngx_string("返回") },
    { "ar",
      ngx_string("لم أجد ذلك في صفحاتنا. يرجى سؤال أحد موظفينا."),
      ngx_string("اتصل بنا"), ngx_string("المصادر"), ngx_string("رجوع") },
    { NULL, ngx_null_string, ngx_null_string, ngx_null_string,
      ngx_null_string }
};


ngx_int_t
ngx_http_ai_ask_tokens(ngx_http_ai_ask_t *ask)
{
    u_char        *p, *end, *next;
    size_t         told;
    aif_ground_t  *ground;
    ngx_chain_t   *out, **last;

    ground = &ask->flight->ground;
    told = ground->unknown ? 0 : ground->told;

    if (told <= ask->sent) {
        return NGX_OK;
    }

    if (!ask->header && ngx_http_ai_ask_header(ask) != NGX_OK) {
        return NGX_ERROR;
    }

    out = NULL;
    last = &out;
    p = ground->text.data + ask->sent;
    end = ground->text.data + told;

    while (p < end) {

        next = end;

        if (end - p > NGX_HTTP_AI_ASK_PIECE) {

            for (next = p + NGX_HTTP_AI_ASK_PIECE; (*next & 0xc0) == 0x80;
                 next--)
            {
                /* void */
            }
        }

        if (ngx_http_ai_ask_token(ask, p, next - p, &last) != NGX_OK) {
            return NGX_ERROR;
        }

        p = next;
    }

    ask->sent = told;

    return ngx_http_ai_ask_output(ask, out);
}


static ngx_int_t
ngx_http_ai_ask_header(ngx_http_ai_ask_t *ask)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ask->request;

    if (ngx_http_ai_reply_header(r, "Cache-Control", "no-store") != NGX_OK
        || ngx_http_ai_reply_header(r, "X-Accel-Buffering", "no") != NGX_OK
        || ngx_http_ai_reply_header(r, "X-Content-Type-Options", "nosniff")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    ngx_str_set(&r->headers_out.content_type, "text/event-stream");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_http_clear_content_length(r);

    ask->header = 1;

    rc = ngx_http_send_header(r);

    return rc == NGX_ERROR || rc > NGX_OK ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_ai_ask_token(ngx_http_ai_ask_t *ask, u_char *p, size_t len,
    ngx_chain_t ***last)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(ask->request->pool, &ask->free);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    b = cl->buf;

    if (b->start == NULL) {

        b->start = ngx_palloc(ask->request->pool, NGX_HTTP_AI_ASK_EVENT);
        if (b->start == NULL) {
            return NGX_ERROR;
        }

        b->end = b->start + NGX_HTTP_AI_ASK_EVENT;
        b->tag = (ngx_buf_tag_t) &ngx_http_ai_ask_tokens;
        b->temporary = 1;
    }

    b->pos = b->start;
    b->last = ngx_cpymem(b->pos, "event: token\ndata: {\"text\":\"", 28);
    b->last = (u_char *) ngx_escape_json(b->last, p, len);
    b->last = ngx_cpymem(b->last, "\"}\n\n", 4);
    b->flush = 1;

    **last = cl;
    *last = &cl->next;
    cl->next = NULL;

    return NGX_OK;
}


/* NGX_AGAIN: the client takes it slowly; the rest waits for it. */

static ngx_int_t
ngx_http_ai_ask_output(ngx_http_ai_ask_t *ask, ngx_chain_t *out)
{
    ngx_int_t                  rc;
    ngx_event_t               *wev;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = ask->request;

    rc = ngx_http_output_filter(r, out);

    ngx_chain_update_chains(r->pool, &ask->free, &ask->busy_bufs, &out,
                            (ngx_buf_tag_t) &ngx_http_ai_ask_tokens);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    wev = r->connection->write;

    if (!r->buffered && !r->connection->buffered && !r->postponed) {

        if (wev->timer_set && !wev->delayed) {
            ngx_del_timer(wev);
        }

        return NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    r->write_event_handler = ngx_http_ai_ask_writer;

    if (!wev->delayed) {
        ngx_add_timer(wev, clcf->send_timeout);
    }

    return ngx_handle_write_event(wev, clcf->send_lowat) == NGX_OK ? NGX_AGAIN
                                                                   : NGX_ERROR;
}


static void
ngx_http_ai_ask_writer(ngx_http_request_t *r)
{
    ngx_event_t         *wev;
    ngx_http_ai_ask_t   *ask;
    ngx_pool_cleanup_t  *cln;

    wev = r->connection->write;

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, NGX_ETIMEDOUT,
                      "client timed out");
        r->connection->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {

        if (cln->handler == ngx_http_ai_ask_leave) {
            ask = cln->data;

            if (ngx_http_ai_ask_output(ask, NULL) == NGX_ERROR) {
                ngx_http_finalize_request(r, NGX_ERROR);
            }

            return;
        }
    }
}


ngx_int_t
ngx_http_ai_ask_finish(ngx_http_ai_ask_t *ask)
{
    ngx_int_t  rc;
    aif_buf_t  b;

    aif_buf_init(&b, ask->arena, 1024);

    switch (ask->form) {

    case NGX_HTTP_AI_ASK_STREAM:

        if (ngx_http_ai_ask_answered(ask)
            && ngx_http_ai_ask_tokens(ask) == NGX_ERROR)
        {
            return NGX_ERROR;
        }

        rc = ngx_http_ai_ask_events(ask, &b);
        break;

    case NGX_HTTP_AI_ASK_JSON:
        rc = ngx_http_ai_ask_json(ask, &b);
        break;

    default:
        rc = ngx_http_ai_ask_html(ask, &b);
    }

    if (rc != NGX_OK) {
        return ask->header ? NGX_ERROR : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_ai_ask_reply(ask, NGX_HTTP_OK, &b);
}


static ngx_int_t
ngx_http_ai_ask_events(ngx_http_ai_ask_t *ask, aif_buf_t *b)
{
    aif_str_t   url, title, text;
    ngx_uint_t  i;

    for (i = 0; ngx_http_ai_ask_cited(ask, &i, &url, &title); /* void */ ) {
        aif_buf_literal(b, "event: source\ndata: ");
        ngx_http_ai_ask_source(b, &url, &title);
        aif_buf_literal(b, "\n\n");
    }

    aif_buf_literal(b, "event: done\ndata: {\"answered\":");

    if (ngx_http_ai_ask_answered(ask)) {
        aif_buf_literal(b, "true");
        ngx_http_ai_ask_mark(ask, b);

    } else {
        text = ngx_http_ai_ask_text(ask);
        aif_buf_literal(b, "false,");
        ngx_http_ai_ask_member(b, "answer", &text);
    }

    aif_buf_byte(b, ',');
    ngx_http_ai_ask_member(b, "contact",
                           (aif_str_t *) &ask->assistant->contact);
    aif_buf_literal(b, "}\n\n");

    return b->failed ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_ai_ask_json(ngx_http_ai_ask_t *ask, aif_buf_t *b)
{
    aif_str_t   url, title, text;
    ngx_uint_t  i, n;

    text = ngx_http_ai_ask_text(ask);

    aif_buf_byte(b, '{');
    ngx_http_ai_ask_member(b, "answer", &text);

    if (ngx_http_ai_ask_answered(ask)) {
        aif_buf_literal(b, ",\"answered\":true");
        ngx_http_ai_ask_mark(ask, b);
        aif_buf_literal(b, ",\"sources\":[");

    } else {
        aif_buf_literal(b, ",\"answered\":false,\"sources\":[");
    }

    for (i = 0, n = 0; ngx_http_ai_ask_cited(ask, &i, &url, &title); n++) {

        if (n) {
            aif_buf_byte(b, ',');
        }

        ngx_http_ai_ask_source(b, &url, &title);
    }

    aif_buf_literal(b, "],");
    ngx_http_ai_ask_member(b, "contact",
                           (aif_str_t *) &ask->assistant->contact);
    aif_buf_literal(b, "}\n");

    return b->failed ? NGX_ERROR : NGX_OK;
}


/* What "data-ai" says on pages. */

static void
ngx_http_ai_ask_mark(ngx_http_ai_ask_t *ask, aif_buf_t *b)
{
    if (ask->label) {
        aif_buf_literal(b, ",\"ai\":\"assistant\"");
    }
}


/* For who has no script: what the widget shows, and the way back. */

static ngx_int_t
ngx_http_ai_ask_html(ngx_http_ai_ask_t *ask, aif_buf_t *b)
{
    aif_str_t                       url, title, text, *page;
    ngx_uint_t                      i, n;
    const ngx_http_ai_ask_words_t  *words;

    words = ngx_http_ai_ask_words(ask);
    text = ngx_http_ai_ask_text(ask);
    page = (aif_str_t *) &ask->back;

    aif_buf_literal(b, "<!DOCTYPE html>\n<html lang=\"");
    ngx_http_ai_ask_escape(b, &ask->target_locale);

    if (aif_locale_rtl(ask->target_locale.data, ask->target_locale.len)) {
        aif_buf_literal(b, "\" dir=\"rtl");
    }

    aif_buf_literal(b, "\">\n<head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width\">"
                       "<meta name=\"robots\" content=\"noindex\"><title>");
    aif_buf_append(b, ask->said.question.data, ask->said.question.len);
    aif_buf_literal(b, "</title>");

    if (ask->label && ngx_http_ai_ask_answered(ask)) {
        aif_buf_literal(b, ngx_http_ai_ask_label);
    }

    aif_buf_literal(b, "</head>\n<body><main>\n<h1>");
    aif_buf_append(b, ask->said.question.data, ask->said.question.len);
    aif_buf_literal(b, "</h1>\n<p");

    if (ask->label && ngx_http_ai_ask_answered(ask)) {
        aif_buf_literal(b, " data-ai=\"assistant\"");
    }

    aif_buf_byte(b, '>');
    ngx_http_ai_ask_escape(b, &text);
    aif_buf_literal(b, "</p>\n");

    for (i = 0, n = 0; ngx_http_ai_ask_cited(ask, &i, &url, &title); n++) {

        if (n == 0) {
            aif_buf_literal(b, "<h2>");
            ngx_http_ai_ask_escape(b, (aif_str_t *) &words->sources);
            aif_buf_literal(b, "</h2>\n<ul>\n");
        }

        aif_buf_literal(b, "<li><a href=\"");
        ngx_http_ai_ask_escape(b, &url);
        aif_buf_literal(b, "\">");
        ngx_http_ai_ask_escape(b, title.len ? &title : &url);
        aif_buf_literal(b, "</a></li>\n");
    }

    if (n) {
        aif_buf_literal(b, "</ul>\n");
    }

    if (ask->assistant->contact.len) {
        aif_buf_literal(b, "<p><a href=\"");
        ngx_http_ai_ask_escape(b, (aif_str_t *) &ask->assistant->contact);
        aif_buf_literal(b, "\">");
        ngx_http_ai_ask_escape(b, (aif_str_t *) &words->person);
        aif_buf_literal(b, "</a></p>\n");
    }

    if (page->len) {
        aif_buf_literal(b, "<p><a href=\"");
        ngx_http_ai_ask_escape(b, page);
        aif_buf_literal(b, "\">");
        ngx_http_ai_ask_escape(b, (aif_str_t *) &words->back);
        aif_buf_literal(b, "</a></p>\n");
    }

    aif_buf_literal(b, "</main></body>\n</html>\n");

    return b->failed ? NGX_ERROR : NGX_OK;
}


static void
ngx_http_ai_ask_member(aif_buf_t *b, const char *name, const aif_str_t *text)
{
    u_char  out[8];
    size_t  i, n;

    aif_buf_byte(b, '"');
    aif_buf_append(b, name, ngx_strlen(name));
    aif_buf_literal(b, "\":\"");

    for (i = 0; i < text->len; i++) {
        n = (u_char *) ngx_escape_json(out, &text->data[i], 1) - out;
        aif_buf_append(b, out, n);
    }

    aif_buf_byte(b, '"');
}


/*
 * The next source that is cited, from *at on; 0: there is none.  If there was
 * only one, it is the one.
 */

static ngx_uint_t
ngx_http_ai_ask_cited(ngx_http_ai_ask_t *ask, ngx_uint_t *at, aif_str_t *url,
    aif_str_t *title)
{
    u_char                  *p;
    uint32_t                 cited;
    ngx_str_t               *target;
    ngx_uint_t               i, n;
    aif_plain_t              plain;
    aif_passage_page_t      *page;

    if (!ngx_http_ai_ask_answered(ask)) {
        return 0;
    }

    cited = ask->flight->ground.cited;

    if (cited == 0 && ask->flight->limits.nsources == 1) {
        cited = 1;
    }

    for (i = 0, n = 0; i < ask->passages.npages; i++) {

        page = &ask->passages.pages[i];

        if (!page->chosen) {
            continue;
        }

        n++;

        if (n <= *at || !(cited & ((uint32_t) 1 << (n - 1)))) {
            continue;
        }

        target = &ask->pages[ask->from[i]].target;

        url->len = ask->prefix.len + target->len;
        url->data = aif_arena_alloc(ask->arena, url->len);

        if (url->data == NULL
            || aif_plain_make(&page->title, 1, ask->arena, &plain) != AIF_OK)
        {
            return 0;
        }

        p = url->data;

        if (ask->prefix.len) {
            p = ngx_cpymem(p, ask->prefix.data, ask->prefix.len);
        }

        ngx_memcpy(p, target->data, target->len);

        title->data = plain.text;
        title->len = plain.len;
        *at = n;

        return 1;
    }

    return 0;
}


static void
ngx_http_ai_ask_source(aif_buf_t *b, aif_str_t *url, aif_str_t *title)
{
    aif_buf_byte(b, '{');
    ngx_http_ai_ask_member(b, "url", url);
    aif_buf_byte(b, ',');
    ngx_http_ai_ask_member(b, "title", title);
    aif_buf_byte(b, '}');
}


static aif_str_t
ngx_http_ai_ask_text(ngx_http_ai_ask_t *ask)
{
    aif_str_t                       text;
    const ngx_http_ai_ask_words_t  *words;

    if (ngx_http_ai_ask_answered(ask)) {
        text.data = ask->flight->ground.text.data;
        text.len = ask->flight->ground.told;

    } else {
        words = ngx_http_ai_ask_words(ask);
        text.data = words->unknown.data;
        text.len = words->unknown.len;
    }

    return text;
}


static const ngx_http_ai_ask_words_t *
ngx_http_ai_ask_words(ngx_http_ai_ask_t *ask)
{
    size_t                          len;
    aif_str_t                      *tag;
    const ngx_http_ai_ask_words_t  *words;

    tag = &ask->target_locale;

    for (words = ngx_http_ai_ask_languages; words->language; words++) {

        len = ngx_strlen(words->language);

        if (tag->len >= len
            && ngx_strncasecmp(tag->data, (u_char *) words->language, len) == 0
            && (tag->len == len || tag->data[len] == '-'))
        {
            return words;
        }
    }

    return ngx_http_ai_ask_languages;
}


static void
ngx_http_ai_ask_escape(aif_buf_t *b, const aif_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {

        switch (text->data[i]) {

        case '"':
            aif_buf_literal(b, "&quot;");
            break;

        case '\n':
            aif_buf_literal(b, "<br>");
            break;

        default:
            aif_escape_append(b, &text->data[i], 1);
        }
    }
}


ngx_int_t
ngx_http_ai_ask_error(ngx_http_ai_ask_t *ask, ngx_uint_t status,
    const char *message)
{
    ngx_int_t  rc;
    aif_buf_t  b;
    aif_str_t  text;

    if (!ask->header && ask->form != NGX_HTTP_AI_ASK_PAGE) {
        rc = ngx_http_ai_reply_error(ask->request, status, "%s", message);
        return rc == NGX_AGAIN ? NGX_OK : rc;
    }

    aif_buf_init(&b, ask->arena, 1024);

    if (ask->form == NGX_HTTP_AI_ASK_PAGE) {
        ask->failed = 1;

        return ngx_http_ai_ask_html(ask, &b) == NGX_OK
               ? ngx_http_ai_ask_reply(ask, status, &b)
               : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text.data = (u_char *) message;
    text.len = ngx_strlen(message);

    aif_buf_literal(&b, "event: error\ndata: {");
    ngx_http_ai_ask_member(&b, "message", &text);
    aif_buf_byte(&b, ',');
    ngx_http_ai_ask_member(&b, "contact",
                           (aif_str_t *) &ask->assistant->contact);
    aif_buf_literal(&b, "}\n\n");

    return b.failed ? NGX_ERROR : ngx_http_ai_ask_reply(ask, status, &b);
}


/* The whole answer, or what ends a stream; the arena outlives it. */

static ngx_int_t
ngx_http_ai_ask_reply(ngx_http_ai_ask_t *ask, ngx_uint_t status, aif_buf_t *b)
{
    ngx_int_t            rc;
    ngx_buf_t           *buf;
    ngx_str_t            body;
    ngx_chain_t          out;
    ngx_http_request_t  *r;

    r = ask->request;
    body.data = b->data;
    body.len = b->len;

    if (ask->form != NGX_HTTP_AI_ASK_STREAM) {
        rc = ngx_http_ai_reply(r, status,
                               ask->form == NGX_HTTP_AI_ASK_JSON
                               ? NGX_HTTP_AI_REPLY_JSON
                               : "text/html; charset=utf-8", &body);

        return rc == NGX_AGAIN ? NGX_OK : rc;
    }

    if (!ask->header && ngx_http_ai_ask_header(ask) != NGX_OK) {
        return NGX_ERROR;
    }

    buf = ngx_calloc_buf(r->pool);
    if (buf == NULL) {
        return NGX_ERROR;
    }

    buf->pos = body.data;
    buf->last = body.data + body.len;
    buf->memory = 1;
    buf->last_buf = (r == r->main);
    buf->last_in_chain = 1;

    out.buf = buf;
    out.next = NULL;

    rc = ngx_http_output_filter(r, &out);

    return rc == NGX_AGAIN ? NGX_OK : rc;
}
