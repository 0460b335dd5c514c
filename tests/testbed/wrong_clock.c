/* SPDX-License-Identifier: BSD-2-Clause */
/* wrong_clock.c: a wall clock that is wrong, for LD_PRELOAD: by as many seconds as the first eight bytes of the file
 * WRONG_CLOCK say, which may be written at any time. Of what a program asks for and of the time stamps of its packets;
 * the clocks that nobody can set stay right. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *wrong_by;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("WRONG_CLOCK");
    const int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(*wrong_by), PROT_READ, MAP_SHARED, file, 0);

    if (mapped != MAP_FAILED)
        wrong_by = mapped;
    if (file >= 0)
        close(file);
}

/* What this library stands before. */
static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    int result;

    if (real == NULL) {
        void *found = next("clock_gettime");

        memcpy(&real, &found, sizeof(real));
    }
    result = real(clock, now);
    if (result == 0 && wrong_by != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += *wrong_by;
    return result;
}

time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

struct pcap;
/* Of pcap.h; its struct pcap_pkthdr begins with the time. */
int pcap_next_ex(struct pcap *capture, struct timeval **header, const unsigned char **data);
int pcap_next_ex(struct pcap *capture, struct timeval **header, const unsigned char **data)
{
    static int (*real)(struct pcap *, struct timeval **, const unsigned char **);
    int result;

    if (real == NULL) {
        void *found = next("pcap_next_ex");

        memcpy(&real, &found, sizeof(real));
    }
    result = real(capture, header, data);
    if (result == 1 && wrong_by != NULL)
        (*header)->tv_sec += *wrong_by;
    return result;
}
