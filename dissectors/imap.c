/* SPDX-License-Identifier: BSD-2-Clause */
/* imap.c: IMAP in clear (RFC 3501, RFC 9051): capabilities, STARTTLS and its answer, logins
 * without their arguments. */
#include "dissectors.h"
#include "mail.h"
#include "software.h"

#include <lasthello/hash.h>

#define TAG_BYTES_MAX            64 /* a longer word is no tag while in doubt */
#define LITERAL_DIGITS_MAX       19 /* 63 bits (RFC 9051 9, number64) */
#define TAG_HASH_BITS            30
#define TAG_HASH_MAX             ((1u << TAG_HASH_BITS) - 1)
#define PENDING_MAX              32                       /* commands that wait for answers */
#define LITERAL_SUFFIX_BYTES_MAX (LITERAL_DIGITS_MAX + 3) /* {n+} */

enum imap_command {
    IMAP_OTHER,
    IMAP_STARTTLS,
    IMAP_LOGIN, /* or AUTHENTICATE */
};

/* A command that waits for its answer. */
struct imap_pending {
    uint32_t tag : TAG_HASH_BITS; /* hash; no tag is kept */
    uint32_t command : 32 - TAG_HASH_BITS;
};

struct imap {
    struct mail mail;
    uint8_t pending_count;
    uint32_t literal_tag;     /* of the command with the client's latest literal, 0: none */
    uint64_t literal_waiting; /* its length, while the server has not said `+` */
    bool literal_waits;       /* it is sent after a `+` only, and nothing of it was seen */
    /* oldest first: of those with one tag that is answered first */
    struct imap_pending pending[PENDING_MAX];
};

static const char *const commands[] = {
    "APPEND",
    "AUTHENTICATE",
    "CANCELUPDATE",
    "CAPABILITY",
    "CHECK",
    "CLOSE",
    "COMPRESS",
    "COPY",
    "CREATE",
    "DELETE",
    "DELETEACL",
    "ENABLE",
    "EXAMINE",
    "EXPUNGE",
    "FETCH",
    "GETACL",
    "GETMETADATA",
    "GETQUOTA",
    "GETQUOTAROOT",
    "ID",
    "IDLE",
    "LIST",
    "LISTRIGHTS",
    "LOGIN",
    "LOGOUT",
    "LSUB",
    "MOVE",
    "MYRIGHTS",
    "NAMESPACE",
    "NOOP",
    "NOTIFY",
    "RENAME",
    "SEARCH",
    "SELECT",
    "SETACL",
    "SETMETADATA",
    "SETQUOTA",
    "SORT",
    "STARTTLS",
    "STATUS",
    "STORE",
    "SUBSCRIBE",
    "THREAD",
    "UID",
    "UNAUTHENTICATE",
    "UNSELECT",
    "UNSUBSCRIBE",
    "X-GM-RAW",
    "XLIST",
    NULL,
};
static const char *const answers[] = {"OK", "NO", "BAD", NULL};

static uint32_t tag_hash(struct bytes tag)
{
    return (hash_bytes(&hash_key_zero, tag.data, tag.left) | 1) & TAG_HASH_MAX;
}

/* RFC 9051 9: a tag is letters, digits and most signs, but neither `+` nor a wildcard. */
static bool is_tag(struct bytes tag)
{
    uint8_t byte;

    if (tag.left == 0)
        return false;
    while (bytes_u8(&tag, &byte))
        if (byte <= ' ' || byte >= 0x7f || strchr("(){%*\"\\+", byte) != NULL)
            return false;
    return true;
}

/* A tag and one of the words (NULL: any command), or the beginning of that. */
static bool is_tagged(struct bytes line, bool whole, const char *const *words)
{
    struct bytes tag, word;
    size_t rest_len;

    if (!mail_word(&line, &tag))
        return !whole;
    if (!is_tag(tag) || tag.left > TAG_BYTES_MAX)
        return false;
    rest_len = line.left;
    if (!bytes_word(&line, &word))
        return !whole;
    whole = whole || word.left < rest_len;
    return words == NULL ? mail_is_word(word, whole) : mail_word_among(word, whole, words);
}

static bool imap_known(enum side from, struct bytes line, bool whole)
{
    static const char *const done[] = {"DONE", NULL};

    if (line.left == 0)
        return !whole;
    if (from == SIDE_CLIENT)
        return mail_word_among(line, whole, done) || is_tagged(line, whole, commands);
    if (bytes_equal_text(line, "*") || bytes_equal_text(line, "+"))
        return true;
    return bytes_begin_with(line, "* ") || bytes_begin_with(line, "+ ") || is_tagged(line, whole, answers);
}

/* A client may say any command, of extensions that nobody has written down, too. */
static bool imap_possible(enum side from, struct bytes line, bool whole)
{
    return imap_known(from, line, whole) || (from == SIDE_CLIENT && is_tagged(line, whole, NULL));
}

/* "12}" or "12+}", and nothing after it. */
static bool read_literal_len(struct bytes number, uint64_t *len)
{
    uint64_t value = 0;
    size_t digits = 0;
    uint8_t byte = 0;

    while (bytes_u8(&number, &byte) && byte >= '0' && byte <= '9' && ++digits <= LITERAL_DIGITS_MAX)
        value = value * 10 + (uint64_t)(byte - '0');
    if (digits == 0 || (byte == '+' && !bytes_u8(&number, &byte)))
        return false;
    if (byte != '}' || number.left != 0)
        return false;
    *len = value;
    return true;
}

/* The line ends in {n} or {n+} (RFC 9051 4.3): n bytes follow that are no lines, then the line
 * goes on. */
static bool announces_literal(struct bytes line, uint64_t *len)
{
    struct bytes number = {NULL, 0};
    uint8_t byte;

    if (line.left > LITERAL_SUFFIX_BYTES_MAX && !bytes_skip(&line, line.left - LITERAL_SUFFIX_BYTES_MAX))
        return false;
    while (bytes_u8(&line, &byte))
        if (byte == '{')
            number = line;
    return read_literal_len(number, len);
}

/* {n+}: without waiting for a `+` (RFC 7888). */
static bool is_sent_at_once(struct bytes line)
{
    return line.left >= 2 && bytes_skip(&line, line.left - 2) && bytes_equal_text(line, "+}");
}

static void follow_literal(struct mail_lines *lines, struct bytes line)
{
    lines->inside = announces_literal(line, &lines->literal_left);
}

static void add_pending(struct imap *imap, uint32_t tag, enum imap_command command)
{
    if (imap->pending_count == PENDING_MAX) {
        imap->pending_count--;
        memmove(imap->pending, imap->pending + 1, imap->pending_count * sizeof(imap->pending[0]));
    }
    imap->pending[imap->pending_count++] = (struct imap_pending){tag & TAG_HASH_MAX, command & 3u};
}

/* The oldest command with that tag is the one that is answered: a client that uses a tag twice gets
 * its answers in order. */
static bool take_pending(struct imap *imap, uint32_t tag, enum imap_command *command)
{
    for (uint8_t i = 0; i < imap->pending_count; i++) {
        if (imap->pending[i].tag != tag)
            continue;
        *command = (enum imap_command)imap->pending[i].command;
        imap->pending_count--;
        memmove(imap->pending + i, imap->pending + i + 1,
            (size_t)(imap->pending_count - i) * sizeof(imap->pending[0]));
        return true;
    }
    return false;
}

/* What follows LOGIN: its first argument, or a literal that is yet to come. */
static void read_login(struct dissection *at, struct bytes command, struct bytes arguments)
{
    struct imap *imap = at->state;
    struct bytes first;
    uint64_t literal_len;

    mail_login_begun(at, command, "LOGIN");
    imap->mail.login_literal = announces_literal(arguments, &literal_len);
    if (mail_word(&arguments, &first) && (arguments.left > 0 || !imap->mail.login_literal))
        mail_login_sent(at);
}

/* AUTHENTICATE, with an initial response (RFC 4959) or without. */
static bool read_authenticate(struct dissection *at, struct bytes arguments)
{
    struct mail *mail = at->state;
    struct bytes mechanism;

    if (!mail_word(&arguments, &mechanism))
        return false;
    mail_login_begun(at, mechanism, "AUTHENTICATE");
    mail_exchange_begun(mail);
    if (arguments.left > 0)
        mail_login_sent(at);
    return true;
}

/* RFC 9051 6.2: what a client may say before it is logged in. Arguments are not read, but for a
 * mechanism's name and what a program says of itself (ID). */
static void read_command(struct dissection *at, struct bytes line)
{
    struct imap *imap = at->state;
    enum imap_command command = IMAP_OTHER;
    struct bytes tag, word;

    if (!mail_word(&line, &tag) || !mail_word(&line, &word) || !is_tag(tag))
        return;
    imap->literal_tag = tag_hash(tag);
    imap->mail.login_literal = false;
    if (bytes_equal_text(word, "STARTTLS")) {
        command = IMAP_STARTTLS;
        mail_upgrade_asked(at);
    } else if (bytes_equal_text(word, "LOGIN")) {
        command = IMAP_LOGIN;
        read_login(at, word, line);
    } else if (bytes_equal_text(word, "ID")) {
        software_note_id(line, at->session->hints.client_software);
    } else if (bytes_equal_text(word, "AUTHENTICATE") && read_authenticate(at, line)) {
        command = IMAP_LOGIN;
    }
    add_pending(imap, tag_hash(tag), command);
}

static enum dissected client_line(struct dissection *at, struct bytes line, bool whole)
{
    struct imap *imap = at->state;
    struct mail_lines *lines = &imap->mail.lines[SIDE_CLIENT];
    bool starts = !lines->inside;

    if (imap->mail.in_exchange && mail_exchange_takes(at, line, imap_known(SIDE_CLIENT, line, true)))
        return DISSECTED_MORE;
    follow_literal(lines, line);
    if (starts && whole)
        read_command(at, line);
    else if (starts)
        imap->literal_tag = 0;
    imap->literal_waiting = lines->literal_left;
    imap->literal_waits = lines->literal_left > 0 && !is_sent_at_once(line);
    return DISSECTED_MORE;
}

static void read_capabilities(struct session *session, struct bytes words)
{
    struct bytes word;

    while (mail_word(&words, &word)) {
        if (bytes_equal_text(word, "STARTTLS"))
            session->starttls.offered = true;
        if (bytes_equal_text(word, "LOGINDISABLED"))
            session->logindisabled = true;
    }
}

/* The [CAPABILITY ...] that an answer may begin with (RFC 9051 7.1). */
static void read_response_code(struct session *session, struct bytes text)
{
    struct bytes rest, code;
    uint8_t byte = 0;

    mail_skip_blanks(&text);
    rest = text;
    while (byte != ']' && bytes_u8(&rest, &byte))
        continue;
    if (byte == ']' && bytes_begin_with(text, "[CAPABILITY ") && bytes_skip(&text, strlen("[CAPABILITY ")) &&
        bytes_take(&text, text.left - rest.left - 1, &code))
        read_capabilities(session, code);
}

/* PREAUTH is said in a greeting only (RFC 9051 7.1.4); BYE may be said at any time. */
static void read_greeting(struct dissection *at, struct bytes word)
{
    const struct imap *imap = at->state;

    if (!imap->mail.greeted && bytes_equal_text(word, "PREAUTH"))
        at->session->preauth = true;
    if (mail_is_greeting(at) && bytes_equal_text(word, "BYE"))
        at->session->bye = true;
}

static void read_untagged(struct dissection *at, struct bytes line)
{
    static const char *const states[] = {"OK", "NO", "BAD", "PREAUTH", "BYE", NULL};
    struct imap *imap = at->state;
    const struct bytes whole_line = line;
    struct bytes word;

    if (!mail_word(&line, &word))
        return;
    if (mail_word_among(word, true, states)) {
        read_greeting(at, word);
        if (bytes_equal_text(word, "BAD")) /* a line that could not be read as a command (RFC 9051 7.1.3) */
            mail_unasked(at);
        if (mail_is_greeting(at))
            software_note_greeting(line, at->session->hints.greeting);
        read_response_code(at->session, line); /* the text after it is for people, and has no literals */
    } else if (bytes_equal_text(word, "CAPABILITY")) {
        read_capabilities(at->session, line);
    } else {
        if (bytes_equal_text(word, "ID"))
            software_note_id(line, at->session->hints.server_software);
        follow_literal(&imap->mail.lines[SIDE_SERVER], whole_line);
    }
}

static void forget_literal(struct imap *imap)
{
    struct mail_lines *lines = &imap->mail.lines[SIDE_CLIENT];

    lines->literal_left = 0;
    lines->inside = false;
    imap->mail.login_literal = false;
}

/* The server refused a command before its literal was sent: it will not come (RFC 9051 4.3). */
static void forget_refused_literal(struct imap *imap, uint32_t tag)
{
    if (tag == imap->literal_tag && imap->literal_waiting != 0 &&
        imap->mail.lines[SIDE_CLIENT].literal_left == imap->literal_waiting)
        forget_literal(imap);
}

/* Where the server's side was not captured, a command in the place of a literal that waits for its
 * `+` tells that the server refused it. True: more bytes are needed to tell. */
static bool imap_waits(struct dissection *at, struct bytes in)
{
    struct imap *imap = at->state;
    struct bytes rest = in;
    struct bytes line = in;
    bool whole, known;

    if (!imap->literal_waits || in.left == 0 || imap->mail.lines[SIDE_SERVER].spoke)
        return false;
    whole = bytes_line(&rest, &line);
    bytes_trim_end(&line, '\r');
    known = imap_known(SIDE_CLIENT, line, whole);
    imap->literal_waits = known && !whole;
    if (known && whole)
        forget_literal(imap);
    return imap->literal_waits;
}

static enum dissected read_tagged(struct dissection *at, struct bytes tag_text, struct bytes line)
{
    struct imap *imap = at->state;
    const uint32_t tag = tag_hash(tag_text);
    enum imap_command command = IMAP_OTHER;
    struct bytes word;
    bool accepted;

    if (!mail_word(&line, &word) || !mail_word_among(word, true, answers))
        return DISSECTED_MORE;
    accepted = bytes_equal_text(word, "OK");
    read_response_code(at->session, line);
    forget_refused_literal(imap, tag);
    if (take_pending(imap, tag, &command))
        at->session->answered = true;
    else if (!accepted)
        mail_unasked(at);
    switch (command) {
    case IMAP_STARTTLS:
        return mail_upgrade_answered(at, accepted);
    case IMAP_LOGIN:
        mail_exchange_over(&imap->mail);
        return mail_login_answered(at, accepted);
    case IMAP_OTHER:
        break;
    }
    return DISSECTED_MORE;
}

/* The server asks for a literal, or for an answer of an exchange. */
static void read_continuation(struct imap *imap)
{
    imap->literal_waiting = 0;
    mail_exchange_challenged(&imap->mail);
}

static enum dissected server_line(struct dissection *at, struct bytes line, bool whole)
{
    struct imap *imap = at->state;
    struct mail_lines *lines = &imap->mail.lines[SIDE_SERVER];
    struct bytes rest = line;
    struct bytes first;
    enum dissected done = DISSECTED_MORE;

    if (!whole || lines->inside) {
        follow_literal(lines, line);
        return DISSECTED_MORE;
    }
    if (!mail_word(&rest, &first))
        return DISSECTED_MORE;
    if (bytes_equal_text(first, "*"))
        read_untagged(at, rest);
    else if (bytes_equal_text(first, "+"))
        read_continuation(imap);
    else
        done = read_tagged(at, first, rest);
    imap->mail.greeted = true;
    return done;
}

static const struct mail_protocol imap_protocol = {
    .known = imap_known,
    .possible = imap_possible,
    .waits = imap_waits,
    .line = {[SIDE_CLIENT] = client_line, [SIDE_SERVER] = server_line},
};

static bool imap_recognises(enum side from, struct bytes in)
{
    return mail_recognises(&imap_protocol, from, in);
}

static bool imap_may_read(enum side from, struct bytes in)
{
    return mail_may_read(&imap_protocol, from, in);
}

static enum dissected imap_read(struct dissection *at, enum side from, struct bytes *in)
{
    return mail_read(&imap_protocol, at, from, in);
}

static enum dissected imap_gap(struct dissection *at, enum side from)
{
    struct imap *imap = at->state;

    imap->literal_waiting = 0;
    return mail_gap(&imap->mail, from);
}

_Static_assert(sizeof(struct imap) <= DISSECTOR_STATE_MAX, "the reader has no more room");

const struct dissector dissector_imap = {
    .name = "imap",
    .alpn = "imap",
    .is_mail = true,
    .state_size = sizeof(struct imap),
    .recognises = imap_recognises,
    .may_read = imap_may_read,
    .read = imap_read,
    .gap = imap_gap,
    .end = mail_end,
};
