/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_file.c: reads a policy file, word by word. */
#include "policy_words.h"

#include <lasthello/ini_file.h>

#include <stdlib.h>
#include <string.h>

static const char *take(
    void *context, const char *section, const char *word, const char *text, unsigned line)
{
    return policy_word_take(context, section, word, text, line);
}

static bool add(struct policies *policies, struct policy *policy, struct error *error)
{
    const struct policy *same = policies_find(policies, policy->id);

    if (same != NULL)
        return error_set(error, "%s:%u: the id %s is that of %s already", policy->path, policy->id_line,
            same->id, same->path);
    if (policies->count == POLICIES_MAX)
        return error_set(error, "%s: there are 128 policies already", policy->path);
    policies->rows[policies->count++] = policy;
    return true;
}

static bool read_policy(struct policy *policy, const char *path, struct error *error)
{
    struct ini_file file = {.path = path, .kind = "a policy", .take = take, .context = policy};
    const char *wrong;

    if (!ini_file_read(&file, error))
        return false;
    wrong = policy_word_check(policy);
    return wrong == NULL ||
        error_set(error, "%s:%u: %s", path, file.lines > 0 ? file.lines : 1, wrong);
}

bool policies_read_file(struct policies *policies, const char *path, struct error *error)
{
    struct policy *policy = calloc(1, sizeof(*policy));

    error->text[0] = '\0';
    if (policy == NULL || (policy->path = strdup(path)) == NULL)
        error_set(error, "%s: not enough memory to read it", path);
    else if (read_policy(policy, path, error) && add(policies, policy, error))
        return true; /* it is the list's now */
    policy_free(policy);
    return false;
}
