/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_features.c: what of a ClientHello its fingerprints are made of. */
#include "tls_features.h"

/* A list of 2-byte values less GREASE; false: too many to be anything that a client has. */
static bool collect(struct bytes values, struct feature_list *list)
{
    uint16_t value;

    while (bytes_u16(&values, &value)) {
        if (is_grease(value))
            continue;
        if (list->count == FEATURES_MAX)
            return false;
        list->values[list->count++] = value;
    }
    return true;
}

static bool collect_groups(struct bytes data, struct features *features)
{
    struct bytes list;

    return !bytes_vector16(&data, &list) || collect(list, &features->groups);
}

static bool collect_formats(struct bytes data, struct features *features)
{
    struct bytes list;
    uint8_t format;

    if (!bytes_vector8(&data, &list))
        return true;
    while (bytes_u8(&list, &format)) {
        if (features->formats.count == FEATURES_MAX)
            return false;
        features->formats.values[features->formats.count++] = format;
    }
    return true;
}

static bool collect_signatures(struct bytes data, struct features *features)
{
    struct bytes list;

    return !bytes_vector16(&data, &list) || collect(list, &features->signatures);
}

static bool collect_versions(struct bytes data, struct features *features)
{
    struct bytes list;
    uint16_t version;

    if (!bytes_vector8(&data, &list))
        return true;
    while (bytes_u16(&list, &version))
        if (!is_grease(version) && version > features->highest_version)
            features->highest_version = version;
    return true;
}

static bool collect_server_name(struct bytes data, struct features *features)
{
    (void)data;
    features->has_server_name = true;
    return true;
}

static bool is_alphanumeric(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* JA4: the first and last character of the first value; of its hexadecimal digits, where one of
 * both is not alphanumeric. */
static bool collect_alpn(struct bytes data, struct features *features)
{
    static const char digits[] = "0123456789abcdef";
    struct bytes list, protocol;
    uint8_t first, last;

    if (!bytes_vector16(&data, &list) || !bytes_vector8(&list, &protocol) || !bytes_u8(&protocol, &first))
        return true;
    last = first;
    while (bytes_u8(&protocol, &last))
        ;
    features->alpn[0] = (char)first;
    features->alpn[1] = (char)last;
    if (is_alphanumeric(first) && is_alphanumeric(last))
        return true;
    features->alpn[0] = digits[first >> 4];
    features->alpn[1] = digits[last & 15];
    return true;
}

static bool collect_extension(uint16_t type, struct bytes data, struct features *features)
{
    static const struct {
        uint16_t type;
        bool (*collect)(struct bytes data, struct features *features);
    } collectors[] = {
        {.type = EXTENSION_SERVER_NAME, .collect = collect_server_name},
        {.type = EXTENSION_SUPPORTED_GROUPS, .collect = collect_groups},
        {.type = EXTENSION_EC_POINT_FORMATS, .collect = collect_formats},
        {.type = EXTENSION_SIGNATURE_ALGORITHMS, .collect = collect_signatures},
        {.type = EXTENSION_ALPN, .collect = collect_alpn},
        {.type = EXTENSION_SUPPORTED_VERSIONS, .collect = collect_versions},
    };

    if (is_grease(type))
        return true;
    if (features->extensions.count == FEATURES_MAX)
        return false;
    features->extensions.values[features->extensions.count++] = type;
    for (size_t i = 0; i < sizeof(collectors) / sizeof(collectors[0]); i++)
        if (collectors[i].type == type)
            return collectors[i].collect(data, features);
    return true;
}

static void reset_features(struct features *features)
{
    struct feature_list *lists[] = {&features->ciphers, &features->extensions, &features->groups,
        &features->formats, &features->signatures};

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        lists[i]->count = 0;
    features->highest_version = 0;
    features->alpn[0] = features->alpn[1] = '0';
    features->has_server_name = false;
}

static bool collect_extensions(struct bytes extensions, struct features *features)
{
    struct bytes data;
    uint16_t type;

    while (tls_extension(&extensions, &type, &data))
        if (!collect_extension(type, data, features))
            return false;
    return true;
}

bool tls_features_collect(const struct client_hello *hello, struct features *features)
{
    reset_features(features);
    features->legacy_version = hello->legacy_version;
    if (!collect(hello->cipher_suites, &features->ciphers) ||
        !collect_extensions(hello->extensions, features))
        return false;
    if (features->highest_version == 0)
        features->highest_version = hello->legacy_version;
    return true;
}
