
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Segmenter and rewriter over golden pages: t/unit/cases/segment/NAME.html
 * (NAME.conf: "include", "exclude", "attributes" lines) must give the
 * fragments of NAME.expect, and, with all of them in capitals, NAME.upper;
 * whole, byte by byte, in pieces of 1 to 31 bytes, split at 1 to 31, and at
 * random.  With AIF_GOLDEN=write the files are written instead of compared.
 *
 * Then the limits, and memory that ends.
 */


#include "page.h"
#include "tap.h"

#include <dirent.h>


#define TEST_CASES  "t/unit/cases/segment"


static aif_segment_conf_t  test_conf;
static aif_arena_t        *test_arena;


/*
 * The fragments of a page, one a line: kind or quote, letters, text.  Then its
 * charset, and its scripts: hidden ones with a "-".
 */

static void
test_list(page_t *pg, aif_buf_t *b)
{
    int                    n;
    char                   head[64];
    size_t                 i;
    const char            *kind;
    const aif_fragment_t  *f;
    const aif_segment_script_t  *script;

    static const char     *quotes[] = { "?", "=", "'", "\"" };

    for (i = 0; i < pg->n; i++) {

        f = &pg->fragments[i];

        kind = f->kind == AIF_FRAGMENT_TEXT ? "text"
               : f->kind == AIF_FRAGMENT_RCDATA ? "title" : quotes[f->quote];

        n = snprintf(head, sizeof(head), "%s %u ", kind, f->letters);
        aif_buf_append(b, head, n);
        aif_buf_append(b, f->text.data, f->text.len);
        aif_buf_byte(b, '\n');
    }

    if (pg->charset.len) {
        aif_buf_literal(b, "charset ");
        aif_buf_append(b, pg->charset.data, pg->charset.len);
        aif_buf_byte(b, '\n');
    }

    for (i = 0; i < pg->nscripts; i++) {

        script = &pg->scripts[i];

        n = snprintf(head, sizeof(head), "script%s ",
                     script->hidden ? "-" : "");
        aif_buf_append(b, head, n);
        aif_buf_append(b, pg->page + script->tag,
                       script->start - script->tag);
        aif_buf_literal(b, " ");
        aif_buf_append(b, pg->page + script->start,
                       script->end - script->start);
        aif_buf_byte(b, '\n');
    }
}


/* What must hold for any page, whatever its fragments are. */

static int
test_sound(page_t *pg)
{
    size_t                 i, k, letters;
    u_char                 open[AIF_SEGMENT_MAX_TAGS + 1];
    uint32_t               end, id, depth, pos;
    const aif_fragment_t  *f;

    end = 0;
    letters = 0;

    for (i = 0; i < pg->n; i++) {

        f = &pg->fragments[i];
        letters += f->letters;

        if (f->letters == 0 || f->start >= f->end || f->end > pg->len
            || f->text.len == 0 || f->text.len > AIF_SEGMENT_MAX_TEXT
            || f->ntags > 2 * AIF_SEGMENT_MAX_TAGS)
        {
            return 0;
        }

        if (f->kind == AIF_FRAGMENT_ATTRIBUTE && f->start < end) {

            /* inside a tag of the text before it, and not of an opaque one */

            for (k = i; pg->fragments[k].kind == AIF_FRAGMENT_ATTRIBUTE; k--) {
                /* void */
            }

            pos = f->start;
            f = &pg->fragments[k];

            for (k = 0; k < f->ntags; k++) {
                if (pos > f->tags[k].start
                    && pg->fragments[i].end < f->tags[k].end)
                {
                    break;
                }
            }

            if (k == f->ntags || f->tags[k].closing) {
                return 0;
            }

            continue;
        }

        if (f->start < end) {
            return 0;
        }

        end = f->end;
        pos = f->start;
        id = 0;
        depth = 0;

        for (k = 0; k < f->ntags; k++) {

            if (f->tags[k].start < pos || f->tags[k].end > f->end
                || f->tags[k].end <= f->tags[k].start)
            {
                return 0;
            }

            pos = f->tags[k].end;

            if (f->tags[k].closing) {
                if (depth == 0 || open[--depth] != f->tags[k].id) {
                    return 0;
                }

            } else if (f->tags[k].id != ++id) {
                return 0;

            } else if (!f->tags[k].single) {
                open[depth++] = id;
            }
        }

        if (depth) {
            return 0;
        }
    }

    return letters == pg->letters;
}


static int
test_once(const u_char *data, size_t len, page_piece_pt piece, size_t state,
    const aif_str_t *expect, const aif_str_t *upper)
{
    int        good;
    u_char    *out;
    page_t     pg;
    size_t     n, rejected;
    aif_buf_t  b;

    page_open(&pg, &test_conf, data, len, piece, state);

    aif_buf_init(&b, pg.arena, 1024);
    test_list(&pg, &b);

    good = pg.rc == AIF_DONE && test_sound(&pg) && b.len == expect->len
           && memcmp(b.data, expect->data, b.len) == 0;

    out = page_rewrite(&pg, 1, &n, &rejected);

    good = good && rejected == 0 && n == upper->len
           && memcmp(out, upper->data, n) == 0;

    free(out);

    out = page_rewrite(&pg, 0, &n, &rejected);

    good = good && rejected == 0 && n == len && memcmp(out, data, n) == 0;

    free(out);
    page_close(&pg);

    return good;
}


static void
test_read_conf(const char *name)
{
    char            *line, *next, *word;
    u_char          *data;
    size_t           len, at;
    aif_str_t        text;
    const char      *error;

    static aif_selector_t  *include[8], *exclude[8];
    static aif_str_t        attributes[16];

    aif_segment_conf_default(&test_conf);

    data = page_read(name, &len);
    if (data == NULL) {
        return;
    }

    test_conf.include = include;
    test_conf.exclude = exclude;

    for (line = (char *) data; *line; line = next) {

        next = strchr(line, '\n');
        *next++ = '\0';

        word = strchr(line, ' ');
        *word++ = '\0';

        if (strcmp(line, "attributes") == 0) {
            test_conf.attributes = attributes;
            test_conf.nattributes = 0;

            for (word = strtok(word, " "); word; word = strtok(NULL, " ")) {
                text.len = strlen(word);
                text.data = aif_arena_dup(test_arena, (u_char *) word,
                                          text.len);
                attributes[test_conf.nattributes++] = text;
            }

            continue;
        }

        text.data = (u_char *) word;
        text.len = strlen(word);

        if (aif_selector_parse(&text, test_arena,
                               strcmp(line, "include") == 0
                               ? &include[test_conf.ninclude++]
                               : &exclude[test_conf.nexclude++],
                               &error, &at)
            != AIF_OK)
        {
            printf("Bail out! %s: %s\n", name, error);
            exit(1);
        }
    }

    free(data);
}


static void
test_write(const char *name, const void *data, size_t len)
{
    FILE  *f;

    f = fopen(name, "wb");

    if (f == NULL || fwrite(data, 1, len, f) != len) {
        abort();
    }

    fclose(f);
}


static void
test_golden(const char *name)
{
    char        path[512];
    page_t      pg;
    u_char     *html, *out;
    size_t      i, len, n, rejected;
    unsigned    bad;
    aif_buf_t   b;
    aif_str_t   expect, upper;

    snprintf(path, sizeof(path), TEST_CASES "/%s.conf", name);
    test_read_conf(path);

    snprintf(path, sizeof(path), TEST_CASES "/%s.html", name);
    html = page_read(path, &len);

    if (getenv("AIF_GOLDEN")) {
        page_open(&pg, &test_conf, html, len, NULL, 0);
        aif_buf_init(&b, pg.arena, 1024);
        test_list(&pg, &b);
        snprintf(path, sizeof(path), TEST_CASES "/%s.expect", name);
        test_write(path, b.data, b.len);
        out = page_rewrite(&pg, 1, &n, &rejected);
        snprintf(path, sizeof(path), TEST_CASES "/%s.upper", name);
        test_write(path, out, n);
        free(out);
        page_close(&pg);
    }

    snprintf(path, sizeof(path), TEST_CASES "/%s.expect", name);
    expect.data = page_read(path, &expect.len);

    snprintf(path, sizeof(path), TEST_CASES "/%s.upper", name);
    upper.data = page_read(path, &upper.len);

    if (expect.data == NULL || upper.data == NULL) {
        ok(0, "%s: has .expect and .upper", name);
        return;
    }

    if (!ok(test_once(html, len, NULL, 0, &expect, &upper),
            "%s: whole", name))
    {
        page_open(&pg, &test_conf, html, len, NULL, 0);
        aif_buf_init(&b, pg.arena, 1024);
        test_list(&pg, &b);
        printf("# rc %d, sound %d, fragments:\n%.*s", pg.rc, test_sound(&pg),
               (int) b.len, b.data);
        out = page_rewrite(&pg, 1, &n, &rejected);
        printf("# rejected %zu, rewritten:\n%.*s", rejected, (int) n, out);
        free(out);
        page_close(&pg);
    }

    bad = 0;

    for (i = 1; i <= 31; i++) {
        bad += !test_once(html, len, page_even, i, &expect, &upper);
        bad += !test_once(html, len, page_split, i, &expect, &upper);
    }

    for (i = 1; i <= 20; i++) {
        bad += !test_once(html, len, page_random, i, &expect, &upper);
    }

    ok(bad == 0, "%s: in pieces (%u of 82 differ)", name, bad);

    free(html);
    free(expect.data);
    free(upper.data);
}


static int
test_filter(const struct dirent *d)
{
    size_t  n;

    n = strlen(d->d_name);

    return n > 5 && strcmp(d->d_name + n - 5, ".html") == 0;
}


/* "n" times a text, between two others */

static size_t
test_repeat(u_char *dst, const char *before, const char *text, size_t n,
    const char *after)
{
    char  *p;

    p = stpcpy((char *) dst, before);

    while (n--) {
        p = stpcpy(p, text);
    }

    p = stpcpy(p, after);

    return p - (char *) dst;
}


static void
test_limits(void)
{
    u_char  *buf, *out;
    page_t   pg;
    size_t   len, rejected;

    aif_segment_conf_default(&test_conf);

    buf = malloc(16 << 20);

    len = test_repeat(buf, "<p>one ", "<b>x</b>", 64, "</p><p>two</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.n == 2 && pg.fragments[0].ntags == 128, "64 placeholders");
    page_close(&pg);

    len = test_repeat(buf, "<p>one ", "<b>x</b>", 65, "</p><p>two</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == 1, "65 are no fragment");
    page_close(&pg);

    len = test_repeat(buf, "<p>", "one<br>two <i>x</i> ", 65, "</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.n == 66 && test_sound(&pg), "65 with breaks: cut at the breaks");
    page_close(&pg);

    len = test_repeat(buf, "<p>", "a", AIF_SEGMENT_MAX_TEXT, "</p><p>b</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.n == 2, "the longest text");
    page_close(&pg);

    len = test_repeat(buf, "<p>", "a", AIF_SEGMENT_MAX_TEXT + 1,
                      "</p><p>b</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == 1, "one byte more is no fragment");
    page_close(&pg);

    len = test_repeat(buf, "<p>&gt;<i>x</i>", "a", AIF_SEGMENT_MAX_TEXT - 14,
                      "</p><p>b</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.n == 2 && pg.fragments[0].text.len == AIF_SEGMENT_MAX_TEXT,
       "the longest text, with a tag and a reference");
    page_close(&pg);

    len = test_repeat(buf, "<p>&gt;<i>x</i>", "a", AIF_SEGMENT_MAX_TEXT - 13,
                      "</p><p>b</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == 1, "one byte more is none");
    page_close(&pg);

    len = test_repeat(buf, "<p title='", "&amp;", AIF_SEGMENT_MAX_TEXT,
                      "'>a</p>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == 1, "an attribute too long is none");
    page_close(&pg);

    len = test_repeat(buf, "<p>a", "<div>", AIF_SEGMENT_MAX_DEPTH - 1,
                      "b<div>c<p>d<br>e</div>f");
    len += test_repeat(buf + len, "", "</div>", AIF_SEGMENT_MAX_DEPTH - 1,
                       "g");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == 5 && pg.fragments[2].text.data[0] == 'c'
       && pg.fragments[3].text.data[0] == 'f'
       && pg.fragments[4].text.data[0] == 'g',
       "what is too deep is not touched, what follows is");
    page_close(&pg);

    len = test_repeat(buf, "<p>", "<i>", AIF_SEGMENT_MAX_DEPTH - 2,
                      "a<svg><svg></svg>x<b>y</b> z");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    out = page_rewrite(&pg, 1, &len, &rejected);
    ok(strstr((char *) out, "A<svg><svg></svg>x<b>Y</b> Z"),
       "an svg too deep is no part of a fragment");
    free(out);
    page_close(&pg);

    len = test_repeat(buf, "<p>a", "<i>b", 100000, "</p>c");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && test_sound(&pg), "100,000 unclosed tags");
    page_close(&pg);

    len = test_repeat(buf, "<p>a<u>", "<s><i></s>", 65536, "</u>b<u>c</u>");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && test_sound(&pg) && pg.n == 2,
       "65,536 unmatched tags in one run");
    page_close(&pg);

    len = test_repeat(buf, "", "<i>b</i> ", 60000, "");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == 60000, "60,000 fragments of one run");
    page_close(&pg);

    len = test_repeat(buf, "", "<p>b", AIF_SEGMENT_MAX_FRAGMENTS, "");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_DONE && pg.n == AIF_SEGMENT_MAX_FRAGMENTS,
       "as many fragments as there may be");
    page_close(&pg);

    len = test_repeat(buf, "", "<p>b", AIF_SEGMENT_MAX_FRAGMENTS + 1, "");
    page_open(&pg, &test_conf, buf, len, NULL, 0);
    ok(pg.rc == AIF_LIMIT && pg.n == 0, "one more leaves the page alone");
    page_close(&pg);

    free(buf);
}


/* White space to fold, at every place of the 16 bytes that are read at once. */

static void
test_fold(void)
{
    char    buf[128], *p;
    page_t  pg;
    size_t  i, k, bad;

    static const char  *spaces[] = { "  ", "\n", " \t ", "\r\n", "\f" };

    bad = 0;

    for (k = 0; k < 5; k++) {
        for (i = 1; i < 40; i++) {

            p = stpcpy(buf, "<p>");
            memset(p, 'a', i);
            p = stpcpy(p + i, spaces[k]);
            p = stpcpy(p, "bcd</p>");

            page_open(&pg, &test_conf, (u_char *) buf, p - buf, NULL, 0);

            bad += pg.n != 1 || pg.fragments[0].letters != i + 3
                   || pg.fragments[0].text.len != i + 4
                   || pg.fragments[0].text.data[i] != ' ';

            page_close(&pg);
        }
    }

    ok(bad == 0, "white space is folded wherever it is");
}


/*
 * A text that turns out too long while it is written, with all its tags, at
 * every place near the end of the room for texts (an allocation of its own
 * here, so that the sanitizer watches its end).
 */

static void
test_room(void)
{
    u_char         *buf;
    size_t          i, len, n, bad;
    aif_arena_t    *a;
    aif_segment_t  *s;

    bad = 0;
    buf = malloc(65536);

    for (i = 6000; i < 8000; i += 7) {

        len = test_repeat(buf, "<p>\n\na\n\nb", "a", i, "</p><p>");
        len += test_repeat(buf + len, "a", ">", 2220, "");
        len += test_repeat(buf + len, "", "<b></b>", 64, "b</p>");

        a = aif_arena_create(1024, SIZE_MAX);
        s = aif_segment_create(&test_conf, a);
        bad += aif_segment_feed(s, buf, len, 1) != AIF_DONE;
        (void) aif_segment_fragments(s, &n);
        bad += n != 1;
        aif_arena_destroy(a);
    }

    ok(bad == 0, "no text is written beyond its room");

    free(buf);
}


/* Whatever the ceiling, the answer is AIF_NOMEM or the whole result. */

static void
test_memory(void)
{
    int             rc;
    u_char         *buf;
    size_t          len, limit, need, bad, n, made;
    aif_arena_t    *a;
    aif_segment_t  *s;

    buf = malloc(1 << 20);

    len = test_repeat(buf, "<p title='x &amp; y'>one ", "two <b>x</b>\n", 60,
                      "</p>");
    len += test_repeat(buf + len, "", "<p>four\n&amp; five <i>six</i>", 2000,
                       "");

    a = aif_arena_create(1024, SIZE_MAX);
    s = aif_segment_create(&test_conf, a);
    (void) aif_segment_feed(s, buf, len, 1);
    (void) aif_segment_fragments(s, &n);
    need = aif_arena_used(a);
    aif_arena_destroy(a);

    bad = 0;
    made = 0;

    for (limit = 1024; limit < need + 4096; limit += 1000) {

        a = aif_arena_create(1024, limit);
        s = aif_segment_create(&test_conf, a);

        if (s) {
            rc = aif_segment_feed(s, buf, len, 1);

            if (limit >= need) {
                bad += rc != AIF_DONE;
                made++;

            } else {
                bad += rc != AIF_NOMEM;
            }

            /* and it stays so */

            bad += aif_segment_feed(s, buf, len, 1) != rc;
        }

        aif_arena_destroy(a);
    }

    ok(n == 2002 && made && bad == 0, "memory that ends anywhere");

    free(buf);
}


static void
test_seen(void *data, const u_char *page, const aif_html_token_t *token,
    unsigned state)
{
    size_t      n;
    char        head[64];
    aif_buf_t  *b = data;

    n = snprintf(head, sizeof(head), "%s%s:%u%s ",
                 token->type == AIF_HTML_END ? "/" : "",
                 aif_html_tag_name(token->tag), token->nattrs,
                 state ? "-" : "");
    aif_buf_append(b, head, n);

    if (token->nattrs) {
        aif_buf_append(b, page + token->attrs[0].value,
                       token->attrs[0].value_end - token->attrs[0].value);
        aif_buf_byte(b, ' ');
    }
}


/* Who watches sees the tags that it asked for, once, whatever the pieces. */

static void
test_watch(void)
{
    size_t          piece, len, bad;
    u_char         *copy;
    aif_buf_t       seen;
    aif_arena_t    *a;
    aif_segment_t  *s;

    static const char      page[] =
        "<html lang=en><head><link href=/a></head><body><p>one "
        "<a href=/b>two</a><a class=notranslate href=/c>x</a>"
        "<svg><a href=/d></a></svg><div translate=no><a href=/e>y</a></div>"
        "<a href=/f";
    static const char      want[] =
        "html:1 en head:0 link:1 /a /head:0 a:1 /b /a:0 a:2- notranslate /a:0- "
        "a:1- /e /a:0- ";
    static const uint16_t  tags[] = { AIF_TAG_a, AIF_TAG_html, AIF_TAG_head,
                                      AIF_TAG_link };

    bad = 0;

    for (piece = 1; piece < 40; piece++) {

        a = aif_arena_create(65536, SIZE_MAX);
        aif_buf_init(&seen, a, 64);
        s = aif_segment_create(&test_conf, a);
        aif_segment_watch(s, tags, 4, test_seen, &seen);

        for (len = 0; len < sizeof(page) - 1; /* void */) {
            len += piece;

            if (len > sizeof(page) - 1) {
                len = sizeof(page) - 1;
            }

            copy = malloc(len);
            memcpy(copy, page, len);
            (void) aif_segment_feed(s, copy, len, len == sizeof(page) - 1);
            free(copy);
        }

        if (seen.len != sizeof(want) - 1 || memcmp(seen.data, want, seen.len))
        {
            bad++;
            printf("#   pieces of %zu: %.*s\n", piece, (int) seen.len,
                   seen.data);
        }

        aif_arena_destroy(a);
    }

    ok(bad == 0, "tags that are watched");
}


/* More scripts than are kept. */

static void
test_scripts(void)
{
    u_char         *buf;
    size_t          len, n;
    aif_arena_t    *a;
    aif_segment_t  *s;

    buf = malloc(1 << 20);
    len = test_repeat(buf, "", "<script>x</script>",
                      AIF_SEGMENT_MAX_SCRIPTS + 1, "<script>");

    a = aif_arena_create(65536, SIZE_MAX);
    s = aif_segment_create(&test_conf, a);
    (void) aif_segment_feed(s, buf, len, 1);
    (void) aif_segment_scripts(s, &n);

    ok(n == AIF_SEGMENT_MAX_SCRIPTS, "scripts have a limit");

    aif_arena_destroy(a);
    free(buf);
}


int
main(void)
{
    int              i, n;
    struct dirent  **list;

    test_arena = aif_arena_create(4096, 1 << 20);

    n = scandir(TEST_CASES, &list, test_filter, alphasort);

    for (i = 0; i < n; i++) {
        list[i]->d_name[strlen(list[i]->d_name) - 5] = '\0';
        test_golden(list[i]->d_name);
        free(list[i]);
    }

    ok(n > 0, "there are golden pages");

    if (n >= 0) {
        free(list);
    }

    test_limits();
    test_fold();
    test_room();
    test_memory();
    test_watch();
    test_scripts();

    aif_arena_destroy(test_arena);

    done();
}
