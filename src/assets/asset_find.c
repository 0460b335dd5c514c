/* SPDX-License-Identifier: BSD-2-Clause */
/* asset_find.c: the most exact row for a host. */
#include "asset_rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAC_BITS   48
#define MAC_DIGITS 12

static unsigned digit_value(char digit)
{
    return (unsigned)(isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10);
}

/* Twelve hexadecimal digits in pairs, or, as routers write it, in fours. */
static bool read_mac(const char *text, struct asset_key *key)
{
    const char separator = text[strcspn(text, ":-.")]; /* or the text's end */
    const size_t group = separator == '.' ? 4 : 2;
    size_t digits = 0, at = 0;

    *key = (struct asset_key){.is_mac = true, .part.bits = MAC_BITS};
    for (; text[at] != '\0' && digits < MAC_DIGITS; at++) {
        const bool at_border = separator != '\0' && digits > 0 && at == digits + digits / group - 1 &&
            digits % group == 0;

        if (at_border && text[at] == separator)
            continue;
        if (at_border || !isxdigit((unsigned char)text[at]))
            return false;
        key->part.address.octets[digits / 2] =
            (uint8_t)(key->part.address.octets[digits / 2] << 4 | digit_value(text[at]));
        digits++;
    }
    return digits == MAC_DIGITS && text[at] == '\0';
}

const char *asset_key_read(const char *text, struct asset_key *key)
{
    if (read_mac(text, key))
        return NULL;
    *key = (struct asset_key){0};
    if (!network_read(text, &key->part))
        return "an address, a network or a MAC address is written as 10.1.4.17, 10.1.4.0/24, "
               "2001:db8::/32 or 00:00:5e:00:53:01";
    return network_is_exact(&key->part)
        ? NULL
        : "a network is written by its first address, and this one has bits behind its prefix";
}

/* ---- in order -------------------------------------------------------------------------------------- */

static const char *name_of(const char *site)
{
    return site == NULL ? "" : site;
}

static int compare_keys(const struct asset_key *one, const struct asset_key *other)
{
    int order;

    if (one->is_mac != other->is_mac)
        return one->is_mac ? -1 : 1;
    if (one->part.bits != other->part.bits)
        return one->part.bits > other->part.bits ? -1 : 1;
    order = memcmp(one->part.address.octets, other->part.address.octets, sizeof(one->part.address.octets));
    return order != 0 ? order : strcmp(name_of(one->site), name_of(other->site));
}

static int by_key(const void *one, const void *other)
{
    return compare_keys(
        &((const struct asset_row *)one)->key, &((const struct asset_row *)other)->key);
}

static int by_key_then_line(const void *one, const void *other)
{
    const unsigned first = ((const struct asset_row *)one)->asset->line;
    const unsigned second = ((const struct asset_row *)other)->asset->line;
    const int order = by_key(one, other);

    return order != 0 ? order : (first > second) - (first < second);
}

struct asset_twice assets_sort(struct assets *assets)
{
    struct asset_twice twice = {0};

    if (assets->count > 0)
        qsort(assets->rows, assets->count, sizeof(*assets->rows), by_key_then_line);
    for (size_t i = 0; i < assets->count; i++) {
        const struct asset_row *row = &assets->rows[i];
        const unsigned bits = row->key.part.bits;

        if (!row->key.is_mac &&
            (assets->length_count == 0 || assets->lengths[assets->length_count - 1] != bits))
            assets->lengths[assets->length_count++] = (uint8_t)bits;
        if (i > 0 && by_key(row - 1, row) == 0 && (twice.line == 0 || row->asset->line < twice.line))
            twice = (struct asset_twice){row->asset->line, row[-1].asset->line};
    }
    return twice;
}

/* ---- looked up --------------------------------------------------------------------------------------- */

static const struct asset *find_exactly(const struct assets *assets, const struct asset_key *key)
{
    const struct asset_row wanted = {.key = *key};
    const struct asset_row *row =
        assets->count == 0 ? NULL : bsearch(&wanted, assets->rows, assets->count, sizeof(wanted), by_key);

    return row == NULL ? NULL : row->asset;
}

/* The row of the site, else that of all sites. */
static const struct asset *find(const struct assets *assets, const struct asset_key *key)
{
    const struct asset *asset = find_exactly(assets, key);
    struct asset_key everywhere = *key;

    if (asset != NULL || key->site == NULL)
        return asset;
    everywhere.site = NULL;
    return find_exactly(assets, &everywhere);
}

bool assets_have_macs(const struct assets *assets)
{
    return assets->count > 0 && assets->rows[0].key.is_mac;
}

/* The row of the smallest network: one look for each length of a prefix that the list has. */
static const struct asset *find_network(
    const struct assets *assets, const struct address *address, const char *site)
{
    const struct asset *asset = NULL;

    for (size_t i = 0; asset == NULL && i < assets->length_count; i++) {
        struct asset_key key = {.part = {*address, assets->lengths[i]}, .site = site};
        struct address last;

        network_bounds(&key.part, &key.part.address, &last);
        asset = find(assets, &key);
    }
    return asset;
}

const struct asset *assets_find(
    const struct assets *assets, const struct address *address, const char *mac, const char *site)
{
    struct asset_key key = {.part.bits = ADDRESS_BITS, .site = site};
    const struct asset *asset = NULL;

    if (address != NULL) {
        key.part.address = *address;
        asset = find(assets, &key);
    }
    if (asset == NULL && mac != NULL && assets_have_macs(assets) && read_mac(mac, &key)) {
        key.site = site;
        asset = find(assets, &key);
    }
    if (asset == NULL && address != NULL)
        asset = find_network(assets, address, site);
    return asset;
}
