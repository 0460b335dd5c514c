/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_names.c: which names clients asked for. */
#include "asked_names.h"

#include <stdlib.h>

struct answer_head {
    int64_t from_ns, until_ns;
    uint8_t pair_count, name_len;
};

bool asked_names_open(struct asked_names *names, size_t memory_bytes)
{
    names->count = memory_bytes / sizeof(struct name_list) + 1;
    names->lists = calloc(names->count, sizeof(struct name_list));
    return names->lists != NULL;
}

void asked_names_close(struct asked_names *names)
{
    free(names->lists);
}

void asked_names_clear(struct asked_names *names)
{
    memset(names->lists, 0, names->count * sizeof(struct name_list));
}

static struct name_list *list_of(const struct asked_names *names, uint64_t client)
{
    return &names->lists[client % names->count];
}

/* ---- how an answer is kept ------------------------------------------------------------------------- */

static size_t size_of(const struct answer_head *head)
{
    return sizeof(*head) + head->pair_count * sizeof(uint64_t) + head->name_len;
}

static size_t read_at(const struct name_list *list, size_t at, struct asked *asked)
{
    const uint8_t *bytes = list->bytes + at;
    struct answer_head head;

    memcpy(&head, bytes, sizeof(head));
    asked->from_ns = head.from_ns;
    asked->until_ns = head.until_ns;
    asked->pair_count = head.pair_count;
    memcpy(asked->pairs, bytes + sizeof(head), head.pair_count * sizeof(uint64_t));
    memcpy(asked->name, bytes + sizeof(head) + head.pair_count * sizeof(uint64_t), head.name_len);
    asked->name[head.name_len] = '\0';
    return size_of(&head);
}

static void append(struct name_list *list, const struct answer_head *head, const struct asked *asked)
{
    uint8_t *at = list->bytes + list->used;

    at = mempcpy(at, head, sizeof(*head));
    at = mempcpy(at, asked->pairs, head->pair_count * sizeof(uint64_t));
    memcpy(at, asked->name, head->name_len);
    list->used = (uint16_t)(list->used + size_of(head));
}

static void drop(struct name_list *list, size_t at, size_t len)
{
    memmove(list->bytes + at, list->bytes + at + len, list->used - at - len);
    list->used = (uint16_t)(list->used - len);
}

/* ---- put and find --------------------------------------------------------------------------------- */

static bool is_same(const struct asked *one, const struct asked *other)
{
    return one->pair_count == other->pair_count && strcmp(one->name, other->name) == 0 &&
        memcmp(one->pairs, other->pairs, one->pair_count * sizeof(uint64_t)) == 0;
}

/* Takes the same answer out of the list, and says from when on it has been valid without a pause. */
static int64_t take_same(struct name_list *list, const struct asked *asked)
{
    struct asked row;

    for (size_t at = 0, len; at < list->used; at += len) {
        len = read_at(list, at, &row);
        if (!is_same(&row, asked))
            continue;
        drop(list, at, len);
        return row.from_ns <= asked->from_ns && asked->from_ns <= row.until_ns ? row.from_ns : asked->from_ns;
    }
    return asked->from_ns;
}

void asked_names_put(struct asked_names *names, uint64_t client, const struct asked *asked)
{
    struct name_list *list = list_of(names, client);
    const struct answer_head head = {
        .from_ns = take_same(list, asked),
        .until_ns = asked->until_ns,
        .pair_count = asked->pair_count,
        .name_len = (uint8_t)strlen(asked->name),
    };
    struct asked oldest;

    while (list->used + size_of(&head) > sizeof(list->bytes))
        drop(list, 0, read_at(list, 0, &oldest));
    append(list, &head, asked);
}

static bool stands_for(const struct asked *asked, uint64_t pair, int64_t time_ns)
{
    for (size_t i = 0; i < asked->pair_count; i++)
        if (asked->pairs[i] == pair)
            return asked->from_ns <= time_ns && time_ns <= asked->until_ns;
    return false;
}

/* Different names; the last ones. */
struct found_names {
    char names[NAMES_OF_ADDRESS_MAX][DNS_NAME_BYTES];
    unsigned count;
};

static void note_found(struct found_names *found, const char *name)
{
    unsigned i = 0;

    while (i < found->count && strcmp(found->names[i], name) != 0)
        i++;
    if (i == found->count && i < NAMES_OF_ADDRESS_MAX)
        found->count++;
    if (i == NAMES_OF_ADDRESS_MAX)
        i = 0;
    memmove(found->names[i], found->names[i + 1], (found->count - 1 - i) * sizeof(found->names[0]));
    memcpy(found->names[found->count - 1], name, strlen(name) + 1);
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

static unsigned join(struct found_names *found, char out[SESSION_NAME_BYTES])
{
    char *at = out;
    unsigned first = 0;
    size_t len = 0;

    for (unsigned i = 0; i < found->count; i++)
        len += strlen(found->names[i]) + 1;
    for (; len > SESSION_NAME_BYTES; first++)
        len -= strlen(found->names[first]) + 1;
    qsort(found->names[first], found->count - first, sizeof(found->names[0]), compare_names);
    for (unsigned i = first; i < found->count; i++) {
        if (i > first)
            *at++ = ',';
        at = stpcpy(at, found->names[i]);
    }
    *at = '\0';
    return found->count - first;
}

unsigned asked_names_find(const struct asked_names *names, uint64_t client, uint64_t pair, int64_t time_ns,
    char out[SESSION_NAME_BYTES])
{
    const struct name_list *list = list_of(names, client);
    struct found_names found = {.count = 0};
    struct asked row;

    for (size_t at = 0; at < list->used; at += read_at(list, at, &row)) {
        read_at(list, at, &row);
        if (stands_for(&row, pair, time_ns))
            note_found(&found, row.name);
    }
    return join(&found, out);
}
