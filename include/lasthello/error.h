/* SPDX-License-Identifier: BSD-2-Clause */
/* error.h: what went wrong in the world (a file, a device, a disk, a database), as one sentence.
 *
 * Functions that touch the world return bool and fill a `struct error`: what failed, where, and what
 * to do about it, without a final newline. Callers forward it unchanged; main prints it, once.
 * Bytes from the wire never cause an error: see bytes.h. */
#ifndef LASTHELLO_ERROR_H
#define LASTHELLO_ERROR_H

#include <stdbool.h>

#define ERROR_TEXT_BYTES 1024

struct error {
    char text[ERROR_TEXT_BYTES]; /* empty: nothing went wrong */
};

/* error_set writes the sentence, cut to fit. Answers false, so that `return error_set(...)` fails. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* complain prints "lasthello: <sentence>" on standard error, with whatever a terminal would obey made visible. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1, /* a source or the inventory failed; the others were still processed */
    EXIT_USAGE = 2,
};

#endif
