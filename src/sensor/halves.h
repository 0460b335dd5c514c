/* SPDX-License-Identifier: BSD-2-Clause */
/* halves.h: are two sources the two directions of one link, as a passive tap gives them?
 *
 * Then each has one half of the same sessions. One-sided sessions of a run are remembered, by their
 * ends; where another source has the other side of one, at the same time, the two sources are told
 * of. */
#ifndef LASTHELLO_HALVES_H
#define LASTHELLO_HALVES_H

#include <lasthello/session.h>

struct halves;

/* halves_open: NULL: no memory. Shared by the workers of a run. halves_close accepts NULL, as do
 * the others. */
struct halves *halves_open(void);
void halves_close(struct halves *halves);
/* halves_note looks at a session that was recorded; `source` is the name of its source. */
void halves_note(struct halves *halves, const struct session *session, const char *source);
/* halves_tell prints which sources look like two directions of one link. */
void halves_tell(const struct halves *halves, bool are_files);

#endif
