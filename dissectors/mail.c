/* SPDX-License-Identifier: BSD-2-Clause */
/* mail.c: lines, literals and gaps: what mail protocols have in common. Their facts: mail_facts.c. */
#include "mail.h"

#include "dissectors.h"
#include "first_bytes.h"

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

static bool is_answer_awaited(const struct dissection *at)
{
    const struct mail *mail = at->state;

    /* without the server's bytes nobody knows what came before the answer */
    return mail->upgrade == MAIL_UPGRADE_ASKED &&
        (mail->lines[SIDE_SERVER].spoke || at->session->whole[SIDE_SERVER]);
}

static bool skip_literal(
    const struct mail_protocol *protocol, struct dissection *at, enum side from, struct bytes *in)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];
    size_t len;

    if (from == SIDE_CLIENT && lines->literal_left > 0 && protocol->waits != NULL && protocol->waits(at, *in))
        return false;
    len = lines->literal_left < in->left ? (size_t)lines->literal_left : in->left;
    if (bytes_skip(in, len))
        lines->literal_left -= len;
    if (len > 0 && from == SIDE_CLIENT && mail->login_literal)
        mail_login_sent(at);
    return lines->literal_left == 0;
}

static enum line_framed take_line(struct mail_lines *lines, struct bytes *in, struct bytes *line)
{
    size_t kept = lines->tail ? LINE_TAIL_BYTES : MAIL_LINE_BYTES_MAX + 1; /* + the CR of a CR LF */
    bool whole = !lines->tail;

    if (bytes_line(in, line)) {
        bytes_trim_end(line, '\r'); /* some programs end their lines with CR CR LF */
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
    if (from == SIDE_CLIENT && is_answer_awaited(at))
        starttls->hasty = true;
    return LINE_START_UPGRADE;
}

/* Steps over bytes of no meaning to a line that only this protocol has. False: there is none. */
static bool seek_known_line(const struct mail_protocol *protocol, enum side from, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes after, line;

    while (bytes_line(&rest, &line)) {
        after = rest;
        if (!bytes_line(&after, &line) || !protocol->known(from, line, true))
            continue;
        *in = rest;
        return true;
    }
    return false;
}

static enum line_start start_binary(
    const struct mail_protocol *protocol, struct dissection *at, enum side from, struct bytes *in)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];

    if (in->left < UPGRADE_BYTES)
        return LINE_START_MORE;
    if (first_bytes_begin_tls(from, *in))
        return start_upgrade(at, from);
    if (!lines->begun && !lines->lost)
        return LINE_START_STRANGE;
    /* neither text nor TLS: as good as lost; a hello may stand behind it, or begin the next delivery */
    if (mail_gap(mail, from) != DISSECTED_MORE)
        return LINE_START_STRANGE;
    if (seek_known_line(protocol, from, in))
        return LINE_START_TEXT;
    if (first_bytes_seek_hello(from, in))
        return start_upgrade(at, from);
    return LINE_START_MORE;
}

/* The first line, or what there is of it, without the CRs that may be followed by a LF. True: it is whole. */
static bool look_at_line(struct bytes in, struct bytes *line)
{
    struct bytes rest = in;
    const bool whole = bytes_line(&rest, line);

    if (!whole)
        *line = in;
    bytes_trim_end(line, '\r');
    return whole;
}

/* The first line tells whether this is the protocol; of one that is too long to be read, its
 * beginning does. */
static enum line_start start_first(
    const struct mail_protocol *protocol, struct mail_lines *lines, enum side from, struct bytes in)
{
    struct bytes line, begin;
    const bool whole = look_at_line(in, &line);
    const bool too_long = bytes_take(&line, MAIL_LINE_BYTES_MAX + 1, &begin);

    if (!protocol->possible(from, too_long ? begin : line, whole && !too_long))
        return LINE_START_STRANGE;
    lines->begun = whole || too_long;
    return lines->begun ? LINE_START_TEXT : LINE_START_MORE;
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
        return start_binary(protocol, at, from, in);
    if (!lines->begun && !lines->lost)
        return start_first(protocol, lines, from, *in);
    return LINE_START_TEXT;
}

static enum dissected read_line(const struct mail_protocol *protocol, struct dissection *at, enum side from,
    struct bytes line, bool whole)
{
    struct mail *mail = at->state;
    struct mail_lines *lines = &mail->lines[from];
    const bool asks = lines->lost || (!at->session->recognised && !lines->inside);
    const bool known = asks && whole && protocol->known(from, line, true);
    const bool awaited = from == SIDE_CLIENT && is_answer_awaited(at) && !lines->lost && line.left > 0;
    enum dissected done;

    if (lines->lost && !known)
        return DISSECTED_MORE;
    at->session->recognised = at->session->recognised || known;
    lines->lost = false;
    lines->begun = true;
    mail->asked_again = false;
    done = protocol->line[from](at, line, whole);
    /* STARTTLS said twice is clumsy, and injects nothing */
    at->session->starttls.injection = at->session->starttls.injection || (awaited && !mail->asked_again);
    return done;
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
    while (done == DISSECTED_MORE && skip_literal(protocol, at, from, in)) {
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

    return !begins_binary(in) && protocol->known(from, line, whole);
}

bool mail_may_read(const struct mail_protocol *protocol, enum side from, struct bytes in)
{
    struct bytes line;
    const bool whole = look_at_line(in, &line);

    return !begins_binary(in) && protocol->possible(from, line, whole);
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
    mail->in_exchange = false; /* its end may be among what was lost */
    if (from == SIDE_CLIENT) {
        mail->unsure = true;
        mail->login_literal = false;
        return begun ? DISSECTED_MORE : DISSECTED_FOREIGN;
    }
    mail->greeted = true;
    if (mail->upgrade == MAIL_UPGRADE_ASKED)
        mail->upgrade = MAIL_UPGRADE_LOST;
    return begun ? DISSECTED_MORE : DISSECTED_FOREIGN;
}

enum dissected mail_end(struct dissection *at, enum side from, enum ending ending)
{
    struct session *session = at->session;

    (void)from;
    /* after FIN and RST the other side's bytes may still come, in captures that reorder */
    if (ending == ENDING_FIN || ending == ENDING_RST)
        return DISSECTED_MORE;
    if (session->offer.seen || session->answer.seen)
        return DISSECTED_MORE; /* what became of that hello is TLS's to say */
    /* commands that no RFC knows may be another protocol's: whoever knows the other side decides */
    if (!session->recognised)
        return DISSECTED_MORE;
    session->outcome = session->login[0] != '\0' ? OUTCOME_CLEARTEXT : OUTCOME_PLAIN;
    return DISSECTED_SETTLED;
}
