/* SPDX-License-Identifier: BSD-2-Clause */
/* events.h: the events file: lines appended by several workers, whole. */
#ifndef LASTHELLO_EVENTS_H
#define LASTHELLO_EVENTS_H

#include <lasthello/error.h>

struct events;

/* events_open appends to the file at `path`; "-" is standard output. */
struct events *events_open(const char *path, struct error *error);
/* events_reopen goes on in a new file of the same name, because the old one was moved away: in `descriptor`, its own
 * from then on; negative: it could not be opened, by -errno. False: it goes on in the old one. Nothing to do for
 * standard output. */
bool events_reopen(struct events *events, int descriptor, struct error *error);
/* events_write appends a line; NULL is one for which there was no memory: it is lost, and counts as lost. */
void events_write(struct events *events, const char *line);
void events_flush(struct events *events);
/* events_news yields a sentence when lines begin to be lost, and another when they can be written again; false: there
 * is nothing new. A line that was cut does not stay in a file. */
bool events_news(struct events *events, struct error *news);
/* events_close flushes; false: lines were lost, how many and why. */
bool events_close(struct events *events, struct error *error);

#endif
