/* SPDX-License-Identifier: BSD-2-Clause */
/* sessions.h: bytes of a fuzzer as deliveries to a reader: {side and length - 1 in a byte, its
 * bytes}, ...; the highest lengths stand for a gap and for the ends. The same deliveries are read
 * twice, as they are and byte by byte, and the facts must be the same. */
#ifndef LASTHELLO_SESSIONS_H
#define LASTHELLO_SESSIONS_H

#include "fuzz.h"

#include <lasthello/dissector.h>

#define DELIVERY_SIDE 0x80 /* set: the server's */
#define DELIVERY_GAP  0x7f
#define DELIVERY_FIN  0x7e
#define DELIVERY_RST  0x7d
#define KEPT_MAX      65536

struct fuzzed {
    struct reader reader;
    struct session session;
    uint8_t kept[SIDE_COUNT][KEPT_MAX];
    size_t kept_len[SIDE_COUNT];
    bool has_binary; /* among the deliveries */
};

static inline bool is_binary(uint8_t byte)
{
    return byte >= 0x7f || (byte < ' ' && byte != '\r' && byte != '\n' && byte != '\t');
}

static inline struct fuzzed *begin_reading(struct fuzzed *fuzzed, const char *port)
{
    static struct workspace *workspace;
    static struct services services;
    struct error error;

    if (workspace == NULL) {
        workspace = workspace_open();
        services_init(&services);
        promise(services_add(&services, "587=smtp", &error));
    }
    memset(fuzzed, 0, sizeof(*fuzzed));
    reader_begin(&fuzzed->reader, &fuzzed->session, services_at(&services, (uint16_t)atoi(port)), workspace);
    return fuzzed;
}

static inline bool deliver(struct fuzzed *fuzzed, enum side from, const uint8_t *data, size_t len,
    size_t piece)
{
    enum dissected done = DISSECTED_MORE;

    for (size_t at = 0; at < len; at++)
        fuzzed->has_binary = fuzzed->has_binary || is_binary(data[at]);
    for (size_t at = 0; at < len && done == DISSECTED_MORE; at += piece) {
        const size_t part = len - at < piece ? len - at : piece;
        struct bytes in = {fuzzed->kept[from], fuzzed->kept_len[from] + part};
        size_t had = in.left;

        promise(had <= KEPT_MAX); /* nobody keeps more than a direction may keep */
        memcpy(fuzzed->kept[from] + fuzzed->kept_len[from], data + at, part);
        done = reader_read(&fuzzed->reader, from, &in);
        memmove(fuzzed->kept[from], fuzzed->kept[from] + had - in.left, in.left);
        fuzzed->kept_len[from] = in.left;
    }
    return done == DISSECTED_SETTLED;
}

/* What is no delivery of bytes. */
static inline bool happen(struct fuzzed *fuzzed, enum side from, uint8_t what)
{
    const enum ending ending = what == DELIVERY_FIN ? ENDING_FIN : ENDING_RST;

    if (what == DELIVERY_GAP) {
        fuzzed->kept_len[from] = 0;
        return reader_gap(&fuzzed->reader, from) == DISSECTED_SETTLED;
    }
    fuzzed->session.server_silent = true;
    return reader_end(&fuzzed->reader, from, ending) == DISSECTED_SETTLED;
}

/* Takes one delivery, or what else happens, from the front of the fuzzer's bytes. */
static inline bool play_one(struct fuzzed *fuzzed, struct bytes *data, size_t piece)
{
    struct bytes delivery;
    uint8_t head = 0;
    enum side from;

    promise(bytes_u8(data, &head));
    from = head & DELIVERY_SIDE ? SIDE_SERVER : SIDE_CLIENT;
    head &= (uint8_t)~DELIVERY_SIDE;
    if (head >= DELIVERY_RST)
        return happen(fuzzed, from, head);
    promise(bytes_take(data, head + 1u < data->left ? head + 1u : data->left, &delivery));
    return deliver(fuzzed, from, delivery.data, delivery.left, piece);
}

/* What was chosen is among what was offered, or nothing is said to have been chosen. */
static inline void promise_sound_choice(const struct session *session)
{
    const struct offer *offer = &session->offer;
    const enum version chosen =
        session->negotiated == VERSION_TLS_1_2_PLUS ? VERSION_TLS_1_2 : session->negotiated;
    bool found = !session->answer.seen || session->contradictory || session->negotiated == VERSION_SSL_2_0 ||
        offer->ech || offer->cut;

    promise(chosen == VERSION_UNKNOWN || session->evidence != EVIDENCE_NONE);
    promise(!session->contradictory || session->evidence == EVIDENCE_NONE);
    promise(!session->answer.unreadable || chosen == VERSION_UNKNOWN);
    if (!offer->seen)
        return;
    promise(offer->maximum == VERSION_UNKNOWN || chosen <= offer->maximum);
    for (size_t i = 0; !found && i < offer->suite_count; i++)
        found = offer->suites[i] == session->answer.cipher_suite;
    promise(found);
}

/* Reads all deliveries, in pieces, and ends the session. */
static inline const struct session *read_session(struct fuzzed *fuzzed, const uint8_t *data, size_t size,
    size_t piece)
{
    struct bytes in = {data, size};
    bool settled = false;

    while (in.left > 0 && !settled)
        settled = play_one(fuzzed, &in, piece);
    if (!settled)
        promise(reader_end(&fuzzed->reader, SIDE_CLIENT, ENDING_CAPTURE_OVER) == DISSECTED_SETTLED);
    promise(fuzzed->session.outcome != OUTCOME_NONE);
    promise_sound_choice(&fuzzed->session);
    return &fuzzed->session;
}

static inline void promise_same_facts(const struct session *a, const struct session *b)
{
    promise(a->outcome == b->outcome && a->refused_by == b->refused_by);
    promise(a->evidence == b->evidence && a->negotiated == b->negotiated);
    promise(a->offer.seen == b->offer.seen && a->offer.maximum == b->offer.maximum);
    promise(a->offer.minimum == b->offer.minimum && a->offer.suite_count == b->offer.suite_count);
    promise(a->contradictory == b->contradictory && a->answer.unreadable == b->answer.unreadable);
    promise(strcmp(a->offer.ja4, b->offer.ja4) == 0 && strcmp(a->answer.ja3s, b->answer.ja3s) == 0);
    promise(a->answer.resumed == b->answer.resumed && a->certificate.seen == b->certificate.seen);
    promise(memcmp(a->alerts, b->alerts, sizeof(a->alerts)) == 0);
    promise(memcmp(&a->starttls, &b->starttls, sizeof(a->starttls)) == 0);
    promise(a->preauth == b->preauth && a->logindisabled == b->logindisabled && a->bye == b->bye);
    promise(strcmp(a->login, b->login) == 0);
}

/* A mail protocol in clear, and what follows its STARTTLS: segments do not change the facts. What
 * is neither text nor TLS is stepped over by the segment, so that TLS is found again after a gap:
 * there they do. */
static inline void promise_mail(const char *port, const char *greeting, const uint8_t *data, size_t size)
{
    static struct fuzzed fuzzed[2];
    const size_t pieces[] = {size + 1, 1};
    const struct session *read[2];

    for (int i = 0; i < 2; i++) {
        begin_reading(&fuzzed[i], port);
        deliver(&fuzzed[i], SIDE_SERVER, (const uint8_t *)greeting, strlen(greeting), pieces[i]);
        read[i] = read_session(&fuzzed[i], data, size, pieces[i]);
    }
    if (!fuzzed[0].has_binary && !fuzzed[1].has_binary)
        promise_same_facts(read[0], read[1]);
}

#endif
