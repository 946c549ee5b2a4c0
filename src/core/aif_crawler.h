
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Crawlers by what they say of themselves: the default of "ai_crawlers".
 */


#ifndef _AIF_CRAWLER_H_INCLUDED_
#define _AIF_CRAWLER_H_INCLUDED_


#include "core/aif.h"


/*
 * aif_crawler_known(): 1 if the value of a User-Agent names a crawler that is
 * known, or calls itself one as crawlers do ("bot/", "+http").  A case makes
 * no difference.  Only the first AIF_CRAWLER_MAX_AGENT bytes are looked at.
 */

#define AIF_CRAWLER_MAX_AGENT  512

unsigned aif_crawler_known(const u_char *agent, size_t len);


#endif /* _AIF_CRAWLER_H_INCLUDED_ */
