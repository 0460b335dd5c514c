/* SPDX-License-Identifier: BSD-2-Clause */
/* classic_file.h: classic capture files made byte by byte, and the two packets that most tests read. */
#ifndef LASTHELLO_TEST_CLASSIC_FILE_H
#define LASTHELLO_TEST_CLASSIC_FILE_H

#include "capture_file.h"

#define MICROSECONDS_MAGIC 0xa1b2c3d4
#define NANOSECONDS_MAGIC  0xa1b23c4d
#define KUZNETZOV_MAGIC    0xa1b2cd34
#define FIRST_SECOND       1700000000

static inline void put_header(struct capture_file *file, uint32_t magic, uint16_t minor, uint32_t link_type)
{
    put_u32(file, magic);
    put_u16(file, 2);
    put_u16(file, minor);
    put_number(file, 0, 8); /* zone, accuracy */
    put_u32(file, 65535);
    put_u32(file, link_type);
}

static inline void put_packet(struct capture_file *file, uint32_t seconds, uint32_t ticks, const char *data)
{
    put_u32(file, seconds);
    put_u32(file, ticks);
    put_u32(file, (uint32_t)strlen(data));
    put_u32(file, 60);
    put_bytes(file, data, strlen(data));
}

static inline struct capture_file two_packets(uint32_t magic, bool big)
{
    struct capture_file file = {.big = big};

    put_header(&file, magic, 4, 1);
    put_packet(&file, FIRST_SECOND, 5, "first");
    put_packet(&file, FIRST_SECOND + 1, 999999, "");
    return file;
}

__attribute__((unused)) static const struct seen_packet in_microseconds[] = {
    {"first", FIRST_SECOND *NANOSECONDS + 5000, 1, 60, 1},
    {"", FIRST_SECOND *NANOSECONDS + NANOSECONDS + 999999000, 1, 60, 2},
};

#endif
