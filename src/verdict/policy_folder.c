/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_folder.c: the policies of a folder, by name; those that are broken are told, and the
 * others count. */
#include <lasthello/policy.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_policy_file(const struct dirent *entry)
{
    static const char suffix[] = ".policy";
    const size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len >= sizeof(suffix) &&
        strcmp(entry->d_name + len - (sizeof(suffix) - 1), suffix) == 0;
}

static bool read_entry(
    struct policies *policies, const char *folder, const struct dirent *entry, struct error *error)
{
    char *path = NULL;
    bool is_added;

    if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
        return error_set(error, "%s: not enough memory to read it", folder);
    is_added = policies_read_file(policies, path, error);
    free(path);
    return is_added;
}

unsigned policies_read_folder(
    struct policies *policies, const char *folder, bool *found, void (*refused)(const char *reason))
{
    struct dirent **entries = NULL;
    const int count = scandir(folder, &entries, is_policy_file, alphasort);
    unsigned broken = 0;
    struct error error;

    *found = count >= 0;
    for (int i = 0; i < count; i++) {
        if (!read_entry(policies, folder, entries[i], &error)) {
            refused(error.text);
            broken++;
        }
        free(entries[i]);
    }
    free(entries);
    return broken;
}
