/* SPDX-License-Identifier: BSD-2-Clause */
/* pop3.c: POP3 in clear (RFC 1939, RFC 2449): STLS (RFC 2595 4) and its answer, logins without
 * their arguments. */
#include "dissectors.h"
#include "mail.h"
#include "software.h"

enum pop3_command {
    POP3_OTHER, /* answered by one line */
    POP3_MULTI, /* answered by lines up to a lone dot */
    POP3_CAPA,  /* so, and the lines are read */
    POP3_STLS,
    POP3_PASS,
    POP3_APOP,
    POP3_AUTH,
};

struct pop3 {
    struct mail mail;
    struct mail_pending pending; /* of enum pop3_command */
    bool in_capa;                /* the multi-line answer being followed is CAPA's */
};

static const struct mail_command commands[] = {
    {"APOP", POP3_APOP, POP3_OTHER},
    {"AUTH", POP3_AUTH, POP3_MULTI}, /* alone it asks for the mechanisms */
    {"CAPA", POP3_CAPA, POP3_CAPA},
    {"DELE", POP3_OTHER, POP3_OTHER},
    {"LANG", POP3_OTHER, POP3_MULTI},
    {"LAST", POP3_OTHER, POP3_OTHER},
    {"LIST", POP3_OTHER, POP3_MULTI},
    {"NOOP", POP3_OTHER, POP3_OTHER},
    {"PASS", POP3_PASS, POP3_OTHER},
    {"QUIT", POP3_OTHER, POP3_OTHER},
    {"RETR", POP3_MULTI, POP3_OTHER},
    {"RSET", POP3_OTHER, POP3_OTHER},
    {"STAT", POP3_OTHER, POP3_OTHER},
    {"STLS", POP3_STLS, POP3_STLS},
    {"TOP", POP3_MULTI, POP3_OTHER},
    {"UIDL", POP3_OTHER, POP3_MULTI},
    /* a name and no secret: the login is PASS, which a server may not let come */
    {"USER", POP3_OTHER, POP3_OTHER},
    {"UTF8", POP3_OTHER, POP3_OTHER},
    {"XTND", POP3_OTHER, POP3_OTHER},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static bool pop3_known(enum side from, struct bytes line, bool whole)
{
    static const char *const starts[] = {"+OK", "-ERR", "+ ", NULL};

    if (from == SIDE_CLIENT)
        return mail_is_command(commands, COMMAND_COUNT, line, whole);
    if (bytes_begin_with(line, "+OK") || bytes_begin_with(line, "-ERR") || bytes_begin_with(line, "+ "))
        return true;
    return !whole && mail_word_among(line, false, starts);
}

/* A client may say any command, of extensions that nobody has written down, too. */
static bool pop3_possible(enum side from, struct bytes line, bool whole)
{
    struct bytes verb;
    size_t line_len;

    if (pop3_known(from, line, whole))
        return true;
    mail_skip_blanks(&line);
    line_len = line.left;
    return from == SIDE_CLIENT && bytes_word(&line, &verb) &&
        mail_is_word(verb, whole || verb.left < line_len);
}

static void note_login(struct dissection *at, enum pop3_command command, struct bytes verb, struct bytes rest)
{
    static const struct bytes user = {(const uint8_t *)"USER", 4};
    struct bytes mechanism = {NULL, 0};

    if (command == POP3_PASS || command == POP3_APOP) {
        mail_login_begun(at, command == POP3_PASS ? user : verb, command == POP3_PASS ? "USER" : "APOP");
        mail_login_sent(at);
    }
    if (command != POP3_AUTH)
        return;
    mail_login_begun(at, mail_word(&rest, &mechanism) ? mechanism : verb, "AUTH");
    mail_exchange_begun(at->state);
    if (rest.left > 0)
        mail_login_sent(at);
}

static enum pop3_command read_command(struct dissection *at, struct bytes line)
{
    struct bytes verb;
    enum pop3_command command = POP3_OTHER;

    if (!mail_word(&line, &verb))
        return command;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (bytes_equal_text(verb, commands[i].verb))
            command = line.left > 0 ? commands[i].with_argument : commands[i].alone;
    if (command == POP3_STLS)
        mail_upgrade_asked(at);
    note_login(at, command, verb, line);
    return command;
}

static enum dissected client_line(struct dissection *at, struct bytes line, bool whole)
{
    struct pop3 *pop3 = at->state;
    enum pop3_command command;

    if (pop3->mail.in_exchange &&
        mail_exchange_takes(at, line, mail_is_command(commands, COMMAND_COUNT, line, true)))
        return DISSECTED_MORE;
    command = whole ? read_command(at, line) : POP3_OTHER;
    mail_pending_add(&pop3->pending, (uint8_t)command);
    return DISSECTED_MORE;
}

static enum dissected read_answer(struct dissection *at, bool accepted)
{
    struct pop3 *pop3 = at->state;
    uint8_t command;

    if (mail_is_greeting(at)) {
        at->session->bye = !accepted;
        return DISSECTED_MORE;
    }
    if (!mail_pending_first(&pop3->pending, &command)) {
        mail_unasked(at);
        return DISSECTED_MORE;
    }
    mail_pending_drop(&pop3->pending);
    /* an error before all else may be meant for what is no command: a PROXY header, for example */
    if (!accepted && !at->session->answered)
        mail_unasked(at);
    at->session->answered = at->session->answered || accepted;
    switch ((enum pop3_command)command) {
    case POP3_MULTI:
    case POP3_CAPA:
        pop3->mail.lines[SIDE_SERVER].inside = accepted;
        pop3->in_capa = command == POP3_CAPA;
        return DISSECTED_MORE;
    case POP3_STLS:
        return mail_upgrade_answered(at, accepted);
    case POP3_PASS:
    case POP3_APOP:
    case POP3_AUTH:
        mail_exchange_over(&pop3->mail);
        return mail_login_answered(at, accepted);
    case POP3_OTHER:
        break;
    }
    return DISSECTED_MORE;
}

/* RFC 1939 3: the lines of an answer end with a lone dot; one with blanks behind it is a clumsy server's,
 * since any other line that begins with a dot has two. RFC 2449 6: a capability and its arguments a line. */
static void read_inside(struct dissection *at, struct bytes line)
{
    struct pop3 *pop3 = at->state;
    struct bytes capability;
    struct bytes words = line;

    if (mail_word(&words, &capability) && bytes_equal_text(capability, ".") && words.left == 0)
        pop3->mail.lines[SIDE_SERVER].inside = false;
    else if (pop3->in_capa && mail_word(&line, &capability) && bytes_equal_text(capability, "STLS"))
        at->session->starttls.offered = true;
}

static enum dissected server_line(struct dissection *at, struct bytes line, bool whole)
{
    struct pop3 *pop3 = at->state;
    enum dissected done = DISSECTED_MORE;

    if (!whole)
        return DISSECTED_MORE;
    if (mail_is_greeting(at))
        software_note_greeting(line, at->session->hints.greeting);
    if (pop3->mail.lines[SIDE_SERVER].inside)
        read_inside(at, line);
    else if (bytes_begin_with(line, "+OK") || bytes_begin_with(line, "-ERR"))
        done = read_answer(at, bytes_begin_with(line, "+OK"));
    else if (bytes_begin_with(line, "+ ") || bytes_equal_text(line, "+"))
        mail_exchange_challenged(&pop3->mail);
    pop3->mail.greeted = true;
    return done;
}

static const struct mail_protocol pop3_protocol = {
    .known = pop3_known,
    .possible = pop3_possible,
    .line = {[SIDE_CLIENT] = client_line, [SIDE_SERVER] = server_line},
};

static bool pop3_recognises(enum side from, struct bytes in)
{
    return mail_recognises(&pop3_protocol, from, in);
}

static bool pop3_may_read(enum side from, struct bytes in)
{
    return mail_may_read(&pop3_protocol, from, in);
}

static enum dissected pop3_read(struct dissection *at, enum side from, struct bytes *in)
{
    return mail_read(&pop3_protocol, at, from, in);
}

static enum dissected pop3_gap(struct dissection *at, enum side from)
{
    struct pop3 *pop3 = at->state;

    mail_pending_forget(&pop3->pending); /* nobody knows which of them the next answer is for */
    return mail_gap(&pop3->mail, from);
}

_Static_assert(sizeof(struct pop3) <= DISSECTOR_STATE_MAX, "the reader has no more room");

const struct dissector dissector_pop3 = {
    .name = "pop3",
    .alpn = "pop3",
    .is_mail = true,
    .state_size = sizeof(struct pop3),
    .recognises = pop3_recognises,
    .may_read = pop3_may_read,
    .read = pop3_read,
    .gap = pop3_gap,
    .end = mail_end,
};
