/* SPDX-License-Identifier: BSD-2-Clause */
/* judge.h: from facts to judgement: whose fault old TLS is, and whose server it is. */
#ifndef LASTHELLO_JUDGE_H
#define LASTHELLO_JUDGE_H

#include <lasthello/error.h>
#include <lasthello/session.h>

#define FALLBACK_NS (10 * NANOSECONDS) /* a lower hello this soon after a failed better one is its retry */

/* Hellos of TLS 1.2 or better that failed lately, by (client, server, port): fixed size, oldest overwritten.
 * One thread at a time: each worker has its own. */
struct fallbacks;
struct fallbacks *fallbacks_open(void);
void fallbacks_close(struct fallbacks *fallbacks);

/* cause_of judges one settled session, a pure function of its facts and of whether a better hello of the same
 * client to the same server and port failed within FALLBACK_NS before. CAUSE_NONE where nothing legacy was
 * negotiated and the offer, if seen, reached TLS 1.2, and wherever nobody can be blamed: `unconfirmed`,
 * `contradictory`, OUTCOME_CLEAR_ANSWER. */
enum cause cause_of(const struct session *session, bool failed_before);
/* cause_judge sets session->cause, and remembers or looks up failures in `fallbacks`. */
void cause_judge(struct fallbacks *fallbacks, struct session *session);

/* Whose server is it: nDPI's lists and our own dated rules. One for the process, thread-safe; nDPI
 * is started on the first question. */
struct providers;
/* providers_open takes the path of the rules file (data/providers.txt as installed) or NULL for
 * none, and lints it: an error names file, line and what is wrong. */
struct providers *providers_open(const char *rules_path, struct error *error);
void providers_close(struct providers *providers);
/* providers_name fills session->provider and provider_source from the server's address and the SNI;
 * answers are remembered per (address, port, SNI). */
void providers_name(struct providers *providers, struct session *session);
/* providers_foreign fills session->foreign with nDPI's name for a payload that is neither mail nor
 * TLS, from the first bytes of each side (at most 512 each); once per server endpoint and a few a
 * second, believed only with confidence DPI. Never call it with bytes of a mail session: it would
 * see logins. */
void providers_foreign(
    struct providers *providers, struct session *session, struct bytes client, struct bytes server);
#define COMMUNITY_ID_BYTES 64
/* providers_community_id writes the Community ID v1 ("1:...=") of the session's endpoints as captured. */
bool providers_community_id(const struct session *session, char *out, size_t out_size);
/* "nDPI 4.2.0", for --version. */
const char *providers_version(void);

#endif
