/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_serve.c: `lasthello serve`: the page of an inventory, live, for this machine. */
#include "asset_choice.h"
#include "options.h"
#include "policy_choice.h"
#include "reader_sandbox.h"
#include "remedy_choice.h"
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
    const char *listen, *assets_path, *remedies_path, *inventory;
    struct policy_choice choice;
    struct serving serving;
    bool no_sandbox;
};

enum option_key {
    KEY_LISTEN = 256,
    KEY_ALLOW_HOST,
    KEY_POLICY,
    KEY_ASSETS,
    KEY_REMEDIES,
    KEY_NO_SANDBOX,
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
    {.name = "policy",
        .key = KEY_POLICY,
        .arg = "FILE|FOLDER|ID",
        .doc = "judge by the policies there, not by those installed; by this one alone (may be repeated)"},
    {.name = "assets",
        .key = KEY_ASSETS,
        .arg = "FILE",
        .doc = "names and owners of addresses, as CSV (default: " ASSETS_OF_THIS_MACHINE
               ", if there is one)"},
    {.name = "remedies",
        .key = KEY_REMEDIES,
        .arg = "FILE",
        .doc = "what an old client may be, and what helps, from this file and not from those installed"},
    {.name = "no-sandbox", .key = KEY_NO_SANDBOX, .doc = "keep all rights while reading the inventory"},
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

    if (key == KEY_LISTEN)
        line->listen = argument;
    else if (key == KEY_ALLOW_HOST)
        add_host(state, &line->serving, argument);
    else if (key == KEY_POLICY && !policy_choice_add(&line->choice, argument))
        usage_error(state, "--policy may be given %d times", POLICY_CHOICES_MAX);
    else if (key == KEY_ASSETS)
        line->assets_path = argument;
    else if (key == KEY_REMEDIES)
        line->remedies_path = argument;
    else if (key == KEY_NO_SANDBOX)
        line->no_sandbox = true;
    else if (key == ARGP_KEY_ARG && line->inventory == NULL)
        line->inventory = argument;
    else if (key == ARGP_KEY_ARG)
        wrong_usage(state, "only one inventory may be given: '%s' and '%s'", line->inventory, argument);
    else if (key != KEY_POLICY)
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

/* By what an inventory is asked. */
struct known {
    struct policies policies;
    struct assets *assets;
    struct remedies remedies;
};

static void prepare(struct inventory *inventory, const struct known *known)
{
    inventory_judge_by(inventory, &known->policies);
    inventory_name_by(inventory, known->assets);
    inventory_help_by(inventory, &known->remedies);
}

_Static_assert(SERVE_READERS < DB_HELD_CONNECTIONS, "each has files of its own");

/* One connection for what is new, and one for each reader. */
static bool open_inventories(struct command_line *line, const struct known *known, struct error *error)
{
    struct serving *serving = &line->serving;

    serving->report = (struct report){
        .inventory = inventory_open(line->inventory, error),
        .path = line->inventory,
        .policies = &known->policies,
        .has_assets = known->assets != NULL,
        .has_remedies = known->remedies.count > 0,
    };
    for (size_t i = 0; serving->report.inventory != NULL && i < SERVE_READERS; i++) {
        serving->inventories[i] = inventory_open_beside(line->inventory, error);
        if (serving->inventories[i] == NULL)
            return false;
        prepare(serving->inventories[i], known);
    }
    return serving->report.inventory != NULL;
}

static void close_inventories(struct serving *serving)
{
    for (size_t i = 0; i < SERVE_READERS; i++)
        inventory_close(serving->inventories[i]);
    inventory_close(serving->report.inventory);
}

static bool serve_inventory(
    struct command_line *line, int listener, const struct known *known, struct error *error)
{
    struct notifier notifier;
    bool served;

    if (!open_inventories(line, known, error)) {
        close_inventories(&line->serving);
        return false;
    }
    if (!line->no_sandbox)
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
    struct known known = {.policies.count = 0};
    struct db_held held = {0};
    unsigned refused;
    const int listener = serve_listen(line->listen, error);
    bool served;

    if (listener < 0)
        return false;
    allow_descriptors();
    line->serving.watched = serve_watch(line->inventory);
    served = policy_choice_load(&line->choice, &known.policies, &refused, error) &&
        asset_choice_load(line->assets_path, &known.assets, error) &&
        remedy_choice_load(line->remedies_path, &known.remedies, error) &&
        (line->no_sandbox || reader_sandbox_enter(&held, line->inventory, listener, error)) &&
        serve_inventory(line, listener, &known, error);
    policies_close(&known.policies);
    assets_close(known.assets);
    remedies_close(&known.remedies);
    db_held_close(&held);
    close(listener);
    return served;
}

int cmd_serve(int argc, char **argv)
{
    static const struct argp argp = {
        .options = serve_options,
        .parser = parse,
        .args_doc = "[INVENTORY]",
        .doc = "Serve the page of an inventory, live, to this machine: new facts come by themselves.\v"
               "A sensor may fill it meanwhile. TLS and logins are the job of a reverse proxy in front. "
               "/api/summary, /api/clients, /api/servers, /api/sessions and /api/coverage "
               "are what `lasthello report --format json` says; /healthz answers while it runs.",
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
