/* SPDX-License-Identifier: BSD-2-Clause */
/* dialogue.c: one session being read: which dissector is on duty for each side, and what came of
 * it. */
#include "dissectors.h"
#include "proxy.h"

#define TURNS_MAX                 8   /* changes of duty in one delivery: STARTTLS needs one */
#define CANDIDATES_MAX            8   /* dissectors that may be asked about one side */
#define STRANGE_DELIVERIES        4   /* of text that nobody recognises, then it is foreign */
#define STRANGE_DELIVERIES_BINARY 200 /* joined midway, TLS may show the middle of records for a while */

void dialogue_begin(struct dialogue *dialogue, const struct service *service, struct workspace *workspace)
{
    dialogue->session.service = service->name;
    dialogue->service = service;
    dialogue->workspace = workspace;
    for (size_t i = 0; i < SIDE_COUNT; i++) {
        dialogue->duty[i] = NULL;
        dialogue->started[i] = false;
        dialogue->strange[i] = 0;
        dialogue->opening_len[i] = 0;
        dialogue->with_state[i] = NULL;
    }
}

/* ---- whose state is where -------------------------------------------------------------------- */

static bool is_on_duty(const struct dialogue *dialogue, const struct dissector *dissector)
{
    return dialogue->duty[SIDE_CLIENT] == dissector || dialogue->duty[SIDE_SERVER] == dissector;
}

/* The slot of a dissector; a new one is zeroed. There is always one to take: two sides have two
 * on duty at most, and who asks for a third is about to relieve one of them. */
static void *state_of(struct dialogue *dialogue, const struct dissector *dissector)
{
    size_t slot = 0;

    for (size_t i = 0; i < 2; i++)
        if (dialogue->with_state[i] == dissector)
            return dialogue->state[i];
    if (dialogue->with_state[0] != NULL &&
        (dialogue->with_state[1] == NULL || is_on_duty(dialogue, dialogue->with_state[0])))
        slot = 1;
    dialogue->with_state[slot] = dissector;
    memset(dialogue->state[slot], 0, dissector->state_size);
    return dialogue->state[slot];
}

/* A dissector that was tried and took nothing leaves no trace. */
static void forget(struct dialogue *dialogue, const struct dissector *dissector)
{
    for (size_t i = 0; i < 2; i++)
        if (dialogue->with_state[i] == dissector && !is_on_duty(dialogue, dissector))
            dialogue->with_state[i] = NULL;
}

static struct dissection dissection_by(struct dialogue *dialogue, const struct dissector *dissector)
{
    return (struct dissection){
        .state = dissector->state_size > 0 ? state_of(dialogue, dissector) : NULL,
        .session = &dialogue->session,
        .workspace = dialogue->workspace,
    };
}

/* ---- facts that no dissector can see alone --------------------------------------------------- */

static void note_hello(struct dialogue *dialogue)
{
    struct session *session = &dialogue->session;

    const bool began_in_clear = dialogue->with_state[0] != NULL && dialogue->with_state[1] != NULL;
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

static enum dissected ask(struct dialogue *dialogue, const struct dissector *dissector, enum side from,
    struct bytes *in)
{
    struct dissection at = dissection_by(dialogue, dissector);
    enum dissected done = dissector->read(&at, from, in);

    note_hello(dialogue);
    note_alpn(&dialogue->session);
    return done;
}

/* ---- who is on duty -------------------------------------------------------------------------- */

/* Who may be asked about `from`, best guess first, NULL-ended. */
static void list_candidates(const struct dialogue *dialogue, enum side from,
    const struct dissector *out[static CANDIDATES_MAX])
{
    const enum side other = side_other(from);
    const struct dissector *const *by_content = registry_by_content();
    size_t count = 0;

    if (dialogue->started[other] && dialogue->duty[other] != NULL)
        out[count++] = dialogue->duty[other];
    out[count++] = dialogue->service->first;
    if (dialogue->service->after_handover != NULL)
        out[count++] = dialogue->service->after_handover;
    /* without a port of its own only a sure beginning counts, or what follows from the other
     * side */
    while (dialogue->service->port != 0 && *by_content != NULL && count < CANDIDATES_MAX - 1)
        out[count++] = *by_content++;
    out[count] = NULL;
}

static const struct dissector *next_after_handover(const struct dialogue *dialogue, const struct dissector *before,
    enum side from, struct bytes in)
{
    const struct dissector *const *by_content = registry_by_content();

    if (dialogue->service->after_handover != NULL && dialogue->service->after_handover != before)
        return dialogue->service->after_handover;
    /* nothing there yet: it is what follows a STARTTLS */
    while (by_content[1] != NULL && (in.left == 0 || *by_content == before || !(*by_content)->recognises(from, in)))
        by_content++;
    return *by_content;
}

/* Nothing of a session that is known may be kept as if it were not. */
static void put_on_duty(struct dialogue *dialogue, enum side from, const struct dissector *dissector)
{
    dialogue->duty[from] = dissector;
    dialogue->started[from] = true;
    memset(dialogue->opening, 0, sizeof(dialogue->opening));
    memset(dialogue->opening_len, 0, sizeof(dialogue->opening_len));
    memset(dialogue->strange, 0, sizeof(dialogue->strange));
}

/* One candidate's try. FOREIGN: no. */
static enum dissected try_candidate(struct dialogue *dialogue, const struct dissector *candidate, enum side from,
    struct bytes *in)
{
    const bool known = dialogue->with_state[0] == candidate || dialogue->with_state[1] == candidate;
    const size_t before = in->left;
    enum dissected done;

    if (!candidate->recognises(from, *in))
        return DISSECTED_FOREIGN;
    done = ask(dialogue, candidate, from, in);
    if (done == DISSECTED_FOREIGN && in->left == before) {
        if (!known)
            forget(dialogue, candidate);
    } else if (done == DISSECTED_MORE && in->left == before) {
        dialogue->duty[from] = candidate; /* for now: more bytes may tell otherwise */
    } else {
        put_on_duty(dialogue, from, candidate);
    }
    return done;
}

/* Asks who recognises the bytes, until one takes them or waits for more. FOREIGN: nobody. */
static enum dissected find_duty(struct dialogue *dialogue, enum side from, struct bytes *in)
{
    const struct dissector *candidates[CANDIDATES_MAX];
    const struct dissector *before = dialogue->duty[from];
    const bool refused = dialogue->started[from]; /* it said FOREIGN just now */
    enum dissected done = DISSECTED_FOREIGN;

    dialogue->duty[from] = NULL;
    dialogue->started[from] = false;
    if (before != NULL && !refused)
        forget(dialogue, before);
    list_candidates(dialogue, from, candidates);
    for (size_t i = 0; done == DISSECTED_FOREIGN && candidates[i] != NULL; i++)
        if (!refused || candidates[i] != before)
            done = try_candidate(dialogue, candidates[i], from, in);
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

static void keep_opening(struct dialogue *dialogue, enum side from, struct bytes in)
{
    const size_t room = sizeof(dialogue->opening[from]) - dialogue->opening_len[from];
    struct bytes first;

    if (dialogue->opening_len[from] == 0 && (dialogue->strange[from] > 0 || !is_surely_foreign(in)))
        return;
    if (!bytes_take(&in, in.left < room ? in.left : room, &first) ||
        !bytes_copy(first, dialogue->opening[from] + dialogue->opening_len[from], room))
        return;
    dialogue->opening_len[from] = (uint8_t)(dialogue->opening_len[from] + first.left);
}

/* Bytes that nobody recognises, where nobody recognises the other side either. */
static enum dissected wait_or_settle(struct dialogue *dialogue, enum side from, struct bytes *in)
{
    /* on a port of its own, binary bytes may be TLS joined midway; with --discover anything may be anything */
    const bool may_be_records = dialogue->service->port != 0 && !is_text(*in);
    const uint8_t patience = may_be_records ? STRANGE_DELIVERIES_BINARY : STRANGE_DELIVERIES;

    keep_opening(dialogue, from, *in);
    dialogue->strange[from]++;
    if (!bytes_skip(in, in->left) || dialogue->with_state[0] != NULL || dialogue->with_state[1] != NULL)
        return DISSECTED_MORE;
    if (dialogue->strange[side_other(from)] == 0 && dialogue->strange[from] < patience)
        return DISSECTED_MORE;
    dialogue->session.outcome = OUTCOME_FOREIGN;
    return DISSECTED_SETTLED;
}

/* The other side's dissector gets a side that nobody recognises as one whose beginning was lost:
 * joined in the middle of a mail or of a record. After a hello that would be wrong: the server
 * answered something else. */
static enum dissected join_other(struct dialogue *dialogue, enum side from, struct bytes *in)
{
    const struct dissector *duty = dialogue->duty[side_other(from)];
    struct dissection at = dissection_by(dialogue, duty);
    enum dissected done = DISSECTED_FOREIGN;

    if (!dialogue->session.offer.seen && duty->gap(&at, from) == DISSECTED_MORE)
        done = ask(dialogue, duty, from, in);
    if (done == DISSECTED_FOREIGN)
        return bytes_skip(in, in->left) ? DISSECTED_MORE : DISSECTED_FOREIGN;
    put_on_duty(dialogue, from, duty);
    return done;
}

/* One turn: whoever is on duty reads, or is found. HANDOVER: another turn. */
static enum dissected read_turn(struct dialogue *dialogue, enum side from, struct bytes *in)
{
    enum dissected done = DISSECTED_FOREIGN;

    if (dialogue->started[from])
        done = ask(dialogue, dialogue->duty[from], from, in);
    if (done == DISSECTED_FOREIGN)
        done = find_duty(dialogue, from, in);
    if (done == DISSECTED_FOREIGN)
        done = dialogue->started[side_other(from)] ? join_other(dialogue, from, in)
                                                   : wait_or_settle(dialogue, from, in);
    if (done == DISSECTED_HANDOVER)
        put_on_duty(dialogue, from, next_after_handover(dialogue, dialogue->duty[from], from, *in));
    return done;
}

/* ---- the contract ---------------------------------------------------------------------------- */

static bool is_before_proxy_end(struct dialogue *dialogue, enum side from, struct bytes *in)
{
    if (from != SIDE_CLIENT || dialogue->started[from] || dialogue->session.proxy || dialogue->strange[from] > 0)
        return false;
    return proxy_read(in, &dialogue->session) == PROXIED_MORE;
}

enum dissected dialogue_read(struct dialogue *dialogue, enum side from, struct bytes *in)
{
    enum dissected done = DISSECTED_HANDOVER;

    if (in->left == 0 || is_before_proxy_end(dialogue, from, in) || in->left == 0)
        return DISSECTED_MORE;
    dialogue->session.directions |= (uint8_t)(1 << from);
    for (int turn = 0; done == DISSECTED_HANDOVER && in->left > 0 && turn < TURNS_MAX; turn++)
        done = read_turn(dialogue, from, in);
    return done == DISSECTED_SETTLED ? DISSECTED_SETTLED : DISSECTED_MORE;
}

/* Who is not on duty for `from` wants to know, too: TLS must not take a lost answer for none. */
static void tell_gap_to_others(struct dialogue *dialogue, enum side from)
{
    for (size_t i = 0; i < 2; i++) {
        const struct dissector *dissector = dialogue->with_state[i];
        struct dissection at = {dialogue->state[i], &dialogue->session, dialogue->workspace};

        if (dissector != NULL && dissector != dialogue->duty[from])
            dissector->gap(&at, from);
    }
}

enum dissected dialogue_gap(struct dialogue *dialogue, enum side from)
{
    const struct dissector *duty = dialogue->duty[from];
    struct dissection at;
    enum dissected done;

    dialogue->session.gaps++;
    dialogue->session.whole[from] = false;
    tell_gap_to_others(dialogue, from);
    if (duty == NULL)
        return DISSECTED_MORE;
    at = dissection_by(dialogue, duty);
    done = duty->gap(&at, from);
    if (done == DISSECTED_SETTLED)
        return DISSECTED_SETTLED;
    dialogue->started[from] = done == DISSECTED_MORE; /* else whoever recognises what comes */
    if (!dialogue->started[from]) {
        dialogue->duty[from] = NULL;
        forget(dialogue, duty);
    }
    return DISSECTED_MORE;
}

enum dissected dialogue_end(struct dialogue *dialogue, enum side from, enum ending ending)
{
    struct session *session = &dialogue->session;

    /* the younger state is asked first: TLS, if there was any, knows better than the mail before
     * it */
    for (size_t i = 2; i-- > 0;) {
        const struct dissector *dissector = dialogue->with_state[i];
        struct dissection at = {dialogue->state[i], session, dialogue->workspace};

        if (dissector != NULL && dissector->end(&at, from, ending) == DISSECTED_SETTLED)
            return DISSECTED_SETTLED;
    }
    if (ending == ENDING_FIN || ending == ENDING_RST)
        return DISSECTED_MORE;
    if (session->outcome == OUTCOME_NONE)
        session->outcome = dialogue->strange[SIDE_CLIENT] + dialogue->strange[SIDE_SERVER] > 0
            ? OUTCOME_FOREIGN
            : OUTCOME_PLAIN;
    return DISSECTED_SETTLED;
}
