/* SPDX-License-Identifier: BSD-2-Clause */
/* reader_duty.c: which dissector is on duty for a side: by what it recognises, by the port, by the
 * other side. */
#include "dissectors.h"
#include "first_bytes.h"
#include "reader.h"

#include <assert.h>

#define CANDIDATES_MAX 8 /* dissectors that may be asked about one side */

/* ---- whose state is where -------------------------------------------------------------------- */

static bool is_on_duty(const struct reader *reader, const struct dissector *dissector)
{
    return reader->duty[SIDE_CLIENT] == dissector || reader->duty[SIDE_SERVER] == dissector;
}

/* The slot of a dissector; a new one is zeroed. There is always one to take: two sides have two
 * on duty at most, and who asks for a third is about to relieve one of them. */
static void *state_of(struct reader *reader, const struct dissector *dissector)
{
    size_t slot = 0;

    for (size_t i = 0; i < 2; i++)
        if (reader->with_state[i] == dissector)
            return reader->state[i];
    if (reader->with_state[0] != NULL &&
        (reader->with_state[1] == NULL || is_on_duty(reader, reader->with_state[0])))
        slot = 1;
    reader->with_state[slot] = dissector;
    memset(reader->state[slot], 0, dissector->state_size);
    return reader->state[slot];
}

/* A dissector that was tried and took nothing leaves no trace. */
static void forget(struct reader *reader, const struct dissector *dissector)
{
    for (size_t i = 0; i < 2; i++)
        if (reader->with_state[i] == dissector && !is_on_duty(reader, dissector))
            reader->with_state[i] = NULL;
}

static struct dissection dissection_by(struct reader *reader, const struct dissector *dissector)
{
    return (struct dissection){
        .state = dissector->state_size > 0 ? state_of(reader, dissector) : NULL,
        .session = reader->session,
        .workspace = reader->workspace,
    };
}

/* ---- facts that no dissector can see alone --------------------------------------------------- */

static void note_hello(struct reader *reader)
{
    struct session *session = reader->session;

    const bool began_in_clear = reader->with_state[0] != NULL && reader->with_state[1] != NULL;
    /* one side's view, or one with gaps, may miss the STARTTLS; a whole one that has none had
     * none */
    const bool asked = session->starttls.requested || session->gaps > 0 ||
        (session->directions & 1 << SIDE_CLIENT) == 0;

    if (began_in_clear && asked && (session->offer.seen || session->answer.seen))
        session->starttls.hello = true;
}

/* ALPN tells mail on ports that were only named `tls` (RFC 7301 6, IANA: imap, pop3). */
static void note_alpn(struct session *session)
{
    const char *alpn;
    const struct service *service;

    if (strcmp(session->service, dissector_tls.name) != 0)
        return;
    alpn = session->answer.alpn[0] != '\0' ? session->answer.alpn : session->offer.alpn;
    service = alpn[0] != '\0' ? registry_service_inside(alpn) : NULL;
    if (service != NULL)
        session->service = service->name;
}

static enum dissected ask(struct reader *reader, const struct dissector *dissector, enum side from,
    struct bytes *in)
{
    struct dissection at = dissection_by(reader, dissector);
    struct session *session = reader->session;
    const char *service = session->service;
    enum dissected done;

    assert(dissector != NULL); /* `duty` is set wherever a side has started */
    done = dissector->read(&at, from, in);
    note_hello(reader);
    note_alpn(session);
    if (session->service != service)
        session->application = registry_application(session->service);
    return done;
}

/* ---- who is on duty -------------------------------------------------------------------------- */

/* Who may be asked about `from`, best guess first, NULL-ended. */
static void list_candidates(const struct reader *reader, enum side from,
    const struct dissector *out[static CANDIDATES_MAX])
{
    const enum side other = side_other(from);
    const struct dissector *const *by_content = registry_by_content();
    size_t count = 0;

    if (reader->started[other] && reader->duty[other] != NULL)
        out[count++] = reader->duty[other];
    out[count++] = reader->service->first;
    if (reader->service->after_handover != NULL)
        out[count++] = reader->service->after_handover;
    /* without a port of its own only a sure beginning counts, or what follows from the other
     * side */
    while (reader->service->port != 0 && *by_content != NULL && count < CANDIDATES_MAX - 1)
        out[count++] = *by_content++;
    out[count] = NULL;
}

static const struct dissector *next_after_handover(
    const struct reader *reader, const struct dissector *before, enum side from, struct bytes in)
{
    const struct dissector *const *by_content = registry_by_content();

    if (reader->service->after_handover != NULL && reader->service->after_handover != before)
        return reader->service->after_handover;
    /* nothing there yet: it is what follows a STARTTLS */
    while (by_content[1] != NULL &&
        (in.left == 0 || *by_content == before || !(*by_content)->recognises(from, in)))
        by_content++;
    return *by_content;
}

/* Nothing of a session that is known may be kept as if it were not. */
static void put_on_duty(struct reader *reader, enum side from, const struct dissector *dissector)
{
    reader->duty[from] = dissector;
    reader->started[from] = true;
    reader->in_line[from] = false;
    reader->session->recognised = reader->session->recognised || dissector->binary;
    for (size_t i = 0; i < SIDE_COUNT; i++) {
        memset(reader->opening[i], 0, reader->opening_len[i]);
        reader->opening_len[i] = 0;
    }
    memset(reader->strange, 0, sizeof(reader->strange));
}

void duty_leave(struct reader *reader, enum side from)
{
    const struct dissector *before = reader->duty[from];

    reader->duty[from] = NULL;
    reader->started[from] = false;
    if (before != NULL)
        forget(reader, before);
}

/* One candidate's try. FOREIGN: no. */
static enum dissected try_candidate(struct reader *reader, const struct dissector *candidate, enum side from,
    struct bytes *in)
{
    const bool had_state = reader->with_state[0] == candidate || reader->with_state[1] == candidate;
    const size_t before = in->left;
    const enum dissected done = ask(reader, candidate, from, in);

    if (done == DISSECTED_FOREIGN && in->left == before) {
        if (!had_state)
            forget(reader, candidate);
    } else if (done == DISSECTED_MORE && in->left == before) {
        reader->duty[from] = candidate; /* for now: more bytes may tell otherwise */
        reader->on_trial[from] = !had_state;
    } else {
        put_on_duty(reader, from, candidate);
    }
    return done;
}

/* Did the other side begin with what nobody recognised, and go on so? Then a line is not ours, whatever it
 * looks like. */
static bool is_beside_strangers(const struct reader *reader, enum side from)
{
    const enum side other = side_other(from);

    return reader->strange_start[other] && !reader->started[other];
}

/* Asks who recognises the bytes for sure, until one takes them or waits for more. FOREIGN: nobody. */
static enum dissected try_sure(
    struct reader *reader, enum side from, struct bytes *in, const struct dissector *refused)
{
    const struct dissector *candidates[CANDIDATES_MAX];
    const bool text = first_bytes_are_text(*in);
    const bool no_lines = from == SIDE_CLIENT && is_beside_strangers(reader, from);
    enum dissected done = DISSECTED_FOREIGN;

    list_candidates(reader, from, candidates);
    for (size_t i = 0; done == DISSECTED_FOREIGN && candidates[i] != NULL; i++)
        if (candidates[i] != refused && !(text && (no_lines || candidates[i]->binary)) &&
            candidates[i]->recognises(from, *in))
            done = try_candidate(reader, candidates[i], from, in);
    return done;
}

/* Where nobody is sure: may it be a line of the other side's protocol, or of the port's own? */
static enum dissected try_possible(struct reader *reader, enum side from, struct bytes *in,
    const struct dissector *refused)
{
    const enum side other = side_other(from);
    const struct dissector *candidates[] = {reader->started[other] ? reader->duty[other] : NULL,
        reader->service->port != 0 ? reader->service->first : NULL};
    enum dissected done = DISSECTED_FOREIGN;

    /* the first line of a side that was joined midway may be the end of one */
    const bool may_begin =
        reader->started[other] || reader->session->whole[from] || reader->strange[from] > 0;

    if (!may_begin || !first_bytes_are_text(*in) || first_bytes_of_others(from, *in) ||
        is_beside_strangers(reader, from))
        return DISSECTED_FOREIGN;
    for (size_t i = 0; done == DISSECTED_FOREIGN && i < sizeof(candidates) / sizeof(candidates[0]); i++)
        if (candidates[i] != NULL && candidates[i] != refused && candidates[i]->may_read != NULL &&
            candidates[i]->may_read(from, *in))
            done = try_candidate(reader, candidates[i], from, in);
    return done;
}

static enum dissected find_duty(struct reader *reader, enum side from, struct bytes *in)
{
    const bool refused = reader->started[from]; /* it said FOREIGN just now */
    const struct dissector *before = refused ? reader->duty[from] : NULL;
    enum dissected done;

    if (!refused && reader->on_trial[from])
        duty_leave(reader, from);
    reader->duty[from] = NULL; /* what it knows stays: the end is its to judge */
    reader->started[from] = false;
    reader->on_trial[from] = false;
    if (reader->in_line[from] && first_bytes_are_text(*in))
        return DISSECTED_FOREIGN;
    done = try_sure(reader, from, in, before);
    return done == DISSECTED_FOREIGN ? try_possible(reader, from, in, before) : done;
}

enum dissected duty_gap(struct reader *reader, enum side from)
{
    struct dissection at = dissection_by(reader, reader->duty[from]);

    return reader->duty[from]->gap(&at, from);
}

enum turn duty_join(struct reader *reader, enum side from, struct bytes *in)
{
    const struct dissector *duty = reader->duty[side_other(from)];
    struct dissection at = dissection_by(reader, duty);
    enum dissected done = DISSECTED_FOREIGN;

    /* after a hello that would be wrong: the server answered something else */
    if (!reader->session->offer.seen && duty->gap(&at, from) == DISSECTED_MORE)
        done = ask(reader, duty, from, in);
    if (done == DISSECTED_FOREIGN)
        return bytes_skip(in, in->left) ? TURN_MORE : TURN_NOBODY;
    put_on_duty(reader, from, duty);
    return done == DISSECTED_SETTLED ? TURN_SETTLED : TURN_MORE;
}

enum turn duty_turn(struct reader *reader, enum side from, struct bytes *in)
{
    enum dissected done = DISSECTED_FOREIGN;

    if (reader->started[from])
        done = ask(reader, reader->duty[from], from, in);
    if (done == DISSECTED_FOREIGN)
        done = find_duty(reader, from, in);
    switch (done) {
    case DISSECTED_MORE:
        return TURN_MORE;
    case DISSECTED_SETTLED:
        return TURN_SETTLED;
    case DISSECTED_FOREIGN:
        return TURN_NOBODY;
    case DISSECTED_HANDOVER:
        break;
    }
    put_on_duty(reader, from, next_after_handover(reader, reader->duty[from], from, *in));
    return TURN_AGAIN;
}
