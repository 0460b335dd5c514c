/* SPDX-License-Identifier: BSD-2-Clause */
/* mail.c: lines, gaps, STARTTLS and logins: what IMAP and POP3 have in common. */
#include "mail.h"

#include "dissectors.h"

#define LINE_TAIL_BYTES 32 /* of a line too long to be read: enough for a literal's length at its end */

enum line_framed {
    LINE_MORE,
    LINE_WHOLE,
    LINE_TAIL,
};

enum line_start {
    LINE_START_TEXT,    /* a line begins, or something goes on */
    LINE_START_MORE,    /* too few bytes to tell */
    LINE_START_UPGRADE, /* TLS begins */
    LINE_START_STRANGE, /* not this protocol */
};

/* No command, answer or tag begins with these; TLS records and SSLv2 hellos do. */
static bool begins_binary(struct bytes in)
{
    uint8_t first;

    return bytes_u8(&in, &first) &&
        (first >= 0x7f || (first < ' ' && first != '\r' && first != '\n' && first != '\t'));
}

static bool begins_line_end(struct bytes in)
{
    return bytes_begin_with(in, "\r") || bytes_begin_with(in, "\n");
}

static bool is_answer_awaited(const struct mail *mail)
{
    /* without the server's bytes nobody knows what came before the answer */
    return mail->upgrade == MAIL_UPGRADE_ASKED && mail->lines[SIDE_SERVER].spoke;
}

static bool skip_literal(struct mail_lines *lines, struct bytes *in)
{
    size_t len = lines->literal_left < in->left ? (size_t)lines->literal_left : in->left;

    if (bytes_skip(in, len))
        lines->literal_left -= len;
    return lines->literal_left == 0;
}

static enum line_framed take_line(struct mail_lines *lines, struct bytes *in, struct bytes *line)
{
    size_t kept = lines->tail ? LINE_TAIL_BYTES : MAIL_LINE_BYTES_MAX + 1; /* + the CR of a CR LF */
    bool whole = !lines->tail;

    if (bytes_line(in, line)) {
        lines->tail = false;
        return whole && line->left <= MAIL_LINE_BYTES_MAX ? LINE_WHOLE : LINE_TAIL;
    }
    if (in->left > kept)
        lines->tail = bytes_skip(in, in->left - LINE_TAIL_BYTES);
    return LINE_MORE;
}

static enum line_start start_upgrade(struct dissection *at, enum side from)
{
    struct mail *mail = at->state;
    struct starttls *starttls = &at->session->starttls;

    if (from == SIDE_CLIENT && mail->upgrade != MAIL_UPGRADE_NONE)
        starttls->requested = true;
    if (from == SIDE_CLIENT && is_answer_awaited(mail))
        starttls->hasty = true;
    return LINE_START_UPGRADE;
}

static enum line_start start_binary(struct dissection *at, enum side from, struct bytes *in)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];

    if (in->left < UPGRADE_BYTES)
        return LINE_START_MORE;
    if (registry_is_upgrade(from, *in))
        return start_upgrade(at, from);
    if (!lines->begun && !lines->lost)
        return LINE_START_STRANGE;
    /* neither text nor TLS: as good as lost; TLS may still begin with the next delivery */
    return mail_gap(mail, from) == DISSECTED_MORE && bytes_skip(in, in->left) ? LINE_START_MORE : LINE_START_STRANGE;
}

/* The first line, or what there is of it, without the CR that may be followed by a LF. True: it is whole. */
static bool look_at_line(struct bytes in, struct bytes *line)
{
    struct bytes rest = in;
    struct bytes before;

    if (bytes_line(&rest, line))
        return true;
    rest = *line = in;
    if (in.left > 0 && bytes_take(&rest, in.left - 1, &before) && bytes_equal_text(rest, "\r"))
        *line = before;
    return false;
}

/* The first line tells whether this is the protocol. */
static enum line_start start_first(const struct mail_protocol *protocol, struct mail_lines *lines, enum side from,
    struct bytes in)
{
    struct bytes line;
    const bool whole = look_at_line(in, &line);

    if (line.left > MAIL_LINE_BYTES_MAX || !protocol->plausible(from, line, whole))
        return LINE_START_STRANGE;
    lines->begun = whole;
    return whole ? LINE_START_TEXT : LINE_START_MORE;
}

static enum line_start start_line(const struct mail_protocol *protocol, struct dissection *at, enum side from,
    struct bytes *in)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];

    if (in->left == 0)
        return LINE_START_MORE;
    if (lines->inside || lines->tail)
        return LINE_START_TEXT;
    if (begins_binary(*in))
        return start_binary(at, from, in);
    if (from == SIDE_CLIENT && is_answer_awaited(mail) && !lines->lost && !begins_line_end(*in))
        at->session->starttls.injection = true;
    if (!lines->begun && !lines->lost)
        return start_first(protocol, lines, from, *in);
    return LINE_START_TEXT;
}

static enum dissected read_line(const struct mail_protocol *protocol, struct dissection *at, enum side from,
    struct bytes line, bool whole)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];

    if (lines->lost && !(whole && protocol->plausible(from, line, true)))
        return DISSECTED_MORE;
    lines->lost = false;
    lines->begun = true;
    return protocol->line[from](at, line, whole);
}

enum dissected mail_read(const struct mail_protocol *protocol, struct dissection *at, enum side from,
    struct bytes *in)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];
    enum dissected done = DISSECTED_MORE;
    enum line_start start;
    enum line_framed framed;
    struct bytes line;

    lines->spoke = lines->spoke || in->left > 0;
    while (done == DISSECTED_MORE && skip_literal(lines, in)) {
        start = start_line(protocol, at, from, in);
        if (start == LINE_START_MORE)
            return DISSECTED_MORE;
        if (start != LINE_START_TEXT)
            return DISSECTED_FOREIGN;
        framed = take_line(lines, in, &line);
        if (framed == LINE_MORE)
            return DISSECTED_MORE;
        done = read_line(protocol, at, from, line, framed == LINE_WHOLE);
    }
    return done;
}

bool mail_recognises(const struct mail_protocol *protocol, enum side from, struct bytes in)
{
    struct bytes line;
    const bool whole = look_at_line(in, &line);

    return !begins_binary(in) && protocol->plausible(from, line, whole);
}

static bool is_begun(const struct mail_lines *lines)
{
    return lines->begun || lines->lost;
}

enum dissected mail_gap(struct mail *mail, enum side from)
{
    struct mail_lines *lines = &mail->lines[from];
    const bool begun = is_begun(&mail->lines[SIDE_CLIENT]) || is_begun(&mail->lines[SIDE_SERVER]);

    lines->literal_left = 0;
    lines->tail = false;
    lines->inside = false;
    lines->lost = true;
    if (from == SIDE_CLIENT)
        mail->unsure = true;
    else if (mail->upgrade == MAIL_UPGRADE_ASKED)
        mail->upgrade = MAIL_UPGRADE_LOST;
    return begun ? DISSECTED_MORE : DISSECTED_FOREIGN;
}

enum dissected mail_end(struct dissection *at, enum side from, enum ending ending)
{
    const struct mail *mail = at->state;
    struct session *session = at->session;

    (void)from;
    /* after FIN and RST the other side's bytes may still come, in captures that reorder */
    if (ending == ENDING_FIN || ending == ENDING_RST)
        return DISSECTED_MORE;
    if (session->offer.seen || session->answer.seen)
        return DISSECTED_MORE; /* what became of that hello is TLS's to say */
    if (!mail->lines[SIDE_CLIENT].begun && !mail->lines[SIDE_SERVER].begun)
        return DISSECTED_MORE;
    session->outcome = session->login[0] != '\0' ? OUTCOME_CLEARTEXT : OUTCOME_PLAIN;
    return DISSECTED_SETTLED;
}

void mail_upgrade_asked(struct dissection *at)
{
    struct mail *mail = at->state;

    mail->upgrade = MAIL_UPGRADE_ASKED;
    if (!mail->unsure)
        at->session->starttls.requested = true;
}

enum dissected mail_upgrade_answered(struct dissection *at, bool accepted)
{
    struct mail *mail = at->state;
    struct starttls *starttls = &at->session->starttls;

    mail->upgrade = MAIL_UPGRADE_ANSWERED;
    starttls->requested = true;
    if (accepted)
        starttls->accepted = true;
    else
        starttls->refused = true;
    return accepted ? DISSECTED_HANDOVER : DISSECTED_MORE;
}

/* Only names that are registered (IANA, SASL mechanisms) or usual: what a client says there may be anything. */
static const char *mechanism_name(struct bytes mechanism, const char *otherwise)
{
    static const char *const names[] = {"ANONYMOUS", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "GS2-KRB5", "GSS-SPNEGO",
        "GSSAPI", "KERBEROS_V4", "KERBEROS_V5", "LOGIN", "MSN", "NTLM", "OAUTHBEARER", "OTP", "PLAIN", "SCRAM-SHA-1",
        "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "SKEY",
        "XOAUTH", "XOAUTH2"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bytes_equal_text(mechanism, names[i]))
            return names[i];
    return otherwise;
}

static void note_login(struct session *session, const char *login)
{
    memset(session->login, 0, sizeof(session->login));
    if (login != NULL)
        memccpy(session->login, login, '\0', sizeof(session->login) - 1);
}

void mail_login_sent(struct dissection *at, struct bytes mechanism, const char *otherwise)
{
    struct mail *mail = at->state;

    mail->login = mechanism_name(mechanism, otherwise);
    if (!mail->unsure)
        note_login(at->session, mail->login);
}

enum dissected mail_login_answered(struct dissection *at, bool accepted)
{
    const struct mail *mail = at->state;

    note_login(at->session, mail->login);
    if (!accepted)
        return DISSECTED_MORE;
    at->session->outcome = OUTCOME_CLEARTEXT;
    return DISSECTED_SETTLED;
}

bool mail_word_among(struct bytes word, bool whole, const char *const *words)
{
    for (; *words != NULL; words++)
        if (bytes_may_begin(word, *words) && strlen(*words) >= word.left && (!whole || strlen(*words) == word.left) &&
            (word.left == 0 || strncasecmp((const char *)word.data, *words, word.left) == 0))
            return true;
    return false;
}
