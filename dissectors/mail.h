/* SPDX-License-Identifier: BSD-2-Clause */
/* mail.h: what protocols of lines have in common: framing lines, stepping over literals, finding
 * the way back after a gap, the facts of STARTTLS and of logins. A dissector brings two
 * functions for lines, see imap.c, pop3.c. */
#ifndef LASTHELLO_MAIL_H
#define LASTHELLO_MAIL_H

#include <lasthello/dissector.h>

#define MAIL_LINE_BYTES_MAX 8192 /* a longer line is stepped over and not read */
#define MAIL_WORD_BYTES_MAX 32   /* of a command that no RFC knows: a longer word is none */

/* One side's lines. */
struct mail_lines {
    uint64_t literal_left; /* bytes still to be stepped over, whatever they are */
    bool spoke;            /* bytes of this side were seen */
    bool begun;            /* a whole line was taken: this is the protocol, or may be */
    bool lost;             /* bytes are missing: nothing is read before a known line */
    bool tail;             /* what comes is the end of a line too long to be read */
    bool inside;           /* what comes continues something: no new command or answer starts here */
};

enum mail_upgrade {
    MAIL_UPGRADE_NONE,
    MAIL_UPGRADE_ASKED,    /* the client's STARTTLS awaits its answer */
    MAIL_UPGRADE_LOST,     /* asked, but the answer may have been in a gap */
    MAIL_UPGRADE_ANSWERED, /* accepted or refused: see session.h */
};

/* What a mail dissector's state begins with. */
struct mail {
    struct mail_lines lines[SIDE_COUNT];
    enum mail_upgrade upgrade;
    bool greeted;       /* the server's first line was read, or is lost */
    bool asked_again;   /* the line just read asks for STARTTLS, like one before it */
    bool unsure;        /* client bytes are missing: a line may be text of a mail; its answer tells */
    bool in_exchange;   /* a SASL exchange goes on: the client's lines are answers, no commands */
    bool challenged;    /* ... and the server has asked for one */
    bool login_literal; /* what the client's literal holds belongs to a login */
    bool login_sent;    /* something of the latest login was sent, not its command alone */
    const char *login;  /* mechanism of the latest login; static storage */
};

/* Commands sent and not answered yet: no client sends more of them before the login. */
#define MAIL_PENDING_MAX 32

/* Commands of a protocol that answers in order (RFC 2449 6.6, RFC 2920), each by what it is to the
 * dissector. */
struct mail_pending {
    uint8_t commands[MAIL_PENDING_MAX]; /* oldest first */
    uint8_t count;
    bool overrun; /* more than fit: answers can no longer be told apart */
};

/* A command that a protocol knows, by what it is to the dissector: with an argument, and alone. */
struct mail_command {
    const char *verb;
    uint8_t with_argument, alone;
};

struct mail_protocol {
    /* Is this a line of `from` that this protocol has and others have not? Not `whole`: may it
     * become one? */
    bool (*known)(enum side from, struct bytes line, bool whole);
    /* May this be one, known or not, where the port is the protocol's own? */
    bool (*possible)(enum side from, struct bytes line, bool whole);
    /* Are more bytes needed before a literal of the client's is stepped over? NULL: never. */
    bool (*waits)(struct dissection *at, struct bytes in);
    /* Reads a line of one side. Not `whole`: only the end of a line that was too long. */
    enum dissected (*line[SIDE_COUNT])(struct dissection *at, struct bytes line, bool whole);
};

/* mail_read frames the lines of `from` and has them read: a dissector's `read`. Answers FOREIGN
 * where the first line is not possible, or TLS begins without having been announced. */
enum dissected mail_read(const struct mail_protocol *protocol, struct dissection *at, enum side from,
    struct bytes *in);
/* mail_recognises asks whether the first line is known: a dissector's `recognises`. */
bool mail_recognises(const struct mail_protocol *protocol, enum side from, struct bytes in);
/* mail_may_read asks whether it is possible: a dissector's `may_read`. */
bool mail_may_read(const struct mail_protocol *protocol, enum side from, struct bytes in);
/* mail_gap forgets where in the text `from` was. FOREIGN: no line had been read yet, of either side. */
enum dissected mail_gap(struct mail *mail, enum side from);
/* mail_end settles a session that stayed in clear: a dissector's `end`. */
enum dissected mail_end(struct dissection *at, enum side from, enum ending ending);

/* ---- mail_facts.c ------------------------------------------------------------------------------ */

/* mail_is_greeting: is the server's line at hand its greeting? The first line is, whoever spoke
 * before it, where the server's first byte was captured; else where the client has said nothing. */
bool mail_is_greeting(const struct dissection *at);

/* mail_unasked: the server answered, and no command that was seen asked for it. Where nothing is missing,
 * it took other bytes for a command. */
void mail_unasked(struct dissection *at);

/* mail_pending_add: a command was sent. mail_pending_first: the one that the next answer is for;
 * false: nobody knows. mail_pending_drop: it was answered. mail_pending_forget: bytes were lost. */
void mail_pending_add(struct mail_pending *pending, uint8_t command);
bool mail_pending_first(const struct mail_pending *pending, uint8_t *command);
void mail_pending_drop(struct mail_pending *pending);
void mail_pending_forget(struct mail_pending *pending);

/* STARTTLS was asked for; was answered. The answer tells whether the server's side is handed
 * over. */
void mail_upgrade_asked(struct dissection *at);
enum dissected mail_upgrade_answered(struct dissection *at, bool accepted);

/* mail_login_begun: a command for a login by `mechanism`. Text that is no known name of a mechanism
 * stands as `otherwise`, of static storage. */
void mail_login_begun(struct dissection *at, struct bytes mechanism, const char *otherwise);
/* mail_login_sent: more of it than the command: an argument, an initial response, a literal, an
 * answer to a challenge. From here on it counts as sent. */
void mail_login_sent(struct dissection *at);
/* mail_login_answered: it counts if it was accepted, or if something of it was sent. */
enum dissected mail_login_answered(struct dissection *at, bool accepted);

/* A SASL exchange (RFC 4422) begins, is continued by the server, is over. */
void mail_exchange_begun(struct mail *mail);
void mail_exchange_challenged(struct mail *mail);
void mail_exchange_over(struct mail *mail);
/* mail_exchange_takes: does the client's line belong to the exchange? An answer counts as sent, but
 * for `*`, which breaks it off. A line that is a command ends an exchange that nobody has answered. */
bool mail_exchange_takes(struct dissection *at, struct bytes line, bool is_command);

/* mail_word_among: is it one of the words (NULL-ended)? Not `whole`: may it become one? */
bool mail_word_among(struct bytes word, bool whole, const char *const *words);
/* mail_is_command: does the line begin with one of these commands? Not `whole`: may it become one? */
bool mail_is_command(const struct mail_command *commands, size_t count, struct bytes line, bool whole);
/* mail_is_word: letters, digits, `-` and `_`, a letter first: a command, known or not. Not `whole`: may
 * it become one? */
bool mail_is_word(struct bytes word, bool whole);

/* mail_skip_blanks steps over spaces and tabs. */
static inline void mail_skip_blanks(struct bytes *in)
{
    while ((bytes_begin_with(*in, " ") || bytes_begin_with(*in, "\t")) && bytes_skip(in, 1))
        continue;
}

/* mail_word takes the next word and steps over the blanks around it. False if none is left. */
BYTES_READ mail_word(struct bytes *in, struct bytes *out)
{
    struct bytes rest = *in;

    mail_skip_blanks(&rest);
    if (!bytes_word(&rest, out))
        return false;
    mail_skip_blanks(&rest);
    *in = rest;
    return true;
}

#endif
