/* SPDX-License-Identifier: BSD-2-Clause */
/* Capture files of every format: whatever they hold, reading ends, in order, with an end or a sentence. */
#include "fuzz.h"

#include <lasthello/source.h>

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("capture", MFD_CLOEXEC);
    struct error error = {""};
    struct source *source;
    struct packet packet;
    enum sourced sourced = SOURCED_FAILED;
    uint64_t number = 0;
    char path[32];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    promise(write(fd, data, size) == (ssize_t)size);
    source = source_open_file(path, NULL, &error);
    while (source != NULL && (sourced = source_next(source, &packet, &error)) == SOURCED_PACKET) {
        promise(packet.number > number && packet.data.left <= SOURCE_PACKET_BYTES_MAX);
        promise(packet.time_ns >= -TIME_NS_MAX && packet.time_ns <= TIME_NS_MAX);
        for (size_t i = 0; i < packet.data.left; i++)
            number ^= packet.data.data[i]; /* each byte may be read */
        number = packet.number;
    }
    promise((sourced == SOURCED_FAILED) == (error.text[0] != '\0'));
    source_close(source);
    return close(fd);
}
