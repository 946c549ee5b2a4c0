
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * robots.txt (RFC 9309): what is said of "/admin" holds for "/es/admin".
 */


#ifndef _AIF_ROBOTS_H_INCLUDED_
#define _AIF_ROBOTS_H_INCLUDED_


#include "core/aif_link.h"
#include "core/aif_rewrite.h"


#define AIF_ROBOTS_MAX_SIZE  512000  /* bytes of the new file: crawlers need
                                        not read more (RFC 9309 section 2.5),
                                        and what they don't read is allowed */


/*
 * aif_robots_edits() makes the edits that repeat each rule with a path behind
 * its line, once for each locale with a prefix, in the arena; of the site only
 * the locales are looked at.  Every byte of the file stays.  Rules for an
 * address with a listed prefix, and those whose value is no path, are not
 * repeated.
 *
 * AIF_OK, AIF_LIMIT (the new file would be too large: then the file is to be
 * left alone) or AIF_NOMEM.
 */

int aif_robots_edits(const aif_link_site_t *site, const u_char *file,
    size_t len, aif_arena_t *a, aif_edit_t **edits, size_t *n);


#endif /* _AIF_ROBOTS_H_INCLUDED_ */
