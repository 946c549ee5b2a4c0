
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * What a key says about its string: that it was configured (ai_json), that it
 * is never a text for people, that it is one in JSON-LD.  Names are compared
 * as they are written; one with escapes is nobody's.
 */


#include "core/aif_state_private.h"
#include "core/aif_segment_attr.h"


typedef struct {
    const char  *name;
    unsigned     bits;
} aif_state_key_type_t;


static int aif_state_key_in(const aif_str_t *key, const char *const *names);
static int aif_state_key_ends(const aif_str_t *key);
static int aif_state_key_path(const aif_str_t *pattern,
    const aif_json_span_t *js);
static int aif_state_key_flight(const aif_json_span_t *js,
    const aif_str_t *key);


/*
 * Keys whose values are the program's: addresses, identifiers, names of
 * things, measures.  Their strings change only if they are configured.
 */

static const char *const  aif_state_key_technical[] = {
    "$typename", "@context", "@id", "@type", "__typename", "_id", "accept",
    "action", "api", "as", "assetPrefix", "async", "autoComplete",
    "autocomplete", "availability", "barcode", "buildId", "charSet", "charset",
    "className", "class", "code", "color_code", "content_type", "cookie",
    "country", "countryCode", "createdAt", "created_at", "crossOrigin",
    "css", "currency", "currencyCode", "d", "data-testid", "date",
    "datePublished", "digest", "dir", "domain", "ean", "email", "encType",
    "endpoint", "event", "fetchPriority", "fill", "font", "for", "form",
    "format", "gid", "gtin", "gtin12", "gtin13", "gtin14", "gtin8", "handle",
    "hash", "height", "href", "hrefLang", "html_id", "htmlFor", "httpEquiv",
    "icon", "id", "identifier", "image", "imageSizes", "imageSrcSet", "img",
    "inLanguage", "inputMode", "integrity", "isbn", "itemProp", "itemType",
    "itemprop", "itemtype", "key", "lang", "language", "link", "loading",
    "locale", "locales", "manufacturerCode", "media", "method", "mimeType",
    "mode", "mpn", "nonce", "object_id", "onClick", "page", "parallelRouterKey",
    "path", "pathname", "pattern", "permalink", "phone", "price",
    "priceCurrency", "property", "query", "ref", "referrer", "rel",
    "relatedLink", "role", "route", "sameAs", "scope", "selector", "session",
    "sizes", "sku", "slug", "sort", "src", "srcSet", "srcset", "stroke",
    "style", "svg", "tabIndex", "target", "telephone", "template", "timezone",
    "token", "transform", "type", "updatedAt", "updated_at", "upc", "uri",
    "url", "urls", "userAgent", "uuid", "variant_id", "version", "viewBox",
    "viewport", "width", NULL
};


/* Next's router in a Flight row: addresses, not what is shown. */

static const char *const  aif_state_key_router[] = {
    "b", "c", "initialCanonicalUrl", "initialCanonicalUrlParts", "initialTree",
    "p", "q", "S", "segmentPath", "tree", "urlParts", NULL
};


/* Elements whose contents are not touched, as in HTML. */

static const char *const  aif_state_key_raw[] = {
    "script", "style", "code", "pre", "kbd", "samp", "var", "textarea",
    "svg", "math", "noscript", "template", NULL
};


static const aif_state_key_type_t  aif_state_key_types[] = {
    { "Product", AIF_STATE_LD_OFFER },
    { "ProductGroup", AIF_STATE_LD_OFFER },
    { "ProductModel", AIF_STATE_LD_OFFER },
    { "IndividualProduct", AIF_STATE_LD_OFFER },
    { "ProductCollection", AIF_STATE_LD_OFFER },
    { "SomeProducts", AIF_STATE_LD_OFFER },
    { "Offer", AIF_STATE_LD_OFFER },
    { "AggregateOffer", AIF_STATE_LD_OFFER },
    { "OfferForPurchase", AIF_STATE_LD_OFFER },
    { "OfferForLease", AIF_STATE_LD_OFFER },
    { "Demand", AIF_STATE_LD_OFFER },
    { "Review", AIF_STATE_LD_NEVER },
    { "UserReview", AIF_STATE_LD_NEVER },
    { "CriticReview", AIF_STATE_LD_NEVER },
    { "Rating", AIF_STATE_LD_NEVER },
    { "AggregateRating", AIF_STATE_LD_NEVER },
    { "Brand", AIF_STATE_LD_NEVER },
    { "Person", AIF_STATE_LD_NEVER },
    { "Organization", AIF_STATE_LD_NEVER },
    { "OnlineStore", AIF_STATE_LD_NEVER },
    { "Store", AIF_STATE_LD_NEVER },
    { "LocalBusiness", AIF_STATE_LD_NEVER },
    { "PostalAddress", AIF_STATE_LD_NEVER },
    { "QuantitativeValue", AIF_STATE_LD_NEVER },
    { "PriceSpecification", AIF_STATE_LD_NEVER },
    { "UnitPriceSpecification", AIF_STATE_LD_NEVER },
    { "SearchAction", AIF_STATE_LD_NEVER },
    { "ImageObject", AIF_STATE_LD_NEVER },
    { NULL, 0 }
};


static const char *const  aif_state_key_ld[] = {
    "name", "description", "alternateName", "disambiguatingDescription", NULL
};


static const char *const  aif_state_key_ld_never[] = {
    "reviewBody", "brand", "manufacturer", "author", "seller", "model",
    "productID", "lowPrice", "highPrice", "priceValidUntil", "itemCondition",
    "ratingValue", "reviewRating", "potentialAction", NULL
};


int
aif_state_key_listed(const aif_state_conf_t *conf, const aif_json_span_t *js)
{
    size_t  i;

    for (i = 0; i < conf->nkeys; i++) {
        if (aif_state_key_path(&conf->keys[i], js)) {
            return 1;
        }
    }

    return 0;
}


/*
 * The pattern's names from the last on, each against an object's key.  Arrays
 * between objects are leapt over: there may be hundreds around each string.
 */

static int
aif_state_key_path(const aif_str_t *pattern, const aif_json_span_t *js)
{
    size_t            len, end;
    uint32_t          depth;
    const u_char     *name;
    const aif_str_t  *key;

    end = pattern->len;
    depth = js->depth;

    for ( ;; ) {

        for (len = 0; len < end && pattern->data[end - 1 - len] != '.';
             len++) { /* void */ }

        name = pattern->data + end - len;

        if (depth) {
            depth = js->levels[depth - 1].object;
        }

        if (depth == 0) {
            return 0;
        }

        key = &js->levels[--depth].key;

        if (!(len == 1 && *name == '*')
            && (key->len != len || memcmp(key->data, name, len) != 0))
        {
            return 0;
        }

        end -= len;

        if (end == 0) {
            return 1;
        }

        end--;
    }
}


/*
 * What HTML is told by ai_attributes holds for the elements of a row, too;
 * their children are no attributes.
 */

int
aif_state_key_attribute(const aif_state_conf_t *conf,
    const aif_json_span_t *js, const aif_state_named_t *named)
{
    size_t                        i;
    const aif_str_t              *type;
    const aif_json_span_level_t  *level;

    if (js->depth < 2) {
        return -1;
    }

    level = &js->levels[js->depth - 1];
    type = &level[-1].type;

    if (level->array || !level[-1].element || type->len == 0
        || type->data[0] == '$' || aif_state_key_is(&level->key, "children"))
    {
        return -1;
    }

    if (conf->segment == NULL) {
        return 0;
    }

    for (i = 0; i < conf->segment->nattributes; i++) {
        if (aif_str_eq(&conf->segment->attributes[i], &level->key)) {
            break;
        }
    }

    if (i == conf->segment->nattributes) {
        return 0;
    }

    if (aif_state_key_is(&level->key, "value")
        || aif_state_key_is(&level->key, "content"))
    {
        return level->serial == named->text;
    }

    return 1;
}


/*
 * <meta name content>, <input type value>, <link rel href>: React keeps the
 * order in which people write them, which is this one.
 */

void
aif_state_key_governs(const aif_json_span_t *js, aif_state_named_t *named)
{
    size_t                        len;
    aif_str_t                     value;
    const u_char                 *p;
    const aif_json_span_level_t  *level;

    if (js->depth < 2) {
        return;
    }

    level = &js->levels[js->depth - 1];

    if (level->array || !level[-1].element) {
        return;
    }

    p = js->data + js->start;
    len = js->end - js->start;

    value.data = (u_char *) p;
    value.len = len;

    if (aif_state_key_is(&level[-1].type, "link")
        ? aif_state_key_is(&level->key, "rel")
          && (aif_state_key_is(&value, "canonical")
              || aif_state_key_is(&value, "next")
              || aif_state_key_is(&value, "prev"))
        : aif_state_key_is(&level[-1].type, "meta")
          && aif_state_key_is(&level->key, "property")
          && aif_state_key_is(&value, "og:url"))
    {
        named->link = level->serial;
        return;
    }

    if (aif_state_key_is(&level[-1].type, "meta")
        ? (aif_state_key_is(&level->key, "name")
           || aif_state_key_is(&level->key, "property"))
          && aif_segment_attr_meta_text(p, len)
        : aif_state_key_is(&level[-1].type, "input")
          && aif_state_key_is(&level->key, "type")
          && aif_segment_attr_button(p, len))
    {
        named->text = level->serial;
    }
}


int
aif_state_key_is(const aif_str_t *key, const char *name)
{
    return key->len == strlen(name) && memcmp(key->data, name, key->len) == 0;
}


int
aif_state_key_fixed(const aif_json_span_t *js, aif_state_kind_e kind)
{
    const aif_str_t              *key;
    const aif_json_span_level_t  *level;

    if (js->depth == 0) {
        return 0;
    }

    level = &js->levels[js->depth - 1];
    key = &level->key;

    if (aif_state_key_in(key, aif_state_key_technical)
        || aif_state_key_ends(key))
    {
        return 1;
    }

    switch (kind) {

    case AIF_STATE_NEXT:

        /* page, query, locale and so on are the framework's */

        return js->levels[0].key.len != 5
               || memcmp(js->levels[0].key.data, "props", 5) != 0;

    case AIF_STATE_LDJSON:
        return aif_state_key_in(key, aif_state_key_ld_never);

    case AIF_STATE_FLIGHT:
    case AIF_STATE_COMPONENT:
        return aif_state_key_flight(js, key);

    default:
        return 0;
    }
}


/* What is no text in a row: ["$", type, key, props] but for its props. */

static int
aif_state_key_flight(const aif_json_span_t *js, const aif_str_t *key)
{
    size_t                        pos;
    const aif_json_span_level_t  *level;

    level = &js->levels[js->depth - 1];

    if (aif_state_key_in(key, aif_state_key_router)) {
        return 1;
    }

    if (level->array) {

        if (level->element) {
            return 1;
        }

        /* a segment of the router's tree, ["product", {...}], [["id", ... */

        if (js->depth > 1 && level[-1].array && !level[-1].element
            && level[-1].index == 0)
        {
            return 1;
        }

        if (level->index == 0) {

            for (pos = js->pos; pos < js->len
                 && (js->data[pos] == ' ' || js->data[pos] == ',');
                 pos++) { /* void */ }

            return pos < js->len && js->data[pos] == '{';
        }

        return 0;
    }

    if (js->depth > 1 && level[-1].element) {

        return aif_state_key_in(&level[-1].type, aif_state_key_raw);
    }

    return 0;
}


static int
aif_state_key_in(const aif_str_t *key, const char *const *names)
{
    for ( /* void */ ; *names; names++) {
        if (aif_state_key_is(key, *names)) {
            return 1;
        }
    }

    return 0;
}


/* productId, image_url, ...: the last word tells */

static int
aif_state_key_ends(const aif_str_t *key)
{
    size_t      len;
    unsigned    i;

    static const char *const  ends[] = {
        "Id", "ID", "_id", "Url", "URL", "_url", "Uri", "Href", "Slug", "_slug",
        "Handle", "ClassName", "Token", "_token", "Sku", "_sku", NULL
    };

    for (i = 0; ends[i]; i++) {

        len = strlen(ends[i]);

        if (key->len > len
            && memcmp(key->data + key->len - len, ends[i], len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* "Product", "http://schema.org/Product" or "schema:Product" */

unsigned
aif_state_key_ld_type(const u_char *name, size_t len)
{
    size_t                       i;
    const aif_state_key_type_t  *type;

    for (i = len; i && name[i - 1] != '/' && name[i - 1] != ':'
                  && name[i - 1] != '#'; i--) { /* void */ }

    name += i;
    len -= i;

    for (type = aif_state_key_types; type->name; type++) {
        if (strlen(type->name) == len && memcmp(type->name, name, len) == 0) {
            return type->bits;
        }
    }

    return 0;
}


/*
 * What was found is noted for all that is between, so that each array and
 * object is walked over once.
 */

unsigned
aif_state_key_ld_around(const aif_json_span_t *js, u_char *types)
{
    u_char    type;
    uint32_t  depth;

    type = AIF_STATE_LD_KNOWN;

    for (depth = js->depth; depth; depth--) {

        if (types[js->levels[depth - 1].serial]) {
            type = types[js->levels[depth - 1].serial];
            break;
        }
    }

    for ( /* void */ ; depth < js->depth; depth++) {
        types[js->levels[depth].serial] = type;
    }

    return type & ~AIF_STATE_LD_KNOWN;
}


int
aif_state_key_ld_text(const aif_str_t *key)
{
    return aif_state_key_in(key, aif_state_key_ld);
}
