/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.c: the subcommands, in one table. */
#include "commands.h"

#include "options.h"

#include <lasthello/list.h>

#include <string.h>

const struct command commands[] = {
    {"read", cmd_read, "lasthello read", "read capture files and folders of them into the inventory",
        {read_options, sensor_options_rows}},
    {"watch", cmd_watch, "lasthello watch", "watch live interfaces, a mirror (SPAN) port",
        {watch_options, sensor_options_rows}},
    {"check", cmd_check, "lasthello check", "is this machine fit to watch an interface", {check_options}},
    {"report", cmd_report, "lasthello report", "who still uses TLS 1.0 or 1.1 for mail, and why",
        {report_options, filter_options_rows, reader_options_rows}},
    {"serve", cmd_serve, "lasthello serve",
        "serve the page of an inventory, live, to browsers of this machine",
        {serve_options, reader_options_rows}},
    {"policy", cmd_policy, "lasthello policy",
        "by which policies clients are judged, and how many days are left", {policy_options}},
    {"extract", cmd_extract, "lasthello extract",
        "cut the handshakes of a host out of captures, as evidence to be passed on", {extract_options}},
    {"merge", cmd_merge, "lasthello merge", "the inventories of several sensors become one", {merge_options}},
    {"sync", cmd_sync, "lasthello sync", "keep the inventory up to date in a PostgreSQL for many sensors",
        {sync_options}},
    {"config", cmd_config, "lasthello config",
        "which options are in force, where each value is from, and how old the data files are",
        {config_options}},
};

const size_t command_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const char *command_names(char out[COMMAND_NAMES_BYTES])
{
    out[0] = '\0';
    for (size_t i = 0; i < command_count; i++)
        list_add(out, COMMAND_NAMES_BYTES, ", ", commands[i].name);
    return out;
}

const struct argp_option *command_option_at(const struct command *command, size_t i)
{
    for (size_t table = 0; table < OPTION_TABLES_MAX && command->options[table] != NULL; table++)
        for (const struct argp_option *row = command->options[table]; row->name != NULL; row++)
            if (i-- == 0)
                return row;
    return NULL;
}

const struct argp_option *command_option(const struct command *command, const char *name)
{
    const struct argp_option *row;

    for (size_t i = 0; (row = command_option_at(command, i)) != NULL; i++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}
