/* SPDX-License-Identifier: BSD-2-Clause */
/* dialogues.h: bytes of a fuzzer as deliveries to a dialogue: {side and length - 1 in a byte, its bytes}, ...; the
 * highest lengths stand for a gap and for the ends. The same deliveries are read twice, as they are and byte by
 * byte, and the facts must be the same. */
#ifndef LASTHELLO_DIALOGUES_H
#define LASTHELLO_DIALOGUES_H

#include "fuzz.h"

#include <lasthello/dissector.h>

#define DELIVERY_SIDE 0x80 /* set: the server's */
#define DELIVERY_GAP  0x7f
#define DELIVERY_FIN  0x7e
#define DELIVERY_RST  0x7d
#define KEPT_MAX      65536

struct reader {
    struct dialogue dialogue;
    uint8_t kept[SIDE_COUNT][KEPT_MAX];
    size_t kept_len[SIDE_COUNT];
    bool has_binary; /* among the deliveries */
};

static inline bool is_binary(uint8_t byte)
{
    return byte >= 0x7f || (byte < ' ' && byte != '\r' && byte != '\n' && byte != '\t');
}

static inline struct reader *begin_reading(struct reader *reader, const char *port)
{
    static struct workspace *workspace;
    static struct services services;

    if (workspace == NULL) {
        workspace = workspace_open();
        services_init(&services);
    }
    memset(reader, 0, sizeof(*reader));
    dialogue_begin(&reader->dialogue, services_at(&services, (uint16_t)atoi(port)), workspace);
    return reader;
}

static inline bool deliver(struct reader *reader, enum side from, const uint8_t *data, size_t len, size_t piece)
{
    enum dissected done = DISSECTED_MORE;

    for (size_t at = 0; at < len; at++)
        reader->has_binary = reader->has_binary || is_binary(data[at]);
    for (size_t at = 0; at < len && done == DISSECTED_MORE; at += piece) {
        const size_t part = len - at < piece ? len - at : piece;
        struct bytes in = {reader->kept[from], reader->kept_len[from] + part};
        size_t had = in.left;

        promise(had <= KEPT_MAX); /* nobody keeps more than a direction may keep */
        memcpy(reader->kept[from] + reader->kept_len[from], data + at, part);
        done = dialogue_read(&reader->dialogue, from, &in);
        memmove(reader->kept[from], reader->kept[from] + had - in.left, in.left);
        reader->kept_len[from] = in.left;
    }
    return done == DISSECTED_SETTLED;
}

/* What is no delivery of bytes. */
static inline bool happen(struct reader *reader, enum side from, uint8_t what)
{
    if (what == DELIVERY_GAP) {
        reader->kept_len[from] = 0;
        return dialogue_gap(&reader->dialogue, from) == DISSECTED_SETTLED;
    }
    reader->dialogue.session.hello_acknowledged = true;
    return dialogue_end(&reader->dialogue, from, what == DELIVERY_FIN ? ENDING_FIN : ENDING_RST) == DISSECTED_SETTLED;
}

/* Takes one delivery, or what else happens, from the front of the fuzzer's bytes. */
static inline bool play_one(struct reader *reader, struct bytes *data, size_t piece)
{
    struct bytes delivery;
    uint8_t head = 0;
    enum side from;

    promise(bytes_u8(data, &head));
    from = head & DELIVERY_SIDE ? SIDE_SERVER : SIDE_CLIENT;
    head &= (uint8_t)~DELIVERY_SIDE;
    if (head >= DELIVERY_RST)
        return happen(reader, from, head);
    promise(bytes_take(data, head + 1u < data->left ? head + 1u : data->left, &delivery));
    return deliver(reader, from, delivery.data, delivery.left, piece);
}

/* Reads all deliveries, in pieces, and ends the session. */
static inline const struct session *read_dialogue(struct reader *reader, const uint8_t *data, size_t size, size_t piece)
{
    struct bytes in = {data, size};
    bool settled = false;

    while (in.left > 0 && !settled)
        settled = play_one(reader, &in, piece);
    if (!settled)
        promise(dialogue_end(&reader->dialogue, SIDE_CLIENT, ENDING_CAPTURE_OVER) == DISSECTED_SETTLED);
    promise(reader->dialogue.session.outcome != OUTCOME_NONE);
    return &reader->dialogue.session;
}

static inline void promise_same_facts(const struct session *a, const struct session *b)
{
    promise(a->outcome == b->outcome && a->refused_by == b->refused_by);
    promise(a->evidence == b->evidence && a->negotiated == b->negotiated);
    promise(a->offer.seen == b->offer.seen && a->offer.maximum == b->offer.maximum);
    promise(strcmp(a->offer.ja4, b->offer.ja4) == 0 && strcmp(a->answer.ja3s, b->answer.ja3s) == 0);
    promise(a->answer.resumed == b->answer.resumed && a->certificate.seen == b->certificate.seen);
    promise(memcmp(a->alerts, b->alerts, sizeof(a->alerts)) == 0);
    promise(memcmp(&a->starttls, &b->starttls, sizeof(a->starttls)) == 0);
    promise(a->preauth == b->preauth && a->logindisabled == b->logindisabled && a->bye == b->bye);
    promise(strcmp(a->login, b->login) == 0);
}

/* A mail protocol in clear, and what follows its STARTTLS: segments do not change the facts. What is neither text nor TLS
 * is stepped over by the segment, so that TLS is found again after a gap: there they do. */
static inline void promise_mail(const char *port, const char *greeting, const uint8_t *data, size_t size)
{
    static struct reader readers[2];
    const size_t pieces[] = {size + 1, 1};
    const struct session *read[2];

    for (int i = 0; i < 2; i++) {
        begin_reading(&readers[i], port);
        deliver(&readers[i], SIDE_SERVER, (const uint8_t *)greeting, strlen(greeting), pieces[i]);
        read[i] = read_dialogue(&readers[i], data, size, pieces[i]);
    }
    if (!readers[0].has_binary && !readers[1].has_binary)
        promise_same_facts(read[0], read[1]);
}

#endif
