
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Items to facts: which of a page's products it is about, and what that says.
 * It follows the keys that it knows and no others: what a page says of its
 * reviewers, its sellers or of other products is no fact.  Only aif_facts.c and
 * aif_reviews.c call it.
 */


#include "core/aif_facts_item.h"


#define AIF_FACTS_DEPTH       8      /* items inside one another that are
                                        read */
#define AIF_FACTS_MAX_OFFERS  32     /* of a product, the first ones */


typedef struct {
    const char  *key;            /* of a product */
    uint8_t      kind;           /* aif_facts_kind_e */
    const char  *label;          /* of an attribute */
} aif_facts_key_t;


typedef struct {
    const char  *name;
    const char  *text;
} aif_facts_word_t;


static void aif_facts_item(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t item);
static void aif_facts_child(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t child);
static void aif_facts_property(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t child, const char *label);
static void aif_facts_offer(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t offer, const aif_str_t *currency, unsigned depth);
static void aif_facts_rating(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t item);
static void aif_facts_variant(aif_facts_t *f, aif_facts_items_t *items,
    uint32_t item);
static void aif_facts_og(aif_facts_t *f);
static void aif_facts_price(aif_facts_t *f, const aif_str_t *price,
    const aif_str_t *currency);
static void aif_facts_stock(aif_facts_t *f, const aif_str_t *value);
static void aif_facts_attribute(aif_facts_t *f, const char *label,
    const aif_str_t *name, const aif_str_t *value, const aif_str_t *unit);
static size_t aif_facts_decimal(const aif_str_t *text, u_char *dst);
static int aif_facts_has(const aif_facts_t *f, aif_facts_kind_e kind);
static int aif_facts_is(const aif_str_t *text, const char *name);
static const char *aif_facts_table(const aif_facts_word_t *table,
    const aif_str_t *text, int last);


#define AIF_FACTS_DECIMAL  24     /* bytes of a decimal number */


static const aif_facts_key_t  aif_facts_keys[] = {
    { "name", AIF_FACTS_NAME, NULL },
    { "brand", AIF_FACTS_BRAND, NULL },
    { "category", AIF_FACTS_CATEGORY, NULL },
    { "material", AIF_FACTS_MATERIAL, NULL },
    { "size", AIF_FACTS_SIZE, NULL },
    { "description", AIF_FACTS_TEXT, NULL },
    { "color", AIF_FACTS_ATTRIBUTE, "Colour" },
    { "colour", AIF_FACTS_ATTRIBUTE, "Colour" },
    { "pattern", AIF_FACTS_ATTRIBUTE, "Pattern" },
    { "model", AIF_FACTS_ATTRIBUTE, "Model" },
    { "manufacturer", AIF_FACTS_ATTRIBUTE, "Manufacturer" },
    { "countryOfOrigin", AIF_FACTS_ATTRIBUTE, "Country of origin" },
    { "award", AIF_FACTS_ATTRIBUTE, "Award" },
    { "weight", AIF_FACTS_ATTRIBUTE, "Weight" },
    { "width", AIF_FACTS_ATTRIBUTE, "Width" },
    { "height", AIF_FACTS_ATTRIBUTE, "Height" },
    { "depth", AIF_FACTS_ATTRIBUTE, "Depth" },
    { "itemCondition", AIF_FACTS_ATTRIBUTE, "Condition" },
    { NULL, AIF_FACTS_KINDS, NULL }
};


/* Further keys, of the items inside a product. */

static const char *const  aif_facts_inner[] = {
    "value", "unitText", "unitCode", "price", "lowPrice", "highPrice",
    "priceCurrency", "availability", "ratingValue", "bestRating",
    "reviewCount", "ratingCount", NULL
};


/* Units of UN/CEFACT Recommendation 20 that shops have. */

static const aif_facts_word_t  aif_facts_units[] = {
    { "MMT", "mm" }, { "CMT", "cm" }, { "MTR", "m" }, { "INH", "in" },
    { "FOT", "ft" }, { "MGM", "mg" }, { "GRM", "g" }, { "KGM", "kg" },
    { "LBR", "lb" }, { "ONZ", "oz" }, { "MLT", "ml" }, { "CLT", "cl" },
    { "LTR", "l" }, { "WTT", "W" }, { "KWT", "kW" }, { "VLT", "V" },
    { "AMP", "A" }, { "HTZ", "Hz" }, { "HUR", "h" }, { "MIN", "min" },
    { "CEL", "\xc2\xb0" "C" }, { "P1", "%" }, { "C62", "" }, { NULL, NULL }
};


static const aif_facts_word_t  aif_facts_stocks[] = {
    { "InStock", "in stock" }, { "instock", "in stock" },
    { "in stock", "in stock" }, { "OnlineOnly", "in stock" },
    { "LimitedAvailability", "few in stock" }, { "OutOfStock", "out of stock" },
    { "outofstock", "out of stock" }, { "out of stock", "out of stock" },
    { "oos", "out of stock" }, { "SoldOut", "sold out" },
    { "PreOrder", "for pre-order" }, { "preorder", "for pre-order" },
    { "PreSale", "for pre-order" }, { "BackOrder", "on back order" },
    { "backorder", "on back order" }, { "MadeToOrder", "made to order" },
    { "Discontinued", "discontinued" }, { NULL, NULL }
};


static const aif_facts_word_t  aif_facts_conditions[] = {
    { "NewCondition", "new" }, { "UsedCondition", "used" },
    { "RefurbishedCondition", "refurbished" },
    { "DamagedCondition", "damaged" }, { NULL, NULL }
};


int
aif_facts_product_key(const aif_str_t *key)
{
    size_t  i;

    for (i = 0; aif_facts_keys[i].key; i++) {
        if (aif_facts_is(key, aif_facts_keys[i].key)) {
            return 1;
        }
    }

    for (i = 0; aif_facts_inner[i]; i++) {
        if (aif_facts_is(key, aif_facts_inner[i])) {
            return 1;
        }
    }

    return 0;
}


void
aif_facts_product(aif_facts_t *f)
{
    uint32_t            item;
    aif_facts_items_t  *items;

    items = &f->ld;
    item = aif_facts_product_main(f, items);

    if (item == AIF_FACTS_NONE && f->ld_products == 0) {
        items = &f->data;
        item = aif_facts_product_main(f, items);
    }

    if (item != AIF_FACTS_NONE) {
        aif_facts_item(f, items, item);
    }

    aif_facts_og(f);
}


/* The one product of the page; of several with as many names, none is. */

uint32_t
aif_facts_product_main(aif_facts_t *f, aif_facts_items_t *items)
{
    uint32_t   i, first;
    aif_str_t  name, other;

    first = AIF_FACTS_NONE;

    for (i = 0; i < items->nitems; i++) {

        if (!(items->items[i].types & AIF_FACTS_PRODUCT)
            || !aif_facts_product_top(items, i, 0))
        {
            continue;
        }

        if (items == &f->ld) {
            f->ld_products++;
        }

        if (first == AIF_FACTS_NONE) {
            first = i;
            continue;
        }

        name = aif_facts_product_get(f, items, first, "name", NULL);
        other = aif_facts_product_get(f, items, i, "name", NULL);

        if (other.len && !aif_str_eq(&name, &other)) {
            return AIF_FACTS_NONE;
        }
    }

    return first;
}


/* Of no other item but a page or a graph. */

int
aif_facts_product_top(const aif_facts_items_t *items, uint32_t i,
    unsigned depth)
{
    const aif_facts_item_t  *item;

    item = &items->items[i];

    if (item->parent == AIF_FACTS_NONE) {
        return 1;
    }

    if (depth == AIF_FACTS_DEPTH) {
        return 0;
    }

    if (aif_facts_is(&item->key, "@graph")
        || aif_facts_is(&item->key, "mainEntity")
        || aif_facts_is(&item->key, "mainEntityOfPage"))
    {
        return aif_facts_product_top(items, item->parent, depth + 1);
    }

    return 0;
}


static void
aif_facts_item(aif_facts_t *f, aif_facts_items_t *items, uint32_t item)
{
    uint32_t                from, child;
    aif_str_t               text;
    const char             *word;
    const aif_facts_key_t  *key;

    static const aif_str_t  none = aif_null_string;

    for (key = aif_facts_keys; key->key; key++) {

        from = 0;

        for ( ;; ) {
            text = aif_facts_product_get(f, items, item, key->key, &from);

            if (text.len == 0) {
                break;
            }

            if (key->kind != AIF_FACTS_ATTRIBUTE) {
                aif_facts_add(f, key->kind, &text);
                continue;
            }

            word = aif_facts_table(aif_facts_conditions, &text, 1);

            if (word) {
                text.data = (u_char *) word;
                text.len = strlen(word);
            }

            aif_facts_attribute(f, key->label, NULL, &text, &none);
        }
    }

    for (child = 0; child < items->nitems; child++) {
        if (items->items[child].parent == item) {
            aif_facts_child(f, items, child);
        }
    }
}


static void
aif_facts_child(aif_facts_t *f, aif_facts_items_t *items, uint32_t child)
{
    aif_str_t               text;
    const aif_str_t        *key;
    const aif_facts_key_t  *known;

    static const aif_str_t  none = aif_null_string;

    key = &items->items[child].key;

    if (aif_facts_is(key, "offers")) {
        aif_facts_offer(f, items, child, &none, 0);
        return;
    }

    if (aif_facts_is(key, "aggregateRating")) {
        aif_facts_rating(f, items, child);
        return;
    }

    if (aif_facts_is(key, "additionalProperty")) {
        aif_facts_property(f, items, child, NULL);
        return;
    }

    if (aif_facts_is(key, "hasVariant")) {
        aif_facts_variant(f, items, child);
        return;
    }

    for (known = aif_facts_keys; known->key; known++) {

        if (!aif_facts_is(key, known->key)) {
            continue;
        }

        text = aif_facts_product_get(f, items, child, "name", NULL);

        if (known->kind != AIF_FACTS_ATTRIBUTE) {
            aif_facts_add(f, known->kind, &text);

        } else if (text.len) {
            aif_facts_attribute(f, known->label, NULL, &text, &none);

        } else {
            aif_facts_property(f, items, child, known->label);
        }
    }
}


/* A PropertyValue or QuantitativeValue: name, values, unit. */

static void
aif_facts_property(aif_facts_t *f, aif_facts_items_t *items, uint32_t child,
    const char *label)
{
    uint32_t     from;
    aif_str_t    name, value, unit;
    const char  *word;

    name = aif_facts_product_get(f, items, child, "name", NULL);
    unit = aif_facts_product_get(f, items, child, "unitText", NULL);

    if (unit.len == 0) {
        unit = aif_facts_product_get(f, items, child, "unitCode", NULL);
        word = aif_facts_table(aif_facts_units, &unit, 0);

        if (word) {
            unit.data = (u_char *) word;
            unit.len = strlen(word);
        }
    }

    if (name.len == 0 && label == NULL) {
        return;
    }

    from = 0;

    for ( ;; ) {
        value = aif_facts_product_get(f, items, child, "value", &from);

        if (value.len == 0) {
            break;
        }

        aif_facts_attribute(f, label, &name, &value, &unit);
    }
}


/* Offer, AggregateOffer with offers of its own, price specifications. */

static void
aif_facts_offer(aif_facts_t *f, aif_facts_items_t *items, uint32_t offer,
    const aif_str_t *currency, unsigned depth)
{
    size_t            i;
    uint32_t          child;
    aif_str_t         own, text;
    const aif_str_t  *key;

    static const char *const  prices[] = { "price", "lowPrice", "highPrice" };

    if (f->noffers++ == AIF_FACTS_MAX_OFFERS) {
        f->noffers--;
        return;
    }

    own = aif_facts_product_get(f, items, offer, "priceCurrency", NULL);

    if (own.len == 0) {
        own = *currency;
    }

    for (i = 0; i < 3; i++) {
        text = aif_facts_product_get(f, items, offer, prices[i], NULL);
        aif_facts_price(f, &text, &own);
    }

    text = aif_facts_product_get(f, items, offer, "availability", NULL);
    aif_facts_stock(f, &text);

    if (depth == AIF_FACTS_DEPTH) {
        return;
    }

    for (child = offer + 1; child < items->nitems; child++) {

        key = &items->items[child].key;

        if (items->items[child].parent == offer
            && (aif_facts_is(key, "offers")
                || aif_facts_is(key, "priceSpecification")))
        {
            aif_facts_offer(f, items, child, &own, depth + 1);
        }
    }
}


static void
aif_facts_rating(aif_facts_t *f, aif_facts_items_t *items, uint32_t item)
{
    size_t     len;
    u_char    *p;
    aif_str_t  value, best, count;

    value = aif_facts_product_get(f, items, item, "ratingValue", NULL);
    best = aif_facts_product_get(f, items, item, "bestRating", NULL);
    count = aif_facts_product_get(f, items, item, "reviewCount", NULL);

    if (count.len == 0) {
        count = aif_facts_product_get(f, items, item, "ratingCount", NULL);
    }

    p = aif_arena_alloc(f->arena, 3 * AIF_FACTS_DECIMAL);
    if (p == NULL) {
        f->failed = 1;
        return;
    }

    len = aif_facts_decimal(&value, p);

    if (len == 0) {
        return;
    }

    value.data = p;
    memcpy(p + len, " of ", 4);
    value.len = len + 4;
    len = aif_facts_decimal(&best, p + value.len);

    if (len == 0) {
        p[value.len] = '5';          /* schema.org's default */
        len = 1;
    }

    value.len += len;
    aif_facts_add(f, AIF_FACTS_RATING, &value);

    p += value.len;
    count.len = aif_facts_decimal(&count, p);
    count.data = p;

    aif_facts_add(f, AIF_FACTS_REVIEWS, &count);
}


/* What a group's variants differ in; their offers are the group's. */

static void
aif_facts_variant(aif_facts_t *f, aif_facts_items_t *items, uint32_t item)
{
    uint32_t   child;
    aif_str_t  text;

    static const aif_str_t  none = aif_null_string;

    text = aif_facts_product_get(f, items, item, "size", NULL);
    aif_facts_add(f, AIF_FACTS_SIZE, &text);

    text = aif_facts_product_get(f, items, item, "color", NULL);
    aif_facts_attribute(f, "Colour", NULL, &text, &none);

    text = aif_facts_product_get(f, items, item, "material", NULL);
    aif_facts_add(f, AIF_FACTS_MATERIAL, &text);

    for (child = item + 1; child < items->nitems; child++) {
        if (items->items[child].parent == item
            && aif_facts_is(&items->items[child].key, "offers"))
        {
            aif_facts_offer(f, items, child, &none, 0);
        }
    }
}


/* What the other two left out; without them only of what calls itself one. */

static void
aif_facts_og(aif_facts_t *f)
{
    size_t     i;
    aif_str_t  type, text, currency;

    static const struct {
        const char        *key;
        aif_facts_kind_e   kind;
        const char        *label;
    } keys[] = {
        { "og:title", AIF_FACTS_NAME, NULL },
        { "og:description", AIF_FACTS_TEXT, NULL },
        { "product:brand", AIF_FACTS_BRAND, NULL },
        { "og:brand", AIF_FACTS_BRAND, NULL },
        { "product:category", AIF_FACTS_CATEGORY, NULL },
        { "product:material", AIF_FACTS_MATERIAL, NULL },
        { "product:size", AIF_FACTS_SIZE, NULL },
        { "product:color", AIF_FACTS_ATTRIBUTE, "Colour" },
    };

    static const aif_str_t  none = aif_null_string;

    type = aif_facts_product_get(f, &f->meta, 0, "og:type", NULL);
    text = aif_facts_product_get(f, &f->meta, 0, "product:price:amount", NULL);
    currency = aif_facts_product_get(f, &f->meta, 0,
                                     "product:price:currency", NULL);

    if (text.len == 0) {
        text = aif_facts_product_get(f, &f->meta, 0, "og:price:amount", NULL);
        currency = aif_facts_product_get(f, &f->meta, 0, "og:price:currency",
                                         NULL);
    }

    if (!aif_facts_has(f, AIF_FACTS_NAME)
        && (f->ld_products
            || (text.len == 0 && !aif_facts_is(&type, "product")
                && !aif_facts_is(&type, "og:product")
                && !aif_facts_is(&type, "product.item"))))
    {
        return;
    }

    if (!aif_facts_has(f, AIF_FACTS_PRICE)) {
        aif_facts_price(f, &text, &currency);
    }

    if (!aif_facts_has(f, AIF_FACTS_STOCK)) {
        text = aif_facts_product_get(f, &f->meta, 0, "product:availability",
                                     NULL);
        aif_facts_stock(f, &text);
    }

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {

        text = aif_facts_product_get(f, &f->meta, 0, keys[i].key, NULL);

        if (keys[i].label) {
            aif_facts_attribute(f, keys[i].label, NULL, &text, &none);

        } else if (!aif_facts_has(f, keys[i].kind)) {
            aif_facts_add(f, keys[i].kind, &text);
        }
    }
}


static void
aif_facts_price(aif_facts_t *f, const aif_str_t *price,
    const aif_str_t *currency)
{
    size_t     i;
    u_char    *p;
    aif_str_t  value;

    if (price->len == 0) {
        return;
    }

    p = aif_arena_alloc(f->arena, AIF_FACTS_DECIMAL + 4);
    if (p == NULL) {
        f->failed = 1;
        return;
    }

    value.data = p;
    value.len = aif_facts_decimal(price, p);

    /* no shop gives things away: a price that is 0 is not known yet */

    if (value.len == 0 || (value.len == 1 && *p == '0')) {
        return;
    }

    if (currency->len == 3) {
        p += value.len;
        *p++ = ' ';

        for (i = 0; i < 3; i++) {
            p[i] = currency->data[i] & ~0x20;

            if (p[i] < 'A' || p[i] > 'Z') {
                break;
            }
        }

        value.len += i == 3 ? 4 : 0;
    }

    aif_facts_add(f, AIF_FACTS_PRICE, &value);
}


static void
aif_facts_stock(aif_facts_t *f, const aif_str_t *value)
{
    aif_str_t    text;
    const char  *word;

    word = aif_facts_table(aif_facts_stocks, value, 1);

    if (word) {
        text.data = (u_char *) word;
        text.len = strlen(word);
        aif_facts_add(f, AIF_FACTS_STOCK, &text);
    }
}


/* "label: value unit"; the label is ours, or the page's name for it */

static void
aif_facts_attribute(aif_facts_t *f, const char *label, const aif_str_t *name,
    const aif_str_t *value, const aif_str_t *unit)
{
    aif_buf_t  b;
    aif_str_t  text;

    if (value->len == 0) {
        return;
    }

    aif_buf_init(&b, f->arena, 64);

    if (label) {
        aif_buf_append(&b, label, strlen(label));

    } else {
        aif_buf_append(&b, name->data, name->len);
    }

    aif_buf_literal(&b, ": ");
    aif_buf_append(&b, value->data, value->len);

    if (unit->len) {
        aif_buf_byte(&b, ' ');
        aif_buf_append(&b, unit->data, unit->len);
    }

    if (b.failed) {
        f->failed = 1;
        return;
    }

    text.data = b.data;
    text.len = b.len;

    aif_facts_add(f, AIF_FACTS_ATTRIBUTE, &text);
}


/*
 * A number as shops write it, to one with "." and without needless zeros, in
 * at most AIF_FACTS_DECIMAL bytes: "19.90", "1.299,00 EUR", "1,299".  Of "."
 * and "," the last one is the decimal one, unless it stands alone with three
 * digits behind it and is a ",", or comes twice.  0: there is no one number.
 */

static size_t
aif_facts_decimal(const aif_str_t *text, u_char *dst)
{
    size_t         i, n, digits, after;
    u_char         ch, last;
    unsigned       kinds, seen;
    const u_char  *p, *end, *point;

    p = text->data;
    end = p + text->len;

    while (p < end && (*p < '0' || *p > '9')) {
        p++;
    }

    while (p < end && (end[-1] < '0' || end[-1] > '9')) {
        end--;
    }

    point = NULL;
    last = 0;
    kinds = 0;
    seen = 0;
    digits = 0;

    for (i = 0; p + i < end; i++) {

        ch = p[i];

        if (ch >= '0' && ch <= '9') {
            digits++;
            continue;
        }

        if (ch != '.' && ch != ',' && ch != '\'' && ch != ' ') {
            return 0;
        }

        if (ch == '.' || ch == ',') {
            seen = ch == last ? seen + 1 : 1;
            kinds += ch != last;
            last = ch;
            point = p + i;
        }
    }

    if (digits == 0 || digits > AIF_FACTS_DECIMAL - 4) {
        return 0;
    }

    after = point ? end - point - 1 : 0;

    if (seen > 1 || (kinds == 1 && last == ',' && after == 3)) {
        point = NULL;
    }

    for (n = 0; p < end; p++) {

        if (p == point) {
            dst[n++] = '.';

        } else if (*p >= '0' && *p <= '9'
                   && !(n == 1 && dst[0] == '0'))
        {
            dst[n++] = *p;

        } else if (*p >= '0' && *p <= '9') {
            dst[0] = *p;             /* no leading zeros */
        }
    }

    if (point) {
        while (dst[n - 1] == '0') {
            n--;
        }

        n -= dst[n - 1] == '.';
    }

    return n;
}


static int
aif_facts_has(const aif_facts_t *f, aif_facts_kind_e kind)
{
    size_t  i;

    for (i = 0; i < f->nfacts; i++) {
        if (f->facts[i].kind == kind) {
            return 1;
        }
    }

    return 0;
}


/* The next value of an item under a key from *from on; empty: none. */

aif_str_t
aif_facts_product_get(aif_facts_t *f, aif_facts_items_t *items, uint32_t item,
    const char *key, uint32_t *from)
{
    uint32_t            i;
    aif_str_t           none;
    aif_facts_value_t  *value;

    for (i = from ? *from : 0; i < items->nvalues; i++) {

        value = &items->values[i];

        if (value->item != item || !aif_facts_is(&value->key, key)) {
            continue;
        }

        if (value->end > value->start) {
            value->text = aif_facts_item_text(f, f->page, value->start,
                                              value->end, f->max_text);
            value->start = value->end;
        }

        if (value->text.len) {

            if (from) {
                *from = i + 1;
            }

            return value->text;
        }
    }

    aif_str_set(&none, "");

    return none;
}


static int
aif_facts_is(const aif_str_t *text, const char *name)
{
    return strlen(name) == text->len
           && memcmp(name, text->data, text->len) == 0;
}


/* "last": only what is behind the last "/", for names of schema.org */

static const char *
aif_facts_table(const aif_facts_word_t *table, const aif_str_t *text,
    int last)
{
    size_t     i;
    aif_str_t  name;

    for (i = text->len; last && i && text->data[i - 1] != '/'; i--) {
        /* void */
    }

    i = last ? i : 0;

    name.data = text->data + i;
    name.len = text->len - i;

    for ( /* void */ ; table->name; table++) {
        if (aif_facts_is(&name, table->name)) {
            return table->text;
        }
    }

    return NULL;
}
