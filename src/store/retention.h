/* SPDX-License-Identifier: BSD-2-Clause */
/* retention.h: what is left when observations were deleted. */
#ifndef LASTHELLO_STORE_RETENTION_H
#define LASTHELLO_STORE_RETENTION_H

#include "upserts.h"

/* retention_clear deletes kinds of sessions, hellos, answers, certificates and paths that no observation
 * refers to. Within a transaction that the caller began. */
bool retention_clear(struct upserts *upserts, struct error *error);

#endif
