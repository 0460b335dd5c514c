/* SPDX-License-Identifier: BSD-2-Clause */
/* smtp.c: SMTP in clear (RFC 5321), submission (RFC 6409) and mail between servers: STARTTLS (RFC
 * 3207) and its answer, logins (RFC 4954) without their arguments. */
#include "dissectors.h"
#include "mail.h"
#include "software.h"

#define RELAY_PORT        25 /* between servers; programs use 587 or 465 (RFC 6409 3.1, RFC 8314 3.3) */
#define REPLY_CODE_DIGITS 3
#define REPLY_SEND_MAIL   354 /* RFC 5321 4.2.3 */
#define REPLY_CHALLENGE   334 /* RFC 4954 4 */
#define CHUNK_DIGITS_MAX  19

enum smtp_command {
    SMTP_OTHER,
    SMTP_EHLO, /* the lines of its answer name extensions */
    SMTP_STARTTLS,
    SMTP_AUTH,
    SMTP_DATA,
};

struct smtp {
    struct mail mail;
    struct mail_pending pending; /* of enum smtp_command */
    bool in_reply;               /* a reply goes on in the next line */
    bool has_login;              /* AUTH was asked for: this is submission, whatever the port */
};

static const struct mail_command commands[] = {
    {"ATRN", SMTP_OTHER, SMTP_OTHER},
    {"AUTH", SMTP_AUTH, SMTP_AUTH},
    {"BDAT", SMTP_OTHER, SMTP_OTHER},
    {"BURL", SMTP_OTHER, SMTP_OTHER},
    {"DATA", SMTP_DATA, SMTP_DATA},
    {"EHLO", SMTP_EHLO, SMTP_EHLO},
    {"ETRN", SMTP_OTHER, SMTP_OTHER},
    {"EXPN", SMTP_OTHER, SMTP_OTHER},
    {"HELO", SMTP_OTHER, SMTP_OTHER},
    {"HELP", SMTP_OTHER, SMTP_OTHER},
    {"MAIL", SMTP_OTHER, SMTP_OTHER},
    {"NOOP", SMTP_OTHER, SMTP_OTHER},
    {"QUIT", SMTP_OTHER, SMTP_OTHER},
    {"RCPT", SMTP_OTHER, SMTP_OTHER},
    {"RSET", SMTP_OTHER, SMTP_OTHER},
    {"STARTTLS", SMTP_STARTTLS, SMTP_STARTTLS},
    {"VRFY", SMTP_OTHER, SMTP_OTHER},
    {"XCLIENT", SMTP_OTHER, SMTP_OTHER},
    {"XFORWARD", SMTP_OTHER, SMTP_OTHER},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* ---- what may be a line ------------------------------------------------------------------------- */

/* Three digits, of which the first is 2 to 5, then a blank, `-` or nothing (RFC 5321 4.2). */
static bool is_reply(struct bytes line, bool whole)
{
    uint8_t byte;

    for (int digit = 0; digit < REPLY_CODE_DIGITS; digit++) {
        if (!bytes_u8(&line, &byte))
            return !whole;
        if (byte < (digit == 0 ? '2' : '0') || byte > (digit == 0 ? '5' : '9'))
            return false;
    }
    return !bytes_u8(&line, &byte) || byte == ' ' || byte == '-';
}

static bool smtp_known(enum side from, struct bytes line, bool whole)
{
    return from == SIDE_CLIENT ? mail_is_command(commands, COMMAND_COUNT, line, whole)
                               : is_reply(line, whole);
}

static bool smtp_possible(enum side from, struct bytes line, bool whole)
{
    struct bytes verb;
    size_t line_len;

    if (smtp_known(from, line, whole))
        return true;
    mail_skip_blanks(&line);
    line_len = line.left;
    return from == SIDE_CLIENT && bytes_word(&line, &verb) &&
        mail_is_word(verb, whole || verb.left < line_len);
}

/* ---- the client ----------------------------------------------------------------------------------- */

/* AUTH, a mechanism, and an initial response or none (RFC 4954 4). */
static enum smtp_command read_auth(struct dissection *at, struct bytes arguments)
{
    struct smtp *smtp = at->state;
    struct bytes mechanism;

    if (!mail_word(&arguments, &mechanism))
        return SMTP_OTHER;
    smtp->has_login = true;
    mail_login_begun(at, mechanism, "AUTH");
    mail_exchange_begun(&smtp->mail);
    if (arguments.left > 0)
        mail_login_sent(at);
    return SMTP_AUTH;
}

/* BDAT 1000 LAST: so many bytes follow at once (RFC 3030 2). */
static void skip_chunk(struct mail_lines *lines, struct bytes arguments)
{
    uint64_t len = 0;
    struct bytes number;
    uint8_t byte;

    if (!mail_word(&arguments, &number) || number.left > CHUNK_DIGITS_MAX)
        return;
    while (bytes_u8(&number, &byte)) {
        if (byte < '0' || byte > '9')
            return;
        len = len * 10 + (uint64_t)(byte - '0');
    }
    lines->literal_left = len;
}

static enum smtp_command read_command(struct dissection *at, struct bytes line)
{
    struct smtp *smtp = at->state;
    struct mail_lines *lines = &smtp->mail.lines[SIDE_CLIENT];
    enum smtp_command command = SMTP_OTHER;
    struct bytes verb;

    if (!mail_word(&line, &verb))
        return command;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (bytes_equal_text(verb, commands[i].verb))
            command = commands[i].alone;
    if (command == SMTP_STARTTLS)
        mail_upgrade_asked(at);
    if (command == SMTP_AUTH)
        return read_auth(at, line);
    if (bytes_equal_text(verb, "BDAT"))
        skip_chunk(lines, line);
    /* where the server was not captured, nobody says whether it wants the mail */
    if (command == SMTP_DATA && !smtp->mail.lines[SIDE_SERVER].spoke)
        lines->inside = true;
    return command;
}

/* A line of a mail that is being sent; a lone dot ends it (RFC 5321 4.1.1.4), and has an answer of
 * its own. */
static void read_mail_line(struct smtp *smtp, struct bytes line)
{
    if (!bytes_equal_text(line, "."))
        return;
    smtp->mail.lines[SIDE_CLIENT].inside = false;
    mail_pending_add(&smtp->pending, SMTP_OTHER);
}

static enum dissected client_line(struct dissection *at, struct bytes line, bool whole)
{
    struct smtp *smtp = at->state;

    if (smtp->mail.lines[SIDE_CLIENT].inside)
        read_mail_line(smtp, line);
    else if (!smtp->mail.in_exchange ||
        !mail_exchange_takes(at, line, mail_is_command(commands, COMMAND_COUNT, line, true)))
        mail_pending_add(&smtp->pending, (uint8_t)(whole ? read_command(at, line) : SMTP_OTHER));
    return DISSECTED_MORE;
}

/* ---- the server ----------------------------------------------------------------------------------- */

static enum dissected read_answer(struct dissection *at, unsigned code)
{
    struct smtp *smtp = at->state;
    const bool accepted = code / 100 == 2;
    uint8_t command;

    if (mail_is_greeting(at)) {
        at->session->bye = !accepted; /* 421 or 554 (RFC 5321 3.1, 3.8) */
        return DISSECTED_MORE;
    }
    if (!mail_pending_first(&smtp->pending, &command)) {
        mail_unasked(at);
        return DISSECTED_MORE;
    }
    if (command == SMTP_AUTH && code == REPLY_CHALLENGE) {
        mail_exchange_challenged(&smtp->mail);
        return DISSECTED_MORE;
    }
    mail_pending_drop(&smtp->pending);
    /* an error before all else may be meant for what is no command: a PROXY header, for example */
    if (!accepted && !at->session->answered)
        mail_unasked(at);
    at->session->answered = at->session->answered || accepted;
    switch ((enum smtp_command)command) {
    case SMTP_STARTTLS:
        return mail_upgrade_answered(at, accepted);
    case SMTP_AUTH:
        mail_exchange_over(&smtp->mail);
        return mail_login_answered(at, accepted);
    case SMTP_DATA:
        smtp->mail.lines[SIDE_CLIENT].inside = code == REPLY_SEND_MAIL;
        break;
    case SMTP_EHLO:
    case SMTP_OTHER:
        break;
    }
    return DISSECTED_MORE;
}

/* A line of the answer to EHLO but its first: an extension, and what belongs to it (RFC 5321 4.1.1.1). */
static void read_extension(struct dissection *at, struct bytes text)
{
    const struct smtp *smtp = at->state;
    struct bytes keyword;
    uint8_t command;

    if (smtp->in_reply && mail_pending_first(&smtp->pending, &command) && command == SMTP_EHLO &&
        mail_word(&text, &keyword) && bytes_equal_text(keyword, "STARTTLS"))
        at->session->starttls.offered = true;
}

static enum dissected server_line(struct dissection *at, struct bytes line, bool whole)
{
    struct smtp *smtp = at->state;
    enum dissected done = DISSECTED_MORE;
    unsigned code = 0;
    uint8_t byte = 0;
    bool has_more;

    if (!whole || !is_reply(line, true))
        return DISSECTED_MORE;
    for (int digit = 0; digit < REPLY_CODE_DIGITS && bytes_u8(&line, &byte); digit++)
        code = code * 10 + (unsigned)(byte - '0');
    has_more = bytes_begin_with(line, "-");
    if (code / 100 == 2 && bytes_skip(&line, line.left > 0 ? 1 : 0))
        read_extension(at, line);
    if (mail_is_greeting(at) && !has_more)
        software_note_greeting(line, at->session->hints.greeting);
    smtp->in_reply = has_more;
    if (has_more)
        return DISSECTED_MORE;
    done = read_answer(at, code);
    smtp->mail.greeted = true;
    return done;
}

/* ---- the dissector -------------------------------------------------------------------------------- */

static const struct mail_protocol smtp_protocol = {
    .known = smtp_known,
    .possible = smtp_possible,
    .line = {[SIDE_CLIENT] = client_line, [SIDE_SERVER] = server_line},
};

static bool smtp_recognises(enum side from, struct bytes in)
{
    return mail_recognises(&smtp_protocol, from, in);
}

static bool smtp_may_read(enum side from, struct bytes in)
{
    return mail_may_read(&smtp_protocol, from, in);
}

static enum dissected smtp_read(struct dissection *at, enum side from, struct bytes *in)
{
    const struct smtp *smtp = at->state;
    const enum dissected done = mail_read(&smtp_protocol, at, from, in);

    at->session->relay = at->session->endpoints[SIDE_SERVER].port == RELAY_PORT && !smtp->has_login;
    return done;
}

static enum dissected smtp_gap(struct dissection *at, enum side from)
{
    struct smtp *smtp = at->state;

    mail_pending_forget(&smtp->pending);
    smtp->in_reply = false;
    return mail_gap(&smtp->mail, from);
}

_Static_assert(sizeof(struct smtp) <= DISSECTOR_STATE_MAX, "the reader has no more room");

const struct dissector dissector_smtp = {
    .name = "smtp",
    .is_mail = true,
    .state_size = sizeof(struct smtp),
    .recognises = smtp_recognises,
    .may_read = smtp_may_read,
    .read = smtp_read,
    .gap = smtp_gap,
    .end = mail_end,
};
