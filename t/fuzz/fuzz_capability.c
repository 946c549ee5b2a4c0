
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_capability.c and aif_crawler.c.  What must hold: nothing
 * is read outside the input; what is found in a target is found as well when a
 * path comes before it, and an address of a mail anywhere.
 */


#include "core/aif_capability.h"
#include "core/aif_crawler.h"

#include <stdlib.h>


#define FUZZ_MAX  4096


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char    longer[FUZZ_MAX + 3];
    unsigned  found;

    (void) aif_crawler_known(data, size);

    found = aif_capability_found(data, size);

    if (size > FUZZ_MAX) {
        return 0;
    }

    memcpy(longer, "/a/", 3);
    memcpy(longer + 3, data, size);

    if (found && !aif_capability_found(longer, size + 3)) {
        abort();
    }

    longer[1] = '@';

    if (!aif_capability_found(longer, size + 3)) {
        abort();
    }

    return 0;
}
