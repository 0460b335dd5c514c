/* SPDX-License-Identifier: BSD-2-Clause */
/* mail_facts.c: greetings, STARTTLS and logins: what mail protocols tell of a session. */
#include "mail.h"

bool mail_is_greeting(const struct dissection *at)
{
    const struct mail *mail = at->state;

    return !mail->greeted && (at->session->whole[SIDE_SERVER] || !mail->lines[SIDE_CLIENT].spoke);
}

void mail_unasked(struct dissection *at)
{
    if (at->session->gaps == 0)
        at->session->unasked = true;
}

void mail_pending_add(struct mail_pending *pending, uint8_t command)
{
    if (pending->count < MAIL_PENDING_MAX)
        pending->commands[pending->count++] = command;
    else
        pending->overrun = true;
}

bool mail_pending_first(const struct mail_pending *pending, uint8_t *command)
{
    if (pending->count == 0 || pending->overrun)
        return false;
    *command = pending->commands[0];
    return true;
}

void mail_pending_drop(struct mail_pending *pending)
{
    pending->count--;
    memmove(pending->commands, pending->commands + 1, pending->count);
}

void mail_pending_forget(struct mail_pending *pending)
{
    pending->count = 0;
    pending->overrun = false;
}

/* ---- STARTTLS ---------------------------------------------------------------------------------- */

void mail_upgrade_asked(struct dissection *at)
{
    struct mail *mail = at->state;

    if (at->session->starttls.accepted)
        return; /* said again, where TLS should begin: it changes nothing */
    mail->asked_again = mail->upgrade == MAIL_UPGRADE_ASKED;
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

/* ---- logins ------------------------------------------------------------------------------------ */

/* Only names that are registered (IANA, SASL mechanisms) or usual: what a client says there may be
 * anything. */
static const char *mechanism_name(struct bytes mechanism, const char *otherwise)
{
    static const char *const names[] = {"ANONYMOUS", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "GS2-KRB5",
        "GSS-SPNEGO", "GSSAPI", "KERBEROS_V4", "KERBEROS_V5", "LOGIN", "MSN", "NTLM", "OAUTHBEARER", "OTP",
        "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512",
        "SCRAM-SHA-512-PLUS", "SKEY", "XOAUTH", "XOAUTH2"};

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

void mail_login_begun(struct dissection *at, struct bytes mechanism, const char *otherwise)
{
    struct mail *mail = at->state;

    mail->login = mechanism_name(mechanism, otherwise);
    mail->login_sent = false;
}

void mail_login_sent(struct dissection *at)
{
    struct mail *mail = at->state;

    mail->login_sent = true;
    if (!mail->unsure)
        note_login(at->session, mail->login);
}

enum dissected mail_login_answered(struct dissection *at, bool accepted)
{
    const struct mail *mail = at->state;

    if (accepted || mail->login_sent)
        note_login(at->session, mail->login);
    if (!accepted)
        return DISSECTED_MORE;
    at->session->outcome = OUTCOME_CLEARTEXT;
    return DISSECTED_SETTLED;
}

void mail_exchange_begun(struct mail *mail)
{
    mail->in_exchange = true;
    mail->challenged = false;
}

void mail_exchange_challenged(struct mail *mail)
{
    mail->challenged = mail->in_exchange;
}

void mail_exchange_over(struct mail *mail)
{
    mail->in_exchange = false;
}

bool mail_exchange_takes(struct dissection *at, struct bytes line, bool is_command)
{
    struct mail *mail = at->state;
    struct bytes word;

    if (is_command && !mail->challenged)
        mail->in_exchange = false;
    if (!mail->in_exchange)
        return false;
    if (mail_word(&line, &word) && bytes_equal_text(word, "*"))
        mail->challenged = false;
    else
        mail_login_sent(at);
    return true;
}

/* ---- words ------------------------------------------------------------------------------------- */

bool mail_word_among(struct bytes word, bool whole, const char *const *words)
{
    for (; *words != NULL; words++)
        if (whole ? bytes_equal_text(word, *words) : bytes_may_become(word, *words))
            return true;
    return false;
}

bool mail_is_command(const struct mail_command *commands, size_t count, struct bytes line, bool whole)
{
    struct bytes verb;
    size_t line_len;

    mail_skip_blanks(&line);
    line_len = line.left;
    if (!bytes_word(&line, &verb))
        return !whole;
    for (size_t i = 0; i < count; i++) {
        const char *const one[] = {commands[i].verb, NULL};

        if (mail_word_among(verb, whole || verb.left < line_len, one))
            return true;
    }
    return false;
}

bool mail_is_word(struct bytes word, bool whole)
{
    uint8_t byte;
    bool first = true;

    if (word.left > MAIL_WORD_BYTES_MAX)
        return false;
    if (word.left == 0)
        return !whole;
    for (; bytes_u8(&word, &byte); first = false)
        if (((byte | 0x20) < 'a' || (byte | 0x20) > 'z') &&
            (first || ((byte < '0' || byte > '9') && byte != '-' && byte != '_')))
            return false;
    return true;
}
