/* SPDX-License-Identifier: BSD-2-Clause */
/* shunt.c: our part of the shunt: loads the kernel's program (shunt.bpf.c) and keeps its table (the
 * only file to know libbpf). */
#include "shunt.h"

#include "shunt_table.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <shunt.skel.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 1024 /* entries read in one system call */

_Static_assert(
    sizeof(((struct shunt_bpf *)NULL)->rodata->ports) == PORT_WORDS * sizeof(uint64_t), "one set of ports");

struct shunt {
    struct shunt_bpf *program;
    int table;
    uint64_t walked_ns; /* monotonic: what was held back before has been yielded */
    uint64_t walk_began_ns;
    int64_t realtime_less_monotonic;
    bool walking;
    bool more; /* the table goes on after the batch */
    uint32_t position;
    uint32_t row, row_count;
    struct shunt_key keys[BATCH];
    struct shunt_entry entries[BATCH];
};

static int say_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level;
    (void)format;
    (void)arguments;
    return 0; /* the caller has one sentence to say, and it is ours */
}

static bool load(struct shunt *shunt, const struct live_options *options, struct error *why)
{
    libbpf_set_print(say_nothing);
    shunt->program = shunt_bpf__open();
    if (shunt->program == NULL)
        return error_set(why, "libbpf does not take the program: %s", strerror(errno));
    memcpy(shunt->program->rodata->ports, options->ports, sizeof(shunt->program->rodata->ports));
    shunt->program->rodata->hears_names = options->hears_names;
    if (shunt_bpf__load(shunt->program) == 0)
        /* libbpf goes on without, too: kernels before 5.5 do not let us read its counters */
        return shunt->program->bss != NULL ||
            error_set(why, "this kernel does not share the program's counters; Linux 5.5 does");
    if (errno == EPERM)
        return error_set(why, "no permission; add CAP_BPF to the capabilities");
    return error_set(why, "this kernel does not take the program: %s", strerror(errno));
}

static bool attach(struct shunt *shunt, int fd, struct error *why)
{
    int program = bpf_program__fd(shunt->program->progs.shunt);

    shunt->table = bpf_map__fd(shunt->program->maps.sessions);
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) == 0)
        return true;
    return error_set(why, "the capture socket does not take the program: %s", strerror(errno));
}

struct shunt *shunt_open(int fd, const struct live_options *options, struct error *why)
{
    struct shunt *shunt = calloc(1, sizeof(*shunt));

    if (shunt == NULL)
        error_set(why, "no memory left");
    else if (load(shunt, options, why) && attach(shunt, fd, why))
        return shunt;
    shunt_close(shunt);
    return NULL;
}

void shunt_close(struct shunt *shunt)
{
    if (shunt == NULL)
        return;
    shunt_bpf__destroy(shunt->program);
    free(shunt);
}

static struct shunt_key direction(const struct endpoint *source, const struct endpoint *destination)
{
    struct shunt_key key = {.source_port = htons(source->port), .destination_port = htons(destination->port)};

    memcpy(key.source, source->address.octets, sizeof(key.source));
    memcpy(key.destination, destination->address.octets, sizeof(key.destination));
    return key;
}

bool shunt_add(
    struct shunt *shunt, const struct endpoint *one, const struct endpoint *other, uint64_t observation)
{
    const struct shunt_entry entry = {.observation = observation};
    const struct shunt_key keys[] = {direction(one, other), direction(other, one)};

    return bpf_map_update_elem(shunt->table, &keys[0], &entry, BPF_ANY) == 0 &&
        bpf_map_update_elem(shunt->table, &keys[1], &entry, BPF_ANY) == 0;
}

void shunt_remove(struct shunt *shunt, const struct endpoint *one, const struct endpoint *other)
{
    const struct shunt_key keys[] = {direction(one, other), direction(other, one)};

    bpf_map_delete_elem(shunt->table, &keys[0]);
    bpf_map_delete_elem(shunt->table, &keys[1]);
}

static void begin_walk(struct shunt *shunt)
{
    shunt->walk_began_ns = (uint64_t)clock_ns(CLOCK_MONOTONIC);
    shunt->realtime_less_monotonic = clock_ns(CLOCK_REALTIME) - (int64_t)shunt->walk_began_ns;
    shunt->walking = shunt->more = true;
    shunt->row = shunt->row_count = 0;
}

static bool next_batch(struct shunt *shunt)
{
    uint32_t *from = shunt->position == 0 ? NULL : &shunt->position;
    int status;

    if (!shunt->more)
        return false;
    shunt->row = 0;
    shunt->row_count = BATCH;
    status = bpf_map_lookup_batch(
        shunt->table, from, &shunt->position, shunt->keys, shunt->entries, &shunt->row_count, NULL);
    shunt->more = status == 0;
    /* ENOENT: the last entries; any other failure: there are none to be had */
    if (status != 0 && errno != ENOENT)
        shunt->row_count = 0;
    return shunt->row_count > 0;
}

static void end_walk(struct shunt *shunt)
{
    shunt->walking = false;
    shunt->position = 0;
    shunt->walked_ns = shunt->walk_began_ns;
}

bool shunt_next(struct shunt *shunt, struct shunted *next)
{
    if (!shunt->walking)
        begin_walk(shunt);
    while (shunt->row < shunt->row_count || next_batch(shunt)) {
        const struct shunt_entry *entry = &shunt->entries[shunt->row++];

        if (entry->last_ns == 0 || entry->last_ns < shunt->walked_ns)
            continue;
        *next = (struct shunted){
            .observation = entry->observation,
            .packets = entry->packets,
            .last_ns = (int64_t)entry->last_ns + shunt->realtime_less_monotonic,
        };
        return true;
    }
    end_walk(shunt);
    return false;
}

void shunt_statistics(const struct shunt *shunt, struct source_statistics *statistics)
{
    const volatile struct shunt_bpf__bss *held = shunt->program->bss; /* the kernel's memory, as it is now */

    statistics->shunted = held->held_packets;
    statistics->shunted_bytes = held->held_bytes;
}
