/* SPDX-License-Identifier: BSD-2-Clause */
/* packed_file.h: a file whose bytes go into another as gzip (RFC 1952) in base64 (RFC 4648 4), as a data: URL
 * has them. */
#ifndef LASTHELLO_REPORT_PACKED_FILE_H
#define LASTHELLO_REPORT_PACKED_FILE_H

#include <stdio.h>

/* packed_file_open: what is written to the file that it returns goes to `out`, which stays the caller's;
 * fclose ends it. NULL: no memory. The same bytes give the same text: no time and no name is kept. */
FILE *packed_file_open(FILE *out);

#endif
