
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * The fact lock's last part: what the administrator's own patterns find
 * (ai_protect).  It knows no locale: what they match is compared by bytes.
 * infer/ calls it before a text is sent and when its translation came.
 *
 * A match in the source must be in the target as often, and none may be added.
 * Where a pattern asks for the limits of words it may see a fact in the source
 * that it does not see in the target, whose script has none ("AB-12 is" and
 * its like in Chinese): then it is enough that the same bytes are there as
 * often as in the source.
 */


#include "core/aif_guard.h"
#include "core/aif_plain.h"


typedef struct {
    size_t   start;
    size_t   end;
} aif_guard_protect_match_t;


typedef struct {
    aif_plain_t                 plain;
    size_t                      n;
    aif_guard_protect_match_t   match[AIF_GUARD_MAX_FACTS];
} aif_guard_protect_text_t;


static int aif_guard_protect_find(aif_guard_protect_text_t *t,
    aif_pattern_t *pattern);
static int aif_guard_protect_same(const aif_guard_protect_text_t *s,
    const aif_guard_protect_text_t *t, aif_guard_fault_t *fault);
static size_t aif_guard_protect_count(const aif_guard_protect_text_t *t,
    const u_char *p, size_t len);
static size_t aif_guard_protect_bytes(const aif_guard_protect_text_t *t,
    const u_char *p, size_t len);
static int aif_guard_protect_fault(const aif_guard_protect_text_t *t,
    size_t i, int added, aif_guard_fault_t *fault);


int
aif_guard_protect(const aif_str_t *source, const aif_str_t *target,
    aif_pattern_t **patterns, size_t n, aif_arena_t *a,
    aif_guard_fault_t *fault)
{
    int                        rc;
    size_t                     i;
    aif_guard_protect_text_t  *s, *t;

    fault->kind = AIF_GUARD_NONE;
    fault->fact.data = NULL;
    fault->fact.len = 0;
    fault->added = 0;

    if (n == 0) {
        return AIF_OK;
    }

    s = aif_arena_alloc(a, 2 * sizeof(aif_guard_protect_text_t));
    if (s == NULL) {
        return AIF_NOMEM;
    }

    t = s + 1;

    rc = aif_plain_make(source, 0, a, &s->plain);

    if (rc == AIF_OK && target != NULL) {
        rc = aif_plain_make(target, 0, a, &t->plain);
    }

    for (i = 0; i < n && rc == AIF_OK; i++) {

        rc = aif_guard_protect_find(s, patterns[i]);

        if (rc != AIF_OK || target == NULL) {
            continue;
        }

        rc = aif_guard_protect_find(t, patterns[i]);

        if (rc == AIF_LIMIT || rc == AIF_BAD) {
            fault->kind = AIF_GUARD_PROTECTED;
            fault->added = 1;
            return AIF_BAD;
        }

        if (rc == AIF_OK) {
            rc = aif_guard_protect_same(s, t, fault);
        }
    }

    if (rc != AIF_OK && rc != AIF_NOMEM) {
        fault->kind = AIF_GUARD_PROTECTED;
    }

    return rc;
}


static int
aif_guard_protect_find(aif_guard_protect_text_t *t, aif_pattern_t *pattern)
{
    int                  rc;
    aif_str_t            text;
    aif_pattern_scan_t   scan;

    text.data = t->plain.text;
    text.len = t->plain.len;
    t->n = 0;

    aif_pattern_scan(&scan, pattern, &text);

    for ( ;; ) {
        rc = aif_pattern_next(&scan);

        if (rc != AIF_OK) {
            return rc == AIF_DONE ? AIF_OK : rc;
        }

        if (t->n == AIF_GUARD_MAX_FACTS) {
            return AIF_LIMIT;
        }

        t->match[t->n].start = scan.start;
        t->match[t->n].end = scan.end;
        t->n++;
    }
}


static int
aif_guard_protect_same(const aif_guard_protect_text_t *s,
    const aif_guard_protect_text_t *t, aif_guard_fault_t *fault)
{
    size_t         i, len, want, got;
    const u_char  *p;

    for (i = 0; i < s->n; i++) {
        p = s->plain.text + s->match[i].start;
        len = s->match[i].end - s->match[i].start;

        want = aif_guard_protect_count(s, p, len);
        got = aif_guard_protect_count(t, p, len);

        if (got > want
            || (got < want && aif_guard_protect_bytes(s, p, len)
                              != aif_guard_protect_bytes(t, p, len)))
        {
            return aif_guard_protect_fault(s, i, 0, fault);
        }
    }

    for (i = 0; i < t->n; i++) {
        p = t->plain.text + t->match[i].start;
        len = t->match[i].end - t->match[i].start;

        if (aif_guard_protect_count(s, p, len) == 0) {
            return aif_guard_protect_fault(t, i, 1, fault);
        }
    }

    return AIF_OK;
}


/* among the matches */

static size_t
aif_guard_protect_count(const aif_guard_protect_text_t *t, const u_char *p,
    size_t len)
{
    size_t  i, n;

    n = 0;

    for (i = 0; i < t->n; i++) {
        if (t->match[i].end - t->match[i].start == len
            && memcmp(t->plain.text + t->match[i].start, p, len) == 0)
        {
            n++;
        }
    }

    return n;
}


/* in the whole text */

static size_t
aif_guard_protect_bytes(const aif_guard_protect_text_t *t, const u_char *p,
    size_t len)
{
    size_t         n;
    const u_char  *q, *last;

    n = 0;
    q = t->plain.text;
    last = q + t->plain.len;

    while ((size_t) (last - q) >= len) {

        q = memchr(q, *p, last - q - len + 1);
        if (q == NULL) {
            break;
        }

        if (memcmp(q, p, len) == 0) {
            n++;
            q += len;

        } else {
            q++;
        }
    }

    return n;
}


static int
aif_guard_protect_fault(const aif_guard_protect_text_t *t, size_t i, int added,
    aif_guard_fault_t *fault)
{
    fault->kind = AIF_GUARD_PROTECTED;
    fault->added = added;
    fault->fact.data = t->plain.text + t->match[i].start;
    fault->fact.len = t->match[i].end - t->match[i].start;

    return AIF_BAD;
}
