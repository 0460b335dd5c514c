/* SPDX-License-Identifier: BSD-2-Clause */
/* apart.c: between SQLite, which may open nothing, and the monitor. */
#include "apart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Descriptors that are held below this one make room for as many behind it (sandbox_enter). */
#define DESCRIPTORS 64

_Static_assert((int)INVENTORY_DATABASE == DB_FILE_MAIN && (int)INVENTORY_WAL == DB_FILE_WAL &&
        (int)INVENTORY_SHM == DB_FILE_SHM && (int)INVENTORY_JOURNAL == DB_FILE_JOURNAL,
    "one number for a file on both sides");

static int open_file(void *context, enum db_file file, int flags)
{
    const struct apart_file *of = context;

    return monitor_database(of->monitor, of->number, (enum inventory_file)file, flags);
}

static int look_at_file(void *context, enum db_file file, struct stat *about)
{
    const struct apart_file *of = context;

    return monitor_database_look(of->monitor, of->number, (enum inventory_file)file, about);
}

static int remove_file(void *context, enum db_file file)
{
    const struct apart_file *of = context;

    return monitor_database_remove(of->monitor, of->number, (enum inventory_file)file);
}

static void put_place(struct apart *apart, enum apart_place place, const char *path, size_t number)
{
    apart->files[place] = (struct apart_file){apart->monitor, number};
    apart->places[place] = (struct db_place){
        .path = path == NULL ? "" : path,
        .files =
            {
                .context = &apart->files[place],
                .open = open_file,
                .look = look_at_file,
                .remove = remove_file,
            },
    };
}

void apart_turn_to(struct apart *apart, size_t input)
{
    put_place(apart, APART_INPUT, apart->inputs[input], APART_INPUT + input);
    db_files_use_several(apart->places, APART_PLACES);
}

/* ---- the process without rights ------------------------------------------------------------------- */

struct life {
    const struct apart_plan *plan;
    apart_work *work;
    void *argument;
    struct apart_told *told; /* both have it */
};

static bool enter_sandbox(struct monitor *monitor, struct error *error)
{
    const struct sandbox_plan plan = {
        .user = geteuid() == 0 ? "nobody" : NULL,
        .written = {STDERR_FILENO, monitor_descriptor(monitor), -1},
    };
    const char *missing;

    if (fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, DESCRIPTORS - 1) < 0)
        return error_set(error, "too many open files to merge (%s); raise ulimit -n", strerror(errno));
    return sandbox_enter(&plan, &missing, error);
}

static int live(struct monitor *monitor, void *argument)
{
    const struct life *life = argument;
    struct apart apart = {.monitor = monitor, .inputs = life->plan->inputs};

    if (!life->plan->keeps_rights && !enter_sandbox(monitor, &life->told->error))
        return EXIT_FAILED;
    for (enum apart_place place = APART_DRAFT; place < APART_INPUT; place++)
        put_place(&apart, place, life->plan->written[place], place);
    apart_turn_to(&apart, 0);
    return life->work(&apart, life->argument, life->told) ? EXIT_DONE : EXIT_FAILED;
}

/* ---- the one that opens --------------------------------------------------------------------------- */

static void name_databases(const struct apart_plan *plan, struct monitor_database *databases)
{
    for (size_t i = 0; i < APART_INPUT; i++)
        databases[i] = (struct monitor_database){.path = plan->written[i], .is_written = true};
    for (size_t i = 0; i < plan->input_count; i++)
        databases[APART_INPUT + i] = (struct monitor_database){.path = plan->inputs[i]};
}

static bool judge(int status, struct apart_told *told)
{
    if (status == EXIT_DONE || told->error.text[0] != '\0')
        return status == EXIT_DONE;
    if (status == MONITOR_STOPPED)
        return error_set(&told->error, "the merge was told to end, and changed nothing");
    return error_set(&told->error, "the process that merges ended before it was done");
}

/* Memory that both processes have. */
static struct apart_told *share(void)
{
    void *memory =
        mmap(NULL, sizeof(struct apart_told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

bool apart_run(const struct apart_plan *plan, apart_work *work, void *argument, struct apart_told *told)
{
    const size_t count = APART_INPUT + plan->input_count;
    struct monitor_database *databases = calloc(count, sizeof(*databases));
    const struct monitor_files files = {
        .name = "the process that merges", .databases = databases, .database_count = count};
    struct life life = {.plan = plan, .work = work, .argument = argument, .told = share()};
    bool done = false;

    *told = (struct apart_told){0};
    if (databases == NULL || life.told == NULL) {
        error_set(&told->error, "not enough memory to merge");
    } else {
        name_databases(plan, databases);
        done = judge(monitor_run_apart(&files, live, &life), life.told);
        *told = *life.told;
    }
    if (life.told != NULL)
        munmap(life.told, sizeof(*life.told));
    free(databases);
    return done;
}
