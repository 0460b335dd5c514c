/* SPDX-License-Identifier: BSD-2-Clause */
/* row_id.c: how facts are written down to be named. Whoever changes this file changes every id: raise
 * user_version. */
#include "row_id.h"

#include <lasthello/hash.h>

#include <endian.h>

#define ID_MASK ((uint64_t)INT64_MAX)

void row_id_bytes(struct content *content, const void *bytes, size_t len)
{
    if (len > CONTENT_BYTES - content->len)
        len = CONTENT_BYTES - content->len;
    memcpy(content->bytes + content->len, bytes, len);
    content->len += len;
}

void row_id_text(struct content *content, const char *text)
{
    if (text == NULL)
        text = "";
    row_id_bytes(content, text, strlen(text) + 1);
}

uint64_t row_id_hash(const struct content *content)
{
    uint64_t id = hash_bytes(&hash_key_zero, content->bytes, content->len) & ID_MASK;

    return id == 0 ? 1 : id;
}

uint64_t row_id_of_site(const char *site)
{
    struct content content;

    content.len = 0;
    row_id_text(&content, site);
    return row_id_hash(&content);
}

uint64_t row_id_of_host(uint64_t site, const struct address *address)
{
    struct content content;

    content.len = 0;
    row_id_number(&content, site);
    row_id_bytes(&content, address->octets, sizeof(address->octets));
    return row_id_hash(&content);
}

uint64_t row_id_of_path(const struct session *session)
{
    struct content content;

    if (!session->has_macs && session->vlan_count == 0 && session->tunnel == TUNNEL_NONE && !session->proxy)
        return 0;
    content.len = 0;
    row_id_number(&content,
        (uint64_t)session->has_macs | (uint64_t)session->proxy << 1 | (uint64_t)session->tunnel << 8 |
            (uint64_t)session->vlan_count << 16 | (uint64_t)session->tunnel_id << 32);
    if (session->has_macs)
        row_id_bytes(&content, session->macs, sizeof(session->macs));
    for (size_t i = 0; i < session->vlan_count && i < LINK_VLANS_MAX; i++)
        row_id_number(&content, session->vlans[i]);
    if (session->proxy) {
        row_id_bytes(&content, session->proxy_endpoint.address.octets, 16);
        row_id_number(&content, session->proxy_endpoint.port);
    }
    return row_id_hash(&content);
}

uint64_t row_id_of_hello(const struct offer *offer)
{
    struct content content;

    if (!offer->seen)
        return 0;
    content.len = 0;
    row_id_number(&content,
        (uint64_t)offer->sslv2_format | (uint64_t)offer->fallback_scsv << 1 | (uint64_t)offer->ech << 2 |
            (uint64_t)offer->version_count << 8 | (uint64_t)offer->legacy_version << 16);
    for (size_t i = 0; i < offer->version_count && i < SESSION_VERSIONS_MAX; i++)
        row_id_bytes(&content, &(uint16_t){htole16(offer->versions[i])}, sizeof(uint16_t));
    row_id_text(&content, offer->alpn);
    row_id_text(&content, offer->ja3);
    row_id_text(&content, offer->ja4);
    return row_id_hash(&content);
}

uint64_t row_id_of_answer(const struct answer *answer)
{
    struct content content;

    if (!answer->seen)
        return 0;
    content.len = 0;
    row_id_number(&content,
        (uint64_t)answer->resumed | (uint64_t)answer->retry_request << 1 | (uint64_t)answer->downgrade << 2 |
            (uint64_t)answer->wire_version << 16 | (uint64_t)answer->cipher_suite << 32);
    row_id_number(&content, (uint64_t)answer->group | (uint64_t)answer->group_bits << 16);
    row_id_text(&content, answer->alpn);
    row_id_text(&content, answer->ja3s);
    return row_id_hash(&content);
}

uint64_t row_id_of_certificate(const struct certificate *certificate)
{
    struct content content;

    if (!certificate->seen)
        return 0;
    content.len = 0;
    row_id_bytes(&content, certificate->sha256, sizeof(certificate->sha256));
    return row_id_hash(&content);
}

static uint64_t flags_of(const struct session *session)
{
    const struct starttls *starttls = &session->starttls;
    const bool flags[] = {starttls->offered, starttls->requested, starttls->accepted, starttls->refused,
        starttls->hello, starttls->injection, starttls->hasty, session->preauth, session->logindisabled,
        session->bye, session->proxy, session->client_certificate_requested, session->alerts[SIDE_CLIENT].seen,
        session->alerts[SIDE_SERVER].seen, session->unconfirmed, session->contradictory,
        session->answer.unreadable};
    uint64_t bits = 0;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        bits |= (uint64_t)flags[i] << i;
    return bits | (uint64_t)session->alerts[SIDE_CLIENT].description << 32 |
        (uint64_t)session->alerts[SIDE_SERVER].description << 40 | (uint64_t)session->directions << 48;
}

uint64_t row_id_of_profile(const struct session *session, const struct references *references)
{
    struct content content;

    content.len = 0;
    row_id_number(&content,
        (uint64_t)session->outcome | (uint64_t)session->refused_by << 8 | (uint64_t)session->evidence << 16 |
            (uint64_t)session->negotiated << 24 | (uint64_t)session->cause << 32 |
            (uint64_t)session->offer.maximum << 40 | (uint64_t)session->endpoints[SIDE_SERVER].port << 48);
    row_id_number(&content, flags_of(session));
    row_id_number(&content, references->hello);
    row_id_number(&content, references->answer);
    row_id_text(&content, session->service);
    row_id_text(&content, session->offer.server_name);
    row_id_text(&content, session->provider);
    row_id_text(&content, session->provider_source);
    row_id_text(&content, session->login);
    row_id_text(&content, session->foreign);
    return row_id_hash(&content);
}

uint64_t row_id_first_in(uint64_t source)
{
    return (source & ID_MASK) >> (63 - SOURCE_BITS) << (63 - SOURCE_BITS);
}

uint64_t row_id_last_in(uint64_t source)
{
    return row_id_first_in(source) | (ID_MASK >> SOURCE_BITS);
}

uint64_t row_id_in_source(const struct content *content, uint64_t source)
{
    return row_id_first_in(source) | row_id_hash(content) >> SOURCE_BITS;
}
