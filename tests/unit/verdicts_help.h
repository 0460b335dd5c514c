/* SPDX-License-Identifier: BSD-2-Clause */
/* verdicts_help.h: an inventory made by hand, row by row, that has each verdict, cause, fix and relapse. */
#ifndef LASTHELLO_VERDICTS_HELP_H
#define LASTHELLO_VERDICTS_HELP_H

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
    uint8_t alert;     /* by which it was refused; else a reset */
    enum cause cause;  /* else by what it offers */
    const char *dhcp;  /* its name */
    bool elsewhere;    /* its server is 198.51.100.1, and not 192.0.2.1 */
};

#define REFUSED VERSION_UNKNOWN
#define TLS10   VERSION_TLS_1_0
#define TLS12   VERSION_TLS_1_2
#define TLS13   VERSION_TLS_1_3
#define LEGACY  .provider = "Microsoft365", .name = "imap-legacy.office365.com"
#define REGULAR .provider = "Microsoft365", .name = "outlook.office365.com"
#define OTHER   .name = "imap.example.net"
/* 2001:db9:0:1:9c01:203:405:607, a temporary one */
#define IPV6(third, network) .address = {0x20, 1, 0xd, third, 0, 0, 0, network, 0x9c, 1, 2, 3, 4, 5, 6, 7}

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
    /* 26: refused, although it offers TLS 1.2 */
    {.client = 26, .day = "2026-11-28", .times = 1, .offers = TLS12, .got = REFUSED, OTHER},
    /* 27: from a day on refused by an alert, for its suites; 28: for its versions; 29: long ago */
    {.client = 27, .day = "2026-11-26", .times = 5, .offers = TLS12, .got = TLS12, OTHER, .suite = 0x002f},
    {.client = 27, .day = "2026-11-28", .times = 3, .offers = TLS12, .got = REFUSED, OTHER, .suite = 0x002f, .alert = 40},
    {.client = 27, .day = "2026-11-28", .times = 1, .offers = TLS12, .got = TLS12, OTHER, .suite = 0x002f},
    {.client = 27, .day = "2026-11-28", .times = 9, .offers = TLS13, .got = TLS13, OTHER},
    {.client = 28, .day = "2026-11-28", .times = 2, .offers = TLS12, .got = REFUSED, OTHER, .alert = 70},
    {.client = 29, .day = "2026-10-01", .times = 2, .offers = TLS12, .got = REFUSED, OTHER, .alert = 71},
    /* 30: at a server in another network; 31: there, too, and updated */
    {.client = 30, .day = "2026-11-28", .times = 4, .offers = TLS12, .got = TLS12, OTHER, .elsewhere = true},
    {.client = 31, .day = "2026-10-20", .times = 9, .offers = TLS10, .got = TLS10, OTHER, .elsewhere = true, .attached = true, .mac = 31},
    {.client = 31, .day = "2026-10-25", .times = 12, .offers = TLS12, .got = TLS12, OTHER, .elsewhere = true, .attached = true, .mac = 31},
    /* 32: updated, by the same DHCP name; 33: its server was, by the same hello; 34, 35: old TLS for another cause */
    {.client = 32, .day = "2026-10-20", .times = 9, .offers = TLS10, .got = TLS10, OTHER, .dhcp = "press"},
    {.client = 32, .day = "2026-10-25", .times = 12, .offers = TLS12, .got = TLS12, OTHER, .dhcp = "press"},
    {.client = 33, .day = "2026-10-20", .times = 9, .offers = TLS12, .got = TLS10, OTHER, .cause = CAUSE_SERVER},
    {.client = 33, .day = "2026-10-25", .times = 12, .offers = TLS12, .got = TLS12, OTHER},
    {.client = 34, .day = "2026-11-20", .times = 1, .offers = VERSION_UNKNOWN, .got = TLS10, OTHER, .cause = CAUSE_UNKNOWN},
    {.client = 35, .day = "2026-11-20", .times = 1, .offers = TLS10, .got = TLS10, OTHER, .cause = CAUSE_FALLBACK},
    /* two addresses of one MAC address, in two networks, and two of one DHCP name */
    {IPV6(0xb9, 1), .day = "2026-11-20", .times = 1, .offers = TLS10, .got = TLS10, OTHER, .attached = true, .mac = 50},
    {IPV6(0xb9, 2), .day = "2026-11-20", .times = 1, .offers = TLS12, .got = TLS12, OTHER, .attached = true, .mac = 50},
    {IPV6(0xba, 1), .day = "2026-11-20", .times = 1, .offers = TLS10, .got = TLS10, OTHER, .dhcp = "scanner"},
    {IPV6(0xba, 2), .day = "2026-11-20", .times = 1, .offers = TLS12, .got = TLS12, OTHER, .dhcp = "scanner"},
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
    if (row->cause != CAUSE_NONE)
        return row->cause;
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
    session.refused_by = session.outcome != OUTCOME_REFUSED ? REFUSAL_NONE
        : row->alert == 0                                   ? REFUSAL_RST
                                                            : REFUSAL_ALERT;
    session.alerts[SIDE_SERVER] = (struct alert){.seen = row->alert != 0, .level = 2, .description = row->alert};
    session.answer.cipher_suite = (uint16_t)session.offer.suites[0];
    snprintf(session.provider, sizeof(session.provider), "%s", row->provider == NULL ? "" : row->provider);
    snprintf(session.offer.server_name, sizeof(session.offer.server_name), "%s", row->name == NULL ? "" : row->name);
    if (row->cause == CAUSE_UNKNOWN) /* its hello was not captured */
        session.offer = (struct offer){0};
    if (row->service != NULL)
        session.service = row->service;
    if (row->client == 0)
        memcpy(session.endpoints[SIDE_CLIENT].address.octets, row->address, 16);
    if (row->elsewhere)
        memcpy(session.endpoints[SIDE_SERVER].address.octets + 12, (const uint8_t[]){198, 51, 100, 1}, 4);
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
            if (did[i].dhcp != NULL)
                assert_true(ledger_name(desk.ledger, "default",
                    &(struct told_name){session.endpoints[SIDE_CLIENT].address, did[i].dhcp, "dhcp", session.first.time_ns}));
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

__attribute__((unused)) static enum report_format format = FORMAT_CSV;

/* The rows of an answer, as CSV where nothing else is said; the caller frees it. */
__attribute__((unused)) static char *told_of(enum question question, struct filters filters)
{
    struct error error = {0};
    static char *text; /* what a stream of memory points to; gcc takes it for dangling else */
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const struct report report = {.out = out,
        .aside = out,
        .format = format,
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
__attribute__((unused)) static char *told(const char *network, const char *as_of)
{
    return told_of(QUESTION_VERDICTS, (struct filters){.network = network, .as_of = as_of});
}

struct said {
    const char *network, *as_of;
    const char *row; /* "to,service,verdict,sentence,statement,policy": what one of its rows has */
};

__attribute__((unused)) static void assert_said(const struct said *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = told(rows[i].network, rows[i].as_of == NULL ? "2026-11-30" : rows[i].as_of);

        if (strstr(text, rows[i].row) == NULL)
            fail_msg("%s says:\n%sand not: %s", rows[i].network, text, rows[i].row);
        free(text);
    }
}

#endif
