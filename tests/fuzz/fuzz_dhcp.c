/* SPDX-License-Identifier: BSD-2-Clause */
/* DHCP of both versions: names are a host's, text is safe, windows lie in the message. */
#include "fuzz.h"

#include <lasthello/dhcp.h>

static void judge(enum dhcp_kind kind, const struct dhcp_message *message, struct bytes whole)
{
    if (kind != DHCP_REQUEST && kind != DHCP_REPLY)
        return;
    promise(message->client.left > 0 && message->client.left <= whole.left);
    promise(message->client.data >= whole.data &&
        message->client.data + message->client.left <= whole.data + whole.left);
    promise(!message->has_mac || message->client.left == 6);
    if (kind == DHCP_REPLY)
        return;
    promise(memchr(message->name, '\0', sizeof(message->name)) != NULL);
    promise(memchr(message->class, '\0', sizeof(message->class)) != NULL);
    promise(strspn(message->name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(message->name));
    promise(strpbrk(message->class, "\x1b\r\n\x7f") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes whole = {data, size};
    struct dhcp_message message;

    judge(dhcp4_read(whole, &message), &message, whole);
    judge(dhcp6_read(whole, &message), &message, whole);
    return 0;
}
