/* SPDX-License-Identifier: BSD-2-Clause */
/* journal.h: a sentence for whoever runs the service, with what a program reads of it.
 *
 * Where standard error is the journal of systemd (JOURNAL_STREAM, systemd.exec(5)), such a sentence goes to
 * it with a priority and fields (systemd.journal-fields(7)); else it is a complaint like any other. */
#ifndef LASTHELLO_JOURNAL_H
#define LASTHELLO_JOURNAL_H

#include <stddef.h>

/* As syslog has them (RFC 5424 6.2.1). */
enum priority {
    PRIORITY_ERROR = 3,
    PRIORITY_WARNING = 4,
    PRIORITY_NOTICE = 5,
    PRIORITY_INFO = 6,
};

#define JOURNAL_FIELDS_MAX 4

/* What happened: `name` is the value of LASTHELLO_EVENT, and of each field the first text its name, the
 * second its value (NULL: none is left). */
struct happening {
    enum priority priority;
    const char *name;
    const char *fields[JOURNAL_FIELDS_MAX][2];
};

/* journal_open finds out whether standard error is the journal, and connects to it. journal_descriptor: what
 * a sandbox must leave writable; negative: none. journal_close: later ones are complaints. */
void journal_open(void);
int journal_descriptor(void);
void journal_close(void);

/* journal_tell never waits. Texts are made visible (text_visible). */
void journal_tell(const struct happening *happening, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
