/* SPDX-License-Identifier: BSD-2-Clause */
/* trust.h: how far to believe what the summary says: what the sensor did not see. */
#ifndef LASTHELLO_REPORT_TRUST_H
#define LASTHELLO_REPORT_TRUST_H

#include <lasthello/inventory.h>
#include <lasthello/json.h>

#include <stdio.h>

/* trust_write writes the last lines of the summary. An empty answer is told apart from a proven zero; `filtered`
 * says that the user asked for a part only. */
void trust_write(FILE *out, const struct summary *summary, bool filtered);
/* ... and the same as an object that the caller closes. */
struct json *trust_object(const struct summary *summary);

#endif
