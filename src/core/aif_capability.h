
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Addresses that open something to whoever knows them: the link in a mail that
 * shows an order, resets a password, logs in.
 */


#ifndef _AIF_CAPABILITY_H_INCLUDED_
#define _AIF_CAPABILITY_H_INCLUDED_


#include "core/aif.h"


/*
 * aif_capability_found(): 1 if a request's target (path and arguments, as it
 * is in the request line) has a part that looks like a key, a session, a
 * number of somebody's, or an e-mail address.  It is a guess: names of products
 * are not to be taken for keys, nor the keys that shops make for names.
 */

unsigned aif_capability_found(const u_char *target, size_t len);


/*
 * aif_capability_named(): 1 if an argument that is called as such keys are
 * (token, key, signature, session ...) has a value of 8 bytes or more, or the
 * target has an e-mail address.  Less is found than by aif_capability_found(),
 * and no address of a product is taken for a key.
 */

unsigned aif_capability_named(const u_char *target, size_t len);


#endif /* _AIF_CAPABILITY_H_INCLUDED_ */
