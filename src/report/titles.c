/* SPDX-License-Identifier: BSD-2-Clause */
/* titles.c: the words for columns. What decides what the reader does (next step, note, last seen) is kept
 * longest. */
#include "titles.h"

#include <lasthello/facts.h>

#include <string.h>

static const struct title rows[] = {
    {"client", "CLIENT", "address of the client", true},
    {"to", "TO", "target: provider or server name; where neither is known, address of the server", true},
    {"server", "SERVER", "address of the server", true},
    {"port", "PORT", "TCP port of the server", true},
    {"service", "SERVICE", SERVICE_NAMES " (which is no mail)", true},
    {"verdict", "VERDICT", "what happens to it: lasthello-verdicts(7)", true},
    {"offers", "OFFERS", "the best version that the client offers", true},
    {"got", "GOT", "a version, refused, no TLS, or clear text", true},
    {"offered_min", "OFFERS FROM", "the lowest version, where supported_versions tells", false},
    {"sentence", "WHAT IT MEANS", NULL, false},
    {"statement", "STATEMENT", "the kind of the sentence, one word", false},
    {"breach", "OFFENDS BY", "what of the policy is offended", false},
    {"became", "SINCE THEN", "what became of an old client", false},
    {"since_day", "REFUSED SINCE", NULL, false},
    {"refused", "REFUSED", "attempts of the last days that were refused", false},
    {"attempts", "ATTEMPTS", "of the last days, by old TLS or by the ClientHello that is refused", false},
    {"refusals_by_day", "REFUSALS BY DAY", NULL, false},
    {"old_first_day", "OLD TLS FROM", NULL, false},
    {"old_last_day", "OLD TLS TO", NULL, false},
    {"better_sessions", "NEWER SESSIONS", "that negotiated TLS 1.2 or later", false},
    {"changed_day", "CHANGED ON", NULL, false},
    {"trait", "SAME", "what went on before and since the change", false},
    {"inspected_by", "INSPECTED BY", "the issuer of the certificate that a middlebox shows",
        false},
    {"refused_last_day", "LAST REFUSED", NULL, false},
    {"addresses", "ADDRESSES", NULL, false},
    {"grouped_by", "GROUPED BY", "mac, dhcp or /64: by what several addresses are one client", false},
    {"what_to_do", "WHAT TO DO", "the next step", false},
    {"due", "DUE (UTC)", "when a policy ends what works today", false},
    {"policy", "POLICY", "id of the policy that the verdict rests on", false},
    {"days_left", "DAYS LEFT", "until the last day of the policy, as of the day that was asked for; "
                               "below 0: overdue",
        false},
    {"sessions", "SESSIONS", "how many had the verdict; elsewhere, how many there are", true},
    {"ja4_b", "JA4_B", "the middle part of JA4: a hash of the offered cipher suites, sorted", false},
    {"like_hosts", "LIKE OTHERS", "how many other hosts offer the same cipher suites", true},
    {"like_is_least", "AT LEAST", "1: not all hosts were looked at", true},
    {"all_sessions", "OF ALL", "of them and all others toward the target", true},
    {"last_seen", "LAST SEEN (UTC)", "the latest of them", true},
    {"first_seen", "FIRST SEEN (UTC)", "the earliest of them", true},
    {"note", "NOTE", "what the row should be read with", false},
    {"site", "SITE", "label of the network that the sensor sees", false},
    {"source", "SOURCE", NULL, true},
    {"packet", "PACKET", "evidence: number of the first packet of the latest session, as Wireshark "
                         "counts",
        false},
    {"accepts", "ACCEPTS", "versions that the server chose", true},
    {"refuses", "REFUSES", "versions that it refused", false},
    {"clients", "CLIENTS", "how many different ones", true},
    {"legacy_clients", "WITH OLD TLS", "of them, with old TLS", true},
    {"name", "NAME", "of a client: by the list of assets, else by DHCP; of a server: the name that "
                     "clients asked for",
        false},
    {"owner", "OWNER", "by the list of assets", false},
    {"place", "PLACE", "by the list of assets", false},
    {"remark", "REMARK", "by the list of assets: its note", false},
    {"asset", "ASSET", "name of the server, by the list of assets", false},
    {"may_be", "MAY BE (A GUESS)", "a guess what the client is, by the remedies", false},
    {"helps", "WHAT HELPS", "what helps then", false},
    {"told_by", "TOLD BY", "by what it is known", false},
    {"other_help", "OR", "of one host: what else it may be, by what that is known, and what helps then",
        false},
    {"cleartext_sessions", "LOGINS WITHOUT TLS", "sessions that sent a login without TLS", false},
    {"certificate_key", "KEY", "kind and bits of the key of the certificate that was shown last", false},
    {"negotiated", "NEGOTIATED", "version that the server chose", true},
    {"outcome", "OUTCOME", NULL, true},
    {"first_packet", "PACKET", "evidence: number of the first packet", true},
    {"last_source", "LAST SOURCE", "where the last packet lies, if that is another file", false},
    {"last_packet", "LAST PACKET", "number of the last packet", false},
    {"short_lived", "SHORT-LIVED", "closed by the server within a few hundred protected bytes", false},
    {"gaps", "GAPS", "places in sessions where packets are missing", false},
    {"day", "DAY (UTC)", NULL, true},
    {"date", "DAY (UTC)", "a UTC day", true},
    {"change", "CHANGE", "newly old, newly refused, fixed, back again, server accepts old TLS, "
                         "server refuses old TLS, server gave no old TLS since, or sensor went blind",
        true},
    {"became_of", "VERSION", "version negotiated, refused, no TLS, or not known", true},
    {"what", "WHAT", "name, vendor class, MAC address, or program", true},
    {"known_value", "VALUE", "what is known of it", true},
    {"old_sessions", "OLD", "that negotiated less than TLS 1.2", true},
    {"refused_sessions", "REFUSED", "that the server refused", true},
    {"source_kind", "KIND OF SOURCE", "file, stdin, or interface", false},
    {"filter", "FILTER", NULL, true},
    {"value", "VALUE", NULL, true},

    {"state", "STATE", NULL, true},
    {"packets", "PACKETS", "read from the file or the interface", true},
    {"dropped", "DROPPED", "by the kernel, before lasthello saw them", true},
    {"down_seconds", "DOWN (S)", "seconds in which the interface was down, gone or without a carrier", true},
    {"started", "STARTED (UTC)", "the first packet; of an interface, the start of capture", true},
    {"ended", "ENDED (UTC)", "the last packet; of an interface, until when it was watched", true},
    {"kind", "KIND", NULL, true},
    {"used", "USED", "packets that were read as part of a connection", false},
    {"duplicate", "DUPLICATE", "packets that the mirror shows a second time", false},
    {"settled", "SETTLED", "packets of sessions that were classified already: counted, not read", false},
    {"no_flow", "NO FLOW", "packets of connections without payload: SYNs, resets", false},
    {"not_mail", "NOT MAIL", "TCP packets of other ports", false},
    {"not_tcp", "NOT TCP", "IP packets of other protocols", false},
    {"fragment_held", "FRAGMENT HELD", "IP fragments, kept until the others came", false},
    {"not_ip", "NOT IP", "frames of other protocols, as ARP", false},
    {"link_unknown", "LINK UNKNOWN", "packets of a link type that is not decoded", false},
    {"malformed", "MALFORMED", "packets whose headers contradict themselves", false},
    {"cut_short", "CUT SHORT", "packets whose headers the snapshot length cut: capture with -s 0", false},
    {"too_deep", "TOO DEEP", "packets with more tunnels in each other than are opened", false},
    {"given_up", "GIVEN UP", "packets of connections that had no room: raise --memory", false},
    {"bytes", "BYTES", "on the wire", false},
    {"interface_dropped", "DROPPED BY INTERFACE", "by the interface or its driver", false},
    {"blind_minutes", "BLIND MINUTES", "minutes in which packets were dropped or the interface was down",
        false},
    {"blind_first", "FIRST BLIND MINUTE (UTC)", NULL, false},
    {"blind_last", "LAST BLIND MINUTE (UTC)", NULL, false},
    {"truncated", "TRUNCATED", "packets that the snapshot length cut: capture with -s 0", false},
    {"flows", "FLOWS", "connections with payload", false},
    {"scans", "SCANS", "clients that nobody answered and that said nothing that makes sense", false},
    {"gap_bytes", "GAP BYTES", "bytes that are missing in sessions", false},
    {"overlaps", "OVERLAPS", "segments that contradicted others; the first copy counts", false},
    {"given_up_flows", "FLOWS GIVEN UP", "connections that had no room: raise --memory", false},
    {"given_up_sessions", "SESSIONS GIVEN UP", "sessions that had no room: raise --memory", false},
    {"given_up_fragments", "FRAGMENTS GIVEN UP", "fragments whose others did not come in time", false},
    {"contradictory", "CONTRADICTORY", "sessions whose server chose what was not offered", false},
    {"unstored", "UNSTORED", "sessions that could not be stored", false},
    {"dns_answers", "DNS ANSWERS", "answers of DNS that were asked for", false},
    {"dns_unasked", "DNS UNASKED", "answers of DNS that nobody had asked for: not believed", false},
    {"names_unread", "NAMES UNREAD", "DNS and DHCP messages that break their own rules", false},
    {"not_understood", "NOT UNDERSTOOD", "link types and ethertypes that are not decoded: packets", false},
    {"observer", "OBSERVER", "host name of the sensor", false},
};

#define KEPT_MAX 16

/* The columns that a table keeps, the most important first. */
static const char *const kept[QUESTION_COUNT][KEPT_MAX] = {
    [QUESTION_CLIENTS] = {"client", "to", "what_to_do", "verdict", "due", "name", "owner",
        "last_seen", "note", "policy", "got", "offers", "service", "cause", "sessions", "all_sessions"},
    [QUESTION_LEGACY] = {"client", "to", "verdict", "due", "name", "owner", "got", "last_seen", "note",
        "offers", "cause", "service", "sessions"},
    [QUESTION_VERDICTS] = {"sentence", "verdict", "service", "client", "to", "policy", "due", "last_seen",
        "source", "packet"},
    [QUESTION_SERVERS] = {"server", "port", "what_to_do", "accepts", "last_seen", "verdict", "legacy_clients",
        "service", "clients", "sessions", "asset", "owner"},
    [QUESTION_SUITES] = {"server", "port", "got", "cipher", "clients", "last_seen", "name", "service",
        "group", "sessions", "first_seen", "asset", "owner"},
    [QUESTION_SESSIONS] = {"client", "server", "outcome", "negotiated", "offers", "first_seen", "port",
        "service", "evidence", "sessions", "first_packet"},
    [QUESTION_COVERAGE] = {"source", "state", "packets", "dropped", "down_seconds", "ended", "started",
        "kind"},
    [QUESTION_DAYS] = {"day", "verdict", "clients"},
    [QUESTION_CHANGES] = {"date", "change", "client", "to", "name", "owner", "server", "port", "service",
        "offers",
        "source", "blind_minutes"},
    [QUESTION_TREND] = {"date", "became_of", "sessions", "clients"},
    [QUESTION_HOST_WHO] = {"what", "known_value", "told_by", "last_seen"},
    [QUESTION_HOST_DAYS] = {"date", "old_sessions", "better_sessions", "refused_sessions", "sessions"},
    [QUESTION_HOST_LIKE] = {"ja4_b", "like_hosts"},
    [QUESTION_HOST_OFFERS] = {"offers", "offered", "ja4", "last_seen", "sessions"},
    [QUESTION_VALUES] = {"filter", "value", "clients"},
};

const struct title *title_at(size_t i)
{
    return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

/* Facts of sessions have theirs in the table of facts. The result lives until the thread's next call. */
static const struct title *title_of_fact(const struct fact *fact, const struct title *unknown)
{
    static _Thread_local struct title made;

    if (fact == NULL || fact->title == NULL)
        return unknown;
    made = (struct title){fact_report(fact), fact->title, NULL, false};
    return &made;
}

const struct title *title_of(const char *name)
{
    static const struct title unknown = {"", "", NULL, false};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return title_of_fact(fact_find_report(name), &unknown);
}

unsigned title_rank(enum question question, const char *name)
{
    for (unsigned i = 0; i < KEPT_MAX && kept[question][i] != NULL; i++)
        if (strcmp(kept[question][i], name) == 0)
            return KEPT_MAX - i;
    return 0;
}
