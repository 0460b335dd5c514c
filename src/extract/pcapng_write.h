/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng_write.h: a pcapng file with comments (draft-ietf-opsawg-pcapng). */
#ifndef LASTHELLO_PCAPNG_WRITE_H
#define LASTHELLO_PCAPNG_WRITE_H

#include <lasthello/wire.h>

#include <stdio.h>

#define PCAPNG_LINKS_MAX 16

struct pcapng_writer {
    FILE *out;
    uint32_t links[PCAPNG_LINKS_MAX]; /* link types, an interface each */
    unsigned link_count;
};

/* pcapng_begin writes the section header, with a comment. Errors of `out` are its owner's to look for. */
void pcapng_begin(struct pcapng_writer *writer, FILE *out, const char *comment);
/* pcapng_packet writes the first `len` bytes of a packet, and a comment unless that is "". False: there are
 * more link types than fit. */
bool pcapng_packet(
    struct pcapng_writer *writer, const struct packet *packet, size_t len, const char *comment);

#endif
