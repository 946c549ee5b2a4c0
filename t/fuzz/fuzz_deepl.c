
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Fuzz target for aif_deepl.c.  What the input is: fuzz_array().
 */


#include "engine.h"


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_array(&aif_engine_deepl, data, size,
                      "{\"translations\":[", "{\"text\":", "}");
}
