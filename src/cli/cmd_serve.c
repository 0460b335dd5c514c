/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_serve.c: `lasthello serve`: the page of an inventory, live, for this machine. */
#include "options.h"
#include "reader_options.h"
#include "reader_sandbox.h"
#include "settings.h"

#include <lasthello/db.h>
#include <lasthello/process.h>
#include <lasthello/serve.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DEFAULT_LISTEN "127.0.0.1:8993"

struct command_line {
    const char *listen, *inventory;
    struct reader_options reader;
    struct serving serving;
};

enum option_key {
    KEY_LISTEN = 256,
    KEY_ALLOW_HOST,
};

const struct argp_option serve_options[] = {
    {.name = "listen",
        .key = KEY_LISTEN,
        .arg = "WHERE",
        .doc = DEFAULT_LISTEN " (default), another port of the loopback interface, or unix:PATH"},
    {.name = "allow-host",
        .key = KEY_ALLOW_HOST,
        .arg = "NAME",
        .doc = "host name by which a reverse proxy in front is asked (may be repeated)"},
    {0},
};

static void add_host(struct argp_state *state, struct serving *serving, const char *name)
{
    if (serving->host_count == SERVE_HOSTS_MAX)
        usage_error(state, "--allow-host may be given %d times", SERVE_HOSTS_MAX);
    else
        serving->hosts[serving->host_count++] = name;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct command_line *line = state->input;

    if (key == ARGP_KEY_INIT)
        state->child_inputs[0] = &line->reader;
    else if (key == KEY_LISTEN)
        line->listen = argument;
    else if (key == KEY_ALLOW_HOST)
        add_host(state, &line->serving, argument);
    else if (key == ARGP_KEY_ARG && line->inventory == NULL)
        line->inventory = argument;
    else if (key == ARGP_KEY_ARG)
        wrong_usage(state, "only one inventory may be given: '%s' and '%s'", line->inventory, argument);
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static volatile sig_atomic_t stopped;
static struct inventory *_Atomic looked_at; /* by the main thread, which may wait for a lock on it */

static void note_signal(int number)
{
    struct inventory *inventory = looked_at;

    (void)number;
    stopped = 1;
    if (inventory != NULL)
        inventory_interrupt(inventory);
}

static bool is_stopped(void)
{
    return stopped != 0;
}

static void answer_signals(void)
{
    const struct sigaction noting = {.sa_handler = note_signal};

    sigaction(SIGTERM, &noting, NULL);
    sigaction(SIGINT, &noting, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Connections have numbers that the sandbox lets be written to: from SANDBOX_CONNECTIONS to twice that. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    const rlim_t wanted = 2 * SANDBOX_CONNECTIONS + 1;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
}

_Static_assert(SERVE_READERS < DB_HELD_CONNECTIONS, "each has files of its own");

/* One connection for what is new, and one for each reader. */
static bool open_inventories(struct command_line *line, struct error *error)
{
    struct serving *serving = &line->serving;

    serving->report = (struct report){
        .inventory = inventory_open(line->inventory, error),
        .path = line->inventory,
        .policies = &line->reader.policies,
        .has_assets = line->reader.assets != NULL,
        .has_remedies = line->reader.remedies.count > 0,
    };
    for (size_t i = 0; serving->report.inventory != NULL && i < SERVE_READERS; i++) {
        serving->inventories[i] = inventory_open_beside(line->inventory, error);
        if (serving->inventories[i] == NULL)
            return false;
        reader_options_use(&line->reader, serving->inventories[i]);
    }
    return serving->report.inventory != NULL;
}

static void close_inventories(struct serving *serving)
{
    for (size_t i = 0; i < SERVE_READERS; i++)
        inventory_close(serving->inventories[i]);
    inventory_close(serving->report.inventory);
}

static bool serve_inventory(struct command_line *line, int listener, struct error *error)
{
    struct notifier notifier;
    bool served;

    if (!open_inventories(line, error)) {
        close_inventories(&line->serving);
        return false;
    }
    if (!line->reader.no_sandbox)
        sandbox_fill_gaps();
    notifier_open(&notifier);
    notifier_tell(&notifier, "READY=1");
    complain("%s is served at %s", line->inventory, line->listen);
    looked_at = line->serving.report.inventory;
    served = serve_run(listener, &line->serving, is_stopped, error);
    looked_at = NULL;
    notifier_close(&notifier);
    close_inventories(&line->serving);
    return served;
}

static bool serve(struct command_line *line, struct error *error)
{
    struct db_held held = {0};
    const int listener = serve_listen(line->listen, error);
    bool served;

    if (listener < 0)
        return false;
    allow_descriptors();
    line->serving.watched = serve_watch(line->inventory);
    served = reader_options_load(&line->reader, error) &&
        (line->reader.no_sandbox || reader_sandbox_enter(&held, line->inventory, listener, error)) &&
        serve_inventory(line, listener, error);
    reader_options_close(&line->reader);
    db_held_close(&held);
    close(listener);
    return served;
}

int cmd_serve(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &reader_argp}, {0}};
    static const struct argp argp = {
        .options = serve_options,
        .parser = parse,
        .children = children,
        .args_doc = "[INVENTORY]",
        .doc = "Serve the page of an inventory, live, to this machine: new facts come by themselves.\v"
               "A sensor may fill it meanwhile. TLS and logins are the job of a reverse proxy in front. "
               "/api/clients is what `lasthello report clients --format json` says, and so for the other "
               "subjects of report that are no single host; /healthz answers while it runs.",
    };
    struct command_line line = {.listen = DEFAULT_LISTEN};
    struct error error = {0};

    settings_parse(&argp, argc, argv, &line);
    if (line.inventory == NULL)
        line.inventory = DEFAULT_INVENTORY;
    answer_signals();
    if (serve(&line, &error))
        return EXIT_DONE;
    complain("%s", error.text);
    return EXIT_FAILED;
}
