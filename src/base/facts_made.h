/* SPDX-License-Identifier: BSD-2-Clause */
/* facts_made.h: the `make` of facts (lasthello/facts.h): NULL is unknown; else in `out` or for ever. */
#ifndef LASTHELLO_BASE_FACTS_MADE_H
#define LASTHELLO_BASE_FACTS_MADE_H

#include <lasthello/facts.h>

const char *make_client_mac(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_server_mac(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_vlans(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_tunnel(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_proxy_address(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_offered(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_legacy_version(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_wire_version(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_cipher(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_group(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_sha256(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_outcome(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_refused_by(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_evidence(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_offered_max(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_negotiated(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_cause(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_client_alert(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_server_alert(const struct session *session, char out[FACT_TEXT_BYTES]);
const char *make_directions(const struct session *session, char out[FACT_TEXT_BYTES]);

#endif
