/* SPDX-License-Identifier: BSD-2-Clause */
/* What is heard of names: datagrams of three hosts, as they come; whatever they say, what is told is safe. Each
 * datagram: a byte that says between whom and how much later, a length of 2 bytes, and that much of UDP. */
#include "fuzz.h"

#include <lasthello/host_names.h>

#define MEMORY_BYTES 8192
#define HOSTS        3

static struct address host(unsigned number)
{
    return (struct address){{[10] = 0xff, [11] = 0xff, 10, 0, 0, (uint8_t)(number % HOSTS)}};
}

static void judge(struct host_names *names, int64_t time_ns)
{
    struct session session = {.whole = {true, true}, .first.time_ns = time_ns};
    struct host_told told;

    for (unsigned i = 0; i < HOSTS * HOSTS; i++) {
        session.endpoints[SIDE_CLIENT].address = host(i);
        session.endpoints[SIDE_SERVER].address = host(i / HOSTS);
        session.hints.dns_name[0] = '\0';
        host_names_fill(names, &session);
        promise(memchr(session.hints.dns_name, '\0', SESSION_NAME_BYTES) != NULL);
        promise(strspn(session.hints.dns_name, "abcdefghijklmnopqrstuvwxyz0123456789-_.,") ==
            strlen(session.hints.dns_name));
        if (host_names_told(names, &session.endpoints[SIDE_CLIENT].address, time_ns, &told))
            promise(strpbrk(told.class, "\x1b\r\n\x7f") == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct host_names *names;
    struct names_counts counts = {0};
    struct bytes in = {data, size};
    struct datagram datagram = {.protocol = 17};
    int64_t time_ns = 0;
    uint8_t who;

    if (names == NULL)
        names = host_names_open(MEMORY_BYTES);
    promise(names != NULL);
    while (bytes_u8(&in, &who) && bytes_vector16(&in, &datagram.payload)) {
        datagram.source = host(who & 3);
        datagram.destination = host(who >> 2 & 3);
        time_ns += (int64_t)(who >> 4) * NANOSECONDS;
        host_names_hear(names, &datagram, time_ns, &counts);
    }
    judge(names, time_ns);
    host_names_clear(names);
    return 0;
}
