
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Numbers of the elements: a name to AIF_TAG_... by a perfect hash.  Included
 * by aif_html.c only, so that the look-up becomes part of the tag reader;
 * everybody else calls aif_html_tag().
 */


#ifndef _AIF_HTML_TAG_H_INCLUDED_
#define _AIF_HTML_TAG_H_INCLUDED_


#include "core/aif_html.h"


#define AIF_HTML_TAG_BITS      10

/*
 * The hash: the first eight bytes of the lower-case name as a little-endian
 * number, times this, the highest bits.  The multiplier was found by trying;
 * it gives every name a place of its own.  A new name needs a new one (the
 * unit test says which names are not found).
 */

#define AIF_HTML_TAG_MULTIPLIER  0x1c5824ea387c1cf1u


typedef struct {
    char      name[15];
    uint8_t   len;
} aif_html_tag_name_t;


#define AIF_HTML_TAG_NAME(name)                                               \
    [AIF_TAG_##name] = { #name, sizeof(#name) - 1 },

static const aif_html_tag_name_t  aif_html_tag_names[AIF_TAG_COUNT] = {
    [AIF_TAG_UNKNOWN] = { "", 0 },
    AIF_HTML_TAGS(AIF_HTML_TAG_NAME)
};


#define T(hash, name)  [hash] = AIF_TAG_##name,

static const uint8_t  aif_html_tag_index[1 << AIF_HTML_TAG_BITS] = {
    T(2, audio) T(7, code) T(8, img) T(9, kbd) T(12, dt) T(28, thead)
    T(36, param) T(55, dfn) T(57, slot) T(60, caption) T(63, search) T(76, h3)
    T(80, acronym) T(84, ins) T(91, hgroup) T(97, tr) T(104, br) T(110, h6)
    T(113, li) T(123, tfoot) T(124, time) T(135, meter) T(143, ul) T(152, sub)
    T(171, sup) T(189, rp) T(194, menuitem) T(199, body) T(203, basefont)
    T(208, footer) T(219, svg) T(221, pre) T(223, style) T(244, base)
    T(246, div) T(254, cite) T(255, main) T(260, aside) T(264, dl)
    T(268, fieldset) T(275, track) T(281, td) T(283, script) T(284, progress)
    T(290, center) T(294, bdo) T(298, input) T(310, area) T(323, embed)
    T(326, meta) T(328, samp) T(332, header) T(341, section) T(343, noframes)
    T(347, canvas) T(354, math) T(365, wbr) T(373, rb) T(395, h1) T(410, p)
    T(417, article) T(429, h4) T(431, del) T(432, bdi) T(438, blink)
    T(460, optgroup) T(462, dialog) T(471, textarea) T(474, picture)
    T(476, figure) T(479, option) T(481, table) T(487, ol) T(494, noscript)
    T(503, marquee) T(515, dd) T(517, font) T(523, q) T(549, video)
    T(550, plaintext) T(552, figcaption) T(557, frame) T(575, rt)
    T(585, select) T(597, noembed) T(607, nav) T(631, map) T(638, colgroup)
    T(640, i) T(667, th) T(679, dir) T(681, image) T(693, form) T(729, em)
    T(741, label) T(748, h2) T(750, s) T(754, blockquote) T(757, a)
    T(761, ruby) T(763, legend) T(770, menu) T(771, col) T(772, strike)
    T(781, h5) T(784, hr) T(788, head) T(801, tbody) T(802, tt) T(807, applet)
    T(821, mark) T(826, object) T(832, summary) T(834, button) T(840, title)
    T(847, output) T(850, nobr) T(858, rtc) T(870, b) T(871, details)
    T(876, big) T(881, template) T(890, link) T(896, strong) T(905, datalist)
    T(913, small) T(923, var) T(926, bgsound) T(937, abbr) T(941, frameset)
    T(944, keygen) T(947, span) T(954, address) T(956, source) T(967, data)
    T(971, iframe) T(977, u) T(989, listing) T(990, xmp) T(1008, html)
};

#undef T


static inline uint64_t
aif_html_tag_load(const void *p)
{
    uint64_t  key;

    memcpy(&key, p, 8);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    key = __builtin_bswap64(key);
#endif

    return key;
}


/*
 * The number of a name of "len" bytes, not 0; "room" bytes may be read.  The
 * bit that makes letters lower case is set in digits already.
 */

static inline uint16_t
aif_html_tag_find(const u_char *name, size_t len, size_t room)
{
    size_t                      i;
    uint64_t                    key, used;
    uint16_t                    tag;
    const aif_html_tag_name_t  *known;

    used = ~(uint64_t) 0 >> (len < 8 ? 64 - 8 * len : 0);

    if (room >= 8) {
        key = aif_html_tag_load(name) & used;

    } else {
        for (key = 0, i = len; i-- != 0; /* void */) {
            key = key << 8 | name[i];
        }
    }

    key |= used & 0x2020202020202020u;

    tag = aif_html_tag_index[(key * AIF_HTML_TAG_MULTIPLIER)
                             >> (64 - AIF_HTML_TAG_BITS)];

    known = &aif_html_tag_names[tag];

    if (key != aif_html_tag_load(known->name) || len != known->len) {
        return AIF_TAG_UNKNOWN;
    }

    /* what is left of the longest names; a control that looks like h1's 1 */

    for (i = 8; i < len; i++) {
        if ((name[i] | 0x20) != (u_char) known->name[i]) {
            return AIF_TAG_UNKNOWN;
        }
    }

    return name[len - 1] >= '0' ? tag : AIF_TAG_UNKNOWN;
}


#endif /* _AIF_HTML_TAG_H_INCLUDED_ */
