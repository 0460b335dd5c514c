/* SPDX-License-Identifier: BSD-2-Clause */
/* list.c: words in one text, read and written one after the other. */
#include <lasthello/list.h>

#include <stdio.h>
#include <string.h>

const char *list_word(const char **list, char out[LIST_WORD_BYTES])
{
    const char *start = *list + strspn(*list, " ");
    size_t len = strcspn(start, ",");

    *list = start[len] == ',' ? start + len + 1 : NULL;
    while (len > 0 && start[len - 1] == ' ')
        len--;
    snprintf(out, LIST_WORD_BYTES, "%.*s", (int)len, start);
    return out;
}

int list_word_place(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcasecmp(word, words[i]) == 0)
            return i;
    return -1;
}

bool list_wants(const char *list, const char *text)
{
    char word[LIST_WORD_BYTES];
    bool is_wanted = list == NULL;

    while (!is_wanted && list != NULL && text != NULL)
        is_wanted = strcasecmp(list_word(&list, word), text) == 0;
    return is_wanted;
}

void list_add(char *out, size_t out_size, const char *between, const char *word)
{
    const size_t used = strlen(out);

    snprintf(out + used, out_size - used, "%s%s", used == 0 ? "" : between, word);
}
