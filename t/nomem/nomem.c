
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * Memory that isn't there, for tests: preloaded, it lets allocations of
 * NOMEM_LEAST bytes and more fail as the file $AIF_NOMEM says, which is two
 * numbers of 4 bytes in memory order, shared with the test:
 *
 *     which   0: none fails; n: the n-th from now on; 0xffffffff: all
 *     seen    such allocations so far, while "which" was not 0
 *
 * nginx's own are smaller, as tests configure it.  The C library is glibc.
 */


#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>


#define NOMEM_LEAST  28672


typedef struct {
    volatile uint32_t   which;
    volatile uint32_t   seen;
} nomem_t;


extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);


static nomem_t  *nomem;


__attribute__((constructor)) static void
nomem_open(void)
{
    int          fd;
    void        *p;
    const char  *name;

    name = getenv("AIF_NOMEM");
    if (name == NULL) {
        return;
    }

    fd = open(name, O_RDWR|O_CLOEXEC);
    if (fd == -1) {
        return;
    }

    p = mmap(NULL, sizeof(nomem_t), PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);

    if (p != MAP_FAILED) {
        nomem = p;
    }
}


static int
nomem_fails(size_t size)
{
    uint32_t  n;

    if (nomem == NULL || nomem->which == 0 || size < NOMEM_LEAST) {
        return 0;
    }

    n = __sync_add_and_fetch(&nomem->seen, 1);

    if (nomem->which != UINT32_MAX && nomem->which != n) {
        return 0;
    }

    errno = ENOMEM;

    return 1;
}


void *
malloc(size_t size)
{
    return nomem_fails(size) ? NULL : __libc_malloc(size);
}


void *
calloc(size_t n, size_t size)
{
    return nomem_fails(size && n > SIZE_MAX / size ? SIZE_MAX : n * size)
           ? NULL : __libc_calloc(n, size);
}


void *
realloc(void *p, size_t size)
{
    return nomem_fails(size) ? NULL : __libc_realloc(p, size);
}


int
posix_memalign(void **p, size_t align, size_t size)
{
    if (nomem_fails(size)) {
        return ENOMEM;
    }

    *p = __libc_memalign(align, size);

    return *p ? 0 : ENOMEM;
}
