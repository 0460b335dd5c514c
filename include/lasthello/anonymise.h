/* SPDX-License-Identifier: BSD-2-Clause */
/* anonymise.h: addresses, names and paths as others than they are, each always as the same one, for what is
 * shown outside.
 *
 * With a key that nobody else has nothing leads back. Addresses of one network stay in one (each prefix is
 * mapped to one of its length, as Xu, Fan, Ammar and Moon have it, 2002), IPv4 stays IPv4, and what is
 * private stays private. */
#ifndef LASTHELLO_ANONYMISE_H
#define LASTHELLO_ANONYMISE_H

#include <lasthello/address.h>
#include <lasthello/hash.h>

#define ANONYMOUS_BYTES 64

void anonymise_address(const struct hash_key *key, struct address *address);
/* anonymise_text writes a text that has nothing of `text`, which it is made from in capitals or not: an
 * address as an address, a MAC address as a MAC address, else `word`, '-' and twelve hexadecimal digits.
 * Returns `out`. */
const char *anonymise_text(
    const struct hash_key *key, const char *word, const char *text, char out[ANONYMOUS_BYTES]);

/* anonymise_key_read makes a key of a file, of 16 bytes at least: whoever has the file gets the same texts
 * again. False: it cannot be read, or is shorter; `reason` says which. */
bool anonymise_key_read(const char *path, struct hash_key *key, const char **reason);

#endif
