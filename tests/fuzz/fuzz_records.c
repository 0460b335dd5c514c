/* SPDX-License-Identifier: BSD-2-Clause */
/* TLS records, handshake framing and the automaton, both sides: segments do not change the
 * facts. */
#include "sessions.h"

/* Both sides begin with the header of a hello, so that it is TLS from the start: what is searched
 * for in the middle of bytes depends on where they were cut. */
static const uint8_t client_start[] = {22, 3, 1, 0, 45, 1};
static const uint8_t server_start[] = {22, 3, 1, 0, 42, 2};

static const struct session *read_tls(struct fuzzed *fuzzed, const uint8_t *data, size_t size, size_t piece)
{
    begin_reading(fuzzed, "993");
    deliver(fuzzed, SIDE_CLIENT, client_start, sizeof(client_start), piece);
    deliver(fuzzed, SIDE_SERVER, server_start, sizeof(server_start), piece);
    return read_session(fuzzed, data, size, piece);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzzed whole, pieces;

    promise_same_facts(read_tls(&whole, data, size, size + 1), read_tls(&pieces, data, size, 1));
    return 0;
}
