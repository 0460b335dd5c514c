/* SPDX-License-Identifier: BSD-2-Clause */
/* mac_vendor.c: IEEE's list of makers. */
#include "mac_vendor.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX_LEN    8 /* 00-00-5E */
#define LIST_LINES    1000000
#define LOCAL_BIT     0x02
#define BETWEEN_WORDS "   (hex)\t\t"

static bool is_given_by_maker(const char *mac)
{
    return strlen(mac) >= PREFIX_LEN && (strtoul(mac, NULL, 16) & LOCAL_BIT) == 0;
}

bool mac_vendor(FILE *list, const char *mac, char out[MAC_VENDOR_BYTES])
{
    const size_t head_len = PREFIX_LEN + strlen(BETWEEN_WORDS);
    char *line = NULL;
    size_t line_size = 0;
    bool found = false;

    if (list == NULL || !is_given_by_maker(mac))
        return false;
    rewind(list);
    for (int i = 0; i < LIST_LINES && !found && getline(&line, &line_size, list) > 0; i++)
        found = strncasecmp(line, mac, PREFIX_LEN) == 0 && strlen(line) > head_len &&
            strncmp(line + PREFIX_LEN, BETWEEN_WORDS, strlen(BETWEEN_WORDS)) == 0;
    if (found) {
        line[strcspn(line, "\r\n")] = '\0';
        snprintf(out, MAC_VENDOR_BYTES, "%s", line + head_len);
    }
    free(line);
    return found;
}
