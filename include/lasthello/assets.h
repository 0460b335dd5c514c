/* SPDX-License-Identifier: BSD-2-Clause */
/* assets.h: whose host is that? A list of the user's own, as CSV (RFC 4180): its first line names the
 * columns, of which `address`, `network` and `mac` say whom a row is about, `site` where (empty: everywhere),
 * and `name`, `owner`, `place` and `note` what is known of it. An address, a network or a MAC address may
 * stand in any of the first three. */
#ifndef LASTHELLO_ASSETS_H
#define LASTHELLO_ASSETS_H

#include <lasthello/address.h>
#include <lasthello/error.h>

#include <stdbool.h>
#include <stddef.h>

#define ASSETS_FILE_BYTES (64L * 1024 * 1024) /* a larger file is refused */
#define ASSET_TEXT_BYTES  256                 /* of one cell; a longer one is refused */

/* What one line says; NULL: nothing. */
struct asset {
    const char *site, *name, *owner, *place, *note;
    unsigned line; /* on which it begins, from 1 */
};

struct assets;
/* assets_open reads a list in UTF-8, with or without a byte order mark, with Unix or Windows line ends, its
 * cells separated by commas, or by semicolons if its first line is. NULL: it breaks a rule; the error has
 * file, line and what to do. */
struct assets *assets_open(const char *path, struct error *error);
void assets_close(struct assets *assets);

/* assets_find returns the most exact row: that of the address alone; else that of the MAC address; else that
 * of the smallest network that holds the address; of each, that of the site comes before that of all sites.
 * `address`, `mac` and `site` may be NULL: not known. NULL: none. The row lives as long as the list. */
const struct asset *assets_find(
    const struct assets *assets, const struct address *address, const char *mac, const char *site);
/* assets_have_macs: is there a row by a MAC address? */
bool assets_have_macs(const struct assets *assets);

#endif
