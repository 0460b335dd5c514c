/* SPDX-License-Identifier: BSD-2-Clause */
/* SMTP: see promise_mail. */
#include "sessions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    promise_mail("587", "220 ready\r\n", data, size);
    return 0;
}
