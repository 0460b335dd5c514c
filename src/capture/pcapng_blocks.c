/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng_blocks.c: sections, interfaces and packets of pcapng files (draft-ietf-opsawg-pcapng). */
#include "pcapng_blocks.h"

#include "reader.h"

#include <stdlib.h>

#define INTERFACES_MAX 65536
#define DROPS_MAX      (INT64_C(1) << 48) /* a count above that is none */

enum taken section_bad(struct section *section, const char *problem)
{
    error_set(&section->problem, "%s", problem);
    return TAKEN_BAD;
}

static bool take_i64(const struct section *section, struct bytes *in, int64_t *out)
{
    struct bytes rest = *in;
    uint32_t first;
    uint32_t second;

    if (!section_u32(section, &rest, &first) || !section_u32(section, &rest, &second))
        return false;
    *out = (int64_t)(section->is_little ? (uint64_t)second << 32 | first : (uint64_t)first << 32 | second);
    *in = rest;
    return true;
}

/* ---- sections and interfaces ------------------------------------------------------------------- */

static enum taken read_section(struct section *section, struct bytes body, struct packet *packet)
{
    uint32_t magic;
    uint16_t major;
    uint16_t minor;

    (void)packet;
    if (!section_u32(section, &body, &magic) || !section_u16(section, &body, &major) ||
        !section_u16(section, &body, &minor))
        return section_bad(section, "a section header too short for its fields");
    /* 1.2 was written by some, and means 1.0 */
    if (major != 1 || (minor != 0 && minor != 2)) {
        error_set(
            &section->problem, "a section of pcapng version %u.%u, and only 1.0 is known", major, minor);
        return TAKEN_BAD;
    }
    section->interface_count = 0;
    return TAKEN_OTHER;
}

#define OPTION_END      0
#define OPTION_TSRESOL  9
#define OPTION_TSOFFSET 14
#define OPTION_IFDROP   5
#define OPTION_OSDROP   7

/* Broken options end the list: what was understood before is kept. */
static bool take_option(
    const struct section *section, struct bytes *options, uint16_t *code, struct bytes *value)
{
    uint16_t len;

    if (!section_u16(section, options, code) || !section_u16(section, options, &len) || *code == OPTION_END ||
        !bytes_take(options, len, value))
        return false;
    if (!bytes_skip(options, -len & 3U)) /* values are padded to 4 bytes, but perhaps for the last */
        options->left = 0;
    return true;
}

static void read_interface_options(const struct section *section, struct bytes options, struct clock *clock)
{
    int64_t offset_s = 0;
    uint16_t code;
    struct bytes value;
    uint8_t resolution;

    while (take_option(section, &options, &code, &value)) {
        if (code == OPTION_TSRESOL && bytes_u8(&value, &resolution))
            *clock = clock_of(resolution);
        if (code == OPTION_TSOFFSET && !take_i64(section, &value, &offset_s))
            break;
    }
    clock->offset_s = offset_s;
}

static bool make_room(struct section *section)
{
    size_t room = section->interface_room == 0 ? 8 : section->interface_room * 2;
    struct interface *interfaces;

    if (section->interface_count < section->interface_room)
        return true;
    interfaces = reallocarray(section->interfaces, room, sizeof(*interfaces));
    if (interfaces == NULL)
        return false;
    section->interfaces = interfaces;
    section->interface_room = room;
    return true;
}

static enum taken read_interface(struct section *section, struct bytes body, struct packet *packet)
{
    struct interface interface = {.clock = clock_of(6)};
    uint16_t link_type;
    uint16_t reserved;

    (void)packet;
    if (!section_u16(section, &body, &link_type) || !section_u16(section, &body, &reserved) ||
        !section_u32(section, &body, &interface.snapshot_len))
        return section_bad(section, "an interface description too short for its fields");
    if (section->interface_count == INTERFACES_MAX || !make_room(section))
        return section_bad(section, "more interfaces than 65,536 in one section, or no memory left for them");
    interface.link_type = link_type_modern(link_type);
    read_interface_options(section, body, &interface.clock);
    section->interfaces[section->interface_count++] = interface;
    return TAKEN_OTHER;
}

/* ---- what whoever captured did not get ---------------------------------------------------------- */

/* Each statement is of all the time since the interface was opened, so that the last one counts. */
static void note_drops(struct section *section, struct interface *interface, uint64_t dropped)
{
    if (dropped > DROPS_MAX || dropped <= interface->dropped || section->dropped > INT64_MAX - DROPS_MAX)
        return;
    section->dropped += dropped - interface->dropped;
    interface->dropped = dropped;
}

/* Interface statistics; those that are broken, or of no interface, tell nothing. The counts that
 * may stand beside packets tell of the same drops, and are left alone. */
static enum taken read_statistics(struct section *section, struct bytes body, struct packet *packet)
{
    uint64_t dropped = 0;
    uint32_t id;
    uint16_t code;
    struct bytes value;
    int64_t number;

    (void)packet;
    /* their time */
    if (!section_u32(section, &body, &id) || id >= section->interface_count || !bytes_skip(&body, 8))
        return TAKEN_OTHER;
    while (take_option(section, &body, &code, &value))
        if ((code == OPTION_IFDROP || code == OPTION_OSDROP) && take_i64(section, &value, &number) &&
            number >= 0)
            dropped += (uint64_t)number < DROPS_MAX ? (uint64_t)number : 0;
    note_drops(section, &section->interfaces[id], dropped);
    return TAKEN_OTHER;
}

/* ---- packets ----------------------------------------------------------------------------------- */

static const struct interface *find_interface(struct section *section, uint32_t id)
{
    if (id < section->interface_count)
        return &section->interfaces[id];
    error_set(&section->problem, "it is of interface %u, but its section has described %zu", id,
        section->interface_count);
    return NULL;
}

static enum taken take_data(
    struct section *section, struct bytes body, uint32_t captured, struct packet *packet)
{
    if (captured > SOURCE_PACKET_BYTES_MAX) {
        error_set(&section->problem, "it claims %u captured bytes, and more than 16 MiB cannot be", captured);
        return TAKEN_BAD;
    }
    if (!bytes_take(&body, captured, &packet->data)) {
        error_set(&section->problem, "it claims %u captured bytes, but its block has room for %zu", captured,
            body.left);
        return TAKEN_BAD;
    }
    packet->time_ns = section->time_ns;
    packet->vlan = 0;
    packet->number = ++section->number;
    return TAKEN_PACKET;
}

static enum taken read_timed(struct section *section, uint32_t id, struct bytes body, struct packet *packet)
{
    const struct interface *interface = find_interface(section, id);
    uint32_t high;
    uint32_t low;
    uint32_t captured;

    if (interface == NULL)
        return TAKEN_BAD;
    if (!section_u32(section, &body, &high) || !section_u32(section, &body, &low) ||
        !section_u32(section, &body, &captured) || !section_u32(section, &body, &packet->wire_len))
        return section_bad(section, "its block is too short for its fields");
    section->time_ns = pcapng_time_ns(&interface->clock, (uint64_t)high << 32 | low);
    packet->link_type = interface->link_type;
    return take_data(section, body, captured, packet);
}

static enum taken read_enhanced_packet(struct section *section, struct bytes body, struct packet *packet)
{
    uint32_t id;

    if (!section_u32(section, &body, &id))
        return section_bad(section, "its block is too short for its fields");
    return read_timed(section, id, body, packet);
}

/* The obsolete packet block has a count of drops beside a shorter interface id. */
static enum taken read_old_packet(struct section *section, struct bytes body, struct packet *packet)
{
    uint16_t id;
    uint16_t drops;

    if (!section_u16(section, &body, &id) || !section_u16(section, &body, &drops))
        return section_bad(section, "its block is too short for its fields");
    return read_timed(section, id, body, packet);
}

/* A simple packet is of the first interface, and has no time: the last one known stands in. */
static enum taken read_simple_packet(struct section *section, struct bytes body, struct packet *packet)
{
    const struct interface *interface = find_interface(section, 0);
    uint32_t captured;

    if (interface == NULL)
        return TAKEN_BAD;
    if (!section_u32(section, &body, &packet->wire_len))
        return section_bad(section, "its block is too short for its fields");
    captured = packet->wire_len;
    if (interface->snapshot_len != 0 && interface->snapshot_len < captured)
        captured = interface->snapshot_len;
    packet->link_type = interface->link_type;
    return take_data(section, body, captured, packet);
}

static const struct block blocks[] = {
    {.type = 6, .is_numbered = true, .read = read_enhanced_packet}, /* nearly all: first */
    {.type = 3, .is_numbered = true, .read = read_simple_packet},
    {.type = 2, .is_numbered = true, .read = read_old_packet},
    {.type = 1, .read = read_interface},
    {.type = 5, .read = read_statistics},
    {.type = SECTION_TYPE, .read = read_section},
    /* no packets, but Wireshark numbers them among the packets */
    {.type = 0x0bad, .is_numbered = true},     /* custom block */
    {.type = 0x40000bad, .is_numbered = true}, /* custom block that is not to be copied */
    {.type = 9, .is_numbered = true},          /* systemd journal entry */
    {.type = 0x204, .is_numbered = true},      /* sysdig events */
    {.type = 0x216, .is_numbered = true},
    {.type = 0x221, .is_numbered = true},
};

const struct block *block_find(uint32_t type)
{
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        if (blocks[i].type == type)
            return &blocks[i];
    return NULL;
}
