
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A name service for tests, to be preloaded (LD_PRELOAD): names that end with
 * ".slow" take four seconds, after which nobody knows them; names that end
 * with ".moves" have the address that the file $AIF_NAMES holds; all others are
 * the C library's.  Each look-up of these is a line in $AIF_NAMES.log.
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


#define SLOW  4      /* seconds */


static char  file[1024];
static char  log_file[1024];


/* nginx has no environment of ours later */

__attribute__((constructor)) static void
begin(void)
{
    const char  *name;

    name = getenv("AIF_NAMES");

    if (name) {
        snprintf(file, sizeof(file), "%s", name);
        snprintf(log_file, sizeof(log_file), "%s.log", name);
    }
}


static int
ends(const char *name, const char *end)
{
    size_t  n;

    n = strlen(name);

    return n > strlen(end) && strcmp(name + n - strlen(end), end) == 0;
}


static void
note(const char *name)
{
    int      fd, n;
    char     line[300];
    ssize_t  written;

    fd = open(log_file, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (fd == -1) {
        return;
    }

    n = snprintf(line, sizeof(line), "%s\n", name);
    written = write(fd, line, n);
    (void) written;

    close(fd);
}


int
getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **res)
{
    int      fd;
    char     address[64];
    ssize_t  n;
    int    (*next)(const char *, const char *, const struct addrinfo *,
                   struct addrinfo **);

    *(void **) &next = dlsym(RTLD_NEXT, "getaddrinfo");

    if (node && ends(node, ".slow")) {
        note(node);
        sleep(SLOW);
        return EAI_NONAME;
    }

    if (node && ends(node, ".moves")) {
        note(node);

        fd = open(file, O_RDONLY);
        if (fd == -1) {
            return EAI_NONAME;
        }

        n = read(fd, address, sizeof(address) - 1);
        close(fd);

        if (n <= 0) {
            return EAI_NONAME;
        }

        address[n] = '\0';
        node = address;
    }

    return next(node, service, hints, res);
}
