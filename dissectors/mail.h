/* SPDX-License-Identifier: BSD-2-Clause */
/* mail.h: what protocols of lines have in common: framing lines, stepping over literals, finding
 * the way back after a gap, the facts of STARTTLS and of logins. A dissector brings two
 * functions for lines, see imap.c, pop3.c. */
#ifndef LASTHELLO_MAIL_H
#define LASTHELLO_MAIL_H

#include <lasthello/dissector.h>

#define MAIL_LINE_BYTES_MAX 8192 /* a longer line is stepped over and not read */

/* One side's lines. */
struct mail_lines {
    uint64_t literal_left; /* bytes still to be stepped over, whatever they are */
    bool spoke;            /* bytes of this side were seen */
    bool begun;            /* a whole line was recognised: this is the protocol */
    bool lost;             /* bytes are missing: nothing is read before a plausible line */
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
    bool unsure;       /* client bytes are missing: a command may be mail: wait for its answer */
    const char *login; /* mechanism of the latest login; static storage */
};

struct mail_protocol {
    /* May this be a line of `from`? Not `whole`: the beginning of one. */
    bool (*plausible)(enum side from, struct bytes line, bool whole);
    /* Reads a line of one side. Not `whole`: only the end of a line that was too long. */
    enum dissected (*line[SIDE_COUNT])(struct dissection *at, struct bytes line, bool whole);
};

/* mail_read frames the lines of `from` and has them read: a dissector's `read`. Answers FOREIGN
 * where the first line is not plausible, or TLS begins without having been announced. */
enum dissected mail_read(const struct mail_protocol *protocol, struct dissection *at, enum side from,
    struct bytes *in);
/* mail_recognises looks at the first line: a dissector's `recognises`. */
bool mail_recognises(const struct mail_protocol *protocol, enum side from, struct bytes in);
/* mail_gap forgets where in the text `from` was. FOREIGN: no line had been read yet, of either side. */
enum dissected mail_gap(struct mail *mail, enum side from);
/* mail_end settles a session that stayed in clear: a dissector's `end`. */
enum dissected mail_end(struct dissection *at, enum side from, enum ending ending);

/* STARTTLS was asked for; was answered. The answer tells whether the server's side is handed
 * over. */
void mail_upgrade_asked(struct dissection *at);
enum dissected mail_upgrade_answered(struct dissection *at, bool accepted);
/* A login by `mechanism` was sent; was answered. Text that is no known name of a mechanism stands
 * as `otherwise`, of static storage. */
void mail_login_sent(struct dissection *at, struct bytes mechanism, const char *otherwise);
enum dissected mail_login_answered(struct dissection *at, bool accepted);

/* mail_word_among: is it one of the words (NULL-ended)? Not `whole`: may it become one? */
bool mail_word_among(struct bytes word, bool whole, const char *const *words);

#endif
