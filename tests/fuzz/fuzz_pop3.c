/* SPDX-License-Identifier: BSD-2-Clause */
/* POP3: see promise_mail. */
#include "sessions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    promise_mail("110", "+OK ready\r\n", data, size);
    return 0;
}
