/* SPDX-License-Identifier: BSD-2-Clause */
/* reader_sandbox.h: what a command gives up before it reads an inventory. */
#ifndef LASTHELLO_CLI_READER_SANDBOX_H
#define LASTHELLO_CLI_READER_SANDBOX_H

#include <lasthello/db.h>

/* reader_sandbox_enter: an inventory may come from a stranger: whatever its bytes do to this process, it has
 * the inventory and its own output, and no call left that reaches further. Everything else is opened before.
 * `listener`: a socket at which it accepts connections; 0: none.
 * `held` is the caller's, until the inventory is closed. */
bool reader_sandbox_enter(
    struct db_held *held, const char *inventory, int listener, struct error *error);

#endif
