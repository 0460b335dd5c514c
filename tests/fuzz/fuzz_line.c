/* SPDX-License-Identifier: BSD-2-Clause */
/* A capture file, whatever it says, through the whole line from the frame to the session: every packet has one
 * fate, every session an outcome with its evidence, every text can be shown, nothing stays open, and no packet is
 * looked at after it went. The header of the file chooses how much memory there is, and whether all ports are looked
 * into. */
#include "fuzz.h"
#include "line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes file = {data, size};
    struct line line;
    struct packet packet;

    if (!line_open(&line, &file))
        return 0;
    while (line_packet(&line, &file, &packet))
        line_count(&line, &packet);
    line_flush(&line);
    line_close(&line);
    return 0;
}
