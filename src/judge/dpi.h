/* SPDX-License-Identifier: BSD-2-Clause */
/* dpi.h: what nDPI does for us: its lists of hosts and networks, a name for a payload, trees of
 * networks, and the Community ID. What it says is a hint for people, never a fact.
 *
 * It is given no certificate, no mail and no packet from the wire: the first two crash 4.2 or end
 * in its memory, the third reaches its unchecked header reads. Nor is it given files to read: those
 * readers print to standard output. */
#ifndef LASTHELLO_JUDGE_DPI_H
#define LASTHELLO_JUDGE_DPI_H

#include <lasthello/bytes.h>
#include <lasthello/error.h>
#include <lasthello/wire.h>

#define DPI_NAME_BYTES    32
#define DPI_PAYLOAD_BYTES 512 /* of a direction; the rest is not shown to nDPI */

/* dpi_check: is the library that was loaded the one that lasthello was built with? */
bool dpi_check(struct error *error);
/* "4.2.0" */
const char *dpi_version(void);

/* The detection module of this process: 11 ms and 6 MB for the first who asks, never given back.
 * One thread at a time. NULL: no memory. */
struct dpi;
struct dpi *dpi_of_process(void);

/* dpi_name_host looks a server name up in nDPI's lists. Some of its patterns match in the middle of
 * a name. */
bool dpi_name_host(struct dpi *dpi, const char *host, char out[DPI_NAME_BYTES]);
/* dpi_name_address looks an address up in nDPI's networks, which are of IPv4 alone. */
bool dpi_name_address(struct dpi *dpi, const struct address *address, char out[DPI_NAME_BYTES]);
/* dpi_name_payload names the protocol of what two sides said first, where nDPI knows it by its
 * content. False too if it names mail or TLS, which our own dissectors know better. */
bool dpi_name_payload(struct dpi *dpi, const struct endpoint endpoints[SIDE_COUNT], struct bytes client,
    struct bytes server, char out[DPI_NAME_BYTES]);

/* dpi_community_id writes the Community ID v1 of a TCP connection, `1:...=`. */
bool dpi_community_id(const struct endpoint *one, const struct endpoint *other, char *out, size_t out_size);

/* Networks and what is known of each, IPv4 and IPv6; the longest prefix wins. */
struct networks;
struct networks *networks_open(void);
void networks_close(struct networks *networks);
/* networks_add takes a network of `prefix_len` bits (0 to 32 of an IPv4 address, 0 to 128), and
 * keeps `data`, not NULL, with it. */
bool networks_add(struct networks *networks, const struct address *network, unsigned prefix_len, void *data);
/* networks_find: the data of the smallest network that holds the address; NULL: none does. */
void *networks_find(const struct networks *networks, const struct address *address);

#endif
