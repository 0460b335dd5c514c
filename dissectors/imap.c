/* SPDX-License-Identifier: BSD-2-Clause */
/* imap.c: IMAP in clear (RFC 3501, RFC 9051): capabilities, STARTTLS and its answer, logins
 * without their arguments. */
#include "dissectors.h"
#include "mail.h"

#include <lasthello/hash.h>

#define TAG_BYTES_MAX            64                       /* a longer word is no tag while in doubt */
#define LITERAL_DIGITS_MAX       19                       /* 63 bits (RFC 9051 9, number64) */
#define LITERAL_SUFFIX_BYTES_MAX (LITERAL_DIGITS_MAX + 3) /* {n+} */

struct imap {
    struct mail mail;
    uint64_t starttls_tag; /* tags are kept as their hashes, 0: none */
    uint64_t login_tag;
    uint64_t literal_tag;     /* of the command that announced the client's latest literal */
    uint64_t literal_waiting; /* its length, while the server has not said `+` */
    bool in_exchange;         /* AUTHENTICATE goes on: the client's lines are secrets, no commands */
    bool greeted;
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

static uint64_t tag_hash(struct bytes tag)
{
    return hash_bytes(&hash_key_zero, tag.data, tag.left) | 1;
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

/* A tag and one of the words, or the beginning of that. */
static bool plausible_tagged(struct bytes line, bool whole, const char *const *words)
{
    struct bytes tag, word;
    const size_t line_len = line.left;
    size_t rest_len;

    if (!bytes_word(&line, &tag) || !is_tag(tag) || tag.left > TAG_BYTES_MAX)
        return false;
    if (tag.left == line_len)
        return !whole; /* no space yet */
    rest_len = line.left;
    if (!bytes_word(&line, &word))
        return !whole;
    return mail_word_among(word, whole || word.left < rest_len, words);
}

static bool imap_plausible(enum side from, struct bytes line, bool whole)
{
    static const char *const done[] = {"DONE", NULL};

    if (line.left == 0)
        return !whole;
    if (from == SIDE_CLIENT)
        return mail_word_among(line, whole, done) || plausible_tagged(line, whole, commands);
    if (bytes_equal_text(line, "*") || bytes_equal_text(line, "+"))
        return true;
    return bytes_begin_with(line, "* ") || bytes_begin_with(line, "+ ") || plausible_tagged(line, whole, answers);
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

static void follow_literal(struct mail_lines *lines, struct bytes line)
{
    lines->inside = announces_literal(line, &lines->literal_left);
}

/* RFC 9051 6.2: what a client may say before it is logged in. Arguments are not read, but for a
 * mechanism's name. */
static void read_command(struct dissection *at, struct bytes line)
{
    struct imap *imap = at->state;
    struct bytes tag, word, mechanism = {NULL, 0};

    if (!bytes_word(&line, &tag) || !bytes_word(&line, &word) || !is_tag(tag))
        return;
    imap->literal_tag = tag_hash(tag);
    if (bytes_equal_text(word, "STARTTLS")) {
        imap->starttls_tag = tag_hash(tag);
        mail_upgrade_asked(at);
    } else if (bytes_equal_text(word, "LOGIN")) {
        imap->login_tag = tag_hash(tag);
        mail_login_sent(at, word, "LOGIN");
    } else if (bytes_equal_text(word, "AUTHENTICATE") && bytes_word(&line, &mechanism)) {
        imap->login_tag = tag_hash(tag);
        imap->in_exchange = true;
        mail_login_sent(at, mechanism, "AUTHENTICATE");
    }
}

/* An exchange ends with its tagged answer; where that was not captured, with the next command. */
static bool is_secret(struct imap *imap, struct bytes line)
{
    if (!imap->in_exchange)
        return false;
    if (!imap->mail.lines[SIDE_SERVER].spoke && imap_plausible(SIDE_CLIENT, line, true))
        imap->in_exchange = false;
    return imap->in_exchange;
}

static enum dissected client_line(struct dissection *at, struct bytes line, bool whole)
{
    struct imap *imap = at->state;
    struct mail_lines *lines = &imap->mail.lines[SIDE_CLIENT];
    bool starts = !lines->inside;

    if (is_secret(imap, line))
        return DISSECTED_MORE;
    follow_literal(lines, line);
    if (starts && whole)
        read_command(at, line);
    else if (starts)
        imap->literal_tag = 0;
    imap->literal_waiting = lines->literal_left;
    return DISSECTED_MORE;
}

static void read_capabilities(struct session *session, struct bytes words)
{
    struct bytes word;

    while (bytes_word(&words, &word)) {
        if (bytes_equal_text(word, "STARTTLS"))
            session->starttls.offered = true;
        if (bytes_equal_text(word, "LOGINDISABLED"))
            session->logindisabled = true;
    }
}

/* The [CAPABILITY ...] that an answer may begin with (RFC 9051 7.1). */
static void read_response_code(struct session *session, struct bytes text)
{
    struct bytes rest = text;
    struct bytes code;
    uint8_t byte = 0;

    while (byte != ']' && bytes_u8(&rest, &byte))
        continue;
    if (byte == ']' && bytes_begin_with(text, "[CAPABILITY ") && bytes_skip(&text, strlen("[CAPABILITY ")) &&
        bytes_take(&text, text.left - rest.left - 1, &code))
        read_capabilities(session, code);
}

/* Only the very first line greets; one seen after a command or a gap is something else. */
static void read_greeting(struct dissection *at, struct bytes word)
{
    const struct imap *imap = at->state;

    if (imap->greeted || imap->mail.lines[SIDE_CLIENT].spoke)
        return;
    if (bytes_equal_text(word, "PREAUTH"))
        at->session->preauth = true;
    if (bytes_equal_text(word, "BYE"))
        at->session->bye = true;
}

static void read_untagged(struct dissection *at, struct bytes line)
{
    static const char *const states[] = {"OK", "NO", "BAD", "PREAUTH", "BYE", NULL};
    struct imap *imap = at->state;
    const struct bytes whole_line = line;
    struct bytes word;

    if (!bytes_word(&line, &word))
        return;
    if (mail_word_among(word, true, states)) {
        read_greeting(at, word);
        read_response_code(at->session, line); /* the text after it is for people, and has no literals */
    } else if (bytes_equal_text(word, "CAPABILITY")) {
        read_capabilities(at->session, line);
    } else {
        follow_literal(&imap->mail.lines[SIDE_SERVER], whole_line);
    }
}

/* The server refused a command before its literal was sent: it will not come (RFC 9051 4.3). */
static void forget_refused_literal(struct imap *imap, uint64_t tag)
{
    struct mail_lines *lines = &imap->mail.lines[SIDE_CLIENT];

    if (tag != imap->literal_tag || imap->literal_waiting == 0 ||
        lines->literal_left != imap->literal_waiting)
        return;
    lines->literal_left = 0;
    lines->inside = false;
}

static enum dissected read_tagged(struct dissection *at, struct bytes tag_text, struct bytes line)
{
    struct imap *imap = at->state;
    uint64_t tag = tag_hash(tag_text);
    struct bytes word;
    bool accepted;

    if (!bytes_word(&line, &word) || !mail_word_among(word, true, answers))
        return DISSECTED_MORE;
    accepted = bytes_equal_text(word, "OK");
    read_response_code(at->session, line);
    forget_refused_literal(imap, tag);
    if (tag == imap->starttls_tag) {
        imap->starttls_tag = 0;
        return mail_upgrade_answered(at, accepted);
    }
    if (tag != imap->login_tag)
        return DISSECTED_MORE;
    imap->login_tag = 0;
    imap->in_exchange = false;
    return mail_login_answered(at, accepted);
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
    if (!bytes_word(&rest, &first))
        return DISSECTED_MORE;
    if (bytes_equal_text(first, "*"))
        read_untagged(at, rest);
    else if (bytes_equal_text(first, "+"))
        imap->literal_waiting = 0;
    else
        done = read_tagged(at, first, rest);
    imap->greeted = true;
    return done;
}

static const struct mail_protocol imap_protocol = {
    .plausible = imap_plausible,
    .line = {[SIDE_CLIENT] = client_line, [SIDE_SERVER] = server_line},
};

static bool imap_recognises(enum side from, struct bytes in)
{
    return mail_recognises(&imap_protocol, from, in);
}

static enum dissected imap_read(struct dissection *at, enum side from, struct bytes *in)
{
    return mail_read(&imap_protocol, at, from, in);
}

static enum dissected imap_gap(struct dissection *at, enum side from)
{
    struct imap *imap = at->state;

    imap->in_exchange = false; /* its end may be among what was lost */
    imap->literal_waiting = 0;
    imap->greeted = true;
    return mail_gap(&imap->mail, from);
}

_Static_assert(sizeof(struct imap) <= DISSECTOR_STATE_MAX, "the reader has no more room");

const struct dissector dissector_imap = {
    .name = "imap",
    .state_size = sizeof(struct imap),
    .recognises = imap_recognises,
    .read = imap_read,
    .gap = imap_gap,
    .end = mail_end,
};
