/* SPDX-License-Identifier: BSD-2-Clause */
/* anonymise.c: prefix by prefix for addresses, as a whole for all other texts. */
#include <lasthello/anonymise.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define KEY_FILE_BYTES 4096
#define KEY_BYTES_MIN  16
#define MAC_TEXT_LEN   17
#define TEXT_BYTES_MAX 1024 /* of a longer text the rest does not count */

/* ---- addresses ----------------------------------------------------------------------------------------- */

/* Prefixes that stay: an address in one of them stays in it, and no other gets there. */
static const struct {
    struct network network;
} kept[] = {
    {{{{[10] = 0xff, [11] = 0xff, 10}}, 104}}, /* RFC 1918 */
    {{{{[10] = 0xff, [11] = 0xff, 172, 16}}, 108}},
    {{{{[10] = 0xff, [11] = 0xff, 192, 168}}, 112}},
    {{{{[10] = 0xff, [11] = 0xff, 127}}, 104}},      /* RFC 1122 3.2.1.3 */
    {{{{[10] = 0xff, [11] = 0xff, 169, 254}}, 112}}, /* RFC 3927 */
    {{{{0xfc}}, 7}},                                 /* RFC 4193 */
    {{{{0xfe, 0x80}}, 10}},                          /* RFC 4291 2.5.6 */
    {{{{0x20}}, 3}},                                 /* RFC 4291 2.4: global */
};

/* How many bits of it stay. IPv4 in the form of IPv6 stays IPv4. */
static unsigned kept_bits(const struct address *address)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (network_holds(&kept[i].network, address))
            return kept[i].network.bits;
    return address_is_v4(address) ? 8 * ADDRESS_V4_AT : 0;
}

/* Each bit behind the prefix is turned, or not, by a hash of the bits before it. */
static void turn_bits(const struct hash_key *key, struct address *address, unsigned from)
{
    const struct address plain = *address;
    struct {
        struct address prefix;
        uint8_t bits;
    } before;

    memset(&before, 0, sizeof(before));
    for (unsigned bit = 0; bit < ADDRESS_BITS; bit++) {
        const uint8_t mask = (uint8_t)(0x80 >> bit % 8);

        before.bits = (uint8_t)bit;
        if (bit >= from && (hash_bytes(key, &before, sizeof(before)) & 1) != 0)
            address->octets[bit / 8] ^= mask;
        before.prefix.octets[bit / 8] |= plain.octets[bit / 8] & mask;
    }
}

void anonymise_address(const struct hash_key *key, struct address *address)
{
    const unsigned bits = kept_bits(address);

    /* one that was in no kept prefix walks on until it is in none: still one to one */
    do
        turn_bits(key, address, bits);
    while (kept_bits(address) != bits);
}

/* ---- other texts --------------------------------------------------------------------------------------- */

static uint64_t hash_text(const struct hash_key *key, const char *text)
{
    char lower[TEXT_BYTES_MAX];
    size_t len = 0;

    for (; text[len] != '\0' && len < sizeof(lower); len++)
        lower[len] = (char)tolower((unsigned char)text[len]);
    return hash_bytes(key, lower, len);
}

/* 00-00-5E-00-53-01 */
static bool is_mac(const char *text)
{
    for (size_t i = 0; i < MAC_TEXT_LEN; i++)
        if (i % 3 == 2 ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    return text[MAC_TEXT_LEN] == '\0';
}

const char *anonymise_text(
    const struct hash_key *key, const char *word, const char *text, char out[ANONYMOUS_BYTES])
{
    const uint64_t hash = hash_text(key, text);
    struct address address;

    if (address_read(text, &address)) {
        anonymise_address(key, &address);
        address_text(&address, out);
    } else if (is_mac(text)) {
        /* 02: locally administered (IEEE 802-2014 8.2.2) */
        snprintf(out, ANONYMOUS_BYTES, "02-%02X-%02X-%02X-%02X-%02X", (unsigned)(hash & 0xff),
            (unsigned)(hash >> 8 & 0xff), (unsigned)(hash >> 16 & 0xff), (unsigned)(hash >> 24 & 0xff),
            (unsigned)(hash >> 32 & 0xff));
    } else {
        snprintf(out, ANONYMOUS_BYTES, "%.40s-%012llx", word, (unsigned long long)(hash >> 16));
    }
    return out;
}

bool anonymise_key_read(const char *path, struct hash_key *key, const char **reason)
{
    const struct hash_key first = {{0x6c617374, 1}}, second = {{0x6c617374, 2}};
    char bytes[KEY_FILE_BYTES];
    FILE *in = fopen(path, "re");
    size_t len;

    *reason = "it cannot be read";
    if (in == NULL)
        return false;
    len = fread(bytes, 1, sizeof(bytes), in);
    fclose(in);
    *reason = "a key has at least 16 bytes: head -c 32 /dev/urandom > FILE";
    if (len < KEY_BYTES_MIN)
        return false;
    *key = (struct hash_key){{hash_bytes(&first, bytes, len), hash_bytes(&second, bytes, len)}};
    return true;
}
