/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict.h: what stored facts mean for a client or a server, judged when a question is asked.
 *
 * Pure functions: no SQL, no words for people. A kind of session (a profile) is judged once, however many
 * sessions are of it; src/query joins the judgement to them, src/report has the words. */
#ifndef LASTHELLO_VERDICT_H
#define LASTHELLO_VERDICT_H

#include <lasthello/address.h>
#include <lasthello/policy.h>
#include <lasthello/session.h>

/* What happens to a client, from the least to the worst; what was not seen is never safe. */
enum verdict {
    VERDICT_UNCONFIRMED,   /* one side said it, no answer was seen: anybody can forge that; counted apart */
    VERDICT_SAFE,          /* negotiated TLS 1.2 or later */
    VERDICT_UNKNOWN,       /* seen, and no version known */
    VERDICT_FRAGILE,       /* TLS 1.2 without any ECDHE suite, or what a policy without a date forbids */
    VERDICT_LEGACY,        /* old TLS, and no policy with a date is about it */
    VERDICT_EXPOSED,       /* a login without TLS */
    VERDICT_BREAKS,        /* works, and a policy ends that: on a day, or nobody says when */
    VERDICT_LOGIN_REFUSED, /* old TLS stands, and again and again ends at once: perhaps refused inside */
    VERDICT_FAILING,       /* refused, and what it offers is why: too old, too new, or no suite in common */
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
    STEP_REQUEST_TLS,    /* offered or not, it was never asked for */
    STEP_CHECK_PORT,     /* TLS was said to a server that answers in clear text */
    STEP_CHECK_CLIENT,   /* it broke the handshake off by its own settings */
    STEP_SEE_SERVER_LOG, /* refused, and nothing in the handshake says why */
    STEP_SHARE_SUITES,   /* refused: client and server have no suite in common */
    STEP_SHARE_VERSION,  /* refused: they have no version in common, and both are newer than TLS 1.1 */
    STEP_KEEP_OLD_TLS,   /* of a server: until its clients are updated */
    STEP_CANNOT_TELL,    /* of a server: whether it can do better */
    STEP_REFUSE_LOGINS,  /* of a server: those without TLS */
    STEP_CHANGE_NAME,    /* of a server, which ends: to the regular one */
    STEP_MOVE_MAIL,      /* the service ends */
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

/* How a kind of session offends a policy. */
enum breach_kind {
    BREACH_NONE,
    BREACH_VERSION,        /* the version negotiated is too low */
    BREACH_OFFER,          /* the best that the client offers is too low */
    BREACH_CLEAR_TEXT,     /* a login without TLS */
    BREACH_SUITE,          /* the cipher suite chosen is not allowed */
    BREACH_OFFERED_SUITES, /* what the client offers is not */
    BREACH_KEY,            /* the server's key, or the key exchange, is too short */
    BREACH_NAME_ENDS,      /* a server name that ends, whatever is offered; no date is published for it */
    BREACH_TARGET_ENDS,    /* the service ends, whatever is offered */
    BREACH_REFUSED,        /* refused, and what is offered is below what is demanded */
    BREACH_REFUSED_BEFORE, /* the same where old TLS was off before: it proves nothing of the policy */
    BREACH_KIND_COUNT,
};

struct breach {
    enum breach_kind kind;
    enum policy_level level; /* POLICY_SHOULD: it is advised against, not forbidden */
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
    bool contradictory;
    uint8_t alert;  /* by which the server refused the hello (RFC 8446 6); 0: by none */
    bool has_suite; /* `suite` is the one chosen */
    uint16_t suite;
    bool suites_cut;               /* the list of those offered was longer than what is kept of it */
    uint32_t group_bits, key_bits; /* 0: not known */
    /* NULL: not known. Suites offered as they are stored: 1301,c02b. The group of the key exchange, by name;
     * of the certificate that was shown, the kind of its key. */
    const char *offered_suites, *group, *key_type;
    const char *provider, *service;
    const char *server_name;      /* by SNI, else what it had asked DNS for: several are joined by commas */
    const struct address *server; /* where a policy in force has networks */
};

struct judgement {
    enum verdict verdict;
    enum step step;
    unsigned notes; /* of enum note */
    enum sight sight;
    const char *got; /* a version, "refused", "no TLS", "clear text"; NULL: nobody saw it. Static storage */
    bool is_counted; /* among clients and servers: mail or TLS, and confirmed */
    bool is_legacy;  /* old TLS negotiated, or offered and refused */
    bool is_failing; /* of those: refused. Who is refused for other reasons has the verdict alone */
    bool is_exposed; /* a login was sent without TLS */
    bool is_old;     /* negotiated less than TLS 1.2 */
    bool is_better;  /* negotiated TLS 1.2 or later */
    /* That the verdict rests on, and how it is offended; NULL: on none. */
    const struct policy *policy;
    struct breach breach;
};

/* verdict_of_profile judges a kind of session by what was seen alone. */
struct judgement verdict_of_profile(const struct profile_facts *facts);
/* verdict_by_policies makes it the verdict by these policies, and names the one that ends it first. What is
 * failing stays so: a policy ends what works. `policies` outlive the judgement. */
void verdict_by_policies(
    struct judgement *judged, const struct profile_facts *facts, const struct policies *policies);

/* policy_breach: how a kind of session offends a policy. `judged` is that of verdict_of_profile. */
struct breach policy_breach(
    const struct policy *policy, const struct profile_facts *facts, const struct judgement *judged);
/* breach_breaks: does it end what works today? Else it only is not allowed. */
bool breach_breaks(const struct policy *policy, struct breach breach);
/* policy_is_about: are the provider, server name or network, and the service those of the policy? */
bool policy_is_about(const struct policy *policy, const struct profile_facts *facts);
/* policy_refusal: has the policy a day, is it about this, which was refused, and can what is offered not meet
 * what it demands? Returns BREACH_REFUSED, BREACH_REFUSED_BEFORE, or BREACH_NONE. */
enum breach_kind policy_refusal(const struct policy *policy, const struct profile_facts *facts);

/* Which facts beside the profile's own a policy asks for. */
bool policy_needs_server(const struct policy *policy);      /* its address */
bool policy_needs_certificate(const struct policy *policy); /* its key */

/* When it ends, as of a day (days since 1970, UTC; the day `until` is included): "any day until 2026-12-31",
 * "by 2027-03-31", "overdue since 2027-01-01" (the day after), "no date published for the name". verdict_due
 * writes nothing for other verdicts than `breaks`; True: it has a day, which is the policy's `until`. */
#define DUE_BYTES 64
void policy_due(const struct policy *policy, int64_t today, char out[DUE_BYTES]);
bool verdict_due(const struct judgement *judged, int64_t today, char out[DUE_BYTES]);

/* What is known of a client over all its sessions up to the day that is asked for. */
struct client_facts {
    bool is_better;        /* a session of it negotiated TLS 1.2 or later */
    int64_t old_last;      /* microseconds since 1970: its last session with old TLS of its own making */
    int64_t better_first;  /* ... its first with TLS 1.2 or later */
    bool macs_differ;      /* its old sessions came from one MAC address, its better ones from another */
    bool is_better_beside; /* a better one was on a port of mail that begins with TLS */
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

/* ---- of a client toward a target, as of a day (src/query/sql/verdicts.sql) ---------------------------- */

/* What a verdict's sentence says. */
enum verdict_statement {
    SAYS_FAILING,           /* refused, and no policy in force is about it */
    SAYS_FAILING_ANNOUNCED, /* ... as a policy has announced */
    SAYS_FAILING_EARLY,     /* ... before the policy begins */
    SAYS_FAILING_UNPROVEN,  /* ... where old TLS was off before the policy */
    SAYS_TOO_NEW,
    SAYS_OFFER_ANNOUNCED,  /* ... as a policy has announced, by versions or suites that are not old */
    SAYS_SUITES_REFUSED,   /* ... as the server takes none of its suites, groups and signatures */
    SAYS_VERSIONS_REFUSED, /* ... as the server has none of its versions, which are not old */
    SAYS_LOGIN_REFUSED,
    SAYS_BREAKS,
    SAYS_CLEAR_TEXT_BREAKS,
    SAYS_NAME_ENDS,
    SAYS_TARGET_ENDS,
    SAYS_EXPOSED,
    SAYS_LEGACY,
    SAYS_LEGACY_SERVER,      /* the client offers more */
    SAYS_LEGACY_OFFERED,     /* what it got was not seen */
    SAYS_REFUSED_THEN,       /* some time ago, and not tried since */
    SAYS_OFFER_REFUSED_THEN, /* ... of an offer that is not old */
    SAYS_WITHOUT_ECDHE,
    SAYS_NOT_ALLOWED,
    SAYS_ADVISED_AGAINST,
    SAYS_INSPECTED,         /* by a middlebox, whose TLS was seen */
    SAYS_REFUSED_OTHERWISE, /* nothing shows that its version is why */
    SAYS_UNKNOWN,
    SAYS_SAFE,
    SAYS_COUNT,
};

struct told_verdict {
    enum verdict verdict;
    enum cause cause;
    bool is_refused;             /* the session that is its evidence */
    bool is_inspected;           /* ... its certificate is that of a middlebox */
    bool is_got;                 /* ... it is known what it got */
    uint8_t alert;               /* ... by which it was refused; 0: by none */
    const struct policy *policy; /* NULL: what was seen alone */
    struct breach breach;        /* of it */
    int64_t refused_since;       /* day */
};

/* suites_told says what matters of the cipher suites that a client offers, a list as it is stored:
 * ", none with ECDHE, some with RC4, 3DES"; "" where nothing does. */
#define SUITES_TOLD_BYTES 160
const char *suites_told(const char *list, char out[SUITES_TOLD_BYTES]);

/* refusal_alert: of "alert 70", as a refusal is stored; 0: it was none. */
uint8_t refusal_alert(const char *refused_by);
/* alert_blames_offer: does it say that nothing of what is offered can be taken: versions, suites, groups
 * (RFC 8446 6.2)? */
bool alert_blames_offer(uint8_t alert);

enum verdict_statement verdict_says(const struct told_verdict *told);
/* "failing_early": one word, for CSV and JSON. verdict_statement_of reads it; SAYS_COUNT: it is none. */
const char *verdict_statement_name(enum verdict_statement statement);
enum verdict_statement verdict_statement_of(const char *name);

/* "cipher suite"; NULL for BREACH_NONE. */
const char *breach_name(enum breach_kind kind);

/* "failing", "legacy", ...: one word, for CSV and JSON too. Static storage. */
const char *verdict_name(enum verdict verdict);

#endif
