/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_choice.c: policies as installed, of this machine, or where the user says. */
#include "policy_choice.h"

#include "settings.h"

#include <string.h>
#include <sys/stat.h>

#define INSTALLED    LASTHELLO_DATADIR "/policies"
#define THIS_MACHINE "/etc/lasthello/policies"

void policy_choice_add(struct policy_choice *choice, const char *given, struct argp_state *state)
{
    if (choice->count == POLICY_CHOICES_MAX)
        usage_error(state, "--policy may be given %d times", POLICY_CHOICES_MAX);
    else
        choice->given[choice->count++] = given;
}

static bool is_path(const char *given)
{
    static const char suffix[] = ".policy";
    const size_t len = strlen(given);

    return strchr(given, '/') != NULL || strcmp(given, ".") == 0 ||
        (len >= sizeof(suffix) && strcmp(given + len - (sizeof(suffix) - 1), suffix) == 0);
}

static void complain_of_policy(const char *reason)
{
    complain("%s; this policy is not used", reason);
}

/* A file that is named is in force, whatever it says of itself. */
static bool load_file(struct policies *policies, const char *path, struct error *error)
{
    if (!policies_read_file(policies, path, error))
        return false;
    policies->rows[policies->count - 1]->when_asked = false;
    return true;
}

static bool load_path(struct policies *policies, const char *path, unsigned *refused, struct error *error)
{
    struct stat about;
    bool found;

    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return load_file(policies, path, error);
    *refused += policies_read_folder(policies, path, &found, complain_of_policy);
    return found || error_set(error, "%s: the policies of this folder cannot be read", path);
}

/* Either may be missing. */
static void load_installed(struct policies *policies, unsigned *refused)
{
    bool found;

    *refused += policies_read_folder(policies, INSTALLED, &found, complain_of_policy);
    *refused += policies_read_folder(policies, THIS_MACHINE, &found, complain_of_policy);
}

bool policy_choice_load_all(
    const struct policy_choice *choice, struct policies *policies, unsigned *refused, struct error *error)
{
    const char *ids[POLICY_CHOICES_MAX];
    size_t id_count = 0;

    *refused = 0;
    for (size_t i = 0; i < choice->count; i++) {
        if (!is_path(choice->given[i]))
            ids[id_count++] = choice->given[i];
        else if (!load_path(policies, choice->given[i], refused, error))
            return false;
    }
    if (id_count == choice->count)
        load_installed(policies, refused);
    return id_count == 0 || policies_keep(policies, ids, id_count, error);
}

/* Does it name an id? Then those named are in force. */
static bool has_id(const struct policy_choice *choice)
{
    for (size_t i = 0; i < choice->count; i++)
        if (!is_path(choice->given[i]))
            return true;
    return false;
}

bool policy_choice_load(
    const struct policy_choice *choice, struct policies *policies, unsigned *refused, struct error *error)
{
    if (!policy_choice_load_all(choice, policies, refused, error))
        return false;
    if (!has_id(choice))
        policies_keep_default(policies);
    return true;
}
