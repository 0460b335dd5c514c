/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_client_hello.c: what a client offers (RFC 5246 7.4.1.2, RFC 8446 4.1.2). */
#include <lasthello/text.h>
#include <lasthello/tls.h>

#define NAME_TYPE_HOST_NAME 0 /* RFC 6066 3 */

struct extension_reader {
    uint16_t type;
    void (*read)(struct bytes data, struct offer *offer);
};

bool tls_client_hello_read(struct bytes body, struct client_hello *hello)
{
    *hello = (struct client_hello){0};
    if (!bytes_u16(&body, &hello->legacy_version) || !bytes_take(&body, HELLO_RANDOM_BYTES, &hello->random) ||
        !bytes_vector8(&body, &hello->session_id) || !bytes_vector16(&body, &hello->cipher_suites))
        return false;
    /* RFC 5246 7.4.1.2: a hello may end without extensions. RFC 2246 and RFC 4346 7.4.1.2: whatever
     * follows the compression methods must be ignored; so is what follows the list. */
    if (!bytes_vector8(&body, &hello->compression_methods) || !bytes_vector16(&body, &hello->extensions))
        hello->extensions = (struct bytes){0};
    return true;
}

bool tls_has_extension(struct bytes extensions, uint16_t wanted)
{
    struct bytes data;
    uint16_t type;

    while (tls_extension(&extensions, &type, &data))
        if (type == wanted)
            return true;
    return false;
}

void tls_alpn_append(struct bytes protocol, char alpn[SESSION_ALPN_BYTES])
{
    size_t len = strlen(alpn);
    char name[SESSION_ALPN_BYTES];
    size_t name_len = text_safe(protocol, name, sizeof(name));

    if (len + 1 + name_len >= SESSION_ALPN_BYTES)
        return;
    if (len > 0)
        alpn[len++] = ',';
    memcpy(alpn + len, name, name_len + 1);
}

/* RFC 6066 3 */
static void read_server_name(struct bytes data, struct offer *offer)
{
    struct bytes list, name;
    uint8_t type;

    if (!bytes_vector16(&data, &list))
        return;
    while (bytes_u8(&list, &type) && bytes_vector16(&list, &name))
        if (type == NAME_TYPE_HOST_NAME && offer->server_name[0] == '\0')
            text_server_name(name, offer->server_name, sizeof(offer->server_name));
}

/* RFC 8701 2 reserves two equal bytes of ALPN, too. */
static bool is_grease_protocol(struct bytes protocol)
{
    uint16_t value;

    return protocol.left == 2 && bytes_u16(&protocol, &value) && is_grease(value);
}

/* RFC 7301 3.1 */
static void read_alpn(struct bytes data, struct offer *offer)
{
    struct bytes list, protocol;

    if (!bytes_vector16(&data, &list))
        return;
    while (bytes_vector8(&list, &protocol))
        if (!is_grease_protocol(protocol))
            tls_alpn_append(protocol, offer->alpn);
}

static void note_supported_version(uint16_t wire, struct offer *offer)
{
    const enum version version = version_from_wire(wire);

    if (version > offer->maximum)
        offer->maximum = version;
    if (version != VERSION_UNKNOWN && (offer->minimum == VERSION_UNKNOWN || version < offer->minimum))
        offer->minimum = version;
    if (offer->version_count < SESSION_VERSIONS_MAX)
        offer->versions[offer->version_count++] = wire;
    else
        offer->cut = true;
}

/* RFC 8446 4.2.1. One that cannot be read, or is empty, says nothing: it counts as absent, as a
 * server that is no wiser has to take it. */
static void read_supported_versions(struct bytes data, struct offer *offer)
{
    struct bytes list;
    uint16_t version;

    if (!bytes_vector8(&data, &list) || list.left % 2 != 0)
        return;
    while (bytes_u16(&list, &version))
        if (!is_grease(version))
            note_supported_version(version, offer);
}

/* Keeps the values of a list as they stand, less GREASE. Returns how many there are then. */
static uint8_t keep_values(struct bytes list, uint16_t *values, uint8_t count, uint8_t room, bool *cut)
{
    uint16_t value;

    while (bytes_u16(&list, &value)) {
        if (is_grease(value))
            continue;
        *cut = *cut || count == room;
        if (count < room)
            values[count++] = value;
    }
    return count;
}

/* RFC 8446 4.2.7, RFC 8422 5.1.1 */
static void read_groups(struct bytes data, struct offer *offer)
{
    struct bytes list;

    if (bytes_vector16(&data, &list))
        offer->group_count = keep_values(list, offer->groups, offer->group_count, OFFER_GROUPS_MAX,
            &offer->cut);
}

/* RFC 8446 4.2.3, RFC 5246 7.4.1.4.1 */
static void read_signatures(struct bytes data, struct offer *offer)
{
    struct bytes list;

    if (bytes_vector16(&data, &list))
        offer->signature_count = keep_values(list, offer->signatures, offer->signature_count,
            OFFER_SIGNATURES_MAX, &offer->cut);
}

/* The inner hello is encrypted: what stands in clear names the public server only. */
static void read_ech(struct bytes data, struct offer *offer)
{
    (void)data;
    offer->ech = true;
}

/* RFC 8446 4.2 forbids two extensions of a type, and RFC 5246 7.4.1.4, too; servers refuse such a
 * hello, or take either. Both are noted, so that the offer is never less than what a server may
 * have read. */
static void read_extension(uint16_t type, struct bytes data, struct offer *offer)
{
    static const struct extension_reader readers[] = {
        {.type = EXTENSION_SERVER_NAME, .read = read_server_name},
        {.type = EXTENSION_SUPPORTED_GROUPS, .read = read_groups},
        {.type = EXTENSION_SIGNATURE_ALGORITHMS, .read = read_signatures},
        {.type = EXTENSION_ALPN, .read = read_alpn},
        {.type = EXTENSION_SUPPORTED_VERSIONS, .read = read_supported_versions},
        {.type = EXTENSION_ENCRYPTED_CLIENT_HELLO, .read = read_ech},
    };

    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
        if (readers[i].type == type)
            readers[i].read(data, offer);
}

void tls_offer_suite(struct offer *offer, uint32_t suite)
{
    if (suite == CIPHER_FALLBACK_SCSV)
        offer->fallback_scsv = true;
    if (suite <= UINT16_MAX && is_grease((uint16_t)suite))
        return;
    if (offer->suite_count < OFFER_SUITES_MAX)
        offer->suites[offer->suite_count++] = suite;
    else
        offer->cut = true;
}

enum version tls_legacy_maximum(uint16_t legacy_version)
{
    /* RFC 8446 4.2.1: without supported_versions, TLS 1.2 at most is negotiated, whatever
     * legacy_version says. */
    if (legacy_version >> 8 == 3 && legacy_version > WIRE_TLS_1_2)
        return VERSION_TLS_1_2;
    return version_from_wire(legacy_version);
}

void tls_client_hello_note(const struct client_hello *hello, struct offer *offer)
{
    struct bytes suites = hello->cipher_suites;
    struct bytes extensions = hello->extensions;
    struct bytes data;
    uint16_t type, suite;

    offer_clear(offer);
    offer->seen = true;
    offer->legacy_version = hello->legacy_version;
    while (bytes_u16(&suites, &suite))
        tls_offer_suite(offer, suite);
    while (tls_extension(&extensions, &type, &data))
        read_extension(type, data, offer);
    if (offer->version_count == 0)
        offer->maximum = tls_legacy_maximum(hello->legacy_version);
}
