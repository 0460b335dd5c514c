/* SPDX-License-Identifier: BSD-2-Clause */
/* remedy_file.c: reads a file of remedies, a section for each. */
#include <lasthello/ini_file.h>
#include <lasthello/policy.h>
#include <lasthello/remedy.h>
#include <lasthello/utc.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct remedies *remedies;
    const struct ini_file *file;
    struct remedy *remedy; /* that is being read; NULL: none yet */
    unsigned begun;        /* the line of its section */
};

typedef const char *take_text(struct remedy *remedy, const char *text);

static const char *const trait_words[TRAIT_COUNT] = {"server_name", "ja4_b", "software", "host", "offered",
    "cause", "sslv2_format", "starttls", "better_beside"};

/* ---- texts of traits: NULL, or what is wrong ----------------------------------------------------------- */

static const char *check_version(const char *text)
{
    return version_of_name(text) != VERSION_UNKNOWN ? NULL : "a version is written as TLS 1.0";
}

static const char *check_cause(const char *text)
{
    if (cause_of_name(text) != CAUSE_NONE)
        return NULL;
    return "a cause is one of client, server, fallback, unknown, too_new";
}

static const char *check_ja4_b(const char *text)
{
    return strlen(text) == 12 && strspn(text, "0123456789abcdef") == 12 ? NULL
                                                                        : "it has twelve hexadecimal digits";
}

static const char *check_yes(const char *text)
{
    return strcmp(text, "yes") == 0 ? NULL : "it is 'yes', or left out";
}

static const char *(*const checks[TRAIT_COUNT])(const char *text) = {
    [TRAIT_JA4_B] = check_ja4_b,
    [TRAIT_OFFERED] = check_version,
    [TRAIT_CAUSE] = check_cause,
    [TRAIT_SSLV2_FORMAT] = check_yes,
    [TRAIT_STARTTLS] = check_yes,
    [TRAIT_BETTER_BESIDE] = check_yes,
};

static const char *take_trait(struct remedy *remedy, enum trait trait, const char *text)
{
    const char *wrong = checks[trait] == NULL ? NULL : checks[trait](text);
    struct remedy_trait *line = &remedy->traits[remedy->trait_count];

    if (wrong != NULL)
        return wrong;
    if (text[0] == '\0')
        return "it is empty";
    if (strlen(text) >= REMEDY_TRAIT_BYTES)
        return "it has at most 63 bytes";
    if (remedy->trait_count == REMEDY_TRAITS_MAX)
        return "a remedy has at most 24 traits";
    line->trait = trait;
    memcpy(line->text, text, strlen(text) + 1);
    remedy->trait_count++;
    return NULL;
}

/* ---- words for people -------------------------------------------------------------------------------- */

/* A text goes on behind a blank. */
static const char *append(char out[REMEDY_TEXT_BYTES], const char *text)
{
    const size_t used = strlen(out), len = strlen(text);

    if (used + len + 2 > REMEDY_TEXT_BYTES)
        return "it has at most 598 bytes";
    if (used > 0)
        out[used] = ' ';
    memcpy(out + used + (used > 0), text, len + 1);
    return NULL;
}

static const char *take_once(char out[REMEDY_TRAIT_BYTES], const char *text)
{
    if (out[0] != '\0')
        return "it stands twice";
    if (strlen(text) >= REMEDY_TRAIT_BYTES)
        return "it has at most 63 bytes";
    memcpy(out, text, strlen(text) + 1);
    return NULL;
}

static const char *take_may_be(struct remedy *remedy, const char *text)
{
    return append(remedy->may_be, text);
}

static const char *take_helps(struct remedy *remedy, const char *text)
{
    return append(remedy->helps, text);
}

static const char *take_source(struct remedy *remedy, const char *text)
{
    return append(remedy->source, text);
}

static const char *take_certainty(struct remedy *remedy, const char *text)
{
    return take_once(remedy->certainty, text);
}

static const char *take_seen(struct remedy *remedy, const char *text)
{
    int64_t day;

    return utc_day_read(text, &day) ? take_once(remedy->seen, text)
                                    : "a date is a day that exists, as 2026-12-31";
}

static const char *take_fallback(struct remedy *remedy, const char *text)
{
    remedy->is_fallback = true;
    return check_yes(text);
}

static const struct {
    const char *word;
    take_text *take;
} words[] = {
    {"may_be", take_may_be},
    {"helps", take_helps},
    {"source", take_source},
    {"certainty", take_certainty},
    {"seen", take_seen},
    {"fallback", take_fallback},
};

/* ---- sections ------------------------------------------------------------------------------------------ */

/* What a remedy lacks when its section is over; NULL: nothing. */
static const char *check_whole(const struct remedy *remedy)
{
    if (remedy->may_be[0] == '\0' || remedy->helps[0] == '\0')
        return "the remedy before lacks may_be or helps";
    if (remedy->source[0] == '\0' || remedy->seen[0] == '\0' || remedy->certainty[0] == '\0')
        return "the remedy before lacks source, certainty or seen";
    if ((remedy->trait_count == 0) != remedy->is_fallback)
        return "the remedy before has no trait, or is a fallback with traits";
    return NULL;
}

static const char *begin(struct reading *reading, const char *section)
{
    struct remedies *remedies = reading->remedies;
    const char *wrong = reading->remedy == NULL ? NULL : check_whole(reading->remedy);

    if (wrong != NULL)
        return wrong;
    if (section[0] == '\0')
        return "a remedy begins with its id, as [java-7]";
    for (size_t i = 0; i < remedies->count; i++)
        if (strcmp(remedies->rows[i]->id, section) == 0)
            return "the id of this section stands already";
    if (remedies->count == REMEDIES_MAX)
        return "there are 128 remedies already";
    reading->remedy = calloc(1, sizeof(*reading->remedy));
    if (reading->remedy == NULL)
        return "not enough memory to read it";
    strncpy(reading->remedy->id, section, REMEDY_ID_BYTES - 1);
    remedies->rows[remedies->count++] = reading->remedy;
    reading->begun = reading->file->section_line;
    return NULL;
}

static const char *take_word(struct remedy *remedy, const char *word, const char *text)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(word, words[i].word) == 0)
            return words[i].take(remedy, text);
    for (enum trait trait = 0; trait < TRAIT_COUNT; trait++)
        if (strcmp(word, trait_words[trait]) == 0)
            return take_trait(remedy, trait, text);
    return "a remedy has server_name, ja4_b, software, host, offered, cause, sslv2_format, starttls, "
           "better_beside, fallback; may_be, helps, source, certainty, seen";
}

static const char *take(
    void *context, const char *section, const char *word, const char *text, unsigned line)
{
    struct reading *reading = context;
    const char *wrong = NULL;

    (void)line;
    if (reading->remedy == NULL || reading->begun != reading->file->section_line)
        wrong = begin(reading, section);
    return wrong != NULL ? wrong : take_word(reading->remedy, word, text);
}

static void forget_from(struct remedies *remedies, size_t count)
{
    while (remedies->count > count)
        free(remedies->rows[--remedies->count]);
}

bool remedies_read_file(struct remedies *remedies, const char *path, struct error *error)
{
    const size_t count = remedies->count;
    struct reading reading = {.remedies = remedies};
    struct ini_file file = {.path = path, .kind = "a file of remedies", .take = take, .context = &reading};
    const char *wrong;

    reading.file = &file;
    error->text[0] = '\0';
    if (ini_file_read(&file, error)) {
        wrong = reading.remedy == NULL ? NULL : check_whole(reading.remedy);
        if (wrong == NULL && reading.begun != file.section_line)
            wrong = "the last section has no words";
        if (wrong == NULL)
            return true;
        error_set(error, "%s:%u: %s", path, file.lines, wrong);
    }
    forget_from(remedies, count);
    return false;
}

void remedies_close(struct remedies *remedies)
{
    forget_from(remedies, 0);
}
