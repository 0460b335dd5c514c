/* SPDX-License-Identifier: BSD-2-Clause */
/* A hand-made inventory has each verdict, cause, fix and relapse: which rows there are, and what their sentences say.
 * Asked as of 2026-11-30 where nothing else is said: the last seven days are those from the 24th on. */
#include "store_help.h"

#include <lasthello/clock.h>
#include <lasthello/questions.h>
#include <lasthello/report.h>

#include <stdlib.h>
#include <time.h>

static struct inventory *inventory;
static struct policies policies;

static void nobody_is_refused(const char *reason)
{
    fail_msg("%s", reason);
}

/* What a client did on a day, so often. */
struct did {
    unsigned client;
    const char *day;
    unsigned times;
    enum version offers, got; /* VERSION_UNKNOWN: it was refused */
    const char *provider, *name;
    bool short_lived, login, attached, unanswered;
    const char *time;    /* UTC; else noon */
    uint8_t address[16]; /* else 10.0.0.client */
    uint32_t suite;      /* that it offers; else ECDHE */
    const char *service;
    uint8_t mac;       /* the last of it */
    const char *chain; /* of the certificate that the server shows */
};

#define REFUSED VERSION_UNKNOWN
#define TLS10   VERSION_TLS_1_0
#define TLS12   VERSION_TLS_1_2
#define TLS13   VERSION_TLS_1_3
#define LEGACY  .provider = "Microsoft365", .name = "imap-legacy.office365.com"
#define REGULAR .provider = "Microsoft365", .name = "outlook.office365.com"
#define OTHER   .name = "imap.example.net"

static const struct did did[] = {
    /* 1: a roll-out: 3 of 10 on one day, then all */
    {.client = 1, .day = "2026-11-01", .times = 10, .offers = TLS10, .got = TLS10, LEGACY},
    {.client = 1, .day = "2026-11-26", .times = 7, .offers = TLS10, .got = TLS10, LEGACY},
    {.client = 1, .day = "2026-11-26", .times = 3, .offers = TLS10, .got = REFUSED, LEGACY},
    {.client = 1, .day = "2026-11-27", .times = 10, .offers = TLS10, .got = REFUSED, LEGACY},
    {.client = 1, .day = "2026-11-30", .times = 10, .offers = TLS10, .got = REFUSED, LEGACY},
    /* 2: on the regular name */
    {.client = 2, .day = "2026-11-29", .times = 2, .offers = TLS10, .got = REFUSED, REGULAR},
    /* 3: before the roll-out */
    {.client = 3, .day = "2026-07-20", .times = 2, .offers = TLS10, .got = REFUSED, LEGACY},
    /* 4: refused once, long ago */
    {.client = 4, .day = "2026-10-01", .times = 2, .offers = TLS10, .got = REFUSED, OTHER},
    /* 5: old TLS stands and ends at once; 6: it works; both offer the same */
    {.client = 5, .day = "2026-11-28", .times = 5, .offers = TLS10, .got = TLS10, LEGACY, .short_lived = true},
    {.client = 5, .day = "2026-11-28", .times = 1, .offers = TLS10, .got = TLS10, LEGACY},
    {.client = 6, .day = "2026-11-28", .times = 4, .offers = TLS10, .got = TLS10, REGULAR},
    /* 7: a name that ends, with TLS 1.3; 8: a service that ends */
    {.client = 7, .day = "2026-11-28", .times = 4, .offers = TLS13, .got = TLS13, LEGACY},
    {.client = 8, .day = "2026-11-28", .times = 4, .offers = TLS13, .got = TLS13, .provider = "WorkMail"},
    /* 9: a login without TLS; 10: old TLS elsewhere; 11: TLS 1.2 without ECDHE; 12: no version; 13: safe */
    {.client = 9, .day = "2026-11-28", .times = 1, .login = true, OTHER, .service = "pop3"},
    {.client = 10, .day = "2026-11-28", .times = 4, .offers = TLS10, .got = TLS10, OTHER},
    {.client = 11, .day = "2026-11-28", .times = 4, .offers = TLS12, .got = TLS12, OTHER, .suite = 0x002f},
    {.client = 12, .day = "2026-11-28", .times = 4, .offers = TLS12, .unanswered = true, OTHER},
    {.client = 13, .day = "2026-11-28", .times = 4, .offers = TLS13, .got = TLS13, OTHER},
    /* 14: offers only what the server does not have */
    {.client = 14, .day = "2026-11-28", .times = 4, .offers = TLS13, .got = REFUSED, OTHER},
    /* 15: updated, from the same MAC one hop away; 16: the same without a trait; 17: and old again */
    {.client = 15, .day = "2026-10-20", .times = 9, .offers = TLS10, .got = TLS10, OTHER, .attached = true, .mac = 15},
    {.client = 15, .day = "2026-10-25", .times = 6, .offers = TLS12, .got = TLS12, OTHER, .attached = true, .mac = 15},
    {.client = 15, .day = "2026-11-20", .times = 6, .offers = TLS12, .got = TLS12, OTHER, .attached = true, .mac = 15},
    {.client = 16, .day = "2026-10-20", .times = 9, .offers = TLS10, .got = TLS10, OTHER},
    {.client = 16, .day = "2026-10-25", .times = 12, .offers = TLS12, .got = TLS12, OTHER},
    {.client = 17, .day = "2026-10-01", .times = 9, .offers = TLS10, .got = TLS10, OTHER},
    {.client = 17, .day = "2026-10-10", .times = 12, .offers = TLS12, .got = TLS12, OTHER},
    {.client = 17, .day = "2026-11-25", .times = 1, .offers = TLS10, .got = TLS10, OTHER},
    /* 18: both, meanwhile; 19: newer alone since a few days */
    {.client = 18, .day = "2026-11-24", .times = 9, .offers = TLS12, .got = TLS12, OTHER},
    {.client = 18, .day = "2026-11-26", .times = 9, .offers = TLS10, .got = TLS10, OTHER},
    {.client = 18, .day = "2026-11-28", .times = 9, .offers = TLS12, .got = TLS12, OTHER},
    {.client = 19, .day = "2026-11-26", .times = 9, .offers = TLS10, .got = TLS10, OTHER},
    {.client = 19, .day = "2026-11-27", .times = 30, .offers = TLS12, .got = TLS12, OTHER},
    /* 20: the same from another MAC: another host has the address */
    {.client = 20, .day = "2026-10-20", .times = 9, .offers = TLS10, .got = TLS10, OTHER, .attached = true, .mac = 20},
    {.client = 20, .day = "2026-10-25", .times = 12, .offers = TLS12, .got = TLS12, OTHER, .attached = true, .mac = 21},
    /* 21: refused in the last moment of the day that is history, 22: in the first of those that count */
    {.client = 21, .day = "2026-11-23", .time = "23:59:59", .times = 1, .offers = TLS10, .got = REFUSED, OTHER},
    {.client = 22, .day = "2026-11-24", .time = "00:00:00", .times = 1, .offers = TLS10, .got = REFUSED, OTHER},
    /* 23: a middlebox in the place of Exchange Online; 24: Exchange Online itself; 25: a server of one's own */
    {.client = 23, .day = "2026-11-28", .times = 2, .offers = TLS10, .got = TLS10, REGULAR, .chain = "no public CA"},
    {.client = 23, .day = "2026-11-28", .times = 2, .offers = TLS13, .got = TLS13, REGULAR},
    {.client = 24, .day = "2026-11-28", .times = 2, .offers = TLS10, .got = TLS10, REGULAR, .chain = "public CA"},
    {.client = 25, .day = "2026-11-28", .times = 2, .offers = TLS12, .got = TLS12, OTHER, .chain = "no public CA"},
    /* two temporary addresses of one /64, and one of a MAC address in it (RFC 4291) */
    {.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0x9c, 1, 2, 3, 4, 5, 6, 7}, .day = "2026-11-28", .times = 1, .offers = TLS10, .got = TLS10, OTHER},
    {.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0x3d, 9, 8, 7, 6, 5, 4, 3}, .day = "2026-11-29", .times = 1, .offers = TLS10, .got = TLS10, OTHER},
    {.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0x02, 0x42, 0xac, 0xff, 0xfe, 1, 0, 2}, .day = "2026-11-28", .times = 1, .offers = TLS12, .got = TLS12, OTHER},
};

static int64_t began_ns(const struct did *row)
{
    struct tm utc = {0};
    char text[32];

    snprintf(text, sizeof(text), "%s %s", row->day, row->time == NULL ? "12:00:00" : row->time);
    assert_non_null(strptime(text, "%Y-%m-%d %H:%M:%S", &utc));
    return timegm(&utc) * NANOSECONDS;
}

static enum cause cause_of_row(const struct did *row)
{
    if (row->offers == TLS10)
        return CAUSE_CLIENT;
    return row->offers == TLS13 && row->got == REFUSED && !row->unanswered ? CAUSE_TOO_NEW : CAUSE_NONE;
}

static struct session session_of(const struct did *row)
{
    struct session session = make_session(7, (uint8_t)row->client, 0);

    session.first.time_ns = began_ns(row);
    session.last.time_ns = session.first.time_ns + 1000;
    session.negotiated = row->got;
    session.offer.maximum = row->offers;
    session.offer.suites[0] = row->suite == 0 ? 0xc02f : row->suite;
    session.offer.suite_count = 1;
    snprintf(session.offer.ja4, sizeof(session.offer.ja4), "t%d", row->offers);
    session.cause = cause_of_row(row);
    session.outcome = row->unanswered ? OUTCOME_UNANSWERED : row->got == REFUSED ? OUTCOME_REFUSED
                                                                                 : OUTCOME_ESTABLISHED;
    session.refused_by = session.outcome == OUTCOME_REFUSED ? REFUSAL_RST : REFUSAL_NONE;
    session.answer.cipher_suite = (uint16_t)session.offer.suites[0];
    snprintf(session.provider, sizeof(session.provider), "%s", row->provider == NULL ? "" : row->provider);
    snprintf(session.offer.server_name, sizeof(session.offer.server_name), "%s", row->name == NULL ? "" : row->name);
    if (row->service != NULL)
        session.service = row->service;
    if (row->client == 0)
        memcpy(session.endpoints[SIDE_CLIENT].address.octets, row->address, 16);
    session.has_macs = session.client_attached = row->attached;
    session.macs[SIDE_CLIENT][5] = row->mac;
    if (row->chain != NULL) {
        session.certificate = (struct certificate){.seen = true, .readable = true, .sha256 = {(uint8_t)row->client}};
        snprintf(session.certificate.issuer, sizeof(session.certificate.issuer), "CN=Inspector");
        snprintf(session.certificate.chain, sizeof(session.certificate.chain), "%s", row->chain);
    }
    if (row->login) {
        session.outcome = OUTCOME_CLEARTEXT;
        session.offer = (struct offer){0};
        session.answer = (struct answer){0};
        snprintf(session.login, sizeof(session.login), "USER");
    }
    return session;
}

static int fill(void **state)
{
    struct source_record source = make_source(7, 1000, true);
    struct error error = {0};
    struct desk desk;

    if (make_folder(state) != 0)
        return -1;
    desk = open_desk();
    for (size_t i = 0; i < COUNT_OF(did); i++)
        for (unsigned k = 0; k < did[i].times; k++) {
            const struct session session = session_of(&did[i]);
            const struct amendment amendment = {
                .observation = add(&desk, &session), .last = session.last, .short_lived = did[i].short_lived};

            assert_true(ledger_amend(desk.ledger, &amendment));
        }
    ledger_source(desk.ledger, &source);
    close_desk(&desk, &error);
    inventory = inventory_open(path, &error);
    return inventory == NULL ? -1 : 0;
}

static int empty(void **state)
{
    inventory_close(inventory);
    return remove_folder(state);
}

static int open_policies(void **state)
{
    bool found;

    (void)state;
    policies_read_folder(&policies, POLICIES_FOLDER, &found, nobody_is_refused);
    policies_keep_default(&policies);
    inventory_judge_by(inventory, &policies);
    return found ? 0 : -1;
}

static int close_policies(void **state)
{
    (void)state;
    policies_close(&policies);
    return 0;
}

/* The rows of an answer as CSV; the caller frees it. */
static char *told_of(enum question question, struct filters filters)
{
    struct error error = {0};
    static char *text; /* what a stream of memory points to; gcc takes it for dangling else */
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const struct report report = {.out = out,
        .aside = out,
        .format = FORMAT_CSV,
        .inventory = inventory,
        .path = path,
        .filters = &filters,
        .policies = &policies};

    if (!report_question(&report, question, &error))
        fail_msg("%s", error.text);
    fclose(out);
    return text;
}

/* Those of a client. */
static char *told(const char *network, const char *as_of)
{
    return told_of(QUESTION_VERDICTS, (struct filters){.network = network, .as_of = as_of});
}

struct said {
    const char *network, *as_of;
    const char *row; /* "to,service,verdict,sentence,statement,policy": what one of its rows has */
};

static void assert_said(const struct said *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = told(rows[i].network, rows[i].as_of == NULL ? "2026-11-30" : rows[i].as_of);

        if (strstr(text, rows[i].row) == NULL)
            fail_msg("%s says:\n%sand not: %s", rows[i].network, text, rows[i].row);
        free(text);
    }
}

static void each_verdict_has_its_sentence(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.1", NULL, ",failing,\"10.0.0.1 is refused by Microsoft365 since 2026-11-26, as exchange-online announced: it offers at most TLS "
                           "1.0; 23 of 30 attempts of the last days (2026-11-26 3/10,2026-11-27 10/10,2026-11-30 10/10)\",failing_announced,"
                           "exchange-online,"},
        {"10.0.0.2", NULL, ",failing,\"10.0.0.2 is refused by Microsoft365 since 2026-11-29; old TLS was announced off on outlook.office365.com "
                           "before, so this does not prove exchange-online: "},
        {"10.0.0.3", "2026-07-22", ",failing,\"10.0.0.3 is refused by Microsoft365 since 2026-07-20, before exchange-online began, which this "
                                   "does not prove: "},
        {"10.0.0.4", NULL, ",legacy,\"10.0.0.4 was refused by imap.example.net, last on 2026-10-01, as it offers at most TLS 1.0; that is history"},
        {"10.0.0.5", NULL, ",login refused?,\"10.0.0.5 negotiates TLS 1.0 with Microsoft365, but 5 sessions of the last days ended after one or "
                           "two short records"},
        {"10.0.0.6", NULL, ",breaks,\"10.0.0.6 works with Microsoft365 by TLS 1.0 today, which exchange-online ends: any day until 2026-12-31\","
                           "breaks,exchange-online,"},
        {"10.0.0.6", "2027-01-01", "which exchange-online ends: overdue since 2027-01-01"},
        {"10.0.0.7", NULL, ",breaks,\"10.0.0.7 uses imap-legacy.office365.com, a name that ends, whatever it offers: no date published for the "
                           "name\",name_ends,exchange-online,"},
        {"10.0.0.8", NULL, ",breaks,\"10.0.0.8 uses WorkMail, which ends, whatever it offers: by 2027-03-31\",target_ends,workmail,"},
        {"10.0.0.9", NULL, ",exposed,10.0.0.9 logs in to 192.0.2.1 without TLS,exposed,rfc8996,"},
        {"10.0.0.10", NULL, ",legacy,\"10.0.0.10 uses imap.example.net with TLS 1.0, and no day is known on which that ends\",legacy,rfc8996,"},
        {"10.0.0.11", NULL, ",fragile,\"10.0.0.11 uses imap.example.net with TLS 1.2, but offers no ECDHE suite"},
        {"10.0.0.12", NULL, ",unknown,\"10.0.0.12 was seen with imap.example.net, and its version was not\",unknown,,"},
        {"10.0.0.13", NULL, ",safe,\"10.0.0.13 uses imap.example.net with TLS 1.3, and with nothing that a policy in force does not allow\",safe,,"},
        {"10.0.0.14", NULL, ",failing,\"10.0.0.14 is refused by imap.example.net, as it offers only TLS 1.3"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

static void what_became_of_an_old_client_is_said(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.15", NULL, ",safe,\"10.0.0.15 uses imap.example.net with TLS 1.2, and with nothing that a policy in force does not allow; fixed "
                            "since 2026-10-25: last old TLS on 2026-10-20, and the same MAC address before and since\""},
        {"10.0.0.16", NULL, ",legacy,\"10.0.0.16 uses imap.example.net with TLS 1.0, and no day is known on which that ends; the old client was "
                            "not seen since 2026-10-20: the address may have changed hands\""},
        {"10.0.0.17", NULL, "; back again since 2026-11-25, after only newer TLS\""},
        {"10.0.0.18", NULL, ",legacy,\"10.0.0.18 uses imap.example.net with TLS 1.0, and no day is known on which that ends; newer TLS as well, "
                            "meanwhile: several programs or hosts behind the address\""},
        {"10.0.0.19", NULL, "; only newer TLS since 2026-11-27: perhaps updated"},
        {"10.0.0.20", NULL, "the address may have changed hands"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

/* As of a day nothing that came later counts. */
static void a_day_of_the_past_knows_nothing_of_what_came_later(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.15", "2026-10-20", ",legacy,\"10.0.0.15 uses imap.example.net with TLS 1.0, and no day is known on which that ends\",legacy,rfc8996"},
        {"10.0.0.15", "2026-10-26", "; only newer TLS since 2026-10-25: perhaps updated"},
        {"10.0.0.17", "2026-11-24", "the old client was not seen since 2026-10-01"},
        {"10.0.0.1", "2026-11-25", ",breaks,\"10.0.0.1 works with Microsoft365 by TLS 1.0 today"},
        {"10.0.0.1", "2026-11-26", "3 of 10 attempts of the last days (2026-11-26 3/10)"},
        {"10.0.0.1", "2026-12-30", ",breaks,"}, /* refusals are history then, and it worked before */
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
}

/* Days are UTC, wherever it is asked. */
static void the_change_of_the_day_is_that_of_utc(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.21", NULL, "last on 2026-11-23, as it offers at most TLS 1.0; that is history"},
        {"10.0.0.22", NULL, ",failing,\"10.0.0.22 is refused by imap.example.net since 2026-11-24"},
    };

    (void)state;
    assert_said(rows, COUNT_OF(rows));
    setenv("TZ", "Pacific/Kiritimati", 1);
    tzset();
    assert_said(rows, COUNT_OF(rows));
    unsetenv("TZ");
    tzset();
}

static size_t lines_of(const char *text)
{
    size_t count = 0;

    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        count++;
    return count;
}

static void a_row_is_one_client_target_and_policy(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.6", NULL, ",breaks,"},
        {"10.0.0.6", NULL, ",legacy,"}, /* by rfc8996 */
    };
    char *text = told("10.0.0.6", "2026-11-30");

    (void)state;
    assert_said(rows, COUNT_OF(rows));
    assert_int_equal(lines_of(text), 3);
    assert_true(strstr(text, "exchange-online") < strstr(text, "rfc8996"));
    free(text);
    text = told("10.0.0.13", "2026-11-30");
    assert_int_equal(lines_of(text), 2);
    free(text);
}

static void temporary_addresses_are_one_client(void **state)
{
    char *text = told("2001:db8::/32", "2026-11-30");

    (void)state;
    assert_int_equal(lines_of(text), 3);
    assert_non_null(strstr(text, "; 2 addresses of one /64, taken for one client"));
    assert_non_null(strstr(text, "2001:db8:0:1:242:acff:fe01:2,imap.example.net,imaps,safe,"));
    free(text);
}

static void of_a_provider_behind_a_middlebox_nothing_is_known(void **state)
{
    static const struct said rows[] = {
        {"10.0.0.23", NULL, ",unknown,\"10.0.0.23 does not reach Microsoft365 itself: a middlebox inspects TLS, whose certificate is issued by "
                            "CN=Inspector, which no public CA vouches for; what was seen, TLS 1."},
        {"10.0.0.24", NULL, ",breaks,"},
        {"10.0.0.25", NULL, ",safe,"},
    };
    char *text = told("10.0.0.23", "2026-11-30");

    (void)state;
    assert_said(rows, COUNT_OF(rows));
    assert_int_equal(lines_of(text), 2); /* no policy is offended */
    free(text);
}

static void the_worst_come_first(void **state)
{
    static const char *const order[] = {",failing,", ",login refused?,", ",breaks,", ",exposed,", ",legacy,", ",fragile,", ",unknown,", ",safe,"};
    char *text = told(NULL, "2026-11-30");
    const char *last = text;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        const char *found = strstr(text, order[i]);

        assert_non_null(found);
        assert_true(found > last);
        last = found;
    }
    free(text);
}

/* Fixed is who was it for the days that it takes (14), on the day after which that is so. */
static void what_changed_since_a_day_is_told_with_its_day(void **state)
{
    static const struct {
        const char *network, *since, *row;
        bool is_told;
    } rows[] = {
        {"10.0.0.1", NULL, "2026-11-26,newly refused,10.0.0.1,", true},
        {"10.0.0.1", NULL, "newly old", false}, /* since 2026-11-01 */
        {"10.0.0.1", "2026-11-01", "2026-11-01,newly old,10.0.0.1,", true},
        {"10.0.0.2", NULL, "2026-11-29,newly old,10.0.0.2,", true},
        {"10.0.0.4", "2026-09-01", "newly refused", false}, /* that is history */
        {"10.0.0.15", "2026-11-01", "2026-11-03,fixed,10.0.0.15,", true},
        {"10.0.0.15", NULL, "fixed", false},
        {"10.0.0.16", "2026-11-01", "fixed", false}, /* nothing shows that it is the same machine */
        {"10.0.0.17", NULL, "2026-11-25,back again,10.0.0.17,", true},
        {"10.0.0.13", NULL, "10.0.0.13", false},
        {"10.0.0.10", NULL, "2026-11-28,server accepts old TLS,", false}, /* it was seen with nothing else before */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text = told_of(QUESTION_CHANGES,
            (struct filters){.network = rows[i].network, .since = rows[i].since, .as_of = "2026-11-30"});

        if ((strstr(text, rows[i].row) != NULL) != rows[i].is_told)
            fail_msg("%s: %s\n%s", rows[i].network, rows[i].row, text);
        free(text);
    }
}

static void a_trend_has_each_day_and_version(void **state)
{
    char *text = told_of(QUESTION_TREND, (struct filters){.network = "10.0.0.1,10.0.0.9", .as_of = "2026-11-30"});

    (void)state;
    assert_string_equal(text, "date,became_of,sessions,clients\r\n"
                              "2026-11-01,TLS 1.0,10,1\r\n"
                              "2026-11-26,TLS 1.0,7,1\r\n"
                              "2026-11-26,refused,3,1\r\n"
                              "2026-11-27,refused,10,1\r\n"
                              "2026-11-28,no TLS,1,1\r\n"
                              "2026-11-30,refused,10,1\r\n");
    free(text);
}

/* By hand from the rows above: old for the first time since the 24th are 2, 5, 6, 10, 18, 19, 22 to 24 and two temporary
 * addresses; refused for the first time 1, 2 and 22; 15 to 17 did nothing newer alone in those days. */
static void the_summary_counts_what_changed_in_the_last_days(void **state)
{
    const struct filters filters = {.as_of = "2026-11-30"}, since = {.as_of = "2026-11-30", .since = "2026-11-24"};
    struct error error = {0};
    struct summary summary;
    uint64_t clients = 0;

    (void)state;
    assert_true(inventory_summary(inventory, &filters, &summary, &error));
    assert_true(summary.has_before);
    assert_int_equal(summary.newly_old, 11);
    assert_int_equal(summary.newly_refused, 3);
    assert_int_equal(summary.newer_alone, 0);
    for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        clients += summary.clients_by_verdict[verdict];
    assert_int_equal(clients, summary.clients);
    assert_int_equal(summary.clients_by_verdict[VERDICT_EXPOSED], 1); /* 9 */
    assert_int_equal(summary.clients_by_verdict[VERDICT_TOO_NEW], 1); /* 14 */
    assert_true(inventory_summary(inventory, &since, &summary, &error));
    assert_false(summary.has_before); /* nothing is asked of what was before */
}

static void what_is_applied_stands_in_the_view_as_of_its_day(void **state)
{
    const struct filters as_of = {.as_of = "2026-11-30"}, later = {.as_of = "2027-01-01"};
    struct error error = {0};
    uint64_t count;

    (void)state;
    assert_true(inventory_apply(path, &policies, &as_of, &count, &error));
    assert_true(count > 0);
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE client = '10.0.0.6' AND verdict = 'breaks' "
                            "AND policy = 'exchange-online' AND due = 'any day until 2026-12-31' "
                            "AND until = '2026-12-31' AND sessions = 4 AND as_of = '2026-11-30'"),
        1);
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE client = '10.0.0.13' AND verdict = 'safe'"), 1);
    assert_true(inventory_apply(path, &policies, &later, &count, &error));
    assert_int_equal(number("SELECT count(*) FROM verdicts WHERE client = '10.0.0.6' AND due = 'overdue since 2027-01-01' "
                            "AND as_of = '2027-01-01'"),
        1);
    assert_int_equal(number("SELECT count(*) FROM changes WHERE client = '10.0.0.1' AND old_first = '2026-11-01' "
                            "AND refused_first = '2026-11-26' AND refused_last = '2026-11-30'"),
        1);
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, open_policies, close_policies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(each_verdict_has_its_sentence),
        ASKED(what_became_of_an_old_client_is_said),
        ASKED(a_day_of_the_past_knows_nothing_of_what_came_later),
        ASKED(the_change_of_the_day_is_that_of_utc),
        ASKED(a_row_is_one_client_target_and_policy),
        ASKED(temporary_addresses_are_one_client),
        ASKED(of_a_provider_behind_a_middlebox_nothing_is_known),
        ASKED(the_worst_come_first),
        ASKED(what_changed_since_a_day_is_told_with_its_day),
        ASKED(a_trend_has_each_day_and_version),
        ASKED(the_summary_counts_what_changed_in_the_last_days),
        ASKED(what_is_applied_stands_in_the_view_as_of_its_day),
    };

    return cmocka_run_group_tests(tests, fill, empty);
}
