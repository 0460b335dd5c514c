/* SPDX-License-Identifier: BSD-2-Clause */
/* reader.h: what the files of the reader share: reader.c (the contract), reader_duty.c (who reads a side),
 * reader_strangers.c (bytes that nobody recognises). */
#ifndef LASTHELLO_DISSECTORS_READER_H
#define LASTHELLO_DISSECTORS_READER_H

#include <lasthello/dissector.h>

/* What came of one look at the front of a side's bytes. */
enum turn {
    TURN_MORE,    /* more bytes are wanted */
    TURN_AGAIN,   /* something was taken, or somebody else is on duty now: look again */
    TURN_SETTLED, /* the outcome is known */
    TURN_NOBODY,  /* nobody recognises these bytes */
};

/* ---- reader_duty.c ------------------------------------------------------------------------------ */

/* duty_turn lets whoever is on duty read, or finds somebody. */
enum turn duty_turn(struct reader *reader, enum side from, struct bytes *in);
/* duty_join hands a side that nobody recognises to the dissector of the other side, as one whose
 * beginning was lost: joined in the middle of a mail or of a record. */
enum turn duty_join(struct reader *reader, enum side from, struct bytes *in);
/* duty_gap tells the dissector on duty for a side, which may have read nothing yet, of a gap. */
enum dissected duty_gap(struct reader *reader, enum side from);
/* duty_leave takes the dissector of a side off duty and forgets what it knew, if the other side has
 * another. */
void duty_leave(struct reader *reader, enum side from);

/* ---- reader_strangers.c --------------------------------------------------------------------------- */

/* strangers_turn steps over what nobody recognises: a line of text, bytes before a TLS hello, or
 * all there is. */
enum turn strangers_turn(struct reader *reader, enum side from, struct bytes *in);
/* strangers_outcome: of a session in which no dissector found anything. */
enum outcome strangers_outcome(const struct reader *reader);

#endif
