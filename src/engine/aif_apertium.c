
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Apertium APy: one text per call, form-encoded, since it reads no JSON and
 * of several texts only the last.  infer/ calls it through the table in
 * aif_engine.h.
 *
 * Texts go as HTML in their canonical form: Apertium moves <g1> and <x1/>
 * with their words as it does <b> and <img>, and unlike <br> an unknown
 * element doesn't end a sentence.  Of 40 sentences with placeholders 39 came
 * back whole, whether as <g1>, <b id="g1"> or <span id="g1"> (Debian 12,
 * eng-spa).  Addresses and {names} would have their words translated; they
 * are put in the element that it leaves alone.
 */


#include "engine/aif_engine.h"

#include "core/aif_canonical.h"
#include "core/aif_utf8.h"
#include "engine/aif_json.h"


/*
 * APy cuts a text into at most ten pieces, of 1000 characters when it is busy,
 * and drops the rest without a word.
 */

#define AIF_APERTIUM_MAX_CHARS  8000

#define AIF_APERTIUM_MAX_BYTES  32768

#define AIF_APERTIUM_OPEN   "<apertium-notrans>"
#define AIF_APERTIUM_CLOSE  "</apertium-notrans>"


typedef struct {
    aif_arena_t  *arena;
    aif_str_t     text;
    unsigned      failed:1;      /* responseStatus is not 200 */
} aif_apertium_answer_t;


/* Locales that Apertium has under names of its own, most particular first. */

typedef struct {
    const char   *locale;
    const char   *source;
    const char   *target;
} aif_apertium_name_t;


static int aif_apertium_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request);
static int aif_apertium_protect(const aif_str_t *text, aif_arena_t *a,
    aif_str_t *out);
static size_t aif_apertium_fixed(const u_char *p, const u_char *last);
static size_t aif_apertium_word(const u_char *p, const u_char *last);
static int aif_apertium_letter(u_char ch);
static size_t aif_apertium_chars(const aif_str_t *text);
static void aif_apertium_locale(aif_buf_t *b, const aif_str_t *locale,
    int target);
static int aif_apertium_locale_is(const aif_str_t *locale, const char *name);

static int aif_apertium_parse(const aif_engine_conf_t *conf,
    aif_engine_batch_t *batch, const aif_str_t *body, aif_arena_t *a);
static int aif_apertium_read(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static void aif_apertium_unprotect(aif_str_t *text);


static const aif_apertium_name_t  aif_apertium_names[] = {
    { "bs", "hbs", "hbs_BS" },
    { "ca-valencia", "ca", "ca_valencia" },
    { "hr", "hbs", "hbs_HR" },
    { "no", "nob", "nob" },
    { "oc-aranes", "oc", "oc_aran" },
    { "pt-br", "pt", "pt_BR" },
    { "sr", "hbs", "hbs_SR" },
    { NULL, NULL, NULL }
};


const aif_engine_t  aif_engine_apertium = {
    "apertium",
    1,
    AIF_APERTIUM_MAX_BYTES,
    0,
    0,
    0,
    aif_apertium_build,
    aif_apertium_parse,
    aif_engine_classify
};


static int
aif_apertium_build(const aif_engine_conf_t *conf,
    const aif_engine_batch_t *batch, aif_arena_t *a,
    aif_engine_request_t *request)
{
    int        rc;
    aif_buf_t  b;
    aif_str_t  text;

    if (batch->n != 1 || aif_engine_writes(batch)) {
        return AIF_LIMIT;
    }

    rc = aif_apertium_protect(&batch->items[0].source, a, &text);
    if (rc != AIF_OK) {
        return rc;
    }

    if (aif_apertium_chars(&text) >= AIF_APERTIUM_MAX_CHARS) {
        return AIF_LIMIT;
    }

    rc = aif_engine_url(conf, "/translate", a, &request->url);
    if (rc != AIF_OK) {
        return rc;
    }

    /* APy knows no keys, but it may stand behind something that does */

    rc = aif_engine_authorization(conf, "Bearer", a, &request->authorization);
    if (rc != AIF_OK) {
        return rc;
    }

    aif_buf_init(&b, a, text.len * 3 + 128);

    aif_buf_literal(&b, "langpair=");
    aif_apertium_locale(&b, batch->source_locale, 0);
    aif_buf_literal(&b, "%7C");
    aif_apertium_locale(&b, batch->target_locale, 1);
    aif_buf_literal(&b, "&markUnknown=no&format=html&q=");
    aif_engine_encode(&b, &text);

    if (b.failed) {
        return AIF_NOMEM;
    }

    request->body.data = b.data;
    request->body.len = b.len;
    aif_str_set(&request->content_type, "application/x-www-form-urlencoded");

    return AIF_OK;
}


static int
aif_apertium_protect(const aif_str_t *text, aif_arena_t *a, aif_str_t *out)
{
    int            word;
    size_t         n;
    aif_buf_t      b;
    const u_char  *p, *last;

    aif_buf_init(&b, a, text->len + 64);

    p = text->data;
    last = p + text->len;
    word = 0;

    while (p < last) {
        n = word ? 0 : aif_apertium_fixed(p, last);

        if (n != 0) {
            aif_buf_literal(&b, AIF_APERTIUM_OPEN);
            aif_buf_append(&b, p, n);
            aif_buf_literal(&b, AIF_APERTIUM_CLOSE);
            p += n;
            word = 1;
            continue;
        }

        /* the next place where something of that kind can begin */

        word = (*p != ' ' && *p != '(' && *p != '>' && *p != '"');
        aif_buf_byte(&b, *p++);
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    out->data = b.data;
    out->len = b.len;

    return AIF_OK;
}


/* How many bytes at p, the beginning of a word, must not be translated. */

static size_t
aif_apertium_fixed(const u_char *p, const u_char *last)
{
    size_t         i, len;
    const u_char  *close;

    /* {name}, {{name}}, ${name}, %{name} */

    i = (last - p > 1 && (*p == '$' || *p == '%'));

    if (p[i] == '{') {
        close = memchr(p, '}', last - p);

        if (close == NULL || memchr(p, '<', close - p)) {
            return 0;
        }

        while (close + 1 < last && close[1] == '}') {
            close++;
        }

        return close + 1 - p;
    }

    len = aif_apertium_word(p, last);

    /* %s, :name */

    if (len > 1 && (*p == '%' || *p == ':') && aif_apertium_letter(p[1])) {
        return len;
    }

    /* an address: scheme://, www., somebody@ */

    for (i = 1; i + 1 < len; i++) {
        if (p[i] == '@' || (i + 2 < len && memcmp(p + i, "://", 3) == 0)) {
            return len;
        }
    }

    return len > 4 && memcmp(p, "www.", 4) == 0 ? len : 0;
}


/* Length of the word at p, without what ends a sentence behind it. */

static size_t
aif_apertium_word(const u_char *p, const u_char *last)
{
    size_t  len;

    for (len = 0; p + len < last; len++) {
        if (p[len] == ' ' || p[len] == '<' || p[len] == '"') {
            break;
        }
    }

    while (len != 0 && strchr(".,;:!?)", p[len - 1]) != NULL) {
        len--;
    }

    return len;
}


static int
aif_apertium_letter(u_char ch)
{
    ch |= 0x20;

    return ch >= 'a' && ch <= 'z';
}


static size_t
aif_apertium_chars(const aif_str_t *text)
{
    size_t         n;
    const u_char  *p, *last;

    p = text->data;
    last = p + text->len;

    for (n = 0; p < last; n++) {
        (void) aif_utf8_decode(&p, last);
    }

    return n;
}


/* APy itself knows that "es" is "spa". */

static void
aif_apertium_locale(aif_buf_t *b, const aif_str_t *locale, int target)
{
    size_t                      i;
    u_char                      ch;
    const char                 *p;
    const aif_apertium_name_t  *name;

    for (name = aif_apertium_names; name->locale; name++) {
        if (aif_apertium_locale_is(locale, name->locale)) {
            p = target ? name->target : name->source;
            aif_buf_append(b, p, strlen(p));
            return;
        }
    }

    for (i = 0; i < locale->len; i++) {
        ch = locale->data[i] | 0x20;

        if (ch < 'a' || ch > 'z') {
            break;
        }

        aif_buf_byte(b, ch);
    }
}


/* Is it this locale, or one of its parts: sr-Latn is one of sr? */

static int
aif_apertium_locale_is(const aif_str_t *locale, const char *name)
{
    size_t  i;
    u_char  ch;

    for (i = 0; name[i] != '\0'; i++) {

        if (i == locale->len) {
            return 0;
        }

        ch = locale->data[i];

        if (ch >= 'A' && ch <= 'Z') {
            ch |= 0x20;
        }

        if (ch != (u_char) name[i]) {
            return 0;
        }
    }

    return i == locale->len || locale->data[i] == '-';
}


static int
aif_apertium_parse(const aif_engine_conf_t *conf, aif_engine_batch_t *batch,
    const aif_str_t *body, aif_arena_t *a)
{
    int                     rc;
    aif_engine_item_t      *item;
    aif_apertium_answer_t   answer;

    (void) conf;

    if (batch->n != 1) {
        return AIF_LIMIT;
    }

    item = &batch->items[0];

    aif_engine_clear(batch);

    memset(&answer, 0, sizeof(aif_apertium_answer_t));
    answer.arena = a;

    rc = aif_json_read(body->data, body->len, a, aif_apertium_read, &answer);

    if (rc != AIF_OK) {
        return rc == AIF_MORE ? AIF_BAD : rc;
    }

    if (answer.text.data == NULL || answer.failed) {
        return AIF_BAD;
    }

    aif_apertium_unprotect(&answer.text);

    rc = aif_canonical_clean(&answer.text, &item->source, a, &item->target);

    if (rc == AIF_BAD) {
        item->target.data = NULL;
        item->target.len = 0;
        return AIF_OK;
    }

    return rc;
}


static int
aif_apertium_read(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    uint64_t                status;
    aif_apertium_answer_t  *answer = ctx;

    if (type == AIF_JSON_STRING
        && aif_json_at(json, "responseData.translatedText"))
    {
        answer->text.data = aif_arena_dup(answer->arena, value->data,
                                          value->len);
        if (answer->text.data == NULL) {
            return AIF_NOMEM;
        }

        answer->text.len = value->len;

    } else if (type == AIF_JSON_NUMBER && aif_json_at(json, "responseStatus")
               && (!aif_json_uint(value, &status) || status != 200))
    {
        answer->failed = 1;
    }

    return AIF_OK;
}


/* Takes the elements of aif_apertium_protect() out, in place. */

static void
aif_apertium_unprotect(aif_str_t *text)
{
    size_t   n;
    u_char  *p, *to, *last;

    to = text->data;
    last = to + text->len;

    for (p = text->data; p < last; p += n) {
        n = sizeof(AIF_APERTIUM_OPEN) - 1;

        if ((size_t) (last - p) >= n && memcmp(p, AIF_APERTIUM_OPEN, n) == 0) {
            continue;
        }

        n = sizeof(AIF_APERTIUM_CLOSE) - 1;

        if ((size_t) (last - p) >= n && memcmp(p, AIF_APERTIUM_CLOSE, n) == 0)
        {
            continue;
        }

        n = 1;
        *to++ = *p;
    }

    text->len = to - text->data;
}
