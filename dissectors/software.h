/* SPDX-License-Identifier: BSD-2-Clause */
/* software.h: what programs say of themselves in clear, less all that could be a person's. */
#ifndef LASTHELLO_DISSECTORS_SOFTWARE_H
#define LASTHELLO_DISSECTORS_SOFTWARE_H

#include <lasthello/session.h>

/* software_note_id reads the arguments of IMAP's ID (RFC 2971 3.3): ("name" "Pine" "version" "4.44"). Of its
 * fields name, version, vendor and os are kept, in this order, each value at most SOFTWARE_VALUE_BYTES long
 * and made safe; no other field is. What stands in `out` already stays: the first word counts. */
#define SOFTWARE_VALUE_BYTES 40
void software_note_id(struct bytes arguments, char out[SESSION_SOFTWARE_BYTES]);

/* software_note_greeting keeps those words of a greeting that a table of ours has (products, and what
 * stands beside their names), and one version behind them; a code in brackets (RFC 9051 7.1) is stepped
 * over; nothing where no product is named. So no host name, time or number of a session is kept, whatever
 * the server says. */
void software_note_greeting(struct bytes line, char out[SESSION_GREETING_BYTES]);

#endif
