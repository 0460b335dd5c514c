/* SPDX-License-Identifier: BSD-2-Clause */
/* extract.h: the handshakes of one host, cut out of captures: evidence that can be passed on.
 *
 * Of a connection, what is shown is the headers of its packets up to the end of the handshake, and of their
 * payload only TLS records of the types handshake, alert and change_cipher_spec that follow each other from
 * a hello on, without a gap. All else is cut off: text in clear, logins, mail, and what cannot be told. */
#ifndef LASTHELLO_EXTRACT_H
#define LASTHELLO_EXTRACT_H

#include <lasthello/session.h>
#include <lasthello/source.h>

#include <stdio.h>

/* Whose connections. */
struct extract_wanted {
    struct address address;
    uint16_t port; /* 0: any */
};

/* extract_wanted_read reads `10.1.2.3`, `10.1.2.3:40465`, `2001:db8::1` or `[2001:db8::1]:40465`. */
bool extract_wanted_read(const char *text, struct extract_wanted *wanted);

/* What was done, to be told. */
struct extract_counts {
    uint64_t connections; /* of which anything is shown */
    uint64_t packets;     /* shown, whole or cut */
    uint64_t cut;         /* of those, to their headers or within their payload */
    uint64_t after;       /* left out: after the handshake, or more clear text than is worth showing */
    uint64_t fragments;   /* left out: IP fragments cannot be cut */
    uint64_t forgotten;   /* connections beyond what there is memory for */
};

struct extract;

/* extract_open begins a pcapng file on `out`, which stays the caller's. NULL: no memory. */
struct extract *extract_open(const struct extract_wanted *wanted, FILE *out);
/* extract_judge_by: `judge` writes what a comment is to say of a session as soon as it is known what came of
 * its hello, and may fill in more of it. */
#define EXTRACT_JUDGED_BYTES 512
typedef void extract_judge(void *context, struct session *session, char out[EXTRACT_JUDGED_BYTES]);
void extract_judge_by(struct extract *extract, extract_judge *judge, void *context);
/* extract_capture adds what a capture holds; `source` stays the caller's. Each connection begins anew.
 * False: the capture cannot be read to its end; what came before is there. */
bool extract_capture(struct extract *extract, struct source *source, struct error *error);
const struct extract_counts *extract_counts(const struct extract *extract);
void extract_close(struct extract *extract);

#endif
