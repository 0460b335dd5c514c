/* SPDX-License-Identifier: BSD-2-Clause */
/* reader.c: one session being read: which dissector is on duty for each side, and what came of
 * it. */
#include "dissectors.h"
#include "proxy.h"

#define TURNS_MAX                 8   /* changes of duty in one delivery: STARTTLS needs one */
#define CANDIDATES_MAX            8   /* dissectors that may be asked about one side */
#define STRANGE_DELIVERIES        4   /* of text that nobody recognises, then it is foreign */
#define STRANGE_DELIVERIES_BINARY 200 /* joined midway, TLS may show the middle of records for a while */

void reader_begin(struct reader *reader, const struct service *service, struct workspace *workspace)
{
    reader->session.service = service->name;
    reader->service = service;
    reader->workspace = workspace;
    for (size_t i = 0; i < SIDE_COUNT; i++) {
        reader->duty[i] = NULL;
        reader->started[i] = false;
        reader->strange[i] = 0;
        reader->opening_len[i] = 0;
        reader->with_state[i] = NULL;
    }
}

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
        .session = &reader->session,
        .workspace = reader->workspace,
    };
}

/* ---- facts that no dissector can see alone --------------------------------------------------- */

static void note_hello(struct reader *reader)
{
    struct session *session = &reader->session;

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
    static const struct {
        const char *alpn;
        const char *service;
    } mail[] = {{"imap", "imaps"}, {"pop3", "pop3s"}};
    const char *alpn = session->answer.alpn[0] != '\0' ? session->answer.alpn : session->offer.alpn;

    if (strcmp(session->service, "tls") != 0)
        return;
    for (size_t i = 0; i < sizeof(mail) / sizeof(mail[0]); i++)
        if (strcmp(alpn, mail[i].alpn) == 0)
            session->service = mail[i].service;
}

static enum dissected ask(struct reader *reader, const struct dissector *dissector, enum side from,
    struct bytes *in)
{
    struct dissection at = dissection_by(reader, dissector);
    enum dissected done = dissector->read(&at, from, in);

    note_hello(reader);
    note_alpn(&reader->session);
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

static const struct dissector *next_after_handover(const struct reader *reader, const struct dissector *before,
    enum side from, struct bytes in)
{
    const struct dissector *const *by_content = registry_by_content();

    if (reader->service->after_handover != NULL && reader->service->after_handover != before)
        return reader->service->after_handover;
    /* nothing there yet: it is what follows a STARTTLS */
    while (by_content[1] != NULL && (in.left == 0 || *by_content == before || !(*by_content)->recognises(from, in)))
        by_content++;
    return *by_content;
}

/* Nothing of a session that is known may be kept as if it were not. */
static void put_on_duty(struct reader *reader, enum side from, const struct dissector *dissector)
{
    reader->duty[from] = dissector;
    reader->started[from] = true;
    memset(reader->opening, 0, sizeof(reader->opening));
    memset(reader->opening_len, 0, sizeof(reader->opening_len));
    memset(reader->strange, 0, sizeof(reader->strange));
}

/* One candidate's try. FOREIGN: no. */
static enum dissected try_candidate(struct reader *reader, const struct dissector *candidate, enum side from,
    struct bytes *in)
{
    const bool known = reader->with_state[0] == candidate || reader->with_state[1] == candidate;
    const size_t before = in->left;
    enum dissected done;

    if (!candidate->recognises(from, *in))
        return DISSECTED_FOREIGN;
    done = ask(reader, candidate, from, in);
    if (done == DISSECTED_FOREIGN && in->left == before) {
        if (!known)
            forget(reader, candidate);
    } else if (done == DISSECTED_MORE && in->left == before) {
        reader->duty[from] = candidate; /* for now: more bytes may tell otherwise */
    } else {
        put_on_duty(reader, from, candidate);
    }
    return done;
}

/* Asks who recognises the bytes, until one takes them or waits for more. FOREIGN: nobody. */
static enum dissected find_duty(struct reader *reader, enum side from, struct bytes *in)
{
    const struct dissector *candidates[CANDIDATES_MAX];
    const struct dissector *before = reader->duty[from];
    const bool refused = reader->started[from]; /* it said FOREIGN just now */
    enum dissected done = DISSECTED_FOREIGN;

    reader->duty[from] = NULL;
    reader->started[from] = false;
    if (before != NULL && !refused)
        forget(reader, before);
    list_candidates(reader, from, candidates);
    for (size_t i = 0; done == DISSECTED_FOREIGN && candidates[i] != NULL; i++)
        if (!refused || candidates[i] != before)
            done = try_candidate(reader, candidates[i], from, in);
    return done;
}

static bool is_text(struct bytes in)
{
    uint8_t byte;

    while (bytes_u8(&in, &byte))
        if (byte >= 0x7f || (byte < ' ' && byte != '\r' && byte != '\n' && byte != '\t'))
            return false;
    return true;
}

/* A mail joined in its middle is not recognised either, and none of it may be kept. Mail holds no NUL (RFC 9051 4.3,
 * RFC 2045 2.8), nearly every binary protocol does; of text, only what begins in a way known to be foreign counts. */
static bool is_surely_foreign(struct bytes in)
{
    static const char *const beginnings[] = {"SSH-", "GET /", "HEAD /", "POST /", "OPTIONS ", "CONNECT ", "HTTP/1."};
    struct bytes first;

    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
        if (bytes_begin_with(in, beginnings[i]))
            return true;
    return bytes_take(&in, in.left < OPENING_BYTES_MAX ? in.left : OPENING_BYTES_MAX, &first) &&
        memchr(first.data, 0, first.left) != NULL;
}

static void keep_opening(struct reader *reader, enum side from, struct bytes in)
{
    const size_t room = sizeof(reader->opening[from]) - reader->opening_len[from];
    struct bytes first;

    if (reader->opening_len[from] == 0 && (reader->strange[from] > 0 || !is_surely_foreign(in)))
        return;
    if (!bytes_take(&in, in.left < room ? in.left : room, &first) ||
        !bytes_copy(first, reader->opening[from] + reader->opening_len[from], room))
        return;
    reader->opening_len[from] = (uint8_t)(reader->opening_len[from] + first.left);
}

/* Bytes that nobody recognises, where nobody recognises the other side either. */
static enum dissected wait_or_settle(struct reader *reader, enum side from, struct bytes *in)
{
    /* on a port of its own, binary bytes may be TLS joined midway; with --discover anything may be anything */
    const bool may_be_records = reader->service->port != 0 && !is_text(*in);
    const uint8_t patience = may_be_records ? STRANGE_DELIVERIES_BINARY : STRANGE_DELIVERIES;

    keep_opening(reader, from, *in);
    reader->strange[from]++;
    if (!bytes_skip(in, in->left) || reader->with_state[0] != NULL || reader->with_state[1] != NULL)
        return DISSECTED_MORE;
    if (reader->strange[side_other(from)] == 0 && reader->strange[from] < patience)
        return DISSECTED_MORE;
    reader->session.outcome = OUTCOME_FOREIGN;
    return DISSECTED_SETTLED;
}

/* The other side's dissector gets a side that nobody recognises as one whose beginning was lost:
 * joined in the middle of a mail or of a record. After a hello that would be wrong: the server
 * answered something else. */
static enum dissected join_other(struct reader *reader, enum side from, struct bytes *in)
{
    const struct dissector *duty = reader->duty[side_other(from)];
    struct dissection at = dissection_by(reader, duty);
    enum dissected done = DISSECTED_FOREIGN;

    if (!reader->session.offer.seen && duty->gap(&at, from) == DISSECTED_MORE)
        done = ask(reader, duty, from, in);
    if (done == DISSECTED_FOREIGN)
        return bytes_skip(in, in->left) ? DISSECTED_MORE : DISSECTED_FOREIGN;
    put_on_duty(reader, from, duty);
    return done;
}

/* Does the server speak clear text? What it said last tells; after a STARTTLS that it accepted it begins anew. */
static void note_clear_text(struct reader *reader, struct bytes said, enum dissected done)
{
    const bool is_tls = reader->started[SIDE_SERVER] && reader->duty[SIDE_SERVER] == &dissector_tls;
    uint8_t first;

    if (done == DISSECTED_HANDOVER || is_tls)
        reader->session.clear_text = false;
    else if (bytes_u8(&said, &first) && first > ' ' && first < 0x7f)
        reader->session.clear_text = true;
}

/* One turn: whoever is on duty reads, or is found. HANDOVER: another turn. */
static enum dissected read_turn(struct reader *reader, enum side from, struct bytes *in)
{
    const struct bytes said = *in;
    enum dissected done = DISSECTED_FOREIGN;

    if (reader->started[from])
        done = ask(reader, reader->duty[from], from, in);
    if (done == DISSECTED_FOREIGN)
        done = find_duty(reader, from, in);
    if (done == DISSECTED_FOREIGN)
        done = reader->started[side_other(from)] ? join_other(reader, from, in)
                                                 : wait_or_settle(reader, from, in);
    if (from == SIDE_SERVER)
        note_clear_text(reader, said, done);
    if (done == DISSECTED_HANDOVER)
        put_on_duty(reader, from, next_after_handover(reader, reader->duty[from], from, *in));
    return done;
}

/* ---- the contract ---------------------------------------------------------------------------- */

static bool is_before_proxy_end(struct reader *reader, enum side from, struct bytes *in)
{
    if (from != SIDE_CLIENT || reader->started[from] || reader->session.proxy || reader->strange[from] > 0)
        return false;
    return proxy_read(in, &reader->session) == PROXIED_MORE;
}

enum dissected reader_read(struct reader *reader, enum side from, struct bytes *in)
{
    enum dissected done = DISSECTED_HANDOVER;

    if (in->left == 0 || is_before_proxy_end(reader, from, in) || in->left == 0)
        return DISSECTED_MORE;
    reader->session.directions |= (uint8_t)(1 << from);
    for (int turn = 0; done == DISSECTED_HANDOVER && in->left > 0 && turn < TURNS_MAX; turn++)
        done = read_turn(reader, from, in);
    return done == DISSECTED_SETTLED ? DISSECTED_SETTLED : DISSECTED_MORE;
}

/* Who is not on duty for `from` wants to know, too: TLS must not take a lost answer for none. */
static void tell_gap_to_others(struct reader *reader, enum side from)
{
    for (size_t i = 0; i < 2; i++) {
        const struct dissector *dissector = reader->with_state[i];
        struct dissection at = {reader->state[i], &reader->session, reader->workspace};

        if (dissector != NULL && dissector != reader->duty[from])
            dissector->gap(&at, from);
    }
}

enum dissected reader_gap(struct reader *reader, enum side from)
{
    const struct dissector *duty = reader->duty[from];
    struct dissection at;
    enum dissected done;

    reader->session.gaps++;
    reader->session.whole[from] = false;
    tell_gap_to_others(reader, from);
    if (duty == NULL)
        return DISSECTED_MORE;
    at = dissection_by(reader, duty);
    done = duty->gap(&at, from);
    if (done == DISSECTED_SETTLED)
        return DISSECTED_SETTLED;
    reader->started[from] = done == DISSECTED_MORE; /* else whoever recognises what comes */
    if (!reader->started[from]) {
        reader->duty[from] = NULL;
        forget(reader, duty);
    }
    return DISSECTED_MORE;
}

/* Nobody recognised anything. Bytes that were not captured prove nothing about what they were. */
static enum outcome outcome_of_nothing(const struct reader *reader)
{
    if (reader->strange[SIDE_CLIENT] + reader->strange[SIDE_SERVER] > 0)
        return OUTCOME_FOREIGN;
    return reader->session.gaps > 0 ? OUTCOME_MIDSTREAM : OUTCOME_PLAIN;
}

enum dissected reader_end(struct reader *reader, enum side from, enum ending ending)
{
    struct session *session = &reader->session;

    /* the younger state is asked first: TLS, if there was any, knows better than the mail before
     * it */
    for (size_t i = 2; i-- > 0;) {
        const struct dissector *dissector = reader->with_state[i];
        struct dissection at = {reader->state[i], session, reader->workspace};

        if (dissector != NULL && dissector->end(&at, from, ending) == DISSECTED_SETTLED)
            return DISSECTED_SETTLED;
    }
    if (ending == ENDING_FIN || ending == ENDING_RST)
        return DISSECTED_MORE;
    if (session->outcome == OUTCOME_NONE)
        session->outcome = outcome_of_nothing(reader);
    return DISSECTED_SETTLED;
}
