/* SPDX-License-Identifier: BSD-2-Clause */
/* cause.c: whose fault old TLS is, and which better hellos failed lately. */
#include <lasthello/hash.h>
#include <lasthello/judge.h>
#include <lasthello/pages.h>

#define FALLBACK_SETS 4096
#define FALLBACK_WAYS 4 /* rows that a key may stand in; the oldest of them gives way */

/* Who failed to reach whom. Filled in after memset: it is hashed and compared with its padding. */
struct fallback_key {
    struct address client;
    struct address server;
    uint64_t port;
};

struct fallback_row {
    struct fallback_key key;
    int64_t first_ns; /* of the session that failed */
    int64_t last_ns;
    bool used;
};

struct fallbacks {
    struct hash_key hash_key;
    struct fallback_row rows[FALLBACK_SETS][FALLBACK_WAYS];
};

struct fallbacks *fallbacks_open(void)
{
    struct fallbacks *fallbacks = pages_take(sizeof(*fallbacks));

    if (fallbacks != NULL)
        hash_key_random(&fallbacks->hash_key);
    return fallbacks;
}

void fallbacks_close(struct fallbacks *fallbacks)
{
    pages_give(fallbacks, sizeof(*fallbacks));
}

static struct fallback_key key_of(const struct session *session)
{
    struct fallback_key key;

    memset(&key, 0, sizeof(key));
    key.client = session->endpoints[SIDE_CLIENT].address;
    key.server = session->endpoints[SIDE_SERVER].address;
    key.port = session->endpoints[SIDE_SERVER].port;
    return key;
}

static struct fallback_row *set_of(struct fallbacks *fallbacks, const struct fallback_key *key)
{
    return fallbacks->rows[hash_bytes(&fallbacks->hash_key, key, sizeof(*key)) % FALLBACK_SETS];
}

/* The row of a key, or the first one that is free. NULL: all are others'. */
static struct fallback_row *row_of(struct fallback_row *set, const struct fallback_key *key)
{
    for (size_t i = 0; i < FALLBACK_WAYS; i++)
        if (!set[i].used || memcmp(&set[i].key, key, sizeof(*key)) == 0)
            return &set[i];
    return NULL;
}

static struct fallback_row *oldest_row(struct fallback_row *set)
{
    struct fallback_row *oldest = &set[0];

    for (size_t i = 1; i < FALLBACK_WAYS; i++)
        if (set[i].last_ns < oldest->last_ns)
            oldest = &set[i];
    return oldest;
}

static void remember(struct fallbacks *fallbacks, const struct session *session)
{
    const struct fallback_key key = key_of(session);
    struct fallback_row *set = set_of(fallbacks, &key);
    struct fallback_row *row = row_of(set, &key);

    if (row == NULL)
        row = oldest_row(set);
    *row = (struct fallback_row){key, session->first.time_ns, session->last.time_ns, true};
}

/* Times of a capture may be further apart than an int64_t reaches. */
static bool is_soon_after(int64_t time_ns, int64_t before_ns)
{
    return time_ns <= before_ns || (uint64_t)time_ns - (uint64_t)before_ns <= FALLBACK_NS;
}

static bool has_failed_before(struct fallbacks *fallbacks, const struct session *session)
{
    const struct fallback_key key = key_of(session);
    const struct fallback_row *row = row_of(set_of(fallbacks, &key), &key);
    const int64_t began_ns = session->first.time_ns;

    /* a retry may begin before the last packets of what it retries, never before its first */
    return row != NULL && row->used && began_ns >= row->first_ns && is_soon_after(began_ns, row->last_ns);
}

static bool is_offer_known(const struct session *session)
{
    return session->offer.seen && session->offer.maximum != VERSION_UNKNOWN;
}

static bool is_offer_legacy(const struct session *session)
{
    return is_offer_known(session) && version_is_legacy(session->offer.maximum);
}

/* Unanswered is no failure: nobody knows how it went on. */
static bool is_better_hello_failed(const struct session *session)
{
    return is_offer_known(session) && !version_is_legacy(session->offer.maximum) &&
        (session->outcome == OUTCOME_REFUSED || session->outcome == OUTCOME_REJECTED);
}

/* Only an alert tells that the version was the reason. A server that cannot read supported_versions
 * finds no suite that it knows (RFC 8446 D.1). */
static bool is_refused_for_version(const struct session *session)
{
    const uint8_t alert = session->alerts[SIDE_SERVER].description;

    return session->outcome == OUTCOME_REFUSED && session->refused_by == REFUSAL_ALERT &&
        (alert == ALERT_HANDSHAKE_FAILURE || alert == ALERT_PROTOCOL_VERSION);
}

/* Does the client offer TLS 1.3 only, and has the server shown that it does not have that? */
static bool is_too_new(const struct session *session)
{
    return session->offer.seen && session->offer.minimum == VERSION_TLS_1_3 &&
        (is_refused_for_version(session) ||
            (session->outcome == OUTCOME_REJECTED && session->negotiated == VERSION_TLS_1_2));
}

enum cause cause_of(const struct session *session, bool failed_before)
{
    /* of a stranger's word, of what contradicts itself, and of a server that speaks no TLS nothing
     * follows */
    if (session->unconfirmed || session->contradictory || session->outcome == OUTCOME_CLEAR_ANSWER)
        return CAUSE_NONE;
    if (is_offer_legacy(session) && (session->offer.fallback_scsv || failed_before))
        return CAUSE_FALLBACK;
    /* established, refused, rejected, and unanswered as well: whatever the server says, such a
     * client can do no better */
    if (is_offer_legacy(session))
        return CAUSE_CLIENT;
    if (is_too_new(session))
        return CAUSE_TOO_NEW;
    if (!version_is_legacy(session->negotiated))
        return CAUSE_NONE;
    return is_offer_known(session) ? CAUSE_SERVER : CAUSE_UNKNOWN;
}

void cause_judge(struct fallbacks *fallbacks, struct session *session)
{
    bool failed = false;

    if (is_better_hello_failed(session) && !session->unconfirmed)
        remember(fallbacks, session);
    else if (is_offer_legacy(session))
        failed = has_failed_before(fallbacks, session);
    session->cause = cause_of(session, failed);
}
