/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS: what was read is a host's name, and lies within its bounds. */
#include "fuzz.h"

#include <lasthello/dns.h>

static bool is_host_name(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_message message;
    const enum dns_kind kind = dns_read((struct bytes){data, size}, &message);

    if (kind != DNS_QUESTION && kind != DNS_ANSWER)
        return 0;
    promise(memchr(message.name, '\0', sizeof(message.name)) != NULL);
    promise(message.name[0] != '\0' && is_host_name(message.name));
    promise(message.address_count <= DNS_ADDRESSES_MAX && message.ttl_s <= INT32_MAX);
    promise(message.type == 1 || message.type == 28);
    return 0;
}
