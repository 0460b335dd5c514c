/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp6.c: names that clients of DHCPv6 give themselves (RFC 8415). */
#include "dhcp_name.h"

#define OPTIONS_MAX 64

enum dhcp6_type {
    TYPE_REQUEST = 3,
    TYPE_RENEW = 5,
    TYPE_REBIND = 6,
    TYPE_REPLY = 7,
};

enum dhcp6_option {
    OPTION_CLIENT_ID = 1,
    OPTION_ADDRESSES = 3, /* IA_NA */
    OPTION_ADDRESS = 5,
    OPTION_VENDOR_CLASS = 16,
    OPTION_FQDN = 39,
};

static bool option_read(struct bytes *in, uint16_t *code, struct bytes *value)
{
    struct bytes rest = *in;

    if (!bytes_u16(&rest, code) || !bytes_vector16(&rest, value))
        return false;
    *in = rest;
    return true;
}

/* RFC 8415 21.6: the address, how long it is preferred, and valid. */
static bool address_read_v6(struct bytes value, struct dhcp_message *message)
{
    struct bytes octets;

    return bytes_take(&value, sizeof(message->address), &octets) && bytes_skip(&value, 4) &&
        bytes_u32(&value, &message->lease_s) &&
        bytes_copy(octets, message->address.octets, sizeof(message->address));
}

/* RFC 8415 21.4: of several addresses the first. */
static bool addresses_read(struct bytes value, struct dhcp_message *message)
{
    struct bytes inner;
    uint16_t code;

    if (!bytes_skip(&value, 4 + 4 + 4))
        return false;
    for (int count = 0; count < OPTIONS_MAX && option_read(&value, &code, &inner); count++)
        if (code == OPTION_ADDRESS)
            return address_read_v6(inner, message);
    return true;
}

/* RFC 8415 21.16: the enterprise, then texts; the first of them. */
static void note_class(struct bytes value, char class[DHCP_CLASS_BYTES])
{
    struct bytes text;

    if (bytes_skip(&value, 4) && bytes_vector16(&value, &text))
        dhcp_class_text(text, class);
}

/* RFC 4704 4: flags, then labels. */
static void note_fqdn(struct bytes value, char name[DHCP_NAME_BYTES])
{
    if (bytes_skip(&value, 1))
        dhcp_name_encoded(value, name);
}

static bool note_option(uint16_t code, struct bytes value, struct dhcp_message *message)
{
    switch (code) {
    case OPTION_CLIENT_ID:
        message->client = value;
        return true;
    case OPTION_ADDRESSES:
        return addresses_read(value, message);
    case OPTION_VENDOR_CLASS:
        note_class(value, message->class);
        return true;
    case OPTION_FQDN:
        note_fqdn(value, message->name);
        return true;
    default:
        return true;
    }
}

static bool options_read(struct bytes in, struct dhcp_message *message)
{
    struct bytes value;
    uint16_t code;

    for (int count = 0; in.left > 0 && count < OPTIONS_MAX; count++)
        if (!option_read(&in, &code, &value) || !note_option(code, value, message))
            return false;
    return true;
}

static enum dhcp_kind kind_of(uint8_t type, const struct dhcp_message *message)
{
    static const struct address none;

    if (message->client.left == 0)
        return DHCP_OTHER;
    if (type == TYPE_REQUEST || type == TYPE_RENEW || type == TYPE_REBIND)
        return DHCP_REQUEST;
    return type == TYPE_REPLY && memcmp(&message->address, &none, sizeof(none)) != 0 ? DHCP_REPLY
                                                                                     : DHCP_OTHER;
}

enum dhcp_kind dhcp6_read(struct bytes payload, struct dhcp_message *message)
{
    uint8_t type;

    message->client = (struct bytes){0};
    message->has_mac = false;
    message->name[0] = message->class[0] = '\0';
    message->address = (struct address){{0}};
    message->lease_s = 0;
    if (!bytes_u8(&payload, &type) || !bytes_u24(&payload, &message->transaction))
        return DHCP_BROKEN;
    if (type > TYPE_REPLY)
        return DHCP_OTHER; /* relays wrap what they pass on */
    return options_read(payload, message) ? kind_of(type, message) : DHCP_BROKEN;
}
