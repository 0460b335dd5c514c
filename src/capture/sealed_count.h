/* SPDX-License-Identifier: BSD-2-Clause */
/* sealed_count.h: packets of tunnels that are known and not opened (carriers.h), which the kernel's filter
 * keeps from us: a socket of their own, that nobody reads, counts them. */
#ifndef LASTHELLO_CAPTURE_SEALED_COUNT_H
#define LASTHELLO_CAPTURE_SEALED_COUNT_H

#include <linux/filter.h>
#include <stdint.h>

/* What it counts, for pcap-filter(7). */
extern const char sealed_count_filter[];

/* sealed_count_open counts what passes the filter at an Ethernet interface from now on, untagged or
 * with one VLAN tag. -1: it cannot. */
int sealed_count_open(const char *interface, const struct sock_fprog *filter);
/* sealed_count_new: how many since the last time; 0 where `socket` is -1. */
uint64_t sealed_count_new(int socket);

#endif
