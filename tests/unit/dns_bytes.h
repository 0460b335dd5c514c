/* SPDX-License-Identifier: BSD-2-Clause */
/* dns_bytes.h: messages of DNS as RFC 1035 4 writes them, in hexadecimal digits. */
#ifndef LASTHELLO_DNS_BYTES_H
#define LASTHELLO_DNS_BYTES_H

#define DNS_QUERY(id)                 id " 0100 0001 0000 0000 0000 "
#define DNS_RESPONSE(id, answers)     id " 8180 0001 " answers " 0000 0000 "
#define IMAP_EXAMPLE                  "04 696d6170 07 6578616d706c65 00 " /* imap.example */
#define OLD_EXAMPLE                   "03 6f6c64 07 6578616d706c65 00 "   /* old.example */
#define ASK_A                         "0001 0001 "
#define ASK_AAAA                      "001c 0001 "
#define ADDRESS_A(owner, ttl, octets) owner " 0001 0001 " ttl " 0004 " octets " "
#define TO_QUESTION                   "c00c" /* the name right behind the header */

#endif
