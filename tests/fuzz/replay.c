/* SPDX-License-Identifier: BSD-2-Clause */
/* replay.c: a main() for fuzz targets where there is no fuzzer: feeds them every file of the folders named,
 * whole, and cut at every tenth of its length. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_BYTES_MAX (1 << 20)

static bool replay_file(const char *folder, const char *name)
{
    static uint8_t input[INPUT_BYTES_MAX];
    char path[4096];
    FILE *file;
    size_t len;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (file == NULL)
        return false;
    len = fread(input, 1, sizeof(input), file);
    fclose(file);
    for (size_t tenth = 0; tenth <= 10; tenth++) {
        /* a copy of the exact length, so that a sanitizer sees a read beyond it */
        size_t cut = len * tenth / 10;
        uint8_t *copy = malloc(cut + 1);

        memcpy(copy, input, cut);
        LLVMFuzzerTestOneInput(copy, cut);
        free(copy);
    }
    return true;
}

int main(int argc, char **argv)
{
    int replayed = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);

        if (folder == NULL) {
            perror(argv[i]);
            return 1;
        }
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
            if (entry->d_type == DT_REG)
                replayed += replay_file(argv[i], entry->d_name);
        closedir(folder);
    }
    printf("%d inputs replayed\n", replayed);
    return replayed == 0;
}
