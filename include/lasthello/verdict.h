/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict.h: what stored facts mean for a client or a server, judged when a question is asked.
 *
 * Pure functions: no SQL, no words for people. A kind of session (a profile) is judged once, however many
 * sessions are of it; src/query joins the judgement to them, src/report has the words. */
#ifndef LASTHELLO_VERDICT_H
#define LASTHELLO_VERDICT_H

#include <lasthello/session.h>

/* What happens to a client, from the least to the worst; what was not seen is never safe. */
enum verdict {
    VERDICT_UNCONFIRMED, /* one side alone ever said it, in one segment: anybody can forge that; counted apart
                          */
    VERDICT_SAFE,        /* negotiated TLS 1.2 or later */
    VERDICT_UNKNOWN,     /* seen, and no version known */
    VERDICT_EXPOSED,     /* a login without TLS */
    VERDICT_TOO_NEW,     /* refused: it offers only what the server does not have yet; no old TLS, so less than
                            that */
    VERDICT_LEGACY,      /* old TLS */
    VERDICT_FAILING,     /* refused, and what it offers is why */
    VERDICT_COUNT,
};

/* What to do next. */
enum step {
    STEP_NONE,
    STEP_UPDATE_CLIENT,
    STEP_FIND_OLD_CLIENT,   /* one of several behind this address */
    STEP_CONFIRM_UPDATE,    /* newer TLS since its last old session */
    STEP_UPDATE_SERVER,     /* the client offers more than the server chose */
    STEP_UPDATE_SERVER_NEW, /* the client offers only what the server does not have yet */
    STEP_FIND_MIDDLEBOX,
    STEP_CAPTURE_HANDSHAKE,
    STEP_ENABLE_TLS,       /* on the client */
    STEP_REQUIRE_STARTTLS, /* before its login */
    STEP_FIND_STARTTLS_FAILURE,
    STEP_REQUEST_TLS,   /* offered or not, it was never asked for */
    STEP_CHECK_PORT,    /* TLS was said to a server that answers in clear text */
    STEP_CHECK_CLIENT,  /* it broke the handshake off by its own settings */
    STEP_KEEP_OLD_TLS,  /* of a server: until its clients are updated */
    STEP_CANNOT_TELL,   /* of a server: whether it can do better */
    STEP_REFUSE_LOGINS, /* of a server: those without TLS */
    STEP_COUNT,
};

/* What a row should be read with: a bit each. */
enum note {
    NOTE_ALSO_BETTER = 1,   /* the client also negotiates TLS 1.2 or later */
    NOTE_UPDATED = 2,       /* ... and nothing older since */
    NOTE_OTHER_MAC = 4,     /* ... from another MAC address: another host has the address */
    NOTE_RECORDS = 8,       /* the version is that of record headers */
    NOTE_NEVER_ASKED = 16,  /* no TLS, and none was asked for */
    NOTE_CLEAR_ANSWER = 32, /* the server speaks clear text on this port */
    NOTE_UNCONFIRMED = 64,
    NOTE_COUNT = 7, /* how many bits */
};

/* How much of a session was seen, for how far to believe the numbers. */
enum sight {
    SIGHT_WITHOUT_TLS, /* seen, and there was none */
    SIGHT_HANDSHAKE,
    SIGHT_MIDSTREAM,
    SIGHT_ONE_SIDED,
    SIGHT_UNKNOWN,
};

/* The facts of a profile that matter, as they are stored. */
struct profile_facts {
    enum outcome outcome;
    enum evidence evidence;
    enum version offered_max, negotiated;
    enum cause cause;
    bool login; /* a login in clear */
    bool starttls_requested;
    bool both_directions;
    bool downgrade;   /* the server's sentinel: it could do better (RFC 8446 4.1.3) */
    bool unconfirmed; /* see VERDICT_UNCONFIRMED */
};

struct judgement {
    enum verdict verdict;
    enum step step;
    unsigned notes; /* of enum note */
    enum sight sight;
    const char *got; /* a version, "refused", "no TLS", "clear text"; NULL: nobody saw it. Static storage */
    bool is_counted; /* among clients and servers: mail or TLS, and confirmed */
    bool is_legacy;  /* old TLS negotiated, or offered and refused */
    bool is_failing; /* of those: refused */
    bool is_exposed; /* a login was sent without TLS */
    bool is_old;     /* negotiated less than TLS 1.2 */
    bool is_better;  /* negotiated TLS 1.2 or later */
};

/* verdict_of_profile judges a kind of session. */
struct judgement verdict_of_profile(const struct profile_facts *facts);

/* What is known of a client over all its sessions up to the day that is asked for. */
struct client_facts {
    bool is_better;       /* a session of it negotiated TLS 1.2 or later */
    int64_t old_last;     /* microseconds since 1970: its last session with old TLS of its own making */
    int64_t better_first; /* ... its first with TLS 1.2 or later */
    bool macs_differ;     /* its old sessions came from one MAC address, its better ones from another */
};

/* verdict_refine_client makes the step and the notes of a client's row those of a client that also does
 * better. */
void verdict_refine_client(
    const struct client_facts *facts, enum cause cause, enum step *step, unsigned *notes);

/* What is known of a server's port. */
struct server_facts {
    bool is_old, is_better; /* chose less than TLS 1.2; TLS 1.2 or later */
    bool downgrade;         /* its sentinel says that it could do better */
    bool held_back;         /* chose less than a client offered */
    bool is_exposed;        /* takes logins without TLS */
};

/* verdict_of_server judges a server's port: that it *cannot* do better is said only where a client offered
 * better, and no downgrade sentinel or better session shows otherwise. */
enum verdict verdict_of_server(const struct server_facts *facts, enum step *step);

/* "failing", "legacy", ...: one word, for CSV and JSON too. Static storage. */
const char *verdict_name(enum verdict verdict);

#endif
