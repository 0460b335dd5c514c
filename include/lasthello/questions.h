/* SPDX-License-Identifier: BSD-2-Clause */
/* questions.h: what can be asked of an inventory.
 *
 * Each answer is of one moment, whatever a sensor writes meanwhile, and counts all there is: no bound of
 * the side that writes is one of an answer. An inventory may come from a stranger: what its file holds
 * beside our own tables is refused by name, nothing in it is run, and a question ends by itself. Nothing is
 * written. */
#ifndef LASTHELLO_QUESTIONS_H
#define LASTHELLO_QUESTIONS_H

#include <lasthello/assets.h>
#include <lasthello/error.h>
#include <lasthello/hash.h>
#include <lasthello/policy.h>
#include <lasthello/remedy.h>
#include <lasthello/row.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inventory;
/* inventory_open opens an existing inventory for reading; works beside a writer, and for people who may not
 * write to its folder. */
struct inventory *inventory_open(const char *path, struct error *error);
/* inventory_open_beside: the same, in the process that writes to it: for a thread beside the writer's. */
struct inventory *inventory_open_beside(const char *path, struct error *error);
/* inventory_interrupt ends the question that another thread asks: it fails. */
void inventory_interrupt(struct inventory *inventory);
/* inventory_apply asks for the verdicts by the policies, as of the day that `as_of` names, and writes them
 * into the inventory at `path`, for its views; nothing else asks for them. `count`: how many. */
struct filters;
bool inventory_apply(const char *path, const struct policies *policies, const struct filters *as_of,
    uint64_t *count, struct error *error);
void inventory_close(struct inventory *inventory);
/* inventory_judge_by: the policies by which later questions judge; they stay the caller's, and outlive the
 * inventory. Without any, by what was seen alone. */
void inventory_judge_by(struct inventory *inventory, const struct policies *policies);
/* inventory_name_by: the list of assets by which later questions name hosts; it stays the caller's, and
 * outlives the inventory. NULL: none. */
void inventory_name_by(struct inventory *inventory, const struct assets *assets);
/* inventory_hide_by: the key by which later answers have others in the place of addresses, names, owners and
 * paths (anonymise.h); it stays the caller's. NULL: they are shown as they are. */
void inventory_hide_by(struct inventory *inventory, const struct hash_key *key);
/* inventory_help_by: the same with remedies, by which later questions say what helps. */
void inventory_help_by(struct inventory *inventory, const struct remedies *remedies);

/* inventory_no_memory is what an answer that needs more memory than there is says; false. */
bool inventory_no_memory(struct error *error);

/* inventory_revision: a number that grows with each change of the inventory. Whoever keeps an inventory open
 * for long calls it before a question: a bound on the work of questions is then one of each. */
bool inventory_revision(struct inventory *inventory, int64_t *revision, struct error *error);

enum question {
    QUESTION_CLIENTS,     /* one row a client, service, and provider or server: verdict, cause, what to do */
    QUESTION_SERVERS,     /* one row a server and port: what it accepts */
    QUESTION_SUITES,      /* one row a server, port, version and cipher suite that it chose */
    QUESTION_SESSIONS,    /* one row an observation */
    QUESTION_COVERAGE,    /* one row a source */
    QUESTION_LEGACY,      /* of those rows, in the same order, old TLS and what a policy ends */
    QUESTION_VERDICTS,    /* one row a client, target and policy: verdict, evidence, what a sentence says */
    QUESTION_DAYS,        /* one row a day and verdict: how many clients */
    QUESTION_CHANGES,     /* one row a change since filters.since, or of the last 7 days */
    QUESTION_TREND,       /* one row a day and version: sessions, clients */
    QUESTION_HOST_WHO,    /* of one client (filters.host): what is known of who it is, and by what */
    QUESTION_HOST_DAYS,   /* ... one row a day: sessions by what came of them */
    QUESTION_HOST_LIKE,   /* ... one row a JA4_b that it offers: how many other hosts do */
    QUESTION_HOST_OFFERS, /* ... one row a hello: what its programs offer */
    QUESTION_VALUES,      /* what can be filtered by: filter, value, clients; whatever the filters are */
    QUESTION_COUNT,
};

/* How many days and sessions a verdict rests on; 0: VERDICT_LIMITS. */
struct verdict_limits {
    unsigned failing_days;   /* refusals before them are history */
    unsigned fixed_days;     /* without old TLS, before it counts as fixed */
    unsigned fixed_sessions; /* with newer TLS since */
    unsigned short_sessions; /* of old TLS that end at once, within failing_days */
};
#define VERDICT_LIMITS                                                                 \
    {                                                                                  \
        .failing_days = 7, .fixed_days = 14, .fixed_sessions = 10, .short_sessions = 3 \
    }

/* What is asked for; NULL: everything. Texts are as the user gave them and are checked here; but for the days
 * each may be several values, separated by commas, of which one is enough. */
struct filters {
    const char *since;   /* ISO 8601 date or time, or 7d, 24h: from that UTC day on */
    const char *until;   /* before that day, or to the end of the day of that time: nothing later is used */
    const char *network; /* CIDR, of client or server */
    const char *owner;   /* the same, by the list of assets */
    const char *provider;
    const char *version; /* "TLS 1.0": negotiated or, where refused, offered */
    const char *cause;
    const char *service;
    const char *verdict; /* of rows; of the summary and of sessions: that the sessions have by themselves */
    struct verdict_limits limits;
    /* One client, or one server, by address or name; none that is seen is an error that names near ones. */
    const char *host, *server;
    const char *as_of; /* 2026-12-24: asked as on that UTC day, at its end; nothing later is used */
};

/* The whole UTC days that since and until come to. */
struct filter_days {
    bool has_since, has_until;
    char first[UTC_DAY_BYTES]; /* 2026-11-20 */
    char last[UTC_DAY_BYTES];  /* which is included */
    bool rounded;              /* a time of day was given: the rows of an inventory are of whole days */
    int64_t today;             /* days since 1970, UTC: the one that as_of names, else this one */
};

/* inventory_filters_check says whether all of them can be read, and which days they are; the questions
 * check them again. */
bool inventory_filters_check(const struct filters *filters, struct filter_days *days, struct error *error);

/* What a column holds; its titles are in src/report. */
enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER,   /* one to copy: a port, a packet */
    COLUMN_COUNT,    /* a number to compare */
    COLUMN_TIME,     /* microseconds since 1970 */
    COLUMN_DAY,      /* seconds since 1970, of which the day matters */
    COLUMN_LIST,     /* comma-separated text */
    COLUMN_VERSIONS, /* a bit 1 << enum version for each */
    COLUMN_VERDICT,  /* enum verdict */
    COLUMN_STEP,     /* enum step */
    COLUMN_NOTES,    /* bits of enum note */
};

struct column {
    const char *name; /* for CSV and JSON: first_seen */
    enum column_kind kind;
};

/* NULL as text: not known. The number is that of a column that is no text. */
struct value {
    const char *text;
    int64_t number;
};

struct rows; /* an open answer; one at a time */
struct rows *inventory_ask(struct inventory *inventory, enum question question, const struct filters *filters,
    struct error *error);
const struct column *rows_columns(const struct rows *rows, size_t *count);
/* rows_next yields the next row: a value for each column; texts live until the next call. */
enum row rows_next(struct rows *rows, const struct value **values, struct error *error);
/* rows_skip passes over the next rows of clients, without looking up what is shown of them, and returns how
 * many there were. */
uint64_t rows_skip(struct rows *rows, uint64_t count);
/* rows_place tells the place of the row of clients that came last, from 0 on; rows_again yields the one that
 * came at this place once more, as rows_next would. */
uint64_t rows_place(const struct rows *rows);
enum row rows_again(struct rows *rows, uint64_t place, const struct value **values, struct error *error);
/* rows_count counts the rows that are still to come, in place of reading them: ROW_END, or ROW_FAILED. */
enum row rows_count(struct rows *rows, uint64_t *count, struct error *error);
void rows_close(struct rows *rows);

/* A sensor of a centre that was merged into the inventory, of which something is wrong: as it was when the
 * centre was asked. Times are microseconds since 1970, by the centre's clock. */
struct sensor_state {
    const char *observer, *site; /* NULL: not known */
    int64_t asked;
    int64_t received; /* when it was heard last; 0: never */
    int64_t behind;   /* changes that had not come */
    int64_t ahead;    /* microseconds that its clock was ahead of the centre's */
    int64_t rolled_back;
    bool is_silent, is_rolled_back, is_wrong_clock;
};
/* inventory_sensors tells of each; texts live until `tell` returns. */
bool inventory_sensors(struct inventory *inventory,
    void (*tell)(void *context, const struct sensor_state *sensor), void *context, struct error *error);

#define CHANGES_DAYS 7 /* that "what changed" is about, where nobody says otherwise */

/* The numbers of the summary. Counts are of distinct addresses within a site. */
struct summary {
    uint64_t sources;
    bool has_times;
    /* microseconds since 1970; of an interface, until when it was watched */
    int64_t first_time, last_time;
    uint64_t clients;            /* with a mail session that is confirmed */
    uint64_t legacy_clients;     /* negotiated, or offered in vain, less than TLS 1.2 */
    uint64_t legacy_by_cause[5]; /* of those, with a session of this enum cause: some have several */
    uint64_t several_causes;     /* of those, with more than one */
    /* of those with CAUSE_CLIENT, seen to negotiate TLS 1.2 or later, too */
    uint64_t mixed_clients;
    uint64_t failing_clients;   /* of those, refused at least once with an old hello */
    uint64_t cleartext_clients; /* sent a login without TLS, also one before STARTTLS */
    /* failing, as they offer only what the server does not have yet: no old TLS */
    uint64_t too_new_clients;
    uint64_t offer_refused_clients;   /* failing, though what they offer is neither old nor too new */
    uint64_t unconfirmed_clients;     /* not among `clients`: nothing shows that they were answered */
    uint64_t servers, legacy_servers; /* that negotiated less than TLS 1.2 */
    uint64_t private_legacy_servers;  /* of those, with private addresses: probably our own */
    uint64_t sessions, handshake_sessions, midstream_sessions, one_sided_sessions, unknown_sessions;
    uint64_t other_sessions;         /* of `sessions`, of TLS that is no mail */
    uint64_t unconfirmed_sessions;   /* not among `sessions` */
    uint64_t contradictory_sessions; /* of `sessions`: the choice was not among the offers */
    uint64_t sessions_without_sni;   /* of `sessions` */
    uint64_t dns_named_sessions;     /* of those, whose client was seen to ask DNS for the server */
    uint64_t packets, dropped, given_up, unstored, incomplete_sources, failed_sources;
    uint64_t gaps, truncated, unknown_link_packets;
    uint64_t down_seconds;                      /* of all interfaces, within the days that were asked for */
    uint64_t unwatched_seconds;                 /* between two runs of `watch` on an interface, the same */
    uint64_t clients_by_verdict[VERDICT_COUNT]; /* each by the worst of its sessions */
    /* In the last CHANGES_DAYS days, where something was seen before them: with old TLS for the first time;
     * refused for the first time; with old TLS before them, and only newer TLS since. */
    bool has_before;
    uint64_t newly_old, newly_refused, newer_alone;
    uint64_t breaking_clients;                 /* that use what a policy ends */
    uint64_t breaking_by_policy[POLICIES_MAX]; /* of those, by each policy, in the order of struct policies */
    uint64_t dated_by_policy[POLICIES_MAX];    /* of those, on its day: names of servers end on none */
};
bool inventory_summary(struct inventory *inventory, const struct filters *filters, struct summary *summary,
    struct error *error);

#endif
