/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp.c: names that clients of DHCP give themselves (RFC 2131). */
#include "dhcp_name.h"

#define OP_REQUEST      1
#define OP_REPLY        2
#define ETHERNET        1
#define MAC_BYTES       6
#define CHADDR_BYTES    16
#define LEGACY_BYTES    (64 + 128) /* sname, file */
#define MAGIC           0x63825363 /* RFC 2131 3 */
#define OPTIONS_MAX     64         /* more of a message are not read */
#define FQDN_HEAD       2          /* two numbers that mean nothing any more */
#define FQDN_IS_ENCODED 0x04

enum dhcp_option {
    OPTION_PAD = 0,
    OPTION_HOST_NAME = 12,
    OPTION_LEASE_TIME = 51,
    OPTION_MESSAGE_TYPE = 53,
    OPTION_VENDOR_CLASS = 60,
    OPTION_FQDN = 81,
    OPTION_END = 255,
};

enum dhcp_type {
    TYPE_REQUEST = 3,
    TYPE_ACK = 5,
    TYPE_INFORM = 8,
};

struct dhcp_header {
    uint8_t op, hardware_type, hardware_len, hops;
    uint16_t seconds, flags;
    struct address client, yours;
};

static bool address_read_v4(struct bytes *in, struct address *address)
{
    struct bytes octets;

    *address = (struct address)ADDRESS_V4_MAPPED;
    return bytes_take(in, 4, &octets) && bytes_copy(octets, address->octets + ADDRESS_V4_AT, 4);
}

static bool header_read(struct bytes *in, struct dhcp_header *header, struct dhcp_message *message)
{
    struct bytes hardware;
    uint32_t magic;

    return bytes_u8(in, &header->op) &&
        bytes_u8(in, &header->hardware_type) &&
        bytes_u8(in, &header->hardware_len) &&
        bytes_u8(in, &header->hops) &&
        bytes_u32(in, &message->transaction) &&
        bytes_u16(in, &header->seconds) &&
        bytes_u16(in, &header->flags) &&
        address_read_v4(in, &header->client) &&
        address_read_v4(in, &header->yours) &&
        bytes_skip(in, 4 + 4) && /* next server, relay agent */
        bytes_take(in, CHADDR_BYTES, &hardware) &&
        header->hardware_len <= CHADDR_BYTES &&
        bytes_take(&hardware, header->hardware_len, &message->client) &&
        bytes_skip(in, LEGACY_BYTES) &&
        bytes_u32(in, &magic) && magic == MAGIC;
}

/* RFC 4702 2: flags, two numbers, the name, in ASCII where it is old. */
static void note_fqdn(struct bytes value, char name[DHCP_NAME_BYTES])
{
    uint8_t flags;

    if (!bytes_u8(&value, &flags) || !bytes_skip(&value, FQDN_HEAD))
        return;
    if (flags & FQDN_IS_ENCODED)
        dhcp_name_encoded(value, name);
    else
        dhcp_name_text(value, name);
}

/* What the options say that are wanted. */
struct dhcp_options {
    uint8_t type;
    struct bytes host_name, fqdn, class;
};

static void note_option(
    struct dhcp_options *options, uint8_t code, struct bytes value, struct dhcp_message *message)
{
    bool read = true;

    if (code == OPTION_MESSAGE_TYPE)
        read = bytes_u8(&value, &options->type);
    else if (code == OPTION_LEASE_TIME)
        read = bytes_u32(&value, &message->lease_s);
    else if (code == OPTION_HOST_NAME)
        options->host_name = value;
    else if (code == OPTION_FQDN)
        options->fqdn = value;
    else if (code == OPTION_VENDOR_CLASS)
        options->class = value;
    if (!read)
        options->type = 0;
}

static bool options_read(struct bytes in, struct dhcp_options *options, struct dhcp_message *message)
{
    struct bytes value;
    uint8_t code;

    for (int count = 0; count < OPTIONS_MAX && bytes_u8(&in, &code) && code != OPTION_END; count++) {
        if (code == OPTION_PAD)
            continue;
        if (!bytes_vector8(&in, &value))
            return false;
        note_option(options, code, value, message);
    }
    return true;
}

static enum dhcp_kind request_of(const struct dhcp_options *options, struct dhcp_message *message)
{
    if (options->type != TYPE_REQUEST && options->type != TYPE_INFORM)
        return DHCP_OTHER;
    message->name[0] = '\0';
    dhcp_class_text(options->class, message->class);
    note_fqdn(options->fqdn, message->name);
    if (message->name[0] == '\0')
        dhcp_name_text(options->host_name, message->name);
    return DHCP_REQUEST;
}

/* To an INFORM the server confirms what the client had already (RFC 2131 3.4). */
static enum dhcp_kind reply_of(
    const struct dhcp_options *options, const struct dhcp_header *header, struct dhcp_message *message)
{
    static const struct address none = ADDRESS_V4_MAPPED;

    message->address = memcmp(&header->yours, &none, sizeof(none)) != 0 ? header->yours : header->client;
    return options->type == TYPE_ACK && memcmp(&message->address, &none, sizeof(none)) != 0 ? DHCP_REPLY
                                                                                            : DHCP_OTHER;
}

enum dhcp_kind dhcp4_read(struct bytes payload, struct dhcp_message *message)
{
    struct dhcp_header header;
    struct dhcp_options options = {0};

    message->lease_s = 0;
    if (!header_read(&payload, &header, message) || !options_read(payload, &options, message))
        return DHCP_BROKEN;
    message->has_mac = header.hardware_type == ETHERNET && header.hardware_len == MAC_BYTES;
    if (message->client.left == 0)
        return DHCP_OTHER;
    if (header.op == OP_REQUEST)
        return request_of(&options, message);
    return header.op == OP_REPLY ? reply_of(&options, &header, message) : DHCP_OTHER;
}
