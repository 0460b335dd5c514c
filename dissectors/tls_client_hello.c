/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_client_hello.c: what a client offers (RFC 5246 7.4.1.2, RFC 8446 4.1.2). */
#include <lasthello/text.h>
#include <lasthello/tls.h>

#define NAME_TYPE_HOST_NAME 0 /* RFC 6066 3 */

struct extension_reader {
    uint16_t type;
    void (*read)(struct bytes data, struct offer *offer);
};

static bool is_whole_list(struct bytes extensions)
{
    struct bytes data;
    uint16_t type;

    while (extensions.left > 0)
        if (!tls_extension(&extensions, &type, &data))
            return false;
    return true;
}

static bool read_extensions(struct bytes *body, struct bytes *extensions)
{
    *extensions = (struct bytes){0};
    /* RFC 5246 7.4.1.2: a hello may end without the list. */
    if (body->left == 0)
        return true;
    return bytes_vector16(body, extensions) && body->left == 0 && is_whole_list(*extensions);
}

bool tls_client_hello_read(struct bytes body, struct client_hello *hello)
{
    return bytes_u16(&body, &hello->legacy_version) &&
        bytes_take(&body, HELLO_RANDOM_BYTES, &hello->random) &&
        bytes_vector8(&body, &hello->session_id) &&
        hello->session_id.left <= HELLO_SESSION_ID_BYTES_MAX &&
        bytes_vector16(&body, &hello->cipher_suites) &&
        hello->cipher_suites.left >= 2 && hello->cipher_suites.left % 2 == 0 &&
        bytes_vector8(&body, &hello->compression_methods) &&
        read_extensions(&body, &hello->extensions);
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

/* RFC 8446 4.2.1 */
static void read_supported_versions(struct bytes data, struct offer *offer)
{
    struct bytes list;
    uint16_t version;

    if (!bytes_vector8(&data, &list))
        return;
    while (bytes_u16(&list, &version)) {
        if (is_grease(version))
            continue;
        if (version_from_wire(version) > offer->maximum)
            offer->maximum = version_from_wire(version);
        if (offer->version_count < SESSION_VERSIONS_MAX)
            offer->versions[offer->version_count++] = version;
    }
}

/* The inner hello is encrypted: what stands in clear names the public server only. */
static void read_ech(struct bytes data, struct offer *offer)
{
    (void)data;
    offer->ech = true;
}

static void read_extension(uint16_t type, struct bytes data, struct offer *offer)
{
    static const struct extension_reader readers[] = {
        {.type = EXTENSION_SERVER_NAME, .read = read_server_name},
        {.type = EXTENSION_ALPN, .read = read_alpn},
        {.type = EXTENSION_SUPPORTED_VERSIONS, .read = read_supported_versions},
        {.type = EXTENSION_ENCRYPTED_CLIENT_HELLO, .read = read_ech},
    };

    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
        if (readers[i].type == type)
            readers[i].read(data, offer);
}

static bool has_fallback_scsv(struct bytes cipher_suites)
{
    uint16_t suite;

    while (bytes_u16(&cipher_suites, &suite))
        if (suite == CIPHER_FALLBACK_SCSV)
            return true;
    return false;
}

enum version tls_legacy_maximum(uint16_t legacy_version)
{
    /* RFC 8446 4.2.1: without supported_versions, TLS 1.2 at most is negotiated, whatever legacy_version says. */
    if (legacy_version >> 8 == 3 && legacy_version > WIRE_TLS_1_2)
        return VERSION_TLS_1_2;
    return version_from_wire(legacy_version);
}

void tls_client_hello_note(const struct client_hello *hello, struct offer *offer)
{
    struct bytes extensions = hello->extensions;
    struct bytes data;
    uint16_t type;

    *offer = (struct offer){.seen = true, .legacy_version = hello->legacy_version};
    offer->fallback_scsv = has_fallback_scsv(hello->cipher_suites);
    while (tls_extension(&extensions, &type, &data))
        read_extension(type, data, offer);
    if (offer->version_count == 0)
        offer->maximum = tls_legacy_maximum(hello->legacy_version);
}
