/* SPDX-License-Identifier: BSD-2-Clause */
/* client_looks.c: the inventory is read beside its writer, in the thread that the sensor gives. */
#include "client_looks.h"

#include <lasthello/clock.h>
#include <lasthello/journal.h>
#include <lasthello/report.h>
#include <lasthello/utc.h>

#include <pthread.h>
#include <stdlib.h>

struct client_looking {
    const char *path;
    const struct policies *policies;
    struct client_memory *memory;
    int64_t revision, day; /* of the last look */
    bool has_looked, has_failed;
    pthread_mutex_t lock;        /* of what follows */
    struct inventory *inventory; /* that is being read; NULL: none */
    bool is_stopping;
};

struct client_looking *client_looking_open(const char *inventory, const struct policies *policies)
{
    struct client_looking *looking = calloc(1, sizeof(*looking));

    if (looking == NULL)
        return NULL;
    looking->path = inventory;
    looking->policies = policies;
    looking->memory = client_memory_open();
    pthread_mutex_init(&looking->lock, NULL);
    return looking;
}

void client_looking_close(struct client_looking *looking)
{
    if (looking == NULL)
        return;
    client_memory_close(looking->memory);
    pthread_mutex_destroy(&looking->lock);
    free(looking);
}

/* ---- lines of the log ----------------------------------------------------------------------------- */

static void tell(void *context, const struct turned *turned)
{
    static const struct {
        enum priority priority;
        const char *name, *sentence;
    } rows[TURN_COUNT] = {
        [TURN_FAILING] = {PRIORITY_WARNING, "client-failing",
            "is refused now, because of the versions it offers"},
        [TURN_BREAKS] = {PRIORITY_WARNING, "client-breaks", "uses what a policy ends"},
        [TURN_BACK] = {PRIORITY_NOTICE, "client-back", "is back at old TLS"},
    };
    const struct happening happening = {
        .priority = rows[turned->turn].priority,
        .name = rows[turned->turn].name,
        .fields = {{"LASTHELLO_CLIENT", turned->client}, {"LASTHELLO_TO", turned->to},
            {"LASTHELLO_SERVICE", turned->service}, {"LASTHELLO_OFFERS", turned->offers}},
    };
    char days[64] = "";

    (void)context;
    if (turned->turn == TURN_BACK)
        snprintf(days, sizeof(days), ", after %lld days without", (long long)turned->days);
    journal_tell(&happening, "client %s to %s (%s): %s%s; see lasthello report host %s", turned->client,
        turned->to, turned->service, rows[turned->turn].sentence, days, turned->client);
}

static void tell_of_more(uint64_t untold)
{
    if (untold > 0)
        journal_tell(&(struct happening){.priority = PRIORITY_WARNING, .name = "clients-more"},
            "and %llu more clients that fail, break or are back at old TLS: lasthello report changes",
            (unsigned long long)untold);
}

/* ---- a look --------------------------------------------------------------------------------------- */

/* False: it is to stop. */
static bool hold(struct client_looking *looking, struct inventory *inventory)
{
    bool goes_on;

    pthread_mutex_lock(&looking->lock);
    goes_on = !looking->is_stopping;
    looking->inventory = goes_on ? inventory : NULL;
    pthread_mutex_unlock(&looking->lock);
    return goes_on;
}

/* Has anything changed since the last look, or is it another day, as of which verdicts are others? */
static bool is_new(struct client_looking *looking, struct inventory *inventory, struct error *error)
{
    const int64_t day = utc_day(clock_ns(CLOCK_REALTIME));
    int64_t revision;
    bool changed;

    if (!inventory_revision(inventory, &revision, error))
        return false;
    changed = !looking->has_looked || revision != looking->revision || day != looking->day;
    looking->revision = revision;
    looking->day = day;
    return changed;
}

static bool count(
    struct client_looking *looking, struct inventory *inventory, FILE *metrics, struct error *error)
{
    static const struct filters everything = {.since = NULL};
    struct turn_teller teller = {.memory = looking->memory, .tell = tell};
    struct client_counts counts;
    bool counted;

    inventory_judge_by(inventory, looking->policies);
    counted = inventory_count_clients(inventory, &everything, &teller, &counts, error);
    if (counted) {
        report_client_metrics(metrics, &counts);
        report_deadline_metrics(metrics, looking->policies);
        tell_of_more(teller.untold);
    }
    client_counts_close(&counts);
    looking->has_looked |= counted;
    return counted;
}

/* Told once, until it goes well again. */
static void tell_of_failure(struct client_looking *looking, const struct error *error)
{
    if (error->text[0] != '\0' && !looking->has_failed)
        complain("clients cannot be counted for metrics and this log: %s", error->text);
    looking->has_failed = error->text[0] != '\0';
}

static bool look(void *context, FILE *metrics)
{
    struct client_looking *looking = context;
    struct error error = {0};
    struct inventory *inventory = inventory_open_beside(looking->path, &error);
    bool counted = false, goes_on;

    if (inventory != NULL && hold(looking, inventory))
        counted = is_new(looking, inventory, &error) && count(looking, inventory, metrics, &error);
    goes_on = hold(looking, NULL);
    inventory_close(inventory);
    if (goes_on)
        tell_of_failure(looking, &error);
    return counted;
}

static void stop(void *context)
{
    struct client_looking *looking = context;

    pthread_mutex_lock(&looking->lock);
    looking->is_stopping = true;
    if (looking->inventory != NULL)
        inventory_interrupt(looking->inventory);
    pthread_mutex_unlock(&looking->lock);
}

void client_looking_use(struct client_looking *looking, struct client_looks *looks)
{
    *looks = (struct client_looks){.look = look, .stop = stop, .context = looking};
}
