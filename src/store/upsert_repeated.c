/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_repeated.c: what repeats, from the rows of a ledger to the rows of the inventory. */
#include "upserts.h"

#include <lasthello/text.h>

#include <stdio.h>

#define OFFERED_BYTES 320
#define WORDS_BYTES   160

struct word {
    bool is_true;
    const char *text;
};

/* The words that are true, joined by commas. */
static const char *join_words(const struct word *words, size_t count, char out[WORDS_BYTES])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (words[i].is_true)
            used += (size_t)snprintf(out + used, WORDS_BYTES - used, "%s%s", used == 0 ? "" : ",", words[i].text);
    return out;
}

static const char *hex_number(uint16_t number, char out[8])
{
    snprintf(out, 8, "0x%04x", number);
    return out;
}

static void put_alert(struct query *query, const struct alert *alert)
{
    if (alert->seen)
        query_put_number(query, alert->description);
    else
        query_put_text(query, NULL);
}

static void put_macs(struct query *query, const struct path_row *row, char macs[SIDE_COUNT][TEXT_MAC_BYTES])
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        text_mac(row->macs[side], macs[side]);
        query_put_text(query, row->has_macs ? macs[side] : NULL);
    }
}

static bool put_path(struct upserts *upserts, const struct ledger *ledger, const void *any, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_PATH];
    char macs[SIDE_COUNT][TEXT_MAC_BYTES], vlans[8 * LINK_VLANS_MAX] = "", proxy[ADDRESS_TEXT_BYTES];
    const struct path_row *row = any;
    size_t used = 0;

    (void)ledger;
    for (size_t i = 0; i < row->vlan_count && i < LINK_VLANS_MAX; i++)
        used += (size_t)snprintf(vlans + used, sizeof(vlans) - used, "%s%u", i == 0 ? "" : ",", row->vlans[i]);
    address_text(&row->proxy_endpoint.address, proxy);
    query_put_reference(query, row->id);
    put_macs(query, row, macs);
    query_put_text(query, vlans);
    query_put_text(query, tunnel_name(row->tunnel));
    query_put_reference(query, row->tunnel == TUNNEL_NONE ? 0 : row->tunnel_id);
    query_put_text(query, row->proxy ? proxy : NULL);
    query_put_reference(query, row->proxy ? row->proxy_endpoint.port : 0);
    query_put_number(query, upserts->revision);
    return query_run(query, error);
}

static bool put_hello(struct upserts *upserts, const struct ledger *ledger, const void *any, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_HELLO];
    const struct hello_row *row = any;
    const struct offer *offer = &row->offer;
    char offered[OFFERED_BYTES], legacy_version[8];

    (void)ledger;
    offered_versions(offer, offered, sizeof(offered));
    query_put_reference(query, row->id);
    query_put_text(query, offered);
    query_put_text(query, hex_number(offer->legacy_version, legacy_version));
    query_put_text(query, offer->alpn);
    query_put_text(query, offer->ja3);
    query_put_text(query, offer->ja4);
    query_put_number(query, offer->sslv2_format);
    query_put_number(query, offer->fallback_scsv);
    query_put_number(query, offer->ech);
    query_put_number(query, 0);
    query_put_number(query, upserts->revision);
    return query_run(query, error);
}

static bool put_answer(struct upserts *upserts, const struct ledger *ledger, const void *any, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_ANSWER];
    const struct answer_row *row = any;
    const struct answer *answer = &row->answer;
    char wire_version[8], cipher[NAME_BYTES], group[NAME_BYTES];

    (void)ledger;
    query_put_reference(query, row->id);
    query_put_text(query, hex_number(answer->wire_version, wire_version));
    /* 0 is TLS_NULL_WITH_NULL_NULL, which must not be negotiated (RFC 5246 A.5): none is known */
    query_put_text(query, answer->cipher_suite == 0 ? NULL : cipher_suite_name(answer->cipher_suite, cipher));
    query_put_text(query, answer->group == 0 ? NULL : group_name(answer->group, group));
    query_put_reference(query, answer->group_bits);
    query_put_text(query, answer->alpn);
    query_put_text(query, answer->ja3s);
    query_put_number(query, answer->resumed);
    query_put_number(query, answer->retry_request);
    query_put_number(query, answer->downgrade);
    query_put_number(query, upserts->revision);
    return query_run(query, error);
}

static bool put_certificate(struct upserts *upserts, const struct ledger *ledger, const void *any, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_CERTIFICATE];
    const struct certificate_row *row = any;
    const struct certificate *certificate = &row->certificate;
    char sha256[2 * SESSION_SHA256_BYTES + 1];

    (void)ledger;
    text_hex((struct bytes){certificate->sha256, SESSION_SHA256_BYTES}, sha256);
    query_put_reference(query, row->id);
    query_put_text(query, sha256);
    query_put_text(query, certificate->subject);
    query_put_text(query, certificate->issuer);
    query_put_reference(query, (uint64_t)certificate->not_before);
    query_put_reference(query, (uint64_t)certificate->not_after);
    query_put_text(query, certificate->key_type);
    query_put_reference(query, certificate->key_bits);
    query_put_text(query, certificate->signature);
    query_put_number(query, upserts->revision);
    return query_run(query, error);
}

static const char *starttls_words(const struct starttls *starttls, char out[WORDS_BYTES])
{
    const struct word words[] = {
        {starttls->offered, "offered"},
        {starttls->requested, "requested"},
        {starttls->accepted, "accepted"},
        {starttls->refused, "refused"},
        {starttls->hello, "hello"},
    };

    return join_words(words, sizeof(words) / sizeof(words[0]), out);
}

static const char *flags_words(const struct profile_row *row, char out[WORDS_BYTES])
{
    const struct word words[] = {
        {row->preauth, "preauth"},
        {row->logindisabled, "logindisabled"},
        {row->bye, "bye"},
        {row->proxy, "proxy"},
        {row->starttls.injection, "injection"},
        {row->starttls.hasty, "hasty"},
        {row->client_certificate_requested, "client certificate"},
        {row->unconfirmed, "unconfirmed"},
        {row->contradictory, "contradictory"},
        {row->unreadable_answer, "unreadable answer"},
    };

    return join_words(words, sizeof(words) / sizeof(words[0]), out);
}

static const char *directions_word(uint8_t directions)
{
    static const char *const words[] = {"none", "client", "server", "both"};

    return words[directions & 3];
}

static bool put_profile(struct upserts *upserts, const struct ledger *ledger, const void *any, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_PROFILE];
    char starttls[WORDS_BYTES], flags[WORDS_BYTES];
    const struct profile_row *row = any;
    const char *outcome = outcome_name(row->outcome);

    (void)ledger;
    query_put_reference(query, row->id);
    query_put_text(query, row->service);
    query_put_number(query, row->port);
    query_put_text(query, outcome == NULL ? "none" : outcome);
    query_put_text(query, row->refused_by);
    query_put_text(query, evidence_name(row->evidence));
    query_put_text(query, version_name(row->offered_max));
    query_put_text(query, version_name(row->negotiated));
    query_put_text(query, cause_name(row->cause));
    query_put_text(query, row->server_name);
    query_put_text(query, row->provider);
    query_put_text(query, row->provider_source);
    query_put_reference(query, row->references.hello);
    query_put_reference(query, row->references.answer);
    put_alert(query, &row->alerts[SIDE_CLIENT]);
    put_alert(query, &row->alerts[SIDE_SERVER]);
    query_put_text(query, starttls_words(&row->starttls, starttls));
    query_put_text(query, flags_words(row, flags));
    query_put_text(query, row->login);
    query_put_text(query, row->foreign);
    query_put_text(query, directions_word(row->directions));
    query_put_number(query, upserts->revision);
    return query_run(query, error);
}

bool upsert_repeated(struct upserts *upserts, const struct ledger *ledger, struct error *error)
{
    const struct {
        const struct id_table *table;
        bool (*put)(struct upserts *upserts, const struct ledger *ledger, const void *row, struct error *error);
    } kinds[] = {
        {&ledger->paths, put_path},
        {&ledger->hellos, put_hello},
        {&ledger->answers, put_answer},
        {&ledger->certificates, put_certificate},
        {&ledger->profiles, put_profile},
    };
    size_t count;

    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
        const struct sorted *rows = upserts_sort(upserts, kinds[kind].table, true, &count);

        if (rows == NULL)
            return error_set(error, "%s: not enough memory to sort what is to be stored", upserts->db.path);
        for (size_t i = 0; i < count; i++)
            if (!kinds[kind].put(upserts, ledger, rows[i].row, error))
                return false;
    }
    return true;
}
