
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Numbers in the numerals of Chinese, Japanese and Korean: 十四天, 三百, 삼십일.
 * Most of the numerals are parts of other words, too (十分 is "very"), so one
 * counts only before what can be counted.  Only aif_guard_count.c calls it.
 */


#include "core/aif_guard_cardinal.h"

#include "core/aif_utf8.h"


#define AIF_NUMERAL_MAX  16          /* of a number */
#define AIF_NUMERAL_NEAR 64          /* bytes; units are shorter, and texts of
                                        these scripts have no blanks */


typedef struct {
    uint64_t       value;
    const u_char  *start;
    const u_char  *last;
    size_t         n;                /* numerals */
    size_t         powers;
} aif_numeral_t;


static void aif_numeral_read(aif_numeral_t *m, const aif_guard_locale_t *l,
    const u_char *p, const u_char *end);
static int aif_numeral_counts(const aif_numeral_t *m,
    const aif_guard_locale_t *l, const u_char *text, const u_char *end);
static const u_char *aif_numeral_korean(aif_numeral_t *m,
    const aif_guard_locale_t *l, const u_char *end);
static const aif_guard_word_t *aif_numeral_measure(
    const aif_guard_locale_t *l, const u_char *p, const u_char *end,
    size_t *len);
static int aif_numeral_among(const aif_str_t *s, const u_char *p,
    const u_char *end);


#define aif_numeral_near(p, end)                                              \
    ((end) - (p) > AIF_NUMERAL_NEAR ? (p) + AIF_NUMERAL_NEAR : (end))


/* what stands between a number and what is counted */

static const aif_str_t  aif_numeral_counters[] = {
    aif_string("个"), aif_string("個"), aif_string("件"), aif_string("次"),
    aif_string("款"), aif_string("双"), aif_string("雙"), aif_string("条"),
    aif_string("倍"), aif_string("折"), aif_string("种"), aif_string("種"),
    aif_string("月"), aif_string("号"), aif_string("號"), aif_string("枚"),
    aif_string("点"), aif_string("着"), aif_string("足"), aif_string("回"),
    aif_string("割"), aif_string("つ"), aif_string("块"), aif_string("塊"),
    aif_null_string
};


static const aif_str_t  aif_numeral_periods[] = {
    aif_string("年"), aif_string("天"), aif_string("日"), aif_string("周"),
    aif_string("週"), aif_string("星期"), aif_string("礼拜"),
    aif_string("个月"), aif_string("個月"), aif_string("か月"),
    aif_string("ヶ月"), aif_string("カ月"), aif_string("小时"),
    aif_string("小時"), aif_string("时间"), aif_string("時間"),
    aif_null_string
};


static const aif_str_t  aif_numeral_korean_periods[] = {
    aif_string("년"), aif_string("주일"), aif_string("개월"),
    aif_string("시간"), aif_null_string
};


int
aif_guard_numeral_at(const u_char *p, const u_char *end, uint64_t *value)
{
    size_t  i;

    static const struct {
        const char  *text;
        uint64_t     value;
    } numerals[] = {
        { "〇", 0 }, { "零", 0 }, { "一", 1 }, { "二", 2 }, { "三", 3 },
        { "四", 4 }, { "五", 5 }, { "六", 6 }, { "七", 7 }, { "八", 8 },
        { "九", 9 }, { "两", 2 }, { "兩", 2 }, { "十", 10 }, { "百", 100 },
        { "千", 1000 }, { "万", 10000 }, { "萬", 10000 }, { "亿", 100000000 },
        { "億", 100000000 }, { "일", 1 }, { "이", 2 }, { "삼", 3 },
        { "사", 4 }, { "오", 5 }, { "육", 6 }, { "칠", 7 }, { "팔", 8 },
        { "구", 9 }, { "십", 10 }, { "백", 100 }, { "천", 1000 },
        { "만", 10000 }, { NULL, 0 }
    };

    if (end - p < 3) {
        return 0;
    }

    for (i = 0; numerals[i].text; i++) {
        if (memcmp(numerals[i].text, p, 3) == 0) {
            *value = numerals[i].value;
            return *value < 10 ? 1 : 2;
        }
    }

    return 0;
}


const u_char *
aif_guard_numeral(const aif_guard_locale_t *l, const u_char *text,
    const u_char *p, const u_char *end, uint64_t *value)
{
    aif_numeral_t       m;
    aif_guard_locale_t  other;

    static const aif_str_t  zh = aif_string("zh");
    static const aif_str_t  ko = aif_string("ko");

    if (!aif_guard_numeral_at(p, end, value)) {
        return NULL;
    }

    if (!l->clusters) {
        aif_guard_locale(&other, *p >= 0xea ? &ko : &zh);
        l = &other;
    }

    aif_numeral_read(&m, l, p, end);

    if (m.n == 0 || m.n > AIF_NUMERAL_MAX) {
        return NULL;
    }

    /* "two, three days" */

    if (*p < 0xea && m.powers == 0 && m.n == 2) {
        (void) aif_guard_numeral_at(p, end, value);

        return aif_numeral_measure(l, m.last, end, &m.n)
               || aif_numeral_among(aif_numeral_counters, m.last, end)
               ? p + 3 : NULL;
    }

    if (*p >= 0xea) {
        p = aif_numeral_korean(&m, l, end);
        *value = m.value;
        return p;
    }

    *value = m.value;

    return aif_numeral_counts(&m, l, text, end) ? m.last : NULL;
}


static void
aif_numeral_read(aif_numeral_t *m, const aif_guard_locale_t *l,
    const u_char *p, const u_char *end)
{
    int       kind;
    size_t    len;
    uint64_t  v, digit, group, total, positional;

    m->start = p;
    m->n = 0;
    m->powers = 0;

    digit = 0;
    group = 0;
    total = 0;
    positional = 0;

    for ( /* void */ ; m->n <= AIF_NUMERAL_MAX; p += 3) {

        kind = aif_guard_numeral_at(p, end, &v);

        if (kind == 0 || (kind == 1 && m->powers && digit)
            || (kind == 2 && m->powers == 0 && m->n > 1))
        {
            break;
        }

        if (kind == 1) {
            positional = positional * 10 + v;
            digit = v;
            m->n++;
            continue;
        }

        /* "kilogram" begins as "thousand" does */

        if (aif_guard_word(l, p, aif_numeral_near(p, end), AIF_GUARD_WORD_UNIT
                           | AIF_GUARD_WORD_BEFORE, &len)
            && len > 3)
        {
            break;
        }

        if (v < 10000) {
            group += (digit ? digit : 1) * v;

        } else if (v <= 100000000 && total < 100000000) {
            total += (group + digit ? group + digit : 1) * v;
            group = 0;
        }

        digit = 0;
        m->powers++;
        m->n++;
    }

    m->last = p;
    m->value = m->powers ? total + group + digit : positional;
}


static int
aif_numeral_counts(const aif_numeral_t *m, const aif_guard_locale_t *l,
    const u_char *text, const u_char *end)
{
    size_t                   len;
    uint64_t                 v;
    const u_char            *p;
    const aif_guard_word_t  *w;

    p = m->start;

    /* ordinals: "the third" */

    if (p - text >= 3 && memcmp(p - 3, "第", 3) == 0) {
        return 0;
    }

    /* a year, "fourteen", "thirty", "three hundred" */

    if (m->powers ? m->n > 1 && (m->value < 20
                                 || aif_guard_numeral_at(p, end, &v) == 1)
                  : m->n > 2)
    {
        return 1;
    }

    w = aif_numeral_measure(l, m->last, end, &len);

    if (m->n == 1 && m->value == 1) {
        return aif_numeral_among(aif_numeral_periods, m->last, end);
    }

    /* "very" */

    if (m->n == 1 && m->value == 10 && w && len == 3
        && w->id == AIF_UNIT_MIN)
    {
        return 0;
    }

    return w != NULL || aif_numeral_among(aif_numeral_counters, m->last, end);
}


/* The end of what counts, or NULL. */

static const u_char *
aif_numeral_korean(aif_numeral_t *m, const aif_guard_locale_t *l,
    const u_char *end)
{
    size_t    len;
    uint64_t  v;

    if (m->powers == 0) {
        return m->n == 1 && aif_numeral_among(aif_numeral_korean_periods,
                                              m->last, end)
               ? m->last : NULL;
    }

    if (m->n < 2) {
        return NULL;
    }

    if (aif_numeral_measure(l, m->last, end, &len)) {
        return m->last;
    }

    /* "day" is "one" */

    if (m->n > 2 && aif_guard_numeral_at(m->last - 3, end, &v) == 1 && v == 1)
    {
        m->last -= 3;
        m->value--;
        return m->last;
    }

    if (m->value != 11) {
        return NULL;
    }

    m->value = 10;

    return m->last - 3;
}


static const aif_guard_word_t *
aif_numeral_measure(const aif_guard_locale_t *l, const u_char *p,
    const u_char *end, size_t *len)
{
    if (p < end) {
        p += aif_guard_affix_blank(p, end);
    }

    return p < end ? aif_guard_word(l, p, aif_numeral_near(p, end),
                                    AIF_GUARD_WORD_UNIT | AIF_GUARD_WORD_MONEY,
                                    len)
                   : NULL;
}


static int
aif_numeral_among(const aif_str_t *s, const u_char *p, const u_char *end)
{
    for ( /* void */ ; s->len; s++) {
        if ((size_t) (end - p) >= s->len && memcmp(p, s->data, s->len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* A single "one" is often an article: it opens a number before a period. */

int
aif_guard_numeral_opens(const u_char *p, const u_char *end, int whole)
{
    int       kind;
    uint64_t  v;

    kind = aif_guard_numeral_at(p, end, &v);

    if (kind == 0) {
        return (end - p >= 3
                && (memcmp(p, "半", 3) == 0 || memcmp(p, "曜", 3) == 0))
               || (end - p >= 6 && memcmp(p, "星期", 6) == 0);
    }

    if (v != 1) {
        return 1;
    }

    p += 3;

    if (p >= end) {
        return !whole;
    }

    return aif_guard_numeral_at(p, end, &v) != 0
           || aif_numeral_among(aif_numeral_periods, p, end);
}
