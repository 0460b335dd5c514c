/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_extract.c: `lasthello extract`: the handshakes of a host, cut out of captures. */
#include "extract_verdict.h"
#include "options.h"
#include "settings.h"

#include <lasthello/extract.h>
#include <lasthello/process.h>
#include <lasthello/text.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPTURES_MAX 512
#define MODE         0600 /* who talks to whom is for its owner to pass on */

struct extracting {
    const char *output;
    const char *host;
    struct extract_wanted wanted;
    const char *captures[CAPTURES_MAX];
    int descriptors[CAPTURES_MAX];
    size_t count;
    struct extract_verdict verdict;
};

enum option_key {
    KEY_POLICY = 256,
};

const struct argp_option extract_options[] = {
    {.name = "output",
        .key = 'o',
        .arg = "FILE",
        .doc = "pcapng file to write; an existing one is not overwritten"},
    {.name = "policy",
        .key = KEY_POLICY,
        .arg = "FILE|FOLDER|ID",
        .doc = "judge by the policies of this file or folder in place of those installed, or by the one with "
               "this ID alone (may be repeated)"},
    {0},
};

static void add_argument(struct extracting *extracting, char *argument, struct argp_state *state)
{
    if (state->arg_num == 0) {
        extracting->host = argument;
        if (!extract_wanted_read(argument, &extracting->wanted))
            wrong_usage(
                state, "'%s' is no address, as 10.1.2.3, and no connection, as 10.1.2.3:40465", argument);
    } else if (extracting->count == CAPTURES_MAX) {
        wrong_usage(state, "at most %d captures at a time", CAPTURES_MAX);
    } else {
        extracting->captures[extracting->count++] = argument;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct extracting *extracting = state->input;

    switch (key) {
    case 'o':
        extracting->output = argument;
        return 0;
    case KEY_POLICY:
        policy_choice_add(&extracting->verdict.choice, argument, state);
        return 0;
    case ARGP_KEY_ARG:
        add_argument(extracting, argument, state);
        return 0;
    case ARGP_KEY_END:
        if (extracting->count == 0)
            wrong_usage(state, "name a host, and the captures to look for it in");
        if (extracting->output == NULL)
            wrong_usage(state, "name the file to make with -o");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static FILE *open_output(const char *path, struct error *error)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
    FILE *out = descriptor < 0 ? NULL : fdopen(descriptor, "w");

    if (out == NULL)
        error_set(error, "%s: %s%s", path, strerror(errno),
            errno == EEXIST ? "; name another file, or remove it" : "");
    return out;
}

static void open_captures(struct extracting *extracting)
{
    for (size_t i = 0; i < extracting->count; i++) {
        extracting->descriptors[i] = open(extracting->captures[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (extracting->descriptors[i] < 0)
            extracting->descriptors[i] = -errno;
    }
}

/* Captures may come from a stranger: whatever their bytes do to this process, it has them and its output. */
static bool enter_sandbox(FILE *out, struct error *error)
{
    const struct sandbox_plan plan = {
        .user = NULL, .written = {fileno(out), STDOUT_FILENO, STDERR_FILENO, -1}};
    const char *missing;

    return sandbox_enter(&plan, &missing, error);
}

/* False: one could not be read; the others were. */
static bool extract_all(const struct extracting *extracting, struct extract *extract)
{
    bool all = true;

    for (size_t i = 0; i < extracting->count; i++) {
        struct error error;
        struct source *source =
            source_open_handed(extracting->captures[i], extracting->descriptors[i], NULL, &error);
        const bool is_read = source != NULL && extract_capture(extract, source, &error);

        if (!is_read)
            complain("%s", error.text);
        all = all && is_read;
        source_close(source);
    }
    return all;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void tell(const struct extracting *extracting, const struct extract_counts *counts)
{
    char packets[COUNT_TEXT_BYTES], cut[COUNT_TEXT_BYTES], after[COUNT_TEXT_BYTES];

    if (counts->connections == 0)
        complain("no connection of %s stands in these captures; lasthello report host %s says in which files "
                 "it was seen",
            extracting->host, extracting->host);
    complain("%s: %s packet%s of %llu connection%s of %s; of %s the payload was cut behind the handshake; "
             "%s after the handshake, or of clear text, left out",
        extracting->output, count_text(counts->packets, packets), plural(counts->packets),
        (unsigned long long)counts->connections, plural(counts->connections), extracting->host,
        count_text(counts->cut, cut), count_text(counts->after, after));
    if (counts->fragments > 0)
        complain("left out: %llu IP fragments, which cannot be cut", (unsigned long long)counts->fragments);
    if (counts->forgotten > 0)
        complain("left out: %llu packets of connections beyond the first 4,096 of a capture; name one as "
                 "%s:PORT",
            (unsigned long long)counts->forgotten, extracting->host);
}

static int extract_into(struct extracting *extracting, FILE *out)
{
    struct extract *extract = extract_open(&extracting->wanted, out);
    bool all;

    if (extract == NULL) {
        complain("no memory left to begin");
        return EXIT_FAILED;
    }
    extract_judge_by(extract, extract_verdict_say, &extracting->verdict);
    all = extract_all(extracting, extract);
    if (fflush(out) != 0) {
        complain("%s: %s", extracting->output, strerror(errno));
        all = false;
    }
    tell(extracting, extract_counts(extract));
    extract_close(extract);
    return all ? EXIT_DONE : EXIT_FAILED;
}

int cmd_extract(int argc, char **argv)
{
    static const struct argp argp = {
        .options = extract_options,
        .parser = parse,
        .args_doc = "HOST[:PORT] CAPTURE...",
        .doc = "Cut the handshakes of a host out of captures, as evidence that can be passed on.\v"
               "Of each connection the packets up to the end of the handshake are kept, and of their "
               "payload TLS handshake, alert and change_cipher_spec records alone: no login, no mail. "
               "Comments in the file say what was offered and chosen, the verdict on it, and the Community "
               "ID.\n\nExample: lasthello extract 10.1.0.29 -o evidence.pcapng monday.pcapng",
    };
    struct extracting *extracting = calloc(1, sizeof(*extracting));
    struct error error = {0};
    FILE *out = NULL;
    int status = EXIT_FAILED;

    if (extracting == NULL)
        return EXIT_FAILED;
    settings_parse(&argp, argc, argv, extracting);
    open_captures(extracting);
    if (extract_verdict_open(&extracting->verdict, &error))
        out = open_output(extracting->output, &error);
    if (out == NULL || !enter_sandbox(out, &error))
        complain("%s", error.text);
    else
        status = extract_into(extracting, out);
    if (out != NULL)
        fclose(out);
    extract_verdict_close(&extracting->verdict);
    free(extracting);
    return status;
}
