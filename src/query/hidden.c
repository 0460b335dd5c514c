/* SPDX-License-Identifier: BSD-2-Clause */
/* hidden.c: which columns tell who somebody is. What stands in none of these rows is shown as it is. */
#include "hidden.h"

#include <lasthello/anonymise.h>

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *column, *word; /* what stands in its place begins with the word, where it is no address */
} rows[] = {
    {"client", "host"},
    {"server", "host"},
    {"to", "name"},
    {"proxy", "host"},
    {"name", "name"},
    {"asset", "name"},
    {"server_name", "name"},
    {"dns_name", "name"},
    {"owner", "owner"},
    {"place", "place"},
    {"remark", "remark"},
    {"site", "site"},
    {"observer", "observer"},
    {"source", "capture"},
    {"last_source", "capture"},
    {"client_mac", "mac"},
    {"server_mac", "mac"},
    {"certificate_subject", "certificate"},
    {"certificate_issuer", "certificate"},
    {"certificate_sha256", "certificate"},
    {"inspected_by", "certificate"},
    {"grouped_by", "network"},
    {"known_value", "name"},
    {"greeting", "greeting"},
};

static const char *word_of(const char *column)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].column, column) == 0)
            return rows[i].word;
    return NULL;
}

static const char *value_of(
    const struct column *columns, const struct value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(columns[i].name, name) == 0)
            return values[i].text;
    return NULL;
}

bool hidden_row(struct hidden *hidden, const struct hash_key *key, const struct column *columns,
    struct value *values, size_t count)
{
    const char *provider = value_of(columns, values, count, "provider");

    if (hidden->texts == NULL)
        hidden->texts = calloc(count, sizeof(*hidden->texts));
    if (hidden->texts == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *word = values[i].text == NULL ? NULL : word_of(columns[i].name);
        /* the name of a provider is everybody's */
        const bool is_provider = word != NULL && provider != NULL && strcmp(columns[i].name, "to") == 0 &&
            strcmp(values[i].text, provider) == 0;

        if (word != NULL && !is_provider)
            values[i].text = anonymise_text(key, word, values[i].text, hidden->texts[i]);
    }
    return true;
}

void hidden_close(struct hidden *hidden)
{
    free(hidden->texts);
    hidden->texts = NULL;
}
