
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Reads and judges summaries.  A model is believed in nothing that can be
 * counted: the reviews of a claim must have its words, a number in a claim must
 * be in them, and what visitors are told is counted here.  What it cannot know
 * is whether a word was meant so.
 */


#include "engine/aif_summary.h"
#include "engine/aif_summary_source.h"
#include "core/aif_canonical.h"
#include "core/aif_utf8.h"
#include "engine/aif_aspect.h"
#include "engine/aif_json.h"


typedef struct {
    aif_str_t              text;
    aif_str_t              about;
    aif_str_t              kind;
    aif_str_t              sentiment;
    aif_sentiment_e        which;            /* of the sentiment */
    uint64_t               count;
    size_t                 nreviews;         /* as listed */
    u_char                 made[AIF_SUMMARY_MAX];    /* by review */
    aif_str_t              words[AIF_SUMMARY_MAX_WORDS];
    size_t                 nwords;
} aif_summary_claim_t;


typedef struct {
    aif_arena_t           *arena;
    aif_str_t              text;
    uint64_t               reviews;
    uint64_t               counts[AIF_SENTIMENTS];
    aif_summary_claim_t    claims[AIF_SUMMARY_MAX_CLAIMS];
    size_t                 nclaims;
} aif_summary_answer_t;


typedef struct {
    const char  *language;
    const char  *reviews;
    const char  *names[AIF_SENTIMENTS];
} aif_summary_words_t;


static int aif_summary_read(const aif_str_t *answer, aif_arena_t *a,
    aif_summary_answer_t **read);
static int aif_summary_value(void *ctx, const aif_json_t *json,
    aif_json_type_e type, const aif_str_t *value);
static int aif_summary_member(aif_summary_answer_t *s,
    aif_summary_claim_t *claim, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value);
static int aif_summary_string(aif_summary_answer_t *s, aif_json_type_e type,
    const aif_str_t *value, aif_str_t *to);
static int aif_summary_clean(aif_summary_answer_t *s);
static int aif_summary_clean_text(aif_str_t *text, size_t max,
    aif_arena_t *a);
static int aif_summary_fault(aif_guard_fault_t *fault, aif_guard_fault_e kind,
    const aif_str_t *fact);
static int aif_summary_claim(const aif_summary_source_t *source,
    const aif_summary_claim_t *claim);
static int aif_summary_has(const aif_str_t *text, const aif_str_t *word);
static int aif_summary_begins(const u_char *p, const u_char *end,
    const u_char *word, const u_char *last);
static int aif_summary_supported(size_t n, size_t reviews);
static int aif_summary_heard(const aif_summary_answer_t *s,
    const aif_summary_source_t *source, const u_char *there,
    const size_t *counts, size_t reviews);
static int aif_summary_invents(const aif_summary_source_t *source,
    const u_char *made, const aif_str_t *text, int numbers,
    const aif_claim_t *claims, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_arena_t *a, aif_guard_fault_t *fault);
static int aif_summary_recount(const aif_str_t *source,
    const aif_str_t *answer, const aif_summary_review_t *reviews, size_t n,
    aif_arena_t *a, aif_summary_answer_t **read, aif_summary_source_t *src,
    size_t *counts);
static int aif_summary_merge(aif_summary_answer_t *s);
static void aif_summary_counts(aif_buf_t *b, const aif_str_t *locale,
    size_t reviews, unsigned more, const size_t *counts);


const aif_prompt_t  aif_summary_prompt = {
    aif_string("reviews"),
    aif_string("You sum up what customers say of a product of an online shop, "
               "for other customers. The user's message has the reviews, each "
               "with its number and whether the customer was satisfied. "
               "\"summary\" is one sentence without any number. \"counts\" "
               "are those of the first line. \"claims\" are up to eight things "
               "that several reviews say: an \"aspect\" of the product, a "
               "\"need\" that customers have, or a \"pain\". \"about\" is the "
               "aspect in one or two words; \"text\" one short sentence "
               "without counts; \"reviews\" the numbers of all reviews that "
               "say so, and \"count\" how many they are; \"words\" one to "
               "eight single words, exactly as they stand in those reviews, "
               "at least one of which is in each of them. Leave out what "
               "fewer than three reviews say and less than 5 per cent of "
               "them. If over 10 per cent of the reviews are negative, there "
               "must be a negative claim, and so for positive ones."),
    aif_null_string, aif_null_string,
    aif_string("{\"type\":\"object\",\"properties\":{\"summary\":{\"type\":"
               "\"string\"},\"counts\":{\"type\":\"object\",\"properties\":{"
               "\"reviews\":{\"type\":\"integer\"},\"positive\":{\"type\":"
               "\"integer\"},\"neutral\":{\"type\":\"integer\"},\"negative\":"
               "{\"type\":\"integer\"}},\"required\":[\"reviews\",\"positive\","
               "\"neutral\",\"negative\"],\"additionalProperties\":false},"
               "\"claims\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
               "\"properties\":{\"kind\":{\"type\":\"string\",\"enum\":["
               "\"aspect\",\"need\",\"pain\"]},\"about\":{\"type\":\"string\"}"
               ",\"sentiment\":{\"type\":\"string\",\"enum\":[\"positive\","
               "\"neutral\",\"negative\"]},\"text\":{\"type\":\"string\"},"
               "\"count\":{\"type\":\"integer\"},\"reviews\":{\"type\":"
               "\"array\",\"items\":{\"type\":\"integer\"}},\"words\":{"
               "\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
               "\"required\":[\"kind\",\"about\",\"sentiment\",\"text\","
               "\"count\",\"reviews\",\"words\"],\"additionalProperties\":"
               "false}}},\"required\":[\"summary\",\"counts\",\"claims\"],"
               "\"additionalProperties\":false}"),
    0, AIF_PROMPT_WRITE, AIF_PROMPT_OBJECT, 0, 0
};


static const aif_summary_words_t  aif_summary_words[] = {
    { "ar", "\u0627\u0644\u062a\u0642\u064a\u064a\u0645\u0627\u062a",
      { "\u0625\u064a\u062c\u0627\u0628\u064a",
        "\u0645\u062d\u0627\u064a\u062f", "\u0633\u0644\u0628\u064a" } },
    { "de", "Bewertungen", { "positiv", "neutral", "negativ" } },
    { "en", "Reviews", { "positive", "neutral", "negative" } },
    { "es", "Opiniones", { "positivas", "neutras", "negativas" } },
    { "fr", "Avis", { "positifs", "neutres", "n\u00e9gatifs" } },
    { "it", "Recensioni", { "positive", "neutre", "negative" } },
    { "ja", "\u30ec\u30d3\u30e5\u30fc",
      { "\u9ad8\u8a55\u4fa1", "\u666e\u901a", "\u4f4e\u8a55\u4fa1" } },
    { "nl", "Beoordelingen", { "positief", "neutraal", "negatief" } },
    { "pl", "Opinie", { "pozytywne", "neutralne", "negatywne" } },
    { "pt", "Avalia\u00e7\u00f5es", { "positivas", "neutras", "negativas" } },
    { "ru", "\u041e\u0442\u0437\u044b\u0432\u044b",
      { "\u043f\u043e\u043b\u043e\u0436\u0438\u0442\u0435\u043b\u044c\u043d"
        "\u044b\u0435",
        "\u043d\u0435\u0439\u0442\u0440\u0430\u043b\u044c\u043d\u044b\u0435",
        "\u043e\u0442\u0440\u0438\u0446\u0430\u0442\u0435\u043b\u044c\u043d"
        "\u044b\u0435" } },
    { "zh", "\u8bc4\u4ef7",
      { "\u597d\u8bc4", "\u4e2d\u8bc4", "\u5dee\u8bc4" } },

    /* what everybody reads */

    { "", "\u03a3", { "+", "\u00b1", "\u2212" } }
};


/* AIF_OK; AIF_BAD: it is none; AIF_NOMEM */

static int
aif_summary_read(const aif_str_t *answer, aif_arena_t *a,
    aif_summary_answer_t **read)
{
    int                    rc;
    aif_summary_answer_t  *s;

    s = aif_arena_calloc(a, sizeof(aif_summary_answer_t));
    if (s == NULL) {
        return AIF_NOMEM;
    }

    s->arena = a;
    *read = s;

    rc = aif_json_read(answer->data, answer->len, a, aif_summary_value, s);

    if (rc != AIF_OK) {
        return rc == AIF_NOMEM ? AIF_NOMEM : AIF_BAD;
    }

    return aif_summary_clean(s);
}


static int
aif_summary_value(void *ctx, const aif_json_t *json, aif_json_type_e type,
    const aif_str_t *value)
{
    size_t                 i;
    aif_str_t              key;
    aif_summary_claim_t   *claim;
    aif_summary_answer_t  *s = ctx;

    if (aif_json_at(json, "summary")) {
        return aif_summary_string(s, type, value, &s->text);
    }

    if (aif_json_at(json, "counts.reviews")) {
        return type == AIF_JSON_NUMBER && aif_json_uint(value, &s->reviews)
               ? AIF_OK : AIF_BAD;
    }

    if (aif_json_at(json, "counts.*")) {

        key = aif_json_key(json);

        for (i = 0; i < AIF_SENTIMENTS; i++) {

            aif_str_t  name = aif_sentiment_name(i);

            if (aif_str_eq(&key, &name)) {
                return type == AIF_JSON_NUMBER
                       && aif_json_uint(value, &s->counts[i]) ? AIF_OK
                                                              : AIF_BAD;
            }
        }
    }

    if (aif_json_at(json, "claims.*") && type == AIF_JSON_OBJECT) {
        return s->nclaims++ == AIF_SUMMARY_MAX_CLAIMS ? AIF_BAD : AIF_OK;
    }

    if (s->nclaims == 0) {
        return AIF_OK;
    }

    claim = &s->claims[s->nclaims - 1];

    return aif_summary_member(s, claim, json, type, value);
}


static int
aif_summary_member(aif_summary_answer_t *s, aif_summary_claim_t *claim,
    const aif_json_t *json, aif_json_type_e type, const aif_str_t *value)
{
    uint64_t  n;

    if (aif_json_at(json, "claims.*.text")) {
        return aif_summary_string(s, type, value, &claim->text);
    }

    if (aif_json_at(json, "claims.*.about")) {
        return aif_summary_string(s, type, value, &claim->about);
    }

    if (aif_json_at(json, "claims.*.kind")) {
        return aif_summary_string(s, type, value, &claim->kind);
    }

    if (aif_json_at(json, "claims.*.sentiment")) {
        return aif_summary_string(s, type, value, &claim->sentiment);
    }

    if (aif_json_at(json, "claims.*.count")) {
        return type == AIF_JSON_NUMBER && aif_json_uint(value, &claim->count)
               ? AIF_OK : AIF_BAD;
    }

    if (aif_json_at(json, "claims.*.reviews.*")) {

        if (type != AIF_JSON_NUMBER || !aif_json_uint(value, &n) || n == 0
            || n > AIF_SUMMARY_MAX || claim->made[n - 1])
        {
            return AIF_BAD;
        }

        claim->made[n - 1] = 1;
        claim->nreviews++;
    }

    if (aif_json_at(json, "claims.*.words.*")) {

        if (claim->nwords == AIF_SUMMARY_MAX_WORDS) {
            return AIF_BAD;
        }

        return aif_summary_string(s, type, value,
                                  &claim->words[claim->nwords++]);
    }

    return AIF_OK;
}


static int
aif_summary_string(aif_summary_answer_t *s, aif_json_type_e type,
    const aif_str_t *value, aif_str_t *to)
{
    if (type != AIF_JSON_STRING || to->data) {
        return AIF_BAD;
    }

    to->len = value->len;
    to->data = aif_arena_dup(s->arena, value->data, value->len);

    return to->data ? AIF_OK : AIF_NOMEM;
}


/* What is missing, too long, or in a form that no text of ours may have. */

static int
aif_summary_clean(aif_summary_answer_t *s)
{
    int                   rc;
    size_t                i, k;
    aif_str_t             name;
    aif_summary_claim_t  *claim;

    static const aif_str_t  kinds[] = {
        aif_string("aspect"), aif_string("need"), aif_string("pain")
    };

    rc = aif_summary_clean_text(&s->text, AIF_SUMMARY_MAX_TEXT, s->arena);

    for (i = 0; i < s->nclaims && rc == AIF_OK; i++) {

        claim = &s->claims[i];

        rc = aif_summary_clean_text(&claim->text, AIF_SUMMARY_MAX_CLAIM,
                                    s->arena);

        if (rc == AIF_OK) {
            rc = aif_summary_clean_text(&claim->about, AIF_SUMMARY_MAX_CLAIM,
                                        s->arena);
        }

        for (k = 0; k < claim->nwords && rc == AIF_OK; k++) {
            rc = aif_summary_clean_text(&claim->words[k],
                                        AIF_SUMMARY_MAX_CLAIM, s->arena);
        }

        if (rc != AIF_OK) {
            break;
        }

        for (k = 0; k < AIF_SENTIMENTS; k++) {
            name = aif_sentiment_name(k);

            if (aif_str_eq(&name, &claim->sentiment)) {
                break;
            }
        }

        claim->which = k;

        if (k == AIF_SENTIMENTS
            || (!aif_str_eq(&claim->kind, &kinds[0])
                && !aif_str_eq(&claim->kind, &kinds[1])
                && !aif_str_eq(&claim->kind, &kinds[2])))
        {
            return AIF_BAD;
        }
    }

    return rc;
}


static int
aif_summary_clean_text(aif_str_t *text, size_t max, aif_arena_t *a)
{
    int        rc;
    aif_str_t  raw;

    static const aif_str_t  none = aif_null_string;

    raw = *text;

    if (raw.len == 0 || raw.len > max) {
        return AIF_BAD;
    }

    rc = aif_canonical_clean(&raw, &none, a, text);

    if (rc == AIF_OK
        && (text->len == 0 || memchr(text->data, '|', text->len)
            || memchr(text->data, '<', text->len)))
    {
        return AIF_BAD;
    }

    return rc;
}


int
aif_summary_check(const aif_str_t *source, const aif_str_t *answer,
    const aif_claim_t *claims, const aif_str_t *source_locale,
    const aif_str_t *target_locale, aif_arena_t *a, aif_guard_fault_t *fault)
{
    int                    rc;
    size_t                 i;
    u_char                 all[AIF_SUMMARY_MAX];
    aif_summary_claim_t   *claim;
    aif_summary_answer_t  *s;
    aif_summary_source_t   src;

    static const aif_str_t  none = aif_null_string;

    memset(fault, 0, sizeof(aif_guard_fault_t));

    rc = aif_summary_read(answer, a, &s);

    if (rc != AIF_OK) {
        return rc == AIF_NOMEM ? rc
               : aif_summary_fault(fault, AIF_GUARD_MARKUP, &none);
    }

    if (aif_summary_source_read(source, &src) != AIF_OK
        || s->reviews != src.n)
    {
        return aif_summary_fault(fault, AIF_GUARD_SUPPORT, &none);
    }

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        if (s->counts[i] != src.counts[i]) {
            return aif_summary_fault(fault, AIF_GUARD_SUPPORT, &none);
        }
    }

    memset(all, 1, sizeof(all));

    rc = aif_summary_invents(&src, all, &s->text, 0, claims, source_locale,
                             target_locale, a, fault);

    for (i = 0; i < s->nclaims && rc == AIF_OK; i++) {

        claim = &s->claims[i];

        if (!aif_summary_claim(&src, claim)) {
            return aif_summary_fault(fault, AIF_GUARD_SUPPORT, &claim->text);
        }

        rc = aif_summary_invents(&src, claim->made, &claim->text, 1, claims,
                                 source_locale, target_locale, a, fault);
    }

    if (rc == AIF_OK && !aif_summary_heard(s, &src, all, src.counts, src.n)) {
        return aif_summary_fault(fault, AIF_GUARD_SUPPORT, &none);
    }

    return rc;
}


static int
aif_summary_fault(aif_guard_fault_t *fault, aif_guard_fault_e kind,
    const aif_str_t *fact)
{
    fault->kind = kind;
    fault->fact = *fact;
    fault->added = 1;

    return AIF_BAD;
}


/*
 * So many reviews make it, there are enough, and each has one of its words.
 * Contented customers have pains, too; but what is praised is not known from
 * those who are angry.
 */

static int
aif_summary_claim(const aif_summary_source_t *source,
    const aif_summary_claim_t *claim)
{
    size_t  i, k, angry;

    if (claim->count != claim->nreviews
        || !aif_summary_supported(claim->nreviews, source->n))
    {
        return 0;
    }

    for (i = 0, angry = 0; i < AIF_SUMMARY_MAX; i++) {

        if (!claim->made[i]) {
            continue;
        }

        if (i >= source->n) {
            return 0;
        }

        angry += source->lines[i].sentiment == AIF_SENTIMENT_NEGATIVE;

        for (k = 0; k < claim->nwords; k++) {
            if (aif_summary_has(&source->lines[i].text, &claim->words[k]))
            {
                break;
            }
        }

        if (k == claim->nwords) {
            return 0;
        }
    }

    return claim->which != AIF_SENTIMENT_POSITIVE
           || angry * 2 <= claim->nreviews;
}


/*
 * Where words stand apart, one begins where a word of the text begins, and may
 * go on there: "run" is in "runs".  Words of one or two letters prove nothing,
 * but for ideographs.
 */

static int
aif_summary_has(const aif_str_t *text, const aif_str_t *word)
{
    size_t         letters;
    uint32_t       first, before, cp;
    const u_char  *p, *at, *end;

    p = word->data;
    first = aif_utf8_lower(aif_utf8_decode(&p, word->data + word->len));
    letters = aif_utf8_letters(word->data, word->len);

    if (letters == 0 || (letters < 3 && first < 0x2e80)) {
        return 0;
    }

    end = text->data + text->len;
    before = ' ';

    for (p = text->data; p < end; before = cp) {

        at = p;
        cp = aif_utf8_decode(&p, end);

        if (aif_utf8_lower(cp) == first
            && (first >= 0x590 || !aif_utf8_letter(before))
            && aif_summary_begins(at, end, word->data, word->data + word->len))
        {
            return 1;
        }
    }

    return 0;
}


static int
aif_summary_begins(const u_char *p, const u_char *end, const u_char *word,
    const u_char *last)
{
    while (word < last) {
        if (p == end
            || aif_utf8_lower(aif_utf8_decode(&p, end))
               != aif_utf8_lower(aif_utf8_decode(&word, last)))
        {
            return 0;
        }
    }

    return 1;
}


static int
aif_summary_supported(size_t n, size_t reviews)
{
    return n && (n >= AIF_SUMMARY_SUPPORT
                 || n * 100 >= reviews * AIF_SUMMARY_SHARE);
}


/* What many are content or angry about is said, by one of them at least. */

static int
aif_summary_heard(const aif_summary_answer_t *s,
    const aif_summary_source_t *source, const u_char *there,
    const size_t *counts, size_t reviews)
{
    size_t  i, k, which, n;

    for (which = 0; which < AIF_SENTIMENTS; which++) {

        if (which == AIF_SENTIMENT_NEUTRAL
            || counts[which] * 100 <= reviews * AIF_SUMMARY_MINORITY)
        {
            continue;
        }

        for (i = 0, n = 0; i < s->nclaims; i++) {

            if (s->claims[i].which != which || s->claims[i].nreviews == 0) {
                continue;
            }

            for (k = 0; k < source->n; k++) {
                n += there[k] && s->claims[i].made[k]
                     && source->lines[k].sentiment == which;
            }
        }

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}


/* The facts are the reviews; where there may be no numbers they have none. */

static int
aif_summary_invents(const aif_summary_source_t *source, const u_char *made,
    const aif_str_t *text, int numbers, const aif_claim_t *claims,
    const aif_str_t *source_locale, const aif_str_t *target_locale,
    aif_arena_t *a, aif_guard_fault_t *fault)
{
    size_t         i;
    aif_buf_t      b;
    aif_str_t      facts;
    const u_char  *p, *end;

    if (!numbers) {

        end = text->data + text->len;

        for (p = text->data; p < end; /* void */ ) {
            if (aif_utf8_digit(aif_utf8_decode(&p, end)) != -1) {
                return aif_summary_fault(fault, AIF_GUARD_NUMBER, text);
            }
        }
    }

    aif_buf_init(&b, a, AIF_SUMMARY_MAX_SOURCE);

    for (i = 0; i < source->n; i++) {
        if (made[i]) {
            aif_buf_literal(&b, "text: ");
            aif_buf_append(&b, source->lines[i].text.data,
                           source->lines[i].text.len);
            aif_buf_byte(&b, '\n');
        }
    }

    if (b.failed) {
        return AIF_NOMEM;
    }

    for (i = 0; !numbers && i < b.len; i++) {
        if (b.data[i] >= '0' && b.data[i] <= '9') {
            b.data[i] = ' ';
        }
    }

    facts.data = b.data;
    facts.len = b.len - (b.len != 0);

    return aif_claim_check(claims, &facts, text, source_locale, target_locale,
                           a, fault);
}


int
aif_summary_text(const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, unsigned more,
    const aif_str_t *locale, aif_arena_t *a, aif_str_t *text)
{
    int                    rc;
    size_t                 i, counts[AIF_SENTIMENTS];
    aif_buf_t              b;
    aif_summary_claim_t   *claim;
    aif_summary_answer_t  *s;
    aif_summary_source_t   src;

    rc = aif_summary_recount(source, answer, reviews, n, a, &s, &src, counts);

    if (rc != AIF_OK) {
        return rc;
    }

    aif_buf_init(&b, a, 2048);

    aif_summary_counts(&b, locale, n, more, counts);
    aif_buf_literal(&b, " | ");
    aif_buf_append(&b, s->text.data, s->text.len);

    for (i = 0; i < s->nclaims; i++) {

        claim = &s->claims[i];

        if (claim->nreviews) {
            aif_buf_literal(&b, " | ");
            aif_buf_append(&b, claim->text.data, claim->text.len);
            aif_buf_literal(&b, " (");
            aif_json_number(&b, claim->nreviews);
            aif_buf_byte(&b, '/');
            aif_json_number(&b, n);
            aif_buf_byte(&b, ')');
        }
    }

    text->data = b.data;
    text->len = b.len;

    return b.failed ? AIF_NOMEM : AIF_OK;
}


int
aif_summary_lines(const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, size_t max, aif_arena_t *a,
    aif_buf_t *b)
{
    int                    rc;
    size_t                 i, k, counts[AIF_SENTIMENTS];
    aif_str_t              example;
    aif_summary_claim_t   *claim;
    aif_summary_answer_t  *s;
    aif_summary_source_t   src;

    rc = aif_summary_recount(source, answer, reviews, n, a, &s, &src, counts);

    if (rc == AIF_OK) {
        rc = aif_summary_merge(s);
    }

    for (i = 0; rc == AIF_OK && i < s->nclaims; i++) {

        claim = &s->claims[i];

        if (claim->nreviews == 0) {
            continue;
        }

        for (k = 0; !claim->made[k]; k++) { /* void */ }

        example = src.lines[k].text;
        aif_canonical_cut(&example, max);

        aif_buf_byte(b, '\n');
        aif_buf_append(b, claim->kind.data, claim->kind.len);
        aif_buf_byte(b, '\t');
        aif_buf_append(b, claim->about.data, claim->about.len);
        aif_buf_byte(b, '\t');
        aif_buf_append(b, claim->sentiment.data, claim->sentiment.len);
        aif_buf_byte(b, '\t');
        aif_json_number(b, claim->nreviews);
        aif_buf_byte(b, '\t');
        aif_buf_append(b, claim->text.data, claim->text.len);
        aif_buf_byte(b, '\t');
        aif_buf_append(b, example.data, example.len);
    }

    return rc == AIF_OK && b->failed ? AIF_NOMEM : rc;
}


/* Claims of one aspect, kind and sentiment are one, of the reviews of all. */

static int
aif_summary_merge(aif_summary_answer_t *s)
{
    size_t                i, k, n;
    aif_str_t             keys[AIF_SUMMARY_MAX_CLAIMS];
    aif_summary_claim_t  *one, *other;

    for (i = 0; i < s->nclaims; i++) {

        other = &s->claims[i];

        if (aif_aspect_key(&other->about, s->arena, &keys[i]) != AIF_OK) {
            return AIF_NOMEM;
        }

        for (k = 0; k < i && other->nreviews; k++) {

            one = &s->claims[k];

            if (one->nreviews == 0 || one->which != other->which
                || !aif_str_eq(&one->kind, &other->kind)
                || !aif_str_eq(&keys[k], &keys[i]))
            {
                continue;
            }

            for (n = 0; n < AIF_SUMMARY_MAX; n++) {
                one->nreviews += other->made[n] && !one->made[n];
                one->made[n] |= other->made[n];
            }

            other->nreviews = 0;
        }
    }

    return AIF_OK;
}


/* Claims over the reviews of today: made[] and nreviews are theirs. */

static int
aif_summary_recount(const aif_str_t *source, const aif_str_t *answer,
    const aif_summary_review_t *reviews, size_t n, aif_arena_t *a,
    aif_summary_answer_t **read, aif_summary_source_t *src, size_t *counts)
{
    int                    rc;
    size_t                 i, k;
    u_char                 there[AIF_SUMMARY_MAX];
    aif_summary_claim_t   *claim;
    aif_summary_answer_t  *s;

    rc = aif_summary_read(answer, a, read);

    if (rc != AIF_OK) {
        return rc;
    }

    if (n < AIF_SUMMARY_MIN || aif_summary_source_read(source, src) != AIF_OK) {
        return AIF_BAD;
    }

    (void) aif_summary_source_match(src, reviews, n, there);

    memset(counts, 0, AIF_SENTIMENTS * sizeof(size_t));

    for (i = 0; i < n; i++) {
        counts[reviews[i].sentiment]++;
    }

    s = *read;

    for (i = 0; i < s->nclaims; i++) {

        claim = &s->claims[i];
        claim->nreviews = 0;

        for (k = 0; k < AIF_SUMMARY_MAX; k++) {
            claim->made[k] = claim->made[k] && k < src->n && there[k];
            claim->nreviews += claim->made[k];
        }

        if (!aif_summary_supported(claim->nreviews, n)) {
            claim->nreviews = 0;
        }
    }

    return aif_summary_heard(s, src, there, counts, n) ? AIF_OK : AIF_BAD;
}


static void
aif_summary_counts(aif_buf_t *b, const aif_str_t *locale, size_t reviews,
    unsigned more, const size_t *counts)
{
    size_t                      i;
    const aif_summary_words_t  *w;

    for (w = aif_summary_words; w->language[0]; w++) {

        if (locale->len >= 2 && (locale->len == 2 || locale->data[2] == '-')
            && (locale->data[0] | 0x20) == w->language[0]
            && (locale->data[1] | 0x20) == w->language[1])
        {
            break;
        }
    }

    aif_buf_append(b, w->reviews, strlen(w->reviews));
    aif_buf_literal(b, ": ");
    aif_json_number(b, reviews);

    if (more) {
        aif_buf_byte(b, '+');
    }

    for (i = 0; i < AIF_SENTIMENTS; i++) {
        aif_buf_literal(b, " \u00b7 ");
        aif_buf_append(b, w->names[i], strlen(w->names[i]));
        aif_buf_literal(b, ": ");
        aif_json_number(b, counts[i]);
    }
}
