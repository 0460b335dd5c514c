/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_file.h: capture files made byte by byte in memory, and what a source is expected to say of them. */
#ifndef LASTHELLO_TEST_CAPTURE_FILE_H
#define LASTHELLO_TEST_CAPTURE_FILE_H

#include "test.h"

#include <lasthello/source.h>

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct capture_file {
    bool big; /* byte order; set before anything is put */
    size_t len;
    uint8_t bytes[8192];
};

static inline void put_bytes(struct capture_file *file, const void *bytes, size_t len)
{
    assert_true(file->len + len <= sizeof(file->bytes));
    memcpy(file->bytes + file->len, bytes, len);
    file->len += len;
}

static inline void put_number(struct capture_file *file, uint64_t number, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)(number >> 8 * (file->big ? len - 1 - i : i));

        put_bytes(file, &byte, 1);
    }
}

static inline void put_u16(struct capture_file *file, uint16_t number)
{
    put_number(file, number, 2);
}

static inline void put_u32(struct capture_file *file, uint32_t number)
{
    put_number(file, number, 4);
}

/* A file that lives as long as its descriptor; `path` leads to it. */
static inline int expose(const void *bytes, size_t len, char path[32])
{
    int fd = memfd_create("capture", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

/* What a source says of itself, packet by packet. */
struct seen_packet {
    const char *data;
    int64_t time_ns;
    uint32_t link_type;
    uint32_t wire_len;
    uint64_t number;
};

static inline void assert_packet(const struct packet *packet, const struct seen_packet *expected)
{
    assert_int_equal(packet->data.left, strlen(expected->data));
    assert_memory_equal(packet->data.data, expected->data, packet->data.left);
    assert_int_equal(packet->time_ns, expected->time_ns);
    assert_int_equal(packet->link_type, expected->link_type);
    assert_int_equal(packet->wire_len, expected->wire_len);
    assert_int_equal(packet->number, expected->number);
}

/* The packets, then the end (`sentence` NULL) or a failure whose sentence holds `sentence`. */
static inline void assert_source(struct source *source, const struct seen_packet *packets, size_t count,
    const char *sentence)
{
    struct error error = {""};
    struct packet packet;

    assert_non_null(source);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(source_next(source, &packet, &error), SOURCED_PACKET);
        assert_packet(&packet, &packets[i]);
    }
    assert_int_equal(source_next(source, &packet, &error), sentence == NULL ? SOURCED_END : SOURCED_FAILED);
    if (sentence != NULL && strstr(error.text, sentence) == NULL)
        fail_msg("'%s' does not say '%s'", error.text, sentence);
    source_close(source);
}

static inline void assert_file(const struct capture_file *file, const struct seen_packet *packets, size_t count,
    const char *sentence)
{
    struct error error = {""};
    char path[32];
    int fd = expose(file->bytes, file->len, path);

    assert_source(source_open_file(path, NULL, &error), packets, count, sentence);
    close(fd);
}

/* It is not opened, and why is said. */
static inline void assert_refused(const void *bytes, size_t len, const char *filter, const char *sentence)
{
    struct error error = {""};
    char path[32];
    int fd = expose(bytes, len, path);

    assert_null(source_open_file(path, filter, &error));
    if (strstr(error.text, sentence) == NULL)
        fail_msg("'%s' does not say '%s'", error.text, sentence);
    close(fd);
}

#endif
