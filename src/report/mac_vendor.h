/* SPDX-License-Identifier: BSD-2-Clause */
/* mac_vendor.h: who made a network card, by the first three octets of its MAC address. */
#ifndef LASTHELLO_REPORT_MAC_VENDOR_H
#define LASTHELLO_REPORT_MAC_VENDOR_H

#include <stdbool.h>
#include <stdio.h>

#define MAC_VENDOR_BYTES 80

/* mac_vendor looks for "00-00-5E-00-53-23" in IEEE's list oui.txt (Debian: ieee-data), which is read from
 * its beginning each time. False: the list (NULL: none) has no such line, or the address was given by
 * software and not by a maker (IEEE 802c: its second bit). What is longer than `out` is cut. */
bool mac_vendor(FILE *list, const char *mac, char out[MAC_VENDOR_BYTES]);

#endif
