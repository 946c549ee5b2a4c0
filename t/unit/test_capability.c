
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Addresses that open something: those that shops, forums and services make
 * are found, those of products, categories and searches are not.  Seen to fail
 * with the changes not counted (products) and without UUIDs.
 */


#include "core/aif_capability.h"
#include "tap.h"


static const char  *keys[] = {
    "/my-account/order-received/1234/?key=wc_order_Kx7pQ2mVb9TzA",
    "/guest/order/3f2a9c1e-77b1-4c52-9d3e-0a1b2c3d4e5f",
    "/reset/9f86d081884c7d659a2feaa0c55ad015",
    "/customer/account/createPassword/?token=Zk3J9sLq0aB8xYt2VwNf",
    "/order/view;jsessionid=1A530637289A03B07199A44E8D531427",
    "/unsubscribe?email=maria.rossi%40example.com",
    "/unsubscribe?u=maria@example.com",
    "/invoice/4929123412341234",
    "/?gclid=EAIaIQobChMI2a7Kx9bP5wIVRuDtCh3yqwZQEAAYASAAEgJ",
    "/p/1?fbclid=IwAR0abc123def456"
};

/* by their names alone */

static const char  *named[] = {
    "/my-account/order-received/1234/?key=wc_order_Kx7pQ2mVb9TzA",
    "/order-received/?a=1&Key=abcdefgh",
    "/customer/account/createPassword/?token=Zk3J9sLq0aB8xYt2VwNf",
    "/order/view;jsessionid=1A530637289A03B07199A44E8D531427",
    "/unsubscribe?email=maria.rossi%40example.com",
    "/unsubscribe?u=maria@example.com",
    "/reset?TOKEN=abcdefgh"
};

static const char  *unnamed[] = {
    "/item/1005004321987654.html", "/product?key=1234567", "/?monkey=12345678",
    "/?tokens=12345678", "/?key", "/?key=", "/?=12345678", "/key=12345678",
    "/product/3f2a9c1e-77b1-4c52-9d3e-0a1b2c3d4e5f", "/?gclid=EAIaIQobChMI2a7"
};

static const char  *pages[] = {
    "/",
    "/es/product/1",
    "/p/samsung-galaxy-s24-ultra-256gb-sm-s928b",
    "/p/sony-wh1000xm5-black-2023",
    "/iphone15promax256gb",
    "/search?q=blue+cotton+shirt&page=2&sort=price_asc",
    "/search?q=Maria+Rossi,+Via+Roma+1",
    "/c/shoes?size=42&color=red&brand=acme",
    "/product/4006381333931",
    "/p/Donaudampfschifffahrtsgesellschaft",
    "/suche?q=%C3%A4pfel%20123%20b%C3%A4ume%2045",
    "/blog/2026/11/26/a-text",
    "/x%4", "/x%", ""
};


static unsigned
found(const char *target)
{
    return aif_capability_found((const u_char *) target, strlen(target));
}


static unsigned
by_name(const char *target)
{
    return aif_capability_named((const u_char *) target, strlen(target));
}


int
main(void)
{
    size_t  i;

    for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        ok(by_name(named[i]) && found(named[i]), "by name: %.60s", named[i]);
    }

    for (i = 0; i < sizeof(unnamed) / sizeof(unnamed[0]); i++) {
        ok(!by_name(unnamed[i]), "not by name: %.60s", unnamed[i]);
    }

    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        ok(!by_name(pages[i]), "no page by name: %.60s", pages[i]);
    }

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        ok(found(keys[i]), "a key: %.60s", keys[i]);
    }

    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        ok(!found(pages[i]), "a page: %.60s", pages[i]);
    }

    return tap_done();
}
