/* SPDX-License-Identifier: BSD-2-Clause */
/* discover.c: mail and TLS on ports that nobody named, told by the bytes that a delivery begins with. What
 * came before does not matter: protocols without a dissector of their own go over to TLS as well. */
#include "dissectors.h"
#include "tls_state.h"

#define EMPTY_RECORDS_MAX 8 /* more of them are no sure beginning */
#define TAG_BYTES_MAX     32

/* How a service begins. Each answers MORE while the bytes may still become that. */
struct beginning {
    const struct dissector *speaks; /* whose name is that of a service in the registry */
    enum side from;
    bool greets; /* by the server, before the client has said anything: Redis answers +OK as well */
    enum framed (*begins)(struct bytes in);
};

static enum framed text_begins(struct bytes in, const char *text)
{
    if (bytes_begin_with(in, text))
        return FRAMED_ONE;
    return bytes_may_become(in, text) ? FRAMED_MORE : FRAMED_BAD;
}

static enum framed imap_greets(struct bytes in)
{
    static const char *const greetings[] = {"* OK", "* PREAUTH", "* BYE"};
    enum framed framed = FRAMED_BAD;

    for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]) && framed != FRAMED_ONE; i++) {
        const enum framed one = text_begins(in, greetings[i]);

        framed = one == FRAMED_BAD ? framed : one;
    }
    return framed;
}

static enum framed pop3_greets(struct bytes in)
{
    return text_begins(in, "+OK");
}

/* Is the line one of these commands, or may what is there of it become one? */
static enum framed command_begins(
    struct bytes in, bool is_whole, const char *const commands[], size_t command_count)
{
    for (size_t i = 0; i < command_count; i++)
        if (is_whole ? bytes_equal_text(in, commands[i]) : bytes_may_become(in, commands[i]))
            return is_whole ? FRAMED_ONE : FRAMED_MORE;
    return FRAMED_BAD;
}

/* Takes a line, or what came of it so far; true: it is whole. */
static bool line_so_far(struct bytes *in, struct bytes *line)
{
    if (bytes_line(in, line))
        return true;
    *line = *in;
    bytes_trim_end(line, '\r');
    return false;
}

/* Commands that no other protocol has, from a client that did not wait for the greeting. */
static enum framed pop3_commands(struct bytes in)
{
    static const char *const commands[] = {"CAPA", "STLS", "AUTH"};
    struct bytes line;
    const bool is_whole = line_so_far(&in, &line);

    return command_begins(line, is_whole, commands, sizeof(commands) / sizeof(commands[0]));
}

/* A server of SMTP answers so (RFC 5321 4.2): "250 STARTTLS" is no command. */
static bool is_reply_code(struct bytes tag)
{
    const bool is_long = tag.left == 3;
    uint8_t byte;

    if (!is_long || !bytes_u8(&tag, &byte) || byte < '2' || byte > '5')
        return false;
    while (bytes_u8(&tag, &byte))
        if (byte < '0' || byte > '9')
            return false;
    return true;
}

/* May a command of IMAP follow? Tags are letters and digits, as far as clients go. */
static bool may_be_tag(struct bytes tag)
{
    uint8_t byte;

    while (bytes_u8(&tag, &byte))
        if ((byte < '0' || byte > '9') && ((byte | 0x20) < 'a' || (byte | 0x20) > 'z'))
            return false;
    return true;
}

static enum framed imap_commands(struct bytes in)
{
    static const char *const commands[] = {"CAPABILITY", "STARTTLS", "LOGIN", "AUTHENTICATE"};
    struct bytes line, tag, command = {0};
    const bool is_whole = line_so_far(&in, &line);

    if (!bytes_word(&line, &tag) || tag.left == 0 || tag.left > TAG_BYTES_MAX || is_reply_code(tag))
        return FRAMED_BAD;
    if (!bytes_word(&line, &command) && !is_whole)
        return may_be_tag(tag) ? FRAMED_MORE : FRAMED_BAD;
    /* behind a whole word the line may go on as it likes */
    return command_begins(
        command, is_whole || line.left > 0, commands, sizeof(commands) / sizeof(commands[0]));
}

/* Broken stacks send records of no bytes before a hello. */
static struct bytes after_empty_records(struct bytes in)
{
    struct bytes rest = in;
    struct record record;

    for (int i = 0;
         i < EMPTY_RECORDS_MAX && tls_record_header(&rest, &record) == FRAMED_ONE && record.length == 0; i++)
        in = rest;
    return in;
}

static bool is_handshake(struct bytes in)
{
    uint8_t type;

    return !bytes_u8(&in, &type) || type == CONTENT_HANDSHAKE;
}

static enum framed client_hello_begins(struct bytes in)
{
    in = after_empty_records(in);
    return is_handshake(in) ? tls_hello_in_record(SIDE_CLIENT, in) : FRAMED_BAD;
}

static enum framed server_hello_begins(struct bytes in)
{
    struct record record;
    enum framed framed;

    in = after_empty_records(in);
    if (!is_handshake(in))
        return FRAMED_BAD;
    framed = tls_record_header(&in, &record);
    return framed == FRAMED_ONE ? tls_hello_begins(SIDE_SERVER, in) : framed;
}

/* A ClientHello in the format of SSL 2.0 begins with nothing of its own: it counts whole and alone
 * in its segment. */
static enum framed sslv2_client_hello_begins(struct bytes in)
{
    struct sslv2_client_hello hello;
    struct bytes body;
    uint16_t length;

    return tls_sslv2_header(&in, &length) == FRAMED_ONE && bytes_take(&in, length, &body) && in.left == 0 &&
            tls_sslv2_client_hello_read(body, &hello) && hello.challenge.left >= SSLV2_CHALLENGE_BYTES_MIN
        ? FRAMED_ONE
        : FRAMED_BAD;
}

static const struct beginning beginnings[] = {
    {&dissector_imap, SIDE_SERVER, true, imap_greets},
    {&dissector_pop3, SIDE_SERVER, true, pop3_greets},
    {&dissector_imap, SIDE_CLIENT, false, imap_commands},
    {&dissector_pop3, SIDE_CLIENT, false, pop3_commands},
    {&dissector_tls, SIDE_CLIENT, false, client_hello_begins},
    {&dissector_tls, SIDE_CLIENT, false, sslv2_client_hello_begins},
    {&dissector_tls, SIDE_SERVER, false, server_hello_begins},
};

/* The row whose beginning the bytes are; else NULL, and `may_become` tells whether more of them may
 * be one. */
static const struct beginning *find_beginning(
    enum side from, struct bytes in, bool client_spoke, bool *may_become)
{
    *may_become = false;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        const struct beginning *row = &beginnings[i];
        enum framed framed;

        if (row->from != from || (row->greets && client_spoke))
            continue;
        framed = row->begins(in);
        if (framed == FRAMED_ONE)
            return row;
        *may_become |= framed == FRAMED_MORE;
    }
    return NULL;
}

static bool discover_recognises(enum side from, struct bytes in)
{
    bool may_become;

    return find_beginning(from, in, false, &may_become) != NULL || may_become;
}

static enum dissected discover_read(struct dissection *at, enum side from, struct bytes *in)
{
    const bool client_spoke = (at->session->directions & 1 << SIDE_CLIENT) != 0;
    bool may_become;
    const struct beginning *row = find_beginning(from, *in, client_spoke, &may_become);

    if (row == NULL)
        return may_become ? DISSECTED_MORE : DISSECTED_FOREIGN;
    at->session->service = row->speaks->name;
    return DISSECTED_HANDOVER;
}

static enum dissected discover_gap(struct dissection *at, enum side from)
{
    (void)at;
    (void)from;
    return DISSECTED_FOREIGN;
}

static enum dissected discover_end(struct dissection *at, enum side from, enum ending ending)
{
    (void)at;
    (void)from;
    (void)ending;
    return DISSECTED_MORE;
}

const struct dissector dissector_discover = {
    .name = "discover",
    .recognises = discover_recognises,
    .read = discover_read,
    .gap = discover_gap,
    .end = discover_end,
};
