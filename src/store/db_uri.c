/* SPDX-License-Identifier: BSD-2-Clause */
/* db_uri.c: the name of a file for SQLite. */
#include "db_uri.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names with ?, # and % in a URI. */
char *db_uri(const char *path, const char *how)
{
    char *uri = malloc(3 * strlen(path) + sizeof("file:?") + strlen(how));
    char *end = uri;

    if (uri == NULL)
        return NULL;
    end = stpcpy(end, "file:");
    for (; *path != '\0'; path++)
        end += snprintf(end, 4, strchr("?#%", *path) != NULL ? "%%%02X" : "%c", *path);
    stpcpy(stpcpy(end, "?"), how);
    return uri;
}
