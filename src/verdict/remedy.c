/* SPDX-License-Identifier: BSD-2-Clause */
/* remedy.c: does a remedy fit, and by what? */
#include <lasthello/remedy.h>
#include <lasthello/session.h>

#include <assert.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* Without SNI a client may have asked DNS for several names of one address: each may be meant. */
static bool has_server_name(const struct remedy_facts *facts, const char *text)
{
    const char *names = facts->server_name == NULL ? "" : facts->server_name;
    char name[SESSION_NAME_BYTES];

    for (size_t len; *names != '\0'; names += len + (names[len] == ',')) {
        len = strcspn(names, ",");
        snprintf(name, sizeof(name), "%.*s", (int)len, names);
        if (len < sizeof(name) && fnmatch(text, name, FNM_CASEFOLD) == 0)
            return true;
    }
    return false;
}

static bool has_ja4_b(const struct remedy_facts *facts, const char *text)
{
    const char *middle = facts->ja4 == NULL ? NULL : strchr(facts->ja4, '_');

    return middle != NULL && strcspn(middle + 1, "_") == strlen(text) &&
        strncmp(middle + 1, text, strlen(text)) == 0;
}

static bool has_software(const struct remedy_facts *facts, const char *text)
{
    return facts->software != NULL && strcasestr(facts->software, text) != NULL;
}

static bool has_host(const struct remedy_facts *facts, const char *text)
{
    return facts->host != NULL && strcasestr(facts->host, text) != NULL;
}

static bool has_offered(const struct remedy_facts *facts, const char *text)
{
    const char *offered = version_name(facts->offered_max);

    return offered != NULL && strcmp(offered, text) == 0;
}

static bool has_cause(const struct remedy_facts *facts, const char *text)
{
    const char *cause = cause_name(facts->cause);

    return cause != NULL && strcmp(cause, text) == 0;
}

static bool has_sslv2_format(const struct remedy_facts *facts, const char *text)
{
    (void)text;
    return facts->sslv2_format;
}

static bool has_starttls(const struct remedy_facts *facts, const char *text)
{
    (void)text;
    return facts->starttls;
}

static bool has_better_beside(const struct remedy_facts *facts, const char *text)
{
    (void)text;
    return facts->better_beside;
}

static const struct {
    bool (*holds)(const struct remedy_facts *facts, const char *text);
    const char *words; /* for people; followed by the text, where the trait has one */
    bool has_text;
} rows[TRAIT_COUNT] = {
    [TRAIT_SERVER_NAME] = {has_server_name, "server name", true},
    [TRAIT_JA4_B] = {has_ja4_b, "JA4_b", true},
    [TRAIT_SOFTWARE] = {has_software, "program", true},
    [TRAIT_HOST] = {has_host, "host or maker", true},
    [TRAIT_OFFERED] = {has_offered, "offers at most", true},
    [TRAIT_CAUSE] = {has_cause, "cause", true},
    [TRAIT_SSLV2_FORMAT] = {has_sslv2_format, "hello in SSL 2.0 format", false},
    [TRAIT_STARTTLS] = {has_starttls, "after STARTTLS", false},
    [TRAIT_BETTER_BESIDE] = {has_better_beside, "TLS 1.2 or later on a port that begins with TLS", false},
};

/* The first line of a trait that holds; NULL: the remedy has lines of it, and none does. */
static const struct remedy_trait *holding(
    const struct remedy *remedy, const struct remedy_facts *facts, enum trait trait, bool *is_named)
{
    *is_named = false;
    for (size_t i = 0; i < remedy->trait_count; i++) {
        const struct remedy_trait *line = &remedy->traits[i];

        if (line->trait != trait)
            continue;
        *is_named = true;
        if (rows[trait].holds(facts, line->text))
            return line;
    }
    return NULL;
}

static bool fits(const struct remedy *remedy, const struct remedy_facts *facts)
{
    bool is_named;

    for (enum trait trait = 0; trait < TRAIT_COUNT; trait++)
        if (holding(remedy, facts, trait, &is_named) == NULL && is_named)
            return false;
    return !remedy->is_fallback;
}

static const struct remedy *fitting(
    const struct remedies *remedies, const struct remedy_facts *facts, size_t from)
{
    for (size_t i = from; i < remedies->count; i++)
        if (fits(remedies->rows[i], facts))
            return remedies->rows[i];
    return NULL;
}

static const struct remedy *fallback(const struct remedies *remedies)
{
    for (size_t i = 0; i < remedies->count; i++) {
        assert(remedies->rows[i] != NULL);
        if (remedies->rows[i]->is_fallback)
            return remedies->rows[i];
    }
    return NULL;
}

const struct remedy *remedy_next(
    const struct remedies *remedies, const struct remedy_facts *facts, const struct remedy *before)
{
    const struct remedy *found;
    size_t from = 0;

    if (before == NULL) {
        found = fitting(remedies, facts, 0);
        return found == NULL ? fallback(remedies) : found;
    }
    while (from < remedies->count && remedies->rows[from] != before)
        from++;
    return before->is_fallback ? NULL : fitting(remedies, facts, from + 1);
}

void remedy_told(const struct remedy *remedy, const struct remedy_facts *facts, char out[REMEDY_TOLD_BYTES])
{
    size_t used = 0;
    bool is_named;

    out[0] = '\0';
    for (enum trait trait = 0; trait < TRAIT_COUNT; trait++) {
        const struct remedy_trait *line = holding(remedy, facts, trait, &is_named);

        if (line == NULL || used >= REMEDY_TOLD_BYTES)
            continue;
        used += (size_t)snprintf(out + used, REMEDY_TOLD_BYTES - used, "%s%s%s%s", used > 0 ? ", " : "",
            rows[trait].words, rows[trait].has_text ? " " : "", rows[trait].has_text ? line->text : "");
    }
}
