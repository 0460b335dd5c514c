/* SPDX-License-Identifier: BSD-2-Clause */
/* discover.c: mail and TLS on ports that nobody named, told by the first bytes alone; all else
 * is not looked at. */
#include "dissectors.h"

#include <lasthello/tls.h>

/* What a service begins with. Names are those of the registry. */
static const struct {
    const char *service;
    enum side from;
    bool greets; /* by the server, before the client has said anything: Redis answers +OK as well */
    const char *text;
} beginnings[] = {
    {"imap", SIDE_SERVER, true, "* OK"},
    {"imap", SIDE_SERVER, true, "* PREAUTH"},
    {"imap", SIDE_SERVER, true, "* BYE"},
    {"pop3", SIDE_SERVER, true, "+OK"},
    {"tls", SIDE_CLIENT, false, "\x16\x03"},
};
#define BEGINNING_COUNT      (sizeof(beginnings) / sizeof(beginnings[0]))
#define CLIENT_HELLO_TYPE_AT 5 /* after the record's header (RFC 8446 5.1) */
#define EMPTY_RECORDS_MAX    8 /* more of them are no sure beginning */

/* Broken stacks send records of no bytes before a hello. */
static struct bytes after_empty_records(struct bytes in)
{
    struct bytes rest = in;
    struct record record;

    for (int i = 0; i < EMPTY_RECORDS_MAX && tls_record_header(&rest, &record) == FRAMED_ONE && record.length == 0; i++)
        in = rest;
    return in;
}

/* Not `whole`: the bytes may still become that. */
static bool begins_as(size_t row, enum side from, struct bytes in, bool whole)
{
    const char *text = beginnings[row].text;
    size_t len = strlen(text);
    uint8_t type;

    if (from != beginnings[row].from)
        return false;
    if (!beginnings[row].greets)
        in = after_empty_records(in);
    if (in.left < len)
        return !whole && (in.left == 0 || memcmp(in.data, text, in.left) == 0);
    if (memcmp(in.data, text, len) != 0)
        return false;
    if (beginnings[row].greets)
        return true;
    if (!bytes_skip(&in, CLIENT_HELLO_TYPE_AT) || !bytes_u8(&in, &type))
        return !whole;
    return type == 1;
}

/* A ClientHello in the format of SSL 2.0 begins with nothing of its own: it counts whole and alone in its segment. */
static bool is_sslv2_hello(enum side from, struct bytes in)
{
    struct sslv2_client_hello hello;
    struct bytes body;
    uint16_t length;

    return from == SIDE_CLIENT && tls_sslv2_header(&in, &length) == FRAMED_ONE && bytes_take(&in, length, &body) &&
        in.left == 0 && tls_sslv2_client_hello_read(body, &hello);
}

static bool discover_recognises(enum side from, struct bytes in)
{
    if (is_sslv2_hello(from, in))
        return true;
    for (size_t row = 0; row < BEGINNING_COUNT; row++)
        if (begins_as(row, from, in, false))
            return true;
    return false;
}

static enum dissected discover_read(struct dissection *at, enum side from, struct bytes *in)
{
    bool client_spoke = at->session->directions & 1 << SIDE_CLIENT;

    if (is_sslv2_hello(from, *in)) {
        at->session->service = "tls";
        return DISSECTED_HANDOVER;
    }
    for (size_t row = 0; row < BEGINNING_COUNT; row++) {
        if (!begins_as(row, from, *in, true) || (beginnings[row].greets && client_spoke))
            continue;
        at->session->service = beginnings[row].service;
        return DISSECTED_HANDOVER;
    }
    return discover_recognises(from, *in) && !(from == SIDE_SERVER && client_spoke) ? DISSECTED_MORE
                                                                                    : DISSECTED_FOREIGN;
}

static enum dissected discover_gap(struct dissection *at, enum side from)
{
    (void)at;
    (void)from;
    return DISSECTED_FOREIGN;
}

static enum dissected discover_end(struct dissection *at, enum side from, enum ending ending)
{
    (void)at;
    (void)from;
    (void)ending;
    return DISSECTED_MORE;
}

const struct dissector dissector_discover = {
    .name = "discover",
    .recognises = discover_recognises,
    .read = discover_read,
    .gap = discover_gap,
    .end = discover_end,
};
