/* SPDX-License-Identifier: BSD-2-Clause */
/* error.h: what went wrong in the world (a file, a device, a disk, a database), as one sentence.
 *
 * Functions that touch the world return bool and fill a `struct error`: what failed, where, and what
 * to do about it, without a final newline. Callers forward it unchanged; the command prints
 * it, once (complain). Bytes from the wire never cause an error: see bytes.h. */
#ifndef LASTHELLO_ERROR_H
#define LASTHELLO_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#define ERROR_TEXT_BYTES 1024

struct error {
    char text[ERROR_TEXT_BYTES]; /* empty: nothing went wrong */
};

/* error_set writes the sentence, cut to fit. Answers false, so that `return error_set(...)` fails. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* complain prints "lasthello: <sentence>" on standard error, with whatever a terminal would obey made
 * visible. Standard error may stand still (Ctrl-S, a pipe that nobody reads): then it is waited for, for a
 * fifth of a second, and the sentence is lost; the next one says how many were. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* complain_with_time: from now on each sentence begins with the time: of a process that runs for weeks. */
void complain_with_time(void);
/* error_show shows a line about work that goes on, on a terminal, over the one before; "" takes it away. It
 * is not shown where the terminal does not take it at once. */
void error_show(const char *line);
/* error_print writes to standard error as complain does. False: not all of it was taken. */
bool error_print(const char *text, size_t len);

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1, /* a source or the inventory failed; the others were still processed */
    EXIT_USAGE = 2,
    EXIT_FOUND = 3, /* of a report: what --fail-on asks for is there */
};

#endif
