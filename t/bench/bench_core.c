
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * How fast pages become tokens and fragments, beside what the machine can do
 * at all with the same bytes in the same run: memchr() from "<" to "<", and
 * memcpy().  Each round does every page once in every way, so that a noisy
 * neighbour hits all of them and no page is read twice in a row; what counts
 * is each page's median over the rounds, and for all pages the sum of these.
 */


#include "core/aif_html.h"
#include "core/aif_segment.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>


#define BENCH_MAX_PAGES   1024
#define BENCH_MAX_ROUNDS  1001


typedef struct {
    char      name[256];
    u_char   *data;
    size_t    len;
} bench_page_t;


typedef size_t (*bench_pt)(const u_char *p, size_t len);


static size_t bench_memchr(const u_char *p, size_t len);
static size_t bench_memcpy(const u_char *p, size_t len);
static size_t bench_tokens(const u_char *p, size_t len);
static size_t bench_segment(const u_char *p, size_t len);


static const struct {
    const char  *name;
    bench_pt     run;
} bench_ways[] = {
    { "memchr('<')", bench_memchr },
    { "memcpy", bench_memcpy },
    { "tokens", bench_tokens },
    { "tokens+fragments", bench_segment }
};

#define BENCH_WAYS  (sizeof(bench_ways) / sizeof(bench_ways[0]))


static const char  bench_usage[] =
"usage: bench_core [-h] [--pages] [--rounds N] [--only WORD] [FILE...]\n"
"\n"
"Times memchr, memcpy, the tokenizer, and the tokenizer with the segmenter\n"
"over all pages of $AIF_DATA/pages (../shared/data/pages), or over the FILEs;\n"
"prints MB/s, ratios to memchr and what the pages consist of.\n"
"\n"
"  --pages      the same for each page\n"
"  --rounds N   rounds to take the median of (default 21)\n"
"  --only WORD  only the ways whose name contains the word, for a profiler\n";


static bench_page_t         bench_pages[BENCH_MAX_PAGES];
static size_t               bench_npages;
static u_char              *bench_copy;
static aif_arena_t         *bench_arena;
static aif_html_t           bench_html;
static aif_segment_conf_t   bench_conf;
static volatile size_t      bench_sink;


static void
bench_die(const char *what, const char *name)
{
    fprintf(stderr, "bench_core: %s%s\n", what, name);
    exit(EXIT_FAILURE);
}


static size_t
bench_memchr(const u_char *p, size_t len)
{
    size_t         n;
    const u_char  *end;

    n = 0;

    for (end = p + len; p < end; p++, n++) {

        p = memchr(p, '<', end - p);
        if (p == NULL) {
            break;
        }
    }

    return n;
}


static size_t
bench_memcpy(const u_char *p, size_t len)
{
    memcpy(bench_copy, p, len);

    return bench_copy[len / 2];
}


static size_t
bench_tokens(const u_char *p, size_t len)
{
    size_t             n;
    aif_html_token_t   token;

    aif_html_init(&bench_html, 0);

    for (n = 0; aif_html_next(&bench_html, p, len, 1, &token) == AIF_OK; n++) {
        /* void */
    }

    return n;
}


static size_t
bench_segment(const u_char *p, size_t len)
{
    size_t          n;
    aif_segment_t  *s;

    aif_arena_reset(bench_arena);

    s = aif_segment_create(&bench_conf, bench_arena);
    if (s == NULL || aif_segment_feed(s, p, len, 1) != AIF_DONE) {
        return 0;
    }

    (void) aif_segment_fragments(s, &n);

    return n;
}


static double
bench_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static int
bench_cmp(const void *one, const void *two)
{
    double  a = *(const double *) one, b = *(const double *) two;

    return (a > b) - (a < b);
}


/* What pages consist of, in bytes; a script's and a style's tags are markup. */

typedef struct {
    size_t  text, markup, css, script, other, tokens;
} bench_shares_t;


static void
bench_share(const bench_page_t *page, bench_shares_t *s)
{
    size_t             n;
    uint16_t           tag;
    aif_html_token_t   token;

    tag = AIF_TAG_UNKNOWN;
    aif_html_init(&bench_html, 0);

    while (aif_html_next(&bench_html, page->data, page->len, 1, &token)
           == AIF_OK)
    {
        n = token.end - token.start;
        s->tokens++;

        if (token.type == AIF_HTML_START) {
            tag = token.tag;
        }

        if (token.type == AIF_HTML_COMMENT) {
            s->other += n;

        } else if (token.type != AIF_HTML_TEXT) {
            s->markup += n;

        } else if (token.text == AIF_HTML_SCRIPT) {
            s->script += n;

        } else if (token.text == AIF_HTML_RAWTEXT) {
            if (tag == AIF_TAG_style) {
                s->css += n;
            } else {
                s->other += n;
            }

        } else {
            s->text += n;
        }
    }
}


static void
bench_print(const char *name, const double *seconds, size_t bytes,
    const bench_shares_t *s)
{
    size_t  i;

    printf("%-36s %9zu", name, bytes);

    for (i = 0; i < BENCH_WAYS; i++) {
        if (seconds[i] > 0) {
            printf(" %7.0f", (double) bytes / seconds[i] / 1e6);
        } else {
            printf(" %7s", "-");
        }
    }

    for (i = 2; i < BENCH_WAYS; i++) {
        if (seconds[0] > 0 && seconds[i] > 0) {
            printf("  %5.3f", seconds[0] / seconds[i]);
        } else {
            printf("  %5s", "-");
        }
    }

    printf("  %3.0f %3.0f %3.0f %3.0f %3.0f %8zu\n",
           100.0 * (double) s->text / (double) bytes,
           100.0 * (double) s->markup / (double) bytes,
           100.0 * (double) s->css / (double) bytes,
           100.0 * (double) s->script / (double) bytes,
           100.0 * (double) s->other / (double) bytes, s->tokens);
}


static void
bench_run(unsigned rounds, int per_page, const char *only)
{
    size_t           i, k, bytes;
    double          *times, *one, start, medians[BENCH_WAYS];
    double           sums[BENCH_WAYS];
    unsigned         r;
    bench_shares_t   shares, all;

    times = calloc(BENCH_WAYS * bench_npages * rounds, sizeof(double));
    if (times == NULL) {
        bench_die("no memory", "");
    }

    for (r = 0; r < rounds; r++) {

        for (k = 0; k < BENCH_WAYS; k++) {

            if (only && strstr(bench_ways[k].name, only) == NULL) {
                continue;
            }

            for (i = 0; i < bench_npages; i++) {
                start = bench_now();
                bench_sink += bench_ways[k].run(bench_pages[i].data,
                                                bench_pages[i].len);
                times[(i * BENCH_WAYS + k) * rounds + r] = bench_now() - start;
            }
        }
    }

    printf("%-36s %9s", "page", "bytes");
    printf(" %7s %7s %7s %7s  %5s  %5s  %3s %3s %3s %3s %3s %8s\n", "memchr",
           "memcpy", "tokens", "+frag", "tok/m", "frg/m", "txt", "tag", "css",
           "js", "oth", "tokens");

    memset(&all, 0, sizeof(all));
    memset(sums, 0, sizeof(sums));
    bytes = 0;

    for (i = 0; i < bench_npages; i++) {

        for (k = 0; k < BENCH_WAYS; k++) {
            one = times + (i * BENCH_WAYS + k) * rounds;
            qsort(one, rounds, sizeof(double), bench_cmp);
            medians[k] = one[rounds / 2];
            sums[k] += medians[k];
        }

        bytes += bench_pages[i].len;
        bench_share(&bench_pages[i], &all);

        if (per_page) {
            memset(&shares, 0, sizeof(shares));
            bench_share(&bench_pages[i], &shares);
            bench_print(bench_pages[i].name, medians, bench_pages[i].len,
                        &shares);
        }
    }

    bench_print("all pages", sums, bytes, &all);

    printf("\nMB/s, medians of %u rounds over %zu pages; ratios to memchr;"
           " shares in percent\n(text, tags, CSS, scripts, other; what is in"
           " attributes is tags)\n", rounds, bench_npages);

    free(times);
}


static void
bench_load(const char *path, const char *name)
{
    FILE          *f;
    long           n;
    bench_page_t  *page;

    if (bench_npages == BENCH_MAX_PAGES) {
        bench_die("too many pages", "");
    }

    f = fopen(path, "rb");
    if (f == NULL) {
        bench_die("cannot read ", path);
    }

    page = &bench_pages[bench_npages++];
    snprintf(page->name, sizeof(page->name), "%s", name);

    fseek(f, 0, SEEK_END);
    n = ftell(f);
    rewind(f);

    page->len = n > 0 ? (size_t) n : 0;
    page->data = malloc(page->len + 1);

    if (page->data == NULL || fread(page->data, 1, page->len, f) != page->len) {
        bench_die("cannot read ", path);
    }

    fclose(f);
}


static int
bench_page_cmp(const void *one, const void *two)
{
    const bench_page_t  *a = one, *b = two;

    return strcmp(a->name, b->name);
}


static void
bench_load_all(void)
{
    DIR            *d;
    char            dir[512], path[1024];
    const char     *data;
    struct dirent  *e;

    data = getenv("AIF_DATA");
    snprintf(dir, sizeof(dir), "%s/pages", data ? data : "../shared/data");

    d = opendir(dir);
    if (d == NULL) {
        bench_die("no pages in ", dir);
    }

    while ((e = readdir(d)) != NULL) {

        if (strstr(e->d_name, ".html") == NULL) {
            continue;
        }

        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        bench_load(path, e->d_name);
    }

    closedir(d);

    qsort(bench_pages, bench_npages, sizeof(bench_page_t), bench_page_cmp);
}


int
main(int argc, char **argv)
{
    int          i, per_page;
    size_t       k, max;
    unsigned     rounds;
    const char  *only;

    only = NULL;
    per_page = 0;
    rounds = 21;

    for (i = 1; i < argc; i++) {

        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            fputs(bench_usage, stdout);
            return EXIT_SUCCESS;
        }

        if (strcmp(argv[i], "--pages") == 0) {
            per_page = 1;

        } else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            rounds = (unsigned) atoi(argv[++i]);

            if (rounds < 1 || rounds > BENCH_MAX_ROUNDS) {
                bench_die("rounds must be 1 to 1001", "");
            }

        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];

        } else if (argv[i][0] == '-') {
            bench_die("unknown option, see -h: ", argv[i]);

        } else {
            bench_load(argv[i], argv[i]);
        }
    }

    if (bench_npages == 0) {
        bench_load_all();
    }

    for (max = 1, k = 0; k < bench_npages; k++) {
        if (bench_pages[k].len > max) {
            max = bench_pages[k].len;
        }
    }

    bench_copy = malloc(max);
    bench_arena = aif_arena_create(1 << 20, (size_t) 1 << 30);

    if (bench_copy == NULL || bench_arena == NULL) {
        bench_die("no memory", "");
    }

    memset(bench_copy, 1, max);
    aif_segment_conf_default(&bench_conf);

    bench_run(rounds, per_page, only);

    return EXIT_SUCCESS;
}
