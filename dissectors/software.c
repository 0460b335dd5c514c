/* SPDX-License-Identifier: BSD-2-Clause */
/* software.c: what programs say of themselves in clear: IMAP's ID, and greetings. */
#include "software.h"

#include "mail.h"

#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>

/* ---- IMAP's ID (RFC 2971 3.3) ---------------------------------------------------------------------- */

#define STRING_BYTES 64 /* of a field's name, or its value, as far as they are looked at */
#define PAIRS_MAX    30 /* RFC 2971 3.3: "more than 30 field-value pairs" must not be sent */

static const char *const fields[] = {"name", "version", "vendor", "os"};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

/* A quoted string (RFC 9051 4.3), or NIL. What is longer than `out` is cut; False: neither. */
static bool string_read(struct bytes *in, char out[STRING_BYTES], struct bytes *value)
{
    size_t len = 0;
    uint8_t byte;

    mail_skip_blanks(in);
    *value = (struct bytes){(const uint8_t *)out, 0};
    if (bytes_begin_with(*in, "NIL"))
        return bytes_skip(in, strlen("NIL"));
    if (!bytes_begin_with(*in, "\"") || !bytes_skip(in, 1))
        return false;
    while (bytes_u8(in, &byte) && byte != '"') {
        if (byte == '\\' && !bytes_u8(in, &byte))
            return false;
        if (len < STRING_BYTES)
            out[len++] = (char)(byte == ';' ? ',' : byte);
        byte = 0;
    }
    value->left = len;
    return byte == '"';
}

static void note_value(struct bytes field, struct bytes value, char values[][SOFTWARE_VALUE_BYTES])
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (bytes_equal_text(field, fields[i]) && values[i][0] == '\0')
            text_safe(value, values[i], SOFTWARE_VALUE_BYTES);
}

static void write_values(char values[][SOFTWARE_VALUE_BYTES], char out[SESSION_SOFTWARE_BYTES])
{
    size_t len = 0;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (values[i][0] == '\0' ||
            len + strlen("; =") + strlen(fields[i]) + strlen(values[i]) >= SESSION_SOFTWARE_BYTES)
            continue;
        len += (size_t)snprintf(out + len, SESSION_SOFTWARE_BYTES - len, "%s%s=%s", len > 0 ? "; " : "",
            fields[i], values[i]);
    }
}

void software_note_id(struct bytes arguments, char out[SESSION_SOFTWARE_BYTES])
{
    char name[STRING_BYTES], text[STRING_BYTES], values[FIELD_COUNT][SOFTWARE_VALUE_BYTES] = {{0}};
    struct bytes field, value;

    mail_skip_blanks(&arguments);
    if (out[0] != '\0' || !bytes_begin_with(arguments, "(") || !bytes_skip(&arguments, 1))
        return;
    for (int i = 0; i < PAIRS_MAX && string_read(&arguments, name, &field) &&
         string_read(&arguments, text, &value);
         i++)
        note_value(field, value, values);
    write_values(values, out);
}

/* ---- greetings -------------------------------------------------------------------------------------- */

#define VERSION_BYTES      24
#define VERSION_LATEST     4 /* words behind the last one that is known */
#define IPV4_PARTS         4
#define VERSION_NUMBER_MAX 100000

/* Products, and what stands beside their names; by the alphabet, whatever the case. */
struct known_word {
    const char *text;
    bool is_product;
};
static const struct known_word known_words[] = {
    {"2000", false},
    {"2003", false},
    {"2007", false},
    {"2010", false},
    {"2013", false},
    {"2016", false},
    {"2019", false},
    {"Axigen", true},
    {"Binc", true},
    {"Citadel", true},
    {"CommuniGate", true},
    {"Connect", false},
    {"Courier", true},
    {"Courier-IMAP", true},
    {"Cyrus", true},
    {"DBMail", true},
    {"Debian", false},
    {"Domino", true},
    {"Dovecot", true},
    {"ESMTP", false},
    {"Exchange", true},
    {"Exim", true},
    {"Gimap", true},
    {"Gpop", true},
    {"GroupWise", true},
    {"Haraka", true},
    {"hMailServer", true},
    {"IBM", false},
    {"IceWarp", true},
    {"IMAP", false},
    {"IMAP4", false},
    {"IMAP4rev1", false},
    {"IMAP4rev2", false},
    {"Kerio", true},
    {"Kolab", true},
    {"Kopano", true},
    {"Lotus", false},
    {"MAIL", false},
    {"MailEnable", true},
    {"Mailutils", true},
    {"MDaemon", true},
    {"Mercury", true},
    {"Microsoft", false},
    {"OpenSMTPD", true},
    {"Perdition", true},
    {"POP", false},
    {"POP3", false},
    {"Postfix", true},
    {"Pro", false},
    {"qmail", true},
    {"Qpopper", true},
    {"ready", false},
    {"Release", false},
    {"Scalix", true},
    {"Sendmail", true},
    {"server", false},
    {"service", false},
    {"SmarterMail", true},
    {"SMTP", false},
    {"Stalwart", true},
    {"Ubuntu", false},
    {"UW", true},
    {"Version", false},
    {"Zarafa", true},
    {"Zimbra", true},
};

static int compare_word(const void *key, const void *row)
{
    const struct bytes *word = key;
    const char *text = ((const struct known_word *)row)->text;
    const int order = strncasecmp((const char *)word->data, text, word->left);

    return order != 0 || text[word->left] == '\0' ? order : -1;
}

static const struct known_word *find_word(struct bytes word)
{
    if (word.left == 0)
        return NULL;
    return bsearch(&word, known_words, sizeof(known_words) / sizeof(known_words[0]), sizeof(known_words[0]),
        compare_word);
}

static bool is_around(uint8_t byte)
{
    return byte > ' ' && byte < 'A' && strchr("()<>.,;:!", byte) != NULL;
}

/* Without what stands around it: (Debian) and ready. */
static struct bytes bare_word(struct bytes word)
{
    struct bytes rest = word;
    uint8_t byte = '\0';

    while (bytes_u8(&rest, &byte) && is_around(byte))
        word = rest;
    for (rest = word; word.left > 0; rest = word) {
        if (!bytes_skip(&rest, word.left - 1) || !bytes_u8(&rest, &byte) || !is_around(byte))
            break;
        word.left--;
    }
    return word;
}

/* A version: numbers with dots between them, up to a sign that ends one; of another look than an address,
 * and without the long numbers of APOP's time stamp. */
static bool version_read(struct bytes word, char out[VERSION_BYTES])
{
    size_t len = 0, parts = 1, number = 0, largest = 0;
    uint8_t byte = '\0', before = '.';

    if (bytes_begin_with(word, "v") && !bytes_skip(&word, 1))
        return false;
    for (; len < VERSION_BYTES - 1 && bytes_u8(&word, &byte); before = byte, byte = '\0') {
        if (byte == '.' && before != '.') {
            parts++;
            number = 0;
        } else if (byte >= '0' && byte <= '9') {
            number = number * 10 + (size_t)(byte - '0');
        } else {
            break;
        }
        largest = number > largest ? number : largest;
        out[len++] = (char)byte;
    }
    out[len] = '\0';
    return (byte == '\0' || strchr("/-_+~", byte) != NULL) && parts > 1 && before != '.' &&
        largest < VERSION_NUMBER_MAX && !(parts == IPV4_PARTS && largest < 256);
}

struct greeting {
    char *out;
    size_t len;
    bool has_product, has_version;
    int strange; /* words since the last known one */
};

static void append(struct greeting *greeting, const char *word)
{
    const size_t len = strlen(word);

    greeting->strange = 0;
    if (greeting->len + len + 2 > SESSION_GREETING_BYTES)
        return;
    if (greeting->len > 0)
        greeting->out[greeting->len++] = ' ';
    memcpy(greeting->out + greeting->len, word, len + 1);
    greeting->len += len;
}

static void note_word(struct greeting *greeting, struct bytes word)
{
    const struct known_word *known = find_word(word);
    char version[VERSION_BYTES];

    greeting->strange++;
    if (known != NULL) {
        greeting->has_product |= known->is_product;
        append(greeting, known->text);
    } else if (greeting->has_product && !greeting->has_version && greeting->strange <= VERSION_LATEST &&
        version_read(word, version)) {
        greeting->has_version = true;
        append(greeting, version);
    }
}

void software_note_greeting(struct bytes line, char out[SESSION_GREETING_BYTES])
{
    struct greeting greeting = {.out = out};
    struct bytes word;

    mail_skip_blanks(&line);
    if (bytes_begin_with(line, "[") && !bytes_seek(&line, ']'))
        return;
    while (mail_word(&line, &word))
        note_word(&greeting, bare_word(word));
    if (!greeting.has_product)
        out[0] = '\0';
}
