/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp_name.c: names of clients of DHCP. */
#include "dhcp_name.h"

#include <lasthello/text.h>

/* Some count a NUL at the end (RFC 2132 2). */
void dhcp_name_text(struct bytes text, char name[DHCP_NAME_BYTES])
{
    bytes_trim_end(&text, '\0');
    if (text_server_name(text, name, DHCP_NAME_BYTES) > 0 && strchr(name, '\\') != NULL)
        name[0] = '\0';
}

void dhcp_name_encoded(struct bytes labels, char name[DHCP_NAME_BYTES])
{
    char text[DHCP_NAME_BYTES];
    struct bytes label;
    size_t len = 0;

    while (bytes_vector8(&labels, &label) && label.left > 0) {
        if (len + label.left + 1 > sizeof(text) || memchr(label.data, '.', label.left) != NULL)
            break;
        if (len > 0)
            text[len++] = '.';
        if (!bytes_copy(label, text + len, sizeof(text) - len))
            break;
        len += label.left;
    }
    dhcp_name_text((struct bytes){(const uint8_t *)text, len}, name);
}

void dhcp_class_text(struct bytes text, char class[DHCP_CLASS_BYTES])
{
    bytes_trim_end(&text, '\0');
    text_safe(text, class, DHCP_CLASS_BYTES);
}
