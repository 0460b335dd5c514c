/* SPDX-License-Identifier: BSD-2-Clause */
/* names.h: numbers of the field and their names: as IANA has registered them, or as people say them. */
#ifndef LASTHELLO_NAMES_H
#define LASTHELLO_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ordered from worst to best, so that comparisons mean what they say. */
enum version {
    VERSION_UNKNOWN,
    VERSION_SSL_2_0,
    VERSION_SSL_3_0,
    VERSION_TLS_1_0,
    VERSION_TLS_1_1,
    VERSION_TLS_1_2,
    VERSION_TLS_1_2_PLUS, /* only record headers were seen: 0x0303 on the wire serves both 1.2 and 1.3 */
    VERSION_TLS_1_3,
    VERSION_COUNT,
};

/* version_from_wire reads a ProtocolVersion: 0x0002, 0x0300 to 0x0304, and the drafts of TLS 1.3
 * (0x7f00 to 0x7fff, Facebook's 0xfb00 to 0xfbff). Anything else, GREASE included: VERSION_UNKNOWN. */
enum version version_from_wire(uint16_t wire);
static inline bool version_is_draft(uint16_t wire)
{
    return wire >> 8 == 0x7f || wire >> 8 == 0xfb;
}
/* Known, and below TLS 1.2. */
static inline bool version_is_legacy(enum version version)
{
    return version != VERSION_UNKNOWN && version < VERSION_TLS_1_2;
}
/* "TLS 1.0"; NULL for VERSION_UNKNOWN: what is unknown is left out. */
const char *version_name(enum version version);
/* version_of_name finds the version that is called so; VERSION_UNKNOWN: none is, or NULL. */
enum version version_of_name(const char *name);

/* RFC 8701: 0x0A0A, 0x1A1A, ... 0xFAFA. */
static inline bool is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/* The following write into `out` (at least NAME_BYTES) the registered name, else the number as 0xC0FF. */
#define NAME_BYTES 64
const char *cipher_suite_name(uint16_t suite, char out[NAME_BYTES]);
const char *group_name(uint16_t group, char out[NAME_BYTES]);
/* cipher_suite_read reads what cipher_suite_name writes. False: it is neither a name nor a number. */
bool cipher_suite_read(const char *name, uint16_t *suite);
/* The registered cipher suites, by number: the one at an index, and its name; NULL behind the last. */
const char *cipher_suite_at(size_t index, uint16_t *suite);
/* Those by which a server says that it can take nothing of what is offered (RFC 8446 6.2, RFC 5246 7.2.2). */
enum alert_description {
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_PROTOCOL_VERSION = 70,
    ALERT_INSUFFICIENT_SECURITY = 71,
};
/* "protocol_version"; NULL if the number is not registered. */
const char *alert_name(uint8_t description);

/* A TLS stack (data/stacks.csv). */
struct stack {
    const char *name;
    bool is_tried; /* else computed from hellos that others published */
};
/* stack_of_ja4: which stack offers the same cipher suites as a client with this JA4, by its middle part.
 * NULL: none that is known. A guess: others may offer the same. */
const struct stack *stack_of_ja4(const char *ja4);

#endif
