
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Finds in an address what machines make and nobody else has: long words in
 * which letters and digits are mixed, UUIDs, long numbers, e-mail addresses,
 * and arguments that are called as keys are.  Refuses nothing itself:
 * page/ngx_http_ai_self.c asks before it repeats somebody's request as a
 * stranger, page/ngx_http_ai_private.c before an answer teaches.
 */


#include "core/aif_capability.h"


/*
 * A word in the path is a key if it is so long and changes so often between
 * letters and digits ("iphone15promax256gb" does four times).  Arguments
 * are less often words that somebody reads, so less is enough there.
 */

#define AIF_CAPABILITY_PATH_LENGTH    16
#define AIF_CAPABILITY_PATH_CHANGES   5
#define AIF_CAPABILITY_ARGS_LENGTH    10
#define AIF_CAPABILITY_ARGS_CHANGES   2
#define AIF_CAPABILITY_DIGITS         16     /* a number of an article has 14 */
#define AIF_CAPABILITY_VALUE          8      /* shorter values open nothing */


typedef enum {
    AIF_CAPABILITY_OTHER = 0,
    AIF_CAPABILITY_LETTER,
    AIF_CAPABILITY_DIGIT
} aif_capability_class_e;


/* what shops and frameworks call them; lower case */

static const char  *aif_capability_names[] = {
    "token", "access_token", "auth_token", "reset_token", "key", "order_key",
    "api_key", "apikey", "sig", "signature", "hash", "hmac", "session",
    "sessionid", "session_id", "jsessionid", "phpsessid", "sid", "auth",
    "password", "pass", "pwd", "otp", "secret", "ticket", "nonce",
    "confirmation", "confirm", "verify", "reset", "invite", "magic", NULL
};


static aif_capability_class_e
aif_capability_class(u_char c)
{
    if (c >= '0' && c <= '9') {
        return AIF_CAPABILITY_DIGIT;
    }

    c |= 0x20;

    return c >= 'a' && c <= 'z' ? AIF_CAPABILITY_LETTER : AIF_CAPABILITY_OTHER;
}


static unsigned
aif_capability_hex(u_char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}


/* 8-4-4-4-12 */

static unsigned
aif_capability_uuid(const u_char *p, size_t len)
{
    size_t  i;

    if (len < 36) {
        return 0;
    }

    for (i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (p[i] != '-') {
                return 0;
            }

        } else if (!aif_capability_hex(p[i])) {
            return 0;
        }
    }

    return 1;
}


static unsigned
aif_capability_word(const u_char *p, size_t len, unsigned args)
{
    size_t                  i, changes;
    aif_capability_class_e  class, last;

    changes = 0;
    last = aif_capability_class(p[0]);

    for (i = 1; i < len; i++) {
        class = aif_capability_class(p[i]);
        changes += (class != last);
        last = class;
    }

    if (changes == 0) {
        return last == AIF_CAPABILITY_DIGIT && len >= AIF_CAPABILITY_DIGITS;
    }

    return args ? len >= AIF_CAPABILITY_ARGS_LENGTH
                  && changes >= AIF_CAPABILITY_ARGS_CHANGES
                : len >= AIF_CAPABILITY_PATH_LENGTH
                  && changes >= AIF_CAPABILITY_PATH_CHANGES;
}


unsigned
aif_capability_found(const u_char *target, size_t len)
{
    unsigned       args;
    const u_char  *p, *end, *word;

    if (aif_capability_named(target, len)) {
        return 1;
    }

    args = 0;
    p = target;
    end = target + len;

    while (p < end) {

        if (aif_capability_class(*p) == AIF_CAPABILITY_OTHER) {

            if (*p == '%' && end - p > 2) {
                p += 3;
                continue;
            }

            args |= (*p++ == '?');
            continue;
        }

        if (aif_capability_uuid(p, end - p)) {
            return 1;
        }

        for (word = p;
             p < end && aif_capability_class(*p) != AIF_CAPABILITY_OTHER;
             p++)
        { /* void */ }

        if (aif_capability_word(word, p - word, args)) {
            return 1;
        }
    }

    return 0;
}


/* [name, end) is one of the names, in any case */

static unsigned
aif_capability_is_name(const u_char *name, size_t len)
{
    size_t        i;
    const char  **known;

    for (known = aif_capability_names; *known; known++) {

        for (i = 0; i < len && (*known)[i]; i++) {
            if ((name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i])
                != (u_char) (*known)[i])
            {
                break;
            }
        }

        if (i == len && (*known)[i] == '\0') {
            return 1;
        }
    }

    return 0;
}


unsigned
aif_capability_named(const u_char *target, size_t len)
{
    const u_char  *p, *end, *name, *equals;

    end = target + len;

    for (p = target; p < end; p++) {

        if (*p == '@'
            || (*p == '%' && end - p > 2 && p[1] == '4' && p[2] == '0'))
        {
            return 1;
        }
    }

    /* ";" begins those of Java in the path */

    for (p = target; p < end; /* void */) {

        if (*p != '?' && *p != '&' && *p != ';') {
            p++;
            continue;
        }

        name = ++p;
        equals = NULL;

        while (p < end && *p != '&' && *p != ';' && *p != '?') {
            if (*p == '=' && equals == NULL) {
                equals = p;
            }

            p++;
        }

        if (equals && p - equals > AIF_CAPABILITY_VALUE
            && aif_capability_is_name(name, equals - name))
        {
            return 1;
        }
    }

    return 0;
}
