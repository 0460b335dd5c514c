/* SPDX-License-Identifier: BSD-2-Clause */
/* reader.c: one session being read: which dissector is on duty for each side, and what came of
 * it. */
#include "reader.h"

#include "dissectors.h"
#include "prologue.h"

#define STALLED_TURNS_MAX 8 /* in one delivery, that took nothing: STARTTLS needs one */

void reader_begin(struct reader *reader, struct session *session, const struct service *service,
    struct workspace *workspace)
{
    reader->session = session;
    session->service = service->name;
    session->application = registry_application(service->name);
    reader->service = service;
    reader->workspace = workspace;
    reader->prologue = (struct prologue){0};
    reader->spoke_in_clear = false;
    reader->strange_known = false;
    reader->strange_binary = false;
    for (size_t i = 0; i < SIDE_COUNT; i++) {
        reader->duty[i] = NULL;
        reader->started[i] = false;
        reader->on_trial[i] = false;
        reader->in_line[i] = false;
        reader->strange[i] = 0;
        reader->strange_start[i] = false;
        reader->opening_len[i] = 0;
        reader->with_state[i] = NULL;
    }
    reader->strange_commands = false;
}

/* ---- the contract ---------------------------------------------------------------------------- */

/* Steps over what proxies put before a side's own bytes. True: more of that may come. */
static bool is_in_prologue(struct reader *reader, enum side from, struct bytes *in)
{
    enum prologued done = PROLOGUED_YES;

    if (reader->started[from] || reader->strange[from] > 0 || reader->in_line[from])
        return false;
    while (done == PROLOGUED_YES && in->left > 0)
        done = prologue_read(reader, from, in);
    return done != PROLOGUED_NOT;
}

static enum dissected settled(struct reader *reader)
{
    prologue_settle(reader);
    return DISSECTED_SETTLED;
}

/* Does the server speak clear text? What it said last tells. A STARTTLS that it accepted begins anew. */
static void note_clear_text(struct reader *reader, struct bytes said)
{
    uint8_t first = ' ';

    while (strchr(" \r\n\t", first) != NULL && bytes_u8(&said, &first) && first != '\0')
        continue;
    if (reader->started[SIDE_SERVER] && !reader->duty[SIDE_SERVER]->binary)
        reader->spoke_in_clear = true;
    if (reader->started[SIDE_SERVER] && reader->duty[SIDE_SERVER]->binary)
        reader->session->clear_text = false;
    else if (first > ' ' && first < 0x7f)
        reader->session->clear_text = true;
}

/* One look at the front; what nobody recognises is stepped over. */
static enum turn take_turn(struct reader *reader, enum side from, struct bytes *in)
{
    const struct bytes said = *in;
    const bool awaits_offer = reader->strange_commands && !reader->session->offer.seen;
    enum turn turn = duty_turn(reader, from, in);

    /* what the server answered to commands that nobody understood may have been leave to go on in TLS */
    if (awaits_offer && reader->session->offer.seen)
        reader->session->clear_text = false;
    reader->strange_commands = reader->strange_commands || (from == SIDE_CLIENT && turn == TURN_NOBODY);
    if (turn == TURN_NOBODY)
        turn = strangers_turn(reader, from, in);
    if (from == SIDE_SERVER)
        note_clear_text(reader, said);
    return turn;
}

enum dissected reader_read(struct reader *reader, enum side from, struct bytes *in)
{
    enum turn turn = TURN_AGAIN;
    size_t before;

    if (in->left == 0 || is_in_prologue(reader, from, in))
        return DISSECTED_MORE;
    reader->session->directions |= (uint8_t)(1 << from);
    reader->strange_now = false;
    for (int stalled = 0; turn == TURN_AGAIN && in->left > 0 && stalled < STALLED_TURNS_MAX;) {
        before = in->left;
        turn = take_turn(reader, from, in);
        stalled = in->left < before ? 0 : stalled + 1;
    }
    return turn == TURN_SETTLED ? settled(reader) : DISSECTED_MORE;
}

/* Who is not on duty for `from` wants to know, too: TLS must not take a lost answer for none. */
static void tell_gap_to_others(struct reader *reader, enum side from)
{
    for (size_t i = 0; i < 2; i++) {
        const struct dissector *dissector = reader->with_state[i];
        struct dissection at = {reader->state[i], reader->session, reader->workspace};

        if (dissector != NULL && dissector != reader->duty[from])
            dissector->gap(&at, from);
    }
}

enum dissected reader_gap(struct reader *reader, enum side from)
{
    reader->session->gaps++;
    reader->session->whole[from] = false;
    reader->in_line[from] = false;
    tell_gap_to_others(reader, from);
    if (reader->duty[from] == NULL)
        return DISSECTED_MORE;
    switch (duty_gap(reader, from)) {
    case DISSECTED_SETTLED:
        return settled(reader);
    case DISSECTED_MORE:
        reader->started[from] = true;
        break;
    case DISSECTED_HANDOVER:
    case DISSECTED_FOREIGN:
        duty_leave(reader, from); /* whoever recognises what comes */
        break;
    }
    return DISSECTED_MORE;
}

enum dissected reader_end(struct reader *reader, enum side from, enum ending ending)
{
    struct session *session = reader->session;

    /* the younger state is asked first: TLS, if there was any, knows better than the mail before
     * it */
    for (size_t i = 2; i-- > 0;) {
        const struct dissector *dissector = reader->with_state[i];
        struct dissection at = {reader->state[i], session, reader->workspace};

        if (dissector != NULL && dissector->end(&at, from, ending) == DISSECTED_SETTLED)
            return settled(reader);
    }
    if (ending == ENDING_FIN || ending == ENDING_RST)
        return DISSECTED_MORE;
    if (session->outcome == OUTCOME_NONE)
        session->outcome = strangers_outcome(reader);
    return settled(reader);
}
