/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp_name.h: names as clients of DHCP write them, made safe; "" where there is none that can be read. */
#ifndef LASTHELLO_DISSECTORS_DHCP_NAME_H
#define LASTHELLO_DISSECTORS_DHCP_NAME_H

#include <lasthello/dhcp.h>

/* A name that is written as text (RFC 2132 3.14). */
void dhcp_name_text(struct bytes text, char name[DHCP_NAME_BYTES]);
/* As labels (RFC 1035 3.1), not compressed; the last one, of no length, may be left out (RFC 4704 4.2). */
void dhcp_name_encoded(struct bytes labels, char name[DHCP_NAME_BYTES]);
/* A vendor class is any text. */
void dhcp_class_text(struct bytes text, char class[DHCP_CLASS_BYTES]);

#endif
