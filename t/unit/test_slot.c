
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Where a generated text goes: every place, in every kind of element, as text
 * and never as more.  Seen to fail with quotes left as they are in attributes,
 * with a paragraph in a heading, without points of a list, and with an end
 * behind an unfinished tag.
 */


#include "page.h"
#include "tap.h"
#include "core/aif_slot.h"


static const struct {
    const char  *selector;
    const char  *attribute;
    unsigned     place;
    unsigned     shorter;
    unsigned     label;
    const char  *page;
    const char  *text;
    const char  *output;
} test_cases[] = {

    { "div", "", AIF_SLOT_REPLACE, 0, 0, "<div>old <b>x</b></div>.", "New",
      "<div><p>New</p></div>." },
    { "div", "", AIF_SLOT_REPLACE, 0, 1, "<div></div>", "New",
      "<div><p data-ai=\"n\">New</p></div>" },
    { "div", "", AIF_SLOT_REPLACE, 0, 0, "<div></div>", "a | b |",
      "<div><ul><li>a</li><li>b</li></ul></div>" },
    { "h1", "", AIF_SLOT_REPLACE, 0, 1, "<h1 class=x>old</h1>", "a | b",
      "<h1 data-ai=\"n\" class=x>a \xc2\xb7 b</h1>" },
    { "ul", "", AIF_SLOT_REPLACE, 0, 1, "<ul><li>old<li>er</ul>", "a | b",
      "<ul><li data-ai=\"n\">a</li><li data-ai=\"n\">b</li></ul>" },
    { "title", "", AIF_SLOT_REPLACE, 0, 0, "<title>a &lt;b</title>",
      "c &lt;d &amp; e", "<title>c &lt;d &amp; e</title>" },
    { "p", "", AIF_SLOT_APPEND, 0, 0, "<p>old<p>er", "New",
      "<p>old <span>New</span><p>er <span>New</span>" },
    { "p", "", AIF_SLOT_PREPEND, 0, 0, "<p>old</p>", "New",
      "<p><span>New</span> old</p>" },
    { "p", "", AIF_SLOT_BEFORE, 0, 0, "<p>old</p>", "New",
      "<p>New</p><p>old</p>" },
    { "p", "", AIF_SLOT_AFTER, 0, 1, "<p>old</p>.", "New",
      "<p>old</p><p data-ai=\"n\">New</p>." },
    { "img", "", AIF_SLOT_AFTER, 0, 0, "<img>.", "New",
      "<img> <span>New</span>." },
    { "img", "", AIF_SLOT_REPLACE, 0, 0, "<img>.", "New", "<img>." },
    { "script", "", AIF_SLOT_REPLACE, 0, 0, "<script>a</script>", "New",
      "<script>a</script>" },
    { "textarea", "", AIF_SLOT_REPLACE, 0, 0, "<textarea>a</textarea>", "New",
      "<textarea>a</textarea>" },
    { "div, b", "", AIF_SLOT_REPLACE, 0, 0, "<div>x<b>y</b></div><b>z</b>",
      "New", "<div><p>New</p></div><b>New</b>" },

    { "div", "", AIF_SLOT_REPLACE, 0, 1, "<div></div>",
      "One.\nTwo **2** th**ree.\n- a\n* **b** | c\n\xe2\x80\xa2 d\n- e\nFour",
      "<div><p data-ai=\"n\">One.</p>"
      "<p data-ai=\"n\">Two <strong>2</strong> th**ree.</p>"
      "<ul data-ai=\"n\"><li>a</li><li><strong>b</strong></li><li>c</li>"
      "<li>d</li><li>e</li></ul><p data-ai=\"n\">Four</p></div>" },
    { "ul", "", AIF_SLOT_APPEND, 0, 0, "<ul><li>x</ul>", "- a\n-b\n- ",
      "<ul><li>x<li>a</li><li>-b</li><li>-</li></ul>" },
    { "p", "", AIF_SLOT_REPLACE, 0, 0, "<p>old</p>", "a\n**b**\n- c\n- d",
      "<p>a<br><strong>b</strong><br>c \xc2\xb7 d</p>" },
    { "h1", "", AIF_SLOT_APPEND, 0, 0, "<h1>old</h1>", "a\nb",
      "<h1>old <span>a<br>b</span></h1>" },
    { "div", "", AIF_SLOT_APPEND, 0, 0, "<div>a<img alt=\"&amp>", "b",
      "<div>a<p>b</p><img alt=\"&amp>" },
    { "div", "", AIF_SLOT_AFTER, 0, 0, "<div>a<!-- >", "b",
      "<div>a<p>b</p><!-- >" },
    { "div", "", AIF_SLOT_APPEND, 0, 0, "<div>a<script>x()", "b",
      "<div>a<p>b</p><script>x()" },
    { "title", "", AIF_SLOT_REPLACE, 0, 0, "<title></title>",
      "a\n**b** ****\n- c\n- d", "<title>a b  c \xc2\xb7 d</title>" },
    { "div", "", AIF_SLOT_REPLACE, 0, 0, "<div></div>", "**&lt;i>** ** & **",
      "<div><p><strong>&lt;i&gt;</strong> <strong> & </strong></p></div>" },

    { "img", "alt", AIF_SLOT_REPLACE, 0, 0, "<img alt=\"\">", "a\n**b\"**",
      "<img alt=\"a b&quot;\">" },
    { "img", "alt", AIF_SLOT_REPLACE, 0, 1, "<img src=a>", "N \"e' w",
      "<img alt=\"N &quot;e&#39; w\" data-ai=\"n\" src=a>" },
    { "img", "alt", AIF_SLOT_REPLACE, 0, 0, "<img alt='old'>", "N \"e' w",
      "<img alt='N &quot;e&#39; w'>" },
    { "img", "alt", AIF_SLOT_REPLACE, 0, 0, "<img alt=old src=a>", "N > w",
      "<img alt=\"N &gt; w\" src=a>" },
    { "img", "alt", AIF_SLOT_REPLACE, 0, 0, "<img alt src=a>", "New",
      "<img alt=\"New\" src=a>" },
    { "img", "alt", AIF_SLOT_REPLACE, 0, 0, "<img alt=\"\">", "New",
      "<img alt=\"New\">" },
    { "img", "alt", AIF_SLOT_REPLACE, 0, 0, "<img alt=>", "New",
      "<img alt=>" },
    { "meta", "content", AIF_SLOT_REPLACE, 0, 0,
      "<meta http-equiv=refresh content=5>", "New",
      "<meta http-equiv=refresh content=5>" },

    { "div", "", AIF_SLOT_REPLACE, 1, 0, "<div> <i>&nbsp;</i>1 </div>", "New",
      "<div><p>New</p></div>" },
    { "div", "", AIF_SLOT_REPLACE, 1, 0, "<div> a </div>", "New",
      "<div> a </div>" },
    { "div", "", AIF_SLOT_REPLACE, 5, 0, "<div> abcd </div>", "New",
      "<div><p>New</p></div>" },
    { "div", "", AIF_SLOT_REPLACE, 5, 0, "<div> abcde </div>", "New",
      "<div> abcde </div>" },
    { "img", "alt", AIF_SLOT_REPLACE, 1, 0, "<img alt=x><img alt='1 '>",
      "New", "<img alt=x><img alt='New'>" },
};


static int
test_compare(const void *a, const void *b)
{
    const aif_edit_t *one = a;
    const aif_edit_t *two = b;

    if (one->start != two->start) {
        return one->start < two->start ? -1 : 1;
    }

    return one->end < two->end ? -1 : one->end > two->end;
}


int
main(void)
{
    int                  rc;
    u_char              *out;
    size_t               i, k, n, at, len, nedits, rejected;
    aif_str_t            text, result, name;
    const char          *error;
    aif_edit_t           edits[32], mark;
    aif_arena_t         *a;
    aif_slots_t         *slots;
    const aif_slot_t    *list;
    aif_selector_t      *selector;
    aif_slot_conf_t      conf;
    aif_selector_set_t  *set;
    aif_walk_handler_t   h;
    aif_rewrite_plan_t   plan;

    a = aif_arena_create(65536, 1 << 26);
    aif_str_set(&name, "none");

    for (i = 0; i < sizeof(test_cases) / sizeof(test_cases[0]); i++) {

        aif_arena_reset(a);

        text.data = (u_char *) test_cases[i].selector;
        text.len = strlen(test_cases[i].selector);
        set = aif_selector_set_create(a, AIF_WALK_MAX_DEPTH);

        if (aif_selector_parse(&text, a, &selector, &error, &at) != AIF_OK
            || aif_selector_set_add(set, &selector, 1, 0) != AIF_OK)
        {
            abort();
        }

        memset(&conf, 0, sizeof(conf));
        conf.attribute.data = (u_char *) test_cases[i].attribute;
        conf.attribute.len = strlen(test_cases[i].attribute);
        aif_str_set(&conf.name, "n");
        conf.place = test_cases[i].place;
        conf.shorter = test_cases[i].shorter;

        memset(&plan, 0, sizeof(plan));
        plan.page = (u_char *) test_cases[i].page;
        plan.len = strlen(test_cases[i].page);

        slots = aif_slot_create(plan.page, plan.len, &conf, 1, a);
        h = aif_slot_handler(slots);

        if (aif_walk(plan.page, plan.len, set, &h, 1, a) != AIF_OK) {
            abort();
        }

        list = aif_slot_list(slots, &n);
        text.data = (u_char *) test_cases[i].text;
        text.len = strlen(test_cases[i].text);

        for (k = 0, nedits = 0; k < n && nedits < 30; k++) {

            rc = aif_slot_edit(&conf, &list[k], &text, test_cases[i].label, 0,
                               a, &edits[nedits], &mark);

            if (rc == AIF_OK) {
                nedits++;

                if (mark.text.len) {
                    edits[nedits++] = mark;
                }
            }
        }

        qsort(edits, nedits, sizeof(aif_edit_t), test_compare);

        plan.edits = edits;
        plan.nedits = nedits;

        out = malloc(aif_rewrite_size(&plan) + 1);
        len = aif_rewrite(out, &plan, &rejected);

        result.data = out;
        result.len = len;
        is(result, test_cases[i].output, test_cases[i].page);
        free(out);
    }

    aif_str_set(&text, "**A** &amp; b.\nC\n**d");
    is(aif_slot_plain(&text, a, &result) == AIF_OK ? result : name,
       "A &amp; b. C **d", "one line of several");
    aif_str_set(&text, "A\n- b");
    ok(aif_slot_plain(&text, a, &result) == AIF_BAD, "of a list none");

    aif_str_set(&name, "alt");
    ok(aif_slot_attribute(&name), "a text's attribute");
    aif_str_set(&name, "onclick");
    ok(!aif_slot_attribute(&name), "no event handler");
    aif_str_set(&name, "href");
    ok(!aif_slot_attribute(&name), "no address");

    aif_arena_destroy(a);

    done();
}
