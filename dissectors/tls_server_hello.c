/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_server_hello.c: what a server chose (RFC 5246 7.4.1.3, RFC 8446 4.1.3), and the size of its
 * keys. */
#include <lasthello/tls.h>

#define DRAFT_WITH_SESSION_ID 0x7f16 /* draft 22 took the shape of TLS 1.2 */
#define CURVE_TYPE_NAMED      3      /* RFC 8422 5.4 */
#define DOWNGRADE_AT          24     /* RFC 8446 4.1.3: the last 8 bytes of the random */

static void read_supported_versions(struct bytes data, struct server_hello *hello)
{
    if (!bytes_u16(&data, &hello->selected_version))
        hello->selected_version = 0;
}

/* A ServerHello adds its share, a HelloRetryRequest does not (RFC 8446 4.2.8): the group comes
 * first in both. */
static void read_key_share(struct bytes data, struct server_hello *hello)
{
    if (!bytes_u16(&data, &hello->selected_group))
        hello->selected_group = 0;
}

static void read_pre_shared_key(struct bytes data, struct server_hello *hello)
{
    (void)data;
    hello->has_pre_shared_key = true;
}

/* RFC 7301 3.1: exactly one protocol */
static void read_alpn(struct bytes data, struct server_hello *hello)
{
    struct bytes list;

    if (!bytes_vector16(&data, &list) || !bytes_vector8(&list, &hello->alpn))
        hello->alpn = (struct bytes){0};
}

static void read_extension(uint16_t type, struct bytes data, struct server_hello *hello)
{
    static const struct {
        uint16_t type;
        void (*read)(struct bytes data, struct server_hello *hello);
    } readers[] = {
        {.type = EXTENSION_ALPN, .read = read_alpn},
        {.type = EXTENSION_PRE_SHARED_KEY, .read = read_pre_shared_key},
        {.type = EXTENSION_SUPPORTED_VERSIONS, .read = read_supported_versions},
        {.type = EXTENSION_KEY_SHARE, .read = read_key_share},
    };

    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
        if (readers[i].type == type)
            readers[i].read(data, hello);
}

/* Up to the first that is broken. */
static void read_extensions(struct bytes body, struct server_hello *hello)
{
    struct bytes list, data;
    uint16_t type;

    /* RFC 5246 7.4.1.3: a hello may end without the list. */
    if (body.left == 0)
        return;
    hello->is_broken = !bytes_vector16(&body, &hello->extensions);
    list = hello->extensions;
    while (!hello->is_broken && list.left > 0) {
        hello->is_broken = !tls_extension(&list, &type, &data);
        if (!hello->is_broken)
            read_extension(type, data, hello);
    }
}

/* The shape of drafts before 22: is it that, to the last byte? */
static bool read_early_draft(struct bytes body, struct server_hello *hello)
{
    struct bytes list;

    if (!bytes_u16(&body, &hello->cipher_suite))
        return false;
    read_extensions(body, hello);
    return !hello->is_broken && (body.left == 0 || (bytes_vector16(&body, &list) && body.left == 0));
}

/* Those drafts said their version here, and before 16 that was 0304 as well. */
static bool may_be_early_draft(const struct server_hello *hello)
{
    return hello->legacy_version == WIRE_TLS_1_3 ||
        (version_is_draft(hello->legacy_version) && hello->legacy_version < DRAFT_WITH_SESSION_ID);
}

static bool read_final(struct bytes body, struct server_hello *hello)
{
    if (!bytes_vector8(&body, &hello->session_id) || !bytes_u16(&body, &hello->cipher_suite))
        return false;
    hello->is_broken = !bytes_u8(&body, &hello->compression_method);
    if (!hello->is_broken)
        read_extensions(body, hello);
    return true;
}

bool tls_server_hello_read(struct bytes body, struct server_hello *hello)
{
    struct server_hello draft;

    *hello = (struct server_hello){0};
    if (!bytes_u16(&body, &hello->legacy_version) || !bytes_take(&body, HELLO_RANDOM_BYTES, &hello->random))
        return false;
    draft = *hello;
    if (!may_be_early_draft(hello) || !read_early_draft(body, &draft))
        return read_final(body, hello);
    *hello = draft;
    return true;
}

bool tls_is_hello_retry_request(const struct server_hello *hello)
{
    /* SHA-256 of "HelloRetryRequest" */
    static const uint8_t retry[HELLO_RANDOM_BYTES] = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

    return memcmp(hello->random.data, retry, sizeof(retry)) == 0;
}

static bool has_downgrade_sentinel(struct bytes random)
{
    uint8_t last;
    struct bytes sentinel;

    /* 01: a server of TLS 1.3 chose TLS 1.2; 00: a server of TLS 1.2 or later chose less */
    return bytes_skip(&random, DOWNGRADE_AT) && bytes_take(&random, 7, &sentinel) &&
        memcmp(sentinel.data, "DOWNGRD", 7) == 0 && bytes_u8(&random, &last) && last <= 1;
}

enum version tls_server_hello_note(const struct server_hello *hello, struct answer *answer)
{
    enum version version;

    answer->seen = true;
    answer->wire_version = hello->selected_version != 0 ? hello->selected_version : hello->legacy_version;
    answer->cipher_suite = hello->cipher_suite;
    answer->group = hello->selected_group;
    answer->alpn[0] = '\0';
    if (hello->alpn.left > 0)
        tls_alpn_append(hello->alpn, answer->alpn);
    version = version_from_wire(answer->wire_version);
    answer->resumed = version == VERSION_TLS_1_3 && hello->has_pre_shared_key;
    answer->downgrade = version < VERSION_TLS_1_3 && has_downgrade_sentinel(hello->random);
    return version;
}

static uint16_t bit_count(struct bytes number)
{
    uint8_t byte = 0;

    while (number.left > 0 && bytes_u8(&number, &byte) && byte == 0)
        ;
    if (byte == 0)
        return 0;
    return (uint16_t)(number.left * 8 + (32 - (size_t)__builtin_clz(byte)));
}

/* RFC 5246 7.4.3: ServerDHParams */
static bool read_finite_field(struct bytes body, struct key_exchange *exchange)
{
    struct bytes prime, generator, public_value;

    if (!bytes_vector16(&body, &prime) || !bytes_vector16(&body, &generator) ||
        !bytes_vector16(&body, &public_value) || prime.left > UINT16_MAX / 8)
        return false;
    exchange->group_bits = bit_count(prime);
    return true;
}

/* RFC 8422 5.4: ServerECDHParams */
static bool read_curve(struct bytes body, struct key_exchange *exchange)
{
    struct bytes point;
    uint8_t curve_type;

    return bytes_u8(&body, &curve_type) && curve_type == CURVE_TYPE_NAMED &&
        bytes_u16(&body, &exchange->group) && bytes_vector8(&body, &point);
}

/* RFC 4279 3, RFC 5489 2: a hint comes before the parameters. */
static bool skip_hint(struct bytes *body)
{
    struct bytes hint;

    return bytes_vector16(body, &hint);
}

bool tls_key_exchange_read(struct bytes body, uint16_t cipher_suite, struct key_exchange *exchange)
{
    /* the registered names say how keys are exchanged */
    static const struct {
        const char *prefix;
        bool has_hint;
        bool (*read)(struct bytes body, struct key_exchange *exchange);
    } rows[] = {
        {.prefix = "TLS_ECDHE_PSK_", .has_hint = true, .read = read_curve},
        {.prefix = "TLS_ECDHE_", .read = read_curve},
        {.prefix = "TLS_ECDH_anon_", .read = read_curve},
        {.prefix = "TLS_DHE_PSK_", .has_hint = true, .read = read_finite_field},
        {.prefix = "TLS_DHE_", .read = read_finite_field},
        {.prefix = "TLS_DH_anon_", .read = read_finite_field},
    };
    char buffer[NAME_BYTES];
    const char *name = cipher_suite_name(cipher_suite, buffer);

    *exchange = (struct key_exchange){0};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strncmp(name, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return (!rows[i].has_hint || skip_hint(&body)) && rows[i].read(body, exchange);
    return false;
}
