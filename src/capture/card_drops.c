/* SPDX-License-Identifier: BSD-2-Clause */
/* card_drops.c: two files of sysfs, which tell anew each time they are read from their start.
 * libpcap reads them as well, but opens them each time. */
#include "card_drops.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void card_drops_open(struct card_drops *drops, const char *interface)
{
    static const char *const names[CARD_DROPS_FILES] = {"rx_missed_errors", "rx_fifo_errors"};
    char path[128];

    for (int i = 0; i < CARD_DROPS_FILES; i++) {
        snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", interface, names[i]);
        drops->files[i] = open(path, O_RDONLY | O_CLOEXEC);
    }
    drops->before = 0;
    card_drops_new(drops);
}

void card_drops_close(struct card_drops *drops)
{
    for (int i = 0; i < CARD_DROPS_FILES; i++)
        if (drops->files[i] >= 0)
            close(drops->files[i]);
}

static uint64_t read_counter(int file)
{
    char text[32];
    const ssize_t len = file < 0 ? -1 : pread(file, text, sizeof(text) - 1, 0);

    text[len > 0 ? len : 0] = '\0';
    return strtoull(text, NULL, 10);
}

uint64_t card_drops_new(struct card_drops *drops)
{
    uint64_t now = 0, since;

    for (int i = 0; i < CARD_DROPS_FILES; i++)
        now += read_counter(drops->files[i]);
    since = now > drops->before ? now - drops->before : 0; /* a driver that was loaded anew counts from 0 */
    drops->before = now;
    return since;
}
