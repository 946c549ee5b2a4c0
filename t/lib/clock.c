
/*
 * Copyright (C) the authors of ngx_http_ai_filter_module
 *
 * A clock for tests, to be preloaded (LD_PRELOAD): it is as many milliseconds
 * ahead of the system's as the file $AIF_CLOCK says, a number of 8 bytes in
 * memory order, shared with the test.  A process that sleeps in epoll_wait()
 * sees a new time when it wakes.  The C library is glibc.
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


static volatile int64_t  *clock_ahead;

static int (*clock_real)(clockid_t id, struct timespec *ts);


__attribute__((constructor)) static void
clock_init(void)
{
    int          fd;
    void        *p;
    const char  *file;

    *(void **) &clock_real = dlsym(RTLD_NEXT, "clock_gettime");

    file = getenv("AIF_CLOCK");
    fd = file ? open(file, O_RDONLY) : -1;

    if (clock_real == NULL || fd == -1) {
        abort();
    }

    p = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);

    if (p == MAP_FAILED) {
        abort();
    }

    close(fd);
    clock_ahead = p;
}


int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int      rc;
    int64_t  ahead;

    if (clock_real == NULL) {
        clock_init();
    }

    rc = clock_real(id, ts);

    /* time of the day or since the start, not the processor's */

    if (rc == 0 && id != CLOCK_PROCESS_CPUTIME_ID
        && id != CLOCK_THREAD_CPUTIME_ID)
    {
        ahead = *clock_ahead;
        ts->tv_sec += ahead / 1000;
        ts->tv_nsec += ahead % 1000 * 1000000;

        if (ts->tv_nsec >= 1000000000) {
            ts->tv_nsec -= 1000000000;
            ts->tv_sec++;
        }
    }

    return rc;
}


int
gettimeofday(struct timeval *tv, void *tz)
{
    struct timespec  ts;

    (void) tz;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;

    return 0;
}


time_t
time(time_t *t)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    if (t) {
        *t = ts.tv_sec;
    }

    return ts.tv_sec;
}
