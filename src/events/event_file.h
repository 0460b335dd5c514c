/* SPDX-License-Identifier: BSD-2-Clause */
/* event_file.h: whole lines into a file, a pipe, a terminal or a socket, without waiting for who reads
 * them. */
#ifndef LASTHELLO_EVENT_FILE_H
#define LASTHELLO_EVENT_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum event_file_kind {
    EVENT_FILE_REGULAR, /* takes what it is given, unless the disk is full */
    EVENT_FILE_SOCKET,
    EVENT_FILE_OTHER, /* a pipe, a terminal: takes nothing while its reader stands still */
};

struct event_file {
    int fd;
    enum event_file_kind kind;
    bool is_standard; /* it is the caller's, too, and is not closed */
    bool is_torn;     /* half a line went out, and could not be taken back */
};

/* event_file_use takes a descriptor. event_file_standard is standard output, by an open file description of
 * its own where that can be had: what is set there, others do not notice. */
struct event_file event_file_use(int fd);
struct event_file event_file_standard(void);
/* False: some file systems say only here that something was lost. */
bool event_file_close(struct event_file *file);

enum event_written {
    EVENT_WRITTEN,
    EVENT_WAITS, /* it takes nothing more now; what was not written is to be given again */
    /* errno says why; what was not written is lost, and what was written of a line is taken back */
    EVENT_FAILED,
};

/* event_file_write writes lines, as many bytes as are taken: `done` says how many. Half a line may be among
 * them only after EVENT_WAITS, and of a line longer than PIPE_BUF: the rest is to follow. */
enum event_written event_file_write(struct event_file *file, const char *lines, size_t size, size_t *done);
/* event_file_await waits, for at most so long, until it takes something. */
void event_file_await(const struct event_file *file, int most_ms);

/* The bytes of `lines` up to the end of the last whole one, and how many lines end there. */
size_t event_whole_lines(const char *lines, size_t size);
unsigned long event_count_lines(const char *lines, size_t size);

#endif
