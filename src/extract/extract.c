/* SPDX-License-Identifier: BSD-2-Clause */
/* extract.c: packet by packet: whose it is, what of it is shown, and into the file. */
#include "excerpt.h"
#include "pcapng_write.h"

#include <lasthello/decode.h>
#include <lasthello/extract.h>
#include <lasthello/hash.h>
#include <lasthello/id_table.h>

#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 4096
#define COMMENT_BYTES   (EXCERPT_COMMENT_BYTES + EXTRACT_JUDGED_BYTES + 128)

struct extract {
    struct extract_wanted wanted;
    struct pcapng_writer writer;
    struct id_table connections; /* struct excerpt */
    struct extract_counts counts;
    extract_judge *judge; /* NULL: none */
    void *judge_context;
};

/* ---- whose -------------------------------------------------------------------------------------------- */

static bool read_port(const char *text, uint16_t *port)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 10);

    *port = (uint16_t)number;
    return *text >= '0' && *text <= '9' && *end == '\0' && number > 0 && number <= UINT16_MAX;
}

bool extract_wanted_read(const char *text, struct extract_wanted *wanted)
{
    const bool is_bracketed = text[0] == '[';
    const char *colon = strrchr(text, ':');
    char address[ADDRESS_TEXT_BYTES] = "";
    size_t len;

    wanted->port = 0;
    if (address_read(text, &wanted->address))
        return true;
    if (colon == NULL || !read_port(colon + 1, &wanted->port))
        return false;
    len = (size_t)(colon - text);
    if (is_bracketed && (len < 2 || text[len - 1] != ']'))
        return false;
    len -= is_bracketed ? 2 : 0;
    if (len >= sizeof(address))
        return false;
    memcpy(address, text + is_bracketed, len);
    return address_read(address, &wanted->address);
}

static bool is_wanted(const struct extract_wanted *wanted, const struct endpoint *end)
{
    return memcmp(&end->address, &wanted->address, sizeof(wanted->address)) == 0 &&
        (wanted->port == 0 || wanted->port == end->port);
}

/* One number for both directions; never 0. */
static uint64_t connection_id(const struct segment *segment)
{
    const uint64_t one = hash_bytes(&hash_key_zero, &segment->source.address, sizeof(struct address)),
                   other =
                       hash_bytes(&hash_key_zero, &segment->destination.address, sizeof(struct address));
    const uint64_t from = hash_mix(one, segment->source.port),
                   to = hash_mix(other, segment->destination.port);
    const uint64_t id = hash_mix(from < to ? from : to, from < to ? to : from);

    return id == 0 ? 1 : id;
}

static struct excerpt *find(struct extract *extract, const struct segment *segment)
{
    const uint64_t id = connection_id(segment);
    bool is_new;
    struct excerpt *excerpt = id_table_put(&extract->connections, id, &is_new);

    if (excerpt == NULL) {
        extract->counts.forgotten++;
        return NULL;
    }
    /* a port that is used again */
    if (is_new || (segment->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN)
        excerpt_begin(excerpt, id, segment);
    return excerpt;
}

/* ---- a packet ----------------------------------------------------------------------------------------- */

/* Down to the TCP segment. False: there is none, or only in a fragment. */
static bool decode(struct extract *extract, const struct packet *packet, struct segment *segment,
    struct datagram *datagram)
{
    struct unknown unknown;
    unsigned depth = 0;

    if (frame_decode(packet, datagram, &unknown) != DECODED_YES)
        return false;
    while (!datagram->is_fragment && tunnel_possible(datagram) && depth++ < TUNNEL_DEPTH_MAX &&
        tunnel_open(datagram, &unknown) == DECODED_YES)
        continue;
    if (datagram->is_fragment) {
        const struct endpoint source = {.address = datagram->source},
                              destination = {.address = datagram->destination};

        extract->counts.fragments +=
            is_wanted(&extract->wanted, &source) || is_wanted(&extract->wanted, &destination);
        return false;
    }
    return segment_decode(datagram, packet, segment) == DECODED_YES;
}

static void show(struct extract *extract, struct excerpt *excerpt, const struct packet *packet, size_t len,
    const char *what)
{
    const struct endpoint *ends = excerpt->session.endpoints;
    char client[ADDRESS_TEXT_BYTES], server[ADDRESS_TEXT_BYTES], judged[EXTRACT_JUDGED_BYTES] = "",
                                                                 comment[COMMENT_BYTES] = "";

    address_text(&ends[SIDE_CLIENT].address, client);
    address_text(&ends[SIDE_SERVER].address, server);
    if (extract->judge != NULL && excerpt_settles(excerpt))
        extract->judge(extract->judge_context, &excerpt->session, judged);
    if (what[0] != '\0' || !excerpt->is_shown)
        snprintf(comment, sizeof(comment), "%s port %u to %s port %u%s%s%s%s", client,
            ends[SIDE_CLIENT].port, server, ends[SIDE_SERVER].port, what[0] == '\0' ? "" : ": ", what,
            judged[0] == '\0' ? "" : "; ", judged);
    if (!pcapng_packet(&extract->writer, packet, len, comment)) {
        extract->counts.after++;
        return;
    }
    extract->counts.connections += !excerpt->is_shown;
    excerpt->is_shown = true;
    extract->counts.packets++;
    extract->counts.cut += len < packet->data.left;
}

static void take(struct extract *extract, const struct packet *packet)
{
    char comment[EXCERPT_COMMENT_BYTES];
    struct datagram datagram;
    struct segment segment;
    struct excerpt *excerpt;
    size_t payload_len, headers_len;

    if (!decode(extract, packet, &segment, &datagram) ||
        (!is_wanted(&extract->wanted, &segment.source) &&
            !is_wanted(&extract->wanted, &segment.destination)))
        return;
    /* where the payload begins in the packet: what is before it are headers */
    if (!bytes_offset(packet->data, segment.payload, &headers_len) ||
        (excerpt = find(extract, &segment)) == NULL)
        return;
    if (excerpt_take(excerpt, &segment, &payload_len, comment) == SHOWN_YES)
        show(extract, excerpt, packet, headers_len + payload_len, comment);
    else
        extract->counts.after++;
}

/* ---- the file ----------------------------------------------------------------------------------------- */

struct extract *extract_open(const struct extract_wanted *wanted, FILE *out)
{
    struct extract *extract = calloc(1, sizeof(*extract));

    if (extract == NULL || !id_table_open(&extract->connections, sizeof(struct excerpt), CONNECTIONS_MAX)) {
        free(extract);
        return NULL;
    }
    extract->wanted = *wanted;
    pcapng_begin(&extract->writer, out,
        "Handshakes, cut out by lasthello: of the payload, only TLS handshake, alert and "
        "change_cipher_spec records are here; packets are cut to their headers where they hold anything "
        "else, and what follows the handshake is left out.");
    return extract;
}

void extract_judge_by(struct extract *extract, extract_judge *judge, void *context)
{
    extract->judge = judge;
    extract->judge_context = context;
}

bool extract_capture(struct extract *extract, struct source *source, struct error *error)
{
    struct packet packet;
    enum sourced sourced;

    id_table_clear(&extract->connections);
    while ((sourced = source_next(source, &packet, error)) == SOURCED_PACKET)
        take(extract, &packet);
    return sourced == SOURCED_END;
}

const struct extract_counts *extract_counts(const struct extract *extract)
{
    return &extract->counts;
}

void extract_close(struct extract *extract)
{
    if (extract == NULL)
        return;
    id_table_close(&extract->connections);
    free(extract);
}
