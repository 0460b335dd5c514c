/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.c: what the table of facts says of a session. */
#include <lasthello/facts.h>

bool fact_table_applies(enum fact_table table, const struct session *session)
{
    switch (table) {
    case TABLE_PATH:
        return session->has_macs || session->vlan_count > 0 || session->tunnel != TUNNEL_NONE ||
            session->proxy || session->client_attached;
    case TABLE_HELLO:
        return session->offer.seen;
    case TABLE_ANSWER:
        return session->answer.seen;
    case TABLE_CERTIFICATE:
        return session->certificate.seen;
    default:
        return true;
    }
}

const struct fact *fact_find(enum fact_table table, const char *column)
{
    const struct fact_list *list = &fact_tables[table];

    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->facts[i].column, column) == 0)
            return &list->facts[i];
    return NULL;
}

const struct fact *fact_find_report(const char *report)
{
    for (enum fact_table table = 0; table < TABLE_COUNT; table++)
        for (size_t i = 0; i < fact_tables[table].count; i++)
            if (strcmp(fact_report(&fact_tables[table].facts[i]), report) == 0)
                return &fact_tables[table].facts[i];
    return NULL;
}

size_t fact_count_of_column(const struct fact_list *list, size_t first)
{
    size_t end = first + 1;

    while (list->facts[first].type == FACT_MEMBER && end < list->count &&
        strcmp(list->facts[end].column, list->facts[first].column) == 0)
        end++;
    return end - first;
}

uint64_t fact_number(const struct fact *fact, const struct session *session)
{
    const void *field = fact_field(fact, session);

    switch (fact->size) {
    case 1:
        return *(const uint8_t *)field;
    case 2:
        return *(const uint16_t *)field;
    case 4:
        return *(const uint32_t *)field;
    default:
        return *(const uint64_t *)field;
    }
}

static char *write_hex(char *out, uint32_t number, int digits)
{
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        *out++ = "0123456789abcdef"[number >> shift & 15];
    return out;
}

/* Kinds of SSL 2.0 have three bytes, all others two (RFC 5246 E.2). */
static char *write_code(char *out, uint32_t code)
{
    return write_hex(out, code, code > UINT16_MAX ? 6 : 4);
}

static const char *codes_text(const struct fact *fact, const struct session *session,
    char out[FACT_TEXT_BYTES])
{
    const size_t bytes = fact->type == FACT_CODES32 ? sizeof(uint32_t) : sizeof(uint16_t);
    const uint8_t count = *((const uint8_t *)session + fact->also);
    const void *codes = fact_field(fact, session);
    char *at = out;

    for (size_t i = 0; i < count && (i + 1) * bytes <= fact->size; i++) {
        if (i > 0)
            *at++ = ',';
        at = write_code(at, bytes == 4 ? ((const uint32_t *)codes)[i] : ((const uint16_t *)codes)[i]);
    }
    *at = '\0';
    return at == out ? NULL : out;
}

/* 0 is unknown. */
static const char *number_text(uint64_t number, char out[FACT_TEXT_BYTES])
{
    char digits[24], *at = &digits[sizeof(digits) - 1];

    *at = '\0';
    for (; number > 0; number /= 10)
        *--at = (char)('0' + number % 10);
    memcpy(out, at, (size_t)(&digits[sizeof(digits)] - at));
    return out[0] == '\0' ? NULL : out;
}

static const char *known(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

const char *fact_text(const struct fact *fact, const struct session *session, char out[FACT_TEXT_BYTES])
{
    switch (fact->type) {
    case FACT_TEXT:
        return known(fact_field(fact, session));
    case FACT_WORD:
        return known(*(const char *const *)fact_field(fact, session));
    case FACT_MADE:
        return known(fact->make(session, out));
    case FACT_NUMBER:
    case FACT_SECONDS:
    case FACT_FLAG:
        return number_text(fact_number(fact, session), out);
    case FACT_MEMBER:
        return *(const bool *)fact_field(fact, session) ? fact->member : NULL;
    case FACT_CODES16:
    case FACT_CODES32:
        return codes_text(fact, session, out);
    case FACT_REFERENCE:
    case FACT_ELSEWHERE:
        break;
    }
    return NULL;
}

/* Appends a word after a comma; the end, or where it was if there is no room: the sizes of all lists are
 * tested. */
static char *append_word(char *at, const char *begin, const char *end, const char *word)
{
    const size_t len = strlen(word), comma = at != begin;

    if (len + comma + 1 > (size_t)(end - at))
        return at;
    if (comma)
        *at++ = ',';
    memcpy(at, word, len + 1);
    return at + len;
}

const char *fact_column_text(const struct fact *fact, size_t count, const struct session *session,
    char out[FACT_TEXT_BYTES])
{
    char *at = out;

    if (fact->type != FACT_MEMBER)
        return fact_text(fact, session, out);
    for (size_t i = 0; i < count; i++)
        if (*(const bool *)fact_field(&fact[i], session))
            at = append_word(at, out, out + FACT_TEXT_BYTES, fact[i].member);
    return at == out ? NULL : out;
}
