/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_policy.c: `lasthello policy`: which policies there are, what one says, and where that is from. */
#include "options.h"
#include "policy_choice.h"
#include "policy_test.h"
#include "say.h"
#include "settings.h"

#include <lasthello/centre.h>
#include <lasthello/clock.h>
#include <lasthello/merge.h>
#include <lasthello/report.h>
#include <lasthello/utc.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct asking {
    struct policy_choice choice;
    const char *as_of;
    const char *words[3]; /* show, ID; test, FILE, INVENTORY */
    unsigned word_count;
};

enum option_key {
    KEY_POLICY = 256,
    KEY_AS_OF,
};

const struct argp_option policy_options[] = {
    {.name = "policy",
        .key = KEY_POLICY,
        .arg = "FILE|FOLDER|ID",
        .doc = "the policies of this file or folder in place of those installed, or the one with this ID "
               "alone"},
    {.name = "as-of", .key = KEY_AS_OF, .arg = "DAY", .doc = "days left as of this UTC day: 2026-12-24"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct asking *asking = state->input;

    if (key == KEY_POLICY) {
        policy_choice_add(&asking->choice, argument, state);
    } else if (key == KEY_AS_OF) {
        asking->as_of = argument;
    } else if (key == ARGP_KEY_ARG) {
        if (asking->word_count == 3)
            wrong_usage(state, "only one inventory may be given, and '%s' is another: test FILE INVENTORY",
                argument);
        asking->words[asking->word_count++] = argument;
    } else {
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static bool asks(const struct asking *asking, const char *word)
{
    return asking->word_count > 0 && strcmp(asking->words[0], word) == 0;
}

static bool is_understood(const struct asking *asking, int64_t *today, struct error *error)
{
    const bool is_show = asks(asking, "show") && asking->word_count < 3;
    const bool is_apply = asks(asking, "apply") && asking->word_count < 3;
    const bool is_list = asking->word_count == 0 || (asks(asking, "list") && asking->word_count == 1);

    *today = clock_day(time(NULL));
    if (asking->as_of != NULL && !utc_day_read(asking->as_of, today))
        return error_set(error, "--as-of takes a UTC day, as 2026-12-31, not '%s'", asking->as_of);
    if (is_show && asking->word_count == 1)
        return error_set(error, "show which? lasthello policy lists the ids");
    if (asks(asking, "test") && asking->word_count < 3)
        return error_set(error, "test which on what? lasthello policy test FILE INVENTORY");
    return is_show || is_list || is_apply || asks(asking, "test") ||
        error_set(error,
            "'%s' is nothing that can be asked of policies: list, show ID, test FILE INVENTORY, "
            "or apply INVENTORY",
            asking->words[asking->word_count - 1]);
}

/* What the centre has is merged into a file of its own, judged there, and what came of it goes back. */
static bool judge_pulled(struct centre *centre, const struct centre_pulled *pulled,
    const struct policies *policies, const struct filters *as_of, uint64_t *count, struct error *error)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    const struct merge_inputs inputs = {(const char *const *)pulled->paths, pulled->count, false};
    char path[PATH_MAX], file[PATH_MAX + sizeof("-journal")];
    size_t left_out = 0;
    bool done;

    snprintf(path, sizeof(path), "%s/all.db", pulled->folder);
    done = merge_into(path, &inputs, &left_out, error) &&
        inventory_apply(path, policies, as_of, count, error) && centre_put_verdicts(centre, path, error);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    return done;
}

static bool apply_there(const char *where, const struct policies *policies, const struct filters *as_of,
    uint64_t *count, struct error *error)
{
    struct centre *centre = centre_open(where, error);
    struct centre_pulled pulled = {.count = 0};
    const bool done = centre != NULL && centre_pull(centre, NULL, &pulled, error) &&
        judge_pulled(centre, &pulled, policies, as_of, count, error);

    centre_pulled_remove(&pulled);
    centre_close(centre);
    return done;
}

static bool apply_here(const char *path, const struct policies *policies, const struct filters *as_of,
    uint64_t *count, struct error *error)
{
    return (access(path, F_OK) == 0 || error_set(error, "%s: no such inventory", path)) &&
        inventory_apply(path, policies, as_of, count, error);
}

/* "inventory.db: 14 verdicts by 5 policies as of 2026-11-30" */
static bool apply(
    const struct asking *asking, const struct policies *policies, int64_t today, struct error *error)
{
    const char *path = asking->word_count > 1 ? asking->words[1] : DEFAULT_INVENTORY;
    const struct filters as_of = {.as_of = asking->as_of};
    const bool is_centre = centre_is_named(path);
    char day[UTC_DAY_BYTES];
    uint64_t count;

    if (!(is_centre ? apply_there : apply_here)(path, policies, &as_of, &count, error))
        return false;
    utc_day_text(today, day);
    say("%s: %llu verdict%s by %zu polic%s as of %s", is_centre ? "the centre" : path,
        (unsigned long long)count, count == 1 ? "" : "s", policies->count, policies->count == 1 ? "y" : "ies",
        day);
    return true;
}

static bool write_answer(
    const struct asking *asking, struct policies *policies, int64_t today, struct error *error)
{
    if (asks(asking, "apply")) {
        if (!apply(asking, policies, today, error))
            return false;
    } else if (asks(asking, "test")) {
        if (!policy_test(policies, asking->words[1], asking->words[2], asking->as_of, error))
            return false;
    } else if (asks(asking, "show")) {
        if (!policies_keep(policies, &asking->words[1], 1, error))
            return false;
        report_policy(stdout, policies->rows[0], today);
    } else if (policies->count == 0) {
        return error_set(error,
            "there are no policies: neither in %s/policies nor in /etc/lasthello/policies; "
            "name a folder with --policy",
            LASTHELLO_DATADIR);
    } else {
        report_policies(stdout, policies, today);
    }
    /* a reader that has seen enough (head, less) is no failure */
    return fflush(stdout) == 0 || errno == EPIPE || error_set(error, "standard output: %s", strerror(errno));
}

int cmd_policy(int argc, char **argv)
{
    static const struct argp argp = {
        .options = policy_options,
        .parser = parse,
        .args_doc = "[list]\nshow ID\ntest FILE INVENTORY\napply [INVENTORY|postgresql://...]",
        .doc = "Which policies clients are judged by, how many days are left, and where each is from.\v"
               "Policies are read from " LASTHELLO_DATADIR "/policies and /etc/lasthello/policies; "
               "lasthello-policy(1) has their format.",
    };
    struct asking asking = {.word_count = 0};
    struct policies policies = {.count = 0};
    struct error error = {0};
    unsigned refused = 0;
    int64_t today;
    bool answered, judges;

    settings_parse(&argp, argc, argv, &asking);
    if (!is_understood(&asking, &today, &error)) {
        complain("%s", error.text);
        return EXIT_USAGE;
    }
    judges = asks(&asking, "test") || asks(&asking, "apply");
    answered = (judges ? policy_choice_load : policy_choice_load_all)(
                   &asking.choice, &policies, &refused, &error) &&
        write_answer(&asking, &policies, today, &error);
    policies_close(&policies);
    if (!answered)
        complain("%s", error.text);
    return answered && refused == 0 ? EXIT_DONE : EXIT_FAILED;
}
