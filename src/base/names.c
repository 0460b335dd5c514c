/* SPDX-License-Identifier: BSD-2-Clause */
/* names.c: numbers of the field and their names, each in one sorted table. */
#include "names_cipher_suites.h"

#include <lasthello/names.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* IANA, TLS Supported Groups. */
static const struct number_name groups[] = {
    {1, "sect163k1"},
    {2, "sect163r1"},
    {3, "sect163r2"},
    {4, "sect193r1"},
    {5, "sect193r2"},
    {6, "sect233k1"},
    {7, "sect233r1"},
    {8, "sect239k1"},
    {9, "sect283k1"},
    {10, "sect283r1"},
    {11, "sect409k1"},
    {12, "sect409r1"},
    {13, "sect571k1"},
    {14, "sect571r1"},
    {15, "secp160k1"},
    {16, "secp160r1"},
    {17, "secp160r2"},
    {18, "secp192k1"},
    {19, "secp192r1"},
    {20, "secp224k1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {23, "secp256r1"},
    {24, "secp384r1"},
    {25, "secp521r1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {29, "x25519"},
    {30, "x448"},
    {31, "brainpoolP256r1tls13"},
    {32, "brainpoolP384r1tls13"},
    {33, "brainpoolP512r1tls13"},
    {34, "GC256A"},
    {35, "GC256B"},
    {36, "GC256C"},
    {37, "GC256D"},
    {38, "GC512A"},
    {39, "GC512B"},
    {40, "GC512C"},
    {41, "curveSM2"},
    {256, "ffdhe2048"},
    {257, "ffdhe3072"},
    {258, "ffdhe4096"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {512, "MLKEM512"},
    {513, "MLKEM768"},
    {514, "MLKEM1024"},
    {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"},
    {4589, "SecP384r1MLKEM1024"},
    {4590, "curveSM2MLKEM768"},
    {25497, "X25519Kyber768Draft00"},
    {25498, "SecP256r1Kyber768Draft00"},
    {65281, "arbitrary_explicit_prime_curves"},
    {65282, "arbitrary_explicit_char2_curves"},
};

/* IANA, TLS Alerts. */
static const struct number_name alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {52, "too_many_cids_requested"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {117, "general_error"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
};

static int compare_number(const void *key, const void *row)
{
    return *(const uint16_t *)key - ((const struct number_name *)row)->number;
}

static const char *find_name(const struct number_name *rows, size_t count, uint16_t number)
{
    const struct number_name *row = bsearch(&number, rows, count, sizeof(*rows), compare_number);

    return row == NULL ? NULL : row->name;
}

static const char *name_or_number(const char *name, uint16_t number, char out[NAME_BYTES])
{
    if (name != NULL)
        snprintf(out, NAME_BYTES, "%s", name);
    else
        snprintf(out, NAME_BYTES, "0x%04X", number);
    return out;
}

enum version version_from_wire(uint16_t wire)
{
    static const struct {
        uint16_t wire;
        enum version version;
    } rows[] = {
        {0x0002, VERSION_SSL_2_0},
        {0x0300, VERSION_SSL_3_0},
        {0x0301, VERSION_TLS_1_0},
        {0x0302, VERSION_TLS_1_1},
        {0x0303, VERSION_TLS_1_2},
        {0x0304, VERSION_TLS_1_3},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].wire == wire)
            return rows[i].version;
    /* no GREASE value begins with 0x7f or 0xfb */
    return version_is_draft(wire) ? VERSION_TLS_1_3 : VERSION_UNKNOWN;
}

const char *version_name(enum version version)
{
    static const char *const names[VERSION_COUNT] = {
        [VERSION_SSL_2_0] = "SSL 2.0",
        [VERSION_SSL_3_0] = "SSL 3.0",
        [VERSION_TLS_1_0] = "TLS 1.0",
        [VERSION_TLS_1_1] = "TLS 1.1",
        [VERSION_TLS_1_2] = "TLS 1.2",
        [VERSION_TLS_1_2_PLUS] = "TLS 1.2+",
        [VERSION_TLS_1_3] = "TLS 1.3",
    };

    return names[version];
}

enum version version_of_name(const char *name)
{
    for (enum version version = VERSION_SSL_2_0; name != NULL && version < VERSION_COUNT; version++)
        if (strcmp(name, version_name(version)) == 0)
            return version;
    return VERSION_UNKNOWN;
}

const char *cipher_suite_name(uint16_t suite, char out[NAME_BYTES])
{
    return name_or_number(find_name(cipher_suites, cipher_suite_count, suite), suite, out);
}

const char *cipher_suite_at(size_t index, uint16_t *suite)
{
    if (index >= cipher_suite_count)
        return NULL;
    *suite = cipher_suites[index].number;
    return cipher_suites[index].name;
}

bool cipher_suite_read(const char *name, uint16_t *suite)
{
    char *end;
    const char *known;

    for (size_t i = 0; (known = cipher_suite_at(i, suite)) != NULL; i++)
        if (strcmp(name, known) == 0)
            return true;
    if (strncmp(name, "0x", 2) != 0)
        return false;
    *suite = (uint16_t)strtoul(name + 2, &end, 16);
    return end == name + 6 && *end == '\0';
}

const char *group_name(uint16_t group, char out[NAME_BYTES])
{
    return name_or_number(find_name(groups, sizeof(groups) / sizeof(groups[0]), group), group, out);
}

const char *alert_name(uint8_t description)
{
    return find_name(alerts, sizeof(alerts) / sizeof(alerts[0]), description);
}
