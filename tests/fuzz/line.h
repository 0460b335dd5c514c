/* SPDX-License-Identifier: BSD-2-Clause */
/* line.h: the pipeline with a judge in the recorder's place, and classic capture files in memory. */
#ifndef LASTHELLO_FUZZ_LINE_H
#define LASTHELLO_FUZZ_LINE_H

#include <pipeline.h>

struct line {
    struct pipeline pipeline;
    struct source_record source;
    struct recorder judge; /* counts the sessions, as the recorder does */
    uint32_t link_type;
};

/* line_open reads the header of a little-endian classic file from the front of `file`. False: it has none. */
bool line_open(struct line *line, struct bytes *file);
/* line_packet takes the next packet, cut where the file ends. False: the file is over. */
bool line_packet(struct line *line, struct bytes *file, struct packet *packet);
/* line_count lets the pipeline have a copy of a packet, which is gone afterwards. */
void line_count(struct line *line, const struct packet *packet);
/* line_flush: the file is over, and all its packets are gone. */
void line_flush(struct line *line);
/* line_close judges the counters. */
void line_close(struct line *line);

#endif
