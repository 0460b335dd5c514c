/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_fingerprint.c: JA3, JA3S (Salesforce, 2017) and the JA4 client hash (FoxIO,
 * technical_details/JA4.md). */
#include "tls_crypto.h"
#include "tls_features.h"
#include "workspace.h"

#include <lasthello/text.h>
#include <lasthello/tls.h>

#include <stdio.h>
#include <stdlib.h>

#define JA4_HASH_CHARACTERS 12
#define JA4_COUNT_MAX       99

struct writer {
    char *out;
    size_t size;
    size_t len;
};

static uint64_t hash_list(const struct workspace *workspace, const struct feature_list *list)
{
    return hash_quick(&workspace->hash_key, list->values, list->count * sizeof(list->values[0]));
}

/* A key for all the features together; never 0, which marks an empty slot. */
static uint64_t hash_features(const struct workspace *workspace)
{
    const struct features *features = &workspace->features;
    const uint64_t words[] = {
        hash_list(workspace, &features->ciphers),
        hash_list(workspace, &features->extensions),
        hash_list(workspace, &features->groups),
        hash_list(workspace, &features->formats),
        hash_list(workspace, &features->signatures),
        (uint64_t)features->legacy_version << 48 | (uint64_t)features->highest_version << 32 |
            (uint64_t)(uint8_t)features->alpn[0] << 16 | (uint64_t)(uint8_t)features->alpn[1] << 8 |
            (uint64_t)features->has_server_name,
    };

    return hash_quick(&workspace->hash_key, words, sizeof(words)) | 1;
}

/* ---- the texts --------------------------------------------------------------------------------- */

static void write_character(struct writer *writer, char character)
{
    if (writer->len < writer->size)
        writer->out[writer->len++] = character;
}

static void write_decimal(struct writer *writer, uint16_t value)
{
    char digits[5];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0)
        write_character(writer, digits[--count]);
}

static void write_hex(struct writer *writer, uint16_t value)
{
    for (int shift = 12; shift >= 0; shift -= 4)
        write_character(writer, "0123456789abcdef"[value >> shift & 15]);
}

static void write_list(struct writer *writer, const struct feature_list *list, char separator,
    void (*write)(struct writer *writer, uint16_t value))
{
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            write_character(writer, separator);
        write(writer, list->values[i]);
    }
}

static struct bytes written(const struct writer *writer)
{
    return (struct bytes){(const uint8_t *)writer->out, writer->len};
}

static struct writer write_into(struct workspace *workspace)
{
    return (struct writer){.out = workspace->text, .size = sizeof(workspace->text)};
}

static void hash_ja3(struct workspace *workspace, const struct writer *writer, char ja3[SESSION_JA3_BYTES])
{
    uint8_t md5[MD5_BYTES];

    ja3[0] = '\0';
    if (digest_md5(workspace->crypto, written(writer), md5))
        text_hex((struct bytes){md5, sizeof(md5)}, ja3);
}

static void make_ja3(struct workspace *workspace, char ja3[SESSION_JA3_BYTES])
{
    const struct features *features = &workspace->features;
    const struct feature_list *lists[] = {&features->ciphers, &features->extensions, &features->groups,
        &features->formats};
    struct writer writer = write_into(workspace);

    write_decimal(&writer, features->legacy_version);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        write_character(&writer, ',');
        write_list(&writer, lists[i], '-', write_decimal);
    }
    hash_ja3(workspace, &writer, ja3);
}

static int compare_values(const void *left, const void *right)
{
    return *(const uint16_t *)left - *(const uint16_t *)right;
}

static void sort_list(struct feature_list *list)
{
    qsort(list->values, list->count, sizeof(list->values[0]), compare_values);
}

static void remove_named_extensions(struct feature_list *extensions)
{
    size_t kept = 0;

    for (size_t i = 0; i < extensions->count; i++)
        if (extensions->values[i] != EXTENSION_SERVER_NAME && extensions->values[i] != EXTENSION_ALPN)
            extensions->values[kept++] = extensions->values[i];
    extensions->count = kept;
}

static const char *ja4_version(uint16_t version)
{
    static const struct {
        uint16_t version;
        const char *name;
    } rows[] = {
        {0x0304, "13"},
        {0x0303, "12"},
        {0x0302, "11"},
        {0x0301, "10"},
        {0x0300, "s3"},
        {0x0002, "s2"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].version == version)
            return rows[i].name;
    return "00";
}

static size_t ja4_count(size_t count)
{
    return count < JA4_COUNT_MAX ? count : JA4_COUNT_MAX;
}

/* The first 12 digits of SHA-256; zeros where there is nothing to hash. */
static void hash_ja4(struct workspace *workspace, const struct writer *writer, bool is_empty,
    char out[JA4_HASH_CHARACTERS + 1])
{
    uint8_t sha256[SHA256_BYTES];

    memcpy(out, "000000000000", JA4_HASH_CHARACTERS + 1);
    if (!is_empty && digest_sha256(workspace->crypto, written(writer), sha256))
        text_hex((struct bytes){sha256, JA4_HASH_CHARACTERS / 2}, out);
}

static void write_signatures(struct writer *writer, const struct feature_list *signatures)
{
    if (signatures->count == 0)
        return;
    write_character(writer, '_');
    write_list(writer, signatures, ',', write_hex);
}

/* Sorts the features, so it comes after make_ja3. */
static void make_ja4(struct workspace *workspace, char ja4[SESSION_JA4_BYTES])
{
    struct features *features = &workspace->features;
    size_t extension_count = features->extensions.count;
    char ciphers[JA4_HASH_CHARACTERS + 1], extensions[JA4_HASH_CHARACTERS + 1];
    struct writer writer = write_into(workspace);

    sort_list(&features->ciphers);
    write_list(&writer, &features->ciphers, ',', write_hex);
    hash_ja4(workspace, &writer, features->ciphers.count == 0, ciphers);

    remove_named_extensions(&features->extensions);
    sort_list(&features->extensions);
    writer.len = 0;
    write_list(&writer, &features->extensions, ',', write_hex);
    write_signatures(&writer, &features->signatures);
    hash_ja4(workspace, &writer, features->extensions.count == 0, extensions);

    snprintf(ja4, SESSION_JA4_BYTES, "t%s%c%02zu%02zu%c%c_%s_%s", ja4_version(features->highest_version),
        features->has_server_name ? 'd' : 'i', ja4_count(features->ciphers.count), ja4_count(extension_count),
        features->alpn[0], features->alpn[1], ciphers, extensions);
}

static struct fingerprint_slot *slot_of(struct workspace *workspace, uint64_t key)
{
    return &workspace->fingerprints[(key >> 1) % FINGERPRINT_SLOTS];
}

void tls_fingerprint_client(struct workspace *workspace, const struct client_hello *hello,
    struct offer *offer)
{
    struct fingerprint_slot *slot;
    uint64_t key;

    offer->ja3[0] = offer->ja4[0] = '\0';
    if (!tls_features_collect(hello, &workspace->features))
        return;
    key = hash_features(workspace);
    slot = slot_of(workspace, key);
    if (slot->key != key) {
        make_ja3(workspace, slot->ja3);
        make_ja4(workspace, slot->ja4);
        slot->key = key;
    }
    memcpy(offer->ja3, slot->ja3, sizeof(offer->ja3));
    memcpy(offer->ja4, slot->ja4, sizeof(offer->ja4));
}

static bool write_ja3s(const struct server_hello *hello, struct feature_list *types, struct writer *writer)
{
    struct bytes extensions = hello->extensions;
    struct bytes data;
    uint16_t type;

    types->count = 0;
    while (tls_extension(&extensions, &type, &data)) {
        if (types->count == FEATURES_MAX)
            return false;
        types->values[types->count++] = type;
    }
    write_decimal(writer, hello->legacy_version);
    write_character(writer, ',');
    write_decimal(writer, hello->cipher_suite);
    write_character(writer, ',');
    write_list(writer, types, '-', write_decimal);
    return true;
}

void tls_fingerprint_server(struct workspace *workspace, const struct server_hello *hello,
    struct answer *answer)
{
    struct writer writer = write_into(workspace);
    struct fingerprint_slot *slot;
    uint64_t key;

    answer->ja3s[0] = '\0';
    if (!write_ja3s(hello, &workspace->features.extensions, &writer))
        return;
    key = hash_quick(&workspace->hash_key, writer.out, writer.len) | 1;
    slot = slot_of(workspace, key);
    if (slot->key != key) {
        hash_ja3(workspace, &writer, slot->ja3);
        slot->key = key;
    }
    memcpy(answer->ja3s, slot->ja3, sizeof(answer->ja3s));
}
