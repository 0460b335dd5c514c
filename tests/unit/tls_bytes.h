/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_bytes.h: records and hellos as the RFCs write them, in hexadecimal digits (RFC 5246 6.2, 7.4,
 * RFC 8446 4, 5). */
#ifndef LASTHELLO_TLS_BYTES_H
#define LASTHELLO_TLS_BYTES_H

#define RANDOM "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f "
/* RFC 8446 4.1.3 */
#define RETRY_RANDOM     "CF21AD74E59A6111BE1D8C021E65B891 C2A211167ABB8C5E079E09E2C8A8339C "
#define DOWNGRADE_RANDOM "00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 444F574E47524401 "
#define PROTECTED_32     "5a5a5a5a5a5a5a5a 5a5a5a5a5a5a5a5a 5a5a5a5a5a5a5a5a 5a5a5a5a5a5a5a5a "

/* one suite (AES128-SHA), no extensions: 41 bytes of body */
#define CLIENT_HELLO(version) "16 0301 002d  01 000029 " version RANDOM "00 0002 002f 01 00 "
/* four suites; supported_versions: TLS 1.3 and 1.2 */
#define FOUR_SUITES      "0008 1301 002f 009c c014 "
#define CLIENT_HELLO_1_3 "16 0301 003e  01 00003a 0303 " RANDOM "00 " FOUR_SUITES "01 00 0009 002b 0005 04 0304 0303 "
/* the same with early_data (RFC 8446 4.2.10) */
#define CLIENT_HELLO_EARLY "16 0301 0042  01 00003e 0303 " RANDOM "00 " FOUR_SUITES "01 00 000d 002b 0005 04 0304 0303 002a 0000 "
/* the record's version says nothing (RFC 5246 E.1, RFC 8446 5.1) */
#define CLIENT_HELLO_IN_RECORD(record, version) "16 " record " 002d  01 000029 " version RANDOM "00 0002 002f 01 00 "
#define SERVER_HELLO(version)                   "16 " version " 002a  02 000026 " version RANDOM "00 002f 00 "
#define SERVER_HELLO_1_3(random)                "16 0303 0032  02 00002e 0303 " random "00 1301 00 0006 002b 0002 0304 "
#define SERVER_HELLO_DONE(version)              "16 " version " 0004  0e 000000 "
#define CLIENT_KEY_EXCHANGE(version)            "16 " version " 0006  10 000002 0000 "
#define CHANGE_CIPHER_SPEC(version)             "14 " version " 0001  01 "
#define FINISHED(version)                       "16 " version " 0020  " PROTECTED_32
#define DATA(version)                           "17 " version " 0020  " PROTECTED_32
#define ALERT(version, level, description)      "15 " version " 0002  " level description " "
#define EMPTY_RECORD                            "16 0301 0000 "

/* draft-hickman-netscape-ssl-00 2.5, 2.6: one cipher spec, a challenge of 16 bytes */
#define SSLV2_CLIENT_HELLO(version) "801c  01 " version " 0003 0000 0010  00002f 000102030405060708090a0b0c0d0e0f "
/* a certificate of 4 bytes, one cipher spec, a connection id of 16 bytes */
#define SSLV2_SERVER_HELLO "8022  04 00 01 0002 0004 0003 0010  30020500 010080 000102030405060708090a0b0c0d0e0f "
#define SSLV2_MASTER_KEY   "800a  02 010080 0000 0000 0000 "
#define SSLV2_PROTECTED    "8020  " PROTECTED_32

#endif
