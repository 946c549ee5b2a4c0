
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Facts that are compared by their bytes: codes such as AB-1234/X, URLs,
 * e-mail addresses, placeholders of templates.  It finds where they begin and
 * end, nothing more.  Only aif_guard*.c call it.
 */


#include "core/aif_guard_facts.h"

#include "core/aif_utf8.h"


#define AIF_GUARD_MAX_BRACES  64         /* {placeholder}, bytes */
#define AIF_GUARD_MAX_BACK    64         /* local part of an e-mail address */


static const u_char *aif_guard_token_url(aif_guard_facts_t *f,
    const u_char *start, const u_char *p);
static size_t aif_guard_token_scheme(const u_char *start, const u_char *p);
static int aif_guard_token_is_scheme(const u_char *p, size_t len);
static const u_char *aif_guard_token_domain(const u_char *p,
    const u_char *end, size_t *dots, const u_char **tld);
static int aif_guard_token_is_tld(const u_char *p, size_t len);
static const u_char *aif_guard_token_back(aif_guard_facts_t *f,
    const u_char *p, const char *extra);
static const u_char *aif_guard_token_upper_before(const u_char *floor,
    const u_char *p);
static const u_char *aif_guard_token_letters(const u_char *p,
    const u_char *end);
static unsigned aif_guard_token_run(const u_char **p, const u_char *end);


/* Schemes without "//" that a browser may act upon. */

static const char *const  aif_guard_schemes[] = {
    "javascript", "vbscript", "data", "mailto", NULL
};


/*
 * Last parts of bare host names.  Those that are too common as words are
 * missing ("me", "in", "is", "to"): without a blank after a full stop any
 * sentence would be a host.
 */

static const char  aif_guard_tlds[] =
    " com net org info biz io shop store app dev online cloud eu uk cn jp kr"
    " br ru pl nl ca au ch cz se tw hk mx tr de es fr it tv ai xyz top site ";


aif_guard_fact_t *
aif_guard_token_add(aif_guard_facts_t *f, aif_guard_fact_e kind,
    const u_char *start, const u_char *last)
{
    aif_guard_fact_t  *fact;

    if (f->n == AIF_GUARD_MAX_FACTS) {
        f->fault = AIF_GUARD_LENGTH;
        f->fault_start = start;
        f->fault_end = last;
        return NULL;
    }

    fact = &f->facts[f->n++];

    memset(fact, 0, sizeof(aif_guard_fact_t));

    fact->kind = kind;
    fact->start = start - f->text;
    fact->end = last - f->text;
    fact->first = fact->start;
    fact->last = fact->end;

    f->floor = last;

    return fact;
}


void
aif_guard_token_drop(aif_guard_facts_t *f, const u_char *start)
{
    while (f->n != 0 && f->facts[f->n - 1].end > start - f->text) {
        f->n--;
    }
}


/* Whether a character that begins so is a Latin letter with an accent. */

int
aif_guard_token_latin(u_char ch)
{
    return ch >= 0xc3 && ch <= 0xc9;
}


int
aif_guard_token_class(u_char ch)
{
    if (ch >= 'a' && ch <= 'z') {
        return AIF_GUARD_LOWER;
    }

    if (ch >= 'A' && ch <= 'Z') {
        return AIF_GUARD_UPPER;
    }

    return ch >= '0' && ch <= '9' ? AIF_GUARD_NUMERAL : 0;
}


/* {x}, {{x}}; a brace that isn't part of one is a fact of its own. */

const u_char *
aif_guard_token_brace(aif_guard_facts_t *f, const u_char *p)
{
    size_t         depth;
    const u_char  *q, *start, *limit;

    start = p;

    if (p > f->floor && (p[-1] == '$' || p[-1] == '%' || p[-1] == '#')) {
        start--;
    }

    limit = f->end - p > AIF_GUARD_MAX_BRACES ? p + AIF_GUARD_MAX_BRACES
                                              : f->end;

    for (depth = 0, q = p; q < limit; q++) {

        if (*q == '{') {
            if (depth == 2 || (depth == 1 && q[-1] != '{')) {
                break;
            }

            depth++;

        } else if (*q == '}') {
            if (depth-- <= 1) {
                break;
            }

        } else if (*q == '<' || depth == 0) {
            break;
        }
    }

    f->work += q - p;

    if (*p == '}' || q == limit || *q != '}') {
        start = p;
        q = p;
    }

    (void) aif_guard_token_add(f, AIF_FACT_PLACEHOLDER, start, q + 1);

    return q + 1;
}


/* At "%": %s, %1$s, %-5.2f, %(name)s, %name%; returns p if it is none. */

const u_char *
aif_guard_token_printf(aif_guard_facts_t *f, const u_char *p)
{
    const u_char  *q, *end, *name;

    end = f->end;
    q = p + 1;

    if (q < end && *q == '{') {
        return aif_guard_token_brace(f, q);
    }

    name = q;

    while (q < end && q - p < AIF_GUARD_MAX_BRACES
           && (aif_guard_token_class(*q) || *q == '_' || *q == '.'))
    {
        q++;
    }

    f->work += q - p;

    if (q > name && q < end && *q == '%' && aif_guard_token_class(*name)
        != AIF_GUARD_NUMERAL)
    {
        (void) aif_guard_token_add(f, AIF_FACT_PLACEHOLDER, p, q + 1);
        return q + 1;
    }

    q = name;

    if (q < end && *q == '(') {
        while (q < end && *q != ')' && *q != '<'
               && q - p < AIF_GUARD_MAX_BRACES)
        {
            q++;
        }

        if (q == end || *q != ')') {
            return p;
        }

        q++;
    }

    while (q < end && q - p < AIF_GUARD_MAX_BRACES
           && ((*q >= '0' && *q <= '9') || *q == '$' || *q == '-'
               || *q == '+' || *q == '.' || *q == '\''))
    {
        q++;
    }

    while (q < end && q - p < AIF_GUARD_MAX_BRACES
           && (*q == 'l' || *q == 'h' || *q == 'z'))
    {
        q++;
    }

    if (q == end || (*q != '@' && memchr("sdiufeEgGxXcop", *q, 14) == NULL)
        || (q + 1 < end && (aif_guard_token_class(q[1]) & AIF_GUARD_LOWER)))
    {
        return p;
    }

    (void) aif_guard_token_add(f, AIF_FACT_PLACEHOLDER, p, q + 1);

    return q + 1;
}


/* At ":": scheme://..., javascript:..., or the placeholder :name. */

const u_char *
aif_guard_token_colon(aif_guard_facts_t *f, const u_char *p)
{
    size_t         len;
    const u_char  *q, *end;

    end = f->end;

    if (p + 1 == end) {
        return p + 1;
    }

    len = aif_guard_token_scheme(f->text, p);
    f->work += len;

    if (end - p >= 3 && p[1] == '/' && p[2] == '/') {
        return aif_guard_token_url(f, p - len, p + 3);
    }

    if (p[1] != ' ' && aif_guard_token_is_scheme(p - len, len)) {
        return aif_guard_token_url(f, p - len, p + 1);
    }

    if (aif_guard_token_class(p[1]) != AIF_GUARD_LOWER
        || (p > f->text && (p[-1] == ':' || p[-1] == ';' || p[-1] >= 0x80
                            || aif_guard_token_class(p[-1]))))
    {
        return p + 1;
    }

    for (q = p + 2; q < end && (aif_guard_token_class(*q) || *q == '_'); q++) {
        /* void */
    }

    (void) aif_guard_token_add(f, AIF_FACT_PLACEHOLDER, p, q);

    return q;
}


/* The length of what could be a scheme and ends at p. */

static size_t
aif_guard_token_scheme(const u_char *start, const u_char *p)
{
    const u_char  *q;

    for (q = p; q > start && p - q < 16
                && (aif_guard_token_class(q[-1]) || q[-1] == '+'); q--)
    {
        /* void */
    }

    return p - q;
}


static int
aif_guard_token_is_scheme(const u_char *p, size_t len)
{
    size_t       i, n;
    const char  *s;

    for (i = 0; (s = aif_guard_schemes[i]) != NULL; i++) {

        if (strlen(s) != len) {
            continue;
        }

        for (n = 0; n < len && (p[n] | 0x20) == (u_char) s[n]; n++) {
            /* void */
        }

        if (n == len) {
            return 1;
        }
    }

    return 0;
}


/* A URL from start; p is behind what made it one. */

static const u_char *
aif_guard_token_url(aif_guard_facts_t *f, const u_char *start, const u_char *p)
{
    const u_char  *q, *end, *next;

    end = f->end;

    for (q = p; q < end; /* void */ ) {

        if (*q >= 0x80) {
            next = aif_guard_token_letters(q, end);

            if (next == q) {
                break;
            }

            q = next;
            continue;
        }

        if (*q == '&') {
            if (end - q < 5 || memcmp(q, "&amp;", 5) != 0) {
                break;
            }

            q += 5;
            continue;
        }

        if (*q <= ' ' || *q == '<' || *q == '>' || *q == '"') {
            break;
        }

        q++;
    }

    while (q > p && strchr(".,;:!?')]}*", q[-1]) != NULL
           && !(q[-1] == ';' && q - p >= 5 && memcmp(q - 5, "&amp;", 5) == 0))
    {
        q--;
    }

    aif_guard_token_drop(f, start);
    (void) aif_guard_token_add(f, AIF_FACT_URL, start, q);

    return q;
}


const u_char *
aif_guard_token_at(aif_guard_facts_t *f, const u_char *p)
{
    size_t         dots;
    const u_char  *start, *last, *tld;

    start = aif_guard_token_back(f, p, ".-_+%");

    if (start == p) {
        return p + 1;
    }

    last = aif_guard_token_domain(p + 1, f->end, &dots, &tld);
    f->work += last - p;

    if (dots == 0 || last - tld < 2
        || aif_guard_token_class(*tld) == AIF_GUARD_NUMERAL)
    {
        return p + 1;
    }

    last = aif_guard_token_letters(last, f->end);

    aif_guard_token_drop(f, start);
    (void) aif_guard_token_add(f, AIF_FACT_EMAIL, start, last);

    return last;
}


/* At ".": a host name, with a path if it has one. */

const u_char *
aif_guard_token_dot(aif_guard_facts_t *f, const u_char *p)
{
    size_t         dots;
    const u_char  *start, *last, *tld;

    if (p + 1 == f->end) {
        return p + 1;
    }

    switch (aif_guard_token_class(p[1])) {

    case 0:
        return p + 1;

    case AIF_GUARD_NUMERAL:

        /* ".5", unless there is a digit or a word before it */

        if (p == f->text || p[-1] == ' ' || p[-1] == '(' || f->before == p)
        {
            return aif_guard_amount_digit(f, p);
        }
    }

    start = aif_guard_token_back(f, p, "-");

    if (start == p) {
        return p + 1;
    }

    last = aif_guard_token_domain(start, f->end, &dots, &tld);
    f->work += last - start;

    if (last <= p + 1 || (last < f->end && *last == '@')) {
        return p + 1;
    }

    if (!(p - start == 3 && (start[0] | 0x20) == 'w'
          && (start[1] | 0x20) == 'w' && (start[2] | 0x20) == 'w')
        && !aif_guard_token_is_tld(tld, last - tld))
    {
        return p + 1;
    }

    return aif_guard_token_url(f, start, last);
}


/* Labels and the dots between them; *tld is the last label. */

static const u_char *
aif_guard_token_domain(const u_char *p, const u_char *end, size_t *dots,
    const u_char **tld)
{
    const u_char  *start;

    *dots = 0;

    for ( ;; ) {
        start = p;
        *tld = p;

        while (p < end && p - start < 64
               && (aif_guard_token_class(*p) || *p == '-'))
        {
            p++;
        }

        if (*dots == 8 || p == start || end - p < 2 || *p != '.'
            || aif_guard_token_class(p[1]) == 0)
        {
            return p;
        }

        (*dots)++;
        p++;
    }
}


static int
aif_guard_token_is_tld(const u_char *p, size_t len)
{
    const char  *s;

    for (s = aif_guard_tlds; s[1]; s = strchr(s + 1, ' ')) {
        if (strncmp(s + 1, (const char *) p, len) == 0 && s[len + 1] == ' ') {
            return 1;
        }
    }

    return 0;
}


/* first_name: a name with an underscore is no word of any language. */

const u_char *
aif_guard_token_name(aif_guard_facts_t *f, const u_char *p)
{
    size_t         n;
    const u_char  *q, *start;

    start = aif_guard_token_back(f, p, "_-");

    for (n = p - start, q = p; q < f->end; q++) {

        if (aif_guard_token_class(*q)) {
            n++;

        } else if (*q != '_') {
            break;
        }
    }

    if (n == 0) {
        return q;
    }

    aif_guard_token_drop(f, start);
    (void) aif_guard_token_add(f, AIF_FACT_CODE, start, q);

    return q;
}


/* Letters, digits and "extra" before p, a bounded number of them. */

static const u_char *
aif_guard_token_back(aif_guard_facts_t *f, const u_char *p, const char *extra)
{
    const u_char  *q;

    for (q = p; q > f->text && p - q < AIF_GUARD_MAX_BACK; q--) {
        if (aif_guard_token_class(q[-1]) == 0
            && (q[-1] == 0 || strchr(extra, q[-1]) == NULL))
        {
            break;
        }
    }

    f->work += p - q;

    return q;
}


/*
 * Where the code begins that has its first digit at p: letters right before it
 * ("A4", "WH1000") or before a hyphen or slash ("AB-1234", "SKU-AB-12").  They
 * must be capitals: "de30" is two words without a blank, "covid-19" a word.
 * Returns p if it is no code.
 */

const u_char *
aif_guard_token_code_before(aif_guard_facts_t *f, const u_char *p)
{
    const u_char  *q, *start;

    q = aif_guard_token_upper_before(f->floor, p);
    start = q;

    while (q > f->floor && (q[-1] == '-' || q[-1] == '/')) {

        q = aif_guard_token_upper_before(f->floor, q - 1);

        if (*q == '-' || *q == '/') {
            break;
        }

        start = q;
    }

    f->work += p - start;

    /* part of a longer word */

    if (start > f->floor && (aif_guard_token_class(start[-1])
                             || (start - f->floor >= 2
                                 && aif_guard_token_latin(start[-2]))))
    {
        return p;
    }

    return start;
}


/* The number of small letters right before p that could be a code's. */

size_t
aif_guard_token_lower(aif_guard_facts_t *f, const u_char *p)
{
    const u_char  *q;

    for (q = p; q > f->floor && p - q < 5
                && (aif_guard_token_class(q[-1]) & AIF_GUARD_ALPHA); q--)
    {
        /* void */
    }

    if (p - q == 5 || (q - f->floor >= 2 && aif_guard_token_latin(q[-2]))) {
        return 0;
    }

    return p - q;
}


static const u_char *
aif_guard_token_upper_before(const u_char *floor, const u_char *p)
{
    const u_char  *q;

    for (q = p; q > floor && aif_guard_token_class(q[-1]) == AIF_GUARD_UPPER;
         q--)
    {
        /* void */
    }

    return q;
}


/*
 * Takes a code from start on, of which p is the first byte not looked at yet:
 * letters and digits, and behind a hyphen, slash or point more of them, but
 * no words.
 */

const u_char *
aif_guard_token_code(aif_guard_facts_t *f, const u_char *start,
    const u_char *p)
{
    unsigned       seen;
    const u_char  *q, *next;

    q = p;
    (void) aif_guard_token_run(&q, f->end);

    while (f->end - q >= 2 && (*q == '-' || *q == '/' || *q == '.')) {

        next = q + 1;
        seen = aif_guard_token_run(&next, f->end);
        f->work += next - q;

        if (seen == 0 || (seen & (AIF_GUARD_LOWER | AIF_GUARD_NUMERAL))
                         == AIF_GUARD_LOWER)
        {
            break;
        }

        q = next;
    }

    /* the plural of a code: "MP3s" */

    if (q - start > 2 && q[-1] == 's'
        && (aif_guard_token_class(q[-2])
            & (AIF_GUARD_UPPER | AIF_GUARD_NUMERAL)))
    {
        q--;
    }

    q = aif_guard_token_letters(q, f->end);

    aif_guard_token_drop(f, start);
    (void) aif_guard_token_add(f, AIF_FACT_CODE, start, q);

    return q;
}


/*
 * Letters beyond ASCII that go on where a fact ends, since they may look like
 * ASCII's; not those of scripts without blanks, where the next word begins.
 */

static const u_char *
aif_guard_token_letters(const u_char *p, const u_char *end)
{
    uint32_t       cp;
    const u_char  *next;

    for (next = p; p < end && *p >= 0x80; p = next) {
        cp = aif_utf8_decode(&next, end);

        if (cp >= 0xe00 || !aif_utf8_letter(cp)) {
            break;
        }
    }

    return p;
}


static unsigned
aif_guard_token_run(const u_char **pos, const u_char *end)
{
    unsigned       seen, class;
    const u_char  *p;

    seen = 0;

    for (p = *pos; p < end; p++) {
        class = aif_guard_token_class(*p);

        if (class == 0) {
            break;
        }

        seen |= class;
    }

    *pos = p;

    return seen;
}
