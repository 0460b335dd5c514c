/* SPDX-License-Identifier: BSD-2-Clause */
/* provider_rules.c: reads the rules that name providers, line by line, and believes none unchecked. */
#include "provider_rules.h"

#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define LINE_BYTES      1024
#define WORDS           3
#define RULES_MAX       100000
#define LABEL_CHARS_MAX 63 /* RFC 1035 2.3.4 */

static const char letters_and_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

/* ---- one line ---------------------------------------------------------------------------------- */

/* Cuts the line into words; more words than there is room for are counted as well. */
static size_t split(char *line, char *words[WORDS])
{
    static const char blanks[] = " \t\r\n";
    size_t count = 0;

    line[strcspn(line, "#")] = '\0';
    for (line += strspn(line, blanks); *line != '\0'; line += strspn(line, blanks)) {
        if (count < WORDS)
            words[count] = line;
        count++;
        line += strcspn(line, blanks);
        if (*line != '\0')
            *line++ = '\0';
    }
    return count;
}

static bool is_provider(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (isalnum((unsigned char)*at) == 0 && strchr("._+-", *at) == NULL)
            return false;
    return strlen(text) < PROVIDER_BYTES;
}

/* Labels of letters, digits, `-` and `_`, with a dot before each; two at least, because `.com` is
 * nobody's. */
static bool is_host(const char *text)
{
    size_t labels = 0;

    if (strlen(text) >= SESSION_NAME_BYTES)
        return false;
    for (; *text == '.'; labels++) {
        size_t len = strspn(++text, letters_and_digits);

        while (text[len] == '-' || text[len] == '_')
            len += 1 + strspn(text + len + 1, letters_and_digits);
        if (len == 0 || len > LABEL_CHARS_MAX)
            return false;
        text += len;
    }
    return *text == '\0' && labels >= 2;
}

/* A network of /8 whose last 24 bits are not 0 is a slip of the pen, and so is one of /0. */
static bool read_network(const char *text, struct rule *rule)
{
    struct network network;

    if (!network_read(text, &network))
        return false;
    rule->network = network.address;
    rule->prefix_len = network.bits - (address_is_v4(&network.address) ? ADDRESS_BITS - ADDRESS_V4_BITS : 0);
    return rule->prefix_len > 0 && network_is_exact(&network);
}

/* NULL: the rule is good; else what is wrong. */
static const char *read_rule(char *words[WORDS], size_t count, struct rule *rule)
{
    int64_t checked;

    if (count != WORDS)
        return "a rule is a date, a provider, and a host or network: 2026-11-26 GMX .imap.gmx.net";
    if (!utc_day_read(words[0], &checked))
        return "the date it was checked comes first; a date is a day that exists, as 2026-12-31";
    if (!is_provider(words[1]))
        return "a provider is up to 47 letters, digits and . _ + -";
    snprintf(rule->provider, sizeof(rule->provider), "%s", words[1]);
    if (strchr(words[2], '/') != NULL)
        return read_network(words[2], rule) ? NULL
                                            : "that is no network, as 192.0.2.0/24 or 2001:db8::/32 are";
    if (!is_host(words[2]))
        return "a host is in lower case, has two labels at least and begins with a dot: .gmx.net";
    snprintf(rule->host, sizeof(rule->host), "%s", words[2]);
    return NULL;
}

/* ---- the file ---------------------------------------------------------------------------------- */

static bool make_room(struct rules *rules)
{
    size_t room = rules->room == 0 ? 64 : rules->room * 2;
    struct rule *rows;

    if (rules->count < rules->room)
        return true;
    rows = reallocarray(rules->rows, room, sizeof(*rows));
    if (rows == NULL)
        return false;
    rules->rows = rows;
    rules->room = room;
    return true;
}

/* NULL: the line was taken; else what is wrong with it. */
static const char *take_line(struct rules *rules, char *line, size_t len, unsigned number)
{
    const struct bytes raw = {(const uint8_t *)line, len};
    struct rule rule = {.line = number};
    const char *wrong = number == 1 ? text_wrong_mark(raw) : NULL;
    char *words[WORDS];
    size_t count;

    if (wrong == NULL)
        wrong = text_wrong_line(raw);
    if (wrong == NULL && len >= LINE_BYTES)
        wrong = "a line has at most 1023 bytes";
    if (wrong != NULL || (count = split(line, words)) == 0)
        return wrong;
    wrong = read_rule(words, count, &rule);
    if (wrong != NULL)
        return wrong;
    if (rules->count == RULES_MAX || !make_room(rules))
        return "more rules than there is room for";
    rules->rows[rules->count++] = rule;
    return NULL;
}

static bool read_lines(struct rules *rules, FILE *file, const char *path, struct error *error)
{
    const char *wrong = NULL;
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0;
    ssize_t len;

    while (wrong == NULL && (len = getline(&line, &size, file)) >= 0)
        wrong = take_line(rules, line, (size_t)len, ++number);
    free(line);
    if (wrong != NULL)
        return error_set(error, "%s:%u: %s", path, number, wrong);
    return ferror(file) == 0 || error_set(error, "%s: reading failed: %s", path, strerror(errno));
}

static int compare(const struct rule *a, const struct rule *b)
{
    int order = strcmp(a->host, b->host);

    if (order == 0)
        order = memcmp(&a->network, &b->network, sizeof(a->network));
    return order != 0 ? order : (int)a->prefix_len - (int)b->prefix_len;
}

static int by_what_then_line(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    int order = compare(a, b);

    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static bool sort(struct rules *rules, const char *path, struct error *error)
{
    if (rules->count > 0)
        qsort(rules->rows, rules->count, sizeof(*rules->rows), by_what_then_line);
    for (size_t i = 1; i < rules->count; i++)
        if (compare(&rules->rows[i - 1], &rules->rows[i]) == 0)
            return error_set(error, "%s:%u: the same host or network stands in line %u already", path,
                rules->rows[i].line, rules->rows[i - 1].line);
    return true;
}

bool rules_read(struct rules *rules, const char *path, struct error *error)
{
    struct stat about = {0};
    const bool is_there = stat(path, &about) == 0;
    FILE *file = is_there && S_ISREG(about.st_mode) ? fopen(path, "re") : NULL;
    bool is_read;

    *rules = (struct rules){0};
    if (is_there && !S_ISREG(about.st_mode)) /* a pipe, of which nothing comes, is not waited for */
        return error_set(error, "%s: the rules cannot be read: is no file", path);
    if (file == NULL)
        return error_set(error, "%s: the rules cannot be read: %s", path, strerror(errno));
    is_read = read_lines(rules, file, path, error) && sort(rules, path, error);
    fclose(file);
    if (!is_read)
        rules_free(rules);
    return is_read;
}

void rules_free(struct rules *rules)
{
    free(rules->rows);
    *rules = (struct rules){0};
}

/* ---- asking ------------------------------------------------------------------------------------ */

static int compare_host(const void *name, const void *row)
{
    const struct rule *rule = row;

    return strcmp(name, rule->host);
}

const struct rule *rules_find_host(const struct rules *rules, const char *server_name)
{
    char dotted[1 + SESSION_NAME_BYTES];

    if (rules->count == 0 || server_name[0] == '\0')
        return NULL;
    snprintf(dotted, sizeof(dotted), ".%s", server_name);
    for (const char *end = dotted; end != NULL; end = strchr(end + 1, '.')) {
        const struct rule *rule = bsearch(end, rules->rows, rules->count, sizeof(*rules->rows), compare_host);

        if (rule != NULL)
            return rule;
    }
    return NULL;
}
